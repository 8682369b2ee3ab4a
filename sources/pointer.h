#ifndef SRC_POINTER_H
#define SRC_POINTER_H

#include <stdbool.h>

#include "sources/json.h"

/*
 * JSON Pointer (RFC 6901) in its string form: "" is the whole document,
 * "/a/0" the first element of its member a, "~1" stands for "/" and "~0"
 * for "~".
 */

/* True if s is one: empty or begins with "/", and each "~" has its 0 or 1. */
bool pointer_valid(const char *s);

/*
 * The value it leads to, which may be a null; NULL if it leads nowhere.
 * Names are compared byte by byte; an index is "0" or digits without a
 * leading zero, and "-", the element behind the last one, is never there.
 */
const cJSON *pointer_get(const cJSON *root, const char *pointer);

#endif
