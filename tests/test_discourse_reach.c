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
#include "sources/discourse.h"
#include "tests/exchange.h"

/* Posts of a forum that not everybody may read. */

#define SITE "https://forum.example/site.json"
#define LATER "1795525620" /* EXCHANGE_NOW and a day */
#define SOON "1795440120"  /* and a quarter of an hour */

static struct cq_source forum = {
    .name = "forum",
    .adapter = "discourse",
    .address = "https://forum.example/",
    .query = "",
    .token_file = "/nonexistent",
};

#define POST(id, category)                                                    \
	"{\"id\":" id ",\"cooked\":\"<p>late</p>\",\"category_id\":" category \
	",\"created_at\":\"2026-11-23T12:00:00.000Z\"}"
#define PAGE(posts) "{\"latest_posts\":[" posts "]}"
#define OPEN                                                         \
	"{\"categories\":[{\"id\":1},{\"id\":5,\"read_restricted\":" \
	"false},{\"id\":7,\"read_restricted\":true},null,{\"id\":\"9\"}]}"
#define CLOSED "{\"errors\":[\"x\"],\"error_type\":\"not_logged_in\"}"

/* Does the visit ask who may read it?  It is to be read next. */
static bool
asks(struct src_visit *visit)
{
	struct src_request req;
	bool is;

	visit->secret = "ann:k3y";
	assert_int_equal(src_discourse.ask(visit, &req, NULL), CQ_OK);
	is = strcmp(req.url, SITE) == 0;
	if (!is)
		assert_non_null(strstr(req.url, "/posts.json"));
	/* without the key, and wherever it leads to */
	assert_int_equal(req.n_headers, is ? 1 : 3);
	assert_int_equal(req.stays, is);
	src_request_free(&req);
	return is;
}

/* The next answer, which moves the visit on; h.posts and h.next are kept. */
static struct heard
hears(struct src_visit *visit, int status, const char *headers,
    const char *body, char **cursor)
{
	struct heard h =
	    hear_answer(&src_discourse, visit, status, headers, body);

	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.status, CQ_OK);
	if (h.next.cursor != NULL) {
		free(*cursor);
		*cursor = cq_strdup(h.next.cursor);
		visit->cursor = *cursor;
	}
	return h;
}

/* "posts 3 and 4 are public and private" is "3+ 4- " */
static char *
marks_of(const struct heard *h)
{
	struct cq_buf b = {0};
	size_t i;

	cq_buf_str(&b, "");
	for (i = 0; i < h->posts.n; i++)
		cq_buf_fmt(&b, "%s%s ", h->posts.at[i].id,
		    h->posts.at[i].visibility == CQ_PRIVATE	 ? "-"
			: h->posts.at[i].visibility == CQ_PUBLIC ? "+"
								 : "?");
	return cq_buf_take(&b);
}

static void
brings(struct src_visit *visit, const char *page, const char *marks,
    char **cursor)
{
	struct heard h = hears(visit, 200, NULL, page, cursor);
	char *found = marks_of(&h);

	assert_string_equal(found, marks);
	free(found);
	heard_free(&h);
}

/* --- what is marked ------------------------------------------------------ */

/* After that answer from cursor, these are the marks, and it is stored so. */
static void
marks(const char *from, int status, const char *headers, const char *answer,
    const char *expected, const char *reach)
{
	char *cursor = cq_strdup(from);
	struct src_visit visit = exchange_visit(&forum, cursor);
	struct heard h;

	assert_true(asks(&visit));
	h = hears(&visit, status, headers, answer, &cursor);
	assert_int_equal(h.posts.n, 0);
	assert_true(h.next.more);
	assert_false(h.next.pause || h.next.refused);
	assert_int_equal(h.next.wait_s, 0);
	heard_free(&h);
	assert_false(asks(&visit));
	brings(&visit,
	    PAGE(POST("4", "7") "," POST("3", "5") "," POST("2", "null")),
	    expected, &cursor);
	assert_memory_equal(cursor, "4\n", 2);
	assert_string_equal(cursor + 2, reach);
	free(cursor);
	free(visit.memory);
}

static void
test_by_hand_only_what_anybody_may_read_is_public(void **state)
{
	(void)state;
	marks("1", 200, NULL, OPEN, "2- 3+ 4- ", "open " LATER " 1 5 -7");
	marks("1", 200, NULL, "{\"categories\":[]}", "2- 3- 4- ",
	    "open " LATER " -5 -7");
}

static void
test_by_hand_a_forum_for_members_is_private_as_a_whole(void **state)
{
	static const char all[] = "2- 3- 4- ", closed[] = "closed " LATER;

	(void)state;
	marks("1", 403, NULL, CLOSED, all, closed);
	marks("1", 401, NULL, "who are you?", all, closed);
	marks("1", 302, "Location: https://forum.example/login\n", "", all,
	    closed);
	marks("1", 302, "Location: /session/sso?return_path=%2F\n", "", all,
	    closed);
	marks("1", 200, NULL, "{\"periods\":[\"all\"],\"filters\":[]}", all,
	    closed);
	/* and once it is opened, what comes then is not */
	marks("1\nclosed 1795439000", 200, NULL, OPEN, "2- 3+ 4- ",
	    "open " LATER " 1 5 -7");
}

static void
test_by_hand_without_a_key_all_is_public_and_nothing_asked(void **state)
{
	struct cq_source s = forum;
	char *cursor = cq_strdup("1");
	struct src_visit visit = exchange_visit(&s, cursor);
	struct src_request req;

	(void)state;
	s.token_file = NULL;
	assert_int_equal(src_discourse.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, "https://forum.example/posts.json");
	src_request_free(&req);
	brings(&visit, PAGE(POST("2", "7")), "2+ ", &cursor);
	assert_string_equal(cursor, "2");
	free(cursor);
	free(visit.memory);
}

static void
test_by_hand_hits_of_a_search_are_marked_where_they_are_read(void **state)
{
	struct cq_source s = forum;
	char *cursor = cq_strdup("s9 1795430000 0 11\nopen 1795500000 5 -7");
	struct src_visit visit = exchange_visit(&s, cursor);

	(void)state;
	s.query = "kettle";
	brings(&visit, PAGE(POST("11", "7")), "11- ", &cursor);
	assert_string_equal(cursor, "s9 1795430000 0\nopen 1795500000 5 -7");
	free(cursor);
	free(visit.memory);
}

static void
test_by_hand_a_second_look_leaves_what_is_private_private(void **state)
{
	static const char *const ids[] = {"4", "3", "2"};
	static const struct {
		const char *cursor, *marks;
	} looks[] = {
	    {"4\nopen 1795500000 5 -7", "2- 3+ 4- "},
	    {"4\nclosed 1795500000", "2- 3- 4- "},
	    {"4\nunknown 1795500000", "2+ 3+ 4+ "},
	    {"4", "2+ 3+ 4+ "},
	};
	struct cq_source s = forum;
	size_t i;

	(void)state;
	s.address = "https://forum.example/posts.json?before=5";
	for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct src_visit visit = exchange_visit(&s, looks[i].cursor);
		struct heard h = hear_again(&src_discourse, &visit, ids, 3, 200,
		    PAGE(POST("4", "7") "," POST("3", "5") "," POST("2", "8")));
		char *found = marks_of(&h);

		assert_string_equal(found, looks[i].marks);
		free(found);
		heard_free(&h);
	}
}

/* --- when it is asked ---------------------------------------------------- */

static void
test_with_a_key_it_is_asked_once_a_day_who_may_read_it(void **state)
{
	static const struct {
		const char *cursor;
		bool asks;
	} times[] = {
	    {"", true},
	    {"15", true},
	    {"?100 400", true},
	    {"\nopen 1795439221 1", false},
	    {"15\nopen 1795439220 1", true},
	    {"15\nopen 1795439221 1", false},
	    {"15\nclosed 1795525620", false},
	    {"15\nunknown 1795525620", false},
	    {"15\nopen 1795525621 1", true}, /* the clock was set back */
	    {"15\nshut 1795525620", true},
	    {"15\nopen", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct src_visit visit =
		    exchange_visit(&forum, times[i].cursor);

		assert_int_equal(asks(&visit), times[i].asks);
		free(visit.memory);
	}
}

static void
test_by_hand_a_category_nobody_met_is_asked_about_once(void **state)
{
	char *cursor = cq_strdup("1\nopen 1795500000 5");
	struct src_visit visit = exchange_visit(&forum, cursor);
	struct heard h;

	(void)state;
	/* made since: it may well be for anybody */
	assert_false(asks(&visit));
	h = hears(&visit, 200, NULL, PAGE(POST("2", "6")), &cursor);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
	assert_true(asks(&visit));
	h = hears(&visit, 200, NULL, "{\"categories\":[{\"id\":5},{\"id\":6}]}",
	    &cursor);
	heard_free(&h);
	assert_false(asks(&visit));
	brings(&visit, PAGE(POST("3", "7") "," POST("2", "6")), "2+ 3- ",
	    &cursor);
	assert_string_equal(cursor, "3\nopen " LATER " 5 6 -7");
	free(visit.memory);
	visit.memory = NULL;

	/* the one that is not is known now, also after the next list */
	assert_false(asks(&visit));
	brings(&visit, PAGE(POST("4", "7") "," POST("3", "7")), "3- 4- ",
	    &cursor);
	free(visit.memory);
	visit.memory = NULL;
	visit.now += 24 * 3600;
	assert_true(asks(&visit));
	h = hears(&visit, 200, NULL, OPEN, &cursor);
	assert_string_equal(cursor, "4\nopen 1795612020 1 5 -7");
	heard_free(&h);
	free(cursor);
	free(visit.memory);
}

/* --- questions in vain --------------------------------------------------- */

/* Posts are read on, marked as they were before, and it is asked again. */
static void
test_by_hand_posts_are_read_though_the_question_is_in_vain(void **state)
{
	static const struct {
		int status;
		const char *headers, *body;
	} vain[] = {
	    {403, NULL, "<html>"},
	    {403, NULL, "{\"error_type\":\"invalid_access\"}"},
	    {404, NULL, "{}"},
	    {410, NULL, "{}"},
	    {429, "Retry-After: 3000\n", "{}"},
	    {500, NULL, "x"},
	    {302, "Location: https://www.forum.example/site.json\n", ""},
	    {302, NULL, ""},
	    {204, NULL, ""},
	    {200, NULL, "<!DOCTYPE html>"},
	    {200, NULL, "[]"},
	    {200, NULL, "{}"},
	    {200, NULL, "{\"categories\":7}"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(vain) / sizeof(vain[0]); i++) {
		int status = vain[i].status;
		const char *headers = vain[i].headers, *body = vain[i].body;

		marks("1", status, headers, body, "2+ 3+ 4+ ", "unknown " SOON);
		marks("1\nopen 1795439000 5", status, headers, body,
		    "2- 3+ 4- ", "open " SOON " 5 -7");
		marks("1\nclosed 1795439000", status, headers, body,
		    "2- 3- 4- ", "closed " SOON);
	}
}

static void
test_by_hand_categories_that_are_too_many_to_be_listed(void **state)
{
	struct cq_buf many = {0};
	int i;

	(void)state;
	marks("1\nopen 1795439000 5", 200, NULL,
	    "{\"categories\":[],\"lazy_load_categories\":true}", "2+ 3+ 4+ ",
	    "unknown " LATER);
	cq_buf_str(&many, "{\"categories\":[{\"id\":5}");
	for (i = 0; i < FORUM_CATEGORIES_MAX; i++)
		cq_buf_fmt(&many, ",{\"id\":%d}", 100 + i);
	cq_buf_str(&many, "]}");
	marks("1", 200, NULL, many.s, "2+ 3+ 4+ ", "unknown " LATER);
	cq_buf_free(&many);
}

static void
test_by_hand_a_question_in_vain_is_not_put_again_at_each_visit(void **state)
{
	char *cursor = cq_strdup("15");
	struct src_visit visit = exchange_visit(&forum, cursor);
	struct heard h;

	(void)state;
	assert_true(asks(&visit));
	h = hears(&visit, 500, NULL, "", &cursor);
	heard_free(&h);
	assert_string_equal(cursor, "15");
	h = hears(&visit, 200, NULL, PAGE(""), &cursor);
	assert_true(h.next.more);
	heard_free(&h);
	assert_false(asks(&visit));
	h = hears(&visit, 200, NULL, PAGE(""), &cursor); /* nothing is new */
	assert_string_equal(cursor, "15\nunknown " SOON);
	assert_false(h.next.more);
	heard_free(&h);
	free(visit.memory);
	visit.memory = NULL;
	assert_false(asks(&visit));
	/* nor is one about a new category */
	visit.cursor = "1\nopen " SOON " 5";
	h = hears(&visit, 200, NULL, PAGE(POST("2", "6")), &cursor);
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	heard_free(&h);
	free(cursor);
	free(visit.memory);
}

/* --- the cursor ---------------------------------------------------------- */

static void
test_a_cursor_reads_back_as_it_was_written(void **state)
{
	static const char *const cursors[] = {"15", "15 90", "?15 90",
	    "s9 1795430000 0 11 12", "15\nopen 1795430000 1 5 -7",
	    "15 90\nclosed 1795430000", "?15 90\nunknown 1795430000",
	    "s9 1795430000 0 11 12\nopen 1795430000 5", "\nopen 1795430000 5"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		struct forum_place place = forum_place_read(cursors[i]);
		char *written = forum_place_write(&place);

		assert_string_equal(written, cursors[i]);
		free(written);
		forum_place_free(&place);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_by_hand_only_what_anybody_may_read_is_public),
	    cmocka_unit_test(
		test_by_hand_a_forum_for_members_is_private_as_a_whole),
	    cmocka_unit_test(
		test_by_hand_without_a_key_all_is_public_and_nothing_asked),
	    cmocka_unit_test(
		test_by_hand_hits_of_a_search_are_marked_where_they_are_read),
	    cmocka_unit_test(
		test_by_hand_a_second_look_leaves_what_is_private_private),
	    cmocka_unit_test(
		test_with_a_key_it_is_asked_once_a_day_who_may_read_it),
	    cmocka_unit_test(
		test_by_hand_a_category_nobody_met_is_asked_about_once),
	    cmocka_unit_test(
		test_by_hand_posts_are_read_though_the_question_is_in_vain),
	    cmocka_unit_test(
		test_by_hand_categories_that_are_too_many_to_be_listed),
	    cmocka_unit_test(
		test_by_hand_a_question_in_vain_is_not_put_again_at_each_visit),
	    cmocka_unit_test(test_a_cursor_reads_back_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
