#include "tests/replay.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <microhttpd.h>

#include "core/alloc.h"
#include "core/buf.h"

#define LOG_HEADERS 40

struct route {
	struct route *next;
	char *path, *headers, *body;
	size_t n;
	int status;
	int fault; /* enum replay_fault, or -1 */
};

struct replay {
	struct MHD_Daemon *daemon;
	char base[64];
	pthread_mutex_t lock;
	struct route *routes;
	volatile int stopping;
	int count;
	char *last;
	char *headers[LOG_HEADERS]; /* "name: value" of the last request */
	size_t n_headers;
};

static void
die(const char *what)
{
	fprintf(stderr, "replay: %s\n", what);
	exit(99);
}

static void
nap(void)
{
	const struct timespec t = {.tv_nsec = 20000000L};

	nanosleep(&t, NULL);
}

/* --- answering --------------------------------------------------------- */

struct stream {
	struct replay *r;
	int fault;
};

static ssize_t
misbehave(void *arg, uint64_t at, char *buf, size_t max)
{
	struct stream *s = arg;
	int i;

	if (s->fault == REPLAY_CUT && at >= 64)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (s->fault == REPLAY_DRIP) {
		for (i = 0; i < 10 && !s->r->stopping; i++)
			nap();
		max = 1;
	}
	if (s->r->stopping)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (s->fault == REPLAY_CUT)
		max = max < 64 ? max : 64;
	memset(buf, 'a', max);
	return (ssize_t)max;
}

static void
add_headers(const struct replay *r, struct MHD_Response *answer,
    const char *headers)
{
	while (headers != NULL && *headers != '\0') {
		size_t n = strcspn(headers, "\n");
		char *line = cq_strndup(headers, n);
		char *value = strchr(line, ':');
		struct cq_buf b = {0};
		const char *p, *at;

		if (value == NULL)
			die("a header without a colon");
		*value++ = '\0';
		p = value + strspn(value, " ");
		while ((at = strstr(p, "@BASE@")) != NULL) {
			cq_buf_add(&b, p, (size_t)(at - p));
			cq_buf_str(&b, r->base);
			p = at + 6;
		}
		cq_buf_str(&b, p);
		MHD_add_response_header(answer, line, b.s);
		cq_buf_free(&b);
		free(line);
		headers += n + (headers[n] == '\n');
	}
}

static struct MHD_Response *
make_answer(struct replay *r, const struct route *route)
{
	struct MHD_Response *answer;
	struct stream *s;
	int i;

	if (route->fault < 0) {
		answer = MHD_create_response_from_buffer(route->n, route->body,
		    MHD_RESPMEM_MUST_COPY);
		add_headers(r, answer, route->headers);
		return answer;
	}
	s = cq_alloc(sizeof(*s));
	*s = (struct stream){r, route->fault};
	answer = MHD_create_response_from_callback(route->fault == REPLAY_CUT
		? 100000
		: MHD_SIZE_UNKNOWN,
	    4096, misbehave, s, free);
	for (i = 0; route->fault == REPLAY_HEADERS && i < 400; i++) {
		char name[32], value[301];

		snprintf(name, sizeof(name), "X-Much-%d", i);
		memset(value, 'v', 300);
		value[300] = '\0';
		MHD_add_response_header(answer, name, value);
	}
	return answer;
}

static enum MHD_Result
note_header(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	struct replay *r = arg;

	(void)kind;
	if (r->n_headers < LOG_HEADERS)
		r->headers[r->n_headers++] =
		    cq_format("%s: %s", name, value == NULL ? "" : value);
	return MHD_YES;
}

static void
note_request(struct replay *r, struct MHD_Connection *c, const char *path)
{
	r->count++;
	free(r->last);
	r->last = cq_strdup(path);
	while (r->n_headers > 0)
		free(r->headers[--r->n_headers]);
	MHD_get_connection_values(c, MHD_HEADER_KIND, note_header, r);
}

static struct route *
find(struct replay *r, const char *path)
{
	struct route *route = r->routes;

	while (route != NULL && strcmp(route->path, path) != 0)
		route = route->next;
	return route;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **per_request)
{
	struct replay *r = arg;
	char *path = *per_request;
	struct MHD_Response *answer;
	struct route *route;
	enum MHD_Result rc;
	int status = 404;

	(void)url, (void)method, (void)version, (void)upload;
	(void)upload_size;
	pthread_mutex_lock(&r->lock);
	note_request(r, c, path);
	route = find(r, path);
	if (route != NULL) {
		answer = make_answer(r, route);
		status = route->status;
	} else {
		answer = MHD_create_response_from_buffer(0, (void *)"",
		    MHD_RESPMEM_PERSISTENT);
	}
	while (route != NULL && route->fault == REPLAY_SILENT && !r->stopping) {
		pthread_mutex_unlock(&r->lock);
		nap();
		pthread_mutex_lock(&r->lock);
	}
	pthread_mutex_unlock(&r->lock);
	rc = MHD_queue_response(c, (unsigned)status, answer);
	MHD_destroy_response(answer);
	return rc;
}

static void *
keep_uri(void *arg, const char *uri, struct MHD_Connection *c)
{
	(void)arg, (void)c;
	return cq_strdup(uri);
}

static void
forget_uri(void *arg, struct MHD_Connection *c, void **per_request,
    enum MHD_RequestTerminationCode why)
{
	(void)arg, (void)c, (void)why;
	free(*per_request);
	*per_request = NULL;
}

/* --- set-up ------------------------------------------------------------ */

struct replay *
replay_start_tls(const char *cert, const char *key)
{
	struct replay *r = cq_alloc(sizeof(*r));
	unsigned flags =
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION;
	struct sockaddr_in addr = {.sin_family = AF_INET};
	const struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cert},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
	    {MHD_OPTION_END, 0, NULL},
	};
	const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pthread_mutex_init(&r->lock, NULL);
	if (cert != NULL)
		flags |= MHD_USE_TLS;
	r->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, r,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&addr,
	    MHD_OPTION_URI_LOG_CALLBACK, keep_uri, r,
	    MHD_OPTION_NOTIFY_COMPLETED, forget_uri, r,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)256 * 1024,
	    MHD_OPTION_ARRAY, cert != NULL ? tls : none, MHD_OPTION_END);
	if (r->daemon == NULL)
		die("cannot start");
	snprintf(r->base, sizeof(r->base), "http%s://127.0.0.1:%u",
	    cert != NULL ? "s" : "",
	    MHD_get_daemon_info(r->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	return r;
}

struct replay *
replay_start(void)
{
	return replay_start_tls(NULL, NULL);
}

static void
route_free(struct route *route)
{
	free(route->path);
	free(route->headers);
	free(route->body);
	free(route);
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
	while (r->n_headers > 0)
		free(r->headers[--r->n_headers]);
	free(r->last);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

const char *
replay_base(const struct replay *r)
{
	return r->base;
}

/* The newest route of a path is found first. */
static void
add_route(struct replay *r, const struct route *like)
{
	struct route *route = cq_alloc(sizeof(*route));

	*route = *like;
	pthread_mutex_lock(&r->lock);
	route->next = r->routes;
	r->routes = route;
	pthread_mutex_unlock(&r->lock);
}

void
replay_add(struct replay *r, const char *path, int status, const char *headers,
    const void *body, size_t n)
{
	struct route route = {
	    .path = cq_strdup(path),
	    .headers = cq_strdup(headers),
	    .body = cq_strndup(body, n),
	    .n = n,
	    .status = status,
	    .fault = -1,
	};

	add_route(r, &route);
}

void
replay_text(struct replay *r, const char *path, int status, const char *headers,
    const char *body)
{
	replay_add(r, path, status, headers, body, strlen(body));
}

void
replay_fault(struct replay *r, const char *path, enum replay_fault fault)
{
	struct route route = {
	    .path = cq_strdup(path), .status = 200, .fault = (int)fault};

	add_route(r, &route);
}

/* --- recorded exchanges ------------------------------------------------ */

char *
replay_slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct cq_buf b = {0};
	char part[4096];
	size_t got;

	if (f == NULL) {
		fprintf(stderr, "replay: cannot read %s\n", path);
		exit(99);
	}
	while ((got = fread(part, 1, sizeof(part), f)) > 0)
		cq_buf_add(&b, part, got);
	fclose(f);
	*n = b.n;
	return cq_buf_take(&b);
}

static bool
is_of_the_wire(const char *name)
{
	static const char *const names[] = {"content-encoding",
	    "content-length", "transfer-encoding", "connection", "date",
	    "keep-alive"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static void
add_recorded(struct cq_buf *to, const char *value, const char *origin)
{
	const char *at;

	while (origin != NULL && (at = strstr(value, origin)) != NULL) {
		cq_buf_add(to, value, (size_t)(at - value));
		cq_buf_str(to, "@BASE@");
		value = at + strlen(origin);
	}
	cq_buf_str(to, value);
}

static void
recorded_headers(const cJSON *response, const char *origin, struct cq_buf *to)
{
	const cJSON *pair;

	cJSON_ArrayForEach(pair, cJSON_GetObjectItem(response, "headers"))
	{
		const char *name = cJSON_GetStringValue(pair->child);

		if (is_of_the_wire(name))
			continue;
		if (to->n > 0)
			cq_buf_char(to, '\n');
		cq_buf_fmt(to, "%s: ", name);
		add_recorded(to, cJSON_GetStringValue(pair->child->next),
		    origin);
	}
}

void
replay_file(struct replay *r, const char *path, const char *fixture,
    const char *origin)
{
	size_t n, body_n;
	char *meta = replay_slurp(fixture, &n), *body, *name;
	struct cq_buf headers = {0};
	const cJSON *response;
	cJSON *root;

	if (strstr(fixture, ".meta.json") == NULL) {
		replay_add(r, path, 200, NULL, meta, n);
		free(meta);
		return;
	}
	root = cJSON_Parse(meta);
	response = cJSON_GetObjectItem(root, "response");
	if (response == NULL)
		die("a fixture without a response");
	recorded_headers(response, origin, &headers);
	name = cq_format("%.*s/%s", (int)(strrchr(fixture, '/') - fixture),
	    fixture,
	    cJSON_GetStringValue(cJSON_GetObjectItem(response, "body_file")));
	body = replay_slurp(name, &body_n);
	replay_add(r, path, cJSON_GetObjectItem(response, "status")->valueint,
	    headers.s, body, body_n);
	free(body);
	free(name);
	cq_buf_free(&headers);
	cJSON_Delete(root);
	free(meta);
}

/* --- what was asked ---------------------------------------------------- */

int
replay_count(struct replay *r)
{
	int n;

	pthread_mutex_lock(&r->lock);
	n = r->count;
	pthread_mutex_unlock(&r->lock);
	return n;
}

const char *
replay_last(struct replay *r)
{
	const char *last;

	pthread_mutex_lock(&r->lock);
	last = r->last == NULL ? "" : r->last;
	pthread_mutex_unlock(&r->lock);
	return last;
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
