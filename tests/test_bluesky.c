#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tests/bluesky_talk.h"

/* --- pages and authors ------------------------------------------------- */

static void
test_a_recorded_search_comes_oldest_first_with_reach(void **state)
{
	struct talk t;
	size_t i;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer_file(&t, DIR "f-search-00.meta.json");
	talk_goes_on(&t);
	talk_asks(&t, SEARCH_KETTLE "&cursor=25");
	talk_answer_file(&t, DIR "local-searchPosts-empty.meta.json");
	talk_goes_on(&t);
	talk_ask(&t);
	assert_memory_equal(t.req.url,
	    XRPC "app.bsky.actor.getProfiles?actors=did%3Aplc%3Akkergqgbhb56ptp"
		 "wj2wenkje&actors=",
	    strlen(XRPC) + 76);
	talk_answer(&t, 200, NULL,
	    "{\"profiles\":[{\"did\":\"did:plc:hldk4mecmf3wdmlisjrm5f5f\","
	    "\"followersCount\":554},{\"did\":"
	    "\"did:plc:7nagdvjqrzaquzk7mueohne5\",\"followersCount\":-4}]}");
	/* 2025-05-19T17:10:09Z */
	talk_is_done(&t, 25, "1747674609");
	for (i = 0; i < 25; i++) {
		assert_int_equal(cq_post_check(&t.h.posts.at[i], NULL), CQ_OK);
		assert_true(i == 0 ||
		    t.h.posts.at[i].created_at >=
			t.h.posts.at[i - 1].created_at);
	}
	assert_string_equal(t.h.posts.at[0].author,
	    "did:plc:7nagdvjqrzaquzk7mueohne5");
	assert_int_equal(t.h.posts.at[0].author_followers, -1);
	assert_int_equal(t.h.posts.at[1].author_followers, 554);
	assert_string_equal(t.h.posts.at[24].url,
	    "https://bsky.app/profile/did:plc:kkergqgbhb56ptpwj2wenkje/post/"
	    "3lpk2u6qo222m");
	talk_end(&t);
}

static void
test_a_recorded_mention_is_a_post_of_its_author(void **state)
{
	const struct cq_post *p;
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "1795408117", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer_file(&t, DIR "local-listNotifications-page2.meta.json");
	talk_goes_on(&t);
	talk_asks(&t,
	    LIST_NOTIFICATIONS "&cursor=2026-11-23T04%3A28%3A37.717Z");
	talk_answer(&t, 200, NULL, "{\"notifications\":[]}");
	talk_goes_on(&t);
	talk_asks(&t,
	    XRPC "app.bsky.actor.getProfiles?actors=did%3Aplc%3Al3evwt76qks4z7r"
		 "iq3mjil7c");
	talk_answer(&t, 200, NULL,
	    "{\"profiles\":[{\"did\":\"did:plc:l3evwt76qks4z7riq3mjil7c\","
	    "\"followersCount\":12}]}");
	/* all of one second; the newest one's is known already */
	talk_is_done(&t, 3, NULL);
	p = &t.h.posts.at[0];
	assert_string_equal(p->id,
	    "at://did:plc:l3evwt76qks4z7riq3mjil7c/app.bsky.feed.post/"
	    "3n2xc5leytk2b");
	assert_string_equal(p->uri, p->id);
	assert_string_equal(p->conversation, p->id);
	assert_string_equal(p->network, "bluesky");
	assert_string_equal(p->author, "did:plc:l3evwt76qks4z7riq3mjil7c");
	assert_string_equal(p->handle, "carol2.test");
	assert_string_equal(p->lang, "en");
	assert_string_equal(p->text,
	    "@acmecare.test order 1: the \"kettle\" leaks & smells "
	    "\xf0\x9f\x94\xa5 \xe6\x97\xa5\xe6\x9c\xac #acmefail "
	    "https://shop.example/p?id=1&x=1");
	assert_int_equal(p->created_at, 1795408117);
	assert_int_equal(p->author_followers, 12);
	talk_end(&t);
}

static void
test_a_recorded_profile_tells_the_reach(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 200, NULL,
	    "{\"posts\":[{\"uri\":\"at://did:plc:wpe35pganb6d4pg4ekmfy6u5/"
	    "app.bsky.feed.post/1\",\"record\":{}}]}");
	talk_goes_on(&t);
	talk_ask(&t);
	talk_answer_file(&t, DIR "a-profile-00.meta.json");
	talk_is_done(&t, 1, NULL);
	assert_int_equal(t.h.posts.at[0].author_followers, 554);
	talk_end(&t);
}

static void
test_authors_that_cannot_be_looked_up_lose_no_post(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer_file(&t, DIR "local-listNotifications-page2.meta.json");
	talk_asks(&t,
	    LIST_NOTIFICATIONS "&cursor=2026-11-23T04%3A28%3A37.717Z");
	talk_answer(&t, 200, NULL, "{\"notifications\":[]}");
	talk_ask(&t);
	talk_answer(&t, 403, NULL, "<html>");
	talk_is_done(&t, 3, "1795408117");
	assert_false(t.h.next.pause);
	assert_int_equal(t.h.posts.at[0].author_followers, -1);
	talk_end(&t);
}

static void
test_pages_are_read_back_to_what_is_known(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "1795435200", SESSION); /* 12:00 */
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("4", AT("13:00:00"), "",
		"") "," POST("3", AT("12:30:00"), "",
		"") "],\"cursor\":\"c1\"}");
	talk_goes_on(&t);
	/* it shifted by one; and reaches into the last ten minutes known */
	talk_asks(&t, LIST_NOTIFICATIONS "&cursor=c1");
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("3", AT("12:30:00"), "",
		"") "," POST("2", AT("11:55:00"), "",
		"") "],\"cursor\":\"c2\"}");
	talk_goes_on(&t);
	talk_asks(&t, LIST_NOTIFICATIONS "&cursor=c2");
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "," POST("0", "2026-11-20T00:00:00Z", "",
		"") "],\"cursor\":\"c3\"}");
	talk_no_followers(&t);
	talk_is_done(&t, 4, "1795438800");
	assert_string_equal(t.h.posts.at[0].text, "t1");
	assert_string_equal(t.h.posts.at[3].text, "t4");
	assert_false(t.h.next.jumped);
	talk_end(&t);
}

static void
test_a_page_that_leads_to_itself_ends(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"c\"}");
	talk_asks(&t, LIST_NOTIFICATIONS "&cursor=c");
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"c\"}");
	talk_no_followers(&t);
	talk_is_done(&t, 1, "1795431600");
	talk_end(&t);
}

/* 100 posts, each a minute older and by another author than the one before */
static char *
long_page(int first)
{
	struct cq_buf b = {0};
	int i;

	cq_buf_str(&b, "{\"posts\":[");
	for (i = first; i < first + 100; i++)
		cq_buf_fmt(&b,
		    "%s{\"uri\":\"at://did:plc:a%d/app.bsky.feed.post/%d\","
		    "\"indexedAt\":\"2026-11-%02dT%02d:%02d:00Z\","
		    "\"record\":{\"text\":\"t\"}}",
		    i == first ? "" : ",", i, i, 22 - i / 1440,
		    23 - i / 60 % 24, 59 - i % 60);
	cq_buf_fmt(&b, "],\"cursor\":\"%d\"}", first + 100);
	return cq_buf_take(&b);
}

/* Asks whatever comes next, and answers with pages from *first on. */
static int
listens(struct talk *t, int *first)
{
	int n = 0;

	do {
		char *page;

		talk_ask(t);
		n++;
		if (strstr(t->req.url, "getProfiles") != NULL) {
			talk_answer(t, 200, NULL, "{\"profiles\":[]}");
			continue;
		}
		page = long_page(*first);
		talk_answer(t, 200, NULL, page);
		*first += 100;
		free(page);
	} while (t->h.next.more);
	return n;
}

static void
test_a_long_way_back_is_gone_in_several_visits(void **state)
{
	int first = 0, n_visits = 0;
	size_t n_posts = 0;
	char *cursor = cq_strdup("1795305600"); /* 2026-11-22T00:00:00Z */

	(void)state;
	while (n_visits < 10) {
		struct talk t;
		bool ended;

		talk_begin(&t, &talk_kettle, cursor, SESSION);
		assert_true(listens(&t, &first) < SRC_STEPS_MAX);
		n_visits++;
		n_posts += t.h.posts.n;
		assert_non_null(t.h.next.cursor);
		assert_false(t.h.next.jumped);
		ended = strchr(t.h.next.cursor, ' ') == NULL;
		free(cursor);
		cursor = cq_strdup(t.h.next.cursor);
		talk_end(&t);
		if (ended)
			break;
	}
	/* down to an hour before what was known, and no post left out */
	assert_string_equal(cursor, "1795391940"); /* 23:59 */
	assert_true(n_visits > 1 && n_visits < 10);
	assert_int_equal(n_posts, 1440 + 60);
	free(cursor);
}

static void
test_a_way_back_that_is_barred_is_a_gap(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "1795420800 1795435200 9400", SESSION);
	talk_asks(&t,
	    SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z&cursor=9400");
	talk_answer(&t, 400, NULL, "{\"error\":\"InvalidRequest\"}");
	talk_is_done(&t, 0, "1795435200");
	assert_true(t.h.next.jumped);
	assert_int_equal(t.h.next.jumped_at, 1795420800);
	talk_end(&t);

	/* so is the end of a search that found more than is shown */
	talk_begin(&t, &talk_kettle, "1795420800 1795435200 9900", SESSION);
	talk_asks(&t,
	    SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z&cursor=9900");
	talk_answer(&t, 200, NULL,
	    "{\"posts\":[" POST("1", AT("11:00:00"), "", "") "]}");
	talk_no_followers(&t);
	talk_is_done(&t, 1, "1795435200");
	assert_true(t.h.next.jumped);
	talk_end(&t);
}

static void
test_a_page_refused_on_the_way_is_tried_again(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "1795420800", SESSION);
	talk_asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z");
	talk_answer(&t, 200, NULL,
	    "{\"posts\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"1\"}");
	talk_asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z&cursor=1");
	talk_answer(&t, 400, NULL, "{\"error\":\"InvalidRequest\"}");
	talk_no_followers(&t);
	talk_is_done(&t, 1, "1795420800 1795431600 1");
	assert_false(t.h.next.jumped);
	talk_end(&t);
}

static void
test_an_empty_answer_moves_no_cursor(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer_file(&t, DIR "local-searchPosts-empty.meta.json");
	talk_is_done(&t, 0, NULL);
	talk_end(&t);
	talk_begin(&t, &talk_kettle, "1795420800", SESSION);
	talk_answer(&t, 200, NULL, "{\"posts\":[]}");
	talk_is_done(&t, 0, NULL);
	talk_end(&t);
}

/* As an account has it that a thousand people liked in between. */
static void
test_mentions_are_looked_for_behind_pages_that_bear_none(void **state)
{
	struct talk t;
	char *page;
	int hour;

	(void)state;
	talk_begin(&t, &talk_mentions, "1795426200", SESSION); /* 09:30 */
	talk_asks(&t, LIST_NOTIFICATIONS);
	for (hour = 3; hour >= 1; hour--) {
		page = cq_format("{\"notifications\":[],\"cursor\":"
				 "\"2026-11-23T1%d:00:00.000Z\"}",
		    hour);
		talk_answer(&t, 200, NULL, page);
		free(page);
		page = cq_format("%s&cursor=2026-11-23T1%d%%3A00%%3A00.000Z",
		    LIST_NOTIFICATIONS, hour);
		talk_asks(&t, page);
		free(page);
	}
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("10:30:00"),
		",\"reason\":\"mention\"",
		"") "],\"cursor\":\"2026-11-23T09:20:00.000Z\"}");
	/* ten minutes before what is known: that is not older */
	talk_asks(&t,
	    LIST_NOTIFICATIONS "&cursor=2026-11-23T09%3A20%3A00.000Z");
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":[],\"cursor\":\"2026-11-23T09:19:59.000Z\"}");
	talk_no_followers(&t);
	talk_is_done(&t, 1, "1795429800");
	talk_end(&t);
}

static void
test_a_used_up_limit_ends_the_visit_with_what_was_read(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer(&t, 200,
	    "RateLimit-Remaining: 0\nRateLimit-Reset: 1795439280\n",
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"c\"}");
	talk_is_done(&t, 1, "- 1795431600 c");
	assert_int_equal(t.h.next.wait_s, 60);
	talk_end(&t);
}

/* --- refusals ---------------------------------------------------------- */

static void
fails(int status, const char *headers, const char *body, const char *msg,
    int64_t wait_s, bool pause)
{
	struct talk t;

	talk_begin(&t, &talk_kettle, "1795420800", SESSION);
	talk_asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z");
	talk_answer(&t, status, headers, body);
	assert_string_equal(t.h.err.msg, msg);
	assert_int_equal(t.h.status, CQ_NET);
	assert_int_equal(t.h.next.wait_s, wait_s);
	assert_int_equal(t.h.next.pause, pause);
	assert_int_equal(t.h.next.refused, pause);
	assert_null(t.h.next.cursor);
	assert_int_equal(t.h.posts.n, 0);
	talk_end(&t);
}

static void
test_what_is_no_list_of_posts_is_told(void **state)
{
	(void)state;
	fails(200, NULL, "<!DOCTYPE html><p>hi",
	    "bsky.social answered with a web page instead of JSON; check the "
	    "address",
	    0, false);
	fails(200, NULL, "{\"posts\":[",
	    "bsky.social answered with something else instead of JSON; check "
	    "the address",
	    0, false);
	fails(200, NULL, "{\"posts\":7}",
	    "bsky.social answered with something else instead of a list of "
	    "posts; check the address",
	    0, false);
	fails(502, NULL, "{\"error\":\"UpstreamFailure\"}",
	    "bsky.social is out of order (502): it will be asked again later",
	    0, false);
	fails(429, "RateLimit-Reset: 1795439520\n",
	    "{\"error\":\"RateLimitExceeded\"}",
	    "bsky.social asks for patience (429): it will be asked again "
	    "later",
	    300, false);
	fails(400, NULL, "{\"error\":\"InvalidRequest\"}",
	    "bsky.social refused the request (400): check address and query", 0,
	    false);
	fails(403, NULL, "<html>",
	    "bsky.social refused the token: make a new one and put it in the "
	    "token file",
	    0, true);
}

static void
test_no_cut_page_gives_posts(void **state)
{
	struct exchange x;
	size_t n;

	(void)state;
	exchange_load(&x, DIR "local-searchPosts-page2.meta.json", HOST);
	for (n = 0; n < x.answer.n; n += 7) {
		struct exchange cut;
		struct talk t;

		talk_begin(&t, &talk_kettle, "", SESSION);
		exchange_make(&cut, 200, NULL, x.body, n, HOST);
		t.h = hear_visit(&src_bluesky, &t.visit, &cut);
		assert_int_equal(t.h.status, CQ_NET);
		assert_int_equal(t.h.posts.n, 0);
		talk_end(&t);
		exchange_free(&cut);
	}
	exchange_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_a_recorded_search_comes_oldest_first_with_reach),
	    cmocka_unit_test(test_a_recorded_mention_is_a_post_of_its_author),
	    cmocka_unit_test(test_a_recorded_profile_tells_the_reach),
	    cmocka_unit_test(
		test_authors_that_cannot_be_looked_up_lose_no_post),
	    cmocka_unit_test(test_pages_are_read_back_to_what_is_known),
	    cmocka_unit_test(test_a_page_that_leads_to_itself_ends),
	    cmocka_unit_test(test_a_long_way_back_is_gone_in_several_visits),
	    cmocka_unit_test(test_a_way_back_that_is_barred_is_a_gap),
	    cmocka_unit_test(test_a_page_refused_on_the_way_is_tried_again),
	    cmocka_unit_test(test_an_empty_answer_moves_no_cursor),
	    cmocka_unit_test(
		test_mentions_are_looked_for_behind_pages_that_bear_none),
	    cmocka_unit_test(
		test_a_used_up_limit_ends_the_visit_with_what_was_read),
	    cmocka_unit_test(test_what_is_no_list_of_posts_is_told),
	    cmocka_unit_test(test_no_cut_page_gives_posts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
