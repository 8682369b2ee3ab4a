#ifndef SRC_DATES_H
#define SRC_DATES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Times as feeds and servers write them: RFC 3339, parts of it down to a
 * year (W3CDTF), RFC 822 with two-digit years, named zones, no seconds or a
 * wrong weekday, and asctime(3).  UTC where no zone is given.  False if it
 * is none of them or outside 1970..9999.
 */
bool date_parse(const char *s, int64_t *at);

#endif
