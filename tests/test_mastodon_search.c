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
#include "tests/toots.h"

/* A search for words, page by page. */

#define SEARCH                                                           \
	"https://mastodon.social/api/v2/search?type=statuses&limit=40&q" \
	"=acme%%20parcel"
#define AT(time) ",\"created_at\":\"2026-11-23T" time "Z\""
#define PAGE(items) "{\"statuses\":[" items "]}"
#define AT_12 1795435200 /* 2026-11-23T12:00:00Z */

static const struct cq_source words = {
    .name = (char *)(uintptr_t) "toots",
    .adapter = (char *)(uintptr_t) "mastodon",
    .address = (char *)(uintptr_t) "https://mastodon.social",
    .query = (char *)(uintptr_t) "acme parcel",
    .token_file = (char *)(uintptr_t) "/nonexistent",
};

static void
asks(struct src_visit *visit, const char *more)
{
	char *url = cq_format(SEARCH "%s", more);
	struct src_request req;

	assert_int_equal(src_mastodon.ask(visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, url);
	src_request_free(&req);
	free(url);
}

static struct heard
answered(struct src_visit *visit, const char *body)
{
	return hear_answer(&src_mastodon, visit, 200, NULL, body);
}

static void
goes_on(struct heard h)
{
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
}

static void
ends(struct heard h, size_t n, const char *cursor, bool jumped)
{
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, n);
	assert_string_equal(h.next.cursor, cursor);
	assert_false(h.next.more);
	assert_int_equal(h.next.jumped, jumped);
	heard_free(&h);
}

/* 40 posts from that number down, all of noon */
static char *
full_page(int newest)
{
	struct cq_buf b = {0};

	for (int i = 0; i < 40; i++)
		cq_buf_fmt(&b, "%s" STATUS("%d", AT("12:00:00")),
		    i == 0 ? "{\"statuses\":[" : ",", newest - i);
	cq_buf_str(&b, "]}");
	return cq_buf_take(&b);
}

static void
full_page_goes_on(struct src_visit *visit, int newest)
{
	char *page = full_page(newest);

	goes_on(answered(visit, page));
	free(page);
}

static void
test_a_search_is_read_back_to_the_cursor(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "5");
	struct heard h;

	(void)state;
	asks(&visit, "");
	goes_on(answered(&visit,
	    PAGE(STATUS("9", AT("12:00:00")) "," STATUS("8", ""))));
	asks(&visit, "&offset=40");
	goes_on(answered(&visit, PAGE(STATUS("7", "") "," STATUS("6", ""))));
	asks(&visit, "&offset=80");
	h = answered(&visit, PAGE(STATUS("5", "")));
	assert_int_equal(h.posts.n, 5);
	assert_string_equal(h.posts.at[0].id, "5");
	assert_string_equal(h.posts.at[4].id, "9");
	ends(h, 5, "9 1795435200", false);
	exchange_forget(&src_mastodon, &visit);
}

/* 4 was written before 5, which is known, and is indexed only now. */
static void
test_what_a_search_finds_late_is_not_passed_over(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "5 1795435200");
	struct heard h;

	(void)state;
	asks(&visit, "");
	h = answered(&visit, PAGE(STATUS("5", "") "," STATUS("4", "")));
	assert_string_equal(h.posts.at[0].id, "4");
	ends(h, 2, "5", false);
	exchange_forget(&src_mastodon, &visit);
}

/* Else its whole past would be read, and be reported as a gap. */
static void
test_a_search_ends_though_the_post_that_was_known_is_gone(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "5 1795435200");

	(void)state;
	goes_on(answered(&visit,
	    PAGE(STATUS("9", AT("13:00:00")) "," STATUS("6", AT("12:00:00")))));
	ends(answered(&visit, PAGE(STATUS("4", AT("11:59:59")))), 3,
	    "9 1795438800", false);
	exchange_forget(&src_mastodon, &visit);
}

/* Its server's clock is wrong, or it lies. */
static void
test_a_post_of_tomorrow_does_not_make_those_of_today_old(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "");
	char *cursor = cq_format("9 %lld", (long long)EXCHANGE_NOW);

	(void)state;
	ends(answered(&visit,
		 PAGE(STATUS("9", ",\"created_at\":\"2099-01-01T00:00:00Z\""))),
	    1, cursor, false);
	free(cursor);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_where_offsets_find_nothing_ids_lead_back(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "5");

	(void)state;
	full_page_goes_on(&visit, 100);
	asks(&visit, "&offset=40");
	goes_on(answered(&visit, PAGE("")));
	asks(&visit, "&max_id=61");
	full_page_goes_on(&visit, 60);
	asks(&visit, "&max_id=21");
	ends(answered(&visit, PAGE(STATUS("5", ""))), 81, "100 1795435200",
	    false);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_search_that_finds_no_more_is_not_asked_twice(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "5");

	(void)state;
	goes_on(answered(&visit, PAGE(STATUS("9", ""))));
	ends(answered(&visit, PAGE("")), 1, "9", false);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_server_that_shows_one_page_only_leaves_a_gap(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "5");
	char *page = full_page(100);
	struct heard h;

	(void)state;
	goes_on(answered(&visit, page));
	asks(&visit, "&offset=40");
	goes_on(answered(&visit, page));
	asks(&visit, "&max_id=61");
	h = answered(&visit, page);
	assert_int_equal(h.next.jumped_at, CQ_NO_TIME);
	ends(h, 40, "100 1795435200", true);
	exchange_forget(&src_mastodon, &visit);
	free(page);

	/* but what it found was all there is */
	visit = exchange_visit_all(&words, "5");
	goes_on(answered(&visit, PAGE(STATUS("9", ""))));
	ends(answered(&visit, PAGE(STATUS("9", ""))), 1, "9", false);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_an_answer_without_posts_is_no_empty_search(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "5");

	(void)state;
	heard_fails(answered(&visit, "{\"accounts\":[],\"statuses\":{}}"),
	    "mastodon.social answered with something else instead of a list "
	    "of posts; check the address",
	    0, false);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_search_with_too_much_of_a_past_says_what_it_left(void **state)
{
	struct src_visit visit = exchange_visit_all(&words, "");

	(void)state;
	visit.since_at = AT_12 - 3600;
	for (int i = 0; i + 1 < SRC_STEPS_MAX; i++)
		full_page_goes_on(&visit, 2000 - 40 * i);
	asks(&visit, "&offset=960");
	ends(answered(&visit, PAGE(STATUS("9", AT("12:00:00")))), 961,
	    "2000 1795435200", true);
	exchange_forget(&src_mastodon, &visit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_search_is_read_back_to_the_cursor),
	    cmocka_unit_test(test_what_a_search_finds_late_is_not_passed_over),
	    cmocka_unit_test(
		test_a_search_ends_though_the_post_that_was_known_is_gone),
	    cmocka_unit_test(
		test_a_post_of_tomorrow_does_not_make_those_of_today_old),
	    cmocka_unit_test(test_where_offsets_find_nothing_ids_lead_back),
	    cmocka_unit_test(
		test_a_search_that_finds_no_more_is_not_asked_twice),
	    cmocka_unit_test(
		test_a_server_that_shows_one_page_only_leaves_a_gap),
	    cmocka_unit_test(test_an_answer_without_posts_is_no_empty_search),
	    cmocka_unit_test(
		test_a_search_with_too_much_of_a_past_says_what_it_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
