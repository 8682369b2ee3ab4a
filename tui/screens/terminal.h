#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

/*
 * The terminal: taken over, given back, also by a signal.  One at a time,
 * so its state is in file-scope variables that a signal handler can reach.
 */

/*
 * Takes the terminal over.  CQ_INPUT if there is none or its TERM is not
 * known, with a message that says what to do.
 */
enum cq_status term_start(struct cq_err *err);
void term_stop(void);

/* True once a signal asked to end, or the terminal went away. */
bool term_ending(void);

/* Keys that no terminal sends as one. */
enum {
	TERM_NO_KEY = -1,  /* time is up */
	TERM_SKIPPED = -2, /* it was a sequence without meaning */
	TERM_PASTE_BEGIN = 2000,
	TERM_PASTE_END = 2001
};

struct term_key {
	int code;      /* KEY_... of curses, TERM_..., or 0 for a character */
	wchar_t c;     /* the character, if code is 0 */
	char name[24]; /* as in the table of keys: "j", "^D", "PgDn" */
};

/*
 * Waits up to ms for a key; suspends the program if it was asked to.  False
 * if none came: key->code says why.
 */
bool term_key(int ms, struct term_key *key);

/* Monotonic milliseconds. */
long long term_ms(void);

/* What text looks like; in words first, so plain is always readable. */
enum style {
	ST_PLAIN,
	ST_HEAD,   /* header line */
	ST_HERE,   /* the line under the cursor */
	ST_DIM,	   /* what can be skipped */
	ST_STRONG, /* names, numbers */
	ST_MINE,
	ST_NOTE,
	ST_REVISION,
	ST_EVENT,
	ST_GOOD,
	ST_WARN,
	ST_BAD,
	N_STYLES
};
int term_style(enum style style); /* attributes of curses */

/*
 * Draws shown text in exactly width cells, cut or padded.  Parts outside
 * the screen are left out.
 */
void term_text(int y, int x, int width, const char *shown, enum style style);
void term_text_n(int y, int x, int width, const char *shown, size_t n,
    enum style style);
void term_fmt(int y, int x, int width, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* A line of dashes from edge to edge, behind words such as "--- 12 ". */
void term_rule(int y, const char *words, enum style style);

#endif
