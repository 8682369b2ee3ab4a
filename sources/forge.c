#include "sources/forge.h"

#include <string.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/when.h"

char *
forge_path(const char *address)
{
	const char *p = strstr(address, "://");
	size_t n;

	p = p == NULL ? address : p + 3;
	p += strcspn(p, "/");
	p += strspn(p, "/");
	n = strlen(p);
	while (n > 0 && p[n - 1] == '/')
		n--;
	if (n > 4 && strncmp(p + n - 4, ".git", 4) == 0)
		n -= 4; /* the address for git */
	return cq_strndup(p, n);
}

char *
forge_origin(const char *address)
{
	const char *p = strstr(address, "://");

	p = p == NULL ? address : p + 3;
	return cq_strndup(address, (size_t)(p - address) + strcspn(p, "/?#"));
}

int64_t
forge_newest(const cJSON *items, int64_t known)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, items)
	{
		const char *s = json_str(item, "updated_at");
		int64_t at;

		if (s != NULL && cq_time_parse(s, &at) && at >= 0 &&
		    (known == CQ_NO_TIME || at > known))
			known = at;
	}
	return known;
}
