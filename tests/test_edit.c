#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <cmocka.h>

#include "tui/screens/edit.h"

static bool
press(struct edit *e, const char *name)
{
	struct term_key key = {.code = 1};
	bool changed;

	strcpy(key.name, name);
	edit_key(e, &key, NULL, &changed);
	return changed;
}

static void
type(struct edit *e, const wchar_t *s)
{
	bool changed;

	for (; *s != L'\0'; s++) {
		struct term_key key = {.c = *s};

		assert_true(edit_key(e, &key, NULL, &changed));
		assert_true(changed);
	}
}

static void
paste(struct edit *e, const char *s)
{
	struct term_key key = {.code = 1, .name = "Paste"};
	bool changed;

	edit_key(e, &key, s, &changed);
}

static void
check(struct edit *e, const char *expected)
{
	assert_string_equal(edit_text(e), expected);
	edit_free(e);
}

static struct edit
with(const char *text)
{
	struct edit e;

	edit_init(&e, text, 1000, true);
	return e;
}

static void
test_typed_text_stands_at_the_cursor(void **state)
{
	struct edit e = with(NULL);

	(void)state;
	type(&e, L"ac");
	press(&e, "Left");
	type(&e, L"b");
	press(&e, "End");
	press(&e, "Enter");
	type(&e, L"駅é");
	check(&e, "abc\n駅é");
}

static void
test_marks_are_never_parted_from_their_base(void **state)
{
	struct edit e = with("x");

	(void)state;
	type(&e, L"e\u0301");
	press(&e, "Backspace");
	assert_string_equal(edit_text(&e), "x");
	type(&e, L"e\u0301y");
	press(&e, "Left");
	press(&e, "Left");
	type(&e, L"-");
	check(&e, "x-e\u0301y");
}

static void
test_lines_and_words_are_taken_out(void **state)
{
	struct edit e = with("one two\nthree four\nfive");

	(void)state;
	press(&e, "^W");
	press(&e, "Up");
	press(&e, "End");
	press(&e, "^W");
	assert_string_equal(edit_text(&e), "one two\nthree \n");
	press(&e, "^U");
	assert_string_equal(edit_text(&e), "one two\n\n");
	press(&e, "^K");
	press(&e, "Up");
	press(&e, "Home");
	press(&e, "^K");
	press(&e, "Delete");
	check(&e, "");
}

static void
test_keys_at_both_ends_do_nothing(void **state)
{
	static const char *const keys[] = {"Left", "Right", "Up", "Down",
	    "Home", "End", "Backspace", "Delete", "^K", "^U", "^W", "PgUp",
	    "PgDn", "^A", "^E"};
	struct edit e = with(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		press(&e, keys[i]);
	check(&e, "");
}

static void
test_up_and_down_keep_their_column_over_wrapped_lines(void **state)
{
	struct edit e = with("aaaa bbbb cccc\nd\neeee");
	size_t line;
	int column;

	(void)state;
	e.width = 5;
	for (int i = 0; i < 4; i++)
		press(&e, "Up");
	edit_where(&e, &line, &column);
	assert_int_equal(line, 0);
	assert_int_equal(column, 4);
	press(&e, "Down");
	press(&e, "Down");
	press(&e, "Down"); /* a line of one letter */
	edit_where(&e, &line, &column);
	assert_int_equal(line, 3);
	assert_int_equal(column, 1);
	press(&e, "Down");
	edit_where(&e, &line, &column);
	assert_int_equal(column, 4);
	edit_free(&e);
}

static void
test_hostile_paste_becomes_visible(void **state)
{
	struct edit e = with(NULL);

	(void)state;
	paste(&e, "a\x1b[31mb\nc\xE2\x80\xAE");
	check(&e, "a<ESC>[31mb\nc<RLO>");
}

static void
test_what_does_not_fit_is_left_out_in_whole_characters(void **state)
{
	struct edit e;

	(void)state;
	edit_init(&e, NULL, 5, true);
	paste(&e, "abc駅");
	assert_true(e.full);
	assert_string_equal(edit_text(&e), "abc");
	type(&e, L"d");
	assert_false(e.full);
	check(&e, "abcd");
}

static void
test_one_line_takes_no_line_break(void **state)
{
	struct edit e;

	(void)state;
	edit_init(&e, "a\nb", 100, false);
	press(&e, "Enter");
	paste(&e, "c\nd");
	check(&e, "a bc d");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_typed_text_stands_at_the_cursor),
	    cmocka_unit_test(test_marks_are_never_parted_from_their_base),
	    cmocka_unit_test(test_lines_and_words_are_taken_out),
	    cmocka_unit_test(test_keys_at_both_ends_do_nothing),
	    cmocka_unit_test(
		test_up_and_down_keep_their_column_over_wrapped_lines),
	    cmocka_unit_test(test_hostile_paste_becomes_visible),
	    cmocka_unit_test(
		test_what_does_not_fit_is_left_out_in_whole_characters),
	    cmocka_unit_test(test_one_line_takes_no_line_break),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
