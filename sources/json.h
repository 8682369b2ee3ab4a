#ifndef SRC_JSON_H
#define SRC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "core/buf.h"
#include "core/error.h"

/*
 * The gate in front of cJSON.  cJSON takes bytes that are no UTF-8, cuts a
 * string at an escaped NUL, needs 40 times the memory of a wide document
 * and compares names without case.  So a document is examined first, with
 * a flat stack, and read through the functions below only.
 */

#define JSON_DEPTH_MAX 64
#define JSON_VALUES_MAX 20000

/* 0 means the limit above; bytes has none */
struct json_limits {
	size_t bytes;
	int depth;
	size_t values;
};

/* {0} is an empty one; json_free() */
struct json {
	cJSON *root;
	char *copy; /* what was parsed: escapes made harmless */
	size_t n;
	bool has_nul; /* an escaped NUL was replaced by U+FFFD */
};

/*
 * Reads n bytes, which are not changed; a leading byte order mark is left
 * out.  Escaped NULs and halves of surrogate pairs become U+FFFD.  *out is
 * empty after a failure: CQ_INPUT with a message such as "is no JSON".
 */
enum cq_status json_read(const char *s, size_t n,
    const struct json_limits *limits, struct json *out, struct cq_err *err);
void json_free(struct json *doc);

/* A member by exact name; NULL if it is missing or null. */
const cJSON *json_member(const cJSON *object, const char *name);

/* A member that is a string; else NULL.  Borrowed. */
const char *json_str(const cJSON *object, const char *name);

/*
 * An integer that arrived exactly: below 2^53 in size, no fraction.  False
 * if the value is no such number.
 */
bool json_int(const cJSON *value, int64_t *out);

/*
 * A member that names a thing: a string, or an integer that is exact,
 * which is written to buf.  NULL if it is none, empty, or held a NUL.
 */
const char *json_id(const struct json *doc, const cJSON *object,
    const char *name, char buf[24]);

/*
 * The tokens of a document that json_read() let pass, to copy parts of it
 * without loss.  kind is one of { } [ ] : , or '"' for a string, '0' for a
 * number, 'a' for true, false and null.
 */
struct json_token {
	const char *s;
	size_t n;
	char kind;
};
bool json_token(const char **p, const char *end, struct json_token *out);

/* Writes s, which is UTF-8, as a JSON string with its quotes. */
void json_add_str(struct cq_buf *out, const char *s);

/*
 * Adds {"name":"value" or ,"name":"value" to out, which is empty at first;
 * nothing if value is NULL.  The caller writes the '}'.
 */
void json_add_member(struct cq_buf *out, const char *name, const char *value);

#endif
