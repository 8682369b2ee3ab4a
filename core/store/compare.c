#include "core/store/replay.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* What would differ, and with whom people agree. */

void
cq_replay_free(struct cq_replay *replay)
{
	for (int i = 0; i < CQ_N_REPLAY_CHANGES; i++) {
		for (int k = 0; k < CQ_REPLAY_EXAMPLES; k++) {
			raw_free(&replay->example[i][k].why);
			raw_free(&replay->example[i][k].text);
			raw_free(&replay->example[i][k].other_text);
		}
	}
	*replay = (struct cq_replay){0};
}

/* --- examples ---------------------------------------------------------- */

/* The text of a post, and the case that shows it in the queue. */
static enum cq_status
read_live(struct replay *r, int64_t id, struct raw_text *text,
    struct cq_marks *marks, int64_t *case_id, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT text, case_id, flags, gone_at FROM post WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":id", id);
	if (db_row(&q)) {
		*text = db_raw(&q, 0);
		*case_id = case_root(r->side.live, db_int(&q, 1));
		*marks = (struct cq_marks){FLAGS_VISIBILITY(db_int(&q, 2)),
		    FLAGS_BOT(db_int(&q, 2)), db_time(&q, 3)};
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
read_why(struct cq_store *store, int64_t id, struct raw_text *why,
    struct cq_err *err)
{
	static const char sql[] = "SELECT why FROM post WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", id);
	if (db_row(&q))
		*why = db_raw(&q, 0);
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
keep_example(struct replay *r, const struct sided *post,
    enum cq_replay_change change, struct cq_err *err)
{
	int64_t i = r->out->changes[change]++;
	bool lost = change == CQ_REPLAY_LOST;
	struct cq_replay_example *e;
	enum cq_status rc;

	if (i >= CQ_REPLAY_EXAMPLES)
		return CQ_OK;
	e = &r->out->example[change][i];
	e->post_id = post->live;
	e->other_id = lost ? post->from : post->near;
	e->rule = lost ? post->was : post->rule;
	rc = read_live(r, e->post_id, &e->text, &e->marks, &e->case_id, err);
	if (rc == CQ_OK)
		rc = read_live(r, e->other_id, &e->other_text, &e->other_marks,
		    &e->other_case, err);
	if (rc == CQ_OK)
		rc = lost ? read_why(r->side.live, post->live, &e->why, err)
			  : read_why(r->side.store, post->side, &e->why, err);
	return rc;
}

/* --- one post ---------------------------------------------------------- */

static bool
was_suggested_here(struct replay *r, const struct sided *post)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM suggestion WHERE post = :id)";
	int64_t yes = 0;
	struct db_stmt q;

	db_prepare(&q, r->side.store, sql);
	db_bind_int(&q, ":id", post->side);
	(void)db_one_int(&q, &yes, NULL);
	return yes != 0;
}

/* Here a join needs the post that it was joined to there. */
static bool
is_kept(struct replay *r, const struct sided *post)
{
	int64_t here = side_case_of(&r->side, post->live);

	return here != 0 && here == side_case_of(&r->side, post->from);
}

enum cq_status
replay_compare(void *arg, struct sided *post, struct cq_err *err)
{
	struct replay *r = arg;
	struct cq_replay *out = r->out;
	bool was = post->from != 0, is = post->near != 0;

	if (was && is)
		post->kept = is_kept(r, post);
	if (!post->counted)
		return CQ_OK;
	out->n_posts++;
	out->cases[0] += !was;
	out->suggested[0] += post->suggested;
	if (was)
		out->joins[0][post->was]++;
	if (post->side == 0) {
		out->n_left_out++;
		return CQ_OK;
	}
	out->cases[1] += !is;
	out->suggested[1] += was_suggested_here(r, post);
	if (is)
		out->joins[1][post->rule]++;
	if (was && !is)
		return keep_example(r, post, CQ_REPLAY_LOST, err);
	if (is && !was)
		return keep_example(r, post, CQ_REPLAY_NEW, err);
	if (was && !post->kept)
		return keep_example(r, post, CQ_REPLAY_MOVED, err);
	return CQ_OK;
}

/* --- people ------------------------------------------------------------ */

/* As cq_store_yield() counts: taken out of the case that it joined. */
static bool
was_split(struct replay *r, const struct sided *post)
{
	static const char sql[] =
	    "SELECT p.case_id, o.case_id FROM post p, post o"
	    " WHERE p.id = :id AND o.id = p.near AND o.case_id <> p.case_id"
	    " AND (p.rule = 'person' OR o.near IS NULL)";
	struct db_stmt q;
	bool split;

	db_prepare(&q, r->side.live, sql);
	db_bind_int(&q, ":id", post->live);
	split = db_row(&q) &&
	    case_root(r->side.live, db_int(&q, 0)) !=
		case_root(r->side.live, db_int(&q, 1));
	db_finalize(&q);
	return split;
}

/* The case that shows a post in the queue now, and its oldest post. */
static int64_t
live_case(struct replay *r, int64_t post, int64_t *oldest)
{
	static const char of[] = "SELECT case_id FROM post WHERE id = :id";
	static const char first[] = "SELECT first_post FROM cases"
				    " WHERE id = :id";
	int64_t id = 0;
	struct db_stmt q;

	db_prepare(&q, r->side.live, of);
	db_bind_int(&q, ":id", post);
	(void)db_one_int(&q, &id, NULL);
	id = case_root(r->side.live, id);
	if (oldest == NULL)
		return id;
	db_prepare(&q, r->side.live, first);
	db_bind_int(&q, ":id", id);
	(void)db_one_int(&q, oldest, NULL);
	return id;
}

/* A post that opened a case now shows behind an older one: by a person. */
static void
count_joined(struct replay *r, const struct sided *post)
{
	int64_t oldest = post->live;
	int64_t case_id = live_case(r, post->live, &oldest);

	if (oldest >= post->live)
		return;
	r->out->n_joined++;
	r->out->n_joined_agreed +=
	    post->near != 0 && live_case(r, post->near, NULL) == case_id;
}

enum cq_status
replay_people(struct replay *r, struct cq_err *err)
{
	enum cq_status rc = db_look(r->side.live, err);

	if (rc != CQ_OK)
		return rc;
	for (size_t i = 0; i < r->side.n_fed; i++) {
		const struct sided *post = &r->side.at[i];

		if (!post->counted || post->side == 0)
			continue;
		if (post->from == 0) {
			count_joined(r, post);
		} else if (was_split(r, post)) {
			r->out->n_split++;
			r->out->n_split_agreed += !post->kept;
		}
	}
	db_look_end(r->side.live);
	return CQ_OK;
}
