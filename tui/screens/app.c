#include "tui/screens/app.h"

#include <curses.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tui/screens/screen.h"

#define WAIT_MS 100	 /* one round of the loop */
#define LOAD_MS 80	 /* at least between two readings */
#define LOAD_TIMES 5	 /* ... and so many times as long as one takes */
#define PATIENCE_MS 1000 /* of one try to write, then it is told */
#define TROUBLE_MS 1000	 /* ... while the store fails */
#define TICK_MS 5000
#define TICK_FAILED_MS 20000 /* more: it may have waited in vain */
#define PASTE_MS 3000	     /* pasted text may pause; then it has ended */

int64_t
app_now(const struct app *app)
{
	return cq_store_now(app->store);
}

const char *
app_me(const struct app *app)
{
	return app->cli->me.name;
}

const struct cq_case *
app_case(struct app *app)
{
	const struct screen_ops *ops = app->top->ops;

	return ops->current == NULL ? NULL : ops->current(app->top);
}

bool
app_active(const struct app *app, int s)
{
	return term_ms() - app->input_ms < s * 1000LL;
}

void
app_say(struct app *app, enum style tone, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(app->message, sizeof(app->message), fmt, ap);
	va_end(ap);
	app->tone = tone;
	app->dirty = true;
}

void
app_shook(struct app *app, struct screen *screen, int64_t case_id)
{
	if (app->acting)
		return;
	screen->shook_ms = term_ms();
	app_say(app, ST_WARN,
	    "case %" PRId64 " left this list meanwhile: look where you are",
	    case_id);
}

static void
tell_trouble(struct app *app, const struct cq_err *err)
{
	app->version = -1;
	snprintf(app->trouble, sizeof(app->trouble), "%s; trying again",
	    err->msg);
}

void
app_load(struct app *app)
{
	struct cq_err err = {0};
	int64_t version = cq_store_version(app->store);
	long long began = term_ms();
	enum cq_status rc = app_there(app, &err);

	if (rc == CQ_OK)
		rc = cq_store_counts(app->store, app_me(app), &app->counts,
		    &err);
	for (struct screen *s = app->top; s != NULL; s = s->below)
		s->stale = true;
	if (rc == CQ_OK && app->top->ops->load != NULL)
		rc = app->top->ops->load(app, app->top, &err);
	app->load_ms = term_ms();
	app->load_took = app->load_ms - began;
	app->dirty = true;
	if (rc != CQ_OK) {
		tell_trouble(app, &err);
		return;
	}
	app->top->stale = false;
	app->version = version;
	app->trouble[0] = '\0';
}

void
app_push(struct app *app, struct screen *screen)
{
	screen->below = app->top;
	app->top = screen;
	app_load(app);
}

void
app_pop(struct app *app)
{
	struct screen *s = app->top;

	app->top = s->below;
	s->ops->close(app, s);
	app->dirty = true;
	if (app->top != NULL && app->top->stale)
		app_load(app);
}

static void
look_for_changes(struct app *app, long long now)
{
	long long pause = app->trouble[0] != '\0' ? TROUBLE_MS : LOAD_MS;
	int64_t version;

	if (pause < LOAD_TIMES * app->load_took)
		pause = LOAD_TIMES * app->load_took;
	if (pause > TROUBLE_MS)
		pause = TROUBLE_MS;
	if (now - app->load_ms < pause)
		return;
	version = cq_store_version(app->store);
	if (version != app->version || version < 0)
		app_load(app);
}

/* All that happens without a key. */
static void
live(struct app *app)
{
	long long now = term_ms();

	if (now - app->tick_ms >= TICK_MS) {
		if (cq_store_tick(app->store, NULL, NULL) == CQ_OK)
			app->tick_ms = now;
		else
			app->tick_ms = term_ms() + TICK_FAILED_MS;
		app_load(app); /* presence fades without a change */
	}
	for (struct screen *s = app->top; s != NULL; s = s->below)
		if (s->ops->tick != NULL)
			s->ops->tick(app, s);
	leases_tick(app);
	look_for_changes(app, now);
	if (app->drawn_at != app_now(app))
		app->dirty = true; /* ages and leases count on */
	if (app->dirty)
		app_draw(app);
}

static void
add_pasted(struct cq_buf *out, const struct term_key *key)
{
	char bytes[16];
	int n;

	if (key->code != 0)
		return;
	n = snprintf(bytes, sizeof(bytes), "%lc",
	    (wint_t)(key->c == L'\r' ? L'\n' : key->c));
	if (n > 0)
		cq_buf_add(out, bytes, (size_t)n);
}

/* Up to its end, whatever stands in it: none of it may run as a key. */
static void
read_paste(struct app *app, struct term_key *key)
{
	struct cq_buf out = {0};

	while (term_key(PASTE_MS, key) || key->code != TERM_NO_KEY) {
		if (key->code == TERM_PASTE_END)
			break;
		add_pasted(&out, key);
	}
	free(app->pasted);
	app->pasted = cq_buf_take(&out);
	memset(key, 0, sizeof(*key));
	strcpy(key->name, "Paste");
}

bool
app_wait(struct app *app, struct term_key *key)
{
	for (;;) {
		if (term_ending()) {
			app->quit = true;
			return false;
		}
		live(app);
		if (!term_key(WAIT_MS, key))
			continue;
		app->dirty = true;
		if (key->code == KEY_RESIZE)
			continue;
		app->input_ms = term_ms();
		if (key->code == TERM_PASTE_BEGIN)
			read_paste(app, key);
		return true;
	}
}

static void
close_all(struct app *app)
{
	while (app->top != NULL) {
		app->top->stale = false; /* nobody will look at it */
		if (app->top->below != NULL)
			app->top->below->stale = false;
		app_pop(app);
	}
	history_free(&app->commands);
	history_free(&app->searches);
	history_free(&app->limits);
	free(app->search);
	free(app->pasted);
}

static void
run(struct app *app)
{
	struct term_key key;

	app_push(app, queue_new(app));
	while (!app->quit && app_wait(app, &key)) {
		app->message[0] = '\0';
		if (app->top->ops->key == NULL ||
		    !app->top->ops->key(app, app->top, &key))
			app_key(app, &key);
	}
	close_all(app);
}

int
app_run(struct cli *cli)
{
	struct app app = {.cli = cli, .store = cli->store};
	struct cq_err err = {0};

	if (term_start(&err) != CQ_OK) {
		fprintf(stderr, "caseq: %s\n", err.msg);
		return EXIT_USAGE;
	}
	cq_store_patience(app.store, PATIENCE_MS);
	app.input_ms = app.tick_ms = term_ms();
	run(&app);
	term_stop();
	if (app.farewell[0] != '\0')
		fprintf(stderr, "caseq: %s\n", app.farewell);
	return EXIT_DONE;
}
