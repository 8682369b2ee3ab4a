#ifndef SRC_FEED_PARSE_H
#define SRC_FEED_PARSE_H

#include <stdbool.h>

#include <libxml/parser.h>

#include "core/buf.h"

#define FEED_PART_MAX (2 * 1024 * 1024) /* bytes of one item */
#define FEED_ELEMENTS_MAX 20000		/* in one item; the rest is left out */

/*
 * Parses one part of a feed after another, as far as its markup can be
 * recovered.  Nothing is loaded and no entity is known but those of XML and
 * HTML: what a document declares never gets here.
 */
struct feed_parser {
	xmlParserCtxtPtr ctx;
	struct cq_buf buf;
	size_t n_elements;
};

/*
 * A document with around in front of the n bytes at s, to be freed with
 * xmlFreeDoc(); NULL if it has no element.
 */
xmlDoc *feed_parse(struct feed_parser *parser, const struct cq_buf *around,
    const char *s, size_t n, bool latin);
void feed_parser_free(struct feed_parser *parser);

#endif
