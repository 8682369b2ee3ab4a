#include "core/store/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Joining moves no rows: the joined case points to the survivor, which
 * shows what it and all that point to it have.  So a join is undone by
 * taking the pointer away, and the old number leads on for ever.
 */

static char *
ids_json(const int64_t *ids, size_t n)
{
	struct cq_buf b = {0};

	cq_buf_char(&b, '[');
	for (size_t i = 0; i < n; i++)
		cq_buf_fmt(&b, "%s%lld", i == 0 ? "" : ",", (long long)ids[i]);
	cq_buf_char(&b, ']');
	return cq_buf_take(&b);
}

static uint64_t
ids_args(int64_t first, const int64_t *ids, size_t n)
{
	char *list = ids_json(ids, n);
	uint64_t args =
	    verb_args_more(verb_args("%lld", (long long)first), list);

	free(list);
	return args;
}

static enum cq_status
check_free(struct verb *v, const struct case_now *c, struct cq_err *err)
{
	if (c->live && c->holder != v->agent)
		return claim_refuse(v, c, err);
	return CQ_OK;
}

/* One more who holds a case, behind those that were told already. */
static enum cq_status
refuse_too(enum cq_status before, const struct cq_err *one, struct cq_err *err)
{
	size_t at;

	if (before == CQ_OK || err == NULL)
		return cq_fail(err, CQ_CONFLICT, "%s", one->msg);
	at = strlen(err->msg);
	snprintf(err->msg + at, sizeof(err->msg) - at, "; %s", one->msg);
	return CQ_CONFLICT;
}

/* Is one of them held by a colleague?  Tells of all: who holds what. */
static enum cq_status
check_all_free(struct verb *v, int64_t into, const int64_t *cases, size_t n,
    struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	for (size_t i = 0; i <= n; i++) {
		struct case_now c = {0};
		struct cq_err one = {0};
		enum cq_status got =
		    case_get(v, i == 0 ? into : cases[i - 1], &c, &one);

		if (got == CQ_OK)
			got = check_free(v, &c, &one);
		case_done(&c);
		if (got == CQ_CONFLICT)
			rc = refuse_too(rc, &one, err);
		else if (got != CQ_OK)
			return cq_fail(err, got, "%s", one.msg);
	}
	return rc;
}

/* What a joined case brings besides its posts. */
struct came {
	bool any;
	enum cq_state state;
	int64_t due_at;
	int64_t incident;
};
static const struct came nothing = {0};

static enum cq_status
point_to(struct verb *v, int64_t id, const struct case_now *into,
    struct came *came, const char *reason, struct cq_err *err)
{
	struct case_now c = {0};
	struct cq_buf b = {0};
	enum cq_status rc = case_get(v, id, &c, err);

	if (rc == CQ_OK && c.id == into->id)
		rc = cq_fail(err, CQ_INPUT, "case %lld is case %lld already",
		    (long long)id, (long long)into->id);
	if (rc == CQ_OK) {
		*came = (struct came){true, c.state, c.due_at, c.incident};
		claim_end(&c);
		c.joined_into = into->id;
		data_text(v->store, &b, "reason", reason);
		rc = case_save(v, &c, "joined", into->id, &b, err);
	}
	cq_buf_free(&b);
	case_done(&c);
	return rc;
}

static bool
to_be_worked(enum cq_state state)
{
	return state == CQ_NEW || state == CQ_OPEN;
}

/* Who waits in a case that comes in must not wait behind one that rests. */
static bool
must_reopen(enum cq_state survivor, enum cq_state joined)
{
	if (to_be_worked(joined))
		return !to_be_worked(survivor);
	return cq_state_in_queue(joined) && !cq_state_in_queue(survivor);
}

/* Its customer is due as soon as before, and its cause is not forgotten. */
static enum cq_status
take_in(struct verb *v, struct case_now *c, const struct came *came,
    struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	if (must_reopen(c->state, came->state))
		rc = case_step(v, c, CQ_MOVE_REOPEN, err);
	if (c->due_at != CQ_NO_TIME && came->due_at != CQ_NO_TIME &&
	    came->due_at < c->due_at)
		c->due_at = came->due_at;
	if (c->incident == 0)
		c->incident = came->incident;
	return rc;
}

/* After its posts changed: counts anew, takes in what came, says so. */
static enum cq_status
settle(struct verb *v, int64_t id, const struct came *came, const char *kind,
    int64_t ref, struct cq_buf *extra, struct cq_err *err)
{
	struct case_now c = {0};
	enum cq_status rc = case_recount(v, id, err);

	if (rc == CQ_OK)
		rc = case_get_row(v, id, &c, err);
	if (rc == CQ_OK && came->any)
		rc = take_in(v, &c, came, err);
	if (rc == CQ_OK)
		rc = case_save(v, &c, kind, ref, extra, err);
	case_done(&c);
	return rc;
}

struct joining {
	const int64_t *cases;
	size_t n;
	bool held;  /* the agent knows that somebody works it */
	bool asked; /* for just these, whatever somebody said of them */
	const char *reason;
};

static enum cq_status
join_one(struct verb *v, const struct case_now *into, int64_t id,
    const struct joining *j, struct cq_err *err)
{
	struct cq_buf b = {0};
	struct came came = {0};
	int64_t root = case_root(v->store, id);
	enum cq_status rc = judge_join(v, into->id, root, j->asked, &b, err);

	if (rc == CQ_OK)
		rc = point_to(v, id, into, &came, j->reason, err);
	data_text(v->store, &b, "reason", j->reason);
	if (rc == CQ_OK)
		rc = settle(v, into->id, &came, "join", root, &b, err);
	cq_buf_free(&b);
	return rc;
}

static enum cq_status
join_all(struct verb *v, int64_t into_id, const struct joining *j,
    struct cq_err *err)
{
	struct case_now into = {0};
	enum cq_status rc = CQ_OK;

	for (size_t i = 0; i <= j->n && !j->asked && rc == CQ_OK; i++)
		rc = judge_unmoved(v, i == 0 ? into_id : j->cases[i - 1], err);
	if (rc == CQ_OK)
		rc = case_get(v, into_id, &into, err);
	if (rc == CQ_OK && !j->held)
		rc = check_all_free(v, into_id, j->cases, j->n, err);
	for (size_t i = 0; i < j->n && rc == CQ_OK; i++)
		rc = join_one(v, &into, j->cases[i], j, err);
	v->case_id = into.id;
	v->undoable = true;
	case_done(&into);
	return rc;
}

static enum cq_status
join(struct cq_store *store, const struct cq_act *act, const char *how,
    int64_t into, const struct joining *j, struct cq_err *err)
{
	struct verb v = {0};
	enum cq_status rc = reason_check(j->reason, err);

	if (rc == CQ_OK && j->n == 0)
		rc = cq_fail(err, CQ_INPUT, "name the cases to join into it");
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "join",
		    verb_args_more(verb_args_more(ids_args(into, j->cases,
						      j->n),
				       how),
			j->reason),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay)
		rc = join_all(&v, into, j, err);
	return verb_end(&v, rc, err);
}

enum cq_status
cq_store_join(struct cq_store *store, const struct cq_act *act, int64_t into,
    const int64_t *cases, size_t n, bool held, const char *reason,
    struct cq_err *err)
{
	struct joining j = {cases, n, held, true, reason};

	return join(store, act, "", into, &j, err);
}

enum cq_status
cq_store_accept(struct cq_store *store, const struct cq_act *act,
    const int64_t *cases, size_t n, bool held, const char *reason,
    struct cq_err *err)
{
	struct joining j = {cases + 1, n - 1, held, false, reason};

	if (n < 2)
		return cq_fail(err, CQ_INPUT, "a group has two cases or more");
	return join(store, act, "accept", cases[0], &j, err);
}

/* --- splitting --------------------------------------------------------- */

/* How many of the named posts show in the case, and how many it has. */
static enum cq_status
count_named(struct verb *v, int64_t root, const char *ids, int64_t *named,
    int64_t *all, struct cq_err *err)
{
	static const char sql[] =
	    FAMILY "SELECT count(*) FILTER (WHERE id IN"
		   "  (SELECT value FROM json_each(:ids))), count(*)"
		   " FROM post WHERE case_id IN (SELECT id FROM family)";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":root", root);
	db_bind_text(&q, ":ids", ids);
	if (db_row(&q)) {
		*named = db_int(&q, 0);
		*all = db_int(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* One number of one row; sql is a literal. */
static enum cq_status
look_up(struct verb *v, const char *sql, int64_t id, int64_t *number,
    struct cq_err *err)
{
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", id);
	return db_one_int(&q, number, err);
}

/*
 * The joined case that has just the named posts, with those that were
 * joined into it; 0 if there is none.  Looked for from the case of one of
 * these posts upwards.
 */
static enum cq_status
whole_case(struct verb *v, int64_t root, const char *ids, int64_t post,
    int64_t n, int64_t *whole, struct cq_err *err)
{
	static const char home[] = "SELECT case_id FROM post WHERE id = :id";
	static const char up[] = "SELECT joined_into FROM cases WHERE id = :id";
	int64_t id = 0, named = 0, all = 0;
	enum cq_status rc = look_up(v, home, post, &id, err);

	*whole = 0;
	while (rc == CQ_OK && id != root && all <= n) {
		rc = count_named(v, id, ids, &named, &all, err);
		if (rc == CQ_OK && named == n && all == n)
			*whole = id;
		if (rc == CQ_OK)
			rc = look_up(v, up, id, &id, err);
	}
	return rc;
}

static enum cq_status
new_case(struct verb *v, const char *ids, int64_t *id, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO cases (state, grp, sort_key, opened_at, due_at,"
	    " last_post_at) SELECT 'new', 0, 0, coalesce(min(seen_at), :now),"
	    " coalesce(min(seen_at), :now) + :due, :now FROM post WHERE id IN"
	    " (SELECT value FROM json_each(:ids)) RETURNING id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":due", v->store->weights.due_s);
	db_bind_text(&q, ":ids", ids);
	return db_one_int(&q, id, err);
}

/* Where the posts are now, for undo: [{"id":..,"case":..,...},...]. */
static char *
places(struct verb *v, const char *ids)
{
	static const char sql[] =
	    "SELECT json_group_array(json_object('id', id, 'case', case_id,"
	    " 'rule', rule, 'why', why)) FROM (SELECT * FROM post WHERE id IN"
	    " (SELECT value FROM json_each(:ids)) ORDER BY id)";
	struct db_stmt q;
	char *json = NULL;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":ids", ids);
	db_one_text(&q, &json, NULL);
	return json;
}

static enum cq_status
move_posts(struct verb *v, const char *ids, int64_t from, int64_t to,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE post SET case_id = :to, rule = 'person',"
	    " why = 'split from case ' || :from || ' by ' || :agent"
	    " WHERE id IN (SELECT value FROM json_each(:ids))";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":to", to);
	db_bind_int(&q, ":from", from);
	db_bind_text(&q, ":agent", v->act->agent);
	db_bind_text(&q, ":ids", ids);
	return db_run(&q, err);
}

/* When the first of the posts came in: reports count from then. */
static int64_t
earliest(struct verb *v, const char *ids)
{
	static const char sql[] =
	    "SELECT coalesce(min(seen_at), :now) FROM post WHERE id IN"
	    " (SELECT value FROM json_each(:ids))";
	struct db_stmt q;
	int64_t at = v->now;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_text(&q, ":ids", ids);
	db_one_int(&q, &at, NULL);
	return at;
}

static enum cq_status
split_posts(struct verb *v, int64_t root, const char *ids, const char *reason,
    struct cq_err *err)
{
	struct cq_buf old = {0}, new = {0};
	char *before = places(v, ids);
	enum cq_status rc = new_case(v, ids, &v->number, err);

	data_text(v->store, &old, "reason", reason);
	data_json(&old, "posts", before);
	data_text(v->store, &new, "reason", reason);
	data_int(&new, "since", earliest(v, ids));
	if (rc == CQ_OK)
		rc = move_posts(v, ids, root, v->number, err);
	if (rc == CQ_OK)
		rc = settle(v, v->number, &nothing, "split_off", root, &new,
		    err);
	if (rc == CQ_OK)
		rc = settle(v, root, &nothing, "split", v->number, &old, err);
	free(before);
	cq_buf_free(&old);
	cq_buf_free(&new);
	return rc;
}

static enum cq_status
split(struct verb *v, int64_t case_id, const int64_t *posts, size_t n,
    const char *reason, struct cq_err *err)
{
	struct case_now c = {0};
	char *ids = ids_json(posts, n);
	int64_t named = 0, all = 0, whole = 0;
	enum cq_status rc = case_get(v, case_id, &c, err);

	if (rc == CQ_OK)
		rc = check_free(v, &c, err);
	if (rc == CQ_OK)
		rc = count_named(v, c.id, ids, &named, &all, err);
	if (rc == CQ_OK && named != (int64_t)n)
		rc = cq_fail(err, CQ_NOT_FOUND,
		    "not all of these posts are in case %lld, or one is "
		    "named twice; see 'caseq show %lld'",
		    (long long)c.id, (long long)c.id);
	if (rc == CQ_OK && named == all)
		rc = cq_fail(err, CQ_INPUT,
		    "nothing would stay behind in case %lld; leave a post "
		    "in it",
		    (long long)c.id);
	if (rc == CQ_OK)
		rc = whole_case(v, c.id, ids, posts[0], named, &whole, err);
	if (rc == CQ_OK && whole != 0) {
		v->number = whole;
		rc = unjoin_case(v, c.id, whole, reason, err);
	} else if (rc == CQ_OK) {
		rc = split_posts(v, c.id, ids, reason, err);
	}
	v->case_id = c.id;
	v->undoable = true;
	free(ids);
	case_done(&c);
	return rc;
}

enum cq_status
cq_store_split(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const int64_t *posts, size_t n, const char *reason,
    int64_t *new_case_id, struct cq_err *err)
{
	struct verb v = {0};
	int64_t number;
	enum cq_status rc = reason_check(reason, err);

	*new_case_id = 0;
	if (rc == CQ_OK && n == 0)
		rc = cq_fail(err, CQ_INPUT, "name the posts to break out");
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "split",
		    verb_args_more(ids_args(case_id, posts, n), reason),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay)
		rc = split(&v, case_id, posts, n, reason, err);
	number = v.number;
	rc = verb_end(&v, rc, err);
	if (rc == CQ_OK)
		*new_case_id = number;
	return rc;
}
