#include "sources/discourse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/adapters.h"
#include "sources/http.h"
#include "sources/reach.h"
#include "sources/url.h"

/*
 * A Discourse forum.  Ids of its posts rise by one, and /posts.json gives
 * the newest 50, or those below an id.  Versions differ in whether that id
 * is among them, and whether 50 posts or 50 ids are looked through; but all
 * of them give every post of the 49 ids behind K if asked for those before
 * K + 50.  So what is missing is read forwards, and nothing is jumped over.
 */

#define QUERY_MAX 300 /* bytes */
#define LOOK_S 900    /* about as often as posts are looked at again */

/* Of one visit. */
struct memory {
	bool asks_reach;
	bool asked;   /* that was answered, or not */
	bool put_off; /* it was not */
	bool lacks;   /* a category was met that is not known */
};

static struct memory *
memory_of(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = cq_alloc(sizeof(struct memory));
	return visit->memory;
}

/* Where it was read to, with what this visit learnt about it. */
static struct forum_place
place_of(const struct src_visit *visit)
{
	const struct memory *m = visit->memory;
	struct forum_place place = forum_place_read(visit->cursor);

	if (m != NULL && m->put_off)
		reach_put_off(&place.reach.due_at, visit->now);
	return place;
}

/* --- what is asked ----------------------------------------------------- */

static bool
is_search(const struct cq_source *s)
{
	return s->query != NULL && *s->query != '\0' &&
	    forum_category(s->query) == 0;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	static const char *const pages[] = {"/t/", "/c/", "/u/", "/latest",
	    "/posts", "/search", ".json", ".rss", "?", "#", NULL};
	enum cq_status rc = url_check(s->address, s->insecure, err);
	int i;

	if (rc != CQ_OK)
		return rc;
	for (i = 0; pages[i] != NULL; i++)
		if (strstr(strstr(s->address, "://") + 3, pages[i]) != NULL)
			return cq_fail(err, CQ_INPUT,
			    "give the address of the forum alone, such as "
			    "https://forum.example.com");
	if (s->query != NULL && !src_is_line(s->query, QUERY_MAX))
		return cq_fail(err, CQ_INPUT,
		    "the query is at most %d bytes of words to search for, "
		    "or \"category:NAME/NUMBER\", or empty for all posts",
		    QUERY_MAX);
	if (s->query != NULL && forum_lacks_number(s->query))
		return cq_fail(err, CQ_INPUT,
		    "the number of the category is missing: write "
		    "\"category:NAME/NUMBER\", as in the address of its page, "
		    "/c/support/5; a search for it is \"#NAME\"");
	return CQ_OK;
}

/*
 * A line of the token file: "NAME:KEY" is an API key and the user it acts
 * for, "KEY" alone is a user's own.
 */
static enum cq_status
add_key(const struct src_visit *visit, struct src_request *req,
    struct cq_err *err)
{
	const char *colon;
	char *name;
	enum cq_status rc;

	if (visit->secret == NULL)
		return CQ_OK;
	req->secret = true;
	colon = strchr(visit->secret, ':');
	if (colon == NULL)
		return src_request_header(req, "User-Api-Key", visit->secret,
		    err);
	name = cq_strndup(visit->secret, (size_t)(colon - visit->secret));
	rc = src_request_header(req, "Api-Username", name, err);
	free(name);
	if (rc == CQ_OK)
		rc = src_request_header(req, "Api-Key", colon + 1, err);
	return rc;
}

/* before is 0 for the newest ones. */
static char *
url_of_posts(const struct cq_source *s, int64_t before)
{
	struct cq_buf url = {0};
	char *base = url_at(s->address, "/posts.json");

	cq_buf_str(&url, base);
	if (before > 0)
		url_add_int(&url, "before", before);
	free(base);
	return cq_buf_take(&url);
}

/* What comes next of the posts. */
static char *
url_of_page(const struct src_visit *visit, const struct forum_place *place)
{
	const struct cq_source *s = visit->source;

	if (is_search(s))
		return place->page == 0 && place->n > 0
		    ? url_of_posts(s, place->pending[0] + FORUM_WINDOW - 1)
		    : forum_search_url(visit, place);
	if (place->newest == 0)
		return url_of_posts(s, 0);
	return url_of_posts(s,
	    place->kind == '?' ? place->known : place->known + FORUM_WINDOW);
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct forum_place place = place_of(visit);
	struct memory *m = memory_of(visit);
	enum cq_status rc;

	/* without a key nothing is read that is not for anybody */
	m->asks_reach = visit->source->token_file != NULL && !m->put_off &&
	    (m->lacks || reach_is_due(place.reach.due_at, visit->now));
	*req = (struct src_request){.stays = m->asks_reach};
	req->url = m->asks_reach ? url_at(visit->source->address, "/site.json")
				 : url_of_page(visit, &place);
	forum_place_free(&place);
	rc = src_request_header(req, "Accept", "application/json", err);
	/* it is to say what it tells to anybody */
	return rc == CQ_OK && !m->asks_reach ? add_key(visit, req, err) : rc;
}

/* --- the newest, and what is missing before them ------------------------ */

/* Emits those with ids above low, up to high, of the category asked for. */
static void
emit_between(const struct cq_source *s, const struct forum_page *page,
    int64_t low, int64_t high, src_emit_fn emit, void *arg)
{
	int64_t wanted = forum_category(s->query), category;
	size_t i;

	for (i = 0; i < page->n; i++) {
		const cJSON *json = page->at[i].json;

		if (page->at[i].id <= low || page->at[i].id > high)
			continue;
		if (wanted == 0 ||
		    (json_int(json_member(json, "category_id"), &category) &&
			category == wanted))
			forum_emit(s, page, i, emit, arg);
	}
}

/* Looks further back, each time twice as far. */
static void
step_back(struct forum_place *place)
{
	int64_t gone = place->newest - place->known;

	place->known -= gone > 0 ? 2 * gone : 2 * FORUM_WINDOW;
	place->kind = place->known > 0 ? '?' : ' ';
	if (place->known < 0)
		place->known = 0;
}

static void
read_newest(struct src_visit *visit, const struct forum_page *page,
    struct forum_place *place, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	int64_t newest = page->at[page->n - 1].id;
	bool first = place->kind == 0, whole;

	if (newest < place->known)
		newest = place->known; /* the newest ones were deleted */
	whole = first ? forum_is_older(visit, &page->at[0])
		      : page->at[0].id <= place->known + 1;
	place->kind = ' ';
	if (whole) {
		/* known ones once more, as they may have been edited */
		emit_between(visit->source, page, 0, INT64_MAX, emit, arg);
		place->known = newest;
	} else {
		place->newest = newest;
		if (first) {
			place->known = newest;
			if (visit->since_at == CQ_NO_TIME)
				place->known = 0;
			else
				step_back(place);
		}
		next->more = true;
	}
	next->cursor = forum_place_write(place);
}

static void
read_start(struct src_visit *visit, const struct forum_page *page,
    struct forum_place *place, struct src_next *next)
{
	if (page->n > 0 && forum_is_older(visit, &page->at[page->n - 1])) {
		place->known = page->at[page->n - 1].id;
		place->kind = ' ';
	} else {
		step_back(place);
	}
	next->more = true;
	next->cursor = forum_place_write(place);
}

static void
read_forward(const struct cq_source *s, const struct forum_page *page,
    struct forum_place *place, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	int64_t high = place->known + FORUM_WINDOW - 1;

	emit_between(s, page, place->known, high, emit, arg);
	place->known = high;
	if (high >= place->newest) {
		place->known = place->newest;
		place->newest = 0;
	}
	next->more = place->newest > 0;
	next->cursor = forum_place_write(place);
}

/* --- an answer --------------------------------------------------------- */

/* A forum that asks for patience says for how long in the body. */
static void
wait_of_body(const struct src_answer *answer, struct src_next *next)
{
	struct json doc;
	int64_t wait_s;

	if (next->wait_s > 0 || answer->http != 429 ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return;
	if (json_int(json_member(json_member(doc.root, "extras"),
			 "wait_seconds"),
		&wait_s))
		next->wait_s = wait_s < 1 ? 1
		    : wait_s > 24 * 3600  ? 24 * 3600
					  : wait_s;
	json_free(&doc);
}

/* The posts that list holds; json_free() and forum_page_free(). */
static enum cq_status
page_of_answer(const struct src_visit *visit, const struct src_answer *answer,
    const char *list, struct json *doc, struct forum_page *page,
    struct src_next *next, struct cq_err *err)
{
	enum cq_status rc =
	    answer_json(visit, &src_discourse, answer, false, next, doc, err);

	*page = (struct forum_page){0};
	if (rc != CQ_OK) {
		wait_of_body(answer, next);
		return rc;
	}
	if (!cJSON_IsArray(json_member(doc->root, list))) {
		json_free(doc);
		return answer_not(answer, "a list of posts", err);
	}
	forum_page_read(json_member(doc->root, list), page);
	return CQ_OK;
}

/* Posts are read on, whatever the answer was. */
static void
read_reach(struct src_visit *visit, const struct src_answer *answer,
    struct src_next *next)
{
	struct forum_place place = place_of(visit);
	struct memory *m = memory_of(visit);

	m->asked = true;
	m->lacks = false;
	m->put_off = !forum_reach_learn(&place.reach, answer, visit->now);
	if (!m->put_off)
		next->cursor = forum_place_write(&place);
	next->more = true;
	forum_place_free(&place);
}

static void
read_posts(struct src_visit *visit, const struct forum_page *page,
    struct forum_place *place, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	if (is_search(visit->source))
		forum_search_pending(visit->source, page, place, emit, arg,
		    next);
	else if (place->newest > 0 && place->kind == '?')
		read_start(visit, page, place, next);
	else if (place->newest > 0)
		read_forward(visit->source, page, place, emit, arg, next);
	else if (page->n > 0)
		read_newest(visit, page, place, emit, arg, next);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct forum_place place = place_of(visit);
	struct memory *m = memory_of(visit);
	bool hits =
	    is_search(visit->source) && (place.page > 0 || place.n == 0);
	struct forum_page page = {0};
	struct json doc = {0};
	enum cq_status rc = CQ_OK;

	*next = (struct src_next){0};
	if (m->asks_reach) {
		read_reach(visit, answer, next);
		goto out;
	}
	rc = page_of_answer(visit, answer, hits ? "posts" : "latest_posts",
	    &doc, &page, next, err);
	if (rc != CQ_OK)
		goto out;
	if (!hits && !m->asked &&
	    forum_reach_lacks(&place.reach, &page, visit->now)) {
		m->lacks = next->more = true; /* then the page once more */
		goto out;
	}
	if (!hits)
		forum_reach_note(&place.reach, &page);
	page.reach = &place.reach;
	if (hits)
		forum_search_hits(visit, doc.root, &page, &place, next);
	else
		read_posts(visit, &page, &place, emit, arg, next);
	if (next->cursor == NULL && m->put_off)
		next->cursor = forum_place_write(&place);
out:
	forum_page_free(&page);
	json_free(&doc);
	forum_place_free(&place);
	return rc;
}

/* --- once more --------------------------------------------------------- */

/*
 * A page that ends with a post has those of 49 ids.  If they are further
 * apart, another one of them is its end each time, so that each is looked at.
 */
static int64_t
end_of_look(const struct src_visit *visit, const char *const *ids, size_t n)
{
	int64_t newest = forum_id(ids[0]), oldest = forum_id(ids[n - 1]);

	if (newest - oldest < FORUM_WINDOW - 1)
		return newest;
	return forum_id(ids[(size_t)(visit->now / LOOK_S) % n]);
}

static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	enum cq_status rc;

	*req = (struct src_request){0};
	req->url = url_of_posts(visit->source, end_of_look(visit, ids, n) + 1);
	rc = src_request_header(req, "Accept", "application/json", err);
	return rc == CQ_OK ? add_key(visit, req, err) : rc;
}

/* What was asked for, as time has gone on since. */
static int64_t
asked_before(const struct src_answer *answer)
{
	char *before = url_query(answer->url, "before");
	int64_t id = before == NULL ? 0 : forum_id(before);

	free(before);
	return id;
}

static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct forum_place place;
	struct forum_page page;
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	rc = page_of_answer(visit, answer, "latest_posts", &doc, &page, next,
	    err);
	if (rc != CQ_OK)
		return rc;
	place = forum_place_read(visit->cursor);
	page.reach = &place.reach;
	forum_judge(visit->source, ids, n, &page, asked_before(answer) - 1,
	    emit, arg);
	forum_place_free(&place);
	forum_page_free(&page);
	json_free(&doc);
	return CQ_OK;
}

const struct src_ops src_discourse = {
    .name = "discourse",
    .help = "address: the forum; query: words to search for, "
	    "\"category:NAME/NUMBER\", or none for all posts",
    .every_s = 120,
    .max_body = HTTP_BODY_FEED,
    .sees_secret = true,
    .check = check,
    .ask = ask,
    .read = read_page,
    .forget = free,
    .again_max = 25,
    .ask_again = ask_again,
    .read_again = read_again,
};
