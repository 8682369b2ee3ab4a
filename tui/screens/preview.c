#include <curses.h>
#include <inttypes.h>
#include <string.h>

#include "tui/cells.h"
#include "tui/screens/queue.h"
#include "tui/rows.h"

#define ENTRIES 60    /* that are read; the newest that fit are drawn */
#define MIN_HEIGHT 18 /* lines above message and hints; of 20 in all */

int
preview_height(const struct queue *q, int height)
{
	int want = height / 3;

	if (q->preview == 0 || (q->preview < 0 && height < MIN_HEIGHT))
		return 0;
	if (want > 14)
		want = 14;
	if (want < 4)
		want = 4;
	return height - 2 - want < 2 ? 0 : want;
}

void
preview_forget(struct queue *q)
{
	if (q->shown_id != 0)
		cq_case_full_free(&q->shown);
	memset(&q->shown, 0, sizeof(q->shown));
	q->shown_id = 0;
}

static bool
read_case(struct app *app, struct queue *q)
{
	const struct cq_case *c = list_here(&q->list);

	if (c == NULL)
		return false;
	if (q->shown_id == c->id)
		return true;
	preview_forget(q);
	if (cq_store_case(app->store, c->id, ENTRIES, &q->shown, NULL) != CQ_OK)
		return false;
	q->shown_id = c->id;
	return true;
}

/* "--- 4398 -- = 2 maybe the same -- 7 posts, 5 authors ------" */
static void
draw_rule(const struct queue *q, int y)
{
	struct cq_buf line = {0};

	cq_buf_fmt(&line, "--- %" PRId64 " -- ", q->shown.head.id);
	story_maybe(&q->shown, &line);
	if (q->shown.head.n_maybe > 0)
		cq_buf_str(&line, " -- ");
	story_sum(&q->shown, &line);
	cq_buf_char(&line, ' ');
	term_rule(y, line.s, ST_HEAD);
	cq_buf_free(&line);
}

/* Says who is at it, when that is somebody else. */
static int
draw_others(struct app *app, const struct queue *q, int y)
{
	const struct cq_case *c = &q->shown.head;
	struct cq_buf words = {0};
	bool other =
	    c->holder != NULL ? !is_mine(c, app_me(app)) : c->n_presence > 0;

	if (!other)
		return 0;
	say_held(c, app_me(app), app_now(app), &words);
	other = strcmp(words.s, "-") != 0;
	if (other && c->holder != NULL)
		term_fmt(y, 0, COLS, ST_WARN,
		    " %s: you can read and note; the case is held by %s.",
		    words.s, c->holder);
	else if (other)
		term_fmt(y, 0, COLS, ST_WARN, " %s", words.s);
	cq_buf_free(&words);
	return other ? 1 : 0;
}

void
preview_draw(struct app *app, struct queue *q, int y, int height)
{
	struct story story = {0};
	struct story_how how = {
	    .width = COLS,
	    .now = app_now(app),
	    .me = app_me(app),
	    .brief = true,
	};
	size_t rows, from;

	if (q->gap != 0) {
		gaps_preview(app, q, y, height);
		return;
	}
	if (!read_case(app, q)) {
		term_text(y, 0, COLS, "---", ST_HEAD);
		return;
	}
	draw_rule(q, y);
	rows = (size_t)(height - 1 - draw_others(app, q, y + height - 1));
	story_build(&story, &q->shown, &how);
	from = story.n > rows ? story.n - rows : 0;
	for (size_t i = from; i < story.n; i++)
		term_text(y + 1 + (int)(i - from), 0, COLS, story.at[i].text,
		    story.at[i].style);
	story_free(&story);
}
