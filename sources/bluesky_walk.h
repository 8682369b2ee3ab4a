#ifndef SRC_BLUESKY_WALK_H
#define SRC_BLUESKY_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/post.h"
#include "sources/json.h"
#include "sources/source.h"

/*
 * The way back through a list of Bluesky, from its newest entry to what is
 * known.  The source's cursor holds:
 *
 *   "KNOWN"            all that was indexed up to this second was read
 *   "KNOWN TOP PAGE"   and all down from TOP to the page with this cursor
 *                      of the service: a visit ended on its way, the next
 *                      one goes on there; KNOWN is "-" on the first way
 *
 * The index of the network is late at times, so each visit reads what is
 * known once more: the last ten minutes.  A post whose author dates it back
 * stands further down; so all entries of a page that are not older than an
 * hour (a day, among mentions) before KNOWN are taken.
 */
struct bluesky_walk {
	bool mentions;
	int64_t known_at; /* CQ_NO_TIME: on the first way */
	int64_t since_at; /* nothing older is taken; CQ_NO_TIME: all is */
	int64_t stop_at;  /* the way ends at entries older than this */
	int64_t top_at;	  /* newest entry seen; CQ_NO_TIME: none */
	char *page;	  /* the service's cursor of the next page; or NULL */
	bool ended;	  /* no further page is wanted in this visit */
	bool whole;	  /* ... as what is known was reached */
	bool broken;	  /* ... as the service let us go no further back */
	int n_pages;	  /* read in this visit */
	int n_empty;	  /* empty pages in a row */
	struct cq_post_list posts; /* newest first */
};

/* Reads visit's cursor; one that is none begins anew. */
void bluesky_walk_begin(struct bluesky_walk *walk,
    const struct src_visit *visit, bool mentions);
void bluesky_walk_free(struct bluesky_walk *walk);

/* Takes a page's posts in; false if it is no page. */
bool bluesky_walk_page(struct bluesky_walk *walk, const struct src_visit *visit,
    const cJSON *root);

/*
 * The service refuses the page that was next.  The next visit tries it once
 * more; then the rest is given up.
 */
void bluesky_walk_break(struct bluesky_walk *walk);

/* Emits all, oldest first, and sets next->cursor and jumped. */
void bluesky_walk_finish(struct bluesky_walk *walk,
    const struct src_visit *visit, src_emit_fn emit, void *arg,
    struct src_next *next);

#endif
