#include "tui/commands/lines.h"

#include <errno.h>
#include <string.h>
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

void
lines_free(struct lines *l)
{
	cq_buf_free(&l->held);
}
