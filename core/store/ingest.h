#ifndef CQ_STORE_INGEST_H
#define CQ_STORE_INGEST_H

#include "core/store/verb.h"

/*
 * cq_store_ingest() and cq_store_fetched() in one: stores the posts, then
 * calls more (or NULL) in the same transaction.
 */
enum cq_status ingest_posts(struct cq_store *store, const struct cq_act *act,
    const char *name, const struct cq_post *posts, size_t n,
    enum cq_status (*more)(struct verb *v, const struct cq_ingested *sum,
	void *arg, struct cq_err *err),
    void *arg, struct cq_ingested *sum, struct cq_err *err);

#endif
