#include "sources/gitlab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/hash.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/adapters.h"
#include "sources/forge.h"
#include "sources/http.h"
#include "sources/reach.h"
#include "sources/url.h"

/*
 * Issues of a project on GitLab with the notes to them.  Issues are asked
 * for by the time of their last change, oldest first; where more is to come,
 * the next question is about the newest change seen, as pages shift while
 * one turns them.  There is no list of all notes: those of each issue that
 * changed are asked for on their own, newest change first, down to what was
 * known when the list of issues was last read to its end.
 */

#define TOKEN_HEADER "PRIVATE-TOKEN"
#define NOTES_PER_PAGE 50
#define OVERLAP_S 30 /* what is being stored while we ask comes late */
#define QUERY_MAX 200
#define PAGES_MAX 1000

/* Where it was read to, with what this visit learnt about it. */
static struct gitlab_place
place_of(const struct src_visit *visit)
{
	struct gitlab_place place = gitlab_place_read(visit->cursor);

	forge_reach_now(&place.reach, visit);
	return place;
}

/* --- what is asked ----------------------------------------------------- */

static bool
is_api(const char *path)
{
	return strncmp(path, "api/v4/projects/", 16) == 0 && path[16] != '\0' &&
	    strchr(path + 16, '/') == NULL;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	char *path;
	bool good;

	if (rc != CQ_OK)
		return rc;
	path = forge_path(s->address);
	good = is_api(path) ||
	    (strchr(path, '/') != NULL && strpbrk(path, "?#%") == NULL &&
		strstr(path, "/-/") == NULL && strncmp(path, "api/", 4) != 0);
	free(path);
	if (!good)
		return cq_fail(err, CQ_INPUT,
		    "give the address of a project, such as "
		    "https://gitlab.com/GROUP/NAME");
	if (s->query != NULL && !src_is_line(s->query, QUERY_MAX))
		return cq_fail(err, CQ_INPUT,
		    "the query is at most %d bytes of words that titles or "
		    "texts of issues hold, or empty for all of them",
		    QUERY_MAX);
	return CQ_OK;
}

/* Where programs ask, of the page that people look at; owned. */
static char *
project_of(const struct cq_source *s)
{
	char *origin = forge_origin(s->address), *path = forge_path(s->address);
	char *name = url_escape(path), *url;

	if (is_api(path))
		url = cq_format("%s/%s", origin, path);
	else
		url = cq_format("%s/api/v4/projects/%s", origin, name);
	free(name);
	free(path);
	free(origin);
	return url;
}

/* From when on changes are asked for. */
static int64_t
asked_since(struct src_visit *visit, const struct gitlab_place *place)
{
	if (place->since == CQ_NO_TIME)
		return visit->since_at;
	return forge_memory(visit)->moved ? place->since
					  : place->since - OVERLAP_S;
}

static void
add_issues(struct cq_buf *url, struct src_visit *visit,
    const struct gitlab_place *place)
{
	int64_t since = asked_since(visit, place);
	const char *query = visit->source->query;
	char at[CQ_TIME_SIZE];

	cq_buf_str(url, "/issues");
	url_add(url, "order_by", "updated_at");
	url_add(url, "sort", "asc");
	if (since != CQ_NO_TIME) {
		cq_time_rfc3339(since, at);
		url_add(url, "updated_after", at);
	}
	if (query != NULL && *query != '\0') {
		url_add(url, "search", query);
		url_add(url, "in", "title,description");
	}
	url_add_int(url, "per_page", GITLAB_PER_PAGE);
	if (place->page > 1)
		url_add_int(url, "page", place->page);
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct gitlab_place place = place_of(visit);
	struct forge_memory *m = forge_memory(visit);
	char *project = project_of(visit->source);
	struct cq_buf url = {0};

	/* without a token nothing is read that is not for all */
	m->asks_reach = !m->put_off && visit->source->token_file != NULL &&
	    reach_is_due(place.reach.due_at, visit->now);
	cq_buf_str(&url, project);
	if (m->asks_reach) {
		/* the project itself */
	} else if (place.n_issues == 0) {
		add_issues(&url, visit, &place);
	} else {
		cq_buf_fmt(&url, "/issues/%lld/notes",
		    (long long)place.issue[0].iid);
		url_add(&url, "order_by", "updated_at");
		url_add(&url, "sort", "desc");
		url_add_int(&url, "per_page", NOTES_PER_PAGE);
		if (place.notes_page > 1)
			url_add_int(&url, "page", place.notes_page);
	}
	free(project);
	*req = (struct src_request){.url = cq_buf_take(&url)};
	return src_request_json(req, TOKEN_HEADER, visit->secret, err);
}

/* --- a page of issues --------------------------------------------------- */

/* What tells that nothing happened to an issue since it was last seen. */
static uint64_t
state_of(const cJSON *item)
{
	const char *at = json_str(item, "updated_at");
	uint64_t h =
	    cq_hash_unit(CQ_HASH_START, (uint32_t)gitlab_number(item, "iid"));

	return at == NULL ? 0 : cq_hash_short(cq_hash_bytes(h, at, strlen(at)));
}

static bool
was_seen(const struct gitlab_place *before, uint64_t state)
{
	int i;

	for (i = 0; i < before->n_seen; i++)
		if (before->seen[i] == state && state != 0)
			return true;
	return false;
}

/* Has it notes that we may not know? */
static bool
needs_notes(const struct gitlab_place *before, const cJSON *item)
{
	int64_t n;

	if (json_int(json_member(item, "user_notes_count"), &n) && n == 0)
		return false;
	return !was_seen(before, state_of(item));
}

/*
 * Remembers the issues that changed so late that they will be seen again;
 * all of them are, if people change very many at once.
 */
static void
remember(struct gitlab_place *place, const cJSON *items, int64_t since_before)
{
	const cJSON *item;

	if (place->since - OVERLAP_S > since_before)
		place->n_seen = 0;
	cJSON_ArrayForEach(item, items)
	{
		const char *s = json_str(item, "updated_at");
		uint64_t state = state_of(item);
		int64_t at;

		if (s == NULL || !cq_time_parse(s, &at) ||
		    at < place->since - OVERLAP_S || was_seen(place, state))
			continue;
		if (place->n_seen == GITLAB_SEEN_MAX)
			memmove(&place->seen[0], &place->seen[1],
			    (size_t)--place->n_seen * sizeof(place->seen[0]));
		place->seen[place->n_seen++] = state;
	}
}

static bool
there_is_more(const struct src_answer *answer, const cJSON *items, int full)
{
	char *link = answer_link(answer, "next");
	bool more = link != NULL || cJSON_GetArraySize(items) >= full;

	free(link);
	return more;
}

static void
read_issues(struct src_visit *visit, const struct src_answer *answer,
    const cJSON *items, struct gitlab_place *place, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	const struct gitlab_place before = *place;
	bool more = there_is_more(answer, items, GITLAB_PER_PAGE);
	bool hidden = before.reach.who == FORGE_PRIVATE;
	const cJSON *item;
	int n = 0;

	if (!before.more)
		place->floor = before.since == CQ_NO_TIME
		    ? visit->since_at
		    : before.since - OVERLAP_S;
	place->notes_page = 1;
	cJSON_ArrayForEach(item, items)
	{
		if (!gitlab_emit_issue(visit->source, item, hidden, emit, arg))
			continue;
		n++;
		if (needs_notes(&before, item) &&
		    place->n_issues < GITLAB_PER_PAGE)
			place->issue[place->n_issues++] = (struct gitlab_issue){
			    gitlab_number(item, "iid"),
			    cJSON_IsTrue(json_member(item, "confidential"))};
	}
	if (n == 0 && before.page == 1)
		return; /* nothing is new */
	place->more = more;
	place->since = forge_newest(items, before.since);
	if (place->since == CQ_NO_TIME)
		return; /* without times there is nothing to go on from */
	remember(place, items, before.since);
	place->page = 1;
	if (place->since != before.since)
		forge_memory(visit)->moved = true;
	else if (more && before.page < PAGES_MAX)
		place->page = before.page + 1;
	/* the notes first; then, if this was not the end, more issues */
	next->more = more || place->n_issues > 0;
	next->cursor = gitlab_place_write(place);
}

/* --- a page of notes ---------------------------------------------------- */

static bool
is_known(const cJSON *note, int64_t floor)
{
	const char *s = json_str(note, "updated_at");
	int64_t at;

	return floor != CQ_NO_TIME && s != NULL && cq_time_parse(s, &at) &&
	    at < floor;
}

static void
end_notes(struct gitlab_place *place, struct src_next *next)
{
	place->n_issues--;
	memmove(&place->issue[0], &place->issue[1],
	    (size_t)place->n_issues * sizeof(place->issue[0]));
	place->notes_page = 1;
	/* when all notes are read, more issues may wait */
	next->more = true;
	next->cursor = gitlab_place_write(place);
}

/* The page is newest change first; so walk it from its end. */
static void
read_notes(const struct cq_source *s, const struct src_answer *answer,
    const cJSON *items, struct gitlab_place *place, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	bool more = there_is_more(answer, items, NOTES_PER_PAGE);
	struct gitlab_issue issue = place->issue[0];
	const cJSON *first = items->child, *item;

	if (place->reach.who == FORGE_PRIVATE)
		issue.confidential = true;
	/* the first one's prev is the last one */
	for (item = first == NULL ? NULL : first->prev; item != NULL;
	     item = item == first ? NULL : item->prev) {
		if (is_known(item, place->floor))
			more = false;
		else
			gitlab_emit_note(s, &issue, item, emit, arg);
	}
	if (!more || place->notes_page == PAGES_MAX) {
		end_notes(place, next);
		return;
	}
	place->notes_page++;
	next->more = true;
	next->cursor = gitlab_place_write(place);
}

/* Is it the issue or the note that is not there, and not the project? */
static bool
is_away(const struct src_answer *answer)
{
	struct json doc;
	const char *words;
	bool away;

	if (answer->http != 404 ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return false;
	words = json_str(doc.root, "message");
	away = words != NULL && strstr(words, "Project") == NULL;
	json_free(&doc);
	return away;
}

/* Nothing is to be stored of the page, but of who may read the project. */
static void
keep_put_off(const struct src_visit *visit, struct src_next *next)
{
	const struct forge_memory *m = visit->memory;
	struct gitlab_place place = place_of(visit);

	if (next->cursor == NULL && m != NULL && m->put_off)
		next->cursor = gitlab_place_write(&place);
}

static enum cq_status
read_reach(struct src_visit *visit, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	struct gitlab_place place = place_of(visit);
	struct cq_err why = {0};
	struct json doc;

	if (answer_json(visit, &src_gitlab, answer, false, next, &doc, &why) ==
	    CQ_OK) {
		if (forge_reach_learn(&place.reach, doc.root, visit->now))
			next->cursor = gitlab_place_write(&place);
		else
			answer_not(answer, "a project", &why);
		json_free(&doc);
	}
	return forge_reach_end(visit, answer, &why, next, err);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct gitlab_place place = place_of(visit);
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	if (forge_memory(visit)->asks_reach)
		return read_reach(visit, answer, next, err);
	if (place.n_issues > 0 && is_away(answer)) {
		/* that issue went away in between */
		end_notes(&place, next);
		return CQ_OK;
	}
	rc = answer_json(visit, &src_gitlab, answer, true, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	if (place.n_issues > 0)
		read_notes(visit->source, answer, doc.root, &place, emit, arg,
		    next);
	else
		read_issues(visit, answer, doc.root, &place, emit, arg, next);
	keep_put_off(visit, next);
	json_free(&doc);
	return CQ_OK;
}

/* --- once more --------------------------------------------------------- */

static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	char *project = project_of(visit->source);

	(void)n;
	*req = (struct src_request){.url = cq_format("%s/%s", project, ids[0])};
	free(project);
	return src_request_json(req, TOKEN_HEADER, visit->secret, err);
}

static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct gitlab_place place = gitlab_place_read(visit->cursor);
	bool hidden = place.reach.who == FORGE_PRIVATE;
	struct gitlab_issue issue = {.confidential = hidden};
	struct json doc;
	enum cq_status rc;

	(void)n;
	*next = (struct src_next){0};
	if (is_away(answer)) {
		src_emit_gone(visit->source, ids[0], emit, arg);
		return CQ_OK;
	}
	rc = answer_json(visit, &src_gitlab, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	if (strstr(ids[0], "/notes/") == NULL) {
		gitlab_emit_issue(visit->source, doc.root, hidden, emit, arg);
	} else if (sscanf(ids[0], "issues/%" SCNd64, &issue.iid) == 1) {
		gitlab_emit_note(visit->source, &issue, doc.root, emit, arg);
	}
	json_free(&doc);
	return CQ_OK;
}

const struct src_ops src_gitlab = {
    .name = "gitlab",
    .help = "address: https://gitlab.com/GROUP/NAME; query: words that "
	    "issues hold, or none for all issues and notes",
    .every_s = 180,
    .max_body = HTTP_BODY_FEED,
    .limit = {"RateLimit-Remaining", "RateLimit-Reset", SRC_RESET_EPOCH},
    .sees_secret = true,
    .check = check,
    .ask = ask,
    .read = read_page,
    .forget = free,
    .again_max = 1,
    .ask_again = ask_again,
    .read_again = read_again,
};
