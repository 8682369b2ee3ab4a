#ifndef SRC_POSTS_H
#define SRC_POSTS_H

#include <stddef.h>

#include "core/post.h"

/* Posts kept from the moment they are read until they are stored. */
struct posts {
	struct cq_post *at; /* strings owned */
	size_t n, cap;
	const char *source, *brand; /* given to each of them; borrowed */
};

void posts_begin(struct posts *posts, const char *source, const char *brand);
void posts_free(struct posts *posts);

/* A src_emit_fn: copies post to the end of arg, a struct posts. */
void posts_add(void *arg, const struct cq_post *post);

#endif
