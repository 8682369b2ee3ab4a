#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/screens/case_view.h"
#include "tui/screens/keys.h"
#include "tui/screens/queue.h"
#include "tui/rows.h"

/* Keys that join cases and break posts out. */

#define MAX_LINES 10 /* that tell what will be joined */

struct joining {
	int64_t into;
	int64_t *cases;
	size_t n;
};

static enum cq_status
do_join(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	const struct joining *j = arg;

	return cq_store_join(app->store, act, j->into, j->cases, j->n, false,
	    NULL, err);
}

/* "4398 @trainfan: charged twice, no" */
static char *
say_case(struct app *app, int64_t id)
{
	struct cq_case_full full = {0};
	struct cq_buf line = {0};

	cq_buf_fmt(&line, "%" PRId64, id);
	if (cq_store_case(app->store, id, 1, &full, NULL) == CQ_OK) {
		cq_buf_char(&line, ' ');
		say_raw(full.head.handle, &line);
		cq_buf_str(&line, ": ");
		say_raw(full.head.subject, &line);
		cq_case_full_free(&full);
	}
	return cq_buf_take(&line);
}

static bool
sure_to_join(struct app *app, const struct joining *j)
{
	char *lines[MAX_LINES + 2] = {NULL};
	char *question;
	size_t n = 0;
	bool sure;

	for (size_t i = 0; i < j->n && i < MAX_LINES; i++)
		lines[n++] = say_case(app, j->cases[i]);
	if (j->n > MAX_LINES)
		lines[n++] = cq_format("... and %zu more", j->n - MAX_LINES);
	question = cq_format("join %zu case%s into %" PRId64
			     "? y joins, any other key leaves",
	    j->n, j->n == 1 ? "" : "s", j->into);
	sure = app_sure(app, question, (const char *const *)lines);
	for (size_t i = 0; i < n; i++)
		free(lines[i]);
	free(question);
	return sure;
}

void
key_join(struct app *app)
{
	struct queue *q = app_queue(app);
	struct joining j = {.into = app_case(app)->id};
	struct cq_err err = {0};

	j.cases = cq_grow(NULL, q->marks.n + 1, sizeof(*j.cases));
	for (size_t i = 0; i < q->marks.n; i++)
		if (q->marks.at[i] != j.into)
			j.cases[j.n++] = q->marks.at[i];
	if (j.n == 0) {
		app_say(app, ST_PLAIN,
		    "mark the others with Space in the list first, then & "
		    "joins them into this one");
	} else if (!sure_to_join(app, &j)) {
		app_say(app, ST_PLAIN, "nothing was joined");
	} else if (app_try(app, do_join, &j, &err) != CQ_OK) {
		app_say(app, ST_BAD, "%s; nothing was joined", err.msg);
	} else {
		marks_clear(&q->marks);
		app_say(app, ST_GOOD,
		    "joined %zu into case %" PRId64 "; u undoes", j.n, j.into);
	}
	free(j.cases);
}

struct splitting {
	int64_t case_id, post_id, new_case;
};

static enum cq_status
do_split(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	struct splitting *s = arg;

	return cq_store_split(app->store, act, s->case_id, &s->post_id, 1, NULL,
	    &s->new_case, err);
}

void
key_split(struct app *app)
{
	struct case_view *v = case_on_top(app);
	const struct cq_entry *e =
	    v->here < v->full.n ? &v->full.at[v->here] : NULL;
	struct splitting s = {.case_id = v->id};

	if (e == NULL || e->kind != CQ_ENTRY_POST) {
		app_say(app, ST_PLAIN,
		    "put the cursor on the post that does not belong here");
		return;
	}
	s.post_id = e->id;
	if (!app_sure(app,
		"break the post under the cursor out? y does it, any other "
		"key leaves",
		NULL))
		app_say(app, ST_PLAIN, "nothing was broken out");
	else if (app_act(app, do_split, &s) == CQ_OK)
		app_say(app, ST_GOOD,
		    "the post is case %" PRId64 " now; u undoes", s.new_case);
}
