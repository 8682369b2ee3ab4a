#include "sources/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Length of a string token with its quotes; 0 if it does not end. */
static size_t
string_length(const char *s, const char *end)
{
	const char *p;

	for (p = s + 1; p < end; p++) {
		if (*p == '"')
			return (size_t)(p - s) + 1;
		if ((unsigned char)*p < 0x20)
			return 0;
		if (*p == '\\')
			p++;
	}
	return 0;
}

static size_t
digits(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return (size_t)(p - s);
}

/* Length of a number as RFC 8259 writes it; 0 if it is none. */
static size_t
number_length(const char *s, const char *end)
{
	const char *p = s;
	size_t n;

	if (*p == '-')
		p++;
	n = digits(p, end);
	if (n == 0 || (n > 1 && *p == '0'))
		return 0;
	p += n;
	if (p < end && *p == '.') {
		if ((n = digits(p + 1, end)) == 0)
			return 0;
		p += 1 + n;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if ((n = digits(p, end)) == 0)
			return 0;
		p += n;
	}
	return (size_t)(p - s);
}

static size_t
word_length(const char *s, const char *end)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t i, n;

	for (i = 0; i < 3; i++) {
		n = strlen(words[i]);
		if ((size_t)(end - s) >= n && memcmp(s, words[i], n) == 0)
			return n;
	}
	return 0;
}

/* False at the end of the document, and with kind 0 at what is no token. */
bool
json_token(const char **p, const char *end, struct json_token *out)
{
	const char *s = *p;

	while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		s++;
	*p = s;
	*out = (struct json_token){.s = s};
	if (s == end)
		return false;
	if (*s != '\0' && strchr("{}[]:,", *s) != NULL) {
		out->kind = *s;
		out->n = 1;
	} else if (*s == '"') {
		out->kind = '"';
		out->n = string_length(s, end);
	} else if (*s == '-' || (*s >= '0' && *s <= '9')) {
		out->kind = '0';
		out->n = number_length(s, end);
	} else {
		out->kind = 'a';
		out->n = word_length(s, end);
	}
	if (out->n == 0)
		out->kind = 0;
	*p = s + out->n;
	return out->n > 0;
}

/* The four digits behind "\u"; -1 if they are none. */
static int
hex4(const char *s, const char *end)
{
	int value = 0, i;

	if (end - s < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		int c = s[i] | 0x20;

		if (c >= '0' && c <= '9')
			value = value * 16 + c - '0';
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + c - 'a' + 10;
		else
			return -1;
	}
	return value;
}

/* Replaces \u0000 and halves of surrogate pairs; they are as long. */
static void
mend_escapes(char *s, size_t n, bool *has_nul)
{
	char *end = s + n;

	for (; s < end; s++) {
		int unit, second;

		if (*s != '\\')
			continue;
		s++;
		if (s == end || *s != 'u')
			continue;
		unit = hex4(s + 1, end);
		if (unit >= 0xd800 && unit < 0xdc00 && end - s > 6 &&
		    s[5] == '\\' && s[6] == 'u') {
			second = hex4(s + 7, end);
			if (second >= 0xdc00 && second < 0xe000) {
				s += 10; /* a whole pair */
				continue;
			}
		}
		if (unit == 0)
			*has_nul = true;
		if (unit == 0 || (unit >= 0xd800 && unit < 0xe000))
			memcpy(s + 1, "fffd", 4);
	}
}

/* Depth and number of values, before any memory is spent on them. */
static enum cq_status
examine(struct json *doc, const struct json_limits *limits, struct cq_err *err)
{
	int max_depth = limits->depth > 0 ? limits->depth : JSON_DEPTH_MAX;
	int64_t max_values =
	    (int64_t)(limits->values > 0 ? limits->values : JSON_VALUES_MAX);
	const char *p = doc->copy, *end = doc->copy + doc->n;
	struct json_token t;
	int64_t n = 0;
	int depth = 0;

	while (json_token(&p, end, &t)) {
		if (t.kind == '{' || t.kind == '[')
			depth++;
		else if (t.kind == '}' || t.kind == ']')
			depth--;
		if (depth > max_depth)
			return cq_fail(err, CQ_INPUT,
			    "is nested deeper than %d levels", max_depth);
		if (t.kind == ':')
			n--; /* what came before was a name */
		else if (t.kind != ',' && t.kind != '}' && t.kind != ']')
			n++;
		if (n > max_values)
			return cq_fail(err, CQ_INPUT,
			    "holds more than %lld values",
			    (long long)max_values);
		if (t.kind == '"')
			mend_escapes(doc->copy + (t.s - doc->copy), t.n,
			    &doc->has_nul);
	}
	if (p != end || depth != 0)
		return cq_fail(err, CQ_INPUT, "is no valid JSON");
	return CQ_OK;
}

enum cq_status
json_read(const char *s, size_t n, const struct json_limits *limits,
    struct json *out, struct cq_err *err)
{
	static const struct json_limits usual = {0};
	enum cq_status rc;

	*out = (struct json){0};
	if (limits == NULL)
		limits = &usual;
	if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
		s += 3;
		n -= 3;
	}
	if (limits->bytes > 0 && n > limits->bytes)
		return cq_fail(err, CQ_INPUT, "is longer than %zu bytes",
		    limits->bytes);
	if (!cq_utf8_valid(s, n))
		return cq_fail(err, CQ_INPUT, "is not valid UTF-8");
	out->copy = cq_strndup(s, n);
	out->n = n;
	rc = examine(out, limits, err);
	if (rc == CQ_OK) {
		out->root =
		    cJSON_ParseWithLengthOpts(out->copy, n + 1, NULL, 1);
		if (out->root == NULL)
			rc = cq_fail(err, CQ_INPUT, "is no valid JSON");
	}
	if (rc != CQ_OK)
		json_free(out);
	return rc;
}

void
json_free(struct json *doc)
{
	cJSON_Delete(doc->root);
	free(doc->copy);
	*doc = (struct json){0};
}

const cJSON *
json_member(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNull(item) ? NULL : item;
}

const char *
json_str(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(json_member(object, name));
}

bool
json_int(const cJSON *value, int64_t *out)
{
	double d;

	if (!cJSON_IsNumber(value))
		return false;
	d = value->valuedouble;
	/* from 2^53 on, neighbours in the source become the same double */
	if (!(fabs(d) < 9007199254740992.0) || d != floor(d))
		return false;
	*out = (int64_t)d;
	return true;
}

const char *
json_id(const struct json *doc, const cJSON *object, const char *name,
    char buf[24])
{
	const cJSON *item = json_member(object, name);
	const char *s = cJSON_GetStringValue(item);
	int64_t number;

	if (s != NULL) {
		/* nobody can tell any more which U+FFFD was a NUL */
		if (*s == '\0' ||
		    (doc->has_nul && strstr(s, REPLACEMENT) != NULL))
			return NULL;
		return s;
	}
	if (!json_int(item, &number))
		return NULL;
	snprintf(buf, 24, "%lld", (long long)number);
	return buf;
}

void
json_add_str(struct cq_buf *out, const char *s)
{
	cq_buf_char(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			cq_buf_char(out, '\\');
		if ((unsigned char)*s < 0x20)
			cq_buf_fmt(out, "\\u%04x", (unsigned char)*s);
		else
			cq_buf_char(out, *s);
	}
	cq_buf_char(out, '"');
}

void
json_add_member(struct cq_buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	cq_buf_char(out, out->n == 0 ? '{' : ',');
	json_add_str(out, name);
	cq_buf_char(out, ':');
	json_add_str(out, value);
}
