#include "core/when.h"
#include "sources/poll.h"
#include "sources/posts.h"
#include "sources/send.h"
#include "sources/token.h"
#include "sources/visit.h"

/*
 * A visit that stores nothing: what a source would bring.  Only the session
 * of its account is kept, as the old one may be good for nothing now.
 */
struct trial {
	const struct cq_source *source;
	struct http *http;
	struct visit visit;
	src_emit_fn emit;
	void *arg;
	int n_steps;
	bool any; /* a post was seen */
	int64_t n_old;
	enum cq_status status;
	struct cq_err *err;
};

static void
on_trial_post(void *arg, const struct cq_post *post)
{
	struct trial *t = arg;
	struct cq_post own = posts_own(post, t->source->name, t->source->brand);

	if (post->gone)
		return;
	if (visit_is_old(&t->visit, post)) {
		t->n_old++;
		return;
	}
	t->any = true;
	t->emit(t->arg, &own);
}

static void ask(struct trial *t);

static void
on_trial_done(void *arg, const struct src_answer *answer,
    const struct cq_err *why)
{
	struct trial *t = arg;
	struct src_next next = {0};
	struct cq_err unkept = {0};
	enum cq_status rc;

	if (answer == NULL) {
		t->status = cq_fail(t->err, why->status, "%s", why->msg);
		return;
	}
	t->visit.v.now = answer->now;
	t->status = t->visit.ops->read(&t->visit.v, answer, on_trial_post, t,
	    &next, t->err);
	t->n_old += next.n_old;
	rc = visit_keep_session(&t->visit, &next, &unkept);
	if (t->status == CQ_OK && rc != CQ_OK)
		t->status = cq_fail(t->err, rc, "%s", unkept.msg);
	visit_go_on(&t->visit, &next);
	if (t->status == CQ_OK && next.more && next.wait_s == 0 && !t->any &&
	    ++t->n_steps < SRC_STEPS_MAX)
		ask(t);
	src_next_free(&next);
}

static void
ask(struct trial *t)
{
	t->status = visit_read_session(&t->visit, t->err);
	if (t->status == CQ_OK)
		t->status = src_send(t->http, &t->visit.v, t->visit.ops,
		    on_trial_done, t, NULL, t->err);
}

static enum cq_status
try_source(const struct cq_env *env, const struct src_ops *ops, struct trial *t)
{
	const struct http_opts opts = {.env = *env};
	struct cq_source fresh = *t->source;

	t->http = http_new(&opts);
	if (t->http == NULL)
		return cq_fail(t->err, CQ_NET, "libcurl cannot be used");
	fresh.cursor = NULL; /* as on the first visit */
	visit_begin(&t->visit, &fresh, ops, env->now(env->arg), NULL);
	t->visit.v.trial = true;
	ask(t);
	if (t->status == CQ_OK)
		http_run(t->http, NULL);
	http_free(t->http);
	visit_end(&t->visit);
	if (t->status != CQ_OK && t->err != NULL) /* as fetch_failed() does */
		token_hide(t->source->token_file, t->err->msg);
	return t->status;
}

/* As a fetch does; nothing of what is heard here could be kept. */
static enum cq_status
check_rest(const struct cq_source *s, int64_t now, struct cq_err *err)
{
	char at[CQ_TIME_SIZE];

	if (s->rest_at <= now)
		return CQ_OK;
	cq_time_local(s->rest_at, "%Y-%m-%d %H:%M", at);
	return cq_fail(err, CQ_STATE,
	    "%s was not asked: the service asked us to wait until %s; if you "
	    "know better: caseq source resume %s",
	    s->name, at, s->name);
}

enum cq_status
poll_test(const struct cq_env *env, const struct cq_source *source,
    src_emit_fn emit, void *arg, int64_t *n_old, struct cq_err *err)
{
	const struct src_ops *ops = src_adapter(source->adapter);
	struct trial t = {
	    .source = source, .emit = emit, .arg = arg, .err = err};
	enum cq_status rc;

	*n_old = 0;
	if (ops == NULL)
		return cq_fail(err, CQ_INPUT,
		    "the posts of %s come by caseq ingest: there is nothing "
		    "to ask",
		    source->name);
	if (ops->check(source, err) != CQ_OK)
		return CQ_INPUT;
	rc = check_rest(source, env->now(env->arg), err);
	if (rc != CQ_OK)
		return rc;
	rc = try_source(env, ops, &t);
	*n_old = t.n_old;
	return rc;
}
