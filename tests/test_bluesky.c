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

#define DIR "tests/fixtures/bluesky/"
#define HOST "https://bsky.social"
#define XRPC HOST "/xrpc/"
#define SECRET "acme.example:app-pass-word-1"
#define SESSION                                                   \
	"{\"service\":\"" HOST "\",\"account\":\"acme.example\"," \
	"\"accessJwt\":\"old-access\",\"refreshJwt\":\"old-refresh\"}"
#define FRESH                                                           \
	"{\"accessJwt\":\"new-access\",\"refreshJwt\":\"new-refresh\"," \
	"\"did\":\"did:plc:acme\",\"handle\":\"acme.example\"}"
#define LIST_NOTIFICATIONS                                             \
	XRPC "app.bsky.notification.listNotifications?reasons=mention" \
	     "&reasons=reply&reasons=quote&limit=100"
#define SEARCH_KETTLE \
	XRPC "app.bsky.feed.searchPosts?q=kettle&sort=latest&limit=100"

static struct cq_source mentions = {
    .name = "sky",
    .adapter = "bluesky",
    .address = HOST,
    .query = "mentions",
    .token_file = "/nonexistent",
};
static struct cq_source kettle = {
    .name = "sky",
    .adapter = "bluesky",
    .address = HOST,
    .query = "kettle",
    .token_file = "/nonexistent",
};

/* --- a visit, question by question ------------------------------------- */

struct talk {
	struct src_visit visit;
	struct src_request req;
	struct heard h; /* the last answer */
	char *session;	/* as the poller keeps it */
};

static void
begin(struct talk *t, const struct cq_source *s, const char *cursor,
    const char *session)
{
	*t = (struct talk){.session = cq_strdup(session)};
	t->visit = (struct src_visit){
	    .source = s,
	    .cursor = cursor,
	    .now = EXCHANGE_NOW,
	    .since_at = CQ_NO_TIME,
	    .session = t->session,
	};
}

static void
end(struct talk *t)
{
	src_request_free(&t->req);
	heard_free(&t->h);
	if (t->visit.memory != NULL)
		src_bluesky.forget(t->visit.memory);
	free(t->session);
}

/* The visit's next question is this one; its secrets are in no address. */
static void
asks(struct talk *t, const char *url)
{
	struct cq_err err = {0};

	src_request_free(&t->req);
	t->visit.secret = SECRET;
	assert_int_equal(src_bluesky.ask(&t->visit, &t->req, &err), CQ_OK);
	t->visit.secret = NULL; /* as src_send() does */
	assert_string_equal(t->req.url, url);
	assert_true(t->req.secret);
	assert_false(t->req.token);
}

static const char *
header(const struct talk *t, const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < t->req.n_headers; i++)
		if (strncmp(t->req.headers[i], name, n) == 0 &&
		    strncmp(t->req.headers[i] + n, ": ", 2) == 0)
			return t->req.headers[i] + n + 2;
	return NULL;
}

static void
keep_session(struct talk *t)
{
	if (t->h.next.session == NULL)
		return;
	free(t->session);
	t->session = cq_strdup(t->h.next.session);
	t->visit.session = t->session;
}

static void
is_answered(struct talk *t, int status, const char *headers, const char *body)
{
	struct exchange x;

	heard_free(&t->h);
	exchange_make(&x, status, headers, body, strlen(body), HOST);
	t->h = hear_visit(&src_bluesky, &t->visit, &x);
	exchange_free(&x);
	keep_session(t);
}

static void
is_answered_by(struct talk *t, const char *path)
{
	struct exchange x;

	heard_free(&t->h);
	exchange_load(&x, path, HOST);
	t->h = hear_visit(&src_bluesky, &t->visit, &x);
	exchange_free(&x);
	keep_session(t);
}

/* The answer brought nothing yet: another question follows. */
static void
goes_on(const struct talk *t)
{
	assert_string_equal(t->h.err.msg, "");
	assert_int_equal(t->h.status, CQ_OK);
	assert_true(t->h.next.more);
	assert_int_equal(t->h.posts.n, 0);
	assert_null(t->h.next.cursor);
}

static void
is_done(const struct talk *t, size_t n_posts, const char *cursor)
{
	assert_string_equal(t->h.err.msg, "");
	assert_int_equal(t->h.status, CQ_OK);
	assert_false(t->h.next.more);
	assert_int_equal(t->h.posts.n, n_posts);
	if (cursor == NULL)
		assert_null(t->h.next.cursor);
	else
		assert_string_equal(t->h.next.cursor, cursor);
}

/* --- the session ------------------------------------------------------- */

#define CREATE XRPC "com.atproto.server.createSession"
#define REFRESH XRPC "com.atproto.server.refreshSession"
#define EXPIRED "{\"error\":\"ExpiredToken\",\"message\":\"Token has expired\"}"

static void
test_the_first_visit_logs_in_and_keeps_the_session(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &mentions, "", "");
	asks(&t, CREATE);
	assert_string_equal(t.req.body,
	    "{\"identifier\":\"acme.example\",\"password\":"
	    "\"app-pass-word-1\"}");
	assert_string_equal(header(&t, "Content-Type"), "application/json");
	assert_null(header(&t, "Authorization"));
	is_answered_by(&t, DIR "local-createSession.meta.json");
	goes_on(&t);
	assert_string_equal(t.h.next.session,
	    "{\"service\":\"https://bsky.social\",\"account\":"
	    "\"acme.example\",\"did\":\"did:plc:4vu7bsuixt5nfvmxneibf4uq\","
	    "\"accessJwt\":\"REDACTED\",\"refreshJwt\":\"REDACTED\"}");
	asks(&t, LIST_NOTIFICATIONS);
	assert_null(t.req.body);
	assert_string_equal(header(&t, "Authorization"), "Bearer REDACTED");
	end(&t);
}

static void
test_a_kept_session_needs_no_login(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &mentions, "", SESSION);
	asks(&t, LIST_NOTIFICATIONS);
	assert_string_equal(header(&t, "Authorization"), "Bearer old-access");
	end(&t);
}

static void
logs_in_with(const char *session)
{
	struct talk t;

	begin(&t, &mentions, "", session);
	asks(&t, CREATE);
	end(&t);
}

static void
test_a_session_of_somebody_else_is_shown_to_nobody(void **state)
{
	(void)state;
	logs_in_with("{\"service\":\"https://other.example\",\"account\":"
		     "\"acme.example\",\"accessJwt\":\"a\",\"refreshJwt\":"
		     "\"r\"}");
	logs_in_with("{\"service\":\"" HOST "\",\"account\":"
		     "\"other.example\",\"accessJwt\":\"a\",\"refreshJwt\":"
		     "\"r\"}");
	logs_in_with("{\"service\":\"" HOST "\"");
	logs_in_with("[1]");
	logs_in_with("{\"service\":\"" HOST "\",\"account\":\"acme.example\","
		     "\"accessJwt\":\"a\\nb\",\"refreshJwt\":7}");
}

static void
test_an_expired_session_is_renewed_and_the_visit_goes_on(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &kettle, "", SESSION);
	asks(&t, SEARCH_KETTLE);
	is_answered(&t, 400, NULL, EXPIRED);
	goes_on(&t);
	asks(&t, REFRESH);
	assert_string_equal(header(&t, "Authorization"), "Bearer old-refresh");
	assert_string_equal(t.req.body, "");
	is_answered(&t, 200, NULL, FRESH);
	goes_on(&t);
	assert_non_null(strstr(t.h.next.session, "\"new-refresh\""));
	asks(&t, SEARCH_KETTLE);
	assert_string_equal(header(&t, "Authorization"), "Bearer new-access");
	is_answered_by(&t, DIR "local-searchPosts-page2.meta.json");
	goes_on(&t);
	end(&t);
}

static void
test_a_refused_refresh_token_costs_one_login(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &kettle, "", SESSION);
	asks(&t, SEARCH_KETTLE);
	is_answered_by(&t, DIR "local-error-bad-token.meta.json");
	asks(&t, REFRESH);
	is_answered_by(&t,
	    DIR "local-refreshSession-with-access-token.meta.json");
	goes_on(&t);
	asks(&t, CREATE);
	is_answered(&t, 200, NULL, FRESH);
	goes_on(&t);
	asks(&t, SEARCH_KETTLE);
	/* and no more than one: the server wants something else */
	is_answered(&t, 400, NULL, EXPIRED);
	assert_int_equal(t.h.status, CQ_NET);
	assert_false(t.h.next.more);
	end(&t);
}

static void
login_fails(int status, const char *body, const char *msg, bool pause)
{
	struct talk t;

	begin(&t, &mentions, "", "");
	asks(&t, CREATE);
	is_answered(&t, status, "RateLimit-Reset: 1795439820\n", body);
	assert_string_equal(t.h.err.msg, msg);
	assert_int_equal(t.h.status, CQ_NET);
	assert_int_equal(t.h.next.pause, pause);
	assert_int_equal(t.h.next.refused, pause);
	assert_int_equal(t.h.next.wait_s, status == 429 ? 600 : 0);
	assert_null(t.h.next.session);
	end(&t);
}

static void
test_a_wrong_password_pauses_the_account(void **state)
{
	(void)state;
	login_fails(401,
	    "{\"error\":\"AuthenticationRequired\",\"message\":"
	    "\"Invalid identifier or password\"}",
	    "bsky.social refused the handle or the password: make an app "
	    "password and put handle:app-password in the token file",
	    true);
	login_fails(401,
	    "{\"error\":\"AuthFactorTokenRequired\",\"message\":\"A sign in "
	    "code has been sent to your email address\"}",
	    "bsky.social refused the account's own password: make an app "
	    "password and put handle:app-password in the token file",
	    true);
	login_fails(429,
	    "{\"error\":\"RateLimitExceeded\",\"message\":"
	    "\"Rate Limit Exceeded\"}",
	    "bsky.social asks for patience (429): it will be asked again "
	    "later",
	    false);
	login_fails(200, "{\"accessJwt\":\"a b\",\"refreshJwt\":\"r\"}",
	    "bsky.social answered with something else instead of a session; "
	    "check the address",
	    false);
}

static void
test_a_token_file_without_a_password_is_told(void **state)
{
	static const char *const wrong[] = {NULL, "", "acme.example",
	    "acme.example:", ":x", "did:plc:abc", "\xff:x"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct talk t;
		struct cq_err err = {0};

		begin(&t, &mentions, "", "");
		t.visit.secret = wrong[i];
		assert_int_equal(src_bluesky.ask(&t.visit, &t.req, &err),
		    CQ_INPUT);
		assert_string_equal(err.msg,
		    "the token file must hold handle:app-password in its "
		    "first line");
		end(&t);
	}
}

static void
test_an_account_may_be_named_in_three_ways(void **state)
{
	static const char *const pairs[][2] = {
	    {"@acme.example:p:q",
		"{\"identifier\":\"acme.example\",\"password\":\"p:q\"}"},
	    {"did:plc:abc:pq",
		"{\"identifier\":\"did:plc:abc\",\"password\":\"pq\"}"},
	    {"a@acme.example:p\"\\q",
		"{\"identifier\":\"a@acme.example\",\"password\":"
		"\"p\\\"\\\\q\"}"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct talk t;

		begin(&t, &mentions, "", "");
		t.visit.secret = pairs[i][0];
		assert_int_equal(src_bluesky.ask(&t.visit, &t.req, NULL),
		    CQ_OK);
		assert_string_equal(t.req.body, pairs[i][1]);
		end(&t);
	}
}

/* --- what is listened for ---------------------------------------------- */

static void
test_the_query_becomes_parameters(void **state)
{
	static const char *const pairs[][2] = {
	    {"\"acme kettle\"  -from:acme.example",
		"q=%22acme%20kettle%22%20-from%3Aacme.example"},
	    {"#acmefail", "q=%23acmefail&tag=acmefail"},
	    {"kessel lang:de", "q=kessel&lang=de"},
	    {"\"#no tag lang:de\"", "q=%22%23no%20tag%20lang%3Ade%22"},
	    {"gr\xc3\xbc\xc3\x9f", "q=gr%C3%BC%C3%9F"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct cq_source s = kettle;
		char *query = cq_strdup(pairs[i][0]);
		char *url = cq_format(XRPC
		    "app.bsky.feed.searchPosts?%s&sort=latest&limit=100",
		    pairs[i][1]);
		struct talk t;

		s.query = query;
		assert_int_equal(src_bluesky.check(&s, NULL), CQ_OK);
		begin(&t, &s, "", SESSION);
		asks(&t, url);
		end(&t);
		free(url);
		free(query);
	}
}

static void
test_a_search_has_a_floor_an_hour_before_what_is_known(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &kettle, "1795420800", SESSION); /* 08:00 */
	asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z");
	end(&t);
	begin(&t, &kettle, "", SESSION);
	t.visit.since_at = 1795420800;
	asks(&t, SEARCH_KETTLE "&since=2026-11-23T08%3A00%3A00Z");
	end(&t);
	begin(&t, &kettle, "what is this", SESSION);
	asks(&t, SEARCH_KETTLE);
	end(&t);
}

static void
refuses_source(char *address, char *query, char *token, const char *msg)
{
	struct cq_source s = {
	    .address = address, .query = query, .token_file = token};
	struct cq_err err = {0};

	assert_int_equal(src_bluesky.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
}

static void
test_a_source_that_cannot_work_is_refused(void **state)
{
	static const char listen[] = "the query says what to listen for: "
				     "words, \"#tag\" or \"mentions\"";
	char file[] = "/nonexistent";

	(void)state;
	assert_int_equal(src_bluesky.check(&mentions, NULL), CQ_OK);
	assert_int_equal(src_bluesky.check(&kettle, NULL), CQ_OK);
	refuses_source(HOST, NULL, file, listen);
	refuses_source(HOST, " ", file, listen);
	refuses_source(HOST, "#", file, listen);
	refuses_source(HOST, "*", file, listen);
	refuses_source(HOST, "lang:de", file, listen);
	refuses_source(HOST, "a\nb", file, listen);
	refuses_source(HOST, "\xff", file, listen);
	refuses_source(HOST, "kettle", NULL,
	    "Bluesky wants a login: give a token file with "
	    "handle:app-password in its first line");
	refuses_source("https://bsky.app/profile/a", "kettle", file,
	    "give the address of the account's server alone, such as "
	    "https://bsky.social");
	refuses_source("http://bsky.social", "kettle", file,
	    "plain http is not allowed for bsky.social: use https://, or "
	    "--insecure if it has none");
}

/* --- pages and authors ------------------------------------------------- */

static void
test_a_recorded_search_comes_oldest_first_with_reach(void **state)
{
	struct talk t;
	size_t i;

	(void)state;
	begin(&t, &kettle, "", SESSION);
	asks(&t, SEARCH_KETTLE);
	is_answered_by(&t, DIR "f-search-00.meta.json");
	goes_on(&t);
	asks(&t, SEARCH_KETTLE "&cursor=25");
	is_answered_by(&t, DIR "local-searchPosts-empty.meta.json");
	goes_on(&t);
	src_request_free(&t.req);
	t.visit.secret = SECRET;
	assert_int_equal(src_bluesky.ask(&t.visit, &t.req, NULL), CQ_OK);
	assert_memory_equal(t.req.url,
	    XRPC "app.bsky.actor.getProfiles?actors=did%3Aplc%3Akkergqgbhb56ptp"
		 "wj2wenkje&actors=",
	    strlen(XRPC) + 76);
	is_answered(&t, 200, NULL,
	    "{\"profiles\":[{\"did\":\"did:plc:hldk4mecmf3wdmlisjrm5f5f\","
	    "\"followersCount\":554},{\"did\":"
	    "\"did:plc:7nagdvjqrzaquzk7mueohne5\",\"followersCount\":-4}]}");
	/* 2025-05-19T17:10:09Z */
	is_done(&t, 25, "1747674609");
	for (i = 0; i < 25; i++) {
		assert_int_equal(cq_post_check(&t.h.posts.at[i], NULL), CQ_OK);
		assert_true(i == 0 ||
		    t.h.posts.at[i].created_at >=
			t.h.posts.at[i - 1].created_at);
	}
	assert_string_equal(t.h.posts.at[0].author,
	    "did:plc:7nagdvjqrzaquzk7mueohne5");
	assert_int_equal(t.h.posts.at[0].author_followers, -1);
	assert_int_equal(t.h.posts.at[1].author_followers, 554);
	assert_string_equal(t.h.posts.at[24].url,
	    "https://bsky.app/profile/did:plc:kkergqgbhb56ptpwj2wenkje/post/"
	    "3lpk2u6qo222m");
	assert_int_equal(t.h.next.every_s, 60);
	end(&t);
}

static void
test_a_recorded_mention_is_a_post_of_its_author(void **state)
{
	const struct cq_post *p;
	struct talk t;

	(void)state;
	begin(&t, &mentions, "1795408117", SESSION);
	asks(&t, LIST_NOTIFICATIONS);
	is_answered_by(&t, DIR "local-listNotifications-page2.meta.json");
	goes_on(&t);
	asks(&t, LIST_NOTIFICATIONS "&cursor=2026-11-23T04%3A28%3A37.717Z");
	is_answered(&t, 200, NULL, "{\"notifications\":[]}");
	goes_on(&t);
	asks(&t,
	    XRPC "app.bsky.actor.getProfiles?actors=did%3Aplc%3Al3evwt76qks4z7r"
		 "iq3mjil7c");
	is_answered(&t, 200, NULL,
	    "{\"profiles\":[{\"did\":\"did:plc:l3evwt76qks4z7riq3mjil7c\","
	    "\"followersCount\":12}]}");
	/* all of one second; the newest one's is known already */
	is_done(&t, 3, NULL);
	p = &t.h.posts.at[0];
	assert_string_equal(p->id,
	    "at://did:plc:l3evwt76qks4z7riq3mjil7c/app.bsky.feed.post/"
	    "3n2xc5leytk2b");
	assert_string_equal(p->uri, p->id);
	assert_string_equal(p->conversation, p->id);
	assert_string_equal(p->network, "bluesky");
	assert_string_equal(p->author, "did:plc:l3evwt76qks4z7riq3mjil7c");
	assert_string_equal(p->handle, "carol2.test");
	assert_string_equal(p->lang, "en");
	assert_string_equal(p->text,
	    "@acmecare.test order 1: the \"kettle\" leaks & smells "
	    "\xf0\x9f\x94\xa5 \xe6\x97\xa5\xe6\x9c\xac #acmefail "
	    "https://shop.example/p?id=1&x=1");
	assert_int_equal(p->created_at, 1795408117);
	assert_int_equal(p->author_followers, 12);
	end(&t);
}

static void
test_authors_that_cannot_be_looked_up_lose_no_post(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &mentions, "", SESSION);
	asks(&t, LIST_NOTIFICATIONS);
	is_answered_by(&t, DIR "local-listNotifications-page2.meta.json");
	asks(&t, LIST_NOTIFICATIONS "&cursor=2026-11-23T04%3A28%3A37.717Z");
	is_answered(&t, 200, NULL, "{\"notifications\":[]}");
	src_request_free(&t.req);
	t.visit.secret = SECRET;
	assert_int_equal(src_bluesky.ask(&t.visit, &t.req, NULL), CQ_OK);
	is_answered(&t, 403, NULL, "<html>");
	is_done(&t, 3, "1795408117");
	assert_false(t.h.next.pause);
	assert_int_equal(t.h.posts.at[0].author_followers, -1);
	end(&t);
}

/* A post of that number, with more members of its own and of its record. */
#define POST(n, at, more, record)                                          \
	"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/" n "\",\"author\":" \
	"{\"did\":\"did:plc:a\",\"handle\":\"a.test\"},\"reason\":"        \
	"\"mention\",\"indexedAt\":\"" at "\"" more                        \
	",\"record\":{\"text\":\"t" n "\"" record "}}"
#define AT(time) "2026-11-23T" time "Z"

static void
tells_followers(struct talk *t)
{
	goes_on(t);
	asks(t, XRPC "app.bsky.actor.getProfiles?actors=did%3Aplc%3Aa");
	is_answered(t, 200, NULL, "{\"profiles\":[]}");
}

static void
test_pages_are_read_back_to_what_is_known(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &mentions, "1795435200", SESSION); /* 12:00 */
	asks(&t, LIST_NOTIFICATIONS);
	is_answered(&t, 200, NULL,
	    "{\"notifications\":[" POST("4", AT("13:00:00"), "",
		"") "," POST("3", AT("12:30:00"), "",
		"") "],\"cursor\":\"c1\"}");
	goes_on(&t);
	/* it shifted by one; and reaches into the last ten minutes known */
	asks(&t, LIST_NOTIFICATIONS "&cursor=c1");
	is_answered(&t, 200, NULL,
	    "{\"notifications\":[" POST("3", AT("12:30:00"), "",
		"") "," POST("2", AT("11:55:00"), "",
		"") "],\"cursor\":\"c2\"}");
	goes_on(&t);
	asks(&t, LIST_NOTIFICATIONS "&cursor=c2");
	is_answered(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "," POST("0", "2026-11-20T00:00:00Z", "",
		"") "],\"cursor\":\"c3\"}");
	tells_followers(&t);
	is_done(&t, 4, "1795438800");
	assert_string_equal(t.h.posts.at[0].text, "t1");
	assert_string_equal(t.h.posts.at[3].text, "t4");
	assert_false(t.h.next.jumped);
	end(&t);
}

static void
test_a_page_that_leads_to_itself_ends(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &mentions, "", SESSION);
	asks(&t, LIST_NOTIFICATIONS);
	is_answered(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"c\"}");
	asks(&t, LIST_NOTIFICATIONS "&cursor=c");
	is_answered(&t, 200, NULL,
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"c\"}");
	tells_followers(&t);
	is_done(&t, 1, "1795431600");
	end(&t);
}

/* 100 posts, each a minute older and by another author than the one before */
static char *
long_page(int first)
{
	struct cq_buf b = {0};
	int i;

	cq_buf_str(&b, "{\"posts\":[");
	for (i = first; i < first + 100; i++)
		cq_buf_fmt(&b,
		    "%s{\"uri\":\"at://did:plc:a%d/app.bsky.feed.post/%d\","
		    "\"indexedAt\":\"2026-11-%02dT%02d:%02d:00Z\","
		    "\"record\":{\"text\":\"t\"}}",
		    i == first ? "" : ",", i, i, 22 - i / 1440,
		    23 - i / 60 % 24, 59 - i % 60);
	cq_buf_fmt(&b, "],\"cursor\":\"%d\"}", first + 100);
	return cq_buf_take(&b);
}

/* Asks whatever comes next, and answers with pages from *first on. */
static int
listens(struct talk *t, int *first)
{
	int n = 0;

	do {
		char *page;

		src_request_free(&t->req);
		t->visit.secret = SECRET;
		assert_int_equal(src_bluesky.ask(&t->visit, &t->req, NULL),
		    CQ_OK);
		n++;
		if (strstr(t->req.url, "getProfiles") != NULL) {
			is_answered(t, 200, NULL, "{\"profiles\":[]}");
			continue;
		}
		page = long_page(*first);
		is_answered(t, 200, NULL, page);
		*first += 100;
		free(page);
	} while (t->h.next.more);
	return n;
}

static void
test_a_long_way_back_is_gone_in_several_visits(void **state)
{
	int first = 0, n_visits = 0;
	size_t n_posts = 0;
	char *cursor = cq_strdup("1795305600"); /* 2026-11-22T00:00:00Z */

	(void)state;
	while (n_visits < 10) {
		struct talk t;
		bool ended;

		begin(&t, &kettle, cursor, SESSION);
		assert_true(listens(&t, &first) < SRC_STEPS_MAX);
		n_visits++;
		n_posts += t.h.posts.n;
		assert_non_null(t.h.next.cursor);
		assert_false(t.h.next.jumped);
		ended = strchr(t.h.next.cursor, ' ') == NULL;
		free(cursor);
		cursor = cq_strdup(t.h.next.cursor);
		end(&t);
		if (ended)
			break;
	}
	/* down to an hour before what was known, and no post left out */
	assert_string_equal(cursor, "1795391940"); /* 23:59 */
	assert_true(n_visits > 1 && n_visits < 10);
	assert_int_equal(n_posts, 1440 + 60);
	free(cursor);
}

static void
test_a_way_back_that_is_barred_is_a_gap(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &kettle, "1795420800 1795435200 9400", SESSION);
	asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z&cursor=9400");
	is_answered(&t, 400, NULL, "{\"error\":\"InvalidRequest\"}");
	is_done(&t, 0, "1795435200");
	assert_true(t.h.next.jumped);
	assert_int_equal(t.h.next.jumped_at, 1795420800);
	end(&t);

	/* so is the end of a search that found more than is shown */
	begin(&t, &kettle, "1795420800 1795435200 9900", SESSION);
	asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z&cursor=9900");
	is_answered(&t, 200, NULL,
	    "{\"posts\":[" POST("1", AT("11:00:00"), "", "") "]}");
	tells_followers(&t);
	is_done(&t, 1, "1795435200");
	assert_true(t.h.next.jumped);
	end(&t);
}

static void
test_a_page_refused_on_the_way_is_tried_again(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &kettle, "1795420800", SESSION);
	asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z");
	is_answered(&t, 200, NULL,
	    "{\"posts\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"1\"}");
	asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z&cursor=1");
	is_answered(&t, 400, NULL, "{\"error\":\"InvalidRequest\"}");
	tells_followers(&t);
	is_done(&t, 1, "1795420800 1795431600 1");
	assert_false(t.h.next.jumped);
	end(&t);
}

static void
test_an_empty_answer_moves_no_cursor(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &kettle, "", SESSION);
	asks(&t, SEARCH_KETTLE);
	is_answered_by(&t, DIR "local-searchPosts-empty.meta.json");
	is_done(&t, 0, NULL);
	end(&t);
	begin(&t, &kettle, "1795420800", SESSION);
	is_answered(&t, 200, NULL, "{\"posts\":[]}");
	is_done(&t, 0, NULL);
	end(&t);
}

static void
test_a_used_up_limit_ends_the_visit_with_what_was_read(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &mentions, "", SESSION);
	asks(&t, LIST_NOTIFICATIONS);
	is_answered(&t, 200,
	    "RateLimit-Remaining: 0\nRateLimit-Reset: 1795439280\n",
	    "{\"notifications\":[" POST("1", AT("11:00:00"), "",
		"") "],\"cursor\":\"c\"}");
	is_done(&t, 1, "- 1795431600 c");
	assert_int_equal(t.h.next.wait_s, 60);
	end(&t);
}

/* --- one post; answers written by hand --------------------------------- */

/* What becomes of a single post; to be ended. */
static const struct cq_post *
reads(struct talk *t, const char *post)
{
	char *page = cq_format("{\"posts\":[%s]}", post);

	begin(t, &kettle, "", SESSION);
	asks(t, SEARCH_KETTLE);
	is_answered(t, 200, NULL, page);
	free(page);
	tells_followers(t);
	assert_int_equal(t->h.posts.n, 1);
	assert_int_equal(cq_post_check(&t->h.posts.at[0], NULL), CQ_OK);
	return &t->h.posts.at[0];
}

#define FACET(start, end, uri)                                               \
	"{\"index\":{\"byteStart\":" start ",\"byteEnd\":" end "},"          \
	"\"features\":[{\"$type\":\"app.bsky.richtext.facet#link\",\"uri\":" \
	"\"" uri "\"}]}"

static void
has_text(const char *text, const char *facets, const char *expected)
{
	char *post = cq_format("{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
			       "1\",\"record\":{\"text\":\"%s\","
			       "\"facets\":[%s]}}",
	    text, facets);
	struct talk t;

	assert_string_equal(reads(&t, post)->text, expected);
	end(&t);
	free(post);
}

static void
test_links_stand_whole_in_the_text(void **state)
{
	(void)state;
	/* bytes are counted, not characters: two of them are an umlaut */
	has_text("\xc3\xbc shop.example/hel... bad",
	    FACET("3", "22", "https://shop.example/help/returns?x=1"),
	    "\xc3\xbc https://shop.example/help/returns?x=1 bad");
	has_text("see shop.example/hel\xe2\x80\xa6",
	    FACET("4", "23", "https://shop.example/help"),
	    "see https://shop.example/help");
	has_text("see shop.example", FACET("4", "16", "https://shop.example/"),
	    "see https://shop.example/");
	has_text("see https://shop.example/a",
	    FACET("4", "26", "https://shop.example/a"),
	    "see https://shop.example/a");
	/* words that are no address stay; so does one that leads elsewhere */
	has_text("read this", FACET("5", "9", "https://shop.example/"),
	    "read this (https://shop.example/)");
	has_text("bank.example", FACET("0", "12", "https://evil.example/"),
	    "bank.example (https://evil.example/)");
	/* in any order */
	has_text("a b",
	    FACET("2", "3", "https://b.example/") "," FACET("0", "1",
		"https://a.example/"),
	    "a (https://a.example/) b (https://b.example/)");
}

static void
test_broken_facets_are_left_out(void **state)
{
	static const char umlaut[] = "\xc3\xbc shop";

	(void)state;
	has_text(umlaut, FACET("1", "7", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("0", "1", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("3", "8", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("-1", "3", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("5", "5", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("6", "3", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("3.5", "7", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("1e300", "1e301", "https://a.example/"), umlaut);
	has_text(umlaut, FACET("3", "7", "javascript:alert(1)"), umlaut);
	has_text(umlaut, FACET("3", "7", "https://a.example/ b"), umlaut);
	has_text(umlaut, "7,null,[],{\"index\":[],\"features\":{}}", umlaut);
	/* of two that overlap the first one counts */
	has_text(umlaut,
	    FACET("3", "7", "https://a.example/") "," FACET("4", "6",
		"https://b.example/"),
	    "\xc3\xbc shop (https://a.example/)");
}

static void
test_many_facets_are_no_trap(void **state)
{
	struct cq_buf facets = {0};
	char text[201];
	int i;

	(void)state;
	memset(text, 'x', 200);
	text[200] = '\0';
	for (i = 199; i >= 0; i--) {
		char start[8], stop[8];

		snprintf(start, sizeof(start), "%d", i);
		snprintf(stop, sizeof(stop), "%d", i + 1);
		cq_buf_fmt(&facets,
		    "%s{\"index\":{\"byteStart\":%s,\"byteEnd\":%s},"
		    "\"features\":[{\"$type\":"
		    "\"app.bsky.richtext.facet#link\",\"uri\":"
		    "\"https://a.example/\"}]}",
		    facets.n == 0 ? "" : ",", start, stop);
	}
	{
		char *post =
		    cq_format("{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
			      "1\",\"record\":{\"text\":\"%s\","
			      "\"facets\":[%s]}}",
			text, facets.s);
		struct talk t;

		/* 64 of them get an address of 21 bytes with its frame */
		assert_int_equal(strlen(reads(&t, post)->text), 200 + 64 * 21);
		end(&t);
		free(post);
	}
	cq_buf_free(&facets);
}

static void
test_what_is_attached_speaks_where_words_do_not(void **state)
{
	struct talk t;

	(void)state;
	assert_string_equal(reads(&t,
				"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
				"1\","
				"\"record\":{\"text\":\"\",\"embed\":{"
				"\"images\":[{\"alt\":"
				"\"a broken box\"},{\"alt\":\"\"}]}}}")
				->text,
	    "[image: a broken box]\n[image]");
	end(&t);
	assert_string_equal(reads(&t,
				"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/"
				"1\","
				"\"record\":{\"embed\":{\"video\":{},\"alt\":"
				"\"it "
				"burns\"}}}")
				->text,
	    "[video: it burns]");
	end(&t);
	assert_string_equal(reads(&t,
				POST("1", AT("11:00:00"), "",
				    ",\"embed\":{\"external\":{\"uri\":"
				    "\"https://shop.example/a\"}}"))
				->text,
	    "t1\nhttps://shop.example/a");
	end(&t);
}

static void
test_a_label_that_covers_a_post_stands_in_front(void **state)
{
	struct talk t;

	(void)state;
	assert_string_equal(reads(&t,
				POST("1", AT("11:00:00"),
				    ",\"labels\":[{\"val\":\"graphic-media\"},{"
				    "\"val\":"
				    "\"spam\"},{\"val\":\"graphic-media\"},{"
				    "\"val\":"
				    "\"!warn\"},{\"val\":\"porn\"},{\"val\":"
				    "\"porn\","
				    "\"neg\":true},7]",
				    ""))
				->text,
	    "[label: graphic-media] [label: warn] t1");
	end(&t);
}

#define LINKS(of) \
	"{\"uri\":\"at://did:plc:b/app.bsky.feed.post/" of "\",\"cid\":\"c\"}"
static void
test_a_reply_names_its_parent_and_its_thread(void **state)
{
	const struct cq_post *p;
	struct talk t;

	(void)state;
	p = reads(&t,
	    POST("3", AT("11:00:00"), "",
		",\"reply\":{\"parent\":" LINKS("2") ",\"root\":" LINKS(
		    "1") "}"));
	assert_string_equal(p->in_reply_to,
	    "at://did:plc:b/app.bsky.feed.post/2");
	assert_string_equal(p->conversation,
	    "at://did:plc:b/app.bsky.feed.post/1");
	end(&t);
}

static void
test_a_quote_names_the_post_it_quotes(void **state)
{
	struct talk t;

	(void)state;
	assert_string_equal(reads(&t,
				POST("3", AT("11:00:00"), "",
				    ",\"embed\":{\"record\":" LINKS("2") "}"))
				->quote_of,
	    "at://did:plc:b/app.bsky.feed.post/2");
	end(&t);
	assert_string_equal(reads(&t,
				POST("3", AT("11:00:00"), "",
				    ",\"embed\":{\"record\":{\"record\":" LINKS(
					"2") "},\"media\":{}}"))
				->quote_of,
	    "at://did:plc:b/app.bsky.feed.post/2");
	end(&t);
	/* a list can stand there, too */
	assert_null(reads(&t,
	    POST("3", AT("11:00:00"), "",
		",\"embed\":{\"record\":{\"uri\":"
		"\"at://did:plc:b/app.bsky.graph.list/2\"}}"))
			->quote_of);
	end(&t);
}

static void
test_a_post_is_as_old_as_the_network_has_known_it(void **state)
{
	struct talk t;

	(void)state;
	assert_int_equal(reads(&t,
			     POST("1", AT("11:00:00"), "",
				 ",\"createdAt\":\"1970-01-01T00:00:00Z\""))
			     ->created_at,
	    1795431600);
	end(&t);
	assert_int_equal(reads(&t,
			     POST("1", AT("11:00:00"), "",
				 ",\"createdAt\":\"2099-01-01T00:00:00Z\""))
			     ->created_at,
	    1795431600);
	end(&t);
	/* a server's clock may be ahead; an index may say nothing */
	assert_int_equal(reads(&t, POST("1", "2026-11-24T00:00:00Z", "", ""))
			     ->created_at,
	    EXCHANGE_NOW);
	end(&t);
	assert_int_equal(reads(&t,
			     POST("1", "soon", "",
				 ",\"createdAt\":"
				 "\"2026-11-23T12:00:00+01:00\""))
			     ->created_at,
	    1795431600);
	end(&t);
	assert_true(reads(&t,
			POST("1", "soon", "",
			    ",\"createdAt\":\"2099-01-01T00:00:00Z\""))
			->created_at == CQ_NO_TIME);
	end(&t);
}

static void
test_an_author_says_what_it_is_itself(void **state)
{
	const struct cq_post *p;
	struct talk t;

	(void)state;
	p = reads(&t,
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"record\":{},"
	    "\"author\":{\"handle\":\"handle.invalid\",\"labels\":[{\"val\":"
	    "\"bot\",\"src\":\"did:plc:a\"},{\"val\":\"!no-unauthenticated\","
	    "\"src\":\"did:plc:a\"}]}}");
	assert_true(p->bot);
	assert_int_equal(p->visibility, CQ_UNLISTED);
	assert_null(p->handle);
	assert_string_equal(p->author, "did:plc:a");
	end(&t);
	p = reads(&t,
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"record\":{},"
	    "\"author\":{\"labels\":[{\"val\":\"bot\",\"src\":\"did:plc:z\"}]"
	    "}}");
	assert_false(p->bot);
	end(&t);
}

static void
test_what_is_no_post_is_left_out(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &kettle, "", SESSION);
	asks(&t, SEARCH_KETTLE);
	is_answered(&t, 200, NULL,
	    "{\"posts\":[null,7,\"x\",[],{},{\"uri\":7,\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.like/1\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/a b\",\"record\":"
	    "{}},{\"uri\":\"at://a.test/app.bsky.feed.post/1\",\"record\":{}"
	    "},{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"record\":7}"
	    ",{\"uri\":\"at://did:plc:a/app.bsky.feed.post/2\",\"record\":{"
	    "\"text\":7,\"langs\":7,\"facets\":7,\"reply\":7,\"embed\":7,"
	    "\"createdAt\":7},\"author\":7,\"labels\":7,\"indexedAt\":7}]}");
	tells_followers(&t);
	is_done(&t, 1, NULL);
	assert_string_equal(t.h.posts.at[0].text, "");
	end(&t);
}

static void
test_only_words_said_to_the_account_are_mentions(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, &mentions, "", SESSION);
	asks(&t, LIST_NOTIFICATIONS);
	is_answered(&t, 200, NULL,
	    "{\"notifications\":["
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/1\",\"reason\":"
	    "\"subscribed-post\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/2\",\"reason\":"
	    "\"quote\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/3\",\"reason\":"
	    "\"reply\",\"record\":{}},"
	    "{\"uri\":\"at://did:plc:a/app.bsky.feed.post/4\",\"reason\":7,"
	    "\"record\":{}}]}");
	tells_followers(&t);
	is_done(&t, 2, NULL);
	end(&t);
}

/* --- known posts once more --------------------------------------------- */

#define KNOWN "at://did:plc:l3evwt76qks4z7riq3mjil7c/app.bsky.feed.post/"
#define GET_POSTS XRPC "app.bsky.feed.getPosts?uris="
#define KNOWN_ESCAPED                                                      \
	"at%3A%2F%2Fdid%3Aplc%3Al3evwt76qks4z7riq3mjil7c%2Fapp.bsky.feed." \
	"post%2F"

static const char *const known[] = {KNOWN "3n2xc5lc5zc2b", "no address at all",
    KNOWN "3n2xc5lhez22b", KNOWN "3n2xc5leytk2b"};

static void
looks_again(struct talk *t, size_t n, const char *url)
{
	src_request_free(&t->req);
	t->visit.secret = SECRET;
	assert_int_equal(src_bluesky.ask_again(&t->visit, known, n, &t->req,
			     NULL),
	    CQ_OK);
	t->visit.secret = NULL;
	assert_string_equal(t->req.url, url);
}

static void
sees(struct talk *t, size_t n, struct exchange *x)
{
	heard_free(&t->h);
	x->answer.arg = x;
	t->h = (struct heard){0};
	posts_begin(&t->h.posts, "sky", NULL);
	t->h.status = src_bluesky.read_again(&t->visit, known, n, &x->answer,
	    posts_add, &t->h.posts, &t->h.next, &t->h.err);
	exchange_free(x);
	keep_session(t);
}

static void
test_a_post_left_out_of_a_look_up_is_gone(void **state)
{
	struct exchange x;
	struct talk t;

	(void)state;
	begin(&t, &kettle, "", SESSION);
	looks_again(&t, 4,
	    GET_POSTS KNOWN_ESCAPED "3n2xc5lc5zc2b&uris=" KNOWN_ESCAPED
				    "3n2xc5lhez22b&uris=" KNOWN_ESCAPED
				    "3n2xc5leytk2b");
	exchange_load(&x, DIR "local-getPosts.meta.json", HOST);
	sees(&t, 4, &x);
	assert_int_equal(t.h.status, CQ_OK);
	assert_int_equal(t.h.posts.n, 3);
	assert_false(t.h.posts.at[0].gone);
	assert_false(t.h.posts.at[1].gone);
	assert_true(t.h.posts.at[2].gone);
	assert_string_equal(t.h.posts.at[2].id, KNOWN "3n2xc5lhez22b");
	assert_null(t.h.next.cursor);
	end(&t);
}

static void
look_up_tells_nothing(int status, const char *body, size_t n, enum cq_status rc)
{
	struct exchange x;
	struct talk t;

	begin(&t, &kettle, "", SESSION);
	exchange_make(&x, status, NULL, body, strlen(body), HOST);
	sees(&t, n, &x);
	assert_int_equal(t.h.status, rc);
	assert_int_equal(t.h.posts.n, 0);
	end(&t);
}

static void
test_a_look_up_that_failed_deletes_nothing(void **state)
{
	struct exchange x;
	struct talk t;

	(void)state;
	look_up_tells_nothing(200, "{\"posts\":[]}", 4, CQ_OK);
	look_up_tells_nothing(200, "{\"posts\":{}}", 4, CQ_NET);
	look_up_tells_nothing(200, "{}", 1, CQ_NET);
	look_up_tells_nothing(200, "[]", 1, CQ_NET);
	look_up_tells_nothing(200, "", 1, CQ_NET);
	look_up_tells_nothing(502, "{\"error\":\"UpstreamFailure\"}", 1,
	    CQ_NET);
	look_up_tells_nothing(400, "{\"error\":\"InvalidRequest\"}", 1, CQ_NET);
	/* asked about one alone, there is no other way to say so */
	begin(&t, &kettle, "", SESSION);
	exchange_make(&x, 200, NULL, "{\"posts\":[]}", 12, HOST);
	sees(&t, 1, &x);
	assert_int_equal(t.h.posts.n, 1);
	assert_true(t.h.posts.at[0].gone);
	end(&t);
}

static void
test_a_look_up_renews_its_session_as_well(void **state)
{
	struct exchange x;
	struct talk t;

	(void)state;
	begin(&t, &kettle, "", SESSION);
	looks_again(&t, 1, GET_POSTS KNOWN_ESCAPED "3n2xc5lc5zc2b");
	exchange_make(&x, 400, NULL, EXPIRED, strlen(EXPIRED), HOST);
	sees(&t, 1, &x);
	goes_on(&t);
	looks_again(&t, 1, REFRESH);
	exchange_make(&x, 200, NULL, FRESH, strlen(FRESH), HOST);
	sees(&t, 1, &x);
	goes_on(&t);
	assert_non_null(t.h.next.session);
	looks_again(&t, 1, GET_POSTS KNOWN_ESCAPED "3n2xc5lc5zc2b");
	assert_string_equal(header(&t, "Authorization"), "Bearer new-access");
	end(&t);
}

/* --- refusals ---------------------------------------------------------- */

static void
fails(int status, const char *headers, const char *body, const char *msg,
    int64_t wait_s, bool pause)
{
	struct talk t;

	begin(&t, &kettle, "1795420800", SESSION);
	asks(&t, SEARCH_KETTLE "&since=2026-11-23T07%3A00%3A00Z");
	is_answered(&t, status, headers, body);
	assert_string_equal(t.h.err.msg, msg);
	assert_int_equal(t.h.status, CQ_NET);
	assert_int_equal(t.h.next.wait_s, wait_s);
	assert_int_equal(t.h.next.pause, pause);
	assert_int_equal(t.h.next.refused, pause);
	assert_null(t.h.next.cursor);
	assert_int_equal(t.h.posts.n, 0);
	end(&t);
}

static void
test_what_is_no_list_of_posts_is_told(void **state)
{
	(void)state;
	fails(200, NULL, "<!DOCTYPE html><p>hi",
	    "bsky.social answered with a web page instead of JSON; check the "
	    "address",
	    0, false);
	fails(200, NULL, "{\"posts\":[",
	    "bsky.social answered with something else instead of JSON; check "
	    "the address",
	    0, false);
	fails(200, NULL, "{\"posts\":7}",
	    "bsky.social answered with something else instead of a list of "
	    "posts; check the address",
	    0, false);
	fails(502, NULL, "{\"error\":\"UpstreamFailure\"}",
	    "bsky.social is out of order (502): it will be asked again later",
	    0, false);
	fails(429, "RateLimit-Reset: 1795439520\n",
	    "{\"error\":\"RateLimitExceeded\"}",
	    "bsky.social asks for patience (429): it will be asked again "
	    "later",
	    300, false);
	fails(400, NULL, "{\"error\":\"InvalidRequest\"}",
	    "bsky.social refused the request (400): check address and query", 0,
	    false);
	fails(403, NULL, "<html>",
	    "bsky.social refused the token: make a new one and put it in the "
	    "token file",
	    0, true);
}

static void
test_no_cut_page_gives_posts(void **state)
{
	struct exchange x;
	size_t n;

	(void)state;
	exchange_load(&x, DIR "local-searchPosts-page2.meta.json", HOST);
	for (n = 0; n < x.answer.n; n += 7) {
		struct exchange cut;
		struct talk t;

		begin(&t, &kettle, "", SESSION);
		exchange_make(&cut, 200, NULL, x.body, n, HOST);
		t.h = hear_visit(&src_bluesky, &t.visit, &cut);
		assert_int_equal(t.h.status, CQ_NET);
		assert_int_equal(t.h.posts.n, 0);
		end(&t);
		exchange_free(&cut);
	}
	exchange_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_the_first_visit_logs_in_and_keeps_the_session),
	    cmocka_unit_test(test_a_kept_session_needs_no_login),
	    cmocka_unit_test(
		test_a_session_of_somebody_else_is_shown_to_nobody),
	    cmocka_unit_test(
		test_an_expired_session_is_renewed_and_the_visit_goes_on),
	    cmocka_unit_test(test_a_refused_refresh_token_costs_one_login),
	    cmocka_unit_test(test_a_wrong_password_pauses_the_account),
	    cmocka_unit_test(test_a_token_file_without_a_password_is_told),
	    cmocka_unit_test(test_an_account_may_be_named_in_three_ways),
	    cmocka_unit_test(test_the_query_becomes_parameters),
	    cmocka_unit_test(
		test_a_search_has_a_floor_an_hour_before_what_is_known),
	    cmocka_unit_test(test_a_source_that_cannot_work_is_refused),
	    cmocka_unit_test(
		test_a_recorded_search_comes_oldest_first_with_reach),
	    cmocka_unit_test(test_a_recorded_mention_is_a_post_of_its_author),
	    cmocka_unit_test(
		test_authors_that_cannot_be_looked_up_lose_no_post),
	    cmocka_unit_test(test_pages_are_read_back_to_what_is_known),
	    cmocka_unit_test(test_a_page_that_leads_to_itself_ends),
	    cmocka_unit_test(test_a_long_way_back_is_gone_in_several_visits),
	    cmocka_unit_test(test_a_way_back_that_is_barred_is_a_gap),
	    cmocka_unit_test(test_a_page_refused_on_the_way_is_tried_again),
	    cmocka_unit_test(test_an_empty_answer_moves_no_cursor),
	    cmocka_unit_test(
		test_a_used_up_limit_ends_the_visit_with_what_was_read),
	    cmocka_unit_test(test_links_stand_whole_in_the_text),
	    cmocka_unit_test(test_broken_facets_are_left_out),
	    cmocka_unit_test(test_many_facets_are_no_trap),
	    cmocka_unit_test(test_what_is_attached_speaks_where_words_do_not),
	    cmocka_unit_test(test_a_label_that_covers_a_post_stands_in_front),
	    cmocka_unit_test(test_a_reply_names_its_parent_and_its_thread),
	    cmocka_unit_test(test_a_quote_names_the_post_it_quotes),
	    cmocka_unit_test(test_a_post_is_as_old_as_the_network_has_known_it),
	    cmocka_unit_test(test_an_author_says_what_it_is_itself),
	    cmocka_unit_test(test_what_is_no_post_is_left_out),
	    cmocka_unit_test(test_only_words_said_to_the_account_are_mentions),
	    cmocka_unit_test(test_a_post_left_out_of_a_look_up_is_gone),
	    cmocka_unit_test(test_a_look_up_that_failed_deletes_nothing),
	    cmocka_unit_test(test_a_look_up_renews_its_session_as_well),
	    cmocka_unit_test(test_what_is_no_list_of_posts_is_told),
	    cmocka_unit_test(test_no_cut_page_gives_posts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
