#include "sources/send.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/token.h"

static enum cq_status
add(struct http *http, const struct src_visit *visit, const struct src_ops *ops,
    const struct src_request *req, http_done_fn done, void *arg,
    struct cq_err *err)
{
	const struct http_job job = {
	    .req = req,
	    .token_file = visit->source->token_file,
	    .insecure = visit->source->insecure,
	    .max_body = ops->max_body,
	    .done = done,
	    .arg = arg,
	};

	return http_add(http, &job, err);
}

/* Lends the visit what the token file holds; buf is wiped by the caller. */
static enum cq_status
lend_secret(struct src_visit *visit, const struct src_ops *ops,
    char buf[TOKEN_MAX], struct cq_err *err)
{
	enum cq_status rc;

	visit->secret = NULL;
	if (!ops->sees_secret || visit->source->token_file == NULL)
		return CQ_OK;
	rc = token_read(visit->source->token_file, buf, err);
	if (rc == CQ_OK)
		visit->secret = buf;
	return rc;
}

/* About n ids, or the next question of the visit if ids is NULL. */
static enum cq_status
ask_about(struct http *http, struct src_visit *visit, const struct src_ops *ops,
    const char *const *ids, size_t n, http_done_fn done, void *arg,
    char **asked, struct cq_err *err)
{
	struct src_request req = {0};
	char secret[TOKEN_MAX];
	enum cq_status rc = lend_secret(visit, ops, secret, err);

	if (rc == CQ_OK)
		rc = ids == NULL ? ops->ask(visit, &req, err)
				 : ops->ask_again(visit, ids, n, &req, err);
	if (rc == CQ_OK)
		rc = add(http, visit, ops, &req, done, arg, err);
	visit->secret = NULL;
	explicit_bzero(secret, sizeof(secret));
	if (asked != NULL) {
		free(*asked);
		*asked = cq_strdup(req.url);
	}
	src_request_free(&req);
	return rc;
}

enum cq_status
src_send(struct http *http, struct src_visit *visit, const struct src_ops *ops,
    http_done_fn done, void *arg, char **asked, struct cq_err *err)
{
	return ask_about(http, visit, ops, NULL, 0, done, arg, asked, err);
}

enum cq_status
src_send_again(struct http *http, struct src_visit *visit,
    const struct src_ops *ops, const char *const *ids, size_t n,
    http_done_fn done, void *arg, struct cq_err *err)
{
	return ask_about(http, visit, ops, ids, n, done, arg, NULL, err);
}
