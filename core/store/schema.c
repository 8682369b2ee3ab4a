#include "core/store/db.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/store/likes.h"
#include "core/store/migrate.h"

/*
 * The tables, as numbered steps that only ever grow at the end.  Opening an
 * older queue runs the missing ones, each in a transaction of its own that
 * also sets user_version.
 *
 * Names: _at is UTC seconds, _s a duration.  A case's group (grp) is 0 to
 * be worked, 1 waiting (pending, snoozed), 2 closed, 3 joined into another.
 */
struct step {
	int version;
	const char *sql;

	/* what remains to be done to rows; or NULL */
	enum cq_status (*fill)(struct cq_store *store, struct cq_err *err);
};

static const struct step steps[] = {
    {1,
	"CREATE TABLE queue ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" created_at INTEGER NOT NULL,"
	" n_events INTEGER NOT NULL DEFAULT 0,"
	" last_hash BLOB"
	") STRICT;"

	"CREATE TABLE weight ("
	" name TEXT PRIMARY KEY,"
	" value INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE agent ("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" role TEXT NOT NULL CHECK (role IN"
	"  ('agent','lead','supervisor','administrator')),"
	" team TEXT,"
	" login TEXT,"
	" uid INTEGER UNIQUE,"
	" active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0,1))"
	") STRICT;"

	"CREATE TABLE source ("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" adapter TEXT NOT NULL,"
	" address TEXT,"
	" query TEXT,"
	" token_file TEXT,"
	" brand TEXT,"
	" insecure INTEGER NOT NULL DEFAULT 0 CHECK (insecure IN (0,1)),"
	" state TEXT NOT NULL CHECK (state IN"
	"  ('listening','paused','removed','given')),"
	" every_s INTEGER NOT NULL DEFAULT 0,"
	" cursor TEXT NOT NULL DEFAULT '',"
	" next_at INTEGER NOT NULL DEFAULT 0,"
	" ok_at INTEGER,"
	" n_failed INTEGER NOT NULL DEFAULT 0,"
	" last_error TEXT,"
	" n_posts INTEGER NOT NULL DEFAULT 0"
	") STRICT;"

	"CREATE TABLE author ("
	" id INTEGER PRIMARY KEY,"
	" network TEXT NOT NULL,"
	" remote_id TEXT NOT NULL,"
	" handle TEXT,"
	" name TEXT,"
	" followers INTEGER,"
	" UNIQUE (network, remote_id)"
	") STRICT;"

	"CREATE TABLE cases ("
	" id INTEGER PRIMARY KEY,"
	" state TEXT NOT NULL CHECK (state IN"
	"  ('new','open','pending','snoozed','resolved','dismissed')),"
	" grp INTEGER NOT NULL CHECK (grp BETWEEN 0 AND 3),"
	" sort_key INTEGER NOT NULL,"
	" outcome TEXT,"
	" owner INTEGER REFERENCES agent(id),"
	" holder INTEGER REFERENCES agent(id),"
	" fence INTEGER NOT NULL DEFAULT 0,"
	" held_since_at INTEGER,"
	" lease_until_at INTEGER,"
	" opened_at INTEGER NOT NULL,"
	" due_at INTEGER,"
	" overdue INTEGER NOT NULL DEFAULT 0 CHECK (overdue IN (0,1)),"
	" snooze_until_at INTEGER,"
	" closed_at INTEGER,"
	" last_post_at INTEGER NOT NULL,"
	" joined_into INTEGER REFERENCES cases(id),"
	" first_post INTEGER,"
	" n_posts INTEGER NOT NULL DEFAULT 0,"
	" n_reposts INTEGER NOT NULL DEFAULT 0,"
	" n_authors INTEGER NOT NULL DEFAULT 0,"
	" n_notes INTEGER NOT NULL DEFAULT 0,"
	" reach INTEGER NOT NULL DEFAULT 0,"
	" rating INTEGER NOT NULL DEFAULT 0,"
	" n_events INTEGER NOT NULL DEFAULT 0,"
	" last_hash BLOB,"
	" CHECK ((holder IS NULL) = (lease_until_at IS NULL)),"
	" CHECK ((grp = 3) = (joined_into IS NOT NULL))"
	") STRICT;"
	"CREATE INDEX cases_queue ON cases(grp, sort_key DESC, id);"
	"CREATE INDEX cases_holder ON cases(holder) WHERE holder IS NOT NULL;"
	"CREATE INDEX cases_owner ON cases(owner, grp)"
	" WHERE owner IS NOT NULL;"
	"CREATE INDEX cases_due ON cases(due_at)"
	" WHERE grp = 0 AND overdue = 0;"
	"CREATE INDEX cases_overdue ON cases(sort_key DESC, id)"
	" WHERE grp = 0 AND overdue = 1;"
	"CREATE INDEX cases_wake ON cases(snooze_until_at)"
	" WHERE state = 'snoozed';"
	"CREATE INDEX cases_joined ON cases(joined_into)"
	" WHERE joined_into IS NOT NULL;"

	/* numbers on the screen, kept by the triggers below */
	"CREATE TABLE counter ("
	" key INTEGER PRIMARY KEY,"
	" n INTEGER NOT NULL"
	") STRICT;"
	"INSERT INTO counter VALUES (0,0),(1,0),(2,0),(3,0),(10,0);"
	"CREATE TRIGGER count_new AFTER INSERT ON cases BEGIN"
	" UPDATE counter SET n = n + 1 WHERE key = NEW.grp;"
	" UPDATE counter SET n = n + 1"
	"  WHERE key = 10 AND NEW.overdue = 1 AND NEW.grp = 0;"
	"END;"
	"CREATE TRIGGER count_move AFTER UPDATE OF grp, overdue ON cases"
	" WHEN OLD.grp <> NEW.grp OR OLD.overdue <> NEW.overdue BEGIN"
	" UPDATE counter SET n = n - 1 WHERE key = OLD.grp;"
	" UPDATE counter SET n = n + 1 WHERE key = NEW.grp;"
	" UPDATE counter SET n = n - (OLD.overdue = 1 AND OLD.grp = 0)"
	"  + (NEW.overdue = 1 AND NEW.grp = 0) WHERE key = 10;"
	"END;"
	"CREATE TRIGGER cases_stay BEFORE DELETE ON cases BEGIN"
	" SELECT RAISE(ABORT, 'nothing is deleted');"
	"END;"

	"CREATE TABLE post ("
	" id INTEGER PRIMARY KEY,"
	" source INTEGER NOT NULL REFERENCES source(id),"
	" remote_id TEXT NOT NULL,"
	" case_id INTEGER NOT NULL REFERENCES cases(id),"
	" author INTEGER REFERENCES author(id),"
	" text TEXT NOT NULL,"
	" url TEXT,"
	" uri TEXT,"
	" lang TEXT,"
	" reply_to TEXT,"
	" repost_of TEXT,"
	" quote_of TEXT,"
	" brand TEXT,"
	" extra TEXT,"
	" rating INTEGER CHECK (rating BETWEEN 1 AND 5),"
	" followers INTEGER," /* of its author, when it came in */
	" created_at INTEGER,"
	" seen_at INTEGER NOT NULL,"
	" text_key INTEGER,"
	" rule TEXT NOT NULL,"
	" why TEXT,"
	" n_revisions INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE (source, remote_id)"
	") STRICT;"
	"CREATE INDEX post_case ON post(case_id, author, followers);"
	"CREATE INDEX post_key ON post(text_key) WHERE text_key IS NOT NULL;"
	"CREATE INDEX post_uri ON post(uri) WHERE uri IS NOT NULL;"
	"CREATE INDEX post_reply ON post(reply_to, source)"
	" WHERE reply_to IS NOT NULL;"
	"CREATE INDEX post_repost ON post(repost_of, source)"
	" WHERE repost_of IS NOT NULL;"
	"CREATE INDEX post_quote ON post(quote_of, source)"
	" WHERE quote_of IS NOT NULL;"
	"CREATE TRIGGER post_stay BEFORE DELETE ON post BEGIN"
	" SELECT RAISE(ABORT, 'nothing is deleted');"
	"END;"

	/* n = 1 is the first text; the newest stands in post */
	"CREATE TABLE revision ("
	" post INTEGER NOT NULL REFERENCES post(id),"
	" n INTEGER NOT NULL,"
	" at INTEGER NOT NULL,"
	" text TEXT NOT NULL,"
	" PRIMARY KEY (post, n)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE note ("
	" id INTEGER PRIMARY KEY,"
	" case_id INTEGER NOT NULL REFERENCES cases(id),"
	" agent INTEGER NOT NULL REFERENCES agent(id),"
	" at INTEGER NOT NULL,"
	" text TEXT NOT NULL,"
	" retracted_at INTEGER"
	") STRICT;"
	"CREATE INDEX note_case ON note(case_id);"

	"CREATE TABLE tag ("
	" case_id INTEGER NOT NULL REFERENCES cases(id),"
	" tag TEXT NOT NULL,"
	" PRIMARY KEY (case_id, tag)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX tag_case ON tag(tag, case_id);"

	"CREATE TABLE draft ("
	" agent INTEGER NOT NULL REFERENCES agent(id),"
	" case_id INTEGER NOT NULL REFERENCES cases(id),"
	" saved_at INTEGER NOT NULL,"
	" text TEXT NOT NULL,"
	" PRIMARY KEY (agent, case_id)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE presence ("
	" agent INTEGER PRIMARY KEY REFERENCES agent(id),"
	" case_id INTEGER NOT NULL REFERENCES cases(id),"
	" writing INTEGER NOT NULL CHECK (writing IN (0,1)),"
	" since_at INTEGER NOT NULL,"
	" seen_at INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX presence_case ON presence(case_id);"

	/* one row an intention: the same id twice is the same act once */
	"CREATE TABLE op ("
	" id INTEGER PRIMARY KEY,"
	" op TEXT NOT NULL UNIQUE,"
	" args INTEGER NOT NULL," /* digest of what was to be done */
	" at INTEGER NOT NULL,"
	" agent INTEGER REFERENCES agent(id),"
	" verb TEXT NOT NULL,"
	" status INTEGER NOT NULL DEFAULT 0,"
	" case_id INTEGER,"
	" number INTEGER,"
	" words TEXT,"
	" undoable INTEGER NOT NULL DEFAULT 0 CHECK (undoable IN (0,1)),"
	" undone_by INTEGER REFERENCES op(id)"
	") STRICT;"
	"CREATE INDEX op_undo ON op(agent, id)"
	" WHERE undoable = 1 AND undone_by IS NULL;"

	"CREATE TABLE event ("
	" id INTEGER PRIMARY KEY,"
	" case_id INTEGER NOT NULL," /* 0: the queue itself */
	" n INTEGER NOT NULL,"	     /* place in its chain, from 1 */
	" at INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" agent INTEGER REFERENCES agent(id)," /* NULL: time itself */
	" via TEXT,"
	" op INTEGER REFERENCES op(id),"
	" ref INTEGER,"
	" state TEXT,"
	" data TEXT,"
	" body BLOB,"
	" hash BLOB NOT NULL,"
	" UNIQUE (case_id, n)"
	") STRICT;"
	"CREATE INDEX event_at ON event(at);"
	"CREATE INDEX event_op ON event(op) WHERE op IS NOT NULL"
	" AND kind NOT IN ('open','post');"
	"CREATE TRIGGER event_fixed BEFORE UPDATE ON event BEGIN"
	" SELECT RAISE(ABORT, 'the log is only ever added to');"
	"END;"
	"CREATE TRIGGER event_stay BEFORE DELETE ON event BEGIN"
	" SELECT RAISE(ABORT, 'the log is only ever added to');"
	"END;",
	NULL},

    {2,
	/* how often a word was met, and the newest posts that have it */
	"CREATE TABLE word ("
	" key INTEGER PRIMARY KEY," /* hash of the word; 0: all posts */
	" n INTEGER NOT NULL,"
	" posts BLOB" /* ids, newest first: see words.c */
	") STRICT;"
	"CREATE INDEX post_author ON post(author) WHERE author IS NOT NULL;"

	"ALTER TABLE post ADD COLUMN conversation TEXT;"
	"ALTER TABLE post ADD COLUMN link_key INTEGER;"
	"ALTER TABLE post ADD COLUMN near INTEGER;" /* what decided */
	"ALTER TABLE post ADD COLUMN own INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX post_link ON post(link_key) WHERE link_key IS NOT NULL;"

	/* pairs of posts; which cases they mean follows from where they are */
	"CREATE TABLE suggestion ("
	" id INTEGER PRIMARY KEY,"
	" post INTEGER NOT NULL REFERENCES post(id),"  /* the later one */
	" other INTEGER NOT NULL REFERENCES post(id)," /* the known one */
	" rank INTEGER NOT NULL,"
	" rule TEXT NOT NULL,"
	" score INTEGER NOT NULL," /* of 1000 */
	" why TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN"
	"  ('pending','accepted','refused')),"
	" UNIQUE (post, other)"
	") STRICT;"
	"CREATE INDEX suggestion_other ON suggestion(other);"

	/* cases that somebody said are not the same; a < b */
	"CREATE TABLE apart ("
	" a INTEGER NOT NULL REFERENCES cases(id),"
	" b INTEGER NOT NULL REFERENCES cases(id),"
	" at INTEGER NOT NULL,"
	" agent INTEGER NOT NULL REFERENCES agent(id),"
	" PRIMARY KEY (a, b)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX apart_b ON apart(b);"

	/* a number is never used again: one whose opening was undone stays */
	"CREATE TABLE incident ("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL,"
	" opened_at INTEGER NOT NULL,"
	" closed_at INTEGER,"
	" retracted_at INTEGER"
	") STRICT;"
	"CREATE TRIGGER incident_stay BEFORE DELETE ON incident BEGIN"
	" SELECT RAISE(ABORT, 'nothing is deleted');"
	"END;"
	"ALTER TABLE cases ADD COLUMN incident INTEGER"
	" REFERENCES incident(id);"
	"CREATE INDEX cases_incident ON cases(incident, grp)"
	" WHERE incident IS NOT NULL;"

	/* accounts of our own: they never complain; source 0 is all */
	"CREATE TABLE own ("
	" source INTEGER NOT NULL,"
	" handle TEXT NOT NULL,"
	" PRIMARY KEY (source, handle)"
	") STRICT, WITHOUT ROWID;"

	/* what a rule may do in a source; source 0 is all */
	"CREATE TABLE policy ("
	" source INTEGER NOT NULL,"
	" rule TEXT NOT NULL,"
	" mode TEXT NOT NULL CHECK (mode IN ('auto','suggest','off')),"
	" PRIMARY KEY (source, rule)"
	") STRICT, WITHOUT ROWID;"

	/* the word index of suggestions, how many posts have a word, and the
	 * last post that is in it: see search.c */
	"CREATE VIRTUAL TABLE search USING fts5(words, content='',"
	" detail=none, columnsize=0, tokenize=\"ascii tokenchars '.'\");"
	"CREATE TABLE search_word ("
	" key INTEGER PRIMARY KEY,"
	" n INTEGER NOT NULL"
	") STRICT;"
	"ALTER TABLE queue ADD COLUMN searched INTEGER NOT NULL DEFAULT 0;"

	"ALTER TABLE queue ADD COLUMN n_edits INTEGER NOT NULL DEFAULT 0;"

	/* the last event has it all: its beginning is check enough */
	"UPDATE cases SET last_hash = substr(last_hash, 1, 8);"
	"UPDATE queue SET last_hash = substr(last_hash, 1, 8);",
	migrate_posts},

    {3,
	/* what nobody judged yet, a row a post: see likes.h */
	"CREATE TABLE likeness ("
	" post INTEGER PRIMARY KEY REFERENCES post(id),"
	" list BLOB NOT NULL"
	") STRICT;"

	/* events are numbered as they happen, so a time is found without an
	 * index of times; but for events before which the clock was set back:
	 * see span.c */
	"DROP INDEX event_at;"
	"CREATE TABLE set_back (event INTEGER PRIMARY KEY) STRICT;"
	"INSERT INTO set_back SELECT id FROM (SELECT id, at < lag(at)"
	" OVER (ORDER BY id) AS back FROM event) WHERE back;"

	/* the second word index, and which posts are in which of them: see
	 * generation.h; what there was is the older one after the next turn */
	"CREATE VIRTUAL TABLE search_b USING fts5(words, content='',"
	" detail=none, columnsize=0, tokenize=\"ascii tokenchars '.'\");"
	"CREATE TABLE search_age ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" b INTEGER NOT NULL DEFAULT 0 CHECK (b IN (0,1)),"
	" n INTEGER NOT NULL DEFAULT 0,"
	" before INTEGER NOT NULL DEFAULT 0,"
	" newest_at INTEGER NOT NULL DEFAULT 0,"
	" old_at INTEGER NOT NULL DEFAULT 0,"
	" forgotten INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"INSERT INTO search_age (id, n, newest_at) SELECT 1, count(*),"
	" coalesce(max(coalesce(min(created_at, seen_at), seen_at)), 0)"
	" FROM post WHERE id <= (SELECT searched FROM queue);"

	/* remote ids that are numbers become numbers: db_bind_remote(); a url
	 * may be packed: url.h */
	"CREATE TABLE url_form ("
	" id INTEGER PRIMARY KEY,"
	" source INTEGER NOT NULL REFERENCES source(id),"
	" pattern BLOB NOT NULL,"
	" UNIQUE (source, pattern)"
	") STRICT;"
	"CREATE TRIGGER url_form_fixed BEFORE UPDATE ON url_form BEGIN"
	" SELECT RAISE(ABORT, 'links are read by it');"
	"END;"
	"CREATE TRIGGER url_form_stay BEFORE DELETE ON url_form BEGIN"
	" SELECT RAISE(ABORT, 'links are read by it');"
	"END;"
	"CREATE TABLE new_post ("
	" id INTEGER PRIMARY KEY,"
	" source INTEGER NOT NULL REFERENCES source(id),"
	" remote_id ANY NOT NULL CHECK (typeof(remote_id) IN"
	"  ('integer','text')),"
	" case_id INTEGER NOT NULL REFERENCES cases(id),"
	" author INTEGER REFERENCES author(id),"
	" text TEXT NOT NULL,"
	" url ANY,"
	" uri TEXT,"
	" lang TEXT,"
	" reply_to ANY,"
	" repost_of ANY,"
	" quote_of ANY,"
	" brand TEXT,"
	" extra TEXT,"
	" rating INTEGER CHECK (rating BETWEEN 1 AND 5),"
	" followers INTEGER," /* of its author, when it came in */
	" created_at INTEGER,"
	" seen_at INTEGER NOT NULL,"
	" text_key INTEGER,"
	" rule TEXT NOT NULL,"
	" why TEXT,"
	" n_revisions INTEGER NOT NULL DEFAULT 0,"
	" conversation TEXT,"
	" link_key INTEGER,"
	" near INTEGER," /* what decided */
	" own INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE (source, remote_id)"
	") STRICT;"
	"INSERT INTO new_post SELECT id, source,"
	" CASE WHEN CAST(CAST(remote_id AS INTEGER) AS TEXT) = remote_id"
	"  THEN CAST(remote_id AS INTEGER) ELSE remote_id END,"
	" case_id, author, text, url, uri, lang,"
	" CASE WHEN CAST(CAST(reply_to AS INTEGER) AS TEXT) = reply_to"
	"  THEN CAST(reply_to AS INTEGER) ELSE reply_to END,"
	" CASE WHEN CAST(CAST(repost_of AS INTEGER) AS TEXT) = repost_of"
	"  THEN CAST(repost_of AS INTEGER) ELSE repost_of END,"
	" CASE WHEN CAST(CAST(quote_of AS INTEGER) AS TEXT) = quote_of"
	"  THEN CAST(quote_of AS INTEGER) ELSE quote_of END,"
	" brand, extra, rating, followers, created_at, seen_at, text_key,"
	" rule, why, n_revisions, conversation, link_key, near, own"
	" FROM post ORDER BY id;"
	"DROP TABLE post;"
	"ALTER TABLE new_post RENAME TO post;"
	"CREATE INDEX post_case ON post(case_id, author, followers);"
	"CREATE INDEX post_author ON post(author) WHERE author IS NOT NULL;"
	"CREATE INDEX post_key ON post(text_key) WHERE text_key IS NOT NULL;"
	"CREATE INDEX post_link ON post(link_key) WHERE link_key IS NOT NULL;"
	"CREATE INDEX post_uri ON post(uri) WHERE uri IS NOT NULL;"
	"CREATE INDEX post_reply ON post(reply_to, source)"
	" WHERE reply_to IS NOT NULL;"
	"CREATE INDEX post_repost ON post(repost_of, source)"
	" WHERE repost_of IS NOT NULL;"
	"CREATE INDEX post_quote ON post(quote_of, source)"
	" WHERE quote_of IS NOT NULL;"
	"CREATE TRIGGER post_stay BEFORE DELETE ON post BEGIN"
	" SELECT RAISE(ABORT, 'nothing is deleted');"
	"END;",
	migrate_likes},

    {4,
	/* what else an adapter was told, and from when on posts are wanted */
	"ALTER TABLE source ADD COLUMN options TEXT;"
	"ALTER TABLE source ADD COLUMN since_at INTEGER;"
	/* when it began to fail, or its account was refused; see gap.c */
	"ALTER TABLE source ADD COLUMN failed_at INTEGER;"
	"ALTER TABLE source ADD COLUMN parked_at INTEGER;"
	/* its habit (core/gap.h): first and newest post, longest pause */
	"ALTER TABLE source ADD COLUMN heard_from INTEGER;"
	"ALTER TABLE source ADD COLUMN heard_at INTEGER;"
	"ALTER TABLE source ADD COLUMN pause_s INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE source ADD COLUMN n_heard INTEGER NOT NULL DEFAULT 0;"

	/* who may read it, and whether a program wrote it: see db.h */
	"ALTER TABLE post ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE post ADD COLUMN gone_at INTEGER;"

	/* posts by the day (UTC, from 1970) that they were written */
	"CREATE TABLE heard ("
	" source INTEGER NOT NULL REFERENCES source(id),"
	" day INTEGER NOT NULL,"
	" n INTEGER NOT NULL,"
	" PRIMARY KEY (source, day)"
	") STRICT, WITHOUT ROWID;"

	/* times in which posts may be missing */
	"CREATE TABLE gap ("
	" id INTEGER PRIMARY KEY,"
	" source INTEGER NOT NULL REFERENCES source(id),"
	" kind TEXT NOT NULL CHECK (kind IN ('failed','silent','jumped')),"
	" from_at INTEGER,"  /* NULL: unknown */
	" until_at INTEGER," /* NULL while it goes on */
	" words TEXT NOT NULL,"
	" told_at INTEGER NOT NULL,"
	" seen_at INTEGER,"
	" seen_by INTEGER REFERENCES agent(id),"
	" CHECK ((seen_at IS NULL) = (seen_by IS NULL))"
	") STRICT;"
	"CREATE INDEX gap_stands ON gap(source, kind) WHERE until_at IS NULL"
	" OR (kind = 'jumped' AND seen_at IS NULL);"
	"CREATE TRIGGER gap_stay BEFORE DELETE ON gap BEGIN"
	" SELECT RAISE(ABORT, 'nothing is deleted');"
	"END;",
	NULL},

    {5,
	/* its service asked that its account be left alone until then */
	"ALTER TABLE source ADD COLUMN rest_until INTEGER;"
	/* when its posts were looked at again, and the number below which
	 * that goes on; 0: with the newest */
	"ALTER TABLE source ADD COLUMN looked_at INTEGER;"
	"ALTER TABLE source ADD COLUMN look_before INTEGER NOT NULL"
	" DEFAULT 0;"

	/* the few posts that not everybody may read; see FLAGS_NOT_PUBLIC */
	"CREATE INDEX post_not_public ON post(case_id, flags)"
	" WHERE flags & 3 > 0;"

	/* posts that another source gave first; see echo.h */
	"CREATE TABLE echo ("
	" source INTEGER NOT NULL REFERENCES source(id),"
	" remote_id ANY NOT NULL,"
	" post INTEGER NOT NULL REFERENCES post(id),"
	" after INTEGER NOT NULL," /* the newest post when it was noted */
	" said INTEGER NOT NULL,"  /* key of the text it last gave */
	" PRIMARY KEY (source, remote_id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX echo_post ON echo(post, source);",
	NULL},
};

#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

int
schema_version(void)
{
	return steps[N_STEPS - 1].version;
}

static enum cq_status
take_step(struct cq_store *store, const struct step *step, struct cq_err *err)
{
	struct cq_buf sql = {0};
	enum cq_status rc;

	/* another process may have come first: look again inside */
	if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) !=
	    SQLITE_OK)
		return db_fail(store, sqlite3_errcode(store->db), err);
	cq_buf_fmt(&sql, "PRAGMA user_version = %d", step->version);
	rc = db_exec(store, step->sql, err);
	if (rc == CQ_OK && step->fill != NULL)
		rc = step->fill(store, err);
	if (rc == CQ_OK)
		rc = db_exec(store, sql.s, err);
	cq_buf_free(&sql);
	if (rc == CQ_OK)
		return db_exec(store, "COMMIT", err);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

/* Others refer to a table that is made anew: meanwhile it is not there. */
enum cq_status
schema_migrate(struct cq_store *store, int from, struct cq_err *err)
{
	enum cq_status rc = db_exec(store, "PRAGMA foreign_keys = OFF", err);
	enum cq_status on;

	for (size_t i = 0; i < N_STEPS && rc == CQ_OK; i++)
		if (steps[i].version > from)
			rc = take_step(store, &steps[i], err);
	on = db_exec(store, "PRAGMA foreign_keys = ON", NULL);
	return rc == CQ_OK ? on : rc;
}

int
schema_model(sqlite3 *empty)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < N_STEPS && rc == SQLITE_OK; i++)
		rc = sqlite3_exec(empty, steps[i].sql, NULL, NULL, NULL);
	return rc;
}
