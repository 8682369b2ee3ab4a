#include "tests/file.h"
#include "tests/listening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Times in which posts of a source may be missing are told, and end. */

#define REFUSED_WORDS "social.example refused the token: make a new one"
#define DAY (24 * 3600)

static void
bring(struct fixture *f, int number, int64_t written_at)
{
	char id[24] = "", text[80] = "";
	struct cq_post p = a_post(id, id, text);

	snprintf(id, sizeof(id), "%d", number);
	snprintf(text, sizeof(text), "parcel %d7301%d is lost", number, number);
	p.source = "loud";
	p.created_at = written_at;
	fetched(f, "loud", &(struct cq_fetched){0}, &p, 1);
}

/* Sixty posts, one an hour; the last one now. */
static void
learn_habit(struct fixture *f)
{
	struct cq_post posts[60];
	char ids[60][8], texts[60][40];

	for (int i = 0; i < 60; i++) {
		snprintf(ids[i], sizeof(ids[i]), "h%d", i);
		snprintf(texts[i], sizeof(texts[i]), "%d8%d gates are shut", i,
		    i * 7);
		posts[i] = a_post(ids[i], ids[i], texts[i]);
		posts[i].source = "loud";
		posts[i].created_at = f->now - (59 - i) * 3600;
	}
	fetched(f, "loud", &(struct cq_fetched){0}, posts, 60);
}

/* --- failed --------------------------------------------------------------- */

static void
test_a_source_that_fails_is_a_gap_from_its_last_success_to_the_next(void *
	*state)
{
	struct fixture *f = *state;
	struct cq_gap gap;

	add_loud(f);
	fail_for(f, "loud", 3, 300);
	expect_standing(f, "");
	f->now++; /* time alone, and no further failure */
	expect_standing(f, "loud failed\n");
	gap = gap_now(f, 0);
	assert_int_equal(gap.from_at, T0);
	assert_int_equal(gap.until_at, CQ_NO_TIME);
	assert_string_equal(gap.words.s, "social.example does not answer");
	cq_gap_free(&gap);
	f->now += 60;
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "");
	assert_int_equal(n_events(f, 0, "gap"), 1);
	assert_int_equal(n_events(f, 0, "gap_end"), 1);
	all_is_well(f);
}

static void
test_a_failure_that_goes_on_is_told_once(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	fail_for(f, "loud", 9, 600);
	for (int i = 0; i < 5; i++)
		tick(f);
	expect_standing(f, "loud failed\n");
	assert_int_equal(n_events(f, 0, "gap"), 1);
}

static void
test_a_refused_account_is_a_gap_of_each_of_its_sources_at_once(void **state)
{
	struct fixture *f = *state;
	struct cq_source other = a_source("tags", HOST, "/t/one");
	struct cq_fetched end = {.error = REFUSED_WORDS, .refused = true};
	struct cq_gap gap;
	char *got;

	add_loud(f);
	add_source(f, &other);
	fetched_nothing(f, "tags", NULL);
	f->now += 60;
	fetched(f, "loud", &end, NULL, 0);
	got = standing(f); /* no tick came between */
	assert_string_equal(got, "loud failed\ntags failed\n");
	free(got);
	gap = gap_now(f, 1);
	assert_string_equal(gap.words.s, REFUSED_WORDS);
	cq_gap_free(&gap);
	fetched_nothing(f, "tags", NULL); /* it was on its way: the last */
	got = standing(f);
	assert_string_equal(got, "loud failed\ntags failed\n");
	free(got);
	assert_int_equal(n_events(f, 0, "gap_end"), 0);
	pause_source(f, "loud", false); /* goes on with a new token */
	expect_standing(f, "loud failed\ntags failed\n");
	fetched_nothing(f, "tags", NULL);
	expect_standing(f, "loud failed\n"); /* until it is heard again */
	all_is_well(f);
}

static void
test_nobody_asking_is_a_gap(void **state)
{
	struct fixture *f = *state;
	struct cq_gap gap;

	add_loud(f);
	f->now += 300 + CQ_GAP_LONG_S;
	expect_standing(f, "");
	f->now++;
	expect_standing(f, "loud failed\n");
	gap = gap_now(f, 0);
	assert_non_null(strstr(gap.words.s, "caseq run"));
	assert_int_equal(gap.from_at, T0);
	cq_gap_free(&gap);
}

static void
test_what_a_person_pauses_or_removes_is_no_gap(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	fail_for(f, "loud", 4, 600);
	expect_standing(f, "loud failed\n");
	pause_source(f, "loud", true);
	expect_standing(f, "");
	f->now += DAY;
	expect_standing(f, "");
	pause_source(f, "loud", false);
	fail_for(f, "loud", 4, 600);
	expect_standing(f, "loud failed\n");
	remove_source(f, "loud");
	expect_standing(f, "");
	all_is_well(f);
}

static void
test_one_that_goes_on_and_that_nobody_asks_is_a_gap(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	pause_source(f, "loud", true);
	f->now += DAY;
	pause_source(f, "loud", false);
	f->now += CQ_GAP_LONG_S;
	expect_standing(f, "");
	f->now++;
	expect_standing(f, "loud failed\n");
}

static void
test_one_that_was_added_and_that_nobody_asks_is_a_gap(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);
	struct cq_gap gap;

	add_source(f, &s);
	f->now += CQ_GAP_LONG_S;
	expect_standing(f, "");
	f->now++;
	expect_standing(f, "loud failed\n");
	gap = gap_now(f, 0);
	assert_int_equal(gap.from_at, T0);
	cq_gap_free(&gap);
}

static void
test_one_that_is_added_anew_misses_nothing_of_the_time_it_was_away(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, "/t/one");

	add_loud(f);
	remove_source(f, "loud");
	f->now += 30 * DAY;
	add_source(f, &s);
	fail_for(f, "loud", 1, 60);
	expect_standing(f, "");
	all_is_well(f);
}

static void
test_a_clock_that_was_set_back_hides_no_source(void **state)
{
	struct fixture *f = *state;
	struct cq_source s;

	f->now += 300 * DAY;
	add_loud(f);
	learn_habit(f);
	f->now -= 300 * DAY;
	s = source_now(f, "loud");
	assert_true(s.next_at <= f->now); /* it may be asked */
	cq_source_free(&s);
	fail_for(f, "loud", 1, 0);
	s = source_now(f, "loud");
	assert_int_equal(s.next_at, f->now + 300); /* and is let alone */
	cq_source_free(&s);
	fail_for(f, "loud", 3, 400);
	expect_standing(f, "loud failed\n");
	bring(f, 1, f->now);
	expect_standing(f, "");
	f->now += CQ_GAP_SILENT_S * 2;
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "loud silent\n");
}

/* --- silent --------------------------------------------------------------- */

static void
test_a_silent_source_is_a_gap_from_its_last_post_to_its_next(void **state)
{
	struct fixture *f = *state;
	int64_t last = f->now;
	struct cq_gap gap;

	add_loud(f);
	learn_habit(f);
	f->now += CQ_GAP_SILENT_S;
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "");
	f->now += 60;
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "loud silent\n");
	gap = gap_now(f, 0);
	assert_int_equal(gap.from_at, last);
	assert_non_null(strstr(gap.words.s, "more than 1h"));
	cq_gap_free(&gap);
	f->now += 60;
	fetched_nothing(f, "loud", NULL); /* an answer alone ends nothing */
	expect_standing(f, "loud silent\n");
	bring(f, 1, f->now);
	expect_standing(f, "");
	all_is_well(f);
}

static void
test_what_we_wrote_ourselves_ends_no_silence(void **state)
{
	struct fixture *f = *state;
	struct cq_post own = a_post("77", "desk", "we look into it, jo");
	struct cq_act who = act(f, "adm");
	const char *const ours[] = {"desk", NULL};
	int64_t n;

	add_loud(f);
	learn_habit(f);
	OK(f,
	    cq_store_own_set(f->store, &who, "loud", ours, true, &n, &f->err));
	f->now += CQ_GAP_SILENT_S + 60;
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "loud silent\n");
	see(f, "ana", "loud");
	own.source = "loud";
	own.handle = "desk";
	own.created_at = f->now;
	own.in_reply_to = "h3";
	fetched(f, "loud", &(struct cq_fetched){0}, &own, 1);
	expect_standing(f, "loud silent seen by ana\n");
}

/* Its service tells them late, or many pages are to be caught up with. */
static void
test_posts_that_come_late_are_no_silence(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	learn_habit(f);
	f->now += 10 * DAY;
	for (int i = 0; i < 20; i++) {
		bring(f, i, f->now - 10 * DAY);
		fetched_nothing(f, "loud", NULL);
		expect_standing(f, "");
		f->now += 3600;
		fetched_nothing(f, "loud", NULL);
		expect_standing(f, "");
	}
	assert_int_equal(n_events(f, 0, "gap"), 0);
}

/* --- jumped --------------------------------------------------------------- */

static void
jump(struct fixture *f, int64_t from_at)
{
	struct cq_fetched end = {.jumped = true, .jumped_at = from_at};

	fetched(f, "loud", &end, NULL, 0);
}

static void
test_a_jump_stands_until_somebody_has_seen_it(void **state)
{
	struct fixture *f = *state;
	struct cq_gap gap;

	add_loud(f);
	f->now += 300;
	jump(f, T0);
	expect_standing(f, "loud jumped\n");
	gap = gap_now(f, 0);
	assert_int_equal(gap.from_at, T0);
	assert_int_equal(gap.until_at, f->now);
	cq_gap_free(&gap);
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "loud jumped\n");
	assert_int_equal(see(f, "ana", "loud"), 1);
	expect_standing(f, "");
	assert_int_equal(n_events(f, 0, "gap_seen"), 1);
	all_is_well(f);
}

static void
test_of_a_paused_source_only_jumps_stand_and_of_a_removed_one_nothing(void *
	*state)
{
	struct fixture *f = *state;

	add_loud(f);
	learn_habit(f);
	jump(f, f->now);
	f->now += CQ_GAP_SILENT_S + 60;
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "loud jumped\nloud silent\n");
	pause_source(f, "loud", true);
	expect_standing(f, "loud jumped\n");
	remove_source(f, "loud");
	expect_standing(f, "");
	all_is_well(f);
}

static void
test_jumps_that_nobody_saw_yet_are_one_gap(void **state)
{
	struct fixture *f = *state;
	struct cq_gap gap;

	add_loud(f);
	jump(f, 0); /* it is not known since when */
	f->now += 300;
	jump(f, T0 + 10);
	expect_standing(f, "loud jumped\n");
	gap = gap_now(f, 0);
	assert_int_equal(gap.from_at, CQ_NO_TIME);
	assert_int_equal(gap.until_at, f->now);
	cq_gap_free(&gap);
	see(f, "ana", "loud");
	jump(f, T0 + 300); /* the next one is news */
	expect_standing(f, "loud jumped\n");
	all_is_well(f);
}

static void
test_who_looks_after_a_failure_is_told_and_it_goes_on(void **state)
{
	struct fixture *f = *state;
	struct cq_act who;
	int64_t n;

	add_loud(f);
	fail_for(f, "loud", 4, 600);
	jump(f, T0); /* a success, too */
	fail_for(f, "loud", 4, 600);
	expect_standing(f, "loud jumped\nloud failed\n");
	assert_int_equal(see(f, "ben", "loud"), 2);
	expect_standing(f, "loud failed seen by ben\n");
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_gap_seen(f->store, &who, "loud", &n, &f->err));
	assert_memory_equal(f->err.msg, "ben has seen", 12);
	who = act(f, "ben");
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_gap_seen(f->store, &who, "loud", &n, &f->err));
	assert_memory_equal(f->err.msg, "you have seen", 13);
	fetched_nothing(f, "loud", NULL);
	expect_standing(f, "");
	who = act(f, "ana"); /* who saw what is over has nothing to tell */
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_gap_seen(f->store, &who, "loud", &n, &f->err));
	all_is_well(f);
}

static void
test_seeing_is_done_once_and_by_those_who_work(void **state)
{
	struct fixture *f = *state;
	struct cq_act who = act(f, "ana"), sue = act(f, "sue");
	int64_t n;

	add_loud(f);
	jump(f, T0);
	REFUSED(f, CQ_DENIED,
	    cq_store_gap_seen(f->store, &sue, "loud", &n, &f->err));
	OK(f, cq_store_gap_seen(f->store, &who, "loud", &n, &f->err));
	assert_int_equal(n, 1);
	OK(f, cq_store_gap_seen(f->store, &who, "loud", &n, &f->err));
	assert_int_equal(n, 1); /* the same act again */
	assert_int_equal(n_events(f, 0, "gap_seen"), 1);
	who = act(f, "ana");
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_gap_seen(f->store, &who, "nowhere", &n, &f->err));
}

/* --- the report ----------------------------------------------------------- */

static void
test_a_report_tells_the_gaps_of_its_time_and_the_same_for_ever(void **state)
{
	struct fixture *f = *state;
	const struct cq_gap *gap;
	int64_t end, back;

	add_loud(f);
	fail_for(f, "loud", 4, 600);
	tick(f);
	end = f->now + 1;
	assert_int_equal(shift(f, T0 - 3600, end, NULL)->gaps.n, 1);
	assert_int_equal(f->report.gaps.at[0].until_at, CQ_NO_TIME);
	back = f->now += 3600;
	fetched_nothing(f, "loud", NULL);
	f->now += 3600;
	jump(f, back + 1800);
	/* as it was known when that shift ended */
	assert_int_equal(shift(f, T0 - 3600, end, NULL)->gaps.n, 1);
	assert_int_equal(f->report.gaps.at[0].until_at, CQ_NO_TIME);
	/* the next shift has its end, and the jump */
	assert_int_equal(shift(f, end, f->now + 1, NULL)->gaps.n, 2);
	gap = f->report.gaps.at;
	assert_int_equal(gap[0].kind, CQ_GAP_FAILED);
	assert_int_equal(gap[0].from_at, T0);
	assert_int_equal(gap[0].until_at, back);
	assert_string_equal(gap[0].source, "loud");
	assert_int_equal(gap[1].kind, CQ_GAP_JUMPED);
	assert_int_equal(gap[1].from_at, back + 1800);
	/* one that was over before is not told again */
	assert_int_equal(shift(f, back + 1, f->now, NULL)->gaps.n, 0);
}

/* By day only: nobody is there at night, and "caseq run" stood still. */
static void
test_what_is_known_only_after_a_shift_stands_apart_in_its_report(void **state)
{
	struct fixture *f = *state;
	const struct cq_gap *gap;
	int64_t end;

	add_loud(f);
	f->now += 3600;
	end = f->now;
	assert_int_equal(shift(f, T0 - 3600, end, NULL)->gaps.n, 0);
	assert_int_equal(f->report.told_later.n, 0);
	f->now += DAY / 2;
	tick(f);
	fetched_nothing(f, "loud", NULL);
	f->now += 3600;
	assert_int_equal(shift(f, f->now, f->now + 9, NULL)->gaps.n, 0);
	assert_int_equal(f->report.told_later.n, 0);
	assert_int_equal(shift(f, T0 - 3600, end, NULL)->gaps.n, 0);
	assert_int_equal(f->report.told_later.n, 1);
	gap = f->report.told_later.at;
	assert_int_equal(gap->from_at, T0);
	assert_int_equal(gap->until_at, end + DAY / 2);
	/* it did not touch an earlier one, and this one told it at once */
	assert_int_equal(shift(f, T0 - DAY, T0, NULL)->told_later.n, 0);
	assert_int_equal(shift(f, T0, f->now, NULL)->gaps.n, 1);
	assert_int_equal(f->report.told_later.n, 0);
}

/* --- the proof ------------------------------------------------------------ */

static void
expect_bad(struct fixture *f, const char *sql, const char *words)
{
	struct cq_proof proof;

	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	assert_int_equal(proof.bad_event, 0);
	file_sql(f->path, sql);
	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	if (proof.bad_event == 0 || strstr(proof.what, words) == NULL)
		fail_msg("after %s: '%s' is not in '%s'", sql, words,
		    proof.bad_event == 0 ? "nothing found" : proof.what);
}

static void
test_a_gap_that_was_hidden_is_found_out(void **state)
{
	struct fixture *f = *state;

	add_loud(f);
	jump(f, T0);
	expect_bad(f, "UPDATE gap SET seen_at = 5, seen_by = 1",
	    "gap 1 is not as the log tells");
	file_sql(f->path, "UPDATE gap SET seen_at = NULL, seen_by = NULL");
	expect_bad(f, "UPDATE gap SET from_at = from_at + 60",
	    "gap 1 is not as the log tells");
	file_sql(f->path, "UPDATE gap SET from_at = from_at - 60");
	expect_bad(f, "UPDATE gap SET source = 99",
	    "gap 1 is not as the log tells");
	file_sql(f->path, "UPDATE gap SET source = 1");
	expect_bad(f, "DROP TRIGGER gap_stay; DELETE FROM gap",
	    "gap 1 is missing");
}

static void
test_a_gap_does_not_hide_behind_the_next_one(void **state)
{
	struct fixture *f = *state;
	struct cq_proof proof;

	add_loud(f);
	jump(f, T0);
	file_sql(f->path, "DROP TRIGGER gap_stay; DELETE FROM gap");
	f->now += 60;
	jump(f, T0 + 50); /* takes its number */
	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	assert_int_not_equal(proof.bad_event, 0);
	assert_non_null(strstr(proof.what, "gap 1 is missing"));
}

static void
test_a_private_post_made_public_is_found_out(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", "this is for you alone");

	p.visibility = CQ_DIRECT;
	p.bot = true;
	put(f, &p);
	expect_bad(f, "UPDATE post SET flags = 4", "who may read its post 1");
	file_sql(f->path, "UPDATE post SET flags = 7");
	expect_bad(f, "UPDATE post SET flags = 3", "who may read its post 1");
	file_sql(f->path, "UPDATE post SET flags = 7");
	expect_bad(f, "UPDATE post SET gone_at = 7",
	    "whether its post 1 is gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_a_source_that_fails_is_a_gap_from_its_last_success_to_the_next),
	    WITH_QUEUE(test_a_failure_that_goes_on_is_told_once),
	    WITH_QUEUE(
		test_a_refused_account_is_a_gap_of_each_of_its_sources_at_once),
	    WITH_QUEUE(test_nobody_asking_is_a_gap),
	    WITH_QUEUE(test_one_that_goes_on_and_that_nobody_asks_is_a_gap),
	    WITH_QUEUE(test_one_that_was_added_and_that_nobody_asks_is_a_gap),
	    WITH_QUEUE(
		test_one_that_is_added_anew_misses_nothing_of_the_time_it_was_away),
	    WITH_QUEUE(test_a_clock_that_was_set_back_hides_no_source),
	    WITH_QUEUE(test_what_we_wrote_ourselves_ends_no_silence),
	    WITH_QUEUE(test_posts_that_come_late_are_no_silence),
	    WITH_QUEUE(test_what_a_person_pauses_or_removes_is_no_gap),
	    WITH_QUEUE(
		test_a_silent_source_is_a_gap_from_its_last_post_to_its_next),
	    WITH_QUEUE(test_a_jump_stands_until_somebody_has_seen_it),
	    WITH_QUEUE(
		test_of_a_paused_source_only_jumps_stand_and_of_a_removed_one_nothing),
	    WITH_QUEUE(test_jumps_that_nobody_saw_yet_are_one_gap),
	    WITH_QUEUE(test_who_looks_after_a_failure_is_told_and_it_goes_on),
	    WITH_QUEUE(test_seeing_is_done_once_and_by_those_who_work),
	    WITH_QUEUE(
		test_a_report_tells_the_gaps_of_its_time_and_the_same_for_ever),
	    WITH_QUEUE(
		test_what_is_known_only_after_a_shift_stands_apart_in_its_report),
	    WITH_QUEUE(test_a_gap_that_was_hidden_is_found_out),
	    WITH_QUEUE(test_a_gap_does_not_hide_behind_the_next_one),
	    WITH_QUEUE(test_a_private_post_made_public_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
