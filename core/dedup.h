#ifndef CQ_DEDUP_H
#define CQ_DEDUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/case.h"
#include "core/normal.h"
#include "core/post.h"

/*
 * Decides which case a new post belongs to.  The stages stand in one table
 * in dedup.c and are asked in order; the first that answers decides.  A
 * stage knows no SQL: it asks the index, which the store provides.
 */

/* A known post that a new one may belong to. */
struct cq_dedup_hit {
	int64_t post_id;
	int64_t case_id; /* the case it is in now, joins followed */
	enum cq_state state;
	int64_t seen_at;
	bool same_author; /* as the new post's */
	char *text;   /* raw; owned by the hit, free with cq_dedup_hit_free */
	char *handle; /* raw; as above */
};
void cq_dedup_hit_free(struct cq_dedup_hit *hit);

struct cq_dedup_index {
	/* The post with this remote id in the new post's source. */
	bool (*by_id)(void *arg, const char *remote_id,
	    struct cq_dedup_hit *hit);

	/* A post that names this remote id as its parent, repost or quote. */
	bool (*by_child)(void *arg, const char *remote_id,
	    struct cq_dedup_hit *hit);

	/* The same post seen in another source (global uri or link). */
	bool (*by_uri)(void *arg, const char *uri, struct cq_dedup_hit *hit);

	/* The newest post with this text key seen since a moment. */
	bool (*by_key)(void *arg, uint64_t key, int64_t since,
	    struct cq_dedup_hit *hit);
	void *arg;
};

enum cq_rule {
	CQ_RULE_FIRST,	/* no known case fits: it opens one */
	CQ_RULE_REPOST, /* of a known post */
	CQ_RULE_REPLY,	/* to a known post */
	CQ_RULE_QUOTE,	/* of a known post */
	CQ_RULE_PARENT, /* a known post answers, reposts or quotes it */
	CQ_RULE_URI,	/* the same post on another network */
	CQ_RULE_TEXT,	/* the same text after normalising */
	CQ_RULE_PERSON, /* somebody said so */
	CQ_N_RULES
};
const char *cq_rule_name(enum cq_rule rule); /* "repost" */
bool cq_rule_parse(const char *s, enum cq_rule *rule);

struct cq_verdict {
	enum cq_rule rule;
	int64_t case_id; /* 0 for CQ_RULE_FIRST */
	int64_t post_id; /* the known post that decided; 0 if none */
	char why[160];	 /* for a person: "a reply to a post of this case" */
};

/*
 * Window and limits of the same-text rule.  Between different authors a
 * short text proves nothing ("Thanks!", "DM sent"): DEDUP notes, section 5.
 */
#define CQ_TEXT_WINDOW_S (7 * 24 * 3600)
#define CQ_TEXT_MIN_WORDS 5
#define CQ_TEXT_MIN_LETTERS 24
#define CQ_TEXT_OWN_WORDS 3 /* same author, or RT names the author */
#define CQ_TEXT_OWN_LETTERS 10

/* normal is post's text, normalised; now is the store's clock. */
void cq_dedup_decide(const struct cq_post *post, const struct cq_normal *normal,
    int64_t now, const struct cq_dedup_index *index,
    struct cq_verdict *verdict);

#endif
