#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "core/alloc.h"
#include "tests/replay_parts.h"

#define FAULT "/__fault"
#define HEAL "/__heal"

/* One request while it comes in. */
struct asked {
	char *target;
	struct cq_buf body;
	bool begun;
};

_Noreturn void
replay_die(const char *what, const char *where)
{
	fprintf(stderr, "replay: %s: %s\n", what, where);
	exit(99);
}

void
replay_nap(void)
{
	const struct timespec t = {.tv_nsec = 20000000L};

	nanosleep(&t, NULL);
}

/* --- noting ------------------------------------------------------------ */

static enum MHD_Result
note_header(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	struct replay *r = arg;

	(void)kind;
	if (r->n_headers < REPLAY_LOG_HEADERS)
		r->headers[r->n_headers++] =
		    cq_format("%s: %s", name, value == NULL ? "" : value);
	return MHD_YES;
}

static void
note_request(struct replay *r, struct MHD_Connection *c,
    const struct asked *asked)
{
	r->count++;
	free(r->last);
	r->last = cq_strdup(asked->target);
	free(r->last_body);
	r->last_body = cq_strdup(asked->body.s == NULL ? "" : asked->body.s);
	while (r->n_headers > 0)
		free(r->headers[--r->n_headers]);
	MHD_get_connection_values(c, MHD_HEADER_KIND, note_header, r);
}

/* A field of a line of the log. */
static void
log_field(struct replay *r, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte == '\\')
			fputs("\\\\", r->log);
		else if (byte < 0x20 || byte == 0x7f)
			fprintf(r->log, "\\x%02x", byte);
		else
			putc(byte, r->log);
	}
}

static void
log_request(struct replay *r, const char *kind, const char *method,
    const struct asked *asked, const struct answer *answer)
{
	size_t i;

	if (r->log == NULL)
		return;
	fprintf(r->log, "%s\t%s ", kind, method);
	log_field(r, asked->target, strlen(asked->target));
	fprintf(r->log, "\t%d\t%s", answer->status, answer->name);
	for (i = 0; i < r->n_headers; i++) {
		putc('\t', r->log);
		log_field(r, r->headers[i], strlen(r->headers[i]));
	}
	if (asked->body.n > 0) {
		fputs("\tbody=", r->log);
		log_field(r, asked->body.s, asked->body.n);
	}
	putc('\n', r->log);
	fflush(r->log);
}

/* --- answering --------------------------------------------------------- */

static void
copy_answer(struct answer *to, const struct answer *from)
{
	*to = (struct answer){
	    .name = cq_strdup(from->name),
	    .status = from->status,
	    .headers = cq_strdup(from->headers),
	    .body = cq_strndup(from->body, from->n),
	    .n = from->n,
	};
}

static void
no_answer(struct answer *to, const char *method, const char *target)
{
	cJSON *root = cJSON_CreateObject();
	char *words = cq_format("no exchange fits %s %s", method, target);

	cJSON_AddStringToObject(root, "error", words);
	*to = (struct answer){
	    .name = cq_strdup("-"),
	    .status = 404,
	    .headers = cq_strdup("Content-Type: application/json"),
	    .body = cJSON_PrintUnformatted(root),
	};
	to->n = strlen(to->body);
	free(words);
	cJSON_Delete(root);
}

/*
 * Fills answer, and says in one word what it is.  An answer that a fault
 * spoils stays the next one of its route.
 */
static const char *
choose(struct replay *r, const char *method, const char *target,
    const struct fault *fault, struct answer *answer)
{
	struct route *route = route_find(r->routes, method, target);

	if (fault != NULL && fault_answers(fault)) {
		*answer = (struct answer){0};
	} else if (route == NULL) {
		no_answer(answer, method, target);
		r->unmatched++;
		return "unmatched";
	} else {
		copy_answer(answer, &route->answers[route->next_answer]);
	}
	if (fault != NULL) {
		fault_change(r, fault, answer);
		return "fault";
	}
	if (route->next_answer + 1 < route->n_answers)
		route->next_answer++;
	return "matched";
}

static enum MHD_Result
control(struct replay *r, struct MHD_Connection *c, const struct asked *asked)
{
	struct answer answer = {.status = 200, .headers = "", .body = ""};
	char why[200] = "";

	if (strcmp(asked->target, HEAL) == 0)
		replay_heal(r);
	else if (!replay_fail(r, asked->body.s == NULL ? "" : asked->body.s,
		     why))
		answer = (struct answer){.status = 400,
		    .headers = "Content-Type: text/plain",
		    .body = why,
		    .n = strlen(why)};
	return replay_send(r, c, &answer, NULL);
}

static enum MHD_Result
give(struct replay *r, struct MHD_Connection *c, const char *method,
    const struct asked *asked)
{
	struct answer answer;
	const struct fault *fault;
	enum MHD_Result rc;
	const char *kind;

	pthread_mutex_lock(&r->lock);
	note_request(r, c, asked);
	fault = fault_take(r, asked->target);
	kind = choose(r, method, asked->target, fault, &answer);
	log_request(r, kind, method, asked, &answer);
	pthread_mutex_unlock(&r->lock);
	rc = replay_send(r, c, &answer, fault);
	answer_clear(&answer);
	return rc;
}

/* Called once for the headers, for each part of a body, and at the end. */
static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **per_request)
{
	struct asked *asked = *per_request;

	(void)url, (void)version;
	if (!asked->begun) {
		asked->begun = true;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		cq_buf_add(&asked->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (strcmp(method, "POST") == 0 &&
	    (strcmp(asked->target, FAULT) == 0 ||
		strcmp(asked->target, HEAL) == 0))
		return control(arg, c, asked);
	return give(arg, c, method, asked);
}

static void *
begin_request(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct asked *asked = cq_alloc(sizeof(*asked));

	(void)arg, (void)c;
	asked->target = cq_strdup(uri);
	return asked;
}

static void
end_request(void *arg, struct MHD_Connection *c, void **per_request,
    enum MHD_RequestTerminationCode why)
{
	struct asked *asked = *per_request;

	(void)arg, (void)c, (void)why;
	if (asked == NULL)
		return;
	free(asked->target);
	cq_buf_free(&asked->body);
	free(asked);
	*per_request = NULL;
}

/* --- start and stop ---------------------------------------------------- */

static struct replay *
start(unsigned port, const char *cert, const char *key)
{
	struct replay *r = cq_alloc(sizeof(*r));
	unsigned flags =
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION;
	struct sockaddr_in addr = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	const struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cert},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
	    {MHD_OPTION_END, 0, NULL},
	};
	const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	const char *s = cert != NULL ? "s" : "";

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pthread_mutex_init(&r->lock, NULL);
	if (cert != NULL)
		flags |= MHD_USE_TLS;
	r->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, r,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&addr,
	    MHD_OPTION_URI_LOG_CALLBACK, begin_request, r,
	    MHD_OPTION_NOTIFY_COMPLETED, end_request, r,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)256 * 1024,
	    MHD_OPTION_ARRAY, cert != NULL ? tls : none, MHD_OPTION_END);
	if (r->daemon == NULL)
		replay_die("cannot start", "is the port taken?");
	r->port =
	    MHD_get_daemon_info(r->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	snprintf(r->base, sizeof(r->base), "http%s://127.0.0.1:%u", s, r->port);
	snprintf(r->other, sizeof(r->other), "http%s://localhost:%u", s,
	    r->port);
	return r;
}

struct replay *
replay_start_tls(const char *cert, const char *key)
{
	return start(0, cert, key);
}

struct replay *
replay_start_at(unsigned port)
{
	return start(port, NULL, NULL);
}

struct replay *
replay_start(void)
{
	return start(0, NULL, NULL);
}

void
replay_stop(struct replay *r)
{
	if (r == NULL)
		return;
	r->stopping = 1;
	MHD_stop_daemon(r->daemon);
	while (r->routes != NULL) {
		struct route *route = r->routes;

		r->routes = route->next;
		route_free(route);
	}
	while (r->faults != NULL) {
		struct fault *fault = r->faults;

		r->faults = fault->next;
		fault_free(fault);
	}
	while (r->n_headers > 0)
		free(r->headers[--r->n_headers]);
	while (r->n_rewrite > 0)
		free(r->rewrite[--r->n_rewrite]);
	if (r->log != NULL)
		fclose(r->log);
	free(r->last);
	free(r->last_body);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

const char *
replay_base(const struct replay *r)
{
	return r->base;
}

void
replay_gzip(struct replay *r)
{
	r->gzip = true;
}

void
replay_clock(struct replay *r, long long now)
{
	r->now = now;
}

/* --- faults ------------------------------------------------------------ */

bool
replay_fail(struct replay *r, const char *lines, char why[200])
{
	struct fault *fault = fault_new(lines, why);

	if (fault == NULL)
		return false;
	pthread_mutex_lock(&r->lock);
	fault->next = r->faults;
	r->faults = fault;
	pthread_mutex_unlock(&r->lock);
	return true;
}

/* They are kept, for an answer that is still on its way. */
void
replay_heal(struct replay *r)
{
	struct fault *fault;

	pthread_mutex_lock(&r->lock);
	for (fault = r->faults; fault != NULL; fault = fault->next)
		fault->n = 0;
	pthread_mutex_unlock(&r->lock);
}

void
replay_fault(struct replay *r, const char *path, enum replay_fault fault)
{
	static const char *const lines[] = {
	    [REPLAY_SILENT] = "silent",
	    [REPLAY_DRIP] = "endless\nrate=5",
	    [REPLAY_ENDLESS] = "endless",
	    [REPLAY_CUT] = "status=200\nbig=100000\ncut=64",
	    [REPLAY_HEADERS] = "headers",
	};
	char *all = cq_format("path=%s\nn=all\n%s", path, lines[fault]);
	char why[200];

	if (!replay_fail(r, all, why))
		replay_die(why, path);
	free(all);
}

/* --- what was asked ---------------------------------------------------- */

void
replay_log(struct replay *r, const char *path)
{
	r->log = fopen(path, "we");
	if (r->log == NULL)
		replay_die("cannot write the log", path);
}

static int
locked(struct replay *r, const int *value)
{
	int n;

	pthread_mutex_lock(&r->lock);
	n = *value;
	pthread_mutex_unlock(&r->lock);
	return n;
}

int
replay_count(struct replay *r)
{
	return locked(r, &r->count);
}

int
replay_unmatched(struct replay *r)
{
	return locked(r, &r->unmatched);
}

static const char *
locked_text(struct replay *r, char *const *value)
{
	const char *text;

	pthread_mutex_lock(&r->lock);
	text = *value == NULL ? "" : *value;
	pthread_mutex_unlock(&r->lock);
	return text;
}

const char *
replay_last(struct replay *r)
{
	return locked_text(r, &r->last);
}

const char *
replay_last_body(struct replay *r)
{
	return locked_text(r, &r->last_body);
}

const char *
replay_header(struct replay *r, const char *name)
{
	const char *value = "";
	size_t n = strlen(name), i;

	pthread_mutex_lock(&r->lock);
	for (i = 0; i < r->n_headers; i++)
		if (strncasecmp(r->headers[i], name, n) == 0 &&
		    r->headers[i][n] == ':')
			value = r->headers[i] + n + 2;
	pthread_mutex_unlock(&r->lock);
	return value;
}
