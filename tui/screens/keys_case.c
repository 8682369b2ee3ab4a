#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/when.h"
#include "tui/screens/case_view.h"
#include "tui/screens/keys.h"
#include "tui/rows.h"

/* Keys that say what becomes of a case. */

struct moving {
	int64_t case_id, fence, until_at;
	enum cq_move move;
	const char *words;
};

static struct moving
moving_here(struct app *app, enum cq_move move)
{
	const struct cq_case *c = app_case(app);
	bool mine = is_mine(c, app_me(app));

	return (struct moving){.case_id = c->id,
	    .fence = mine ? c->fence : 0,
	    .until_at = CQ_NO_TIME,
	    .move = move};
}

/* Better told before the question than after the answer. */
static bool
allows(struct app *app, enum cq_move move)
{
	const struct cq_case *c = app_case(app);
	enum cq_state to;
	char moves[160];

	if (cq_case_move(c->state, move, &to))
		return true;
	cq_case_moves(c->state, moves, sizeof(moves));
	app_say(app, ST_WARN, "case %" PRId64 " is %s: it allows %s", c->id,
	    cq_state_name(c->state), moves);
	return false;
}

static enum cq_status
do_move(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	const struct moving *m = arg;

	return cq_store_move(app->store, act, m->case_id, m->fence, m->move,
	    m->words, m->until_at, err);
}

static void
move_case(struct app *app, struct moving *m, const char *done)
{
	if (app_act(app, do_move, m) == CQ_OK)
		app_say(app, ST_GOOD, "case %" PRId64 " %s; u undoes",
		    m->case_id, done);
}

void
key_resolve(struct app *app)
{
	struct moving m = moving_here(app, CQ_MOVE_RESOLVE);
	char done[80];
	int i;

	if (!allows(app, CQ_MOVE_RESOLVE))
		return;
	i = app_choose(app, "resolve as: digit or Enter; Esc leaves",
	    cq_outcomes);
	if (i < 0)
		return;
	m.words = cq_outcomes[i];
	snprintf(done, sizeof(done), "resolved: %s", m.words);
	move_case(app, &m, done);
}

static void
move_with_reason(struct app *app, struct moving *m, const char *label,
    const char *reason, const char *done)
{
	struct prompt p = {.label = label, .value = reason};
	char *words = app_ask(app, &p);

	m->words = words;
	if (words != NULL)
		move_case(app, m, done);
	free(words);
}

void
key_dismiss(struct app *app)
{
	struct moving m = moving_here(app, CQ_MOVE_DISMISS);

	if (!allows(app, CQ_MOVE_DISMISS))
		return;
	move_with_reason(app, &m, "dismiss, because", "no complaint",
	    "dismissed");
}

void
key_reopen(struct app *app)
{
	struct moving m = moving_here(app, CQ_MOVE_REOPEN);

	if (!allows(app, CQ_MOVE_REOPEN))
		return;
	move_with_reason(app, &m, "reopen, because", "more to do",
	    "is back to work");
}

static void
snooze_until(struct app *app, struct moving *m, const char *words)
{
	char done[80], when[CQ_TIME_SIZE];

	if (strcmp(words, "author") == 0) {
		m->move = CQ_MOVE_PEND;
		move_case(app, m, "waits for its author");
		return;
	}
	if (!cq_moment_parse(words, app_now(app), &m->until_at)) {
		app_say(app, ST_WARN,
		    "not a time: write 2h, tomorrow, 14:30, or author");
		return;
	}
	cq_time_local(m->until_at, "%d %b %H:%M", when);
	snprintf(done, sizeof(done), "sleeps until %s", when);
	move_case(app, m, done);
}

void
key_snooze(struct app *app)
{
	struct moving m = moving_here(app, CQ_MOVE_SNOOZE);
	struct prompt p = {
	    .label = "until (2h, tomorrow, 14:30, author)", .value = "4h"};
	char *words;

	if (!allows(app, CQ_MOVE_SNOOZE))
		return;
	words = app_ask(app, &p);
	if (words != NULL)
		snooze_until(app, &m, words);
	free(words);
}

struct assigning {
	int64_t case_id;
	const char *to;
};

static enum cq_status
do_assign(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	const struct assigning *a = arg;

	return cq_store_assign(app->store, act, a->case_id, a->to, NULL, err);
}

static const char *
agent_name(void *arg, size_t i)
{
	const struct cq_agents *agents = arg;

	for (size_t j = 0; j < agents->n; j++)
		if (agents->at[j].active && i-- == 0)
			return agents->at[j].name;
	return NULL;
}

void
key_assign(struct app *app)
{
	struct cq_agents agents = {0};
	struct assigning a = {.case_id = app_case(app)->id};
	struct prompt p = {.label = "owner (Tab: names; -: nobody)",
	    .word = agent_name,
	    .arg = &agents};
	char *name;

	cq_store_agents(app->store, &agents, NULL);
	name = app_ask(app, &p);
	cq_agents_free(&agents);
	if (name == NULL || name[0] == '\0') {
		free(name);
		return;
	}
	a.to = strcmp(name, "-") == 0 ? NULL : name;
	if (app_act(app, do_assign, &a) == CQ_OK)
		app_say(app, ST_GOOD,
		    "case %" PRId64 " belongs to %s; u undoes", a.case_id,
		    a.to == NULL ? "nobody" : a.to);
	free(name);
}

#define MAX_TAGS 32

struct tagging {
	int64_t case_id;
	const char *add[MAX_TAGS + 1], *del[MAX_TAGS + 1];
	size_t n_add, n_del;
	bool changed;
};

static enum cq_status
do_tag(struct app *app, const struct cq_act *act, void *arg, struct cq_err *err)
{
	struct tagging *t = arg;

	return cq_store_tag(app->store, act, t->case_id, t->add, t->del,
	    &t->changed, err);
}

/* Cuts words into tags; "-x" takes x off. */
static void
read_tags(struct tagging *t, char *words)
{
	char *save = NULL;

	for (char *w = strtok_r(words, " ,", &save); w != NULL;
	     w = strtok_r(NULL, " ,", &save)) {
		if (w[0] == '-' && t->n_del < MAX_TAGS)
			t->del[t->n_del++] = w + 1;
		else if (w[0] != '-' && t->n_add < MAX_TAGS)
			t->add[t->n_add++] = w;
	}
}

void
key_tag(struct app *app)
{
	struct tagging t = {.case_id = app_case(app)->id};
	struct prompt p = {.label = "tags (-TAG takes one off)"};
	char *words = app_ask(app, &p);

	if (words == NULL)
		return;
	read_tags(&t, words);
	if (t.n_add + t.n_del > 0 && app_act(app, do_tag, &t) == CQ_OK)
		app_say(app, ST_GOOD,
		    t.changed ? "tags changed; u undoes"
			      : "the tags stood so already");
	free(words);
}
