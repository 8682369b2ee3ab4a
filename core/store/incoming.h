#ifndef CQ_STORE_INCOMING_H
#define CQ_STORE_INCOMING_H

#include "core/store/verb.h"

/* What holds for all posts of one source, and is asked once. */
struct source_facts {
	int64_t source; /* 0: not asked yet */
	bool any_own;	/* there are own accounts */
	bool any_echo;	/* it knows posts of others; see echo.h */
	bool any_alike; /* other sources have its adapter */
	struct cq_policy policy;
};

/* One post on its way in. */
struct incoming {
	const struct cq_post *post;
	struct cq_normal normal;
	int64_t link_key; /* cq_link_key() of its page */
	bool bad;
	bool newest; /* what its network says now, not an old file */
	bool own;    /* by one of our own accounts: it never complains */
	bool author_is_new;
	bool is_new; /* it counts for its source */
	int64_t source, author, id;
	const struct source_facts *facts; /* of its source */
};

/* The number of the source, made if it is new. */
enum cq_status incoming_source(struct verb *v, const char *name, int64_t *id,
    struct cq_err *err);

/* Sets in->author, made or brought up to date; 0 if nobody knows who it is. */
enum cq_status incoming_author(struct verb *v, struct incoming *in,
    struct cq_err *err);

/* Is the author one of our own accounts in this source? */
enum cq_status incoming_own(struct verb *v, struct incoming *in,
    struct cq_err *err);

/* A text too short to say anything gets no key: nothing joins by it. */
bool incoming_has_key(const struct cq_normal *normal);

/* As it is stored: 32 bits, since equal keys only ask for a closer look. */
int64_t incoming_key(uint64_t key);

/*
 * If the post is known: counts it, and keeps another text of it as a
 * revision.  *known is false if it is new.
 */
enum cq_status incoming_known(struct verb *v, struct incoming *in, bool *known,
    struct cq_ingested *sum, struct cq_err *err);

/* If the post is known: it is gone from now on. */
enum cq_status incoming_gone(struct verb *v, struct incoming *in,
    struct cq_err *err);

/* Adds to an event what is not as with most posts: who may read it, a bot. */
void incoming_data(struct cq_store *store, const struct cq_post *post,
    struct cq_buf *data);

/* Stores a new post, number in->id, in a case, with its suggestions. */
enum cq_status incoming_store(struct verb *v, struct incoming *in,
    int64_t case_id, const struct cq_verdict *verdict, struct cq_err *err);

/*
 * The same with the case and its log (incoming_case.c): the post opens a case, or
 * joins the one of the verdict.  verb_numbers() must be known.
 */
enum cq_status incoming_open(struct verb *v, struct incoming *in,
    const struct cq_verdict *verdict, struct cq_err *err);
enum cq_status incoming_join(struct verb *v, struct incoming *in,
    const struct cq_verdict *verdict, struct cq_err *err);

#endif
