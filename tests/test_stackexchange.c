#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "sources/adapters.h"
#include "tests/exchange.h"

#define DIR "tests/fixtures/stackexchange/"
#define SEARCH "https://api.stackexchange.com/2.3/search/advanced?"
#define WITH "&sort=creation&order=asc&fromdate="
#define SITE "&site=stackoverflow.com&filter=withbody&pagesize=100"

static struct cq_source kettle = {
    .name = "so",
    .adapter = "stackexchange",
    .address = "https://stackoverflow.com",
    .query = "acme kettle",
};

/* --- what is asked ------------------------------------------------------ */

static void
test_questions_are_asked_for_from_a_quarter_of_an_hour_before(void **state)
{
	(void)state;
	source_asks(&src_stackexchange, &kettle, "",
	    SEARCH "q=acme%20kettle" WITH "1795352820" SITE);
	source_asks(&src_stackexchange, &kettle, "1795430900 1",
	    SEARCH "q=acme%20kettle" WITH "1795430000" SITE);
	source_asks(&src_stackexchange, &kettle, "1795430900 2",
	    SEARCH "q=acme%20kettle" WITH "1795430000&page=2" SITE);
	/* no cursor of ours: as at first */
	source_asks(&src_stackexchange, &kettle, "1795430900 99",
	    SEARCH "q=acme%20kettle" WITH "1795352820" SITE);
}

static void
test_tags_and_words_are_told_apart(void **state)
{
	struct cq_source s = kettle;

	(void)state;
	s.query = "[acme] too [tea-kettle]  hot";
	source_asks(&src_stackexchange, &s, "1795430900 1",
	    SEARCH "q=too%20hot&tagged=acme%3Btea-kettle" WITH
		   "1795430000" SITE);
	s.query = "[acme]";
	s.address = "https://www.superuser.com/";
	source_asks(&src_stackexchange, &s, "1795430900 1",
	    SEARCH
	    "tagged=acme" WITH
	    "1795430000&site=superuser.com&filter=withbody&pagesize=100");
	s.address = "http://127.0.0.1:8080/";
	source_asks(&src_stackexchange, &s, "1795430900 1",
	    "http://127.0.0.1:8080/2.3/search/advanced?tagged=acme" WITH
	    "1795430000&site=127.0.0.1&filter=withbody&pagesize=100");
}

static void
test_a_key_is_sent_as_a_token_and_not_in_the_address(void **state)
{
	struct cq_source s = kettle;
	struct src_visit visit = exchange_visit(&s, "1795430900 1");
	struct src_request req;

	(void)state;
	s.token_file = "/nonexistent";
	assert_int_equal(src_stackexchange.ask(&visit, &req, NULL), CQ_OK);
	assert_true(req.token);
	assert_null(strstr(req.url, "key="));
	src_request_free(&req);
	free(visit.memory);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char *const bad[] = {
	    NULL, "", " ", "[", "[]", "[a", "[a;b]", "a\tb", "\xff"};
	size_t i;

	(void)state;
	assert_int_equal(src_stackexchange.check(&kettle, NULL), CQ_OK);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		source_refused(&src_stackexchange, "https://stackoverflow.com",
		    bad[i],
		    "the query is at most 300 bytes of words to search for, "
		    "[tags], or both");
	source_refused(&src_stackexchange,
	    "https://stackoverflow.com/questions/tagged/acme", "acme",
	    "give the address of the site alone, such as "
	    "https://stackoverflow.com");
}

/* --- pages -------------------------------------------------------------- */

static struct heard
hear_file(struct src_visit *visit, const char *name)
{
	char *path = cq_format(DIR "%s", name);
	struct exchange x;
	struct heard h;

	exchange_load(&x, path, "https://api.stackexchange.com");
	h = hear_visit(&src_stackexchange, visit, &x);
	exchange_free(&x);
	free(path);
	return h;
}

static void
test_by_hand_questions_are_read_in_plain_words(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h = hear_file(&visit, "by-hand-questions-1.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(p[0].id, "90001");
	assert_string_equal(p[0].conversation, "90001");
	assert_string_equal(p[0].text,
	    "Acme kettle API answers \"503\" & never boils\n\n"
	    "Since the update boil() fails & nobody answers.\n\n"
	    "See the old one (https://stackoverflow.com/questions/80000).");
	assert_string_equal(p[0].network, "stackoverflow.com");
	assert_string_equal(p[0].author, "41");
	assert_string_equal(p[0].author_name, "Ren\xc3\xa9 O'Dell");
	assert_string_equal(p[0].url,
	    "https://stackoverflow.com/questions/90001/acme-kettle-api");
	assert_int_equal(p[0].created_at, 1795430000);
	/* who left has no number */
	assert_null(p[1].author);
	assert_string_equal(p[1].author_name, "user4711");
	assert_string_equal(h.next.cursor, "1795430600 1");
	assert_true(h.next.more);
	assert_int_equal(h.next.every_s, 600); /* without a key */
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_the_next_page_begins_with_the_newest_one_seen(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h = hear_file(&visit, "by-hand-questions-1.json");
	struct src_request req;

	(void)state;
	heard_free(&h);
	visit.cursor = "1795430600 1";
	src_stackexchange.ask(&visit, &req, NULL);
	assert_string_equal(req.url,
	    SEARCH "q=acme%20kettle" WITH "1795430600" SITE);
	src_request_free(&req);
	h = hear_file(&visit, "by-hand-questions-2.json");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.next.cursor, "1795431000 1");
	assert_false(h.next.more);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_a_page_of_one_second_is_turned(void **state)
{
	static const char body[] =
	    "{\"items\":[{\"question_id\":1,\"title\":\"t\",\"creation_date\":"
	    "1795430600}],\"has_more\":true}";
	struct src_visit visit = exchange_visit(&kettle, "1795430600 1");
	struct heard h =
	    hear_answer(&src_stackexchange, &visit, 200, NULL, body);

	(void)state;
	assert_string_equal(h.next.cursor, "1795430600 2");
	assert_true(h.next.more);
	heard_free(&h);
	/* but not for ever */
	visit.cursor = "1795430600 25";
	h = hear_answer(&src_stackexchange, &visit, 200, NULL, body);
	assert_string_equal(h.next.cursor, "1795430600 1");
	assert_false(h.next.more);
	heard_free(&h);
	free(visit.memory);
}

static void
test_a_recorded_page_without_words_brings_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h = hear_file(&visit, "stackexchange_question_page.json");

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 0);
	assert_string_equal(h.next.cursor, "1459908076 1");
	assert_int_equal(h.next.wait_s, 0);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_nothing_new_moves_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "1795430600 1");
	struct heard h = hear_answer(&src_stackexchange, &visit, 200, NULL,
	    "{\"items\":[],\"has_more\":false,\"quota_remaining\":12}");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	assert_int_equal(h.next.wait_s, 0);
	heard_free(&h);
	h = hear_answer(&src_stackexchange, &visit, 200, NULL,
	    "{\"items\":[{\"question_id\":2,\"title\":\"of tomorrow\","
	    "\"creation_date\":1895430600}],\"has_more\":false}");
	assert_int_equal(h.posts.n, 1);
	assert_null(h.next.cursor);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_odd_items_are_left_out(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h = hear_answer(&src_stackexchange, &visit, 200, NULL,
	    "{\"items\":[null,1,\"x\",[],{},{\"question_id\":\"../1\","
	    "\"title\":\"t\"},{\"question_id\":3,\"title\":7},"
	    "{\"question_id\":4,\"title\":\"ok\",\"owner\":[],\"body\":false,"
	    "\"creation_date\":\"soon\",\"link\":\"javascript:x\"}],"
	    "\"has_more\":\"yes\",\"backoff\":\"long\"}");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "4");
	assert_string_equal(h.posts.at[0].text, "ok");
	assert_string_equal(h.posts.at[0].url,
	    "https://stackoverflow.com/questions/4");
	assert_true(h.posts.at[0].created_at == CQ_NO_TIME);
	assert_null(h.next.cursor);
	heard_free(&h);
	free(visit.memory);
}

/* --- patience and refusals ---------------------------------------------- */

static void
test_by_hand_patience_is_asked_for_in_the_body(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "1795430600 1");
	struct heard h = hear_answer(&src_stackexchange, &visit, 200, NULL,
	    "{\"items\":[],\"has_more\":false,\"backoff\":10,"
	    "\"quota_remaining\":3}");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.next.wait_s, 10);
	heard_free(&h);
	/* at 13:07 UTC there are 10 h 53 min left of the day */
	h = hear_answer(&src_stackexchange, &visit, 200, NULL,
	    "{\"items\":[],\"has_more\":false,\"quota_remaining\":0}");
	assert_int_equal(h.next.wait_s, 10 * 3600 + 53 * 60);
	heard_free(&h);
	free(visit.memory);
}

static void
fails(const char *body, const char *msg, int64_t wait_s, bool pause)
{
	struct src_visit visit = exchange_visit(&kettle, "");

	heard_fails(hear_answer(&src_stackexchange, &visit, 400, NULL, body),
	    msg, wait_s, pause);
}

static void
test_by_hand_a_key_that_is_refused_is_told(void **state)
{
	struct cq_source s = kettle;
	struct src_visit visit = exchange_visit(&s, "");
	struct heard h;

	(void)state;
	s.token_file = "/nonexistent";
	h = hear_answer(&src_stackexchange, &visit, 400, NULL,
	    "{\"error_id\":403,\"error_message\":\"x\"}");
	assert_true(h.next.refused);
	heard_fails(h,
	    "Stack Exchange refused the key (403): make a new one and put it "
	    "in the token file",
	    0, true);
}

static void
test_by_hand_errors_are_told_from_one_another(void **state)
{
	(void)state;
	fails("{\"error_id\":502,\"error_name\":\"throttle_violation\","
	      "\"error_message\":\"too many requests from this IP, more "
	      "requests available in 41 seconds\"}",
	    "Stack Exchange asks for patience (502): it will be asked again "
	    "later",
	    41, false);
	fails("{\"error_id\":503,\"error_message\":\"down\"}",
	    "Stack Exchange asks for patience (503): it will be asked again "
	    "later",
	    600, false);
	fails("{\"error_id\":403,\"error_message\":\"x\"}",
	    "Stack Exchange wants a key (403): caseq source set so "
	    "--token-file FILE",
	    0, true);
	fails("{\"error_id\":400,\"error_message\":\"No site found for name "
	      "`acme.example`\"}",
	    "Stack Exchange has no such site: check the address", 0, true);
	fails("{\"error_id\":400,\"error_message\":\"order\"}",
	    "Stack Exchange refused the request (400): check address, query "
	    "and key",
	    0, false);
	fails("no JSON",
	    "stackoverflow.com refused the request (400): check address and "
	    "query",
	    0, false);
}

static void
test_what_is_no_list_of_questions_is_told(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");

	(void)state;
	heard_fails(hear_answer(&src_stackexchange, &visit, 200, NULL,
			"{\"items\":{}}"),
	    "stackoverflow.com answered with something else instead of a list "
	    "of questions; check the address",
	    0, false);
}

/* --- once more ---------------------------------------------------------- */

static void
test_known_questions_are_asked_for_together(void **state)
{
	static const char *const ids[] = {"90002", "x", "90001"};
	struct src_visit visit = exchange_visit(&kettle, "1795430600 1");
	struct src_request req;

	(void)state;
	assert_int_equal(src_stackexchange.ask_again(&visit, ids, 3, &req,
			     NULL),
	    CQ_OK);
	assert_string_equal(req.url,
	    "https://api.stackexchange.com/2.3/questions/90002;90001?"
	    "site=stackoverflow.com&filter=withbody&pagesize=100");
	src_request_free(&req);
	assert_int_equal(src_stackexchange.ask_again(&visit, ids + 1, 1, &req,
			     NULL),
	    CQ_INPUT);
	src_request_free(&req);
}

static void
test_by_hand_questions_that_are_left_out_are_gone(void **state)
{
	static const char *const ids[] = {"90002", "90001", "x"};
	struct src_visit visit = exchange_visit(&kettle, "1795430600 1");
	struct heard h = hear_again(&src_stackexchange, &visit, ids, 3, 200,
	    "{\"items\":[{\"question_id\":90002,\"title\":\"edited\"}],"
	    "\"has_more\":false}");

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].text, "edited");
	assert_string_equal(h.posts.at[1].id, "90001");
	assert_true(h.posts.at[1].gone);
	heard_free(&h);
	/* none of many, nor the only one, or not all: nothing is certain */
	h = hear_again(&src_stackexchange, &visit, ids, 3, 200,
	    "{\"items\":[],\"has_more\":false}");
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	h = hear_again(&src_stackexchange, &visit, ids, 1, 200,
	    "{\"items\":[],\"has_more\":false}");
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	h = hear_again(&src_stackexchange, &visit, ids, 3, 200,
	    "{\"items\":[{\"question_id\":90002,\"title\":\"t\"}],"
	    "\"has_more\":true}");
	assert_int_equal(h.posts.n, 1);
	heard_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_questions_are_asked_for_from_a_quarter_of_an_hour_before),
	    cmocka_unit_test(test_tags_and_words_are_told_apart),
	    cmocka_unit_test(
		test_a_key_is_sent_as_a_token_and_not_in_the_address),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(test_by_hand_questions_are_read_in_plain_words),
	    cmocka_unit_test(
		test_by_hand_the_next_page_begins_with_the_newest_one_seen),
	    cmocka_unit_test(test_by_hand_a_page_of_one_second_is_turned),
	    cmocka_unit_test(test_a_recorded_page_without_words_brings_nothing),
	    cmocka_unit_test(test_by_hand_nothing_new_moves_nothing),
	    cmocka_unit_test(test_by_hand_odd_items_are_left_out),
	    cmocka_unit_test(test_by_hand_patience_is_asked_for_in_the_body),
	    cmocka_unit_test(test_by_hand_a_key_that_is_refused_is_told),
	    cmocka_unit_test(test_by_hand_errors_are_told_from_one_another),
	    cmocka_unit_test(test_what_is_no_list_of_questions_is_told),
	    cmocka_unit_test(test_known_questions_are_asked_for_together),
	    cmocka_unit_test(test_by_hand_questions_that_are_left_out_are_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
