#include "tests/judged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * People judge what may be the same: suggestions are seen from both sides,
 * accepted by a join, refused by "not the same", and all of it is undone
 * exactly.
 */

struct finding {
	const char *kind;
	int64_t case_id;
	char data[2000];
};

static bool
find(void *arg, const struct cq_event *e)
{
	struct finding *l = arg;

	if (strcmp(e->kind, l->kind) == 0 && e->case_id == l->case_id)
		snprintf(l->data, sizeof(l->data), "%s",
		    e->data == NULL ? "-" : e->data);
	return true;
}

/* The data of a case's last event of that kind. */
static const char *
last_data(struct fixture *f, int64_t case_id, const char *kind)
{
	static struct finding l;

	l = (struct finding){.kind = kind, .case_id = case_id};
	OK(f, cq_store_events(f->store, case_id, find, &l, &f->err));
	return l.data;
}

static void
expect_in(const char *text, const char *words)
{
	if (strstr(text, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, text);
}

/* --- dups --------------------------------------------------------------- */

static void
test_a_suggestion_is_seen_from_both_of_its_cases(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	struct cq_maybes m;

	OK(f, cq_store_dups(f->store, one, 0, &m, &f->err));
	assert_int_equal(m.n, 1);
	assert_int_equal(m.at[0].other.id, two);
	assert_int_equal(m.at[0].post_id, post_of(f, one, 0));
	assert_int_equal(m.at[0].other_post, post_of(f, two, 0));
	expect_in(m.at[0].text.s, "gate 12");
	expect_in(m.at[0].other_text.s, "gate 19");
	assert_int_equal(m.at[0].rule, CQ_RULE_ALIKE);
	assert_string_equal(m.at[0].why.s, "different: 19 / 12");
	assert_in_range(m.at[0].score, 500, 1000);
	cq_maybes_free(&m);
	OK(f, cq_store_dups(f->store, two, 0, &m, &f->err));
	assert_int_equal(m.n, 1);
	assert_int_equal(m.at[0].other.id, one);
	assert_int_equal(m.at[0].post_id, post_of(f, two, 0));
	expect_in(m.at[0].text.s, "gate 19");
	cq_maybes_free(&m);
}

static void
test_the_other_case_is_told_as_a_list_tells_it(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	const struct cq_case *c;
	struct cq_maybes m;

	tag(f, "ana", two, "bags", NULL);
	take(f, "ben", two);
	OK(f, cq_store_dups(f->store, one, 0, &m, &f->err));
	c = &list(f, "held:ben", NULL)->at[0];
	assert_int_equal(m.at[0].other.id, c->id);
	assert_string_equal(m.at[0].other.holder, "ben");
	assert_string_equal(m.at[0].other.tags, "bags");
	assert_string_equal(m.at[0].other.handle.s, c->handle.s);
	assert_string_equal(m.at[0].other.subject.s, c->subject.s);
	assert_int_equal(m.at[0].other.sort_key, c->sort_key);
	assert_int_equal(m.at[0].other.state, CQ_OPEN);
	cq_maybes_free(&m);
}

static void
test_each_other_case_is_one_row_with_its_best_reason(void **state)
{
	struct fixture *f = *state;
	int64_t one, two, both;
	struct cq_post reply = a_post("h1b", "jo", "nobody answers");

	either(f, &one, &two, &both);
	reply.in_reply_to = "h1";
	put(f, &reply);
	assert_string_equal(dups(f, both, 0), "1 2");
	assert_string_equal(dups(f, one, 0), "3 2"); /* either, then alike */
	assert_string_equal(dups(f, one, 1), "3");
	join(f, "ana", two, both);
	assert_string_equal(dups(f, one, 0), "2");
}

static void
test_what_was_a_copy_of_two_comes_before_what_is_more_alike(void **state)
{
	static const char *const texts[] = {
	    "the heating in coach seven has been broken since Utrecht and the "
	    "conductor just shrugs at us all, deep winter outside",
	    "the heating in coach seven has been broken since Utrecht and the "
	    "conductor just shrugs at us all, high summer outside",
	    "the heating in coach seven has been broken since Utrecht and the "
	    "conductor just shrugs at us all",
	    "the radiator in coach seven has been broken since Utrecht and the "
	    "conductor just shrugs at us all, deep winter outside"};
	static const char *const ids[] = {"1", "2", "3", "4"};
	struct fixture *f = *state;
	struct cq_maybes m;

	for (int i = 0; i < 4; i++) {
		struct cq_post p = a_post(ids[i], ids[i], texts[i]);

		put(f, &p);
	}
	OK(f, cq_store_dups(f->store, 1, 0, &m, &f->err));
	assert_int_equal(m.n, 3);
	assert_int_equal(m.at[0].rule, CQ_RULE_EITHER);
	assert_int_equal(m.at[0].other.id, 3);
	assert_int_equal(m.at[1].rule, CQ_RULE_ALIKE);
	assert_int_equal(m.at[1].other.id, 4);
	assert_true(m.at[1].score > m.at[0].score);
	assert_true(m.at[1].score > m.at[2].score);
	cq_maybes_free(&m);
}

static void
test_closed_cases_stand_behind_those_in_the_queue(void **state)
{
	struct fixture *f = *state;
	int64_t one, two, both;

	either(f, &one, &two, &both);
	resolve(f, "ana", one);
	assert_string_equal(dups(f, both, 0), "2 1");
	assert_string_equal(dups(f, both, 1), "2");
}

static void
test_what_is_the_same_case_by_now_is_not_suggested(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	int64_t three = at_gate(f, 23), far = new_case(f, "x");

	join(f, "ana", one, two);
	assert_string_equal(dups(f, one, 0), "3");
	assert_string_equal(dups(f, two, 0), "3"); /* an old number leads on */
	assert_string_equal(dups(f, three, 0), "1");
	join(f, "ana", far, one);
	assert_string_equal(dups(f, three, 0), "4");
	undo(f, "ana");
	undo(f, "ana");
	assert_string_equal(dups(f, three, 0), "1 2");
}

static void
test_a_single_case_knows_how_many_are_suggested(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);

	at_gate(f, 23);
	assert_int_equal(head(f, one)->n_maybe, 2);
	OK(f, not_same(f, "ana", one, two));
	assert_int_equal(head(f, one)->n_maybe, 1);
	assert_int_equal(head(f, new_case(f, "x"))->n_maybe, 0);
	assert_int_equal(list(f, NULL, NULL)->at[0].n_maybe, 0);
}

static void
test_dups_of_no_case_are_not_found(void **state)
{
	struct fixture *f = *state;
	struct cq_maybes m;

	REFUSED(f, CQ_NOT_FOUND, cq_store_dups(f->store, 9, 0, &m, &f->err));
	assert_null(m.at);
	expect_said(f, "no case 9");
}

/* --- not the same ------------------------------------------------------- */

static void
test_not_the_same_is_not_suggested_again(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	struct cq_post copy = a_post("g12b", "kim",
	    "RT @g12: my suitcase never came off the belt at gate 12 and "
	    "nobody at the desk could say where it went");

	OK(f, not_same(f, "ana", one, two));
	assert_string_equal(dups(f, one, 0), "");
	assert_string_equal(dups(f, two, 0), "");
	assert_string_equal(tray(f, 0), "");
	assert_int_equal(put(f, &copy), one);
	assert_string_equal(dups(f, one, 0), "");
}

static void
test_not_the_same_holds_for_all_that_is_joined_later(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	int64_t three = at_gate(f, 23), top = new_case(f, "x");

	OK(f, not_same(f, "ana", one, two));
	join(f, "ben", one, three); /* three and two were suggested */
	assert_string_equal(dups(f, two, 0), "");
	join(f, "ben", top, one);
	assert_string_equal(dups(f, two, 0), "");
	assert_string_equal(dups(f, top, 0), "");
	undo(f, "ben");
	undo(f, "ben");
	assert_string_equal(dups(f, two, 0), "3");
	assert_string_equal(dups(f, three, 0), "1 2");
}

static void
test_not_the_same_is_told_in_both_logs_and_undone_exactly(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	char *before = snapshot(f, 2), *after;

	OK(f, not_same(f, "ana", two, one));
	assert_string_equal(last_data(f, two, "not_same"),
	    "{\"others\":[1],\"apart\":[1],\"refused\":[1],"
	    "\"rules\":[\"alike\"],\"reason\":\"other bags\"}");
	assert_string_equal(last_data(f, one, "not_same"),
	    "{\"others\":[2],\"reason\":\"other bags\"}");
	all_is_well(f);
	undo(f, "ana");
	after = snapshot(f, 2);
	same_snapshot(before, after, "not same and undo");
	free(before);
	free(after);
	assert_string_equal(dups(f, one, 0), "2");
	assert_string_equal(tray(f, 0), "1+2");
	all_is_well(f);
}

static void
test_not_the_same_needs_no_claim_but_the_right_to_work(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);

	take(f, "ben", one);
	REFUSED(f, CQ_DENIED, not_same(f, "sue", one, two));
	OK(f, not_same(f, "ana", one, two));
	assert_string_equal(head(f, one)->holder, "ben");
}

static void
test_not_the_same_twice_is_one_act(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_not_same(f->store, &who, one, &two, 1, NULL, &f->err));
	OK(f, cq_store_not_same(f->store, &who, one, &two, 1, NULL, &f->err));
	assert_int_equal(n_events(f, -1, "not_same"), 2);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_not_same(f->store, &who, two, &one, 1, NULL, &f->err));
	/* said again by somebody else: nothing to add, nothing to undo */
	OK(f, not_same(f, "ben", two, one));
	assert_int_equal(n_events(f, -1, "not_same"), 2);
	REFUSED(f, CQ_NOT_FOUND, try_undo(f, "ben"));
	undo(f, "ana");
	assert_string_equal(dups(f, one, 0), "2");
}

static void
test_what_is_the_same_case_cannot_be_told_apart(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	int64_t others[2] = {at_gate(f, 23), two};
	struct cq_act who;

	REFUSED(f, CQ_INPUT, not_same(f, "ana", one, one));
	REFUSED(f, CQ_NOT_FOUND, not_same(f, "ana", one, 99));
	join(f, "ana", one, two);
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_not_same(f->store, &who, one, others, 2, NULL, &f->err));
	expect_said(f, "case 1 by now");
	REFUSED(f, CQ_INPUT,
	    cq_store_not_same(f->store, &who, one, others, 0, NULL, &f->err));
	assert_string_equal(dups(f, one, 0), "3"); /* nothing was done */
}

static void
test_a_refused_group_is_apart_pair_by_pair_and_undone_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t cases[3] = {at_gate(f, 12), at_gate(f, 19), at_gate(f, 23)};
	struct cq_act who = act(f, "ana");
	int64_t four = at_gate(f, 31);

	OK(f, cq_store_refuse(f->store, &who, cases, 3, NULL, &f->err));
	for (int i = 0; i < 3; i++)
		assert_string_equal(dups(f, cases[i], 0), "4");
	assert_string_equal(dups(f, four, 0), "1 2 3");
	all_is_well(f);
	undo(f, "ana");
	assert_string_equal(dups(f, cases[1], 0), "1 4 3");
	REFUSED(f, CQ_INPUT,
	    cq_store_refuse(f->store, &who, cases, 1, NULL, &f->err));
	all_is_well(f);
}

static void
test_not_the_same_is_undone_below_a_join_too(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);

	OK(f, not_same(f, "ana", one, two));
	join(f, "ben", one, two);
	undo(f, "ana");
	all_is_well(f);
	undo(f, "ben");
	assert_string_equal(dups(f, one, 0), "2");
	all_is_well(f);
}

static void
test_a_join_accepts_what_was_suggested_until_undone(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	int64_t far = new_case(f, "x");

	join(f, "ana", one, two);
	expect_in(last_data(f, one, "join"),
	    "{\"suggested\":\"alike\",\"accepted\":[1],\"rules\":[\"alike\"]");
	assert_string_equal(dups(f, one, 0), "");
	all_is_well(f);
	undo(f, "ana");
	assert_string_equal(dups(f, one, 0), "2");
	join(f, "ana", one, far);
	if (strstr(last_data(f, one, "join"), "suggested") != NULL)
		fail_msg("nothing was suggested there");
	all_is_well(f);
}

static void
test_that_cases_are_not_the_same_rests_while_they_are_one(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	int64_t three = at_gate(f, 23);

	OK(f, not_same(f, "ana", one, two));
	f->now += 60;
	join(f, "ben", two, three);
	join(f, "ben", three, one); /* by way of an old number */
	assert_int_equal(head(f, one)->id, two);
	all_is_well(f);
	undo(f, "ben");
	assert_string_equal(dups(f, one, 0), "");
	all_is_well(f); /* the same row: who said it, and when */
	undo(f, "ben");
	assert_string_equal(dups(f, one, 0), "3");
	undo(f, "ana");
	assert_string_equal(dups(f, one, 0), "3 2");
}

static void
test_cases_split_again_are_not_the_same_as_before(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);
	int64_t both[2] = {one, two};
	struct cq_act who;

	OK(f, not_same(f, "ana", one, two));
	join(f, "ben", one, two);
	assert_int_equal(split(f, "lea", one, post_of(f, one, 1)), two);
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_accept(f->store, &who, both, 2, false, NULL, &f->err));
	expect_said(f, "is not the same as case 1");
	all_is_well(f);
}

/* Case 4 was told from 8, which stood in 1 when 1 was joined into 4. */
static void
test_what_was_said_once_is_not_said_twice(void **state)
{
	struct fixture *f = *state;
	int64_t four = at_gate(f, 12), eight = at_gate(f, 19);
	int64_t one = at_gate(f, 23);

	OK(f, not_same(f, "ben", four, eight));
	join(f, "adm", one, eight);
	join(f, "ana", four, one);
	undo(f, "adm"); /* 8 stands alone again, and the word counts */
	f->now += 60;
	OK(f, not_same(f, "lea", four, eight));
	undo(f, "ana");
	all_is_well(f);
	assert_int_equal(n_events(f, four, "not_same"), 1);
}

static void
test_an_accepted_group_is_joined_and_undone_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t cases[3] = {at_gate(f, 12), at_gate(f, 19), at_gate(f, 23)};
	struct cq_act who = act(f, "ana");
	char *before = snapshot(f, 3), *after;

	OK(f, cq_store_accept(f->store, &who, cases, 3, false, "ok", &f->err));
	OK(f, cq_store_accept(f->store, &who, cases, 3, false, "ok", &f->err));
	assert_int_equal(head(f, 3)->n_posts, 3);
	assert_string_equal(tray(f, 0), "");
	undo(f, "ana");
	after = snapshot(f, 3);
	same_snapshot(before, after, "accept and undo");
	free(before);
	free(after);
	assert_string_equal(dups(f, 1, 0), "3 2");
	REFUSED(f, CQ_INPUT,
	    cq_store_accept(f->store, &who, cases, 1, false, NULL, &f->err));
	all_is_well(f);
}

static void
test_a_group_is_not_accepted_over_somebodys_word(void **state)
{
	struct fixture *f = *state;
	int64_t cases[3] = {at_gate(f, 12), at_gate(f, 19), at_gate(f, 23)};
	struct cq_act who;

	OK(f, not_same(f, "ben", 2, 3));
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_accept(f->store, &who, cases, 3, false, NULL, &f->err));
	expect_said(f, "case 3 is not the same as case 1");
	assert_int_equal(head(f, 2)->id, 2); /* none of it was done */
	assert_string_equal(dups(f, 1, 0), "3 2");
}

static void
test_a_group_with_a_case_that_is_not_there_is_not_found(void **state)
{
	struct fixture *f = *state;
	int64_t cases[2] = {at_gate(f, 12), 99};
	struct cq_act who;

	at_gate(f, 19);
	OK(f, not_same(f, "ben", 1, 2)); /* of a case that is there */
	who = act(f, "ana");
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_accept(f->store, &who, cases, 2, true, NULL, &f->err));
	expect_said(f, "there is no case 99");
}

static void
test_a_group_is_judged_as_it_was_seen_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	int64_t cases[3] = {at_gate(f, 12), at_gate(f, 19), at_gate(f, 23)};
	int64_t four = at_gate(f, 31);
	struct cq_act who = act(f, "ben");

	OK(f,
	    cq_store_join(f->store, &who, four, &cases[1], 1, false, NULL,
		&f->err));
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_accept(f->store, &who, cases, 3, false, NULL, &f->err));
	expect_said(f, "case 2 was joined into case 4 meanwhile");
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_refuse(f->store, &who, cases, 3, NULL, &f->err));
	assert_int_equal(head(f, 4)->id, 4); /* none of it was done */
	assert_int_equal(head(f, 3)->id, 3);
	assert_string_equal(dups(f, 1, 0), "4 3");
	all_is_well(f);
}

static void
test_of_two_that_fitted_the_one_not_chosen_is_out_until_undone(void **state)
{
	struct fixture *f = *state;
	int64_t one, two, both;
	struct cq_act who;

	either(f, &one, &two, &both);
	who = act(f, "ana");
	OK(f, cq_store_not_same(f->store, &who, one, &two, 1, NULL, &f->err));
	join(f, "ben", one, both);
	expect_in(last_data(f, one, "join"), "\"suggested\":\"either\"");
	expect_in(last_data(f, one, "join"), "\"settled\":[");
	assert_string_equal(dups(f, two, 0), "");
	all_is_well(f);
	undo(f, "ben");
	assert_string_equal(dups(f, both, 0), "1 2");
	all_is_well(f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_suggestion_is_seen_from_both_of_its_cases),
	    WITH_QUEUE(test_the_other_case_is_told_as_a_list_tells_it),
	    WITH_QUEUE(test_each_other_case_is_one_row_with_its_best_reason),
	    WITH_QUEUE(
		test_what_was_a_copy_of_two_comes_before_what_is_more_alike),
	    WITH_QUEUE(test_closed_cases_stand_behind_those_in_the_queue),
	    WITH_QUEUE(test_what_is_the_same_case_by_now_is_not_suggested),
	    WITH_QUEUE(test_a_single_case_knows_how_many_are_suggested),
	    WITH_QUEUE(test_dups_of_no_case_are_not_found),
	    WITH_QUEUE(test_not_the_same_is_not_suggested_again),
	    WITH_QUEUE(test_not_the_same_holds_for_all_that_is_joined_later),
	    WITH_QUEUE(
		test_not_the_same_is_told_in_both_logs_and_undone_exactly),
	    WITH_QUEUE(test_not_the_same_needs_no_claim_but_the_right_to_work),
	    WITH_QUEUE(test_not_the_same_twice_is_one_act),
	    WITH_QUEUE(test_what_is_the_same_case_cannot_be_told_apart),
	    WITH_QUEUE(
		test_a_refused_group_is_apart_pair_by_pair_and_undone_at_once),
	    WITH_QUEUE(test_not_the_same_is_undone_below_a_join_too),
	    WITH_QUEUE(test_a_join_accepts_what_was_suggested_until_undone),
	    WITH_QUEUE(
		test_that_cases_are_not_the_same_rests_while_they_are_one),
	    WITH_QUEUE(test_cases_split_again_are_not_the_same_as_before),
	    WITH_QUEUE(test_what_was_said_once_is_not_said_twice),
	    WITH_QUEUE(test_an_accepted_group_is_joined_and_undone_at_once),
	    WITH_QUEUE(test_a_group_is_not_accepted_over_somebodys_word),
	    WITH_QUEUE(test_a_group_with_a_case_that_is_not_there_is_not_found),
	    WITH_QUEUE(test_a_group_is_judged_as_it_was_seen_or_not_at_all),
	    WITH_QUEUE(
		test_of_two_that_fitted_the_one_not_chosen_is_out_until_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
