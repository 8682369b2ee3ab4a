#include "tui/screens/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/alloc.h"
#include "core/text.h"
#include "tui/cells.h"

void
edit_init(struct edit *e, const char *text, size_t max, bool lines)
{
	*e = (struct edit){.max = max, .lines = lines, .wish = -1, .width = 80};
	if (text != NULL)
		edit_insert(e, text);
}

void
edit_free(struct edit *e)
{
	cq_buf_free(&e->text);
}

const char *
edit_text(const struct edit *e)
{
	return e->text.s == NULL ? "" : e->text.s;
}

static void
insert_bytes(struct edit *e, const char *s, size_t n)
{
	struct cq_buf out = {0};

	cq_buf_add(&out, edit_text(e), e->at);
	cq_buf_add(&out, s, n);
	cq_buf_str(&out, edit_text(e) + e->at);
	cq_buf_free(&e->text);
	e->text = out;
	e->at += n;
}

/* Bytes of s that still fit, in whole characters. */
static size_t
that_fit(struct edit *e, const char *s)
{
	size_t n = strlen(s), room = e->max - e->text.n;

	e->full = n > room;
	if (!e->full)
		return n;
	n = room;
	while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	return n;
}

void
edit_insert(struct edit *e, const char *s)
{
	struct shown_text shown = show_str(s, e->lines ? SHOW_TEXT : SHOW_LINE);

	insert_bytes(e, shown.s, that_fit(e, shown.s));
	shown_free(&shown);
}

/* An accent typed by itself belongs to the character before it. */
static bool
is_mark(wchar_t c)
{
	return c >= 0x300 && wcwidth(c) == 0 && !(c >= 0x200B && c <= 0x206F) &&
	    c != 0xFEFF && c < 0xE0000;
}

static void
insert_char(struct edit *e, wchar_t c)
{
	char s[16];

	if (snprintf(s, sizeof(s), "%lc", (wint_t)c) <= 0)
		return;
	if (is_mark(c) && e->at > 0)
		insert_bytes(e, s, that_fit(e, s));
	else
		edit_insert(e, s);
}

static void delete (struct edit *e, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(e->text.s + from, e->text.s + to, e->text.n - to + 1);
	e->text.n -= to - from;
	e->at = from;
}

static size_t
line_start(const struct edit *e, size_t at)
{
	while (at > 0 && e->text.s[at - 1] != '\n')
		at--;
	return at;
}

static size_t
line_end(const struct edit *e, size_t at)
{
	return at + strcspn(edit_text(e) + at, "\n");
}

static size_t
next(const struct edit *e, size_t at)
{
	if (at >= e->text.n)
		return at;
	return at + cells_next(e->text.s + at, e->text.n - at, NULL).n;
}

static size_t
before(const struct edit *e, size_t at)
{
	size_t i, j;

	if (at == 0)
		return 0;
	i = line_start(e, at);
	if (i == at)
		return at - 1; /* the line break */
	for (j = i; j < at; j = next(e, j))
		i = j;
	return i;
}

static size_t
word_start(const struct edit *e, size_t at)
{
	while (at > 0 && strchr(" \n", e->text.s[at - 1]) != NULL)
		at--;
	while (at > 0 && strchr(" \n", e->text.s[at - 1]) == NULL)
		at--;
	return at;
}

/* The screen line in which the cursor stands. */
static size_t
find_line(const struct edit *e, const struct cells_line *lines, size_t n)
{
	size_t i = n - 1;

	while (i > 0 && lines[i].at > e->at)
		i--;
	return i;
}

void
edit_where(const struct edit *e, size_t *line, int *column)
{
	struct cells_line *lines;
	size_t n = cells_wrap(edit_text(e), e->width, &lines);

	*line = find_line(e, lines, n);
	*column = cells_width_n(edit_text(e) + lines[*line].at,
	    e->at - lines[*line].at);
	free(lines);
}

/* The place in a line that is nearest to a column. */
static size_t
place_in(const struct edit *e, struct cells_line line, int column, bool last)
{
	size_t i = line.at, end = line.at + line.n;
	int x = 0;

	while (i < end) {
		struct cells_cluster c =
		    cells_next(e->text.s + i, end - i, NULL);

		if (x + c.width > column)
			return i;
		/* behind the last cluster stands the next line's start */
		if (i + c.n == end && !last && e->text.s[end] != '\n')
			return i;
		x += c.width;
		i += c.n;
	}
	return i;
}

static void
go_line(struct edit *e, int by)
{
	struct cells_line *lines;
	size_t n = cells_wrap(edit_text(e), e->width, &lines);
	size_t i = find_line(e, lines, n);

	if (e->wish < 0)
		e->wish = cells_width_n(edit_text(e) + lines[i].at,
		    e->at - lines[i].at);
	for (; by < 0 && i > 0; by++)
		i--;
	for (; by > 0 && i + 1 < n; by--)
		i++;
	e->at = place_in(e, lines[i], e->wish, i + 1 == n);
	free(lines);
}

static bool
is(const struct term_key *key, const char *name)
{
	return strcmp(key->name, name) == 0;
}

static bool
go_up_or_down(struct edit *e, const struct term_key *key)
{
	if (!e->lines)
		return false;
	if (is(key, "Up"))
		go_line(e, -1);
	else if (is(key, "Down"))
		go_line(e, 1);
	else if (is(key, "PgUp"))
		go_line(e, -10);
	else if (is(key, "PgDn"))
		go_line(e, 10);
	else
		return false;
	return true;
}

static bool
go(struct edit *e, const struct term_key *key)
{
	if (go_up_or_down(e, key))
		return true;
	if (is(key, "Left") || is(key, "^B"))
		e->at = before(e, e->at);
	else if (is(key, "Right") || is(key, "^F"))
		e->at = next(e, e->at);
	else if (is(key, "Home") || is(key, "^A"))
		e->at = e->text.n == 0 ? 0 : line_start(e, e->at);
	else if (is(key, "End") || is(key, "^E"))
		e->at = line_end(e, e->at);
	else
		return false;
	e->wish = -1;
	return true;
}

static bool
take_out(struct edit *e, const struct term_key *key)
{
	if (is(key, "Backspace"))
		delete (e, before(e, e->at), e->at);
	else if (is(key, "Delete") || is(key, "^D"))
		delete (e, e->at, next(e, e->at));
	else if (is(key, "^K") && edit_text(e)[e->at] == '\n')
		delete (e, e->at, e->at + 1);
	else if (is(key, "^K"))
		delete (e, e->at, line_end(e, e->at));
	else if (is(key, "^U") && e->text.n > 0)
		delete (e, line_start(e, e->at), e->at);
	else if (is(key, "^W") && e->text.n > 0)
		delete (e, word_start(e, e->at), e->at);
	else
		return false;
	return true;
}

static bool
put_in(struct edit *e, const struct term_key *key, const char *pasted)
{
	if (is(key, "Paste"))
		edit_insert(e, pasted);
	else if (is(key, "Enter") && e->lines)
		edit_insert(e, "\n");
	else if (is(key, "Tab") && e->lines)
		edit_insert(e, "    ");
	else if (key->code == 0 && key->c >= 32 && key->c != 127)
		insert_char(e, key->c);
	else
		return false;
	return true;
}

bool
edit_key(struct edit *e, const struct term_key *key, const char *pasted,
    bool *changed)
{
	*changed = false;
	e->full = false;
	if (go(e, key))
		return true;
	*changed = take_out(e, key) || put_in(e, key, pasted);
	if (*changed)
		e->wish = -1;
	return *changed;
}
