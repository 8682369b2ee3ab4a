#include "tests/store_fixture.h"

#include <stdlib.h>
#include <string.h>

/*
 * Joining cases that somebody works is asked first, takes nobody's words,
 * and is undone as exactly as any other join.
 */

static enum cq_status
try_join(struct fixture *f, const char *agent, int64_t into, int64_t a,
    int64_t b, bool held)
{
	struct cq_act who = act(f, agent);
	int64_t cases[] = {a, b};

	return cq_store_join(f->store, &who, into, cases, b == 0 ? 1 : 2, held,
	    "same bag", &f->err);
}

static enum cq_status
try_note(struct fixture *f, const char *agent, int64_t id, int64_t fence)
{
	struct cq_act who = act(f, agent);

	return cq_store_note(f->store, &who, id, fence, "called them", NULL,
	    &f->err);
}

static enum cq_status
try_renew(struct fixture *f, const char *agent, int64_t id, int64_t fence)
{
	struct cq_act who = act(f, agent);

	return cq_store_renew(f->store, &who, id, fence, CQ_LEASE_S, &f->err);
}

static void
save_draft(struct fixture *f, const char *agent, int64_t id, const char *text)
{
	OK(f, cq_store_draft_save(f->store, agent, id, text, &f->err));
}

static void
expect_draft(struct fixture *f, const char *agent, int64_t id, const char *want)
{
	char *text;

	OK(f, cq_store_draft(f->store, agent, id, &text, &f->err));
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void
test_whoever_joins_is_told_of_all_who_hold_a_case(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t three = new_case(f, "3");
	char *before, *after;

	take(f, "ben", two);
	take(f, "lea", three);
	before = snapshot(f, 3);
	REFUSED(f, CQ_CONFLICT, try_join(f, "ana", one, two, three, false));
	expect_said(f, "case 2 is held by ben since");
	expect_said(f, "; case 3 is held by lea since");
	REFUSED(f, CQ_CONFLICT, try_join(f, "ana", two, one, 0, false));
	expect_said(f, "case 2 is held by ben since");
	REFUSED(f, CQ_NOT_FOUND, try_join(f, "ana", one, two, 99, false));
	after = snapshot(f, 3);
	same_snapshot(before, after, "refused joins");
	free(before);
	free(after);
	/* one's own claim, or one that has run out, is no reason to ask */
	REFUSED(f, CQ_CONFLICT, try_join(f, "ben", one, two, three, false));
	f->now += CQ_LEASE_S + 1;
	OK(f, try_join(f, "ana", one, two, three, false));
}

static bool
ends_claim(void *arg, const struct cq_event *e)
{
	bool *ends = arg;

	*ends |= strcmp(e->kind, "joined") == 0 && e->case_id == 2 &&
	    strstr(e->data, "\"after\":{\"holder\":null") != NULL;
	return true;
}

static void
test_a_claim_on_a_joined_case_ends_and_one_on_the_survivor_stays(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t bens = take(f, "ben", one), leas = take(f, "lea", two);
	bool ends = false;

	OK(f, try_join(f, "ana", one, two, 0, true));
	OK(f, cq_store_events(f->store, one, ends_claim, &ends, &f->err));
	assert_true(ends);
	assert_string_equal(head(f, two)->holder, "ben");
	assert_int_equal(head(f, two)->fence, bens);
	OK(f, try_note(f, "ben", one, bens));
	OK(f, try_renew(f, "ben", one, bens));
	/* lea's next write is refused, by either number */
	REFUSED(f, CQ_STALE, try_note(f, "lea", two, leas));
	REFUSED(f, CQ_STALE, try_note(f, "lea", one, leas));
	REFUSED(f, CQ_STALE, try_renew(f, "lea", two, leas));
	REFUSED(f, CQ_STALE, try_move(f, "lea", two, leas, CQ_MOVE_RESOLVE));
	expect_said(f, "passed on to ben");
	REFUSED(f, CQ_CONFLICT, try_move(f, "lea", two, 0, CQ_MOVE_RESOLVE));
	all_is_well(f);
}

static void
test_a_stale_fence_does_not_fit_a_survivor_that_nobody_holds(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2"), bens;

	/* the fence of the survivor has the same number */
	take(f, "ana", one);
	release(f, "ana", one);
	bens = take(f, "ben", two);
	assert_int_equal(bens, head(f, one)->fence);
	OK(f, try_join(f, "ana", one, two, 0, true));
	assert_null(head(f, one)->holder);
	REFUSED(f, CQ_STALE, try_note(f, "ben", two, bens));
	REFUSED(f, CQ_STALE, try_move(f, "ben", two, bens, CQ_MOVE_RESOLVE));
	assert_int_equal(take(f, "ben", two), bens + 1);
}

static void
test_the_drafts_of_all_are_kept_and_shown(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	take(f, "ben", one);
	take(f, "lea", two);
	save_draft(f, "ben", one, "dear jo, we found it");
	save_draft(f, "lea", two, "dear mo, we are sorry");
	save_draft(f, "ana", one, "for one");
	save_draft(f, "ana", two, "for two");
	OK(f, try_join(f, "ana", one, two, 0, true));
	expect_draft(f, "ben", one, "dear jo, we found it");
	expect_draft(f, "lea", one, "dear mo, we are sorry");
	expect_draft(f, "ana", two, "for one"); /* the survivor's own first */
	save_draft(f, "ana", one, NULL);
	expect_draft(f, "ana", one, "for two");
}

static void
test_a_held_join_is_undone_exactly_with_the_claim_and_its_fence(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t mine = take(f, "ana", one), bens = take(f, "ben", two), until;
	char *before, *after;

	note(f, "ben", two, "he called twice");
	tag(f, "ben", two, "bags", NULL);
	OK(f, try_assign(f, "lea", two, "ben"));
	save_draft(f, "ana", one, "dear jo");
	save_draft(f, "ben", two, "dear mo");
	until = head(f, two)->lease_until_at;
	before = snapshot(f, 2);
	f->now += 60;
	OK(f, try_join(f, "ana", one, two, 0, true));
	assert_int_equal(head(f, two)->n_notes, 1);
	f->now += 60;
	OK(f, try_renew(f, "ana", one, mine));
	undo(f, "ana");
	f->now -= 120; /* the age is part of the priority */
	after = snapshot(f, 2);
	f->now += 120;
	same_snapshot(before, after, "held join and undo");
	free(before);
	free(after);
	assert_string_equal(head(f, two)->holder, "ben");
	assert_int_equal(head(f, two)->lease_until_at, until);
	OK(f, try_note(f, "ben", two, bens));
	OK(f, try_note(f, "ana", one, mine));
	all_is_well(f);
}

static void
test_a_claim_that_ran_out_while_joined_is_free_after_the_undo(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	take(f, "ben", two);
	OK(f, try_join(f, "ana", one, two, 0, true));
	f->now += CQ_LEASE_S + 1;
	undo(f, "ana");
	assert_null(head(f, two)->holder);
	assert_int_not_equal(take(f, "lea", two), 0);
	all_is_well(f);
}

static void
test_posts_are_not_taken_away_from_whoever_works_the_survivor(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2"), bens;

	take(f, "ben", one);
	bens = take(f, "lea", two);
	OK(f, try_join(f, "ana", one, two, 0, true));
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "case 1 is held by ben");
	release(f, "ben", one);
	undo(f, "ana");
	assert_string_equal(head(f, two)->holder, "lea");
	OK(f, try_note(f, "lea", two, bens));
	all_is_well(f);
}

static void
test_a_held_join_twice_is_one_act(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_act who;

	take(f, "ben", two);
	who = act(f, "ana");
	OK(f, cq_store_join(f->store, &who, one, &two, 1, true, NULL, &f->err));
	take(f, "ben", one);
	OK(f, cq_store_join(f->store, &who, one, &two, 1, true, NULL, &f->err));
	assert_string_equal(head(f, one)->holder, "ben");
	assert_int_equal(n_events(f, one, "join"), 1);
}

static void
test_a_group_with_a_held_case_is_asked_for_in_the_same_way(void **state)
{
	struct fixture *f = *state;
	int64_t cases[] = {new_case(f, "1"), new_case(f, "2")};
	struct cq_act who;

	take(f, "ben", 2);
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_accept(f->store, &who, cases, 2, false, NULL, &f->err));
	expect_said(f, "case 2 is held by ben");
	who = act(f, "ana");
	OK(f, cq_store_accept(f->store, &who, cases, 2, true, NULL, &f->err));
	assert_int_equal(head(f, 2)->id, 1);
	assert_null(head(f, 2)->holder);
}

/* An act on a joined case that is undone later does not hide the customer. */
static void
test_who_wrote_while_joined_waits_again_after_the_undo(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_post reply = a_post("2b", "2", "still nothing");

	resolve(f, "ana", two);
	tag(f, "ben", two, "bags", NULL);
	OK(f, try_join(f, "ana", one, two, 0, true));
	reply.in_reply_to = "2";
	assert_int_equal(put(f, &reply), one);
	undo(f, "ben"); /* the tag of the joined case */
	undo(f, "ana");
	assert_int_equal(head(f, two)->state, CQ_OPEN);
	assert_int_equal(head(f, two)->n_posts, 2);
	all_is_well(f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_whoever_joins_is_told_of_all_who_hold_a_case),
	    WITH_QUEUE(
		test_a_claim_on_a_joined_case_ends_and_one_on_the_survivor_stays),
	    WITH_QUEUE(
		test_a_stale_fence_does_not_fit_a_survivor_that_nobody_holds),
	    WITH_QUEUE(test_the_drafts_of_all_are_kept_and_shown),
	    WITH_QUEUE(
		test_a_held_join_is_undone_exactly_with_the_claim_and_its_fence),
	    WITH_QUEUE(
		test_a_claim_that_ran_out_while_joined_is_free_after_the_undo),
	    WITH_QUEUE(
		test_posts_are_not_taken_away_from_whoever_works_the_survivor),
	    WITH_QUEUE(test_a_held_join_twice_is_one_act),
	    WITH_QUEUE(
		test_a_group_with_a_held_case_is_asked_for_in_the_same_way),
	    WITH_QUEUE(test_who_wrote_while_joined_waits_again_after_the_undo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
