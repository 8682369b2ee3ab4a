#ifndef SRC_FEED_BLOCKS_H
#define SRC_FEED_BLOCKS_H

#include "sources/feed_item.h"
#include "sources/feed_memory.h"

#define FEED_BLOCKS_FROM 256 /* items; shorter documents are read quickly */

/*
 * A long document is remembered by its blocks, so that what stands in it as
 * it did last time is not read again.  A block ends with an item whose digest
 * says so, about every 512: an item more at the top changes its own block and
 * no other (Muthitacharoen, Chen, Mazieres, "A Low-bandwidth Network File
 * System", SOSP 2001, section 3.1).
 *
 * seed    what else the posts depend on; another one knows no block
 * before  the blocks of the last document
 * now     those of this one, at most FEED_HISTORY_MAX, are added here
 * same    feed->n of them: set for each item whose block was there before
 *
 * Nothing is done for a short document, or one whose items have no bytes of
 * their own (feed->raw).
 */
void feed_blocks(struct feed *feed, uint64_t seed,
    const struct feed_hashes *before, struct feed_hashes *now, bool *same);

#endif
