#include "core/store/putback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/*
 * Undo reads the events of an act backwards and puts back what each says
 * was there before, if what it made of it still stands.
 */

static void
undone_free(struct undone *u, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(u[i].kind);
		free(u[i].data);
	}
	free(u);
}

static enum cq_status
last_act(struct verb *v, int64_t *op, char **verb, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, case_id, verb, number FROM op WHERE agent = :agent AND "
	    "undoable = 1"
	    " AND undone_by IS NULL AND status = 0 ORDER BY id DESC LIMIT 1";
	struct db_stmt q;
	enum cq_status rc;
	bool found;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":agent", v->agent);
	found = db_row(&q);
	if (found) {
		*op = db_int(&q, 0);
		v->case_id = db_int(&q, 1);
		*verb = cq_strdup(db_str(&q, 2));
		v->number = db_int(&q, 3);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc == CQ_OK && !found)
		rc = cq_fail(err, CQ_NOT_FOUND, "nothing of yours to undo");
	return rc;
}

static enum cq_status
read_events(struct verb *v, int64_t op, struct undone **list, size_t *n,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, case_id, coalesce(ref, 0), kind, data FROM event"
	    " WHERE op = :op AND op IS NOT NULL"
	    " AND kind NOT IN ('open','post') ORDER BY id DESC";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":op", op);
	while (db_row(&q)) {
		*list = cq_grow(*list, *n + 1, sizeof(**list));
		(*list)[(*n)++] = (struct undone){
		    .id = db_int(&q, 0),
		    .case_id = db_int(&q, 1),
		    .ref = db_int(&q, 2),
		    .kind = cq_strdup(db_str(&q, 3)),
		    .data = db_copy(&q, 4),
		};
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/*
 * Backwards, but joined cases first: the survivor is counted anew when they
 * have left it.
 */
static int
order(const struct undone *u)
{
	return strcmp(u->kind, "joined") == 0 ||
		strcmp(u->kind, "unjoined") == 0
	    ? 0
	    : 1;
}

static enum cq_status
mark(struct verb *v, int64_t op, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE op SET undone_by = :by WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":by", v->op);
	db_bind_int(&q, ":id", op);
	return db_run(&q, err);
}

/* Do posts change hands when this is undone? */
static bool
moves_posts(const struct undone *u)
{
	static const char *const kinds[] = {
	    "join", "joined", "unjoin", "unjoined", "split"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(u->kind, kinds[i]) == 0)
			return true;
	return false;
}

/* The case that shows these posts must not be a colleague's just now. */
static enum cq_status
check_top(struct verb *v, const struct undone *u, struct cq_err *err)
{
	struct case_now c = {0};
	enum cq_status rc = CQ_OK;

	if (!moves_posts(u))
		return CQ_OK;
	rc = case_get(v, u->case_id, &c, err);
	if (rc == CQ_OK && c.live && c.holder != v->agent)
		rc = claim_refuse(v, &c, err);
	case_done(&c);
	return rc;
}

/* It may show in yet another case by now, which is counted anew too. */
static enum cq_status
count_top(struct verb *v, const struct undone *u, struct cq_err *err)
{
	struct case_now c = {0};
	int64_t top = case_root(v->store, u->case_id);
	enum cq_status rc;

	if (!moves_posts(u) || top == u->case_id)
		return CQ_OK;
	rc = case_recount(v, top, err);
	if (rc == CQ_OK)
		rc = case_get_row(v, top, &c, err);
	if (rc == CQ_OK)
		rc = putback_check_posts(&c, err);
	if (rc == CQ_OK)
		rc = case_write(v, &c, err);
	case_done(&c);
	return rc;
}

/* "resolve of case 12 undone"; an incident's verbs are "open incidents". */
static char *
what_was_undone(const struct verb *v, const char *verb)
{
	const char *incidents = strstr(verb, " incidents");

	if (incidents == NULL)
		return cq_format("%s of case %lld undone", verb,
		    (long long)v->case_id);
	return cq_format("%.*s of incident I-%lld undone",
	    (int)(incidents - verb), verb, (long long)v->number);
}

static enum cq_status
undo_act(struct verb *v, struct cq_err *err)
{
	struct undone *list = NULL;
	size_t n = 0;
	int64_t op = 0;
	char *verb = NULL;
	enum cq_status rc = last_act(v, &op, &verb, err);

	if (rc == CQ_OK)
		rc = read_events(v, op, &list, &n, err);
	for (size_t i = 0; i < n && rc == CQ_OK; i++)
		rc = check_top(v, &list[i], err);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n && rc == CQ_OK; i++)
			if (order(&list[i]) == pass)
				rc = putback_event(v, &list[i], err);
	for (size_t i = 0; i < n && rc == CQ_OK; i++)
		rc = count_top(v, &list[i], err);
	if (rc == CQ_OK)
		rc = mark(v, op, err);
	if (rc == CQ_OK)
		v->words = what_was_undone(v, verb);
	free(verb);
	undone_free(list, n);
	return rc;
}

enum cq_status
cq_store_undo(struct cq_store *store, const struct cq_act *act, char *what,
    size_t size, int64_t *case_id, struct cq_err *err)
{
	struct verb v = {0};
	enum cq_status rc = verb_begin(&v, store, act, "undo", verb_args("-"),
	    CQ_MAY_WORK, DB_FULL, err);

	if (rc == CQ_OK && !v.replay)
		rc = undo_act(&v, err);
	if (size > 0)
		snprintf(what, size, "%s",
		    rc == CQ_OK && v.words != NULL ? v.words : "");
	if (case_id != NULL)
		*case_id = rc == CQ_OK ? v.case_id : 0;
	return verb_end(&v, rc, err);
}
