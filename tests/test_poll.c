#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/store.h"
#include "sources/poll.h"
#include "tests/polling.h"
#include "tests/replay.h"

#define MASTODON "tests/fixtures/mastodon/"
#define TAG "/api/v1/timelines/tag/acmefail?limit=40"
#define NEWEST "01M83A6Y25FEXZ1K872FBMEP3H" /* of the recorded page */

static int64_t
ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- a source's life --------------------------------------------------- */

static void
test_posts_and_cursor_are_stored_together(void **state)
{
	struct polling *f = *state;
	struct cq_source s;
	struct cq_cases cases;

	replay_file(f->site, TAG, MASTODON "gts-tag-timeline.meta.json",
	    "http://localhost:8585");
	polling_add(f, "toots", "mastodon", "/", "#acmefail");
	polling_round(f, NULL, "toots: 0 -\n");
	assert_int_equal(f->sum.n_read, 3);
	assert_int_equal(f->sum.n_new, 3);
	assert_int_equal(polling_posts(f), 3);
	s = polling_source(f, "toots");
	assert_string_equal(s.cursor, NEWEST);
	assert_int_equal(s.next_at, f->now + 60);
	assert_int_equal(s.ok_at, f->now);
	assert_int_equal(s.n_posts, 3);
	cq_source_free(&s);

	assert_int_equal(cq_store_list(f->store, NULL, NULL, NULL, 10, &cases,
			     NULL),
	    CQ_OK);
	assert_true(cases.n > 0);
	assert_string_equal(cases.at[0].brand.s, "acme");
	assert_string_equal(cases.at[0].source.s, "toots");
	assert_string_equal(cases.at[0].handle.s, "alice@localhost");
	cq_cases_free(&cases);
}

static void
test_the_second_round_goes_on_at_the_cursor(void **state)
{
	struct polling *f = *state;
	int before;

	replay_file(f->site, TAG, MASTODON "gts-tag-timeline.meta.json",
	    "http://localhost:8585");
	polling_add(f, "toots", "mastodon", "", "#acmefail");
	polling_round(f, NULL, "toots: 0 -\n");
	before = replay_count(f->site);
	polling_round(f, "toots", "toots: 0 -\n");
	/* ... and a second look at the three of the first round, which the
	 * site does not know: at all of them, and at each */
	assert_int_equal(replay_count(f->site), before + 1 + 1 + 3);
	assert_int_equal(replay_unmatched(f->site), 1 + 3);
	assert_int_equal(f->sum.n_new, 0);
	assert_int_equal(polling_posts(f), 3);
}

static void
test_new_pages_are_followed_to_the_empty_one(void **state)
{
	static const char page[] =
	    "[{\"id\":\"%s\",\"content\":\"<p>post %s</p>\","
	    "\"account\":{\"acct\":\"u%s@e.org\"}}]";
	static const char *const ids[] = {"1", "2", "3"};
	struct polling *f = *state;
	struct cq_source s;
	size_t i;

	polling_add(f, "toots", "mastodon", "", "#acmefail");
	for (i = 0; i < 3; i++) {
		char *path = i == 0 ? cq_strdup(TAG)
				    : cq_format(TAG "&min_id=%s", ids[i - 1]);
		char *body = cq_format(page, ids[i], ids[i], ids[i]);

		replay_text(f->site, path, 200, NULL, body);
		free(path);
		free(body);
	}
	replay_text(f->site, TAG "&min_id=3", 200, NULL, "[]");
	polling_round(f, NULL, "toots: 0 -\n"); /* the first page ever, alone */
	assert_int_equal(polling_posts(f), 1);
	replay_text(f->site, TAG, 200, NULL, "[{\"id\":\"3\"}]");
	polling_round(f, "toots", "toots: 0 -\n");
	assert_int_equal(f->sum.n_new, 2);
	assert_int_equal(replay_unmatched(f->site), 1 + 3); /* second looks */
	assert_int_equal(f->step, 4);
	s = polling_source(f, "toots");
	assert_string_equal(s.cursor, "3");
	cq_source_free(&s);
}

/* --- a second look ----------------------------------------------------- */

#define STATUS(id, text)                                                    \
	"{\"id\":\"" id "\",\"content\":\"" text                            \
	"\",\"created_at\":\"2026-11-23T12:00:00Z\",\"account\":{\"acct\":" \
	"\"u" id "@e.org\"}}"
#define LOOK "/api/v1/statuses?id%5B%5D=2&id%5B%5D=1"

static void
two_toots(struct polling *f)
{
	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_text(f->site, TAG, 200, NULL,
	    "[" STATUS("2", "the train is late again") "," STATUS("1",
		"my card is blocked since noon") "]");
	polling_round(f, NULL, "toots: 0 -\n");
	assert_int_equal(polling_posts(f), 2);
	replay_text(f->site, TAG, 200, NULL, "[]");
}

static bool
is_gone(const struct cq_case_full *full)
{
	for (size_t i = 0; i < full->n; i++)
		if (full->at[i].marks.gone_at != CQ_NO_TIME)
			return true;
	return false;
}

static void
test_a_second_look_sees_edits_and_deletions(void **state)
{
	struct polling *f = *state;
	struct cq_case_full full;

	two_toots(f);
	replay_text(f->site, LOOK, 200, NULL,
	    "[" STATUS("1", "my card is blocked since noon, still") "]");
	polling_round(f, "toots", "toots: 0 -\n");
	assert_int_equal(f->sum.n_edited, 1);
	assert_int_equal(cq_store_case(f->store, 2, 0, &full, NULL), CQ_OK);
	assert_true(is_gone(&full));
	cq_case_full_free(&full);
	/* what is gone is not asked about any more */
	replay_text(f->site, "/api/v1/statuses?id%5B%5D=1", 200, NULL,
	    "[" STATUS("1", "my card is blocked since noon, still") "]");
	f->now += 15 * 60;
	polling_round(f, "toots", "toots: 0 -\n");
	assert_string_equal(replay_last(f->site),
	    "/api/v1/statuses?id%5B%5D=1");
	assert_int_equal(f->sum.n_edited, 0);
	assert_int_equal(replay_unmatched(f->site), 0);
}

static void
test_a_second_look_that_fails_is_no_failure(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	two_toots(f);
	replay_text(f->site, LOOK, 503, NULL, "<html>out of order</html>");
	polling_round(f, "toots", "toots: 0 -\n");
	s = polling_source(f, "toots");
	assert_int_equal(s.n_failed, 0);
	assert_null(s.last_error);
	assert_int_equal(s.next_at, f->now + 60);
	cq_source_free(&s);
	assert_int_equal(polling_posts(f), 2);
}

static void
test_a_page_that_fails_keeps_those_before_it(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_text(f->site, TAG, 200, NULL,
	    "[{\"id\":\"1\",\"content\":\"a\",\"account\":{}}]");
	replay_text(f->site, TAG "&min_id=1", 200, NULL,
	    "[{\"id\":\"2\",\"content\":\"b\",\"account\":{}}]");
	replay_text(f->site, TAG "&min_id=2", 500, NULL, "");
	polling_round(f, NULL, "toots: 0 -\n");
	replay_text(f->site, TAG, 200, NULL, "[{\"id\":\"3\"}]");
	polling_round(f, "toots",
	    "toots: 11 127.0.0.1 is out of order (500): it will be asked "
	    "again later\n");
	assert_int_equal(polling_posts(f), 2);
	s = polling_source(f, "toots");
	assert_string_equal(s.cursor, "2");
	assert_int_equal(s.n_failed, 1);
	cq_source_free(&s);
}

#define ITEM(guid) "<item><guid>" guid "</guid><title>" guid "</title></item>"
#define FEED(items) "<rss><channel>" items "</channel></rss>"

static void
test_a_feed_that_has_not_changed_is_not_read_again(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 200, "ETag: W/\"a b\"",
	    FEED(ITEM("one") ITEM("two")));
	polling_round(f, NULL, "news: 0 -\n");
	assert_int_equal(polling_posts(f), 2);
	replay_text(f->site, "/feed", 304, NULL, "");
	polling_round(f, "news", "news: 0 -\n");
	assert_string_equal(replay_header(f->site, "If-None-Match"),
	    "W/\"a b\"");
	s = polling_source(f, "news");
	assert_memory_equal(s.cursor, "EW/\"a b\"\n", 9);
	assert_int_equal(s.next_at, f->now + 900);
	cq_source_free(&s);
	/* the same feed again, without its validator: nothing is new */
	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("one") ITEM("two")));
	polling_round(f, "news", "news: 0 -\n");
	assert_int_equal(f->sum.n_known, 2);
	assert_int_equal(polling_posts(f), 2);
}

static void
test_a_large_feed_comes_in_pieces_and_whole(void **state)
{
	struct polling *f = *state;
	char *feed = polling_feed(1201);
	struct cq_source s;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 200, "ETag: \"1\"", feed);
	free(feed);
	polling_round(f, NULL, "news: 0 -\n");
	assert_int_equal(f->sum.n_read, 1201); /* each in one piece only */
	assert_int_equal(f->sum.n_new, 1201);
	assert_int_equal(polling_posts(f), 1201);
	s = polling_source(f, "news");
	assert_memory_equal(s.cursor, "E\"1\"\n", 5);
	cq_source_free(&s);
	/* once more: what was not even read again is known nevertheless */
	polling_round(f, "news", "news: 0 -\n");
	assert_int_equal(f->sum.n_read, 1201);
	assert_int_equal(f->sum.n_known, 1201);
	assert_int_equal(polling_posts(f), 1201);
}

static void
test_an_address_that_moved_for_good_is_kept(void **state)
{
	struct polling *f = *state;
	char *moved = cq_format("%s/new", replay_base(f->site));
	struct cq_source s;

	polling_add(f, "news", "feed", "/old", "");
	replay_text(f->site, "/old", 301, "Location: /new", "");
	replay_text(f->site, "/new", 200, NULL, FEED(ITEM("one")));
	polling_round(f, NULL, "news: 0 -\n");
	s = polling_source(f, "news");
	assert_string_equal(s.address, moved);
	cq_source_free(&s);
	free(moved);
}

/* Its page may be elsewhere, but nobody gave the address of that. */
static void
test_an_address_made_of_the_one_that_was_given_does_not_move_it(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_text(f->site, TAG, 301, "Location: /new", "");
	replay_text(f->site, "/new", 200, NULL, "[]");
	polling_round(f, NULL, "toots: 0 -\n");
	assert_int_equal(replay_count(f->site), 2);
	s = polling_source(f, "toots");
	assert_string_equal(s.address, replay_base(f->site));
	cq_source_free(&s);
}

static void
test_each_of_many_quiet_sources_is_told_to_have_been_asked(void **state)
{
	static const char *const names[] = {"one", "two", "three"};
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};
	struct cq_source s;

	for (int i = 0; i < 3; i++)
		polling_add(f, names[i], "mastodon", "", "#acmefail");
	replay_text(f->site, TAG, 200, NULL, "[]");
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	for (int i = 0; i < 3; i++) {
		s = polling_source(f, names[i]);
		assert_int_equal(s.ok_at, f->now);
		assert_true(s.next_at > f->now);
		cq_source_free(&s);
	}
}

/* --- failures ---------------------------------------------------------- */

static void
test_failures_wait_longer_each_time_up_to_an_hour(void **state)
{
	struct polling *f = *state;
	struct cq_source s;
	int64_t base = 60;
	int i;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 503, NULL, "");
	for (i = 1; i <= 8; i++) {
		int64_t wait;

		polling_round(f, "news",
		    "news: 11 127.0.0.1 is out of order (503): it will be "
		    "asked again later\n");
		s = polling_source(f, "news");
		wait = s.next_at - f->now;
		assert_int_equal(s.n_failed, i);
		assert_int_equal(f->next_at, s.next_at);
		assert_non_null(strstr(s.last_error, "out of order"));
		assert_in_range(wait, base * 3 / 4 < 60 ? 60 : base * 3 / 4,
		    base * 5 / 4 > 3600 ? 3600 : base * 5 / 4);
		cq_source_free(&s);
		base = base * 2 > 3840 ? 3840 : base * 2;
	}
	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("one")));
	polling_round(f, "news", "news: 0 -\n");
	s = polling_source(f, "news");
	assert_int_equal(s.n_failed, 0);
	assert_null(s.last_error);
	cq_source_free(&s);
}

static void
test_the_wait_a_service_asks_for_is_kept(void **state)
{
	struct polling *f = *state;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 429, "Retry-After: 5000", "");
	polling_round(f, NULL,
	    "news: 11 127.0.0.1 asks for patience (429): it will be asked "
	    "again later\n");
	assert_int_equal(f->next_at, f->now + 5000);
}

static void
test_what_is_gone_is_paused(void **state)
{
	struct polling *f = *state;
	struct cq_source s;
	int before;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 410, NULL, "");
	polling_round(f, NULL,
	    "news: 11 127.0.0.1 says that this is gone for good (410): remove "
	    "this source, and add its new address if there is one\n");
	s = polling_source(f, "news");
	assert_true(s.paused);
	cq_source_free(&s);
	before = replay_count(f->site);
	polling_round(f, NULL, "news: paused\n");
	polling_round(f, "news", "news: paused\n");
	assert_int_equal(replay_count(f->site), before);
}

static void
test_a_web_page_is_no_success(void **state)
{
	struct polling *f = *state;
	struct cq_source s;

	polling_add(f, "toots", "mastodon", "", "#acmefail");
	replay_text(f->site, TAG, 200, NULL, "<!doctype html><p>hello");
	polling_round(f, NULL,
	    "toots: 11 127.0.0.1 answered with a web page instead of JSON; "
	    "check the address\n");
	s = polling_source(f, "toots");
	assert_string_equal(s.cursor, "");
	assert_true(s.ok_at == CQ_NO_TIME);
	cq_source_free(&s);
}

static void
test_one_slow_source_delays_no_other(void **state)
{
	struct polling *f = *state;

	polling_add(f, "alow", "feed", "/slow", "");
	polling_add(f, "news", "feed", "/feed", "");
	replay_fault(f->site, "/slow", REPLAY_SILENT);
	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("one")));
	polling_round(f, NULL,
	    "news: 0 -\n"
	    "alow: 11 127.0.0.1 did not finish its answer in time: try "
	    "later\n");
}

/* Asks what is due, once; how many were asked in the end. */
static int
ask_due(struct polling *f)
{
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);
	int before = replay_count(f->site);
	struct cq_err err = {0};

	opts.due_only = true;
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	return replay_count(f->site) - before;
}

static void
test_a_clock_that_was_wrong_silences_no_source(void **state)
{
	struct polling *f = *state;

	polling_add(f, "news", "feed", "/feed", "");
	polling_add(f, "olds", "feed", "/olds", "");
	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("one")));
	replay_text(f->site, "/olds", 503, NULL, "");
	f->now += 400 * 86400;
	assert_int_equal(ask_due(f), 2);
	assert_int_equal(ask_due(f), 0);
	f->now -= 400 * 86400;
	assert_int_equal(ask_due(f), 2);
	assert_int_equal(ask_due(f), 0); /* but not all the time */
	f->now += 3601;
	assert_int_equal(ask_due(f), 2);
}

/* Whoever added it had a clock that was nine days ahead. */
static void
test_a_start_in_time_to_come_keeps_no_post_out(void **state)
{
	struct polling *f = *state;
	char *address = cq_format("%s/feed", replay_base(f->site));
	struct cq_source s = {
	    .name = (char *)(uintptr_t) "news",
	    .adapter = (char *)(uintptr_t) "feed",
	    .address = address,
	    .query = (char *)(uintptr_t) "",
	    .since_at = f->now + 9 * 86400,
	};
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};

	cq_store_source_add(f->store, &a, &s, &err);
	assert_string_equal(err.msg, "");
	replay_text(f->site, "/feed", 200, NULL,
	    FEED("<item><title>late</title>"
		 "<pubDate>Mon, 23 Nov 2026 12:00:00 GMT</pubDate></item>"
		 "<item><title>long ago</title>"
		 "<pubDate>Sat, 21 Nov 2026 12:00:00 GMT</pubDate></item>"));
	polling_round(f, NULL, "news: 0 -\n");
	assert_int_equal(polling_posts(f), 1);
	assert_int_equal(f->n_old, 1);
	free(address);
}

static void
test_an_unknown_name_asks_nobody(void **state)
{
	const char *const names[] = {"news", "nwes", NULL};
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};

	polling_add(f, "news", "feed", "/feed", "");
	opts.names = names;
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_NOT_FOUND);
	assert_string_equal(err.msg,
	    "there is no source nwes: caseq source list shows them");
	assert_int_equal(replay_count(f->site), 0);
}

static void
test_a_round_ends_soon_when_it_is_stopped(void **state)
{
	struct polling *f = *state;
	int64_t began = ms_now();

	polling_add(f, "slow", "feed", "/slow", "");
	replay_fault(f->site, "/slow", REPLAY_SILENT);
	f->stop = 1;
	polling_round(f, NULL, "");
	assert_true(ms_now() - began < 1000);
	f->stop = 0;
}

/* --- the service ------------------------------------------------------- */

static enum cq_status
run(struct polling *f, struct cq_err *err)
{
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);

	*err = (struct cq_err){0};
	f->stop = 0;
	f->stop_when_told = true;
	return poll_run(f->store, &a, &opts, err);
}

static void
test_the_run_asks_what_is_due_and_ends_when_told(void **state)
{
	struct polling *f = *state;
	struct cq_err err;
	int64_t began;

	polling_add(f, "asked", "feed", "/asked", "");
	replay_text(f->site, "/asked", 200, NULL, FEED(ITEM("two")));
	polling_round(f, NULL, "asked: 0 -\n");
	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("one")));
	cq_buf_clear(&f->told);
	began = ms_now();
	assert_int_equal(run(f, &err), CQ_OK);
	assert_string_equal(f->told.s, "news: 0 -\n");
	assert_true(ms_now() - began < 2000);
	assert_int_equal(polling_posts(f), 2);
	assert_int_equal(replay_count(f->site), 2);
}

/* It looks each second which are due, and a slow one still is. */
static void
test_the_run_does_not_ask_whom_it_waits_for(void **state)
{
	struct polling *f = *state;
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};

	polling_add(f, "news", "feed", "/slow", "");
	replay_fault(f->site, "/slow", REPLAY_SILENT);
	f->stop_when_told = true;
	http.total_ms = 2500;
	assert_int_equal(poll_run(f->store, &a, &opts, &err), CQ_OK);
	assert_int_equal(replay_count(f->site), 1);
}

/* Puts the queue on a disk of its own; false if that is not allowed. */
static bool
own_disk(struct polling *f, const char *size)
{
	struct cq_err err = {0};

	snprintf(f->disk, sizeof(f->disk), "%s/disk", f->dir);
	if (mkdir(f->disk, 0700) != 0 ||
	    mount("none", f->disk, "tmpfs", 0, size) != 0) {
		print_message("no disk of its own: %s\n", strerror(errno));
		return false;
	}
	cq_store_close(f->store);
	snprintf(f->path, sizeof(f->path), "%s/disk/q.db", f->dir);
	cq_store_create(f->path, &f->env, "ana", "ana", getuid(), &err);
	assert_string_equal(err.msg, "");
	cq_store_open(f->path, &f->env, &f->store, &err);
	assert_string_equal(err.msg, "");
	return true;
}

/* Fills the disk until so many KiB are free. */
static void
leave_free(struct polling *f, long kib)
{
	char *name = cq_format("%s/ballast", f->disk);
	int fd = open(name, O_WRONLY | O_CREAT, 0600);
	struct statvfs fs;
	long left;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(fstatvfs(fd, &fs), 0);
	left = (long)(fs.f_bavail * fs.f_frsize >> 10);
	if (left > kib)
		assert_int_equal(posix_fallocate(fd, 0, (left - kib) << 10), 0);
	close(fd);
	free(name);
}

static void
test_nothing_is_fetched_onto_a_disk_without_room(void **state)
{
	struct polling *f = *state;
	struct cq_source s;
	struct cq_err err;

	/* 5 % of 20 MiB are 1 MiB */
	if (!own_disk(f, "size=20m,mode=700"))
		skip();
	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("one")));
	leave_free(f, 1000);
	assert_int_equal(cq_store_room(f->store, &err), CQ_FULL);
	assert_non_null(strstr(err.msg, f->path));
	assert_non_null(strstr(err.msg, " has 1000 KiB free"));
	assert_non_null(strstr(err.msg, "there are 1024 KiB"));
	{
		char *told = cq_format("news: %d %s\n", CQ_FULL, err.msg);

		polling_round(f, NULL, told);
		polling_round(f, "news", told);
		cq_buf_clear(&f->told);
		assert_int_equal(run(f, &err), CQ_OK); /* it may get room */
		assert_string_equal(f->told.s, told);
		free(told);
	}
	assert_int_equal(replay_count(f->site), 0);
	s = polling_source(f, "news");
	assert_int_equal(s.n_failed, 0);
	assert_null(s.last_error);
	assert_true(s.next_at <= f->now);
	cq_source_free(&s);
	leave_free(f, 2000);
	f->stop = 0;
	polling_round(f, NULL, "news: 0 -\n");
	assert_int_equal(polling_posts(f), 1);
}

static void
test_the_run_wakes_what_time_wakes(void **state)
{
	struct polling *f = *state;
	struct cq_case_full full;
	struct cq_err err;
	struct cq_act a;

	polling_add(f, "news", "feed", "/feed", "");
	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("one")));
	polling_round(f, NULL, "news: 0 -\n");
	a = polling_act(f);
	assert_int_equal(cq_store_move(f->store, &a, 1, 0, CQ_MOVE_SNOOZE, NULL,
			     f->now + 3600, NULL),
	    CQ_OK);
	f->now += 3601;
	assert_int_equal(run(f, &err), CQ_OK);
	assert_int_equal(cq_store_case(f->store, 1, 0, &full, NULL), CQ_OK);
	assert_int_equal(full.head.state, CQ_OPEN);
	cq_case_full_free(&full);
}

static void
test_a_queue_has_one_run(void **state)
{
	struct polling *f = *state;
	struct cq_store *other, *own = f->store;
	struct cq_err err;

	assert_int_equal(cq_store_open(f->path, &f->env, &other, &err), CQ_OK);
	assert_int_equal(cq_store_runner_lock(other, &err), CQ_OK);
	assert_int_equal(run(f, &err), CQ_CONFLICT);
	assert_true(strlen(err.msg) > 10);
	assert_ptr_equal(f->store, own);
	cq_store_close(other);
}

/* --- a trial ----------------------------------------------------------- */

static void
note_post(void *arg, const struct cq_post *post)
{
	struct cq_buf *b = arg;

	cq_buf_fmt(b, "%s %s %s %s\n", post->source, post->id, post->text,
	    post->brand == NULL ? "-" : post->brand);
}

static void
test_a_trial_shows_posts_as_they_would_come(void **state)
{
	struct polling *f = *state;
	char *address = cq_format("%s/feed", replay_base(f->site));
	struct cq_source s = {.name = "news",
	    .adapter = "feed",
	    .address = address,
	    .brand = "acme"};
	struct cq_buf b = {0};
	struct cq_err err = {0};
	int64_t n_old;

	replay_text(f->site, "/feed", 200, NULL, FEED(ITEM("two") ITEM("one")));
	assert_int_equal(poll_test(&f->env, &s, note_post, &b, &n_old, &err),
	    CQ_OK);
	assert_string_equal(b.s, "news one one acme\nnews two two acme\n");
	cq_buf_free(&b);

	replay_text(f->site, "/feed", 200, NULL, "<html>");
	assert_int_equal(poll_test(&f->env, &s, note_post, &b, &n_old, &err),
	    CQ_NET);
	assert_string_equal(err.msg,
	    "127.0.0.1 answered with a web page instead of a feed; check the "
	    "address");
	s.adapter = "ndjson";
	assert_int_equal(poll_test(&f->env, &s, note_post, &b, &n_old, &err),
	    CQ_INPUT);
	s.adapter = "feed";
	s.address = "http://e.invalid/";
	assert_int_equal(poll_test(&f->env, &s, note_post, &b, &n_old, &err),
	    CQ_INPUT);
	assert_null(b.s);
	assert_int_equal(polling_posts(f), 0);
	free(address);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, polling_set_up, polling_tear_down)
	const struct CMUnitTest tests[] = {
	    T(test_posts_and_cursor_are_stored_together),
	    T(test_the_second_round_goes_on_at_the_cursor),
	    T(test_new_pages_are_followed_to_the_empty_one),
	    T(test_a_second_look_sees_edits_and_deletions),
	    T(test_a_second_look_that_fails_is_no_failure),
	    T(test_a_page_that_fails_keeps_those_before_it),
	    T(test_a_feed_that_has_not_changed_is_not_read_again),
	    T(test_a_large_feed_comes_in_pieces_and_whole),
	    T(test_an_address_that_moved_for_good_is_kept),
	    T(test_an_address_made_of_the_one_that_was_given_does_not_move_it),
	    T(test_each_of_many_quiet_sources_is_told_to_have_been_asked),
	    T(test_failures_wait_longer_each_time_up_to_an_hour),
	    T(test_the_wait_a_service_asks_for_is_kept),
	    T(test_what_is_gone_is_paused),
	    T(test_a_web_page_is_no_success),
	    T(test_one_slow_source_delays_no_other),
	    T(test_a_clock_that_was_wrong_silences_no_source),
	    T(test_a_start_in_time_to_come_keeps_no_post_out),
	    T(test_an_unknown_name_asks_nobody),
	    T(test_a_round_ends_soon_when_it_is_stopped),
	    T(test_the_run_asks_what_is_due_and_ends_when_told),
	    T(test_the_run_does_not_ask_whom_it_waits_for),
	    T(test_nothing_is_fetched_onto_a_disk_without_room),
	    T(test_the_run_wakes_what_time_wakes),
	    T(test_a_queue_has_one_run),
	    T(test_a_trial_shows_posts_as_they_would_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
