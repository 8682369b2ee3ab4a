#include "sources/poll.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "sources/posts.h"
#include "sources/send.h"

#define CHUNK_POSTS 500 /* in one transaction, while people work */
#define PAGES_MAX 25	/* of one source in one round */
#define RETRY_MIN_S 60
#define RETRY_MAX_S 3600
#define LOOK_MS 1000 /* how often the run looks for sources that are due */
#define TICK_MS 5000
#define STEP_MS 200

struct poller;

/* One source on its way. */
struct fetch {
	struct poller *poller;
	struct fetch *next;
	struct cq_source source; /* owned */
	const struct src_ops *ops;
	char *cursor; /* as stored now; owned */
	char *asked;  /* address of the last request; owned */
	int64_t number;
	int page;
	struct cq_ingested sum;
};

/* A source whose end could not be stored. */
struct hold {
	int64_t source_id, until_at;
};

struct poller {
	struct cq_store *store;
	const struct cq_act *act;
	const struct poll_opts *opts;
	struct cq_env env;
	struct http *http;
	struct fetch *fetches;
	int64_t n_started;
	struct hold *holds;
	size_t n_holds;
	struct cq_err broken; /* the store failed for good */
};

static int64_t
now_of(const struct poller *p)
{
	return p->env.now(p->env.arg);
}

static enum cq_status
poller_init(struct poller *p, struct cq_store *store, const struct cq_act *act,
    const struct poll_opts *opts, struct cq_err *err)
{
	struct http_opts http = {.env = cq_env_system()};

	if (opts->http != NULL)
		http = *opts->http;
	*p = (struct poller){
	    .store = store, .act = act, .opts = opts, .env = http.env};
	p->http = http_new(&http);
	if (p->http == NULL)
		return cq_fail(err, CQ_NET, "libcurl cannot be used");
	return CQ_OK;
}

static void
fetch_free(struct fetch *f)
{
	cq_source_free(&f->source);
	free(f->cursor);
	free(f->asked);
	free(f);
}

static void
poller_free(struct poller *p)
{
	http_free(p->http);
	while (p->fetches != NULL) {
		struct fetch *f = p->fetches;

		p->fetches = f->next;
		fetch_free(f);
	}
	free(p->holds);
}

static bool
stopped(const struct poller *p)
{
	return (p->opts->stop != NULL && *p->opts->stop != 0) ||
	    p->broken.status != CQ_OK;
}

/* --- storing ----------------------------------------------------------- */

static void
hold(struct poller *p, int64_t source_id)
{
	size_t i;

	for (i = 0; i < p->n_holds; i++)
		if (p->holds[i].source_id == source_id)
			break;
	if (i == p->n_holds)
		p->holds = cq_grow(p->holds, ++p->n_holds, sizeof(*p->holds));
	p->holds[i] = (struct hold){source_id, now_of(p) + RETRY_MIN_S};
}

static bool
is_held(const struct poller *p, int64_t source_id)
{
	size_t i;

	for (i = 0; i < p->n_holds; i++)
		if (p->holds[i].source_id == source_id)
			return now_of(p) < p->holds[i].until_at;
	return false;
}

/* Failures of the store that the next fetch would only meet again. */
static bool
is_for_good(enum cq_status status)
{
	return status == CQ_DB || status == CQ_CORRUPT ||
	    status == CQ_VERSION || status == CQ_DENIED;
}

static enum cq_status
store_chunk(struct fetch *f, const struct cq_fetched *fetched,
    const struct cq_post *posts, size_t n, size_t chunk, struct cq_err *err)
{
	struct poller *p = f->poller;
	char *op = cq_format("%s.%lld.%d.%zu", p->act->op, (long long)f->number,
	    f->page, chunk);
	struct cq_act act = *p->act;
	enum cq_status rc;

	act.op = op;
	rc = cq_store_fetched(p->store, &act, fetched, posts, n, &f->sum, err);
	free(op);
	if (rc != CQ_OK)
		hold(p, f->source.id); /* or it would be asked at once */
	if (is_for_good(rc))
		p->broken = *err;
	return rc;
}

/* The cursor comes with the last chunk: a crash before repeats the page. */
static enum cq_status
store_page(struct fetch *f, const struct posts *posts,
    const struct cq_fetched *last, struct cq_err *err)
{
	size_t done = 0, chunk = 0;
	enum cq_status rc;

	while (posts->n - done > CHUNK_POSTS) {
		struct cq_fetched part = {
		    .source_id = f->source.id,
		    .cursor_before = f->cursor,
		    .next_at = f->source.next_at,
		};

		rc = store_chunk(f, &part, posts->at + done, CHUNK_POSTS,
		    chunk++, err);
		if (rc != CQ_OK)
			return rc;
		done += CHUNK_POSTS;
	}
	return store_chunk(f, last, posts->n == 0 ? NULL : posts->at + done,
	    posts->n - done, chunk, err);
}

/* --- how a fetch ends -------------------------------------------------- */

static void
finish(struct fetch *f, enum cq_status status, const char *error,
    int64_t next_at)
{
	struct poller *p = f->poller;
	struct poll_told told = {&f->source, status, error, next_at, f->sum};
	struct fetch **at = &p->fetches;

	if (p->opts->tell != NULL)
		p->opts->tell(p->opts->arg, &told);
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	fetch_free(f);
}

/* Doubles with each failure; up to a quarter more or less, so that queues
 * which failed together do not come back together. */
static int64_t
retry_after(const struct poller *p, int n_failed)
{
	int64_t wait = RETRY_MIN_S;
	uint32_t dice = 0;

	while (n_failed-- > 0 && wait < RETRY_MAX_S)
		wait *= 2;
	p->env.random(p->env.arg, &dice, sizeof(dice));
	wait += wait * (int64_t)(dice % 51) / 100 - wait / 4;
	if (wait < RETRY_MIN_S)
		return RETRY_MIN_S;
	return wait > RETRY_MAX_S ? RETRY_MAX_S : wait;
}

static void
finish_failed(struct fetch *f, const struct cq_err *why,
    const struct src_next *next)
{
	struct poller *p = f->poller;
	int64_t wait = retry_after(p, f->source.n_failed);
	struct cq_fetched fetched = {
	    .source_id = f->source.id,
	    .cursor_before = f->cursor,
	    .error = why->msg,
	    .pause = next != NULL && next->pause,
	};
	struct cq_err err = {0};

	if (next != NULL && next->wait_s > wait)
		wait = next->wait_s;
	fetched.next_at = now_of(p) + wait;
	if (store_chunk(f, &fetched, NULL, 0, 0, &err) != CQ_OK)
		finish(f, err.status, err.msg, fetched.next_at);
	else
		finish(f, why->status, why->msg, fetched.next_at);
}

static int
interval(const struct fetch *f)
{
	return f->source.every_s > 0 ? f->source.every_s : f->ops->every_s;
}

static void ask(struct fetch *f);

/* A page was read: stores it, and asks for the next one if there is one. */
static void
end_page(struct fetch *f, const struct src_answer *answer,
    const struct posts *posts, struct src_next *next)
{
	bool more = next->more && next->wait_s == 0 && f->page + 1 < PAGES_MAX;
	int64_t wait = next->wait_s > 0 ? next->wait_s
	    : next->more		? 0
					: interval(f);
	struct cq_fetched fetched = {
	    .source_id = f->source.id,
	    .cursor_before = f->cursor,
	    .cursor = next->cursor,
	    .next_at = now_of(f->poller) + wait,
	};
	struct cq_err err = {0};

	/* only the address a person gave can have moved, not one made of it */
	if (answer->moved_to != NULL &&
	    strcmp(f->asked, f->source.address) == 0)
		fetched.address = answer->moved_to;
	if (store_page(f, posts, &fetched, &err) != CQ_OK) {
		finish(f, err.status, err.msg, fetched.next_at);
		return;
	}
	if (!more) {
		finish(f, CQ_OK, NULL, fetched.next_at);
		return;
	}
	if (next->cursor != NULL) {
		free(f->cursor);
		f->cursor = cq_strdup(next->cursor);
	}
	f->source.n_failed = 0;
	f->page++;
	ask(f);
}

static void
on_done(void *arg, const struct src_answer *answer, const struct cq_err *why)
{
	struct fetch *f = arg;
	struct src_next next = {0};
	struct posts posts = {0};
	struct cq_err err = {0};

	if (answer == NULL) {
		finish_failed(f, why, NULL);
		return;
	}
	posts_begin(&posts, f->source.name, f->source.brand);
	if (f->ops->read(&f->source, f->cursor, answer, posts_add, &posts,
		&next, &err) == CQ_OK)
		end_page(f, answer, &posts, &next);
	else
		finish_failed(f, &err, &next);
	posts_free(&posts);
	src_next_free(&next);
}

/* --- how it begins ----------------------------------------------------- */

static void
ask(struct fetch *f)
{
	struct cq_err err = {0};

	if (src_send(f->poller->http, &f->source, f->ops, f->cursor, on_done, f,
		&f->asked, &err) != CQ_OK)
		finish_failed(f, &err, NULL);
}

/* Takes the source's strings over. */
static void
start(struct poller *p, struct cq_source *source, const struct src_ops *ops)
{
	struct fetch *f = cq_alloc(sizeof(*f));

	f->poller = p;
	f->source = *source;
	*source = (struct cq_source){0};
	f->ops = ops;
	f->cursor = cq_strdup(f->source.cursor == NULL ? "" : f->source.cursor);
	f->number = ++p->n_started;
	f->next = p->fetches;
	p->fetches = f;
	ask(f);
}

static bool
is_named(const char *const *names, const char *name)
{
	for (; names != NULL && *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static bool
is_under_way(const struct poller *p, int64_t source_id)
{
	const struct fetch *f;

	for (f = p->fetches; f != NULL; f = f->next)
		if (f->source.id == source_id)
			return true;
	return false;
}

static void
tell_refused(const struct poller *p, const struct cq_source *s,
    enum cq_status status, const char *why)
{
	struct poll_told told = {
	    .source = s, .status = status, .error = why, .next_at = s->next_at};

	if (p->opts->tell != NULL)
		p->opts->tell(p->opts->arg, &told);
}

/*
 * People's notes need the last room on the disk more than new posts do.
 * Nothing is stored of it: the source has not failed.
 */
static bool
has_room(struct poller *p, const struct cq_source *s)
{
	struct cq_err err = {0};

	if (cq_store_room(p->store, &err) == CQ_OK)
		return true;
	hold(p, s->id); /* or it would be told each time the run looks */
	tell_refused(p, s, err.status, err.msg);
	return false;
}

/* Starts it if it is to be asked now; says why not if it was named. */
static void
consider(struct poller *p, struct cq_source *s)
{
	const struct src_ops *ops = src_adapter(s->adapter);
	bool named = is_named(p->opts->names, s->name);

	if (p->opts->names != NULL && !named)
		return;
	if (p->opts->due_only && (s->paused || s->next_at > now_of(p)))
		return;
	if (is_under_way(p, s->id) || is_held(p, s->id))
		return;
	if (ops == NULL) {
		if (named)
			tell_refused(p, s, CQ_INPUT,
			    "its posts come by caseq ingest: there is "
			    "nothing to fetch");
		return;
	}
	if (s->paused) {
		if (named)
			tell_refused(p, s, CQ_STATE,
			    "is paused: caseq source resume lets it go on");
		return;
	}
	if (has_room(p, s))
		start(p, s, ops);
}

static enum cq_status
start_all(struct poller *p, struct cq_err *err)
{
	struct cq_sources sources = {0};
	const char *const *name;
	enum cq_status rc;
	size_t i;

	rc = cq_store_sources(p->store, &sources, err);
	for (name = p->opts->names;
	     rc == CQ_OK && name != NULL && *name != NULL; name++) {
		for (i = 0; i < sources.n; i++)
			if (strcmp(sources.at[i].name, *name) == 0)
				break;
		if (i == sources.n)
			rc = cq_fail(err, CQ_NOT_FOUND,
			    "there is no source %s: caseq source list shows "
			    "them",
			    *name);
	}
	for (i = 0; rc == CQ_OK && i < sources.n && !stopped(p); i++)
		consider(p, &sources.at[i]);
	cq_sources_free(&sources);
	return rc;
}

static enum cq_status
outcome(const struct poller *p, struct cq_err *err)
{
	if (p->broken.status != CQ_OK && err != NULL)
		*err = p->broken;
	return p->broken.status;
}

enum cq_status
poll_round(struct cq_store *store, const struct cq_act *act,
    const struct poll_opts *opts, struct cq_err *err)
{
	struct poller p;
	enum cq_status rc = poller_init(&p, store, act, opts, err);

	if (rc != CQ_OK)
		return rc;
	rc = start_all(&p, err);
	while (rc == CQ_OK && !stopped(&p) && http_step(p.http, STEP_MS) > 0)
		;
	if (rc == CQ_OK)
		rc = outcome(&p, err);
	poller_free(&p);
	return rc;
}

/* --- the service ------------------------------------------------------- */

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* With nothing under way there is time for the word index. */
static enum cq_status
take_a_step(struct poller *p, struct cq_err *err)
{
	const struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};
	int64_t n = 0;
	enum cq_status rc = CQ_OK;

	if (http_step(p->http, STEP_MS) > 0)
		return CQ_OK;
	rc = cq_store_search_step(p->store, INT_MAX, &n, err);
	if (n == 0)
		nanosleep(&pause, NULL);
	return rc;
}

/* A busy or full store may recover; other failures end the run. */
static bool
goes_on(enum cq_status rc)
{
	return rc == CQ_OK || rc == CQ_BUSY || rc == CQ_FULL;
}

enum cq_status
poll_run(struct cq_store *store, const struct cq_act *act,
    const struct poll_opts *opts, struct cq_err *err)
{
	struct poll_opts due = *opts;
	struct poller p;
	int64_t look_ms = 0, tick_ms = 0;
	enum cq_status rc = cq_store_runner_lock(store, err);

	if (rc != CQ_OK)
		return rc;
	due.due_only = true;
	rc = poller_init(&p, store, act, &due, err);
	if (rc != CQ_OK)
		return rc;
	while (goes_on(rc) && !stopped(&p)) {
		int64_t now_ms = monotonic_ms();

		if (now_ms >= tick_ms) {
			rc = cq_store_tick(store, NULL, err);
			tick_ms = now_ms + TICK_MS;
		}
		if (goes_on(rc) && now_ms >= look_ms) {
			rc = start_all(&p, err);
			look_ms = now_ms + LOOK_MS;
		}
		if (goes_on(rc))
			rc = take_a_step(&p, err);
	}
	if (goes_on(rc))
		rc = outcome(&p, err);
	poller_free(&p);
	return rc;
}
