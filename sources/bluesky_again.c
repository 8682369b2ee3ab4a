#include "sources/bluesky_again.h"

#include <stdlib.h>
#include <string.h>

#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/bluesky_post.h"
#include "sources/bluesky_query.h"
#include "sources/bluesky_session.h"
#include "sources/json.h"
#include "sources/url.h"

/*
 * A second look at posts that are known.  One question asks about all of
 * them, and what the answer leaves out is gone.  An answer with none of them
 * tells nothing, as all are left out when something is amiss with the index:
 * then each is asked about by itself, the oldest first, in a way that has the
 * server say that it is gone.
 */

static const char *
id_alone(const struct bluesky_look *look, const char *const *ids, size_t n)
{
	return ids[n - 1 - look->n];
}

char *
bluesky_look_url(const struct bluesky_look *look, const struct src_visit *visit,
    const char *const *ids, size_t n)
{
	const char *uris[BLUESKY_BATCH];
	size_t n_uris = 0, i;
	struct cq_buf url = {0};
	char *base;

	if (look->alone) {
		base = url_at(visit->source->address,
		    "/xrpc/app.bsky.feed.getPostThread?depth=0&parentHeight=0");
		cq_buf_str(&url, base);
		free(base);
		url_add(&url, "uri", id_alone(look, ids, n));
		return cq_buf_take(&url);
	}
	for (i = 0; i < n && n_uris < BLUESKY_BATCH; i++)
		if (bluesky_is_post(ids[i]))
			uris[n_uris++] = ids[i];
	return n_uris == 0
	    ? NULL
	    : bluesky_batch_url(visit->source->address,
		  "/xrpc/app.bsky.feed.getPosts", "uris", uris, n_uris);
}

static bool
has_uri(const cJSON *post, const char *id)
{
	const char *uri = json_str(post, "uri");

	return uri != NULL && strcmp(uri, id) == 0;
}

/* The post with that id; NULL if it is not there. */
static const cJSON *
find_post(const cJSON *posts, const char *id)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, posts)
	{
		if (has_uri(one, id))
			return one;
	}
	return NULL;
}

static enum cq_status
read_all(struct bluesky_look *look, const struct src_visit *visit,
    const char *const *ids, size_t n, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	const cJSON *posts, *post;
	bool any = false;
	struct json doc;
	enum cq_status rc;
	size_t i;

	rc = answer_json(visit, &src_bluesky, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	posts = json_member(doc.root, "posts");
	if (!cJSON_IsArray(posts))
		rc = answer_not(answer, "a list of posts", err);
	else
		look->alone = posts->child == NULL;
	for (i = 0; rc == CQ_OK && i < n && !any; i++)
		any = find_post(posts, ids[i]) != NULL;
	for (i = 0; any && i < n && i < BLUESKY_BATCH; i++) {
		post = find_post(posts, ids[i]);
		if (post != NULL)
			bluesky_emit(visit->source->name, post, visit->now,
			    emit, arg);
		else if (bluesky_is_post(ids[i]))
			src_emit_gone(visit->source, ids[i], emit, arg);
	}
	json_free(&doc);
	return rc;
}

/* What is refused for another reason tells nothing of the post. */
static enum cq_status
read_one(const struct src_visit *visit, const char *id,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	const cJSON *post;
	struct json doc;
	enum cq_status rc;

	if (answer->http == 400 && bluesky_is_error(answer, "NotFound"))
		src_emit_gone(visit->source, id, emit, arg);
	if (answer->http == 400 && !bluesky_is_expired(answer))
		return CQ_OK;
	rc = answer_json(visit, &src_bluesky, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	post = json_member(json_member(doc.root, "thread"), "post");
	if (has_uri(post, id))
		bluesky_emit(visit->source->name, post, visit->now, emit, arg);
	json_free(&doc);
	return CQ_OK;
}

enum cq_status
bluesky_look_read(struct bluesky_look *look, const struct src_visit *visit,
    const char *const *ids, size_t n, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	enum cq_status rc;

	if (look->alone) {
		rc = read_one(visit, id_alone(look, ids, n), answer, emit, arg,
		    next, err);
		look->n++;
	} else {
		rc =
		    read_all(look, visit, ids, n, answer, emit, arg, next, err);
	}
	while (look->alone && look->n < n &&
	    !bluesky_is_post(id_alone(look, ids, n)))
		look->n++;
	next->more = rc == CQ_OK && look->alone && look->n < n;
	if (!next->more)
		*look = (struct bluesky_look){0};
	return rc;
}
