#ifndef CQ_STORE_INCOMING_H
#define CQ_STORE_INCOMING_H

#include "core/store/verb.h"

/* One post on its way in. */
struct incoming {
	const struct cq_post *post;
	struct cq_normal normal;
	bool bad;
	bool newest; /* what its network says now, not an old file */
	bool own;    /* by one of our own accounts: it never complains */
	int64_t source, author, id;
};

/* Ids of the source and the author, made if they are new; author 0: unknown. */
enum cq_status incoming_source(struct verb *v, const char *name, int64_t *id,
    struct cq_err *err);
enum cq_status incoming_author(struct verb *v, const struct cq_post *p,
    int64_t *id, struct cq_err *err);

/* Is the author one of our own accounts in this source? */
enum cq_status incoming_own(struct verb *v, struct incoming *in,
    struct cq_err *err);

/*
 * If the post is known: counts it, and keeps another text of it as a
 * revision.  *known is false if it is new.
 */
enum cq_status incoming_known(struct verb *v, struct incoming *in, bool *known,
    struct cq_ingested *sum, struct cq_err *err);

/*
 * Stores a new post in a case, with the suggestions of the verdict;
 * in->id is its number then.
 */
enum cq_status incoming_store(struct verb *v, struct incoming *in,
    int64_t case_id, const struct cq_verdict *verdict, struct cq_err *err);

#endif
