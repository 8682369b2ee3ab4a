#include "tui/commands/period.h"

#include <string.h>
#include <time.h>

#include "core/when.h"
#include "tui/commands/cli.h"

#define SHIFT_S (8 * 3600)

/* Of an option that parsed: is it "06:00", which comes every day? */
static bool
is_clock(const char *s)
{
	return s != NULL && strlen(s) == 5 && s[2] == ':';
}

/* Like cq_moment_parse(), but a length of time counts back from now. */
static bool
parse_past(const char *s, int64_t now, int64_t *at)
{
	int64_t seconds;

	if (cq_duration_parse(s, &seconds)) {
		*at = now - seconds;
		return true;
	}
	return cq_moment_parse(s, now, at);
}

static bool
shows(const char *clock, struct tm tm, int dst, int64_t *at)
{
	int hour = (clock[0] - '0') * 10 + clock[1] - '0';
	int min = (clock[3] - '0') * 10 + clock[4] - '0';

	tm.tm_hour = hour;
	tm.tm_min = min;
	tm.tm_sec = 0;
	tm.tm_isdst = dst;
	*at = (int64_t)mktime(&tm); /* carries days over the month's end */
	return tm.tm_hour == hour && tm.tm_min == min;
}

/*
 * When clocks show a time of day, days after the day of at: earliest first.
 * It is twice where clocks are put back; where they are put forward over
 * it, libc's answer stands for it.
 */
static int
clock_moments(const char *clock, int64_t at, int days, int64_t moments[2])
{
	time_t t = (time_t)at;
	struct tm tm;
	int n = 0;

	if (localtime_r(&t, &tm) == NULL)
		return 0;
	tm.tm_mday += days;
	n += shows(clock, tm, 1, &moments[n]);
	n += shows(clock, tm, 0, &moments[n]);
	if (n == 0) {
		shows(clock, tm, -1, &moments[n++]);
	} else if (n == 2 && moments[0] > moments[1]) {
		int64_t later = moments[0];

		moments[0] = moments[1];
		moments[1] = later;
	}
	return n;
}

static bool
first_after(const char *clock, int64_t after, int64_t *at)
{
	int64_t moments[2];

	for (int days = 0; days <= 2; days++) {
		int n = clock_moments(clock, after, days, moments);

		for (int i = 0; i < n; i++) {
			*at = moments[i];
			if (*at > after)
				return true;
		}
	}
	return false;
}

static bool
last_until(const char *clock, int64_t until, int64_t *at)
{
	int64_t moments[2];

	for (int days = 0; days >= -2; days--) {
		int n = clock_moments(clock, until, days, moments);

		while (n-- > 0) {
			*at = moments[n];
			if (*at <= until)
				return true;
		}
	}
	return false;
}

static int
bad_time(const char *option, const char *s)
{
	return cli_usage("--%s '%s' is no time; say 06:00, 2026-11-23,"
			 " '2026-11-23 06:00' or 8h",
	    option, s);
}

int
period_read(const char *from, const char *to, int64_t now, int64_t *from_at,
    int64_t *to_at)
{
	int64_t until = now;

	*from_at = now - SHIFT_S;
	*to_at = now + 1;
	if (from != NULL && !parse_past(from, now, from_at))
		return bad_time("from", from);
	if (to != NULL && !parse_past(to, now, to_at))
		return bad_time("to", to);
	if (to != NULL && !is_clock(to) && *to_at <= now)
		until = *to_at - 1;
	if (is_clock(from) && !last_until(from, until, from_at))
		return bad_time("from", from);
	if (is_clock(to) &&
	    !(from == NULL ? last_until(to, now, to_at)
			   : first_after(to, *from_at, to_at)))
		return bad_time("to", to);
	if (from == NULL && to != NULL)
		*from_at = *to_at - SHIFT_S;
	if (*from_at < 0 || *to_at <= *from_at)
		return cli_usage("the shift must end after it begins");
	return EXIT_DONE;
}
