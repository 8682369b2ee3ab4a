#ifndef SRC_BLUESKY_POST_H
#define SRC_BLUESKY_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "sources/json.h"
#include "sources/source.h"

/*
 * One post as Bluesky shows it, in a search, a look-up or a notification:
 * all three have uri, author, record, indexedAt and labels.
 */

/* True for "at://did:.../app.bsky.feed.post/...", which is a post's id. */
bool bluesky_is_post(const char *uri);

/*
 * When the network took it in, UTC seconds; CQ_NO_TIME if it does not say.
 * Never after now.
 */
int64_t bluesky_indexed_at(const cJSON *view, int64_t now);

/*
 * Emits it; false if it is no post.
 *
 * source  name of the source
 * now     a post that claims to be newer is as old as now
 */
bool bluesky_emit(const char *source, const cJSON *view, int64_t now,
    src_emit_fn emit, void *arg);

#endif
