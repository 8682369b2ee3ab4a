#ifndef CQ_NORMAL_H
#define CQ_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/words.h"

#define CQ_MARKS_MAX 4

/* How a text ends that somebody or something cut. */
enum cq_cut {
	CQ_CUT_NOT,
	CQ_CUT_MAYBE, /* "...": people also write so */
	CQ_CUT_SURE   /* an ellipsis sign, or "[...]" */
};

/*
 * A text reduced to what makes it the same complaint: tags of HTML
 * dropped, Unicode NFKC and case folding (utf8proc), marks, URLs, mentions,
 * "RT @x:" and "via @x" set aside, punctuation and emoji dropped, words
 * parted by one space.  In a script without spaces, two letters count as a
 * word, and one letter as two: it says as much.  In one of these that writes
 * each sound (Thai, Lao, Burmese, Khmer) four letters count as a word.
 */
struct cq_normal {
	char *text;	/* the reduced words; owned, free with cq_normal_free */
	bool shortened; /* text is only those of words */
	uint64_t key;	/* hash of text; equal texts have equal keys */
	int n_words;
	int n_letters;
	char *original; /* name after RT/via, or NULL; owned */
	int n_comment;	/* words in front of RT: the author's own */
	enum cq_cut cut;
	struct cq_words words; /* the first of them, one by one */
	size_t n_uncut;	       /* of words: those before a cut, or all */
	unsigned langs;	       /* what they sound like; cq_lexicon_guess() */

	/* links and mentions, which are no words: keys like a word's, odd
	 * for whom it is addressed to: mentions before the first word */
	uint64_t marks[CQ_MARKS_MAX];
	size_t n_marks;
	unsigned named; /* marks that are mentions among the words, as bits */
};

/* Linear time in the length of text; text is raw UTF-8 or broken UTF-8. */
struct cq_normal cq_normalise(const char *text);

/*
 * Leaves of a text only the words that are compared, to keep it in little
 * memory.  The rest is then known by key and counts alone.
 */
void cq_normal_shorten(struct cq_normal *normal);

/* Have both the same text? */
bool cq_normal_same(const struct cq_normal *a, const struct cq_normal *b);

void cq_normal_free(struct cq_normal *normal);

#endif
