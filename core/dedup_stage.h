#ifndef CQ_DEDUP_STAGE_H
#define CQ_DEDUP_STAGE_H

#include "core/dedup.h"

/*
 * What the stages of dedup.c have in common; nobody else includes this.
 *
 * A stage returns true if it is sure, having filled verdict's case_id,
 * post_id and why.  It may add suggestions whether it is sure or not.
 */

#define WHY_SIZE sizeof(((struct cq_verdict *)0)->why)

bool stage_repost(const struct cq_question *q, struct cq_verdict *v);
bool stage_reply(const struct cq_question *q, struct cq_verdict *v);
bool stage_quote(const struct cq_question *q, struct cq_verdict *v);
bool stage_parent(const struct cq_question *q, struct cq_verdict *v);
bool stage_uri(const struct cq_question *q, struct cq_verdict *v);
bool stage_link(const struct cq_question *q, struct cq_verdict *v);
bool stage_conversation(const struct cq_question *q, struct cq_verdict *v);
bool stage_text(const struct cq_question *q, struct cq_verdict *v);
bool stage_copy(const struct cq_question *q, struct cq_verdict *v);
bool stage_again(const struct cq_question *q, struct cq_verdict *v);
bool stage_follow(const struct cq_question *q, struct cq_verdict *v);

/* Sure: fills case, post and the sentence; returns true. */
bool stage_found(struct cq_verdict *v, const struct cq_dedup_hit *hit,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Likely: kept if it is among the best, once for each case, unless the
 * team has turned the rule off. */
void stage_suggest(const struct cq_question *q, struct cq_verdict *v,
    enum cq_rule rule, const struct cq_dedup_hit *hit, int score,
    const char *why);

bool stage_said(const char *s); /* neither NULL nor "" */

/* What the team lets a rule do with posts of this source. */
enum cq_mode stage_mode(const struct cq_question *q, enum cq_rule rule);

/* The author is the same, or one names the other as its original. */
bool stage_known(const struct cq_question *q, const struct cq_dedup_hit *hit);

/* The post names the hit's author as its original ("RT @ann"). */
bool stage_names(const struct cq_question *q, const struct cq_dedup_hit *hit);

/* Both say which brand they are about, and it is not the same. */
bool stage_other_brand(const struct cq_question *q,
    const struct cq_dedup_hit *hit);

/* Each is addressed to somebody whom the other does not name. */
bool stage_other_address(const struct cq_question *q,
    const struct cq_dedup_hit *hit);

/* Each names somebody among its words whom the other does not name. */
bool stage_other_person(const struct cq_question *q,
    const struct cq_dedup_hit *hit);

/* It puts own words before what somebody else than the hit's author said:
 * people comment what a company says, each with a complaint of its own. */
bool stage_is_comment(const struct cq_question *q,
    const struct cq_dedup_hit *hit);

/*
 * Nobody looks at the case any more, and the new author was never heard in
 * it.  Who repeats a dismissed post ("RT @ann") says nothing else.
 */
bool stage_was_dismissed(const struct cq_question *q,
    const struct cq_dedup_hit *hit);

/* An answer in a thread, and not a repeat of the named author's words. */
bool stage_is_reply(const struct cq_question *q);

struct cq_word_counts stage_counts(const struct cq_question *q);

/* "within a minute", "12 min later", "3 h earlier" */
void stage_later(int64_t seconds, char *out, size_t size);

#endif
