#include "core/dedup_stage.h"

#include <string.h>

/*
 * What the networks themselves say of a post: replies, reposts, quotes, the
 * same post seen elsewhere.
 */

/*
 * Ids that are addresses hold wherever a post was read: one source may have
 * found the complaint by its words, another the answer as a mention.
 */
static bool
find_id(const struct cq_question *q, const char *id, struct cq_dedup_hit *hit)
{
	if (!stage_said(id))
		return false;
	return q->index->by_id(q->index->arg, id, hit) ||
	    (strchr(id, ':') != NULL &&
		q->index->by_uri(q->index->arg, id, hit));
}

bool
stage_repost(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;

	return find_id(q, q->post->repost_of, &hit) &&
	    stage_found(v, &hit, "a repost of a post of this case");
}

/*
 * Whoever says something of its own to a post that was dismissed may have a
 * complaint, and in the dismissed case nobody would see it.
 */
static bool
speaks_up(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	return hit->state == CQ_DISMISSED && !hit->same_author && !q->own &&
	    q->normal->n_words >= CQ_WORDS_STRANGER;
}

bool
stage_reply(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;

	return find_id(q, q->post->in_reply_to, &hit) && !speaks_up(q, &hit) &&
	    stage_found(v, &hit, "a reply to a post of this case");
}

bool
stage_quote(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;

	return find_id(q, q->post->quote_of, &hit) && !speaks_up(q, &hit) &&
	    stage_found(v, &hit, "quotes a post of this case");
}

bool
stage_parent(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;

	/* that an answer was dismissed says nothing of what it answers */
	return q->index->by_child(q->index->arg, q->post->id, &hit) &&
	    !stage_was_dismissed(q, &hit) &&
	    stage_found(v, &hit, "a post of this case answers it");
}

bool
stage_uri(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;

	return stage_said(q->post->uri) &&
	    q->index->by_uri(q->index->arg, q->post->uri, &hit) &&
	    stage_found(v, &hit, "the same post, read in another source");
}

/* Words of the shorter text that the other has too, in percent. */
static size_t
shared_percent(const struct cq_words *a, const struct cq_words *b)
{
	const struct cq_words *few = a->n < b->n ? a : b;
	const struct cq_words *many = few == a ? b : a;
	size_t n = 0;

	for (size_t i = 0; i < few->n; i++)
		n += cq_words_have(many, few->at[i].key);
	return few->n == 0 ? 0 : n * 100 / few->n;
}

/* Has a a number that b has not? */
static bool
numbers_more(const struct cq_words *a, const struct cq_words *b)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t j = 0;

		while (j < b->n && b->at[j].key != a->at[i].key)
			j++;
		if (a->at[i].digit && j == b->n)
			return true;
	}
	return false;
}

/*
 * A page is the same post only if its words are too: reviews and forum
 * posts may all lead to one page.
 */
bool
stage_link(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;

	if (q->link_key == 0 ||
	    !q->index->by_link(q->index->arg, q->link_key, &hit))
		return false;
	if (q->normal->words.n < CQ_WORDS_KNOWN ||
	    hit.normal->words.n < CQ_WORDS_KNOWN ||
	    shared_percent(&q->normal->words, &hit.normal->words) <
		CQ_LINK_SHARED)
		return false;
	/* two customers of one shop tell of two orders */
	if (numbers_more(&q->normal->words, &hit.normal->words) &&
	    numbers_more(&hit.normal->words, &q->normal->words))
		return false;
	return stage_found(v, &hit, "the same page, read in another source");
}

bool
stage_conversation(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;

	return stage_said(q->post->conversation) &&
	    q->index->by_conversation(q->index->arg, q->post->conversation,
		&hit) &&
	    stage_found(v, &hit, "same author in the same conversation");
}
