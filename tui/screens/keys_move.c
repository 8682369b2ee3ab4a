#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/screens/case_view.h"
#include "tui/screens/keys.h"
#include "tui/screens/queue.h"

/* Keys that move about, search, and change what is shown. */

static void
go(struct app *app, enum motion motion)
{
	app->top->ops->go(app, app->top, motion);
}

void
key_down(struct app *app)
{
	go(app, GO_DOWN);
}

void
key_up(struct app *app)
{
	go(app, GO_UP);
}

void
key_first(struct app *app)
{
	go(app, GO_FIRST);
}

void
key_last(struct app *app)
{
	go(app, GO_LAST);
}

void
key_half_down(struct app *app)
{
	go(app, GO_HALF_DOWN);
}

void
key_half_up(struct app *app)
{
	go(app, GO_HALF_UP);
}

void
key_page_down(struct app *app)
{
	go(app, GO_PAGE_DOWN);
}

void
key_page_up(struct app *app)
{
	go(app, GO_PAGE_UP);
}

void
key_open(struct app *app)
{
	const struct cq_gap *gap = gap_here(app);

	if (gap != NULL)
		gap_open(app, gap);
	else if (app->top->ops->open != NULL)
		app->top->ops->open(app, app->top);
	else
		case_open(app, app_case(app)->id);
}

void
key_back(struct app *app)
{
	if (app->top->below == NULL)
		app->quit = true;
	else
		app_pop(app);
}

void
key_quit(struct app *app)
{
	app->quit = true; /* drafts are kept, claims end with their lease */
}

void
key_help(struct app *app)
{
	help_open(app);
}

void
key_redraw(struct app *app)
{
	clearok(curscr, TRUE);
	app->dirty = true;
}

static void
search_on(struct app *app, bool before)
{
	struct shown_text shown;

	if (app->search == NULL) {
		app_say(app, ST_DIM, "nothing was searched for yet: /");
		return;
	}
	if (app->top->ops->find(app, app->top, app->search, before))
		return;
	if (app->message[0] != '\0')
		return; /* it was said why */
	shown = show_str(app->search, SHOW_LINE);
	app_say(app, ST_WARN, "\"%s\" is not found %s", shown.s,
	    before ? "above" : "below; N looks above");
	shown_free(&shown);
}

void
key_search(struct app *app)
{
	struct prompt p = {.label = "search", .history = &app->searches};
	char *words = app_ask(app, &p);

	if (words != NULL && words[0] != '\0') {
		free(app->search);
		app->search = words;
		search_on(app, false);
	} else {
		free(words);
	}
}

void
key_search_next(struct app *app)
{
	search_on(app, false);
}

void
key_search_back(struct app *app)
{
	search_on(app, true);
}

void
key_clear(struct app *app)
{
	free(app->search);
	app->search = NULL;
	if (app->top->ops->forget != NULL)
		app->top->ops->forget(app, app->top);
}

static void
show_queue(struct app *app, int view, const char *limit)
{
	struct cq_err err = {0};

	if (queue_show(app, app_queue(app), view, limit, &err) != CQ_OK)
		app_say(app, ST_BAD, "%s", err.msg);
}

void
key_limit(struct app *app)
{
	struct queue *q = app_queue(app);
	struct prompt p = {
	    .label = "limit (due<15m reach>1k !owner tag:x word)",
	    .value = q->limit,
	    .history = &app->limits};
	char *words = app_ask(app, &p);

	if (words != NULL)
		show_queue(app, q->view,
		    strspn(words, " ") == strlen(words) ? NULL : words);
	free(words);
}

void
key_view(struct app *app)
{
	struct queue *q = app_queue(app);
	int view = (int)(app->key.c - L'1');
	char *limit;

	if (view < 0 || view >= QUEUE_VIEWS) {
		app_say(app, ST_DIM, "views have numbers, 1 to %d",
		    QUEUE_VIEWS);
		return;
	}
	limit = cq_strdup(q->limit);
	show_queue(app, view, limit);
	free(limit);
}

void
key_mark(struct app *app)
{
	app->top->ops->mark(app, app->top);
	go(app, GO_DOWN);
}

void
key_fresh(struct app *app)
{
	struct cq_err err = {0};

	if (app->top->below == NULL &&
	    list_fresh(&app_queue(app)->list, &err) != CQ_OK)
		app_say(app, ST_BAD, "%s", err.msg);
	app_load(app);
}

void
key_preview(struct app *app)
{
	struct queue *q = app_queue(app);

	q->preview = preview_height(q, LINES - 2) > 0 ? 0 : 1;
	if (q->preview > 0 && preview_height(q, LINES - 2) == 0)
		app_say(app, ST_PLAIN, "the terminal is too low for a preview");
}

void
key_audit(struct app *app)
{
	struct case_view *v = case_on_top(app);

	v->audit = !v->audit;
	case_layout(app, v, COLS, true);
	case_show_here(v);
	app_say(app, ST_PLAIN, "audit log of the case %s",
	    v->audit ? "shown, and links of posts" : "hidden");
}
