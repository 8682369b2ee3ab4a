#include "sources/answer.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/text.h"
#include "sources/dates.h"
#include "sources/url.h"

#define WAIT_MAX_S (24 * 3600)

static int64_t
clamp(int64_t wait_s)
{
	if (wait_s < 1)
		return 1;
	return wait_s > WAIT_MAX_S ? WAIT_MAX_S : wait_s;
}

/* Digits, perhaps with a fraction: "42", "597.0". */
static bool
whole_number(const char *s, int64_t *n)
{
	char *end;

	if (s == NULL || !isdigit((unsigned char)*s))
		return false;
	*n = strtoll(s, &end, 10);
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	end += strspn(end, " \t");
	return *end == '\0';
}

/* When the service counts anew; a time in the past tells nothing. */
static int64_t
reset_wait_s(const struct src_limit *limit, const struct src_answer *answer)
{
	const char *reset =
	    limit->reset == NULL ? NULL : answer->header(answer, limit->reset);
	int64_t at = 0;

	if (reset == NULL)
		return 0;
	switch (limit->kind) {
	case SRC_RESET_TIME:
		return date_parse(reset, &at) && at > answer->now
		    ? clamp(at - answer->now)
		    : 0;
	case SRC_RESET_EPOCH:
		return whole_number(reset, &at) && at > answer->now
		    ? clamp(at - answer->now)
		    : 0;
	case SRC_RESET_SECONDS:
		return whole_number(reset, &at) ? clamp(at) : 0;
	case SRC_RESET_NONE:
		break;
	}
	return 0;
}

int64_t
answer_wait_s(const struct src_limit *limit, const struct src_answer *answer)
{
	const char *after = answer->header(answer, "Retry-After");
	int64_t n = 0;

	if (whole_number(after, &n))
		return clamp(n);
	if (after != NULL && date_parse(after, &n) && n > answer->now)
		return clamp(n - answer->now);
	return limit == NULL ? 0 : reset_wait_s(limit, answer);
}

/* Is this the last request that was allowed for now? */
static bool
is_spent(const struct src_limit *limit, const struct src_answer *answer)
{
	const char *left = limit == NULL || limit->remaining == NULL
	    ? NULL
	    : answer->header(answer, limit->remaining);
	int64_t n;

	return whole_number(left, &n) && n <= 0;
}

bool
answer_is_web_page(const struct src_answer *answer)
{
	const char *s = answer->body, *end = s + answer->n;

	if (end - s >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	while (s < end && isspace((unsigned char)*s))
		s++;
	return (end - s >= 14 && strncasecmp(s, "<!doctype html", 14) == 0) ||
	    (end - s >= 5 && strncasecmp(s, "<html", 5) == 0);
}

enum cq_status
answer_fail(const struct src_answer *answer, struct cq_err *err,
    const char *fmt, ...)
{
	char *host = url_host(answer->url), what[sizeof(err->msg)];
	enum cq_status rc;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap); /* cq_fail() cuts it sooner */
	va_end(ap);
	rc = cq_fail(err, CQ_NET, "%s %s", host == NULL ? "the server" : host,
	    what);
	free(host);
	return rc;
}

enum cq_status
answer_not(const struct src_answer *answer, const char *what,
    struct cq_err *err)
{
	return answer_fail(answer, err,
	    "answered with %s instead of %s; check the address",
	    answer_is_web_page(answer) ? "a web page"
		: answer->n == 0       ? "nothing"
				       : "something else",
	    what);
}

static enum cq_status
fail_status(const struct src_answer *answer, struct cq_err *err)
{
	if (answer->http >= 500)
		return answer_fail(answer, err,
		    "is out of order (%d): it will be asked again later",
		    answer->http);
	return answer_fail(answer, err,
	    "refused the request (%d): check address and query", answer->http);
}

static enum cq_status
ask_patience(const struct src_limit *limit, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	next->wait_s = answer_wait_s(limit, answer);
	next->patience = true;
	return answer_fail(answer, err,
	    "asks for patience (%d): it will be asked again later",
	    answer->http);
}

/*
 * Some services refuse with 403 whom they find too eager: they say how long
 * to wait.
 */
static enum cq_status
refused(const struct src_visit *visit, const struct src_limit *limit,
    const struct src_answer *answer, struct src_next *next, struct cq_err *err)
{
	bool has_token = visit->source->token_file != NULL;

	if (answer->http == 403 &&
	    (is_spent(limit, answer) ||
		answer->header(answer, "Retry-After") != NULL))
		return ask_patience(limit, answer, next, err);
	next->pause = true;
	next->refused = has_token;
	if (has_token)
		return answer_fail(answer, err,
		    "refused the token: make a new one and put it in the token "
		    "file");
	return answer_fail(answer, err,
	    "wants a token: caseq source set %s --token-file FILE",
	    visit->source->name);
}

/* 401 or 403 of a service that knows no tokens. */
static enum cq_status
blocked(const struct src_answer *answer, struct src_next *next,
    struct cq_err *err)
{
	next->wait_s = answer_wait_s(NULL, answer);
	return answer_fail(answer, err,
	    "does not answer this network (%d): it will be asked again later",
	    answer->http);
}

enum cq_status
answer_check(const struct src_visit *visit, const struct src_limit *limit,
    const struct src_answer *answer, const char *what, struct src_next *next,
    struct cq_err *err)
{
	switch (answer->http) {
	case 200:
		if (is_spent(limit, answer))
			next->wait_s = answer_wait_s(limit, answer);
		return CQ_OK;
	case 401:
	case 403:
		return refused(visit, limit, answer, next, err);
	case 404:
		return answer_fail(answer, err,
		    "knows no such page (404): check address and query");
	case 410:
		next->pause = true;
		return answer_fail(answer, err,
		    "says that this is gone for good (410): remove this "
		    "source, and add its new address if there is one");
	case 429:
		return ask_patience(limit, answer, next, err);
	default:
		/* the reset of what is left over is nothing to wait for */
		next->wait_s =
		    answer_wait_s(is_spent(limit, answer) ? limit : NULL,
			answer);
		if (answer->http < 300)
			return answer_not(answer, what, err);
		return fail_status(answer, err);
	}
}

enum cq_status
answer_check_open(const struct src_visit *visit, const struct src_limit *limit,
    const struct src_answer *answer, const char *what, struct src_next *next,
    struct cq_err *err)
{
	enum cq_status rc = answer_check(visit, limit, answer, what, next, err);

	if (answer->http != 403 || !next->pause ||
	    visit->source->token_file != NULL)
		return rc;
	next->pause = false;
	return answer_fail(answer, err,
	    "does not answer (403): it will be asked again later; if it wants "
	    "a token: caseq source set %s --token-file FILE",
	    visit->source->name);
}

enum cq_status
answer_json(const struct src_visit *visit, const struct src_ops *ops,
    const struct src_answer *answer, bool array, struct src_next *next,
    struct json *doc, struct cq_err *err)
{
	static const struct json_limits limits = {.values = 200000};
	enum cq_status rc;

	*doc = (struct json){0};
	if (ops->tokenless && (answer->http == 401 || answer->http == 403))
		return blocked(answer, next, err);
	rc = answer_check(visit, &ops->limit, answer, "JSON", next, err);
	if (rc != CQ_OK)
		return rc;
	if (json_read(answer->body, answer->n, &limits, doc, err) != CQ_OK)
		return answer_not(answer, "JSON", err);
	if (array ? cJSON_IsArray(doc->root) : cJSON_IsObject(doc->root))
		return CQ_OK;
	json_free(doc);
	return answer_not(answer, "a list of posts", err);
}

/* --- parts of an answer ------------------------------------------------ */

static bool
has_relation(const char *params, const char *rel)
{
	char *quoted = cq_format("rel=\"%s\"", rel);
	char *bare = cq_format("rel=%s", rel);
	bool has =
	    strstr(params, quoted) != NULL || strstr(params, bare) != NULL;

	free(quoted);
	free(bare);
	return has;
}

char *
answer_link(const struct src_answer *answer, const char *rel)
{
	const char *link = answer->header(answer, "Link");
	char *found = NULL;

	while (found == NULL && link != NULL &&
	    (link = strchr(link, '<')) != NULL) {
		size_t n = strcspn(++link, ">");
		size_t rest = strcspn(link + n, ",");
		char *url = cq_strndup(link, n);
		char *params = cq_strndup(link + n, rest);

		if (has_relation(params, rel) &&
		    url_same_origin(url, answer->url))
			found = cq_strdup(url);
		free(url);
		free(params);
		link += n + rest;
	}
	return found;
}

const char *
src_within(const char *s, size_t max)
{
	return s == NULL || *s == '\0' || strnlen(s, max + 1) > max ? NULL : s;
}

char *
src_text(struct cq_buf *text)
{
	if (text->n > CQ_TEXT_MAX) {
		text->s[CQ_TEXT_MAX] = '\0';
		cq_utf8_trim(text->s);
	}
	return cq_buf_take(text);
}

char *
src_titled(const char *title, const char *text)
{
	bool both =
	    title != NULL && *title != '\0' && text != NULL && *text != '\0';
	struct cq_buf whole = {0};

	cq_buf_fmt(&whole, "%s%s%s", title == NULL ? "" : title,
	    both ? "\n\n" : "", text == NULL ? "" : text);
	return src_text(&whole);
}

bool
src_is_line(const char *s, size_t max)
{
	size_t n = strlen(s);

	return n <= max && strpbrk(s, "\r\n\t") == NULL && cq_utf8_valid(s, n);
}

void
src_emit_gone(const struct cq_source *s, const char *id, src_emit_fn emit,
    void *arg)
{
	const struct cq_post gone = {.source = s->name,
	    .id = id,
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME,
	    .gone = true};

	emit(arg, &gone);
}
