#ifndef CQ_STORE_MIGRATE_H
#define CQ_STORE_MIGRATE_H

#include "core/store/db.h"

/* What a step of the schema does to old rows that SQL alone cannot. */

/*
 * To version 2: gives each post the keys that new ones get, and puts its
 * words into the table of words, so that new posts are compared with it.
 * About 30 seconds for a million posts.
 */
enum cq_status migrate_posts(struct cq_store *store, struct cq_err *err);

#endif
