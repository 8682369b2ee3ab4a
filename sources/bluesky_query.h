#ifndef SRC_BLUESKY_QUERY_H
#define SRC_BLUESKY_QUERY_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * What a person types to search Bluesky: words, "words in quotes", #tags
 * and lang:xx.  The service reads the rest itself ("from:", "-word").
 */

/* True if something to search for is in it; NULL is not. */
bool bluesky_is_query(const char *query);

/* Adds it to the address as the parameters q, tag and lang. */
void bluesky_add_query(struct cq_buf *url, const char *query);

#endif
