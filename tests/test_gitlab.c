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
#include "tests/replay.h"

#define DIR "tests/fixtures/gitlab/"
#define API "https://gitlab.com/api/v4/projects/acme%2Fhome%2Fkettle"

static struct cq_source project = {
    .name = "lab",
    .adapter = "gitlab",
    .address = "https://gitlab.com/acme/home/kettle/",
    .query = "",
};
static struct cq_source numbered = {
    .name = "lab",
    .adapter = "gitlab",
    .address = "http://localhost:8080/api/v4/projects/12",
    .query = "too hot",
    .token_file = "/nonexistent",
};

/* --- what is asked ----------------------------------------------------- */

static void
test_it_asks_for_changed_issues_and_then_for_their_notes(void **state)
{
	(void)state;
	source_asks(&src_gitlab, &project, "",
	    API "/issues?order_by=updated_at&sort=asc&updated_after=2026-11-"
		"22T13%3A07%3A00Z&per_page=20");
	/* half a minute before: what is being stored comes late */
	source_asks(&src_gitlab, &numbered,
	    "1795439220 2 0 1 0 private 1795500000\n",
	    "http://localhost:8080/api/v4/projects/12/issues?order_by="
	    "updated_at&sort=asc&updated_after=2026-11-23T13%3A06%3A30Z&"
	    "search=too%20hot&in=title%2Cdescription&per_page=20&page=2");
	source_asks(&src_gitlab, &project, "1795439220 1 0 1 0\n7 12c\n1f",
	    API "/issues/7/notes?order_by=updated_at&sort=desc&per_page=50");
	source_asks(&src_gitlab, &project, "1795439220 1 0 3 0\n7 12c\n1f",
	    API "/issues/7/notes?order_by=updated_at&sort=desc&per_page=50&"
		"page=3");
}

static void
test_the_token_goes_into_a_header_that_no_redirect_takes_along(void **state)
{
	struct src_visit visit = exchange_visit(&numbered, "");
	struct src_request req;

	(void)state;
	visit.secret = "glpat-1";
	assert_int_equal(src_gitlab.ask(&visit, &req, NULL), CQ_OK);
	assert_true(req.secret);
	assert_string_equal(req.headers[1], "PRIVATE-TOKEN: glpat-1");
	assert_null(strstr(req.url, "glpat"));
	src_request_free(&req);
	free(visit.memory);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char give[] = "give the address of a project, such as "
				   "https://gitlab.com/GROUP/NAME";
	static const char words[] =
	    "the query is at most 200 bytes of words that titles or texts of "
	    "issues hold, or empty for all of them";

	(void)state;
	assert_int_equal(src_gitlab.check(&project, NULL), CQ_OK);
	assert_int_equal(src_gitlab.check(&numbered, NULL), CQ_OK);
	source_refused(&src_gitlab, "https://gitlab.com", "", give);
	source_refused(&src_gitlab, "https://gitlab.com/acme", NULL, give);
	source_refused(&src_gitlab, "https://gitlab.com/acme/kettle/-/issues",
	    "", give);
	source_refused(&src_gitlab, "https://gitlab.com/api/v4/projects/", "",
	    give);
	source_refused(&src_gitlab,
	    "https://gitlab.com/api/v4/projects/1/issues", "", give);
	source_refused(&src_gitlab, "https://gitlab.com/a/b?x=1", "", give);
	source_refused(&src_gitlab, "https://gitlab.com/a/b", "\xff", words);
	source_refused(&src_gitlab, "gitlab.com/a/b", "",
	    "gitlab.com/a/b is no address: it must begin with https://");
}

/* --- recorded answers -------------------------------------------------- */

static struct heard
hear_file(struct src_visit *visit, const char *name)
{
	struct exchange x;
	struct heard h;
	char *path = cq_format(DIR "%s", name);

	exchange_load(&x, path, "https://gitlab.com");
	h = hear_visit(&src_gitlab, visit, &x);
	exchange_free(&x);
	free(path);
	return h;
}

static void
test_a_recorded_page_of_issues(void **state)
{
	struct src_visit visit = exchange_visit(&project, "");
	struct heard h = hear_file(&visit, "issue_page_2.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(p[0].id, "issues/3");
	assert_string_equal(p[0].conversation, "issues/3");
	assert_memory_equal(p[0].text, "Outdated: NoteBuddy\n\nCurrent version",
	    36);
	assert_string_equal(p[0].handle, "YoeriNijs");
	assert_string_equal(p[0].author, "2");
	assert_string_equal(p[0].author_name, "Yoeri Nijs");
	assert_string_equal(p[0].network, "gitlab");
	assert_string_equal(p[0].url,
	    "https://gitlab.com/fdroid/fdroiddata/issues/642");
	assert_int_equal(p[0].created_at, 1489863731);
	assert_int_equal(p[0].visibility, CQ_PUBLIC);
	assert_false(p[0].bot);
	assert_string_equal(p[1].id, "issues/4");
	/* neither has notes; so that was all */
	assert_false(h.next.more);
	assert_memory_equal(h.next.cursor, "1489879265 1 1795352820 1 0\n\n",
	    29);
	heard_free(&h);
	free(visit.memory);
}

static void
test_recorded_notes_stand_under_their_issue(void **state)
{
	static const char cursor[] =
	    "1489879265 1 1489800000 1 0\n641 642c\n1f";
	struct src_visit visit = exchange_visit(&project, cursor);
	struct heard h = hear_file(&visit, "notes_2.json");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "issues/641/notes/1");
	assert_string_equal(h.posts.at[0].conversation, "issues/641");
	assert_string_equal(h.posts.at[0].in_reply_to, "issues/641");
	assert_string_equal(h.posts.at[0].text,
	    "https://github.com/spacecowboy/Feeder/issues/13");
	assert_string_equal(h.posts.at[0].url,
	    "https://gitlab.com/acme/home/kettle/-/issues/641#note_1");
	assert_int_equal(h.posts.at[0].visibility, CQ_PUBLIC);
	assert_string_equal(h.next.cursor,
	    "1489879265 1 1489800000 1 0\n642c\n1f");
	assert_true(h.next.more);
	heard_free(&h);

	/* "closed" was written by GitLab itself */
	visit.cursor = "1489879265 1 1489800000 1 0\n642c\n1f";
	h = hear_file(&visit, "notes_3.json");
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_string_equal(h.next.cursor, "1489879265 1 1489800000 1 0\n\n1f");
	heard_free(&h);
	free(visit.memory);
}

/* --- answers written by hand from what the documentation says ----------- */

#define ISSUE(iid, more)                                          \
	"{\"iid\":" iid ",\"title\":\"t\",\"description\":\"d\"," \
	"\"updated_at\":\"2026-11-23T12:00:00.123Z\"" more "}"
#define NOTE(id, more)                           \
	"{\"id\":" id ",\"body\":\"same here\"," \
	"\"updated_at\":\"2026-11-23T12:00:00.123Z\"" more "}"

static void
test_by_hand_what_only_members_see_is_private(void **state)
{
	struct src_visit visit = exchange_visit(&project, "");
	struct heard h = hear_answer(&src_gitlab, &visit, 200, NULL,
	    "[" ISSUE("1",
		",\"confidential\":true,\"user_notes_count\":1") "," ISSUE("2",
		",\"user_notes_count\":2") "]");

	(void)state;
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	assert_int_equal(h.posts.at[1].visibility, CQ_PUBLIC);
	assert_memory_equal(h.next.cursor,
	    "1795435200 1 1795352820 1 0\n1c 2\n", 33);
	assert_true(h.next.more);
	heard_free(&h);

	visit.cursor = "1795435200 1 1795352820 1 0\n1c 2\n";
	h = hear_answer(&src_gitlab, &visit, 200, NULL, "[" NOTE("9", "") "]");
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	heard_free(&h);
	visit.cursor = "1795435200 1 1795352820 1 0\n2\n";
	h = hear_answer(&src_gitlab, &visit, 200, NULL,
	    "[" NOTE("11", ",\"confidential\":true") "," NOTE("10",
		",\"internal\":true") "," NOTE("9", "") "]");
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[0].id, "issues/2/notes/9");
	assert_int_equal(h.posts.at[0].visibility, CQ_PUBLIC);
	assert_int_equal(h.posts.at[1].visibility, CQ_PRIVATE);
	assert_int_equal(h.posts.at[2].visibility, CQ_PRIVATE);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_authors_that_are_nobody_and_bots(void **state)
{
	struct src_visit visit = exchange_visit(&project, "");
	struct heard h = hear_answer(&src_gitlab, &visit, 200, NULL,
	    "[" ISSUE("1",
		",\"author\":{\"username\":\"ghost\",\"id\":1}") "," ISSUE("2",
		",\"author\":{\"username\":\"support-bot\"}") "," ISSUE("3",
		",\"author\":{\"username\":\"project_4_bot_5f\",\"id\":"
		"8}") "," ISSUE("4", ",\"author\":null") "]");

	(void)state;
	assert_int_equal(h.posts.n, 4);
	assert_null(h.posts.at[0].author);
	assert_null(h.posts.at[1].author);
	/* a customer wrote it, by mail */
	assert_false(h.posts.at[1].bot);
	assert_true(h.posts.at[2].bot);
	assert_null(h.posts.at[3].author);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_an_issue_seen_again_is_not_asked_for_its_notes(void **state)
{
	static const char page[] =
	    "[" ISSUE("1", ",\"user_notes_count\":1") "]";
	struct src_visit visit = exchange_visit(&project, "");
	struct heard h = hear_answer(&src_gitlab, &visit, 200, NULL, page);
	char *cursor = cq_strdup(h.next.cursor), *p = strchr(cursor, '\n') + 1;

	(void)state;
	assert_true(*p == '1' && p[1] == '\n');
	memmove(p, p + 1, strlen(p)); /* its notes were read */
	visit.cursor = cursor;
	heard_free(&h);
	h = hear_answer(&src_gitlab, &visit, 200, NULL, page);
	assert_int_equal(h.posts.n, 1);
	assert_false(h.next.more);
	heard_free(&h);
	free(cursor);
	free(visit.memory);
}

static void
test_by_hand_an_empty_page_moves_nothing(void **state)
{
	struct src_visit visit = exchange_visit(&project, "5 1 5 1 0\n\n1f");
	struct heard h = hear_answer(&src_gitlab, &visit, 200, NULL, "[]");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	/* but the second page of what is gone is left */
	visit.cursor = "5 2 5 1 1\n\n1f";
	h = hear_answer(&src_gitlab, &visit, 200, NULL, "[]");
	assert_string_equal(h.next.cursor, "5 1 5 1 0\n\n1f");
	assert_false(h.next.more);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_an_issue_that_went_away_does_not_stop_the_others(void **state)
{
	struct src_visit visit = exchange_visit(&project, "5 1 5 2 1\n7 8\n1f");
	struct heard h = hear_answer(&src_gitlab, &visit, 404, NULL,
	    "{\"message\":\"404 Not found\"}");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_string_equal(h.next.cursor, "5 1 5 1 1\n8\n1f");
	assert_true(h.next.more);
	heard_free(&h);
	visit.cursor = "5 1 5 1 0\n8\n1f";
	h = hear_answer(&src_gitlab, &visit, 404, NULL,
	    "{\"message\":\"404 Not found\"}");
	assert_string_equal(h.next.cursor, "5 1 5 1 0\n\n1f");
	heard_free(&h);
	visit.cursor = "5 1 5 1 0\n\n1f";
	heard_fails(hear_answer(&src_gitlab, &visit, 404, NULL,
			"{\"message\":\"404 Not found\"}"),
	    "gitlab.com knows no such page (404): check address and query", 0,
	    false);
	free(visit.memory);
}

/* Its notes are read once it is there again. */
static void
test_by_hand_a_project_that_went_away_loses_no_notes(void **state)
{
	static const char *const bodies[] = {
	    "{\"message\":\"404 Project Not Found\"}", "<html>"};
	struct src_visit visit = exchange_visit(&project, "5 1 5 2 1\n7 8\n1f");
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++)
		heard_fails(hear_answer(&src_gitlab, &visit, 404, NULL,
				bodies[i]),
		    "gitlab.com knows no such page (404): check address and "
		    "query",
		    0, false);
	free(visit.memory);
}

static void
test_by_hand_refusals_say_what_to_do(void **state)
{
	struct src_visit visit = exchange_visit(&numbered, "");
	struct src_visit again = exchange_visit(&numbered, "5 1 5 1 0\n7\n1f");

	(void)state;
	heard_fails(hear_answer(&src_gitlab, &visit, 401, NULL,
			"{\"message\":\"401 Unauthorized\"}"),
	    "localhost refused the token: make a new one and put it in the "
	    "token file",
	    0, true);
	heard_fails(hear_answer(&src_gitlab, &visit, 429,
			"RateLimit-Remaining: 0\n"
			"RateLimit-Reset: 1795439250\n",
			"Retry later"),
	    "localhost asks for patience (429): it will be asked again later",
	    30, false);
	heard_fails(hear_answer(&src_gitlab, &visit, 200, NULL, "{}"),
	    "localhost answered with something else instead of a list of "
	    "posts; check the address",
	    0, false);
	heard_fails(hear_answer(&src_gitlab, &again, 200, NULL,
			"<!DOCTYPE html>"),
	    "localhost answered with a web page instead of JSON; check the "
	    "address",
	    0, false);
	free(visit.memory);
	free(again.memory);
}

static void
test_by_hand_odd_items_are_left_out(void **state)
{
	struct src_visit visit = exchange_visit(&project, "");
	struct heard h = hear_answer(&src_gitlab, &visit, 200, NULL,
	    "[null,1,\"x\",[],{},{\"iid\":\"3\"},{\"iid\":-1},{\"iid\":1.5},"
	    "{\"iid\":7,\"title\":[],\"description\":{},\"author\":\"me\","
	    "\"created_at\":1,\"updated_at\":\"soon\",\"web_url\":false,"
	    "\"confidential\":\"no\",\"user_notes_count\":\"many\"}]");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "issues/7");
	assert_string_equal(h.posts.at[0].text, "");
	assert_int_equal(h.posts.at[0].visibility, CQ_PUBLIC);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);

	visit.cursor = "5 1 5 1 0\n7\n1f";
	h = hear_answer(&src_gitlab, &visit, 200, NULL,
	    "[null,1,[],{},{\"id\":\"x\"},{\"id\":3,\"body\":7,\"system\":"
	    "\"no\",\"updated_at\":[]}]");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "issues/7/notes/3");
	assert_string_equal(h.next.cursor, "5 1 5 1 0\n\n1f");
	heard_free(&h);
	free(visit.memory);
}

/* --- a project made up for the test: nothing is passed over -------------- */

#define ISSUES 90
#define NOTES 150

struct made {
	int64_t changed[ISSUES + 1]; /* 0: not there yet */
	struct {
		int issue;
		int64_t at;
	} note[NOTES * 20];
	int n_notes;
	int64_t now;
	uint32_t dice;
	int n_asked; /* for notes */
};

static uint32_t
roll(struct made *p, uint32_t sides)
{
	p->dice = p->dice * 1103515245 + 12345;
	return (p->dice >> 16) % sides;
}

/* People write for a while, now and then much in one second. */
static void
write_notes(struct made *p, int n)
{
	while (n-- > 0) {
		int issue = 1 + (int)roll(p, ISSUES);

		p->now += roll(p, 4) == 0 ? roll(p, 40) : 0;
		p->note[p->n_notes].issue = issue;
		p->note[p->n_notes++].at = p->now;
		p->changed[issue] = p->now;
	}
}

static int64_t
number_in(const char *url, const char *name, int64_t otherwise)
{
	char *s = url_query(url, name);
	int64_t n = otherwise;

	if (s != NULL && !cq_time_parse(s, &n))
		n = atoll(s);
	free(s);
	return n;
}

static void
add_item(struct cq_buf *body, const char *name, int id, int64_t at)
{
	char time[CQ_TIME_SIZE];

	cq_time_rfc3339(at, time);
	cq_buf_fmt(body, "%s{\"%s\":%d,\"updated_at\":\"%s\"}",
	    body->n > 1 ? "," : "", name, id, time);
}

static void
issues_answer(const struct made *p, const char *url, struct cq_buf *body)
{
	int64_t from = number_in(url, "updated_after", 0), at;
	int64_t skip = (number_in(url, "page", 1) - 1) * 20, n = 0;
	int i;

	for (at = from; at <= p->now && n < skip + 20; at++)
		for (i = 1; i <= ISSUES && n < skip + 20; i++)
			if (p->changed[i] == at && n++ >= skip)
				add_item(body, "iid", i, at);
}

static void
notes_answer(const struct made *p, const char *url, struct cq_buf *body)
{
	int issue = atoi(strstr(url, "/issues/") + 8), i;
	int64_t skip = (number_in(url, "page", 1) - 1) * 50, n = 0;

	for (i = p->n_notes - 1; i >= 0 && n < skip + 50; i--)
		if (p->note[i].issue == issue && n++ >= skip)
			add_item(body, "id", i + 1, p->note[i].at);
}

/* A visit of at most 25 questions; people go on writing meanwhile. */
static void
listen_to(struct made *p, char **cursor, bool *came)
{
	struct src_visit visit = exchange_visit(&project, *cursor);
	bool more = true;
	int step;

	for (step = 0; more && step < SRC_STEPS_MAX; step++) {
		struct cq_buf body = {0};
		struct src_request req;
		struct heard h;
		size_t i;

		cq_buf_char(&body, '[');
		assert_int_equal(src_gitlab.ask(&visit, &req, NULL), CQ_OK);
		if (strstr(req.url, "/notes?") != NULL) {
			p->n_asked++;
			notes_answer(p, req.url, &body);
		} else {
			issues_answer(p, req.url, &body);
		}
		cq_buf_char(&body, ']');
		h = hear_answer(&src_gitlab, &visit, 200, NULL, body.s);
		assert_int_equal(h.status, CQ_OK);
		for (i = 0; i < h.posts.n; i++) {
			const char *note = strstr(h.posts.at[i].id, "/notes/");

			if (note != NULL)
				came[atoi(note + 7)] = true;
		}
		if (h.next.cursor != NULL) {
			free(*cursor);
			*cursor = cq_strdup(h.next.cursor);
			visit.cursor = *cursor;
		}
		more = h.next.more;
		heard_free(&h);
		src_request_free(&req);
		cq_buf_free(&body);
		if (p->n_notes < NOTES * 8 && roll(p, 2) == 0)
			write_notes(p, 2);
	}
	free(visit.memory);
}

static void
test_by_hand_no_note_is_passed_over_while_people_write(void **state)
{
	uint32_t seed;
	int i;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		struct made *p = cq_alloc(sizeof(*p));
		bool came[NOTES * 20 + 1] = {false};
		char *cursor = cq_strdup("");

		p->dice = seed;
		p->now = EXCHANGE_NOW - 20000;
		while (p->n_notes < NOTES * 8) {
			write_notes(p, (int)roll(p, NOTES));
			listen_to(p, &cursor, came);
		}
		for (i = 0; i < 12; i++)
			listen_to(p, &cursor, came);
		for (i = 1; i <= p->n_notes; i++)
			assert_true(came[i]);
		/* and once all is known, no notes are asked for */
		p->n_asked = 0;
		listen_to(p, &cursor, came);
		assert_int_equal(p->n_asked, 0);
		free(cursor);
		free(p);
	}
}

/* --- once more --------------------------------------------------------- */

static void
test_by_hand_what_is_looked_at_again_is_there_or_gone(void **state)
{
	static const char *const issue[] = {"issues/1"};
	static const char *const note[] = {"issues/5/notes/9"};
	struct src_visit visit = exchange_visit(&project, "");
	struct src_request req;
	struct heard h;
	char *body;
	size_t n;

	(void)state;
	visit.secret = "abc"; /* without it what is confidential seems gone */
	src_gitlab.ask_again(&visit, issue, 1, &req, NULL);
	assert_string_equal(req.url, API "/issues/1");
	assert_true(req.secret);
	assert_string_equal(req.headers[1], "PRIVATE-TOKEN: abc");
	src_request_free(&req);
	src_gitlab.ask_again(&visit, note, 1, &req, NULL);
	assert_string_equal(req.url, API "/issues/5/notes/9");
	src_request_free(&req);

	body = replay_slurp(DIR "issue_1.json", &n);
	h = hear_again(&src_gitlab, &visit, issue, 1, 200, body);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "issues/1");
	assert_memory_equal(h.posts.at[0].text, "bad directory permissions",
	    25);
	heard_free(&h);
	free(body);
	h = hear_again(&src_gitlab, &visit, note, 1, 200, NOTE("9", ""));
	assert_string_equal(h.posts.at[0].id, "issues/5/notes/9");
	assert_string_equal(h.posts.at[0].text, "same here");
	heard_free(&h);
	h = hear_again(&src_gitlab, &visit, note, 1, 404,
	    "{\"message\":\"404 Note Not Found\"}");
	assert_int_equal(h.posts.n, 1);
	assert_true(h.posts.at[0].gone);
	heard_free(&h);
	/* nothing is deleted because the project is not for us any more */
	heard_fails(hear_again(&src_gitlab, &visit, note, 1, 404,
			"{\"message\":\"404 Project Not Found\"}"),
	    "gitlab.com knows no such page (404): check address and query", 0,
	    false);
	heard_fails(hear_again(&src_gitlab, &visit, note, 1, 404, "<html>"),
	    "gitlab.com knows no such page (404): check address and query", 0,
	    false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_it_asks_for_changed_issues_and_then_for_their_notes),
	    cmocka_unit_test(
		test_the_token_goes_into_a_header_that_no_redirect_takes_along),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(test_a_recorded_page_of_issues),
	    cmocka_unit_test(test_recorded_notes_stand_under_their_issue),
	    cmocka_unit_test(test_by_hand_what_only_members_see_is_private),
	    cmocka_unit_test(test_by_hand_authors_that_are_nobody_and_bots),
	    cmocka_unit_test(
		test_by_hand_an_issue_seen_again_is_not_asked_for_its_notes),
	    cmocka_unit_test(test_by_hand_an_empty_page_moves_nothing),
	    cmocka_unit_test(
		test_by_hand_an_issue_that_went_away_does_not_stop_the_others),
	    cmocka_unit_test(
		test_by_hand_a_project_that_went_away_loses_no_notes),
	    cmocka_unit_test(test_by_hand_refusals_say_what_to_do),
	    cmocka_unit_test(test_by_hand_odd_items_are_left_out),
	    cmocka_unit_test(
		test_by_hand_no_note_is_passed_over_while_people_write),
	    cmocka_unit_test(
		test_by_hand_what_is_looked_at_again_is_there_or_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
