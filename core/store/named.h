#ifndef CQ_STORE_NAMED_H
#define CQ_STORE_NAMED_H

#include "core/store/db.h"

/*
 * The id of a source that posts came from or that was added, also of one
 * that was removed since.  name NULL is all of them: 0.  CQ_NOT_FOUND with
 * a message.
 */
enum cq_status source_id(struct cq_store *store, const char *name, int64_t *id,
    struct cq_err *err);

#endif
