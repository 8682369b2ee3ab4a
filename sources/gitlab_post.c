#include "sources/gitlab.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/url.h"

int64_t
gitlab_number(const cJSON *item, const char *name)
{
	int64_t n;

	return json_int(json_member(item, name), &n) && n > 0 ? n : 0;
}

static bool
is_true(const cJSON *item, const char *name)
{
	return cJSON_IsTrue(json_member(item, name));
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Tokens of a project or a group write as "project_12_bot_3fab". */
static bool
is_bot(const char *name)
{
	return ((begins(name, "project_") || begins(name, "group_")) &&
		   strstr(name, "_bot") != NULL) ||
	    begins(name, "service_account_") ||
	    strcmp(name, "alert-bot") == 0 || strcmp(name, "gitlab-bot") == 0;
}

/*
 * Who left is called ghost, whoever it was; and mail that customers sent to
 * the service desk comes from support-bot, whoever they were.
 */
static void
take_author(const cJSON *item, struct cq_post *post, char id[24])
{
	const cJSON *author = json_member(item, "author");
	const char *name = src_within(json_str(author, "username"), CQ_ID_MAX);
	struct json none = {0};

	if (name == NULL || strcasecmp(name, "ghost") == 0 ||
	    strcmp(name, "support-bot") == 0)
		return;
	post->handle = name;
	post->author_name = src_within(json_str(author, "name"), 1000);
	post->author = src_within(json_id(&none, author, "id", id), CQ_ID_MAX);
	if (post->author == NULL)
		post->author = name;
	post->bot = is_bot(name);
}

/* gitlab.com is one network, and each other server its own; owned. */
static char *
network_of(const struct cq_source *s)
{
	char *host = url_host(s->address);

	if (host == NULL || strcasecmp(host, "gitlab.com") != 0)
		return host;
	free(host);
	return cq_strdup("gitlab");
}

/* The rest is filled in by the caller: id, url, text, where it stands. */
static void
emit_post(const struct cq_source *s, const cJSON *item, struct cq_post *post,
    src_emit_fn emit, void *arg)
{
	const char *at = json_str(item, "created_at");
	char *network = network_of(s), user[24];

	post->source = s->name;
	post->network = network;
	post->author_followers = -1;
	if (at == NULL || !cq_time_parse(at, &post->created_at))
		post->created_at = CQ_NO_TIME;
	take_author(item, post, user);
	emit(arg, post);
	free(network);
}

bool
gitlab_emit_issue(const struct cq_source *s, const cJSON *item, bool hidden,
    src_emit_fn emit, void *arg)
{
	int64_t iid = gitlab_number(item, "iid");
	struct cq_post post = {0};
	char *id, *text;

	if (iid == 0)
		return false;
	id = cq_format("issues/%lld", (long long)iid);
	text =
	    src_titled(json_str(item, "title"), json_str(item, "description"));
	post.id = post.conversation = id;
	post.text = text;
	post.url = src_within(json_str(item, "web_url"), 2048);
	if (hidden || is_true(item, "confidential"))
		post.visibility = CQ_PRIVATE;
	emit_post(s, item, &post, emit, arg);
	free(text);
	free(id);
	return true;
}

/* The page of an issue, known from the project's; owned, or NULL. */
static char *
page_of(const struct cq_source *s, int64_t iid, int64_t note)
{
	char *path, *url;

	if (strstr(s->address, "/api/v4/") != NULL)
		return NULL;
	path = cq_format("/-/issues/%lld#note_%lld", (long long)iid,
	    (long long)note);
	url = url_at(s->address, path);
	free(path);
	return url;
}

void
gitlab_emit_note(const struct cq_source *s, const struct gitlab_issue *issue,
    const cJSON *item, src_emit_fn emit, void *arg)
{
	int64_t note = gitlab_number(item, "id");
	struct cq_post post = {0};
	char *id, *parent, *text, *url;

	if (note == 0 || is_true(item, "system"))
		return;
	parent = cq_format("issues/%lld", (long long)issue->iid);
	id = cq_format("%s/notes/%lld", parent, (long long)note);
	text = src_titled(NULL, json_str(item, "body"));
	url = page_of(s, issue->iid, note);
	post.id = id;
	post.conversation = post.in_reply_to = parent;
	post.text = text;
	post.url = src_within(url, 2048);
	if (issue->confidential || is_true(item, "internal") ||
	    is_true(item, "confidential"))
		post.visibility = CQ_PRIVATE;
	emit_post(s, item, &post, emit, arg);
	free(url);
	free(text);
	free(id);
	free(parent);
}
