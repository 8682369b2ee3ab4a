#ifndef CQ_STORE_WORDROW_H
#define CQ_STORE_WORDROW_H

#include "core/store/db.h"
#include "core/normal.h"

/*
 * The rows of table word: how many posts have a word, and the newest of
 * them.  They are kept in memory while a batch of posts comes in, and
 * written once at its end.  They stay there for the next batch unless
 * another process has written meanwhile.
 */

/* Posts with this word; key 0 counts all posts. */
int64_t words_count(struct cq_store *store, uint64_t key);

/* The newest posts with this word, newest first; returns how many. */
size_t words_posts(struct cq_store *store, uint64_t key, int64_t *ids,
    size_t max);

/* A new post has these words and marks.  words_flush() must follow in time. */
void words_add(struct cq_store *store, const struct cq_normal *normal,
    int64_t post_id);

/* Writes what was added; fails too if a look-up before it failed. */
enum cq_status words_flush(struct cq_store *store, struct cq_err *err);

/* Is what is kept that of a queue with so many posts? */
bool words_fit(const struct cq_store *store, int64_t n_posts);

/* Forgets all: the transaction was given up, or others have written. */
void words_forget(struct cq_store *store);

#endif
