#ifndef SRC_ZONE_H
#define SRC_ZONE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/*
 * A time zone as a map file names it: what a service means by a time that
 * says none.  It is worked out here, as libc knows only the zone of this
 * machine and those of files.
 */
struct zone_change { /* the week-th wday of month at second; week 5: last */
	int month, week, wday, second;
};
struct zone {
	int usual_s, summer_s; /* east of UTC */
	bool has_summer;
	struct zone_change begin, end; /* of summer time */
};

/*
 * Reads "UTC", "Z", "+01:00", or a rule of POSIX with its changes, such as
 * "EST5EDT,M3.2.0,M11.1.0" (hours west of UTC) or
 * "<-03>3<-02>,M10.1.0/0,M3.3.0/0".  False if it is none of them.
 */
bool zone_parse(const char *s, struct zone *zone);

/*
 * The moment a clock in that zone shows local.  Of an hour that comes twice
 * it is the first; one that is skipped is read as if it were not.
 */
int64_t zone_to_utc(const struct zone *zone, const struct tm *local);

/* What a clock there shows; false if no calendar can hold it. */
bool zone_to_local(const struct zone *zone, int64_t at, struct tm *local);

#endif
