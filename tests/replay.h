#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <stddef.h>

/*
 * A web server on 127.0.0.1 for tests: answers by path and query with
 * recorded bytes, and misbehaves where it is told to.  Failures of the set-
 * up end the test program.
 */
struct replay;

struct replay *replay_start(void);

/* With a certificate, as PEM. */
struct replay *replay_start_tls(const char *cert, const char *key);
void replay_stop(struct replay *r);

/* "http://127.0.0.1:PORT" or "https://..."; lives as long as r. */
const char *replay_base(const struct replay *r);

/*
 * The answer to path (with its query) from now on.
 *
 * headers  "Name: value" lines parted by '\n', or NULL; "@BASE@" in them
 *          becomes replay_base()
 */
void replay_add(struct replay *r, const char *path, int status,
    const char *headers, const void *body, size_t n);
void replay_text(struct replay *r, const char *path, int status,
    const char *headers, const char *body);

/*
 * A recorded exchange: fixture is the path of its .meta.json or, if there
 * is none, of its body.  Headers that describe the wire are left out; origin,
 * if not NULL, is replaced by replay_base() in all others.
 */
void replay_file(struct replay *r, const char *path, const char *fixture,
    const char *origin);

enum replay_fault {
	REPLAY_SILENT,	/* takes the request, never answers */
	REPLAY_DRIP,	/* one byte now and then */
	REPLAY_ENDLESS, /* never stops sending */
	REPLAY_CUT,	/* breaks off in the middle */
	REPLAY_HEADERS	/* headers without end */
};
void replay_fault(struct replay *r, const char *path, enum replay_fault fault);

/* Requests so far; and the last one's path with query, or a header of it:
 * "" if there was none.  Valid until the next request. */
int replay_count(struct replay *r);
const char *replay_last(struct replay *r);
const char *replay_header(struct replay *r, const char *name);

/* The bytes of a file, NUL behind them; to be freed. */
char *replay_slurp(const char *path, size_t *n);

#endif
