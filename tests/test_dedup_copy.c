#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/known_posts.h"

/* Aligned copies: which posts are compared, and which two cases fit. */

#define BOX "a courier put my box onto the dark stairs and I fell over it"
#define SLIP "a courier put my box onto the drak stairs and I fell over it"

/* --- copies ----------------------------------------------------------------- */

static void
test_a_copy_joins_and_shows_its_figures(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", BOX);
	v = known_posts_ask(&k, "me", SLIP);
	expect_join(&v, CQ_RULE_COPY, 1,
	    "14 of 14 words the same, 1 spelling difference");
	assert_int_equal(v.same, 14);
	assert_int_equal(v.of, 14);
	assert_int_equal(v.typos, 1);
	assert_true(v.bits >= CQ_BITS_COPY);
	v = known_posts_ask(&k, "ann", SLIP);
	expect_join(&v, CQ_RULE_COPY, 1,
	    "14 of 14 words the same, 1 spelling difference, same author");
	known_posts_free(&k);
}

static void
test_a_copy_is_looked_for_a_week_before_and_behind(void **state)
{
	static const struct {
		int64_t ago_s;
		bool joins;
	} rows[] = {{CQ_COPY_WINDOW_S, true}, {CQ_COPY_WINDOW_S + 1, false},
	    {-CQ_COPY_WINDOW_S, true}, {-CQ_COPY_WINDOW_S - 1, false}};
	struct known_posts k = {0};
	struct cq_post old = known_post_by("ann", BOX);
	struct cq_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		known_posts_add(&k, 1, rows[i].ago_s, &old);
		v = known_posts_ask(&k, "me", SLIP);
		assert_int_equal(v.rule == CQ_RULE_COPY, rows[i].joins);
		assert_int_equal(v.n_suggestions, 0);
		known_posts_free(&k);
	}
}

static void
test_a_copy_to_somebody_else_or_with_a_comment_is_looked_at(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "me", "@rail " BOX);
	v = known_posts_ask(&k, "me", "@bus " SLIP);
	expect_alike(&v, "much the same text, to somebody else");
	v = known_posts_ask(&k, "me", "@rail " SLIP);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	v = known_posts_ask(&k, "ann", "@bus " SLIP);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	v = known_posts_ask(&k, "ann",
	    "my mother lost her train this way RT @paper: " SLIP);
	expect_alike(&v, "much the same text, with a comment of its own");
	v = known_posts_ask(&k, "ann",
	    "my mother lost her train this way RT @me: " SLIP);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	known_posts_free(&k);
}

static void
test_a_copy_about_another_brand_is_another_case(void **state)
{
	struct known_posts k = {0};
	struct cq_post old = known_post_by("me", BOX);
	struct cq_post post = post_by("me", SLIP);
	struct cq_verdict v;

	(void)state;
	old.brand = "rail";
	post.brand = "parcel";
	known_posts_add(&k, 1, 60, &old);
	v = known_posts_decide(&k, &post);
	expect_alike(&v, "much the same text, about another brand");
	post.brand = NULL;
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	known_posts_free(&k);
}

static void
test_a_reply_is_a_copy_of_its_own_authors_words_alone(void **state)
{
	struct known_posts k = {0};
	struct cq_post post = post_by("me", SLIP);
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", BOX);
	post.in_reply_to = "unknown";
	v = known_posts_decide(&k, &post);
	expect_alike(&v, "much the same text, but a reply of another author");
	post.author = "ann";
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	post.author = "me";
	post.text = "RT @ann: " SLIP;
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	known_posts_free(&k);
}

static void
test_two_numbers_do_not_meet_in_the_case_of_a_text_with_none(void **state)
{
#define LOST "since the spring nobody has found my grey suitcase"
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", LOST);
	known_posts_tell(&k, 1, "mo", LOST " and its number is 4471");
	v = known_posts_ask(&k, "me", LOST " and its number is 9920");
	expect_alike(&v, "a copy, but the case has a copy with another number");
	/* who repeats one of them is meant by it, or wrote it */
	v = known_posts_ask(&k, "me", LOST ", and its number is 4471!");
	assert_int_equal(v.case_id, 1);
	v = known_posts_ask(&k, "ann", LOST " and its number is 9920");
	assert_int_equal(v.case_id, 1);
	/* without the second post nothing speaks against it */
	known_posts_free(&k);
	known_posts_tell(&k, 1, "ann", LOST);
	v = known_posts_ask(&k, "me", LOST " and its number is 9920");
	assert_int_equal(v.rule, CQ_RULE_COPY);
	known_posts_free(&k);
#undef LOST
}

static void
test_a_copy_of_what_was_dismissed_of_another_is_a_case(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", BOX);
	k.at[0].state = CQ_DISMISSED;
	v = known_posts_ask(&k, "me", SLIP);
	expect_alike(&v, "much the same text as a dismissed case");
	v = known_posts_ask(&k, "ann", SLIP);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	known_posts_free(&k);
}

static void
test_what_a_guard_keeps_apart_is_suggested_with_its_reason(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann",
	    "the lift at gate 12 has been stuck since they left");
	v = known_posts_ask(&k, "me",
	    "the lift at gate 14 has been stuck since they left");
	expect_alike(&v, "different: 14 / 12");
	assert_int_equal(v.suggestions[0].post_id, 1);
	/* another number is mostly another matter, another word less so */
	assert_int_equal(v.suggestions[0].score,
	    10 * 1000 / 12 * CQ_ALIKE_DECIDED / 100);
	v = known_posts_ask(&k, "me",
	    "the lift at dock 12 has been stuck since they left");
	expect_alike(&v, "different wording: dock, gate");
	assert_int_equal(v.suggestions[0].score, 10 * 1000 / 12);
	known_posts_free(&k);
}

/* --- two cases fit ------------------------------------------------------------ */

#define WING "the lift at Elm Square library is stuck with my pram inside"

static void
test_what_fits_two_cases_joins_neither_and_names_both(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", WING ", garden wing");
	v = known_posts_ask(&k, "me", WING);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	known_posts_tell(&k, 2, "bob", WING ", archive wing");
	v = known_posts_ask(&k, "me", WING);
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(v.suggestions[i].rule, CQ_RULE_EITHER);
		assert_non_null(strstr(v.suggestions[i].why, "could be #"));
	}
	assert_int_not_equal(v.suggestions[0].case_id,
	    v.suggestions[1].case_id);
	known_posts_free(&k);
}

static void
test_of_two_cases_the_one_whose_author_is_named_fits(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", WING ", garden wing");
	known_posts_tell(&k, 2, "bob", WING ", archive wing");
	v = known_posts_ask(&k, "me", "RT @ann: " WING);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	assert_int_equal(v.case_id, 1);
	v = known_posts_ask(&k, "me", "RT @bob: " WING);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	assert_int_equal(v.case_id, 2);
	known_posts_free(&k);
}

static void
test_two_posts_of_one_case_are_no_rivals(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", WING ", garden wing");
	known_posts_tell(&k, 1, "bob", WING ", archive wing");
	v = known_posts_ask(&k, "me", WING);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	assert_int_equal(v.case_id, 1);
	known_posts_free(&k);
}

static void
test_copies_of_each_other_are_rivals_only_if_somebody_said_so(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", BOX);
	known_posts_tell(&k, 2, "bob", BOX "!");
	v = known_posts_ask(&k, "me", SLIP);
	assert_int_equal(v.rule, CQ_RULE_COPY);
	k.apart[0] = 2;
	k.apart[1] = 1;
	v = known_posts_ask(&k, "me", SLIP);
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 2);
	assert_int_equal(v.suggestions[0].rule, CQ_RULE_EITHER);
	assert_int_equal(v.suggestions[1].rule, CQ_RULE_EITHER);
	known_posts_free(&k);
}

/* --- which posts are compared --------------------------------------------- */

struct compared {
	int n;
	char why[160];
};

static void
note_compared(void *arg, const struct cq_weighed *w)
{
	struct compared *c = arg;

	assert_true(w->hit->post_id > 0);
	snprintf(c->why, sizeof(c->why), "%s", w->copy->why);
	c->n++;
}

static void
test_what_shares_one_of_many_rare_words_is_not_compared(void **state)
{
	struct compared c = {0};
	struct known_posts k = {.weighed = note_compared, .weighed_arg = &c};

	(void)state;
	known_posts_tell(&k, 1, "ann", "courier");
	known_posts_ask(&k, "me", BOX);
	assert_int_equal(c.n, 1); /* of the only known word it is all */
	known_posts_tell(&k, 2, "bob", BOX);
	known_posts_ask(&k, "me", SLIP);
	assert_int_equal(c.n, 2); /* of nine words it shares one */
	assert_string_equal(c.why,
	    "14 of 14 words the same, 1 spelling difference");
	known_posts_free(&k);
}

static void
test_only_the_best_candidates_are_compared(void **state)
{
	struct compared c = {0};
	struct known_posts k = {.weighed = note_compared, .weighed_arg = &c};

	(void)state;
	for (int i = 0; i < 2 * CQ_CANDIDATES; i++)
		known_posts_tell(&k, 1, "ann", BOX);
	known_posts_ask(&k, "me", SLIP);
	assert_int_equal(c.n, CQ_CANDIDATES);
	known_posts_free(&k);
}

static void
test_no_rare_word_is_asked_for_a_text_of_two_words(void **state)
{
	struct known_posts k = {0};

	(void)state;
	known_posts_tell(&k, 1, "ann", "broken lift");
	known_posts_ask(&k, "me", "broken lfit");
	assert_int_equal(k.asked[ASKED_WORD], 0);
	known_posts_free(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_copy_joins_and_shows_its_figures),
	    cmocka_unit_test(
		test_a_copy_is_looked_for_a_week_before_and_behind),
	    cmocka_unit_test(
		test_a_copy_to_somebody_else_or_with_a_comment_is_looked_at),
	    cmocka_unit_test(test_a_copy_about_another_brand_is_another_case),
	    cmocka_unit_test(
		test_a_reply_is_a_copy_of_its_own_authors_words_alone),
	    cmocka_unit_test(
		test_two_numbers_do_not_meet_in_the_case_of_a_text_with_none),
	    cmocka_unit_test(
		test_a_copy_of_what_was_dismissed_of_another_is_a_case),
	    cmocka_unit_test(
		test_what_a_guard_keeps_apart_is_suggested_with_its_reason),
	    cmocka_unit_test(
		test_what_fits_two_cases_joins_neither_and_names_both),
	    cmocka_unit_test(
		test_of_two_cases_the_one_whose_author_is_named_fits),
	    cmocka_unit_test(test_two_posts_of_one_case_are_no_rivals),
	    cmocka_unit_test(
		test_copies_of_each_other_are_rivals_only_if_somebody_said_so),
	    cmocka_unit_test(
		test_what_shares_one_of_many_rare_words_is_not_compared),
	    cmocka_unit_test(test_only_the_best_candidates_are_compared),
	    cmocka_unit_test(
		test_no_rare_word_is_asked_for_a_text_of_two_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
