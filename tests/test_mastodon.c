#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "sources/adapters.h"
#include "tests/exchange.h"
#include "tests/toots.h"

#define DIR "tests/fixtures/mastodon/"

static struct cq_source tag = {
    .name = "toots",
    .adapter = "mastodon",
    .address = "https://mastodon.social",
    .query = "#ichbinhanna",
};
static struct cq_source local_tag = {
    .name = "toots",
    .adapter = "mastodon",
    .address = "http://localhost:8585",
    .query = "#acmefail",
};
static struct cq_source mentions = {
    .name = "toots",
    .adapter = "mastodon",
    .address = "http://localhost:3000/",
    .query = "mentions",
    .token_file = "/nonexistent",
};

static struct heard
answered(struct src_visit *visit, const char *body)
{
	return hear_answer(&src_mastodon, visit, 200, NULL, body);
}

/* A visit whose newest page did not reach the cursor, if it asks for one. */
static struct src_visit
visit_behind(const struct cq_source *s, const char *cursor)
{
	struct src_visit visit = {.source = s,
	    .cursor = cursor,
	    .since_at = CQ_NO_TIME,
	    .session = ""};
	struct heard h;

	if (*cursor == '\0' || *s->query != '#')
		return visit;
	h = answered(&visit, "[" STATUS("newest", "") "]");
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
	return visit;
}

/* What is read behind the cursor. */
static struct heard
hear_file(const struct cq_source *s, const char *cursor, const char *path)
{
	struct src_visit visit = visit_behind(s, cursor);
	struct exchange x;
	struct heard h;

	exchange_load(&x, path, s->address);
	h = hear_visit(&src_mastodon, &visit, &x);
	exchange_free(&x);
	exchange_forget(&src_mastodon, &visit);
	return h;
}

static struct heard
hear_text(const struct cq_source *s, const char *cursor, int status,
    const char *headers, const char *body)
{
	struct src_visit visit = visit_behind(s, cursor);
	struct heard h =
	    hear_answer(&src_mastodon, &visit, status, headers, body);

	exchange_forget(&src_mastodon, &visit);
	return h;
}

/* --- what is asked ----------------------------------------------------- */

static void
asks(const struct cq_source *s, const char *cursor, const char *url)
{
	struct src_request req;
	struct cq_err err = {0};

	assert_int_equal(src_mastodon.ask(&(struct src_visit){.source = s,
					      .cursor = cursor},
			     &req, &err),
	    CQ_OK);
	assert_string_equal(req.url, url);
	assert_int_equal(req.token, s->token_file != NULL);
	src_request_free(&req);
}

static void
test_it_asks_for_what_is_newer_than_its_cursor(void **state)
{
	(void)state;
	asks(&tag, "",
	    "https://mastodon.social/api/v1/timelines/tag/ichbinhanna"
	    "?limit=40");
	asks(&tag, "109",
	    "https://mastodon.social/api/v1/timelines/tag/ichbinhanna"
	    "?limit=40"); /* the newest page comes first */
	asks(&mentions, "21",
	    "http://localhost:3000/api/v1/notifications"
	    "?types%5B%5D=mention&types%5B%5D=quote&limit=40"
	    "&include_filtered=true&min_id=21");
}

static void
test_more_tags_widen_or_narrow_the_first(void **state)
{
	struct cq_source s = tag;

	(void)state;
	s.query = "#late #verspaetet +#acme -#promo";
	assert_int_equal(src_mastodon.check(&s, NULL), CQ_OK);
	asks(&s, "7",
	    "https://mastodon.social/api/v1/timelines/tag/late?limit=40"
	    "&any%5B%5D=verspaetet&all%5B%5D=acme&none%5B%5D=promo");
}

static void
test_what_goes_into_the_address_is_escaped(void **state)
{
	struct cq_source s = tag;

	(void)state;
	s.query = "#gr\xc3\xbc\xc3\x9f";
	asks(&s, "",
	    "https://mastodon.social/api/v1/timelines/tag/gr%C3%BC%C3%9F"
	    "?limit=40");
	asks(&mentions, "a&b=c\nd",
	    "http://localhost:3000/api/v1/notifications"
	    "?types%5B%5D=mention&types%5B%5D=quote&limit=40"
	    "&include_filtered=true&min_id=a%26b%3Dc%0Ad");
}

static void
refuses_source(char *address, char *query, char *token, const char *msg)
{
	struct cq_source s = {
	    .address = address, .query = query, .token_file = token};
	struct cq_err err = {0};

	assert_int_equal(src_mastodon.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char listen[] = "the query says what to listen for: "
				     "\"#tag\", words, or \"mentions\"";

	(void)state;
	assert_int_equal(src_mastodon.check(&tag, NULL), CQ_OK);
	assert_int_equal(src_mastodon.check(&local_tag, NULL), CQ_OK);
	assert_int_equal(src_mastodon.check(&mentions, NULL), CQ_OK);
	refuses_source("https://m.example", "", NULL, listen);
	refuses_source("https://m.example", NULL, NULL, listen);
	refuses_source("https://m.example", "#a b", NULL, listen);
	refuses_source("https://m.example", "-#a", NULL, listen);
	refuses_source("https://m.example", "acme", NULL,
	    "a search for words needs a token file; for a tag write "
	    "\"#tag\"");
	refuses_source("https://m.example", "#", NULL, listen);
	refuses_source("https://m.example", "#a b", NULL, listen);
	refuses_source("https://m.example", "#a/../b", NULL, listen);
	refuses_source("https://m.example", "#\xff", NULL, listen);
	refuses_source("https://m.example", "mentions", NULL,
	    "mentions need a token file: they are those of its account");
	refuses_source("https://m.example/@acme", "#a", NULL,
	    "give the address of the server alone, such as "
	    "https://mastodon.social");
	refuses_source("http://m.example", "#a", NULL,
	    "plain http is not allowed for m.example: use https://, or "
	    "--insecure if it has none");
	refuses_source("m.example", "#a", NULL,
	    "m.example is no address: it must begin with https://");
	refuses_source("https://me:pw@m.example", "#a", NULL,
	    "an address with a name or password in it is not accepted: use a "
	    "token file");
}

/* --- recorded answers -------------------------------------------------- */

static void
test_a_page_comes_oldest_first(void **state)
{
	struct heard h = hear_file(&tag, "",
	    DIR "get-timeline-hashtag-anonymous-00.meta.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 5);
	assert_string_equal(p[0].id, "109302354165120279");
	assert_string_equal(p[0].in_reply_to, "109302329974271443");
	assert_string_equal(p[0].author,
	    "https://bildung.social/@ornithophilos");
	assert_string_equal(p[0].handle, "ornithophilos@bildung.social");
	assert_string_equal(p[4].id, "109307661613791619");
	assert_string_equal(p[4].handle, "amreibahr@mastodon.social");
	assert_string_equal(p[4].author_name, "Amrei Bahr");
	assert_string_equal(p[4].network, "mastodon");
	assert_string_equal(p[4].lang, "de");
	assert_string_equal(p[4].uri,
	    "https://mastodon.social/users/"
	    "amreibahr/statuses/"
	    "109307661613791619");
	assert_string_equal(p[4].url,
	    "https://mastodon.social/@amreibahr/109307661613791619");
	assert_int_equal(p[4].author_followers, 546);
	assert_int_equal(p[4].created_at, 1667902551);
	assert_null(p[4].in_reply_to);
	assert_non_null(strstr(p[4].text,
	    "Aber wehe #IchBinHanna hat so einen Tag."));
	assert_null(strchr(p[4].text, '<'));
	heard_free(&h);
}

static void
test_the_first_page_ever_is_not_followed_into_the_past(void **state)
{
	struct heard h = hear_file(&tag, "",
	    DIR "get-timeline-hashtag-anonymous-00.meta.json");

	(void)state;
	assert_string_equal(h.next.cursor, "109307661613791619");
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_pages_are_followed_until_an_empty_one(void **state)
{
	struct heard h = hear_file(&tag, "109302354165120278",
	    DIR "get-timeline-hashtag-anonymous-00.meta.json");

	(void)state;
	assert_true(h.next.more);
	assert_string_equal(h.next.cursor, "109307661613791619");
	heard_free(&h);

	h = hear_file(&mentions, "21",
	    DIR "gts-notifications-mention-newer-empty.meta.json");
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_false(h.next.more);
	assert_null(h.next.cursor);
	heard_free(&h);
}

static void
test_ids_of_another_server_program_are_opaque(void **state)
{
	struct heard h =
	    hear_file(&local_tag, "01", DIR "gts-tag-timeline.meta.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(p[2].id, "01M83A6Y25FEXZ1K872FBMEP3H");
	assert_string_equal(p[2].text,
	    "@brand complaint no 5: #acmefail <b>not html</b> & "
	    "\xc3\xbcn\xc3\xaf"
	    "code "
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e "
	    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d"
	    "\xf0\x9f\x91\xa7 https://example.org/p?a=1&b=2");
	assert_string_equal(h.next.cursor, "01M83A6Y25FEXZ1K872FBMEP3H");
	assert_true(h.next.more);
	heard_free(&h);
}

static void
test_the_cursor_of_mentions_is_the_notification(void **state)
{
	struct heard h = hear_file(&mentions, "",
	    DIR "test-notifications-mentions-only-01.meta.json");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "117020577157693549");
	assert_string_equal(h.posts.at[0].text, "@mastodonpy_test hello!");
	assert_string_equal(h.next.cursor, "21");
	heard_free(&h);
}

/* --- the newest page of a tag ------------------------------------------ */

/* The address that the visit asks for next; to be freed. */
static char *
asked(struct src_visit *visit)
{
	struct src_request req;
	char *url;

	assert_int_equal(src_mastodon.ask(visit, &req, NULL), CQ_OK);
	url = cq_strdup(req.url);
	src_request_free(&req);
	return url;
}

static void
test_a_post_that_arrived_late_is_heard(void **state)
{
	struct src_visit visit = {.source = &tag, .cursor = "7"};
	struct heard h;

	(void)state; /* 6 was not there when 7 was read */
	h = answered(&visit,
	    "[" STATUS("8", "") "," STATUS("7", "") "," STATUS("6",
		"") "," STATUS("5", "") "]");
	assert_int_equal(h.posts.n, 4);
	assert_string_equal(h.posts.at[1].id, "6");
	assert_string_equal(h.next.cursor, "8");
	assert_false(h.next.more);
	heard_free(&h);
}

static void
test_more_than_a_page_of_a_tag_is_read_forwards(void **state)
{
	struct src_visit visit = {.source = &tag, .cursor = "7"};
	struct heard h = answered(&visit, "[" STATUS("99", "") "]");
	char *url;

	(void)state;
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
	url = asked(&visit);
	assert_string_equal(url,
	    "https://mastodon.social/api/v1/timelines/tag/ichbinhanna"
	    "?limit=40&min_id=7");
	free(url);
	h = answered(&visit, "[" STATUS("9", "") "," STATUS("8", "") "]");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.next.cursor, "9");
	assert_true(h.next.more);
	heard_free(&h);
	src_mastodon.forget(visit.memory);
}

/* --- pages read backwards ---------------------------------------------- */

static void
test_a_first_visit_reads_back_to_what_is_wanted(void **state)
{
	struct src_visit visit = {
	    .source = &tag, .cursor = "", .since_at = 1795392000};
	struct heard h;
	char *url;

	(void)state; /* since 2026-11-23T00:00:00Z */
	h = answered(&visit,
	    "[" STATUS("9",
		",\"created_at\":\"2026-11-23T02:00:00Z\"") "," STATUS("8",
		",\"created_at\":\"2026-11-23T01:00:00Z\"") "]");
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
	url = asked(&visit);
	assert_string_equal(url,
	    "https://mastodon.social/api/v1/timelines/tag/ichbinhanna"
	    "?limit=40&max_id=8");
	free(url);
	h = answered(&visit,
	    "[" STATUS("7",
		",\"created_at\":\"2026-11-23T00:30:00Z\"") "," STATUS("6",
		",\"created_at\":\"2026-11-22T23:00:00Z\"") "]");
	assert_int_equal(h.posts.n, 4);
	assert_string_equal(h.posts.at[0].id, "6");
	assert_string_equal(h.posts.at[3].id, "9");
	assert_string_equal(h.next.cursor, "9");
	assert_false(h.next.more);
	assert_false(h.next.jumped);
	heard_free(&h);
	src_mastodon.forget(visit.memory);
}

static void
test_a_tag_with_too_much_of_a_past_says_what_it_left(void **state)
{
	struct src_visit visit = {
	    .source = &tag, .cursor = "", .since_at = 1795392000};
	int i;

	(void)state;
	for (i = 0; i < SRC_STEPS_MAX; i++) {
		char *page = cq_format("[" STATUS("%d",
					   ",\"created_at\":"
					   "\"2026-11-23T02:00:00Z\"") "]",
		    1000 - i);
		struct heard h = answered(&visit, page);

		assert_int_equal(h.next.more, i + 1 < SRC_STEPS_MAX);
		if (i + 1 == SRC_STEPS_MAX) {
			assert_int_equal(h.posts.n, SRC_STEPS_MAX);
			assert_true(h.next.jumped);
			assert_int_equal(h.next.jumped_at, visit.since_at);
			assert_string_equal(h.next.cursor, "1000");
		}
		heard_free(&h);
		free(page);
	}
	src_mastodon.forget(visit.memory);
}

static void
test_a_link_to_another_server_is_never_followed(void **state)
{
	struct heard h = hear_text(&tag, "1", 200,
	    "Link: <https://evil.example/api?min_id=666>; rel=\"prev\"\n",
	    "[" STATUS("2", "") "]");

	(void)state;
	assert_string_equal(h.next.cursor, "2");
	heard_free(&h);
	h = hear_text(&tag, "1", 200,
	    "Link: <http://mastodon.social/x?min_id=666>; rel=\"prev\"\n",
	    "[" STATUS("2", "") "]");
	assert_string_equal(h.next.cursor, "2");
	heard_free(&h);
	h = hear_text(&tag, "1", 200,
	    "Link: <https://mastodon.social/x?max_id=1>; rel=\"next\", "
	    "<https://mastodon.social/x?a=b&min_id=5>; rel=\"prev\"\n",
	    "[" STATUS("2", "") "]");
	assert_string_equal(h.next.cursor, "5");
	heard_free(&h);
}

static void
test_a_link_with_an_odd_id_is_not_followed(void **state)
{
	char *odd[] = {cq_strdup(""), cq_strdup("%ff"), cq_alloc(514)};

	(void)state;
	memset(odd[2], '7', 513);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		char *link =
		    cq_format("Link: <https://mastodon.social/x?min_id="
			      "%s>; rel=\"prev\"\n",
			odd[i]);
		struct heard h =
		    hear_text(&tag, "1", 200, link, "[" STATUS("2", "") "]");

		assert_string_equal(h.next.cursor, "2");
		heard_free(&h);
		free(link);
		free(odd[i]);
	}
}

static void
test_a_page_that_leads_to_itself_ends(void **state)
{
	struct heard h =
	    hear_text(&tag, "2", 200, NULL, "[" STATUS("2", "") "]");

	(void)state;
	assert_false(h.next.more);
	heard_free(&h);
}

/* --- refusals ---------------------------------------------------------- */

static void
test_a_refused_token_pauses_the_source(void **state)
{
	(void)state;
	heard_fails(hear_file(&mentions, "", DIR "gts-error-401.meta.json"),
	    "localhost refused the token: make a new one and put it in the "
	    "token file",
	    0, true);
	heard_fails(hear_text(&tag, "", 401, NULL, "{}"),
	    "mastodon.social wants a token: caseq source set toots "
	    "--token-file FILE",
	    0, true);
	heard_fails(hear_text(&mentions, "", 403, NULL, "{}"),
	    "localhost refused the token: make a new one and put it in the "
	    "token file",
	    0, true);
}

static void
test_who_has_no_token_is_told_that_one_may_be_wanted(void **state)
{
	(void)state;
	heard_fails(hear_text(&tag, "", 422, NULL,
			"{\"error\":\"This method requires an authenticated "
			"user\"}"),
	    "mastodon.social refused the request (422): it may want a token: "
	    "caseq source set toots --token-file FILE",
	    0, false);
}

static void
test_a_used_up_limit_waits_until_its_reset(void **state)
{
	static const char asks_patience[] =
	    "mastodon.social asks for patience (429): it will be asked again "
	    "later";
	struct exchange x;
	struct heard h;

	(void)state;
	/* the recorded reset is 2026-11-23T04:24:31Z, 161 s later */
	exchange_load(&x, DIR "gts-error-429.meta.json", tag.address);
	x.answer.now =
	    EXCHANGE_NOW - 13 * 3600 - 7 * 60 + 4 * 3600 + 21 * 60 + 50;
	h = hear(&src_mastodon, &tag, "", &x);
	exchange_free(&x);
	heard_fails(h, asks_patience, 161, false);

	heard_fails(hear_text(&tag, "", 429, "Retry-After: 7\n", ""),
	    asks_patience, 7, false);
	heard_fails(hear_text(&tag, "", 429,
			"Retry-After: Mon, 23 Nov 2026 13:08:00 GMT\n", ""),
	    asks_patience, 60, false);
	heard_fails(hear_text(&tag, "", 429, "Retry-After: 9999999\n", ""),
	    asks_patience, 24 * 3600, false);
	heard_fails(hear_text(&tag, "", 429,
			"X-RateLimit-Reset: 2020-01-01T00:00:00Z\n", ""),
	    asks_patience, 0, false);
	/* a time that is past, by our clock, says nothing */
	heard_fails(hear_text(&tag, "", 429,
			"Retry-After: Mon, 23 Nov 2026 13:06:59 GMT\n", ""),
	    asks_patience, 0, false);
	heard_fails(hear_text(&tag, "", 429, NULL, ""), asks_patience, 0,
	    false);
}

static void
test_the_last_allowed_request_also_waits(void **state)
{
	struct heard h = hear_text(&tag, "1", 200,
	    "X-RateLimit-Remaining: 0\n"
	    "X-RateLimit-Reset: 2026-11-23T13:10:00.5Z\n",
	    "[" STATUS("2", "") "]");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(h.next.wait_s, 180);
	heard_free(&h);
}

static void
test_what_is_no_list_of_posts_is_told(void **state)
{
	(void)state;
	heard_fails(hear_text(&tag, "", 200, NULL, "<!DOCTYPE html><p>hi"),
	    "mastodon.social answered with a web page instead of JSON; check "
	    "the address",
	    0, false);
	heard_fails(hear_text(&tag, "", 200, NULL, ""),
	    "mastodon.social answered with nothing instead of JSON; check the "
	    "address",
	    0, false);
	heard_fails(hear_text(&tag, "", 200, NULL, "{\"error\":\"x\"}"),
	    "mastodon.social answered with something else instead of a list "
	    "of posts; check the address",
	    0, false);
	heard_fails(hear_text(&tag, "", 200, NULL, "[{\"id\":\"1\""),
	    "mastodon.social answered with something else instead of JSON; "
	    "check the address",
	    0, false);
	heard_fails(hear_file(&local_tag, "", DIR "gts-account-rss.meta.json"),
	    "localhost knows no such page (404): check address and query", 0,
	    false);
	heard_fails(hear_text(&tag, "", 503, "Retry-After: 90\n", "<html>"),
	    "mastodon.social is out of order (503): it will be asked again "
	    "later",
	    90, false);
	heard_fails(hear_text(&tag, "", 404, NULL, "{}"),
	    "mastodon.social knows no such page (404): check address and query",
	    0, false);
	tag.token_file = (char *)(uintptr_t) "/nonexistent";
	heard_fails(hear_text(&tag, "", 422, NULL, "{}"),
	    "mastodon.social refused the request (422): check address and "
	    "query",
	    0, false);
	tag.token_file = NULL;
}

static void
test_no_cut_page_gives_posts(void **state)
{
	(void)state;
	no_cut_gives_posts(&src_mastodon, &tag, "",
	    DIR "test-hashtag-tl-02.meta.json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_asks_for_what_is_newer_than_its_cursor),
	    cmocka_unit_test(test_what_goes_into_the_address_is_escaped),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(test_a_page_comes_oldest_first),
	    cmocka_unit_test(
		test_the_first_page_ever_is_not_followed_into_the_past),
	    cmocka_unit_test(test_pages_are_followed_until_an_empty_one),
	    cmocka_unit_test(test_ids_of_another_server_program_are_opaque),
	    cmocka_unit_test(test_the_cursor_of_mentions_is_the_notification),
	    cmocka_unit_test(test_more_tags_widen_or_narrow_the_first),
	    cmocka_unit_test(test_a_post_that_arrived_late_is_heard),
	    cmocka_unit_test(test_more_than_a_page_of_a_tag_is_read_forwards),
	    cmocka_unit_test(test_a_first_visit_reads_back_to_what_is_wanted),
	    cmocka_unit_test(
		test_a_tag_with_too_much_of_a_past_says_what_it_left),
	    cmocka_unit_test(test_a_link_to_another_server_is_never_followed),
	    cmocka_unit_test(test_a_link_with_an_odd_id_is_not_followed),
	    cmocka_unit_test(test_a_page_that_leads_to_itself_ends),
	    cmocka_unit_test(test_a_refused_token_pauses_the_source),
	    cmocka_unit_test(
		test_who_has_no_token_is_told_that_one_may_be_wanted),
	    cmocka_unit_test(test_a_used_up_limit_waits_until_its_reset),
	    cmocka_unit_test(test_the_last_allowed_request_also_waits),
	    cmocka_unit_test(test_what_is_no_list_of_posts_is_told),
	    cmocka_unit_test(test_no_cut_page_gives_posts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
