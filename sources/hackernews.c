#include "sources/adapters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/answer.h"
#include "sources/html.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * Stories and comments on Hacker News that hold words, by the search of
 * Algolia; edits and deletions by Hacker News's own API.
 *
 * A search gives the newest hits of a time, a page of them and never above
 * 1,000.  Where there are more, a shorter time is asked for instead, from
 * its older end; so all come in order and none is passed over.
 *
 * Cursors: "T" the newest hit seen was written then; "F U" hits before F are
 * known, and the next question is about F to U, or from F on if U is 0.
 */

#define SEARCH "https://hn.algolia.com"
#define ITEMS "https://hacker-news.firebaseio.com"
#define PAGES "https://news.ycombinator.com/"
#define HITS 200
#define OVERLAP_S 600		  /* the index is late by minutes */
#define BEGAN INT64_C(1160418111) /* when item 1 was written */
#define QUERY_MAX 200		  /* bytes */
#define TIME_MAX INT64_C(253402300799)

/* --- the cursor -------------------------------------------------------- */

struct span {
	int64_t newest;	     /* known; CQ_NO_TIME */
	int64_t from, until; /* of the next question; until 0: no end */
};

static struct span
span_read(const struct src_visit *visit)
{
	struct span span = {.newest = CQ_NO_TIME};
	char *end;
	long long a = strtoll(visit->cursor, &end, 10), b = 0;
	bool valid = end != visit->cursor && a >= 0 && a <= TIME_MAX;

	if (valid && *end == ' ') {
		b = strtoll(end + 1, NULL, 10);
		span.newest = span.from = a;
		span.until = b > a && b <= TIME_MAX ? b : 0;
	} else if (valid) {
		span.newest = a;
		span.from = a - OVERLAP_S;
	} else {
		span.from = visit->since_at;
	}
	if (span.from < BEGAN)
		span.from = BEGAN;
	return span;
}

/* --- what is asked ----------------------------------------------------- */

static bool
is_hn(const struct cq_source *s)
{
	char *host = url_host(s->address);
	bool is = host != NULL &&
	    (strcasecmp(host, "hn.algolia.com") == 0 ||
		strcasecmp(host, "news.ycombinator.com") == 0);

	free(host);
	return is;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	const char *path, *p;
	int n_quotes = 0;

	if (rc != CQ_OK)
		return rc;
	path = strchr(strstr(s->address, "://") + 3, '/');
	if ((path != NULL && path[1] != '\0') ||
	    strpbrk(s->address, "?#") != NULL)
		return cq_fail(err, CQ_INPUT,
		    "give https://news.ycombinator.com as the address");
	for (p = s->query; p != NULL && *p != '\0'; p++)
		n_quotes += *p == '"';
	if (s->query == NULL || *s->query == '\0' || n_quotes % 2 != 0 ||
	    !src_is_line(s->query, QUERY_MAX))
		return cq_fail(err, CQ_INPUT,
		    "the query is the phrase to listen for, at most %d bytes, "
		    "or words with \"phrases\" and -exclusions among them",
		    QUERY_MAX);
	return CQ_OK;
}

/* Without quotes of its own it is one phrase: near misses are many. */
static char *
phrase(const char *query)
{
	return strchr(query, '"') != NULL ? cq_strdup(query)
					  : cq_format("\"%s\"", query);
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	struct span span = span_read(visit);
	char *base =
	    url_at(is_hn(s) ? SEARCH : s->address, "/api/v1/search_by_date");
	char *words = phrase(s->query), *when;
	struct cq_buf url = {0};

	if (span.until > 0)
		when = cq_format("created_at_i>=%lld,created_at_i<%lld",
		    (long long)span.from, (long long)span.until);
	else
		when = cq_format("created_at_i>=%lld", (long long)span.from);
	cq_buf_str(&url, base);
	url_add(&url, "query", words);
	url_add(&url, "tags", "(story,comment)");
	url_add(&url, "typoTolerance", "false");
	url_add(&url, "advancedSyntax", "true");
	url_add(&url, "numericFilters", when);
	url_add_int(&url, "hitsPerPage", HITS);
	free(when);
	free(words);
	free(base);
	*req = (struct src_request){.url = cq_buf_take(&url)};
	return src_request_header(req, "Accept", "application/json", err);
}

/* --- one post ---------------------------------------------------------- */

/* An item's number in decimal, in which form it stands in addresses. */
static const char *
item_id(const cJSON *item, const char *name, char buf[24])
{
	struct json none = {0};
	const char *id = json_id(&none, item, name, buf);

	return id == NULL || strlen(id) > 18 ||
		id[strspn(id, "0123456789")] != '\0'
	    ? NULL
	    : id;
}

/* A story is its title with its text, or with what it points to. */
static char *
text_of(const char *title, const char *html, const char *link)
{
	char *plain =
	    html == NULL ? NULL : html_text(html, strlen(html), PAGES);
	char *text =
	    src_titled(title, plain != NULL && *plain != '\0' ? plain : link);

	free(plain);
	return text;
}

/* The same fields have other names in the search and in the items. */
struct names {
	const char *id, *author, *at, *parent, *text, *comment;
};
static const struct names of_hit = {"objectID", "author", "created_at_i",
    "parent_id", "story_text", "comment_text"};
static const struct names of_item = {
    "id", "by", "time", "parent", "text", "text"};

static void
emit_one(const struct cq_source *s, const cJSON *json,
    const struct names *names, src_emit_fn emit, void *arg)
{
	char id[24], parent[24], story[24];
	struct cq_post post = {.source = s->name,
	    .network = "hackernews",
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME};
	char *text, *url;
	bool comment;

	post.id = item_id(json, names->id, id);
	if (post.id == NULL)
		return;
	post.in_reply_to = item_id(json, names->parent, parent);
	comment = post.in_reply_to != NULL ||
	    (json_str(json, names->comment) != NULL && names == &of_hit);
	post.conversation =
	    comment ? item_id(json, "story_id", story) : post.id;
	text = comment
	    ? text_of(NULL, json_str(json, names->comment), NULL)
	    : text_of(json_str(json, "title"), json_str(json, names->text),
		  json_str(json, "url"));
	url = cq_format(PAGES "item?id=%s", post.id);
	post.text = text;
	post.url = post.uri = url;
	post.author = src_within(json_str(json, names->author), CQ_ID_MAX);
	if (!json_int(json_member(json, names->at), &post.created_at) ||
	    post.created_at < 0 || post.created_at > TIME_MAX)
		post.created_at = CQ_NO_TIME;
	if (*text != '\0')
		emit(arg, &post);
	free(url);
	free(text);
}

/* --- a page ------------------------------------------------------------ */

/* The page is newest first; so walk it from its end. */
static void
emit_hits(const struct cq_source *s, const cJSON *hits, src_emit_fn emit,
    void *arg)
{
	const cJSON *first = hits->child, *hit;

	/* the first one's prev is the last one */
	for (hit = first == NULL ? NULL : first->prev; hit != NULL;
	     hit = hit == first ? NULL : hit->prev)
		emit_one(s, hit, &of_hit, emit, arg);
}

static int64_t
newest_of(const cJSON *hits, int64_t known, int64_t now)
{
	const cJSON *hit;
	int64_t at;

	cJSON_ArrayForEach(hit, hits)
	{
		if (json_int(json_member(hit, "created_at_i"), &at) &&
		    at > known && at <= now)
			known = at;
	}
	return known;
}

/* A shorter time with about half a page of hits, if there is one. */
static bool
shorten(struct span *span, int64_t until, int64_t n_hits)
{
	int64_t length = until - span->from, part;

	if (length <= 1)
		return false;
	part = (int64_t)((double)length * HITS / 2 / (double)n_hits);
	span->until = span->from + (part < 1 ? 1 : part);
	return true;
}

static char *
cursor_of(int64_t from, int64_t until)
{
	return cq_format("%lld %lld", (long long)from, (long long)until);
}

static void
read_hits(struct src_visit *visit, const cJSON *root, src_emit_fn emit,
    void *arg, struct src_next *next)
{
	const cJSON *hits = json_member(root, "hits");
	struct span span = span_read(visit);
	int64_t n = cJSON_GetArraySize(hits), n_all = n, newest;
	int64_t end = span.until > 0 ? span.until : visit->now + 1;

	json_int(json_member(root, "nbHits"), &n_all);
	/* a number that is estimated; and a full page seldom is all */
	if (n >= HITS && n_all <= n)
		n_all = n + 1;
	if (n == 0 && n_all > 0)
		return; /* some are there, but it did not give them */
	if (n_all > n) {
		if (shorten(&span, end, n_all)) {
			next->cursor = cursor_of(span.from, span.until);
			next->more = true;
			return;
		}
		/* more in one second than a search gives */
		next->jumped = true;
		next->jumped_at = span.from;
	}
	emit_hits(visit->source, hits, emit, arg);
	if (span.until > 0) {
		/* twice as long, as it may have been a quiet time */
		end = span.until + 2 * (span.until - span.from);
		next->cursor =
		    cursor_of(span.until, end <= visit->now ? end : 0);
		next->more = true;
		return;
	}
	newest = newest_of(hits, span.newest, visit->now);
	if (newest != CQ_NO_TIME &&
	    (newest != span.newest || strchr(visit->cursor, ' ') != NULL))
		next->cursor = cq_format("%lld", (long long)newest);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	rc =
	    answer_json(visit, &src_hackernews, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	if (cJSON_IsArray(json_member(doc.root, "hits")))
		read_hits(visit, doc.root, emit, arg, next);
	else
		rc = answer_not(answer, "a list of hits", err);
	json_free(&doc);
	return rc;
}

/* --- once more --------------------------------------------------------- */

static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	char *part = url_escape(ids[0]);
	char *path = cq_format("/v0/item/%s.json", part);

	(void)n;
	*req = (struct src_request){
	    .url = url_at(is_hn(s) ? ITEMS : s->address, path)};
	free(path);
	free(part);
	return src_request_header(req, "Accept", "application/json", err);
}

static bool
is_true(const cJSON *json, const char *name)
{
	return cJSON_IsTrue(json_member(json, name));
}

/* The answer "null" is also given while a server does not know it yet. */
static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct json doc;
	const char *id;
	char buf[24];
	enum cq_status rc;

	(void)n;
	*next = (struct src_next){0};
	if (answer->http == 200 && strncmp(answer->body, "null", 4) == 0)
		return CQ_OK;
	rc =
	    answer_json(visit, &src_hackernews, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	id = item_id(doc.root, "id", buf);
	if (id != NULL && strcmp(id, ids[0]) == 0) {
		if (is_true(doc.root, "deleted") || is_true(doc.root, "dead"))
			src_emit_gone(visit->source, ids[0], emit, arg);
		else
			emit_one(visit->source, doc.root, &of_item, emit, arg);
	}
	json_free(&doc);
	return CQ_OK;
}

const struct src_ops src_hackernews = {
    .name = "hackernews",
    .help = "address: https://news.ycombinator.com; query: the phrase to "
	    "listen for",
    .every_s = 120,
    .max_body = HTTP_BODY_FEED,
    .tokenless = true,
    .check = check,
    .ask = ask,
    .read = read_page,
    .again_max = 1,
    .ask_again = ask_again,
    .read_again = read_again,
};
