#include <curses.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/gaps.h"
#include "tui/screens/keys.h"
#include "tui/screens/queue.h"

/*
 * Gaps of sources stand in red above the queue, in all views and under any
 * limit: what is not heard is in none of them.  They are no cases.
 */

#define ROWS_MOST 4 /* more scroll: cases must stay in sight */

const struct cq_gap *
gap_here(struct app *app)
{
	const struct queue *q = app_queue(app);

	if (app->top != &q->base || q->gap == 0 || q->gap > q->gaps.n)
		return NULL;
	return &q->gaps.at[q->gap - 1];
}

static size_t
find(const struct cq_gaps *gaps, int64_t id)
{
	for (size_t i = 0; i < gaps->n; i++)
		if (gaps->at[i].id == id)
			return i + 1;
	return 0;
}

enum cq_status
gaps_load(struct app *app, struct queue *q, struct cq_err *err)
{
	const struct cq_gap *here =
	    q->gap == 0 ? NULL : &q->gaps.at[q->gap - 1];
	struct cq_gaps gaps;
	enum cq_status rc = cq_store_gaps(app->store, &gaps, err);

	if (rc != CQ_OK)
		return rc;
	if (here != NULL) {
		q->gap = find(&gaps, here->id);
		if (q->gap == 0 && !app->acting) {
			struct shown_text name =
			    show_str(here->source, SHOW_LINE);

			q->base.shook_ms = term_ms();
			app_say(app, ST_PLAIN,
			    "the gap of source %s is over: look where you are",
			    name.s);
			shown_free(&name);
		}
	}
	cq_gaps_free(&q->gaps);
	q->gaps = gaps;
	return CQ_OK;
}

bool
gaps_move(struct queue *q, enum motion go)
{
	bool up = go == GO_UP || go == GO_HALF_UP || go == GO_PAGE_UP;

	if (q->gap == 0)
		return false;
	if (up) {
		if (q->gap > 1)
			q->gap = go == GO_UP ? q->gap - 1 : 1;
		return true;
	}
	if (go == GO_DOWN && q->gap < q->gaps.n) {
		q->gap++;
		return true;
	}
	if (q->list.n == 0)
		return true; /* there is nothing below */
	q->gap = 0;
	return go != GO_FIRST && go != GO_LAST;
}

void
gaps_enter(struct queue *q)
{
	q->gap = q->gaps.n;
}

/* --- drawing ------------------------------------------------------------ */

static void
draw_row(struct app *app, const struct queue *q, size_t i, size_t hidden, int y)
{
	const struct cq_gap *gap = &q->gaps.at[i];
	bool here = q->gap == i + 1;
	struct cq_buf row = {0}, more = {0};
	int width = COLS;

	if (hidden > 0) {
		cq_buf_fmt(&more, " +%zu more", hidden);
		width -= cells_width(more.s);
	}
	cq_buf_char(&row, here ? '>' : '!');
	cq_buf_char(&row, ' ');
	say_gap(gap, app_now(app), &row);
	term_text(y, 0, width, row.s,
	    here		       ? ST_HERE
		: gap->seen_by != NULL ? ST_DIM
				       : ST_BAD);
	if (hidden > 0)
		term_text(y, width, COLS - width, more.s, ST_BAD);
	cq_buf_free(&row);
	cq_buf_free(&more);
}

int
gaps_draw(struct app *app, struct queue *q, int y, int height)
{
	size_t rows = height / 3 < ROWS_MOST ? (size_t)(height / 3) : ROWS_MOST;

	if (rows == 0)
		rows = height > 1;
	if (rows > q->gaps.n)
		rows = q->gaps.n;
	if (rows == 0)
		return 0;
	if (q->gap > q->gap_top + rows)
		q->gap_top = q->gap - rows;
	if (q->gap > 0 && q->gap - 1 < q->gap_top)
		q->gap_top = q->gap - 1;
	if (q->gap == 0 || q->gap_top + rows > q->gaps.n)
		q->gap_top = q->gap == 0 ? 0 : q->gaps.n - rows;
	for (size_t i = 0; i < rows; i++)
		draw_row(app, q, q->gap_top + i,
		    i + 1 == rows ? q->gaps.n - rows : 0, y + (int)i);
	return (int)rows;
}

/* "source loud: ..." and what to do, as lines of at most so many cells. */
static char **
page(struct app *app, const struct cq_gap *gap, int width, size_t *n)
{
	struct cq_buf text = {0};
	struct cells_line *parts;
	char **lines;

	say_gap(gap, app_now(app), &text);
	cq_buf_str(&text, "\n\n");
	say_gap_advice(gap, &text);
	*n = cells_wrap(text.s, width, &parts);
	lines = cq_alloc(*n * sizeof(*lines));
	for (size_t i = 0; i < *n; i++)
		lines[i] = cq_strndup(text.s + parts[i].at,
		    cells_inked(text.s, parts[i]));
	free(parts);
	cq_buf_free(&text);
	return lines;
}

void
gaps_preview(struct app *app, const struct queue *q, int y, int height)
{
	char **lines;
	size_t n;

	lines = page(app, &q->gaps.at[q->gap - 1], COLS - 2, &n);
	term_rule(y, "--- not a case: a source that may be missed ", ST_HEAD);
	for (size_t i = 0; i < n; i++) {
		if ((int)i + 1 < height)
			term_text(y + 1 + (int)i, 1, COLS - 1, lines[i],
			    i == 0 ? ST_STRONG : ST_PLAIN);
		free(lines[i]);
	}
	free(lines);
}

void
gap_open(struct app *app, const struct cq_gap *gap)
{
	size_t n;
	char **lines = page(app, gap, COLS - 2, &n);

	pager_open(app, "A source that may be missed", lines, n);
}

/* --- the key ------------------------------------------------------------ */

static enum cq_status
see(struct app *app, const struct cq_act *act, void *arg, struct cq_err *err)
{
	int64_t n;

	return cq_store_gap_seen(app->store, act, arg, &n, err);
}

void
key_seen(struct app *app)
{
	const struct cq_gap *gap = gap_here(app);
	struct shown_text name;
	char *source;

	if (gap == NULL) {
		app_say(app, ST_DIM,
		    "red rows above the list tell of sources; there is none "
		    "under the cursor");
		return;
	}
	source = cq_strdup(gap->source); /* the rows are read anew */
	name = show_str(source, SHOW_LINE);
	if (app_act(app, see, source) == CQ_OK)
		app_say(app, ST_PLAIN, "you look after source %s", name.s);
	shown_free(&name);
	free(source);
}
