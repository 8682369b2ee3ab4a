#ifndef TESTS_FILE_H
#define TESTS_FILE_H

#include <stddef.h>

/* Whole files, and what is done to a queue past caseq; a failure fails. */
void file_write(const char *path, const void *bytes, size_t n);
/* To be freed; 8 MiB at most, and a NUL behind them. */
char *file_read(const char *path, size_t *n);
void file_sql(const char *path, const char *statements);

#endif
