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

/* What happens to those of an account that are chosen. */
struct change {
	const char *others; /* SQL: id and address of sources, by one's :id */
	const char *set;    /* SQL: changes source :id, by :at ... */
	int64_t at;
	int64_t far;	 /* ... and :far, 0: it has none */
	const char *why; /* ... and :why, NULL: it has none */
};

static enum cq_status
change_one(struct verb *v, int64_t id, const struct change *c,
    struct cq_err *err)
{
	struct db_stmt q;

	db_prepare(&q, v->store, c->set);
	db_bind_int(&q, ":at", c->at);
	if (c->far != 0)
		db_bind_int(&q, ":far", c->far);
	if (c->why != NULL)
		db_bind_text(&q, ":why", c->why);
	db_bind_int(&q, ":id", id);
	return db_run(&q, err);
}

/* Those that are chosen, at the host of that source. */
static enum cq_status
change_others(struct verb *v, int64_t source_id, const struct change *c,
    struct cq_err *err)
{
	struct ids others = {0};
	struct db_stmt q;
	char *address;
	enum cq_status rc = address_of(v, source_id, &address, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, c->others);
	db_bind_int(&q, ":id", source_id);
	rc = find_at_host(&q, address, &others, err);
	free(address);
	for (size_t i = 0; i < others.n && rc == CQ_OK; i++)
		rc = change_one(v, others.at[i], c, err);
	free(others.at);
	return rc;
}

enum cq_status
account_park(struct verb *v, int64_t source_id, const char *why,
    struct cq_err *err)
{
	static const char others[] =
	    "SELECT o.id, coalesce(o.address, '') FROM source s JOIN source o"
	    " ON o.adapter = s.adapter AND o.token_file = s.token_file"
	    " AND o.id <> s.id AND o.state = 'listening' WHERE s.id = :id";
	static const char set[] =
	    "UPDATE source SET state = 'paused', parked_at = :at,"
	    " last_error = :why, n_failed = n_failed + 1,"
	    " failed_at = coalesce(failed_at, :at) WHERE id = :id";
	const struct change park = {others, set, v->now, 0, why};

	return change_others(v, source_id, &park, err);
}

/* Sources of one account as far as its limits go. */
#define OF_LIMIT                                                           \
	"SELECT o.id, coalesce(o.address, '') FROM source s JOIN source o" \
	" ON o.adapter = s.adapter AND o.token_file IS s.token_file"       \
	" AND o.state IN ('listening', 'paused') "

/* It gets no shorter, but for one that a wrong clock told. */
enum cq_status
account_rest(struct verb *v, int64_t source_id, int64_t rest_at,
    struct cq_err *err)
{
	static const char others[] = OF_LIMIT "WHERE s.id = :id";
	static const char set[] =
	    "UPDATE source SET next_at = max(next_at, :at), rest_until ="
	    " iif(rest_until > :at AND rest_until <= :far, rest_until, :at)"
	    " WHERE id = :id";
	const struct change rest = {
	    others, set, rest_at, v->now + CQ_REST_MAX_S, NULL};

	return change_others(v, source_id, &rest, err);
}

/* Whoever knows better may ask before its rest is over. */
static enum cq_status
lift_rest(struct verb *v, int64_t source_id, struct cq_err *err)
{
	static const char others[] =
	    OF_LIMIT "AND o.rest_until IS NOT NULL WHERE s.id = :id"
		     " AND s.state = 'listening' AND s.rest_until IS NOT NULL";
	static const char set[] = "UPDATE source SET rest_until = NULL,"
				  " next_at = min(next_at, :at) WHERE id = :id";
	const struct change lift = {others, set, v->now, 0, NULL};

	return change_others(v, source_id, &lift, err);
}

enum cq_status
account_enter(struct verb *v, int64_t source_id, struct cq_err *err)
{
	static const char sql[] =
	    OF_LIMIT "AND o.id <> s.id AND o.rest_until > :now"
		     " AND o.rest_until <= :far WHERE s.id = :id"
		     " ORDER BY o.rest_until DESC";
	static const char set[] =
	    "UPDATE source SET rest_until = (SELECT o.rest_until FROM source o"
	    " WHERE o.id = :other) WHERE id = :id";
	struct ids others = {0};
	struct db_stmt q;
	char *address;
	enum cq_status rc = address_of(v, source_id, &address, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":far", v->now + CQ_REST_MAX_S);
	db_bind_int(&q, ":id", source_id);
	rc = find_at_host(&q, address, &others, err);
	free(address);
	if (rc == CQ_OK) {
		db_prepare(&q, v->store, set);
		db_bind_id(&q, ":other", others.n > 0 ? others.at[0] : 0);
		db_bind_int(&q, ":id", source_id);
		rc = db_run(&q, err);
	}
	free(others.at);
	return rc;
}

static enum cq_status
resume_parked(struct verb *v, int64_t source_id, struct cq_err *err)
{
	static const char others[] =
	    "SELECT o.id, coalesce(o.address, '') FROM source s JOIN source o"
	    " ON o.adapter = s.adapter AND o.token_file = s.token_file"
	    " AND o.id <> s.id AND o.state = 'paused'"
	    " AND o.parked_at IS NOT NULL AND o.last_error = s.last_error"
	    " WHERE s.id = :id AND s.parked_at IS NOT NULL";
	static const char set[] =
	    "UPDATE source SET state = 'listening', n_failed = 0,"
	    " next_at = max(:at, iif(rest_until <= :far, rest_until, 0)),"
	    " failed_at = NULL, parked_at = NULL WHERE id = :id";
	const struct change resume = {
	    others, set, v->now, v->now + CQ_REST_MAX_S, NULL};
	enum cq_status rc = change_others(v, source_id, &resume, err);

	return rc == CQ_OK ? change_one(v, source_id, &resume, err) : rc;
}

enum cq_status
account_resume(struct verb *v, const char *name, struct cq_err *err)
{
	static const char sql[] = "SELECT id FROM source WHERE name = :name"
				  " AND state IN ('listening', 'paused')";
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":name", name);
	rc = db_one_int(&q, &id, err);
	if (rc == CQ_OK)
		rc = lift_rest(v, id, err);
	return rc == CQ_OK ? resume_parked(v, id, err) : rc;
}
