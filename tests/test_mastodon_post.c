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

/* What is made of one status of Mastodon, and of programs like it. */

#define DIR "tests/fixtures/mastodon/"

static struct cq_source tag = {
    .name = "toots",
    .adapter = "mastodon",
    .address = "https://mastodon.social",
    .query = "#ichbinhanna",
};
static struct cq_source mentions = {
    .name = "toots",
    .adapter = "mastodon",
    .address = "http://localhost:3000/",
    .query = "mentions",
    .token_file = "/nonexistent",
};

/* The first page that is read of a source. */
static struct heard
hear_page(const struct cq_source *s, const char *body)
{
	struct exchange x;
	struct heard h;

	exchange_make(&x, 200, NULL, body, strlen(body), s->address);
	h = hear(&src_mastodon, s, "", &x);
	exchange_free(&x);
	return h;
}

static void
test_a_content_warning_stands_in_front(void **state)
{
	struct exchange x;
	struct heard h;
	size_t i, n = 0;

	(void)state;
	exchange_load(&x, DIR "get-timeline-public-anonymous-00.meta.json",
	    tag.address);
	h = hear(&src_mastodon, &tag, "", &x);
	exchange_free(&x);
	assert_int_equal(h.posts.n, 20);
	for (i = 0; i < h.posts.n; i++) {
		assert_int_equal(cq_post_check(&h.posts.at[i], NULL), CQ_OK);
		if (strcmp(h.posts.at[i].id, "109308113488442165") == 0) {
			n++;
			assert_memory_equal(h.posts.at[i].text,
			    "[CW: Meta Mastodon] People are", 30);
		}
	}
	assert_int_equal(n, 1);
	heard_free(&h);
}

/* Nothing is lost of a page for the sake of one long post. */
static void
test_a_long_text_behind_a_warning_is_cut(void **state)
{
	struct cq_buf page = {0};
	struct heard h;

	(void)state;
	cq_buf_str(&page,
	    "[{\"id\":\"1\",\"account\":{\"acct\":\"a\"},\"spoiler_text\":"
	    "\"long\",\"content\":\"");
	for (size_t n = 0; n < CQ_TEXT_MAX; n += 2)
		cq_buf_str(&page, "\xc3\xbc");
	cq_buf_str(&page, "\"}]");
	h = hear_page(&tag, page.s);
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(cq_post_check(&h.posts.at[0], NULL), CQ_OK);
	/* "[CW: long] " is of 11 bytes: no umlaut is cut in half */
	assert_int_equal(strlen(h.posts.at[0].text), CQ_TEXT_MAX - 1);
	heard_free(&h);
	cq_buf_free(&page);
}

static void
test_a_boost_is_a_repost_of_what_it_repeats(void **state)
{
	struct exchange x;
	struct heard h;
	char *page;

	(void)state;
	exchange_load(&x, DIR "test-id-hook-within-reblog-01.meta.json",
	    mentions.address);
	page = cq_format("[%s]", x.body);
	exchange_free(&x);
	h = hear_page(&tag, page);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "117020574424543529");
	assert_string_equal(h.posts.at[0].repost_of, "117020574416668515");
	assert_string_equal(h.posts.at[0].text, "Toot!");
	assert_string_equal(h.posts.at[0].url,
	    "http://localhost:3000/@mastodonpy_test/117020574416668515");
	heard_free(&h);
	free(page);
}

/* Its own boost of a post to few: the text is no more public for that. */
static void
test_a_boost_is_as_public_as_what_it_repeats(void **state)
{
	struct heard h = hear_page(&tag,
	    "[" STATUS("2",
		",\"visibility\":\"public\",\"reblog\":" STATUS("1",
		    ",\"visibility\":\"private\",\"quote\":"
		    "{\"quoted_status_id\":\"78\"}")) "]");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].repost_of, "1");
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	assert_string_equal(h.posts.at[0].quote_of, "78");
	heard_free(&h);
}

static void
test_a_handle_names_the_server_of_its_account(void **state)
{
	struct heard h = hear_page(&tag,
	    "[{\"id\":\"2\",\"account\":{\"acct\":\"a\"}},"
	    "{\"id\":\"1\",\"account\":{\"acct\":\"b\",\"url\":"
	    "\"https://web.example/@b\"}}]");

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].handle, "b@web.example");
	assert_string_equal(h.posts.at[0].author, "https://web.example/@b");
	assert_string_equal(h.posts.at[1].handle, "a@mastodon.social");
	assert_string_equal(h.posts.at[1].author, "a@mastodon.social");
	heard_free(&h);
}

static void
test_a_quote_names_what_it_quotes(void **state)
{
	struct heard h = hear_page(&tag,
	    "[" STATUS("2",
		",\"quote\":{\"state\":\"accepted\","
		"\"quoted_status\":{\"id\":\"77\"}}") "," STATUS("1",
		",\"quote\":{\"quoted_status_id\":\"78\"}") "]");

	(void)state;
	assert_string_equal(h.posts.at[0].quote_of, "78");
	assert_string_equal(h.posts.at[1].quote_of, "77");
	heard_free(&h);
}

static void
test_a_picture_without_words_has_its_description(void **state)
{
	struct heard h = hear_page(&tag,
	    "[{\"id\":\"1\",\"account\":{\"acct\":\"a\"},\"content\":\"\","
	    "\"media_attachments\":[{\"type\":\"image\",\"description\":"
	    "\"a broken box\"},{\"type\":\"video\"}]}]");

	(void)state;
	assert_string_equal(h.posts.at[0].text,
	    "[image: a broken box]\n[video]");
	heard_free(&h);
}

static void
test_what_was_said_to_few_says_so(void **state)
{
	struct heard h = hear_page(&tag,
	    "[" STATUS("3", ",\"visibility\":\"direct\"") "," STATUS("2",
		",\"visibility\":\"private\"") "," STATUS("1",
		",\"visibility\":\"unlisted\"") "]");

	(void)state;
	assert_int_equal(h.posts.n, 3);
	assert_int_equal(h.posts.at[0].visibility, CQ_UNLISTED);
	assert_int_equal(h.posts.at[1].visibility, CQ_PRIVATE);
	assert_int_equal(h.posts.at[2].visibility, CQ_DIRECT);
	assert_string_equal(h.next.cursor, "3");
	heard_free(&h);

	h = hear_page(&tag,
	    "[" STATUS("3", ",\"visibility\":\"circle\"") "," STATUS("2",
		",\"visibility\":\"public\"") "," STATUS("1",
		",\"visibility\":[\"direct\"]") "]");
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	assert_int_equal(h.posts.at[1].visibility, CQ_PUBLIC);
	assert_int_equal(h.posts.at[2].visibility, CQ_PRIVATE);
	heard_free(&h);

	h = hear_page(&mentions,
	    "[{\"id\":\"9\",\"type\":\"mention\",\"status\":" STATUS("3",
		",\"visibility\":\"direct\"") "}]");
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(h.posts.at[0].visibility, CQ_DIRECT);
	assert_string_equal(h.next.cursor, "9");
	heard_free(&h);
}

static void
test_a_program_says_that_it_is_one(void **state)
{
	struct heard h = hear_page(&tag,
	    "[{\"id\":\"1\",\"account\":{\"acct\":\"a\",\"bot\":true},"
	    "\"content\":\"t\"}," STATUS("0", "") "]");

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_false(h.posts.at[0].bot);
	assert_true(h.posts.at[1].bot);
	heard_free(&h);
}

static void
test_a_count_of_followers_that_cannot_be_is_unknown(void **state)
{
	static const char page[] =
	    "[{\"id\":\"1\",\"content\":\"<p>late</p>\","
	    "\"visibility\":\"public\",\"uri\":\"https://m.example/1\","
	    "\"url\":\"https://m.example/1\",\"account\":{\"acct\":\"jo\","
	    "\"url\":\"https://m.example/jo\","
	    "\"followers_count\":90000000000}}]";
	struct heard h = hear_page(&tag, page);

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(h.posts.at[0].author_followers, -1);
	heard_free(&h);
}

static void
test_odd_items_are_left_out(void **state)
{
	struct heard h = hear_page(&tag,
	    "[null,1,\"x\",[],{},{\"id\":null},{\"id\":\"\"},"
	    "{\"id\":\"1\\u0000\",\"account\":{}},"
	    "{\"id\":\"5\",\"account\":null},"
	    "{\"id\":12,\"account\":{},\"content\":7,\"reblog\":null,"
	    "\"created_at\":\"soon\",\"language\":\"\"}]");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "12");
	assert_string_equal(h.posts.at[0].text, "");
	assert_null(h.posts.at[0].lang);
	assert_true(h.posts.at[0].created_at == CQ_NO_TIME);
	heard_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_content_warning_stands_in_front),
	    cmocka_unit_test(test_a_long_text_behind_a_warning_is_cut),
	    cmocka_unit_test(test_a_boost_is_a_repost_of_what_it_repeats),
	    cmocka_unit_test(test_a_boost_is_as_public_as_what_it_repeats),
	    cmocka_unit_test(test_a_handle_names_the_server_of_its_account),
	    cmocka_unit_test(test_a_quote_names_what_it_quotes),
	    cmocka_unit_test(test_a_picture_without_words_has_its_description),
	    cmocka_unit_test(test_what_was_said_to_few_says_so),
	    cmocka_unit_test(test_a_program_says_that_it_is_one),
	    cmocka_unit_test(
		test_a_count_of_followers_that_cannot_be_is_unknown),
	    cmocka_unit_test(test_odd_items_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
