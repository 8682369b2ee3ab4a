#include "tests/judged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Join, then split: both cases are what they were, but nobody who came
 * meanwhile is put aside with them.
 */

static void
move(struct fixture *f, int64_t id, enum cq_move m)
{
	struct cq_act who = act(f, "ana");

	OK(f,
	    cq_store_move(f->store, &who, id, 0, m,
		m == CQ_MOVE_RESOLVE ? "fixed" : "because", f->now + 86400,
		&f->err));
}

static void
group(struct fixture *f, int64_t id)
{
	struct cq_act who = act(f, "ana");
	int64_t incident;

	OK(f,
	    cq_store_incident_open(f->store, &who, "the same storm", &id, 1,
		&incident, &f->err));
}

static void
reply_to(struct fixture *f, const char *to, const char *id)
{
	struct cq_post p = a_post(id, id, "and what about my parcel?");

	p.in_reply_to = to;
	put(f, &p);
}

/* Takes the last post of a case out of it; the case that it is in then. */
static int64_t
split_last(struct fixture *f, int64_t id)
{
	const struct cq_case *c = head(f, id);

	return split(f, "ben", id, post_of(f, id, (size_t)c->n_posts - 1));
}

/* Joins, splits, and undoes both, beginning with the same two cases. */
static void
there_and_back(struct fixture *f, int64_t one, int64_t two, const char *what)
{
	char *before = snapshot(f, 2), *joined, *now;

	f->now += 60;
	join(f, "ben", one, two);
	joined = snapshot(f, 2);
	assert_string_not_equal(before, joined);
	f->now += 60;
	assert_int_equal(split_last(f, one), two);
	now = snapshot(f, 2);
	same_snapshot(before, now, what);
	free(now);
	all_is_well(f);
	undo(f, "ben");
	now = snapshot(f, 2);
	same_snapshot(joined, now, "that undone");
	free(now);
	all_is_well(f);
	undo(f, "ben");
	now = snapshot(f, 2);
	same_snapshot(before, now, "the join undone too");
	free(now);
	all_is_well(f);
	free(before);
	free(joined);
}

static void
test_a_closed_case_is_closed_again_with_its_outcome(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two;

	move(f, one, CQ_MOVE_RESOLVE);
	f->now += 7200;
	two = new_case(f, "2");
	group(f, two);
	there_and_back(f, one, two, "join and split of a resolved case");
}

static void
test_a_case_that_was_put_aside_is_put_aside_again(void **state)
{
	static const enum cq_move moves[] = {
	    CQ_MOVE_DISMISS, CQ_MOVE_PEND, CQ_MOVE_SNOOZE};
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		move(f, one, moves[i]);
		there_and_back(f, one, two, "join and split");
		undo(f, "ana");
	}
}

static void
test_an_open_case_is_due_again_as_it_was(void **state)
{
	struct fixture *f = *state;
	int64_t old = new_case(f, "1"), two;

	f->now += 3600;
	two = new_case(f, "2");
	group(f, old);
	join(f, "ben", two, old);
	assert_int_equal(head(f, two)->incident, 1);
	/* the older case's post comes first in it */
	assert_int_equal(split(f, "ben", two, post_of(f, two, 0)), old);
	assert_int_equal(head(f, two)->due_at, head(f, old)->due_at + 3600);
	assert_int_equal(head(f, two)->incident, 0);
	assert_int_equal(head(f, old)->incident, 1);
	all_is_well(f);
}

static void
test_who_wrote_since_is_not_closed_away(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	move(f, one, CQ_MOVE_RESOLVE);
	group(f, two);
	join(f, "ben", one, two);
	reply_to(f, "1", "1b");
	assert_int_equal(split(f, "ben", one, post_of(f, one, 1)), two);
	assert_int_equal(head(f, one)->n_posts, 2);
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	assert_int_not_equal(head(f, one)->due_at, CQ_NO_TIME);
	assert_int_equal(head(f, one)->incident, 0); /* it hides nobody */
	all_is_well(f);
}

static void
test_who_wrote_while_it_was_in_a_third_case_is_not_closed_away(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t top = new_case(f, "3"), posts[3], got = 0;
	struct cq_act who;

	move(f, one, CQ_MOVE_RESOLVE);
	join(f, "ben", one, two);
	join(f, "ben", top, one);
	reply_to(f, "1", "1b");
	posts[0] = post_of(f, top, 0);
	posts[1] = post_of(f, top, 1);
	posts[2] = post_of(f, top, 3);
	who = act(f, "ben");
	OK(f,
	    cq_store_split(f->store, &who, top, posts, 3, NULL, &got, &f->err));
	assert_int_equal(got, one);
	assert_int_equal(split(f, "ben", one, posts[1]), two);
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	all_is_well(f);
}

static void
test_who_wrote_to_the_joined_case_waits_there(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2"), posts[2];
	int64_t got = 0;
	struct cq_act who;

	move(f, one, CQ_MOVE_RESOLVE);
	join(f, "ben", one, two);
	reply_to(f, "2", "2b");
	posts[0] = post_of(f, one, 1);
	posts[1] = post_of(f, one, 2);
	who = act(f, "ben");
	OK(f,
	    cq_store_split(f->store, &who, one, posts, 2, NULL, &got, &f->err));
	assert_int_equal(got, two);
	assert_int_equal(head(f, one)->state, CQ_RESOLVED);
	assert_int_equal(head(f, two)->state, CQ_NEW);
	all_is_well(f);
}

static void
test_a_case_with_another_one_in_it_is_not_closed(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t three = new_case(f, "3");

	move(f, one, CQ_MOVE_RESOLVE);
	join(f, "ben", one, two);
	join(f, "ben", one, three);
	assert_int_equal(split(f, "ben", one, post_of(f, one, 1)), two);
	assert_int_equal(head(f, three)->id, one);
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	all_is_well(f);
}

/* Posts that an undo brought back are new to whoever closed the case. */
static void
test_posts_that_were_put_back_into_it_are_not_closed_away(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2"), off;

	reply_to(f, "1", "1b");
	off = split(f, "lea", one, post_of(f, one, 1));
	move(f, one, CQ_MOVE_RESOLVE);
	join(f, "ben", one, two);
	undo(f, "lea");
	assert_int_equal(head(f, off)->id, one);
	assert_int_equal(split(f, "ben", one, post_of(f, one, 1)), two);
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	all_is_well(f);
}

static void
test_what_was_decided_since_the_join_counts(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	move(f, one, CQ_MOVE_DISMISS);
	join(f, "ben", one, two);
	move(f, one, CQ_MOVE_RESOLVE);
	assert_int_equal(split_last(f, one), two);
	assert_int_equal(head(f, one)->state, CQ_RESOLVED);
	assert_string_equal(head(f, one)->outcome, "fixed");
	join(f, "ben", one, two);
	move(f, one, CQ_MOVE_RESOLVE);
	move(f, one, CQ_MOVE_REOPEN); /* open as after the join, but meant */
	assert_int_equal(split_last(f, one), two);
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	all_is_well(f);
}

static void
test_a_claim_ends_as_its_case_is_closed_and_comes_back(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	move(f, one, CQ_MOVE_RESOLVE);
	join(f, "ben", one, two);
	take(f, "ben", one);
	assert_int_equal(split_last(f, one), two);
	assert_int_equal(head(f, one)->state, CQ_RESOLVED);
	assert_null(head(f, one)->holder);
	all_is_well(f);
	undo(f, "ben");
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	assert_string_equal(head(f, one)->holder, "ben");
	all_is_well(f);
}

/* The case that a split closed again went into another closed one. */
static void
test_a_split_is_not_undone_into_a_case_that_rests(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t top = new_case(f, "3");
	struct cq_act who;
	char what[100];

	move(f, one, CQ_MOVE_RESOLVE);
	join(f, "ben", one, two);
	assert_int_equal(split_last(f, one), two);
	move(f, top, CQ_MOVE_RESOLVE);
	join(f, "lea", top, one);
	assert_int_equal(head(f, one)->state, CQ_RESOLVED);
	who = act(f, "ben");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_undo(f->store, &who, what, sizeof(what), NULL, &f->err));
	assert_int_equal(head(f, two)->id, two);
	all_is_well(f);
}

/* How many suggestions stand accepted and refused. */
static void
expect_judged(struct fixture *f, int64_t accepted, int64_t refused)
{
	struct cq_yield y;
	int64_t a = 0, r = 0;

	OK(f, cq_store_yield(f->store, 0, f->now + 1, NULL, &y, &f->err));
	for (size_t i = 0; i < CQ_N_RULES; i++) {
		a += y.at[i].accepted;
		r += y.at[i].refused;
	}
	assert_int_equal(a, accepted);
	assert_int_equal(r, refused);
}

static void
test_a_suggestion_whose_join_was_split_was_wrong_until_undone(void **state)
{
	struct fixture *f = *state;
	int64_t one = at_gate(f, 12), two = at_gate(f, 19);

	join(f, "ana", one, two);
	expect_judged(f, 1, 0);
	assert_int_equal(split_last(f, one), two);
	expect_judged(f, 0, 1);
	all_is_well(f);
	undo(f, "ben");
	expect_judged(f, 1, 0);
	all_is_well(f);
	undo(f, "ana");
	expect_judged(f, 0, 0);
	all_is_well(f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_closed_case_is_closed_again_with_its_outcome),
	    WITH_QUEUE(test_a_case_that_was_put_aside_is_put_aside_again),
	    WITH_QUEUE(test_an_open_case_is_due_again_as_it_was),
	    WITH_QUEUE(test_who_wrote_since_is_not_closed_away),
	    WITH_QUEUE(
		test_who_wrote_while_it_was_in_a_third_case_is_not_closed_away),
	    WITH_QUEUE(test_who_wrote_to_the_joined_case_waits_there),
	    WITH_QUEUE(test_a_case_with_another_one_in_it_is_not_closed),
	    WITH_QUEUE(
		test_posts_that_were_put_back_into_it_are_not_closed_away),
	    WITH_QUEUE(test_what_was_decided_since_the_join_counts),
	    WITH_QUEUE(test_a_claim_ends_as_its_case_is_closed_and_comes_back),
	    WITH_QUEUE(test_a_split_is_not_undone_into_a_case_that_rests),
	    WITH_QUEUE(
		test_a_suggestion_whose_join_was_split_was_wrong_until_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
