#include "core/store/listen.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/named.h"
#include "core/when.h"

/*
 * Times in which posts may be missing (core/gap.h).  Each event of one has
 * its whole row as it is then: the log alone gives a report, and proves the
 * table.
 */

/* The index gap_stands has just these. */
#define STANDS \
	"(g.until_at IS NULL OR (g.kind = 'jumped' AND g.seen_at IS NULL))"

/* --- reading ------------------------------------------------------------ */

static void
read_gap(struct db_stmt *q, struct cq_gap *gap)
{
	*gap = (struct cq_gap){
	    .id = db_int(q, 0),
	    .source = db_copy(q, 1),
	    .from_at = db_time(q, 3),
	    .until_at = db_time(q, 4),
	    .words = db_raw(q, 5),
	    .told_at = db_int(q, 6),
	    .seen_at = db_time(q, 7),
	    .seen_by = db_copy(q, 8),
	};
	(void)cq_gap_parse(db_str(q, 2), &gap->kind);
}

/* All that the statement gives; ends it. */
static enum cq_status
read_gaps(struct db_stmt *q, struct cq_gaps *out, struct cq_err *err)
{
	enum cq_status rc;

	while (db_row(q)) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		read_gap(q, &out->at[out->n++]);
	}
	rc = db_result(q, err);
	db_finalize(q);
	if (rc != CQ_OK)
		cq_gaps_free(out);
	return rc;
}

enum cq_status
cq_store_gaps(struct cq_store *store, struct cq_gaps *out, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT g.id, s.name, g.kind, g.from_at, g.until_at, g.words,"
	    " g.told_at, g.seen_at, a.name FROM gap g"
	    " JOIN source s ON s.id = g.source"
	    " LEFT JOIN agent a ON a.id = g.seen_by WHERE " STANDS
	    " ORDER BY g.seen_at IS NOT NULL, g.told_at, g.id";
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_gaps){0};
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	return read_gaps(&q, out, err);
}

/* What is known of each that touches the time, in the last of its events. */
#define AS_TOLD(which)                                                     \
	"WITH told(id) AS MATERIALIZED (SELECT max(id) FROM event"         \
	"  WHERE case_id = 0 AND kind IN ('gap','gap_end','gap_seen')"     \
	"  AND json_valid(data) " which "),"                               \
	" row AS (SELECT e.data AS d FROM event e JOIN told USING (id))"   \
	" SELECT d ->> 'gap', d ->> 'source', d ->> 'kind', d ->> 'from'," \
	" d ->> 'until', d ->> 'words', d ->> 'told_at', d ->> 'seen_at'," \
	" d ->> 'seen_by' FROM row WHERE"                                  \
	" (d ->> 'told_at' < :to OR d ->> 'from' < :to)"                   \
	" AND (d ->> 'until' IS NULL OR d ->> 'until' >= :from)"           \
	" ORDER BY coalesce(d ->> 'from', d ->> 'told_at'), d ->> 'gap'"

static enum cq_status
read_told(struct cq_store *store, const char *sql, int64_t from_at,
    int64_t to_at, struct cq_gaps *out, struct cq_err *err)
{
	struct db_stmt q;

	*out = (struct cq_gaps){0};
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":from", from_at);
	db_bind_int(&q, ":to", to_at);
	return read_gaps(&q, out, err);
}

enum cq_status
gaps_between(struct cq_store *store, int64_t from_at, int64_t to_at,
    struct cq_gaps *out, struct cq_err *err)
{
	static const char sql[] =
	    AS_TOLD("AND at < :to GROUP BY json_extract(data, '$.gap')");

	return read_told(store, sql, from_at, to_at, out, err);
}

enum cq_status
gaps_told_later(struct cq_store *store, int64_t from_at, int64_t to_at,
    struct cq_gaps *out, struct cq_err *err)
{
	static const char sql[] = AS_TOLD("GROUP BY json_extract(data, "
					  "'$.gap') HAVING min(at) >= :to");

	return read_told(store, sql, from_at, to_at, out, err);
}

/* --- writing ------------------------------------------------------------ */

static enum cq_status
log_gap(struct verb *v, int64_t gap, const char *kind, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT json_object('gap', g.id, 'source', s.name, 'kind', g.kind,"
	    " 'from', g.from_at, 'until', g.until_at, 'words', g.words,"
	    " 'told_at', g.told_at, 'seen_at', g.seen_at, 'seen_by', a.name)"
	    " FROM gap g JOIN source s ON s.id = g.source"
	    " LEFT JOIN agent a ON a.id = g.seen_by WHERE g.id = :id";
	struct event_fields f = {.ref = gap};
	struct db_stmt q;
	char *data = NULL;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", gap);
	rc = db_one_text(&q, &data, err);
	f.data = data;
	if (rc == CQ_OK)
		rc = event_log(v, 0, kind, &f, err);
	free(data);
	return rc;
}

/* The one of that kind that stands; 0 if there is none. */
static enum cq_status
find(struct verb *v, int64_t source, enum cq_gap_kind kind, int64_t *gap,
    struct cq_err *err)
{
	static const char sql[] = "SELECT g.id FROM gap g WHERE " STANDS
				  " AND g.source = :source AND g.kind = :kind";
	struct db_stmt q;
	enum cq_status rc;

	*gap = 0;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	db_bind_text(&q, ":kind", cq_gap_name(kind));
	rc = db_one_int(&q, gap, err);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

static enum cq_status
open_gap(struct verb *v, int64_t source, enum cq_gap_kind kind, int64_t from_at,
    int64_t until_at, const char *words, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO gap (source, kind, from_at, until_at, words, told_at)"
	    " VALUES (:source, :kind, :from, :until, :words, :now)"
	    " RETURNING id";
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	db_bind_text(&q, ":kind", cq_gap_name(kind));
	db_bind_time(&q, ":from", from_at);
	db_bind_time(&q, ":until", until_at);
	db_bind_text(&q, ":words", words);
	db_bind_int(&q, ":now", v->now);
	rc = db_one_int(&q, &id, err);
	return rc == CQ_OK ? log_gap(v, id, "gap", err) : rc;
}

static enum cq_status
set_until(struct verb *v, int64_t gap, const char *event, struct cq_err *err)
{
	static const char sql[] = "UPDATE gap SET until_at = :now"
				  " WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":id", gap);
	rc = db_run(&q, err);
	return rc == CQ_OK ? log_gap(v, gap, event, err) : rc;
}

enum cq_status
gap_end(struct verb *v, int64_t source, enum cq_gap_kind kind,
    struct cq_err *err)
{
	int64_t gap;
	enum cq_status rc = find(v, source, kind, &gap, err);

	return rc == CQ_OK && gap != 0 ? set_until(v, gap, "gap_end", err) : rc;
}

/* One that nobody has seen yet grows: a row for each jump helps nobody. */
enum cq_status
gap_jumped(struct verb *v, int64_t source, int64_t from_at, struct cq_err *err)
{
	static const char words[] =
	    "more came in than it keeps: some posts were passed over and will "
	    "not be offered again; look through them there";
	int64_t gap;
	enum cq_status rc = find(v, source, CQ_GAP_JUMPED, &gap, err);

	if (rc != CQ_OK || gap != 0)
		return rc == CQ_OK ? set_until(v, gap, "gap", err) : rc;
	return open_gap(v, source, CQ_GAP_JUMPED,
	    from_at > v->now ? CQ_NO_TIME : from_at, v->now, words, err);
}

/* Did it ever say such a thing?  Who saw it then knows. */
static enum cq_status
said_before(struct verb *v, int64_t gap, const char *words, bool *said,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT data ->> 'words' FROM event WHERE case_id = 0"
	    " AND kind = 'gap' AND ref = :gap AND json_valid(data)";
	struct db_stmt q;
	enum cq_status rc;

	*said = false;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":gap", gap);
	while (!*said && db_row(&q))
		*said = cq_gap_same_words(db_str(&q, 0), words);
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* anew: whoever saw it does not know that. */
static enum cq_status
set_words(struct verb *v, int64_t gap, const char *words, bool anew,
    struct cq_err *err)
{
	static const char sql[] = "UPDATE gap SET words = :words,"
				  " seen_at = iif(:anew, NULL, seen_at),"
				  " seen_by = iif(:anew, NULL, seen_by)"
				  " WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":words", words);
	db_bind_int(&q, ":anew", anew);
	db_bind_int(&q, ":id", gap);
	rc = db_run(&q, err);
	return rc == CQ_OK ? log_gap(v, gap, "gap", err) : rc;
}

/* --- what time tells ---------------------------------------------------- */

/* NULL: none of that kind stands. */
static const struct cq_gap *
standing(const struct cq_gaps *gaps, const char *source, enum cq_gap_kind kind)
{
	for (size_t i = 0; i < gaps->n; i++)
		if (gaps->at[i].kind == kind &&
		    strcmp(gaps->at[i].source, source) == 0)
			return &gaps->at[i];
	return NULL;
}

static enum cq_status
open_failed(struct verb *v, const struct cq_source *s, struct cq_err *err)
{
	const char *why = cq_source_trouble(s, v->now);
	int64_t from_at = s->ok_at != CQ_NO_TIME ? s->ok_at
	    : s->failed_at != CQ_NO_TIME	 ? s->failed_at
						 : s->next_at;

	return open_gap(v, s->id, CQ_GAP_FAILED, from_at, CQ_NO_TIME,
	    why != NULL ? why : "it does not say why", err);
}

static enum cq_status
open_silent(struct verb *v, const struct cq_source *s, struct cq_err *err)
{
	char age[16], *words;
	enum cq_status rc;

	cq_age_short(s->habit.pause_s, age);
	words = cq_format("it answers, but has nothing new; it was never quiet "
			  "for more than %s lately",
	    age);
	rc = open_gap(v, s->id, CQ_GAP_SILENT, s->habit.heard_at, CQ_NO_TIME,
	    words, err);
	free(words);
	return rc;
}

/* Opens one, or has the one that stands say what is wrong now. */
static enum cq_status
judge_failed(struct cq_store *store, struct verb *v, const struct cq_source *s,
    const struct cq_gap *gap, bool *due, struct cq_err *err)
{
	int64_t now = db_now(store);
	bool paused = false, said = false;
	const char *news = NULL;
	enum cq_status rc = CQ_OK;

	if (gap != NULL)
		news = cq_gap_news(gap, s, now, &paused);
	if (gap == NULL ? !cq_source_fails(s, now) : news == NULL)
		return CQ_OK;
	*due = true;
	if (v == NULL)
		return CQ_OK;
	if (gap == NULL)
		return open_failed(v, s, err);
	if (!paused)
		rc = said_before(v, gap->id, news, &said, err);
	return rc == CQ_OK ? set_words(v, gap->id, news, !said, err) : rc;
}

static enum cq_status
judge_silent(struct verb *v, const struct cq_source *s,
    const struct cq_gap *gap, bool *due, struct cq_err *err)
{
	if (gap != NULL || !cq_source_is_silent(s))
		return CQ_OK;
	*due = true;
	return v == NULL ? CQ_OK : open_silent(v, s, err);
}

/*
 * Opens what there is to be opened, and brings up to date what stands; v
 * NULL: only tells whether there is anything to do.
 */
static enum cq_status
judge(struct cq_store *store, struct verb *v, bool *due, struct cq_err *err)
{
	struct cq_sources sources;
	struct cq_gaps gaps = {0};
	enum cq_status rc = cq_store_sources(store, &sources, err);

	*due = false;
	if (rc == CQ_OK)
		rc = cq_store_gaps(store, &gaps, err);
	for (size_t i = 0; i < sources.n && rc == CQ_OK; i++) {
		const struct cq_source *s = &sources.at[i];

		rc = judge_failed(store, v, s,
		    standing(&gaps, s->name, CQ_GAP_FAILED), due, err);
		if (rc == CQ_OK)
			rc = judge_silent(v, s,
			    standing(&gaps, s->name, CQ_GAP_SILENT), due, err);
	}
	cq_gaps_free(&gaps);
	cq_sources_free(&sources);
	return rc;
}

enum cq_status
gaps_due(struct cq_store *store, bool *due, struct cq_err *err)
{
	return judge(store, NULL, due, err);
}

enum cq_status
gaps_judge(struct verb *v, struct cq_err *err)
{
	bool due;

	return judge(v->store, v, &due, err);
}

/* --- what people say of them -------------------------------------------- */

static enum cq_status
set_seen(struct verb *v, int64_t gap, struct cq_err *err)
{
	static const char sql[] = "UPDATE gap SET seen_at = :now,"
				  " seen_by = :agent WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":agent", v->agent);
	db_bind_int(&q, ":id", gap);
	rc = db_run(&q, err);
	return rc == CQ_OK ? log_gap(v, gap, "gap_seen", err) : rc;
}

static enum cq_status
see_all(struct verb *v, int64_t source, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT g.id FROM gap g WHERE " STANDS
	    " AND g.source = :source AND g.seen_at IS NULL"
	    " ORDER BY g.id LIMIT 1";
	struct db_stmt q;
	int64_t gap = 0;
	enum cq_status rc;

	for (;;) {
		db_prepare(&q, v->store, sql);
		db_bind_int(&q, ":source", source);
		rc = db_one_int(&q, &gap, err);
		if (rc != CQ_OK)
			return rc == CQ_NOT_FOUND ? CQ_OK : rc;
		rc = set_seen(v, gap, err);
		if (rc != CQ_OK)
			return rc;
		v->number++;
	}
}

enum cq_status
gaps_settle(struct verb *v, int64_t source, bool seen, struct cq_err *err)
{
	enum cq_status rc = gap_end(v, source, CQ_GAP_FAILED, err);

	if (rc == CQ_OK)
		rc = gap_end(v, source, CQ_GAP_SILENT, err);
	return rc == CQ_OK && seen ? see_all(v, source, err) : rc;
}

/* The agent is not the first: who was, and when. */
static enum cq_status
seen_already(struct verb *v, int64_t id, const char *source, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT g.seen_at, g.seen_by, a.name FROM gap g"
	    " JOIN agent a ON a.id = g.seen_by WHERE " STANDS
	    " AND g.source = :source ORDER BY g.seen_at DESC, g.id DESC";
	char at[CQ_TIME_SIZE];
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", id);
	if (!db_row(&q)) {
		rc = db_result(&q, err);
		db_finalize(&q);
		return rc != CQ_OK
		    ? rc
		    : cq_fail(err, CQ_NOT_FOUND,
			  "source %s has no gap to be seen", source);
	}
	cq_time_local(db_int(&q, 0),
	    v->now - db_int(&q, 0) < 20 * 3600 ? "%H:%M" : "%Y-%m-%d %H:%M",
	    at);
	if (db_int(&q, 1) == v->agent)
		rc = cq_fail(err, CQ_NOT_FOUND,
		    "you have seen the gap of source %s at %s", source, at);
	else
		rc = cq_fail(err, CQ_CONFLICT,
		    "%s has seen the gap of source %s at %s", db_str(&q, 2),
		    source, at);
	db_finalize(&q);
	return rc;
}

enum cq_status
cq_store_gap_seen(struct cq_store *store, const struct cq_act *act,
    const char *source, int64_t *n, struct cq_err *err)
{
	struct verb v = {0};
	int64_t id = 0, seen;
	enum cq_status rc =
	    verb_begin(&v, store, act, "say that a gap was seen",
		verb_args_more(verb_args("gap seen"), source), CQ_MAY_WORK,
		DB_FULL, err);

	*n = 0;
	if (rc == CQ_OK && !v.replay) {
		rc = source_id(store, source, &id, err);
		if (rc == CQ_OK)
			rc = see_all(&v, id, err);
		if (rc == CQ_OK && v.number == 0)
			rc = seen_already(&v, id, source, err);
	}
	seen = v.number;
	rc = verb_end(&v, rc, err);
	if (rc == CQ_OK)
		*n = seen;
	return rc;
}
