#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/case.h"
#include "core/roles.h"

/* The state picture of case.h once more, by name: from, move, to. */
static const struct {
	const char *from, *move, *to;
} allowed[] = {
    {"new", "take", "open"},
    {"open", "take", "open"},
    {"pending", "take", "pending"},
    {"snoozed", "take", "open"},
    {"new", "pend", "pending"},
    {"open", "pend", "pending"},
    {"snoozed", "pend", "pending"},
    {"new", "snooze", "snoozed"},
    {"open", "snooze", "snoozed"},
    {"pending", "snooze", "snoozed"},
    {"snoozed", "snooze", "snoozed"},
    {"snoozed", "wake", "open"},
    {"new", "resolve", "resolved"},
    {"open", "resolve", "resolved"},
    {"pending", "resolve", "resolved"},
    {"snoozed", "resolve", "resolved"},
    {"new", "dismiss", "dismissed"},
    {"open", "dismiss", "dismissed"},
    {"pending", "dismiss", "dismissed"},
    {"snoozed", "dismiss", "dismissed"},
    {"pending", "reopen", "open"},
    {"snoozed", "reopen", "open"},
    {"resolved", "reopen", "open"},
    {"dismissed", "reopen", "open"},
    {"new", "post", "new"},
    {"open", "post", "open"},
    {"pending", "post", "open"},
    {"snoozed", "post", "open"},
    {"resolved", "post", "open"},
    {"dismissed", "post", "open"},
};

static const char *
expected(enum cq_state from, enum cq_move move)
{
	size_t i;

	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (strcmp(allowed[i].from, cq_state_name(from)) == 0 &&
		    strcmp(allowed[i].move, cq_move_name(move)) == 0)
			return allowed[i].to;
	}
	return NULL;
}

static void
test_every_move_leads_where_the_state_picture_says(void **state)
{
	enum cq_state to;
	const char *name;
	int from, move, n = 0;
	bool may;

	(void)state;
	for (from = 0; from < CQ_N_STATES; from++) {
		for (move = 0; move < CQ_N_MOVES; move++) {
			name = expected(from, move);
			may = cq_case_move(from, move, &to);
			if (may != (name != NULL))
				fail_msg("%s of a case that is %s",
				    cq_move_name(move), cq_state_name(from));
			if (!may)
				continue;
			assert_string_equal(cq_state_name(to), name);
			n++;
		}
	}
	assert_int_equal(n, sizeof(allowed) / sizeof(allowed[0]));
}

static void
test_refused_move_leaves_the_state_alone(void **state)
{
	enum cq_state to = CQ_SNOOZED;

	(void)state;
	assert_false(cq_case_move(CQ_RESOLVED, CQ_MOVE_TAKE, &to));
	assert_int_equal(to, CQ_SNOOZED);
}

static void
test_message_names_the_moves_a_person_may_make(void **state)
{
	static const struct {
		enum cq_state from;
		const char *moves;
	} rows[] = {
	    {CQ_NEW, "take, snooze, resolve, dismiss"},
	    {CQ_OPEN, "take, snooze, resolve, dismiss"},
	    {CQ_PENDING, "take, snooze, resolve, dismiss, reopen"},
	    {CQ_SNOOZED, "take, snooze, resolve, dismiss, reopen"},
	    {CQ_RESOLVED, "reopen"},
	    {CQ_DISMISSED, "reopen"},
	};
	char out[80], small[8];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cq_case_moves(rows[i].from, out, sizeof(out));
		assert_string_equal(out, rows[i].moves);
	}
	cq_case_moves(CQ_NEW, small, sizeof(small));
	assert_string_equal(small, "take, s");
	cq_case_moves(CQ_NEW, small, 0); /* writes nothing at all */
	assert_string_equal(small, "take, s");
}

static void
test_states_are_known_by_name_and_letter(void **state)
{
	static const char letters[] = "NOWZRD";
	enum cq_state s;
	int i;

	(void)state;
	for (i = 0; i < CQ_N_STATES; i++) {
		assert_true(cq_state_parse(cq_state_name(i), &s));
		assert_int_equal(s, i);
		assert_int_equal(cq_state_letter(i), letters[i]);
	}
	assert_false(cq_state_parse("New", &s));
	assert_false(cq_state_parse("", &s));
}

static void
test_resolved_and_dismissed_cases_are_not_in_the_queue(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < CQ_N_STATES; i++)
		assert_int_equal(cq_state_in_queue(i),
		    i != CQ_RESOLVED && i != CQ_DISMISSED);
}

static void
test_first_outcome_is_answered_and_others_are_known(void **state)
{
	(void)state;
	assert_string_equal(cq_outcomes[0], "answered");
	assert_true(cq_outcome_known("answered"));
	assert_true(cq_outcome_known("no-reply-needed"));
	assert_true(cq_outcome_known("duplicate"));
	assert_false(cq_outcome_known("done"));
	assert_false(cq_outcome_known(""));
}

static void
test_tag_is_short_lower_case_and_visible(void **state)
{
	static const struct {
		const char *tag;
		int valid;
	} rows[] = {
	    {"billing", 1},
	    {"a", 1},
	    {"late-2.0_x", 1},
	    {"\xc3\xbc"
	     "ber",
		1},
	    {"\xe8\xbf\x94\xe9\x87\x91", 1},		 /* Han */
	    {"\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8", 1}, /* with a vowel */
	    {"12345678901234567890123456789012", 1},
	    {"123456789012345678901234567890123", 0},
	    {"", 0},
	    {"Billing", 0},
	    {"two words", 0},
	    {"a,b", 0},
	    {"a\tb", 0},
	    {"a\x1b", 0},
	    {"a\xff", 0},
	    {"a\xc2\x9b", 0},
	    {"a\xe2\x80\xae", 0},
	    {"a\xe2\x80\x8b", 0},
	    {"\xe3\x85\xa4", 0}, /* U+3164: a letter that is not seen */
	    {"\xcc\x81"
	     "a",
		0},
	    {"a\xcc\x81\xcc\x81\xcc\x81", 0},
	    {"\xf0\x9f\x98\x80", 0},
	    {"#a", 0},
	    {"!a", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (cq_tag_valid(rows[i].tag) != rows[i].valid)
			fail_msg("tag \"%s\"", rows[i].tag);
	}
}

/* Rows: roles; columns: read work steal assign steer close ingest admin. */
static void
test_each_role_has_its_rights_and_no_other(void **state)
{
	static const char *const rights[CQ_N_ROLES] = {
	    [CQ_AGENT] = "yy----y-",
	    [CQ_LEAD] = "yyyyyyy-",
	    [CQ_SUPERVISOR] = "y-------",
	    [CQ_ADMINISTRATOR] = "yyyyyyyy",
	};
	int role, right;

	(void)state;
	for (role = 0; role < CQ_N_ROLES; role++) {
		for (right = 0; right < CQ_N_RIGHTS; right++)
			assert_int_equal(cq_role_may(role, right),
			    rights[role][right] == 'y');
	}
}

static void
test_words_for_a_right_name_exactly_the_roles_that_have_it(void **state)
{
	int role, right;

	(void)state;
	assert_string_equal(cq_right_who(CQ_MAY_STEAL),
	    "lead or administrator");
	for (role = 0; role < CQ_N_ROLES; role++) {
		for (right = 0; right < CQ_N_RIGHTS; right++)
			assert_int_equal(strstr(cq_right_who(right),
					     cq_role_name(role)) != NULL,
			    cq_role_may(role, right));
	}
}

static void
test_roles_are_known_by_name(void **state)
{
	enum cq_role role;
	int i;

	(void)state;
	for (i = 0; i < CQ_N_ROLES; i++) {
		assert_true(cq_role_parse(cq_role_name(i), &role));
		assert_int_equal(role, i);
	}
	assert_false(cq_role_parse("admin", &role));
	assert_false(cq_role_parse("", &role));
}

static void
test_name_begins_with_a_letter_and_is_plain(void **state)
{
	static const char *const good[] = {
	    "a", "ann", "bo.b", "x-1_2", "abcdefghijklmnopqrstuvwxyz012345"};
	static const char *const bad[] = {"", "Ann", "1ann", ".ann", "-ann",
	    "_ann", "an n", "ann\n", "ann/bo", "ann:bo", "\xc3\xa4nn",
	    "ann\x1b", "abcdefghijklmnopqrstuvwxyz0123456"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(cq_name_valid(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cq_name_valid(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_every_move_leads_where_the_state_picture_says),
	    cmocka_unit_test(test_refused_move_leaves_the_state_alone),
	    cmocka_unit_test(test_message_names_the_moves_a_person_may_make),
	    cmocka_unit_test(test_states_are_known_by_name_and_letter),
	    cmocka_unit_test(
		test_resolved_and_dismissed_cases_are_not_in_the_queue),
	    cmocka_unit_test(
		test_first_outcome_is_answered_and_others_are_known),
	    cmocka_unit_test(test_tag_is_short_lower_case_and_visible),
	    cmocka_unit_test(test_each_role_has_its_rights_and_no_other),
	    cmocka_unit_test(
		test_words_for_a_right_name_exactly_the_roles_that_have_it),
	    cmocka_unit_test(test_roles_are_known_by_name),
	    cmocka_unit_test(test_name_begins_with_a_letter_and_is_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
