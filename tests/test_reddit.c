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
#include "sources/adapters.h"
#include "tests/exchange.h"

#define DIR "tests/fixtures/reddit/"
#define API "https://oauth.reddit.com"
#define APP "app-id:app-secret"
#define USER APP ":refresh-1"
#define TOKEN "{\"access_token\":\"bought\",\"expires_in\":3600}"
#define REST "limit=100&raw_json=1"

static struct cq_source acme = {
    .name = "sub",
    .adapter = "reddit",
    .address = "https://www.reddit.com",
    .query = "r/acme",
    .token_file = "/nonexistent",
};

/* --- a visit, question by question -------------------------------------- */

struct talk {
	struct src_visit visit;
	const char *secret;
	struct src_request req;
	struct heard h;
	char *session;
};

static struct cq_source
listening(char *query)
{
	struct cq_source s = acme;

	s.query = query;
	return s;
}

static void
begin(struct talk *t, const struct cq_source *s, const char *cursor)
{
	*t = (struct talk){.secret = APP};
	t->visit = exchange_visit(s, cursor);
}

static void
forget(struct talk *t)
{
	if (t->visit.memory != NULL)
		src_reddit.forget(t->visit.memory);
	t->visit.memory = NULL;
}

static void
end(struct talk *t)
{
	forget(t);
	src_request_free(&t->req);
	heard_free(&t->h);
	free(t->session);
}

static void
asks(struct talk *t, const char *url)
{
	src_request_free(&t->req);
	t->visit.secret = t->secret;
	assert_int_equal(src_reddit.ask(&t->visit, &t->req, NULL), CQ_OK);
	t->visit.secret = NULL; /* as src_send() does */
	assert_true(t->req.secret);
	assert_string_equal(t->req.url, url);
}

static void
hear_next(struct talk *t, struct exchange *x)
{
	heard_free(&t->h);
	t->h = hear_visit(&src_reddit, &t->visit, x);
	exchange_free(x);
	if (t->h.next.session == NULL)
		return;
	free(t->session);
	t->session = cq_strdup(t->h.next.session);
	t->visit.session = t->session;
}

static void
answers(struct talk *t, int status, const char *headers, const char *body)
{
	struct exchange x;

	exchange_make(&x, status, headers, body, strlen(body), t->req.url);
	hear_next(t, &x);
}

static void
answers_file(struct talk *t, const char *path)
{
	struct exchange x;

	exchange_load(&x, path, t->req.url);
	hear_next(t, &x);
}

static void
goes_on(const struct talk *t)
{
	assert_string_equal(t->h.err.msg, "");
	assert_true(t->h.next.more);
	assert_int_equal(t->h.posts.n, 0);
	assert_null(t->h.next.cursor);
}

static void
is_done(const struct talk *t, size_t n, const char *cursor)
{
	assert_string_equal(t->h.err.msg, "");
	assert_false(t->h.next.more);
	assert_int_equal(t->h.posts.n, n);
	if (cursor == NULL)
		assert_null(t->h.next.cursor);
	else
		assert_string_equal(t->h.next.cursor, cursor);
}

/* The first question and its answer: an access token. */
static void
buys(struct talk *t)
{
	asks(t, "https://www.reddit.com/api/v1/access_token");
	answers(t, 200, NULL, TOKEN);
	goes_on(t);
}

/* --- where it listens --------------------------------------------------- */

static void
asks_for(char *query, const char *path)
{
	struct cq_source s = listening(query);
	char *url = cq_format(API "%s", path);
	struct talk t;

	assert_int_equal(src_reddit.check(&s, NULL), CQ_OK);
	begin(&t, &s, "");
	buys(&t);
	asks(&t, url);
	assert_null(t.req.body);
	assert_true(t.req.stays);
	assert_string_equal(t.req.headers[0], "Authorization: Bearer bought");
	end(&t);
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
	struct cq_source s = listening("r/acme");
	struct talk t;

	(void)state;
	s.address = "http://127.0.0.1:8080/";
	assert_int_equal(src_reddit.check(&s, NULL), CQ_OK);
	begin(&t, &s, "");
	asks(&t, "http://127.0.0.1:8080/api/v1/access_token");
	answers(&t, 200, NULL, TOKEN);
	asks(&t, "http://127.0.0.1:8080/r/acme/new?" REST);
	end(&t);
	/* nor is the app told to a host that only sounds like it */
	s.address = "https://notreddit.com";
	begin(&t, &s, "");
	asks(&t, "https://notreddit.com/api/v1/access_token");
	end(&t);
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

/* --- access ------------------------------------------------------------- */

static void
test_an_app_buys_a_token_with_its_secret(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "");
	asks(&t, "https://www.reddit.com/api/v1/access_token");
	assert_string_equal(t.req.body, "grant_type=client_credentials");
	/* printf app-id:app-secret | base64 */
	assert_string_equal(t.req.headers[0],
	    "Authorization: Basic YXBwLWlkOmFwcC1zZWNyZXQ=");
	assert_string_equal(t.req.headers[1],
	    "Content-Type: application/x-www-form-urlencoded");
	answers_file(&t, DIR "testsubmission-test-reply-00.meta.json");
	goes_on(&t);
	assert_non_null(strstr(t.session, "\"access_token\":\"REDACTED\""));
	assert_null(strstr(t.session, "secret"));
	asks(&t, API "/r/acme/new?" REST);
	assert_string_equal(t.req.headers[0], "Authorization: Bearer REDACTED");
	end(&t);
}

static void
test_an_account_buys_one_with_its_refresh_token(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "");
	t.secret = USER;
	asks(&t, "https://www.reddit.com/api/v1/access_token");
	assert_string_equal(t.req.body,
	    "grant_type=refresh_token&refresh_token=refresh-1");
	assert_string_equal(t.req.headers[0],
	    "Authorization: Basic YXBwLWlkOmFwcC1zZWNyZXQ=");
	/* a new one takes the place of the one in the file */
	answers(&t, 200, NULL,
	    "{\"access_token\":\"a\",\"expires_in\":3600,"
	    "\"refresh_token\":\"refresh-2\"}");
	goes_on(&t);
	forget(&t);
	t.visit.now += 3600;
	asks(&t, "https://www.reddit.com/api/v1/access_token");
	assert_string_equal(t.req.body,
	    "grant_type=refresh_token&refresh_token=refresh-2");
	end(&t);
}

static void
test_a_token_is_kept_until_its_last_minute(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "");
	buys(&t);
	forget(&t);
	t.visit.now += 3600 - 61;
	asks(&t, API "/r/acme/new?" REST);
	forget(&t);
	t.visit.now++;
	asks(&t, "https://www.reddit.com/api/v1/access_token");
	end(&t);
}

static void
test_a_token_is_not_used_with_another_token_file(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "");
	buys(&t);
	forget(&t);
	t.secret = USER;
	asks(&t, "https://www.reddit.com/api/v1/access_token");
	forget(&t);
	free(t.session);
	t.session = cq_strdup("no session");
	t.visit.session = t.session;
	t.secret = APP;
	asks(&t, "https://www.reddit.com/api/v1/access_token");
	end(&t);
}

static void
test_a_token_that_ended_early_is_bought_again_once(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "");
	buys(&t);
	forget(&t);
	asks(&t, API "/r/acme/new?" REST);
	answers(&t, 401, NULL, "{\"message\":\"Unauthorized\",\"error\":401}");
	goes_on(&t);
	buys(&t);
	asks(&t, API "/r/acme/new?" REST);
	answers(&t, 401, NULL, "{\"message\":\"Unauthorized\",\"error\":401}");
	assert_int_equal(t.h.status, CQ_NET);
	assert_true(t.h.next.pause && t.h.next.refused);
	end(&t);
}

static void
test_a_token_file_of_another_form_is_told(void **state)
{
	static const char *const bad[] = {
	    NULL, "app-id", ":x", "a:", "a::r", "a:b:", "a b:c", "a:\xff"};
	struct talk t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct cq_err err = {0};

		begin(&t, &acme, "");
		t.visit.secret = bad[i];
		assert_int_equal(src_reddit.ask(&t.visit, &t.req, &err),
		    CQ_INPUT);
		assert_string_equal(err.msg,
		    "the token file must hold client-id:client-secret, or "
		    "client-id:client-secret:refresh-token, in its first line");
		end(&t);
	}
}

/* --- refusals ----------------------------------------------------------- */

static void
fails_app(int status, const char *body)
{
	char *msg =
	    cq_format("www.reddit.com refused the app (%d): is it "
		      "approved, and do id, secret and refresh token in "
		      "the token file belong together?",
		status);
	struct talk t;

	begin(&t, &acme, "");
	asks(&t, "https://www.reddit.com/api/v1/access_token");
	answers(&t, status, NULL, body);
	assert_string_equal(t.h.err.msg, msg);
	assert_true(t.h.next.pause && t.h.next.refused);
	assert_null(t.h.next.session);
	end(&t);
	free(msg);
}

static void
test_by_hand_an_app_that_is_refused_is_told(void **state)
{
	(void)state;
	fails_app(401, "{\"message\":\"Unauthorized\",\"error\":401}");
	fails_app(400, "{\"message\":\"Bad Request\",\"error\":400}");
	fails_app(200, "{\"error\":\"invalid_grant\"}");
}

static void
fails_list(char *query, int status, const char *headers, const char *body,
    const char *msg, bool pause)
{
	struct cq_source s = listening(query);
	struct talk t;

	begin(&t, &s, "7");
	buys(&t);
	src_request_free(&t.req);
	t.visit.secret = t.secret;
	assert_int_equal(src_reddit.ask(&t.visit, &t.req, NULL), CQ_OK);
	t.visit.secret = NULL;
	answers(&t, status, headers, body);
	assert_string_equal(t.h.err.msg, msg);
	assert_int_equal(t.h.status, CQ_NET);
	assert_int_equal(t.h.next.pause, pause);
	assert_false(t.h.next.refused);
	assert_null(t.h.next.cursor);
	end(&t);
}

static void
test_by_hand_a_subreddit_that_is_closed_is_no_refused_account(void **state)
{
	(void)state;
	fails_list("r/acme", 403, NULL,
	    "{\"reason\":\"private\",\"message\":\"Forbidden\",\"error\":403}",
	    "r/acme is private (403): only its members can read it", false);
	fails_list("r/acme", 403, NULL, "{\"reason\":\"quarantined\"}",
	    "r/acme is quarantined: it is shown only to accounts that agreed "
	    "to that",
	    true);
	fails_list("r/acme kettle", 403, NULL, "{}",
	    "r/acme is closed to this app (403): only its members can read it",
	    true);
	fails_list("r/acme", 404, NULL, "{\"reason\":\"banned\"}",
	    "Reddit has banned r/acme", true);
	fails_list("r/acme", 302,
	    "Location: https://oauth.reddit.com/subreddits/search.json?q=a\n",
	    "", "Reddit knows no r/acme: check the query", true);
	fails_list("mentions", 403, NULL, "{\"message\":\"Forbidden\"}",
	    "Reddit shows no mentions (403): they want a refresh token with "
	    "the scopes read and privatemessages",
	    true);
	fails_list("r/acme", 403, NULL, "<html>blocked</html>",
	    "Reddit blocks this computer's network (403): it will be asked "
	    "again in an hour",
	    false);
	fails_list("r/acme", 302, "Location: https://elsewhere.example/\n", "",
	    "oauth.reddit.com refused the request (302): check address and "
	    "query",
	    false);
}

static void
test_a_recorded_404_is_told(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "7");
	buys(&t);
	asks(&t, API "/r/acme/new?" REST);
	answers_file(&t,
	    DIR "testsubreddit-test-traffic-not-public-01.meta.json");
	assert_string_equal(t.h.err.msg,
	    "oauth.reddit.com knows no such page (404): check address and "
	    "query");
	assert_false(t.h.next.pause);
	end(&t);
}

static void
test_by_hand_errors_with_200_are_no_empty_list(void **state)
{
	(void)state;
	fails_list("r/acme", 200, NULL,
	    "{\"json\":{\"errors\":[[\"RATELIMIT\",\"slow down\",\"x\"]]}}",
	    "oauth.reddit.com answered with something else instead of a list "
	    "of posts; check the address",
	    false);
	fails_list("r/acme", 200, NULL, "{\"data\":{\"children\":{}}}",
	    "oauth.reddit.com answered with something else instead of a list "
	    "of posts; check the address",
	    false);
}

static void
test_the_limit_is_told_in_seconds_from_now(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "7");
	buys(&t);
	asks(&t, API "/r/acme/new?" REST);
	answers(&t, 429, "x-ratelimit-remaining: 0.0\nx-ratelimit-reset: 369\n",
	    "{\"message\":\"Too Many Requests\",\"error\":429}");
	assert_int_equal(t.h.next.wait_s, 369);
	assert_false(t.h.next.pause);
	end(&t);
}

/* --- posts -------------------------------------------------------------- */

static void
test_recorded_mentions_come_oldest_first(void **state)
{
	struct cq_source s = listening("mentions");
	const struct cq_post *p;
	struct talk t;
	size_t i;

	(void)state;
	begin(&t, &s, "1554770300");
	t.secret = USER;
	buys(&t);
	asks(&t, API "/message/mentions?" REST);
	answers_file(&t, DIR "testinbox-test-mentions-01.meta.json");
	/* its oldest is younger than two minutes before what is known */
	goes_on(&t);
	asks(&t, API "/message/mentions?" REST "&after=t1_ekfncs9");
	answers_file(&t, DIR "testlistinggenerator-test-no-items-01.meta.json");
	is_done(&t, 16, "1554774308");
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
	end(&t);
}

#define CHILD(kind, id, at, more)                                  \
	"{\"kind\":\"" kind "\",\"data\":{\"name\":\"" kind "_" id \
	"\",\"author\":\"jo\",\"created_utc\":" at more "}}"
#define LISTING(children, after)                                       \
	"{\"kind\":\"Listing\",\"data\":{\"children\":[" children "]," \
	"\"after\":" after "}}"
#define WORDS(title, text) ",\"title\":\"" title "\",\"selftext\":\"" text "\""

static void
hears(struct talk *t, const char *body)
{
	begin(t, &acme, "");
	buys(t);
	asks(t, API "/r/acme/new?" REST);
	answers(t, 200, NULL, body);
}

static void
test_by_hand_posts_and_comments_have_their_text(void **state)
{
	const struct cq_post *p;
	struct talk t;

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
	is_done(&t, 3, "1795439003");
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
	end(&t);
}

/* Of the page of a post with its comments, the post alone. */
static void
test_a_recorded_crosspost_is_a_repost(void **state)
{
	struct talk t;
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
	is_done(&t, 1, "1503650742");
	assert_string_equal(t.h.posts.at[0].id, "t3_6vx8n0");
	assert_string_equal(t.h.posts.at[0].repost_of, "t3_6vx01b");
	assert_string_equal(t.h.posts.at[0].text, "Test Title\n\ncrossposting");
	end(&t);
	free(body);
}

static void
test_by_hand_what_was_taken_away_is_gone(void **state)
{
	struct talk t;
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
	is_done(&t, 4, "4");
	for (i = 0; i < 4; i++)
		assert_true(t.h.posts.at[i].gone);
	end(&t);
	/* who closed the account may have left the words */
	hears(&t,
	    LISTING("{\"kind\":\"t1\",\"data\":{\"name\":\"t1_a\",\"author\":"
		    "\"[deleted]\",\"body\":\"still here\","
		    "\"created_utc\":5}}",
		"null"));
	is_done(&t, 1, "5");
	assert_false(t.h.posts.at[0].gone);
	assert_null(t.h.posts.at[0].author);
	end(&t);
}

static void
test_by_hand_odd_entries_are_left_out(void **state)
{
	struct talk t;

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
	is_done(&t, 1, NULL);
	assert_string_equal(t.h.posts.at[0].text, "ok");
	assert_null(t.h.posts.at[0].url);
	assert_null(t.h.posts.at[0].author);
	assert_true(t.h.posts.at[0].created_at == CQ_NO_TIME);
	end(&t);
}

/* --- how far back ------------------------------------------------------- */

static void
test_by_hand_a_list_is_read_until_what_is_known(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "1795430000");
	buys(&t);
	asks(&t, API "/r/acme/new?" REST);
	answers(&t, 200, NULL,
	    LISTING(CHILD("t3", "d", "1795439000.0",
			WORDS("d", "")) "," CHILD("t3", "c", "1795438000.0",
			WORDS("c", "")),
		"\"t3_c\""));
	goes_on(&t);
	asks(&t, API "/r/acme/new?" REST "&after=t3_c");
	/* the known one itself may have been removed: its time counts */
	answers(&t, 200, NULL,
	    LISTING(CHILD("t3", "b", "1795437000.0",
			WORDS("b", "")) "," CHILD("t3", "a", "1795429000.0",
			WORDS("a", "")),
		"\"t3_a\""));
	is_done(&t, 4, "1795439000");
	assert_string_equal(t.h.posts.at[0].id, "t3_a");
	assert_string_equal(t.h.posts.at[3].id, "t3_d");
	assert_false(t.h.next.jumped);
	end(&t);
}

static void
test_by_hand_nothing_new_moves_nothing(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &acme, "1795430000");
	buys(&t);
	asks(&t, API "/r/acme/new?" REST);
	answers_file(&t, DIR "testlistinggenerator-test-no-items-01.meta.json");
	is_done(&t, 0, NULL);
	end(&t);
	begin(&t, &acme, "1795430000");
	buys(&t);
	asks(&t, API "/r/acme/new?" REST);
	answers(&t, 200, NULL,
	    LISTING(CHILD("t3", "a", "1795430000.0",
			WORDS("a", "")) "," CHILD("t3", "b", "1895430000.0",
			WORDS("of tomorrow", "")),
		"null"));
	is_done(&t, 2, NULL);
	end(&t);
}

/* pages of n posts each, a minute apart, the last of which is the end. */
static void
long_list(struct talk *t, char *query, int n_pages, int n, const char *cursor)
{
	struct cq_source s = listening(query);
	int page, i;

	begin(t, &s, cursor);
	t->visit.since_at = CQ_NO_TIME;
	buys(t);
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
		answers(t, 200, NULL, body.s);
		cq_buf_free(&body);
	}
}

static void
test_by_hand_a_list_that_ends_too_early_is_told(void **state)
{
	struct talk t;

	(void)state;
	long_list(&t, "r/acme", 10, 100, "1795000000");
	is_done(&t, 1000, "1795439220");
	assert_true(t.h.next.jumped);
	assert_int_equal(t.h.next.jumped_at, 1795000000);
	end(&t);
	long_list(&t, "kettle", 3, 80, "1795000000");
	is_done(&t, 240, "1795439220");
	assert_true(t.h.next.jumped);
	end(&t);
	/* a small subreddit has no more */
	long_list(&t, "r/acme", 2, 100, "1795000000");
	is_done(&t, 200, "1795439220");
	assert_false(t.h.next.jumped);
	end(&t);
	/* a list without end is left, and that is said */
	long_list(&t, "r/acme", 1000, 5, "1795000000");
	assert_false(t.h.next.more);
	assert_int_equal(t.h.posts.n, 23 * 5);
	assert_true(t.h.next.jumped);
	end(&t);
}

/* --- once more ---------------------------------------------------------- */

static void
test_known_posts_are_asked_for_together(void **state)
{
	static const char *const ids[] = {"t3_a", "t1_b", "x&y"};
	struct talk t;
	struct cq_err err = {0};

	(void)state;
	begin(&t, &acme, "7");
	t.visit.secret = APP;
	assert_int_equal(src_reddit.ask_again(&t.visit, ids, 3, &t.req, &err),
	    CQ_INPUT);
	assert_string_equal(err.msg, "there is no access token now");
	forget(&t);
	buys(&t);
	forget(&t);
	src_request_free(&t.req);
	t.visit.secret = APP;
	assert_int_equal(src_reddit.ask_again(&t.visit, ids, 3, &t.req, NULL),
	    CQ_OK);
	assert_string_equal(t.req.url,
	    API "/api/info?id=t3_a%2Ct1_b&raw_json=1");
	assert_true(t.req.secret);
	end(&t);
}

static void
test_a_recorded_deleted_comment_is_gone(void **state)
{
	static const char *const ids[] = {"t1_d7ltvl0", "t1_other"};
	struct src_visit visit = exchange_visit(&acme, "7");
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
	    cmocka_unit_test(test_an_app_buys_a_token_with_its_secret),
	    cmocka_unit_test(test_an_account_buys_one_with_its_refresh_token),
	    cmocka_unit_test(test_a_token_is_kept_until_its_last_minute),
	    cmocka_unit_test(test_a_token_is_not_used_with_another_token_file),
	    cmocka_unit_test(
		test_a_token_that_ended_early_is_bought_again_once),
	    cmocka_unit_test(test_a_token_file_of_another_form_is_told),
	    cmocka_unit_test(test_by_hand_an_app_that_is_refused_is_told),
	    cmocka_unit_test(
		test_by_hand_a_subreddit_that_is_closed_is_no_refused_account),
	    cmocka_unit_test(test_a_recorded_404_is_told),
	    cmocka_unit_test(test_by_hand_errors_with_200_are_no_empty_list),
	    cmocka_unit_test(test_the_limit_is_told_in_seconds_from_now),
	    cmocka_unit_test(test_recorded_mentions_come_oldest_first),
	    cmocka_unit_test(test_by_hand_posts_and_comments_have_their_text),
	    cmocka_unit_test(test_a_recorded_crosspost_is_a_repost),
	    cmocka_unit_test(test_by_hand_what_was_taken_away_is_gone),
	    cmocka_unit_test(test_by_hand_odd_entries_are_left_out),
	    cmocka_unit_test(test_by_hand_a_list_is_read_until_what_is_known),
	    cmocka_unit_test(test_by_hand_nothing_new_moves_nothing),
	    cmocka_unit_test(test_by_hand_a_list_that_ends_too_early_is_told),
	    cmocka_unit_test(test_known_posts_are_asked_for_together),
	    cmocka_unit_test(test_a_recorded_deleted_comment_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
