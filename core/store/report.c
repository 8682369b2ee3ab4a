#include "core/store/verb.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/*
 * The shift report, from events alone: no figure looks at what a case is
 * now, so the same interval gives the same report for ever.
 */

/* What all queries of one report are bound to. */
struct asking {
	struct cq_store *store;
	int64_t from, to;
	const char *team;
	struct cq_report *out;
	struct cq_err *err;
};

#define IN_SHIFT "e.at >= :from AND e.at < :to"
/* What was undone before the shift ended was not done in it. */
#define NOT_UNDONE                                                           \
	" AND NOT EXISTS (SELECT 1 FROM event u WHERE u.case_id = e.case_id" \
	" AND u.n > e.n AND u.kind = 'undo' AND u.ref = e.id AND u.at < :to)"
#define IN_TEAM                             \
	" AND (:team IS NULL OR e.agent IN" \
	" (SELECT id FROM agent WHERE team = :team))"

static const struct {
	enum cq_figure figure;
	bool of_team;	  /* an act of a person, so a team narrows it */
	const char *test; /* of the event; undone ones are left out */
} counts[] = {
    {CQ_FIG_POSTS_IN, false, "e.kind IN ('open','post')"},
    {CQ_FIG_OPENED, false, "e.kind = 'open'"},
    {CQ_FIG_JOINED, false, "e.kind IN ('post','joined')"},
    {CQ_FIG_RESOLVED, true, "e.kind = 'resolve'"},
    {CQ_FIG_DISMISSED, true, "e.kind = 'dismiss'"},
    {CQ_FIG_REOPENED, false,
	"e.kind IN ('reopen','post','join') AND"
	" json_extract(e.data, '$.before.state') IN ('resolved','dismissed')"},
    {CQ_FIG_REFUSED, true, "e.kind = 'refuse'"},
    {CQ_FIG_UNDONE, true,
	"(e.kind IN ('split','unjoin') OR (e.kind = 'undo' AND"
	" json_extract(e.data, '$.of') = 'join'))"},
    {CQ_FIG_NOTES, true, "e.kind = 'note'"},
    {CQ_FIG_TAKEN, true, "e.kind = 'take'"},
    {CQ_FIG_STOLEN, true, "e.kind = 'steal'"},
};

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The case numbers, sorted, each once. */
static void
settle_cases(struct cq_figure_value *v)
{
	size_t kept = 0;

	if (v->n_cases > 0)
		qsort(v->cases, v->n_cases, sizeof(*v->cases), by_number);
	for (size_t i = 0; i < v->n_cases; i++)
		if (i == 0 || v->cases[i] != v->cases[kept - 1])
			v->cases[kept++] = v->cases[i];
	v->n_cases = kept;
}

static void
add_case(struct cq_figure_value *v, int64_t case_id)
{
	if ((v->n_cases & (v->n_cases - 1)) == 0) /* room for twice as many */
		v->cases = cq_grow(v->cases,
		    v->n_cases == 0 ? 1 : 2 * v->n_cases, sizeof(*v->cases));
	v->cases[v->n_cases++] = case_id;
}

static void
bind(struct db_stmt *q, const struct asking *a, bool team)
{
	db_bind_int(q, ":from", a->from);
	db_bind_int(q, ":to", a->to);
	if (team)
		db_bind_text(q, ":team", a->team);
}

static enum cq_status
count(const struct asking *a, size_t row)
{
	struct cq_figure_value *v = &a->out->at[counts[row].figure];
	struct cq_buf sql = {0};
	struct db_stmt q;
	enum cq_status rc;

	cq_buf_fmt(&sql,
	    "SELECT e.case_id FROM event e WHERE " IN_SHIFT " AND %s" NOT_UNDONE
	    "%s",
	    counts[row].test, counts[row].of_team ? IN_TEAM : "");
	db_prepare_once(&q, a->store, sql.s);
	cq_buf_free(&sql);
	bind(&q, a, counts[row].of_team);
	while (db_row(&q)) {
		v->n++;
		add_case(v, db_int(&q, 0));
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	settle_cases(v);
	return rc;
}

static int
age_class(int64_t seconds)
{
	static const int64_t below[CQ_N_AGES - 1] = {
	    3600, 4 * 3600, 24 * 3600, 3 * 24 * 3600};
	int i = 0;

	while (i < CQ_N_AGES - 1 && seconds >= below[i])
		i++;
	return i;
}

/*
 * Cases in the queue at a moment: of each case, the last state that the log
 * tells before it, and the age since its first event.
 */
static enum cq_status
backlog(const struct asking *a, int64_t at, enum cq_figure figure)
{
	static const char sql[] =
	    "SELECT l.case_id, e.state, f.at FROM (SELECT case_id, max(n) AS n"
	    "  FROM event WHERE at < :at AND state IS NOT NULL AND case_id > 0"
	    "  GROUP BY case_id) l"
	    " JOIN event e ON e.case_id = l.case_id AND e.n = l.n"
	    " JOIN event f ON f.case_id = l.case_id AND f.n = 1"
	    " WHERE e.state IN ('new','open','pending','snoozed')";
	struct cq_figure_value *v = &a->out->at[figure];
	struct db_stmt q;
	enum cq_state state;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	db_bind_int(&q, ":at", at);
	while (db_row(&q)) {
		v->n++;
		v->ages[age_class(at - db_int(&q, 2))]++;
		if (cq_state_parse(db_str(&q, 1), &state) && state < 4)
			v->states[state]++;
		add_case(v, db_int(&q, 0));
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	settle_cases(v);
	return rc;
}

static enum cq_status
durations(const struct asking *a, enum cq_figure figure, const char *sql)
{
	struct cq_figure_value *v = &a->out->at[figure];
	int64_t *seconds = NULL;
	size_t n = 0;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare_once(&q, a->store, sql);
	bind(&q, a, true);
	while (db_row(&q)) {
		if ((n & (n - 1)) == 0)
			seconds = cq_grow(seconds, n == 0 ? 1 : 2 * n,
			    sizeof(*seconds));
		seconds[n++] = db_int(&q, 1);
		add_case(v, db_int(&q, 0));
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	cq_report_times(v, seconds, n);
	free(seconds);
	settle_cases(v);
	return rc;
}

/* The first time that a case was taken at all, if that was in the shift. */
static const char first_take_sql[] =
    "SELECT e.case_id, e.at - f.at FROM event e"
    " JOIN event f ON f.case_id = e.case_id AND f.n = 1"
    " WHERE " IN_SHIFT " AND e.kind IN ('take','steal')" IN_TEAM
    " AND NOT EXISTS (SELECT 1 FROM event b WHERE b.case_id = e.case_id"
    "  AND b.n < e.n AND b.kind IN ('take','steal'))";

/*
 * The last resolve of a case in the shift, from the earliest start of all
 * that was joined into it then; a resolve that was undone does not count.
 */
static const char resolution_sql[] =
    "SELECT e.case_id, max(e.at) - min(coalesce((WITH RECURSIVE f(id) AS"
    "  (SELECT e.case_id UNION SELECT j.ref FROM event j JOIN f"
    "   ON j.case_id = f.id AND j.kind = 'join' AND j.at <= e.at"
    "   AND NOT EXISTS (SELECT 1 FROM event b WHERE b.case_id = j.case_id"
    "    AND b.n > j.n AND b.at <= e.at AND ((b.kind = 'undo' AND"
    "    b.ref = j.id) OR (b.kind = 'unjoin' AND b.ref = j.ref AND"
    "    NOT EXISTS (SELECT 1 FROM event u WHERE u.case_id = b.case_id"
    "     AND u.n > b.n AND u.at <= e.at AND u.kind = 'undo'"
    "     AND u.ref = b.id)))))"
    "  SELECT min(s.at) FROM f JOIN event s ON s.case_id = f.id"
    "   AND s.n = 1), e.at)) FROM event e"
    " WHERE " IN_SHIFT " AND e.kind = 'resolve'" IN_TEAM NOT_UNDONE
    " GROUP BY e.case_id";

static enum cq_status
agents(const struct asking *a)
{
	static const char sql[] =
	    "SELECT g.name, sum(e.kind = 'take'),"
	    " sum(e.kind = 'note'), sum(e.kind = 'resolve'),"
	    " sum(e.kind = 'dismiss'), sum(e.kind = 'release'),"
	    " sum(e.kind = 'refuse'), (SELECT count(*) FROM event l"
	    "  WHERE l.at >= :from AND l.at < :to"
	    "  AND l.kind IN ('take','steal') AND l.agent <> g.id"
	    "  AND json_extract(l.data, '$.before.holder') = g.name)"
	    " FROM event e JOIN agent g ON g.id = e.agent"
	    " WHERE " IN_SHIFT IN_TEAM NOT_UNDONE " AND e.case_id > 0"
	    " AND e.kind NOT IN ('open','post','edit')"
	    " GROUP BY g.id ORDER BY g.name";
	struct cq_report *r = a->out;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	bind(&q, a, true);
	while (db_row(&q)) {
		r->agents =
		    cq_grow(r->agents, r->n_agents + 1, sizeof(*r->agents));
		r->agents[r->n_agents++] = (struct cq_report_agent){
		    .name = cq_strdup(db_str(&q, 0)),
		    .taken = db_int(&q, 1),
		    .notes = db_int(&q, 2),
		    .resolved = db_int(&q, 3),
		    .dismissed = db_int(&q, 4),
		    .released = db_int(&q, 5),
		    .refused = db_int(&q, 6),
		    .lost = db_int(&q, 7),
		};
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
check_team(const struct asking *a)
{
	static const char sql[] = "SELECT 1 FROM agent WHERE team = :team";
	struct db_stmt q;
	int64_t one = 0;
	enum cq_status rc;

	if (a->team == NULL)
		return CQ_OK;
	db_prepare(&q, a->store, sql);
	db_bind_text(&q, ":team", a->team);
	rc = db_one_int(&q, &one, a->err);
	if (rc == CQ_NOT_FOUND)
		rc = cq_fail(a->err, rc,
		    "nobody is in a team '%s'; see 'caseq agent list'",
		    a->team);
	return rc;
}

enum cq_status
cq_store_report(struct cq_store *store, int64_t from_at, int64_t to_at,
    const char *team, struct cq_report *out, struct cq_err *err)
{
	struct asking a = {store, from_at, to_at, team, out, err};
	enum cq_status rc;

	*out = (struct cq_report){.from_at = from_at, .to_at = to_at};
	if (from_at >= to_at)
		return cq_fail(err, CQ_INPUT,
		    "the shift ends before it begins; see --from and --to");
	rc = db_look(store, err);
	if (rc != CQ_OK)
		return rc;
	out->made_at = db_now(store);
	out->team = cq_strdup(team);
	rc = check_team(&a);
	for (size_t i = 0;
	     i < sizeof(counts) / sizeof(counts[0]) && rc == CQ_OK; i++)
		rc = count(&a, i);
	if (rc == CQ_OK)
		rc = backlog(&a, from_at, CQ_FIG_BACKLOG_START);
	if (rc == CQ_OK)
		rc = backlog(&a, to_at, CQ_FIG_BACKLOG_END);
	if (rc == CQ_OK)
		rc = durations(&a, CQ_FIG_FIRST_TAKE, first_take_sql);
	if (rc == CQ_OK)
		rc = durations(&a, CQ_FIG_RESOLUTION, resolution_sql);
	if (rc == CQ_OK)
		rc = agents(&a);
	db_look_end(store);
	if (rc != CQ_OK)
		cq_report_free(out);
	return rc;
}
