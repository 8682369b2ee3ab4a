#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "tests/two_texts.h"

/* The guards against copies, each at its edge, and switched off. */

static void
test_other_numbers_days_and_months_are_other_cases(void **state)
{
	static const struct {
		const char *a, *b, *why;
	} rows[] = {
	    {"12", "14", "different: 12 / 14"},
	    {"monday", "sunday", "different: monday / sunday"},
	    {"april", "july", "different: april / july"},
	    {"a320", "a321", "different: a320 / a321"},
	};
	struct two t = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* at the beginning, inside and at the end */
		for (size_t at = 0; at <= 8; at += 4) {
			add_words(&t.a, 0, at);
			add_words(&t.b, 0, at);
			cq_buf_fmt(&t.a, " %s", rows[i].a);
			cq_buf_fmt(&t.b, " %s", rows[i].b);
			add_words(&t.a, at, 8);
			add_words(&t.b, at, 8);
			/* what differs is also replaced, or an own end */
			expect_guard(&t, CQ_GUARD_IDENT,
			    OFF(REPLACED) | OFF(BEGINNINGS) | OFF(ENDINGS),
			    rows[i].why);
		}
	}
}

static void
test_a_number_in_one_only_is_another_case(void **state)
{
	struct two t = {0};

	(void)state;
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 4);
	cq_buf_str(&t.b, " 14");
	add_words(&t.b, 4, 8);
	expect_guard(&t, CQ_GUARD_IDENT_ONE, OFF(INSERTED),
	    "only one names 14");
	cq_buf_str(&t.a, "monday");
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	expect_guard(&t, CQ_GUARD_IDENT_ONE, 0, "only one names monday");
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.b, " monday");
	expect_guard(&t, CQ_GUARD_IDENT_ONE, 0, "only one names monday");
}

/* How programs end a text that they cut. */
static const char *const cuts[] = {
    "\xe2\x80\xa6", " ...", " [...]", " (cont)", "\xe2\x80\xa6 #ribbon"};
#define N_CUTS (sizeof(cuts) / sizeof(cuts[0]))

static void
test_a_number_behind_a_cut_or_in_a_remark_is_excused(void **state)
{
	struct two t = {0};

	(void)state;
	for (size_t i = 0; i < N_CUTS; i++) {
		add_words(&t.a, 0, 7);
		cq_buf_str(&t.a, cuts[i]);
		add_words(&t.b, 0, 7);
		cq_buf_str(&t.b, " 14");
		expect_copy(&t, 0, NULL);
	}
	/* three dots are a habit too: eight words must agree */
	add_words(&t.a, 0, CQ_LONGER_MATCHED);
	cq_buf_str(&t.a, "...");
	add_words(&t.b, 0, CQ_LONGER_MATCHED);
	cq_buf_str(&t.b, " 14");
	expect_copy(&t, 0, NULL);
	add_words(&t.a, 0, CQ_LONGER_MATCHED - 1);
	cq_buf_str(&t.a, "...");
	add_words(&t.b, 0, CQ_LONGER_MATCHED - 1);
	cq_buf_str(&t.b, " 14");
	expect_guard(&t, CQ_GUARD_IDENT_ONE, 0, NULL);
	/* the longer text was cut: that excuses nothing */
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.b, " 14\xe2\x80\xa6");
	expect_guard(&t, CQ_GUARD_IDENT_ONE, 0, NULL);
	/* three words behind are a remark, two are not */
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.b, " same in 14");
	expect_copy(&t, 0, NULL);
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.b, " in 14");
	expect_guard(&t, CQ_GUARD_IDENT_ONE, 0, NULL);
}

/* A text that was cut and one that goes on. */
static void
tell_cut(struct two *t, const char *end, const char *more)
{
	add_words(&t->a, 0, 8);
	cq_buf_fmt(&t->a, " %s", end);
	add_words(&t->b, 0, 8);
	cq_buf_fmt(&t->b, " %s", more);
}

static void
test_what_a_cut_text_may_have_lost_makes_no_other_case(void **state)
{
	struct two t = {0};

	(void)state;
	/* hashtags that somebody put behind the cut */
	tell_cut(&t, "\xe2\x80\xa6 #sponge", "ribbon");
	expect_copy(&t, 0, "8 of 8 words the same");
	tell_cut(&t, "\xe2\x80\xa6 #sponge #12", "ribbon 14");
	expect_copy(&t, 0, NULL);
	tell_cut(&t, "#sponge", "ribbon");
	expect_guard(&t, CQ_GUARD_ENDINGS, 0, NULL);
	/* words behind the dots: they are no cut */
	tell_cut(&t, "\xe2\x80\xa6 sponge", "ribbon");
	expect_guard(&t, CQ_GUARD_ENDINGS, 0, NULL);
	/* half a word, of this one or of another */
	tell_cut(&t, "rib\xe2\x80\xa6", "ribbon");
	expect_copy(&t, 0, "9 of 9 words the same");
	tell_cut(&t, "spo\xe2\x80\xa6", "ribbon");
	expect_copy(&t, 0, "8 of 9 words the same");
	tell_cut(&t, "spo", "ribbon");
	expect_guard(&t, CQ_GUARD_ENDINGS, 0, NULL);
	tell_cut(&t, "sponge spo\xe2\x80\xa6", "ribbon");
	expect_guard(&t, CQ_GUARD_ENDINGS, 0, NULL);
	tell_cut(&t, "12\xe2\x80\xa6", "14");
	expect_guard(&t, CQ_GUARD_IDENT, OFF(ENDINGS), "different: 12 / 14");
	/* a "not" that was cut off, or that the cut text alone has */
	tell_cut(&t, "\xe2\x80\xa6", "never");
	expect_copy(&t, 0, NULL);
	tell_cut(&t, "", "never");
	expect_guard(&t, CQ_GUARD_NEGATION, 0, NULL);
	tell_cut(&t, "never sponge\xe2\x80\xa6", "");
	expect_guard(&t, CQ_GUARD_NEGATION, 0, NULL);
}

static void
test_a_not_in_one_only_is_another_case(void **state)
{
	struct two t = {0};

	(void)state;
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 4);
	cq_buf_str(&t.b, " never");
	add_words(&t.b, 4, 8);
	expect_guard(&t, CQ_GUARD_NEGATION, OFF(INSERTED),
	    "only one says \"never\"");
	/* near the matched part, and farther off */
	add_words(&t.a, 0, 8);
	cq_buf_str(&t.b, "never sponge");
	add_words(&t.b, 0, 8);
	expect_guard(&t, CQ_GUARD_NEGATION, 0, NULL);
	add_words(&t.a, 0, 8);
	cq_buf_str(&t.b, "never sponge ribbon");
	add_words(&t.b, 0, 8);
	expect_copy(&t, 0, NULL);
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.b, " sponge ribbon never");
	expect_copy(&t, 0, NULL);
}

static void
test_a_word_that_stands_for_another_makes_another_case(void **state)
{
	struct two t = {0};

	(void)state;
	add_words(&t.a, 0, 9);
	add_words(&t.b, 0, 4);
	cq_buf_str(&t.b, " sponge");
	add_words(&t.b, 5, 9);
	expect_guard(&t, CQ_GUARD_REPLACED, 0,
	    "different wording: copper, sponge");
	/* at different places too */
	add_words(&t.a, 0, 4);
	cq_buf_str(&t.a, " sponge");
	add_words(&t.a, 4, 9);
	add_words(&t.b, 0, 7);
	cq_buf_str(&t.b, " ribbon");
	add_words(&t.b, 7, 9);
	expect_guard(&t, CQ_GUARD_REPLACED, 0,
	    "different wording: sponge, ribbon");
}

static void
test_small_words_may_come_in_but_no_others(void **state)
{
	static const char *const few[] = {"the", "the", "a", "and"};
	struct two t = {0};

	(void)state;
	for (size_t n = 0; n <= CQ_FILLERS + 1; n++) {
		add_words(&t.a, 0, 8);
		add_words(&t.b, 0, 1);
		for (size_t i = 0; i < n; i++) {
			cq_buf_fmt(&t.b, " %s", few[i]);
			add_words(&t.b, i + 1, i + 2);
		}
		add_words(&t.b, n + 1, 8);
		if (n <= CQ_FILLERS)
			expect_copy(&t, 0, NULL);
		else
			expect_guard(&t, CQ_GUARD_INSERTED, 0,
			    "words in between: the, the, a");
	}
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 4);
	cq_buf_str(&t.b, " sponge");
	add_words(&t.b, 4, 8);
	expect_guard(&t, CQ_GUARD_INSERTED, 0, "words in between: sponge");
}

/* Words 0 .. n - 1, two letters exchanged in the first n_slips. */
static void
add_slips(struct cq_buf *b, size_t n, size_t n_slips)
{
	for (size_t i = 0; i < n; i++) {
		const char *w = text_words[i];

		if (i < n_slips)
			cq_buf_fmt(b, "%c%c%c%s ", w[0], w[2], w[1], w + 3);
		else
			cq_buf_fmt(b, "%s ", w);
	}
}

static void
test_few_slips_are_slips_and_many_are_other_words(void **state)
{
	static const size_t lengths[] = {6, 11, 12, 15, 16, 20};
	struct two t = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t n = lengths[i], most = n / CQ_TYPOS_SHARE;

		if (most < CQ_TYPOS_FREE)
			most = CQ_TYPOS_FREE;
		add_words(&t.a, 0, n);
		add_slips(&t.b, n, most);
		expect_copy(&t, 0, NULL);
		add_words(&t.a, 0, n);
		add_slips(&t.b, n, most + 1);
		expect_guard(&t, CQ_GUARD_TYPOS, 0, NULL);
	}
	add_words(&t.a, 0, 10);
	add_slips(&t.b, 10, 2);
	expect_copy(&t, 0, "10 of 10 words the same, 2 spelling differences");
	add_words(&t.a, 0, 10);
	add_slips(&t.b, 10, 4);
	expect_guard(&t, CQ_GUARD_TYPOS, 0,
	    "4 spelling differences in 10 words");
}

static void
test_own_beginnings_and_own_endings_make_other_cases(void **state)
{
	struct two t = {0};

	(void)state;
	cq_buf_str(&t.a, "sponge");
	cq_buf_str(&t.b, "ribbon");
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	expect_guard(&t, CQ_GUARD_BEGINNINGS, 0, "different beginnings");
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.a, " sponge");
	cq_buf_str(&t.b, " ribbon");
	expect_guard(&t, CQ_GUARD_ENDINGS, 0, "different endings");
	/* one may have both */
	cq_buf_str(&t.a, "sponge");
	add_words(&t.a, 0, 8);
	cq_buf_str(&t.a, " ribbon");
	add_words(&t.b, 0, 8);
	expect_copy(&t, 0, "8 of 8 words the same");
}

static void
test_words_around_what_both_quote_make_other_cases(void **state)
{
	struct two t = {0};

	(void)state;
	for (size_t n = 0; n <= CQ_OWN_WORDS; n++) {
		add_words(&t.a, 20, 20 + n);
		add_words(&t.a, 0, 8);
		add_words(&t.b, 0, 8);
		cq_buf_str(&t.b, " ribbon");
		if (n < CQ_OWN_WORDS)
			expect_copy(&t, 0, NULL);
		else
			expect_guard(&t, CQ_GUARD_AROUND, 0,
			    "each has words of its own around the same ones");
	}
	/* the one with the beginning was cut, and may have had the end too */
	for (size_t i = 0; i < N_CUTS; i++) {
		cq_buf_str(&t.a, "sponge");
		add_words(&t.a, 0, 8);
		cq_buf_str(&t.a, cuts[i]);
		add_words(&t.b, 0, 8);
		cq_buf_str(&t.b, " ribbon");
		expect_copy(&t, 0, "8 of 9 words the same");
	}
	/* the other one was: its words at the end are its own */
	cq_buf_str(&t.a, "sponge");
	add_words(&t.a, 0, 8);
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.b, " pillow ribbon\xe2\x80\xa6");
	expect_guard(&t, CQ_GUARD_AROUND, 0, NULL);
}

static void
test_a_copy_has_three_quarters_of_the_shorter_text(void **state)
{
	struct two t = {0};

	(void)state;
	assert_int_equal(CQ_COVER, 75);
	for (size_t more = 2; more <= 3; more++) {
		/* cut, or each would have its own words around */
		add_words(&t.a, 20, 20 + more);
		add_words(&t.a, 0, 6);
		cq_buf_str(&t.a, "\xe2\x80\xa6");
		add_words(&t.b, 0, 6);
		add_words(&t.b, 30, 30 + more);
		if (more == 2)
			expect_copy(&t, 0, "6 of 8 words the same");
		else
			expect_guard(&t, CQ_GUARD_COVER, 0,
			    "6 of 9 words the same");
	}
}

static void
test_a_much_longer_text_is_more_than_a_copy(void **state)
{
	static const struct {
		size_t matched, more;
		const char *end; /* of the shorter one */
		bool copy;
	} rows[] = {
	    {6, CQ_LONGER, "", true},
	    {6, CQ_LONGER + 1, "", false},
	    {CQ_LONGER_MATCHED - 1, CQ_LONGER + 1, "", false},
	    {CQ_LONGER_MATCHED, CQ_LONGER_MATCHED * 3 / 2, "", true},
	    {CQ_LONGER_MATCHED, CQ_LONGER_MATCHED * 3 / 2 + 1, "", false},
	    {6, 20, "\xe2\x80\xa6", true},
	    {6, 20, " [...]", true},
	    {6, 20, "...", false},
	    {CQ_LONGER_MATCHED, 20, "...", true},
	};
	struct two t = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		add_words(&t.a, 0, rows[i].matched);
		cq_buf_str(&t.a, rows[i].end);
		add_words(&t.b, 0, rows[i].matched + rows[i].more);
		if (rows[i].copy)
			expect_copy(&t, OFF(BITS), NULL);
		else
			expect_guard(&t, CQ_GUARD_LONGER, OFF(BITS),
			    "one is much longer");
	}
}

static void
test_what_stands_behind_the_compared_words_may_differ(void **state)
{
	struct two t = {0};

	(void)state;
	for (int i = 0; i < CQ_WORDS_MAX; i++) {
		cq_buf_fmt(&t.a, "w%da ", i);
		cq_buf_fmt(&t.b, "w%da ", i);
	}
	cq_buf_str(&t.a, "lost on Monday");
	cq_buf_str(&t.b, "lost on Friday");
	expect_guard(&t, CQ_GUARD_LONGER, 0, "too long to compare to the end");
	/* of one of them, too; but not if the other one was cut */
	for (int cut = 0; cut < 2; cut++) {
		for (int i = 0; i < CQ_WORDS_MAX + 40; i++) {
			if (i < CQ_WORDS_MAX - 3)
				cq_buf_fmt(&t.a, "w%da ", i);
			cq_buf_fmt(&t.b, "w%da ", i);
		}
		if (cut)
			cq_buf_str(&t.a, "\xe2\x80\xa6");
		if (cut)
			expect_copy(&t, 0, NULL);
		else
			expect_guard(&t, CQ_GUARD_LONGER, 0,
			    "too long to compare to the end");
	}
}

static void
test_hashtags_behind_a_cut_may_name_two_places(void **state)
{
	static const struct {
		const char *a, *b;
		bool copy;
	} rows[] = {
	    {"#lh441", "#lh998", false}, {"#ulm", "#bonn", false},
	    {"#ulm", "#ulm", true}, {"#ulm", "", true},
	    {"#ulm #market", "#ulm #bridge", true}, /* words of both */
	};
	struct two t = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		add_words(&t.a, 0, 12);
		add_words(&t.b, 0, 12);
		cq_buf_fmt(&t.a, " \xe2\x80\xa6 %s", rows[i].a);
		cq_buf_fmt(&t.b, " \xe2\x80\xa6 %s", rows[i].b);
		if (rows[i].copy)
			expect_copy(&t, 0, NULL);
		else
			expect_guard(&t, CQ_GUARD_ENDINGS, 0, NULL);
	}
}

/* Somebody reads it: a word of many bytes must not be cut within a letter. */
static void
test_a_reason_is_valid_whatever_words_it_names(void **state)
{
	struct cq_copy copy;

	(void)state;
	for (size_t n = 1; n < 120; n++) {
		struct two t = {0};

		add_words(&t.a, 0, 12);
		add_words(&t.b, 0, 12);
		cq_buf_str(&t.b, " 7");
		for (size_t i = 0; i < n; i++)
			cq_buf_str(&t.b, i % 2 == 0 ? "\xd0\xbf" : "xy");
		copy = compare_texts(&all_rare, t.a.s, t.b.s, false, 0);
		assert_int_equal(copy.guard, CQ_GUARD_IDENT_ONE);
		assert_true(cq_utf8_valid(copy.why, strlen(copy.why)));
		cq_buf_free(&t.a);
		cq_buf_free(&t.b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_other_numbers_days_and_months_are_other_cases),
	    cmocka_unit_test(test_a_number_in_one_only_is_another_case),
	    cmocka_unit_test(
		test_a_number_behind_a_cut_or_in_a_remark_is_excused),
	    cmocka_unit_test(
		test_what_a_cut_text_may_have_lost_makes_no_other_case),
	    cmocka_unit_test(test_a_not_in_one_only_is_another_case),
	    cmocka_unit_test(
		test_a_word_that_stands_for_another_makes_another_case),
	    cmocka_unit_test(test_small_words_may_come_in_but_no_others),
	    cmocka_unit_test(test_few_slips_are_slips_and_many_are_other_words),
	    cmocka_unit_test(
		test_own_beginnings_and_own_endings_make_other_cases),
	    cmocka_unit_test(
		test_words_around_what_both_quote_make_other_cases),
	    cmocka_unit_test(
		test_a_copy_has_three_quarters_of_the_shorter_text),
	    cmocka_unit_test(test_a_much_longer_text_is_more_than_a_copy),
	    cmocka_unit_test(
		test_what_stands_behind_the_compared_words_may_differ),
	    cmocka_unit_test(test_hashtags_behind_a_cut_may_name_two_places),
	    cmocka_unit_test(test_a_reason_is_valid_whatever_words_it_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
