#ifndef SRC_BACK_H
#define SRC_BACK_H

#include "core/post.h"
#include "sources/source.h"

/*
 * Pages that a service gives newest first, read back to what is known and
 * kept until then, so that all of it can be emitted oldest first.  An
 * adapter keeps one in visit->memory.
 */
struct src_back {
	struct cq_post_list posts; /* newest first */
	char *older;		   /* what names the next page; owned */
	char *newest;		   /* the cursor to be; owned */
	int n_pages;
};

struct src_back *back_new(void);
void back_free(void *back); /* a src_ops.forget() */

/* A src_emit_fn: keeps a post; call it in the order of the page. */
void back_keep(void *back, const struct cq_post *post);

/* The way to the page behind this one; older is copied. */
void back_on(struct src_back *back, const char *older);

/* True once a visit has no question left for another page. */
bool back_is_far(const struct src_back *back);

/* Emits what was kept, oldest first, and forgets it. */
void back_emit(struct src_back *back, src_emit_fn emit, void *arg);

#endif
