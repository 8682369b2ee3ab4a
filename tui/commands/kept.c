#include "tui/commands/kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static const size_t strings[] = {
    offsetof(struct cq_post, source),
    offsetof(struct cq_post, id),
    offsetof(struct cq_post, text),
    offsetof(struct cq_post, network),
    offsetof(struct cq_post, author),
    offsetof(struct cq_post, handle),
    offsetof(struct cq_post, author_name),
    offsetof(struct cq_post, url),
    offsetof(struct cq_post, uri),
    offsetof(struct cq_post, lang),
    offsetof(struct cq_post, in_reply_to),
    offsetof(struct cq_post, repost_of),
    offsetof(struct cq_post, quote_of),
    offsetof(struct cq_post, brand),
    offsetof(struct cq_post, extra),
};
#define N_STRINGS (sizeof(strings) / sizeof(strings[0]))

static char **
string(struct cq_post *post, size_t i)
{
	return (char **)((char *)post + strings[i]);
}

void
kept_add(struct kept *list, const struct cq_post *post)
{
	struct cq_post *copy;

	if (list->n == list->cap) {
		list->cap = list->cap == 0 ? 64 : list->cap * 2;
		list->at = cq_grow(list->at, list->cap, sizeof(*list->at));
	}
	copy = &list->at[list->n++];
	*copy = *post;
	for (size_t i = 0; i < N_STRINGS; i++) {
		char **s = string(copy, i);

		if (*s == NULL)
			continue;
		list->bytes += strlen(*s) + 1;
		*s = cq_strdup(*s);
	}
}

void
kept_clear(struct kept *list)
{
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < N_STRINGS; k++)
			free(*string(&list->at[i], k));
	list->n = 0;
	list->bytes = 0;
}

void
kept_free(struct kept *list)
{
	kept_clear(list);
	free(list->at);
	list->at = NULL;
	list->cap = 0;
}
