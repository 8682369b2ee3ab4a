#include "tests/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

/*
 * Several agents judge, split, join, close and put into incidents while
 * posts come in, and undo acts of long ago, with others in between: no case
 * is left without a post, and the log proves all.  What is undone at once
 * leaves the tables as they were.
 */

#define MAX_CASES 45
#define STEPS 300

struct walker {
	struct fixture *f;
	int64_t n_cases;
	int n_posts, n_done, n_exact, n_late, n_refused;
};

static const char *const people[] = {"ana", "ben", "lea", "adm"};

/* --- the tables ---------------------------------------------------------- */

/* Without fences and the log, which only grow; :n is the highest case. */
static const char *const tables[] = {
    "SELECT id, state, grp, sort_key, outcome, owner, holder, held_since_at,"
    " lease_until_at, opened_at, due_at, overdue, snooze_until_at, closed_at,"
    " last_post_at, first_post, n_posts, n_reposts, n_authors, n_notes, reach,"
    " rating, incident FROM cases WHERE grp < 3 AND id <= :n ORDER BY id",
    "SELECT id, state, outcome, owner, due_at, snooze_until_at, closed_at,"
    " joined_into, incident FROM cases WHERE grp = 3 AND id <= :n"
    " ORDER BY id",
    "SELECT id, case_id, author, text, rule, why, near FROM post ORDER BY id",
    "SELECT * FROM tag ORDER BY 1, 2",
    "SELECT * FROM suggestion ORDER BY id",
    "SELECT * FROM apart ORDER BY a, b",
    "SELECT * FROM incident WHERE retracted_at IS NULL ORDER BY id",
    "SELECT key, n FROM counter WHERE key <> 3 ORDER BY key",
};

static sqlite3 *
open_file(struct fixture *f)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY,
			     NULL),
	    SQLITE_OK);
	return db;
}

static sqlite3_stmt *
query(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	return q;
}

static char *
dump(struct fixture *f, int64_t n_cases)
{
	sqlite3 *db = open_file(f);
	struct cq_buf b = {0};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		sqlite3_stmt *q = query(db, tables[i]);

		sqlite3_bind_int64(q, sqlite3_bind_parameter_index(q, ":n"),
		    n_cases);
		while (sqlite3_step(q) == SQLITE_ROW) {
			for (int k = 0; k < sqlite3_column_count(q); k++) {
				const unsigned char *s =
				    sqlite3_column_text(q, k);

				cq_buf_fmt(&b, "%s=%s ",
				    sqlite3_column_name(q, k),
				    s == NULL ? "-" : (const char *)s);
			}
			cq_buf_char(&b, '\n');
		}
		sqlite3_finalize(q);
	}
	sqlite3_close(db);
	return cq_buf_take(&b);
}

static bool
is_undoable(struct fixture *f, const char *op)
{
	sqlite3 *db = open_file(f);
	sqlite3_stmt *q = query(db, "SELECT undoable FROM op WHERE op = :op");
	bool yes;

	sqlite3_bind_text(q, 1, op, -1, NULL);
	yes = sqlite3_step(q) == SQLITE_ROW && sqlite3_column_int(q, 0) != 0;
	sqlite3_finalize(q);
	sqlite3_close(db);
	return yes;
}

/* --- what they do -------------------------------------------------------- */

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
	char id[16] = "", parent[16] = "", author[16] = "", text[200] = "";
	struct cq_post p = a_post(id, author, text);
	int of = (int)dice(f, (uint32_t)w->n_posts + 1), n = (int)dice(f, 10);

	/* now and then an edit */
	snprintf(id, sizeof(id), "w%d", dice(f, 6) == 0 ? of : w->n_posts++);
	snprintf(parent, sizeof(parent), "w%d", of);
	snprintf(author, sizeof(author), "a%d", (int)dice(f, 60));
	snprintf(text, sizeof(text), texts[dice(f, 2)], 11 + (int)dice(f, 9),
	    ends[dice(f, 4)]);
	p.rating = (int)dice(f, 6);
	if (strcmp(id, parent) != 0 && n < 5)
		p.in_reply_to = parent;
	else if (strcmp(id, parent) != 0 && n < 6)
		p.repost_of = parent;
	put(f, &p);
	w->n_cases = counts(f, NULL).newest_case;
}

/* A group of the tray, or any cases; two or more. */
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
	while (n < 3)
		cases[n++] = 1 + dice(f, (uint32_t)w->n_cases);
	return n;
}

static enum cq_status
any_split(struct walker *w, const struct cq_act *who, int64_t id)
{
	struct fixture *f = w->f;
	int64_t posts[3], got;
	size_t n = 0;

	head(f, id);
	for (size_t i = 0; i < f->full.n && n < 3; i++)
		if (f->full.at[i].kind == CQ_ENTRY_POST && dice(f, 2) != 0)
			posts[n++] = f->full.at[i].id;
	return cq_store_split(f->store, who, id, posts, n, NULL, &got, &f->err);
}

static enum cq_status
any_incident(struct walker *w, const struct cq_act *who, const int64_t *cases,
    size_t n)
{
	struct fixture *f = w->f;
	int64_t id = 1 + dice(f, 6);
	char name[20];

	snprintf(name, sizeof(name), "storm %d", (int)dice(f, 8));
	switch (dice(f, 4)) {
	case 0:
		return cq_store_incident_open(f->store, who, name, cases, n,
		    &id, &f->err);
	case 1:
		return cq_store_incident_add(f->store, who, id, cases, n,
		    &f->err);
	case 2:
		return cq_store_incident_leave(f->store, who, cases, n,
		    &f->err);
	default:
		return cq_store_incident_close(f->store, who, id,
		    dice(f, 2) != 0, &f->err);
	}
}

static enum cq_status
any_act(struct walker *w, const struct cq_act *who)
{
	static const enum cq_move moves[] = {
	    CQ_MOVE_RESOLVE, CQ_MOVE_REOPEN, CQ_MOVE_SNOOZE, CQ_MOVE_DISMISS};
	static const char *const tags[][2] = {{"a", NULL}, {"b", NULL}};
	struct fixture *f = w->f;
	int64_t cases[MAX_CASES], id = 1 + dice(f, (uint32_t)w->n_cases);
	size_t n = any_group(w, cases);
	struct cq_claim claim;

	switch (dice(f, 14)) {
	case 0:
		return cq_store_accept(f->store, who, cases, n, dice(f, 2) != 0,
		    "x", &f->err);
	case 1:
		return cq_store_refuse(f->store, who, cases, n, "x", &f->err);
	case 2:
		return cq_store_not_same(f->store, who, id, cases, n, NULL,
		    &f->err);
	case 3:
	case 4:
	case 5:
		return cq_store_join(f->store, who, id, cases, 1 + dice(f, 2),
		    dice(f, 2) != 0, NULL, &f->err);
	case 6:
	case 7:
		return any_split(w, who, id);
	case 8:
		return cq_store_move(f->store, who, id, 0, moves[dice(f, 4)],
		    "fixed", f->now + 90000, &f->err);
	case 9:
		return cq_store_tag(f->store, who, id, tags[dice(f, 2)],
		    tags[dice(f, 2)], NULL, &f->err);
	case 10:
		return cq_store_release(f->store, who, id, 0, "x", &f->err);
	case 11: /* longer than the walk: none comes back run out */
		return cq_store_claim(f->store, who, id, 6 * 24 * 3600, &claim,
		    &f->err);
	default:
		return any_incident(w, who, cases, n);
	}
}

/* --- the walk ------------------------------------------------------------ */

/* Done, and perhaps undone at once; a refusal leaves no trace either. */
static void
act_once(struct walker *w, const char *agent, bool undo_it)
{
	struct fixture *f = w->f;
	int64_t known = w->n_cases;
	char *before = dump(f, known), *after;
	struct cq_act who = act(f, agent);
	enum cq_status rc = any_act(w, &who);

	w->n_done += rc == CQ_OK;
	w->n_refused += rc != CQ_OK;
	/* what was joined into a colleague's case stays till it is free */
	undo_it = undo_it && rc == CQ_OK && is_undoable(f, who.op) &&
	    try_undo(f, agent) == CQ_OK;
	w->n_exact += undo_it;
	if (undo_it || rc != CQ_OK) {
		after = dump(f, known);
		same_snapshot(before, after, undo_it ? "undo" : f->err.msg);
		free(after);
	}
	free(before);
	w->n_cases = counts(f, NULL).newest_case;
}

static void
walk(struct walker *w, uint64_t seed)
{
	struct fixture *f = w->f;

	f->seed = seed;
	for (int i = 0; i < 14; i++)
		any_post(w);
	for (int step = 0; step < STEPS; step++) {
		const char *agent = people[dice(f, 4)];
		uint32_t how = dice(f, 10);

		f->now += dice(f, 40);
		tick(f);
		if (how == 0 && w->n_cases < MAX_CASES - 5)
			any_post(w);
		else if (how < 4)
			w->n_late += try_undo(f, agent) == CQ_OK;
		else
			act_once(w, agent, how < 7);
		if (step % 20 == 0)
			all_is_well(f);
	}
	all_is_well(f);
	assert_true(w->n_done > 50);
	assert_true(w->n_refused > 20);
	assert_true(w->n_exact > 20);
	assert_true(w->n_late > 10);
}

static void
test_acts_of_many_that_cross_are_undone_late_and_nothing_is_lost(void **state)
{
	static const uint64_t seeds[] = {1, 2, 3, 4, 5, 6};

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		struct walker w = {0};

		assert_int_equal(fixture_set_up(state), 0);
		w.f = *state;
		walk(&w, seeds[i]);
		assert_int_equal(fixture_tear_down(state), 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_acts_of_many_that_cross_are_undone_late_and_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
