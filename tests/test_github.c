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

#define DIR "tests/fixtures/github/"
#define API "https://api.github.com"

static struct cq_source repo = {
    .name = "hub",
    .adapter = "github",
    .address = "https://github.com/ann/kettle",
    .query = "",
};
static struct cq_source with_token = {
    .name = "hub",
    .adapter = "github",
    .address = "https://git.acme.example:8443/ann/kettle/",
    .token_file = "/nonexistent",
};
static struct cq_source search = {
    .name = "hub",
    .adapter = "github",
    .address = "https://github.com",
    .query = "acme \"too hot\"",
};

/* --- what is asked ----------------------------------------------------- */

static void
test_it_asks_for_what_changed_since(void **state)
{
	(void)state;
	source_asks(&src_github, &repo, "",
	    API "/repos/ann/kettle/issues?state=all&sort=updated&direction="
		"asc&since=2026-11-22T13%3A07%3A00Z&per_page=50");
	/* a minute before the newest change: lists are late */
	source_asks(&src_github, &with_token,
	    "1795439220 2 -\n-\npublic 1795500000",
	    "https://git.acme.example:8443/api/v3/repos/ann/kettle/issues?"
	    "state=all&sort=updated&direction=asc&since=2026-11-23T13%3A06%3A"
	    "00Z&per_page=50&page=2");
	source_asks(&src_github, &search, "1795439220 1 -\n-",
	    API "/search/issues?q=acme%20%22too%20hot%22%20is%3Aissue%20"
		"updated%3A%3E%3D2026-11-23T12%3A57%3A00Z&sort=updated&order="
		"asc&per_page=50");
}

static void
test_a_search_may_be_in_a_repository_or_of_an_owner(void **state)
{
	struct cq_source s = search;
	struct src_visit visit = exchange_visit(&s, "");
	struct src_request req;

	(void)state;
	s.address = "https://github.com/ann/kettle";
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url, "%20repo%3Aann%2Fkettle%20"));
	src_request_free(&req);
	s.address = "https://github.com/ann/";
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url, "%20user%3Aann%20"));
	src_request_free(&req);
	s.address = "https://www.github.com/ann/kettle.git";
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url, API "/search"));
	assert_non_null(strstr(req.url, "%20repo%3Aann%2Fkettle%20"));
	src_request_free(&req);
	s.address = "https://ann.ghe.com/ann/kettle";
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_memory_equal(req.url, "https://api.ann.ghe.com/search", 30);
	src_request_free(&req);
	s.query = "kettle OR lid";
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url,
	    "?q=%28kettle%20OR%20lid%29%20is%3Aissue%20repo%3Aann%2F"));
	src_request_free(&req);
	free(visit.memory);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char give[] = "give the address of a repository, such as "
				   "https://github.com/OWNER/NAME";
	static const char or_all[] =
	    "give the address of a repository, such as "
	    "https://github.com/OWNER/NAME, or of an owner or of all to "
	    "search in";
	static const char words[] =
	    "the query is at most 200 bytes of words to search for, or empty "
	    "for all issues and comments";
	char much[202];

	(void)state;
	memset(much, 'x', 201);
	much[201] = '\0';
	assert_int_equal(src_github.check(&repo, NULL), CQ_OK);
	assert_int_equal(src_github.check(&with_token, NULL), CQ_OK);
	assert_int_equal(src_github.check(&search, NULL), CQ_OK);
	source_refused(&src_github, "https://github.com", "", give);
	source_refused(&src_github, "https://github.com/ann", NULL, give);
	source_refused(&src_github, "https://github.com/ann/kettle/issues", "",
	    give);
	source_refused(&src_github, "https://github.com/ann/kettle?x=1", "",
	    give);
	source_refused(&src_github, "https://github.com/ann/kettle/issues",
	    "hot", or_all);
	source_refused(&src_github, "https://github.com", much, words);
	source_refused(&src_github, "https://github.com", "\xff", words);
	source_refused(&src_github, "github.com/ann/kettle", "",
	    "github.com/ann/kettle is no address: it must begin with "
	    "https://");
}

/* --- recorded answers -------------------------------------------------- */

static struct heard
hear_file(struct src_visit *visit, const char *name)
{
	struct exchange x;
	struct heard h;
	char *path = cq_format(DIR "%s", name);

	exchange_load(&x, path, API);
	h = hear_visit(&src_github, visit, &x);
	exchange_free(&x);
	free(path);
	return h;
}

static void
test_a_recorded_page_brings_issues_and_no_pull_requests(void **state)
{
	struct src_visit visit = exchange_visit(&repo, "");
	struct heard h = hear_file(&visit, "issues.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(p->id, "issues/572");
	assert_string_equal(p->conversation, "issues/572");
	assert_null(p->in_reply_to);
	assert_memory_equal(p->text,
	    "Error running datasette publish with just --source_url\n\n```",
	    59);
	assert_string_equal(p->author, "9599");
	assert_string_equal(p->handle, "simonw");
	assert_string_equal(p->network, "github");
	assert_string_equal(p->url,
	    "https://github.com/simonw/datasette/issues/572");
	assert_string_equal(p->uri, p->url);
	assert_int_equal(p->created_at, 1567635562);
	assert_string_equal(p->extra,
	    "{\"author_association\":\"OWNER\",\"staff\":true}");
	assert_false(p->bot);
	/* comments are next, in the same visit */
	assert_string_equal(h.next.cursor, "1567635638 1 -\n-");
	assert_true(h.next.more);
	heard_free(&h);
	free(visit.memory);
}

static void
test_a_recorded_page_of_comments_comes_oldest_first(void **state)
{
	struct src_visit visit = exchange_visit(&repo, "1567635638 1 -\n-");
	struct heard h;

	(void)state;
	h = hear_answer(&src_github, &visit, 200, NULL, "[]");
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);

	h = hear_file(&visit, "issue-testgetcomments-00.meta.json");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "comments/5449237");
	assert_string_equal(h.posts.at[1].id, "comments/5518272");
	assert_string_equal(h.posts.at[1].handle, "roskakori");
	assert_null(h.posts.at[1].conversation);
	assert_string_equal(h.next.cursor, "1567635638 1 -\n1336159437 1 -");
	assert_false(h.next.more);
	assert_int_equal(h.next.every_s, 600);
	heard_free(&h);
	free(visit.memory);
}

static void
test_a_recorded_not_modified_leads_to_the_comments(void **state)
{
	struct src_visit visit = exchange_visit(&with_token,
	    "1567635638 1 \"86\"\n1567635638 1 W/\"9\"\npublic 1795500000");
	struct src_request req;
	struct heard h;

	(void)state;
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.headers[0],
	    "Accept: application/vnd.github+json");
	assert_string_equal(req.headers[1], "X-GitHub-Api-Version: 2022-11-28");
	assert_string_equal(req.headers[2], "If-None-Match: \"86\"");
	src_request_free(&req);
	h = hear_file(&visit,
	    "conditionalrequestupdate-testdidnotupdate-00.meta.json");
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_true(h.next.more);
	heard_free(&h);
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url, "/issues/comments?"));
	assert_string_equal(req.headers[2], "If-None-Match: W/\"9\"");
	src_request_free(&req);
	free(visit.memory);
}

static void
test_recorded_refusals_say_what_to_do(void **state)
{
	struct src_visit visit = exchange_visit(&with_token, "");
	struct heard h;

	(void)state;
	h = hear_file(&visit, "exceptions-testbadauthentication-00.meta.json");
	assert_true(h.next.refused);
	heard_fails(h,
	    "api.github.com refused the token: make a new one and put it in "
	    "the token file",
	    0, true);
	heard_fails(hear_file(&visit,
			"exceptions-testunknownobject-01.meta.json"),
	    "api.github.com knows no such page (404): check address and query",
	    0, false);
	heard_fails(hear_file(&visit,
			"exceptions-testinvalidinput-00.meta.json"),
	    "api.github.com refused the request (422): check address and "
	    "query",
	    0, false);
	heard_fails(hear_file(&visit,
			"exceptions-testnonjsondatareturnedbygithub-00.meta."
			"json"),
	    "api.github.com is out of order (503): it will be asked again "
	    "later",
	    0, false);
	free(visit.memory);
}

/* --- answers written by hand from what the documentation says ----------- */

#define ISSUE(n, more)                                                   \
	"{\"url\":\"" API "/repos/ann/kettle/issues/" n "\",\"title\":"  \
	"\"t\",\"body\":\"b\",\"html_url\":\"https://github.com/ann/"    \
	"kettle/issues/" n "\",\"updated_at\":\"2026-11-23T12:00:00Z\"," \
	"\"created_at\":\"2026-11-23T12:00:00Z\"" more "}"

static void
test_by_hand_ghosts_bots_and_missing_bodies(void **state)
{
	struct src_visit visit = exchange_visit(&repo, "");
	struct heard h = hear_answer(&src_github, &visit, 200, NULL,
	    "[" ISSUE("1", ",\"user\":null") "," ISSUE("2",
		",\"user\":{\"login\":\"ghost\",\"id\":10137}") "," ISSUE("3",
		",\"user\":{\"login\":\"stale[bot]\",\"id\":26384082,"
		"\"type\":\"Bot\"},\"author_association\":\"NONE\"") ","
								     "{\"url\":"
								     "\"" API
								     "/repos/"
								     "ann/"
								     "kettle/"
								     "issues/"
								     "4\","
								     "\"title\""
								     ":\"only "
								     "this\","
								     "\"body\":"
								     "null,"
								     "\"user\":"
								     "{\"login"
								     "\":"
								     "\"jo\"}}"
								     "]");

	(void)state;
	assert_int_equal(h.posts.n, 4);
	assert_null(h.posts.at[0].author);
	assert_null(h.posts.at[1].author);
	assert_null(h.posts.at[1].handle);
	assert_true(h.posts.at[2].bot);
	assert_string_equal(h.posts.at[2].extra,
	    "{\"author_association\":\"NONE\"}");
	assert_string_equal(h.posts.at[3].text, "only this");
	assert_string_equal(h.posts.at[3].author, "jo");
	assert_true(h.posts.at[3].created_at == CQ_NO_TIME);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_programs_staff_and_servers_are_told_apart(void **state)
{
	struct src_visit visit =
	    exchange_visit(&with_token, "1795430000 1 -\n-\npublic 1795500000");
	struct heard h = hear_answer(&src_github, &visit, 200, NULL,
	    "[" ISSUE("1",
		",\"user\":{\"login\":\"renovate\",\"id\":1,"
		"\"type\":\"Bot\"},\"author_association\":"
		"\"MEMBER\"") "," ISSUE("2",
		",\"user\":{\"login\":\"stale[bot]\",\"id\":2},"
		"\"author_association\":\"COLLABORATOR\"") "," ISSUE("3",
		",\"user\":{\"login\":\"jo\",\"id\":3,\"type\":\"User\"},"
		"\"pull_request\":{}") "," ISSUE("4",
		",\"user\":{\"login\":\"jo\",\"id\":3,\"type\":\"User\"},"
		"\"author_association\":\"CONTRIBUTOR\"") "]");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_int_equal(h.posts.n, 3);
	assert_true(p[0].bot && p[1].bot && !p[2].bot);
	assert_string_equal(p[0].extra,
	    "{\"author_association\":\"MEMBER\",\"staff\":true}");
	assert_string_equal(p[1].extra,
	    "{\"author_association\":\"COLLABORATOR\",\"staff\":true}");
	assert_string_equal(p[2].extra,
	    "{\"author_association\":\"CONTRIBUTOR\"}");
	/* number 3 there is not who has it at github.com */
	assert_string_equal(p[2].network, "git.acme.example");
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_both_names_of_github_are_one_network(void **state)
{
	struct cq_source s = repo;
	struct src_visit visit = exchange_visit(&s, "");
	struct heard h;

	(void)state;
	s.address = "https://www.github.com/ann/kettle";
	h = hear_answer(&src_github, &visit, 200, NULL, "[" ISSUE("1", "") "]");
	assert_string_equal(h.posts.at[0].network, "github");
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_a_comment_stands_under_its_issue_not_a_pull_request(void **state)
{
	static const char page[] =
	    "[{\"url\":\"" API "/repos/ann/kettle/issues/comments/9\","
	    "\"issue_url\":\"" API "/repos/ann/kettle/issues/28\","
	    "\"html_url\":\"https://github.com/ann/kettle/issues/"
	    "28#issuecomment-9\",\"id\":9,\"body\":\"same here\"},"
	    "{\"url\":\"" API "/repos/ann/kettle/issues/comments/10\","
	    "\"issue_url\":\"" API "/repos/ann/kettle/issues/29\","
	    "\"html_url\":\"https://github.com/ann/kettle/pull/"
	    "29#issuecomment-10\",\"id\":10,\"body\":\"LGTM\"}]";
	struct src_visit visit = exchange_visit(&repo, "");
	struct heard h = hear_answer(&src_github, &visit, 200, NULL, page);

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "comments/9");
	assert_string_equal(h.posts.at[0].text, "same here");
	assert_string_equal(h.posts.at[0].conversation, "issues/28");
	assert_string_equal(h.posts.at[0].in_reply_to, "issues/28");
	heard_free(&h);
	free(visit.memory);
}

#define NAMED(repo, of, path, more)                                      \
	"{\"url\":\"" API "/repos/" repo of "\",\"html_url\":\"https://" \
	"github.com/" repo path "\",\"title\":\"t\",\"body\":\"b\"" more "}"

/* Of three items of a repository of that name, its issue and comment come. */
static void
hears_named(const char *page, const char *issue)
{
	struct src_visit visit = exchange_visit(&repo, "");
	struct src_visit hits = exchange_visit(&search, "");
	struct heard h = hear_answer(&src_github, &visit, 200, NULL, page);
	char *found;

	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "issues/28");
	assert_string_equal(h.posts.at[0].text, "t\n\nb");
	assert_null(h.posts.at[0].in_reply_to);
	assert_string_equal(h.posts.at[1].id, "comments/9");
	assert_string_equal(h.posts.at[1].text, "b");
	assert_string_equal(h.posts.at[1].in_reply_to, "issues/28");
	heard_free(&h);
	free(visit.memory);

	found = cq_format("{\"items\":%s}", page);
	h = hear_answer(&src_github, &hits, 200, NULL, found);
	assert_string_equal(h.posts.at[0].id, issue);
	assert_string_equal(h.posts.at[0].text, "t\n\nb");
	heard_free(&h);
	free(hits.memory);
	free(found);
}

#define ITEMS(repo)                                                     \
	"[" NAMED(repo, "/issues/28", "/issues/28", "") "," NAMED(repo, \
	    "/issues/comments/9", "/issues/28#issuecomment-9",          \
	    ",\"id\":9,\"issue_url\":\"" API "/repos/" repo             \
	    "/issues/28\"") "," NAMED(repo, "/issues/comments/10",      \
	    "/pull/29#issuecomment-10",                                 \
	    ",\"id\":10,\"issue_url\":\"" API "/repos/" repo            \
	    "/issues/29\"") "]"

static void
test_by_hand_a_repository_may_be_called_issues_or_pull(void **state)
{
	(void)state;
	hears_named(ITEMS("ann/kettle"), "ann/kettle/issues/28");
	hears_named(ITEMS("acme/issues"), "acme/issues/issues/28");
	hears_named(ITEMS("issues/comments"), "issues/comments/issues/28");
	hears_named(ITEMS("acme/pull"), "acme/pull/issues/28");
	hears_named(ITEMS("pull/7"), "pull/7/issues/28");
}

static void
test_by_hand_hits_of_a_search_bear_their_repository(void **state)
{
	struct src_visit visit = exchange_visit(&search, "");
	struct heard h = hear_answer(&src_github, &visit, 200, NULL,
	    "{\"total_count\":1,\"incomplete_results\":false,\"items\":"
	    "[" ISSUE("5", "") "]}");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "ann/kettle/issues/5");
	assert_string_equal(h.posts.at[0].uri,
	    "https://github.com/ann/kettle/issues/5");
	/* a search has no comments */
	assert_false(h.next.more);
	assert_string_equal(h.next.cursor, "1795435200 1 -\n-");
	heard_free(&h);

	h = hear_answer(&src_github, &visit, 200, NULL,
	    "{\"incomplete_results\":true,\"items\":[" ISSUE("5", "") "]}");
	assert_int_equal(h.posts.n, 1);
	assert_null(h.next.cursor);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_an_etag_is_kept_once_nothing_is_new(void **state)
{
	struct src_visit visit = exchange_visit(&repo, "1795435200 1 -\n-");
	struct heard h = hear_answer(&src_github, &visit, 200,
	    "ETag: W/\"abc\"\n", "[" ISSUE("5", "") "]");

	(void)state;
	assert_string_equal(h.next.cursor, "1795435200 1 W/\"abc\"\n-");
	heard_free(&h);
	free(visit.memory);

	visit = exchange_visit(&repo, "1795435199 1 -\n-");
	h = hear_answer(&src_github, &visit, 200, "ETag: \"abc\"\n",
	    "[" ISSUE("5", "") "]");
	assert_string_equal(h.next.cursor, "1795435200 1 -\n-");
	heard_free(&h);
	free(visit.memory);
}

/* The minute before the newest known one belongs to each of the lists. */
static void
test_by_hand_comments_are_asked_for_from_a_minute_before(void **state)
{
	struct src_visit visit =
	    exchange_visit(&repo, "1795435140 1 -\n1795435200 1 -");
	struct src_request req;
	struct heard h =
	    hear_answer(&src_github, &visit, 200, NULL, "[" ISSUE("5", "") "]");

	(void)state;
	assert_string_equal(h.next.cursor, "1795435200 1 -\n1795435200 1 -");
	visit.cursor = h.next.cursor;
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url,
	    API "/repos/ann/kettle/issues/comments?sort=updated&direction=asc&"
		"since=2026-11-23T11%3A59%3A00Z&per_page=50");
	src_request_free(&req);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_an_unchanged_list_may_be_the_last_request(void **state)
{
	struct src_visit visit =
	    exchange_visit(&repo, "1795435200 1 \"abc\"\n-");
	struct heard h = hear_answer(&src_github, &visit, 304,
	    "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1795439520\n", "");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.next.wait_s, 300);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_too_eager_is_not_refused(void **state)
{
	static const char patience[] =
	    "git.acme.example asks for patience (429): it will be asked "
	    "again later";
	struct src_visit visit = exchange_visit(&with_token, "");

	(void)state;
	heard_fails(hear_answer(&src_github, &visit, 403, NULL,
			"{\"message\":\"You have exceeded a secondary rate "
			"limit.\"}"),
	    patience, 60, false);
	heard_fails(hear_answer(&src_github, &visit, 403, "Retry-After: 30\n",
			"{\"message\":\"You have triggered an abuse detection "
			"mechanism.\"}"),
	    patience, 30, false);
	heard_fails(hear_answer(&src_github, &visit, 403,
			"X-RateLimit-Remaining: 0\n"
			"X-RateLimit-Reset: 1795439520\n",
			"{\"message\":\"API rate limit exceeded\"}"),
	    patience, 300, false);
	heard_fails(hear_answer(&src_github, &visit, 429, NULL, "<html>"),
	    patience, 60, false);
	heard_fails(hear_answer(&src_github, &visit, 403, NULL,
			"{\"message\":\"Resource not accessible\"}"),
	    "git.acme.example refused the token: make a new one and put it "
	    "in the token file",
	    0, true);
	free(visit.memory);
}

static void
test_what_is_no_list_of_issues_is_told(void **state)
{
	struct src_visit visit = exchange_visit(&repo, "");
	struct src_visit hits = exchange_visit(&search, "");

	(void)state;
	heard_fails(hear_answer(&src_github, &visit, 200, NULL, "{}"),
	    "github.com answered with something else instead of a list of "
	    "posts; check the address",
	    0, false);
	heard_fails(hear_answer(&src_github, &hits, 200, NULL,
			"{\"items\":null}"),
	    "github.com answered with something else instead of a list of "
	    "issues; check the address",
	    0, false);
	heard_fails(hear_answer(&src_github, &visit, 304, NULL, ""),
	    "github.com refused the request (304): check address and query", 0,
	    false);
	heard_fails(hear_answer(&src_github, &visit, 410, NULL, "{}"),
	    "github.com says that this is gone for good (410): remove "
	    "this source, and add its new address if there is one",
	    0, true);
	free(visit.memory);
	free(hits.memory);
}

static void
test_by_hand_odd_items_are_left_out(void **state)
{
	struct src_visit visit = exchange_visit(&repo, "");
	struct heard h = hear_answer(&src_github, &visit, 200, NULL,
	    "[null,1,\"x\",[],{},{\"url\":7},{\"url\":\"/repos/a/b/issues/\"},"
	    "{\"url\":\"/repos/a/b/issues/x\"},"
	    "{\"url\":\"/repos/a/b/issues/comments/3\",\"id\":\"3\"},"
	    "{\"url\":\"/repos/a/b/issues/7\",\"title\":[],\"body\":{},"
	    "\"user\":\"me\",\"created_at\":1,\"updated_at\":\"soon\","
	    "\"html_url\":false,\"author_association\":\"own\\\"er\"}]");

	(void)state;
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "issues/7");
	assert_string_equal(h.posts.at[0].text, "");
	assert_null(h.posts.at[0].extra);
	assert_null(h.posts.at[0].url);
	assert_null(h.next.cursor);
	heard_free(&h);
	free(visit.memory);
}

/* --- a repository made up for the test: nothing is passed over ----------- */

struct made {
	int n;		      /* issues 1 to n */
	int64_t changed[400]; /* when; in no order */
	int n_asked;
};

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1)
			    : (x[1] > y[1]) - (x[1] < y[1]);
}

/* As GitHub does: since is inclusive, and pages are cut after sorting. */
static void
made_answer(const struct made *r, const char *url, struct cq_buf *body)
{
	char *since = url_query(url, "since"), *page = url_query(url, "page");
	int64_t from = 0, sorted[400][2];
	int i, n = 0, skip = page == NULL ? 0 : (atoi(page) - 1) * 50;

	assert_true(since != NULL && cq_time_parse(since, &from));
	for (i = 0; i < r->n; i++) {
		if (r->changed[i] < from)
			continue;
		sorted[n][0] = r->changed[i];
		sorted[n++][1] = i + 1;
	}
	qsort(sorted, (size_t)n, sizeof(sorted[0]), compare);
	cq_buf_char(body, '[');
	for (i = skip; i < n && i < skip + 50; i++) {
		char at[CQ_TIME_SIZE];

		cq_time_rfc3339(sorted[i][0], at);
		cq_buf_fmt(body,
		    "%s{\"url\":\"/repos/ann/kettle/issues/%lld\","
		    "\"updated_at\":\"%s\"}",
		    i == skip ? "" : ",", (long long)sorted[i][1], at);
	}
	cq_buf_char(body, ']');
	free(since);
	free(page);
}

/* One visit to the list of issues; touch shifts the pages between two. */
static void
listen_to(struct made *r, char **cursor, bool *came, bool touch)
{
	struct src_visit visit = exchange_visit(&repo, *cursor);
	bool more = true;

	while (more) {
		struct cq_buf body = {0};
		struct src_request req;
		struct heard h;
		size_t i;

		assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
		if (strstr(req.url, "/comments") != NULL)
			cq_buf_str(&body, "[]");
		else
			made_answer(r, req.url, &body);
		h = hear_answer(&src_github, &visit, 200, NULL, body.s);
		assert_int_equal(h.status, CQ_OK);
		for (i = 0; i < h.posts.n; i++)
			came[atoi(h.posts.at[i].id + 7)] = true;
		if (h.next.cursor != NULL) {
			free(*cursor);
			*cursor = cq_strdup(h.next.cursor);
			visit.cursor = *cursor;
		}
		/* what came is changed again, and moves to the end */
		for (i = 0; touch && r->n_asked == 1 && i < 60; i++)
			r->changed[i] = EXCHANGE_NOW - 5;
		more = h.next.more;
		assert_true(++r->n_asked < 100);
		heard_free(&h);
		src_request_free(&req);
		cq_buf_free(&body);
	}
	free(visit.memory);
}

static void
all_came(struct made *r, bool touch)
{
	char *cursor = cq_strdup("");
	bool came[401] = {false};
	int i;

	listen_to(r, &cursor, came, touch);
	for (i = 1; i <= r->n; i++)
		assert_true(came[i]);
	free(cursor);
}

static void
test_by_hand_no_change_is_passed_over_while_pages_shift(void **state)
{
	struct made r = {.n = 380};
	int i;

	(void)state;
	for (i = 0; i < r.n; i++)
		r.changed[i] = EXCHANGE_NOW - 7200 + i * 10;
	all_came(&r, true);
}

static void
test_by_hand_more_changes_in_one_second_than_fit_a_page(void **state)
{
	struct made r = {.n = 380};
	int i;

	(void)state;
	for (i = 0; i < r.n; i++)
		r.changed[i] = EXCHANGE_NOW - (i < 50 ? 7200 : 3600);
	all_came(&r, false);
	/* and the second page of them bears newer ones, too */
	for (i = 0; i < r.n; i++)
		r.changed[i] = EXCHANGE_NOW - 7200 + (i < 60 ? 0 : 120 + i);
	all_came(&r, false);
}

static void
test_by_hand_a_search_that_gives_no_more_pages_goes_on(void **state)
{
	struct src_visit visit = exchange_visit(&search, "1795435200 20 -\n-");
	static const char page[] =
	    "{\"incomplete_results\":false,\"items\":[" ISSUE("5", "") "]}";
	static const char link[] =
	    "Link: <https://github.com/search/issues?page=21>; rel=\"next\"\n";
	struct src_request req;
	struct heard h = hear_answer(&src_github, &visit, 200, link, page);

	(void)state;
	/* the minutes that come late fill all pages: without them, then */
	assert_string_equal(h.next.cursor, "1795435200 1 -\n-");
	assert_true(h.next.more);
	assert_false(h.next.jumped);
	heard_free(&h);
	visit.cursor = "1795435200 1 -\n-";
	src_github.ask(&visit, &req, NULL);
	assert_non_null(strstr(req.url, "2026-11-23T12%3A00%3A00Z"));
	src_request_free(&req);

	/* one second fills them */
	visit.cursor = "1795435200 20 -\n-";
	h = hear_answer(&src_github, &visit, 200, link, page);
	assert_string_equal(h.next.cursor, "1795435201 1 -\n-");
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1795435200);
	heard_free(&h);
	free(visit.memory);
}

/* --- once more --------------------------------------------------------- */

static void
test_by_hand_what_is_looked_at_again_is_there_or_gone(void **state)
{
	static const char *const issue[] = {"issues/5"};
	static const char *const comment[] = {"comments/9"};
	static const char *const hit[] = {"ann/kettle/issues/5"};
	struct cq_source s = repo, t = search;
	struct src_visit visit = exchange_visit(&s, "");
	struct src_visit hits = exchange_visit(&t, "");
	struct src_request req;
	struct heard h;

	(void)state;
	/* without a token there are too few questions for that */
	assert_int_not_equal(src_github.ask_again(&visit, issue, 1, &req, NULL),
	    CQ_OK);
	src_request_free(&req);
	s.token_file = t.token_file = with_token.token_file;
	src_github.ask_again(&visit, issue, 1, &req, NULL);
	assert_string_equal(req.url, API "/repos/ann/kettle/issues/5");
	assert_true(req.token);
	src_request_free(&req);
	src_github.ask_again(&visit, comment, 1, &req, NULL);
	assert_string_equal(req.url, API "/repos/ann/kettle/issues/comments/9");
	src_request_free(&req);
	src_github.ask_again(&hits, hit, 1, &req, NULL);
	assert_string_equal(req.url, API "/repos/ann/kettle/issues/5");
	src_request_free(&req);

	h = hear_again(&src_github, &visit, issue, 1, 200, ISSUE("5", ""));
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].text, "t\n\nb");
	assert_false(h.posts.at[0].gone);
	heard_free(&h);
	/* moved to another repository, where it has another number */
	h = hear_again(&src_github, &visit, issue, 1, 200, ISSUE("6", ""));
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	h = hear_again(&src_github, &visit, issue, 1, 410, "{}");
	assert_int_equal(h.posts.n, 1);
	assert_true(h.posts.at[0].gone);
	heard_free(&h);
	h = hear_again(&src_github, &visit, issue, 1, 404, "{}");
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
	h = hear_again(&src_github, &visit, comment, 1, 404, "{}");
	assert_true(h.posts.at[0].gone);
	heard_free(&h);
	heard_fails(hear_again(&src_github, &visit, issue, 1, 500, "x"),
	    "github.com is out of order (500): it will be asked again later", 0,
	    false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_asks_for_what_changed_since),
	    cmocka_unit_test(
		test_a_search_may_be_in_a_repository_or_of_an_owner),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(
		test_a_recorded_page_brings_issues_and_no_pull_requests),
	    cmocka_unit_test(
		test_a_recorded_page_of_comments_comes_oldest_first),
	    cmocka_unit_test(
		test_a_recorded_not_modified_leads_to_the_comments),
	    cmocka_unit_test(test_recorded_refusals_say_what_to_do),
	    cmocka_unit_test(test_by_hand_ghosts_bots_and_missing_bodies),
	    cmocka_unit_test(
		test_by_hand_programs_staff_and_servers_are_told_apart),
	    cmocka_unit_test(test_by_hand_both_names_of_github_are_one_network),
	    cmocka_unit_test(
		test_by_hand_a_comment_stands_under_its_issue_not_a_pull_request),
	    cmocka_unit_test(
		test_by_hand_a_repository_may_be_called_issues_or_pull),
	    cmocka_unit_test(
		test_by_hand_hits_of_a_search_bear_their_repository),
	    cmocka_unit_test(test_by_hand_an_etag_is_kept_once_nothing_is_new),
	    cmocka_unit_test(
		test_by_hand_comments_are_asked_for_from_a_minute_before),
	    cmocka_unit_test(
		test_by_hand_an_unchanged_list_may_be_the_last_request),
	    cmocka_unit_test(test_by_hand_too_eager_is_not_refused),
	    cmocka_unit_test(test_what_is_no_list_of_issues_is_told),
	    cmocka_unit_test(test_by_hand_odd_items_are_left_out),
	    cmocka_unit_test(
		test_by_hand_no_change_is_passed_over_while_pages_shift),
	    cmocka_unit_test(
		test_by_hand_more_changes_in_one_second_than_fit_a_page),
	    cmocka_unit_test(
		test_by_hand_a_search_that_gives_no_more_pages_goes_on),
	    cmocka_unit_test(
		test_by_hand_what_is_looked_at_again_is_there_or_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
