#include "sources/gitlab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/post.h"

#define NUMBER_MAX (INT64_C(1) << 53)

/* Those up to the end of the line. */
static const char *
read_issues(struct gitlab_place *place, const char *p)
{
	while (*p != '\0' && *p != '\n') {
		struct gitlab_issue issue = {0};
		char *end;

		issue.iid = strtoll(p, &end, 10);
		if (end == p || issue.iid <= 0 || issue.iid > NUMBER_MAX ||
		    place->n_issues == GITLAB_PER_PAGE)
			break;
		issue.confidential = *end == 'c';
		place->issue[place->n_issues++] = issue;
		p = end + issue.confidential;
		p += *p == ' ';
	}
	return strchr(p, '\n');
}

struct gitlab_place
gitlab_place_read(const char *cursor)
{
	struct gitlab_place place = {.since = CQ_NO_TIME,
	    .page = 1,
	    .floor = CQ_NO_TIME,
	    .notes_page = 1};
	const char *line = strchr(cursor, '\n');
	int64_t since, floor;
	int page, notes, more, n = 0;

	if (line == NULL ||
	    sscanf(cursor, "%" SCNd64 " %d %" SCNd64 " %d %d%n", &since, &page,
		&floor, &notes, &more, &n) != 5 ||
	    since > NUMBER_MAX || page < 1 || page > 1000 || notes < 1 ||
	    notes > 1000)
		return place;
	place.since = since;
	place.page = page;
	place.floor = floor;
	place.notes_page = notes;
	place.more = more != 0;
	place.reach = forge_reach_read(cursor[n] == ' ' ? cursor + n : NULL);
	line = read_issues(&place, line + 1);
	while (line != NULL && place.n_seen < GITLAB_SEEN_MAX) {
		char *end;
		uint64_t key = strtoull(line + 1, &end, 16);

		if (end == line + 1)
			break;
		place.seen[place.n_seen++] = key;
		line = *end == ' ' ? end : NULL;
	}
	return place;
}

char *
gitlab_place_write(const struct gitlab_place *place)
{
	struct cq_buf b = {0};
	int i;

	cq_buf_fmt(&b, "%" PRId64 " %d %" PRId64 " %d %d", place->since,
	    place->page, place->floor, place->notes_page, place->more);
	forge_reach_add(&b, " ", &place->reach);
	cq_buf_char(&b, '\n');
	for (i = 0; i < place->n_issues; i++)
		cq_buf_fmt(&b, "%s%" PRId64 "%s", i == 0 ? "" : " ",
		    place->issue[i].iid,
		    place->issue[i].confidential ? "c" : "");
	for (i = 0; i < place->n_seen; i++)
		cq_buf_fmt(&b, "%s%" PRIx64, i == 0 ? "\n" : " ",
		    place->seen[i]);
	return cq_buf_take(&b);
}
