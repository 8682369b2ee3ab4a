#include "core/store/judge.h"

#include <stdlib.h>
#include <string.h>

#include "core/store/likes.h"

/* What people decide about suggestions, and how it is taken back. */

void
decided_free(struct decided *d)
{
	free(d->ids);
	free(d->rules);
	free(d->rule);
	*d = (struct decided){0};
}

/* Suggestions in :state from a post of one family to one of the other. */
#define FROM_TO(from, to)                                                \
	"SELECT s.id, s.rule, s.score FROM post p"                       \
	" CROSS JOIN suggestion s ON s.post = p.id"                      \
	" CROSS JOIN post o ON o.id = s.other"                           \
	" WHERE p.case_id IN (SELECT id FROM " from ") AND o.case_id IN" \
	" (SELECT id FROM " to ") AND s.state = :state"

static enum cq_status
find(struct verb *v, int64_t a, int64_t b, const char *state, struct decided *d,
    struct cq_err *err)
{
	static const char sql[] = FAMILIES ", pair AS (" FROM_TO("fa",
	    "fb") " UNION ALL " FROM_TO("fb",
	    "fa") ")"
		  " SELECT ids, rules, json_extract(rules, '$[0]') FROM (SELECT"
		  " json_group_array(id) AS ids, json_group_array(rule) AS "
		  "rules"
		  " FROM (SELECT id, rule FROM pair"
		  "  ORDER BY rule <> 'either', score DESC, id))";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":a", a);
	db_bind_int(&q, ":b", b);
	db_bind_text(&q, ":state", state);
	if (db_row(&q) && db_text(&q, 2) != NULL) {
		d->ids = db_copy(&q, 0);
		d->rules = db_copy(&q, 1);
		d->rule = db_copy(&q, 2);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
set_state(struct verb *v, const char *ids, const char *from, const char *to,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE suggestion SET state = :to WHERE state = :from AND id IN"
	    " (SELECT value FROM json_each(:ids))";
	struct db_stmt q;

	if (ids == NULL)
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":from", from);
	db_bind_text(&q, ":to", to);
	db_bind_text(&q, ":ids", ids);
	return db_run(&q, err);
}

static enum cq_status
change(struct verb *v, int64_t a, int64_t b, const char *from, const char *to,
    struct decided *d, struct cq_err *err)
{
	enum cq_status rc;

	*d = (struct decided){0};
	rc = find(v, a, b, from, d, err);
	if (rc == CQ_OK)
		rc = set_state(v, d->ids, from, to, err);
	if (rc != CQ_OK)
		decided_free(d);
	return rc;
}

enum cq_status
judge_decide(struct verb *v, int64_t a, int64_t b, const char *state,
    struct decided *d, struct cq_err *err)
{
	enum cq_status rc = likes_settle(v, a, b, err);

	*d = (struct decided){0};
	return rc == CQ_OK ? change(v, a, b, "pending", state, d, err) : rc;
}

/* Whoever takes the case out again says that the suggestion was wrong. */
enum cq_status
judge_unjoin(struct verb *v, int64_t into, int64_t id, struct cq_buf *data,
    struct cq_err *err)
{
	struct decided d = {0};
	enum cq_status rc = change(v, into, id, "accepted", "refused", &d, err);

	if (rc == CQ_OK && d.ids != NULL) {
		data_json(data, "refused", d.ids);
		data_json(data, "rules", d.rules);
	}
	decided_free(&d);
	return rc;
}

/*
 * Of two cases that fitted equally, one was chosen: the other is out.  It
 * would come back as a likeness of the two cases, which nobody saw in them.
 */
static enum cq_status
settle_rivals(struct verb *v, const char *accepted, struct cq_buf *data,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT json_group_array(id) FROM (SELECT id FROM suggestion"
	    " WHERE rule = 'either' AND state = 'pending' AND post IN"
	    " (SELECT post FROM suggestion WHERE rule = 'either' AND id IN"
	    "  (SELECT value FROM json_each(:ids))) ORDER BY id)";
	struct db_stmt q;
	char *ids = NULL;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":ids", accepted);
	rc = db_one_text(&q, &ids, err);
	if (rc == CQ_OK && strcmp(ids, "[]") != 0) {
		rc = set_state(v, ids, "pending", "refused", err);
		data_json(data, "settled", ids);
	}
	free(ids);
	return rc;
}

enum cq_status
judge_join(struct verb *v, int64_t into, int64_t root, bool asked,
    struct cq_buf *data, struct cq_err *err)
{
	struct decided d = {0};
	int failed = SQLITE_OK;
	enum cq_status rc;

	if (!asked && root != 0 && cases_apart(v->store, into, root, &failed))
		return cq_fail(err, CQ_CONFLICT,
		    "somebody said that case %lld is not the same as case "
		    "%lld; look again, or join just these",
		    (long long)root, (long long)into);
	if (failed != SQLITE_OK)
		return db_fail(v->store, failed, err);
	rc = judge_decide(v, into, root, "accepted", &d, err);
	if (rc == CQ_OK && d.ids != NULL) {
		data_text(v->store, data, "suggested", d.rule);
		data_json(data, "accepted", d.ids);
		data_json(data, "rules", d.rules);
		rc = settle_rivals(v, d.ids, data, err);
	}
	decided_free(&d);
	return rc;
}

enum cq_status
judge_unmoved(struct verb *v, int64_t case_id, struct cq_err *err)
{
	int64_t root = case_root(v->store, case_id);

	if (root == 0 || root == case_id)
		return CQ_OK;
	return cq_fail(err, CQ_CONFLICT,
	    "case %lld was joined into case %lld meanwhile; look again",
	    (long long)case_id, (long long)root);
}

/* --- taking it back ----------------------------------------------------- */

/* A list of an event's data, as JSON; NULL if it has none. */
static char *
list_of(struct verb *v, const struct undone *u, const char *path)
{
	static const char sql[] = "SELECT json_extract(:data, :path)";
	struct db_stmt q;
	char *list = NULL;

	if (u->data == NULL)
		return NULL;
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":data", u->data);
	db_bind_text(&q, ":path", path);
	db_one_text(&q, &list, NULL);
	return list;
}

/*
 * Those that are still what the event made of them: of a join that is
 * undone, a case may have been taken out again before.
 */
static enum cq_status
list_pending(struct verb *v, const struct undone *u, const char *path,
    const char *from, struct cq_err *err)
{
	char *ids = list_of(v, u, path);
	enum cq_status rc = set_state(v, ids, from, "pending", err);

	free(ids);
	return rc;
}

enum cq_status
judge_undo_join(struct verb *v, const struct undone *u, struct cq_err *err)
{
	enum cq_status rc = list_pending(v, u, "$.accepted", "accepted", err);

	return rc == CQ_OK ? list_pending(v, u, "$.settled", "refused", err)
			   : rc;
}

/*
 * Accepted again are those that a join of the case that stands now has
 * accepted; that join may be another one than was then.
 */
static enum cq_status
accept_again(struct verb *v, const struct undone *u, struct cq_err *err)
{
	static const char sql[] = FAMILY
	    "UPDATE suggestion SET state = 'accepted' WHERE state = 'pending'"
	    " AND id IN (SELECT value FROM json_each(:data, '$.refused'))"
	    " AND id IN (SELECT j.value FROM event e,"
	    "  json_each(e.data, '$.accepted') j"
	    "  WHERE e.case_id IN (SELECT id FROM family) AND e.kind = 'join'"
	    "  AND NOT EXISTS (SELECT 1 FROM event t WHERE"
	    "   t.case_id = e.case_id AND t.kind = 'undo' AND t.ref = e.id))";
	struct db_stmt q;

	if (u->data == NULL)
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":root", case_root(v->store, u->case_id));
	db_bind_text(&q, ":data", u->data);
	return db_run(&q, err);
}

enum cq_status
judge_undo_unjoin(struct verb *v, const struct undone *u, struct cq_err *err)
{
	enum cq_status rc = list_pending(v, u, "$.refused", "refused", err);

	return rc == CQ_OK ? accept_again(v, u, err) : rc;
}

/* The rows that an event put in must all be there still. */
enum cq_status
judge_undo_apart(struct verb *v, const struct undone *u, struct cq_err *err)
{
	static const char sql[] =
	    "DELETE FROM apart WHERE (a, b) IN (SELECT min(:id, value),"
	    " max(:id, value) FROM json_each(:data, '$.apart'))";
	static const char count[] =
	    "SELECT count(*) FROM json_each(:data, '$.apart')";
	int64_t wanted = 0;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, count);
	db_bind_text(&q, ":data", u->data);
	rc = db_one_int(&q, &wanted, err);
	if (rc != CQ_OK || wanted == 0)
		return rc;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", u->case_id);
	db_bind_text(&q, ":data", u->data);
	rc = db_run(&q, err);
	if (rc == CQ_OK && sqlite3_changes64(v->store->db) != wanted)
		rc = putback_refuse(u->case_id, err);
	return rc == CQ_OK ? list_pending(v, u, "$.refused", "refused", err)
			   : rc;
}
