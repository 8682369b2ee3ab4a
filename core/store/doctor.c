#include "core/store/verb.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Examines a queue, says what is wrong and the exact repair. */

struct doctor {
	struct cq_store *store;
	cq_finding_fn tell;
	void *arg;
};

static void
finding(struct doctor *d, enum cq_finding what, const char *check,
    const char *text)
{
	d->tell(d->arg, what, check, text);
}

static void
findingf(struct doctor *d, enum cq_finding what, const char *check, char *text)
{
	finding(d, what, check, text);
	free(text);
}

static void
check_pragma(struct doctor *d, const char *sql, const char *check,
    const char *repair)
{
	struct db_stmt q;
	int n = 0;

	db_prepare_once(&q, d->store, sql);
	while (n < 10 && db_row(&q)) {
		const char *s = db_text(&q, 0);

		if (s != NULL && strcmp(s, "ok") == 0)
			break;
		findingf(d, CQ_BAD, check,
		    cq_format("%s; %s", s == NULL ? "?" : s, repair));
		n++;
	}
	if (q.rc != SQLITE_OK) {
		findingf(d, CQ_BAD, check,
		    cq_format("%s; %s", sqlite3_errmsg(d->store->db), repair));
		n++;
	}
	db_finalize(&q);
	if (n == 0)
		finding(d, CQ_FINE, check, "nothing wrong");
}

static void
tell_wrong(struct doctor *d, const char *check, struct db_stmt *q, int64_t n,
    int64_t first, const char *what)
{
	if (q->rc != SQLITE_OK)
		finding(d, CQ_BAD, check, sqlite3_errmsg(d->store->db));
	else if (n > 0)
		findingf(d, CQ_BAD, check,
		    cq_format("%lld %s, the first is %lld; run: caseq doctor "
			      "--repair",
			(long long)n, what, (long long)first));
	else
		finding(d, CQ_FINE, check, "nothing wrong");
}

/* A query that must find nothing; its first column is a case number. */
static void
check_none(struct doctor *d, const char *check, const char *sql,
    const char *what)
{
	struct db_stmt q;
	int64_t first = 0, n = 0;

	db_prepare_once(&q, d->store, sql);
	while (db_row(&q)) {
		if (n++ == 0)
			first = db_int(&q, 0);
	}
	tell_wrong(d, check, &q, n, first, what);
	db_finalize(&q);
}

static const char order_sql[] =
    "SELECT id, grp, state, joined_into IS NOT NULL, sort_key, overdue,"
    " due_at, closed_at, reach, n_posts, n_reposts, opened_at, rating"
    " FROM cases ORDER BY id";

/*
 * Does a case stand where case_write() would put it?  One whose due time
 * has passed may still lack its flag: the next tick sets it.
 */
static bool
stands_right(struct doctor *d, struct db_stmt *q)
{
	struct case_now c = {
	    .due_at = db_time(q, 6),
	    .closed_at = db_time(q, 7),
	    .reach = db_int(q, 8),
	    .n_posts = db_int(q, 9),
	    .n_reposts = db_int(q, 10),
	    .opened_at = db_int(q, 11),
	    .rating = (int)db_int(q, 12),
	};
	bool overdue = db_int(q, 5) != 0;
	int group;

	if (!cq_state_parse(db_str(q, 2), &c.state))
		return false;
	group = case_group(c.state, db_int(q, 3) != 0);
	if (overdue &&
	    (group != 0 || c.due_at == CQ_NO_TIME ||
		c.due_at > db_now(d->store)))
		return false;
	return db_int(q, 1) == group &&
	    db_int(q, 4) == case_key(d->store, &c, group, overdue);
}

static void
check_order(struct doctor *d)
{
	struct cq_err err;
	struct db_stmt q;
	int64_t first = 0, n = 0;

	/* weights and cases of one moment */
	if (db_look(d->store, &err) != CQ_OK) {
		finding(d, CQ_BAD, "order", err.msg);
		return;
	}
	db_prepare(&q, d->store, order_sql);
	while (db_row(&q)) {
		if (!stands_right(d, &q) && n++ == 0)
			first = db_int(&q, 0);
	}
	tell_wrong(d, "order", &q, n, first, "cases stand in the wrong place");
	db_finalize(&q);
	db_look_end(d->store);
}

static void
check_schema(struct doctor *d)
{
	struct cq_err err;

	if (schema_check(d->store, true, &err) != CQ_OK)
		finding(d, CQ_BAD, "schema", err.msg);
	else
		finding(d, CQ_FINE, "schema", "as caseq made it");
}

/* Where it is: an event, a case as a whole, or the queue's own tables. */
static char *
place_of(const struct cq_proof *p)
{
	if (p->bad_event > 0)
		return cq_format("case %lld, event %lld: ",
		    (long long)p->bad_case, (long long)p->bad_event);
	if (p->bad_case > 0)
		return cq_format("case %lld: ", (long long)p->bad_case);
	return cq_strdup("");
}

static void
check_audit(struct doctor *d)
{
	struct cq_proof proof;
	struct cq_err err;
	char *place;

	if (cq_store_audit_verify(d->store, &proof, &err) != CQ_OK) {
		finding(d, CQ_BAD, "audit", err.msg);
		return;
	}
	if (proof.bad_event == 0) {
		findingf(d, CQ_FINE, "audit",
		    cq_format("%lld events of %lld cases verified",
			(long long)proof.n_events, (long long)proof.n_cases));
		return;
	}
	place = place_of(&proof);
	findingf(d, CQ_BAD, "audit",
	    cq_format("%s%s; somebody changed the file past caseq: compare "
		      "with a backup",
		place, proof.what));
	free(place);
}

/* An account that was removed may be given to somebody else. */
static void
check_accounts(struct doctor *d)
{
	struct cq_agents agents;
	struct cq_err err;

	if (cq_store_agents(d->store, &agents, &err) != CQ_OK) {
		finding(d, CQ_BAD, "accounts", err.msg);
		return;
	}
	for (size_t i = 0; i < agents.n; i++) {
		struct cq_agent *a = &agents.at[i];
		struct passwd *pw =
		    a->uid == CQ_NO_UID ? NULL : getpwuid(a->uid);

		if (!a->active || a->uid == CQ_NO_UID)
			continue;
		if (pw == NULL || a->login == NULL ||
		    strcmp(pw->pw_name, a->login) != 0)
			findingf(d, CQ_WARN, "accounts",
			    cq_format("agent %s was uid %u '%s', which is %s "
				      "now; run: caseq agent set %s --login "
				      "LOGIN, or retire the agent",
				a->name, (unsigned)a->uid,
				a->login == NULL ? "?" : a->login,
				pw == NULL ? "nobody" : pw->pw_name, a->name));
	}
	cq_agents_free(&agents);
	finding(d, CQ_FINE, "accounts", "compared with this machine's");
}

static const char counters_sql[] =
    "SELECT k.key FROM counter k WHERE k.n <> CASE k.key WHEN 10 THEN"
    " (SELECT count(*) FROM cases WHERE grp = 0 AND overdue = 1) ELSE"
    " (SELECT count(*) FROM cases WHERE grp = k.key) END";

/* What case_recount() would make of them. */
static const char totals_sql[] =
    "WITH RECURSIVE root(id, top) AS (SELECT id, id FROM cases"
    " WHERE joined_into IS NULL UNION ALL SELECT c.id, r.top FROM cases c"
    " JOIN root r ON c.joined_into = r.id),"
    " posts AS (SELECT r.top, count(*) AS n, sum(p.rule = 'repost' OR p.own)"
    "  AS reposts, coalesce(min(p.rating) FILTER (WHERE p.own = 0), 0)"
    "  AS rating"
    "  FROM post p JOIN root r ON r.id = p.case_id GROUP BY r.top),"
    " one AS (SELECT r.top, max(coalesce(p.followers, 0)) AS most"
    "  FROM post p JOIN root r ON r.id = p.case_id"
    "  WHERE p.author IS NOT NULL AND p.own = 0 GROUP BY r.top, p.author),"
    " authors AS (SELECT top, count(*) AS n, sum(most) AS reach FROM one"
    "  GROUP BY top),"
    " notes AS (SELECT r.top, count(*) AS n FROM note n"
    "  JOIN root r ON r.id = n.case_id WHERE n.retracted_at IS NULL"
    "  GROUP BY r.top)"
    " SELECT c.id FROM cases c LEFT JOIN posts p ON p.top = c.id"
    " LEFT JOIN authors a ON a.top = c.id"
    " LEFT JOIN notes t ON t.top = c.id WHERE c.joined_into IS NULL"
    " AND (c.n_posts <> coalesce(p.n, 0) OR c.n_notes <> coalesce(t.n, 0)"
    "  OR c.n_reposts <> coalesce(p.reposts, 0)"
    "  OR c.rating <> coalesce(p.rating, 0)"
    "  OR c.n_authors <> coalesce(a.n, 0)"
    "  OR c.reach <> coalesce(a.reach, 0))";

static const char empty_sql[] =
    "SELECT id FROM cases WHERE joined_into IS NULL AND n_posts = 0";

static enum cq_status
repair_cases(struct verb *v, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, joined_into IS NULL FROM cases WHERE id > :after"
	    " ORDER BY id LIMIT 1";
	int64_t id = 0;
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK) {
		struct db_stmt q;
		bool root = false;

		db_prepare(&q, v->store, sql);
		db_bind_int(&q, ":after", id);
		if (!db_row(&q)) {
			rc = db_result(&q, err);
			db_finalize(&q);
			return rc;
		}
		id = db_int(&q, 0);
		root = db_int(&q, 1) != 0;
		db_finalize(&q);
		if (root)
			rc = case_recount(v, id, err);
		if (rc == CQ_OK)
			rc = case_place(v, id, err);
	}
	return rc;
}

static enum cq_status
repair_all(struct cq_store *store, struct cq_err *err)
{
	static const char counters[] =
	    "UPDATE counter SET n = CASE key WHEN 10 THEN (SELECT count(*)"
	    " FROM cases WHERE grp = 0 AND overdue = 1) ELSE (SELECT count(*)"
	    " FROM cases WHERE grp = counter.key) END";
	struct verb v = {0};
	enum cq_status rc = verb_begin_time(&v, store, err);

	if (rc == CQ_OK)
		rc = db_exec(store, "REINDEX", err);
	if (rc == CQ_OK)
		rc = repair_cases(&v, err);
	if (rc == CQ_OK)
		rc = db_exec(store, counters, err);
	return verb_end(&v, rc, err);
}

enum cq_status
cq_store_doctor(struct cq_store *store, bool repair, cq_finding_fn tell,
    void *arg, struct cq_err *err)
{
	struct doctor d = {store, tell, arg};
	enum cq_status rc = db_own(store, err);

	if (rc == CQ_OK && repair)
		rc = repair_all(store, err);
	if (rc != CQ_OK)
		return rc;
	files_check(store, tell, arg);
	check_schema(&d);
	check_pragma(&d, "PRAGMA integrity_check", "integrity",
	    "put a backup in its place");
	check_pragma(&d, "PRAGMA foreign_key_check", "references",
	    "put a backup in its place");
	check_none(&d, "counters", counters_sql, "counters are wrong");
	check_none(&d, "totals", totals_sql,
	    "cases count their posts, authors, reach or notes wrongly");
	check_order(&d);
	check_none(&d, "posts", empty_sql, "cases have no post");
	check_audit(&d);
	check_accounts(&d);
	return CQ_OK;
}
