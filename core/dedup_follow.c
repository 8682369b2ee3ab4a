#include <stdio.h>
#include <stdlib.h>

#include "core/dedup_stage.h"
#include "core/lexicon.h"

/*
 * A follow-up: people write again before they are answered, and often not
 * as a reply.  Marked as such, so that it is split with one key.
 */

/* Are both addressed to the same account? */
static bool
same_address(const struct cq_normal *a, const struct cq_normal *b)
{
	for (size_t i = 0; i < a->n_marks; i++)
		for (size_t j = 0; j < b->n_marks; j++)
			if (a->marks[i] & 1 && a->marks[i] == b->marks[j])
				return true;
	return false;
}

/*
 * Who answers, writes to one account, about one of our brands, or again at
 * once goes on with a matter; a newspaper's next headline does not.
 */
static bool
goes_on(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	if (stage_other_address(q, hit)) /* to two people: two threads */
		return false;
	return stage_said(q->post->brand) || stage_said(q->post->in_reply_to) ||
	    same_address(q->normal, hit->normal) ||
	    llabs(q->at - hit->at) <= CQ_FOLLOW_ANY_S;
}

/* The author's last post, if its case still waits and it is not too old. */
static bool
last_post(const struct cq_question *q, int64_t window_s,
    struct cq_dedup_hit *hit)
{
	int64_t apart;

	if (!stage_said(q->post->author) ||
	    !q->index->by_author(q->index->arg, q->post->brand, hit) ||
	    !cq_state_in_queue(hit->state) || !goes_on(q, hit))
		return false;
	apart = q->at - hit->at;
	return apart <= window_s && apart >= -window_s;
}

struct shared {
	const struct cq_word *word;
	double bits;
};

/* The words of a that b has too, each once; returns how many. */
static size_t
shared_words(const struct cq_question *q, const struct cq_words *a,
    const struct cq_words *b, struct shared *out)
{
	struct cq_word_counts counts = stage_counts(q);
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		uint64_t key = a->at[i].key;
		size_t k = 0;

		while (k < n && out[k].word->key != key)
			k++;
		if (k == n && cq_words_have(b, key))
			out[n++] = (struct shared){
			    &a->at[i], cq_bits(&counts, &a->at[i])};
	}
	return n;
}

static int
by_bits(const void *a, const void *b)
{
	const struct shared *x = a, *y = b;

	if (x->bits != y->bits)
		return x->bits > y->bits ? -1 : 1;
	return x->word->s < y->word->s ? -1 : x->word->s > y->word->s;
}

/* ", again about refund, premium": the rarest words that both have. */
static void
say_about(const struct shared *shared, size_t n, unsigned langs, char *out,
    size_t size)
{
	size_t at = 0, n_said = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && n_said < 3; i++) {
		const struct cq_word *w = shared[i].word;

		/* in a young queue small words are as rare as others */
		if (at + w->n + 16 > size ||
		    cq_lexicon_class(w->s, w->n, langs) & CQ_WORD_FILLER)
			continue;
		n_said++;
		at += (size_t)snprintf(out + at, size - at, "%s%.*s",
		    at == 0 ? ", again about " : ", ", (int)w->n, w->s);
	}
}

/* Bits that the words tell which two posts have in common. */
static int
common_bits(const struct cq_question *q, const struct cq_dedup_hit *hit,
    struct shared *shared, size_t *n)
{
	double bits = 0;

	*n = shared_words(q, &q->normal->words, &hit->normal->words, shared);
	for (size_t i = 0; i < *n; i++)
		bits += shared[i].bits;
	return (int)bits;
}

bool
stage_again(const struct cq_question *q, struct cq_verdict *v)
{
	struct shared shared[CQ_WORDS_MAX];
	struct cq_dedup_hit hit;
	char later[40], about[100];
	size_t n;
	int bits;

	if (!last_post(q, CQ_AGAIN_WINDOW_S, &hit))
		return false;
	bits = common_bits(q, &hit, shared, &n);
	if (bits < CQ_BITS_AGAIN)
		return false;
	qsort(shared, n, sizeof(shared[0]), by_bits);
	v->same = (int)n;
	v->bits = bits;
	stage_later(q->at - hit.at, later, sizeof(later));
	say_about(shared, n, cq_lexicon_lang(q->post->lang), about,
	    sizeof(about));
	return stage_found(v, &hit, "same author, %s%s", later, about);
}

bool
stage_follow(const struct cq_question *q, struct cq_verdict *v)
{
	struct shared shared[CQ_WORDS_MAX];
	struct cq_dedup_hit hit;
	char later[40];
	size_t n;

	if (!last_post(q, CQ_FOLLOW_WINDOW_S, &hit) &&
	    (!last_post(q, CQ_FOLLOW_LONG_S, &hit) ||
		common_bits(q, &hit, shared, &n) < CQ_BITS_SAME))
		return false;
	stage_later(q->at - hit.at, later, sizeof(later));
	return stage_found(v, &hit, "same author, %s", later);
}
