#include "tests/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whatever is changed past caseq, "audit verify" finds and names it. */

/*
 * A queue with events of all kinds.  Cases 1 and 2, 3 joined into 1, 4
 * broken out, a note undone, an edit, a refusal.
 */
static void
furnish(struct fixture *f)
{
	struct cq_post p = a_post("1", "jo", "no heating in coach 12 at all");
	struct cq_post more = a_post("1r", "mo", "same here, it is freezing");
	struct cq_act who = {.op = "via-op", .agent = "ana", .via = "root"};
	struct cq_claim claim;

	put(f, &p);
	new_case(f, "2");
	new_case(f, "3");
	more.in_reply_to = "1";
	put(f, &more);
	p.text = "no heating in coach 12 and 13 at all";
	put(f, &p);
	take(f, "ana", 1);
	who = act(f, "ben");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_claim(f->store, &who, 1, 60, &claim, &f->err));
	who = (struct cq_act){.op = "via-op", .agent = "ana", .via = "root"};
	OK(f,
	    cq_store_note(f->store, &who, 1, 0, "a secret word", NULL,
		&f->err));
	note(f, "ben", 2, "taken back");
	undo(f, "ben");
	tag(f, "ana", 1, "heating", NULL);
	join(f, "ana", 1, 3);
	split(f, "ana", 1, post_of(f, 1, 2));
	resolve(f, "ben", 2);
	all_is_well(f);
}

/* All events are fair game once the triggers are gone. */
static void
change(struct fixture *f, const char *sql)
{
	static const char open_gates[] =
	    "DROP TRIGGER event_fixed; DROP TRIGGER event_stay;"
	    "DROP TRIGGER post_stay; DROP TRIGGER cases_stay;";
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

/* The statement under test on a copy; the queue stays as it was. */
static struct cq_proof
after_change(struct fixture *f, const char *sql)
{
	struct fixture copy = *f;
	struct cq_proof proof;

	snprintf(copy.path, sizeof(copy.path), "%s/copy.db", f->dir);
	remove(copy.path);
	OK(f, cq_store_backup(f->store, copy.path, &f->err));
	change(&copy, sql);
	copy.store = open_again(&copy);
	OK(f, cq_store_audit_verify(copy.store, &proof, &f->err));
	cq_store_close(copy.store);
	remove(copy.path);
	return proof;
}

/* event: the row that must be named; -1 if one is missing; 0: any */
static void
must_find(struct fixture *f, const char *sql, int64_t event, int64_t case_id)
{
	struct cq_proof proof = after_change(f, sql);

	if (proof.bad_event == 0)
		fail_msg("not found: %s", sql);
	if (event != 0 && proof.bad_event != event)
		fail_msg("%s: event %lld named instead of %lld", sql,
		    (long long)proof.bad_event, (long long)event);
	if (case_id >= 0 && proof.bad_case != case_id)
		fail_msg("%s: case %lld named instead of %lld", sql,
		    (long long)proof.bad_case, (long long)case_id);
	assert_true(proof.what[0] != '\0');
}

static int64_t
event_of(struct fixture *f, const char *kind)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT max(id) FROM event WHERE kind='%s'",
	    kind);
	return number_at(f->path, sql);
}

static void
test_each_field_of_each_kind_of_event_is_guarded(void **state)
{
	static const char *const kinds[] = {"open", "post", "edit", "take",
	    "refuse", "note", "undo", "tag", "join", "joined", "split",
	    "split_off", "resolve", "agent"};
	static const char *const fields[] = {"at = at + 1",
	    "kind = kind || 'x'", "ref = coalesce(ref, 0) + 1",
	    "data = coalesce(data, '') || ' '", "via = 'somebody'",
	    "agent = CASE agent WHEN 1 THEN 2 ELSE 1 END",
	    "op = CASE op WHEN 1 THEN 2 ELSE 1 END",
	    "state = CASE state WHEN 'new' THEN 'open' ELSE 'new' END",
	    "body = CASE WHEN body IS NULL THEN zeroblob(16) ELSE NULL END",
	    "hash = zeroblob(32)", "hash = x'00'", "hash = zeroblob(16)",
	    "hash = substr(hash, 1, 15)", "hash = substr(hash, 1, 8)",
	    "hash = x''", "hash = CAST(hash || zeroblob(16) AS BLOB)"};
	struct fixture *f = *state;
	char sql[240];

	furnish(f);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		int64_t id = event_of(f, kinds[k]);

		assert_int_not_equal(id, 0);
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]);
		     i++) {
			snprintf(sql, sizeof(sql),
			    "UPDATE event SET %s WHERE id = %lld", fields[i],
			    (long long)id);
			must_find(f, sql, id, -1);
		}
	}
}

static void
test_changes_of_all_sorts_are_found_and_named(void **state)
{
	static const struct {
		const char *sql;
		int64_t case_id; /* -1: any */
	} rows[] = {
	    /* rows taken out */
	    {"DELETE FROM event WHERE case_id = 1 AND n = 1", 1},
	    {"DELETE FROM event WHERE case_id = 1 AND n = 4", 1},
	    {"DELETE FROM event WHERE case_id = 2 AND n = 2", 2},
	    {"DELETE FROM event WHERE case_id = 2", 2},
	    {"DELETE FROM event WHERE case_id = 0", 0},
	    {"DELETE FROM event WHERE case_id = 0 AND n = 1", 0},
	    {"DELETE FROM event WHERE case_id > 0", -1},
	    {"DELETE FROM event", -1},
	    {"DELETE FROM event WHERE kind = 'refuse'", 1},
	    /* the tail cut off */
	    {"DELETE FROM event WHERE id = (SELECT max(id) FROM event)", -1},
	    {"DELETE FROM event WHERE case_id = 1 AND n >= 5", 1},
	    {"DELETE FROM event WHERE case_id = 0 AND n > 3", 0},
	    /* the tail cut off, and the number of events with it */
	    {"DELETE FROM event WHERE case_id = 2 AND n > 1;"
	     " UPDATE cases SET n_events = 1 WHERE id = 2",
		2},
	    /* rows put in, doubled, moved, swapped */
	    {"INSERT INTO event (case_id, n, at, kind, hash) VALUES (2, 99,"
	     " 1, 'note', zeroblob(32))",
		2},
	    {"INSERT INTO event (case_id, n, at, kind, hash) SELECT case_id,"
	     " n + 50, at, kind, hash FROM event WHERE case_id = 1 AND n = 2",
		1},
	    {"INSERT INTO event (case_id, n, at, kind, hash) VALUES (77, 1,"
	     " 1, 'open', zeroblob(32))",
		77},
	    {"UPDATE event SET n = n + 1000 WHERE case_id = 1 AND n > 3", 1},
	    {"UPDATE event SET n = -1 WHERE case_id = 1 AND n = 2;"
	     " UPDATE event SET n = 2 WHERE case_id = 1 AND n = 3;"
	     " UPDATE event SET n = 3 WHERE case_id = 1 AND n = -1",
		1},
	    {"UPDATE event SET case_id = 2, n = 50 WHERE case_id = 1"
	     " AND n = 2",
		1},
	    {"UPDATE event SET case_id = 50 WHERE case_id = 2", -1},
	    {"UPDATE event SET id = -id", -1},
	    {"UPDATE event SET id = id + 1000 WHERE kind = 'resolve'", 2},
	    {"UPDATE event SET id = 1000 WHERE kind = 'take';"
	     " UPDATE event SET id = (SELECT id - 1 FROM event WHERE kind ="
	     " 'refuse') WHERE kind = 'refuse'",
		1},
	    /* what the rows stand for */
	    {"UPDATE agent SET name = 'eve' WHERE name = 'ana'", -1},
	    {"UPDATE op SET op = 'other' WHERE op = 'via-op'", 1},
	    {"DELETE FROM op WHERE op = 'via-op'", 1},
	    {"UPDATE cases SET last_hash = zeroblob(32) WHERE id = 1", 1},
	    {"UPDATE cases SET last_hash = NULL WHERE id = 1", 1},
	    {"UPDATE cases SET n_events = n_events + 1 WHERE id = 1", 1},
	    {"UPDATE queue SET n_events = 0", 0},
	    {"UPDATE queue SET last_hash = zeroblob(32)", 0},
	    {"DELETE FROM queue", 0},
	    /* what the log tells */
	    {"UPDATE note SET text = 'a secret wort' WHERE id = 1", 1},
	    {"DELETE FROM note WHERE id = 1", 1},
	    {"UPDATE note SET text = '' WHERE id = 2", 2},
	    {"UPDATE post SET text = text || ' ' WHERE remote_id = 2", 2},
	    {"UPDATE post SET text = 'fine' WHERE remote_id = 1", 1},
	    {"UPDATE post SET text = 'fine' WHERE remote_id = '1r'", 1},
	    {"UPDATE post SET text = 'fine' WHERE remote_id = 3", 3},
	    {"UPDATE revision SET text = 'fine'", 1},
	    {"DELETE FROM revision", 1},
	    {"DELETE FROM post WHERE remote_id = 2", 2},
	    {"UPDATE cases SET state = 'dismissed' WHERE id = 1", 1},
	    {"UPDATE cases SET owner = 2 WHERE id = 4", 4},
	    {"UPDATE cases SET outcome = 'fixed' WHERE id = 4", 4},
	    {"UPDATE cases SET fence = fence + 1 WHERE id = 4", 4},
	    {"UPDATE cases SET state = 'open', grp = 0 WHERE id = 2", 2},
	    {"UPDATE cases SET joined_into = NULL, grp = 0 WHERE id = 3", 3},
	    {"UPDATE cases SET joined_into = 2, grp = 3 WHERE id = 4", 4},
	    {"INSERT INTO cases (state, grp, sort_key, opened_at,"
	     " last_post_at) VALUES ('new', 0, 0, 1, 1)",
		5},
	    {"DELETE FROM cases WHERE id = 4", 4},
	};
	struct fixture *f = *state;

	furnish(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		must_find(f, rows[i].sql, 0, rows[i].case_id);
}

/* Agents who changed, a weight that was set, a claim, one undone. */
static void
furnish_more(struct fixture *f)
{
	struct cq_act who = act(f, "adm");
	struct cq_agent lea = {.name = "lea",
	    .role = CQ_LEAD,
	    .team = "north",
	    .login = "lea",
	    .uid = 4712,
	    .active = true};

	furnish(f);
	OK(f, cq_store_agent_set(f->store, &who, &lea, &f->err));
	who = act(f, "adm");
	lea.active = false;
	OK(f, cq_store_agent_set(f->store, &who, &lea, &f->err));
	who = act(f, "adm");
	OK(f, cq_store_weight_set(f->store, &who, "reach", 5, &f->err));
	who = act(f, "adm");
	OK(f, cq_store_weight_set(f->store, &who, "reach", 9, &f->err));
	new_case(f, "5");
	new_case(f, "6");
	new_case(f, "7");
	take(f, "ben", 5);
	take(f, "ana", 6);
	release(f, "ana", 6);
	undo(f, "ana"); /* held again, by way of an undo */
	take(f, "ben", 7);
	undo(f, "ben");
	all_is_well(f);
}

static void
test_tables_are_held_against_what_the_log_tells(void **state)
{
	static const struct {
		const char *sql;
		int64_t case_id;
		const char *what;
	} rows[] = {
	    /* notes */
	    {"INSERT INTO note (case_id, agent, at, text) VALUES (2, 2, 1,"
	     " 'never written')",
		2, "note 3"},
	    {"UPDATE note SET case_id = 2 WHERE id = 1", 2, "note 1"},
	    {"UPDATE note SET agent = 2 WHERE agent = 3", 2, "note 2"},
	    {"UPDATE note SET at = at - 1 WHERE id = 1", 1, "note 1"},
	    {"UPDATE note SET retracted_at = NULL WHERE id = 2", 2,
		"was undone"},
	    {"UPDATE note SET retracted_at = retracted_at + 1 WHERE id = 2", 2,
		"is hidden"},
	    {"UPDATE note SET retracted_at = 1 WHERE id = 1", 1, "is hidden"},
	    /* posts */
	    {"INSERT INTO post (source, remote_id, case_id, text, seen_at,"
	     " rule) VALUES (1, 'x', 2, 'never sent', 1, 'first')",
		2, "tells nothing of its post"},
	    /* agents */
	    {"UPDATE agent SET role = 'administrator' WHERE name = 'ana'", 0,
		"agent ana"},
	    {"UPDATE agent SET role = 'agent' WHERE name = 'adm'", 0,
		"agent adm"},
	    {"UPDATE agent SET team = 'south' WHERE name = 'ben'", 0,
		"agent ben"},
	    {"UPDATE agent SET team = NULL WHERE name = 'ben'", 0, "agent ben"},
	    {"UPDATE agent SET team = 'x' WHERE name = 'sue'", 0, "agent sue"},
	    {"UPDATE agent SET active = 1 WHERE name = 'lea'", 0, "agent lea"},
	    {"UPDATE agent SET active = 0 WHERE name = 'ben'", 0, "agent ben"},
	    {"UPDATE agent SET uid = 0 WHERE name = 'ben'", 0, "agent ben"},
	    {"UPDATE agent SET uid = NULL WHERE name = 'lea'", 0, "agent lea"},
	    {"UPDATE agent SET login = 'root' WHERE name = 'lea'", 0,
		"agent lea"},
	    {"INSERT INTO agent (name, role, uid) VALUES ('mal',"
	     " 'administrator', 666)",
		0, "agent mal"},
	    {"DELETE FROM agent WHERE name = 'sue'", 0, "agent sue"},
	    /* weights */
	    {"UPDATE weight SET value = 5 WHERE name = 'reach'", 0, "'reach'"},
	    {"DELETE FROM weight WHERE name = 'reach'", 0, "'reach'"},
	    {"UPDATE weight SET value = value + 1 WHERE name = 'age'", 0,
		"'age'"},
	    /* claims and joins */
	    {"UPDATE cases SET holder = 1 WHERE id = 5", 5, "holder"},
	    {"UPDATE cases SET holder = 3 WHERE id = 6", 6, "holder"},
	    {"UPDATE cases SET holder = NULL, lease_until_at = NULL"
	     " WHERE id = 6",
		6, "holder"},
	    {"UPDATE cases SET holder = 3, lease_until_at = 9999999999"
	     " WHERE id = 7",
		7, "holder"},
	    {"UPDATE cases SET joined_into = 2 WHERE id = 3", 3, "joined"},
	    {"UPDATE cases SET closed_at = closed_at + 1 WHERE id = 2", 2,
		"closing"},
	    {"UPDATE cases SET closed_at = 1 WHERE id = 1", 1, "closing"},
	    {"UPDATE cases SET snooze_until_at = 1 WHERE id = 1", 1, "waking"},
	};
	struct fixture *f = *state;

	furnish_more(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_proof proof = after_change(f, rows[i].sql);

		if (proof.bad_event != -1 ||
		    proof.bad_case != rows[i].case_id ||
		    strstr(proof.what, rows[i].what) == NULL)
			fail_msg("%s: event %lld of case %lld: %s", rows[i].sql,
			    (long long)proof.bad_event,
			    (long long)proof.bad_case, proof.what);
	}
}

/* What no event tells, and what people may therefore not rely on. */
static void
test_what_the_proof_does_not_cover_is_not_blamed(void **state)
{
	static const char *const rows[] = {
	    "UPDATE cases SET due_at = due_at + 1",
	    "UPDATE cases SET lease_until_at = 1 WHERE id = 5",
	    "UPDATE source SET cursor = 'x'", "DELETE FROM draft",
	    "DELETE FROM weight WHERE name = 'age'", /* the same by default */
	};
	struct fixture *f = *state;

	furnish_more(f);
	OK(f, cq_store_draft_save(f->store, "ana", 1, "half a w", &f->err));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_proof proof = after_change(f, rows[i]);

		if (proof.bad_event != 0)
			fail_msg("%s: %s", rows[i], proof.what);
	}
}

static void
test_the_first_of_several_bad_rows_is_named(void **state)
{
	struct fixture *f = *state;
	int64_t first;

	furnish(f);
	first = number_at(f->path,
	    "SELECT id FROM event WHERE case_id = 1 AND n = 3");
	must_find(f, "UPDATE event SET at = 1 WHERE case_id = 1 AND n >= 3",
	    first, 1);
	must_find(f, "DELETE FROM event WHERE case_id = 1 AND n = 2", first, 1);
}

static void
test_what_is_right_is_counted_and_not_blamed(void **state)
{
	struct fixture *f = *state;
	struct cq_proof proof;

	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	assert_int_equal(proof.n_cases, 0);
	furnish(f);
	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	assert_int_equal(proof.bad_event, 0);
	assert_int_equal(proof.n_cases, 4);
	assert_int_equal(proof.n_events,
	    number_at(f->path, "SELECT count(*) FROM event"));
}

static void
test_the_log_cannot_be_changed_by_way_of_sql(void **state)
{
	static const char *const statements[] = {"UPDATE event SET at = 1",
	    "DELETE FROM event", "DELETE FROM cases", "DELETE FROM post"};
	struct fixture *f = *state;
	sqlite3 *db = NULL;

	furnish(f);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(sqlite3_exec(db, statements[i], NULL, NULL,
				     NULL),
		    SQLITE_CONSTRAINT);
	sqlite3_close(db);
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_each_field_of_each_kind_of_event_is_guarded),
	    WITH_QUEUE(test_changes_of_all_sorts_are_found_and_named),
	    WITH_QUEUE(test_tables_are_held_against_what_the_log_tells),
	    WITH_QUEUE(test_what_the_proof_does_not_cover_is_not_blamed),
	    WITH_QUEUE(test_the_first_of_several_bad_rows_is_named),
	    WITH_QUEUE(test_what_is_right_is_counted_and_not_blamed),
	    WITH_QUEUE(test_the_log_cannot_be_changed_by_way_of_sql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
