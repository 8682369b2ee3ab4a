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

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of the tag that begins at s; 0 if it is none ("a < b"). */
static size_t
tag_length(const char *s)
{
	size_t i = s[1] == '/' ? 2 : 1;

	if (!is_letter(s[i]))
		return 0;
	i += strcspn(s + i, "<>");
	return s[i] == '>' ? i + 1 : 0;
}

/* Does the tag at s end a line, where others only mark words? */
static bool
parts_words(const char *s)
{
	static const char *const names[] = {
	    "p", "br", "div", "li", "tr", "td", "h1", "h2", "h3"};
	size_t n;

	s += s[1] == '/' ? 2 : 1;
	n = strcspn(s, " \t\r\n/>");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && strncasecmp(s, names[i], n) == 0)
			return true;
	return false;
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

	if (strpbrk(text, "<&") == NULL)
		return NULL;
	while (text[0] != '\0') {
		n = strcspn(text, "<&");
		cq_buf_add(&b, text, n);
		text += n;
		if (text[0] == '\0')
			break;
		n = text[0] == '<' ? tag_length(text) : reference(text, &b);
		if (n > 0 && text[0] == '<' && parts_words(text))
			cq_buf_char(&b, ' ');
		if (n == 0)
			cq_buf_char(&b, text[n++]);
		text += n;
	}
	return cq_buf_take(&b);
}
