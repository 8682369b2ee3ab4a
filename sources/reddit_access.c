#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/answer.h"
#include "sources/reddit.h"
#include "sources/session.h"
#include "sources/url.h"

#define EARLY_S 60 /* not used in its last minute */
#define LIFE_MAX_S (7 * 24 * 3600)

static const char wanted[] =
    "the token file must hold client-id:client-secret, or "
    "client-id:client-secret:refresh-token, in its first line";

void
reddit_access_free(struct reddit_access *access)
{
	src_wipe(&access->token);
	src_wipe(&access->refresh);
}

/* Is every byte of the n one that may stand in a header? */
static bool
is_plain(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] <= 0x20 || (unsigned char)s[i] >= 0x7f)
			return false;
	return n > 0;
}

/* --- the token file ---------------------------------------------------- */

/* The end of "id:secret"; NULL if the line is none such. */
static const char *
end_of_app(const char *line)
{
	const char *colon = line == NULL ? NULL : strchr(line, ':');
	const char *end;

	if (colon == NULL || colon == line || !is_plain(line, strlen(line)))
		return NULL;
	end = colon + 1 + strcspn(colon + 1, ":");
	return end == colon + 1 || strcmp(end, ":") == 0 ? NULL : end;
}

/* A fingerprint, so that a session is not used with another token file. */
static void
tell_owner(const struct src_visit *visit, char owner[17])
{
	const char *parts[] = {visit->source->address, visit->secret};
	uint64_t sum = UINT64_C(14695981039346656037); /* FNV-1a */
	const char *p;
	int i;

	for (i = 0; i < 2; i++)
		for (p = parts[i]; *p != '\0'; p++)
			sum =
			    (sum ^ (unsigned char)*p) * UINT64_C(1099511628211);
	snprintf(owner, 17, "%016llx", (unsigned long long)sum);
}

/* --- what is kept ------------------------------------------------------ */

static char *
session_text(const struct reddit_access *access, int64_t until_at)
{
	struct cq_buf text = {0};

	json_add_member(&text, "owner", access->owner);
	json_add_member(&text, "access_token", access->token);
	json_add_member(&text, "refresh_token", access->refresh);
	cq_buf_fmt(&text, ",\"until\":%lld}", (long long)until_at);
	return cq_buf_take(&text);
}

static void
take_kept(const struct src_visit *visit, const cJSON *kept,
    struct reddit_access *access)
{
	const char *owner = json_str(kept, "owner");
	int64_t until_at;

	if (owner == NULL || strcmp(owner, access->owner) != 0)
		return;
	access->refresh = session_token(json_str(kept, "refresh_token"));
	if (json_int(json_member(kept, "until"), &until_at) &&
	    until_at - EARLY_S > visit->now)
		access->token = session_token(json_str(kept, "access_token"));
}

enum cq_status
reddit_access_load(const struct src_visit *visit, struct reddit_access *access,
    struct cq_err *err)
{
	struct json doc;

	reddit_access_free(access);
	if (end_of_app(visit->secret) == NULL)
		return cq_fail(err, CQ_INPUT, "%s", wanted);
	tell_owner(visit, access->owner);
	if (!session_json(visit, &doc))
		return CQ_OK; /* a damaged file costs a question */
	take_kept(visit, doc.root, access);
	json_free(&doc);
	return CQ_OK;
}

/* --- what is asked ----------------------------------------------------- */

static void
add_base64(struct cq_buf *out, const char *s, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i, k;

	for (i = 0; i < n; i += 3) {
		uint32_t bits = 0;

		for (k = 0; k < 3; k++)
			bits = bits << 8 |
			    (i + k < n ? (unsigned char)s[i + k] : 0);
		for (k = 0; k < 4; k++)
			cq_buf_char(out,
			    i + k > n ? '='
				      : digits[bits >> (18 - 6 * k) & 63]);
	}
}

static char *
body_of(const struct src_visit *visit, const struct reddit_access *access)
{
	const char *end = end_of_app(visit->secret);
	char *escaped, *body;

	if (*end == '\0')
		return cq_strdup("grant_type=client_credentials");
	escaped =
	    url_escape(access->refresh == NULL ? end + 1 : access->refresh);
	body = cq_format("grant_type=refresh_token&refresh_token=%s", escaped);
	src_wipe(&escaped);
	return body;
}

enum cq_status
reddit_ask_access(const struct src_visit *visit,
    const struct reddit_access *access, struct src_request *req,
    struct cq_err *err)
{
	const char *end = end_of_app(visit->secret);
	struct cq_buf basic = {0};
	enum cq_status rc;
	char *value;

	if (end == NULL)
		return cq_fail(err, CQ_INPUT, "%s", wanted);
	*req = (struct src_request){.secret = true};
	req->url = reddit_url_of_token(visit->source);
	req->body = body_of(visit, access);
	cq_buf_str(&basic, "Basic ");
	add_base64(&basic, visit->secret, (size_t)(end - visit->secret));
	value = cq_buf_take(&basic);
	rc = src_request_header(req, "Authorization", value, err);
	src_wipe(&value);
	if (rc != CQ_OK)
		return rc;
	return src_request_header(req, "Content-Type",
	    "application/x-www-form-urlencoded", err);
}

enum cq_status
reddit_show(const struct reddit_access *access, struct src_request *req,
    struct cq_err *err)
{
	char *value = cq_format("Bearer %s", access->token);
	enum cq_status rc;

	req->secret = true;
	rc = src_request_header(req, "Authorization", value, err);
	src_wipe(&value);
	return rc;
}

/* --- what is answered -------------------------------------------------- */

static enum cq_status
refused(const struct src_answer *answer, struct src_next *next,
    struct cq_err *err)
{
	next->pause = true;
	next->refused = true;
	return answer_fail(answer, err,
	    "refused the app (%d): is it approved, and do id, secret and "
	    "refresh token in the token file belong together?",
	    answer->http);
}

static void
take_access(const struct src_visit *visit, const cJSON *root,
    struct reddit_access *access, struct src_next *next)
{
	char *refresh = session_token(json_str(root, "refresh_token"));
	int64_t life_s;

	if (!json_int(json_member(root, "expires_in"), &life_s) || life_s < 0 ||
	    life_s > LIFE_MAX_S)
		life_s = 0; /* good for this visit, at least */
	if (refresh != NULL) {
		src_wipe(&access->refresh);
		access->refresh = refresh;
	}
	next->session = session_text(access, visit->now + life_s);
}

enum cq_status
reddit_read_access(const struct src_visit *visit, const struct src_limit *limit,
    const struct src_answer *answer, struct reddit_access *access,
    struct src_next *next, struct cq_err *err)
{
	struct json doc;
	enum cq_status rc;

	/* a refresh token that is worth nothing is told with 400, or 200 */
	if (answer->http == 400 || answer->http == 401 || answer->http == 403)
		return refused(answer, next, err);
	rc = answer_check(visit, limit, answer, "JSON", next, err);
	if (rc != CQ_OK)
		return rc;
	if (json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return answer_not(answer, "JSON", err);
	access->token = session_token(json_str(doc.root, "access_token"));
	if (access->token != NULL)
		take_access(visit, doc.root, access, next);
	else if (json_str(doc.root, "error") != NULL)
		rc = refused(answer, next, err);
	else
		rc = answer_not(answer, "an access token", err);
	json_free(&doc);
	return rc;
}
