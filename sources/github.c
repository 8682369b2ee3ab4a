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
#include "sources/reach.h"
#include "sources/url.h"

/*
 * Issues of a repository on GitHub with their comments, or issues that a
 * search finds.  Both lists are asked for what changed since a time, oldest
 * change first.  Where more is to come, the next question is about the time
 * of the newest change seen, not about the next page: pages shift while one
 * turns them, as each change moves an issue to the end.  Only where a whole
 * page bears no newer time, the next page is turned.
 */

#define PER_PAGE 50
#define OVERLAP_S 60	     /* lists are late by seconds */
#define OVERLAP_SEARCH_S 600 /* and the index of the search by minutes */
#define QUERY_MAX 200	     /* bytes; the service takes 256 characters */
#define ANONYMOUS_S 600	     /* 60 questions an hour are for all sources */
#define PATIENCE_S 60
#define SEARCH_PAGES 20 /* of the 1,000 hits that a search gives */

/* With what this visit learnt about it. */
static struct github_place
place_of(const struct src_visit *visit)
{
	struct github_place place = github_place_read(visit->cursor);

	forge_reach_now(&place.reach, visit);
	return place;
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
	bool either = strstr(s->query, " OR ") != NULL;
	struct cq_buf words = {0};

	/* else all that follows would belong to its last words alone */
	cq_buf_fmt(&words, either ? "(%s) is:issue" : "%s is:issue", s->query);
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

/* The page of the list that is being read. */
static void
add_page(struct cq_buf *url, const struct src_visit *visit,
    const struct forge_memory *m, const struct github_list *list)
{
	const struct cq_source *s = visit->source;
	bool search = github_is_search(s);
	int64_t since = list->since, late;

	late = m->moved ? 0 : search ? OVERLAP_SEARCH_S : OVERLAP_S;
	since = since == CQ_NO_TIME ? visit->since_at
	    : since > late	    ? since - late
				    : 0;
	if (search) {
		cq_buf_str(url, "/search/issues");
		add_words(url, s, since);
	} else {
		add_list(url, s, m->comments, since);
	}
	url_add_int(url, "per_page", PER_PAGE);
	if (list->page > 1)
		url_add_int(url, "page", list->page);
}

/*
 * Without a token nothing is read that is not for all; and a search in many
 * repositories would have to ask about each of them.
 */
static bool
may_be_hidden(const struct cq_source *s)
{
	char *where = forge_path(s->address);
	bool may = s->token_file != NULL && strchr(where, '/') != NULL;

	free(where);
	return may;
}

static void
add_repository(struct cq_buf *url, const struct cq_source *s)
{
	char *where = forge_path(s->address);

	cq_buf_fmt(url, "/repos/%s", where);
	free(where);
}

static int64_t
floor_s(const struct cq_source *s)
{
	return s->token_file == NULL ? ANONYMOUS_S : 0;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct forge_memory *m = forge_memory(visit);
	struct github_place place = place_of(visit);
	const struct github_list *list = &place.list[m->comments];
	char *api = api_of(visit->source);
	struct cq_buf url = {0};

	m->asks_reach = !m->put_off && may_be_hidden(visit->source) &&
	    reach_is_due(place.reach.due_at, visit->now);
	cq_buf_str(&url, api);
	if (m->asks_reach)
		add_repository(&url, visit->source);
	else
		add_page(&url, visit, m, list);
	free(api);
	*req = (struct src_request){.url = cq_buf_take(&url)};
	return add_headers(visit, m->asks_reach ? "-" : list->etag, req, err);
}

/* --- a page ------------------------------------------------------------ */

/*
 * A search gives no more pages.  What comes late is left for later then; and
 * if one second holds more than all pages, the rest of it is lost.
 */
static void
end_of_pages(struct forge_memory *m, struct github_list *list,
    struct src_next *next)
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
turn(struct forge_memory *m, struct github_list *list, int max_page,
    const struct src_answer *answer, const cJSON *items, struct src_next *next)
{
	const struct github_list before = *list;
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
		github_keep_etag(list, answer->header(answer, "ETag"));
	return more;
}

/* The end of one list: the other one is next. */
static void
end_list(const struct src_visit *visit, struct forge_memory *m,
    struct src_next *next)
{
	if (!github_is_search(visit->source)) {
		next->more = !m->comments;
		m->comments = next->more;
		m->moved = false;
	}
	next->every_s = floor_s(visit->source);
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
	if (rc == CQ_OK) {
		struct github_place place = place_of(visit);

		next->cursor = github_place_write(&place, visit->cursor);
		end_list(visit, forge_memory(visit), next);
	}
	return rc;
}

static enum cq_status
read_reach(struct src_visit *visit, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	struct github_place place = place_of(visit);
	struct cq_err why = {0};
	struct json doc;

	if (answer_github(visit, answer, false, next, &doc, &why) == CQ_OK) {
		if (forge_reach_learn(&place.reach, doc.root, visit->now))
			next->cursor =
			    github_place_write(&place, visit->cursor);
		else
			answer_not(answer, "a repository", &why);
		json_free(&doc);
	}
	return forge_reach_end(visit, answer, &why, next, err);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct github_place place = place_of(visit);
	struct forge_memory *m = forge_memory(visit);
	struct github_list *list = &place.list[m->comments];
	bool search = github_is_search(visit->source);
	bool hidden = place.reach.who == FORGE_PRIVATE;
	const cJSON *items, *item;
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	if (m->asks_reach)
		return read_reach(visit, answer, next, err);
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
		github_emit(visit->source, item, hidden, emit, arg);
	}
	/* a search that ran out of time may lack any of them */
	if (!cJSON_IsTrue(json_member(doc.root, "incomplete_results"))) {
		if (turn(m, list, search ? SEARCH_PAGES : GITHUB_PAGES_MAX,
			answer, items, next))
			next->more = true;
		else
			end_list(visit, m, next);
		next->cursor = github_place_write(&place, visit->cursor);
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
	struct github_place place = github_place_read(visit->cursor);
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
	github_emit_if(visit->source, doc.root,
	    place.reach.who == FORGE_PRIVATE, ids[0], emit, arg);
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
    .floor_s = floor_s,
    .ask = ask,
    .read = read_page,
    .forget = free,
    .again_max = 1,
    .ask_again = ask_again,
    .read_again = read_again,
};
