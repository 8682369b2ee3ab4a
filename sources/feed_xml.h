#ifndef SRC_FEED_XML_H
#define SRC_FEED_XML_H

#include "sources/feed_item.h"
#include "sources/source.h"

/*
 * RSS 0.9x, 1.0 and 2.0 and Atom 0.3 and 1.0.  The answer is borrowed until
 * feed_free().  See feed_bytes.h for encodings, feed_scan.h for how items are
 * found, and feed_parse.h for what is done about broken and hostile markup.
 *
 * CQ_NET with a message if it is no feed; *feed is then empty.
 */
enum cq_status feed_xml(const struct src_answer *answer, struct feed *feed,
    struct cq_err *err);

#endif
