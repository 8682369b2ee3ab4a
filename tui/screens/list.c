#include "tui/screens/list.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/screens/place.h"

void
list_init(struct list *list, struct cq_store *store, const char *me)
{
	*list = (struct list){.store = store, .me = me, .want = LIST_PAGE};
	list->from.top = true;
}

static void
free_rows(struct cq_case *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cq_case_free(&at[i]);
	free(at);
}

void
list_free(struct list *list)
{
	free_rows(list->at, list->n);
	free(list->back);
}

const struct cq_case *
list_here(const struct list *list)
{
	return list->here < list->n ? &list->at[list->here] : NULL;
}

/* Index of a case in rows; n if it is not there. */
static size_t
find(const struct cq_case *at, size_t n, int64_t id)
{
	size_t i = 0;

	while (i < n && at[i].id != id)
		i++;
	return i;
}

/*
 * The case as it is now, in whatever state, or the one that it was joined
 * into; false if it is not to be had.
 */
static bool
read_one(struct list *list, int64_t id, struct cq_case *out)
{
	struct cq_case_full full = {0};

	if (cq_store_case(list->store, id, 1, &full, NULL) != CQ_OK)
		return false;
	*out = full.head;
	memset(&full.head, 0, sizeof(full.head));
	cq_case_full_free(&full);
	return true;
}

/* Where, among the fresh rows, the row under the cursor keeps its place. */
static size_t
place_of_here(const struct list *list, const struct cq_cases *fresh)
{
	for (size_t i = list->here + 1; i < list->n; i++) {
		size_t j = find(fresh->at, fresh->n, list->at[i].id);

		if (j < fresh->n)
			return j;
	}
	for (size_t i = list->here; i-- > 0;) {
		size_t j = find(fresh->at, fresh->n, list->at[i].id);

		if (j < fresh->n)
			return j + 1;
	}
	return list->here < fresh->n ? list->here : fresh->n;
}

static struct cq_case
take_row(struct cq_case *from)
{
	struct cq_case row = *from;

	memset(from, 0, sizeof(*from));
	return row;
}

/* The row under the cursor, as fresh as it can be had. */
static struct cq_case
fresh_here(struct list *list, struct cq_cases *fresh)
{
	int64_t id = list->at[list->here].id;
	size_t i = find(fresh->at, fresh->n, id);
	struct cq_case row;

	if (i < fresh->n)
		return take_row(&fresh->at[i]);
	if (!read_one(list, id, &row))
		return take_row(&list->at[list->here]);
	i = find(fresh->at, fresh->n, row.id); /* it may be another's now */
	if (i == fresh->n)
		return row;
	cq_case_free(&row);
	return take_row(&fresh->at[i]);
}

/*
 * Puts fresh rows around the one under the cursor.  A taken row has id 0.
 * Rows above it that were not above it before stay out, unless admit.
 */
static void
merge(struct list *list, struct cq_cases *fresh, bool admit)
{
	size_t place = place_of_here(list, fresh), n = 0, here = 0;
	struct cq_case pinned = fresh_here(list, fresh);
	struct cq_case *at =
	    cq_grow(NULL, fresh->n + 1, sizeof(struct cq_case));

	list->n_waiting = 0;
	for (size_t i = 0; i <= fresh->n; i++) {
		if (i == place) {
			here = n;
			at[n++] = pinned;
		}
		if (i == fresh->n || fresh->at[i].id == 0)
			continue;
		if (i < place && !admit &&
		    find(list->at, list->here, fresh->at[i].id) == list->here)
			list->n_waiting++;
		else
			at[n++] = take_row(&fresh->at[i]);
	}
	free_rows(list->at, list->n);
	list->at = at;
	list->n = n;
	list->here = here;
}

static void
replace(struct list *list, struct cq_cases *fresh, int64_t id)
{
	free_rows(list->at, list->n);
	list->at = fresh->at;
	list->n = fresh->n;
	list->n_waiting = 0;
	*fresh = (struct cq_cases){0};
	if (find(list->at, list->n, id) < list->n)
		list->here = find(list->at, list->n, id);
	if (list->here >= list->n)
		list->here = list->n == 0 ? 0 : list->n - 1;
}

#define SEARCH_MS 1500 /* for the place where a window begins */

enum how { KEEP_STILL, ADMIT, REPLACE };

static enum cq_status
read_window(struct list *list, enum how how, struct cq_err *err)
{
	const struct cq_after top = {list->group, INT64_MAX, INT64_MAX};
	const struct cq_after *after = list->from.top
	    ? (list->group > 0 ? &top : NULL)
	    : &list->from.after;
	struct cq_cases fresh = {0};
	enum cq_status rc = cq_store_list(list->store, list->query, list->me,
	    after, (int)list->want, &fresh, err);

	if (rc != CQ_OK)
		return rc;
	list->more = fresh.more;
	if (how == REPLACE || list->n == 0)
		replace(list, &fresh,
		    list->n == 0 ? 0 : list->at[list->here].id);
	else
		merge(list, &fresh, how == ADMIT);
	cq_cases_free(&fresh);
	return CQ_OK;
}

enum cq_status
list_load(struct list *list, struct cq_err *err)
{
	return read_window(list, KEEP_STILL, err);
}

enum cq_status
list_fresh(struct list *list, struct cq_err *err)
{
	return read_window(list, REPLACE, err);
}

enum cq_status
list_first(struct list *list, struct cq_err *err)
{
	enum cq_status rc;

	list->from.top = true;
	list->want = LIST_PAGE;
	list->n_back = 0;
	rc = read_window(list, REPLACE, err);
	list->here = 0;
	return rc;
}

enum cq_status
list_query(struct list *list, const struct cq_query *query, int group,
    struct cq_err *err)
{
	list->group = group;
	list->query = query;
	return list_first(list, err);
}

static void
remember_start(struct list *list)
{
	list->back = cq_grow(list->back, list->n_back + 1, sizeof(*list->back));
	list->back[list->n_back++] = list->from;
}

/* Moves the window on by a page; the cursor's row stays in it. */
static enum cq_status
window_down(struct list *list, struct cq_err *err)
{
	if (list->want < LIST_WINDOW) {
		list->want += LIST_PAGE;
	} else if (list->here > LIST_PAGE) {
		remember_start(list);
		list->from.top = false;
		list->from.after = cq_case_after(&list->at[LIST_PAGE - 1]);
	}
	return read_window(list, KEEP_STILL, err);
}

/* Moves the window back by a page; the cursor's row stays in it. */
static enum cq_status
window_up(struct list *list, struct cq_err *err)
{
	struct cq_after end = list->from.after;

	if (list->n_back > 0)
		list->from = list->back[--list->n_back];
	else if (!place_before(list, &end, LIST_PAGE, SEARCH_MS, &list->from))
		return cq_fail(err, CQ_BUSY,
		    "the rows above take long to find: g goes to the first");
	list->want = LIST_WINDOW;
	return read_window(list, ADMIT, err);
}

static enum cq_status
step_down(struct list *list, size_t by, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK && list->here + by >= list->n && list->more) {
		by -= list->n - 1 - list->here;
		list->here = list->n - 1;
		rc = window_down(list, err);
		if (list->here + 1 == list->n)
			break; /* nothing came */
	}
	list->here += by;
	if (list->here >= list->n)
		list->here = list->n == 0 ? 0 : list->n - 1;
	return rc;
}

static enum cq_status
step_up(struct list *list, size_t by, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK && list->here < by && !list->from.top) {
		by -= list->here;
		list->here = 0;
		rc = window_up(list, err);
	}
	list->here = list->here < by ? 0 : list->here - by;
	return rc;
}

enum cq_status
list_move(struct list *list, int delta, struct cq_err *err)
{
	if (delta < 0)
		return step_up(list, (size_t)-delta, err);
	return step_down(list, (size_t)delta, err);
}

enum cq_status
list_last(struct list *list, bool *done, struct cq_err *err)
{
	struct list_place place;
	enum cq_status rc = CQ_OK;

	*done = true;
	if (list->more) {
		*done = place_before(list, NULL, LIST_PAGE, SEARCH_MS, &place);
		if (!*done)
			return CQ_OK;
		list->from = place;
		list->n_back = 0;
		list->want = LIST_PAGE;
		rc = read_window(list, REPLACE, err);
	}
	list->here = list->n == 0 ? 0 : list->n - 1;
	return rc;
}
