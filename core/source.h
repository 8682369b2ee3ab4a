#ifndef CQ_SOURCE_H
#define CQ_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/*
 * How a source is mostly heard, by the times its posts were written.  Long
 * pauses are forgotten slowly: see gap.h.
 */
struct cq_habit {
	int64_t from_at, heard_at; /* first and newest post; CQ_NO_TIME */
	int64_t pause_s;	   /* the longest pause lately */
	int64_t n;		   /* posts it was learnt from */
};

/* No service is given longer, so what is further off was told by a clock that
 * was wrong. */
#define CQ_REST_MAX_S (24 * 3600)

/* How far back a source is heard whose --since is not told. */
#define CQ_SINCE_S (24 * 3600)

/* A configured listening post, as the store keeps it. */
struct cq_source {
	int64_t id;
	char *name;	  /* short, chosen by a person */
	char *adapter;	  /* "mastodon", "feed", ...; "ndjson" if it only
			     ever came in by caseq ingest */
	char *address;	  /* URL of the service or feed */
	char *query;	  /* what to listen for, in the adapter's words */
	char *token_file; /* path of a 0600 file, or NULL; never the token */
	char *brand;	  /* given to its posts; or NULL */
	bool insecure;	  /* plain http allowed by explicit flag */
	bool paused;
	int every_s;	  /* seconds between two fetches */
	char *options;	  /* what else its adapter was told, as JSON; or NULL */
	int64_t since_at; /* older posts are not wanted; or CQ_NO_TIME */
	char *cursor;	  /* opaque to all but the adapter; "" at first */
	int64_t next_at;  /* not to be asked before */
	int64_t ok_at;	  /* last success; CQ_NO_TIME if never */
	int n_failed;	  /* failures in a row */
	char *last_error; /* shown text of the last failure, or NULL */
	int64_t n_posts;  /* posts it brought */

	int64_t failed_at;   /* of the first of these failures; or CQ_NO_TIME */
	int64_t parked_at;   /* it paused itself then: gone, or its account was
			      refused; or CQ_NO_TIME */
	int64_t rest_at;     /* its account is not to be asked before, as the
			      service wishes; or CQ_NO_TIME */
	int64_t looked_at;   /* its posts were looked at again; or CQ_NO_TIME */
	int64_t look_before; /* where that goes on: see cq_store_recheck() */
	struct cq_habit habit;
	int64_t n_week; /* posts written in the last 7 days ... */
	int week_days;	/* ... of which it has been heard: 1 to 7; or 0 */
};

struct cq_sources {
	struct cq_source *at;
	size_t n;
};
void cq_source_free(struct cq_source *source);
void cq_sources_free(struct cq_sources *sources);

/* What a person may change in a source, and what came of it. */
enum {
	CQ_SET_TOKEN = 1 << 0,
	CQ_SET_EVERY = 1 << 1,
	CQ_SET_BRAND = 1 << 2,
	CQ_SET_OPTIONS = 1 << 3,
	CQ_SET_QUERY = 1 << 4,
	CQ_SET_SINCE = 1 << 5,

	CQ_SET_ANEW = 1 << 6,	/* it begins anew from since_at */
	CQ_SET_RESUMED = 1 << 7 /* it had paused itself, and is asked again */
};

struct cq_source_set {
	const struct cq_source *to; /* by its name; as it is to be */
	unsigned what;		    /* which of its fields */
	int64_t since_s;	    /* as said, for CQ_SET_SINCE */

	/* it begins anew: the cursor as it was read, to->cursor and
	 * to->since_at are what it goes on from; NULL: it just goes on */
	const char *cursor_before;
};

/* What one fetch ended with; stored together with its posts. */
struct cq_fetched {
	int64_t source_id;
	const char *cursor_before; /* as read: a fetch that raced is refused */

	/* as it was asked, by adapter, query, options, token_file and
	 * since_at: if a person changed one of them since, it is refused too;
	 * NULL: not compared.  What is left of a removed one is refused */
	const struct cq_source *asked;
	const char *cursor;  /* to go on from; NULL: unchanged */
	const char *address; /* moved for good (301); NULL: unchanged */
	const char *error;   /* NULL after a success */
	int64_t next_at;
	bool pause;	   /* gone for good, or the token was refused */
	bool refused;	   /* the account was: all its sources are paused; they
			 share adapter, host of the address and token file */
	int64_t rest_at;   /* none of the account's sources is to be asked
			      before, CQ_REST_MAX_S ahead at most; 0: it may */
	bool jumped;	   /* posts were passed over that nobody offers again */
	int64_t jumped_at; /* none is missing before it; or CQ_NO_TIME */
};

#endif
