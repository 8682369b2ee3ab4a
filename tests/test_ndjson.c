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
#include "sources/ndjson.h"

/* The last post, copied while it was borrowed. */
struct seen {
	int n;
	char source[64], id[600], text[200], author[64], url[64];
	char extra[9000];
	bool has_author, has_extra;
	int64_t followers, created_at;
	int rating;
	enum cq_visibility visibility;
	bool bot, gone;
};

static void
keep(void *arg, const struct cq_post *post)
{
	struct seen *seen = arg;

	seen->n++;
	snprintf(seen->source, sizeof(seen->source), "%s", post->source);
	snprintf(seen->id, sizeof(seen->id), "%s", post->id);
	if (post->text != NULL)
		snprintf(seen->text, sizeof(seen->text), "%s", post->text);
	seen->has_author = post->author != NULL;
	if (post->author != NULL)
		snprintf(seen->author, sizeof(seen->author), "%s",
		    post->author);
	if (post->url != NULL)
		snprintf(seen->url, sizeof(seen->url), "%s", post->url);
	seen->has_extra = post->extra != NULL;
	if (post->extra != NULL)
		snprintf(seen->extra, sizeof(seen->extra), "%s", post->extra);
	seen->followers = post->author_followers;
	seen->created_at = post->created_at;
	seen->rating = post->rating;
	seen->visibility = post->visibility;
	seen->bot = post->bot;
	seen->gone = post->gone;
}

static struct seen
read_n(const char *line, size_t n, struct cq_err *err)
{
	struct seen seen = {0};
	char *copy = cq_alloc(n); /* no NUL behind it: a reader past the
				     end is caught */

	memcpy(copy, line, n);
	*err = (struct cq_err){0};
	err->status = ndjson_read(copy, n, keep, &seen, err);
	free(copy);
	assert_int_equal(seen.n, err->status == CQ_OK ? 1 : 0);
	return seen;
}

static struct seen
accepts(const char *line)
{
	struct cq_err err;
	struct seen seen = read_n(line, strlen(line), &err);

	assert_string_equal(err.msg, "");
	assert_int_equal(err.status, CQ_OK);
	return seen;
}

static void
refuses(const char *line, const char *msg)
{
	struct cq_err err;

	read_n(line, strlen(line), &err);
	assert_int_equal(err.status, CQ_INPUT);
	assert_string_equal(err.msg, msg);
}

#define MIN "\"source\":\"s\",\"id\":\"1\",\"text\":\"t\""

static void
test_all_fields_arrive(void **state)
{
	struct seen seen =
	    accepts("{\"source\":\"app\",\"id\":\"7\",\"text\":\"late "
		    "\\u00fc\","
		    "\"author\":\"u1\",\"author_followers\":12,"
		    "\"created_at\":\"2026-11-23T14:07:00.5+01:00\","
		    "\"url\":\"https://e.org/7\",\"rating\":2}");

	(void)state;
	assert_string_equal(seen.source, "app");
	assert_string_equal(seen.id, "7");
	assert_string_equal(seen.text, "late \xc3\xbc");
	assert_string_equal(seen.author, "u1");
	assert_string_equal(seen.url, "https://e.org/7");
	assert_int_equal(seen.followers, 12);
	assert_int_equal(seen.created_at, 1795439220);
	assert_int_equal(seen.rating, 2);
	assert_false(seen.has_extra);
}

static void
test_null_is_the_same_as_missing(void **state)
{
	struct seen seen =
	    accepts("{" MIN ",\"author\":null,"
		    "\"created_at\":null,\"author_followers\":null,"
		    "\"rating\":null,\"lang\":null}");

	(void)state;
	assert_false(seen.has_author);
	assert_int_equal(seen.followers, -1);
	assert_int_equal(seen.rating, 0);
	assert_true(seen.created_at == CQ_NO_TIME);
	assert_false(seen.has_extra);
	refuses("{\"source\":\"s\",\"id\":null,\"text\":\"t\"}",
	    "id is missing");
}

static void
test_a_message_names_the_field(void **state)
{
	(void)state;
	refuses("{\"id\":\"1\",\"text\":\"t\"}", "source is missing");
	refuses("{\"source\":\"s\",\"text\":\"t\"}", "id is missing");
	refuses("{\"source\":\"s\",\"id\":\"1\"}", "text is missing");
	refuses("{\"source\":\"s\",\"id\":\"\",\"text\":\"t\"}", "id is empty");
	refuses("{\"source\":\"s\",\"id\":7,\"text\":\"t\"}",
	    "id is no string");
	refuses("{" MIN ",\"url\":[]}", "url is no string");
	refuses("{" MIN ",\"created_at\":\"yesterday\"}",
	    "created_at is no RFC 3339 time");
	refuses("{" MIN ",\"created_at\":5}", "created_at is no string");
	refuses("{" MIN ",\"author_followers\":-1}",
	    "author_followers is no whole number from 0 to 10000000000");
	refuses("{" MIN ",\"author_followers\":\"9\"}",
	    "author_followers is no whole number from 0 to 10000000000");
	refuses("{" MIN ",\"author_followers\":9007199254740993}",
	    "author_followers is no whole number from 0 to 10000000000");
	refuses("{" MIN ",\"author_followers\":10000000001}",
	    "author_followers is no whole number from 0 to 10000000000");
	refuses("[]", "is no JSON object");
	refuses("", "is no valid JSON");
	refuses("{" MIN, "is no valid JSON");
	refuses("{" MIN "} {}", "is no valid JSON");
	refuses("{" MIN ",\"x\":01}", "is no valid JSON");
	refuses("{" MIN ",\"x\":tru}", "is no valid JSON");
	refuses("{\"source\":\"s\",\"id\":\"a\tb\",\"text\":\"t\"}",
	    "is no valid JSON");
}

static void
test_a_network_says_who_may_read_and_what_is_gone(void **state)
{
	struct seen seen = accepts("{" MIN "}");

	(void)state;
	assert_int_equal(seen.visibility, CQ_PUBLIC);
	assert_false(seen.bot);
	assert_false(seen.gone);
	seen = accepts("{" MIN ",\"visibility\":\"direct\",\"bot\":true}");
	assert_int_equal(seen.visibility, CQ_DIRECT);
	assert_true(seen.bot);
	assert_false(seen.has_extra);
	seen = accepts("{\"source\":\"s\",\"id\":\"1\",\"deleted\":true}");
	assert_true(seen.gone);
	refuses("{" MIN ",\"visibility\":\"secret\"}",
	    "visibility is not public, unlisted, private or direct");
	refuses("{" MIN ",\"visibility\":2}",
	    "visibility is not public, unlisted, private or direct");
	refuses("{" MIN ",\"bot\":\"yes\"}", "bot is not true or false");
	refuses("{\"source\":\"s\",\"id\":\"1\",\"deleted\":false}",
	    "text is missing");
	refuses("{\"source\":\"s\",\"deleted\":true}", "id is missing");
}

static void
test_names_are_compared_with_case(void **state)
{
	(void)state;
	refuses("{\"source\":\"s\",\"ID\":\"1\",\"text\":\"t\"}",
	    "id is missing");
}

static void
test_a_rating_is_one_to_five_and_halves_are_rounded(void **state)
{
	(void)state;
	assert_int_equal(accepts("{" MIN ",\"rating\":3.5}").rating, 4);
	assert_int_equal(accepts("{" MIN ",\"rating\":1}").rating, 1);
	assert_int_equal(accepts("{" MIN ",\"rating\":5.0}").rating, 5);
	refuses("{" MIN ",\"rating\":0}", "rating is no number from 1 to 5");
	refuses("{" MIN ",\"rating\":5.5}", "rating is no number from 1 to 5");
	refuses("{" MIN ",\"rating\":\"5\"}",
	    "rating is no number from 1 to 5");
}

static void
test_unknown_fields_are_kept_as_they_were_written(void **state)
{
	struct seen seen =
	    accepts("{\"big\" : 12345678901234567890, " MIN
		    ", \"o\": { \"a\" : [ 1 , {\"b\":\"x, }\"} ], \"c\":null },"
		    "\"rating\":2, \"Id\":\"z\"}");

	(void)state;
	assert_string_equal(seen.extra,
	    "{\"big\":12345678901234567890,"
	    "\"o\":{\"a\":[1,{\"b\":\"x, }\"}],\"c\":null},\"Id\":\"z\"}");
}

static void
test_too_many_unknown_bytes_are_refused(void **state)
{
	struct cq_buf b = {0};
	int i;

	(void)state;
	cq_buf_str(&b, "{" MIN ",\"x\":\"");
	for (i = 0; i < 9000; i++)
		cq_buf_char(&b, 'x');
	cq_buf_str(&b, "\"}");
	refuses(b.s, "unknown fields hold more than 8 KiB");
	cq_buf_free(&b);
}

static void
test_byte_order_mark_and_crlf_are_accepted(void **state)
{
	(void)state;
	accepts("\xef\xbb\xbf{" MIN "}\r\n");
}

static void
test_an_escaped_nul_never_cuts_a_string(void **state)
{
	struct seen seen = accepts("{\"source\":\"s\",\"id\":\"1\","
				   "\"text\":\"a\\u0000b\"}");

	(void)state;
	assert_string_equal(seen.text,
	    "a\xef\xbf\xbd"
	    "b");
	refuses("{\"source\":\"s\",\"id\":\"1\\u0000\",\"text\":\"t\"}",
	    "id holds a NUL");
	refuses("{" MIN ",\"in_reply_to\":\"\\u0000\"}",
	    "in_reply_to holds a NUL");
	/* an escaped backslash before "u0000" is no NUL */
	seen = accepts("{\"source\":\"s\",\"id\":\"\\\\u0000\","
		       "\"text\":\"t\"}");
	assert_string_equal(seen.id, "\\u0000");
}

static void
test_half_a_surrogate_pair_becomes_a_replacement(void **state)
{
	struct seen seen = accepts("{\"source\":\"s\",\"id\":\"1\",\"text\":"
				   "\"\\ud83d \\ude00 \\ud83d\\ude00 "
				   "\\ud800\\ud83d\\ude00\"}");

	(void)state;
	assert_string_equal(seen.text,
	    "\xef\xbf\xbd \xef\xbf\xbd "
	    "\xf0\x9f\x98\x80 \xef\xbf\xbd\xf0\x9f\x98\x80");
}

static void
test_bytes_that_are_no_utf8_are_refused(void **state)
{
	static const char nul[] = "{" MIN "\0}";
	struct cq_err err;

	(void)state;
	refuses("{\"source\":\"s\",\"id\":\"1\",\"text\":\"\xff\xfe\x9b\"}",
	    "is not valid UTF-8");
	read_n(nul, sizeof(nul) - 1, &err);
	assert_int_equal(err.status, CQ_INPUT);
}

/* An opener repeated, with or without its end. */
static void
refuses_many(const char *unit, size_t times, const char *msg)
{
	struct cq_buf b = {0};

	cq_buf_str(&b, "{" MIN ",\"x\":[0");
	while (times-- > 0)
		cq_buf_str(&b, unit);
	refuses(b.s, msg);
	cq_buf_free(&b);
}

static void
test_deep_wide_and_long_lines_are_refused(void **state)
{
	(void)state;
	refuses_many(",[", 1000 * 500, "is nested deeper than 64 levels");
	refuses_many(",{\"a\":[0", 100000, "is nested deeper than 64 levels");
	refuses_many(",0", 30000, "holds more than 20000 values");
	refuses_many(",0", 600000, "is longer than 1 MiB");
	refuses_many("]", 100, "is no valid JSON");
}

static void
test_ids_that_are_too_long_are_refused(void **state)
{
	char line[900];
	char id[CQ_ID_MAX + 2];

	(void)state;
	memset(id, 'i', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	snprintf(line, sizeof(line),
	    "{\"source\":\"s\",\"id\":\"%s\",\"text\":\"t\"}", id);
	refuses(line, "id is longer than 512 bytes");
	id[CQ_ID_MAX] = '\0';
	snprintf(line, sizeof(line),
	    "{\"source\":\"s\",\"id\":\"%s\",\"text\":\"t\"}", id);
	accepts(line);
}

static void
test_no_cut_line_is_accepted(void **state)
{
	static const char line[] = "{" MIN ",\"o\":{\"a\":[1.5e3,true,"
				   "\"\\ud83d\\ude00\"]},\"rating\":2}";
	struct cq_err err;
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(line) - 1; n++) {
		read_n(line, n, &err);
		assert_int_equal(err.status, CQ_INPUT);
	}
	read_n(line, n, &err);
	assert_int_equal(err.status, CQ_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_fields_arrive),
	    cmocka_unit_test(test_null_is_the_same_as_missing),
	    cmocka_unit_test(test_a_message_names_the_field),
	    cmocka_unit_test(test_a_network_says_who_may_read_and_what_is_gone),
	    cmocka_unit_test(test_names_are_compared_with_case),
	    cmocka_unit_test(
		test_a_rating_is_one_to_five_and_halves_are_rounded),
	    cmocka_unit_test(test_unknown_fields_are_kept_as_they_were_written),
	    cmocka_unit_test(test_too_many_unknown_bytes_are_refused),
	    cmocka_unit_test(test_byte_order_mark_and_crlf_are_accepted),
	    cmocka_unit_test(test_an_escaped_nul_never_cuts_a_string),
	    cmocka_unit_test(test_half_a_surrogate_pair_becomes_a_replacement),
	    cmocka_unit_test(test_bytes_that_are_no_utf8_are_refused),
	    cmocka_unit_test(test_deep_wide_and_long_lines_are_refused),
	    cmocka_unit_test(test_ids_that_are_too_long_are_refused),
	    cmocka_unit_test(test_no_cut_line_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
