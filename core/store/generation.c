#include "core/store/generation.h"

/* So many likenesses are dropped when a batch of posts is taken in. */
#define FORGET_AT_ONCE (4 * SEARCH_BATCH)

enum cq_status
generation_read(struct cq_store *store, struct generation *g,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT b, n, before, newest_at, old_at, forgotten FROM search_age";
	struct db_stmt q;
	enum cq_status rc;

	*g = (struct generation){0};
	db_prepare(&q, store, sql);
	if (db_row(&q)) {
		g->b = db_int(&q, 0) != 0;
		g->n = db_int(&q, 1);
		g->before = db_int(&q, 2);
		g->newest_at = db_int(&q, 3);
		g->old_at = db_int(&q, 4);
		g->forgotten = db_int(&q, 5);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

enum cq_status
generation_write(struct cq_store *store, const struct generation *g,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE search_age SET b = :b, n = :n, before = :before,"
	    " newest_at = :newest, old_at = :old, forgotten = :forgotten";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":b", g->b);
	db_bind_int(&q, ":n", g->n);
	db_bind_int(&q, ":before", g->before);
	db_bind_int(&q, ":newest", g->newest_at);
	db_bind_int(&q, ":old", g->old_at);
	db_bind_int(&q, ":forgotten", g->forgotten);
	return db_run(&q, err);
}

/* The older one is emptied, and takes the posts from now on. */
static enum cq_status
turn(struct cq_store *store, struct generation *g, int64_t before,
    struct cq_err *err)
{
	static const char empty_a[] =
	    "INSERT INTO search (search) VALUES ('delete-all')";
	static const char empty_b[] =
	    "INSERT INTO search_b (search_b) VALUES ('delete-all')";
	struct db_stmt q;

	g->b = !g->b;
	g->n = 0;
	g->forgotten = g->before;
	g->before = before;
	g->old_at = g->newest_at;
	if (g->b)
		db_prepare(&q, store, empty_b);
	else
		db_prepare(&q, store, empty_a);
	return db_run(&q, err);
}

enum cq_status
generation_take(struct cq_store *store, struct generation *g,
    const struct search_post *post, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	if (g->n >= GENERATION_LEAST && post->at - g->old_at > CQ_LIKE_WINDOW_S)
		rc = turn(store, g, post->id - 1, err);
	g->n++;
	if (post->at > g->newest_at)
		g->newest_at = post->at;
	return rc;
}

enum cq_status
generation_forget(struct cq_store *store, const struct generation *g,
    struct cq_err *err)
{
	static const char sql[] =
	    "DELETE FROM likeness WHERE post IN (SELECT post FROM likeness"
	    " WHERE post <= :forgotten ORDER BY post LIMIT :max)";
	struct db_stmt q;

	if (g->forgotten == 0)
		return CQ_OK;
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":forgotten", g->forgotten);
	db_bind_int(&q, ":max", FORGET_AT_ONCE);
	return db_run(&q, err);
}
