#ifndef CQ_STORE_POLICY_H
#define CQ_STORE_POLICY_H

#include "core/store/verb.h"

/*
 * What each rule may do with posts of a source: its own setting, else the
 * one for all sources, else to join; rules that only suggest say so.
 */
enum cq_status policy_of(struct cq_store *store, int64_t source,
    struct cq_policy *policy, struct cq_err *err);

/* The same for the rules that were never set. */
struct cq_policy policy_default(void);

#endif
