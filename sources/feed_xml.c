#include "sources/feed_xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "sources/answer.h"
#include "sources/dates.h"
#include "sources/feed_parse.h"
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

static bool
is(const xmlNode *node, int ns, const char *name)
{
	const char *own = (const char *)node->name, *colon;

	if (node->type != XML_ELEMENT_NODE || (ns_of(node) & ns) == 0)
		return false;
	colon = strchr(own, ':');
	return strcasecmp(colon != NULL ? colon + 1 : own, name) == 0;
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

/* What was recovered may hold bytes that are no UTF-8.  s is used up. */
static char *
mended(char *s)
{
	size_t n = strlen(s), i, len;
	struct cq_buf b = {0};
	int cp;

	if (cq_utf8_valid(s, n))
		return s;
	for (i = 0; i < n; i += len) {
		len = cq_utf8_next(s + i, n - i, &cp);
		if (cp < 0)
			cq_buf_str(&b, "\xef\xbf\xbd");
		else
			cq_buf_add(&b, s + i, len);
	}
	free(s);
	return cq_buf_take(&b);
}

/* Owned; NULL if missing or empty. */
static char *
attribute(const xmlNode *node, const char *name)
{
	xmlChar *value =
	    node == NULL ? NULL : xmlGetNoNsProp(node, (const xmlChar *)name);
	char *copy = NULL;

	if (value != NULL && *value != '\0')
		copy = mended(feed_plain((const char *)value));
	xmlFree(value);
	return copy;
}

/* --- words ------------------------------------------------------------- */

static char *
none_if_empty(char *s)
{
	if (s != NULL && *s == '\0') {
		free(s);
		return NULL;
	}
	return s;
}

static bool
has_elements(const xmlNode *node)
{
	const xmlNode *c;

	for (c = node->children; c != NULL; c = c->next)
		if (c->type == XML_ELEMENT_NODE)
			return true;
	return false;
}

/* An entity that HTML knows and XML does not, such as &nbsp;. */
static void
add_entity(struct cq_buf *to, const char *name)
{
	const htmlEntityDesc *e = htmlEntityLookup((const xmlChar *)name);
	xmlChar utf8[8];

	if (e != NULL)
		cq_buf_add(to, utf8,
		    (size_t)xmlCopyCharMultiByte(utf8, (int)e->value));
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
		else if (c->type == XML_ENTITY_REF_NODE)
			add_entity(to, (const char *)c->name);
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
		if (c->type == XML_ENTITY_REF_NODE)
			add_entity(&b, (const char *)c->name);
		else if ((c->type == XML_TEXT_NODE ||
			     c->type == XML_CDATA_SECTION_NODE) &&
		    c->content != NULL)
			cq_buf_str(&b, (const char *)c->content);
	}
	return mended(cq_buf_take(&b));
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
	return none_if_empty(plain);
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
		raw = mended(cq_buf_take(&markup));
		text = html_text(raw, strlen(raw), base);
		free(raw);
		return none_if_empty(text);
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
	return none_if_empty(text);
}

/* --- items ------------------------------------------------------------- */

/* The base for relative links: xml:base, else what the feed says of itself. */
static char *
base_of(const xmlNode *node, const char *feed_base)
{
	xmlChar *base = xmlNodeGetBase(node->doc, node);
	char *copy = url_join(feed_base, (const char *)base);

	xmlFree(base);
	return mended(copy != NULL ? copy : cq_strdup(feed_base));
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
		item->author = none_if_empty(feed_plain(s));
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
	item->link = url_join(base, link);
	free(permalink);
	free(link);
}

static void
read_rss_item(const xmlNode *node, const char *feed_base, struct feed *feed)
{
	static const char *const dates[] = {"pubDate", "date", "published",
	    "updated", "issued", "created", "modified", NULL};
	struct feed_item *item = feed_add(feed);
	char *base = base_of(node, feed_base);

	item->guid = first_of(value(child(node, CORE, "guid")),
	    attribute(node, "about"));
	if (item->guid == NULL) {
		xmlChar *about = xmlGetNsProp((xmlNode *)node,
		    (const xmlChar *)"about",
		    (const xmlChar
			    *)"http://www.w3.org/1999/02/22-rdf-syntax-ns#");

		if (about != NULL && *about != '\0')
			item->guid = mended(cq_strdup((const char *)about));
		xmlFree(about);
	}
	take_rss_link(item, node, base);
	item->title = first_of(words(child(node, CORE, "title"), false, base),
	    words(child(node, DC, "title"), false, base));
	item->text = words(child(node, CONTENT, "encoded"), false, base);
	item->text = first_of(item->text,
	    words(child(node, CORE, "description"), false, base));
	item->text = first_of(item->text,
	    words(child(node, ATOM, "content"), true, base));
	item->text = first_of(item->text,
	    words(child(node, ATOM, "summary"), true, base));
	item->text = first_of(item->text,
	    words(child(node, DC, "description"), false, base));
	take_author(item,
	    first_of(value(child(node, CORE, "author")),
		value(child(node, DC, "creator"))));
	if (item->author == NULL)
		take_person(item, child(node, ATOM, "author"), base);
	item->lang = value(child(node, DC, "language"));
	item->at = first_date(node, dates, CORE | DC | ATOM);
	free(base);
}

static void
read_entry(const xmlNode *node, const char *feed_base, struct feed *feed)
{
	static const char *const dates[] = {
	    "published", "issued", "created", "updated", "modified", NULL};
	const int ns = ATOM | CORE;
	struct feed_item *item = feed_add(feed);
	const xmlNode *person = child(node, ns, "author");
	char *base = base_of(node, feed_base);
	char *link = alternate(node), *rating;
	xmlChar *lang = xmlNodeGetLang(node);

	item->guid = value(child(node, ns, "id"));
	item->link = url_join(base, link);
	item->title = words(child(node, ns, "title"), true, base);
	item->text = first_of(words(child(node, ns, "content"), true, base),
	    words(child(node, ns, "summary"), true, base));
	if (person == NULL)
		person = child(child(node, ns, "source"), ns, "author");
	if (person == NULL)
		person = child(node->parent, ns, "author");
	take_person(item, person, base);
	if (lang != NULL && *lang != '\0')
		item->lang = cq_strdup((const char *)lang);
	item->at = first_date(node, dates, ns);
	item->in_reply_to =
	    attribute(child(node, THREAD, "in-reply-to"), "ref");
	rating = value(child(node, APPLE, "rating"));
	if (rating != NULL && *rating >= '1' && *rating <= '5' &&
	    rating[1] == '\0')
		item->rating = *rating - '0';
	xmlFree(lang);
	free(rating);
	free(link);
	free(base);
}

/* --- documents --------------------------------------------------------- */

static void
read_rss(const xmlNode *root, const char *url, struct feed *feed)
{
	const xmlNode *channel = child(root, CORE | OTHER, "channel"), *c;
	char *link = value(child(channel, CORE, "link"));
	char *base = url_join(url, link);

	if (base == NULL)
		base = cq_strdup(url);
	feed->lang = first_of(value(child(channel, CORE, "language")),
	    value(child(channel, DC, "language")));
	for (c = channel == NULL ? NULL : channel->children; c != NULL;
	     c = c->next)
		if (is(c, CORE, "item"))
			read_rss_item(c, base, feed);
	for (c = root->children; c != NULL; c = c->next)
		if (is(c, CORE, "item"))
			read_rss_item(c, base, feed);
	free(base);
	free(link);
}

static void
read_atom(const xmlNode *root, const char *url, struct feed *feed)
{
	const xmlNode *c;
	char *own = base_of(root, url);

	for (c = root->children; c != NULL; c = c->next)
		if (is(c, ATOM | CORE, "entry"))
			read_entry(c, own, feed);
	free(own);
}

static enum cq_status
read_document(const struct src_answer *answer, const xmlNode *root,
    struct feed *feed, struct cq_err *err)
{
	if (is(root, CORE | OTHER, "rss") || is(root, RDF | CORE, "RDF")) {
		read_rss(root, answer->url, feed);
		if (feed->n > 0 || child(root, CORE | OTHER, "channel") != NULL)
			return CQ_OK;
		return answer_not(answer, "a feed", err);
	}
	if (is(root, ATOM | CORE, "feed")) {
		read_atom(root, answer->url, feed);
		return CQ_OK;
	}
	if (strcasecmp((const char *)root->name, "html") == 0) {
		char *host = url_host(answer->url);
		enum cq_status rc = cq_fail(err, CQ_NET,
		    "%s answered with a web page instead of a feed; check "
		    "the address",
		    host == NULL ? "the server" : host);

		free(host);
		return rc;
	}
	return answer_not(answer, "a feed", err);
}

enum cq_status
feed_xml_read(const struct src_answer *answer, struct feed *feed,
    struct cq_err *err)
{
	xmlDoc *doc;
	enum cq_status rc = feed_parse(answer, &doc, err);

	if (rc != CQ_OK)
		return rc;
	rc = read_document(answer, xmlDocGetRootElement(doc), feed, err);
	xmlFreeDoc(doc);
	return rc;
}
