#ifndef CQ_STORE_INCIDENT_H
#define CQ_STORE_INCIDENT_H

#include "core/store/putback.h"

/*
 * Incidents inside the store.  What is done to an incident stands on the
 * queue's chain (events 'incident_open', 'incident_close',
 * 'incident_reopen'), what is done to a case on that case's.
 */

/* Cases in an incident, joined ones left out; remembered for a while. */
int64_t incident_count(struct cq_store *store, int64_t id);

/* Undoes an event of the queue's chain, as putback_event() does others. */
enum cq_status incident_putback(struct verb *v, const struct undone *u,
    struct cq_err *err);

#endif
