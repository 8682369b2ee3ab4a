#ifndef SRC_FEED_JSON_H
#define SRC_FEED_JSON_H

#include "sources/feed_item.h"
#include "sources/source.h"

/*
 * JSON Feed 1.0 and 1.1, and RSS written as JSON.  The answer is borrowed until feed_free().  CQ_NET
 * with a message if it is no feed; *feed is then empty.
 */
enum cq_status feed_json(const struct src_answer *answer, struct feed *feed,
    struct cq_err *err);

/* Does it begin as JSON does? */
bool feed_is_json(const struct src_answer *answer);

#endif
