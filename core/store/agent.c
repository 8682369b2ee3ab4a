#include "core/store/verb.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* The people who work the queue, and the weights they set. */

void
cq_agent_free(struct cq_agent *agent)
{
	free(agent->name);
	free(agent->team);
	free(agent->login);
	*agent = (struct cq_agent){0};
}

void
cq_agents_free(struct cq_agents *agents)
{
	for (size_t i = 0; i < agents->n; i++)
		cq_agent_free(&agents->at[i]);
	free(agents->at);
	*agents = (struct cq_agents){0};
}

#define AGENT_COLUMNS                                                   \
	"SELECT id, name, role, team, login, coalesce(uid, -1), active" \
	" FROM agent "

static void
read_agent(struct db_stmt *q, struct cq_agent *a)
{
	*a = (struct cq_agent){
	    .id = db_int(q, 0),
	    .name = cq_strdup(db_str(q, 1)),
	    .team = db_copy(q, 3),
	    .login = db_copy(q, 4),
	    .uid = (uid_t)db_int(q, 5),
	    .active = db_int(q, 6) != 0,
	};
	if (!cq_role_parse(db_str(q, 2), &a->role))
		a->role = CQ_AGENT;
}

enum cq_status
cq_store_agents(struct cq_store *store, struct cq_agents *out,
    struct cq_err *err)
{
	static const char sql[] = AGENT_COLUMNS "ORDER BY name";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_agents){0};
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	while (db_row(&q)) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		read_agent(&q, &out->at[out->n++]);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc != CQ_OK)
		cq_agents_free(out);
	return rc;
}

static enum cq_status
one_agent(struct db_stmt *q, struct cq_agent *out, struct cq_err *err)
{
	bool found = db_row(q);
	enum cq_status rc = db_result(q, err);

	*out = (struct cq_agent){0};
	if (found)
		read_agent(q, out);
	db_finalize(q);
	return rc == CQ_OK && !found ? CQ_NOT_FOUND : rc;
}

enum cq_status
cq_store_agent(struct cq_store *store, const char *name, struct cq_agent *out,
    struct cq_err *err)
{
	static const char sql[] = AGENT_COLUMNS "WHERE name = :name";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	db_bind_text(&q, ":name", name);
	rc = one_agent(&q, out, err);
	if (rc == CQ_NOT_FOUND)
		cq_fail(err, rc,
		    "no agent is called '%s'; see 'caseq agent list'", name);
	return rc;
}

enum cq_status
cq_store_agent_by_uid(struct cq_store *store, uid_t uid, struct cq_agent *out,
    struct cq_err *err)
{
	static const char sql[] = AGENT_COLUMNS "WHERE uid = :uid"
						" AND active = 1";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":uid", uid);
	rc = one_agent(&q, out, err);
	if (rc == CQ_NOT_FOUND)
		cq_fail(err, rc, "no active agent has the user id %u",
		    (unsigned)uid);
	return rc;
}

static enum cq_status
check_new(const struct cq_agent *a, struct cq_err *err)
{
	if (!cq_name_valid(a->name) ||
	    (a->team != NULL && !cq_name_valid(a->team)))
		return cq_fail(err, CQ_INPUT,
		    "'%s' is no name: use a-z, 0-9, '.', '_', '-', a letter "
		    "first, at most 32",
		    cq_name_valid(a->name) ? a->team : a->name);
	if ((unsigned)a->role >= CQ_N_ROLES)
		return cq_fail(err, CQ_INPUT, "there is no such role");
	return CQ_OK;
}

static enum cq_status
insert_agent(struct verb *v, const struct cq_agent *a, int64_t *id,
    struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO agent (name, role, team, login, uid, active) VALUES"
	    " (:name, :role, :team, :login, :uid, :active) RETURNING id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":name", a->name);
	db_bind_text(&q, ":role", cq_role_name(a->role));
	db_bind_text(&q, ":team", a->team);
	db_bind_text(&q, ":login", a->login);
	db_bind_time(&q, ":uid",
	    a->uid == CQ_NO_UID ? CQ_NO_TIME : (int64_t)a->uid);
	db_bind_int(&q, ":active", a->active);
	return db_one_int(&q, id, err);
}

static char *
describe(struct cq_store *store, const char *name)
{
	static const char sql[] =
	    "SELECT json_object('name', name, 'role', role, 'team', team,"
	    " 'login', login, 'uid', uid, 'active', active)"
	    " FROM agent WHERE name = :name";
	struct db_stmt q;
	char *json = NULL;

	db_prepare(&q, store, sql);
	db_bind_text(&q, ":name", name);
	db_one_text(&q, &json, NULL);
	return json;
}

static enum cq_status
log_agent(struct verb *v, const char *name, const char *before,
    struct cq_err *err)
{
	char *after = describe(v->store, name);
	struct event_fields f = {0};
	struct cq_buf b = {0};

	data_json(&b, "before", before);
	data_json(&b, "after", after);
	free(after);
	return event_log_data(v, 0, "agent", &f, &b, err);
}

/* Nobody else may have the name (unless it is self) or the uid. */
static enum cq_status
check_free(struct verb *v, const struct cq_agent *a, bool self,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT name FROM agent WHERE (name = :name AND NOT :self)"
	    " OR (uid = :uid AND name <> :name) LIMIT 1";
	struct db_stmt q;
	char *taken = NULL;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":name", a->name);
	db_bind_int(&q, ":self", self);
	db_bind_time(&q, ":uid",
	    a->uid == CQ_NO_UID ? CQ_NO_TIME : (int64_t)a->uid);
	rc = db_one_text(&q, &taken, err);
	if (rc == CQ_OK && strcmp(taken, a->name) == 0)
		rc = cq_fail(err, CQ_CONFLICT, "there is an agent '%s' already",
		    taken);
	else if (rc == CQ_OK)
		rc = cq_fail(err, CQ_CONFLICT,
		    "the account '%s' belongs to agent '%s' already",
		    a->login == NULL ? "?" : a->login, taken);
	free(taken);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

static uint64_t
agent_args(const struct cq_agent *a)
{
	uint64_t args =
	    verb_args("%d %u %d", (int)a->role, (unsigned)a->uid, a->active);

	args = verb_args_more(args, a->name);
	args = verb_args_more(args, a->team);
	return verb_args_more(args, a->login);
}

enum cq_status
cq_store_agent_add(struct cq_store *store, const struct cq_act *act,
    const struct cq_agent *agent, struct cq_err *err)
{
	struct verb v = {0};
	int64_t id = 0;
	enum cq_status rc = check_new(agent, err);

	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "add agents", agent_args(agent),
		    CQ_MAY_ADMIN, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = check_free(&v, agent, false, err);
		if (rc == CQ_OK)
			rc = insert_agent(&v, agent, &id, err);
		if (rc == CQ_OK)
			rc = log_agent(&v, agent->name, NULL, err);
	}
	return verb_end(&v, rc, err);
}

static enum cq_status
update_agent(struct verb *v, const struct cq_agent *a, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE agent SET role = :role, team = :team, login = :login,"
	    " uid = :uid, active = :active WHERE name = :name";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":role", cq_role_name(a->role));
	db_bind_text(&q, ":team", a->team);
	db_bind_text(&q, ":login", a->login);
	db_bind_time(&q, ":uid",
	    a->uid == CQ_NO_UID ? CQ_NO_TIME : (int64_t)a->uid);
	db_bind_int(&q, ":active", a->active);
	db_bind_text(&q, ":name", a->name);
	return db_run(&q, err);
}

static enum cq_status
check_administrator_left(struct verb *v, struct cq_err *err)
{
	static const char sql[] = "SELECT count(*) FROM agent"
				  " WHERE role = 'administrator'"
				  " AND active = 1";
	struct db_stmt q;
	int64_t n = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	rc = db_one_int(&q, &n, err);
	if (rc == CQ_OK && n == 0)
		rc = cq_fail(err, CQ_CONFLICT,
		    "a queue needs an administrator; make somebody else one "
		    "first");
	return rc;
}

/* Claims of somebody who left would only run out; free them at once. */
static enum cq_status
free_claims(struct verb *v, int64_t agent, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id FROM cases WHERE holder = :agent LIMIT 1";
	enum cq_status rc = CQ_OK;
	int64_t id = 0;

	while (rc == CQ_OK) {
		struct case_now c = {0};
		struct db_stmt q;

		db_prepare(&q, v->store, sql);
		db_bind_int(&q, ":agent", agent);
		rc = db_one_int(&q, &id, err);
		if (rc == CQ_NOT_FOUND)
			return CQ_OK;
		if (rc == CQ_OK)
			rc = case_get(v, id, &c, err);
		if (rc == CQ_OK) {
			claim_end(&c);
			rc = case_save(v, &c, "release", c.fence, NULL, err);
		}
		case_done(&c);
	}
	return rc;
}

enum cq_status
cq_store_agent_set(struct cq_store *store, const struct cq_act *act,
    const struct cq_agent *agent, struct cq_err *err)
{
	struct verb v = {0};
	char *before = NULL;
	int64_t id = 0;
	enum cq_role role;
	bool active = false;
	enum cq_status rc = check_new(agent, err);

	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "change agents",
		    agent_args(agent), CQ_MAY_ADMIN, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = agent_id(store, agent->name, &id, &role, &active, err);
		if (rc == CQ_OK)
			rc = check_free(&v, agent, true, err);
		before = describe(store, agent->name);
		if (rc == CQ_OK)
			rc = update_agent(&v, agent, err);
		if (rc == CQ_OK)
			rc = check_administrator_left(&v, err);
		if (rc == CQ_OK && !agent->active)
			rc = free_claims(&v, id, err);
		if (rc == CQ_OK)
			rc = log_agent(&v, agent->name, before, err);
	}
	free(before);
	return verb_end(&v, rc, err);
}

/* --- a new queue ------------------------------------------------------- */

static enum cq_status
insert_weights(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT OR IGNORE INTO weight (name, value) VALUES (:name,"
	    " :value)";
	enum cq_status rc = CQ_OK;

	for (const struct cq_weight_row *w = cq_weight_rows;
	     w->name != NULL && rc == CQ_OK; w++) {
		struct db_stmt q;

		db_prepare(&q, store, sql);
		db_bind_text(&q, ":name", w->name);
		db_bind_int(&q, ":value", w->value);
		rc = db_run(&q, err);
	}
	return rc;
}

static enum cq_status
insert_queue(struct verb *v, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO queue (id, created_at) VALUES (1, :now)";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	return db_run(&q, err);
}

enum cq_status
agent_first(struct cq_store *store, const char *name, const char *login,
    uid_t uid, struct cq_err *err)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = {.op = op, .agent = name};
	struct cq_agent a = {.name = (char *)name,
	    .role = CQ_ADMINISTRATOR,
	    .login = (char *)login,
	    .uid = uid,
	    .active = true};
	struct verb v = {0};
	enum cq_status rc;

	cq_op_new(&store->env, op);
	rc = verb_begin_time(&v, store, err);
	v.act = &act;
	if (rc == CQ_OK)
		rc = insert_queue(&v, err);
	if (rc == CQ_OK)
		rc = insert_weights(store, err);
	if (rc == CQ_OK)
		rc = insert_agent(&v, &a, &v.agent, err);
	if (rc == CQ_OK)
		rc = log_agent(&v, name, NULL, err);
	return verb_end(&v, rc, err);
}
