/*
 * How an answer gets to the one who asked, or does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include <zlib.h>

#include "core/alloc.h"
#include "core/when.h"
#include "tests/replay_parts.h"

/* --- texts ------------------------------------------------------------- */

static void
add_time(const struct replay *r, struct cq_buf *b, const char *kind, size_t n,
    long offset)
{
	long long at = (r->now != 0 ? r->now : (long long)time(NULL)) + offset;
	const time_t t = (time_t)at;
	struct tm tm;
	char text[64];

	gmtime_r(&t, &tm);
	if (n == 4 && strncmp(kind, "HTTP", n) == 0)
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	else if (n == 3 && strncmp(kind, "ISO", n) == 0)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.000Z", &tm);
	else
		snprintf(text, sizeof(text), "%lld", at);
	cq_buf_str(b, text);
}

/* "@BASE@", "@ISO-30@"; what is no mark stays as it is. */
static size_t
add_mark(const struct replay *r, struct cq_buf *b, const char *s)
{
	static const char *const kinds[] = {"HTTP", "ISO", "EPOCH"};
	size_t i;

	if (strncmp(s, "@BASE@", 6) == 0) {
		cq_buf_str(b, r->base);
		return 6;
	}
	if (strncmp(s, "@OTHER@", 7) == 0) {
		cq_buf_str(b, r->other);
		return 7;
	}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i]);
		char *end;
		long offset;

		if (strncmp(s + 1, kinds[i], n) != 0 ||
		    (s[n + 1] != '+' && s[n + 1] != '-'))
			continue;
		offset = strtol(s + n + 1, &end, 10);
		if (*end != '@')
			continue;
		add_time(r, b, kinds[i], n, offset);
		return (size_t)(end + 1 - s);
	}
	cq_buf_char(b, '@');
	return 1;
}

char *
replay_marks(const struct replay *r, const char *text)
{
	struct cq_buf b = {0};

	while (*text != '\0') {
		size_t n = strcspn(text, "@");

		cq_buf_add(&b, text, n);
		text += n;
		if (*text == '@')
			text += add_mark(r, &b, text);
	}
	return cq_buf_take(&b);
}

void
replay_set_header(char **lines, const char *name, const char *value)
{
	const char *s = *lines == NULL ? "" : *lines;
	size_t n = strlen(name), len;
	struct cq_buf b = {0};

	for (; *s != '\0'; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		if (strncasecmp(s, name, n) == 0 && s[n] == ':')
			continue;
		cq_buf_add(&b, s, len);
		cq_buf_char(&b, '\n');
	}
	cq_buf_fmt(&b, "%s: %s", name, value);
	free(*lines);
	*lines = cq_buf_take(&b);
}

void
replay_deflate(char **body, size_t *n)
{
	z_stream z = {0};
	size_t max;
	char *small;

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		replay_die("cannot compress", "a body");
	max = deflateBound(&z, *n);
	small = cq_alloc(max);
	z.next_in = (Bytef *)*body;
	z.avail_in = (uInt)*n;
	z.next_out = (Bytef *)small;
	z.avail_out = (uInt)max;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		replay_die("cannot compress", "a body");
	*n = z.total_out;
	deflateEnd(&z);
	free(*body);
	*body = small;
}

/* --- bodies that are not sent at once ---------------------------------- */

struct stream {
	struct replay *r;
	char *body;
	size_t end; /* bytes that are sent of it */
	bool endless;
	long rate;
};

static void
stream_free(void *arg)
{
	struct stream *s = arg;

	free(s->body);
	free(s);
}

/* Bytes of the next part: those of a fifth of a second. */
static size_t
wait_for_part(const struct stream *s)
{
	int i;

	for (i = 0; i < 10 && !s->r->stopping; i++)
		replay_nap();
	return s->rate < 5 ? 1 : (size_t)s->rate / 5;
}

static ssize_t
next_part(void *arg, uint64_t at, char *buf, size_t max)
{
	struct stream *s = arg;
	size_t part = s->rate > 0 ? wait_for_part(s) : max;

	if (s->r->stopping || (!s->endless && at >= s->end))
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (part > max)
		part = max;
	if (s->endless) {
		memset(buf, 'a', part);
		return (ssize_t)part;
	}
	if (part > s->end - at)
		part = s->end - (size_t)at;
	memcpy(buf, s->body + at, part);
	return (ssize_t)part;
}

static struct MHD_Response *
make_stream(struct replay *r, const struct answer *a, const struct fault *f)
{
	struct stream *s = cq_alloc(sizeof(*s));

	*s = (struct stream){.r = r,
	    .body = cq_strndup(a->body, a->n),
	    .end = a->n,
	    .endless = f->endless,
	    .rate = f->rate};
	if (f->cut)
		s->end = f->cut_at < 0 ? a->n / 2 : (size_t)f->cut_at;
	if (s->end > a->n)
		s->end = a->n;
	return MHD_create_response_from_callback(f->endless ? MHD_SIZE_UNKNOWN
							    : a->n,
	    16384, next_part, s, stream_free);
}

/* --- sending ----------------------------------------------------------- */

static void
add_headers(struct MHD_Response *response, const char *lines)
{
	char *copy = cq_strdup(lines == NULL ? "" : lines), *rest = NULL, *line;

	for (line = strtok_r(copy, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *value = strchr(line, ':');

		if (value == NULL)
			replay_die("a header without a colon", line);
		*value++ = '\0';
		MHD_add_response_header(response, line,
		    value + strspn(value, " "));
	}
	free(copy);
}

static void
add_flood(struct MHD_Response *response)
{
	char name[32], value[301];
	int i;

	memset(value, 'v', 300);
	value[300] = '\0';
	for (i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "X-Much-%d", i);
		MHD_add_response_header(response, name, value);
	}
}

/* Undoing the connection of a socket sends RST, where close sends FIN. */
static enum MHD_Result
reset(struct MHD_Connection *c)
{
	const struct sockaddr none = {.sa_family = AF_UNSPEC};
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (info == NULL || connect(info->connect_fd, &none, sizeof(none)) < 0)
		replay_die("cannot reset", "a connection");
	return MHD_NO;
}

static bool
accepts_gzip(struct MHD_Connection *c)
{
	const char *value =
	    MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Accept-Encoding");

	return value != NULL && strstr(value, "gzip") != NULL;
}

/* Zipped for who wants it, unless it is something special already. */
static void
maybe_zip(const struct replay *r, struct MHD_Connection *c, struct answer *a)
{
	if (!r->gzip || a->n == 0 || !accepts_gzip(c) ||
	    (a->headers != NULL &&
		strcasestr(a->headers, "Content-Encoding:") != NULL))
		return;
	replay_deflate(&a->body, &a->n);
	replay_set_header(&a->headers, "Content-Encoding", "gzip");
}

static void
linger(const struct replay *r, const struct fault *f)
{
	int naps = (int)(f->wait_s * 50);

	while (!r->stopping && (f->silent || naps-- > 0))
		replay_nap();
}

enum MHD_Result
replay_send(struct replay *r, struct MHD_Connection *c,
    const struct answer *answer, const struct fault *fault)
{
	static const struct fault none;
	const struct fault *f = fault == NULL ? &none : fault;
	struct answer a = *answer;
	struct MHD_Response *response;
	enum MHD_Result rc;

	linger(r, f);
	if (f->reset)
		return reset(c);
	a.headers = cq_strdup(answer->headers);
	a.body = cq_strndup(answer->body, answer->n);
	maybe_zip(r, c, &a);
	if (f->cut || f->rate > 0 || f->endless)
		response = make_stream(r, &a, f);
	else
		response = MHD_create_response_from_buffer(a.n, a.body,
		    MHD_RESPMEM_MUST_COPY);
	add_headers(response, a.headers);
	if (f->flood)
		add_flood(response);
	rc = MHD_queue_response(c, (unsigned)a.status, response);
	MHD_destroy_response(response);
	free(a.headers);
	free(a.body);
	return rc;
}
