#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/when.h"
#include "tui/rows.h"
#include "tui/screens/judging.h"
#include "tui/screens/keys.h"
#include "tui/screens/queue.h"

/* Keys that say that cases are the same, or that they are not. */

#define MAX_LINES 10 /* that tell what is asked about */
#define ASK_ABOVE 3  /* cases: so many are judged without a question */
#define LOOK_MS 1000 /* a person needs to see that the list has changed */

struct judged *
judgement_add(struct judgement *j, int64_t case_id)
{
	j->at = cq_grow(j->at, j->n + 1, sizeof(*j->at));
	j->at[j->n] = (struct judged){.case_id = case_id};
	return &j->at[j->n++];
}

void
judged_add(struct judged *j, int64_t other)
{
	j->others = cq_grow(j->others, j->n + 1, sizeof(*j->others));
	j->others[j->n++] = other;
}

void
judgement_free(struct judgement *j)
{
	for (size_t i = 0; i < j->n; i++)
		free(j->at[i].others);
	free(j->at);
	*j = (struct judgement){0};
}

void
judge_marked(struct app *app, struct screen *screen, bool same,
    struct judgement *out)
{
	struct marks *marks = &app_queue(app)->marks;
	int64_t id = app_case(app)->id;
	struct judged *act = NULL;

	(void)screen;
	(void)same;
	for (size_t i = 0; i < marks->n; i++) {
		if (marks->at[i] == id)
			continue;
		if (act == NULL)
			act = judgement_add(out, id);
		judged_add(act, marks->at[i]);
	}
	out->marks = marks;
	out->ask = true;
}

void
judge_unmark(struct app *app, struct marks *marks)
{
	if (marks->n > 0)
		app_say(app, ST_PLAIN, "marks cleared");
	marks_clear(marks);
}

static size_t
n_others(const struct judgement *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n; i++)
		n += j->at[i].n;
	return n;
}

/* --- questions ----------------------------------------------------------- */

/* Lines over a question. */
struct lines {
	char *at[MAX_LINES + 2]; /* ends with NULL */
	size_t n, left_out;
};

static void
add_line(struct lines *l, char *line)
{
	if (l->n < MAX_LINES) {
		l->at[l->n++] = line;
	} else {
		l->left_out++;
		free(line);
	}
}

static bool
ask(struct app *app, struct lines *l, const char *question)
{
	bool sure;

	if (l->left_out > 0)
		l->at[l->n++] = cq_format("... and %zu more", l->left_out);
	sure = app_sure(app, question, (const char *const *)l->at);
	for (size_t i = 0; i < l->n; i++)
		free(l->at[i]);
	return sure;
}

/* "4398 @trainfan: charged twice, no" */
static void
add_case(struct app *app, int64_t id, struct lines *l)
{
	struct cq_case_full full = {0};
	struct cq_buf line = {0};

	if (l->n == MAX_LINES) {
		l->left_out++;
		return;
	}
	cq_buf_fmt(&line, "%" PRId64, id);
	if (cq_store_case(app->store, id, 1, &full, NULL) == CQ_OK) {
		if (full.head.id != id) /* a mark that was left behind */
			cq_buf_fmt(&line, ", now %" PRId64 ",", full.head.id);
		cq_buf_char(&line, ' ');
		say_author(&full.head, &line);
		cq_buf_str(&line, ": ");
		say_topic(&full.head, app_now(app), &line);
		cq_case_full_free(&full);
	}
	add_line(l, cq_buf_take(&line));
}

static char *
question_of(const struct judgement *j, bool same)
{
	size_t n = n_others(j);
	const char *s = n == 1 ? "" : "s";

	if (same && j->n == 1)
		return cq_format("join %zu case%s into %" PRId64
				 "? y joins, any other key leaves",
		    n, s, j->at[0].case_id);
	if (same)
		return cq_format("join %zu cases into these %zu? y joins, any "
				 "other key leaves",
		    n, j->n);
	if (j->n == 1 && !j->at[0].all)
		return cq_format("%" PRId64 " is not the same as %s? y notes "
				 "it, any other key leaves",
		    j->at[0].case_id, n == 1 ? "this" : "these");
	if (j->n > 1)
		return cq_format("not the same as others of their groups? y "
				 "notes it, any other key leaves");
	return cq_format("none of these is the same as another? y notes it, "
			 "any other key leaves");
}

static bool
sure(struct app *app, const struct judgement *j, bool same)
{
	struct lines l = {0};
	char *question;
	bool yes;

	if (!j->ask && n_others(j) <= ASK_ABOVE)
		return true;
	if (j->n > 1 || j->at[0].all)
		for (size_t i = 0; i < j->n; i++)
			add_case(app, j->at[i].case_id, &l);
	if (j->n == 1)
		for (size_t i = 0; i < j->at[0].n; i++)
			add_case(app, j->at[0].others[i], &l);
	question = question_of(j, same);
	yes = ask(app, &l, question);
	free(question);
	return yes;
}

/* "bo is working 4398 (3m)"; NULL if nobody else is */
static char *
say_holder(struct app *app, int64_t id)
{
	struct cq_case_full full = {0};
	char *words = NULL, age[16];

	if (cq_store_case(app->store, id, 1, &full, NULL) != CQ_OK)
		return NULL;
	if (full.head.holder != NULL && !is_mine(&full.head, app_me(app))) {
		int64_t s = app_now(app) - full.head.held_since_at;

		cq_age_short(s < 0 ? 0 : s, age);
		words = cq_format("%s is working %" PRId64 " (%s)",
		    full.head.holder, full.head.id, age);
	}
	cq_case_full_free(&full);
	return words;
}

static void
add_holder(struct app *app, int64_t id, struct lines *l)
{
	char *words = say_holder(app, id);

	if (words != NULL)
		add_line(l, words);
}

/* Somebody works on one of them.  False too if that is not what failed. */
static bool
sure_though_held(struct app *app, const struct judged *j)
{
	struct lines l = {0};
	char *question;
	bool yes;

	add_holder(app, j->case_id, &l);
	for (size_t i = 0; i < j->n; i++)
		add_holder(app, j->others[i], &l);
	if (l.n == 0)
		return false;
	if (l.n == 1) {
		question = cq_format("%s. Join all the same? Both drafts are "
				     "kept. y/n",
		    l.at[0]);
		free(l.at[0]);
		l = (struct lines){0};
	} else {
		question =
		    cq_format("Join all the same? All drafts are kept. y/n");
	}
	yes = ask(app, &l, question);
	free(question);
	return yes;
}

/* --- acts ---------------------------------------------------------------- */

struct doing {
	int64_t *cases; /* the first is case_id */
	size_t n;
	bool suggested, all, held;
};

static enum cq_status
do_join(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	const struct doing *d = arg;

	if (d->suggested)
		return cq_store_accept(app->store, act, d->cases, d->n, d->held,
		    NULL, err);
	return cq_store_join(app->store, act, d->cases[0], d->cases + 1,
	    d->n - 1, d->held, NULL, err);
}

static enum cq_status
do_not_same(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	const struct doing *d = arg;

	if (d->all)
		return cq_store_refuse(app->store, act, d->cases, d->n, NULL,
		    err);
	return cq_store_not_same(app->store, act, d->cases[0], d->cases + 1,
	    d->n - 1, NULL, err);
}

static enum cq_status
do_one(struct app *app, const struct judged *j, bool suggested, bool same,
    struct cq_err *err)
{
	struct doing d = {.n = j->n + 1, .suggested = suggested, .all = j->all};
	enum cq_status rc;

	d.cases = cq_grow(NULL, d.n, sizeof(*d.cases));
	d.cases[0] = j->case_id;
	memcpy(d.cases + 1, j->others, j->n * sizeof(*d.cases));
	rc = app_try(app, same ? do_join : do_not_same, &d, err);
	if (same && rc == CQ_CONFLICT && sure_though_held(app, j)) {
		d.held = true;
		rc = app_try(app, do_join, &d, err);
	}
	free(d.cases);
	return rc;
}

static void
unmark(struct marks *marks, int64_t id)
{
	if (marks_has(marks, id))
		marks_toggle(marks, id);
}

static void
unmark_all(const struct judged *j, struct marks *marks)
{
	unmark(marks, j->case_id);
	for (size_t i = 0; i < j->n; i++)
		unmark(marks, j->others[i]);
}

struct done {
	size_t acts, cases, failed;
	const struct judged *last;
	struct cq_err err; /* of the first that failed */
};

static void
say_done(struct app *app, const struct done *d, bool same)
{
	const char *undo =
	    d->acts == 1 ? "u undoes" : "u takes them back one by one";

	if (d->acts > 1)
		app_say(app, ST_GOOD, "%s %zu times, %zu cases; %s",
		    same ? "joined" : "noted as not the same", d->acts,
		    d->cases, undo);
	else if (same && d->cases == 1)
		app_say(app, ST_GOOD,
		    "joined case %" PRId64 " into case %" PRId64 "; %s",
		    d->last->others[0], d->last->case_id, undo);
	else if (same)
		app_say(app, ST_GOOD,
		    "joined %zu cases into case %" PRId64 "; %s", d->cases,
		    d->last->case_id, undo);
	else if (d->cases == 1)
		app_say(app, ST_GOOD,
		    "%" PRId64 " and %" PRId64 " are not the same: noted, and "
		    "not suggested again; %s",
		    d->last->case_id, d->last->others[0], undo);
	else if (d->last->all)
		app_say(app, ST_GOOD,
		    "no two of these %zu are the same: noted, and not "
		    "suggested again; %s",
		    d->cases + 1, undo);
	else
		app_say(app, ST_GOOD,
		    "%" PRId64 " is not the same as these %zu: noted, and not "
		    "suggested again; %s",
		    d->last->case_id, d->cases, undo);
}

static void
say_failed(struct app *app, const struct done *d, bool same)
{
	const char *what = same ? "joined" : "noted";

	if (d->acts == 0)
		app_say(app, ST_BAD, "%s; nothing was %s", d->err.msg, what);
	else
		app_say(app, ST_BAD,
		    "%zu of %zu %s; the first that was not: %s", d->acts,
		    d->acts + d->failed, what, d->err.msg);
}

/* It concerns this act only: the others may go on. */
static bool
is_own_fault(enum cq_status rc)
{
	return rc == CQ_CONFLICT || rc == CQ_NOT_FOUND || rc == CQ_INPUT ||
	    rc == CQ_STATE;
}

static void
do_all(struct app *app, const struct judgement *j, bool same)
{
	struct done d = {0};
	enum cq_status rc = CQ_OK;

	app->many = j->n > 1;
	for (size_t i = 0; i < j->n && (rc == CQ_OK || is_own_fault(rc)); i++) {
		struct cq_err err = {0};

		rc = do_one(app, &j->at[i], j->suggested, same, &err);
		if (rc == CQ_OK) {
			unmark_all(&j->at[i], j->marks);
			d.acts++;
			d.cases += j->at[i].n;
			d.last = &j->at[i];
		} else if (d.failed++ == 0) {
			d.err = err;
		}
	}
	if (app->many) {
		app->many = false;
		app->acting = d.acts > 0;
		app_load(app);
		app->acting = false;
	}
	if (d.failed == 0)
		say_done(app, &d, same);
	else
		say_failed(app, &d, same);
}

static void
judge(struct app *app, bool same)
{
	struct judgement j = {0};

	if (app->top->shook_ms != 0 &&
	    term_ms() - app->top->shook_ms < LOOK_MS) {
		app_say(app, ST_WARN,
		    "the list has just changed under the cursor: look again");
		return;
	}
	app->top->ops->judge(app, app->top, same, &j);
	if (j.n > 0 && !sure(app, &j, same))
		app_say(app, ST_PLAIN, "nothing was %s",
		    same ? "joined" : "noted");
	else if (j.n > 0)
		do_all(app, &j, same);
	else if (app->message[0] == '\0')
		app_say(app, ST_PLAIN,
		    same ? "mark the others with Space in the list first, then "
			   "& joins them into this one"
			 : "mark the others with Space in the list first, then "
			   "! says that this is not the same");
	judgement_free(&j);
}

void
key_join(struct app *app)
{
	judge(app, true);
}

void
key_not_same(struct app *app)
{
	judge(app, false);
}
