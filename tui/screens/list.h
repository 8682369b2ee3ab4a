#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/store.h"

/*
 * The queue as a list that keeps still under the reader's eyes.  It holds
 * a window of some hundred rows around the cursor, however long the queue
 * is.  When it is read again, the cursor stays on its case and that case
 * in its place; what would come in above it waits and is only counted.
 */

#define LIST_PAGE 100	/* rows that the window moves by */
#define LIST_WINDOW 300 /* rows that it holds at most */

/* Where a window begins. */
struct list_place {
	bool top;
	struct cq_after after; /* unless top */
};

struct list {
	struct cq_store *store;	      /* borrowed */
	const struct cq_query *query; /* borrowed; NULL for all */
	const char *me;		      /* borrowed */
	int group; /* of the queue's order that is shown first: 1 leaves
		      out what can be worked on */

	struct cq_case *at;
	size_t n;
	bool more;	  /* there are rows behind the window */
	size_t here;	  /* cursor */
	size_t n_waiting; /* rows that would come in above it */
	size_t want;	  /* rows to read */
	struct list_place from;
	struct list_place *back; /* where the windows before it began */
	size_t n_back;
};

void list_init(struct list *list, struct cq_store *store, const char *me);
void list_free(struct list *list);

/* Shows another query (borrowed from now on) from its top. */
enum cq_status list_query(struct list *list, const struct cq_query *query,
    int group, struct cq_err *err);

/*
 * Reads the window again; the cursor stays on its case, or goes on with the
 * one that it was joined into, in its place.
 */
enum cq_status list_load(struct list *list, struct cq_err *err);

/* The same, and lets in what waits; the cursor stays if its case does. */
enum cq_status list_fresh(struct list *list, struct cq_err *err);

/* Moves the cursor by delta rows, as far as there are any. */
enum cq_status list_move(struct list *list, int delta, struct cq_err *err);

/* To the first row of all, letting in what waits. */
enum cq_status list_first(struct list *list, struct cq_err *err);

/*
 * To the last row of all.  *done is false, and the cursor where it was, if
 * that would take too long, as with a query that reads all posts.
 */
enum cq_status list_last(struct list *list, bool *done, struct cq_err *err);

/* The case under the cursor; NULL if the list is empty. */
const struct cq_case *list_here(const struct list *list);

#endif
