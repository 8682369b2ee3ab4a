#include "tests/file.h"
#include "tests/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Damaged and hostile files: never a crash, never called well. */

static enum cq_status
open_path(struct fixture *f, const char *path)
{
	struct cq_store *store = NULL;
	enum cq_status rc = cq_store_open(path, &f->env, &store, &f->err);

	assert_true((rc == CQ_OK) == (store != NULL));
	cq_store_close(store);
	return rc;
}

static const char *
beside(struct fixture *f, const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return path;
}

static bool
any_event(void *arg, const struct cq_event *e)
{
	(void)arg;
	return e != NULL;
}

static bool
any_place(void *arg, struct raw_text source, struct raw_text id, int64_t c)
{
	(void)arg;
	(void)source;
	(void)id;
	(void)c;
	return true;
}

static void
any_finding(void *arg, enum cq_finding what, const char *check,
    const char *text)
{
	bool *bad = arg;

	*bad |= what == CQ_BAD;
	assert_non_null(check);
	assert_non_null(text);
}

/* Everything a program does with a queue; only a crash is wrong. */
static bool
use_all(struct fixture *f, struct cq_store *store)
{
	struct cq_act who = act(f, "ana");
	struct cq_post p = a_post("new", "1", "nobody answers the telephone");
	struct cq_case_full full;
	struct cq_cases cases;
	struct cq_counts c;
	struct cq_proof proof;
	struct cq_report report;
	struct cq_agents agents;
	struct cq_sources sources;
	struct cq_ingested sum = {0};
	struct cq_claim claim;
	char what[80], *draft = NULL;
	bool bad = false;

	p.in_reply_to = "1";
	cq_store_counts(store, "ana", &c, &f->err);
	cq_store_list(store, NULL, "ana", NULL, 0, &cases, &f->err);
	cq_cases_free(&cases);
	for (int64_t id = 0; id < 6; id++) {
		cq_store_case(store, id, 0, &full, &f->err);
		cq_case_full_free(&full);
	}
	cq_store_agents(store, &agents, &f->err);
	cq_agents_free(&agents);
	cq_store_sources(store, &sources, &f->err);
	cq_sources_free(&sources);
	cq_store_events(store, -1, any_event, NULL, &f->err);
	cq_store_map(store, any_place, NULL, &f->err);
	cq_store_report(store, T0 - 9999, T0 + 9999, NULL, &report, &f->err);
	cq_report_free(&report);
	bad |= cq_store_audit_verify(store, &proof, &f->err) != CQ_OK ||
	    proof.bad_event != 0;
	bad |=
	    cq_store_doctor(store, false, any_finding, &bad, &f->err) != CQ_OK;
	cq_store_ingest(store, &who, &p, 1, &sum, &f->err);
	who = act(f, "ana");
	cq_store_next(store, &who, 60, &claim, &f->err);
	who = act(f, "ana");
	cq_store_claim(store, &who, 2, 60, &claim, &f->err);
	who = act(f, "ben");
	cq_store_undo(store, &who, what, sizeof(what), NULL, &f->err);
	who = act(f, "ana");
	cq_store_note(store, &who, 1, 0, "words", NULL, &f->err);
	cq_store_draft(store, "ana", 1, &draft, &f->err);
	free(draft);
	who = act(f, "ana");
	cq_store_move(store, &who, 1, 0, CQ_MOVE_RESOLVE, "fixed", 0, &f->err);
	cq_store_tick(store, NULL, &f->err);
	return bad;
}

static void
test_flipped_bytes_never_crash_and_are_never_called_well(void **state)
{
	struct fixture *f = *state;
	const char *path;
	size_t n;
	char *good, *bytes;
	int refused = 0, found = 0;

	for (char id[] = "1"; id[0] <= '5'; id[0]++)
		new_case(f, id);
	note(f, "ben", 1, "words");
	take(f, "ben", 2);
	join(f, "ana", 1, 3);
	OK(f, cq_store_backup(f->store, beside(f, "good.db"), &f->err));
	good = file_read(beside(f, "good.db"), &n);
	bytes = malloc(n);
	path = beside(f, "hurt.db");
	for (int round = 0; round < 60; round++) {
		struct cq_store *store = NULL;
		enum cq_status rc;

		memcpy(bytes, good, n);
		for (int i = 0; i < 100; i++)
			bytes[(dice(f, 1 << 30) % (n - 100)) + 100] ^=
			    (char)(1 << dice(f, 8));
		file_write(path, bytes, n);
		rc = cq_store_open(path, &f->env, &store, &f->err);
		if (rc == CQ_OK)
			found += use_all(f, store);
		else
			refused++;
		assert_true(rc == CQ_OK || rc == CQ_CORRUPT || rc == CQ_DB ||
		    rc == CQ_VERSION);
		cq_store_close(store);
		remove(beside(f, "hurt.db-wal"));
		remove(beside(f, "hurt.db-shm"));
		path = beside(f, "hurt.db");
	}
	free(good);
	free(bytes);
	if (refused + found != 60)
		fail_msg("%d refused, %d found, of 60", refused, found);
}

static void
test_a_file_cut_short_is_found(void **state)
{
	struct fixture *f = *state;
	size_t n, cuts[] = {1, 100, 1000, 4096, 5000, 20000};
	char *good;

	new_case(f, "1");
	OK(f, cq_store_backup(f->store, beside(f, "good.db"), &f->err));
	good = file_read(beside(f, "good.db"), &n);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct cq_store *store = NULL;
		bool bad = false;

		assert_true(cuts[i] < n);
		file_write(beside(f, "cut.db"), good, cuts[i]);
		if (cq_store_open(beside(f, "cut.db"), &f->env, &store,
			&f->err) == CQ_OK)
			bad = use_all(f, store);
		else
			bad = true;
		assert_true(bad);
		cq_store_close(store);
		remove(beside(f, "cut.db-wal"));
		remove(beside(f, "cut.db-shm"));
	}
	free(good);
}

static void
test_a_hostile_schema_is_refused_or_harmless(void **state)
{
	static const char *const schemas[] = {
	    /* endless views */
	    "DROP TABLE weight; CREATE VIEW weight(name, value) AS WITH"
	    " RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
	    " SELECT 'reach', x FROM c",
	    "ALTER TABLE tag RENAME TO old_tag; CREATE VIEW tag AS SELECT *"
	    " FROM old_tag",
	    /* a trigger on what everybody writes */
	    "CREATE TRIGGER evil AFTER INSERT ON event BEGIN UPDATE agent SET"
	    " role = 'administrator'; END",
	    "CREATE TRIGGER evil2 AFTER INSERT ON op BEGIN SELECT"
	    " load_extension('/tmp/evil'); END",
	    "DROP TRIGGER event_fixed; CREATE TRIGGER event_fixed BEFORE"
	    " UPDATE ON event BEGIN SELECT 1; END",
	    "CREATE VIRTUAL TABLE more USING fts5(x)",
	    /* a name that only SQLite gives, and that it reads all the same */
	    "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES"
	    " ('trigger', 'sqlite_evil', 'op', 0, 'CREATE TRIGGER sqlite_evil"
	    " AFTER INSERT ON op BEGIN UPDATE agent SET role ="
	    " ''administrator''; END')",
	};
	struct fixture *f = *state;
	char name[40];

	new_case(f, "1");
	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		snprintf(name, sizeof(name), "evil%zu.db", i);
		OK(f, cq_store_backup(f->store, beside(f, name), &f->err));
		file_sql(beside(f, name), schemas[i]);
		REFUSED(f, CQ_CORRUPT, open_path(f, beside(f, name)));
	}
	OK(f, open_path(f, f->path));
}

static void
test_rows_without_what_every_row_has_crash_nothing(void **state)
{
	static const char *const columns[][2] = {{"cases", "state"},
	    {"agent", "role"}, {"agent", "name"}, {"event", "kind"},
	    {"event", "hash"}, {"op", "verb"}, {"post", "text"},
	    {"post", "rule"}, {"source", "name"}, {"source", "adapter"},
	    {"note", "text"}, {"weight", "name"}, {"source", "cursor"},
	    {"post", "remote_id"}, {"draft", "text"}, {"tag", "tag"}};
	struct fixture *f = *state;
	char change[1200], name[40];
	int opened = 0;

	new_case(f, "1");
	new_case(f, "2");
	note(f, "ben", 1, "words");
	tag(f, "ben", 1, "lost", NULL);
	OK(f, cq_store_draft_save(f->store, "ana", 1, "words", &f->err));
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *table = columns[i][0], *column = columns[i][1];
		struct cq_store *store = NULL;

		snprintf(name, sizeof(name), "null%zu.db", i);
		OK(f, cq_store_backup(f->store, beside(f, name), &f->err));
		/* the schema looks as always, but there are rows beyond it */
		snprintf(change, sizeof(change),
		    "PRAGMA writable_schema = ON;"
		    "CREATE TEMP TABLE kept AS SELECT sql FROM sqlite_schema"
		    " WHERE name = '%s';"
		    "UPDATE sqlite_schema SET sql = replace(replace(sql,"
		    " ' %s TEXT NOT NULL', ' %s TEXT'), ' %s BLOB NOT NULL',"
		    " ' %s BLOB') WHERE name = '%s';"
		    "PRAGMA writable_schema = RESET;"
		    "DROP TRIGGER event_fixed;"
		    "UPDATE OR IGNORE %s SET %s = NULL;",
		    table, column, column, column, column, table, table,
		    column);
		snprintf(change + strlen(change),
		    sizeof(change) - strlen(change),
		    "CREATE TRIGGER event_fixed BEFORE UPDATE ON event BEGIN"
		    " SELECT RAISE(ABORT, 'the log is only ever added to');END;"
		    "PRAGMA writable_schema = ON;"
		    "UPDATE sqlite_schema SET sql = (SELECT sql FROM kept)"
		    " WHERE name = '%s';",
		    table);
		file_sql(beside(f, name), change);
		if (cq_store_open(beside(f, name), &f->env, &store, &f->err) ==
		    CQ_OK) {
			use_all(f, store);
			opened++;
		}
		cq_store_close(store);
	}
	assert_true(opened > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_flipped_bytes_never_crash_and_are_never_called_well),
	    WITH_QUEUE(test_a_file_cut_short_is_found),
	    WITH_QUEUE(test_a_hostile_schema_is_refused_or_harmless),
	    WITH_QUEUE(test_rows_without_what_every_row_has_crash_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
