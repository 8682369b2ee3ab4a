#ifndef TUI_DEMO_H
#define TUI_DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tui/commands/cli.h"

/*
 * The demo: a queue of its own, filled by playing the bundled sample with
 * the clock of the store set to each moment, as if caseq and two colleagues
 * had been at work for two days until now; then the same colleagues as
 * child processes, and posts that go on coming in.
 */
extern const char sample_ndjson[]; /* built from share/sample.ndjson */
extern const size_t sample_ndjson_size;

#define DEMO_COLLEAGUES 2
#define DEMO_HELD_BACK 40 /* posts kept for the time that people look on */

struct demo {
	struct cli *cli;
	struct cq_env env; /* its clock is this->clock, its dice are fixed */
	int64_t clock;	   /* UTC seconds that the store believes in */
	int64_t shift;	   /* from a sample's time to the demo's */
	uint64_t dice;	   /* state of the pseudo-random numbers */
	char *dir;	   /* NULL if the queue is to be kept */
	char *path;
	char me[64]; /* agent's name of the person at the keyboard */
	pid_t children[DEMO_COLLEAGUES + 1];
};

/* A number from 0 to n - 1. */
uint32_t demo_dice(struct demo *demo, uint32_t n);

/* The act of an agent, with a new operation id in op. */
struct cq_act demo_act(struct demo *demo, const char *agent,
    char op[CQ_OP_SIZE]);

/*
 * Calls fn for line after line of the sample from the given one on until it
 * returns false; returns how many there were.
 */
typedef bool (*demo_line_fn)(struct demo *demo, const char *line, size_t n,
    void *arg);
size_t demo_lines(struct demo *demo, size_t first, demo_line_fn fn, void *arg);

/* The text of a post of the sample as NDJSON goes into the queue at at. */
enum cq_status demo_ingest(struct demo *demo, struct cq_store *store,
    const char *line, size_t n, struct cq_err *err);

/* demo_history.c: plays all but the last held_back lines. */
enum cq_status demo_history(struct demo *demo, size_t held_back,
    struct cq_err *err);

/* --- demo_colleague.c: what a simulated colleague does ----------------- */

struct colleague {
	const char *name;
	int64_t case_id; /* held now; 0 */
	int64_t fence;
	int64_t next_at; /* does nothing before */
};
extern const struct cq_agent demo_agents[DEMO_COLLEAGUES];

/* Takes the next case, or ends the work on the one that is held. */
void demo_work(struct demo *demo, struct cq_store *store,
    struct colleague *who);

/* Child processes that go on working; they end with the parent. */
enum cq_status demo_start_colleagues(struct demo *demo, struct cq_err *err);
void demo_end_colleagues(struct demo *demo);

#endif
