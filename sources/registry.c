#include <string.h>

#include "sources/adapters.h"

const struct src_ops *const src_adapters[] = {
    &src_mastodon,
    &src_bluesky,
    &src_feed,
    &src_discourse,
    &src_github,
    &src_gitlab,
    &src_hackernews,
    &src_json,
    &src_reddit,
    &src_appstore,
    &src_stackexchange,
    &src_x,
    &src_youtube,
    &src_cfpb,
    NULL,
};

const struct src_ops *
src_adapter(const char *name)
{
	size_t i;

	for (i = 0; src_adapters[i] != NULL; i++)
		if (strcmp(src_adapters[i]->name, name) == 0)
			return src_adapters[i];
	return NULL;
}
