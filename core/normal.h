#ifndef CQ_NORMAL_H
#define CQ_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A text reduced to what makes it the same complaint: Unicode NFKC and
 * case folding (utf8proc), marks, URLs, mentions, "RT @x:" and "via @x"
 * set aside, punctuation and emoji dropped, words parted by one space.
 * A word of a script without spaces counts as one word for two letters.
 */
struct cq_normal {
	char *text;   /* the reduced words; owned, free with cq_normal_free */
	uint64_t key; /* hash of text; equal texts have equal keys */
	int n_words;
	int n_letters;
	char *original; /* name after RT/via, or NULL; owned */
};

/* Linear time in the length of text; text is raw UTF-8 or broken UTF-8. */
struct cq_normal cq_normalise(const char *text);
void cq_normal_free(struct cq_normal *normal);

#endif
