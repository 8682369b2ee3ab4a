#ifndef CQ_STORE_SEARCH_H
#define CQ_STORE_SEARCH_H

#include "core/like.h"
#include "core/limits.h"
#include "core/store/verb.h"

/*
 * The word index and the suggestions by likeness that come out of it.
 *
 * It is kept up behind the cases: queue.searched is the last post that was
 * taken in.  Posts are taken a few at a time: they are compared while others
 * may write (alike.c), then all is written in one go (search.c).
 *
 * It is two, an older and a younger one: see generation.h.
 *
 * FTS5 only says which posts have a word (without places and texts, which
 * keeps it small); core/like.c ranks them, over the newest posts of each
 * word instead of over all of them, so that a post costs the same whatever
 * is stored.
 */
#define SEARCH_BATCH 16

/* A post that is taken in, and what it is like. */
struct search_post {
	int64_t id, source, case_id, at;
	bool own;   /* of our own accounts: left out */
	bool first; /* it opened its case */
	struct cq_like_text text;
	struct {
		int64_t other;
		int rank, score;
	} alike[CQ_SUGGESTIONS];
	size_t n_alike;
};

struct search_batch {
	struct cq_store *store;
	int64_t from; /* queue.searched when it was read */
	struct search_post at[SEARCH_BATCH];
	size_t n; /* before a post is in, it is compared with the others */
};

/* Fills post->alike, from the index and from the batch. */
enum cq_status search_compare(const struct search_batch *batch,
    struct search_post *post, struct cq_err *err);

/* Does any post have the word?  *rc: the first failure, an SQLite code. */
bool search_has(struct cq_store *store, const struct cq_like_text *text,
    const struct cq_like_word *word, int *rc);

/*
 * Why a post is like an earlier one, as the words weigh now; free it.  NULL
 * if one of them is not there, or cannot be read.
 */
char *search_why(struct cq_store *store, int64_t post, int64_t other);

/* What is kept of texts between batches; NULL is allowed. */
void search_forget(struct cq_store *store);

#endif
