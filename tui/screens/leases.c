#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/screens/screen.h"

/*
 * Claims that are held from the list, without the case on the screen: they
 * too last while somebody is there, and run out when nobody is.
 */
#define LOOK_MS 60000 /* between two looks at what is held */
#define THERE_S 120   /* typed something within */
#define HELD_MAX 100

static void
renew(struct app *app, const struct cq_case *c)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = {op, app_me(app), app->cli->via};

	cq_op_new(&app->cli->env, op);
	/* a failure is not told: whoever looks at the case sees it */
	cq_store_renew(app->store, &act, c->id, c->fence, CQ_LEASE_S, NULL);
}

static void
renew_old_ones(struct app *app, const struct cq_cases *held)
{
	int64_t now = app_now(app);

	for (size_t i = 0; i < held->n; i++)
		if (held->at[i].lease_until_at - now < CQ_LEASE_S * 2 / 3)
			renew(app, &held->at[i]);
}

void
leases_tick(struct app *app)
{
	long long now = term_ms();
	struct cq_term mine = {.kind = CQ_TERM_HELD};
	struct cq_query query = {.scope = CQ_SCOPE_QUEUE, .at = &mine, .n = 1};
	struct cq_cases held;

	if (now - app->leases_ms < LOOK_MS || !app_active(app, THERE_S))
		return;
	app->leases_ms = now;
	mine.text = cq_strdup(app_me(app));
	if (cq_store_list(app->store, &query, app_me(app), NULL, HELD_MAX,
		&held, NULL) == CQ_OK) {
		renew_old_ones(app, &held);
		cq_cases_free(&held);
	}
	free(mine.text);
}
