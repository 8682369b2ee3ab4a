#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/x.h"

#define EPOCH_MS INT64_C(1288834974657) /* their clock began in 2010 */
#define COUNT_MAX INT64_C(1000000000)

bool
x_id(const char *s, char id[X_ID_SIZE])
{
	size_t n = s == NULL ? 0 : strlen(s);

	if (n == 0 || n > 20 || s[strspn(s, "0123456789")] != '\0')
		return false;
	memmove(id, s, n + 1);
	return true;
}

void
x_id_of_time(int64_t at, char id[X_ID_SIZE])
{
	int64_t ms = at * 1000 - EPOCH_MS;

	snprintf(id, X_ID_SIZE, "%llu",
	    ms > 0 ? (unsigned long long)ms << 22 : 1ULL);
}

static int
month_of(int64_t at)
{
	char day[CQ_TIME_SIZE];
	int year = 0, month = 0;

	cq_time_rfc3339(at, day);
	return sscanf(day, "%d-%d", &year, &month) == 2 ? year * 100 + month
							: 0;
}

int64_t
x_next_month(int month, char day[16])
{
	int year = month / 100, next = month % 100 + 1;
	char begin[CQ_TIME_SIZE];
	int64_t at = 0;

	if (next > 12) {
		next = 1;
		year++;
	}
	snprintf(day, 16, "%04d-%02d-01", year % 10000, next);
	snprintf(begin, sizeof(begin), "%sT00:00:00Z", day);
	return cq_time_parse(begin, &at) ? at : 0;
}

static bool
is_id_or_none(const char *s)
{
	char id[X_ID_SIZE];

	return strcmp(s, "-") == 0 || x_id(s, id);
}

static bool
is_time(int64_t at)
{
	return at == CQ_NO_TIME || (at >= 0 && at <= INT64_C(253402300799));
}

struct x_place
x_place_read(const struct src_visit *visit)
{
	const struct x_place none = {.since = "-",
	    .at = CQ_NO_TIME,
	    .newest = "-",
	    .until = "-",
	    .newest_at = CQ_NO_TIME,
	    .month = month_of(visit->now)};
	struct x_place p = none;
	long long at, count, newest_at;

	if (sscanf(visit->cursor, "%23s %lld %d %lld %23s %lld %23s", p.since,
		&at, &p.month, &count, p.newest, &newest_at, p.until) != 7 ||
	    !is_id_or_none(p.since) || !is_id_or_none(p.newest) ||
	    !is_id_or_none(p.until) || !is_time(at) || !is_time(newest_at) ||
	    count < 0 || count > COUNT_MAX)
		return none;
	p.at = at;
	p.newest_at = newest_at;
	p.count = p.month == none.month ? count : 0;
	p.month = none.month;
	return p;
}

char *
x_place_write(const struct x_place *p, const char *cursor)
{
	char *line = cq_format("%s %lld %d %lld %s %lld %s", p->since,
	    (long long)p->at, p->month, (long long)p->count, p->newest,
	    (long long)p->newest_at, p->until);

	if (strcmp(line, cursor) != 0)
		return line;
	free(line);
	return NULL;
}

void
x_place_close(struct x_place *p)
{
	if (strcmp(p->newest, "-") != 0) {
		memcpy(p->since, p->newest, sizeof(p->since));
		p->at = p->newest_at;
	}
	strcpy(p->newest, "-");
	strcpy(p->until, "-");
	p->newest_at = CQ_NO_TIME;
}
