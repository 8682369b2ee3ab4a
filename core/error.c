#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"

/* The bytes of the whole characters that fit into size bytes of s. */
static size_t
whole(const char *s, size_t size)
{
	size_t n = strlen(s), i = 0, next;
	int cp;

	while (i < n) {
		next = i + cq_utf8_next(s + i, n - i, &cp);
		if (next > size)
			break;
		i = next;
	}
	return i;
}

static void
copy(char *out, size_t size, const char *s)
{
	static const char dots[] = "...";
	size_t n = strlen(s);

	if (n < size) {
		memcpy(out, s, n + 1);
		return;
	}
	n = whole(s, size - sizeof(dots));
	memcpy(out, s, n);
	memcpy(out + n, dots, sizeof(dots));
}

enum cq_status
cq_fail(struct cq_err *err, enum cq_status status, const char *fmt, ...)
{
	struct shown_text shown;
	va_list ap;
	char *msg = NULL;
	int n;

	if (err == NULL)
		return status;
	va_start(ap, fmt);
	n = vasprintf(&msg, fmt, ap);
	va_end(ap);
	/* n < 0 also for a number of bytes that no int can hold */
	if (n < 0)
		msg = cq_strdup("the message is too long to show");
	shown = show_str(msg, SHOW_LINE);
	err->status = status;
	copy(err->msg, sizeof(err->msg), shown.s);
	shown_free(&shown);
	free(msg);
	return status;
}
