#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "tests/file.h"
#include "tests/wire.h"
#include "tests/replay.h"

/* The replay server itself: which answer a request gets, and the log. */

struct fixture {
	struct replay *r;
	char dir[64];
};

static char *
path_in(struct fixture *f, const char *name)
{
	return cq_format("%s/%s", f->dir, name);
}

static void
put(struct fixture *f, const char *name, const char *text)
{
	char *path = path_in(f, name);

	file_write(path, text, strlen(text));
	free(path);
}

/*
 * NAME.meta.json and its body, as the fixtures have them.
 *
 * more     members of the whole, each with a comma behind it
 * headers  pairs as JSON
 */
static void
record(struct fixture *f, const char *name, const char *method, const char *url,
    const char *more, const char *headers, const char *body)
{
	char *meta =
	    cq_format("{%s\"request\":{\"method\":\"%s\",\"url\":\"%s\""
		      "},\"response\":{\"status\":200,\"headers\":[%s]"
		      ",\"body_file\":\"%s.body.json\"}}",
		more, method, url, headers, name);
	char *meta_name = cq_format("%s.meta.json", name);
	char *body_name = cq_format("%s.body.json", name);

	put(f, meta_name, meta);
	put(f, body_name, body);
	free(body_name);
	free(meta_name);
	free(meta);
}

static void
record_get(struct fixture *f, const char *name, const char *url,
    const char *body)
{
	record(f, name, "GET", url, "", "", body);
}

/* What is answered with status 200; "404" if nothing is. */
static void
gives(struct fixture *f, const char *target, const char *body)
{
	struct wire got = wire_get(replay_base(f->r), target);

	if (strcmp(body, "404") == 0) {
		assert_int_equal(got.status, 404);
	} else {
		assert_string_equal(got.body, body);
		assert_int_equal(got.status, 200);
	}
	wire_free(&got);
}

static void
route(struct fixture *f, const char *lines)
{
	char *path = path_in(f, "some.txt");

	put(f, "some.txt", lines);
	replay_routes(f->r, f->dir, path);
	free(path);
}

/* --- which answer ------------------------------------------------------ */

static void
test_path_and_query_are_compared_decoded(void **state)
{
	struct fixture *f = *state;

	record_get(f, "a", "https://example.org/a%2Db?types%5B%5D=x&q=a+b",
	    "A");
	replay_dir(f->r, f->dir);
	gives(f, "/a-b?types[]=x&q=a%20b", "A");
	gives(f, "/a%2db?types%5b%5d=x&q=a+b", "A");
	gives(f, "/a-b?types[]=x&q=a%2Bb", "404");
	gives(f, "/a-b/?types[]=x&q=a+b", "404");
	assert_int_equal(replay_unmatched(f->r), 2);
	assert_int_equal(replay_count(f->r), 4);
}

static void
test_parameters_may_stand_in_any_order_but_as_often_as_recorded(void **state)
{
	struct fixture *f = *state;

	record_get(f, "a", "https://example.org/a?x=1&y=2&x=1&x=3", "A");
	replay_dir(f->r, f->dir);
	gives(f, "/a?x=3&x=1&x=1&y=2", "A");
	gives(f, "/a?x=3&x=1&y=2", "404");
	gives(f, "/a?x=3&x=1&x=1&x=1&y=2", "404");
	gives(f, "/a", "404");
}

static void
test_another_method_is_another_request(void **state)
{
	struct fixture *f = *state;
	struct wire got;

	record(f, "a", "POST", "https://example.org/a", "", "", "made");
	record_get(f, "b", "https://example.org/a", "read");
	replay_dir(f->r, f->dir);
	gives(f, "/a", "read");
	got = wire_ask(replay_base(f->r), "POST", "/a", "", "x=1", SIZE_MAX);
	assert_string_equal(got.body, "made");
	assert_string_equal(replay_last_body(f->r), "x=1");
	wire_free(&got);
	got = wire_ask(replay_base(f->r), "PUT", "/a", "", "", SIZE_MAX);
	assert_int_equal(got.status, 404);
	wire_free(&got);
}

static void
test_a_conversation_is_answered_in_order_and_the_last_one_stays(void **state)
{
	struct fixture *f = *state;

	record_get(f, "a-02", "https://example.org/a?x=1&y=2", "third");
	record_get(f, "a-00", "https://example.org/a?y=2&x=1", "first");
	record_get(f, "a-01", "https://other.example/a?x=1&y=2", "second");
	record_get(f, "b-00", "https://example.org/b", "b");
	replay_dir(f->r, f->dir);
	gives(f, "/a?x=1&y=2", "first");
	gives(f, "/b", "b");
	gives(f, "/a?x=1&y=2", "second");
	gives(f, "/a?x=1&y=2", "third");
	gives(f, "/a?x=1&y=2", "third");
	gives(f, "/b", "b");
}

static void
test_an_ignored_parameter_may_have_any_value_or_be_missing(void **state)
{
	struct fixture *f = *state;

	record(f, "a-0", "GET", "https://example.org/a?since=1&x=1",
	    "\"ignore\":[\"since\",\"until\"],", "", "first");
	record(f, "a-1", "GET", "https://example.org/a?since=9&x=1",
	    "\"ignore\":[\"since\",\"until\"],", "", "second");
	record(f, "b", "GET", "https://example.org/b", "\"ignore\":[\"*\"],",
	    "", "B");
	replay_dir(f->r, f->dir);
	gives(f, "/a?since=3&x=1", "first");
	gives(f, "/a?x=1&until=4", "second");
	gives(f, "/a?since=3&x=2", "404");
	gives(f, "/a?since=3&x=1&sinc=1", "404");
	gives(f, "/b?what=ever", "B");
}

static void
test_a_url_may_lack_its_host_or_have_a_remark(void **state)
{
	struct fixture *f = *state;

	record_get(f, "a", "/a?x=1", "A");
	record_get(f, "b", "/b (a bad token)", "B");
	record_get(f, "c", "https://example.org", "C");
	replay_dir(f->r, f->dir);
	gives(f, "/a?x=1", "A");
	gives(f, "/b", "B");
	gives(f, "/", "C");
}

/* --- what is in an answer ---------------------------------------------- */

static void
test_headers_of_the_wire_are_made_anew_and_all_others_kept(void **state)
{
	struct fixture *f = *state;
	char buf[512];
	struct wire got;

	record(f, "a", "GET", "https://example.org/a", "",
	    "[\"content-encoding\",\"gzip\"],[\"Content-Length\",\"7\"],"
	    "[\"Transfer-Encoding\",\"chunked\"],"
	    "[\"Date\",\"Mon, 01 Jan 2001 00:00:00 GMT\"],"
	    "[\"ETag\",\"W/\\\"x\\\"\"],[\"X-Robots-Tag\",\"a\"],"
	    "[\"X-Robots-Tag\",\"b\"]",
	    "twelve bytes");
	replay_dir(f->r, f->dir);
	got = wire_get(replay_base(f->r), "/a");
	assert_string_equal(wire_header(&got, "Content-Encoding", buf), "");
	assert_string_equal(wire_header(&got, "Transfer-Encoding", buf), "");
	assert_string_equal(wire_header(&got, "Content-Length", buf), "12");
	assert_string_equal(wire_header(&got, "ETag", buf), "W/\"x\"");
	assert_null(strstr(got.head, "2001"));
	assert_non_null(strstr(got.head, "X-Robots-Tag: a\r\n"));
	assert_non_null(strstr(got.head, "X-Robots-Tag: b\r\n"));
	wire_free(&got);
}

static void
test_a_rewritten_host_is_this_server_in_headers_and_bodies(void **state)
{
	struct fixture *f = *state;
	const char *base = replay_base(f->r);
	char buf[512], *link, *body;
	struct wire got;

	record(f, "a", "GET", "https://example.org/a", "",
	    "[\"Link\",\"<http://example.org:8080/a?p=2>; rel=\\\"next\\\"\"]",
	    "https://example.org/1 https://example.org.uk/2 "
	    "https://example.organic http://example.org. "
	    "https://example.org:8080 https://my.example.org");
	replay_rewrite(f->r, "example.org");
	replay_rewrite(f->r, "example.org:8080");
	replay_dir(f->r, f->dir);
	link = cq_format("<%s/a?p=2>; rel=\"next\"", base);
	body =
	    cq_format("%s/1 https://example.org.uk/2 "
		      "https://example.organic %s. %s https://my.example.org",
		base, base, base);
	got = wire_get(base, "/a");
	assert_string_equal(wire_header(&got, "Link", buf), link);
	assert_string_equal(got.body, body);
	wire_free(&got);
	free(link);
	free(body);
}

static void
test_bodies_are_compressed_only_for_who_accepts_it(void **state)
{
	struct fixture *f = *state;
	struct wire got;
	char buf[512];

	record_get(f, "a", "https://example.org/a", "some words in a body");
	replay_dir(f->r, f->dir);
	replay_gzip(f->r);
	gives(f, "/a", "some words in a body");
	got = wire_ask(replay_base(f->r), "GET", "/a",
	    "Accept-Encoding: br, gzip\r\n", "", SIZE_MAX);
	assert_string_equal(wire_header(&got, "Content-Encoding", buf), "gzip");
	wire_unzip(&got);
	assert_string_equal(got.body, "some words in a body");
	wire_free(&got);
}

/* --- routes ------------------------------------------------------------ */

static void
test_a_route_goes_before_the_recorded_request(void **state)
{
	struct fixture *f = *state;

	record_get(f, "a", "https://example.org/a", "A");
	record_get(f, "b", "https://example.org/b", "B");
	replay_dir(f->r, f->dir);
	route(f, "# a comment\n\nGET /a b\nGET /c?x=1&t=5 a b ignore=t\n");
	gives(f, "/a", "B");
	gives(f, "/c?t=77&x=1", "A");
	gives(f, "/c?x=1", "B");
	gives(f, "/c?x=1", "B");
	gives(f, "/b", "B");
}

static void
test_a_route_can_answer_with_a_body_stored_alone(void **state)
{
	struct fixture *f = *state;
	char buf[512], *lines;
	struct wire got;

	put(f, "alone.xml", "<a/>");
	put(f, "gone.json", "{}");
	lines = cq_format("GET /x alone.xml\nGET /full %s/alone.xml "
			  "type=text/plain\nGET /y gone.json status=410\n",
	    f->dir);
	route(f, lines);
	free(lines);
	got = wire_get(replay_base(f->r), "/x");
	assert_int_equal(got.status, 200);
	assert_string_equal(got.body, "<a/>");
	assert_string_equal(wire_header(&got, "Content-Type", buf),
	    "application/xml");
	wire_free(&got);
	got = wire_get(replay_base(f->r), "/full");
	assert_string_equal(wire_header(&got, "Content-Type", buf),
	    "text/plain");
	wire_free(&got);
	got = wire_get(replay_base(f->r), "/y");
	assert_int_equal(got.status, 410);
	wire_free(&got);
}

static void
test_the_routes_of_a_folder_are_read_with_it(void **state)
{
	struct fixture *f = *state;

	record_get(f, "a", "https://example.org/a", "A");
	put(f, "replay.routes", "GET /z a\n");
	replay_dir(f->r, f->dir);
	gives(f, "/z", "A");
	gives(f, "/a", "A");
}

/* --- the log ----------------------------------------------------------- */

static char *
read_log(struct fixture *f)
{
	char *path = path_in(f, "log"), *text;
	size_t n;

	text = replay_slurp(path, &n);
	free(path);
	return text;
}

static void
test_the_log_has_all_that_was_asked_in_order(void **state)
{
	struct fixture *f = *state;
	char *log = path_in(f, "log"), *text;
	struct wire got;

	record_get(f, "a", "https://example.org/a?b=c", "A");
	replay_log(f->r, log);
	replay_dir(f->r, f->dir);
	got = wire_ask(replay_base(f->r), "GET", "/a?b=c",
	    "Authorization: Bearer x\r\nIf-None-Match: \"1\"\r\n", "",
	    SIZE_MAX);
	wire_free(&got);
	got = wire_ask(replay_base(f->r), "POST", "/w\\",
	    "Content-Type: text/plain\r\n", "one\n\ttwo", SIZE_MAX);
	assert_int_equal(got.status, 404);
	assert_string_equal(got.body,
	    "{\"error\":\"no exchange fits POST /w\\\\\"}");
	wire_free(&got);
	text = read_log(f);
	assert_string_equal(text,
	    "matched\tGET /a?b=c\t200\ta\tHost: example.org\t"
	    "Authorization: Bearer x\tIf-None-Match: \"1\"\n"
	    "unmatched\tPOST /w\\\\\t404\t-\tHost: example.org\t"
	    "Content-Type: text/plain\tContent-Length: 8\t"
	    "body=one\\x0a\\x09two\n");
	free(text);
	free(log);
}

/* --- set-up ------------------------------------------------------------ */

static int
set_up(void **state)
{
	struct fixture *f = cq_alloc(sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "%s/cqXXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	f->r = replay_start();
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	char *rm = cq_format("rm -rf '%s'", f->dir);

	replay_stop(f->r);
	assert_int_equal(system(rm), 0);
	free(rm);
	free(f);
	return 0;
}

#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_path_and_query_are_compared_decoded),
	    T(test_parameters_may_stand_in_any_order_but_as_often_as_recorded),
	    T(test_another_method_is_another_request),
	    T(test_a_conversation_is_answered_in_order_and_the_last_one_stays),
	    T(test_an_ignored_parameter_may_have_any_value_or_be_missing),
	    T(test_a_url_may_lack_its_host_or_have_a_remark),
	    T(test_headers_of_the_wire_are_made_anew_and_all_others_kept),
	    T(test_a_rewritten_host_is_this_server_in_headers_and_bodies),
	    T(test_bodies_are_compressed_only_for_who_accepts_it),
	    T(test_a_route_goes_before_the_recorded_request),
	    T(test_a_route_can_answer_with_a_body_stored_alone),
	    T(test_the_routes_of_a_folder_are_read_with_it),
	    T(test_the_log_has_all_that_was_asked_in_order),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
