#include "sources/posts.h"

struct cq_post
posts_own(const struct cq_post *post, const char *source, const char *brand)
{
	struct cq_post own = *post;

	own.source = source;
	if (own.brand == NULL)
		own.brand = brand;
	return own;
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
	struct cq_post own = posts_own(post, posts->source, posts->brand);

	cq_post_list_add(&posts->list, &own);
}

void
posts_free(struct posts *posts)
{
	cq_post_list_free(&posts->list);
	*posts = (struct posts){0};
}
