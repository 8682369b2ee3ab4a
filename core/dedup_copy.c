#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/dedup_stage.h"

/*
 * Aligned copies.  Candidates are the newest posts that share the rarest
 * words; the best of them are compared word by word.
 */

#define FOUND_MAX (CQ_RARE_WORDS * CQ_POSTS_OF_WORD)
#define SLOTS 1024 /* a power of two, above 2 * FOUND_MAX */

struct candidate {
	int64_t post_id;
	double weight; /* rarity of the words it shares, summed up */
	int n_words;
};

struct candidates {
	struct candidate at[FOUND_MAX];
	size_t n;
	uint16_t slots[SLOTS]; /* by post: 1 + its place in at; 0 is free */
};

struct rare {
	uint64_t key;
	int64_t n;
};

static int
by_rarity(const void *a, const void *b)
{
	const struct rare *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static bool
is_listed(const struct rare *rare, size_t n, uint64_t key)
{
	for (size_t i = 0; i < n; i++)
		if (rare[i].key == key)
			return true;
	return false;
}

/* The rarest words of the post that others have. */
static size_t
rarest(const struct cq_question *q, struct rare *rare)
{
	const struct cq_words *words = &q->normal->words;
	struct rare all[CQ_WORDS_MAX] = {{0}};
	size_t n = 0;

	for (size_t i = 0; i < words->n; i++) {
		uint64_t key = words->at[i].key;

		if (is_listed(all, n, key))
			continue;
		all[n] =
		    (struct rare){key, q->index->count(q->index->arg, key)};
		n += all[n].n > 0;
	}
	qsort(all, n, sizeof(all[0]), by_rarity);
	if (n > CQ_RARE_WORDS)
		n = CQ_RARE_WORDS;
	for (size_t i = 0; i < n; i++)
		rare[i] = all[i];
	return n;
}

static void
add_candidate(struct candidates *c, int64_t id, double weight)
{
	uint64_t i = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	struct candidate *at;

	while (c->slots[i & (SLOTS - 1)] != 0) {
		at = &c->at[c->slots[i++ & (SLOTS - 1)] - 1];
		if (at->post_id == id) {
			at->weight += weight;
			at->n_words++;
			return;
		}
	}
	c->at[c->n++] = (struct candidate){id, weight, 1};
	c->slots[i & (SLOTS - 1)] = (uint16_t)c->n;
}

/* A copy shares more than one of several rare words. */
static void
drop_poor(struct candidates *c, size_t n_rare)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (n_rare < CQ_RARE_ENOUGH || c->at[i].n_words > 1)
			c->at[n++] = c->at[i];
	c->n = n;
}

static int
by_weight(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->post_id < y->post_id ? -1 : x->post_id > y->post_id;
}

static void
find_candidates(const struct cq_question *q, struct candidates *c)
{
	struct rare rare[CQ_RARE_WORDS];
	int64_t ids[CQ_POSTS_OF_WORD];
	size_t n = rarest(q, rare);

	c->n = 0;
	memset(c->slots, 0, sizeof(c->slots));
	for (size_t i = 0; i < n; i++) {
		double weight = log2(1 +
		    (double)q->index->n_posts / (double)(1 + rare[i].n));
		size_t k = q->index->posts_with(q->index->arg, rare[i].key, ids,
		    CQ_POSTS_OF_WORD);

		for (size_t j = 0; j < k; j++)
			add_candidate(c, ids[j], weight);
	}
	drop_poor(c, n);
	qsort(c->at, c->n, sizeof(c->at[0]), by_weight);
}

/* --- weighing ------------------------------------------------------------ */

struct found {
	struct cq_dedup_hit hit;
	struct cq_copy copy;
	int rank; /* score, more if the post names its author */
	bool any;
};

/* Why a copy is not the same matter all the same; NULL if it is. */
static const char *
another(const struct cq_question *q, const struct cq_dedup_hit *hit, bool known)
{
	if (stage_other_brand(q, hit))
		return "much the same text, about another brand";
	if (hit->same_author && stage_other_address(q, hit))
		return "much the same text, to somebody else";
	if (!known && stage_other_person(q, hit))
		return "much the same text, but about somebody else";
	if (stage_is_comment(q, hit))
		return "much the same text, with a comment of its own";
	if (!known && stage_is_reply(q))
		return "much the same text, but a reply of another author";
	if (stage_was_dismissed(q, hit))
		return "much the same text as a dismissed case";
	return NULL;
}

static bool
in_window(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	int64_t apart = q->at - hit->at;

	return apart <= CQ_COPY_WINDOW_S && apart >= -CQ_COPY_WINDOW_S;
}

/* True if it is a copy and belongs to the case. */
static bool
weigh(const struct cq_question *q, struct cq_dedup_hit *hit,
    struct cq_copy *copy, struct cq_verdict *v)
{
	struct cq_side a = {q->normal, q->post->lang};
	struct cq_side b = {hit->normal, hit->lang};
	struct cq_word_counts counts = stage_counts(q);
	bool known = stage_known(q, hit);
	const char *but;

	cq_copy_compare(&a, &b, known, &counts, 0, copy);
	if (q->weighed != NULL)
		q->weighed(q->arg, &(struct cq_weighed){hit, copy});
	if (!copy->copy && !copy->alike)
		return false;
	q->index->place(q->index->arg, hit);
	if (!copy->copy) {
		stage_suggest(q, v, CQ_RULE_ALIKE, hit, copy->score, copy->why);
		return false;
	}
	but = another(q, hit, known);
	if (but != NULL)
		stage_suggest(q, v, CQ_RULE_ALIKE, hit, copy->score, but);
	return but == NULL;
}

/* Are the texts of two candidates copies of each other? */
static bool
are_copies(const struct cq_question *q, const struct found *a,
    const struct found *b)
{
	struct cq_side x = {a->hit.normal, a->hit.lang};
	struct cq_side y = {b->hit.normal, b->hit.lang};
	struct cq_word_counts counts = stage_counts(q);
	struct cq_copy copy;

	cq_copy_compare(&x, &y, false, &counts, 0, &copy);
	return copy.copy;
}

/* Keeps the best one, and the best of another case. */
static void
keep(struct found *best, struct found *rival, const struct found *new)
{
	if (!best->any) {
		*best = *new;
	} else if (new->hit.case_id == best->hit.case_id) {
		if (new->rank > best->rank)
			*best = *new;
	} else if (new->rank > best->rank) {
		*rival = *best;
		*best = *new;
	} else if (!rival->any || new->rank > rival->rank) {
		*rival = *new;
	}
}

static bool
is_ambiguous(const struct cq_question *q, const struct found *best,
    const struct found *rival)
{
	return rival->any && best->rank - rival->rank < CQ_RIVAL &&
	    (q->index->apart(q->index->arg, best->hit.case_id,
		 rival->hit.case_id) ||
		!are_copies(q, best, rival));
}

static void
suggest_both(const struct cq_question *q, struct cq_verdict *v,
    const struct found *a, const struct found *b)
{
	char why[WHY_SIZE];

	snprintf(why, sizeof(why), "could be #%lld or #%lld",
	    (long long)a->hit.case_id, (long long)b->hit.case_id);
	stage_suggest(q, v, CQ_RULE_EITHER, &a->hit, a->copy.score, why);
	stage_suggest(q, v, CQ_RULE_EITHER, &b->hit, b->copy.score, why);
}

/* The same text is the text rule's; a team may have turned that off. */
static bool
is_of_text_rule(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	return stage_mode(q, CQ_RULE_TEXT) != CQ_MODE_AUTO &&
	    cq_normal_same(q->normal, hit->normal);
}

/* Cases with a post that is the same but for its number or its day. */
struct denied {
	int64_t cases[CQ_CANDIDATES];
	size_t n;
};

static void
deny(struct denied *denied, const struct found *f)
{
	if (f->copy.guard == CQ_GUARD_IDENT && f->copy.alike)
		denied->cases[denied->n++] = f->hit.case_id;
}

/*
 * "No answer for weeks" may be copied by many, each with a number of its own
 * behind it.  Two of them are two customers, though either is a copy.
 */
static bool
is_denied(const struct denied *denied, const struct found *best)
{
	for (size_t i = 0; i < denied->n; i++)
		if (denied->cases[i] == best->hit.case_id)
			return best->copy.score < 1000 &&
			    !best->hit.same_author;
	return false;
}

static void
look_at(const struct cq_question *q, const struct candidate *c,
    struct found *best, struct found *rival, struct denied *denied,
    struct cq_verdict *v)
{
	struct found new = {.any = true};

	if (!q->index->by_post(q->index->arg, c->post_id, &new.hit) ||
	    !in_window(q, &new.hit) || is_of_text_rule(q, &new.hit))
		return;
	if (!weigh(q, &new.hit, &new.copy, v)) {
		deny(denied, &new);
		return;
	}
	new.rank = new.copy.score;
	if (stage_names(q, &new.hit))
		new.rank += 1000;
	keep(best, rival, &new);
}

bool
stage_copy(const struct cq_question *q, struct cq_verdict *v)
{
	struct found best = {0}, rival = {0};
	struct denied denied = {0};
	struct candidates c;

	if (q->normal->words.n < CQ_WORDS_KNOWN)
		return false;
	find_candidates(q, &c);
	for (size_t i = 0; i < c.n && i < CQ_CANDIDATES; i++)
		look_at(q, &c.at[i], &best, &rival, &denied, v);
	if (!best.any)
		return false;
	if (is_denied(&denied, &best)) {
		stage_suggest(q, v, CQ_RULE_ALIKE, &best.hit, best.copy.score,
		    "a copy, but the case has a copy with another number");
		return false;
	}
	if (is_ambiguous(q, &best, &rival)) {
		suggest_both(q, v, &best, &rival);
		return false;
	}
	v->same = best.copy.same;
	v->of = best.copy.of;
	v->typos = best.copy.typos;
	v->bits = best.copy.bits;
	return stage_found(v, &best.hit, "%s%s", best.copy.why,
	    best.hit.same_author ? ", same author" : "");
}
