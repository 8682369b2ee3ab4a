#ifndef CQ_STORE_POSTCACHE_H
#define CQ_STORE_POSTCACHE_H

#include "core/normal.h"
#include "core/store/db.h"

/* What deduplication needs of a stored post, and what never changes. */
struct old_post {
	int64_t id; /* 0: nothing here */
	int64_t source, author, at;
	struct cq_normal normal;
	char *brand, *lang;
	struct old_post *next; /* see postcache_settle() */
};

/*
 * The stored post, normalised; NULL if there is none, or with *rc set if it
 * could not be read.  Stays valid until postcache_settle().
 */
const struct old_post *postcache_get(struct cq_store *store, int64_t id,
    int *rc);

/* Puts a post there that was just stored; takes normal over, and shortens
 * it. */
void postcache_put(struct cq_store *store, const struct old_post *post);

/* Frees what had to make room since the last time. */
void postcache_settle(struct cq_store *store);

/* After an edit; and if others have written or a transaction was given up. */
void postcache_drop(struct cq_store *store, int64_t id);
void postcache_forget(struct cq_store *store);

#endif
