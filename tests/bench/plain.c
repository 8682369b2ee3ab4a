#include "tests/bench/plain.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"

static const char *const names[] = {"author", "cases", "post", "event"};
#define N_TABLES (sizeof(names) / sizeof(names[0]))

struct table {
	sqlite3_stmt *read, *add;
	int64_t last; /* id of the last row that was taken over */
	sqlite3_value **values;
	size_t n_rows, done;
	int n_columns;
};

struct plain {
	sqlite3 *from, *to;
	struct table tables[N_TABLES];
};

static int
tell(sqlite3 *db, const char *what)
{
	fprintf(stderr, "plain SQLite: %s: %s\n", what, sqlite3_errmsg(db));
	return -1;
}

/* The statements that made the queue's tables and indexes, run anew. */
static int
copy_schema(struct plain *p)
{
	static const char sql[] =
	    "SELECT sql FROM sqlite_schema WHERE tbl_name IN ('author',"
	    " 'cases', 'post', 'event') AND type IN ('table', 'index')"
	    " AND sql IS NOT NULL ORDER BY rowid";
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(p->from, sql, -1, &s, NULL);

	while (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		rc = sqlite3_exec(p->to,
		    (const char *)sqlite3_column_text(s, 0), NULL, NULL, NULL);
	sqlite3_finalize(s);
	return rc == SQLITE_OK ? 0 : tell(p->to, "copying the tables");
}

static int
prepare(struct plain *p, size_t t)
{
	struct table *table = &p->tables[t];
	char sql[1000];
	size_t n;
	int rc;

	snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE id > ?1 ORDER BY id",
	    names[t]);
	rc = sqlite3_prepare_v2(p->from, sql, -1, &table->read, NULL);
	table->n_columns = sqlite3_column_count(table->read);
	n = (size_t)snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?",
	    names[t]);
	for (int i = 1; i < table->n_columns; i++)
		n += (size_t)snprintf(sql + n, sizeof(sql) - n, ",?");
	snprintf(sql + n, sizeof(sql) - n, ")");
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(p->to, sql, -1, &table->add, NULL);
	return rc == SQLITE_OK ? 0 : tell(p->to, names[t]);
}

struct plain *
plain_open(const char *queue, const char *path)
{
	struct plain *p = cq_alloc(sizeof(*p));
	int rc = sqlite3_open_v2(queue, &p->from, SQLITE_OPEN_READONLY, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_open(path, &p->to);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(p->to,
		    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		    "PRAGMA cache_size = -65536;"
		    "PRAGMA wal_autocheckpoint = 4000;",
		    NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = copy_schema(p);
	for (size_t t = 0; t < N_TABLES && rc == SQLITE_OK; t++)
		rc = prepare(p, t);
	if (rc == SQLITE_OK)
		return p;
	tell(p->to, "opening");
	plain_close(p);
	return NULL;
}

static void
forget_rows(struct table *table)
{
	for (size_t i = 0; i < table->n_rows * (size_t)table->n_columns; i++)
		sqlite3_value_free(table->values[i]);
	free(table->values);
	table->values = NULL;
	table->n_rows = table->done = 0;
}

void
plain_close(struct plain *p)
{
	for (size_t t = 0; t < N_TABLES; t++) {
		forget_rows(&p->tables[t]);
		sqlite3_finalize(p->tables[t].read);
		sqlite3_finalize(p->tables[t].add);
	}
	sqlite3_close(p->from);
	sqlite3_close(p->to);
	free(p);
}

static void
read_rows(struct table *table)
{
	size_t room = 0;

	sqlite3_bind_int64(table->read, 1, table->last);
	while (sqlite3_step(table->read) == SQLITE_ROW) {
		size_t at = table->n_rows++ * (size_t)table->n_columns;

		if (table->n_rows > room) {
			room = 2 * table->n_rows;
			table->values = cq_grow(table->values,
			    room * (size_t)table->n_columns,
			    sizeof(*table->values));
		}
		for (int i = 0; i < table->n_columns; i++)
			table->values[at + (size_t)i] =
			    sqlite3_value_dup(sqlite3_column_value(table->read,
				i));
		table->last = sqlite3_column_int64(table->read, 0);
	}
	sqlite3_reset(table->read);
}

static int
add_rows(struct table *table, size_t until)
{
	for (; table->done < until; table->done++) {
		sqlite3_value **row =
		    table->values + table->done * (size_t)table->n_columns;

		for (int i = 0; i < table->n_columns; i++)
			sqlite3_bind_value(table->add, i + 1, row[i]);
		if (sqlite3_step(table->add) != SQLITE_DONE)
			return -1;
		sqlite3_reset(table->add);
	}
	return 0;
}

static int
add_batch(struct plain *p, size_t batch, size_t n_batches)
{
	if (sqlite3_exec(p->to, "BEGIN IMMEDIATE", NULL, NULL, NULL) !=
	    SQLITE_OK)
		return tell(p->to, "beginning");
	for (size_t t = 0; t < N_TABLES; t++)
		if (add_rows(&p->tables[t],
			p->tables[t].n_rows * (batch + 1) / n_batches) != 0)
			return tell(p->to, names[t]);
	if (sqlite3_exec(p->to, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return tell(p->to, "committing");
	return 0;
}

double
plain_catch_up(struct plain *p, int n_batches)
{
	clock_t began;
	double took;
	int rc = 0;

	for (size_t t = 0; t < N_TABLES; t++)
		read_rows(&p->tables[t]);
	began = clock();
	for (int i = 0; i < n_batches && rc == 0; i++)
		rc = add_batch(p, (size_t)i, (size_t)n_batches);
	took = (double)(clock() - began) / CLOCKS_PER_SEC;
	for (size_t t = 0; t < N_TABLES; t++)
		forget_rows(&p->tables[t]);
	return rc == 0 ? took : -1;
}

int
plain_checkpoint(const char *queue)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(queue, &db, SQLITE_OPEN_READWRITE, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_wal_checkpoint_v2(db, NULL,
		    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (rc != SQLITE_OK)
		tell(db, "checkpoint");
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : -1;
}
