#ifndef TESTS_KNOWN_POSTS_H
#define TESTS_KNOWN_POSTS_H

#include "core/dedup.h"

/*
 * What the store is to core/dedup.h, in memory: a few posts in cases that
 * the test names, and how usual their words are.  {0} knows nothing.
 */

#define KNOWN_MAX 64
#define NOON INT64_C(1795392000) /* when new posts come in */

enum asked {
	ASKED_ID,
	ASKED_CHILD,
	ASKED_URI,
	ASKED_LINK,
	ASKED_CONVERSATION,
	ASKED_KEY,
	ASKED_AUTHOR,
	ASKED_WORD,
	N_ASKED
};

struct known_post {
	struct cq_post post; /* borrowed */
	struct cq_normal normal;
	int64_t case_id, at;
	enum cq_state state;
};

struct known_posts {
	struct known_post at[KNOWN_MAX]; /* post n is at[n - 1] */
	size_t n;
	const char *usual; /* words parted by a space, or NULL; each of them */
	int64_t n_usual;   /* is in so many posts, */
	int64_t n_posts;   /* of so many; 0: of those that are known */
	int64_t apart[2];  /* cases that somebody said are not the same */
	bool forged_key;   /* two texts may have one key */
	const struct cq_policy *policy;
	void (*weighed)(void *arg, const struct cq_weighed *w);
	void *weighed_arg;
	int asked[N_ASKED];
	const struct cq_post *new; /* during known_posts_decide() */
};

/* A post of source "s" that nobody answers: "new", or "known". */
struct cq_post post_by(const char *author, const char *text);
struct cq_post known_post_by(const char *author, const char *text);

/* Adds a post, written so many seconds before noon, in an open case. */
struct known_post *known_posts_add(struct known_posts *k, int64_t case_id,
    int64_t ago_s, const struct cq_post *post);

/* Where a post that comes in at noon goes. */
struct cq_verdict known_posts_decide(struct known_posts *k,
    const struct cq_post *post);

/* The same in short: a minute old in a resolved case, where nobody goes on. */
void known_posts_tell(struct known_posts *k, int64_t case_id,
    const char *author, const char *text);
struct cq_verdict known_posts_ask(struct known_posts *k, const char *author,
    const char *text);

/* Forgets all posts. */
void known_posts_free(struct known_posts *k);

/* The verdict must be: this rule, case and sentence; the deciding post has
 * the number of its case. */
void expect_join(const struct cq_verdict *v, enum cq_rule rule, int64_t case_id,
    const char *why);
/* It opens a case; whatever it suggests. */
void expect_first(const struct cq_verdict *v);
/* It opens a case, and case 1 alone is suggested as alike, for that reason. */
void expect_alike(const struct cq_verdict *v, const char *why);

#endif
