#include "tests/listening.h"

#include <stdlib.h>
#include <string.h>

/* A source that a person changes while a fetch of it is under way. */

#define MOVED "https://moved.example"
#define FIRST "another fetch stored this page first"

/* "loud" and "tags" of one account; loud as its fetch sees it. */
static struct cq_source
under_way(struct fixture *f)
{
	struct cq_source loud = a_source("loud", HOST, "/t/old");
	struct cq_source tags = a_source("tags", HOST, "/t/good");

	loud.since_at = f->now - 600;
	loud.options = "{\"monthly_cap\":10}";
	add_source(f, &loud);
	add_source(f, &tags);
	return source_now(f, "loud");
}

static void
set_it(struct fixture *f, const struct cq_source *to, unsigned what, bool anew)
{
	struct cq_source now = source_now(f, "loud");
	struct cq_act who = act(f, "adm");
	struct cq_source_set set = {.to = to, .what = what};
	unsigned done;

	if (anew)
		set.cursor_before = now.cursor;
	OK(f, cq_store_source_set(f->store, &who, &set, &done, &f->err));
	cq_source_free(&now);
}

/* The fetch ends; it was asked as it says, and read a post. */
static enum cq_status
ends(struct fixture *f, const struct cq_source *asked, struct cq_fetched end)
{
	struct cq_post post = a_post("p1", "jo", "where is my parcel");
	struct cq_act who = act(f, "ana");
	struct cq_ingested sum = {0};

	post.source = "loud";
	end.source_id = asked->id;
	if (end.cursor_before == NULL)
		end.cursor_before = asked->cursor;
	end.asked = asked;
	end.next_at = f->now + 300;
	return cq_store_fetched(f->store, &who, &end, &post, 1, &sum, &f->err);
}

/* Nothing of a late fetch is there: it begins with what is asked now. */
static void
expect_untouched(struct fixture *f)
{
	struct cq_source s = source_now(f, "loud");

	assert_string_equal(s.cursor, "");
	assert_int_equal(s.n_posts, 0);
	assert_int_equal(s.n_failed, 0);
	assert_null(s.last_error);
	assert_int_equal(s.ok_at, CQ_NO_TIME);
	assert_int_equal(s.next_at, f->now);
	assert_int_equal(case_of(f, "loud", "p1"), 0);
	cq_source_free(&s);
	all_is_well(f);
}

static void
expect_left_out(struct fixture *f, struct cq_source *to, unsigned what,
    bool anew)
{
	const struct cq_fetched end = {.cursor = "of the old"};
	struct cq_source asked = under_way(f);

	to->name = "loud";
	set_it(f, to, what, anew);
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, end));
	expect_said(f, "the source was changed meanwhile");
	expect_untouched(f);
	cq_source_free(&asked);
}

/* --- what is asked ------------------------------------------------------- */

/* The whole first visit long, its cursor is what the new one begins with. */
static void
test_a_first_fetch_by_the_old_query_leaves_the_new_one_its_beginning(void *
	*state)
{
	struct cq_source to = {
	    .query = "#tea", .cursor = "", .since_at = T0 - 600};

	expect_left_out(*state, &to, CQ_SET_QUERY, true);
}

static void
test_a_fetch_with_another_token_is_left_out(void **state)
{
	struct cq_source to = {.token_file = "/t/good"};

	expect_left_out(*state, &to, CQ_SET_TOKEN, false);
}

static void
test_a_fetch_whose_source_lost_its_token_is_left_out(void **state)
{
	struct cq_source to = {0};

	expect_left_out(*state, &to, CQ_SET_TOKEN, false);
}

static void
test_a_fetch_by_other_options_is_left_out(void **state)
{
	struct cq_source to = {.options = "{\"monthly_cap\":20}"};

	expect_left_out(*state, &to, CQ_SET_OPTIONS, false);
}

static void
test_a_fetch_from_another_beginning_is_left_out(void **state)
{
	struct cq_source to = {.cursor = "", .since_at = T0 - 86400};

	expect_left_out(*state, &to, CQ_SET_SINCE, true);
}

static void
test_a_fetch_goes_on_while_interval_and_brand_are_changed(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {.cursor = "as far as 1"};
	struct cq_source asked = under_way(f), s;
	struct cq_source to = {.name = "loud", .every_s = 60, .brand = "tea"};

	set_it(f, &to, CQ_SET_EVERY | CQ_SET_BRAND, false);
	OK(f, ends(f, &asked, end));
	s = source_now(f, "loud");
	assert_string_equal(s.cursor, "as far as 1");
	assert_int_equal(s.n_posts, 1);
	cq_source_free(&s);
	cq_source_free(&asked);
}

/* --- removed -------------------------------------------------------------- */

static void
test_what_still_comes_of_a_removed_source_is_left_out(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {.cursor = "of the old"};
	const struct cq_fetched gone = {.error = "gone", .pause = true};
	struct cq_source asked = under_way(f);

	remove_source(f, "loud");
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, end));
	expect_said(f, "the source was removed meanwhile");
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, gone));
	assert_int_equal(case_of(f, "loud", "p1"), 0);
	cq_source_free(&asked);
	all_is_well(f);
}

static void
test_a_source_of_the_same_name_is_read_by_its_own_adapter(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {.cursor = "of the old"};
	struct cq_source asked = under_way(f);
	struct cq_source other = asked;

	remove_source(f, "loud");
	other.adapter = "discourse";
	other.since_at = asked.since_at - 1; /* the clock was set back */
	add_source(f, &other);
	asked.since_at = other.since_at;
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, end));
	expect_untouched(f);
	cq_source_free(&asked);
}

/* Its cursor would be the end of what was never read. */
static void
test_a_source_that_was_added_again_has_another_beginning(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {.cursor = "of the old"};
	struct cq_source asked = under_way(f);
	struct cq_source again = asked;

	remove_source(f, "loud");
	f->now += 1;
	again.since_at += 1; /* as long ago as the other */
	add_source(f, &again);
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, end));
	expect_said(f, "the source was changed meanwhile");
	expect_untouched(f);
	cq_source_free(&asked);
}

/* --- one visit ----------------------------------------------------------- */

static void
test_the_pages_of_a_visit_follow_each_other_even_to_another_address(void *
	*state)
{
	struct fixture *f = *state;
	struct cq_fetched one = {.cursor = "1", .address = MOVED};
	struct cq_fetched two = {.cursor_before = "1", .cursor = "2"};
	struct cq_source asked = under_way(f), s;

	OK(f, ends(f, &asked, one));
	OK(f, ends(f, &asked, two));
	s = source_now(f, "loud");
	assert_string_equal(s.cursor, "2");
	assert_string_equal(s.address, MOVED);
	cq_source_free(&s);
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, two));
	expect_said(f, FIRST); /* nobody changed anything */
	cq_source_free(&asked);
}

/* --- its account --------------------------------------------------------- */

static void
give_good_token(struct fixture *f)
{
	struct cq_source to = {.name = "loud", .token_file = "/t/good"};

	set_it(f, &to, CQ_SET_TOKEN, false);
}

static bool
is_paused(struct fixture *f, const char *name)
{
	struct cq_source s = source_now(f, name);
	bool yes = s.paused;

	cq_source_free(&s);
	return yes;
}

static void
test_the_old_token_refused_late_pauses_nobody_who_has_the_new_one(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {.error = "HTTP 401", .refused = true};
	struct cq_source asked = under_way(f);

	give_good_token(f);
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, end));
	assert_false(is_paused(f, "loud"));
	assert_false(is_paused(f, "tags"));
	expect_untouched(f);
	cq_source_free(&asked);
}

static void
test_a_rest_of_the_old_account_is_not_that_of_the_new_one(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {
	    .error = "HTTP 429", .rest_at = f->now + 4000};
	struct cq_source asked = under_way(f);

	give_good_token(f);
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, end));
	assert_int_equal(rest_at_of(f, "loud"), CQ_NO_TIME);
	assert_int_equal(rest_at_of(f, "tags"), CQ_NO_TIME);
	cq_source_free(&asked);
}

static void
test_a_rest_is_kept_if_only_the_query_is_another(void **state)
{
	struct fixture *f = *state;
	const struct cq_fetched end = {
	    .error = "HTTP 429", .rest_at = f->now + 4000};
	struct cq_source to = {.name = "loud", .query = "#tea", .cursor = ""};
	struct cq_source asked = under_way(f);

	set_it(f, &to, CQ_SET_QUERY, true);
	REFUSED(f, CQ_CONFLICT, ends(f, &asked, end));
	assert_int_equal(rest_at_of(f, "loud"), f->now + 4000);
	assert_int_equal(rest_at_of(f, "tags"), CQ_NO_TIME); /* another token */
	cq_source_free(&asked);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_a_first_fetch_by_the_old_query_leaves_the_new_one_its_beginning),
	    WITH_QUEUE(test_a_fetch_with_another_token_is_left_out),
	    WITH_QUEUE(test_a_fetch_whose_source_lost_its_token_is_left_out),
	    WITH_QUEUE(test_a_fetch_by_other_options_is_left_out),
	    WITH_QUEUE(test_a_fetch_from_another_beginning_is_left_out),
	    WITH_QUEUE(
		test_a_fetch_goes_on_while_interval_and_brand_are_changed),
	    WITH_QUEUE(test_what_still_comes_of_a_removed_source_is_left_out),
	    WITH_QUEUE(
		test_a_source_that_was_added_again_has_another_beginning),
	    WITH_QUEUE(
		test_a_source_of_the_same_name_is_read_by_its_own_adapter),
	    WITH_QUEUE(
		test_the_pages_of_a_visit_follow_each_other_even_to_another_address),
	    WITH_QUEUE(
		test_the_old_token_refused_late_pauses_nobody_who_has_the_new_one),
	    WITH_QUEUE(
		test_a_rest_of_the_old_account_is_not_that_of_the_new_one),
	    WITH_QUEUE(test_a_rest_is_kept_if_only_the_query_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
