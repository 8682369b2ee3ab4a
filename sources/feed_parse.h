#ifndef SRC_FEED_PARSE_H
#define SRC_FEED_PARSE_H

#include <libxml/tree.h>

#include "sources/source.h"

#define FEED_ELEMENTS_MAX 200000

/*
 * Bytes to a document with a root element, to be freed with xmlFreeDoc().
 * See feed_xml_read() for what is refused.
 */
enum cq_status feed_parse(const struct src_answer *answer, xmlDoc **out,
    struct cq_err *err);

#endif
