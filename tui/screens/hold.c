#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/when.h"
#include "tui/screens/case_view.h"
#include "tui/rows.h"

/*
 * Claim and presence while a case is on the screen.  Both last only while
 * somebody is there: an agent who went home must not keep a case.
 */
#define THERE_S 120	      /* typed something within */
#define PRESENCE_MS 20000     /* between two signs of life */
#define RENEW_PAUSE_MS 5000   /* between two tries */
#define FAILED_PAUSE_MS 20000 /* more, lest a stuck queue hold up keys */

void
hold_presence(struct app *app, struct case_view *v)
{
	enum cq_status rc =
	    cq_store_presence(app->store, app_me(app), v->id, v->writing, NULL);

	v->presence_ms = term_ms() + (rc == CQ_OK ? 0 : FAILED_PAUSE_MS);
}

void
hold_leave(struct app *app, struct case_view *v)
{
	(void)v;
	cq_store_presence(app->store, app_me(app), 0, false, NULL);
}

static bool
lease_wants_renewal(const struct app *app, const struct case_view *v)
{
	return v->mine && v->have &&
	    v->lease_until_at - app_now(app) < CQ_LEASE_S * 2 / 3;
}

/* A failure is not told: if the claim is lost, reading the case says so. */
static void
renew(struct app *app, struct case_view *v)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = {op, app_me(app), app->cli->via};

	cq_op_new(&app->cli->env, op);
	v->renew_ms = term_ms();
	if (cq_store_renew(app->store, &act, v->id, v->full.head.fence,
		CQ_LEASE_S, NULL) == CQ_OK)
		v->lease_until_at = app_now(app) + CQ_LEASE_S;
}

void
hold_tick(struct app *app, struct screen *screen)
{
	struct case_view *v = (struct case_view *)screen;
	long long now = term_ms();

	if (v->have && v->full.head.holder != NULL &&
	    v->full.head.lease_until_at <= app_now(app) &&
	    v->lease_until_at <= app_now(app) && now - app->load_ms >= 1000)
		app_load(app); /* the lease ran out */
	if (!app_active(app, THERE_S))
		return;
	if (now - v->presence_ms >= PRESENCE_MS)
		hold_presence(app, v);
	if (lease_wants_renewal(app, v) && now - v->renew_ms >= RENEW_PAUSE_MS)
		renew(app, v);
}

static void
say_lost(struct case_view *v, int64_t now)
{
	const struct cq_case *c = &v->full.head;
	struct cq_buf when = {0};

	say_when(c->holder != NULL ? c->held_since_at : now, now, &when);
	if (c->holder != NULL)
		snprintf(v->lost, sizeof(v->lost),
		    "You no longer hold this case: %s holds it since %s.",
		    c->holder, when.s);
	else
		snprintf(v->lost, sizeof(v->lost),
		    "You no longer hold this case since %s: t takes it again.",
		    when.s);
	cq_buf_free(&when);
}

void
hold_compare(struct app *app, struct case_view *v)
{
	bool mine = is_mine(&v->full.head, app_me(app));

	if (mine)
		v->lost[0] = '\0';
	else if (v->mine)
		say_lost(v, app_now(app));
	v->mine = mine;
	v->lease_until_at = v->full.head.lease_until_at;
}

void
hold_forget(struct case_view *v)
{
	v->mine = false;
}
