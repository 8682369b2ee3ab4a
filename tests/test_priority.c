#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/priority.h"

#define OPENED INT64_C(1795392000)
#define HOUR_S 3600

static struct cq_priority_facts
facts(int64_t reach, int64_t n_posts, int rating, int overdue)
{
	return (struct cq_priority_facts){
	    .reach = reach,
	    .n_posts = n_posts,
	    .opened_at = OPENED,
	    .rating = rating,
	    .overdue = overdue,
	};
}

static void
test_default_weights_are_those_of_the_table(void **state)
{
	struct cq_weights w = cq_weights_default();

	(void)state;
	assert_int_equal(w.overdue, 30);
	assert_int_equal(w.reach, 6);
	assert_int_equal(w.repeat, 4);
	assert_int_equal(w.rating, 4);
	assert_int_equal(w.age, 5);
	assert_int_equal(w.due_s, 14400);
}

static void
test_weights_have_names_limits_and_help(void **state)
{
	static const char *const names[] = {
	    "overdue", "reach", "repeat", "rating", "age", "due"};
	const struct cq_weight_row *row = cq_weight_rows;
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++, row++) {
		assert_string_equal(row->name, names[i]);
		assert_true(row->min <= row->value && row->value <= row->max);
		assert_true(strlen(row->help) > 10);
	}
	assert_null(row->name);
}

static void
test_priority_is_the_sum_of_its_parts(void **state)
{
	static const struct {
		int64_t reach, n_posts, hours;
		int rating, overdue;
		struct cq_priority p; /* overdue reach repeat rating age sum */
	} rows[] = {
	    {0, 1, 0, 0, 0, {0, 0, 0, 0, 0, 0}},
	    {9, 1, 0, 0, 0, {0, 6, 0, 0, 0, 6}},
	    {9999, 4, 12, 2, 1, {30, 24, 8, 4, 6, 72}},
	    {61000, 3, 2, 0, 0, {0, 29, 6, 0, 1, 36}},
	    {0, 1, 0, 1, 0, {0, 0, 0, 8, 0, 8}},
	    {0, 1, 0, 3, 0, {0, 0, 0, 0, 0, 0}},
	    {0, 1, 0, 5, 0, {0, 0, 0, -8, 0, -8}},
	    {0, 2, 0, 0, 0, {0, 0, 4, 0, 0, 4}},
	    {0, 1024, 0, 0, 0, {0, 0, 40, 0, 0, 40}},
	    {-1, 0, 0, 0, 0, {0, 0, 0, 0, 0, 0}}, /* unknown reach */
	    {0, 1, 48, 0, 0, {0, 0, 0, 0, 24, 24}},
	};
	struct cq_weights w = cq_weights_default();
	struct cq_priority_facts f;
	struct cq_priority p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f = facts(rows[i].reach, rows[i].n_posts, rows[i].rating,
		    rows[i].overdue);
		p = cq_priority_at(&w, &f, OPENED + rows[i].hours * HOUR_S);
		assert_memory_equal(&p, &rows[i].p, sizeof(p));
	}
}

static void
test_parts_are_rounded_to_the_nearest_whole(void **state)
{
	struct cq_weights w = cq_weights_default();
	struct cq_priority_facts f = facts(0, 1, 0, 0);

	(void)state;
	/* behind each: the exact part */
	f.reach = 1; /* 1.806 */
	assert_int_equal(cq_priority_at(&w, &f, OPENED).reach, 2);
	f.reach = 99; /* 12.000 */
	assert_int_equal(cq_priority_at(&w, &f, OPENED).reach, 12);
	f.reach = 119; /* 12.475 */
	assert_int_equal(cq_priority_at(&w, &f, OPENED).reach, 12);
	f.reach = 121; /* 12.518 */
	assert_int_equal(cq_priority_at(&w, &f, OPENED).reach, 13);
	f.n_posts = 3; /* 6.340 */
	assert_int_equal(cq_priority_at(&w, &f, OPENED).repeat, 6);
	f.n_posts = 7; /* 11.229 */
	assert_int_equal(cq_priority_at(&w, &f, OPENED).repeat, 11);
}

static void
test_largest_facts_and_weights_overflow_nothing(void **state)
{
	struct cq_weights w = {1000, 1000, 1000, 1000, 1000, 60};
	struct cq_priority_facts f = facts(INT64_MAX, INT64_MAX, 1, 1);
	struct cq_priority p;

	(void)state;
	f.opened_at = 0;
	p = cq_priority_at(&w, &f, INT64_C(253402300799));
	assert_int_equal(p.reach, 18965);
	assert_int_equal(p.repeat, 63000);
	assert_int_equal(p.sum, 1000 + 18965 + 63000 + 2000 + p.age);
	assert_true(p.age > 0);
	f.opened_at = INT64_C(253402300799);
	assert_true(cq_priority_at(&w, &f, 0).age < 0);
}

static uint32_t
next_random(uint32_t *random)
{
	*random = *random * 1664525 + 1013904223;
	return *random >> 8;
}

static struct cq_priority_facts
any_facts(uint32_t *random)
{
	struct cq_priority_facts f;

	f.reach = next_random(random) % 3000;
	f.n_posts = 1 + next_random(random) % 5;
	f.rating = (int)(next_random(random) % 6);
	f.overdue = (int)(next_random(random) % 2);
	/* near each other, so that thousandths decide */
	f.opened_at = OPENED - next_random(random) % (20 * HOUR_S);
	return f;
}

static void
test_printed_sums_never_contradict_the_order_by_key(void **state)
{
	struct cq_weights w = cq_weights_default();
	struct cq_priority_facts a, b;
	uint32_t random = 7;
	int64_t ka, kb, now;
	int i, k, pa, pb;

	(void)state;
	for (i = 0; i < 100000; i++) {
		w.age = (int)(next_random(&random) % 40);
		a = any_facts(&random);
		b = any_facts(&random);
		ka = cq_priority_key(&w, &a);
		kb = cq_priority_key(&w, &b);
		for (k = 0; k < 5; k++) {
			/* before some were opened, too: clocks step back */
			now = OPENED - 50000 + next_random(&random) % 100000;
			pa = cq_priority_at(&w, &a, now).sum;
			pb = cq_priority_at(&w, &b, now).sum;
			if ((ka > kb && pa < pb) || (ka < kb && pa > pb) ||
			    (ka == kb && pa != pb))
				fail_msg("sums %d and %d, keys %lld and %lld",
				    pa, pb, (long long)ka, (long long)kb);
		}
	}
}

static void
test_older_case_comes_first_if_all_else_is_equal(void **state)
{
	struct cq_weights w = cq_weights_default();
	struct cq_priority_facts old = facts(5, 1, 0, 0), young = old;

	(void)state;
	young.opened_at = old.opened_at + 60;
	assert_true(cq_priority_key(&w, &old) > cq_priority_key(&w, &young));
}

static void
test_key_counts_thousandths_of_a_point(void **state)
{
	struct cq_weights w = cq_weights_default();
	struct cq_priority_facts f = facts(9, 1, 0, 0), g = facts(99, 1, 0, 0);

	(void)state;
	assert_int_equal(cq_priority_key(&w, &g) - cq_priority_key(&w, &f),
	    6000);
	g = f;
	g.opened_at -= HOUR_S; /* half a point by default */
	assert_int_equal(cq_priority_key(&w, &g) - cq_priority_key(&w, &f),
	    500);
}

static void
test_sum_explains_itself_and_leaves_out_zeros(void **state)
{
	static const struct {
		struct cq_priority p;
		const char *why;
	} rows[] = {
	    {{30, 24, 8, 4, 6, 72},
		"72 = overdue 30 + reach 24 + repeat 8 + rating 4 + age 6"},
	    {{0, 24, 0, 0, 1, 25}, "25 = reach 24 + age 1"},
	    {{0, 24, 0, -8, 1, 17}, "17 = reach 24 - rating 8 + age 1"},
	    {{0, 0, 0, -8, 0, -8}, "-8 = rating -8"},
	    {{0, 0, 0, -8, 3, -5}, "-5 = rating -8 + age 3"},
	    {{0, 0, 0, 0, 0, 0}, "0"},
	};
	char out[80], small[12];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cq_priority_why(&rows[i].p, out, sizeof(out));
		assert_string_equal(out, rows[i].why);
	}
	cq_priority_why(&rows[0].p, small, sizeof(small));
	assert_string_equal(small, "72 = overdu");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_default_weights_are_those_of_the_table),
	    cmocka_unit_test(test_weights_have_names_limits_and_help),
	    cmocka_unit_test(test_priority_is_the_sum_of_its_parts),
	    cmocka_unit_test(test_parts_are_rounded_to_the_nearest_whole),
	    cmocka_unit_test(test_largest_facts_and_weights_overflow_nothing),
	    cmocka_unit_test(
		test_printed_sums_never_contradict_the_order_by_key),
	    cmocka_unit_test(test_older_case_comes_first_if_all_else_is_equal),
	    cmocka_unit_test(test_key_counts_thousandths_of_a_point),
	    cmocka_unit_test(test_sum_explains_itself_and_leaves_out_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
