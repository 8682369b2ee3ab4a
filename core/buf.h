#ifndef CQ_BUF_H
#define CQ_BUF_H

#include <stddef.h>

/* A growing string; {0} is an empty one.  s is NULL until written to. */
struct cq_buf {
	char *s;  /* always ends with NUL once not NULL */
	size_t n; /* bytes before that NUL */
	size_t cap;
};

void cq_buf_add(struct cq_buf *b, const void *bytes, size_t n);
void cq_buf_str(struct cq_buf *b, const char *s);
void cq_buf_char(struct cq_buf *b, char c);
void cq_buf_fmt(struct cq_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Empties without giving the memory back. */
void cq_buf_clear(struct cq_buf *b);

/* The string, "" if nothing was written; owned by the caller from now on. */
char *cq_buf_take(struct cq_buf *b);
void cq_buf_free(struct cq_buf *b);

#endif
