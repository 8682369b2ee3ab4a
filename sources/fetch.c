#include "sources/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/posts.h"
#include "sources/send.h"
#include "sources/token.h"
#include "sources/url.h"

/* One source on its way: asked, read, stored, asked on; and how it ends. */

#define RETRY_MIN_S 60
#define RETRY_MAX_S 3600

int64_t
fetch_now(const struct poller *p)
{
	return p->env.now(p->env.arg);
}

void
fetch_free(struct fetch *f)
{
	visit_end(&f->visit);
	cq_source_free(&f->source);
	cq_ids_free(&f->again);
	free(f->account);
	free(f->asked);
	free(f);
}

/* --- rest -------------------------------------------------------------- */

/* One account at one service: its limits hold for all its sources. */
static char *
account_of(const struct cq_source *s)
{
	char *host = s->address == NULL ? NULL : url_host(s->address);
	char *account =
	    cq_format("%s %s %s", s->adapter, host == NULL ? "" : host,
		s->token_file == NULL ? "" : s->token_file);

	free(host);
	return account;
}

void
fetch_rest(struct poller *p, int64_t source_id, int64_t until_at)
{
	struct rest *r = p->rests;
	size_t i;

	for (i = 0; i < p->n_rests && r->source_id != source_id; i++)
		r++;
	if (i == p->n_rests) {
		p->rests = cq_grow(p->rests, p->n_rests + 1, sizeof(*p->rests));
		r = &p->rests[p->n_rests++];
	}
	*r = (struct rest){source_id, until_at};
}

void
fetch_rest_account(struct fetch *f, int64_t wait_s)
{
	int64_t until_at = fetch_now(f->poller) + wait_s;
	struct fetch *of;

	for (of = f->poller->fetches; of != NULL; of = of->next)
		if (of->source.rest_at < until_at &&
		    strcmp(of->account, f->account) == 0)
			of->source.rest_at = until_at;
}

int64_t
fetch_rests_until(const struct poller *p, const struct cq_source *source)
{
	int64_t now = fetch_now(p), until_at = source->rest_at;
	size_t i;

	for (i = 0; i < p->n_rests; i++)
		if (p->rests[i].source_id == source->id &&
		    p->rests[i].until_at > until_at)
			until_at = p->rests[i].until_at;
	/* no rest is longer, unless the clock was set back */
	return until_at > now && until_at <= now + CQ_REST_MAX_S ? until_at : 0;
}

/* --- storing ----------------------------------------------------------- */

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
	/* a page of which posts were stored may still fail */
	char *op =
	    cq_format("%s.%lld.%d.%zu%s", p->act->op, (long long)f->number,
		f->page, chunk, fetched->error == NULL ? "" : ".failed");
	struct cq_act act = *p->act;
	int64_t soon = fetch_now(p) + RETRY_MIN_S;
	enum cq_status rc;

	act.op = op;
	rc = cq_store_fetched(p->store, &act, fetched, posts, n, &f->sum, err);
	free(op);
	/* Or it would be asked at once.  Who was overtaken has the rest in the
	 * store, unless it is not the source's any more. */
	if (rc != CQ_OK)
		fetch_rest(p, f->source.id,
		    rc != CQ_CONFLICT && fetched->rest_at > soon
			? fetched->rest_at
			: soon);
	if (is_for_good(rc))
		p->broken = *err;
	return rc;
}

/*
 * Posts on their way from the adapter to the store, a transaction at a time,
 * so that a page of any length takes little room.  History that nobody asked
 * for stays out, or a new source would flood the queue.
 */
struct sieve {
	struct fetch *fetch;
	struct posts posts; /* not stored yet */
	size_t chunk;	    /* of this page */
	struct cq_err err;  /* why storing failed; the rest is dropped */
};

static void
store_some(struct sieve *s)
{
	struct fetch *f = s->fetch;
	struct cq_fetched part = {
	    .source_id = f->source.id,
	    .cursor_before = f->visit.cursor,
	    .asked = &f->source,
	    .next_at = f->source.next_at,
	};

	store_chunk(f, &part, s->posts.at, s->posts.n, s->chunk++, &s->err);
	cq_post_list_clear(&s->posts.list);
	http_keep_up(f->poller->http); /* a long page takes seconds */
}

/* A src_emit_fn; arg is a struct sieve. */
static void
sift(void *arg, const struct cq_post *post)
{
	struct sieve *s = arg;

	if (s->err.status != CQ_OK)
		return;
	if (visit_is_old(&s->fetch->visit, post)) {
		s->fetch->n_old += !post->aside; /* nobody wanted it */
		return;
	}
	if (s->posts.n >= cq_store_ingest_room(s->fetch->poller->store))
		store_some(s);
	posts_add(&s->posts, post);
}

/* The cursor comes with the last chunk: a crash before repeats the page. */
static enum cq_status
store_last(struct sieve *s, const struct cq_fetched *last, struct cq_err *err)
{
	if (s->err.status != CQ_OK)
		return cq_fail(err, s->err.status, "%s", s->err.msg);
	return store_chunk(s->fetch, last, s->posts.n == 0 ? NULL : s->posts.at,
	    s->posts.n, s->chunk, err);
}

/* --- how a fetch ends -------------------------------------------------- */

static void
tell(const struct fetch *f, struct poll_told *told)
{
	const struct poll_opts *opts = f->poller->opts;

	told->source = &f->source;
	told->step = f->page + 1;
	told->n_old = f->n_old;
	told->sum = f->sum;
	if (opts->tell != NULL)
		opts->tell(opts->arg, told);
}

static void ask(struct fetch *f);

/* It is not asked after all; source is taken over: it says why. */
static void
leave(struct fetch *f, enum poll_end end, struct cq_source *source)
{
	int64_t until_at =
	    source->paused ? 0 : fetch_rests_until(f->poller, source);

	cq_source_free(&f->source);
	f->source = *source;
	f->end = end;
	fetch_finish(f, CQ_OK, NULL, until_at);
}

/* While it waited, its account may have been refused, or told to wait. */
static void
go_on(struct fetch *f)
{
	struct cq_source now = {0};
	struct cq_err err = {0};
	enum cq_status rc =
	    cq_store_source(f->poller->store, f->source.name, &now, &err);

	f->waits = false;
	if (now.rest_at < f->source.rest_at) /* told, but not stored */
		now.rest_at = f->source.rest_at;
	if (rc != CQ_OK) {
		fetch_finish(f, rc, err.msg, 0);
	} else if (now.paused) {
		leave(f, POLL_PAUSED, &now);
	} else if (fetch_rests_until(f->poller, &now) > 0) {
		leave(f, POLL_RESTS, &now);
	} else {
		cq_source_free(&now);
		ask(f);
	}
}

/* Sources with a session come one after the other: see fetch_start(). */
static void
wake_next(struct poller *p, const char *account)
{
	struct fetch *f, *oldest = NULL;

	for (f = p->fetches; f != NULL; f = f->next)
		if (f->waits && strcmp(f->account, account) == 0)
			oldest = f; /* the newest is first */
	if (oldest != NULL)
		go_on(oldest);
}

void
fetch_finish(struct fetch *f, enum cq_status status, const char *error,
    int64_t next_at)
{
	struct poll_told told = {
	    .end = status == CQ_CONFLICT ? POLL_OVERTAKEN : f->end,
	    .status = status,
	    .error = error,
	    .next_at = next_at,
	};
	struct poller *p = f->poller;
	struct fetch **at = &p->fetches;
	char *account = f->account;

	tell(f, &told);
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	f->account = NULL;
	fetch_free(f);
	wake_next(p, account);
	free(account);
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

/* Not before its account may be asked again. */
static int64_t
no_sooner(const struct fetch *f, int64_t at)
{
	int64_t until_at = fetch_rests_until(f->poller, &f->source);

	return at > until_at ? at : until_at;
}

int64_t
fetch_rest_s(const struct src_next *next, int64_t untold_s)
{
	if (next == NULL)
		return 0;
	return next->wait_s > 0 ? next->wait_s : next->patience ? untold_s : 0;
}

static void
store_failure(struct fetch *f, const struct cq_fetched *fetched,
    enum cq_status status)
{
	struct cq_err err = {0};

	if (store_chunk(f, fetched, NULL, 0, 0, &err) != CQ_OK)
		fetch_finish(f, err.status, err.msg, fetched->next_at);
	else
		fetch_finish(f, status, fetched->error, fetched->next_at);
}

/* systemd reads the file of a credential when it starts a service only. */
static void
add_restart(const struct cq_source *s, struct cq_err *told)
{
	const struct cq_err why = *told;

	if (s->token_file != NULL && token_is_credential(s->token_file))
		cq_fail(told, why.status,
		    "%s; then restart the service, which has a copy of it",
		    why.msg);
}

/*
 * That a caller has no access to the token, or no room for a session, is not
 * the source's failure.
 */
static bool
is_callers(const struct fetch *f, const struct cq_err *why)
{
	return f->poller->opts->by_hand && why->status == CQ_DENIED;
}

void
fetch_failed(struct fetch *f, const struct cq_err *why,
    const struct src_next *next)
{
	struct poller *p = f->poller;
	int64_t wait = retry_after(p, f->source.n_failed);
	int64_t rest_s = fetch_rest_s(next, wait);
	struct cq_err told = *why;
	struct cq_fetched fetched = {
	    .source_id = f->source.id,
	    .cursor_before = f->visit.cursor,
	    .asked = &f->source,
	    .error = told.msg,
	    .pause = next != NULL && next->pause,
	    .refused = next != NULL && next->refused,
	};

	if (is_callers(f, why)) {
		if (next == NULL)
			f->end = POLL_NO_TOKEN;
		fetch_finish(f, why->status, why->msg, f->source.next_at);
		return;
	}
	if (fetched.refused)
		add_restart(&f->source, &told);
	/* a server may say back what it was sent */
	token_hide(f->source.token_file, told.msg);
	if (rest_s > 0) {
		fetch_rest_account(f, rest_s);
		fetched.rest_at = f->source.rest_at;
	}
	fetched.next_at = no_sooner(f, fetch_now(p) + wait);
	store_failure(f, &fetched, told.status);
}

/*
 * Its adapter knows until when there is nothing to ask: that is one failure,
 * however often somebody tries meanwhile.
 */
static void
fail_until(struct fetch *f, const struct cq_err *why, int64_t until_at)
{
	const struct cq_source *s = &f->source;
	const struct cq_fetched fetched = {
	    .source_id = s->id,
	    .cursor_before = f->visit.cursor,
	    .asked = &f->source,
	    .error = why->msg,
	    .next_at = until_at,
	};

	if (s->n_failed > 0 && s->next_at == until_at &&
	    s->last_error != NULL && strcmp(s->last_error, why->msg) == 0)
		fetch_finish(f, why->status, why->msg, until_at);
	else
		store_failure(f, &fetched, why->status);
}

/* --- an answer --------------------------------------------------------- */

static int64_t
interval(const struct fetch *f, const struct src_next *next)
{
	int64_t every =
	    f->source.every_s > 0 ? f->source.every_s : f->visit.ops->every_s;

	return next->every_s > every ? next->every_s : every;
}

/* Nothing to keep: only a step on the way to what is. */
static bool
is_mere_step(const struct sieve *s, const struct src_next *next)
{
	return next->more && s->posts.n == 0 && next->cursor == NULL &&
	    !next->jumped && s->err.status == CQ_OK;
}

static enum cq_status
store_answer(struct fetch *f, const struct src_answer *answer,
    struct sieve *posts, const struct src_next *next, int64_t next_at,
    struct cq_err *err)
{
	struct cq_fetched fetched = {
	    .source_id = f->source.id,
	    .cursor_before = f->visit.cursor,
	    .asked = &f->source,
	    .cursor = next->cursor,
	    .next_at = next_at,
	    .pause = next->pause,
	    .rest_at = next->wait_s > 0 ? f->source.rest_at : 0,
	    .jumped = next->jumped,
	    .jumped_at = next->jumped_at > 0 ? next->jumped_at : CQ_NO_TIME,
	};
	enum cq_status rc;

	/* only the address a person gave can have moved, not one made of it */
	if (answer->moved_to != NULL &&
	    strcmp(f->asked, f->source.address) == 0)
		fetched.address = answer->moved_to;
	rc = store_last(posts, &fetched, err);
	if (rc == CQ_OK) {
		visit_go_on(&f->visit, next);
		f->source.n_failed = 0;
	}
	return rc;
}

/* An answer was read: stores it, and asks for the next one if there is one. */
static void
end_answer(struct fetch *f, const struct src_answer *answer,
    struct sieve *posts, const struct src_next *next)
{
	int64_t pause_s = next->more ? 0 : interval(f, next), next_at;
	struct cq_err err = {0};
	bool more;

	if (next->wait_s > 0)
		fetch_rest_account(f, next->wait_s);
	next_at = no_sooner(f, fetch_now(f->poller) + pause_s);
	more = next->more && f->page + 1 < SRC_STEPS_MAX &&
	    fetch_rests_until(f->poller, &f->source) == 0;
	if (!(more && is_mere_step(posts, next)) &&
	    store_answer(f, answer, posts, next, next_at, &err) != CQ_OK)
		fetch_finish(f, err.status, err.msg, next_at);
	else if (!more)
		fetch_look_again(f, next_at);
	else {
		f->page++;
		ask(f);
	}
}

static void
on_done(void *arg, const struct src_answer *answer, const struct cq_err *why)
{
	struct fetch *f = arg;
	struct cq_store *store = f->poller->store;
	struct sieve sieve = {.fetch = f};
	struct src_next next = {0};
	struct cq_err err = {0}, unkept = {0};
	enum cq_status rc;

	if (answer == NULL) {
		fetch_failed(f, why, NULL);
		return;
	}
	cq_store_lean(store, answer->n);
	posts_begin(&sieve.posts, f->source.name, f->source.brand);
	f->visit.v.now = answer->now;
	rc = f->visit.ops->read(&f->visit.v, answer, sift, &sieve, &next, &err);
	f->n_old += next.n_old;
	f->sum.n_read += next.n_same;
	f->sum.n_known += next.n_same;
	if (visit_keep_session(&f->visit, &next, &unkept) != CQ_OK &&
	    rc == CQ_OK)
		rc = cq_fail(&err, unkept.status, "%s", unkept.msg);
	if (rc == CQ_OK)
		end_answer(f, answer, &sieve, &next);
	else
		fetch_failed(f, &err, &next);
	posts_free(&sieve.posts);
	src_next_free(&next);
	cq_store_lean(store, 0);
}

/* --- how it begins ----------------------------------------------------- */

static void
ask(struct fetch *f)
{
	struct poll_told told = {.under_way = true};
	struct cq_err err = {0};

	tell(f, &told);
	if (visit_read_session(&f->visit, &err) == CQ_OK &&
	    src_send(f->poller->http, &f->visit.v, f->visit.ops, on_done, f,
		&f->asked, &err) == CQ_OK)
		return;
	if (f->visit.v.until_at > fetch_now(f->poller))
		fail_until(f, &err, f->visit.v.until_at);
	else
		fetch_failed(f, &err, NULL);
}

/* Two that sign in at once would log each other out. */
static bool
is_account_busy(const struct poller *p, const struct fetch *self)
{
	const struct fetch *f;

	for (f = p->fetches; f != NULL; f = f->next)
		if (f != self && strcmp(f->account, self->account) == 0)
			return true;
	return false;
}

void
fetch_start(struct poller *p, struct cq_source *source,
    const struct src_ops *ops)
{
	struct fetch *f = cq_alloc(sizeof(*f));

	f->poller = p;
	f->source = *source;
	*source = (struct cq_source){0};
	visit_begin(&f->visit, &f->source, ops, fetch_now(p),
	    p->opts->sessions);
	f->account = account_of(&f->source);
	f->number = ++p->n_started;
	f->next = p->fetches;
	p->fetches = f;
	f->waits = f->visit.path != NULL && is_account_busy(p, f);
	if (!f->waits)
		ask(f);
}
