#ifndef TESTS_BENCH_PLAIN_H
#define TESTS_BENCH_PLAIN_H

/*
 * What plain SQLite needs to insert the very rows that a queue made of its
 * posts (authors, cases, posts, events), with the same columns and indexes,
 * in as many transactions: the least that any queue in SQLite can cost.
 */
struct plain;

/* queue is there already; path is made.  NULL with a message printed. */
struct plain *plain_open(const char *queue, const char *path);
void plain_close(struct plain *p);

/*
 * Inserts what the queue has more, in n_batches transactions.  The CPU
 * seconds that this took, without the reading; below 0 after a failure.
 */
double plain_catch_up(struct plain *p, int n_batches);

/* Writes the queue's log (-wal) back into its file: 0, or -1. */
int plain_checkpoint(const char *queue);

#endif
