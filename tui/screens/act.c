#include <string.h>

#include "tui/screens/case_view.h"

#define BUSY_TRIES 3  /* more, with the same operation id */
#define BUSY_MS 12000 /* but no longer: a person waits */

enum cq_status
app_try(struct app *app, verb_fn verb, void *arg, struct cq_err *err)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = {op, app_me(app), app->cli->via};
	long long began = term_ms();
	enum cq_status rc;

	cq_op_new(&app->cli->env, op);
	rc = verb(app, &act, arg, err);
	for (int i = 0;
	     rc == CQ_BUSY && i < BUSY_TRIES && term_ms() - began < BUSY_MS;
	     i++) {
		app_say(app, ST_WARN, "the queue is busy: trying again");
		app_draw(app);
		rc = verb(app, &act, arg, err);
		app->message[0] = '\0';
	}
	if (rc == CQ_OK && case_on_top(app) != NULL)
		hold_forget(case_on_top(app));
	app_load(app);
	return rc;
}

enum cq_status
app_act(struct app *app, verb_fn verb, void *arg)
{
	struct cq_err err = {0};
	enum cq_status rc = app_try(app, verb, arg, &err);

	if (rc != CQ_OK)
		app_say(app, ST_BAD, "%s", err.msg);
	return rc;
}
