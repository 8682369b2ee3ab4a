#include "sources/poll.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sources/fetch.h"

/* Rounds of fetches, and the service that makes one after the other. */

#define LOOK_MS 1000 /* how often the run looks for sources that are due */
#define TICK_MS 5000
#define STEP_MS 200
#define FAR_S (CQ_REST_MAX_S + 3600)
#define ROOM_S 60 /* until a full disk is looked at again */

static int64_t
clock_of_store(void *arg)
{
	return cq_store_now(arg);
}

static enum cq_status
poller_init(struct poller *p, struct cq_store *store, const struct cq_act *act,
    const struct poll_opts *opts, struct cq_err *err)
{
	struct http_opts http = {.env = cq_env_system()};

	http.env.now = clock_of_store; /* one clock for all that is stored */
	http.env.arg = store;
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
poller_free(struct poller *p)
{
	http_free(p->http);
	while (p->fetches != NULL) {
		struct fetch *f = p->fetches;

		p->fetches = f->next;
		fetch_free(f);
	}
	free(p->rests);
}

static bool
stopped(const struct poller *p)
{
	return (p->opts->stop != NULL && *p->opts->stop != 0) ||
	    p->broken.status != CQ_OK;
}

/* --- which are asked -------------------------------------------------- */

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
tell_end(const struct poller *p, const struct cq_source *s,
    const struct poll_told *end)
{
	struct poll_told told = *end;

	told.source = s;
	if (p->opts->tell != NULL)
		p->opts->tell(p->opts->arg, &told);
}

static void
tell_refused(const struct poller *p, const struct cq_source *s,
    enum cq_status status, const char *why)
{
	const struct poll_told end = {
	    .status = status, .error = why, .next_at = s->next_at};

	tell_end(p, s, &end);
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
	/* or it would be told each time the run looks */
	fetch_rest(p, s->id, fetch_now(p) + ROOM_S);
	tell_refused(p, s, err.status, err.msg);
	return false;
}

/*
 * No service is given more than a day, so what is further off was told by a
 * clock that was wrong, as was its last success or failure then.
 */
static bool
is_due(const struct cq_source *s, int64_t now)
{
	bool astray =
	    s->next_at > now + FAR_S && (s->ok_at > now || s->failed_at > now);

	return !s->paused && (s->next_at <= now || astray);
}

/* It is paused or rests: the run keeps quiet about that. */
static bool
is_left_alone(const struct poller *p, const struct cq_source *s)
{
	int64_t rests_until = fetch_rests_until(p, s);
	const struct poll_told end = {
	    .end = s->paused ? POLL_PAUSED : POLL_RESTS,
	    .next_at = s->paused ? 0 : rests_until,
	};

	if (!s->paused && rests_until == 0)
		return false;
	if (!p->opts->due_only)
		tell_end(p, s, &end);
	return true;
}

/* Starts it if it is to be asked now; says why not. */
static void
consider(struct poller *p, struct cq_source *s)
{
	const struct src_ops *ops = src_adapter(s->adapter);
	bool named = is_named(p->opts->names, s->name);

	if (p->opts->names != NULL && !named)
		return;
	if (p->opts->due_only && !is_due(s, fetch_now(p)))
		return;
	if (is_under_way(p, s->id))
		return;
	if (ops == NULL) {
		if (named)
			tell_refused(p, s, CQ_INPUT,
			    "its posts come by caseq ingest: there is "
			    "nothing to fetch");
		return;
	}
	if (!is_left_alone(p, s) && has_room(p, s))
		fetch_start(p, s, ops);
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
