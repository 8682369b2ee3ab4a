#ifndef TUI_PLACE_H
#define TUI_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screens/list.h"

/*
 * Finds where a window has to begin, in a queue that can only be read
 * forwards, by halving the space of its order: some dozens of short reads,
 * however many cases there are.
 */

/*
 * *place is the place with at most n rows between it and end (NULL: the end
 * of the queue), and at least half as many if there are any more.  False if
 * that took longer than ms, or the store failed.
 */
bool place_before(struct list *list, const struct cq_after *end, size_t n,
    int ms, struct list_place *place);

#endif
