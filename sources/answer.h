#ifndef SRC_ANSWER_H
#define SRC_ANSWER_H

#include "core/buf.h"
#include "sources/json.h"
#include "sources/source.h"

/*
 * What every adapter must judge alike: answers that are not what was asked
 * for.  Returns CQ_OK for 200, with next->wait_s if no more requests are
 * allowed now; else CQ_NET with a message and, in *next, how long to wait
 * or that a person must act.
 *
 * visit  for the source, its token and address
 * limit  the adapter's; how the service counts requests
 * what   what was due: "JSON", "a feed"
 */
enum cq_status answer_check(const struct src_visit *visit,
    const struct src_limit *limit, const struct src_answer *answer,
    const char *what, struct src_next *next, struct cq_err *err);

/*
 * The same for what most can read without a token: a 403 to who has none is
 * no call for one.  Many say so to whom they find too eager; they are asked
 * again later.
 */
enum cq_status answer_check_open(const struct src_visit *visit,
    const struct src_limit *limit, const struct src_answer *answer,
    const char *what, struct src_next *next, struct cq_err *err);

/*
 * answer_check(), then the JSON of the answer within max bytes; the root is
 * an array or, with array false, an object.  json_free() after CQ_OK.  Where
 * ops->tokenless nobody can act on a 401 or 403: it is asked again later.
 */
enum cq_status answer_json(const struct src_visit *visit,
    const struct src_ops *ops, const struct src_answer *answer, bool array,
    struct src_next *next, struct json *doc, struct cq_err *err);

/*
 * The address with that relation ("next", "prev") in the Link header (RFC
 * 8288), if it is on the host that answered; else NULL.  Owned.
 */
char *answer_link(const struct src_answer *answer, const char *rel);

/* s, or NULL if it is NULL, empty or longer than max bytes. */
const char *src_within(const char *s, size_t max);

/* Words a person typed: one line of UTF-8, at most max bytes. */
bool src_is_line(const char *s, size_t max);

/* Emits that this post of the source is gone. */
void src_emit_gone(const struct cq_source *s, const char *id, src_emit_fn emit,
    void *arg);

/* What was written, cut to CQ_TEXT_MAX bytes; text is empty then.  Owned. */
char *src_text(struct cq_buf *text);

/*
 * title, an empty line, and text, within CQ_TEXT_MAX bytes; either may be
 * NULL or empty.  Owned.
 */
char *src_titled(const char *title, const char *text);

/* CQ_NET and "forum.example ...": who answered, and what of it by fmt. */
enum cq_status answer_fail(const struct src_answer *answer, struct cq_err *err,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* "... answered with a web page instead of JSON; check the address" */
enum cq_status answer_not(const struct src_answer *answer, const char *what,
    struct cq_err *err);

bool answer_is_web_page(const struct src_answer *answer);

/*
 * Seconds the service asks for by Retry-After (seconds or a date) or by the
 * reset of its limit, within 1 s and 24 h; 0 if it asks for none, or for a
 * time that is past.
 */
int64_t answer_wait_s(const struct src_limit *limit,
    const struct src_answer *answer);

#endif
