#include "tests/listening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A source that is changed in place: what it knows stays. */

/* Says set->to of that name, as it is now, with what was changed in it. */
static unsigned
set_it(struct fixture *f, const struct cq_source_set *set)
{
	struct cq_act who = act(f, "adm");
	unsigned done = 99;

	OK(f, cq_store_source_set(f->store, &who, set, &done, &f->err));
	return done;
}

static unsigned
set_token(struct fixture *f, const char *name, const char *token)
{
	struct cq_source to = {
	    .name = (char *)name, .token_file = (char *)token};
	const struct cq_source_set set = {.to = &to, .what = CQ_SET_TOKEN};

	return set_it(f, &set);
}

static unsigned
set_every(struct fixture *f, const char *name, int every_s)
{
	struct cq_source to = {.name = (char *)name, .every_s = every_s};
	const struct cq_source_set set = {.to = &to, .what = CQ_SET_EVERY};

	return set_it(f, &set);
}

/* "loud" with a cursor, and heard for three days. */
static void
add_heard(struct fixture *f)
{
	struct cq_source s = a_source("loud", HOST, "/t/one");
	struct cq_fetched end = {.cursor = "as far as 60"};
	struct cq_post posts[60];
	char ids[60][8];

	add_source(f, &s);
	for (int i = 0; i < 60; i++) {
		snprintf(ids[i], sizeof(ids[i]), "h%d", i);
		posts[i] = a_post(ids[i], "jo", ids[i]);
		posts[i].source = "loud";
		posts[i].created_at = f->now - (59 - i) * 3600;
	}
	fetched(f, "loud", &end, posts, 60);
}

static void
fail_once(struct fixture *f, const char *name, const char *why, bool refused)
{
	struct cq_fetched end = {.error = why, .refused = refused};

	fetched(f, name, &end, NULL, 0);
}

static bool
is_listening(struct fixture *f, const char *name)
{
	struct cq_source s = source_now(f, name);
	bool yes = !s.paused;

	/* what is asked again is asked now, and starts with no failure */
	if (yes && s.n_failed == 0)
		assert_int_equal(s.parked_at, CQ_NO_TIME);
	cq_source_free(&s);
	return yes;
}

/* --- what stays ---------------------------------------------------------- */

static void
test_a_new_token_keeps_cursor_habit_and_all_else(void **state)
{
	struct fixture *f = *state;
	struct cq_source before, s;

	add_heard(f);
	before = source_now(f, "loud");
	f->now += 60;
	assert_int_equal(set_token(f, "loud", "/t/two"), CQ_SET_TOKEN);
	s = source_now(f, "loud");
	assert_string_equal(s.token_file, "/t/two");
	assert_int_equal(s.next_at,
	    f->now); /* to see at once whether it fits */
	assert_int_equal(s.id, before.id);
	assert_string_equal(s.cursor, "as far as 60");
	assert_string_equal(s.query, before.query);
	assert_int_equal(s.every_s, before.every_s);
	assert_int_equal(s.since_at, before.since_at);
	assert_int_equal(s.ok_at, before.ok_at);
	assert_int_equal(s.n_posts, 60);
	assert_memory_equal(&s.habit, &before.habit, sizeof(s.habit));
	cq_source_free(&s);
	cq_source_free(&before);
	all_is_well(f);
}

static void
test_only_what_is_said_is_changed(void **state)
{
	struct fixture *f = *state;
	struct cq_source to = {.name = "loud",
	    .every_s = 900,
	    .brand = "tea",
	    .options = "{\"monthly_cap\":10}",
	    .query = "#tea",
	    .token_file = "/t/tea"};
	struct cq_source_set set = {.to = &to};
	struct cq_source s;

	add_heard(f);
	set.what = CQ_SET_BRAND | CQ_SET_OPTIONS;
	assert_int_equal(set_it(f, &set), CQ_SET_BRAND | CQ_SET_OPTIONS);
	s = source_now(f, "loud");
	assert_string_equal(s.brand, "tea");
	assert_string_equal(s.options, "{\"monthly_cap\":10}");
	assert_string_equal(s.token_file, "/t/one");
	assert_string_equal(s.query, "#parcels");
	assert_int_equal(s.every_s, 300);
	cq_source_free(&s);
	to.brand = to.options = to.token_file = NULL; /* taken away */
	set.what |= CQ_SET_TOKEN;
	set_it(f, &set);
	s = source_now(f, "loud");
	assert_null(s.brand);
	assert_null(s.options);
	assert_null(s.token_file);
	cq_source_free(&s);
}

static void
test_what_stood_so_already_writes_no_event(void **state)
{
	struct fixture *f = *state;

	add_heard(f);
	assert_int_equal(set_every(f, "loud", 300), 0);
	assert_int_equal(set_token(f, "loud", "/t/one"), 0);
	assert_int_equal(n_events(f, 0, "source"), 1);
	assert_int_equal(set_every(f, "loud", 60), CQ_SET_EVERY);
	assert_int_equal(n_events(f, 0, "source"), 2);
}

static bool
last_data(void *arg, const struct cq_event *e)
{
	char **data = arg;

	if (strcmp(e->kind, "source") == 0) {
		free(*data);
		*data = strdup(e->data);
	}
	return true;
}

static void
test_the_log_tells_what_was_set_but_no_token_file(void **state)
{
	struct fixture *f = *state;
	struct cq_source to = {
	    .name = "loud", .token_file = "/t/marker-4711", .every_s = 900};
	const struct cq_source_set set = {
	    .to = &to, .what = CQ_SET_TOKEN | CQ_SET_EVERY};
	char *data = NULL;

	add_heard(f);
	set_it(f, &set);
	OK(f, cq_store_events(f->store, 0, last_data, &data, &f->err));
	assert_non_null(data);
	assert_non_null(strstr(data, "\"what\":\"set\""));
	assert_non_null(strstr(data, "\"every_s\":900"));
	assert_non_null(strstr(data, "\"changed\":\"token,every\""));
	assert_null(strstr(data, "marker-4711"));
	free(data);
}

/* --- when it is asked ---------------------------------------------------- */

static void
expect_next(struct fixture *f, const char *name, int64_t at)
{
	struct cq_source s = source_now(f, name);

	assert_int_equal(s.next_at, at);
	cq_source_free(&s);
}

static void
test_another_interval_counts_from_the_last_fetch(void **state)
{
	struct fixture *f = *state;
	int64_t heard;

	add_heard(f);
	heard = f->now;
	f->now += 100;
	set_every(f, "loud", 200);
	expect_next(f, "loud", heard + 200);
	set_every(f, "loud", 3600);
	expect_next(f, "loud", heard + 3600);
	set_every(f, "loud", 60); /* that is over */
	expect_next(f, "loud", f->now);
}

static void
test_another_interval_does_not_cut_short_what_has_to_wait(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("more", HOST, "/t/one");
	struct cq_fetched end = {.error = "asks for patience"};

	add_heard(f);
	add_source(f, &s);
	end.rest_at = f->now + 4000;
	fetched(f, "more", &end, NULL, 0);
	expect_next(f, "loud", f->now + 4000); /* its account */
	set_every(f, "loud", 60);
	expect_next(f, "loud", f->now + 4000);
	set_every(f, "more", 60);
	expect_next(f, "more", f->now + 4000);
	s.name = "down";
	s.token_file = "/t/two";
	add_source(f, &s);
	fail_once(f, "down", "out of order", false); /* in five minutes */
	set_every(f, "down", 60);
	expect_next(f, "down", f->now + 300);
}

static void
test_another_query_does_not_end_the_rest_of_an_account(void **state)
{
	struct fixture *f = *state;
	struct cq_source to = {.name = "loud", .query = "#tea"};
	const struct cq_source_set set = {.to = &to, .what = CQ_SET_QUERY};
	struct cq_fetched end = {.error = "asks for patience"};

	add_heard(f);
	end.rest_at = f->now + 4000;
	fetched(f, "loud", &end, NULL, 0);
	set_it(f, &set);
	assert_int_equal(rest_at_of(f, "loud"), f->now + 4000);
}

static void
test_with_another_token_it_rests_as_the_account_of_that(void **state)
{
	struct fixture *f = *state;
	struct cq_source two = a_source("two", HOST, "/t/two");
	struct cq_source far = a_source("far", "https://b.example", "/t/two");
	struct cq_fetched end = {.error = "asks for patience"};

	add_heard(f);
	add_source(f, &two);
	add_source(f, &far);
	end.rest_at = f->now + 9000;
	fetched(f, "far", &end, NULL, 0);
	end.rest_at = f->now + 4000;
	fetched(f, "loud", &end, NULL, 0);
	set_token(f, "loud", "/t/two");
	assert_int_equal(rest_at_of(f, "loud"), CQ_NO_TIME);
	expect_next(f, "loud", f->now);
	set_token(f, "loud", "/t/one"); /* nobody is there now */
	assert_int_equal(rest_at_of(f, "loud"), CQ_NO_TIME);
	end.rest_at = f->now + 700;
	fetched(f, "two", &end, NULL, 0);
	set_token(f, "loud", "/t/two");
	assert_int_equal(rest_at_of(f, "loud"), f->now + 700);
	assert_int_equal(rest_at_of(f, "two"), f->now + 700);
	all_is_well(f);
}

/* --- paused -------------------------------------------------------------- */

static void
test_a_new_token_lets_go_on_what_paused_as_the_old_one_was_refused(void **state)
{
	struct fixture *f = *state;
	struct cq_source tags = a_source("tags", HOST, "/t/one");

	add_heard(f);
	add_source(f, &tags);
	fail_once(f, "loud", "HTTP 401", true);
	assert_false(is_listening(f, "loud"));
	f->now += 60;
	assert_int_equal(set_every(f, "loud", 900), CQ_SET_EVERY);
	assert_false(is_listening(f, "loud")); /* that mends nothing */
	assert_int_equal(set_token(f, "loud", "/t/two"),
	    CQ_SET_TOKEN | CQ_SET_RESUMED);
	assert_true(is_listening(f, "loud"));
	expect_next(f, "loud", f->now);
	assert_false(is_listening(f, "tags")); /* it has the old one */
	assert_int_equal(set_token(f, "tags", "/t/two"),
	    CQ_SET_TOKEN | CQ_SET_RESUMED);
	assert_true(is_listening(f, "tags"));
	all_is_well(f);
}

static void
test_the_same_token_file_said_again_lets_the_whole_account_go_on(void **state)
{
	struct fixture *f = *state;
	struct cq_source tags = a_source("tags", HOST, "/t/one");

	add_heard(f);
	add_source(f, &tags);
	fail_once(f, "loud", "HTTP 401", true);
	assert_int_equal(set_token(f, "loud", "/t/one"), CQ_SET_RESUMED);
	assert_true(is_listening(f, "loud"));
	assert_true(is_listening(f, "tags"));
}

static void
test_what_a_person_paused_stays_paused(void **state)
{
	struct fixture *f = *state;

	add_heard(f);
	pause_source(f, "loud", true);
	assert_int_equal(set_token(f, "loud", "/t/two"), CQ_SET_TOKEN);
	assert_false(is_listening(f, "loud"));
}

/* --- anew ---------------------------------------------------------------- */

static void
test_another_query_begins_anew_without_the_old_habits(void **state)
{
	struct fixture *f = *state;
	struct cq_source to = {
	    .name = "loud", .query = "#tea", .cursor = "", .since_at = 777};
	const struct cq_source_set set = {
	    .to = &to, .what = CQ_SET_QUERY, .cursor_before = "as far as 60"};
	struct cq_source s;
	struct cq_gaps gaps;

	add_heard(f);
	f->now += CQ_GAP_SILENT_S + 60;
	fetched_nothing(f, "loud", NULL);
	OK(f, cq_store_tick(f->store, NULL, &f->err));
	OK(f, cq_store_gaps(f->store, &gaps, &f->err));
	assert_int_equal(gaps.n, 1); /* silent */
	cq_gaps_free(&gaps);
	assert_int_equal(set_it(f, &set), CQ_SET_QUERY | CQ_SET_ANEW);
	s = source_now(f, "loud");
	assert_string_equal(s.query, "#tea");
	assert_string_equal(s.cursor, "");
	assert_int_equal(s.since_at, 777);
	assert_int_equal(s.next_at, f->now);
	assert_int_equal(s.habit.n, 0);
	assert_int_equal(s.habit.heard_at, CQ_NO_TIME);
	assert_int_equal(s.n_posts, 60); /* they are there */
	cq_source_free(&s);
	OK(f, cq_store_gaps(f->store, &gaps, &f->err));
	assert_int_equal(gaps.n, 0); /* it was the old query's */
	cq_gaps_free(&gaps);
	all_is_well(f);
}

static void
test_a_fetch_that_came_between_keeps_it_from_beginning_anew(void **state)
{
	struct fixture *f = *state;
	struct cq_source to = {.name = "loud", .query = "#tea", .cursor = ""};
	const struct cq_source_set set = {
	    .to = &to, .what = CQ_SET_QUERY, .cursor_before = "as far as 59"};
	struct cq_act who = act(f, "adm");
	struct cq_source s;
	unsigned done;

	add_heard(f);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_source_set(f->store, &who, &set, &done, &f->err));
	assert_int_equal(done, 0);
	s = source_now(f, "loud");
	assert_string_equal(s.query, "#parcels");
	cq_source_free(&s);
}

/* --- refused ------------------------------------------------------------- */

static void
test_what_is_not_asked_cannot_be_set(void **state)
{
	struct fixture *f = *state;
	struct cq_source to = {.every_s = 60};
	const struct cq_source_set set = {.to = &to, .what = CQ_SET_EVERY};
	struct cq_act who = act(f, "adm");
	unsigned done;

	new_case(f, "1"); /* by ingest */
	to.name = "chirp";
	REFUSED(f, CQ_INPUT,
	    cq_store_source_set(f->store, &who, &set, &done, &f->err));
	to.name = "nowhere";
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_source_set(f->store, &who, &set, &done, &f->err));
	add_heard(f);
	remove_source(f, "loud");
	to.name = "loud";
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_source_set(f->store, &who, &set, &done, &f->err));
}

/* The start of "since" moves with the clock: the words make the act. */
static void
test_the_same_words_with_the_same_op_are_one_act_later_too(void **state)
{
	struct fixture *f = *state;
	struct cq_source to = {.name = "loud", .cursor = ""};
	struct cq_source_set set = {.to = &to,
	    .what = CQ_SET_SINCE,
	    .since_s = 3600,
	    .cursor_before = "as far as 60"};
	struct cq_act who = {.op = "once", .agent = "adm"};
	struct cq_source s = a_source("new", HOST, NULL);
	unsigned done;

	add_heard(f);
	to.since_at = f->now - 3600;
	OK(f, cq_store_source_set(f->store, &who, &set, &done, &f->err));
	assert_int_equal(done, CQ_SET_SINCE | CQ_SET_ANEW);
	f->now += 10;
	to.since_at = f->now - 3600;
	set.cursor_before = "";
	OK(f, cq_store_source_set(f->store, &who, &set, &done, &f->err));
	assert_int_equal(done, CQ_SET_SINCE | CQ_SET_ANEW);
	set.since_s = 7200;
	REFUSED(f, CQ_CONFLICT,
	    cq_store_source_set(f->store, &who, &set, &done, &f->err));

	who.op = "added";
	s.since_at = f->now - 3600;
	OK(f, cq_store_source_add(f->store, &who, &s, &f->err));
	f->now += 10;
	s.since_at = f->now - 3600;
	OK(f, cq_store_source_add(f->store, &who, &s, &f->err));
	assert_int_equal(n_events(f, 0, "source"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_new_token_keeps_cursor_habit_and_all_else),
	    WITH_QUEUE(test_only_what_is_said_is_changed),
	    WITH_QUEUE(test_what_stood_so_already_writes_no_event),
	    WITH_QUEUE(test_the_log_tells_what_was_set_but_no_token_file),
	    WITH_QUEUE(test_another_interval_counts_from_the_last_fetch),
	    WITH_QUEUE(
		test_another_interval_does_not_cut_short_what_has_to_wait),
	    WITH_QUEUE(test_another_query_does_not_end_the_rest_of_an_account),
	    WITH_QUEUE(test_with_another_token_it_rests_as_the_account_of_that),
	    WITH_QUEUE(
		test_a_new_token_lets_go_on_what_paused_as_the_old_one_was_refused),
	    WITH_QUEUE(
		test_the_same_token_file_said_again_lets_the_whole_account_go_on),
	    WITH_QUEUE(test_what_a_person_paused_stays_paused),
	    WITH_QUEUE(test_another_query_begins_anew_without_the_old_habits),
	    WITH_QUEUE(
		test_a_fetch_that_came_between_keeps_it_from_beginning_anew),
	    WITH_QUEUE(test_what_is_not_asked_cannot_be_set),
	    WITH_QUEUE(
		test_the_same_words_with_the_same_op_are_one_act_later_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
