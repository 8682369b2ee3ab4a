#ifndef SRC_SOURCE_H
#define SRC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/post.h"
#include "core/source.h"

/*
 * An adapter does no I/O: it says what to ask next, and reads the answer.
 * So all sources share one transfer loop, none delays another, and an
 * adapter is tested and fuzzed with recorded bytes.
 */

#define SRC_MAX_HEADERS 8
#define SRC_STEPS_MAX 25 /* questions of a visit; the rest is for the next */
#define SRC_SESSION_MAX (16 * 1024) /* bytes with the NUL */

/*
 * One visit to one source, from its first question to its last answer.
 * Strings are borrowed for the call.
 */
struct src_visit {
	const struct cq_source *source;
	const char *cursor;  /* as stored; "" until something was */
	int64_t now;	     /* UTC seconds */
	int64_t since_at;    /* nothing older is wanted; CQ_NO_TIME: all is */
	const char *secret;  /* what the token file holds, if ops->sees_secret
				and there is one; else NULL */
	const char *session; /* what next->session last said; "" at first */
	bool trial;	     /* nothing is stored: a few posts will do */

	/* An ops->ask() that fails says here until when it will; 0: unknown. */
	int64_t until_at;

	/* The adapter's own between two calls, NULL at first: ops->forget(). */
	void *memory;
};

/* Strings owned; src_request_free(), which wipes them. */
struct src_request {
	char *url;
	char *headers[SRC_MAX_HEADERS]; /* "Name: value" */
	size_t n_headers;
	char *body;  /* posted if there is one; its type is a header */
	bool token;  /* send the source's token as "Authorization: Bearer" */
	bool secret; /* headers or body hold one: no redirect is followed */
	bool stays;  /* a redirect is an answer, and followed by nobody */
};
void src_request_free(struct src_request *req);

/* Wipes and frees *s, which may be NULL; it then is. */
void src_wipe(char **s);

/* Does s hold a byte below 0x20 or 0x7f? */
bool src_has_control(const char *s);

/* Adds a header; CQ_INPUT if it has a control character. */
enum cq_status src_request_header(struct src_request *req, const char *name,
    const char *value, struct cq_err *err);

/*
 * Asks for JSON; a secret that is not NULL goes into the header of that
 * name, and then no redirect is followed.  Fails as src_request_header().
 */
enum cq_status src_request_json(struct src_request *req, const char *name,
    const char *secret, struct cq_err *err);

/* Borrowed for the call. */
struct src_answer {
	int http;	  /* status code */
	const char *body; /* after decoding; NUL behind the last byte */
	size_t n;
	const char *url;      /* where the answer came from, after redirects */
	const char *moved_to; /* if every redirect was permanent; or NULL */
	int64_t now;	      /* UTC seconds when it arrived */

	/* A header's value (the last one), or NULL; name without case. */
	const char *(*header)(const struct src_answer *answer,
	    const char *name);
	const void *arg;

	/*
	 * Tells that the body is not read any more from there on, so that its
	 * memory may serve for what comes of it; NULL if nobody cares.
	 */
	void (*spent)(const struct src_answer *answer, size_t from);
};

/* What follows an answer; strings owned: src_next_free(), which wipes them. */
struct src_next {
	char *cursor;	 /* to be stored with the posts; NULL: unchanged */
	char *session;	 /* to be kept in a file of mode 0600; NULL: as it is */
	bool more;	 /* another page or step waits: ask again at once */
	int64_t wait_s;	 /* the service asks for patience; 0 if it does not */
	bool patience;	 /* it does, be it without a time (wait_s 0) */
	int64_t every_s; /* ... for longer between fetches (ttl); or 0 */
	int64_t n_old;	 /* posts that were not emitted, being history */
	int64_t n_same;	 /* ... being what they were in the last answer */
	bool pause;	 /* gone, or refused: a person must act */
	bool refused;	 /* the account was: its other sources rest as well */

	/* Posts were passed over that will not be offered again. */
	bool jumped;
	int64_t
	    jumped_at; /* none is missing before it; CQ_NO_TIME, 0: unknown */
};
void src_next_free(struct src_next *next);

/* Called for each post, which is borrowed for the call. */
typedef void (*src_emit_fn)(void *arg, const struct cq_post *post);

/*
 * A service that numbers the requests it still allows tells when it counts
 * anew in one of these ways; Retry-After always counts.
 */
enum src_reset {
	SRC_RESET_NONE,
	SRC_RESET_TIME,
	SRC_RESET_EPOCH,
	SRC_RESET_SECONDS
};
struct src_limit {
	const char *remaining, *reset; /* names of headers; or NULL */
	enum src_reset kind;	       /* what the latter holds */
};

struct src_ops {
	const char *name; /* the word used for it in caseq(1) */
	const char *help; /* what its address and query mean, one line */
	int every_s;	  /* seconds between fetches unless told */
	size_t max_body;  /* bytes of an answer, after decoding */
	struct src_limit limit;
	bool sees_secret;   /* puts the token where only it knows to */
	bool keeps_session; /* next->session may be set: room is needed */
	bool tokenless;	    /* the service knows no tokens: none is accepted */

	/* Checks address, query and options when a source is added. */
	enum cq_status (*check)(const struct cq_source *s, struct cq_err *err);

	/*
	 * Optional, of a source that is good: what more is asked of options
	 * that a person gives now.  Those that are stored may be older.
	 */
	enum cq_status (*check_given)(const struct cq_source *s,
	    struct cq_err *err);

	/*
	 * Optional, and only of a source that is good: the seconds between
	 * two fetches that it is given at least; 0 if there are none.
	 */
	int64_t (*floor_s)(const struct cq_source *s);

	/*
	 * Optional: the address that is asked first, owned, where it is made
	 * of more than a person typed as one; NULL if it cannot be made.
	 */
	char *(*first)(const struct cq_source *s);

	/*
	 * Optional: the cursor of a source that is to begin anew, for what
	 * outlasts that; "" if there is no such function.  Owned by the
	 * caller.
	 */
	char *(*anew)(const struct src_visit *visit);

	/* Fills req for the page after visit->cursor. */
	enum cq_status (*ask)(struct src_visit *visit, struct src_request *req,
	    struct cq_err *err);

	/*
	 * Emits the posts of one answer, oldest first.  They are stored with
	 * next->cursor in one transaction before the next question; so an
	 * adapter that must see several answers first keeps them in
	 * visit->memory, emits nothing, leaves the cursor and says more.
	 *
	 * Fails with CQ_NET and a message for a person if the answer is not
	 * what was asked for; next->wait_s, pause, refused and session count
	 * even then.
	 */
	enum cq_status (*read)(struct src_visit *visit,
	    const struct src_answer *answer, src_emit_fn emit, void *arg,
	    struct src_next *next, struct cq_err *err);

	/* Frees visit->memory, which is not NULL; NULL if it has none. */
	void (*forget)(void *memory);

	/*
	 * Optional, and both or none: looks again at posts that are known, to
	 * see edits and deletions.  ids are remote ids, up to again_max of
	 * them, newest first.  read_again() emits those that are there as
	 * they are now, and those that certainly are not with post->gone; one
	 * that it cannot judge it leaves out.  next->more: another question
	 * about the same ids waits.
	 */
	size_t again_max;
	enum cq_status (*ask_again)(struct src_visit *visit,
	    const char *const *ids, size_t n, struct src_request *req,
	    struct cq_err *err);
	enum cq_status (*read_again)(struct src_visit *visit,
	    const char *const *ids, size_t n, const struct src_answer *answer,
	    src_emit_fn emit, void *arg, struct src_next *next,
	    struct cq_err *err);
};

/*
 * Seconds between two fetches at least, whatever --every says; 0 if any will
 * do, or nobody asks it.
 */
int64_t src_floor_s(const struct cq_source *s);

/*
 * The name in the address of what looks like a secret there ("token" of
 * "?token=..."), or in that which its map makes; or of a feed the beginning of
 * a part of its path ("8fa3..."); NULL if there is none.
 * Owned, and of plain letters.
 */
char *src_secret_in(const struct cq_source *s);

/* sources/registry.c: all adapters; the list ends with NULL. */
extern const struct src_ops *const src_adapters[];
const struct src_ops *src_adapter(const char *name);

#endif
