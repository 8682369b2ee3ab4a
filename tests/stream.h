#ifndef TESTS_STREAM_H
#define TESTS_STREAM_H

#include "core/post.h"

/*
 * Posts as they come in from several places, the same for the same seed:
 * new complaints, exact copies, copies with slips, the same words with
 * another number, replies, reposts, and authors who write again.  No word,
 * author or id of one source is in another.
 */
void stream_make(struct cq_post_list *out, uint64_t seed, int n, int n_sources);

/* The same posts, those of each source in their order, but mixed otherwise. */
void stream_mix(struct cq_post_list *out, const struct cq_post_list *posts,
    uint64_t seed, int n_sources);

/* Those of one source. */
void stream_of(struct cq_post_list *out, const struct cq_post_list *posts,
    int source);

#endif
