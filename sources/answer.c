#include "sources/answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

int64_t
answer_wait_s(const struct src_answer *answer)
{
	const char *after = answer->header(answer, "Retry-After");
	const char *reset = answer->header(answer, "X-RateLimit-Reset");
	int64_t at;

	if (after != NULL && isdigit((unsigned char)*after)) {
		char *end;
		long long n = strtoll(after, &end, 10);

		end += strspn(end, " \t");
		if (*end == '\0')
			return clamp(n);
	}
	if (after != NULL && date_parse(after, &at))
		return clamp(at - answer->now);
	/* a reset in the past tells nothing */
	if (reset != NULL && date_parse(reset, &at) && at > answer->now)
		return clamp(at - answer->now);
	return 0;
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

static enum cq_status
fail(const struct src_answer *answer, struct cq_err *err, const char *what)
{
	char *host = url_host(answer->url);
	enum cq_status rc = cq_fail(err, CQ_NET, "%s %s",
	    host == NULL ? "the server" : host, what);

	free(host);
	return rc;
}

enum cq_status
answer_not(const struct src_answer *answer, const char *what,
    struct cq_err *err)
{
	char *host = url_host(answer->url);
	enum cq_status rc;

	rc = cq_fail(err, CQ_NET,
	    "%s answered with %s instead of %s; check "
	    "the address",
	    host == NULL ? "the server" : host,
	    answer_is_web_page(answer) ? "a web page"
		: answer->n == 0       ? "nothing"
				       : "something else",
	    what);
	free(host);
	return rc;
}

static enum cq_status
fail_status(const struct src_answer *answer, struct cq_err *err)
{
	char *host = url_host(answer->url);
	enum cq_status rc;

	rc = cq_fail(err, CQ_NET,
	    answer->http >= 500 ? "%s is out of order (%d): it will be asked "
				  "again later"
				: "%s refused the request (%d): check address "
				  "and query",
	    host == NULL ? "the server" : host, answer->http);
	free(host);
	return rc;
}

enum cq_status
answer_check(const struct cq_source *s, const struct src_answer *answer,
    const char *what, struct src_next *next, struct cq_err *err)
{
	switch (answer->http) {
	case 200:
		return CQ_OK;
	case 401:
	case 403:
		next->pause = true;
		return fail(answer, err,
		    s->token_file == NULL
			? "wants a token: give the source a token file"
			: "refused the token: make a new one and put it in "
			  "the token file");
	case 404:
		return fail(answer, err,
		    "knows no such page (404): check address and query");
	case 410:
		next->pause = true;
		return fail(answer, err,
		    "says that this is gone for good "
		    "(410)");
	case 429:
		next->wait_s = answer_wait_s(answer);
		return fail(answer, err,
		    "asks for patience (429): it will be "
		    "asked again later");
	default:
		next->wait_s = answer_wait_s(answer);
		if (answer->http < 300)
			return answer_not(answer, what, err);
		return fail_status(answer, err);
	}
}
