#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Many random acts of several agents while time goes on: no law breaks, and
 * what is undone at once leaves no trace.
 */

static const char *const people[] = {"ana", "ben", "lea", "adm"};

struct walker {
	struct fixture *f;
	int lease_s;
	bool exact; /* compare what refusals leave and undos restore */
	int64_t n_cases;
	int n_posts, n_done, n_refused, n_undone, n_undo_refused;
	int64_t fences[200];
};

static int64_t
any_case(struct walker *w)
{
	return 1 + dice(w->f, (uint32_t)w->n_cases);
}

/* Two letters of a word change places, as when typing fast. */
static void
slip(struct fixture *f, char *text)
{
	size_t i;
	char c;

	do
		i = 1 + dice(f, (uint32_t)strlen(text) - 12);
	while (text[i] == ' ' || text[i - 1] == ' ' || text[i + 1] == ' ');
	c = text[i];
	text[i] = text[i + 1];
	text[i + 1] = c;
}

/*
 * Few texts and many authors: exact copies, misspelt ones, and the same
 * words with another number; now and then the same author again.
 */
static void
any_post(struct walker *w)
{
	static const char *const texts[] = {
	    "the parcel was never here and nobody knows where it is",
	    "train late again, third time in this very week", "thanks",
	    "no heating in coach and no seats for my mother",
	    "ticket machine broken"};
	struct fixture *f = w->f;
	char id[16] = "", parent[16] = "", author[16] = "", text[100] = "";
	struct cq_post p = a_post(id, author, text);
	int n = (int)dice(f, 12), of = (int)dice(f, (uint32_t)w->n_posts + 1);

	snprintf(id, sizeof(id), "w%d", dice(f, 5) == 0 ? of : w->n_posts++);
	snprintf(parent, sizeof(parent), "w%d", of);
	snprintf(author, sizeof(author), "a%d", (int)dice(f, 60));
	snprintf(text, sizeof(text), "%s %d", texts[dice(f, 5)],
	    (int)dice(f, 6));
	if (strlen(text) > 30 && dice(f, 2) == 0)
		slip(f, text);
	p.brand = "rail";
	p.author_followers = 10 * (author[1] - '0');
	p.rating = (int)dice(f, 6);
	if (strcmp(id, parent) != 0 && (n < 8 || w->n_cases > 30)) {
		if (n < 4)
			p.in_reply_to = parent;
		else if (n < 6)
			p.repost_of = parent;
		else if (n < 9)
			p.quote_of = parent;
	}
	put(f, &p);
}

/* One act; its status. *undoable: a success of it can be undone. */
static enum cq_status
any_act(struct walker *w, const struct cq_act *who, bool *undoable)
{
	static const char *const tags[][2] = {
	    {"a", NULL}, {"b", NULL}, {"c", NULL}};
	static const char *const causes[] = {"bank", "storm", "strike"};
	struct fixture *f = w->f;
	int64_t id = any_case(w), other = any_case(w), got, post[2];
	int64_t both[] = {id, other}, cause = 1 + dice(f, 6);
	int64_t until = f->now + 1 + dice(f, 5000);
	struct cq_claim claim;
	enum cq_status rc;
	size_t n;

	*undoable = true;
	switch (dice(f, 20)) {
	case 0:
	case 1:
		got = n_events(f, -1, "take");
		rc = cq_store_claim(f->store, who, id, w->lease_s, &claim,
		    &f->err);
		*undoable = got != n_events(f, -1, "take");
		return rc;
	case 2:
		return cq_store_next(f->store, who, w->lease_s, &claim,
		    &f->err);
	case 3:
		return cq_store_release(f->store, who, id, 0, "x", &f->err);
	case 4:
		rc = cq_store_steal(f->store, who, id, w->lease_s, "x", &claim,
		    &f->err);
		*undoable = false; /* the other's claim stays ended */
		return rc;
	case 5:
		rc = cq_store_assign(f->store, who, id,
		    dice(f, 3) == 0 ? NULL : people[dice(f, 4)], NULL, &f->err);
		*undoable = false; /* likewise */
		return rc;
	case 6:
		*undoable = false; /* makes a draft of it */
		return cq_store_note(f->store, who, id, 0, "words", NULL,
		    &f->err);
	case 7:
		return cq_store_tag(f->store, who, id, tags[dice(f, 3)],
		    tags[dice(f, 3)], undoable, &f->err);
	case 8:
		return cq_store_move(f->store, who, id, 0, CQ_MOVE_RESOLVE,
		    "fixed", 0, &f->err);
	case 9:
		return cq_store_move(f->store, who, id, 0, CQ_MOVE_DISMISS,
		    "chatter", 0, &f->err);
	case 10:
		return cq_store_move(f->store, who, id, 0, CQ_MOVE_REOPEN,
		    "why not", 0, &f->err);
	case 11:
		return cq_store_move(f->store, who, id, 0, CQ_MOVE_SNOOZE, NULL,
		    until, &f->err);
	case 12:
		return cq_store_move(f->store, who, id, 0, CQ_MOVE_PEND, NULL,
		    0, &f->err);
	case 13:
	case 14:
		return cq_store_join(f->store, who, id, &other, 1, false, "x",
		    &f->err);
	case 16:
		return cq_store_incident_open(f->store, who, causes[dice(f, 3)],
		    both, 2, &got, &f->err);
	case 17:
		got = n_events(f, -1, "incident");
		rc = cq_store_incident_add(f->store, who, cause, both, 2,
		    &f->err);
		*undoable = got != n_events(f, -1, "incident");
		return rc;
	case 18:
		return cq_store_incident_leave(f->store, who, both, 2, &f->err);
	case 19:
		return cq_store_incident_close(f->store, who, cause,
		    dice(f, 2) == 0, &f->err);
	default:
		head(f, id);
		n = 0;
		for (size_t i = 0; i < f->full.n && n < 2; i++)
			if (f->full.at[i].kind == CQ_ENTRY_POST &&
			    dice(f, 2) == 0)
				post[n++] = f->full.at[i].id;
		return cq_store_split(f->store, who, id, post, n, "x", &got,
		    &f->err);
	}
}

static void
walk_one(struct walker *w, int step)
{
	struct fixture *f = w->f;
	const char *agent = people[dice(f, 4)];
	bool try = w->exact && dice(f, 7) == 0, undoable = false;
	char *before = NULL, *after, did[80];
	struct cq_act who = act(f, agent);
	int64_t known = w->n_cases;
	uint64_t seed = f->seed;

	if (try) {
		tick(f); /* or the act might do it */
		before = snapshot(f, known);
	}
	if (any_act(w, &who, &undoable) != CQ_OK) {
		w->n_refused++;
		if (try) { /* refused: nothing half done */
			after = snapshot(f, known);
			same_snapshot(before, after, f->err.msg);
			free(after);
		}
	} else {
		w->n_done++;
		if (try && undoable) {
			undo(f, agent);
			w->n_undone++;
			after = snapshot(f, known);
			snprintf(did, sizeof(did), "step %d (seed %llu)", step,
			    (unsigned long long)seed);
			same_snapshot(before, after, did);
			free(after);
		}
	}
	free(before);
	w->n_cases = counts(f, NULL).newest_case;
}

struct places {
	int n;
	char last[600];
};

static bool
each_once(void *arg, struct raw_text source, struct raw_text id, int64_t c)
{
	struct places *p = arg;
	char key[600];

	snprintf(key, sizeof(key), "%s %s", source.s, id.s);
	assert_true(strcmp(p->last, key) < 0);
	memcpy(p->last, key, sizeof(key));
	assert_true(c > 0);
	p->n++;
	return true;
}

static void
fences_only_grow(struct walker *w)
{
	list(w->f, "all", NULL);
	for (size_t i = 0; i < w->f->cases.n; i++) {
		const struct cq_case *c = &w->f->cases.at[i];

		if (c->id >= 200)
			continue;
		assert_true(c->fence >= w->fences[c->id]);
		w->fences[c->id] = c->fence;
	}
}

static void
check_walk(struct walker *w)
{
	struct fixture *f = w->f;
	struct places p = {0};
	struct cq_counts c = counts(f, "ana");
	int64_t posts = 0;

	OK(f, cq_store_map(f->store, each_once, &p, &f->err));
	assert_int_equal(p.n, c.posts);
	list(f, "all", NULL);
	for (size_t i = 0; i < f->cases.n; i++)
		posts += f->cases.at[i].n_posts;
	assert_int_equal(posts, c.posts);
	tick(f);
	c = counts(f, "ana");
	assert_int_equal(list(f, NULL, NULL)->n, c.queue);
	assert_int_equal(list(f, "unclaimed", NULL)->n, c.unclaimed);
	assert_int_equal(list(f, "mine", "ana")->n, c.mine);
	assert_int_equal(list(f, "overdue", NULL)->n, c.overdue);
	assert_int_equal(list(f, "state:pending", NULL)->n +
		list(f, "state:snoozed", NULL)->n,
	    c.waiting);
	all_is_well(f);
}

static void
walk(struct walker *w, uint64_t seed, int steps)
{
	struct fixture *f = w->f;

	f->seed = seed;
	any_post(w);
	w->n_cases = counts(f, NULL).newest_case;
	for (int step = 0; step < steps; step++) {
		f->now += dice(f, w->exact ? 2 : 120);
		if (dice(f, 10) == 0)
			tick(f);
		if (dice(f, 8) == 0 && w->n_posts < 150) {
			any_post(w);
			w->n_cases = counts(f, NULL).newest_case;
		} else if (dice(f, 20) == 0) {
			if (try_undo(f, people[dice(f, 4)]) != CQ_OK)
				w->n_undo_refused++;
		} else {
			walk_one(w, step);
		}
		if (step % 10 == 0)
			fences_only_grow(w);
		if (step % 250 == 0)
			check_walk(w);
	}
	check_walk(w);
	assert_true(w->n_done > steps / 5);
	assert_true(w->n_refused > steps / 10);
}

/* Or the walk would prove nothing about copies. */
static void
joined_by_every_likeness(struct walker *w)
{
	int n[CQ_N_RULES] = {0};

	for (int64_t id = 1; id <= w->n_cases; id++) {
		if (head(w->f, id)->id != id)
			continue; /* seen where it is now */
		for (size_t i = 0; i < w->f->full.n; i++)
			if (w->f->full.at[i].kind == CQ_ENTRY_POST)
				n[w->f->full.at[i].rule]++;
	}
	assert_true(n[CQ_RULE_TEXT] > 0);
	assert_true(n[CQ_RULE_COPY] > 0);
	assert_true(n[CQ_RULE_FOLLOW] > 0);
}

static void
test_on_a_long_walk_every_undo_restores_what_was(void **state)
{
	/* a claim that has run out comes back alive, so none runs out */
	struct walker w = {.f = *state, .lease_s = 600, .exact = true};

	walk(&w, 20261123, 800);
	joined_by_every_likeness(&w);
	assert_true(w.n_undone > 20);
}

static void
test_a_long_walk_with_short_leases_breaks_no_law(void **state)
{
	struct walker w = {.f = *state, .lease_s = 300};

	walk(&w, 4412, 1200);
	joined_by_every_likeness(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_on_a_long_walk_every_undo_restores_what_was),
	    WITH_QUEUE(test_a_long_walk_with_short_leases_breaks_no_law),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
