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
#include "sources/adapters.h"
#include "sources/url.h"
#include "tests/exchange.h"

#define DIR "tests/fixtures/hackernews/"
#define SEARCH "https://hn.algolia.com/api/v1/search_by_date?query="
#define WITH                                                              \
	"&tags=%28story%2Ccomment%29&typoTolerance=false&advancedSyntax=" \
	"true&numericFilters=created_at_i%3E%3D"

static struct cq_source hn = {
    .name = "hn",
    .adapter = "hackernews",
    .address = "https://news.ycombinator.com",
    .query = "acme kettle",
};
static struct cq_source other = {
    .name = "hn",
    .adapter = "hackernews",
    .address = "http://127.0.0.1:8080/",
    .query = "\"acme\" -road",
};

/* --- what is asked ----------------------------------------------------- */

static void
test_it_asks_for_an_exact_phrase_from_ten_minutes_before(void **state)
{
	(void)state;
	source_asks(&src_hackernews, &hn, "",
	    SEARCH "%22acme%20kettle%22" WITH "1795352820&hitsPerPage=200");
	source_asks(&src_hackernews, &hn, "1795439220",
	    SEARCH "%22acme%20kettle%22" WITH "1795438620&hitsPerPage=200");
	source_asks(&src_hackernews, &hn, "1795430000 1795431000",
	    SEARCH "%22acme%20kettle%22" WITH
		   "1795430000%2Ccreated_at_i%3C1795431000&hitsPerPage=200");
	source_asks(&src_hackernews, &hn, "1795430000 0",
	    SEARCH "%22acme%20kettle%22" WITH "1795430000&hitsPerPage=200");
	source_asks(&src_hackernews, &other, "1795439220",
	    "http://127.0.0.1:8080/api/v1/search_by_date?query=%22acme%22%20-"
	    "road" WITH "1795438620&hitsPerPage=200");
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char give[] =
	    "give https://news.ycombinator.com as the address";
	static const char words[] =
	    "the query is the phrase to listen for, at most 200 bytes, or "
	    "words with \"phrases\" and -exclusions among them";

	(void)state;
	assert_int_equal(src_hackernews.check(&hn, NULL), CQ_OK);
	assert_int_equal(src_hackernews.check(&other, NULL), CQ_OK);
	source_refused(&src_hackernews, "https://hn.algolia.com/api/v1", "a",
	    give);
	source_refused(&src_hackernews, "https://hn.algolia.com/?query=a", "a",
	    give);
	source_refused(&src_hackernews, "https://hn.algolia.com", NULL, words);
	source_refused(&src_hackernews, "https://hn.algolia.com", "", words);
	source_refused(&src_hackernews, "https://hn.algolia.com", "a \"b",
	    words);
	source_refused(&src_hackernews, "https://hn.algolia.com", "\xff",
	    words);
	source_refused(&src_hackernews, "hn.algolia.com", "a",
	    "hn.algolia.com is no address: it must begin with https://");
}

/* --- answers of the search, written by hand from its documentation ------- */

#define STORY                                                       \
	"{\"objectID\":\"400\",\"author\":\"jo\",\"created_at_i\":" \
	"1795439000,\"title\":\"Acme kettle & I\",\"url\":"         \
	"\"https://acme.example/recall\",\"story_id\":400,\"points\":3}"
#define COMMENT                                                        \
	"{\"objectID\":\"401\",\"author\":\"ann\",\"created_at_i\":"   \
	"1795439100,\"comment_text\":\"It&#x27;s late.<p>Again &amp; " \
	"again.\",\"story_id\":400,\"parent_id\":400,\"story_title\":" \
	"\"x\",\"_tags\":[\"comment\"]}"
#define HITS(hits) "{\"hits\":[" hits "],\"nbHits\":2,\"page\":0}"

static void
test_by_hand_hits_come_oldest_first(void **state)
{
	struct src_visit visit = exchange_visit(&hn, "");
	struct heard h = hear_answer(&src_hackernews, &visit, 200, NULL,
	    HITS(COMMENT "," STORY));
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(p[0].id, "400");
	assert_string_equal(p[0].text,
	    "Acme kettle & I\n\nhttps://acme.example/recall");
	assert_string_equal(p[0].conversation, "400");
	assert_null(p[0].in_reply_to);
	assert_string_equal(p[0].author, "jo");
	assert_string_equal(p[0].network, "hackernews");
	assert_string_equal(p[0].url,
	    "https://news.ycombinator.com/item?id=400");
	assert_int_equal(p[0].created_at, 1795439000);
	assert_string_equal(p[1].id, "401");
	assert_string_equal(p[1].text, "It's late.\n\nAgain & again.");
	assert_string_equal(p[1].conversation, "400");
	assert_string_equal(p[1].in_reply_to, "400");
	assert_string_equal(h.next.cursor, "1795439100");
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_by_hand_an_empty_page_moves_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&hn, "1795439100");
	struct heard h = hear_answer(&src_hackernews, &visit, 200, NULL,
	    "{\"hits\":[],\"nbHits\":0}");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	/* nor one that holds back what it counted */
	visit.cursor = "1795430000 1795439100";
	h = hear_answer(&src_hackernews, &visit, 200, NULL,
	    "{\"hits\":[],\"nbHits\":7}");
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	heard_free(&h);
}

static void
test_by_hand_a_time_in_the_future_is_not_believed(void **state)
{
	struct src_visit visit = exchange_visit(&hn, "1795439100");
	struct heard h = hear_answer(&src_hackernews, &visit, 200, NULL,
	    "{\"hits\":[{\"objectID\":\"9\",\"title\":\"t\","
	    "\"created_at_i\":1895439100}]}");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_null(h.next.cursor);
	heard_free(&h);
}

static void
test_by_hand_odd_items_are_left_out(void **state)
{
	struct src_visit visit = exchange_visit(&hn, "1795439100");
	struct heard h = hear_answer(&src_hackernews, &visit, 200, NULL,
	    "{\"hits\":[null,1,\"x\",[],{},{\"objectID\":\"../x\"},"
	    "{\"objectID\":\"3\",\"title\":7},"
	    "{\"objectID\":5,\"title\":\"ok\",\"author\":[],\"created_at_i\":"
	    "\"soon\",\"story_id\":{},\"parent_id\":false,\"url\":1,"
	    "\"story_text\":2}],\"nbHits\":\"many\"}");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "5");
	assert_string_equal(h.posts.at[0].text, "ok");
	assert_null(h.posts.at[0].author);
	assert_true(h.posts.at[0].created_at == CQ_NO_TIME);
	assert_null(h.next.cursor);
	heard_free(&h);
}

static void
test_what_is_no_list_of_hits_is_told(void **state)
{
	struct src_visit visit = exchange_visit(&hn, "");

	(void)state;
	heard_fails(hear_answer(&src_hackernews, &visit, 200, NULL, "{}"),
	    "news.ycombinator.com answered with something else instead of a "
	    "list of hits; check the address",
	    0, false);
	heard_fails(hear_answer(&src_hackernews, &visit, 200, NULL, "[]"),
	    "news.ycombinator.com answered with something else instead of a "
	    "list of posts; check the address",
	    0, false);
	heard_fails(hear_answer(&src_hackernews, &visit, 429,
			"Retry-After: 9\n", ""),
	    "news.ycombinator.com asks for patience (429): it will be asked "
	    "again later",
	    9, false);
}

/* --- an index made up for the test: nothing is passed over --------------- */

struct made {
	int n;
	int64_t at[4000]; /* rising */
	int n_asked;
	bool estimates; /* it does not tell of more hits than it gives */
};

/* As the search does: newest first, 200 of them. */
static void
made_answer(const struct made *index, const char *url, struct cq_buf *body)
{
	char *when = url_query(url, "numericFilters");
	const char *until = strstr(when, "created_at_i<");
	int64_t from = atoll(when + 14);
	int64_t end = until == NULL ? INT64_MAX : atoll(until + 13);
	int i, n = 0;

	cq_buf_str(body, "{\"hits\":[");
	for (i = index->n - 1; i >= 0; i--) {
		if (index->at[i] < from || index->at[i] >= end)
			continue;
		if (n++ < 200)
			cq_buf_fmt(body,
			    "%s{\"objectID\":\"%d\",\"title\":\"t\","
			    "\"created_at_i\":%lld}",
			    n == 1 ? "" : ",", i + 1, (long long)index->at[i]);
	}
	cq_buf_fmt(body, "],\"nbHits\":%d}",
	    index->estimates && n > 200 ? 200 : n);
	free(when);
}

static bool
listen_to(struct made *index, char **cursor, bool *came, int64_t now)
{
	bool more = true, jumped = false;
	int last = 0;

	while (more) {
		struct src_visit visit = exchange_visit(&hn, *cursor);
		struct cq_buf body = {0};
		struct src_request req;
		struct heard h;
		size_t i;

		visit.now = now;
		assert_int_equal(src_hackernews.ask(&visit, &req, NULL), CQ_OK);
		made_answer(index, req.url, &body);
		h = hear_answer(&src_hackernews, &visit, 200, NULL, body.s);
		assert_int_equal(h.status, CQ_OK);
		for (i = 0; i < h.posts.n; i++) {
			int id = atoi(h.posts.at[i].id);

			assert_true(id > last); /* oldest first */
			last = id;
			came[id] = true;
		}
		if (h.next.cursor != NULL) {
			free(*cursor);
			*cursor = cq_strdup(h.next.cursor);
		}
		jumped = jumped || h.next.jumped;
		more = h.next.more;
		assert_true(++index->n_asked < 200);
		heard_free(&h);
		src_request_free(&req);
		cq_buf_free(&body);
	}
	return jumped;
}

static void
all_come_in_order(bool estimates, int n_questions)
{
	struct made *index = cq_alloc(sizeof(*index));
	bool *came = cq_alloc(4001);
	char *cursor = cq_strdup("");
	int i;

	index->estimates = estimates;
	/* quiet at first, then very many in an hour */
	for (i = 0; i < 4000; i++)
		index->at[i] = EXCHANGE_NOW - 80000 +
		    (i < 400 ? i * 150 : 60000 + i - 400);
	index->n = 4000;
	assert_false(listen_to(index, &cursor, came, EXCHANGE_NOW));
	for (i = 1; i <= 4000; i++)
		assert_true(came[i]);
	assert_true(index->n_asked < n_questions);
	/* and then one question is enough */
	index->n_asked = 0;
	listen_to(index, &cursor, came, EXCHANGE_NOW + 700);
	assert_int_equal(index->n_asked, 1);
	free(cursor);
	free(came);
	free(index);
}

static void
test_by_hand_more_hits_than_a_page_come_in_order(void **state)
{
	(void)state;
	all_come_in_order(false, 70);
	all_come_in_order(true, 90);
}

static void
test_by_hand_more_hits_in_a_second_than_a_page_are_told(void **state)
{
	struct made *index = cq_alloc(sizeof(*index));
	bool *came = cq_alloc(4001);
	char *cursor = cq_strdup("");
	int i;

	(void)state;
	for (i = 0; i < 600; i++)
		index->at[i] = EXCHANGE_NOW - 4000 +
		    (i < 100	      ? i
			    : i < 400 ? 1000
				      : 1000 + i);
	index->n = 600;
	assert_true(listen_to(index, &cursor, came, EXCHANGE_NOW));
	for (i = 1; i <= 600; i++)
		assert_int_equal(came[i], i <= 100 || i > 200);
	free(cursor);
	free(came);
	free(index);
}

/* --- recorded items, once more ------------------------------------------ */

static struct heard
again_file(const char *name, const char *id)
{
	struct src_visit visit = exchange_visit(&hn, "1795439100");
	char *path = cq_format(DIR "%s", name);
	struct exchange x;
	struct heard h;

	exchange_load(&x, path, "https://hacker-news.firebaseio.com");
	h = hear_again(&src_hackernews, &visit, &id, 1, x.answer.http, x.body);
	exchange_free(&x);
	free(path);
	return h;
}

static void
test_an_item_is_asked_for_where_it_is_kept(void **state)
{
	static const char *const ids[] = {"8863"};
	struct src_visit visit = exchange_visit(&hn, "");
	struct src_request req;

	(void)state;
	src_hackernews.ask_again(&visit, ids, 1, &req, NULL);
	assert_string_equal(req.url,
	    "https://hacker-news.firebaseio.com/v0/item/8863.json");
	src_request_free(&req);
	visit.source = &other;
	src_hackernews.ask_again(&visit, ids, 1, &req, NULL);
	assert_string_equal(req.url, "http://127.0.0.1:8080/v0/item/8863.json");
	src_request_free(&req);
}

static void
test_a_recorded_item_is_as_it_is_now(void **state)
{
	struct heard h = again_file("8863.json", "8863");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "8863");
	assert_string_equal(h.posts.at[0].text,
	    "My YC app: Dropbox - Throw away your USB drive\n\n"
	    "http://www.getdropbox.com/u/2/screencast.html");
	assert_string_equal(h.posts.at[0].author, "dhouston");
	assert_int_equal(h.posts.at[0].created_at, 1175714200);
	heard_free(&h);

	h = again_file("21500985.json", "21500985");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].in_reply_to, "21500829");
	assert_memory_equal(h.posts.at[0].text,
	    "Not to totally change the subject, but...\n\n...can we", 52);
	heard_free(&h);

	h = again_file("v0_item_14516538.body.json", "14516538");
	assert_int_equal(h.posts.n, 1);
	assert_non_null(strstr(h.posts.at[0].text, "I've written many"));
	heard_free(&h);
}

static void
test_a_recorded_item_that_is_null_deletes_nothing(void **state)
{
	struct heard h = again_file("3000.json", "3000");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	/* nor does an item that was not asked for */
	h = again_file("8863.json", "8864");
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
}

static void
test_by_hand_deleted_and_dead_items_are_gone(void **state)
{
	static const char *const id[] = {"7"};
	struct src_visit visit = exchange_visit(&hn, "1");
	struct heard h = hear_again(&src_hackernews, &visit, id, 1, 200,
	    "{\"id\":7,\"deleted\":true,\"time\":1,\"type\":\"comment\"}");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_true(h.posts.at[0].gone);
	heard_free(&h);
	h = hear_again(&src_hackernews, &visit, id, 1, 200,
	    "{\"id\":7,\"dead\":true,\"by\":\"jo\",\"text\":\"x\"}");
	assert_true(h.posts.at[0].gone);
	heard_free(&h);
	h = hear_again(&src_hackernews, &visit, id, 1, 404, "{}");
	assert_int_equal(h.status, CQ_NET);
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
}

/* Nobody has a token for it: its search answers some networks with 403. */
static void
test_a_refusal_is_no_call_for_a_token_and_pauses_nothing(void **state)
{
	static const char *const id[] = {"7"};
	struct src_visit visit = exchange_visit(&hn, "1");
	static const int codes[] = {401, 403};
	size_t i;

	(void)state;
	assert_true(src_hackernews.tokenless);
	for (i = 0; i < 2; i++) {
		char *msg =
		    cq_format("news.ycombinator.com does not answer this "
			      "network (%d): it will be asked again "
			      "later",
			codes[i]);

		heard_fails(hear_answer(&src_hackernews, &visit, codes[i],
				"Retry-After: 60\n", "{}"),
		    msg, 60, false);
		heard_fails(hear_again(&src_hackernews, &visit, id, 1, codes[i],
				"{}"),
		    msg, 0, false);
		free(msg);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_it_asks_for_an_exact_phrase_from_ten_minutes_before),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(test_by_hand_hits_come_oldest_first),
	    cmocka_unit_test(test_by_hand_an_empty_page_moves_nothing),
	    cmocka_unit_test(test_by_hand_a_time_in_the_future_is_not_believed),
	    cmocka_unit_test(test_by_hand_odd_items_are_left_out),
	    cmocka_unit_test(test_what_is_no_list_of_hits_is_told),
	    cmocka_unit_test(test_by_hand_more_hits_than_a_page_come_in_order),
	    cmocka_unit_test(
		test_by_hand_more_hits_in_a_second_than_a_page_are_told),
	    cmocka_unit_test(test_an_item_is_asked_for_where_it_is_kept),
	    cmocka_unit_test(test_a_recorded_item_is_as_it_is_now),
	    cmocka_unit_test(test_a_recorded_item_that_is_null_deletes_nothing),
	    cmocka_unit_test(test_by_hand_deleted_and_dead_items_are_gone),
	    cmocka_unit_test(
		test_a_refusal_is_no_call_for_a_token_and_pauses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
