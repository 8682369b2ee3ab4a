#include "sources/fetch.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "sources/posts.h"
#include "sources/send.h"

/* A second look at posts that are known: were they edited, or taken away? */

#define AGAIN_EVERY_S (15 * 60)	 /* of one source */
#define AGAIN_BACK_S (48 * 3600) /* younger posts are worth it */
#define AGAIN_QUESTIONS 10	 /* the rest is for the next time */
#define AGAIN_STEPS 40		 /* ... but what was begun is ended by then */
#define AGAIN_REST_S 60		 /* if patience is asked for without a time */

static void ask_on(struct fetch *f);
static void ask_about(struct fetch *f);

/*
 * Keeps how far it came, for this process or another one.  If that fails it
 * only comes to the same posts again.
 */
static void
end(struct fetch *f)
{
	struct cq_err err = {0};

	(void)cq_store_looked(f->poller->store, f->source.id, f->look_at,
	    f->source.look_before, &err);
	fetch_finish(f, CQ_OK, NULL, f->next_at);
}

/* The source was read: it is only asked later than it would be. */
static void
wait(struct fetch *f, int64_t wait_s)
{
	fetch_rest_account(f, wait_s);
	if (f->next_at < f->source.rest_at)
		f->next_at = f->source.rest_at;
}

static enum cq_status
store(struct fetch *f, const struct posts *posts, int64_t wait_s,
    struct cq_err *err)
{
	struct cq_fetched fetched = {
	    .source_id = f->source.id,
	    .cursor_before = f->visit.cursor,
	    .asked = &f->source,
	    .next_at = f->next_at,
	    .rest_at = wait_s > 0 ? f->source.rest_at : 0,
	    .jumped_at = CQ_NO_TIME,
	};
	struct cq_act act = *f->poller->act;
	struct cq_ingested sum = {0};
	char *op = cq_format("%s.%lld.again.%d", act.op, (long long)f->number,
	    f->n_again);
	enum cq_status rc;

	act.op = op;
	rc = cq_store_fetched(f->poller->store, &act, &fetched, posts->at,
	    posts->n, &sum, err);
	free(op);
	f->sum.n_edited += sum.n_edited; /* all of them were read before */
	return rc;
}

/* Nothing is known of those in f->again: they are asked about once more. */
static void
end_before_these(struct fetch *f)
{
	f->source.look_before = f->again_from;
	end(f);
}

/*
 * What goes wrong here is no failure of the source, which was read; it is
 * looked at again another time.
 */
static void
on_again(void *arg, const struct src_answer *answer, const struct cq_err *why)
{
	struct fetch *f = arg;
	struct posts posts;
	struct src_next next = {0};
	struct cq_err err = {0}, unkept = {0};
	int64_t wait_s;
	enum cq_status rc, kept = CQ_OK;

	(void)why;
	if (answer == NULL) {
		end_before_these(f);
		return;
	}
	posts_begin(&posts, f->source.name, f->source.brand);
	f->visit.v.now = answer->now;
	rc = f->visit.ops->read_again(&f->visit.v,
	    (const char *const *)f->again.at, f->again.n, answer, posts_add,
	    &posts, &next, &err);
	visit_keep_session(&f->visit, &next, &unkept); /* or at the next one */
	wait_s = fetch_rest_s(&next, AGAIN_REST_S);
	if (wait_s > 0)
		wait(f, wait_s);
	if ((rc == CQ_OK && posts.n > 0) || wait_s > 0)
		kept = store(f, &posts, wait_s, &err);
	if (kept != CQ_OK) {
		end_before_these(f);
	} else if (rc != CQ_OK || wait_s > 0) {
		end(f);
	} else if (next.more && f->n_again < AGAIN_STEPS) {
		f->n_again++;
		ask_about(f);
	} else {
		ask_on(f);
	}
	posts_free(&posts);
	src_next_free(&next);
}

/* The next posts to ask about; false if there are none, or it is enough. */
static bool
take_more(struct fetch *f)
{
	struct poller *p = f->poller;
	struct cq_err err = {0};

	cq_ids_free(&f->again);
	f->again_from = f->source.look_before;
	if (f->n_again >= AGAIN_QUESTIONS ||
	    (f->n_again > 0 && f->source.look_before == 0) ||
	    cq_store_recheck(p->store, f->source.id,
		fetch_now(p) - AGAIN_BACK_S, f->visit.ops->again_max,
		&f->source.look_before, &f->again, &err) != CQ_OK)
		return false;
	f->n_again++;
	return f->again.n > 0;
}

/* About the posts in f->again. */
static void
ask_about(struct fetch *f)
{
	struct cq_err err = {0};

	if (src_send_again(f->poller->http, &f->visit.v, f->visit.ops,
		(const char *const *)f->again.at, f->again.n, on_again, f,
		&err) != CQ_OK)
		end(f);
}

static void
ask_on(struct fetch *f)
{
	if (take_more(f))
		ask_about(f);
	else
		end(f);
}

void
fetch_look_again(struct fetch *f, int64_t next_at)
{
	struct poller *p = f->poller;
	int64_t now = fetch_now(p), looked_at = f->source.looked_at;

	f->next_at = next_at;
	visit_forget(&f->visit);
	if (f->visit.ops->ask_again == NULL || *f->source.cursor == '\0' ||
	    fetch_rests_until(p, &f->source) > 0 ||
	    (now >= looked_at && /* or the clock was set back */
		looked_at > now - AGAIN_EVERY_S)) {
		fetch_finish(f, CQ_OK, NULL, next_at);
		return;
	}
	f->look_at = now;
	ask_on(f);
}
