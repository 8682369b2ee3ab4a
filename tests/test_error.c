#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"

static void
test_failing_fills_in_status_and_message(void **state)
{
	struct cq_err err = {0};

	(void)state;
	assert_int_equal(cq_fail(&err, CQ_STALE, "case %d is %s", 12, "new"),
	    CQ_STALE);
	assert_int_equal(err.status, CQ_STALE);
	assert_string_equal(err.msg, "case 12 is new");
}

static void
test_failing_needs_no_place_for_the_message(void **state)
{
	(void)state;
	assert_int_equal(cq_fail(NULL, CQ_BUSY, "x %d", 1), CQ_BUSY);
}

static void
test_message_holds_nothing_that_a_terminal_obeys(void **state)
{
	static const struct {
		const char *arg, *msg;
	} rows[] = {
	    {"\x1b]0;title\x07", "no <ESC>]0;title<BEL>"},
	    {"\xc2\x9d"
	     "52;c;",
		"no <9D>52;c;"},
	    {"a\nb\tc\x7f", "no a b c<DEL>"},
	    {"user\xe2\x80\xaegpj.exe", "no user<RLO>gpj.exe"},
	    {"\xff\xfe", "no \xef\xbf\xbd\xef\xbf\xbd"},
	    {"pay\xe2\x80\x8bpal", "no paypal"},
	};
	struct cq_err err = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cq_fail(&err, CQ_INPUT, "no %s", rows[i].arg);
		assert_string_equal(err.msg, rows[i].msg);
	}
}

static void
test_message_that_just_fits_is_whole(void **state)
{
	struct cq_err err = {0};
	char arg[256] = {0};

	(void)state;
	memset(arg, 'x', 255);
	cq_fail(&err, CQ_DB, "%s", arg);
	assert_string_equal(err.msg, arg);
	cq_fail(&err, CQ_DB, "%sy", arg); /* one more does not */
	assert_int_equal(strlen(err.msg), 255);
	assert_string_equal(err.msg + 252, "...");
}

static void
test_long_message_ends_with_dots_on_a_whole_character(void **state)
{
	static const char *const signs[] = {
	    "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
	struct cq_err err = {0};
	char *arg;
	size_t i, k, size, n;

	(void)state;
	for (i = 0; i < 4; i++) {
		size = strlen(signs[i]);
		arg = cq_alloc(300 * size + 1);
		for (k = 0; k < 300; k++)
			memcpy(arg + k * size, signs[i], size);
		cq_fail(&err, CQ_DB, "%s", arg);
		n = strlen(err.msg);
		assert_true(n > 255 - 4 && n <= 255);
		assert_string_equal(err.msg + n - 3, "...");
		assert_int_equal((n - 3) % size, 0);
		assert_memory_equal(err.msg, arg, n - 3);
		free(arg);
	}
}

static void
test_very_long_argument_is_cut(void **state)
{
	struct cq_err err = {0};
	char *arg = cq_alloc((1 << 20) + 1);

	(void)state;
	memset(arg, '\x1b', 1 << 20);
	cq_fail(&err, CQ_DB, "%s", arg);
	assert_true(strlen(err.msg) <= 255);
	assert_memory_equal(err.msg, "<ESC><ESC>", 10);
	free(arg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_failing_fills_in_status_and_message),
	    cmocka_unit_test(test_failing_needs_no_place_for_the_message),
	    cmocka_unit_test(test_message_holds_nothing_that_a_terminal_obeys),
	    cmocka_unit_test(test_message_that_just_fits_is_whole),
	    cmocka_unit_test(
		test_long_message_ends_with_dots_on_a_whole_character),
	    cmocka_unit_test(test_very_long_argument_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
