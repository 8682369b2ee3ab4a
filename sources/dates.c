#include "sources/dates.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/when.h"

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

/* "+0100", "+01:00", "EST", "Z"; nothing is UTC.  In seconds. */
static bool
zone(const char *s, int *offset)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = {{"z", 0}, {"ut", 0}, {"utc", 0}, {"gmt", 0}, {"wet", 0},
	    {"bst", 1}, {"cet", 1}, {"cest", 2}, {"met", 1}, {"eet", 2},
	    {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7},
	    {"mdt", -6}, {"pst", -8}, {"pdt", -7}, {"jst", 9}, {"", 0}};
	int hours, minutes = 0, sign;
	size_t i, n;

	skip_blanks(&s);
	if (*s == '+' || *s == '-') {
		sign = *s++ == '-' ? -1 : 1;
		if (!number(&s, 1, 2, &hours))
			return false;
		literal(&s, ':');
		number(&s, 2, 2, &minutes);
		*offset = sign * (hours * 3600 + minutes * 60);
		return hours < 24 && minutes < 60;
	}
	for (n = 0; isalpha((unsigned char)s[n]); n++)
		;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strlen(zones[i].name) == n &&
		    strncasecmp(s, zones[i].name, n) == 0) {
			*offset = zones[i].hours * 3600;
			return true;
		}
	*offset = 0; /* an unknown name: better some hours off than none */
	return n <= 5;
}

/* "14:07[:30[.5]]"; false if there is none. */
static bool
clock_time(const char **s, struct tm *tm)
{
	if (!number(s, 1, 2, &tm->tm_hour) || !literal(s, ':') ||
	    !number(s, 2, 2, &tm->tm_min))
		return false;
	if (literal(s, ':') && !number(s, 2, 2, &tm->tm_sec))
		return false;
	if (literal(s, '.'))
		while (isdigit((unsigned char)**s))
			(*s)++;
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
		if (!clock_time(&s, &tm) || !zone(s, &offset))
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

/* "[Mon, ]23 Nov 2026 14:07[:30] [+0100]" and "Mon Nov 23 14:07:30 2026" */
static bool
rfc822(const char *s, int64_t *at)
{
	struct tm tm = {0};
	bool day_first;
	int offset = 0, year = 0;
	const char *from;

	if (isalpha((unsigned char)*s) && month(s) < 0) {
		while (isalpha((unsigned char)*s) || *s == '.')
			s++;
		skip_blanks(&s);
	}
	day_first = number(&s, 1, 2, &tm.tm_mday);
	s += strspn(s, " \t,-");
	tm.tm_mon = month(s);
	if (tm.tm_mon < 0)
		return false;
	while (isalpha((unsigned char)*s) || *s == '.')
		s++;
	s += strspn(s, " \t,-");
	if (!day_first) {
		if (!number(&s, 1, 2, &tm.tm_mday))
			return false;
		skip_blanks(&s);
		if (!clock_time(&s, &tm))
			return false;
		skip_blanks(&s);
	}
	from = s;
	if (!number(&s, 2, 4, &year))
		return false;
	tm.tm_year = full_year(year, s - from);
	skip_blanks(&s);
	if (day_first && *s != '\0' && !clock_time(&s, &tm))
		return false;
	return zone(s, &offset) && to_seconds(&tm, offset, at);
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
	return cq_time_parse(plain, at) || w3c(plain, at) || rfc822(plain, at);
}
