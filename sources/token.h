#ifndef SRC_TOKEN_H
#define SRC_TOKEN_H

#include <stddef.h>

#include "core/error.h"

#define TOKEN_MAX 4096 /* bytes with the NUL */

/*
 * Reads the first line of a token file, which must be a regular file of
 * this user that nobody else may read, and no symbolic link.  The caller
 * wipes buf with explicit_bzero(3) as soon as it can.
 *
 * CQ_INPUT with a message that says what to do; buf is then empty.
 */
enum cq_status token_read(const char *path, char buf[TOKEN_MAX],
    struct cq_err *err);

#endif
