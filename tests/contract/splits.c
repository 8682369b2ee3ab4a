#include "tests/store_fixture.h"

#include <stdlib.h>

/*
 * Splits and joins of several agents that cross each other: what is undone
 * late leaves no case without a post, no count wrong, and nobody behind a
 * closed case.
 */

static void
reply(struct fixture *f, const char *id, const char *parent)
{
	struct cq_post p = a_post(id, id, "the same here since this morning");

	p.in_reply_to = parent;
	put(f, &p);
}

/* Breaks the posts from the n-th on out of a case. */
static int64_t
split_from(struct fixture *f, const char *agent, int64_t case_id, size_t n)
{
	struct cq_act who = act(f, agent);
	int64_t posts[8], got = 0;
	size_t all = 0;

	for (int64_t i = (int64_t)n; i < head(f, case_id)->n_posts; i++)
		posts[all++] = post_of(f, case_id, (size_t)i);
	OK(f,
	    cq_store_split(f->store, &who, case_id, posts, all, NULL, &got,
		&f->err));
	return got;
}

static void
test_no_undo_of_a_join_leaves_the_joined_case_without_a_post(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1");

	reply(f, "a2", "a1");
	join(f, "ana", a, b);
	split_from(f, "lea", a, 1); /* with a post of case a */
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "would have no post");
	all_is_well(f);
	undo(f, "lea");
	undo(f, "ana");
	assert_int_equal(head(f, b)->n_posts, 1);
	all_is_well(f);
}

static void
test_no_undo_of_a_join_leaves_the_survivor_without_a_post(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1");

	join(f, "ana", a, b);
	split(f, "lea", a, post_of(f, a, 0));
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	all_is_well(f);
	assert_int_equal(head(f, b)->id, a);
}

static void
test_no_undo_of_a_join_leaves_the_case_on_top_without_a_post(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1");
	int64_t c = new_case(f, "c1");

	join(f, "ana", b, c);
	join(f, "ben", a, b);
	split(f, "lea", a, post_of(f, a, 0));
	split(f, "lea", a, post_of(f, a, 0)); /* only c's is left in a */
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	all_is_well(f);
	assert_int_equal(head(f, c)->id, a);
}

static void
test_a_case_below_a_joined_case_comes_out_whole_too(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1");
	int64_t c = new_case(f, "c1");
	char *before, *after;

	join(f, "ben", b, c);
	join(f, "ana", a, b);
	before = snapshot(f, c);
	assert_int_equal(split(f, "lea", a, post_of(f, a, 2)), c);
	assert_int_equal(head(f, c)->id, c);
	assert_int_equal(head(f, b)->id, a);
	all_is_well(f);
	/* it is out already */
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ben"));
	undo(f, "lea");
	after = snapshot(f, c);
	same_snapshot(before, after, "undo");
	all_is_well(f);
	free(before);
	free(after);
}

static void
test_a_case_goes_back_only_into_what_still_shows_there(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1");
	int64_t c = new_case(f, "c1");

	join(f, "ben", b, c);
	join(f, "ana", a, b);
	split(f, "lea", a, post_of(f, a, 2)); /* case c, out of b */
	undo(f, "ana");
	REFUSED(f, CQ_CONFLICT, try_undo(f, "lea"));
	assert_int_equal(head(f, c)->id, c);
	all_is_well(f);
}

static void
test_posts_go_back_only_into_what_still_shows_there(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1"), got;

	reply(f, "b2", "b1");
	join(f, "ben", a, b);
	got = split(f, "ana", a, post_of(f, a, 2));
	undo(f, "ben");
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	assert_int_equal(head(f, b)->n_posts, 1);
	assert_int_equal(head(f, got)->n_posts, 1);
	all_is_well(f);
}

static void
test_posts_do_not_go_back_behind_a_case_closed_since(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), got;

	reply(f, "a2", "a1");
	got = split(f, "ana", a, post_of(f, a, 1));
	resolve(f, "ben", a);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "is resolved since");
	assert_int_equal(head(f, got)->state, CQ_NEW);
	undo(f, "ben");
	undo(f, "ana");
	assert_int_equal(head(f, got)->id, a);
}

static void
test_a_case_does_not_go_back_behind_one_put_aside_since(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1");

	join(f, "lea", a, b);
	split(f, "ana", a, post_of(f, a, 1));
	OK(f, try_move(f, "ben", a, 0, CQ_MOVE_SNOOZE));
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "is snoozed since");
	assert_int_equal(head(f, b)->id, b);
}

/* The reply is told in the log of the case that showed it then. */
static void
test_a_case_that_was_written_in_since_does_not_go_back(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1"), got;

	reply(f, "a2", "a1");
	got = split(f, "ana", a, post_of(f, a, 1));
	join(f, "ben", b, got);
	reply(f, "a3", "a2");
	undo(f, "ben");
	assert_int_equal(head(f, got)->n_posts, 2);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "has been worked since");
	assert_int_equal(head(f, got)->id, got);
	all_is_well(f);
}

static void
test_a_whole_case_that_was_written_in_since_does_not_go_back(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), b = new_case(f, "b1");
	int64_t c = new_case(f, "c1");

	join(f, "lea", a, b);
	split(f, "ana", a, post_of(f, a, 1));
	join(f, "ben", c, b);
	reply(f, "b2", "b1");
	undo(f, "ben");
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	assert_int_equal(head(f, b)->id, b);
	all_is_well(f);
}

static void
test_what_was_split_off_a_closed_case_goes_back_there(void **state)
{
	struct fixture *f = *state;
	int64_t a = new_case(f, "a1"), got;

	reply(f, "a2", "a1");
	resolve(f, "ben", a);
	got = split(f, "ana", a, post_of(f, a, 1));
	undo(f, "ana");
	assert_int_equal(head(f, got)->id, a);
	assert_int_equal(head(f, a)->state, CQ_RESOLVED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_no_undo_of_a_join_leaves_the_joined_case_without_a_post),
	    WITH_QUEUE(
		test_no_undo_of_a_join_leaves_the_survivor_without_a_post),
	    WITH_QUEUE(
		test_no_undo_of_a_join_leaves_the_case_on_top_without_a_post),
	    WITH_QUEUE(test_a_case_below_a_joined_case_comes_out_whole_too),
	    WITH_QUEUE(test_a_case_goes_back_only_into_what_still_shows_there),
	    WITH_QUEUE(test_posts_go_back_only_into_what_still_shows_there),
	    WITH_QUEUE(test_posts_do_not_go_back_behind_a_case_closed_since),
	    WITH_QUEUE(test_a_case_does_not_go_back_behind_one_put_aside_since),
	    WITH_QUEUE(test_a_case_that_was_written_in_since_does_not_go_back),
	    WITH_QUEUE(
		test_a_whole_case_that_was_written_in_since_does_not_go_back),
	    WITH_QUEUE(test_what_was_split_off_a_closed_case_goes_back_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
