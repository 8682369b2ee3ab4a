#include "sources/feed_blocks.h"

#include <string.h>

#include "core/hash.h"

#define BLOCK_MASK 511 /* an item in 512 ends its block */

static uint64_t
digest_of(struct feed *feed, size_t i)
{
	size_t n;
	const char *s = feed->raw(feed, i, &n);

	return cq_hash_bytes(CQ_HASH_START, s, n);
}

/* The upper half of FNV-1a's product is the better mixed one. */
static bool
ends_block(uint64_t digest)
{
	return (digest >> 32 & BLOCK_MASK) == 0;
}

void
feed_blocks(struct feed *feed, uint64_t seed, const struct feed_hashes *before,
    struct feed_hashes *now, bool *same)
{
	size_t i, from = 0;
	uint64_t block = seed;

	if (feed->raw == NULL || feed->n < FEED_BLOCKS_FROM)
		return;
	for (i = 0; i < feed->n; i++) {
		uint64_t digest = digest_of(feed, i);

		block = cq_hash_bytes(block, (char *)&digest, sizeof(digest));
		if (!ends_block(digest) && i + 1 < feed->n)
			continue;
		block = cq_hash_short(block);
		memset(same + from, feed_hashes_has(before, block),
		    i + 1 - from);
		feed_hashes_add(now, block, FEED_HISTORY_MAX);
		from = i + 1;
		block = seed;
	}
}
