#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static void
reserve(struct cq_buf *b, size_t more)
{
	size_t want = b->n + more + 1;

	if (want <= b->cap)
		return;
	b->cap = want < 64 ? 64 : want + want / 2;
	b->s = cq_grow(b->s, b->cap, 1);
}

void
cq_buf_add(struct cq_buf *b, const void *bytes, size_t n)
{
	reserve(b, n);
	if (n > 0)
		memcpy(b->s + b->n, bytes, n);
	b->n += n;
	b->s[b->n] = '\0';
}

void
cq_buf_str(struct cq_buf *b, const char *s)
{
	cq_buf_add(b, s, strlen(s));
}

void
cq_buf_char(struct cq_buf *b, char c)
{
	cq_buf_add(b, &c, 1);
}

void
cq_buf_fmt(struct cq_buf *b, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	if (s == NULL)
		cq_alloc((size_t)-1 / 2); /* ends the program */
	else
		cq_buf_str(b, s);
	free(s);
}

void
cq_buf_clear(struct cq_buf *b)
{
	b->n = 0;
	if (b->s != NULL)
		b->s[0] = '\0';
}

char *
cq_buf_take(struct cq_buf *b)
{
	char *s = b->s == NULL ? cq_strdup("") : b->s;

	*b = (struct cq_buf){0};
	return s;
}

void
cq_buf_free(struct cq_buf *b)
{
	free(b->s);
	*b = (struct cq_buf){0};
}
