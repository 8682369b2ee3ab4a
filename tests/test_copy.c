#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/align.h"
#include "tests/two_texts.h"

/*
 * How much two texts must have in common; what the guards make of real
 * sentences stands in test_pairs.c.
 */

static void
test_words_of_this_test_are_no_others_misspelt(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TEXT_WORDS; i++) {
		for (size_t j = 0; j < i; j++) {
			struct cq_words x = cq_words_of(text_words[i]);
			struct cq_words y = cq_words_of(text_words[j]);

			if (cq_slips(&x.at[0], &y.at[0]) >= 0)
				fail_msg("%s, %s", text_words[i],
				    text_words[j]);
			cq_words_free(&x);
			cq_words_free(&y);
		}
	}
}

/* --- how much is enough ---------------------------------------------------------- */

static void
test_strangers_need_words_and_letters(void **state)
{
	struct two t = {0};

	(void)state;
	add_words(&t.a, 0, CQ_WORDS_STRANGER);
	add_words(&t.b, 0, CQ_WORDS_STRANGER);
	expect_copy(&t, OFF(BITS), "5 of 5 words the same");
	add_words(&t.a, 0, CQ_WORDS_STRANGER - 1);
	add_words(&t.b, 0, CQ_WORDS_STRANGER - 1);
	expect_guard(&t, CQ_GUARD_LITTLE, OFF(BITS),
	    "too little text in common");
	cq_buf_str(&t.a, "abcd efgh ijkl mnop qrst uvwx"); /* 24 letters */
	cq_buf_str(&t.b, "abcd efgh ijkl mnop qrst uvwx");
	expect_copy(&t, 0, NULL);
	cq_buf_str(&t.a, "abcd efgh ijkl mnop qrst uvw");
	cq_buf_str(&t.b, "abcd efgh ijkl mnop qrst uvw");
	expect_guard(&t, CQ_GUARD_LITTLE, 0, NULL);
}

static void
test_pairs_of_letters_count_half_a_word(void **state)
{
	struct two t = {0};

	(void)state;
	/* ten pairs, which are five words, of two letters each */
	cq_buf_str(&t.a, "荷物届注文電話車道理由");
	cq_buf_str(&t.b, "荷物届注文電話車道理由");
	expect_guard(&t, CQ_GUARD_LITTLE, OFF(BITS), NULL); /* 20 letters */
	cq_buf_str(&t.a, "荷物届注文電話車道理由山川");
	cq_buf_str(&t.b, "荷物届注文電話車道理由山川");
	expect_copy(&t, OFF(BITS), "12 of 12 words the same");
	cq_buf_str(&t.a, "荷物届注 market shelter bridge violin");
	cq_buf_str(&t.b, "荷物届注 market shelter bridge violin");
	expect_copy(&t, OFF(BITS), NULL);
	cq_buf_str(&t.a, "荷物 market shelter bridge violin");
	cq_buf_str(&t.b, "荷物 market shelter bridge violin");
	expect_guard(&t, CQ_GUARD_LITTLE, OFF(BITS), NULL);
}

static void
test_one_who_is_known_needs_less(void **state)
{
	static const struct {
		const char *text;
		bool copy;
	} rows[] = {
	    {"abcd efg hij", true},
	    {"abcd efg hi", false},
	    {"abcdef ghijkl", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_copy copy = compare_texts(&all_rare, rows[i].text,
		    rows[i].text, true, 0);

		assert_int_equal(copy.copy, rows[i].copy);
		copy = compare_texts(&all_rare, rows[i].text, rows[i].text,
		    false, OFF(BITS));
		assert_false(copy.copy);
	}
}

/* So many words, each in n of 20,000 posts. */
static struct cq_copy
compare_usual(size_t n_words, int64_t n, bool known, unsigned off)
{
	const struct counted usual = {n, 20000, false};
	struct cq_buf b = {0};
	struct cq_copy copy;

	add_words(&b, 0, n_words);
	copy = compare_texts(&usual, b.s, b.s, known, off);
	cq_buf_free(&b);
	return copy;
}

static void
test_usual_words_tell_little(void **state)
{
	struct cq_copy copy;

	(void)state;
	copy = compare_usual(8, 624, false, 0); /* 8 times 5.00 bits */
	assert_int_equal(copy.bits, CQ_BITS_SAME);
	assert_true(copy.copy);
	copy = compare_usual(8, 625, false, 0);
	assert_int_equal(copy.bits, CQ_BITS_SAME - 1);
	assert_int_equal(copy.guard, CQ_GUARD_BITS);
	assert_string_equal(copy.why, "only common words the same (39 bits)");
	assert_true(copy.alike);
	assert_true(compare_usual(8, 625, false, OFF(BITS)).copy);
	assert_true(compare_usual(8, 625, true, 0).copy);
	assert_true(compare_usual(8, 1485, false, 0).alike);
	assert_int_equal(compare_usual(8, 1485, false, 0).bits, CQ_BITS_ALIKE);
	assert_false(compare_usual(8, 1487, false, 0).alike);
	copy = compare_usual(4, 624, true, 0);
	assert_int_equal(copy.bits, CQ_BITS_KNOWN);
	assert_true(copy.copy);
	copy = compare_usual(4, 625, true, 0);
	assert_int_equal(copy.guard, CQ_GUARD_BITS);
}

static void
test_what_is_not_word_for_word_the_same_must_tell_more(void **state)
{
	static const char known[] =
	    "market shelter bridge window copper violin garden kettle";
	static const struct {
		const char *text;
		bool exact;
	} rows[] = {
	    {known, true},
	    /* wholly contained */
	    {"ribbon market shelter bridge window copper violin garden kettle",
		true},
	    {"market shelter bridge window copper violin garden kettle ribbon",
		true},
	    {"market shelter the bridge window copper violin garden kettle",
		false},
	};
	static const struct {
		int64_t n;
		int bits;
	} usual[] = {{440, CQ_BITS_COPY}, {441, CQ_BITS_COPY - 1},
	    {624, CQ_BITS_SAME}, {625, CQ_BITS_SAME - 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t k = 0; k < sizeof(usual) / sizeof(usual[0]); k++) {
			const struct counted c = {usual[k].n, 20000, false};
			struct cq_copy copy =
			    compare_texts(&c, known, rows[i].text, false, 0);
			int need = rows[i].exact ? CQ_BITS_SAME : CQ_BITS_COPY;

			assert_int_equal(copy.bits, usual[k].bits);
			if (copy.copy != (usual[k].bits >= need))
				fail_msg("%s: %s", rows[i].text, copy.why);
		}
	}
}

/* Every word is in so many posts, but a misspelt one in none. */
static int64_t
count_but_makret(void *arg, uint64_t key)
{
	struct cq_words makret = cq_words_of("makret");
	bool misspelt = makret.at[0].key == key;

	cq_words_free(&makret);
	return misspelt ? 0 : *(int64_t *)arg;
}

static void
test_a_misspelt_copy_must_tell_more_too(void **state)
{
	struct cq_buf a = {0}, b = {0};
	struct cq_normal x, y;

	(void)state;
	add_words(&a, 0, 11);
	cq_buf_str(&b, "makret");
	add_words(&b, 1, 11);
	x = cq_normalise(a.s);
	y = cq_normalise(b.s);
	for (int64_t n = 1249; n <= 1250; n++) { /* 11 times 4.0 bits */
		struct cq_word_counts counts = {count_but_makret, &n, 20000};
		const struct cq_side sides[] = {{&x, "en"}, {&y, "en"}};
		struct cq_copy copy;

		cq_copy_compare(&sides[0], &sides[1], false, &counts, 0, &copy);
		assert_int_equal(copy.typos, 1);
		assert_int_equal(copy.bits,
		    n == 1249 ? CQ_BITS_COPY : CQ_BITS_COPY - 1);
		assert_int_equal(copy.copy, n == 1249);
		cq_copy_compare(&sides[0], &sides[0], false, &counts, 0, &copy);
		assert_true(copy.copy);
	}
	cq_normal_free(&x);
	cq_normal_free(&y);
	cq_buf_free(&a);
	cq_buf_free(&b);
}

/* A word of this test is in 440 posts, misspelt it is in none. */
static int64_t
count_unless_misspelt(void *arg, uint64_t key)
{
	(void)arg;
	for (size_t i = 0; i < N_TEXT_WORDS; i++) {
		struct cq_words w = cq_words_of(text_words[i]);
		bool is_it = w.at[0].key == key;

		cq_words_free(&w);
		if (is_it)
			return 440;
	}
	return 0;
}

static void
test_a_misspelt_word_tells_what_the_usual_one_tells(void **state)
{
	const struct cq_word_counts counts = {
	    count_unless_misspelt, NULL, 20000};
	struct cq_buf b = {0};
	struct cq_normal right, slip;
	struct cq_copy copy;

	(void)state;
	add_words(&b, 0, 8);
	right = cq_normalise(b.s);
	cq_buf_clear(&b);
	cq_buf_str(&b, "makret");
	add_words(&b, 1, 8);
	slip = cq_normalise(b.s);
	cq_buf_free(&b);
	for (int turned = 0; turned < 2; turned++) {
		struct cq_side x = {turned ? &slip : &right, "en"};
		struct cq_side y = {turned ? &right : &slip, "en"};

		cq_copy_compare(&x, &y, false, &counts, 0, &copy);
		assert_int_equal(copy.typos, 1);
		assert_int_equal(copy.bits, 44); /* 8 times 5.5, not 53 */
	}
	cq_normal_free(&right);
	cq_normal_free(&slip);
}

/* --- links and mentions ------------------------------------------------------- */

static double
bits_of_marks(const char *a, const char *b)
{
	struct counted c = {0, 1000, false};
	struct cq_word_counts counts = {counted_word, &c, c.n_posts};
	struct cq_normal x = cq_normalise(a), y = cq_normalise(b);
	double there = cq_bits_marks(&counts, &x, &y);
	double back = cq_bits_marks(&counts, &y, &x);

	assert_true(there == back);
	cq_normal_free(&x);
	cq_normal_free(&y);
	return there;
}

static void
test_shared_links_and_mentions_tell_something_but_not_all(void **state)
{
	static const struct {
		const char *a, *b;
		int n; /* marks that both have, of 9.97 bits */
	} rows[] = {
	    {"late", "late", 0},
	    {"late https://a.example/x", "late", 0},
	    {"late https://a.example/x", "late https://a.example/y", 0},
	    {"late https://a.example/x", "so https://a.example/x it is", 1},
	    {"@rail late", "@rail it is late", 1},
	    {"late @rail", "why @RAIL why", 1},
	    /* addressed to, or only named */
	    {"@rail late", "late @rail", 0},
	    {"RT @ann: late", "so true RT @ann: late", 1},
	    {"@rail @ann late", "@ann late", 1},
	    /* said twice it tells no more */
	    {"@rail @rail late", "@rail late", 1},
	    {"late https://a.example/x https://a.example/x",
		"so https://a.example/x", 1},
	    {"@rail late https://a.example", "@rail so https://a.example", 2},
	};
	const double one = bits_of_marks("@rail late", "@rail late");

	(void)state;
	assert_true(one > 9.96 && one < 9.97);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (bits_of_marks(rows[i].a, rows[i].b) != rows[i].n * one)
			fail_msg("%s / %s", rows[i].a, rows[i].b);
	assert_true(bits_of_marks("@a @b @c late", "@a @b @c late") ==
	    CQ_BITS_MARKS);
}

static void
test_a_shared_link_makes_up_for_usual_words(void **state)
{
	const struct counted usual = {625, 20000, false};
	struct two t = {0};
	struct cq_copy copy;

	(void)state;
	add_words(&t.a, 0, 8); /* 39 bits */
	add_words(&t.b, 0, 8);
	cq_buf_str(&t.a, " https://a.example/x");
	cq_buf_str(&t.b, " https://a.example/y");
	copy = compare_texts(&usual, t.a.s, t.b.s, false, 0);
	assert_int_equal(copy.guard, CQ_GUARD_BITS);
	copy = compare_texts(&usual, t.a.s, t.a.s, false, 0);
	assert_true(copy.copy);
	assert_int_equal(copy.bits, 44); /* nine times 4.998 */
	cq_buf_free(&t.a);
	cq_buf_free(&t.b);
}

static void
test_a_young_queue_takes_no_word_for_a_usual_one(void **state)
{
	const struct counted young = {2, 3, false}, none = {0, 0, false};
	struct cq_word_counts counts = {counted_word, (void *)&young, 3};
	struct cq_words one = cq_words_of("market");
	struct cq_words two = cq_words_of("電車"), many = cq_words_of("a b c");

	(void)state;
	/* as if there were CQ_POSTS_MIN posts: log2(1001 / 3) */
	assert_true(cq_bits(&counts, &one.at[0]) > 8.38);
	assert_true(cq_bits(&counts, &one.at[0]) < 8.39);
	assert_true(cq_bits(&counts, &two.at[0]) * 2 ==
	    cq_bits(&counts, &one.at[0]));
	assert_true(cq_bits_all(&counts, &many) > 3 * 8.38);
	assert_true(compare_texts(&none,
	    "market shelter bridge window copper "
	    "violin",
	    "market shelter bridge window copper violin", false, 0)
			.copy);
	/* a word that more posts have than there are tells nothing */
	counts.arg = (void *)&(struct counted){5000, 1000, false};
	assert_true(cq_bits(&counts, &one.at[0]) == 0);
	cq_words_free(&one);
	cq_words_free(&two);
	cq_words_free(&many);
}

static void
test_a_text_is_a_copy_of_itself_exactly_if_it_tells_enough(void **state)
{
	const struct counted mixed = {0, 20000, true};
	uint32_t random = 5;
	int n_copies = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct cq_word_counts counts = {
		    counted_word, (void *)&mixed, 20000};
		struct cq_buf b = {0};
		struct cq_normal n;
		struct cq_copy copy;
		bool enough;

		random = random * 1664525 + 1013904223;
		for (size_t k = random >> 16 & 15; k > 0; k--) {
			random = random * 1664525 + 1013904223;
			cq_buf_fmt(&b, "%s ",
			    text_words[(random >> 16) % N_TEXT_WORDS]);
		}
		cq_buf_str(&b, "");
		n = cq_normalise(b.s);
		copy = compare_texts(&mixed, b.s, b.s, false, 0);
		enough = n.n_words >= CQ_WORDS_STRANGER &&
		    n.n_letters >= CQ_LETTERS_STRANGER &&
		    (int)cq_bits_all(&counts, &n.words) >= CQ_BITS_SAME;
		if (copy.copy != enough)
			fail_msg("'%s': %s", b.s, copy.why);
		n_copies += copy.copy;
		if (copy.copy)
			assert_int_equal(copy.score, 1000);
		cq_normal_free(&n);
		cq_buf_free(&b);
	}
	assert_true(n_copies > 500 && n_copies < 1900);
}

static void
test_guards_are_known_by_name(void **state)
{
	(void)state;
	for (int i = 0; i < CQ_N_GUARDS; i++) {
		const char *name = cq_guard_name((enum cq_guard)i);

		assert_true(strlen(name) >= 4);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(name,
			    cq_guard_name((enum cq_guard)j));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_of_this_test_are_no_others_misspelt),
	    cmocka_unit_test(test_strangers_need_words_and_letters),
	    cmocka_unit_test(test_pairs_of_letters_count_half_a_word),
	    cmocka_unit_test(test_one_who_is_known_needs_less),
	    cmocka_unit_test(test_usual_words_tell_little),
	    cmocka_unit_test(
		test_what_is_not_word_for_word_the_same_must_tell_more),
	    cmocka_unit_test(test_a_misspelt_copy_must_tell_more_too),
	    cmocka_unit_test(
		test_a_misspelt_word_tells_what_the_usual_one_tells),
	    cmocka_unit_test(
		test_shared_links_and_mentions_tell_something_but_not_all),
	    cmocka_unit_test(test_a_shared_link_makes_up_for_usual_words),
	    cmocka_unit_test(test_a_young_queue_takes_no_word_for_a_usual_one),
	    cmocka_unit_test(
		test_a_text_is_a_copy_of_itself_exactly_if_it_tells_enough),
	    cmocka_unit_test(test_guards_are_known_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
