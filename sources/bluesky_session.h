#ifndef SRC_BLUESKY_SESSION_H
#define SRC_BLUESKY_SESSION_H

#include <stdbool.h>

#include "sources/source.h"

/*
 * A login at a Bluesky server.  Logins are counted (a few hundred a day),
 * so one is kept and renewed: the access token lives for minutes to hours,
 * the refresh token, which buys the next pair, for weeks.
 *
 * The token file holds "handle:app-password" in its first line.
 */
struct bluesky_session {
	char *account; /* whom the token file names */
	char *access;  /* NULL if there is none */
	char *refresh; /* NULL if there is none */
	char *did;     /* the account's lasting id; may be NULL */
};

/* Wipes it as well; it is then empty, as {0} is. */
void bluesky_session_free(struct bluesky_session *session);

/*
 * The session in visit->session if it is one of this account at this
 * address; else one with an account only.  out is empty before.
 *
 * CQ_INPUT if visit->secret is missing or no "handle:app-password".
 */
enum cq_status bluesky_session_load(const struct src_visit *visit,
    struct bluesky_session *out, struct cq_err *err);

/*
 * The two questions that bring a session: with the password of
 * visit->secret, and with the refresh token of session.
 */
enum cq_status bluesky_ask_login(const struct src_visit *visit,
    struct src_request *req, struct cq_err *err);
enum cq_status bluesky_ask_refresh(const struct src_visit *visit,
    const struct bluesky_session *session, struct src_request *req,
    struct cq_err *err);

/* Does the answer to one of them say no, for good? */
bool bluesky_is_refused(const struct src_answer *answer);

/* Pauses the account, with a message for a person. */
enum cq_status bluesky_refused(const struct src_answer *answer,
    struct src_next *next, struct cq_err *err);

/*
 * Reads what they brought into session, and sets next->session.  CQ_NET
 * with a message if it is no session; the one before then stays.
 */
enum cq_status bluesky_session_read(const struct src_visit *visit,
    const struct src_limit *limit, const struct src_answer *answer,
    struct bluesky_session *session, struct src_next *next, struct cq_err *err);

/* Adds the header that shows the access token. */
enum cq_status bluesky_show(const struct bluesky_session *session,
    struct src_request *req, struct cq_err *err);

/* Does the answer hold the error of that name, "NotFound"? */
bool bluesky_is_error(const struct src_answer *answer, const char *name);

/* Does the answer say that the access token is worth nothing any more? */
bool bluesky_is_expired(const struct src_answer *answer);

#endif
