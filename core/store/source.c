#include "core/store/listen.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Listening posts.  How a fetch of them ends is in fetched.c. */

void
cq_source_free(struct cq_source *s)
{
	free(s->name);
	free(s->adapter);
	free(s->address);
	free(s->query);
	free(s->token_file);
	free(s->brand);
	free(s->options);
	free(s->cursor);
	free(s->last_error);
	*s = (struct cq_source){0};
}

void
cq_sources_free(struct cq_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		cq_source_free(&sources->at[i]);
	free(sources->at);
	*sources = (struct cq_sources){0};
}

/*
 * A week is that of heard.c: today and six days before.  Who answered in time
 * to come was asked before the clock was set back, and is due.
 */
#define SOURCE_COLUMNS                                                       \
	"SELECT id, name, adapter, address, query, token_file, brand,"       \
	" insecure, state = 'paused', every_s, cursor,"                      \
	" iif(ok_at > :now, min(next_at, :now), next_at), ok_at,"            \
	" n_failed, last_error, n_posts, options, since_at, failed_at,"      \
	" parked_at, heard_from, heard_at, pause_s, n_heard,"                \
	" coalesce((SELECT sum(h.n) FROM heard h WHERE h.source = source.id" \
	"  AND h.day > :today - 7 AND h.day <= :today), 0),"                 \
	" coalesce((SELECT :today - min(h.day) + 1 FROM heard h WHERE"       \
	"  h.source = source.id AND h.day <= :today), 0),"                   \
	" iif(rest_until > :now AND rest_until <= :far, rest_until, NULL),"  \
	" looked_at, look_before FROM source "

static void
read_source(struct db_stmt *q, struct cq_source *s)
{
	int64_t days = db_int(q, 25);

	*s = (struct cq_source){
	    .id = db_int(q, 0),
	    .name = cq_strdup(db_str(q, 1)),
	    .adapter = cq_strdup(db_str(q, 2)),
	    .address = db_copy(q, 3),
	    .query = db_copy(q, 4),
	    .token_file = db_copy(q, 5),
	    .brand = db_copy(q, 6),
	    .insecure = db_int(q, 7) != 0,
	    .paused = db_int(q, 8) != 0,
	    .every_s = (int)db_int(q, 9),
	    .cursor = cq_strdup(db_str(q, 10)),
	    .next_at = db_int(q, 11),
	    .ok_at = db_time(q, 12),
	    .n_failed = (int)db_int(q, 13),
	    .last_error = db_copy(q, 14),
	    .n_posts = db_int(q, 15),
	    .options = db_copy(q, 16),
	    .since_at = db_time(q, 17),
	    .failed_at = db_time(q, 18),
	    .parked_at = db_time(q, 19),
	    .habit = {db_time(q, 20), db_time(q, 21), db_int(q, 22),
		db_int(q, 23)},
	    .n_week = db_int(q, 24),
	    .week_days = (int)(days > 7 ? 7 : days),
	    .rest_at = db_time(q, 26),
	    .looked_at = db_time(q, 27),
	    .look_before = db_int(q, 28),
	};
}

/* The statement begins with SOURCE_COLUMNS. */
static void
prepare_sources(struct db_stmt *q, struct cq_store *store, const char *sql)
{
	int64_t now = db_now(store);

	db_prepare(q, store, sql);
	db_bind_int(q, ":now", now);
	db_bind_int(q, ":today", heard_day(now));
	db_bind_int(q, ":far", now + CQ_REST_MAX_S);
}

enum cq_status
cq_store_sources(struct cq_store *store, struct cq_sources *out,
    struct cq_err *err)
{
	static const char sql[] =
	    SOURCE_COLUMNS "WHERE state <> 'removed' ORDER BY name";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_sources){0};
	if (rc != CQ_OK)
		return rc;
	prepare_sources(&q, store, sql);
	while (db_row(&q)) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		read_source(&q, &out->at[out->n++]);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc != CQ_OK)
		cq_sources_free(out);
	return rc;
}

static enum cq_status
no_source(const char *name, struct cq_err *err)
{
	return cq_fail(err, CQ_NOT_FOUND,
	    "no source is called '%s'; see 'caseq source list'", name);
}

enum cq_status
cq_store_source(struct cq_store *store, const char *name, struct cq_source *out,
    struct cq_err *err)
{
	static const char sql[] =
	    SOURCE_COLUMNS "WHERE name = :name AND state <> 'removed'";
	struct db_stmt q;
	bool found;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_source){0};
	if (rc != CQ_OK)
		return rc;
	prepare_sources(&q, store, sql);
	db_bind_text(&q, ":name", name);
	found = db_row(&q);
	if (found)
		read_source(&q, out);
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc == CQ_OK && !found ? no_source(name, err) : rc;
}

enum cq_status
source_log(struct verb *v, const char *what, const char *name,
    const char *changed, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT json_patch(json_object('what', :what, 'name', name,"
	    " 'adapter', adapter, 'address', address, 'query', query,"
	    " 'every_s', every_s, 'insecure', insecure, 'state', state,"
	    " 'since_at', since_at, 'options', json(options)),"
	    " iif(:changed IS NULL, '{}', json_object('changed', :changed)))"
	    " FROM source WHERE name = :name";
	struct event_fields f = {0};
	struct db_stmt q;
	char *data = NULL;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":what", what);
	db_bind_text(&q, ":changed", changed);
	db_bind_text(&q, ":name", name);
	rc = db_one_text(&q, &data, err);
	f.data = data;
	if (rc == CQ_OK)
		rc = event_log(v, 0, "source", &f, err);
	free(data);
	return rc;
}

/*
 * A name that was removed, or that only came in by ingest, may be taken.  It
 * is due from now on: if nobody asks it, that is told.
 */
static enum cq_status
add_source(struct verb *v, const struct cq_source *s, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO source (name, adapter, address, query, token_file,"
	    " brand, insecure, state, every_s, options, since_at, next_at)"
	    " VALUES"
	    " (:name, :adapter, :address, :query, :token, :brand, :insecure,"
	    " 'listening', :every, :options, :since, :now)"
	    " ON CONFLICT (name) DO UPDATE SET adapter = excluded.adapter,"
	    " address = excluded.address, query = excluded.query,"
	    " token_file = excluded.token_file, brand = excluded.brand,"
	    " insecure = excluded.insecure, state = 'listening',"
	    " every_s = excluded.every_s, options = excluded.options,"
	    " since_at = excluded.since_at, cursor = '', next_at = :now,"
	    " ok_at = NULL, n_failed = 0, last_error = NULL, failed_at = NULL,"
	    " parked_at = NULL, heard_from = NULL, heard_at = NULL,"
	    " pause_s = 0, n_heard = 0, rest_until = NULL, looked_at = NULL,"
	    " look_before = 0"
	    " WHERE state IN ('removed', 'given') RETURNING id";
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":name", s->name);
	db_bind_text(&q, ":adapter", s->adapter);
	db_bind_text(&q, ":address", s->address);
	db_bind_text(&q, ":query", s->query);
	db_bind_text(&q, ":token", s->token_file);
	db_bind_text(&q, ":brand", s->brand);
	db_bind_int(&q, ":insecure", s->insecure);
	db_bind_int(&q, ":every", s->every_s);
	db_bind_text(&q, ":options", s->options);
	db_bind_time(&q, ":since", s->since_at);
	db_bind_int(&q, ":now", v->now);
	rc = db_one_int(&q, &id, err);
	if (rc == CQ_NOT_FOUND)
		rc = cq_fail(err, CQ_CONFLICT,
		    "there is a source '%s' already; remove it first or take "
		    "another name",
		    s->name);
	return rc;
}

/* Without since_at, which is another a second later. */
static uint64_t
source_args(const struct cq_source *s)
{
	uint64_t args = verb_args("%d %d", s->insecure, s->every_s);

	args = verb_args_more(args, s->name);
	args = verb_args_more(args, s->adapter);
	args = verb_args_more(args, s->address);
	args = verb_args_more(args, s->query);
	args = verb_args_more(args, s->token_file);
	args = verb_args_more(args, s->options);
	return verb_args_more(args, s->brand);
}

enum cq_status
cq_store_source_add(struct cq_store *store, const struct cq_act *act,
    const struct cq_source *s, struct cq_err *err)
{
	struct verb v = {0};
	enum cq_status rc = CQ_OK;

	if (!cq_name_valid(s->name))
		rc = cq_fail(err, CQ_INPUT,
		    "'%s' is no name: use a-z, 0-9, '.', '_', '-', a letter "
		    "first, at most 32",
		    s->name);
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "add sources", source_args(s),
		    CQ_MAY_ADMIN, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = add_source(&v, s, err);
		if (rc == CQ_OK)
			rc = source_log(&v, "add", s->name, NULL, err);
	}
	return verb_end(&v, rc, err);
}

static enum cq_status
give_state(struct verb *v, const char *name, const char *state,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET state = :state, n_failed = 0, next_at = 0,"
	    " failed_at = NULL, parked_at = NULL"
	    " WHERE name = :name AND state IN ('listening','paused')"
	    " RETURNING id";
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	if (strcmp(state, "listening") == 0)
		return account_resume(v, name, err);
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":state", state);
	db_bind_text(&q, ":name", name);
	rc = db_one_int(&q, &id, err);
	return rc == CQ_OK
	    ? gaps_settle(v, id, strcmp(state, "removed") == 0, err)
	    : rc;
}

static enum cq_status
set_state(struct cq_store *store, const struct cq_act *act, const char *verb,
    const char *name, const char *state, const char *what, struct cq_err *err)
{
	struct verb v = {0};
	enum cq_status rc;

	rc = verb_begin(&v, store, act, verb,
	    verb_args_more(verb_args("%s", state), name), CQ_MAY_ADMIN, DB_FULL,
	    err);
	if (rc == CQ_OK && !v.replay) {
		rc = give_state(&v, name, state, err);
		if (rc == CQ_NOT_FOUND)
			rc = no_source(name, err);
		if (rc == CQ_OK)
			rc = source_log(&v, what, name, NULL, err);
	}
	return verb_end(&v, rc, err);
}

enum cq_status
cq_store_source_pause(struct cq_store *store, const struct cq_act *act,
    const char *name, bool paused, struct cq_err *err)
{
	return set_state(store, act,
	    paused ? "pause sources" : "resume sources", name,
	    paused ? "paused" : "listening", paused ? "pause" : "resume", err);
}

enum cq_status
cq_store_source_remove(struct cq_store *store, const struct cq_act *act,
    const char *name, struct cq_err *err)
{
	return set_state(store, act, "remove sources", name, "removed",
	    "remove", err);
}
