#ifndef TESTS_REPLAY_PARTS_H
#define TESTS_REPLAY_PARTS_H

/*
 * What the files of the replay server share; tests include replay.h alone.
 * All strings are owned by the structure that holds them.
 */
#include <microhttpd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

#include "core/buf.h"
#include "tests/replay.h"

#define REPLAY_LOG_HEADERS 40

struct answer {
	char *name; /* of the exchange, or "-" */
	int status;
	char *headers; /* "Name: value" lines, or NULL */
	char *body;
	size_t n;
};

/* "a=1&b=2", decoded and sorted. */
struct params {
	char **pair; /* "name=value" */
	size_t n;
};

struct route {
	struct route *next;
	char *method; /* or NULL: any */
	char *path;   /* decoded */
	struct params params, ignore;
	struct answer *answers;
	size_t n_answers, next_answer;
};

struct fault {
	struct fault *next;
	char *path;    /* or NULL: any */
	long n, after; /* requests left (-1: all), and to be left alone */
	int status;    /* or 0 */
	char *headers, *body, *redirect;
	bool html, empty, utf8, endless, flood, silent, reset;
	bool cut;
	long cut_at; /* -1: the half */
	long big, bomb_mib, rate;
	double wait_s;
};

struct replay {
	struct MHD_Daemon *daemon;
	unsigned port;
	char base[64], other[64];
	pthread_mutex_t lock;
	struct route *routes;
	struct fault *faults;
	char *rewrite[8];
	size_t n_rewrite;
	long long now;
	bool gzip;
	volatile int stopping;
	FILE *log;
	int count, unmatched;
	char *last, *last_body;
	char *headers[REPLAY_LOG_HEADERS]; /* "name: value" of the last one */
	size_t n_headers;
};

/* Prints what and where, and ends the program with status 99. */
_Noreturn void replay_die(const char *what, const char *where);

/* 20 milliseconds. */
void replay_nap(void);

/* --- replay_route.c ---------------------------------------------------- */

/* A route without answers; ignore is "a,b" or NULL. */
struct route *route_new(const char *method, const char *target,
    const char *ignore);
void route_free(struct route *route);
bool route_same(const struct route *a, const struct route *b);

/* Copies what answer has. */
void route_answer(struct route *route, const struct answer *answer);

struct route *route_find(struct route *routes, const char *method,
    const char *target);
void answer_clear(struct answer *answer);

/* --- replay_fault.c ---------------------------------------------------- */

struct fault *fault_new(const char *lines, char why[200]);
void fault_free(struct fault *fault);

/* The one that hits target now, which counts as one of its requests. */
struct fault *fault_take(struct replay *r, const char *target);

/* Whether it needs no recorded answer. */
bool fault_answers(const struct fault *fault);

/* Makes of *answer what the fault wants it to be. */
void fault_change(const struct replay *r, const struct fault *fault,
    struct answer *answer);

/* --- replay_send.c ----------------------------------------------------- */

/* Fills in @BASE@ and the other marks. */
char *replay_marks(const struct replay *r, const char *text);

/* Sets a header among lines, in place of those of the same name. */
void replay_set_header(char **lines, const char *name, const char *value);

/* Compresses *body in place of itself. */
void replay_deflate(char **body, size_t *n);

/*
 * Sends answer as fault (or NULL) says, sleeping if need be; the lock must
 * not be held.
 */
enum MHD_Result replay_send(struct replay *r, struct MHD_Connection *c,
    const struct answer *answer, const struct fault *fault);

#endif
