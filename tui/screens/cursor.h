#ifndef TUI_CURSOR_H
#define TUI_CURSOR_H

#include <stddef.h>

#include "tui/screens/screen.h"

/* A cursor in a list of rows that are all in memory. */
struct cursor {
	size_t here;
	size_t top;  /* first row on the screen */
	size_t rows; /* that the screen has; set by cursor_fit() */
};

void cursor_go(struct cursor *c, size_t n, enum motion go);

/* Scrolls so that the row under the cursor is among rows on the screen. */
void cursor_fit(struct cursor *c, size_t n, int rows);

/* The list was read again: the row that was under the cursor is at now. */
void cursor_follow(struct cursor *c, size_t at);

#endif
