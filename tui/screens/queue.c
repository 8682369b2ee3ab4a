#include "tui/screens/queue.h"

#include <curses.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/rows.h"
#include "tui/screens/judging.h"

const struct queue_view queue_views[QUEUE_VIEWS] = {
    {"Mine", "Mine", "mine", 0},
    {"Unclaimed", "Free", "unclaimed", 0},
    {"Due", "Due", "overdue", 0},
    {"Waiting", "Wait", "!new !open", 1},
    {"All", "All", "", 0},
};

struct queue *
app_queue(struct app *app)
{
	struct screen *s = app->top;

	while (s->below != NULL)
		s = s->below;
	return (struct queue *)s;
}

enum cq_status
queue_show(struct app *app, struct queue *q, int view, const char *words,
    struct cq_err *err)
{
	char *all = cq_format("%s %s", queue_views[view].words,
	    words == NULL ? "" : words);
	struct cq_query *query = NULL, *old = q->query;
	char *limit = cq_strdup(words);
	enum cq_status rc = CQ_OK;

	if (strspn(all, " ") < strlen(all))
		rc = cq_query_parse(all, &query, err);
	free(all);
	if (rc != CQ_OK) {
		free(limit);
		return rc;
	}
	free(q->limit);
	q->limit = limit;
	q->query = query;
	q->view = view;
	q->top = 0;
	rc = list_query(&q->list, query, queue_views[view].group, err);
	cq_query_free(old);
	app->dirty = true;
	return rc;
}

/* Number of the case under the cursor; 0 if there is none. */
static int64_t
id_here(const struct queue *q)
{
	const struct cq_case *c = list_here(&q->list);

	return c == NULL ? 0 : c->id;
}

static enum cq_status
load(struct app *app, struct screen *screen, struct cq_err *err)
{
	struct queue *q = (struct queue *)screen;
	size_t line = q->list.here - q->top;
	int64_t before = id_here(q), now;
	enum cq_status rc = list_load(&q->list, err);

	if (rc == CQ_OK)
		rc = gaps_load(app, q, err);
	now = id_here(q);
	if (before != now && before != 0 && now != 0)
		app_say(app, ST_WARN,
		    "case %" PRId64 " was joined into %" PRId64, before, now);
	preview_forget(q);
	q->top = q->list.here > line ? q->list.here - line : 0;
	return rc;
}

/* A lease that runs out changes nothing in the store: look anew then. */
static void
tick(struct app *app, struct screen *screen)
{
	const struct list *list = &((struct queue *)screen)->list;
	int64_t now = app_now(app);

	if (app->top != screen || term_ms() - app->load_ms < 1000)
		return;
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].holder != NULL &&
		    list->at[i].lease_until_at <= now) {
			app_load(app);
			return;
		}
}

static const struct cq_case *
current(struct screen *screen)
{
	struct queue *q = (struct queue *)screen;

	return q->gap != 0 ? NULL : list_here(&q->list);
}

static enum cq_status
go_last(struct app *app, struct queue *q, struct cq_err *err)
{
	bool done = true;
	enum cq_status rc = list_last(&q->list, &done, err);

	if (rc == CQ_OK && !done)
		app_say(app, ST_DIM,
		    "the last case would take long to find with this limit");
	return rc;
}

static void
move_cursor(struct app *app, struct screen *screen, enum motion go)
{
	struct queue *q = (struct queue *)screen;
	int page = q->rows_on_screen < 2 ? 1 : (int)q->rows_on_screen - 1;
	const int by[] = {[GO_DOWN] = 1,
	    [GO_UP] = -1,
	    [GO_HALF_DOWN] = (page + 1) / 2,
	    [GO_HALF_UP] = -(page + 1) / 2,
	    [GO_PAGE_DOWN] = page,
	    [GO_PAGE_UP] = -page};
	int64_t id = id_here(q);
	size_t line = q->list.here - q->top;
	struct cq_err err = {0};
	enum cq_status rc;

	if (gaps_move(q, go))
		return;
	if (go == GO_FIRST)
		rc = list_first(&q->list, &err);
	else if (go == GO_LAST)
		rc = go_last(app, q, &err);
	else
		rc = list_move(&q->list, by[go], &err);
	if (rc != CQ_OK)
		app_say(app, ST_BAD, "%s", err.msg);
	/* the window may have moved under the screen */
	for (size_t i = 0; id != 0 && i < q->list.n; i++)
		if (q->list.at[i].id == id)
			q->top = i > line ? i - line : 0;
	if (go == GO_UP && id_here(q) == id)
		gaps_enter(q);
}

static bool
has_words(const struct cq_case *c, const char *me, const char *words)
{
	const struct row_shape all = {400, 20};
	struct cq_buf row = {0};
	bool has;

	row_of_case(c, me, 0, &all, &row);
	cq_buf_fmt(&row, " %s", c->tags == NULL ? "" : c->tags);
	has = strcasestr(row.s, words) != NULL;
	cq_buf_free(&row);
	return has;
}

/* A search goes on for so long at most. */
#define SEARCH_ROWS 5000
#define SEARCH_MS 1500

/* Back to where a search in vain began, n rows on. */
static void
go_back(struct app *app, struct queue *q, int64_t id, int n, enum motion go)
{
	while (n-- > 0 && id_here(q) != id)
		move_cursor(app, &q->base, go);
}

/* Rows that were gone through; *hit if the last one has the words. */
static int
go_to_words(struct app *app, struct queue *q, const char *words, enum motion go,
    bool *hit)
{
	long long until = term_ms() + SEARCH_MS;
	int64_t last = id_here(q);
	int n = 0;

	*hit = false;
	while (!*hit && n < SEARCH_ROWS && term_ms() < until) {
		move_cursor(app, &q->base, go);
		if (id_here(q) == last)
			return n; /* there are no more */
		last = id_here(q);
		*hit = has_words(list_here(&q->list), app_me(app), words);
		n++;
	}
	if (!*hit)
		app_say(app, ST_WARN,
		    "not found within %d rows; l with the word looks through "
		    "all",
		    n);
	return n;
}

static bool
search(struct app *app, struct screen *screen, const char *words, bool before)
{
	struct queue *q = (struct queue *)screen;
	int64_t start = id_here(q);
	bool hit;
	int n;

	q->gap = 0;
	n = go_to_words(app, q, words, before ? GO_UP : GO_DOWN, &hit);
	q->gap = 0; /* at the first case it came to the gaps */
	if (!hit)
		go_back(app, q, start, n, before ? GO_DOWN : GO_UP);
	return hit;
}

/* The limit first: marks are made under one limit after another. */
static void
clear_all(struct app *app, struct screen *screen)
{
	struct queue *q = (struct queue *)screen;
	struct cq_err err = {0};

	if (q->limit == NULL) {
		judge_unmark(app, &q->marks);
	} else if (queue_show(app, q, q->view, NULL, &err) != CQ_OK) {
		app_say(app, ST_BAD, "%s", err.msg);
	} else {
		app_say(app, ST_PLAIN, "limit cleared%s",
		    q->marks.n > 0 ? "; Esc again clears the marks" : "");
	}
}

static void
mark(struct app *app, struct screen *screen)
{
	(void)app;
	marks_toggle(&((struct queue *)screen)->marks, current(screen)->id);
}

static void
close_queue(struct app *app, struct screen *screen)
{
	struct queue *q = (struct queue *)screen;

	(void)app;
	preview_forget(q);
	list_free(&q->list);
	cq_gaps_free(&q->gaps);
	cq_query_free(q->query);
	marks_clear(&q->marks);
	free(q->limit);
	free(q);
}

static const struct screen_ops ops = {
    .view = V_QUEUE,
    .draw = queue_draw,
    .load = load,
    .tick = tick,
    .go = move_cursor,
    .find = search,
    .current = current,
    .mark = mark,
    .judge = judge_marked,
    .forget = clear_all,
    .close = close_queue,
};

struct screen *
queue_new(struct app *app)
{
	struct queue *q = cq_alloc(sizeof(*q));

	q->base.ops = &ops;
	q->view = QUEUE_VIEWS - 1;
	q->preview = -1;
	list_init(&q->list, app->store, app_me(app));
	return &q->base;
}
