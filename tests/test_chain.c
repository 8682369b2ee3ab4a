#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/chain.h"
#include "core/env.h"

static const uint8_t first[CQ_HASH_SIZE]; /* zero: before all events */

static struct cq_chain_fields
event(void)
{
	return (struct cq_chain_fields){
	    .case_id = 12,
	    .n = 1,
	    .at = 1764000000,
	    .ref = -1,
	    .kind = "take",
	    .agent = "ann",
	    .op = "0123",
	    .state = "open",
	    .data = "",
	};
}

static void
assert_hex(const uint8_t *bytes, size_t n, const char *expected)
{
	char hex[2 * CQ_HASH_SIZE + 1];
	size_t i;

	for (i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	assert_string_equal(hex, expected);
}

/* Both values were computed apart from this program, by the header's words. */
static void
test_hash_is_that_of_the_form_the_header_describes(void **state)
{
	struct cq_chain_fields f = event();
	uint8_t hash[CQ_HASH_SIZE], body[CQ_DIGEST_SIZE];

	(void)state;
	cq_chain_next(first, &f, hash);
	assert_hex(hash, CQ_HASH_SIZE,
	    "c4f9c0efb3fac45a040b08dcd67f69cb"
	    "1d533be58e2698f18f76596ed4679b64");
	cq_body_digest("w\xc3\xb6rds", body);
	assert_hex(body, CQ_DIGEST_SIZE, "6cef7748c30ce46cc1d20030bdb392f1");
	f = (struct cq_chain_fields){
	    .case_id = 12,
	    .n = 2,
	    .at = 1764000001,
	    .ref = 7,
	    .kind = "note",
	    .agent = "ann",
	    .via = "root",
	    .data = "{\"a\":1}",
	    .body = body,
	};
	cq_chain_next(hash, &f, hash); /* in place */
	assert_hex(hash, CQ_HASH_SIZE,
	    "61f345f98e61fe899727aec37b2d7f28"
	    "4350842c8928e979b85dda5d03da56c2");
}

static void
test_change_of_any_field_changes_the_hash(void **state)
{
	static const uint8_t zero_body[CQ_DIGEST_SIZE];
	static const uint8_t other_body[CQ_DIGEST_SIZE] = {[15] = 1};
	static const uint8_t other_prev[CQ_HASH_SIZE] = {[31] = 1};
	struct cq_chain_fields f[16];
	uint8_t hash[17][CQ_HASH_SIZE];
	int i, k;

	(void)state;
	for (i = 0; i < 16; i++)
		f[i] = event();
	f[1].case_id = 13;
	f[2].n = 2;
	f[3].at++;
	f[4].ref = 1;
	f[5].kind = "takf";
	f[6].agent = "anm";
	f[7].via = "";
	f[8].op = NULL;
	f[9].state = "new";
	f[10].data = NULL;
	f[11].body = zero_body;
	f[12].body = other_body;
	f[13].via = "x";
	/* the same letters, parted otherwise */
	f[14].kind = "takea";
	f[14].agent = "nn";
	f[15].op = "0123open";
	f[15].state = "";
	for (i = 0; i < 16; i++)
		cq_chain_next(first, &f[i], hash[i]);
	cq_chain_next(other_prev, &f[0], hash[16]);
	for (i = 0; i < 17; i++) {
		for (k = 0; k < i; k++)
			assert_memory_not_equal(hash[i], hash[k], CQ_HASH_SIZE);
	}
}

static void
test_operation_id_is_random_bytes_in_hexadecimal(void **state)
{
	struct cq_env env = cq_env_system();
	char a[CQ_OP_SIZE], b[CQ_OP_SIZE];

	(void)state;
	cq_op_new(&env, a);
	cq_op_new(&env, b);
	assert_int_equal(strlen(a), 32);
	assert_int_equal(strspn(a, "0123456789abcdef"), 32);
	assert_string_not_equal(a, b);
}

static void
fixed_random(void *arg, void *buf, size_t n)
{
	memset(buf, *(int *)arg, n);
}

static void
test_operation_id_comes_from_the_given_environment(void **state)
{
	int byte = 0xa5;
	struct cq_env env = {.random = fixed_random, .arg = &byte};
	char op[CQ_OP_SIZE];

	(void)state;
	cq_op_new(&env, op);
	assert_string_equal(op, "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
}

static void
test_system_knows_the_time_and_its_file_systems(void **state)
{
	struct cq_env env = cq_env_system();

	(void)state;
	assert_true(env.now(env.arg) > INT64_C(1700000000));
	assert_int_equal(env.fs_type(env.arg, "/proc"), 0x9fa0);
	errno = 0;
	assert_int_equal(env.fs_type(env.arg, "/no/such/path"), -1);
	assert_int_equal(errno, ENOENT);
}

static void
test_half_of_a_hash_is_kept_and_the_rest_is_zero(void **state)
{
	uint8_t hash[CQ_HASH_SIZE], kept[CQ_HASH_SIZE];
	static const uint8_t zero[CQ_HASH_SIZE];

	(void)state;
	for (int i = 0; i < CQ_HASH_SIZE; i++)
		hash[i] = kept[i] = (uint8_t)(i + 1);
	cq_chain_keep(kept);
	assert_memory_equal(kept, hash, CQ_HASH_KEPT);
	assert_memory_equal(kept + CQ_HASH_KEPT, zero,
	    CQ_HASH_SIZE - CQ_HASH_KEPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_hash_is_that_of_the_form_the_header_describes),
	    cmocka_unit_test(test_change_of_any_field_changes_the_hash),
	    cmocka_unit_test(test_half_of_a_hash_is_kept_and_the_rest_is_zero),
	    cmocka_unit_test(test_operation_id_is_random_bytes_in_hexadecimal),
	    cmocka_unit_test(
		test_operation_id_comes_from_the_given_environment),
	    cmocka_unit_test(test_system_knows_the_time_and_its_file_systems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
