#ifndef CQ_NORMAL_H
#define CQ_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/words.h"

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
 * word, and one letter as two: it says as much.
 */
struct cq_normal {
	char *text;   /* the reduced words; owned, free with cq_normal_free */
	uint64_t key; /* hash of text; equal texts have equal keys */
	int n_words;
	int n_letters;
	char *original; /* name after RT/via, or NULL; owned */
	enum cq_cut cut;
	struct cq_words words; /* the first of them, one by one */
};

/* Linear time in the length of text; text is raw UTF-8 or broken UTF-8. */
struct cq_normal cq_normalise(const char *text);
void cq_normal_free(struct cq_normal *normal);

#endif
