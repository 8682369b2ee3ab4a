#ifndef CQ_STORE_REPLAY_H
#define CQ_STORE_REPLAY_H

#include "core/store/side.h"
#include "core/store/verb.h"

struct replay {
	struct side side;
	struct cq_replay *out;
	int64_t source;	    /* counted; 0: all */
	int64_t first, end; /* of the events that are read */
	int64_t first_post; /* of them */
	int64_t read_to;    /* time of the last one */
	int64_t op;	    /* of the act that was done last */
};

/* --- compare.c ----------------------------------------------------------- */

/* Counts one post that came in on the side; arg is the replay. */
enum cq_status replay_compare(void *arg, struct sided *post,
    struct cq_err *err);

/* At the end: how often the rules agree with people. */
enum cq_status replay_people(struct replay *r, struct cq_err *err);

#endif
