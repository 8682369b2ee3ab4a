#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/hash.h"
#include "core/text.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/http.h"
#include "sources/map.h"
#include "sources/map_walk.h"
#include "sources/pointer.h"
#include "sources/url.h"

/* Any service that answers with JSON, by a map: see map.h and map_walk.h. */

#define QUERY_MAX 1000 /* bytes */
#define ERROR_MAX 100  /* bytes of what a service says went wrong */
#define WAIT_MAX_S (24 * 3600)
#define TOKEN "{token}"

/* --- what is asked ----------------------------------------------------- */

static enum cq_status
check_url(const struct map *map, const struct cq_source *s, struct cq_err *err)
{
	const struct map_asked first = {.page = map->first};
	enum cq_status rc;
	char *url;

	rc = map_url(map, s, &first, &url, err);
	if (rc == CQ_OK)
		rc = url_check(url, s->insecure, err);
	free(url);
	return rc;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	struct map map;

	if (rc != CQ_OK)
		return rc;
	if (strpbrk(s->address, "?#") != NULL)
		return cq_fail(err, CQ_INPUT,
		    "give the address without ? and #: the map adds what "
		    "stands behind it");
	if (s->query != NULL &&
	    (strlen(s->query) > QUERY_MAX ||
		!cq_utf8_valid(s->query, strlen(s->query)) ||
		strpbrk(s->query, "\r\n\t") != NULL))
		return cq_fail(err, CQ_INPUT,
		    "the query must be one line of at most %d bytes",
		    QUERY_MAX);
	rc = map_read(s, &map, err);
	if (rc != CQ_OK)
		return rc;
	rc = check_url(&map, s, err);
	map_free(&map);
	return rc;
}

/* A header of the map, with the token in it. */
static enum cq_status
add_header(const struct src_visit *visit, const cJSON *one,
    struct src_request *req, struct cq_err *err)
{
	const char *value = cJSON_GetStringValue(one);
	const char *at = strstr(value, TOKEN);
	enum cq_status rc;
	char *whole;

	if (at == NULL)
		return src_request_header(req, one->string, value, err);
	if (visit->secret == NULL)
		return CQ_OK; /* the service may do without */
	whole = cq_format("%.*s%s%s", (int)(at - value), value, visit->secret,
	    at + strlen(TOKEN));
	rc = src_request_header(req, one->string, whole, err);
	explicit_bzero(whole, strlen(whole));
	free(whole);
	req->secret = true;
	return rc;
}

static enum cq_status
add_headers(const struct map *map, const struct src_visit *visit,
    struct src_request *req, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	bool accept = false;
	const cJSON *one;

	cJSON_ArrayForEach(one, map->headers)
	{
		accept |= strcasecmp(one->string, "Accept") == 0;
		rc = add_header(visit, one, req, err);
		if (rc != CQ_OK)
			return rc;
	}
	return accept
	    ? CQ_OK
	    : src_request_header(req, "Accept", "application/json", err);
}

static struct map_walk *
walk_of(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = map_walk_new(visit->cursor);
	return visit->memory;
}

static enum cq_status
make_url(const struct map *map, struct src_visit *visit, char **url,
    struct cq_err *err)
{
	const struct map_walk *walk = walk_of(visit);
	const struct map_place *p = &walk->place;
	const struct map_asked asked = {
	    .since = map->has_since ? map_walk_since(map, visit, walk) : 0,
	    .page = p->page >= 0 ? p->page : map->first,
	    .cursor = p->way,
	};

	if (p->way == NULL || map->way == MAP_CURSOR)
		return map_url(map, visit->source, &asked, url, err);
	*url = cq_strdup(p->way);
	/* the cursor may be from before the address was changed */
	return url_same_origin(p->way, visit->source->address)
	    ? CQ_OK
	    : cq_fail(err, CQ_INPUT, "the next page is on another host");
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct map map;
	enum cq_status rc;

	*req = (struct src_request){0};
	rc = map_read(visit->source, &map, err);
	if (rc != CQ_OK)
		return rc;
	req->token = visit->source->token_file != NULL && !map.token_in_header;
	rc = make_url(&map, visit, &req->url, err);
	if (rc == CQ_OK)
		rc = add_headers(&map, visit, req, err);
	map_free(&map);
	return rc;
}

/* --- what a service says besides posts ---------------------------------- */

/*
 * Its own words about what went wrong.  Not where a token was sent: some
 * repeat it.
 */
static void
quote(const struct map *map, const struct src_visit *visit,
    const struct src_answer *answer, struct cq_err *why)
{
	const char *words;
	struct json doc;
	char *host, part[ERROR_MAX + 1];

	if (map->error == NULL || visit->source->token_file != NULL ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return;
	words = cJSON_GetStringValue(pointer_get(doc.root, map->error));
	if (words != NULL && *words != '\0') {
		host = url_host(answer->url);
		strncpy(part, words, ERROR_MAX);
		part[ERROR_MAX] = '\0';
		cq_utf8_trim(part);
		cq_fail(why, why->status, "%s says: %s (%d)",
		    host == NULL ? "the server" : host, part, answer->http);
		free(host);
	}
	json_free(&doc);
}

/* A way that was stored may be forgotten by the service. */
static bool
is_lost(const struct map_walk *walk, const struct src_answer *answer)
{
	return walk->resumed && walk->n_pages == 0 &&
	    (answer->http == 400 || answer->http == 404 ||
		answer->http == 410 || answer->http == 422);
}

static void
read_wait(const struct map *map, const struct json *doc, struct src_next *next)
{
	const cJSON *value =
	    map->wait == NULL ? NULL : pointer_get(doc->root, map->wait);
	double s = cJSON_IsNumber(value) ? ceil(value->valuedouble) : 0;

	if (s > 0)
		next->wait_s = s < WAIT_MAX_S ? (int64_t)s : WAIT_MAX_S;
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
    struct map_page *page, struct cq_err *err)
{
	const struct map_walk *walk = visit->memory;
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
	if (page->way != NULL && strpbrk(page->way, "\r\n") == NULL)
		page->goes_on = !is_same_way(walk, page->way);
	return rc;
}

/* --- a page ------------------------------------------------------------- */

/* An answer on its way to posts. */
struct reading {
	const struct map *map;
	const struct src_visit *visit;
	const struct src_answer *answer;
	struct json doc;
	const cJSON *items;
	struct map_page page;
	size_t n_ids;	/* items with one */
	size_t n_null;	/* with none yet */
	size_t n_times; /* that could be read ... */
	size_t n_bad;	/* ... and that could not */
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
	page->last = at;
	/* a time to come would hide all that is written until then */
	if (at <= r->visit->now && at > page->newest)
		page->newest = at;
	if (page->oldest == CQ_NO_TIME || at < page->oldest)
		page->oldest = at;
}

/* False if it is none: nothing is known of it but that it is there. */
static bool
read_item(struct reading *r, const cJSON *item, struct cq_post_list *posts)
{
	size_t before = posts->n;
	const char *id;

	if (!map_emit(r->map, r->visit->source, &r->doc, item, r->answer->url,
		keep, posts)) {
		r->n_null += map_has_null_id(r->map, item);
		return false;
	}
	id = posts->at[before].id;
	r->n_ids++;
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

/* A map that fits no item is wrong, or the service was changed. */
static enum cq_status
check_items(const struct reading *r, struct cq_err *err)
{
	const char *first = cJSON_GetStringValue(cJSON_IsArray(r->map->by.at)
		? r->map->by.at->child
		: r->map->by.at);

	if (r->page.n > r->n_null && r->n_ids == 0)
		return cq_fail(err, CQ_NET,
		    "none of %zu items has an id where the map looks for it: "
		    "check post/id",
		    r->page.n);
	if (r->n_bad > 0 && r->n_times == 0 && r->map->by.at != NULL)
		return cq_fail(err, CQ_NET,
		    "none of %zu items has a time of the form %s at %s: check "
		    "the map",
		    r->page.n, r->map->by.stamp.form, first);
	return CQ_OK;
}

static enum cq_status
find_items(struct reading *r, struct cq_err *err)
{
	struct cq_err why = {0};

	r->items = pointer_get(r->doc.root, r->map->items);
	if (cJSON_IsArray(r->items))
		return CQ_OK;
	if (cJSON_IsObject(r->doc.root) &&
	    (cJSON_IsNull(r->items) ||
		(r->items == NULL && r->map->may_lack_items))) {
		r->items = NULL;
		return CQ_OK;
	}
	cq_fail(&why, CQ_NET,
	    "the answer has no list at '%s', where the map looks for items",
	    r->map->items);
	quote(r->map, r->visit, r->answer, &why);
	return cq_fail(err, CQ_NET, "%s", why.msg);
}

/* --- the order of posts -------------------------------------------------- */

struct dated {
	int64_t at;
	size_t i;
};

static int
by_time(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* In no order they came: oldest first, as they came where times are equal. */
static void
emit_sorted(const struct cq_post_list *posts, src_emit_fn emit, void *arg)
{
	struct dated *dated = cq_alloc((posts->n + 1) * sizeof(*dated));
	size_t i;

	for (i = 0; i < posts->n; i++)
		dated[i] = (struct dated){posts->at[i].created_at, i};
	qsort(dated, posts->n, sizeof(*dated), by_time);
	for (i = 0; i < posts->n; i++)
		emit(arg, &posts->at[dated[i].i]);
	free(dated);
}

static void
emit_all(const struct map *map, struct map_walk *walk, src_emit_fn emit,
    void *arg)
{
	struct cq_post_list *posts = &walk->posts;
	size_t i;

	if (map->order == MAP_NO_ORDER)
		emit_sorted(posts, emit, arg);
	else
		for (i = 0; i < posts->n; i++)
			emit(arg,
			    &posts->at[map->order == MAP_NEWEST_FIRST
				    ? posts->n - 1 - i
				    : i]);
	cq_post_list_clear(posts);
}

/* --- the answer ---------------------------------------------------------- */

static enum cq_status
read_page(struct reading *r, struct src_visit *visit, src_emit_fn emit,
    void *arg, struct src_next *next, struct cq_err *err)
{
	struct map_walk *walk = visit->memory;
	enum cq_status rc = find_items(r, err);

	if (rc == CQ_OK) {
		read_items(r, &walk->posts);
		rc = check_items(r, err);
	}
	if (rc == CQ_OK)
		rc =
		    find_next(r->map, visit, &r->doc, r->answer, &r->page, err);
	if (rc != CQ_OK)
		return rc;
	read_wait(r->map, &r->doc, next);
	if (map_walk_on(r->map, visit, walk, &r->page, next))
		emit_all(r->map, walk, emit, arg);
	if (next->cursor != NULL && strcmp(next->cursor, visit->cursor) == 0) {
		free(next->cursor);
		next->cursor = NULL;
	}
	return CQ_OK;
}

static enum cq_status
read_with(const struct map *map, struct src_visit *visit,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	static const struct json_limits limits = {.values = 200000};
	struct reading r = {.map = map, .visit = visit, .answer = answer};
	struct cq_err why = {0};
	enum cq_status rc;

	next->every_s = map->every_s;
	if (is_lost(walk_of(visit), answer)) {
		map_walk_lost(map, visit, visit->memory, next);
		return CQ_OK;
	}
	if (answer_check(visit, &map->limit, answer, "JSON", next, &why) !=
	    CQ_OK) {
		if (!next->pause)
			quote(map, visit, answer, &why);
		return cq_fail(err, CQ_NET, "%s", why.msg);
	}
	if (json_read(answer->body, answer->n, &limits, &r.doc, NULL) != CQ_OK)
		return answer_not(answer, "JSON", err);
	rc = read_page(&r, visit, emit, arg, next, err);
	free(r.page.way);
	json_free(&r.doc);
	return rc;
}

static enum cq_status
read_answer(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct map map;
	enum cq_status rc;

	*next = (struct src_next){0};
	rc = map_read(visit->source, &map, err);
	if (rc != CQ_OK)
		return rc;
	rc = read_with(&map, visit, answer, emit, arg, next, err);
	map_free(&map);
	return rc;
}

const struct src_ops src_json = {
    .name = "json",
    .help = "any service that answers with JSON, by a map; address: where it "
	    "begins; query: as the map says",
    .every_s = 300,
    .max_body = HTTP_BODY_FEED,
    .sees_secret = true,
    .check = check,
    .ask = ask,
    .read = read_answer,
    .forget = map_walk_free,
};
