#include "sources/github.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/post.h"

static struct github_list
list_read(const char *line)
{
	struct github_list list = {CQ_NO_TIME, 1, "-"}, read = list;
	long long since;

	if (line == NULL ||
	    sscanf(line, "%lld %d %129s", &since, &read.page, read.etag) != 3)
		return list;
	read.since = since;
	return since < 0 || read.page < 1 || read.page > GITHUB_PAGES_MAX
	    ? list
	    : read;
}

struct github_place
github_place_read(const char *cursor)
{
	const char *second = strchr(cursor, '\n');
	const char *third = second == NULL ? NULL : strchr(second + 1, '\n');

	return (struct github_place){{list_read(cursor), list_read(second)},
	    forge_reach_read(third == NULL ? NULL : third + 1)};
}

char *
github_place_write(const struct github_place *place, const char *cursor)
{
	struct cq_buf b = {0};
	int i;

	for (i = 0; i < 2; i++) {
		const struct github_list *list = &place->list[i];

		if (i > 0)
			cq_buf_char(&b, '\n');
		if (list->since == CQ_NO_TIME)
			cq_buf_char(&b, '-');
		else
			cq_buf_fmt(&b, "%lld %d %s", (long long)list->since,
			    list->page, list->etag);
	}
	forge_reach_add(&b, "\n", &place->reach);
	if (strcmp(b.s, cursor) != 0 && strcmp(b.s, "-\n-") != 0)
		return cq_buf_take(&b);
	cq_buf_free(&b);
	return NULL;
}

void
github_keep_etag(struct github_list *list, const char *etag)
{
	const char *p;

	strcpy(list->etag, "-");
	if (etag == NULL || strlen(etag) >= sizeof(list->etag))
		return;
	for (p = etag; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return;
	if (p > etag)
		strcpy(list->etag, etag);
}
