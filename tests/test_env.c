#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <cmocka.h>

#include "core/env.h"

/* --- a kernel that this file decides --------------------------------------- */

static int fails_with; /* errno of getrandom(); 0: it works */
static int n_interrupts;
static int n_asked;

/* In place of libc's: the first byte is all it ever gives at once. */
ssize_t
getrandom(void *buf, size_t n, unsigned flags)
{
	(void)flags;
	n_asked++;
	if (n_interrupts > 0) {
		n_interrupts--;
		errno = EINTR;
		return -1;
	}
	if (fails_with != 0) {
		errno = fails_with;
		return -1;
	}
	if (n > 0)
		*(unsigned char *)buf = 0xab;
	return n > 0;
}

static int
set_up(void **state)
{
	(void)state;
	fails_with = n_interrupts = n_asked = 0;
	return 0;
}

static bool
is_op(const char *op)
{
	return strlen(op) == CQ_OP_SIZE - 1 &&
	    strspn(op, "0123456789abcdef") == CQ_OP_SIZE - 1;
}

/* --- new ids ---------------------------------------------------------------- */

static void
test_an_id_is_the_random_bytes_in_hexadecimal(void **state)
{
	struct cq_env env = cq_env_system();
	char op[CQ_OP_SIZE];

	(void)state;
	cq_op_new(&env, op);
	assert_string_equal(op, "abababababababababababababababab");
}

static void
test_random_bytes_survive_an_interrupt(void **state)
{
	struct cq_env env = cq_env_system();
	char op[CQ_OP_SIZE];

	(void)state;
	n_interrupts = 3;
	cq_op_new(&env, op);
	assert_string_equal(op, "abababababababababababababababab");
	assert_int_equal(n_asked, 3 + 16);
}

#define N_IDS 1000

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Makes many ids and fails if one is none or comes twice. */
static void
assert_ids_differ(void)
{
	static char ops[N_IDS][CQ_OP_SIZE];
	struct cq_env env = cq_env_system();

	for (size_t i = 0; i < N_IDS; i++) {
		cq_op_new(&env, ops[i]);
		assert_true(is_op(ops[i]));
	}
	qsort(ops, N_IDS, CQ_OP_SIZE, compare);
	for (size_t i = 1; i < N_IDS; i++)
		assert_string_not_equal(ops[i - 1], ops[i]);
}

static void
test_without_getrandom_ids_still_differ(void **state)
{
	(void)state;
	fails_with = ENOSYS;
	assert_ids_differ();
}

static void
test_without_any_random_bytes_ids_still_differ(void **state)
{
	struct rlimit before, none;

	(void)state;
	fails_with = ENOSYS;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0; /* /dev/urandom cannot be opened */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_ids_differ();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* --- derived ids ------------------------------------------------------------ */

static void
test_the_same_act_and_bytes_give_the_same_id_for_ever(void **state)
{
	char op[CQ_OP_SIZE];

	(void)state;
	/* printf 'day1\0line' | sha256sum: queues remember such ids */
	cq_op_derive("day1", "line", 4, op);
	assert_string_equal(op, "d85d0e1bbc11a2de50f4b04e26dadcd8");
}

static void
test_another_act_or_other_bytes_give_another_id(void **state)
{
	static const struct {
		const char *op, *bytes;
		size_t n;
	} parts[] = {{"x", "line", 4}, {"x1", "line", 4}, {"x", "1line", 5},
	    {"x", "line\n", 5}, {"x", "", 0}, {"", "x", 1}, {"x", "\0", 1}};
	size_t n = sizeof(parts) / sizeof(parts[0]);
	char ops[sizeof(parts) / sizeof(parts[0])][CQ_OP_SIZE];

	(void)state;
	for (size_t i = 0; i < n; i++) {
		cq_op_derive(parts[i].op, parts[i].bytes, parts[i].n, ops[i]);
		assert_true(is_op(ops[i]));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(ops[i], ops[k]);
	}
}

static void
test_an_id_of_any_length_gives_one_of_the_same_length(void **state)
{
	char longest[129], op[CQ_OP_SIZE], again[CQ_OP_SIZE];

	(void)state;
	memset(longest, 'x', 128);
	longest[128] = '\0';
	cq_op_derive(longest, "line", 4, op);
	assert_true(is_op(op));
	longest[127] = 'y';
	cq_op_derive(longest, "line", 4, again);
	assert_string_not_equal(op, again);
}

static void
test_an_id_may_be_derived_in_place(void **state)
{
	char op[CQ_OP_SIZE], again[CQ_OP_SIZE];

	(void)state;
	cq_op_derive("x", "one", 3, op);
	cq_op_derive(op, "two", 3, again);
	cq_op_derive(op, "two", 3, op);
	assert_string_equal(op, again);
}

#define T(test) cmocka_unit_test_setup(test, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_an_id_is_the_random_bytes_in_hexadecimal),
	    T(test_random_bytes_survive_an_interrupt),
	    T(test_without_getrandom_ids_still_differ),
	    T(test_without_any_random_bytes_ids_still_differ),
	    T(test_the_same_act_and_bytes_give_the_same_id_for_ever),
	    T(test_another_act_or_other_bytes_give_another_id),
	    T(test_an_id_of_any_length_gives_one_of_the_same_length),
	    T(test_an_id_may_be_derived_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
