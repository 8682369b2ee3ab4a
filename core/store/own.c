#include "core/store/verb.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/named.h"

/*
 * Accounts of our own: what they write belongs to a thread, or nowhere.
 * incoming_own() reads the table.
 */

void
cq_owns_free(struct cq_owns *owns)
{
	for (size_t i = 0; i < owns->n; i++) {
		free(owns->at[i].source);
		raw_free(&owns->at[i].handle);
	}
	free(owns->at);
	*owns = (struct cq_owns){0};
}

enum cq_status
cq_store_owns(struct cq_store *store, struct cq_owns *out, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT s.name, o.handle FROM own o LEFT JOIN source s"
	    " ON s.id = o.source ORDER BY o.source > 0, s.name, o.handle";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_owns){0};
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	while (db_row(&q)) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		out->at[out->n++] = (struct cq_own){
		    .source = db_copy(&q, 0), .handle = db_raw(&q, 1)};
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc != CQ_OK)
		cq_owns_free(out);
	return rc;
}

/* A handle; or a name, in feeds that have no more. */
static enum cq_status
check_handle(const char *handle, struct cq_err *err)
{
	size_t n = strlen(handle);
	const char *name = handle + strspn(handle, "@");

	if (name[strspn(name, " ")] == '\0' || strpbrk(name, "\t\r\n") != NULL)
		return cq_fail(err, CQ_INPUT,
		    "'%s' is no handle; say it as posts show it", handle);
	if (n > CQ_ID_MAX || !cq_utf8_valid(handle, n))
		return cq_fail(err, CQ_INPUT,
		    "a handle is UTF-8 and has at most %d bytes", CQ_ID_MAX);
	return CQ_OK;
}

static enum cq_status
log_own(struct verb *v, const char *source, const char *handle, bool own,
    struct cq_err *err)
{
	struct event_fields f = {0};
	struct cq_buf b = {0};

	data_text(v->store, &b, own ? "added" : "removed", handle);
	data_text(v->store, &b, "source", source);
	return event_log_data(v, 0, "own", &f, &b, err);
}

/* The handle as it is kept; CQ_NOT_FOUND if nothing changes. */
static enum cq_status
change(struct verb *v, int64_t source, const char *handle, bool own,
    char **kept, struct cq_err *err)
{
	static const char add[] =
	    "INSERT INTO own (source, handle) VALUES (:source,"
	    " ltrim(lower(:handle), '@')) ON CONFLICT DO NOTHING"
	    " RETURNING handle";
	static const char del[] =
	    "DELETE FROM own WHERE source = :source"
	    " AND handle = ltrim(lower(:handle), '@') RETURNING handle";
	struct db_stmt q;

	if (own)
		db_prepare(&q, v->store, add);
	else
		db_prepare(&q, v->store, del);
	db_bind_int(&q, ":source", source);
	db_bind_text(&q, ":handle", handle);
	return db_one_text(&q, kept, err);
}

/* Where to look for what it may have meant. */
static enum cq_status
unknown(const char *source, const char *handle, struct cq_err *err)
{
	return cq_fail(err, CQ_NOT_FOUND,
	    "'%s' is no account of our own in %s%s; see 'caseq source own %s'",
	    handle, source == NULL ? "all sources" : "source ",
	    source == NULL ? "" : source, source == NULL ? "--all" : source);
}

static enum cq_status
change_all(struct verb *v, const char *source, const char *const *handles,
    bool own, struct cq_err *err)
{
	int64_t id = 0;
	enum cq_status rc = source_id(v->store, source, &id, err);

	for (; rc == CQ_OK && *handles != NULL; handles++) {
		char *kept = NULL;

		rc = change(v, id, *handles, own, &kept, err);
		if (rc == CQ_OK) {
			v->number++;
			rc = log_own(v, source, kept, own, err);
		} else if (rc == CQ_NOT_FOUND) {
			rc = own ? CQ_OK : unknown(source, *handles, err);
		}
		free(kept);
	}
	return rc;
}

enum cq_status
cq_store_own_set(struct cq_store *store, const struct cq_act *act,
    const char *source, const char *const *handles, bool own, int64_t *n,
    struct cq_err *err)
{
	uint64_t args = verb_args_more(verb_args("%d", own), source);
	struct verb v = {0};
	enum cq_status rc = CQ_OK;
	int64_t changed;

	*n = 0;
	if (*handles == NULL)
		rc = cq_fail(err, CQ_INPUT, "name the accounts");
	for (size_t i = 0; rc == CQ_OK && handles[i] != NULL; i++) {
		rc = check_handle(handles[i], err);
		args = verb_args_more(args, handles[i]);
	}
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "name accounts of our own",
		    args, CQ_MAY_ADMIN, DB_FULL, err);
	if (rc == CQ_OK && !v.replay)
		rc = change_all(&v, source, handles, own, err);
	changed = v.number;
	rc = verb_end(&v, rc, err);
	if (rc == CQ_OK)
		*n = changed;
	return rc;
}
