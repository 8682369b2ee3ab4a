#include "core/store/past.h"

#include <stdlib.h>

#include "core/alloc.h"

/*
 * One plain pass over the log in its own order fills one row a case, which
 * a million cases can afford; what was joined is kept apart, as that is
 * little.
 */

static const struct moment NEVER = {INT64_MAX, INT64_MAX};

/* The row of a case; of one that the log made up, the empty row 0. */
static const struct past_case *
row_of(const struct past *h, int64_t case_id)
{
	return &h->at[case_id > 0 && case_id <= h->n ? case_id : 0];
}

static bool
is_before(struct moment event, struct moment m)
{
	return event.at < m.at && event.id < m.id;
}

/* The joined case leads elsewhere from this event on; into 0: nowhere. */
static void
change_link(struct past *h, struct past_case *c, int64_t joined, int64_t into,
    struct moment event)
{
	if (c->link != 0)
		h->links[c->link - 1].until = event;
	c->link = 0;
	if (into <= 0 || into > h->n)
		return;
	if ((h->n_links & (h->n_links - 1)) == 0) /* room for twice as many */
		h->links = cq_grow(h->links,
		    h->n_links == 0 ? 1 : 2 * h->n_links, sizeof(*h->links));
	h->links[h->n_links++] = (struct past_link){into, joined, event, NEVER};
	c->link = (uint32_t)h->n_links;
}

static void
set_state(struct past_case *c, enum period_end end, const char *name)
{
	enum cq_state state;

	c->state[end] = 0;
	if (cq_state_parse(name, &state))
		c->state[end] = (int8_t)(state + 1);
}

/* Columns as in past_read(). */
static void
read_event(struct past *h, struct db_stmt *q, int64_t from_at, int64_t to_at)
{
	int64_t case_id = db_int(q, 1);
	struct past_case *c = &h->at[case_id];
	struct moment event = {db_int(q, 3), db_int(q, 0)};

	if (db_int(q, 2) == 1)
		c->start_at = db_int(q, 5);
	if (event.at < from_at)
		set_state(c, PERIOD_FROM, db_str(q, 4));
	if (event.at < to_at)
		set_state(c, PERIOD_TO, db_str(q, 4));
	if (db_time(q, 6) == CQ_NO_TIME) /* it did not touch the joining */
		return;
	change_link(h, c, case_id, db_int(q, 6), event);
	if (event.at < to_at)
		c->into = c->link == 0 ? 0 : db_int(q, 6);
}

static int
by_target(const void *a, const void *b)
{
	const struct past_link *x = a, *y = b;

	if (x->into != y->into)
		return (x->into > y->into) - (x->into < y->into);
	return (x->from.id > y->from.id) - (x->from.id < y->from.id);
}

static enum cq_status
count_cases(struct past *h, struct cq_store *store, struct cq_err *err)
{
	static const char sql[] = "SELECT count(*) FROM cases";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	return db_one_int(&q, &h->n, err);
}

enum cq_status
past_read(struct past *h, struct cq_store *store, int64_t from_at,
    int64_t to_at, struct cq_err *err)
{
	/* in the order of the table: by an index it would take far longer */
	static const char sql[] =
	    "SELECT id, case_id, n, at, state,"
	    " CASE kind WHEN 'split_off'"
	    "  THEN coalesce(json_extract(data, '$.since'), at) ELSE at END,"
	    " CASE WHEN kind IN ('joined','unjoined','undo')"
	    "  AND json_type(data, '$.after.joined_into') IS NOT NULL"
	    "  THEN coalesce(json_extract(data, '$.after.joined_into'), 0) END"
	    " FROM event NOT INDEXED WHERE case_id > 0 AND state IS NOT NULL"
	    " ORDER BY id";
	struct db_stmt q;
	int64_t lost = 0;
	enum cq_status rc;

	*h = (struct past){0};
	rc = count_cases(h, store, err);
	if (rc != CQ_OK)
		return rc;
	h->at = cq_alloc(((size_t)h->n + 1) * sizeof(*h->at));
	db_prepare(&q, store, sql);
	while (lost == 0 && db_row(&q)) {
		if (db_int(&q, 1) > h->n)
			lost = db_int(&q, 1);
		else
			read_event(h, &q, from_at, to_at);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc == CQ_OK && lost != 0)
		rc = cq_fail(err, CQ_CORRUPT,
		    "the log tells of case %lld, which is not there; see "
		    "'caseq doctor'",
		    (long long)lost);
	if (h->n_links > 0)
		qsort(h->links, h->n_links, sizeof(*h->links), by_target);
	return rc;
}

void
past_free(struct past *h)
{
	free(h->at);
	free(h->links);
	*h = (struct past){0};
}

/* The place of the first link that leads to the case; n_links if none. */
static size_t
first_link(const struct past *h, int64_t into)
{
	size_t low = 0, high = h->n_links;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (h->links[mid].into < into)
			low = mid + 1;
		else
			high = mid;
	}
	return low < h->n_links && h->links[low].into == into ? low
							      : h->n_links;
}

int64_t *
past_family(const struct past *h, int64_t case_id, struct moment m, size_t *n)
{
	int64_t *family = cq_alloc(sizeof(*family));
	int64_t room = h->n; /* a ring, in a damaged log, has an end too */

	family[0] = case_id;
	*n = 1;
	for (size_t i = 0; i < *n; i++) {
		size_t k = first_link(h, family[i]);

		for (; k < h->n_links && h->links[k].into == family[i]; k++) {
			if (!is_before(h->links[k].from, m) ||
			    is_before(h->links[k].until, m) || --room <= 0)
				continue;
			family = cq_grow(family, *n + 1, sizeof(*family));
			family[(*n)++] = h->links[k].joined;
		}
	}
	return family;
}

int64_t
past_start(const struct past *h, int64_t case_id, struct moment m)
{
	int64_t start_at = row_of(h, case_id)->start_at;
	int64_t *family;
	size_t n;

	if (first_link(h, case_id) == h->n_links)
		return start_at; /* nearly always */
	family = past_family(h, case_id, m, &n);
	for (size_t i = 1; i < n; i++)
		if (row_of(h, family[i])->start_at < start_at)
			start_at = row_of(h, family[i])->start_at;
	free(family);
	return start_at;
}

int64_t
past_survivor(const struct past *h, int64_t case_id)
{
	int64_t room = h->n;

	while (row_of(h, case_id)->into != 0 && room-- > 0)
		case_id = row_of(h, case_id)->into;
	return case_id;
}
