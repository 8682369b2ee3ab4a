#include "tests/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "core/alloc.h"
#include "core/buf.h"

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
dial(const char *base)
{
	const struct timeval patience = {.tv_sec = 30};
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_port = htons((uint16_t)atoi(strrchr(base, ':') + 1));
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
	    0);
	return fd;
}

static int
receive(int fd, struct cq_buf *b, size_t max)
{
	char part[16384];
	ssize_t got;

	while (b->n < max && (got = read(fd, part, sizeof(part))) != 0) {
		if (got < 0)
			return errno;
		cq_buf_add(b, part, (size_t)got);
	}
	return 0;
}

struct wire
wire_ask(const char *base, const char *method, const char *target,
    const char *headers, const char *body, size_t max)
{
	struct cq_buf out = {0}, in = {0};
	struct wire got = {0};
	double began = seconds();
	const char *end;
	int fd = dial(base);

	cq_buf_fmt(&out, "%s %s HTTP/1.0\r\nHost: example.org\r\n%s", method,
	    target, headers);
	if (*body != '\0')
		cq_buf_fmt(&out, "Content-Length: %zu\r\n", strlen(body));
	cq_buf_fmt(&out, "\r\n%s", body);
	assert_int_equal(send(fd, out.s, out.n, MSG_NOSIGNAL), out.n);
	cq_buf_free(&out);
	got.error = receive(fd, &in, max);
	close(fd);
	got.s = seconds() - began;
	end = in.n == 0 ? NULL : strstr(in.s, "\r\n\r\n");
	if (end != NULL) {
		size_t head = (size_t)(end - in.s) + 2;

		got.head = cq_strndup(in.s, head);
		got.n = in.n - head - 2;
		got.body = cq_strndup(end + 4, got.n);
		assert_int_equal(sscanf(in.s, "HTTP/1.%*d %d", &got.status), 1);
	}
	cq_buf_free(&in);
	return got;
}

struct wire
wire_get(const char *base, const char *target)
{
	return wire_ask(base, "GET", target, "", "", SIZE_MAX);
}

void
wire_free(struct wire *got)
{
	free(got->head);
	free(got->body);
	*got = (struct wire){0};
}

const char *
wire_header(const struct wire *got, const char *name, char buf[512])
{
	const char *s = got->head;
	size_t n = strlen(name);

	*buf = '\0';
	while (s != NULL && *s != '\0') {
		size_t len = strcspn(s, "\r");

		if (strncasecmp(s, name, n) == 0 && s[n] == ':')
			snprintf(buf, 512, "%.*s", (int)(len - n - 2),
			    s + n + 2);
		s += len + 2;
	}
	return buf;
}

void
wire_unzip(struct wire *got)
{
	z_stream z = {.next_in = (Bytef *)got->body, .avail_in = (uInt)got->n};
	struct cq_buf b = {0};
	static char part[1 << 16];
	int rc;

	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	do {
		z.next_out = (Bytef *)part;
		z.avail_out = sizeof(part);
		rc = inflate(&z, Z_NO_FLUSH);
		assert_true(rc == Z_OK || rc == Z_STREAM_END);
		cq_buf_add(&b, part, sizeof(part) - z.avail_out);
	} while (rc != Z_STREAM_END);
	inflateEnd(&z);
	free(got->body);
	got->n = b.n;
	got->body = cq_buf_take(&b);
}
