#ifndef SRC_TOKEN_H
#define SRC_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

#define TOKEN_MAX 4096 /* bytes with the NUL */

/* What a token_file begins with that is a credential of systemd: the name of
 * a file in $CREDENTIALS_DIRECTORY follows. */
#define TOKEN_CREDENTIAL "credential:"
#define CREDENTIAL_NAME_MAX 64 /* bytes */
bool token_is_credential(const char *path);

/*
 * Reads the first line of a token file, which must be a regular file of
 * this user that nobody else may read, and no symbolic link.  The token is
 * all of that line; for an adapter that logs in it is "name:password".  The
 * caller wipes buf with explicit_bzero(3) as soon as it can.
 *
 * A credential ("credential:NAME") may belong to root instead, as systemd
 * makes them.
 *
 * CQ_DENIED if this caller cannot have it, although another account might:
 * the file belongs to somebody else or may not be read, or there is no such
 * credential here.  CQ_INPUT for all else.  The message says what to do; buf
 * is then empty.
 */
enum cq_status token_read(const char *path, char buf[TOKEN_MAX],
    struct cq_err *err);

/* The same with another directory of credentials; NULL: there is none. */
enum cq_status token_read_in(const char *credentials, const char *path,
    char buf[TOKEN_MAX], struct cq_err *err);

/*
 * Puts "***" where text holds the token or what stands in it behind its
 * first ':', or, at its end, how one of them begins; path may be NULL.  For
 * what a server says, which may be what it was sent.  What is shorter than
 * 6 bytes stays, as it would be found in words.
 */
void token_hide(const char *path, char *text);

/* CQ_INPUT if name, without "credential:", can be the name of none. */
enum cq_status token_credential_check(const char *name, struct cq_err *err);

#endif
