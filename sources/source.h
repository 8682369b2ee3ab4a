#ifndef SRC_SOURCE_H
#define SRC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/post.h"
#include "core/source.h"

/*
 * An adapter does no I/O: it says what to ask next, and reads the answer.
 * So all sources share one transfer loop, none delays another, and an
 * adapter is tested and fuzzed with recorded bytes.
 */

#define SRC_MAX_HEADERS 8

/* Strings owned; src_request_free(). */
struct src_request {
	char *url;
	char *headers[SRC_MAX_HEADERS]; /* "Name: value", without the token */
	size_t n_headers;
	bool token; /* send the source's token as "Authorization: Bearer" */
};
void src_request_free(struct src_request *req);

/* Adds a header; CQ_INPUT if it holds a byte below 0x20 or 0x7f. */
enum cq_status src_request_header(struct src_request *req, const char *name,
    const char *value, struct cq_err *err);

/* Borrowed for the call. */
struct src_answer {
	int http;	  /* status code */
	const char *body; /* after decoding; NUL behind the last byte */
	size_t n;
	const char *url;      /* where the answer came from, after redirects */
	const char *moved_to; /* if every redirect was permanent; or NULL */
	int64_t now;	      /* UTC seconds when it arrived */

	/* A header's value (the last one), or NULL; name without case. */
	const char *(*header)(const struct src_answer *answer,
	    const char *name);
	const void *arg;
};

/* What follows an answer; cursor owned: src_next_free(). */
struct src_next {
	char *cursor;	/* to be stored with the posts; NULL: unchanged */
	bool more;	/* another page waits: ask again at once */
	int64_t wait_s; /* the service asks for patience; 0 if it does not */
	bool pause;	/* gone, or the token was refused: a person must act */
};
void src_next_free(struct src_next *next);

/* Called for each post, which is borrowed for the call. */
typedef void (*src_emit_fn)(void *arg, const struct cq_post *post);

struct src_ops {
	const char *name; /* the word used for it in caseq(1) */
	const char *help; /* what its address and query mean, one line */
	int every_s;	  /* seconds between fetches unless told */
	size_t max_body;  /* bytes of an answer, after decoding */

	/* Checks address and query when a source is added. */
	enum cq_status (*check)(const struct cq_source *s, struct cq_err *err);

	/* Fills req for the page after cursor; "" is the first page ever. */
	enum cq_status (*ask)(const struct cq_source *s, const char *cursor,
	    struct src_request *req, struct cq_err *err);

	/*
	 * Emits the posts of one answer, oldest first.  Fails with CQ_NET
	 * and a message for a person if the answer is not what was asked
	 * for; next->wait_s and next->pause count even then.
	 */
	enum cq_status (*read)(const struct cq_source *s, const char *cursor,
	    const struct src_answer *answer, src_emit_fn emit, void *arg,
	    struct src_next *next, struct cq_err *err);
};

/* sources/registry.c: all adapters; the list ends with NULL. */
extern const struct src_ops *const src_adapters[];
const struct src_ops *src_adapter(const char *name);

#endif
