#include "sources/github.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/url.h"

bool
github_is_search(const struct cq_source *s)
{
	return s->query != NULL && *s->query != '\0';
}

/* Do its first n bytes end with what and a number, as "/pull/12" does? */
static bool
ends_numbered(const char *url, size_t n, const char *what)
{
	size_t size = strlen(what), end = n;

	while (n > 0 && url[n - 1] >= '0' && url[n - 1] <= '9')
		n--;
	return n < end && end - n <= 18 && n >= size &&
	    strncmp(url + n - size, what, size) == 0;
}

/*
 * "issues/28" of ".../repos/ann/kettle/issues/28", or with the repository in
 * front.  NULL if url is none such; owned.
 */
static char *
issue_of_url(const struct cq_source *s, const char *url)
{
	const char *repo = url == NULL ? NULL : strstr(url, "/repos/");
	const char *issue;

	/* a repository, or its owner, may be called "issues" as well */
	if (repo == NULL || !ends_numbered(repo, strlen(repo), "/issues/") ||
	    strlen(repo) > CQ_ID_MAX / 2)
		return NULL;
	issue = strrchr(repo, '/') - strlen("issues");
	return cq_strdup(github_is_search(s) ? repo + 7 : issue);
}

/* The account of people who left is called ghost, whoever they were. */
static void
take_author(const cJSON *item, struct cq_post *post, char id[24])
{
	const cJSON *user = json_member(item, "user");
	const char *login = src_within(json_str(user, "login"), CQ_ID_MAX);
	const char *type = json_str(user, "type");
	struct json none = {0};
	size_t n;

	if (login == NULL || strcasecmp(login, "ghost") == 0)
		return;
	n = strlen(login);
	post->handle = login;
	post->author = src_within(json_id(&none, user, "id", id), CQ_ID_MAX);
	if (post->author == NULL)
		post->author = login;
	post->bot = (type != NULL && strcmp(type, "Bot") == 0) ||
	    (n > 5 && strcmp(login + n - 5, "[bot]") == 0);
}

/* What the author is to the repository: a stranger, or one of its people. */
static char *
extra_of(const cJSON *item)
{
	const char *is = json_str(item, "author_association");
	bool staff;

	if (is == NULL || *is == '\0' || strlen(is) > 40 ||
	    is[strspn(is, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] != '\0')
		return NULL;
	staff = strcmp(is, "OWNER") == 0 || strcmp(is, "MEMBER") == 0 ||
	    strcmp(is, "COLLABORATOR") == 0;
	return cq_format("{\"author_association\":\"%s\"%s}", is,
	    staff ? ",\"staff\":true" : "");
}

/* github.com is one network, and each other server its own; owned. */
static char *
network_of(const struct cq_source *s)
{
	char *host = url_host(s->address);

	if (host == NULL ||
	    (strcasecmp(host, "github.com") != 0 &&
		strcasecmp(host, "www.github.com") != 0))
		return host;
	free(host);
	return cq_strdup("github");
}

static void
emit_item(const struct cq_source *s, const cJSON *item, bool hidden,
    bool comment, const char *id, const char *issue, src_emit_fn emit,
    void *arg)
{
	const char *at = json_str(item, "created_at");
	char *network = network_of(s), *extra = extra_of(item), user[24];
	char *text = src_titled(comment ? NULL : json_str(item, "title"),
	    json_str(item, "body"));
	struct cq_post post = {.source = s->name,
	    .id = id,
	    .text = text,
	    .network = network,
	    .url = src_within(json_str(item, "html_url"), 2048),
	    .conversation = issue,
	    .in_reply_to = comment ? issue : NULL,
	    .extra = extra,
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME};

	/* some answers to a search hold what each repository is */
	if (hidden ||
	    cJSON_IsTrue(json_member(json_member(item, "repository"),
		"private")))
		post.visibility = CQ_PRIVATE;
	/* a search and a repository's own list give the same issue */
	post.uri = post.url;
	take_author(item, &post, user);
	if (at != NULL && !cq_time_parse(at, &post.created_at))
		post.created_at = CQ_NO_TIME;
	emit(arg, &post);
	free(text);
	free(extra);
	free(network);
}

static bool
is_of_pull_request(const cJSON *item)
{
	const char *url = json_str(item, "html_url");

	return json_member(item, "pull_request") != NULL ||
	    (url != NULL && ends_numbered(url, strcspn(url, "?#"), "/pull/"));
}

void
github_emit_if(const struct cq_source *s, const cJSON *item, bool hidden,
    const char *wanted, src_emit_fn emit, void *arg)
{
	const char *url = json_str(item, "url");
	bool comment =
	    url != NULL && ends_numbered(url, strlen(url), "/issues/comments/");
	char *issue, *id;
	int64_t number;

	if (is_of_pull_request(item))
		return;
	issue = issue_of_url(s, comment ? json_str(item, "issue_url") : url);
	if (!comment)
		id = cq_strdup(issue);
	else if (json_int(json_member(item, "id"), &number))
		id = cq_format("comments/%lld", (long long)number);
	else
		id = NULL;
	if (id != NULL && (wanted == NULL || strcmp(id, wanted) == 0))
		emit_item(s, item, hidden, comment, id, issue, emit, arg);
	free(id);
	free(issue);
}

void
github_emit(const struct cq_source *s, const cJSON *item, bool hidden,
    src_emit_fn emit, void *arg)
{
	github_emit_if(s, item, hidden, NULL, emit, arg);
}
