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

/* --- one post; answers written by hand --------------------------------- */

/* What becomes of a single post; to be ended. */
static const struct cq_post *
reads(struct talk *t, const char *post)
{
	char *page = cq_format("{\"posts\":[%s]}", post);

	talk_begin(t, &talk_kettle, "", SESSION);
	talk_asks(t, SEARCH_KETTLE);
	talk_answer(t, 200, NULL, page);
	free(page);
	talk_no_followers(t);
	assert_int_equal(t->h.posts.n, 1);
	assert_int_equal(cq_post_check(&t->h.posts.at[0], NULL), CQ_OK);
	return &t->h.posts.at[0];
}

#define FACET(start, end, uri)                                               \
	"{\"index\":{\"byteStart\":" start ",\"byteEnd\":" end "},"          \
	"\"features\":[{\"$type\":\"app.bsky.richtext.facet#link\",\"uri\":" \
	"\"" uri "\"}]}"

static void
has_text(const char *text, const char *facets, const char *expected)
{
	char *post = cq_format("{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
			       "1\",\"record\":{\"text\":\"%s\","
			       "\"facets\":[%s]}}",
	    text, facets);
	struct talk t;

	assert_string_equal(reads(&t, post)->text, expected);
	talk_end(&t);
	free(post);
}

static void
test_links_stand_whole_in_the_text(void **state)
{
	(void)state;
	/* bytes are counted, not characters: two of them are an umlaut */
	has_text("\xc3\xbc shop.example/hel... bad",
	    FACET("3", "22", "https://shop.example/help/returns?x=1"),
	    "\xc3\xbc https://shop.example/help/returns?x=1 bad");
	has_text("see shop.example/hel\xe2\x80\xa6",
	    FACET("4", "23", "https://shop.example/help"),
	    "see https://shop.example/help");
	has_text("see shop.example", FACET("4", "16", "https://shop.example/"),
	    "see https://shop.example/");
	has_text("see https://shop.example/a",
	    FACET("4", "26", "https://shop.example/a"),
	    "see https://shop.example/a");
	/* words that are no address stay; so does one that leads elsewhere */
	has_text("read this", FACET("5", "9", "https://shop.example/"),
	    "read this (https://shop.example/)");
	has_text("bank.example", FACET("0", "12", "https://evil.example/"),
	    "bank.example (https://evil.example/)");
	/* in any order */
	has_text("a b",
	    FACET("2", "3", "https://b.example/") "," FACET("0", "1",
		"https://a.example/"),
	    "a (https://a.example/) b (https://b.example/)");
}

static void
test_recorded_short_links_stand_whole_in_the_text(void **state)
{
	const char *text;
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer_file(&t, DIR "f-getposts-00.meta.json");
	talk_ask(&t);
	talk_answer(&t, 200, NULL, "{}");
	talk_is_done(&t, 1, "1695123174");
	text = t.h.posts.at[0].text;
	assert_non_null(strstr(text, " (http://localview.net), a local "));
	assert_string_equal(strrchr(text, '\n'),
	    "\nhttps://rstats.ai/gov.html");
	talk_end(&t);
}

/* Their ends are half-open: one may begin where the other ends. */
static void
test_links_may_touch(void **state)
{
	(void)state;
	has_text("ab",
	    FACET("0", "1", "https://a.example/") "," FACET("1", "2",
		"https://b.example/"),
	    "a (https://a.example/)b (https://b.example/)");
	has_text("ab",
	    FACET("1", "2", "https://b.example/") "," FACET("0", "1",
		"https://a.example/"),
	    "a (https://a.example/)b (https://b.example/)");
}

static void
test_broken_facets_are_left_out(void **state)
{
	static const char umlaut[] = "\xc3\xbc shop";

	(void)state;
	has_text(umlaut, FACET("1", "7", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("0", "1", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("3", "8", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("-1", "3", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("5", "5", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("6", "3", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("3.5", "7", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("1e300", "1e301", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("3", "7", "javascript:alert(1)"), umlaut);
	has_text(umlaut, FACET("3", "7", "https://a.example/ b"), umlaut);
	has_text(umlaut,
	    "{\"index\":{\"byteStart\":3,\"byteEnd\":7},\"features\":["
	    "{\"uri\":\"https://a.example/\"}]}",
	    umlaut);
	has_text(umlaut, "7,null,[],{\"index\":[],\"features\":{}}", umlaut);
	/* of two that overlap the first one counts */
	has_text(umlaut,
	    FACET("3", "7", "https://a.example/") "," FACET("4", "6",
		"https://b.example/"),
	    "\xc3\xbc shop (https://a.example/)");
}

static void
test_many_facets_are_no_trap(void **state)
{
	struct cq_buf facets = {0};
	char text[201];
	int i;

	(void)state;
	memset(text, 'x', 200);
	text[200] = '\0';
	for (i = 199; i >= 0; i--) {
		cq_buf_fmt(&facets,
		    "%s{\"index\":{\"byteStart\":%d,\"byteEnd\":%d},"
		    "\"features\":[{\"$type\":"
		    "\"app.bsky.richtext.facet#link\",\"uri\":"
		    "\"https://a.example/\"}]}",
		    facets.n == 0 ? "" : ",", i, i + 1);
	}
	{
		char *post =
		    cq_format("{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
			      "1\",\"record\":{\"text\":\"%s\","
			      "\"facets\":[%s]}}",
			text, facets.s);
		struct talk t;

		/* 64 of them get an address of 21 bytes with its frame */
		assert_int_equal(strlen(reads(&t, post)->text), 200 + 64 * 21);
		talk_end(&t);
		free(post);
	}
	cq_buf_free(&facets);
}

static void
test_what_is_attached_speaks_where_words_do_not(void **state)
{
	struct talk t;

	(void)state;
	assert_string_equal(reads(&t,
				"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
				"1\","
				"\"record\":{\"text\":\"\",\"embed\":{"
				"\"images\":[{\"alt\":"
				"\"a broken box\"},{\"alt\":\"\"}]}}}")
				->text,
	    "[image: a broken box]\n[image]");
	talk_end(&t);
	assert_string_equal(reads(&t,
				"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
				"1\","
				"\"record\":{\"embed\":{\"video\":{},\"alt\":"
				"\"it "
				"burns\"}}}")
				->text,
	    "[video: it burns]");
	talk_end(&t);
	assert_string_equal(reads(&t,
				"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
				"1\","
				"\"record\":{\"text\":\"\",\"embed\":{"
				"\"external\":{\"uri\":"
				"\"https://shop.example/a\"}}}}")
				->text,
	    "https://shop.example/a");
	talk_end(&t);
	/* beside a quote */
	assert_string_equal(reads(&t,
				"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
				"1\","
				"\"record\":{\"text\":\"\",\"embed\":{"
				"\"record\":{},\"media\":{\"images\":[{\"alt\":"
				"\"a broken box\"}]}}}}")
				->text,
	    "[image: a broken box]");
	talk_end(&t);
	assert_string_equal(reads(&t,
				POST("1", AT("11:00:00"), "",
				    ",\"embed\":{\"external\":{\"uri\":"
				    "\"https://shop.example/a\"}}"))
				->text,
	    "t1\nhttps://shop.example/a");
	talk_end(&t);
}

static void
test_a_label_that_covers_a_post_stands_in_front(void **state)
{
	struct talk t;

	(void)state;
	assert_string_equal(reads(&t,
				POST("1", AT("11:00:00"),
				    ",\"labels\":[{\"val\":\"graphic-media\"},{"
				    "\"val\":"
				    "\"spam\"},{\"val\":\"graphic-media\"},{"
				    "\"val\":"
				    "\"!warn\"},{\"val\":\"porn\"},{\"val\":"
				    "\"porn\","
				    "\"neg\":true},7]",
				    ""))
				->text,
	    "[label: graphic-media] [label: warn] t1");
	talk_end(&t);
	assert_string_equal(reads(&t,
				POST("1", AT("11:00:00"),
				    ",\"labels\":[{\"val\":\"!hide\"},{\"val\":"
				    "\"porn\"},{"
				    "\"val\":\"sexual\"},{\"val\":\"nudity\"},{"
				    "\"val\":"
				    "\"gore\"}]",
				    ""))
				->text,
	    "[label: hide] [label: porn] [label: sexual] [label: nudity] "
	    "[label: gore] t1");
	talk_end(&t);
}

#define LINKS(of) \
	"{\"uri\":\"at://did:plc:b/app.bsky.feed.post/" of "\",\"cid\":\"c\"}"
static void
test_a_reply_names_its_parent_and_its_thread(void **state)
{
	const struct cq_post *p;
	struct talk t;

	(void)state;
	p = reads(&t,
	    POST("3", AT("11:00:00"), "",
		",\"reply\":{\"parent\":" LINKS("2") ",\"root\":" LINKS(
		    "1") "}"));
	assert_string_equal(p->in_reply_to,
	    "at://did:plc:b/app.bsky.feed.post/2");
	assert_string_equal(p->conversation,
	    "at://did:plc:b/app.bsky.feed.post/1");
	talk_end(&t);
}

static void
test_a_quote_names_the_post_it_quotes(void **state)
{
	struct talk t;

	(void)state;
	assert_string_equal(reads(&t,
				POST("3", AT("11:00:00"), "",
				    ",\"embed\":{\"record\":" LINKS("2") "}"))
				->quote_of,
	    "at://did:plc:b/app.bsky.feed.post/2");
	talk_end(&t);
	assert_string_equal(reads(&t,
				POST("3", AT("11:00:00"), "",
				    ",\"embed\":{\"record\":{\"record\":" LINKS(
					"2") "},\"media\":{}}"))
				->quote_of,
	    "at://did:plc:b/app.bsky.feed.post/2");
	talk_end(&t);
	/* a list can stand there, too */
	assert_null(reads(&t,
	    POST("3", AT("11:00:00"), "",
		",\"embed\":{\"record\":{\"uri\":"
		"\"at://did:plc:b/app.bsky.graph.list/2\"}}"))
			->quote_of);
	talk_end(&t);
}

static void
test_a_post_is_as_old_as_the_network_has_known_it(void **state)
{
	struct talk t;

	(void)state;
	assert_int_equal(reads(&t,
			     POST("1", AT("11:00:00"), "",
				 ",\"createdAt\":\"1970-01-01T00:00:00Z\""))
			     ->created_at,
	    1795431600);
	talk_end(&t);
	assert_int_equal(reads(&t,
			     POST("1", AT("11:00:00"), "",
				 ",\"createdAt\":\"2099-01-01T00:00:00Z\""))
			     ->created_at,
	    1795431600);
	talk_end(&t);
	/* a server's clock may be ahead; an index may say nothing */
	assert_int_equal(reads(&t, POST("1", "2026-11-24T00:00:00Z", "", ""))
			     ->created_at,
	    EXCHANGE_NOW);
	talk_end(&t);
	assert_int_equal(reads(&t,
			     POST("1", "soon", "",
				 ",\"createdAt\":"
				 "\"2026-11-23T12:00:00+01:00\""))
			     ->created_at,
	    1795431600);
	talk_end(&t);
	assert_true(reads(&t,
			POST("1", "soon", "",
			    ",\"createdAt\":\"2099-01-01T00:00:00Z\""))
			->created_at == CQ_NO_TIME);
	talk_end(&t);
}

static void
test_an_author_says_what_it_is_itself(void **state)
{
	const struct cq_post *p;
	struct talk t;

	(void)state;
	p = reads(&t,
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"record\":{},"
	    "\"author\":{\"handle\":\"handle.invalid\",\"displayName\":\"Ann\","
	    "\"labels\":[{\"val\":"
	    "\"bot\",\"src\":\"did:plc:a\"},{\"val\":\"!no-unauthenticated\","
	    "\"src\":\"did:plc:a\"}]}}");
	assert_true(p->bot);
	assert_int_equal(p->visibility, CQ_UNLISTED);
	assert_null(p->handle);
	assert_string_equal(p->author_name, "Ann");
	assert_string_equal(p->author, "did:plc:a");
	talk_end(&t);
	p = reads(&t,
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"record\":{},"
	    "\"author\":{\"labels\":[{\"val\":\"bot\",\"src\":\"did:plc:z\"}]"
	    "}}");
	assert_false(p->bot);
	talk_end(&t);
}

static void
test_what_is_no_post_is_left_out(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_kettle, "", SESSION);
	talk_asks(&t, SEARCH_KETTLE);
	talk_answer(&t, 200, NULL,
	    "{\"posts\":[null,7,\"x\",[],{},{\"uri\":7,\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.like/1\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/a b\",\"record\":"
	    "{}},{\"uri\":\"at://a.test/app.bsky.feed.post/1\",\"record\":{}"
	    "},{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"record\":7}"
	    ",{\"uri\":\"at://did:plc:a/app.bsky.feed.post/2\",\"record\":{"
	    "\"text\":7,\"langs\":7,\"facets\":7,\"reply\":7,\"embed\":7,"
	    "\"createdAt\":7},\"author\":7,\"labels\":7,\"indexedAt\":7}]}");
	talk_no_followers(&t);
	talk_is_done(&t, 1, NULL);
	assert_string_equal(t.h.posts.at[0].text, "");
	talk_end(&t);
}

static void
test_only_words_said_to_the_account_are_mentions(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t, &talk_mentions, "", SESSION);
	talk_asks(&t, LIST_NOTIFICATIONS);
	talk_answer(&t, 200, NULL,
	    "{\"notifications\":["
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"reason\":"
	    "\"subscribed-post\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/2\",\"reason\":"
	    "\"quote\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/3\",\"reason\":"
	    "\"reply\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/4\",\"reason\":7,"
	    "\"record\":{}}]}");
	talk_no_followers(&t);
	talk_is_done(&t, 2, NULL);
	assert_string_equal(t.h.posts.at[0].id,
	    "at://did:plc:a/app.bsky.feed.post/3");
	assert_string_equal(t.h.posts.at[1].id,
	    "at://did:plc:a/app.bsky.feed.post/2");
	talk_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links_stand_whole_in_the_text),
	    cmocka_unit_test(test_recorded_short_links_stand_whole_in_the_text),
	    cmocka_unit_test(test_links_may_touch),
	    cmocka_unit_test(test_broken_facets_are_left_out),
	    cmocka_unit_test(test_many_facets_are_no_trap),
	    cmocka_unit_test(test_what_is_attached_speaks_where_words_do_not),
	    cmocka_unit_test(test_a_label_that_covers_a_post_stands_in_front),
	    cmocka_unit_test(test_a_reply_names_its_parent_and_its_thread),
	    cmocka_unit_test(test_a_quote_names_the_post_it_quotes),
	    cmocka_unit_test(test_a_post_is_as_old_as_the_network_has_known_it),
	    cmocka_unit_test(test_an_author_says_what_it_is_itself),
	    cmocka_unit_test(test_what_is_no_post_is_left_out),
	    cmocka_unit_test(test_only_words_said_to_the_account_are_mentions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
