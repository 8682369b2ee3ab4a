#ifndef CQ_DEDUP_H
#define CQ_DEDUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/case.h"
#include "core/copy.h"
#include "core/limits.h"
#include "core/normal.h"
#include "core/post.h"

/*
 * Decides which case a new post belongs to.  The stages stand in one table
 * in dedup.c and are asked in order; the first that is sure decides.  What
 * is likely but not sure becomes a suggestion.  A stage knows no SQL: it
 * asks the index, which the store provides.
 */

enum cq_rule {
	CQ_RULE_FIRST,	      /* no known case fits: it opens one */
	CQ_RULE_REPOST,	      /* of a known post */
	CQ_RULE_REPLY,	      /* to a known post */
	CQ_RULE_QUOTE,	      /* of a known post */
	CQ_RULE_PARENT,	      /* a known post answers, reposts or quotes it */
	CQ_RULE_URI,	      /* the same post in another source */
	CQ_RULE_LINK,	      /* the same page, and much the same words */
	CQ_RULE_CONVERSATION, /* the author is in it already */
	CQ_RULE_TEXT,	      /* the same text after normalising */
	CQ_RULE_COPY,	      /* an aligned copy */
	CQ_RULE_AGAIN,	      /* same author, hours later, same words */
	CQ_RULE_FOLLOW,	      /* a follow-up: same author, within a day */
	CQ_RULE_ALIKE,	      /* suggestion: a guard spoke against it */
	CQ_RULE_EITHER,	      /* suggestion: two cases fit */
	CQ_RULE_LIKE,	      /* suggestion: like in words */
	CQ_RULE_PERSON,	      /* somebody said so */
	CQ_N_RULES
};
const char *cq_rule_name(enum cq_rule rule); /* "repost" */
bool cq_rule_parse(const char *s, enum cq_rule *rule);
const char *cq_rule_help(enum cq_rule rule); /* one line for a person */

/* True for the rules that a stage may decide by, so that a team can turn
 * them off. */
bool cq_rule_decides(enum cq_rule rule);

/* True for the rules that only ever suggest; a team can turn them off. */
bool cq_rule_suggests(enum cq_rule rule);

enum cq_mode { CQ_MODE_AUTO, CQ_MODE_SUGGEST, CQ_MODE_OFF };
const char *cq_mode_name(enum cq_mode mode); /* "auto" */
bool cq_mode_parse(const char *s, enum cq_mode *mode);

/*
 * What each rule may do; all zero is the default: every rule joins.  Of a
 * rule that only suggests, all but CQ_MODE_OFF let it.
 */
struct cq_policy {
	enum cq_mode mode[CQ_N_RULES];
};

/* Leaves only what the networks themselves say of a post: for posts of our
 * own accounts. */
void cq_policy_facts_only(struct cq_policy *policy);

/* Leaves only what it answers: for a post that nobody listened for. */
void cq_policy_reply_only(struct cq_policy *policy);

/*
 * A known post that a new one may belong to; its strings are borrowed from
 * the index until the decision is made.
 */
struct cq_dedup_hit {
	int64_t post_id;
	int64_t case_id; /* the case it is in now, joins followed */
	enum cq_state state;
	int64_t at; /* when it was written, or else seen */
	bool same_author, same_source;
	int64_t author; /* the index's number for its author; 0 unknown */
	const struct cq_normal *normal;
	const char *brand, *lang; /* raw, or NULL */
};

struct cq_dedup_index {
	/* The post with this remote id in the new post's source. */
	bool (*by_id)(void *arg, const char *remote_id,
	    struct cq_dedup_hit *hit);

	/* A post that names this remote id as its parent, repost or quote;
	 * of the same source unless the id is an address. */
	bool (*by_child)(void *arg, const char *remote_id,
	    struct cq_dedup_hit *hit);

	/* The same post seen in another source (global uri); none if its
	 * source has several with it, or the new post's source has one. */
	bool (*by_uri)(void *arg, const char *uri, struct cq_dedup_hit *hit);

	/*
	 * The one post of another source with this page; none if its source
	 * has several posts with it, or the new post's source has one.
	 */
	bool (*by_link)(void *arg, int64_t link_key, struct cq_dedup_hit *hit);

	/* The new author's newest post in this conversation, which is one of
	 * the source unless its id is an address. */
	bool (*by_conversation)(void *arg, const char *conversation,
	    struct cq_dedup_hit *hit);

	/* The newest post with this text key written between two moments;
	 * one of the same author if there is one. */
	bool (*by_key)(void *arg, uint64_t key, int64_t from, int64_t to,
	    struct cq_dedup_hit *hit);

	/* The new author's newest post in this source about this brand, of
	 * those in cases that the author opened. */
	bool (*by_author)(void *arg, const char *brand,
	    struct cq_dedup_hit *hit);

	/* A post by its number, without case_id and state: place() them. */
	bool (*by_post)(void *arg, int64_t post_id, struct cq_dedup_hit *hit);
	void (*place)(void *arg, struct cq_dedup_hit *hit);

	/* What the author of a hit is called; raw, or NULL. */
	const char *(*handle)(void *arg, const struct cq_dedup_hit *hit);

	/* Did somebody say that these cases are not the same?  b = 0: that
	 * a is not the same as any other? */
	bool (*apart)(void *arg, int64_t a, int64_t b);

	/* How many posts have the word, and the newest of them. */
	int64_t (*count)(void *arg, uint64_t key);
	size_t (*posts_with)(void *arg, uint64_t key, int64_t *ids, size_t max);
	int64_t n_posts;
	void *arg;
};

struct cq_suggestion {
	enum cq_rule rule;
	int64_t post_id, case_id;
	int score; /* of 1000 */
	char why[160];
};

struct cq_verdict {
	enum cq_rule rule;
	int64_t case_id; /* 0 for CQ_RULE_FIRST */
	int64_t post_id; /* the known post that decided; 0 if none */
	char why[160];	 /* for a person: "a reply to a post of this case" */
	int same, of, typos, bits; /* of an aligned copy */

	/* best first, one a case; none of the case that it joined */
	struct cq_suggestion suggestions[CQ_SUGGESTIONS];
	size_t n_suggestions;
};

/* A candidate that was compared word by word, for "caseq explain". */
struct cq_weighed {
	const struct cq_dedup_hit *hit;
	const struct cq_copy *copy;
};

struct cq_question {
	const struct cq_post *post;
	const struct cq_normal *normal; /* post's text, normalised */
	int64_t link_key;		/* cq_link_key() of the post; 0 */
	int64_t at; /* when the post was written, or else seen */
	bool own;   /* by one of our own accounts */
	const struct cq_dedup_index *index;
	const struct cq_policy *policy; /* NULL: all rules join */

	/* NULL, or called for each candidate */
	void (*weighed)(void *arg, const struct cq_weighed *w);
	void *arg;
};

/* The moment that windows are counted from. */
int64_t cq_post_moment(const struct cq_post *post, int64_t seen_at);

void cq_dedup_decide(const struct cq_question *q, struct cq_verdict *verdict);

#endif
