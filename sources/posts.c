#include "sources/posts.h"

#include <stdlib.h>

#include "core/alloc.h"

/* Every string of a post. */
static const char **
strings_of(struct cq_post *post, size_t i)
{
	const char **const all[] = {&post->source, &post->id, &post->text,
	    &post->network, &post->author, &post->handle, &post->author_name,
	    &post->url, &post->uri, &post->lang, &post->in_reply_to,
	    &post->repost_of, &post->quote_of, &post->brand, &post->extra};

	return i < sizeof(all) / sizeof(all[0]) ? all[i] : NULL;
}

void
posts_begin(struct posts *posts, const char *source, const char *brand)
{
	*posts = (struct posts){.source = source, .brand = brand};
}

void
posts_add(void *arg, const struct cq_post *post)
{
	struct posts *posts = arg;
	struct cq_post *copy;
	const char **s;
	size_t i;

	if (posts->n == posts->cap) {
		posts->cap = posts->cap == 0 ? 40 : posts->cap * 2;
		posts->at = cq_grow(posts->at, posts->cap, sizeof(*posts->at));
	}
	copy = &posts->at[posts->n++];
	*copy = *post;
	copy->source = posts->source;
	if (copy->brand == NULL)
		copy->brand = posts->brand;
	for (i = 0; (s = strings_of(copy, i)) != NULL; i++)
		*s = cq_strdup(*s);
}

void
posts_free(struct posts *posts)
{
	const char **s;
	size_t i, k;

	for (i = 0; i < posts->n; i++)
		for (k = 0; (s = strings_of(&posts->at[i], k)) != NULL; k++)
			free((char *)*s);
	free(posts->at);
	*posts = (struct posts){0};
}
