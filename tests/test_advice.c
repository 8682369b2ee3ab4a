#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/rules.h"

static enum cq_advice
joins(enum cq_rule rule, int64_t n, int64_t undone)
{
	struct cq_rule_yield y = {.joins = n, .undone = undone};

	return cq_rule_advice(rule, CQ_MODE_AUTO, &y);
}

static enum cq_advice
judged(enum cq_rule rule, int64_t accepted, int64_t refused)
{
	struct cq_rule_yield y = {
	    .made = 9999, .accepted = accepted, .refused = refused};

	return cq_rule_advice(rule, CQ_MODE_SUGGEST, &y);
}

static void
test_joins_are_kept_from_200_with_one_wrong_of_200(void **state)
{
	(void)state;
	assert_int_equal(joins(CQ_RULE_COPY, 199, 0), CQ_ADVICE_NONE);
	assert_int_equal(joins(CQ_RULE_COPY, 200, 0), CQ_ADVICE_KEEP);
	assert_int_equal(joins(CQ_RULE_COPY, 200, 1), CQ_ADVICE_KEEP);
	assert_int_equal(joins(CQ_RULE_COPY, 200, 2), CQ_ADVICE_SUGGEST);
	assert_int_equal(joins(CQ_RULE_COPY, 1000, 5), CQ_ADVICE_KEEP);
	assert_int_equal(joins(CQ_RULE_COPY, 1000, 6), CQ_ADVICE_SUGGEST);
}

static void
test_what_can_no_longer_get_right_is_told_early(void **state)
{
	(void)state;
	assert_int_equal(joins(CQ_RULE_TEXT, 10, 1), CQ_ADVICE_NONE);
	assert_int_equal(joins(CQ_RULE_TEXT, 10, 2), CQ_ADVICE_SUGGEST);
	assert_int_equal(joins(CQ_RULE_TEXT, 0, 0), CQ_ADVICE_NONE);
}

static void
test_posts_of_one_author_may_be_wrong_more_often(void **state)
{
	(void)state;
	assert_int_equal(joins(CQ_RULE_FOLLOW, 200, 10), CQ_ADVICE_KEEP);
	assert_int_equal(joins(CQ_RULE_FOLLOW, 200, 11), CQ_ADVICE_SUGGEST);
	assert_int_equal(joins(CQ_RULE_AGAIN, 200, 10), CQ_ADVICE_KEEP);
	assert_int_equal(joins(CQ_RULE_CONVERSATION, 100, 10), CQ_ADVICE_NONE);
	assert_int_equal(joins(CQ_RULE_REPLY, 200, 2), CQ_ADVICE_SUGGEST);
}

static void
test_a_suggesting_rule_joins_once_nearly_all_were_accepted(void **state)
{
	(void)state;
	assert_int_equal(judged(CQ_RULE_COPY, 199, 0), CQ_ADVICE_NONE);
	assert_int_equal(judged(CQ_RULE_COPY, 199, 1), CQ_ADVICE_AUTO);
	assert_int_equal(judged(CQ_RULE_COPY, 198, 2), CQ_ADVICE_NONE);
	/* what is too unsure by nature never is advised to join */
	assert_int_equal(judged(CQ_RULE_LIKE, 5000, 0), CQ_ADVICE_NONE);
	assert_int_equal(judged(CQ_RULE_ALIKE, 5000, 0), CQ_ADVICE_NONE);
}

static void
test_suggestions_that_nobody_wants_are_advised_off(void **state)
{
	(void)state;
	assert_int_equal(judged(CQ_RULE_LIKE, 9, 191), CQ_ADVICE_OFF);
	assert_int_equal(judged(CQ_RULE_LIKE, 10, 190), CQ_ADVICE_NONE);
	assert_int_equal(judged(CQ_RULE_LIKE, 0, 199), CQ_ADVICE_NONE);
	assert_int_equal(judged(CQ_RULE_COPY, 0, 200), CQ_ADVICE_OFF);
}

static void
test_nothing_is_advised_of_a_rule_that_is_off_or_of_people(void **state)
{
	struct cq_rule_yield y = {.joins = 500, .undone = 400};

	(void)state;
	assert_int_equal(cq_rule_advice(CQ_RULE_COPY, CQ_MODE_OFF, &y),
	    CQ_ADVICE_NONE);
	assert_int_equal(joins(CQ_RULE_PERSON, 500, 400), CQ_ADVICE_NONE);
	assert_int_equal(joins(CQ_RULE_FIRST, 500, 400), CQ_ADVICE_NONE);
}

static void
test_shares_are_cut_off_so_that_all_means_all(void **state)
{
	struct cq_rule_yield y = {
	    .joins = 100000, .undone = 1, .accepted = 2, .refused = 1};

	(void)state;
	assert_int_equal(cq_yield_precision(&y), 999);
	assert_int_equal(cq_yield_acceptance(&y), 666);
	y = (struct cq_rule_yield){0};
	assert_int_equal(cq_yield_precision(&y), -1);
	assert_int_equal(cq_yield_acceptance(&y), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_joins_are_kept_from_200_with_one_wrong_of_200),
	    cmocka_unit_test(test_what_can_no_longer_get_right_is_told_early),
	    cmocka_unit_test(test_posts_of_one_author_may_be_wrong_more_often),
	    cmocka_unit_test(
		test_a_suggesting_rule_joins_once_nearly_all_were_accepted),
	    cmocka_unit_test(
		test_suggestions_that_nobody_wants_are_advised_off),
	    cmocka_unit_test(
		test_nothing_is_advised_of_a_rule_that_is_off_or_of_people),
	    cmocka_unit_test(test_shares_are_cut_off_so_that_all_means_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
