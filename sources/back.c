#include "sources/back.h"

#include <stdlib.h>

#include "core/alloc.h"

struct src_back *
back_new(void)
{
	return cq_alloc(sizeof(struct src_back));
}

void
back_free(void *arg)
{
	struct src_back *back = arg;

	if (back == NULL)
		return;
	cq_post_list_free(&back->posts);
	free(back->older);
	free(back->newest);
	free(back);
}

void
back_keep(void *arg, const struct cq_post *post)
{
	struct src_back *back = arg;

	cq_post_list_add(&back->posts, post);
}

void
back_on(struct src_back *back, const char *older)
{
	char *copy = cq_strdup(older);

	free(back->older);
	back->older = copy;
	back->n_pages++;
}

bool
back_is_far(const struct src_back *back)
{
	return back->n_pages + 1 >= SRC_STEPS_MAX;
}

void
back_emit(struct src_back *back, src_emit_fn emit, void *arg)
{
	size_t i;

	for (i = back->posts.n; i-- > 0;)
		emit(arg, &back->posts.at[i]);
	cq_post_list_clear(&back->posts);
}
