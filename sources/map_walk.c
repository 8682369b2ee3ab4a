#include "sources/map_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"

#define NUMBER_MAX INT64_C(253402300799) /* the end of 9999 */
#define KEPT_MAX (16 * 1024 * 1024)	 /* bytes of posts in one visit */

/* --- the cursor -------------------------------------------------------- */

/* "AT FROM NEWEST PAGE WAY", "-" for what is unknown; "AT" between walks. */
struct map_place
map_place_read(const char *cursor)
{
	struct map_place p = {.at = CQ_NO_TIME,
	    .from = CQ_NO_TIME,
	    .newest = CQ_NO_TIME,
	    .page = -1};
	int64_t *const numbers[] = {&p.at, &p.from, &p.newest, &p.page};
	const char *s = cursor;
	char *end;
	size_t i;

	for (i = 0; i < 4 && *s != '\0'; i++) {
		if (*s == '-') {
			end = (char *)(uintptr_t)s + 1;
		} else {
			if (*s < '0' || *s > '9')
				goto broken;
			*numbers[i] = strtoll(s, &end, 10);
			if (*numbers[i] > NUMBER_MAX)
				goto broken;
		}
		if (*end != '\0' && *end != ' ')
			goto broken;
		s = end + (*end == ' ');
	}
	if (*s != '\0')
		p.way = cq_strdup(s);
	return p;
broken:
	return map_place_read("");
}

static void
add_number(struct cq_buf *out, int64_t n, bool known)
{
	if (out->n > 0)
		cq_buf_char(out, ' ');
	if (known)
		cq_buf_fmt(out, "%lld", (long long)n);
	else
		cq_buf_char(out, '-');
}

char *
map_place_text(const struct map_place *p)
{
	bool walk = p->from != CQ_NO_TIME || p->newest != CQ_NO_TIME ||
	    p->page >= 0 || p->way != NULL;
	struct cq_buf out = {0};

	if (walk || p->at != CQ_NO_TIME)
		add_number(&out, p->at, p->at != CQ_NO_TIME);
	if (walk) {
		add_number(&out, p->from, p->from != CQ_NO_TIME);
		add_number(&out, p->newest, p->newest != CQ_NO_TIME);
		add_number(&out, p->page, p->page >= 0);
	}
	if (p->way != NULL)
		cq_buf_fmt(&out, " %s", p->way);
	return cq_buf_take(&out);
}

void
map_place_free(struct map_place *place)
{
	free(place->way);
	*place = map_place_read("");
}

struct map_walk *
map_walk_new(const char *cursor)
{
	struct map_walk *walk = cq_alloc(sizeof(*walk));

	walk->place = map_place_read(cursor);
	walk->oldest = CQ_NO_TIME;
	walk->resumed = walk->place.way != NULL || walk->place.page >= 0;
	return walk;
}

void
map_walk_free(void *arg)
{
	struct map_walk *walk = arg;

	if (walk == NULL)
		return;
	map_place_free(&walk->place);
	cq_post_list_free(&walk->posts);
	free(walk);
}

/* --- times ------------------------------------------------------------- */

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b; /* CQ_NO_TIME is before all others */
}

int64_t
map_walk_from(const struct map *map, const struct src_visit *visit,
    const struct map_walk *walk)
{
	const struct map_place *p = &walk->place;
	int64_t from = 0;

	if (p->from != CQ_NO_TIME)
		return p->from;
	if (p->at != CQ_NO_TIME)
		from = p->at - map->overlap_s;
	if (visit->since_at != CQ_NO_TIME)
		from = later(from, visit->since_at);
	return later(from, 0);
}

int64_t
map_walk_since(const struct map *map, const struct src_visit *visit,
    const struct map_walk *walk)
{
	int64_t since =
	    map_walk_from(map, visit, walk) - stamp_unit_s(map->since.form);

	if (map->max_age_s > 0)
		since = later(since, visit->now - map->max_age_s);
	return later(since, 0);
}

/* Was the window that the service keeps open left behind by caseq? */
static bool
is_out_of_window(const struct map *map, const struct src_visit *visit,
    const struct map_walk *walk)
{
	int64_t begin = visit->now - map->max_age_s;

	return map->has_since && map->max_age_s > 0 &&
	    walk->place.at != CQ_NO_TIME && walk->place.at < begin &&
	    walk->place.from == CQ_NO_TIME && visit->source->ok_at < begin;
}

/* --- steps ------------------------------------------------------------- */

static void
jump(struct src_next *next, int64_t at)
{
	next->jumped = true;
	next->jumped_at = at;
}

/* The page behind this one; takes page->way over. */
static void
turn(const struct map *map, struct map_walk *walk, struct map_page *page)
{
	struct map_place *p = &walk->place;

	if (map->way == MAP_PAGE)
		p->page = later(p->page, map->first) + 1;
	else if (map->way == MAP_OFFSET)
		p->page = later(p->page, map->first) + (int64_t)page->n;
	free(p->way);
	p->way = page->way;
	page->way = NULL;
	walk->turned = true;
}

/* Back to the first page. */
static void
rewind_pages(struct map_walk *walk)
{
	free(walk->place.way);
	walk->place.way = NULL;
	walk->place.page = -1;
	walk->turned = false;
}

/* The walk is over: all up to the newest is stored. */
static void
arrive(struct map_walk *walk)
{
	struct map_place *p = &walk->place;

	rewind_pages(walk);
	p->at = later(p->at, p->newest);
	p->from = p->newest = CQ_NO_TIME;
}

static bool
is_full(const struct map *map, const struct map_page *page)
{
	return map->page_size > 0 && page->n >= map->page_size;
}

/* What is left for the next visit then is found from the newest on. */
static bool
is_short(const struct map *map, const struct map_page *page)
{
	return map->page_size > 0 && page->n < map->page_size;
}

/* --- forwards ---------------------------------------------------------- */

/* By the time of the newest item; false at the end. */
static bool
forwards_by_time(const struct map *map, struct map_walk *walk,
    struct map_page *page, int64_t from, struct src_next *next)
{
	struct map_place *p = &walk->place;

	if (page->n == 0 || is_short(map, page))
		return false;
	if (page->newest != CQ_NO_TIME && page->newest > from) {
		rewind_pages(walk);
		p->from = page->newest;
		return true;
	}
	if (page->goes_on) {
		turn(map, walk, page);
		p->from = from;
		return true;
	}
	if (!is_full(map, page))
		return false;
	/* more of one moment than an answer holds */
	jump(next, from);
	p->from = from + stamp_unit_s(map->since.form);
	p->newest = later(p->newest, p->from);
	return true;
}

static bool
forwards(const struct map *map, struct map_walk *walk, struct map_page *page,
    int64_t from, struct src_next *next)
{
	struct map_place *p = &walk->place;
	bool named = map->way == MAP_CURSOR || map->way == MAP_URL ||
	    map->way == MAP_LINK;

	if (map->has_since && !named)
		return forwards_by_time(map, walk, page, from, next);
	/* a page by number that is not full yet will get what comes next */
	if (!page->goes_on || (map->way == MAP_PAGE && is_short(map, page)))
		return false;
	turn(map, walk, page);
	if (map->has_since)
		p->from = from;
	return page->n > 0; /* a way on is all that some have at the end */
}

static bool
go_forwards(const struct map *map, struct map_walk *walk, struct map_page *page,
    int64_t from, struct src_next *next)
{
	struct map_place *p = &walk->place;

	next->more = forwards(map, walk, page, from, next);
	if (next->more)
		return true;
	if (map->has_since || map->way == MAP_ONE_PAGE) {
		arrive(walk);
	} else { /* the last page is asked for again: more will come to it */
		p->at = later(p->at, p->newest);
		p->newest = CQ_NO_TIME;
	}
	return true;
}

/* --- backwards --------------------------------------------------------- */

/* The way ends here; were there posts that no page holds any more? */
static void
look_for_gap(const struct map *map, const struct map_walk *walk,
    const struct map_page *page, int64_t from, bool reached,
    struct src_next *next)
{
	const struct map_place *p = &walk->place;

	if (map->whole || reached || page->n == 0)
		return;
	if (is_full(map, page))
		jump(next, p->at != CQ_NO_TIME ? p->at : from);
	else if (!map->has_since && p->at != CQ_NO_TIME &&
	    walk->oldest != CQ_NO_TIME && walk->oldest > p->at)
		jump(next, p->at);
}

static bool
go_back(const struct map *map, struct map_walk *walk, struct map_page *page,
    int64_t from, struct src_next *next)
{
	bool reached = map->order == MAP_NEWEST_FIRST &&
	    page->last != CQ_NO_TIME && page->last < from;

	if (page->goes_on && !reached) {
		turn(map, walk, page);
		walk->place.from = from;
		next->more = true;
		return walk->n_pages + 1 >= SRC_STEPS_MAX ||
		    walk->posts.bytes > KEPT_MAX;
	}
	look_for_gap(map, walk, page, from, reached, next);
	arrive(walk);
	return true;
}

/* --- the whole --------------------------------------------------------- */

/* Where no item tells its time, that there were items is remembered. */
static char *
cursor_after(const struct src_visit *visit, const struct map_place *p,
    const struct map_page *page)
{
	char *text = map_place_text(p);

	if (*text != '\0' || (page->n == 0 && *visit->cursor == '\0'))
		return text;
	free(text);
	return cq_strdup("-");
}

bool
map_walk_on(const struct map *map, const struct src_visit *visit,
    struct map_walk *walk, struct map_page *page, struct src_next *next)
{
	int64_t from = map_walk_from(map, visit, walk);
	struct map_place *p = &walk->place;
	bool now;

	if (is_out_of_window(map, visit, walk))
		jump(next, p->at);
	if (page->n > 0 && walk->turned && page->print == walk->print)
		page->goes_on = false; /* the number counts for nothing */
	walk->print = page->print;
	walk->n_pages++;
	p->newest = later(p->newest, page->newest);
	if (page->oldest != CQ_NO_TIME &&
	    (walk->oldest == CQ_NO_TIME || page->oldest < walk->oldest))
		walk->oldest = page->oldest;
	now = map->order == MAP_OLDEST_FIRST
	    ? go_forwards(map, walk, page, from, next)
	    : go_back(map, walk, page, from, next);
	if (now)
		next->cursor = cursor_after(visit, p, page);
	return now;
}

void
map_walk_lost(const struct map *map, const struct src_visit *visit,
    struct map_walk *walk, struct src_next *next)
{
	struct map_place *p = &walk->place;

	walk->resumed = false;
	if (map->order != MAP_OLDEST_FIRST) {
		jump(next, map_walk_from(map, visit, walk));
		arrive(walk);
	} else {
		rewind_pages(walk);
	}
	next->more = true;
	next->cursor = map_place_text(p);
}
