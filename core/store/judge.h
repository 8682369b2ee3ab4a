#ifndef CQ_STORE_JUDGE_H
#define CQ_STORE_JUDGE_H

#include "core/store/putback.h"

/*
 * What stands between two cases: suggestions that they are the same, and
 * somebody's word that they are not.  Both hold for families: a survivor
 * and all that was joined into it.
 *
 * In the log an event lists by number the suggestions that it decided
 * ("accepted", "refused", "settled"), so that undo and the proof of the log
 * know them again.
 */

/* WITH clause: :a and all that were joined into it, and so for :b. */
#define FAMILIES                                                       \
	"WITH RECURSIVE fa(id) AS (SELECT :a UNION"                    \
	" SELECT c.id FROM cases c JOIN fa ON c.joined_into = fa.id)," \
	" fb(id) AS (SELECT :b UNION"                                  \
	" SELECT c.id FROM cases c JOIN fb ON c.joined_into = fb.id) "

/* Pending suggestions that somebody decided; JSON lists, best first. */
struct decided {
	char *ids, *rules;
	char *rule; /* of the best one */
};
void decided_free(struct decided *d);

/*
 * Gives the pending suggestions between two survivors a new state.  All of
 * *d is NULL if there are none.
 */
enum cq_status judge_decide(struct verb *v, int64_t a, int64_t b,
    const char *state, struct decided *d, struct cq_err *err);

/*
 * Before root is joined into a survivor: accepts the suggestions between
 * them, and adds them to the data of the event.  CQ_CONFLICT if they are
 * not the same, unless a person asked for just this join: then what was
 * said stays, and counts again once they are two cases again.
 */
enum cq_status judge_join(struct verb *v, int64_t into, int64_t root,
    bool asked, struct cq_buf *data, struct cq_err *err);

/*
 * After a case stands by itself again: refuses the accepted suggestions
 * between it and the survivor, and adds them to the data of the event.
 */
enum cq_status judge_unjoin(struct verb *v, int64_t into, int64_t id,
    struct cq_buf *data, struct cq_err *err);
enum cq_status judge_undo_unjoin(struct verb *v, const struct undone *u,
    struct cq_err *err);

/*
 * Takes a joined case out of a survivor, which becomes what it was before
 * the join as far as nobody waits or worked in it since; see unjoin.c.
 */
enum cq_status unjoin_case(struct verb *v, int64_t into, int64_t id,
    const char *reason, struct cq_err *err);

/* What judge_join() did, or the word that cases are not the same. */
enum cq_status judge_undo_join(struct verb *v, const struct undone *u,
    struct cq_err *err);
enum cq_status judge_undo_apart(struct verb *v, const struct undone *u,
    struct cq_err *err);

/*
 * CQ_CONFLICT if a case was joined into another: a group is judged as it
 * was seen, so its numbers must not lead to what nobody compared.
 */
enum cq_status judge_unmoved(struct verb *v, int64_t case_id,
    struct cq_err *err);

/*
 * SQL: suggestion s is just like in words, and not strongly; :strong is bound
 * to CQ_LIKE_STRONG.  It is shown to whoever asks, but nobody is asked to
 * look at it: no count and no group has it.
 */
#define WEAK "(s.rule = 'like' AND s.score < :strong)"

/* How many other cases are suggested for a survivor; not the weak ones. */
enum cq_status judge_count(struct cq_store *store, int64_t root, int64_t *n,
    struct cq_err *err);

/* A suggestion as seen from one of its cases. */
struct seen {
	int64_t id;		  /* of the suggestion; 0: a likeness */
	int64_t post, other_post; /* here and there */
	int64_t case_id;	  /* there: the survivor */
	int64_t from_case;	  /* here */
	enum cq_rule rule;
	int score;
	bool weak;
};

/*
 * The sentence in a column of a row of q, or if it is empty the one that two
 * posts that are like in words have now.
 */
struct raw_text why_of(struct cq_store *store, struct db_stmt *q, int column,
    int64_t a, int64_t b);

/* Reads all that a person sees of it. */
enum cq_status seen_read(struct cq_store *store, const struct seen *seen,
    struct cq_maybe *out, struct cq_err *err);

#endif
