#include "core/store/verb.h"

#include <stdlib.h>
#include <string.h>

/*
 * The log: one chain of hashes a case (core/chain.h), so that writers on
 * different cases do not wait for each other's hash.
 */

void
event_chain_bind(struct db_stmt *q, const struct chain *chain)
{
	db_bind_int(q, ":n_events", chain->n);
	db_bind_blob(q, ":hash", chain->hash, CHECK_SIZE);
}

static enum cq_status
chain_end(struct verb *v, int64_t case_id, struct chain *chain,
    struct cq_err *err)
{
	static const char of_case[] =
	    "SELECT n_events FROM cases WHERE id = :id";
	static const char of_queue[] =
	    "SELECT n_events FROM queue WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, case_id == 0 ? of_queue : of_case);
	db_bind_int(&q, ":id", case_id == 0 ? 1 : case_id);
	rc = db_one_int(&q, &chain->n, err);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

static enum cq_status
last_hash(struct verb *v, int64_t case_id, struct chain *chain,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT hash FROM event WHERE case_id = :case_id AND n = :n";
	struct db_stmt q;
	enum cq_status rc;

	if (chain->known || chain->n == 0)
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":case_id", case_id);
	db_bind_int(&q, ":n", chain->n);
	if (db_row(&q))
		(void)event_hash(&q, 0, chain->hash);
	rc = db_result(&q, err);
	db_finalize(&q);
	chain->known = rc == CQ_OK;
	return rc;
}

enum cq_status
event_chain_write(struct verb *v, int64_t case_id, const struct chain *chain,
    struct cq_err *err)
{
	static const char of_case[] =
	    "UPDATE cases SET n_events = :n_events, last_hash = :hash"
	    " WHERE id = :id";
	static const char of_queue[] =
	    "UPDATE queue SET n_events = :n_events, last_hash = :hash"
	    " WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, case_id == 0 ? of_queue : of_case);
	event_chain_bind(&q, chain);
	db_bind_int(&q, ":id", case_id == 0 ? 1 : case_id);
	return db_run(&q, err);
}

int
event_hash(struct db_stmt *q, int column, uint8_t hash[CQ_HASH_SIZE])
{
	int n = sqlite3_column_bytes(q->s, column);

	memset(hash, 0, CQ_HASH_SIZE);
	if (n != CQ_HASH_KEPT && n != CQ_HASH_SIZE)
		return 0;
	memcpy(hash, sqlite3_column_blob(q->s, column), (size_t)n);
	return n;
}

bool
event_of_post(const char *kind)
{
	return strcmp(kind, "open") == 0 || strcmp(kind, "post") == 0;
}

static enum cq_status
add(struct verb *v, const struct cq_chain_fields *f,
    const uint8_t hash[CQ_HASH_SIZE], struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO event (case_id, n, at, kind, agent, via, op, ref,"
	    " state, data, body, hash) VALUES (:case_id, :n, :at, :kind,"
	    " :agent, :via, :op, :ref, :state, :data, :body, :hash)";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":case_id", f->case_id);
	db_bind_int(&q, ":n", f->n);
	db_bind_int(&q, ":at", f->at);
	db_bind_text(&q, ":kind", f->kind);
	db_bind_id(&q, ":agent", v->agent);
	db_bind_text(&q, ":via", f->via);
	db_bind_id(&q, ":op", v->op);
	db_bind_id(&q, ":ref", f->ref);
	db_bind_text(&q, ":state", f->state);
	db_bind_text(&q, ":data", f->data);
	if (f->body != NULL && !event_of_post(f->kind))
		db_bind_blob(&q, ":body", f->body, CQ_DIGEST_SIZE);
	db_bind_blob(&q, ":hash", hash, CQ_HASH_KEPT);
	rc = db_run(&q, err);
	return rc == CQ_OK ? span_note(v, err) : rc;
}

enum cq_status
event_append(struct verb *v, int64_t case_id, const char *kind,
    const struct event_fields *fields, struct chain *chain, struct cq_err *err)
{
	uint8_t digest[CQ_DIGEST_SIZE];
	struct cq_chain_fields f = {
	    .case_id = case_id,
	    .n = chain->n + 1,
	    .at = v->now,
	    .ref = fields->ref,
	    .kind = kind,
	    .agent = v->agent == 0 ? NULL : v->act->agent,
	    .via = v->act == NULL ? NULL : v->act->via,
	    .op = v->op == 0 ? NULL : v->act->op,
	    .state = fields->state,
	    .data = fields->data,
	};
	enum cq_status rc = last_hash(v, case_id, chain, err);

	if (rc != CQ_OK)
		return rc;
	if (fields->body != NULL) {
		cq_body_digest(fields->body, digest);
		f.body = digest;
	}
	cq_chain_next(chain->hash, &f, chain->hash);
	cq_chain_keep(chain->hash);
	chain->n++;
	chain->known = true;
	return add(v, &f, chain->hash, err);
}

enum cq_status
event_log(struct verb *v, int64_t case_id, const char *kind,
    const struct event_fields *fields, struct cq_err *err)
{
	struct chain chain = {0};
	enum cq_status rc = chain_end(v, case_id, &chain, err);

	if (rc == CQ_OK)
		rc = event_append(v, case_id, kind, fields, &chain, err);
	if (rc == CQ_OK)
		rc = event_chain_write(v, case_id, &chain, err);
	return rc;
}

enum cq_status
event_log_data(struct verb *v, int64_t case_id, const char *kind,
    const struct event_fields *fields, struct cq_buf *data, struct cq_err *err)
{
	struct event_fields f = *fields;
	char *json = data_end(data);
	enum cq_status rc;

	f.data = json;
	rc = event_log(v, case_id, kind, &f, err);
	free(json);
	return rc;
}

static bool
tell(struct db_stmt *q, cq_event_fn fn, void *arg)
{
	char hex[2 * CQ_HASH_SIZE + 1] = "";
	const uint8_t *hash = sqlite3_column_blob(q->s, 10);
	int n = sqlite3_column_bytes(q->s, 10);
	struct cq_event e = {
	    .id = db_int(q, 0),
	    .case_id = db_int(q, 1),
	    .at = db_int(q, 2),
	    .kind = db_str(q, 3),
	    .agent = db_text(q, 4),
	    .via = db_text(q, 5),
	    .op = db_text(q, 6),
	    .ref = db_int(q, 7),
	    .state = db_text(q, 8),
	    .data = db_text(q, 9),
	    .hash = hex,
	};

	cq_hex(hash, n < CQ_HASH_SIZE ? (size_t)n : CQ_HASH_SIZE, hex);
	return fn(arg, &e);
}

#define EVENT_COLUMNS                                                       \
	"SELECT e.id, e.case_id, e.at, e.kind, a.name, e.via, o.op, e.ref," \
	" e.state, e.data, e.hash FROM event e"                             \
	" LEFT JOIN agent a ON a.id = e.agent"                              \
	" LEFT JOIN op o ON o.id = e.op "

enum cq_status
cq_store_events(struct cq_store *store, int64_t case_id, cq_event_fn fn,
    void *arg, struct cq_err *err)
{
	static const char all[] = EVENT_COLUMNS "ORDER BY e.id";
	static const char own[] =
	    EVENT_COLUMNS "WHERE e.case_id = 0 ORDER BY e.id";
	static const char of_case[] = FAMILY EVENT_COLUMNS
	    "WHERE e.case_id IN (SELECT id FROM family) ORDER BY e.id";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);
	int64_t root = case_id > 0 ? case_root(store, case_id) : 0;

	if (rc != CQ_OK)
		return rc;
	if (case_id > 0 && root == 0)
		return cq_fail(err, CQ_NOT_FOUND, "there is no case %lld",
		    (long long)case_id);
	db_prepare(&q, store, case_id < 0 ? all : root == 0 ? own : of_case);
	if (root != 0)
		db_bind_int(&q, ":root", root);
	while (db_row(&q) && tell(&q, fn, arg))
		;
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}
