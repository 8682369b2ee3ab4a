#ifndef CQ_STORE_LISTEN_H
#define CQ_STORE_LISTEN_H

#include "core/store/incoming.h"

/* What the files about listening posts share. */

/* --- heard.c ------------------------------------------------------------- */

/* Days from 1970 on, in UTC. */
int64_t heard_day(int64_t at);

/* Counts the new ones for their sources: by day, and for their habits. */
enum cq_status heard_posts(struct verb *v, const struct incoming *in, size_t n,
    struct cq_err *err);

/* --- account.c ------------------------------------------------------------ */

/*
 * An account is what sources share that have the same adapter, host and
 * token file; without a token file there is none, and a source is alone.
 *
 * Pauses the others of a source's account that listen, and tells each why.
 */
enum cq_status account_park(struct verb *v, int64_t source_id, const char *why,
    struct cq_err *err);

/* Lets those listen again that pause for the same reason as it does. */
enum cq_status account_resume(struct verb *v, const char *name,
    struct cq_err *err);

#endif
