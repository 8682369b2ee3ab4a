#include "core/store/judge.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/store/likes.h"
#include "core/store/row.h"

/* Likely duplicates of one case. */

void
cq_maybes_free(struct cq_maybes *maybes)
{
	for (size_t i = 0; i < maybes->n; i++) {
		struct cq_maybe *m = &maybes->at[i];

		cq_case_free(&m->other);
		raw_free(&m->why);
		raw_free(&m->text);
		raw_free(&m->other_text);
	}
	free(maybes->at);
	*maybes = (struct cq_maybes){0};
}

struct raw_text
why_of(struct cq_store *store, struct db_stmt *q, int column, int64_t a,
    int64_t b)
{
	char *why;

	if (db_str(q, column)[0] != '\0')
		return db_raw(q, column);
	why = search_why(store, a > b ? a : b, a > b ? b : a);
	return (struct raw_text){why == NULL ? cq_strdup("") : why};
}

/* Of the columns flags and gone_at. */
static struct cq_marks
marks_of(struct db_stmt *q, int column)
{
	int flags = (int)db_int(q, column);

	return (struct cq_marks){
	    FLAGS_VISIBILITY(flags), FLAGS_BOT(flags), db_time(q, column + 1)};
}

enum cq_status
seen_read(struct cq_store *store, const struct seen *seen, struct cq_maybe *out,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT (SELECT why FROM suggestion WHERE id = :id), p.text,"
	    " o.text, p.flags, p.gone_at, o.flags, o.gone_at"
	    " FROM post p, post o WHERE p.id = :post AND o.id = :other";
	struct db_stmt q;
	enum cq_status rc;

	*out = (struct cq_maybe){
	    .case_id = seen->from_case,
	    .post_id = seen->post,
	    .other_post = seen->other_post,
	    .rule = seen->rule,
	    .score = seen->score,
	    .weak = seen->weak,
	};
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":post", seen->post);
	db_bind_int(&q, ":other", seen->other_post);
	db_bind_int(&q, ":id", seen->id);
	if (db_row(&q)) {
		out->why = why_of(store, &q, 0, seen->post, seen->other_post);
		out->text = db_raw(&q, 1);
		out->other_text = db_raw(&q, 2);
		out->marks = marks_of(&q, 3);
		out->other_marks = marks_of(&q, 5);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc == CQ_OK)
		rc = row_get(store, seen->case_id, &out->other, err);
	return rc;
}

/* --- which cases -------------------------------------------------------- */

/* The other cases of a survivor's suggestions, each once, best first. */
struct others {
	struct seen *at;
	bool *closed;
	size_t n;

	int64_t *apart; /* survivors that are not the same */
	size_t n_apart;
};

static void
others_free(struct others *o)
{
	free(o->at);
	free(o->closed);
	free(o->apart);
	*o = (struct others){0};
}

/* From which survivors somebody said that a survivor is another case. */
static enum cq_status
find_apart(struct cq_store *store, int64_t root, struct others *o,
    struct cq_err *err)
{
	static const char sql[] = FAMILY
	    ", other(id) AS (SELECT b FROM apart WHERE a IN (SELECT id FROM"
	    " family) UNION SELECT a FROM apart WHERE b IN (SELECT id FROM"
	    " family)),"
	    " up(id, into_id) AS (SELECT c.id, c.joined_into FROM other"
	    "  CROSS JOIN cases c ON c.id = other.id"
	    "  UNION SELECT c.id, c.joined_into FROM up"
	    "  CROSS JOIN cases c ON c.id = up.into_id)"
	    " SELECT id FROM up WHERE into_id IS NULL";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":root", root);
	while (db_row(&q)) {
		o->apart = cq_grow(o->apart, o->n_apart + 1, sizeof(*o->apart));
		o->apart[o->n_apart++] = db_int(&q, 0);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* In the list already, or not to be told at all. */
static bool
is_told(const struct others *o, int64_t case_id)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->at[i].case_id == case_id)
			return true;
	for (size_t i = 0; i < o->n_apart; i++)
		if (o->apart[i] == case_id)
			return true;
	return false;
}

/* The survivor of a case, and whether it is closed. */
static enum cq_status
find_root(struct cq_store *store, int64_t *case_id, bool *closed,
    struct cq_err *err)
{
	static const char sql[] =
	    "WITH RECURSIVE up(id, grp, into_id) AS ("
	    " SELECT id, grp, joined_into FROM cases WHERE id = :id"
	    " UNION SELECT c.id, c.grp, c.joined_into FROM cases c"
	    " JOIN up ON c.id = up.into_id)"
	    " SELECT id, grp FROM up WHERE into_id IS NULL";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", *case_id);
	if (db_row(&q)) {
		*case_id = db_int(&q, 0);
		*closed = db_int(&q, 1) == 2;
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
add_other(struct cq_store *store, struct others *o, int64_t root,
    struct seen *seen, struct cq_err *err)
{
	bool closed = false;
	enum cq_status rc = find_root(store, &seen->case_id, &closed, err);

	if (rc != CQ_OK || seen->case_id == root || is_told(o, seen->case_id))
		return rc;
	o->at = cq_grow(o->at, o->n + 1, sizeof(*o->at));
	o->closed = cq_grow(o->closed, o->n + 1, sizeof(*o->closed));
	o->at[o->n] = *seen;
	o->closed[o->n++] = closed;
	return CQ_OK;
}

/*
 * "Either" first: it was a copy, and only which one was not sure.  The weak
 * ones last: two cases are as alike as their strongest link says.
 */
static const char pairs_sql[] =
    FAMILY ", own(id) AS MATERIALIZED (SELECT id FROM post WHERE case_id IN"
	   " (SELECT id FROM family)),"
	   " pair(id, post, other, rule, score, rank, weak) AS ("
	   " SELECT s.id, s.post, s.other, s.rule, s.score, s.rank, " WEAK
	   "  FROM own CROSS JOIN suggestion s ON s.post = own.id"
	   "  WHERE s.state = 'pending'"
	   " UNION ALL"
	   " SELECT s.id, s.other, s.post, s.rule, s.score, s.rank, " WEAK
	   "  FROM own CROSS JOIN suggestion s ON s.other = own.id"
	   "  WHERE s.state = 'pending'"
	   " UNION ALL"
	   " SELECT 0, l.post, e.other, 'like', e.score, e.rank,"
	   "  e.score < :strong FROM own CROSS JOIN " LIKENESS
	   "  WHERE l.post = own.id AND NOT e.back AND " NOT_JUDGED " UNION ALL"
	   " SELECT 0, e.other, l.post, 'like', e.score, e.rank,"
	   "  e.score < :strong FROM own CROSS JOIN likeness o"
	   "  CROSS JOIN like_each(o.list, o.post) b CROSS JOIN " LIKENESS
	   "  WHERE o.post = own.id AND b.back AND l.post = b.other"
	   "  AND NOT e.back AND e.other = own.id AND " NOT_JUDGED ")"
	   " SELECT pair.id, post, other, pair.rule, score, o.case_id, weak"
	   " FROM pair JOIN post o ON o.id = pair.other"
	   " ORDER BY pair.rule <> 'either', weak, score DESC, rank,"
	   " max(post, other) DESC LIMIT :max";

static enum cq_status
find_others(struct cq_store *store, int64_t root, struct others *out,
    struct cq_err *err)
{
	struct db_stmt q;
	enum cq_status rc;

	*out = (struct others){0};
	rc = find_apart(store, root, out, err);
	db_prepare(&q, store, pairs_sql);
	db_bind_int(&q, ":root", root);
	db_bind_int(&q, ":max", CQ_DUPS_LOOKS);
	db_bind_int(&q, ":strong", CQ_LIKE_STRONG);
	while (rc == CQ_OK && db_row(&q)) {
		struct seen seen = {
		    .id = db_int(&q, 0),
		    .post = db_int(&q, 1),
		    .other_post = db_int(&q, 2),
		    .score = (int)db_int(&q, 4),
		    .case_id = db_int(&q, 5),
		    .from_case = root,
		    .weak = db_int(&q, 6) != 0,
		};

		if (!cq_rule_parse(db_str(&q, 3), &seen.rule))
			seen.rule = CQ_RULE_LIKE;
		rc = add_other(store, out, root, &seen, err);
	}
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	if (rc != CQ_OK)
		others_free(out);
	return rc;
}

enum cq_status
judge_count(struct cq_store *store, int64_t root, int64_t *n,
    struct cq_err *err)
{
	struct others o;
	enum cq_status rc = find_others(store, root, &o, err);

	*n = 0;
	for (size_t i = 0; i < o.n; i++)
		*n += !o.at[i].weak;
	others_free(&o);
	return rc;
}

/* Of the strong ones, then of the weak: in the queue, then closed. */
static int
place_of(const struct others *o, size_t i)
{
	return 2 * o->at[i].weak + o->closed[i];
}

/* In the order of their places, till there are max. */
static enum cq_status
read_maybes(struct cq_store *store, const struct others *o, size_t max,
    struct cq_maybes *out, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	out->at = cq_alloc((o->n == 0 ? 1 : o->n) * sizeof(*out->at));
	for (int place = 0; place < 4; place++)
		for (size_t i = 0; i < o->n && rc == CQ_OK; i++)
			if (place_of(o, i) == place && out->n < max)
				rc = seen_read(store, &o->at[i],
				    &out->at[out->n++], err);
	return rc;
}

enum cq_status
cq_store_dups(struct cq_store *store, int64_t case_id, int limit,
    struct cq_maybes *out, struct cq_err *err)
{
	struct others o = {0};
	int64_t root;
	enum cq_status rc = db_look(store, err);

	*out = (struct cq_maybes){0};
	if (rc != CQ_OK)
		return rc;
	root = case_root(store, case_id);
	if (root == 0)
		rc = cq_fail(err, CQ_NOT_FOUND, "there is no case %lld",
		    (long long)case_id);
	if (rc == CQ_OK)
		rc = find_others(store, root, &o, err);
	if (rc == CQ_OK)
		rc = read_maybes(store, &o,
		    limit > 0 ? (size_t)limit : SIZE_MAX, out, err);
	db_look_end(store);
	others_free(&o);
	if (rc != CQ_OK)
		cq_maybes_free(out);
	return rc;
}
