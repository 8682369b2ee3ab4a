#include "core/store/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/*
 * A case's row while a verb works on it: read, changed in memory, written
 * back with its place in the queue and one event that says what differs.
 */

int64_t
case_root(struct cq_store *store, int64_t case_id)
{
	static const char plain[] =
	    "SELECT joined_into FROM cases WHERE id = :id";
	static const char sql[] =
	    "WITH RECURSIVE up(id, into_id) AS ("
	    " SELECT id, joined_into FROM cases WHERE id = :id"
	    " UNION SELECT c.id, c.joined_into FROM cases c"
	    " JOIN up ON c.id = up.into_id)"
	    " SELECT id FROM up WHERE into_id IS NULL";
	struct db_stmt q;
	int64_t root = 0;

	db_prepare(&q, store, plain);
	db_bind_int(&q, ":id", case_id);
	if (db_one_int(&q, &root, NULL) != CQ_OK)
		return 0;
	if (root == 0) /* nearly always: not joined into another */
		return case_id;
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", case_id);
	db_one_int(&q, &root, NULL);
	return root;
}

char *
case_snapshot(struct cq_store *store, int64_t case_id)
{
	static const char sql[] =
	    "SELECT json_object('state', c.state, 'outcome', c.outcome,"
	    " 'owner', o.name, 'holder', h.name,"
	    " 'due_at', c.due_at, 'snooze_until_at', c.snooze_until_at,"
	    " 'closed_at', c.closed_at, 'joined_into', c.joined_into,"
	    " 'incident', c.incident,"
	    " 'held_since_at', c.held_since_at,"
	    " 'lease_until_at', c.lease_until_at)"
	    " FROM cases c LEFT JOIN agent o ON o.id = c.owner"
	    " LEFT JOIN agent h ON h.id = c.holder WHERE c.id = :id";
	struct db_stmt q;
	char *json = NULL;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", case_id);
	db_one_text(&q, &json, NULL);
	return json;
}

/* The members of one JSON object that another has not alike. */
static char *
members_beyond(struct cq_store *store, const char *one, const char *other)
{
	/* json_each keeps the type apart from the value: true is no 1 */
	static const char sql[] =
	    "SELECT json_group_object(a.key, a.value)"
	    " FROM json_each(:one) a JOIN json_each(:other) b"
	    " ON a.key = b.key WHERE a.value IS NOT b.value";
	struct db_stmt q;
	char *json = NULL;

	db_prepare(&q, store, sql);
	db_bind_text(&q, ":one", one);
	db_bind_text(&q, ":other", other);
	db_one_text(&q, &json, NULL);
	if (json != NULL && strcmp(json, "{}") == 0) {
		free(json);
		json = NULL;
	}
	return json;
}

void
case_diff(struct cq_store *store, const char *before, const char *after,
    struct cq_buf *b)
{
	char *old = members_beyond(store, before, after);
	char *new = members_beyond(store, after, before);

	data_json(b, "before", old);
	data_json(b, "after", new);
	free(old);
	free(new);
}

static void
read_row(struct db_stmt *q, struct case_now *c, int64_t now)
{
	const char *name = db_text(q, 3);

	if (!cq_state_parse(db_str(q, 0), &c->state))
		c->state = CQ_OPEN;
	c->owner = db_int(q, 1);
	c->holder = db_int(q, 2);
	snprintf(c->holder_name, sizeof(c->holder_name), "%s",
	    name == NULL ? "" : name);
	c->fence = db_int(q, 4);
	c->held_since_at = db_time(q, 5);
	c->lease_until_at = db_time(q, 6);
	c->opened_at = db_int(q, 7);
	c->due_at = db_time(q, 8);
	c->snooze_until_at = db_time(q, 9);
	c->closed_at = db_time(q, 10);
	c->last_post_at = db_int(q, 11);
	c->n_posts = db_int(q, 12);
	c->n_reposts = db_int(q, 13);
	c->n_authors = db_int(q, 14);
	c->reach = db_int(q, 15);
	c->rating = (int)db_int(q, 16);
	c->overdue = db_int(q, 17) != 0;
	c->outcome = db_copy(q, 18);
	c->joined_into = db_int(q, 19);
	c->live = c->holder != 0 && c->lease_until_at > now;
	c->old_state = c->state;
	c->old_overdue = c->overdue;
	c->sort_key = db_int(q, 20);
	c->chain = (struct chain){.n = db_int(q, 21)};
	c->incident = db_int(q, 22);
}

static enum cq_status
look_at_row(struct verb *v, int64_t case_id, struct case_now *c,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT c.state, c.owner, c.holder, a.name, c.fence,"
	    " c.held_since_at, c.lease_until_at, c.opened_at, c.due_at,"
	    " c.snooze_until_at, c.closed_at, c.last_post_at, c.n_posts,"
	    " c.n_reposts, c.n_authors, c.reach, c.rating, c.overdue,"
	    " c.outcome, c.joined_into, c.sort_key, c.n_events, c.incident"
	    " FROM cases c LEFT JOIN agent a ON a.id = c.holder"
	    " WHERE c.id = :id";
	struct db_stmt q;
	bool found;
	enum cq_status rc;

	*c = (struct case_now){.id = case_id};
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", case_id);
	found = db_row(&q);
	if (found)
		read_row(&q, c, v->now);
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc == CQ_OK && !found)
		rc = cq_fail(err, CQ_NOT_FOUND, "there is no case %lld",
		    (long long)case_id);
	return rc;
}

enum cq_status
case_look(struct verb *v, int64_t case_id, struct case_now *c,
    struct cq_err *err)
{
	int64_t root;
	enum cq_status rc = look_at_row(v, case_id, c, err);

	if (rc != CQ_OK || c->joined_into == 0)
		return rc;
	root = case_root(v->store, case_id);
	case_done(c);
	return look_at_row(v, root, c, err);
}

void
case_before(struct verb *v, struct case_now *c)
{
	if (c->before == NULL)
		c->before = case_snapshot(v->store, c->id);
}

enum cq_status
case_get_row(struct verb *v, int64_t case_id, struct case_now *c,
    struct cq_err *err)
{
	enum cq_status rc = look_at_row(v, case_id, c, err);

	if (rc == CQ_OK)
		case_before(v, c);
	return rc;
}

enum cq_status
case_get(struct verb *v, int64_t case_id, struct case_now *c,
    struct cq_err *err)
{
	enum cq_status rc = case_look(v, case_id, c, err);

	if (rc == CQ_OK)
		case_before(v, c);
	return rc;
}

void
case_done(struct case_now *c)
{
	free(c->before);
	free(c->outcome);
	c->before = NULL;
	c->outcome = NULL;
}

void
case_outcome(struct case_now *c, const char *outcome)
{
	free(c->outcome);
	c->outcome = cq_strdup(outcome);
}

int
case_group(enum cq_state state, bool joined)
{
	if (joined)
		return 3;
	if (!cq_state_in_queue(state))
		return 2;
	return state == CQ_PENDING || state == CQ_SNOOZED ? 1 : 0;
}

int64_t
case_key(const struct cq_store *store, const struct case_now *c, int group,
    bool overdue)
{
	struct cq_priority_facts facts = {
	    .reach = c->reach,
	    .n_posts = c->n_posts - c->n_reposts,
	    .opened_at = c->opened_at,
	    .rating = c->rating,
	    .overdue = overdue,
	};

	if (group == 3)
		return 0;
	if (group == 2) /* closed ones: the last closed first */
		return c->closed_at == CQ_NO_TIME ? 0 : c->closed_at;
	return cq_priority_key(&store->weights, &facts);
}

static bool
is_overdue(const struct verb *v, const struct case_now *c, int grp)
{
	return grp == 0 && c->due_at != CQ_NO_TIME && c->due_at <= v->now;
}

enum cq_status
case_write(struct verb *v, const struct case_now *c, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE cases SET state = :state, grp = :grp, sort_key = :key,"
	    " owner = :owner, holder = :holder, fence = :fence,"
	    " held_since_at = :since, lease_until_at = :lease,"
	    " due_at = :due, overdue = :overdue, snooze_until_at = :snooze,"
	    " closed_at = :closed, last_post_at = :last, n_posts = :posts,"
	    " n_reposts = :reposts, n_authors = :authors, reach = :reach,"
	    " rating = :rating, opened_at = :opened, outcome = :outcome,"
	    " joined_into = :into, incident = :incident WHERE id = :id";
	int grp = case_group(c->state, c->joined_into != 0);
	bool overdue = is_overdue(v, c, grp);
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":state", cq_state_name(c->state));
	db_bind_int(&q, ":grp", grp);
	db_bind_int(&q, ":key", case_key(v->store, c, grp, overdue));
	db_bind_id(&q, ":owner", c->owner);
	db_bind_id(&q, ":holder", c->holder);
	db_bind_int(&q, ":fence", c->fence);
	db_bind_time(&q, ":since", c->held_since_at);
	db_bind_time(&q, ":lease", c->lease_until_at);
	db_bind_time(&q, ":due", c->due_at);
	db_bind_int(&q, ":overdue", overdue);
	db_bind_time(&q, ":snooze", c->snooze_until_at);
	db_bind_time(&q, ":closed", c->closed_at);
	db_bind_int(&q, ":last", c->last_post_at);
	db_bind_int(&q, ":posts", c->n_posts);
	db_bind_int(&q, ":reposts", c->n_reposts);
	db_bind_int(&q, ":authors", c->n_authors);
	db_bind_int(&q, ":reach", c->reach);
	db_bind_int(&q, ":rating", c->rating);
	db_bind_int(&q, ":opened", c->opened_at);
	db_bind_text(&q, ":outcome", c->outcome);
	db_bind_id(&q, ":into", c->joined_into);
	db_bind_id(&q, ":incident", c->incident);
	db_bind_int(&q, ":id", c->id);
	return db_run(&q, err);
}

/* What a post more changes without moving the case to another place. */
#define COUNTS                                                     \
	"UPDATE cases SET last_post_at = :last, n_posts = :posts," \
	" n_reposts = :reposts, n_authors = :authors,"             \
	" reach = :reach, rating = :rating, n_events = :n_events," \
	" last_hash = :hash"

static enum cq_status
write_counts(struct verb *v, const struct case_now *c, int64_t key,
    struct cq_err *err)
{
	static const char same_place[] = COUNTS " WHERE id = :id";
	static const char other_place[] =
	    COUNTS ", sort_key = :key WHERE id = :id";
	bool same = key == c->sort_key;
	struct db_stmt q;

	if (same)
		db_prepare(&q, v->store, same_place);
	else
		db_prepare(&q, v->store, other_place);
	db_bind_int(&q, ":last", c->last_post_at);
	db_bind_int(&q, ":posts", c->n_posts);
	db_bind_int(&q, ":reposts", c->n_reposts);
	db_bind_int(&q, ":authors", c->n_authors);
	db_bind_int(&q, ":reach", c->reach);
	db_bind_int(&q, ":rating", c->rating);
	event_chain_bind(&q, &c->chain);
	if (!same)
		db_bind_int(&q, ":key", key);
	db_bind_int(&q, ":id", c->id);
	return db_run(&q, err);
}

enum cq_status
case_count(struct verb *v, const struct case_now *c, struct cq_err *err)
{
	int grp = case_group(c->state, c->joined_into != 0);
	bool overdue = is_overdue(v, c, grp);
	enum cq_status rc;

	if (c->state == c->old_state && overdue == c->old_overdue)
		return write_counts(v, c, case_key(v->store, c, grp, overdue),
		    err);
	rc = case_write(v, c, err);
	if (rc == CQ_OK)
		rc = event_chain_write(v, c->id, &c->chain, err);
	return rc;
}

enum cq_status
case_place(struct verb *v, int64_t case_id, struct cq_err *err)
{
	struct case_now c = {0};
	enum cq_status rc = case_get_row(v, case_id, &c, err);

	if (rc == CQ_OK)
		rc = case_write(v, &c, err);
	case_done(&c);
	return rc;
}

enum cq_status
case_save(struct verb *v, struct case_now *c, const char *kind, int64_t ref,
    struct cq_buf *extra, struct cq_err *err)
{
	struct cq_buf b = {0};
	struct event_fields f = {.ref = ref,
	    .state = c->joined_into != 0 ? "joined" : cq_state_name(c->state)};
	char *after, *data;
	enum cq_status rc = case_write(v, c, err);

	if (extra != NULL) {
		b = *extra;
		*extra = (struct cq_buf){0};
	}
	after = case_snapshot(v->store, c->id);
	if (c->before != NULL && after != NULL)
		case_diff(v->store, c->before, after, &b);
	free(after);
	data = data_end(&b);
	f.data = data;
	if (rc == CQ_OK)
		rc = event_log(v, c->id, kind, &f, err);
	free(data);
	return rc;
}

/* What a state brings with it, besides its name. */
static void
enter(struct verb *v, struct case_now *c, enum cq_state from)
{
	if (c->state != CQ_SNOOZED)
		c->snooze_until_at = CQ_NO_TIME;
	switch (c->state) {
	case CQ_RESOLVED:
	case CQ_DISMISSED:
		c->closed_at = v->now;
		c->due_at = CQ_NO_TIME;
		break;
	case CQ_PENDING: /* the clock stops while the author is asked */
		c->due_at = CQ_NO_TIME;
		break;
	case CQ_OPEN:
		if (from != CQ_OPEN && c->due_at == CQ_NO_TIME)
			c->due_at = v->now + v->store->weights.due_s;
		c->closed_at = CQ_NO_TIME;
		case_outcome(c, NULL);
		break;
	default:
		break;
	}
}

enum cq_status
case_step(struct verb *v, struct case_now *c, enum cq_move move,
    struct cq_err *err)
{
	char allowed[128];
	enum cq_state from = c->state;

	if (cq_case_move(from, move, &c->state)) {
		if (from != c->state)
			enter(v, c, from);
		return CQ_OK;
	}
	c->state = from;
	cq_case_moves(from, allowed, sizeof(allowed));
	return cq_fail(err, CQ_STATE, "case %lld is %s: it allows %s",
	    (long long)c->id, cq_state_name(from), allowed);
}

/*
 * What a case is made of, summed up from all posts that show in it.  What
 * we wrote ourselves counts as little as a repost, and reaches nobody.
 */
enum cq_status
case_recount(struct verb *v, int64_t case_id, struct cq_err *err)
{
	static const char sql[] = FAMILY
	    "UPDATE cases SET (n_posts, n_reposts, rating, last_post_at,"
	    " opened_at) ="
	    " (SELECT count(*), coalesce(sum(rule = 'repost' OR own), 0),"
	    "  coalesce(min(rating) FILTER (WHERE own = 0), 0),"
	    "  coalesce(max(seen_at), opened_at),"
	    "  coalesce(min(seen_at), opened_at)"
	    "  FROM post WHERE case_id IN (SELECT id FROM family)),"
	    " first_post = (SELECT min(id) FROM post"
	    "  WHERE case_id IN (SELECT id FROM family)),"
	    " (n_authors, reach) ="
	    " (SELECT count(*), coalesce(sum(most), 0) FROM (SELECT"
	    "   max(coalesce(followers, 0)) AS most FROM post WHERE author"
	    "   IS NOT NULL AND own = 0"
	    "   AND case_id IN (SELECT id FROM family)"
	    "   GROUP BY author)),"
	    " n_notes = (SELECT count(*) FROM note WHERE retracted_at IS NULL"
	    "  AND case_id IN (SELECT id FROM family))"
	    " WHERE id = :root";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":root", case_id);
	return db_run(&q, err);
}

bool
case_wrote_since(struct verb *v, int64_t case_id)
{
	static const char sql[] =
	    "WITH RECURSIVE family(id) AS (SELECT :id UNION"
	    " SELECT c.id FROM cases c JOIN family f ON c.joined_into = f.id),"
	    " above(id) AS (SELECT joined_into FROM cases WHERE id = :id UNION"
	    " SELECT c.joined_into FROM cases c JOIN above a ON c.id = a.id"
	    "  WHERE c.joined_into IS NOT NULL)"
	    " SELECT EXISTS (SELECT 1 FROM event e JOIN post p ON p.id = e.ref"
	    "  WHERE e.case_id IN (SELECT id FROM above) AND e.kind = 'post'"
	    "  AND p.rule <> 'repost' AND p.own = 0 AND p.case_id IN (SELECT "
	    "id FROM family)"
	    "  AND e.id > (SELECT max(id) FROM event WHERE case_id = :id AND"
	    "   json_type(data, '$.after.joined_into') IS NOT NULL))";
	struct db_stmt q;
	int64_t yes = 0;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", case_id);
	db_one_int(&q, &yes, NULL);
	return yes != 0;
}
