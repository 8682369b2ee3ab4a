#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/when.h"
#include "tui/screens/case_view.h"
#include "tui/rows.h"

/* Claim and presence while a case is on the screen. */
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
hold_leave(struct app *app)
{
	cq_store_presence(app->store, app_me(app), 0, false, NULL);
}

/* A failure is not told: if the claim is lost, reading the case says so. */
static void
renew(struct app *app, struct case_view *v)
{
	v->renew_ms = term_ms();
	if (lease_renew(app, v->id, v->full.head.fence) == CQ_OK)
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
	if (v == case_on_top(app) && now - v->presence_ms >= PRESENCE_MS)
		hold_presence(app, v);
	if (v->mine && v->have && lease_is_old(app, v->lease_until_at) &&
	    now - v->renew_ms >= RENEW_PAUSE_MS)
		renew(app, v);
}

void
hold_say_lost(const struct app *app, const struct case_view *v,
    struct cq_buf *out)
{
	const struct cq_case *c = &v->full.head;
	int64_t now = app_now(app);

	cq_buf_str(out, "You no longer hold this case: ");
	if (c->holder != NULL) {
		cq_buf_fmt(out, "%s holds it since ", c->holder);
		say_when(c->held_since_at, now, out);
	} else if (!cq_state_in_queue(c->state)) {
		cq_buf_fmt(out, "it is %s", cq_state_name(c->state));
	} else {
		cq_buf_str(out, "free since ");
		say_when(v->lost_at, now, out);
		cq_buf_str(out, ", t takes it again");
	}
	cq_buf_char(out, '.');
}

void
hold_compare(struct app *app, struct case_view *v)
{
	bool mine = is_mine(&v->full.head, app_me(app));

	if (mine)
		v->lost_at = CQ_NO_TIME;
	else if (v->mine)
		v->lost_at = app_now(app);
	v->mine = mine;
	v->lease_until_at = v->full.head.lease_until_at;
}

void
hold_forget(struct case_view *v)
{
	v->mine = false;
}
