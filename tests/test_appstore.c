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

#define DIR "tests/fixtures/appstore/"
#define PAGE(n, app)                                                         \
	"https://itunes.apple.com/us/rss/customerreviews/page=" n "/id=" app \
	"/sortby=mostrecent/json"
#define DAY 86400

static struct cq_source app = {
    .name = "app",
    .adapter = "appstore",
    .address = "https://itunes.apple.com",
    .query = "US/123456789",
};

/* --- what is asked ----------------------------------------------------- */

static void
test_it_asks_for_the_newest_page_of_that_app(void **state)
{
	(void)state;
	source_asks(&src_appstore, &app, "", PAGE("1", "123456789"));
	source_asks(&src_appstore, &app, "1795439220 9003 9002",
	    PAGE("1", "123456789"));
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char give[] =
	    "give https://itunes.apple.com as the address; the query says "
	    "which app, such as us/123456789";
	static const char query[] =
	    "the query is COUNTRY/APP, such as us/123456789: two letters, and "
	    "the number in the address of the app's page";
	static const char *const bad[] = {NULL, "", "us", "us/", "us/12x",
	    "usa/12", "u/12", "123456789", "us/id12",
	    "us/123456789012345678901", "us/12 "};
	const char *here = "https://itunes.apple.com";
	size_t i;

	(void)state;
	assert_int_equal(src_appstore.check(&app, NULL), CQ_OK);
	source_refused(&src_appstore,
	    "https://itunes.apple.com/us/app/kettle/id123456789", "us/1", give);
	source_refused(&src_appstore, "https://apps.apple.com", "us/1", give);
	source_refused(&src_appstore, "itunes.apple.com", "us/1",
	    "itunes.apple.com is no address: it must begin with https://");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		source_refused(&src_appstore, here, bad[i], query);
}

/* --- a recorded page, of a time when reviews bore no dates --------------- */

static struct heard
hear_recorded(struct src_visit *visit)
{
	struct exchange x;
	struct heard h;

	exchange_load(&x, DIR "customerreviews-jp-mostrecent.json",
	    PAGE("1", "123456789"));
	h = hear_visit(&src_appstore, visit, &x);
	exchange_free(&x);
	if (visit->memory != NULL)
		src_appstore.forget(visit->memory);
	visit->memory = NULL;
	return h;
}

static void
test_a_recorded_page_without_dates_comes_oldest_first(void **state)
{
	struct src_visit visit = exchange_visit(&app, "");
	struct heard h = hear_recorded(&visit);
	const struct cq_post *p = &h.posts.at[h.posts.n - 1];

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 30);
	assert_string_equal(h.posts.at[0].id, "6189166628");
	assert_string_equal(p->id, "6290024630");
	assert_int_equal(p->rating, 4);
	assert_string_equal(p->network, "appstore");
	assert_string_equal(p->author, "638572168");
	assert_string_equal(p->author_name, "ヤミ。");
	assert_ptr_equal(strstr(p->text, "神アプリ\n\n"), p->text);
	assert_int_equal(p->created_at, CQ_NO_TIME);
	assert_string_equal(p->extra,
	    "{\"store\":\"us\",\"version\":\"3.4.3\"}");
	assert_string_equal(p->url,
	    "https://apps.apple.com/us/app/id123456789?see-all=reviews");
	assert_int_equal(strncmp(h.next.cursor, "- 6290024630 6285559638 ", 24),
	    0);
	assert_false(h.next.more);
	heard_free(&h);
}

/* One that was edited stands at the top again, and is not the end. */
static void
test_a_recorded_page_is_the_last_if_three_known_ones_are_on_it(void **state)
{
	struct src_visit visit =
	    exchange_visit(&app, "- 6290024630 6285559638 6282758619 1");
	struct heard h = hear_recorded(&visit);

	(void)state;
	assert_int_equal(h.posts.n, 30);
	assert_false(h.next.more);
	heard_free(&h);
	visit = exchange_visit(&app, "- 6290024630 6285559638 7 8 9");
	h = hear_recorded(&visit);
	assert_int_equal(h.posts.n, 0);
	assert_true(h.next.more);
	assert_null(h.next.cursor);
	heard_free(&h);
}

/* --- pages written by hand in that form, with dates ---------------------- */

/* A page with reviews of that id, at that many days ago. */
static struct heard
hear_page(struct src_visit *visit, const char *id, int days, int last)
{
	struct cq_buf b = {0};
	struct heard h;

	cq_buf_str(&b, "{\"feed\":{");
	if (id != NULL)
		cq_buf_fmt(&b,
		    "\"entry\":{\"id\":{\"label\":\"%s\"},\"im:rating\":{"
		    "\"label\":\"2\"},\"title\":{\"label\":\"t\"},\"updated\":"
		    "{\"label\":\"2026-11-%02dT06:07:00-07:00\"}},",
		    id, 23 - days);
	cq_buf_fmt(&b,
	    "\"link\":[{\"attributes\":{\"rel\":\"last\",\"href\":\"https://"
	    "x/us/rss/customerreviews/page=%d/id=1/xml\"}}]}}",
	    last);
	h = hear_answer(&src_appstore, visit, 200, NULL, b.s);
	cq_buf_free(&b);
	return h;
}

static void
forget(struct src_visit *visit)
{
	assert_non_null(visit->memory);
	src_appstore.forget(visit->memory);
	visit->memory = NULL;
}

static void
asks_page(struct src_visit *visit, const char *url)
{
	struct src_request req;

	assert_int_equal(src_appstore.ask(visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, url);
	src_request_free(&req);
}

static void
test_by_hand_pages_are_read_back_to_a_day_before_the_known(void **state)
{
	struct src_visit visit = exchange_visit(&app, "1795180020 7");
	struct heard h;

	(void)state; /* the cursor's time is 3 days ago */
	visit.since_at = CQ_NO_TIME;
	h = hear_page(&visit, "12", 1, 9);
	assert_int_equal(h.posts.n, 0);
	assert_true(h.next.more);
	heard_free(&h);
	asks_page(&visit, PAGE("2", "123456789"));
	h = hear_page(&visit, "11", 4, 9);
	assert_true(h.next.more);
	heard_free(&h);
	h = hear_page(&visit, "10", 5, 9);
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[0].id, "10");
	assert_int_equal(h.posts.at[0].created_at, EXCHANGE_NOW - 5 * DAY);
	assert_string_equal(h.posts.at[2].id, "12");
	assert_string_equal(h.next.cursor, "1795352820 12 11 10");
	assert_false(h.next.more);
	assert_false(h.next.jumped);
	heard_free(&h);
	forget(&visit);
}

static void
test_by_hand_the_last_page_is_the_end(void **state)
{
	struct src_visit visit = exchange_visit(&app, "1795180020 7");
	struct heard h;

	(void)state;
	visit.since_at = CQ_NO_TIME;
	h = hear_page(&visit, "12", 1, 1);
	assert_int_equal(h.posts.n, 1);
	assert_false(h.next.more);
	assert_false(h.next.jumped);
	assert_string_equal(h.next.cursor, "1795352820 12");
	heard_free(&h);
	forget(&visit);
}

static void
test_by_hand_a_first_visit_goes_back_as_far_as_it_is_wanted(void **state)
{
	struct src_visit visit = exchange_visit(&app, "");
	struct heard h = hear_page(&visit, "12", 0, 9);

	(void)state;
	assert_true(h.next.more);
	heard_free(&h);
	h = hear_page(&visit, "11", 2, 9);
	assert_false(h.next.more);
	assert_int_equal(h.posts.n, 2);
	heard_free(&h);
	forget(&visit);
}

/* --- what may be lost -------------------------------------------------- */

static struct heard
hear_ten_pages(struct src_visit *visit, int last)
{
	struct heard h = {0};
	int i;

	for (i = 0; i < 10; i++) {
		heard_free(&h);
		h = hear_page(visit, "12", 1, last);
	}
	return h;
}

static void
test_by_hand_ten_pages_without_a_known_one_are_told(void **state)
{
	static const int last[] = {12, 10, 0}; /* none is after the tenth */
	struct src_visit visit;
	struct heard h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(last) / sizeof(*last); i++) {
		visit = exchange_visit(&app, "1795180020 7");
		h = hear_ten_pages(&visit, last[i]);
		assert_int_equal(h.posts.n, 10);
		assert_true(h.next.jumped);
		assert_int_equal(h.next.jumped_at, 1795180020);
		assert_false(h.next.more);
		assert_non_null(h.next.cursor);
		heard_free(&h);
		forget(&visit);
	}
	visit = exchange_visit(&app, "");
	visit.since_at = CQ_NO_TIME; /* all that there is */
	h = hear_ten_pages(&visit, 10);
	assert_false(h.next.jumped);
	heard_free(&h);
	forget(&visit);
	visit = exchange_visit(&app, ""); /* those of a day are wanted */
	h = hear_ten_pages(&visit, 10);
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, visit.since_at);
	heard_free(&h);
	forget(&visit);
}

/* Older feeds begin with the app; and a single entry is in no list. */
static void
test_by_hand_the_app_itself_is_no_review(void **state)
{
	static const char review[] =
	    "{\"id\":{\"label\":\"9\"},\"im:rating\":{\"label\":\"1\"},"
	    "\"author\":{\"uri\":{\"label\":\"https://x/us/reviews\"},"
	    "\"name\":{\"label\":\"Jo\"}},\"title\":{\"label\":\"t\"}}";
	char *list = cq_format("{\"feed\":{\"entry\":[{\"id\":{\"label\":"
			       "\"123456789\"},\"title\":{\"label\":"
			       "\"Kettle\"}},%s]}}",
	    review);
	char *single = cq_format("{\"feed\":{\"entry\":%s}}", review);
	const char *const bodies[] = {list, single};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct src_visit visit = exchange_visit(&app, "");
		struct heard h =
		    hear_answer(&src_appstore, &visit, 200, NULL, bodies[i]);

		assert_int_equal(h.posts.n, 1);
		assert_string_equal(h.posts.at[0].id, "9");
		assert_string_equal(h.posts.at[0].author, "Jo");
		heard_free(&h);
		forget(&visit);
	}
	free(list);
	free(single);
}

static void
test_by_hand_an_empty_page_moves_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&app, "1795180020 7");
	struct heard h = hear_page(&visit, NULL, 0, 9);

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	forget(&visit);
	/* nor if the feed says nothing at all */
	h = hear_answer(&src_appstore, &visit, 200, NULL, "{\"feed\":{}}");
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	heard_free(&h);
	forget(&visit);
}

/* Later it will be full again: so what follows it is not passed over. */
static void
test_by_hand_a_hole_among_the_pages_moves_nothing(void **state)
{
	static const int last[] = {9, 2};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct src_visit visit = exchange_visit(&app, "1795180020 7");
		struct heard h = hear_page(&visit, "12", 1, last[i]);

		heard_free(&h);
		h = hear_page(&visit, NULL, 0, last[i]);
		assert_int_equal(h.posts.n, 1);
		assert_null(h.next.cursor);
		assert_false(h.next.more);
		heard_free(&h);
		forget(&visit);
	}
}

static void
test_by_hand_a_time_in_the_future_is_not_believed(void **state)
{
	struct src_visit visit = exchange_visit(&app, "");
	struct heard h = hear_page(&visit, "12", -2, 1);

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.next.cursor, "- 12");
	heard_free(&h);
	forget(&visit);
}

/* --- answers that are none --------------------------------------------- */

static void
test_what_is_no_feed_is_told(void **state)
{
	struct src_visit visit = exchange_visit(&app, "");

	(void)state;
	heard_fails(hear_answer(&src_appstore, &visit, 200, NULL, "{}"),
	    "itunes.apple.com answered with something else instead of a feed "
	    "of "
	    "reviews; check the address",
	    0, false);
	heard_fails(hear_answer(&src_appstore, &visit, 200, NULL,
			"<html>busy</html>"),
	    "itunes.apple.com answered with a web page instead of JSON; check "
	    "the "
	    "address",
	    0, false);
	heard_fails(hear_answer(&src_appstore, &visit, 403, NULL, ""),
	    "itunes.apple.com does not answer this network (403): it will be "
	    "asked "
	    "again later",
	    0, false);
	heard_fails(hear_answer(&src_appstore, &visit, 401,
			"Retry-After: 600\n", ""),
	    "itunes.apple.com does not answer this network (401): it will be "
	    "asked again later",
	    600, false);
	assert_null(visit.memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_asks_for_the_newest_page_of_that_app),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(
		test_a_recorded_page_without_dates_comes_oldest_first),
	    cmocka_unit_test(
		test_a_recorded_page_is_the_last_if_three_known_ones_are_on_it),
	    cmocka_unit_test(
		test_by_hand_pages_are_read_back_to_a_day_before_the_known),
	    cmocka_unit_test(test_by_hand_the_last_page_is_the_end),
	    cmocka_unit_test(
		test_by_hand_a_first_visit_goes_back_as_far_as_it_is_wanted),
	    cmocka_unit_test(
		test_by_hand_ten_pages_without_a_known_one_are_told),
	    cmocka_unit_test(test_by_hand_the_app_itself_is_no_review),
	    cmocka_unit_test(test_by_hand_an_empty_page_moves_nothing),
	    cmocka_unit_test(test_by_hand_a_hole_among_the_pages_moves_nothing),
	    cmocka_unit_test(test_by_hand_a_time_in_the_future_is_not_believed),
	    cmocka_unit_test(test_what_is_no_feed_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
