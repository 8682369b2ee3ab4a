#ifndef CQ_STORE_PACK_H
#define CQ_STORE_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * The link of a post says little that its row does not say already: where
 * its source is, and which post it is.  So what is stored of it is its
 * pattern, in which a byte below 32 stands for something that is known.
 */

/*
 * Appends the pattern of url to out and returns true if that is worth it:
 * if it is shorter, or names the post (*named), so that other posts may have
 * the same.  id is the post's remote id, author its author's or NULL.  What
 * out gets is of no use if it is false.
 */
bool pack_url(const char *url, const char *id, const char *author,
    struct cq_buf *out, bool *named);

/* Appends the url that a pattern of n bytes was made of, with the same id
 * and author as then. */
void pack_read(const char *pattern, size_t n, const char *id,
    const char *author, struct cq_buf *out);

#endif
