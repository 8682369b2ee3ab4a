#include "sources/html.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>
#include <libxml/uri.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "core/text.h"

#define TAG_PARTS_MAX 2000 /* blanks and "=" in one tag */

/*
 * The parser calls back for each tag and each run of text; no tree is
 * built and nothing recurses, so 300,000 open tags cost nothing.
 */
struct reader {
	struct cq_buf out;
	int depth;
	int skip_depth;	   /* of <script> and the like; 0: nothing skipped */
	int hide_depth;	   /* of a Mastodon span that is not shown */
	int pre_depth;	   /* line breaks count inside */
	int breaks;	   /* line breaks due before the next word */
	bool space;	   /* a space is due before the next word */
	bool after_target; /* the last word was a link's target */
	bool in_link;
	bool hid;	     /* part of the link's words was hidden */
	char *href;	     /* of the open link, if it is to be shown */
	size_t link_at;	     /* where its words begin in out */
	struct cq_buf words; /* of the link, hidden ones too */
	const char *base;
};

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcasecmp(name, *list) == 0)
			return true;
	return false;
}

static int
breaks_around(const char *name)
{
	static const char *const paragraphs[] = {"p", "blockquote", "h1", "h2",
	    "h3", "h4", "h5", "h6", "pre", "table", "ul", "ol", "hr", NULL};
	static const char *const lines[] = {"div", "li", "tr", "dt", "dd",
	    "section", "article", "header", "footer", "figure", "figcaption",
	    "form", "option", "br", NULL};

	if (is_one_of(name, paragraphs))
		return 2;
	return is_one_of(name, lines) ? 1 : 0;
}

static bool
is_skipped(const char *name)
{
	static const char *const list[] = {"script", "style", "head",
	    "template", "object", "svg", "math", "textarea", "select", NULL};

	return is_one_of(name, list);
}

static const char *
attribute(const xmlChar **atts, const char *name)
{
	for (; atts != NULL && atts[0] != NULL; atts += 2)
		if (strcasecmp((const char *)atts[0], name) == 0)
			return (const char *)atts[1];
	return NULL;
}

static bool
has_class(const xmlChar **atts, const char *word)
{
	const char *s = attribute(atts, "class");
	size_t n = strlen(word);

	while (s != NULL && *s != '\0') {
		size_t len = strcspn(s, " \t\n");

		if (len == n && strncmp(s, word, n) == 0)
			return true;
		s += len + strspn(s + len, " \t\n");
	}
	return false;
}

/* Writes the space or line breaks that are due. */
static void
flush_space(struct reader *r)
{
	if (r->out.n > 0) {
		int i;

		for (i = 0; i < r->breaks; i++)
			cq_buf_char(&r->out, '\n');
		if (r->breaks == 0 && r->space)
			cq_buf_char(&r->out, ' ');
	}
	r->breaks = 0;
	r->space = false;
}

static void
break_line(struct reader *r, int n)
{
	if (r->breaks < n)
		r->breaks = n;
}

static bool
is_word(unsigned char c)
{
	return isalnum(c) || c >= 0x80;
}

static void
add_text(struct reader *r, const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && r->out.n < CQ_TEXT_MAX) {
		size_t from = i;

		while (i < n && strchr(" \t\n\r\f", s[i]) == NULL)
			i++;
		if (i > from) {
			if (r->after_target && is_word((unsigned char)s[from]))
				r->space = true;
			r->after_target = false;
			flush_space(r);
			cq_buf_add(&r->out, s + from, i - from);
		}
		for (; i < n && strchr(" \t\n\r\f", s[i]) != NULL; i++) {
			if (r->pre_depth > 0 && s[i] == '\n')
				r->breaks++;
			r->space = true;
		}
	}
}

static void
on_text(void *arg, const xmlChar *s, int n)
{
	struct reader *r = arg;

	if (r->skip_depth > 0 || n <= 0)
		return;
	if (r->in_link && r->href != NULL && r->words.n < 4096)
		cq_buf_add(&r->words, s, (size_t)n);
	if (r->hide_depth > 0) {
		r->hid = true;
		return;
	}
	add_text(r, (const char *)s, (size_t)n);
}

static void
on_cdata(void *arg, const xmlChar *s, int n)
{
	(void)arg; /* the inside of <script> and <style> */
	(void)s;
	(void)n;
}

/* The link's target if a person may want to see it; owned. */
static char *
target(struct reader *r, const xmlChar **atts)
{
	const char *href = attribute(atts, "href");
	xmlChar *whole;
	char *copy = NULL;

	if (href == NULL || *href == '#' || strlen(href) > 2048 ||
	    has_class(atts, "mention") || has_class(atts, "hashtag"))
		return NULL;
	if (strncasecmp(href, "http:", 5) == 0 ||
	    strncasecmp(href, "https:", 6) == 0 ||
	    strncasecmp(href, "mailto:", 7) == 0)
		return cq_strdup(href);
	if (r->base == NULL)
		return NULL;
	whole = xmlBuildURI((const xmlChar *)href, (const xmlChar *)r->base);
	if (whole != NULL && strncasecmp((const char *)whole, "http", 4) == 0)
		copy = cq_strdup((const char *)whole);
	xmlFree(whole);
	return copy;
}

static void
open_link(struct reader *r, const xmlChar **atts)
{
	free(r->href);
	r->href = target(r, atts);
	r->in_link = true;
	r->hid = false;
	/* a space that is due is not part of the link's words */
	r->link_at = r->out.n;
	cq_buf_clear(&r->words);
}

/* What of a target must be readable: not the scheme, not a last "/". */
static char *
essence(const char *href)
{
	const char *s = strstr(href, "://");
	char *copy;
	size_t n;

	s = s != NULL ? s + 3 : strchr(href, ':') + 1;
	if (strncasecmp(s, "www.", 4) == 0)
		s += 4;
	copy = cq_strdup(s);
	n = strlen(copy);
	if (n > 0 && copy[n - 1] == '/')
		copy[n - 1] = '\0';
	return copy;
}

static void
close_link(struct reader *r)
{
	char *want;

	r->in_link = false;
	if (r->href == NULL || r->out.n >= CQ_TEXT_MAX)
		return;
	want = essence(r->href);
	if (r->hid && r->words.n > 0 && strstr(r->words.s, want) != NULL &&
	    r->link_at <= r->out.n) {
		/* a long address that was shown shortened: whole again */
		bool space = r->link_at > 0 &&
		    strchr(" \n", r->out.s[r->link_at]) != NULL;

		r->out.n = r->link_at + (space ? 1 : 0);
		flush_space(r);
		cq_buf_str(&r->out, r->href);
	} else if (r->out.n <= r->link_at ||
	    strstr(r->out.s + r->link_at, want) == NULL) {
		bool bare = r->out.n == r->link_at;
		bool space = r->space;

		r->space = true;
		flush_space(r);
		cq_buf_fmt(&r->out, bare ? "%s" : "(%s)", r->href);
		r->space = space;
		r->after_target = true;
	}
	free(want);
	free(r->href);
	r->href = NULL;
}

static void
on_start(void *arg, const xmlChar *xname, const xmlChar **atts)
{
	struct reader *r = arg;
	const char *name = (const char *)xname;
	const char *alt;

	r->depth++;
	if (r->skip_depth > 0)
		return;
	if (is_skipped(name)) {
		r->skip_depth = r->depth;
		return;
	}
	if (r->hide_depth == 0 && strcmp(name, "span") == 0 &&
	    has_class(atts, "invisible"))
		r->hide_depth = r->depth;
	if (strcmp(name, "br") == 0)
		r->breaks++;
	else
		break_line(r, breaks_around(name));
	if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0)
		r->space = true;
	if (strcmp(name, "pre") == 0 && r->pre_depth == 0)
		r->pre_depth = r->depth;
	if (strcmp(name, "a") == 0)
		open_link(r, atts);
	if (strcmp(name, "img") == 0 && r->hide_depth == 0 &&
	    (alt = attribute(atts, "alt")) != NULL)
		add_text(r, alt, strlen(alt));
}

static void
on_end(void *arg, const xmlChar *xname)
{
	struct reader *r = arg;
	const char *name = (const char *)xname;

	if (r->skip_depth == r->depth)
		r->skip_depth = 0;
	else if (r->skip_depth == 0) {
		if (strcmp(name, "a") == 0 && r->in_link)
			close_link(r);
		if (strcmp(name, "br") != 0)
			break_line(r, breaks_around(name));
	}
	if (r->hide_depth == r->depth)
		r->hide_depth = 0;
	if (r->pre_depth == r->depth)
		r->pre_depth = 0;
	if (r->breaks > 2)
		r->breaks = 2;
	r->depth--;
}

/*
 * UTF-8 that was taken for Latin-1 and encoded once more: the one character
 * that the next few mean, in out; returns how many bytes they take, 0 if
 * they are none.  Only with a C1 control among them, which no text holds.
 */
static size_t
encoded_twice(const char *s, char out[5])
{
	unsigned char lead = (unsigned char)s[1] + 0x40u;
	size_t i, n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	bool has_c1 = false;

	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	out[0] = (char)lead;
	for (i = 1; i < n; i++) {
		if ((unsigned char)s[2 * i] != 0xc2)
			return 0;
		out[i] = s[2 * i + 1];
		has_c1 = has_c1 || (unsigned char)out[i] < 0xa0;
	}
	out[n] = '\0';
	return has_c1 && cq_utf8_valid(out, n) ? 2 * n : 0;
}

/* s is changed: what means one character is never shorter than it. */
static void
mend_twice(char *s)
{
	char *to = s, one[5];
	size_t n;

	while (*s != '\0') {
		n = (unsigned char)*s == 0xc3 ? encoded_twice(s, one) : 0;
		if (n > 0) {
			memcpy(to, one, n / 2);
			to += n / 2;
			s += n;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static bool
has_c1(const char *s)
{
	for (; (s = strchr(s, 0xc2)) != NULL; s++)
		if ((unsigned char)s[1] < 0xa0)
			return true;
	return false;
}

char *
html_mend_c1(char *s)
{
	static const char *const at_80[32] = {"\u20ac", "", "\u201a", "\u0192",
	    "\u201e", "\u2026", "\u2020", "\u2021", "\u02c6", "\u2030",
	    "\u0160", "\u2039", "\u0152", "", "\u017d", "", "", "\u2018",
	    "\u2019", "\u201c", "\u201d", "\u2022", "\u2013", "\u2014",
	    "\u02dc", "\u2122", "\u0161", "\u203a", "\u0153", "", "\u017e",
	    "\u0178"};
	struct cq_buf b = {0};
	char *p = s, *c1;

	if (!has_c1(s))
		return s;
	mend_twice(s);
	while ((c1 = strchr(p, 0xc2)) != NULL) {
		unsigned char c = (unsigned char)c1[1];
		bool mend = c >= 0x80 && c < 0xa0 && *at_80[c - 0x80] != '\0';

		cq_buf_add(&b, p, (size_t)(c1 - p));
		if (mend)
			cq_buf_str(&b, at_80[c - 0x80]);
		else
			cq_buf_add(&b, c1, 2);
		p = c1 + 2;
	}
	if (p == s)
		return s;
	cq_buf_str(&b, p);
	free(s);
	return cq_buf_take(&b);
}

/* Cuts to the limit, and to whole characters. */
static char *
finish(struct cq_buf *out)
{
	char *s = html_mend_c1(cq_buf_take(out));
	size_t n = strlen(s);

	if (n > CQ_TEXT_MAX) {
		n = CQ_TEXT_MAX;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
		s[n] = '\0';
	}
	return s;
}

/* The library would print what has no context; we never print. */
static void
be_silent(void *arg, xmlErrorPtr error)
{
	(void)arg;
	(void)error;
}

static void
parse(struct reader *r, const char *html, size_t n)
{
	htmlParserCtxtPtr ctxt = htmlNewParserCtxt();
	xmlSAXHandler sax = {0};
	xmlDocPtr doc;
	void *user;

	if (ctxt == NULL)
		return;
	sax.startElement = on_start;
	sax.endElement = on_end;
	sax.characters = on_text;
	sax.ignorableWhitespace = on_text;
	sax.cdataBlock = on_cdata;
	*ctxt->sax = sax;
	xmlSetStructuredErrorFunc(NULL, be_silent);
	user = ctxt->userData;
	ctxt->userData = r;
	doc = htmlCtxtReadMemory(ctxt, html, (int)n, NULL, "UTF-8",
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
		HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
	xmlFreeDoc(doc);
	ctxt->userData = user;
	htmlFreeParserCtxt(ctxt);
	xmlSetStructuredErrorFunc(NULL, NULL);
}

/*
 * Where a tag begins that holds more than any tag does: the parser compares
 * each attribute with all others.  n if there is none.
 */
static size_t
odd_tag(const char *html, size_t n)
{
	size_t i, from = n, n_parts = 0;

	for (i = 0; i < n; i++)
		if (html[i] == '<' && from == n && i + 1 < n &&
		    isalpha((unsigned char)html[i + 1])) {
			from = i;
			n_parts = 0;
		} else if (html[i] == '>') {
			from = n;
		} else if (html[i] == '=' || isspace((unsigned char)html[i])) {
			if (++n_parts > TAG_PARTS_MAX && from < n)
				return from;
		}
	return n;
}

char *
html_text(const char *html, size_t n, const char *base)
{
	struct reader r = {.base = base};

	if (n > HTML_MAX)
		n = HTML_MAX;
	while (n > 0 && n == HTML_MAX &&
	    ((unsigned char)html[n] & 0xc0) == 0x80)
		n--; /* not in the middle of a character */
	if (memchr(html, '<', n) == NULL && memchr(html, '&', n) == NULL)
		add_text(&r, html, n);
	else
		parse(&r, html, odd_tag(html, n));
	free(r.href);
	cq_buf_free(&r.words);
	return finish(&r.out);
}

/* "<b>", "</b>", "<br/>", but neither "<3" nor "vector<int>". */
static bool
is_tag(const char *s)
{
	char name[16];
	size_t n = 0;

	if (*s == '!')
		return s[1] == '-';
	if (*s == '/')
		s++;
	while (n < sizeof(name) - 1 && isalnum((unsigned char)s[n])) {
		name[n] = (char)tolower((unsigned char)s[n]);
		n++;
	}
	name[n] = '\0';
	return n > 0 && htmlTagLookup((const xmlChar *)name) != NULL;
}

static bool
is_entity(const char *s)
{
	char name[16];
	size_t n = 0;

	while (n < sizeof(name) && s[n] != '\0' && s[n] != ';')
		n++;
	if (n == 0 || n >= sizeof(name) || s[n] != ';')
		return false;
	memcpy(name, s, n);
	name[n] = '\0';
	if (*name == '#')
		return n > 1 && isxdigit((unsigned char)name[n - 1]);
	return htmlEntityLookup((const xmlChar *)name) != NULL;
}

bool
html_looks_like(const char *s)
{
	const char *last = strrchr(s, '>'); /* behind it nothing is a tag */

	for (; *s != '\0'; s++)
		if ((*s == '<' && s < last && is_tag(s + 1)) ||
		    (*s == '&' && is_entity(s + 1)))
			return true;
	return false;
}
