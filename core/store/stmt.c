#include "core/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Statements: prepare, bind by name, step, and one place for failures. */

enum cq_status
db_fail(struct cq_store *store, int rc, struct cq_err *err)
{
	const char *what = sqlite3_errmsg(store->db);

	if ((rc & 0xff) == SQLITE_IOERR &&
	    sqlite3_system_errno(store->db) == ENOSPC)
		rc = SQLITE_FULL;
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return cq_fail(err, CQ_BUSY,
		    "the queue is busy; nothing was changed; try again");
	case SQLITE_FULL:
		return cq_fail(err, CQ_FULL,
		    "the disk is full: nothing was saved; free some space "
		    "and try again");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return cq_fail(err, CQ_CORRUPT,
		    "damaged, or no queue: %s (%s); see 'caseq doctor', or "
		    "put a backup in its place",
		    store->path, what);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return cq_fail(err, CQ_DB,
		    "%s may not be written by you; ask its owner, or see "
		    "'caseq doctor'",
		    store->path);
	case SQLITE_CANTOPEN:
		return cq_fail(err, CQ_DB,
		    "%s cannot be opened; check that you may read and write "
		    "it and its directory",
		    store->path);
	case SQLITE_TOOBIG:
		return cq_fail(err, CQ_INPUT, "a text is too long to store");
	default:
		return cq_fail(err, CQ_DB, "the queue failed: %s", what);
	}
}

/*
 * Where a statement has its values: who runs it binds them in the same order
 * each time, so the n-th name is nearly always the one of last time.
 */
struct db_place {
	const char *name; /* the literal itself */
	int place;
};
#define DB_PLACES 32

/* The statement of that literal if it is at rest; else a free slot or NULL. */
static struct db_kept *
find_kept(struct cq_store *store, const char *sql)
{
	uint64_t i = ((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
	struct db_kept *k;

	do
		k = &store->kept[i++ & (DB_SLOTS - 1)];
	while (k->sql != NULL && (k->sql != sql || k->used));
	return k->sql != NULL || store->n_kept < DB_CACHED ? k : NULL;
}

void
db_prepare(struct db_stmt *q, struct cq_store *store, const char *sql)
{
	struct db_kept *k = find_kept(store, sql);

	*q = (struct db_stmt){.store = store};
	if (k == NULL || k->sql == NULL)
		q->rc = sqlite3_prepare_v3(store->db, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &q->s, NULL);
	if (k != NULL && k->sql == NULL && q->s != NULL) {
		*k = (struct db_kept){.sql = sql, .stmt = q->s};
		k->places = cq_alloc(DB_PLACES * sizeof(*k->places));
		store->n_kept++;
	}
	if (k != NULL && k->sql != NULL) {
		q->kept = k;
		q->s = k->stmt;
		k->used = true;
	}
}

void
db_forget(struct cq_store *store)
{
	for (size_t i = 0; i < DB_SLOTS; i++) {
		sqlite3_finalize(store->kept[i].stmt);
		free(store->kept[i].places);
		store->kept[i] = (struct db_kept){0};
	}
	store->n_kept = 0;
}

void
db_prepare_once(struct db_stmt *q, struct cq_store *store, const char *sql)
{
	*q = (struct db_stmt){.store = store};
	q->rc = sqlite3_prepare_v2(store->db, sql, -1, &q->s, NULL);
}

void
db_finalize(struct db_stmt *q)
{
	if (q->kept != NULL) {
		sqlite3_reset(q->s);
		sqlite3_clear_bindings(q->s);
		q->kept->used = false;
	} else {
		sqlite3_finalize(q->s);
	}
	q->s = NULL;
	q->kept = NULL;
}

static int
place(struct db_stmt *q, const char *name)
{
	struct db_place *p = NULL;
	int i;

	if (q->rc != SQLITE_OK)
		return 0;
	if (q->kept != NULL && q->n_bound < DB_PLACES)
		p = &q->kept->places[q->n_bound++];
	if (p != NULL && p->name == name)
		return p->place;
	i = sqlite3_bind_parameter_index(q->s, name);
	if (i == 0)
		q->rc = SQLITE_MISUSE;
	else if (p != NULL)
		*p = (struct db_place){name, i};
	return i;
}

void
db_bind_int(struct db_stmt *q, const char *name, int64_t v)
{
	int i = place(q, name);

	if (i > 0)
		q->rc = sqlite3_bind_int64(q->s, i, v);
}

void
db_bind_id(struct db_stmt *q, const char *name, int64_t v)
{
	int i = place(q, name);

	if (i > 0)
		q->rc = v == 0 ? sqlite3_bind_null(q->s, i)
			       : sqlite3_bind_int64(q->s, i, v);
}

void
db_bind_time(struct db_stmt *q, const char *name, int64_t v)
{
	int i = place(q, name);

	if (i > 0)
		q->rc = v == CQ_NO_TIME ? sqlite3_bind_null(q->s, i)
					: sqlite3_bind_int64(q->s, i, v);
}

void
db_bind_text(struct db_stmt *q, const char *name, const char *v)
{
	int i = place(q, name);

	if (i > 0)
		q->rc = sqlite3_bind_text(q->s, i, v, -1, SQLITE_TRANSIENT);
}

/* As SQLite's CAST(CAST(v AS INTEGER) AS TEXT) = v: see schema.c. */
static bool
is_number(const char *v, int64_t *number)
{
	char again[24];
	long long n;

	if (v == NULL || strlen(v) >= sizeof(again) ||
	    (*v != '-' && (*v < '0' || *v > '9')))
		return false;
	n = strtoll(v, NULL, 10);
	snprintf(again, sizeof(again), "%lld", n);
	*number = n;
	return strcmp(v, again) == 0;
}

void
db_bind_remote(struct db_stmt *q, const char *name, const char *v)
{
	int64_t number = 0;

	if (is_number(v, &number))
		db_bind_int(q, name, number);
	else
		db_bind_text(q, name, v);
}

void
db_bind_blob(struct db_stmt *q, const char *name, const void *v, int n)
{
	int i = place(q, name);

	if (i > 0)
		q->rc = sqlite3_bind_blob(q->s, i, v, n, SQLITE_TRANSIENT);
}

bool
db_row(struct db_stmt *q)
{
	int rc;

	if (q->rc != SQLITE_OK)
		return false;
	rc = sqlite3_step(q->s);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		q->rc = rc;
	return false;
}

enum cq_status
db_result(struct db_stmt *q, struct cq_err *err)
{
	return q->rc == SQLITE_OK ? CQ_OK : db_fail(q->store, q->rc, err);
}

enum cq_status
db_run(struct db_stmt *q, struct cq_err *err)
{
	enum cq_status rc;

	while (db_row(q))
		;
	rc = db_result(q, err);
	db_finalize(q);
	return rc;
}

enum cq_status
db_one_int(struct db_stmt *q, int64_t *v, struct cq_err *err)
{
	bool found = db_row(q);
	enum cq_status rc = db_result(q, err);

	*v = found ? db_int(q, 0) : 0;
	db_finalize(q);
	if (rc == CQ_OK && !found)
		rc = CQ_NOT_FOUND;
	return rc;
}

enum cq_status
db_one_text(struct db_stmt *q, char **v, struct cq_err *err)
{
	bool found = db_row(q);
	enum cq_status rc = db_result(q, err);

	*v = found ? db_copy(q, 0) : NULL;
	db_finalize(q);
	if (rc == CQ_OK && !found)
		rc = CQ_NOT_FOUND;
	return rc;
}

int64_t
db_int(struct db_stmt *q, int column)
{
	return sqlite3_column_int64(q->s, column);
}

int64_t
db_time(struct db_stmt *q, int column)
{
	if (sqlite3_column_type(q->s, column) == SQLITE_NULL)
		return CQ_NO_TIME;
	return sqlite3_column_int64(q->s, column);
}

const char *
db_text(struct db_stmt *q, int column)
{
	return (const char *)sqlite3_column_text(q->s, column);
}

const char *
db_str(struct db_stmt *q, int column)
{
	const char *s = db_text(q, column);

	return s == NULL ? "" : s;
}

char *
db_copy(struct db_stmt *q, int column)
{
	return cq_strdup(db_text(q, column));
}

struct raw_text
db_raw(struct db_stmt *q, int column)
{
	return (struct raw_text){db_copy(q, column)};
}

enum cq_status
db_exec(struct cq_store *store, const char *sql, struct cq_err *err)
{
	int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? CQ_OK : db_fail(store, rc, err);
}
