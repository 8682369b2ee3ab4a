#ifndef CQ_STORE_KNOWN_H
#define CQ_STORE_KNOWN_H

#include "core/store/verb.h"

/* What the look-ups for one new post start from. */
struct known {
	struct cq_store *store;
	int64_t source; /* of the new post */
	int64_t author; /* of the new post; 0 if unknown */
	int64_t before; /* only posts with a lower number; 0: all */
	int rc;		/* first failure of a look-up, an SQLite code */

	struct known_name *names; /* handles that hits borrow */
	bool looked, anybody;	  /* is the author one that many are? */
};

/*
 * The index of core/dedup.h over the posts of the store; borrows k.  Hits
 * are valid until known_done().
 */
struct cq_dedup_index known_index(struct known *k);
void known_done(struct known *k);

#endif
