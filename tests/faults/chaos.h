#ifndef CHAOS_H
#define CHAOS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/store.h"

/*
 * The chaos test: many processes work one queue while random ones are
 * killed; afterwards check.c holds what they wrote down against the queue.
 *
 * Every process keeps a log, one line with write(2) before each act and one
 * after it:
 *
 *	T op verb case fence at		it is about to be tried
 *	A op status case fence		what the verb answered
 *	D op status case fence		... when it was called again
 *	M op verb: message		it failed in a way that no rule explains
 *
 * So an act with an A line was acknowledged, and one with a T line alone
 * may or may not have happened: its process was killed.
 */
#define CHAOS_LEASE_S 1
#define CHAOS_HOT 10 /* cases that everybody wants: 1 to CHAOS_HOT */
#define CHAOS_FEEDS 2
#define CHAOS_MAX 128 /* processes */

/* By all processes. */
struct chaos_shared {
	int64_t next_post;
	char busy[CHAOS_MAX]; /* by slot: in the middle of an act */
};

struct chaos {
	char dir[64]; /* queue and logs */
	char queue[80];
	struct cq_env env;
	int n_workers, n_ingesters;
	int seconds;
	uint64_t seed;
	struct chaos_shared *shared;

	int n_kills, n_pauses, n_starts; /* counted by the parent */
};

/* Never return: the life of one process, until it is killed. */
void chaos_work(const struct chaos *chaos, int slot, int life);
void chaos_ingest(const struct chaos *chaos, int slot, int life);

/* The i-th post of a feed; *post borrows from *words. */
struct chaos_words {
	char id[24], text[160], author[16], reply_to[24];
};
void chaos_post(int64_t i, struct chaos_words *words, struct cq_post *post);

/* Stores the first posts, so that cases 1 to CHAOS_HOT are there. */
enum cq_status chaos_first_posts(const struct chaos *chaos,
    struct cq_store *store, struct cq_err *err);

/* Numbers from 0 to n - 1, the same for the same seed. */
int chaos_dice(uint64_t *state, int n);

/* Checks everything; prints one line a rule.  Returns how many failed. */
int chaos_check(const struct chaos *chaos, bool control, int *passed);

#endif
