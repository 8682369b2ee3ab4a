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
#include "sources/url.h"
#include "tests/exchange.h"

#define DIR "tests/fixtures/x/"
#define SEARCH "https://api.x.com/2/tweets/search/recent?query="
#define KETTLE "%28acme%20kettle%29%20-is%3Aretweet"
#define FIELDS                                                                 \
	"&tweet.fields=author_id%2Cconversation_id%2Ccreated_at%2Cedit_"       \
	"history_tweet_ids%2Centities%2Clang%2Cnote_tweet%2Creferenced_tweets" \
	"&expansions=author_id&user.fields=name%2Cpublic_metrics%2Cusername"
#define NONE " - -9223372036854775808 -"
#define CAPPED "{\"monthly_cap\":1000}"

static struct cq_source kettle = {
    .name = "x",
    .adapter = "x",
    .address = "https://x.com",
    .query = "acme kettle",
    .token_file = "/nonexistent",
    .options = CAPPED,
};

/* --- the cap ------------------------------------------------------------- */

static void
refuses_options(char *options)
{
	struct cq_source s = kettle;
	struct cq_err err = {0};

	s.options = options;
	assert_int_equal(src_x.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg,
	    "X bills each post that is read: say how many a month at most with "
	    "--monthly-cap N, 10 or more");
}

static void
test_without_a_monthly_cap_there_is_no_source(void **state)
{
	(void)state;
	assert_int_equal(src_x.check(&kettle, NULL), CQ_OK);
	refuses_options(NULL);
	refuses_options("{}");
	refuses_options("no JSON");
	refuses_options("{\"monthly_cap\":9}");
	refuses_options("{\"monthly_cap\":-100}");
	refuses_options("{\"monthly_cap\":\"1000\"}");
	refuses_options("{\"monthly_cap\":1e18}");
}

static void
asks(char *options, const char *cursor, const char *url)
{
	struct cq_source s = kettle;

	s.options = options;
	source_asks(&src_x, &s, cursor, url);
}

static void
test_no_more_posts_are_asked_for_than_are_left(void **state)
{
	(void)state;
	asks(CAPPED, "70 1795430000 202611 900" NONE,
	    SEARCH KETTLE "&max_results=100&since_id=70" FIELDS);
	asks(CAPPED, "70 1795430000 202611 901" NONE,
	    SEARCH KETTLE "&max_results=99&since_id=70" FIELDS);
	asks(CAPPED, "70 1795430000 202611 990" NONE,
	    SEARCH KETTLE "&max_results=10&since_id=70" FIELDS);
	/* those of another month do not count */
	asks(CAPPED, "70 1793000000 202610 1000" NONE,
	    SEARCH KETTLE "&max_results=100&since_id=70" FIELDS);
}

static void
test_a_trial_is_billed_for_ten_posts_at_most(void **state)
{
	struct src_visit v = {.source = &kettle,
	    .cursor = "70 1795430000 202611 900" NONE,
	    .now = EXCHANGE_NOW,
	    .since_at = CQ_NO_TIME,
	    .session = "",
	    .trial = true};
	struct src_request req = {0};

	(void)state;
	assert_int_equal(src_x.ask(&v, &req, NULL), CQ_OK);
	assert_string_equal(req.url,
	    SEARCH KETTLE "&max_results=10&since_id=70" FIELDS);
	src_request_free(&req);
}

static void
begins_anew(const char *cursor, const char *want)
{
	struct src_visit visit = exchange_visit(&kettle, cursor);
	char *anew = src_x.anew(&visit);

	assert_string_equal(anew, want);
	free(anew);
}

static void
test_what_begins_anew_has_read_as_many_posts_of_this_month(void **state)
{
	(void)state;
	begins_anew("70 1795430000 202611 991" NONE,
	    "- -9223372036854775808 202611 991" NONE);
	begins_anew("70 1795430000 202611 40 90 1795430100 80",
	    "- -9223372036854775808 202611 40" NONE);
	/* another month has nothing to remember */
	begins_anew("70 1793000000 202610 1000" NONE, "");
	begins_anew("", "");
	/* and goes on from its start, not from what was known */
	asks(CAPPED, "- -9223372036854775808 202611 990" NONE,
	    SEARCH KETTLE
	    "&max_results=10&since_id=2124489824793526272" FIELDS);
}

/* What the cursor says after a post was read, from that one on. */
static void
counts(const char *cursor, const char *body, const char *want, bool more)
{
	struct src_visit visit = exchange_visit(&kettle, cursor);
	struct heard h = hear_answer(&src_x, &visit, 200, NULL, body);

	assert_int_equal(h.status, CQ_OK);
	assert_string_equal(h.next.cursor, want);
	assert_int_equal(h.next.more, more);
	heard_free(&h);
}

#define POSTS(n, more)                                              \
	"{\"data\":[{\"id\":\"99\",\"text\":\"a\"},{\"id\":\"90\"," \
	"\"text\":\"b\"}],\"meta\":{\"result_count\":" n more "}}"
#define READ " -9223372036854775808 202611 "

static void
test_by_hand_what_was_given_out_is_counted_not_what_was_shown(void **state)
{
	(void)state;
	/* some of them withheld; and numbers that cannot be */
	counts("70 1795430000 202611 100" NONE, POSTS("12", ""),
	    "99" READ "112" NONE, false);
	counts("70 1795430000 202611 100" NONE, POSTS("1", ""),
	    "99" READ "102" NONE, false);
	counts("70 1795430000 202611 100" NONE, POSTS("101", ""),
	    "99" READ "102" NONE, false);
}

static void
test_by_hand_a_new_month_counts_anew_and_goes_on_counting(void **state)
{
	(void)state;
	counts("70 1793000000 202610 999" NONE, POSTS("2", ""),
	    "99" READ "2" NONE, false);
	counts("99" READ "2" NONE, POSTS("2", ""), "99" READ "4" NONE, false);
}

/* Else the same page would be read, and billed, until the cap. */
static void
test_by_hand_a_page_that_comes_again_is_the_last(void **state)
{
	(void)state;
	counts("70 1795430000 202611 100 99 1795431000 90",
	    POSTS("2", ",\"next_token\":\"n\""),
	    "99 1795431000 202611 102" NONE, false);
}

static void
test_at_the_cap_it_stops_and_says_until_when(void **state)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 991" NONE);
	struct src_request req;
	struct cq_err err = {0};

	(void)state;
	assert_int_equal(src_x.ask(&visit, &req, &err), CQ_INPUT);
	assert_string_equal(err.msg,
	    "991 of the 1000 posts of this month are read: it is silent until "
	    "2026-12-01, unless it gets a higher --monthly-cap");
	assert_int_equal(visit.until_at, 1796083200);
	src_request_free(&req);
	/* the first second of the next month, and of the next year */
	visit.now = 1796083200;
	assert_int_equal(src_x.ask(&visit, &req, &err), CQ_OK);
	src_request_free(&req);
	visit.now = 1796083199;
	assert_int_equal(src_x.ask(&visit, &req, &err), CQ_INPUT);
	src_request_free(&req);
	visit.now = 1796083200 + 30 * 86400;
	visit.cursor = "70 1795430000 202612 991" NONE;
	assert_int_equal(src_x.ask(&visit, &req, &err), CQ_INPUT);
	assert_non_null(strstr(err.msg, " 2027-01-01,"));
	src_request_free(&req);
}

/* --- what is asked ------------------------------------------------------- */

static void
test_the_first_visit_begins_with_an_id_of_the_time(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct src_request req;

	(void)state;
	src_x.ask(&visit, &req, NULL);
	/* (1795352820000 - 1288834974657) << 22 */
	assert_string_equal(req.url,
	    SEARCH KETTLE
	    "&max_results=100&since_id=2124489824793526272" FIELDS);
	assert_true(req.token);
	src_request_free(&req);
	/* never further back than the search goes: 7 days less 5 minutes */
	visit.since_at = CQ_NO_TIME;
	src_x.ask(&visit, &req, NULL);
	assert_string_equal(req.url,
	    SEARCH KETTLE
	    "&max_results=100&since_id=2122316755891126272" FIELDS);
	src_request_free(&req);
}

static void
test_a_page_that_is_pending_is_asked_for(void **state)
{
	(void)state;
	asks(CAPPED, "70 1795430000 202611 100 90 1795431000 80",
	    SEARCH KETTLE "&max_results=100&since_id=70&until_id=80" FIELDS);
}

static void
test_reposts_are_left_out_unless_they_are_asked_for(void **state)
{
	struct cq_source s = kettle;

	(void)state;
	s.query = "kettle (is:retweet OR acme)";
	source_asks(&src_x, &s, "70 1795430000 202611 100" NONE,
	    SEARCH "kettle%20%28is%3Aretweet%20OR%20acme%29&max_results=100&"
		   "since_id=70" FIELDS);
	s.query = "kettle";
	s.address = "http://127.0.0.1:8080";
	source_asks(&src_x, &s, "70 1795430000 202611 100" NONE,
	    "http://127.0.0.1:8080/2/tweets/search/recent?query=%28kettle%29%20"
	    "-is%3Aretweet&max_results=100&since_id=70" FIELDS);
}

static void
refuses_source(char *address, char *query, char *token, const char *msg)
{
	struct cq_source s = {.address = address,
	    .query = query,
	    .token_file = token,
	    .options = CAPPED};
	struct cq_err err = {0};

	assert_int_equal(src_x.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char words[] =
	    "the query is at most 480 bytes of words to search for";

	(void)state;
	refuses_source("https://x.com", NULL, "/t", words);
	refuses_source("https://x.com", "", "/t", words);
	refuses_source("https://x.com", "  ", "/t", words);
	refuses_source("https://x.com", "a\nb", "/t", words);
	refuses_source("https://x.com/acme", "a", "/t",
	    "give https://x.com as the address");
	refuses_source("https://x.com", "a", NULL,
	    "X wants a token: give a token file with the app's bearer token");
}

/* --- pages --------------------------------------------------------------- */

static struct heard
hear_file(struct src_visit *visit, const char *name)
{
	char *path = cq_format(DIR "%s", name);
	struct exchange x;
	struct heard h;

	exchange_load(&x, path, "https://api.x.com");
	h = hear_visit(&src_x, visit, &x);
	exchange_free(&x);
	free(path);
	return h;
}

static void
test_a_recorded_search_comes_oldest_first_and_is_counted(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h =
	    hear_file(&visit, "test-client-search-recent-tweets-00.meta.json");

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 10);
	assert_string_equal(h.posts.at[0].id, "1578511538419212288");
	assert_string_equal(h.posts.at[9].id, "1578516068309794817");
	assert_string_equal(h.posts.at[9].text,
	    "2022-10-07 22:42:12.637103 tweepy");
	assert_string_equal(h.posts.at[9].url,
	    "https://x.com/i/status/1578516068309794817");
	assert_string_equal(h.next.cursor,
	    "- -9223372036854775808 202611 10 1578516068309794817 "
	    "-9223372036854775808 1578511538419212288");
	assert_true(h.next.more);
	assert_int_equal(h.next.wait_s, 0);
	heard_free(&h);
}

static void
test_recorded_mentions_keep_their_characters(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h =
	    hear_file(&visit, "test-client-get-users-mentions-00.meta.json");

	(void)state;
	assert_int_equal(h.posts.n, 10);
	assert_string_equal(h.posts.at[4].text,
	    "@Twitter make \xf0\x9f\xa4\xa8 an available reaction emoji in "
	    "dms");
	heard_free(&h);
}

static void
test_by_hand_a_post_is_whole_with_its_author_and_thread(void **state)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 100" NONE);
	struct heard h = hear_file(&visit, "by-hand-search.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(p[0].text,
	    "My kettle story, cut off nowhere: it never boiled & nobody wrote "
	    "back.");
	assert_null(p[0].lang);
	assert_string_equal(p[0].author, "52");
	assert_int_equal(p[0].author_followers, -1);
	assert_null(p[0].in_reply_to);
	/* an edit is a revision of the first one */
	assert_string_equal(p[1].id, "1860000000000000290");
	assert_string_equal(p[1].url,
	    "https://x.com/i/status/1860000000000000300");
	assert_string_equal(p[1].text,
	    "@acme the kettle & the lid, both <broken> "
	    "https://acme.example/kettle?a=1&b=2 "
	    "https://x.com/jo/status/1/photo/1");
	assert_string_equal(p[1].lang, "en");
	assert_string_equal(p[1].network, "x");
	assert_string_equal(p[1].author, "51");
	assert_string_equal(p[1].handle, "jo_test");
	assert_string_equal(p[1].author_name, "Jo");
	assert_int_equal(p[1].author_followers, 321);
	assert_string_equal(p[1].in_reply_to, "1860000000000000200");
	assert_string_equal(p[1].quote_of, "1860000000000000150");
	assert_null(p[1].repost_of);
	assert_string_equal(p[1].conversation, "1860000000000000100");
	assert_int_equal(p[1].created_at, 1795437000);
	assert_string_equal(h.next.cursor,
	    "1860000000000000300 1795437000 202611 102" NONE);
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_by_hand_a_repost_names_what_it_repeats(void **state)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 100" NONE);
	struct heard h = hear_answer(&src_x, &visit, 200, NULL,
	    "{\"data\":[{\"id\":\"99\",\"text\":\"RT @jo: late\",\"lang\":"
	    "\"und\",\"referenced_tweets\":[{\"type\":\"retweeted\",\"id\":"
	    "\"42\"}]}],\"meta\":{\"result_count\":1}}");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].repost_of, "42");
	assert_null(h.posts.at[0].quote_of);
	assert_null(h.posts.at[0].in_reply_to);
	assert_null(h.posts.at[0].lang);
	heard_free(&h);
}

static void
test_by_hand_an_empty_page_moves_nothing(void **state)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 100" NONE);
	struct heard h = hear_file(&visit, "by-hand-empty.json");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	/* nor does it at first */
	visit.cursor = "";
	h = hear_file(&visit, "by-hand-empty.json");
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	heard_free(&h);
	/* behind a page that named another it is the end of the way back */
	visit.cursor = "70 1795430000 202611 100 90 1795431000 80";
	h = hear_file(&visit, "by-hand-empty.json");
	assert_string_equal(h.next.cursor, "90 1795431000 202611 100" NONE);
	heard_free(&h);
}

#define ONE(id) "{\"id\":\"" id "\",\"text\":\"t" id "\",\"author_id\":\"1\"}"

static void
test_by_hand_a_way_back_is_stored_page_by_page(void **state)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 100" NONE);
	struct heard h = hear_answer(&src_x, &visit, 200, NULL,
	    "{\"data\":[" ONE("99") "," ONE("90") "],\"meta\":{\"result_"
						  "count\":"
						  "2,\"next_token\":\"n\"}}");

	(void)state;
	assert_string_equal(h.next.cursor,
	    "70 1795430000 202611 102 99 -9223372036854775808 90");
	assert_true(h.next.more);
	heard_free(&h);
	/* whatever comes between, the newest one of the first page counts */
	visit.cursor = "70 1795430000 202611 102 99 1795439000 90";
	h = hear_answer(&src_x, &visit, 200, NULL,
	    "{\"data\":[" ONE("89") "],\"meta\":{\"result_count\":1}}");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.next.cursor, "99 1795439000 202611 103" NONE);
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_by_hand_the_way_back_ends_at_the_cap(void **state)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 989" NONE);
	struct heard h = hear_answer(&src_x, &visit, 200, NULL,
	    "{\"data\":[" ONE("99") "," ONE("90") "],\"meta\":{\"result_"
						  "count\":"
						  "2,\"next_token\":\"n\"}}");

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_false(h.next.more);
	/* and goes on from there in the next month */
	assert_string_equal(h.next.cursor,
	    "70 1795430000 202611 991 99 -9223372036854775808 90");
	heard_free(&h);
}

static void
test_by_hand_odd_posts_are_left_out_but_were_billed(void **state)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 100" NONE);
	struct heard h = hear_answer(&src_x, &visit, 200, NULL,
	    "{\"data\":[null,1,\"x\",[],{},{\"id\":\"../1\",\"text\":\"t\"},"
	    "{\"id\":\"98\",\"text\":7},{\"id\":\"97\",\"text\":\"ok\","
	    "\"author_id\":[],\"created_at\":1,\"edit_history_tweet_ids\":[{}],"
	    "\"referenced_tweets\":{\"a\":1},\"entities\":{\"urls\":[1,{}]},"
	    "\"conversation_id\":\"x\"}],\"includes\":{\"users\":7},"
	    "\"meta\":{\"result_count\":\"many\"}}");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "97");
	assert_null(h.posts.at[0].author);
	assert_true(h.posts.at[0].created_at == CQ_NO_TIME);
	assert_string_equal(h.next.cursor,
	    "98 -9223372036854775808 202611 108" NONE);
	heard_free(&h);
}

/* --- refusals ------------------------------------------------------------ */

#define TOO_OLD(name)                                                       \
	"{\"errors\":[{\"parameters\":{\"" name "\":[\"70\"]},\"message\":" \
	"\"'" name "' must be a tweet id created after then\"}],\"title\":" \
	"\"Invalid Request\"}"

static struct heard
is_too_old(struct src_visit *visit, const char *cursor, const char *name)
{
	visit->cursor = cursor;
	return hear_answer(&src_x, visit, 400, NULL,
	    strcmp(name, "since_id") == 0 ? TOO_OLD("since_id")
					  : TOO_OLD("until_id"));
}

static void
test_by_hand_what_is_too_old_begins_anew_and_says_so(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h =
	    is_too_old(&visit, "70 1790000000 202611 100" NONE, "since_id");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1790000000);
	assert_true(h.next.more);
	assert_string_equal(h.next.cursor, "- 1790000000 202611 100" NONE);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_what_is_pending_is_kept_as_long_as_it_can(void **state)
{
	struct src_visit visit = exchange_visit(&kettle, "");
	struct heard h = is_too_old(&visit,
	    "70 1790000000 202611 100 99 1795000000 90", "since_id");

	(void)state;
	assert_string_equal(h.next.cursor,
	    "- 1790000000 202611 100 99 1795000000 90");
	assert_true(h.next.jumped);
	heard_free(&h);
	h = is_too_old(&visit, "- 1790000000 202611 100 99 1795000000 90",
	    "until_id");
	assert_string_equal(h.next.cursor, "99 1795000000 202611 100" NONE);
	assert_false(h.next.jumped); /* that was said */
	heard_free(&h);
	h = is_too_old(&visit, "99 1795000000 202611 100" NONE, "since_id");
	assert_string_equal(h.next.cursor, "- 1795000000 202611 100" NONE);
	heard_free(&h);
	/* it does not go round for ever */
	heard_fails(is_too_old(&visit, "- 1795000000 202611 100" NONE,
			"since_id"),
	    "x.com refused the request (400): check address and query", 0,
	    false);
	free(visit.memory);
}

static void
fails(int status, const char *headers, const char *body, const char *msg,
    int64_t wait_s, bool pause)
{
	struct src_visit visit =
	    exchange_visit(&kettle, "70 1795430000 202611 100" NONE);

	heard_fails(hear_answer(&src_x, &visit, status, headers, body), msg,
	    wait_s, pause);
	free(visit.memory);
}

static void
test_by_hand_errors_are_told_from_one_another(void **state)
{
	static const char pay[] =
	    "X wants to be paid: buy credits in its developer console, or "
	    "raise the limit that is set there";

	(void)state;
	fails(402, NULL, "{\"title\":\"CreditsDepleted\"}", pay, 3600, false);
	fails(429, NULL, "{\"title\":\"UsageCapExceeded\"}", pay, 3600, false);
	fails(429,
	    "x-rate-limit-remaining: 0\nx-rate-limit-reset: 1795439300\n",
	    "{\"title\":\"Too Many Requests\"}",
	    "x.com asks for patience (429): it will be asked again later", 80,
	    false);
	fails(401, NULL, "{\"title\":\"Unauthorized\"}",
	    "x.com refused the token: make a new one and put it in the token "
	    "file",
	    0, true);
	fails(400, NULL, "{\"errors\":[{\"parameters\":{\"query\":[\"(\"]}}]}",
	    "x.com refused the request (400): check address and query", 0,
	    false);
	fails(200, NULL, "{\"errors\":[{\"title\":\"Not Found Error\"}]}",
	    "x.com answered with something else instead of a list of posts; "
	    "check the address",
	    0, false);
	fails(200, NULL, "{\"meta\":{\"result_count\":3}}",
	    "x.com answered with something else instead of a list of posts; "
	    "check the address",
	    0, false);
}

/* --- a service made up for the test: nothing twice, nothing missed ------- */

/* Ids 1001..1000+n, newest first, as many as asked for at a time. */
static int
made_answer(const char *url, int n, struct cq_buf *body)
{
	char *since = url_query(url, "since_id"),
	     *until = url_query(url, "until_id");
	char *size = url_query(url, "max_results");
	int high = until == NULL ? n : atoi(until) - 1001, given = 0, id;
	int low = strlen(since) > 9 ? 0 : atoi(since) - 1000;

	cq_buf_str(body, "{\"data\":[");
	for (id = high; id > low && given < atoi(size); id--)
		cq_buf_fmt(body, "%s{\"id\":\"%d\",\"text\":\"t\"}",
		    given++ == 0 ? "" : ",", 1000 + id);
	cq_buf_fmt(body, "],\"meta\":{\"result_count\":%d%s}}", given,
	    id > low ? ",\"next_token\":\"more\"" : "");
	free(since);
	free(until);
	free(size);
	return given;
}

static void
test_by_hand_each_post_is_read_and_billed_once(void **state)
{
	char *cursor = cq_strdup("");
	bool came[801] = {false};
	int billed = 0, n = 150, round, asked = 0;

	(void)state;
	for (round = 0; round < 40; round++) {
		struct src_visit visit = exchange_visit(&kettle, cursor);
		struct cq_buf body = {0};
		struct src_request req;
		struct heard h;
		size_t i;

		if (src_x.ask(&visit, &req, NULL) != CQ_OK)
			break;
		asked++;
		billed += made_answer(req.url, n, &body);
		h = hear_answer(&src_x, &visit, 200, NULL, body.s);
		for (i = 0; i < h.posts.n; i++) {
			int id = atoi(h.posts.at[i].id) - 1000;

			assert_false(came[id]);
			came[id] = true;
		}
		if (h.next.cursor != NULL) {
			free(cursor);
			cursor = cq_strdup(h.next.cursor);
		}
		/* more posts, also while it is on its way back */
		n += n < 700 ? 65 : 0;
		heard_free(&h);
		src_request_free(&req);
		cq_buf_free(&body);
	}
	for (n = 1; n <= 735; n++)
		assert_true(came[n]);
	assert_int_equal(billed, 735);
	assert_int_equal(asked, 40);
	free(cursor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_without_a_monthly_cap_there_is_no_source),
	    cmocka_unit_test(
		test_what_begins_anew_has_read_as_many_posts_of_this_month),
	    cmocka_unit_test(test_no_more_posts_are_asked_for_than_are_left),
	    cmocka_unit_test(test_a_trial_is_billed_for_ten_posts_at_most),
	    cmocka_unit_test(
		test_by_hand_what_was_given_out_is_counted_not_what_was_shown),
	    cmocka_unit_test(
		test_by_hand_a_new_month_counts_anew_and_goes_on_counting),
	    cmocka_unit_test(test_by_hand_a_page_that_comes_again_is_the_last),
	    cmocka_unit_test(test_at_the_cap_it_stops_and_says_until_when),
	    cmocka_unit_test(
		test_the_first_visit_begins_with_an_id_of_the_time),
	    cmocka_unit_test(test_a_page_that_is_pending_is_asked_for),
	    cmocka_unit_test(
		test_reposts_are_left_out_unless_they_are_asked_for),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(
		test_a_recorded_search_comes_oldest_first_and_is_counted),
	    cmocka_unit_test(test_recorded_mentions_keep_their_characters),
	    cmocka_unit_test(
		test_by_hand_a_post_is_whole_with_its_author_and_thread),
	    cmocka_unit_test(test_by_hand_a_repost_names_what_it_repeats),
	    cmocka_unit_test(test_by_hand_an_empty_page_moves_nothing),
	    cmocka_unit_test(test_by_hand_a_way_back_is_stored_page_by_page),
	    cmocka_unit_test(test_by_hand_the_way_back_ends_at_the_cap),
	    cmocka_unit_test(
		test_by_hand_odd_posts_are_left_out_but_were_billed),
	    cmocka_unit_test(
		test_by_hand_what_is_too_old_begins_anew_and_says_so),
	    cmocka_unit_test(
		test_by_hand_what_is_pending_is_kept_as_long_as_it_can),
	    cmocka_unit_test(test_by_hand_errors_are_told_from_one_another),
	    cmocka_unit_test(test_by_hand_each_post_is_read_and_billed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
