#ifndef SRC_FEED_NODE_H
#define SRC_FEED_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include <libxml/tree.h>

/*
 * What a feed's elements are called and hold, whatever namespace or prefix
 * they were given.  Strings are owned by the caller.
 */

/* Bits, so that several can be asked for. */
enum node_ns {
	NS_CORE = 1,
	NS_DC = 2,
	NS_CONTENT = 4,
	NS_ATOM = 8,
	NS_THREAD = 16,
	NS_APPLE = 32,
	NS_RDF = 64,
	NS_OTHER = 128
};

/* Is it an element of that name, in one of these namespaces? */
bool node_is(const xmlNode *node, int ns, const char *name);

/* Of these five node may be NULL: then there is none. */

/* The first such child; NULL if there is none. */
xmlNode *node_child(const xmlNode *node, int ns, const char *name);

/* NULL if missing or empty. */
char *node_attribute(const xmlNode *node, const char *name);

/* A short value such as a name, a date, an address; NULL if empty. */
char *node_value(const xmlNode *node);
char *node_child_value(const xmlNode *node, int ns, const char *name);

/*
 * Plain text of an element; NULL if empty.  Atom says what it holds; RSS does
 * not, so there it is HTML if it looks so.
 */
char *node_words(const xmlNode *node, bool atom, const char *base);

/* The base for relative links: xml:base, else what the feed says of itself. */
char *node_base(const xmlNode *node, const char *feed_base);

/* The href of the Atom <link> that leads to a page for people; or NULL. */
char *node_page(const xmlNode *node);

/* The first child of these names (NULL ends them) that holds a date. */
int64_t node_date(const xmlNode *node, const char *const *names, int ns);

#endif
