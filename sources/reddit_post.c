#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "core/text.h"
#include "sources/answer.h"
#include "sources/reddit.h"

#define PAGES "https://www.reddit.com"
#define DIGITS "0123456789abcdefghijklmnopqrstuvwxyz"
#define TIME_MAX 253402300799.0 /* the year 9999 */

bool
reddit_is_id(const char *id)
{
	size_t n = strlen(id);

	return n > 3 && n <= 24 && id[0] == 't' &&
	    (id[1] == '1' || id[1] == '3') && id[2] == '_' &&
	    id[3 + strspn(id + 3, DIGITS)] == '\0';
}

/* Times are numbers with a fraction. */
int64_t
reddit_time(const cJSON *child)
{
	const cJSON *at =
	    json_member(json_member(child, "data"), "created_utc");

	if (!cJSON_IsNumber(at) || !(at->valuedouble >= 0) ||
	    at->valuedouble > TIME_MAX)
		return CQ_NO_TIME;
	return (int64_t)at->valuedouble;
}

static const char *
id_of(const cJSON *data, const char *name)
{
	const char *id = json_str(data, name);

	return id != NULL && reddit_is_id(id) ? id : NULL;
}

static bool
is_one_of(const char *s, const char *const *list)
{
	for (; s != NULL && *list != NULL; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

/*
 * What was taken away stays in its place with other words.  An author who
 * is "[deleted]" only closed the account; the words stay.
 */
static bool
is_gone(const cJSON *data, const char *words)
{
	static const char *const marks[] = {
	    "[deleted]", "[removed]", "[ Removed by Reddit ]", NULL};
	const char *by = json_str(data, "removed_by_category");

	return is_one_of(words, marks) || (by != NULL && *by != '\0');
}

/* A picture or a link has its address in place of words. */
static const char *
link_of(const cJSON *data)
{
	const char *url = json_str(data, "url_overridden_by_dest");

	if (cJSON_IsTrue(json_member(data, "is_self")))
		return NULL;
	if (url == NULL)
		url = json_str(data, "url");
	return url != NULL && strncmp(url, "http", 4) == 0 ? url : NULL;
}

/* Of a post that shares another one, the shared words. */
static const char *
shared_words(const cJSON *data)
{
	const cJSON *list = json_member(data, "crosspost_parent_list");
	const cJSON *first = cJSON_IsArray(list) ? list->child : NULL;
	const char *words = json_str(first, "selftext");

	return words != NULL && !is_gone(first, words) ? words : NULL;
}

static char *
text_of(const cJSON *data, bool comment)
{
	const char *words = json_str(data, comment ? "body" : "selftext");

	if (!comment && (words == NULL || *words == '\0'))
		words = shared_words(data);
	if (!comment && (words == NULL || *words == '\0'))
		words = link_of(data);
	return src_titled(comment ? NULL : json_str(data, "title"), words);
}

/* A mention has its address, with a question behind it, as "context". */
static char *
url_of(const cJSON *data)
{
	const char *path = json_str(data, "permalink");

	if (path == NULL)
		path = json_str(data, "context");
	if (src_within(path, 1000) == NULL || *path != '/' ||
	    strpbrk(path, " \r\n\t\"<>") != NULL)
		return NULL;
	return cq_format(PAGES "%.*s", (int)strcspn(path, "?#"), path);
}

/* The post below which a comment stands: named, or in its address. */
static char *
thread_of(const cJSON *data, const char *url)
{
	const char *id = id_of(data, "link_id");
	char *thread;

	if (id != NULL)
		return cq_strdup(id);
	url = url == NULL ? NULL : strstr(url, "/comments/");
	if (url == NULL)
		return NULL;
	url += 10;
	thread = cq_format("t3_%.*s", (int)strcspn(url, "/"), url);
	if (reddit_is_id(thread))
		return thread;
	free(thread);
	return NULL;
}

static void
take_author(const cJSON *data, struct cq_post *post)
{
	const char *name = src_within(json_str(data, "author"), CQ_ID_MAX);

	if (name == NULL || cq_author_is_anybody(name))
		return;
	post->handle = name;
	post->author = src_within(json_str(data, "author_fullname"), CQ_ID_MAX);
	if (post->author == NULL)
		post->author = name;
	post->bot = strcmp(name, "AutoModerator") == 0;
}

/* Where it was said. */
static char *
extra_of(const cJSON *data)
{
	const char *sub = src_within(json_str(data, "subreddit"), 100);
	struct cq_buf b = {0};

	if (sub == NULL)
		return NULL;
	cq_buf_str(&b, "{\"subreddit\":");
	json_add_str(&b, sub);
	cq_buf_char(&b, '}');
	return cq_buf_take(&b);
}

/* In "restricted" ones and the like not all may write, but all may read. */
static enum cq_visibility
visibility_of(const cJSON *data)
{
	static const char *const open[] = {"public", "restricted", "archived",
	    "gold_restricted", "user", NULL};
	const char *type = json_str(data, "subreddit_type");

	return type == NULL || is_one_of(type, open) ? CQ_PUBLIC : CQ_PRIVATE;
}

static void
emit_here(const char *source, const cJSON *child, const char *id,
    src_emit_fn emit, void *arg)
{
	const cJSON *data = json_member(child, "data");
	bool comment = id[1] == '1';
	char *text = text_of(data, comment), *url = url_of(data);
	char *thread = comment ? thread_of(data, url) : cq_strdup(id);
	char *extra = extra_of(data);
	struct cq_post post = {.source = source,
	    .id = id,
	    .text = text,
	    .network = "reddit",
	    .url = url,
	    .uri = url,
	    .conversation = thread,
	    .in_reply_to = comment ? id_of(data, "parent_id") : NULL,
	    .repost_of = comment ? NULL : id_of(data, "crosspost_parent"),
	    .extra = extra,
	    .author_followers = -1,
	    .created_at = reddit_time(child),
	    .visibility = visibility_of(data)};

	take_author(data, &post);
	if (*text != '\0')
		emit(arg, &post);
	free(text);
	free(url);
	free(thread);
	free(extra);
}

void
reddit_emit(const char *source, const cJSON *child, src_emit_fn emit, void *arg)
{
	const cJSON *data = json_member(child, "data");
	const char *id = id_of(data, "name");
	struct cq_post gone = {.source = source,
	    .id = id,
	    .gone = true,
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME};

	if (id == NULL)
		return;
	if (is_gone(data, json_str(data, id[1] == '1' ? "body" : "selftext")))
		emit(arg, &gone);
	else
		emit_here(source, child, id, emit, arg);
}
