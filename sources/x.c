#include "sources/x.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * X: what its search of the last seven days finds.  Each post that it gives
 * is billed.  So a source must say how many posts a month it may read at
 * most; they are counted in the cursor, none is asked for twice, and at the
 * end it stops and says so until the next month.
 */

#define PAGE_MIN 10 /* fewer cannot be asked for */
#define PAGE_MAX 100
#define CAP_MAX 100000000
#define QUERY_MAX 480 /* bytes; the service takes 512 characters */
#define WINDOW_S (7 * 24 * 3600 - 300)
#define NO_CREDIT_S 3600

/* Of one visit. */
struct memory {
	int n_renewed; /* it began anew, as what it knew was too old */
};

static struct memory *
memory_of(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = cq_alloc(sizeof(struct memory));
	return visit->memory;
}

/* Posts a month, from the options; 0 if they do not say. */
static int64_t
cap_of(const struct cq_source *s)
{
	struct json doc;
	int64_t cap = 0;

	if (s->options == NULL ||
	    json_read(s->options, strlen(s->options), NULL, &doc, NULL) !=
		CQ_OK)
		return 0;
	if (!json_int(json_member(doc.root, "monthly_cap"), &cap))
		cap = 0;
	json_free(&doc);
	return cap;
}

/* --- what is asked ------------------------------------------------------- */

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	int64_t cap = cap_of(s);

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address))
		return cq_fail(err, CQ_INPUT,
		    "give https://x.com as the address");
	if (s->query == NULL || *s->query == '\0' ||
	    s->query[strspn(s->query, " ")] == '\0' ||
	    !src_is_line(s->query, QUERY_MAX))
		return cq_fail(err, CQ_INPUT,
		    "the query is at most %d bytes of words to search for",
		    QUERY_MAX);
	if (s->token_file == NULL)
		return cq_fail(err, CQ_INPUT,
		    "X wants a token: give a token file with the app's bearer "
		    "token");
	if (cap < PAGE_MIN || cap > CAP_MAX)
		return cq_fail(err, CQ_INPUT,
		    "X bills each post that is read: say how many a month at "
		    "most with --monthly-cap N, %d or more",
		    PAGE_MIN);
	return CQ_OK;
}

/* The posts of this month stay paid for. */
static char *
anew(const struct src_visit *visit)
{
	const struct x_place known = x_place_read(visit);
	struct x_place place = {.since = "-",
	    .at = CQ_NO_TIME,
	    .month = known.month,
	    .count = known.count,
	    .newest = "-",
	    .newest_at = CQ_NO_TIME,
	    .until = "-"};

	return known.count > 0 ? x_place_write(&place, "") : cq_strdup("");
}

static char *
search_at(const struct cq_source *s)
{
	static const char *const hosts[] = {"x.com", "www.x.com", "api.x.com",
	    "twitter.com", "www.twitter.com", "api.twitter.com", NULL};
	char *host = url_host(s->address);
	const char *base = s->address;
	int i;

	for (i = 0; host != NULL && hosts[i] != NULL; i++)
		if (strcasecmp(host, hosts[i]) == 0)
			base = "https://api.x.com";
	free(host);
	return url_at(base, "/2/tweets/search/recent");
}

/* Reposts say nothing new, and are billed as well. */
static char *
words_of(const char *query)
{
	return strstr(query, "is:retweet") != NULL
	    ? cq_strdup(query)
	    : cq_format("(%s) -is:retweet", query);
}

static void
begin_of_window(const struct src_visit *visit, char id[X_ID_SIZE])
{
	int64_t first = visit->now - WINDOW_S;

	x_id_of_time(visit->since_at > first ? visit->since_at : first, id);
}

static char *
page_url(const struct src_visit *visit, const struct x_place *place, int n)
{
	char *base = search_at(visit->source);
	char *words = words_of(visit->source->query);
	char since[X_ID_SIZE];
	struct cq_buf url = {0};

	if (!x_id(place->since, since))
		begin_of_window(visit, since);
	cq_buf_str(&url, base);
	url_add(&url, "query", words);
	url_add_int(&url, "max_results", n);
	url_add(&url, "since_id", since);
	if (strcmp(place->until, "-") != 0)
		url_add(&url, "until_id", place->until);
	url_add(&url, "tweet.fields",
	    "author_id,conversation_id,created_at,edit_history_tweet_ids,"
	    "entities,lang,note_tweet,referenced_tweets");
	url_add(&url, "expansions", "author_id");
	url_add(&url, "user.fields", "name,public_metrics,username");
	free(words);
	free(base);
	return cq_buf_take(&url);
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct x_place place = x_place_read(visit);
	int64_t cap = cap_of(visit->source), left = cap - place.count;
	int64_t most = visit->trial ? PAGE_MIN : PAGE_MAX;
	char day[16];

	*req = (struct src_request){.token = true};
	if (left < PAGE_MIN) {
		visit->until_at = x_next_month(place.month, day);
		return cq_fail(err, CQ_INPUT,
		    "%lld of the %lld posts of this month are read: it is "
		    "silent until %s, unless it gets a higher --monthly-cap",
		    (long long)place.count, (long long)cap, day);
	}
	req->url = page_url(visit, &place, (int)(left < most ? left : most));
	return src_request_header(req, "Accept", "application/json", err);
}

/* --- refusals ------------------------------------------------------------ */

/* Does the error say that what is known is too old to ask from? */
static bool
is_too_old(const cJSON *root)
{
	const cJSON *errors = json_member(root, "errors"), *one;

	cJSON_ArrayForEach(one, errors)
	{
		const cJSON *params = json_member(one, "parameters");

		if (json_member(params, "since_id") != NULL ||
		    json_member(params, "until_id") != NULL)
			return true;
	}
	return false;
}

/*
 * Goes on from where the window begins now: first with the rest of what is
 * pending, then from the newest post seen, then with nothing known at all.
 */
static void
renew(const struct src_visit *visit, struct memory *m, struct src_next *next)
{
	struct x_place place = x_place_read(visit);
	bool pending = strcmp(place.newest, "-") != 0;

	if (m->n_renewed == 0) {
		next->jumped = true;
		next->jumped_at = place.at;
	}
	if (pending && (m->n_renewed > 0 || strcmp(place.since, "-") == 0))
		x_place_close(&place);
	else
		strcpy(place.since, "-");
	m->n_renewed++;
	next->cursor = x_place_write(&place, visit->cursor);
	next->more = true;
}

/* 402: nothing is paid for; 429 also when a plan's posts are used up. */
static enum cq_status
no_credit(struct src_next *next, struct cq_err *err)
{
	next->wait_s = NO_CREDIT_S;
	return cq_fail(err, CQ_NET,
	    "X wants to be paid: buy credits in its developer console, or "
	    "raise the limit that is set there");
}

static enum cq_status
read_refusal(struct src_visit *visit, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	struct memory *m = memory_of(visit);
	struct json doc;
	const char *title;
	bool old, used_up;

	if (json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		doc = (struct json){0};
	title = json_str(doc.root, "title");
	old = answer->http == 400 && is_too_old(doc.root);
	used_up = answer->http == 402 ||
	    (answer->http == 429 && title != NULL &&
		strcmp(title, "UsageCapExceeded") == 0);
	json_free(&doc);
	if (used_up)
		return no_credit(next, err);
	if (old && m->n_renewed < 3) {
		renew(visit, m, next);
		return CQ_OK;
	}
	return answer_check(visit, &src_x.limit, answer, "JSON", next, err);
}

/* --- a page -------------------------------------------------------------- */

/* The page is newest first; so walk it from its end. */
static void
emit_page(const char *source, const cJSON *root, const cJSON *data,
    src_emit_fn emit, void *arg)
{
	const cJSON *users =
	    json_member(json_member(root, "includes"), "users");
	const cJSON *first = data == NULL ? NULL : data->child, *one;

	/* the first one's prev is the last one */
	for (one = first == NULL ? NULL : first->prev; one != NULL;
	     one = one == first ? NULL : one->prev)
		x_emit(source, one, users, emit, arg);
}

/* Counts what was billed; and the ends of the page, "-" if it has none. */
static void
measure(const cJSON *meta, const cJSON *data, struct x_place *place,
    char oldest[X_ID_SIZE])
{
	int64_t n = 0, size = cJSON_GetArraySize(data);
	bool begins = strcmp(place->newest, "-") == 0;
	const cJSON *one;

	if (!json_int(json_member(meta, "result_count"), &n) || n < size ||
	    n > PAGE_MAX)
		n = size;
	place->count += n;
	strcpy(oldest, "-");
	cJSON_ArrayForEach(one, data)
	{
		if (!x_id(json_str(one, "id"), oldest) || !begins)
			continue;
		begins = false;
		memcpy(place->newest, oldest, X_ID_SIZE);
		place->newest_at = x_time(one);
	}
}

static void
read_list(struct src_visit *visit, const cJSON *root, src_emit_fn emit,
    void *arg, struct src_next *next)
{
	const cJSON *meta = json_member(root, "meta");
	const cJSON *data = json_member(root, "data");
	struct x_place place = x_place_read(visit);
	char oldest[X_ID_SIZE];

	if (!cJSON_IsArray(data))
		data = NULL;
	emit_page(visit->source->name, root, data, emit, arg);
	measure(meta, data, &place, oldest);
	if (json_str(meta, "next_token") != NULL && strcmp(oldest, "-") != 0 &&
	    strcmp(oldest, place.until) != 0) {
		memcpy(place.until, oldest, X_ID_SIZE);
		next->more = cap_of(visit->source) - place.count >= PAGE_MIN;
	} else {
		x_place_close(&place);
	}
	if (strcmp(place.since, "-") != 0 || place.count > 0)
		next->cursor = x_place_write(&place, visit->cursor);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct json doc;
	enum cq_status rc;
	int64_t n;

	*next = (struct src_next){0};
	if (answer->http != 200)
		return read_refusal(visit, answer, next, err);
	rc = answer_json(visit, &src_x, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	/* an empty page has no data, but says so */
	if (cJSON_IsArray(json_member(doc.root, "data")) ||
	    (json_int(json_member(json_member(doc.root, "meta"),
			  "result_count"),
		 &n) &&
		n == 0))
		read_list(visit, doc.root, emit, arg, next);
	else
		rc = answer_not(answer, "a list of posts", err);
	json_free(&doc);
	return rc;
}

const struct src_ops src_x = {
    .name = "x",
    .help = "address: https://x.com; query: words to search for; needs "
	    "--monthly-cap N, as each post read is billed",
    .every_s = 300,
    .max_body = HTTP_BODY_JSON,
    .limit = {"x-rate-limit-remaining", "x-rate-limit-reset", SRC_RESET_EPOCH},
    .check = check,
    .anew = anew,
    .ask = ask,
    .read = read_page,
    .forget = free,
};
