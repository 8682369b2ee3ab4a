#include "core/store/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The proof of the log: every hash is computed anew, and what the tables
 * say now is held against what the log says was done.
 */

/* Along one chain after the other. */
struct walk {
	struct cq_store *store;
	struct cq_proof *proof;
	int64_t case_id; /* of the chain; -1 before the first */
	int64_t n, last_id;
	uint8_t hash[CQ_HASH_SIZE];
	bool kept; /* an event of it has a hash of CQ_HASH_KEPT bytes */

	/* what the log tells of the case so far; "" for none */
	char state[16], owner[64], outcome[1100], holder[64];
	/* or 0 */
	int64_t fence, joined_into, closed_at, snooze_until_at, incident;
};

static void
bad(struct cq_proof *p, int64_t event, int64_t case_id, const char *what)
{
	if (p->bad_event != 0)
		return; /* the first one counts */
	p->bad_event = event;
	p->bad_case = case_id;
	snprintf(p->what, sizeof(p->what), "%s", what);
}

/* What the log tells of a case must be what its row says now. */
static void
check_facts(struct walk *w, struct db_stmt *q)
{
	if (strcmp(db_str(q, 2), w->state) != 0)
		bad(w->proof, -1, w->case_id,
		    "its state is not the one that the log tells");
	if (strcmp(db_str(q, 3), w->owner) != 0)
		bad(w->proof, -1, w->case_id,
		    "its owner is not the one that the log tells");
	if (strcmp(db_str(q, 4), w->outcome) != 0)
		bad(w->proof, -1, w->case_id,
		    "its outcome is not the one that the log tells");
	if (db_int(q, 5) != w->fence)
		bad(w->proof, -1, w->case_id,
		    "its fence is not the one that the log tells");
	if (strcmp(db_str(q, 6), w->holder) != 0)
		bad(w->proof, -1, w->case_id,
		    "its holder is not the one that the log tells");
	if (db_int(q, 7) != w->joined_into)
		bad(w->proof, -1, w->case_id,
		    "it is joined into another case than the log tells");
	if (db_int(q, 8) != w->closed_at || db_int(q, 9) != w->snooze_until_at)
		bad(w->proof, -1, w->case_id,
		    "the log tells another time of its closing or waking");
	if (db_int(q, 10) != w->incident)
		bad(w->proof, -1, w->case_id,
		    "it is in another incident than the log tells");
}

/* A chain must end where the case's row says that it does. */
static void
check_end(struct walk *w)
{
	static const char of_case[] =
	    "SELECT n_events, last_hash, CASE WHEN joined_into IS NULL THEN"
	    " state ELSE 'joined' END, (SELECT name FROM agent WHERE id ="
	    " owner), outcome, fence, (SELECT name FROM agent WHERE id ="
	    " holder), joined_into, closed_at, snooze_until_at, incident FROM "
	    "cases"
	    " WHERE id = :id";
	static const char of_queue[] =
	    "SELECT n_events, last_hash, NULL FROM queue WHERE id = :id";
	struct db_stmt q;

	if (w->case_id < 0)
		return;
	w->proof->n_cases += w->case_id > 0;
	db_prepare(&q, w->store, w->case_id == 0 ? of_queue : of_case);
	db_bind_int(&q, ":id", w->case_id == 0 ? 1 : w->case_id);
	if (!db_row(&q))
		bad(w->proof, -1, w->case_id, "there is no such case");
	else if (db_int(&q, 0) != w->n)
		bad(w->proof, -1, w->case_id,
		    "events at the end are missing or too many");
	else if (sqlite3_column_bytes(q.s, 1) != CHECK_SIZE ||
	    memcmp(sqlite3_column_blob(q.s, 1), w->hash, CHECK_SIZE) != 0)
		bad(w->proof, -1, w->case_id,
		    "the last hash is not the one of its last event");
	else if (w->case_id != 0)
		check_facts(w, &q);
	db_finalize(&q);
}

/* Takes up what an event says the case became. */
static void
take_facts(struct walk *w, const struct cq_chain_fields *f, struct db_stmt *q)
{
	if (f->state != NULL)
		snprintf(w->state, sizeof(w->state), "%s", f->state);
	if (db_text(q, 14) != NULL) /* there is an owner before or after */
		snprintf(w->owner, sizeof(w->owner), "%s", db_str(q, 15));
	if (db_text(q, 16) != NULL)
		snprintf(w->outcome, sizeof(w->outcome), "%s", db_str(q, 17));
	if (db_text(q, 18) != NULL)
		snprintf(w->holder, sizeof(w->holder), "%s", db_str(q, 19));
	if (db_text(q, 20) != NULL)
		w->joined_into = db_int(q, 21);
	if (db_text(q, 22) != NULL)
		w->closed_at = db_int(q, 23);
	if (db_text(q, 24) != NULL)
		w->snooze_until_at = db_int(q, 25);
	if (db_text(q, 26) != NULL)
		w->incident = db_int(q, 27);
	if (strcmp(f->kind, "take") == 0 || strcmp(f->kind, "steal") == 0)
		w->fence = f->ref;
}

/* The words that an event speaks of must still be the same words. */
static void
check_words(struct walk *w, int64_t event, const char *kind, const char *words,
    const void *digest)
{
	uint8_t now[CQ_DIGEST_SIZE];

	if (digest == NULL)
		return;
	if (words != NULL) {
		cq_body_digest(words, now);
		if (memcmp(now, digest, CQ_DIGEST_SIZE) == 0)
			return;
	}
	bad(w->proof, event, w->case_id,
	    strcmp(kind, "note") == 0 ? "the words of its note were changed"
				      : "the words of its post were changed");
}

static void
next_chain(struct walk *w, int64_t case_id)
{
	check_end(w);
	w->case_id = case_id;
	w->n = 0;
	w->last_id = 0;
	w->kept = false;
	memset(w->hash, 0, sizeof(w->hash));
	w->state[0] = w->owner[0] = w->outcome[0] = w->holder[0] = '\0';
	w->fence = w->joined_into = w->closed_at = w->snooze_until_at = 0;
	w->incident = 0;
}

/* After the first hash that was cut, older ones are out of place. */
static bool
hash_fits(struct walk *w, struct db_stmt *q)
{
	uint8_t stored[CQ_HASH_SIZE];
	int n = event_hash(q, 12, stored);

	if (n == CQ_HASH_KEPT) {
		w->kept = true;
		cq_chain_keep(w->hash);
	}
	return n != 0 && (n == CQ_HASH_KEPT) == w->kept &&
	    memcmp(stored, w->hash, CQ_HASH_SIZE) == 0;
}

static void
check_event(struct walk *w, struct db_stmt *q)
{
	uint8_t digest[CQ_DIGEST_SIZE];
	int64_t id = db_int(q, 0);
	struct cq_chain_fields f = {
	    .case_id = db_int(q, 1),
	    .n = db_int(q, 2),
	    .at = db_int(q, 3),
	    .kind = db_str(q, 4),
	    .agent = db_text(q, 5),
	    .via = db_text(q, 6),
	    .op = db_text(q, 7),
	    .ref = db_int(q, 8),
	    .state = db_text(q, 9),
	    .data = db_text(q, 10),
	    .body = sqlite3_column_blob(q->s, 11),
	};

	if (f.case_id != w->case_id)
		next_chain(w, f.case_id);
	w->proof->n_events++;
	w->n++;
	if (f.n != w->n)
		bad(w->proof, id, f.case_id, "an event before it is missing");
	if (id <= w->last_id) /* an undo names its event by this number */
		bad(w->proof, id, f.case_id, "its number was changed");
	w->last_id = id;
	if (f.body != NULL && sqlite3_column_bytes(q->s, 11) != CQ_DIGEST_SIZE)
		f.body = NULL;
	if (f.body == NULL && event_of_post(f.kind) && db_text(q, 13) != NULL) {
		cq_body_digest(db_str(q, 13), digest);
		f.body = digest;
	}
	cq_chain_next(w->hash, &f, w->hash);
	if (!hash_fits(w, q))
		bad(w->proof, id, f.case_id,
		    event_of_post(f.kind)
			? "its hash does not fit: it, the words of its post, "
			  "or an event before it was changed"
			: "its hash does not fit: it, or one before it, was "
			  "changed");
	take_facts(w, &f, q);
	check_words(w, id, f.kind, db_text(q, 13), f.body);
}

/*
 * Column 13 is the text that an event's digest was made of: a note's,
 * or the revision of a post that was new then.
 */
static const char events_sql[] =
    "SELECT e.id, e.case_id, e.n, e.at, e.kind, a.name, e.via, o.op,"
    " coalesce(e.ref, 0), e.state, e.data, e.body, e.hash,"
    " CASE e.kind WHEN 'note' THEN (SELECT text FROM note WHERE id = e.ref)"
    " WHEN 'edit' THEN coalesce((SELECT r.text FROM revision r WHERE"
    "  r.post = e.ref AND r.n = 1 + json_extract(d.json, '$.revision')),"
    "  (SELECT text FROM post WHERE id = e.ref))"
    " WHEN 'open' THEN coalesce((SELECT r.text FROM revision r WHERE"
    "  r.post = e.ref AND r.n = 1), (SELECT text FROM post"
    "  WHERE id = e.ref))"
    " WHEN 'post' THEN coalesce((SELECT r.text FROM revision r WHERE"
    "  r.post = e.ref AND r.n = 1), (SELECT text FROM post"
    "  WHERE id = e.ref)) END,"
    " json_type(d.json, '$.after.owner'),"
    " json_extract(d.json, '$.after.owner'),"
    " json_type(d.json, '$.after.outcome'),"
    " json_extract(d.json, '$.after.outcome'),"
    " json_type(d.json, '$.after.holder'),"
    " json_extract(d.json, '$.after.holder'),"
    " json_type(d.json, '$.after.joined_into'),"
    " json_extract(d.json, '$.after.joined_into'),"
    " json_type(d.json, '$.after.closed_at'),"
    " json_extract(d.json, '$.after.closed_at'),"
    " json_type(d.json, '$.after.snooze_until_at'),"
    " json_extract(d.json, '$.after.snooze_until_at'),"
    " json_type(d.json, '$.after.incident'),"
    " json_extract(d.json, '$.after.incident')"
    " FROM event e JOIN (SELECT id, CASE WHEN json_valid(data) THEN data"
    "  END AS json FROM event) d ON d.id = e.id"
    " LEFT JOIN agent a ON a.id = e.agent"
    " LEFT JOIN op o ON o.id = e.op ORDER BY e.case_id, e.n, e.id";

/* Every case has a chain, and so has the queue if it ever had one. */
static enum cq_status
check_all_have_chains(struct walk *w, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id FROM (SELECT id FROM cases UNION ALL"
	    " SELECT 0 FROM queue WHERE n_events > 0) c"
	    " WHERE NOT EXISTS (SELECT 1 FROM event e"
	    " WHERE e.case_id = c.id) LIMIT 1";
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	db_prepare(&q, w->store, sql);
	rc = db_one_int(&q, &id, err);
	if (rc == CQ_OK)
		bad(w->proof, -1, id, "it has no events at all");
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

/* Events are numbered from 1 on without a gap, and none is ever deleted. */
static enum cq_status
check_numbers(struct walk *w, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, case_id FROM event WHERE id > :n ORDER BY id LIMIT 1";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, w->store, sql);
	db_bind_int(&q, ":n", w->proof->n_events);
	if (db_row(&q))
		bad(w->proof, db_int(&q, 0), db_int(&q, 1),
		    "events before it are missing from the log");
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* --- tables that a log stands behind ----------------------------------- */

/* The first row is one too many; its columns: a case and what is wrong. */
static enum cq_status
check_nothing(struct walk *w, const char *sql, struct cq_err *err)
{
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, w->store, sql);
	if (db_row(&q))
		bad(w->proof, -1, db_int(&q, 0), db_str(&q, 1));
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/*
 * A post or note that nobody logged was put in; one that the log speaks of
 * is missed by the digest of its words.
 */
static const char posts_sql[] =
    "SELECT p.case_id, 'the log tells nothing of its post ' || p.id FROM post"
    " p WHERE p.id IN (SELECT id FROM post EXCEPT SELECT ref FROM event"
    "  WHERE kind IN ('open','post')) LIMIT 1";

static const char notes_sql[] =
    "SELECT case_id, 'its note ' || id || ' is not as the log tells' FROM"
    " (SELECT case_id, id, agent, at FROM note EXCEPT"
    "  SELECT case_id, ref, agent, at FROM event WHERE kind = 'note')"
    " LIMIT 1";

/* A note is out of sight if and since its event was undone. */
static const char retracted_sql[] =
    "SELECT n.case_id, 'its note ' || n.id || CASE WHEN n.retracted_at IS"
    "  NULL THEN ' was undone, but shows' ELSE ' is hidden, but was not"
    " undone then' END"
    " FROM note n JOIN event e ON e.case_id = n.case_id AND e.kind = 'note'"
    "  AND e.ref = n.id LEFT JOIN event u ON u.case_id = e.case_id"
    "  AND u.kind = 'undo' AND u.ref = e.id"
    " WHERE n.retracted_at IS NOT u.at LIMIT 1";

/* The last event of each agent; the log of the queue is case 0. */
#define AGENT_EVENTS                                                     \
	"WITH told AS MATERIALIZED (SELECT json, json_extract(json,"     \
	"  '$.after.name') AS name, max(id) AS id FROM (SELECT id, CASE" \
	"  WHEN json_valid(data) THEN data END AS json FROM event WHERE" \
	"  case_id = 0 AND kind = 'agent') GROUP BY 2) "

static const char agents_sql[] = AGENT_EVENTS
    "SELECT 0, 'agent ' || a.name || ' is not as the log tells'"
    " FROM agent a LEFT JOIN told t ON t.name = a.name WHERE t.id IS NULL"
    " OR a.role IS NOT json_extract(t.json, '$.after.role')"
    " OR a.team IS NOT json_extract(t.json, '$.after.team')"
    " OR a.login IS NOT json_extract(t.json, '$.after.login')"
    " OR a.uid IS NOT json_extract(t.json, '$.after.uid')"
    " OR a.active IS NOT json_extract(t.json, '$.after.active') LIMIT 1";
static const char lost_agents_sql[] = AGENT_EVENTS
    "SELECT 0, 'agent ' || coalesce(t.name, '?') || ' is missing' FROM told t"
    " WHERE t.name IS NULL OR t.name NOT IN (SELECT name FROM agent) LIMIT 1";

/* The last event of each incident. */
#define INCIDENT_EVENTS                                                    \
	"WITH told AS MATERIALIZED (SELECT json, json_extract(json,"       \
	"  '$.incident') AS incident, max(id) AS id FROM (SELECT id, CASE" \
	"  WHEN json_valid(data) THEN data END AS json FROM event WHERE"   \
	"  case_id = 0 AND kind IN ('incident_open','incident_close',"     \
	"  'incident_reopen','undo')) GROUP BY 2) "

static const char incidents_sql[] = INCIDENT_EVENTS
    "SELECT 0, 'incident I-' || i.id || ' is not as the log tells'"
    " FROM incident i LEFT JOIN told t ON t.incident = i.id"
    " WHERE t.id IS NULL OR i.name IS NOT json_extract(t.json, '$.after.name')"
    " OR i.opened_at IS NOT json_extract(t.json, '$.after.opened_at')"
    " OR i.closed_at IS NOT json_extract(t.json, '$.after.closed_at')"
    " OR i.retracted_at IS NOT json_extract(t.json, '$.after.retracted_at')"
    " LIMIT 1";
static const char lost_incidents_sql[] = INCIDENT_EVENTS
    "SELECT 0, 'incident I-' || incident || ' is missing' FROM told"
    " WHERE incident IS NOT NULL AND incident NOT IN"
    " (SELECT id FROM incident) LIMIT 1";

/* What people said of two cases, unless they took it back. */
#define SAID                                                                  \
	"WITH said AS MATERIALIZED (SELECT * FROM event e WHERE e.kind IN"    \
	" ('join','unjoin','not_same') AND json_valid(e.data) AND NOT EXISTS" \
	" (SELECT 1 FROM event u WHERE u.case_id = e.case_id"                 \
	"  AND u.kind = 'undo' AND u.ref = e.id)), "

/* The last word on a suggestion counts. */
static const char suggestions_sql[] =
    SAID "told(id, state, event) AS ("
	 " SELECT j.value, 'accepted', said.id FROM said"
	 "  JOIN json_each(said.data, '$.accepted') j"
	 " UNION ALL SELECT j.value, 'refused', said.id FROM said"
	 "  JOIN json_each(said.data, '$.refused') j"
	 " UNION ALL SELECT j.value, 'refused', said.id FROM said"
	 "  JOIN json_each(said.data, '$.settled') j)"
	 " SELECT p.case_id, 'its suggestion ' || s.id || ' is not as the log"
	 " tells' FROM suggestion s JOIN post p ON p.id = s.post"
	 " LEFT JOIN (SELECT id, state, max(event) FROM told GROUP BY id) t"
	 "  ON t.id = s.id"
	 " WHERE s.state IS NOT coalesce(t.state, 'pending') LIMIT 1";

static const char apart_sql[] = SAID
    "told(a, b, at, agent) AS (SELECT min(said.case_id, j.value),"
    "  max(said.case_id, j.value), said.at, said.agent FROM said"
    "  JOIN json_each(said.data, '$.apart') j),"
    " odd AS (SELECT * FROM (SELECT * FROM apart EXCEPT SELECT * FROM told)"
    "  UNION ALL SELECT * FROM (SELECT * FROM told EXCEPT"
    "  SELECT * FROM apart))"
    " SELECT a, 'whether it is the same as case ' || b || ' is not as the"
    " log tells' FROM odd LIMIT 1";

/* Reports find their events by where the clock was set back. */
static const char set_back_sql[] =
    "WITH told AS (SELECT id FROM (SELECT id, at < lag(at) OVER (ORDER BY id)"
    "  AS back FROM event) WHERE back)"
    " SELECT 0, 'the times of the log are not those that it notes' FROM"
    " (SELECT * FROM (SELECT id FROM told EXCEPT SELECT event FROM set_back)"
    "  UNION ALL SELECT * FROM (SELECT event FROM set_back EXCEPT"
    "  SELECT id FROM told)) LIMIT 1";

static enum cq_status
check_tables(struct walk *w, struct cq_err *err)
{
	static const char *const all[] = {posts_sql, notes_sql, retracted_sql,
	    agents_sql, lost_agents_sql, incidents_sql, lost_incidents_sql,
	    suggestions_sql, apart_sql, set_back_sql};
	enum cq_status rc = CQ_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == CQ_OK; i++)
		rc = check_nothing(w, all[i], err);
	return rc;
}

/* A weight is what it was set to last, or what it is in a new queue. */
static enum cq_status
check_weights(struct walk *w, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT coalesce((SELECT value FROM weight WHERE name = :name),"
	    "  :new), coalesce((SELECT json_extract(json, '$.value') FROM"
	    "  (SELECT id, CASE WHEN json_valid(data) THEN data END AS json"
	    "   FROM event WHERE case_id = 0 AND kind = 'weight')"
	    "  WHERE json_extract(json, '$.name') = :name"
	    "  ORDER BY id DESC LIMIT 1), :new)";
	enum cq_status rc = CQ_OK;

	for (const struct cq_weight_row *row = cq_weight_rows;
	     row->name != NULL && rc == CQ_OK; row++) {
		char what[100];
		struct db_stmt q;

		db_prepare(&q, w->store, sql);
		db_bind_text(&q, ":name", row->name);
		db_bind_int(&q, ":new", row->value);
		snprintf(what, sizeof(what),
		    "weight '%s' is not what the log tells", row->name);
		if (db_row(&q) && db_int(&q, 0) != db_int(&q, 1))
			bad(w->proof, -1, 0, what);
		rc = db_result(&q, err);
		db_finalize(&q);
	}
	return rc;
}

/* --- listening posts ------------------------------------------------------ */

/* The last event of each gap has its whole row; it is told once, and a number
 * is not given again. */
#define GAP_EVENTS                                                           \
	"WITH told AS MATERIALIZED (SELECT json, json_extract(json,"         \
	"  '$.gap') AS gap, max(id) AS id, count(DISTINCT"                   \
	"  json_extract(json, '$.told_at')) AS n FROM (SELECT id, CASE WHEN" \
	"  json_valid(data) THEN data END AS json FROM event WHERE"          \
	"  case_id = 0 AND kind IN ('gap','gap_end','gap_seen'))"            \
	"  GROUP BY 2) "

static const char gaps_sql[] = GAP_EVENTS
    "SELECT 0, 'gap ' || g.id || ' is not as the log tells' FROM gap g"
    " LEFT JOIN source s ON s.id = g.source LEFT JOIN agent a ON a.id = "
    "g.seen_by"
    " LEFT JOIN told t ON t.gap = g.id WHERE t.id IS NULL"
    " OR s.name IS NOT json_extract(t.json, '$.source')"
    " OR g.kind IS NOT json_extract(t.json, '$.kind')"
    " OR g.from_at IS NOT json_extract(t.json, '$.from')"
    " OR g.until_at IS NOT json_extract(t.json, '$.until')"
    " OR g.words IS NOT json_extract(t.json, '$.words')"
    " OR g.told_at IS NOT json_extract(t.json, '$.told_at')"
    " OR g.seen_at IS NOT json_extract(t.json, '$.seen_at')"
    " OR a.name IS NOT json_extract(t.json, '$.seen_by') LIMIT 1";
static const char lost_gaps_sql[] = GAP_EVENTS
    "SELECT 0, 'gap ' || coalesce(gap, '?') || ' is missing' FROM told"
    " WHERE gap IS NULL OR n <> 1 OR gap NOT IN (SELECT id FROM gap) LIMIT 1";

/* See POST_FLAGS: a private post must not become a public one. */
static const char flags_sql[] =
    "SELECT p.case_id, 'who may read its post ' || p.id || ', or who wrote"
    " it, is not as the log tells' FROM (SELECT ref, max(CASE"
    "  json ->> 'visibility' WHEN 'unlisted' THEN 1 WHEN 'private' THEN 2"
    "  WHEN 'direct' THEN 3 ELSE 0 END) + max(iif(kind <> 'hidden'"
    "  AND json ->> 'bot' = 1, 4, 0)) AS flags FROM (SELECT ref, kind,"
    "   CASE WHEN json_valid(data) THEN data END AS json FROM event"
    "   WHERE kind IN ('open','post','hidden')) GROUP BY ref) e"
    " JOIN post p ON p.id = e.ref WHERE p.flags <> e.flags LIMIT 1";
static const char gone_sql[] =
    "SELECT p.case_id, 'whether its post ' || p.id || ' is gone is not as"
    " the log tells' FROM post p LEFT JOIN (SELECT ref, kind, at, max(id)"
    "  FROM event WHERE kind IN ('gone','back') GROUP BY ref) t"
    "  ON t.ref = p.id"
    " WHERE p.gone_at IS NOT CASE t.kind WHEN 'gone' THEN t.at END LIMIT 1";

static enum cq_status
check_listening(struct walk *w, struct cq_err *err)
{
	static const char *const all[] = {
	    gaps_sql, lost_gaps_sql, flags_sql, gone_sql};
	enum cq_status rc = CQ_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == CQ_OK; i++)
		rc = check_nothing(w, all[i], err);
	return rc;
}

enum cq_status
cq_store_audit_verify(struct cq_store *store, struct cq_proof *proof,
    struct cq_err *err)
{
	struct walk w = {.store = store, .proof = proof, .case_id = -1};
	struct db_stmt q;
	enum cq_status rc;

	*proof = (struct cq_proof){0};
	rc = db_look(store, err);
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, events_sql);
	while (db_row(&q))
		check_event(&w, &q);
	rc = db_result(&q, err);
	db_finalize(&q);
	check_end(&w);
	if (rc == CQ_OK)
		rc = check_all_have_chains(&w, err);
	if (rc == CQ_OK)
		rc = check_numbers(&w, err);
	if (rc == CQ_OK)
		rc = check_tables(&w, err);
	if (rc == CQ_OK)
		rc = check_weights(&w, err);
	if (rc == CQ_OK)
		rc = check_listening(&w, err);
	db_look_end(store);
	return rc;
}
