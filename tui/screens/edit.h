#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "tui/screens/terminal.h"

/*
 * Text under a cursor, of one line or many.  Whatever comes in goes through
 * show() at once, so that the text can be drawn and what is saved is what
 * was seen.  The cursor stands between clusters, never inside one.
 */
struct edit {
	struct cq_buf text;
	size_t at;  /* cursor: bytes before it */
	size_t max; /* bytes that it may hold */
	bool lines; /* Enter is a line break */
	int wish;   /* column that Up and Down want to keep; -1: none */
	int width;  /* it was last wrapped at; for Up and Down */
	bool full;  /* the last key found no room */
};

void edit_init(struct edit *e, const char *text, size_t max, bool lines);
void edit_free(struct edit *e);
const char *edit_text(const struct edit *e); /* "" if there is none */

/* Inserts at the cursor; what does not fit is left out and e->full set. */
void edit_insert(struct edit *e, const char *s);

/*
 * Does what a key means in text.  *changed tells if the text is another
 * now.  False if the key means nothing here.
 */
bool edit_key(struct edit *e, const struct term_key *key, const char *pasted,
    bool *changed);

/* Line and column of the cursor when wrapped at e->width. */
void edit_where(const struct edit *e, size_t *line, int *column);

#endif
