#ifndef SRC_POLL_H
#define SRC_POLL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/store.h"
#include "sources/http.h"
#include "sources/source.h"

/*
 * Fetch, then store: asks the sources that are due, all at once, and stores
 * what each answered together with its cursor.
 */

/* What became of a source in a round. */
enum poll_end {
	POLL_ASKED,    /* well or not */
	POLL_RESTS,    /* not asked: its account rests until next_at */
	POLL_PAUSED,   /* not asked: source says since when, and why */
	POLL_NO_TOKEN, /* not asked: error says why this caller may not */
	POLL_OVERTAKEN /* another fetch stored the same first, or the
			  source was changed meanwhile: no failure */
};

/* How far one source is in a round, and at last what became of it. */
struct poll_told {
	const struct cq_source *source;
	bool under_way; /* it is asked now for the step-th time */
	int step;	/* from 1 */
	enum poll_end end;
	enum cq_status status; /* CQ_OK, or why it failed or came too late */
	const char *error;     /* the message of that; or NULL */
	int64_t next_at;       /* 0: not by itself */
	int64_t n_old; /* posts left out, as they are older than wanted */
	struct cq_ingested sum;
};
typedef void (*poll_tell_fn)(void *arg, const struct poll_told *told);

struct poll_opts {
	const char *const *names; /* NULL-terminated; NULL: all of them */
	bool due_only;		  /* only those whose time has come */
	bool by_hand; /* who lacks a token, or room for a session, is told, and
			 nothing is stored: the service may have it */
	const volatile int *stop; /* non-zero: end soon; may be NULL */
	poll_tell_fn tell;	  /* may be NULL */
	void *arg;
	const char *sessions;	      /* directory; NULL: see session.h */
	const struct http_opts *http; /* NULL: the real clock, the system's
					 certificates, usual limits */
};

/*
 * One round.  act->op is a prefix: each source adds to it.  What became of
 * a source goes to opts->tell; the status is about the round itself:
 * CQ_NOT_FOUND for an unknown name, or a failure of the store.
 *
 * A failed source is asked again after 60 s to 1 h, longer each time, or
 * when its service asked to be; without a person if it says that it is gone
 * or refuses the token: then it is paused.
 *
 * No source is asked while its account rests, named or not: a service that
 * asked for patience shuts out who has none.
 *
 * Nothing is fetched while cq_store_room() says that there is no room: each
 * source is told that, and none has failed for it.
 */
enum cq_status poll_round(struct cq_store *store, const struct cq_act *act,
    const struct poll_opts *opts, struct cq_err *err);

/*
 * Rounds and cq_store_tick() until *opts->stop; one such loop a queue.
 * CQ_CONFLICT if another one runs.
 */
enum cq_status poll_run(struct cq_store *store, const struct cq_act *act,
    const struct poll_opts *opts, struct cq_err *err);

/*
 * "caseq source test": asks once, emits the first posts as they would come
 * in, changes nothing.  *n_old is how many would stay out, as they are older
 * than wanted.  CQ_STATE while its account rests.
 */
enum cq_status poll_test(const struct cq_env *env,
    const struct cq_source *source, src_emit_fn emit, void *arg, int64_t *n_old,
    struct cq_err *err);

#endif
