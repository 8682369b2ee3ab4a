#include "core/store/row.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/*
 * Lists of cases: the query's terms become conditions, values are bound.
 * The groups of the queue are read one after the other, each in the order
 * of its index, from behind the row that was seen last.
 */

/* A value and the name it is bound by: :v0, :v1, ... */
struct bound {
	int64_t n;
	const char *text; /* or NULL: n */
};

struct where {
	struct cq_buf sql;
	bool few; /* a term names few cases: look those up, do not walk */
	bool few_overdue;
	struct bound at[256];
	size_t n;
	char **owned; /* patterns made here */
	size_t n_owned;
};

static void
value(struct where *w, struct bound b)
{
	if (w->n == sizeof(w->at) / sizeof(w->at[0]))
		return; /* cq_query_parse() allows fewer terms */
	cq_buf_fmt(&w->sql, ":v%zu", w->n);
	w->at[w->n++] = b;
}

static void
number(struct where *w, int64_t n)
{
	value(w, (struct bound){.n = n});
}

static void
text(struct where *w, const char *s)
{
	value(w, (struct bound){.text = s});
}

static void
compare(struct where *w, const char *column, const struct cq_term *t)
{
	cq_buf_fmt(&w->sql, "%s %s ", column, t->less ? "<" : ">");
	number(w, t->n);
}

/* The word somewhere in a text, with LIKE's own signs taken literally. */
static char *
pattern(struct where *w, const char *word)
{
	struct cq_buf b = {0};

	cq_buf_char(&b, '%');
	for (; *word != '\0'; word++) {
		if (strchr("%_\\", *word) != NULL)
			cq_buf_char(&b, '\\');
		cq_buf_char(&b, *word);
	}
	cq_buf_char(&b, '%');
	w->owned = cq_grow(w->owned, w->n_owned + 1, sizeof(*w->owned));
	w->owned[w->n_owned] = cq_buf_take(&b);
	return w->owned[w->n_owned++];
}

/* A condition on any post of the case, joined ones too. */
#define ANY_POST                                                              \
	"EXISTS (WITH RECURSIVE f(id) AS (SELECT c.id UNION SELECT j.id FROM" \
	" cases j JOIN f ON j.joined_into = f.id) SELECT 1 FROM f JOIN post"  \
	" p ON p.case_id = f.id "

/* What a post must be: kind of term, table to join, column. */
static const struct {
	enum cq_term_kind kind;
	const char *join, *column;
} post_columns[] = {
    {CQ_TERM_SOURCE, "JOIN source s ON s.id = p.source", "s.name"},
    {CQ_TERM_AUTHOR, "JOIN author a ON a.id = p.author", "a.handle"},
    {CQ_TERM_LANG, "", "p.lang"},
    {CQ_TERM_BRAND, "", "p.brand"},
};

static void
post_term(struct where *w, const struct cq_term *t)
{
	size_t i = 0;

	while (post_columns[i].kind != t->kind)
		i++;
	cq_buf_fmt(&w->sql, ANY_POST "%s WHERE %s = ", post_columns[i].join,
	    post_columns[i].column);
	text(w, t->text);
	cq_buf_str(&w->sql, ")");
}

static void
word_term(struct where *w, const struct cq_term *t)
{
	cq_buf_str(&w->sql, ANY_POST "WHERE p.text LIKE ");
	text(w, pattern(w, t->text));
	cq_buf_str(&w->sql, " ESCAPE '\\')");
}

/* A tag of a joined case counts too: from it up to the survivor. */
static void
tag_term(struct where *w, const struct cq_term *t)
{
	cq_buf_str(&w->sql,
	    "c.id IN (WITH RECURSIVE up(id, into_id) AS (SELECT t.id,"
	    " t.joined_into FROM tag g JOIN cases t ON t.id = g.case_id"
	    " WHERE g.tag = ");
	text(w, t->text);
	cq_buf_str(&w->sql,
	    " UNION SELECT j.id, j.joined_into FROM cases j JOIN up"
	    " ON j.id = up.into_id) SELECT id FROM up WHERE into_id IS NULL)");
}

static void
unclaimed_term(struct where *w, int64_t now)
{
	cq_buf_str(&w->sql,
	    "c.grp = 0 AND (c.holder IS NULL OR c.lease_until_at <= ");
	number(w, now);
	cq_buf_str(&w->sql, ")");
}

/* Overdue as cq_store_tick() marked them. */
static void
overdue_term(struct where *w, const struct cq_term *t)
{
	cq_buf_str(&w->sql,
	    w->few_overdue && !t->negated
		? "c.id IN (SELECT id FROM cases INDEXED BY cases_overdue"
		  " WHERE grp = 0 AND overdue = 1)"
		: "c.grp = 0 AND c.overdue = 1");
}

static int64_t
id_of(struct cq_store *store, const char *me)
{
	enum cq_role role;
	bool active;
	int64_t id = -1; /* nobody */

	if (me != NULL)
		agent_id(store, me, &id, &role, &active, NULL);
	return id;
}

/* Cases by an index on them, whatever the order of the queue. */
static void
among(struct where *w, const char *column, int64_t agent)
{
	cq_buf_fmt(&w->sql, "SELECT id FROM cases WHERE %s = ", column);
	number(w, agent);
}

static void
owner_term(struct where *w, int64_t agent, const struct cq_term *t)
{
	if (t->text == NULL) {
		cq_buf_str(&w->sql, "c.owner IS NOT NULL");
		return;
	}
	cq_buf_str(&w->sql, "c.id IN (");
	among(w, "owner", agent);
	cq_buf_str(&w->sql, ")");
}

static void
held_term(struct where *w, int64_t agent, const struct cq_term *t, int64_t now)
{
	cq_buf_str(&w->sql, "c.id IN (");
	if (t->text != NULL)
		among(w, "holder", agent);
	else
		cq_buf_str(&w->sql,
		    "SELECT id FROM cases WHERE holder IS NOT NULL");
	cq_buf_str(&w->sql, " AND lease_until_at > ");
	number(w, now);
	cq_buf_str(&w->sql, ")");
}

static void
mine_term(struct where *w, int64_t me, int64_t now)
{
	cq_buf_str(&w->sql, "c.id IN (");
	among(w, "owner", me);
	cq_buf_str(&w->sql, " UNION ");
	among(w, "holder", me);
	cq_buf_str(&w->sql, " AND lease_until_at > ");
	number(w, now);
	cq_buf_str(&w->sql, ")");
}

static void
incident_term(struct where *w, const struct cq_term *t)
{
	cq_buf_str(&w->sql, "c.id IN (");
	if (t->n != 0)
		among(w, "incident", t->n);
	else
		cq_buf_str(&w->sql,
		    "SELECT id FROM cases WHERE incident IS NOT NULL");
	cq_buf_str(&w->sql, ")");
}

static void
priority_term(struct where *w, const struct cq_store *store,
    const struct cq_term *t, int64_t now)
{
	/* the sum of a case that is all age, opened n points ago */
	struct cq_priority_facts zero = {.opened_at = now};
	int64_t key = cq_priority_key(&store->weights, &zero);

	if (t->n > INT32_MAX || t->n < INT32_MIN) /* no sum is so big */
		key = t->n > 0 ? INT64_MAX - 1000 : INT64_MIN;
	else
		key += t->n * 1000;

	cq_buf_fmt(&w->sql, "c.grp < 2 AND c.sort_key %s ",
	    t->less ? "<" : ">=");
	number(w, t->less ? key : key + 1000);
}

static void
term(struct where *w, struct cq_store *store, const struct cq_term *t,
    int64_t me, int64_t now)
{
	switch (t->kind) {
	case CQ_TERM_STATE:
		cq_buf_str(&w->sql, "c.state = ");
		text(w, cq_state_name((enum cq_state)t->n));
		break;
	case CQ_TERM_MINE:
		mine_term(w, me, now);
		break;
	case CQ_TERM_UNCLAIMED:
		unclaimed_term(w, now);
		break;
	case CQ_TERM_OVERDUE:
		overdue_term(w, t);
		break;
	case CQ_TERM_OWNER:
		owner_term(w, id_of(store, t->text), t);
		break;
	case CQ_TERM_HELD:
		held_term(w, id_of(store, t->text), t, now);
		break;
	case CQ_TERM_TAG:
		tag_term(w, t);
		break;
	case CQ_TERM_SOURCE:
	case CQ_TERM_AUTHOR:
	case CQ_TERM_LANG:
	case CQ_TERM_BRAND:
		post_term(w, t);
		break;
	case CQ_TERM_DUE:
		cq_buf_fmt(&w->sql, "c.due_at %s ", t->less ? "<" : ">");
		number(w, now + t->n);
		break;
	case CQ_TERM_AGE: /* older means opened earlier */
		cq_buf_fmt(&w->sql, "c.opened_at %s ", t->less ? ">" : "<");
		number(w, now - t->n);
		break;
	case CQ_TERM_REACH:
		compare(w, "c.reach", t);
		break;
	case CQ_TERM_POSTS:
		compare(w, "c.n_posts", t);
		break;
	case CQ_TERM_PRIORITY:
		priority_term(w, store, t, now);
		break;
	case CQ_TERM_RATING:
		cq_buf_str(&w->sql, "c.rating > 0 AND ");
		compare(w, "c.rating", t);
		break;
	case CQ_TERM_CASE:
		cq_buf_str(&w->sql, "c.id = ");
		number(w, t->n);
		break;
	case CQ_TERM_INCIDENT:
		incident_term(w, t);
		break;
	case CQ_TERM_WORD:
		word_term(w, t);
		break;
	}
}

/* Does the term name few cases, and an index that finds them? */
static bool
names_few(const struct where *w, const struct cq_term *t)
{
	if (t->negated)
		return false;
	if (t->kind == CQ_TERM_OVERDUE)
		return w->few_overdue;
	return t->kind == CQ_TERM_MINE || t->kind == CQ_TERM_HELD ||
	    t->kind == CQ_TERM_CASE || t->kind == CQ_TERM_TAG ||
	    t->kind == CQ_TERM_INCIDENT ||
	    (t->kind == CQ_TERM_OWNER && t->text != NULL);
}

/* Many overdue cases stand at the top anyway: walking finds them soon. */
#define FEW_OVERDUE 5000

static bool
are_few_overdue(struct cq_store *store)
{
	static const char sql[] = "SELECT n FROM counter WHERE key = 10";
	struct db_stmt q;
	int64_t n = 0;

	db_prepare(&q, store, sql);
	return db_one_int(&q, &n, NULL) == CQ_OK && n < FEW_OVERDUE;
}

static void
conditions(struct where *w, struct cq_store *store,
    const struct cq_query *query, int64_t me)
{
	int64_t now = db_now(store);

	for (size_t i = 0; query != NULL && i < query->n; i++) {
		const struct cq_term *t = &query->at[i];
		struct cq_term found = *t;

		if (t->kind == CQ_TERM_CASE) /* an old number leads on */
			found.n = case_root(store, t->n);
		w->few |= names_few(w, t);
		/* what is unknown does not hold; bare where an index helps */
		cq_buf_str(&w->sql,
		    names_few(w, t)  ? " AND ("
			: t->negated ? " AND NOT (coalesce("
				     : " AND (coalesce(");
		term(w, store, &found, me, now);
		cq_buf_str(&w->sql, names_few(w, t) ? ")" : ", 0))");
	}
}

static void
where_free(struct where *w)
{
	for (size_t i = 0; i < w->n_owned; i++)
		free(w->owned[i]);
	free(w->owned);
	cq_buf_free(&w->sql);
}

/* Rows of one group behind (key, id); adds to out until it has want. */
static enum cq_status
list_group(struct cq_store *store, const struct where *w, int group,
    const struct cq_after *after, size_t want, struct cq_cases *out,
    struct cq_err *err)
{
	struct cq_buf sql = {0};
	struct db_stmt q;
	char name[24];
	enum cq_status rc;

	/* "+": not by the index of the queue, few cases are sorted soon */
	cq_buf_fmt(&sql, ROW_COLUMNS "WHERE %sc.grp = :grp", w->few ? "+" : "");
	if (after != NULL)
		cq_buf_str(&sql,
		    " AND c.sort_key <= :key AND"
		    " (c.sort_key < :key OR c.id > :id)");
	if (w->sql.s != NULL)
		cq_buf_str(&sql, w->sql.s);
	cq_buf_str(&sql, " ORDER BY c.sort_key DESC, c.id LIMIT :limit");
	db_prepare_once(&q, store, sql.s);
	cq_buf_free(&sql);
	db_bind_int(&q, ":grp", group);
	db_bind_int(&q, ":limit", (int64_t)(want - out->n));
	if (after != NULL) {
		db_bind_int(&q, ":key", after->sort_key);
		db_bind_int(&q, ":id", after->id);
	}
	for (size_t i = 0; i < w->n; i++) {
		snprintf(name, sizeof(name), ":v%zu", i);
		if (w->at[i].text != NULL)
			db_bind_text(&q, name, w->at[i].text);
		else
			db_bind_int(&q, name, w->at[i].n);
	}
	while (db_row(&q)) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		row_read(store, &q, &out->at[out->n++]);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

enum cq_status
cq_store_list(struct cq_store *store, const struct cq_query *query,
    const char *me, const struct cq_after *after, int limit,
    struct cq_cases *out, struct cq_err *err)
{
	enum cq_scope scope = query == NULL ? CQ_SCOPE_QUEUE : query->scope;
	int first = scope == CQ_SCOPE_CLOSED ? 2 : 0;
	int last = scope == CQ_SCOPE_QUEUE ? 1 : 2;
	size_t want = (size_t)(limit > 0 ? limit : INT32_MAX - 1) + 1;
	struct where w = {0};
	enum cq_status rc;

	*out = (struct cq_cases){0};
	rc = db_look(store, err);
	if (rc != CQ_OK)
		return rc;
	w.few_overdue = are_few_overdue(store);
	conditions(&w, store, query, id_of(store, me));
	if (after != NULL && after->group > first)
		first = after->group;
	for (int g = first; g <= last && rc == CQ_OK && out->n < want; g++)
		rc = list_group(store, &w, g,
		    after != NULL && after->group == g ? after : NULL, want,
		    out, err);
	where_free(&w);
	db_look_end(store);
	if (rc != CQ_OK) {
		cq_cases_free(out);
		return rc;
	}
	out->more = out->n == want;
	if (out->more)
		cq_case_free(&out->at[--out->n]);
	return CQ_OK;
}
