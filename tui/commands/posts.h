#ifndef TUI_POSTS_H
#define TUI_POSTS_H

#include <stddef.h>

#include "core/post.h"

/* Posts kept beyond the call that brought them. */

struct posts {		    /* {0} is an empty list */
	struct cq_post *at; /* their strings are the list's */
	size_t n, cap;
	size_t bytes; /* of all strings */
};

void posts_add(struct posts *list, const struct cq_post *post); /* copied */
void posts_clear(struct posts *list);
void posts_free(struct posts *list);

#endif
