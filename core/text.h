#ifndef CQ_TEXT_H
#define CQ_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Text from outside is hostile: it may hold escape sequences, bidi
 * overrides, thousands of combining marks.  It is kept as it came
 * (raw_text) and only what went through show() (shown_text) may be drawn,
 * printed, exported or logged.  Two types, so that the compiler catches a
 * mix-up.
 */
struct raw_text {
	char *s; /* UTF-8 without NUL inside; NULL if there is none */
};

struct shown_text {
	char *s; /* safe on a terminal and a printer; never NULL */
};

enum show_how {
	SHOW_LINE, /* for lists: line breaks and tabs become one space each,
		      at most 2 combining marks a base */
	SHOW_TEXT  /* for reading: line breaks stay, at most 4 marks a base */
};

/*
 * Makes raw text harmless: C0, DEL and C1 become visible marks such as
 * "<ESC>" or "<9D>", bidi controls "<RLO>" and the like (CVE-2021-42574),
 * zero-width characters and tags vanish, ZWJ and ZWNJ stay between letters
 * or emoji only, bytes that are no UTF-8 become U+FFFD.  NULL becomes "".
 * The result is owned by the caller: shown_free().
 */
struct shown_text show(struct raw_text raw, enum show_how how);
struct shown_text show_str(const char *s, enum show_how how);
void shown_free(struct shown_text *text);

/* A raw_text of its own; free with raw_free(). */
struct raw_text raw_copy(const char *s);
void raw_free(struct raw_text *text);

/* True if the n bytes are UTF-8 (RFC 3629: no surrogates, no overlong). */
bool cq_utf8_valid(const char *s, size_t n);

/*
 * Decodes one code point; *cp is -1 for a byte that is no UTF-8 (then 1 is
 * returned).  n must be above 0.  Returns the bytes read.
 */
size_t cq_utf8_next(const char *s, size_t n, int *cp);

/* Takes off a last character that lost its end, as by snprintf(). */
void cq_utf8_trim(char *s);

#endif
