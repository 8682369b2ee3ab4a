#include "tui/cells.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/alloc.h"
#include "core/text.h"

#define ELLIPSIS "\xE2\x80\xA6"	   /* U+2026 */
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Signs that join others into one glyph, of which no two terminals agree. */
static bool
is_joining(int cp)
{
	return cp == 0x200D || (cp >= 0xFE00 && cp <= 0xFE0F) ||
	    (cp >= 0x1F3FB && cp <= 0x1F3FF) || cp == 0x20E3;
}

static bool
is_flag_letter(int cp)
{
	return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

static int
width_of(int cp)
{
	if (cp == 0x00AD) /* soft hyphen: some draw it, some do not */
		return -1;
	if (is_flag_letter(cp))
		return 1;
	return cp < 0 ? -1 : wcwidth((wchar_t)cp);
}

static void
add(struct cq_buf *out, const void *bytes, size_t n)
{
	if (out != NULL)
		cq_buf_add(out, bytes, n);
}

static int
draw_base(const char *s, size_t n, int cp, struct cq_buf *out)
{
	char letter = (char)('A' + (cp - 0x1F1E6));
	int width = width_of(cp);

	if (is_joining(cp))
		return 0;
	if (width < 0)
		add(out, REPLACEMENT, 3);
	else if (is_flag_letter(cp))
		add(out, &letter, 1);
	else
		add(out, s, n);
	return width < 0 ? 1 : width;
}

struct cells_cluster
cells_next(const char *s, size_t n, struct cq_buf *out)
{
	struct cells_cluster c = {0, 0};
	bool joined = false;
	int cp;

	c.n = cq_utf8_next(s, n, &cp);
	c.width = draw_base(s, c.n, cp, out);
	while (c.n < n && cp != '\n') {
		size_t more = cq_utf8_next(s + c.n, n - c.n, &cp);
		bool mark = !is_joining(cp) && width_of(cp) == 0;

		if (!mark && !is_joining(cp) && !joined)
			break;
		if (mark)
			add(out, s + c.n, more);
		else if (joined && !is_joining(cp))
			c.width += draw_base(s + c.n, more, cp, out);
		joined = cp == 0x200D;
		c.n += more;
	}
	return c;
}

int
cells_width_n(const char *shown, size_t n)
{
	int width = 0;

	for (size_t i = 0; i < n;) {
		struct cells_cluster c = cells_next(shown + i, n - i, NULL);

		width += c.width;
		i += c.n;
	}
	return width;
}

int
cells_width(const char *shown)
{
	return cells_width_n(shown, strlen(shown));
}

static void
pad(struct cq_buf *out, int n)
{
	while (n-- > 0)
		cq_buf_char(out, ' ');
}

/* As many clusters as fit into room cells, and the ellipsis. */
static void
cut(const char *s, size_t n, int room, struct cq_buf *out)
{
	int used = 0;

	for (size_t i = 0; i < n;) {
		struct cells_cluster c = cells_next(s + i, n - i, NULL);

		if (used + c.width > room - 1)
			break;
		cells_next(s + i, n - i, out);
		used += c.width;
		i += c.n;
	}
	cq_buf_str(out, ELLIPSIS);
	pad(out, room - used - 1);
}

void
cells_fit_n(const char *shown, size_t n, int width, bool right,
    struct cq_buf *out)
{
	int have = cells_width_n(shown, n);

	cq_buf_str(out, ""); /* so that out->s is there, even if width is 0 */
	if (width <= 0)
		return;
	if (have > width) {
		cut(shown, n, width, out);
		return;
	}
	if (right)
		pad(out, width - have);
	for (size_t i = 0; i < n;)
		i += cells_next(shown + i, n - i, out).n;
	if (!right)
		pad(out, width - have);
}

void
cells_fit(const char *shown, int width, bool right, struct cq_buf *out)
{
	cells_fit_n(shown, strlen(shown), width, right, out);
}

struct wrap {
	struct cells_line *at;
	size_t n;
};

static void
add_line(struct wrap *w, size_t from, size_t to)
{
	w->at = cq_grow(w->at, w->n + 1, sizeof(*w->at));
	w->at[w->n++] = (struct cells_line){from, to - from};
}

/* Finds where the line that begins at s ends, at most n bytes on. */
static size_t
line_end(const char *s, size_t n, int width)
{
	size_t i = 0, after_space = 0;
	int used = 0;

	while (i < n) {
		struct cells_cluster c = cells_next(s + i, n - i, NULL);

		if (s[i] == ' ') {
			i += c.n;
			used += c.width;
			after_space = i; /* spaces may hang over the edge */
			continue;
		}
		if (used + c.width > width && i > 0)
			return after_space > 0 ? after_space : i;
		used += c.width;
		i += c.n;
	}
	return n;
}

size_t
cells_wrap(const char *shown, int width, struct cells_line **lines)
{
	struct wrap w = {NULL, 0};
	size_t at = 0;

	if (width < 2)
		width = 2;
	for (;;) {
		size_t n = strcspn(shown + at, "\n"), done = 0;

		do {
			size_t end =
			    line_end(shown + at + done, n - done, width);

			add_line(&w, at + done, at + done + end);
			done += end;
		} while (done < n);
		at += n;
		if (shown[at] == '\0')
			break;
		at++; /* the line break */
	}
	*lines = w.at;
	return w.n;
}

size_t
cells_inked(const char *shown, struct cells_line line)
{
	while (line.n > 0 && shown[line.at + line.n - 1] == ' ')
		line.n--;
	return line.n;
}
