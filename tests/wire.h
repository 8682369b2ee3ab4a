#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include <stddef.h>

/*
 * A request by hand, and the bytes that came back: no library smooths over
 * what went wrong on the way.
 */
struct wire {
	int status;
	char *head; /* status line and headers, each with "\r\n" */
	char *body;
	size_t n;
	int error; /* errno that ended it; 0 if the other side just closed */
	double s;  /* from the request to the end */
};

/*
 * Asks http://127.0.0.1:PORT (base) for target by HTTP/1.0.
 *
 * headers  lines that end with "\r\n", or ""
 * max      bytes after which the connection is closed from this side
 */
struct wire wire_ask(const char *base, const char *method, const char *target,
    const char *headers, const char *body, size_t max);
void wire_free(struct wire *got);

/* A GET of target, to its end. */
struct wire wire_get(const char *base, const char *target);

/* A header's value, "" if there is none; valid until the next call. */
const char *wire_header(const struct wire *got, const char *name,
    char buf[512]);

/* Decompresses the body; ends the test if it is not gzip. */
void wire_unzip(struct wire *got);

#endif
