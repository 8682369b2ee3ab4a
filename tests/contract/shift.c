#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* The shift report: a day whose every figure is known beforehand. */

#define DAY 86400
#define HOUR 3600
#define FROM (T0 + 10 * DAY)
#define TO (FROM + 8 * HOUR)

static void
move(struct fixture *f, const char *agent, int64_t id, enum cq_move m,
    int64_t until)
{
	struct cq_act who = act(f, agent);

	OK(f,
	    cq_store_move(f->store, &who, id, 0, m,
		m == CQ_MOVE_RESOLVE ? "fixed" : "because", until, &f->err));
}

static void
answer(struct fixture *f, const char *id, const char *to, bool repost)
{
	struct cq_post p = a_post(id, to, "and another thing, my friends");

	if (repost) {
		p.author = "a-fan";
		p.repost_of = to;
	} else {
		p.in_reply_to = to;
	}
	put(f, &p);
}

static void
the_days_before(struct fixture *f)
{
	f->now = FROM - 4 * DAY;
	assert_int_equal(new_case(f, "1"), 1);
	f->now = FROM - 2 * DAY;
	new_case(f, "2");
	take(f, "ana", 2);
	move(f, "ana", 2, CQ_MOVE_PEND, 0);
	f->now = FROM - 10 * HOUR;
	new_case(f, "3");
	f->now += HOUR;
	take(f, "ben", 3);
	f->now = FROM - 3 * HOUR;
	new_case(f, "4");
	f->now += HOUR;
	move(f, "ana", 4, CQ_MOVE_SNOOZE, FROM + HOUR);
	f->now = FROM - 1800;
	new_case(f, "5");
	f->now += 600;
	new_case(f, "6");
	f->now += 600;
	move(f, "ana", 6, CQ_MOVE_RESOLVE, 0);
	assert_int_equal(new_case(f, "7"), 7);
	f->now += 300;
	join(f, "ana", 5, 7);
}

static void
first_hour(struct fixture *f)
{
	struct cq_act who;
	struct cq_claim claim;

	f->now = FROM; /* the first second counts */
	answer(f, "6r", "6", false);
	f->now = FROM + 100;
	assert_int_equal(new_case(f, "8"), 8);
	f->now = FROM + 200;
	answer(f, "8rt", "8", true);
	f->now = FROM + 300;
	take(f, "ana", 1);
	f->now = FROM + 310;
	who = act(f, "ben");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_claim(f->store, &who, 1, 60, &claim, &f->err));
	f->now = FROM + 320;
	take(f, "ben", 8);
	f->now = FROM + 330;
	note(f, "ana", 1, "called the depot");
	f->now = FROM + 400;
	move(f, "ana", 1, CQ_MOVE_RESOLVE, 0);
	f->now = FROM + 410;
	undo(f, "ana"); /* it was not done */
	f->now = FROM + 420;
	move(f, "ana", 1, CQ_MOVE_RESOLVE, 0);
	f->now = FROM + 500;
	move(f, "ben", 8, CQ_MOVE_DISMISS, 0);
	f->now = FROM + 550;
	take(f, "ben", 5);
	f->now = FROM + 600;
	who = act(f, "lea");
	OK(f,
	    cq_store_steal(f->store, &who, 5, 600, "urgent", &claim, &f->err));
	f->now = FROM + 700;
	move(f, "lea", 5, CQ_MOVE_RESOLVE, 0);
	f->now = FROM + 800;
	move(f, "lea", 5, CQ_MOVE_REOPEN, 0);
	f->now = FROM + 900;
	move(f, "lea", 5, CQ_MOVE_RESOLVE, 0);
}

static void
rest_of_the_day(struct fixture *f)
{
	f->now = FROM + 1000;
	new_case(f, "9");
	assert_int_equal(new_case(f, "10"), 10);
	f->now = FROM + 1100;
	join(f, "ana", 9, 10);
	f->now = FROM + 1200;
	undo(f, "ana");
	f->now = FROM + HOUR;
	tick(f); /* 4 wakes */
	f->now = FROM + 4000;
	assert_int_equal(split(f, "ben", 6, post_of(f, 6, 1)), 11);
	f->now = FROM + 5000;
	note(f, "ben", 9, "wrong case");
	undo(f, "ben");
	f->now = TO; /* this second is the next shift's */
	new_case(f, "12");
	take(f, "ana", 9);
}

static void
later(struct fixture *f)
{
	f->now = TO + 100;
	move(f, "ana", 9, CQ_MOVE_RESOLVE, 0);
	undo(f, "lea"); /* of what was done within the shift */
	join(f, "ana", 3, 4);
	f->now = TO + 5 * DAY;
	tick(f);
	answer(f, "2r", "2", false);
}

static void
cases_are(const struct cq_figure_value *v, const char *name, const char *want)
{
	char got[200] = "";

	for (size_t i = 0; i < v->n_cases; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%lld",
		    i == 0 ? "" : " ", (long long)v->cases[i]);
	if (strcmp(got, want) != 0)
		fail_msg("%s: cases %s instead of %s", name, got, want);
}

struct expected {
	enum cq_figure figure;
	int64_t n;
	const char *cases;
};

static void
figures_are(const struct cq_report *r, const struct expected *want, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct cq_figure_value *v = &r->at[want[i].figure];
		const char *name = cq_figure_rows[want[i].figure].name;

		if (v->n != want[i].n)
			fail_msg("%s: %lld instead of %lld", name,
			    (long long)v->n, (long long)want[i].n);
		cases_are(v, name, want[i].cases);
	}
}

static void
agent_is(const struct cq_report *r, size_t i, const char *name, int64_t taken,
    int64_t notes, int64_t resolved, int64_t dismissed, int64_t refused,
    int64_t lost)
{
	const struct cq_report_agent *a = &r->agents[i];

	assert_true(i < r->n_agents);
	assert_string_equal(a->name, name);
	assert_int_equal(a->taken, taken);
	assert_int_equal(a->notes, notes);
	assert_int_equal(a->resolved, resolved);
	assert_int_equal(a->dismissed, dismissed);
	assert_int_equal(a->refused, refused);
	assert_int_equal(a->lost, lost);
	assert_int_equal(a->released, 0);
}

static void
check_all(const struct cq_report *r)
{
	static const struct expected want[] = {
	    {CQ_FIG_POSTS_IN, 5, "6 8 9 10"},
	    {CQ_FIG_OPENED, 3, "8 9 10"},
	    {CQ_FIG_JOINED, 2, "6 8"},
	    {CQ_FIG_RESOLVED, 3, "1 5"},
	    {CQ_FIG_DISMISSED, 1, "8"},
	    {CQ_FIG_REOPENED, 2, "5 6"},
	    {CQ_FIG_REFUSED, 1, "1"},
	    {CQ_FIG_UNDONE, 2, "6 9"},
	    {CQ_FIG_NOTES, 1, "1"},
	    {CQ_FIG_TAKEN, 3, "1 5 8"},
	    {CQ_FIG_STOLEN, 1, "5"},
	    {CQ_FIG_BACKLOG_START, 5, "1 2 3 4 5"},
	    {CQ_FIG_BACKLOG_END, 7, "2 3 4 6 9 10 11"},
	    {CQ_FIG_FIRST_TAKE, 3, "1 5 8"},
	    {CQ_FIG_RESOLUTION, 2, "1 5"},
	};
	static const int64_t start_ages[] = {1, 1, 1, 1, 1};
	static const int64_t end_ages[] = {0, 0, 6, 1, 0};
	static const int64_t start_states[] = {2, 1, 1, 1};
	static const int64_t end_states[] = {3, 3, 1, 0};
	const struct cq_figure_value *start = &r->at[CQ_FIG_BACKLOG_START];
	const struct cq_figure_value *end = &r->at[CQ_FIG_BACKLOG_END];

	figures_are(r, want, sizeof(want) / sizeof(want[0]));
	assert_memory_equal(start->ages, start_ages, sizeof(start_ages));
	assert_memory_equal(end->ages, end_ages, sizeof(end_ages));
	assert_memory_equal(start->states, start_states, sizeof(start_states));
	assert_memory_equal(end->states, end_states, sizeof(end_states));
	assert_int_equal(r->at[CQ_FIG_FIRST_TAKE].median_s, 2350);
	assert_int_equal(r->at[CQ_FIG_FIRST_TAKE].p90_s, 4 * DAY + 300);
	assert_int_equal(r->at[CQ_FIG_FIRST_TAKE].mean_s,
	    (220 + 2350 + 4 * DAY + 300) / 3);
	assert_int_equal(r->at[CQ_FIG_RESOLUTION].median_s, 2700);
	assert_int_equal(r->at[CQ_FIG_RESOLUTION].p90_s, 4 * DAY + 420);
	assert_int_equal(r->n_agents, 3);
	agent_is(r, 0, "ana", 1, 1, 1, 0, 0, 0);
	agent_is(r, 1, "ben", 2, 0, 0, 1, 1, 1);
	agent_is(r, 2, "lea", 0, 0, 2, 0, 0, 0);
}

static void
test_every_figure_of_a_known_shift_is_exact(void **state)
{
	struct fixture *f = *state;

	the_days_before(f);
	first_hour(f);
	rest_of_the_day(f);
	check_all(shift(f, FROM, TO, NULL));
	all_is_well(f);
}

static void
test_the_same_report_comes_out_later(void **state)
{
	struct fixture *f = *state;

	the_days_before(f);
	first_hour(f);
	rest_of_the_day(f);
	later(f);
	check_all(shift(f, FROM, TO, NULL));
}

static void
test_the_end_of_one_shift_is_the_start_of_the_next(void **state)
{
	struct fixture *f = *state;
	struct cq_figure_value end;

	the_days_before(f);
	first_hour(f);
	rest_of_the_day(f);
	later(f);
	end = shift(f, FROM, TO, NULL)->at[CQ_FIG_BACKLOG_END];
	shift(f, TO, TO + 8 * HOUR, NULL);
	assert_int_equal(f->report.at[CQ_FIG_BACKLOG_START].n, end.n);
	assert_memory_equal(f->report.at[CQ_FIG_BACKLOG_START].ages, end.ages,
	    sizeof(end.ages));
	assert_int_equal(f->report.at[CQ_FIG_OPENED].n, 1);
	assert_int_equal(f->report.at[CQ_FIG_TAKEN].n, 1);
}

static void
test_a_team_narrows_what_people_did_and_nothing_else(void **state)
{
	static const struct expected north[] = {
	    {CQ_FIG_POSTS_IN, 5, "6 8 9 10"},
	    {CQ_FIG_OPENED, 3, "8 9 10"},
	    {CQ_FIG_RESOLVED, 1, "1"},
	    {CQ_FIG_DISMISSED, 1, "8"},
	    {CQ_FIG_REFUSED, 1, "1"},
	    {CQ_FIG_NOTES, 1, "1"},
	    {CQ_FIG_TAKEN, 3, "1 5 8"},
	    {CQ_FIG_STOLEN, 0, ""},
	    {CQ_FIG_BACKLOG_END, 7, "2 3 4 6 9 10 11"},
	    {CQ_FIG_FIRST_TAKE, 3, "1 5 8"},
	    {CQ_FIG_RESOLUTION, 1, "1"},
	};
	static const struct expected south[] = {
	    {CQ_FIG_RESOLVED, 2, "5"},
	    {CQ_FIG_STOLEN, 1, "5"},
	    {CQ_FIG_TAKEN, 0, ""},
	    {CQ_FIG_FIRST_TAKE, 0, ""},
	    {CQ_FIG_RESOLUTION, 1, "5"},
	};
	struct fixture *f = *state;
	const struct cq_report *r;
	struct cq_report none;

	the_days_before(f);
	first_hour(f);
	rest_of_the_day(f);
	r = shift(f, FROM, TO, "north");
	figures_are(r, north, sizeof(north) / sizeof(north[0]));
	assert_int_equal(r->n_agents, 2);
	assert_string_equal(r->team, "north");
	r = shift(f, FROM, TO, "south");
	figures_are(r, south, sizeof(south) / sizeof(south[0]));
	assert_int_equal(r->n_agents, 1);
	agent_is(r, 0, "lea", 0, 0, 2, 0, 0, 0);
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_report(f->store, FROM, TO, "west", &none, &f->err));
}

static void
to_team(struct fixture *f, const char *agent, const char *team)
{
	struct cq_act who = act(f, "adm");
	struct cq_agent a;

	OK(f, cq_store_agent(f->store, agent, &a, &f->err));
	free(a.team);
	a.team = team == NULL ? NULL : cq_strdup(team);
	OK(f, cq_store_agent_set(f->store, &who, &a, &f->err));
	cq_agent_free(&a);
}

static void
counts_of_team(struct fixture *f, const char *team, int64_t taken,
    int64_t notes, int64_t lost, size_t agents)
{
	const struct cq_report *r = shift(f, T0, T0 + HOUR, team);
	int64_t sum[3] = {0};
	size_t i;

	assert_int_equal(r->at[CQ_FIG_TAKEN].n, taken);
	assert_int_equal(r->at[CQ_FIG_FIRST_TAKE].n, taken);
	assert_int_equal(r->at[CQ_FIG_NOTES].n, notes);
	assert_int_equal(r->n_agents, agents);
	for (i = 0; i < r->n_agents; i++) {
		sum[0] += r->agents[i].taken;
		sum[1] += r->agents[i].notes;
		sum[2] += r->agents[i].lost;
	}
	assert_int_equal(sum[0], taken);
	assert_int_equal(sum[1], notes);
	assert_int_equal(sum[2], lost);
}

static void
test_an_act_counts_for_the_team_that_the_agent_had_then(void **state)
{
	struct fixture *f = *state;
	struct cq_act who;
	struct cq_claim claim;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	f->now += 60;
	take(f, "ben", one);
	to_team(f, "ben", "south"); /* in the same second */
	take(f, "ben", two);
	f->now += 60;
	note(f, "ben", two, "called the depot");
	to_team(f, "ben", "west");
	note(f, "ben", two, "called again");
	who = act(f, "adm");
	OK(f,
	    cq_store_steal(f->store, &who, one, HOUR, "urgent", &claim,
		&f->err));
	for (int later = 0; later < 3; later++) {
		counts_of_team(f, "north", 1, 0, 0, 1);
		counts_of_team(f, "south", 1, 1, 0, 1);
		counts_of_team(f, "west", 0, 1, 1, 1);
		f->now += HOUR;
		to_team(f, "ben", later == 0 ? "east" : NULL);
		to_team(f, "ana", "west"); /* she did nothing in that hour */
	}
	counts_of_team(f, "east", 0, 0, 0, 0); /* there was such a team */
}

static void
test_a_join_that_was_undone_does_not_make_a_resolution_longer(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two;

	f->now += 1000;
	two = new_case(f, "2");
	join(f, "ana", two, one);
	undo(f, "ana");
	f->now += 1000;
	resolve(f, "ana", two);
	shift(f, T0, f->now + 1, NULL);
	assert_int_equal(f->report.at[CQ_FIG_RESOLUTION].median_s, 1000);
	move(f, "ana", two, CQ_MOVE_REOPEN, 0);
	join(f, "ana", two, one);
	resolve(f, "ana", two);
	shift(f, T0, f->now + 1, NULL);
	assert_int_equal(f->report.at[CQ_FIG_RESOLUTION].median_s, 2000);
	move(f, "ana", two, CQ_MOVE_REOPEN, 0);
	assert_int_equal(split(f, "ana", two, post_of(f, two, 0)), one);
	resolve(f, "ana", two);
	shift(f, T0, f->now + 1, NULL);
	assert_int_equal(f->report.at[CQ_FIG_RESOLUTION].median_s, 1000);
}

static void
test_an_empty_shift_is_a_report_of_zeros(void **state)
{
	struct fixture *f = *state;
	const struct cq_report *r;
	struct cq_report none;

	new_case(f, "1");
	r = shift(f, T0 - DAY, T0 - DAY + 1, NULL);
	for (int i = 0; i < CQ_N_FIGURES; i++)
		assert_int_equal(r->at[i].n, 0);
	assert_int_equal(r->n_agents, 0);
	REFUSED(f, CQ_INPUT,
	    cq_store_report(f->store, T0, T0, NULL, &none, &f->err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_every_figure_of_a_known_shift_is_exact),
	    WITH_QUEUE(test_the_same_report_comes_out_later),
	    WITH_QUEUE(test_the_end_of_one_shift_is_the_start_of_the_next),
	    WITH_QUEUE(test_a_team_narrows_what_people_did_and_nothing_else),
	    WITH_QUEUE(test_an_act_counts_for_the_team_that_the_agent_had_then),
	    WITH_QUEUE(
		test_a_join_that_was_undone_does_not_make_a_resolution_longer),
	    WITH_QUEUE(test_an_empty_shift_is_a_report_of_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
