#ifndef CQ_STORE_GENERATION_H
#define CQ_STORE_GENERATION_H

#include "core/store/search.h"

/*
 * The word index forgets: a post is compared with those of 14 days, so what
 * older ones were made of is of no use.  As nothing can be taken out of such
 * an index, there are two, tables search and search_b.  Posts go into the
 * younger one; when all in the older one are out of the window, it is
 * emptied and becomes the younger one.  Likenesses of posts that are in
 * neither go too, a few at a time.
 */

/* Not before there are so many posts in the younger one: a small queue has
 * room for all, and the tray looks at so many. */
#define GENERATION_LEAST CQ_TRAY_LINKS

/* The row of table search_age. */
struct generation {
	bool b;		   /* the younger one is search_b */
	int64_t n;	   /* posts in it */
	int64_t before;	   /* the last post that is not in it */
	int64_t newest_at; /* when the newest post of all was written */
	int64_t old_at;	   /* when the newest of the older one was */
	int64_t forgotten; /* the last post that is in neither */
};

enum cq_status generation_read(struct cq_store *store, struct generation *g,
    struct cq_err *err);
enum cq_status generation_write(struct cq_store *store,
    const struct generation *g, struct cq_err *err);

/* A post is about to go into the younger one: which one is that? */
enum cq_status generation_take(struct cq_store *store, struct generation *g,
    const struct search_post *post, struct cq_err *err);

/* Drops some of the likenesses that are forgotten. */
enum cq_status generation_forget(struct cq_store *store,
    const struct generation *g, struct cq_err *err);

#endif
