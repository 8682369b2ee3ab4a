#include "core/store/likes.h"

#include <string.h>

#include "core/alloc.h"
#include "core/store/judge.h"

/*
 * A list: one byte with the rank of its first pair (high half) and how many
 * pairs there are (low half); then for each pair how much older the other
 * post is and its score above CQ_LIKE_MIN; then the later posts that are
 * like this one, oldest first, each by how much later it is than the one
 * before it.  Numbers have seven bits a byte, low ones first; the high bit
 * says that more follow.
 */
struct likes {
	int64_t post;
	size_t n, n_back;
	int rank; /* of the first pair */
	int64_t other[CQ_SUGGESTIONS], back[LIKES_BACK];
	int score[CQ_SUGGESTIONS];
};

#define NUMBER_MAX 10
#define LIST_MAX (1 + NUMBER_MAX * (2 * CQ_SUGGESTIONS + LIKES_BACK))

/* --- lists ------------------------------------------------------------- */

static size_t
put(unsigned char *out, int64_t value)
{
	uint64_t v = (uint64_t)value;
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (unsigned char)(v | 0x80);
	out[n++] = (unsigned char)v;
	return n;
}

/* False at the end of the list, or where it is damaged. */
static bool
get(const unsigned char **s, const unsigned char *end, int64_t *value)
{
	uint64_t v = 0;

	for (int shift = 0; *s < end && shift < 63; shift += 7) {
		v |= (uint64_t)(**s & 0x7f) << shift;
		if ((*(*s)++ & 0x80) == 0) {
			*value = (int64_t)(v & INT64_MAX);
			return true;
		}
	}
	return false;
}

static size_t
pack(const struct likes *l, unsigned char *out)
{
	int64_t last = l->post;
	size_t n = 0;

	out[n++] = (unsigned char)((unsigned)l->rank << 4 | (unsigned)l->n);
	for (size_t i = 0; i < l->n; i++) {
		n += put(out + n, l->post - l->other[i]);
		n += put(out + n, l->score[i] - CQ_LIKE_MIN);
	}
	for (size_t i = 0; i < l->n_back; i++) {
		n += put(out + n, l->back[i] - last);
		last = l->back[i];
	}
	return n;
}

/* Of a damaged list whatever can be read: it only ever suggests. */
static void
unpack(struct likes *l, int64_t post, const unsigned char *s, int bytes)
{
	const unsigned char *end = bytes > 0 ? s + bytes : s;
	int64_t v = 0, score = 0, last = post;
	size_t n = 0;

	l->post = post;
	l->n = l->n_back = 0;
	l->rank = 1;
	if (bytes <= 0)
		return;
	l->rank = *s >> 4;
	n = *s++ & 0xf;
	while (l->n < n && l->n < CQ_SUGGESTIONS && get(&s, end, &v) &&
	    get(&s, end, &score)) {
		l->other[l->n] = v < post ? post - v : 0;
		l->score[l->n++] =
		    score < 1000 ? (int)score + CQ_LIKE_MIN : 1000;
	}
	while (l->n == n && l->n_back < LIKES_BACK && get(&s, end, &v) &&
	    v < INT64_MAX - last) {
		last += v;
		l->back[l->n_back++] = last;
	}
}

/* --- like_each(list, post) ---------------------------------------------- */

enum column { OTHER, SCORE, RANK, BACK, LIST, POST };

struct cursor {
	sqlite3_vtab_cursor base;
	struct likes likes;
	size_t i;
};

static int
each_connect(sqlite3 *db, void *arg, int argc, const char *const *argv,
    sqlite3_vtab **out, char **err)
{
	int rc = sqlite3_declare_vtab(db,
	    "CREATE TABLE x(other, score, rank, back, list HIDDEN, post"
	    " HIDDEN)");

	(void)arg;
	(void)argc;
	(void)argv;
	(void)err;
	if (rc != SQLITE_OK)
		return rc;
	*out = sqlite3_malloc(sizeof(**out));
	if (*out == NULL)
		return SQLITE_NOMEM;
	memset(*out, 0, sizeof(**out));
	return SQLITE_OK;
}

static int
each_disconnect(sqlite3_vtab *tab)
{
	sqlite3_free(tab);
	return SQLITE_OK;
}

/* Both arguments must be known, or there is nothing to read. */
static int
each_best_index(sqlite3_vtab *tab, sqlite3_index_info *info)
{
	int found = 0;

	(void)tab;
	for (int i = 0; i < info->nConstraint; i++) {
		int column = info->aConstraint[i].iColumn;

		if (column < LIST || !info->aConstraint[i].usable ||
		    info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		info->aConstraintUsage[i].argvIndex = column - LIST + 1;
		info->aConstraintUsage[i].omit = 1;
		found |= 1 << (column - LIST);
	}
	if (found != 3)
		return SQLITE_CONSTRAINT;
	info->estimatedCost = 1;
	info->estimatedRows = CQ_SUGGESTIONS;
	return SQLITE_OK;
}

static int
each_open(sqlite3_vtab *tab, sqlite3_vtab_cursor **out)
{
	struct cursor *c = sqlite3_malloc(sizeof(*c));

	(void)tab;
	if (c == NULL)
		return SQLITE_NOMEM;
	memset(c, 0, sizeof(*c));
	*out = &c->base;
	return SQLITE_OK;
}

static int
each_close(sqlite3_vtab_cursor *base)
{
	sqlite3_free(base);
	return SQLITE_OK;
}

static int
each_filter(sqlite3_vtab_cursor *base, int number, const char *name, int argc,
    sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)base;

	(void)number;
	(void)name;
	c->i = 0;
	if (argc < 2)
		return SQLITE_ERROR;
	unpack(&c->likes, sqlite3_value_int64(argv[1]),
	    sqlite3_value_blob(argv[0]), sqlite3_value_bytes(argv[0]));
	return SQLITE_OK;
}

static int
each_next(sqlite3_vtab_cursor *base)
{
	((struct cursor *)base)->i++;
	return SQLITE_OK;
}

static int
each_eof(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	return c->i >= c->likes.n + c->likes.n_back;
}

static int
each_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
	struct cursor *c = (struct cursor *)base;
	const struct likes *l = &c->likes;
	bool back = c->i >= l->n;

	if (column == OTHER)
		sqlite3_result_int64(out,
		    back ? l->back[c->i - l->n] : l->other[c->i]);
	else if (column == BACK)
		sqlite3_result_int(out, back);
	else if (column == SCORE && !back)
		sqlite3_result_int(out, l->score[c->i]);
	else if (column == RANK && !back)
		sqlite3_result_int(out, l->rank + (int)c->i);
	return SQLITE_OK;
}

static int
each_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
	*id = (sqlite3_int64)((struct cursor *)base)->i;
	return SQLITE_OK;
}

/* Without xCreate it needs no row in the schema, and nobody can make one. */
static const sqlite3_module each = {
    .xConnect = each_connect,
    .xBestIndex = each_best_index,
    .xDisconnect = each_disconnect,
    .xOpen = each_open,
    .xClose = each_close,
    .xFilter = each_filter,
    .xNext = each_next,
    .xEof = each_eof,
    .xColumn = each_column,
    .xRowid = each_rowid,
};

int
likes_function(sqlite3 *db)
{
	return sqlite3_create_module(db, "like_each", &each, NULL);
}

/* --- rows --------------------------------------------------------------- */

static enum cq_status
load(struct cq_store *store, int64_t post, struct likes *l, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT list FROM likeness WHERE post = :post";
	struct db_stmt q;
	enum cq_status rc;

	unpack(l, post, NULL, 0);
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":post", post);
	if (db_row(&q))
		unpack(l, post, sqlite3_column_blob(q.s, 0),
		    sqlite3_column_bytes(q.s, 0));
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
save(struct cq_store *store, const struct likes *l, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO likeness (post, list) VALUES (:post, :list)"
	    " ON CONFLICT (post) DO UPDATE SET list = excluded.list";
	unsigned char list[LIST_MAX];
	size_t n = pack(l, list);
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":post", l->post);
	db_bind_blob(&q, ":list", list, (int)n);
	return db_run(&q, err);
}

/* The other one remembers who is like it. */
static enum cq_status
add_back(struct cq_store *store, int64_t post, int64_t later,
    struct cq_err *err)
{
	struct likes l;
	enum cq_status rc = load(store, post, &l, err);

	if (rc != CQ_OK || (l.n_back > 0 && l.back[l.n_back - 1] >= later))
		return rc;
	if (l.n_back == LIKES_BACK)
		memmove(l.back, l.back + 1, --l.n_back * sizeof(l.back[0]));
	l.back[l.n_back++] = later;
	return save(store, &l, err);
}

enum cq_status
likes_add(struct cq_store *store, const struct search_post *post,
    struct cq_err *err)
{
	struct likes l;
	enum cq_status rc;

	if (post->n_alike == 0)
		return CQ_OK;
	rc = load(store, post->id, &l, err);
	l.n = post->n_alike;
	l.rank = post->alike[0].rank;
	for (size_t i = 0; i < l.n; i++) {
		l.other[i] = post->alike[i].other;
		l.score[i] = post->alike[i].score;
	}
	if (rc == CQ_OK)
		rc = save(store, &l, err);
	for (size_t i = 0; i < l.n && rc == CQ_OK; i++)
		rc = add_back(store, l.other[i], l.post, err);
	return rc;
}

#define BETWEEN(from, to)                                                  \
	" SELECT l.post, e.other, e.rank, 'like', e.score, '', p.seen_at"  \
	" FROM post p CROSS JOIN " LIKENESS                                \
	" CROSS JOIN post o ON o.id = e.other WHERE l.post = p.id AND NOT" \
	" e.back AND p.case_id IN (SELECT id FROM " from ")"               \
	" AND o.case_id IN (SELECT id FROM " to ") AND " NOT_JUDGED
#define THERE BETWEEN("fa", "fb")
#define BACK_AGAIN BETWEEN("fb", "fa")

enum cq_status
likes_settle(struct verb *v, int64_t a, int64_t b, struct cq_err *err)
{
	static const char sql[] =
	    FAMILIES "INSERT INTO suggestion (post, other, rank, rule, score,"
		     " why, at) SELECT * FROM (" THERE " UNION ALL" BACK_AGAIN
		     ") ORDER BY 1, 3";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":a", a);
	db_bind_int(&q, ":b", b);
	return db_run(&q, err);
}

/* --- migration ---------------------------------------------------------- */

static enum cq_status
take_row(struct cq_store *store, struct search_post *post, struct db_stmt *q,
    struct cq_err *err)
{
	int64_t id = db_int(q, 0);
	enum cq_status rc = CQ_OK;

	if (id != post->id) {
		rc = likes_add(store, post, err);
		*post = (struct search_post){.id = id};
	}
	if (post->n_alike == CQ_SUGGESTIONS)
		return rc;
	post->alike[post->n_alike].other = db_int(q, 1);
	post->alike[post->n_alike].rank = (int)db_int(q, 2);
	post->alike[post->n_alike++].score = (int)db_int(q, 3);
	return rc;
}

/*
 * The newest row stays whatever it is, so that no number is given twice: the
 * log knows suggestions by their number.
 */
enum cq_status
migrate_likes(struct cq_store *store, struct cq_err *err)
{
	static const char take[] =
	    "SELECT post, other, rank, score FROM suggestion WHERE rule = "
	    "'like'"
	    " AND state = 'pending' AND id < (SELECT max(id) FROM suggestion)"
	    " ORDER BY post, rank";
	static const char drop[] =
	    "DELETE FROM suggestion WHERE rule = 'like' AND state = 'pending'"
	    " AND id < (SELECT max(id) FROM suggestion)";
	struct search_post post = {0};
	struct db_stmt q;
	enum cq_status rc = CQ_OK, read;

	db_prepare(&q, store, take);
	while (rc == CQ_OK && db_row(&q))
		rc = take_row(store, &post, &q, err);
	read = db_result(&q, rc == CQ_OK ? err : NULL);
	db_finalize(&q);
	if (rc == CQ_OK)
		rc = read;
	if (rc == CQ_OK)
		rc = likes_add(store, &post, err);
	return rc == CQ_OK ? db_exec(store, drop, err) : rc;
}
