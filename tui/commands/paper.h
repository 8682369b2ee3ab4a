#ifndef TUI_PAPER_H
#define TUI_PAPER_H

#include <stddef.h>

/* Lines on pages: a header on each, a form feed between two. */

#define PAPER_WIDTH 80
#define PAPER_LINES 60 /* of a page, with its header */

/* {0} to begin with */
struct paper {
	char *title, *under;
	char **lines; /* NULL: the page ends here */
	size_t n;
	size_t on_page;
};

/* The header's two lines; the page number is added to the first. */
void paper_begin(struct paper *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void paper_under(struct paper *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* One line, at most PAPER_WIDTH wide: cut if it is longer. */
void paper_line(struct paper *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Several lines, kept on one page; each ends with a line feed. */
void paper_text(struct paper *p, const char *lines);

/* Begins a new page unless n more lines fit on this one. */
void paper_keep(struct paper *p, size_t n);

void paper_print(const struct paper *p); /* to stdout */
void paper_free(struct paper *p);

#endif
