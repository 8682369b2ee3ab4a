#include "core/dedup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/buf.h"
#include "core/fold.h"

static const char *const names[CQ_N_RULES] = {
    [CQ_RULE_FIRST] = "first",
    [CQ_RULE_REPOST] = "repost",
    [CQ_RULE_REPLY] = "reply",
    [CQ_RULE_QUOTE] = "quote",
    [CQ_RULE_PARENT] = "parent",
    [CQ_RULE_URI] = "uri",
    [CQ_RULE_TEXT] = "text",
    [CQ_RULE_PERSON] = "person",
};

/* What all stages are asked. */
struct question {
	const struct cq_post *post;
	const struct cq_normal *normal;
	int64_t now;
	const struct cq_dedup_index *index;
};

#define WHY_SIZE sizeof(((struct cq_verdict *)0)->why)

static bool
said(const char *s)
{
	return s != NULL && *s != '\0';
}

static bool
find_id(const struct question *q, const char *id, struct cq_dedup_hit *hit)
{
	return said(id) && q->index->by_id(q->index->arg, id, hit);
}

static bool
find_repost(const struct question *q, struct cq_dedup_hit *hit, char *why)
{
	snprintf(why, WHY_SIZE, "a repost of a post of this case");
	return find_id(q, q->post->repost_of, hit);
}

static bool
find_reply(const struct question *q, struct cq_dedup_hit *hit, char *why)
{
	snprintf(why, WHY_SIZE, "a reply to a post of this case");
	return find_id(q, q->post->in_reply_to, hit);
}

static bool
find_quote(const struct question *q, struct cq_dedup_hit *hit, char *why)
{
	snprintf(why, WHY_SIZE, "quotes a post of this case");
	return find_id(q, q->post->quote_of, hit);
}

static bool
find_parent(const struct question *q, struct cq_dedup_hit *hit, char *why)
{
	snprintf(why, WHY_SIZE, "a post of this case answers it");
	return q->index->by_child(q->index->arg, q->post->id, hit);
}

static bool
find_uri(const struct question *q, struct cq_dedup_hit *hit, char *why)
{
	snprintf(why, WHY_SIZE, "the same post on another network");
	return said(q->post->uri) &&
	    q->index->by_uri(q->index->arg, q->post->uri, hit);
}

/*
 * True if handle is the name that stood behind RT.  People leave out the
 * server ("RT @ann:" for ann@example.org).
 */
static bool
is_original(const char *original, const char *handle)
{
	struct cq_folded folded;
	struct cq_buf b = {0};
	utf8proc_uint8_t bytes[4];
	size_t i, n;
	char *name;
	bool same;

	if (original == NULL || handle == NULL)
		return false;
	folded = cq_fold(handle[0] == '@' ? handle + 1 : handle);
	for (i = 0; i < folded.n; i++)
		cq_buf_add(&b, bytes,
		    (size_t)utf8proc_encode_char(folded.at[i], bytes));
	name = cq_buf_take(&b);
	n = strlen(original);
	same = strncmp(name, original, n) == 0 &&
	    (name[n] == '\0' || name[n] == '@');
	free(name);
	cq_folded_free(&folded);
	return same;
}

static bool
has(const struct cq_normal *normal, int n_words, int n_letters)
{
	return normal->n_words >= n_words && normal->n_letters >= n_letters;
}

/* A key is only a hash: the words themselves decide. */
static bool
same_words(const struct cq_normal *normal, const char *text)
{
	struct cq_normal other;
	bool same;

	if (text == NULL)
		return false;
	other = cq_normalise(text);
	same = strcmp(normal->text, other.text) == 0;
	cq_normal_free(&other);
	return same;
}

static void
tell_later(int64_t seconds, char *why)
{
	static const char same[] = "the same text, same author";

	if (seconds < 60)
		snprintf(why, WHY_SIZE, "%s, within a minute", same);
	else if (seconds < 2 * 3600)
		snprintf(why, WHY_SIZE, "%s, %d min later", same,
		    (int)(seconds / 60));
	else if (seconds < 48 * 3600)
		snprintf(why, WHY_SIZE, "%s, %d h later", same,
		    (int)(seconds / 3600));
	else
		snprintf(why, WHY_SIZE, "%s, %d days later", same,
		    (int)(seconds / 86400));
}

static bool
find_text(const struct question *q, struct cq_dedup_hit *hit, char *why)
{
	const struct cq_normal *normal = q->normal;

	if (!has(normal, CQ_TEXT_OWN_WORDS, CQ_TEXT_OWN_LETTERS))
		return false;
	if (!q->index->by_key(q->index->arg, normal->key,
		q->now - CQ_TEXT_WINDOW_S, hit) ||
	    !same_words(normal, hit->text))
		return false;
	if (hit->same_author) {
		tell_later(q->now - hit->seen_at, why);
		return true;
	}
	if (is_original(normal->original, hit->handle)) {
		snprintf(why, WHY_SIZE, "the same text, names its author");
		return true;
	}
	snprintf(why, WHY_SIZE, "the same text, another author");
	/* what was dismissed of one may be a complaint of another */
	return hit->state != CQ_DISMISSED && !said(q->post->in_reply_to) &&
	    has(normal, CQ_TEXT_MIN_WORDS, CQ_TEXT_MIN_LETTERS);
}

/*
 * The stages in the order in which they are asked: facts before likeness.
 *
 * To add one: give it a row in enum cq_rule and in names above, a function
 * here that fills hit and why and returns true if it is sure, and a row at
 * the end of the table; what it must look up becomes a function of struct
 * cq_dedup_index, which the store provides.  A stage that joins posts of
 * different authors must be right in 995 of 1000 joins or more: a wrong
 * join is a customer whom nobody answers.  hit is zeroed before the call and
 * freed after it, whatever the stage returns.
 */
static const struct stage {
	enum cq_rule rule;
	bool (*find)(const struct question *q, struct cq_dedup_hit *hit,
	    char *why);
} stages[] = {
    {CQ_RULE_REPOST, find_repost},
    {CQ_RULE_REPLY, find_reply},
    {CQ_RULE_QUOTE, find_quote},
    {CQ_RULE_PARENT, find_parent},
    {CQ_RULE_URI, find_uri},
    {CQ_RULE_TEXT, find_text},
};

void
cq_dedup_decide(const struct cq_post *post, const struct cq_normal *normal,
    int64_t now, const struct cq_dedup_index *index, struct cq_verdict *verdict)
{
	const struct question q = {post, normal, now, index};
	struct cq_dedup_hit hit;
	size_t i;
	bool found;

	for (i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		*verdict = (struct cq_verdict){.rule = stages[i].rule};
		hit = (struct cq_dedup_hit){0};
		found = stages[i].find(&q, &hit, verdict->why);
		verdict->case_id = hit.case_id;
		verdict->post_id = hit.post_id;
		cq_dedup_hit_free(&hit);
		if (found)
			return;
	}
	*verdict = (struct cq_verdict){.rule = CQ_RULE_FIRST};
	snprintf(verdict->why, sizeof(verdict->why), "opened this case");
}

void
cq_dedup_hit_free(struct cq_dedup_hit *hit)
{
	free(hit->text);
	free(hit->handle);
	*hit = (struct cq_dedup_hit){0};
}

const char *
cq_rule_name(enum cq_rule rule)
{
	return names[rule];
}

bool
cq_rule_parse(const char *s, enum cq_rule *rule)
{
	int i;

	for (i = 0; i < CQ_N_RULES; i++) {
		if (strcmp(s, names[i]) == 0) {
			*rule = (enum cq_rule)i;
			return true;
		}
	}
	return false;
}
