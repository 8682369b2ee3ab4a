#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/screens/screen.h"

/* Claims, also those held from the list, without the case on the screen. */
#define LOOK_MS 60000 /* between two looks at what is held */
#define HELD_MAX 100

bool
lease_is_old(const struct app *app, int64_t until_at)
{
	return until_at - app_now(app) < CQ_LEASE_S * 2 / 3;
}

enum cq_status
lease_renew(struct app *app, int64_t case_id, int64_t fence)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = {op, app_me(app), app->cli->via};

	cq_op_new(&app->cli->env, op);
	return cq_store_renew(app->store, &act, case_id, fence, CQ_LEASE_S,
	    NULL);
}

/* A failure is not told: whoever looks at the case sees it. */
static void
renew_old_ones(struct app *app, const struct cq_cases *held)
{
	for (size_t i = 0; i < held->n; i++)
		if (lease_is_old(app, held->at[i].lease_until_at))
			lease_renew(app, held->at[i].id, held->at[i].fence);
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
