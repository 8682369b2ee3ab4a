#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tui/screens/case_view.h"

#define BUSY_MS 12000 /* so long an act is tried, with one operation id */

enum cq_status
app_there(struct app *app, struct cq_err *err)
{
	const char *path = app->cli->path;
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return CQ_OK; /* the store knows better */
		return cq_fail(err, CQ_DB,
		    "the queue file %s is gone: put it back, or leave and "
		    "start again",
		    path);
	}
	if (app->ino == 0) {
		app->dev = st.st_dev;
		app->ino = st.st_ino;
	}
	if (st.st_dev == app->dev && st.st_ino == app->ino)
		return CQ_OK;
	return cq_fail(err, CQ_DB,
	    "another file is in the place of the queue %s: leave and start "
	    "again",
	    path);
}

enum cq_status
app_try(struct app *app, verb_fn verb, void *arg, struct cq_err *err)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = {op, app_me(app), app->cli->via};
	long long began = term_ms();
	enum cq_status rc;

	cq_op_new(&app->cli->env, op);
	rc = app_there(app, err);
	if (rc == CQ_OK)
		rc = verb(app, &act, arg, err);
	while (rc == CQ_BUSY && term_ms() - began < BUSY_MS) {
		app_say(app, ST_WARN, "the queue is busy: trying again");
		app_draw(app);
		rc = verb(app, &act, arg, err);
		app->message[0] = '\0';
	}
	if (rc == CQ_OK && case_on_top(app) != NULL)
		hold_forget(case_on_top(app));
	if (!app->many) {
		app->acting = rc == CQ_OK;
		app_load(app);
		app->acting = false;
	}
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
