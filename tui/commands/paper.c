#include "tui/commands/paper.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tui/cells.h"
#include "tui/commands/out.h"

#define HEADER_LINES 3

static char *
format(const char *fmt, va_list ap)
{
	char s[512];

	vsnprintf(s, sizeof(s), fmt, ap);
	return cq_strdup(s);
}

void
paper_begin(struct paper *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	p->title = format(fmt, ap);
	va_end(ap);
}

void
paper_under(struct paper *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	p->under = format(fmt, ap);
	va_end(ap);
}

static void
push(struct paper *p, char *line)
{
	p->lines = cq_grow(p->lines, p->n + 1, sizeof(*p->lines));
	p->lines[p->n++] = line;
}

static void
end_page(struct paper *p)
{
	push(p, NULL);
	p->on_page = 0;
}

static void
add_line(struct paper *p, const char *s, size_t n)
{
	struct cq_buf b = {0};

	if (p->on_page == PAPER_LINES - HEADER_LINES)
		end_page(p);
	if (n == 0 && p->on_page == 0)
		return; /* a page does not begin with an empty line */
	if (cells_width_n(s, n) > PAPER_WIDTH)
		cells_fit_n(s, n, PAPER_WIDTH, false, &b);
	else
		cq_buf_add(&b, s, n);
	push(p, cq_buf_take(&b));
	p->on_page++;
}

void
paper_line(struct paper *p, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = format(fmt, ap);
	va_end(ap);
	add_line(p, s, strlen(s));
	free(s);
}

void
paper_keep(struct paper *p, size_t n)
{
	if (p->on_page > 0 && p->on_page + n > PAPER_LINES - HEADER_LINES)
		end_page(p);
}

void
paper_text(struct paper *p, const char *lines)
{
	size_t n = 0;

	for (const char *s = lines; *s != '\0'; s++)
		n += *s == '\n';
	paper_keep(p, n);
	while (*lines != '\0') {
		n = strcspn(lines, "\n");
		add_line(p, lines, n);
		lines += n + (lines[n] == '\n');
	}
}

static void
print_header(const struct paper *p, size_t page, size_t pages)
{
	struct cq_buf b = {0};
	char number[48];

	snprintf(number, sizeof(number), " page %zu of %zu", page, pages);
	cells_fit(p->title, PAPER_WIDTH - (int)strlen(number), false, &b);
	out_str(b.s);
	cq_buf_clear(&b);
	out_fmt("%s\n", number);
	cells_fit(p->under, PAPER_WIDTH, false, &b);
	out_row(&b);
	out_str("\n");
	cq_buf_free(&b);
}

void
paper_print(const struct paper *p)
{
	size_t pages = 1, page = 1;

	for (size_t i = 0; i < p->n; i++)
		pages += p->lines[i] == NULL;
	print_header(p, page, pages);
	for (size_t i = 0; i < p->n; i++) {
		if (p->lines[i] == NULL) {
			out_str("\f");
			print_header(p, ++page, pages);
		} else {
			out_fmt("%s\n", p->lines[i]);
		}
	}
}

void
paper_free(struct paper *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->lines[i]);
	free(p->lines);
	free(p->title);
	free(p->under);
	*p = (struct paper){0};
}
