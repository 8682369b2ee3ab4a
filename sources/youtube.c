#include "sources/youtube.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/adapters.h"
#include "sources/back.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * Comments on YouTube: of all videos of a channel, or of one video.  Threads
 * come newest first, each with a few of its replies and the number of all of
 * them.  They are read back to an hour before the newest known one, and at
 * least one page of them each time.  Where a thread has more replies than it
 * shows, and their number is not the one known, they are asked for after
 * that, one thread after the other; the cursor knows which ones wait.
 */

#define API "/youtube/v3"
#define TOKEN_HEADER "X-Goog-Api-Key" /* addresses stand in logs */
#define PER_PAGE 100
#define AGAIN_MAX 20 /* a page of those, if it were one */
#define LATE_S 3600
#define QUERY_MAX 100

struct memory {
	struct src_back *back;
	struct youtube_place place; /* the one to be */
	bool done;		    /* the threads of this visit are read */
	bool full;		    /* threads were left out */
};

static void
forget(void *arg)
{
	struct memory *m = arg;

	back_free(m->back);
	youtube_place_free(&m->place);
	free(m);
}

static struct memory *
memory_of(struct src_visit *visit)
{
	struct memory *m = visit->memory;

	if (m == NULL) {
		visit->memory = m = cq_alloc(sizeof(*m));
		m->back = back_new();
		m->place.at = CQ_NO_TIME;
	}
	return m;
}

/* --- what is asked ----------------------------------------------------- */

/* The id behind "channel:" or "video:"; NULL if it is not that. */
static const char *
id_after(const char *query, const char *what)
{
	size_t n = strlen(what);

	return query != NULL && strncmp(query, what, n) == 0 ? query + n : NULL;
}

static bool
is_id(const char *id)
{
	return id != NULL && *id != '\0' &&
	    id[strspn(id,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-_")] == '\0';
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	const char *channel = id_after(s->query, "channel:");

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address) || url_is_in(s->address, "youtube.com"))
		return cq_fail(err, CQ_INPUT,
		    "give https://www.googleapis.com as the address; the query "
		    "says where to listen");
	if (s->token_file == NULL)
		return cq_fail(err, CQ_INPUT,
		    "YouTube wants an API key: give a token file with the key "
		    "in its first line");
	if ((!is_id(channel) || strncmp(channel, "UC", 2) != 0) &&
	    !is_id(id_after(s->query, "video:")))
		return cq_fail(err, CQ_INPUT,
		    "the query is \"channel:ID\", where the ID begins with "
		    "UC, or \"video:ID\"");
	if (strlen(s->query) > QUERY_MAX)
		return cq_fail(err, CQ_INPUT,
		    "the query is at most %d bytes long", QUERY_MAX);
	return CQ_OK;
}

static void
url_of_threads(struct cq_buf *url, const struct src_visit *visit)
{
	const struct memory *m = visit->memory;
	const char *query = visit->source->query;

	url_add(url, "part", "snippet,replies");
	url_add(url, "allThreadsRelatedToChannelId",
	    id_after(query, "channel:"));
	url_add(url, "videoId", id_after(query, "video:"));
	url_add(url, "order", "time");
	url_add_int(url, "maxResults", PER_PAGE);
	url_add(url, "textFormat", "plainText");
	url_add(url, "pageToken", m == NULL ? NULL : m->back->older);
}

static void
url_of_replies(struct cq_buf *url, const struct youtube_thread *thread)
{
	url_add(url, "part", "snippet");
	url_add(url, "parentId", thread->id);
	url_add_int(url, "maxResults", PER_PAGE);
	url_add(url, "textFormat", "plainText");
	url_add(url, "pageToken", thread->token);
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct youtube_place place;
	const struct youtube_thread *thread;
	struct cq_buf url = {0};
	char *base;

	youtube_place_read(&place, visit->cursor);
	thread = youtube_place_pending(&place);
	base = url_at(visit->source->address,
	    thread == NULL ? API "/commentThreads" : API "/comments");
	cq_buf_str(&url, base);
	if (thread == NULL)
		url_of_threads(&url, visit);
	else
		url_of_replies(&url, thread);
	youtube_place_free(&place);
	free(base);
	*req = (struct src_request){.url = cq_buf_take(&url)};
	return src_request_json(req, TOKEN_HEADER, visit->secret, err);
}

/* --- threads ----------------------------------------------------------- */

/* Newest first, and a comment behind the replies to it. */
static int
newer_first(const void *a, const void *b)
{
	const struct cq_post *x = a, *y = b;

	if (x->created_at != y->created_at)
		return x->created_at > y->created_at ? -1 : 1;
	return (x->in_reply_to == NULL) - (y->in_reply_to == NULL);
}

static void
emit_sorted(struct src_back *back, src_emit_fn emit, void *arg)
{
	if (back->posts.n > 1)
		qsort(back->posts.at, back->posts.n, sizeof(*back->posts.at),
		    newer_first);
	back_emit(back, emit, arg);
}

/* Remembers a thread that shows fewer replies than it has. */
static void
note_thread(struct memory *m, const struct youtube_place *known,
    const cJSON *thread, int n_shown)
{
	const cJSON *snippet = json_member(thread, "snippet");
	const char *id = json_str(thread, "id");
	const struct youtube_thread *before;
	struct youtube_thread now = {
	    .id = (char *)(uintptr_t)id,
	    .video = (char *)(uintptr_t)json_str(snippet, "videoId"),
	    .pending = true,
	};

	if (!json_int(json_member(snippet, "totalReplyCount"), &now.n) ||
	    now.n <= n_shown || !youtube_is_word(id) ||
	    youtube_place_find(&m->place, id) != NULL)
		return;
	if (!youtube_is_word(now.video))
		now.video = NULL;
	before = youtube_place_find(known, id);
	now.pending = before == NULL || before->n != now.n;
	if (!youtube_place_add(&m->place, &now) && now.pending)
		m->full = true;
}

/* Keeps a thread's comments; returns when it began. */
static int64_t
keep_thread(const struct cq_source *s, struct memory *m,
    const struct youtube_place *known, const cJSON *thread)
{
	const cJSON *snippet = json_member(thread, "snippet"), *reply;
	const cJSON *top = json_member(snippet, "topLevelComment");
	const char *video = src_within(json_str(snippet, "videoId"), CQ_ID_MAX);
	int n_shown = 0;

	youtube_emit(s, top, video, back_keep, m->back);
	cJSON_ArrayForEach(reply,
	    json_member(json_member(thread, "replies"), "comments"))
	{
		youtube_emit(s, reply, video, back_keep, m->back);
		n_shown++;
	}
	note_thread(m, known, thread, n_shown);
	return youtube_time(top);
}

static int64_t
floor_of(const struct src_visit *visit, const struct youtube_place *known)
{
	int64_t floor =
	    known->at == CQ_NO_TIME ? CQ_NO_TIME : known->at - LATE_S;

	return visit->since_at > floor ? visit->since_at : floor;
}

static void
end_threads(struct src_visit *visit, const struct youtube_place *known,
    struct memory *m, src_emit_fn emit, void *arg, struct src_next *next)
{
	m->done = true;
	if (m->back->posts.n == 0)
		return; /* an empty list tells nothing */
	if (m->place.at < known->at)
		m->place.at = known->at;
	if (m->full) {
		next->jumped = true;
		next->jumped_at = floor_of(visit, known);
	}
	next->more = youtube_place_pending(&m->place) != NULL;
	next->cursor = youtube_place_write(&m->place);
	if (strcmp(next->cursor, visit->cursor) == 0) {
		free(next->cursor);
		next->cursor = NULL;
	}
	emit_sorted(m->back, emit, arg);
}

static void
read_threads(struct src_visit *visit, const cJSON *root,
    const struct youtube_place *known, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	struct memory *m = memory_of(visit);
	int64_t floor = floor_of(visit, known);
	const char *older = json_str(root, "nextPageToken");
	const cJSON *thread;
	bool reached = false;

	cJSON_ArrayForEach(thread, json_member(root, "items"))
	{
		int64_t at = keep_thread(visit->source, m, known, thread);

		if (at == CQ_NO_TIME)
			continue;
		if (at > m->place.at && at <= visit->now)
			m->place.at = at;
		reached = at < floor; /* the last tells: some are pinned */
	}
	if (reached || !youtube_is_word(older)) {
		end_threads(visit, known, m, emit, arg, next);
	} else if (back_is_far(m->back)) {
		next->jumped = true;
		next->jumped_at = floor;
		end_threads(visit, known, m, emit, arg, next);
	} else {
		back_on(m->back, older);
		next->more = true;
	}
}

/* --- replies ----------------------------------------------------------- */

/* What to ask next; the cursor is rid of what was read. */
static void
go_on(struct src_visit *visit, struct youtube_place *place,
    struct src_next *next)
{
	const struct memory *m = visit->memory;

	next->cursor = youtube_place_write(place);
	next->more =
	    youtube_place_pending(place) != NULL || m == NULL || !m->done;
}

/*
 * A list that holds none says nothing: the thread is left out of the cursor,
 * so that it is asked for again when its list of replies is seen next.
 */
static void
read_replies(struct src_visit *visit, const cJSON *root,
    struct youtube_place *place, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	struct youtube_thread *thread = youtube_place_pending(place);
	const char *older = json_str(root, "nextPageToken");
	struct src_back *back = back_new();
	const cJSON *reply;

	cJSON_ArrayForEach(reply, json_member(root, "items"))
	{
		youtube_emit(visit->source, reply, thread->video, back_keep,
		    back);
	}
	if (youtube_is_word(older) &&
	    (thread->token == NULL || strcmp(thread->token, older) != 0)) {
		free(thread->token);
		thread->token = cq_strdup(older);
	} else if (back->posts.n == 0) {
		youtube_place_drop(place, thread);
	} else {
		thread->pending = false;
	}
	go_on(visit, place, next);
	emit_sorted(back, emit, arg);
	back_free(back);
}

/* --- an answer --------------------------------------------------------- */

/* A document with a list of items; json_free() after CQ_OK. */
static enum cq_status
answer_items(const struct src_visit *visit, const struct src_answer *answer,
    struct src_next *next, struct json *doc, struct cq_err *err)
{
	enum cq_status rc =
	    youtube_error(&src_youtube.limit, answer, next, err);

	*doc = (struct json){0};
	if (rc == CQ_OK)
		rc = answer_json(visit, &src_youtube, answer, false, next, doc,
		    err);
	if (rc == CQ_OK && !cJSON_IsArray(json_member(doc->root, "items"))) {
		json_free(doc);
		rc = answer_not(answer, "a list of comments", err);
	}
	return rc;
}

/* Its thread or its video was closed, or the next page is not known any more. */
static bool
is_lost(const struct src_answer *answer, const struct src_next *next)
{
	return (answer->http == 400 || answer->http == 403 ||
		   answer->http == 404) &&
	    !next->refused && next->wait_s == 0;
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct youtube_place place;
	struct youtube_thread *thread;
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	youtube_place_read(&place, visit->cursor);
	thread = youtube_place_pending(&place);
	rc = answer_items(visit, answer, next, &doc, err);
	if (rc == CQ_OK && thread != NULL) {
		read_replies(visit, doc.root, &place, emit, arg, next);
	} else if (rc == CQ_OK) {
		read_threads(visit, doc.root, &place, emit, arg, next);
	} else if (thread != NULL && is_lost(answer, next)) {
		youtube_place_drop(&place, thread);
		*next = (struct src_next){0};
		go_on(visit, &place, next);
		if (err != NULL)
			*err = (struct cq_err){0};
		rc = CQ_OK;
	}
	json_free(&doc);
	youtube_place_free(&place);
	return rc;
}

/* --- once more --------------------------------------------------------- */

static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	char *base = url_at(visit->source->address, API "/comments");
	struct cq_buf url = {0}, list = {0};
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			cq_buf_char(&list, ',');
		cq_buf_str(&list, ids[i]);
	}
	cq_buf_str(&url, base);
	url_add(&url, "part", "snippet");
	url_add(&url, "id", list.s);
	url_add(&url, "textFormat", "plainText");
	cq_buf_free(&list);
	free(base);
	*req = (struct src_request){.url = cq_buf_take(&url)};
	return src_request_json(req, TOKEN_HEADER, visit->secret, err);
}

static const cJSON *
find_id(const cJSON *items, const char *id)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, items)
	{
		const char *has = json_str(item, "id");

		if (has != NULL && strcmp(has, id) == 0)
			return item;
	}
	return NULL;
}

/* Of a list without any of them nothing can be told. */
static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	const cJSON *items, *item;
	struct json doc;
	enum cq_status rc;
	bool whole = false;
	size_t i;

	*next = (struct src_next){0};
	rc = answer_items(visit, answer, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	items = json_member(doc.root, "items");
	for (i = 0; i < n; i++)
		whole = whole || find_id(items, ids[i]) != NULL;
	whole = whole && json_member(doc.root, "nextPageToken") == NULL;
	for (i = n; i-- > 0;) {
		item = find_id(items, ids[i]);
		if (item != NULL)
			youtube_emit(visit->source, item, NULL, emit, arg);
		else if (whole)
			src_emit_gone(visit->source, ids[i], emit, arg);
	}
	json_free(&doc);
	return CQ_OK;
}

const struct src_ops src_youtube = {
    .name = "youtube",
    .help = "address: https://www.googleapis.com; query: \"channel:ID\" or "
	    "\"video:ID\"",
    .every_s = 300,
    .max_body = HTTP_BODY_JSON,
    .sees_secret = true,
    .check = check,
    .ask = ask,
    .read = read_page,
    .forget = forget,
    .again_max = AGAIN_MAX,
    .ask_again = ask_again,
    .read_again = read_again,
};
