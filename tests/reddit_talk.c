#include "tests/reddit_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"

struct cq_source red_acme = {
    .name = "sub",
    .adapter = "reddit",
    .address = "https://www.reddit.com",
    .query = "r/acme",
    .token_file = "/nonexistent",
};

struct cq_source
red_source(char *query)
{
	struct cq_source s = red_acme;

	s.query = query;
	return s;
}

void
red_begin(struct reddit_talk *t, const struct cq_source *s, const char *cursor)
{
	*t = (struct reddit_talk){.secret = APP};
	t->visit = exchange_visit(s, cursor);
}

void
red_forget(struct reddit_talk *t)
{
	if (t->visit.memory != NULL)
		src_reddit.forget(t->visit.memory);
	t->visit.memory = NULL;
}

void
red_end(struct reddit_talk *t)
{
	red_forget(t);
	src_request_free(&t->req);
	heard_free(&t->h);
	free(t->session);
}

void
red_asks(struct reddit_talk *t, const char *url)
{
	src_request_free(&t->req);
	t->visit.secret = t->secret;
	assert_int_equal(src_reddit.ask(&t->visit, &t->req, NULL), CQ_OK);
	t->visit.secret = NULL; /* as src_send() does */
	assert_true(t->req.secret);
	assert_string_equal(t->req.url, url);
}

static void
hear_next(struct reddit_talk *t, struct exchange *x)
{
	heard_free(&t->h);
	t->h = hear_visit(&src_reddit, &t->visit, x);
	exchange_free(x);
	if (t->h.next.session == NULL)
		return;
	free(t->session);
	t->session = cq_strdup(t->h.next.session);
	t->visit.session = t->session;
}

void
red_answers(struct reddit_talk *t, int status, const char *headers,
    const char *body)
{
	struct exchange x;

	exchange_make(&x, status, headers, body, strlen(body), t->req.url);
	hear_next(t, &x);
}

void
red_answers_file(struct reddit_talk *t, const char *path)
{
	struct exchange x;

	exchange_load(&x, path, t->req.url);
	hear_next(t, &x);
}

void
red_goes_on(const struct reddit_talk *t)
{
	assert_string_equal(t->h.err.msg, "");
	assert_true(t->h.next.more);
	assert_int_equal(t->h.posts.n, 0);
	assert_null(t->h.next.cursor);
}

void
red_is_done(const struct reddit_talk *t, size_t n, const char *cursor)
{
	assert_string_equal(t->h.err.msg, "");
	assert_false(t->h.next.more);
	assert_int_equal(t->h.posts.n, n);
	if (cursor == NULL)
		assert_null(t->h.next.cursor);
	else
		assert_string_equal(t->h.next.cursor, cursor);
}

void
red_buys(struct reddit_talk *t)
{
	red_asks(t, "https://www.reddit.com/api/v1/access_token");
	red_answers(t, 200, NULL, TOKEN);
	red_goes_on(t);
}
