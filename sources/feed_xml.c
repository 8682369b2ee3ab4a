#include "sources/feed_xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/hash.h"
#include "sources/answer.h"
#include "sources/feed_bytes.h"
#include "sources/feed_entry.h"
#include "sources/feed_node.h"
#include "sources/feed_parse.h"
#include "sources/feed_scan.h"
#include "sources/url.h"

/* --- documents --------------------------------------------------------- */

struct xml_feed {
	const struct src_answer *answer;
	struct feed_bytes bytes;
	struct feed_scan scan;
	struct feed_parser parser;
	xmlDoc *head;
	char *base; /* what relative links of the items stand on */
};

/* What stands around an item holds nothing else. */
static const xmlNode *
item_in(const xmlDoc *doc, enum feed_kind kind)
{
	const char *name = kind == FEED_ATOM ? "entry" : "item";
	const xmlNode *node = xmlDocGetRootElement(doc), *c;

	while (node != NULL && !node_is(node, ~0, name)) {
		for (c = node->children;
		     c != NULL && c->type != XML_ELEMENT_NODE; c = c->next)
			;
		node = c;
	}
	return node;
}

static void
load(struct feed *feed, size_t i, bool whole, struct feed_item *item)
{
	struct xml_feed *doc = feed->doc;
	const struct feed_span *span = &doc->scan.at[i];
	xmlDoc *part = feed_parse(&doc->parser, &doc->scan.around,
	    doc->bytes.s + span->from, span->n, doc->bytes.latin);
	const xmlNode *node =
	    part == NULL ? NULL : item_in(part, doc->scan.kind);

	if (node != NULL && doc->scan.kind == FEED_ATOM)
		feed_read_entry(node, xmlDocGetRootElement(doc->head),
		    doc->base, whole, item);
	else if (node != NULL)
		feed_read_item(node, doc->base, whole, item);
	xmlFreeDoc(part);
}

static const char *
raw(struct feed *feed, size_t i, size_t *n)
{
	const struct xml_feed *doc = feed->doc;

	*n = doc->scan.at[i].n;
	return doc->bytes.s + doc->scan.at[i].from;
}

/* The answer's own bytes from an item to the end; not a converted copy. */
static void
spent(struct feed *feed, size_t i)
{
	const struct xml_feed *doc = feed->doc;
	const struct src_answer *answer = doc->answer;

	if (answer->spent != NULL && doc->bytes.copy == NULL)
		answer->spent(answer,
		    (size_t)(doc->bytes.s - answer->body) +
			doc->scan.at[i].from);
}

static void
close_feed(struct feed *feed)
{
	struct xml_feed *doc = feed->doc;

	feed_parser_free(&doc->parser);
	feed_scan_free(&doc->scan);
	feed_bytes_free(&doc->bytes);
	xmlFreeDoc(doc->head);
	free(doc->base);
	free(doc);
}

/* --- what an RSS channel asks for --------------------------------------- */

static void
take_ttl(struct feed *feed, const xmlNode *channel)
{
	char *ttl = node_child_value(channel, NS_CORE, "ttl");
	long minutes = ttl == NULL ? 0 : strtol(ttl, NULL, 10);

	if (minutes > 0)
		feed->ttl_s = (minutes < 24 * 60 ? minutes : 24 * 60) * 60;
	free(ttl);
}

static void
take_hours(struct feed *feed, const xmlNode *list)
{
	const xmlNode *c;

	for (c = list == NULL ? NULL : list->children; c != NULL; c = c->next) {
		char *s = node_is(c, NS_CORE, "hour") ? node_value(c) : NULL;
		long hour = s == NULL ? -1 : strtol(s, NULL, 10);

		if (hour >= 0 && hour <= 24) /* some count from 1 to 24 */
			feed->hours |= UINT32_C(1) << hour % 24;
		free(s);
	}
}

static void
take_days(struct feed *feed, const xmlNode *list)
{
	static const char *const names[] = {
	    "sun", "mon", "tue", "wed", "thu", "fri", "sat"};
	const xmlNode *c;
	unsigned i;

	for (c = list == NULL ? NULL : list->children; c != NULL; c = c->next) {
		char *s = node_is(c, NS_CORE, "day") ? node_value(c) : NULL;

		for (i = 0; s != NULL && i < 7; i++)
			if (strncasecmp(s, names[i], 3) == 0)
				feed->days |= 1u << i;
		free(s);
	}
}

static void
take_channel(struct feed *feed, const xmlNode *root, const char *url)
{
	struct xml_feed *doc = feed->doc;
	const xmlNode *channel =
	    node_child(root, NS_CORE | NS_OTHER, "channel");
	char *link = node_child_value(channel, NS_CORE, "link");

	doc->base = url_join(url, link);
	free(link);
	if (channel == NULL)
		return;
	feed->lang =
	    feed_first_of(node_child_value(channel, NS_CORE, "language"),
		node_child_value(channel, NS_DC, "language"));
	take_ttl(feed, channel);
	take_hours(feed, node_child(channel, NS_CORE, "skipHours"));
	take_days(feed, node_child(channel, NS_CORE, "skipDays"));
}

static enum cq_status
refuse(const struct src_answer *answer, const struct feed_scan *scan,
    struct cq_err *err)
{
	if (scan->too_many)
		return cq_fail(err, CQ_NET,
		    "this feed has more than %d items: not read",
		    FEED_ITEMS_MAX);
	if (scan->kind != FEED_PAGE)
		return answer_not(answer, "a feed", err);
	return answer_fail(answer, err,
	    "answered with a web page instead of a feed; check the address");
}

static uint64_t
context_of(const struct xml_feed *doc, const char *lang)
{
	const struct cq_buf *around = &doc->scan.around;
	uint64_t h = cq_hash_bytes(CQ_HASH_START, around->s, around->n);

	h = cq_hash_bytes(h, doc->base, strlen(doc->base) + 1);
	return lang == NULL ? h : cq_hash_bytes(h, lang, strlen(lang));
}

static enum cq_status
open_feed(const struct src_answer *answer, struct feed *feed,
    struct cq_err *err)
{
	struct xml_feed *doc = feed->doc;
	const xmlNode *root = NULL;
	enum cq_status rc = feed_bytes(answer, &doc->bytes, err);

	doc->answer = answer;
	if (rc != CQ_OK)
		return rc;
	feed_scan(doc->bytes.s, doc->bytes.n, &doc->scan);
	if (doc->scan.kind == FEED_UNKNOWN || doc->scan.kind == FEED_PAGE ||
	    doc->scan.too_many)
		return refuse(answer, &doc->scan, err);
	doc->head = feed_parse(&doc->parser, NULL, doc->scan.head.s,
	    doc->scan.head.n, doc->bytes.latin);
	if (doc->head != NULL)
		root = xmlDocGetRootElement(doc->head);
	if (root == NULL && doc->scan.n == 0)
		return answer_not(answer, "a feed", err);
	if (root != NULL && doc->scan.kind == FEED_ATOM)
		doc->base = node_base(root, answer->url);
	else if (root != NULL)
		take_channel(feed, root, answer->url);
	if (doc->base == NULL)
		doc->base = cq_strdup(answer->url);
	feed->context = context_of(doc, feed->lang);
	feed->n = doc->scan.n;
	feed->cut = doc->scan.cut;
	return CQ_OK;
}

enum cq_status
feed_xml(const struct src_answer *answer, struct feed *feed, struct cq_err *err)
{
	enum cq_status rc;

	*feed = (struct feed){.load = load,
	    .close = close_feed,
	    .raw = raw,
	    .spent = spent,
	    .doc = cq_alloc(sizeof(struct xml_feed))};
	rc = open_feed(answer, feed, err);
	if (rc != CQ_OK)
		feed_free(feed);
	return rc;
}
