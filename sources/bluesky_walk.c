#include "sources/bluesky_walk.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/when.h"
#include "sources/answer.h"
#include "sources/bluesky_post.h"

#define LATE_S 600  /* the index may be behind by this */
#define BACK_S 3600 /* authors who date a post back by this are heard */
#define BACK_MENTIONS_S 86400
#define PAGE_MAX 1024		       /* bytes of the service's cursor */
#define TIME_MAX INT64_C(253402300799) /* the end of 9999 */
#define SEEN_AGAIN 200	/* entries in which a repeat is looked for */
#define SEARCH_MAX 9900 /* hits: of a search no more than 10,000 are shown */

/* --- where it begins --------------------------------------------------- */

/* "-", or seconds; then a blank or the end. */
static bool
read_time(const char **s, int64_t *at)
{
	char *end;

	*at = CQ_NO_TIME;
	if (**s == '-') {
		end = (char *)(uintptr_t)*s + 1;
	} else {
		if (!isdigit((unsigned char)**s))
			return false;
		*at = strtoll(*s, &end, 10);
		if (*at > TIME_MAX)
			return false;
	}
	if (*end != ' ' && *end != '\0')
		return false;
	*s = end + (*end == ' ');
	return true;
}

static void
read_cursor(struct bluesky_walk *walk, const char *s)
{
	int64_t known_at, top_at;

	if (s == NULL || !read_time(&s, &known_at))
		return;
	if (*s == '\0') {
		walk->known_at = known_at;
	} else if (read_time(&s, &top_at) && *s != '\0') {
		walk->known_at = known_at;
		walk->top_at = top_at;
		walk->page = cq_strdup(s);
	}
}

/* The later one; CQ_NO_TIME is before all. */
static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void
bluesky_walk_begin(struct bluesky_walk *walk, const struct src_visit *visit,
    bool mentions)
{
	int64_t back_s = mentions ? BACK_MENTIONS_S : BACK_S;

	*walk = (struct bluesky_walk){
	    .mentions = mentions,
	    .known_at = CQ_NO_TIME,
	    .top_at = CQ_NO_TIME,
	};
	read_cursor(walk, visit->cursor);
	walk->since_at = walk->stop_at = visit->since_at;
	if (walk->known_at == CQ_NO_TIME)
		return;
	walk->since_at = later(visit->since_at, walk->known_at - back_s);
	walk->stop_at = later(visit->since_at, walk->known_at - LATE_S);
}

void
bluesky_walk_free(struct bluesky_walk *walk)
{
	free(walk->page);
	cq_post_list_free(&walk->posts);
}

/* --- one page ---------------------------------------------------------- */

static bool
is_wanted(const struct bluesky_walk *walk, const cJSON *view)
{
	const char *reason = json_str(view, "reason");

	if (!walk->mentions)
		return true;
	return reason != NULL &&
	    (strcmp(reason, "mention") == 0 || strcmp(reason, "reply") == 0 ||
		strcmp(reason, "quote") == 0);
}

/* Pages shift while they are read; entries then come twice. */
static bool
is_repeat(const struct bluesky_walk *walk, const char *id)
{
	size_t i, n = walk->posts.n;

	for (i = n; i > 0 && n - i < SEEN_AGAIN; i--)
		if (strcmp(walk->posts.at[i - 1].id, id) == 0)
			return true;
	return false;
}

static void
take(void *arg, const struct cq_post *post)
{
	struct bluesky_walk *walk = arg;

	if (!is_repeat(walk, post->id))
		cq_post_list_add(&walk->posts, post);
}

static const char *
next_page(const struct bluesky_walk *walk, const cJSON *root)
{
	const char *page = src_within(json_str(root, "cursor"), PAGE_MAX);

	if (page != NULL && src_has_control(page))
		return NULL;
	if (page != NULL && walk->page != NULL && strcmp(page, walk->page) == 0)
		return NULL; /* it leads to itself */
	return page;
}

/* The end of the list is no end if more was found than is shown. */
static bool
is_ceiling(const struct bluesky_walk *walk)
{
	return !walk->mentions && walk->page != NULL &&
	    strspn(walk->page, "0123456789") == strlen(walk->page) &&
	    strtoll(walk->page, NULL, 10) >= SEARCH_MAX;
}

/*
 * Mentions are picked from all that happened to the account: behind a
 * thousand likes stands a page without any, which is not the end.  But its
 * cursor is the time up to which was looked.
 */
static int64_t
time_of_page(const struct bluesky_walk *walk, const char *page)
{
	int64_t at;

	return walk->mentions && page != NULL && cq_time_parse(page, &at)
	    ? at
	    : CQ_NO_TIME;
}

static bool
is_known(const struct bluesky_walk *walk, int64_t at)
{
	return at != CQ_NO_TIME && at < walk->stop_at;
}

/* last_at  when the last entry was indexed; CQ_NO_TIME: not said */
static void
turn_page(struct bluesky_walk *walk, const cJSON *root, int64_t last_at)
{
	const char *page = next_page(walk, root);
	int64_t page_at = time_of_page(walk, page);

	if (is_known(walk, last_at) || is_known(walk, page_at)) {
		walk->whole = true;
	} else if (page == NULL && is_ceiling(walk)) {
		walk->broken = true;
	} else if (page == NULL ||
	    (walk->n_empty > 1 && page_at == CQ_NO_TIME)) {
		walk->whole = true;
	} else {
		free(walk->page);
		walk->page = cq_strdup(page);
	}
	walk->ended = walk->whole || walk->broken;
}

bool
bluesky_walk_page(struct bluesky_walk *walk, const struct src_visit *visit,
    const cJSON *root)
{
	const cJSON *list =
	    json_member(root, walk->mentions ? "notifications" : "posts");
	const cJSON *view;
	int64_t last_at = CQ_NO_TIME;

	if (!cJSON_IsArray(list))
		return false;
	walk->n_pages++;
	walk->n_empty = list->child == NULL ? walk->n_empty + 1 : 0;
	cJSON_ArrayForEach(view, list)
	{
		int64_t at = bluesky_indexed_at(view, visit->now);

		if (!cJSON_IsObject(view))
			continue;
		if (at != CQ_NO_TIME) {
			last_at = at;
			walk->top_at = later(walk->top_at, at);
		}
		if (is_wanted(walk, view) &&
		    (at == CQ_NO_TIME || at >= walk->since_at))
			bluesky_emit(visit->source->name, view, visit->now,
			    take, walk);
	}
	turn_page(walk, root, last_at);
	return true;
}

void
bluesky_walk_break(struct bluesky_walk *walk)
{
	walk->ended = true;
	walk->broken = walk->n_pages == 0;
}

/* --- the end ----------------------------------------------------------- */

static int
by_age(const void *a, const void *b)
{
	const struct cq_post *const *x = a, *const *y = b;

	if ((*x)->created_at != (*y)->created_at)
		return (*x)->created_at < (*y)->created_at ? -1 : 1;
	/* of the same second, the one further down is older */
	return *x > *y ? -1 : *x < *y;
}

static void
emit_all(const struct bluesky_walk *walk, src_emit_fn emit, void *arg)
{
	const struct cq_post **order = cq_alloc(walk->posts.n * sizeof(*order));
	size_t i;

	for (i = 0; i < walk->posts.n; i++)
		order[i] = &walk->posts.at[i];
	qsort(order, walk->posts.n, sizeof(*order), by_age);
	for (i = 0; i < walk->posts.n; i++)
		emit(arg, order[i]);
	free(order);
}

static char *
time_text(int64_t at)
{
	return at == CQ_NO_TIME ? cq_strdup("-")
				: cq_format("%lld", (long long)at);
}

static char *
cursor_text(const struct bluesky_walk *walk)
{
	int64_t top_at = later(walk->top_at, walk->known_at);
	char *known, *top, *cursor;

	if (top_at == CQ_NO_TIME)
		return NULL; /* nothing has been seen yet */
	top = time_text(top_at);
	if (walk->whole || walk->broken)
		return top;
	known = time_text(walk->known_at);
	cursor = cq_format("%s %s %s", known, top, walk->page);
	free(known);
	free(top);
	return cursor;
}

void
bluesky_walk_finish(struct bluesky_walk *walk, const struct src_visit *visit,
    src_emit_fn emit, void *arg, struct src_next *next)
{
	char *cursor = cursor_text(walk);

	if (cursor != NULL && strcmp(cursor, visit->cursor) == 0) {
		free(cursor);
		cursor = NULL;
	}
	next->cursor = cursor;
	next->jumped = walk->broken;
	next->jumped_at = walk->known_at;
	emit_all(walk, emit, arg);
}
