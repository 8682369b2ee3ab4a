#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tests/polling.h"

/* A second look at many posts: how far it comes, and where it goes on. */

#define TAG "/api/v1/timelines/tag/acmefail?limit=40"
#define ALONE "/api/v1/statuses/"

/* A server that only tells of each post by itself: 20 are asked about a time,
 * the oldest first, after one question about all of them. */
static void
add_25_posts(struct polling *f)
{
	struct cq_buf page = {0};

	for (int i = 25; i > 0; i--) {
		char *path = cq_format(ALONE "%d", i);
		char *toot =
		    cq_format("{\"id\":\"%d\",\"content\":\"line%d is "
			      "down\",\"account\":{\"acct\":\"u%d@e\"}}",
			i, i, i);

		cq_buf_fmt(&page, "%c%s", i == 25 ? '[' : ',', toot);
		replay_text(f->site, path, 200, NULL, toot);
		free(path);
		free(toot);
	}
	cq_buf_char(&page, ']');
	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_text(f->site, TAG, 200, NULL, page.s);
	polling_round(f, NULL, "toots: 0 -\n");
	assert_int_equal(polling_posts(f), 25);
	replay_text(f->site, TAG, 200, NULL, "[]");
	cq_buf_free(&page);
}

/* A round asks for news, and then about the newest twenty. */
static void
expect_the_newest(struct polling *f)
{
	int before = replay_count(f->site);

	polling_round(f, "toots", "toots: 0 -\n");
	assert_int_equal(replay_count(f->site), before + 1 + 1 + 20);
	assert_string_equal(replay_last(f->site), ALONE "25");
}

/* A round asks for news, and then about the five that are left. */
static void
expect_the_oldest(struct polling *f)
{
	int before = replay_count(f->site);

	polling_round(f, "toots", "toots: 0 -\n");
	assert_int_equal(replay_count(f->site), before + 1 + 1 + 5);
	assert_string_equal(replay_last(f->site), ALONE "5");
}

static void
test_a_long_look_is_spread_over_several_rounds(void **state)
{
	struct polling *f = *state;

	add_25_posts(f);
	expect_the_newest(f);
	f->now += 15 * 60;
	expect_the_oldest(f);
}

/* A round that comes to the oldest of the twenty, and no further. */
static void
expect_cut_short(struct polling *f)
{
	int before = replay_count(f->site);

	polling_round(f, "toots", "toots: 0 -\n");
	assert_int_equal(replay_count(f->site), before + 1 + 1 + 1);
	assert_string_equal(replay_last(f->site), ALONE "6");
	f->now += 15 * 60;
}

static void
test_posts_whose_question_got_no_answer_are_asked_about_next_time(void **state)
{
	struct polling *f = *state;
	char why[200];

	add_25_posts(f);
	assert_true(replay_fail(f->site, "path=" ALONE "6\nwait=2", why));
	expect_cut_short(f);
	expect_the_newest(f);
	f->now += 15 * 60;
	/* where it goes on later in the list, too */
	assert_true(replay_fail(f->site, "path=" ALONE "1\nwait=2", why));
	polling_round(f, "toots", "toots: 0 -\n");
	assert_string_equal(replay_last(f->site), ALONE "1");
	f->now += 15 * 60;
	expect_the_oldest(f);
}

/* An answer that brings nothing to store is one: the others have their turn. */
static void
test_posts_whose_question_was_refused_do_not_stop_the_others(void **state)
{
	struct polling *f = *state;
	char why[200];

	add_25_posts(f);
	assert_true(replay_fail(f->site, "path=" ALONE "6\nstatus=401", why));
	expect_cut_short(f);
	expect_the_oldest(f);
}

/* When it hears of the oldest of the twenty, somebody changes the source. */
static int64_t
now_and_set(void *arg)
{
	struct polling *f = arg;
	struct cq_source s;
	struct cq_source_set set = {.to = &s, .what = CQ_SET_SINCE};
	struct cq_act a;
	struct cq_err err = {0};
	unsigned done;

	if (strcmp(replay_last(f->site), ALONE "6") == 0) {
		s = polling_source(f, "toots");
		s.since_at = 1;
		set.cursor_before = s.cursor;
		a = polling_act(f);
		cq_store_source_set(f->store, &a, &set, &done, &err);
		assert_string_equal(err.msg, "");
		cq_source_free(&s);
	}
	return f->now;
}

static void
test_posts_whose_answer_was_not_stored_are_asked_about_next_time(void **state)
{
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a;
	struct cq_err err = {0};

	add_25_posts(f);
	http.env.now = now_and_set;
	a = polling_act(f);
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	assert_string_equal(replay_last(f->site), ALONE "6");
	f->now += 15 * 60;
	expect_the_newest(f);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, polling_set_up, polling_tear_down)
	const struct CMUnitTest tests[] = {
	    T(test_a_long_look_is_spread_over_several_rounds),
	    T(test_posts_whose_question_got_no_answer_are_asked_about_next_time),
	    T(test_posts_whose_question_was_refused_do_not_stop_the_others),
	    T(test_posts_whose_answer_was_not_stored_are_asked_about_next_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
