#ifndef SRC_VISIT_H
#define SRC_VISIT_H

#include "core/env.h"
#include "sources/source.h"

/* What a visit to a source keeps between its questions. */
struct visit {
	struct src_visit v; /* what the adapter sees */
	const struct src_ops *ops;
	char *cursor, *session; /* owned; v points to them */
	char *path;		/* of the session; NULL: none is kept */
};

/*
 * source is borrowed until visit_end().
 *
 * sessions  the directory for them; NULL: what the environment says
 */
void visit_begin(struct visit *visit, const struct cq_source *source,
    const struct src_ops *ops, int64_t now, const char *sessions);
void visit_end(struct visit *visit);

/* What the adapter kept in visit->memory is not needed any more. */
void visit_forget(struct visit *visit);

/* Is the post older than its source wants?  What is gone never is. */
bool visit_is_old(const struct visit *visit, const struct cq_post *post);

/*
 * Before a question: the session as its file has it now, as another source
 * of the account may have renewed it.  CQ_DENIED if the one that an answer
 * may bring could not be kept; see session.h.
 */
enum cq_status visit_read_session(struct visit *visit, struct cq_err *err);

/* After an answer: keeps the session it brought, if it brought one. */
enum cq_status visit_keep_session(struct visit *visit,
    const struct src_next *next, struct cq_err *err);

/* What was read is stored: the next question goes on from there. */
void visit_go_on(struct visit *visit, const struct src_next *next);

#endif
