#include <curses.h>
#include <string.h>

#include "tui/screens/screen.h"

/* Questions that are answered with one key. */

struct choice {
	struct panel panel;
	const char *title;
	const char *const *lines;
	int n;	  /* lines */
	int here; /* line under the cursor; -1 if they cannot be chosen */
};

static void
draw_line(const struct choice *c, int i, int y)
{
	enum style style = i == c->here ? ST_HERE : ST_PLAIN;

	if (c->here < 0)
		term_fmt(y, 0, COLS, style, "   %s", c->lines[i]);
	else
		term_fmt(y, 0, COLS, style, " %c %d %s",
		    i == c->here ? '>' : ' ', i + 1, c->lines[i]);
}

static void
draw(struct app *app, struct panel *panel, int y)
{
	struct choice *c = (struct choice *)panel;
	int last = LINES - 1;

	(void)app;
	if (y < 0)
		y = 0;
	if (c->n > 0)
		term_rule(y++, "", ST_DIM);
	for (int i = 0; i < c->n && y < last; i++)
		draw_line(c, i, y++);
	term_fmt(last, 0, COLS, ST_STRONG, " %s", c->title);
}

static struct choice
new_choice(const char *title, const char *const *lines, int here)
{
	struct choice c = {{0, draw}, title, lines, 0, here};

	while (lines != NULL && lines[c.n] != NULL)
		c.n++;
	c.panel.height = c.n > 0 ? c.n + 2 : 1;
	if (c.panel.height > LINES)
		c.panel.height = LINES;
	return c;
}

static bool
one_key(struct app *app, struct choice *c, struct term_key *key)
{
	bool got;

	app->panel = &c->panel;
	app->dirty = true;
	got = app_wait(app, key);
	app->panel = NULL;
	app->dirty = true;
	return got;
}

bool
app_sure(struct app *app, const char *question, const char *const *lines)
{
	struct choice c = new_choice(question, lines, -1);
	struct term_key key;

	return one_key(app, &c, &key) &&
	    (strcmp(key.name, "y") == 0 || strcmp(key.name, "Y") == 0);
}

int
app_choose(struct app *app, const char *title, const char *const *items)
{
	struct choice c = new_choice(title, items, 0);
	struct term_key key;

	while (one_key(app, &c, &key)) {
		if (strcmp(key.name, "Enter") == 0)
			return c.here;
		if (key.c >= L'1' && key.c <= L'9' && key.c - L'1' < c.n)
			return (int)(key.c - L'1');
		if (strcmp(key.name, "Down") == 0 || key.c == L'j')
			c.here = (c.here + 1) % c.n;
		else if (strcmp(key.name, "Up") == 0 || key.c == L'k')
			c.here = (c.here + c.n - 1) % c.n;
		else if (strcmp(key.name, "Esc") == 0 || key.c == L'q')
			return -1;
	}
	return -1;
}
