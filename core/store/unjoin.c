#include "core/store/judge.h"

#include <stdlib.h>

/*
 * A joined case stands by itself again, and the case that it was joined
 * into is what it was before that join, unless somebody waits in it now who
 * did not then.
 */

static enum cq_status
set_free(struct verb *v, int64_t id, struct cq_err *err)
{
	struct case_now c = {0};
	bool wrote = case_wrote_since(v, id);
	enum cq_status rc = case_recount(v, id, err); /* late replies */

	if (rc == CQ_OK)
		rc = case_get_row(v, id, &c, err);
	if (rc == CQ_OK && wrote)
		rc = case_step(v, &c, CQ_MOVE_POST, err);
	if (rc == CQ_OK) {
		c.joined_into = 0;
		rc = case_save(v, &c, "unjoined", c.id, NULL, err);
	}
	case_done(&c);
	return rc;
}

/* The join that is taken apart; to be freed. */
struct joining {
	int64_t event; /* 0: they were not joined with each other */
	char *data;
};

static enum cq_status
find_join(struct verb *v, int64_t into, int64_t id, struct joining *j,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, data FROM event e WHERE case_id = :into"
	    " AND kind = 'join' AND ref = :id AND NOT EXISTS"
	    " (SELECT 1 FROM event u WHERE u.case_id = :into"
	    "  AND u.kind = 'undo' AND u.ref = e.id) ORDER BY n DESC LIMIT 1";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":into", into);
	db_bind_int(&q, ":id", id);
	if (db_row(&q) && db_text(&q, 1) != NULL) {
		j->event = db_int(&q, 0);
		j->data = db_copy(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* What a join may have changed about whether and when a case is worked. */
#define OF_STATE "('state','outcome','due_at','snooze_until_at','closed_at')"

/*
 * May the case be put aside or closed again as it was?  Not if somebody
 * wrote in it since, nor if it was moved since: what was decided then counts.
 */
static enum cq_status
may_rest(struct verb *v, const struct case_now *c, const struct joining *j,
    bool *yes, struct cq_err *err)
{
	static const char sql[] = FAMILY
	    "SELECT json_type(:data, '$.after.state') IS NULL OR NOT ("
	    " EXISTS (SELECT 1 FROM post p JOIN event e ON e.at = p.seen_at"
	    "  AND e.kind = 'post' AND e.ref = p.id AND e.id > :event"
	    "  WHERE p.case_id IN (SELECT id FROM family)"
	    "  AND p.rule <> 'repost' AND p.own = 0"
	    "  AND p.seen_at >= (SELECT at FROM event WHERE id = :event))"
	    " OR EXISTS (SELECT 1 FROM event e WHERE e.case_id = :root"
	    "  AND e.id > :event AND e.kind <> 'undo'"
	    "  AND json_type(e.data, '$.after.state') IS NOT NULL"
	    "  AND NOT EXISTS (SELECT 1 FROM event u WHERE u.case_id = :root"
	    "   AND u.kind = 'undo' AND u.ref = e.id))"
	    " OR EXISTS (SELECT 1 FROM json_each(:data, '$.after') a"
	    "  JOIN json_each(:now) n ON n.key = a.key"
	    "  WHERE a.key IN " OF_STATE " AND a.value IS NOT n.value))";
	struct db_stmt q;
	int64_t may = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":root", c->id);
	db_bind_int(&q, ":event", j->event);
	db_bind_text(&q, ":data", j->data);
	db_bind_text(&q, ":now", c->before);
	rc = db_one_int(&q, &may, err);
	*yes = may != 0;
	return rc;
}

/* Did other cases come in since, that are there still?  They count too. */
static enum cq_status
others_came(struct verb *v, int64_t into, const struct joining *j, bool *yes,
    struct cq_err *err)
{
	static const char sql[] =
	    FAMILY "SELECT EXISTS (SELECT 1 FROM family f JOIN event e"
		   " ON e.case_id = f.id WHERE f.id <> :root AND e.id > :event"
		   " AND json_type(e.data, '$.after.joined_into') IS NOT NULL)";
	struct db_stmt q;
	int64_t came = 1;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":root", into);
	db_bind_int(&q, ":event", j->event);
	rc = db_one_int(&q, &came, err);
	*yes = came != 0;
	return rc;
}

/* Each field that is still what the join made of it is what it was. */
static enum cq_status
put_back(struct verb *v, struct case_now *c, const struct joining *j, bool rest,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT b.key, b.value FROM json_each(:data, '$.before') b"
	    " JOIN json_each(:data, '$.after') a ON a.key = b.key"
	    " JOIN json_each(:now) n ON n.key = b.key"
	    " WHERE a.value IS n.value AND (b.key = 'incident'"
	    "  OR (:rest AND b.key IN " OF_STATE "))";
	enum cq_state state = c->state;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":data", j->data);
	db_bind_text(&q, ":now", c->before);
	db_bind_int(&q, ":rest", rest);
	while (db_row(&q))
		putback_field(v, c, db_str(&q, 0), &q);
	rc = db_result(&q, err);
	db_finalize(&q);
	if (c->state != state) /* nobody works on what rests */
		claim_end(c);
	return rc;
}

static enum cq_status
restore(struct verb *v, struct case_now *c, int64_t id, struct cq_err *err)
{
	struct joining j = {0};
	bool came = true, rest = false;
	enum cq_status rc = find_join(v, c->id, id, &j, err);

	if (rc == CQ_OK && j.event != 0)
		rc = others_came(v, c->id, &j, &came, err);
	if (rc == CQ_OK && !came)
		rc = may_rest(v, c, &j, &rest, err);
	if (rc == CQ_OK && !came)
		rc = put_back(v, c, &j, rest, err);
	free(j.data);
	return rc;
}

enum cq_status
unjoin_case(struct verb *v, int64_t into, int64_t id, const char *reason,
    struct cq_err *err)
{
	struct case_now c = {0};
	struct cq_buf b = {0};
	enum cq_status rc = set_free(v, id, err);

	data_text(v->store, &b, "reason", reason);
	if (rc == CQ_OK)
		rc = judge_unjoin(v, into, id, &b, err);
	if (rc == CQ_OK)
		rc = case_recount(v, into, err);
	if (rc == CQ_OK)
		rc = case_get_row(v, into, &c, err);
	if (rc == CQ_OK)
		rc = restore(v, &c, id, err);
	if (rc == CQ_OK)
		rc = case_save(v, &c, "unjoin", id, &b, err);
	cq_buf_free(&b);
	case_done(&c);
	return rc;
}
