#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/when.h"
#include "tui/commands/cli.h"
#include "tui/commands/period.h"

#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"

/* Asked for at now, what is the shift?  All but from and to in UTC. */
struct row {
	const char *now, *from, *to;
	const char *from_at, *to_at;
};

static void
check(const char *zone, const struct row *rows, size_t n)
{
	setenv("TZ", zone, 1);
	tzset();
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		char from[CQ_TIME_SIZE] = "", to[CQ_TIME_SIZE] = "";
		int64_t now, from_at = 0, to_at = 0;

		assert_true(cq_time_parse(r->now, &now));
		assert_int_equal(period_read(r->from, r->to, now, &from_at,
				     &to_at),
		    EXIT_DONE);
		cq_time_rfc3339(from_at, from);
		cq_time_rfc3339(to_at, to);
		if (strcmp(from, r->from_at) != 0 || strcmp(to, r->to_at) != 0)
			fail_msg("%s to %s at %s: %s to %s",
			    r->from == NULL ? "-" : r->from,
			    r->to == NULL ? "-" : r->to, r->now, from, to);
	}
	setenv("TZ", "UTC0", 1);
	tzset();
}
#define CHECK(zone, rows) check(zone, rows, sizeof(rows) / sizeof((rows)[0]))

static void
test_a_time_of_day_ends_the_shift_at_once_behind_its_start(void **state)
{
	static const struct row rows[] = {
	    {"2026-11-23T21:00:00Z", "2026-11-20", "06:00",
		"2026-11-20T00:00:00Z", "2026-11-20T06:00:00Z"},
	    {"2026-11-23T21:00:00Z", "2026-11-20 22:00", "06:00",
		"2026-11-20T22:00:00Z", "2026-11-21T06:00:00Z"},
	    {"2026-11-23T21:00:00Z", "2026-11-20T06:00:00Z", "06:00",
		"2026-11-20T06:00:00Z", "2026-11-21T06:00:00Z"},
	    {"2026-11-23T21:00:00Z", "yesterday", "06:00",
		"2026-11-22T00:00:00Z", "2026-11-22T06:00:00Z"},
	    {"2026-11-23T21:00:00Z", "3d", "06:00", "2026-11-20T21:00:00Z",
		"2026-11-21T06:00:00Z"},
	    {"2026-11-23T21:00:00Z", "06:00", "06:00", "2026-11-23T06:00:00Z",
		"2026-11-24T06:00:00Z"},
	    {"2026-11-23T21:00:00Z", "22:00", "06:00", "2026-11-22T22:00:00Z",
		"2026-11-23T06:00:00Z"},
	    {"2026-11-23T03:00:00Z", "22:00", "06:00", "2026-11-22T22:00:00Z",
		"2026-11-23T06:00:00Z"},
	    {"2026-12-31T23:00:00Z", "22:00", "06:00", "2026-12-31T22:00:00Z",
		"2027-01-01T06:00:00Z"},
	};

	(void)state;
	CHECK("UTC0", rows);
}

static void
test_a_time_of_day_begins_the_last_shift_before_its_end(void **state)
{
	static const struct row rows[] = {
	    {"2026-11-23T21:00:00Z", "06:00", "2026-11-21 14:00",
		"2026-11-21T06:00:00Z", "2026-11-21T14:00:00Z"},
	    {"2026-11-23T21:00:00Z", "22:00", "today", "2026-11-22T22:00:00Z",
		"2026-11-23T00:00:00Z"},
	    {"2026-11-23T07:00:00Z", "06:00", "2h", "2026-11-22T06:00:00Z",
		"2026-11-23T05:00:00Z"},
	    {"2026-11-23T21:00:00Z", "14:00", "2026-11-21 14:00",
		"2026-11-20T14:00:00Z", "2026-11-21T14:00:00Z"},
	    /* a shift to come is still asked for from the past */
	    {"2026-11-23T21:00:00Z", "20:00", "2026-11-24 06:00",
		"2026-11-23T20:00:00Z", "2026-11-24T06:00:00Z"},
	};

	(void)state;
	CHECK("UTC0", rows);
}

static void
test_only_without_an_end_this_second_belongs_to_the_shift(void **state)
{
	static const struct row rows[] = {
	    {"2026-11-23T14:00:00Z", NULL, NULL, "2026-11-23T06:00:00Z",
		"2026-11-23T14:00:01Z"},
	    {"2026-11-23T14:00:00Z", "06:00", NULL, "2026-11-23T06:00:00Z",
		"2026-11-23T14:00:01Z"},
	    {"2026-11-23T14:00:00Z", "14:00", NULL, "2026-11-23T14:00:00Z",
		"2026-11-23T14:00:01Z"},
	    {"2026-11-23T14:00:00Z", "06:00", "14:00", "2026-11-23T06:00:00Z",
		"2026-11-23T14:00:00Z"},
	    {"2026-11-23T14:00:00Z", "06:00", "now", "2026-11-23T06:00:00Z",
		"2026-11-23T14:00:00Z"},
	    {"2026-11-23T14:00:00Z", "8h", "2026-11-23T14:00:00Z",
		"2026-11-23T06:00:00Z", "2026-11-23T14:00:00Z"},
	};

	(void)state;
	CHECK("UTC0", rows);
}

static void
test_an_end_alone_is_that_of_the_last_eight_hours_before_it(void **state)
{
	static const struct row rows[] = {
	    {"2026-11-23T21:00:00Z", NULL, "06:00", "2026-11-22T22:00:00Z",
		"2026-11-23T06:00:00Z"},
	    {"2026-11-23T05:00:00Z", NULL, "06:00", "2026-11-21T22:00:00Z",
		"2026-11-22T06:00:00Z"},
	    {"2026-11-23T06:00:00Z", NULL, "06:00", "2026-11-22T22:00:00Z",
		"2026-11-23T06:00:00Z"},
	    {"2026-11-23T21:00:00Z", NULL, "2026-11-21", "2026-11-20T16:00:00Z",
		"2026-11-21T00:00:00Z"},
	    {"2026-11-23T21:00:00Z", NULL, "1h", "2026-11-23T12:00:00Z",
		"2026-11-23T20:00:00Z"},
	};

	(void)state;
	CHECK("UTC0", rows);
}

/* EDT is 4 hours behind UTC, EST 5; back on 1 November, on on 8 March. */
static void
test_shifts_keep_the_local_clock_when_clocks_are_changed(void **state)
{
	static const struct row rows[] = {
	    {"2026-11-24T02:00:00Z", "2026-11-20", "06:00",
		"2026-11-20T05:00:00Z", "2026-11-20T11:00:00Z"},
	    /* nine hours, and seven */
	    {"2026-11-01T20:00:00Z", "22:00", "06:00", "2026-11-01T02:00:00Z",
		"2026-11-01T11:00:00Z"},
	    {"2026-03-08T20:00:00Z", "22:00", "06:00", "2026-03-08T03:00:00Z",
		"2026-03-08T10:00:00Z"},
	    /* at the end of a day of 25 hours, and of 23 */
	    {"2026-11-02T04:30:00Z", "23:45", NULL, "2026-11-01T03:45:00Z",
		"2026-11-02T04:30:01Z"},
	    {"2026-11-02T04:30:00Z", "2026-11-01 23:45", "00:15",
		"2026-11-02T04:45:00Z", "2026-11-02T05:15:00Z"},
	    {"2026-03-09T03:30:00Z", "23:45", "23:40", "2026-03-08T04:45:00Z",
		"2026-03-09T03:40:00Z"},
	    /* 01:30 comes twice */
	    {"2026-11-01T05:40:00Z", "01:30", NULL, "2026-11-01T05:30:00Z",
		"2026-11-01T05:40:01Z"},
	    {"2026-11-01T08:00:00Z", "01:30", NULL, "2026-11-01T06:30:00Z",
		"2026-11-01T08:00:01Z"},
	    {"2026-11-01T20:00:00Z", "2026-11-01 00:10", "01:30",
		"2026-11-01T04:10:00Z", "2026-11-01T05:30:00Z"},
	    {"2026-11-01T20:00:00Z", "2026-11-01T05:45:00Z", "01:30",
		"2026-11-01T05:45:00Z", "2026-11-01T06:30:00Z"},
	    /* 02:30 does not come: it is half an hour after the change */
	    {"2026-03-08T20:00:00Z", "22:00", "02:30", "2026-03-08T03:00:00Z",
		"2026-03-08T07:30:00Z"},
	};

	(void)state;
	CHECK(NEW_YORK, rows);
}

static void
test_what_is_no_shift_is_refused(void **state)
{
	static const struct row rows[] = {
	    {"2026-11-23T14:00:00Z", "2026-11-21", "2026-11-20", "", ""},
	    {"2026-11-23T14:00:00Z", "2026-11-21", "2026-11-21", "", ""},
	    {"2026-11-23T14:00:00Z", "2026-11-24", NULL, "", ""},
	    {"2026-11-23T14:00:00Z", "6:00", NULL, "", ""},
	    {"2026-11-23T14:00:00Z", "24:00", NULL, "", ""},
	    {"2026-11-23T14:00:00Z", NULL, "06:60", "", ""},
	    {"2026-11-23T14:00:00Z", NULL, "soon", "", ""},
	    {"1970-01-01T03:00:00Z", NULL, NULL, "", ""},
	};
	int64_t now, from_at, to_at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(cq_time_parse(rows[i].now, &now));
		assert_int_equal(period_read(rows[i].from, rows[i].to, now,
				     &from_at, &to_at),
		    EXIT_USAGE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_a_time_of_day_ends_the_shift_at_once_behind_its_start),
	    cmocka_unit_test(
		test_a_time_of_day_begins_the_last_shift_before_its_end),
	    cmocka_unit_test(
		test_only_without_an_end_this_second_belongs_to_the_shift),
	    cmocka_unit_test(
		test_an_end_alone_is_that_of_the_last_eight_hours_before_it),
	    cmocka_unit_test(
		test_shifts_keep_the_local_clock_when_clocks_are_changed),
	    cmocka_unit_test(test_what_is_no_shift_is_refused),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
