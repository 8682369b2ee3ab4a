#include "sources/mastodon.h"

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/url.h"

/*
 * A second look at posts that are known.  One question asks about all of
 * them, and what the answer leaves out is gone.  An answer with none of them
 * tells nothing, as servers that do not know the question may give it too
 * (it came with Mastodon 4.3): then each is asked about by itself, the oldest
 * first.
 */

static const char *
id_alone(const struct mastodon_look *look, const char *const *ids, size_t n)
{
	return ids[n - 1 - look->n];
}

enum cq_status
mastodon_ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	const struct mastodon_memory *m = visit->memory;
	char *base;
	struct cq_buf url = {0};

	if (m != NULL && m->look.alone)
		return mastodon_ask_status(visit->source,
		    id_alone(&m->look, ids, n), "", req, err);
	base = url_at(visit->source->address, "/api/v1/statuses");
	cq_buf_str(&url, base);
	free(base);
	for (size_t i = 0; i < n; i++)
		url_add(&url, "id[]", ids[i]);
	return mastodon_ask(visit->source, &url, req, err);
}

/* --- about all of them ------------------------------------------------- */

static bool
has_id(const struct json *doc, const cJSON *status, const char *id)
{
	char buf[24];
	const char *has = json_id(doc, status, "id", buf);

	return has != NULL && strcmp(has, id) == 0;
}

static const cJSON *
find(const struct json *doc, const char *id)
{
	const cJSON *status;

	cJSON_ArrayForEach(status, doc->root)
	{
		if (has_id(doc, status, id))
			return status;
	}
	return NULL;
}

/* Does the answer say that the server does not know the question? */
static bool
is_unknown(const struct src_answer *answer)
{
	return answer->http == 400 || answer->http == 404 ||
	    answer->http == 405 || answer->http == 422;
}

static enum cq_status
read_all(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	bool any = false;
	struct json doc;
	enum cq_status rc;
	size_t i;

	if (is_unknown(answer)) {
		mastodon_memory(visit)->look.alone = next->more = true;
		return CQ_OK;
	}
	rc = answer_json(visit, &src_mastodon, answer, true, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	for (i = 0; i < n && !any; i++)
		any = find(&doc, ids[i]) != NULL;
	for (i = n; i-- > 0 && any;) {
		const cJSON *status = find(&doc, ids[i]);

		if (status == NULL)
			src_emit_gone(visit->source, ids[i], emit, arg);
		else
			mastodon_emit(visit->source, &doc, status, emit, arg);
	}
	if (!any)
		mastodon_memory(visit)->look.alone = next->more = true;
	json_free(&doc);
	return CQ_OK;
}

/* --- about one --------------------------------------------------------- */

/*
 * Is it the post that is not there, or not for us any more?  A proxy or
 * another program would answer with a page.
 */
static bool
is_gone(const struct src_answer *answer)
{
	struct json doc;
	bool gone;

	if ((answer->http != 404 && answer->http != 410) ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return false;
	gone = json_str(doc.root, "error") != NULL;
	json_free(&doc);
	return gone;
}

/*
 * Refused for this post alone, or the server stumbles over it: nothing is
 * known of it, and the others are asked about.
 */
static bool
is_odd(const struct src_visit *visit, const struct src_answer *answer)
{
	struct src_next next = {0};
	struct cq_err err;

	if (answer->http != 403 && answer->http != 404 && answer->http != 410 &&
	    answer->http != 500)
		return false;
	(void)answer_check(visit, &src_mastodon.limit, answer, "JSON", &next,
	    &err);
	return next.wait_s == 0 && !next.patience;
}

static enum cq_status
read_one(struct src_visit *visit, const char *id,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct json doc;
	enum cq_status rc;

	if (is_gone(answer)) {
		src_emit_gone(visit->source, id, emit, arg);
		return CQ_OK;
	}
	if (is_odd(visit, answer))
		return CQ_OK;
	rc = answer_json(visit, &src_mastodon, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	if (has_id(&doc, doc.root, id))
		mastodon_emit(visit->source, &doc, doc.root, emit, arg);
	json_free(&doc);
	return CQ_OK;
}

enum cq_status
mastodon_read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct mastodon_memory *m = visit->memory;
	struct mastodon_look *look = m == NULL ? NULL : &m->look;
	const char *id;

	*next = (struct src_next){0};
	if (look == NULL || !look->alone)
		return read_all(visit, ids, n, answer, emit, arg, next, err);
	id = id_alone(look, ids, n);
	next->more = ++look->n < n;
	if (!next->more)
		*look = (struct mastodon_look){0};
	return read_one(visit, id, answer, emit, arg, next, err);
}
