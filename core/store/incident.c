#include "core/store/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/*
 * Cases under one cause.  Which incident a case is in is a field of the
 * case: its changes are logged, undone and proved like those of an owner.
 */

void
cq_incidents_free(struct cq_incidents *incidents)
{
	for (size_t i = 0; i < incidents->n; i++)
		raw_free(&incidents->at[i].name);
	free(incidents->at);
	*incidents = (struct cq_incidents){0};
}

enum cq_status
cq_store_incidents(struct cq_store *store, bool all, struct cq_incidents *out,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, name, opened_at, closed_at,"
	    " (SELECT count(*) FROM cases WHERE incident = i.id AND grp < 3),"
	    " (SELECT count(*) FROM cases WHERE incident = i.id AND grp < 2)"
	    " FROM incident i WHERE retracted_at IS NULL"
	    " AND (:all OR closed_at IS NULL) ORDER BY id DESC";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_incidents){0};
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":all", all);
	while (db_row(&q)) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		out->at[out->n++] = (struct cq_incident){
		    .id = db_int(&q, 0),
		    .name = db_raw(&q, 1),
		    .opened_at = db_int(&q, 2),
		    .closed_at = db_time(&q, 3),
		    .n_cases = db_int(&q, 4),
		    .n_in_queue = db_int(&q, 5),
		};
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc != CQ_OK)
		cq_incidents_free(out);
	return rc;
}

/* A list asks for the same few incidents in every row. */
int64_t
incident_count(struct cq_store *store, int64_t id)
{
	static const char sql[] =
	    "SELECT count(*) FROM cases WHERE incident = :id AND grp < 3";
	size_t n = sizeof(store->counted) / sizeof(store->counted[0]);
	struct incident_counted *known = &store->counted[(size_t)id % n];
	int64_t version = cq_store_version(store);
	struct db_stmt q;

	if (known->id == id && known->version == version)
		return known->n;
	*known = (struct incident_counted){id, 0, version};
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", id);
	if (db_one_int(&q, &known->n, NULL) != CQ_OK)
		known->id = 0;
	return known->n;
}

/* --- its row and its events --------------------------------------------- */

/* The row as it stands in this transaction. */
struct incident_now {
	int64_t id;
	char *name;
	int64_t closed_at;
	char *json; /* all of it */
};

static void
incident_done(struct incident_now *i)
{
	free(i->name);
	free(i->json);
	*i = (struct incident_now){0};
}

static enum cq_status
incident_get(struct verb *v, int64_t id, struct incident_now *i,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT name, closed_at, json_object('name', name, 'opened_at',"
	    " opened_at, 'closed_at', closed_at, 'retracted_at', retracted_at)"
	    " FROM incident WHERE id = :id AND retracted_at IS NULL";
	struct db_stmt q;
	enum cq_status rc;

	*i = (struct incident_now){0};
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", id);
	if (db_row(&q))
		*i = (struct incident_now){
		    id, db_copy(&q, 0), db_time(&q, 1), db_copy(&q, 2)};
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc == CQ_OK && i->id == 0)
		rc = cq_fail(err, CQ_NOT_FOUND,
		    "there is no incident I-%lld; see 'caseq incident list'",
		    (long long)id);
	return rc;
}

/* A refusal unless it goes on. */
static enum cq_status
incident_open_one(struct verb *v, int64_t id, struct incident_now *i,
    struct cq_err *err)
{
	enum cq_status rc = incident_get(v, id, i, err);

	if (rc == CQ_OK && i->closed_at != CQ_NO_TIME)
		rc = cq_fail(err, CQ_STATE,
		    "incident I-%lld is closed; a lead can reopen it",
		    (long long)id);
	return rc;
}

/* Says on the queue's chain what became of it; b, taken over, comes first. */
static enum cq_status
incident_log(struct verb *v, const char *kind, int64_t ref,
    const struct incident_now *i, struct cq_buf *b, struct cq_err *err)
{
	static const char now[] =
	    "SELECT json_object('name', name, 'opened_at', opened_at,"
	    " 'closed_at', closed_at, 'retracted_at', retracted_at)"
	    " FROM incident WHERE id = :id";
	struct event_fields f = {.ref = ref};
	char *after = NULL;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, now);
	db_bind_int(&q, ":id", i->id);
	rc = db_one_text(&q, &after, err);
	data_int(b, "incident", i->id);
	data_json(b, "before", i->json);
	data_json(b, "after", after);
	if (rc == CQ_OK)
		rc = event_log_data(v, 0, kind, &f, b, err);
	free(after);
	cq_buf_free(b);
	return rc;
}

static enum cq_status
set_times(struct verb *v, int64_t id, int64_t closed_at, int64_t retracted_at,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE incident SET closed_at = :closed, retracted_at = :retracted"
	    " WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_time(&q, ":closed", closed_at);
	db_bind_time(&q, ":retracted", retracted_at);
	db_bind_int(&q, ":id", id);
	return db_run(&q, err);
}

/* --- cases in and out ---------------------------------------------------- */

static uint64_t
args_of(uint64_t args, const int64_t *cases, size_t n)
{
	char s[24];

	for (size_t i = 0; i < n; i++) {
		snprintf(s, sizeof(s), "%lld", (long long)cases[i]);
		args = verb_args_more(args, s);
	}
	return args;
}

/* id 0: out of the one that it is in.  *n_changed counts. */
static enum cq_status
move_case(struct verb *v, struct case_now *c, const struct incident_now *to,
    size_t *n_changed, struct cq_err *err)
{
	int64_t ref = to == NULL ? c->incident : to->id;
	struct incident_now old = {0};
	struct cq_buf b = {0};
	enum cq_status rc = CQ_OK;

	if (c->incident == (to == NULL ? 0 : to->id))
		return CQ_OK;
	if (to == NULL)
		rc = incident_get(v, c->incident, &old, err);
	data_text(v->store, &b, "name", to == NULL ? old.name : to->name);
	c->incident = to == NULL ? 0 : to->id;
	if (rc == CQ_OK)
		rc = case_save(v, c, to == NULL ? "incident_left" : "incident",
		    ref, &b, err);
	if (rc == CQ_OK && (*n_changed)++ == 0) {
		v->case_id = c->id;
		v->number = ref;
		v->undoable = true;
	}
	cq_buf_free(&b);
	incident_done(&old);
	return rc;
}

static enum cq_status
move_cases(struct verb *v, const int64_t *cases, size_t n,
    const struct incident_now *to, size_t *n_changed, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	for (size_t i = 0; i < n && rc == CQ_OK; i++) {
		struct case_now c = {0};

		rc = case_get(v, cases[i], &c, err);
		if (rc == CQ_OK)
			rc = move_case(v, &c, to, n_changed, err);
		case_done(&c);
	}
	return rc;
}

/* --- verbs --------------------------------------------------------------- */

static enum cq_status
name_check(const char *name, struct cq_err *err)
{
	enum cq_status rc = words_check(name, CQ_INCIDENT_NAME_MAX,
	    "the name of the incident", err);

	if (rc == CQ_OK && strpbrk(name, "\r\n") != NULL)
		rc = cq_fail(err, CQ_INPUT,
		    "the name of an incident is one line");
	return rc;
}

/* Two of one name would be one problem worked twice. */
static enum cq_status
check_new_name(struct verb *v, const char *name, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id FROM incident WHERE closed_at IS NULL"
	    " AND retracted_at IS NULL AND name = :name COLLATE NOCASE LIMIT 1";
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":name", name);
	rc = db_one_int(&q, &id, err);
	if (rc == CQ_OK)
		return cq_fail(err, CQ_CONFLICT,
		    "incident I-%lld has that name and goes on; add the cases "
		    "to it",
		    (long long)id);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

static enum cq_status
add_incident(struct verb *v, const char *name, struct incident_now *i,
    struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO incident (name, opened_at) VALUES (:name, :now)"
	    " RETURNING id";
	struct incident_now made = {0}; /* there was none before */
	struct cq_buf b = {0};
	struct db_stmt q;
	enum cq_status rc = check_new_name(v, name, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":name", name);
	db_bind_int(&q, ":now", v->now);
	rc = db_one_int(&q, &made.id, err);
	if (rc == CQ_OK)
		rc = incident_log(v, "incident_open", made.id, &made, &b, err);
	if (rc == CQ_OK)
		rc = incident_get(v, made.id, i, err);
	v->number = made.id;
	v->undoable = true;
	return rc;
}

enum cq_status
cq_store_incident_open(struct cq_store *store, const struct cq_act *act,
    const char *name, const int64_t *cases, size_t n, int64_t *incident_id,
    struct cq_err *err)
{
	struct verb v = {0};
	struct incident_now made = {0};
	size_t n_changed = 0;
	int64_t id;
	enum cq_status rc = name_check(name, err);

	*incident_id = 0;
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "open incidents",
		    args_of(verb_args_more(verb_args("-"), name), cases, n),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		/* in this order: undo takes the cases out first */
		rc = add_incident(&v, name, &made, err);
		if (rc == CQ_OK)
			rc = move_cases(&v, cases, n, &made, &n_changed, err);
	}
	id = v.number;
	incident_done(&made);
	rc = verb_end(&v, rc, err);
	if (rc == CQ_OK)
		*incident_id = id;
	return rc;
}

enum cq_status
cq_store_incident_add(struct cq_store *store, const struct cq_act *act,
    int64_t incident_id, const int64_t *cases, size_t n, struct cq_err *err)
{
	struct verb v = {0};
	struct incident_now to = {0};
	size_t n_changed = 0;
	enum cq_status rc = CQ_OK;

	if (n == 0)
		rc = cq_fail(err, CQ_INPUT, "name the cases to put into it");
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "fill incidents",
		    args_of(verb_args("%lld", (long long)incident_id), cases,
			n),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = incident_open_one(&v, incident_id, &to, err);
		if (rc == CQ_OK)
			rc = move_cases(&v, cases, n, &to, &n_changed, err);
	}
	incident_done(&to);
	return verb_end(&v, rc, err);
}

enum cq_status
cq_store_incident_leave(struct cq_store *store, const struct cq_act *act,
    const int64_t *cases, size_t n, struct cq_err *err)
{
	struct verb v = {0};
	size_t n_changed = 0;
	enum cq_status rc = CQ_OK;

	if (n == 0)
		rc = cq_fail(err, CQ_INPUT, "name the cases to take out");
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "leave incidents",
		    args_of(verb_args("-"), cases, n), CQ_MAY_WORK, DB_FULL,
		    err);
	if (rc == CQ_OK && !v.replay) {
		rc = move_cases(&v, cases, n, NULL, &n_changed, err);
		if (rc == CQ_OK && n_changed == 0)
			rc = n == 1 ? cq_fail(err, CQ_NOT_FOUND,
					  "case %lld is in no incident",
					  (long long)cases[0])
				    : cq_fail(err, CQ_NOT_FOUND,
					  "none of these cases is in an "
					  "incident");
	}
	return verb_end(&v, rc, err);
}

static enum cq_status
close_it(struct verb *v, int64_t id, bool over, struct cq_err *err)
{
	struct incident_now i = {0};
	struct cq_buf b = {0};
	enum cq_status rc = incident_get(v, id, &i, err);

	if (rc == CQ_OK && over != (i.closed_at == CQ_NO_TIME))
		rc = cq_fail(err, CQ_STATE, "incident I-%lld %s", (long long)id,
		    over ? "is closed already" : "goes on, it is not closed");
	if (rc == CQ_OK && !over)
		rc = check_new_name(v, i.name, err);
	if (rc == CQ_OK)
		rc = set_times(v, id, over ? v->now : CQ_NO_TIME, CQ_NO_TIME,
		    err);
	if (rc == CQ_OK)
		rc =
		    incident_log(v, over ? "incident_close" : "incident_reopen",
			id, &i, &b, err);
	v->number = id;
	v->undoable = true;
	incident_done(&i);
	return rc;
}

enum cq_status
cq_store_incident_close(struct cq_store *store, const struct cq_act *act,
    int64_t incident_id, bool over, struct cq_err *err)
{
	struct verb v = {0};
	enum cq_status rc = verb_begin(&v, store, act,
	    over ? "close incidents" : "reopen incidents",
	    verb_args("%lld", (long long)incident_id), CQ_MAY_CLOSE, DB_FULL,
	    err);

	if (rc == CQ_OK && !v.replay)
		rc = close_it(&v, incident_id, over, err);
	return verb_end(&v, rc, err);
}

/* --- undo ---------------------------------------------------------------- */

/* What the event tells: which incident, and is it still as it made it? */
static enum cq_status
check_same(struct verb *v, const struct undone *u, struct incident_now *i,
    int64_t *closed_before, struct cq_err *err)
{
	static const char sql[] = "SELECT json_extract(:data, '$.incident'),"
				  " json_extract(:data, '$.before.closed_at')";
	static const char same[] =
	    "SELECT json_extract(:data, '$.after') = :now";
	struct db_stmt q;
	int64_t id = 0, is = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":data", u->data);
	if (db_row(&q)) {
		id = db_int(&q, 0);
		*closed_before = db_time(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc == CQ_OK)
		rc = incident_get(v, id, i, err);
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, same);
	db_bind_text(&q, ":data", u->data);
	db_bind_text(&q, ":now", i->json);
	rc = db_one_int(&q, &is, err);
	if (rc == CQ_OK && !is)
		rc = cq_fail(err, CQ_CONFLICT,
		    "incident I-%lld has been changed since; see 'caseq "
		    "audit'",
		    (long long)id);
	return rc;
}

static enum cq_status
check_empty(struct verb *v, int64_t id, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM cases WHERE incident = :id)";
	struct db_stmt q;
	int64_t any = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", id);
	rc = db_one_int(&q, &any, err);
	if (rc == CQ_OK && any)
		rc = cq_fail(err, CQ_CONFLICT,
		    "other cases were put into incident I-%lld since; take "
		    "them out first, or close it",
		    (long long)id);
	return rc;
}

enum cq_status
incident_putback(struct verb *v, const struct undone *u, struct cq_err *err)
{
	bool opening = strcmp(u->kind, "incident_open") == 0;
	struct incident_now i = {0};
	struct cq_buf b = {0};
	int64_t closed_at = CQ_NO_TIME;
	enum cq_status rc = check_same(v, u, &i, &closed_at, err);

	if (rc == CQ_OK && opening)
		rc = check_empty(v, i.id, err);
	if (rc == CQ_OK)
		rc = set_times(v, i.id, closed_at,
		    opening ? v->now : CQ_NO_TIME, err);
	data_text(v->store, &b, "of", u->kind);
	if (rc == CQ_OK)
		rc = incident_log(v, "undo", u->id, &i, &b, err);
	cq_buf_free(&b);
	incident_done(&i);
	return rc;
}
