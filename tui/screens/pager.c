#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/screens/screen.h"

/* A text to scroll and to search in: help, and what commands print. */
struct pager {
	struct screen base;
	char *title;
	char **lines; /* shown */
	size_t n_lines;
	int width;	 /* that the rows were made for; 0: none yet */
	struct row *row; /* lines, in parts as wide as the screen */
	size_t n, top, rows;
	size_t found; /* line + 1 of the last match; 0 if none */
};

struct row {
	size_t line;
	struct cells_line part;
};

static size_t
line_at_top(const struct pager *p)
{
	return p->top < p->n ? p->row[p->top].line : 0;
}

static size_t
row_of_line(const struct pager *p, size_t line)
{
	size_t i = 0;

	while (i + 1 < p->n && p->row[i].line < line)
		i++;
	return i;
}

/* Breaks the lines anew if the screen is of another width now. */
static void
layout(struct pager *p)
{
	size_t top = line_at_top(p);

	if (p->width == COLS)
		return;
	p->width = COLS;
	p->n = 0;
	for (size_t i = 0; i < p->n_lines; i++) {
		struct cells_line *parts;
		size_t n = cells_wrap(p->lines[i], COLS, &parts);

		p->row = cq_grow(p->row, p->n + n, sizeof(*p->row));
		for (size_t k = 0; k < n; k++)
			p->row[p->n++] = (struct row){i, parts[k]};
		free(parts);
	}
	p->top = row_of_line(p, top);
}

static void
draw_row(const struct pager *p, size_t i, int y)
{
	const struct row *r = &p->row[i];
	const char *line = p->lines[r->line];

	term_text_n(y, 0, COLS, line + r->part.at, cells_inked(line, r->part),
	    r->line + 1 == p->found ? ST_HERE : ST_PLAIN);
}

static void
draw(struct app *app, struct screen *screen, int height)
{
	struct pager *p = (struct pager *)screen;
	size_t last;

	(void)app;
	layout(p);
	p->rows = height > 2 ? (size_t)height - 1 : 1;
	last = p->n > p->rows ? p->n - p->rows : 0;
	if (p->top > last)
		p->top = last;
	term_fmt(0, 0, COLS, ST_HEAD, " %s", p->title);
	for (size_t i = 0; i < p->rows && p->top + i < p->n; i++)
		draw_row(p, p->top + i, 1 + (int)i);
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
has(const struct pager *p, size_t line, const char *words)
{
	return strcasestr(p->lines[line], words) != NULL;
}

static void
show_line(struct pager *p, size_t line)
{
	size_t i = row_of_line(p, line);

	p->found = line + 1;
	if (i < p->top || i >= p->top + p->rows)
		p->top = i < p->rows / 2 ? 0 : i - p->rows / 2;
}

static bool
search(struct app *app, struct screen *screen, const char *words, bool before)
{
	struct pager *p = (struct pager *)screen;
	size_t i = p->found == 0 ? line_at_top(p) : p->found - 1;
	bool hit =
	    p->found == 0 && !before && p->n_lines > 0 && has(p, i, words);

	(void)app;
	while (!hit && (before ? i > 0 : i + 1 < p->n_lines)) {
		i += before ? (size_t)-1 : 1;
		hit = has(p, i, words);
	}
	if (hit)
		show_line(p, i);
	return hit;
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
	for (size_t i = 0; i < p->n_lines; i++)
		free(p->lines[i]);
	free(p->lines);
	free(p->row);
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
	p->n_lines = n;
	app_push(app, &p->base);
}
