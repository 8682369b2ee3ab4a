#ifndef TUI_GAPS_H
#define TUI_GAPS_H

#include "core/buf.h"
#include "core/store.h"

/* Gaps of sources, and marks of posts, as words; all write shown text. */

/*
 * "source shop-forum: nothing heard since 09:12 (2 h 28 min): why", in one
 * line; as of now.
 */
void say_gap(const struct cq_gap *gap, int64_t now, struct cq_buf *out);

/* What that means, and what a person can do: several lines. */
void say_gap_advice(const struct cq_gap *gap, struct cq_buf *out);

/*
 * "[direct] [bot] [deleted 14:02] ", nothing for a public post that is
 * there.
 */
void say_marks(const struct cq_marks *marks, int64_t now, struct cq_buf *out);

/* Must nobody speak of it in public? */
bool is_private(const struct cq_marks *marks);

#endif
