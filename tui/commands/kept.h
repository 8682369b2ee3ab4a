#ifndef TUI_KEPT_H
#define TUI_KEPT_H

#include <stddef.h>

#include "core/post.h"

/* Posts kept beyond the call that brought them. */

/* {0} is an empty list */
struct kept {
	struct cq_post *at; /* their strings are the list's */
	size_t n, cap;
	size_t bytes; /* of all strings */
};

void kept_add(struct kept *list, const struct cq_post *post); /* copied */
void kept_clear(struct kept *list);
void kept_free(struct kept *list);

#endif
