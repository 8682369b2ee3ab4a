#include "core/store/generation.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/store/likes.h"

/*
 * The words of a post are those that it had when it was taken in.  An edit
 * is not followed: what is compared is the text as it stands now, so an old
 * word in the index can only cost a look.
 */

/* A batch takes no more posts after this: it is soon to be written. */
#define COMPARE_MS 20

static enum cq_status
count_more(struct cq_store *store, uint64_t key, int64_t n, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO search_word (key, n) VALUES (:key, :n)"
	    " ON CONFLICT (key) DO UPDATE SET n = n + excluded.n";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":key", (int64_t)key);
	db_bind_int(&q, ":n", n);
	return db_run(&q, err);
}

/*
 * Most words are met once and never again: these have no row, as the index
 * itself knows that they are there.  Asked before the post's words are in it.
 */
static enum cq_status
count_word(struct cq_store *store, const struct cq_like_text *text,
    const struct cq_like_word *word, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE search_word SET n = n + 1 WHERE key = :key";
	struct db_stmt q;
	int failed = SQLITE_OK;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":key", (int64_t)word->key);
	rc = db_run(&q, err);
	if (rc != CQ_OK || sqlite3_changes64(store->db) > 0)
		return rc;
	if (search_has(store, text, word, &failed))
		return count_more(store, word->key, 2, err);
	return failed == SQLITE_OK ? CQ_OK : db_fail(store, failed, err);
}

static enum cq_status
add_words(struct cq_store *store, const struct search_post *post, bool to_b,
    struct cq_err *err)
{
	static const char a[] =
	    "INSERT INTO search (rowid, words) VALUES (:post, :words)";
	static const char b[] =
	    "INSERT INTO search_b (rowid, words) VALUES (:post, :words)";
	const struct cq_like_text *text = &post->text;
	struct cq_buf words = {0};
	struct db_stmt q;
	enum cq_status rc = count_more(store, text->brand, 1, err);

	if (rc == CQ_OK)
		rc = count_more(store, text->sizes, (int64_t)text->length, err);
	for (size_t i = 0; i < text->n && rc == CQ_OK; i++) {
		cq_like_token(text, &text->at[i], &words);
		cq_buf_char(&words, ' ');
		rc = count_word(store, text, &text->at[i], err);
	}
	if (rc == CQ_OK && words.n > 0) {
		if (to_b)
			db_prepare(&q, store, b);
		else
			db_prepare(&q, store, a);
		db_bind_int(&q, ":post", post->id);
		db_bind_text(&q, ":words", words.s);
		rc = db_run(&q, err);
	}
	cq_buf_free(&words);
	return rc;
}

static enum cq_status
add_post(struct cq_store *store, const struct search_post *post,
    struct generation *g, struct cq_err *err)
{
	enum cq_status rc = generation_take(store, g, post, err);

	if (rc == CQ_OK && !post->own)
		rc = add_words(store, post, g->b, err);
	return rc == CQ_OK ? likes_add(store, post, err) : rc;
}

static enum cq_status
searched(struct cq_store *store, int64_t *post, struct cq_err *err)
{
	static const char sql[] = "SELECT searched FROM queue";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	return db_one_int(&q, post, err);
}

/* Another process may have taken the same posts meanwhile: *n is by whom. */
static enum cq_status
write_batch(const struct search_batch *b, int64_t *n, struct cq_err *err)
{
	static const char set[] = "UPDATE queue SET searched = :post";
	struct db_stmt q;
	struct generation g;
	int64_t now_at = 0;
	enum cq_status rc = searched(b->store, &now_at, err);

	if (rc != CQ_OK)
		return rc;
	*n = now_at - b->from;
	if (*n != 0)
		return CQ_OK;
	rc = generation_read(b->store, &g, err);
	for (size_t i = 0; i < b->n && rc == CQ_OK; i++)
		rc = add_post(b->store, &b->at[i], &g, err);
	if (rc == CQ_OK)
		rc = generation_write(b->store, &g, err);
	if (rc == CQ_OK)
		rc = generation_forget(b->store, &g, err);
	*n = (int64_t)b->n;
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, b->store, set);
	db_bind_int(&q, ":post", b->at[b->n - 1].id);
	return db_run(&q, err);
}

/* The first post behind after; *found is false if there is none. */
static enum cq_status
read_post(struct cq_store *store, int64_t after, struct search_post *post,
    bool *found, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, source, case_id, text, brand, own, rule = :first,"
	    " coalesce(min(created_at, seen_at), seen_at)"
	    " FROM post WHERE id > :after ORDER BY id LIMIT 1";
	struct db_stmt q;
	enum cq_status rc;

	*post = (struct search_post){0};
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":after", after);
	db_bind_text(&q, ":first", cq_rule_name(CQ_RULE_FIRST));
	*found = db_row(&q);
	if (*found) {
		post->id = db_int(&q, 0);
		post->source = db_int(&q, 1);
		post->case_id = db_int(&q, 2);
		post->text = cq_like_read(db_str(&q, 3), db_text(&q, 4));
		post->own = db_int(&q, 5) != 0;
		post->first = db_int(&q, 6) != 0;
		post->at = db_int(&q, 7);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static int64_t
milliseconds(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum cq_status
read_batch(struct search_batch *b, int max, struct cq_err *err)
{
	int64_t end_ms = milliseconds() + COMPARE_MS, after;
	struct search_post *post;
	enum cq_status rc = searched(b->store, &b->from, err);
	bool more = true;

	after = b->from;
	/* one at least, however slow: none would mean that there is none */
	while (rc == CQ_OK && b->n < SEARCH_BATCH && (int)b->n < max &&
	    (b->n == 0 || milliseconds() < end_ms)) {
		post = &b->at[b->n];
		rc = read_post(b->store, after, post, &more, err);
		if (rc != CQ_OK || !more)
			break;
		if (post->first && !post->own)
			rc = search_compare(b, post, err);
		after = post->id;
		b->n++;
	}
	return rc;
}

static void
free_batch(struct search_batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		cq_like_free(&b->at[i].text);
}

enum cq_status
cq_store_search_step(struct cq_store *store, int max, int64_t *n,
    struct cq_err *err)
{
	struct search_batch b = {.store = store};
	enum cq_status rc = db_look(store, err);

	*n = 0;
	if (rc != CQ_OK)
		return rc;
	rc = read_batch(&b, max, err);
	db_look_end(store);
	if (rc == CQ_OK && b.n > 0)
		rc = db_begin(store, DB_NORMAL, err);
	if (rc == CQ_OK && b.n > 0)
		rc = db_end(store, write_batch(&b, n, err), err);
	if (rc != CQ_OK)
		*n = 0;
	free_batch(&b);
	return rc;
}

enum cq_status
cq_store_search_behind(struct cq_store *store, int64_t *n, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT coalesce((SELECT max(id) FROM post), 0) - searched"
	    " FROM queue";
	struct db_stmt q;
	enum cq_status rc;

	*n = 0;
	rc = db_own(store, err);
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	return db_one_int(&q, n, err);
}

enum cq_status
cq_store_suggestions_map(struct cq_store *store, cq_suggestions_fn fn,
    void *arg, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT s.name, p.remote_id, g.rank, o.case_id, g.rule FROM ("
	    " SELECT post, other, rank, rule FROM suggestion UNION ALL"
	    " SELECT l.post, e.other, e.rank, 'like' FROM " LIKENESS
	    "  WHERE NOT e.back AND " NOT_JUDGED
	    ") g JOIN post p ON p.id = g.post"
	    " JOIN source s ON s.id = p.source"
	    " JOIN post o ON o.id = g.other ORDER BY g.post, g.rank";
	struct db_stmt q;
	enum cq_rule rule;
	bool more = true;
	enum cq_status rc = db_own(store, err);

	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	while (more && db_row(&q)) {
		struct raw_text source = db_raw(&q, 0), id = db_raw(&q, 1);

		rule = CQ_RULE_LIKE;
		(void)cq_rule_parse(db_str(&q, 4), &rule);
		more = fn(arg, source, id, (int)db_int(&q, 2),
		    case_root(store, db_int(&q, 3)), rule);
		raw_free(&source);
		raw_free(&id);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}
