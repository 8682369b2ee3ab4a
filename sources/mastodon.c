#include "sources/adapters.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "core/when.h"
#include "sources/answer.h"
#include "sources/html.h"
#include "sources/http.h"
#include "sources/json.h"
#include "sources/url.h"

/*
 * The client API of Mastodon, which GoToSocial, Pleroma and others speak
 * too.  Two things can be listened for: a hashtag, and mentions of the
 * token's account.
 *
 * The cursor is the id of the newest item seen, sent back as min_id.
 * (since_id would skip items when more than one page is new.)  For mentions
 * that is the id of the notification, not of its status.
 *
 * Private and direct posts are left out: what was said to few must not be
 * worked as if it were public.
 */

#define MENTIONS "mentions"
#define TAG_MAX 200 /* bytes */

static bool
is_tag(const char *query)
{
	size_t n = strlen(query);

	return *query == '#' && n >= 2 && n <= TAG_MAX &&
	    strpbrk(query + 1, "# /?&%\t\r\n") == NULL &&
	    cq_utf8_valid(query, n);
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	const char *path;

	if (rc != CQ_OK)
		return rc;
	path = strchr(strstr(s->address, "://") + 3, '/');
	if ((path != NULL && path[1] != '\0') ||
	    strpbrk(s->address, "?#") != NULL)
		return cq_fail(err, CQ_INPUT,
		    "give the address of the instance alone, such as "
		    "https://mastodon.social");
	if (s->query != NULL && strcmp(s->query, MENTIONS) == 0) {
		if (s->token_file == NULL)
			return cq_fail(err, CQ_INPUT,
			    "mentions need a token file: they are those of "
			    "its account");
		return CQ_OK;
	}
	if (s->query == NULL || !is_tag(s->query))
		return cq_fail(err, CQ_INPUT,
		    "the query says what to listen for: \"#tag\" or "
		    "\"mentions\"");
	return CQ_OK;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	const char *cursor = visit->cursor;
	size_t n = strlen(s->address);
	struct cq_buf url = {0};
	char *part;

	*req = (struct src_request){.token = s->token_file != NULL};
	while (n > 0 && s->address[n - 1] == '/')
		n--;
	cq_buf_add(&url, s->address, n);
	if (strcmp(s->query, MENTIONS) == 0) {
		cq_buf_str(&url,
		    "/api/v1/notifications?types%5B%5D=mention&limit=40");
	} else {
		part = url_escape(s->query + 1);
		cq_buf_fmt(&url, "/api/v1/timelines/tag/%s?limit=40", part);
		free(part);
	}
	if (*cursor != '\0') {
		part = url_escape(cursor);
		cq_buf_fmt(&url, "&min_id=%s", part);
		free(part);
	}
	req->url = cq_buf_take(&url);
	return src_request_header(req, "Accept", "application/json", err);
}

/* --- one status -------------------------------------------------------- */

/* Pictures speak through their descriptions when there are no words. */
static void
add_media(const cJSON *status, struct cq_buf *text)
{
	const cJSON *media = json_member(status, "media_attachments"), *one;

	cJSON_ArrayForEach(one, media)
	{
		const char *type = json_str(one, "type");
		const char *words = json_str(one, "description");

		if (text->n > 0)
			cq_buf_char(text, '\n');
		cq_buf_fmt(text, "[%s%s%s]", type == NULL ? "attachment" : type,
		    words == NULL || *words == '\0' ? "" : ": ",
		    words == NULL ? "" : words);
	}
}

static char *
status_text(const cJSON *status)
{
	const char *content = json_str(status, "content");
	const char *warning = json_str(status, "spoiler_text");
	struct cq_buf text = {0};
	char *plain;

	if (warning != NULL && *warning != '\0')
		cq_buf_fmt(&text, "[CW: %s] ", warning);
	if (content != NULL) {
		plain = html_text(content, strlen(content), NULL);
		cq_buf_str(&text, plain);
		if (*plain == '\0')
			add_media(status, &text);
		free(plain);
	}
	return cq_buf_take(&text);
}

/* "alice" on her own server is "alice@her.server" everywhere. */
static char *
global_handle(const struct cq_source *s, const cJSON *account)
{
	const char *acct = json_str(account, "acct");
	char *host, *handle;

	if (acct == NULL || *acct == '\0')
		return NULL;
	if (strchr(acct, '@') != NULL)
		return cq_strdup(acct);
	host = url_host(json_str(account, "url"));
	if (host == NULL)
		host = url_host(s->address);
	handle = cq_format("%s@%s", acct, host == NULL ? "" : host);
	free(host);
	return handle;
}

static const char *
quoted(const struct json *doc, const cJSON *status, char buf[24])
{
	const cJSON *quote = json_member(status, "quote");
	const cJSON *inner = json_member(quote, "quoted_status");

	return inner != NULL ? json_id(doc, inner, "id", buf)
			     : json_id(doc, quote, "quoted_status_id", buf);
}

static bool
is_public(const cJSON *status)
{
	const char *v = json_str(status, "visibility");

	return v == NULL || strcmp(v, "public") == 0 ||
	    strcmp(v, "unlisted") == 0;
}

static void
emit_status(const struct cq_source *s, const struct json *doc,
    const cJSON *status, src_emit_fn emit, void *arg)
{
	const cJSON *inner = json_member(status, "reblog");
	const cJSON *account = json_member(status, "account");
	char id[24], parent[24], boosted[24], cited[24];
	char *handle, *text;
	struct cq_post post = {.source = s->name,
	    .network = "mastodon",
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME};

	post.id = json_id(doc, status, "id", id);
	if (post.id == NULL || !cJSON_IsObject(account) || !is_public(status) ||
	    (inner != NULL && !is_public(inner)))
		return;
	handle = global_handle(s, account);
	text = status_text(inner != NULL ? inner : status);
	post.text = text;
	post.handle = src_within(handle, CQ_ID_MAX);
	post.author = src_within(json_str(account, "url"), CQ_ID_MAX);
	if (post.author == NULL)
		post.author = post.handle;
	post.author_name = src_within(json_str(account, "display_name"), 1000);
	/* that of a boost is no page for people */
	post.url =
	    src_within(json_str(inner != NULL ? inner : status, "url"), 2048);
	post.uri = src_within(json_str(status, "uri"), 2048);
	post.lang = src_within(json_str(status, "language"), 35);
	post.in_reply_to = json_id(doc, status, "in_reply_to_id", parent);
	if (inner != NULL)
		post.repost_of = json_id(doc, inner, "id", boosted);
	post.quote_of = quoted(doc, inner != NULL ? inner : status, cited);
	json_int(json_member(account, "followers_count"),
	    &post.author_followers);
	/* a server that tells nonsense must not lose us the post */
	if (post.author_followers < -1 ||
	    post.author_followers > CQ_FOLLOWERS_MAX)
		post.author_followers = -1;
	if (json_str(status, "created_at") != NULL &&
	    !cq_time_parse(json_str(status, "created_at"), &post.created_at))
		post.created_at = CQ_NO_TIME;
	emit(arg, &post);
	free(text);
	free(handle);
}

/* --- a page ------------------------------------------------------------ */

/* The page is newest first; so walk it from its end. */
static void
emit_page(const struct cq_source *s, const struct json *doc, src_emit_fn emit,
    void *arg)
{
	bool mentions = strcmp(s->query, MENTIONS) == 0;
	const cJSON *first = doc->root->child, *item;

	/* the first one's prev is the last one */
	for (item = first == NULL ? NULL : first->prev; item != NULL;
	     item = item == first ? NULL : item->prev) {
		const char *type = json_str(item, "type");
		const cJSON *status = item;

		if (mentions) {
			if (type == NULL || strcmp(type, "mention") != 0)
				continue;
			status = json_member(item, "status");
		}
		if (cJSON_IsObject(status))
			emit_status(s, doc, status, emit, arg);
	}
}

/* The min_id in the Link with rel="prev", if that stays on this server. */
static char *
min_id_of_link(const struct cq_source *s, const struct src_answer *answer)
{
	const char *link = answer->header(answer, "Link");
	char *min_id = NULL;

	while (link != NULL && (link = strchr(link, '<')) != NULL) {
		size_t n = strcspn(++link, ">");
		size_t rest = strcspn(link + n, ",");
		char *url = cq_strndup(link, n);
		char *params = cq_strndup(link + n, rest);

		if ((strstr(params, "rel=\"prev\"") != NULL ||
			strstr(params, "rel=prev") != NULL) &&
		    url_same_origin(url, s->address) && min_id == NULL)
			min_id = url_query(url, "min_id");
		free(url);
		free(params);
		link += n + rest;
	}
	if (min_id != NULL &&
	    (strlen(min_id) > CQ_ID_MAX ||
		!cq_utf8_valid(min_id, strlen(min_id)))) {
		free(min_id);
		min_id = NULL;
	}
	return min_id;
}

static void
go_on(const struct cq_source *s, const char *cursor,
    const struct src_answer *answer, const struct json *doc,
    struct src_next *next)
{
	char buf[24];
	const char *newest;

	if (doc->root->child == NULL)
		return; /* an empty page: all has been seen */
	next->cursor = min_id_of_link(s, answer);
	if (next->cursor == NULL) {
		newest = json_id(doc, doc->root->child, "id", buf);
		next->cursor = cq_strdup(newest);
	}
	/* the first page ever is not followed into the past */
	next->more = *cursor != '\0' && next->cursor != NULL &&
	    strcmp(next->cursor, cursor) != 0;
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	rc = answer_json(visit, &src_mastodon, answer, true, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	emit_page(visit->source, &doc, emit, arg);
	go_on(visit->source, visit->cursor, answer, &doc, next);
	json_free(&doc);
	return CQ_OK;
}

const struct src_ops src_mastodon = {
    .name = "mastodon",
    .help = "address: the instance; query: \"#tag\", or \"mentions\" of the "
	    "token's account",
    .every_s = 60,
    .max_body = HTTP_BODY_JSON,
    .limit = {"X-RateLimit-Remaining", "X-RateLimit-Reset", SRC_RESET_TIME},
    .check = check,
    .ask = ask,
    .read = read_page,
};
