#ifndef TUI_PERIOD_H
#define TUI_PERIOD_H

#include <stdint.h>

/*
 * Reads --from and --to of a report; either may be NULL.
 *
 * A length of time counts back from now.  A time of day in --to is the
 * first such moment behind --from, in --from the last such moment that is
 * neither to come nor behind --to: so 22:00 to 06:00 is last night.  One
 * without the other is 8 hours from it, or until now; neither is the last 8
 * hours.  Without --to what happens this very second belongs to it too.
 *
 * Returns EXIT_DONE with from_at < to_at, or says what is wrong and returns
 * EXIT_USAGE.
 */
int period_read(const char *from, const char *to, int64_t now, int64_t *from_at,
    int64_t *to_at);

#endif
