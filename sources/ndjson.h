#ifndef SRC_NDJSON_H
#define SRC_NDJSON_H

#include "sources/source.h"

#define NDJSON_LINE_MAX (1024 * 1024) /* bytes, without the line feed */

/*
 * Reads one line of NDJSON (caseq(1), POSTS AS NDJSON) and emits its post,
 * borrowed for the call.  line need not end with NUL and is not changed.
 *
 * CQ_INPUT with a message that names the field and what is wrong with it.
 */
enum cq_status ndjson_read(const char *line, size_t n, src_emit_fn emit,
    void *arg, struct cq_err *err);

#endif
