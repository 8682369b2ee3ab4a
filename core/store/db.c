#include "core/store/verb.h"

#include <time.h>
#include <unistd.h>

#include "core/store/postcache.h"
#include "core/store/wordrow.h"

/* The brackets of every transaction. */

int64_t
db_now(const struct cq_store *store)
{
	return store->env.now(store->env.arg);
}

int64_t
db_clock_us(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

enum cq_status
db_own(struct cq_store *store, struct cq_err *err)
{
	if (store->pid != getpid())
		return cq_fail(err, CQ_DB,
		    "the queue was opened before fork(); open it again");
	return CQ_OK;
}

static enum cq_status
set_sync(struct cq_store *store, enum db_sync sync, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	if (store->sync_known && store->sync == sync)
		return CQ_OK;
	rc = db_exec(store,
	    sync == DB_FULL ? "PRAGMA synchronous = FULL"
			    : "PRAGMA synchronous = NORMAL",
	    err);
	store->sync_known = rc == CQ_OK;
	store->sync = sync;
	return rc;
}

/* A program that has been running since before an update must not write. */
static enum cq_status
check_version(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] = "PRAGMA user_version";
	struct db_stmt q;
	int64_t version = 0;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	rc = db_one_int(&q, &version, err);
	if (rc == CQ_OK && version != schema_version())
		rc = cq_fail(err, CQ_VERSION,
		    "the queue was brought to version %d by another caseq "
		    "while this one knows %d; start caseq again",
		    (int)version, schema_version());
	return rc;
}

/*
 * Words and posts are kept unless another process took in posts, or edits of
 * posts: claims of people leave both as they are.
 */
static enum cq_status
check_kept(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT (SELECT n FROM word WHERE key = 0), n_edits FROM queue";
	int64_t n_posts = -1, n_edits = -1;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	if (db_row(&q)) {
		n_posts = db_int(&q, 0);
		n_edits = db_int(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc != CQ_OK || n_edits != store->n_edits ||
	    !words_fit(store, n_posts)) {
		words_forget(store);
		postcache_forget(store);
	}
	store->n_edits = n_edits;
	return rc;
}

/* Another process may have changed what is kept in memory. */
static enum cq_status
refresh(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] = "PRAGMA data_version";
	struct db_stmt q;
	int64_t version = 0;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	rc = db_one_int(&q, &version, err);
	if (rc == CQ_OK && version != store->weights_at) {
		if (store->weights_at != 0)
			store->others_ms = db_clock_us() / 1000;
		rc = check_kept(store, err);
		if (rc == CQ_OK)
			rc = weights_load(store, err);
	}
	if (rc == CQ_OK)
		store->weights_at = version;
	return rc;
}

/* Words written into a file that was moved away would be lost with it. */
static enum cq_status
check_place(struct cq_store *store, struct cq_err *err)
{
	int moved = 0;

	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	if (!moved)
		return CQ_OK;
	return cq_fail(err, CQ_DB,
	    "nothing was saved: the queue file is gone or another one now; put "
	    "%s back, or start again",
	    store->path);
}

enum cq_status
db_begin(struct cq_store *store, enum db_sync sync, struct cq_err *err)
{
	enum cq_status rc = db_own(store, err);
	int sq;

	if (rc == CQ_OK)
		rc = gate_lock(store->gate_fd, store->patience_ms, err);
	if (rc != CQ_OK)
		return rc;
	rc = check_place(store, err);
	if (rc == CQ_OK)
		rc = set_sync(store, sync, err);
	if (rc == CQ_OK) {
		sq = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL,
		    NULL);
		if (sq != SQLITE_OK)
			rc = db_fail(store, sq, err);
	}
	store->keep = false;
	if (rc != CQ_OK) {
		gate_unlock(store->gate_fd);
		return rc;
	}
	rc = check_version(store, err);
	if (rc == CQ_OK)
		rc = refresh(store, err);
	return rc == CQ_OK ? CQ_OK : db_end(store, rc, err);
}

enum cq_status
db_end(struct cq_store *store, enum cq_status rc, struct cq_err *err)
{
	int sq = SQLITE_OK;

	if (rc == CQ_OK || store->keep)
		sq = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
	if (sq != SQLITE_OK)
		rc = db_fail(store, sq, err);
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	if (rc != CQ_OK) { /* what they hold was not stored */
		words_forget(store);
		postcache_forget(store);
		store->n_edits = -1; /* nor were these */
	}
	store->keep = false;
	gate_unlock(store->gate_fd);
	wal_write_back(store, store->import);
	store->import = false;
	return rc;
}

enum cq_status
db_look(struct cq_store *store, struct cq_err *err)
{
	enum cq_status rc = db_own(store, err);

	if (rc == CQ_OK)
		rc = db_exec(store, "SAVEPOINT look", err);
	if (rc != CQ_OK)
		return rc;
	rc = refresh(store, err);
	if (rc != CQ_OK)
		db_look_end(store);
	return rc;
}

void
db_look_end(struct cq_store *store)
{
	sqlite3_exec(store->db, "RELEASE look", NULL, NULL, NULL);
}
