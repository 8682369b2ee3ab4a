#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/when.h"

#define DAY_S 86400
#define NOV_23 INT64_C(1795392000) /* 2026-11-23T00:00:00Z */

static void
set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void
test_time_of_rfc_3339_is_read(void **state)
{
	static const struct {
		const char *s;
		int64_t at;
	} rows[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2026-11-23T00:00:00Z", NOV_23},
	    {"2026-11-23T14:07:00Z", NOV_23 + 14 * 3600 + 7 * 60},
	    {"2026-11-23t14:07:00z", NOV_23 + 14 * 3600 + 7 * 60},
	    {"2026-11-23 14:07:00Z", NOV_23 + 14 * 3600 + 7 * 60},
	    {"2026-11-23T14:07:00.5+01:00", NOV_23 + 13 * 3600 + 7 * 60},
	    {"2026-11-23T14:07:00.999999999Z", NOV_23 + 14 * 3600 + 7 * 60},
	    {"2026-11-22T23:30:00-00:30", NOV_23},
	    {"2026-11-23T05:30:00+05:30", NOV_23},
	    {"2026-11-22T23:59:60Z", NOV_23}, /* a leap second */
	    {"2024-02-29T00:00:00Z", INT64_C(1709164800)},
	    {"9999-12-31T23:59:59Z", INT64_C(253402300799)},
	    {"1969-12-31T23:00:00-01:00", 0},
	};
	size_t i;
	int64_t at;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at = -1;
		assert_true(cq_time_parse(rows[i].s, &at));
		assert_int_equal(at, rows[i].at);
	}
}

static void
test_what_is_no_time_is_refused(void **state)
{
	static const char *const rows[] = {"", "now", "2026-11-23",
	    "2026-11-23T14:07Z", "2026-11-23T14:07:00", "2026-11-23T14:07:00 ",
	    "2026-11-23T14:07:00Zx", "2026-11-23T14:07:00.Z",
	    "2026-11-23T14:07:00+1:00", "2026-11-23T14:07:00+0100",
	    "2026-11-23T14:07:00+24:00", "2026-11-23T14:07:00+01:60",
	    "2026-13-23T14:07:00Z", "2026-00-23T14:07:00Z",
	    "2026-02-30T14:07:00Z", "2025-02-29T14:07:00Z",
	    "2026-11-31T14:07:00Z", "2026-11-00T14:07:00Z",
	    "2026-11-23T24:00:00Z", "2026-11-23T14:60:00Z",
	    "2026-11-23T14:07:61Z", "2026-11-23_14:07:00Z",
	    "+026-11-23T14:07:00Z", " 026-11-23T14:07:00Z",
	    "2026-1 -23T14:07:00Z", "1969-12-31T23:59:59Z",
	    "9999-12-31T23:59:59-01:00", "10000-01-01T00:00:00Z",
	    "Mon, 23 Nov 2026 14:07:00 GMT", "2026-11-23T14:07:00+01:00:00",
	    "2026-11-23T14:07:0", "2026-11-23T14:07:00,5Z"};
	size_t i;
	int64_t at;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (cq_time_parse(rows[i], &at))
			fail_msg("\"%s\" was taken for a time", rows[i]);
	}
}

static void
test_time_is_written_as_it_is_read(void **state)
{
	static const int64_t rows[] = {
	    0, NOV_23, 1709164799, 1709164800, INT64_C(253402300799)};
	char out[CQ_TIME_SIZE];
	int64_t at;
	size_t i;

	(void)state;
	cq_time_rfc3339(NOV_23 + 13 * 3600 + 7 * 60, out);
	assert_string_equal(out, "2026-11-23T13:07:00Z");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cq_time_rfc3339(rows[i], out);
		assert_true(cq_time_parse(out, &at));
		assert_int_equal(at, rows[i]);
	}
}

static void
test_time_beyond_all_calendars_is_written_as_nothing(void **state)
{
	char out[CQ_TIME_SIZE] = "x";

	(void)state;
	cq_time_rfc3339(INT64_MIN, out);
	assert_string_equal(out, "");
	cq_time_local(INT64_MAX, "%Y", out);
	assert_string_equal(out, "");
	cq_time_local(0, "%Y-%m-%dT%H:%M:%S %A %B %Y-%m-%d", out);
	assert_string_equal(out, ""); /* does not fit */
}

static void
test_local_time_is_of_the_zone(void **state)
{
	char out[CQ_TIME_SIZE];

	(void)state;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	cq_time_local(NOV_23, "%H:%M", out);
	assert_string_equal(out, "01:00");
	cq_time_local(INT64_C(1751371200), "%H:%M", out); /* July: summer */
	assert_string_equal(out, "14:00");
	set_zone("UTC0");
}

static void
test_length_of_time_is_a_number_and_a_unit(void **state)
{
	static const struct {
		const char *s;
		int64_t seconds; /* -1: refused */
	} rows[] = {
	    {"90s", 90},
	    {"10m", 600},
	    {"4h", 4 * 3600},
	    {"3d", 3 * DAY_S},
	    {"2w", 14 * DAY_S},
	    {"90", 90},
	    {"0", 0},
	    {"3653d", INT64_C(3653) * DAY_S},
	    {"3654d", -1},
	    {"", -1},
	    {"m", -1},
	    {"-5m", -1},
	    {"+5m", -1},
	    {" 5m", -1},
	    {"5m ", -1},
	    {"5 m", -1},
	    {"5y", -1},
	    {"5M", -1},
	    {"1.5h", -1},
	    {"1h30m", -1},
	    {"0x10", -1},
	    {"9223372036854775807w", -1},
	    {"99999999999999999999", -1},
	};
	int64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		seconds = -1;
		if (cq_duration_parse(rows[i].s, &seconds) !=
		    (rows[i].seconds >= 0))
			fail_msg("\"%s\"", rows[i].s);
		assert_int_equal(seconds, rows[i].seconds);
	}
}

static void
test_moment_is_read_as_people_type_it(void **state)
{
	/* 2026-11-23 14:07:00 in a zone an hour ahead of UTC */
	const int64_t midnight = NOV_23 - 3600;
	const int64_t now = midnight + 14 * 3600 + 7 * 60;
	const struct {
		const char *s;
		int64_t at;
	} rows[] = {
	    {"now", now},
	    {"today", midnight},
	    {"tomorrow", midnight + DAY_S + 9 * 3600},
	    {"yesterday", midnight - DAY_S},
	    {"08:00", midnight + 8 * 3600},
	    {"23:59", midnight + 23 * 3600 + 59 * 60},
	    {"2026-11-23", midnight},
	    {"2026-12-01", midnight + 8 * DAY_S},
	    {"2026-11-23 14:07", now},
	    {"2026-11-23T14:07", now},
	    {"2026-11-23 14:07:30", now + 30},
	    {"2026-11-23T14:07:30", now + 30},
	    {"2026-11-23T14:07:00Z", now + 3600},
	    {"2026-11-23T14:07:00+01:00", now},
	    {"2h", now + 2 * 3600},
	    {"+2h", now + 2 * 3600},
	    {"-8h", now - 8 * 3600},
	    {"90", now + 90},
	    {"1w", now + 7 * DAY_S},
	};
	int64_t at;
	size_t i;

	(void)state;
	set_zone("CET-1");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at = -1;
		if (!cq_moment_parse(rows[i].s, now, &at) || at != rows[i].at)
			fail_msg("\"%s\" is %lld, not %lld", rows[i].s,
			    (long long)at, (long long)rows[i].at);
	}
	set_zone("UTC0");
}

static void
test_what_is_no_moment_is_refused(void **state)
{
	static const char *const rows[] = {"", "soon", "Now", "24:00", "12:60",
	    "8:00", "2026-02-30", "2026-11-23 25:00", "2026-11-23 ", "--2h",
	    "-", "+", "-+2h", "tomorrow 9", "2026-13-01", "-3000w", "2 h",
	    "11/23/2026", "1960-01-01"};
	int64_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (cq_moment_parse(rows[i], NOV_23, &at))
			fail_msg("\"%s\" was taken for a moment", rows[i]);
	}
}

static void
test_days_keep_their_hours_when_the_clocks_change(void **state)
{
	/* the night of 2026-10-24 to 25 has 25 hours in Berlin */
	const int64_t saturday_noon = INT64_C(1792836000); /* 12:00 CEST */
	char out[CQ_TIME_SIZE];
	int64_t at;

	(void)state;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_true(cq_moment_parse("tomorrow", saturday_noon, &at));
	cq_time_local(at, "%Y-%m-%d %H:%M", out);
	assert_string_equal(out, "2026-10-25 09:00");
	assert_int_equal(at - saturday_noon, 22 * 3600);
	set_zone("UTC0");
}

static void
test_age_is_told_in_its_largest_unit(void **state)
{
	static const struct {
		int64_t seconds;
		const char *s;
	} rows[] = {
	    {INT64_MIN, "now"},
	    {-5, "now"},
	    {0, "now"},
	    {1, "1s"},
	    {45, "45s"},
	    {59, "59s"},
	    {60, "1m"},
	    {3599, "59m"},
	    {3600, "1h"},
	    {DAY_S - 1, "23h"},
	    {DAY_S, "1d"},
	    {5 * DAY_S, "5d"},
	    {INT64_C(400) * DAY_S, "400d"},
	    {INT64_MAX, "36530d"},
	};
	char out[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cq_age_short(rows[i].seconds, out);
		assert_string_equal(out, rows[i].s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_time_of_rfc_3339_is_read),
	    cmocka_unit_test(test_what_is_no_time_is_refused),
	    cmocka_unit_test(test_time_is_written_as_it_is_read),
	    cmocka_unit_test(
		test_time_beyond_all_calendars_is_written_as_nothing),
	    cmocka_unit_test(test_local_time_is_of_the_zone),
	    cmocka_unit_test(test_length_of_time_is_a_number_and_a_unit),
	    cmocka_unit_test(test_moment_is_read_as_people_type_it),
	    cmocka_unit_test(test_what_is_no_moment_is_refused),
	    cmocka_unit_test(test_days_keep_their_hours_when_the_clocks_change),
	    cmocka_unit_test(test_age_is_told_in_its_largest_unit),
	};

	set_zone("UTC0");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
