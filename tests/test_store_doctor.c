#include "tests/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the doctor finds in the tables, and what it mends. */

/* Cases 1 and 2, 3 joined into 1, 4 broken out; notes, one undone; a tag. */
static void
furnish(struct fixture *f)
{
	struct cq_post more = a_post("1r", "mo", "same here, it is freezing");

	new_case(f, "1");
	new_case(f, "2");
	new_case(f, "3");
	more.in_reply_to = "1";
	put(f, &more);
	take(f, "ana", 1);
	note(f, "ana", 1, "a secret word");
	note(f, "ben", 2, "taken back");
	undo(f, "ben");
	tag(f, "ana", 1, "heating", NULL);
	join(f, "ana", 1, 3);
	split(f, "ana", 1, post_of(f, 1, 2));
	resolve(f, "ben", 2);
	all_is_well(f);
}

/* Past caseq, and without the triggers that would hinder it. */
static void
change(struct fixture *f, const char *sql)
{
	static const char open_gates[] =
	    "DROP TRIGGER event_fixed; DROP TRIGGER cases_stay;";
	sqlite3 *db = NULL;
	char *msg = NULL;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sqlite3_exec(db, open_gates, NULL, NULL, NULL);
	if (sqlite3_exec(db, sql, NULL, NULL, &msg) != SQLITE_OK)
		fail_msg("%s: %s", sql, msg);
	if (sqlite3_total_changes(db) == 0)
		fail_msg("%s changes nothing", sql);
	sqlite3_close(db);
}

struct findings {
	int bad;
	char checks[200], last[300]; /* the last one's words */
};

static void
collect(void *arg, enum cq_finding what, const char *check, const char *text)
{
	struct findings *all = arg;

	assert_non_null(text);
	if (what != CQ_BAD)
		return;
	all->bad++;
	snprintf(all->last, sizeof(all->last), "%s", text);
	snprintf(all->checks + strlen(all->checks),
	    sizeof(all->checks) - strlen(all->checks), "%s ", check);
}

static void
test_the_doctor_finds_and_mends_what_can_be_computed_anew(void **state)
{
	static const struct {
		const char *sql, *check;
	} rows[] = {
	    {"UPDATE counter SET n = n + 1 WHERE key = 0", "counters"},
	    {"UPDATE counter SET n = 7 WHERE key = 10", "counters"},
	    {"UPDATE cases SET n_posts = 9 WHERE id = 2", "totals"},
	    {"UPDATE cases SET n_authors = 9 WHERE id = 2", "totals"},
	    {"UPDATE cases SET n_notes = 9 WHERE id = 1", "totals"},
	    {"UPDATE cases SET rating = 1 WHERE id = 2", "totals"},
	    {"UPDATE cases SET reach = 5000000 WHERE id = 2", "totals"},
	    {"UPDATE cases SET reach = reach + 1 WHERE id = 1", "totals"},
	    {"UPDATE cases SET grp = 1 WHERE id = 1", "order"},
	    {"UPDATE cases SET sort_key = sort_key + 1 WHERE id = 1", "order"},
	    {"UPDATE cases SET sort_key = 0 WHERE id = 2", "order"},
	    {"UPDATE cases SET sort_key = 9 WHERE id = 3", "order"},
	    {"UPDATE cases SET overdue = 1 WHERE id = 1", "order"},
	    {"UPDATE cases SET overdue = 1 WHERE id = 2", "order"},
	    {"UPDATE cases SET reach = 5000000 WHERE id = 1", "order"},
	    /* its points for that too, but it is not due */
	    {"UPDATE cases SET overdue = 1, sort_key = sort_key + 30000"
	     " WHERE id = 1",
		"order"},
	    /* flagged, but sorted as if it were not */
	    {"UPDATE cases SET overdue = 1, due_at = 1 WHERE id = 1", "order"},
	};
	struct fixture *f = *state;

	furnish(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct findings all = {0};

		change(f, rows[i].sql);
		OK(f, cq_store_doctor(f->store, false, collect, &all, &f->err));
		if (strstr(all.checks, rows[i].check) == NULL)
			fail_msg("%s: doctor finds '%s'", rows[i].sql,
			    all.checks);
		all = (struct findings){0};
		OK(f, cq_store_doctor(f->store, true, collect, &all, &f->err));
		if (strcmp(all.checks, "schema ") != 0) /* the triggers */
			fail_msg("%s: not mended: %s", rows[i].sql, all.checks);
	}
}

static void
test_a_due_time_that_just_passed_is_no_fault(void **state)
{
	struct fixture *f = *state;
	struct findings all = {0};

	furnish(f);
	f->now += 7 * 24 * 3600;
	OK(f, cq_store_doctor(f->store, false, collect, &all, &f->err));
	assert_int_equal(all.bad, 0);
	tick(f);
	all_is_well(f);
	assert_true(counts(f, NULL).overdue > 0);
}

static void
test_the_doctor_tells_of_an_orphan_a_bad_log_and_open_modes(void **state)
{
	struct fixture *f = *state;
	struct findings all = {0};
	char cmd[400];

	furnish(f);
	change(f, "UPDATE tag SET case_id = 99");
	change(f, "UPDATE event SET at = 1 WHERE kind = 'tag'");
	snprintf(cmd, sizeof(cmd), "chmod 0606 '%s'", f->path);
	assert_int_equal(system(cmd), 0);
	OK(f, cq_store_doctor(f->store, false, collect, &all, &f->err));
	assert_non_null(strstr(all.checks, "references"));
	assert_non_null(strstr(all.checks, "audit"));
	assert_non_null(strstr(all.checks, "files"));
}

static void
test_the_doctor_says_where_the_log_does_not_fit(void **state)
{
	static const struct {
		const char *sql, *says;
	} rows[] = {
	    {"UPDATE agent SET team = 'east' WHERE name = 'ana'",
		"agent ana is not as the log tells; "},
	    {"UPDATE cases SET owner = 2 WHERE id = 4", "case 4: its owner "},
	    {"UPDATE event SET at = 1 WHERE case_id = 2 AND n = 1",
		"case 2, event "},
	};
	struct fixture *f = *state;

	furnish(f);
	/* each comes before the last one, so it is the one that is named */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct findings all = {0};

		change(f, rows[i].sql);
		OK(f, cq_store_doctor(f->store, false, collect, &all, &f->err));
		if (strncmp(all.last, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s: %s", rows[i].sql, all.last);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_the_doctor_finds_and_mends_what_can_be_computed_anew),
	    WITH_QUEUE(test_a_due_time_that_just_passed_is_no_fault),
	    WITH_QUEUE(
		test_the_doctor_tells_of_an_orphan_a_bad_log_and_open_modes),
	    WITH_QUEUE(test_the_doctor_says_where_the_log_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
