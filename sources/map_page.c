#include "sources/map_page.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/text.h"
#include "sources/answer.h"
#include "sources/pointer.h"
#include "sources/url.h"

/* One answer: its items as posts, their times, and the way to the next. */

#define WAY_MAX 2048  /* bytes of a cursor or an address */
#define ERROR_MAX 100 /* bytes of what a service says went wrong */

void
map_page_quote(const struct map *map, const struct src_visit *visit,
    const struct src_answer *answer, struct cq_err *why)
{
	const char *words;
	struct json doc;
	char part[ERROR_MAX + 1];

	if (map->error == NULL || visit->source->token_file != NULL ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return;
	words = cJSON_GetStringValue(pointer_get(doc.root, map->error));
	if (words != NULL && *words != '\0') {
		strncpy(part, words, ERROR_MAX);
		part[ERROR_MAX] = '\0';
		cq_utf8_trim(part);
		answer_fail(answer, why, "says: %s (%d)", part, answer->http);
	}
	json_free(&doc);
}

/* --- the next page ------------------------------------------------------ */

static enum cq_status
next_url(const struct src_visit *visit, const struct src_answer *answer,
    const char *ref, struct map_page *page, struct cq_err *err)
{
	page->way = url_join(answer->url, ref);
	if (page->way == NULL ||
	    !url_same_origin(page->way, visit->source->address))
		return cq_fail(err, CQ_NET,
		    "map: next/url leads to another host, or to no page");
	return CQ_OK;
}

static bool
is_same_way(const struct map_walk *walk, const char *way)
{
	return walk->place.way != NULL && strcmp(walk->place.way, way) == 0;
}

static bool
says_it_ends(const struct map *map, const struct json *doc)
{
	return map->more != NULL &&
	    !cJSON_IsTrue(pointer_get(doc->root, map->more));
}

static enum cq_status
find_next(const struct map *map, const struct src_visit *visit,
    const struct json *doc, const struct src_answer *answer,
    const struct map_walk *walk, struct map_page *page, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	const char *ref;

	if (says_it_ends(map, doc))
		return CQ_OK;
	switch (map->way) {
	case MAP_CURSOR:
		page->way = map_text_at(doc, doc->root, map->next);
		break;
	case MAP_URL:
		ref = cJSON_GetStringValue(pointer_get(doc->root, map->next));
		if (ref != NULL && *ref != '\0')
			rc = next_url(visit, answer, ref, page, err);
		break;
	case MAP_LINK:
		page->way = answer_link(answer, map->next);
		break;
	case MAP_PAGE:
	case MAP_OFFSET:
		page->goes_on = page->n > 0;
		break;
	case MAP_ONE_PAGE:
		break;
	}
	if (rc == CQ_OK && page->way != NULL &&
	    (strlen(page->way) > WAY_MAX || strpbrk(page->way, "\r\n") != NULL))
		rc = cq_fail(err, CQ_NET,
		    "the name of the next page is no line of at most %d bytes",
		    WAY_MAX);
	if (rc == CQ_OK && page->way != NULL)
		page->goes_on = !is_same_way(walk, page->way);
	return rc;
}

/* --- a page ------------------------------------------------------------- */

/* An answer on its way to posts. */
struct reading {
	const struct map *map;
	const struct src_visit *visit;
	const struct src_answer *answer;
	const struct json *doc;
	const cJSON *items;
	struct map_page page;
	bool is_new;	     /* nobody knows yet whether the map fits */
	size_t n_ids;	     /* items with one */
	size_t n_null;	     /* with none yet */
	size_t n_posts;	     /* items that are there to be read ... */
	size_t n_worded;     /* ... of which the map knows what they say */
	size_t n_up, n_down; /* times later, earlier than the one before */
	size_t n_times;	     /* that could be read ... */
	size_t n_bad;	     /* ... and that could not */
};

static void
keep(void *arg, const struct cq_post *post)
{
	cq_post_list_add(arg, post);
}

static void
note_time(struct reading *r, const cJSON *item)
{
	int64_t at = map_moment(&r->map->by, item);
	struct map_page *page = &r->page;

	if (at == CQ_NO_TIME) {
		r->n_bad++;
		return;
	}
	r->n_times++;
	if (page->last != CQ_NO_TIME) {
		r->n_up += at > page->last;
		r->n_down += at < page->last;
	}
	page->last = at;
	/* a time to come would hide all that is written until then */
	if (at <= r->visit->now && at > page->newest)
		page->newest = at;
	if (page->oldest == CQ_NO_TIME || at < page->oldest)
		page->oldest = at;
}

/* Is there a text or a title, be it an empty one? */
static bool
has_words(const struct reading *r, const cJSON *item)
{
	const cJSON *post = r->map->post;

	return map_leads(r->doc, item, json_member(post, "text")) ||
	    map_leads(r->doc, item, json_member(post, "title"));
}

/* False if it is none: nothing is known of it but that it is there. */
static bool
read_item(struct reading *r, const cJSON *item, struct cq_post_list *posts)
{
	size_t before = posts->n;
	const char *id;

	if (!map_emit(r->map, r->visit->source, r->doc, item, r->answer->url,
		keep, posts)) {
		r->n_null += map_has_null_id(r->map, item);
		return false;
	}
	id = posts->at[before].id;
	r->n_ids++;
	if (!posts->at[before].gone) { /* of some nothing else is told */
		r->n_posts++;
		r->n_worded += has_words(r, item);
	}
	r->page.print = cq_hash_bytes(r->page.print, id, strlen(id) + 1);
	return true;
}

static void
read_items(struct reading *r, struct cq_post_list *posts)
{
	const cJSON *item;

	r->page.newest = r->page.oldest = r->page.last = CQ_NO_TIME;
	r->page.print = CQ_HASH_START;
	cJSON_ArrayForEach(item, r->items)
	{
		r->page.n++;
		if (!cJSON_IsObject(item) && !cJSON_IsArray(item))
			continue;
		if (map_skips(r->map, item))
			r->n_ids++;
		else if (!read_item(r, item, posts))
			continue;
		if (r->map->by.at != NULL)
			note_time(r, item);
	}
}

/* Of a where the first one, to be shown. */
static const char *
first_of(const cJSON *where)
{
	return cJSON_GetStringValue(cJSON_IsArray(where) ? where->child
							 : where);
}

static enum cq_status
no_words(const struct reading *r, struct cq_err *err)
{
	const char *text = first_of(json_member(r->map->post, "text"));
	const char *title = first_of(json_member(r->map->post, "title"));

	return cq_fail(err, CQ_NET,
	    "none of %zu items has %s%.60s%s%s%.60s: check the map", r->n_posts,
	    text == NULL ? "" : "a text at ", text == NULL ? "" : text,
	    text == NULL || title == NULL ? "" : ", or ",
	    title == NULL ? "" : "a title at ", title == NULL ? "" : title);
}

/*
 * A map that fits no item is wrong, or the service was changed.  But of one
 * that did find words, a page may well hold none: some services leave out
 * what is empty.
 */
static enum cq_status
check_items(const struct reading *r, struct cq_err *err)
{
	if (r->page.n > r->n_null && r->n_ids == 0)
		return cq_fail(err, CQ_NET,
		    "none of %zu items has an id where the map looks for it: "
		    "check post/id",
		    r->page.n);
	if (r->n_bad > 0 && r->n_times == 0 && r->map->by.at != NULL)
		return cq_fail(err, CQ_NET,
		    "none of %zu items has a time of the form %s at %s: check "
		    "the map",
		    r->page.n, r->map->by.stamp.form, first_of(r->map->by.at));
	if (r->is_new && r->n_posts > 0 && r->n_worded == 0)
		return no_words(r, err);
	return CQ_OK;
}

/* Pages read in the wrong direction would leave posts out unnoticed. */
static enum cq_status
check_order(const struct reading *r, struct cq_err *err)
{
	if (r->map->order == MAP_OLDEST_FIRST && r->n_up == 0 && r->n_down > 1)
		return cq_fail(err, CQ_NET,
		    "the items come newest first, and the map says "
		    "oldest_first: check its order");
	if (r->map->order == MAP_NEWEST_FIRST && r->n_down == 0 && r->n_up > 1)
		return cq_fail(err, CQ_NET,
		    "the items come oldest first, and the map says "
		    "newest_first: check its order");
	return CQ_OK;
}

static enum cq_status
find_items(struct reading *r, struct cq_err *err)
{
	struct cq_err why = {0};

	r->items = pointer_get(r->doc->root, r->map->items);
	if (cJSON_IsArray(r->items))
		return CQ_OK;
	if (cJSON_IsObject(r->doc->root) &&
	    (cJSON_IsNull(r->items) ||
		(r->items == NULL && r->map->may_lack_items))) {
		r->items = NULL;
		return CQ_OK;
	}
	cq_fail(&why, CQ_NET,
	    "the answer has no list at '%s', where the map looks for items",
	    r->map->items);
	map_page_quote(r->map, r->visit, r->answer, &why);
	return cq_fail(err, CQ_NET, "%s", why.msg);
}

enum cq_status
map_page_read(const struct map *map, const struct src_visit *visit,
    const struct src_answer *answer, const struct json *doc,
    struct map_walk *walk, struct map_page *page, struct cq_err *err)
{
	struct reading r = {.map = map,
	    .visit = visit,
	    .answer = answer,
	    .doc = doc,
	    .is_new =
		(visit->trial || *visit->cursor == '\0') && walk->posts.n == 0};
	enum cq_status rc = find_items(&r, err);

	if (rc == CQ_OK) {
		read_items(&r, &walk->posts);
		rc = check_items(&r, err);
	}
	if (rc == CQ_OK)
		rc = check_order(&r, err);
	if (rc == CQ_OK)
		rc = find_next(map, visit, doc, answer, walk, &r.page, err);
	*page = r.page;
	return rc;
}
