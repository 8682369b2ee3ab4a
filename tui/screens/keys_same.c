#include <inttypes.h>

#include "tui/screens/case_view.h"
#include "tui/screens/keys.h"

/* Keys that show what may be the same, and break posts out. */

void
key_dups(struct app *app)
{
	dups_open(app, app_case(app)->id);
}

void
key_maybe(struct app *app)
{
	tray_open(app);
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
	if (v->full.head.n_posts == 1) {
		app_say(app, ST_PLAIN,
		    "it is the only post of this case: nothing to break out");
		return;
	}
	s.post_id = e->id;
	/* that a follow-up belongs here was a guess: no question then */
	if (e->rule != CQ_RULE_FOLLOW &&
	    !app_sure(app,
		"break the post under the cursor out? y does it, any other "
		"key leaves",
		NULL))
		app_say(app, ST_PLAIN, "nothing was broken out");
	else if (app_act(app, do_split, &s) == CQ_OK)
		app_say(app, ST_GOOD,
		    "the post is case %" PRId64 " now; u undoes", s.new_case);
}
