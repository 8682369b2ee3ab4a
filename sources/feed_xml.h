#ifndef SRC_FEED_XML_H
#define SRC_FEED_XML_H

#include "sources/feed_item.h"

/*
 * Reads RSS 0.9x, 1.0 and 2.0 and Atom 0.3 and 1.0.  The encoding is that
 * of the byte order mark, else of the Content-Type, else of the document.
 * First strictly, then as far as the markup can be recovered.  Nothing is
 * loaded, no entity is expanded; a document that declares any is refused.
 *
 * CQ_NET with a message; *feed is then as it was.
 */
enum cq_status feed_xml_read(const struct src_answer *answer, struct feed *feed,
    struct cq_err *err);

#endif
