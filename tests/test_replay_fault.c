#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/text.h"
#include "tests/wire.h"
#include "tests/replay.h"

/* The replay server itself: what goes wrong when it is told to. */

#define BODY "[\"one of these words\",\"and an other\"]"
#define NOW 1795442400 /* 2026-11-23T14:00:00Z, a Monday */

static void
fail_so(struct replay *r, const char *lines)
{
	char why[200];

	if (!replay_fail(r, lines, why))
		fail_msg("%s", why);
}

/* The next answer, after lines were made the fault. */
static struct wire
faulty(struct replay *r, const char *lines)
{
	fail_so(r, lines);
	return wire_get(replay_base(r), "/a");
}

static void
is_well(struct replay *r, const char *target)
{
	struct wire got = wire_get(replay_base(r), target);

	assert_int_equal(got.status, 200);
	assert_string_equal(got.body, BODY);
	wire_free(&got);
}

static void
fails_with(struct replay *r, const char *target, int status)
{
	struct wire got = wire_get(replay_base(r), target);

	assert_int_equal(got.status, status);
	wire_free(&got);
}

/* --- which requests ---------------------------------------------------- */

static void
test_a_fault_hits_the_next_request_once_unless_told(void **state)
{
	struct replay *r = *state;

	fail_so(r, "status=500");
	fails_with(r, "/a", 500);
	is_well(r, "/a");
	fail_so(r, "status=502\nn=2");
	fails_with(r, "/a", 502);
	fails_with(r, "/b", 502);
	is_well(r, "/b");
}

static void
test_a_fault_for_all_ends_when_it_is_healed(void **state)
{
	struct replay *r = *state;
	int i;

	fail_so(r, "status=500\nn=all");
	for (i = 0; i < 5; i++)
		fails_with(r, "/a", 500);
	replay_heal(r);
	is_well(r, "/a");
}

static void
test_a_fault_can_wait_for_a_later_request(void **state)
{
	struct replay *r = *state;

	fail_so(r, "after=2\npath=/a\nstatus=500");
	is_well(r, "/a");
	is_well(r, "/b");
	is_well(r, "/a");
	fails_with(r, "/a", 500);
	is_well(r, "/a");
}

static void
test_a_fault_of_a_path_spares_the_others(void **state)
{
	struct replay *r = *state;

	fail_so(r, "path=/a\nstatus=500\nn=all");
	fails_with(r, "/a", 500);
	fails_with(r, "/a?x=1", 500);
	is_well(r, "/b");
	is_well(r, "/ab");
	replay_heal(r);
	fail_so(r, "path=/a?x=1\nstatus=500\nn=all");
	fails_with(r, "/a?x=1", 500);
	is_well(r, "/a");
	replay_heal(r);
	fail_so(r, "path=/a*\nstatus=500\nn=all");
	fails_with(r, "/ab", 500);
	is_well(r, "/b");
}

static void
test_what_is_no_fault_is_refused_by_name(void **state)
{
	static const char *const lines[] = {"statsu=500", "status=99", "wait=x",
	    "header=no colon", "cut=-1", "n=some", "html=1", "bogus"};
	struct replay *r = *state;
	char why[200], *said;
	struct wire got;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		said = cq_format("no such fault: %s", lines[i]);
		assert_false(replay_fail(r, lines[i], why));
		assert_string_equal(why, said);
		got = wire_ask(replay_base(r), "POST", "/__fault", "", lines[i],
		    SIZE_MAX);
		assert_int_equal(got.status, 400);
		assert_string_equal(got.body, said);
		wire_free(&got);
		free(said);
	}
	is_well(r, "/a");
}

static void
test_faults_can_be_set_and_healed_by_request(void **state)
{
	struct replay *r = *state;
	struct wire got;

	got = wire_ask(replay_base(r), "POST", "/__fault", "",
	    "status=429\nn=all\nheader=Retry-After: 5", SIZE_MAX);
	assert_int_equal(got.status, 200);
	wire_free(&got);
	fails_with(r, "/a", 429);
	got = wire_ask(replay_base(r), "POST", "/__heal", "", "", SIZE_MAX);
	assert_int_equal(got.status, 200);
	wire_free(&got);
	is_well(r, "/a");
	assert_int_equal(replay_count(r), 2);
}

static void
test_a_fault_uses_up_no_answer(void **state)
{
	static const char *const lines[] = {"status=500", "cut", "empty"};
	struct replay *r = *state;
	struct wire got;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		got = faulty(r, lines[i]);
		wire_free(&got);
	}
	is_well(r, "/a");
}

/* --- the answer -------------------------------------------------------- */

static void
test_patience_can_be_asked_for_in_every_way(void **state)
{
	struct replay *r = *state;
	char buf[512];
	struct wire got;

	replay_clock(r, NOW);
	got = faulty(r,
	    "status=429\nheader=Retry-After: 60\n"
	    "header=X-Iso: @ISO+60@\nheader=X-Epoch: @EPOCH-60@\n"
	    "body={\"backoff\":60,\"at\":@EPOCH+1@,\"mail\":\"a@b@ISO\"}");
	assert_int_equal(got.status, 429);
	assert_string_equal(wire_header(&got, "Retry-After", buf), "60");
	assert_string_equal(wire_header(&got, "X-Iso", buf),
	    "2026-11-23T14:01:00.000Z");
	assert_string_equal(wire_header(&got, "X-Epoch", buf), "1795442340");
	assert_string_equal(got.body,
	    "{\"backoff\":60,\"at\":1795442401,\"mail\":\"a@b@ISO\"}");
	wire_free(&got);
	got = faulty(r, "status=503\nheader=Retry-After: @HTTP+3600@");
	assert_string_equal(wire_header(&got, "Retry-After", buf),
	    "Mon, 23 Nov 2026 15:00:00 GMT");
	assert_string_equal(wire_header(&got, "Content-Type", buf),
	    "application/json");
	wire_free(&got);
}

static void
test_a_page_for_people_comes_with_any_status(void **state)
{
	struct replay *r = *state;
	char buf[512];
	struct wire got;

	got = faulty(r, "html");
	assert_int_equal(got.status, 200);
	assert_string_equal(wire_header(&got, "Content-Type", buf),
	    "text/html; charset=utf-8");
	assert_memory_equal(got.body, "<!doctype html>", 15);
	assert_null(strstr(got.head, "X-Kept"));
	wire_free(&got);
	got = faulty(r, "status=502\nhtml");
	assert_int_equal(got.status, 502);
	assert_memory_equal(got.body, "<!doctype html>", 15);
	wire_free(&got);
}

static void
test_a_header_replaces_the_recorded_one(void **state)
{
	struct replay *r = *state;
	char buf[512];
	struct wire got = faulty(r, "header=X-Kept: other\ntype=text/plain");

	assert_int_equal(got.status, 200);
	assert_string_equal(got.body, BODY);
	assert_string_equal(wire_header(&got, "X-Kept", buf), "other");
	assert_null(strstr(got.head, "recorded"));
	assert_string_equal(wire_header(&got, "Content-Type", buf),
	    "text/plain");
	wire_free(&got);
}

static void
test_a_redirect_leads_to_another_name_of_this_server(void **state)
{
	struct replay *r = *state;
	char buf[512], *to;
	struct wire got = faulty(r, "redirect=@OTHER@/b");

	to = cq_format("http://localhost%s/b", strrchr(replay_base(r), ':'));
	assert_int_equal(got.status, 302);
	assert_string_equal(wire_header(&got, "Location", buf), to);
	wire_free(&got);
	got = faulty(r, "redirect=@BASE@/b\nstatus=308");
	assert_int_equal(got.status, 308);
	wire_free(&got);
	free(to);
}

static void
test_an_empty_body_keeps_its_headers(void **state)
{
	struct replay *r = *state;
	char buf[512];
	struct wire got = faulty(r, "empty");

	assert_int_equal(got.status, 200);
	assert_int_equal(got.n, 0);
	assert_string_equal(wire_header(&got, "X-Kept", buf), "recorded");
	wire_free(&got);
}

static void
test_bytes_that_are_no_utf8_stand_between_words(void **state)
{
	struct replay *r = *state;
	struct wire got = faulty(r, "utf8");

	assert_string_equal(got.body,
	    "[\"one\xff of\xff these\xff words\",\"and\xff an\xff other\"]");
	assert_false(cq_utf8_valid(got.body, got.n));
	wire_free(&got);
}

static void
test_a_big_body_is_the_recorded_one_with_spaces(void **state)
{
	struct replay *r = *state;
	struct wire got = faulty(r, "big");

	assert_int_equal(got.n, 10 << 20);
	assert_memory_equal(got.body, BODY "   ", sizeof(BODY) + 2);
	assert_int_equal(got.body[got.n - 1], ' ');
	wire_free(&got);
}

static void
test_a_bomb_is_small_until_it_is_unpacked(void **state)
{
	struct replay *r = *state;
	struct wire got = faulty(r, "bomb=20");
	char buf[512];

	assert_string_equal(wire_header(&got, "Content-Encoding", buf), "gzip");
	assert_in_range(got.n, 1000, 40000);
	wire_unzip(&got);
	assert_int_equal(got.n, 20 << 20);
	assert_memory_equal(got.body, BODY, sizeof(BODY) - 1);
	wire_free(&got);
}

/* --- the way ----------------------------------------------------------- */

static void
test_a_cut_answer_promises_more_than_it_sends(void **state)
{
	struct replay *r = *state;
	char buf[512], length[16];
	struct wire got = faulty(r, "cut");

	snprintf(length, sizeof(length), "%zu", sizeof(BODY) - 1);
	assert_string_equal(wire_header(&got, "Content-Length", buf), length);
	assert_int_equal(got.n, (sizeof(BODY) - 1) / 2);
	assert_memory_equal(got.body, BODY, got.n);
	wire_free(&got);
	got = faulty(r, "cut=3");
	assert_int_equal(got.n, 3);
	wire_free(&got);
}

static void
test_a_reset_is_seen_as_one(void **state)
{
	struct replay *r = *state;
	struct wire got = faulty(r, "reset");

	assert_int_equal(got.error, ECONNRESET);
	assert_null(got.head);
	wire_free(&got);
	is_well(r, "/a");
}

static void
test_an_answer_can_be_late_or_come_slowly(void **state)
{
	struct replay *r = *state;
	struct wire got = faulty(r, "wait=0.4");

	assert_true(got.s >= 0.4);
	assert_string_equal(got.body, BODY);
	wire_free(&got);
	got = faulty(r, "rate=60");
	assert_string_equal(got.body, BODY);
	assert_true(got.s >= 0.5); /* 37 bytes */
	wire_free(&got);
}

static void
test_nobody_waits_for_a_silent_server_that_stops(void **state)
{
	struct replay *r = replay_start();
	struct wire got;

	(void)state;
	fail_so(r, "silent");
	/* takes nothing of the answer, so closes at once */
	got = wire_ask(replay_base(r), "GET", "/a", "", "", 0);
	wire_free(&got);
	replay_stop(r);
}

static void
test_endless_answers_come_until_the_other_side_closes(void **state)
{
	struct replay *r = *state;
	struct wire got;

	fail_so(r, "endless");
	got = wire_ask(replay_base(r), "GET", "/a", "", "", 1 << 20);
	assert_int_equal(got.status, 200);
	assert_true(got.n > 1000000);
	wire_free(&got);
	got = faulty(r, "headers");
	assert_true(strlen(got.head) > 100000);
	wire_free(&got);
}

/* --- set-up ------------------------------------------------------------ */

static int
set_up(void **state)
{
	static const char headers[] = "X-Kept: recorded";
	struct replay *r = replay_start();

	replay_text(r, "/a", 200, headers, BODY);
	replay_text(r, "/a?x=1", 200, headers, BODY);
	replay_text(r, "/ab", 200, headers, BODY);
	replay_text(r, "/b", 200, headers, BODY);
	*state = r;
	return 0;
}

static int
tear_down(void **state)
{
	replay_stop(*state);
	return 0;
}

#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_a_fault_hits_the_next_request_once_unless_told),
	    T(test_a_fault_for_all_ends_when_it_is_healed),
	    T(test_a_fault_can_wait_for_a_later_request),
	    T(test_a_fault_of_a_path_spares_the_others),
	    T(test_what_is_no_fault_is_refused_by_name),
	    T(test_faults_can_be_set_and_healed_by_request),
	    T(test_a_fault_uses_up_no_answer),
	    T(test_patience_can_be_asked_for_in_every_way),
	    T(test_a_page_for_people_comes_with_any_status),
	    T(test_a_header_replaces_the_recorded_one),
	    T(test_a_redirect_leads_to_another_name_of_this_server),
	    T(test_an_empty_body_keeps_its_headers),
	    T(test_bytes_that_are_no_utf8_stand_between_words),
	    T(test_a_big_body_is_the_recorded_one_with_spaces),
	    T(test_a_bomb_is_small_until_it_is_unpacked),
	    T(test_a_cut_answer_promises_more_than_it_sends),
	    T(test_a_reset_is_seen_as_one),
	    T(test_an_answer_can_be_late_or_come_slowly),
	    T(test_nobody_waits_for_a_silent_server_that_stops),
	    T(test_endless_answers_come_until_the_other_side_closes),
	};

	return cmocka_run_group_tests_name("replay_fault", tests, NULL, NULL);
}
