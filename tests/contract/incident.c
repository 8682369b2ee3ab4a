#include "tests/file.h"
#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cases under one cause: in and out, joined, closed, undone, proved. */

static int64_t
open_with(struct fixture *f, const char *agent, const char *name,
    const int64_t *cases, size_t n)
{
	struct cq_act who = act(f, agent);
	int64_t id = 0;

	OK(f,
	    cq_store_incident_open(f->store, &who, name, cases, n, &id,
		&f->err));
	assert_int_not_equal(id, 0);
	return id;
}

static enum cq_status
try_open(struct fixture *f, const char *agent, const char *name)
{
	struct cq_act who = act(f, agent);
	int64_t id = -1;
	enum cq_status rc =
	    cq_store_incident_open(f->store, &who, name, NULL, 0, &id, &f->err);

	assert_int_equal(id == 0, rc != CQ_OK);
	return rc;
}

static enum cq_status
try_add(struct fixture *f, const char *agent, int64_t incident, int64_t id)
{
	struct cq_act who = act(f, agent);

	return cq_store_incident_add(f->store, &who, incident, &id, 1, &f->err);
}

static enum cq_status
try_leave(struct fixture *f, const char *agent, int64_t id)
{
	struct cq_act who = act(f, agent);

	return cq_store_incident_leave(f->store, &who, &id, 1, &f->err);
}

static enum cq_status
try_close(struct fixture *f, const char *agent, int64_t incident, bool over)
{
	struct cq_act who = act(f, agent);

	return cq_store_incident_close(f->store, &who, incident, over, &f->err);
}

/* How many incidents there are, and the i-th of them. */
static size_t
incidents(struct fixture *f, bool all, size_t i, struct cq_incident *out)
{
	struct cq_incidents list;
	size_t n;

	OK(f, cq_store_incidents(f->store, all, &list, &f->err));
	n = list.n;
	if (out != NULL) {
		assert_true(i < n);
		*out = list.at[i];
		out->name = (struct raw_text){NULL};
	}
	cq_incidents_free(&list);
	return n;
}

static void
three_cases(struct fixture *f)
{
	new_case(f, "1");
	new_case(f, "2");
	new_case(f, "3");
}

static void
test_cases_of_an_incident_say_so_and_stay_cases(void **state)
{
	struct fixture *f = *state;
	int64_t both[] = {1, 2}, i;
	struct cq_incident is;
	const struct cq_case *c;

	three_cases(f);
	assert_int_equal(head(f, 1)->incident, 0);
	assert_int_equal(head(f, 1)->n_incident, 0);
	assert_null(head(f, 1)->incident_name.s);
	f->now += 60;
	i = open_with(f, "ana", "bank delay", both, 2);
	assert_int_equal(i, 1);
	c = head(f, 2);
	assert_int_equal(c->id, 2);
	assert_int_equal(c->incident, i);
	assert_int_equal(c->n_incident, 2);
	assert_string_equal(c->incident_name.s, "bank delay");
	OK(f, try_add(f, "ben", i, 3));
	assert_int_equal(head(f, 1)->n_incident, 3);
	resolve(f, "ana", 3); /* its work may be done, its cause was this */
	assert_int_equal(head(f, 1)->n_incident, 3);
	assert_int_equal(incidents(f, false, 0, &is), 1);
	assert_int_equal(is.id, i);
	assert_int_equal(is.opened_at, T0 + 60);
	assert_int_equal(is.closed_at, CQ_NO_TIME);
	assert_int_equal(is.n_cases, 3);
	assert_int_equal(is.n_in_queue, 2);
	OK(f, try_leave(f, "ben", 2));
	assert_int_equal(head(f, 2)->incident, 0);
	assert_int_equal(head(f, 1)->n_incident, 2);
	all_is_well(f);
}

static void
test_lists_show_and_find_cases_by_incident(void **state)
{
	struct fixture *f = *state;
	int64_t one[] = {1}, two[] = {2};

	three_cases(f);
	assert_int_equal(list(f, "incident", NULL)->n, 0);
	open_with(f, "ana", "bank delay", one, 1);
	open_with(f, "ana", "storm", two, 1);
	assert_int_equal(list(f, "incident", NULL)->n, 2);
	assert_int_equal(list(f, "!incident", NULL)->n, 1);
	assert_int_equal(list(f, "!incident", NULL)->at[0].id, 3);
	assert_int_equal(list(f, "incident:2", NULL)->n, 1);
	assert_int_equal(list(f, "incident:I-2", NULL)->at[0].id, 2);
	assert_int_equal(f->cases.at[0].incident, 2);
	assert_int_equal(f->cases.at[0].n_incident, 1);
	assert_string_equal(f->cases.at[0].incident_name.s, "storm");
	assert_int_equal(list(f, "!incident:2", NULL)->n, 2);
	assert_int_equal(list(f, "incident:9", NULL)->n, 0);
	resolve(f, "ana", 2);
	assert_int_equal(list(f, "incident", NULL)->n, 1);
	assert_int_equal(list(f, "all incident", NULL)->n, 2);
}

static void
test_the_number_of_cases_is_never_an_old_one(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	struct cq_act who;
	int64_t one[] = {1}, two[] = {2}, i;

	three_cases(f);
	i = open_with(f, "ana", "bank delay", one, 1);
	assert_int_equal(head(f, 1)->n_incident, 1);
	OK(f, try_add(f, "ana", i, 3));
	assert_int_equal(head(f, 1)->n_incident, 2);
	who = act(f, "ben"); /* by another process */
	OK(f, cq_store_incident_add(other, &who, i, two, 1, &f->err));
	assert_int_equal(head(f, 1)->n_incident, 3);
	cq_store_close(other);
}

static void
test_a_case_is_in_one_incident_at_most(void **state)
{
	struct fixture *f = *state;
	int64_t all[] = {1, 2, 3}, one, two;

	three_cases(f);
	one = open_with(f, "ana", "bank delay", all, 3);
	two = open_with(f, "ana", "storm", all, 1);
	assert_int_equal(head(f, 1)->incident, two);
	assert_int_equal(head(f, 2)->incident, one);
	assert_int_equal(head(f, 2)->n_incident, 2);
	/* to put it in again is nothing new, and nothing to undo */
	OK(f, try_add(f, "ben", two, 1));
	assert_int_equal(n_events(f, 1, "incident"), 2);
	REFUSED(f, CQ_NOT_FOUND, try_undo(f, "ben"));
	/* an act that is repeated is one act */
	{
		struct cq_act who = {.op = "once", .agent = "ana"};
		int64_t id, again;

		OK(f,
		    cq_store_incident_open(f->store, &who, "strike", all, 1,
			&id, &f->err));
		OK(f,
		    cq_store_incident_open(f->store, &who, "strike", all, 1,
			&again, &f->err));
		assert_int_equal(id, again);
		REFUSED(f, CQ_CONFLICT,
		    cq_store_incident_open(f->store, &who, "strike", all, 2,
			&again, &f->err));
	}
	assert_int_equal(n_events(f, 0, "incident_open"), 3);
	all_is_well(f);
}

static void
test_what_makes_no_sense_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t bad[] = {1, 99}, id;
	struct cq_act who;
	char name[CQ_INCIDENT_NAME_MAX + 2];

	three_cases(f);
	REFUSED(f, CQ_INPUT, try_open(f, "ana", ""));
	REFUSED(f, CQ_INPUT, try_open(f, "ana", " \t"));
	REFUSED(f, CQ_INPUT, try_open(f, "ana", "two\nlines"));
	REFUSED(f, CQ_INPUT, try_open(f, "ana", "\xff"));
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	REFUSED(f, CQ_INPUT, try_open(f, "ana", name));
	name[sizeof(name) - 2] = '\0';
	OK(f, try_open(f, "ana", name));
	who = act(f, "ana");
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_incident_open(f->store, &who, "storm", bad, 2, &id,
		&f->err));
	assert_int_equal(head(f, 1)->incident, 0);
	assert_int_equal(incidents(f, true, 0, NULL), 1);
	REFUSED(f, CQ_NOT_FOUND, try_add(f, "ana", 7, 1));
	expect_said(f, "there is no incident I-7");
	REFUSED(f, CQ_NOT_FOUND, try_add(f, "ana", 1, 99));
	REFUSED(f, CQ_NOT_FOUND, try_leave(f, "ana", 1));
	expect_said(f, "case 1 is in no incident");
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_incident_add(f->store, &who, 1, NULL, 0, &f->err));
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_incident_leave(f->store, &who, NULL, 0, &f->err));
	/* two of one name would be one problem worked twice */
	OK(f, try_open(f, "ana", "Storm"));
	REFUSED(f, CQ_CONFLICT, try_open(f, "ben", "storm"));
	expect_said(f, "I-2");
	all_is_well(f);
}

static void
test_a_lead_closes_and_reopens_and_the_cases_stay(void **state)
{
	struct fixture *f = *state;
	int64_t one[] = {1}, i;
	struct cq_incident is;

	three_cases(f);
	i = open_with(f, "ana", "storm", one, 1);
	REFUSED(f, CQ_DENIED, try_close(f, "ana", i, true));
	expect_said(f, "ask a lead");
	REFUSED(f, CQ_DENIED, try_open(f, "sue", "strike"));
	REFUSED(f, CQ_DENIED, try_add(f, "sue", i, 2));
	REFUSED(f, CQ_DENIED, try_leave(f, "sue", 1));
	f->now += 3600;
	OK(f, try_close(f, "lea", i, true));
	assert_int_equal(incidents(f, false, 0, NULL), 0);
	assert_int_equal(incidents(f, true, 0, &is), 1);
	assert_int_equal(is.closed_at, T0 + 3600);
	assert_int_equal(head(f, 1)->incident, i);
	assert_int_equal(head(f, 1)->state, CQ_NEW);
	REFUSED(f, CQ_STATE, try_close(f, "lea", i, true));
	REFUSED(f, CQ_STATE, try_add(f, "ana", i, 2));
	expect_said(f, "I-1 is closed; a lead can reopen it");
	all_is_well(f);
	REFUSED(f, CQ_DENIED, try_close(f, "ana", i, false));
	OK(f, try_close(f, "adm", i, false));
	REFUSED(f, CQ_STATE, try_close(f, "adm", i, false));
	OK(f, try_add(f, "ana", i, 2));
	/* its name may have been given to another one meanwhile */
	OK(f, try_close(f, "lea", i, true));
	OK(f, try_open(f, "ana", "storm"));
	REFUSED(f, CQ_CONFLICT, try_close(f, "lea", i, false));
	OK(f, try_leave(f, "ana", 1)); /* out of a closed one too */
	all_is_well(f);
}

static void
test_the_survivor_of_a_join_keeps_or_takes_over_the_incident(void **state)
{
	struct fixture *f = *state;
	int64_t one[] = {1}, two[] = {2}, storm, bank;
	char *before, *after;

	three_cases(f);
	new_case(f, "4");
	storm = open_with(f, "ana", "storm", one, 1);
	bank = open_with(f, "ana", "bank delay", two, 1);
	before = snapshot(f, 4);

	/* the joined one had none: nothing changes */
	join(f, "ben", 1, 4);
	assert_int_equal(head(f, 4)->incident, storm);
	assert_int_equal(f->full.head.n_incident, 1);
	undo(f, "ben");
	/* both had one: the survivor's stays */
	join(f, "ben", 1, 2);
	assert_int_equal(head(f, 2)->id, 1);
	assert_int_equal(head(f, 2)->incident, storm);
	undo(f, "ben");
	assert_int_equal(head(f, 2)->incident, bank);
	/* the survivor had none */
	join(f, "ben", 3, 2);
	assert_int_equal(head(f, 3)->incident, bank);
	assert_int_equal(f->full.head.n_incident, 1);
	assert_int_equal(list(f, "incident:2", NULL)->n, 1);
	assert_int_equal(list(f, "incident:2", NULL)->at[0].id, 3);
	all_is_well(f);
	undo(f, "ben");
	assert_int_equal(head(f, 3)->incident, 0);
	after = snapshot(f, 4);
	same_snapshot(before, after, "joins undone");
	free(before);
	free(after);
	all_is_well(f);
}

static void
test_each_act_is_undone_exactly(void **state)
{
	struct fixture *f = *state;
	int64_t all[] = {1, 2, 3}, i;
	struct cq_act who;
	char *steps[5], *after, what[100];

	three_cases(f);
	steps[0] = snapshot(f, 3);
	i = open_with(f, "lea", "storm", all, 2);
	steps[1] = snapshot(f, 3);
	f->now += 10;
	OK(f, try_add(f, "lea", i, 3));
	steps[2] = snapshot(f, 3);
	OK(f, try_leave(f, "lea", 1));
	steps[3] = snapshot(f, 3);
	f->now += 10;
	OK(f, try_close(f, "lea", i, true));
	steps[4] = snapshot(f, 3);
	f->now += 10;
	OK(f, try_close(f, "lea", i, false));
	for (int n = 4; n >= 0; n--) {
		f->now += 10;
		who = act(f, "lea");
		OK(f,
		    cq_store_undo(f->store, &who, what, sizeof(what), NULL,
			&f->err));
		after = snapshot(f, 3);
		/* priorities grow with time, but not in these seconds */
		same_snapshot(steps[n], after, what);
		free(after);
		free(steps[n]);
		all_is_well(f);
	}
	assert_string_equal(what, "open of incident I-1 undone");
	assert_int_equal(incidents(f, true, 0, NULL), 0);
	REFUSED(f, CQ_NOT_FOUND, try_add(f, "lea", i, 3));
	/* its number is not given out again */
	assert_int_equal(open_with(f, "lea", "storm", all, 1), 2);
	all_is_well(f);
}

static void
test_what_others_changed_since_is_not_undone(void **state)
{
	struct fixture *f = *state;
	int64_t one[] = {1}, two[] = {2};
	int64_t storm, bank;

	three_cases(f);
	storm = open_with(f, "lea", "storm", one, 1);
	OK(f, try_add(f, "ben", storm, 2));
	REFUSED(f, CQ_CONFLICT, try_undo(f, "lea"));
	expect_said(f, "other cases were put into incident I-1 since");
	assert_int_equal(head(f, 1)->incident, storm);
	bank = open_with(f, "ana", "bank delay", one, 1);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "lea"));
	expect_said(f, "case 1 has been changed since");
	assert_int_equal(head(f, 1)->incident, bank);
	OK(f, try_close(f, "lea", bank, true));
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "incident I-2 has been changed since");
	/* nor what shows in another case by now */
	join(f, "adm", 3, 2);
	assert_int_equal(head(f, 3)->incident, storm);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ben"));
	assert_int_equal(head(f, 3)->incident, storm);
	undo(f, "adm");
	undo(f, "ben");
	assert_int_equal(head(f, 2)->incident, 0);
	(void)two;
	all_is_well(f);
}

static void
test_the_story_tells_of_incidents(void **state)
{
	struct fixture *f = *state;
	int64_t one[] = {1};
	bool in = false, out = false;

	three_cases(f);
	open_with(f, "ana", "bank delay", one, 1);
	OK(f, try_leave(f, "ana", 1));
	head(f, 1);
	for (size_t i = 0; i < f->full.n; i++) {
		const char *s = f->full.at[i].text.s;

		in = in || strcmp(s, "incident I-1 \"bank delay\"") == 0;
		out = out || strcmp(s, "incident_left I-1 \"bank delay\"") == 0;
	}
	assert_true(in);
	assert_true(out);
}

static void
test_the_report_counts_cases_that_were_put_in(void **state)
{
	struct fixture *f = *state;
	int64_t both[] = {1, 2};
	const struct cq_figure_value *v;

	three_cases(f);
	f->now += 60;
	open_with(f, "ana", "bank delay", both, 2);
	OK(f, try_add(f, "ben", 1, 3));
	undo(f, "ben");
	OK(f, try_leave(f, "ana", 2));
	v = &shift(f, T0, f->now + 1, NULL)->at[CQ_FIG_GROUPED];
	assert_int_equal(v->n, 2);
	assert_int_equal(v->n_cases, 2);
	assert_int_equal(v->cases[1], 2);
	v = &shift(f, T0, f->now + 1, "south")->at[CQ_FIG_GROUPED];
	assert_int_equal(v->n, 0);
}

/* audit verify holds the tables against the log. */
static bool
is_found(struct fixture *f, const char *words)
{
	struct cq_store *store = open_again(f);
	struct cq_proof proof;

	OK(f, cq_store_audit_verify(store, &proof, &f->err));
	cq_store_close(store);
	if (proof.bad_event != 0 && strstr(proof.what, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, proof.what);
	return proof.bad_event != 0;
}

static void
test_what_was_changed_past_caseq_is_found(void **state)
{
	static const struct {
		const char *change, *words, *back;
	} rows[] = {
	    {"UPDATE cases SET incident = 2 WHERE id = 1", "another incident",
		"UPDATE cases SET incident = 1 WHERE id = 1"},
	    {"UPDATE cases SET incident = NULL WHERE id = 1",
		"another incident",
		"UPDATE cases SET incident = 1 WHERE id = 1"},
	    {"UPDATE cases SET incident = 1 WHERE id = 3", "another incident",
		"UPDATE cases SET incident = NULL WHERE id = 3"},
	    {"UPDATE incident SET name = 'x' WHERE id = 1",
		"incident I-1 is not as",
		"UPDATE incident SET name = 'storm' WHERE id = 1"},
	    {"UPDATE incident SET closed_at = 9 WHERE id = 1",
		"incident I-1 is not as",
		"UPDATE incident SET closed_at = NULL WHERE id = 1"},
	    {"UPDATE incident SET opened_at = 9 WHERE id = 2",
		"incident I-2 is not as",
		"UPDATE incident SET opened_at = 1795435200 WHERE id = 2"},
	    {"UPDATE incident SET closed_at = 9 WHERE id = 2",
		"incident I-2 is not as",
		"UPDATE incident SET closed_at = 1795435200 WHERE id = 2"},
	    {"UPDATE incident SET retracted_at = NULL WHERE id = 3",
		"incident I-3 is not as",
		"UPDATE incident SET retracted_at = 1795435200 WHERE id = 3"},
	    {"UPDATE incident SET id = 9 WHERE id = 2", "is not as",
		"UPDATE incident SET id = 2 WHERE id = 9"},
	    {"INSERT INTO incident VALUES (9, 'x', 1, NULL, NULL)",
		"incident I-9 is not as",
		"DROP TRIGGER incident_stay; DELETE FROM incident WHERE id ="
		" 9; CREATE TRIGGER incident_stay BEFORE DELETE ON incident"
		" BEGIN SELECT RAISE(ABORT, 'nothing is deleted');END"},
	};
	struct fixture *f = *state;
	int64_t one[] = {1}, two[] = {2}, bank;

	three_cases(f);
	open_with(f, "ana", "storm", one, 1);
	bank = open_with(f, "ana", "bank delay", two, 1);
	OK(f, try_leave(f, "ana", 2));
	OK(f, try_close(f, "lea", bank, true));
	OK(f, try_open(f, "ben", "a mistake"));
	undo(f, "ben");
	all_is_well(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		file_sql(f->path, rows[i].change);
		if (!is_found(f, rows[i].words))
			fail_msg("not found: %s", rows[i].change);
		file_sql(f->path, rows[i].back);
		assert_false(is_found(f, ""));
	}
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_cases_of_an_incident_say_so_and_stay_cases),
	    WITH_QUEUE(test_lists_show_and_find_cases_by_incident),
	    WITH_QUEUE(test_the_number_of_cases_is_never_an_old_one),
	    WITH_QUEUE(test_a_case_is_in_one_incident_at_most),
	    WITH_QUEUE(test_what_makes_no_sense_changes_nothing),
	    WITH_QUEUE(test_a_lead_closes_and_reopens_and_the_cases_stay),
	    WITH_QUEUE(
		test_the_survivor_of_a_join_keeps_or_takes_over_the_incident),
	    WITH_QUEUE(test_each_act_is_undone_exactly),
	    WITH_QUEUE(test_what_others_changed_since_is_not_undone),
	    WITH_QUEUE(test_the_story_tells_of_incidents),
	    WITH_QUEUE(test_the_report_counts_cases_that_were_put_in),
	    WITH_QUEUE(test_what_was_changed_past_caseq_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
