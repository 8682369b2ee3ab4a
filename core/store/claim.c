#include "core/store/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/when.h"

/*
 * Claims: who works a case now.  Time decides when a case becomes free;
 * only the fence decides who may write.
 */

void
claim_give(struct verb *v, struct case_now *c, int lease_s)
{
	c->fence++;
	c->holder = v->agent;
	c->held_since_at = v->now;
	c->lease_until_at = v->now + lease_s;
	c->live = true;
}

void
claim_end(struct case_now *c)
{
	c->holder = 0;
	c->held_since_at = CQ_NO_TIME;
	c->lease_until_at = CQ_NO_TIME;
	c->live = false;
}

static bool
is_writing(struct verb *v, const struct case_now *c)
{
	static const char sql[] =
	    "SELECT writing FROM presence WHERE agent = :agent"
	    " AND case_id = :id AND seen_at > :since";
	struct db_stmt q;
	int64_t writing = 0;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":agent", c->holder);
	db_bind_int(&q, ":id", c->id);
	db_bind_int(&q, ":since", v->now - CQ_PRESENCE_S);
	db_one_int(&q, &writing, NULL);
	return writing != 0;
}

enum cq_status
claim_refuse(struct verb *v, const struct case_now *c, struct cq_err *err)
{
	char since[CQ_TIME_SIZE];
	bool today = v->now - c->held_since_at < 20 * 3600;

	cq_time_local(c->held_since_at, today ? "%H:%M" : "%Y-%m-%d %H:%M",
	    since);
	return cq_fail(err, CQ_CONFLICT, "case %lld is held by %s since %s%s",
	    (long long)c->id, c->holder_name, since,
	    is_writing(v, c) ? ", who is writing" : "");
}

/* A refused claim is work not done twice: it is counted, so it is logged. */
static enum cq_status
log_refusal(struct verb *v, const struct case_now *c, struct cq_err *err)
{
	struct cq_err failed = {0};
	struct event_fields f = {.ref = c->fence};
	struct cq_buf b = {0};

	data_text(v->store, &b, "holder", c->holder_name);
	if (event_log_data(v, c->id, "refuse", &f, &b, &failed) == CQ_OK)
		verb_keep(v);
	v->case_id = c->id;
	return claim_refuse(v, c, err);
}

enum cq_status
claim_check(struct verb *v, const struct case_now *c, int64_t fence,
    struct cq_err *err)
{
#ifndef CQ_TEST_NO_FENCE /* a control of the chaos test: it must fail */
	if (fence > 0 && c->holder == 0 && !cq_state_in_queue(c->state))
		return cq_fail(err, CQ_STALE,
		    "case %lld is %s, and your claim ended with that",
		    (long long)c->id, cq_state_name(c->state));
	if (fence > 0 && c->holder == 0 && c->fence == fence)
		return cq_fail(err, CQ_STALE,
		    "case %lld is held by nobody any more; take it again",
		    (long long)c->id);
	if (fence > 0 && (c->holder != v->agent || c->fence != fence))
		return cq_fail(err, CQ_STALE,
		    "your claim on case %lld has passed on%s%s (fence %lld, "
		    "yours was %lld); take it again",
		    (long long)c->id, c->holder == 0 ? "" : " to ",
		    c->holder == 0 ? "" : c->holder_name, (long long)c->fence,
		    (long long)fence);
#endif
	if (fence <= 0 && c->live && c->holder != v->agent)
		return claim_refuse(v, c, err);
	return CQ_OK;
}

static void
fill_claim(const struct verb *v, struct cq_claim *claim)
{
	claim->case_id = v->case_id;
	claim->fence = v->number;
	claim->lease_until_at =
	    v->words == NULL ? CQ_NO_TIME : strtoll(v->words, NULL, 10);
}

static void
remember_claim(struct verb *v, const struct case_now *c)
{
	struct cq_buf b = {0};

	cq_buf_fmt(&b, "%lld", (long long)c->lease_until_at);
	free(v->words);
	v->words = cq_buf_take(&b);
	v->case_id = c->id;
	v->number = c->fence;
}

static enum cq_status
give_and_log(struct verb *v, struct case_now *c, int lease_s, const char *kind,
    const char *reason, struct cq_err *err)
{
	struct cq_buf b = {0};
	enum cq_status rc = case_step(v, c, CQ_MOVE_TAKE, err);

	if (rc != CQ_OK)
		return rc;
	claim_give(v, c, lease_s);
	data_text(v->store, &b, "reason", reason);
	rc = case_save(v, c, kind, c->fence, &b, err);
	cq_buf_free(&b);
	v->undoable = true;
	remember_claim(v, c);
	return rc;
}

static enum cq_status
renew_row(struct verb *v, struct case_now *c, int lease_s, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE cases SET lease_until_at = :until WHERE id = :id";
	struct db_stmt q;

	c->lease_until_at = v->now + lease_s;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":until", c->lease_until_at);
	db_bind_int(&q, ":id", c->id);
	return db_run(&q, err);
}

/* The end of each verb that gives a claim: tells it, or that there is none. */
static enum cq_status
end_claim(struct verb *v, struct case_now *c, struct cq_claim *claim,
    enum cq_status rc, struct cq_err *err)
{
	if (rc == CQ_OK)
		fill_claim(v, claim);
	case_done(c);
	rc = verb_end(v, rc, err);
	if (rc != CQ_OK)
		*claim = (struct cq_claim){0};
	return rc;
}

static enum cq_status
check_lease(int lease_s, struct cq_err *err)
{
	if (lease_s >= 1 && lease_s <= 7 * 24 * 3600)
		return CQ_OK;
	return cq_fail(err, CQ_INPUT, "a lease lasts 1 second to 7 days");
}

enum cq_status
cq_store_claim(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int lease_s, struct cq_claim *claim, struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	enum cq_status rc = check_lease(lease_s, err);

	*claim = (struct cq_claim){0};
	if (rc != CQ_OK)
		return rc;
	rc = verb_begin(&v, store, act, "take",
	    verb_args("%lld", (long long)case_id), CQ_MAY_WORK, DB_NORMAL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = case_get(&v, case_id, &c, err);
		if (rc == CQ_OK && c.live && c.holder != v.agent)
			rc = log_refusal(&v, &c, err);
		else if (rc == CQ_OK && c.live) {
			rc = renew_row(&v, &c, lease_s, err);
			remember_claim(&v, &c);
		} else if (rc == CQ_OK)
			rc = give_and_log(&v, &c, lease_s, "take", NULL, err);
	}
	return end_claim(&v, &c, claim, rc, err);
}

static int64_t
top_case(struct verb *v)
{
	/* an owner who has left must not keep a case from everybody */
	static const char sql[] =
	    "SELECT c.id FROM cases c WHERE c.grp = 0"
	    " AND (c.holder IS NULL OR c.lease_until_at <= :now)"
	    " AND (c.owner IS NULL OR c.owner = :me OR NOT EXISTS"
	    "  (SELECT 1 FROM agent a WHERE a.id = c.owner AND a.active = 1))"
	    " ORDER BY c.grp, c.sort_key DESC, c.id LIMIT 1";
	struct db_stmt q;
	int64_t id = 0;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":me", v->agent);
	db_one_int(&q, &id, NULL);
	return id;
}

enum cq_status
cq_store_next(struct cq_store *store, const struct cq_act *act, int lease_s,
    struct cq_claim *claim, struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	int64_t id = 0;
	enum cq_status rc = check_lease(lease_s, err);

	*claim = (struct cq_claim){0};
	if (rc != CQ_OK)
		return rc;
	rc = verb_begin(&v, store, act, "next", verb_args("-"), CQ_MAY_WORK,
	    DB_NORMAL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = tick_inside(&v, NULL, err);
		if (rc == CQ_OK && (id = top_case(&v)) == 0)
			rc = cq_fail(err, CQ_NOT_FOUND,
			    "nothing to work on: no free case in the queue");
		if (rc == CQ_OK)
			rc = case_get(&v, id, &c, err);
		if (rc == CQ_OK)
			rc = give_and_log(&v, &c, lease_s, "take", NULL, err);
	}
	return end_claim(&v, &c, claim, rc, err);
}

enum cq_status
cq_store_renew(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, int lease_s, struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	enum cq_role role;
	bool active = false;
	enum cq_status rc = check_lease(lease_s, err);

	if (rc == CQ_OK)
		rc = verb_begin_time(&v, store, err);
	if (rc != CQ_OK)
		return rc;
	rc = agent_id(store, act->agent, &v.agent, &role, &active, err);
	if (rc == CQ_OK)
		rc = case_get(&v, case_id, &c, err);
	if (rc == CQ_OK)
		rc = claim_check(&v, &c, fence, err);
	if (rc == CQ_OK && c.holder != v.agent)
		rc = cq_fail(err, CQ_STALE,
		    "case %lld is not held by you: take it first",
		    (long long)c.id);
	if (rc == CQ_OK)
		rc = renew_row(&v, &c, lease_s, err);
	case_done(&c);
	return verb_end(&v, rc, err);
}

enum cq_status
cq_store_release(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, const char *reason, struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	struct cq_buf b = {0};
	enum cq_status rc = reason_check(reason, err);

	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "release",
		    verb_args_more(verb_args("%lld", (long long)case_id),
			reason),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = case_get(&v, case_id, &c, err);
		if (rc == CQ_OK)
			rc = claim_check(&v, &c, fence, err);
		if (rc == CQ_OK && fence <= 0 && c.holder != v.agent)
			rc = cq_fail(err, CQ_CONFLICT,
			    "case %lld is not held by you: nothing to give "
			    "back",
			    (long long)c.id);
		if (rc == CQ_OK) {
			claim_end(&c);
			data_text(store, &b, "reason", reason);
			v.case_id = c.id;
			v.undoable = true;
			rc = case_save(&v, &c, "release", c.fence, &b, err);
		}
	}
	cq_buf_free(&b);
	case_done(&c);
	return verb_end(&v, rc, err);
}

static enum cq_status
may_steal(struct verb *v, const struct case_now *c, struct cq_err *err)
{
	if (!c->live || c->holder == v->agent ||
	    cq_role_may(v->role, CQ_MAY_STEAL))
		return CQ_OK;
	claim_refuse(v, c, err);
	if (err != NULL)
		strncat(err->msg, "; only a lead may take over a live claim",
		    sizeof(err->msg) - strlen(err->msg) - 1);
	return CQ_DENIED;
}

enum cq_status
cq_store_steal(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int lease_s, const char *reason, struct cq_claim *claim,
    struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	enum cq_status rc = check_lease(lease_s, err);

	*claim = (struct cq_claim){0};
	if (rc == CQ_OK)
		rc = words_check(reason, REASON_MAX, "the reason", err);
	if (rc != CQ_OK)
		return rc;
	rc = verb_begin(&v, store, act, "steal",
	    verb_args_more(verb_args("%lld", (long long)case_id), reason),
	    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = case_get(&v, case_id, &c, err);
		if (rc == CQ_OK)
			rc = may_steal(&v, &c, err);
		if (rc == CQ_OK)
			rc =
			    give_and_log(&v, &c, lease_s, "steal", reason, err);
	}
	return end_claim(&v, &c, claim, rc, err);
}
