#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "tests/polling.h"

/* Sources that ask with one account, or one host: its limits are theirs. */

#define TAG "/api/v1/timelines/tag/late?limit=40"
#define TOOT                                                \
	"[{\"id\":\"1\",\"content\":\"the train is late\"," \
	"\"account\":{\"acct\":\"u@e.org\"}}]"
#define LOGIN "/xrpc/com.atproto.server.createSession"
#define FEED "<rss><channel><item><title>one</title></item></channel></rss>"

static void
add_with_token(struct polling *f, const char *name, const char *adapter,
    const char *query)
{
	char *token = cq_format("%s/token", f->dir);
	FILE *file = fopen(token, "w");
	struct cq_source s = {
	    .name = (char *)(uintptr_t)name,
	    .adapter = (char *)(uintptr_t)adapter,
	    .address = (char *)(uintptr_t)replay_base(f->site),
	    .query = (char *)(uintptr_t)query,
	    .token_file = token,
	    .since_at = CQ_NO_TIME,
	};
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};

	assert_non_null(file);
	fputs("ann.example:one-two-three\n", file);
	fclose(file);
	chmod(token, 0600);
	cq_store_source_add(f->store, &a, &s, &err);
	assert_string_equal(err.msg, "");
	free(token);
}

static void
set_token(struct polling *f, const char *name, const char *token)
{
	struct cq_source s = polling_source(f, name);
	struct cq_source_set set = {.to = &s, .what = CQ_SET_TOKEN};
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};
	unsigned done;

	free(s.token_file);
	s.token_file = cq_strdup(token);
	cq_store_source_set(f->store, &a, &set, &done, &err);
	assert_string_equal(err.msg, "");
	cq_source_free(&s);
}

static void
three_of_one_account(struct polling *f)
{
	setenv("XDG_STATE_HOME", f->dir, 1);
	add_with_token(f, "late", "bluesky", "late");
	add_with_token(f, "mine", "bluesky", "mentions");
	add_with_token(f, "slow", "bluesky", "slow");
}

/* They wait for each other; the others must not run into the same wall. */
static void
test_a_password_that_was_refused_is_not_tried_by_the_others(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	three_of_one_account(f);
	replay_text(f->site, LOGIN, 401, NULL,
	    "{\"error\":\"AuthenticationRequired\",\"message\":\"no\"}");
	polling_round(f, NULL,
	    "late: 11 127.0.0.1 refused the handle or the password: make an "
	    "app password and put handle:app-password in the token file\n"
	    "mine: paused\n"
	    "slow: paused\n");
	assert_int_equal(replay_count(f->site), 1);
	s = polling_source(f, "slow");
	assert_true(s.paused);
	assert_non_null(strstr(s.last_error, "app password"));
	cq_source_free(&s);
}

#define PATIENCE \
	"11 127.0.0.1 asks for patience (429): it will be asked again later\n"

static void
test_an_account_that_has_to_wait_is_not_asked_for_the_others(void **state)
{
	struct polling *f = *state;

	three_of_one_account(f);
	replay_text(f->site, LOGIN, 429, "Retry-After: 5000", "");
	polling_round(f, NULL, "late: " PATIENCE "mine: rests\nslow: rests\n");
	assert_int_equal(replay_count(f->site), 1);
	assert_int_equal(f->next_at, f->now + 5000);
}

/* ... not even by the next process. */
static void
test_how_long_an_account_has_to_wait_is_stored(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	three_of_one_account(f);
	replay_text(f->site, LOGIN, 429, "Retry-After: 5000", "");
	polling_round(f, "late", "late: " PATIENCE);
	s = polling_source(f, "mine");
	assert_int_equal(s.next_at, f->now + 5000);
	assert_int_equal(s.rest_at, f->now + 5000);
	cq_source_free(&s);
	polling_round(f, NULL, "late: rests\nmine: rests\nslow: rests\n");
	assert_int_equal(f->next_at, f->now + 5000);
	polling_round(f, "mine", "mine: rests\n"); /* not even by name */
	assert_int_equal(replay_count(f->site), 1);
	f->now += 5000;
	polling_round(f, "mine", "mine: " PATIENCE);
	assert_int_equal(replay_count(f->site), 2);
}

static void
test_a_source_that_rests_is_asked_once_somebody_resumes_it(void **state)
{
	struct polling *f = *state;
	struct cq_act a;

	polling_add(f, "news", "feed", "/feed", "");
	polling_add(f, "more", "feed", "/more", "");
	replay_text(f->site, "/feed", 429, "Retry-After: 5000", "");
	polling_round(f, "news", "news: " PATIENCE);
	replay_text(f->site, "/feed", 200, NULL, FEED);
	replay_text(f->site, "/more", 200, NULL, FEED);
	polling_round(f, NULL, "more: rests\nnews: rests\n");
	a = polling_act(f);
	assert_int_equal(cq_store_source_pause(f->store, &a, "more", false,
			     NULL),
	    CQ_OK);
	polling_round(f, "news", "news: 0 -\n");
	polling_round(f, "more", "more: 0 -\n");
}

/* What a clock said that was wrong for a while holds for a day at most. */
static void
test_a_clock_set_back_does_not_make_a_source_rest_for_ever(void **state)
{
	struct polling *f = *state;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 429, "Retry-After: 5000", "");
	f->now += 400 * 24 * 3600;
	polling_round(f, "news", "news: " PATIENCE);
	f->now -= 400 * 24 * 3600;
	replay_text(f->site, "/feed", 200, NULL, FEED);
	polling_round(f, "news", "news: 0 -\n");
}

static void
test_a_trial_leaves_an_account_alone_that_rests(void **state)
{
	struct polling *f = *state;
	struct cq_err err = {0};
	struct cq_source s;
	int64_t n_old;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 429, "Retry-After: 5000", "");
	polling_round(f, "news", "news: " PATIENCE);
	s = polling_source(f, "news");
	assert_int_equal(poll_test(&f->env, &s, NULL, NULL, &n_old, &err),
	    CQ_STATE);
	assert_non_null(strstr(err.msg, "caseq source resume news"));
	assert_int_equal(replay_count(f->site), 1);
	cq_source_free(&s);
}

static void
test_the_run_keeps_quiet_about_what_rests(void **state)
{
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_err err = {0};
	struct cq_act a;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 429, "Retry-After: 5000", "");
	polling_round(f, "news", "news: " PATIENCE);
	opts.due_only = true;
	f->now += 4999;
	cq_buf_clear(&f->told);
	a = polling_act(f);
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	assert_int_equal(f->told.n, 0);
	f->now++;
	a = polling_act(f);
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	assert_string_equal(f->told.s, "news: " PATIENCE);
}

/* Its old account is told to wait; by then it has another token. */
static void
tell_and_set_token(void *arg, const struct poll_told *told)
{
	struct polling *f = arg;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	char *token = cq_format("%s/./token", f->dir);

	opts.tell(f, told);
	if (told->under_way && replay_count(f->site) == 0) {
		set_token(f, "late", token);
	} else if (!told->under_way) {
		f->stop = told->end != POLL_OVERTAKEN;
		f->now += 60;
	}
	free(token);
}

static void
test_the_run_goes_on_with_a_new_token_though_the_old_one_has_to_wait(void *
	*state)
{
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a;
	struct cq_err err = {0};
	char why[200];

	add_with_token(f, "late", "mastodon", "#late");
	replay_text(f->site, TAG, 200, NULL, TOOT);
	assert_true(replay_fail(f->site, "status=429\nheader=Retry-After: 5000",
	    why));
	opts.tell = tell_and_set_token;
	a = polling_act(f);
	alarm(20); /* it must not wait for ever */
	assert_int_equal(poll_run(f->store, &a, &opts, &err), CQ_OK);
	alarm(0);
	assert_int_equal(f->now, NOW + 120);
	assert_int_equal(polling_posts(f), 1);
}

/* --- a beginning ------------------------------------------------------- */

#define MENTIONS                             \
	"/api/v1/notifications?types%5B%5D=" \
	"mention&types%5B%5D=quote&limit=40&include_filtered=true"
#define STATUS(id, by, at, more)                                            \
	"{\"id\":\"" id "\",\"account\":{\"id\":\"" by "\",\"acct\":\"u" by \
	"\"},\"content\":\"t" id "\",\"created_at\":\"2026-11-23T" at       \
	":00Z\"" more "}"
#define MENTION(id, status) \
	"{\"id\":\"" id "\",\"type\":\"mention\",\"status\":" status "}"
#define TO_US                                                          \
	",\"in_reply_to_id\":\"93\",\"in_reply_to_account_id\":\"1\"," \
	"\"mentions\":[{\"id\":\"1\",\"acct\":\"acme\"}]"

/* What is only read for the sake of another was never wanted. */
static void
test_a_parent_from_before_the_beginning_is_not_counted_as_old(void **state)
{
	struct polling *f = *state;
	struct cq_source s;
	struct cq_source_set set = {.to = &s, .what = CQ_SET_SINCE};
	struct cq_act a;
	struct cq_err err = {0};
	unsigned done;

	add_with_token(f, "toots", "mastodon", "mentions");
	s = polling_source(f, "toots");
	s.since_at = f->now - 3600; /* 12:07 */
	set.cursor_before = s.cursor;
	a = polling_act(f);
	cq_store_source_set(f->store, &a, &set, &done, &err);
	assert_string_equal(err.msg, "");
	replay_text(f->site, MENTIONS, 200, NULL,
	    "[" MENTION("22",
		STATUS("95", "7", "12:30", TO_US)) "," MENTION("21",
		STATUS("91", "7", "12:00", "")) "]");
	replay_text(f->site, MENTIONS "&max_id=21", 200, NULL, "[]");
	replay_text(f->site, "/api/v1/statuses/93", 200, NULL,
	    STATUS("93", "1", "12:05", ""));
	polling_round(f, NULL, "toots: 0 -\n");
	assert_string_equal(replay_last(f->site), "/api/v1/statuses/93");
	assert_int_equal(polling_posts(f), 1);
	assert_int_equal(f->n_old, 1); /* the mention */
	cq_source_free(&s);
}

/* Many services only say 429: the usual wait is for all of the account. */
static void
test_patience_without_a_time_is_for_the_account_and_longer_each_time(void *
	*state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "news", "feed", "/feed", "");
	polling_add(f, "more", "feed", "/more", "");
	replay_text(f->site, "/feed", 429, NULL, "");
	polling_round(f, "news", "news: " PATIENCE);
	assert_in_range(f->next_at - f->now, 60, 75);
	s = polling_source(f, "more");
	assert_int_equal(s.rest_at, f->next_at);
	cq_source_free(&s);
	polling_round(f, NULL, "more: rests\nnews: rests\n");
	f->now = f->next_at;
	polling_round(f, "news", "news: " PATIENCE);
	assert_in_range(f->next_at - f->now, 90, 150);
	f->now = f->next_at;
	polling_round(f, "news", "news: " PATIENCE);
	assert_in_range(f->next_at - f->now, 180, 300);
	polling_round(f, "more", "more: rests\n");
}

static void
test_a_time_told_in_the_body_counts_for_the_account(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "forum", "discourse", "", "");
	polling_add(f, "other", "discourse", "", "late");
	replay_text(f->site, "/posts.json", 429, NULL,
	    "{\"extras\":{\"wait_seconds\":1800}}");
	polling_round(f, "forum", "forum: " PATIENCE);
	assert_int_equal(f->next_at, f->now + 1800);
	s = polling_source(f, "other");
	assert_int_equal(s.rest_at, f->now + 1800);
	cq_source_free(&s);
}

static void
test_a_second_look_that_meets_patience_has_the_account_rest(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "late", "mastodon", "", "#late");
	polling_add(f, "lost", "mastodon", "", "#lost");
	replay_text(f->site, TAG, 200, NULL, TOOT);
	polling_round(f, "late", "late: 0 -\n");
	replay_text(f->site, TAG, 200, NULL, "[]");
	replay_text(f->site, "/api/v1/statuses?id%5B%5D=1", 429, NULL, "");
	polling_round(f, "late", "late: 0 -\n");
	assert_int_equal(replay_count(f->site), 3);
	s = polling_source(f, "lost");
	assert_int_equal(s.rest_at, f->now + 60);
	cq_source_free(&s);
}

#define SPENT \
	"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 2026-11-23T13:12:00Z"

static void
test_no_second_look_is_taken_when_no_request_is_left(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "late", "mastodon", "", "#late");
	polling_add(f, "lost", "mastodon", "", "#lost");
	replay_text(f->site, TAG, 200, NULL, TOOT);
	polling_round(f, "late", "late: 0 -\n");
	assert_int_equal(replay_count(f->site), 1);
	replay_text(f->site, TAG, 200, SPENT, "[]");
	polling_round(f, "late", "late: 0 -\n");
	assert_int_equal(replay_count(f->site), 2);
	s = polling_source(f, "lost"); /* nor is it left for the others */
	assert_int_equal(s.next_at, f->now + 300);
	cq_source_free(&s);
}

/* What is on the other pages is fetched when there may be a request again. */
static void
test_no_further_page_is_asked_for_when_no_request_is_left(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "late", "mastodon", "", "#late");
	replay_text(f->site, TAG, 200, NULL, TOOT);
	polling_round(f, "late", "late: 0 -\n");
	replay_text(f->site, TAG, 200, SPENT, "[{\"id\":\"2\"}]");
	replay_text(f->site, TAG "&min_id=1", 200, NULL,
	    "[{\"id\":\"2\",\"content\":\"so late\",\"account\":{}}]");
	replay_text(f->site, TAG "&min_id=2", 200, NULL, "[]");
	polling_round(f, "late", "late: 0 -\n");
	assert_int_equal(replay_count(f->site), 2);
	s = polling_source(f, "late");
	assert_string_equal(s.cursor, "1");
	assert_int_equal(s.rest_at, f->now + 300);
	cq_source_free(&s);
	f->now += 300;
	replay_text(f->site, TAG, 200, NULL, "[{\"id\":\"2\"}]");
	polling_round(f, "late", "late: 0 -\n");
	assert_int_equal(polling_posts(f), 2);
}

/* The reset of a limit that is not used up is no reason to wait for it. */
static void
test_a_server_out_of_order_is_not_left_until_its_limit_resets(void **state)
{
	struct polling *f = *state;
	char *headers = cq_format("X-RateLimit-Remaining: 4999\n"
				  "X-RateLimit-Reset: %lld",
	    (long long)f->now + 3000);

	polling_add(f, "kettle", "github", "/ann/kettle", "");
	replay_text(f->site,
	    "/api/v3/repos/ann/kettle/issues?state=all&sort=updated&"
	    "direction=asc&per_page=50",
	    502, headers, "");
	polling_round(f, NULL,
	    "kettle: 11 127.0.0.1 is out of order (502): it will be asked "
	    "again later\n");
	assert_in_range(f->next_at - f->now, 60, 75);
	free(headers);
}

#define N_SLOW 12 /* of one host, of which four are asked at a time */

static void
test_many_sources_of_a_slow_host_are_all_heard(void **state)
{
	struct polling *f = *state;
	char name[16], path[16], why[200];
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_err err = {0};
	struct cq_source s;
	struct cq_act a;
	int i;

	assert_true(replay_fail(f->site, "path=/f*\nn=all\nwait=0.3", why));
	for (i = 0; i < N_SLOW; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		snprintf(path, sizeof(path), "/f%d", i);
		polling_add(f, name, "feed", path, "");
		replay_text(f->site, path, 200, NULL, FEED);
	}
	a = polling_act(f);
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	for (i = 0; i < N_SLOW; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		s = polling_source(f, name);
		assert_null(s.last_error);
		cq_source_free(&s);
	}
}

/* The service may have what a person has not; but nobody is behind it. */
static void
test_a_caller_without_the_token_is_no_failure_of_the_source(void **state)
{
	static const char why[] =
	    "late: %s5 credential toots is known only to the service: let "
	    "systemd start caseq, with LoadCredential=toots:FILE in its unit; "
	    "to try it by hand see \"A team\" in caseq-sources(5)\n";
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);
	struct cq_source s;
	struct cq_err err;
	char told[300];

	polling_add(f, "late", "mastodon", "", "#late");
	set_token(f, "late", "credential:toots");
	opts.by_hand = true;
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	snprintf(told, sizeof(told), why, "no token ");
	assert_string_equal(f->told.s, told);
	s = polling_source(f, "late");
	assert_int_equal(s.n_failed, 0);
	assert_true(s.next_at <= f->now);
	assert_null(s.last_error);
	cq_source_free(&s);

	snprintf(told, sizeof(told), why, "");
	polling_round(f, NULL, told);
	s = polling_source(f, "late");
	assert_int_equal(s.n_failed, 1);
	assert_true(s.next_at > f->now);
	assert_non_null(s.last_error);
	cq_source_free(&s);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, polling_set_up, polling_tear_down)
	const struct CMUnitTest tests[] = {
	    T(test_a_password_that_was_refused_is_not_tried_by_the_others),
	    T(test_an_account_that_has_to_wait_is_not_asked_for_the_others),
	    T(test_how_long_an_account_has_to_wait_is_stored),
	    T(test_a_source_that_rests_is_asked_once_somebody_resumes_it),
	    T(test_a_clock_set_back_does_not_make_a_source_rest_for_ever),
	    T(test_a_trial_leaves_an_account_alone_that_rests),
	    T(test_the_run_keeps_quiet_about_what_rests),
	    T(test_patience_without_a_time_is_for_the_account_and_longer_each_time),
	    T(test_a_time_told_in_the_body_counts_for_the_account),
	    T(test_the_run_goes_on_with_a_new_token_though_the_old_one_has_to_wait),
	    T(test_a_parent_from_before_the_beginning_is_not_counted_as_old),
	    T(test_a_second_look_that_meets_patience_has_the_account_rest),
	    T(test_no_second_look_is_taken_when_no_request_is_left),
	    T(test_no_further_page_is_asked_for_when_no_request_is_left),
	    T(test_a_server_out_of_order_is_not_left_until_its_limit_resets),
	    T(test_a_caller_without_the_token_is_no_failure_of_the_source),
	    T(test_many_sources_of_a_slow_host_are_all_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
