#include <curses.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/when.h"
#include "tui/cells.h"
#include "tui/rows.h"
#include "tui/screens/tray.h"

#define MIN_HEIGHT 18 /* of the screen, to show texts under the list */
#define INDENT 3      /* of the cases of an unfolded cluster */

/* --- a cluster in one row ------------------------------------------------ */

enum column {
	C_FOLD,
	C_SAVES,
	C_ALIKE,
	C_CASE,
	C_AGE,
	C_AUTHOR,
	C_SUBJECT,
	C_WHY,
	N_COLUMNS
};

static const struct {
	const char *title;
	int width;
	int from;  /* width of the row from which on there is room for it */
	int share; /* of what the fixed ones leave, in percent */
	bool right;
} columns[N_COLUMNS] = {
    [C_FOLD] = {" ", 1, 0, 0, false},
    [C_SAVES] = {"Saves", 5, 0, 0, true},
    [C_ALIKE] = {"Alike", 6, 60, 0, false},
    [C_CASE] = {"Case", 5, 0, 0, true},
    [C_AGE] = {"Age", 4, 70, 0, true},
    [C_AUTHOR] = {"Author", 12, 60, 0, false},
    [C_SUBJECT] = {"Subject", 0, 0, 50, false},
    [C_WHY] = {"Why", 0, 0, 50, false},
};

static int
fixed_width(enum column i, int width, int digits)
{
	if (width < columns[i].from || columns[i].share > 0)
		return 0;
	if (i == C_AUTHOR && width > 120)
		return 2 * columns[i].width;
	return i == C_CASE && digits > columns[i].width ? digits
							: columns[i].width;
}

static int
width_of(enum column i, int width, int digits)
{
	int rest = width - 1; /* of subject and reason, and a space between */

	if (columns[i].share == 0)
		return fixed_width(i, width, digits);
	for (int k = 0; k < N_COLUMNS; k++) {
		int w = fixed_width((enum column)k, width, digits);

		rest -= w > 0 ? w + 1 : 0;
	}
	return i == C_WHY ? rest - rest * columns[C_SUBJECT].share / 100
			  : rest * columns[i].share / 100;
}

static void
put(enum column i, const char *shown, int width, int digits, struct cq_buf *out)
{
	int w = width_of(i, width, digits);

	if (w <= 0)
		return;
	cells_fit(shown, w, columns[i].right, out);
	if (i != C_WHY)
		cq_buf_char(out, ' ');
}

/* A group is as sure as the least sure of what holds it together. */
static const char *
weakest(const struct cq_cluster *c)
{
	const char *least = "sure";

	for (size_t k = 0; k < c->n; k++) {
		const char *word = maybe_word(&c->at[k]);

		if (strcmp(word, "maybe?") == 0)
			return word;
		if (strcmp(word, "likely") == 0)
			least = word;
	}
	return least;
}

static void
say_column(enum column i, const struct cq_cluster *c, bool open, int64_t now,
    struct cq_buf *out)
{
	char age[16];

	switch (i) {
	case C_FOLD:
		cq_buf_char(out, open ? '-' : '+');
		break;
	case C_SAVES:
		cq_buf_fmt(out, "%" PRId64, c->saves);
		break;
	case C_ALIKE:
		cq_buf_str(out, weakest(c));
		break;
	case C_CASE:
		cq_buf_fmt(out, "%" PRId64, c->head.id);
		break;
	case C_AGE:
		cq_age_short(now > c->head.opened_at ? now - c->head.opened_at
						     : 0,
		    age);
		cq_buf_str(out, age);
		break;
	case C_AUTHOR:
		say_author(&c->head, out);
		break;
	case C_SUBJECT:
		if (c->head.incident != 0)
			cq_buf_fmt(out, "I-%" PRId64 " ", c->head.incident);
		say_topic(&c->head, now, out);
		break;
	default:
		if (c->n > 0)
			maybe_why(&c->at[0], out);
		break;
	}
}

static void
cluster_row(struct app *app, const struct cq_cluster *c, bool open, int width,
    struct cq_buf *out)
{
	struct cq_buf words = {0};

	for (int i = 0; i < N_COLUMNS; i++) {
		cq_buf_clear(&words);
		cq_buf_str(&words, "");
		say_column((enum column)i, c, open, app_now(app), &words);
		put((enum column)i, words.s, width, maybe_digits(app), out);
	}
	cq_buf_free(&words);
}

/* --- rows ---------------------------------------------------------------- */

/* The head in the columns of the others; it has no likeness of its own. */
static void
head_row(struct app *app, const struct cq_case *head, int width,
    struct cq_buf *out)
{
	struct maybe_shape shape = {width, maybe_digits(app)};

	maybe_row_of(head, "first", "the others join into it", app_me(app),
	    app_now(app), &shape, out);
}

void
tray_row(struct app *app, const struct tray *t, size_t line, int width,
    struct cq_buf *out)
{
	struct maybe_shape shape = {width - INDENT, maybe_digits(app)};
	const struct cq_cluster *c = tray_cluster(t, line);

	if (t->line[line].kind == TRAY_CLUSTER) {
		cluster_row(app, c, marks_has(&t->open, c->head.id), width,
		    out);
		return;
	}
	for (int i = 0; i < INDENT; i++)
		cq_buf_char(out, ' ');
	if (t->line[line].kind == TRAY_HEAD)
		head_row(app, &c->head, width - INDENT, out);
	else
		maybe_row(tray_maybe(t, line), app_me(app), app_now(app),
		    &shape, out);
}

static void
draw_row(struct app *app, const struct tray *t, size_t i, int y)
{
	bool here = i == t->cursor.here;
	bool marked = marks_has(&t->marks, tray_case(t, i)->id) ||
	    marks_has(&t->marks, tray_cluster(t, i)->head.id);
	struct cq_buf row = {0};

	cq_buf_char(&row, marked ? '*' : here ? '>' : ' ');
	tray_row(app, t, i, COLS - 1, &row);
	term_text(y, 0, COLS, row.s, here ? ST_HERE : ST_PLAIN);
	cq_buf_free(&row);
}

/* " Maybe the same: 31 suggestions in 12 groups      2 marked" */
static void
draw_head(const struct tray *t)
{
	struct cq_buf left = {0}, right = {0};
	int width;

	cq_buf_fmt(&left,
	    " Maybe the same: %" PRId64 " suggestion%s in %s%zu group%s",
	    t->tray.n_pending, t->tray.n_pending == 1 ? "" : "s",
	    t->tray.n == TRAY_MAX ? "more than " : "", t->tray.n,
	    t->tray.n == 1 ? "" : "s");
	if (t->marks.n > 0)
		cq_buf_fmt(&right, " %zu marked ", t->marks.n);
	width = right.n > 0 ? cells_width(right.s) : 0;
	term_text(0, 0, COLS - width, left.s, ST_HEAD);
	if (width > 0)
		term_text(0, COLS - width, width, right.s, ST_STRONG);
	cq_buf_free(&left);
	cq_buf_free(&right);
}

static void
draw_titles(const struct app *app)
{
	struct cq_buf row = {0};

	cq_buf_char(&row, ' ');
	for (int i = 0; i < N_COLUMNS; i++)
		put((enum column)i, columns[i].title, COLS - 1,
		    maybe_digits(app), &row);
	term_text(1, 0, COLS, row.s, ST_STRONG);
	cq_buf_free(&row);
}

/* Lines for the texts under the list, more if it is short; 0: too low. */
static int
pair_height(int height, size_t n)
{
	int want = height * 2 / 5, spare = height - 2 - want - (int)n;

	if (height < MIN_HEIGHT)
		return 0;
	if (spare > 0)
		want += spare < 4 ? spare : 4;
	return want > 16 ? 16 : want;
}

static const struct cq_case *
case_of(const struct cq_cluster *c, int64_t id)
{
	for (size_t k = 0; k < c->n; k++)
		if (c->at[k].other.id == id)
			return &c->at[k].other;
	return &c->head;
}

static void
draw_pair(struct app *app, struct tray *t, int y, int height)
{
	const struct cq_cluster *c = tray_cluster(t, t->cursor.here);
	const struct cq_maybe *m = tray_maybe(t, t->cursor.here);
	struct cq_buf title = {0};

	if (m == NULL)
		return;
	cq_buf_fmt(&title, "case %" PRId64 ", ", m->case_id);
	say_author(case_of(c, m->case_id), &title);
	pair_draw(app, &t->pair, title.s, m, y, height);
	cq_buf_free(&title);
}

void
tray_draw(struct app *app, struct screen *screen, int height)
{
	struct tray *t = (struct tray *)screen;
	int low = pair_height(height, t->n), rows = height - 2 - low;

	if (!t->have)
		return;
	draw_head(t);
	if (t->n == 0) {
		term_text(3, 2, COLS - 2,
		    "No suggestion is left to judge. q goes back.", ST_PLAIN);
		return;
	}
	draw_titles(app);
	cursor_fit(&t->cursor, t->n, rows);
	for (size_t i = 0; (int)i < rows && t->cursor.top + i < t->n; i++)
		draw_row(app, t, t->cursor.top + i, 2 + (int)i);
	if (low > 0)
		draw_pair(app, t, height - low, low);
}
