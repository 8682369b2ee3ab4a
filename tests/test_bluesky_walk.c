#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "tests/bluesky_talk.h"

/* Where the way back through a list begins and ends. */

static void
test_a_first_way_that_was_cut_off_is_gone_on(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "- 1795431600 c", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS "&cursor=c");
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("10:00:00"), "", "") "]}");
	talk_no_followers(&t);
	/* the newest of the first visit, not of this one */
	talk_is_done(&t, 1, "1795431600");
	talk_end(&t);
}

/* A mention that was dated back, or came late, by up to a day. */
static void
test_a_mention_a_day_further_down_the_page_is_heard(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "1795435200", SESSION); /* 12:00 */
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("3", AT("12:30:00"), "",
		"") "," POST("2", "2026-11-22T12:00:00Z", "", "") "," POST("1",
		"2026-11-22T11:59:59Z", "", "") "]}");
	talk_no_followers(&t);
	talk_is_done(&t, 2, "1795437000");
	assert_string_equal(t.h.posts.at[0].text, "t2");
	talk_end(&t);
}

static void
test_posts_come_oldest_first_in_whatever_order_they_stand(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 200, NULL,
	    "{\"posts\":[" POST("2", AT("11:00:00"), "", "") "," POST("4",
		AT("13:00:00"), "", "") "," POST("1", AT("10:00:00"), "",
		"") "," POST("3", AT("12:00:00"), "", "") "]}");
	talk_no_followers(&t);
	talk_is_done(&t, 4, "1795438800");
	assert_string_equal(t.h.posts.at[0].text, "t1");
	assert_string_equal(t.h.posts.at[1].text, "t2");
	assert_string_equal(t.h.posts.at[2].text, "t3");
	assert_string_equal(t.h.posts.at[3].text, "t4");
	talk_end(&t);
}

static void
test_empty_pages_do_not_lead_on_for_ever(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 200, NULL, "{\"posts\":[],\"cursor\":\"100\"}");
	talk_goes_on(&t);
	talk_asks(&t, SEARCH_KETTLE "&cursor=100");
	talk_answer(&t, 200, NULL, "{\"posts\":[],\"cursor\":\"200\"}");
	talk_is_done(&t, 0, NULL);
	talk_end(&t);
}

static void
test_the_end_of_a_search_that_showed_all_is_no_gap(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "- 1795435200 9800", SESSION);
	talk_asks(&t, SEARCH_KETTLE "&cursor=9800");
	talk_answer(&t, 200, NULL,
	    "{\"posts\":[" POST("1", AT("11:00:00"), "", "") "]}");
	talk_no_followers(&t);
	talk_is_done(&t, 1, "1795435200");
	assert_false(t.h.next.jumped);
	talk_end(&t);

	/* nor is that of mentions, wherever it is */
	talk_begin(&t, &talk_mentions, "- 1795435200 9900", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS "&cursor=9900");
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "", "") "]}");
	talk_no_followers(&t);
	talk_is_done(&t, 1, "1795435200");
	assert_false(t.h.next.jumped);
	talk_end(&t);
}

static size_t
count(const char *in, const char *what)
{
	size_t n = 0;

	while ((in = strstr(in, what)) != NULL) {
		in += strlen(what);
		n++;
	}
	return n;
}

/* More would be refused, and nobody's reach be known. */
static void
test_no_question_is_about_more_than_25_authors(void **state)
{
	struct cq_buf page = {0};
	struct talk t;

	(void)state;
	for (int i = 0; i < 26; i++)
		cq_buf_fmt(&page,
		    "%s{\"uri\":\"at://did:plc:a%d/app.bsky.feed.post/1\","
		    "\"record\":{}}",
		    i == 0 ? "{\"posts\":[" : ",", i);
	cq_buf_str(&page, "]}");
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 200, NULL, page.s);
	talk_goes_on(&t);
	talk_ask(&t);
	assert_int_equal(count(t.req.url, "actors="), 25);
	talk_answer(&t, 200, NULL, "{\"profiles\":[]}");
	talk_goes_on(&t);
	talk_asks(&t, XRPC "app.bsky.actor.getProfiles?actors=did%3Aplc%3Aa25");
	talk_answer(&t, 200, NULL,
	    "{\"profiles\":[{\"did\":\"did:plc:a25\",\"followersCount\":7}]}");
	talk_is_done(&t, 26, NULL);
	assert_int_equal(t.h.posts.at[0].author_followers, 7);
	assert_int_equal(t.h.posts.at[1].author_followers, -1);
	talk_end(&t);
	cq_buf_free(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_first_way_that_was_cut_off_is_gone_on),
	    cmocka_unit_test(
		test_a_mention_a_day_further_down_the_page_is_heard),
	    cmocka_unit_test(
		test_posts_come_oldest_first_in_whatever_order_they_stand),
	    cmocka_unit_test(test_empty_pages_do_not_lead_on_for_ever),
	    cmocka_unit_test(
		test_the_end_of_a_search_that_showed_all_is_no_gap),
	    cmocka_unit_test(test_no_question_is_about_more_than_25_authors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
