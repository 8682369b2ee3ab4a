#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who may do what, and who the agents are. */

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

enum verb {
	INGEST,
	TAKE,
	NEXT,
	RELEASE,
	STEAL_LIVE,
	OWN,
	GIVE,
	NOTE,
	TAG,
	RESOLVE,
	SNOOZE,
	JOIN,
	SPLIT,
	GROUP,
	OPEN_INCIDENT,
	CLOSE_INCIDENT,
	UNDO,
	ADD_AGENT,
	ADD_SOURCE,
	SET_SOURCE,
	WEIGHT,
	N_VERBS
};

static enum cq_status
try_words(struct fixture *f, const struct cq_act *who, enum verb verb,
    int64_t id)
{
	static const char *const tags[] = {"refund", NULL};
	bool changed;

	switch (verb) {
	case NOTE:
		return cq_store_note(f->store, who, id, 0, "words", NULL,
		    &f->err);
	case TAG:
		return cq_store_tag(f->store, who, id, tags, NULL, &changed,
		    &f->err);
	case RESOLVE:
		return cq_store_move(f->store, who, id, 0, CQ_MOVE_RESOLVE,
		    "fixed", 0, &f->err);
	default:
		return cq_store_move(f->store, who, id, 0, CQ_MOVE_SNOOZE, NULL,
		    f->now + 60, &f->err);
	}
}

static enum cq_status
try_queue(struct fixture *f, const struct cq_act *who, enum verb verb)
{
	struct cq_agent agent = {
	    .name = "new", .uid = CQ_NO_UID, .active = true};
	struct cq_source source = {
	    .name = "here", .adapter = "feed", .every_s = 60};
	struct cq_post p = a_post("fresh", "jo", "no heating in coach 12");
	struct cq_ingested sum = {0};
	struct cq_act adm = act(f, "adm");
	const struct cq_source_set set = {.to = &source, .what = CQ_SET_EVERY};
	unsigned done;

	switch (verb) {
	case INGEST:
		return cq_store_ingest(f->store, who, &p, 1, &sum, &f->err);
	case ADD_AGENT:
		return cq_store_agent_add(f->store, who, &agent, &f->err);
	case ADD_SOURCE:
		return cq_store_source_add(f->store, who, &source, &f->err);
	case SET_SOURCE:
		OK(f, cq_store_source_add(f->store, &adm, &source, &f->err));
		source.every_s = 90;
		return cq_store_source_set(f->store, who, &set, &done, &f->err);
	default:
		return cq_store_weight_set(f->store, who, "reach", 7, &f->err);
	}
}

static enum cq_status
try_incident(struct fixture *f, const struct cq_act *who, enum verb verb,
    int64_t id)
{
	struct cq_act ben = {.op = "of-ben", .agent = "ben"};
	int64_t i = 0;

	if (verb == OPEN_INCIDENT)
		return cq_store_incident_open(f->store, who, "storm", &id, 1,
		    &i, &f->err);
	OK(f,
	    cq_store_incident_open(f->store, &ben, "storm", NULL, 0, &i,
		&f->err));
	if (verb == GROUP)
		return cq_store_incident_add(f->store, who, i, &id, 1, &f->err);
	return cq_store_incident_close(f->store, who, i, true, &f->err);
}

static enum cq_status
try_verb(struct fixture *f, const char *agent, enum verb verb)
{
	int64_t id = new_case(f, "1"), two = new_case(f, "2"), post, got;
	struct cq_act who;
	struct cq_claim claim;
	char what[80];

	if (verb == STEAL_LIVE)
		take(f, "ben", id);
	if (verb == SPLIT)
		join(f, "ben", id, two);
	post = verb == SPLIT ? post_of(f, id, 1) : 0;
	if (verb == RELEASE && strcmp(agent, "sue") != 0)
		take(f, agent, id);
	if (verb == UNDO && strcmp(agent, "sue") != 0)
		note(f, agent, id, "words");
	who = act(f, agent);
	switch (verb) {
	case TAKE:
		return cq_store_claim(f->store, &who, id, 60, &claim, &f->err);
	case NEXT:
		return cq_store_next(f->store, &who, 60, &claim, &f->err);
	case RELEASE:
		return cq_store_release(f->store, &who, id, 0, NULL, &f->err);
	case STEAL_LIVE:
		return try_steal(f, agent, id);
	case OWN:
		return try_assign(f, agent, id,
		    strcmp(agent, "sue") == 0 ? "ana" : agent);
	case GIVE:
		return try_assign(f, agent, id, "ben");
	case JOIN:
		return cq_store_join(f->store, &who, id, &two, 1, false, "same",
		    &f->err);
	case SPLIT:
		return cq_store_split(f->store, &who, id, &post, 1, "no", &got,
		    &f->err);
	case GROUP:
	case OPEN_INCIDENT:
	case CLOSE_INCIDENT:
		return try_incident(f, &who, verb, id);
	case UNDO:
		return cq_store_undo(f->store, &who, what, sizeof(what), NULL,
		    &f->err);
	case NOTE:
	case TAG:
	case RESOLVE:
	case SNOOZE:
		return try_words(f, &who, verb, id);
	default:
		return try_queue(f, &who, verb);
	}
}

static void
test_each_role_may_do_what_the_table_says(void **state)
{
	/* agent, lead, supervisor, administrator */
	static const char *const agents[] = {"ana", "lea", "sue", "adm"};
	static const char *const may[N_VERBS] = {
	    [INGEST] = "yy-y",
	    [TAKE] = "yy-y",
	    [NEXT] = "yy-y",
	    [RELEASE] = "yy-y",
	    [STEAL_LIVE] = "-y-y",
	    [OWN] = "yy-y",
	    [GIVE] = "-y-y",
	    [NOTE] = "yy-y",
	    [TAG] = "yy-y",
	    [RESOLVE] = "yy-y",
	    [SNOOZE] = "yy-y",
	    [JOIN] = "yy-y",
	    [SPLIT] = "yy-y",
	    [GROUP] = "yy-y",
	    [OPEN_INCIDENT] = "yy-y",
	    [CLOSE_INCIDENT] = "-y-y",
	    [UNDO] = "yy-y",
	    [ADD_AGENT] = "---y",
	    [ADD_SOURCE] = "---y",
	    [SET_SOURCE] = "---y",
	    [WEIGHT] = "---y",
	};

	fixture_tear_down(state);
	for (int v = 0; v < N_VERBS; v++) {
		for (int a = 0; a < 4; a++) {
			enum cq_status want =
					   may[v][a] == 'y' ? CQ_OK : CQ_DENIED,
				       got;
			struct fixture *f;

			assert_int_equal(fixture_set_up(state), 0);
			f = *state;
			got = try_verb(f, agents[a], (enum verb)v);
			if (got != want)
				fail_msg("verb %d by %s: status %d: %s", v,
				    agents[a], got, f->err.msg);
			fixture_tear_down(state);
		}
	}
	assert_int_equal(fixture_set_up(state), 0);
}

static void
test_an_unknown_agent_may_do_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_claim claim;

	REFUSED(f, CQ_NOT_FOUND, try_take(f, f->store, "zoe", id, &claim));
	REFUSED(f, CQ_NOT_FOUND, try_move(f, "zoe", id, 0, CQ_MOVE_PEND));
}

static void
test_the_last_administrator_stays_one(void **state)
{
	struct fixture *f = *state;
	struct cq_agent a;
	struct cq_act who = act(f, "adm");

	OK(f, cq_store_agent(f->store, "adm", &a, &f->err));
	a.role = CQ_AGENT;
	REFUSED(f, CQ_CONFLICT,
	    cq_store_agent_set(f->store, &who, &a, &f->err));
	a.role = CQ_ADMINISTRATOR;
	a.active = false;
	REFUSED(f, CQ_CONFLICT,
	    cq_store_agent_set(f->store, &who, &a, &f->err));
	cq_agent_free(&a);
	OK(f, cq_store_agent(f->store, "adm", &a, &f->err));
	assert_true(a.active);
	assert_int_equal(a.role, CQ_ADMINISTRATOR);
	cq_agent_free(&a);
}

static void
test_names_and_accounts_of_agents_are_taken_once(void **state)
{
	struct fixture *f = *state;
	struct cq_agent a = {
	    .name = "kim", .login = "kim", .uid = 4711, .active = true};
	struct cq_act who = act(f, "adm");

	OK(f, cq_store_agent_add(f->store, &who, &a, &f->err));
	who = act(f, "adm");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_agent_add(f->store, &who, &a, &f->err));
	a.name = "lin";
	who = act(f, "adm");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_agent_add(f->store, &who, &a, &f->err));
	a.name = "Not A Name";
	REFUSED(f, CQ_INPUT, cq_store_agent_add(f->store, &who, &a, &f->err));
	OK(f, cq_store_agent_by_uid(f->store, 4711, &a, &f->err));
	assert_string_equal(a.name, "kim");
	cq_agent_free(&a);
	set_active(f, "kim", false);
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_agent_by_uid(f->store, 4711, &a, &f->err));
	REFUSED(f, CQ_NOT_FOUND, cq_store_agent(f->store, "zoe", &a, &f->err));
	assert_null(a.name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_each_role_may_do_what_the_table_says),
	    WITH_QUEUE(test_an_unknown_agent_may_do_nothing),
	    WITH_QUEUE(test_the_last_administrator_stays_one),
	    WITH_QUEUE(test_names_and_accounts_of_agents_are_taken_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
