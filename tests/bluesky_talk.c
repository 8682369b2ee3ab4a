#include "tests/bluesky_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"

struct cq_source talk_mentions = {
    .name = "sky",
    .adapter = "bluesky",
    .address = HOST,
    .query = "mentions",
    .token_file = "/nonexistent",
};
struct cq_source talk_kettle = {
    .name = "sky",
    .adapter = "bluesky",
    .address = HOST,
    .query = "kettle",
    .token_file = "/nonexistent",
};

void
talk_begin(struct talk *t, const struct cq_source *s, const char *cursor,
    const char *session)
{
	*t = (struct talk){.session = cq_strdup(session)};
	t->visit = (struct src_visit){
	    .source = s,
	    .cursor = cursor,
	    .now = EXCHANGE_NOW,
	    .since_at = CQ_NO_TIME,
	    .session = t->session,
	};
}

void
talk_end(struct talk *t)
{
	src_request_free(&t->req);
	heard_free(&t->h);
	if (t->visit.memory != NULL)
		src_bluesky.forget(t->visit.memory);
	free(t->session);
}

void
talk_ask(struct talk *t)
{
	src_request_free(&t->req);
	t->visit.secret = SECRET;
	assert_int_equal(src_bluesky.ask(&t->visit, &t->req, NULL), CQ_OK);
	t->visit.secret = NULL; /* as src_send() does */
	assert_true(t->req.secret);
	assert_false(t->req.token);
}

void
talk_asks(struct talk *t, const char *url)
{
	talk_ask(t);
	assert_string_equal(t->req.url, url);
}

const char *
talk_header(const struct talk *t, const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < t->req.n_headers; i++)
		if (strncmp(t->req.headers[i], name, n) == 0 &&
		    strncmp(t->req.headers[i] + n, ": ", 2) == 0)
			return t->req.headers[i] + n + 2;
	return NULL;
}

static void
keep_session(struct talk *t)
{
	if (t->h.next.session == NULL)
		return;
	free(t->session);
	t->session = cq_strdup(t->h.next.session);
	t->visit.session = t->session;
}

void
talk_answer(struct talk *t, int status, const char *headers, const char *body)
{
	struct exchange x;

	heard_free(&t->h);
	exchange_make(&x, status, headers, body, strlen(body), HOST);
	t->h = hear_visit(&src_bluesky, &t->visit, &x);
	exchange_free(&x);
	keep_session(t);
}

void
talk_answer_file(struct talk *t, const char *path)
{
	struct exchange x;

	heard_free(&t->h);
	exchange_load(&x, path, HOST);
	t->h = hear_visit(&src_bluesky, &t->visit, &x);
	exchange_free(&x);
	keep_session(t);
}

void
talk_goes_on(const struct talk *t)
{
	assert_string_equal(t->h.err.msg, "");
	assert_int_equal(t->h.status, CQ_OK);
	assert_true(t->h.next.more);
	assert_int_equal(t->h.posts.n, 0);
	assert_null(t->h.next.cursor);
}

void
talk_is_done(const struct talk *t, size_t n_posts, const char *cursor)
{
	assert_string_equal(t->h.err.msg, "");
	assert_int_equal(t->h.status, CQ_OK);
	assert_false(t->h.next.more);
	assert_int_equal(t->h.posts.n, n_posts);
	if (cursor == NULL)
		assert_null(t->h.next.cursor);
	else
		assert_string_equal(t->h.next.cursor, cursor);
}

void
talk_no_followers(struct talk *t)
{
	talk_goes_on(t);
	talk_asks(t, XRPC "app.bsky.actor.getProfiles?actors=did%3Aplc%3Aa");
	talk_answer(t, 200, NULL, "{\"profiles\":[]}");
}
