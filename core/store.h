#ifndef CQ_STORE_H
#define CQ_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/case.h"
#include "core/dedup.h"
#include "core/env.h"
#include "core/error.h"
#include "core/gap.h"
#include "core/post.h"
#include "core/priority.h"
#include "core/query.h"
#include "core/report.h"
#include "core/roles.h"
#include "core/rules.h"
#include "core/source.h"
#include "core/text.h"

/*
 * The queue: every verb that reads or changes it.  A verb is all or
 * nothing; one that changes something takes who does it and an operation
 * id, writes its events in the same transaction, and gives the same answer
 * when it is called again with the same operation id.  Nothing of the
 * engine behind it (core/store/) shows through.
 *
 * Unless a comment says otherwise: strings are borrowed for the call; what
 * *out receives is owned by the caller and set to NULL or zero first, so
 * that it is so after a failure; a case number may be one that was joined
 * into another case, and then the verb works on the survivor.
 *
 * Any verb may fail with CQ_BUSY (the same act may be tried again),
 * CQ_FULL, CQ_CORRUPT, CQ_VERSION or CQ_DB; then nothing was changed.
 * Verbs that check who may do it fail with CQ_DENIED, and with
 * CQ_NOT_FOUND if the agent or the case is unknown.
 *
 * Not safe for use by several threads; a store opened before fork() is
 * refused in the child.  While it waits for its turn to write, a verb
 * borrows SIGALRM and setitimer(2).
 */
struct cq_store;

/* Who does what, once: the same op twice is one act. */
struct cq_act {
	const char *op;	   /* operation id, made when the key was pressed */
	const char *agent; /* agent's name */
	const char *via;   /* who acts in agent's name (--as); or NULL */
};

/* --- the file ---------------------------------------------------------- */

/*
 * Makes a new queue at path with mode 0600 (and its directory with 0700)
 * and its first agent, an administrator bound to uid and login.
 *
 * CQ_CONFLICT if the file exists; CQ_INPUT if the name cannot be an
 * agent's; CQ_DB if the directory is on a network file system.
 */
enum cq_status cq_store_create(const char *path, const struct cq_env *env,
    const char *agent, const char *login, uid_t uid, struct cq_err *err);

/*
 * Opens a queue and brings an older one up to date after backing it up
 * beside itself.  env is copied.  CQ_NOT_FOUND if there is none, CQ_CORRUPT
 * if it is no queue or damaged, CQ_VERSION if a newer caseq made it, CQ_DB
 * if it may not be read or lies on a network file system.
 */
enum cq_status cq_store_open(const char *path, const struct cq_env *env,
    struct cq_store **out, struct cq_err *err);
void cq_store_close(struct cq_store *store); /* NULL is allowed */

int64_t cq_store_now(const struct cq_store *store);
bool cq_store_is_mine(const struct cq_store *store); /* file of this uid */

/*
 * How long a verb waits for its turn to write before it gives up with
 * CQ_BUSY: 5000 ms unless told.  Screens wait less, and ask again.
 */
void cq_store_patience(struct cq_store *store, int ms);

/*
 * A number that differs from the last one if anything changed, here or in
 * another process.  Costs about a microsecond; -1 if the store fails.
 */
int64_t cq_store_version(struct cq_store *store);

/*
 * What time alone brings about: cases become overdue, snoozed ones wake,
 * sources are found to fail or to be silent.  Cheap when nothing is due.  *n
 * is how many cases changed; may be NULL.
 */
enum cq_status cq_store_tick(struct cq_store *store, int *n,
    struct cq_err *err);

/*
 * Copies the queue to a new file, checks the copy, and only then gives it
 * its name.  CQ_CONFLICT if the file exists.
 */
enum cq_status cq_store_backup(struct cq_store *store, const char *path,
    struct cq_err *err);

enum cq_finding { CQ_FINE, CQ_WARN, CQ_BAD };
typedef void (*cq_finding_fn)(void *arg, enum cq_finding what,
    const char *check, const char *text);

/*
 * Examines file, modes, indexes, counters, references and the audit chain;
 * tells each finding with its exact repair.  With repair, mends what can be
 * computed anew (counters, totals of cases, order of the queue).
 */
enum cq_status cq_store_doctor(struct cq_store *store, bool repair,
    cq_finding_fn tell, void *arg, struct cq_err *err);

/*
 * Holds the right to be this queue's one "caseq run" until the store is
 * closed.  CQ_OK also if this store has it; CQ_CONFLICT if another process
 * does.
 */
enum cq_status cq_store_runner_lock(struct cq_store *store, struct cq_err *err);

/*
 * Is there room to bring in more posts?  People's own work needs some of
 * it, so CQ_FULL while less than 200 MiB are free, or less than 5 % of a
 * disk smaller than 4 GiB.
 */
enum cq_status cq_store_room(struct cq_store *store, struct cq_err *err);

/* --- agents ------------------------------------------------------------ */

#define CQ_NO_UID ((uid_t)-1)

struct cq_agent {
	int64_t id;
	char *name;
	enum cq_role role;
	char *team;  /* or NULL */
	char *login; /* Unix account; or NULL if not bound */
	uid_t uid;   /* CQ_NO_UID if not bound */
	bool active;
};
struct cq_agents {
	struct cq_agent *at;
	size_t n;
};
void cq_agent_free(struct cq_agent *agent); /* its strings, not itself */
void cq_agents_free(struct cq_agents *agents);

enum cq_status cq_store_agents(struct cq_store *store, struct cq_agents *out,
    struct cq_err *err);

/* CQ_NOT_FOUND if there is none (or none active, for by_uid). */
enum cq_status cq_store_agent(struct cq_store *store, const char *name,
    struct cq_agent *out, struct cq_err *err);
enum cq_status cq_store_agent_by_uid(struct cq_store *store, uid_t uid,
    struct cq_agent *out, struct cq_err *err);

/* agent->id is not read.  CQ_CONFLICT if the name or the uid is taken. */
enum cq_status cq_store_agent_add(struct cq_store *store,
    const struct cq_act *act, const struct cq_agent *agent, struct cq_err *err);

/*
 * Changes role, team, login, uid and active of the agent of that name.
 * Retiring an agent frees the cases claimed by it.  The last active
 * administrator stays one: CQ_CONFLICT.
 */
enum cq_status cq_store_agent_set(struct cq_store *store,
    const struct cq_act *act, const struct cq_agent *agent, struct cq_err *err);

/* --- posts in ---------------------------------------------------------- */

/* Sums; verbs add to what is there. */
struct cq_ingested {
	int64_t n_read, n_new, n_known, n_edited, n_joined, n_suggested, n_bad;
	int64_t n_own; /* of our own accounts, in no thread: left out */
};

/*
 * Stores posts and decides the case of each, in one transaction.  A post
 * known by (source, id) changes nothing; with another text it becomes a
 * revision.  A post that cq_post_check() refuses is counted in n_bad and
 * left out.  Keep n at 500 or below while people work.
 */
enum cq_status cq_store_ingest(struct cq_store *store, const struct cq_act *act,
    const struct cq_post *posts, size_t n, struct cq_ingested *sum,
    struct cq_err *err);

/*
 * How many posts the next cq_store_ingest() should bring at most: 500, or,
 * while others write too, as many as keep them waiting for no longer than
 * a few hundredths of a second.
 */
size_t cq_store_ingest_room(const struct cq_store *store);

/* --- sources ----------------------------------------------------------- */

enum cq_status cq_store_sources(struct cq_store *store, struct cq_sources *out,
    struct cq_err *err);
enum cq_status cq_store_source(struct cq_store *store, const char *name,
    struct cq_source *out, struct cq_err *err);
enum cq_status cq_store_source_add(struct cq_store *store,
    const struct cq_act *act, const struct cq_source *source,
    struct cq_err *err);

/*
 * A source that goes on takes those of its account along that paused with
 * it when the account was refused; see cq_fetched.  If it was not paused but
 * its account rests, all of the account may be asked from now on.
 */
enum cq_status cq_store_source_pause(struct cq_store *store,
    const struct cq_act *act, const char *name, bool paused,
    struct cq_err *err);

/* Stops listening; its posts stay, and so does its name in them. */
enum cq_status cq_store_source_remove(struct cq_store *store,
    const struct cq_act *act, const char *name, struct cq_err *err);

/*
 * Ends one fetch: posts, cursor, next time and error in one transaction; and
 * the account's other sources pause with it if it was refused, and rest if it
 * has to.  CQ_CONFLICT if another fetch of this source came between: then only
 * such a rest is stored.
 */
enum cq_status cq_store_fetched(struct cq_store *store,
    const struct cq_act *act, const struct cq_fetched *fetched,
    const struct cq_post *posts, size_t n, struct cq_ingested *sum,
    struct cq_err *err);

/*
 * What to look at again, since it may have been edited or taken away: remote
 * ids of a source's posts that came in since then, are not gone, and are in
 * cases that are not closed; newest first, at most max.
 *
 * *before  0 to begin with the newest; set to what the next call goes on
 *          from, to 0 at the end
 */
struct cq_ids {
	char **at;
	size_t n;
};
void cq_ids_free(struct cq_ids *ids);
enum cq_status cq_store_recheck(struct cq_store *store, int64_t source_id,
    int64_t since_at, size_t max, int64_t *before, struct cq_ids *out,
    struct cq_err *err);

/* Keeps when a source was looked at again, and what *before is then. */
enum cq_status cq_store_looked(struct cq_store *store, int64_t source_id,
    int64_t looked_at, int64_t before, struct cq_err *err);

/*
 * Gaps that stand, those nobody has seen first: sources that fail or are
 * silent now, and jumps that nobody has seen.  cq_store_tick() finds them by
 * the rules of gap.h, cq_store_fetched() ends them.
 */
enum cq_status cq_store_gaps(struct cq_store *store, struct cq_gaps *out,
    struct cq_err *err);

/*
 * The agent has seen the gaps of a source that stand.  *n is how many nobody
 * had seen before.  If there is none: CQ_CONFLICT with the name of a colleague
 * who has seen them, CQ_NOT_FOUND if there is no such colleague.
 */
enum cq_status cq_store_gap_seen(struct cq_store *store,
    const struct cq_act *act, const char *source, int64_t *n,
    struct cq_err *err);

/* --- reading ----------------------------------------------------------- */

struct cq_presence {
	char *agent;
	bool writing; /* else looking */
	int64_t since_at;
};

/* Names of agents and tags are safe to show; rest is raw. */
struct cq_case {
	int64_t id;
	enum cq_state state;
	char *outcome; /* of a resolved, reason of a dismissed case; raw */
	char *owner;   /* or NULL */
	char *holder;  /* of a live claim; else NULL */
	int64_t fence;
	int64_t held_since_at, lease_until_at; /* of a live claim */
	int64_t opened_at, last_post_at;
	int64_t due_at;		 /* CQ_NO_TIME if no clock runs */
	int64_t snooze_until_at; /* CQ_NO_TIME unless snoozed till a time */
	int64_t n_posts;	 /* reposts too */
	int64_t n_authors, n_notes, reach;
	int rating;
	struct cq_priority priority;
	char *tags;	    /* sorted, parted by a space; "" if none */
	int64_t incident;   /* 0 if it is in none */
	int64_t n_incident; /* cases in that incident, closed ones too */
	struct raw_text incident_name; /* of that incident */
	int64_t n_maybe; /* suggested, not weakly; set for a single case only */
	struct cq_presence *presence;
	size_t n_presence;
	struct raw_text source, handle, author_name, subject, brand, lang;
	struct cq_marks marks; /* of the post that opened it */
	int64_t sort_key;      /* for cq_after */
};

struct cq_cases {
	struct cq_case *at;
	size_t n;
	bool more; /* there are rows after the last one */
};
void cq_case_free(struct cq_case *c); /* its strings, not itself */
void cq_cases_free(struct cq_cases *cases);

/* Keyset paging: the row that was seen last. */
struct cq_after {
	int group;
	int64_t sort_key, id;
};
struct cq_after cq_case_after(const struct cq_case *c);

/*
 * Cases in the order of the queue: workable ones by priority, waiting ones,
 * then closed ones if the query asks for them.
 *
 * query   NULL for the whole queue
 * me      whose "mine" it is; may be NULL
 * after   NULL for the first page
 */
enum cq_status cq_store_list(struct cq_store *store,
    const struct cq_query *query, const char *me, const struct cq_after *after,
    int limit, struct cq_cases *out, struct cq_err *err);

enum cq_entry_kind {
	CQ_ENTRY_POST,
	CQ_ENTRY_NOTE,
	CQ_ENTRY_REVISION,
	CQ_ENTRY_EVENT
};

/* One line of a case's story. */
struct cq_entry {
	enum cq_entry_kind kind;
	int64_t at;	      /* when caseq saw it, or somebody did it */
	int64_t created_at;   /* of a post, as its network says; else
				CQ_NO_TIME */
	int64_t id;	      /* of the post, note, or event */
	struct raw_text who;  /* handle, or agent's name */
	struct raw_text name; /* author's displayed name, if any */
	struct raw_text text; /* words; for an event: what happened */
	struct raw_text url, source, remote_id;
	struct raw_text why;	  /* of a post: why it is in this case */
	struct raw_text not_same; /* of an event: "12, 15", the cases that this
				     one is not the same as; else NULL */
	enum cq_rule rule;
	int64_t followers;     /* -1 if unknown */
	struct cq_marks marks; /* of a post, in a revision of it too */
	bool repost;	       /* a post that only repeats another */
	bool retracted;	       /* a note whose writer undid it */
	int revision;	       /* of a revision: 1 is the first text */
	int64_t from_case;     /* the joined case it came with; else 0 */
};

struct cq_case_full {
	struct cq_case head;
	int64_t asked_id;    /* the number that was asked for */
	struct cq_entry *at; /* oldest first */
	size_t n;
	int64_t n_left_out; /* older entries beyond the limit */
};
void cq_case_full_free(struct cq_case_full *full);

/*
 * When an entry was written: the author's time of a post where it is known
 * and does not lie behind the time that caseq saw it; else the latter.
 */
int64_t cq_entry_written_at(const struct cq_entry *entry);

/* limit: at most so many entries, the newest; 0 for CQ_ENTRIES_MAX. */
#define CQ_ENTRIES_MAX 2000
enum cq_status cq_store_case(struct cq_store *store, int64_t case_id, int limit,
    struct cq_case_full *out, struct cq_err *err);

/* Kept up to date by every verb: cheap. */
struct cq_counts {
	int64_t queue, unclaimed, mine, overdue, waiting;
	int64_t posts, cases; /* ever */
	int64_t newest_case;  /* highest number given out */
};
enum cq_status cq_store_counts(struct cq_store *store, const char *me,
    struct cq_counts *out, struct cq_err *err);

/* Calls fn for every post, by source and id in byte order, until false. */
typedef bool (*cq_map_fn)(void *arg, struct raw_text source, struct raw_text id,
    int64_t case_id);
enum cq_status cq_store_map(struct cq_store *store, cq_map_fn fn, void *arg,
    struct cq_err *err);

/* --- likeness in words -------------------------------------------------- */

/*
 * The word index is kept up behind the posts, so that none waits for it:
 * how many posts it has not taken in yet.
 */
enum cq_status cq_store_search_behind(struct cq_store *store, int64_t *n,
    struct cq_err *err);

/*
 * Takes posts into the word index, oldest first, at most max, and stores
 * what posts that opened a case are like in words (rule CQ_RULE_LIKE).  One
 * short transaction: it ends early so that others can write.  *n is how many
 * were taken; 0 once it has caught up.
 */
enum cq_status cq_store_search_step(struct cq_store *store, int max, int64_t *n,
    struct cq_err *err);

/*
 * Calls fn for every suggestion that was made, by post as they came in and
 * by rank from 1, until false.  case_id is the suggested case as it is now:
 * the survivor.
 */
typedef bool (*cq_suggestions_fn)(void *arg, struct raw_text source,
    struct raw_text id, int rank, int64_t case_id, enum cq_rule rule);
enum cq_status cq_store_suggestions_map(struct cq_store *store,
    cq_suggestions_fn fn, void *arg, struct cq_err *err);

/* --- claims ------------------------------------------------------------ */

#define CQ_LEASE_S 600 /* a claim's length unless renewed */

struct cq_claim {
	int64_t case_id; /* the survivor, if the case was joined */
	int64_t fence;	 /* what later writes on this claim must show */
	int64_t lease_until_at;
};

/*
 * Gives the top case the agent may work to act->agent: in state new or
 * open, nobody's claim, not owned by another active agent.
 * CQ_NOT_FOUND if there is none.
 */
enum cq_status cq_store_next(struct cq_store *store, const struct cq_act *act,
    int lease_s, struct cq_claim *claim, struct cq_err *err);

/*
 * Gives one case to act->agent.  If the agent holds it already, the lease
 * is renewed and the fence stays.  CQ_CONFLICT if another agent holds it:
 * the message says who and since when, and the refusal is counted.
 * CQ_STATE if the case is closed.
 */
enum cq_status cq_store_claim(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int lease_s, struct cq_claim *claim, struct cq_err *err);

/*
 * Makes the lease end lease_s from now.  CQ_STALE if the claim is not the
 * agent's any more; fence 0 means whatever claim the agent has.  No event;
 * not remembered by operation id.
 */
enum cq_status cq_store_renew(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, int lease_s, struct cq_err *err);

/*
 * A fence given to a verb below is checked together with the holder:
 * CQ_STALE if the claim passed on.  Fence 0 means "as it is now": the
 * agent's own claim if it has one, else the case must not be held by
 * another (CQ_CONFLICT).
 */
enum cq_status cq_store_release(struct cq_store *store,
    const struct cq_act *act, int64_t case_id, int64_t fence,
    const char *reason, struct cq_err *err);

/*
 * Takes a claim over: a lead at any time, an agent once the lease has run
 * out.  reason must say something.
 */
enum cq_status cq_store_steal(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int lease_s, const char *reason, struct cq_claim *claim,
    struct cq_err *err);

/*
 * Makes an agent the owner, or nobody if to is NULL.  An agent may own a
 * case itself or give up its own; another's needs a lead.  A live claim of
 * somebody else than the new owner ends if a lead assigns; an agent gets
 * CQ_CONFLICT.
 */
enum cq_status cq_store_assign(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const char *to, const char *reason, struct cq_err *err);

/* --- work on a case ---------------------------------------------------- */

#define CQ_NOTE_MAX (64 * 1024) /* bytes */

/*
 * Adds an internal note; needs no claim unless fence is given.  The
 * writer's draft of a note on this case is gone with it.
 */
enum cq_status cq_store_note(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, const char *text, int64_t *note_id,
    struct cq_err *err);

/*
 * Adds and takes off tags, NULL-terminated lists; needs no claim.
 * *changed is false if they already stood so (then no event is written).
 */
enum cq_status cq_store_tag(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const char *const *add, const char *const *del,
    bool *changed, struct cq_err *err);

/*
 * One verb for all moves a person makes with a case:
 *
 * CQ_MOVE_RESOLVE  words is one of cq_outcomes
 * CQ_MOVE_DISMISS  words is the reason
 * CQ_MOVE_REOPEN   words is the reason
 * CQ_MOVE_SNOOZE   until_at is when it comes back
 * CQ_MOVE_PEND     waits for the author's next post
 *
 * All but reopen end the claim.  CQ_STATE if the state does not allow it:
 * the message says which moves it allows.
 */
enum cq_status cq_store_move(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, enum cq_move move, const char *words,
    int64_t until_at, struct cq_err *err);

/*
 * Joins cases into one: posts, notes and tags of the others show in it,
 * their numbers lead to it for ever.  All joined in one act are undone in
 * one.  Pending suggestions between them are accepted.  What somebody said
 * against it (cq_store_not_same) rests while they are one case, and counts
 * again as soon as they are not.
 *
 * Drafts of all agents are kept.  CQ_CONFLICT if another agent holds one of
 * the cases and held is false: ask the person.  If held is true, a claim on
 * a joined case ends (its holder's next write is refused as stale), and the
 * claim on the survivor stays whose it is.
 */
enum cq_status cq_store_join(struct cq_store *store, const struct cq_act *act,
    int64_t into, const int64_t *cases, size_t n, bool held, const char *reason,
    struct cq_err *err);

/*
 * Breaks posts out of a case.  A post that came with a joined case takes
 * the whole of that case along only if all its posts are named; what the
 * join made of the other case is taken back then, as far as nobody wrote in
 * it, moved it or joined more into it since.  *new_case is the number they
 * have now.  CQ_INPUT if nothing would stay behind.
 */
enum cq_status cq_store_split(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const int64_t *posts, size_t n, const char *reason,
    int64_t *new_case, struct cq_err *err);

/*
 * Undoes the agent's last act that is not undone yet, exactly.  CQ_CONFLICT
 * if what it changed has been changed again; CQ_NOT_FOUND if there is none.
 * what receives a sentence ("resolve of case 12 undone").
 */
enum cq_status cq_store_undo(struct cq_store *store, const struct cq_act *act,
    char *what, size_t size, int64_t *case_id, struct cq_err *err);

/* --- likely duplicates (judge.c, incident.c) --------------------------- */

/* A likely duplicate of a case. */
struct cq_maybe {
	struct cq_case other; /* the case that may be the same */
	int64_t case_id;      /* what it may be the same as */
	int64_t post_id;      /* of that case */
	int64_t other_post;   /* what it resembles */
	enum cq_rule rule;    /* why it was suggested */
	int score;	      /* of 1000 */
	bool weak;	      /* only listed: in no count, no group */
	struct raw_text why;  /* "different: 1234 / 5678" */
	struct raw_text text, other_text; /* of the two posts */
	struct cq_marks marks, other_marks;
};
struct cq_maybes {
	struct cq_maybe *at;
	size_t n;
};
void cq_maybes_free(struct cq_maybes *maybes);

/*
 * Likely duplicates of a case, best first, the weak ones at the end, one row
 * for each other case; not those that are the same case by now or that
 * somebody said are not.
 */
enum cq_status cq_store_dups(struct cq_store *store, int64_t case_id, int limit,
    struct cq_maybes *out, struct cq_err *err);

/*
 * One row of the tray: cases that hang together by suggestions.  Joining
 * all of them would save n - 1 pieces of work.
 */
struct cq_cluster {
	struct cq_case head; /* the oldest one in the queue: joins go here */
	struct cq_maybe *at; /* the others, each like one before it */
	size_t n;
	int64_t saves; /* cases in the queue that would be folded away */
};
struct cq_tray {
	struct cq_cluster *at;
	size_t n;
	int64_t n_pending; /* suggestions behind all clusters, not only these */
};
void cq_tray_free(struct cq_tray *tray);

/*
 * All pending suggestions between cases in the queue, those first that
 * would save the most work.  A case stands in one cluster only.
 */
enum cq_status cq_store_tray(struct cq_store *store, int limit,
    struct cq_tray *out, struct cq_err *err);

/*
 * The case is not the same as any of the others: holds for these pairs and
 * for all that is joined into them later; suggestions between them are
 * refused.  Undone by cq_store_undo().  CQ_INPUT if one of them is the same
 * case by now.
 */
enum cq_status cq_store_not_same(struct cq_store *store,
    const struct cq_act *act, int64_t case_id, const int64_t *others, size_t n,
    const char *reason, struct cq_err *err);

/*
 * Judges a group of likely duplicates as a whole, each in one act, so that
 * one undo takes it back.  Accepting joins all into the first, like
 * cq_store_join(), but CQ_CONFLICT if somebody said meanwhile that two of
 * them are not the same.  Refusing says that none is the same as another.
 * Both: CQ_CONFLICT if one of them was joined into another case meanwhile.
 */
enum cq_status cq_store_accept(struct cq_store *store, const struct cq_act *act,
    const int64_t *cases, size_t n, bool held, const char *reason,
    struct cq_err *err);
enum cq_status cq_store_refuse(struct cq_store *store, const struct cq_act *act,
    const int64_t *cases, size_t n, const char *reason, struct cq_err *err);

/*
 * Incidents: cases with one cause, each still a case of its own.  A case is
 * in one incident at most; a case joined into another shows its survivor's.
 */
struct cq_incident {
	int64_t id; /* shown as I-17 */
	struct raw_text name;
	int64_t opened_at, closed_at; /* CQ_NO_TIME while it goes on */
	int64_t n_cases, n_in_queue;
};
struct cq_incidents {
	struct cq_incident *at;
	size_t n;
};
void cq_incidents_free(struct cq_incidents *incidents);

/* Newest first; closed ones too if all; not one whose opening was undone. */
enum cq_status cq_store_incidents(struct cq_store *store, bool all,
    struct cq_incidents *out, struct cq_err *err);

/*
 * Opens an incident with these cases (none is allowed).  name is one line
 * that must say something.  CQ_CONFLICT if one of that name goes on.
 */
#define CQ_INCIDENT_NAME_MAX 200 /* bytes */
enum cq_status cq_store_incident_open(struct cq_store *store,
    const struct cq_act *act, const char *name, const int64_t *cases, size_t n,
    int64_t *incident_id, struct cq_err *err);

/*
 * Puts cases in, whoever holds them; from another incident they move over,
 * and those that are in it already stay.  CQ_STATE if it is closed.
 */
enum cq_status cq_store_incident_add(struct cq_store *store,
    const struct cq_act *act, int64_t incident_id, const int64_t *cases,
    size_t n, struct cq_err *err);

/*
 * Takes cases out of the incident they are in; those that are in none are
 * passed over.  CQ_NOT_FOUND if none of them is in one.
 */
enum cq_status cq_store_incident_leave(struct cq_store *store,
    const struct cq_act *act, const int64_t *cases, size_t n,
    struct cq_err *err);

/*
 * Over: its cases stay as they are, and no more are put in.  Or, if not
 * over, it goes on again.  Needs a lead.  CQ_STATE if it stands so.
 */
enum cq_status cq_store_incident_close(struct cq_store *store,
    const struct cq_act *act, int64_t incident_id, bool over,
    struct cq_err *err);

/* --- rules of deduplication (own.c, policy.c, explain.c, yield.c, replay.c) */

/*
 * Accounts of our own, or official ones: from now on what they write never
 * opens a case and is never joined by likeness; it goes to its thread, or
 * nowhere.  Posts that are there stay as they are.
 *
 * source   its name; NULL for all sources
 * handles  NULL-terminated; '@' before them and capitals do not matter
 * own      false takes them off the list
 * *n       how many changed
 *
 * CQ_NOT_FOUND, and none is taken off, if one of them is not on the list.
 */
enum cq_status cq_store_own_set(struct cq_store *store,
    const struct cq_act *act, const char *source, const char *const *handles,
    bool own, int64_t *n, struct cq_err *err);

/* Those of all sources first. */
enum cq_status cq_store_owns(struct cq_store *store, struct cq_owns *out,
    struct cq_err *err);

/*
 * Says what a rule may do from now on with posts of a source, or of all
 * sources that have no setting of their own if source is NULL.  mode NULL
 * takes the setting away.  CQ_INPUT if the rule does not allow it.  Not
 * undone by cq_store_undo(): it is set back instead.
 */
enum cq_status cq_store_policy_set(struct cq_store *store,
    const struct cq_act *act, const char *source, enum cq_rule rule,
    const enum cq_mode *mode, struct cq_err *err);

/* What each rule may do with posts of that source; NULL: of one without
 * settings of its own. */
enum cq_status cq_store_policy(struct cq_store *store, const char *source,
    struct cq_policy *out, struct cq_err *err);

/* What was set, those for all sources first. */
enum cq_status cq_store_settings(struct cq_store *store,
    struct cq_settings *out, struct cq_err *err);

/* The number of a post; CQ_NOT_FOUND. */
enum cq_status cq_store_post_id(struct cq_store *store, const char *source,
    const char *remote_id, int64_t *id, struct cq_err *err);

/* Why a post is where it is; changes nothing.  CQ_NOT_FOUND. */
enum cq_status cq_store_explain(struct cq_store *store, int64_t post_id,
    struct cq_explained *out, struct cq_err *err);

/*
 * How often each rule joined posts that came in at from_at <= t < to_at,
 * and suggested, and what has become of that by now.  A join counts as
 * undone when its post was taken out of the case that it was joined to, or
 * the post was that had opened the case.  source: only of that one; or NULL.
 */
enum cq_status cq_store_yield(struct cq_store *store, int64_t from_at,
    int64_t to_at, const char *source, struct cq_yield *out,
    struct cq_err *err);

/*
 * Decides again, on the side, where posts of a period would have gone with
 * other settings, and what people did with cases meanwhile is done there
 * too.  Changes nothing; needs as much room in the directory for temporary
 * files as the posts take.  Likeness in words is left out.
 */
enum cq_status cq_store_replay(struct cq_store *store,
    const struct cq_replay_opts *opts, struct cq_replay *out,
    struct cq_err *err);

/* --- drafts and presence: no events ------------------------------------ */

/* Keeps words while they are written; NULL or "" drops them. */
enum cq_status cq_store_draft_save(struct cq_store *store, const char *agent,
    int64_t case_id, const char *text, struct cq_err *err);

/* *text is NULL if there is none; free it. */
enum cq_status cq_store_draft(struct cq_store *store, const char *agent,
    int64_t case_id, char **text, struct cq_err *err);

/* case_id 0: the agent looks at no case.  Fades after CQ_PRESENCE_S. */
#define CQ_PRESENCE_S 60
enum cq_status cq_store_presence(struct cq_store *store, const char *agent,
    int64_t case_id, bool writing, struct cq_err *err);

/* --- figures, audit, weights ------------------------------------------- */

/*
 * Computes the shift report for from_at <= t < to_at from events alone.
 * team: acts of who was in it then, where a figure is about acts; or NULL.
 */
enum cq_status cq_store_report(struct cq_store *store, int64_t from_at,
    int64_t to_at, const char *team, struct cq_report *out, struct cq_err *err);

/* Strings borrowed for the call. */
struct cq_event {
	int64_t id, case_id, at, ref;
	const char *kind, *agent, *via, *op;
	const char *state; /* of the case afterwards; or NULL */
	const char *data;  /* JSON: before, after, reason ...; or NULL; raw */
	const char *hash;  /* 32 hexadecimal digits; 64 of old events */
};
typedef bool (*cq_event_fn)(void *arg, const struct cq_event *event);

/*
 * Events oldest first until fn returns false: of one case (with those it
 * was joined from), or all of them if case_id is -1; 0 is the queue's own.
 */
enum cq_status cq_store_events(struct cq_store *store, int64_t case_id,
    cq_event_fn fn, void *arg, struct cq_err *err);

struct cq_proof {
	int64_t n_events, n_cases;
	int64_t bad_event; /* 0 if all is well; -1 if one is missing */
	int64_t bad_case;
	char what[200]; /* what is wrong with it */
};

/*
 * Recomputes every hash of every chain and holds against it what a chain
 * tells of posts and notes (that they are there, and their words), of cases
 * (state, outcome, owner, holder, fence, join), agents and weights.  CQ_OK
 * with proof->bad_event != 0 if something is wrong.
 */
enum cq_status cq_store_audit_verify(struct cq_store *store,
    struct cq_proof *proof, struct cq_err *err);

enum cq_status cq_store_weights(struct cq_store *store, struct cq_weights *out,
    struct cq_err *err);

/* Changes one weight and the order of the queue with it. */
enum cq_status cq_store_weight_set(struct cq_store *store,
    const struct cq_act *act, const char *name, int value, struct cq_err *err);

#endif
