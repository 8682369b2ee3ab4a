#include "core/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *
checked(void *p)
{
	static const char msg[] =
	    "caseq: out of memory: nothing was changed; close other programs "
	    "and try again\n";

	if (p == NULL) {
		/* write(2): stdio may want memory */
		if (write(STDERR_FILENO, msg, sizeof(msg) - 1) < 0)
			_exit(1);
		_exit(1);
	}
	return p;
}

void *
cq_alloc(size_t size)
{
	return checked(calloc(1, size == 0 ? 1 : size));
}

void *
cq_grow(void *old, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return checked(NULL);
	return checked(realloc(old, n * size == 0 ? 1 : n * size));
}

char *
cq_strdup(const char *s)
{
	return s == NULL ? NULL : checked(strdup(s));
}

char *
cq_strndup(const char *s, size_t n)
{
	char *copy = cq_alloc(n + 1);

	if (n > 0)
		memcpy(copy, s, n);
	return copy;
}

char *
cq_format(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return checked(n < 0 ? NULL : s);
}
