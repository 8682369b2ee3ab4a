#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/priority.h"
#include "tui/screens/case_view.h"
#include "tui/screens/keys.h"
#include "tui/rows.h"

/* Keys that claim a case and give it back. */

struct claiming {
	int64_t case_id, fence;
	const char *reason;
	struct cq_claim claim;
};

static enum cq_status
do_next(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	struct claiming *c = arg;

	return cq_store_next(app->store, act, CQ_LEASE_S, &c->claim, err);
}

/* Shows a case in place of the one that is open, if one is. */
static void
open_instead(struct app *app, int64_t case_id)
{
	while (app->top->below != NULL)
		app_pop(app);
	case_open(app, case_id);
}

void
key_work(struct app *app)
{
	struct claiming c = {0};
	struct cq_err err = {0};
	enum cq_status rc = app_try(app, do_next, &c, &err);
	const struct cq_case *here;
	char why[160];

	if (rc != CQ_OK) {
		app_say(app, rc == CQ_NOT_FOUND ? ST_PLAIN : ST_BAD, "%s",
		    err.msg);
		return;
	}
	open_instead(app, c.claim.case_id);
	here = app_case(app);
	if (here == NULL || here->id != c.claim.case_id)
		return;
	cq_priority_why(&here->priority, why, sizeof(why));
	app_say(app, ST_GOOD, "case %" PRId64 " is yours: priority %s",
	    here->id, why);
}

static enum cq_status
do_take(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	struct claiming *c = arg;

	return cq_store_claim(app->store, act, c->case_id, CQ_LEASE_S,
	    &c->claim, err);
}

void
key_take(struct app *app)
{
	struct claiming c = {.case_id = app_case(app)->id};
	struct cq_err err = {0};
	enum cq_status rc = app_try(app, do_take, &c, &err);

	if (rc == CQ_OK)
		app_say(app, ST_GOOD,
		    "case %" PRId64 " is yours for %d minutes, and longer "
		    "while you work on it",
		    c.claim.case_id, CQ_LEASE_S / 60);
	else if (rc == CQ_CONFLICT)
		app_say(app, ST_BAD, "%s; w gives you the next free one",
		    err.msg);
	else
		app_say(app, ST_BAD, "%s", err.msg);
}

/* The fence of the agent's own claim; 0: none, "as it is now". */
static int64_t
own_fence(struct app *app, const struct cq_case *c)
{
	return is_mine(c, app_me(app)) ? c->fence : 0;
}

static enum cq_status
do_release(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	struct claiming *c = arg;

	return cq_store_release(app->store, act, c->case_id, c->fence,
	    c->reason, err);
}

void
key_release(struct app *app)
{
	struct prompt p = {
	    .label = "give back, because", .value = "not now, somebody else"};
	struct claiming c = {.case_id = app_case(app)->id,
	    .fence = own_fence(app, app_case(app))};
	char *reason;

	if (c.fence == 0) {
		app_say(app, ST_PLAIN,
		    "case %" PRId64 " is not held by you: nothing to give back",
		    c.case_id);
		return;
	}
	reason = app_ask(app, &p);
	c.reason = reason;
	if (reason != NULL && app_act(app, do_release, &c) == CQ_OK)
		app_say(app, ST_GOOD, "case %" PRId64 " is free again",
		    c.case_id);
	free(reason);
}

static enum cq_status
do_steal(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	struct claiming *c = arg;

	return cq_store_steal(app->store, act, c->case_id, CQ_LEASE_S,
	    c->reason, &c->claim, err);
}

void
key_steal(struct app *app)
{
	struct prompt p = {.label = "take over, because (needed)"};
	struct claiming c = {.case_id = app_case(app)->id};
	char *reason;

	if (app_case(app)->holder == NULL || own_fence(app, app_case(app))) {
		app_say(app, ST_PLAIN, "case %" PRId64 " is %s", c.case_id,
		    app_case(app)->holder == NULL ? "held by nobody: t takes it"
						  : "yours already");
		return;
	}
	reason = app_ask(app, &p);
	c.reason = reason;
	if (reason == NULL)
		return;
	if (strspn(reason, " ") == strlen(reason))
		app_say(app, ST_WARN, "not taken over: it needs a reason");
	else if (app_act(app, do_steal, &c) == CQ_OK)
		app_say(app, ST_GOOD, "case %" PRId64 " is yours now",
		    c.claim.case_id);
	free(reason);
}

void
key_note(struct app *app)
{
	bool from_list = app->top->below == NULL;
	int64_t id = app_case(app)->id;

	if (from_list) {
		case_open(app, id);
		if (app->top->below == NULL)
			return; /* it could not be shown */
	}
	editor_open(app, id, from_list);
}

static enum cq_status
do_undo(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	int64_t id;

	return cq_store_undo(app->store, act, arg, 200, &id, err);
}

void
key_undo(struct app *app)
{
	char what[200] = "";

	if (app_act(app, do_undo, what) == CQ_OK)
		app_say(app, ST_GOOD, "%s", what);
}

void
key_why(struct app *app)
{
	char why[160];

	cq_priority_why(&app_case(app)->priority, why, sizeof(why));
	app_say(app, ST_PLAIN, "case %" PRId64 ": priority %s",
	    app_case(app)->id, why);
}
