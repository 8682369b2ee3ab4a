#include "core/store/verb.h"

#include <string.h>

/* Words that are being written, and who is looking at what: no events. */

/* The agent and the case of a small write; the transaction is begun. */
static enum cq_status
begin(struct verb *v, struct cq_store *store, const char *agent,
    enum db_sync sync, struct cq_err *err)
{
	enum cq_role role;
	bool active;
	enum cq_status rc = db_begin(store, sync, err);

	*v = (struct verb){.store = store, .name = "draft"};
	if (rc != CQ_OK)
		return rc;
	v->begun = true;
	v->now = db_now(store);
	return agent_id(store, agent, &v->agent, &role, &active, err);
}

static enum cq_status
case_known(struct verb *v, int64_t *case_id, struct cq_err *err)
{
	int64_t root = case_root(v->store, *case_id);

	if (root == 0)
		return cq_fail(err, CQ_NOT_FOUND, "there is no case %lld",
		    (long long)*case_id);
	*case_id = root;
	return CQ_OK;
}

enum cq_status
draft_drop(struct cq_store *store, int64_t agent, int64_t case_id,
    struct cq_err *err)
{
	static const char sql[] =
	    FAMILY "DELETE FROM draft WHERE agent = :agent AND case_id ="
		   " (SELECT case_id FROM draft WHERE agent = :agent"
		   "  AND case_id IN (SELECT id FROM family)"
		   "  ORDER BY case_id = :root DESC, saved_at DESC LIMIT 1)";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":root", case_id);
	db_bind_int(&q, ":agent", agent);
	return db_run(&q, err);
}

enum cq_status
cq_store_draft_save(struct cq_store *store, const char *agent, int64_t case_id,
    const char *text, struct cq_err *err)
{
	static const char put[] =
	    "INSERT OR REPLACE INTO draft (agent, case_id, saved_at, text)"
	    " VALUES (:agent, :id, :now, :text)";
	bool empty = text == NULL || text[0] == '\0';
	struct verb v;
	struct db_stmt q;
	enum cq_status rc;

	if (!empty && strlen(text) > 2 * CQ_NOTE_MAX)
		return cq_fail(err, CQ_INPUT, "the draft is too long to keep");
	rc = begin(&v, store, agent, DB_FULL, err);
	if (rc == CQ_OK)
		rc = case_known(&v, &case_id, err);
	if (rc == CQ_OK) /* these words take the place of those that show */
		rc = draft_drop(store, v.agent, case_id, err);
	if (rc == CQ_OK && !empty) {
		db_prepare(&q, store, put);
		db_bind_int(&q, ":agent", v.agent);
		db_bind_int(&q, ":id", case_id);
		db_bind_int(&q, ":now", v.now);
		db_bind_text(&q, ":text", text);
		rc = db_run(&q, err);
	}
	return verb_end(&v, rc, err);
}

enum cq_status
cq_store_draft(struct cq_store *store, const char *agent, int64_t case_id,
    char **text, struct cq_err *err)
{
	/* of a joined case too: words survive a join */
	static const char sql[] =
	    FAMILY "SELECT text FROM draft WHERE agent ="
		   " (SELECT id FROM agent WHERE name = :agent)"
		   " AND case_id IN (SELECT id FROM family)"
		   " ORDER BY case_id = :root DESC, saved_at DESC LIMIT 1";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*text = NULL;
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":root", case_root(store, case_id));
	db_bind_text(&q, ":agent", agent);
	rc = db_one_text(&q, text, err);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

enum cq_status
cq_store_presence(struct cq_store *store, const char *agent, int64_t case_id,
    bool writing, struct cq_err *err)
{
	static const char gone[] = "DELETE FROM presence WHERE agent = :agent";
	static const char here[] =
	    "INSERT INTO presence (agent, case_id, writing, since_at, seen_at)"
	    " VALUES (:agent, :id, :writing, :now, :now)"
	    " ON CONFLICT (agent) DO UPDATE SET"
	    " since_at = CASE WHEN case_id = excluded.case_id"
	    "  AND writing = excluded.writing THEN since_at"
	    "  ELSE excluded.since_at END,"
	    " case_id = excluded.case_id, writing = excluded.writing,"
	    " seen_at = excluded.seen_at";
	struct verb v;
	struct db_stmt q;
	enum cq_status rc = begin(&v, store, agent, DB_NORMAL, err);

	if (rc == CQ_OK && case_id != 0)
		rc = case_known(&v, &case_id, err);
	if (rc == CQ_OK) {
		db_prepare(&q, store, case_id == 0 ? gone : here);
		db_bind_int(&q, ":agent", v.agent);
		if (case_id != 0) {
			db_bind_int(&q, ":id", case_id);
			db_bind_int(&q, ":writing", writing);
			db_bind_int(&q, ":now", v.now);
		}
		rc = db_run(&q, err);
	}
	return verb_end(&v, rc, err);
}
