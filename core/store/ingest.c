#include "core/store/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/hash.h"
#include "core/link.h"
#include "core/store/echo.h"
#include "core/store/known.h"
#include "core/store/listen.h"
#include "core/store/named.h"
#include "core/store/policy.h"
#include "core/store/wordrow.h"

/*
 * Posts in: each is known already, or joins a case, or opens one.  Texts
 * are normalised before the transaction begins, so that it stays short.
 */

/* Posts of several sources mostly come mixed; a power of two. */
#define FACTS_KEPT 8

static enum cq_status
learn_source(struct verb *v, int64_t source, struct source_facts *facts,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM own"
	    "  WHERE source = 0 OR source = :source),"
	    " EXISTS (SELECT 1 FROM echo WHERE source = :source),"
	    " EXISTS (SELECT 1 FROM source a JOIN source b"
	    "  ON b.adapter = a.adapter AND b.id <> a.id WHERE a.id = :source)";
	struct db_stmt q;
	enum cq_status rc = policy_of(v->store, source, &facts->policy, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	if (db_row(&q)) {
		facts->any_own = db_int(&q, 0) != 0;
		facts->any_echo = db_int(&q, 1) != 0;
		facts->any_alike = db_int(&q, 2) != 0;
	}
	facts->source = source;
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
decide(struct verb *v, struct incoming *in, struct cq_verdict *verdict,
    struct cq_err *err)
{
	struct known k = {
	    .store = v->store,
	    .source = in->source,
	    .author = in->author_is_new ? 0 : in->author,
	};
	struct cq_dedup_index index = known_index(&k);
	struct cq_policy policy = in->facts->policy;
	struct cq_question q = {
	    .post = in->post,
	    .normal = &in->normal,
	    .link_key = in->link_key,
	    .at = cq_post_moment(in->post, v->now),
	    .index = &index,
	    .policy = &policy,
	};

	q.own = in->own;
	if (in->own) /* our words belong to a thread, or nowhere */
		cq_policy_facts_only(&policy);
	if (in->post->aside)
		cq_policy_reply_only(&policy);
	cq_dedup_decide(&q, verdict);
	known_done(&k);
	return k.rc == SQLITE_OK ? CQ_OK : db_fail(v->store, k.rc, err);
}

static enum cq_status
take_new(struct verb *v, struct incoming *in, struct cq_ingested *sum,
    struct cq_err *err)
{
	struct cq_verdict verdict = {0};
	enum cq_status rc = decide(v, in, &verdict, err);

	if (rc != CQ_OK)
		return rc;
	if ((in->own || in->post->aside) && verdict.rule == CQ_RULE_FIRST) {
		sum->n_own += in->own;
		return CQ_OK;
	}
	sum->n_new++;
	sum->n_suggested += verdict.n_suggestions > 0;
	in->is_new = true;
	rc = verb_numbers(v, err);
	if (rc != CQ_OK)
		return rc;
	in->id = ++v->last_post;
	if (verdict.rule == CQ_RULE_FIRST)
		return incoming_open(v, in, &verdict, err);
	sum->n_joined++;
	return incoming_join(v, in, &verdict, err);
}

/* One that was never read here leaves nothing, not even its source. */
static enum cq_status
take_gone(struct verb *v, struct incoming *in, struct cq_ingested *sum,
    struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	sum->n_known++;
	if (in->source == 0)
		rc = source_id(v->store, in->post->source, &in->source, NULL);
	if (rc == CQ_NOT_FOUND)
		return CQ_OK;
	return rc == CQ_OK ? incoming_gone(v, in, err) : rc;
}

/* It is no news, but its source was not silent. */
static enum cq_status
take_echo(struct verb *v, struct incoming *in, struct source_facts *facts,
    bool *known, struct cq_ingested *sum, struct cq_err *err)
{
	enum cq_status rc = echo_note(v, in, known, err);

	if (rc != CQ_OK || !*known)
		return rc;
	sum->n_known++;
	in->is_new = true;
	facts->any_echo = true;
	return CQ_OK;
}

static enum cq_status
take_one(struct verb *v, struct incoming *in, struct source_facts *kept,
    struct cq_ingested *sum, struct cq_err *err)
{
	struct source_facts *facts;
	bool known = false;
	enum cq_status rc = CQ_OK;

	if (in->post->gone)
		return take_gone(v, in, sum, err);
	if (in->source == 0)
		rc = incoming_source(v, in->post->source, &in->source, err);
	facts = &kept[in->source & (FACTS_KEPT - 1)];
	in->facts = facts;
	if (rc == CQ_OK && facts->source != in->source)
		rc = learn_source(v, in->source, facts, err);
	if (rc == CQ_OK)
		rc = incoming_known(v, in, &known, sum, err);
	if (rc != CQ_OK || known || in->post->past_at != 0)
		return rc;
	rc = incoming_author(v, in, err);
	if (rc == CQ_OK)
		rc = take_echo(v, in, facts, &known, sum, err);
	if (rc != CQ_OK || known)
		return rc;
	rc = incoming_own(v, in, err);
	return rc == CQ_OK ? take_new(v, in, sum, err) : rc;
}

static struct incoming *
prepare(const struct cq_post *posts, size_t n, bool newest,
    struct cq_ingested *sum)
{
	struct incoming *in = cq_alloc((n == 0 ? 1 : n) * sizeof(*in));

	for (size_t i = 0; i < n; i++) {
		in[i].post = &posts[i];
		in[i].newest = newest;
		in[i].bad = cq_post_check(&posts[i], NULL) != CQ_OK;
		sum->n_read++;
		sum->n_bad += in[i].bad;
		if (in[i].bad || posts[i].gone)
			continue;
		in[i].normal = cq_normalise(posts[i].text);
		in[i].link_key = cq_link_key(posts[i].url);
	}
	return in;
}

static void
discard(struct incoming *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cq_normal_free(&in[i].normal);
	free(in);
}

static void
sum_up(struct cq_ingested *sum, const struct cq_ingested *more)
{
	sum->n_read += more->n_read;
	sum->n_new += more->n_new;
	sum->n_known += more->n_known;
	sum->n_edited += more->n_edited;
	sum->n_joined += more->n_joined;
	sum->n_suggested += more->n_suggested;
	sum->n_bad += more->n_bad;
	sum->n_own += more->n_own;
}

static void
remember_sums(struct verb *v, const struct cq_ingested *s)
{
	struct cq_buf b = {0};

	cq_buf_fmt(&b, "%lld %lld %lld %lld %lld %lld %lld %lld",
	    (long long)s->n_read, (long long)s->n_new, (long long)s->n_known,
	    (long long)s->n_edited, (long long)s->n_joined,
	    (long long)s->n_suggested, (long long)s->n_bad,
	    (long long)s->n_own);
	v->words = cq_buf_take(&b);
}

static void
recall_sums(const struct verb *v, struct cq_ingested *s)
{
	int64_t *into[] = {&s->n_read, &s->n_new, &s->n_known, &s->n_edited,
	    &s->n_joined, &s->n_suggested, &s->n_bad, &s->n_own};
	char *at = v->words;

	for (size_t i = 0; at != NULL && i < sizeof(into) / sizeof(into[0]);
	     i++)
		*into[i] = strtoll(at, &at, 10);
}

static uint64_t
posts_args(const struct cq_post *posts, size_t n)
{
	uint64_t args = verb_args("%zu", n);

	for (size_t i = 0; i < n; i++) {
		args = verb_args_more(args, posts[i].source);
		args = verb_args_more(args, posts[i].id);
		args = verb_args_more(args, posts[i].text);
		args = cq_hash_unit(args, posts[i].gone);
	}
	return args;
}

static enum cq_status
take_all(struct verb *v, struct incoming *in, size_t n, struct cq_ingested *sum,
    struct cq_err *err)
{
	const struct incoming *last = NULL;
	struct source_facts kept[FACTS_KEPT] = {0};
	enum cq_status rc = CQ_OK;

	for (size_t i = 0; i < n && rc == CQ_OK; i++) {
		if (in[i].bad)
			continue;
		if (last != NULL &&
		    strcmp(in[i].post->source, last->post->source) == 0)
			in[i].source = last->source;
		rc = take_one(v, &in[i], kept, sum, err);
		last = &in[i];
	}
	return rc == CQ_OK ? heard_posts(v, in, n, err) : rc;
}

#define ROOM_MOST 500
#define ROOM_LEAST 25
#define HOLD_US 12000	 /* the gate, while people work */
#define WORKING_MS 60000 /* they do if they wrote so lately */

size_t
cq_store_ingest_room(const struct cq_store *store)
{
	int64_t room = ROOM_MOST;

	if (store->others_ms != 0 && store->post_us != 0 &&
	    db_clock_us() / 1000 - store->others_ms < WORKING_MS)
		room = HOLD_US / store->post_us;
	if (room > ROOM_MOST)
		room = ROOM_MOST;
	return (size_t)(room < ROOM_LEAST ? ROOM_LEAST : room);
}

/* A batch of n posts held the gate from then until now. */
static void
measure_hold(struct cq_store *store, int64_t began_us, size_t n)
{
	int64_t took_us;

	if (n < ROOM_LEAST)
		return;
	took_us = (db_clock_us() - began_us) / (int64_t)n + 1;
	store->post_us =
	    store->post_us == 0 ? took_us : (store->post_us + took_us) / 2;
}

enum cq_status
ingest_posts(struct cq_store *store, const struct cq_act *act, const char *name,
    const struct cq_post *posts, size_t n,
    enum cq_status (*more)(struct verb *v, const struct cq_ingested *sum,
	void *arg, struct cq_err *err),
    void *arg, struct cq_ingested *sum, struct cq_err *err)
{
	struct verb v = {0};
	struct cq_ingested own = {0};
	struct incoming *in = prepare(posts, n, more != NULL, &own);
	enum cq_status rc = verb_begin(&v, store, act, name,
	    posts_args(posts, n), CQ_MAY_INGEST, DB_NORMAL, err);
	int64_t began_us = db_clock_us();

	store->import = rc == CQ_OK && n >= ROOM_LEAST;
	if (rc == CQ_OK && v.replay) {
		recall_sums(&v, &own);
	} else if (rc == CQ_OK) {
		rc = take_all(&v, in, n, &own, err);
		if (rc == CQ_OK)
			rc = words_flush(store, err);
		if (rc == CQ_OK && more != NULL)
			rc = more(&v, &own, arg, err);
		remember_sums(&v, &own);
	}
	rc = verb_end(&v, rc, err);
	measure_hold(store, began_us, n);
	discard(in, n);
	if (rc == CQ_OK && sum != NULL)
		sum_up(sum, &own);
	return rc;
}

enum cq_status
cq_store_ingest(struct cq_store *store, const struct cq_act *act,
    const struct cq_post *posts, size_t n, struct cq_ingested *sum,
    struct cq_err *err)
{
	return ingest_posts(store, act, "ingest", posts, n, NULL, NULL, sum,
	    err);
}
