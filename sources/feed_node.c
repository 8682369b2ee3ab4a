#include "sources/feed_node.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/dates.h"
#include "sources/feed_item.h"
#include "sources/html.h"
#include "sources/url.h"

/* --- names ------------------------------------------------------------- */

static enum node_ns
ns_of_prefix(const char *name)
{
	/* a prefix nobody declared stays in the name */
	if (strncasecmp(name, "dc:", 3) == 0)
		return NS_DC;
	if (strncasecmp(name, "content:", 8) == 0)
		return NS_CONTENT;
	return strchr(name, ':') == NULL ? NS_CORE : NS_OTHER;
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

static enum node_ns
ns_of(const xmlNode *node)
{
	static const struct {
		const char *href;
		enum node_ns ns;
	} known[] = {
	    {"http://www.w3.org/2005/Atom", NS_ATOM},
	    {"http://purl.org/atom/ns#", NS_ATOM},
	    {"http://purl.org/dc/elements/1.", NS_DC},
	    {"http://purl.org/dc/terms/", NS_DC},
	    {"http://purl.org/rss/1.0/modules/content/", NS_CONTENT},
	    {"http://purl.org/rss/1.0/modules/", NS_OTHER},
	    {"http://purl.org/rss/1.0/", NS_CORE},
	    {"http://my.netscape.com/", NS_CORE},
	    {"http://channel.netscape.com/", NS_CORE},
	    {"http://backend.userland.com/", NS_CORE},
	    {"http://blogs.law.harvard.edu/tech/rss", NS_CORE},
	    {"http://purl.org/syndication/thread/", NS_THREAD},
	    {"http://itunes.apple.com/rss", NS_APPLE},
	    {"http://www.w3.org/1999/02/22-rdf-syntax-ns#", NS_RDF},
	};
	const char *href;
	size_t i;

	if (node->ns == NULL || node->ns->href == NULL)
		return ns_of_prefix((const char *)node->name);
	href = (const char *)node->ns->href;
	if (is_rss_own(node))
		return NS_CORE;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncasecmp(href, known[i].href, strlen(known[i].href)) ==
		    0)
			return known[i].ns;
	return NS_OTHER;
}

/* The name first, which most do not have: namespaces take long. */
bool
node_is(const xmlNode *node, int ns, const char *name)
{
	const char *own = (const char *)node->name, *colon;

	if (node->type != XML_ELEMENT_NODE)
		return false;
	colon = strchr(own, ':');
	return strcasecmp(colon != NULL ? colon + 1 : own, name) == 0 &&
	    (ns_of(node) & ns) != 0;
}

xmlNode *
node_child(const xmlNode *node, int ns, const char *name)
{
	xmlNode *c;

	for (c = node == NULL ? NULL : node->children; c != NULL; c = c->next)
		if (node_is(c, ns, name))
			return c;
	return NULL;
}

char *
node_attribute(const xmlNode *node, const char *name)
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
		char *value = node_attribute(node, kept[i]);

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

char *
node_value(const xmlNode *node)
{
	char *raw, *plain;

	if (node == NULL)
		return NULL;
	raw = own_text(node);
	plain = feed_plain(raw);
	free(raw);
	return feed_none_if_empty(plain);
}

char *
node_child_value(const xmlNode *node, int ns, const char *name)
{
	return node_value(node_child(node, ns, name));
}

char *
node_words(const xmlNode *node, bool atom, const char *base)
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
	type = node_attribute(node, "type");
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

/* --- links and dates ---------------------------------------------------- */

char *
node_base(const xmlNode *node, const char *feed_base)
{
	xmlChar *base = xmlNodeGetBase(node->doc, node);
	char *copy = url_join(feed_base, (const char *)base);

	xmlFree(base);
	return copy != NULL ? copy : cq_strdup(feed_base);
}

char *
node_page(const xmlNode *node)
{
	const xmlNode *c, *best = NULL;

	for (c = node->children; c != NULL; c = c->next) {
		char *rel, *type;

		if (!node_is(c, NS_ATOM, "link"))
			continue;
		rel = node_attribute(c, "rel");
		type = node_attribute(c, "type");
		if (rel == NULL || strcasecmp(rel, "alternate") == 0) {
			if (best == NULL ||
			    (type != NULL &&
				strcasecmp(type, "text/html") == 0))
				best = c;
		}
		free(rel);
		free(type);
	}
	return node_attribute(best, "href");
}

int64_t
node_date(const xmlNode *node, const char *const *names, int ns)
{
	int64_t at = CQ_NO_TIME;

	for (; *names != NULL && at == CQ_NO_TIME; names++) {
		char *s = node_child_value(node, ns, *names);

		if (s != NULL && !date_parse(s, &at))
			at = CQ_NO_TIME;
		free(s);
	}
	return at;
}
