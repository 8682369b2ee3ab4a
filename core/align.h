#ifndef CQ_ALIGN_H
#define CQ_ALIGN_H

#include "core/copy.h"

/* How the words of two texts fit, in order (used by copy.c). */

/* The words of one text that are compared. */
struct cq_line {
	const struct cq_word *at;
	size_t n;
	size_t n_tags; /* words behind these and a cut: hashtags */
	bool more;     /* the text has words beyond these */
	enum cq_cut cut;
	unsigned langs; /* see lexicon.h */
};

struct cq_pair {
	uint8_t a, b;	/* places of the words */
	uint8_t weight; /* 100 the same, 95 cut short, 90 misspelt */
};

struct cq_alignment {
	struct cq_pair pairs[CQ_WORDS_MAX];
	size_t n;
	int weight;
	int typos;
	bool in_a[CQ_WORDS_MAX], in_b[CQ_WORDS_MAX]; /* word is in a pair */
};

/*
 * Best alignment of a and b; at most CQ_WORDS_MAX words each.  known: both
 * are one author's words, or one names the other's author.
 */
void cq_align(const struct cq_line *a, const struct cq_line *b, bool known,
    const struct cq_word_counts *counts, struct cq_alignment *out);

/* Words with the same key in both, each counted once a side. */
size_t cq_align_shared(const struct cq_line *a, const struct cq_line *b);

/*
 * One slip of the finger, or two from five letters on: letters left out,
 * doubled, exchanged, or changed (optimal string alignment, Damerau 1964).
 * A word with a digit is never a misspelt other one.  Returns how many, or
 * -1 if they are two words.
 */
int cq_slips(const struct cq_word *a, const struct cq_word *b);

#endif
