#ifndef CHAOS_CHECK_H
#define CHAOS_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "tests/faults/chaos.h"

/* What the files of the check share: the rules, and what is known so far. */
enum rule {
	R_FENCE,
	R_HELD,
	R_OLD_FENCE,
	R_ACKED,
	R_ONCE,
	R_SAME_ANSWER,
	R_NO_TRACE,
	R_POSTS,
	R_STATE,
	R_CHAIN,
	R_DOCTOR,
	R_NO_FAILURE,
	R_ENOUGH,
	N_RULES
};

extern const char *const rules[N_RULES]; /* in words */

/* One act, as its process wrote it down. */
struct tried {
	char op[40], agent[24], verb;
	int64_t case_id, fence, at;
	int status; /* -1: its process was killed before the answer */
	int64_t case_out, fence_out;
	int n_events; /* of the kind that the verb makes */
};

struct claim {
	char agent[24];
	int64_t at;
	bool ended; /* by its holder, not by time */
};

/* Of one case. */
struct story {
	struct claim *claims; /* [fence - 1] */
	int64_t n_claims, n_notes;
};

struct check {
	const struct chaos *chaos;
	struct cq_store *store;
	struct tried *tried;
	size_t n_tried, cap_tried;
	size_t *index; /* of tried by op: place + 1, 0 free */
	size_t n_index;
	struct story *stories;
	size_t n_stories;
	unsigned char *posts; /* 1: acknowledged, 2: in the queue */
	int64_t n_posts;
	char last_post[160];
	int64_t wrong[N_RULES];
	int64_t n_events, n_acked, n_claims, n_stale, n_refused, n_unsure;
};

/* Counts that a rule was broken; prints how, for the first few. */
void wrong(struct check *c, enum rule rule, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* logs.c: reads what all processes wrote down. */
void read_logs(struct check *c);

/* The act with that operation id; NULL if no process tried it. */
struct tried *find_tried(struct check *c, const char *op);

#endif
