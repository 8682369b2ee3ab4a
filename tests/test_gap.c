#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/gap.h"
#include "core/post.h"

/* When a source fails, and when it is silent against its own habit. */

#define NOW INT64_C(1795435200)
#define HOUR 3600
#define DAY (24 * HOUR)

/* Asked every five minutes, with success a minute ago. */
static struct cq_source
well(void)
{
	return (struct cq_source){.adapter = "mastodon",
	    .every_s = 300,
	    .since_at = CQ_NO_TIME,
	    .next_at = NOW + 240,
	    .ok_at = NOW - 60,
	    .failed_at = CQ_NO_TIME,
	    .parked_at = CQ_NO_TIME,
	    .habit = {CQ_NO_TIME, CQ_NO_TIME, 0, 0}};
}

/* The same, in vain for so long. */
static struct cq_source
failing(int n, int64_t for_s)
{
	struct cq_source s = well();

	s.n_failed = n;
	s.ok_at = NOW - for_s;
	s.failed_at = NOW - for_s + 1;
	return s;
}

/* --- failed --------------------------------------------------------------- */

static void
test_three_failures_and_a_quarter_of_an_hour_make_a_gap(void **state)
{
	struct cq_source s = failing(3, CQ_GAP_FAILED_S + 1);

	(void)state;
	assert_true(cq_source_fails(&s, NOW));
	s = failing(3, CQ_GAP_FAILED_S);
	assert_false(cq_source_fails(&s, NOW));
	s = failing(2, CQ_GAP_FAILED_S + 1);
	assert_false(cq_source_fails(&s, NOW));
	s = well();
	assert_false(cq_source_fails(&s, NOW));
}

static void
test_what_is_asked_seldom_may_fail_for_longer(void **state)
{
	struct cq_source s = failing(3, 3 * HOUR);

	(void)state;
	s.every_s = HOUR;
	assert_false(cq_source_fails(&s, NOW));
	s.ok_at--;
	assert_true(cq_source_fails(&s, NOW));
}

static void
test_one_that_never_answered_fails_since_its_first_failure(void **state)
{
	struct cq_source s = failing(3, DAY);

	(void)state;
	s.ok_at = CQ_NO_TIME;
	assert_true(cq_source_fails(&s, NOW));
	s.failed_at = NOW - 60;
	assert_false(cq_source_fails(&s, NOW));
}

static void
test_one_failure_is_enough_where_patience_was_asked_for_long(void **state)
{
	struct cq_source s = failing(1, CQ_GAP_LONG_S + 1);

	(void)state;
	s.next_at = NOW + 20 * HOUR;
	assert_true(cq_source_fails(&s, NOW));
	s = failing(1, CQ_GAP_LONG_S);
	assert_false(cq_source_fails(&s, NOW));
}

static void
test_one_that_is_due_and_not_asked_fails(void **state)
{
	struct cq_source s = well();

	(void)state;
	s.next_at = NOW - CQ_GAP_LONG_S - 1;
	assert_true(cq_source_fails(&s, NOW));
	s.next_at = NOW - CQ_GAP_LONG_S;
	assert_false(cq_source_fails(&s, NOW));
	s.next_at = 0; /* new: it never was to be asked at a time */
	assert_false(cq_source_fails(&s, NOW));
}

static void
test_a_pause_is_a_gap_only_if_nobody_wanted_it(void **state)
{
	struct cq_source s = failing(5, DAY);

	(void)state;
	s.paused = true;
	assert_false(cq_source_fails(&s, NOW));
	s.parked_at = NOW - 1;
	assert_true(cq_source_fails(&s, NOW));
}

static void
test_posts_that_are_brought_are_not_missed(void **state)
{
	struct cq_source s = failing(5, DAY);

	(void)state;
	s.adapter = "ndjson";
	s.next_at = NOW - DAY;
	assert_false(cq_source_fails(&s, NOW));
}

/* --- what it says --------------------------------------------------------- */

static void
expect_trouble(const struct cq_source *s, const char *want)
{
	const char *got = cq_source_trouble(s, NOW);

	if (want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_memory_equal(got, want, strlen(want));
}

static void
test_what_is_wrong_is_the_last_that_is_known(void **state)
{
	struct cq_source s = well();

	(void)state;
	s.last_error = (char *)"is down"; /* and is well since it went on */
	expect_trouble(&s, NULL);
	s.n_failed = 1;
	expect_trouble(&s, "is down");
	s.next_at = NOW - CQ_GAP_LONG_S;
	expect_trouble(&s, "is down");
	s.next_at--;
	expect_trouble(&s, "nobody asks it");
	s.paused = true; /* by a person */
	expect_trouble(&s, NULL);
	s.parked_at = NOW - DAY;
	expect_trouble(&s, "is down");
}

static void
test_numbers_do_not_make_other_words(void **state)
{
	(void)state;
	assert_true(cq_gap_same_words("is out of order (500): asked later",
	    "is out of order (503): asked later"));
	assert_true(cq_gap_same_words("no answer in 9999 ms, id 4f3a-9b",
	    "no answer in 10001 ms, id a1"));
	assert_true(cq_gap_same_words("", ""));
	assert_true(cq_gap_same_words("it waits 5", "it waits"));
	assert_false(cq_gap_same_words("knows no such page (404)",
	    "is gone for good (410)"));
	assert_false(cq_gap_same_words("it waits", "it waits long"));
	assert_false(cq_gap_same_words("it waits long", "it waits"));
	assert_false(cq_gap_same_words("", "x"));
}

/* A number that is longer has the end cut elsewhere. */
static void
test_words_that_were_cut_are_the_same_as_far_as_they_go(void **state)
{
	(void)state;
	assert_true(cq_gap_same_words("told 9: too man...",
	    "told 10: too ma..."));
	assert_true(cq_gap_same_words("told 9: too man...",
	    "told 10: too many of them"));
	assert_false(cq_gap_same_words("told 9: too man...",
	    "said 10: too man..."));
	assert_false(cq_gap_same_words("wait... here", "wait there"));
}

/* --- silent --------------------------------------------------------------- */

static const struct cq_habit none = {CQ_NO_TIME, CQ_NO_TIME, 0, 0};

/* n posts, one each step_s, the last one at until. */
static struct cq_habit
steady(int n, int64_t step_s, int64_t until)
{
	struct cq_habit h = none;

	while (n-- > 0)
		cq_habit_hear(&h, until - n * step_s);
	return h;
}

static void
test_a_source_that_is_hardly_known_has_no_habit(void **state)
{
	struct cq_habit h = steady(CQ_GAP_HABIT_POSTS - 1, 2 * HOUR, NOW);

	(void)state;
	assert_true(cq_habit_patience(&none) == INT64_MAX);
	assert_true(cq_habit_patience(&h) == INT64_MAX); /* too few posts */
	cq_habit_hear(&h, NOW + 1);
	assert_true(cq_habit_patience(&h) < INT64_MAX);
	h = steady(1000, 60, NOW); /* of one day */
	assert_true(cq_habit_patience(&h) == INT64_MAX);
}

static void
test_patience_is_twice_the_longest_pause_and_six_hours_at_least(void **state)
{
	struct cq_habit h = steady(60, HOUR, NOW);

	(void)state;
	assert_int_equal(cq_habit_patience(&h), CQ_GAP_SILENT_S);
	h = steady(60, 8 * HOUR, NOW);
	assert_int_equal(cq_habit_patience(&h), 16 * HOUR);
}

static void
test_posts_that_come_late_make_patient_as_a_pause_does(void **state)
{
	struct cq_habit h = steady(60, 4 * HOUR, NOW - 3 * DAY);

	(void)state;
	cq_habit_late(&h, NOW - 3 * DAY + 4 * HOUR);
	assert_int_equal(cq_habit_patience(&h), 8 * HOUR);
	cq_habit_late(&h, NOW);
	assert_int_equal(cq_habit_patience(&h), 6 * DAY);
	h = steady(10, 4 * HOUR, NOW - 3 * DAY); /* not known yet */
	cq_habit_late(&h, NOW);
	assert_int_equal(h.pause_s, 4 * HOUR);
}

static void
test_a_source_is_silent_once_its_patience_is_over(void **state)
{
	struct cq_source s = well();

	(void)state;
	s.habit = steady(60, 4 * HOUR, s.ok_at - 8 * HOUR);
	assert_false(cq_source_is_silent(&s));
	s.habit = steady(60, 4 * HOUR, s.ok_at - 8 * HOUR - 1);
	assert_true(cq_source_is_silent(&s));
}

/* What it would have said nobody knows. */
static void
test_time_in_which_it_was_not_asked_is_no_silence(void **state)
{
	struct cq_source s = well();

	(void)state;
	s.habit = steady(60, HOUR, NOW - 3 * DAY);
	s.ok_at = NOW - 3 * DAY + 60;
	assert_false(cq_source_is_silent(&s));
	s.ok_at = NOW;
	assert_true(cq_source_is_silent(&s));
	s.paused = true;
	assert_false(cq_source_is_silent(&s));
}

/* A post an hour from eight to six, from Monday to Friday. */
static struct cq_habit
office(int64_t monday, int weeks)
{
	struct cq_habit h = none;

	for (int d = 0; d < 7 * weeks; d++)
		for (int hour = 8; d % 7 < 5 && hour <= 18; hour++)
			cq_habit_hear(&h, monday + d * DAY + hour * HOUR);
	return h;
}

static void
test_a_place_that_rests_at_weekends_is_not_silent_then(void **state)
{
	struct cq_source s = well();
	int64_t monday = NOW - NOW % DAY, friday_evening;

	(void)state;
	s.habit = office(monday, 3);
	friday_evening = s.habit.heard_at;
	s.ok_at = friday_evening + 62 * HOUR; /* Monday at eight */
	assert_false(cq_source_is_silent(&s));
	s.ok_at = friday_evening + 4 * DAY; /* Tuesday evening */
	assert_true(cq_source_is_silent(&s));
}

static void
test_a_long_pause_is_forgotten_in_the_end(void **state)
{
	struct cq_habit h = steady(60, HOUR, NOW);
	int64_t at = NOW + 3 * DAY;

	(void)state;
	cq_habit_hear(&h, at);
	assert_int_equal(h.pause_s, 3 * DAY);
	for (int i = 0; i < 14 * 24; i++)
		cq_habit_hear(&h, at += HOUR);
	assert_in_range(h.pause_s, DAY, DAY + 4 * HOUR); /* about a third */
	for (int i = 0; i < 100 * 24; i++)
		cq_habit_hear(&h, at += HOUR);
	assert_int_equal(h.pause_s, HOUR);
}

static void
test_a_late_post_makes_no_pause(void **state)
{
	struct cq_habit h = steady(60, HOUR, NOW);

	(void)state;
	cq_habit_hear(&h, NOW - 30 * DAY);
	assert_int_equal(h.heard_at, NOW);
	assert_int_equal(h.from_at, NOW - 30 * DAY);
	assert_int_equal(h.pause_s, HOUR);
	assert_int_equal(h.n, 61);
}

static void
test_names_of_gaps_are_read_back(void **state)
{
	enum cq_gap_kind kind;

	(void)state;
	for (int i = 0; i < CQ_N_GAPS; i++) {
		assert_true(cq_gap_parse(cq_gap_name((enum cq_gap_kind)i),
		    &kind));
		assert_int_equal(kind, i);
	}
	assert_false(cq_gap_parse("noisy", &kind));
}

#define T(test) cmocka_unit_test(test)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_three_failures_and_a_quarter_of_an_hour_make_a_gap),
	    T(test_what_is_asked_seldom_may_fail_for_longer),
	    T(test_one_that_never_answered_fails_since_its_first_failure),
	    T(test_one_failure_is_enough_where_patience_was_asked_for_long),
	    T(test_one_that_is_due_and_not_asked_fails),
	    T(test_a_pause_is_a_gap_only_if_nobody_wanted_it),
	    T(test_posts_that_are_brought_are_not_missed),
	    T(test_what_is_wrong_is_the_last_that_is_known),
	    T(test_numbers_do_not_make_other_words),
	    T(test_words_that_were_cut_are_the_same_as_far_as_they_go),
	    T(test_a_source_that_is_hardly_known_has_no_habit),
	    T(test_patience_is_twice_the_longest_pause_and_six_hours_at_least),
	    T(test_posts_that_come_late_make_patient_as_a_pause_does),
	    T(test_a_source_is_silent_once_its_patience_is_over),
	    T(test_time_in_which_it_was_not_asked_is_no_silence),
	    T(test_a_place_that_rests_at_weekends_is_not_silent_then),
	    T(test_a_long_pause_is_forgotten_in_the_end),
	    T(test_a_late_post_makes_no_pause),
	    T(test_names_of_gaps_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
