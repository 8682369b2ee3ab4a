#include "sources/github.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/adapters.h"
#include "sources/forge.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * Issues of a repository on GitHub with their comments, or issues that a
 * search finds.  Both lists are asked for what changed since a time, oldest
 * change first.  Where more is to come, the next question is about the time
 * of the newest change seen, not about the next page: pages shift while one
 * turns them, as each change moves an issue to the end.  Only where a whole
 * page bears no newer time, the next page is turned.
 *
 * The cursor has a line for each list: the time, the page, and the ETag of an
 * answer that held nothing new, or "-".  An unchanged list then costs
 * nothing.
 */

#define PER_PAGE 50
#define OVERLAP_S 60	     /* lists are late by seconds */
#define OVERLAP_SEARCH_S 600 /* and the index of the search by minutes */
#define QUERY_MAX 200	     /* bytes; the service takes 256 characters */
#define ANONYMOUS_S 600	     /* 60 questions an hour are for all sources */
#define PATIENCE_S 60
#define PAGES_MAX 1000
#define SEARCH_PAGES 20 /* of the 1,000 hits that a search gives */

struct list {
	int64_t since; /* newest change seen; CQ_NO_TIME */
	int page;
	char etag[130];
};

struct place {
	struct list list[2]; /* of issues, of comments */
};

/* Of one visit. */
struct memory {
	bool comments; /* that list is being read */
	bool moved;    /* it was found to be changed */
};

static struct memory *
memory_of(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = cq_alloc(sizeof(struct memory));
	return visit->memory;
}

/* --- the cursor -------------------------------------------------------- */

static struct list
list_read(const char *line)
{
	struct list list = {CQ_NO_TIME, 1, "-"}, read = list;
	long long since;

	if (line == NULL ||
	    sscanf(line, "%lld %d %129s", &since, &read.page, read.etag) != 3)
		return list;
	read.since = since;
	return since < 0 || read.page < 1 || read.page > PAGES_MAX ? list
								   : read;
}

static struct place
place_read(const char *cursor)
{
	const char *second = strchr(cursor, '\n');

	return (struct place){{list_read(cursor), list_read(second)}};
}

/* NULL if that is the cursor already. */
static char *
place_write(const struct place *place, const char *cursor)
{
	struct cq_buf b = {0};
	int i;

	for (i = 0; i < 2; i++) {
		const struct list *list = &place->list[i];

		if (i > 0)
			cq_buf_char(&b, '\n');
		if (list->since == CQ_NO_TIME)
			cq_buf_char(&b, '-');
		else
			cq_buf_fmt(&b, "%lld %d %s", (long long)list->since,
			    list->page, list->etag);
	}
	if (strcmp(b.s, cursor) != 0 && strcmp(b.s, "-\n-") != 0)
		return cq_buf_take(&b);
	cq_buf_free(&b);
	return NULL;
}

/* --- what is asked ----------------------------------------------------- */

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	const char *slash, *allowed = "";
	char *path;
	bool good;

	if (rc != CQ_OK)
		return rc;
	path = forge_path(s->address);
	slash = strchr(path, '/');
	good = strpbrk(path, "?#%") == NULL;
	if (github_is_search(s))
		good =
		    good && (slash == NULL || strchr(slash + 1, '/') == NULL);
	else
		good = good && slash != NULL && strchr(slash + 1, '/') == NULL;
	free(path);
	if (github_is_search(s))
		allowed = ", or of an owner or of all to search in";
	if (!good)
		return cq_fail(err, CQ_INPUT,
		    "give the address of a repository, such as "
		    "https://github.com/OWNER/NAME%s",
		    allowed);
	if (github_is_search(s) && !src_is_line(s->query, QUERY_MAX))
		return cq_fail(err, CQ_INPUT,
		    "the query is at most %d bytes of words to search for, "
		    "or empty for all issues and comments",
		    QUERY_MAX);
	return CQ_OK;
}

/* Where programs ask, of the address where people look; owned. */
static char *
api_of(const struct cq_source *s)
{
	char *host = url_host(s->address), *origin, *api;
	size_t n = host == NULL ? 0 : strlen(host);

	if (n > 0 &&
	    (strcasecmp(host, "github.com") == 0 ||
		strcasecmp(host, "www.github.com") == 0)) {
		api = cq_strdup("https://api.github.com");
	} else if (n > 8 && strcasecmp(host + n - 8, ".ghe.com") == 0) {
		api = cq_format("https://api.%s", host);
	} else {
		origin = forge_origin(s->address);
		api = cq_format("%s/api/v3", origin);
		free(origin);
	}
	free(host);
	return api;
}

static void
add_words(struct cq_buf *url, const struct cq_source *s, int64_t since)
{
	char *where = forge_path(s->address), at[CQ_TIME_SIZE];
	struct cq_buf words = {0};

	cq_buf_fmt(&words, "%s is:issue", s->query);
	if (*where != '\0')
		cq_buf_fmt(&words, " %s:%s",
		    strchr(where, '/') != NULL ? "repo" : "user", where);
	if (since != CQ_NO_TIME) {
		cq_time_rfc3339(since, at);
		cq_buf_fmt(&words, " updated:>=%s", at);
	}
	url_add(url, "q", words.s);
	url_add(url, "sort", "updated");
	url_add(url, "order", "asc");
	cq_buf_free(&words);
	free(where);
}

static void
add_list(struct cq_buf *url, const struct cq_source *s, bool comments,
    int64_t since)
{
	char *where = forge_path(s->address), at[CQ_TIME_SIZE];

	cq_buf_fmt(url, "/repos/%s/issues%s", where,
	    comments ? "/comments" : "");
	if (!comments)
		url_add(url, "state", "all");
	url_add(url, "sort", "updated");
	url_add(url, "direction", "asc");
	if (since != CQ_NO_TIME) {
		cq_time_rfc3339(since, at);
		url_add(url, "since", at);
	}
	free(where);
}

static enum cq_status
add_headers(const struct src_visit *visit, const char *etag,
    struct src_request *req, struct cq_err *err)
{
	enum cq_status rc = src_request_header(req, "Accept",
	    "application/vnd.github+json", err);

	req->token = visit->source->token_file != NULL;
	if (rc == CQ_OK)
		rc = src_request_header(req, "X-GitHub-Api-Version",
		    "2022-11-28", err);
	if (rc == CQ_OK && strcmp(etag, "-") != 0)
		rc = src_request_header(req, "If-None-Match", etag, err);
	return rc;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	struct place place = place_read(visit->cursor);
	const struct memory *m = memory_of(visit);
	const struct list *list = &place.list[m->comments];
	bool search = github_is_search(s);
	int64_t since = list->since, late;
	char *api = api_of(s);
	struct cq_buf url = {0};

	late = m->moved ? 0 : search ? OVERLAP_SEARCH_S : OVERLAP_S;
	since = since == CQ_NO_TIME ? visit->since_at
	    : since > late	    ? since - late
				    : 0;
	cq_buf_str(&url, api);
	if (search) {
		cq_buf_str(&url, "/search/issues");
		add_words(&url, s, since);
	} else {
		add_list(&url, s, m->comments, since);
	}
	url_add_int(&url, "per_page", PER_PAGE);
	if (list->page > 1)
		url_add_int(&url, "page", list->page);
	free(api);
	*req = (struct src_request){.url = cq_buf_take(&url)};
	return add_headers(visit, list->etag, req, err);
}

/* --- a page ------------------------------------------------------------ */

/* Only what cannot be torn apart in the cursor or a header. */
static void
keep_etag(struct list *list, const char *etag)
{
	const char *p;

	strcpy(list->etag, "-");
	if (etag == NULL || strlen(etag) >= sizeof(list->etag))
		return;
	for (p = etag; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return;
	if (p > etag)
		strcpy(list->etag, etag);
}

/*
 * A search gives no more pages.  What comes late is left for later then; and
 * if one second holds more than all pages, the rest of it is lost.
 */
static void
end_of_pages(struct memory *m, struct list *list, struct src_next *next)
{
	list->page = 1;
	if (m->moved) {
		next->jumped = true;
		next->jumped_at = list->since++;
	}
	m->moved = true;
}

/* Moves on in the list; false if it is read to its end. */
static bool
turn(struct memory *m, struct list *list, int max_page,
    const struct src_answer *answer, const cJSON *items, struct src_next *next)
{
	const struct list before = *list;
	char *link = answer_link(answer, "next");
	bool more = link != NULL || cJSON_GetArraySize(items) >= PER_PAGE;

	free(link);
	strcpy(list->etag, "-");
	list->since = forge_newest(items, before.since);
	list->page = 1;
	if (list->since == CQ_NO_TIME)
		return false; /* without times there is nothing to go on from */
	if (list->since != before.since)
		m->moved = true;
	else if (more && before.page >= max_page)
		end_of_pages(m, list, next);
	else if (more)
		list->page = before.page + 1;
	else if (before.page == 1 && !m->moved)
		keep_etag(list, answer->header(answer, "ETag"));
	return more;
}

/* The end of one list: the other one is next. */
static void
end_list(const struct src_visit *visit, struct memory *m, struct src_next *next)
{
	if (!github_is_search(visit->source)) {
		next->more = !m->comments;
		*m = (struct memory){.comments = next->more};
	}
	if (visit->source->token_file == NULL)
		next->every_s = ANONYMOUS_S;
}

/*
 * Too eager readers are told so with 403, which does not mean that the token
 * is bad; and sometimes without a time.
 */
static bool
is_too_eager(const struct src_answer *answer)
{
	struct json doc;
	const char *words;
	bool is;

	if ((answer->http != 403 && answer->http != 429) ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return answer->http == 429;
	words = json_str(doc.root, "message");
	is = answer->http == 429 ||
	    (words != NULL &&
		(strcasestr(words, "rate limit") != NULL ||
		    strcasestr(words, "abuse") != NULL));
	json_free(&doc);
	return is;
}

static enum cq_status
answer_github(const struct src_visit *visit, const struct src_answer *answer,
    bool array, struct src_next *next, struct json *doc, struct cq_err *err)
{
	struct src_answer patience = *answer;
	enum cq_status rc;

	if (!is_too_eager(answer))
		return answer_json(visit, &src_github, answer, array, next, doc,
		    err);
	patience.http = 429;
	rc = answer_json(visit, &src_github, &patience, array, next, doc, err);
	if (next->wait_s == 0)
		next->wait_s = PATIENCE_S;
	return rc;
}

/* "Not modified": nothing is new, and all is as it should be. */
static enum cq_status
read_unchanged(struct src_visit *visit, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	struct src_answer same = *answer;
	enum cq_status rc;

	same.http = 200;
	rc = answer_check(visit, &src_github.limit, &same, "JSON", next, err);
	if (rc == CQ_OK)
		end_list(visit, memory_of(visit), next);
	return rc;
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct place place = place_read(visit->cursor);
	struct memory *m = memory_of(visit);
	struct list *list = &place.list[m->comments];
	bool search = github_is_search(visit->source);
	const cJSON *items, *item;
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	if (answer->http == 304 && strcmp(list->etag, "-") != 0)
		return read_unchanged(visit, answer, next, err);
	rc = answer_github(visit, answer, !search, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	items = search ? json_member(doc.root, "items") : doc.root;
	if (!cJSON_IsArray(items)) {
		json_free(&doc);
		return answer_not(answer, "a list of issues", err);
	}
	cJSON_ArrayForEach(item, items)
	{
		github_emit(visit->source, item, emit, arg);
	}
	/* a search that ran out of time may lack any of them */
	if (!cJSON_IsTrue(json_member(doc.root, "incomplete_results"))) {
		if (turn(m, list, search ? SEARCH_PAGES : PAGES_MAX, answer,
			items, next))
			next->more = true;
		else
			end_list(visit, m, next);
		next->cursor = place_write(&place, visit->cursor);
	}
	json_free(&doc);
	return CQ_OK;
}

/* --- once more --------------------------------------------------------- */

/* Each costs a question of its own: too many without a token. */
static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	const char *id = ids[0];
	char *api, *where;

	(void)n;
	*req = (struct src_request){0};
	if (s->token_file == NULL)
		return cq_fail(err, CQ_INPUT,
		    "only with a token it is seen what was deleted");
	api = api_of(s);
	where = forge_path(s->address);
	if (github_is_search(s))
		req->url = cq_format("%s/repos/%s", api, id);
	else
		req->url = cq_format("%s/repos/%s/%s%s", api, where,
		    strncmp(id, "comments/", 9) == 0 ? "issues/" : "", id);
	free(where);
	free(api);
	return add_headers(visit, "-", req, err);
}

/*
 * 410 says that an issue was deleted; 404 says it of a comment, but may also
 * mean that an issue is not for us any more.
 */
static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct json doc;
	enum cq_status rc;

	(void)n;
	*next = (struct src_next){0};
	if (answer->http == 410 ||
	    (answer->http == 404 && strncmp(ids[0], "comments/", 9) == 0)) {
		src_emit_gone(visit->source, ids[0], emit, arg);
		return CQ_OK;
	}
	if (answer->http == 404 || answer->http / 100 == 3)
		return CQ_OK;
	rc = answer_github(visit, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	github_emit_if(visit->source, doc.root, ids[0], emit, arg);
	json_free(&doc);
	return CQ_OK;
}

const struct src_ops src_github = {
    .name = "github",
    .help = "address: https://github.com/OWNER/NAME; query: words to search "
	    "for, or none for all issues and comments",
    .every_s = 120,
    .max_body = HTTP_BODY_FEED,
    .limit = {"X-RateLimit-Remaining", "X-RateLimit-Reset", SRC_RESET_EPOCH},
    .check = check,
    .ask = ask,
    .read = read_page,
    .forget = free,
    .again_max = 1,
    .ask_again = ask_again,
    .read_again = read_again,
};
