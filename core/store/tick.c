#include "core/store/listen.h"

/*
 * What time alone brings about: due times pass, snoozed cases wake, sources
 * are missed.
 */

#define TICK_MAX 500 /* cases in one transaction; the rest follows soon */

/* Without its statistics SQLite would walk the whole queue for this. */
static const char due_sql[] = "SELECT id FROM cases INDEXED BY cases_due WHERE "
			      "grp = 0 AND overdue = 0 AND due_at <= :now"
			      " LIMIT :max";
static const char wake_sql[] =
    "SELECT id FROM cases WHERE state = 'snoozed' AND snooze_until_at <= :now"
    " AND joined_into IS NULL LIMIT :max";

static size_t
find(struct cq_store *store, const char *sql, int64_t now, int64_t *ids,
    size_t max, enum cq_status *rc, struct cq_err *err)
{
	struct db_stmt q;
	size_t n = 0;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":now", now);
	db_bind_int(&q, ":max", (int64_t)max);
	while (n < max && db_row(&q))
		ids[n++] = db_int(&q, 0);
	*rc = db_result(&q, err);
	db_finalize(&q);
	return n;
}

static enum cq_status
wake(struct verb *v, int64_t id, struct cq_err *err)
{
	struct case_now c = {0};
	enum cq_status rc = case_get(v, id, &c, err);

	if (rc == CQ_OK)
		rc = case_step(v, &c, CQ_MOVE_WAKE, err);
	if (rc == CQ_OK)
		rc = case_save(v, &c, "wake", 0, NULL, err);
	case_done(&c);
	return rc;
}

enum cq_status
tick_inside(struct verb *v, int *n, struct cq_err *err)
{
	struct verb time = *v;
	int64_t ids[TICK_MAX];
	enum cq_status rc;
	size_t found, changed = 0;

	/* nobody does it: no agent, no operation */
	time.agent = 0;
	time.op = 0;
	time.act = NULL;
	found = find(v->store, wake_sql, v->now, ids, TICK_MAX, &rc, err);
	for (size_t i = 0; i < found && rc == CQ_OK; i++, changed++)
		rc = wake(&time, ids[i], err);
	if (rc == CQ_OK)
		found =
		    find(v->store, due_sql, v->now, ids, TICK_MAX, &rc, err);
	for (size_t i = 0; i < found && rc == CQ_OK; i++, changed++)
		/* the due flag follows from due_at alone: no event */
		rc = case_place(&time, ids[i], err);
	if (rc == CQ_OK)
		rc = gaps_judge(&time, err);
	if (n != NULL)
		*n = (int)changed;
	return rc;
}

enum cq_status
cq_store_tick(struct cq_store *store, int *n, struct cq_err *err)
{
	struct verb v = {0};
	int64_t id;
	int64_t now = db_now(store);
	bool due = false;
	enum cq_status rc = db_own(store, err);

	if (n != NULL)
		*n = 0;
	if (rc != CQ_OK)
		return rc;
	/* mostly nothing is due: then nobody waits at the gate for it */
	if (find(store, wake_sql, now, &id, 1, &rc, err) == 0 && rc == CQ_OK &&
	    find(store, due_sql, now, &id, 1, &rc, err) == 0 && rc == CQ_OK) {
		rc = gaps_due(store, &due, err);
		if (!due)
			return rc;
	}
	if (rc == CQ_OK)
		rc = verb_begin_time(&v, store, err);
	if (rc == CQ_OK)
		rc = tick_inside(&v, n, err);
	return verb_end(&v, rc, err);
}
