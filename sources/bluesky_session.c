#include "sources/bluesky_session.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "sources/answer.h"
#include "sources/json.h"
#include "sources/session.h"
#include "sources/url.h"

#define ACCOUNT_BYTES 500

void
bluesky_session_free(struct bluesky_session *session)
{
	src_wipe(&session->account);
	src_wipe(&session->access);
	src_wipe(&session->refresh);
	src_wipe(&session->did);
}

/* --- the token file ---------------------------------------------------- */

/* Where the password begins: "did:plc:abc:password" is possible, too. */
static const char *
password_of(const char *secret)
{
	const char *at = strchr(secret, ':');

	if (strncmp(secret, "did:", 4) == 0 && at != NULL) {
		at = strchr(at + 1, ':');
		at = at == NULL ? NULL : strchr(at + 1, ':');
	}
	return at == NULL ? NULL : at + 1;
}

/* The part before it, without the @ people put there.  Owned. */
static char *
account_of(const char *secret)
{
	const char *password = secret == NULL ? NULL : password_of(secret);
	size_t n;

	if (password == NULL || *password == '\0' ||
	    !cq_utf8_valid(secret, strlen(secret)))
		return NULL;
	if (*secret == '@')
		secret++;
	n = (size_t)(password - secret) - 1;
	return n == 0 || n > ACCOUNT_BYTES ? NULL : cq_strndup(secret, n);
}

/* --- what is kept ------------------------------------------------------ */

static char *
session_text(const struct src_visit *visit,
    const struct bluesky_session *session)
{
	struct cq_buf text = {0};

	json_add_member(&text, "service", visit->source->address);
	json_add_member(&text, "account", session->account);
	json_add_member(&text, "did", session->did);
	json_add_member(&text, "accessJwt", session->access);
	json_add_member(&text, "refreshJwt", session->refresh);
	cq_buf_char(&text, '}');
	return cq_buf_take(&text);
}

/* Tokens of another account, or for another server, are shown to nobody. */
static void
take_kept(const struct src_visit *visit, const cJSON *kept,
    struct bluesky_session *out)
{
	const char *service = json_str(kept, "service");
	const char *account = json_str(kept, "account");

	if (service == NULL || account == NULL ||
	    !url_same_origin(service, visit->source->address) ||
	    strcmp(account, out->account) != 0)
		return;
	out->access = session_token(json_str(kept, "accessJwt"));
	out->refresh = session_token(json_str(kept, "refreshJwt"));
	out->did = session_token(json_str(kept, "did"));
}

enum cq_status
bluesky_session_load(const struct src_visit *visit, struct bluesky_session *out,
    struct cq_err *err)
{
	struct json doc;

	out->account = account_of(visit->secret);
	if (out->account == NULL)
		return cq_fail(err, CQ_INPUT,
		    "the token file must hold handle:app-password in its "
		    "first line");
	if (!session_json(visit, &doc))
		return CQ_OK; /* a damaged file costs a login */
	take_kept(visit, doc.root, out);
	json_free(&doc);
	return CQ_OK;
}

/* --- what is asked ----------------------------------------------------- */

enum cq_status
bluesky_ask_login(const struct src_visit *visit, struct src_request *req,
    struct cq_err *err)
{
	char *account = account_of(visit->secret);
	struct cq_buf body = {0};
	enum cq_status rc;

	if (account == NULL)
		return cq_fail(err, CQ_INPUT,
		    "the token file must hold handle:app-password in its "
		    "first line");
	*req = (struct src_request){.secret = true};
	req->url = url_at(visit->source->address,
	    "/xrpc/com.atproto.server.createSession");
	json_add_member(&body, "identifier", account);
	json_add_member(&body, "password", password_of(visit->secret));
	cq_buf_char(&body, '}');
	req->body = cq_buf_take(&body);
	free(account);
	rc = src_request_header(req, "Content-Type", "application/json", err);
	if (rc != CQ_OK)
		return rc;
	return src_request_header(req, "Accept", "application/json", err);
}

enum cq_status
bluesky_ask_refresh(const struct src_visit *visit,
    const struct bluesky_session *session, struct src_request *req,
    struct cq_err *err)
{
	const struct bluesky_session pass = {.access = session->refresh};
	enum cq_status rc;

	*req = (struct src_request){.body = cq_strdup("")};
	req->url = url_at(visit->source->address,
	    "/xrpc/com.atproto.server.refreshSession");
	/* no type: a body that is said to be there would be refused */
	rc = src_request_header(req, "Content-Type", "", err);
	return rc == CQ_OK ? bluesky_show(&pass, req, err) : rc;
}

enum cq_status
bluesky_show(const struct bluesky_session *session, struct src_request *req,
    struct cq_err *err)
{
	char *value = cq_format("Bearer %s",
	    session->access == NULL ? "" : session->access);
	enum cq_status rc;

	req->secret = true;
	rc = src_request_header(req, "Authorization", value, err);
	src_wipe(&value);
	if (rc != CQ_OK)
		return rc;
	return src_request_header(req, "Accept", "application/json", err);
}

/* --- what is answered -------------------------------------------------- */

bool
bluesky_is_error(const struct src_answer *answer, const char *name)
{
	const char *error;
	struct json doc;
	bool is;

	if (json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return false;
	error = json_str(doc.root, "error");
	is = error != NULL && strcmp(error, name) == 0;
	json_free(&doc);
	return is;
}

bool
bluesky_is_expired(const struct src_answer *answer)
{
	return answer->http == 401 ||
	    (answer->http == 400 &&
		(bluesky_is_error(answer, "ExpiredToken") ||
		    bluesky_is_error(answer, "InvalidToken")));
}

bool
bluesky_is_refused(const struct src_answer *answer)
{
	return answer->http == 400 || answer->http == 401;
}

enum cq_status
bluesky_refused(const struct src_answer *answer, struct src_next *next,
    struct cq_err *err)
{
	bool wants_code = bluesky_is_error(answer, "AuthFactorTokenRequired");

	next->pause = true;
	next->refused = true;
	return answer_fail(answer, err,
	    "refused the %s: make an app password and put "
	    "handle:app-password in the token file",
	    wants_code ? "account's own password" : "handle or the password");
}

/* Both tokens or nothing. */
static bool
take_tokens(const cJSON *root, struct bluesky_session *session)
{
	struct bluesky_session fresh = {
	    .access = session_token(json_str(root, "accessJwt")),
	    .refresh = session_token(json_str(root, "refreshJwt")),
	    .did = session_token(json_str(root, "did")),
	};

	if (fresh.access == NULL || fresh.refresh == NULL) {
		bluesky_session_free(&fresh);
		return false;
	}
	fresh.account = session->account;
	session->account = NULL;
	bluesky_session_free(session);
	*session = fresh;
	return true;
}

enum cq_status
bluesky_session_read(const struct src_visit *visit,
    const struct src_limit *limit, const struct src_answer *answer,
    struct bluesky_session *session, struct src_next *next, struct cq_err *err)
{
	enum cq_status rc =
	    answer_check(visit, limit, answer, "JSON", next, err);
	struct json doc;

	if (rc != CQ_OK)
		return rc;
	if (json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return answer_not(answer, "JSON", err);
	if (take_tokens(doc.root, session))
		next->session = session_text(visit, session);
	else
		rc = answer_not(answer, "a session", err);
	json_free(&doc);
	return rc;
}
