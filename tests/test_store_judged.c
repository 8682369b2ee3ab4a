#include "tests/judged.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* What was judged and then changed past caseq, "audit verify" finds. */

/*
 * Suggestions 1 to 6 between four gates.  1 and 2 are joined, 3 is neither
 * 2 nor 4, and what was said of 1 and 4 was taken back by a join that was
 * undone; what was said of 2 and 4 was undone.
 */
static void
furnish(struct fixture *f)
{
	for (int gate = 11; gate < 15; gate++)
		at_gate(f, gate);
	OK(f, not_same(f, "ben", 2, 4));
	undo(f, "ben");
	OK(f, not_same(f, "ana", 3, 2));
	f->now += 60;
	OK(f, not_same(f, "ben", 3, 4));
	OK(f, not_same(f, "ana", 1, 4));
	join(f, "lea", 1, 4);
	undo(f, "lea");
	join(f, "ben", 1, 2);
	all_is_well(f);
}

static struct cq_proof
after_change(struct fixture *f, const char *sql)
{
	struct fixture copy = *f;
	struct cq_proof proof;
	sqlite3 *db = NULL;
	char *msg = NULL;

	snprintf(copy.path, sizeof(copy.path), "%s/copy.db", f->dir);
	remove(copy.path);
	OK(f, cq_store_backup(f->store, copy.path, &f->err));
	assert_int_equal(sqlite3_open(copy.path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &msg) != SQLITE_OK)
		fail_msg("%s: %s", sql, msg);
	if (sqlite3_total_changes(db) == 0)
		fail_msg("%s changes nothing", sql);
	sqlite3_close(db);
	copy.store = open_again(&copy);
	OK(f, cq_store_audit_verify(copy.store, &proof, &f->err));
	cq_store_close(copy.store);
	remove(copy.path);
	return proof;
}

static void
test_what_was_judged_is_held_against_the_log(void **state)
{
	static const struct {
		const char *sql;
		int64_t case_id;
		const char *what;
	} rows[] = {
	    {"UPDATE suggestion SET state = 'pending' WHERE id = 1", 2,
		"its suggestion 1 is not as the log tells"},
	    {"UPDATE suggestion SET state = 'refused' WHERE state = 'accepted'",
		2, "its suggestion 1 is not as the log tells"},
	    {"UPDATE suggestion SET state = 'accepted' WHERE post = 4"
	     " AND other = 2",
		4, "is not as the log tells"},
	    {"UPDATE suggestion SET state = 'pending' WHERE state = 'refused'"
	     " AND post = 4",
		4, "is not as the log tells"},
	    {"DELETE FROM apart WHERE a = 2", 2,
		"whether it is the same as case 3 is not as the log tells"},
	    {"DELETE FROM apart WHERE a = 1 AND b = 4", 1,
		"whether it is the same as case 4"},
	    {"UPDATE apart SET agent = 1 WHERE a = 3", 3,
		"whether it is the same as case 4"},
	    {"UPDATE apart SET at = at + 1 WHERE a = 3", 3,
		"whether it is the same as case 4"},
	    {"INSERT INTO apart VALUES (2, 4, 0, 1)", 2,
		"whether it is the same as case 4"},
	};
	struct fixture *f = *state;

	furnish(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_proof proof = after_change(f, rows[i].sql);

		if (proof.bad_event != -1 ||
		    proof.bad_case != rows[i].case_id ||
		    strstr(proof.what, rows[i].what) == NULL)
			fail_msg("%s: event %lld case %lld: %s", rows[i].sql,
			    (long long)proof.bad_event,
			    (long long)proof.bad_case, proof.what);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_what_was_judged_is_held_against_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
