#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "tests/file.h"
#include "tests/polling.h"

/* Two fetches of one source at the same time. */

#define TAG "/api/v1/timelines/tag/acmefail?limit=40"
#define PAGE "tests/fixtures/mastodon/gts-tag-timeline.meta.json"

/* Just before its first question another round of all sources comes. */
static void
tell_and_race(void *arg, const struct poll_told *told)
{
	struct polling *f = arg;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_err err = {0};
	struct cq_act a;

	if (told->under_way && told->step == 1 && f->told.n == 0) {
		a = polling_act(f);
		assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	} else {
		opts.tell(f, told);
	}
}

static void
race(struct polling *f, const char *want)
{
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = {.op = "slow", .agent = "ana"};
	struct cq_err err = {0};

	opts.tell = tell_and_race;
	cq_buf_clear(&f->told);
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	assert_string_equal(f->told.s, want);
}

#define OVERTAKEN                                                           \
	"toots: overtaken 2 another fetch stored this page first: nothing " \
	"is lost, and nothing is there twice\n"

#define CHANGED                                                                \
	"toots: overtaken 2 the source was changed meanwhile: what came "      \
	"by its old settings is left out, and the next fetch goes by the new " \
	"ones\n"
#define TOOT(id) "{\"id\":\"" id "\",\"content\":\"t" id "\",\"account\":{}}"

static void
expect_no_failure(struct polling *f)
{
	struct cq_source s = polling_source(f, "toots");

	assert_int_equal(s.n_failed, 0);
	assert_null(s.last_error);
	assert_int_equal(s.ok_at, f->now);
	cq_source_free(&s);
}

static void
test_who_is_overtaken_has_not_failed_and_all_is_there_once(void **state)
{
	struct polling *f = *state;

	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_file(f->site, TAG, PAGE, "http://localhost:8585");
	race(f, "toots: 0 -\n" OVERTAKEN);
	assert_int_equal(polling_posts(f), 3);
	expect_no_failure(f);
}

static void
test_what_went_wrong_for_who_is_overtaken_is_no_failure(void **state)
{
	struct polling *f = *state;
	char why[200];

	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_file(f->site, TAG, PAGE, "http://localhost:8585");
	assert_true(replay_fail(f->site, "status=500\nafter=1", why));
	race(f, "toots: 0 -\n" OVERTAKEN);
	expect_no_failure(f);
}

/* --- changed meanwhile ------------------------------------------------- */

/* Before its third question somebody has it listen for other words. */
static void
tell_and_set(void *arg, const struct poll_told *told)
{
	struct polling *f = arg;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_source s;
	struct cq_source_set set = {.to = &s, .what = CQ_SET_QUERY};
	struct cq_act a;
	struct cq_err err = {0};
	unsigned done;

	opts.tell(f, told);
	if (!told->under_way || told->step != 3)
		return;
	s = polling_source(f, "toots");
	free(s.query);
	s.query = cq_strdup("#acmewins");
	set.cursor_before = s.cursor;
	a = polling_act(f);
	cq_store_source_set(f->store, &a, &set, &done, &err);
	assert_string_equal(err.msg, "");
	cq_source_free(&s);
}

static void
test_a_source_changed_meanwhile_goes_on_by_its_new_words(void **state)
{
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = {.op = "slow", .agent = "ana"};
	struct cq_err err = {0};
	struct cq_source s;

	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_text(f->site, TAG, 200, NULL, "[" TOOT("5") "]");
	polling_round(f, NULL, "toots: 0 -\n");
	replay_text(f->site, TAG "&min_id=5", 200, NULL, "[" TOOT("6") "]");
	replay_text(f->site, TAG "&min_id=6", 200, NULL, "[" TOOT("7") "]");
	replay_text(f->site, TAG, 200, NULL, "[" TOOT("7") "]");
	opts.tell = tell_and_set;
	cq_buf_clear(&f->told);
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	assert_string_equal(f->told.s, CHANGED);
	s = polling_source(f, "toots");
	assert_string_equal(s.query, "#acmewins");
	assert_string_equal(s.cursor, "6");
	assert_int_equal(polling_posts(f), 2);
	assert_int_equal(s.n_failed, 0);
	assert_null(s.last_error);
	cq_source_free(&s);
}

/* --- a page that is stored in part -------------------------------------- */

/*
 * While the first piece of a long page is stored the source is another one,
 * and then again what it was: the pieces behind it could be stored.
 */
static int64_t
now_and_back(void *arg)
{
	struct polling *f = arg;

	if (replay_count(f->site) > 0) {
		f->n_asked++;
		file_sql(f->path,
		    f->n_asked == 2
			? "UPDATE source SET query = '/x' WHERE id = 1"
			: "UPDATE source SET query = NULL WHERE id = 1");
	}
	return f->now;
}

static void
test_of_a_page_that_lacks_a_piece_no_more_is_stored_nor_its_cursor(void **state)
{
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};
	struct cq_source s;
	char *page = polling_feed(1201);

	polling_add(f, "news", "feed", "/feed", NULL);
	replay_text(f->site, "/feed", 200, "ETag: \"1\"", page);
	free(page);
	http.env.now = now_and_back;
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	assert_true(f->n_asked > 3);
	assert_int_equal(polling_posts(f), 0);
	s = polling_source(f, "news");
	assert_string_equal(s.cursor, "");
	cq_source_free(&s);
	polling_round(f, NULL, "news: 0 -\n");
	assert_int_equal(polling_posts(f), 1201);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, polling_set_up, polling_tear_down)
	const struct CMUnitTest tests[] = {
	    T(test_who_is_overtaken_has_not_failed_and_all_is_there_once),
	    T(test_what_went_wrong_for_who_is_overtaken_is_no_failure),
	    T(test_a_source_changed_meanwhile_goes_on_by_its_new_words),
	    T(test_of_a_page_that_lacks_a_piece_no_more_is_stored_nor_its_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
