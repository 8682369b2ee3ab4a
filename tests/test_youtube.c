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

#define DIR "tests/fixtures/youtube/"
#define HOST "https://www.googleapis.com/youtube/v3"
#define THREADS HOST "/commentThreads?part=snippet%2Creplies&"
#define HOW "&order=time&maxResults=100&textFormat=plainText"
#define REPLIES HOST "/comments?part=snippet&"

static struct cq_source channel = {
    .name = "videos",
    .adapter = "youtube",
    .address = "https://www.googleapis.com",
    .query = "channel:UC_x5XG1OV2P6uZZ5FSM9Ttw",
    .token_file = "/nowhere",
};
static struct cq_source video = {
    .name = "video",
    .adapter = "youtube",
    .address = "https://www.googleapis.com/",
    .query = "video:F1UP7wRCPH8",
    .token_file = "/nowhere",
};

static struct heard
hear_body(struct src_visit *visit, const char *body)
{
	return hear_answer(&src_youtube, visit, 200, NULL, body);
}

static void
asks(struct src_visit *visit, const char *url)
{
	struct src_request req;

	assert_int_equal(src_youtube.ask(visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, url);
	src_request_free(&req);
}

/* --- what is asked ----------------------------------------------------- */

static void
test_it_asks_for_threads_of_a_channel_or_a_video(void **state)
{
	(void)state;
	source_asks(&src_youtube, &channel, "",
	    THREADS
	    "allThreadsRelatedToChannelId=UC_x5XG1OV2P6uZZ5FSM9Ttw" HOW);
	source_asks(&src_youtube, &video, "1795439220\nA v 7 -",
	    THREADS "videoId=F1UP7wRCPH8" HOW);
}

static void
test_replies_that_wait_are_asked_for_first(void **state)
{
	(void)state;
	source_asks(&src_youtube, &video, "1\nA v 7 -\nB - 9 *\nC - 9 *",
	    REPLIES "parentId=B&maxResults=100&textFormat=plainText");
	source_asks(&src_youtube, &video, "1\nB - 9 next==",
	    REPLIES "parentId=B&maxResults=100&textFormat=plainText"
		    "&pageToken=next%3D%3D");
}

static void
test_the_key_is_in_a_header_and_not_in_the_address(void **state)
{
	struct src_visit visit = exchange_visit(&channel, "");
	struct src_request req;

	(void)state;
	visit.secret = "k3y";
	assert_int_equal(src_youtube.ask(&visit, &req, NULL), CQ_OK);
	assert_int_equal(req.n_headers, 2);
	assert_string_equal(req.headers[1], "X-Goog-Api-Key: k3y");
	assert_true(req.secret);
	assert_null(strstr(req.url, "k3y"));
	src_request_free(&req);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char *const bad[] = {NULL, "", "UC_x5XG1",
	    "channel:", "channel:acme", "channel:@acme", "video:", "video:a b",
	    "video:a&b", "words"};
	struct cq_source s = channel;
	struct cq_err err = {0};
	size_t i;

	(void)state;
	assert_int_equal(src_youtube.check(&channel, NULL), CQ_OK);
	assert_int_equal(src_youtube.check(&video, NULL), CQ_OK);
	source_refused(&src_youtube, "https://www.youtube.com/@acme", "",
	    "give https://www.googleapis.com as the address; the query says "
	    "where to listen");
	source_refused(&src_youtube, "https://www.youtube.com", "",
	    "give https://www.googleapis.com as the address; the query says "
	    "where to listen");
	source_refused(&src_youtube, "https://www.googleapis.com",
	    "video:F1UP7wRCPH8",
	    "YouTube wants an API key: give a token file with the key in its "
	    "first line");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s.query = (char *)(uintptr_t)bad[i];
		assert_int_equal(src_youtube.check(&s, &err), CQ_INPUT);
		assert_string_equal(err.msg,
		    "the query is \"channel:ID\", where the ID begins with "
		    "UC, or \"video:ID\"");
	}
}

/* --- recorded threads and replies --------------------------------------- */

static struct heard
hear_file(const struct cq_source *s, const char *cursor, const char *path)
{
	struct exchange x;
	struct heard h;

	exchange_load(&x, path, s->address);
	h = hear(&src_youtube, s, cursor, &x);
	exchange_free(&x);
	return h;
}

static void
test_recorded_threads_come_oldest_first(void **state)
{
	struct heard h =
	    hear_file(&channel, "", DIR "comment_threads_by_channel.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(p->id, "Ugzi3lkqDPfIOirGFLh4AaABAg");
	assert_string_equal(p->conversation, p->id);
	assert_null(p->in_reply_to);
	assert_string_equal(p->text, "exceptional content!");
	assert_string_equal(p->network, "youtube");
	assert_string_equal(p->author, "UCCuQ3wts9ASkk0qZJyEjYbw");
	assert_string_equal(p->author_name, "EclipZe Muzik");
	assert_null(p->handle);
	assert_null(p->url); /* on the channel, under no video */
	assert_int_equal(p->created_at, 1527365490);
	assert_string_equal(p[1].text, "Hello");
	assert_string_equal(h.next.cursor, "1561258140");
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_recorded_replies_that_are_not_shown_are_asked_for(void **state)
{
	struct heard h =
	    hear_file(&video, "", DIR "comment_threads_by_video_paged_2.json");
	const char *line;

	(void)state;
	assert_int_equal(h.posts.n, 5);
	assert_string_equal(h.posts.at[4].url,
	    "https://www.youtube.com/watch?v=F1UP7wRCPH8"
	    "&lc=UgyZ1jqkHKYvi1-ruOZ4AaABAg");
	assert_string_equal(h.posts.at[4].text, "Google.com");
	line = strchr(h.next.cursor, '\n');
	assert_non_null(line);
	assert_non_null(strstr(line, " F1UP7wRCPH8 2 *"));
	assert_true(h.next.more);
	heard_free(&h);
}

static void
test_a_recorded_reply_stands_in_its_thread(void **state)
{
	struct heard h = hear_file(&video,
	    "1575000000\nUgw5zYU6n9pmIgAZWvN4AaABAg F1UP7wRCPH8 1 *",
	    DIR "comments_by_parent_paged_2.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(p->id,
	    "Ugw5zYU6n9pmIgAZWvN4AaABAg.91zT3cYb5B291za3E-eR-l");
	assert_string_equal(p->in_reply_to, "Ugw5zYU6n9pmIgAZWvN4AaABAg");
	assert_string_equal(p->conversation, "Ugw5zYU6n9pmIgAZWvN4AaABAg");
	assert_string_equal(p->url,
	    "https://www.youtube.com/watch?v=F1UP7wRCPH8&lc="
	    "Ugw5zYU6n9pmIgAZWvN4AaABAg.91zT3cYb5B291za3E-eR-l");
	assert_string_equal(h.next.cursor,
	    "1575000000\nUgw5zYU6n9pmIgAZWvN4AaABAg F1UP7wRCPH8 1 -");
	assert_true(h.next.more); /* the threads of this visit */
	heard_free(&h);
}

static void
test_a_recorded_refusal_of_the_key_pauses_the_account(void **state)
{
	struct exchange x, y;
	struct src_visit visit = exchange_visit(&channel, "");
	struct heard h;

	(void)state;
	exchange_load(&x, DIR "error_response.json", channel.address);
	exchange_make(&y, 400, NULL, x.body, strlen(x.body), channel.address);
	h = hear_visit(&src_youtube, &visit, &y);
	assert_true(h.next.refused);
	heard_fails(h,
	    "YouTube refuses the API key: make a new one and put it in the "
	    "token file",
	    0, true);
	exchange_free(&x);
	exchange_free(&y);
	exchange_forget(&src_youtube, &visit);
}

/* --- pages written by hand after the documentation ----------------------- */

/* One thread that day of November, with that many replies, none shown. */
#define THREAD(id, day, n)                                             \
	"{\"id\":\"" id "\",\"snippet\":{\"videoId\":\"v\","           \
	"\"topLevelComment\":{\"id\":\"" id                            \
	"\",\"snippet\":{\"textDisplay\":\"late again\","              \
	"\"authorDisplayName\":\"@jo\",\"publishedAt\":\"2026-11-" day \
	"T13:07:00Z\"}},\"totalReplyCount\":" n "}}"
#define REPLY(id, day)                                               \
	"{\"id\":\"" id "\",\"snippet\":{\"parentId\":\"A\","        \
	"\"textDisplay\":\"so do I\",\"publishedAt\":\"2026-11-" day \
	"T13:07:00Z\"}}"
#define LIST(items) "{\"items\":[" items "]}"
#define MORE(items, token) \
	"{\"items\":[" items "],\"nextPageToken\":\"" token "\"}"

static void
test_by_hand_threads_are_read_back_to_the_known_one(void **state)
{
	struct src_visit visit = exchange_visit(&video, "1795180020");
	struct heard h;

	(void)state; /* known: November 20 */
	visit.since_at = CQ_NO_TIME;
	/* an old one is pinned to the top: it is not the end */
	h = hear_body(&visit,
	    MORE(THREAD("P", "01", "0") "," THREAD("C", "23", "0"), "p2"));
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
	asks(&visit, THREADS "videoId=F1UP7wRCPH8" HOW "&pageToken=p2");
	h = hear_body(&visit,
	    MORE(THREAD("B", "22", "0") "," THREAD("A", "19", "0"), "p3"));
	assert_int_equal(h.posts.n, 4);
	assert_string_equal(h.posts.at[0].id, "P");
	assert_string_equal(h.posts.at[1].id, "A");
	assert_string_equal(h.posts.at[3].id, "C");
	assert_string_equal(h.posts.at[3].handle, "@jo");
	assert_string_equal(h.posts.at[3].author, "@jo");
	assert_string_equal(h.next.cursor, "1795439220");
	assert_false(h.next.more);
	assert_false(h.next.jumped);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
}

/* So a new reply to an older thread is heard, and none is asked for twice. */
static void
test_by_hand_replies_are_asked_for_when_their_number_changed(void **state)
{
	struct src_visit visit =
	    exchange_visit(&video, "1795439220\nA v 7 -\nB v 8 -");
	struct heard h = hear_body(&visit,
	    LIST(THREAD("B", "23", "8") "," THREAD("A", "22", "9")));

	(void)state;
	assert_string_equal(h.next.cursor, "1795439220\nB v 8 -\nA v 9 *");
	assert_true(h.next.more);
	visit.cursor = cq_strdup(h.next.cursor);
	heard_free(&h);
	h = hear_body(&visit, MORE(REPLY("A.2", "23"), "p2"));
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.next.cursor, "1795439220\nB v 8 -\nA v 9 p2");
	assert_true(h.next.more);
	free((char *)(uintptr_t)visit.cursor);
	visit.cursor = cq_strdup(h.next.cursor);
	heard_free(&h);
	h = hear_body(&visit, LIST(REPLY("A.1", "22")));
	assert_string_equal(h.next.cursor, "1795439220\nB v 8 -\nA v 9 -");
	assert_false(h.next.more);
	heard_free(&h);
	free((char *)(uintptr_t)visit.cursor);
	exchange_forget(&src_youtube, &visit);
}

/* The list shows some replies: where it shows all, none is asked for. */
static void
test_by_hand_replies_that_are_shown_come_with_their_thread(void **state)
{
	static const char body[] =
	    "{\"items\":[{\"id\":\"A\",\"snippet\":{\"videoId\":\"v\","
	    "\"topLevelComment\":{\"id\":\"A\",\"snippet\":{\"textDisplay\":"
	    "\"late again\",\"publishedAt\":\"2026-11-23T13:06:00Z\"}},"
	    "\"totalReplyCount\":1},\"replies\":{\"comments\":[" REPLY("A.1",
		"23") "]}}]}";
	struct src_visit visit = exchange_visit(&video, "1795439000");
	struct heard h = hear_body(&visit, body);

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "A");
	assert_string_equal(h.posts.at[1].id, "A.1");
	assert_string_equal(h.posts.at[1].in_reply_to, "A");
	assert_string_equal(h.posts.at[1].conversation, "A");
	assert_string_equal(h.posts.at[1].url,
	    "https://www.youtube.com/watch?v=v&lc=A.1");
	assert_string_equal(h.next.cursor, "1795439160");
	assert_false(h.next.more);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
}

static void
test_by_hand_an_empty_page_moves_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&video, "1795180020\nA v 7 -");
	struct heard h = hear_body(&visit, LIST(""));

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
	/* nor is it the end where it names a page behind it */
	visit.cursor = "1795180020";
	h = hear_body(&visit, MORE(THREAD("C", "23", "0"), "p2"));
	heard_free(&h);
	h = hear_body(&visit, MORE("", "p3"));
	assert_true(h.next.more);
	assert_null(h.next.cursor);
	heard_free(&h);
	asks(&visit, THREADS "videoId=F1UP7wRCPH8" HOW "&pageToken=p3");
	exchange_forget(&src_youtube, &visit);
}

/* They are asked for again when the thread is seen again. */
static void
test_by_hand_replies_that_are_not_given_are_not_taken_as_known(void **state)
{
	struct src_visit visit = exchange_visit(&video, "5\nA v 7 *\nB v 8 -");
	struct heard h = hear_body(&visit, LIST(""));

	(void)state;
	assert_string_equal(h.next.cursor, "5\nB v 8 -");
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
	h = hear_answer(&src_youtube, &visit, 404, NULL,
	    "{\"error\":{\"errors\":[{\"reason\":\"commentNotFound\"}]}}");
	assert_int_equal(h.status, CQ_OK);
	assert_string_equal(h.err.msg, "");
	assert_string_equal(h.next.cursor, "5\nB v 8 -");
	assert_true(h.next.more);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
	/* one video's comments are off; the channel's other ones are not */
	h = hear_answer(&src_youtube, &visit, 403, NULL,
	    "{\"error\":{\"errors\":[{\"reason\":\"commentsDisabled\"}]}}");
	assert_int_equal(h.status, CQ_OK);
	assert_false(h.next.pause);
	assert_string_equal(h.next.cursor, "5\nB v 8 -");
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
	/* but a service that is out of order has not lost them */
	h = hear_answer(&src_youtube, &visit, 503, NULL, "{}");
	assert_int_equal(h.status, CQ_NET);
	assert_null(h.next.cursor);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
}

static void
test_by_hand_more_threads_than_a_visit_can_read_are_told(void **state)
{
	struct src_visit visit = exchange_visit(&video, "1795180020");
	struct heard h = {0};
	int i;

	(void)state;
	visit.since_at = CQ_NO_TIME;
	for (i = 0; i < SRC_STEPS_MAX && !h.next.jumped; i++) {
		heard_free(&h);
		h = hear_body(&visit, MORE(THREAD("C", "23", "0"), "p"));
		assert_int_equal(h.status, CQ_OK);
	}
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1795180020 - 3600);
	assert_int_equal(h.posts.n, i);
	assert_string_equal(h.next.cursor, "1795439220");
	assert_false(h.next.more);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
}

/* What is wrong with the key is not wrong with the thread. */
static void
test_by_hand_a_key_that_is_spent_leaves_replies_waiting(void **state)
{
	struct src_visit visit = exchange_visit(&video, "5\nA v 7 *\nB v 8 -");
	struct heard h = hear_answer(&src_youtube, &visit, 403, NULL,
	    "{\"error\":{\"errors\":[{\"reason\":\"quotaExceeded\"}]}}");

	(void)state;
	assert_int_equal(h.status, CQ_NET);
	assert_true(h.next.wait_s > 0);
	assert_null(h.next.cursor);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
	h = hear_answer(&src_youtube, &visit, 400, NULL,
	    "{\"error\":{\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}");
	assert_int_equal(h.status, CQ_NET);
	assert_true(h.next.refused && h.next.pause);
	assert_null(h.next.cursor);
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
}

/* A cursor has room for 500 threads that have replies to be read. */
static void
test_by_hand_more_replies_than_are_kept_in_mind_are_told(void **state)
{
	struct src_visit visit = exchange_visit(&video, "1795439000");
	struct cq_buf list = {0};
	struct heard h;
	int i;

	(void)state;
	cq_buf_str(&list, "{\"items\":[");
	for (i = 0; i < 501; i++)
		cq_buf_fmt(&list,
		    "%s{\"id\":\"T%d\",\"snippet\":{\"topLevelComment\":{"
		    "\"id\":\"T%d\",\"snippet\":{\"textDisplay\":\"late\","
		    "\"publishedAt\":\"2026-11-23T13:06:00Z\"}},"
		    "\"totalReplyCount\":7}}",
		    i == 0 ? "" : ",", i, i);
	cq_buf_str(&list, "]}");
	h = hear_body(&visit, list.s);
	assert_int_equal(h.posts.n, 501);
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1795439000 - 3600);
	assert_true(h.next.more);
	heard_free(&h);
	cq_buf_free(&list);
	exchange_forget(&src_youtube, &visit);
}

static void
test_by_hand_a_time_in_the_future_is_not_believed(void **state)
{
	struct src_visit visit = exchange_visit(&video, "");
	struct heard h = hear_body(&visit, LIST(THREAD("C", "25", "0")));

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.next.cursor, "-");
	heard_free(&h);
	exchange_forget(&src_youtube, &visit);
}

/* --- errors, written by hand after the documentation --------------------- */

static void
refuses(int status, const char *reason, const char *msg, int64_t wait_s,
    bool pause, bool refused)
{
	struct src_visit visit = exchange_visit(&channel, "");
	char *body = cq_format("{\"error\":{\"code\":%d,\"errors\":[{"
			       "\"domain\":\"x\",\"reason\":\"%s\"}]}}",
	    status, reason);
	struct heard h = hear_answer(&src_youtube, &visit, status, NULL, body);

	assert_int_equal(h.next.refused, refused);
	heard_fails(h, msg, wait_s, pause);
	free(body);
	exchange_forget(&src_youtube, &visit);
}

static void
test_by_hand_each_refusal_says_what_to_do(void **state)
{
	(void)state;
	/* 05:07:00 in California */
	refuses(403, "quotaExceeded",
	    "today's quota of this API key is used up: it will be asked again "
	    "after midnight in California",
	    18 * 3600 + 53 * 60, false, false);
	refuses(403, "rateLimitExceeded",
	    "YouTube asks for patience (403): it will be asked again later", 60,
	    false, false);
	refuses(403, "commentsDisabled",
	    "comments are turned off there, or not public: resume the source "
	    "once they are",
	    0, true, false);
	refuses(403, "accessNotConfigured",
	    "YouTube refuses the API key: enable the YouTube Data API v3 in "
	    "its project, and allow the key to use it",
	    0, true, true);
	refuses(403, "ipRefererBlocked",
	    "YouTube refuses the API key: it may not be used from this "
	    "machine; change its restrictions",
	    0, true, true);
	refuses(404, "videoNotFound",
	    "YouTube knows no such channel or video (404): check the query", 0,
	    false, false);
}

static void
test_by_hand_what_is_no_list_of_comments_is_told(void **state)
{
	struct src_visit visit = exchange_visit(&channel, "");

	(void)state;
	heard_fails(hear_body(&visit, "{\"kind\":\"x\"}"),
	    "www.googleapis.com answered with something else instead of a list "
	    "of comments; check the address",
	    0, false);
	assert_null(visit.memory);
}

/* --- once more --------------------------------------------------------- */

static void
test_by_hand_comments_are_as_they_are_now_or_gone(void **state)
{
	static const char *const ids[] = {"A.2", "A.1"};
	struct src_visit visit = exchange_visit(&video, "");
	struct src_request req;
	struct heard h;

	(void)state;
	visit.secret = "abc";
	src_youtube.ask_again(&visit, ids, 2, &req, NULL);
	assert_string_equal(req.url,
	    REPLIES "id=A.2%2CA.1&textFormat=plainText");
	assert_true(req.secret);
	assert_string_equal(req.headers[1], "X-Goog-Api-Key: abc");
	src_request_free(&req);
	h = hear_again(&src_youtube, &visit, ids, 2, 200,
	    LIST(REPLY("A.2", "23")));
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "A.1");
	assert_true(h.posts.at[0].gone);
	assert_string_equal(h.posts.at[1].id, "A.2");
	assert_false(h.posts.at[1].gone);
	heard_free(&h);
	/* an empty list is no proof, nor is a part of one */
	h = hear_again(&src_youtube, &visit, ids, 2, 200, LIST(""));
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	h = hear_again(&src_youtube, &visit, ids, 2, 200,
	    MORE(REPLY("A.2", "23"), "p2"));
	assert_int_equal(h.posts.n, 1);
	heard_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_asks_for_threads_of_a_channel_or_a_video),
	    cmocka_unit_test(test_replies_that_wait_are_asked_for_first),
	    cmocka_unit_test(
		test_the_key_is_in_a_header_and_not_in_the_address),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(test_recorded_threads_come_oldest_first),
	    cmocka_unit_test(
		test_recorded_replies_that_are_not_shown_are_asked_for),
	    cmocka_unit_test(test_a_recorded_reply_stands_in_its_thread),
	    cmocka_unit_test(
		test_a_recorded_refusal_of_the_key_pauses_the_account),
	    cmocka_unit_test(
		test_by_hand_threads_are_read_back_to_the_known_one),
	    cmocka_unit_test(
		test_by_hand_replies_are_asked_for_when_their_number_changed),
	    cmocka_unit_test(
		test_by_hand_replies_that_are_shown_come_with_their_thread),
	    cmocka_unit_test(test_by_hand_an_empty_page_moves_nothing),
	    cmocka_unit_test(
		test_by_hand_a_key_that_is_spent_leaves_replies_waiting),
	    cmocka_unit_test(
		test_by_hand_more_replies_than_are_kept_in_mind_are_told),
	    cmocka_unit_test(
		test_by_hand_replies_that_are_not_given_are_not_taken_as_known),
	    cmocka_unit_test(
		test_by_hand_more_threads_than_a_visit_can_read_are_told),
	    cmocka_unit_test(test_by_hand_a_time_in_the_future_is_not_believed),
	    cmocka_unit_test(test_by_hand_each_refusal_says_what_to_do),
	    cmocka_unit_test(test_by_hand_what_is_no_list_of_comments_is_told),
	    cmocka_unit_test(test_by_hand_comments_are_as_they_are_now_or_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
