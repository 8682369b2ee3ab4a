#include "core/store/incoming.h"

#include <stdlib.h>

/* What a new post does to cases: it opens one, or joins one. */

static int64_t
followers(const struct cq_post *p)
{
	return p->author_followers > 0 ? p->author_followers : 0;
}

/* The case of one post, with all that its row will hold at first. */
static enum cq_status
add_case(struct verb *v, const struct incoming *in, int64_t case_id,
    const struct chain *chain, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO cases (id, state, grp, sort_key, opened_at, due_at,"
	    " last_post_at, first_post, n_posts, n_authors, reach, rating,"
	    " n_events, last_hash)"
	    " VALUES (:id, 'new', 0, :key, :now, :due, :now, :post, 1,"
	    " :authors, :reach, :rating, :n_events, :hash)";
	const struct cq_weights *w = &v->store->weights;
	struct cq_priority_facts facts = {
	    .reach = in->author == 0 ? 0 : followers(in->post),
	    .n_posts = 1,
	    .opened_at = v->now,
	    .rating = in->post->rating,
	};
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", case_id);
	db_bind_int(&q, ":key", cq_priority_key(w, &facts));
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":due", v->now + w->due_s);
	db_bind_int(&q, ":post", in->id);
	db_bind_int(&q, ":authors", in->author != 0);
	db_bind_int(&q, ":reach", facts.reach);
	db_bind_int(&q, ":rating", in->post->rating);
	event_chain_bind(&q, chain);
	return db_run(&q, err);
}

enum cq_status
incoming_open(struct verb *v, struct incoming *in,
    const struct cq_verdict *verdict, struct cq_err *err)
{
	struct event_fields f = {
	    .state = "new", .body = in->post->text, .ref = in->id};
	int64_t case_id = ++v->last_case;
	struct chain chain = {0};
	struct cq_buf b = {0};
	enum cq_status rc;
	char *data;

	incoming_data(v->store, in->post, &b);
	data = data_end(&b);
	f.data = data;
	rc = event_append(v, case_id, "open", &f, &chain, err);
	free(data);
	if (rc == CQ_OK)
		rc = add_case(v, in, case_id, &chain, err);
	return rc == CQ_OK ? incoming_store(v, in, case_id, verdict, err) : rc;
}

/* What an author adds to a case; must be asked before the post is stored. */
struct added {
	bool author;   /* it is new in the case */
	int64_t reach; /* beyond the most followers it had there */
};

/* Were other cases joined into it?  A failed look says no, and fails again. */
static bool
has_joined(struct verb *v, int64_t case_id)
{
	static const char sql[] =
	    "SELECT 1 FROM cases WHERE joined_into = :id LIMIT 1";
	struct db_stmt q;
	bool yes;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", case_id);
	yes = db_row(&q);
	db_finalize(&q);
	return yes;
}

static enum cq_status
what_is_added(struct verb *v, int64_t case_id, const struct incoming *in,
    struct added *added, struct cq_err *err)
{
	static const char family[] = FAMILY
	    "SELECT count(most), max(most) FROM (SELECT"
	    " (SELECT coalesce(p.followers, 0) FROM post p"
	    "  WHERE p.case_id = f.id AND p.author = :author"
	    "  ORDER BY p.followers DESC LIMIT 1) AS most FROM family f)";
	static const char alone[] =
	    "SELECT 1, coalesce(followers, 0) FROM post"
	    " WHERE case_id = :root AND author = :author"
	    " ORDER BY followers DESC LIMIT 1";
	int64_t most = 0, known = 0;
	struct db_stmt q;
	enum cq_status rc;

	*added = (struct added){0};
	if (in->author == 0 || in->own)
		return CQ_OK;
	if (in->author_is_new) {
		*added = (struct added){true, followers(in->post)};
		return CQ_OK;
	}
	if (has_joined(v, case_id))
		db_prepare(&q, v->store, family);
	else
		db_prepare(&q, v->store, alone);
	db_bind_int(&q, ":root", case_id);
	db_bind_int(&q, ":author", in->author);
	if (db_row(&q)) {
		known = db_int(&q, 0);
		most = db_int(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	added->author = known == 0;
	if (followers(in->post) > most)
		added->reach = followers(in->post) - most;
	return rc;
}

static void
add_up(struct case_now *c, const struct incoming *in, bool repost,
    const struct added *added, int64_t now)
{
	const struct cq_post *p = in->post;

	c->n_posts++;
	c->n_reposts += repost || in->own;
	c->last_post_at = now;
	c->n_authors += added->author;
	c->reach += added->reach;
	if (p->rating != 0 && !in->own &&
	    (c->rating == 0 || p->rating < c->rating))
		c->rating = p->rating;
}

/* Why it joined, in figures. */
static void
data_verdict(struct cq_store *store, struct cq_buf *b,
    const struct cq_verdict *verdict)
{
	data_text(store, b, "rule", cq_rule_name(verdict->rule));
	data_int(b, "near", verdict->post_id);
	if (verdict->rule == CQ_RULE_TEXT || verdict->rule == CQ_RULE_COPY) {
		data_int(b, "same", verdict->same);
		data_int(b, "of", verdict->of);
		data_int(b, "typos", verdict->typos);
		data_int(b, "bits", verdict->bits);
	}
}

static enum cq_status
log_join(struct verb *v, struct case_now *c, enum cq_state from,
    const struct incoming *in, const struct cq_verdict *verdict,
    struct cq_err *err)
{
	struct event_fields f = {.ref = in->id, .body = in->post->text};
	struct cq_buf b = {0};
	char *after, *data;
	enum cq_status rc;

	data_verdict(v->store, &b, verdict);
	incoming_data(v->store, in->post, &b);
	if (c->state != from) { /* reopened: say what that changed */
		f.state = cq_state_name(c->state);
		after = case_snapshot(v->store, c->id);
		case_diff(v->store, c->before, after, &b);
		free(after);
	}
	data = data_end(&b);
	f.data = data;
	rc = event_append(v, c->id, "post", &f, &c->chain, err);
	free(data);
	return rc;
}

/*
 * The case that the deciding post stands in itself.  A late reply goes
 * there even if that case was joined, so that it goes along when the join
 * is undone.
 */
static enum cq_status
own_case(struct verb *v, const struct cq_verdict *verdict, int64_t *id,
    struct cq_err *err)
{
	static const char sql[] = "SELECT case_id FROM post WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", verdict->post_id);
	return db_one_int(&q, id, err);
}

/*
 * Must somebody look at the case again?  Whoever writes into a case waits
 * for an answer; but what was dismissed is woken only by somebody who
 * wrote in it before, and not by the same words again.
 */
static bool
wakes(const struct case_now *c, const struct incoming *in,
    const struct cq_verdict *verdict, const struct added *added)
{
	if (verdict->rule == CQ_RULE_REPOST || in->own)
		return false;
	if (c->state == CQ_DISMISSED)
		return in->author != 0 && !added->author &&
		    verdict->rule != CQ_RULE_TEXT &&
		    verdict->rule != CQ_RULE_COPY;
	return true;
}

enum cq_status
incoming_join(struct verb *v, struct incoming *in,
    const struct cq_verdict *verdict, struct cq_err *err)
{
	bool repost = verdict->rule == CQ_RULE_REPOST;
	struct added added = {0};
	struct case_now c = {0};
	enum cq_state from;
	int64_t own = 0;
	enum cq_status rc = case_look(v, verdict->case_id, &c, err);

	from = c.state;
	if (rc == CQ_OK)
		rc = what_is_added(v, c.id, in, &added, err);
	if (rc == CQ_OK)
		rc = own_case(v, verdict, &own, err);
	if (rc == CQ_OK)
		rc = incoming_store(v, in, own, verdict, err);
	if (rc == CQ_OK && wakes(&c, in, verdict, &added))
		rc = case_step(v, &c, CQ_MOVE_POST, err);
	add_up(&c, in, repost, &added, v->now);
	if (rc == CQ_OK && c.state != from) { /* the log tells both */
		case_before(v, &c);
		rc = case_write(v, &c, err);
	}
	if (rc == CQ_OK)
		rc = log_join(v, &c, from, in, verdict, err);
	if (rc == CQ_OK)
		rc = case_count(v, &c, err);
	case_done(&c);
	return rc;
}
