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

#define HITS "tests/fixtures/cfpb/by-hand-hits.json"
#define API                                                                  \
	"https://www.consumerfinance.gov/data-research/consumer-complaints/" \
	"search/api/v1/"
#define FIELD "&field=complaint_what_happened&has_narrative=true"
#define HOW                                                          \
	"&sort=created_date_asc&size=100&no_aggs=true&no_highlight=" \
	"true"

static struct cq_source bank = {
    .name = "bank",
    .adapter = "cfpb",
    .address = "https://www.consumerfinance.gov",
    .query = "company:ACME BANK, N.A.",
};
static struct cq_source words = {
    .name = "words",
    .adapter = "cfpb",
    .address = "https://www.consumerfinance.gov/",
    .query = "\"acme card\" AND fee",
};

/* --- what is asked ----------------------------------------------------- */

static void
test_it_asks_for_a_company_or_for_words(void **state)
{
	(void)state; /* those of the last day at first */
	source_asks(&src_cfpb, &bank, "",
	    API "?company=ACME%20BANK%2C%20N.A." FIELD
		"&date_received_min=2026-11-22" HOW);
	source_asks(&src_cfpb, &words, "",
	    API "?search_term=%22acme%20card%22%20AND%20fee" FIELD
		"&date_received_min=2026-11-22" HOW);
}

static void
asks(const char *cursor, int64_t since_at, const char *end)
{
	struct src_visit visit = exchange_visit(&words, cursor);
	char *url = cq_format("%s%s",
	    API "?search_term=%22acme%20card%22%20AND%20fee" FIELD, end);
	struct src_request req;

	visit.since_at = since_at;
	assert_int_equal(src_cfpb.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, url);
	src_request_free(&req);
	free(url);
}

static void
test_it_asks_from_75_days_before_the_newest_one_known(void **state)
{
	(void)state;
	asks("2026-11-20", CQ_NO_TIME, "&date_received_min=2026-09-06" HOW);
	/* nothing older than is wanted */
	asks("2026-11-20", EXCHANGE_NOW - 2 * 86400,
	    "&date_received_min=2026-11-21" HOW);
	asks("", CQ_NO_TIME, HOW);
	asks("2026-11-20 2026-09-06 1752451200000_14567890", CQ_NO_TIME,
	    "&date_received_min=2026-09-06" HOW
	    "&search_after=1752451200000_14567890");
	asks("2026-11-20 - 1752451200000_14567890", EXCHANGE_NOW,
	    HOW "&search_after=1752451200000_14567890");
	/* what cannot be one is the beginning */
	asks("2026-11-20 2026-09-06 17_4_2", CQ_NO_TIME,
	    "&date_received_min=2026-09-06" HOW);
	asks("x", CQ_NO_TIME, HOW);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char query[] =
	    "the query is \"company:NAME\", with the name as the register "
	    "writes it, or words to search for, at most 200 bytes";
	const char *here = "https://www.consumerfinance.gov";
	char much[202];

	(void)state;
	memset(much, 'a', 201);
	much[201] = '\0';
	assert_int_equal(src_cfpb.check(&bank, NULL), CQ_OK);
	assert_int_equal(src_cfpb.check(&words, NULL), CQ_OK);
	source_refused(&src_cfpb, here, NULL, query);
	source_refused(&src_cfpb, here, "", query);
	source_refused(&src_cfpb, here, "company:", query);
	source_refused(&src_cfpb, here, "a\nb", query);
	source_refused(&src_cfpb, here, much, query);
	source_refused(&src_cfpb,
	    "https://www.consumerfinance.gov/data-research", "a",
	    "give https://www.consumerfinance.gov as the address");
}

/* --- answers, written by hand after the documentation -------------------- */

static struct heard
hear_file(const char *cursor)
{
	struct exchange x;
	struct heard h;

	exchange_load(&x, HITS, API);
	h = hear(&src_cfpb, &bank, cursor, &x);
	exchange_free(&x);
	return h;
}

static void
test_by_hand_complaints_with_words_come_oldest_first(void **state)
{
	struct heard h = hear_file("");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(p->id, "25000001");
	assert_ptr_equal(strstr(p->text, "On XX/XX/2026 my deposit"), p->text);
	assert_null(p->author);
	assert_null(p->conversation);
	assert_string_equal(p->lang, "en");
	assert_int_equal(p->rating, 0);
	assert_int_equal(p->created_at, 1790960400);
	assert_string_equal(p->url,
	    "https://www.consumerfinance.gov/data-research/"
	    "consumer-complaints/search/detail/25000001");
	assert_string_equal(p[1].id, "25000003");
	assert_string_equal(p[1].extra,
	    "{\"company\":\"ACME BANK\",\"product\":\"Credit card\","
	    "\"issue\":\"Fees or interest\",\"state\":\"ME\",\"timely\":"
	    "\"Yes\"}");
	assert_string_equal(h.next.cursor, "2026-11-05");
	assert_false(h.next.more);
	heard_free(&h);
	h = hear_file("2026-11-05");
	assert_int_equal(h.posts.n, 2); /* known ones once more */
	assert_null(h.next.cursor);
	heard_free(&h);
}

/* n complaints of October, four a day. */
static struct heard
hear_page(struct src_visit *visit, int n, const char *members)
{
	struct cq_buf b = {0};
	struct heard h;
	int i;

	cq_buf_fmt(&b, "{%s\"hits\":{\"total\":{\"value\":250},\"hits\":[",
	    members);
	for (i = 0; i < n; i++)
		cq_buf_fmt(&b,
		    "%s{\"_source\":{\"complaint_id\":%d,\"date_received\":"
		    "\"2026-10-%02d\",\"complaint_what_happened\":\"fees\"},"
		    "\"sort\":[1790960400000,\"%d\"]}",
		    i == 0 ? "" : ",", 700 + i, 1 + i / 4, 700 + i);
	cq_buf_str(&b, "]}}");
	h = hear_answer(&src_cfpb, visit, 200, NULL, b.s);
	cq_buf_free(&b);
	return h;
}

static void
test_by_hand_a_full_page_is_followed_by_the_next(void **state)
{
	struct src_visit visit = exchange_visit(&bank, "2026-09-30");
	struct heard h;

	(void)state;
	visit.since_at = CQ_NO_TIME;
	h = hear_page(&visit, 100, "");
	assert_int_equal(h.posts.n, 100);
	assert_string_equal(h.posts.at[0].id, "700");
	assert_string_equal(h.next.cursor,
	    "2026-10-25 2026-07-17 1790960400000_799");
	assert_true(h.next.more);
	heard_free(&h);
	visit.cursor = "2026-10-25 2026-07-17 1790960400000_650";
	h = hear_page(&visit, 3, "");
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.next.cursor, "2026-10-25");
	assert_false(h.next.more);
	heard_free(&h);
	/* the last page was full by chance */
	h = hear_page(&visit, 0, "");
	assert_string_equal(h.next.cursor, "2026-10-25");
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_by_hand_a_page_that_leads_nowhere_is_told(void **state)
{
	struct src_visit visit =
	    exchange_visit(&bank, "2026-09-30 2026-07-17 1790960400000_799");
	struct heard h = hear_page(&visit, 100, "");

	(void)state;
	assert_int_equal(h.posts.n, 100);
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1792886400); /* October 25 */
	assert_false(h.next.more);
	assert_string_equal(h.next.cursor, "2026-10-25");
	heard_free(&h);
}

static void
test_by_hand_a_part_of_the_register_moves_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&bank, "2026-09-30");
	struct heard h = hear_page(&visit, 100, "\"timed_out\":true,");

	(void)state;
	assert_int_equal(h.posts.n, 100);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	h = hear_page(&visit, 2, "\"_shards\":{\"total\":5,\"failed\":1},");
	assert_null(h.next.cursor);
	heard_free(&h);
}

static void
test_by_hand_an_empty_page_moves_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&bank, "2026-09-30");
	struct heard h = hear_page(&visit, 0, "");

	(void)state;
	assert_null(h.next.cursor);
	heard_free(&h);
	visit.cursor = "2026-09-30 2026-07-17 1790960400000_799";
	h = hear_answer(&src_cfpb, &visit, 200, NULL,
	    "{\"hits\":{\"total\":{\"value\":0},\"hits\":[]}}");
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_by_hand_a_day_in_the_future_is_not_believed(void **state)
{
	struct src_visit visit = exchange_visit(&bank, "2026-09-30");
	struct heard h = hear_answer(&src_cfpb, &visit, 200, NULL,
	    "{\"hits\":{\"hits\":[{\"_source\":{\"complaint_id\":\"7\","
	    "\"date_received\":\"2027-01-01\",\"complaint_what_happened\":"
	    "\"fees\"}}]}}");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_null(h.next.cursor);
	heard_free(&h);
}

static void
test_what_is_no_answer_is_told(void **state)
{
	struct src_visit visit = exchange_visit(&bank, "");

	(void)state;
	heard_fails(hear_answer(&src_cfpb, &visit, 200, NULL, "{\"hits\":{}}"),
	    "www.consumerfinance.gov answered with something else instead of "
	    "a list of complaints; check the address",
	    0, false);
	heard_fails(hear_answer(&src_cfpb, &visit, 403, NULL, "<html>"),
	    "www.consumerfinance.gov does not answer this network (403): it "
	    "will be asked again later",
	    0, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_asks_for_a_company_or_for_words),
	    cmocka_unit_test(
		test_it_asks_from_75_days_before_the_newest_one_known),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(
		test_by_hand_complaints_with_words_come_oldest_first),
	    cmocka_unit_test(test_by_hand_a_full_page_is_followed_by_the_next),
	    cmocka_unit_test(test_by_hand_a_page_that_leads_nowhere_is_told),
	    cmocka_unit_test(test_by_hand_a_part_of_the_register_moves_nothing),
	    cmocka_unit_test(test_by_hand_an_empty_page_moves_nothing),
	    cmocka_unit_test(test_by_hand_a_day_in_the_future_is_not_believed),
	    cmocka_unit_test(test_what_is_no_answer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
