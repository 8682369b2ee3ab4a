#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Law 4: nothing is deleted; what a person did can be undone exactly. */

static void
move(struct fixture *f, const char *agent, int64_t id, enum cq_move m)
{
	struct cq_act who = act(f, agent);

	OK(f,
	    cq_store_move(f->store, &who, id, 0, m,
		m == CQ_MOVE_RESOLVE ? "fixed" : "because", f->now + 3600,
		&f->err));
}

static void
assign(struct fixture *f, const char *agent, int64_t id, const char *to)
{
	struct cq_act who = act(f, agent);

	OK(f, cq_store_assign(f->store, &who, id, to, NULL, &f->err));
}

static void
save_draft(struct fixture *f, const char *agent, int64_t id, const char *text)
{
	OK(f, cq_store_draft_save(f->store, agent, id, text, &f->err));
}

/* Three cases with everything that a case can have. */
static void
furnish(struct fixture *f)
{
	struct cq_post p = a_post("1r", "mo", "me too, since Monday already");

	new_case(f, "1");
	f->now += 100;
	new_case(f, "2");
	f->now += 100;
	new_case(f, "3");
	p.in_reply_to = "1";
	p.rating = 2;
	put(f, &p);
	note(f, "ana", 1, "called the depot");
	note(f, "ben", 2, "this one is strange");
	tag(f, "ana", 1, "lost", NULL);
	tag(f, "ana", 2, "lost", NULL);
	tag(f, "ben", 2, "strange", NULL);
	save_draft(f, "ana", 1, "dear jo,");
	save_draft(f, "ana", 2, "dear mo,");
	save_draft(f, "ben", 2, "who is this?");
	assign(f, "lea", 2, "ben");
	move(f, "ben", 3, CQ_MOVE_SNOOZE);
	take(f, "ana", 2);
	f->now += 30;
}

static void
test_a_join_shows_all_and_its_undo_restores_all(void **state)
{
	struct fixture *f = *state;
	const struct cq_case *c;
	struct cq_act who;
	int64_t both[] = {2, 3};
	char *before, *after;

	furnish(f);
	before = snapshot(f, 3);
	who = act(f, "ana");
	OK(f,
	    cq_store_join(f->store, &who, 1, both, 2, false, "same train",
		&f->err));
	c = head(f, 2);
	assert_int_equal(c->id, 1);
	assert_int_equal(f->full.asked_id, 2);
	assert_int_equal(c->n_posts, 4);
	assert_int_equal(c->n_authors, 4);
	assert_int_equal(c->n_notes, 2);
	assert_int_equal(c->reach, 400);
	assert_string_equal(c->tags, "lost strange");
	assert_int_equal(counts(f, NULL).queue, 1);
	assert_int_equal(list(f, "tag:strange", NULL)->n, 1);
	assert_int_equal(list(f, "#3", NULL)->at[0].id, 1);
	all_is_well(f);
	undo(f, "ana");
	after = snapshot(f, 3);
	same_snapshot(before, after, "join and undo");
	free(before);
	free(after);
	all_is_well(f);
}

static void
test_joins_of_joins_are_undone_one_by_one(void **state)
{
	struct fixture *f = *state;
	char *steps[3], *after;

	furnish(f);
	release(f, "ana", 2);
	steps[0] = snapshot(f, 3);
	join(f, "ana", 2, 3);
	steps[1] = snapshot(f, 3);
	join(f, "ana", 1, 2);
	assert_int_equal(head(f, 3)->id, 1);
	undo(f, "ana");
	after = snapshot(f, 3);
	same_snapshot(steps[1], after, "one undo");
	free(after);
	undo(f, "ana");
	after = snapshot(f, 3);
	same_snapshot(steps[0], after, "two undos");
	free(after);
	free(steps[0]);
	free(steps[1]);
	all_is_well(f);
}

static void
test_joining_an_open_case_reopens_a_closed_one_until_undone(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	char *before, *after;

	resolve(f, "ana", one);
	before = snapshot(f, 2);
	join(f, "ben", one, two);
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	undo(f, "ben");
	after = snapshot(f, 2);
	same_snapshot(before, after, "join and undo");
	free(before);
	free(after);
}

static void
test_a_new_case_does_not_wait_behind_one_that_waits(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_act who = act(f, "ana");

	OK(f,
	    cq_store_move(f->store, &who, one, 0, CQ_MOVE_PEND, NULL, 0,
		&f->err));
	join(f, "ben", one, two);
	assert_int_equal(head(f, one)->state, CQ_OPEN);
	undo(f, "ben");
	assert_int_equal(head(f, one)->state, CQ_PENDING);
	assert_int_equal(head(f, two)->state, CQ_NEW);
}

static void
test_who_is_joined_or_split_off_is_due_as_before(void **state)
{
	struct fixture *f = *state;
	struct cq_post reply = a_post("1b", "kim", "me too");
	int64_t old = new_case(f, "1"), new, apart;
	int64_t due = head(f, old)->due_at, opened = head(f, old)->opened_at;

	reply.in_reply_to = "1";
	put(f, &reply);
	f->now += 7200;
	new = new_case(f, "2");
	join(f, "ana", new, old);
	assert_int_equal(head(f, new)->due_at, due);
	assert_int_equal(head(f, new)->opened_at, opened);
	undo(f, "ana");
	assert_int_equal(head(f, new)->due_at, due + 7200);
	assert_int_equal(head(f, new)->opened_at, opened + 7200);
	apart = split(f, "ana", old, post_of(f, old, 1));
	assert_int_equal(head(f, apart)->due_at, due);
	assert_int_equal(head(f, apart)->opened_at, opened);
}

static void
test_a_claim_that_an_assignment_ended_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ben", id);
	int64_t until = head(f, id)->lease_until_at;
	struct cq_act who = act(f, "lea");

	OK(f, cq_store_assign(f->store, &who, id, "ana", "hers", &f->err));
	assert_null(head(f, id)->holder);
	f->now += 60;
	undo(f, "lea");
	assert_string_equal(head(f, id)->holder, "ben");
	assert_int_equal(head(f, id)->lease_until_at, until);
	who = act(f, "ben");
	OK(f, cq_store_renew(f->store, &who, id, fence, 600, &f->err));
}

static void
test_a_claim_that_had_run_out_does_not_come_back_alive(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");

	take(f, "ana", id);
	f->now += CQ_LEASE_S + 1;
	resolve(f, "ana", id);
	undo(f, "ana");
	assert_null(head(f, id)->holder);
	assert_int_not_equal(take(f, "ben", id), 0);
}

static void
test_taking_ones_own_run_out_claim_again_is_undone(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");

	take(f, "ana", id);
	f->now += CQ_LEASE_S + 1;
	take(f, "ana", id);
	undo(f, "ana");
	assert_null(head(f, id)->holder);
}

static void
test_a_release_is_not_undone_once_the_case_went_on(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_act who;
	char what[100];

	take(f, "ana", one);
	release(f, "ana", one);
	take(f, "ben", one);
	release(f, "ben", one);
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_undo(f->store, &who, what, sizeof(what), NULL, &f->err));
	take(f, "lea", two);
	release(f, "lea", two);
	who = act(f, "ben");
	OK(f,
	    cq_store_move(f->store, &who, two, 0, CQ_MOVE_SNOOZE, NULL,
		f->now + 3600, &f->err));
	who = act(f, "lea");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_undo(f->store, &who, what, sizeof(what), NULL, &f->err));
	assert_null(head(f, two)->holder);
}

static void
test_a_case_that_a_colleague_holds_is_not_joined(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_act who = act(f, "ana");

	take(f, "ben", two);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_join(f->store, &who, one, &two, 1, false, "same",
		&f->err));
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_join(f->store, &who, two, &one, 1, false, "same",
		&f->err));
	who = act(f, "lea");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_join(f->store, &who, two, &one, 1, false, "same",
		&f->err));
	assert_int_equal(head(f, two)->id, two);
}

static void
test_a_case_is_not_joined_with_itself_nor_in_a_circle(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t twice[] = {2, 2};
	struct cq_act who = act(f, "ana");

	REFUSED(f, CQ_INPUT,
	    cq_store_join(f->store, &who, one, &one, 1, false, "x", &f->err));
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_join(f->store, &who, one, twice, 2, false, "x", &f->err));
	assert_int_equal(head(f, two)->id, two); /* all or nothing */
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_join(f->store, &who, one, twice, 0, false, "x", &f->err));
	join(f, "ana", one, two);
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_join(f->store, &who, two, &one, 1, false, "x", &f->err));
	who = act(f, "ana");
	two = 77;
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_join(f->store, &who, one, &two, 1, false, "x", &f->err));
}

static void
test_a_split_makes_a_case_and_its_undo_puts_the_posts_back(void **state)
{
	struct fixture *f = *state;
	char *before, *after;
	int64_t id;

	furnish(f);
	before = snapshot(f, 3);
	id = split(f, "ana", 1, post_of(f, 1, 1));
	assert_int_equal(id, 4);
	assert_int_equal(head(f, id)->n_posts, 1);
	assert_int_equal(head(f, id)->state, CQ_NEW);
	assert_int_equal(head(f, id)->rating, 2);
	assert_int_equal(head(f, 1)->rating, 0);
	assert_int_equal(case_of(f, "chirp", "1r"), id);
	all_is_well(f);
	undo(f, "ana");
	after = snapshot(f, 3);
	same_snapshot(before, after, "split and undo");
	assert_int_equal(head(f, id)->id, 1); /* the number leads back */
	free(before);
	free(after);
	all_is_well(f);
}

static void
test_naming_all_posts_of_a_joined_case_takes_it_out_whole(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	char *before, *joined, *after;

	tag(f, "ana", two, "keep", NULL);
	note(f, "ana", two, "belongs to two");
	before = snapshot(f, 2);
	join(f, "ana", one, two);
	joined = snapshot(f, 2);
	assert_int_equal(split(f, "ben", one, post_of(f, one, 1)), two);
	after = snapshot(f, 2);
	same_snapshot(before, after, "a whole case broken out");
	free(after);
	undo(f, "ben");
	after = snapshot(f, 2);
	same_snapshot(joined, after, "that undone");
	free(before);
	free(joined);
	free(after);
	all_is_well(f);
}

static void
test_a_split_refuses_what_makes_no_sense(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2"), got = 7;
	int64_t posts[3];
	struct cq_act who;

	posts[0] = post_of(f, one, 0);
	posts[1] = posts[0];
	posts[2] = post_of(f, two, 0);
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_split(f->store, &who, one, posts, 0, "x", &got, &f->err));
	assert_int_equal(got, 0);
	REFUSED(f, CQ_INPUT,
	    cq_store_split(f->store, &who, one, posts, 1, "x", &got, &f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_split(f->store, &who, one, posts, 2, "x", &got, &f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_split(f->store, &who, one, posts + 2, 1, "x", &got,
		&f->err));
	take(f, "ben", one);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_split(f->store, &who, one, posts, 1, "x", &got, &f->err));
	assert_int_equal(counts(f, NULL).cases, 2);
}

static void
test_a_case_taken_since_is_not_joined_again_by_undo(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	join(f, "ana", one, two);
	split(f, "ana", one, post_of(f, one, 1));
	take(f, "ben", two);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	assert_int_equal(head(f, two)->id, two);
	assert_string_equal(head(f, two)->holder, "ben");
	all_is_well(f);
}

static void
test_a_join_is_not_undone_under_the_hands_of_a_colleague(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	join(f, "ana", one, two);
	take(f, "ben", one);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "held by ben");
	assert_int_equal(head(f, two)->id, one);
	release(f, "ben", one);
	undo(f, "ana");
	assert_int_equal(head(f, two)->id, two);
}

static void
test_a_join_below_a_join_is_undone_in_the_case_on_top(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t three = new_case(f, "3");

	join(f, "ana", two, three);
	join(f, "ben", one, two);
	undo(f, "ana");
	assert_int_equal(head(f, three)->id, three);
	assert_int_equal(head(f, two)->id, one);
	assert_int_equal(head(f, one)->n_posts, 2);
	assert_int_equal(head(f, one)->reach, 200);
	all_is_well(f);
}

static void
test_a_split_whose_case_was_worked_is_not_undone(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	furnish(f);
	id = split(f, "ana", 1, post_of(f, 1, 1));
	take(f, "ben", id);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "worked since");
	assert_int_equal(head(f, id)->id, id);
}

static void
test_undo_of_a_release_gives_no_claim_on_a_closed_case(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");

	take(f, "ana", id);
	release(f, "ana", id);
	resolve(f, "ben", id);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	assert_null(head(f, id)->holder);
	assert_int_equal(head(f, id)->state, CQ_RESOLVED);
}

static void
test_undo_of_a_release_gives_the_same_claim_again(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ana", id);
	struct cq_act who;

	release(f, "ana", id);
	undo(f, "ana");
	who = act(f, "ana");
	OK(f, cq_store_note(f->store, &who, id, fence, "mine", NULL, &f->err));
	release(f, "ana", id);
	take(f, "ben", id);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	assert_string_equal(head(f, id)->holder, "ben");
}

static void
test_what_was_changed_again_is_not_undone(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");

	resolve(f, "ana", id);
	move(f, "ben", id, CQ_MOVE_REOPEN);
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	expect_said(f, "changed since");
	assert_int_equal(head(f, id)->state, CQ_OPEN);
	assign(f, "ana", id, "ana");
	assign(f, "lea", id, "ben");
	REFUSED(f, CQ_CONFLICT, try_undo(f, "ana"));
	assert_string_equal(head(f, id)->owner, "ben");
}

static void
test_each_agent_undoes_its_own_acts_last_first(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	char what[100];
	int64_t got = 0;

	tag(f, "ana", id, "one", NULL);
	tag(f, "ben", id, "two", NULL);
	move(f, "ana", id, CQ_MOVE_SNOOZE);
	OK(f, cq_store_undo(f->store, &who, what, sizeof(what), &got, &f->err));
	assert_int_equal(got, id);
	assert_non_null(strstr(what, "snooze"));
	assert_non_null(strstr(what, "undone"));
	assert_string_equal(head(f, id)->tags, "one two");
	undo(f, "ana");
	assert_string_equal(head(f, id)->tags, "two");
	REFUSED(f, CQ_NOT_FOUND, try_undo(f, "ana"));
	undo(f, "ben");
	assert_string_equal(head(f, id)->tags, "");
	assert_int_equal(head(f, id)->state, CQ_NEW);
}

static void
test_undo_of_a_note_gives_its_words_back_as_a_draft(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	char *draft = NULL;

	save_draft(f, "ana", id, "half a th");
	note(f, "ana", id, "half a thought");
	OK(f, cq_store_draft(f->store, "ana", id, &draft, &f->err));
	assert_null(draft);
	undo(f, "ana");
	assert_int_equal(head(f, id)->n_notes, 0);
	OK(f, cq_store_draft(f->store, "ana", id, &draft, &f->err));
	assert_string_equal(draft, "half a thought");
	free(draft);
	all_is_well(f); /* the words are still the ones of the log */
}

static void
test_a_tag_added_and_taken_off_in_one_act_is_undone(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	const char *const both[] = {"now", NULL};
	bool changed = false;

	OK(f, cq_store_tag(f->store, &who, id, both, both, &changed, &f->err));
	assert_string_equal(head(f, id)->tags, "");
	if (changed)
		undo(f, "ana");
	assert_string_equal(head(f, id)->tags, "");
}

static void
test_tags_taken_off_a_joined_case_come_back_where_they_were(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	char *before, *after;

	tag(f, "ana", one, "both", NULL);
	tag(f, "ana", two, "both", NULL);
	tag(f, "ana", two, "second", NULL);
	before = snapshot(f, 2);
	join(f, "ana", one, two);
	assert_false(tag(f, "ana", one, "second", NULL));
	tag(f, "ana", one, NULL, "both");
	tag(f, "ana", one, NULL, "second");
	assert_string_equal(head(f, one)->tags, "");
	undo(f, "ana");
	undo(f, "ana");
	assert_string_equal(head(f, one)->tags, "both second");
	undo(f, "ana");
	after = snapshot(f, 2);
	same_snapshot(before, after, "three undos");
	free(before);
	free(after);
}

static void
test_words_survive_assignment_join_steal_and_dismissal(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_act who;
	struct cq_claim claim;
	char *draft = NULL;

	take(f, "ana", two);
	save_draft(f, "ana", two, "unsaved words");
	who = act(f, "lea");
	OK(f,
	    cq_store_steal(f->store, &who, two, 60, "urgent", &claim, &f->err));
	assign(f, "lea", two, "ben");
	move(f, "lea", two, CQ_MOVE_DISMISS);
	join(f, "lea", one, two);
	OK(f, cq_store_draft(f->store, "ana", one, &draft, &f->err));
	assert_string_equal(draft, "unsaved words");
	free(draft);
}

static void
test_own_acts_are_undone_one_by_one_back_to_before_a_split(void **state)
{
	struct fixture *f = *state;
	char *before, *after;
	int64_t id;

	furnish(f);
	before = snapshot(f, 3);
	id = split(f, "ana", 1, post_of(f, 1, 1));
	take(f, "ana", id);
	tag(f, "ana", id, "split-off", NULL);
	undo(f, "ana");
	undo(f, "ana");
	undo(f, "ana");
	after = snapshot(f, 3);
	same_snapshot(before, after, "three undos");
	free(before);
	free(after);
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_join_shows_all_and_its_undo_restores_all),
	    WITH_QUEUE(test_joins_of_joins_are_undone_one_by_one),
	    WITH_QUEUE(
		test_joining_an_open_case_reopens_a_closed_one_until_undone),
	    WITH_QUEUE(test_a_new_case_does_not_wait_behind_one_that_waits),
	    WITH_QUEUE(test_who_is_joined_or_split_off_is_due_as_before),
	    WITH_QUEUE(
		test_a_claim_that_an_assignment_ended_comes_back_as_it_was),
	    WITH_QUEUE(test_a_claim_that_had_run_out_does_not_come_back_alive),
	    WITH_QUEUE(test_taking_ones_own_run_out_claim_again_is_undone),
	    WITH_QUEUE(test_a_release_is_not_undone_once_the_case_went_on),
	    WITH_QUEUE(test_a_case_that_a_colleague_holds_is_not_joined),
	    WITH_QUEUE(test_a_case_is_not_joined_with_itself_nor_in_a_circle),
	    WITH_QUEUE(
		test_a_split_makes_a_case_and_its_undo_puts_the_posts_back),
	    WITH_QUEUE(
		test_naming_all_posts_of_a_joined_case_takes_it_out_whole),
	    WITH_QUEUE(test_a_split_refuses_what_makes_no_sense),
	    WITH_QUEUE(test_a_case_taken_since_is_not_joined_again_by_undo),
	    WITH_QUEUE(
		test_a_join_is_not_undone_under_the_hands_of_a_colleague),
	    WITH_QUEUE(test_a_join_below_a_join_is_undone_in_the_case_on_top),
	    WITH_QUEUE(test_a_split_whose_case_was_worked_is_not_undone),
	    WITH_QUEUE(test_undo_of_a_release_gives_no_claim_on_a_closed_case),
	    WITH_QUEUE(test_undo_of_a_release_gives_the_same_claim_again),
	    WITH_QUEUE(test_what_was_changed_again_is_not_undone),
	    WITH_QUEUE(test_each_agent_undoes_its_own_acts_last_first),
	    WITH_QUEUE(test_undo_of_a_note_gives_its_words_back_as_a_draft),
	    WITH_QUEUE(test_a_tag_added_and_taken_off_in_one_act_is_undone),
	    WITH_QUEUE(
		test_tags_taken_off_a_joined_case_come_back_where_they_were),
	    WITH_QUEUE(test_words_survive_assignment_join_steal_and_dismissal),
	    WITH_QUEUE(
		test_own_acts_are_undone_one_by_one_back_to_before_a_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
