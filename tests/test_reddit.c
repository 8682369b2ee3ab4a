#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/source.h"
#include "tests/reddit_talk.h"

/* --- where it listens --------------------------------------------------- */

static void
asks_for(char *query, const char *path)
{
	struct cq_source s = red_source(query);
	char *url = cq_format(API "%s", path);
	struct reddit_talk t;

	assert_int_equal(src_reddit.check(&s, NULL), CQ_OK);
	red_begin(&t, &s, "");
	red_buys(&t);
	red_asks(&t, url);
	assert_null(t.req.body);
	assert_true(t.req.stays);
	assert_string_equal(t.req.headers[0], "Authorization: Bearer bought");
	red_end(&t);
	free(url);
}

static void
test_each_query_has_its_list(void **state)
{
	(void)state;
	asks_for("r/acme", "/r/acme/new?" REST);
	asks_for("/r/acme+kettles/", "/r/acme+kettles/new?" REST);
	asks_for("r/acme/comments", "/r/acme/comments?" REST);
	asks_for("mentions", "/message/mentions?" REST);
	asks_for("acme kettle",
	    "/search?q=acme%20kettle&sort=new&type=link&" REST);
	asks_for("r/tea  \"acme kettle\"",
	    "/r/tea/search?q=%22acme%20kettle%22&sort=new&type=link&"
	    "restrict_sr=1&" REST);
}

static void
test_one_server_for_tests_has_both_hosts(void **state)
{
	struct cq_source s = red_source("r/acme");
	struct reddit_talk t;

	(void)state;
	s.address = "http://127.0.0.1:8080/";
	assert_int_equal(src_reddit.check(&s, NULL), CQ_OK);
	red_begin(&t, &s, "");
	red_asks(&t, "http://127.0.0.1:8080/api/v1/access_token");
	red_answers(&t, 200, NULL, TOKEN);
	red_asks(&t, "http://127.0.0.1:8080/r/acme/new?" REST);
	red_end(&t);
	/* nor is the app told to a host that only sounds like it */
	s.address = "https://notreddit.com";
	red_begin(&t, &s, "");
	red_asks(&t, "https://notreddit.com/api/v1/access_token");
	red_end(&t);
}

static void
refuses_source(char *address, char *query, char *token, const char *msg)
{
	struct cq_source s = {
	    .address = address, .query = query, .token_file = token};
	struct cq_err err = {0};

	assert_int_equal(src_reddit.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static char *const bad[] = {NULL, "", " ", "r/", "r/a", "r/a-b",
	    "r/acme/top", "r/acme ", "r/+ab", "r/ab+", "a\nb", "\xff"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses_source("https://www.reddit.com", bad[i], "/t",
		    "the query is \"r/NAME\", \"r/NAME/comments\", "
		    "\"mentions\", words to search for, or \"r/NAME words\"");
	refuses_source("https://www.reddit.com/r/acme", "r/acme", "/t",
	    "give https://www.reddit.com as the address; the query says where "
	    "to listen");
	refuses_source("https://www.reddit.com", "r/acme", NULL,
	    "Reddit answers approved apps only: give a token file with "
	    "client-id:client-secret in its first line");
}

/* --- posts -------------------------------------------------------------- */

static void
test_recorded_mentions_come_oldest_first(void **state)
{
	struct cq_source s = red_source("mentions");
	const struct cq_post *p;
	struct reddit_talk t;
	size_t i;

	(void)state;
	red_begin(&t, &s, "1554770300");
	t.secret = USER;
	red_buys(&t);
	red_asks(&t, API "/message/mentions?" REST);
	red_answers_file(&t, DIR "testinbox-test-mentions-01.meta.json");
	/* its oldest is younger than two minutes before what is known */
	red_goes_on(&t);
	red_asks(&t, API "/message/mentions?" REST "&after=t1_ekfncs9");
	red_answers_file(&t,
	    DIR "testlistinggenerator-test-no-items-01.meta.json");
	red_is_done(&t, 16, "1554774308");
	assert_false(t.h.next.jumped);
	p = t.h.posts.at;
	for (i = 0; i < 16; i++) {
		assert_int_equal(cq_post_check(&p[i], NULL), CQ_OK);
		assert_true(i == 0 || p[i].created_at >= p[i - 1].created_at);
	}
	p += 15;
	assert_string_equal(p->id, "t1_ekftbox");
	assert_string_equal(p->in_reply_to, "t3_bb24k7");
	assert_string_equal(p->conversation, "t3_bb24k7");
	assert_string_equal(p->network, "reddit");
	assert_string_equal(p->author, "t2_3efd9zdo");
	assert_string_equal(p->handle, "2Botter2Loop");
	assert_string_equal(p->url,
	    "https://www.reddit.com/r/RemovedByBotter/comments/bb24k7/"
	    "just_a_normal_girl_going_for_her_10th_class_exam/ekftbox/");
	assert_string_equal(p->extra, "{\"subreddit\":\"RemovedByBotter\"}");
	assert_int_equal(p->created_at, 1554774308);
	assert_memory_equal(p->text, "Hello /u/", 9);
	red_end(&t);
}

#define CHILD(kind, id, at, more)                                  \
	"{\"kind\":\"" kind "\",\"data\":{\"name\":\"" kind "_" id \
	"\",\"author\":\"jo\",\"created_utc\":" at more "}}"
#define LISTING(children, after)                                       \
	"{\"kind\":\"Listing\",\"data\":{\"children\":[" children "]," \
	"\"after\":" after "}}"
#define WORDS(title, text) ",\"title\":\"" title "\",\"selftext\":\"" text "\""

static void
hears(struct reddit_talk *t, const char *body)
{
	red_begin(t, &red_acme, "");
	red_buys(t);
	red_asks(t, API "/r/acme/new?" REST);
	red_answers(t, 200, NULL, body);
}

static void
test_by_hand_posts_and_comments_have_their_text(void **state)
{
	const struct cq_post *p;
	struct reddit_talk t;

	(void)state;
	hears(&t,
	    LISTING(
		CHILD("t1", "c", "1795439003.0",
		    ",\"body\":\"Mine too & more\",\"parent_id\":\"t1_b\","
		    "\"link_id\":\"t3_a\",\"subreddit_type\":\"private\","
		    "\"permalink\":\"/r/acme/comments/a/late/c/\"") "," CHILD("t3",
		    "b", "1795439002.5",
		    WORDS("Look",
			"") ",\"is_self\":false,\"url\":"
			    "\"https://i.redd.it/x.jpg\"") "," CHILD("t3", "a",
		    "1795439001.0",
		    WORDS("Kettle late",
			"It *never* came.") ",\"is_self\":true"),
		"null"));
	red_is_done(&t, 3, "1795439003");
	p = t.h.posts.at;
	assert_string_equal(p[0].id, "t3_a");
	assert_string_equal(p[0].text, "Kettle late\n\nIt *never* came.");
	assert_string_equal(p[0].conversation, "t3_a");
	assert_null(p[0].in_reply_to);
	assert_string_equal(p[0].author, "jo");
	assert_string_equal(p[1].text, "Look\n\nhttps://i.redd.it/x.jpg");
	assert_int_equal(p[1].created_at, 1795439002);
	assert_string_equal(p[2].text, "Mine too & more");
	assert_string_equal(p[2].in_reply_to, "t1_b");
	assert_string_equal(p[2].conversation, "t3_a");
	assert_int_equal(p[2].visibility, CQ_PRIVATE);
	assert_string_equal(p[2].uri,
	    "https://www.reddit.com/r/acme/comments/a/late/c/");
	red_end(&t);
}

#define OF(id, type) \
	CHILD("t1", id, "1.0", ",\"body\":\"b\",\"subreddit_type\":" type)

static void
test_by_hand_what_not_all_may_read_is_private(void **state)
{
	struct reddit_talk t;
	size_t i;

	(void)state;
	hears(&t,
	    LISTING(OF("a", "\"public\"") "," OF("b",
			"\"restricted\"") "," OF("c",
			"\"archived\"") "," OF("d",
			"\"gold_restricted\"") "," OF("e",
			"\"user\"") "," OF("f", "null"),
		"null"));
	assert_int_equal(t.h.posts.n, 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(t.h.posts.at[i].visibility, CQ_PUBLIC);
	red_end(&t);
	hears(&t,
	    LISTING(OF("a", "\"private\"") "," OF("b",
			"\"gold_only\"") "," OF("c",
			"\"employees_only\"") "," OF("d", "\"new\""),
		"null"));
	assert_int_equal(t.h.posts.n, 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(t.h.posts.at[i].visibility, CQ_PRIVATE);
	red_end(&t);
}

static void
test_by_hand_words_come_from_where_they_stand(void **state)
{
	const struct cq_post *p;
	struct reddit_talk t;

	(void)state;
	hears(&t,
	    LISTING("{\"data\":{\"name\":\"t1_d\",\"author\":\"AutoModerator\","
		    "\"created_utc\":4,\"body\":\"Read the rules.\","
		    "\"link_id\":\"t3_b\",\"parent_id\":\"t3_b\"}},"
		    "{\"data\":{\"name\":\"t1_c\",\"created_utc\":3,"
		    "\"body\":\"x\",\"context\":\"/r/a/comments/b/t/c/?context="
		    "3\"}},"
		    "{\"data\":{\"name\":\"t3_b\",\"created_utc\":2,\"title\":"
		    "\"Shared\",\"selftext\":\"\",\"is_self\":true,\"url\":"
		    "\"https://www.reddit.com/r/a/comments/b/\","
		    "\"crosspost_parent\":\"t3_a\",\"crosspost_parent_list\":"
		    "[{\"selftext\":\"[removed]\"}]}},"
		    "{\"data\":{\"name\":\"t3_0\",\"created_utc\":1,\"title\":"
		    "\"Look\",\"url\":\"/gallery/"
		    "0\",\"url_overridden_by_dest\":"
		    "\"https://acme.example/x\"}}",
		"null"));
	red_is_done(&t, 4, "4");
	p = t.h.posts.at;
	assert_string_equal(p[0].text, "Look\n\nhttps://acme.example/x");
	assert_string_equal(p[1].text, "Shared");
	assert_string_equal(p[1].repost_of, "t3_a");
	assert_string_equal(p[2].conversation, "t3_b");
	assert_string_equal(p[2].url,
	    "https://www.reddit.com/r/a/comments/b/t/c/");
	assert_false(p[2].bot);
	assert_string_equal(p[3].conversation, "t3_b");
	assert_string_equal(p[3].in_reply_to, "t3_b");
	assert_true(p[3].bot);
	red_end(&t);
}

/* Of the page of a post with its comments, the post alone. */
static void
test_a_recorded_crosspost_is_a_repost(void **state)
{
	struct reddit_talk t;
	struct exchange x;
	size_t n;
	char *body;

	(void)state;
	exchange_load(&x, DIR "testsubmission-test-crosspost-03.meta.json",
	    API);
	n = strlen("}}, {\"kind\": \"Listing\", \"data\": {\"modhash\": null, "
		   "\"children\": [], \"after\": null, \"before\": null}}]");
	body = cq_strndup(x.body + 1, x.answer.n - 1 - n + 2);
	exchange_free(&x);
	hears(&t, body);
	red_is_done(&t, 1, "1503650742");
	assert_string_equal(t.h.posts.at[0].id, "t3_6vx8n0");
	assert_string_equal(t.h.posts.at[0].repost_of, "t3_6vx01b");
	assert_string_equal(t.h.posts.at[0].text, "Test Title\n\ncrossposting");
	red_end(&t);
	free(body);
}

static void
test_by_hand_what_was_taken_away_is_gone(void **state)
{
	struct reddit_talk t;
	size_t i;

	(void)state;
	hears(&t,
	    LISTING(
		CHILD("t3", "d", "4.0",
		    WORDS("x",
			"") ",\"removed_by_category\":\"moderator\"") "," CHILD("t3",
		    "c", "3.0", WORDS("x", "[deleted]")) "," CHILD("t3", "b",
		    "2.0", WORDS("x", "[removed]")) "," CHILD("t1", "a", "1.0",
		    ",\"body\":\"[ Removed by Reddit ]\""),
		"null"));
	red_is_done(&t, 4, "4");
	for (i = 0; i < 4; i++)
		assert_true(t.h.posts.at[i].gone);
	red_end(&t);
	/* who closed the account may have left the words */
	hears(&t,
	    LISTING("{\"kind\":\"t1\",\"data\":{\"name\":\"t1_a\",\"author\":"
		    "\"[deleted]\",\"body\":\"still here\","
		    "\"created_utc\":5}}",
		"null"));
	red_is_done(&t, 1, "5");
	assert_false(t.h.posts.at[0].gone);
	assert_null(t.h.posts.at[0].author);
	red_end(&t);
}

static void
test_by_hand_odd_entries_are_left_out(void **state)
{
	struct reddit_talk t;

	(void)state;
	hears(&t,
	    LISTING("null,1,[],{},{\"data\":7},"
		    "{\"kind\":\"t4\",\"data\":{\"name\":\"t4_a\",\"body\":"
		    "\"a letter\"}},"
		    "{\"kind\":\"t3\",\"data\":{\"name\":\"t3_../x\","
		    "\"title\":\"x\"}},"
		    "{\"kind\":\"t3\",\"data\":{\"name\":\"t3_9\",\"title\":"
		    "\"ok\",\"author\":[],\"created_utc\":\"soon\","
		    "\"permalink\":\"javascript:x\",\"selftext\":1}}",
		"\"x y\""));
	red_is_done(&t, 1, NULL);
	assert_string_equal(t.h.posts.at[0].text, "ok");
	assert_null(t.h.posts.at[0].url);
	assert_null(t.h.posts.at[0].author);
	assert_true(t.h.posts.at[0].created_at == CQ_NO_TIME);
	red_end(&t);
}

/* --- how far back ------------------------------------------------------- */

static void
test_by_hand_a_list_is_read_until_what_is_known(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "1795430000");
	red_buys(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers(&t, 200, NULL,
	    LISTING(CHILD("t3", "d", "1795439000.0",
			WORDS("d", "")) "," CHILD("t3", "c", "1795438000.0",
			WORDS("c", "")),
		"\"t3_c\""));
	red_goes_on(&t);
	red_asks(&t, API "/r/acme/new?" REST "&after=t3_c");
	/* the known one itself may have been removed: its time counts */
	red_answers(&t, 200, NULL,
	    LISTING(CHILD("t3", "b", "1795437000.0",
			WORDS("b", "")) "," CHILD("t3", "a", "1795429000.0",
			WORDS("a", "")),
		"\"t3_a\""));
	red_is_done(&t, 4, "1795439000");
	assert_string_equal(t.h.posts.at[0].id, "t3_a");
	assert_string_equal(t.h.posts.at[3].id, "t3_d");
	assert_false(t.h.next.jumped);
	red_end(&t);
}

static void
test_by_hand_a_first_visit_reads_back_to_what_is_wanted(void **state)
{
	struct reddit_talk t;

	(void)state;
	hears(&t,
	    LISTING(CHILD("t3", "b", "1795352821.0", WORDS("b", "")),
		"\"t3_b\""));
	red_goes_on(&t);
	red_asks(&t, API "/r/acme/new?" REST "&after=t3_b");
	/* a second before the day that is wanted */
	red_answers(&t, 200, NULL,
	    LISTING(CHILD("t3", "a", "1795352819.0", WORDS("a", "")),
		"\"t3_a\""));
	red_is_done(&t, 2, "1795352821");
	assert_false(t.h.next.jumped);
	red_end(&t);
}

/* Nothing that came is dropped, and nothing behind it taken as known. */
static void
test_by_hand_a_list_that_must_wait_is_read_again(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "1795430000");
	red_buys(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers(&t, 200,
	    "x-ratelimit-remaining: 0.0\nx-ratelimit-reset: 1\n",
	    LISTING(CHILD("t3", "d", "1795439000.0", WORDS("d", "")),
		"\"t3_d\""));
	red_is_done(&t, 1, NULL);
	assert_int_equal(t.h.next.wait_s, 1);
	red_end(&t);
}

static void
test_by_hand_nothing_new_moves_nothing(void **state)
{
	struct reddit_talk t;

	(void)state;
	red_begin(&t, &red_acme, "1795430000");
	red_buys(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers_file(&t,
	    DIR "testlistinggenerator-test-no-items-01.meta.json");
	red_is_done(&t, 0, NULL);
	red_end(&t);
	red_begin(&t, &red_acme, "1795430000");
	red_buys(&t);
	red_asks(&t, API "/r/acme/new?" REST);
	red_answers(&t, 200, NULL,
	    LISTING(CHILD("t3", "a", "1795430000.0",
			WORDS("a", "")) "," CHILD("t3", "b", "1895430000.0",
			WORDS("of tomorrow", "")),
		"null"));
	red_is_done(&t, 2, NULL);
	red_end(&t);
}

/* pages of n posts each, a minute apart, the last of which is the end. */
static void
long_list(struct reddit_talk *t, char *query, int n_pages, int n,
    const char *cursor)
{
	struct cq_source s = red_source(query);
	int page, i;

	red_begin(t, &s, cursor);
	t->visit.since_at = CQ_NO_TIME;
	red_buys(t);
	for (page = 0; page == 0 || t->h.next.more; page++) {
		struct cq_buf body = {0};

		assert_true(page < 40);
		cq_buf_str(&body, "{\"data\":{\"children\":[");
		for (i = 0; i < n; i++)
			cq_buf_fmt(&body,
			    "%s{\"data\":{\"name\":\"t3_%d\",\"title\":\"t\","
			    "\"created_utc\":%d.0}}",
			    i == 0 ? "" : ",", page * n + i + 1,
			    EXCHANGE_NOW - 60 * (page * n + i));
		cq_buf_fmt(&body, "],\"after\":%s}}",
		    page + 1 == n_pages ? "null" : "\"t3_z\"");
		src_request_free(&t->req);
		t->visit.secret = APP;
		src_reddit.ask(&t->visit, &t->req, NULL);
		red_answers(t, 200, NULL, body.s);
		cq_buf_free(&body);
	}
}

static void
test_by_hand_a_list_that_ends_too_early_is_told(void **state)
{
	struct reddit_talk t;

	(void)state;
	long_list(&t, "r/acme", 10, 100, "1795000000");
	red_is_done(&t, 1000, "1795439220");
	assert_true(t.h.next.jumped);
	assert_int_equal(t.h.next.jumped_at, 1795000000);
	red_end(&t);
	long_list(&t, "kettle", 3, 80, "1795000000");
	red_is_done(&t, 240, "1795439220");
	assert_true(t.h.next.jumped);
	red_end(&t);
	/* a small subreddit has no more */
	long_list(&t, "r/acme", 2, 100, "1795000000");
	red_is_done(&t, 200, "1795439220");
	assert_false(t.h.next.jumped);
	red_end(&t);
	/* a list without end is left, and that is said */
	long_list(&t, "r/acme", 1000, 5, "1795000000");
	assert_false(t.h.next.more);
	assert_int_equal(t.h.posts.n, 23 * 5);
	assert_true(t.h.next.jumped);
	red_end(&t);
}

/* --- once more ---------------------------------------------------------- */

static void
test_known_posts_are_asked_for_together(void **state)
{
	static const char *const ids[] = {"t3_a", "t1_b", "x&y"};
	struct reddit_talk t;
	struct cq_err err = {0};

	(void)state;
	red_begin(&t, &red_acme, "7");
	t.visit.secret = APP;
	assert_int_equal(src_reddit.ask_again(&t.visit, ids, 3, &t.req, &err),
	    CQ_INPUT);
	assert_string_equal(err.msg, "there is no access token now");
	red_forget(&t);
	red_buys(&t);
	red_forget(&t);
	src_request_free(&t.req);
	t.visit.secret = APP;
	assert_int_equal(src_reddit.ask_again(&t.visit, ids, 3, &t.req, NULL),
	    CQ_OK);
	assert_string_equal(t.req.url,
	    API "/api/info?id=t3_a%2Ct1_b&raw_json=1");
	assert_true(t.req.secret);
	red_end(&t);
}

static void
test_a_recorded_deleted_comment_is_gone(void **state)
{
	static const char *const ids[] = {"t1_d7ltvl0", "t1_other"};
	struct src_visit visit = exchange_visit(&red_acme, "7");
	struct exchange x;
	struct heard h;

	(void)state;
	exchange_load(&x,
	    DIR "testcomment-test-refresh-deleted-comment-01.meta.json", API);
	h = hear_again(&src_reddit, &visit, ids, 2, 200, x.body);
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "t1_d7ltvl0");
	assert_true(h.posts.at[0].gone);
	heard_free(&h);
	h = hear_again(&src_reddit, &visit, ids + 1, 1, 200, x.body);
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	exchange_free(&x);
	h = hear_again(&src_reddit, &visit, ids, 2, 200, "{\"data\":{}}");
	assert_int_equal(h.status, CQ_NET);
	heard_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_query_has_its_list),
	    cmocka_unit_test(test_one_server_for_tests_has_both_hosts),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(test_recorded_mentions_come_oldest_first),
	    cmocka_unit_test(test_by_hand_posts_and_comments_have_their_text),
	    cmocka_unit_test(test_by_hand_what_not_all_may_read_is_private),
	    cmocka_unit_test(test_by_hand_words_come_from_where_they_stand),
	    cmocka_unit_test(test_a_recorded_crosspost_is_a_repost),
	    cmocka_unit_test(test_by_hand_what_was_taken_away_is_gone),
	    cmocka_unit_test(test_by_hand_odd_entries_are_left_out),
	    cmocka_unit_test(test_by_hand_a_list_is_read_until_what_is_known),
	    cmocka_unit_test(
		test_by_hand_a_first_visit_reads_back_to_what_is_wanted),
	    cmocka_unit_test(test_by_hand_a_list_that_must_wait_is_read_again),
	    cmocka_unit_test(test_by_hand_nothing_new_moves_nothing),
	    cmocka_unit_test(test_by_hand_a_list_that_ends_too_early_is_told),
	    cmocka_unit_test(test_known_posts_are_asked_for_together),
	    cmocka_unit_test(test_a_recorded_deleted_comment_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
