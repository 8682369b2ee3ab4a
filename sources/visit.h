#ifndef SRC_VISIT_H
#define SRC_VISIT_H

#include "core/env.h"
#include "sources/source.h"

/* What a visit to a source keeps between its questions. */
struct visit {
	struct src_visit v; /* what the adapter sees */
	const struct src_ops *ops;
	char *cursor, *session; /* owned; v points to them */
};

/* source is borrowed until visit_end(). */
void visit_begin(struct visit *visit, const struct cq_source *source,
    const struct src_ops *ops, int64_t now);
void visit_end(struct visit *visit);

/* What was read is stored: the next question goes on from there. */
void visit_go_on(struct visit *visit, const struct src_next *next);

#endif
