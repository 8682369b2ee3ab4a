#ifndef SRC_FEED_SCAN_H
#define SRC_FEED_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

#define FEED_ITEMS_MAX 100000
#define FEED_HEAD_MAX (256 * 1024) /* bytes; the rest is left out */

/*
 * Where the items of an XML feed begin and end, found without a parser: so a
 * feed of any length is read item by item, in any order, and broken markup
 * in one item does not reach the next.  Of a document that was cut, an item
 * without its end is left out if there are others: it comes whole later.
 */
enum feed_kind { FEED_UNKNOWN, FEED_PAGE, FEED_RSS, FEED_ATOM };

struct feed_span {
	uint32_t from, n;
};

struct feed_scan {
	enum feed_kind kind;
	struct feed_span *at; /* in the order of the document */
	size_t n, cap;
	bool too_many;
	bool cut;	      /* it ends before its root does */
	struct cq_buf head;   /* the document without its items */
	struct cq_buf around; /* the tags that are open where items begin */
};

/* s may hold anything; below 4 GiB. */
void feed_scan(const char *s, size_t n, struct feed_scan *out);
void feed_scan_free(struct feed_scan *scan);

#endif
