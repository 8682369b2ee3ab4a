#ifndef TUI_CELLS_H
#define TUI_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * Shown text (text that went through show()) as terminal cells.  The widths
 * are those of the C library's wcwidth(3), which ncurses uses too, so the
 * locale must be a UTF-8 one.
 *
 * Terminals disagree about how wide a joined emoji is.  So that columns
 * stay straight everywhere, what makes one glyph of several is left out
 * when text is drawn: joiners, variation selectors and skin tones; a flag
 * becomes its two letters.  What has no width becomes U+FFFD.
 */

/* One thing a person sees as a sign. */
struct cells_cluster {
	size_t n;  /* bytes of the text */
	int width; /* cells: 0, 1 or 2 */
};

/*
 * Reads the cluster at s, a base with its marks, and adds what is drawn
 * for it to out unless that is NULL.  n must be above 0.
 */
struct cells_cluster cells_next(const char *s, size_t n, struct cq_buf *out);

/* Cells that the text takes. */
int cells_width(const char *shown);
int cells_width_n(const char *shown, size_t n);

/*
 * Adds the text to out in exactly width cells: padded with spaces, behind
 * or (right) before it, or cut on a whole cluster with an ellipsis.
 */
void cells_fit(const char *shown, int width, bool right, struct cq_buf *out);

/* The same for the first n bytes of the text. */
void cells_fit_n(const char *shown, size_t n, int width, bool right,
    struct cq_buf *out);

/* A part of the text. */
struct cells_line {
	size_t at, n;
};

/*
 * Breaks text into lines of at most width cells: at line breaks, else
 * behind a space, else, in text without spaces, behind any cluster.  The
 * parts follow each other without gap, but for the line breaks; spaces at
 * the end of a line may hang over.  There is one line at least.  *lines is
 * an array to be freed by the caller; returns how many there are.
 */
size_t cells_wrap(const char *shown, int width, struct cells_line **lines);

/* Bytes of such a line without the spaces at its end: what is drawn. */
size_t cells_inked(const char *shown, struct cells_line line);

#endif
