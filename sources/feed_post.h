#ifndef SRC_FEED_POST_H
#define SRC_FEED_POST_H

#include "sources/feed_item.h"
#include "sources/feed_memory.h"
#include "sources/source.h"

/*
 * Emits the items as posts, oldest first, and brings *memory up to this
 * document.  An item's id is its guid; or its link; or, where both are
 * missing or shared by different items, a digest of title, author and day.
 *
 * Left out are items without a date that were there on the first visit, if
 * the source is not to tell of the past, and on later visits those that are
 * older than it is to tell; and, of a long document, those that stand there
 * as they did last time, which are counted.  next->jumped is set if the newest
 * items of the document before are all gone, so that some may have come and
 * gone unseen.
 */
void feed_emit(struct feed *feed, const struct src_visit *visit,
    struct feed_memory *memory, src_emit_fn emit, void *arg,
    struct src_next *next);

#endif
