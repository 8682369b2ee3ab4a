#ifndef SRC_FORGE_H
#define SRC_FORGE_H

#include "sources/json.h"

/* What the adapters of places for code have in common. */

/* The path of an address without slashes around it, and without ".git" at its
 * end: "", "ann/kettle"; owned. */
char *forge_path(const char *address);

/* The scheme, host and port of an address; owned. */
char *forge_origin(const char *address);

/* The newest "updated_at" of a list's items and known (or CQ_NO_TIME). */
int64_t forge_newest(const cJSON *items, int64_t known);

#endif
