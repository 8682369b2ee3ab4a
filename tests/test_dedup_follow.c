#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/known_posts.h"

/* Who writes again, and goes on with a matter. */

#define BOX "a courier put my box onto the dark stairs and I fell over it"
#define ASIDE "the night bus drove past seven of us in the rain at Weir Lane"

#define LAMP "@lux the reading lamp came without its glass shade"
#define REFUND "@lux where is my refund for the lamp and the glass shade"

static void
test_who_writes_again_within_a_day_goes_on(void **state)
{
	static const struct {
		int64_t ago_s;
		const char *why; /* NULL: another case */
	} rows[] = {
	    {720, "same author, 12 min later"},
	    {CQ_FOLLOW_WINDOW_S, "same author, 24 h later"},
	    {CQ_FOLLOW_WINDOW_S + 1, NULL},
	    {-3 * 3600, "same author, 3 h earlier"},
	    {-CQ_FOLLOW_WINDOW_S, "same author, 24 h earlier"},
	    {-CQ_FOLLOW_WINDOW_S - 1, NULL},
	};
	struct known_posts k = {0};
	struct cq_post old = known_post_by("me", "@rail " BOX);
	struct cq_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		known_posts_add(&k, 1, rows[i].ago_s, &old);
		v = known_posts_ask(&k, "me", "@rail well? so?");
		if (rows[i].why == NULL)
			expect_first(&v);
		else
			expect_join(&v, CQ_RULE_FOLLOW, 1, rows[i].why);
		assert_int_equal(v.n_suggestions, 0);
		known_posts_free(&k);
	}
}

static void
test_only_who_goes_on_with_a_matter_goes_on(void **state)
{
	static const struct {
		const char *old, *text, *brand, *in_reply_to;
		bool joins;
	} rows[] = {
	    /* a newspaper: its headlines are about many matters */
	    {ASIDE, BOX, NULL, NULL, false},
	    {ASIDE, BOX, "", "", false},
	    {ASIDE, BOX, "rail", NULL, true},
	    {ASIDE, BOX, NULL, "a post that nobody has", true},
	    /* to one account, or only naming it */
	    {"@rail " ASIDE, "@rail " BOX, NULL, NULL, true},
	    {ASIDE " @rail", "@rail " BOX, NULL, NULL, false},
	    {"@rail " ASIDE, "@bus " BOX, NULL, NULL, false},
	    {"@rail @bus " ASIDE, "@bus " BOX, NULL, NULL, true},
	    {ASIDE " @rail", BOX " @rail", NULL, NULL, false},
	    {"@rail " ASIDE, BOX, NULL, NULL, false},
	};
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_post old = known_post_by("me", rows[i].old);
		struct cq_post post = post_by("me", rows[i].text);
		bool elsewhere =
		    !rows[i].joins && strcmp(rows[i].text, "@bus " BOX) == 0;

		old.brand = post.brand = rows[i].brand;
		post.in_reply_to = rows[i].in_reply_to;
		known_posts_add(&k, 1, CQ_FOLLOW_ANY_S + 1, &old);
		v = known_posts_decide(&k, &post);
		if ((v.rule != CQ_RULE_FIRST) != rows[i].joins)
			fail_msg("row %zu: %s", i, v.why);
		known_posts_free(&k);
		/* who writes again at once goes on, but not to another */
		for (int sign = -1; sign <= 1; sign += 2) {
			known_posts_add(&k, 1, sign * CQ_FOLLOW_ANY_S, &old);
			v = known_posts_decide(&k, &post);
			assert_int_equal(v.rule == CQ_RULE_FIRST, elsewhere);
			known_posts_free(&k);
		}
	}
}

static void
test_within_hours_words_in_common_are_the_same_matter(void **state)
{
	static const struct {
		int64_t ago_s;
		const char *text, *why; /* NULL: a follow-up */
	} rows[] = {
	    {720, REFUND,
		"same author, 12 min later, again about lamp, glass, shade"},
	    {CQ_AGAIN_WINDOW_S, REFUND,
		"same author, 4 h later, again about lamp, glass, shade"},
	    {CQ_AGAIN_WINDOW_S + 1, REFUND, NULL},
	    {-CQ_AGAIN_WINDOW_S, REFUND,
		"same author, 4 h earlier, again about lamp, glass, shade"},
	    {-CQ_AGAIN_WINDOW_S - 1, REFUND, NULL},
	    {720, "@lux nobody answers about my order", NULL},
	    /* no more than three words are named, and no small ones */
	    {720, "@lux my reading lamp came without its glass",
		"same author, 12 min later, again about reading, lamp, came"},
	};
	struct known_posts k = {0};
	struct cq_post old = known_post_by("me", LAMP);
	struct cq_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		known_posts_add(&k, 1, rows[i].ago_s, &old);
		v = known_posts_ask(&k, "me", rows[i].text);
		if (rows[i].why == NULL)
			assert_int_equal(v.rule, CQ_RULE_FOLLOW);
		else
			expect_join(&v, CQ_RULE_AGAIN, 1, rows[i].why);
		assert_int_equal(v.n_suggestions, 0);
		/* another one's matter is another one's */
		v = known_posts_ask(&k, "ann", rows[i].text);
		expect_first(&v);
		known_posts_free(&k);
	}
}

static void
test_the_same_matter_needs_words_that_are_not_usual(void **state)
{
	struct known_posts k = {.usual = "lamp glass", .n_posts = 20000};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "me", "@lux lamp glass");
	k.at[0].state = CQ_OPEN;
	k.n_usual = 882; /* log2(20001 / 883) is 4.50 */
	v = known_posts_ask(&k, "me", "@lux glass and lamp");
	assert_int_equal(v.rule, CQ_RULE_FOLLOW);
	k.n_usual = 38; /* 9.00 */
	v = known_posts_ask(&k, "me", "@lux glass and lamp");
	expect_join(&v, CQ_RULE_AGAIN, 1,
	    "same author, 1 min later, again about glass, lamp");
	assert_int_equal(v.bits, CQ_BITS_AGAIN);
	assert_int_equal(v.same, 2);
	k.n_usual = 39;
	v = known_posts_ask(&k, "me", "@lux glass and lamp");
	assert_int_equal(v.rule, CQ_RULE_FOLLOW);
	/* a word said twice tells no more */
	v = known_posts_ask(&k, "me", "@lux glass, glass, glass and lamp");
	assert_int_equal(v.rule, CQ_RULE_FOLLOW);
	known_posts_free(&k);
}

static void
test_rarest_words_in_common_are_named_first(void **state)
{
	struct known_posts k = {
	    .usual = "reading came", .n_usual = 90, .n_posts = 20000};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "me", LAMP);
	k.at[0].state = CQ_OPEN;
	v = known_posts_ask(&k, "me", LAMP ", still");
	expect_join(&v, CQ_RULE_COPY, 1, "8 of 8 words the same, same author");
	v = known_posts_ask(&k, "me",
	    "@lux my reading lamp came without glass");
	expect_join(&v, CQ_RULE_AGAIN, 1,
	    "same author, 1 min later, again about lamp, without, glass");
	known_posts_free(&k);
}

static void
test_with_as_much_in_common_as_a_copy_two_days_are_not_too_late(void **state)
{
	static const char five[] = "lamp glass shade order crate";
	static const struct {
		int64_t ago_s, n_usual;
		bool joins;
	} rows[] = {
	    {CQ_FOLLOW_WINDOW_S + 1, 77, true}, /* five times 8.0 bits */
	    {CQ_FOLLOW_WINDOW_S + 1, 78, false},
	    {CQ_FOLLOW_WINDOW_S, 78, true},
	    {CQ_FOLLOW_LONG_S, 77, true},
	    {CQ_FOLLOW_LONG_S + 1, 77, false},
	    {-CQ_FOLLOW_LONG_S, 77, true},
	    {-CQ_FOLLOW_LONG_S - 1, 77, false},
	};
	struct cq_post old = known_post_by("me",
	    "@lux lamp without shade, glass broken by the crate, order again");
	struct cq_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct known_posts k = {.usual = five,
		    .n_usual = rows[i].n_usual,
		    .n_posts = 20000};

		known_posts_add(&k, 1, rows[i].ago_s, &old);
		v = known_posts_ask(&k, "me",
		    "@lux crate, shade, lamp, glass: my order");
		if (v.rule != (rows[i].joins ? CQ_RULE_FOLLOW : CQ_RULE_FIRST))
			fail_msg("row %zu: %s", i, v.why);
		known_posts_free(&k);
	}
}

static void
test_a_brand_is_the_same_in_capitals(void **state)
{
	struct known_posts k = {0};
	struct cq_post old = known_post_by("me", LAMP);
	struct cq_post post = post_by("me", REFUND);
	struct cq_verdict v;

	(void)state;
	old.brand = "Lumo";
	known_posts_add(&k, 1, 60, &old);
	post.brand = "LUMO";
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_AGAIN);
	post.author = "ann";
	post.text = LAMP;
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	post.brand = "LUMOS";
	v = known_posts_decide(&k, &post);
	expect_alike(&v, "the same text, about another brand");
	known_posts_free(&k);
}

static void
test_a_closed_case_is_not_gone_on_with(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "me", "@rail " BOX);
	for (int s = 0; s < CQ_N_STATES; s++) {
		k.at[0].state = (enum cq_state)s;
		v = known_posts_ask(&k, "me", "@rail well? so?");
		if (s == CQ_RESOLVED || s == CQ_DISMISSED)
			expect_first(&v);
		else
			assert_int_equal(v.rule, CQ_RULE_FOLLOW);
		v = known_posts_ask(&k, "me",
		    "@rail my courier fell, my box fell");
		if (s == CQ_RESOLVED || s == CQ_DISMISSED)
			expect_first(&v);
		else
			assert_int_equal(v.rule, CQ_RULE_AGAIN);
	}
	known_posts_free(&k);
}

static void
test_an_unknown_author_is_nobody_who_wrote_before(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, NULL, "@rail " BOX);
	known_posts_tell(&k, 2, "", "@rail " ASIDE);
	k.at[0].state = k.at[1].state = CQ_OPEN;
	v = known_posts_ask(&k, NULL, "@rail well? so?");
	expect_first(&v);
	v = known_posts_ask(&k, "", "@rail well? so?");
	expect_first(&v);
	assert_int_equal(k.asked[ASKED_AUTHOR], 0);
	known_posts_free(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who_writes_again_within_a_day_goes_on),
	    cmocka_unit_test(test_only_who_goes_on_with_a_matter_goes_on),
	    cmocka_unit_test(
		test_within_hours_words_in_common_are_the_same_matter),
	    cmocka_unit_test(
		test_the_same_matter_needs_words_that_are_not_usual),
	    cmocka_unit_test(test_rarest_words_in_common_are_named_first),
	    cmocka_unit_test(
		test_with_as_much_in_common_as_a_copy_two_days_are_not_too_late),
	    cmocka_unit_test(test_a_brand_is_the_same_in_capitals),
	    cmocka_unit_test(test_a_closed_case_is_not_gone_on_with),
	    cmocka_unit_test(test_an_unknown_author_is_nobody_who_wrote_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
