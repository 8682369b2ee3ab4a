#include "core/dedup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "core/buf.h"
#include "core/dedup_stage.h"
#include "core/fold.h"
#include "core/text.h"

static const struct {
	const char *name, *help;
} rules[CQ_N_RULES] = {
    [CQ_RULE_FIRST] = {"first", "no known case fits"},
    [CQ_RULE_REPOST] = {"repost", "a repost of a known post"},
    [CQ_RULE_REPLY] = {"reply", "a reply to a known post"},
    [CQ_RULE_QUOTE] = {"quote", "quotes a known post"},
    [CQ_RULE_PARENT] = {"parent", "a known post answers or repeats it"},
    [CQ_RULE_URI] = {"uri", "the same post in another source"},
    [CQ_RULE_LINK] = {"link", "the same page in another source"},
    [CQ_RULE_CONVERSATION] = {"conversation",
	"same author in the same conversation"},
    [CQ_RULE_TEXT] = {"text", "the same text within 7 days"},
    [CQ_RULE_COPY] = {"copy", "a copy with small differences"},
    [CQ_RULE_AGAIN] = {"again", "same author within hours, same words"},
    [CQ_RULE_FOLLOW] = {"follow-up", "same author within 24 hours"},
    [CQ_RULE_ALIKE] = {"alike", "nearly a copy, but something differs"},
    [CQ_RULE_EITHER] = {"either", "a copy that fits two cases"},
    [CQ_RULE_LIKE] = {"like", "like in words"},
    [CQ_RULE_PERSON] = {"person", "somebody said so"},
};

static const char *const modes[] = {
    [CQ_MODE_AUTO] = "auto",
    [CQ_MODE_SUGGEST] = "suggest",
    [CQ_MODE_OFF] = "off",
};

/* --- what stages have in common ------------------------------------------ */

bool
stage_said(const char *s)
{
	return s != NULL && *s != '\0';
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

bool
stage_names(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	/* few posts name anybody: only then the name is looked up */
	return q->normal->original != NULL &&
	    is_original(q->normal->original,
		q->index->handle(q->index->arg, hit));
}

bool
stage_known(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	const char *handle =
	    q->post->handle == NULL ? q->post->author : q->post->handle;

	return hit->same_author || stage_names(q, hit) ||
	    is_original(hit->normal->original, handle);
}

bool
stage_other_brand(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	return stage_said(q->post->brand) && stage_said(hit->brand) &&
	    strcasecmp(q->post->brand, hit->brand) != 0;
}

/* Does b point to what the mark of a points to, wherever it stands? */
static bool
has_mark(const struct cq_normal *b, uint64_t mark)
{
	for (size_t i = 0; i < b->n_marks; i++)
		if ((b->marks[i] | 3) == (mark | 3))
			return true;
	return false;
}

static bool
is_address(const struct cq_normal *a, size_t i)
{
	return a->marks[i] & 1;
}

static bool
is_named(const struct cq_normal *a, size_t i)
{
	return a->named >> i & 1;
}

/* True if a names somebody so whom b does not name at all. */
static bool
names_more(const struct cq_normal *a, const struct cq_normal *b,
    bool (*so)(const struct cq_normal *a, size_t i))
{
	for (size_t i = 0; i < a->n_marks; i++)
		if (so(a, i) && !has_mark(b, a->marks[i]))
			return true;
	return false;
}

bool
stage_other_address(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	return names_more(q->normal, hit->normal, is_address) &&
	    names_more(hit->normal, q->normal, is_address);
}

bool
stage_other_person(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	return names_more(q->normal, hit->normal, is_named) &&
	    names_more(hit->normal, q->normal, is_named);
}

bool
stage_is_comment(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	return q->normal->n_comment >= CQ_COMMENT_WORDS && !hit->same_author &&
	    !stage_names(q, hit);
}

bool
stage_was_dismissed(const struct cq_question *q, const struct cq_dedup_hit *hit)
{
	return hit->state == CQ_DISMISSED && !hit->same_author &&
	    !stage_names(q, hit);
}

bool
stage_is_reply(const struct cq_question *q)
{
	return stage_said(q->post->in_reply_to) && q->normal->original == NULL;
}

struct cq_word_counts
stage_counts(const struct cq_question *q)
{
	return (struct cq_word_counts){
	    .of = q->index->count,
	    .arg = q->index->arg,
	    .n_posts = q->index->n_posts,
	};
}

void
stage_later(int64_t seconds, char *out, size_t size)
{
	const char *word = seconds < 0 ? "earlier" : "later";
	long long s = seconds < 0 ? -seconds : seconds;

	if (s < 60)
		snprintf(out, size, "within a minute");
	else if (s < 2 * 3600)
		snprintf(out, size, "%lld min %s", s / 60, word);
	else if (s < 48 * 3600)
		snprintf(out, size, "%lld h %s", s / 3600, word);
	else
		snprintf(out, size, "%lld days %s", s / 86400, word);
}

bool
stage_found(struct cq_verdict *v, const struct cq_dedup_hit *hit,
    const char *fmt, ...)
{
	va_list ap;

	v->case_id = hit->case_id;
	v->post_id = hit->post_id;
	va_start(ap, fmt);
	vsnprintf(v->why, sizeof(v->why), fmt, ap);
	va_end(ap);
	cq_utf8_trim(v->why);
	return true;
}

static void
drop_suggestion(struct cq_verdict *v, size_t i)
{
	memmove(&v->suggestions[i], &v->suggestions[i + 1],
	    (--v->n_suggestions - i) * sizeof(v->suggestions[0]));
}

/* "Either" says more than any score: it was a copy. */
static bool
stands_before(const struct cq_suggestion *a, const struct cq_suggestion *b)
{
	bool x = a->rule == CQ_RULE_EITHER, y = b->rule == CQ_RULE_EITHER;

	return x != y ? x : a->score > b->score;
}

enum cq_mode
stage_mode(const struct cq_question *q, enum cq_rule rule)
{
	return q->policy == NULL ? CQ_MODE_AUTO : q->policy->mode[rule];
}

void
stage_suggest(const struct cq_question *q, struct cq_verdict *v,
    enum cq_rule rule, const struct cq_dedup_hit *hit, int score,
    const char *why)
{
	struct cq_suggestion new = {.rule = rule,
	    .post_id = hit->post_id,
	    .case_id = hit->case_id,
	    .score = score};
	size_t i;

	if (stage_mode(q, rule) == CQ_MODE_OFF)
		return;
	snprintf(new.why, sizeof(new.why), "%s", why);
	for (i = 0; i < v->n_suggestions; i++) {
		if (v->suggestions[i].case_id != hit->case_id)
			continue;
		if (!stands_before(&new, &v->suggestions[i]))
			return;
		drop_suggestion(v, i);
		break;
	}
	i = v->n_suggestions;
	while (i > 0 && stands_before(&new, &v->suggestions[i - 1]))
		i--;
	if (i == CQ_SUGGESTIONS)
		return;
	if (v->n_suggestions == CQ_SUGGESTIONS)
		v->n_suggestions--;
	memmove(&v->suggestions[i + 1], &v->suggestions[i],
	    (v->n_suggestions++ - i) * sizeof(v->suggestions[0]));
	v->suggestions[i] = new;
}

/* --- the stages ----------------------------------------------------------- */

/*
 * In the order in which they are asked: facts before likeness.
 *
 * To add one: give it a row in enum cq_rule and in rules above, a function
 * in dedup_stage.h, and a row in the table; what it must look up becomes a
 * function of struct cq_dedup_index, which the store provides.  A stage that
 * joins posts of different authors must be right in 995 of 1000 joins or
 * more: a wrong join is a customer whom nobody answers.
 */
static const struct stage {
	enum cq_rule rule;
	bool (*find)(const struct cq_question *q, struct cq_verdict *v);
} stages[] = {
    {CQ_RULE_REPOST, stage_repost},
    {CQ_RULE_REPLY, stage_reply},
    {CQ_RULE_QUOTE, stage_quote},
    {CQ_RULE_PARENT, stage_parent},
    {CQ_RULE_URI, stage_uri},
    {CQ_RULE_LINK, stage_link},
    {CQ_RULE_CONVERSATION, stage_conversation},
    {CQ_RULE_TEXT, stage_text},
    {CQ_RULE_COPY, stage_copy},
    {CQ_RULE_AGAIN, stage_again},
    {CQ_RULE_FOLLOW, stage_follow},
};
#define N_STAGES (sizeof(stages) / sizeof(stages[0]))

/* What a stage was sure of, where the team wants to be asked. */
static void
only_suggest(const struct cq_question *q, struct cq_verdict *v,
    enum cq_rule rule)
{
	struct cq_dedup_hit hit = {
	    .post_id = v->post_id, .case_id = v->case_id};
	char why[WHY_SIZE];

	memcpy(why, v->why, sizeof(why));
	stage_suggest(q, v, rule, &hit, 1000, why);
}

/* A case that it joined need not be suggested. */
static void
forget_joined(struct cq_verdict *v)
{
	for (size_t i = 0; i < v->n_suggestions; i++) {
		if (v->suggestions[i].case_id == v->case_id) {
			drop_suggestion(v, i);
			return;
		}
	}
}

void
cq_dedup_decide(const struct cq_question *q, struct cq_verdict *verdict)
{
	*verdict = (struct cq_verdict){0};
	for (size_t i = 0; i < N_STAGES; i++) {
		enum cq_mode mode = stage_mode(q, stages[i].rule);

		if (mode == CQ_MODE_OFF || !stages[i].find(q, verdict))
			continue;
		verdict->rule = stages[i].rule;
		if (mode == CQ_MODE_AUTO) {
			forget_joined(verdict);
			return;
		}
		only_suggest(q, verdict, stages[i].rule);
	}
	verdict->rule = CQ_RULE_FIRST;
	verdict->case_id = verdict->post_id = 0;
	snprintf(verdict->why, sizeof(verdict->why), "opened this case");
}

int64_t
cq_post_moment(const struct cq_post *post, int64_t seen_at)
{
	if (post->created_at == CQ_NO_TIME || post->created_at > seen_at)
		return seen_at;
	return post->created_at;
}

/* --- names ---------------------------------------------------------------- */

const char *
cq_rule_name(enum cq_rule rule)
{
	return rules[rule].name;
}

const char *
cq_rule_help(enum cq_rule rule)
{
	return rules[rule].help;
}

bool
cq_rule_parse(const char *s, enum cq_rule *rule)
{
	for (int i = 0; i < CQ_N_RULES; i++) {
		if (strcmp(s, rules[i].name) == 0) {
			*rule = (enum cq_rule)i;
			return true;
		}
	}
	return false;
}

bool
cq_rule_decides(enum cq_rule rule)
{
	for (size_t i = 0; i < N_STAGES; i++)
		if (stages[i].rule == rule)
			return true;
	return false;
}

bool
cq_rule_suggests(enum cq_rule rule)
{
	return rule == CQ_RULE_ALIKE || rule == CQ_RULE_EITHER ||
	    rule == CQ_RULE_LIKE;
}

static void
leave_only(struct cq_policy *policy, const enum cq_rule *rule, size_t n)
{
	struct cq_policy only;

	for (int i = 0; i < CQ_N_RULES; i++)
		only.mode[i] = CQ_MODE_OFF;
	for (size_t i = 0; i < n; i++)
		only.mode[rule[i]] = policy->mode[rule[i]];
	*policy = only;
}

void
cq_policy_facts_only(struct cq_policy *policy)
{
	static const enum cq_rule facts[] = {CQ_RULE_REPOST, CQ_RULE_REPLY,
	    CQ_RULE_QUOTE, CQ_RULE_PARENT, CQ_RULE_URI};

	leave_only(policy, facts, sizeof(facts) / sizeof(facts[0]));
}

void
cq_policy_reply_only(struct cq_policy *policy)
{
	static const enum cq_rule reply = CQ_RULE_REPLY;

	leave_only(policy, &reply, 1);
}

const char *
cq_mode_name(enum cq_mode mode)
{
	return modes[mode];
}

bool
cq_mode_parse(const char *s, enum cq_mode *mode)
{
	for (int i = 0; i <= CQ_MODE_OFF; i++) {
		if (strcmp(s, modes[i]) == 0) {
			*mode = (enum cq_mode)i;
			return true;
		}
	}
	return false;
}
