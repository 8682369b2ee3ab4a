#include "sources/discourse.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"

static bool
next_number(const char **p, int64_t *n)
{
	char *end;
	long long value = strtoll(*p, &end, 10);

	if (end == *p || value < 0 || value > FORUM_ID_MAX)
		return false;
	*p = end;
	*n = value;
	return true;
}

void
forum_place_add(struct forum_place *place, int64_t id)
{
	if (place->n == FORUM_PENDING_MAX)
		return;
	place->pending =
	    cq_grow(place->pending, place->n + 1, sizeof(*place->pending));
	place->pending[place->n++] = id;
}

struct forum_place
forum_place_read(const char *cursor)
{
	const char *line = strchr(cursor, '\n');
	struct forum_place place = {.kind = ' ',
	    .reach = forum_reach_read(line == NULL ? NULL : line + 1)};
	int64_t n;

	if (*cursor == '?' || *cursor == 's')
		place.kind = *cursor++;
	if (!next_number(&cursor, &place.known))
		return (struct forum_place){.reach = place.reach};
	if (place.kind != 's') {
		next_number(&cursor, &place.newest);
		return place;
	}
	next_number(&cursor, &place.at);
	if (next_number(&cursor, &n) && n <= FORUM_SEARCH_PAGES)
		place.page = (int)n;
	while (next_number(&cursor, &n))
		forum_place_add(&place, n);
	return place;
}

void
forum_place_free(struct forum_place *place)
{
	free(place->pending);
	forum_reach_free(&place->reach);
}

static void
write_posts(struct cq_buf *out, const struct forum_place *place)
{
	size_t i;

	if (place->kind != ' ')
		cq_buf_char(out, place->kind);
	cq_buf_fmt(out, "%lld", (long long)place->known);
	if (place->kind == 's')
		cq_buf_fmt(out, " %lld %d", (long long)place->at, place->page);
	else if (place->newest > 0)
		cq_buf_fmt(out, " %lld", (long long)place->newest);
	for (i = 0; i < place->n; i++)
		cq_buf_fmt(out, " %lld", (long long)place->pending[i]);
}

char *
forum_place_write(const struct forum_place *place)
{
	struct cq_buf b = {0};

	if (place->kind != 0)
		write_posts(&b, place);
	forum_reach_add(&b, &place->reach);
	return cq_buf_take(&b);
}

int64_t
forum_id(const char *id)
{
	int64_t n = 0;

	return next_number(&id, &n) ? n : 0;
}
