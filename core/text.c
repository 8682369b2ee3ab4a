#include "core/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/alloc.h"
#include "core/buf.h"

#define REPLACEMENT "\xef\xbf\xbd"   /* U+FFFD */
#define DOTTED_CIRCLE "\xe2\x97\x8c" /* U+25CC: a base for marks without */

enum kind {
	KIND_PLAIN,    /* a base of its own */
	KIND_LETTER,   /* ... of a script in which joiners mean something */
	KIND_EMOJI,    /* ... that may stand in a joined emoji */
	KIND_MARK,     /* takes no cell: drawn onto the base before it */
	KIND_SELECTOR, /* U+FE0E, U+FE0F: text or emoji form */
	KIND_JOINER,   /* U+200C, U+200D */
	KIND_BREAK,    /* ends a line */
	KIND_TAB,
	KIND_SIGN,   /* becomes a visible sign such as "<ESC>" */
	KIND_BROKEN, /* means nothing: becomes U+FFFD */
	KIND_DROPPED /* cannot be seen */
};

struct showing {
	struct cq_buf out;
	enum show_how how;
	int max_marks;
	int n_marks;	    /* on the last base */
	enum kind base;	    /* of the last base, KIND_BREAK if none */
	bool fresh_emoji;   /* the last thing written is a bare emoji */
	const char *joiner; /* met, and not known yet if it may stay */
};

static const char *const c0_names[32] = {"NUL", "SOH", "STX", "ETX", "EOT",
    "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI", "DLE",
    "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US"};

static const struct {
	int cp;
	const char *name;
} bidi[] = {
    {0x061c, "ALM"},
    {0x200e, "LRM"},
    {0x200f, "RLM"},
    {0x202a, "LRE"},
    {0x202b, "RLE"},
    {0x202c, "PDF"},
    {0x202d, "LRO"},
    {0x202e, "RLO"},
    {0x2066, "LRI"},
    {0x2067, "RLI"},
    {0x2068, "FSI"},
    {0x2069, "PDI"},
};

static const char *
bidi_name(int cp)
{
	size_t i;

	for (i = 0; i < sizeof(bidi) / sizeof(bidi[0]); i++) {
		if (bidi[i].cp == cp)
			return bidi[i].name;
	}
	return NULL;
}

static enum kind
kind_of_ascii(int cp)
{
	if (cp == '\n')
		return KIND_BREAK;
	if (cp == '\t')
		return KIND_TAB;
	return cp < 0x20 || cp == 0x7f ? KIND_SIGN : KIND_PLAIN;
}

/* Those that a table of properties does not tell; KIND_PLAIN if it does. */
static enum kind
kind_of_special(int cp)
{
	if (bidi_name(cp) != NULL)
		return KIND_SIGN;
	if (cp == 0x2028 || cp == 0x2029)
		return KIND_BREAK;
	if (cp == 0x200c || cp == 0x200d)
		return KIND_JOINER;
	if (cp == 0xfe0e || cp == 0xfe0f)
		return KIND_SELECTOR;
	/* the tags' whole block: most of it is not assigned */
	if (cp >= 0xe0000 && cp <= 0xe0fff)
		return KIND_DROPPED;
	return KIND_PLAIN;
}

static enum kind
kind_of_property(int cp, const utf8proc_property_t *p)
{
	switch (p->category) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CS:
		return KIND_BROKEN;
	case UTF8PROC_CATEGORY_CC:
		return KIND_SIGN;
	case UTF8PROC_CATEGORY_CF:
		/* the few that are seen stand before numbers */
		return p->boundclass == UTF8PROC_BOUNDCLASS_PREPEND
		    ? KIND_PLAIN
		    : KIND_DROPPED;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
		return KIND_MARK;
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MC: /* has a cell of its own */
		/* no joiner means anything in Latin, Greek or Cyrillic */
		return cp >= 0x0590 ? KIND_LETTER : KIND_PLAIN;
	default:
		return KIND_PLAIN;
	}
}

static bool
is_skin_colour(int cp)
{
	return cp >= 0x1f3fb && cp <= 0x1f3ff;
}

static enum kind
kind_of(int cp)
{
	const utf8proc_property_t *p;
	enum kind kind;

	if (cp < 0)
		return KIND_BROKEN;
	if (cp < 0x80)
		return kind_of_ascii(cp);
	kind = kind_of_special(cp);
	if (kind != KIND_PLAIN)
		return kind;
	p = utf8proc_get_property(cp);
	if (p->ignorable)
		return KIND_DROPPED;
	/* second and third part of a Korean syllable: drawn onto the first */
	if (p->boundclass == UTF8PROC_BOUNDCLASS_V ||
	    p->boundclass == UTF8PROC_BOUNDCLASS_T)
		return KIND_MARK;
	if (p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
	    is_skin_colour(cp))
		return KIND_EMOJI;
	return kind_of_property(cp, p);
}

static void
write_joiner(struct showing *s)
{
	if (s->joiner != NULL)
		cq_buf_add(&s->out, s->joiner, 3);
	s->joiner = NULL;
}

static void
write_base(struct showing *s, enum kind kind, const char *at, size_t n)
{
	if (kind != s->base)
		s->joiner = NULL;
	write_joiner(s);
	cq_buf_add(&s->out, at, n);
	s->base = kind;
	s->n_marks = 0;
	s->fresh_emoji = false;
}

static void
write_mark(struct showing *s, const char *at, size_t n)
{
	if (s->base == KIND_BREAK)
		write_base(s, KIND_PLAIN, DOTTED_CIRCLE, 3);
	if (s->n_marks == s->max_marks)
		return;
	if (s->base != KIND_LETTER)
		s->joiner = NULL;
	write_joiner(s);
	cq_buf_add(&s->out, at, n);
	s->n_marks++;
	s->fresh_emoji = false;
}

/* A line break, a tab or a sign: marks behind it have no base. */
static void
write_end(struct showing *s, const char *text)
{
	cq_buf_str(&s->out, text);
	s->joiner = NULL;
	s->base = KIND_BREAK;
	s->fresh_emoji = false;
}

static void
write_sign(struct showing *s, int cp)
{
	static const char digits[] = "0123456789ABCDEF";
	char hex[3] = {digits[cp >> 4 & 15], digits[cp & 15], '\0'};
	const char *name = cp < 0x20 ? c0_names[cp] : bidi_name(cp);

	if (cp == 0x7f)
		name = "DEL";
	cq_buf_char(&s->out, '<');
	cq_buf_str(&s->out, name == NULL ? hex : name);
	write_end(s, ">");
}

static void
write_one(struct showing *s, int cp, const char *at, size_t n)
{
	enum kind kind = kind_of(cp);

	switch (kind) {
	case KIND_PLAIN:
	case KIND_LETTER:
	case KIND_EMOJI:
		/* a vowel sign that stands alone */
		if (s->base == KIND_BREAK && kind == KIND_LETTER &&
		    utf8proc_category(cp) == UTF8PROC_CATEGORY_MC)
			write_base(s, KIND_PLAIN, DOTTED_CIRCLE, 3);
		write_base(s, kind, at, n);
		s->fresh_emoji = kind == KIND_EMOJI && !is_skin_colour(cp);
		break;
	case KIND_MARK:
		write_mark(s, at, n);
		break;
	case KIND_SELECTOR:
		if (s->fresh_emoji && s->joiner == NULL)
			cq_buf_add(&s->out, at, n);
		s->fresh_emoji = false;
		break;
	case KIND_JOINER:
		if (s->base == KIND_LETTER ||
		    (s->base == KIND_EMOJI && cp == 0x200d))
			s->joiner = at;
		break;
	case KIND_BREAK:
		write_end(s, s->how == SHOW_LINE ? " " : "\n");
		break;
	case KIND_TAB:
		write_end(s, s->how == SHOW_LINE ? " " : "\t");
		break;
	case KIND_SIGN:
		write_sign(s, cp);
		break;
	case KIND_BROKEN:
		write_base(s, KIND_PLAIN, REPLACEMENT, 3);
		break;
	case KIND_DROPPED:
		break;
	}
}

/* The length of the run of printable ASCII at s: most of most texts. */
static size_t
simple_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

struct shown_text
show_str(const char *s, enum show_how how)
{
	struct showing showing = {.how = how,
	    .max_marks = how == SHOW_LINE ? 2 : 4,
	    .base = KIND_BREAK};
	size_t n = s == NULL ? 0 : strlen(s), i = 0, run;
	int cp;

	while (i < n) {
		run = simple_run(s + i, n - i);
		if (run > 0) {
			write_base(&showing, KIND_PLAIN, s + i, run);
			i += run;
			continue;
		}
		if (s[i] == '\r' && s[i + 1] == '\n')
			i++;
		run = cq_utf8_next(s + i, n - i, &cp);
		write_one(&showing, cp, s + i, run);
		i += run;
	}
	return (struct shown_text){cq_buf_take(&showing.out)};
}

struct shown_text
show(struct raw_text raw, enum show_how how)
{
	return show_str(raw.s, how);
}

void
shown_free(struct shown_text *text)
{
	free(text->s);
	text->s = NULL;
}

struct raw_text
raw_copy(const char *s)
{
	return (struct raw_text){cq_strdup(s)};
}

void
raw_free(struct raw_text *text)
{
	free(text->s);
	text->s = NULL;
}
