#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Law 2: one live claim a case; and who may do what. */

static enum cq_status
try_take(struct fixture *f, struct cq_store *store, const char *agent,
    int64_t case_id, struct cq_claim *claim)
{
	struct cq_act who = act(f, agent);

	return cq_store_claim(store, &who, case_id, CQ_LEASE_S, claim, &f->err);
}

static enum cq_status
try_steal(struct fixture *f, const char *agent, int64_t case_id)
{
	struct cq_act who = act(f, agent);
	struct cq_claim claim;

	return cq_store_steal(f->store, &who, case_id, CQ_LEASE_S, "urgent",
	    &claim, &f->err);
}

static enum cq_status
next(struct fixture *f, const char *agent, struct cq_claim *claim)
{
	struct cq_act who = act(f, agent);

	return cq_store_next(f->store, &who, CQ_LEASE_S, claim, &f->err);
}

static void
test_a_held_case_is_refused_with_holder_and_time(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_claim claim = {1, 2, 3};

	take(f, "ben", id);
	f->now += 300;
	REFUSED(f, CQ_CONFLICT, try_take(f, f->store, "ana", id, &claim));
	expect_said(f, "held by ben since 12:00");
	assert_int_equal(claim.case_id, 0);
	assert_int_equal(claim.fence, 0);
	assert_string_equal(head(f, id)->holder, "ben");
	assert_int_equal(head(f, id)->held_since_at, T0);
	assert_int_equal(head(f, id)->lease_until_at, T0 + CQ_LEASE_S);
	assert_int_equal(n_events(f, id, "refuse"), 1);
	assert_int_equal(shift(f, T0, T0 + 3600, NULL)->at[CQ_FIG_REFUSED].n,
	    1);
}

static void
test_the_refusal_says_that_the_holder_is_writing(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_claim claim;

	take(f, "ben", id);
	OK(f, cq_store_presence(f->store, "ben", id, true, &f->err));
	REFUSED(f, CQ_CONFLICT, try_take(f, f->store, "ana", id, &claim));
	expect_said(f, "who is writing");
}

static void
test_taking_again_renews_with_the_same_fence(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ana", id);
	int n = n_events(f, id, NULL);

	f->now += 500;
	assert_int_equal(take(f, "ana", id), fence);
	assert_int_equal(head(f, id)->lease_until_at, f->now + CQ_LEASE_S);
	assert_int_equal(head(f, id)->held_since_at, T0);
	assert_int_equal(n_events(f, id, NULL), n);
}

static void
test_a_lease_ends_with_its_last_second(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ben", id);
	struct cq_claim claim;

	f->now += CQ_LEASE_S - 1;
	REFUSED(f, CQ_CONFLICT, try_take(f, f->store, "ana", id, &claim));
	f->now += 1;
	assert_null(head(f, id)->holder);
	assert_int_equal(take(f, "ana", id), fence + 1);
	assert_string_equal(head(f, id)->holder, "ana");
}

static void
test_a_stale_fence_writes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), old = take(f, "ben", id);
	struct cq_act who = {.agent = "ben"};
	char *before, *after;
	int n;

	f->now += CQ_LEASE_S;
	take(f, "ana", id);
	before = snapshot(f, 1);
	n = n_events(f, -1, NULL);
	who = act(f, "ben");
	REFUSED(f, CQ_STALE,
	    cq_store_release(f->store, &who, id, old, "gone", &f->err));
	expect_said(f, "passed on to ana");
	who = act(f, "ben");
	REFUSED(f, CQ_STALE,
	    cq_store_note(f->store, &who, id, old, "words", NULL, &f->err));
	who = act(f, "ben");
	REFUSED(f, CQ_STALE,
	    cq_store_renew(f->store, &who, id, old, CQ_LEASE_S, &f->err));
	REFUSED(f, CQ_STALE, try_move(f, "ben", id, old, CQ_MOVE_RESOLVE));
	REFUSED(f, CQ_STALE, try_move(f, "ben", id, old, CQ_MOVE_DISMISS));
	REFUSED(f, CQ_STALE, try_move(f, "ben", id, old, CQ_MOVE_SNOOZE));
	REFUSED(f, CQ_STALE, try_move(f, "ben", id, old, CQ_MOVE_PEND));
	/* and ana's fence is of no use to ben */
	REFUSED(f, CQ_STALE, try_move(f, "ben", id, old + 1, CQ_MOVE_PEND));
	/* without a fence the case is ana's */
	REFUSED(f, CQ_CONFLICT, try_move(f, "ben", id, 0, CQ_MOVE_RESOLVE));
	after = snapshot(f, 1);
	same_snapshot(before, after, "refused writes");
	assert_int_equal(n_events(f, -1, NULL), n);
	free(before);
	free(after);
}

static void
test_an_expired_holder_may_write_while_nobody_else_claimed(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ben", id);
	struct cq_act who;

	f->now += 10 * CQ_LEASE_S;
	who = act(f, "ben");
	OK(f,
	    cq_store_note(f->store, &who, id, fence, "late words", NULL,
		&f->err));
	who = act(f, "ben");
	OK(f, cq_store_renew(f->store, &who, id, fence, CQ_LEASE_S, &f->err));
	assert_string_equal(head(f, id)->holder, "ben");
	f->now += 10 * CQ_LEASE_S;
	OK(f, try_move(f, "ben", id, fence, CQ_MOVE_RESOLVE));
}

static void
test_a_released_or_finished_case_is_free_and_its_fence_is_dead(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ben", id);
	struct cq_act who;

	release(f, "ben", id);
	assert_null(head(f, id)->holder);
	who = act(f, "ben");
	REFUSED(f, CQ_STALE,
	    cq_store_renew(f->store, &who, id, fence, CQ_LEASE_S, &f->err));
	who = act(f, "ben");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_release(f->store, &who, id, 0, NULL, &f->err));
	fence = take(f, "ben", id);
	OK(f, try_move(f, "ben", id, fence, CQ_MOVE_RESOLVE));
	REFUSED(f, CQ_STALE, try_move(f, "ben", id, fence, CQ_MOVE_DISMISS));
}

static void
test_stealing_needs_a_lead_or_an_expired_lease_and_a_reason(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ben", id);
	struct cq_act who = act(f, "lea");
	struct cq_claim claim;

	REFUSED(f, CQ_DENIED, try_steal(f, "ana", id));
	REFUSED(f, CQ_DENIED, try_steal(f, "sue", id));
	REFUSED(f, CQ_INPUT,
	    cq_store_steal(f->store, &who, id, CQ_LEASE_S, "", &claim,
		&f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_steal(f->store, &who, id, CQ_LEASE_S, NULL, &claim,
		&f->err));
	assert_string_equal(head(f, id)->holder, "ben");
	assert_int_equal(head(f, id)->fence, fence);
	OK(f, try_steal(f, "lea", id));
	assert_string_equal(head(f, id)->holder, "lea");
	assert_int_equal(head(f, id)->fence, fence + 1);
	assert_int_equal(n_events(f, id, "steal"), 1);
	f->now += CQ_LEASE_S;
	OK(f, try_steal(f, "ana", id));
	assert_string_equal(head(f, id)->holder, "ana");
	OK(f, try_steal(f, "adm", id));
}

static void
test_a_closed_case_is_not_taken_and_says_what_it_allows(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_claim claim;

	resolve(f, "ana", id);
	REFUSED(f, CQ_STATE, try_take(f, f->store, "ana", id, &claim));
	expect_said(f, "allows reopen");
	REFUSED(f, CQ_STATE, try_steal(f, "lea", id));
}

static void
test_every_state_allows_just_the_moves_of_the_table(void **state)
{
	static const enum cq_move moves[] = {CQ_MOVE_PEND, CQ_MOVE_SNOOZE,
	    CQ_MOVE_RESOLVE, CQ_MOVE_DISMISS, CQ_MOVE_REOPEN};
	static const enum cq_move to_state[CQ_N_STATES] = {
	    [CQ_OPEN] = CQ_MOVE_TAKE,
	    [CQ_PENDING] = CQ_MOVE_PEND,
	    [CQ_SNOOZED] = CQ_MOVE_SNOOZE,
	    [CQ_RESOLVED] = CQ_MOVE_RESOLVE,
	    [CQ_DISMISSED] = CQ_MOVE_DISMISS};
	struct fixture *f = *state;
	char name[40];

	for (int s = 0; s < CQ_N_STATES; s++) {
		for (int m = 0; m < 5; m++) {
			enum cq_state to;
			int64_t id;

			snprintf(name, sizeof(name), "p%dx%d", s, m);
			id = new_case(f, name);
			if (s == CQ_OPEN)
				take(f, "ana", id);
			else if (s != CQ_NEW)
				OK(f, try_move(f, "ana", id, 0, to_state[s]));
			assert_int_equal(head(f, id)->state, s);
			if (!cq_case_move((enum cq_state)s, moves[m], &to)) {
				REFUSED(f, CQ_STATE,
				    try_move(f, "ana", id, 0, moves[m]));
				continue;
			}
			OK(f, try_move(f, "ana", id, 0, moves[m]));
			assert_int_equal(head(f, id)->state, to);
		}
	}
	all_is_well(f);
}

static void
test_all_moves_but_reopen_end_the_claim(void **state)
{
	static const enum cq_move moves[] = {
	    CQ_MOVE_PEND, CQ_MOVE_SNOOZE, CQ_MOVE_RESOLVE, CQ_MOVE_DISMISS};
	struct fixture *f = *state;
	char name[] = "a";
	int64_t id, fence;

	for (int m = 0; m < 4; m++, name[0]++) {
		id = new_case(f, name);
		fence = take(f, "ana", id);
		OK(f, try_move(f, "ana", id, fence, moves[m]));
		assert_null(head(f, id)->holder);
	}
	id = new_case(f, "z");
	OK(f, try_move(f, "ana", id, 0, CQ_MOVE_PEND));
	fence = take(f, "ana", id);
	OK(f, try_move(f, "ana", id, fence, CQ_MOVE_REOPEN));
	assert_string_equal(head(f, id)->holder, "ana");
}

static void
test_moves_refuse_what_makes_no_sense(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");

	REFUSED(f, CQ_INPUT,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_RESOLVE, "whatever", 0,
		&f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_RESOLVE, NULL, 0,
		&f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_DISMISS, " \n", 0,
		&f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_SNOOZE, NULL, f->now,
		&f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_TAKE, NULL, 0,
		&f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_POST, NULL, 0,
		&f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_move(f->store, &who, 99, 0, CQ_MOVE_PEND, NULL, 0,
		&f->err));
	assert_int_equal(head(f, id)->state, CQ_NEW);
}

static void
test_leases_have_limits(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	struct cq_claim claim;

	REFUSED(f, CQ_INPUT,
	    cq_store_claim(f->store, &who, id, 0, &claim, &f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_claim(f->store, &who, id, -5, &claim, &f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_next(f->store, &who, 8 * 86400, &claim, &f->err));
}

static void
test_next_gives_the_cases_in_the_order_of_the_list(void **state)
{
	struct fixture *f = *state;
	char name[40];
	int64_t want[8];
	struct cq_claim claim;

	for (int i = 0; i < 8; i++) {
		struct cq_post p = a_post(name, name, name);

		snprintf(name, sizeof(name), "%da", i);
		p.author_followers = 1 + i * i * 997 % 5000;
		p.rating = 1 + i * 3 % 5;
		put(f, &p);
		f->now += 600;
	}
	list(f, NULL, NULL);
	assert_int_equal(f->cases.n, 8);
	for (int i = 0; i < 8; i++)
		want[i] = f->cases.at[i].id;
	for (int i = 0; i < 8; i++) {
		OK(f, next(f, i % 2 == 0 ? "ana" : "ben", &claim));
		assert_int_equal(claim.case_id, want[i]);
		assert_int_equal(claim.lease_until_at, f->now + CQ_LEASE_S);
	}
	REFUSED(f, CQ_NOT_FOUND, next(f, "ana", &claim));
}

static void
test_next_on_an_empty_queue_finds_nothing(void **state)
{
	struct fixture *f = *state;
	struct cq_claim claim = {1, 1, 1};

	REFUSED(f, CQ_NOT_FOUND, next(f, "ana", &claim));
	assert_int_equal(claim.case_id, 0);
}

static void
test_next_skips_what_the_agent_may_not_or_need_not_work(void **state)
{
	struct fixture *f = *state;
	int64_t held = new_case(f, "h"), owned = new_case(f, "o");
	int64_t pending = new_case(f, "p"), snoozed = new_case(f, "s");
	int64_t closed = new_case(f, "c"), mine = new_case(f, "m");
	struct cq_claim claim;

	take(f, "ben", held);
	OK(f, try_assign(f, "lea", owned, "ben"));
	OK(f, try_assign(f, "lea", mine, "ana"));
	OK(f, try_move(f, "ben", pending, 0, CQ_MOVE_PEND));
	OK(f, try_move(f, "ben", snoozed, 0, CQ_MOVE_SNOOZE));
	resolve(f, "ben", closed);
	OK(f, next(f, "ana", &claim));
	assert_int_equal(claim.case_id, mine);
	REFUSED(f, CQ_NOT_FOUND, next(f, "ana", &claim));
	OK(f, next(f, "ben", &claim));
	assert_int_equal(claim.case_id, owned);
}

static void
set_active(struct fixture *f, const char *name, bool active)
{
	struct cq_agent a;
	struct cq_act who = act(f, "adm");

	OK(f, cq_store_agent(f->store, name, &a, &f->err));
	a.active = active;
	OK(f, cq_store_agent_set(f->store, &who, &a, &f->err));
	cq_agent_free(&a);
}

static void
test_a_retired_agent_keeps_no_case_from_others_and_may_do_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t owned = new_case(f, "1"), held = new_case(f, "2");
	struct cq_claim claim;

	OK(f, try_assign(f, "ben", owned, "ben"));
	take(f, "ben", held);
	set_active(f, "ben", false);
	assert_null(head(f, held)->holder);
	REFUSED(f, CQ_DENIED, next(f, "ben", &claim));
	REFUSED(f, CQ_CONFLICT, try_assign(f, "lea", held, "ben"));
	OK(f, next(f, "ana", &claim));
	OK(f, next(f, "ana", &claim));
	set_active(f, "ben", true);
	all_is_well(f);
}

static void
test_next_wakes_what_is_due_to_wake(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_claim claim;

	OK(f, try_move(f, "ana", id, 0, CQ_MOVE_SNOOZE));
	REFUSED(f, CQ_NOT_FOUND, next(f, "ana", &claim));
	f->now += 3600;
	OK(f, next(f, "ana", &claim));
	assert_int_equal(claim.case_id, id);
}

static void
test_two_stores_on_one_file_see_each_other(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	int64_t id = new_case(f, "1"), version = cq_store_version(other);
	struct cq_claim claim;

	OK(f, try_take(f, other, "ben", id, &claim));
	REFUSED(f, CQ_CONFLICT, try_take(f, f->store, "ana", id, &claim));
	version = cq_store_version(other);
	assert_int_equal(cq_store_version(other), version);
	release(f, "ben", id);
	assert_int_not_equal(cq_store_version(other), version);
	OK(f, try_take(f, other, "ana", id, &claim));
	cq_store_close(other);
}

static void
test_a_weight_that_was_changed_holds_in_every_open_store(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	struct cq_post p = a_post("1", "jo", "no heating in coach 12");
	struct cq_post q = a_post("2", "mo", "my suitcase is still in Ulm");
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "adm");
	struct cq_cases cases;

	p.author_followers = q.author_followers = 1000000;
	put(f, &p);
	OK(f, cq_store_weight_set(f->store, &who, "reach", 1, &f->err));
	who = act(f, "ana");
	OK(f, cq_store_ingest(other, &who, &q, 1, &sum, &f->err));
	OK(f, cq_store_list(other, NULL, NULL, NULL, 0, &cases, &f->err));
	assert_int_equal(cases.n, 2);
	assert_int_equal(cases.at[0].id, 1);
	assert_int_equal(cases.at[0].sort_key, cases.at[1].sort_key);
	assert_int_equal(cases.at[0].priority.reach, 6);
	assert_int_equal(cases.at[1].priority.reach, 6);
	cq_cases_free(&cases);
	cq_store_close(other);
}

static void
test_an_agent_may_own_a_free_case_and_give_up_its_own_only(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");

	OK(f, try_assign(f, "ana", id, "ana"));
	assert_string_equal(head(f, id)->owner, "ana");
	REFUSED(f, CQ_DENIED, try_assign(f, "ben", id, "ben"));
	REFUSED(f, CQ_DENIED, try_assign(f, "ben", id, NULL));
	REFUSED(f, CQ_DENIED, try_assign(f, "ana", id, "ben"));
	OK(f, try_assign(f, "ana", id, NULL));
	assert_null(head(f, id)->owner);
	OK(f, try_assign(f, "lea", id, "ben"));
	OK(f, try_assign(f, "lea", id, "ana"));
	REFUSED(f, CQ_CONFLICT, try_assign(f, "lea", id, "sue"));
	REFUSED(f, CQ_NOT_FOUND, try_assign(f, "lea", id, "nobody"));
	assert_string_equal(head(f, id)->owner, "ana");
}

static void
test_a_leads_assignment_ends_the_claim_of_somebody_else(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ben", id);

	OK(f, try_assign(f, "lea", id, "ben"));
	assert_string_equal(head(f, id)->holder, "ben");
	OK(f, try_assign(f, "lea", id, "ana"));
	assert_null(head(f, id)->holder);
	REFUSED(f, CQ_STALE, try_move(f, "ben", id, fence, CQ_MOVE_RESOLVE));
}

static void
test_owning_a_case_is_no_way_round_the_claim_of_a_colleague(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ben", id);

	REFUSED(f, CQ_CONFLICT, try_assign(f, "ana", id, "ana"));
	expect_said(f, "held by ben");
	assert_string_equal(head(f, id)->holder, "ben");
	OK(f, try_move(f, "ben", id, fence, CQ_MOVE_RESOLVE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_held_case_is_refused_with_holder_and_time),
	    WITH_QUEUE(test_the_refusal_says_that_the_holder_is_writing),
	    WITH_QUEUE(test_taking_again_renews_with_the_same_fence),
	    WITH_QUEUE(test_a_lease_ends_with_its_last_second),
	    WITH_QUEUE(test_a_stale_fence_writes_nothing),
	    WITH_QUEUE(
		test_an_expired_holder_may_write_while_nobody_else_claimed),
	    WITH_QUEUE(
		test_a_released_or_finished_case_is_free_and_its_fence_is_dead),
	    WITH_QUEUE(
		test_stealing_needs_a_lead_or_an_expired_lease_and_a_reason),
	    WITH_QUEUE(test_a_closed_case_is_not_taken_and_says_what_it_allows),
	    WITH_QUEUE(test_every_state_allows_just_the_moves_of_the_table),
	    WITH_QUEUE(test_all_moves_but_reopen_end_the_claim),
	    WITH_QUEUE(test_moves_refuse_what_makes_no_sense),
	    WITH_QUEUE(test_leases_have_limits),
	    WITH_QUEUE(test_next_gives_the_cases_in_the_order_of_the_list),
	    WITH_QUEUE(test_next_on_an_empty_queue_finds_nothing),
	    WITH_QUEUE(test_next_skips_what_the_agent_may_not_or_need_not_work),
	    WITH_QUEUE(
		test_a_retired_agent_keeps_no_case_from_others_and_may_do_nothing),
	    WITH_QUEUE(test_next_wakes_what_is_due_to_wake),
	    WITH_QUEUE(test_two_stores_on_one_file_see_each_other),
	    WITH_QUEUE(
		test_a_weight_that_was_changed_holds_in_every_open_store),
	    WITH_QUEUE(
		test_an_agent_may_own_a_free_case_and_give_up_its_own_only),
	    WITH_QUEUE(test_a_leads_assignment_ends_the_claim_of_somebody_else),
	    WITH_QUEUE(
		test_owning_a_case_is_no_way_round_the_claim_of_a_colleague),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
