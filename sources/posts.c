#include "sources/posts.h"

void
posts_begin(struct posts *posts, const char *source, const char *brand)
{
	*posts = (struct posts){.source = source, .brand = brand};
}

void
posts_add(void *arg, const struct cq_post *post)
{
	struct posts *posts = arg;
	struct cq_post own = *post;

	own.source = posts->source;
	if (own.brand == NULL)
		own.brand = posts->brand;
	cq_post_list_add(&posts->list, &own);
}

void
posts_free(struct posts *posts)
{
	cq_post_list_free(&posts->list);
	*posts = (struct posts){0};
}
