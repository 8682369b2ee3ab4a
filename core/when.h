#ifndef CQ_WHEN_H
#define CQ_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times are UTC seconds since 1970; calendar arithmetic is libc's. */

#define CQ_TIME_SIZE 32

/*
 * Reads an RFC 3339 time ("2026-11-23T14:07:00.5+01:00"; fractions are cut
 * off).  False if it is none or lies outside 1970..9999.
 */
bool cq_time_parse(const char *s, int64_t *at);

/* Writes "2026-11-23T13:07:00Z". */
void cq_time_rfc3339(int64_t at, char out[CQ_TIME_SIZE]);

/* Local time by strftime(3) format. */
void cq_time_local(int64_t at, const char *fmt, char out[CQ_TIME_SIZE]);

/*
 * Reads a length of time such as "90s", "10m", "4h", "3d", "2w", or a bare
 * number of seconds.  False if it is none, below 0, or above 10 years.
 */
bool cq_duration_parse(const char *s, int64_t *seconds);

/*
 * Reads what a person types for a moment: RFC 3339, "14:07", "2026-11-23",
 * "2026-11-23 14:07", "now", "today", "tomorrow" (09:00), "yesterday"
 * (00:00), or a length of time from now ("2h"; "-8h" is in the past).
 * Local time where no zone is given.
 */
bool cq_moment_parse(const char *s, int64_t now, int64_t *at);

/* The shortest sign of a length of time: "now", "45s", "12m", "3h", "5d". */
void cq_age_short(int64_t seconds, char out[16]);

#endif
