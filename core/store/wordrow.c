#include "core/store/wordrow.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

/* Rows in memory between two batches; about 80 bytes each. */
#define KEPT_MAX 100000
#define BYTES_MAX (CQ_POSTS_OF_WORD * 10)

struct row {
	uint64_t key; /* 0: no row here */
	int64_t *ids; /* newest first */
	uint32_t n;   /* posts */
	uint8_t n_ids, cap;
	bool dirty, stored;
};

struct word_rows {
	struct row *at; /* open addressing, a power of two */
	size_t cap, n;
	uint64_t *dirty; /* keys, in the order they became so */
	size_t n_dirty, dirty_cap;
	struct row all; /* of all posts */
	bool all_known;
	int rc; /* first failure, an SQLite code */
};

static struct word_rows *
rows_of(struct cq_store *store)
{
	struct word_rows *w = store->words;

	if (w != NULL)
		return w;
	w = cq_alloc(sizeof(*w));
	w->cap = 1024;
	w->at = cq_alloc(w->cap * sizeof(*w->at));
	store->words = w;
	return w;
}

void
words_forget(struct cq_store *store)
{
	struct word_rows *w = store->words;

	if (w == NULL)
		return;
	for (size_t i = 0; i < w->cap; i++)
		free(w->at[i].ids);
	free(w->at);
	free(w->dirty);
	free(w);
	store->words = NULL;
}

bool
words_fit(const struct cq_store *store, int64_t n_posts)
{
	const struct word_rows *w = store->words;

	return w == NULL || (w->all_known && w->all.n == n_posts);
}

static struct row *
slot(const struct word_rows *w, uint64_t key)
{
	size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (i &= w->cap - 1; w->at[i].key != 0 && w->at[i].key != key;)
		i = (i + 1) & (w->cap - 1);
	return &w->at[i];
}

static void
grow(struct word_rows *w)
{
	struct row *old = w->at;
	size_t cap = w->cap;

	w->cap = cap * 2;
	w->at = cq_alloc(w->cap * sizeof(*w->at));
	for (size_t i = 0; i < cap; i++)
		if (old[i].key != 0)
			*slot(w, old[i].key) = old[i];
	free(old);
}

/*
 * Ids as they are stored: the newest, then how much older each next one is;
 * seven bits a byte, low ones first, the high bit says that more follow.
 */
static size_t
pack(const struct row *r, unsigned char *out)
{
	size_t n = 0;
	int64_t last = 0;

	for (size_t i = 0; i < r->n_ids; i++) {
		uint64_t v = (uint64_t)(i == 0 ? r->ids[0] : last - r->ids[i]);

		for (; v >= 0x80; v >>= 7)
			out[n++] = (unsigned char)(v | 0x80);
		out[n++] = (unsigned char)v;
		last = r->ids[i];
	}
	return n;
}

static void
room_for(struct row *r, size_t n)
{
	if (n <= r->cap)
		return;
	while (r->cap < n)
		r->cap = r->cap == 0 ? 4 : r->cap * 2;
	if (r->cap > CQ_POSTS_OF_WORD)
		r->cap = CQ_POSTS_OF_WORD;
	r->ids = cq_grow(r->ids, r->cap, sizeof(*r->ids));
}

static void
unpack(struct row *r, const unsigned char *s, size_t n)
{
	int64_t last = 0;
	size_t i = 0;

	while (i < n && r->n_ids < CQ_POSTS_OF_WORD) {
		uint64_t v = 0;

		for (int shift = 0; i < n && shift < 63; shift += 7) {
			v |= (uint64_t)(s[i] & 0x7f) << shift;
			if ((s[i++] & 0x80) == 0)
				break;
		}
		last = r->n_ids == 0 ? (int64_t)v : last - (int64_t)v;
		room_for(r, (size_t)r->n_ids + 1);
		r->ids[r->n_ids++] = last;
	}
}

static void
load(struct cq_store *store, struct row *r)
{
	static const char sql[] = "SELECT n, posts FROM word WHERE key = :key";
	struct word_rows *w = store->words;
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":key", (int64_t)r->key);
	if (db_row(&q)) {
		r->stored = true;
		r->n = db_int(&q, 0);
		unpack(r, sqlite3_column_blob(q.s, 1),
		    (size_t)sqlite3_column_bytes(q.s, 1));
	}
	if (q.rc != SQLITE_OK && w->rc == SQLITE_OK)
		w->rc = q.rc;
	db_finalize(&q);
}

static struct row *
get(struct cq_store *store, uint64_t key)
{
	struct word_rows *w = rows_of(store);
	struct row *r;

	if (key == 0) {
		if (!w->all_known)
			load(store, &w->all);
		w->all_known = true;
		return &w->all;
	}
	r = slot(w, key);
	if (r->key == key)
		return r;
	if (w->n * 2 >= w->cap) {
		grow(w);
		r = slot(w, key);
	}
	w->n++;
	r->key = key;
	load(store, r);
	return r;
}

int64_t
words_count(struct cq_store *store, uint64_t key)
{
	return get(store, key)->n;
}

size_t
words_posts(struct cq_store *store, uint64_t key, int64_t *ids, size_t max)
{
	const struct row *r = get(store, key);
	size_t n = r->n_ids < max ? r->n_ids : max;

	if (n > 0)
		memcpy(ids, r->ids, n * sizeof(*ids));
	return n;
}

static void
set_dirty(struct word_rows *w, struct row *r)
{
	if (r->dirty)
		return;
	r->dirty = true;
	if (w->n_dirty == w->dirty_cap) {
		w->dirty_cap = w->dirty_cap == 0 ? 1024 : w->dirty_cap * 2;
		w->dirty = cq_grow(w->dirty, w->dirty_cap, sizeof(*w->dirty));
	}
	w->dirty[w->n_dirty++] = r->key;
}

static void
add_post(struct row *r, int64_t post_id)
{
	if (r->n_ids > 0 && r->ids[0] == post_id)
		return; /* the word stands twice in it */
	r->n++;
	if (r->n_ids < CQ_POSTS_OF_WORD) {
		if (r->n_ids == r->cap)
			room_for(r, (size_t)r->cap + 1);
		r->n_ids++;
	}
	memmove(r->ids + 1, r->ids, (size_t)(r->n_ids - 1) * sizeof(*r->ids));
	r->ids[0] = post_id;
}

static void
add_key(struct cq_store *store, uint64_t key, int64_t post_id)
{
	struct row *r = get(store, key);

	add_post(r, post_id);
	set_dirty(store->words, r);
}

void
words_add(struct cq_store *store, const struct cq_normal *normal,
    int64_t post_id)
{
	const struct cq_words *words = &normal->words;
	struct row *all = get(store, 0);

	all->n++;
	set_dirty(store->words, all);
	for (size_t i = 0; i < words->n; i++)
		add_key(store, words->at[i].key, post_id);
	for (size_t i = 0; i < normal->n_marks; i++)
		add_key(store, normal->marks[i], post_id);
}

static int
by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static enum cq_status
write_row(struct cq_store *store, struct row *r, struct cq_err *err)
{
	static const char add[] =
	    "INSERT INTO word (n, posts, key) VALUES (:n, :posts, :key)";
	static const char set[] =
	    "UPDATE word SET n = :n, posts = :posts WHERE key = :key";
	unsigned char bytes[BYTES_MAX];
	size_t n = pack(r, bytes);
	struct db_stmt q;

	if (r->stored)
		db_prepare(&q, store, set);
	else
		db_prepare(&q, store, add);
	db_bind_int(&q, ":n", r->n);
	if (n > 0)
		db_bind_blob(&q, ":posts", bytes, (int)n);
	db_bind_int(&q, ":key", (int64_t)r->key);
	r->stored = true;
	r->dirty = false;
	return db_run(&q, err);
}

enum cq_status
words_flush(struct cq_store *store, struct cq_err *err)
{
	struct word_rows *w = store->words;
	enum cq_status rc = CQ_OK;

	if (w == NULL)
		return CQ_OK;
	if (w->rc != SQLITE_OK)
		rc = db_fail(store, w->rc, err);
	/* in the order of the file: each page is touched once */
	if (w->n_dirty > 0)
		qsort(w->dirty, w->n_dirty, sizeof(*w->dirty), by_key);
	for (size_t i = 0; i < w->n_dirty && rc == CQ_OK; i++)
		rc = write_row(store, get(store, w->dirty[i]), err);
	w->n_dirty = 0;
	if (rc != CQ_OK || w->n > (size_t)KEPT_MAX >> store->lean)
		words_forget(store);
	return rc;
}
