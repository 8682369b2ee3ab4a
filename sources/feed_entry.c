#include "sources/feed_entry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "sources/feed_node.h"
#include "sources/url.h"

/* --- people ------------------------------------------------------------ */

/* What stands in a string from one place to another, trimmed; NULL if empty. */
static char *
between(const char *from, const char *to)
{
	char *raw = cq_strndup(from, (size_t)(to - from));
	char *plain = feed_none_if_empty(feed_plain(raw));

	free(raw);
	return plain;
}

/*
 * "ann@example.org (Ann Lee)" and "Ann Lee <ann@example.org>" are an address
 * and a name; all else is a name.  s is taken over.
 */
static void
part_author(char *s, char **who, char **name)
{
	const char *end = s + strlen(s) - 1;
	char *open = *end == ')' ? strchr(s, '(')
	    : *end == '>'	 ? strrchr(s, '<')
				 : NULL;

	*who = *name = NULL;
	if (open != NULL) {
		*(*end == ')' ? who : name) = between(s, open);
		*(*end == ')' ? name : who) = between(open + 1, end);
	}
	if (*name != NULL && *who != NULL && strchr(*who, '@') != NULL) {
		free(s);
		return;
	}
	free(*who);
	free(*name);
	*who = NULL;
	*name = s;
}

static void
take_person(struct feed_item *item, const xmlNode *person, const char *base)
{
	const int ns = NS_ATOM | NS_CORE;
	char *uri = feed_first_of(node_child_value(person, ns, "uri"),
	    node_child_value(person, ns, "url"));
	char *whole = url_join(base, uri);

	feed_take_author(item, feed_first_of(whole, uri), /* "mailto:..." */
	    node_child_value(person, ns, "name"));
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
	char *who, *name;

	if (author == NULL) {
		author = creator;
		creator = NULL;
	}
	if (author == NULL) {
		take_person(item, node_child(node, NS_ATOM | NS_CORE, "author"),
		    base);
		return;
	}
	part_author(author, &who, &name);
	if (creator != NULL && who == NULL) {
		who = name;
		name = creator;
	} else {
		free(creator);
	}
	feed_take_author(item, who, name);
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
