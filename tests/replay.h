#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A web server on 127.0.0.1 for tests: answers with recorded bytes, notes
 * what it was asked, and misbehaves where it is told to.  Unit tests start
 * it in a thread with the functions below; tests of the whole program start
 * build/tests/replay, which is the same with options in front of it (see
 * tests/replay_main.c, and tests/e2e/replay.bash for its use).
 *
 * A request fits a route if method, path and query are the same once percent
 * signs are decoded.  The parameters of the query may stand in any order, but
 * each must be there as often as it was recorded.  The host is not looked at.
 * What fits no route is answered with 404 and {"error":"..."}.
 *
 * Failures of the set-up end the test program.
 */
struct replay;

struct replay *replay_start(void);

/* On a port that the caller chose; 0 takes any that is free. */
struct replay *replay_start_at(unsigned port);

/* With a certificate, as PEM. */
struct replay *replay_start_tls(const char *cert, const char *key);
void replay_stop(struct replay *r);

/* "http://127.0.0.1:PORT" or "https://..."; lives as long as r. */
const char *replay_base(const struct replay *r);

/* --- answers ----------------------------------------------------------- */

/*
 * The answer to path (with its query) from now on, by any method.
 *
 * headers  "Name: value" lines parted by '\n', or NULL; the marks below
 *          are filled in
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

/*
 * From now on, "https://HOST" and "http://HOST" become replay_base() in the
 * headers and bodies that are loaded; for as many hosts as are named.
 */
void replay_rewrite(struct replay *r, const char *host);

/*
 * All exchanges of a folder, each as the answer to the request it was
 * recorded with.  Those that fit the same request are given in the order of
 * their names, and the last one is repeated.  "ignore": ["since", ...] in a
 * .meta.json names parameters that may have any value or be missing; "*" is
 * all of them.  One whose url has no path is skipped, and said so on standard
 * error.  Then DIR/replay.routes is read if it is there.
 */
void replay_dir(struct replay *r, const char *dir);

/*
 * A file of routes, which go before what is there already:
 *
 *     # METHOD TARGET ANSWER... [ignore=NAME,...] [status=N] [type=TYPE]
 *     GET /api/v1/timelines/tag/late?limit=40 gts-tag-timeline empty.json
 *
 * An answer is the name of an exchange in dir, or a file there (or anywhere,
 * if it begins with '/') that is a body without headers; status and type are
 * for the latter.  Several are given in order, the last one is repeated.
 */
void replay_routes(struct replay *r, const char *dir, const char *file);

/* Bodies are compressed for who accepts gzip. */
void replay_gzip(struct replay *r);

/* --- faults ------------------------------------------------------------ */

/*
 * What goes wrong, as lines of "name=value" or "name" alone.  The first two
 * kinds may be put together ("status=503", "html", "wait=2").
 *
 * For which requests:
 *   path=PATH        this path only, with any query; "/a?b=c" is this target
 *                    only, and "/a*" whatever begins with /a
 *   n=N, n=all       the next N requests of it; 1 unless told
 *   after=N          but not the first N of them
 * The answer:
 *   status=N         instead of the recorded one, with an error in JSON
 *   redirect=URL     to there, with 302 unless status says otherwise
 *   html             a page for people instead of the answer (status 200)
 *   header=NAME: VALUE  more headers; one that is there already is replaced
 *   type=TYPE        the same for Content-Type
 *   body=TEXT        another body
 *   empty            no body at all
 *   utf8             bytes in the body that are no UTF-8
 *   big[=BYTES]      spaces behind the body up to that size; 10 MiB
 *   bomb[=MIB]       spaces that gzip made small; 100 MiB
 *   endless          a body that never ends
 *   headers          120 KB of headers
 * The way to it:
 *   wait=SECONDS     nothing at all for that long
 *   silent           nothing, ever
 *   rate=BYTES       bytes of the body a second
 *   cut[=BYTES]      breaks off after that much of the body; the half
 *   reset            the connection is reset instead of an answer
 *
 * In headers, the redirect and body= these marks are filled in: @BASE@ is
 * replay_base(), @OTHER@ the same server by another name of its host,
 * @HTTP+30@, @ISO+30@ and @EPOCH+30@ the time in 30 seconds (a date of HTTP,
 * RFC 3339, seconds since 1970).  A route is not used up by a fault: who asks
 * again gets the answer that was missed.  The newest fault that fits counts.
 *
 * Returns false, with the reason in why, if it is none.
 */
bool replay_fail(struct replay *r, const char *lines, char why[200]);

/* No faults any more. */
void replay_heal(struct replay *r);

/* The time that the marks count from; 0 is the real one, as at first. */
void replay_clock(struct replay *r, long long now);

/* Some faults by name, for all requests of a path. */
enum replay_fault {
	REPLAY_SILENT,	/* takes the request, never answers */
	REPLAY_DRIP,	/* one byte now and then */
	REPLAY_ENDLESS, /* never stops sending */
	REPLAY_CUT,	/* breaks off in the middle */
	REPLAY_HEADERS	/* headers without end */
};
void replay_fault(struct replay *r, const char *path, enum replay_fault fault);

/* --- what was asked ---------------------------------------------------- */

/*
 * Writes each request to a file as it comes, one a line, parted by tabs:
 *
 *     matched GET /a?b=c 200 NAME Host: ... Authorization: ... body=...
 *
 * The first word is "matched", "unmatched", or "fault"; NAME is the exchange
 * that answered ("-" if there was none).  A tab, line feed or other control
 * character in it is written as \xHH, a backslash as \\.
 */
void replay_log(struct replay *r, const char *path);

/* Requests so far, and those that fitted no route. */
int replay_count(struct replay *r);
int replay_unmatched(struct replay *r);

/* The last one's path with query, its body, or a header of it: "" if there
 * was none.  Valid until the next request. */
const char *replay_last(struct replay *r);
const char *replay_last_body(struct replay *r);
const char *replay_header(struct replay *r, const char *name);

/* The bytes of a file, NUL behind them; to be freed. */
char *replay_slurp(const char *path, size_t *n);

#endif
