#include "sources/dates.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/when.h"

static const char digits[] = "0123456789";
static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* A number of min to max digits at *s, which is moved behind it. */
static bool
number(const char **s, int min, int max, int *out)
{
	int n = 0, value = 0;

	while (n < max && isdigit((unsigned char)(*s)[n]))
		value = value * 10 + (*s)[n++] - '0';
	if (n < min)
		return false;
	*s += n;
	*out = value;
	return true;
}

static bool
literal(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static void
skip_blanks(const char **s)
{
	*s += strspn(*s, " \t\r\n,");
}

static int
month(const char *s)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int i;

	for (i = 0; i < 12; i++)
		if (strncasecmp(s, names + i * 3, 3) == 0)
			return i;
	return -1;
}

/* "+0100", "+01:00", "-5": seconds. */
static bool
offset_of(const char **s, int *offset)
{
	int sign = **s == '-' ? -1 : 1, hours, minutes = 0;

	(*s)++;
	if (!number(s, 1, 2, &hours))
		return false;
	literal(s, ':');
	number(s, 2, 2, &minutes);
	*offset = sign * (hours * 3600 + minutes * 60);
	return hours < 24 && minutes < 60;
}

static bool
is_sign(char c)
{
	return c == '+' || c == '-';
}

/* "+0100", "EST", "Z", "GMT+0100"; nothing is UTC.  In seconds. */
static bool
zone(const char **s, int *offset)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = {{"z", 0}, {"ut", 0}, {"utc", 0}, {"gmt", 0}, {"wet", 0},
	    {"bst", 1}, {"cet", 1}, {"cest", 2}, {"met", 1}, {"eet", 2},
	    {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7},
	    {"mdt", -6}, {"pst", -8}, {"pdt", -7}, {"jst", 9}};
	const char *name;
	size_t i, n;

	skip_blanks(s);
	*offset = 0; /* of an unknown name: better some hours off than none */
	if (is_sign(**s))
		return offset_of(s, offset);
	name = *s;
	n = strspn(name, letters);
	*s += n;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strlen(zones[i].name) == n &&
		    strncasecmp(name, zones[i].name, n) == 0)
			*offset = zones[i].hours * 3600;
	if (n > 0 && *offset == 0 && is_sign(**s))
		return offset_of(s, offset);
	return n <= 5;
}

/* "pm" behind a time of twelve hours: 12 is noon, or midnight with "am". */
static void
half_of_day(const char **s, struct tm *tm)
{
	const char *p = *s + strspn(*s, " ");
	bool pm = (*p | 0x20) == 'p';

	if ((!pm && (*p | 0x20) != 'a') || (p[1] | 0x20) != 'm' ||
	    isalpha((unsigned char)p[2]))
		return;
	*s = p + 2;
	if (tm->tm_hour <= 12)
		tm->tm_hour = tm->tm_hour % 12 + (pm ? 12 : 0);
}

/* "14:07[:30[.5]][ pm]"; false if there is none. */
static bool
clock_time(const char **s, struct tm *tm)
{
	if (!number(s, 1, 2, &tm->tm_hour) || !literal(s, ':') ||
	    !number(s, 2, 2, &tm->tm_min))
		return false;
	if (literal(s, ':') && !number(s, 2, 2, &tm->tm_sec))
		return false;
	if (literal(s, '.'))
		*s += strspn(*s, digits);
	half_of_day(s, tm);
	return tm->tm_hour <= 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

static bool
to_seconds(const struct tm *tm, int offset, int64_t *at)
{
	static const int days[] = {
	    31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct tm copy = *tm;
	time_t t;

	if (tm->tm_mon < 0 || tm->tm_mon > 11 || tm->tm_mday < 1 ||
	    tm->tm_mday > days[tm->tm_mon] || tm->tm_year < 70 ||
	    tm->tm_year > 9999 - 1900)
		return false;
	t = timegm(&copy) - offset;
	if (t < 0)
		return false;
	*at = t;
	return true;
}

/* "2026", "2026-11", "2026-11-23", "2026-11-23T14:07Z", "2026/1/2 9:30" */
static bool
w3c(const char *s, int64_t *at)
{
	struct tm tm = {.tm_mday = 1};
	int offset = 0;

	if (!number(&s, 4, 4, &tm.tm_year))
		return false;
	tm.tm_year -= 1900;
	if (*s == '-' || *s == '/') {
		char part = *s++;

		if (!number(&s, 1, 2, &tm.tm_mon))
			return false;
		tm.tm_mon--;
		if (literal(&s, part) && !number(&s, 1, 2, &tm.tm_mday))
			return false;
	}
	if (*s == 'T' || *s == 't' || *s == ' ') {
		s++;
		if (!clock_time(&s, &tm) || !zone(&s, &offset))
			return false;
	} else if (*s != '\0') {
		return false;
	}
	return to_seconds(&tm, offset, at);
}

static int
full_year(int year, long digits)
{
	if (digits >= 4)
		return year - 1900;
	return year < 70 ? year + 100 : year; /* 26 is 2026, 99 is 1999 */
}

/* What was read of a date in words; a year of -1 and the like: not yet. */
struct words {
	struct tm tm;
	int year, offset;
	bool has_day, has_time, has_zone, has_weekday;
};

/* A day, a year or a time. */
static bool
read_number(struct words *w, const char **s)
{
	size_t n = strspn(*s, digits);

	if ((*s)[n] == ':') {
		bool again = w->has_time;

		w->has_time = true;
		return !again && clock_time(s, &w->tm);
	}
	if (!w->has_day && n <= 2) {
		w->has_day = true;
		return number(s, 1, 2, &w->tm.tm_mday);
	}
	if (w->year >= 0 || n < 2 || n > 4)
		return false;
	number(s, 2, 4, &w->year);
	w->tm.tm_year = full_year(w->year, (long)n);
	return true;
}

/* A month, or the day of the week in whatever language. */
static bool
read_name(struct words *w, const char **s)
{
	int mon = month(*s);

	if (mon >= 0 ? w->tm.tm_mon >= 0 : w->has_weekday)
		return false;
	if (mon >= 0)
		w->tm.tm_mon = mon;
	else
		w->has_weekday = true;
	*s += strspn(*s, letters);
	literal(s, '.');
	return true;
}

/*
 * "[Mon, ]23 Nov 2026 14:07[:30] [+0100]" as of RFC 822, "Mon Nov 23 14:07:30
 * [CET] 2026" as of asctime(3), "Nov 23, 2026 2:07 PM": what each part is can
 * be told from it.
 */
static bool
in_words(const char *s, int64_t *at)
{
	struct words w = {.tm = {.tm_mon = -1}, .year = -1};
	bool good = true;

	for (; good && *s != '\0' && *s != '('; s += strspn(s, " \t\r\n,")) {
		if (isdigit((unsigned char)*s)) {
			good = read_number(&w, &s);
		} else if (w.has_time && !w.has_zone) {
			w.has_zone = true;
			good = zone(&s, &w.offset);
		} else {
			good = isalpha((unsigned char)*s) && read_name(&w, &s);
		}
		if (!w.has_time)
			literal(&s, '-'); /* "23-Nov-26" */
	}
	return good && w.has_day && w.tm.tm_mon >= 0 && w.year >= 0 &&
	    to_seconds(&w.tm, w.offset, at);
}

bool
date_parse(const char *s, int64_t *at)
{
	char plain[80];
	size_t n;

	if (s == NULL)
		return false;
	s += strspn(s, " \t\r\n");
	n = strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	if (n == 0 || n >= sizeof(plain))
		return false;
	memcpy(plain, s, n);
	plain[n] = '\0';
	return cq_time_parse(plain, at) || w3c(plain, at) ||
	    in_words(plain, at);
}
