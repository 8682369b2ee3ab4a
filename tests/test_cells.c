#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/cells.h"

static char *
fit(const char *s, int width, bool right)
{
	struct cq_buf out = {0};

	cells_fit(s, width, right, &out);
	return cq_buf_take(&out);
}

static void
check_fit(const char *s, int width, bool right, const char *expected)
{
	char *got = fit(s, width, right);

	assert_string_equal(got, expected);
	assert_int_equal(cells_width(got), width);
	free(got);
}

static void
test_text_is_padded_to_the_width(void **state)
{
	(void)state;
	check_fit("abc", 5, false, "abc  ");
	check_fit("abc", 5, true, "  abc");
	check_fit("", 2, false, "  ");
	check_fit("abc", 0, false, "");
}

static void
test_long_text_ends_with_an_ellipsis(void **state)
{
	(void)state;
	check_fit("abcdef", 4, false, "abc…");
	check_fit("abcdef", 1, false, "…");
	check_fit("abcd", 4, true, "abcd");
}

static void
test_wide_characters_take_two_cells_and_are_never_halved(void **state)
{
	(void)state;
	assert_int_equal(cells_width("駅員"), 4);
	check_fit("駅員駅", 5, false, "駅員…");
	check_fit("駅員駅", 4, false, "駅… ");
	check_fit("駅", 4, true, "  駅");
}

static void
test_marks_stay_with_their_base(void **state)
{
	(void)state;
	assert_int_equal(cells_width("e\xCC\x81"), 1);
	check_fit("e\xCC\x81"
		  "a\xCC\x88"
		  "bc",
	    3, false,
	    "e\xCC\x81"
	    "a\xCC\x88"
	    "…");
}

static void
test_joined_emoji_have_one_width_on_all_terminals(void **state)
{
	(void)state;
	/* two people and a joiner; a thumb with skin; a heart in colour */
	check_fit("👩‍👧", 5, false, "👩👧 ");
	check_fit("👍🏽x", 3, false, "👍x");
	check_fit("\xE2\x9D\xA4\xEF\xB8\x8Fx", 2, false, "\xE2\x9D\xA4x");
	check_fit("🇩🇪", 2, false, "DE");
}

static void
test_what_has_no_width_is_drawn_as_replacement(void **state)
{
	(void)state;
	check_fit("a\x1b"
		  "b",
	    3, false,
	    "a\xEF\xBF\xBD"
	    "b");
	check_fit("a\xff"
		  "b",
	    3, false,
	    "a\xEF\xBF\xBD"
	    "b");
}

static void
check_wrap(const char *s, int width, const char *const *expected)
{
	struct cells_line *lines;
	size_t n = cells_wrap(s, width, &lines);

	for (size_t i = 0; i < n; i++) {
		char *got = strndup(s + lines[i].at, lines[i].n);

		assert_non_null(expected[i]);
		assert_string_equal(got, expected[i]);
		free(got);
	}
	assert_null(expected[n]);
	free(lines);
}

static void
test_words_are_wrapped_behind_spaces(void **state)
{
	(void)state;
	check_wrap("one two three", 8,
	    (const char *const[]){"one two ", "three", NULL});
	assert_int_equal(cells_inked("one two ", (struct cells_line){0, 8}), 7);
	check_wrap("one\n\ntwo\n", 8,
	    (const char *const[]){"one", "", "two", "", NULL});
	check_wrap("", 8, (const char *const[]){"", NULL});
}

static void
test_text_without_spaces_is_wrapped_too(void **state)
{
	(void)state;
	check_wrap("abcdefghij", 4,
	    (const char *const[]){"abcd", "efgh", "ij", NULL});
	check_wrap("駅員駅員駅", 5,
	    (const char *const[]){"駅員", "駅員", "駅", NULL});
}

static void
test_wrapping_ends_at_any_width(void **state)
{
	struct cells_line *lines;

	(void)state;
	for (int width = -1; width < 4; width++) {
		assert_true(cells_wrap("駅 a駅\n  b", width, &lines) > 1);
		free(lines);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_is_padded_to_the_width),
	    cmocka_unit_test(test_long_text_ends_with_an_ellipsis),
	    cmocka_unit_test(
		test_wide_characters_take_two_cells_and_are_never_halved),
	    cmocka_unit_test(test_marks_stay_with_their_base),
	    cmocka_unit_test(test_joined_emoji_have_one_width_on_all_terminals),
	    cmocka_unit_test(test_what_has_no_width_is_drawn_as_replacement),
	    cmocka_unit_test(test_words_are_wrapped_behind_spaces),
	    cmocka_unit_test(test_text_without_spaces_is_wrapped_too),
	    cmocka_unit_test(test_wrapping_ends_at_any_width),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
