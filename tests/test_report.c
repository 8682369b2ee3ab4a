#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/report.h"

static void
test_every_figure_has_a_name_a_title_and_a_meaning(void **state)
{
	const struct cq_figure_row *row;
	int i, k;

	(void)state;
	for (i = 0; i < CQ_N_FIGURES; i++) {
		row = &cq_figure_rows[i];
		assert_int_equal(cq_figure_find(row->name), i);
		assert_int_equal(strspn(row->name,
				     "abcdefghijklmnopqrstuvwxyz-"),
		    strlen(row->name));
		assert_true(strlen(row->title) > 0 && strlen(row->title) < 24);
		assert_true(strlen(row->meaning) > 20);
		for (k = 0; k < i; k++)
			assert_string_not_equal(row->title,
			    cq_figure_rows[k].title);
	}
	assert_int_equal(cq_figure_find("nonsense"), -1);
	assert_int_equal(cq_figure_find(""), -1);
}

static void
test_figures_are_of_the_right_kind(void **state)
{
	(void)state;
	assert_string_equal(cq_figure_rows[CQ_FIG_FIRST_TAKE].name,
	    "first-take");
	assert_int_equal(cq_figure_rows[CQ_FIG_POSTS_IN].kind, CQ_COUNT);
	assert_int_equal(cq_figure_rows[CQ_FIG_STOLEN].kind, CQ_COUNT);
	assert_int_equal(cq_figure_rows[CQ_FIG_BACKLOG_START].kind, CQ_BACKLOG);
	assert_int_equal(cq_figure_rows[CQ_FIG_BACKLOG_END].kind, CQ_BACKLOG);
	assert_int_equal(cq_figure_rows[CQ_FIG_FIRST_TAKE].kind, CQ_DURATION);
	assert_int_equal(cq_figure_rows[CQ_FIG_RESOLUTION].kind, CQ_DURATION);
	assert_string_equal(cq_age_names[0], "<1h");
	assert_string_equal(cq_age_names[CQ_N_AGES - 1], "older");
}

static void
test_percentiles_are_values_that_occurred_by_nearest_rank(void **state)
{
	static const struct {
		size_t n;
		int64_t seconds[11];
		int64_t median, p90, mean;
	} rows[] = {
	    {1, {7}, 7, 7, 7},
	    {2, {9, 1}, 1, 9, 5},
	    {3, {30, 10, 20}, 20, 30, 20},
	    {4, {4, 3, 2, 1}, 2, 4, 2},
	    {5, {15, 20, 35, 40, 50}, 35, 50, 32},
	    {10, {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 5, 9, 5},
	    {11, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 6, 10, 6},
	    {3, {5, 5, 5}, 5, 5, 5},
	};
	struct cq_figure_value v;
	int64_t seconds[11];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(seconds, rows[i].seconds, sizeof(seconds));
		memset(&v, 0, sizeof(v));
		cq_report_times(&v, seconds, rows[i].n);
		assert_int_equal(v.n, rows[i].n);
		assert_int_equal(v.median_s, rows[i].median);
		assert_int_equal(v.p90_s, rows[i].p90);
		assert_int_equal(v.mean_s, rows[i].mean);
		for (k = 1; k < rows[i].n; k++)
			assert_true(seconds[k - 1] <= seconds[k]);
	}
}

static void
test_no_values_give_a_count_of_zero(void **state)
{
	struct cq_figure_value v = {.n = 9, .median_s = 9};

	(void)state;
	cq_report_times(&v, NULL, 0);
	assert_int_equal(v.n, 0);
	assert_int_equal(v.median_s, 0);
}

static void
test_freeing_a_report_leaves_an_empty_one(void **state)
{
	struct cq_report report = {0};

	(void)state;
	cq_report_free(&report);
	report.team = cq_strdup("north");
	report.at[CQ_FIG_OPENED].cases = cq_alloc(sizeof(int64_t));
	report.at[CQ_FIG_OPENED].n_cases = 1;
	report.agents = cq_alloc(2 * sizeof(*report.agents));
	report.agents[0].name = cq_strdup("ann");
	report.agents[1].name = cq_strdup("bo");
	report.n_agents = 2;
	cq_report_free(&report); /* a leak would show under ASan */
	assert_null(report.team);
	assert_null(report.agents);
	assert_int_equal(report.n_agents, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_every_figure_has_a_name_a_title_and_a_meaning),
	    cmocka_unit_test(test_figures_are_of_the_right_kind),
	    cmocka_unit_test(
		test_percentiles_are_values_that_occurred_by_nearest_rank),
	    cmocka_unit_test(test_no_values_give_a_count_of_zero),
	    cmocka_unit_test(test_freeing_a_report_leaves_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
