#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/url.h"
#include "sources/youtube.h"
#include "sources/zone.h"

/* --- a comment --------------------------------------------------------- */

int64_t
youtube_time(const cJSON *comment)
{
	const char *published =
	    json_str(json_member(comment, "snippet"), "publishedAt");
	int64_t at;

	return published != NULL && cq_time_parse(published, &at) ? at
								  : CQ_NO_TIME;
}

/* "https://www.youtube.com/watch?v=VIDEO&lc=COMMENT" */
static char *
url_of(const char *video, const char *id)
{
	struct cq_buf url = {0};

	cq_buf_str(&url, "https://www.youtube.com/watch");
	url_add(&url, "v", video);
	url_add(&url, "lc", id);
	return cq_buf_take(&url);
}

/*
 * The words as they were typed are given to their author only, in theory;
 * else as they are shown, for which plain text was asked.
 */
static const char *
words_of(const cJSON *snippet)
{
	const char *typed = json_str(snippet, "textOriginal");

	return typed != NULL && *typed != '\0'
	    ? typed
	    : json_str(snippet, "textDisplay");
}

void
youtube_emit(const struct cq_source *s, const cJSON *comment, const char *video,
    src_emit_fn emit, void *arg)
{
	const cJSON *snippet = json_member(comment, "snippet");
	const char *name = json_str(snippet, "authorDisplayName");
	const char *words = words_of(snippet);
	const char *own = src_within(json_str(snippet, "videoId"), CQ_ID_MAX);
	struct cq_post post = {.source = s->name,
	    .network = "youtube",
	    .author_followers = -1,
	    .created_at = youtube_time(comment)};
	char *text, *url;

	post.id = src_within(json_str(comment, "id"), CQ_ID_MAX);
	if (post.id == NULL || words == NULL || *words == '\0')
		return;
	post.in_reply_to = src_within(json_str(snippet, "parentId"), CQ_ID_MAX);
	post.conversation =
	    post.in_reply_to == NULL ? post.id : post.in_reply_to;
	post.author =
	    src_within(json_str(json_member(snippet, "authorChannelId"),
			   "value"),
		CQ_ID_MAX);
	post.author_name = src_within(name, CQ_ID_MAX);
	if (post.author_name != NULL && *post.author_name == '@')
		post.handle = post.author_name;
	if (post.author == NULL)
		post.author = post.author_name;
	if (own != NULL)
		video = own;
	text = src_titled(NULL, words);
	url = video == NULL ? NULL : url_of(video, post.id);
	post.text = text;
	post.url = url;
	emit(arg, &post);
	free(url);
	free(text);
}

/* --- errors ------------------------------------------------------------ */

enum kind { NOTHING, SPENT, EAGER, KEY, OFF, RESTRICTED, CLOSED, UNKNOWN };

static enum kind
kind_of_word(const char *word)
{
	static const struct {
		const char *word;
		enum kind kind;
	} words[] = {
	    {"quotaExceeded", SPENT},
	    {"dailyLimitExceeded", SPENT},
	    {"rateLimitExceeded", EAGER},
	    {"userRateLimitExceeded", EAGER},
	    {"RATE_LIMIT_EXCEEDED", EAGER},
	    {"keyInvalid", KEY},
	    {"keyExpired", KEY},
	    {"API_KEY_INVALID", KEY},
	    {"accessNotConfigured", OFF},
	    {"SERVICE_DISABLED", OFF},
	    {"API_KEY_SERVICE_BLOCKED", OFF},
	    {"ipRefererBlocked", RESTRICTED},
	    {"API_KEY_IP_ADDRESS_BLOCKED", RESTRICTED},
	    {"API_KEY_HTTP_REFERRER_BLOCKED", RESTRICTED},
	    {"commentsDisabled", CLOSED},
	    {"forbidden", CLOSED},
	    {"videoNotFound", UNKNOWN},
	    {"channelNotFound", UNKNOWN},
	};
	size_t i;

	for (i = 0; word != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].kind;
	return NOTHING;
}

/* Newer parts of the service say it in "details", older in "errors". */
static enum kind
kind_of_list(const cJSON *list)
{
	const cJSON *item;
	enum kind kind = NOTHING;

	cJSON_ArrayForEach(item, list)
	{
		if (kind == NOTHING)
			kind = kind_of_word(json_str(item, "reason"));
	}
	return kind;
}

static enum kind
kind_of(const struct src_answer *answer)
{
	const cJSON *error;
	struct json doc;
	enum kind kind;

	if (answer->http < 400 || answer->http >= 500 ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return NOTHING;
	error = json_member(doc.root, "error");
	kind = kind_of_list(json_member(error, "details"));
	if (kind == NOTHING)
		kind = kind_of_list(json_member(error, "errors"));
	json_free(&doc);
	return kind;
}

/* A day's questions are counted anew at midnight in California. */
static int64_t
until_midnight_s(int64_t now)
{
	struct zone zone;
	struct tm tm;

	if (!zone_parse("PST8PDT,M3.2.0,M11.1.0", &zone) ||
	    !zone_to_local(&zone, now, &tm))
		return 3600;
	return 24 * 3600 - (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
}

static enum cq_status
refuse_key(struct src_next *next, struct cq_err *err, const char *why)
{
	next->pause = true;
	next->refused = true;
	return cq_fail(err, CQ_NET, "YouTube refuses the API key: %s", why);
}

enum cq_status
youtube_error(const struct src_limit *limit, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	switch (kind_of(answer)) {
	case SPENT:
		next->wait_s = until_midnight_s(answer->now);
		return cq_fail(err, CQ_NET,
		    "today's quota of this API key is used up: it will be "
		    "asked again after midnight in California");
	case EAGER:
		next->wait_s = answer_wait_s(limit, answer);
		if (next->wait_s == 0)
			next->wait_s = 60;
		return cq_fail(err, CQ_NET,
		    "YouTube asks for patience (%d): it will be asked again "
		    "later",
		    answer->http);
	case KEY:
		return refuse_key(next, err,
		    "make a new one and put it in the token file");
	case OFF:
		return refuse_key(next, err,
		    "enable the YouTube Data API v3 in its project, and allow "
		    "the key to use it");
	case RESTRICTED:
		return refuse_key(next, err,
		    "it may not be used from this machine; change its "
		    "restrictions");
	case CLOSED:
		next->pause = true;
		return cq_fail(err, CQ_NET,
		    "comments are turned off there, or not public: resume the "
		    "source once they are");
	case UNKNOWN:
		return cq_fail(err, CQ_NET,
		    "YouTube knows no such channel or video (%d): check the "
		    "query",
		    answer->http);
	case NOTHING:
		break;
	}
	return CQ_OK;
}
