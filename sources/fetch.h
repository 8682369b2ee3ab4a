#ifndef SRC_FETCH_H
#define SRC_FETCH_H

#include "sources/poll.h"
#include "sources/visit.h"

/* One source on its way, and the round it belongs to. */
struct fetch {
	struct poller *poller;
	struct fetch *next;
	struct cq_source source; /* owned */
	struct visit visit;
	char *asked; /* address of the last request; owned */
	int64_t number;
	int page;
	int64_t n_old; /* posts left out: older than wanted */
	struct cq_ingested sum;
};

/* A source, or all of an account, that is not to be asked before. */
struct rest {
	int64_t source_id; /* 0: of that account */
	char *account;
	int64_t until_at;
};

struct poller {
	struct cq_store *store;
	const struct cq_act *act;
	const struct poll_opts *opts;
	struct cq_env env;
	struct http *http;
	struct fetch *fetches;
	int64_t n_started;
	struct rest *rests;
	size_t n_rests;
	struct cq_err broken; /* the store failed for good */
};

int64_t fetch_now(const struct poller *p);

/* Begins; takes the strings of source over. */
void fetch_start(struct poller *p, struct cq_source *source,
    const struct src_ops *ops);
void fetch_free(struct fetch *f);

/* Leaves a source alone for a minute, as its end could not be stored. */
void fetch_rest(struct poller *p, int64_t source_id);

/* Is it, or its account, to be left alone for now? */
bool fetch_rests(const struct poller *p, const struct cq_source *source);

#endif
