#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/back.h"
#include "sources/dates.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * Reviews of an app in one country's App Store: ten pages of fifty, newest
 * first, and no way to ask for what is new.  A review that was edited comes
 * again, at the top and with its id; so no single review can tell where the
 * known ones begin.  Their times do, with a day to spare for those that come
 * late; and where a feed bears no times, several known ids on one page.
 *
 * The cursor is the time of the newest review, or "-", and the ids of the
 * newest ones.
 */

#define PAGES 10
#define N_IDS 20   /* kept in the cursor */
#define N_ENOUGH 3 /* of them on a page: what follows is known */
#define ID_MAX 20  /* digits */
#define LATE_S 86400

/* --- the cursor -------------------------------------------------------- */

struct place {
	int64_t at; /* newest review known; CQ_NO_TIME */
	char *ids;  /* " 1 2 3 "; owned */
};

static struct place
place_read(const char *cursor)
{
	struct place place = {CQ_NO_TIME, NULL};
	size_t n = strcspn(cursor, " ");

	if (n > 0 && isdigit((unsigned char)*cursor))
		place.at = strtoll(cursor, NULL, 10);
	place.ids = cq_format("%s ", cursor + n);
	return place;
}

static bool
place_knows(const struct place *place, const char *id)
{
	char *word = cq_format(" %s ", id);
	bool knows = strstr(place->ids, word) != NULL;

	free(word);
	return knows;
}

static int
place_n_ids(const struct place *place)
{
	const char *p = place->ids;
	int n = 0;

	while (*(p += strspn(p, " ")) != '\0') {
		p += strcspn(p, " ");
		n++;
	}
	return n;
}

/* NULL if it is the cursor already. */
static char *
place_write(const struct cq_post_list *newest_first, int64_t known_at,
    const struct src_visit *visit)
{
	struct cq_buf b = {0};
	size_t i;

	for (i = 0; i < newest_first->n; i++) {
		int64_t at = newest_first->at[i].created_at;

		if (at != CQ_NO_TIME && at > known_at && at <= visit->now)
			known_at = at;
	}
	if (known_at == CQ_NO_TIME)
		cq_buf_char(&b, '-');
	else
		cq_buf_fmt(&b, "%lld", (long long)known_at);
	for (i = 0; i < newest_first->n && i < N_IDS; i++)
		cq_buf_fmt(&b, " %s", newest_first->at[i].id);
	if (strcmp(b.s, visit->cursor) != 0)
		return cq_buf_take(&b);
	cq_buf_free(&b);
	return NULL;
}

/* --- one visit --------------------------------------------------------- */

struct memory {
	struct src_back *back;
	int n_offered; /* pages there are, as the service says; 0: unknown */
};

static void
forget(void *arg)
{
	struct memory *m = arg;

	back_free(m->back);
	free(m);
}

static int
page_of(const struct src_visit *visit)
{
	const struct memory *m = visit->memory;

	return m == NULL ? 1 : m->back->n_pages + 1;
}

static struct memory *
memory_of(struct src_visit *visit)
{
	struct memory *m = visit->memory;

	if (m == NULL) {
		visit->memory = m = cq_alloc(sizeof(*m));
		m->back = back_new();
	}
	return m;
}

/* --- what is asked ----------------------------------------------------- */

/* "us/123456789": a country and the number of an app. */
static bool
is_app(const char *query)
{
	size_t n;

	if (query == NULL || !isalpha((unsigned char)query[0]) ||
	    !isalpha((unsigned char)query[1]) || query[2] != '/')
		return false;
	n = strspn(query + 3, "0123456789");
	return n > 0 && n <= ID_MAX && query[3 + n] == '\0';
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address) || url_is_in(s->address, "apps.apple.com"))
		return cq_fail(err, CQ_INPUT,
		    "give https://itunes.apple.com as the address; the query "
		    "says which app, such as us/123456789");
	if (!is_app(s->query))
		return cq_fail(err, CQ_INPUT,
		    "the query is COUNTRY/APP, such as us/123456789: two "
		    "letters, and the number in the address of the app's page");
	return CQ_OK;
}

static void
country_of(const struct cq_source *s, char country[3])
{
	country[0] = (char)tolower((unsigned char)s->query[0]);
	country[1] = (char)tolower((unsigned char)s->query[1]);
	country[2] = '\0';
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	char country[3], *path;

	country_of(s, country);
	path = cq_format("/%s/rss/customerreviews/page=%d/id=%s/"
			 "sortby=mostrecent/json",
	    country, page_of(visit), s->query + 3);
	*req = (struct src_request){.url = url_at(s->address, path)};
	free(path);
	return src_request_header(req, "Accept", "application/json", err);
}

/* --- one review -------------------------------------------------------- */

/* Every value is the label of an object of its own. */
static const char *
label(const cJSON *object, const char *name)
{
	return json_str(json_member(object, name), "label");
}

static bool
is_number(const char *s)
{
	size_t n = s == NULL ? 0 : strspn(s, "0123456789");

	return n > 0 && n <= ID_MAX && s[n] == '\0';
}

/* "https://itunes.apple.com/jp/reviews/id638572168" */
static const char *
author_of(const cJSON *author)
{
	const char *uri = label(author, "uri");
	const char *slash = uri == NULL ? NULL : strrchr(uri, '/');

	if (slash != NULL && strncmp(slash, "/id", 3) == 0 &&
	    is_number(slash + 3))
		return slash + 3;
	return src_within(label(author, "name"), CQ_ID_MAX);
}

static int
rating_of(const cJSON *entry)
{
	const char *stars = label(entry, "im:rating");

	return stars != NULL && *stars >= '1' && *stars <= '5' &&
		stars[1] == '\0'
	    ? *stars - '0'
	    : 0;
}

static char *
extra_of(const cJSON *entry, const char *country)
{
	const char *version = label(entry, "im:version");
	struct cq_buf b = {0};

	cq_buf_fmt(&b, "{\"store\":\"%s\"", country);
	if (version != NULL) {
		cq_buf_str(&b, ",\"version\":");
		json_add_str(&b, version);
	}
	cq_buf_char(&b, '}');
	return cq_buf_take(&b);
}

static void
emit_review(const struct cq_source *s, const cJSON *entry, src_emit_fn emit,
    void *arg)
{
	const cJSON *author = json_member(entry, "author");
	const char *updated = label(entry, "updated");
	struct cq_post post = {.source = s->name,
	    .id = label(entry, "id"),
	    .network = "appstore",
	    .author = author_of(author),
	    .author_name = src_within(label(author, "name"), CQ_ID_MAX),
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME,
	    .rating = rating_of(entry)};
	char country[3], *text, *url, *extra;

	/* the app itself may stand among them, and has no stars */
	if (post.rating == 0 || !is_number(post.id))
		return;
	if (updated == NULL || !date_parse(updated, &post.created_at))
		post.created_at = CQ_NO_TIME;
	country_of(s, country);
	text = src_titled(label(entry, "title"), label(entry, "content"));
	url = cq_format("https://apps.apple.com/%s/app/id%s?see-all=reviews",
	    country, s->query + 3);
	extra = extra_of(entry, country);
	post.text = text;
	post.url = url;
	post.extra = extra;
	if (*text != '\0')
		emit(arg, &post);
	free(extra);
	free(url);
	free(text);
}

/* --- a page ------------------------------------------------------------ */

/* A single review is not in a list. */
static void
keep_reviews(const struct cq_source *s, const cJSON *feed, struct memory *m)
{
	const cJSON *entries = json_member(feed, "entry"), *entry;

	if (cJSON_IsObject(entries)) {
		emit_review(s, entries, back_keep, m->back);
		return;
	}
	cJSON_ArrayForEach(entry, entries)
	{
		emit_review(s, entry, back_keep, m->back);
	}
}

/* The number of the last page, from the link to it; 0 if there is none. */
static int
n_offered(const cJSON *feed)
{
	const cJSON *link;

	cJSON_ArrayForEach(link, json_member(feed, "link"))
	{
		const cJSON *attributes = json_member(link, "attributes");
		const char *rel = json_str(attributes, "rel");
		const char *href = json_str(attributes, "href"), *page;

		if (rel == NULL || href == NULL || strcmp(rel, "last") != 0)
			continue;
		page = strstr(href, "/page=");
		if (page != NULL && isdigit((unsigned char)page[6]))
			return (int)strtol(page + 6, NULL, 10) % 1000;
	}
	return 0;
}

/*
 * Does the page of reviews from begin on reach back to what is known, or too
 * old?  Its last one tells; an old one may stand among the newest.
 */
static bool
is_reached(const struct src_visit *visit, const struct place *place,
    const struct cq_post_list *posts, size_t begin)
{
	int64_t floor =
	    place->at == CQ_NO_TIME ? CQ_NO_TIME : place->at - LATE_S;
	int64_t oldest = CQ_NO_TIME;
	int n_known = 0, n_ids = place_n_ids(place);
	size_t i;

	if (visit->since_at > floor)
		floor = visit->since_at;
	for (i = begin; i < posts->n; i++) {
		if (posts->at[i].created_at != CQ_NO_TIME)
			oldest = posts->at[i].created_at;
		n_known += place_knows(place, posts->at[i].id);
	}
	if (oldest != CQ_NO_TIME)
		return oldest < floor;
	if (n_ids > 0)
		return n_known >= (n_ids < N_ENOUGH ? n_ids : N_ENOUGH);
	/* a first visit cannot tell what is too old: one page will do */
	return visit->since_at != CQ_NO_TIME;
}

/* All that the service gives was read, and the known ones not met. */
static void
tell_jump(const struct src_visit *visit, const struct place *place,
    struct src_next *next)
{
	bool first = *visit->cursor == '\0';

	if (first && visit->since_at == CQ_NO_TIME)
		return;
	next->jumped = true;
	next->jumped_at = first ? visit->since_at : place->at;
}

static void
end_visit(struct src_visit *visit, const struct place *place, bool whole,
    src_emit_fn emit, void *arg, struct src_next *next)
{
	struct memory *m = visit->memory;

	if (whole)
		next->cursor = place_write(&m->back->posts, place->at, visit);
	back_emit(m->back, emit, arg);
}

static void
read_feed(struct src_visit *visit, const cJSON *feed, src_emit_fn emit,
    void *arg, struct src_next *next)
{
	struct place place = place_read(visit->cursor);
	int page = page_of(visit);
	struct memory *m = memory_of(visit);
	size_t before = m->back->posts.n;
	bool some;

	keep_reviews(visit->source, feed, m);
	some = m->back->posts.n > before;
	if (n_offered(feed) > 0)
		m->n_offered = n_offered(feed);
	if (!some) {
		/* pages are empty for hours, and then not: no end is sure */
		bool end = page > 1 && page > m->n_offered;

		end_visit(visit, &place, end, emit, arg, next);
	} else if (is_reached(visit, &place, &m->back->posts, before) ||
	    (page == m->n_offered && page < PAGES)) {
		end_visit(visit, &place, true, emit, arg, next);
	} else if (page >= PAGES) {
		tell_jump(visit, &place, next);
		end_visit(visit, &place, true, emit, arg, next);
	} else {
		back_on(m->back, NULL);
		next->more = true;
	}
	free(place.ids);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	const cJSON *feed;
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	rc = answer_json(visit, &src_appstore, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	feed = json_member(doc.root, "feed");
	if (cJSON_IsObject(feed))
		read_feed(visit, feed, emit, arg, next);
	else
		rc = answer_not(answer, "a feed of reviews", err);
	json_free(&doc);
	return rc;
}

const struct src_ops src_appstore = {
    .name = "appstore",
    .help = "address: https://itunes.apple.com; query: COUNTRY/APP, such as "
	    "us/123456789",
    .every_s = 1800,
    .max_body = HTTP_BODY_JSON,
    .tokenless = true,
    .check = check,
    .ask = ask,
    .read = read_page,
    .forget = forget,
};
