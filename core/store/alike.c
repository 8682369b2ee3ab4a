#include <stdlib.h>

#include "core/alloc.h"
#include "core/store/policy.h"
#include "core/store/search.h"

/* Holds one post against those that share telling words with it. */

/* A power of two; about 1 KiB each. */
#define SLOTS 2048

/* A text that was compared before. */
struct kept_text {
	int64_t post, revision;
	uint64_t used; /* the comparison that used it last */
	struct cq_like_text text;
};

struct like_cache {
	struct kept_text slots[SLOTS];
	uint64_t n_compared;
};

struct compare {
	struct cq_store *store;
	const struct search_batch *batch;
	struct search_post *post;
	int64_t case_id; /* the survivor */
	bool some_apart; /* somebody said that its case is not another */
	struct cq_like_counts counts;
	const struct cq_like_text *counted; /* whose words are asked for */

	/* the first n_shown are suggested already, by other rules */
	struct cq_like_found found[CQ_SUGGESTIONS + CQ_LIKE_COMPARED];
	size_t n_shown, n_found;
	int rc; /* first failure of a look-up, an SQLite code */
};

static void
note_failure(struct compare *c, const struct db_stmt *q)
{
	if (c->rc == SQLITE_OK)
		c->rc = q->rc;
}

/* --- texts ------------------------------------------------------------- */

void
search_forget(struct cq_store *store)
{
	for (size_t i = 0; store->likes != NULL && i < SLOTS; i++)
		cq_like_free(&store->likes->slots[i].text);
	free(store->likes);
	store->likes = NULL;
}

/*
 * The text of a row of q: id, text, brand, revision.  It stays there until
 * the comparison ends.
 */
static struct cq_like_text *
text_of(struct compare *c, struct db_stmt *q, struct cq_like_found *f)
{
	int64_t post = db_int(q, 0), revision = db_int(q, 3);
	struct kept_text *k =
	    &c->store->likes->slots[(uint64_t)post & (SLOTS - 1)];

	if (k->post != post || k->revision != revision) {
		if (k->used == c->store->likes->n_compared) {
			/* another of this comparison has the place */
			f->own = cq_alloc(sizeof(*f->own));
			*f->own = cq_like_read(db_str(q, 1), db_text(q, 2));
			return f->own;
		}
		cq_like_free(&k->text);
		k->text = cq_like_read(db_str(q, 1), db_text(q, 2));
		k->post = post;
		k->revision = revision;
	}
	k->used = c->store->likes->n_compared;
	return &k->text;
}

/* --- words ------------------------------------------------------------- */

static bool
has_word(const struct cq_like_text *text, uint64_t key)
{
	return cq_like_find(text, key) < text->n;
}

static void
bind_word(struct db_stmt *q, const struct cq_like_text *text,
    const struct cq_like_word *word)
{
	struct cq_buf token = {0};

	cq_buf_char(&token, '"'); /* a word holds none itself */
	cq_like_token(text, word, &token);
	cq_buf_char(&token, '"');
	db_bind_text(q, ":word", token.s);
	cq_buf_free(&token);
}

bool
search_has(struct cq_store *store, const struct cq_like_text *text,
    const struct cq_like_word *word, int *rc)
{
	static const char sql[] =
	    "SELECT 1 FROM search WHERE search MATCH :word UNION ALL"
	    " SELECT 1 FROM search_b WHERE search_b MATCH :word LIMIT 1";
	struct db_stmt q;
	bool has;

	db_prepare(&q, store, sql);
	bind_word(&q, text, word);
	has = db_row(&q);
	if (q.rc != SQLITE_OK && *rc == SQLITE_OK)
		*rc = q.rc;
	db_finalize(&q);
	return has;
}

/* Posts in the index with a word; what has no row is in one post or none. */
static int64_t
count_stored(struct compare *c, uint64_t key)
{
	static const char sql[] = "SELECT n FROM search_word WHERE key = :key";
	size_t i = cq_like_find(c->counted, key);
	struct db_stmt q;
	int64_t n = 0;
	bool stored;

	db_prepare(&q, c->store, sql);
	db_bind_int(&q, ":key", (int64_t)key);
	stored = db_row(&q);
	if (stored)
		n = db_int(&q, 0);
	note_failure(c, &q);
	db_finalize(&q);
	if (!stored && i < c->counted->n)
		n = search_has(c->store, c->counted, &c->counted->at[i],
		    &c->rc);
	return n;
}

/* Posts with a word: those in the index, and those about to be. */
static int64_t
count(void *arg, uint64_t key)
{
	struct compare *c = arg;
	const struct search_post *p = c->batch->at;
	int64_t n = count_stored(c, key);

	for (size_t i = 0; i < c->batch->n; i++, p++) {
		if (p->own)
			continue;
		n += key == p->text.brand || has_word(&p->text, key);
		if (key == p->text.sizes)
			n += (int64_t)p->text.length;
	}
	return n;
}

static void
weigh(struct compare *c, struct cq_like_text *text)
{
	c->counted = text;
	cq_like_weigh(text, &c->counts);
}

static void
set_counts(struct compare *c)
{
	const struct cq_like_text *text = &c->post->text;

	c->counted = text;
	c->counts = (struct cq_like_counts){.of = count, .arg = c};
	c->counts.n_posts = count(c, text->brand);
	if (c->counts.n_posts > 0)
		c->counts.mean_length =
		    (double)count(c, text->sizes) / (double)c->counts.n_posts;
}

static size_t
posts_in_batch(const struct compare *c, const struct cq_like_word *word,
    struct cq_like_vote *votes)
{
	const struct search_post *p = c->batch->at;
	size_t n = 0;

	for (size_t i = 0; i < c->batch->n; i++, p++)
		if (!p->own && has_word(&p->text, word->key))
			votes[n++] = (struct cq_like_vote){p->id, word->weight};
	return n;
}

/* The newest posts with a word, as votes; returns how many. */
static size_t
posts_with(struct compare *c, const struct cq_like_word *word,
    struct cq_like_vote *votes)
{
	static const char sql[] =
	    "SELECT rowid FROM search WHERE search MATCH :word UNION ALL"
	    " SELECT rowid FROM search_b WHERE search_b MATCH :word"
	    " ORDER BY 1 DESC LIMIT :max";
	struct db_stmt q;
	size_t n = posts_in_batch(c, word, votes);

	db_prepare(&q, c->store, sql);
	bind_word(&q, &c->post->text, word);
	db_bind_int(&q, ":max", (int64_t)(CQ_LIKE_POSTS - n));
	while (n < CQ_LIKE_POSTS && db_row(&q))
		votes[n++] = (struct cq_like_vote){db_int(&q, 0), word->weight};
	note_failure(c, &q);
	db_finalize(&q);
	return n;
}

/* All posts that share telling words with this one, best first; free it. */
static struct cq_like_vote *
candidates(struct compare *c, size_t *n)
{
	const struct cq_like_word *words[CQ_LIKE_WORDS];
	size_t n_words = cq_like_ask(&c->post->text, words, CQ_LIKE_WORDS);
	struct cq_like_vote *votes =
	    cq_alloc((n_words * CQ_LIKE_POSTS + 1) * sizeof(*votes));

	*n = 0;
	for (size_t i = 0; i < n_words; i++)
		*n += posts_with(c, words[i], votes + *n);
	*n = cq_like_tally(votes, *n);
	return votes;
}

/* --- cases ------------------------------------------------------------- */

/* Is a case worked on, or was it until lately? */
static bool
case_open(struct compare *c, int64_t case_id, int64_t closed_within_s)
{
	static const char sql[] =
	    "SELECT grp < 2 OR closed_at > :since FROM cases WHERE id = :id";
	struct db_stmt q;
	bool open;

	db_prepare(&q, c->store, sql);
	db_bind_int(&q, ":id", case_id);
	db_bind_int(&q, ":since", db_now(c->store) - closed_within_s);
	open = db_row(&q) && db_int(&q, 0) != 0;
	note_failure(c, &q);
	db_finalize(&q);
	return open;
}

/* May a post of this case be compared? */
static bool
fits(struct compare *c, int64_t case_id)
{
	int n = 0;

	if (case_id == c->case_id || case_id == 0)
		return false;
	for (size_t i = 0; i < c->n_found; i++) {
		if (c->found[i].case_id != case_id)
			continue;
		if (i < c->n_shown || ++n == CQ_LIKE_OF_CASE)
			return false;
	}
	if (n > 0) /* what follows was asked for another post of it */
		return true;
	return case_open(c, case_id, CQ_LIKE_WINDOW_S) &&
	    !(c->some_apart &&
		cases_apart(c->store, c->case_id, case_id, &c->rc));
}

/* --- posts ------------------------------------------------------------- */

/* Takes the post of the row of q in. */
static void
keep(struct compare *c, struct db_stmt *q, int64_t case_id)
{
	struct cq_like_found *f = &c->found[c->n_found++];

	f->post_id = db_int(q, 0);
	f->case_id = case_id;
	f->text = text_of(c, q, f);
}

#define POST_COLUMNS                                       \
	"p.id, p.text, p.brand, p.n_revisions, p.case_id," \
	" coalesce(min(p.created_at, p.seen_at), p.seen_at) FROM"

static void
look_at(struct compare *c, int64_t post)
{
	static const char sql[] =
	    "SELECT " POST_COLUMNS " post p WHERE p.id = :id";
	struct db_stmt q;
	int64_t case_id;

	db_prepare(&q, c->store, sql);
	db_bind_int(&q, ":id", post);
	if (db_row(&q) &&
	    (c->post->at - db_int(&q, 5) <= CQ_LIKE_WINDOW_S ||
		c->post->id - post <= CQ_LIKE_NEWEST)) {
		case_id = case_root(c->store, db_int(&q, 4));
		if (fits(c, case_id))
			keep(c, &q, case_id);
	}
	note_failure(c, &q);
	db_finalize(&q);
}

/* What other rules have suggested for this post stands before. */
static void
look_at_shown(struct compare *c)
{
	static const char sql[] =
	    "SELECT " POST_COLUMNS " suggestion s JOIN post p ON p.id = s.other"
	    " WHERE s.post = :post ORDER BY s.rank";
	struct db_stmt q;

	db_prepare(&q, c->store, sql);
	db_bind_int(&q, ":post", c->post->id);
	while (c->n_found < CQ_SUGGESTIONS && db_row(&q))
		keep(c, &q, case_root(c->store, db_int(&q, 4)));
	note_failure(c, &q);
	db_finalize(&q);
	c->n_shown = c->n_found;
}

static void
look_at_alike(struct compare *c)
{
	struct cq_like_vote *votes;
	size_t n;

	look_at_shown(c);
	c->some_apart = cases_apart(c->store, c->case_id, 0, &c->rc);
	votes = candidates(c, &n);
	for (size_t i = 0; i < n && i < CQ_LIKE_LOOKS &&
	     c->n_found < c->n_shown + CQ_LIKE_COMPARED && c->rc == SQLITE_OK;
	     i++)
		look_at(c, votes[i].post);
	free(votes);
}

static void
choose(struct compare *c)
{
	struct search_post *p = c->post;
	size_t n = cq_like_rank(&p->text, c->found, c->n_shown, c->n_found,
	    c->counts.mean_length, CQ_SUGGESTIONS);
	struct cq_like_found *f;
	int score;

	for (size_t i = c->n_shown; i < n; i++) {
		f = &c->found[i];
		weigh(c, f->text);
		score = cq_like_score(&p->text, f->text);
		if (score < CQ_LIKE_MIN)
			continue;
		p->alike[p->n_alike].other = f->post_id;
		p->alike[p->n_alike].rank = (int)(c->n_shown + p->n_alike + 1);
		p->alike[p->n_alike++].score = score;
	}
}

enum cq_status
search_compare(const struct search_batch *batch, struct search_post *post,
    struct cq_err *err)
{
	struct compare c = {
	    .store = batch->store, .batch = batch, .post = post};
	struct cq_policy policy;
	enum cq_status rc = policy_of(c.store, post->source, &policy, err);

	if (rc != CQ_OK || policy.mode[CQ_RULE_LIKE] == CQ_MODE_OFF)
		return rc;
	if (c.store->likes == NULL)
		c.store->likes = cq_alloc(sizeof(*c.store->likes));
	c.store->likes->n_compared++;
	c.case_id = case_root(c.store, post->case_id);
	if (!case_open(&c, c.case_id, 0))
		return CQ_OK;
	set_counts(&c);
	weigh(&c, &post->text);
	look_at_alike(&c);
	choose(&c);
	while (c.n_found > 0)
		cq_like_found_free(&c.found[--c.n_found]);
	return c.rc == SQLITE_OK ? CQ_OK : db_fail(c.store, c.rc, err);
}

/* Two texts as they stand now. */
static bool
read_pair(struct cq_store *store, int64_t post, int64_t other,
    struct cq_like_text *text, struct cq_like_text *other_text)
{
	static const char sql[] =
	    "SELECT p.text, p.brand, o.text, o.brand FROM post p, post o"
	    " WHERE p.id = :post AND o.id = :other";
	struct db_stmt q;
	bool found;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":post", post);
	db_bind_int(&q, ":other", other);
	found = db_row(&q);
	if (found) {
		*text = cq_like_read(db_str(&q, 0), db_text(&q, 1));
		*other_text = cq_like_read(db_str(&q, 2), db_text(&q, 3));
	}
	db_finalize(&q);
	return found;
}

char *
search_why(struct cq_store *store, int64_t post, int64_t other)
{
	static const struct search_batch nothing = {0};
	struct search_post p = {.id = post};
	struct compare c = {.store = store, .batch = &nothing, .post = &p};
	struct cq_like_text text;
	char *why = NULL;

	if (!read_pair(store, post, other, &p.text, &text))
		return NULL;
	set_counts(&c);
	weigh(&c, &p.text);
	weigh(&c, &text);
	if (c.rc == SQLITE_OK)
		why = cq_like_why(&p.text, &text);
	cq_like_free(&p.text);
	cq_like_free(&text);
	return why;
}
