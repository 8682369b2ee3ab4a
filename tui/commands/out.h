#ifndef TUI_OUT_H
#define TUI_OUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/store.h"
#include "core/text.h"
#include "core/when.h"
#include "tui/commands/cli.h"

/*
 * How line mode prints.  All of it goes through these functions, so that a
 * full disk or a reader that went away is noticed, and nothing that came
 * from outside is printed without show().
 */

/* To stdout; s is safe already: our own words, or from show(). */
void out_str(const char *s);
void out_fmt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* To stdout through show(). */
void out_raw(const char *raw);
/* Who wrote it, so, or "somebody" where that is not known. */
void out_who(const char *raw);

/* True once writing has failed: a long listing may stop. */
bool out_failed(void);

/*
 * Writes what is left.  Returns status, or EXIT_FAILED after saying why it
 * could not be written; a reader that went away (a pipe) is no failure.
 */
int out_end(int status);

/* Columns of the terminal, $COLUMNS, or 80. */
int out_width(void);

/*
 * Words broken at spaces, each line behind indent, to out.  Line feeds in
 * shown stay.  A word longer than a line is left whole (an address).
 */
void out_wrap(const char *shown, const char *indent, int width,
    struct cq_buf *out);

/*
 * A line to stdout, lead before it: on a terminal wrapped at words, further
 * lines behind indent, which is not shorter than lead; else whole, as programs
 * read it.
 */
void out_line(const char *lead, const char *indent, const char *shown);

/* One cell of a table: cut or padded to width, and a space behind it. */
void out_cell(struct cq_buf *row, const char *shown, int width, bool right);
void out_cell_raw(struct cq_buf *row, const char *raw, int width);

/*
 * One word of a command line that a person copies: between single quotes where
 * a shell would make something else of it.
 */
void out_word(struct cq_buf *row, const char *raw);

/* Ends a row: spaces at its end go, a line feed comes; prints, empties. */
void out_row(struct cq_buf *row);

/* --- JSON: one object a line, stable names in snake_case --------------- */

void json_text(cJSON *o, const char *name, const char *raw); /* SHOW_TEXT */
void json_line(cJSON *o, const char *name, const char *raw); /* SHOW_LINE */
void json_number(cJSON *o, const char *name, int64_t n);
void json_time(cJSON *o, const char *name, int64_t at); /* null if no time */

/* Words parted by spaces as an array. */
void json_words(cJSON *o, const char *name, const char *words);

/* Prints the object and a line feed; frees it. */
void out_json(cJSON *o);

/* "visibility", "bot" and "deleted" (a time or null) of a post. */
void json_marks(cJSON *o, const struct cq_marks *marks);

/* {"gap":1,"source":"x","kind":"failed",...} */
cJSON *out_gap_json(const struct cq_gap *gap);

/* --- cases ------------------------------------------------------------- */

/* A case as list --json prints it; never NULL. */
cJSON *out_case_json(const struct cq_case *c);

/* "posts" and "notes" of a case added to its object. */
void out_story_json(cJSON *o, const struct cq_case_full *full);

enum { OUT_STORY = 1 << 0, OUT_EVENTS = 1 << 1, OUT_ENTRIES = 1 << 2 };

/*
 * Reads a case and prints it, plain or as JSON.  what: OUT_STORY with its
 * posts and notes, OUT_EVENTS with its log, OUT_ENTRIES all in order as
 * "entries" (JSON).  Returns an exit status.
 */
int out_case(struct cli *cli, int64_t case_id, unsigned what);

/*
 * After a change: with --json the case as it is now, else a sentence that
 * begins with "case 12 ".
 */
int out_changed(struct cli *cli, int64_t case_id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "2026-11-23 14:07", local; "-" for CQ_NO_TIME. */
const char *out_time(int64_t at, char out[CQ_TIME_SIZE]);

#endif
