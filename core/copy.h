#ifndef CQ_COPY_H
#define CQ_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/normal.h"

/*
 * Is one text a copy of the other?  The words are aligned (longest common
 * subsequence, where a misspelt word counts nearly as much), and guards
 * look at what differs: likeness alone joins "flight 123 is late" with
 * "flight 456 is late".
 */

/* What keeps two like texts apart; each can be switched off by a test. */
enum cq_guard {
	CQ_GUARD_NONE,
	CQ_GUARD_LITTLE,     /* too few words or letters in common */
	CQ_GUARD_BITS,	     /* only common words in common */
	CQ_GUARD_IDENT,	     /* other numbers, days, months */
	CQ_GUARD_IDENT_ONE,  /* a number, day or month in one only */
	CQ_GUARD_NEGATION,   /* "not" in one only */
	CQ_GUARD_REPLACED,   /* a word stands for another */
	CQ_GUARD_INSERTED,   /* words in between that say something */
	CQ_GUARD_TYPOS,	     /* too many slips */
	CQ_GUARD_BEGINNINGS, /* each begins in its own way */
	CQ_GUARD_ENDINGS,    /* each ends in its own way */
	CQ_GUARD_AROUND,     /* one begins, one ends in its own way */
	CQ_GUARD_COVER,	     /* too small a part in common */
	CQ_GUARD_LONGER,     /* one is much longer, or both too long */
	CQ_N_GUARDS
};
const char *cq_guard_name(enum cq_guard guard); /* "ident" */

/* How many posts there are, and how many of them have a word. */
struct cq_word_counts {
	int64_t (*of)(void *arg, uint64_t key);
	void *arg;
	int64_t n_posts;
};

/* Bits that one word tells; see limits.h. */
double cq_bits(const struct cq_word_counts *counts, const struct cq_word *word);
/* Of all words of a text. */
double cq_bits_all(const struct cq_word_counts *counts,
    const struct cq_words *words);

/* Of the links and mentions that both texts have; see limits.h. */
double cq_bits_marks(const struct cq_word_counts *counts,
    const struct cq_normal *a, const struct cq_normal *b);

struct cq_side {
	const struct cq_normal *normal;
	const char *lang; /* BCP 47, or NULL */
};

struct cq_copy {
	bool copy;
	bool alike;	     /* a person should look at it */
	enum cq_guard guard; /* what keeps them apart, if not a copy */
	int same, of, typos; /* words the same, of the shorter text */
	int bits;	     /* of the same words */
	int score;	     /* likeness, of 1000 */
	char why[160];	     /* "21 of 21 words the same, 2 spelling ..." */
};

/*
 * known  the author is the same, or one names the other's as its original
 * off    guards that do not count, as bits (1u << CQ_GUARD_BITS); 0
 */
void cq_copy_compare(const struct cq_side *a, const struct cq_side *b,
    bool known, const struct cq_word_counts *counts, unsigned off,
    struct cq_copy *out);

#endif
