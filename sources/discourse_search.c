#include "sources/discourse.h"

#include <stdlib.h>

#include "core/buf.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/url.h"

/* Words that are searched for: newest hits first, then each in full. */

/* The day before, as a forum may count its days elsewhere. */
char *
forum_search_url(const struct src_visit *visit, const struct forum_place *place)
{
	int64_t from = place->at > 0 ? place->at : visit->since_at;
	char *base = url_at(visit->source->address, "/search.json");
	char day[CQ_TIME_SIZE];
	struct cq_buf url = {0}, words = {0};

	cq_buf_fmt(&words, "%s order:latest", visit->source->query);
	if (from != CQ_NO_TIME && from > 24 * 3600) {
		cq_time_rfc3339(from - 24 * 3600, day);
		cq_buf_fmt(&words, " after:%.10s", day);
	}
	cq_buf_str(&url, base);
	url_add(&url, "q", words.s);
	if (place->page > 1)
		url_add_int(&url, "page", place->page);
	cq_buf_free(&words);
	free(base);
	return cq_buf_take(&url);
}

static bool
is_pending(const struct forum_place *place, int64_t id)
{
	size_t i;

	for (i = 0; i < place->n; i++)
		if (place->pending[i] == id)
			return true;
	return false;
}

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

void
forum_search_hits(struct src_visit *visit, const cJSON *root,
    const struct forum_page *hits, struct forum_place *place,
    struct src_next *next)
{
	const cJSON *about = json_member(root, "grouped_search_result");
	bool more = cJSON_IsTrue(json_member(about, "more_full_page_results"));
	int page = place->page == 0 ? 1 : place->page;
	size_t i;

	for (i = 0; i < hits->n; i++) {
		if (hits->at[i].id <= place->known ||
		    (place->known == 0 && forum_is_older(visit, &hits->at[i])))
			more = false; /* from here on all is known, or old */
		else if (!is_pending(place, hits->at[i].id))
			forum_place_add(place, hits->at[i].id);
	}
	if (hits->n == 0 && place->n == 0)
		return;
	if ((more && page == FORUM_SEARCH_PAGES) ||
	    place->n == FORUM_PENDING_MAX) {
		next->jumped = true;
		next->jumped_at = place->at;
		more = false;
	}
	place->kind = 's';
	place->page = more ? page + 1 : 0;
	if (!more) {
		qsort(place->pending, place->n, sizeof(*place->pending),
		    ascending);
		if (place->n > 0)
			place->known = place->pending[place->n - 1];
		place->at = visit->now;
	}
	next->more = more || place->n > 0;
	next->cursor = forum_place_write(place);
}

/* The first hits in full; one that is not there any more is left out. */
void
forum_search_pending(const struct cq_source *s, const struct forum_page *page,
    struct forum_place *place, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	int64_t high = place->pending[0] + FORUM_WINDOW - 2;
	size_t i, n = 0;

	for (i = 0; i < page->n; i++)
		if (page->at[i].id <= high && is_pending(place, page->at[i].id))
			forum_emit(s, page, i, emit, arg);
	for (i = 0; i < place->n; i++)
		if (place->pending[i] > high)
			place->pending[n++] = place->pending[i];
	place->n = n;
	next->more = n > 0;
	next->cursor = forum_place_write(place);
}
