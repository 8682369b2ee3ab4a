#include "core/when.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LAST_AT INT64_C(253402300799)	      /* 9999-12-31T23:59:59Z */
#define LONGEST_S (INT64_C(3653) * 24 * 3600) /* ten years with leap days */

static bool
in_calendar(int64_t at)
{
	return at >= 0 && at <= LAST_AT;
}

/*
 * True if s begins with pattern, in which '0' stands for any digit and all
 * else for itself.  strptime(3) alone takes spaces, signs and single digits.
 */
static bool
looks_like(const char *s, const char *pattern)
{
	for (; *pattern != '\0'; s++, pattern++) {
		if (*pattern == '0' ? !isdigit((unsigned char)*s)
				    : *s != *pattern)
			return false;
	}
	return true;
}

/* False for a day that its month does not have, which timegm(3) takes. */
static bool
day_exists(const struct tm *tm)
{
	struct tm day = {.tm_year = tm->tm_year,
	    .tm_mon = tm->tm_mon,
	    .tm_mday = tm->tm_mday};
	time_t at = timegm(&day);

	return at != (time_t)-1 && day.tm_mday == tm->tm_mday;
}

/* Reads "+01:00", "-05:30" or "Z" to the end of s. */
static bool
parse_zone(const char *s, int64_t *offset_s)
{
	int hours, minutes;

	*offset_s = 0;
	if ((*s == 'Z' || *s == 'z') && s[1] == '\0')
		return true;
	if ((*s != '+' && *s != '-') || !looks_like(s + 1, "00:00") ||
	    s[6] != '\0')
		return false;
	hours = (s[1] - '0') * 10 + s[2] - '0';
	minutes = (s[4] - '0') * 10 + s[5] - '0';
	if (hours > 23 || minutes > 59)
		return false;
	*offset_s = hours * 3600 + minutes * 60;
	if (*s == '-')
		*offset_s = -*offset_s;
	return true;
}

bool
cq_time_parse(const char *s, int64_t *at)
{
	struct tm tm = {0};
	char day_and_time[20];
	const char *rest;
	int64_t offset_s;

	if (strnlen(s, 20) < 20 || strchr("Tt ", s[10]) == NULL)
		return false;
	memcpy(day_and_time, s, 19);
	day_and_time[10] = ' ';
	day_and_time[19] = '\0';
	if (!looks_like(day_and_time, "0000-00-00 00:00:00"))
		return false;
	rest = strptime(day_and_time, "%Y-%m-%d %H:%M:%S", &tm);
	if (rest == NULL || *rest != '\0' || !day_exists(&tm) || tm.tm_sec > 60)
		return false;
	rest = s + 19;
	if (*rest == '.') {
		if (!isdigit((unsigned char)*++rest))
			return false;
		rest += strspn(rest, "0123456789");
	}
	if (!parse_zone(rest, &offset_s))
		return false;
	*at = (int64_t)timegm(&tm) - offset_s;
	return in_calendar(*at);
}

static void
format(const struct tm *tm, const char *fmt, char out[CQ_TIME_SIZE])
{
	if (tm == NULL || strftime(out, CQ_TIME_SIZE, fmt, tm) == 0)
		out[0] = '\0';
}

void
cq_time_rfc3339(int64_t at, char out[CQ_TIME_SIZE])
{
	time_t t = (time_t)at;
	struct tm tm;

	format(gmtime_r(&t, &tm), "%Y-%m-%dT%H:%M:%SZ", out);
}

void
cq_time_local(int64_t at, const char *fmt, char out[CQ_TIME_SIZE])
{
	time_t t = (time_t)at;
	struct tm tm;

	format(localtime_r(&t, &tm), fmt, out);
}

bool
cq_duration_parse(const char *s, int64_t *seconds)
{
	static const char units[] = "smhdw";
	static const int64_t unit_s[] = {1, 60, 3600, 86400, 7 * 86400};
	const char *unit;
	char *end;
	long long n;
	int64_t each = 1;

	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno != 0)
		return false;
	if (*end != '\0') {
		unit = strchr(units, *end);
		if (unit == NULL || end[1] != '\0')
			return false;
		each = unit_s[unit - units];
	}
	if (n > LONGEST_S / each)
		return false;
	*seconds = n * each;
	return true;
}

/* Local time; false if the calendar has no such day. */
static bool
from_local(const struct tm *local, int64_t *at)
{
	struct tm tm = *local;
	time_t t;

	if (!day_exists(&tm))
		return false;
	tm.tm_isdst = -1;
	errno = 0;
	t = mktime(&tm);
	*at = (int64_t)t;
	return in_calendar(*at);
}

/* The day of now, plus days, at an hour. */
static bool
on_day(int64_t now, int days, int hour, int min, int64_t *at)
{
	time_t t = (time_t)now;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return false;
	tm.tm_mday += days;
	tm.tm_hour = hour;
	tm.tm_min = min;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	*at = (int64_t)mktime(&tm); /* carries days over the month's end */
	return in_calendar(*at);
}

static bool
parse_word(const char *s, int64_t now, int64_t *at)
{
	if (strcmp(s, "now") == 0) {
		*at = now;
		return true;
	}
	if (strcmp(s, "today") == 0)
		return on_day(now, 0, 0, 0, at);
	if (strcmp(s, "tomorrow") == 0)
		return on_day(now, 1, 9, 0, at);
	if (strcmp(s, "yesterday") == 0)
		return on_day(now, -1, 0, 0, at);
	return false;
}

static bool
parse_local(const char *s, int64_t now, int64_t *at)
{
	static const struct {
		const char *pattern, *fmt;
	} forms[] = {
	    {"0000-00-00", "%Y-%m-%d"},
	    {"0000-00-00 00:00", "%Y-%m-%d %H:%M"},
	    {"0000-00-00T00:00", "%Y-%m-%dT%H:%M"},
	    {"0000-00-00 00:00:00", "%Y-%m-%d %H:%M:%S"},
	    {"0000-00-00T00:00:00", "%Y-%m-%dT%H:%M:%S"},
	};
	struct tm tm = {0};
	const char *end;
	size_t i;

	if (looks_like(s, "00:00") && s[5] == '\0') {
		end = strptime(s, "%H:%M", &tm);
		return end != NULL && *end == '\0' &&
		    on_day(now, 0, tm.tm_hour, tm.tm_min, at);
	}
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!looks_like(s, forms[i].pattern) ||
		    strlen(s) != strlen(forms[i].pattern))
			continue;
		end = strptime(s, forms[i].fmt, &tm);
		return end != NULL && *end == '\0' && from_local(&tm, at);
	}
	return false;
}

bool
cq_moment_parse(const char *s, int64_t now, int64_t *at)
{
	int64_t length;
	int sign = *s == '-' ? -1 : 1;

	if (cq_time_parse(s, at) || parse_word(s, now, at) ||
	    parse_local(s, now, at))
		return true;
	if (!cq_duration_parse(*s == '-' || *s == '+' ? s + 1 : s, &length) ||
	    !in_calendar(now))
		return false;
	*at = now + sign * length;
	return in_calendar(*at);
}

void
cq_age_short(int64_t seconds, char out[16])
{
	static const struct {
		int64_t below_s, each_s;
		char unit;
	} rows[] = {
	    {60, 1, 's'},
	    {3600, 60, 'm'},
	    {86400, 3600, 'h'},
	    {INT64_MAX, 86400, 'd'},
	};
	size_t i = 0;

	if (seconds < 1) {
		snprintf(out, 16, "now");
		return;
	}
	if (seconds > LONGEST_S * 10) /* more is no age but a mistake */
		seconds = LONGEST_S * 10;
	while (seconds >= rows[i].below_s)
		i++;
	snprintf(out, 16, "%d%c", (int)(seconds / rows[i].each_s),
	    rows[i].unit);
}
