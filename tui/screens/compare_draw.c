#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "tui/cells.h"
#include "tui/screens/compare.h"
#include "tui/screens/terminal.h"

#define WIDE 120 /* columns from which on the texts stand beside each other */

/* One text in its place on the screen. */
struct box {
	const struct compare_side *side;
	const char *title;
	int x, width;
	struct cells_line *line;
	size_t n, from, rows; /* lines; the first shown; how many are */
};

static bool
differs(const struct box *b, size_t line)
{
	struct cells_line l = b->line[line];

	for (size_t i = 0; i < b->side->n; i++) {
		struct compare_part p = b->side->part[i];

		if (p.at < l.at + l.n && p.at + p.n > l.at)
			return true;
	}
	return false;
}

/* Of a long text, what differs matters: one line before it, for its sense. */
static void
choose_lines(struct box *b, int rows)
{
	size_t first = 0, most;

	b->rows = rows > 0 ? (size_t)rows : 0;
	if (b->rows >= b->n) {
		b->rows = b->n;
		return;
	}
	while (first < b->n && !differs(b, first))
		first++;
	most = b->n - b->rows;
	if (first < b->n && first >= b->rows)
		b->from = first - 1 < most ? first - 1 : most;
}

static void
draw_title(const struct box *b, int y)
{
	struct cq_buf out = {0};

	if (b->rows < b->n)
		cq_buf_fmt(&out, "%s (line%s %zu-%zu of %zu)", b->title,
		    b->n == 1 ? "" : "s", b->from + 1, b->from + b->rows, b->n);
	else
		cq_buf_str(&out, b->title);
	term_text(y, b->x, b->width, out.s, ST_STRONG);
	cq_buf_free(&out);
}

/* One line, and over it the parts that differ. */
static void
draw_line(const struct box *b, size_t i, int y)
{
	const char *text = b->side->text;
	struct cells_line l = b->line[i];
	size_t end = l.at + cells_inked(text, l);

	term_text_n(y, b->x, b->width, text + l.at, end - l.at, ST_PLAIN);
	for (size_t k = 0; k < b->side->n; k++) {
		struct compare_part p = b->side->part[k];
		size_t from = p.at > l.at ? p.at : l.at;
		size_t to = p.at + p.n < end ? p.at + p.n : end;

		if (from >= to)
			continue;
		term_text_n(y, b->x + cells_width_n(text + l.at, from - l.at),
		    cells_width_n(text + from, to - from), text + from,
		    to - from, ST_WARN);
	}
}

static void
draw_box(const struct box *b, int y)
{
	draw_title(b, y);
	for (size_t i = 0; i < b->rows; i++)
		draw_line(b, b->from + i, y + 1 + (int)i);
}

static struct box
new_box(const struct compare_side *side, const char *title, int x, int width)
{
	struct box b = {.side = side, .title = title, .x = x, .width = width};

	b.n = cells_wrap(side->text, width, &b.line);
	return b;
}

/* Half of the lines for each, unless one needs fewer. */
static void
share(struct box *a, struct box *b, int rows)
{
	int half = (rows + 1) / 2;

	if ((int)a->n <= half)
		half = (int)a->n;
	else if ((int)b->n < rows - half)
		half = rows - (int)b->n;
	choose_lines(a, half);
	choose_lines(b, rows - half);
}

void
compare_draw(const struct compare *c, const char *title_a, const char *title_b,
    int y, int height)
{
	bool wide = COLS >= WIDE;
	int width = wide ? (COLS - 5) / 2 : COLS - 2;
	struct box a = new_box(&c->a, title_a, 1, width);
	struct box b = new_box(&c->b, title_b, wide ? width + 4 : 1, width);

	if (wide) {
		choose_lines(&a, height - 1);
		choose_lines(&b, height - 1);
		for (int i = 0; i < height; i++)
			term_text(y + i, width + 2, 1, "|", ST_DIM);
		draw_box(&a, y);
		draw_box(&b, y);
	} else {
		share(&a, &b, height - 2);
		draw_box(&a, y);
		draw_box(&b, y + 1 + (int)a.rows);
	}
	free(a.line);
	free(b.line);
}
