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
#include "tests/mapped.h"

#define AT "https://api.example"
#define BEGIN (EXCHANGE_NOW - 40000)
#define POSTS_MAX 250

/*
 * A service that gives posts page by page, and whoever reads it: visits with
 * a cursor that is kept, which may end at any question.  However its pages
 * are cut and named, every post is heard.
 */
struct service {
	const char *order;  /* of the map */
	const char *way;    /* member of next; NULL: one page */
	bool since, strict; /* takes a time; without that moment */
	size_t limit;	    /* posts a page */
	size_t n;	    /* posts so far; their ids are 1 to n */
	int tie;	    /* posts of one second */
	uint32_t dice;
	bool heard[POSTS_MAX + 1];
};

static uint32_t
dice(struct service *v, uint32_t sides)
{
	v->dice = v->dice * 1664525 + 1013904223;
	return (v->dice >> 16) % sides;
}

static int64_t
time_of(const struct service *v, size_t id)
{
	return BEGIN + (int64_t)(id / (size_t)v->tie);
}

static bool
oldest_first(const struct service *v)
{
	return strcmp(v->order, "oldest_first") == 0;
}

static struct cq_source
source_of(const struct service *v)
{
	struct cq_buf map = {0};
	struct cq_source s;

	cq_buf_fmt(&map, "{'url':'{address}/x?a=1%s%s','items':'/items',",
	    v->since ? "&since={since}" : "",
	    v->way == NULL			? ""
		: strcmp(v->way, "cursor") == 0 ? "[&cursor={cursor}]"
		: strcmp(v->way, "page") == 0	? "&page={page}"
		: strcmp(v->way, "offset") == 0 ? "&offset={offset}"
						: "");
	if (v->since)
		cq_buf_str(&map, "'since':{'format':'epoch'},");
	if (oldest_first(v) && v->way != NULL && strcmp(v->way, "page") == 0)
		cq_buf_fmt(&map, "'page_size':%zu,", v->limit);
	if (v->way != NULL)
		cq_buf_fmt(&map, "'next':{'%s':%s},", v->way,
		    strcmp(v->way, "link") == 0		? "'next'"
			: strcmp(v->way, "page") == 0	? "1"
			: strcmp(v->way, "offset") == 0 ? "0"
							: "'/next'");
	cq_buf_fmt(&map,
	    "'order':'%s','post':{'id':'/id','text':'/id','time':{'at':'/at',"
	    "'format':'epoch'}}}",
	    v->order);
	s = mapped(AT, "", map.s);
	cq_buf_free(&map);
	return s;
}

static int64_t
number_in(const char *url, const char *name, int64_t fallback)
{
	char *s = url_query(url, name);
	int64_t n = s == NULL ? fallback : strtoll(s, NULL, 10);

	free(s);
	return n;
}

/* Is it one of those that url asks for, its page aside? */
static bool
is_asked(const struct service *v, const char *url, size_t id)
{
	int64_t since = number_in(url, "since", 0), at = time_of(v, id);
	int64_t behind = number_in(url, "cursor", 0);

	if (v->strict ? at <= since : at < since)
		return false;
	if (behind == 0)
		return true;
	return oldest_first(v) ? (int64_t)id > behind : (int64_t)id < behind;
}

/* The answer to a question; headers get a Link if the map wants one. */
static char *
answer(const struct service *v, const char *url, char **headers)
{
	size_t skip = (size_t)number_in(url, "offset", 0), given = 0, i, id;
	int64_t page = number_in(url, "page", 1), last = 0;
	struct cq_buf body = {0};
	char *next = NULL;
	bool more = false;

	skip += (size_t)(page - 1) * v->limit;
	cq_buf_str(&body, "{\"items\":[");
	for (i = 0; i < v->n && !more; i++) {
		id = oldest_first(v) ? i + 1 : v->n - i;
		if (!is_asked(v, url, id))
			continue;
		if (skip > 0) {
			skip--;
		} else if (given == v->limit) {
			more = true;
		} else {
			cq_buf_fmt(&body, "%s{\"id\":%zu,\"at\":%lld}",
			    given++ > 0 ? "," : "", id,
			    (long long)time_of(v, id));
			last = (int64_t)id;
		}
	}
	cq_buf_char(&body, ']');
	if (more && v->way != NULL && strcmp(v->way, "cursor") == 0)
		cq_buf_fmt(&body, ",\"next\":%lld", (long long)last);
	if (more && v->way != NULL)
		next = cq_format("/x?since=%lld&cursor=%lld",
		    (long long)number_in(url, "since", 0), (long long)last);
	if (more && v->way != NULL && strcmp(v->way, "url") == 0)
		cq_buf_fmt(&body, ",\"next\":\"%s\"", next);
	if (more && v->way != NULL && strcmp(v->way, "link") == 0)
		*headers = cq_format("Link: <" AT "%s>; rel=\"next\"\n", next);
	free(next);
	cq_buf_char(&body, '}');
	return cq_buf_take(&body);
}

static void
hear_posts(struct service *v, const struct heard *h)
{
	int64_t before = 0;
	size_t i;

	for (i = 0; i < h->posts.n; i++) {
		size_t id = (size_t)atoi(h->posts.at[i].id);

		assert_true(id >= 1 && id <= v->n);
		assert_true(h->posts.at[i].created_at >= before);
		before = h->posts.at[i].created_at;
		v->heard[id] = true;
	}
	if (h->next.jumped)
		fail_msg("posts were passed over: %s, %s, %s, %zu a page",
		    v->order, v->way == NULL ? "-" : v->way,
		    v->since ? "since" : "-", v->limit);
}

/* One question of a visit; false at its end. */
static bool
question(struct service *v, struct src_visit *visit, char **cursor)
{
	char *headers = NULL, *body;
	struct src_request req;
	struct heard h;
	bool more;

	assert_int_equal(src_json.ask(visit, &req, NULL), CQ_OK);
	body = answer(v, req.url, &headers);
	h = hear_answer(&src_json, visit, 200, headers, body);
	assert_string_equal(h.err.msg, "");
	hear_posts(v, &h);
	if (h.next.cursor != NULL) {
		free(*cursor);
		*cursor = cq_strdup(h.next.cursor);
		visit->cursor = *cursor;
	}
	more = h.next.more;
	heard_free(&h);
	src_request_free(&req);
	free(headers);
	free(body);
	return more;
}

/*
 * A page that is the same as the one before means that the number counts
 * for nothing; so fewer posts than a page holds come between two questions.
 */
static uint32_t
grows_by(const struct service *v)
{
	bool numbered = v->way != NULL &&
	    (strcmp(v->way, "page") == 0 || strcmp(v->way, "offset") == 0);

	return numbered && v->limit < 4 ? (uint32_t)v->limit : 4;
}

/* A visit; with trouble, it ends early and posts come in between. */
static int
visit_once(struct service *v, const struct cq_source *s, char **cursor,
    bool trouble)
{
	struct src_visit visit = exchange_visit(s, *cursor);
	int steps = 0;

	visit.since_at = BEGIN;
	while (question(v, &visit, cursor) && ++steps < SRC_STEPS_MAX) {
		if (trouble && dice(v, 6) == 0)
			break;
		if (trouble && dice(v, 2) == 0 && v->n < POSTS_MAX - 9)
			v->n += dice(v, grows_by(v));
	}
	src_json.forget(visit.memory);
	return steps;
}

static void
hears_all(struct service v)
{
	struct cq_source s = source_of(&v);
	char *cursor = cq_strdup("");
	size_t i;
	int n, calm = 0;

	v.n = 60;
	for (n = 0; n < 40; n++) {
		visit_once(&v, &s, &cursor, true);
		if (v.n < POSTS_MAX - 9)
			v.n += dice(&v, 5);
	}
	/* until two visits in a row came to their end: one may only have
	 * ended an older way */
	for (n = 0; n < 400 && calm < 2; n++)
		calm = visit_once(&v, &s, &cursor, false) < SRC_STEPS_MAX - 1
		    ? calm + 1
		    : 0;
	for (i = 1; i <= v.n; i++)
		if (!v.heard[i])
			fail_msg("post %zu of %zu was not heard: %s, %s, %s, "
				 "%zu a page, %d a second, cursor %s",
			    i, v.n, v.order, v.way == NULL ? "-" : v.way,
			    v.since ? (v.strict ? "strict" : "since") : "-",
			    v.limit, v.tie, cursor);
	free(cursor);
	free(s.options);
}

static void
test_no_post_is_missed_however_pages_are_named_and_visits_end(void **state)
{
	static const char *const ways[] = {
	    "cursor", "url", "link", "page", "offset"};
	static const char *const orders[] = {
	    "oldest_first", "newest_first", "none"};
	static const size_t limits[] = {1, 3, 20};
	static const int ties[] = {1, 11};
	int o, w, l, t, since;

	(void)state;
	for (o = 0; o < 3; o++)
		for (w = 0; w < 5; w++)
			for (l = 0; l < 3; l++)
				for (t = 0; t < 2; t++)
					for (since = 0; since < 3; since++)
						hears_all((struct service){
						    .order = orders[o],
						    .way = ways[w],
						    .limit = limits[l],
						    .tie = ties[t],
						    .since = since > 0,
						    .strict = since == 2,
						    .dice = 42});
}

static void
test_one_page_a_time_is_enough_if_it_holds_more_than_a_moment(void **state)
{
	static const size_t limits[] = {5, 12, 50};
	int l, strict;

	(void)state;
	for (l = 0; l < 3; l++)
		for (strict = 0; strict < 2; strict++)
			hears_all((struct service){.order = "oldest_first",
			    .limit = limits[l],
			    .tie = 2,
			    .since = true,
			    .strict = strict == 1,
			    .dice = 42});
}

/* --- what is missed is said ---------------------------------------------- */

#define ITEM(id, at) "{\"id\":" #id ",\"at\":" #at "}"
#define POST                                                  \
	"'post':{'id':'/id','text':'/id','time':{'at':'/at'," \
	"'format':'epoch'}}}"

/* One answer to a visit with that cursor; jumped_at 0: nothing is missed. */
static void
jumps(const char *map, const char *cursor, const char *body, int64_t jumped_at)
{
	struct cq_source s = mapped(AT, "", map);
	struct src_visit visit = exchange_visit(&s, cursor);
	struct heard h = hear_answer(&src_json, &visit, 200, NULL, body);

	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.next.jumped, jumped_at != 0);
	if (jumped_at != 0)
		assert_int_equal(h.next.jumped_at, jumped_at);
	heard_free(&h);
	src_json.forget(visit.memory);
	free(s.options);
}

static void
test_a_list_that_does_not_reach_back_to_what_is_known_was_jumped(void **state)
{
	static const char newest[] = "{'url':'{address}','items':'',"
				     "'order':'newest_first'," POST;
	static const char whole[] =
	    "{'url':'{address}','items':'','whole':true," POST;
	static const char full[] =
	    "{'url':'{address}?s={since}','items':'','page_size':2,'since':{"
	    "'format':'epoch'}," POST;
	static const char list[] =
	    "[" ITEM(9, 1795439100) "," ITEM(8, 1795439000) "]";

	(void)state;
	jumps(newest, "", list, 0); /* nothing was known */
	jumps(newest, "1795439000", list, 0);
	jumps(newest, "1795438999", list, 1795438999);
	jumps(newest, "1795438999", "[]", 0); /* an empty list is no proof */
	jumps(whole, "1795438999", list, 0);
	jumps(full, "1795438999", list, 1795438999);
	jumps(full, "1795438999", "[" ITEM(9, 1795439100) "]", 0);
}

static void
test_more_of_one_moment_than_an_answer_holds_is_passed_over(void **state)
{
	static const char map[] =
	    "{'url':'{address}?s={since}','items':'','page_size':2,'since':{"
	    "'format':'epoch'},'order':'oldest_first'," POST;
	struct cq_source s = mapped(AT, "", map);
	struct src_visit visit = exchange_visit(&s, "1795439000");
	struct src_request req;
	struct heard h = hear_answer(&src_json, &visit, 200, NULL,
	    "[" ITEM(8, 1795439000) "," ITEM(9, 1795439000) "]");

	(void)state;
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1795439000);
	assert_true(h.next.more);
	heard_free(&h);
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, AT "?s=1795439000");
	src_request_free(&req);
	src_json.forget(visit.memory);
	free(s.options);
}

static void
test_a_service_that_looks_back_so_far_only_is_asked_no_further(void **state)
{
	static const char map[] =
	    "{'url':'{address}?s={since}','items':'','since':{'format':'epoch'"
	    ",'overlap':'1h','max_age':'10d'}," POST;
	const int64_t begin = EXCHANGE_NOW - 10 * 86400;
	struct cq_source s = mapped(AT, "", map);
	struct src_visit visit = exchange_visit(&s, "1700000000");
	struct src_request req;
	struct heard h;
	char url[80];

	(void)state;
	visit.since_at = CQ_NO_TIME;
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	snprintf(url, sizeof(url), AT "?s=%lld", (long long)begin);
	assert_string_equal(req.url, url);
	src_request_free(&req);
	/* never heard since: what came before its window is lost */
	h = hear_answer(&src_json, &visit, 200, NULL, "[]");
	assert_true(h.next.jumped);
	assert_int_equal(h.next.jumped_at, 1700000000);
	heard_free(&h);
	src_json.forget(visit.memory);
	/* a quiet place that was heard an hour ago has lost nothing */
	s.ok_at = EXCHANGE_NOW - 3600;
	visit.memory = NULL;
	h = hear_answer(&src_json, &visit, 200, NULL, "[]");
	assert_false(h.next.jumped);
	heard_free(&h);
	src_json.forget(visit.memory);
	free(s.options);
}

/* The address that a source asks, having read to that cursor. */
static void
asks(const char *map, const char *query, const char *cursor, const char *url)
{
	struct cq_source s = mapped(AT, query, map);
	struct src_visit visit = exchange_visit(&s, cursor);
	struct src_request req;

	visit.since_at = EXCHANGE_NOW - 30 * 86400; /* it was added then */
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, url);
	src_request_free(&req);
	src_json.forget(visit.memory);
	free(s.options);
}

static void
test_what_a_service_may_still_add_to_is_read_again(void **state)
{
	static const char map[] =
	    "{'url':'{address}?s={since}','items':'','since':{'format':'epoch'"
	    ",'overlap':'2h'}," POST;

	(void)state;
	asks(map, "", "1795400000", AT "?s=1795392799");
	/* but not what nobody wants */
	asks(map, "", "1700000000", AT "?s=1792847219");
}

static void
test_what_stands_in_brackets_goes_with_its_value(void **state)
{
	static const char map[] =
	    "{'url':'{address}/x?a=1[&b={query.b}][&c={query.c}&d=2]&e=3',"
	    "'items':''," POST;

	(void)state;
	asks(map, "", "", AT "/x?a=1&e=3");
	asks(map, "b=7", "", AT "/x?a=1&b=7&e=3");
	asks(map, "c=7&b=", "", AT "/x?a=1&c=7&d=2&e=3");
}

static void
test_the_service_says_that_there_is_no_more(void **state)
{
	static const char map[] =
	    "{'url':'{address}?p={page}','items':'/l','next':{'page':1},"
	    "'more':'/more','order':'none'," POST;
	struct cq_source s = mapped(AT, "", map);
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		char *body = cq_format("{\"more\":%s,\"l\":[{\"id\":1,"
				       "\"text\":\"t\",\"at\":1795430000}]}",
		    i == 0 ? "true" : "false");
		struct src_visit visit = exchange_visit(&s, "");
		struct heard h =
		    hear_answer(&src_json, &visit, 200, NULL, body);

		assert_string_equal(h.err.msg, "");
		assert_int_equal(h.next.more, i == 0);
		heard_free(&h);
		src_json.forget(visit.memory);
		free(body);
	}
	free(s.options);
}

/* Some answer with the last page, whatever page is asked for. */
static void
test_a_page_that_is_the_last_one_again_ends_the_walk(void **state)
{
	static const char *const ways[] = {
	    "'url':'{address}?p={page}','next':{'page':1}",
	    "'url':'{address}[?c={cursor}]','next':{'cursor':'/n'}"};
	static const char body[] = "{\"n\":\"z\",\"l\":[{\"id\":1,\"text\":"
				   "\"t\",\"at\":1795430000}]}";
	size_t i, n, n_posts;

	(void)state;
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char *map = cq_format("{%s,'items':'/l'," POST, ways[i]);
		struct cq_source s = mapped(AT, "", map);
		struct src_visit visit = exchange_visit(&s, "");
		bool more = true;

		for (n = n_posts = 0; more && n < 5; n++) {
			struct heard h =
			    hear_answer(&src_json, &visit, 200, NULL, body);

			assert_string_equal(h.err.msg, "");
			more = h.next.more;
			n_posts += h.posts.n;
			heard_free(&h);
		}
		assert_int_equal(n, 2);
		assert_int_equal(n_posts, 1); /* it was told once */
		src_json.forget(visit.memory);
		free(s.options);
		free(map);
	}
}

/* A cursor in the middle of a walk, and a service that knows it no more. */
static void
loses(const char *order, const char *next_cursor, bool jumped)
{
	char *map =
	    cq_format("{'url':'{address}?s={since}[&c={cursor}]','items':'/"
		      "l','next':{"
		      "'cursor':'/"
		      "n'},'since':{'format':'epoch'},'order':'%s'," POST,
		order);
	struct cq_source s = mapped(AT, "", map);
	struct src_visit visit =
	    exchange_visit(&s, "1795430000 1795430000 1795439000 - abc d");
	struct src_request req;
	struct heard h;

	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url, AT "?s=1795429999&c=abc%20d");
	src_request_free(&req);
	h = hear_answer(&src_json, &visit, 400, NULL, "{}");
	assert_string_equal(h.err.msg, "");
	assert_true(h.next.more);
	assert_int_equal(h.next.jumped, jumped);
	if (jumped)
		assert_int_equal(h.next.jumped_at, 1795430000);
	assert_string_equal(h.next.cursor, next_cursor);
	heard_free(&h);
	/* once: then it is refused like any other */
	h = hear_answer(&src_json, &visit, 400, NULL, "{}");
	assert_int_equal(h.status, CQ_NET);
	heard_free(&h);
	src_json.forget(visit.memory);
	free(s.options);
	free(map);
}

static void
test_a_way_that_died_is_begun_anew_or_told_as_a_gap(void **state)
{
	(void)state;
	loses("oldest_first", "1795430000 1795430000 1795439000 -", false);
	loses("newest_first", "1795439000", true);
	loses("none", "1795439000", true);
}

static void
test_a_next_page_on_another_host_is_not_asked_for(void **state)
{
	static const char map[] =
	    "{'url':'{address}/x','items':'/l','next':{'url':'/n'},"
	    "'order':'oldest_first'," POST;
	struct cq_source s = mapped(AT, "", map);
	struct src_visit visit = exchange_visit(&s, "");
	struct src_request req;

	(void)state;
	heard_fails(hear_answer(&src_json, &visit, 200, NULL,
			"{\"l\":[],\"n\":\"https://evil.example/x?c=2\"}"),
	    "map: next/url leads to another host, or to no page", 0, false);
	src_json.forget(visit.memory);
	/* nor one that is in a cursor from another address */
	visit = exchange_visit(&s, "5 - - - https://evil.example/x");
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_INPUT);
	src_request_free(&req);
	src_json.forget(visit.memory);
	free(s.options);
}

static void
test_a_cursor_that_is_no_line_is_not_kept(void **state)
{
	static const char why[] =
	    "the name of the next page is no line of at most 2048 bytes";
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}/x[?c={cursor}]','items':'/l','next':{'cursor':"
	    "'/n'}," POST);
	struct src_visit visit = exchange_visit(&s, "");
	char *body = cq_format("{\"l\":[],\"n\":\"%02049d\"}", 7);

	(void)state;
	heard_fails(hear_answer(&src_json, &visit, 200, NULL, body), why, 0,
	    false);
	heard_fails(hear_answer(&src_json, &visit, 200, NULL,
			"{\"l\":[],\"n\":\"a\\nb\"}"),
	    why, 0, false);
	src_json.forget(visit.memory);
	free(body);
	free(s.options);
}

static void
test_a_time_to_come_hides_nothing(void **state)
{
	static const char map[] =
	    "{'url':'{address}?s={since}','items':'','since':{'format':'epoch'"
	    "},'order':'oldest_first'," POST;
	struct cq_source s = mapped(AT, "", map);
	struct src_visit visit = exchange_visit(&s, "1795430000");
	struct heard h = hear_answer(&src_json, &visit, 200, NULL,
	    "[" ITEM(1, 1795431000) "," ITEM(2, 4102444800) "]");

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_true(h.next.more);
	heard_free(&h);
	h = hear_answer(&src_json, &visit, 200, NULL,
	    "[" ITEM(1, 1795431000) "," ITEM(2, 4102444800) "]");
	assert_false(h.next.more);
	assert_string_equal(h.next.cursor, "1795431000");
	heard_free(&h);
	src_json.forget(visit.memory);
	free(s.options);
}

static void
test_a_map_that_says_the_wrong_order_is_told(void **state)
{
	static const char up[] = "[" ITEM(1, 1795431000) "," ITEM(2,
	    1795431001) "," ITEM(3, 1795431001) "," ITEM(4, 1795431002) "]";
	static const char down[] = "[" ITEM(4, 1795431002) "," ITEM(2,
	    1795431001) "," ITEM(1, 1795431000) "]";
	static const char *const maps[] = {
	    "{'url':'{address}','items':'','order':'newest_first'," POST,
	    "{'url':'{address}','items':'','order':'oldest_first'," POST};
	static const char *const wrong[] = {up, down},
				 *const right[] = {down, up};
	static const char *const msgs[] = {
	    "the items come oldest first, and the map says newest_first: "
	    "check its order",
	    "the items come newest first, and the map says oldest_first: "
	    "check its order"};
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct cq_source s = mapped(AT, "", maps[i]);
		struct src_visit visit = exchange_visit(&s, "");

		heard_fails(hear_answer(&src_json, &visit, 200, NULL, wrong[i]),
		    msgs[i], 0, false);
		src_json.forget(visit.memory);
		jumps(maps[i], "", right[i], 0);
		free(s.options);
	}
}

static void
test_cursors_that_make_no_sense_are_the_beginning(void **state)
{
	static const char *const cursors[] = {"", "x", "-5", "5x", "5 y",
	    "99999999999999999999", "- - - -", "5  5"};
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}?s={since}','items':'','since':{'format':'epoch'"
	    "}," POST);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		struct src_visit visit = exchange_visit(&s, cursors[i]);
		struct src_request req;

		assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
		assert_string_equal(req.url, AT "?s=1795352819");
		src_request_free(&req);
		src_json.forget(visit.memory);
	}
	free(s.options);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_no_post_is_missed_however_pages_are_named_and_visits_end),
	    cmocka_unit_test(
		test_one_page_a_time_is_enough_if_it_holds_more_than_a_moment),
	    cmocka_unit_test(
		test_a_list_that_does_not_reach_back_to_what_is_known_was_jumped),
	    cmocka_unit_test(
		test_more_of_one_moment_than_an_answer_holds_is_passed_over),
	    cmocka_unit_test(
		test_a_service_that_looks_back_so_far_only_is_asked_no_further),
	    cmocka_unit_test(
		test_what_a_service_may_still_add_to_is_read_again),
	    cmocka_unit_test(test_what_stands_in_brackets_goes_with_its_value),
	    cmocka_unit_test(test_the_service_says_that_there_is_no_more),
	    cmocka_unit_test(
		test_a_page_that_is_the_last_one_again_ends_the_walk),
	    cmocka_unit_test(
		test_a_way_that_died_is_begun_anew_or_told_as_a_gap),
	    cmocka_unit_test(test_a_next_page_on_another_host_is_not_asked_for),
	    cmocka_unit_test(test_a_cursor_that_is_no_line_is_not_kept),
	    cmocka_unit_test(test_a_time_to_come_hides_nothing),
	    cmocka_unit_test(test_a_map_that_says_the_wrong_order_is_told),
	    cmocka_unit_test(test_cursors_that_make_no_sense_are_the_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
