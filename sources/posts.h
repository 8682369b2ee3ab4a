#ifndef SRC_POSTS_H
#define SRC_POSTS_H

#include <stddef.h>

#include "core/post.h"

/* Posts kept from the moment they are read until they are stored. */
struct posts {
	union {
		struct cq_post_list list;
		struct { /* the same, for those who only read */
			struct cq_post *at;
			size_t n;
		};
	};
	const char *source, *brand; /* given to each of them; borrowed */
};

/* The post as one of its source, and of its brand if it names none. */
struct cq_post posts_own(const struct cq_post *post, const char *source,
    const char *brand);

void posts_begin(struct posts *posts, const char *source, const char *brand);
void posts_free(struct posts *posts);

/* A src_emit_fn: copies what posts_own() makes to arg, a struct posts. */
void posts_add(void *arg, const struct cq_post *post);

#endif
