#include "sources/feed_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libxml/SAX2.h>
#include <libxml/encoding.h>
#include <libxml/parser.h>

#include "core/text.h"
#include "sources/answer.h"

/* --- which encoding ---------------------------------------------------- */

static bool
is_known(const char *encoding)
{
	xmlCharEncodingHandlerPtr h = xmlFindCharEncodingHandler(encoding);

	if (h == NULL)
		return false;
	xmlCharEncCloseFunc(h);
	return true;
}

/* The mark's encoding, and its length in *skip; NULL if there is none. */
static const char *
of_mark(const char *s, size_t n, size_t *skip)
{
	static const struct {
		const char *mark;
		size_t n;
		const char *encoding;
	} marks[] = {
	    {"\xff\xfe\0\0", 4, "UTF-32LE"},
	    {"\0\0\xfe\xff", 4, "UTF-32BE"},
	    {"\xef\xbb\xbf", 3, "UTF-8"},
	    {"\xff\xfe", 2, "UTF-16LE"},
	    {"\xfe\xff", 2, "UTF-16BE"},
	};
	/* no mark, but "<" as these encodings write it */
	static const struct {
		const char *start;
		const char *encoding;
	} starts[] = {
	    {"<\0\0\0", "UTF-32LE"},
	    {"\0\0\0<", "UTF-32BE"},
	    {"<\0", "UTF-16LE"},
	    {"\0<", "UTF-16BE"},
	};
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (n >= marks[i].n &&
		    memcmp(s, marks[i].mark, marks[i].n) == 0) {
			*skip = marks[i].n;
			return marks[i].encoding;
		}
	*skip = 0;
	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (n >= 4 && memcmp(s, starts[i].start, i < 2 ? 4 : 2) == 0)
			return starts[i].encoding;
	return NULL;
}

/* The word behind key in s, as in charset="utf-8"; false if none. */
static bool
word_behind(const char *s, const char *key, char out[40])
{
	size_t n;

	s = s == NULL ? NULL : strcasestr(s, key);
	if (s == NULL)
		return false;
	s += strlen(key);
	s += strspn(s, " \t='\"");
	n = strcspn(s, "; \t'\"?>");
	if (n == 0 || n >= 40)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

static bool
of_declaration(const char *s, size_t n, char out[40])
{
	char head[201];
	char *end;

	n = n < sizeof(head) - 1 ? n : sizeof(head) - 1;
	memcpy(head, s, n);
	head[n] = '\0';
	end = strstr(head, "?>");
	if (end == NULL)
		return false;
	*end = '\0';
	return word_behind(head, "encoding", out);
}

static bool
is_single_byte(const char *encoding)
{
	return strncasecmp(encoding, "iso-8859-", 9) == 0 ||
	    strncasecmp(encoding, "windows-125", 11) == 0 ||
	    strcasecmp(encoding, "latin1") == 0 ||
	    strcasecmp(encoding, "us-ascii") == 0 ||
	    strcasecmp(encoding, "ascii") == 0;
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

#define MAX_GUESSES 4

/* In the order they are tried; NULL: as declared. */
struct guesses {
	const char *at[MAX_GUESSES];
	size_t n;
	char http[40], declared[40];
};

static void
guess(struct guesses *g, const char *s, size_t n, const char *content_type)
{
	bool http =
	    word_behind(content_type, "charset", g->http) && is_known(g->http);
	bool declared =
	    of_declaration(s, n, g->declared) && is_known(g->declared);
	bool utf8 = has_high_byte(s, n) && cq_utf8_valid(s, n);

	/* what reads as UTF-8 is no Latin, whatever it is said to be */
	if (utf8 &&
	    ((http && is_single_byte(g->http)) ||
		(!http && declared && is_single_byte(g->declared))))
		g->at[g->n++] = "UTF-8";
	if (http)
		g->at[g->n++] = g->http;
	g->at[g->n++] = NULL;
	if (!utf8 && has_high_byte(s, n) && memchr(s, '\0', n) == NULL &&
	    (!declared || strcasecmp(g->declared, "utf-8") == 0))
		g->at[g->n++] = "windows-1252";
}

/* --- the parser, on a short leash -------------------------------------- */

struct leash {
	size_t n_elements;
	bool declares; /* the document declares an entity or the like */
};

static struct leash *
leash_of(void *ctx)
{
	return ((xmlParserCtxtPtr)ctx)->_private;
}

static void
stop_at_declaration(void *ctx)
{
	leash_of(ctx)->declares = true;
	xmlStopParser(ctx);
}

static void
on_entity(void *ctx, const xmlChar *name, int type, const xmlChar *public_id,
    const xmlChar *system_id, xmlChar *content)
{
	(void)name, (void)type, (void)public_id, (void)system_id;
	(void)content;
	stop_at_declaration(ctx);
}

static void
on_attribute(void *ctx, const xmlChar *element, const xmlChar *name, int type,
    int def, const xmlChar *value, xmlEnumerationPtr tree)
{
	(void)element, (void)name, (void)type, (void)def, (void)value;
	xmlFreeEnumeration(tree);
	stop_at_declaration(ctx);
}

static void
on_element(void *ctx, const xmlChar *name, int type,
    xmlElementContentPtr content)
{
	(void)name, (void)type, (void)content;
	stop_at_declaration(ctx);
}

/* Nothing is ever loaded. */
static xmlParserInputPtr
on_resolve(void *ctx, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)ctx, (void)public_id, (void)system_id;
	return NULL;
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int n_ns, const xmlChar **ns, int n_atts, int n_default,
    const xmlChar **atts)
{
	if (++leash_of(ctx)->n_elements > FEED_ELEMENTS_MAX) {
		xmlStopParser(ctx);
		return;
	}
	xmlSAX2StartElementNs(ctx, name, prefix, uri, n_ns, ns, n_atts,
	    n_default, atts);
}

/* The library would print what has no context; we never print. */
static void
be_silent(void *arg, xmlErrorPtr error)
{
	(void)arg;
	(void)error;
}

static xmlDoc *
parse(const char *s, size_t n, const char *encoding, int options,
    struct leash *leash)
{
	xmlParserCtxtPtr ctx = xmlNewParserCtxt();
	xmlDoc *doc;

	if (ctx == NULL)
		return NULL;
	*leash = (struct leash){0};
	ctx->_private = leash;
	ctx->sax->entityDecl = on_entity;
	ctx->sax->attributeDecl = on_attribute;
	ctx->sax->elementDecl = on_element;
	ctx->sax->resolveEntity = on_resolve;
	ctx->sax->startElementNs = on_start;
	options |= XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
	if (encoding != NULL)
		options |= XML_PARSE_IGNORE_ENC;
	xmlSetStructuredErrorFunc(NULL, be_silent);
	/* without its address, so that xmlNodeGetBase() tells xml:base only */
	doc = xmlCtxtReadMemory(ctx, s, (int)n, NULL, encoding, options);
	xmlSetStructuredErrorFunc(NULL, NULL);
	xmlFreeParserCtxt(ctx);
	if (leash->declares || leash->n_elements > FEED_ELEMENTS_MAX ||
	    xmlDocGetRootElement(doc) == NULL) {
		xmlFreeDoc(doc);
		return NULL;
	}
	return doc;
}

static enum cq_status
refuse(const struct src_answer *answer, const struct leash *leash,
    struct cq_err *err)
{
	if (leash->declares)
		return cq_fail(err, CQ_NET,
		    "this feed declares entities of its own: refused, since "
		    "they can be used to attack its readers");
	if (leash->n_elements > FEED_ELEMENTS_MAX)
		return cq_fail(err, CQ_NET,
		    "this feed has more than %d elements: not read",
		    FEED_ELEMENTS_MAX);
	return answer_not(answer, "a feed", err);
}

/* Some servers put bytes of their own before the document. */
static void
skip_rubbish(const char **s, size_t *n)
{
	const char *start = memchr(*s, '<', *n < 1024 ? *n : 1024);

	if (start != NULL && memchr(*s, '\0', (size_t)(start - *s)) == NULL) {
		*n -= (size_t)(start - *s);
		*s = start;
	}
}

enum cq_status
feed_parse(const struct src_answer *answer, xmlDoc **out, struct cq_err *err)
{
	static const int options[] = {0, XML_PARSE_RECOVER};
	struct guesses g = {0};
	struct leash leash = {0};
	const char *s = answer->body;
	size_t n = answer->n, skip, i, k;

	*out = NULL;
	if (answer_is_web_page(answer))
		return answer_not(answer, "a feed", err);
	g.at[0] = of_mark(s, n, &skip);
	s += skip;
	n -= skip;
	if (g.at[0] != NULL) {
		g.n = 1;
	} else {
		skip_rubbish(&s, &n);
		guess(&g, s, n, answer->header(answer, "Content-Type"));
	}
	for (i = 0; i < 2; i++)
		for (k = 0; k < g.n; k++) {
			/* recovering, the last guess is the best one */
			const char *encoding = g.at[i == 0 ? k : g.n - 1 - k];

			*out = parse(s, n, encoding, options[i], &leash);
			if (*out != NULL)
				return CQ_OK;
			if (leash.declares ||
			    leash.n_elements > FEED_ELEMENTS_MAX)
				return refuse(answer, &leash, err);
		}
	return refuse(answer, &leash, err);
}
