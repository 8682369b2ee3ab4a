#ifndef SRC_REACH_H
#define SRC_REACH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Who may read a place is asked of its service once a day, and soon again
 * where it did not tell.  due_at, UTC seconds, is when; 0: at once.
 */

/* A clock that was set back puts it off for no longer than a day. */
bool reach_is_due(int64_t due_at, int64_t now);

/* The service told. */
void reach_learnt(int64_t *due_at, int64_t now);

/* It did not: what was known counts on. */
void reach_put_off(int64_t *due_at, int64_t now);

/* Is it due before one that is put off now? */
bool reach_is_near(int64_t due_at, int64_t now);

#endif
