#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/roles.h"
#include "tui/cells.h"
#include "tui/commands/table.h"
#include "tui/screens/screen.h"

struct lines {
	char **at;
	size_t n;
};

static void
add(struct lines *l, char *line)
{
	l->at = cq_grow(l->at, l->n + 1, sizeof(*l->at));
	l->at[l->n++] = line;
}

static void
add_command(struct lines *l, const struct tui_command *c)
{
	struct cq_buf line = {0};

	cq_buf_str(&line, "   ");
	cells_fit(c->keys, 10, false, &line);
	cq_buf_char(&line, ' ');
	cells_fit(c->name, 12, false, &line);
	cq_buf_fmt(&line, " %s", c->help);
	add(l, cq_buf_take(&line));
}

static bool
works_here(const struct tui_command *c, unsigned view)
{
	return c->key != NULL && c->keys != NULL && (c->views & view) != 0;
}

static void
add_group(struct lines *l, int group, unsigned view)
{
	bool any = false;

	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		if (c->group != group || !works_here(c, view))
			continue;
		if (!any)
			add(l, cq_format(" %s", tui_groups[group]));
		any = true;
		add_command(l, c);
	}
	if (any)
		add(l, cq_strdup(""));
}

static void
add_states(struct lines *l)
{
	struct cq_buf line = {0};

	cq_buf_str(&line, "   F         ");
	for (int i = 0; i < CQ_N_STATES; i++)
		cq_buf_fmt(&line, "%s %c %s", i == 0 ? "" : ",",
		    cq_state_letter((enum cq_state)i),
		    cq_state_name((enum cq_state)i));
	add(l, cq_buf_take(&line));
}

/* What stands in the list, and what l understands. */
static void
add_columns(struct lines *l)
{
	static const char *const words[] = {
	    "   Due        time left; -4m is overdue since four minutes",
	    "   Pri        priority; P tells its sum",
	    "   Reach      how many people may have read it",
	    "   Held by    who works on it, else who looks at it or owns it",
	    "   Ps         posts in the case",
	    "   > * !      under the cursor; marked; a source, not heard",
	    "",
	    " Limit: words that are in the posts, and any of",
	    "   due<15m age>2h reach>1k posts>3 pri>50 rating<3 state:open",
	    "   owner:ann held:bo tag:refund source:reviews author:jo lang:de",
	    "   brand:acme mine unclaimed overdue owner held; ! before one is",
	    "   not; closed: the closed cases, all: closed ones too",
	    "",
	};

	add(l, cq_strdup(" Columns"));
	add_states(l);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		add(l, cq_strdup(words[i]));
}

/* Commands that have no key; they work after ":". */
static void
add_others(struct lines *l)
{
	struct cq_buf line = {0};

	cq_buf_str(&line, "  ");
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		if (c->key == NULL && c->group == G_READ)
			cq_buf_fmt(&line, " :%s", c->name);
	add(l, cq_strdup(" After : every name above, and these, which print"));
	add(l, cq_buf_take(&line));
	add(l, cq_strdup(""));
}

void
help_open(struct app *app)
{
	unsigned view = app->top->ops->view;
	const char *title = view == V_QUEUE ? "Help: queue list"
	    : view == V_CASE		    ? "Help: case"
	    : view == V_DUPS ? "Help: likely duplicates of a case"
	    : view == V_TRAY ? "Help: all likely duplicates"
			     : "Help: text";
	struct lines l = {0};

	add(&l,
	    cq_format(" You are %s (%s). / searches, q closes.", app_me(app),
		cq_role_name(app->cli->me.role)));
	add(&l, cq_strdup(""));
	for (int g = 0; g < N_GROUPS; g++)
		add_group(&l, g, view);
	if (view == V_QUEUE)
		add_columns(&l);
	if (view != V_HELP)
		add_others(&l);
	pager_open(app, title, l.at, l.n);
}
