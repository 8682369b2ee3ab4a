#ifndef SRC_ANSWER_H
#define SRC_ANSWER_H

#include "sources/source.h"

/*
 * What every adapter must judge alike: answers that are not what was asked
 * for.  Returns CQ_OK for 200; else CQ_NET with a message and, in *next,
 * how long to wait or that a person must act.
 *
 * s     the source, for its token and address
 * what  what was due: "JSON", "a feed"
 */
enum cq_status answer_check(const struct cq_source *s,
    const struct src_answer *answer, const char *what, struct src_next *next,
    struct cq_err *err);

/* "... answered with a web page instead of JSON; check the address" */
enum cq_status answer_not(const struct src_answer *answer, const char *what,
    struct cq_err *err);
bool answer_is_web_page(const struct src_answer *answer);

/*
 * Seconds the service asks for by Retry-After or by X-RateLimit-Reset as a
 * time, within 1 s and 24 h; 0 if it asks for none.
 */
int64_t answer_wait_s(const struct src_answer *answer);

#endif
