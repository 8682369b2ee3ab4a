#include "core/store/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

/* Cases that somebody said are not the same. */

/* Has it a row?  Ends the statement. */
static bool
is_true(struct db_stmt *q, int *rc)
{
	bool yes = db_row(q);

	if (q->rc != SQLITE_OK && *rc == SQLITE_OK)
		*rc = q->rc;
	db_finalize(q);
	return yes;
}

bool
cases_apart(struct cq_store *store, int64_t a, int64_t b, int *rc)
{
	static const char pair[] = FAMILIES
	    "SELECT 1 FROM apart WHERE"
	    " (a IN (SELECT id FROM fa) AND b IN (SELECT id FROM fb)) OR"
	    " (b IN (SELECT id FROM fa) AND a IN (SELECT id FROM fb)) LIMIT 1";
	static const char any[] =
	    FAMILIES "SELECT 1 FROM apart WHERE a IN (SELECT id FROM fa)"
		     " OR b IN (SELECT id FROM fa) LIMIT 1";
	static const char ever[] = "SELECT 1 FROM apart LIMIT 1";
	struct db_stmt q;

	if (a == b) /* said before they were joined: it rests */
		return false;
	db_prepare(&q, store, ever);
	if (!is_true(&q, rc))
		return false;
	if (b == 0)
		db_prepare(&q, store, any);
	else
		db_prepare(&q, store, pair);
	db_bind_int(&q, ":a", a);
	db_bind_int(&q, ":b", b);
	return is_true(&q, rc);
}

/* --- saying so ---------------------------------------------------------- */

/*
 * What one case's event tells: from which others it is apart now, and, for
 * each pair at one of its two cases only, the row that was put in and the
 * suggestions that were refused.
 */
struct side {
	int64_t id, first;
	struct cq_buf others, apart, refused, rules; /* "5,7" */
};

static void
add_number(struct cq_buf *list, int64_t n)
{
	cq_buf_fmt(list, "%s%lld", list->n > 0 ? "," : "", (long long)n);
}

/* The members of a JSON list. */
static void
add_list(struct cq_buf *list, const char *json)
{
	size_t n = json == NULL ? 0 : strlen(json);

	if (n <= 2)
		return;
	if (list->n > 0)
		cq_buf_char(list, ',');
	cq_buf_add(list, json + 1, n - 2);
}

static void
data_list(struct cq_buf *data, const char *key, const struct cq_buf *list)
{
	struct cq_buf json = {0};

	if (list->n == 0)
		return;
	cq_buf_fmt(&json, "[%s]", list->s);
	data_json(data, key, json.s);
	cq_buf_free(&json);
}

static enum cq_status
log_side(struct verb *v, struct side *side, const char *reason,
    struct cq_err *err)
{
	struct event_fields f = {.ref = side->first};
	struct cq_buf b = {0};

	if (side->others.n == 0)
		return CQ_OK; /* all was said before */
	data_list(&b, "others", &side->others);
	data_list(&b, "apart", &side->apart);
	data_list(&b, "refused", &side->refused);
	data_list(&b, "rules", &side->rules);
	data_text(v->store, &b, "reason", reason);
	v->undoable = true;
	return event_log_data(v, side->id, "not_same", &f, &b, err);
}

static enum cq_status
put_row(struct verb *v, int64_t a, int64_t b, struct cq_err *err)
{
	static const char sql[] = "INSERT INTO apart (a, b, at, agent) VALUES"
				  " (min(:a, :b), max(:a, :b), :now, :agent)";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":a", a);
	db_bind_int(&q, ":b", b);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":agent", v->agent);
	return db_run(&q, err);
}

static void
add_other(struct side *side, int64_t id)
{
	if (side->others.n == 0)
		side->first = id;
	add_number(&side->others, id);
}

static enum cq_status
part(struct verb *v, struct side *a, struct side *b, struct cq_err *err)
{
	struct decided d = {0};
	int failed = SQLITE_OK;
	bool known;
	enum cq_status rc;

	if (a->id == b->id)
		return cq_fail(err, CQ_INPUT,
		    "two of them are case %lld by now", (long long)a->id);
	known = cases_apart(v->store, a->id, b->id, &failed);
	if (failed != SQLITE_OK)
		return db_fail(v->store, failed, err);
	if (known)
		return CQ_OK;
	rc = put_row(v, a->id, b->id, err);
	if (rc == CQ_OK)
		rc = judge_decide(v, a->id, b->id, "refused", &d, err);
	add_other(a, b->id);
	add_other(b, a->id);
	add_number(&a->apart, b->id);
	add_list(&a->refused, d.ids);
	add_list(&a->rules, d.rules);
	decided_free(&d);
	return rc;
}

static enum cq_status
find_sides(struct verb *v, struct side *sides, const int64_t *cases, size_t n,
    struct cq_err *err)
{
	for (size_t i = 0; i < n; i++) {
		sides[i].id = case_root(v->store, cases[i]);
		if (sides[i].id == 0)
			return cq_fail(err, CQ_NOT_FOUND,
			    "there is no case %lld", (long long)cases[i]);
	}
	return CQ_OK;
}

/* The first is apart from the others; all: each from each. */
static enum cq_status
part_all(struct verb *v, const int64_t *cases, size_t n, bool all,
    const char *reason, struct cq_err *err)
{
	struct side *sides = cq_alloc(n * sizeof(*sides));
	enum cq_status rc = find_sides(v, sides, cases, n, err);

	for (size_t i = 0; i < n && all && rc == CQ_OK; i++)
		rc = judge_unmoved(v, cases[i], err);
	for (size_t i = 0; i < (all ? n : 1); i++)
		for (size_t j = i + 1; j < n && rc == CQ_OK; j++)
			rc = part(v, &sides[i], &sides[j], err);
	for (size_t i = 0; i < n && rc == CQ_OK; i++)
		rc = log_side(v, &sides[i], reason, err);
	v->case_id = sides[0].id;
	for (size_t i = 0; i < n; i++) {
		cq_buf_free(&sides[i].others);
		cq_buf_free(&sides[i].apart);
		cq_buf_free(&sides[i].refused);
		cq_buf_free(&sides[i].rules);
	}
	free(sides);
	return rc;
}

static enum cq_status
say_apart(struct cq_store *store, const struct cq_act *act,
    const int64_t *cases, size_t n, bool all, const char *reason,
    struct cq_err *err)
{
	uint64_t args = verb_args("%d", all);
	struct verb v = {0};
	enum cq_status rc = reason_check(reason, err);

	for (size_t i = 0; i < n; i++) {
		char id[24];

		snprintf(id, sizeof(id), "%lld", (long long)cases[i]);
		args = verb_args_more(args, id);
	}
	if (rc == CQ_OK && n < 2)
		rc = cq_fail(err, CQ_INPUT,
		    "name the other cases that it is not the same as");
	if (rc == CQ_OK && n > CQ_TRAY_CASES && all)
		rc = cq_fail(err, CQ_INPUT,
		    "at most %d cases can be told apart at once",
		    CQ_TRAY_CASES);
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "not-same",
		    verb_args_more(args, reason), CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay)
		rc = part_all(&v, cases, n, all, reason, err);
	return verb_end(&v, rc, err);
}

enum cq_status
cq_store_not_same(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const int64_t *others, size_t n, const char *reason,
    struct cq_err *err)
{
	int64_t *cases = cq_alloc((n + 1) * sizeof(*cases));
	enum cq_status rc;

	cases[0] = case_id;
	for (size_t i = 0; i < n; i++)
		cases[i + 1] = others[i];
	rc = say_apart(store, act, cases, n + 1, false, reason, err);
	free(cases);
	return rc;
}

enum cq_status
cq_store_refuse(struct cq_store *store, const struct cq_act *act,
    const int64_t *cases, size_t n, const char *reason, struct cq_err *err)
{
	return say_apart(store, act, cases, n, true, reason, err);
}
