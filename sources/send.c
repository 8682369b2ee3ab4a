#include "sources/send.h"

#include <stdlib.h>

#include "core/alloc.h"

enum cq_status
src_send(struct http *http, const struct cq_source *s,
    const struct src_ops *ops, const char *cursor, http_done_fn done, void *arg,
    char **asked, struct cq_err *err)
{
	struct src_request req = {0};
	struct http_job job = {
	    .req = &req,
	    .token_file = s->token_file,
	    .insecure = s->insecure,
	    .max_body = ops->max_body,
	    .done = done,
	    .arg = arg,
	};
	enum cq_status rc = ops->ask(s, cursor, &req, err);

	if (rc == CQ_OK)
		rc = http_add(http, &job, err);
	if (asked != NULL) {
		free(*asked);
		*asked = cq_strdup(req.url);
	}
	src_request_free(&req);
	return rc;
}
