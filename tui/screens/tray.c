#include "tui/screens/tray.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/rows.h"
#include "tui/screens/judging.h"

const struct cq_cluster *
tray_cluster(const struct tray *t, size_t line)
{
	return &t->tray.at[t->line[line].cluster];
}

const struct cq_case *
tray_case(const struct tray *t, size_t line)
{
	const struct cq_cluster *c = tray_cluster(t, line);

	if (t->line[line].kind == TRAY_OTHER)
		return &c->at[t->line[line].other].other;
	return &c->head;
}

const struct cq_maybe *
tray_maybe(const struct tray *t, size_t line)
{
	const struct cq_cluster *c = tray_cluster(t, line);
	size_t i = t->line[line].kind == TRAY_OTHER ? t->line[line].other : 0;

	return i < c->n ? &c->at[i] : NULL;
}

/* --- reading ------------------------------------------------------------- */

static void
add_line(struct tray *t, enum tray_kind kind, size_t cluster, size_t other)
{
	t->line = cq_grow(t->line, t->n + 1, sizeof(*t->line));
	t->line[t->n++] = (struct tray_line){kind, cluster, other};
}

static void
lay_out(struct tray *t)
{
	t->n = 0;
	for (size_t i = 0; i < t->tray.n; i++) {
		const struct cq_cluster *c = &t->tray.at[i];

		add_line(t, TRAY_CLUSTER, i, 0);
		if (!marks_has(&t->open, c->head.id))
			continue;
		add_line(t, TRAY_HEAD, i, 0);
		for (size_t k = 0; k < c->n; k++)
			add_line(t, TRAY_OTHER, i, k);
	}
}

static bool
has_case(const struct cq_cluster *c, int64_t id)
{
	for (size_t k = 0; k < c->n; k++)
		if (c->at[k].other.id == id)
			return true;
	return c->head.id == id;
}

/* What is marked and in no cluster any more must not be judged. */
static void
drop_marks(const struct cq_tray *tray, struct marks *marks)
{
	for (size_t i = marks->n; i-- > 0;) {
		bool there = false;

		for (size_t k = 0; k < tray->n && !there; k++)
			there = has_case(&tray->at[k], marks->at[i]);
		if (!there)
			marks_toggle(marks, marks->at[i]);
	}
}

/* The line that shows the case as before, else its cluster's. */
static bool
find_line(const struct tray *t, enum tray_kind kind, int64_t id, size_t *at)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->line[i].kind == kind && tray_case(t, i)->id == id) {
			*at = i;
			return true;
		}
	for (size_t i = 0; i < t->n; i++)
		if (has_case(tray_cluster(t, i), id)) {
			*at = i;
			return true;
		}
	return false;
}

static enum cq_status
load(struct app *app, struct screen *screen, struct cq_err *err)
{
	struct tray *t = (struct tray *)screen;
	size_t here = t->cursor.here, at;
	bool any = here < t->n;
	enum tray_kind kind = any ? t->line[here].kind : TRAY_CLUSTER;
	int64_t id = any ? tray_case(t, here)->id : 0;
	struct cq_tray fresh = {0};
	enum cq_status rc = cq_store_tray(app->store, TRAY_MAX, &fresh, err);

	if (rc != CQ_OK)
		return rc;
	cq_tray_free(&t->tray);
	t->tray = fresh;
	t->have = true;
	drop_marks(&t->tray, &t->marks);
	drop_marks(&t->tray, &t->open);
	pair_forget(&t->pair);
	lay_out(t);
	if (any && find_line(t, kind, id, &at))
		cursor_follow(&t->cursor, at);
	else if (any)
		app_shook(app, &t->base, id);
	return CQ_OK;
}

/* --- keys ---------------------------------------------------------------- */

static void
move_cursor(struct app *app, struct screen *screen, enum motion go)
{
	struct tray *t = (struct tray *)screen;

	(void)app;
	cursor_go(&t->cursor, t->n, go);
}

static bool
has_words(struct app *app, const struct tray *t, size_t line, const char *words)
{
	struct cq_buf row = {0};
	bool has;

	tray_row(app, t, line, 400, &row);
	has = strcasestr(row.s, words) != NULL;
	cq_buf_free(&row);
	return has;
}

static bool
search(struct app *app, struct screen *screen, const char *words, bool before)
{
	struct tray *t = (struct tray *)screen;
	size_t i = t->cursor.here;

	while (before ? i > 0 : i + 1 < t->n) {
		i += before ? (size_t)-1 : 1;
		if (has_words(app, t, i, words)) {
			t->cursor.here = i;
			return true;
		}
	}
	return false;
}

static const struct cq_case *
current(struct screen *screen)
{
	struct tray *t = (struct tray *)screen;

	return t->cursor.here < t->n ? tray_case(t, t->cursor.here) : NULL;
}

/* A cluster opens and closes; a case of it is shown. */
static void
open_line(struct app *app, struct screen *screen)
{
	struct tray *t = (struct tray *)screen;

	if (t->line[t->cursor.here].kind != TRAY_CLUSTER) {
		case_open(app, current(screen)->id);
		return;
	}
	marks_toggle(&t->open, current(screen)->id);
	lay_out(t);
}

static void
mark(struct app *app, struct screen *screen)
{
	struct tray *t = (struct tray *)screen;

	if (t->line[t->cursor.here].kind == TRAY_HEAD)
		app_say(app, ST_PLAIN,
		    "the others join into this one: mark them, or the whole "
		    "group");
	else
		marks_toggle(&t->marks, current(screen)->id);
}

/* What nobody has seen in a folded group is not joined by the way. */
static void
add_whole(const struct tray *t, const struct cq_cluster *c, bool same,
    struct judgement *out)
{
	struct judged *act = judgement_add(out, c->head.id);

	if (same && c->n > 1 && !marks_has(&t->open, c->head.id))
		out->ask = true;
	for (size_t k = 0; k < c->n; k++)
		judged_add(act, c->at[k].other.id);
	act->all = true;
}

/* It is not the same as any of the rest of its cluster. */
static void
add_apart(const struct cq_cluster *c, int64_t id, const struct marks *marks,
    struct judgement *out)
{
	struct judged *act = judgement_add(out, id);

	judged_add(act, c->head.id);
	for (size_t k = 0; k < c->n; k++) {
		int64_t other = c->at[k].other.id;

		if (other != id && !marks_has(marks, other))
			judged_add(act, other);
	}
}

/* Those of its cases that are marked. */
static void
add_marked(const struct cq_cluster *c, const struct marks *marks, bool same,
    struct judgement *out)
{
	struct judged *act = NULL;

	for (size_t k = 0; k < c->n; k++) {
		int64_t id = c->at[k].other.id;

		if (!marks_has(marks, id))
			continue;
		if (!same) {
			add_apart(c, id, marks, out);
			continue;
		}
		if (act == NULL)
			act = judgement_add(out, c->head.id);
		judged_add(act, id);
	}
}

/* Marked clusters and cases; else what is under the cursor. */
static void
judge(struct app *app, struct screen *screen, bool same, struct judgement *out)
{
	struct tray *t = (struct tray *)screen;
	const struct tray_line *here = &t->line[t->cursor.here];
	struct marks one = {0};

	(void)app;
	for (size_t i = 0; i < t->tray.n; i++) {
		const struct cq_cluster *c = &t->tray.at[i];

		if (marks_has(&t->marks, c->head.id))
			add_whole(t, c, same, out);
		else
			add_marked(c, &t->marks, same, out);
	}
	if (t->marks.n == 0 && here->kind != TRAY_OTHER) {
		add_whole(t, &t->tray.at[here->cluster], same, out);
	} else if (t->marks.n == 0) {
		marks_toggle(&one, current(screen)->id);
		add_marked(&t->tray.at[here->cluster], &one, same, out);
		marks_clear(&one);
	}
	out->marks = &t->marks;
	out->suggested = true;
}

static void
clear_marks(struct app *app, struct screen *screen)
{
	judge_unmark(app, &((struct tray *)screen)->marks);
}

static void
close_tray(struct app *app, struct screen *screen)
{
	struct tray *t = (struct tray *)screen;

	(void)app;
	cq_tray_free(&t->tray);
	marks_clear(&t->open);
	marks_clear(&t->marks);
	free(t->line);
	pair_forget(&t->pair);
	free(t);
}

static const struct screen_ops ops = {
    .view = V_TRAY,
    .draw = tray_draw,
    .load = load,
    .go = move_cursor,
    .find = search,
    .current = current,
    .open = open_line,
    .mark = mark,
    .judge = judge,
    .forget = clear_marks,
    .close = close_tray,
};

void
tray_open(struct app *app)
{
	struct tray *t = cq_alloc(sizeof(*t));

	t->base.ops = &ops;
	app_push(app, &t->base);
	if (t->have && t->n > 0)
		return;
	if (t->have)
		app_say(app, ST_PLAIN,
		    "nothing is suggested: no cases look alike that nobody "
		    "judged yet");
	else
		app_say(app, ST_BAD, "%s", app->trouble);
	app_pop(app);
}
