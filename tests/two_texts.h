#ifndef TESTS_TWO_TEXTS_H
#define TESTS_TWO_TEXTS_H

#include "core/buf.h"
#include "core/copy.h"
#include "core/limits.h"

/* Two texts made of few words, for tests of core/copy.h. */

/* None is one of another misspelt, and no guard knows any. */
#define N_TEXT_WORDS 40
extern const char *const text_words[N_TEXT_WORDS];

/* Adds words from .. to - 1. */
void add_words(struct cq_buf *b, size_t from, size_t to);

/* Guards that do not count. */
#define OFF(guard) (1u << CQ_GUARD_##guard)

/* Every word is in n of so many posts; hashed: some are usual, some rare. */
struct counted {
	int64_t n, n_posts;
	bool hashed;
};
int64_t counted_word(void *counted, uint64_t key);
extern const struct counted all_rare;

struct cq_copy compare_texts(const struct counted *counted, const char *a,
    const char *b, bool known, unsigned off);

/* Both are freed by what is expected of them. */
struct two {
	struct cq_buf a, b;
};

/* One is a copy of the other; why is NULL or the sentence. */
void expect_copy(struct two *t, unsigned off, const char *why);
/* The guard speaks, and it alone. */
void expect_guard(struct two *t, enum cq_guard guard, unsigned off,
    const char *why);

#endif
