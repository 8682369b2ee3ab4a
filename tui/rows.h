#ifndef TUI_ROWS_H
#define TUI_ROWS_H

#include "core/buf.h"
#include "core/store.h"

/*
 * A case as words for lists and heads, on the screens and in line mode.  All
 * of them write shown text; me is whose "you" it is, or NULL.
 */

/* "88k" */
void say_count(int64_t n, struct cq_buf *out);

/* "9m", "-4m" once it is overdue, "now", "-" if no clock runs. */
void say_due(const struct cq_case *c, int64_t now, struct cq_buf *out);

/*
 * Who has the case, in words: "ann (you)", "bo writing 3m", "cy 6m",
 * "bo looking", "cy owns", "for author", "asleep 3h", "-".
 */
void say_held(const struct cq_case *c, const char *me, int64_t now,
    struct cq_buf *out);

/* True if the agent me holds the case now. */
bool is_mine(const struct cq_case *c, const char *me);

/* 'I-17 "bank delay" (23 cases)'; nothing if the case is in none. */
void say_incident(const struct cq_case *c, struct cq_buf *out);

/* Who wrote it, or "somebody": not every source tells. */
void say_who(struct raw_text who, struct cq_buf *out);

/* The same of who opened the case. */
void say_author(const struct cq_case *c, struct cq_buf *out);

/* By how many: "3 authors", or "somebody" where none is known. */
void say_authors(int64_t n, struct cq_buf *out);

/* The beginning of its first post, behind the marks of that. */
void say_topic(const struct cq_case *c, int64_t now, struct cq_buf *out);

/* Adds raw text as one line. */
void say_raw(struct raw_text raw, struct cq_buf *out);

/* "13:31", or "22 Nov" if that is not today. */
void say_when(int64_t at, int64_t now, struct cq_buf *out);

/* "13:31", or "22 Nov 13:31" on another day than near. */
void say_moment(int64_t at, int64_t near, struct cq_buf *out);

/* "the service asked us to wait until 14:05", or "... 24 Nov 14:05" */
void say_rest(int64_t until_at, int64_t now, struct cq_buf *out);

struct row_shape {
	int width;  /* cells of the whole row */
	int digits; /* of the longest case number */
};

/* Titles and one row of the queue in exactly shape->width cells. */
void row_titles(const struct row_shape *shape, struct cq_buf *out);
void row_of_case(const struct cq_case *c, const char *me, int64_t now,
    const struct row_shape *shape, struct cq_buf *out);

#endif
