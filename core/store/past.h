#ifndef CQ_STORE_PAST_H
#define CQ_STORE_PAST_H

#include "core/store/db.h"

/*
 * What the log alone tells of every case, for the shift report: when it
 * began, what it was at the start and at the end of a period, and which
 * cases were joined into which, and when.
 */

/* What came before a moment has an earlier time and a smaller event id. */
struct moment {
	int64_t at, id;
};
#define AT_TIME(t) ((struct moment){(t), INT64_MAX})
#define AT_EVENT(id) ((struct moment){INT64_MAX, (id)})

enum period_end { PERIOD_FROM, PERIOD_TO };

struct past_case {
	int64_t start_at; /* its own, whatever was joined into it */
	int64_t into;	  /* where it was joined into at the end; 0 */
	uint32_t link;	  /* 1 + its place in links while it is joined */
	int8_t state[2];  /* 1 + enum cq_state at either end of the period;
			     0: not there yet, or joined into another */
};

/* One case was joined into another from one event until another. */
struct past_link {
	int64_t into, joined;
	struct moment from, until;
};

struct past {
	struct past_case *at; /* by number: at[1] .. at[n] */
	int64_t n;
	struct past_link *links; /* by the case they lead to */
	size_t n_links;
};

/* CQ_CORRUPT if the log tells of a case that is not there. */
enum cq_status past_read(struct past *h, struct cq_store *store,
    int64_t from_at, int64_t to_at, struct cq_err *err);
void past_free(struct past *h);

/*
 * The case and all that were joined into it at that moment, itself first;
 * to be freed.
 */
int64_t *past_family(const struct past *h, int64_t case_id, struct moment m,
    size_t *n);

/* When the first of them began: the start of a case, in every figure. */
int64_t past_start(const struct past *h, int64_t case_id, struct moment m);

/* The case that goes on for it at the end of the period. */
int64_t past_survivor(const struct past *h, int64_t case_id);

#endif
