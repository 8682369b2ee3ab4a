#include "sources/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/version.h"
#include "sources/token.h"
#include "sources/url.h"

#define HEADERS_MAX (64 * 1024) /* bytes of all headers of an answer */
#define HOST_MAX 4L		/* transfers with one host at a time */

struct transfer {
	struct http *http;
	struct transfer *next;
	CURL *easy;
	struct curl_slist *headers;
	bool insecure, secret, stays;
	bool started; /* else it waits for others with its host */
	char *posted; /* body of the request; or NULL */
	size_t max_body;
	http_done_fn done;
	void *arg;
	struct cq_buf body;
	struct cq_buf answer_headers; /* "Name: value" lines, NUL between */
	bool body_too_large, headers_too_large;
	int n_redirects;
	bool moved_for_good; /* every redirect so far was permanent */
	char host[256];
	char error[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct http_opts opts;
	struct transfer *first;
	int n;
};

/* As other programs that verify with OpenSSL have it; libcurl does not. */
static const char *
own_authority(void)
{
	const char *file = secure_getenv("SSL_CERT_FILE");

	return file == NULL || *file == '\0' ? NULL : file;
}

struct http *
http_new(const struct http_opts *opts)
{
	struct http *http;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return NULL;
	http = cq_alloc(sizeof(*http));
	http->opts = *opts;
	if (http->opts.ca_file == NULL)
		http->opts.ca_file = own_authority();
	if (http->opts.connect_ms == 0)
		http->opts.connect_ms = 5000;
	if (http->opts.total_ms == 0)
		http->opts.total_ms = 30000;
	http->multi = curl_multi_init();
	if (http->multi == NULL) {
		free(http);
		curl_global_cleanup();
		return NULL;
	}
	curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, HOST_MAX);
	return http;
}

static void
transfer_free(struct transfer *t)
{
	if (t->easy != NULL) {
		curl_multi_remove_handle(t->http->multi, t->easy);
		curl_easy_cleanup(t->easy);
	}
	curl_slist_free_all(t->headers);
	src_wipe(&t->posted);
	cq_buf_free(&t->body);
	cq_buf_free(&t->answer_headers);
	free(t);
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	while (http->first != NULL) {
		struct transfer *t = http->first;

		http->first = t->next;
		transfer_free(t);
	}
	curl_multi_cleanup(http->multi);
	free(http);
	curl_global_cleanup();
}

static void
unlink_transfer(struct transfer *t)
{
	struct transfer **at = &t->http->first;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->http->n--;
}

/* --- what may be asked ------------------------------------------------- */

static enum cq_status
refuse_url(CURLU *u, bool insecure, char host[256], struct cq_err *err)
{
	char *scheme = NULL, *name = NULL, *user = NULL;
	enum cq_status rc = CQ_OK;

	curl_url_get(u, CURLUPART_USER, &user, 0);
	if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &name, 0) != CURLUE_OK)
		rc = cq_fail(err, CQ_INPUT,
		    "this is no address of a web "
		    "site");
	else if (user != NULL)
		rc = cq_fail(err, CQ_INPUT,
		    "an address with a name or password in it is not asked");
	else if (strcmp(scheme, "http") == 0 && !insecure &&
	    !url_host_is_local(name))
		rc = cq_fail(err, CQ_INPUT,
		    "plain http is not allowed for %s: use https://, or "
		    "--insecure if it has none",
		    name);
	else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		rc = cq_fail(err, CQ_INPUT,
		    "%s:// is not asked: only https:// is", scheme);
	if (name != NULL)
		snprintf(host, 256, "%s", name);
	curl_free(user);
	curl_free(scheme);
	curl_free(name);
	return rc;
}

/* Judges an address with the parser that will also connect. */
static enum cq_status
check_url(const char *url, bool insecure, char host[256], struct cq_err *err)
{
	CURLU *u = curl_url();
	enum cq_status rc;

	if (u == NULL ||
	    curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) !=
		CURLUE_OK)
		rc = cq_fail(err, CQ_INPUT, "%s is no address of a web site",
		    url);
	else
		rc = refuse_url(u, insecure, host, err);
	curl_url_cleanup(u);
	return rc;
}

/* --- what comes in ----------------------------------------------------- */

static size_t
on_body(char *s, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	n *= size;
	if (n > t->max_body - t->body.n) {
		t->body_too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	cq_buf_add(&t->body, s, n);
	return n;
}

static size_t
on_header(char *s, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len;

	n *= size;
	len = n;
	if (len >= 5 && memcmp(s, "HTTP/", 5) == 0) /* after 100, or 302 */
		cq_buf_clear(&t->answer_headers);
	if (len > HEADERS_MAX - t->answer_headers.n) {
		t->headers_too_large = true;
		return 0;
	}
	while (len > 0 && (s[len - 1] == '\r' || s[len - 1] == '\n'))
		len--;
	if (len > 0 && memchr(s, '\0', len) == NULL)
		cq_buf_add(&t->answer_headers, s, len);
	cq_buf_char(&t->answer_headers, '\0');
	return n;
}

static const char *
find_header(const struct src_answer *answer, const char *name)
{
	const struct transfer *t = answer->arg;
	const char *s = t->answer_headers.s, *end, *value = NULL;
	size_t n = strlen(name);

	if (s == NULL)
		return NULL;
	for (end = s + t->answer_headers.n; s < end; s += strlen(s) + 1)
		if (strncasecmp(s, name, n) == 0 && s[n] == ':')
			value = s + n + 1 + strspn(s + n + 1, " \t");
	return value;
}

/* --- what goes out ----------------------------------------------------- */

static void
set_security(struct transfer *t)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	/* each redirect is judged by follow(), none taken by libcurl */
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (t->http->opts.ca_file != NULL) {
		curl_easy_setopt(e, CURLOPT_CAINFO, t->http->opts.ca_file);
		curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	}
}

static void
set_limits(struct transfer *t)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
	    t->http->opts.connect_ms);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, t->http->opts.total_ms);
	/* a name server that hangs must not hold up the other transfers */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 16L);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, 20L);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
}

static enum cq_status
set_request(struct transfer *t, const struct http_job *job, struct cq_err *err)
{
	char token[TOKEN_MAX];
	enum cq_status rc;
	size_t i;

	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(t->easy, CURLOPT_USERAGENT,
	    "caseq/" CASEQ_VERSION " (complaint queue; polls politely)");
	if (url_host_is_local(t->host))
		curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
	for (i = 0; i < job->req->n_headers; i++)
		t->headers =
		    curl_slist_append(t->headers, job->req->headers[i]);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	if (job->req->body != NULL) {
		t->posted = cq_strdup(job->req->body);
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)strlen(t->posted));
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->posted);
	}
	if (!job->req->token || job->token_file == NULL)
		return CQ_OK;
	rc = token_read(job->token_file, token, err);
	if (rc == CQ_OK) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH,
		    (long)CURLAUTH_BEARER);
		curl_easy_setopt(t->easy, CURLOPT_XOAUTH2_BEARER, token);
	}
	explicit_bzero(token, sizeof(token));
	return rc;
}

/* --- whose turn it is -------------------------------------------------- */

static bool
is_busy(const struct http *http, const char *host)
{
	const struct transfer *t;
	long n = 0;

	for (t = http->first; t != NULL; t = t->next)
		n += t->started && strcasecmp(t->host, host) == 0;
	return n >= HOST_MAX;
}

/*
 * Starts those whose host has room, first come, first served.  libcurl would
 * let them wait as well, but counts that as time which they have used up.
 */
static void
start_some(struct http *http)
{
	struct transfer *t, *oldest;

	do {
		oldest = NULL;
		for (t = http->first; t != NULL; t = t->next)
			if (!t->started && !is_busy(http, t->host))
				oldest = t; /* the newest is first */
		if (oldest != NULL) {
			oldest->started = true;
			curl_multi_add_handle(http->multi, oldest->easy);
		}
	} while (oldest != NULL);
}

enum cq_status
http_add(struct http *http, const struct http_job *job, struct cq_err *err)
{
	struct transfer *t;
	char host[256] = "";
	enum cq_status rc;

	rc = check_url(job->req->url, job->insecure, host, err);
	if (rc != CQ_OK)
		return rc;
	t = cq_alloc(sizeof(*t));
	t->http = http;
	t->insecure = job->insecure;
	t->stays = job->req->stays;
	t->secret =
	    job->req->secret || (job->req->token && job->token_file != NULL);
	t->max_body = job->max_body > 0 ? job->max_body : HTTP_BODY_JSON;
	t->done = job->done;
	t->arg = job->arg;
	t->moved_for_good = true;
	memcpy(t->host, host, sizeof(host));
	t->easy = curl_easy_init();
	if (t->easy == NULL) {
		transfer_free(t);
		return cq_fail(err, CQ_NET, "libcurl cannot be used");
	}
	curl_easy_setopt(t->easy, CURLOPT_URL, job->req->url);
	set_security(t);
	set_limits(t);
	rc = set_request(t, job, err);
	if (rc != CQ_OK) {
		transfer_free(t);
		return rc;
	}
	t->next = http->first;
	http->first = t;
	http->n++;
	start_some(http);
	return CQ_OK;
}

/* --- what went wrong --------------------------------------------------- */

/*
 * Results of certificate checks, by their numbers in openssl-verify(1);
 * libcurl reports a wrong name as 0 or 1, which are no fault of a chain.
 */
enum {
	CERT_EXPIRED = 10,
	CERT_SELF_SIGNED = 18,
	CERT_SELF_IN_CHAIN = 19,
	CERT_NOT_YET = 9
};

static enum cq_status
fail_certificate(const struct transfer *t, struct cq_err *err)
{
	const char *why = "is not signed by an authority this system knows";
	long result = 0;

	curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &result);
	if (result == CERT_EXPIRED)
		why = "has expired";
	else if (result == CERT_NOT_YET)
		why = "is not valid yet: check the clock";
	else if (result == CERT_SELF_SIGNED || result == CERT_SELF_IN_CHAIN)
		why = "is self-signed";
	else if (result <= 1)
		why = "is for another name: check the address";
	return cq_fail(err, CQ_NET,
	    "the certificate of %s %s; nothing was sent or read", t->host, why);
}

static enum cq_status
fail_authorities(const struct transfer *t, struct cq_err *err)
{
	const char *file = t->http->opts.ca_file;

	if (file == NULL)
		return cq_fail(err, CQ_NET,
		    "this system has no certificates to trust: is the "
		    "package ca-certificates installed?  Nothing was sent to "
		    "%s",
		    t->host);
	return cq_fail(err, CQ_NET,
	    "the certificates to trust cannot be read from %s: check "
	    "SSL_CERT_FILE; nothing was sent to %s",
	    file, t->host);
}

static enum cq_status
fail_connect(const struct transfer *t, struct cq_err *err)
{
	long number = 0;

	curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
	if (number == ECONNREFUSED)
		return cq_fail(err, CQ_NET,
		    "%s refuses connections: is the service running, is the "
		    "port right?",
		    t->host);
	return cq_fail(err, CQ_NET, "cannot connect to %s: %s", t->host,
	    number != 0 ? strerror((int)number) : "check the network");
}

static enum cq_status
fail_time(const struct transfer *t, struct cq_err *err)
{
	curl_off_t connected = 0;

	curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
	if (connected == 0)
		return cq_fail(err, CQ_NET,
		    "%s does not accept connections in time: check the "
		    "network, or try later",
		    t->host);
	return cq_fail(err, CQ_NET,
	    "%s did not finish its answer in time: try later", t->host);
}

static enum cq_status
fail_transfer(const struct transfer *t, CURLcode code, struct cq_err *err)
{
	if (t->body_too_large)
		return cq_fail(err, CQ_NET,
		    "the answer of %s is larger than %zu KiB: not read; "
		    "check the address",
		    t->host, t->max_body / 1024);
	if (t->headers_too_large)
		return cq_fail(err, CQ_NET,
		    "the answer of %s has more than %d KiB of headers: not "
		    "read",
		    t->host, HEADERS_MAX / 1024);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return cq_fail(err, CQ_NET,
		    "cannot find the host %s: check the address and the "
		    "network",
		    t->host);
	case CURLE_COULDNT_CONNECT:
		return fail_connect(t, err);
	case CURLE_OPERATION_TIMEDOUT:
		return fail_time(t, err);
	case CURLE_PEER_FAILED_VERIFICATION:
		return fail_certificate(t, err);
	case CURLE_SSL_CACERT_BADFILE:
		return fail_authorities(t, err);
	case CURLE_SSL_CONNECT_ERROR:
		return cq_fail(err, CQ_NET,
		    "%s does not speak TLS 1.2 or later there: check the "
		    "port",
		    t->host);
	case CURLE_BAD_CONTENT_ENCODING:
		return cq_fail(err, CQ_NET,
		    "the compressed answer of %s is damaged: try later",
		    t->host);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return cq_fail(err, CQ_NET,
		    "%s does not answer as a web site does: check address and "
		    "port",
		    t->host);
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return cq_fail(err, CQ_NET,
		    "the connection to %s broke off: try later", t->host);
	default:
		return cq_fail(err, CQ_NET, "no answer from %s: %s", t->host,
		    t->error[0] != '\0' ? t->error : curl_easy_strerror(code));
	}
}

/* --- redirects --------------------------------------------------------- */

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

static enum cq_status
may_follow(struct transfer *t, const char *to, char host[256],
    struct cq_err *err)
{
	struct cq_err why;
	char *from = NULL;
	bool down;

	if (t->secret || t->posted != NULL)
		return cq_fail(err, CQ_NET,
		    "%s redirects to %s: not followed with a token; give "
		    "that address if it is right",
		    t->host, to);
	if (t->n_redirects == HTTP_REDIRECTS_MAX)
		return cq_fail(err, CQ_NET,
		    "%s redirects more than %d times: check the address",
		    t->host, HTTP_REDIRECTS_MAX);
	curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &from);
	down = strncasecmp(from, "https:", 6) == 0 &&
	    strncasecmp(to, "https:", 6) != 0;
	if (down)
		return cq_fail(err, CQ_NET,
		    "%s redirects from https to %s: refused; check the address",
		    t->host, to);
	if (check_url(to, t->insecure, host, &why) != CQ_OK)
		return cq_fail(err, CQ_NET, "%s redirects to %s: refused: %s",
		    t->host, to, why.msg);
	if (url_host_is_local(host) && !url_host_is_local(t->host))
		return cq_fail(err, CQ_NET,
		    "%s redirects to this machine: refused; check the address",
		    t->host);
	return CQ_OK;
}

/* Asks again at the new address; true if so. */
static bool
follow(struct transfer *t, long status, struct cq_err *err)
{
	char host[256] = "";
	char *to = NULL, *copy;

	curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
	if (to == NULL) {
		cq_fail(err, CQ_NET,
		    "%s redirects without saying where: check the address",
		    t->host);
		return false;
	}
	if (may_follow(t, to, host, err) != CQ_OK)
		return false;
	if (status != 301 && status != 308)
		t->moved_for_good = false;
	t->n_redirects++;
	copy = cq_strdup(to);
	memcpy(t->host, host, sizeof(host));
	cq_buf_clear(&t->body);
	curl_multi_remove_handle(t->http->multi, t->easy);
	curl_easy_setopt(t->easy, CURLOPT_URL, copy);
	curl_easy_setopt(t->easy, CURLOPT_NOPROXY,
	    url_host_is_local(host) ? "*" : NULL);
	curl_multi_add_handle(t->http->multi, t->easy);
	free(copy);
	return true;
}

/* --- the loop ---------------------------------------------------------- */

/* The pages go back at once; those of an address space stay. */
static void
forget_body(const struct src_answer *answer, size_t from)
{
	const struct transfer *t = answer->arg;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t start, end = (uintptr_t)(t->body.s + t->body.n);

	if (from >= t->body.n)
		return;
	start = ((uintptr_t)t->body.s + from + page - 1) / page * page;
	end = end / page * page;
	if (start < end)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

static void
tell_answer(struct transfer *t, long status)
{
	struct src_answer answer = {
	    .http = (int)status,
	    .body = t->body.s == NULL ? "" : t->body.s,
	    .n = t->body.n,
	    .now = t->http->opts.env.now(t->http->opts.env.arg),
	    .header = find_header,
	    .arg = t,
	    .spent = forget_body,
	};
	char *url = NULL;

	curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
	answer.url = url;
	if (t->n_redirects > 0 && t->moved_for_good)
		answer.moved_to = url;
	t->done(t->arg, &answer, NULL);
}

static void
finish(struct transfer *t, CURLcode code)
{
	struct cq_err err = {0};
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_OK && is_redirect(status) && !t->stays &&
	    follow(t, status, &err))
		return;
	unlink_transfer(t);
	if (code != CURLE_OK)
		fail_transfer(t, code, &err);
	if (err.status != CQ_OK)
		t->done(t->arg, NULL, &err);
	else
		tell_answer(t, status);
	transfer_free(t);
}

int
http_step(struct http *http, int wait_ms)
{
	int running = 0, left;
	CURLMsg *msg;

	curl_multi_perform(http->multi, &running);
	if (running > 0) {
		curl_multi_poll(http->multi, NULL, 0, wait_ms, NULL);
		curl_multi_perform(http->multi, &running);
	}
	while ((msg = curl_multi_info_read(http->multi, &left)) != NULL) {
		CURLcode code = msg->data.result;
		void *t = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		finish(t, code);
	}
	start_some(http);
	return http->n;
}

void
http_keep_up(struct http *http)
{
	int running = 0;

	curl_multi_perform(http->multi, &running);
}

void
http_run(struct http *http, const volatile int *stop)
{
	while ((stop == NULL || *stop == 0) && http_step(http, 100) > 0)
		;
}
