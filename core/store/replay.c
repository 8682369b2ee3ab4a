#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/named.h"
#include "core/store/replay.h"
#include "core/store/stored.h"

/*
 * The past once more, under other rules: the log is read from the beginning
 * of the context on, posts come in on the side and people's acts are done
 * there again.  With the settings that were in force, the same posts join.
 */

/* Events read at once: nothing of the queue stays locked meanwhile. */
#define PAGE 500

/* --- one post ---------------------------------------------------------- */

/*
 * case_id: the case that it opened or joined, then; event: which tells so,
 * 0 if it does not count.
 */
static enum cq_status
feed(struct replay *r, int64_t id, int64_t case_id, int64_t event, bool counted,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT " STORED_COLUMNS ", p.source, p.near, p.seen_at,"
	    " coalesce(json_extract(e.data, '$.rule'),"
	    "  CASE e.kind WHEN 'open' THEN 'first' ELSE p.rule END),"
	    " EXISTS (SELECT 1 FROM suggestion g WHERE g.post = p.id"
	    "  AND g.rule <> 'like')"
	    " FROM post p LEFT JOIN event e ON e.id = :event" STORED_FROM
	    "WHERE p.id = :id";
	struct sided post = {.live = id, .live_case = case_id};
	struct cq_post content;
	struct db_stmt q;
	enum cq_status rc = CQ_OK;

	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":id", id);
	db_bind_int(&q, ":event", event);
	if (db_row(&q)) {
		stored_read(&q, 0, &content);
		post.counted = counted &&
		    (r->source == 0 || r->source == db_int(&q, STORED_N));
		post.from = db_int(&q, STORED_N + 1);
		(void)cq_rule_parse(db_str(&q, STORED_N + 3), &post.was);
		post.suggested = db_int(&q, STORED_N + 4) != 0;
		r->out->n_context += !post.counted;
		rc = side_feed(&r->side, &post, &content,
		    db_int(&q, STORED_N + 2), err);
	}
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
edit(struct replay *r, int64_t id, int64_t revision, int64_t at,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT " STORED_COLUMNS ", coalesce((SELECT r.text FROM revision r"
	    " WHERE r.post = p.id AND r.n = :n + 1), p.text) FROM post "
	    "p" STORED_FROM "WHERE p.id = :id";
	struct cq_post content;
	struct db_stmt q;
	enum cq_status rc = side_flush(&r->side, err);

	if (rc != CQ_OK || side_find(&r->side, id) == NULL)
		return rc;
	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":id", id);
	db_bind_int(&q, ":n", revision);
	if (db_row(&q)) {
		stored_read(&q, 0, &content);
		content.text = db_str(&q, STORED_N);
		rc = side_edit(&r->side, &content, at, err);
	}
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* --- what came before the context --------------------------------------- */

/* What the log told of a case last, before the first event that is read. */
static char *
told_before(struct replay *r, int64_t case_id, const char *path)
{
	static const char sql[] =
	    "SELECT json_extract(data, :path) FROM event WHERE case_id = :id"
	    " AND id < :first AND kind <> 'open'"
	    " AND json_type(data, :path) IS NOT NULL ORDER BY n DESC LIMIT 1";
	struct db_stmt q;
	char *told = NULL;

	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":id", case_id);
	db_bind_int(&q, ":first", r->first);
	db_bind_text(&q, ":path", path);
	(void)db_one_text(&q, &told, NULL);
	return told;
}

/* Into which case it was joined then, if that one is here too. */
static enum cq_status
join_as_then(struct replay *r, int64_t case_id, struct cq_err *err)
{
	char *into = told_before(r, case_id, "$.after.joined_into");
	enum cq_status rc = CQ_OK;

	if (into != NULL)
		rc = people_joined(&r->side, case_id, strtoll(into, NULL, 10),
		    err);
	free(into);
	return rc;
}

static enum cq_status
move_as_then(struct replay *r, int64_t case_id, struct cq_err *err)
{
	char *state = told_before(r, case_id, "$.after.state");
	enum cq_status rc = CQ_OK;

	if (state != NULL)
		rc = people_moved(&r->side, case_id, state, err);
	free(state);
	return rc;
}

/* The case itself that an old post stands in, and those it is joined into. */
static enum cq_status
settle_old(struct replay *r, struct cq_err *err)
{
	enum cq_status rc = side_flush(&r->side, err);

	for (size_t i = 0; i < r->side.n_fed && rc == CQ_OK; i++)
		rc = join_as_then(r, r->side.at[i].live_case, err);
	for (size_t i = 0; i < r->side.n_fed && rc == CQ_OK; i++)
		rc = move_as_then(r, r->side.at[i].live_case, err);
	return rc;
}

/*
 * Posts of the context may belong to older ones: those come in first, each
 * where it was, so that replies find their threads.
 */
static enum cq_status
feed_old(struct replay *r, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, case_id FROM post WHERE id IN (SELECT near FROM post"
	    " WHERE id >= :first AND near < :first) ORDER BY 1";
	struct db_stmt q;
	enum cq_status rc = CQ_OK;

	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":first", r->first_post);
	while (rc == CQ_OK && db_row(&q))
		rc = feed(r, db_int(&q, 0), db_int(&q, 1), 0, false, err);
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	return rc == CQ_OK ? settle_old(r, err) : rc;
}

/* --- the log ------------------------------------------------------------ */

static enum cq_status
again(struct replay *r, struct db_stmt *q, struct cq_err *err)
{
	int64_t case_id = db_int(q, 1), at = db_int(q, 2), ref = db_int(q, 4);
	const char *kind = db_str(q, 3);
	int64_t op = db_int(q, 5);
	enum cq_status rc;

	if (strcmp(kind, "open") == 0 || strcmp(kind, "post") == 0)
		return feed(r, ref, case_id, db_int(q, 0),
		    at >= r->out->from_at, err);
	if (strcmp(kind, "edit") == 0)
		return edit(r, ref, db_int(q, 6), at, err);
	if (op == 0 || op == r->op) /* time's own; the same act */
		return CQ_OK;
	rc = side_flush(&r->side, err);
	r->op = op;
	r->side.now = at;
	return rc == CQ_OK ? people_act(&r->side, op, err) : rc;
}

/* *last is the last event that was read; *n how many were. */
static enum cq_status
page(struct replay *r, int64_t *last, int *n, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, case_id, at, kind, coalesce(ref, 0), coalesce(op, 0),"
	    " CASE kind WHEN 'edit' THEN json_extract(data, '$.revision') END"
	    " FROM event WHERE id > :last AND id <= :end ORDER BY id"
	    " LIMIT :max";
	struct db_stmt q;
	enum cq_status rc = CQ_OK;

	*n = 0;
	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":last", *last);
	db_bind_int(&q, ":end", r->end);
	db_bind_int(&q, ":max", PAGE);
	while (rc == CQ_OK && db_row(&q)) {
		*last = db_int(&q, 0);
		r->read_to = db_int(&q, 2);
		++*n;
		rc = again(r, &q, err);
	}
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
read_log(struct replay *r, const struct cq_replay_opts *opts,
    struct cq_err *err)
{
	int64_t last = r->first - 1;
	enum cq_status rc = CQ_OK;
	int n = 1;

	while (rc == CQ_OK && n > 0) {
		rc = page(r, &last, &n, err);
		if (opts->progress != NULL)
			opts->progress(opts->arg, last - r->first + 1,
			    r->end - r->first + 1);
		if (opts->stop != NULL && *opts->stop != 0 && n > 0) {
			r->out->stopped = true;
			r->out->to_at = r->read_to;
			break;
		}
	}
	return rc == CQ_OK ? side_flush(&r->side, err) : rc;
}

/* Where the log is read from and to. */
static enum cq_status
find_ends(struct replay *r, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT coalesce((SELECT min(id) FROM post WHERE id >="
	    " (SELECT min(ref) FROM event WHERE id >= :first AND at >= :from"
	    "  AND kind IN ('open', 'post'))), 0)";
	int64_t from = r->out->from_at - CQ_REPLAY_CONTEXT_S;
	struct span span;
	struct db_stmt q;
	enum cq_status rc =
	    span_find(r->side.live, from, r->out->to_at, &span, err);

	if (rc != CQ_OK)
		return rc;
	r->first = span.first;
	r->end = span.last;
	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":first", span.first);
	db_bind_int(&q, ":from", from);
	return db_one_int(&q, &r->first_post, err);
}

static enum cq_status
replay(struct replay *r, const struct cq_replay_opts *opts, struct cq_err *err)
{
	enum cq_status rc =
	    source_id(r->side.live, opts->source, &r->source, err);

	for (size_t i = 0; i < opts->n_set && rc == CQ_OK; i++)
		rc = cq_rule_allows(opts->set[i].rule, opts->set[i].mode, err);
	if (rc == CQ_OK)
		rc = side_open(&r->side, r->side.live, err);
	if (rc == CQ_OK)
		rc = find_ends(r, err);
	if (rc != CQ_OK || r->first == 0 || r->first_post == 0)
		return rc;
	rc = feed_old(r, err); /* before own accounts are known here */
	if (rc == CQ_OK)
		rc = side_rules(&r->side, opts, err);
	if (rc == CQ_OK)
		rc = read_log(r, opts, err);
	return rc == CQ_OK ? replay_people(r, err) : rc;
}

enum cq_status
cq_store_replay(struct cq_store *store, const struct cq_replay_opts *opts,
    struct cq_replay *out, struct cq_err *err)
{
	struct replay r = {.out = out};
	enum cq_status rc = db_own(store, err);

	*out =
	    (struct cq_replay){.from_at = opts->from_at, .to_at = opts->to_at};
	if (rc != CQ_OK)
		return rc;
	r.side.live = store;
	r.side.fed = replay_compare;
	r.side.arg = &r;
	rc = replay(&r, opts, err);
	side_close(&r.side);
	if (rc != CQ_OK)
		cq_replay_free(out);
	return rc;
}
