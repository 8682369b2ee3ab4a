#ifndef SRC_FEED_BYTES_H
#define SRC_FEED_BYTES_H

#include "core/buf.h"
#include "sources/source.h"

/* The bytes of a feed, and how they are to be understood. */

#define FEED_BYTES_MAX (24 * 1024 * 1024) /* in UTF-8 or Latin */
#define FEED_OTHER_MAX (8 * 1024 * 1024)  /* JSON, and other encodings */

struct feed_bytes {
	const char *s; /* the answer's own, or copy */
	size_t n;
	char *copy; /* what had to be converted; owned */
	bool latin; /* Windows-1252; else UTF-8 with strays of it */
};

/*
 * The encoding is that of a byte order mark, else of the Content-Type, else
 * of the XML declaration, else a guess; one that cannot be right, because
 * the bytes do not fit, gives way to the next.  What is said to be Latin but
 * reads as UTF-8 is UTF-8; bytes that are no UTF-8 are Windows-1252 one by
 * one.  Only other encodings are converted as a whole.
 *
 * CQ_NET with a message if that would take too much room.
 */
enum cq_status feed_bytes(const struct src_answer *answer,
    struct feed_bytes *out, struct cq_err *err);
void feed_bytes_free(struct feed_bytes *bytes);

/*
 * Adds n bytes of markup to *to so that an XML parser can take them: valid
 * UTF-8 without controls and comments; "&" and "<" that begin nothing as
 * "&amp;" and "&lt;"; names such as &nbsp; that HTML knows and XML does not as
 * the characters they mean, unknown ones as they stand.
 */
void feed_clean(struct cq_buf *to, const char *s, size_t n, bool latin);

#endif
