#include "sources/zone.h"

#include <ctype.h>
#include <string.h>

/* --- reading one ------------------------------------------------------- */

static bool
number(const char **s, int max, int *out)
{
	int value = 0, n = 0;

	while (isdigit((unsigned char)(*s)[n]) && n < 4)
		value = value * 10 + (*s)[n++] - '0';
	*s += n;
	*out = value;
	return n > 0 && value <= max;
}

/* "5", "05:30", "-3:00:00": seconds, of at most max_h hours. */
static bool
hours(const char **s, int max_h, int *out)
{
	int h, m = 0, sec = 0, sign = **s == '-' ? -1 : 1;

	if (**s == '-' || **s == '+')
		(*s)++;
	if (!number(s, max_h, &h))
		return false;
	if (**s == ':') {
		(*s)++;
		if (!number(s, 59, &m))
			return false;
	}
	if (**s == ':') {
		(*s)++;
		if (!number(s, 59, &sec))
			return false;
	}
	*out = sign * (h * 3600 + m * 60 + sec);
	return true;
}

/* "EST", "<+0330>": skipped. */
static bool
name(const char **s)
{
	size_t n = 0;

	if (**s == '<') {
		n = strcspn(*s, ">");
		if ((*s)[n] != '>' || n < 4)
			return false;
		*s += n + 1;
		return true;
	}
	while (isalpha((unsigned char)(*s)[n]))
		n++;
	*s += n;
	return n >= 3;
}

static bool
skip(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* ",M3.2.0/2" */
static bool
change(const char **s, struct zone_change *c)
{
	c->second = 2 * 3600;
	if (!skip(s, ',') || !skip(s, 'M') || !number(s, 12, &c->month) ||
	    !skip(s, '.') || !number(s, 5, &c->week) || !skip(s, '.') ||
	    !number(s, 6, &c->wday) || c->month == 0 || c->week == 0)
		return false;
	return !skip(s, '/') || hours(s, 167, &c->second);
}

static bool
posix(const char *s, struct zone *zone)
{
	int west;

	if (!name(&s) || !hours(&s, 24, &west))
		return false;
	zone->usual_s = -west;
	if (*s == '\0')
		return true;
	if (!name(&s))
		return false;
	zone->has_summer = true;
	zone->summer_s = zone->usual_s + 3600;
	if (*s != ',') {
		if (!hours(&s, 24, &west))
			return false;
		zone->summer_s = -west;
	}
	return change(&s, &zone->begin) && change(&s, &zone->end) && *s == '\0';
}

bool
zone_parse(const char *s, struct zone *zone)
{
	*zone = (struct zone){0};
	if (strcmp(s, "UTC") == 0 || strcmp(s, "Z") == 0)
		return true;
	if (*s == '+' || *s == '-')
		return hours(&s, 15, &zone->usual_s) && *s == '\0';
	return posix(s, zone);
}

/* --- between its clock and UTC ------------------------------------------ */

/* Local seconds of a change in that year, counted as if they were UTC. */
static int64_t
change_in(const struct zone_change *c, int year)
{
	struct tm first = {
	    .tm_year = year, .tm_mon = c->month - 1, .tm_mday = 1};
	struct tm next = {.tm_year = year, .tm_mon = c->month, .tm_mday = 1};
	int64_t from = timegm(&first), until = timegm(&next);
	int days = (c->wday - first.tm_wday + 7) % 7 + (c->week - 1) * 7;

	if (from + (int64_t)days * 86400 >= until)
		days -= 7; /* week 5 is the last, be it the fourth */
	return from + (int64_t)days * 86400 + c->second;
}

static int
offset_at(const struct zone *zone, int64_t at)
{
	time_t local = at + zone->usual_s;
	int64_t begin, end;
	struct tm tm;
	bool summer;

	if (!zone->has_summer || gmtime_r(&local, &tm) == NULL)
		return zone->usual_s;
	begin = change_in(&zone->begin, tm.tm_year) - zone->usual_s;
	end = change_in(&zone->end, tm.tm_year) - zone->summer_s;
	summer =
	    begin < end ? at >= begin && at < end : at >= begin || at < end;
	return summer ? zone->summer_s : zone->usual_s;
}

int64_t
zone_to_utc(const struct zone *zone, const struct tm *local)
{
	struct tm copy = *local;
	int64_t seconds = timegm(&copy);

	if (zone->has_summer &&
	    offset_at(zone, seconds - zone->summer_s) == zone->summer_s)
		return seconds - zone->summer_s;
	return seconds - zone->usual_s;
}

bool
zone_to_local(const struct zone *zone, int64_t at, struct tm *local)
{
	time_t t = at + offset_at(zone, at);

	return gmtime_r(&t, local) != NULL;
}
