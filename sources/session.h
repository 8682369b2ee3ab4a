#ifndef SRC_SESSION_H
#define SRC_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/source.h"
#include "sources/json.h"
#include "sources/source.h"

/*
 * What an adapter has to keep between two runs and nobody else may read,
 * such as a refresh token: a text in a file of mode 0600, in a directory of
 * mode 0700, never in the queue.  Sources of one account share it.
 *
 * A lock would not help two processes that renew one session at a time, as
 * it would be held across the network: the file is always one of the two
 * texts, whole.
 */

/*
 * The directory for sessions, by what the environment says:
 * $STATE_DIRECTORY/sessions (set by systemd; the first one if it names
 * several), else $XDG_STATE_HOME/caseq/sessions, else
 * ~/.local/state/caseq/sessions.  Names that do not begin with '/' count as
 * not set.  Owned by the caller; NULL if nothing is set.
 *
 * env  getenv(3), or what stands for it in a test
 */
char *session_dir(char *(*env)(const char *name));

/*
 * The name of the file in dir for the account that this source asks with:
 * it follows from adapter, host and port of the address, and token file.
 * Owned by the caller; NULL if dir is.
 */
char *session_path(const char *dir, const struct cq_source *source);

/*
 * Reads what session_write() wrote, "" if there is no such file or path is
 * NULL.  The caller wipes buf with explicit_bzero(3) as soon as it can.
 *
 * CQ_DENIED if the file or its directory belongs to somebody else, may be
 * read by others, or is not what it should be; buf is then empty.  It is the
 * caller's own place: who asks from another account has another one.
 */
enum cq_status session_read(const char *path, char buf[SRC_SESSION_MAX],
    struct cq_err *err);

/*
 * Before a session is asked for, which would be lost if it could not be kept:
 * makes the directory as session_write() does.  CQ_DENIED if that cannot be,
 * or if nothing can be written there.
 */
enum cq_status session_room(const char *path, struct cq_err *err);

/*
 * Puts text in the place of what is there, on the disk before it returns;
 * "" removes the file.  Makes the directory, and those above it, with mode
 * 0700.
 *
 * CQ_DENIED as above, if path is NULL, or if it cannot be written; CQ_INPUT
 * if text is SRC_SESSION_MAX bytes or longer with its NUL.  What was there is
 * then there still.
 */
enum cq_status session_write(const char *path, const char *text,
    struct cq_err *err);

/*
 * What a visit's session says, as JSON; json_free().  False if there is none
 * yet or it is damaged: then it is made anew.
 */
bool session_json(const struct src_visit *visit, struct json *out);

/*
 * A copy of a token that a service gave; NULL if it is none that may stand in
 * a header, or if two of them did not fit into a session.  Owned.
 */
char *session_token(const char *s);

#endif
