#ifndef SRC_STAMP_H
#define SRC_STAMP_H

#include "core/buf.h"
#include "sources/json.h"
#include "sources/zone.h"

/*
 * How a service writes its times, as a map file says it.  The form is one of
 *
 *	rfc3339		and what date_parse() knows beside it
 *	epoch, epoch_ms	a number, or its digits in a string
 *	date		2026-11-23
 *	mm/dd/yyyy	11/23/2026
 *	floating	2026-11-23T14:07:00[.000], in the zone
 *	%d.%m.%Y %H:%M	as of strptime(3), with Y m d e H M S y j b B a A I p z
 *			and %; names in English whatever the locale
 */
struct stamp {
	const char *form; /* borrowed */
	struct zone zone; /* for forms that say none */
};

/* What is to be said if a form is none. */
#define STAMP_FORMS                                              \
	"rfc3339, epoch, epoch_ms, date, mm/dd/yyyy, floating, " \
	"or a form such as %d.%m.%Y"

bool stamp_valid(const char *form);

/* Can times be written so?  Those with names of days or months cannot. */
bool stamp_writable(const char *form);

/* Does the form itself tell its zone, so that another one means nothing? */
bool stamp_tells_zone(const char *form);

/*
 * Reads a string or number; fractions of a second are cut off.  False if it
 * is no time of that form within 1970..9999.
 */
bool stamp_read(const struct stamp *stamp, const cJSON *value, int64_t *at);

/* Adds the time to out.  The form must be writable. */
void stamp_write(const struct stamp *stamp, int64_t at, struct cq_buf *out);

/* Seconds from one time that can be written so to the next. */
int64_t stamp_unit_s(const char *form);

#endif
