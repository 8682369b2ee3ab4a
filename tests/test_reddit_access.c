#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "tests/reddit_talk.h"

/* --- access ------------------------------------------------------------- */

static void
test_an_app_buys_a_token_with_its_secret(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "");
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	assert_string_equal(t.req.body, "grant_type=client_credentials");
	/* printf app-id:app-secret | base64 */
	assert_string_equal(t.req.headers[0],
	    "Authorization: Basic YXBwLWlkOmFwcC1zZWNyZXQ=");
	assert_string_equal(t.req.headers[1],
	    "Content-Type: application/x-www-form-urlencoded");
	red_answers_file(&t, DIR "testsubmission-test-reply-00.meta.json");
	red_goes_on(&t);
	assert_non_null(strstr(t.session, "\"access_token\":\"REDACTED\""));
	assert_null(strstr(t.session, "secret"));
	red_asks(&t, API "/r/acme/new?" REST);
	assert_string_equal(t.req.headers[0], "Authorization: Bearer REDACTED");
	red_end(&t);
}

static void
test_an_account_buys_one_with_its_refresh_token(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "");
	t.secret = USER;
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	assert_string_equal(t.req.body,
	    "grant_type=refresh_token&refresh_token=refresh-1");
	assert_string_equal(t.req.headers[0],
	    "Authorization: Basic YXBwLWlkOmFwcC1zZWNyZXQ=");
	/* a new one takes the place of the one in the file */
	red_answers(&t, 200, NULL,
	    "{\"access_token\":\"a\",\"expires_in\":3600,"
	    "\"refresh_token\":\"refresh-2\"}");
	red_goes_on(&t);
	red_forget(&t);
	t.visit.now += 3600;
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	assert_string_equal(t.req.body,
	    "grant_type=refresh_token&refresh_token=refresh-2");
	red_end(&t);
}

static void
test_a_token_is_kept_until_its_last_minute(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "");
	red_buys(&t);
	red_forget(&t);
	t.visit.now += 3600 - 61;
	red_asks(&t, API "/r/acme/new?" REST);
	red_forget(&t);
	t.visit.now++;
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	red_end(&t);
}

static void
test_a_token_is_not_used_with_another_token_file(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "");
	red_buys(&t);
	red_forget(&t);
	t.secret = USER;
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	red_forget(&t);
	free(t.session);
	t.session = cq_strdup("no session");
	t.visit.session = t.session;
	t.secret = APP;
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	red_end(&t);
}

static void
test_a_token_that_ended_early_is_bought_again_once(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "");
	red_buys(&t);
	red_forget(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers(&t, 401, NULL,
	    "{\"message\":\"Unauthorized\",\"error\":401}");
	red_goes_on(&t);
	red_buys(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers(&t, 401, NULL,
	    "{\"message\":\"Unauthorized\",\"error\":401}");
	assert_int_equal(t.h.status, CQ_NET);
	assert_true(t.h.next.pause && t.h.next.refused);
	red_end(&t);
}

static void
test_a_token_file_of_another_form_is_told(void **state)
{
	static const char *const bad[] = {
	    NULL, "app-id", ":x", "a:", "a::r", "a:b:", "a b:c", "a:\xff"};
	struct reddit_talk t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct cq_err err = {0};

		red_begin(&t, &red_acme, "");
		t.visit.secret = bad[i];
		assert_int_equal(src_reddit.ask(&t.visit, &t.req, &err),
		    CQ_INPUT);
		assert_string_equal(err.msg,
		    "the token file must hold client-id:client-secret, or "
		    "client-id:client-secret:refresh-token, in its first line");
		red_end(&t);
	}
}

/* --- refusals ----------------------------------------------------------- */

static void
fails_app(int status, const char *body)
{
	char *msg =
	    cq_format("www.reddit.com refused the app (%d): is it "
		      "approved, and do id, secret and refresh token in "
		      "the token file belong together?",
		status);
	struct reddit_talk t;

	red_begin(&t, &red_acme, "");
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	red_answers(&t, status, NULL, body);
	assert_string_equal(t.h.err.msg, msg);
	assert_true(t.h.next.pause && t.h.next.refused);
	assert_null(t.h.next.session);
	red_end(&t);
	free(msg);
}

static void
test_by_hand_an_app_that_is_refused_is_told(void **state)
{
	(void)state;
	fails_app(401, "{\"message\":\"Unauthorized\",\"error\":401}");
	fails_app(400, "{\"message\":\"Bad Request\",\"error\":400}");
	fails_app(200, "{\"error\":\"invalid_grant\"}");
}

static void
test_by_hand_what_is_no_token_is_no_refusal(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "");
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	red_answers(&t, 200, NULL, "{\"expires_in\":3600}");
	assert_string_equal(t.h.err.msg,
	    "www.reddit.com answered with something else instead of an access "
	    "token; check the address");
	assert_int_equal(t.h.status, CQ_NET);
	assert_false(t.h.next.pause || t.h.next.refused);
	red_end(&t);
}

static void
test_by_hand_a_network_that_is_blocked_waits_an_hour(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "");
	red_asks(&t, "https://www.reddit.com/api/v1/access_token");
	red_answers(&t, 403, NULL, "<html>blocked</html>");
	assert_int_equal(t.h.next.wait_s, 3600);
	assert_false(t.h.next.pause || t.h.next.refused);
	red_end(&t);
}

static void
fails_list(char *query, int status, const char *headers, const char *body,
    const char *msg, bool pause)
{
	struct cq_source s = red_source(query);
	struct reddit_talk t;

	red_begin(&t, &s, "7");
	red_buys(&t);
	src_request_free(&t.req);
	t.visit.secret = t.secret;
	assert_int_equal(src_reddit.ask(&t.visit, &t.req, NULL), CQ_OK);
	t.visit.secret = NULL;
	red_answers(&t, status, headers, body);
	assert_string_equal(t.h.err.msg, msg);
	assert_int_equal(t.h.status, CQ_NET);
	assert_int_equal(t.h.next.pause, pause);
	assert_false(t.h.next.refused);
	assert_null(t.h.next.cursor);
	red_end(&t);
}

static void
test_by_hand_a_subreddit_that_is_closed_is_no_refused_account(void **state)
{
	(void)state;
	fails_list("r/acme", 403, NULL,
	    "{\"reason\":\"private\",\"message\":\"Forbidden\",\"error\":403}",
	    "r/acme is private (403): only its members can read it", false);
	fails_list("r/acme", 403, NULL, "{\"reason\":\"quarantined\"}",
	    "r/acme is quarantined: it is shown only to accounts that agreed "
	    "to that",
	    true);
	fails_list("r/acme kettle", 403, NULL, "{}",
	    "r/acme is closed to this app (403): only its members can read it",
	    true);
	fails_list("r/acme", 404, NULL, "{\"reason\":\"banned\"}",
	    "Reddit has banned r/acme", true);
	fails_list("r/acme", 302,
	    "Location: https://oauth.reddit.com/subreddits/search.json?q=a\n",
	    "", "Reddit knows no r/acme: check the query", true);
	fails_list("mentions", 403, NULL, "{\"message\":\"Forbidden\"}",
	    "Reddit shows no mentions (403): they want a refresh token with "
	    "the scopes read and privatemessages",
	    true);
	fails_list("r/acme", 403, NULL, "<html>blocked</html>",
	    "Reddit blocks this computer's network (403): it will be asked "
	    "again in an hour",
	    false);
	fails_list("r/acme", 302, "Location: https://elsewhere.example/\n", "",
	    "oauth.reddit.com refused the request (302): check address and "
	    "query",
	    false);
}

static void
test_a_recorded_404_is_told(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "7");
	red_buys(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers_file(&t,
	    DIR "testsubreddit-test-traffic-not-public-01.meta.json");
	assert_string_equal(t.h.err.msg,
	    "oauth.reddit.com knows no such page (404): check address and "
	    "query");
	assert_false(t.h.next.pause);
	red_end(&t);
}

static void
test_by_hand_errors_with_200_are_no_empty_list(void **state)
{
	(void)state;
	fails_list("r/acme", 200, NULL,
	    "{\"json\":{\"errors\":[[\"RATELIMIT\",\"slow down\",\"x\"]]}}",
	    "oauth.reddit.com answered with something else instead of a list "
	    "of posts; check the address",
	    false);
	fails_list("r/acme", 200, NULL, "{\"data\":{\"children\":{}}}",
	    "oauth.reddit.com answered with something else instead of a list "
	    "of posts; check the address",
	    false);
}

static void
test_the_limit_is_told_in_seconds_from_now(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "7");
	red_buys(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers(&t, 429,
	    "x-ratelimit-remaining: 0.0\nx-ratelimit-reset: 369\n",
	    "{\"message\":\"Too Many Requests\",\"error\":429}");
	assert_int_equal(t.h.next.wait_s, 369);
	assert_false(t.h.next.pause);
	red_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_app_buys_a_token_with_its_secret),
	    cmocka_unit_test(test_an_account_buys_one_with_its_refresh_token),
	    cmocka_unit_test(test_a_token_is_kept_until_its_last_minute),
	    cmocka_unit_test(test_a_token_is_not_used_with_another_token_file),
	    cmocka_unit_test(
		test_a_token_that_ended_early_is_bought_again_once),
	    cmocka_unit_test(test_a_token_file_of_another_form_is_told),
	    cmocka_unit_test(test_by_hand_an_app_that_is_refused_is_told),
	    cmocka_unit_test(test_by_hand_what_is_no_token_is_no_refusal),
	    cmocka_unit_test(
		test_by_hand_a_network_that_is_blocked_waits_an_hour),
	    cmocka_unit_test(
		test_by_hand_a_subreddit_that_is_closed_is_no_refused_account),
	    cmocka_unit_test(test_a_recorded_404_is_told),
	    cmocka_unit_test(test_by_hand_errors_with_200_are_no_empty_list),
	    cmocka_unit_test(test_the_limit_is_told_in_seconds_from_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
