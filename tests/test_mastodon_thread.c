#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/adapters.h"
#include "tests/exchange.h"

/* Mentions and quotes, and what their threads lack. */

#define API "https://m.example/api/v1"
#define ASKED                                                               \
	API "/notifications?types%5B%5D=mention&types%5B%5D=quote&limit=40" \
	    "&include_filtered=true"

static const struct cq_source mentions = {
    .name = (char *)(uintptr_t) "toots",
    .adapter = (char *)(uintptr_t) "mastodon",
    .address = (char *)(uintptr_t) "https://m.example",
    .query = (char *)(uintptr_t) "mentions",
    .token_file = (char *)(uintptr_t) "/nonexistent",
};

/* A status of account "by"; of the day's that minute. */
#define STATUS(id, by, minute, more)                                        \
	"{\"id\":\"" id "\",\"account\":{\"id\":\"" by "\",\"acct\":\"u" by \
	"\"},\"content\":\"t\","                                            \
	"\"created_at\":\"2026-11-23T12:" minute ":00Z\"" more "}"
/* An answer to a post of account 1, which is ours. */
#define TO_US(id, by, minute, parent)                            \
	STATUS(id, by, minute,                                   \
	    ",\"in_reply_to_id\":\"" parent                      \
	    "\",\"in_reply_to_account_id\":\"1\",\"mentions\":[" \
	    "{\"id\":\"8\",\"acct\":\"x@far.example\"},"         \
	    "{\"id\":\"1\",\"acct\":\"acme\"}]")
#define ITEM(id, type, status) \
	"{\"id\":\"" id "\",\"type\":\"" type "\",\"status\":" status "}"
#define MENTION(id, status) ITEM(id, "mention", status)

static void
asks(struct src_visit *visit, const char *url)
{
	struct src_request req;

	assert_int_equal(src_mastodon.ask(visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, url);
	assert_true(req.token);
	src_request_free(&req);
}

static struct heard
answered(struct src_visit *visit, int status, const char *body)
{
	return hear_answer(&src_mastodon, visit, status, NULL, body);
}

/* A step on the way: nothing is emitted, nothing moves. */
static void
goes_on(struct heard h)
{
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
}

/* Posts by their ids, "93* 95": those with a star were read aside. */
static void
brings(struct heard h, const char *ids, const char *cursor)
{
	struct cq_buf b = {0};

	assert_int_equal(h.status, CQ_OK);
	for (size_t i = 0; i < h.posts.n; i++)
		cq_buf_fmt(&b, "%s%s%s", i == 0 ? "" : " ", h.posts.at[i].id,
		    h.posts.at[i].aside ? "*" : "");
	assert_string_equal(b.n == 0 ? "" : b.s, ids);
	assert_string_equal(h.next.cursor, cursor);
	cq_buf_free(&b);
	heard_free(&h);
}

static void
test_the_answer_of_ours_that_a_mention_replies_to_is_read(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");

	(void)state;
	asks(&visit, ASKED "&min_id=20");
	goes_on(answered(&visit, 200,
	    "[" MENTION("22", TO_US("95", "7", "30", "93")) "," MENTION("21",
		STATUS("91", "7", "10", "")) "]"));
	asks(&visit, API "/statuses/93");
	brings(answered(&visit, 200,
		   STATUS("93", "1", "20",
		       ",\"in_reply_to_id\":\"91\","
		       "\"in_reply_to_account_id\":\"7\"")),
	    "91 93* 95", "22");
	asks(&visit, ASKED "&min_id=20");
	/* the next page begins anew */
	brings(answered(&visit, 200,
		   "[" MENTION("24", STATUS("99", "7", "50", "")) "]"),
	    "99", "24");
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_thread_of_ours_is_read_back_to_what_it_answers(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");

	(void)state;
	goes_on(answered(&visit, 200,
	    "[" MENTION("22", TO_US("95", "7", "30", "94")) "]"));
	asks(&visit, API "/statuses/94");
	goes_on(answered(&visit, 200,
	    STATUS("94", "1", "21",
		",\"in_reply_to_id\":\"93\","
		"\"in_reply_to_account_id\":\"1\"")));
	asks(&visit, API "/statuses/93");
	brings(answered(&visit, 200,
		   STATUS("93", "1", "20",
		       ",\"in_reply_to_id\":\"91\","
		       "\"in_reply_to_account_id\":\"7\"")),
	    "93* 94* 95", "22");
	exchange_forget(&src_mastodon, &visit);
}

static void
test_an_answer_never_comes_before_what_it_answers(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");

	(void)state; /* the clocks of two servers */
	goes_on(answered(&visit, 200,
	    "[" MENTION("22", TO_US("95", "7", "30", "93")) "]"));
	brings(answered(&visit, 200, STATUS("93", "1", "40", "")), "93* 95",
	    "22");
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_post_of_ours_with_two_answers_is_asked_for_once(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");

	(void)state;
	goes_on(answered(&visit, 200,
	    "[" MENTION("23", TO_US("96", "9", "40", "93")) "," MENTION("22",
		TO_US("95", "7", "30", "93")) "]"));
	asks(&visit, API "/statuses/93");
	brings(answered(&visit, 200, STATUS("93", "1", "20", "")), "93* 95 96",
	    "23");
	exchange_forget(&src_mastodon, &visit);
}

/* Not: its own, somebody's whom it does not name, one that is on the page. */
static void
test_only_a_post_of_one_whom_it_names_is_asked_for(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");

	(void)state;
	brings(
	    answered(&visit, 200,
		"[" MENTION("25",
		    TO_US("97", "7", "50", "96")) "," MENTION("24",
		    TO_US("96", "1", "40", "85")) "," MENTION("23",
		    STATUS("95", "7", "30", "")) "," MENTION("22",
		    STATUS("94", "7", "20",
			",\"in_reply_to_id\":\"81\","
			"\"in_reply_to_account_id\":\"9\",\"mentions\":["
			"{\"id\":\"1\",\"acct\":\"acme\"}]")) "," MENTION("21",
		    STATUS("91", "7", "10", "")) "]"),
	    "91 94 95 96 97", "25");
	exchange_forget(&src_mastodon, &visit);
}

/* An answer to a post of account 8, which is of another server. */
#define TO_FAR(id, by, minute, parent)                           \
	STATUS(id, by, minute,                                   \
	    ",\"in_reply_to_id\":\"" parent                      \
	    "\",\"in_reply_to_account_id\":\"8\",\"mentions\":[" \
	    "{\"id\":\"8\",\"acct\":\"x@far.example\"},"         \
	    "{\"id\":\"1\",\"acct\":\"acme\"}]")

/* As of a colleague who has an account there. */
static void
test_an_answer_by_somebody_elsewhere_is_asked_for_after_ours(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");

	(void)state;
	goes_on(answered(&visit, 200,
	    "[" MENTION("23", TO_US("96", "7", "40", "94")) "," MENTION("22",
		TO_FAR("95", "7", "30", "93")) "]"));
	asks(&visit, API "/statuses/94");
	goes_on(answered(&visit, 200, STATUS("94", "1", "21", "")));
	asks(&visit, API "/statuses/93");
	brings(answered(&visit, 200, STATUS("93", "8", "20", "")),
	    "93* 94* 95 96", "23");
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_mention_is_kept_whatever_becomes_of_its_parent(void **state)
{
	static const char page[] =
	    "[" MENTION("22", TO_US("95", "7", "30", "93")) "]";
	static const int odd[] = {401, 403, 404, 500, 503};
	struct src_visit visit;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		visit = exchange_visit_all(&mentions, "20");
		goes_on(answered(&visit, 200, page));
		h = answered(&visit, odd[i], "{\"error\":\"no\"}");
		assert_false(h.next.pause);
		assert_false(h.next.refused);
		assert_true(h.next.more); /* pages */
		brings(h, "95", "22");
		exchange_forget(&src_mastodon, &visit);
	}
	visit = exchange_visit_all(&mentions, "20");
	goes_on(answered(&visit, 200, page));
	brings(answered(&visit, 200, STATUS("77", "1", "00", "")), "95", "22");
	exchange_forget(&src_mastodon, &visit);
}

/* A page with so many answers of ours that are not known, the oldest far. */
static char *
page_of(int n, int n_far)
{
	struct cq_buf b = {0};

	for (int i = 0; i < n - n_far; i++)
		cq_buf_fmt(&b,
		    "%c" MENTION("%d", TO_US("%d", "7", "30", "p%d")),
		    i == 0 ? '[' : ',', 100 - i, 100 - i, i);
	for (int i = n - n_far; i < n; i++)
		cq_buf_fmt(&b,
		    "%c" MENTION("%d", TO_FAR("%d", "7", "30", "p%d")),
		    i == 0 ? '[' : ',', 100 - i, 100 - i, i);
	cq_buf_char(&b, ']');
	return cq_buf_take(&b);
}

static void
test_patience_is_kept_and_the_mentions_come_without_their_parents(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");
	char *page = page_of(3, 0);
	struct heard h;

	(void)state;
	goes_on(answered(&visit, 200, page));
	h = hear_answer(&src_mastodon, &visit, 429, "Retry-After: 7\n", "");
	assert_int_equal(h.next.wait_s, 7);
	brings(h, "98 99 100", "100");
	exchange_forget(&src_mastodon, &visit);

	visit = exchange_visit_all(&mentions, "20");
	h = hear_answer(&src_mastodon, &visit, 200,
	    "X-RateLimit-Remaining: 0\nRetry-After: 7\n", page);
	assert_int_equal(h.next.wait_s, 7);
	brings(h, "98 99 100", "100");
	exchange_forget(&src_mastodon, &visit);
	free(page);
}

static void
test_no_more_than_twenty_are_asked_for_and_none_by_a_trial(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");
	/* p3 to p23 are far, ours come first: p2 p1 p0, p23 down to p7 */
	char *page = page_of(24, 21);
	struct heard h;

	(void)state;
	goes_on(answered(&visit, 200, page));
	for (int i = 0; i < 20; i++) {
		char *url =
		    cq_format(API "/statuses/p%d", i < 3 ? 2 - i : 26 - i);

		asks(&visit, url);
		free(url);
		h = answered(&visit, 404, "{\"error\":\"no\"}");
		assert_int_equal(h.posts.n, i < 19 ? 0 : 24);
		heard_free(&h);
	}
	exchange_forget(&src_mastodon, &visit);

	visit = exchange_visit_all(&mentions, "20");
	visit.trial = true;
	h = answered(&visit, 200, page);
	assert_int_equal(h.posts.n, 24);
	heard_free(&h);
	exchange_forget(&src_mastodon, &visit);
	free(page);
}

/* As a server does with what a stranger sends to the account alone. */
static void
test_a_mention_that_the_account_filters_is_heard(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");
	struct src_request req;

	(void)state;
	assert_int_equal(src_mastodon.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url, "&include_filtered=true"));
	src_request_free(&req);
	brings(answered(&visit, 200,
		   "[{\"id\":\"22\",\"type\":\"mention\",\"filtered\":true,"
		   "\"status\":" STATUS("95", "7", "30",
		       ",\"visibility\":\"direct\"") "}]"),
	    "95", "22");
	exchange_forget(&src_mastodon, &visit);
}

/* --- quotes ------------------------------------------------------------ */

static void
test_who_quotes_us_without_a_mention_is_heard(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");
	struct heard h = answered(&visit, 200,
	    "[" ITEM("23", "favourite",
		STATUS("80", "7", "05", "")) "," ITEM("22", "quote",
		STATUS("95", "7", "30",
		    ",\"quote\":{\"state\":\"accepted\",\"quoted_status\":"
		    "{\"id\":\"80\"}}")) "]");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].quote_of, "80");
	brings(h, "95", "23");
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_server_that_refuses_quotes_is_asked_for_mentions_alone(void **state)
{
	static const int refusals[] = {400, 422, 500};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct src_visit visit = exchange_visit_all(&mentions, "20");
		struct heard h;

		goes_on(answered(&visit, refusals[i], "{\"error\":\"no\"}"));
		if (refusals[i] == 500) { /* it may have meant anything */
			asks(&visit, ASKED "&min_id=20");
			goes_on(answered(&visit, 500, "{\"error\":\"no\"}"));
		}
		asks(&visit,
		    API "/notifications?types%5B%5D=mention&limit=40"
			"&include_filtered=true&min_id=20");
		h = answered(&visit, refusals[i], "{\"error\":\"no\"}");
		assert_int_equal(h.status, CQ_NET); /* so it was not that */
		heard_free(&h);
		exchange_forget(&src_mastodon, &visit);
	}
}

/* Else the mentions that come then would take the cursor past them. */
static void
test_a_server_that_stumbles_once_is_asked_for_quotes_again(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "20");

	(void)state;
	goes_on(answered(&visit, 500, "<p>oops"));
	asks(&visit, ASKED "&min_id=20");
	brings(answered(&visit, 200,
		   "[" MENTION("23", STATUS("96", "7", "40", "")) "," ITEM("22",
		       "quote", STATUS("95", "7", "30", "")) "]"),
	    "95 96", "23");
	asks(&visit, ASKED "&min_id=20");
	exchange_forget(&src_mastodon, &visit);
}

/* What it reads must fit into the questions of a visit, or nothing comes. */
static void
test_a_long_way_back_ends_though_quotes_were_refused(void **state)
{
	struct src_visit visit = exchange_visit_all(&mentions, "");
	struct heard h;
	int n = 1;

	(void)state;
	visit.since_at = 0;
	h = answered(&visit, 400, "{\"error\":\"no\"}");
	while (h.next.more && n < SRC_STEPS_MAX) {
		char *page =
		    cq_format("[{\"id\":\"%d\",\"type\":\"mention\","
			      "\"created_at\":\"2026-11-23T12:00:00Z\","
			      "\"status\":" TO_US("%d", "7", "00", "p") "}]",
			100 - n, 100 - n);

		heard_free(&h);
		h = answered(&visit, 200, page);
		free(page);
		n++;
	}
	assert_false(h.next.more);
	assert_int_equal(h.posts.n, SRC_STEPS_MAX - 1);
	assert_string_equal(h.next.cursor, "99");
	assert_true(h.next.jumped);
	heard_free(&h);
	exchange_forget(&src_mastodon, &visit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_the_answer_of_ours_that_a_mention_replies_to_is_read),
	    cmocka_unit_test(
		test_a_thread_of_ours_is_read_back_to_what_it_answers),
	    cmocka_unit_test(test_an_answer_never_comes_before_what_it_answers),
	    cmocka_unit_test(
		test_a_post_of_ours_with_two_answers_is_asked_for_once),
	    cmocka_unit_test(
		test_only_a_post_of_one_whom_it_names_is_asked_for),
	    cmocka_unit_test(
		test_an_answer_by_somebody_elsewhere_is_asked_for_after_ours),
	    cmocka_unit_test(
		test_a_mention_is_kept_whatever_becomes_of_its_parent),
	    cmocka_unit_test(
		test_patience_is_kept_and_the_mentions_come_without_their_parents),
	    cmocka_unit_test(
		test_no_more_than_twenty_are_asked_for_and_none_by_a_trial),
	    cmocka_unit_test(test_a_mention_that_the_account_filters_is_heard),
	    cmocka_unit_test(test_who_quotes_us_without_a_mention_is_heard),
	    cmocka_unit_test(
		test_a_server_that_refuses_quotes_is_asked_for_mentions_alone),
	    cmocka_unit_test(
		test_a_server_that_stumbles_once_is_asked_for_quotes_again),
	    cmocka_unit_test(
		test_a_long_way_back_ends_though_quotes_were_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
