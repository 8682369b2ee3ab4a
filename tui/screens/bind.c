#include <curses.h>
#include <string.h>

#include "tui/cells.h"
#include "core/roles.h"
#include "tui/commands/table.h"
#include "tui/screens/keys.h"
#include "tui/screens/queue.h"

#define MAX_HINTS 8

/* True if name is one of the words of keys. */
static bool
is_among(const char *keys, const char *name)
{
	size_t n = strlen(name);

	while (*keys != '\0') {
		size_t len = strcspn(keys, " ");

		if (len == n && memcmp(keys, name, n) == 0)
			return true;
		keys += len;
		keys += strspn(keys, " ");
	}
	return false;
}

static const struct tui_command *
find(unsigned view, const char *name)
{
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		if (c->key != NULL && c->keys != NULL &&
		    (c->views & view) != 0 && is_among(c->keys, name))
			return c;
	return NULL;
}

/* Is there under the cursor what the command acts on? */
static bool
has_row(struct app *app, const struct tui_command *c)
{
	if ((c->needs & N_CASE) == 0 || app_case(app) != NULL)
		return true;
	return (c->needs & N_ROW) != 0 && gap_here(app) != NULL;
}

void
app_press(struct app *app, const struct tui_command *c)
{
	if (!has_row(app, c))
		app_say(app, ST_DIM, "there is no case here");
	else
		c->key(app);
}

void
app_key(struct app *app, const struct term_key *key)
{
	unsigned view = app->top->ops->view;
	const struct tui_command *c = find(view, key->name);

	if (strcmp(key->name, "Paste") == 0) {
		app_say(app, ST_WARN, "pasted text is not run as keys");
		return;
	}
	if (c == NULL) {
		if (key->name[0] != '\0')
			app_say(app, ST_DIM,
			    "%s does nothing here; ? tells what does",
			    key->name);
		return;
	}
	app->key = *key;
	app_press(app, c);
}

/* In the list only the preview knows of them. */
static int64_t
n_maybe(struct app *app, const struct cq_case *here)
{
	const struct queue *q = app_queue(app);

	if (app->top != &q->base)
		return here->n_maybe;
	return q->shown_id == here->id ? q->shown.head.n_maybe : 0;
}

/* What can be done with a case depends on who holds it and how it stands. */
static bool
applies_to(struct app *app, const struct tui_command *c,
    const struct cq_case *here)
{
	bool held = here->holder != NULL;
	bool mine = held && strcmp(here->holder, app_me(app)) == 0;
	bool closed = !cq_state_in_queue(here->state);
	bool judging = (app->top->ops->view & V_JUDGE) != 0;

	if (c->key == key_take)
		return !held && !closed;
	if (c->key == key_steal)
		return held && !mine &&
		    cq_role_may(app->cli->me.role, CQ_MAY_STEAL);
	if (c->key == key_release)
		return mine;
	if (c->key == key_resolve)
		return !closed && (mine || !held);
	if (c->key == key_reopen)
		return here->state != CQ_NEW && here->state != CQ_OPEN;
	if (c->key == key_mark)
		return judging;
	if (c->key == key_join || c->key == key_not_same)
		return judging || app_queue(app)->marks.n > 0;
	if (c->key == key_dups)
		return n_maybe(app, here) > 0;
	return true;
}

bool
app_applies(struct app *app, const struct tui_command *c)
{
	const struct cq_case *here = app_case(app);

	if ((c->needs & N_CASE) != 0)
		return here == NULL ? has_row(app, c)
				    : applies_to(app, c, here);
	if (c->key == key_seen)
		return gap_here(app) != NULL;
	return c->key != key_back || app->top->ops->view != V_QUEUE;
}

static void
first_word(const char *keys, char out[16])
{
	size_t n = strcspn(keys, " ");

	if (n > 15)
		n = 15;
	memcpy(out, keys, n);
	out[n] = '\0';
}

/* One hint if there is room up to end; returns the column behind it. */
static int
draw_hint(int y, int x, int end, const struct tui_command *c)
{
	char key[16];
	int width;

	first_word(c->keys, key);
	width = 1 + cells_width(key) + 1 + cells_width(c->hint) + 1;
	if (x + width > end)
		return x;
	term_text(y, x + 1, cells_width(key), key, ST_STRONG);
	term_text(y, x + 1 + cells_width(key) + 1, cells_width(c->hint),
	    c->hint, ST_PLAIN);
	return x + width;
}

void
app_hints(struct app *app, int y)
{
	unsigned view = app->top->ops->view;
	const struct tui_command *help = tui_command_find("help");
	int x = 0, n = 1;

	for (const struct tui_command *c = tui_commands;
	     c->name != NULL && n < MAX_HINTS; c++) {
		if (c->hint == NULL || c->keys == NULL || c == help ||
		    (c->views & view) == 0 || !app_applies(app, c))
			continue;
		x = draw_hint(y, x, COLS - 8, c);
		n++;
	}
	if (view != 0)
		draw_hint(y, x, COLS, help);
}
