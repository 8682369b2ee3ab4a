#include "sources/mastodon.h"

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/when.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/url.h"

/*
 * A second look at posts that are known.  One question asks about all of
 * them, and what the answer leaves out is gone.  An answer with none of them
 * tells nothing, as servers that do not know the question may give it too
 * (it came with Mastodon 4.3): then each is asked about by itself, the oldest
 * first.
 *
 * Of one that was edited since the last look, its history is asked for as
 * well, or only the last of several edits would be seen.
 */

#define HISTORIES 5 /* of the posts of one question */
#define LOOKS_S \
	1800 /* the last look at a post was so long before the last
			one of its source, if there are many */

static const char *
id_alone(const struct mastodon_look *look, const char *const *ids, size_t n)
{
	return ids[n - 1 - look->n];
}

static bool
has_edited(const struct mastodon_look *look)
{
	return look->n_done < look->edited.n;
}

void
mastodon_look_free(struct mastodon_look *look)
{
	cq_post_list_free(&look->edited);
	*look = (struct mastodon_look){0};
}

enum cq_status
mastodon_ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	const struct mastodon_memory *m = visit->memory;
	char *base;
	struct cq_buf url = {0};

	if (m != NULL && has_edited(&m->look))
		return mastodon_ask_status(visit->source,
		    m->look.edited.at[m->look.n_done].id, "/history", req, err);
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

/* --- a post that is there ---------------------------------------------- */

static void
keep_edited(void *look, const struct cq_post *post)
{
	cq_post_list_add(&((struct mastodon_look *)look)->edited, post);
}

static bool
was_edited(const struct cq_source *s, const cJSON *status)
{
	const char *edited = json_str(status, "edited_at");
	int64_t at;

	return edited != NULL && cq_time_parse(edited, &at) &&
	    (s->looked_at < LOOKS_S || at > s->looked_at - LOOKS_S);
}

static void
take(struct src_visit *visit, const struct json *doc, const cJSON *status,
    src_emit_fn emit, void *arg, const struct src_next *next)
{
	struct mastodon_look *look;

	if (next->wait_s == 0 && was_edited(visit->source, status)) {
		look = &mastodon_memory(visit)->look;
		if (look->edited.n < HISTORIES) {
			mastodon_emit(visit->source, doc, status, keep_edited,
			    look);
			return;
		}
	}
	mastodon_emit(visit->source, doc, status, emit, arg);
}

/* The first text is known, or was before it; the last one is what is now. */
static void
emit_between(const struct cq_source *s, const struct json *doc, const char *id,
    src_emit_fn emit, void *arg)
{
	const cJSON *version = doc->root->child;

	if (version == NULL)
		return;
	for (version = version->next; version != NULL && version->next != NULL;
	     version = version->next)
		mastodon_emit_past(s, id, version, emit, arg);
}

/* A history that cannot be had must not keep the edit from us. */
static void
read_history(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next)
{
	struct mastodon_look *look = &mastodon_memory(visit)->look;
	const struct cq_post *post = &look->edited.at[look->n_done];
	struct src_next told = {0};
	struct json doc;

	if (answer_json(visit, &src_mastodon, answer, true, &told, &doc,
		NULL) == CQ_OK) {
		emit_between(visit->source, &doc, post->id, emit, arg);
		json_free(&doc);
	}
	next->wait_s = told.wait_s;
	next->patience = told.patience;
	do /* all of them, if there will be no other question */
		emit(arg, &look->edited.at[look->n_done++]);
	while (has_edited(look) && (next->wait_s > 0 || next->patience));
}

/* --- about all of them ------------------------------------------------- */

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
		mastodon_memory(visit)->look.alone = true;
		return CQ_OK;
	}
	rc = answer_json(visit, &src_mastodon, answer, true, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	for (i = 0; i < n && !any; i++)
		any = mastodon_find(&doc, doc.root, ids[i]) != NULL;
	for (i = n; i-- > 0 && any;) {
		const cJSON *status = mastodon_find(&doc, doc.root, ids[i]);

		if (status == NULL)
			src_emit_gone(visit->source, ids[i], emit, arg);
		else
			take(visit, &doc, status, emit, arg, next);
	}
	if (!any)
		mastodon_memory(visit)->look.alone = true;
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
	if (mastodon_has_id(&doc, doc.root, id))
		take(visit, &doc, doc.root, emit, arg, next);
	json_free(&doc);
	return CQ_OK;
}

/* What is still to be asked about the same ids; else the next ones come. */
static bool
wants_more(struct src_visit *visit, size_t n)
{
	struct mastodon_memory *m = visit->memory;

	if (m == NULL)
		return false;
	if (has_edited(&m->look) || (m->look.alone && m->look.n < n))
		return true;
	mastodon_look_free(&m->look);
	return false;
}

enum cq_status
mastodon_read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct mastodon_memory *m = visit->memory;
	enum cq_status rc = CQ_OK;

	*next = (struct src_next){0};
	if (m != NULL && has_edited(&m->look)) {
		read_history(visit, answer, emit, arg, next);
	} else if (m != NULL && m->look.alone) {
		rc = read_one(visit, id_alone(&m->look, ids, n), answer, emit,
		    arg, next, err);
		m->look.n++;
	} else {
		rc = read_all(visit, ids, n, answer, emit, arg, next, err);
	}
	next->more = rc == CQ_OK && wants_more(visit, n);
	return rc;
}
