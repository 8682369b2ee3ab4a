#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/answer.h"
#include "sources/x.h"

int64_t
x_time(const cJSON *post)
{
	const char *s = json_str(post, "created_at");
	int64_t at;

	return s != NULL && cq_time_parse(s, &at) && at >= 0 ? at : CQ_NO_TIME;
}

/* --- text ---------------------------------------------------------------- */

/* Three characters come escaped, and no others. */
static void
unescape(char *s)
{
	static const struct {
		const char *from;
		size_t n;
		char to;
	} marks[] = {{"&amp;", 5, '&'}, {"&lt;", 4, '<'}, {"&gt;", 4, '>'}};
	char *out = s;
	size_t i;

	while (*s != '\0') {
		for (i = 0; i < 3; i++)
			if (strncmp(s, marks[i].from, marks[i].n) == 0)
				break;
		*out++ = i < 3 ? marks[i].to : *s;
		s += i < 3 ? marks[i].n : 1;
	}
	*out = '\0';
}

/* In place of each short link stands what it leads to. */
static char *
lengthen(char *text, const cJSON *entities)
{
	const cJSON *urls = json_member(entities, "urls"), *one;
	struct cq_buf out = {0};
	const char *rest = text;

	cJSON_ArrayForEach(one, urls)
	{
		const char *from = src_within(json_str(one, "url"), 200);
		const char *to =
		    src_within(json_str(one, "expanded_url"), 2048);
		const char *found =
		    from == NULL || to == NULL ? NULL : strstr(rest, from);

		if (found == NULL)
			continue;
		cq_buf_add(&out, rest, (size_t)(found - rest));
		cq_buf_str(&out, to);
		rest = found + strlen(from);
	}
	cq_buf_str(&out, rest);
	free(text);
	return cq_buf_take(&out);
}

/* A long post is cut off in "text", and whole in "note_tweet". */
static char *
text_of(const cJSON *post)
{
	const cJSON *note = json_member(post, "note_tweet");
	const cJSON *whole = json_str(note, "text") != NULL ? note : post;
	const char *s = json_str(whole, "text");
	char *text, *fit;

	if (s == NULL)
		return NULL;
	text = cq_strdup(s);
	unescape(text);
	text = lengthen(text, json_member(whole, "entities"));
	fit = src_titled(NULL, text);
	free(text);
	return fit;
}

/* --- who, and to whom ---------------------------------------------------- */

static const cJSON *
user_of(const cJSON *users, const char *id)
{
	const cJSON *user;

	cJSON_ArrayForEach(user, users)
	{
		const char *other = json_str(user, "id");

		if (other != NULL && strcmp(other, id) == 0)
			return user;
	}
	return NULL;
}

static void
take_author(const cJSON *post, const cJSON *users, struct cq_post *out,
    char id[X_ID_SIZE])
{
	const cJSON *user;
	int64_t n;

	if (!x_id(json_str(post, "author_id"), id))
		return;
	user = user_of(users, id);
	out->author = id;
	out->handle = src_within(json_str(user, "username"), CQ_ID_MAX);
	out->author_name = src_within(json_str(user, "name"), CQ_ID_MAX);
	if (json_int(json_member(json_member(user, "public_metrics"),
			 "followers_count"),
		&n) &&
	    n >= 0 && n <= CQ_FOLLOWERS_MAX)
		out->author_followers = n;
}

/* The post that this one refers to in that way. */
static const char *
referenced(const cJSON *post, const char *how, char id[X_ID_SIZE])
{
	const cJSON *list = json_member(post, "referenced_tweets"), *one;

	cJSON_ArrayForEach(one, list)
	{
		const char *type = json_str(one, "type");

		if (type != NULL && strcmp(type, how) == 0 &&
		    x_id(json_str(one, "id"), id))
			return id;
	}
	return NULL;
}

/*
 * Each edit is a post with an id of its own; the first one's stands for all
 * of them.
 */
static void
first_id(const cJSON *post, const char *id, char out[X_ID_SIZE])
{
	const cJSON *all = json_member(post, "edit_history_tweet_ids");
	const cJSON *first = cJSON_IsArray(all) ? all->child : NULL;

	if (!cJSON_IsString(first) || !x_id(first->valuestring, out))
		x_id(id, out);
}

/* "und", "zxx" and those of their own for pictures are no languages. */
static const char *
lang_of(const cJSON *post)
{
	const char *s = json_str(post, "lang");

	return s == NULL || *s == '\0' || *s == 'q' || strlen(s) > 12 ||
		strcmp(s, "und") == 0 || strcmp(s, "zxx") == 0 ||
		strcmp(s, "art") == 0
	    ? NULL
	    : s;
}

void
x_emit(const char *source, const cJSON *post, const cJSON *users,
    src_emit_fn emit, void *arg)
{
	char id[X_ID_SIZE], first[X_ID_SIZE], author[X_ID_SIZE];
	char thread[X_ID_SIZE], parent[X_ID_SIZE], quote[X_ID_SIZE];
	char repost[X_ID_SIZE], *text = text_of(post), *url;
	struct cq_post out = {.source = source,
	    .id = first,
	    .text = text,
	    .network = "x",
	    .lang = lang_of(post),
	    .author_followers = -1,
	    .created_at = x_time(post)};

	if (text == NULL || *text == '\0' || !x_id(json_str(post, "id"), id)) {
		free(text);
		return;
	}
	first_id(post, id, first);
	url = cq_format("https://x.com/i/status/%s", id);
	out.url = url;
	out.uri = url;
	out.in_reply_to = referenced(post, "replied_to", parent);
	out.quote_of = referenced(post, "quoted", quote);
	out.repost_of = referenced(post, "retweeted", repost);
	if (x_id(json_str(post, "conversation_id"), thread))
		out.conversation = thread;
	take_author(post, users, &out, author);
	emit(arg, &out);
	free(url);
	free(text);
}
