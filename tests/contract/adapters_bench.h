#ifndef TESTS_ADAPTERS_BENCH_H
#define TESTS_ADAPTERS_BENCH_H

#include <stdbool.h>

#include "core/buf.h"
#include "tests/contract/adapters.h"
#include "tests/store_fixture.h"

/*
 * A row of the contract at work: its recorded service answers on a port of
 * this machine, and the queue has it as a source called "here".
 */
struct bench {
	struct fixture *f;
	struct replay *site;
	const struct adapter_row *row;
	char token[320];
	struct cq_buf told; /* the last failure; "" if there was none */
	struct cq_ingested sum;
	int64_t next_at;
	int stop_at_step; /* 0: never */
	volatile int stop;
};

void bench_open(struct bench *b, struct fixture *f,
    const struct adapter_row *row);
void bench_close(struct bench *b);

/* The source as it is added; address and options are the caller's. */
struct cq_source bench_source(struct bench *b);

/* The same as the queue has it now; cq_source_free(). */
struct cq_source bench_source_now(struct bench *b);

/* Where the posts come from, answers go wrong in this way: see replay.h. */
void bench_fault(struct bench *b, const char *lines);

/* One visit, if it is due. */
void bench_round(struct bench *b);

/* How many posts are stored, none of them twice. */
int bench_n_stored(struct bench *b);

/* All is well again, and one visit later all of it is there. */
void bench_expect_all(struct bench *b);

/* What a trial saw. */
struct seen {
	int n;
	int64_t at;
	bool backwards;
};

/* Looks at what the source says without storing it. */
void bench_try(struct bench *b, struct seen *seen, struct cq_err *err);

#endif
