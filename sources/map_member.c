#include "sources/map_member.h"

#include <string.h>

#include "core/when.h"
#include "sources/pointer.h"

const char *const map_post_members[] = {"id", "time", "text", "title", "html",
    "author", "author_name", "handle", "followers", "lang", "link", "uri",
    "conversation", "in_reply_to", "repost_of", "quote_of", "rating", "bot",
    "gone", "extra", NULL};

const char *const map_post_wheres[] = {"id", "text", "title", "author",
    "author_name", "handle", "followers", "lang", "link", "uri", "conversation",
    "in_reply_to", "repost_of", "quote_of", NULL};

static bool
is_known(const char *name, const char *const *known)
{
	for (; *known != NULL; known++)
		if (strcmp(name, *known) == 0)
			return true;
	return false;
}

static bool
is_repeated(const cJSON *one)
{
	const cJSON *later;

	for (later = one->next; later != NULL; later = later->next)
		if (strcmp(later->string, one->string) == 0)
			return true;
	return false;
}

/* "post/" and so on, in front of a name. */
static const char *
folder(const char *in)
{
	return in == NULL ? "" : in;
}

static const char *
slash(const char *in)
{
	return in == NULL ? "" : "/";
}

enum cq_status
map_members(const cJSON *value, const char *in, const char *const *known,
    struct cq_err *err)
{
	const cJSON *one;

	if (!cJSON_IsObject(value))
		return cq_fail(err, CQ_INPUT, "map: %s must be an object",
		    folder(in));
	cJSON_ArrayForEach(one, value)
	{
		if (!is_known(one->string, known))
			return cq_fail(err, CQ_INPUT,
			    "map: there is no member '%s%s%s'; see "
			    "caseq-sources(5)",
			    folder(in), slash(in), one->string);
		if (is_repeated(one))
			return cq_fail(err, CQ_INPUT,
			    "map: %s%s%s stands there twice", folder(in),
			    slash(in), one->string);
	}
	return CQ_OK;
}

enum cq_status
map_member_text(const cJSON *object, const char *in, const char *name,
    const char **out, struct cq_err *err)
{
	const cJSON *value = json_member(object, name);
	const char *s = cJSON_GetStringValue(value);

	if (value == NULL)
		return CQ_OK;
	if (s == NULL || *s == '\0')
		return cq_fail(err, CQ_INPUT, "map: %s%s%s must be a text",
		    folder(in), slash(in), name);
	*out = s;
	return CQ_OK;
}

enum cq_status
map_member_flag(const cJSON *object, const char *in, const char *name,
    bool *out, struct cq_err *err)
{
	const cJSON *value = json_member(object, name);

	if (value == NULL)
		return CQ_OK;
	if (!cJSON_IsBool(value))
		return cq_fail(err, CQ_INPUT,
		    "map: %s%s%s must be true or false", folder(in), slash(in),
		    name);
	*out = cJSON_IsTrue(value);
	return CQ_OK;
}

enum cq_status
map_member_time(const cJSON *object, const char *in, const char *name,
    int64_t *out, struct cq_err *err)
{
	const cJSON *value = json_member(object, name);
	const char *s = cJSON_GetStringValue(value);
	int64_t seconds;

	if (value == NULL)
		return CQ_OK;
	if (s == NULL || !cq_duration_parse(s, &seconds) || seconds == 0)
		return cq_fail(err, CQ_INPUT,
		    "map: %s%s%s must be a length of time such as \"10m\"",
		    folder(in), slash(in), name);
	*out = seconds;
	return CQ_OK;
}

enum cq_status
map_member_pointer(const cJSON *object, const char *name, const char **out,
    struct cq_err *err)
{
	const cJSON *value = json_member(object, name);
	const char *s = cJSON_GetStringValue(value);

	if (value == NULL)
		return CQ_OK;
	if (s == NULL || !pointer_valid(s))
		return cq_fail(err, CQ_INPUT,
		    "map: %s must be a JSON Pointer such as \"/results\"",
		    name);
	*out = s;
	return CQ_OK;
}
