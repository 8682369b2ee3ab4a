#include <stdio.h>

#include "core/limits.h"
#include "tests/judged.h"

/* The tray: suggestions gathered into clusters, most work saved first. */

static void
search(struct fixture *f)
{
	int64_t n;

	do
		OK(f, cq_store_search_step(f->store, 100, &n, &f->err));
	while (n > 0);
}

static void
test_the_tray_gathers_what_hangs_together_most_work_first(void **state)
{
	struct fixture *f = *state;
	int64_t one, two, both;
	struct cq_tray t;

	either(f, &one, &two, &both);
	f->now += 60;
	at_gate(f, 12);
	at_gate(f, 19);
	at_gate(f, 23);
	new_case(f, "x");
	OK(f, cq_store_tray(f->store, 0, &t, &f->err));
	assert_int_equal(t.n, 2);
	assert_int_equal(t.at[0].head.id, 4); /* saves two */
	assert_int_equal(t.at[0].n, 2);
	assert_int_equal(t.at[0].saves, 2);
	assert_string_equal(t.at[0].head.handle.s, "g12");
	assert_int_equal(t.at[0].at[0].rule, CQ_RULE_ALIKE);
	assert_int_equal(t.at[0].at[0].post_id, post_of(f, 4, 0));
	assert_int_equal(t.at[1].n, 1);
	assert_int_equal(t.at[1].at[0].rule, CQ_RULE_EITHER);
	assert_int_equal(t.n_pending, 3 + 1);
	cq_tray_free(&t);
	OK(f, cq_store_tray(f->store, 1, &t, &f->err));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.n_pending, 3 + 1); /* of all, not only of these */
	cq_tray_free(&t);
}

static void
test_of_equal_clusters_the_older_one_comes_first(void **state)
{
	static const char *const texts[] = {
	    "the lift at platform %d has been out of order for three weeks and "
	    "there is no ramp for my mother's wheelchair",
	    "the card reader in bus %d swallowed my ticket and the driver told "
	    "me to write to the head office about it"};
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		char id[16] = "", text[200] = "";
		struct cq_post p = a_post(id, id, text);

		snprintf(id, sizeof(id), "e%d", i);
		/* NOLINTNEXTLINE: the texts are ours */
		snprintf(text, sizeof(text), i % 2 == 0 ? texts[0] : texts[1],
		    11 + i);
		put(f, &p);
		f->now += 60;
	}
	assert_string_equal(tray(f, 1), "1+3");
	assert_string_equal(tray(f, 0), "1+3 2+4");
}

static void
test_cases_that_are_not_the_same_are_in_no_cluster_together(void **state)
{
	struct fixture *f = *state;

	at_gate(f, 12);
	at_gate(f, 19);
	at_gate(f, 23); /* like both */
	OK(f, not_same(f, "ana", 1, 2));
	assert_string_equal(tray(f, 0), "1+3");
	OK(f, not_same(f, "ana", 1, 3));
	assert_string_equal(tray(f, 0), "2+3");
	OK(f, not_same(f, "ana", 2, 3));
	assert_string_equal(tray(f, 0), "");
	undo(f, "ana");
	/* a joined case keeps its survivor apart */
	join(f, "ben", new_case(f, "x"), 2);
	assert_string_equal(tray(f, 0), "3+4");
	join(f, "ben", 4, 1);
	assert_string_equal(tray(f, 0), "");
}

static void
test_two_that_fitted_equally_are_in_no_cluster_together(void **state)
{
	struct fixture *f = *state;
	int64_t one, two, both;

	either(f, &one, &two, &both);
	assert_string_equal(tray(f, 0), "1+3");
	OK(f, not_same(f, "ana", one, both));
	assert_string_equal(tray(f, 0), "2+3");
}

static void
test_closed_cases_save_no_work_and_waiting_ones_do(void **state)
{
	struct fixture *f = *state;

	at_gate(f, 12);
	at_gate(f, 19);
	at_gate(f, 23);
	resolve(f, "ana", 1);
	assert_string_equal(tray(f, 0), "2+3");
	OK(f, try_move(f, "ana", 2, 0, CQ_MOVE_SNOOZE));
	assert_string_equal(tray(f, 0), "2+3");
	resolve(f, "ana", 3);
	assert_string_equal(tray(f, 0), "");
	OK(f, try_move(f, "ana", 3, 0, CQ_MOVE_REOPEN));
	assert_string_equal(tray(f, 0), "2+3");
}

static void
test_joins_go_to_the_case_that_waits_the_longest(void **state)
{
	struct fixture *f = *state;
	int64_t older = new_case(f, "x");

	f->now += 60;
	at_gate(f, 12);
	f->now += 60;
	at_gate(f, 19);
	assert_string_equal(tray(f, 0), "2+3");
	join(f, "ana", 3, older); /* it was opened as early as its oldest */
	assert_string_equal(tray(f, 0), "3+2");
}

/* In the order of the cluster each case is linked to one before it. */
static void
test_a_cluster_is_joined_link_by_link(void **state)
{
	struct fixture *f = *state;
	struct cq_tray t;

	for (int gate = 11; gate < 30; gate++)
		at_gate(f, gate);
	OK(f, cq_store_tray(f->store, 0, &t, &f->err));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.at[0].head.id, 1);
	assert_int_equal(t.at[0].n, 18);
	for (size_t i = 0; i < t.at[0].n; i++) {
		const struct cq_maybe *m = &t.at[0].at[i];
		bool known = m->post_id == post_of(f, 1, 0);

		for (size_t k = 0; k < i && !known; k++)
			known = m->post_id == t.at[0].at[k].other_post;
		assert_true(known);
		assert_int_equal(m->other_post, post_of(f, m->other.id, 0));
	}
	cq_tray_free(&t);
}

static void
test_no_cluster_is_bigger_than_a_person_can_judge(void **state)
{
	struct fixture *f = *state;
	int64_t cases[CQ_TRAY_CASES] = {0};
	struct cq_act who;
	struct cq_tray t;

	for (int gate = 100; gate < 175; gate++)
		at_gate(f, gate);
	OK(f, cq_store_tray(f->store, 0, &t, &f->err));
	for (size_t i = 0; i < t.n; i++)
		assert_in_range(t.at[i].n + 1, 2, CQ_TRAY_CASES);
	assert_int_equal(t.at[0].n + 1, CQ_TRAY_CASES);
	cases[0] = t.at[0].head.id;
	for (size_t i = 0; i < t.at[0].n; i++)
		cases[i + 1] = t.at[0].at[i].other.id;
	cq_tray_free(&t);
	/* once it is judged, the rest shows */
	who = act(f, "ana");
	OK(f,
	    cq_store_accept(f->store, &who, cases, CQ_TRAY_CASES, false, NULL,
		&f->err));
	OK(f, cq_store_tray(f->store, 0, &t, &f->err));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.at[0].head.id, 1);
	assert_int_equal(t.at[0].n, 75 - CQ_TRAY_CASES);
	cq_tray_free(&t);
}

/* One end of a chain has nothing to do with the other. */
static void
test_a_chain_of_likenesses_is_no_cluster(void **state)
{
	static const char *const texts[] = {
	    "parcel courier stairs neighbour rain carton soaked",
	    "rain carton soaked replacement refused warehouse clerk",
	    "replacement refused warehouse clerk hotline music forever"};
	static const char *const ids[] = {"1", "2", "3"};
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		struct cq_post p = a_post(ids[i], ids[i], texts[i]);

		put(f, &p);
	}
	search(f);
	assert_string_equal(dups(f, 2, 0), "3 1");
	assert_string_equal(tray(f, 0), "2+3"); /* the stronger one */
	OK(f, not_same(f, "ana", 2, 3));
	assert_string_equal(tray(f, 0), "1+2");
	join(f, "ana", 1, 2);
	assert_string_equal(tray(f, 0), "");
}

/* Two cases that have few words in common. */
static void
faintly_alike(struct fixture *f)
{
	struct cq_post a = a_post("1", "jo",
	    "the refund for my cancelled night train to Vienna is still "
	    "missing after six weeks of waiting");
	struct cq_post b = a_post("2", "mo",
	    "no breakfast on the night train, cold coffee, and the toilet "
	    "was locked until the border at Vienna");

	put(f, &a);
	put(f, &b);
}

static void
test_a_weak_likeness_in_words_makes_no_cluster(void **state)
{
	struct fixture *f = *state;

	faintly_alike(f);
	search(f);
	assert_string_equal(dups(f, 1, 0), "2"); /* told, if one asks */
	assert_string_equal(tray(f, 0), "");
	assert_int_equal(head(f, 1)->n_maybe, 0); /* and not else */
}

/* Also behind closed ones, which stand last of the strong ones. */
static void
test_weak_likenesses_are_told_last_and_not_counted(void **state)
{
	struct fixture *f = *state;
	struct cq_post c = a_post("3", "kim",
	    "the refund for my cancelled night train to Vienna is still "
	    "missing after nine weeks of waiting");
	struct cq_maybes m;

	faintly_alike(f);
	put(f, &c);
	search(f);
	assert_string_equal(dups(f, 1, 0), "3 2");
	assert_int_equal(head(f, 1)->n_maybe, 1);
	assert_int_equal(head(f, 2)->n_maybe, 0);
	assert_string_equal(tray(f, 0), "1+3");
	resolve(f, "ana", 3);
	assert_string_equal(dups(f, 1, 0), "3 2");
	assert_string_equal(dups(f, 1, 1), "3");
	OK(f, cq_store_dups(f->store, 1, 0, &m, &f->err));
	assert_false(m.at[0].weak);
	assert_true(m.at[1].weak);
	assert_int_equal(m.at[1].rule, CQ_RULE_LIKE);
	assert_true(m.at[1].score < CQ_LIKE_STRONG);
	cq_maybes_free(&m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_the_tray_gathers_what_hangs_together_most_work_first),
	    WITH_QUEUE(test_of_equal_clusters_the_older_one_comes_first),
	    WITH_QUEUE(
		test_cases_that_are_not_the_same_are_in_no_cluster_together),
	    WITH_QUEUE(test_two_that_fitted_equally_are_in_no_cluster_together),
	    WITH_QUEUE(test_closed_cases_save_no_work_and_waiting_ones_do),
	    WITH_QUEUE(test_joins_go_to_the_case_that_waits_the_longest),
	    WITH_QUEUE(test_a_cluster_is_joined_link_by_link),
	    WITH_QUEUE(test_no_cluster_is_bigger_than_a_person_can_judge),
	    WITH_QUEUE(test_a_chain_of_likenesses_is_no_cluster),
	    WITH_QUEUE(test_a_weak_likeness_in_words_makes_no_cluster),
	    WITH_QUEUE(test_weak_likenesses_are_told_last_and_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
