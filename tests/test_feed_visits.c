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
#include "tests/exchange.h"

/* What a feed remembers from one visit to the next. */

#define URL "https://feed.example/x/feed.xml"
#define SINCE (EXCHANGE_NOW - 86400)

static struct cq_source feed = {
    .name = "news", .adapter = "feed", .address = URL, .query = ""};

/* One visit after another: the cursor goes along. */
struct listener {
	char *cursor;
	int64_t since_at;
	struct heard h; /* of the last visit */
};

static void
visit(struct listener *l, int status, const char *headers, const char *doc)
{
	struct src_visit v = {
	    .source = &feed,
	    .cursor = l->cursor == NULL ? "" : l->cursor,
	    .now = EXCHANGE_NOW,
	    .since_at = l->since_at,
	    .session = "",
	};
	struct exchange x;

	heard_free(&l->h);
	exchange_make(&x, status, headers, doc, strlen(doc), URL);
	l->h = hear_visit(&src_feed, &v, &x);
	exchange_free(&x);
	assert_string_equal(l->h.err.msg, "");
	if (l->h.next.cursor != NULL) {
		free(l->cursor);
		l->cursor = cq_strdup(l->h.next.cursor);
	}
}

/* The ids that were told, each with a blank behind it. */
static void
hears(struct listener *l, const char *doc, const char *ids)
{
	struct cq_buf b = {0};
	size_t i;

	visit(l, 200, NULL, doc);
	for (i = 0; i < l->h.posts.n; i++)
		cq_buf_fmt(&b, "%s ", l->h.posts.at[i].id);
	assert_string_equal(b.s == NULL ? "" : b.s, ids);
	cq_buf_free(&b);
}

static void
listener_free(struct listener *l)
{
	heard_free(&l->h);
	free(l->cursor);
}

#define RSS(items) "<rss><channel>" items "</channel></rss>"
#define ITEM(guid) "<item><guid>" guid "</guid><title>" guid "</title></item>"
#define DATED(guid, day)                                     \
	"<item><guid>" guid "</guid><title>" guid "</title>" \
	"<pubDate>2026-11-" day "T12:00:00Z</pubDate></item>"
#define LINKED(guid, link, day)                                        \
	"<item><guid>" guid "</guid><title>" link "</title>"           \
	"<link>https://f.example/" link "</link><pubDate>2026-11-" day \
	"T12:00:00Z</pubDate></item>"

/* --- history ----------------------------------------------------------- */

static void
test_undated_history_is_not_told_now_or_later(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	hears(&l, RSS(ITEM("b") ITEM("a")), "");
	hears(&l, RSS(ITEM("b") ITEM("a")), "");
	hears(&l, RSS(ITEM("c") ITEM("b") ITEM("a")), "c ");
	hears(&l, RSS(ITEM("d") ITEM("c") ITEM("b")), "c d ");
	/* an answer without items is no reason to forget */
	hears(&l, RSS(""), "");
	hears(&l, RSS(ITEM("d") ITEM("c") ITEM("b")), "c d ");
	listener_free(&l);
}

static void
test_undated_items_are_told_if_all_is_wanted(void **state)
{
	struct listener l = {.since_at = CQ_NO_TIME};

	(void)state;
	hears(&l, RSS(ITEM("b") ITEM("a")), "a b ");
	listener_free(&l);
}

static char *
long_feed(const char *first, int n, const char *last)
{
	struct cq_buf b = {0};

	cq_buf_fmt(&b, "<rss><channel>%s", first);
	while (n-- > 0)
		cq_buf_fmt(&b, "<item><guid>old-%d</guid></item>", n);
	cq_buf_fmt(&b, "%s</channel></rss>", last);
	return cq_buf_take(&b);
}

static void
test_more_history_than_is_remembered_stays_out_too(void **state)
{
	struct listener l = {.since_at = SINCE};
	char *doc = long_feed("", 5000, "");

	(void)state;
	hears(&l, doc, "");
	assert_true(strlen(l.cursor) < 4096);
	free(doc);
	doc = long_feed(ITEM("new"), 5000, ITEM("at the end"));
	hears(&l, doc, "at the end new ");
	free(doc);
	doc = long_feed(ITEM("newer") ITEM("new"), 5000, ITEM("at the end"));
	hears(&l, doc, "new newer ");
	free(doc);
	listener_free(&l);
}

static void
test_dated_history_is_for_the_poller_at_first_and_out_later(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	/* the poller leaves it out, and counts it */
	hears(&l, RSS(DATED("b", "23") DATED("a", "01")), "a b ");
	hears(&l, RSS(DATED("b", "23") DATED("a", "01")), "b ");
	listener_free(&l);
}

static void
test_an_edited_item_is_told_again_under_its_id(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	hears(&l, RSS(DATED("a", "23")), "a ");
	hears(&l,
	    RSS("<item><guid>a</guid><title>Sorry: a week late</title>"
		"<pubDate>2026-11-23T12:00:00Z</pubDate></item>"),
	    "a ");
	assert_string_equal(l.h.posts.at[0].text, "Sorry: a week late");
	listener_free(&l);
}

/* --- jumps -------------------------------------------------------------- */

static void
test_posts_that_came_and_went_between_two_visits_are_a_jump(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	hears(&l, RSS(DATED("b", "23") DATED("a", "22")), "a b ");
	assert_false(l.h.next.jumped); /* nothing was there before */
	hears(&l, RSS(DATED("c", "23") DATED("b", "23")), "b c ");
	assert_false(l.h.next.jumped);
	hears(&l, RSS(""), "");
	assert_false(l.h.next.jumped);
	hears(&l, RSS(DATED("f", "23") DATED("e", "23")), "e f ");
	assert_true(l.h.next.jumped);
	assert_int_equal(l.h.next.jumped_at, 1795435200); /* of "c" */
	hears(&l, RSS(DATED("f", "23") DATED("e", "23")), "e f ");
	assert_false(l.h.next.jumped);
	listener_free(&l);
}

static void
test_a_post_from_the_time_to_come_does_not_hide_when_a_jump_began(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	hears(&l, RSS(DATED("z", "29") DATED("b", "23")), "b z ");
	hears(&l, RSS(DATED("f", "23") DATED("e", "23")), "e f ");
	assert_true(l.h.next.jumped);
	assert_int_equal(l.h.next.jumped_at, 1795435200); /* of "b" */
	listener_free(&l);
}

static void
test_where_a_date_is_missing_the_order_of_the_feed_counts(void **state)
{
	struct listener l = {.since_at = CQ_NO_TIME};

	(void)state;
	hears(&l, RSS(DATED("b", "22") ITEM("x") DATED("a", "23")), "a x b ");
	listener_free(&l);
}

/* --- guids that lie ----------------------------------------------------- */

static void
test_a_guid_that_was_shared_is_not_trusted_again(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	hears(&l, RSS(LINKED("g", "b", "23") LINKED("g", "a", "23")),
	    "https://f.example/a https://f.example/b ");
	hears(&l, RSS(LINKED("h", "c", "23") LINKED("g", "b", "23")),
	    "https://f.example/b h ");
	hears(&l, RSS(LINKED("g", "b", "23")), "https://f.example/b ");
	listener_free(&l);
}

static void
test_many_shared_guids_make_all_of_them_worthless(void **state)
{
	struct listener l = {.since_at = SINCE};
	struct cq_buf b = {0};
	size_t i;
	int k;

	(void)state;
	cq_buf_str(&b, "<rss><channel>");
	for (k = 0; k < 80; k++)
		cq_buf_fmt(&b,
		    "<item><guid>g%d</guid><title>t</title><link>"
		    "https://f.example/%d</link></item>",
		    k / 2, k);
	cq_buf_str(&b,
	    "<item><guid>alone</guid><link>https://f.example/x"
	    "</link></item></channel></rss>");
	l.since_at = CQ_NO_TIME;
	visit(&l, 200, NULL, b.s);
	assert_int_equal(l.h.posts.n, 81);
	for (i = 0; i < l.h.posts.n; i++)
		assert_string_equal(l.h.posts.at[i].id, l.h.posts.at[i].url);
	hears(&l,
	    RSS("<item><guid>alone</guid><link>https://f.example/x"
		"</link></item>"),
	    "https://f.example/x ");
	cq_buf_free(&b);
	listener_free(&l);
}

static void
test_guids_made_anew_each_time_give_way_to_links(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	hears(&l,
	    RSS(LINKED("1", "c", "23") LINKED("2", "b", "22")
		    LINKED("3", "a", "22")),
	    "3 2 1 ");
	/* only what is newer: the others were told under their guids */
	hears(&l,
	    RSS(LINKED("4", "d", "24") LINKED("5", "c", "23")
		    LINKED("6", "b", "22") LINKED("7", "a", "22")),
	    "https://f.example/d ");
	assert_false(l.h.next.jumped);
	hears(&l, RSS(LINKED("8", "d", "24") LINKED("9", "c", "23")),
	    "https://f.example/c https://f.example/d ");
	listener_free(&l);
}

static void
test_a_link_that_was_shared_is_not_trusted_again(void **state)
{
#define BARE(title) "<item><title>" title "</title><link>/thread</link></item>"
	struct listener l = {.since_at = CQ_NO_TIME};
	char *id;

	(void)state;
	visit(&l, 200, NULL, RSS(BARE("b") BARE("a")));
	assert_int_equal(l.h.posts.n, 2);
	id = cq_strdup(l.h.posts.at[1].id);
	visit(&l, 200, NULL, RSS(BARE("b")));
	assert_string_equal(l.h.posts.at[0].id, id);
	free(id);
	listener_free(&l);
#undef BARE
}

static void
test_one_link_that_came_again_says_nothing_of_all_guids(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	hears(&l,
	    RSS(LINKED("1", "c", "23") LINKED("2", "b", "23")
		    LINKED("3", "a", "23")),
	    "3 2 1 ");
	hears(&l, RSS(LINKED("5", "d", "23") LINKED("4", "c", "23")), "4 5 ");
	listener_free(&l);
}

/* --- what the server asks for ------------------------------------------- */

static void
test_the_time_to_live_is_kept_even_when_nothing_changed(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	visit(&l, 200, "ETag: \"1\"\n",
	    "<rss><channel><ttl>60</ttl>" ITEM("a") "</channel></rss>");
	assert_int_equal(l.h.next.every_s, 3600);
	assert_memory_equal(l.cursor, "E\"1\"\n", 5);
	visit(&l, 304, NULL, "");
	assert_int_equal(l.h.next.every_s, 3600);
	assert_null(l.h.next.cursor);
	visit(&l, 200, NULL,
	    "<rss><channel><ttl>1</ttl>" ITEM("a") "</channel></rss>");
	assert_int_equal(l.h.next.every_s, src_feed.every_s);
	assert_null(strstr(l.cursor, "E\""));
	visit(&l, 200, NULL,
	    "<rss><channel><ttl>99999999</ttl>" ITEM("a") "</channel></rss>");
	assert_int_equal(l.h.next.every_s, 86400);
	listener_free(&l);
}

static void
test_a_validator_that_cannot_go_back_as_it_came_is_not_kept(void **state)
{
	struct listener l = {.since_at = SINCE};
	char *etag = cq_format("ETag: \"%0600d\"\n", 1);

	(void)state;
	visit(&l, 200, etag, RSS(ITEM("a")));
	assert_null(strchr(l.cursor, 'E'));
	free(etag);
	/* what no header may hold would fail each question from then on */
	visit(&l, 200, "ETag: \"a\tb\"\nLast-Modified: \x01\n", RSS(ITEM("a")));
	assert_null(strchr(l.cursor, 'E'));
	assert_null(strchr(l.cursor, 'M'));
	listener_free(&l);
}

static void
test_no_feed_is_asked_more_often_than_every_five_minutes(void **state)
{
	struct listener l = {.since_at = SINCE};

	(void)state;
	feed.every_s = 10;
	visit(&l, 200, NULL, RSS(ITEM("a")));
	assert_int_equal(l.h.next.every_s, 300);
	visit(&l, 200, NULL,
	    "<rss><channel><ttl>1</ttl>" ITEM("a") "</channel></rss>");
	assert_int_equal(l.h.next.every_s, 300);
	feed.every_s = 0;
	listener_free(&l);
}

static void
test_hours_and_days_a_feed_names_are_left_in_peace(void **state)
{
	struct listener l = {.since_at = SINCE};
	struct cq_buf all = {0};
	int i;

	(void)state;
	/* it is Monday, 13:07 UTC */
	visit(&l, 200, NULL,
	    "<rss><channel><skipHours><hour>13</hour><hour>14</hour>"
	    "</skipHours></channel></rss>");
	assert_int_equal(l.h.next.every_s, (60 + 53) * 60);
	visit(&l, 304, NULL, "");
	assert_int_equal(l.h.next.every_s, (60 + 53) * 60);
	visit(&l, 200, NULL,
	    "<rss><channel><skipDays><day>Monday</day></skipDays>"
	    "</channel></rss>");
	assert_int_equal(l.h.next.every_s, (10 * 60 + 53) * 60);
	visit(&l, 200, NULL,
	    "<rss><channel><skipDays><day>Monday</day><day>Tuesday</day>"
	    "</skipDays></channel></rss>"); /* longer than a day is too long */
	assert_int_equal(l.h.next.every_s, src_feed.every_s);
	cq_buf_str(&all, "<rss><channel><skipHours>");
	for (i = 0; i < 24; i++)
		cq_buf_fmt(&all, "<hour>%d</hour>", i);
	cq_buf_str(&all, "</skipHours></channel></rss>");
	visit(&l, 200, NULL, all.s); /* nobody can mean that */
	assert_int_equal(l.h.next.every_s, src_feed.every_s);
	cq_buf_free(&all);
	listener_free(&l);
}

static void
test_a_cut_document_is_asked_for_again_as_a_whole(void **state)
{
	struct listener l = {.since_at = CQ_NO_TIME};

	(void)state;
	visit(&l, 200, "ETag: \"1\"\n",
	    "<rss><channel>" DATED("b", "23") "<item><guid>a</guid><title>ha");
	assert_int_equal(l.h.posts.n, 1);
	assert_string_equal(l.h.posts.at[0].id, "b");
	assert_null(strchr(l.cursor, 'E'));
	visit(&l, 200, "ETag: \"1\"\n", RSS(DATED("b", "23")));
	assert_memory_equal(l.cursor, "E\"1\"\n", 5);
	listener_free(&l);
}

static void
test_a_cursor_nobody_wrote_does_no_harm(void **state)
{
	static const char *const cursors[] = {"\n\n", "N", "N!!", "Nabc\nZ",
	    "H+\nZ\nG*", "T-5\nA99999999999999999999\nS zz", "E\xff\nM",
	    "Tx\nSffffffffff 99999"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		struct listener l = {
		    .since_at = SINCE, .cursor = cq_strdup(cursors[i])};

		visit(&l, 200, NULL, RSS(ITEM("a")));
		assert_int_equal(l.h.posts.n, 1);
		assert_true(l.h.next.every_s >= 300);
		assert_true(l.h.next.every_s <= 2 * 86400);
		listener_free(&l);
	}
}

/* --- long documents ------------------------------------------------------ */

#define N_LONG 5000
#define LONG(link) "<rss><channel><link>" link "</link>"

/* Items n-1 to 0, newest first; what item changed says is another text. */
static char *
dated_feed(const char *head, int n, int changed)
{
	struct cq_buf b = {0};

	cq_buf_str(&b, head);
	while (n-- > 0)
		cq_buf_fmt(&b,
		    "<item><guid>%d</guid><title>%s</title><pubDate>"
		    "2026-11-%02dT%02d:%02d:00Z</pubDate></item>",
		    n, n == changed ? "mended" : "t", 1 + n / 1440, n / 60 % 24,
		    n % 60);
	cq_buf_str(&b, "</channel></rss>");
	return cq_buf_take(&b);
}

/* Visits, and returns how many of so many items were told. */
static size_t
tells(struct listener *l, const char *head, int n, int changed)
{
	char *doc = dated_feed(head, n, changed);

	visit(l, 200, NULL, doc);
	free(doc);
	assert_int_equal(l->h.posts.n + (size_t)l->h.next.n_same, n);
	return l->h.posts.n;
}

static void
test_what_stood_in_a_long_feed_is_not_told_again(void **state)
{
	struct listener l = {.since_at = CQ_NO_TIME};
	size_t n;

	(void)state;
	assert_int_equal(tells(&l, LONG("https://f.example/"), N_LONG, -1),
	    N_LONG);
	assert_true(strlen(l.cursor) < 4096);
	assert_int_equal(tells(&l, LONG("https://f.example/"), N_LONG, -1), 0);
	/* one more at the top comes with those that stand near to it */
	n = tells(&l, LONG("https://f.example/"), N_LONG + 1, -1);
	assert_in_range(n, 1, N_LONG - 1);
	assert_string_equal(l.h.posts.at[n - 1].id, "5000");
	listener_free(&l);
}

static void
test_an_edit_in_the_middle_of_a_long_feed_is_told(void **state)
{
	struct listener l = {.since_at = CQ_NO_TIME};
	size_t n, i, n_mended = 0;

	(void)state;
	tells(&l, LONG("https://f.example/"), N_LONG, -1);
	n = tells(&l, LONG("https://f.example/"), N_LONG, 2500);
	assert_in_range(n, 1, N_LONG - 1);
	for (i = 0; i < n; i++)
		n_mended += strcmp(l.h.posts.at[i].id, "2500") == 0 &&
		    strcmp(l.h.posts.at[i].text, "mended") == 0;
	assert_int_equal(n_mended, 1);
	listener_free(&l);
}

static void
test_a_long_feed_is_told_anew_if_its_posts_would_be_others(void **state)
{
	struct listener l = {.since_at = SINCE - 86400};
	size_t n;

	(void)state;
	tells(&l, LONG("https://f.example/"), N_LONG, -1);
	l.since_at = CQ_NO_TIME; /* more of the past is wanted */
	n = tells(&l, LONG("https://f.example/"), N_LONG, -1);
	assert_int_equal(n, N_LONG);
	n = tells(&l, LONG("https://f.example/moved/"), N_LONG, -1);
	assert_int_equal(n, N_LONG); /* relative links lead elsewhere */
	listener_free(&l);
}

static void
test_a_short_feed_needs_no_blocks(void **state)
{
	struct listener l = {.since_at = CQ_NO_TIME};

	(void)state;
	assert_int_equal(tells(&l, LONG("https://f.example/"), 100, -1), 100);
	assert_int_equal(tells(&l, LONG("https://f.example/"), 100, -1), 100);
	assert_null(strstr(l.cursor, "\nB"));
	listener_free(&l);
}

/* --- memory ------------------------------------------------------------- */

static int n_forgotten;

static void
forget(const struct src_answer *answer, size_t from)
{
	char *body = (char *)(uintptr_t)answer->body;

	assert_true(from < answer->n);
	memset(body + from, 0, answer->n - from);
	n_forgotten++;
}

static void
test_nothing_is_read_again_once_it_was_said_to_be_spent(void **state)
{
	struct src_visit v = {.source = &feed,
	    .cursor = "",
	    .now = EXCHANGE_NOW,
	    .since_at = CQ_NO_TIME,
	    .session = ""};
	struct cq_buf b = {0};
	struct exchange x;
	struct heard h;
	int i, k;

	(void)state;
	for (k = 0; k < 3; k++) { /* newest first, oldest first, any order */
		cq_buf_clear(&b);
		cq_buf_str(&b, "<rss><channel>");
		for (i = 0; i < 5000; i++)
			cq_buf_fmt(&b,
			    "<item><guid>%d</guid><title>t</title><pubDate>"
			    "2026-11-%02dT12:00:00Z</pubDate></item>",
			    i,
			    k == 0	 ? 21 - i / 250
				: k == 1 ? 1 + i / 250
					 : 1 + i * 7919 % 20);
		cq_buf_str(&b, "</channel></rss>");
		exchange_make(&x, 200, NULL, b.s, b.n, URL);
		x.answer.spent = forget;
		h = hear_visit(&src_feed, &v, &x);
		assert_int_equal(h.posts.n, 5000);
		assert_true(n_forgotten > 2 * k);
		for (i = 1; i < 5000; i++) {
			assert_string_equal(h.posts.at[i].text, "t");
			assert_true(h.posts.at[i - 1].created_at <=
			    h.posts.at[i].created_at);
		}
		heard_free(&h);
		exchange_free(&x);
	}
	cq_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_undated_history_is_not_told_now_or_later),
	    cmocka_unit_test(test_undated_items_are_told_if_all_is_wanted),
	    cmocka_unit_test(
		test_more_history_than_is_remembered_stays_out_too),
	    cmocka_unit_test(
		test_dated_history_is_for_the_poller_at_first_and_out_later),
	    cmocka_unit_test(test_an_edited_item_is_told_again_under_its_id),
	    cmocka_unit_test(
		test_posts_that_came_and_went_between_two_visits_are_a_jump),
	    cmocka_unit_test(
		test_a_post_from_the_time_to_come_does_not_hide_when_a_jump_began),
	    cmocka_unit_test(
		test_where_a_date_is_missing_the_order_of_the_feed_counts),
	    cmocka_unit_test(test_a_guid_that_was_shared_is_not_trusted_again),
	    cmocka_unit_test(test_a_link_that_was_shared_is_not_trusted_again),
	    cmocka_unit_test(
		test_one_link_that_came_again_says_nothing_of_all_guids),
	    cmocka_unit_test(test_many_shared_guids_make_all_of_them_worthless),
	    cmocka_unit_test(test_guids_made_anew_each_time_give_way_to_links),
	    cmocka_unit_test(
		test_the_time_to_live_is_kept_even_when_nothing_changed),
	    cmocka_unit_test(
		test_a_validator_that_cannot_go_back_as_it_came_is_not_kept),
	    cmocka_unit_test(
		test_no_feed_is_asked_more_often_than_every_five_minutes),
	    cmocka_unit_test(
		test_hours_and_days_a_feed_names_are_left_in_peace),
	    cmocka_unit_test(test_a_cut_document_is_asked_for_again_as_a_whole),
	    cmocka_unit_test(test_a_cursor_nobody_wrote_does_no_harm),
	    cmocka_unit_test(test_what_stood_in_a_long_feed_is_not_told_again),
	    cmocka_unit_test(test_an_edit_in_the_middle_of_a_long_feed_is_told),
	    cmocka_unit_test(
		test_a_long_feed_is_told_anew_if_its_posts_would_be_others),
	    cmocka_unit_test(test_a_short_feed_needs_no_blocks),
	    cmocka_unit_test(
		test_nothing_is_read_again_once_it_was_said_to_be_spent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
