#ifndef SRC_FEED_ITEM_H
#define SRC_FEED_ITEM_H

#include <stddef.h>
#include <stdint.h>

#include "sources/source.h"

/* What a feed of any format came to, before it becomes posts. */

/* Strings owned, plain text; NULL if unknown. */
struct feed_item {
	char *guid, *link, *title, *text;
	char *author; /* who the feed says it is: an address or a name */
	char *author_name;
	char *lang, *in_reply_to;
	int64_t at; /* CQ_NO_TIME if unknown */
	int rating;
	bool guid_is_shared, link_is_shared; /* with another item */
};

struct feed {
	struct feed_item *at; /* in the order of the document */
	size_t n, cap;
	char *lang;
};

/* A new item at the end, valid until the next call. */
struct feed_item *feed_add(struct feed *feed);
void feed_free(struct feed *feed);

/*
 * Emits the items oldest first.  An item's id is its guid; or its link; or,
 * where both are missing or shared by different items, a digest of title,
 * author and day.
 */
void feed_emit(struct feed *feed, const struct cq_source *s, src_emit_fn emit,
    void *arg);

/* Trims; "\r\n" becomes "\n".  Owned. */
char *feed_plain(const char *s);

/* Plain text of what may be HTML.  Owned. */
char *feed_text(const char *s, const char *base);

#endif
