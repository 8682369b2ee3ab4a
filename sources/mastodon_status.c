#include "sources/mastodon.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/when.h"
#include "sources/answer.h"
#include "sources/html.h"
#include "sources/url.h"

/* One status, as a post: https://docs.joinmastodon.org/entities/Status/ */

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
	return src_text(&text);
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

/* What nobody here knows by name is not taken for public. */
static enum cq_visibility
visibility(const cJSON *status)
{
	const cJSON *said = json_member(status, "visibility");
	const char *v = cJSON_GetStringValue(said);

	if (said == NULL)
		return CQ_PUBLIC;
	if (v == NULL)
		return CQ_PRIVATE;
	if (strcmp(v, "public") == 0)
		return CQ_PUBLIC;
	if (strcmp(v, "unlisted") == 0)
		return CQ_UNLISTED;
	return strcmp(v, "direct") == 0 ? CQ_DIRECT : CQ_PRIVATE;
}

bool
mastodon_has_id(const struct json *doc, const cJSON *item, const char *id)
{
	char buf[24];
	const char *has = json_id(doc, item, "id", buf);

	return has != NULL && strcmp(has, id) == 0;
}

const cJSON *
mastodon_find(const struct json *doc, const cJSON *items, const char *id)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, items)
	{
		if (mastodon_has_id(doc, item, id))
			return item;
	}
	return NULL;
}

void
mastodon_emit(const struct cq_source *s, const struct json *doc,
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

	post.id = src_within(json_id(doc, status, "id", id), CQ_ID_MAX);
	if (post.id == NULL || !cJSON_IsObject(account))
		return;
	post.visibility = visibility(inner != NULL ? inner : status);
	post.bot = cJSON_IsTrue(json_member(account, "bot"));
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
	post.in_reply_to =
	    src_within(json_id(doc, status, "in_reply_to_id", parent),
		CQ_ID_MAX);
	if (inner != NULL)
		post.repost_of =
		    src_within(json_id(doc, inner, "id", boosted), CQ_ID_MAX);
	post.quote_of =
	    src_within(quoted(doc, inner != NULL ? inner : status, cited),
		CQ_ID_MAX);
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

void
mastodon_emit_past(const struct cq_source *s, const char *id,
    const cJSON *version, src_emit_fn emit, void *arg)
{
	const char *since = json_str(version, "created_at");
	struct cq_post post = {.source = s->name,
	    .id = id,
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME};
	char *text;

	if (since == NULL || !cq_time_parse(since, &post.past_at) ||
	    post.past_at <= 0)
		return;
	text = status_text(version);
	post.text = text;
	emit(arg, &post);
	free(text);
}
