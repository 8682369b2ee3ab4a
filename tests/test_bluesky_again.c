#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/bluesky_talk.h"

#define KNOWN "at://did:plc:l3evwt76qks4z7riq3mjil7c/app.bsky.feed.post/"
#define GET_POSTS XRPC "app.bsky.feed.getPosts?uris="
#define KNOWN_ESCAPED                                                      \
	"at%3A%2F%2Fdid%3Aplc%3Al3evwt76qks4z7riq3mjil7c%2Fapp.bsky.feed." \
	"post%2F"

static const char *const known[] = {KNOWN "3n2xc5lc5zc2b", "no address at all",
    KNOWN "3n2xc5lhez22b", KNOWN "3n2xc5leytk2b"};

static void
looks_again(struct talk *t, size_t n, const char *url)
{
	src_request_free(&t->req);
	t->visit.secret = SECRET;
	assert_int_equal(src_bluesky.ask_again(&t->visit, known, n, &t->req,
			     NULL),
	    CQ_OK);
	t->visit.secret = NULL;
	assert_string_equal(t->req.url, url);
}

static void
sees(struct talk *t, size_t n, struct exchange *x)
{
	heard_free(&t->h);
	x->answer.arg = x;
	t->h = (struct heard){0};
	posts_begin(&t->h.posts, "sky", NULL);
	t->h.status = src_bluesky.read_again(&t->visit, known, n, &x->answer,
	    posts_add, &t->h.posts, &t->h.next, &t->h.err);
	exchange_free(x);
}

static void
test_a_post_left_out_of_a_look_up_is_gone(void **state)
{
	struct exchange x;
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	looks_again(&t, 4,
	    GET_POSTS KNOWN_ESCAPED "3n2xc5lc5zc2b&uris=" KNOWN_ESCAPED
				    "3n2xc5lhez22b&uris=" KNOWN_ESCAPED
				    "3n2xc5leytk2b");
	exchange_load(&x, DIR "local-getPosts.meta.json", HOST);
	sees(&t, 4, &x);
	assert_int_equal(t.h.status, CQ_OK);
	assert_int_equal(t.h.posts.n, 3);
	assert_false(t.h.posts.at[0].gone);
	assert_true(t.h.posts.at[1].gone);
	assert_string_equal(t.h.posts.at[1].id, KNOWN "3n2xc5lhez22b");
	assert_false(t.h.posts.at[2].gone);
	assert_null(t.h.next.cursor);
	talk_end(&t);
}

static void
test_a_post_nobody_asked_about_is_not_brought(void **state)
{
	struct exchange x;
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	exchange_load(&x, DIR "local-getPosts.meta.json", HOST);
	sees(&t, 1, &x); /* about the first; two are told of */
	assert_int_equal(t.h.posts.n, 1);
	assert_string_equal(t.h.posts.at[0].id, known[0]);
	talk_end(&t);
}

static void
look_up_tells_nothing(int status, const char *body, size_t n, enum cq_status rc)
{
	struct exchange x;
	struct talk t;

	talk_begin(&t, &talk_kettle, "", SESSION);
	exchange_make(&x, status, NULL, body, strlen(body), HOST);
	sees(&t, n, &x);
	assert_int_equal(t.h.status, rc);
	assert_int_equal(t.h.posts.n, 0);
	talk_end(&t);
}

static void
test_a_look_up_that_failed_deletes_nothing(void **state)
{
	(void)state;
	look_up_tells_nothing(200, "{\"posts\":[]}", 4, CQ_OK);
	look_up_tells_nothing(200, "{\"posts\":[7,{}]}", 4, CQ_OK);
	look_up_tells_nothing(200, "{\"posts\":[null]}", 1, CQ_OK);
	look_up_tells_nothing(200, "{\"posts\":{}}", 4, CQ_NET);
	look_up_tells_nothing(200, "{}", 1, CQ_NET);
	look_up_tells_nothing(200, "[]", 1, CQ_NET);
	look_up_tells_nothing(200, "", 1, CQ_NET);
	look_up_tells_nothing(502, "{\"error\":\"UpstreamFailure\"}", 1,
	    CQ_NET);
	look_up_tells_nothing(400, "{\"error\":\"InvalidRequest\"}", 1, CQ_NET);
}

/* --- one by one --------------------------------------------------------- */

#define GET_THREAD \
	XRPC "app.bsky.feed.getPostThread?depth=0&parentHeight=0&uri="
#define NOT_FOUND "{\"error\":\"NotFound\",\"message\":\"Post not found\"}"

static void
sees_text(struct talk *t, size_t n, int status, const char *body)
{
	struct exchange x;

	exchange_make(&x, status, NULL, body, strlen(body), HOST);
	sees(t, n, &x);
}

static void
brings(const struct talk *t, size_t n_posts, bool more)
{
	assert_string_equal(t->h.err.msg, "");
	assert_int_equal(t->h.status, CQ_OK);
	assert_int_equal(t->h.posts.n, n_posts);
	assert_int_equal(t->h.next.more, more);
}

/* A customer takes back all that is looked at: a small queue's only posts. */
static void
test_when_all_are_left_out_each_is_asked_about_by_itself(void **state)
{
	struct exchange x;
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	sees_text(&t, 3, 200, "{\"posts\":[]}");
	brings(&t, 0, true);
	/* the oldest first; what is no address is left out */
	looks_again(&t, 3, GET_THREAD KNOWN_ESCAPED "3n2xc5lhez22b");
	sees_text(&t, 3, 400, NOT_FOUND);
	brings(&t, 1, true);
	assert_true(t.h.posts.at[0].gone);
	assert_string_equal(t.h.posts.at[0].id, KNOWN "3n2xc5lhez22b");
	looks_again(&t, 3, GET_THREAD KNOWN_ESCAPED "3n2xc5lc5zc2b");
	exchange_load(&x, DIR "local-getPostThread.meta.json", HOST);
	sees(&t, 3, &x);
	brings(&t, 1, false);
	assert_false(t.h.posts.at[0].gone);
	assert_string_equal(t.h.posts.at[0].id, KNOWN "3n2xc5lc5zc2b");
	looks_again(&t, 1, GET_POSTS KNOWN_ESCAPED "3n2xc5lc5zc2b");
	talk_end(&t);
}

static void
test_a_recorded_answer_about_a_deleted_post_is_understood(void **state)
{
	struct exchange x;
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	sees_text(&t, 1, 200, "{\"posts\":[]}");
	brings(&t, 0, true);
	exchange_load(&x, DIR "local-getPostThread-deleted.meta.json", HOST);
	sees(&t, 1, &x);
	brings(&t, 1, false);
	assert_true(t.h.posts.at[0].gone);
	talk_end(&t);
}

static void
test_only_a_post_that_is_said_to_be_gone_is_deleted(void **state)
{
	static const struct {
		int status;
		const char *body;
	} said[] = {
	    {400, "{\"error\":\"InvalidRequest\"}"},
	    {400, "<html>NotFound"},
	    {200,
		"{\"thread\":{\"blocked\":true,\"uri\":\"" KNOWN
		"3n2xc5lc5zc2b\"}}"},
	    {200,
		"{\"thread\":{\"post\":{\"uri\":\"" KNOWN
		"3n2xc5lhez22b\",\"record\":{}}}}"},
	};
	struct talk t;

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		talk_begin(&t, &talk_kettle, "", SESSION);
		sees_text(&t, 1, 200, "{\"posts\":[]}");
		sees_text(&t, 1, said[i].status, said[i].body);
		brings(&t, 0, false);
		talk_end(&t);
	}
	talk_begin(&t, &talk_kettle, "", SESSION);
	sees_text(&t, 3, 200, "{\"posts\":[]}");
	sees_text(&t, 3, 404, NOT_FOUND); /* there is no such question */
	assert_int_equal(t.h.status, CQ_NET);
	assert_int_equal(t.h.posts.n, 0);
	assert_false(t.h.next.more);
	talk_end(&t);
}

static void
test_a_look_up_leaves_the_session_to_the_next_visit(void **state)
{
	struct cq_err err = {0};
	struct exchange x;
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", "");
	t.visit.secret = SECRET;
	assert_int_equal(src_bluesky.ask_again(&t.visit, known, 1, &t.req,
			     &err),
	    CQ_NET);
	assert_string_equal(err.msg,
	    "nobody is logged in: the next fetch sees to that");
	talk_end(&t);

	talk_begin(&t, &talk_kettle, "", SESSION);
	looks_again(&t, 1, GET_POSTS KNOWN_ESCAPED "3n2xc5lc5zc2b");
	exchange_make(&x, 400, NULL, EXPIRED, strlen(EXPIRED), HOST);
	sees(&t, 1, &x);
	assert_int_equal(t.h.status, CQ_NET);
	assert_false(t.h.next.more);
	assert_int_equal(t.h.posts.n, 0);
	talk_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_post_left_out_of_a_look_up_is_gone),
	    cmocka_unit_test(test_a_post_nobody_asked_about_is_not_brought),
	    cmocka_unit_test(test_a_look_up_that_failed_deletes_nothing),
	    cmocka_unit_test(
		test_when_all_are_left_out_each_is_asked_about_by_itself),
	    cmocka_unit_test(
		test_a_recorded_answer_about_a_deleted_post_is_understood),
	    cmocka_unit_test(
		test_only_a_post_that_is_said_to_be_gone_is_deleted),
	    cmocka_unit_test(
		test_a_look_up_leaves_the_session_to_the_next_visit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
