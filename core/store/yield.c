#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/likes.h"
#include "core/store/named.h"

/*
 * How good the rules are here: joins as the log tells them, and where the
 * posts stand by now; suggestions and what became of them.
 */

struct asking {
	struct cq_store *store;
	struct cq_yield *out;
	int64_t source; /* 0: all */
	struct span span;
	struct cq_err *err;
};

/* The rule that decided: a split writes another one into the post. */
#define RULE                                                        \
	"coalesce(json_extract(e.data, '$.rule'), CASE e.kind WHEN" \
	" 'open' THEN 'first' ELSE p.rule END)"
#define CAME_IN                                                             \
	" FROM event e JOIN post p ON p.id = e.ref"                         \
	" LEFT JOIN post o ON o.id = p.near"                                \
	" WHERE " IN_SPAN " AND e.at >= :from AND e.at < :to AND e.kind IN" \
	" ('open', 'post') AND :source IN (0, p.source) "

static void
bind(struct db_stmt *q, const struct asking *a, bool span)
{
	if (span)
		span_bind(q, &a->span);
	db_bind_int(q, ":from", a->out->from_at);
	db_bind_int(q, ":to", a->out->to_at);
	db_bind_int(q, ":source", a->source);
}

/* NULL if no rule has that name. */
static struct cq_rule_yield *
row_of(struct asking *a, const char *name)
{
	enum cq_rule rule;

	return cq_rule_parse(name, &rule) ? &a->out->at[rule] : NULL;
}

static enum cq_status
count_joins(struct asking *a)
{
	static const char sql[] =
	    "SELECT " RULE ", count(*)" CAME_IN "GROUP BY 1";
	struct cq_rule_yield *row;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	bind(&q, a, true);
	while (db_row(&q)) {
		a->out->posts += db_int(&q, 1);
		row = row_of(a, db_str(&q, 0));
		if (row != NULL && row != &a->out->at[CQ_RULE_FIRST])
			row->joins += db_int(&q, 1);
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	return rc;
}

/*
 * Posts that were taken out of the case that they were joined to; or from
 * which the post that they were joined to was taken out, if it had opened
 * the case: of three copies in a row the last stays joined if the one in
 * the middle is taken out.
 */
static enum cq_status
count_undone(struct asking *a)
{
	static const char sql[] =
	    "SELECT " RULE ", p.case_id, o.case_id" CAME_IN
	    "AND o.case_id <> p.case_id"
	    " AND (p.rule = 'person' OR o.near IS NULL)";
	struct cq_rule_yield *row;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	bind(&q, a, true);
	while (db_row(&q)) {
		row = row_of(a, db_str(&q, 0));
		if (row != NULL &&
		    case_root(a->store, db_int(&q, 1)) !=
			case_root(a->store, db_int(&q, 2)))
			row->undone++;
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	return rc;
}

/* What people joined counts by the case that was joined. */
static enum cq_status
count_by_hand(struct asking *a)
{
	static const char sql[] =
	    "SELECT e.case_id, e.ref FROM event e"
	    " JOIN cases c ON c.id = e.case_id"
	    " JOIN post p ON p.id = c.first_post"
	    " WHERE " IN_SPAN " AND e.at >= :from AND e.at < :to"
	    " AND e.kind = 'joined'"
	    " AND :source IN (0, p.source)";
	struct cq_rule_yield *row = &a->out->at[CQ_RULE_PERSON];
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	bind(&q, a, true);
	while (db_row(&q)) {
		row->joins++;
		row->undone += case_root(a->store, db_int(&q, 0)) !=
		    case_root(a->store, db_int(&q, 1));
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
count_suggestions(struct asking *a)
{
	static const char sql[] =
	    "SELECT g.rule, count(*), sum(g.state = 'accepted'),"
	    " sum(g.state = 'refused'), sum(g.state = 'pending')"
	    " FROM (SELECT post, rule, state, at FROM suggestion UNION ALL"
	    "  SELECT l.post, 'like', 'pending', t.seen_at FROM " LIKENESS
	    "  CROSS JOIN post t ON t.id = l.post"
	    "  WHERE NOT e.back AND " NOT_JUDGED ") g"
	    " JOIN post p ON p.id = g.post"
	    " WHERE g.at >= :from AND g.at < :to"
	    " AND :source IN (0, p.source) GROUP BY 1";
	struct cq_rule_yield *row;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	bind(&q, a, false);
	while (db_row(&q)) {
		row = row_of(a, db_str(&q, 0));
		if (row == NULL)
			continue;
		row->made = db_int(&q, 1);
		row->accepted = db_int(&q, 2);
		row->refused = db_int(&q, 3);
		row->pending = db_int(&q, 4);
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	return rc;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* In how many cases they are now. */
static enum cq_status
count_cases(struct asking *a)
{
	static const char sql[] = "SELECT DISTINCT p.case_id" CAME_IN;
	int64_t *roots = NULL;
	size_t n = 0;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	bind(&q, a, true);
	while (db_row(&q)) {
		if ((n & (n - 1)) == 0) /* room for twice as many */
			roots =
			    cq_grow(roots, n == 0 ? 1 : 2 * n, sizeof(*roots));
		roots[n++] = case_root(a->store, db_int(&q, 0));
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	if (n > 0)
		qsort(roots, n, sizeof(*roots), by_number);
	for (size_t i = 0; i < n; i++)
		a->out->cases += i == 0 || roots[i] != roots[i - 1];
	free(roots);
	return rc;
}

enum cq_status
cq_store_yield(struct cq_store *store, int64_t from_at, int64_t to_at,
    const char *source, struct cq_yield *out, struct cq_err *err)
{
	static enum cq_status (*const steps[])(struct asking * a) = {
	    count_joins, count_undone, count_by_hand, count_suggestions,
	    count_cases};
	struct asking a = {.store = store, .out = out, .err = err};
	enum cq_status rc;

	*out = (struct cq_yield){.from_at = from_at, .to_at = to_at};
	rc = db_look(store, err);
	if (rc != CQ_OK)
		return rc;
	rc = source_id(store, source, &a.source, err);
	if (rc == CQ_OK)
		rc = span_find(store, from_at, to_at, &a.span, err);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (rc == CQ_OK)
			rc = steps[i](&a);
	db_look_end(store);
	if (rc != CQ_OK)
		*out = (struct cq_yield){.from_at = from_at, .to_at = to_at};
	return rc;
}
