#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tui/cells.h"
#include "tui/commands/cli.h"
#include "tui/commands/table.h"

static void
test_no_name_stands_twice(void **state)
{
	(void)state;
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		assert_ptr_equal(tui_command_find(c->name), c);
	assert_null(tui_command_find("no-such-command"));
}

static void
test_each_row_can_be_run_or_pressed(void **state)
{
	(void)state;
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		assert_true(c->run != NULL || c->key != NULL);
		assert_int_equal(c->key != NULL, c->keys != NULL);
		assert_int_equal(c->key != NULL, c->views != 0);
		assert_in_range(c->group, 0, N_GROUPS - 1);
	}
}

/* Copies the next word of keys; NULL behind the last one. */
static const char *
next_key(const char *keys, char key[16])
{
	size_t n;

	keys += strspn(keys, " ");
	n = strcspn(keys, " ");
	if (n == 0)
		return NULL;
	assert_in_range(n, 1, 15);
	memcpy(key, keys, n);
	key[n] = '\0';
	return keys + n;
}

static int
rows_with_key(const char *wanted, unsigned view)
{
	char key[16];
	int n = 0;

	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		const char *s = c->keys;

		if (s == NULL || (c->views & view) == 0)
			continue;
		while ((s = next_key(s, key)) != NULL)
			n += strcmp(key, wanted) == 0;
	}
	return n;
}

static void
test_no_key_means_two_things_in_one_view(void **state)
{
	static const unsigned views[] = {
	    V_QUEUE, V_CASE, V_HELP, V_DUPS, V_TRAY};
	char key[16];

	(void)state;
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		const char *s = c->keys;

		while (s != NULL && (s = next_key(s, key)) != NULL)
			for (size_t i = 0; i < 5; i++)
				if (c->views & views[i])
					assert_int_equal(rows_with_key(key,
							     views[i]),
					    1);
	}
}

static void
test_help_fits_beside_the_name(void **state)
{
	(void)state;
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		assert_non_null(c->help);
		assert_in_range(cells_width(c->help), 5, 60);
		assert_true(c->help[strlen(c->help) - 1] != '.');
	}
}

static void
check_options(const struct tui_option *o)
{
	int n = 0;

	for (; o != NULL && o->name != NULL; o++, n++) {
		assert_non_null(o->help);
		assert_in_range(cells_width(o->help), 3, 70);
		for (const struct tui_option *p = o + 1; p->name != NULL; p++)
			assert_string_not_equal(o->name, p->name);
	}
	assert_in_range(n, 0, CLI_MAX_OPTIONS);
}

static void
test_each_option_is_described_and_named_once(void **state)
{
	(void)state;
	check_options(tui_options);
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		check_options(c->options);
		for (const struct tui_option *o = c->options;
		     o != NULL && o->name != NULL; o++)
			for (const struct tui_option *p = tui_options;
			     p->name != NULL; p++)
				assert_string_not_equal(o->name, p->name);
	}
}

static void
test_words_are_counted_where_a_command_can_be_run(void **state)
{
	(void)state;
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		if (c->run == NULL)
			continue;
		assert_true(c->max_args == -1 || c->max_args >= c->min_args);
		assert_int_equal(c->args != NULL, c->max_args != 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_name_stands_twice),
	    cmocka_unit_test(test_each_row_can_be_run_or_pressed),
	    cmocka_unit_test(test_no_key_means_two_things_in_one_view),
	    cmocka_unit_test(test_help_fits_beside_the_name),
	    cmocka_unit_test(test_each_option_is_described_and_named_once),
	    cmocka_unit_test(test_words_are_counted_where_a_command_can_be_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
