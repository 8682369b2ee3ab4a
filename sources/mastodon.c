#include "sources/mastodon.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "core/when.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/back.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * The client API of Mastodon, which GoToSocial, Pleroma and others speak
 * too.  Three things can be listened for: hashtags, words (where the server
 * can search), and mentions of the token's account.
 *
 * The cursor is the id of the newest item seen, sent back as min_id; for
 * mentions that of the notification, not of its status.  Timelines answer
 * with the page right behind min_id, so they are read forwards.  (since_id
 * would skip items when more than one page is new.)  A search answers with
 * the newest page whatever min_id says, and a first visit knows no min_id:
 * both are read backwards by max_id.
 *
 * The id of a post says when it was written, not when it arrived from
 * another server: so a tag is first asked for its newest page, and what
 * stands between known posts is taken from there.
 */

#define MENTIONS "mentions"
#define QUERY_MAX 500 /* bytes */

enum wanted { WANT_TAG, WANT_WORDS, WANT_MENTIONS };

static enum wanted
wanted(const struct cq_source *s)
{
	if (strcmp(s->query, MENTIONS) == 0)
		return WANT_MENTIONS;
	return strchr("#+-", *s->query) != NULL ? WANT_TAG : WANT_WORDS;
}

/* --- between two questions --------------------------------------------- */

struct mastodon_memory *
mastodon_memory(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = cq_alloc(sizeof(struct mastodon_memory));
	return visit->memory;
}

static void
forget(void *memory)
{
	struct mastodon_memory *m = memory;

	back_free(m->back);
	free(m);
}

/* --- what is asked ----------------------------------------------------- */

/* The next tag of a query; sign is '#' for any, '+' for all, '-' for none. */
static const char *
next_tag(const char **at, size_t *n, char *sign)
{
	const char *s = *at + strspn(*at, " ");

	*sign = *s == '+' || *s == '-' ? *s++ : '#';
	if (*s != '#')
		return NULL;
	*n = strcspn(++s, " ");
	*at = s + *n;
	return s;
}

/* "#tag", then more of them: "#tag #or +#and -#not". */
static bool
are_tags(const char *query)
{
	const char *at = query, *tag;
	size_t n;
	char sign;

	if (*query != '#' || strlen(query) > QUERY_MAX ||
	    !cq_utf8_valid(query, strlen(query)))
		return false;
	while (at[strspn(at, " ")] != '\0') {
		tag = next_tag(&at, &n, &sign);
		if (tag == NULL || n == 0 || strcspn(tag, "#/?&%\t\r\n") < n)
			return false;
	}
	return true;
}

static enum cq_status
check_query(const struct cq_source *s, struct cq_err *err)
{
	if (s->query == NULL || *s->query == '\0' ||
	    strlen(s->query) > QUERY_MAX ||
	    (wanted(s) == WANT_TAG && !are_tags(s->query)))
		return cq_fail(err, CQ_INPUT,
		    "the query says what to listen for: \"#tag\", words, or "
		    "\"mentions\"");
	if (s->token_file == NULL && wanted(s) == WANT_MENTIONS)
		return cq_fail(err, CQ_INPUT,
		    "mentions need a token file: they are those of its "
		    "account");
	if (s->token_file == NULL && wanted(s) == WANT_WORDS)
		return cq_fail(err, CQ_INPUT,
		    "a search for words needs a token file; for a tag write "
		    "\"#tag\"");
	return CQ_OK;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address))
		return cq_fail(err, CQ_INPUT,
		    "give the address of the server alone, such as "
		    "https://mastodon.social");
	return check_query(s, err);
}

static void
add_tags(struct cq_buf *url, const char *query)
{
	const char *at = query, *tag;
	bool first = true;
	size_t n;
	char sign;

	while ((tag = next_tag(&at, &n, &sign)) != NULL) {
		char *name = cq_strndup(tag, n);
		char *part = url_escape(name);

		if (first)
			cq_buf_fmt(url, "/api/v1/timelines/tag/%s?limit=40",
			    part);
		else
			url_add(url,
			    sign == '+'	      ? "all[]"
				: sign == '-' ? "none[]"
					      : "any[]",
			    name);
		first = false;
		free(name);
		free(part);
	}
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	const struct mastodon_memory *m = visit->memory;
	const struct src_back *back = m == NULL ? NULL : m->back;
	bool newest = wanted(s) != WANT_MENTIONS && back == NULL;
	struct cq_buf url = {0};
	char *base = url_at(s->address, "");

	*req = (struct src_request){.token = s->token_file != NULL};
	cq_buf_str(&url, base);
	free(base);
	switch (wanted(s)) {
	case WANT_TAG:
		add_tags(&url, s->query);
		break;
	case WANT_WORDS:
		cq_buf_str(&url, "/api/v2/search?type=statuses&limit=40");
		url_add(&url, "q", s->query);
		break;
	case WANT_MENTIONS:
		cq_buf_str(&url,
		    "/api/v1/notifications?types%5B%5D=mention&limit=40");
		break;
	}
	url_add(&url, "max_id", back == NULL ? NULL : back->older);
	url_add(&url, "min_id",
	    *visit->cursor == '\0' || newest ? NULL : visit->cursor);
	req->url = cq_buf_take(&url);
	return src_request_header(req, "Accept", "application/json", err);
}

/* --- a page ------------------------------------------------------------ */

/* A page: the items of it, newest first, and what it was asked for. */
struct page {
	const struct cq_source *source;
	const struct json *doc;
	const cJSON *items;
};

static void
emit_item(const struct page *p, const cJSON *item, src_emit_fn emit, void *arg)
{
	const char *type;

	if (wanted(p->source) == WANT_MENTIONS) {
		type = json_str(item, "type");
		if (type == NULL || strcmp(type, "mention") != 0)
			return;
		item = json_member(item, "status");
	}
	if (cJSON_IsObject(item))
		mastodon_emit(p->source, p->doc, item, emit, arg);
}

static const cJSON *
last_of(const cJSON *items)
{
	return items->child == NULL ? NULL : items->child->prev;
}

/* From its end, which is oldest; the first one's prev is the last one. */
static void
emit_forwards(const struct page *p, src_emit_fn emit, void *arg)
{
	const cJSON *first = p->items->child, *item;

	for (item = last_of(p->items); item != NULL;
	     item = item == first ? NULL : item->prev)
		emit_item(p, item, emit, arg);
}

/* The min_id in the Link with rel="prev", if that stays on this server. */
static char *
min_id_of_link(const struct cq_source *s, const struct src_answer *answer)
{
	char *link = answer_link(answer, "prev");
	char *min_id = link != NULL && url_same_origin(link, s->address)
	    ? url_query(link, "min_id")
	    : NULL;

	free(link);
	if (min_id != NULL &&
	    (*min_id == '\0' || strlen(min_id) > CQ_ID_MAX ||
		!cq_utf8_valid(min_id, strlen(min_id)))) {
		free(min_id);
		min_id = NULL;
	}
	return min_id;
}

/* Where to go on behind the newest item of the page; owned, or NULL. */
static char *
cursor_behind(const struct page *p, const struct src_answer *answer)
{
	char buf[24];
	char *min_id = min_id_of_link(p->source, answer);

	return min_id != NULL
	    ? min_id
	    : cq_strdup(json_id(p->doc, p->items->child, "id", buf));
}

static bool
has_item(const struct page *p, const char *id)
{
	const cJSON *item;
	const char *found;
	char buf[24];

	cJSON_ArrayForEach(item, p->items)
	{
		found = json_id(p->doc, item, "id", buf);
		if (found != NULL && strcmp(found, id) == 0)
			return true;
	}
	return false;
}

/*
 * The newest page of a tag: all of it, if it reaches what is known; else it
 * is left to be read forwards.
 */
static void
read_newest(struct src_visit *visit, const struct src_answer *answer,
    const struct page *p, src_emit_fn emit, void *arg, struct src_next *next)
{
	if (p->items->child == NULL)
		return;
	if (!has_item(p, visit->cursor)) {
		mastodon_memory(visit)->back = back_new();
		next->more = true;
		return;
	}
	emit_forwards(p, emit, arg);
	next->cursor = cursor_behind(p, answer);
}

static void
read_forwards(struct src_visit *visit, const struct src_answer *answer,
    const struct page *p, src_emit_fn emit, void *arg, struct src_next *next)
{
	if (p->items->child == NULL)
		return; /* an empty page: all has been seen */
	emit_forwards(p, emit, arg);
	next->cursor = cursor_behind(p, answer);
	next->more =
	    next->cursor != NULL && strcmp(next->cursor, visit->cursor) != 0;
}

/* Does the page reach what is known, or is its end older than is wanted? */
static bool
reaches_back(const struct src_visit *visit, const struct page *p)
{
	const char *created = json_str(last_of(p->items), "created_at");
	int64_t at;

	if (*visit->cursor != '\0') /* else an empty page is the end */
		return has_item(p, visit->cursor);
	return visit->since_at == CQ_NO_TIME || created == NULL ||
	    !cq_time_parse(created, &at) || at < visit->since_at;
}

/* A page further back: the posts of all of them come when it is the last. */
static void
read_backwards(struct src_visit *visit, const struct src_answer *answer,
    const struct page *p, src_emit_fn emit, void *arg, struct src_next *next)
{
	struct mastodon_memory *m = mastodon_memory(visit);
	struct src_back *back = m->back;
	const cJSON *item;
	const char *oldest = NULL;
	char buf[24];
	bool far;

	if (back == NULL)
		m->back = back = back_new();
	if (back->newest == NULL && p->items->child != NULL)
		back->newest = cursor_behind(p, answer);
	for (item = p->items->child; item != NULL; item = item->next)
		emit_item(p, item, back_keep, back);
	if (p->items->child != NULL)
		oldest = json_id(p->doc, last_of(p->items), "id", buf);
	far = oldest != NULL && back_is_far(back);
	if (oldest != NULL && !far && !reaches_back(visit, p) &&
	    (back->older == NULL || strcmp(oldest, back->older) != 0)) {
		back_on(back, oldest);
		next->more = true;
		return;
	}
	next->jumped = far && !reaches_back(visit, p);
	next->jumped_at = *visit->cursor == '\0' ? visit->since_at : CQ_NO_TIME;
	next->cursor = cq_strdup(back->newest);
	back_emit(back, emit, arg);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	bool words = wanted(visit->source) == WANT_WORDS;
	struct page p = {.source = visit->source};
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	rc = answer_json(visit, &src_mastodon, answer, !words, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	p.doc = &doc;
	p.items = words ? json_member(doc.root, "statuses") : doc.root;
	if (!cJSON_IsArray(p.items))
		rc = answer_not(answer, "a list of posts", err);
	else if (words || *visit->cursor == '\0')
		read_backwards(visit, answer, &p, emit, arg, next);
	else if (visit->memory == NULL && wanted(visit->source) == WANT_TAG)
		read_newest(visit, answer, &p, emit, arg, next);
	else
		read_forwards(visit, answer, &p, emit, arg, next);
	json_free(&doc);
	return rc;
}

const struct src_ops src_mastodon = {
    .name = "mastodon",
    .help = "address: the server; query: \"#tag\", words to search for, or "
	    "\"mentions\" of the token's account",
    .every_s = 60,
    .max_body = HTTP_BODY_JSON,
    .limit = {"X-RateLimit-Remaining", "X-RateLimit-Reset", SRC_RESET_TIME},
    .check = check,
    .ask = ask,
    .read = read_page,
    .forget = forget,
    .again_max = MASTODON_AGAIN,
    .ask_again = mastodon_ask_again,
    .read_again = mastodon_read_again,
};
