#ifndef SRC_HTTP_H
#define SRC_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/env.h"
#include "sources/source.h"

/*
 * All transfers at once; the only user of libcurl.  https with verified
 * certificates; http only to this machine or where a job allows it; no
 * other scheme ever.  There is no switch to turn verification off.
 */
struct http;

#define HTTP_BODY_JSON (4 * 1024 * 1024) /* bytes, after decoding */
#define HTTP_BODY_FEED (8 * 1024 * 1024)
#define HTTP_REDIRECTS_MAX 3

/* Zero: the default of each. */
struct http_opts {
	struct cq_env env;   /* its clock stamps the answers; required */
	const char *ca_file; /* trusted instead of $SSL_CERT_FILE, or else of
				what the system trusts; kept */
	long connect_ms;     /* 5000 */
	long total_ms;	     /* 30000, each hop of a redirect anew */
};

/*
 * What became of a job: the answer, whatever its status code, or NULL and
 * err with a message that names the host and what to do.  May add jobs.
 */
typedef void (*http_done_fn)(void *arg, const struct src_answer *answer,
    const struct cq_err *err);

struct http_job {
	const struct src_request *req; /* borrowed for http_add() */
	const char *token_file;	       /* read if req->token; borrowed */
	bool insecure;		       /* plain http to anywhere */
	size_t max_body;	       /* bytes; 0 for HTTP_BODY_JSON */
	http_done_fn done;
	void *arg;
};

/* NULL if libcurl cannot be set up. */
struct http *http_new(const struct http_opts *opts);

/* Drops what is still under way; its done is not called. */
void http_free(struct http *http);

/*
 * Queues a job.  CQ_INPUT if its address is not allowed or its token file
 * is not as it should be; done is then not called.
 */
enum cq_status http_add(struct http *http, const struct http_job *job,
    struct cq_err *err);

/* Works for up to wait_ms; returns how many jobs are not done yet. */
int http_step(struct http *http, int wait_ms);

/*
 * Lets the other transfers go on while a done() takes its time; no done() is
 * called from here.
 */
void http_keep_up(struct http *http);

/* Until all jobs are done or *stop (may be NULL) is not zero. */
void http_run(struct http *http, const volatile int *stop);

#endif
