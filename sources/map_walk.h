#ifndef SRC_MAP_WALK_H
#define SRC_MAP_WALK_H

#include "core/post.h"
#include "sources/map.h"

/*
 * How the pages of a service are walked, so that none is passed over.
 *
 * Oldest first: forwards; each page is stored as it comes.  The next one is
 * the one the service names, or, where the address takes a time, the one
 * that begins with the newest item; only where a whole page holds nothing
 * newer it is the next number.
 *
 * Newest first, or in no order: back from the newest to what is known, or to
 * the end.  The pages are kept, and stored oldest first; a way too long for
 * one visit is stored with the cursor and gone on by the next.
 *
 * The time that is sent is always one unit of its form earlier, as services
 * differ in whether it is meant with or without that moment.
 */

/* Where the walk is; as text it is the cursor of the source. */
struct map_place {
	int64_t at;	/* all up to then is stored; CQ_NO_TIME */
	int64_t from;	/* a walk is under way: what it asked from */
	int64_t newest; /* ... the newest it saw */
	int64_t page;	/* number or offset; -1 for the first one */
	char *way;	/* cursor or address of the next page; or NULL */
};

/* "" and what makes no sense is the beginning.  map_place_free(). */
struct map_place map_place_read(const char *cursor);
char *map_place_text(const struct map_place *place);
void map_place_free(struct map_place *place);

/* What an adapter keeps between the questions of a visit. */
struct map_walk {
	struct map_place place;
	struct cq_post_list posts; /* of pages gone back, not stored yet */
	int64_t oldest;		   /* time seen in this visit; CQ_NO_TIME */
	uint64_t print;		   /* of the ids of the last page */
	int n_pages;
	bool turned;  /* only the page differs from the last question */
	bool resumed; /* its first question goes on with a stored way */
};
struct map_walk *map_walk_new(const char *cursor);
void map_walk_free(void *walk); /* a src_ops.forget() */

/* One answer, as the walk needs it. */
struct map_page {
	size_t n;	/* items */
	int64_t newest; /* of their times that are not to come; CQ_NO_TIME */
	int64_t oldest; /* CQ_NO_TIME */
	int64_t last;	/* time of the last one that has one */
	uint64_t print; /* of their ids */
	bool goes_on;	/* the service names a next page: */
	char *way;	/* its cursor or address; or NULL; owned */
};

/* The time that the next question asks from, before it is written. */
int64_t map_walk_from(const struct map *map, const struct src_visit *visit,
    const struct map_walk *walk);

/* What is sent for it. */
int64_t map_walk_since(const struct map *map, const struct src_visit *visit,
    const struct map_walk *walk);

/*
 * Takes the posts of a page, which are in walk->posts behind those that were
 * there, and decides how it goes on: fills next, and says whether
 * walk->posts are to be emitted now.
 */
bool map_walk_on(const struct map *map, const struct src_visit *visit,
    struct map_walk *walk, struct map_page *page, struct src_next *next);

/*
 * The stored way leads nowhere any more.  Begins anew where nothing is lost,
 * or says what is.
 */
void map_walk_lost(const struct map *map, const struct src_visit *visit,
    struct map_walk *walk, struct src_next *next);

#endif
