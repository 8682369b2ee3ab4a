#ifndef CQ_RULES_H
#define CQ_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/copy.h"
#include "core/dedup.h"
#include "core/error.h"
#include "core/post.h"
#include "core/text.h"

/*
 * What a team asks of the rules of deduplication: why did this post go
 * there, how often is a rule right here, what would another setting do.
 */

/* --- accounts of our own ------------------------------------------------ */

struct cq_own {
	char *source; /* NULL: in all sources */
	struct raw_text handle;
};
struct cq_owns {
	struct cq_own *at;
	size_t n;
};
void cq_owns_free(struct cq_owns *owns);

/* --- what rules may do -------------------------------------------------- */

struct cq_setting {
	char *source; /* NULL: for all sources */
	enum cq_rule rule;
	enum cq_mode mode;
};
struct cq_settings {
	struct cq_setting *at;
	size_t n;
};
void cq_settings_free(struct cq_settings *settings);

/* CQ_OK, or CQ_INPUT with a message: a rule that only suggests never joins,
 * and there are rules that nobody sets ("first", "person"). */
enum cq_status cq_rule_allows(enum cq_rule rule, enum cq_mode mode,
    struct cq_err *err);

/* --- why a post went where it is (explain.c) ---------------------------- */

/* A post that another one was held against. */
struct cq_explained_post {
	int64_t id, case_id; /* 0: none; the case that shows it now */
	enum cq_state state; /* of that case */
	int64_t seen_at, at; /* when it came in, and was written if known */
	struct raw_text source, remote_id, handle, text;
	struct cq_marks marks;
};

struct cq_explained_suggestion {
	struct cq_explained_post other;
	int rank; /* 1 is the best */
	enum cq_rule rule;
	int score; /* of 1000 */
	struct raw_text why;
	char *state; /* "pending", "accepted", "refused" */
};

struct cq_explained_candidate {
	struct cq_explained_post post;
	struct cq_copy copy;
};

struct cq_explained {
	struct cq_explained_post post;
	int revisions; /* of its text; its first text was weighed */
	bool own;      /* by an account of our own */

	/* what was decided when it came in */
	enum cq_rule rule;
	struct raw_text why; /* "" if it opened a case */
	struct cq_explained_post near;
	int64_t event_id;
	bool has_figures; /* of a text or a copy */
	int same, of, typos, bits;

	struct raw_text moved; /* "split from case 3 by ana"; or NULL */

	struct cq_explained_suggestion *suggestions;
	size_t n_suggestions;

	/* the same question asked again, of posts before it only */
	int64_t n_since; /* posts that came in since; the index is as now */
	struct cq_explained_candidate *candidates;
	size_t n_candidates;
	struct cq_verdict now;
};
void cq_explained_free(struct cq_explained *e);

/* --- how good the rules are here (yield.c) ------------------------------- */

struct cq_rule_yield {
	int64_t joins, undone; /* posts, and those taken apart by now */
	int64_t made, accepted, refused, pending; /* suggestions */
};

struct cq_yield {
	int64_t from_at, to_at;
	int64_t posts, cases; /* that came in, and in how many they are */
	struct cq_rule_yield at[CQ_N_RULES];
};

/* What the figures say about a rule in a mode; see limits.h. */
enum cq_advice {
	CQ_ADVICE_NONE,	   /* too few were judged, or as it should be */
	CQ_ADVICE_KEEP,	   /* it joins, and deserves it */
	CQ_ADVICE_SUGGEST, /* it joins, and is wrong too often */
	CQ_ADVICE_AUTO,	   /* it suggests, and deserves to join */
	CQ_ADVICE_OFF	   /* it suggests, and hardly ever helps */
};
enum cq_advice cq_rule_advice(enum cq_rule rule, enum cq_mode mode,
    const struct cq_rule_yield *y);

/* Of 1000 joins of a rule, how many must be right. */
int cq_rule_bar(enum cq_rule rule);

/* Of 1000, cut off: joins that stand, suggestions accepted of those judged; -1 if
 * there is nothing to divide by. */
int cq_yield_precision(const struct cq_rule_yield *y);
int cq_yield_acceptance(const struct cq_rule_yield *y);

/* --- another setting, tried on history (replay.c) ------------------------ */

#define CQ_REPLAY_CONTEXT_S (7 * 24 * 3600)
#define CQ_REPLAY_EXAMPLES 5

/* A post that would go elsewhere. */
struct cq_replay_example {
	int64_t post_id, case_id;
	int64_t other_id, other_case; /* what it is joined to */
	enum cq_rule rule;
	struct raw_text why, text, other_text;
	struct cq_marks marks, other_marks;
};
enum cq_replay_change {
	CQ_REPLAY_LOST,	 /* joined now, would open a case */
	CQ_REPLAY_NEW,	 /* opened a case, would join */
	CQ_REPLAY_MOVED, /* would join another case */
	CQ_N_REPLAY_CHANGES
};

struct cq_replay {
	int64_t from_at, to_at;
	bool stopped;	    /* before the end, as was asked: to_at says when */
	int64_t n_context;  /* posts before from_at, read but not counted */
	int64_t n_posts;    /* counted */
	int64_t n_left_out; /* of those, of our own accounts by now */
	int64_t cases[2];   /* that they opened: as it was, as it would be */
	int64_t joins[2][CQ_N_RULES]; /* by rule, the same way */
	int64_t suggested[2];	      /* posts with a suggestion, likeness
					 in words left out */
	int64_t changes[CQ_N_REPLAY_CHANGES];

	/* posts that people took out of the case that a rule joined them to;
	 * and those of them that would not be joined to it */
	int64_t n_split, n_split_agreed;
	/* cases that people joined; and those whose first post would be in
	 * the other one by itself */
	int64_t n_joined, n_joined_agreed;

	struct cq_replay_example example[CQ_N_REPLAY_CHANGES]
					[CQ_REPLAY_EXAMPLES];
};
void cq_replay_free(struct cq_replay *replay);

struct cq_replay_opts {
	int64_t from_at, to_at;
	const char *source; /* settings are for its posts, and only they are
			       counted; NULL: all */
	const struct cq_setting *set; /* source is not read */
	size_t n_set;

	/* NULL, or called now and then; it ends early if *stop is not 0 */
	void (*progress)(void *arg, int64_t done, int64_t all);
	void *arg;
	const volatile int *stop;
};

#endif
