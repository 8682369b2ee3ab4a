#include "sources/stamp.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/when.h"
#include "sources/dates.h"

#define AT_MAX INT64_C(253402300799) /* the end of 9999 */
#define READABLE "YmdeHMSyjbBaAIpz%"
#define WRITABLE "YmdHMSyj%"

enum kind { RFC3339, EPOCH, EPOCH_MS, PATTERN };

/* The pattern behind a name; NULL for forms that have none. */
static const char *
pattern(const char *form, enum kind *kind)
{
	static const struct {
		const char *name, *pattern;
		enum kind kind;
	} names[] = {
	    {"rfc3339", NULL, RFC3339},
	    {"epoch", NULL, EPOCH},
	    {"epoch_ms", NULL, EPOCH_MS},
	    {"date", "%Y-%m-%d", PATTERN},
	    {"mm/dd/yyyy", "%m/%d/%Y", PATTERN},
	    {"floating", "%Y-%m-%dT%H:%M:%S", PATTERN},
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(form, names[i].name) == 0) {
			*kind = names[i].kind;
			return names[i].pattern;
		}
	*kind = PATTERN;
	return form;
}

static bool
has(const char *p, char letter)
{
	for (; (p = strchr(p, '%')) != NULL && p[1] != '\0'; p += 2)
		if (p[1] == letter)
			return true;
	return false;
}

/* Does it stand on conversions of that set only, and tell a day? */
static bool
made_of(const char *p, const char *letters)
{
	bool day = has(p, 'j') ||
	    ((has(p, 'm') || has(p, 'b') || has(p, 'B')) &&
		(has(p, 'd') || has(p, 'e')));
	const char *s;

	for (s = p; (s = strchr(s, '%')) != NULL; s += 2)
		if (s[1] == '\0' || strchr(letters, s[1]) == NULL)
			return false;
	return day && (has(p, 'Y') || has(p, 'y'));
}

bool
stamp_valid(const char *form)
{
	enum kind kind;
	const char *p = pattern(form, &kind);

	return kind != PATTERN || made_of(p, READABLE);
}

bool
stamp_writable(const char *form)
{
	enum kind kind;
	const char *p = pattern(form, &kind);

	return kind != PATTERN || made_of(p, WRITABLE);
}

bool
stamp_tells_zone(const char *form)
{
	enum kind kind;
	const char *p = pattern(form, &kind);

	return kind != PATTERN || has(p, 'z');
}

int64_t
stamp_unit_s(const char *form)
{
	enum kind kind;
	const char *p = pattern(form, &kind);

	if (kind != PATTERN || has(p, 'S'))
		return 1;
	if (has(p, 'M'))
		return 60;
	return has(p, 'H') ? 3600 : 86400;
}

/* --- reading ----------------------------------------------------------- */

struct reader {
	const char *s;
	struct tm tm;
	int pm;	    /* 1: afternoon, 0: before noon, -1: not said */
	bool zoned; /* it told its zone: */
	int64_t east_s;
};

static bool
digits(struct reader *r, int min, int max, int *out)
{
	int n = 0, value = 0;

	while (n < max && isdigit((unsigned char)r->s[n]))
		value = value * 10 + r->s[n++] - '0';
	r->s += n;
	*out = value;
	return n >= min;
}

/* A name of at least three letters, by its first three. */
static int
name(struct reader *r, const char *names)
{
	size_t n = 0, i;

	while (isalpha((unsigned char)r->s[n]))
		n++;
	for (i = 0; n >= 3 && names[i * 3] != '\0'; i++)
		if (strncasecmp(r->s, names + i * 3, 3) == 0) {
			r->s += n;
			return (int)i;
		}
	return -1;
}

static bool
offset(struct reader *r)
{
	int h, m = 0, sign = *r->s == '-' ? -1 : 1;

	r->zoned = true;
	if (*r->s == 'Z' || *r->s == 'z') {
		r->s++;
		return true;
	}
	if (*r->s != '+' && *r->s != '-')
		return false;
	r->s++;
	if (!digits(r, 2, 2, &h))
		return false;
	if (*r->s == ':')
		r->s++;
	if (isdigit((unsigned char)*r->s) && !digits(r, 2, 2, &m))
		return false;
	r->east_s = sign * (h * 3600 + m * 60);
	return h < 16 && m < 60;
}

static void
skip_fraction(struct reader *r)
{
	if ((*r->s == '.' || *r->s == ',') && isdigit((unsigned char)r->s[1]))
		r->s += 1 + strspn(r->s + 1, "0123456789");
}

static bool
noon(struct reader *r)
{
	if (strncasecmp(r->s, "am", 2) != 0 && strncasecmp(r->s, "pm", 2) != 0)
		return false;
	r->pm = (*r->s | 0x20) == 'p';
	r->s += 2;
	return true;
}

static bool
read_one(struct reader *r, char letter)
{
	struct tm *tm = &r->tm;
	int n;

	switch (letter) {
	case 'Y':
		if (!digits(r, 4, 4, &n))
			return false;
		tm->tm_year = n - 1900;
		return true;
	case 'y':
		if (!digits(r, 2, 2, &n))
			return false;
		tm->tm_year = n < 70 ? n + 100 : n;
		return true;
	case 'm':
		if (!digits(r, 1, 2, &n))
			return false;
		tm->tm_mon = n - 1;
		return n >= 1 && n <= 12;
	case 'b':
	case 'B':
		tm->tm_mon = name(r, "janfebmaraprmayjunjulaugsepoctnovdec");
		return tm->tm_mon >= 0;
	case 'd':
	case 'e':
		r->s += strspn(r->s, " ");
		return digits(r, 1, 2, &tm->tm_mday) && tm->tm_mday >= 1 &&
		    tm->tm_mday <= 31;
	case 'j': /* timegm(3) makes a day of January of it */
		return digits(r, 1, 3, &tm->tm_mday) && tm->tm_mday >= 1 &&
		    tm->tm_mday <= 366;
	case 'a':
	case 'A':
		return name(r, "sunmontuewedthufrisat") >= 0;
	case 'H':
		return digits(r, 1, 2, &tm->tm_hour) && tm->tm_hour <= 24;
	case 'I':
		return digits(r, 1, 2, &tm->tm_hour) && tm->tm_hour >= 1 &&
		    tm->tm_hour <= 12;
	case 'M':
		return digits(r, 1, 2, &tm->tm_min) && tm->tm_min < 60;
	case 'S':
		if (!digits(r, 1, 2, &tm->tm_sec) || tm->tm_sec > 60)
			return false;
		skip_fraction(r);
		return true;
	case 'p':
		return noon(r);
	case 'z':
		return offset(r);
	default: /* "%%" */
		return *r->s++ == letter;
	}
}

static bool
read_pattern(const struct stamp *stamp, const char *p, const char *s,
    int64_t *at)
{
	struct reader r = {.s = s + strspn(s, " \t\n"), .pm = -1};

	for (; *p != '\0'; p++) {
		if (*p == '%') {
			if (!read_one(&r, *++p))
				return false;
		} else if (*p == ' ') {
			r.s += strspn(r.s, " \t");
		} else if (*r.s++ != *p) {
			return false;
		}
	}
	if (r.s[strspn(r.s, " \t\n")] != '\0')
		return false;
	if (r.pm >= 0)
		r.tm.tm_hour = r.tm.tm_hour % 12 + 12 * r.pm;
	*at = r.zoned ? (int64_t)timegm(&r.tm) - r.east_s
		      : zone_to_utc(&stamp->zone, &r.tm);
	return *at >= 0 && *at <= AT_MAX;
}

/* Seconds as digits, perhaps with a fraction. */
static bool
read_digits(const char *s, double *out)
{
	size_t whole = strspn(s, "0123456789"), n = whole, i;

	*out = 0;
	if (s[n] == '.')
		n += 1 + strspn(s + n + 1, "0123456789");
	for (i = 0; i < whole; i++)
		*out = *out * 10 + s[i] - '0';
	return whole > 0 && whole < 16 && s[n] == '\0';
}

static bool
read_epoch(const cJSON *value, enum kind kind, int64_t *at)
{
	const char *s = cJSON_GetStringValue(value);
	double d = 0;

	if (cJSON_IsNumber(value))
		d = value->valuedouble;
	else if (s == NULL || !read_digits(s, &d))
		return false;
	d = floor(kind == EPOCH_MS ? d / 1000 : d);
	if (!(d >= 0 && d <= (double)AT_MAX))
		return false;
	*at = (int64_t)d;
	return true;
}

bool
stamp_read(const struct stamp *stamp, const cJSON *value, int64_t *at)
{
	const char *s = cJSON_GetStringValue(value);
	char number[24];
	enum kind kind;
	const char *p = pattern(stamp->form, &kind);
	int64_t n;

	if (kind == EPOCH || kind == EPOCH_MS)
		return read_epoch(value, kind, at);
	if (s == NULL && json_int(value, &n)) { /* 20261123 */
		snprintf(number, sizeof(number), "%lld", (long long)n);
		s = number;
	}
	if (s == NULL)
		return false;
	return kind == RFC3339 ? date_parse(s, at)
			       : read_pattern(stamp, p, s, at);
}

/* --- writing ----------------------------------------------------------- */

static void
write_one(const struct tm *tm, char letter, struct cq_buf *out)
{
	switch (letter) {
	case 'Y':
		cq_buf_fmt(out, "%04d", tm->tm_year + 1900);
		break;
	case 'y':
		cq_buf_fmt(out, "%02d", tm->tm_year % 100);
		break;
	case 'm':
		cq_buf_fmt(out, "%02d", tm->tm_mon + 1);
		break;
	case 'd':
		cq_buf_fmt(out, "%02d", tm->tm_mday);
		break;
	case 'j':
		cq_buf_fmt(out, "%03d", tm->tm_yday + 1);
		break;
	case 'H':
		cq_buf_fmt(out, "%02d", tm->tm_hour);
		break;
	case 'M':
		cq_buf_fmt(out, "%02d", tm->tm_min);
		break;
	case 'S':
		cq_buf_fmt(out, "%02d", tm->tm_sec);
		break;
	default:
		cq_buf_char(out, letter);
	}
}

void
stamp_write(const struct stamp *stamp, int64_t at, struct cq_buf *out)
{
	char buf[CQ_TIME_SIZE];
	enum kind kind;
	const char *p = pattern(stamp->form, &kind);
	struct tm tm = {0};

	if (kind == EPOCH || kind == EPOCH_MS) {
		cq_buf_fmt(out, "%lld%s", (long long)at,
		    kind == EPOCH_MS ? "000" : "");
		return;
	}
	if (kind == RFC3339) {
		cq_time_rfc3339(at, buf);
		cq_buf_str(out, buf);
		return;
	}
	zone_to_local(&stamp->zone, at, &tm);
	for (; *p != '\0'; p++)
		if (*p == '%')
			write_one(&tm, *++p, out);
		else
			cq_buf_char(out, *p);
}
