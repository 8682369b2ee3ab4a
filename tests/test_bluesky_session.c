#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "tests/bluesky_talk.h"

/* --- the session ------------------------------------------------------- */

static void
test_the_first_visit_logs_in_and_keeps_the_session(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "", "");
	talk_asks(&t, CREATE);
	assert_string_equal(t.req.body,
	    "{\"identifier\":\"acme.example\",\"password\":"
	    "\"app-pass-word-1\"}");
	assert_string_equal(talk_header(&t, "Content-Type"),
	    "application/json");
	assert_null(talk_header(&t, "Authorization"));
	talk_answer_file(&t, DIR "local-createSession.meta.json");
	talk_goes_on(&t);
	assert_string_equal(t.h.next.session,
	    "{\"service\":\"https://bsky.social\",\"account\":"
	    "\"acme.example\",\"did\":\"did:plc:4vu7bsuixt5nfvmxneibf4uq\","
	    "\"accessJwt\":\"REDACTED\",\"refreshJwt\":\"REDACTED\"}");
	talk_asks(&t, LIST_NOTIFICATIONS);
	assert_null(t.req.body);
	assert_string_equal(talk_header(&t, "Authorization"),
	    "Bearer REDACTED");
	talk_end(&t);
}

static void
test_a_kept_session_needs_no_login(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS);
	assert_string_equal(talk_header(&t, "Authorization"),
	    "Bearer old-access");
	talk_end(&t);
}

static void
logs_in_with(const char *session)
{
	struct talk t;

	talk_begin(&t, &talk_mentions, "", session);
	talk_asks(&t, CREATE);
	talk_end(&t);
}

static void
test_a_session_of_somebody_else_is_shown_to_nobody(void **state)
{
	(void)state;
	logs_in_with("{\"service\":\"https://other.example\",\"account\":"
		     "\"acme.example\",\"accessJwt\":\"a\",\"refreshJwt\":"
		     "\"r\"}");
	logs_in_with("{\"service\":\"" HOST "\",\"account\":"
		     "\"other.example\",\"accessJwt\":\"a\",\"refreshJwt\":"
		     "\"r\"}");
	logs_in_with("{\"service\":\"" HOST "\"");
	logs_in_with("{\"service\":\"" HOST "\",\"accessJwt\":\"a\","
		     "\"refreshJwt\":\"r\"}");
	logs_in_with("[1]");
	logs_in_with("{\"service\":\"" HOST "\",\"account\":\"acme.example\","
		     "\"accessJwt\":\"a\\nb\",\"refreshJwt\":7}");
}

static void
test_an_expired_session_is_renewed_and_the_visit_goes_on(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 400, NULL, EXPIRED);
	talk_goes_on(&t);
	talk_asks(&t, REFRESH);
	assert_string_equal(talk_header(&t, "Authorization"),
	    "Bearer old-refresh");
	assert_string_equal(t.req.body, "");
	/* a body that is said to be there would be refused */
	assert_string_equal(talk_header(&t, "Content-Type"), "");
	talk_answer(&t, 200, NULL, FRESH);
	talk_goes_on(&t);
	assert_non_null(strstr(t.h.next.session, "\"new-refresh\""));
	talk_asks(&t, SEARCH_KETTLE);
	assert_string_equal(talk_header(&t, "Authorization"),
	    "Bearer new-access");
	talk_answer_file(&t, DIR "local-searchPosts-page2.meta.json");
	talk_goes_on(&t);
	talk_end(&t);
}

static void
test_a_session_the_server_forgot_is_renewed_too(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer_file(&t, DIR "local-error-no-auth.meta.json");
	talk_goes_on(&t);
	talk_asks(&t, REFRESH);
	talk_answer_file(&t, DIR "local-refreshSession.meta.json");
	talk_goes_on(&t);
	talk_asks(&t, LIST_NOTIFICATIONS);
	assert_string_equal(talk_header(&t, "Authorization"),
	    "Bearer REDACTED");
	talk_end(&t);
}

static void
test_a_refused_refresh_token_costs_one_login(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer_file(&t, DIR "local-error-bad-token.meta.json");
	talk_asks(&t, REFRESH);
	talk_answer_file(&t,
	    DIR "local-refreshSession-with-access-token.meta.json");
	talk_goes_on(&t);
	talk_asks(&t, CREATE);
	talk_answer(&t, 200, NULL, FRESH);
	talk_goes_on(&t);
	talk_asks(&t, SEARCH_KETTLE);
	/* and no more than one: the server wants something else */
	talk_answer(&t, 400, NULL, EXPIRED);
	assert_int_equal(t.h.status, CQ_NET);
	assert_false(t.h.next.more);
	talk_end(&t);
}

/* Refreshed as it is, the session is still worth nothing: one login. */
static void
test_a_new_session_that_is_refused_costs_one_login(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 400, NULL, EXPIRED);
	talk_asks(&t, REFRESH);
	talk_answer(&t, 200, NULL, FRESH);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 400, NULL, EXPIRED);
	talk_goes_on(&t);
	talk_asks(&t, CREATE);
	talk_answer(&t, 200, NULL, FRESH);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 401, NULL, "{\"error\":\"AuthMissing\"}");
	assert_int_equal(t.h.status, CQ_NET);
	assert_false(t.h.next.more);
	assert_true(t.h.next.refused);
	talk_end(&t);
}

/* That no other login is allowed today is no reason not to use this one. */
static void
test_the_last_login_of_a_day_is_used(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", "");
	talk_asks(&t, CREATE);
	talk_answer(&t, 200,
	    "RateLimit-Limit: 300\nRateLimit-Remaining: 0\n"
	    "RateLimit-Reset: 1795525620\nRateLimit-Policy: 300;w=86400\n",
	    FRESH);
	talk_goes_on(&t);
	assert_int_equal(t.h.next.wait_s, 0);
	assert_non_null(t.h.next.session);
	talk_asks(&t, SEARCH_KETTLE);
	talk_end(&t);
}

static void
login_fails(int status, const char *body, const char *msg, bool pause)
{
	struct talk t;

	talk_begin(&t, &talk_mentions, "", "");
	talk_asks(&t, CREATE);
	talk_answer(&t, status, "RateLimit-Reset: 1795439820\n", body);
	assert_string_equal(t.h.err.msg, msg);
	assert_int_equal(t.h.status, CQ_NET);
	assert_int_equal(t.h.next.pause, pause);
	assert_int_equal(t.h.next.refused, pause);
	assert_int_equal(t.h.next.wait_s, status == 429 ? 600 : 0);
	assert_null(t.h.next.session);
	talk_end(&t);
}

static void
test_a_wrong_password_pauses_the_account(void **state)
{
	(void)state;
	login_fails(401,
	    "{\"error\":\"AuthenticationRequired\",\"message\":"
	    "\"Invalid identifier or password\"}",
	    "bsky.social refused the handle or the password: make an app "
	    "password and put handle:app-password in the token file",
	    true);
	login_fails(401,
	    "{\"error\":\"AuthFactorTokenRequired\",\"message\":\"A sign in "
	    "code has been sent to your email address\"}",
	    "bsky.social refused the account's own password: make an app "
	    "password and put handle:app-password in the token file",
	    true);
	login_fails(429,
	    "{\"error\":\"RateLimitExceeded\",\"message\":"
	    "\"Rate Limit Exceeded\"}",
	    "bsky.social asks for patience (429): it will be asked again "
	    "later",
	    false);
	login_fails(200, "{\"accessJwt\":\"a b\",\"refreshJwt\":\"r\"}",
	    "bsky.social answered with something else instead of a session; "
	    "check the address",
	    false);
}

static void
test_a_token_file_without_a_password_is_told(void **state)
{
	static const char *const wrong[] = {NULL, "", "acme.example",
	    "acme.example:", ":x", "did:plc:abc", "\xff:x"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct talk t;
		struct cq_err err = {0};

		talk_begin(&t, &talk_mentions, "", "");
		t.visit.secret = wrong[i];
		assert_int_equal(src_bluesky.ask(&t.visit, &t.req, &err),
		    CQ_INPUT);
		assert_string_equal(err.msg,
		    "the token file must hold handle:app-password in its "
		    "first line");
		talk_end(&t);
	}
}

static void
test_an_account_may_be_named_in_three_ways(void **state)
{
	static const char *const pairs[][2] = {
	    {"@acme.example:p:q",
		"{\"identifier\":\"acme.example\",\"password\":\"p:q\"}"},
	    {"did:plc:abc:pq",
		"{\"identifier\":\"did:plc:abc\",\"password\":\"pq\"}"},
	    {"a@acme.example:p\"\\q",
		"{\"identifier\":\"a@acme.example\",\"password\":"
		"\"p\\\"\\\\q\"}"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct talk t;

		talk_begin(&t, &talk_mentions, "", "");
		t.visit.secret = pairs[i][0];
		assert_int_equal(src_bluesky.ask(&t.visit, &t.req, NULL),
		    CQ_OK);
		assert_string_equal(t.req.body, pairs[i][1]);
		talk_end(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_the_first_visit_logs_in_and_keeps_the_session),
	    cmocka_unit_test(test_a_kept_session_needs_no_login),
	    cmocka_unit_test(
		test_a_session_of_somebody_else_is_shown_to_nobody),
	    cmocka_unit_test(
		test_an_expired_session_is_renewed_and_the_visit_goes_on),
	    cmocka_unit_test(test_a_session_the_server_forgot_is_renewed_too),
	    cmocka_unit_test(test_a_refused_refresh_token_costs_one_login),
	    cmocka_unit_test(
		test_a_new_session_that_is_refused_costs_one_login),
	    cmocka_unit_test(test_the_last_login_of_a_day_is_used),
	    cmocka_unit_test(test_a_wrong_password_pauses_the_account),
	    cmocka_unit_test(test_a_token_file_without_a_password_is_told),
	    cmocka_unit_test(test_an_account_may_be_named_in_three_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
