#ifndef CQ_ALLOC_H
#define CQ_ALLOC_H

#include <stddef.h>

/*
 * Memory that is there.  When none is left the program ends with one line
 * and exit status 1: every change is a transaction, so none is half done.
 * Free what they return with free().
 */
void *cq_alloc(size_t size); /* zeroed */
void *cq_grow(void *old, size_t n, size_t size);
char *cq_strdup(const char *s); /* NULL stays NULL */
char *cq_strndup(const char *s, size_t n);

/* A formatted string of its own, to be freed by the caller. */
char *cq_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
