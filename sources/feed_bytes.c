#include "sources/feed_bytes.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "core/text.h"

#define NAME_MAX_N 40
#define NO_CHAR "\xef\xbf\xbd"
#define VALUES_MAX 500 /* attributes of a tag */

/* --- which encoding ---------------------------------------------------- */

/* The mark's encoding, and its length in *skip; NULL if there is none. */
static const char *
of_mark(const char *s, size_t n, size_t *skip)
{
	static const struct {
		const char *mark;
		size_t n, skip;
		const char *encoding;
	} marks[] = {
	    {"\xff\xfe\0\0", 4, 4, "UTF-32LE"},
	    {"\0\0\xfe\xff", 4, 4, "UTF-32BE"},
	    {"\xef\xbb\xbf", 3, 3, "UTF-8"},
	    {"\xff\xfe", 2, 2, "UTF-16LE"},
	    {"\xfe\xff", 2, 2, "UTF-16BE"},
	    /* no mark, but "<" as these encodings write it */
	    {"<\0\0\0", 4, 0, "UTF-32LE"},
	    {"\0\0\0<", 4, 0, "UTF-32BE"},
	    {"<\0", 2, 0, "UTF-16LE"},
	    {"\0<", 2, 0, "UTF-16BE"},
	};
	size_t i;

	*skip = 0;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (n >= marks[i].n &&
		    memcmp(s, marks[i].mark, marks[i].n) == 0) {
			*skip = marks[i].skip;
			return marks[i].encoding;
		}
	return NULL;
}

/* The word behind key in s, as in charset="utf-8"; "" if none. */
static void
word_behind(const char *s, const char *key, char out[NAME_MAX_N])
{
	size_t n;

	*out = '\0';
	s = s == NULL ? NULL : strcasestr(s, key);
	if (s == NULL)
		return;
	s += strlen(key);
	s += strspn(s, " \t='\"");
	n = strcspn(s, "; \t'\"?>");
	if (n == 0 || n >= NAME_MAX_N)
		return;
	memcpy(out, s, n);
	out[n] = '\0';
}

static void
of_declaration(const char *s, size_t n, char out[NAME_MAX_N])
{
	char head[1025];
	char *start, *end;
	size_t i;

	n = n < sizeof(head) - 1 ? n : sizeof(head) - 1;
	for (i = 0; i < n; i++)
		head[i] = s[i] == '\0' ? ' ' : s[i];
	head[n] = '\0';
	*out = '\0';
	start = strstr(head, "<?xml");
	end = start == NULL ? NULL : strstr(start, "?>");
	if (end == NULL)
		return;
	*end = '\0';
	word_behind(start, "encoding", out);
}

/* Those that are mended as they are read, without a conversion. */
static bool
is_utf8(const char *encoding)
{
	return *encoding == '\0' || strcasecmp(encoding, "utf-8") == 0 ||
	    strcasecmp(encoding, "utf8") == 0 ||
	    strcasecmp(encoding, "us-ascii") == 0 ||
	    strcasecmp(encoding, "ascii") == 0;
}

static bool
is_latin(const char *encoding)
{
	return strcasecmp(encoding, "iso-8859-1") == 0 ||
	    strcasecmp(encoding, "latin1") == 0 ||
	    strcasecmp(encoding, "windows-1252") == 0 ||
	    strcasecmp(encoding, "cp1252") == 0;
}

/* Where any bytes give some text, so that fitting proves nothing. */
static bool
is_single_byte(const char *encoding)
{
	return is_latin(encoding) ||
	    strncasecmp(encoding, "iso-8859-", 9) == 0 ||
	    strncasecmp(encoding, "windows-125", 11) == 0;
}

/* What is declared is often a part of what is meant. */
static const char *
whole_of(const char *encoding)
{
	static const struct {
		const char *part, *whole;
	} known[] = {
	    {"gb2312", "GB18030"},
	    {"gbk", "GB18030"},
	    {"euc-kr", "CP949"},
	    {"ks_c_5601-1987", "CP949"},
	    {"shift_jis", "CP932"},
	    {"shift-jis", "CP932"},
	    {"x-sjis", "CP932"},
	    {"big5", "BIG5-HKSCS"},
	    {"iso-8859-9", "WINDOWS-1254"},
	    {"tis-620", "CP874"},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(encoding, known[i].part) == 0)
			return known[i].whole;
	return encoding;
}

/* --- converting -------------------------------------------------------- */

/*
 * The whole in UTF-8; bytes that do not fit become U+FFFD and are counted.
 * False if the encoding is unknown.
 */
static bool
convert(const char *encoding, const char *s, size_t n, struct cq_buf *to,
    size_t *n_bad)
{
	iconv_t cd = iconv_open("UTF-8", whole_of(encoding));
	char *in = (char *)(uintptr_t)s; /* iconv(3) does not write to it */
	size_t left = n;

	*n_bad = 0;
	cq_buf_clear(to);
	if (cd == (iconv_t)-1)
		return false;
	while (left > 0) {
		char buf[16384], *out = buf;
		size_t room = sizeof(buf);
		size_t rc = iconv(cd, &in, &left, &out, &room);

		cq_buf_add(to, buf, (size_t)(out - buf));
		if (rc != (size_t)-1 || errno == E2BIG)
			continue;
		cq_buf_str(to, NO_CHAR);
		(*n_bad)++;
		if (errno != EILSEQ)
			break; /* cut within a character */
		in++;
		left--;
	}
	iconv_close(cd);
	return true;
}

static bool
has_high_byte(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] >= 0x80)
			return true;
	return false;
}

static enum cq_status
too_long(struct cq_err *err)
{
	return cq_fail(err, CQ_NET,
	    "this feed is longer than %d MiB and not in UTF-8: not read",
	    FEED_OTHER_MAX / 1024 / 1024);
}

static bool
is_wide(const char *encoding)
{
	return strncasecmp(encoding, "utf-16", 6) == 0 ||
	    strncasecmp(encoding, "utf-32", 6) == 0 ||
	    strncasecmp(encoding, "ucs-", 4) == 0;
}

/*
 * The first of the names that fits all bytes, else the first that is known,
 * else none: the bytes stay as they are.
 */
static void
convert_any(const char *const names[2], struct feed_bytes *b)
{
	struct cq_buf best = {0}, buf = {0};
	size_t i, n_bad;

	for (i = 0; i < 2; i++) {
		/* without a NUL among them these bytes are no UTF-16 */
		if (is_utf8(names[i]) || is_wide(names[i]))
			continue;
		if (is_latin(names[i]) && best.s == NULL) {
			b->latin = true;
			break;
		}
		if (!convert(names[i], b->s, b->n, &buf, &n_bad))
			continue;
		if (n_bad == 0 || best.s == NULL) {
			cq_buf_free(&best);
			best = buf;
			buf = (struct cq_buf){0};
		}
		if (n_bad == 0)
			break;
	}
	if (best.s != NULL) {
		b->n = best.n;
		b->s = b->copy = cq_buf_take(&best);
	}
	cq_buf_free(&best);
	cq_buf_free(&buf);
}

static bool
needs_no_copy(const char *name)
{
	return is_utf8(name) || is_latin(name);
}

static enum cq_status
by_name(const struct src_answer *answer, struct feed_bytes *b,
    struct cq_err *err)
{
	char http[NAME_MAX_N], declared[NAME_MAX_N];
	const char *const names[] = {http, declared};

	word_behind(answer->header(answer, "Content-Type"), "charset", http);
	of_declaration(b->s, b->n, declared);
	if (!has_high_byte(b->s, b->n) && memchr(b->s, '\033', b->n) == NULL)
		return CQ_OK; /* all of them write ASCII alike */
	if (is_utf8(http) && is_utf8(declared))
		return CQ_OK;
	/* what reads as UTF-8 is no Latin, whatever it is said to be */
	if ((is_utf8(http) || is_single_byte(http)) &&
	    (is_utf8(declared) || is_single_byte(declared)) &&
	    cq_utf8_valid(b->s, b->n))
		return CQ_OK;
	if (b->n > FEED_OTHER_MAX &&
	    (!needs_no_copy(http) || !needs_no_copy(declared)))
		return too_long(err);
	/* UTF-8 by name goes first if it fits; its strays are mended else */
	if ((strcasecmp(http, "utf-8") == 0 || strcasecmp(http, "utf8") == 0) &&
	    cq_utf8_valid(b->s, b->n))
		return CQ_OK;
	convert_any(names, b);
	return CQ_OK;
}

enum cq_status
feed_bytes(const struct src_answer *answer, struct feed_bytes *out,
    struct cq_err *err)
{
	struct cq_buf buf = {0};
	const char *mark;
	size_t skip, n_bad;

	*out = (struct feed_bytes){.s = answer->body, .n = answer->n};
	mark = of_mark(out->s, out->n, &skip);
	out->s += skip;
	out->n -= skip;
	if (mark == NULL)
		return by_name(answer, out, err);
	if (strcmp(mark, "UTF-8") == 0)
		return CQ_OK;
	if (out->n > FEED_OTHER_MAX)
		return too_long(err);
	convert(mark, out->s, out->n, &buf, &n_bad);
	out->n = buf.n;
	out->s = out->copy = cq_buf_take(&buf);
	return CQ_OK;
}

void
feed_bytes_free(struct feed_bytes *bytes)
{
	free(bytes->copy);
	*bytes = (struct feed_bytes){0};
}

/* --- cleaning ---------------------------------------------------------- */

static void
add_char(struct cq_buf *to, int cp)
{
	xmlChar utf8[8];

	cq_buf_add(to, utf8, (size_t)xmlCopyCharMultiByte(utf8, cp));
}

/* One character that is no plain ASCII; returns its length in s. */
static size_t
clean_char(struct cq_buf *to, const char *s, size_t n, bool latin)
{
	unsigned char c = (unsigned char)*s;
	size_t len;
	int cp;

	if (c < 0x80) {
		cq_buf_char(to, ' '); /* a control, or DEL */
		return 1;
	}
	if (latin) {
		add_char(to, c);
		return 1;
	}
	len = cq_utf8_next(s, n, &cp);
	if (cp < 0) {
		add_char(to, c); /* C1 is mended where text becomes plain */
		return 1;
	}
	if (cp == 0xfffe || cp == 0xffff)
		cq_buf_str(to, NO_CHAR);
	else
		cq_buf_add(to, s, len);
	return len;
}

static bool
is_number(const char *s, size_t n)
{
	bool hex = n > 1 && (s[0] == 'x' || s[0] == 'X');
	unsigned long cp = 0;
	size_t i = hex ? 1 : 0;

	if (i == n)
		return false;
	for (; i < n; i++) {
		if (!(hex ? isxdigit((unsigned char)s[i])
			  : isdigit((unsigned char)s[i])))
			return false;
		cp = cp * (hex ? 16 : 10) +
		    (unsigned long)(isdigit((unsigned char)s[i])
			    ? s[i] - '0'
			    : (s[i] | 0x20) - 'a' + 10);
		if (cp > 0x10ffff)
			return false;
	}
	return cp == '\t' || cp == '\n' || cp == '\r' ||
	    (cp >= 0x20 && (cp < 0xd800 || cp > 0xdfff) && cp != 0xfffe &&
		cp != 0xffff);
}

/* A "&" and what belongs to it; returns how much that was. */
static size_t
clean_reference(struct cq_buf *to, const char *s, size_t n)
{
	static const char *const xml[] = {"amp", "lt", "gt", "quot", "apos"};
	const htmlEntityDesc *e;
	char name[12];
	size_t i, len = 1;

	while (len < n && len < sizeof(name) &&
	    (isalnum((unsigned char)s[len]) || (len == 1 && s[1] == '#')))
		len++;
	if (len == 1 || len == n || s[len] != ';') {
		cq_buf_str(to, "&amp;");
		return 1;
	}
	memcpy(name, s + 1, len - 1);
	name[len - 1] = '\0';
	len++;
	for (i = 0; i < sizeof(xml) / sizeof(xml[0]); i++)
		if (strcmp(name, xml[i]) == 0)
			break;
	e = htmlEntityLookup((const xmlChar *)name);
	if (i < sizeof(xml) / sizeof(xml[0]) ||
	    (*name == '#' && is_number(name + 1, len - 3))) {
		cq_buf_add(to, s, len);
	} else if (e != NULL) {
		add_char(to, (int)e->value);
	} else {
		cq_buf_str(to, "&amp;");
		return 1;
	}
	return len;
}

/* What is known of the bytes ahead, so that none is looked at for ever. */
struct cleaner {
	const char *s;
	size_t n;
	size_t tag_end;	 /* behind the next ">", if i is before it */
	bool tag_is_odd; /* it holds more than any tag does */
	bool no_comment_ends, no_cdata_ends;
};

/* The length of what begins so at i and ends so; 0 if it does not. */
static size_t
section_at(const struct cleaner *c, size_t i, const char *start,
    const char *mark, bool *none_ends)
{
	size_t n = strlen(start);
	const char *end;

	if (*none_ends || c->n - i < n || memcmp(c->s + i, start, n) != 0)
		return 0;
	end = memmem(c->s + i + n, c->n - i - n, mark, 3);
	*none_ends = end == NULL;
	return end == NULL ? 0 : (size_t)(end - (c->s + i)) + 3;
}

/*
 * Is there a ">" to the "<" at i?  What holds hundreds of attributes is no
 * tag: an XML parser would compare each with all others.
 */
static bool
has_end(struct cleaner *c, size_t i)
{
	size_t n_values = 0, k;

	if (i >= c->tag_end) {
		for (k = i; k < c->n && c->s[k] != '>'; k++)
			n_values += c->s[k] == '=';
		c->tag_end = k + 1;
		c->tag_is_odd = k == c->n || n_values > VALUES_MAX;
	}
	return !c->tag_is_odd;
}

static bool
begins_markup(struct cleaner *c, size_t i)
{
	unsigned char next = i + 1 < c->n ? (unsigned char)c->s[i + 1] : 0;

	return (isalpha(next) || next == '_' || next == ':' || next == '/' ||
		   next == '?' || next >= 0x80) &&
	    has_end(c, i);
}

/* A "<" that begins no section; returns how much of it was taken. */
static size_t
clean_less(struct cq_buf *to, struct cleaner *c, size_t i)
{
	if (c->n - i >= 9 && memcmp(c->s + i, "<![CDATA[", 9) == 0)
		return 9; /* without an end */
	if (c->n - i >= 4 && memcmp(c->s + i, "<!--", 4) == 0)
		return 4;
	cq_buf_str(to, begins_markup(c, i) ? "<" : "&lt;");
	return 1;
}

static bool
is_plain(char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t' || c == '\r';
}

void
feed_clean(struct cq_buf *to, const char *s, size_t n, bool latin)
{
	struct cleaner c = {.s = s, .n = n};
	size_t i = 0, raw_to = 0; /* before it: inside a CDATA section */

	while (i < n) {
		size_t from = i, skip;

		while (i < n && is_plain(s[i]) &&
		    (i < raw_to || (s[i] != '&' && s[i] != '<')))
			i++;
		cq_buf_add(to, s + from, i - from);
		if (i == n)
			break;
		if (i < raw_to || (s[i] != '&' && s[i] != '<')) {
			i += clean_char(to, s + i, n - i, latin);
		} else if (s[i] == '&') {
			i += clean_reference(to, s + i, n - i);
		} else {
			raw_to = i +
			    section_at(&c, i, "<![CDATA[", "]]>",
				&c.no_cdata_ends);
			skip = section_at(&c, i, "<!--", "-->",
			    &c.no_comment_ends);
			if (skip > 0)
				i += skip;
			else if (raw_to == i)
				i += clean_less(to, &c, i);
		}
	}
}
