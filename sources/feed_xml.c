#include "sources/feed_xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/tree.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/hash.h"
#include "sources/answer.h"
#include "sources/dates.h"
#include "sources/feed_bytes.h"
#include "sources/feed_parse.h"
#include "sources/feed_scan.h"
#include "sources/html.h"
#include "sources/url.h"

/* --- names ------------------------------------------------------------- */

/* Bits, so that several can be asked for. */
enum ns {
	CORE = 1,
	DC = 2,
	CONTENT = 4,
	ATOM = 8,
	THREAD = 16,
	APPLE = 32,
	RDF = 64,
	OTHER = 128
};

static enum ns
ns_of_prefix(const char *name)
{
	/* a prefix nobody declared stays in the name */
	if (strncasecmp(name, "dc:", 3) == 0)
		return DC;
	if (strncasecmp(name, "content:", 8) == 0)
		return CONTENT;
	return strchr(name, ':') == NULL ? CORE : OTHER;
}

/* RSS has no namespace, but some feeds give it one of their own. */
static bool
is_rss_own(const xmlNode *node)
{
	const xmlNode *root = xmlDocGetRootElement(node->doc);

	return root->ns != NULL && root->ns == node->ns &&
	    root->ns->prefix == NULL &&
	    strcasecmp((const char *)root->name, "rss") == 0;
}

static enum ns
ns_of(const xmlNode *node)
{
	static const struct {
		const char *href;
		enum ns ns;
	} known[] = {
	    {"http://www.w3.org/2005/Atom", ATOM},
	    {"http://purl.org/atom/ns#", ATOM},
	    {"http://purl.org/dc/elements/1.", DC},
	    {"http://purl.org/dc/terms/", DC},
	    {"http://purl.org/rss/1.0/modules/content/", CONTENT},
	    {"http://purl.org/rss/1.0/modules/", OTHER},
	    {"http://purl.org/rss/1.0/", CORE},
	    {"http://my.netscape.com/", CORE},
	    {"http://channel.netscape.com/", CORE},
	    {"http://backend.userland.com/", CORE},
	    {"http://blogs.law.harvard.edu/tech/rss", CORE},
	    {"http://purl.org/syndication/thread/", THREAD},
	    {"http://itunes.apple.com/rss", APPLE},
	    {"http://www.w3.org/1999/02/22-rdf-syntax-ns#", RDF},
	};
	const char *href;
	size_t i;

	if (node->ns == NULL || node->ns->href == NULL)
		return ns_of_prefix((const char *)node->name);
	href = (const char *)node->ns->href;
	if (is_rss_own(node))
		return CORE;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncasecmp(href, known[i].href, strlen(known[i].href)) ==
		    0)
			return known[i].ns;
	return OTHER;
}

/* The name first, which most do not have: namespaces take long. */
static bool
is(const xmlNode *node, int ns, const char *name)
{
	const char *own = (const char *)node->name, *colon;

	if (node->type != XML_ELEMENT_NODE)
		return false;
	colon = strchr(own, ':');
	return strcasecmp(colon != NULL ? colon + 1 : own, name) == 0 &&
	    (ns_of(node) & ns) != 0;
}

static xmlNode *
child(const xmlNode *node, int ns, const char *name)
{
	xmlNode *c;

	for (c = node == NULL ? NULL : node->children; c != NULL; c = c->next)
		if (is(c, ns, name))
			return c;
	return NULL;
}

/* Owned; NULL if missing or empty. */
static char *
attribute(const xmlNode *node, const char *name)
{
	xmlChar *value =
	    node == NULL ? NULL : xmlGetNoNsProp(node, (const xmlChar *)name);
	char *copy = NULL;

	if (value != NULL && *value != '\0')
		copy = feed_plain((const char *)value);
	xmlFree(value);
	return copy;
}

/* --- words ------------------------------------------------------------- */

static bool
has_elements(const xmlNode *node)
{
	const xmlNode *c;

	for (c = node->children; c != NULL; c = c->next)
		if (c->type == XML_ELEMENT_NODE)
			return true;
	return false;
}

static void
add_escaped(struct cq_buf *to, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '<')
			cq_buf_str(to, "&lt;");
		else if (*s == '&')
			cq_buf_str(to, "&amp;");
		else if (*s == '"')
			cq_buf_str(to, "&quot;");
		else
			cq_buf_char(to, *s);
}

static void add_markup(struct cq_buf *to, const xmlNode *parent);

static void
add_element(struct cq_buf *to, const xmlNode *node)
{
	static const char *const kept[] = {"href", "src", "alt", "class"};
	const char *name = (const char *)node->name;
	size_t i;

	if (strchr(name, ':') != NULL)
		name = strchr(name, ':') + 1;
	cq_buf_fmt(to, "<%s", name);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		char *value = attribute(node, kept[i]);

		if (value != NULL) {
			cq_buf_fmt(to, " %s=\"", kept[i]);
			add_escaped(to, value);
			cq_buf_char(to, '"');
		}
		free(value);
	}
	cq_buf_char(to, '>');
	add_markup(to, node);
	if (node->children != NULL)
		cq_buf_fmt(to, "</%s>", name);
}

/* As HTML without prefixes.  The parser refused more than 256 levels. */
static void
add_markup(struct cq_buf *to, const xmlNode *parent)
{
	const xmlNode *c;

	for (c = parent->children; c != NULL; c = c->next) {
		if (c->type == XML_ELEMENT_NODE)
			add_element(to, c);
		else if ((c->type == XML_TEXT_NODE ||
			     c->type == XML_CDATA_SECTION_NODE) &&
		    c->content != NULL)
			add_escaped(to, (const char *)c->content);
	}
}

/* The text that stands directly in an element; owned. */
static char *
own_text(const xmlNode *node)
{
	struct cq_buf b = {0};
	const xmlNode *c;

	for (c = node->children; c != NULL; c = c->next) {
		if ((c->type == XML_TEXT_NODE ||
			c->type == XML_CDATA_SECTION_NODE) &&
		    c->content != NULL)
			cq_buf_str(&b, (const char *)c->content);
	}
	return cq_buf_take(&b);
}

/* A short value such as a name, a date, an address; NULL if empty. */
static char *
value(const xmlNode *node)
{
	char *raw, *plain;

	if (node == NULL)
		return NULL;
	raw = own_text(node);
	plain = feed_plain(raw);
	free(raw);
	return feed_none_if_empty(plain);
}

/*
 * Plain text of an element.  Atom says what it holds; RSS does not, so
 * there it is HTML if it looks so.
 */
static char *
words(const xmlNode *node, bool atom, const char *base)
{
	struct cq_buf markup = {0};
	char *raw, *type, *text;
	bool plain;

	if (node == NULL)
		return NULL;
	if (has_elements(node)) {
		add_markup(&markup, node);
		raw = cq_buf_take(&markup);
		text = html_text(raw, strlen(raw), base);
		free(raw);
		return feed_none_if_empty(text);
	}
	raw = own_text(node);
	type = attribute(node, "type");
	plain = atom &&
	    (type == NULL || strcasecmp(type, "text") == 0 ||
		strcasecmp(type, "text/plain") == 0);
	if (plain)
		text = feed_plain(raw);
	else if (atom)
		text = html_text(raw, strlen(raw), base);
	else
		text = feed_text(raw, base);
	free(type);
	free(raw);
	return feed_none_if_empty(text);
}

/* --- items ------------------------------------------------------------- */

/* The base for relative links: xml:base, else what the feed says of itself. */
static char *
base_of(const xmlNode *node, const char *feed_base)
{
	xmlChar *base = xmlNodeGetBase(node->doc, node);
	char *copy = url_join(feed_base, (const char *)base);

	xmlFree(base);
	return copy != NULL ? copy : cq_strdup(feed_base);
}

/* The href of the <link> that leads to a page for people; owned. */
static char *
alternate(const xmlNode *node)
{
	const xmlNode *c, *best = NULL;

	for (c = node->children; c != NULL; c = c->next) {
		char *rel, *type;

		if (!is(c, ATOM, "link"))
			continue;
		rel = attribute(c, "rel");
		type = attribute(c, "type");
		if (rel == NULL || strcasecmp(rel, "alternate") == 0) {
			if (best == NULL ||
			    (type != NULL &&
				strcasecmp(type, "text/html") == 0))
				best = c;
		}
		free(rel);
		free(type);
	}
	return attribute(best, "href");
}

static char *
first_of(char *a, char *b)
{
	if (a != NULL) {
		free(b);
		return a;
	}
	return b;
}

static int64_t
first_date(const xmlNode *node, const char *const *names, int ns)
{
	int64_t at = CQ_NO_TIME;

	for (; *names != NULL && at == CQ_NO_TIME; names++) {
		char *s = value(child(node, ns, *names));

		if (s != NULL && !date_parse(s, &at))
			at = CQ_NO_TIME;
		free(s);
	}
	return at;
}

/* "ann@example.org (Ann Lee)" is an address and a name. */
static void
take_author(struct feed_item *item, char *s)
{
	char *open = s == NULL ? NULL : strrchr(s, '(');
	char *close = s == NULL ? NULL : strrchr(s, ')');

	if (open != NULL && open > s && close > open + 1 && close[1] == '\0') {
		item->author_name =
		    cq_strndup(open + 1, (size_t)(close - open - 1));
		*open = '\0';
		item->author = feed_none_if_empty(feed_plain(s));
		free(s);
		return;
	}
	item->author = s;
	item->author_name = cq_strdup(s);
}

static void
take_person(struct feed_item *item, const xmlNode *person, const char *base)
{
	char *uri;

	if (person == NULL)
		return;
	item->author_name = value(child(person, ATOM | CORE, "name"));
	uri = first_of(value(child(person, ATOM | CORE, "uri")),
	    value(child(person, ATOM | CORE, "url")));
	item->author = url_join(base, uri);
	item->author = first_of(item->author, uri); /* "mailto:..." */
	if (item->author == NULL)
		item->author = cq_strdup(item->author_name);
}

static void
take_rss_link(struct feed_item *item, const xmlNode *node, const char *base)
{
	const xmlNode *guid = child(node, CORE, "guid");
	char *link = value(child(node, CORE, "link"));
	char *permalink = attribute(guid, "isPermaLink");

	link = first_of(link, attribute(child(node, CORE, "link"), "href"));
	link = first_of(link, alternate(node));
	if (link == NULL && item->guid != NULL &&
	    strncasecmp(item->guid, "http", 4) == 0 &&
	    (permalink == NULL || strcasecmp(permalink, "false") != 0))
		link = cq_strdup(item->guid);
	item->link = feed_link(base, link);
	free(permalink);
	free(link);
}

static void
take_rss_guid(struct feed_item *item, const xmlNode *node)
{
	xmlChar *about;

	item->guid = first_of(value(child(node, CORE, "guid")),
	    attribute(node, "about"));
	if (item->guid != NULL)
		return;
	about = xmlGetNsProp((xmlNode *)node, (const xmlChar *)"about",
	    (const xmlChar *)"http://www.w3.org/1999/02/22-rdf-syntax-ns#");
	if (about != NULL && *about != '\0')
		item->guid = cq_strdup((const char *)about);
	xmlFree(about);
}

static void
take_rss_text(struct feed_item *item, const xmlNode *node, const char *base)
{
	static const struct {
		int ns;
		const char *name;
	} texts[] = {{CONTENT, "encoded"}, {CORE, "description"},
	    {ATOM, "content"}, {ATOM, "summary"}, {DC, "description"}};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		item->text = words(child(node, texts[i].ns, texts[i].name),
		    texts[i].ns == ATOM, base);
		if (item->text != NULL)
			break;
	}
}

/* RSS has an address in <author>; the name may stand beside it. */
static void
take_rss_author(struct feed_item *item, const xmlNode *node, const char *base)
{
	char *author = value(child(node, CORE, "author"));
	char *creator = value(child(node, DC, "creator"));

	if (author == NULL) {
		take_author(item, creator);
	} else {
		take_author(item, author);
		if (creator != NULL &&
		    strcmp(item->author, item->author_name) == 0) {
			free(item->author_name);
			item->author_name = creator;
		} else {
			free(creator);
		}
	}
	if (item->author == NULL)
		take_person(item, child(node, ATOM, "author"), base);
}

/* --- documents --------------------------------------------------------- */

struct xml_feed {
	const struct src_answer *answer;
	struct feed_bytes bytes;
	struct feed_scan scan;
	struct feed_parser parser;
	xmlDoc *head;
	char *base; /* what relative links of the items stand on */
};

static void
read_rss_item(const struct feed *feed, const xmlNode *node, bool whole,
    struct feed_item *item)
{
	static const char *const dates[] = {"pubDate", "date", "published",
	    "updated", "issued", "created", "modified", NULL};
	const struct xml_feed *doc = feed->doc;
	char *base = base_of(node, doc->base);

	take_rss_guid(item, node);
	take_rss_link(item, node, base);
	item->title = first_of(words(child(node, CORE, "title"), false, base),
	    words(child(node, DC, "title"), false, base));
	if (whole || item->title == NULL)
		take_rss_text(item, node, base);
	take_rss_author(item, node, base);
	item->lang = value(child(node, DC, "language"));
	item->at = first_date(node, dates, CORE | DC | ATOM);
	free(base);
}

/* Who wrote an entry that does not say so: whoever its feed names. */
static const xmlNode *
author_of(const struct xml_feed *doc, const xmlNode *entry)
{
	const int ns = ATOM | CORE;
	const xmlNode *person = child(entry, ns, "author");

	if (person == NULL)
		person = child(child(entry, ns, "source"), ns, "author");
	if (person == NULL)
		person = child(xmlDocGetRootElement(doc->head), ns, "author");
	return person;
}

static void
take_rating(struct feed_item *item, const xmlNode *node)
{
	char *rating = value(child(node, APPLE, "rating"));

	if (rating != NULL && *rating >= '1' && *rating <= '5' &&
	    rating[1] == '\0')
		item->rating = *rating - '0';
	free(rating);
}

static void
read_entry(const struct feed *feed, const xmlNode *node, bool whole,
    struct feed_item *item)
{
	static const char *const dates[] = {
	    "published", "issued", "created", "updated", "modified", NULL};
	const struct xml_feed *doc = feed->doc;
	const int ns = ATOM | CORE;
	char *base = base_of(node, doc->base), *link = alternate(node);
	xmlChar *lang = xmlNodeGetLang(node);

	item->guid = value(child(node, ns, "id"));
	item->link = feed_link(base, link);
	item->title = words(child(node, ns, "title"), true, base);
	if (whole || item->title == NULL)
		item->text =
		    first_of(words(child(node, ns, "content"), true, base),
			words(child(node, ns, "summary"), true, base));
	take_person(item, author_of(doc, node), base);
	if (lang != NULL && *lang != '\0')
		item->lang = cq_strdup((const char *)lang);
	item->at = first_date(node, dates, ns);
	item->in_reply_to =
	    attribute(child(node, THREAD, "in-reply-to"), "ref");
	take_rating(item, node);
	xmlFree(lang);
	free(link);
	free(base);
}

/* What stands around an item holds nothing else. */
static const xmlNode *
item_in(const xmlDoc *doc, enum feed_kind kind)
{
	const char *name = kind == FEED_ATOM ? "entry" : "item";
	const xmlNode *node = xmlDocGetRootElement(doc), *c;

	while (node != NULL && !is(node, ~0, name)) {
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
		read_entry(feed, node, whole, item);
	else if (node != NULL)
		read_rss_item(feed, node, whole, item);
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
	char *ttl = value(child(channel, CORE, "ttl"));
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
		char *s = is(c, CORE, "hour") ? value(c) : NULL;
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
		char *s = is(c, CORE, "day") ? value(c) : NULL;

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
	const xmlNode *channel = child(root, CORE | OTHER, "channel");
	char *link = value(child(channel, CORE, "link"));

	doc->base = url_join(url, link);
	free(link);
	if (channel == NULL)
		return;
	feed->lang = first_of(value(child(channel, CORE, "language")),
	    value(child(channel, DC, "language")));
	take_ttl(feed, channel);
	take_hours(feed, child(channel, CORE, "skipHours"));
	take_days(feed, child(channel, CORE, "skipDays"));
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
		doc->base = base_of(root, answer->url);
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
