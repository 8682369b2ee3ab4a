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
#include "core/when.h"
#include "sources/adapters.h"
#include "sources/url.h"
#include "tests/exchange.h"

#define DIR "tests/fixtures/discourse/"
#define DAY (24 * 3600)
#define REACH "\nopen 1795500000 1 5" /* who may read it is known */

static struct cq_source forum = {
    .name = "forum",
    .adapter = "discourse",
    .address = "https://forum.example/",
    .query = "",
};
static struct cq_source searched = {
    .name = "forum",
    .adapter = "discourse",
    .address = "https://forum.example/community",
    .query = "kettle \"too hot\"",
    .token_file = "/nonexistent",
};

static struct heard
hear_text(const struct cq_source *s, const char *cursor, int status,
    const char *headers, const char *body)
{
	struct src_visit visit = exchange_visit(s, cursor);
	struct heard h =
	    hear_answer(&src_discourse, &visit, status, headers, body);

	free(visit.memory);
	return h;
}

/* --- what is asked ----------------------------------------------------- */

static void
test_it_asks_for_the_newest_and_then_for_what_is_missing(void **state)
{
	(void)state;
	source_asks(&src_discourse, &forum, "",
	    "https://forum.example/posts.json");
	source_asks(&src_discourse, &forum, "100",
	    "https://forum.example/posts.json");
	source_asks(&src_discourse, &forum, "100 400",
	    "https://forum.example/posts.json?before=150");
	source_asks(&src_discourse, &forum, "?300 400",
	    "https://forum.example/posts.json?before=300");
	source_asks(&src_discourse, &forum, "rubbish",
	    "https://forum.example/posts.json");
}

static void
test_words_are_searched_newest_first_and_hits_read_in_full(void **state)
{
	(void)state;
	source_asks(&src_discourse, &searched, REACH,
	    "https://forum.example/community/search.json?q=kettle%20%22too%20"
	    "hot%22%20order%3Alatest%20after%3A2026-11-21");
	source_asks(&src_discourse, &searched, "s90 1795439220 2 91" REACH,
	    "https://forum.example/community/search.json?q=kettle%20%22too%20"
	    "hot%22%20order%3Alatest%20after%3A2026-11-22&page=2");
	source_asks(&src_discourse, &searched, "s90 1795439220 0 77 300" REACH,
	    "https://forum.example/community/posts.json?before=126");
}

static void
test_the_key_goes_into_headers_that_no_redirect_takes_along(void **state)
{
	struct src_visit visit =
	    exchange_visit(&searched, "s90 1795439220 0" REACH);
	struct src_request req;

	(void)state;
	visit.secret = "ana:abc:123";
	assert_int_equal(src_discourse.ask(&visit, &req, NULL), CQ_OK);
	assert_true(req.secret);
	assert_int_equal(req.n_headers, 3);
	assert_string_equal(req.headers[1], "Api-Username: ana");
	assert_string_equal(req.headers[2], "Api-Key: abc:123");
	assert_null(strstr(req.url, "abc"));
	src_request_free(&req);

	visit.secret = "abc123";
	assert_int_equal(src_discourse.ask(&visit, &req, NULL), CQ_OK);
	assert_true(req.secret);
	assert_string_equal(req.headers[1], "User-Api-Key: abc123");
	src_request_free(&req);
	free(visit.memory);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char alone[] = "give the address of the forum alone, "
				    "such as https://forum.example.com";
	static const char words[] =
	    "the query is at most 300 bytes of words to search for, or "
	    "\"category:NAME/NUMBER\", or empty for all posts";
	char much[302];

	static const char number[] =
	    "the number of the category is missing: write "
	    "\"category:NAME/NUMBER\", as in the address of its page, "
	    "/c/support/5; a search for it is \"#NAME\"";

	(void)state;
	memset(much, 'x', 301);
	much[301] = '\0';
	assert_int_equal(src_discourse.check(&forum, NULL), CQ_OK);
	assert_int_equal(src_discourse.check(&searched, NULL), CQ_OK);
	source_refused(&src_discourse, "https://f.example/c/support/5", "",
	    alone);
	source_refused(&src_discourse, "https://f.example/latest", NULL, alone);
	source_refused(&src_discourse, "https://f.example/posts.rss", NULL,
	    alone);
	source_refused(&src_discourse, "https://f.example/?x=1", NULL, alone);
	source_refused(&src_discourse, "https://f.example", much, words);
	source_refused(&src_discourse, "https://f.example", "\xff", words);
	source_refused(&src_discourse, "https://f.example", "a\nb", words);
	source_refused(&src_discourse, "https://f.example", "category:support",
	    number);
	source_refused(&src_discourse, "https://f.example", "Category:a/5",
	    number);
	source_refused(&src_discourse, "https://f.example",
	    "category:support kettle", number);
	source_refused(&src_discourse, "f.example", "",
	    "f.example is no address: it must begin with https://");
}

/* --- a recorded answer -------------------------------------------------- */

static void
test_a_recorded_page_comes_oldest_first(void **state)
{
	struct exchange x;
	struct heard h;
	const struct cq_post *p;

	(void)state;
	exchange_load(&x, DIR "posts_latest.json", forum.address);
	h = hear(&src_discourse, &forum, "2", &x);
	exchange_free(&x);
	p = h.posts.at;
	assert_string_equal(h.err.msg, "");
	/* ids 3 to 9 are not on it, so they are asked for first */
	assert_int_equal(h.posts.n, 4);
	assert_string_equal(p[0].id, "2");
	assert_string_equal(p[3].id, "15");
	assert_string_equal(p[3].text, "holla bullhonky.");
	assert_string_equal(p[3].conversation, "11");
	assert_string_equal(p[3].handle, "johndoe");
	assert_string_equal(p[3].author, "1");
	assert_null(p[3].author_name);
	assert_string_equal(p[3].network, "forum.example");
	assert_string_equal(p[3].url,
	    "https://forum.example/t/this-is-an-uncategorized-title/11/2");
	assert_int_equal(p[3].created_at, 1579918207);
	assert_int_equal(p[3].author_followers, -1);
	assert_string_equal(p[3].extra, "{\"staff\":true}");
	assert_false(p[3].bot);
	assert_null(p[3].in_reply_to);
	assert_string_equal(p[2].text,
	    "This is an uncategorized title\n\nhi there. hi there. hi there.");
	assert_true(p[1].bot);
	assert_non_null(strstr(p[1].text, "It\xe2\x80\x99s important!"));
	assert_string_equal(h.next.cursor, "15");
	assert_false(h.next.more);
	heard_free(&h);
}

/* --- answers written by hand from what the documentation says ----------- */

#define POST(id, more)                                                    \
	"{\"id\":" id ",\"topic_id\":7,\"topic_slug\":\"t\","             \
	"\"cooked\":\"<p>late</p>\",\"post_type\":1,\"username\":\"jo\"," \
	"\"created_at\":\"2026-11-23T12:00:00.000Z\"" more "}"
#define PAGE(posts) "{\"latest_posts\":[" posts "]}"

static void
test_by_hand_a_reply_names_its_parent_if_that_is_on_the_page(void **state)
{
	struct heard h = hear_text(&forum, "1", 200, NULL,
	    PAGE(POST("5",
		",\"post_number\":4,\"reply_to_post_number\":2") "," POST("4",
		",\"post_number\":3,\"reply_to_post_number\":1") "," POST("2",
		",\"post_number\":2,\"reply_to_post_number\":null")));

	(void)state;
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[2].in_reply_to, "2");
	assert_null(h.posts.at[1].in_reply_to);
	assert_null(h.posts.at[0].in_reply_to);
	heard_free(&h);
}

static void
test_by_hand_what_was_taken_away_is_gone(void **state)
{
	struct heard h = hear_text(&forum, "1", 200, NULL,
	    PAGE("{\"id\":6,\"cooked\":\"x\",\"post_type\":4}," POST("5",
		",\"hidden\":true") "," POST("4",
		",\"deleted_at\":\"2026-11-23T12:01:00.000Z\"") "," POST("3",
		",\"user_deleted\":true") "," POST("2",
		",\"deleted_at\":null,\"hidden\":false,"
		"\"user_deleted\":false")));
	size_t i;

	(void)state;
	assert_int_equal(h.posts.n, 4);
	assert_false(h.posts.at[0].gone);
	for (i = 1; i < 4; i++) {
		assert_true(h.posts.at[i].gone);
		assert_null(h.posts.at[i].text);
	}
	/* a whisper of the staff is not for us, but it is known */
	assert_string_equal(h.next.cursor, "6");
	heard_free(&h);
}

#define TYPE(id, type)                                                  \
	"{\"id\":" id ",\"cooked\":\"x\",\"username\":\"mo\",\"name\":" \
	"\"Mo\",\"moderator\":true,\"post_type\":" type "}"

static void
test_by_hand_moderators_write_posts_and_the_forum_does_not(void **state)
{
	struct heard h = hear_text(&forum, "1", 200, NULL,
	    PAGE(TYPE("5", "4") "," TYPE("4", "3") "," TYPE("3",
		"2") "," POST("2", ",\"admin\":true")));

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "2");
	assert_string_equal(h.posts.at[0].extra, "{\"staff\":true}");
	assert_string_equal(h.posts.at[1].id, "3");
	assert_string_equal(h.posts.at[1].extra, "{\"staff\":true}");
	assert_string_equal(h.posts.at[1].author, "mo");
	assert_string_equal(h.posts.at[1].author_name, "Mo");
	heard_free(&h);
}

static void
test_by_hand_a_relative_link_stands_on_the_forum(void **state)
{
	struct heard h = hear_text(&forum, "1", 200, NULL,
	    PAGE("{\"id\":2,\"cooked\":\"<p><a href=\\\"/u/ana\\\">see "
		 "her</a></p>\",\"username\":\"jo\"}"));

	(void)state;
	assert_string_equal(h.posts.at[0].text,
	    "see her (https://forum.example/u/ana)");
	heard_free(&h);
}

static void
test_by_hand_a_category_keeps_its_own_posts(void **state)
{
	struct cq_source s = forum;
	struct heard h;

	(void)state;
	s.query = "category:support/5";
	h = hear_text(&s, "1", 200, NULL,
	    PAGE(POST("4", ",\"category_id\":6") "," POST("3",
		",\"category_id\":5") "," POST("2", "")));
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "3");
	assert_string_equal(h.next.cursor, "4");
	heard_free(&h);
}

static void
test_by_hand_an_empty_page_moves_nothing(void **state)
{
	struct heard h = hear_text(&forum, "15", 200, NULL, PAGE(""));

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	h = hear_text(&searched, "s9 1 0", 200, NULL, "{\"posts\":[]}");
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
}

/* --- a forum made up for the test: no post is passed over ---------------- */

struct made {
	int64_t last;	     /* its posts have the ids 1 to last */
	int64_t hole, until; /* of these, nobody may see those */
	bool old; /* looks through 50 ids up to that one, not for 50 posts */
	int64_t second; /* each post is so much younger than the one before */
	int n_asked;
};

static void
made_answer(struct made *f, const char *url, struct cq_buf *body)
{
	char *before = url_query(url, "before");
	int64_t id = before == NULL ? f->last : atoll(before) - !f->old, low;
	int n = 0;
	char at[CQ_TIME_SIZE];

	if (id > f->last)
		id = f->last;
	low = f->old ? (before == NULL ? f->last : atoll(before)) - 50 : 0;
	cq_buf_str(body, "{\"latest_posts\":[");
	for (; id > low && id > 0 && n < 50; id--) {
		if (id >= f->hole && id <= f->until)
			continue;
		cq_time_rfc3339(EXCHANGE_NOW - (f->last - id) * f->second, at);
		cq_buf_fmt(body,
		    "%s{\"id\":%lld,\"cooked\":\"<p>x</p>\",\"created_at\":"
		    "\"%s\"}",
		    n++ == 0 ? "" : ",", (long long)id, at);
	}
	cq_buf_str(body, "]}");
	free(before);
}

/* Asks until nothing more is to come; marks which posts came. */
static void
listen_to(struct made *f, char **cursor, bool *came)
{
	bool more = true;

	while (more) {
		struct src_visit visit = exchange_visit(&forum, *cursor);
		struct cq_buf body = {0};
		struct src_request req;
		struct exchange x;
		struct heard h;
		size_t i;

		assert_int_equal(src_discourse.ask(&visit, &req, NULL), CQ_OK);
		made_answer(f, req.url, &body);
		exchange_make(&x, 200, NULL, body.s, body.n, forum.address);
		h = hear_visit(&src_discourse, &visit, &x);
		assert_int_equal(h.status, CQ_OK);
		assert_false(h.next.jumped);
		for (i = 0; i < h.posts.n; i++) {
			came[atoll(h.posts.at[i].id)] = true;
			assert_true(i == 0 ||
			    atoll(h.posts.at[i - 1].id) <
				atoll(h.posts.at[i].id));
		}
		if (h.next.cursor != NULL) {
			free(*cursor);
			*cursor = cq_strdup(h.next.cursor);
		}
		more = h.next.more;
		assert_true(++f->n_asked < 1000);
		heard_free(&h);
		exchange_free(&x);
		src_request_free(&req);
		cq_buf_free(&body);
		free(visit.memory);
	}
}

static void
none_is_missing(const struct made *f, const bool *came, int64_t from)
{
	for (; from <= f->last; from++)
		assert_int_equal(came[from], from < f->hole || from > f->until);
}

static void
test_by_hand_no_post_is_passed_over_however_many_came(void **state)
{
	static const int64_t more[] = {1, 49, 50, 51, 99, 100, 777};
	size_t i;
	int old;

	(void)state;
	for (old = 0; old < 2; old++) {
		struct made f = {.last = 60, .old = old, .second = 1};
		char *cursor = cq_strdup("60");
		bool came[2000] = {false};

		for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
			int64_t known = f.last;

			f.last += more[i];
			f.hole = f.last - 20;
			f.until = f.last - 10;
			listen_to(&f, &cursor, came);
			none_is_missing(&f, came, known + 1);
		}
		free(cursor);
	}
}

static void
test_by_hand_many_hidden_posts_in_a_row_do_not_end_it(void **state)
{
	int old;

	(void)state;
	for (old = 0; old < 2; old++) {
		struct made f = {.last = 700,
		    .old = old,
		    .second = 1,
		    .hole = 150,
		    .until = 450};
		char *cursor = cq_strdup("100");
		bool came[2000] = {false};

		listen_to(&f, &cursor, came);
		none_is_missing(&f, came, 101);
		assert_string_equal(cursor, "700");
		free(cursor);
	}
}

static void
test_by_hand_the_first_visit_finds_where_a_day_ago_was(void **state)
{
	int old;

	(void)state;
	for (old = 0; old < 2; old++) {
		/* a post a minute: 1,440 a day */
		struct made f = {.last = 100000, .old = old, .second = 60};
		bool *came = cq_alloc(100001);
		char *cursor = cq_strdup("");

		listen_to(&f, &cursor, came);
		none_is_missing(&f, came, 100000 - 1440);
		assert_string_equal(cursor, "100000");
		/* and does not read the whole forum for it */
		assert_true(f.n_asked < 80);
		free(cursor);
		free(came);
	}
}

/* --- a search ---------------------------------------------------------- */

#define HITS(hits, more)                                                 \
	"{\"posts\":[" hits "],\"topics\":[],\"grouped_search_result\":" \
	"{\"more_full_page_results\":" more "}}"
#define HIT(id) "{\"id\":" id ",\"created_at\":\"2026-11-23T12:00:00.000Z\"}"

static void
test_by_hand_a_search_is_read_until_a_known_hit_then_in_full(void **state)
{
	struct heard h = hear_text(&searched, "s90 1795430000 0", 200, NULL,
	    HITS(HIT("300") "," HIT("95"), "true"));

	(void)state;
	assert_int_equal(h.posts.n, 0);
	assert_true(h.next.more);
	assert_string_equal(h.next.cursor, "s90 1795430000 2 95 300");
	heard_free(&h);

	h = hear_text(&searched, "s90 1795430000 2 95 300", 200, NULL,
	    HITS(HIT("91") "," HIT("90"), "true"));
	assert_string_equal(h.next.cursor, "s300 1795439220 0 91 95 300");
	assert_true(h.next.more);
	heard_free(&h);

	/* 93 is no hit; 91 is not there any more */
	h = hear_text(&searched, "s300 1795439220 0 91 95 300", 200, NULL,
	    PAGE(POST("95",
		",\"post_number\":1,\"topic_title\":\"Hot\"") "," POST("93",
		"")));
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "95");
	assert_string_equal(h.posts.at[0].text, "Hot\n\nlate");
	assert_string_equal(h.posts.at[0].url,
	    "https://forum.example/community/t/t/7/1");
	assert_string_equal(h.next.cursor, "s300 1795439220 0 300");
	assert_true(h.next.more);
	heard_free(&h);

	/* a page has all of 49 ids, and perhaps one more */
	h = hear_text(&searched, "s300 1795439220 0 100 148 149", 200, NULL,
	    PAGE(POST("149", "") "," POST("148", "") "," POST("100", "")));
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[1].id, "148");
	assert_string_equal(h.next.cursor, "s300 1795439220 0 149");
	assert_true(h.next.more);
	heard_free(&h);
	source_asks(&src_discourse, &searched,
	    "s300 1795439220 0 149\nopen 1795500000 5",
	    "https://forum.example/community/posts.json?before=198");

	h = hear_text(&searched, "s300 1795439220 0 300", 200, NULL,
	    PAGE(POST("300", "")));
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.next.cursor, "s300 1795439220 0");
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_by_hand_more_hits_than_a_search_gives_are_told(void **state)
{
	struct heard h = hear_text(&searched, "s90 1795430000 10 200", 200,
	    NULL, HITS(HIT("100"), "true"));

	(void)state;
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1795430000);
	assert_string_equal(h.next.cursor, "s200 1795439220 0 100 200");
	heard_free(&h);
}

static void
test_by_hand_the_first_search_takes_what_is_wanted(void **state)
{
	struct heard h = hear_text(&searched, "", 200, NULL,
	    HITS(HIT("300") ",{\"id\":200,\"created_at\":"
			    "\"2026-11-20T12:00:00.000Z\"}",
		"true"));

	(void)state;
	assert_string_equal(h.next.cursor, "s300 1795439220 0 300");
	assert_false(h.next.jumped);
	heard_free(&h);
}

/* --- once more --------------------------------------------------------- */

static void
looks(const char *const *ids, size_t n, int64_t now, const char *url)
{
	struct src_visit visit = exchange_visit(&forum, "130");
	struct src_request req;

	visit.now = now;
	visit.secret = "ana:abc"; /* without it the rest would seem gone */
	assert_int_equal(src_discourse.ask_again(&visit, ids, n, &req, NULL),
	    CQ_OK);
	assert_string_equal(req.url, url);
	assert_true(req.secret);
	assert_string_equal(req.headers[2], "Api-Key: abc");
	src_request_free(&req);
}

static void
test_posts_far_apart_are_looked_at_in_turn(void **state)
{
	static const char *const near[] = {"120", "110", "72"};
	static const char *const far[] = {"120", "110", "71"};

	(void)state;
	looks(near, 3, 0, "https://forum.example/posts.json?before=121");
	looks(near, 3, 1800, "https://forum.example/posts.json?before=121");
	looks(far, 3, 0, "https://forum.example/posts.json?before=121");
	looks(far, 3, 900, "https://forum.example/posts.json?before=111");
	looks(far, 3, 1800, "https://forum.example/posts.json?before=72");
}

static void
test_by_hand_what_is_looked_at_again_is_there_or_gone(void **state)
{
	static const char *const ids[] = {
	    "130", "120", "110", "71", "72", "20"};
	struct cq_source s = forum;
	struct src_visit visit = exchange_visit(&s, "130");
	struct heard h;

	(void)state;
	s.address = "https://forum.example/posts.json?before=121";
	h = hear_again(&src_discourse, &visit, ids, 6, 200,
	    PAGE(POST("119", "") "," POST("110", "") "," POST("60", "")));
	/* 130, 71 and 20 stand outside of what the page can show */
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[0].id, "72");
	assert_true(h.posts.at[0].gone);
	assert_string_equal(h.posts.at[1].id, "110");
	assert_false(h.posts.at[1].gone);
	assert_string_equal(h.posts.at[2].id, "120");
	assert_true(h.posts.at[2].gone);
	heard_free(&h);

	/* many of which none is there are rather not for us any more */
	h = hear_again(&src_discourse, &visit, ids, 6, 200,
	    PAGE(POST("119", "") "," POST("60", "")));
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	h = hear_again(&src_discourse, &visit, ids + 1, 1, 200,
	    PAGE(POST("119", "") "," POST("60", "")));
	assert_int_equal(h.posts.n, 1);
	assert_true(h.posts.at[0].gone);
	heard_free(&h);
	h = hear_again(&src_discourse, &visit, ids, 6, 200, PAGE(""));
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	h = hear_again(&src_discourse, &visit, ids + 1, 1, 200, PAGE(""));
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	/* redirected to who knows what */
	s.address = "https://forum.example/posts.json";
	h = hear_again(&src_discourse, &visit, ids, 6, 200,
	    PAGE(POST("119", "")));
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
}

/* --- refusals ---------------------------------------------------------- */

static void
test_by_hand_a_busy_forum_says_how_long_to_wait(void **state)
{
	static const char patience[] =
	    "forum.example asks for patience (429): it "
	    "will be asked again later";
	static const char body[] =
	    "{\"errors\":[\"too often\"],\"error_type\":\"rate_limit\","
	    "\"extras\":{\"wait_seconds\":23}}";

	(void)state;
	heard_fails(hear_text(&forum, "", 429, NULL, body), patience, 23,
	    false);
	heard_fails(hear_text(&forum, "", 429, "Retry-After: 7\n", body),
	    patience, 7, false);
	heard_fails(hear_text(&forum, "", 429, NULL,
			"{\"extras\":{\"wait_seconds\":9e9}}"),
	    patience, DAY, false);
	heard_fails(hear_text(&forum, "", 429, NULL,
			"{\"extras\":{\"wait_seconds\":\"x\"}}"),
	    patience, 0, false);
	heard_fails(hear_text(&forum, "", 429, NULL, "<html>"), patience, 0,
	    false);
}

static void
test_what_is_no_list_of_posts_is_told(void **state)
{
	static const char no_list[] =
	    "forum.example answered with something else instead of a list of "
	    "posts; check the address";

	(void)state;
	heard_fails(hear_text(&forum, "5", 200, NULL, "{}"), no_list, 0, false);
	heard_fails(hear_text(&forum, "5", 200, NULL, "[]"), no_list, 0, false);
	heard_fails(hear_text(&forum, "5", 200, NULL, "{\"latest_posts\":{}}"),
	    no_list, 0, false);
	heard_fails(hear_text(&searched, "", 200, NULL, "{\"posts\":null}"),
	    no_list, 0, false);
	heard_fails(hear_text(&forum, "5", 403, NULL, "{}"),
	    "forum.example wants a token: caseq source set forum --token-file "
	    "FILE",
	    0, true);
	heard_fails(hear_text(&searched, "", 403, NULL, "{}"),
	    "forum.example refused the token: make a new one and put it in "
	    "the token file",
	    0, true);
}

static void
test_by_hand_odd_items_are_left_out(void **state)
{
	struct heard h = hear_text(&forum, "1", 200, NULL,
	    PAGE("null,1,\"x\",[],{},{\"id\":\"9\"},{\"id\":-3},"
		 "{\"id\":4.5},{\"id\":5},{\"id\":6,\"cooked\":7},"
		 "{\"id\":2,\"cooked\":\"ok\",\"topic_id\":\"x\","
		 "\"post_number\":[],\"reply_to_post_number\":{},"
		 "\"username\":3,\"user_id\":\"z\",\"created_at\":9,"
		 "\"hidden\":\"no\",\"topic_title\":false}"));

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "2");
	assert_string_equal(h.posts.at[0].text, "ok");
	assert_null(h.posts.at[0].author);
	assert_true(h.posts.at[0].created_at == CQ_NO_TIME);
	assert_string_equal(h.next.cursor, "6");
	heard_free(&h);
}

static void
test_no_cut_page_gives_posts(void **state)
{
	(void)state;
	no_cut_gives_posts(&src_discourse, &forum, "9",
	    DIR "posts_latest.json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_it_asks_for_the_newest_and_then_for_what_is_missing),
	    cmocka_unit_test(
		test_words_are_searched_newest_first_and_hits_read_in_full),
	    cmocka_unit_test(
		test_the_key_goes_into_headers_that_no_redirect_takes_along),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(test_a_recorded_page_comes_oldest_first),
	    cmocka_unit_test(
		test_by_hand_a_reply_names_its_parent_if_that_is_on_the_page),
	    cmocka_unit_test(test_by_hand_what_was_taken_away_is_gone),
	    cmocka_unit_test(
		test_by_hand_moderators_write_posts_and_the_forum_does_not),
	    cmocka_unit_test(test_by_hand_a_relative_link_stands_on_the_forum),
	    cmocka_unit_test(test_by_hand_a_category_keeps_its_own_posts),
	    cmocka_unit_test(test_by_hand_an_empty_page_moves_nothing),
	    cmocka_unit_test(
		test_by_hand_no_post_is_passed_over_however_many_came),
	    cmocka_unit_test(
		test_by_hand_many_hidden_posts_in_a_row_do_not_end_it),
	    cmocka_unit_test(
		test_by_hand_the_first_visit_finds_where_a_day_ago_was),
	    cmocka_unit_test(
		test_by_hand_a_search_is_read_until_a_known_hit_then_in_full),
	    cmocka_unit_test(
		test_by_hand_more_hits_than_a_search_gives_are_told),
	    cmocka_unit_test(
		test_by_hand_the_first_search_takes_what_is_wanted),
	    cmocka_unit_test(test_posts_far_apart_are_looked_at_in_turn),
	    cmocka_unit_test(
		test_by_hand_what_is_looked_at_again_is_there_or_gone),
	    cmocka_unit_test(test_by_hand_a_busy_forum_says_how_long_to_wait),
	    cmocka_unit_test(test_what_is_no_list_of_posts_is_told),
	    cmocka_unit_test(test_by_hand_odd_items_are_left_out),
	    cmocka_unit_test(test_no_cut_page_gives_posts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
