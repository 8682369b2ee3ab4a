#include <curses.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/screens/case_view.h"
#include "tui/screens/judging.h"

static const struct screen_ops ops;

struct case_view *
case_on_top(struct app *app)
{
	for (struct screen *s = app->top; s != NULL; s = s->below)
		if (s->ops == &ops)
			return (struct case_view *)s;
	return NULL;
}

struct entry_lines
case_lines(const struct case_view *v, size_t entry)
{
	struct entry_lines lines = {0, 0};

	for (size_t i = 0; i < v->story.n; i++) {
		if (v->story.at[i].entry != entry)
			continue;
		if (lines.n++ == 0)
			lines.first = i;
	}
	return lines;
}

/* The next entry that has lines, from entry on; n if there is none. */
static size_t
next_seen(const struct case_view *v, size_t entry)
{
	while (entry < v->full.n && case_lines(v, entry).n == 0)
		entry++;
	return entry;
}

static bool
seen_before(const struct case_view *v, size_t entry, size_t *found)
{
	while (entry-- > 0)
		if (case_lines(v, entry).n > 0) {
			*found = entry;
			return true;
		}
	return false;
}

void
case_layout(struct app *app, struct case_view *v, int width, bool changed)
{
	struct story_how how = {
	    .width = width,
	    .now = app_now(app),
	    .me = app_me(app),
	    .events = v->audit,
	};

	if (!changed && width == v->width)
		return;
	v->width = width;
	story_build(&v->story, &v->full, &how);
	if (case_lines(v, v->here).n == 0 && !seen_before(v, v->here, &v->here))
		v->here = next_seen(v, 0);
}

/* The entry that was under the cursor stays there, wherever it is now. */
static void
find_again(struct case_view *v, const struct cq_entry *old)
{
	for (size_t i = 0; i < v->full.n; i++)
		if (v->full.at[i].kind == old->kind &&
		    v->full.at[i].id == old->id &&
		    v->full.at[i].revision == old->revision)
			v->here = i;
}

static enum cq_status
load(struct app *app, struct screen *screen, struct cq_err *err)
{
	struct case_view *v = (struct case_view *)screen;
	struct cq_case_full full = {0};
	enum cq_status rc = cq_store_case(app->store, v->id, 0, &full, err);
	struct cq_case_full old = v->full;

	if (rc != CQ_OK)
		return rc;
	if (full.head.id != v->id)
		app_say(app, ST_WARN,
		    "case %" PRId64 " was joined into %" PRId64, v->id,
		    full.head.id);
	v->id = full.head.id;
	v->full = full;
	v->have = true;
	if (v->here < old.n)
		find_again(v, &old.at[v->here]);
	cq_case_full_free(&old);
	hold_compare(app, v);
	case_layout(app, v, COLS, true);
	return CQ_OK;
}

/* Keeps the lines of the entry under the cursor on the screen. */
void
case_show_here(struct case_view *v)
{
	struct entry_lines l = case_lines(v, v->here);

	if (l.first + l.n > v->top + v->rows)
		v->top = l.first + l.n - v->rows;
	if (l.first < v->top || l.n > v->rows)
		v->top = l.first;
}

/* A long entry is scrolled through before the cursor leaves it. */
static void
go_down(struct case_view *v)
{
	struct entry_lines l = case_lines(v, v->here);
	size_t next = next_seen(v, v->here + 1);

	if (l.first + l.n > v->top + v->rows) {
		v->top++;
	} else if (next < v->full.n) {
		v->here = next;
		case_show_here(v);
	}
}

static void
go_up(struct case_view *v)
{
	struct entry_lines l = case_lines(v, v->here);

	if (l.first < v->top) {
		v->top--;
	} else if (seen_before(v, v->here, &v->here)) {
		l = case_lines(v, v->here);
		if (l.n > v->rows && l.first < v->top)
			v->top = l.first + l.n - v->rows;
		else
			case_show_here(v);
	}
}

static void
go_pages(struct case_view *v, bool down, size_t lines)
{
	size_t last = v->story.n > v->rows ? v->story.n - v->rows : 0;
	size_t old = v->top;

	if (down)
		v->top = v->top + lines > last ? last : v->top + lines;
	else
		v->top = v->top < lines ? 0 : v->top - lines;
	if (v->story.n == 0)
		return;
	if (v->top != old)
		v->here = v->story.at[v->top].entry;
	else
		v->here = v->story.at[down ? v->story.n - 1 : 0].entry;
}

static void
move_cursor(struct app *app, struct screen *screen, enum motion go)
{
	struct case_view *v = (struct case_view *)screen;
	size_t page = v->rows < 2 ? 1 : v->rows - 1;

	(void)app;
	if (go == GO_DOWN)
		go_down(v);
	else if (go == GO_UP)
		go_up(v);
	else if (go == GO_FIRST)
		go_pages(v, false, v->story.n);
	else if (go == GO_LAST) {
		go_pages(v, true, v->story.n);
		if (v->story.n > 0)
			v->here = v->story.at[v->story.n - 1].entry;
	} else if (go == GO_HALF_DOWN || go == GO_PAGE_DOWN)
		go_pages(v, true, go == GO_PAGE_DOWN ? page : (page + 1) / 2);
	else
		go_pages(v, false, go == GO_PAGE_UP ? page : (page + 1) / 2);
}

static bool
search(struct app *app, struct screen *screen, const char *words, bool before)
{
	struct case_view *v = (struct case_view *)screen;
	struct entry_lines here = case_lines(v, v->here);
	size_t i = before ? here.first : here.first + here.n - 1;

	(void)app;
	while (before ? i > 0 : i + 1 < v->story.n) {
		i += before ? (size_t)-1 : 1;
		if (strcasestr(v->story.at[i].text, words) == NULL)
			continue;
		v->here = v->story.at[i].entry;
		case_show_here(v);
		return true;
	}
	return false;
}

static const struct cq_case *
current(struct screen *screen)
{
	struct case_view *v = (struct case_view *)screen;

	return v->have ? &v->full.head : NULL;
}

static void
close_case(struct app *app, struct screen *screen)
{
	struct case_view *v = (struct case_view *)screen;

	hold_leave(app);
	if (case_on_top(app) != NULL) /* another one lies below */
		hold_presence(app, case_on_top(app));
	story_free(&v->story);
	cq_case_full_free(&v->full);
	free(v);
}

static const struct screen_ops ops = {
    .view = V_CASE,
    .draw = case_draw,
    .load = load,
    .tick = hold_tick,
    .go = move_cursor,
    .find = search,
    .current = current,
    .judge = judge_marked,
    .close = close_case,
};

void
case_open(struct app *app, int64_t case_id)
{
	struct case_view *v = cq_alloc(sizeof(*v));

	v->base.ops = &ops;
	v->id = case_id;
	v->rows = 1;
	v->lost_at = CQ_NO_TIME;
	hold_presence(app, v);
	app_push(app, &v->base);
	if (!v->have) {
		char why[sizeof(app->trouble)];

		memcpy(why, app->trouble, sizeof(why));
		app_pop(app);
		app_say(app, ST_BAD, "case %" PRId64 " cannot be shown: %s",
		    case_id, why);
	}
}
