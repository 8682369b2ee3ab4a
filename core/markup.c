#include "core/markup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "core/buf.h"

static const struct {
	const char *name;
	const char *sign;
} references[] = {
    {"amp;", "&"},
    {"lt;", "<"},
    {"gt;", ">"},
    {"quot;", "\""},
    {"apos;", "'"},
    {"nbsp;", " "},
    {"hellip;", "\xe2\x80\xa6"},
    {"mdash;", "-"},
    {"ndash;", "-"},
    {"rsquo;", "'"},
    {"lsquo;", "'"},
    {"rdquo;", "\""},
    {"ldquo;", "\""},
};

/*
 * What stands in posts, and no other: in "booking <XK4471>" the brackets
 * hold what tells it from the next one.
 */
static const struct {
	const char *name;
	bool parts_words; /* it ends a line, where others only mark words */
} tags[] = {
    {"p", true},
    {"br", true},
    {"a", false},
    {"span", false},
    {"div", true},
    {"li", true},
    {"ul", true},
    {"ol", true},
    {"b", false},
    {"i", false},
    {"u", false},
    {"s", false},
    {"em", false},
    {"strong", false},
    {"small", false},
    {"big", false},
    {"del", false},
    {"ins", false},
    {"mark", false},
    {"sub", false},
    {"sup", false},
    {"font", false},
    {"img", false},
    {"code", false},
    {"pre", true},
    {"blockquote", true},
    {"q", false},
    {"cite", false},
    {"h1", true},
    {"h2", true},
    {"h3", true},
    {"h4", true},
    {"h5", true},
    {"h6", true},
    {"hr", true},
    {"tr", true},
    {"td", true},
    {"th", true},
    {"table", true},
    {"thead", true},
    {"tbody", true},
    {"dl", true},
    {"dt", true},
    {"dd", true},
    {"details", true},
    {"summary", true},
    {"figure", true},
    {"figcaption", true},
    {"section", true},
    {"article", true},
    {"header", true},
    {"footer", true},
    {"center", true},
    {"time", false},
    {"abbr", false},
    {"kbd", false},
    {"wbr", false},
    {"html", true},
    {"body", true},
    {"iframe", true},
    {"video", true},
    {"audio", true},
    {"source", false},
    {"picture", false},
    {"svg", false},
};

/* Bytes of the tag that begins at s; 0 if it is none ("a < b"). */
static size_t
tag_length(const char *s, bool *parts_words)
{
	size_t i = s[1] == '/' ? 2 : 1, k = 0;
	size_t n = strcspn(s + i, " \t\r\n/<>");

	if (n == 0 || n > 10)
		return 0;
	while (k < sizeof(tags) / sizeof(tags[0]) &&
	    (strlen(tags[k].name) != n ||
		strncasecmp(s + i, tags[k].name, n) != 0))
		k++;
	if (k == sizeof(tags) / sizeof(tags[0]))
		return 0;
	*parts_words = tags[k].parts_words;
	i += n;
	i += strcspn(s + i, "<>");
	return s[i] == '>' ? i + 1 : 0;
}

/* "&#39;" and "&#x27;"; 0 if it is none. */
static size_t
numbered(const char *s, struct cq_buf *b)
{
	utf8proc_uint8_t bytes[4];
	bool hex;
	char *end;
	long cp;

	if (s[1] != '#')
		return 0;
	hex = s[2] == 'x' || s[2] == 'X';
	if (strspn(s + 2 + hex, "0123456789abcdefABCDEF") == 0)
		return 0;
	cp = strtol(s + 2 + hex, &end, hex ? 16 : 10);
	if (*end != ';' || cp <= 0 || cp > 0x10ffff ||
	    !utf8proc_codepoint_valid((utf8proc_int32_t)cp))
		return 0;
	cq_buf_add(b, bytes,
	    (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, bytes));
	return (size_t)(end - s) + 1;
}

/* Bytes of the reference at s, whose sign is added; 0 if it is none. */
static size_t
reference(const char *s, struct cq_buf *b)
{
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]);
	     i++) {
		size_t n = strlen(references[i].name);

		if (strncmp(s + 1, references[i].name, n) == 0) {
			cq_buf_str(b, references[i].sign);
			return n + 1;
		}
	}
	return numbered(s, b);
}

char *
cq_markup_drop(const char *text)
{
	struct cq_buf b = {0};
	size_t n = 0;
	bool parts;

	if (strpbrk(text, "<&") == NULL)
		return NULL;
	while (text[0] != '\0') {
		n = strcspn(text, "<&");
		cq_buf_add(&b, text, n);
		text += n;
		if (text[0] == '\0')
			break;
		parts = false;
		n = text[0] == '<' ? tag_length(text, &parts)
				   : reference(text, &b);
		if (n > 0 && parts)
			cq_buf_char(&b, ' ');
		if (n == 0)
			cq_buf_char(&b, text[n++]);
		text += n;
	}
	return cq_buf_take(&b);
}
