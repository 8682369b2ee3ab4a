#ifndef TESTS_LISTENING_H
#define TESTS_LISTENING_H

#include "tests/store_fixture.h"

/* Sources of a queue, and fetches that ended as a test wants it. */

#define HOST "https://social.example"

/* Asked every five minutes. */
struct cq_source a_source(const char *name, const char *address,
    const char *token_file);
void add_source(struct fixture *f, const struct cq_source *source);

/* As the store has it; cq_source_free(). */
struct cq_source source_now(struct fixture *f, const char *name);
int64_t rest_at_of(struct fixture *f, const char *name);

/*
 * Ends a fetch of the source, with the cursor that is stored; end->error,
 * refused, pause, jumped and jumped_at count.  Asked again in five minutes.
 */
struct cq_ingested fetched(struct fixture *f, const char *name,
    const struct cq_fetched *end, const struct cq_post *posts, size_t n);

/* The same where nothing but the error matters; NULL is a success. */
void fetched_nothing(struct fixture *f, const char *name, const char *error);

void pause_source(struct fixture *f, const char *name, bool paused);
void remove_source(struct fixture *f, const char *name);

/* "loud" at HOST, with success now. */
void add_loud(struct fixture *f);

/* So many failures of one kind, one each step_s. */
void fail_for(struct fixture *f, const char *name, int n, int64_t step_s);

/* Gaps that stand, one a line, as "loud failed seen by ben"; to be freed. */
char *standing(struct fixture *f);
/* After a tick, just these stand. */
void expect_standing(struct fixture *f, const char *want);

/* The n-th that stands; cq_gap_free(). */
struct cq_gap gap_now(struct fixture *f, size_t n);

/* The agent has seen the gaps of the source: how many there were. */
int64_t see(struct fixture *f, const char *agent, const char *source);

#endif
