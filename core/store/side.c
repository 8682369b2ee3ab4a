#include "core/store/side.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/named.h"
#include "core/store/verb.h"

#define BATCH_POSTS 500
#define BATCH_BYTES ((size_t)8 << 20)

int64_t
numbers_get(const struct numbers *map, int64_t i)
{
	return i >= 0 && (size_t)i < map->n ? map->at[i] : 0;
}

void
numbers_set(struct numbers *map, int64_t i, int64_t value)
{
	size_t n = (size_t)i + 1;

	if (n > map->n) {
		n += n / 2;
		map->at = cq_grow(map->at, n, sizeof(*map->at));
		memset(map->at + map->n, 0, (n - map->n) * sizeof(*map->at));
		map->n = n;
	}
	map->at[i] = value;
}

static int64_t
side_now(void *arg)
{
	return ((const struct side *)arg)->now;
}

/* Nobody waits here, and operation ids are counted. */
static void
side_random(void *arg, void *bytes, size_t n)
{
	(void)arg;
	memset(bytes, 0, n);
}

static long
side_fs_type(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return 0;
}

/* Runs "from" on the queue and "into" on the side with each row. */
static enum cq_status
copy_rows(struct side *side, const char *from, const char *into,
    struct cq_err *err)
{
	struct db_stmt rows, q;
	enum cq_status rc = CQ_OK;

	db_prepare_once(&rows, side->live, from);
	while (rc == CQ_OK && db_row(&rows)) {
		db_prepare_once(&q, side->store, into);
		db_bind_int(&q, ":a", db_int(&rows, 0));
		db_bind_text(&q, ":b", db_text(&rows, 1));
		db_bind_text(&q, ":c", db_text(&rows, 2));
		rc = db_run(&q, err);
	}
	if (rc == CQ_OK)
		rc = db_result(&rows, err);
	db_finalize(&rows);
	return rc;
}

enum cq_status
side_open(struct side *side, struct cq_store *live, struct cq_err *err)
{
	const struct cq_env env = {.now = side_now,
	    .random = side_random,
	    .fs_type = side_fs_type,
	    .arg = side};
	enum cq_status rc;

	side->live = live;
	rc = store_scratch(&env, &side->store, err);
	if (rc == CQ_OK)
		rc = copy_rows(side, "SELECT id, name, NULL FROM source",
		    "INSERT INTO source (id, name, adapter, state)"
		    " VALUES (:a, :b, coalesce(:c, 'ndjson'), 'given')",
		    err);
	/* everybody may do all here */
	if (rc == CQ_OK)
		rc = copy_rows(side, "SELECT id, name, NULL FROM agent",
		    "INSERT INTO agent (name, role) SELECT :b,"
		    " coalesce(:c, 'administrator') WHERE :a > 0",
		    err);
	return rc;
}

void
side_close(struct side *side)
{
	cq_store_close(side->store);
	cq_post_list_free(&side->batch);
	free(side->at);
	free(side->live_of.at);
	free(side->case_of.at);
	free(side->op_of.at);
	*side = (struct side){0};
}

enum cq_status
side_rules(struct side *side, const struct cq_replay_opts *opts,
    struct cq_err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO policy (source, rule, mode)"
	    " VALUES (:source, :rule, :mode)";
	int64_t source = 0;
	enum cq_status rc = source_id(side->live, opts->source, &source, err);

	if (rc == CQ_OK)
		rc = copy_rows(side, "SELECT source, handle, NULL FROM own",
		    "INSERT INTO own (source, handle)"
		    " SELECT :a, :b WHERE :c IS NULL",
		    err);
	if (rc == CQ_OK)
		rc = copy_rows(side, "SELECT source, rule, mode FROM policy",
		    "INSERT INTO policy (source, rule, mode)"
		    " VALUES (:a, :b, :c)",
		    err);
	for (size_t i = 0; i < opts->n_set && rc == CQ_OK; i++) {
		struct db_stmt q;

		db_prepare(&q, side->store, sql);
		db_bind_int(&q, ":source", source);
		db_bind_text(&q, ":rule", cq_rule_name(opts->set[i].rule));
		db_bind_text(&q, ":mode", cq_mode_name(opts->set[i].mode));
		rc = db_run(&q, err);
	}
	return rc;
}

struct cq_act
side_act(struct side *side, const char *agent)
{
	snprintf(side->op, sizeof(side->op), "%lld", (long long)++side->n_ops);
	return (struct cq_act){
	    .op = side->op, .agent = agent == NULL ? SCRATCH_AGENT : agent};
}

struct sided *
side_find(struct side *side, int64_t live)
{
	size_t low = 0, high = side->n_fed;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (side->at[mid].live < live)
			low = mid + 1;
		else
			high = mid;
	}
	return low < side->n_fed && side->at[low].live == live ? &side->at[low]
							       : NULL;
}

int64_t
side_case_of(struct side *side, int64_t live)
{
	static const char sql[] = "SELECT case_id FROM post WHERE id = :id";
	const struct sided *post = side_find(side, live);
	int64_t id = 0;
	struct db_stmt q;

	if (post == NULL || post->side == 0)
		return 0;
	db_prepare(&q, side->store, sql);
	db_bind_int(&q, ":id", post->side);
	if (db_one_int(&q, &id, NULL) != CQ_OK)
		return 0;
	return case_root(side->store, id);
}

/* --- posts ------------------------------------------------------------- */

/* What was decided for a post; nothing if it was left out. */
static enum cq_status
read_fed(struct side *side, const struct cq_post *content, struct sided *post,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT p.id, p.near, p.rule, p.case_id FROM post p"
	    " JOIN source s ON s.id = p.source"
	    " WHERE s.name = :source AND p.remote_id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, side->store, sql);
	db_bind_text(&q, ":source", content->source);
	db_bind_remote(&q, ":id", content->id);
	if (db_row(&q)) {
		int64_t near = db_int(&q, 1);

		post->side = db_int(&q, 0);
		numbers_set(&side->live_of, post->side, post->live);
		post->near = numbers_get(&side->live_of, near);
		(void)cq_rule_parse(db_str(&q, 2), &post->rule);
		if (numbers_get(&side->case_of, post->live_case) == 0)
			numbers_set(&side->case_of, post->live_case,
			    db_int(&q, 3));
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

enum cq_status
side_flush(struct side *side, struct cq_err *err)
{
	struct cq_act act = side_act(side, NULL);
	size_t first = side->n_fed;
	enum cq_status rc;

	if (side->batch.n == 0)
		return CQ_OK;
	rc = cq_store_ingest(side->store, &act, side->batch.at, side->batch.n,
	    NULL, err);
	for (size_t i = 0; i < side->batch.n && rc == CQ_OK; i++)
		rc = read_fed(side, &side->batch.at[i], &side->at[first + i],
		    err);
	cq_post_list_clear(&side->batch);
	side->n_fed = side->n;
	for (size_t i = first; i < side->n && rc == CQ_OK; i++)
		rc = side->fed(side->arg, &side->at[i], err);
	return rc;
}

enum cq_status
side_feed(struct side *side, const struct sided *post,
    const struct cq_post *content, int64_t at, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	if (at != side->now || side->batch.n >= BATCH_POSTS ||
	    side->batch.bytes >= BATCH_BYTES)
		rc = side_flush(side, err);
	if (rc != CQ_OK)
		return rc;
	side->now = at;
	cq_post_list_add(&side->batch, content);
	if (side->n == side->cap) {
		side->cap = side->cap == 0 ? 1024 : 2 * side->cap;
		side->at = cq_grow(side->at, side->cap, sizeof(*side->at));
	}
	side->at[side->n++] = *post;
	return CQ_OK;
}

enum cq_status
side_edit(struct side *side, const struct cq_post *content, int64_t at,
    struct cq_err *err)
{
	struct cq_act act;
	enum cq_status rc = side_flush(side, err);

	side->now = at;
	act = side_act(side, NULL);
	return rc == CQ_OK
	    ? cq_store_ingest(side->store, &act, content, 1, NULL, err)
	    : rc;
}
