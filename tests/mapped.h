#ifndef TESTS_MAPPED_H
#define TESTS_MAPPED_H

#include "core/source.h"

/*
 * A source that the json adapter reads by a map, in which every ' stands for
 * a ".  Its options are to be freed, all else is borrowed.
 */
struct cq_source mapped(const char *address, const char *query,
    const char *map);

/* The same by one of the maps that come with the program. */
struct cq_source mapped_by(const char *address, const char *query,
    const char *name);

#endif
