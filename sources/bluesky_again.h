#ifndef SRC_BLUESKY_AGAIN_H
#define SRC_BLUESKY_AGAIN_H

#include "sources/source.h"

/* What is kept of a second look between two questions about the same ids. */
struct bluesky_look {
	bool alone; /* each is asked about by itself ... */
	size_t n;   /* ... and so many, the oldest first, are done */
};

/*
 * The address that asks about them; owned.  NULL if none is a post's: one
 * that is not would spoil the whole question.
 */
char *bluesky_look_url(const struct bluesky_look *look,
    const struct src_visit *visit, const char *const *ids, size_t n);

/* As read_again() in struct src_ops, but for the look. */
enum cq_status bluesky_look_read(struct bluesky_look *look,
    const struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err);

#endif
