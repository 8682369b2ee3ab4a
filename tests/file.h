#ifndef TESTS_FILE_H
#define TESTS_FILE_H

#include <stddef.h>

/* Whole files, and what is done to a queue past caseq; a failure fails. */
void file_write(const char *path, const void *bytes, size_t n);
char *file_read(const char *path, size_t *n); /* to be freed; 8 MiB at most */
void file_sql(const char *path, const char *statements);

#endif
