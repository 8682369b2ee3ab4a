#ifndef TUI_LINES_H
#define TUI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/* Lines of a file or pipe, however long, in memory that has a limit. */

#define LINES_MAX (1024 * 1024) /* bytes of a line, without its line feed */

/* {.fd = fd} to begin with */
struct lines {
	int fd;
	int64_t number; /* of the line that was given last; 1 is the first */
	int error;	/* errno after LINES_FAILED */
	struct cq_buf held; /* read and not yet given, from at on */
	size_t at, searched;
	bool skipping; /* inside a line that is too long */
	bool asked;    /* the caller was told to wait: reading may block */
	bool ended;
};

enum lines_got {
	LINES_ONE,  /* a line: *s, *n, valid until the next call */
	LINES_LONG, /* a line above LINES_MAX, left out */
	LINES_MORE, /* none is complete: wait for input, and call again */
	LINES_END,
	LINES_FAILED
};

enum lines_got lines_next(struct lines *l, const char **s, size_t *n);

/* The same of what was read before: it never reads. */
enum lines_got lines_held(struct lines *l, const char **s, size_t *n);

/*
 * Reads the rest of a line that has begun and not a byte more, so that
 * whoever reads next begins with a whole line.  Returns false if the rest
 * does not come within max_ms; true also if no line has begun.
 */
bool lines_finish(struct lines *l, int max_ms);

/* After LINES_END: what is written into a FIFO later follows. */
void lines_go_on(struct lines *l);

/* Frees what is held; fd stays open. */
void lines_free(struct lines *l);

#endif
