#include "sources/map.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/pointer.h"
#include "sources/url.h"

/* Values of an item, by pointers and by words with pointers in braces. */

#define HOST "|host" /* behind a pointer: only the host of that address */
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* --- checking ---------------------------------------------------------- */

static bool
words_are_valid(const char *s)
{
	char *pointer;
	size_t n;
	bool valid = true;

	while (valid && (s = strpbrk(s, "{}")) != NULL) {
		n = strcspn(s, "}");
		if (*s == '}' || s[n] == '\0')
			return false;
		pointer = cq_strndup(s + 1, n - 1);
		n = strlen(pointer);
		if (n > strlen(HOST) &&
		    strcmp(pointer + n - strlen(HOST), HOST) == 0)
			pointer[n - strlen(HOST)] = '\0';
		valid = *pointer == '/' && pointer_valid(pointer) &&
		    strchr(pointer, '{') == NULL;
		free(pointer);
		s = strchr(s, '}') + 1;
	}
	return valid;
}

static enum cq_status
one_check(const cJSON *where, const char *member, struct cq_err *err)
{
	const char *s = cJSON_GetStringValue(where);

	if (s == NULL || *s == '\0')
		return cq_fail(err, CQ_INPUT,
		    "map: %s must be a pointer such as \"/text\"", member);
	if (*s == '/' && !pointer_valid(s))
		return cq_fail(err, CQ_INPUT,
		    "map: %s: '%s' is no JSON Pointer: \"~\" is written ~0, "
		    "\"/\" in a name ~1",
		    member, s);
	if (*s != '/' && !words_are_valid(s))
		return cq_fail(err, CQ_INPUT,
		    "map: %s: '%s' has braces without a pointer such as "
		    "{/id}",
		    member, s);
	return CQ_OK;
}

/* As one_check(), of what differs from item to item. */
static enum cq_status
one_place_check(const cJSON *where, const char *member, struct cq_err *err)
{
	const char *s = cJSON_GetStringValue(where);

	if (one_check(where, member, err) != CQ_OK)
		return CQ_INPUT;
	if (*s == '/' || strchr(s, '{') != NULL)
		return CQ_OK;
	return cq_fail(err, CQ_INPUT,
	    "map: %s: '%.60s' holds no pointer: did you mean \"/%.60s\"?",
	    member, s, s);
}

static enum cq_status
each_check(const cJSON *where, const char *member,
    enum cq_status (*check)(const cJSON *, const char *, struct cq_err *),
    struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	const cJSON *one;

	if (!cJSON_IsArray(where))
		return check(where, member, err);
	if (where->child == NULL)
		return cq_fail(err, CQ_INPUT, "map: %s is an empty list",
		    member);
	cJSON_ArrayForEach(one, where)
	{
		rc = check(one, member, err);
		if (rc != CQ_OK)
			break;
	}
	return rc;
}

enum cq_status
map_where_check(const cJSON *where, const char *member, struct cq_err *err)
{
	return each_check(where, member, one_check, err);
}

enum cq_status
map_place_check(const cJSON *where, const char *member, struct cq_err *err)
{
	return each_check(where, member, one_place_check, err);
}

/* --- values ------------------------------------------------------------ */

/* A string or an exact integer as text; NULL for all else.  Owned. */
static char *
scalar(const struct json *doc, const cJSON *value)
{
	const char *s = cJSON_GetStringValue(value);
	int64_t n;

	if (json_int(value, &n))
		return cq_format("%lld", (long long)n);
	/* nobody can tell any more which U+FFFD was a NUL */
	if (s == NULL || *s == '\0' ||
	    (doc->has_nul && strstr(s, REPLACEMENT) != NULL))
		return NULL;
	return cq_strdup(s);
}

/* What stands in braces: a pointer, perhaps with "|host". */
static char *
in_braces(const struct json *doc, const cJSON *item, const char *s, size_t n)
{
	size_t cut = strlen(HOST);
	bool host = n > cut && memcmp(s + n - cut, HOST, cut) == 0;
	char *pointer = cq_strndup(s, host ? n - cut : n);
	char *value = scalar(doc, pointer_get(item, pointer)), *name;

	free(pointer);
	if (!host || value == NULL)
		return value;
	name = url_host(value);
	free(value);
	return name;
}

/* NULL if one of the values is not there. */
static char *
fill_in(const struct json *doc, const cJSON *item, const char *words)
{
	struct cq_buf out = {0};
	char *value;
	size_t n;

	for (; *words != '\0'; words += n + (words[n] == '}')) {
		n = strcspn(words, "{");
		cq_buf_add(&out, words, n);
		words += n;
		if (*words == '\0')
			break;
		n = strcspn(++words, "}");
		value = in_braces(doc, item, words, n);
		if (value == NULL) {
			cq_buf_free(&out);
			return NULL;
		}
		cq_buf_str(&out, value);
		free(value);
	}
	return cq_buf_take(&out);
}

char *
map_text_at(const struct json *doc, const cJSON *item, const char *pointer)
{
	return scalar(doc, pointer_get(item, pointer));
}

static char *
one_text(const struct json *doc, const cJSON *item, const cJSON *where)
{
	const char *s = cJSON_GetStringValue(where);

	if (s == NULL)
		return NULL;
	return *s == '/' ? map_text_at(doc, item, s) : fill_in(doc, item, s);
}

char *
map_text(const struct json *doc, const cJSON *item, const cJSON *where)
{
	const cJSON *one;
	char *text = NULL;

	if (!cJSON_IsArray(where))
		return one_text(doc, item, where);
	cJSON_ArrayForEach(one, where)
	{
		text = one_text(doc, item, one);
		if (text != NULL)
			break;
	}
	return text;
}

/* --- is anything there? ------------------------------------------------- */

static bool
is_said(const struct json *doc, const cJSON *value)
{
	const char *s = cJSON_GetStringValue(value);
	char *text;

	if (cJSON_IsNull(value) || (s != NULL && *s == '\0'))
		return true;
	text = scalar(doc, value);
	free(text);
	return text != NULL;
}

static bool
one_leads(const struct json *doc, const cJSON *item, const char *s)
{
	size_t n = 0;
	char *pointer;
	bool leads = false;

	if (s == NULL || *s == '/')
		return s != NULL && is_said(doc, pointer_get(item, s));
	while (!leads && (s = strchr(s + n, '{')) != NULL) {
		n = strcspn(++s, "|}");
		pointer = cq_strndup(s, n);
		leads = is_said(doc, pointer_get(item, pointer));
		free(pointer);
	}
	return leads;
}

bool
map_leads(const struct json *doc, const cJSON *item, const cJSON *where)
{
	const cJSON *one;

	if (!cJSON_IsArray(where))
		return one_leads(doc, item, cJSON_GetStringValue(where));
	cJSON_ArrayForEach(one, where)
	{
		if (one_leads(doc, item, cJSON_GetStringValue(one)))
			return true;
	}
	return false;
}

/* --- times --------------------------------------------------------------- */

static bool
moment(const struct stamp *stamp, const cJSON *item, const cJSON *where,
    int64_t *at)
{
	const char *s = cJSON_GetStringValue(where);
	struct json none = {0};
	cJSON *made;
	char *text;
	bool read;

	if (s == NULL)
		return false;
	if (*s == '/')
		return stamp_read(stamp, pointer_get(item, s), at);
	text = fill_in(&none, item, s); /* "{/day} {/hour}" */
	made = text == NULL ? NULL : cJSON_CreateString(text);
	read = made != NULL && stamp_read(stamp, made, at);
	cJSON_Delete(made);
	free(text);
	return read;
}

int64_t
map_moment(const struct map_time *time, const cJSON *item)
{
	const cJSON *one;
	int64_t at = CQ_NO_TIME;

	if (!cJSON_IsArray(time->at))
		return moment(&time->stamp, item, time->at, &at) ? at
								 : CQ_NO_TIME;
	cJSON_ArrayForEach(one, time->at)
	{
		if (moment(&time->stamp, item, one, &at))
			return at;
	}
	return CQ_NO_TIME;
}
