#include "tui/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/when.h"
#include "tui/cells.h"
#include "tui/gaps.h"

void
say_count(int64_t n, struct cq_buf *out)
{
	if (n < 1000)
		cq_buf_fmt(out, "%" PRId64, n);
	else if (n < 10000)
		cq_buf_fmt(out, "%" PRId64 ".%" PRId64 "k", n / 1000,
		    n / 100 % 10);
	else if (n < 1000000)
		cq_buf_fmt(out, "%" PRId64 "k", n / 1000);
	else if (n < 10000000)
		cq_buf_fmt(out, "%" PRId64 ".%" PRId64 "M", n / 1000000,
		    n / 100000 % 10);
	else
		cq_buf_fmt(out, "%" PRId64 "M", n / 1000000);
}

static void
say_age(int64_t seconds, struct cq_buf *out)
{
	char s[16];

	cq_age_short(seconds < 0 ? 0 : seconds, s);
	cq_buf_str(out, s);
}

void
say_due(const struct cq_case *c, int64_t now, struct cq_buf *out)
{
	if (c->due_at == CQ_NO_TIME) {
		cq_buf_char(out, '-');
		return;
	}
	if (c->due_at < now)
		cq_buf_char(out, '-');
	say_age(c->due_at < now ? now - c->due_at : c->due_at - now, out);
}

bool
is_mine(const struct cq_case *c, const char *me)
{
	return me != NULL && c->holder != NULL && strcmp(c->holder, me) == 0;
}

/* Somebody else than me at the case: the holder, else who writes. */
static const struct cq_presence *
who_is_there(const struct cq_case *c, const char *me)
{
	const struct cq_presence *found = NULL;

	for (size_t i = 0; i < c->n_presence; i++) {
		const struct cq_presence *p = &c->presence[i];

		if (me != NULL && strcmp(p->agent, me) == 0)
			continue;
		if (c->holder != NULL && strcmp(p->agent, c->holder) != 0)
			continue;
		if (found == NULL || p->writing)
			found = p;
	}
	return found;
}

static void
say_waiting(const struct cq_case *c, int64_t now, struct cq_buf *out)
{
	if (c->state == CQ_SNOOZED && c->snooze_until_at != CQ_NO_TIME) {
		cq_buf_str(out, "asleep ");
		say_age(c->snooze_until_at - now, out);
	} else if (c->state == CQ_SNOOZED || c->state == CQ_PENDING) {
		cq_buf_str(out, "for author");
	} else if (c->owner != NULL) {
		cq_buf_fmt(out, "%s owns", c->owner);
	} else {
		cq_buf_char(out, '-');
	}
}

void
say_held(const struct cq_case *c, const char *me, int64_t now,
    struct cq_buf *out)
{
	const struct cq_presence *p = who_is_there(c, me);

	if (is_mine(c, me)) {
		cq_buf_fmt(out, "%s (you)", me);
	} else if (p != NULL && p->writing) {
		cq_buf_fmt(out, "%s writing ", p->agent);
		say_age(now - p->since_at, out);
	} else if (c->holder != NULL) {
		cq_buf_fmt(out, "%s ", c->holder);
		say_age(now - c->held_since_at, out);
	} else if (p != NULL) {
		cq_buf_fmt(out, "%s looking", p->agent);
	} else {
		say_waiting(c, now, out);
	}
}

void
say_raw(struct raw_text raw, struct cq_buf *out)
{
	struct shown_text shown = show(raw, SHOW_LINE);

	cq_buf_str(out, shown.s);
	shown_free(&shown);
}

void
say_who(struct raw_text who, struct cq_buf *out)
{
	struct shown_text shown = show(who, SHOW_LINE);
	bool blank = shown.s[strspn(shown.s, " ")] == '\0';

	cq_buf_str(out, blank ? "somebody" : shown.s);
	shown_free(&shown);
}

void
say_author(const struct cq_case *c, struct cq_buf *out)
{
	say_who(c->handle, out);
}

void
say_authors(int64_t n, struct cq_buf *out)
{
	if (n == 0)
		say_who((struct raw_text){NULL}, out);
	else
		cq_buf_fmt(out, "%" PRId64 " author%s", n, n == 1 ? "" : "s");
}

void
say_topic(const struct cq_case *c, int64_t now, struct cq_buf *out)
{
	say_marks(&c->marks, now, out);
	say_raw(c->subject, out);
}

static void
say_near(int64_t at, int64_t near, const char *far, struct cq_buf *out)
{
	char day[CQ_TIME_SIZE], other[CQ_TIME_SIZE], s[CQ_TIME_SIZE];

	cq_time_local(at, "%Y-%m-%d", day);
	cq_time_local(near, "%Y-%m-%d", other);
	cq_time_local(at, strcmp(day, other) == 0 ? "%H:%M" : far, s);
	cq_buf_str(out, s);
}

void
say_when(int64_t at, int64_t now, struct cq_buf *out)
{
	say_near(at, now, "%d %b", out);
}

void
say_moment(int64_t at, int64_t near, struct cq_buf *out)
{
	say_near(at, near, "%d %b %H:%M", out);
}

void
say_rest(int64_t until_at, int64_t now, struct cq_buf *out)
{
	cq_buf_str(out, "the service asked us to wait until ");
	say_moment(until_at, now, out);
}

void
say_incident(const struct cq_case *c, struct cq_buf *out)
{
	if (c->incident == 0)
		return;
	cq_buf_fmt(out, "I-%" PRId64 " \"", c->incident);
	say_raw(c->incident_name, out);
	cq_buf_fmt(out, "\" (%" PRId64 " case%s)", c->n_incident,
	    c->n_incident == 1 ? "" : "s");
}

enum column {
	C_STATE,
	C_DUE,
	C_PRI,
	C_REACH,
	C_HELD,
	C_CASE,
	C_SRC,
	C_AUTHOR,
	C_SUBJECT,
	C_PS,
	N_COLUMNS
};

static const struct {
	const char *title;
	int width;  /* at 80 columns */
	int share;  /* of what there is beyond, in percent */
	int widest; /* 0: no limit */
	bool right;
} columns[N_COLUMNS] = {
    [C_STATE] = {"F", 1, 0, 0, false},
    [C_DUE] = {"Due", 4, 0, 0, true},
    [C_PRI] = {"Pri", 3, 0, 0, true},
    [C_REACH] = {"Reach", 5, 0, 0, true},
    [C_HELD] = {"Held by", 14, 10, 20, false},
    [C_CASE] = {"Case", 5, 2, 7, true},
    [C_SRC] = {"Src", 5, 5, 10, false},
    [C_AUTHOR] = {"Author", 12, 15, 28, false},
    [C_SUBJECT] = {"Subject", 0, 100, 0, false},
    [C_PS] = {"Ps", 3, 0, 0, true},
};

static int
width_of(enum column i, const struct row_shape *shape)
{
	int extra = shape->width > 80 ? shape->width - 80 : 0;
	int w = columns[i].width + extra * columns[i].share / 100;

	if (columns[i].widest > 0 && w > columns[i].widest)
		w = columns[i].widest;
	return i == C_CASE && w < shape->digits ? shape->digits : w;
}

/* What the others leave: there is one space between two columns. */
static int
width_of_subject(const struct row_shape *shape)
{
	int rest = shape->width - (N_COLUMNS - 1);

	for (int i = 0; i < N_COLUMNS; i++)
		if (i != C_SUBJECT)
			rest -= width_of((enum column)i, shape);
	return rest < 0 ? 0 : rest;
}

/* Bytes of as many clusters as fit. */
static size_t
clipped(const char *shown, int width)
{
	size_t n = strlen(shown), i = 0;

	while (i < n) {
		struct cells_cluster c = cells_next(shown + i, n - i, NULL);

		width -= c.width;
		if (width < 0)
			break;
		i += c.n;
	}
	return i;
}

static void
put(enum column i, const char *shown, const struct row_shape *shape,
    struct cq_buf *out)
{
	int w = i == C_SUBJECT ? width_of_subject(shape) : width_of(i, shape);

	if (i == C_SRC) /* names of sources differ at their start */
		cells_fit_n(shown, clipped(shown, w), w, false, out);
	else
		cells_fit(shown, w, columns[i].right, out);
	if (i < N_COLUMNS - 1)
		cq_buf_char(out, ' ');
}

void
row_titles(const struct row_shape *shape, struct cq_buf *out)
{
	for (int i = 0; i < N_COLUMNS; i++)
		put((enum column)i, columns[i].title, shape, out);
}

#define WIDE_SUBJECT 30 /* cells: room for whole words beside a subject */

/* "I-17 23 cases " before the subject; "I-17 (23) " where room is scarce. */
static void
say_subject(const struct cq_case *c, int64_t now, int width, struct cq_buf *out)
{
	say_marks(&c->marks, now, out); /* first: they must not be cut off */
	if (c->incident != 0 && width >= WIDE_SUBJECT)
		cq_buf_fmt(out, "I-%" PRId64 " %" PRId64 " case%s ",
		    c->incident, c->n_incident, c->n_incident == 1 ? "" : "s");
	else if (c->incident != 0)
		cq_buf_fmt(out, "I-%" PRId64 " (%" PRId64 ") ", c->incident,
		    c->n_incident);
	say_raw(c->subject, out);
}

static void
say_column(enum column i, const struct cq_case *c, const char *me, int64_t now,
    int width, struct cq_buf *out)
{
	switch (i) {
	case C_STATE:
		cq_buf_char(out, cq_state_letter(c->state));
		break;
	case C_DUE:
		say_due(c, now, out);
		break;
	case C_PRI:
		cq_buf_fmt(out, "%d", c->priority.sum);
		break;
	case C_REACH:
		say_count(c->reach, out);
		break;
	case C_HELD:
		say_held(c, me, now, out);
		break;
	case C_CASE:
		cq_buf_fmt(out, "%" PRId64, c->id);
		break;
	case C_SRC:
		say_raw(c->source, out);
		break;
	case C_AUTHOR:
		say_author(c, out);
		break;
	case C_SUBJECT:
		say_subject(c, now, width, out);
		break;
	default:
		say_count(c->n_posts, out);
		break;
	}
}

void
row_of_case(const struct cq_case *c, const char *me, int64_t now,
    const struct row_shape *shape, struct cq_buf *out)
{
	struct cq_buf words = {0};

	for (int i = 0; i < N_COLUMNS; i++) {
		cq_buf_clear(&words);
		cq_buf_str(&words, "");
		say_column((enum column)i, c, me, now, width_of_subject(shape),
		    &words);
		put((enum column)i, words.s, shape, out);
	}
	cq_buf_free(&words);
}
