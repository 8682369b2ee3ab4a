#ifndef CQ_WORDS_H
#define CQ_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of a text beyond these are not compared one by one. */
#define CQ_WORDS_MAX 120

/*
 * A word of a normalised text.  In scripts that write no spaces, each two
 * neighbouring letters are a word ("half": it says half as much; "quarter":
 * so little in those that write each sound, as Thai does).
 */
struct cq_word {
	const char *s;	/* borrowed from the text; not ended by NUL */
	uint64_t key;	/* FNV-1a of its bytes, 48 bits, never 0 */
	uint32_t n;	/* bytes */
	uint32_t signs; /* a bit for each letter that is in it, or more */
	uint32_t n_signs;
	bool digit; /* there is a digit in it, or it is "iii" or the like */
	bool half, quarter; /* a quarter is a half too */
};

struct cq_words {
	struct cq_word *at; /* owned; free with cq_words_free */
	size_t n;	    /* at most CQ_WORDS_MAX */
	bool more;	    /* the text has words beyond these */
};

/* text is as cq_normalise() makes it, and must outlive the result. */
struct cq_words cq_words_of(const char *text);
void cq_words_free(struct cq_words *words);

/* Is a word with this key among them? */
bool cq_words_have(const struct cq_words *words, uint64_t key);

#endif
