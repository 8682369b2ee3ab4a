#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "tests/bluesky_talk.h"

static void
test_the_query_becomes_parameters(void **state)
{
	static const char *const pairs[][2] = {
	    {"\"acme kettle\"  -from:acme.example",
		"q=%22acme%20kettle%22%20-from%3Aacme.example"},
	    {"#acmefail", "q=%23acmefail&tag=acmefail"},
	    {"kessel lang:de", "q=kessel&lang=de"},
	    {"kettles lang:de", "q=kettles&lang=de"},
	    {"\"#no tag lang:de\"", "q=%22%23no%20tag%20lang%3Ade%22"},
	    {"gr\xc3\xbc\xc3\x9f", "q=gr%C3%BC%C3%9F"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct cq_source s = talk_kettle;
		char *query = cq_strdup(pairs[i][0]);
		char *url = cq_format(XRPC
		    "app.bsky.feed.searchPosts?%s&sort=latest&limit=100",
		    pairs[i][1]);
		struct talk t;

		s.query = query;
		assert_int_equal(src_bluesky.check(&s, NULL), CQ_OK);
		talk_begin(&t, &s, "", SESSION);
		talk_asks(&t, url);
		talk_end(&t);
		free(url);
		free(query);
	}
}

static void
test_a_search_has_a_floor_an_hour_before_what_is_known(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "1795420800", SESSION); /* 08:00 */
	talk_asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z");
	talk_end(&t);
	talk_begin(&t, &talk_kettle, "", SESSION);
	t.visit.since_at = 1795420800;
	talk_asks(&t, SEARCH_KETTLE "&since=2026-11-23T08%3A00%3A00Z");
	talk_end(&t);
	talk_begin(&t, &talk_kettle, "what is this", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_end(&t);
}

static void
refuses_source(char *address, char *query, char *token, const char *msg)
{
	struct cq_source s = {
	    .address = address, .query = query, .token_file = token};
	struct cq_err err = {0};

	assert_int_equal(src_bluesky.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char listen[] = "the query says what to listen for: "
				     "words, \"#tag\" or \"mentions\"";
	char file[] = "/nonexistent";

	(void)state;
	assert_int_equal(src_bluesky.check(&talk_mentions, NULL), CQ_OK);
	assert_int_equal(src_bluesky.check(&talk_kettle, NULL), CQ_OK);
	refuses_source(HOST, NULL, file, listen);
	refuses_source(HOST, " ", file, listen);
	refuses_source(HOST, "#", file, listen);
	refuses_source(HOST, "*", file, listen);
	refuses_source(HOST, "lang:de", file, listen);
	refuses_source(HOST, "a\nb", file, listen);
	refuses_source(HOST, "\xff", file, listen);
	refuses_source(HOST, "kettle", NULL,
	    "Bluesky wants a login: give a token file with "
	    "handle:app-password in its first line");
	refuses_source("https://bsky.app/profile/a", "kettle", file,
	    "give the address of the account's server alone, such as "
	    "https://bsky.social");
	refuses_source("https://bsky.app", "kettle", file,
	    "give the address of the account's server alone, such as "
	    "https://bsky.social");
	refuses_source("https://bsky.social/xrpc", "kettle", file,
	    "give the address of the account's server alone, such as "
	    "https://bsky.social");
	refuses_source("http://bsky.social", "kettle", file,
	    "plain http is not allowed for bsky.social: use https://, or "
	    "--insecure if it has none");
}

static int64_t
patience_for(struct cq_source s, char *address)
{
	struct talk t;
	int64_t every_s;

	s.address = address;
	talk_begin(&t, &s, "", SESSION);
	talk_ask(&t);
	talk_answer(&t, 200, NULL, "{\"posts\":[],\"notifications\":[]}");
	every_s = t.h.next.every_s;
	talk_end(&t);
	return every_s;
}

static void
test_a_search_that_is_not_ones_own_is_asked_once_a_minute(void **state)
{
	char own[] = "http://127.0.0.1:2583", theirs[] = HOST;

	(void)state;
	assert_int_equal(patience_for(talk_kettle, theirs), 60);
	assert_int_equal(patience_for(talk_mentions, theirs), 0);
	assert_int_equal(patience_for(talk_kettle, own), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_query_becomes_parameters),
	    cmocka_unit_test(
		test_a_search_has_a_floor_an_hour_before_what_is_known),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(
		test_a_search_that_is_not_ones_own_is_asked_once_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
