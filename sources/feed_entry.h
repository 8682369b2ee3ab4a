#ifndef SRC_FEED_ENTRY_H
#define SRC_FEED_ENTRY_H

#include <libxml/tree.h>

#include "sources/feed_item.h"

/*
 * Fill *item, which is empty, from one element of a feed.
 *
 * feed_base  what relative links stand on, unless the element says so
 * whole      if not, the text is read only where there is no title
 */

/* An <item> of RSS. */
void feed_read_item(const xmlNode *node, const char *feed_base, bool whole,
    struct feed_item *item);

/* An <entry> of Atom; root is its feed, which may name who wrote it. */
void feed_read_entry(const xmlNode *node, const xmlNode *root,
    const char *feed_base, bool whole, struct feed_item *item);

#endif
