#include <curses.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/when.h"
#include "tui/cells.h"
#include "tui/screens/queue.h"
#include "tui/rows.h"

static int64_t
count_of(const struct cq_counts *c, int view)
{
	const int64_t n[QUEUE_VIEWS] = {
	    c->mine, c->unclaimed, c->overdue, c->waiting, c->queue};

	return n[view];
}

/* " [2]Unclaimed 31 ", or " [2]Free 31 " */
static void
say_view(const struct app *app, int view, bool brief, struct cq_buf *out)
{
	const struct queue_view *v = &queue_views[view];
	int64_t n = count_of(&app->counts, view);

	cq_buf_fmt(out, " [%d]%s ", view + 1, brief ? v->brief : v->name);
	if (brief)
		say_count(n, out);
	else
		cq_buf_fmt(out, "%" PRId64, n);
	cq_buf_char(out, ' ');
}

/* Returns the column behind the views; draws them only if q is not NULL. */
static int
draw_views(const struct app *app, const struct queue *q, bool brief)
{
	int x = 7;

	for (int i = 0; i < QUEUE_VIEWS; i++) {
		struct cq_buf words = {0};
		int width;

		say_view(app, i, brief, &words);
		width = cells_width(words.s);
		if (q != NULL)
			term_text(0, x, width, words.s,
			    i == q->view ? ST_HERE : ST_HEAD);
		x += width - 1; /* two share a space */
		cq_buf_free(&words);
	}
	return x;
}

/* " caseq  [1]Mine 4 [2]Unclaimed 31 ...  ann  14:07" */
static void
draw_header(struct app *app, const struct queue *q)
{
	char clock[CQ_TIME_SIZE], words[80];
	int x, width;

	cq_time_local(app_now(app), "%H:%M", clock);
	snprintf(words, sizeof(words), "%s%s  %s", app_me(app),
	    app->cli->via != NULL ? "*" : "", clock);
	width = cells_width(words) + 1;
	term_text(0, 0, COLS, " caseq", ST_HEAD);
	x = draw_views(app, q, draw_views(app, NULL, false) + width > COLS);
	if (x + width > COLS) { /* the name matters more */
		snprintf(words, sizeof(words), "%s", app_me(app));
		width = cells_width(words) + 1;
	}
	if (x + width <= COLS)
		term_text(0, COLS - width, width, words, ST_HEAD);
}

/* The rows, behind the column of the cursor. */
static struct row_shape
shape_of(const struct app *app)
{
	struct row_shape shape = {COLS - 1, 1};

	for (int64_t n = app->counts.newest_case; n >= 10; n /= 10)
		shape.digits++;
	return shape;
}

static void
draw_titles(const struct app *app)
{
	struct row_shape shape = shape_of(app);
	struct cq_buf row = {0};

	cq_buf_char(&row, ' ');
	row_titles(&shape, &row);
	term_text(1, 0, COLS, row.s, ST_STRONG);
	cq_buf_free(&row);
}

static enum style
style_of_row(const struct app *app, const struct cq_case *c, bool here)
{
	if (here)
		return ST_HERE;
	if (is_mine(c, app_me(app)))
		return ST_MINE;
	if (!cq_state_in_queue(c->state) || c->holder != NULL)
		return ST_DIM;
	return ST_PLAIN;
}

static void
draw_row(struct app *app, const struct queue *q, size_t i, int y)
{
	const struct cq_case *c = &q->list.at[i];
	struct row_shape shape = shape_of(app);
	bool here = i == q->list.here && q->gap == 0;
	struct cq_buf row = {0};

	cq_buf_char(&row, marks_has(&q->marks, c->id) ? '*' : here ? '>' : ' ');
	row_of_case(c, app_me(app), app_now(app), &shape, &row);
	term_text(y, 0, COLS, row.s, style_of_row(app, c, here));
	cq_buf_free(&row);
}

static void
draw_empty(const struct app *app, const struct queue *q, int y)
{
	if (app->trouble[0] != '\0')
		return;
	if (q->limit != NULL)
		term_text(y, 2, COLS - 2,
		    "No case matches the limit. Esc clears it.", ST_PLAIN);
	else if (q->view != QUEUE_VIEWS - 1)
		term_text(y, 2, COLS - 2, "No case in this view. 5 shows all.",
		    ST_PLAIN);
	else
		term_text(y, 2, COLS - 2,
		    "The queue is empty. Posts come in by caseq ingest, "
		    "fetch and run.",
		    ST_PLAIN);
}

static void
keep_here_on_screen(struct queue *q, size_t rows)
{
	size_t here = q->list.here;

	q->rows_on_screen = rows;
	if (here < q->top)
		q->top = here;
	if (here >= q->top + rows)
		q->top = here - rows + 1;
	/* no empty lines at the end while there are rows above */
	if (q->list.n <= rows)
		q->top = 0;
	else if (q->top + rows > q->list.n)
		q->top = q->list.n - rows;
}

static void
draw_rows(struct app *app, struct queue *q, int y, int height)
{
	size_t rows = height > 0 ? (size_t)height : 0;

	keep_here_on_screen(q, rows == 0 ? 1 : rows);
	for (size_t i = 0; i < rows && q->top + i < q->list.n; i++)
		draw_row(app, q, q->top + i, y + (int)i);
	if (q->list.n == 0)
		draw_empty(app, q, y + 1);
}

/* "limit: due<15m   2 marked            31 new above (g to see)" */
static void
draw_status(const struct queue *q, int y)
{
	struct cq_buf left = {0}, right = {0};
	int width;

	if (q->list.n_waiting > 0)
		cq_buf_fmt(&right, "%zu new above (g to see) ",
		    q->list.n_waiting);
	cq_buf_char(&left, ' ');
	if (q->limit != NULL) {
		struct shown_text shown = show_str(q->limit, SHOW_LINE);

		cq_buf_fmt(&left, "limit: %s   ", shown.s);
		shown_free(&shown);
	}
	if (q->marks.n > 0)
		cq_buf_fmt(&left, "%zu marked", q->marks.n);
	width = right.s == NULL ? 0 : cells_width(right.s);
	term_text(y, 0, COLS - width, left.s, ST_STRONG);
	if (width > 0)
		term_text(y, COLS - width, width, right.s, ST_WARN);
	cq_buf_free(&left);
	cq_buf_free(&right);
}

void
queue_draw(struct app *app, struct screen *screen, int height)
{
	struct queue *q = (struct queue *)screen;
	int preview = preview_height(q, height);
	int rows = height - 2 - preview, gaps;

	draw_header(app, q);
	draw_titles(app);
	gaps = gaps_draw(app, q, 2, rows);
	draw_rows(app, q, 2 + gaps, rows - gaps);
	if (preview > 0)
		preview_draw(app, q, height - preview, preview);
	draw_status(q, height);
}
