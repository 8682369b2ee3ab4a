#include <curses.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/screens/case_view.h"
#include "tui/screens/edit.h"
#include "tui/rows.h"

/*
 * The note editor, below the case that the note is about.  Words are kept
 * as a draft in the store soon after they were typed and whenever the
 * editor closes, for whatever reason.
 */
#define SAVE_MS 2000

struct editor {
	struct screen base;
	int64_t case_id;
	bool from_list; /* the case was opened for this note only */
	struct edit edit;
	size_t top;   /* first line on the screen */
	bool unsaved; /* the draft in the store is older */
	bool draft_failed;
	bool done; /* the note is in the store: no draft to keep */
	long long changed_ms;
};

static void
save_draft(struct app *app, struct editor *e)
{
	struct cq_err err = {0};
	enum cq_status rc = app_there(app, &err);

	if (rc == CQ_OK)
		rc = cq_store_draft_save(app->store, app_me(app), e->case_id,
		    edit_text(&e->edit), &err);
	e->changed_ms = term_ms();
	e->draft_failed = rc != CQ_OK;
	e->unsaved = rc != CQ_OK;
	if (rc != CQ_OK)
		app_say(app, ST_BAD, "draft not kept, trying again: %s",
		    err.msg);
}

static void
tick(struct app *app, struct screen *screen)
{
	struct editor *e = (struct editor *)screen;

	if (e->unsaved && term_ms() - e->changed_ms >= SAVE_MS)
		save_draft(app, e);
}

static const char *
say_kept(const struct editor *e)
{
	if (e->draft_failed)
		return "DRAFT NOT KEPT";
	if (e->unsaved)
		return "writing";
	return e->edit.text.n > 0 ? "draft kept" : "nothing written yet";
}

static void
draw_title(const struct editor *e, int y)
{
	struct cq_buf line = {0};

	cq_buf_fmt(&line,
	    "=== internal note on case %" PRId64 " == %zu of %d bytes == %s ",
	    e->case_id, e->edit.text.n, CQ_NOTE_MAX, say_kept(e));
	while (cells_width(line.s) < COLS)
		cq_buf_char(&line, '=');
	term_text(y, 0, COLS, line.s, e->draft_failed ? ST_BAD : ST_NOTE);
	cq_buf_free(&line);
}

static void
draw_text(struct app *app, struct editor *e, int y, int height)
{
	struct cells_line *lines;
	size_t n, line, rows = (size_t)height;
	int column;

	e->edit.width = COLS - 2;
	n = cells_wrap(edit_text(&e->edit), e->edit.width, &lines);
	edit_where(&e->edit, &line, &column);
	if (line < e->top)
		e->top = line;
	if (line >= e->top + rows)
		e->top = line - rows + 1;
	for (size_t i = e->top; i < n && i < e->top + rows; i++)
		term_text_n(y + (int)(i - e->top), 1, COLS - 1,
		    edit_text(&e->edit) + lines[i].at,
		    cells_inked(edit_text(&e->edit), lines[i]), ST_NOTE);
	free(lines);
	app->cursor_y = y + (int)(line - e->top);
	app->cursor_x = 1 + column;
}

static void
draw(struct app *app, struct screen *screen, int height)
{
	struct editor *e = (struct editor *)screen;
	int above = height >= 16 ? height / 2 : height >= 10 ? 4 : 0;

	if (above > 0)
		e->base.below->ops->draw(app, e->base.below, above);
	draw_title(e, above);
	draw_text(app, e, above + 1, height - above - 1);
	term_text(LINES - 1, 0, COLS,
	    " ^S save the note   Esc leave (the draft is kept)", ST_STRONG);
}

static enum cq_status
load(struct app *app, struct screen *screen, struct cq_err *err)
{
	enum cq_status rc = screen->below->ops->load(app, screen->below, err);

	if (rc == CQ_OK)
		screen->below->stale = false;
	return rc;
}

static void
leave(struct app *app, bool from_list)
{
	struct case_view *v = case_on_top(app);

	app_pop(app);
	if (from_list) {
		app_pop(app);
	} else if (v != NULL) {
		v->writing = false;
		hold_presence(app, v);
	}
}

static enum cq_status
do_note(struct app *app, const struct cq_act *act, void *arg,
    struct cq_err *err)
{
	struct editor *e = arg;

	/* no fence: words are welcome from whoever has them */
	return cq_store_note(app->store, act, e->case_id, 0,
	    edit_text(&e->edit), NULL, err);
}

static void
save_note(struct app *app, struct editor *e)
{
	struct cq_err err = {0};
	bool from_list = e->from_list;
	enum cq_status rc;

	if (strspn(edit_text(&e->edit), " \n") == e->edit.text.n) {
		app_say(app, ST_WARN, "there is nothing to save yet");
		return;
	}
	rc = app_try(app, do_note, e, &err);
	if (rc != CQ_OK) {
		app_say(app, ST_BAD, "%s; your words are still here", err.msg);
		return;
	}
	e->done = true;
	if (case_on_top(app) != NULL)
		case_on_top(app)->placed = false; /* go and see the note */
	leave(app, from_list);
	app_say(app, ST_GOOD, "note saved; u undoes");
}

static void
leave_draft(struct app *app, struct editor *e)
{
	bool words = e->edit.text.n > 0;

	if (e->unsaved)
		save_draft(app, e);
	if (e->draft_failed) { /* leaving now would lose them */
		app_say(app, ST_BAD,
		    "the queue takes no draft: ^C ends caseq and puts your "
		    "words into a file");
		return;
	}
	leave(app, e->from_list);
	if (words)
		app_say(app, ST_PLAIN, "draft kept: c goes on with it");
}

static bool
key(struct app *app, struct screen *screen, const struct term_key *key)
{
	struct editor *e = (struct editor *)screen;
	bool changed;

	if (strcmp(key->name, "^S") == 0 || strcmp(key->name, "^X") == 0) {
		save_note(app, e);
	} else if (strcmp(key->name, "Esc") == 0) {
		leave_draft(app, e);
	} else if (strcmp(key->name, "^L") == 0) {
		clearok(curscr, TRUE);
	} else if (edit_key(&e->edit, key, app->pasted, &changed) && changed) {
		if (!e->unsaved)
			e->changed_ms = term_ms();
		e->unsaved = true;
	}
	if (app->top == screen && e->edit.full)
		app_say(app, ST_WARN,
		    "a note holds %d bytes: the rest was left out",
		    CQ_NOTE_MAX);
	return true;
}

static const struct cq_case *
current(struct screen *screen)
{
	return screen->below->ops->current(screen->below);
}

/* The store takes nothing and the program must end: a file of its own. */
static void
save_to_file(struct app *app, const struct editor *e)
{
	const char *home = getenv("HOME");
	const char *text = edit_text(&e->edit);
	char *path = cq_format("%s/caseq-note-%" PRId64 "-XXXXXX",
	    home == NULL || home[0] != '/' ? "/tmp" : home, e->case_id);
	int fd = mkstemp(path);
	bool kept = fd >= 0 &&
	    write(fd, text, e->edit.text.n) == (ssize_t)e->edit.text.n;

	if (kept)
		snprintf(app->farewell, sizeof(app->farewell),
		    "the queue took no draft: your note is in %s", path);
	else
		snprintf(app->farewell, sizeof(app->farewell),
		    "your note could be kept neither in the queue nor in %s",
		    path);
	if (fd >= 0)
		close(fd);
	free(path);
}

static void
close_editor(struct app *app, struct screen *screen)
{
	struct editor *e = (struct editor *)screen;

	if (e->unsaved && !e->done)
		save_draft(app, e);
	if (e->unsaved && !e->done)
		save_to_file(app, e);
	edit_free(&e->edit);
	free(e);
}

static const struct screen_ops ops = {
    .view = 0,
    .draw = draw,
    .load = load,
    .tick = tick,
    .current = current,
    .key = key,
    .close = close_editor,
};

void
editor_open(struct app *app, int64_t case_id, bool from_list)
{
	struct editor *e = cq_alloc(sizeof(*e));
	struct case_view *v = case_on_top(app);
	struct cq_err err = {0};
	char *draft = NULL;

	e->base.ops = &ops;
	e->case_id = case_id;
	e->from_list = from_list;
	if (cq_store_draft(app->store, app_me(app), case_id, &draft, &err) !=
	    CQ_OK)
		app_say(app, ST_BAD, "no draft could be read: %s", err.msg);
	edit_init(&e->edit, draft, CQ_NOTE_MAX, true);
	e->unsaved = false;
	if (draft != NULL)
		app_say(app, ST_PLAIN, "your draft is here again");
	free(draft);
	if (v != NULL) {
		v->writing = true;
		hold_presence(app, v);
	}
	app_push(app, &e->base);
}
