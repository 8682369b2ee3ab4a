#include "core/store/row.h"
#include "core/store/url.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/judge.h"

/* One case with its whole story, and the small reads beside it. */

void
cq_case_full_free(struct cq_case_full *full)
{
	cq_case_free(&full->head);
	for (size_t i = 0; i < full->n; i++) {
		struct cq_entry *e = &full->at[i];

		raw_free(&e->who);
		raw_free(&e->name);
		raw_free(&e->text);
		raw_free(&e->url);
		raw_free(&e->source);
		raw_free(&e->remote_id);
		raw_free(&e->why);
		raw_free(&e->not_same);
	}
	free(full->at);
	*full = (struct cq_case_full){0};
}

int64_t
cq_entry_written_at(const struct cq_entry *e)
{
	return e->created_at == CQ_NO_TIME || e->created_at > e->at
	    ? e->at
	    : e->created_at;
}

/*
 * kind, at, id, who, name, text, url, source, remote id, why, rule,
 * followers, revision, case, retracted, created, not the same as, flags,
 * gone
 */
static const char entries_sql[] = FAMILY
    "SELECT * FROM ("
    " SELECT 0, p.seen_at, p.id, a.handle, a.name, p.text, " POST_URL
    ", s.name,"
    "  p.remote_id, p.why, p.rule, coalesce(a.followers, -1), p.n_revisions,"
    "  p.case_id, 0, p.created_at, NULL, p.flags, p.gone_at"
    "  FROM post p JOIN source s ON s.id = p.source"
    "  LEFT JOIN author a ON a.id = p.author"
    "  WHERE p.case_id IN (SELECT id FROM family)"
    " UNION ALL"
    " SELECT 1, n.at, n.id, a.name, NULL, n.text, NULL, NULL, NULL, NULL,"
    "  NULL, -1, 0, n.case_id, n.retracted_at IS NOT NULL,"
    "  NULL, NULL, 0, NULL"
    "  FROM note n JOIN agent a ON a.id = n.agent"
    "  WHERE n.case_id IN (SELECT id FROM family)"
    " UNION ALL"
    " SELECT 2, r.at, p.id, a.handle, a.name, r.text, " POST_URL ", s.name,"
    "  p.remote_id, NULL, p.rule, -1, r.n, p.case_id, 0, NULL,"
    "  NULL, p.flags, p.gone_at"
    "  FROM post p JOIN revision r ON r.post = p.id"
    "  JOIN source s ON s.id = p.source"
    "  LEFT JOIN author a ON a.id = p.author"
    "  WHERE p.n_revisions > 0 AND p.case_id IN (SELECT id FROM family)"
    " UNION ALL"
    " SELECT 3, e.at, e.id, coalesce(a.name, 'caseq'), NULL,"
    "  e.kind || CASE WHEN e.via IS NULL THEN '' ELSE ' (by ' || e.via ||"
    "   ')' END"
    "  || CASE WHEN e.ref IS NULL THEN '' WHEN e.kind IN ('join','joined',"
    "   'split','split_off','unjoin') THEN ' #' || e.ref WHEN e.kind ="
    "   'not_same' THEN (SELECT group_concat(' #' || value, '') FROM"
    "    json_each(e.data, '$.others')) WHEN e.kind IN"
    "   ('take','steal') THEN ', fence ' || e.ref"
    "   WHEN e.kind IN ('incident','incident_left') THEN ' I-' || e.ref"
    "   WHEN e.kind IN ('gone','back','hidden') THEN ' p' || e.ref"
    "   ELSE '' END"
    "  || coalesce(' \"' || json_extract(e.data, '$.name') || '\"', '')"
    "  || coalesce(': ' || json_extract(e.data, '$.after.outcome'), '')"
    "  || coalesce(' to ' || json_extract(e.data, '$.after.owner'), '')"
    "  || coalesce(' +' || json_extract(e.data, '$.added'), '')"
    "  || coalesce(' -' || json_extract(e.data, '$.removed'), '')"
    "  || coalesce(' of ' || json_extract(e.data, '$.of'), '')"
    "  || coalesce(', held by ' || json_extract(e.data, '$.holder'), '')"
    "  || coalesce(': ' || json_extract(e.data, '$.reason'), '')"
    "  || CASE WHEN e.kind = 'hidden' THEN ': ' || json_extract(e.data,"
    "   '$.visibility') ELSE '' END,"
    "  NULL, NULL, NULL, NULL, NULL, -1, 0, e.case_id, 0,"
    "  NULL, CASE WHEN e.kind = 'not_same' AND NOT EXISTS (SELECT 1 FROM op"
    "   WHERE op.id = e.op AND op.undone_by IS NOT NULL) THEN"
    "   (SELECT group_concat(value, ', ') FROM json_each(e.data, '$.others')"
    "    WHERE value NOT IN (SELECT id FROM family)) END, 0, NULL"
    "  FROM event e LEFT JOIN agent a ON a.id = e.agent"
    "  WHERE e.case_id IN (SELECT id FROM family)"
    "  AND e.kind NOT IN ('open','post','note','edit')"
    ") ORDER BY 2 DESC, 1 DESC, 3 DESC LIMIT :limit";

static void
read_entry(struct db_stmt *q, struct cq_entry *e, int64_t root)
{
	const char *rule = db_text(q, 10);
	int64_t from = db_int(q, 13);

	*e = (struct cq_entry){
	    .kind = (enum cq_entry_kind)db_int(q, 0),
	    .at = db_int(q, 1),
	    .created_at = db_time(q, 15),
	    .id = db_int(q, 2),
	    .who = db_raw(q, 3),
	    .name = db_raw(q, 4),
	    .text = db_raw(q, 5),
	    .url = db_raw(q, 6),
	    .source = db_raw(q, 7),
	    .remote_id = db_raw(q, 8),
	    .why = db_raw(q, 9),
	    .not_same = db_raw(q, 16),
	    .followers = db_int(q, 11),
	    .revision = (int)db_int(q, 12),
	    .from_case = from == root ? 0 : from,
	    .retracted = db_int(q, 14) != 0,
	    .marks = {FLAGS_VISIBILITY(db_int(q, 17)), FLAGS_BOT(db_int(q, 17)),
		db_time(q, 18)},
	};
	if (rule == NULL || !cq_rule_parse(rule, &e->rule))
		e->rule = CQ_RULE_FIRST;
	e->repost = e->kind == CQ_ENTRY_POST && e->rule == CQ_RULE_REPOST;
}

static void
turn_round(struct cq_entry *at, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct cq_entry e = at[i];

		at[i] = at[n - 1 - i];
		at[n - 1 - i] = e;
	}
}

static enum cq_status
read_entries(struct cq_store *store, int64_t root, int limit,
    struct cq_case_full *out, struct cq_err *err)
{
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, store, entries_sql);
	db_bind_int(&q, ":root", root);
	db_bind_int(&q, ":limit", limit);
	while (db_row(&q)) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		read_entry(&q, &out->at[out->n++], root);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	turn_round(out->at, out->n);
	return rc;
}

static enum cq_status
count_entries(struct cq_store *store, int64_t root, int64_t *n,
    struct cq_err *err)
{
	static const char sql[] = FAMILY
	    "SELECT (SELECT count(*) + coalesce(sum(n_revisions), 0) FROM post"
	    " WHERE case_id IN (SELECT id FROM family))"
	    " + (SELECT count(*) FROM note"
	    " WHERE case_id IN (SELECT id FROM family))"
	    " + (SELECT count(*) FROM event"
	    " WHERE case_id IN (SELECT id FROM family)"
	    " AND kind NOT IN ('open','post','note','edit'))";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":root", root);
	return db_one_int(&q, n, err);
}

enum cq_status
cq_store_case(struct cq_store *store, int64_t case_id, int limit,
    struct cq_case_full *out, struct cq_err *err)
{
	int64_t root, all = 0;
	enum cq_status rc;

	*out = (struct cq_case_full){.asked_id = case_id};
	rc = db_look(store, err);
	if (rc != CQ_OK)
		return rc;
	if (limit <= 0 || limit > CQ_ENTRIES_MAX)
		limit = CQ_ENTRIES_MAX;
	root = case_root(store, case_id);
	if (root == 0)
		rc = cq_fail(err, CQ_NOT_FOUND, "there is no case %lld",
		    (long long)case_id);
	if (rc == CQ_OK)
		rc = row_get(store, root, &out->head, err);
	if (rc == CQ_OK)
		rc = judge_count(store, root, &out->head.n_maybe, err);
	if (rc == CQ_OK)
		rc = read_entries(store, root, limit, out, err);
	if (rc == CQ_OK)
		rc = count_entries(store, root, &all, err);
	db_look_end(store);
	if (rc != CQ_OK)
		cq_case_full_free(out);
	else
		out->n_left_out = all - (int64_t)out->n;
	return rc;
}

enum cq_status
cq_store_counts(struct cq_store *store, const char *me, struct cq_counts *out,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT (SELECT n FROM counter WHERE key = 0),"
	    " (SELECT n FROM counter WHERE key = 1),"
	    " (SELECT n FROM counter WHERE key = 10),"
	    " (SELECT count(*) FROM cases WHERE holder IS NOT NULL AND +grp = 0"
	    "  AND lease_until_at > :now),"
	    " (SELECT count(*) FROM cases WHERE owner = :me AND grp IN (0, 1))"
	    " + (SELECT count(*) FROM cases WHERE holder = :me AND grp IN"
	    "  (0, 1) AND lease_until_at > :now AND owner IS NOT :me),"
	    " (SELECT coalesce(max(id), 0) FROM post),"
	    " (SELECT coalesce(max(id), 0) FROM cases)";
	struct db_stmt q;
	enum cq_role role;
	bool active;
	int64_t id = -1;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_counts){0};
	if (rc != CQ_OK)
		return rc;
	if (me != NULL)
		agent_id(store, me, &id, &role, &active, NULL);
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":now", db_now(store));
	db_bind_int(&q, ":me", id);
	if (db_row(&q)) {
		out->waiting = db_int(&q, 1);
		out->queue = db_int(&q, 0) + out->waiting;
		out->overdue = db_int(&q, 2);
		out->unclaimed = db_int(&q, 0) - db_int(&q, 3);
		out->mine = db_int(&q, 4);
		out->posts = db_int(&q, 5);
		out->cases = out->newest_case = db_int(&q, 6);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

enum cq_status
cq_store_map(struct cq_store *store, cq_map_fn fn, void *arg,
    struct cq_err *err)
{
	static const char sql[] =
	    "WITH RECURSIVE root(id, top) AS ("
	    " SELECT id, id FROM cases WHERE joined_into IS NULL"
	    " UNION ALL SELECT c.id, r.top FROM cases c"
	    " JOIN root r ON c.joined_into = r.id)"
	    " SELECT s.name, p.remote_id, r.top FROM"
	    "  (SELECT source, remote_id, case_id FROM post"
	    "  UNION ALL SELECT e.source, e.remote_id, o.case_id"
	    "   FROM echo e JOIN post o ON o.id = e.post) p"
	    " JOIN source s ON s.id = p.source JOIN root r ON r.id = p.case_id"
	    " ORDER BY s.name, CAST(p.remote_id AS TEXT)";
	struct db_stmt q;
	bool more = true;
	enum cq_status rc = db_own(store, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	while (more && db_row(&q)) {
		struct raw_text source = db_raw(&q, 0), id = db_raw(&q, 1);

		more = fn(arg, source, id, db_int(&q, 2));
		raw_free(&source);
		raw_free(&id);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}
