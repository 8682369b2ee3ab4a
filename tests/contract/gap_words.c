#include "tests/file.h"
#include "tests/listening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A gap says what is wrong now, and is seen only by who saw that. */

#define DOWN \
	"social.example is out of order (500): it will be asked again later"
#define MUTE "no answer from social.example in 30 s"
#define LOST "social.example knows no such page (404): check address and query"
#define GONE "social.example says that this is gone for good (410)"
#define TOKEN "social.example refused the token: make a new one"
#define NOBODY "nobody asks it: "
#define DAY (24 * 3600)

static void
expect_words(struct fixture *f, const char *want)
{
	struct cq_gap gap;

	tick(f);
	gap = gap_now(f, 0);
	if (strncmp(gap.words.s, want, strlen(want)) != 0)
		fail_msg("'%s' does not begin with '%s'", gap.words.s, want);
	cq_gap_free(&gap);
}

static void
fail_with(struct fixture *f, const char *error)
{
	f->now += 600;
	fetched_nothing(f, "loud", error);
}

/* A gap of three failures that stands. */
static void
is_down(struct fixture *f)
{
	add_loud(f);
	for (int i = 0; i < 3; i++)
		fail_with(f, DOWN);
	expect_words(f, DOWN);
}

static void
parks(struct fixture *f, const char *error)
{
	const struct cq_fetched end = {.error = error, .pause = true};

	f->now += 600;
	fetched(f, "loud", &end, NULL, 0);
}

/* --- what is wrong now ---------------------------------------------------- */

static void
test_a_token_that_is_refused_is_told_where_a_failure_stood(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {.error = TOKEN, .refused = true};

	is_down(f);
	f->now += 600;
	fetched(f, "loud", &end, NULL, 0);
	expect_words(f, TOKEN);
	expect_standing(f, "loud failed\n"); /* it is one gap */
	assert_int_equal(n_events(f, 0, "gap"), 2);
	all_is_well(f);
}

static void
test_each_source_of_a_refused_account_says_so(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {.error = TOKEN, .refused = true};
	struct cq_source other = a_source("tags", HOST, "/t/one");

	is_down(f);
	see(f, "ana", "loud");
	add_source(f, &other);
	fetched(f, "tags", &end, NULL, 0);
	expect_words(f, TOKEN);
	expect_standing(f, "loud failed\ntags failed\n");
	all_is_well(f);
}

static void
test_one_that_is_asked_again_does_not_say_that_nobody_asks(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	f->now += 9000;
	expect_words(f, NOBODY);
	fail_with(f, LOST);
	expect_words(f, LOST);
	all_is_well(f);
}

static void
test_one_that_nobody_asks_any_more_does_not_say_that_it_will_be(void **state)
{
	struct fixture *f = *state;

	is_down(f);
	f->now += 300 + CQ_GAP_LONG_S;
	expect_words(f, DOWN);
	f->now++;
	expect_words(f, NOBODY);
	fail_with(f, DOWN);
	expect_words(f, DOWN);
	all_is_well(f);
}

/* Whoever made a new token must see what came of it. */
static void
test_one_that_goes_on_says_what_came_of_it(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	parks(f, TOKEN);
	expect_words(f, TOKEN);
	pause_source(f, "loud", false);
	f->now += 300 + CQ_GAP_LONG_S;
	expect_words(f, NOBODY);
	fail_with(f, DOWN); /* once */
	expect_words(f, DOWN);
	all_is_well(f);
}

static void
test_one_that_is_heard_again_ends_with_its_last_words(void **state)
{
	struct fixture *f = *state;
	struct cq_gap gap;

	is_down(f);
	fail_with(f, LOST);
	see(f, "ana", "loud");
	f->now += 600;
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "");
	assert_string_equal(shift(f, T0, f->now + 1, NULL)->gaps.at[0].words.s,
	    LOST);
	for (int i = 0; i < 3; i++)
		fail_with(f, DOWN);
	expect_standing(f, "loud failed\n"); /* another one */
	gap = gap_now(f, 0);
	assert_int_equal(gap.id, 2);
	assert_string_equal(gap.words.s, DOWN);
	cq_gap_free(&gap);
	all_is_well(f);
}

/* --- and is quiet where nothing is new ------------------------------------ */

static void
test_a_retry_is_no_event_and_takes_off_no_mark(void **state)
{
	struct fixture *f = *state;
	char words[128];

	is_down(f);
	see(f, "ana", "loud");
	for (int i = 0; i < 20; i++) {
		snprintf(words, sizeof(words),
		    "social.example is out of order (%d): it will be asked "
		    "again later",
		    500 + i);
		fail_with(f, words);
		tick(f);
		tick(f);
	}
	expect_standing(f, "loud failed seen by ana\n");
	assert_int_equal(n_events(f, 0, "gap"), 1);
	assert_int_equal(n_events(f, 0, "gap_seen"), 1);
	expect_words(f, DOWN);
}

static void
test_one_that_paused_itself_is_told_once(void **state)
{
	struct fixture *f = *state;

	is_down(f);
	see(f, "ana", "loud");
	parks(f, GONE);
	for (int i = 0; i < 5; i++) {
		tick(f);
		f->now += DAY;
	}
	assert_int_equal(n_events(f, 0, "gap"), 2);
	see(f, "ben", "loud");
	for (int i = 0; i < 5; i++) {
		tick(f);
		f->now += DAY;
	}
	expect_standing(f, "loud failed seen by ben\n");
	assert_int_equal(n_events(f, 0, "gap"), 2);
	all_is_well(f);
}

/* --- who has seen it ------------------------------------------------------ */

static void
test_who_saw_that_it_is_asked_again_did_not_see_that_it_paused(void **state)
{
	struct fixture *f = *state;

	is_down(f);
	see(f, "ana", "loud");
	expect_standing(f, "loud failed seen by ana\n");
	parks(f, GONE);
	expect_standing(f, "loud failed\n");
	expect_words(f, GONE);
	assert_int_equal(see(f, "ana", "loud"), 1); /* she may again */
	expect_standing(f, "loud failed seen by ana\n");
	all_is_well(f);
}

static void
test_another_kind_of_failure_is_to_be_seen_anew(void **state)
{
	struct fixture *f = *state;

	is_down(f);
	see(f, "ana", "loud");
	fail_with(f, LOST);
	expect_standing(f, "loud failed\n");
	expect_words(f, LOST);
	all_is_well(f);
}

static void
test_failures_in_turn_are_to_be_seen_once_each(void **state)
{
	struct fixture *f = *state;

	is_down(f);
	see(f, "ana", "loud");
	fail_with(f, MUTE);
	expect_standing(f, "loud failed\n");
	see(f, "ana", "loud");
	for (int i = 0; i < 4; i++) {
		fail_with(f, DOWN);
		expect_standing(f, "loud failed seen by ana\n");
		expect_words(f, DOWN);
		fail_with(f, MUTE);
		expect_standing(f, "loud failed seen by ana\n");
		expect_words(f, MUTE);
	}
	all_is_well(f);
}

/* Its new token is refused as the old one was: that mended nothing. */
static void
test_one_that_pauses_itself_again_is_to_be_seen_anew(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	parks(f, TOKEN);
	expect_standing(f, "loud failed\n");
	see(f, "ana", "loud"); /* in the very second */
	expect_standing(f, "loud failed seen by ana\n");
	pause_source(f, "loud", false);
	expect_standing(f, "loud failed seen by ana\n");
	parks(f, TOKEN);
	expect_standing(f, "loud failed\n");
	expect_words(f, TOKEN);
	all_is_well(f);
}

static void
test_a_clock_that_was_set_back_takes_off_no_mark(void **state)
{
	struct fixture *f = *state;

	f->now += 10 * DAY;
	is_down(f);
	parks(f, GONE);
	f->now -= 10 * DAY;
	see(f, "ana", "loud");
	expect_standing(f, "loud failed seen by ana\n");
	all_is_well(f);
}

/* --- the report, and the proof -------------------------------------------- */

static void
test_a_report_has_the_words_that_were_known_at_its_end(void **state)
{
	struct fixture *f = *state;
	const struct cq_report *r;
	int64_t end;

	is_down(f);
	see(f, "ana", "loud");
	end = f->now + 1;
	parks(f, GONE);
	r = shift(f, T0, end, NULL);
	assert_int_equal(r->gaps.n, 1);
	assert_string_equal(r->gaps.at[0].words.s, DOWN);
	assert_string_equal(r->gaps.at[0].seen_by, "ana");
	assert_int_equal(r->told_later.n, 0); /* it was known */
	r = shift(f, end, f->now + 1, NULL);
	assert_int_equal(r->gaps.n, 1);
	assert_string_equal(r->gaps.at[0].words.s, GONE);
	assert_null(r->gaps.at[0].seen_by);
}

static void
test_words_that_were_changed_behind_the_log_are_found_out(void **state)
{
	struct fixture *f = *state;
	struct cq_proof proof;

	is_down(f);
	parks(f, GONE);
	tick(f);
	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	assert_int_equal(proof.bad_event, 0);
	file_sql(f->path, "UPDATE gap SET words = '" DOWN "'");
	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	assert_int_not_equal(proof.bad_event, 0);
	assert_non_null(strstr(proof.what, "gap 1 is not as the log tells"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_a_token_that_is_refused_is_told_where_a_failure_stood),
	    WITH_QUEUE(test_each_source_of_a_refused_account_says_so),
	    WITH_QUEUE(
		test_one_that_is_asked_again_does_not_say_that_nobody_asks),
	    WITH_QUEUE(
		test_one_that_nobody_asks_any_more_does_not_say_that_it_will_be),
	    WITH_QUEUE(test_one_that_goes_on_says_what_came_of_it),
	    WITH_QUEUE(test_one_that_is_heard_again_ends_with_its_last_words),
	    WITH_QUEUE(test_a_retry_is_no_event_and_takes_off_no_mark),
	    WITH_QUEUE(test_one_that_paused_itself_is_told_once),
	    WITH_QUEUE(
		test_who_saw_that_it_is_asked_again_did_not_see_that_it_paused),
	    WITH_QUEUE(test_another_kind_of_failure_is_to_be_seen_anew),
	    WITH_QUEUE(test_failures_in_turn_are_to_be_seen_once_each),
	    WITH_QUEUE(test_one_that_pauses_itself_again_is_to_be_seen_anew),
	    WITH_QUEUE(test_a_clock_that_was_set_back_takes_off_no_mark),
	    WITH_QUEUE(test_a_report_has_the_words_that_were_known_at_its_end),
	    WITH_QUEUE(
		test_words_that_were_changed_behind_the_log_are_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
