#ifndef TUI_MAYBES_H
#define TUI_MAYBES_H

#include "tui/screens/compare.h"
#include "tui/screens/screen.h"

/* What the screens of likely duplicates draw alike. */

/* "sure", "likely", "maybe?": how alike they are, as a word. */
const char *maybe_word(const struct cq_maybe *m);

/* Adds the reason, as short as it can be. */
void maybe_why(const struct cq_maybe *m, struct cq_buf *out);

/* Titles and one row in exactly width cells; digits of the longest number. */
struct maybe_shape {
	int width, digits;
};
void maybe_titles(const struct maybe_shape *shape, struct cq_buf *out);
void maybe_row(const struct cq_maybe *m, const char *me, int64_t now,
    const struct maybe_shape *shape, struct cq_buf *out);

/* A case in the same columns, with other words in the last two. */
void maybe_row_of(const struct cq_case *c, const char *alike, const char *why,
    const char *me, int64_t now, const struct maybe_shape *shape,
    struct cq_buf *out);

/* Digits of the longest case number. */
int maybe_digits(const struct app *app);

/* The texts of one suggestion under the list. */
struct pair {
	int64_t post_id, other_post; /* that are compared; 0 if none */
	struct compare compare;
};

/*
 * Draws why it is suggested and both posts, in lines y to y + height - 1.
 * title names the case of post_id.
 */
void pair_draw(struct app *app, struct pair *p, const char *title,
    const struct cq_maybe *m, int y, int height);

/* The posts may have been edited: compare anew. */
void pair_forget(struct pair *p);

#endif
