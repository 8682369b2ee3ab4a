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

#endif
