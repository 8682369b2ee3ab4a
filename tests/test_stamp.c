#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/when.h"
#include "sources/stamp.h"

#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define HOBART "AEST-10AEDT,M10.1.0,M4.1.0/3"

static struct stamp
stamp(const char *form, const char *zone)
{
	struct stamp s = {.form = form};

	assert_true(stamp_valid(form));
	if (zone != NULL)
		assert_true(zone_parse(zone, &s.zone));
	return s;
}

/* what is JSON; utc is RFC 3339, NULL if it must not be read. */
static void
reads(const char *form, const char *zone, const char *what, const char *utc)
{
	const struct stamp s = stamp(form, zone);
	char got[CQ_TIME_SIZE];
	struct json doc;
	int64_t at;
	bool read;

	assert_int_equal(json_read(what, strlen(what), NULL, &doc, NULL),
	    CQ_OK);
	read = stamp_read(&s, doc.root, &at);
	json_free(&doc);
	if (utc == NULL) {
		assert_false(read);
		return;
	}
	assert_true(read);
	cq_time_rfc3339(at, got);
	assert_string_equal(got, utc);
}

static void
writes(const char *form, const char *zone, const char *utc, const char *what)
{
	const struct stamp s = stamp(form, zone);
	struct cq_buf out = {0};
	int64_t at;

	assert_true(stamp_writable(form));
	assert_true(cq_time_parse(utc, &at));
	stamp_write(&s, at, &out);
	assert_string_equal(out.s, what);
	cq_buf_free(&out);
}

static void
test_each_named_form_is_read(void **state)
{
	(void)state;
	reads("rfc3339", NULL, "\"2026-11-23T14:07:00.5+01:00\"",
	    "2026-11-23T13:07:00Z");
	reads("rfc3339", NULL, "\"2026-11-23T13:07:00.123456\"",
	    "2026-11-23T13:07:00Z");
	reads("epoch", NULL, "1795439220", "2026-11-23T13:07:00Z");
	reads("epoch", NULL, "1795439220.9", "2026-11-23T13:07:00Z");
	reads("epoch", NULL, "\"1795439220\"", "2026-11-23T13:07:00Z");
	reads("epoch_ms", NULL, "1795439220999", "2026-11-23T13:07:00Z");
	reads("date", NULL, "\"2026-11-23\"", "2026-11-23T00:00:00Z");
	reads("date", "+09:00", "\"2026-11-23\"", "2026-11-22T15:00:00Z");
	reads("mm/dd/yyyy", NULL, "\"11/23/2026\"", "2026-11-23T00:00:00Z");
	reads("mm/dd/yyyy", NULL, "\"1/2/2026\"", "2026-01-02T00:00:00Z");
	reads("floating", NEW_YORK, "\"2026-11-23T08:07:00.000\"",
	    "2026-11-23T13:07:00Z");
	reads("floating", NEW_YORK, "\"2026-07-01T08:07:00\"",
	    "2026-07-01T12:07:00Z");
}

static void
test_a_form_of_ones_own_is_read_in_english_and_to_its_end(void **state)
{
	(void)state;
	reads("%d.%m.%Y %H:%M", "+01:00", "\"23.11.2026 14:07\"",
	    "2026-11-23T13:07:00Z");
	reads("%a %b %d %H:%M:%S %z %Y", NULL,
	    "\"Mon Nov 23 14:07:00 +0100 2026\"", "2026-11-23T13:07:00Z");
	reads("%B %e, %Y %I:%M %p", NULL, "\"November  3, 2026 12:05 AM\"",
	    "2026-11-03T00:05:00Z");
	reads("%B %e, %Y %I:%M %p", NULL, "\"Nov 3, 2026 1:05 pm\"",
	    "2026-11-03T13:05:00Z");
	reads("%Y%m%d", NULL, "20261123", "2026-11-23T00:00:00Z");
	reads("%Y-%j", NULL, "\"2026-327\"", "2026-11-23T00:00:00Z");
	reads("%y%%%m%%%d", NULL, "\"99%12%31\"", "1999-12-31T00:00:00Z");
	reads("%d.%m.%Y", NULL, "\"23.11.2026 14:07\"", NULL);
	reads("%d.%m.%Y", NULL, "\"23.11.26\"", NULL);
	reads("%d. %B %Y", NULL, "\"23. Novembre 2026\"",
	    "2026-11-23T00:00:00Z");
	reads("%d. %B %Y", NULL, "\"23. Mai 2026\"", NULL);
}

static void
test_what_is_no_time_of_the_form_is_not_read(void **state)
{
	static const char *const forms[] = {
	    "rfc3339", "epoch", "epoch_ms", "date", "mm/dd/yyyy", "%d.%m.%Y"};
	static const char *const rubbish[] = {"null", "true", "{}", "[]",
	    "\"\"", "\"soon\"", "-1", "\"-1\"", "1e300", "\"13/45/2026\"",
	    "\"0000-00-00\"", "\"99999999999999999999\""};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		for (k = 0; k < sizeof(rubbish) / sizeof(rubbish[0]); k++)
			reads(forms[i], NULL, rubbish[k], NULL);
}

static void
test_what_is_written_is_what_the_service_reads(void **state)
{
	(void)state;
	writes("rfc3339", NULL, "2026-11-23T13:07:00Z", "2026-11-23T13:07:00Z");
	writes("epoch", NULL, "2026-11-23T13:07:00Z", "1795439220");
	writes("epoch_ms", NULL, "2026-11-23T13:07:00Z", "1795439220000");
	writes("date", "-05:00", "2026-11-23T03:00:00Z", "2026-11-22");
	writes("mm/dd/yyyy", NULL, "2026-01-02T03:00:00Z", "01/02/2026");
	writes("floating", NEW_YORK, "2026-07-01T12:07:00Z",
	    "2026-07-01T08:07:00");
	writes("%y-%j %H%M%S%%", NULL, "2026-11-23T13:07:09Z",
	    "26-327 130709%");
}

static void
test_forms_that_cannot_work_are_known(void **state)
{
	(void)state;
	assert_false(stamp_valid("iso"));
	assert_false(stamp_valid(""));
	assert_false(stamp_valid("%Y-%m"));
	assert_false(stamp_valid("%Y-%m-%d %Q"));
	assert_false(stamp_valid("%Y-%m-%d %"));
	assert_false(stamp_valid("%H:%M"));
	assert_true(stamp_valid("%Y %b %d"));
	assert_false(stamp_writable("%Y %b %d"));
	assert_true(stamp_tells_zone("%Y-%m-%d %z"));
	assert_true(stamp_tells_zone("epoch"));
	assert_false(stamp_tells_zone("date"));
	assert_int_equal(stamp_unit_s("rfc3339"), 1);
	assert_int_equal(stamp_unit_s("floating"), 1);
	assert_int_equal(stamp_unit_s("%Y-%m-%d %H:%M"), 60);
	assert_int_equal(stamp_unit_s("date"), 86400);
}

/* --- zones ------------------------------------------------------------- */

static void
test_summer_begins_and_ends_at_the_second_of_its_rule(void **state)
{
	(void)state;
	/* second Sunday in March, first Sunday in November, at two */
	reads("floating", NEW_YORK, "\"2026-03-08T01:59:59\"",
	    "2026-03-08T06:59:59Z");
	reads("floating", NEW_YORK, "\"2026-03-08T03:00:00\"",
	    "2026-03-08T07:00:00Z");
	/* half past one comes twice: the first is meant */
	reads("floating", NEW_YORK, "\"2026-11-01T01:30:00\"",
	    "2026-11-01T05:30:00Z");
	reads("floating", NEW_YORK, "\"2026-11-01T02:00:00\"",
	    "2026-11-01T07:00:00Z");
	/* half past two does not come at all */
	reads("floating", NEW_YORK, "\"2026-03-08T02:30:00\"",
	    "2026-03-08T07:30:00Z");
	writes("floating", NEW_YORK, "2026-11-01T05:59:59Z",
	    "2026-11-01T01:59:59");
	writes("floating", NEW_YORK, "2026-11-01T06:00:00Z",
	    "2026-11-01T01:00:00");
	/* the last Sunday, whichever it is */
	reads("floating", "CET-1CEST,M3.5.0,M10.5.0/3",
	    "\"2026-03-29T01:59:59\"", "2026-03-29T00:59:59Z");
	reads("floating", "CET-1CEST,M3.5.0,M10.5.0/3",
	    "\"2026-03-29T03:00:00\"", "2026-03-29T01:00:00Z");
}

static void
test_summer_in_the_south_goes_over_new_year(void **state)
{
	(void)state;
	reads("floating", HOBART, "\"2026-01-01T00:00:00\"",
	    "2025-12-31T13:00:00Z");
	reads("floating", HOBART, "\"2026-07-01T00:00:00\"",
	    "2026-06-30T14:00:00Z");
	reads("floating", HOBART, "\"2026-12-31T23:00:00\"",
	    "2026-12-31T12:00:00Z");
}

static void
test_zones_that_are_none_are_refused(void **state)
{
	static const char *const good[] = {"UTC", "Z", "+01:00", "-03:30",
	    "EST5", "<+0330>-3:30", "<-03>3<-02>,M10.1.0/0,M3.3.0/0", NEW_YORK};
	static const char *const bad[] = {"", "Europe/Berlin", "EST", "EST5EDT",
	    "5", "+25:00", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0",
	    "EST5EDT,M3.2.0", "EST5EDT,J60,J300", "utc", "<A>5",
	    "EST5EDT,M3.2.0,M11.1.0 "};
	struct zone zone;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(zone_parse(good[i], &zone));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(zone_parse(bad[i], &zone));
}

/* libc knows the same rules: every three hours of four years agree. */
static void
test_zones_agree_with_libc(void **state)
{
	static const char *const rules[] = {NEW_YORK, HOBART,
	    "CET-1CEST,M3.5.0,M10.5.0/3", "<-03>3<-02>,M10.1.0/0,M3.3.0/0"};
	const int64_t begin = 1735689600, end = 1861920000; /* 2025, 2029 */
	char *before = getenv("TZ");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct tm ours, theirs;
		struct zone zone;

		assert_true(zone_parse(rules[i], &zone));
		setenv("TZ", rules[i], 1);
		tzset();
		for (int64_t at = begin; at < end; at += 3 * 3600) {
			time_t t = at;

			localtime_r(&t, &theirs);
			assert_true(zone_to_local(&zone, at, &ours));
			assert_int_equal(ours.tm_yday, theirs.tm_yday);
			assert_int_equal(ours.tm_hour, theirs.tm_hour);
		}
	}
	if (before == NULL)
		unsetenv("TZ");
	else
		setenv("TZ", before, 1);
	tzset();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_named_form_is_read),
	    cmocka_unit_test(
		test_a_form_of_ones_own_is_read_in_english_and_to_its_end),
	    cmocka_unit_test(test_what_is_no_time_of_the_form_is_not_read),
	    cmocka_unit_test(test_what_is_written_is_what_the_service_reads),
	    cmocka_unit_test(test_forms_that_cannot_work_are_known),
	    cmocka_unit_test(
		test_summer_begins_and_ends_at_the_second_of_its_rule),
	    cmocka_unit_test(test_summer_in_the_south_goes_over_new_year),
	    cmocka_unit_test(test_zones_that_are_none_are_refused),
	    cmocka_unit_test(test_zones_agree_with_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
