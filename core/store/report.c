#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/listen.h"
#include "core/store/past.h"
#include "core/store/verb.h"

/*
 * The shift report, from events alone: no figure looks at what a case or an
 * agent is now, so the same interval gives the same report for ever.
 */

/* What all queries of one report are bound to. */
struct asking {
	struct cq_store *store;
	int64_t from, to;
	struct span span;
	const char *team;
	struct past past;
	struct cq_report *out;
	struct cq_err *err;
};

#define IN_SHIFT IN_SPAN " AND e.at >= :from AND e.at < :to"
/* What was undone before the shift ended was not done in it. */
#define NOT_UNDONE                                                           \
	" AND NOT EXISTS (SELECT 1 FROM event u WHERE u.case_id = e.case_id" \
	" AND u.n > e.n AND u.kind = 'undo' AND u.ref = e.id AND u.at < :to)"

/* WITH clause: from which event until which an agent was in :team. */
#define TEAMS                                                               \
	"WITH told(agent, id, team) AS MATERIALIZED"                        \
	" (SELECT g.id, t.id, json_extract(t.data, '$.after.team')"         \
	"  FROM event t JOIN agent g"                                       \
	"  ON g.name = json_extract(t.data, '$.after.name')"                \
	"  WHERE t.case_id = 0 AND t.kind = 'agent'),"                      \
	" stay(agent, id, until_id) AS MATERIALIZED"                        \
	" (SELECT agent, id, until_id FROM (SELECT *, lead(id, 1, 1 << 62)" \
	"   OVER (PARTITION BY agent ORDER BY id) AS until_id FROM told)"   \
	"  WHERE team = :team) "
/* The team that the agent had then, not the one of today. */
#define IN_TEAM                                               \
	" AND (:team IS NULL OR EXISTS (SELECT 1 FROM stay s" \
	" WHERE s.agent = e.agent AND e.id > s.id AND e.id < s.until_id))"

/* When the claim that a steal ended would have run out; 0 if there was none. */
#define RAN_TO "coalesce(json_extract(e.data, '$.before.lease_until_at'), 0)"

/* Somebody got a claim that nobody had, or that had run out. */
#define GIVEN "(e.kind = 'take' OR (e.kind = 'steal' AND " RAN_TO " <= e.at))"

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
    /* what was closed in this shift and undone in it never was closed */
    {CQ_FIG_REOPENED, false,
	"(e.kind IN ('reopen','post','join','unjoined') OR (e.kind = 'undo'"
	" AND NOT EXISTS (SELECT 1 FROM event c WHERE c.id = e.ref"
	" AND c.kind IN ('resolve','dismiss','unjoin') AND c.at >= :from)))"
	" AND e.state IN ('new','open','pending','snoozed') AND"
	" json_extract(e.data, '$.before.state') IN ('resolved','dismissed')"},
    {CQ_FIG_REFUSED, true, "e.kind = 'refuse'"},
    {CQ_FIG_UNDONE, true,
	"(e.kind IN ('split','unjoin') OR (e.kind = 'undo' AND"
	" json_extract(e.data, '$.of') = 'join'))"},
    {CQ_FIG_NOTES, true, "e.kind = 'note'"},
    {CQ_FIG_GROUPED, true, "e.kind = 'incident'"},
    {CQ_FIG_TAKEN, true, GIVEN},
    {CQ_FIG_STOLEN, true,
	"e.kind = 'steal' AND " RAN_TO " > e.at"
	" AND json_extract(e.data, '$.before.holder') IS NOT NULL"},
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
	span_bind(q, &a->span);
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
	    "%sSELECT e.case_id FROM event e WHERE " IN_SHIFT
	    " AND %s" NOT_UNDONE "%s",
	    counts[row].of_team ? TEAMS : "", counts[row].test,
	    counts[row].of_team ? IN_TEAM : "");
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

/* Cases in the queue at a moment, and the age of each since its start. */
static void
backlog(const struct asking *a, enum period_end end, enum cq_figure figure)
{
	struct cq_figure_value *v = &a->out->at[figure];
	int64_t at = end == PERIOD_FROM ? a->from : a->to;
	const struct past *h = &a->past;

	for (int64_t id = 1; id <= h->n; id++) {
		int state = h->at[id].state[end] - 1;
		int64_t start_at;

		if (state < 0 || !cq_state_in_queue((enum cq_state)state))
			continue;
		start_at = past_start(h, id, AT_TIME(at));
		v->n++;
		v->ages[age_class(at - start_at)]++;
		v->states[state]++;
		add_case(v, id);
	}
	settle_cases(v);
}

/* --- lengths of time --------------------------------------------------- */

/* An act that ends a length of time, and the case that it counts for. */
struct ending {
	int64_t counted, case_id, event, at;
};

struct endings {
	struct ending *at;
	size_t n;
};

static enum cq_status
find_endings(const struct asking *a, const char *sql, struct endings *list)
{
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	bind(&q, a, true);
	while (db_row(&q)) {
		if ((list->n & (list->n - 1)) == 0)
			list->at = cq_grow(list->at,
			    list->n == 0 ? 1 : 2 * list->n, sizeof(*list->at));
		list->at[list->n++] = (struct ending){
		    .counted = db_int(&q, 0),
		    .case_id = db_int(&q, 0),
		    .event = db_int(&q, 1),
		    .at = db_int(&q, 2),
		};
	}
	rc = db_result(&q, a->err);
	db_finalize(&q);
	return rc;
}

/* From the earliest start of all that was joined into the case by then. */
static void
measure(const struct asking *a, enum cq_figure figure,
    const struct endings *list)
{
	struct cq_figure_value *v = &a->out->at[figure];
	int64_t *seconds =
	    cq_alloc((list->n == 0 ? 1 : list->n) * sizeof(*seconds));

	for (size_t i = 0; i < list->n; i++) {
		const struct ending *e = &list->at[i];
		int64_t start_at =
		    past_start(&a->past, e->case_id, AT_EVENT(e->event));

		seconds[i] = e->at > start_at ? e->at - start_at : 0;
		add_case(v, e->counted);
	}
	cq_report_times(v, seconds, list->n);
	free(seconds);
	settle_cases(v);
}

/* Had a case been claimed before an event, by a claim that stands? */
static enum cq_status
claimed_before(const struct asking *a, int64_t case_id, int64_t event,
    bool *yes)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM event e WHERE e.case_id = :id"
	    " AND e.id < :event AND e.kind IN ('take','steal')" NOT_UNDONE ")";
	struct db_stmt q;
	int64_t claimed = 0;
	enum cq_status rc;

	db_prepare(&q, a->store, sql);
	db_bind_int(&q, ":id", case_id);
	db_bind_int(&q, ":event", event);
	db_bind_int(&q, ":to", a->to);
	rc = db_one_int(&q, &claimed, a->err);
	*yes = claimed != 0;
	return rc;
}

/* Leaves the claims before which none was on the case or on its joined ones. */
static enum cq_status
keep_first(const struct asking *a, struct endings *list)
{
	enum cq_status rc = CQ_OK;
	size_t kept = 0;

	for (size_t i = 0; i < list->n && rc == CQ_OK; i++) {
		const struct ending e = list->at[i];
		bool claimed = false;
		size_t n = 0;
		int64_t *family =
		    past_family(&a->past, e.case_id, AT_EVENT(e.event), &n);

		for (size_t k = 0; k < n && !claimed && rc == CQ_OK; k++)
			rc = claimed_before(a, family[k], e.event, &claimed);
		free(family);
		if (!claimed)
			list->at[kept++] = e;
	}
	list->n = kept;
	return rc;
}

static enum cq_status
first_takes(const struct asking *a)
{
	static const char sql[] =
	    TEAMS "SELECT e.case_id, e.id, e.at FROM event e WHERE " IN_SHIFT
		  " AND e.kind IN ('take','steal')" NOT_UNDONE IN_TEAM;
	struct endings list = {0};
	enum cq_status rc = find_endings(a, sql, &list);

	if (rc == CQ_OK)
		rc = keep_first(a, &list);
	if (rc == CQ_OK)
		measure(a, CQ_FIG_FIRST_TAKE, &list);
	free(list.at);
	return rc;
}

static int
by_counted(const void *a, const void *b)
{
	const struct ending *x = a, *y = b;

	if (x->counted != y->counted)
		return (x->counted > y->counted) - (x->counted < y->counted);
	return (x->event > y->event) - (x->event < y->event);
}

/* The last resolve of a case, or of one that belongs to it at the end. */
static enum cq_status
resolutions(const struct asking *a)
{
	static const char sql[] =
	    TEAMS "SELECT e.case_id, e.id, e.at FROM event e WHERE " IN_SHIFT
		  " AND e.kind = 'resolve'" NOT_UNDONE IN_TEAM;
	struct endings list = {0};
	enum cq_status rc = find_endings(a, sql, &list);
	size_t kept = 0;

	for (size_t i = 0; i < list.n; i++)
		list.at[i].counted =
		    past_survivor(&a->past, list.at[i].case_id);
	if (list.n > 0)
		qsort(list.at, list.n, sizeof(*list.at), by_counted);
	for (size_t i = 0; i < list.n; i++)
		if (i + 1 == list.n ||
		    list.at[i].counted != list.at[i + 1].counted)
			list.at[kept++] = list.at[i];
	list.n = kept;
	if (rc == CQ_OK)
		measure(a, CQ_FIG_RESOLUTION, &list);
	free(list.at);
	return rc;
}

/* --- people ------------------------------------------------------------ */

static enum cq_status
agents(const struct asking *a)
{
	/* lost: a colleague took over the claim, run out or not */
	static const char sql[] = TEAMS
	    ", lost(id, case_id, n, agent) AS (SELECT e.id, e.case_id,"
	    "  e.n, g.id FROM event e JOIN agent g"
	    "  ON g.name = json_extract(e.data, '$.before.holder')"
	    "  WHERE " IN_SHIFT " AND e.kind IN ('take','steal')),"
	    " did(agent, kind) AS (SELECT e.agent,"
	    "  CASE WHEN " GIVEN " THEN 'take' ELSE e.kind END"
	    "  FROM event e WHERE " IN_SHIFT " AND e.case_id > 0"
	    "  AND e.kind NOT IN ('open','post','edit')" NOT_UNDONE IN_TEAM
	    " UNION ALL SELECT e.agent, 'lost' FROM lost e"
	    "  WHERE true" NOT_UNDONE IN_TEAM ")"
	    " SELECT g.name, sum(d.kind = 'take'), sum(d.kind = 'note'),"
	    " sum(d.kind = 'resolve'), sum(d.kind = 'dismiss'),"
	    " sum(d.kind = 'release'), sum(d.kind = 'refuse'),"
	    " sum(d.kind = 'lost')"
	    " FROM did d JOIN agent g ON g.id = d.agent"
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
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM event WHERE case_id = 0"
	    " AND kind = 'agent' AND json_extract(data, '$.after.team') ="
	    " :team)";
	struct db_stmt q;
	int64_t known = 0;
	enum cq_status rc;

	if (a->team == NULL)
		return CQ_OK;
	db_prepare(&q, a->store, sql);
	db_bind_text(&q, ":team", a->team);
	rc = db_one_int(&q, &known, a->err);
	if (rc == CQ_OK && !known)
		rc = cq_fail(a->err, CQ_NOT_FOUND,
		    "nobody was ever in a team '%s'; see 'caseq agent list'",
		    a->team);
	return rc;
}

static enum cq_status
compute(struct asking *a)
{
	enum cq_status rc = check_team(a);

	if (rc == CQ_OK)
		rc = past_read(&a->past, a->store, a->from, a->to, a->err);
	for (size_t i = 0;
	     i < sizeof(counts) / sizeof(counts[0]) && rc == CQ_OK; i++)
		rc = count(a, i);
	if (rc != CQ_OK)
		return rc;
	backlog(a, PERIOD_FROM, CQ_FIG_BACKLOG_START);
	backlog(a, PERIOD_TO, CQ_FIG_BACKLOG_END);
	rc = first_takes(a);
	if (rc == CQ_OK)
		rc = resolutions(a);
	if (rc == CQ_OK)
		rc = agents(a);
	if (rc == CQ_OK)
		rc = gaps_between(a->store, a->from, a->to, &a->out->gaps,
		    a->err);
	if (rc == CQ_OK)
		rc = gaps_told_later(a->store, a->from, a->to,
		    &a->out->told_later, a->err);
	return rc;
}

enum cq_status
cq_store_report(struct cq_store *store, int64_t from_at, int64_t to_at,
    const char *team, struct cq_report *out, struct cq_err *err)
{
	struct asking a = {.store = store,
	    .from = from_at,
	    .to = to_at,
	    .team = team,
	    .out = out,
	    .err = err};
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
	rc = span_find(store, from_at, to_at, &a.span, err);
	if (rc == CQ_OK)
		rc = compute(&a);
	db_look_end(store);
	past_free(&a.past);
	if (rc != CQ_OK)
		cq_report_free(out);
	return rc;
}
