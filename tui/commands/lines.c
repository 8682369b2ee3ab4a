#include "tui/commands/lines.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (64 * 1024)

/* What was given already makes room. */
static void
compact(struct lines *l)
{
	if (l->at == 0)
		return;
	memmove(l->held.s, l->held.s + l->at, l->held.n - l->at);
	l->held.n -= l->at;
	l->held.s[l->held.n] = '\0';
	l->searched -= l->at;
	l->at = 0;
}

static enum lines_got
fill(struct lines *l)
{
	char chunk[CHUNK];
	ssize_t n = read(l->fd, chunk, sizeof(chunk));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return LINES_MORE;
	if (n < 0) {
		l->error = errno;
		return LINES_FAILED;
	}
	compact(l);
	cq_buf_add(&l->held, chunk, (size_t)n);
	l->ended = n == 0;
	return LINES_ONE;
}

/* Ends the line at end: gives it, or reports that it was too long. */
static enum lines_got
give(struct lines *l, size_t end, const char **s, size_t *n)
{
	bool too_long = l->skipping || end - l->at > LINES_MAX;

	*s = l->held.s + l->at;
	*n = end - l->at;
	l->at = end < l->held.n ? end + 1 : end;
	l->searched = l->at;
	l->skipping = false;
	l->number++;
	return too_long ? LINES_LONG : LINES_ONE;
}

enum lines_got
lines_next(struct lines *l, const char **s, size_t *n)
{
	enum lines_got got;
	const char *feed;

	for (;;) {
		feed = l->searched < l->held.n
		    ? memchr(l->held.s + l->searched, '\n',
			  l->held.n - l->searched)
		    : NULL;
		if (feed != NULL)
			return give(l, (size_t)(feed - l->held.s), s, n);
		l->searched = l->held.n;
		if (l->held.n - l->at > LINES_MAX) {
			l->skipping = true;
			l->at = l->held.n;
		}
		if (l->ended && (l->at < l->held.n || l->skipping))
			return give(l, l->held.n, s, n);
		if (l->ended)
			return LINES_END;
		l->asked = !l->asked;
		if (l->asked)
			return LINES_MORE;
		got = fill(l);
		if (got != LINES_ONE)
			return got;
	}
}

enum lines_got
lines_held(struct lines *l, const char **s, size_t *n)
{
	l->asked = false;
	return lines_next(l, s, n);
}

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One byte; false if none comes until end_ms. */
static bool
read_byte(struct lines *l, int64_t end_ms, char *byte)
{
	struct pollfd fd = {.fd = l->fd, .events = POLLIN};
	int64_t left_ms;
	ssize_t n = -1;

	while (n < 0 && (left_ms = end_ms - monotonic_ms()) > 0)
		if (poll(&fd, 1, (int)left_ms) > 0)
			n = read(l->fd, byte, 1);
	l->ended = n == 0;
	return n == 1;
}

bool
lines_finish(struct lines *l, int max_ms)
{
	int64_t end_ms = monotonic_ms() + max_ms;
	char byte = '\0';

	compact(l);
	if (l->held.n == 0 && !l->skipping)
		return true;
	while (byte != '\n' && read_byte(l, end_ms, &byte)) {
		cq_buf_char(&l->held, byte);
		if (l->held.n > LINES_MAX + 1) {
			l->skipping = true;
			l->at = l->searched = l->held.n;
			compact(l);
		}
	}
	return byte == '\n' || l->ended;
}

void
lines_go_on(struct lines *l)
{
	l->ended = false;
	l->asked = false;
}

void
lines_free(struct lines *l)
{
	cq_buf_free(&l->held);
}
