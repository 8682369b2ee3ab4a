#include <curses.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/rows.h"
#include "tui/screens/cursor.h"
#include "tui/screens/judging.h"
#include "tui/screens/maybes.h"

/* The likely duplicates of one case, and the texts of the one chosen. */

#define DUPS_MAX 100 /* rows: nobody judges more of one case */
#define MIN_LIST 3   /* rows, if there are so many */
#define MIN_PAIR 7   /* lines of the texts, else they are left out */

struct dups {
	struct screen base;
	int64_t id; /* whose they are */
	struct cq_case head;
	bool have; /* head was read */
	struct cq_maybes maybes;
	struct cursor cursor;
	struct marks marks;
	struct pair pair;
};

static const struct cq_maybe *
here(const struct dups *d)
{
	return d->cursor.here < d->maybes.n ? &d->maybes.at[d->cursor.here]
					    : NULL;
}

static bool
is_listed(const struct cq_maybes *m, int64_t id, size_t *at)
{
	for (*at = 0; *at < m->n; ++*at)
		if (m->at[*at].other.id == id)
			return true;
	return false;
}

/* What is marked, and not on the list any more, must not be judged. */
static void
drop_marks(struct dups *d)
{
	size_t at;

	for (size_t i = d->marks.n; i-- > 0;)
		if (!is_listed(&d->maybes, d->marks.at[i], &at))
			marks_toggle(&d->marks, d->marks.at[i]);
}

static void
take_maybes(struct app *app, struct dups *d, struct cq_maybes *fresh)
{
	int64_t id = here(d) == NULL ? 0 : here(d)->other.id;
	size_t at;

	cq_maybes_free(&d->maybes);
	d->maybes = *fresh;
	drop_marks(d);
	pair_forget(&d->pair);
	if (id == 0)
		return;
	if (is_listed(&d->maybes, id, &at))
		cursor_follow(&d->cursor, at);
	else
		app_shook(app, &d->base, id);
}

static enum cq_status
load(struct app *app, struct screen *screen, struct cq_err *err)
{
	struct dups *d = (struct dups *)screen;
	struct cq_case_full full = {0};
	struct cq_maybes fresh = {0};
	enum cq_status rc = cq_store_case(app->store, d->id, 1, &full, err);

	if (rc == CQ_OK)
		rc = cq_store_dups(app->store, full.head.id, DUPS_MAX, &fresh,
		    err);
	if (rc != CQ_OK) {
		cq_case_full_free(&full);
		return rc;
	}
	if (full.head.id != d->id)
		app_say(app, ST_WARN,
		    "case %" PRId64 " was joined into %" PRId64, d->id,
		    full.head.id);
	cq_case_free(&d->head);
	d->head = full.head;
	d->id = full.head.id;
	d->have = true;
	memset(&full.head, 0, sizeof(full.head));
	cq_case_full_free(&full);
	take_maybes(app, d, &fresh);
	return CQ_OK;
}

/* --- drawing ------------------------------------------------------------- */

/* " Likely duplicates of case 4401, jo: refund    3 to judge, 2 marked" */
static void
draw_head(const struct dups *d, int64_t now)
{
	struct cq_buf left = {0}, right = {0};
	int width;

	cq_buf_fmt(&left, " Likely duplicates of case %" PRId64 ", ", d->id);
	say_author(&d->head, &left);
	cq_buf_str(&left, ": ");
	say_topic(&d->head, now, &left);
	cq_buf_fmt(&right, "  %zu to judge", d->maybes.n);
	if (d->marks.n > 0)
		cq_buf_fmt(&right, ", %zu marked", d->marks.n);
	cq_buf_char(&right, ' ');
	width = cells_width(right.s);
	term_text(0, 0, COLS - width, left.s, ST_HEAD);
	term_text(0, COLS - width, width, right.s, ST_STRONG);
	cq_buf_free(&left);
	cq_buf_free(&right);
}

static void
draw_row(struct app *app, const struct dups *d, size_t i, int y)
{
	struct maybe_shape shape = {COLS - 1, maybe_digits(app)};
	const struct cq_maybe *m = &d->maybes.at[i];
	bool at = i == d->cursor.here;
	struct cq_buf row = {0};

	cq_buf_char(&row,
	    marks_has(&d->marks, m->other.id) ? '*'
		: at			      ? '>'
					      : ' ');
	maybe_row(m, app_me(app), app_now(app), &shape, &row);
	term_text(y, 0, COLS, row.s, at ? ST_HERE : ST_PLAIN);
	cq_buf_free(&row);
}

static void
draw_titles(const struct app *app)
{
	struct maybe_shape shape = {COLS - 1, maybe_digits(app)};
	struct cq_buf row = {0};

	cq_buf_char(&row, ' ');
	maybe_titles(&shape, &row);
	term_text(1, 0, COLS, row.s, ST_STRONG);
	cq_buf_free(&row);
}

/* A third of the screen for the list; the rest for the texts. */
static int
rows_of_list(const struct dups *d, int height)
{
	int most = (height - 2) / 3;

	if (most < MIN_LIST)
		most = MIN_LIST;
	if (height - 2 - most < MIN_PAIR)
		most = height - 2;
	return (int)d->maybes.n < most ? (int)d->maybes.n : most;
}

static void
draw_pair(struct app *app, struct dups *d, int y, int height)
{
	struct cq_buf title = {0};

	cq_buf_fmt(&title, "this case, %" PRId64 ", ", d->id);
	say_author(&d->head, &title);
	pair_draw(app, &d->pair, title.s, here(d), y, height);
	cq_buf_free(&title);
}

static void
draw(struct app *app, struct screen *screen, int height)
{
	struct dups *d = (struct dups *)screen;
	int rows = rows_of_list(d, height), y = 2;

	if (!d->have)
		return;
	draw_head(d, app_now(app));
	if (d->maybes.n == 0) {
		term_text(3, 2, COLS - 2,
		    "No likely duplicate is left to judge. q goes back.",
		    ST_PLAIN);
		return;
	}
	draw_titles(app);
	cursor_fit(&d->cursor, d->maybes.n, rows);
	for (int i = 0; i < rows; i++)
		draw_row(app, d, d->cursor.top + (size_t)i, y++);
	if (height - y >= MIN_PAIR)
		draw_pair(app, d, y, height - y);
}

/* --- keys ---------------------------------------------------------------- */

static void
move_cursor(struct app *app, struct screen *screen, enum motion go)
{
	struct dups *d = (struct dups *)screen;

	(void)app;
	cursor_go(&d->cursor, d->maybes.n, go);
}

static bool
has_words(struct app *app, const struct cq_maybe *m, const char *words)
{
	struct maybe_shape all = {400, 20};
	struct cq_buf row = {0};
	bool has;

	maybe_row(m, app_me(app), app_now(app), &all, &row);
	say_raw(m->other_text, &row);
	has = strcasestr(row.s, words) != NULL;
	cq_buf_free(&row);
	return has;
}

static bool
search(struct app *app, struct screen *screen, const char *words, bool before)
{
	struct dups *d = (struct dups *)screen;
	size_t i = d->cursor.here;

	while (before ? i > 0 : i + 1 < d->maybes.n) {
		i += before ? (size_t)-1 : 1;
		if (has_words(app, &d->maybes.at[i], words)) {
			d->cursor.here = i;
			return true;
		}
	}
	return false;
}

static const struct cq_case *
current(struct screen *screen)
{
	const struct cq_maybe *m = here((struct dups *)screen);

	return m == NULL ? NULL : &m->other;
}

static void
mark(struct app *app, struct screen *screen)
{
	(void)app;
	marks_toggle(&((struct dups *)screen)->marks, current(screen)->id);
}

/* The marked ones; else the one under the cursor. */
static void
judge(struct app *app, struct screen *screen, bool same, struct judgement *out)
{
	struct dups *d = (struct dups *)screen;
	struct judged *act = judgement_add(out, d->id);

	(void)app;
	(void)same;
	for (size_t i = 0; i < d->marks.n; i++)
		judged_add(act, d->marks.at[i]);
	if (d->marks.n == 0)
		judged_add(act, here(d)->other.id);
	out->marks = &d->marks;
	out->suggested = true;
}

static void
clear_marks(struct app *app, struct screen *screen)
{
	judge_unmark(app, &((struct dups *)screen)->marks);
}

static void
close_dups(struct app *app, struct screen *screen)
{
	struct dups *d = (struct dups *)screen;

	(void)app;
	cq_case_free(&d->head);
	cq_maybes_free(&d->maybes);
	marks_clear(&d->marks);
	pair_forget(&d->pair);
	free(d);
}

static const struct screen_ops ops = {
    .view = V_DUPS,
    .draw = draw,
    .load = load,
    .go = move_cursor,
    .find = search,
    .current = current,
    .mark = mark,
    .judge = judge,
    .forget = clear_marks,
    .close = close_dups,
};

void
dups_open(struct app *app, int64_t case_id)
{
	struct dups *d = cq_alloc(sizeof(*d));

	d->base.ops = &ops;
	d->id = case_id;
	app_push(app, &d->base);
	if (d->have && d->maybes.n > 0)
		return;
	if (d->have)
		app_say(app, ST_PLAIN,
		    "no likely duplicates of case %" PRId64 " are known",
		    d->id);
	else
		app_say(app, ST_BAD, "%s", app->trouble);
	app_pop(app);
}
