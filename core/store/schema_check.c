#include "core/store/db.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"

/*
 * What somebody planted in a queue must not run in the name of those who open
 * it: it is held to a model, in which all steps of schema.c were taken.  To
 * make that takes longer than all else a command does, so the digest of its
 * parts is kept here.  A queue of this digest has these parts and no others;
 * the model is made for one that has another, and tells what is odd.
 */

/* A step changes it: test_store_schema says what it is now. */
const char schema_digest_known[SCHEMA_DIGEST_SIZE] =
    "17f6a01818e596e8a57df40bbf2a1b3aec1ce0fea58b2efa98b4589d4d29c891";

/* SQLite names tables and indexes of its own so; nothing of them runs. */
#define NOT_OF_SQLITE                                              \
	" FROM sqlite_schema WHERE type NOT IN ('table', 'index')" \
	" OR name NOT LIKE 'sqlite!_%' ESCAPE '!'"

int
schema_digest(sqlite3 *db, char hex[SCHEMA_DIGEST_SIZE])
{
	uint8_t digest[CQ_SHA256_SIZE];
	struct cq_buf all = {0};
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db,
	    "SELECT hex(type) || ' ' || hex(name) || ' ' || hex(tbl_name)"
	    " || ' ' || ifnull(hex(sql), '-') || ' '" NOT_OF_SQLITE
	    " ORDER BY 1",
	    -1, &s, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		cq_buf_str(&all, (const char *)sqlite3_column_text(s, 0));
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_DONE) {
		rc = SQLITE_OK;
		cq_sha256(all.s, all.n, digest);
		cq_hex(digest, sizeof(digest), hex);
	}
	sqlite3_finalize(s);
	cq_buf_free(&all);
	return rc;
}

/* The first part of one schema that another has not; NULL if there is none. */
static char *
odd_part(sqlite3 *one, sqlite3 *other, int *rc)
{
	static const char parts[] =
	    "SELECT type || ' ' || name, sql" NOT_OF_SQLITE;
	static const char same[] =
	    "SELECT 1 FROM sqlite_schema WHERE type || ' ' || name = ?1"
	    " AND sql IS ?2";
	sqlite3_stmt *all = NULL, *find = NULL;
	char *odd = NULL;

	*rc = sqlite3_prepare_v2(one, parts, -1, &all, NULL);
	if (*rc == SQLITE_OK)
		*rc = sqlite3_prepare_v2(other, same, -1, &find, NULL);
	while (*rc == SQLITE_OK && odd == NULL &&
	    (*rc = sqlite3_step(all)) == SQLITE_ROW) {
		sqlite3_bind_value(find, 1, sqlite3_column_value(all, 0));
		sqlite3_bind_value(find, 2, sqlite3_column_value(all, 1));
		*rc = SQLITE_OK;
		if (sqlite3_step(find) != SQLITE_ROW)
			odd = cq_format("%.80s",
			    (const char *)sqlite3_column_text(all, 0));
		sqlite3_reset(find);
	}
	if (*rc == SQLITE_DONE)
		*rc = SQLITE_OK;
	sqlite3_finalize(all);
	sqlite3_finalize(find);
	return odd;
}

static enum cq_status
hold_to_model(struct cq_store *store, bool whole, struct cq_err *err)
{
	sqlite3 *model = NULL;
	char *odd = NULL, *lost = NULL;
	int rc = sqlite3_open(":memory:", &model);
	enum cq_status status = CQ_OK;

	if (rc == SQLITE_OK)
		rc = schema_model(model);
	if (rc == SQLITE_OK)
		odd = odd_part(store->db, model, &rc);
	if (rc == SQLITE_OK && whole)
		lost = odd_part(model, store->db, &rc);
	if (rc != SQLITE_OK)
		status = db_fail(store, rc, err);
	else if (odd != NULL)
		status = cq_fail(err, CQ_CORRUPT,
		    "%s has a part that no caseq made (%s); put a backup in "
		    "its place",
		    store->path, odd);
	else if (lost != NULL)
		status = cq_fail(err, CQ_CORRUPT,
		    "%s lacks a part (%s); put a backup in its place",
		    store->path, lost);
	free(odd);
	free(lost);
	sqlite3_close(model);
	return status;
}

enum cq_status
schema_check(struct cq_store *store, bool whole, struct cq_err *err)
{
	char digest[SCHEMA_DIGEST_SIZE];
	int rc = schema_digest(store->db, digest);

	if (rc != SQLITE_OK)
		return db_fail(store, rc, err);
	if (strcmp(digest, schema_digest_known) == 0)
		return CQ_OK;
	return hold_to_model(store, whole, err);
}
