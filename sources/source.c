#include "sources/source.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/adapters.h"
#include "sources/url.h"

void
src_wipe(char **s)
{
	if (*s != NULL)
		explicit_bzero(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

void
src_request_free(struct src_request *req)
{
	size_t i;

	src_wipe(&req->url);
	src_wipe(&req->body);
	for (i = 0; i < req->n_headers; i++)
		src_wipe(&req->headers[i]);
	*req = (struct src_request){0};
}

bool
src_has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

enum cq_status
src_request_header(struct src_request *req, const char *name, const char *value,
    struct cq_err *err)
{
	if (src_has_control(name) || src_has_control(value))
		return cq_fail(err, CQ_INPUT,
		    "a control character stands in a header: not sent");
	if (req->n_headers == SRC_MAX_HEADERS)
		return cq_fail(err, CQ_INPUT, "more than %d headers",
		    SRC_MAX_HEADERS);
	req->headers[req->n_headers++] = cq_format("%s: %s", name, value);
	return CQ_OK;
}

enum cq_status
src_request_json(struct src_request *req, const char *name, const char *secret,
    struct cq_err *err)
{
	enum cq_status rc =
	    src_request_header(req, "Accept", "application/json", err);

	if (rc != CQ_OK || secret == NULL)
		return rc;
	req->secret = true;
	return src_request_header(req, name, secret, err);
}

void
src_next_free(struct src_next *next)
{
	free(next->cursor);
	src_wipe(&next->session);
	*next = (struct src_next){0};
}

int64_t
src_floor_s(const struct cq_source *s)
{
	const struct src_ops *ops = src_adapter(s->adapter);

	return ops == NULL || ops->floor_s == NULL ? 0 : ops->floor_s(s);
}

char *
src_secret_in(const struct cq_source *s)
{
	const struct src_ops *ops = src_adapter(s->adapter);
	char *made = ops == NULL || ops->first == NULL ? NULL : ops->first(s);
	const char *asked = made != NULL ? made : s->address;
	char *name = asked == NULL ? NULL : url_secret_name(asked);

	/* the paths of other services hold numbers that look no better */
	if (name == NULL && ops == &src_feed && asked != NULL)
		name = url_secret_part(asked);
	free(made);
	return name;
}
