#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/screens/screen.h"

/* A text to scroll and to search in: help, and what commands print. */
struct pager {
	struct screen base;
	char *title;
	char **lines; /* shown */
	size_t n, top, rows;
	size_t found; /* line + 1 of the last match; 0 if none */
};

static void
draw(struct app *app, struct screen *screen, int height)
{
	struct pager *p = (struct pager *)screen;
	size_t last;

	(void)app;
	p->rows = height > 2 ? (size_t)height - 1 : 1;
	last = p->n > p->rows ? p->n - p->rows : 0;
	if (p->top > last)
		p->top = last;
	term_fmt(0, 0, COLS, ST_HEAD, " %s", p->title);
	for (size_t i = 0; i < p->rows && p->top + i < p->n; i++)
		term_text(1 + (int)i, 0, COLS, p->lines[p->top + i],
		    p->top + i + 1 == p->found ? ST_HERE : ST_PLAIN);
	if (p->top < last)
		term_fmt(height, 0, COLS, ST_DIM, " %zu more lines below",
		    p->n - p->top - p->rows);
}

static void
move_text(struct app *app, struct screen *screen, enum motion go)
{
	struct pager *p = (struct pager *)screen;
	size_t page = p->rows < 2 ? 1 : p->rows - 1;
	const size_t by[] = {[GO_DOWN] = 1,
	    [GO_UP] = 1,
	    [GO_FIRST] = p->n,
	    [GO_LAST] = p->n,
	    [GO_HALF_DOWN] = (page + 1) / 2,
	    [GO_HALF_UP] = (page + 1) / 2,
	    [GO_PAGE_DOWN] = page,
	    [GO_PAGE_UP] = page};
	bool down = go == GO_DOWN || go == GO_LAST || go == GO_HALF_DOWN ||
	    go == GO_PAGE_DOWN;

	(void)app;
	if (down) /* drawing holds it to the last page */
		p->top += by[go];
	else
		p->top -= p->top < by[go] ? p->top : by[go];
}

static bool
search(struct app *app, struct screen *screen, const char *words, bool before)
{
	struct pager *p = (struct pager *)screen;
	size_t i = p->found == 0 ? p->top : p->found - 1;

	(void)app;
	if (p->found == 0 && !before && p->n > 0 &&
	    strcasestr(p->lines[i], words) != NULL) {
		p->found = i + 1;
		return true;
	}
	while (before ? i > 0 : i + 1 < p->n) {
		i += before ? (size_t)-1 : 1;
		if (strcasestr(p->lines[i], words) == NULL)
			continue;
		p->found = i + 1;
		if (i < p->top || i >= p->top + p->rows)
			p->top = i < p->rows / 2 ? 0 : i - p->rows / 2;
		return true;
	}
	return false;
}

static void
clear_found(struct app *app, struct screen *screen)
{
	(void)app;
	((struct pager *)screen)->found = 0;
}

static void
close_pager(struct app *app, struct screen *screen)
{
	struct pager *p = (struct pager *)screen;

	(void)app;
	for (size_t i = 0; i < p->n; i++)
		free(p->lines[i]);
	free(p->lines);
	free(p->title);
	free(p);
}

static const struct screen_ops ops = {
    .view = V_HELP,
    .draw = draw,
    .go = move_text,
    .find = search,
    .forget = clear_found,
    .close = close_pager,
};

void
pager_open(struct app *app, const char *title, char **lines, size_t n)
{
	struct pager *p = cq_alloc(sizeof(*p));

	p->base.ops = &ops;
	p->title = cq_strdup(title);
	p->lines = lines;
	p->n = n;
	app_push(app, &p->base);
}
