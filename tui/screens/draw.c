#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "tui/cells.h"
#include "tui/screens/screen.h"

#define MIN_COLS 40
#define MIN_LINES 8
#define MESSAGE_LINES 3 /* of one message, at most */

static void
draw_too_small(void)
{
	term_text(0, 0, COLS, "caseq needs more room:", ST_STRONG);
	term_fmt(1, 0, COLS, ST_PLAIN, "%d columns, %d lines", MIN_COLS,
	    MIN_LINES);
	term_fmt(2, 0, COLS, ST_PLAIN, "here are %d and %d", COLS, LINES);
}

/* Words whose last line is y, over what stands above; first line's y. */
static int
draw_words(int y, const char *words, enum style style)
{
	struct cells_line *lines;
	size_t n = cells_wrap(words, COLS - 2, &lines);

	if (n > MESSAGE_LINES)
		n = MESSAGE_LINES;
	y -= (int)n - 1;
	for (size_t i = 0; i < n; i++) {
		struct cq_buf line = {0};

		cq_buf_char(&line, ' ');
		cq_buf_add(&line, words + lines[i].at,
		    cells_inked(words, lines[i]));
		term_text(y + (int)i, 0, COLS, line.s, style);
		cq_buf_free(&line);
	}
	free(lines);
	return y;
}

/* What went wrong, what was done, what waits. */
static void
draw_message(struct app *app, int y)
{
	if (app->message[0] != '\0')
		y = draw_words(y, app->message, app->tone) - 1;
	if (app->trouble[0] != '\0')
		draw_words(y, app->trouble, ST_BAD);
}

static void
draw_all(struct app *app)
{
	app->top->ops->draw(app, app->top, LINES - 2);
	draw_message(app, LINES - 2);
	if (app->panel != NULL)
		app->panel->draw(app, app->panel, LINES - app->panel->height);
	else
		app_hints(app, LINES - 1);
}

static void
place_cursor(const struct app *app)
{
	if (app->cursor_y >= 0 && app->cursor_y < LINES) {
		move(app->cursor_y,
		    app->cursor_x < COLS ? app->cursor_x : COLS - 1);
		curs_set(1);
	} else {
		curs_set(0);
	}
}

void
app_draw(struct app *app)
{
	app->cursor_y = -1;
	erase();
	if (COLS < MIN_COLS || LINES < MIN_LINES)
		draw_too_small();
	else
		draw_all(app);
	place_cursor(app);
	refresh();
	app->dirty = false;
	app->drawn_at = app_now(app);
}
