#ifndef SRC_URL_H
#define SRC_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

/*
 * Addresses as adapters need them.  What may be asked in the end is decided
 * in http.c with the parser that also connects.
 */

/*
 * Checks an address a person typed: https, or http where that is allowed
 * (this machine, or insecure); a host, which does not end in the full stop of
 * a sentence; no name and password in it.
 */
enum cq_status url_check(const char *url, bool insecure, struct cq_err *err);

/* This machine: localhost, 127.0.0.0/8, ::1 (also in brackets). */
bool url_host_is_local(const char *host);

/* Is it the address of a whole site, without path, query or fragment? */
bool url_is_site(const char *url);

/* Is its host domain ("youtube.com") or below it ("www.youtube.com")? */
bool url_is_in(const char *url, const char *domain);

bool url_same_origin(const char *a, const char *b);

/* All owned by the caller; NULL if there is none. */
char *url_host(const char *url);
char *url_escape(const char *part);
char *url_query(const char *url, const char *name); /* decoded */

/* Of "?page=1&api_key=..." it is "api_key": what by its name is a secret. */
char *url_secret_name(const char *url);

/* Of "/private/8fa3c0.../feed.xml" it is "8fa3...": what looks like chance. */
char *url_secret_part(const char *url);
char *url_join(const char *base, const char *ref); /* http(s) only */

/* base without the slashes at its end, then path. */
char *url_at(const char *base, const char *path);

/* Adds "?name=value" or "&name=value", escaped; nothing if value is NULL. */
void url_add(struct cq_buf *url, const char *name, const char *value);

/* As above, with a number. */
void url_add_int(struct cq_buf *url, const char *name, int64_t value);

#endif
