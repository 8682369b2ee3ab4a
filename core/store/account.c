#include "core/store/listen.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"

/* Sources that listen by the same account stand and fall together. */

/* Where the host of an address begins, and its length; the whole if it has
 * none. */
static const char *
host_of(const char *address, size_t *n)
{
	const char *host = strstr(address, "://"), *at;

	if (host == NULL) {
		*n = strlen(address);
		return address;
	}
	host += 3;
	*n = strcspn(host, "/?#");
	at = memchr(host, '@', *n);
	if (at != NULL) {
		*n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	return host;
}

static bool
same_host(const char *a, const char *b)
{
	size_t n, m;

	a = host_of(a, &n);
	b = host_of(b, &m);
	return n == m && strncasecmp(a, b, n) == 0;
}

struct ids {
	int64_t *at;
	size_t n;
};

/* What the query finds (id, address) at the host of address. */
static enum cq_status
find_at_host(struct db_stmt *q, const char *address, struct ids *out,
    struct cq_err *err)
{
	enum cq_status rc;

	while (db_row(q)) {
		if (!same_host(db_str(q, 1), address))
			continue;
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		out->at[out->n++] = db_int(q, 0);
	}
	rc = db_result(q, err);
	db_finalize(q);
	return rc;
}

static enum cq_status
address_of(struct verb *v, int64_t id, char **out, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT coalesce(address, '') FROM source WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", id);
	return db_one_text(&q, out, err);
}

static enum cq_status
park_one(struct verb *v, int64_t id, const char *why, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET state = 'paused', parked_at = :now,"
	    " last_error = :why, n_failed = n_failed + 1,"
	    " failed_at = coalesce(failed_at, :now) WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_text(&q, ":why", why);
	db_bind_int(&q, ":id", id);
	return db_run(&q, err);
}

/* Those of its account that listen, by a query for :id. */
static enum cq_status
find_others(struct verb *v, const char *sql, int64_t source_id, struct ids *out,
    struct cq_err *err)
{
	struct db_stmt q;
	char *address;
	enum cq_status rc = address_of(v, source_id, &address, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", source_id);
	rc = find_at_host(&q, address, out, err);
	free(address);
	return rc;
}

enum cq_status
account_park(struct verb *v, int64_t source_id, const char *why,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT o.id, coalesce(o.address, '') FROM source s JOIN source o"
	    " ON o.adapter = s.adapter AND o.token_file = s.token_file"
	    " AND o.id <> s.id AND o.state = 'listening' WHERE s.id = :id";
	struct ids others = {0};
	enum cq_status rc = find_others(v, sql, source_id, &others, err);

	for (size_t i = 0; i < others.n && rc == CQ_OK; i++)
		rc = park_one(v, others.at[i], why, err);
	free(others.at);
	return rc;
}

static enum cq_status
rest_one(struct verb *v, int64_t id, int64_t rest_at, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET next_at = :at WHERE id = :id AND next_at < :at";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":at", rest_at);
	db_bind_int(&q, ":id", id);
	return db_run(&q, err);
}

enum cq_status
account_rest(struct verb *v, int64_t source_id, int64_t rest_at,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT o.id, coalesce(o.address, '') FROM source s JOIN source o"
	    " ON o.adapter = s.adapter AND o.token_file IS s.token_file"
	    " AND o.id <> s.id AND o.state = 'listening' WHERE s.id = :id";
	struct ids others = {0};
	enum cq_status rc = find_others(v, sql, source_id, &others, err);

	for (size_t i = 0; i < others.n && rc == CQ_OK; i++)
		rc = rest_one(v, others.at[i], rest_at, err);
	free(others.at);
	return rc;
}

static enum cq_status
resume_one(struct verb *v, int64_t id, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET state = 'listening', n_failed = 0,"
	    " next_at = :now, failed_at = NULL, parked_at = NULL WHERE id = "
	    ":id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":id", id);
	return db_run(&q, err);
}

enum cq_status
account_resume(struct verb *v, const char *name, struct cq_err *err)
{
	static const char id_sql[] = "SELECT id FROM source WHERE name = :name"
				     " AND state IN ('listening', 'paused')";
	static const char sql[] =
	    "SELECT o.id, coalesce(o.address, '') FROM source s JOIN source o"
	    " ON o.adapter = s.adapter AND o.token_file = s.token_file"
	    " AND o.id <> s.id AND o.state = 'paused'"
	    " AND o.parked_at IS NOT NULL AND o.last_error = s.last_error"
	    " WHERE s.id = :id AND s.parked_at IS NOT NULL";
	struct ids others = {0};
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, id_sql);
	db_bind_text(&q, ":name", name);
	rc = db_one_int(&q, &id, err);
	if (rc == CQ_OK)
		rc = find_others(v, sql, id, &others, err);
	if (rc == CQ_OK)
		rc = resume_one(v, id, err);
	for (size_t i = 0; i < others.n && rc == CQ_OK; i++)
		rc = resume_one(v, others.at[i], err);
	v->number = (int64_t)others.n;
	free(others.at);
	return rc;
}
