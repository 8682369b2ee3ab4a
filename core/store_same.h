#ifndef CQ_STORE_SAME_H
#define CQ_STORE_SAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/act.h"
#include "core/error.h"
#include "core/post.h"
#include "core/rules.h"
#include "core/store_read.h"
#include "core/text.h"

/*
 * Part of core/store.h, which says what holds for every verb: cases that are
 * alike, that may be the same, and that have one cause.
 */
struct cq_store;

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

#endif
