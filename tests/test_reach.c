#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "sources/adapters.h"
#include "sources/forge.h"
#include "tests/exchange.h"

/* Issues that not everybody may read: on GitHub, and on GitLab. */

#define DAY (24 * 3600)
#define HUB "https://api.github.com/repos/ann/kettle"
#define LAB "https://gitlab.com/api/v4/projects/ann%2Fkettle"

static struct cq_source hub = {
    .name = "hub",
    .adapter = "github",
    .address = "https://github.com/ann/kettle",
    .query = "",
    .token_file = "/nonexistent",
};
static struct cq_source lab = {
    .name = "lab",
    .adapter = "gitlab",
    .address = "https://gitlab.com/ann/kettle",
    .query = "",
    .token_file = "/nonexistent",
};

/* What each test is tried with. */
static const struct forge {
	const struct src_ops *ops;
	struct cq_source *source;
	const char *place;	    /* where it is asked who may read it */
	const char *page;	    /* of issues, with the one below */
	const char *issue;	    /* issues/1 */
	const char *before, *after; /* a cursor: who may is in between */
	const char *old;	    /* the same when nobody asked yet */
} forges[] = {
    {&src_github, &hub, HUB,
	"[{\"url\":\"" HUB "/issues/1\",\"title\":\"t\","
	"\"updated_at\":\"2026-11-23T12:00:00Z\"}]",
	"{\"url\":\"" HUB "/issues/1\",\"title\":\"t\"}", "1795435200 1 -\n-\n",
	"", "1795435200 1 -\n-"},
    {&src_gitlab, &lab, LAB,
	"[{\"iid\":1,\"title\":\"t\",\"user_notes_count\":0,"
	"\"updated_at\":\"2026-11-23T12:00:00Z\"}]",
	"{\"iid\":1,\"title\":\"t\"}", "1795435200 1 1795435170 1 0 ", "\n\n1f",
	"1795435200 1 1795435170 1 0\n\n1f"},
};
#define N_FORGES (sizeof(forges) / sizeof(forges[0]))

/* A cursor of which that was learnt; owned. */
static char *
cursor_of(const struct forge *f, const char *who, int64_t due_at)
{
	return cq_format("%s%s %lld%s", f->before, who, (long long)due_at,
	    f->after);
}

/* Does the visit ask who may read it?  It is to be read next. */
static bool
asks(const struct forge *f, struct src_visit *visit)
{
	struct src_request req;
	bool is;

	assert_int_equal(f->ops->ask(visit, &req, NULL), CQ_OK);
	is = strcmp(req.url, f->place) == 0;
	if (!is)
		assert_non_null(strstr(req.url, "/issues"));
	src_request_free(&req);
	return is;
}

/* The page of issues brings the one, marked like that. */
static void
brings(const struct forge *f, struct src_visit *visit,
    enum cq_visibility visibility)
{
	struct heard h;

	assert_false(asks(f, visit));
	h = hear_answer(f->ops, visit, 200, NULL, f->page);
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(h.posts.at[0].visibility, visibility);
	heard_free(&h);
}

/* --- when it is asked --------------------------------------------------- */

static void
test_with_a_token_it_is_asked_once_a_day_who_may_read_it(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N_FORGES; i++) {
		const struct forge *f = &forges[i];
		static const struct {
			int64_t due_in_s;
			bool asks;
		} times[] = {{-1, true}, {0, true}, {1, false}, {DAY, false},
		    {DAY + 1, true}}; /* the clock was set back */
		struct src_visit visit = exchange_visit(f->source, "");
		size_t k;

		assert_true(asks(f, &visit));
		visit.cursor = f->old;
		assert_true(asks(f, &visit));
		for (k = 0; k < sizeof(times) / sizeof(times[0]); k++) {
			char *cursor = cursor_of(f, "public",
			    EXCHANGE_NOW + times[k].due_in_s);

			visit.cursor = cursor;
			assert_int_equal(asks(f, &visit), times[k].asks);
			free(cursor);
		}
		free(visit.memory);
	}
}

static void
test_without_a_token_nothing_private_is_read_nor_asked_about(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N_FORGES; i++) {
		struct cq_source s = *forges[i].source;
		struct src_visit visit = exchange_visit(&s, "");

		s.token_file = NULL;
		assert_false(asks(&forges[i], &visit));
		free(visit.memory);
	}
}

static void
test_a_search_asks_about_its_repository_if_it_is_in_one(void **state)
{
	struct cq_source s = hub;
	struct src_visit visit = exchange_visit(&s, "");
	struct src_request req;

	(void)state;
	s.query = "too hot";
	assert_true(asks(&forges[0], &visit));
	s.address = "https://github.com/ann";
	assert_int_equal(src_github.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url, "/search/issues?"));
	src_request_free(&req);
	free(visit.memory);
}

/* --- what is made of it -------------------------------------------------- */

/* After that answer to a new source, its issues are marked like that. */
static void
learns(const struct forge *f, const char *answer, const char *who,
    enum cq_visibility visibility)
{
	struct src_visit visit = exchange_visit(f->source, f->old);
	char *cursor = cursor_of(f, who, EXCHANGE_NOW + DAY);
	struct heard h;

	assert_true(asks(f, &visit));
	h = hear_answer(f->ops, &visit, 200, NULL, answer);
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_true(h.next.more);
	assert_string_equal(h.next.cursor, cursor);
	visit.cursor = cursor;
	brings(f, &visit, visibility);
	heard_free(&h);
	free(cursor);
	free(visit.memory);
}

static void
test_by_hand_what_is_not_public_is_private(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N_FORGES; i++) {
		const struct forge *f = &forges[i];

		learns(f, "{\"visibility\":\"public\"}", "public", CQ_PUBLIC);
		learns(f, "{\"visibility\":\"private\"}", "private",
		    CQ_PRIVATE);
		learns(f, "{\"visibility\":\"internal\"}", "private",
		    CQ_PRIVATE);
		learns(f, "{\"visibility\":\"a new word\"}", "private",
		    CQ_PRIVATE);
		/* an old GitHub has no word for it */
		learns(f, "{\"private\":true}", "private", CQ_PRIVATE);
		learns(f, "{\"private\":false}", "public", CQ_PUBLIC);
		learns(f, "{\"private\":true,\"visibility\":\"public\"}",
		    "private", CQ_PRIVATE);
		/* a public project of GitLab whose issues are for members */
		learns(f,
		    "{\"visibility\":\"public\","
		    "\"issues_access_level\":\"private\"}",
		    "private", CQ_PRIVATE);
		learns(f,
		    "{\"visibility\":\"public\","
		    "\"issues_access_level\":\"enabled\"}",
		    "public", CQ_PUBLIC);
	}
}

static void
test_a_recorded_repository_is_public(void **state)
{
	struct src_visit visit = exchange_visit(&hub, "");
	struct exchange x;
	struct heard h;

	(void)state;
	assert_true(asks(&forges[0], &visit));
	exchange_load(&x,
	    "tests/fixtures/github/lazyrepository-testgetissues-00.meta.json",
	    HUB);
	h = hear_visit(&src_github, &visit, &x);
	assert_string_equal(h.next.cursor, "-\n-\npublic 1795525620");
	exchange_free(&x);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_what_became_private_is_so_the_day_after(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N_FORGES; i++) {
		const struct forge *f = &forges[i];
		char *public = cursor_of(f, "public", EXCHANGE_NOW);
		struct src_visit visit = exchange_visit(f->source, public);
		struct heard h;

		assert_true(asks(f, &visit));
		h = hear_answer(f->ops, &visit, 200, NULL,
		    "{\"visibility\":\"private\"}");
		visit.cursor = h.next.cursor;
		brings(f, &visit, CQ_PRIVATE);
		heard_free(&h);
		free(public);
		free(visit.memory);
	}
}

static void
test_by_hand_comments_and_notes_are_as_private_as_their_place(void **state)
{
	struct src_visit visit = exchange_visit(&lab,
	    "1795435200 1 1795348800 1 0 private 1795500000\n7\n1f");
	struct heard h = hear_answer(&src_gitlab, &visit, 200, NULL,
	    "[{\"id\":9,\"body\":\"same here\"}]");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	heard_free(&h);
	free(visit.memory);

	visit = exchange_visit(&hub, "1795435200 1 -\n-\nprivate 1795500000");
	h = hear_answer(&src_github, &visit, 200, NULL, "[]");
	heard_free(&h);
	h = hear_answer(&src_github, &visit, 200, NULL,
	    "[{\"url\":\"" HUB "/issues/comments/9\",\"id\":9,\"body\":\"same "
	    "here\",\"issue_url\":\"" HUB "/issues/1\"}]");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "comments/9");
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_a_hit_that_bears_its_repository_is_marked_by_it(void **state)
{
	struct cq_source s = hub;
	struct src_visit visit = exchange_visit(&s, "");
	struct heard h;

	(void)state;
	s.address = "https://github.com";
	s.query = "kettle";
	h = hear_answer(&src_github, &visit, 200, NULL,
	    "{\"items\":[{\"url\":\"" HUB
	    "/issues/1\",\"repository\":{\"private\":true}},"
	    "{\"url\":\"" HUB "/issues/2\"}]}");
	assert_int_equal(h.posts.n, 2);
	assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
	assert_int_equal(h.posts.at[1].visibility, CQ_PUBLIC);
	heard_free(&h);
	free(visit.memory);
}

static void
test_by_hand_a_second_look_leaves_what_is_private_private(void **state)
{
	static const char *const ids[] = {"issues/1"};
	static const char *const note[] = {"issues/1/notes/9"};
	struct heard h;
	size_t i;

	(void)state;
	for (i = 0; i < N_FORGES; i++) {
		const struct forge *f = &forges[i];
		char *private = cursor_of(f, "private", EXCHANGE_NOW + 9);
		char *public = cursor_of(f, "public", EXCHANGE_NOW + 9);
		struct src_visit visit = exchange_visit(f->source, private);

		h = hear_again(f->ops, &visit, ids, 1, 200, f->issue);
		assert_int_equal(h.posts.n, 1);
		assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
		heard_free(&h);
		visit.cursor = public;
		h = hear_again(f->ops, &visit, ids, 1, 200, f->issue);
		assert_int_equal(h.posts.n, 1);
		assert_int_equal(h.posts.at[0].visibility, CQ_PUBLIC);
		heard_free(&h);
		if (f->ops == &src_gitlab) {
			visit.cursor = private;
			h = hear_again(f->ops, &visit, note, 1, 200,
			    "{\"id\":9,\"body\":\"same here\"}");
			assert_int_equal(h.posts.at[0].visibility, CQ_PRIVATE);
			heard_free(&h);
		}
		free(private);
		free(public);
	}
}

/* --- questions in vain --------------------------------------------------- */

/*
 * The issues are read all the same, marked as they were before; and it is
 * asked again in a quarter of an hour.
 */
static void
goes_on(const struct forge *f, int status, const char *body, const char *known)
{
	bool private = strncmp(known, "private", 7) == 0;
	char *before = cursor_of(f, known, EXCHANGE_NOW);
	char *after = cursor_of(f, known, EXCHANGE_NOW + 15 * 60);
	struct src_visit visit = exchange_visit(f->source,
	    strcmp(known, "unknown") == 0 ? f->old : before);
	struct heard h;

	assert_true(asks(f, &visit));
	h = hear_answer(f->ops, &visit, status, NULL, body);
	assert_int_equal(h.status, CQ_OK);
	assert_string_equal(h.err.msg, "");
	assert_true(h.next.more);
	assert_false(h.next.pause || h.next.refused);
	assert_null(h.next.cursor); /* nothing that a success would be */
	heard_free(&h);

	assert_false(asks(f, &visit));
	h = hear_answer(f->ops, &visit, 200, NULL, f->page);
	assert_int_equal(h.posts.n, 1);
	assert_int_equal(h.posts.at[0].visibility,
	    private ? CQ_PRIVATE : CQ_PUBLIC);
	assert_non_null(strstr(h.next.cursor, known));
	visit.cursor = h.next.cursor;
	visit.now += 15 * 60 - 1;
	assert_false(asks(f, &visit));
	free(visit.memory);
	visit.memory = NULL;
	visit.now += 1;
	assert_true(asks(f, &visit));
	heard_free(&h);

	/* and so it is if there is nothing new */
	visit = (struct src_visit){.source = f->source,
	    .cursor = strcmp(known, "unknown") == 0 ? f->old : before,
	    .now = EXCHANGE_NOW,
	    .memory = visit.memory,
	    .session = ""};
	h = hear_answer(f->ops, &visit, status, NULL, body);
	heard_free(&h);
	assert_false(asks(f, &visit));
	h = hear_answer(f->ops, &visit, 200, NULL, "[]");
	assert_string_equal(h.next.cursor, after);
	heard_free(&h);
	free(visit.memory);
	free(before);
	free(after);
}

static void
test_by_hand_issues_are_read_though_the_question_is_in_vain(void **state)
{
	static const char *const known[] = {"unknown", "public", "private"};
	static const char no[] = "{\"message\":\"Not Found\"}";
	size_t i, k;

	(void)state;
	for (i = 0; i < N_FORGES; i++)
		for (k = 0; k < 3; k++) {
			const struct forge *f = &forges[i];

			goes_on(f, 401, no, known[k]);
			goes_on(f, 403, no, known[k]);
			goes_on(f, 404, no, known[k]);
			goes_on(f, 410, no, known[k]);
			goes_on(f, 301, "", known[k]);
			goes_on(f, 304, "", known[k]);
			goes_on(f, 500, "<html>", known[k]);
			goes_on(f, 200, "<html>", known[k]);
			goes_on(f, 200, "{}", known[k]);
			goes_on(f, 200, "[]", known[k]);
			goes_on(f, 200, "{\"private\":\"yes\"}", known[k]);
			goes_on(f, 200, "{\"visibility\":10}", known[k]);
		}
}

static void
test_by_hand_a_new_source_waits_for_a_service_that_is_out_of_order(void **state)
{
	static const char *const told[N_FORGES] = {
	    "github.com is out of order (502): it will be asked again later",
	    "gitlab.com is out of order (502): it will be asked again later"};
	size_t i;

	(void)state;
	for (i = 0; i < N_FORGES; i++) {
		struct src_visit visit = exchange_visit(forges[i].source, "");
		struct heard h;

		assert_true(asks(&forges[i], &visit));
		heard_fails(hear_answer(forges[i].ops, &visit, 502, NULL, "x"),
		    told[i], 0, false);
		assert_true(asks(&forges[i], &visit));
		h = hear_answer(forges[i].ops, &visit, 404, NULL, "{}");
		assert_int_equal(h.status, CQ_OK);
		heard_free(&h);
		assert_false(asks(&forges[i], &visit));
		free(visit.memory);
	}
}

static void
test_by_hand_a_service_that_asks_for_patience_is_left_alone(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N_FORGES; i++) {
		const struct forge *f = &forges[i];
		struct src_visit visit = exchange_visit(f->source, f->old);
		struct heard h;

		assert_true(asks(f, &visit));
		h = hear_answer(f->ops, &visit, 429, "Retry-After: 30\n", "");
		assert_int_equal(h.status, CQ_NET);
		assert_int_equal(h.next.wait_s, 30);
		heard_free(&h);
		/* the last one that was allowed is an answer still */
		assert_true(asks(f, &visit));
		h = hear_answer(f->ops, &visit, 200,
		    "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1795439520\n"
		    "RateLimit-Remaining: 0\nRateLimit-Reset: 1795439520\n",
		    "{\"visibility\":\"private\"}");
		assert_int_equal(h.next.wait_s, 300);
		assert_non_null(strstr(h.next.cursor, "private"));
		heard_free(&h);
		free(visit.memory);
	}
}

/* --- the cursor ---------------------------------------------------------- */

static void
test_who_may_read_it_is_read_back_and_rubbish_is_unknown(void **state)
{
	static const char *const rubbish[] = {"", "private", "secret 5",
	    "private x", "-", "7 12c", "privateprivate 9"};
	struct forge_reach reach = {FORGE_PRIVATE, 1795439220};
	struct cq_buf b = {0};
	size_t i;

	(void)state;
	forge_reach_add(&b, " ", &reach);
	assert_string_equal(b.s, " private 1795439220");
	reach = forge_reach_read(b.s);
	assert_int_equal(reach.who, FORGE_PRIVATE);
	assert_int_equal(reach.due_at, 1795439220);
	cq_buf_free(&b);
	for (i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
		reach = forge_reach_read(rubbish[i]);
		assert_int_equal(reach.who, FORGE_UNKNOWN);
		assert_int_equal(reach.due_at, 0);
	}
	reach = forge_reach_read(NULL);
	assert_int_equal(reach.who, FORGE_UNKNOWN);
	forge_reach_add(&b, "\n", &reach);
	assert_null(b.s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_with_a_token_it_is_asked_once_a_day_who_may_read_it),
	    cmocka_unit_test(
		test_without_a_token_nothing_private_is_read_nor_asked_about),
	    cmocka_unit_test(
		test_a_search_asks_about_its_repository_if_it_is_in_one),
	    cmocka_unit_test(test_by_hand_what_is_not_public_is_private),
	    cmocka_unit_test(test_a_recorded_repository_is_public),
	    cmocka_unit_test(
		test_by_hand_what_became_private_is_so_the_day_after),
	    cmocka_unit_test(
		test_by_hand_comments_and_notes_are_as_private_as_their_place),
	    cmocka_unit_test(
		test_by_hand_a_hit_that_bears_its_repository_is_marked_by_it),
	    cmocka_unit_test(
		test_by_hand_a_second_look_leaves_what_is_private_private),
	    cmocka_unit_test(
		test_by_hand_issues_are_read_though_the_question_is_in_vain),
	    cmocka_unit_test(
		test_by_hand_a_new_source_waits_for_a_service_that_is_out_of_order),
	    cmocka_unit_test(
		test_by_hand_a_service_that_asks_for_patience_is_left_alone),
	    cmocka_unit_test(
		test_who_may_read_it_is_read_back_and_rubbish_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
