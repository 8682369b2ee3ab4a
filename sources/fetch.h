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
	char *account; /* owned */
	bool waits;    /* for another source of its account */
	char *asked;   /* address of the last request; owned */
	int64_t number;
	int page;
	int64_t n_old;	     /* posts left out: older than wanted */
	struct cq_ids again; /* posts it looks at again */
	int n_again;	     /* questions about them so far */
	int64_t again_from;  /* look_before of before they were taken */
	int64_t look_at;     /* when that began */
	int64_t next_at;     /* told at the end of that */
	enum poll_end end;   /* told at the end of it all */
	struct cq_ingested sum;
};

/* A source that is not to be asked before, which could not be stored. */
struct rest {
	int64_t source_id, until_at;
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

/* Leaves a source alone until then, as its end could not be stored. */
void fetch_rest(struct poller *p, int64_t source_id, int64_t until_at);

/* Until when a source is to be left alone; 0: it is not. */
int64_t fetch_rests_until(const struct poller *p,
    const struct cq_source *source);

/* --- between fetch.c and again.c --------------------------------------- */

/*
 * For how long a service asks for patience: untold_s if it names no time, 0
 * if it does not ask; next may be NULL.
 */
int64_t fetch_rest_s(const struct src_next *next, int64_t untold_s);

/*
 * Its account asks to be left alone for so long: those of it that are under
 * way know from now on; the others when the end of this one was stored.
 */
void fetch_rest_account(struct fetch *f, int64_t wait_s);

/* Ends it; it is freed. */
void fetch_finish(struct fetch *f, enum cq_status status, const char *error,
    int64_t next_at);
void fetch_failed(struct fetch *f, const struct cq_err *why,
    const struct src_next *next);

/*
 * What a source that was read does last: it looks at posts of open cases
 * again, for edits and deletions, if its service can tell and it was not
 * done lately.  The end of the fetch is told then.
 */
void fetch_look_again(struct fetch *f, int64_t next_at);

#endif
