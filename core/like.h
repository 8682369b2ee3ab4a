#ifndef CQ_LIKE_H
#define CQ_LIKE_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * Likeness in words: which known posts may tell of the same matter in words
 * of their own.  It only ever suggests.
 *
 * Words weigh by how rare they are and posts are ranked by Okapi BM25
 * (Robertson, Walker 1994).  What is looked up where stays with the caller:
 * here is no SQL.  All limits stand in core/limits.h.
 */

/*
 * A word: its first letters stand for all its forms, so that "refund",
 * "refunds" and "refunded" are one word in any language that bends its
 * words at the end.
 */
struct cq_like_word {
	uint64_t key;  /* of brand and stem, 48 bits, never 0 */
	const char *s; /* as it stands in the text; borrowed from it */
	uint32_t n;    /* its bytes */
	uint32_t stem; /* bytes of its first letters */
	double times;  /* how often; more in a first line */
	double weight; /* see cq_like_weigh(); 0 before */
};

/* A text as a set of words.  Words that only fill are left out. */
struct cq_like_text {
	struct cq_like_word *at; /* each once, by key */
	size_t n;
	double length;	   /* sum of times */
	double weight;	   /* sum of weights */
	uint64_t brand;	   /* key under which the brand's posts are counted */
	uint64_t sizes;	   /* and under which their lengths are summed up */
	char code[5];	   /* of the brand, before each word in the index */
	char *head, *rest; /* the normalised text: first line, others */
};

/* text and brand are raw, brand may be NULL: posts without one are alike. */
struct cq_like_text cq_like_read(const char *text, const char *brand);
void cq_like_free(struct cq_like_text *text);

/* The place of the word with this key; text->n if it is not there. */
size_t cq_like_find(const struct cq_like_text *text, uint64_t key);

/* Adds what stands in the index for a word: words of brands never mix. */
void cq_like_token(const struct cq_like_text *text,
    const struct cq_like_word *word, struct cq_buf *b);

/* What is known of the posts of one brand. */
struct cq_like_counts {
	int64_t (*of)(void *arg, uint64_t key); /* posts with that word */
	void *arg;
	int64_t n_posts;
	double mean_length;
};

/* Gives each word its weight: rare ones tell more, repeated ones too. */
void cq_like_weigh(struct cq_like_text *text,
    const struct cq_like_counts *counts);

/* Fills at[] with the words to look up, the most telling first. */
size_t cq_like_ask(const struct cq_like_text *text,
    const struct cq_like_word **at, size_t max);

/* A post that was found by a word, and what that word weighs. */
struct cq_like_vote {
	int64_t post;
	double weight;
};

/* Adds up the votes of each post, best first; returns how many posts. */
size_t cq_like_tally(struct cq_like_vote *votes, size_t n);

/* A known post that is compared. */
struct cq_like_found {
	int64_t post_id, case_id;
	struct cq_like_text *text; /* borrowed, or own */
	struct cq_like_text *own;  /* owned, or NULL */
	double *parts;		   /* for each word of the new post; owned */
};
void cq_like_found_free(struct cq_like_found *found);

/*
 * Moves the best behind the first n_shown, so that max stand in front or
 * fewer, one of each case, and returns how many.  The first n_shown are
 * suggested already.  A word that one of them has shown counts less for the
 * next, so that five are not five times the same.
 */
size_t cq_like_rank(const struct cq_like_text *post,
    struct cq_like_found *found, size_t n_shown, size_t n, double mean_length,
    size_t max);

/* Of 1000: the share of both texts' weight that is in common. */
int cq_like_score(const struct cq_like_text *post,
    const struct cq_like_text *other);

/*
 * A sentence: "like in words: parcel, tracking; later only: lindau; earlier
 * only: bregenz".  Its words are raw; free it.  post is the
 * later one, both are weighed.
 */
char *cq_like_why(const struct cq_like_text *post,
    const struct cq_like_text *other);

#endif
