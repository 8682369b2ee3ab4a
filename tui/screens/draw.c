#include <curses.h>
#include <string.h>

#include "tui/screens/screen.h"

#define MIN_COLS 40
#define MIN_LINES 8

static void
draw_too_small(void)
{
	term_text(0, 0, COLS, "caseq needs more room:", ST_STRONG);
	term_fmt(1, 0, COLS, ST_PLAIN, "%d columns, %d lines", MIN_COLS,
	    MIN_LINES);
	term_fmt(2, 0, COLS, ST_PLAIN, "here are %d and %d", COLS, LINES);
}

/* What went wrong, what was done, what waits. */
static void
draw_message(struct app *app, int y)
{
	if (app->message[0] != '\0')
		term_fmt(y, 0, COLS, app->tone, " %s", app->message);
	if (app->trouble[0] != '\0') /* once a message was read */
		term_fmt(app->message[0] != '\0' ? y - 1 : y, 0, COLS, ST_BAD,
		    " %s", app->trouble);
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
