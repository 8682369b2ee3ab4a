#include "sources/mastodon.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "core/when.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/url.h"

/* Pages of statuses or of notifications, from the server's answer to posts. */

/* A page: the items of it, newest first, and what it was asked for. */
struct page {
	const struct cq_source *source;
	const struct json *doc;
	const cJSON *items;
	struct mastodon_thread *thread; /* that of mentions; else NULL */
};

static void
emit_item(const struct page *p, const cJSON *item, src_emit_fn emit, void *arg)
{
	const char *type;

	if (mastodon_wanted(p->source) == WANT_MENTIONS) {
		type = json_str(item, "type");
		if (type == NULL ||
		    (strcmp(type, "mention") != 0 &&
			strcmp(type, "quote") != 0))
			return;
		item = json_member(item, "status");
		mastodon_thread_note(p->thread, p->doc, item);
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
	return mastodon_find(p->doc, p->items, id) != NULL;
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

/* --- backwards ----------------------------------------------------------- */

/* When the item was made; CQ_NO_TIME if it does not say. */
static int64_t
time_of(const cJSON *item)
{
	const char *created = json_str(item, "created_at");
	int64_t at;

	return created != NULL && cq_time_parse(created, &at) ? at : CQ_NO_TIME;
}

/* The time in the cursor of a search, "ID SECONDS"; its id has *n bytes. */
static int64_t
time_in(const char *cursor, size_t *n)
{
	const char *blank = strrchr(cursor, ' ');
	size_t digits = blank == NULL ? 0 : strspn(blank + 1, "0123456789");

	*n = strlen(cursor);
	if (digits == 0 || digits > 12 || blank[1 + digits] != '\0')
		return CQ_NO_TIME;
	*n = (size_t)(blank - cursor);
	return strtoll(blank + 1, NULL, 10);
}

/* The cursor after a page and all behind it; owned, or NULL. */
static char *
cursor_of_newest(const struct page *p, const struct src_answer *answer)
{
	char *id = cursor_behind(p, answer), *cursor;
	int64_t at = time_of(p->items->child);

	if (id == NULL || at < 0 || mastodon_wanted(p->source) != WANT_WORDS)
		return id;
	if (at > answer->now)
		at = answer->now; /* all that follows would look old */
	cursor = cq_format("%s %lld", id, (long long)at);
	free(id);
	return cursor;
}

/* Does the page reach what is known, or is its end older than is wanted? */
static bool
reaches_back(const struct src_visit *visit, const struct page *p)
{
	int64_t at = time_of(last_of(p->items)), known_at;
	bool has;
	size_t n;
	char *id;

	if (*visit->cursor == '\0')
		return visit->since_at == CQ_NO_TIME || at == CQ_NO_TIME ||
		    at < visit->since_at;
	known_at = time_in(visit->cursor, &n);
	id = cq_strndup(visit->cursor, n);
	has = has_item(p, id);
	free(id);
	return has || (at != CQ_NO_TIME && at < known_at);
}

/* Has it a post that the page before did not have? */
static bool
brings_more(const struct src_back *back, const struct page *p)
{
	return p->items->child != NULL &&
	    (back->older == NULL ||
		!mastodon_has_id(p->doc, last_of(p->items), back->older));
}

static void
keep_page(struct mastodon_memory *m, const struct src_answer *answer,
    const struct page *p)
{
	const cJSON *item;

	if (m->back->newest == NULL)
		m->back->newest = cursor_of_newest(p, answer);
	for (item = p->items->child; item != NULL; item = item->next)
		emit_item(p, item, back_keep, m->back);
	m->full = cJSON_GetArraySize(p->items) >= MASTODON_PAGE;
}

/* Is a further page to be asked for?  If not, *missed: there are some. */
static bool
goes_back(const struct src_visit *visit, struct mastodon_memory *m,
    const struct src_answer *answer, const struct page *p, bool *missed)
{
	bool far = back_is_far(m->back), words;
	const char *oldest;
	char buf[24];

	if (!brings_more(m->back, p)) {
		words = mastodon_wanted(visit->source) == WANT_WORDS;
		*missed = m->full && p->items->child != NULL;
		if (far || !words || m->by_id || !m->full)
			return false;
		m->back->n_pages++;
		return m->by_id = true;
	}
	keep_page(m, answer, p);
	oldest = json_id(p->doc, last_of(p->items), "id", buf);
	if (oldest == NULL || reaches_back(visit, p))
		return false;
	*missed = far;
	if (!far)
		back_on(m->back, oldest);
	m->offset += MASTODON_PAGE;
	return !far;
}

/* A page further back: the posts of all of them come when it is the last. */
static void
read_backwards(struct src_visit *visit, const struct src_answer *answer,
    const struct page *p, src_emit_fn emit, void *arg, struct src_next *next)
{
	struct mastodon_memory *m = mastodon_memory(visit);
	bool missed = false;

	if (m->back == NULL) {
		m->back = back_new();
		m->back->n_pages = m->n_refused; /* they count, too */
	}
	next->more = goes_back(visit, m, answer, p, &missed);
	if (next->more)
		return;
	next->jumped = missed;
	next->jumped_at = *visit->cursor == '\0' ? visit->since_at : CQ_NO_TIME;
	next->cursor = cq_strdup(m->back->newest);
	back_emit(m->back, emit, arg);
}

/* --- a whole page -------------------------------------------------------- */

/* The page after the cursor or, if it is kept in parts, one of them. */
static void
read_items(struct src_visit *visit, const struct src_answer *answer,
    const struct page *p, src_emit_fn emit, void *arg, struct src_next *next)
{
	const struct mastodon_memory *m = visit->memory;
	bool first = m == NULL || m->back == NULL;
	enum mastodon_wanted wanted = mastodon_wanted(visit->source);

	if (wanted == WANT_WORDS || *visit->cursor == '\0')
		read_backwards(visit, answer, p, emit, arg, next);
	else if (first && wanted == WANT_TAG)
		read_newest(visit, answer, p, emit, arg, next);
	else
		read_forwards(visit, answer, p, emit, arg, next);
}

/*
 * A server whose hashtags are not open to all answers with 401 or, as the
 * caller is nobody, with 422.
 */
static enum cq_status
fail_page(const struct src_visit *visit, const struct src_answer *answer,
    enum cq_status rc, struct cq_err *err)
{
	if (answer->http != 422 || visit->source->token_file != NULL)
		return rc;
	return answer_fail(answer, err,
	    "refused the request (422): it may want a token: caseq source set "
	    "%s --token-file FILE",
	    visit->source->name);
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	bool words = mastodon_wanted(visit->source) == WANT_WORDS;
	struct page p = {.source = visit->source};
	struct json doc;
	enum cq_status rc;

	rc = answer_json(visit, &src_mastodon, answer, !words, next, &doc, err);
	if (rc != CQ_OK)
		return fail_page(visit, answer, rc, err);
	p.doc = &doc;
	p.items = words ? json_member(doc.root, "statuses") : doc.root;
	if (mastodon_wanted(visit->source) == WANT_MENTIONS)
		p.thread = &mastodon_memory(visit)->thread;
	if (!cJSON_IsArray(p.items)) {
		rc = answer_not(answer, "a list of posts", err);
	} else if (p.thread == NULL) {
		read_items(visit, answer, &p, emit, arg, next);
	} else {
		read_items(visit, answer, &p, mastodon_thread_keep, p.thread,
		    next);
		mastodon_thread_end(visit, emit, arg, next);
	}
	json_free(&doc);
	return rc;
}

/*
 * Some programs refuse a type of notification that they do not know.  A 500
 * may mean that, or nothing: it counts when it comes twice, as else a server
 * that stumbled once would have its quotes passed over.
 */
static bool
refuses_quotes(struct mastodon_memory *m, const struct src_answer *answer)
{
	if (m->no_quotes ||
	    (answer->http != 400 && answer->http != 422 && answer->http != 500))
		return false;
	m->n_refused++;
	m->no_quotes = answer->http != 500 || m->n_refused > 1;
	return true;
}

enum cq_status
mastodon_read(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct mastodon_memory *m;

	*next = (struct src_next){0};
	if (mastodon_wanted(visit->source) != WANT_MENTIONS)
		return read_page(visit, answer, emit, arg, next, err);
	m = mastodon_memory(visit);
	m->thread.n_answers++;
	if (m->thread.held)
		mastodon_thread_read(visit, answer, emit, arg, next);
	else if (refuses_quotes(m, answer))
		next->more = true;
	else
		return read_page(visit, answer, emit, arg, next, err);
	return CQ_OK;
}
