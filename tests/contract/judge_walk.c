#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"

/*
 * Many random judgements while posts come in: what is like is like from both
 * sides, and an undo leaves no trace in what is suggested either.
 */

#define MAX_CASES 40

struct walker {
	struct fixture *f;
	int64_t n_cases;
	int n_posts, n_done, n_refused, n_undone;
};

static const char *const people[] = {"ana", "ben", "lea", "adm"};

/* How many of a list are not weak; these stand before the weak ones. */
static size_t
n_strong(const struct cq_maybes *m)
{
	size_t n = 0;

	while (n < m->n && !m->at[n].weak)
		n++;
	for (size_t i = n; i < m->n; i++)
		assert_true(m->at[i].weak);
	return n;
}

/* All that is suggested: for each case, and in the tray. */
static char *
view(struct walker *w)
{
	static bool like[MAX_CASES + 1][MAX_CASES + 1];
	struct fixture *f = w->f;
	struct cq_buf b = {0};
	struct cq_maybes m;
	struct cq_tray t;
	char *cases = snapshot(f, w->n_cases);

	memset(like, 0, sizeof(like));
	cq_buf_str(&b, cases);
	free(cases);
	for (int64_t id = 1; id <= w->n_cases; id++) {
		struct cq_case_full c;
		int64_t n_maybe;
		bool joined;

		OK(f, cq_store_case(f->store, id, 1, &c, &f->err));
		joined = c.head.id != id;
		n_maybe = c.head.n_maybe;
		cq_case_full_free(&c);
		if (joined)
			continue;
		OK(f, cq_store_dups(f->store, id, 0, &m, &f->err));
		assert_int_equal(n_strong(&m), n_maybe);
		cq_buf_fmt(&b, "like %lld:", (long long)id);
		for (size_t i = 0; i < m.n; i++) {
			cq_buf_fmt(&b, " %lld (%lld %lld %d)",
			    (long long)m.at[i].other.id,
			    (long long)m.at[i].post_id,
			    (long long)m.at[i].other_post, m.at[i].score);
			like[id][m.at[i].other.id] = true;
		}
		cq_buf_char(&b, '\n');
		cq_maybes_free(&m);
	}
	for (int64_t i = 1; i <= w->n_cases; i++)
		for (int64_t k = 1; k <= w->n_cases; k++)
			assert_int_equal(like[i][k], like[k][i]);
	OK(f, cq_store_tray(f->store, 0, &t, &f->err));
	cq_buf_fmt(&b, "%lld pending\n", (long long)t.n_pending);
	for (size_t i = 0; i < t.n; i++) {
		cq_buf_fmt(&b, "cluster %lld", (long long)t.at[i].head.id);
		for (size_t k = 0; k < t.at[i].n; k++) {
			const struct cq_maybe *a = &t.at[i].at[k];

			cq_buf_fmt(&b, " %lld", (long long)a->other.id);
			assert_true(like[a->case_id][a->other.id]);
		}
		cq_buf_char(&b, '\n');
	}
	cq_tray_free(&t);
	return cq_buf_take(&b);
}

static void
any_post(struct walker *w)
{
	static const char *const texts[] = {
	    "my suitcase never came off the belt at gate %d and nobody at the "
	    "desk could say where it went%s",
	    "the lift at platform %d has been out of order for three weeks and "
	    "there is no ramp for my mother's wheelchair%s"};
	static const char *const ends[] = {"", ", again", ", sadly so", "!"};
	struct fixture *f = w->f;
	char id[16] = "", text[200] = "";
	struct cq_post p = a_post(id, id, text);

	snprintf(id, sizeof(id), "w%d", w->n_posts++);
	snprintf(text, sizeof(text), dice(f, 2) ? texts[0] : texts[1],
	    11 + (int)dice(f, 9), ends[dice(f, 4)]);
	put(f, &p);
	w->n_cases = counts(f, NULL).newest_case;
}

/* A group of the tray, or none. */
static size_t
any_group(struct walker *w, int64_t *cases)
{
	struct fixture *f = w->f;
	struct cq_tray t;
	size_t n = 0;

	OK(f, cq_store_tray(f->store, 0, &t, &f->err));
	if (t.n > 0) {
		const struct cq_cluster *c = &t.at[dice(f, (uint32_t)t.n)];

		cases[n++] = c->head.id;
		for (size_t i = 0; i < c->n && n < 1 + dice(f, 5); i++)
			cases[n++] = c->at[i].other.id;
	}
	cq_tray_free(&t);
	return n;
}

static enum cq_status
any_act(struct walker *w, const struct cq_act *who, bool *undoable)
{
	struct fixture *f = w->f;
	int64_t cases[MAX_CASES], post, got;
	int before = n_events(f, -1, "not_same");
	size_t n = any_group(w, cases);
	struct cq_claim claim;
	enum cq_status rc;

	*undoable = true;
	for (size_t i = 0; i < 3 && n < 2; i++)
		cases[n++] = 1 + dice(f, (uint32_t)w->n_cases);
	switch (dice(f, 8)) {
	case 0:
		return cq_store_accept(f->store, who, cases, n, dice(f, 2) != 0,
		    "x", &f->err);
	case 1:
		rc = cq_store_refuse(f->store, who, cases, n, "x", &f->err);
		*undoable = n_events(f, -1, "not_same") > before;
		return rc;
	case 2:
	case 3:
		cases[1] = 1 + dice(f, (uint32_t)w->n_cases);
		return cq_store_join(f->store, who, cases[0], cases + 1, 1,
		    dice(f, 2) != 0, NULL, &f->err);
	case 4:
		rc = cq_store_not_same(f->store, who, cases[0], cases + 1,
		    n - 1, NULL, &f->err);
		*undoable = n_events(f, -1, "not_same") > before;
		return rc;
	case 5:
		post = post_of(f, cases[0], 0);
		return cq_store_split(f->store, who, cases[0], &post, 1, NULL,
		    &got, &f->err);
	case 6:
		return cq_store_move(f->store, who, cases[0], 0,
		    dice(f, 2) ? CQ_MOVE_RESOLVE : CQ_MOVE_REOPEN, "fixed", 0,
		    &f->err);
	default:
		*undoable = false; /* one's own claim is only renewed */
		return cq_store_claim(f->store, who, cases[0], 60, &claim,
		    &f->err);
	}
}

static void
walk_one(struct walker *w)
{
	struct fixture *f = w->f;
	const char *agent = people[dice(f, 4)];
	bool undoable = false, try = dice(f, 2) == 0;
	char *before = try ? view(w) : NULL, *after, what[100];
	int64_t n_cases = w->n_cases;
	struct cq_act who = act(f, agent);
	enum cq_status rc = any_act(w, &who, &undoable);
	struct cq_act back = act(f, agent);

	w->n_done += rc == CQ_OK;
	w->n_refused += rc != CQ_OK;
	if (try && rc == CQ_OK && undoable &&
	    cq_store_undo(f->store, &back, what, sizeof(what), NULL, &f->err) ==
		CQ_OK)
		w->n_undone++;
	else if (rc == CQ_OK)
		try = false;
	w->n_cases = n_cases;
	after = try ? view(w) : NULL;
	if (try)
		same_snapshot(before, after, rc == CQ_OK ? what : "a refusal");
	w->n_cases = counts(f, NULL).newest_case;
	free(before);
	free(after);
}

static void
test_random_judgements_are_undone_without_a_trace(void **state)
{
	struct walker w = {.f = *state};

	w.f->seed = 20261123;
	for (int i = 0; i < 12; i++)
		any_post(&w);
	for (int step = 0; step < 150 && w.n_cases < MAX_CASES; step++) {
		w.f->now += dice(w.f, 40);
		if (dice(w.f, 12) == 0)
			any_post(&w);
		else
			walk_one(&w);
		if (step % 50 == 0)
			all_is_well(w.f);
	}
	all_is_well(w.f);
	assert_true(w.n_done > 60);
	assert_true(w.n_refused > 20);
	assert_true(w.n_undone > 20);
	print_message("%d done, %d refused, %d undone, %lld cases\n", w.n_done,
	    w.n_refused, w.n_undone, (long long)w.n_cases);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_random_judgements_are_undone_without_a_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
