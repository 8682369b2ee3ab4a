#ifndef SRC_FEED_MEMORY_H
#define SRC_FEED_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is remembered of the last document of a feed; its cursor.  Items are
 * remembered by short hashes (core/hash.h) of their ids.
 */

#define FEED_NEWEST_MAX 16
#define FEED_HISTORY_MAX 256
#define FEED_SHARED_MAX 32

struct feed_hashes {
	uint64_t at[FEED_HISTORY_MAX];
	size_t n;
};
bool feed_hashes_has(const struct feed_hashes *set, uint64_t hash);

/* Adds a hash that is new to the set; false if max are there already. */
bool feed_hashes_add(struct feed_hashes *set, uint64_t hash, size_t max);

struct feed_memory {
	char *etag, *modified; /* sent back exactly as they came */
	int64_t ttl_s;
	uint32_t hours;
	unsigned days;

	bool any; /* a document was read before */
	int64_t newest_at;
	struct feed_hashes newest; /* its newest items, at most 16 */
	struct feed_hashes links;  /* the links of those */

	/* Items without a date that were there before anybody listened. */
	struct feed_hashes history;
	bool history_goes_on;  /* there were more of them */
	uint64_t history_last; /* the last of those in the document */

	/* guids and links that different items have in common */
	struct feed_hashes shared;
	bool no_guid; /* no guid of this feed names an item for good */

	struct feed_hashes blocks; /* of a long document: feed_blocks.h */
};

/* cursor as stored; "" is an empty memory.  Reads whatever it can. */
void feed_memory_read(struct feed_memory *memory, const char *cursor);

/* The cursor: lines of a letter and what it stands for.  Owned. */
char *feed_memory_write(const struct feed_memory *memory);
void feed_memory_free(struct feed_memory *memory);

#define FEED_FLOOR_S 300 /* between two fetches at least */

/*
 * Seconds from now until the feed may be asked again: its ttl, at least
 * FEED_FLOOR_S, and not within the hours and days it names (which are ignored if
 * they leave none within a day).
 */
int64_t feed_memory_every_s(const struct feed_memory *memory, int64_t now,
    int64_t every_s);

#endif
