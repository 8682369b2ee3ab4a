#include "sources/stackexchange.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * Questions on Stack Overflow or another site of Stack Exchange that a search
 * finds, oldest first.  Where more is to come, the next question is about the
 * time of the newest one seen, not about the next page: pages shift when one
 * is deleted.  Only where a whole page bears no newer time, the next page is
 * turned.  The cursor is the time and the page.
 */

#define API "https://api.stackexchange.com"
#define PAGE 100
#define PAGES_MAX 25  /* further ones are refused without a key */
#define LATE_S 900    /* the index of the search is late by minutes */
#define KEYLESS_S 600 /* 300 questions a day are for all sources */
#define DAY_S 86400
#define QUERY_MAX 300
#define AGAIN_MAX 100

struct place {
	int64_t since; /* the newest one seen; CQ_NO_TIME */
	int page;
};

/* Of one visit. */
struct memory {
	bool moved; /* something newer was found */
};

static struct memory *
memory_of(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = cq_alloc(sizeof(struct memory));
	return visit->memory;
}

static struct place
place_read(const char *cursor)
{
	struct place place = {CQ_NO_TIME, 1};
	long long since;
	int page;

	if (sscanf(cursor, "%lld %d", &since, &page) == 2 && since >= 0 &&
	    since <= STACK_TIME_MAX && page >= 1 && page <= PAGES_MAX)
		place = (struct place){since, page};
	return place;
}

/* --- the query ---------------------------------------------------------- */

/* "[kettle] too [tea] hot": the words, and "kettle;tea". */
struct words {
	struct cq_buf q, tags;
};

static void
words_free(struct words *words)
{
	cq_buf_free(&words->q);
	cq_buf_free(&words->tags);
}

/* False if a tag is none; {0} before. */
static bool
words_read(const char *query, struct words *words)
{
	size_t n;

	for (; *query != '\0'; query += n) {
		query += strspn(query, " ");
		n = strcspn(query, " ");
		if (n == 0)
			break;
		if (*query != '[') {
			if (words->q.n > 0)
				cq_buf_char(&words->q, ' ');
			cq_buf_add(&words->q, query, n);
			continue;
		}
		if (n < 3 || query[n - 1] != ']' ||
		    memchr(query, ';', n) != NULL)
			return false;
		if (words->tags.n > 0)
			cq_buf_char(&words->tags, ';');
		cq_buf_add(&words->tags, query + 1, n - 2);
	}
	return words->q.n + words->tags.n > 0;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	struct words words = {0};
	bool good;

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address))
		return cq_fail(err, CQ_INPUT,
		    "give the address of the site alone, such as "
		    "https://stackoverflow.com");
	good = s->query != NULL && src_is_line(s->query, QUERY_MAX) &&
	    words_read(s->query, &words);
	words_free(&words);
	if (!good)
		return cq_fail(err, CQ_INPUT,
		    "the query is at most %d bytes of words to search for, "
		    "[tags], or both",
		    QUERY_MAX);
	return CQ_OK;
}

/* --- what is asked ------------------------------------------------------ */

/* All sites have their programs' entrance at one host; owned. */
static char *
api_at(const struct cq_source *s, const char *path)
{
	char *host = url_host(s->address), *url;

	url = url_at(host != NULL && url_host_is_local(host) ? s->address : API,
	    path);
	free(host);
	return url;
}

static void
add_site(struct cq_buf *url, const struct cq_source *s)
{
	char *host = url_host(s->address);
	bool www = host != NULL && strncmp(host, "www.", 4) == 0;

	url_add(url, "site", www ? host + 4 : host);
	url_add(url, "filter", "withbody");
	url_add_int(url, "pagesize", PAGE);
	free(host);
}

/* A key is sent as a token is; in the address it is refused since 2026. */
static enum cq_status
request(const struct src_visit *visit, struct cq_buf *url,
    struct src_request *req, struct cq_err *err)
{
	*req = (struct src_request){.url = cq_buf_take(url),
	    .token = visit->source->token_file != NULL};
	return src_request_header(req, "Accept", "application/json", err);
}

static int64_t
floor_s(const struct cq_source *s)
{
	return s->token_file == NULL ? KEYLESS_S : 0;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	struct place place = place_read(visit->cursor);
	int64_t late = memory_of(visit)->moved ? 0 : LATE_S;
	int64_t from = place.since == CQ_NO_TIME ? visit->since_at
	    : place.since > late		 ? place.since - late
						 : 0;
	char *base = api_at(s, "/2.3/search/advanced");
	struct words words = {0};
	struct cq_buf url = {0};

	words_read(s->query == NULL ? "" : s->query, &words);
	cq_buf_str(&url, base);
	url_add(&url, "q", words.q.s);
	url_add(&url, "tagged", words.tags.s);
	url_add(&url, "sort", "creation");
	url_add(&url, "order", "asc");
	if (from != CQ_NO_TIME)
		url_add_int(&url, "fromdate", from);
	if (place.page > 1)
		url_add_int(&url, "page", place.page);
	add_site(&url, s);
	words_free(&words);
	free(base);
	return request(visit, &url, req, err);
}

/* --- an answer ---------------------------------------------------------- */

static int64_t
until_midnight(int64_t now)
{
	return DAY_S - now % DAY_S;
}

/* "backoff", and that the day's questions are used up, stand in the body. */
static void
take_patience(const struct src_visit *visit, const cJSON *root,
    struct src_next *next)
{
	int64_t n;

	if (json_int(json_member(root, "backoff"), &n) && n > 0)
		next->wait_s = n < DAY_S ? n : DAY_S;
	if (json_int(json_member(root, "quota_remaining"), &n) && n <= 0)
		next->wait_s = until_midnight(visit->now);
}

/* "... more requests available in 41 seconds" */
static int64_t
seconds_in(const char *message)
{
	const char *p = message == NULL ? NULL : strstr(message, " in ");
	int64_t n;

	if (p == NULL || !isdigit((unsigned char)p[4]))
		return 0;
	n = strtoll(p + 4, NULL, 10);
	return n < 1 ? 1 : n > DAY_S ? DAY_S : n;
}

static enum cq_status
fail_error(const struct src_visit *visit, int64_t id, const char *message,
    struct src_next *next, struct cq_err *err)
{
	if (id == 502 || id == 503) {
		next->wait_s = seconds_in(message);
		if (next->wait_s == 0)
			next->wait_s = KEYLESS_S;
		return cq_fail(err, CQ_NET,
		    "Stack Exchange asks for patience (%d): it will be asked "
		    "again later",
		    (int)id);
	}
	if (id >= 401 && id <= 406) {
		next->pause = true;
		next->refused = visit->source->token_file != NULL;
		if (next->refused)
			return cq_fail(err, CQ_NET,
			    "Stack Exchange refused the key (%d): make a new "
			    "one and put it in the token file",
			    (int)id);
		return cq_fail(err, CQ_NET,
		    "Stack Exchange wants a key (%d): caseq source set %s "
		    "--token-file FILE",
		    (int)id, visit->source->name);
	}
	if (message != NULL && strstr(message, "site") != NULL) {
		next->pause = true;
		return cq_fail(err, CQ_NET,
		    "Stack Exchange has no such site: check the address");
	}
	return cq_fail(err, CQ_NET,
	    "Stack Exchange refused the request (%d): check address, query "
	    "and key",
	    (int)id);
}

/* Whatever went wrong is told with 400, and which it was in the body. */
static enum cq_status
read_error(const struct src_visit *visit, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	struct json doc;
	int64_t id = 0;
	enum cq_status rc;

	if (json_read(answer->body, answer->n, NULL, &doc, NULL) == CQ_OK &&
	    json_int(json_member(doc.root, "error_id"), &id) && id >= 400 &&
	    id < 600)
		rc = fail_error(visit, id, json_str(doc.root, "error_message"),
		    next, err);
	else
		rc = answer_check(visit, NULL, answer, "JSON", next, err);
	json_free(&doc);
	return rc;
}

/* The root and its items; json_free() after CQ_OK. */
static enum cq_status
read_items(const struct src_visit *visit, const struct src_answer *answer,
    struct json *doc, const cJSON **items, struct src_next *next,
    struct cq_err *err)
{
	enum cq_status rc;

	if (answer->http == 400)
		return read_error(visit, answer, next, err);
	rc = answer_json(visit, &src_stackexchange, answer, false, next, doc,
	    err);
	if (rc != CQ_OK)
		return rc;
	*items = json_member(doc->root, "items");
	if (cJSON_IsArray(*items)) {
		take_patience(visit, doc->root, next);
		return CQ_OK;
	}
	json_free(doc);
	return answer_not(answer, "a list of questions", err);
}

/* Moves on; true if there is more to be read. */
static bool
turn(struct src_visit *visit, struct place *place, const cJSON *items,
    bool has_more)
{
	int64_t newest = place->since, at;
	const cJSON *item;

	cJSON_ArrayForEach(item, items)
	{
		at = stack_time(item);
		if (at != CQ_NO_TIME && at > newest && at <= visit->now)
			newest = at;
	}
	if (newest != place->since) {
		*place = (struct place){newest, 1};
		memory_of(visit)->moved = true;
	} else if (has_more && place->page < PAGES_MAX) {
		place->page++;
	} else {
		place->page = 1;
		has_more = false;
	}
	return has_more && place->since != CQ_NO_TIME;
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct place before = place_read(visit->cursor), place = before;
	const cJSON *items, *item;
	struct json doc = {0};
	enum cq_status rc;

	*next = (struct src_next){0};
	rc = read_items(visit, answer, &doc, &items, next, err);
	if (rc != CQ_OK)
		return rc;
	cJSON_ArrayForEach(item, items)
	{
		stack_emit(visit->source, item, emit, arg);
	}
	next->more = turn(visit, &place, items,
	    cJSON_IsTrue(json_member(doc.root, "has_more")));
	if (place.since != CQ_NO_TIME &&
	    (place.since != before.since || place.page != before.page))
		next->cursor =
		    cq_format("%lld %d", (long long)place.since, place.page);
	next->every_s = floor_s(visit->source);
	json_free(&doc);
	return CQ_OK;
}

/* --- once more ---------------------------------------------------------- */

static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	struct cq_buf path = {0}, url = {0};
	char *base;
	size_t i;

	*req = (struct src_request){0};
	for (i = 0; i < n && i < AGAIN_MAX; i++)
		if (stack_is_id(ids[i]))
			cq_buf_fmt(&path, "%s%s",
			    path.n == 0 ? "/2.3/questions/" : ";", ids[i]);
	if (path.n == 0)
		return cq_fail(err, CQ_INPUT, "none of these is a question");
	base = api_at(visit->source, path.s);
	cq_buf_str(&url, base);
	add_site(&url, visit->source);
	cq_buf_free(&path);
	free(base);
	return request(visit, &url, req, err);
}

static const cJSON *
find(const cJSON *items, const char *id)
{
	const cJSON *item;
	char buf[24];

	cJSON_ArrayForEach(item, items)
	{
		const char *other = stack_id(item, buf);

		if (other != NULL && strcmp(other, id) == 0)
			return item;
	}
	return NULL;
}

/* Those that were deleted are left out; an answer without any proves none. */
static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	const cJSON *items, *item;
	struct json doc = {0};
	enum cq_status rc;
	bool whole;
	size_t i;

	*next = (struct src_next){0};
	rc = read_items(visit, answer, &doc, &items, next, err);
	if (rc != CQ_OK)
		return rc;
	whole = cJSON_IsFalse(json_member(doc.root, "has_more")) &&
	    items->child != NULL;
	for (i = 0; i < n && i < AGAIN_MAX; i++) {
		item = find(items, ids[i]);
		if (item != NULL)
			stack_emit(visit->source, item, emit, arg);
		else if (whole && stack_is_id(ids[i]))
			src_emit_gone(visit->source, ids[i], emit, arg);
	}
	json_free(&doc);
	return CQ_OK;
}

const struct src_ops src_stackexchange = {
    .name = "stackexchange",
    .help = "address: the site, https://stackoverflow.com; query: words to "
	    "search for, [tags], or both",
    .every_s = 300,
    .max_body = HTTP_BODY_FEED,
    .check = check,
    .floor_s = floor_s,
    .ask = ask,
    .read = read_page,
    .forget = free,
    .again_max = AGAIN_MAX,
    .ask_again = ask_again,
    .read_again = read_again,
};
