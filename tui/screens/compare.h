#ifndef TUI_COMPARE_H
#define TUI_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

/*
 * Two posts word by word, for a person to judge: what one has and the other
 * has not stands in [brackets], so that it is seen without colour too.
 * Letters' case, accents and punctuation do not make a difference.  Order
 * does, unless the posts tell in words of their own: then a word that the
 * other has anywhere is no difference.
 */

#define COMPARE_WORDS 400 /* of each text; the rest is not compared */

/* A part of a text, in bytes. */
struct compare_part {
	size_t at, n;
};

struct compare_side {
	char *text;		   /* shown, in one line, with the brackets */
	struct compare_part *part; /* what differs, brackets and all */
	size_t n;
};

struct compare {
	struct compare_side a, b;
	size_t n_same;	 /* words that both have */
	bool ordered;	 /* ... in one order; else as a's are found in b */
	size_t n_a, n_b; /* words that were compared */
	bool cut;	 /* one of them has more words than that */
};

void compare_posts(struct raw_text a, struct raw_text b, struct compare *out);
void compare_free(struct compare *c); /* {0} is allowed */

/*
 * Draws both in lines y to y + height - 1: beside each other if the screen
 * is wide, else one below the other, each under its title.  Of a long text
 * the first part that differs is shown.
 */
void compare_draw(const struct compare *c, const char *title_a,
    const char *title_b, int y, int height);

#endif
