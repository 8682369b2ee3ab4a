#include "core/store/putback.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/judge.h"
#include "core/store/incident.h"

/* One event taken back: fields, claim, words, tags, posts. */

enum cq_status
putback_refuse(int64_t case_id, struct cq_err *err)
{
	return cq_fail(err, CQ_CONFLICT,
	    "case %lld has been changed since; see 'caseq audit %lld'",
	    (long long)case_id, (long long)case_id);
}

/* Does what the event made of the case still stand?  Claims aside. */
static enum cq_status
check_stands(struct verb *v, const struct undone *u, const struct case_now *c,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT count(*) FROM json_each(:data, '$.after') a"
	    " JOIN json_each(:now) n ON a.key = n.key"
	    " WHERE a.value IS NOT n.value AND a.key NOT IN"
	    " ('holder', 'held_since_at', 'lease_until_at')";
	struct db_stmt q;
	int64_t n = 0;
	enum cq_status rc;

	if (u->data == NULL)
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":data", u->data);
	db_bind_text(&q, ":now", c->before);
	rc = db_one_int(&q, &n, err);
	return rc == CQ_OK && n > 0 ? putback_refuse(c->id, err) : rc;
}

void
putback_field(struct verb *v, struct case_now *c, const char *key,
    struct db_stmt *value)
{
	enum cq_role role;
	bool active;

	if (strcmp(key, "state") == 0)
		cq_state_parse(db_str(value, 1), &c->state);
	else if (strcmp(key, "outcome") == 0)
		case_outcome(c, db_text(value, 1));
	else if (strcmp(key, "due_at") == 0)
		c->due_at = db_time(value, 1);
	else if (strcmp(key, "snooze_until_at") == 0)
		c->snooze_until_at = db_time(value, 1);
	else if (strcmp(key, "closed_at") == 0)
		c->closed_at = db_time(value, 1);
	else if (strcmp(key, "joined_into") == 0)
		c->joined_into = db_int(value, 1);
	else if (strcmp(key, "incident") == 0)
		c->incident = db_int(value, 1);
	else if (strcmp(key, "owner") == 0) {
		c->owner = 0;
		if (db_text(value, 1) != NULL)
			agent_id(v->store, db_text(value, 1), &c->owner, &role,
			    &active, NULL);
	}
}

static enum cq_status
put_fields_back(struct verb *v, const struct undone *u, struct case_now *c,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT key, value FROM json_each(:data, '$.before')";
	struct db_stmt q;
	enum cq_status rc;

	if (u->data == NULL)
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":data", u->data);
	while (db_row(&q))
		putback_field(v, c, db_text(&q, 0), &q);
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static char *
member(struct verb *v, const char *data, const char *path)
{
	static const char sql[] = "SELECT json_extract(:data, :path)";
	struct db_stmt q;
	char *text = NULL;

	if (data == NULL)
		return NULL;
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":data", data);
	db_bind_text(&q, ":path", path);
	db_one_text(&q, &text, NULL);
	return text;
}

/* Has the case been claimed since?  If not, its fence is still the same. */
static bool
claimed_since(struct verb *v, const struct undone *u)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM event WHERE case_id = :id"
	    " AND id > :event AND kind IN ('take','steal'))";
	struct db_stmt q;
	int64_t yes = 1;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", u->case_id);
	db_bind_int(&q, ":event", u->id);
	db_one_int(&q, &yes, NULL);
	return yes != 0;
}

/* The number that an event's data names; CQ_NO_TIME if it names none. */
static int64_t
number_before(struct verb *v, const struct undone *u, const char *path)
{
	char *s = member(v, u->data, path);
	int64_t at = s == NULL ? CQ_NO_TIME : strtoll(s, NULL, 10);

	free(s);
	return at;
}

/* The same claim as before: its fence, its times, whoever had it. */
static void
revive_claim(struct verb *v, const struct undone *u, struct case_now *c,
    const char *holder)
{
	enum cq_role role;
	bool active = false;
	int64_t id = 0;

	c->lease_until_at = number_before(v, u, "$.before.lease_until_at");
	c->held_since_at = number_before(v, u, "$.before.held_since_at");
	if (c->lease_until_at == CQ_NO_TIME ||
	    agent_id(v->store, holder, &id, &role, &active, NULL) != CQ_OK ||
	    !active) {
		claim_end(c);
		return;
	}
	c->holder = id;
	c->live = c->lease_until_at > v->now;
}

/*
 * The claim: given back if it was taken.  If the act ended one, it is the
 * same claim again, unless somebody claimed the case since.  A claim that
 * was stolen does not come back: its fence has passed on.
 */
static enum cq_status
put_claim_back(struct verb *v, const struct undone *u, struct case_now *c,
    struct cq_err *err)
{
	char *had = member(v, u->data, "$.before.holder");
	char *has = member(v, u->data, "$.after.holder");
	enum cq_status rc = CQ_OK;

	bool took =
	    strcmp(u->kind, "take") == 0 || strcmp(u->kind, "steal") == 0;
	bool gone = c->joined_into != 0 || claimed_since(v, u);

	/* holder before and after are alike if one's own had run out */
	if (took || (has != NULL && strcmp(has, v->act->agent) == 0)) {
		if (c->holder == v->agent)
			claim_end(c);
		else
			rc = putback_refuse(c->id, err);
	} else if (strcmp(u->kind, "release") == 0 && gone) {
		/* there is nothing to give back */
		rc = putback_refuse(c->id, err);
	} else if (had != NULL && has == NULL && c->joined_into == 0) {
		if (c->live && c->holder != v->agent)
			rc = claim_refuse(v, c, err);
		else if (!cq_state_in_queue(c->state) || c->state == CQ_SNOOZED)
			/* put aside by another */
			rc = putback_refuse(c->id, err);
		else if (!gone)
			revive_claim(v, u, c, had);
	}
	free(had);
	free(has);
	return rc;
}

enum cq_status
putback_check_posts(const struct case_now *c, struct cq_err *err)
{
	if (c->joined_into != 0 || c->n_posts > 0)
		return CQ_OK;
	return cq_fail(err, CQ_CONFLICT,
	    "case %lld would have no post: they were split off since; see "
	    "'caseq audit %lld'",
	    (long long)c->id, (long long)c->id);
}

static enum cq_status
undo_fields(struct verb *v, const struct undone *u, struct cq_err *err)
{
	struct case_now c = {0};
	struct cq_buf b = {0};
	bool joining = strcmp(u->kind, "join") == 0 ||
	    strcmp(u->kind, "joined") == 0 || strcmp(u->kind, "unjoin") == 0;
	bool wrote = false;
	enum cq_status rc = CQ_OK;

	if (joining) /* other posts show in it now, or came in meanwhile */
		rc = case_recount(v, u->case_id, err);
	if (rc == CQ_OK)
		rc = case_get_row(v, u->case_id, &c, err);
	if (rc == CQ_OK)
		rc = check_stands(v, u, &c, err);
	if (rc == CQ_OK)
		wrote = c.joined_into != 0 && case_wrote_since(v, c.id);
	if (rc == CQ_OK)
		rc = put_fields_back(v, u, &c, err);
	if (rc == CQ_OK && joining)
		rc = putback_check_posts(&c, err);
	if (rc == CQ_OK && wrote && c.joined_into == 0)
		rc = case_step(v, &c, CQ_MOVE_POST, err);
	if (rc == CQ_OK)
		rc = put_claim_back(v, u, &c, err);
	data_text(v->store, &b, "of", u->kind);
	if (rc == CQ_OK)
		rc = case_save(v, &c, "undo", u->id, &b, err);
	cq_buf_free(&b);
	case_done(&c);
	return rc;
}

/* Takes the note out of sight and gives its words back as a draft. */
static enum cq_status
undo_note(struct verb *v, const struct undone *u, struct cq_err *err)
{
	static const char retract[] =
	    "UPDATE note SET retracted_at = :now WHERE id = :id"
	    " AND retracted_at IS NULL";
	static const char draft[] =
	    "INSERT OR IGNORE INTO draft (agent, case_id, saved_at, text)"
	    " SELECT agent, case_id, :now, text FROM note WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, retract);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":id", u->ref);
	rc = db_run(&q, err);
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, draft);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":id", u->ref);
	rc = db_run(&q, err);
	if (rc == CQ_OK)
		rc = case_recount(v, case_root(v->store, u->case_id), err);
	return rc;
}

static enum cq_status
put_tag(struct verb *v, int64_t case_id, const char *tag, bool add,
    struct cq_err *err)
{
	static const char add_sql[] =
	    "INSERT OR IGNORE INTO tag (case_id, tag) VALUES (:id, :tag)";
	static const char del_sql[] =
	    "DELETE FROM tag WHERE case_id = :id AND tag = :tag";
	struct db_stmt q;

	db_prepare(&q, v->store, add ? add_sql : del_sql);
	db_bind_int(&q, ":id", case_id);
	db_bind_text(&q, ":tag", tag);
	return db_run(&q, err);
}

/* words is a list "refund billing@12"; see note_change() in work.c. */
static enum cq_status
put_tags(struct verb *v, int64_t case_id, char *words, bool add,
    struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	char *rest = NULL;

	for (char *w = words == NULL ? NULL : strtok_r(words, " ", &rest);
	     w != NULL && rc == CQ_OK; w = strtok_r(NULL, " ", &rest)) {
		char *at = strchr(w, '@');
		int64_t id = at == NULL ? case_id : strtoll(at + 1, NULL, 10);

		if (at != NULL)
			*at = '\0';
		rc = put_tag(v, id, w, add, err);
	}
	return rc;
}

static enum cq_status
undo_tags(struct verb *v, const struct undone *u, struct cq_err *err)
{
	char *added = member(v, u->data, "$.added");
	char *removed = member(v, u->data, "$.removed");
	/* the last thing first: an act may take off what it has added */
	enum cq_status rc = put_tags(v, u->case_id, removed, true, err);

	if (rc == CQ_OK)
		rc = put_tags(v, u->case_id, added, false, err);
	free(added);
	free(removed);
	return rc;
}

/*
 * A case that an act made or set free goes back into another one only if
 * nothing stands that was done with it since, and nobody wrote in it, which
 * another case's log tells if it was joined into that one then.
 */
static enum cq_status
check_rests(struct verb *v, int64_t case_id, int64_t into, int64_t event,
    struct cq_err *err)
{
	static const char sql[] = FAMILY
	    "SELECT EXISTS (SELECT 1 FROM event e WHERE e.case_id = :root"
	    " AND e.id > :event AND e.kind NOT IN ('undo','refuse')"
	    " AND NOT EXISTS (SELECT 1 FROM event u WHERE u.case_id = :root"
	    "  AND u.kind = 'undo' AND u.ref = e.id))"
	    " OR EXISTS (SELECT 1 FROM post p JOIN event e ON e.at = p.seen_at"
	    "  AND e.kind = 'post' AND e.ref = p.id AND e.id > :event"
	    "  WHERE p.case_id IN (SELECT id FROM family)"
	    "  AND p.seen_at >= (SELECT at FROM event WHERE id = :event))";
	struct db_stmt q;
	int64_t worked = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":root", case_id);
	db_bind_int(&q, ":event", event);
	rc = db_one_int(&q, &worked, err);
	if (rc == CQ_OK && worked)
		rc = cq_fail(err, CQ_CONFLICT,
		    "case %lld has been worked since; join it into case %lld "
		    "instead",
		    (long long)case_id, (long long)into);
	return rc;
}

/*
 * Posts that go back into a case must not wait behind one that was put
 * aside or closed since: whoever did that has not seen them.  What the act
 * itself put aside wakes with its undo, but not the case on top of it.
 */
static enum cq_status
check_awake(struct verb *v, const struct undone *u, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT coalesce(CASE WHEN :top <> case_id THEN"
	    " json_extract(data, '$.before.state') END, state, '')"
	    " FROM event WHERE id = :id";
	struct case_now c = {0};
	enum cq_state then;
	char *name = NULL;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", u->id);
	db_bind_int(&q, ":top", case_root(v->store, u->case_id));
	rc = db_one_text(&q, &name, err);
	if (rc == CQ_OK)
		rc = case_look(v, u->case_id, &c, err);
	if (rc == CQ_OK && cq_state_parse(name, &then) &&
	    case_group(c.state, false) > case_group(then, false))
		rc = cq_fail(err, CQ_CONFLICT,
		    "case %lld is %s since; reopen it, or join the other "
		    "case into it",
		    (long long)c.id, cq_state_name(c.state));
	free(name);
	case_done(&c);
	return rc;
}

static enum cq_status
undo_unjoin(struct verb *v, const struct undone *u, struct cq_err *err)
{
	enum cq_status rc = check_awake(v, u, err);

	return rc == CQ_OK ? judge_undo_unjoin(v, u, err) : rc;
}

/* What goes back into a case must show where it was taken from. */
static enum cq_status
check_same_top(struct verb *v, int64_t into, int64_t case_id,
    struct cq_err *err)
{
	if (case_root(v->store, into) == case_root(v->store, case_id))
		return CQ_OK;
	return putback_refuse(into, err);
}

/* Each post goes back into the very case that it stood in. */
static enum cq_status
check_places(struct verb *v, const struct undone *u, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT DISTINCT json_extract(value, '$.case')"
	    " FROM json_each(:data, '$.posts')";
	struct db_stmt q;
	enum cq_status rc = CQ_OK;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":data", u->data);
	while (rc == CQ_OK && db_row(&q))
		rc = check_same_top(v, db_int(&q, 0), u->case_id, err);
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* A case that was split off as a whole goes back into the same one. */
static enum cq_status
check_unjoined(struct verb *v, const struct undone *u, struct cq_err *err)
{
	int64_t into = number_before(v, u, "$.before.joined_into");
	enum cq_status rc = check_rests(v, u->case_id, v->case_id, u->id, err);

	return rc == CQ_OK && into != CQ_NO_TIME
	    ? check_same_top(v, into, v->case_id, err)
	    : rc;
}

/* The posts go back, and the new number leads to the old case. */
static enum cq_status
undo_split(struct verb *v, const struct undone *u, struct cq_err *err)
{
	static const char back[] =
	    "UPDATE post SET (case_id, rule, why) = (SELECT"
	    " json_extract(value, '$.case'), json_extract(value, '$.rule'),"
	    " json_extract(value, '$.why') FROM json_each(:data, '$.posts')"
	    " WHERE json_extract(value, '$.id') = post.id)"
	    " WHERE id IN (SELECT json_extract(value, '$.id')"
	    " FROM json_each(:data, '$.posts'))";
	struct case_now c = {0};
	struct cq_buf b = {0};
	struct db_stmt q;
	enum cq_status rc = check_rests(v, u->ref, u->case_id, u->id, err);

	if (rc == CQ_OK)
		rc = check_places(v, u, err);
	if (rc == CQ_OK)
		rc = check_awake(v, u, err);
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, back);
	db_bind_text(&q, ":data", u->data);
	rc = db_run(&q, err);
	if (rc == CQ_OK)
		rc = case_recount(v, u->case_id, err);
	if (rc == CQ_OK)
		rc = case_get_row(v, u->ref, &c, err);
	c.joined_into = u->case_id;
	data_text(v->store, &b, "of", "split_off");
	if (rc == CQ_OK)
		rc = case_save(v, &c, "undo", u->id, &b, err);
	cq_buf_free(&b);
	case_done(&c);
	return rc;
}

/* What was taken over from a joined case shows in another one. */
static enum cq_status
check_shows(struct verb *v, int64_t case_id, struct cq_err *err)
{
	if (case_root(v->store, case_id) == case_id)
		return CQ_OK;
	return putback_refuse(case_id, err);
}

enum cq_status
putback_event(struct verb *v, const struct undone *u, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	if (strcmp(u->kind, "split_off") == 0)
		return CQ_OK; /* undone with its "split" */
	if (u->case_id == 0)
		return incident_putback(v, u, err);
	if (strncmp(u->kind, "incident", 8) == 0)
		rc = check_shows(v, u->case_id, err);
	else if (strcmp(u->kind, "note") == 0)
		rc = undo_note(v, u, err);
	else if (strcmp(u->kind, "tag") == 0)
		rc = undo_tags(v, u, err);
	else if (strcmp(u->kind, "split") == 0)
		rc = undo_split(v, u, err);
	else if (strcmp(u->kind, "join") == 0)
		rc = judge_undo_join(v, u, err);
	else if (strcmp(u->kind, "not_same") == 0)
		rc = judge_undo_apart(v, u, err);
	else if (strcmp(u->kind, "unjoin") == 0)
		rc = undo_unjoin(v, u, err);
	else if (strcmp(u->kind, "unjoined") == 0)
		rc = check_unjoined(v, u, err);
	return rc == CQ_OK ? undo_fields(v, u, err) : rc;
}
