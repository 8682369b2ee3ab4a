#include "tests/store_fixture.h"

#include <string.h>

/* From when the report counts a case, and which act it counts it to. */

#define MINUTE 60
#define HOUR 3600
#define AT(hour) (T0 + (hour)*HOUR)

static int64_t
opened_at(struct fixture *f, int64_t at, const char *id)
{
	f->now = at;
	return new_case(f, id);
}

static const struct cq_figure_value *
figure(struct fixture *f, int64_t from, int64_t to, enum cq_figure which)
{
	return &shift(f, from, to, NULL)->at[which];
}

/* How long the only case of a figure took. */
static int64_t
only(struct fixture *f, int64_t to, enum cq_figure which)
{
	const struct cq_figure_value *v = figure(f, T0, to, which);

	assert_int_equal(v->n, 1);
	assert_int_equal(v->n_cases, 1);
	assert_int_equal(v->median_s, v->p90_s);
	return v->median_s;
}

/* The backlog at a moment: how many of each age. */
static void
ages_are(struct fixture *f, int64_t at, int64_t h1, int64_t h4, int64_t h24)
{
	const struct cq_figure_value *v =
	    figure(f, T0 - 1, at, CQ_FIG_BACKLOG_END);
	int64_t ages[CQ_N_AGES];
	size_t i;

	assert_int_equal(v->ages[0], h1);
	assert_int_equal(v->ages[1], h4);
	assert_int_equal(v->ages[2], h24);
	assert_int_equal(v->n, h1 + h4 + h24);
	memcpy(ages, v->ages, sizeof(ages));
	v = figure(f, at, at + 1, CQ_FIG_BACKLOG_START);
	for (i = 0; i < CQ_N_AGES; i++)
		assert_int_equal(v->ages[i], ages[i]);
}

static void
test_first_take_counts_from_the_earliest_of_all_joined(void **state)
{
	struct fixture *f = *state;
	int64_t old = opened_at(f, AT(0), "old");
	int64_t new = opened_at(f, AT(4), "new");

	f->now = AT(4) + 10 * MINUTE;
	join(f, "ana", new, old);
	f->now = AT(5);
	take(f, "ben", new);
	assert_int_equal(only(f, AT(6), CQ_FIG_FIRST_TAKE), 5 * HOUR);
	f->now = AT(7);
	resolve(f, "ben", new);
	assert_int_equal(only(f, AT(8), CQ_FIG_RESOLUTION), 7 * HOUR);
}

static void
test_age_in_the_backlog_counts_from_the_earliest_of_all_joined(void **state)
{
	struct fixture *f = *state;
	int64_t old = opened_at(f, AT(0), "old");
	int64_t new = opened_at(f, AT(4), "new");

	f->now = AT(4) + 10 * MINUTE;
	join(f, "ana", new, old);
	ages_are(f, AT(4) + 5 * MINUTE, 1, 0, 1); /* they were two then */
	ages_are(f, AT(4) + 20 * MINUTE, 0, 0, 1);
	f->now = AT(5);
	undo(f, "ana");
	ages_are(f, AT(4) + 20 * MINUTE, 0, 0, 1);
	ages_are(f, AT(6), 0, 1, 1);
	all_is_well(f);
}

static void
test_cases_joined_by_way_of_others_count_too(void **state)
{
	struct fixture *f = *state;
	int64_t first = opened_at(f, AT(0), "1");
	int64_t second = opened_at(f, AT(2), "2");
	int64_t third = opened_at(f, AT(3), "3");

	join(f, "ana", second, first);
	join(f, "ana", third, second);
	f->now = AT(4);
	take(f, "ben", third);
	assert_int_equal(only(f, AT(5), CQ_FIG_FIRST_TAKE), 4 * HOUR);
	ages_are(f, AT(4), 0, 0, 1);
}

static void
test_a_join_counts_only_while_it_stands(void **state)
{
	struct fixture *f = *state;
	int64_t old = opened_at(f, AT(0), "old");
	int64_t new = opened_at(f, AT(4), "new");

	join(f, "ana", new, old);
	undo(f, "ana"); /* in the same second */
	f->now = AT(5);
	take(f, "ben", new);
	assert_int_equal(only(f, AT(6), CQ_FIG_FIRST_TAKE), HOUR);
	f->now = AT(6);
	join(f, "ana", new, old);
	assert_int_equal(only(f, AT(7), CQ_FIG_FIRST_TAKE), HOUR);
}

static void
test_a_join_undone_after_the_take_stood_at_the_take(void **state)
{
	struct fixture *f = *state;
	int64_t old = opened_at(f, AT(0), "old");
	int64_t new = opened_at(f, AT(4), "new");

	join(f, "ana", new, old);
	f->now = AT(5);
	take(f, "ben", new);
	f->now = AT(6);
	assert_int_equal(split(f, "ben", new, post_of(f, old, 0)), old);
	assert_int_equal(only(f, AT(8), CQ_FIG_FIRST_TAKE), 5 * HOUR);
	f->now = AT(7); /* both are on their own again */
	ages_are(f, AT(7), 0, 1, 1);
}

static void
test_a_case_split_off_counts_from_its_earliest_post(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("2", "eve", "me too, and it is a scandal");
	int64_t one = opened_at(f, AT(0), "1"), two;

	f->now = AT(1);
	p.in_reply_to = "1";
	assert_int_equal(put(f, &p), one);
	f->now = AT(6);
	two = split(f, "ana", one, post_of(f, one, 1));
	assert_int_not_equal(two, one);
	ages_are(f, AT(6), 0, 0, 1); /* it was not there yet */
	ages_are(f, AT(6) + 1, 0, 0, 2);
	f->now = AT(7);
	take(f, "ben", two);
	assert_int_equal(only(f, AT(8), CQ_FIG_FIRST_TAKE), 6 * HOUR);
	f->now = AT(8);
	resolve(f, "ben", two);
	assert_int_equal(only(f, AT(9), CQ_FIG_RESOLUTION), 7 * HOUR);
}

static void
test_a_split_that_was_undone_leaves_one_case_in_the_backlog(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("2", "eve", "me too, and it is a scandal");
	int64_t one = opened_at(f, AT(0), "1");

	p.in_reply_to = "1";
	put(f, &p);
	f->now = AT(2);
	split(f, "ana", one, post_of(f, one, 1));
	f->now = AT(3);
	undo(f, "ana");
	ages_are(f, AT(2) + 1, 0, 2, 0);
	ages_are(f, AT(3) + 1, 0, 1, 0);
}

static void
test_a_take_that_was_undone_in_the_shift_is_no_first_take(void **state)
{
	struct fixture *f = *state;
	int64_t one = opened_at(f, AT(0), "1");

	f->now = AT(0) + 10 * MINUTE;
	take(f, "ana", one);
	f->now += MINUTE;
	undo(f, "ana");
	assert_int_equal(figure(f, T0, AT(1), CQ_FIG_FIRST_TAKE)->n, 0);
	f->now = AT(2);
	take(f, "ben", one);
	assert_int_equal(only(f, AT(3), CQ_FIG_FIRST_TAKE), 2 * HOUR);
	f->now = AT(4); /* after that shift: there it was taken */
	undo(f, "ben");
	assert_int_equal(only(f, AT(3), CQ_FIG_FIRST_TAKE), 2 * HOUR);
	assert_int_equal(figure(f, T0, AT(5), CQ_FIG_FIRST_TAKE)->n, 0);
}

static void
test_who_was_served_in_a_joined_case_is_not_served_first_again(void **state)
{
	struct fixture *f = *state;
	int64_t old = opened_at(f, AT(0), "old");
	int64_t new = opened_at(f, AT(4), "new");

	f->now = AT(1) + 4 * HOUR;
	take(f, "ana", old);
	release(f, "ana", old);
	join(f, "ana", new, old);
	f->now = AT(7);
	take(f, "ben", new);
	assert_int_equal(only(f, AT(6), CQ_FIG_FIRST_TAKE), 5 * HOUR);
	assert_int_equal(figure(f, AT(6), AT(8), CQ_FIG_FIRST_TAKE)->n, 0);
	assert_int_equal(figure(f, AT(6), AT(8), CQ_FIG_TAKEN)->n, 1);
}

static void
test_joined_cases_are_one_resolution_of_the_one_that_goes_on(void **state)
{
	const struct cq_figure_value *v;
	struct fixture *f = *state;
	int64_t old = opened_at(f, AT(0), "old");
	int64_t new = opened_at(f, AT(4), "new");

	f->now = AT(5);
	resolve(f, "ana", old);
	f->now = AT(6);
	join(f, "ana", new, old);
	f->now = AT(7);
	resolve(f, "ben", new);
	v = figure(f, T0, AT(8), CQ_FIG_RESOLVED);
	assert_int_equal(v->n, 2);
	assert_int_equal(v->n_cases, 2);
	assert_int_equal(only(f, AT(8), CQ_FIG_RESOLUTION), 7 * HOUR);
	assert_int_equal(f->report.at[CQ_FIG_RESOLUTION].cases[0], new);
	assert_int_equal(only(f, AT(6), CQ_FIG_RESOLUTION), 5 * HOUR);
	assert_int_equal(f->report.at[CQ_FIG_RESOLUTION].cases[0], old);
}

static void
test_a_steal_is_a_claim_taken_over_or_given_or_renewed(void **state)
{
	struct fixture *f = *state;
	struct cq_act who;
	struct cq_claim claim;
	int64_t one = opened_at(f, AT(0), "1");
	int i;

	f->now = AT(1);
	for (i = 0; i < 2; i++) { /* of nobody, then of herself */
		who = act(f, "lea");
		OK(f,
		    cq_store_steal(f->store, &who, one, HOUR, "urgent", &claim,
			&f->err));
		f->now += 1;
	}
	assert_int_equal(figure(f, T0, AT(2), CQ_FIG_STOLEN)->n, 0);
	assert_int_equal(f->report.at[CQ_FIG_TAKEN].n, 1);
	assert_int_equal(f->report.at[CQ_FIG_FIRST_TAKE].n, 1);
	assert_int_equal(f->report.agents[0].taken, 1);
	who = act(f, "adm");
	OK(f,
	    cq_store_steal(f->store, &who, one, HOUR, "worse", &claim,
		&f->err));
	assert_int_equal(figure(f, f->now, AT(2), CQ_FIG_STOLEN)->n, 1);
	assert_int_equal(f->report.at[CQ_FIG_TAKEN].n, 0);
	assert_int_equal(f->report.n_agents, 2);
	assert_string_equal(f->report.agents[1].name, "lea");
	assert_int_equal(f->report.agents[1].lost, 1); /* she did nothing */
	f->now += HOUR + 1; /* it has run out: nothing is taken from anybody */
	who = act(f, "lea");
	OK(f,
	    cq_store_steal(f->store, &who, one, HOUR, "mine again", &claim,
		&f->err));
	assert_int_equal(figure(f, f->now, f->now + 1, CQ_FIG_STOLEN)->n, 0);
	assert_int_equal(f->report.at[CQ_FIG_TAKEN].n, 1);
}

static void
test_a_resolve_undone_in_a_later_shift_is_reopened_there(void **state)
{
	struct fixture *f = *state;
	int64_t one = opened_at(f, AT(0), "1");

	f->now = AT(1);
	resolve(f, "ana", one);
	f->now = AT(9);
	undo(f, "ana");
	assert_int_equal(figure(f, T0, AT(8), CQ_FIG_RESOLVED)->n, 1);
	assert_int_equal(figure(f, AT(8), AT(16), CQ_FIG_REOPENED)->n, 1);
	assert_int_equal(f->report.at[CQ_FIG_REOPENED].cases[0], one);
	/* a shift that has both has neither */
	assert_int_equal(figure(f, T0, AT(16), CQ_FIG_RESOLVED)->n, 0);
	assert_int_equal(f->report.at[CQ_FIG_REOPENED].n, 0);
}

static void
test_a_case_that_a_join_brought_back_is_reopened(void **state)
{
	struct fixture *f = *state;
	int64_t one = opened_at(f, AT(0), "1"), two;

	f->now = AT(1);
	resolve(f, "ana", one);
	two = opened_at(f, AT(2), "2");
	join(f, "ana", one, two);
	assert_int_equal(figure(f, T0, AT(3), CQ_FIG_REOPENED)->n, 1);
	assert_int_equal(f->report.at[CQ_FIG_REOPENED].cases[0], one);
	undo(f, "ana");
	assert_int_equal(figure(f, T0, AT(3), CQ_FIG_REOPENED)->n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_first_take_counts_from_the_earliest_of_all_joined),
	    WITH_QUEUE(
		test_age_in_the_backlog_counts_from_the_earliest_of_all_joined),
	    WITH_QUEUE(test_cases_joined_by_way_of_others_count_too),
	    WITH_QUEUE(test_a_join_counts_only_while_it_stands),
	    WITH_QUEUE(test_a_join_undone_after_the_take_stood_at_the_take),
	    WITH_QUEUE(test_a_case_split_off_counts_from_its_earliest_post),
	    WITH_QUEUE(
		test_a_split_that_was_undone_leaves_one_case_in_the_backlog),
	    WITH_QUEUE(
		test_a_take_that_was_undone_in_the_shift_is_no_first_take),
	    WITH_QUEUE(
		test_who_was_served_in_a_joined_case_is_not_served_first_again),
	    WITH_QUEUE(
		test_joined_cases_are_one_resolution_of_the_one_that_goes_on),
	    WITH_QUEUE(test_a_steal_is_a_claim_taken_over_or_given_or_renewed),
	    WITH_QUEUE(
		test_a_resolve_undone_in_a_later_shift_is_reopened_there),
	    WITH_QUEUE(test_a_case_that_a_join_brought_back_is_reopened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
