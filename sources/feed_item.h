#ifndef SRC_FEED_ITEM_H
#define SRC_FEED_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/post.h"

/* What a feed of any format comes to, before it becomes posts. */

/* Strings owned, plain text; NULL if unknown. */
struct feed_item {
	char *guid, *link, *title, *text;
	char *author; /* who the feed says it is: an address or a name */
	char *author_name;
	char *lang, *in_reply_to;
	int64_t at; /* CQ_NO_TIME if unknown */
	int rating;
};
void feed_item_free(struct feed_item *item);

/*
 * Items are read when they are needed, each perhaps twice, so that a long
 * feed needs little more room than its bytes.
 */
struct feed {
	size_t n; /* items, in the order of the document */
	char *lang;
	bool cut;	/* not all of the document arrived */
	int64_t ttl_s;	/* may be kept so long without asking; or 0 */
	uint32_t hours; /* bits 0..23: not to be asked in these, UTC */
	unsigned days;	/* bits 0..6 from Sunday: nor on these */

	/*
	 * Fills *item, which is empty.  Only if whole is its text needed, or
	 * if it has no title.
	 */
	void (*load)(struct feed *feed, size_t i, bool whole,
	    struct feed_item *item);
	void (*close)(struct feed *feed);

	/* An item's own bytes, or NULL; and a digest of what else it takes
	 * its meaning from: what stands around it, the base of its links. */
	const char *(*raw)(struct feed *feed, size_t i, size_t *n);
	uint64_t context;

	/* Tells that no item from i on is loaded again; or NULL. */
	void (*spent)(struct feed *feed, size_t i);
	void *doc;
};
void feed_free(struct feed *feed);

/* Trims; "\r\n" becomes "\n".  Owned. */
char *feed_plain(const char *s);

/* Plain text of what may be HTML.  Owned. */
char *feed_text(const char *s, const char *base);

/*
 * A link as a person may open it: whole, and without the detour by which
 * Google Alerts count their readers.  Owned; NULL if it is none.
 */
char *feed_link(const char *base, const char *ref);

/*
 * Sets who wrote an item, of which nothing was known: who is their address,
 * name what people see, each owned and taken over, or NULL.  Some feeds give
 * one address of mail or one site to all who write there; so with a name such
 * an address means nobody without it.
 */
void feed_take_author(struct feed_item *item, char *who, char *name);

/* Frees s and returns NULL if it is empty. */
char *feed_none_if_empty(char *s);

/* a, and frees b; or b if a is NULL. */
char *feed_first_of(char *a, char *b);

#endif
