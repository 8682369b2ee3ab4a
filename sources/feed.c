#include "sources/adapters.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "sources/answer.h"
#include "sources/feed_bytes.h"
#include "sources/feed_json.h"
#include "sources/feed_memory.h"
#include "sources/feed_post.h"
#include "sources/feed_xml.h"
#include "sources/url.h"

/*
 * RSS, Atom and JSON Feed.  The cursor is what is remembered of the last
 * document; see feed_memory.h.
 */

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	if (s->query != NULL && *s->query != '\0')
		return cq_fail(err, CQ_INPUT,
		    "a feed takes no query: its address says it all");
	return url_check(s->address, s->insecure, err);
}

static int64_t
floor_s(const struct cq_source *s)
{
	(void)s;
	return FEED_FLOOR_S;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	struct feed_memory memory;
	enum cq_status rc;

	feed_memory_read(&memory, visit->cursor);
	*req = (struct src_request){
	    .url = cq_strdup(s->address), .token = s->token_file != NULL};
	rc = src_request_header(req, "Accept",
	    "application/atom+xml, application/rss+xml, "
	    "application/feed+json, application/xml;q=0.9, */*;q=0.5",
	    err);
	if (rc == CQ_OK && memory.etag != NULL)
		rc = src_request_header(req, "If-None-Match", memory.etag, err);
	if (rc == CQ_OK && memory.modified != NULL)
		rc = src_request_header(req, "If-Modified-Since",
		    memory.modified, err);
	feed_memory_free(&memory);
	return rc;
}

/* Of a cut document they are not kept: "not modified" would lose its end. */
static void
take_header(const struct src_answer *answer, const struct feed *feed,
    const char *name, char **to)
{
	free(*to);
	*to = feed->cut ? NULL : cq_strdup(answer->header(answer, name));
}

static void
end(struct src_visit *visit, const struct feed_memory *memory,
    struct src_next *next)
{
	const struct cq_source *s = visit->source;

	next->every_s = feed_memory_every_s(memory, visit->now,
	    s->every_s > 0 ? s->every_s : src_feed.every_s);
}

static enum cq_status
read_document(struct src_visit *visit, const struct src_answer *answer,
    struct feed_memory *memory, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	struct feed feed;
	enum cq_status rc = feed_is_json(answer) ? feed_json(answer, &feed, err)
						 : feed_xml(answer, &feed, err);

	if (rc != CQ_OK)
		return rc;
	feed_emit(&feed, visit, memory, emit, arg, next);
	memory->ttl_s = feed.ttl_s;
	memory->hours = feed.hours;
	memory->days = feed.days;
	take_header(answer, &feed, "ETag", &memory->etag);
	take_header(answer, &feed, "Last-Modified", &memory->modified);
	next->cursor = feed_memory_write(memory);
	feed_free(&feed);
	return CQ_OK;
}

static enum cq_status
read_feed(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct feed_memory memory;
	enum cq_status rc = CQ_OK;

	*next = (struct src_next){0};
	feed_memory_read(&memory, visit->cursor);
	if (answer->http != 304 || !memory.any) {
		rc = answer_check_open(visit, &src_feed.limit, answer, "a feed",
		    next, err);
		if (rc == CQ_OK)
			rc = read_document(visit, answer, &memory, emit, arg,
			    next, err);
	}
	if (rc == CQ_OK)
		end(visit, &memory, next);
	feed_memory_free(&memory);
	return rc;
}

const struct src_ops src_feed = {
    .name = "feed",
    .help = "address: an RSS, Atom or JSON feed; no query",
    .every_s = 900,
    .max_body = FEED_BYTES_MAX,
    .check = check,
    .floor_s = floor_s,
    .ask = ask,
    .read = read_feed,
};
