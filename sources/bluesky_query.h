#ifndef SRC_BLUESKY_QUERY_H
#define SRC_BLUESKY_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * What a person types to search Bluesky: words, "words in quotes", #tags
 * and lang:xx.  The service reads the rest itself ("from:", "-word").
 */

/* True if something to search for is in it; NULL is not. */
bool bluesky_is_query(const char *query);

#define BLUESKY_BATCH 25 /* profiles or posts a question; more is refused */

/* address and path with n times "name=value", at most BLUESKY_BATCH; owned. */
char *bluesky_batch_url(const char *address, const char *path, const char *name,
    const char *const *values, size_t n);

/* Adds it to the address as the parameters q, tag and lang. */
void bluesky_add_query(struct cq_buf *url, const char *query);

#endif
