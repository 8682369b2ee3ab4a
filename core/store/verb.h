#ifndef CQ_STORE_VERB_H
#define CQ_STORE_VERB_H

#include "core/chain.h"
#include "core/store/db.h"

/*
 * The frame of every changing verb, inside the store:
 *
 *	rc = verb_begin(&v, store, act, "resolve", CQ_MAY_WORK, DB_FULL, err);
 *	if (rc != CQ_OK || v.replay)
 *		return verb_end(&v, rc, err);
 *	... changes and event_log() ...
 *	return verb_end(&v, rc, err);
 *
 * verb_begin starts the transaction, finds the agent, checks the right,
 * and looks whether the operation id is known: then replay is set, and
 * status, case_id, number and words are those of the first time.
 */
struct verb {
	struct cq_store *store;
	const struct cq_act *act;
	const char *name;
	bool begun;
	int64_t agent; /* id; 0 if time itself acts */
	enum cq_role role;
	uint64_t args;
	int64_t op; /* id of the op row; 0 without */
	int64_t now;

	bool replay;
	enum cq_status status; /* of the first time, when replayed */
	bool undoable;

	/* the verb's result, kept with the operation id */
	int64_t case_id, number;
	char *words; /* owned */

	bool noted;	    /* see span_note() */
	bool numbers_known; /* see verb_numbers() */
	int64_t last_case, last_post;
};

enum cq_status verb_begin(struct verb *v, struct cq_store *store,
    const struct cq_act *act, const char *name, uint64_t args,
    enum cq_right right, enum db_sync sync, struct cq_err *err);

/*
 * A digest of a verb's arguments, without the fence and the lease, which a
 * repetition may renew: the same operation id with other arguments is not
 * the same act, and is refused.  FNV-1a of the formatted text.
 */
uint64_t verb_args(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
uint64_t verb_args_more(uint64_t args, const char *text); /* NULL is "" */

#define REASON_MAX 1000 /* bytes */

/* Words that must say something: UTF-8, not blank, at most max bytes. */
enum cq_status words_check(const char *text, size_t max, const char *what,
    struct cq_err *err);
/* The same for a reason that may be left out. */
enum cq_status reason_check(const char *reason, struct cq_err *err);

/* Without an agent: what time brings about.  No operation id. */
enum cq_status verb_begin_time(struct verb *v, struct cq_store *store,
    struct cq_err *err);

/*
 * Stores the result and ends the transaction.  A refusal that was logged
 * (verb_keep) is committed, though rc says that it failed.
 */
enum cq_status verb_end(struct verb *v, enum cq_status rc, struct cq_err *err);
void verb_keep(struct verb *v);

/*
 * Looks up the highest numbers of cases and posts, once a verb: nothing is
 * ever deleted and nobody else writes, so the next ones are one more.
 */
enum cq_status verb_numbers(struct verb *v, struct cq_err *err);

/* --- events (event.c) -------------------------------------------------- */

/* All may be left out. */
struct event_fields {
	int64_t ref;
	const char *state;
	const char *data; /* JSON */
	const char *body; /* words whose digest is hashed */
};

/*
 * Where a case's chain ends; {0} is that of a new case.  The row of a case
 * has the number of its last event and the beginning of its hash, as a
 * check; the hash itself is in the event.
 */
#define CHECK_SIZE 8
struct chain {
	int64_t n;
	bool known; /* hash was looked up */
	uint8_t hash[CQ_HASH_SIZE];
};

/* Appends an event to a case's chain (0: the queue's). */
enum cq_status event_log(struct verb *v, int64_t case_id, const char *kind,
    const struct event_fields *fields, struct cq_err *err);

/* The same, and frees data: what was added to it (data.c) is the event's. */
enum cq_status event_log_data(struct verb *v, int64_t case_id, const char *kind,
    const struct event_fields *fields, struct cq_buf *data, struct cq_err *err);

/*
 * event_log() where the caller writes the case's row anyway: chain is moved on,
 * and must be stored in it.
 */
enum cq_status event_append(struct verb *v, int64_t case_id, const char *kind,
    const struct event_fields *fields, struct chain *chain, struct cq_err *err);
void event_chain_bind(struct db_stmt *q, const struct chain *chain);
enum cq_status event_chain_write(struct verb *v, int64_t case_id,
    const struct chain *chain, struct cq_err *err);

/*
 * The hash of a row's column as the next one is made of it; returns how many
 * bytes are stored: CQ_HASH_KEPT, or CQ_HASH_SIZE in events from before
 * version 3, or 0 if it is no hash at all.
 */
int event_hash(struct db_stmt *q, int column, uint8_t hash[CQ_HASH_SIZE]);

/*
 * Does an event of this kind tell that a post came in?  The digest of its
 * words is hashed but not stored, as the words are: the proof makes it anew
 * of the first text of the post.  Who blanks such words on request must keep
 * their digest.
 */
bool event_of_post(const char *kind);

/* --- times in the log (span.c) ----------------------------------------- */

/* Numbers of events: all between from_at and before to_at are among them. */
struct span {
	int64_t first; /* the first event at from_at or later */
	int64_t last;  /* the last event before to_at; below first: none */
};
enum cq_status span_find(struct cq_store *store, int64_t from_at, int64_t to_at,
    struct span *out, struct cq_err *err);
void span_bind(struct db_stmt *q, const struct span *span);
/* SQL: event e is among them. */
#define IN_SPAN "e.id BETWEEN :first AND :last"

/* After an event was added: notes if the clock was set back before it. */
enum cq_status span_note(struct verb *v, struct cq_err *err);

/* --- JSON of an event's data (data.c) ---------------------------------- */

/* Adds "key":"value" with SQLite's own quoting; NULL value adds nothing. */
void data_text(struct cq_store *store, struct cq_buf *b, const char *key,
    const char *value);
void data_int(struct cq_buf *b, const char *key, int64_t value);
/* Adds "key":value where value is JSON already; NULL adds nothing. */
void data_json(struct cq_buf *b, const char *key, const char *json);
/* "{...}" of what was added, NULL if nothing was; frees b. */
char *data_end(struct cq_buf *b);

/* --- cases (caserow.c) ------------------------------------------------- */

/* The row as it stands in this transaction. */
struct case_now {
	int64_t id;	     /* the survivor, unless case_get_row() was asked */
	int64_t joined_into; /* 0 */
	int64_t incident;    /* 0 */
	enum cq_state state;
	int64_t owner, holder; /* agent ids; 0 */
	char holder_name[64];
	int64_t fence, held_since_at, lease_until_at;
	int64_t opened_at, due_at, snooze_until_at, closed_at, last_post_at;
	int64_t n_posts, n_reposts, n_authors, reach;
	int rating;
	bool overdue, live; /* live: held and the lease not run out */
	char *outcome;	    /* raw; owned */
	char *before;	    /* JSON of its fields, for case_save; owned */

	/* as the row stands in the file */
	enum cq_state old_state;
	bool old_overdue;
	int64_t sort_key;
	struct chain chain;
};

/* Follows joins and reads the row; CQ_NOT_FOUND with a message. */
enum cq_status case_get(struct verb *v, int64_t case_id, struct case_now *c,
    struct cq_err *err);
/* The row itself, even if it was joined into another. */
enum cq_status case_get_row(struct verb *v, int64_t case_id, struct case_now *c,
    struct cq_err *err);
void case_done(struct case_now *c);

/*
 * case_get() without c->before, for posts that come in: case_before() makes
 * up for it, before anything is written.
 */
enum cq_status case_look(struct verb *v, int64_t case_id, struct case_now *c,
    struct cq_err *err);
void case_before(struct verb *v, struct case_now *c);

/*
 * Writes state, owner, holder, fence, lease and times back, works out group,
 * due flag and sort key, and logs kind with before and after of what
 * changed; extra is more of the event's JSON, taken over; may be NULL.
 */
enum cq_status case_save(struct verb *v, struct case_now *c, const char *kind,
    int64_t ref, struct cq_buf *extra, struct cq_err *err);

/*
 * Where a case stands in the queue: its group (see schema.c), and its place
 * in the group, biggest first.
 */
int case_group(enum cq_state state, bool joined);
int64_t case_key(const struct cq_store *store, const struct case_now *c,
    int group, bool overdue);

/* Writes the row without an event: what follows from posts and time. */
enum cq_status case_write(struct verb *v, const struct case_now *c,
    struct cq_err *err);

/*
 * The same with the end of its chain, for one more post in the case: where
 * only counts change, none of the queue's indexes is touched.
 */
enum cq_status case_count(struct verb *v, const struct case_now *c,
    struct cq_err *err);

/* Puts a row where time, weights and its facts want it now. */
enum cq_status case_place(struct verb *v, int64_t case_id, struct cq_err *err);

/* Counts posts, authors, reach and notes of a survivor anew. */
enum cq_status case_recount(struct verb *v, int64_t case_id,
    struct cq_err *err);

/* Did a customer write in a joined case since it was joined? */
bool case_wrote_since(struct verb *v, int64_t case_id);

/* The survivor of a case; 0 if there is no such case. */
int64_t case_root(struct cq_store *store, int64_t case_id);

/*
 * Did somebody say that two survivors are not the same, or cases that were
 * joined into them?  b = 0: that a is not the same as any other.  *rc keeps
 * the first failure, an SQLite code.
 */
bool cases_apart(struct cq_store *store, int64_t a, int64_t b, int *rc);

/* JSON of the fields that undo can put back; owned by the caller. */
char *case_snapshot(struct cq_store *store, int64_t case_id);
/* {"before":...,"after":...} of what differs, without braces, into b. */
void case_diff(struct cq_store *store, const char *before, const char *after,
    struct cq_buf *b);

/*
 * May the agent write on this case?  See the comment on fences in store.h.
 */
enum cq_status claim_check(struct verb *v, const struct case_now *c,
    int64_t fence, struct cq_err *err);

/* Gives the claim to the agent: fence + 1; only sets fields of c. */
void claim_give(struct verb *v, struct case_now *c, int lease_s);
void claim_end(struct case_now *c);

/* Says who holds a case and since when, as a refusal. */
enum cq_status claim_refuse(struct verb *v, const struct case_now *c,
    struct cq_err *err);

/*
 * Moves c->state, and with it the due clock, the claim and the times that
 * belong to a state; CQ_STATE with the moves that are allowed.
 */
enum cq_status case_step(struct verb *v, struct case_now *c, enum cq_move move,
    struct cq_err *err);

/* Replaces c->outcome by a copy; NULL for none. */
void case_outcome(struct case_now *c, const char *outcome);

/* Overdue flags and wake-ups inside a transaction; counts into *n. */
enum cq_status tick_inside(struct verb *v, int *n, struct cq_err *err);

/* --- drafts (draft.c) --------------------------------------------------- */

/*
 * Drops the agent's draft that shows in a case: its own, else the newest
 * of those that joined cases brought along.
 */
enum cq_status draft_drop(struct cq_store *store, int64_t agent,
    int64_t case_id, struct cq_err *err);

/* --- agents, weights --------------------------------------------------- */

enum cq_status agent_first(struct cq_store *store, const char *name,
    const char *login, uid_t uid, struct cq_err *err);
/* Id of an active agent; CQ_NOT_FOUND with a message. */
enum cq_status agent_id(struct cq_store *store, const char *name, int64_t *id,
    enum cq_role *role, bool *active, struct cq_err *err);
enum cq_status weights_load(struct cq_store *store, struct cq_err *err);

/* WITH clause: all cases that were joined into :root, itself too. */
#define FAMILY                                             \
	"WITH RECURSIVE family(id) AS (SELECT :root UNION" \
	" SELECT c.id FROM cases c JOIN family f ON c.joined_into = f.id) "

#endif
