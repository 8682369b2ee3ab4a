#include "sources/poll.h"
#include "sources/send.h"

struct trial {
	const struct cq_source *source;
	const struct src_ops *ops;
	src_emit_fn emit;
	void *arg;
	enum cq_status status;
	struct cq_err *err;
};

static void
on_trial_post(void *arg, const struct cq_post *post)
{
	struct trial *t = arg;
	struct cq_post own = *post;

	own.source = t->source->name;
	if (own.brand == NULL)
		own.brand = t->source->brand;
	t->emit(t->arg, &own);
}

static void
on_trial_done(void *arg, const struct src_answer *answer,
    const struct cq_err *why)
{
	struct trial *t = arg;
	struct src_next next = {0};

	if (answer == NULL)
		t->status = cq_fail(t->err, why->status, "%s", why->msg);
	else
		t->status = t->ops->read(t->source, "", answer, on_trial_post,
		    t, &next, t->err);
	src_next_free(&next);
}

static enum cq_status
try_source(const struct http_opts *opts, struct trial *t)
{
	struct http *http = http_new(opts);
	enum cq_status rc;

	if (http == NULL)
		return cq_fail(t->err, CQ_NET, "libcurl cannot be used");
	rc = src_send(http, t->source, t->ops, "", on_trial_done, t, NULL,
	    t->err);
	if (rc == CQ_OK) {
		http_run(http, NULL);
		rc = t->status;
	}
	http_free(http);
	return rc;
}

enum cq_status
poll_test(const struct cq_env *env, const struct cq_source *source,
    src_emit_fn emit, void *arg, struct cq_err *err)
{
	const struct http_opts opts = {.env = *env};
	struct trial t = {
	    .source = source, .emit = emit, .arg = arg, .err = err};

	t.ops = src_adapter(source->adapter);
	if (t.ops == NULL)
		return cq_fail(err, CQ_INPUT,
		    "the posts of %s come by caseq ingest: there is nothing "
		    "to ask",
		    source->name);
	if (t.ops->check(source, err) != CQ_OK)
		return CQ_INPUT;
	return try_source(&opts, &t);
}
