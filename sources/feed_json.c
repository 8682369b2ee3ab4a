#include "sources/feed_json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/answer.h"
#include "sources/dates.h"
#include "sources/feed_bytes.h"
#include "sources/html.h"
#include "sources/json.h"
#include "sources/url.h"

struct json_feed {
	struct json json;
	const cJSON **at; /* its items */
	char *base;
};

bool
feed_is_json(const struct src_answer *answer)
{
	size_t i = 0;

	if (answer->n >= 3 && memcmp(answer->body, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < answer->n && isspace((unsigned char)answer->body[i]))
		i++;
	return i < answer->n &&
	    (answer->body[i] == '{' || answer->body[i] == '[');
}

static void
take_author(const cJSON *item, struct feed_item *to)
{
	const cJSON *author =
	    cJSON_GetArrayItem(json_member(item, "authors"), 0);

	if (author == NULL)
		author = json_member(item, "author");
	feed_take_author(to, cq_strdup(json_str(author, "url")),
	    cq_strdup(json_str(author, "name")));
}

static void
take_text(const cJSON *item, const char *base, struct feed_item *to)
{
	const char *html = json_str(item, "content_html");
	const char *text = json_str(item, "content_text");

	if (html == NULL && text == NULL)
		text = json_str(item, "summary");
	if (text != NULL)
		to->text = feed_none_if_empty(feed_plain(text));
	if (to->text == NULL && html != NULL)
		to->text =
		    feed_none_if_empty(html_text(html, strlen(html), base));
}

static void
load(struct feed *feed, size_t i, bool whole, struct feed_item *to)
{
	const struct json_feed *doc = feed->doc;
	const cJSON *item = doc->at[i];
	const char *link = json_str(item, "url");
	const char *title = json_str(item, "title");
	char id[24];

	to->guid = cq_strdup(json_id(&doc->json, item, "id", id));
	if (link == NULL)
		link = json_str(item, "external_url");
	to->link = feed_link(doc->base, link);
	if (title != NULL)
		to->title = feed_none_if_empty(feed_plain(title));
	if (whole || to->title == NULL)
		take_text(item, doc->base, to);
	take_author(item, to);
	if (to->author_name == NULL && to->author == NULL)
		take_author(doc->json.root, to);
	to->lang = cq_strdup(json_str(item, "language"));
	if (!date_parse(json_str(item, "date_published"), &to->at) &&
	    !date_parse(json_str(item, "date_modified"), &to->at))
		to->at = CQ_NO_TIME;
}

/* --- RSS as JSON: its elements by name, no namespaces ------------------- */

/* An element's text, also of one that has attributes. */
static const char *
element(const cJSON *item, const char *name)
{
	const char *text = json_str(item, name);

	return text != NULL ? text
			    : json_str(json_member(item, name), "#value");
}

static void
load_rss(struct feed *feed, size_t i, bool whole, struct feed_item *to)
{
	const struct json_feed *doc = feed->doc;
	const cJSON *item = doc->at[i];
	const char *title = element(item, "title");
	const char *text = element(item, "description");

	to->guid = cq_strdup(element(item, "guid"));
	to->link = feed_link(doc->base, element(item, "link"));
	if (title != NULL)
		to->title = feed_none_if_empty(feed_text(title, doc->base));
	if (text != NULL && (whole || to->title == NULL))
		to->text = feed_none_if_empty(feed_text(text, doc->base));
	feed_take_author(to, NULL, cq_strdup(element(item, "author")));
	if (!date_parse(element(item, "pubDate"), &to->at))
		to->at = CQ_NO_TIME;
}

/* --- a document -------------------------------------------------------- */

static void
close_feed(struct feed *feed)
{
	struct json_feed *doc = feed->doc;

	json_free(&doc->json);
	free(doc->at);
	free(doc->base);
	free(doc);
}

/* An RSS channel with one item may have it without an array around it. */
static void
take_items(struct feed *feed, const cJSON *items)
{
	struct json_feed *doc = feed->doc;
	size_t n = (size_t)cJSON_GetArraySize(items);
	const cJSON *item;

	doc->at = cq_grow(NULL, n + 1, sizeof(*doc->at));
	if (cJSON_IsObject(items)) {
		doc->at[feed->n++] = items;
		return;
	}
	cJSON_ArrayForEach(item, items) if (cJSON_IsObject(item))
	    doc->at[feed->n++] = item;
}

/* What holds the items; NULL if this is no feed. */
static const cJSON *
channel_of(struct feed *feed, const char **link)
{
	const struct json_feed *doc = feed->doc;
	const cJSON *rss =
	    json_member(json_member(doc->json.root, "rss"), "channel");

	if (cJSON_IsArray(json_member(doc->json.root, "items"))) {
		*link = json_str(doc->json.root, "home_page_url");
		take_items(feed, json_member(doc->json.root, "items"));
		return doc->json.root;
	}
	if (!cJSON_IsObject(rss))
		return NULL;
	feed->load = load_rss;
	*link = json_str(rss, "link");
	take_items(feed, json_member(rss, "item"));
	return rss;
}

enum cq_status
feed_json(const struct src_answer *answer, struct feed *feed,
    struct cq_err *err)
{
	static const struct json_limits limits = {
	    .bytes = FEED_OTHER_MAX, .values = 200000};
	struct json_feed *doc = cq_alloc(sizeof(*doc));
	const cJSON *channel;
	const char *link = NULL;

	*feed = (struct feed){.load = load, .close = close_feed, .doc = doc};
	if (answer->n > FEED_OTHER_MAX) {
		feed_free(feed);
		return cq_fail(err, CQ_NET,
		    "this JSON feed is longer than %d MiB: not read",
		    FEED_OTHER_MAX / 1024 / 1024);
	}
	json_read(answer->body, answer->n, &limits, &doc->json, NULL);
	channel = channel_of(feed, &link);
	if (channel == NULL) {
		feed_free(feed);
		return answer_not(answer, "a feed", err);
	}
	doc->base = url_join(answer->url, link);
	if (doc->base == NULL)
		doc->base = cq_strdup(answer->url);
	feed->lang = cq_strdup(json_str(channel, "language"));
	return CQ_OK;
}
