#include "core/store/verb.h"

/*
 * Events by their time without an index of it.  Numbers rise with time,
 * but for a clock that was set back: the event that came next begins a run
 * of its own, and is noted in table set_back.  Each run is halved until the
 * time is found; there is hardly ever more than one.
 */

/* The event of that number, or the next one there is before end. */
static bool
at_of(struct cq_store *store, int64_t *id, int64_t end, int64_t *at, int *rc)
{
	static const char sql[] = "SELECT id, at FROM event WHERE id >= :id"
				  " AND id < :end ORDER BY id LIMIT 1";
	struct db_stmt q;
	bool found;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", *id);
	db_bind_int(&q, ":end", end);
	found = db_row(&q);
	if (found) {
		*id = db_int(&q, 0);
		*at = db_int(&q, 1);
	}
	if (q.rc != SQLITE_OK && *rc == SQLITE_OK)
		*rc = q.rc;
	db_finalize(&q);
	return found;
}

/* In a run, the first number that is not before a time; end if all are. */
static int64_t
first_since(struct cq_store *store, int64_t low, int64_t end, int64_t time,
    int *rc)
{
	int64_t high = end, at = 0;

	while (low < high && *rc == SQLITE_OK) {
		int64_t mid = low + (high - low) / 2, id = mid;

		if (!at_of(store, &id, high, &at, rc) || at >= time)
			high = mid;
		else
			low = id + 1;
	}
	return low;
}

static void
take_run(struct cq_store *store, int64_t begin, int64_t end, const int64_t t[2],
    struct span *out, int *rc)
{
	int64_t first = first_since(store, begin, end, t[0], rc);
	int64_t last = first_since(store, begin, end, t[1], rc) - 1;

	if (first < end && (out->first == 0 || first < out->first))
		out->first = first;
	if (last >= begin && last > out->last)
		out->last = last;
}

/* The first event of the log, of each later run, and one behind the last. */
static const char runs_sql[] =
    "SELECT 1 UNION SELECT event FROM set_back"
    " UNION SELECT max(id) + 1 FROM event ORDER BY 1";

enum cq_status
span_find(struct cq_store *store, int64_t from_at, int64_t to_at,
    struct span *out, struct cq_err *err)
{
	const int64_t t[2] = {from_at, to_at};
	int64_t begin = 0, end = 1;
	int failed = SQLITE_OK;
	struct db_stmt q;
	enum cq_status rc;

	*out = (struct span){0};
	db_prepare(&q, store, runs_sql);
	while (failed == SQLITE_OK && db_row(&q)) {
		end = db_int(&q, 0);
		if (begin > 0)
			take_run(store, begin, end, t, out, &failed);
		begin = end;
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc == CQ_OK && failed != SQLITE_OK)
		rc = db_fail(store, failed, err);
	if (out->first == 0)
		out->first = end;
	return rc;
}

void
span_bind(struct db_stmt *q, const struct span *span)
{
	db_bind_int(q, ":first", span->first);
	db_bind_int(q, ":last", span->last);
}

enum cq_status
span_note(struct verb *v, struct cq_err *err)
{
	/* of the event that was added just now, and the one before it */
	static const char sql[] =
	    "INSERT INTO set_back SELECT id FROM event e"
	    " WHERE id = (SELECT max(id) FROM event) AND at <"
	    " (SELECT at FROM event b WHERE b.id < e.id"
	    "  ORDER BY b.id DESC LIMIT 1)";
	struct db_stmt q;

	if (v->noted) /* all events of a verb have one time */
		return CQ_OK;
	v->noted = true;
	db_prepare(&q, v->store, sql);
	return db_run(&q, err);
}
