#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/dates.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * Complaints about banks and lenders that were made to the Consumer Financial
 * Protection Bureau, those with the words of the customer.  These words are
 * published when the company has answered, or after 60 days.  So each visit
 * reads, oldest first, from well before the newest complaint that is known;
 * the newest one that is there, not the clock, says where that is, as the
 * register itself is late at times.
 *
 * Cursors: "DAY" of the newest complaint known; "DAY FROM AFTER" on the way
 * through those since the day FROM, behind the complaint AFTER.  DAY is "-"
 * if none is known yet, FROM if there is no such day.
 */

#define API "/data-research/consumer-complaints/search/api/v1/"
#define DETAIL                                                               \
	"https://www.consumerfinance.gov/data-research/consumer-complaints/" \
	"search/detail/"
#define PER_PAGE 100
#define DAY_S 86400
#define LATE_S (75 * DAY_S) /* 60 days, and some to process */
#define QUERY_MAX 200	    /* bytes; the service takes 200 characters */
#define AFTER_MAX 64

/* --- the cursor -------------------------------------------------------- */

struct place {
	int64_t newest;		   /* CQ_NO_TIME */
	char from[12];		   /* "" if there is no such day */
	char after[AFTER_MAX + 1]; /* "" before the first page */
};

static bool
is_day(const char *s, size_t n)
{
	return n == 10 && strspn(s, "0123456789-") >= 10;
}

/* "1752451200000_14567890": two words joined by the one underscore. */
static bool
is_after(const char *s)
{
	size_t n = strspn(s, "0123456789"), m;

	if (n == 0 || s[n] != '_' || strlen(s) > AFTER_MAX)
		return false;
	s += n + 1;
	for (m = 0; isgraph((unsigned char)s[m]) && s[m] != '_'; m++)
		;
	return m > 0 && s[m] == '\0';
}

static void
write_day(int64_t at, char day[12])
{
	char time[CQ_TIME_SIZE];

	cq_time_rfc3339(at, time);
	memcpy(day, time, 10);
	day[10] = '\0';
}

/* Where a new way through the complaints begins. */
static void
begin(const struct src_visit *visit, struct place *place)
{
	int64_t from =
	    place->newest == CQ_NO_TIME ? CQ_NO_TIME : place->newest - LATE_S;

	if (visit->since_at > from)
		from = visit->since_at;
	if (from >= 0)
		write_day(from, place->from);
}

static struct place
place_read(const struct src_visit *visit)
{
	const char *s = visit->cursor;
	size_t n = strcspn(s, " "), m;
	struct place place = {.newest = CQ_NO_TIME};
	char *day = cq_strndup(s, n);

	if (!is_day(s, n) || !date_parse(day, &place.newest))
		place.newest = CQ_NO_TIME;
	free(day);
	if (s[n] == ' ') {
		s += n + 1;
		m = strcspn(s, " ");
		if (s[m] == ' ' && is_after(s + m + 1)) {
			if (is_day(s, m))
				memcpy(place.from, s, m);
			strcpy(place.after, s + m + 1);
			return place;
		}
	}
	begin(visit, &place);
	return place;
}

/* NULL if that is the cursor already. */
static char *
place_write(const struct place *place, const char *cursor)
{
	struct cq_buf b = {0};
	char day[12] = "-";

	if (place->newest != CQ_NO_TIME)
		write_day(place->newest, day);
	cq_buf_str(&b, day);
	if (*place->after != '\0')
		cq_buf_fmt(&b, " %s %s",
		    *place->from == '\0' ? "-" : place->from, place->after);
	if (strcmp(b.s, cursor) != 0)
		return cq_buf_take(&b);
	cq_buf_free(&b);
	return NULL;
}

/* --- what is asked ----------------------------------------------------- */

static const char *
company_of(const char *query)
{
	return strncmp(query, "company:", 8) == 0 ? query + 8 : NULL;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	const char *company;

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address))
		return cq_fail(err, CQ_INPUT,
		    "give https://www.consumerfinance.gov as the address");
	company = s->query == NULL ? NULL : company_of(s->query);
	if (s->query == NULL || *s->query == '\0' ||
	    (company != NULL && *company == '\0') ||
	    !src_is_line(s->query, QUERY_MAX))
		return cq_fail(err, CQ_INPUT,
		    "the query is \"company:NAME\", with the name as the "
		    "register writes it, or words to search for, at most %d "
		    "bytes",
		    QUERY_MAX);
	return CQ_OK;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	struct place place = place_read(visit);
	const char *company = company_of(s->query);
	char *base = url_at(s->address, API);
	struct cq_buf url = {0};

	cq_buf_str(&url, base);
	free(base);
	url_add(&url, "company", company);
	url_add(&url, "search_term", company == NULL ? s->query : NULL);
	url_add(&url, "field", "complaint_what_happened");
	url_add(&url, "has_narrative", "true");
	url_add(&url, "date_received_min",
	    *place.from == '\0' ? NULL : place.from);
	url_add(&url, "sort", "created_date_asc");
	url_add_int(&url, "size", PER_PAGE);
	url_add(&url, "no_aggs", "true");
	url_add(&url, "no_highlight", "true");
	url_add(&url, "search_after",
	    *place.after == '\0' ? NULL : place.after);
	*req = (struct src_request){.url = cq_buf_take(&url)};
	return src_request_header(req, "Accept", "application/json", err);
}

/* --- one complaint ----------------------------------------------------- */

static char *
extra_of(const cJSON *source)
{
	static const char *const names[] = {"company", "product", "sub_product",
	    "issue", "sub_issue", "state", "zip_code", "submitted_via",
	    "company_response", "timely", "tags"};
	struct cq_buf b = {0};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = json_str(source, names[i]);

		if (value == NULL || *value == '\0')
			continue;
		cq_buf_fmt(&b, "%c\"%s\":", b.n == 0 ? '{' : ',', names[i]);
		json_add_str(&b, value);
	}
	if (b.n > 0)
		cq_buf_char(&b, '}');
	return b.s;
}

static int64_t
day_received(const cJSON *source)
{
	const char *received = json_str(source, "date_received");
	int64_t at;

	return received != NULL && date_parse(received, &at) ? at : CQ_NO_TIME;
}

/* The author is never told, and names in the text are XXXX. */
static void
emit_complaint(const struct cq_source *s, const struct json *doc,
    const cJSON *hit, src_emit_fn emit, void *arg)
{
	const cJSON *source = json_member(hit, "_source");
	const char *words = json_str(source, "complaint_what_happened");
	struct cq_post post = {.source = s->name,
	    .network = "cfpb",
	    .lang = "en",
	    .author_followers = -1,
	    .created_at = day_received(source)};
	char *text, *url, *part, *extra, buf[24];

	post.id =
	    src_within(json_id(doc, source, "complaint_id", buf), CQ_ID_MAX);
	if (post.id == NULL || words == NULL || *words == '\0')
		return;
	part = url_escape(post.id);
	url = cq_format(DETAIL "%s", part);
	text = src_titled(NULL, words);
	extra = extra_of(source);
	post.url = url;
	post.text = text;
	post.extra = extra;
	emit(arg, &post);
	free(extra);
	free(text);
	free(url);
	free(part);
}

/* --- a page ------------------------------------------------------------ */

/* What names the page behind a hit; false if it does not say. */
static bool
read_after(const cJSON *hit, char after[AFTER_MAX + 1])
{
	const cJSON *sort = json_member(hit, "sort");
	const char *id;
	int64_t at;
	char *word;
	bool good;

	if (cJSON_GetArraySize(sort) != 2 || !json_int(sort->child, &at) ||
	    at < 0)
		return false;
	id = cJSON_GetStringValue(sort->child->next);
	word = cq_format("%lld_%s", (long long)at, id == NULL ? "" : id);
	good = is_after(word);
	if (good)
		strcpy(after, word);
	free(word);
	return good;
}

/* Parts of the register did not answer: some complaints may be missing. */
static bool
is_partial(const cJSON *root)
{
	int64_t failed;

	return cJSON_IsTrue(json_member(root, "timed_out")) ||
	    (json_int(json_member(json_member(root, "_shards"), "failed"),
		 &failed) &&
		failed > 0);
}

static int64_t
total_of(const cJSON *hits)
{
	int64_t n;

	return json_int(json_member(json_member(hits, "total"), "value"), &n)
	    ? n
	    : -1;
}

/* Moves on; says how. */
static void
turn(struct src_visit *visit, struct place *place, const cJSON *list,
    struct src_next *next)
{
	const cJSON *first = list->child;
	char after[AFTER_MAX + 1];

	if (cJSON_GetArraySize(list) < PER_PAGE) {
		*place->after = '\0';
	} else if (read_after(first->prev, after) &&
	    strcmp(after, place->after) != 0) {
		strcpy(place->after, after);
		next->more = true;
	} else {
		/* a full page, and no way behind it */
		*place->after = '\0';
		next->jumped = true;
		next->jumped_at = place->newest;
	}
	next->cursor = place_write(place, visit->cursor);
}

static void
read_hits(struct src_visit *visit, const struct json *doc, const cJSON *list,
    src_emit_fn emit, void *arg, struct src_next *next)
{
	struct place place = place_read(visit);
	const cJSON *hit;
	int64_t at;

	cJSON_ArrayForEach(hit, list)
	{
		emit_complaint(visit->source, doc, hit, emit, arg);
		at = day_received(json_member(hit, "_source"));
		if (at != CQ_NO_TIME && at > place.newest && at <= visit->now)
			place.newest = at;
	}
	if (is_partial(doc->root))
		return; /* the same is asked again */
	if (list->child == NULL &&
	    (*place.after == '\0' ||
		total_of(json_member(doc->root, "hits")) == 0))
		return; /* of an empty page nothing can be told */
	turn(visit, &place, list, next);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	const cJSON *list;
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	rc = answer_json(visit, &src_cfpb, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	list = json_member(json_member(doc.root, "hits"), "hits");
	if (cJSON_IsArray(list))
		read_hits(visit, &doc, list, emit, arg, next);
	else
		rc = answer_not(answer, "a list of complaints", err);
	json_free(&doc);
	return rc;
}

const struct src_ops src_cfpb = {
    .name = "cfpb",
    .help = "address: https://www.consumerfinance.gov; query: "
	    "\"company:NAME\" or words to search for",
    .every_s = 43200,
    .max_body = HTTP_BODY_JSON,
    .tokenless = true,
    .check = check,
    .ask = ask,
    .read = read_page,
};
