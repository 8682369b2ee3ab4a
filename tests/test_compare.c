#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "tui/screens/compare.h"

/* Both texts with their brackets. */
static void
check(const char *a, const char *b, const char *shown_a, const char *shown_b)
{
	struct raw_text ra = {(char *)(uintptr_t)a};
	struct raw_text rb = {(char *)(uintptr_t)b};
	struct compare c;

	compare_posts(ra, rb, &c);
	assert_string_equal(c.a.text, shown_a);
	assert_string_equal(c.b.text, shown_b);
	for (size_t i = 0; i < c.a.n; i++) {
		struct compare_part p = c.a.part[i];

		assert_true(p.n > 2 && p.at + p.n <= strlen(c.a.text));
		assert_int_equal(c.a.text[p.at], '[');
		assert_int_equal(c.a.text[p.at + p.n - 1], ']');
	}
	compare_free(&c);
}

static void
test_words_of_one_text_only_stand_in_brackets(void **state)
{
	(void)state;
	check("flight 123 is late again", "flight 456 is late",
	    "flight [123] is late [again]", "flight [456] is late");
	check("one two", "three four five", "[one two]", "[three four five]");
	check("same words", "same words", "same words", "same words");
}

static void
test_neighbours_that_differ_share_their_brackets(void **state)
{
	(void)state;
	check("my red, old bag is lost", "my bag is lost",
	    "my [red, old] bag is lost", "my bag is lost");
}

static void
test_case_accents_and_punctuation_make_no_difference(void **state)
{
	(void)state;
	check("Café CLOSED!! on \"Monday\", don't go",
	    "cafe closed on monday dont go",
	    "Café CLOSED!! on \"Monday\", don't go",
	    "cafe closed on monday dont go");
	check("(paid 12.50)", "paid 1250!", "(paid [12.50])", "paid [1250]!");
}

static void
test_order_counts_unless_the_words_are_their_own(void **state)
{
	(void)state;
	check("the train from Ulm to Bonn is late today",
	    "the train from Bonn to Ulm is late today",
	    "the train from [Ulm to] Bonn is late today",
	    "the train from Bonn [to Ulm] is late today");
	check("three weeks and no refund from the shop",
	    "the shop in Ulm owes me a refund",
	    "[three weeks and no] refund [from] the shop",
	    "the shop [in Ulm owes me a] refund");
}

static void
test_signs_alone_are_no_words(void **state)
{
	(void)state;
	check("late - again \xF0\x9F\x98\xA1 !!!", "late again",
	    "late - again \xF0\x9F\x98\xA1 !!!", "late again");
	check("...", "?!", "...", "?!");
}

static void
test_text_without_spaces_is_compared_letter_by_letter(void **state)
{
	(void)state;
	check("\u8377\u7269\u304c\u5c4a\u304d\u307e\u305b\u3093",
	    "\u8377\u7269\u306f\u5c4a\u304d\u307e\u305b\u3093",
	    "\u8377\u7269[\u304c]\u5c4a\u304d\u307e\u305b\u3093",
	    "\u8377\u7269[\u306f]\u5c4a\u304d\u307e\u305b\u3093");
}

static void
test_what_is_hostile_is_made_harmless_first(void **state)
{
	(void)state;
	check("a\x1b[2Jb", "b\nc", "[a<ESC>[2Jb]", "[b c]");
	check(NULL, "", "", "");
	check("\xff\xfe", "x", "\xEF\xBF\xBD\xEF\xBF\xBD", "[x]");
}

static void
test_a_mark_stays_with_its_letter(void **state)
{
	(void)state;
	check("x e\u0323\u0301 y", "x a y", "x [e\u0323\u0301] y", "x [a] y");
}

static char *
many_words(int n, int other)
{
	struct cq_buf b = {0};

	for (int i = 0; i < n; i++)
		cq_buf_fmt(&b, i == other ? "other " : "word%d ", i);
	return cq_buf_take(&b);
}

static void
test_long_texts_are_compared_at_their_start(void **state)
{
	char *a = many_words(COMPARE_WORDS, -1);
	char *b = many_words(COMPARE_WORDS + 50, 7);
	struct compare c;

	(void)state;
	compare_posts((struct raw_text){a}, (struct raw_text){b}, &c);
	assert_true(c.cut);
	assert_int_equal(c.n_same, COMPARE_WORDS - 1);
	assert_int_equal(c.n_b, COMPARE_WORDS);
	assert_int_equal(c.b.n, 1);
	assert_non_null(strstr(c.b.text, "[other]"));
	assert_non_null(strstr(c.b.text, "word449"));
	compare_free(&c);
	free(a);
	free(b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_of_one_text_only_stand_in_brackets),
	    cmocka_unit_test(test_neighbours_that_differ_share_their_brackets),
	    cmocka_unit_test(
		test_case_accents_and_punctuation_make_no_difference),
	    cmocka_unit_test(test_order_counts_unless_the_words_are_their_own),
	    cmocka_unit_test(test_signs_alone_are_no_words),
	    cmocka_unit_test(
		test_text_without_spaces_is_compared_letter_by_letter),
	    cmocka_unit_test(test_what_is_hostile_is_made_harmless_first),
	    cmocka_unit_test(test_a_mark_stays_with_its_letter),
	    cmocka_unit_test(test_long_texts_are_compared_at_their_start),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
