#ifndef TESTS_SMALL_QUEUE_H
#define TESTS_SMALL_QUEUE_H

#include "core/dedup.h"
#include "tests/pairs.h"

/*
 * What the store is to core/dedup.h, without a store: a queue of 20,000
 * posts, of which one or two are known word for word.  Post 1 is by @ann and
 * in case 1, post 2 by @carl and in case 2.
 */

#define SMALL_QUEUE_POSTS 2

struct small_queue {
	struct cq_normal known[SMALL_QUEUE_POSTS];
	size_t n;
	struct cq_normal second; /* the new post */
	const char *text, *lang; /* of it; borrowed from the pair */
	bool same_author, reply;
	int later_s;	   /* seconds after the known ones */
	const char *brand; /* of the known ones */
	enum cq_state state;
	bool all_rare; /* a young queue: no word is a usual one yet */
};

void small_queue_open(struct small_queue *q, const struct pair *p);
void small_queue_close(struct small_queue *q);

/* The new post is no reply, soon after, of the same brand, not dismissed,
 * to nobody, and without a comment. */
void small_queue_plain(struct small_queue *q);

/* One more known post. */
void small_queue_add(struct small_queue *q, const char *text);

struct cq_word_counts small_queue_counts(struct small_queue *q);

/* tell_lang  the new post says which language it is in */
void small_queue_decide(struct small_queue *q, bool tell_lang,
    struct cq_verdict *verdict);

#endif
