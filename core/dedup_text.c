#include <string.h>

#include "core/dedup_stage.h"

/* The same text after normalising; see limits.h for how much is enough. */

static bool
has(const struct cq_normal *normal, int n_words, int n_letters)
{
	return normal->n_words >= n_words && normal->n_letters >= n_letters;
}

/* Whether two strangers would write this text word for word by chance. */
static bool
tells_enough(const struct cq_question *q, int bits)
{
	return bits >= CQ_BITS_SAME &&
	    has(q->normal, CQ_WORDS_STRANGER, CQ_LETTERS_STRANGER);
}

static const char *
another(const struct cq_question *q, const struct cq_dedup_hit *hit, int bits,
    bool known)
{
	if (stage_other_brand(q, hit))
		return "the same text, about another brand";
	/* one author's words to two people stand in two threads */
	if (hit->same_author && stage_other_address(q, hit))
		return "the same text, to somebody else";
	if (!known && stage_other_person(q, hit))
		return "the same text, but about somebody else";
	if (stage_is_comment(q, hit))
		return "the same text, with a comment of its own";
	/* what was dismissed of one may be a complaint of another */
	if (stage_was_dismissed(q, hit))
		return "the same text as a dismissed case";
	if (known)
		return bits < CQ_BITS_KNOWN ? "the same text, but a usual one"
					    : NULL;
	if (stage_is_reply(q))
		return "the same text, but a reply of another author";
	return tells_enough(q, bits) ? NULL : "the same text, but a usual one";
}

bool
stage_text(const struct cq_question *q, struct cq_verdict *v)
{
	const struct cq_normal *normal = q->normal;
	struct cq_word_counts counts = stage_counts(q);
	struct cq_dedup_hit hit;
	char later[40];
	const char *but;
	bool known;
	int bits;

	if (!has(normal, CQ_WORDS_KNOWN, CQ_LETTERS_KNOWN) ||
	    !q->index->by_key(q->index->arg, normal->key,
		q->at - CQ_COPY_WINDOW_S, q->at + CQ_COPY_WINDOW_S, &hit))
		return false;
	/* a key is only a hash: the words themselves decide */
	if (!cq_normal_same(normal, hit.normal))
		return false;
	/* one text in two cases, as somebody said: compare both */
	if (q->index->apart(q->index->arg, hit.case_id, 0))
		return false;
	known = stage_known(q, &hit);
	bits = (int)(cq_bits_all(&counts, &normal->words) +
	    cq_bits_marks(&counts, normal, hit.normal));
	v->bits = bits;
	v->same = v->of = (int)normal->words.n;
	but = another(q, &hit, bits, known);
	if (but != NULL) {
		if (bits >= CQ_BITS_ALIKE)
			stage_suggest(q, v, CQ_RULE_ALIKE, &hit, 1000, but);
		return false;
	}
	if (hit.same_author) {
		stage_later(q->at - hit.at, later, sizeof(later));
		return stage_found(v, &hit, "the same text, same author, %s",
		    later);
	}
	if (known)
		return stage_found(v, &hit, "the same text, names its author");
	return stage_found(v, &hit, "the same text, another author");
}
