#include "sources/feed_entry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "sources/feed_node.h"
#include "sources/url.h"

/* --- people ------------------------------------------------------------ */

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
	item->author_name = node_child_value(person, NS_ATOM | NS_CORE, "name");
	uri = feed_first_of(node_child_value(person, NS_ATOM | NS_CORE, "uri"),
	    node_child_value(person, NS_ATOM | NS_CORE, "url"));
	item->author = url_join(base, uri);
	item->author = feed_first_of(item->author, uri); /* "mailto:..." */
	if (item->author == NULL)
		item->author = cq_strdup(item->author_name);
}

/* --- RSS --------------------------------------------------------------- */

static void
take_rss_link(struct feed_item *item, const xmlNode *node, const char *base)
{
	const xmlNode *guid = node_child(node, NS_CORE, "guid");
	char *link = node_child_value(node, NS_CORE, "link");
	char *permalink = node_attribute(guid, "isPermaLink");

	link = feed_first_of(link,
	    node_attribute(node_child(node, NS_CORE, "link"), "href"));
	link = feed_first_of(link, node_page(node));
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

	item->guid = feed_first_of(node_child_value(node, NS_CORE, "guid"),
	    node_attribute(node, "about"));
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
	} texts[] = {{NS_CONTENT, "encoded"}, {NS_CORE, "description"},
	    {NS_ATOM, "content"}, {NS_ATOM, "summary"}, {NS_DC, "description"}};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		item->text =
		    node_words(node_child(node, texts[i].ns, texts[i].name),
			texts[i].ns == NS_ATOM, base);
		if (item->text != NULL)
			break;
	}
}

/* RSS has an address in <author>; the name may stand beside it. */
static void
take_rss_author(struct feed_item *item, const xmlNode *node, const char *base)
{
	char *author = node_child_value(node, NS_CORE, "author");
	char *creator = node_child_value(node, NS_DC, "creator");

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
		take_person(item, node_child(node, NS_ATOM, "author"), base);
}

void
feed_read_item(const xmlNode *node, const char *feed_base, bool whole,
    struct feed_item *item)
{
	static const char *const dates[] = {"pubDate", "date", "published",
	    "updated", "issued", "created", "modified", NULL};
	char *base = node_base(node, feed_base);

	take_rss_guid(item, node);
	take_rss_link(item, node, base);
	item->title =
	    node_words(node_child(node, NS_CORE, "title"), false, base);
	if (item->title == NULL)
		item->title =
		    node_words(node_child(node, NS_DC, "title"), false, base);
	if (whole || item->title == NULL)
		take_rss_text(item, node, base);
	take_rss_author(item, node, base);
	item->lang = node_child_value(node, NS_DC, "language");
	item->at = node_date(node, dates, NS_CORE | NS_DC | NS_ATOM);
	free(base);
}

/* --- Atom -------------------------------------------------------------- */

/* Who wrote an entry that does not say so: whoever its feed names. */
static const xmlNode *
author_of(const xmlNode *root, const xmlNode *entry)
{
	const int ns = NS_ATOM | NS_CORE;
	const xmlNode *person = node_child(entry, ns, "author");

	if (person == NULL)
		person =
		    node_child(node_child(entry, ns, "source"), ns, "author");
	if (person == NULL)
		person = node_child(root, ns, "author");
	return person;
}

static void
take_rating(struct feed_item *item, const xmlNode *node)
{
	char *rating = node_child_value(node, NS_APPLE, "rating");

	if (rating != NULL && *rating >= '1' && *rating <= '5' &&
	    rating[1] == '\0')
		item->rating = *rating - '0';
	free(rating);
}

void
feed_read_entry(const xmlNode *node, const xmlNode *root, const char *feed_base,
    bool whole, struct feed_item *item)
{
	static const char *const dates[] = {
	    "published", "issued", "created", "updated", "modified", NULL};
	const int ns = NS_ATOM | NS_CORE;
	char *base = node_base(node, feed_base), *link = node_page(node);
	xmlChar *lang = xmlNodeGetLang(node);
	bool text;

	item->guid = node_child_value(node, ns, "id");
	item->link = feed_link(base, link);
	item->title = node_words(node_child(node, ns, "title"), true, base);
	text = whole || item->title == NULL;
	if (text)
		item->text =
		    node_words(node_child(node, ns, "content"), true, base);
	if (text && item->text == NULL)
		item->text =
		    node_words(node_child(node, ns, "summary"), true, base);
	take_person(item, author_of(root, node), base);
	if (lang != NULL && *lang != '\0')
		item->lang = cq_strdup((const char *)lang);
	item->at = node_date(node, dates, ns);
	item->in_reply_to =
	    node_attribute(node_child(node, NS_THREAD, "in-reply-to"), "ref");
	take_rating(item, node);
	xmlFree(lang);
	free(link);
	free(base);
}
