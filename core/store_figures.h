#ifndef CQ_STORE_FIGURES_H
#define CQ_STORE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/act.h"
#include "core/error.h"
#include "core/priority.h"
#include "core/report.h"

/*
 * Part of core/store.h, which says what holds for every verb: what can be
 * counted, and what happened.
 */
struct cq_store;

/* --- figures, audit, weights ------------------------------------------- */

/*
 * Computes the shift report for from_at <= t < to_at from events alone.
 * team: acts of who was in it then, where a figure is about acts; or NULL.
 */
enum cq_status cq_store_report(struct cq_store *store, int64_t from_at,
    int64_t to_at, const char *team, struct cq_report *out, struct cq_err *err);

/* Strings borrowed for the call. */
struct cq_event {
	int64_t id, case_id, at, ref;
	const char *kind, *agent, *via, *op;
	const char *state; /* of the case afterwards; or NULL */
	const char *data;  /* JSON: before, after, reason ...; or NULL; raw */
	const char *hash;  /* 32 hexadecimal digits; 64 of old events */
};
typedef bool (*cq_event_fn)(void *arg, const struct cq_event *event);

/*
 * Events oldest first until fn returns false: of one case (with those it
 * was joined from), or all of them if case_id is -1; 0 is the queue's own.
 */
enum cq_status cq_store_events(struct cq_store *store, int64_t case_id,
    cq_event_fn fn, void *arg, struct cq_err *err);

struct cq_proof {
	int64_t n_events, n_cases;
	int64_t bad_event; /* 0 if all is well; -1 if one is missing */
	int64_t bad_case;
	char what[200]; /* what is wrong with it */
};

/*
 * Recomputes every hash of every chain and holds against it what a chain
 * tells of posts and notes (that they are there, and their words), of cases
 * (state, outcome, owner, holder, fence, join), agents and weights.  CQ_OK
 * with proof->bad_event != 0 if something is wrong.
 */
enum cq_status cq_store_audit_verify(struct cq_store *store,
    struct cq_proof *proof, struct cq_err *err);

enum cq_status cq_store_weights(struct cq_store *store, struct cq_weights *out,
    struct cq_err *err);

/* Changes one weight and the order of the queue with it. */
enum cq_status cq_store_weight_set(struct cq_store *store,
    const struct cq_act *act, const char *name, int value, struct cq_err *err);

#endif
