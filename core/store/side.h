#ifndef CQ_STORE_SIDE_H
#define CQ_STORE_SIDE_H

#include "core/store/db.h"

/*
 * A second queue on the side, in which posts of the first come in once
 * more, under other rules, and people's acts are done once more (people.c).
 * "Live" is the queue, "side" the other one; sources have the same ids
 * in both.
 */

struct sided {
	int64_t live, side; /* the post's number there and here; side 0: it
			       was left out, of an account of our own */
	int64_t live_case;  /* that it opened or joined there, then */
	int64_t from;	    /* live: the post that it was joined to; 0 */
	int64_t near;	    /* the same here, also a live number */
	enum cq_rule was, rule;
	bool suggested; /* live: something was suggested for it */
	bool counted;	/* and not only read for what came after it */
	bool kept;	/* joined here to the same case as there */
};

/* Numbers by number; 0 where there is none. */
struct numbers {
	int64_t *at;
	size_t n;
};
int64_t numbers_get(const struct numbers *map, int64_t i);
void numbers_set(struct numbers *map, int64_t i, int64_t value);

struct side {
	struct cq_store *live, *store;
	int64_t now; /* what the side's clock says */
	char op[32];
	int64_t n_ops;
	struct cq_post_list batch; /* to come in at one time */
	struct sided *at;	   /* by live number */
	size_t n, n_fed, cap;
	struct numbers live_of; /* posts, by side number */
	struct numbers case_of; /* rows of cases, by live number */
	struct numbers op_of;	/* acts that were done, by live number */

	/* called for each post that came in */
	enum cq_status (*fed)(void *arg, struct sided *post,
	    struct cq_err *err);
	void *arg;
};

enum cq_status side_open(struct side *side, struct cq_store *live,
    struct cq_err *err);
void side_close(struct side *side);

/* Copies own accounts and settings, then sets opts->set. */
enum cq_status side_rules(struct side *side, const struct cq_replay_opts *opts,
    struct cq_err *err);

/*
 * Lets a post come in at its time; with those that came in at the same
 * time, so the answer comes later, at the latest after side_flush().
 */
enum cq_status side_feed(struct side *side, const struct sided *post,
    const struct cq_post *content, int64_t at, struct cq_err *err);
enum cq_status side_flush(struct side *side, struct cq_err *err);

/* A post that is there says something else from now on. */
enum cq_status side_edit(struct side *side, const struct cq_post *content,
    int64_t at, struct cq_err *err);

/* NULL if it is not there (yet). */
struct sided *side_find(struct side *side, int64_t live);

/* The case that shows a post here, given by its live number; 0. */
int64_t side_case_of(struct side *side, int64_t live);

/* An act with an id of its own; NULL is an agent that only we know. */
struct cq_act side_act(struct side *side, const char *agent);

/* --- people.c: each after side_flush() ----------------------------------- */

/* Does once more what an act of the queue did, if it can be done here. */
enum cq_status people_act(struct side *side, int64_t live_op,
    struct cq_err *err);

/* Puts a case into the state that it had, or into another case. */
enum cq_status people_moved(struct side *side, int64_t live_case,
    const char *state, struct cq_err *err);
enum cq_status people_joined(struct side *side, int64_t live_case, int64_t into,
    struct cq_err *err);

#endif
