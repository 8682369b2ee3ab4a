#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/text.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/http.h"
#include "sources/map.h"
#include "sources/map_page.h"
#include "sources/map_walk.h"
#include "sources/pointer.h"
#include "sources/url.h"

/* Any service that answers with JSON, by a map: see map.h and map_walk.h. */

#define QUERY_MAX 1000 /* bytes */
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

static enum cq_status
check_given(const struct cq_source *s, struct cq_err *err)
{
	struct map map;
	enum cq_status rc = map_read(s, &map, err);

	if (rc != CQ_OK)
		return rc;
	rc = map_check_places(&map, err);
	map_free(&map);
	return rc;
}

static int64_t
floor_s(const struct cq_source *s)
{
	int64_t every_s = 0;
	struct map map;

	if (map_read(s, &map, NULL) == CQ_OK)
		every_s = map.every_s;
	map_free(&map);
	return every_s;
}

static char *
first(const struct cq_source *s)
{
	char *url = NULL;
	struct map map;

	if (map_read(s, &map, NULL) == CQ_OK) {
		const struct map_asked asked = {.page = map.first};

		map_url(&map, s, &asked, &url, NULL);
	}
	map_free(&map);
	return url;
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
	src_wipe(&whole);
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

/* --- the order of posts -------------------------------------------------- */

struct dated {
	int64_t at;
	size_t rank;
	const struct cq_post *post;
};

static int
by_time(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int
by_id(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;
	int order = strcmp(x->post->id, y->post->id);

	return order != 0 ? order : x->post < y->post ? -1 : x->post > y->post;
}

/* One post on two pages; not one that was edited in between. */
static bool
are_twins(const struct dated *a, const struct dated *b)
{
	return a->at == b->at && strcmp(a->post->id, b->post->id) == 0 &&
	    strcmp(a->post->text, b->post->text) == 0;
}

/*
 * Pages that moved on while they were read hold some posts twice, and so does
 * a service that knows no pages: they are told once.
 */
static size_t
drop_twins(struct dated *dated, size_t n)
{
	size_t i, n_kept = 0;

	qsort(dated, n, sizeof(*dated), by_id);
	for (i = 0; i < n; i++)
		if (n_kept == 0 || !are_twins(&dated[n_kept - 1], &dated[i]))
			dated[n_kept++] = dated[i];
	return n_kept;
}

/* Oldest first, and posts of one moment in the order of the service. */
static void
emit_sorted(const struct map *map, const struct cq_post_list *posts,
    src_emit_fn emit, void *arg)
{
	struct dated *dated = cq_alloc((posts->n + 1) * sizeof(*dated));
	size_t i, n;

	for (i = 0; i < posts->n; i++)
		dated[i] = (struct dated){posts->at[i].created_at,
		    map->order == MAP_NEWEST_FIRST ? posts->n - i : i,
		    &posts->at[i]};
	n = drop_twins(dated, posts->n);
	qsort(dated, n, sizeof(*dated), by_time);
	for (i = 0; i < n; i++)
		emit(arg, dated[i].post);
	free(dated);
}

static void
emit_all(const struct map *map, struct map_walk *walk, src_emit_fn emit,
    void *arg)
{
	struct cq_post_list *posts = &walk->posts;
	size_t i;

	if (map->order == MAP_OLDEST_FIRST)
		for (i = 0; i < posts->n; i++)
			emit(arg, &posts->at[i]);
	else
		emit_sorted(map, posts, emit, arg);
	cq_post_list_clear(posts);
}

/* --- the answer ---------------------------------------------------------- */

static void
go_on(const struct map *map, struct src_visit *visit, struct map_page *page,
    src_emit_fn emit, void *arg, struct src_next *next)
{
	struct map_walk *walk = visit->memory;

	if (map_walk_on(map, visit, walk, page, next))
		emit_all(map, walk, emit, arg);
	if (next->cursor != NULL && strcmp(next->cursor, visit->cursor) == 0) {
		free(next->cursor);
		next->cursor = NULL;
	}
}

static enum cq_status
read_with(const struct map *map, struct src_visit *visit,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	static const struct json_limits limits = {.values = 200000};
	struct map_page page = {0};
	struct json doc;
	struct cq_err why = {0};
	enum cq_status rc;

	next->every_s = map->every_s;
	if (is_lost(walk_of(visit), answer)) {
		map_walk_lost(map, visit, visit->memory, next);
		return CQ_OK;
	}
	if (answer_check_open(visit, &map->limit, answer, "JSON", next, &why) !=
	    CQ_OK) {
		if (!next->pause)
			map_page_quote(map, visit, answer, &why);
		return cq_fail(err, CQ_NET, "%s", why.msg);
	}
	if (json_read(answer->body, answer->n, &limits, &doc, NULL) != CQ_OK)
		return answer_not(answer, "JSON", err);
	rc = map_page_read(map, visit, answer, &doc, visit->memory, &page, err);
	if (rc == CQ_OK) {
		read_wait(map, &doc, next);
		go_on(map, visit, &page, emit, arg, next);
	}
	free(page.way);
	json_free(&doc);
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
    .check_given = check_given,
    .floor_s = floor_s,
    .first = first,
    .ask = ask,
    .read = read_answer,
    .forget = map_walk_free,
};
