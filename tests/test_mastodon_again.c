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
#include "tests/toots.h"

/* A second look at posts of Mastodon, and of programs like it. */

#define NO_SUCH "{\"error\":\"Record not found\"}"

static const struct cq_source tag = {
    .name = (char *)(uintptr_t) "toots",
    .adapter = (char *)(uintptr_t) "mastodon",
    .address = (char *)(uintptr_t) "https://m.example",
    .query = (char *)(uintptr_t) "#late",
};

static const char *const ids[] = {"3", "2", "1"};

static struct src_visit
visit_again(void)
{
	return (struct src_visit){.source = &tag, .cursor = "9"};
}

static void
asks(struct src_visit *visit, size_t n, const char *path)
{
	char *url = cq_format("https://m.example/api/v1/statuses%s", path);
	struct src_request req;

	assert_int_equal(src_mastodon.ask_again(visit, ids, n, &req, NULL),
	    CQ_OK);
	assert_string_equal(req.url, url);
	src_request_free(&req);
	free(url);
}

static struct heard
answered(struct src_visit *visit, size_t n, int status, const char *body)
{
	return hear_again(&src_mastodon, visit, ids, n, status, body);
}

/* It brought nothing, and another question about them waits. */
static void
goes_on(struct heard h)
{
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_true(h.next.more);
	heard_free(&h);
}

/* It brought one post, alive or gone. */
static void
brings(struct heard h, const char *id, bool gone, bool more)
{
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, id);
	assert_int_equal(h.posts.at[0].gone, gone);
	assert_int_equal(h.next.more, more);
	heard_free(&h);
}

static void
test_what_is_left_out_of_a_second_look_is_gone(void **state)
{
	struct src_visit visit = visit_again();
	struct heard h;

	(void)state;
	asks(&visit, 3, "?id%5B%5D=3&id%5B%5D=2&id%5B%5D=1");
	h = answered(&visit, 3, 200,
	    "[" STATUS("1", "") "," STATUS("3", "") "," STATUS("77", "") "]");
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 3); /* nobody asked about the 77 */
	assert_string_equal(h.posts.at[0].id, "1");
	assert_false(h.posts.at[0].gone);
	assert_string_equal(h.posts.at[1].id, "2");
	assert_true(h.posts.at[1].gone);
	assert_false(h.posts.at[2].gone);
	assert_false(h.next.more);
	heard_free(&h);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_the_only_post_that_is_left_out_is_asked_about_by_itself(void **state)
{
	struct src_visit visit = visit_again();

	(void)state;
	goes_on(answered(&visit, 1, 200, "[]"));
	asks(&visit, 1, "/3");
	brings(answered(&visit, 1, 404, NO_SUCH), "3", true, false);
	asks(&visit, 1, "?id%5B%5D=3"); /* the next ones */
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_server_that_knows_no_lists_is_asked_about_each(void **state)
{
	static const int unknown[] = {400, 404, 405, 422};
	struct src_visit visit = visit_again();

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		goes_on(answered(&visit, 3, unknown[i], "<p>what?"));
		asks(&visit, 3, "/1");
		brings(answered(&visit, 3, 200, STATUS("1", "")), "1", false,
		    true);
		asks(&visit, 3, "/2");
		brings(answered(&visit, 3, 404, NO_SUCH), "2", true, true);
		asks(&visit, 3, "/3");
		brings(answered(&visit, 3, 200, STATUS("3", "")), "3", false,
		    false);
	}
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_list_of_others_deletes_nothing(void **state)
{
	struct src_visit visit = visit_again();
	struct heard h;

	(void)state;
	goes_on(answered(&visit, 2, 200, "[" STATUS("77", "") "]"));
	h = answered(&visit, 2, 200, STATUS("77", ""));
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	exchange_forget(&src_mastodon, &visit);
}

/* What is refused is not gone; and a page for people says nothing. */
static void
test_only_a_server_that_speaks_of_the_post_deletes_it(void **state)
{
	struct src_visit visit = visit_again();

	(void)state;
	goes_on(answered(&visit, 3, 200, "[]"));
	goes_on(answered(&visit, 3, 403, NO_SUCH));
	goes_on(answered(&visit, 3, 500, NO_SUCH));
	brings(answered(&visit, 3, 200, STATUS("3", "")), "3", false, false);

	goes_on(answered(&visit, 3, 200, "[]"));
	goes_on(answered(&visit, 3, 404, "<!DOCTYPE html><p>no such page"));
	goes_on(answered(&visit, 3, 404, "{}"));
	brings(answered(&visit, 3, 404, NO_SUCH), "3", true, false);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_refusal_of_all_ends_the_look(void **state)
{
	static const int refusals[] = {401, 429, 502, 503};
	struct heard h;

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct src_visit visit = visit_again();

		goes_on(answered(&visit, 2, 200, "[]"));
		h = answered(&visit, 2, refusals[i], NO_SUCH);
		assert_int_equal(h.status, CQ_NET);
		assert_int_equal(h.posts.n, 0);
		heard_free(&h);
		exchange_forget(&src_mastodon, &visit);

		visit = visit_again();
		h = answered(&visit, 2, refusals[i], NO_SUCH);
		assert_int_equal(h.status, CQ_NET);
		assert_false(h.next.more);
		heard_free(&h);
		exchange_forget(&src_mastodon, &visit);
	}
}

/* --- edits --------------------------------------------------------------- */

#define EDITED(id, minute) \
	STATUS(id, ",\"edited_at\":\"2026-11-23T13:" minute ":00.000Z\"")
#define VERSION(minute, text)                                   \
	"{\"created_at\":\"2026-11-23T13:" minute ":00.000Z\"," \
	"\"content\":\"<p>" text "</p>\",\"spoiler_text\":\"\"}"
#define HISTORY                                                             \
	"[" VERSION("00", "one") "," VERSION("01", "two") "," VERSION("02", \
	    "three") "," VERSION("03", "t") "]"

static void
test_what_an_edited_post_said_in_between_is_read(void **state)
{
	struct cq_source s = tag;
	struct src_visit visit = {.source = &s, .cursor = "9"};
	struct heard h;

	(void)state;
	s.looked_at = EXCHANGE_NOW - 900;
	h = answered(&visit, 3, 200,
	    "[" EDITED("3", "03") "," EDITED("2", "04") "," STATUS("1",
		",\"edited_at\":\"2026-11-22T13:00:00.000Z\"") "]");
	brings(h, "1", false, true); /* long ago: it was seen */
	asks(&visit, 3, "/2/history");
	brings(answered(&visit, 3, 404, NO_SUCH), "2", false, true);
	asks(&visit, 3, "/3/history");
	h = answered(&visit, 3, 200, HISTORY);
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[0].text, "two");
	assert_int_equal(h.posts.at[0].past_at, EXCHANGE_NOW - 360);
	assert_string_equal(h.posts.at[1].text, "three");
	assert_int_equal(h.posts.at[1].past_at, EXCHANGE_NOW - 300);
	assert_string_equal(h.posts.at[2].text, "t");
	assert_int_equal(h.posts.at[2].past_at, 0);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(h.posts.at[i].id, "3");
	assert_false(h.next.more);
	heard_free(&h);
	asks(&visit, 1, "?id%5B%5D=3");
	exchange_forget(&src_mastodon, &visit);
}

static void
test_a_history_comes_between_posts_asked_for_alone(void **state)
{
	struct src_visit visit = visit_again();

	(void)state;
	goes_on(answered(&visit, 2, 404, NO_SUCH));
	goes_on(answered(&visit, 2, 200, EDITED("2", "03")));
	asks(&visit, 2, "/2/history");
	brings(answered(&visit, 2, 200, "{}"), "2", false, true);
	asks(&visit, 2, "/3");
	brings(answered(&visit, 2, 404, NO_SUCH), "3", true, false);
	exchange_forget(&src_mastodon, &visit);
}

static void
test_no_history_costs_more_than_five_questions_or_any_patience(void **state)
{
	static const char *const six[] = {"6", "5", "4", "3", "2", "1"};
	static const char page[] = "[" EDITED("1", "03") "," EDITED("2",
	    "03") "," EDITED("3", "03") "," EDITED("4", "03") "," EDITED("5",
	    "03") "," EDITED("6", "03") "]";
	struct src_visit visit = visit_again();
	struct heard h;

	(void)state;
	brings(hear_again(&src_mastodon, &visit, six, 6, 200, page), "6", false,
	    true);
	for (int i = 1; i <= 5; i++) {
		char *id = cq_format("%d", i);

		brings(hear_again(&src_mastodon, &visit, six, 6, 200, "[]"), id,
		    false, i < 5);
		free(id);
	}
	brings(hear_again(&src_mastodon, &visit, six, 6, 200, page), "6", false,
	    true);
	h = hear_again(&src_mastodon, &visit, six, 6, 429, "");
	assert_int_equal(h.status, CQ_OK);
	assert_true(h.next.patience);
	assert_int_equal(h.posts.n, 5); /* none is lost */
	assert_false(h.next.more);
	heard_free(&h);
	exchange_forget(&src_mastodon, &visit);
}

/* --- recorded answers ---------------------------------------------------- */

#define DIR "tests/fixtures/mastodon/"

static struct heard
recorded(struct src_visit *visit, const char *id, const char *name)
{
	char *path = cq_format(DIR "%s.meta.json", name);
	struct exchange x;
	struct heard h;

	exchange_load(&x, path, tag.address);
	h = hear_again(&src_mastodon, visit, &id, 1, x.answer.http, x.body);
	exchange_free(&x);
	free(path);
	return h;
}

static void
test_recorded_answers_are_understood(void **state)
{
	static const char id[] = "117020586180926938";
	struct src_visit visit = visit_again();
	struct heard h;

	(void)state;
	goes_on(answered(&visit, 1, 200, "[]"));
	brings(recorded(&visit, "3", "gts-get-deleted-404"), "3", true, false);

	goes_on(answered(&visit, 1, 200, "[]"));
	goes_on(recorded(&visit, id, "test-status-edit-03"));
	h = recorded(&visit, id,
	    "test-status-edit-04"); /* the first, and now */
	assert_int_equal(h.posts.n, 1);
	assert_non_null(strstr(h.posts.at[0].text, "Advanced Text Editor"));
	brings(h, id, false, false);
	exchange_forget(&src_mastodon, &visit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_left_out_of_a_second_look_is_gone),
	    cmocka_unit_test(
		test_the_only_post_that_is_left_out_is_asked_about_by_itself),
	    cmocka_unit_test(
		test_a_server_that_knows_no_lists_is_asked_about_each),
	    cmocka_unit_test(test_a_list_of_others_deletes_nothing),
	    cmocka_unit_test(
		test_only_a_server_that_speaks_of_the_post_deletes_it),
	    cmocka_unit_test(test_a_refusal_of_all_ends_the_look),
	    cmocka_unit_test(test_what_an_edited_post_said_in_between_is_read),
	    cmocka_unit_test(
		test_a_history_comes_between_posts_asked_for_alone),
	    cmocka_unit_test(
		test_no_history_costs_more_than_five_questions_or_any_patience),
	    cmocka_unit_test(test_recorded_answers_are_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
