#include "tests/file.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void
file_write(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fclose(file);
}

char *
file_read(const char *path, size_t *n)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc((8 << 20) + 1);

	assert_non_null(file);
	*n = fread(bytes, 1, 8 << 20, file);
	bytes[*n] = '\0';
	fclose(file);
	return bytes;
}

void
file_sql(const char *path, const char *statements)
{
	sqlite3 *db = NULL;
	char *msg = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, statements, NULL, NULL, &msg) != SQLITE_OK)
		fail_msg("%s: %s", statements, msg);
	sqlite3_close(db);
}
