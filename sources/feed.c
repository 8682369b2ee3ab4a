#include "sources/adapters.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/answer.h"
#include "sources/dates.h"
#include "sources/feed_item.h"
#include "sources/feed_xml.h"
#include "sources/html.h"
#include "sources/http.h"
#include "sources/json.h"
#include "sources/url.h"

/*
 * RSS, Atom and JSON Feed.  The cursor holds what the server said of the
 * answer, sent back exactly as it came so that it can say "not modified":
 * "E" and the ETag, a line feed, "M" and the Last-Modified.
 */

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	if (s->query != NULL && *s->query != '\0')
		return cq_fail(err, CQ_INPUT,
		    "a feed takes no query: its address says it all");
	return url_check(s->address, s->insecure, err);
}

/* One line of the cursor; owned, NULL if it is not there. */
static char *
from_cursor(const char *cursor, char kind)
{
	while (*cursor != '\0') {
		size_t n = strcspn(cursor, "\n");

		if (*cursor == kind && n > 1)
			return cq_strndup(cursor + 1, n - 1);
		cursor += n;
		cursor += *cursor == '\n';
	}
	return NULL;
}

static enum cq_status
add_validator(struct src_request *req, const char *name, const char *cursor,
    char kind, struct cq_err *err)
{
	char *value = from_cursor(cursor, kind);
	enum cq_status rc = CQ_OK;

	if (value != NULL)
		rc = src_request_header(req, name, value, err);
	free(value);
	return rc;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	const char *cursor = visit->cursor;
	enum cq_status rc;

	*req = (struct src_request){
	    .url = cq_strdup(s->address), .token = s->token_file != NULL};
	rc = src_request_header(req, "Accept",
	    "application/atom+xml, application/rss+xml, "
	    "application/feed+json, application/xml;q=0.9, */*;q=0.5",
	    err);
	if (rc == CQ_OK)
		rc = add_validator(req, "If-None-Match", cursor, 'E', err);
	if (rc == CQ_OK)
		rc = add_validator(req, "If-Modified-Since", cursor, 'M', err);
	return rc;
}

static void
add_line(struct cq_buf *cursor, char kind, const char *value)
{
	const char *p;

	if (value == NULL || *value == '\0' || strlen(value) > 512)
		return;
	for (p = value; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			return;
	if (cursor->n > 0)
		cq_buf_char(cursor, '\n');
	cq_buf_char(cursor, kind);
	cq_buf_str(cursor, value);
}

/* --- JSON Feed --------------------------------------------------------- */

static void
take_json_author(const cJSON *item, struct feed_item *to)
{
	const cJSON *author =
	    cJSON_GetArrayItem(json_member(item, "authors"), 0);
	const char *name, *url;

	if (author == NULL)
		author = json_member(item, "author");
	name = json_str(author, "name");
	url = json_str(author, "url");
	to->author = cq_strdup(url != NULL ? url : name);
	to->author_name = cq_strdup(name);
}

static void
read_json_item(const struct json *doc, const cJSON *item, const char *base,
    struct feed *feed)
{
	struct feed_item *to = feed_add(feed);
	const char *html = json_str(item, "content_html");
	const char *text = json_str(item, "content_text");
	const char *link = json_str(item, "url");
	char id[24];

	to->guid = cq_strdup(json_id(doc, item, "id", id));
	to->link = url_join(base,
	    link != NULL ? link : json_str(item, "external_url"));
	if (json_str(item, "title") != NULL)
		to->title = feed_plain(json_str(item, "title"));
	if (text == NULL && html == NULL)
		text = json_str(item, "summary");
	if (text != NULL)
		to->text = feed_plain(text);
	else if (html != NULL)
		to->text = html_text(html, strlen(html), base);
	if (to->title != NULL && *to->title == '\0') {
		free(to->title);
		to->title = NULL;
	}
	if (to->text != NULL && *to->text == '\0') {
		free(to->text);
		to->text = NULL;
	}
	take_json_author(item, to);
	if (to->author_name == NULL && to->author == NULL)
		take_json_author(doc->root, to);
	to->lang = cq_strdup(json_str(item, "language"));
	if (!date_parse(json_str(item, "date_published"), &to->at) &&
	    !date_parse(json_str(item, "date_modified"), &to->at))
		to->at = CQ_NO_TIME;
}

static enum cq_status
read_json(const struct src_answer *answer, struct feed *feed,
    struct cq_err *err)
{
	static const struct json_limits limits = {
	    .bytes = HTTP_BODY_FEED, .values = 200000};
	const cJSON *items, *item;
	struct json doc;
	char *base;

	if (json_read(answer->body, answer->n, &limits, &doc, err) != CQ_OK)
		return answer_not(answer, "a feed", err);
	items = json_member(doc.root, "items");
	if (!cJSON_IsArray(items)) {
		json_free(&doc);
		return answer_not(answer, "a feed", err);
	}
	base = url_join(answer->url, json_str(doc.root, "home_page_url"));
	feed->lang = cq_strdup(json_str(doc.root, "language"));
	cJSON_ArrayForEach(item, items) if (cJSON_IsObject(item))
	    read_json_item(&doc, item, base != NULL ? base : answer->url, feed);
	free(base);
	json_free(&doc);
	return CQ_OK;
}

/* --- an answer --------------------------------------------------------- */

static bool
begins_as_json(const struct src_answer *answer)
{
	size_t i = 0;

	if (answer->n >= 3 && memcmp(answer->body, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < answer->n && isspace((unsigned char)answer->body[i]))
		i++;
	return i < answer->n &&
	    (answer->body[i] == '{' || answer->body[i] == '[');
}

static enum cq_status
read_feed(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	struct cq_buf validators = {0};
	struct feed feed = {0};
	enum cq_status rc;

	*next = (struct src_next){0};
	if (answer->http == 304 && *visit->cursor != '\0')
		return CQ_OK; /* nothing new */
	rc = answer_check(visit, &src_feed.limit, answer, "a feed", next, err);
	/* many servers say 403 to whom they find too eager */
	if (answer->http == 403 && s->token_file == NULL)
		next->pause = false;
	if (rc != CQ_OK)
		return rc;
	rc = begins_as_json(answer) ? read_json(answer, &feed, err)
				    : feed_xml_read(answer, &feed, err);
	if (rc == CQ_OK) {
		feed_emit(&feed, s, emit, arg);
		add_line(&validators, 'E', answer->header(answer, "ETag"));
		add_line(&validators, 'M',
		    answer->header(answer, "Last-Modified"));
		next->cursor = cq_buf_take(&validators);
	}
	feed_free(&feed);
	return rc;
}

const struct src_ops src_feed = {
    .name = "feed",
    .help = "address: an RSS, Atom or JSON feed; no query",
    .every_s = 900,
    .max_body = HTTP_BODY_FEED,
    .check = check,
    .ask = ask,
    .read = read_feed,
};
