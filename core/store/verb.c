#include "core/store/verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/hash.h"

enum cq_status
agent_id(struct cq_store *store, const char *name, int64_t *id,
    enum cq_role *role, bool *active, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, role, active FROM agent WHERE name = :name";
	struct db_stmt q;
	enum cq_status rc;
	bool found;

	db_prepare(&q, store, sql);
	db_bind_text(&q, ":name", name);
	found = db_row(&q);
	rc = db_result(&q, err);
	if (found) {
		*id = db_int(&q, 0);
		if (!cq_role_parse(db_str(&q, 1), role))
			*role = CQ_AGENT;
		*active = db_int(&q, 2) != 0;
	}
	db_finalize(&q);
	if (rc == CQ_OK && !found)
		rc = cq_fail(err, CQ_NOT_FOUND,
		    "no agent is called '%s'; see 'caseq agent list'", name);
	return rc;
}

static enum cq_status
check_agent(struct verb *v, enum cq_right right, struct cq_err *err)
{
	const char *who = cq_right_who(right);
	bool active = false;
	enum cq_status rc = agent_id(v->store, v->act->agent, &v->agent,
	    &v->role, &active, err);

	if (rc != CQ_OK)
		return rc;
	if (!active)
		return cq_fail(err, CQ_DENIED,
		    "%s is retired; an administrator can restore the agent",
		    v->act->agent);
	if (!cq_role_may(v->role, right))
		return cq_fail(err, CQ_DENIED, "%s (%s) may not %s; ask %s %s",
		    v->act->agent, cq_role_name(v->role), v->name,
		    strchr("aeiou", *who) == NULL ? "a" : "an", who);
	return CQ_OK;
}

static enum cq_status
read_op(struct verb *v, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT agent, verb, status, case_id, number, words, args FROM op"
	    " WHERE op = :op";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":op", v->act->op);
	v->replay = db_row(&q);
	rc = db_result(&q, err);
	if (v->replay &&
	    (db_int(&q, 0) != v->agent || strcmp(db_str(&q, 1), v->name) != 0 ||
		(uint64_t)db_int(&q, 6) != v->args))
		rc = cq_fail(err, CQ_CONFLICT,
		    "operation id '%s' stands for another act already; use a "
		    "new one",
		    v->act->op);
	if (v->replay && rc == CQ_OK) {
		v->status = (enum cq_status)db_int(&q, 2);
		v->case_id = db_int(&q, 3);
		v->number = db_int(&q, 4);
		v->words = db_copy(&q, 5);
	}
	db_finalize(&q);
	return rc;
}

static enum cq_status
add_op(struct verb *v, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO op (op, args, at, agent, verb)"
	    " VALUES (:op, :args, :at, :agent, :verb) RETURNING id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":op", v->act->op);
	db_bind_int(&q, ":args", (int64_t)v->args);
	db_bind_int(&q, ":at", v->now);
	db_bind_id(&q, ":agent", v->agent);
	db_bind_text(&q, ":verb", v->name);
	return db_one_int(&q, &v->op, err);
}

enum cq_status
words_check(const char *text, size_t max, const char *what, struct cq_err *err)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n == 0 || strspn(text, " \t\r\n") == n)
		return cq_fail(err, CQ_INPUT, "%s is empty; write something",
		    what);
	if (n > max)
		return cq_fail(err, CQ_INPUT,
		    "%s is too long: %zu bytes of at most %zu", what, n, max);
	if (!cq_utf8_valid(text, n))
		return cq_fail(err, CQ_INPUT, "%s is no valid UTF-8", what);
	return CQ_OK;
}

enum cq_status
reason_check(const char *reason, struct cq_err *err)
{
	if (reason == NULL || reason[0] == '\0')
		return CQ_OK;
	return words_check(reason, REASON_MAX, "the reason", err);
}

uint64_t
verb_args_more(uint64_t args, const char *text)
{
	if (text != NULL)
		args = cq_hash_bytes(args, text, strlen(text));
	return cq_hash_unit(args, 0); /* "ab", "c" is not "a", "bc" */
}

uint64_t
verb_args(const char *fmt, ...)
{
	va_list ap;
	char s[256];

	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	return verb_args_more(CQ_HASH_START, s);
}

enum cq_status
verb_begin(struct verb *v, struct cq_store *store, const struct cq_act *act,
    const char *name, uint64_t args, enum cq_right right, enum db_sync sync,
    struct cq_err *err)
{
	enum cq_status rc;

	*v = (struct verb){
	    .store = store, .act = act, .name = name, .args = args};
	if (act->op == NULL || act->op[0] == '\0' || strlen(act->op) > 128)
		return cq_fail(err, CQ_INPUT,
		    "an operation id has 1 to 128 characters");
	rc = db_begin(store, sync, err);
	if (rc != CQ_OK)
		return rc;
	v->begun = true;
	v->now = db_now(store);
	rc = check_agent(v, right, err);
	if (rc == CQ_OK)
		rc = read_op(v, err);
	if (rc == CQ_OK && !v->replay)
		rc = add_op(v, err);
	if (rc == CQ_OK && v->replay && v->status != CQ_OK)
		rc = cq_fail(err, v->status, "%s",
		    v->words == NULL ? "refused before" : v->words);
	return rc;
}

enum cq_status
verb_begin_time(struct verb *v, struct cq_store *store, struct cq_err *err)
{
	enum cq_status rc = db_begin(store, DB_NORMAL, err);

	*v = (struct verb){.store = store, .name = "time"};
	v->now = db_now(store);
	v->begun = rc == CQ_OK;
	return rc;
}

enum cq_status
verb_numbers(struct verb *v, struct cq_err *err)
{
	static const char sql[] = "SELECT (SELECT max(id) FROM cases),"
				  " (SELECT max(id) FROM post)";
	struct db_stmt q;
	enum cq_status rc;

	if (v->numbers_known)
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	if (db_row(&q)) {
		v->last_case = db_int(&q, 0);
		v->last_post = db_int(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	v->numbers_known = rc == CQ_OK;
	return rc;
}

void
verb_keep(struct verb *v)
{
	v->store->keep = true;
}

static enum cq_status
write_op(struct verb *v, enum cq_status status, const char *words,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE op SET status = :status, case_id = :case_id,"
	    " number = :number, words = :words, undoable = :undoable"
	    " WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":status", status);
	db_bind_id(&q, ":case_id", v->case_id);
	db_bind_id(&q, ":number", v->number);
	db_bind_text(&q, ":words", words);
	db_bind_int(&q, ":undoable", v->undoable);
	db_bind_int(&q, ":id", v->op);
	return db_run(&q, err);
}

enum cq_status
verb_end(struct verb *v, enum cq_status rc, struct cq_err *err)
{
	struct cq_err failed = {0};

	if (!v->begun) {
		free(v->words);
		return rc;
	}
	if (v->op != 0 && (rc == CQ_OK || v->store->keep)) {
		const char *words = rc == CQ_OK ? v->words
		    : err == NULL		? NULL
						: err->msg;
		enum cq_status wrote = write_op(v, rc, words, &failed);

		if (wrote != CQ_OK) {
			v->store->keep = false;
			rc = cq_fail(err, wrote, "%s", failed.msg);
		}
	}
	free(v->words);
	v->words = NULL;
	return db_end(v->store, rc, err);
}
