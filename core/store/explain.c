#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/link.h"
#include "core/store/judge.h"
#include "core/store/known.h"
#include "core/store/likes.h"
#include "core/store/policy.h"
#include "core/store/stored.h"

/*
 * Why a post is where it is: what was decided and logged when it came in,
 * and the same question asked again of the posts before it.
 */

static void
free_post(struct cq_explained_post *p)
{
	raw_free(&p->source);
	raw_free(&p->remote_id);
	raw_free(&p->handle);
	raw_free(&p->text);
}

void
cq_explained_free(struct cq_explained *e)
{
	free_post(&e->post);
	free_post(&e->near);
	raw_free(&e->why);
	raw_free(&e->moved);
	for (size_t i = 0; i < e->n_suggestions; i++) {
		free_post(&e->suggestions[i].other);
		raw_free(&e->suggestions[i].why);
		free(e->suggestions[i].state);
	}
	for (size_t i = 0; i < e->n_candidates; i++)
		free_post(&e->candidates[i].post);
	free(e->suggestions);
	free(e->candidates);
	*e = (struct cq_explained){0};
}

enum cq_status
cq_store_post_id(struct cq_store *store, const char *source,
    const char *remote_id, int64_t *id, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT p.id FROM post p JOIN source s ON s.id = p.source"
	    " WHERE s.name = :source AND p.remote_id = :id"
	    " UNION ALL SELECT e.post FROM echo e JOIN source s"
	    " ON s.id = e.source WHERE s.name = :source AND e.remote_id = :id";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*id = 0;
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	db_bind_text(&q, ":source", source);
	db_bind_remote(&q, ":id", remote_id);
	rc = db_one_int(&q, id, err);
	if (rc == CQ_NOT_FOUND)
		rc = cq_fail(err, CQ_NOT_FOUND,
		    "there is no post '%s' of source '%s'", remote_id, source);
	return rc;
}

static enum cq_state
state_of(struct cq_store *store, int64_t case_id)
{
	static const char sql[] = "SELECT state FROM cases WHERE id = :id";
	enum cq_state state = CQ_OPEN;
	char *name = NULL;
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", case_id);
	if (db_one_text(&q, &name, NULL) == CQ_OK && name != NULL)
		(void)cq_state_parse(name, &state);
	free(name);
	return state;
}

/* Leaves p empty if there is no such post. */
static enum cq_status
read_post(struct cq_store *store, int64_t id, struct cq_explained_post *p,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT p.case_id, p.seen_at, p.created_at, s.name, p.remote_id,"
	    " coalesce(a.handle, a.remote_id), p.text, p.flags, p.gone_at"
	    " FROM post p" STORED_FROM "WHERE p.id = :id";
	struct db_stmt q;
	enum cq_status rc;

	*p = (struct cq_explained_post){0};
	if (id == 0)
		return CQ_OK;
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", id);
	if (db_row(&q)) {
		*p = (struct cq_explained_post){
		    .id = id,
		    .case_id = case_root(store, db_int(&q, 0)),
		    .seen_at = db_int(&q, 1),
		    .at = db_time(&q, 2),
		    .source = db_raw(&q, 3),
		    .remote_id = db_raw(&q, 4),
		    .handle = db_raw(&q, 5),
		    .text = db_raw(&q, 6),
		    .marks = {FLAGS_VISIBILITY(db_int(&q, 7)),
			FLAGS_BOT(db_int(&q, 7)), db_time(&q, 8)},
		};
		p->state = state_of(store, p->case_id);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* --- what was decided -------------------------------------------------- */

/*
 * The rule that decided stands in the event; in the post itself there is
 * what a person said since, if it was split off.
 */
static enum cq_status
read_decision(struct cq_store *store, struct cq_explained *e, int64_t *near,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT coalesce(json_extract(e.data, '$.rule'), CASE e.kind"
	    "  WHEN 'open' THEN 'first' ELSE p.rule END), p.near, e.id,"
	    " json_extract(e.data, '$.same'), json_extract(e.data, '$.of'),"
	    " json_extract(e.data, '$.typos'), json_extract(e.data, '$.bits'),"
	    " p.rule, p.why, p.n_revisions, p.own,"
	    " (SELECT json_extract(j.value, '$.why') FROM event o, event t,"
	    "  json_each(t.data, '$.posts') j WHERE o.case_id = p.case_id"
	    "  AND o.kind = 'split_off' AND t.case_id = o.ref"
	    "  AND t.kind = 'split' AND t.ref = p.case_id"
	    "  AND json_extract(j.value, '$.id') = p.id"
	    "  AND json_extract(j.value, '$.rule') <> 'person' LIMIT 1)"
	    " FROM post p JOIN event e ON " IN_SPAN " AND e.ref = p.id"
	    " AND e.kind IN ('open', 'post') AND e.at = p.seen_at"
	    " WHERE p.id = :id";
	struct span span;
	struct db_stmt q;
	enum cq_status rc =
	    span_find(store, e->post.seen_at, e->post.seen_at + 1, &span, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	span_bind(&q, &span);
	db_bind_int(&q, ":id", e->post.id);
	if (db_row(&q)) {
		bool moved = strcmp(db_str(&q, 7), "person") == 0;

		(void)cq_rule_parse(db_str(&q, 0), &e->rule);
		*near = db_int(&q, 1);
		e->event_id = db_int(&q, 2);
		e->has_figures = db_text(&q, 3) != NULL;
		e->same = (int)db_int(&q, 3);
		e->of = (int)db_int(&q, 4);
		e->typos = (int)db_int(&q, 5);
		e->bits = (int)db_int(&q, 6);
		e->revisions = (int)db_int(&q, 9);
		e->own = db_int(&q, 10) != 0;
		e->moved = moved ? db_raw(&q, 8) : (struct raw_text){0};
		e->why = db_raw(&q, moved ? 11 : 8);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
read_suggestions(struct cq_store *store, struct cq_explained *e,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT other, rank, rule, score, why, state FROM suggestion"
	    " WHERE post = :post UNION ALL"
	    " SELECT e.other, e.rank, 'like', e.score, '', 'pending'"
	    " FROM " LIKENESS " WHERE l.post = :post AND NOT e.back"
	    " AND " NOT_JUDGED " ORDER BY 2";
	struct db_stmt q;
	enum cq_status rc = CQ_OK;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":post", e->post.id);
	while (rc == CQ_OK && db_row(&q)) {
		struct cq_explained_suggestion *s;

		e->suggestions = cq_grow(e->suggestions, e->n_suggestions + 1,
		    sizeof(*e->suggestions));
		s = &e->suggestions[e->n_suggestions++];
		*s = (struct cq_explained_suggestion){
		    .rank = (int)db_int(&q, 1),
		    .score = (int)db_int(&q, 3),
		    .why = why_of(store, &q, 4, e->post.id, db_int(&q, 0)),
		    .state = cq_strdup(db_str(&q, 5)),
		};
		(void)cq_rule_parse(db_str(&q, 2), &s->rule);
		rc = read_post(store, db_int(&q, 0), &s->other, err);
	}
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* --- the question again ------------------------------------------------ */

static void
keep_candidate(void *arg, const struct cq_weighed *w)
{
	struct cq_explained *e = arg;
	struct cq_explained_candidate *c;

	e->candidates =
	    cq_grow(e->candidates, e->n_candidates + 1, sizeof(*e->candidates));
	c = &e->candidates[e->n_candidates++];
	*c = (struct cq_explained_candidate){.copy = *w->copy};
	c->post.id = w->hit->post_id;
}

static enum cq_status
ask(struct cq_store *store, struct cq_explained *e, const struct cq_post *post,
    int64_t source, int64_t author, struct cq_err *err)
{
	struct known k = {.store = store,
	    .source = source,
	    .author = author,
	    .before = e->post.id};
	struct cq_dedup_index index = known_index(&k);
	struct cq_normal normal = cq_normalise(post->text);
	struct cq_policy policy;
	struct cq_question q = {
	    .post = post,
	    .normal = &normal,
	    .link_key = cq_link_key(post->url),
	    .at = cq_post_moment(post, e->post.seen_at),
	    .index = &index,
	    .policy = &policy,
	    .weighed = keep_candidate,
	    .arg = e,
	};
	enum cq_status rc = policy_of(store, source, &policy, err);

	if (e->own)
		cq_policy_facts_only(&policy);
	if (rc == CQ_OK)
		cq_dedup_decide(&q, &e->now);
	if (rc == CQ_OK && k.rc != SQLITE_OK)
		rc = db_fail(store, k.rc, err);
	known_done(&k);
	cq_normal_free(&normal);
	return rc;
}

static enum cq_status
ask_again(struct cq_store *store, struct cq_explained *e, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT " STORED_COLUMNS ", p.source, p.author,"
	    " (SELECT max(id) FROM post) - p.id FROM post p" STORED_FROM
	    "WHERE p.id = :id";
	struct cq_post post;
	struct db_stmt q;
	enum cq_status rc = CQ_OK;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", e->post.id);
	if (db_row(&q)) {
		stored_read(&q, 0, &post);
		e->n_since = db_int(&q, STORED_N + 2);
		rc = ask(store, e, &post, db_int(&q, STORED_N),
		    db_int(&q, STORED_N + 1), err);
	}
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	for (size_t i = 0; i < e->n_candidates && rc == CQ_OK; i++)
		rc = read_post(store, e->candidates[i].post.id,
		    &e->candidates[i].post, err);
	return rc;
}

static enum cq_status
explain(struct cq_store *store, int64_t post_id, struct cq_explained *e,
    struct cq_err *err)
{
	int64_t near = 0;
	enum cq_status rc = read_post(store, post_id, &e->post, err);

	if (rc == CQ_OK && e->post.id == 0)
		return cq_fail(err, CQ_NOT_FOUND,
		    "there is no post %lld; 'caseq show' prints the numbers of "
		    "posts",
		    (long long)post_id);
	if (rc == CQ_OK)
		rc = read_decision(store, e, &near, err);
	if (rc == CQ_OK)
		rc = read_post(store, near, &e->near, err);
	if (rc == CQ_OK)
		rc = read_suggestions(store, e, err);
	return rc == CQ_OK ? ask_again(store, e, err) : rc;
}

enum cq_status
cq_store_explain(struct cq_store *store, int64_t post_id,
    struct cq_explained *out, struct cq_err *err)
{
	enum cq_status rc;

	*out = (struct cq_explained){0};
	rc = db_look(store, err);
	if (rc != CQ_OK)
		return rc;
	rc = explain(store, post_id, out, err);
	db_look_end(store);
	if (rc != CQ_OK)
		cq_explained_free(out);
	return rc;
}
