#include "sources/feed_parse.h"

#include <libxml/SAX2.h>

#include "sources/feed_bytes.h"

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
	struct feed_parser *parser = ((xmlParserCtxtPtr)ctx)->_private;

	if (++parser->n_elements > FEED_ELEMENTS_MAX) {
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

static bool
begin(struct feed_parser *parser)
{
	if (parser->ctx == NULL) {
		parser->ctx = xmlNewParserCtxt();
		if (parser->ctx == NULL)
			return false;
		parser->ctx->sax->resolveEntity = on_resolve;
		parser->ctx->sax->startElementNs = on_start;
		parser->ctx->_private = parser;
	}
	parser->n_elements = 0;
	cq_buf_clear(&parser->buf);
	return true;
}

xmlDoc *
feed_parse(struct feed_parser *parser, const struct cq_buf *around,
    const char *s, size_t n, bool latin)
{
	const int options = XML_PARSE_RECOVER | XML_PARSE_NONET |
	    XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC;
	xmlDoc *doc;

	if (!begin(parser))
		return NULL;
	if (around != NULL && around->n > 0)
		feed_clean(&parser->buf, around->s, around->n, latin);
	feed_clean(&parser->buf, s, n < FEED_PART_MAX ? n : FEED_PART_MAX,
	    latin);
	if (parser->buf.n == 0)
		return NULL;
	xmlSetStructuredErrorFunc(NULL, be_silent);
	/* without its address, so that xmlNodeGetBase() tells xml:base only */
	doc = xmlCtxtReadMemory(parser->ctx, parser->buf.s, (int)parser->buf.n,
	    NULL, NULL, options);
	xmlSetStructuredErrorFunc(NULL, NULL);
	if (xmlDocGetRootElement(doc) == NULL) {
		xmlFreeDoc(doc);
		return NULL;
	}
	return doc;
}

void
feed_parser_free(struct feed_parser *parser)
{
	xmlFreeParserCtxt(parser->ctx);
	cq_buf_free(&parser->buf);
	*parser = (struct feed_parser){0};
}
