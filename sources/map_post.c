#include "sources/map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "core/text.h"
#include "sources/answer.h"
#include "sources/html.h"
#include "sources/pointer.h"
#include "sources/url.h"

/* One item of an answer, as a post. */

#define URL_MAX 2048 /* bytes */

/* --- what is neither text nor time ------------------------------------- */

/* There, and neither null, false, 0 nor "". */
static bool
says_yes(const cJSON *item, const char *pointer)
{
	const cJSON *value =
	    *pointer == '/' ? pointer_get(item, pointer) : NULL;

	if (cJSON_IsNumber(value))
		return value->valuedouble != 0;
	if (cJSON_IsString(value))
		return *cJSON_GetStringValue(value) != '\0';
	return cJSON_IsTrue(value) || cJSON_IsObject(value) ||
	    cJSON_IsArray(value);
}

/* where is a pointer, or an array of which one is enough. */
static bool
any_says_yes(const cJSON *item, const cJSON *where)
{
	const cJSON *one;

	if (cJSON_IsString(where))
		return says_yes(item, cJSON_GetStringValue(where));
	cJSON_ArrayForEach(one, where)
	{
		if (says_yes(item, cJSON_GetStringValue(one)))
			return true;
	}
	return false;
}

bool
map_skips(const struct map *map, const cJSON *item)
{
	return map->skip != NULL && any_says_yes(item, map->skip);
}

bool
map_has_null_id(const struct map *map, const cJSON *item)
{
	const char *s = cJSON_GetStringValue(json_member(map->post, "id"));

	return s != NULL && *s == '/' && cJSON_IsNull(pointer_get(item, s));
}

static int64_t
followers(const struct json *doc, const cJSON *item, const cJSON *where)
{
	char *s = where == NULL ? NULL : map_text(doc, item, where);
	char *end = NULL;
	long long n = s == NULL ? -1 : strtoll(s, &end, 10);

	if (s == NULL || end == s || *end != '\0' || n < 0 ||
	    n > CQ_FOLLOWERS_MAX)
		n = -1;
	free(s);
	return n;
}

/* A number, or a string of one: "4.5". */
static bool
number_at(const cJSON *item, const cJSON *where, double *out)
{
	const char *pointer = cJSON_GetStringValue(where), *s;
	const cJSON *value;
	char *end;

	if (pointer == NULL || *pointer != '/')
		return false;
	value = pointer_get(item, pointer);
	s = cJSON_GetStringValue(value);
	if (cJSON_IsNumber(value)) {
		*out = value->valuedouble;
		return true;
	}
	if (s == NULL || *s == '\0' || strspn(s, "0123456789.-") != strlen(s))
		return false;
	*out = strtod(s, &end);
	return *end == '\0';
}

/* From the service's scale to 1..5; 0 if it is off that scale. */
static int
rating(const struct map *map, const cJSON *item)
{
	double value, part;

	if (map->rating == NULL || !number_at(item, map->rating, &value))
		return 0;
	part = (value - map->worst) / (map->best - map->worst);
	return part >= 0 && part <= 1 ? 1 + (int)floor(part * 4 + 0.5) : 0;
}

static void
add_extra(const struct json *doc, const cJSON *item, const cJSON *where,
    struct cq_buf *out)
{
	const cJSON *value =
	    cJSON_IsString(where) && *cJSON_GetStringValue(where) == '/'
	    ? pointer_get(item, cJSON_GetStringValue(where))
	    : NULL;
	char *text = map_text(doc, item, where);

	if (cJSON_IsBool(value))
		cq_buf_str(out, cJSON_IsTrue(value) ? "true" : "false");
	else if (cJSON_IsNumber(value) && text == NULL)
		cq_buf_fmt(out, "%.15g", value->valuedouble);
	else if (cJSON_IsNumber(value))
		cq_buf_str(out, text);
	else if (text != NULL)
		json_add_str(out, text);
	free(text);
}

/* {"status":"open"}, NULL if none of them is there; owned. */
static char *
extra(const struct map *map, const struct json *doc, const cJSON *item)
{
	const cJSON *members = json_member(map->post, "extra"), *one;
	struct cq_buf out = {0}, value = {0};

	cJSON_ArrayForEach(one, members)
	{
		cq_buf_clear(&value);
		add_extra(doc, item, one, &value);
		if (value.n == 0)
			continue;
		cq_buf_char(&out, out.n == 0 ? '{' : ',');
		json_add_str(&out, one->string);
		cq_buf_char(&out, ':');
		cq_buf_str(&out, value.s);
	}
	cq_buf_free(&value);
	if (out.n == 0)
		return NULL;
	cq_buf_char(&out, '}');
	return cq_buf_take(&out);
}

/* --- text -------------------------------------------------------------- */

static void
add_part(const struct map *map, const struct json *doc, const cJSON *item,
    const cJSON *where, const char *base, struct cq_buf *out)
{
	char *part = map_text(doc, item, where), *plain;

	if (part != NULL && map->html) {
		plain = html_text(part, strlen(part), base);
		free(part);
		part = plain;
	}
	if (part != NULL && *part != '\0')
		cq_buf_fmt(out, "%s%s", out->n > 0 ? "\n\n" : "", part);
	free(part);
}

/* Of a list of texts all that are there, an empty line between; owned. */
static char *
text(const struct map *map, const struct json *doc, const cJSON *item,
    const char *base)
{
	const cJSON *where = json_member(map->post, "text"), *one;
	const cJSON *titled = json_member(map->post, "title");
	struct cq_buf out = {0};
	char *title, *body, *whole;

	if (cJSON_IsArray(where)) {
		cJSON_ArrayForEach(one, where)
		{
			add_part(map, doc, item, one, base, &out);
		}
	} else if (where != NULL) {
		add_part(map, doc, item, where, base, &out);
	}
	title = titled == NULL ? NULL : map_text(doc, item, titled);
	body = cq_buf_take(&out);
	whole = src_titled(title, body);
	free(title);
	free(body);
	return whole;
}

/* --- the post ---------------------------------------------------------- */

/* The members that are plain strings, and where a post keeps them. */
static const struct {
	const char *name;
	size_t at, max;
} strings[] = {
    {"id", offsetof(struct cq_post, id), CQ_ID_MAX},
    {"author", offsetof(struct cq_post, author), CQ_ID_MAX},
    {"author_name", offsetof(struct cq_post, author_name), 1000},
    {"handle", offsetof(struct cq_post, handle), CQ_ID_MAX},
    {"lang", offsetof(struct cq_post, lang), 35},
    {"link", offsetof(struct cq_post, url), URL_MAX},
    {"uri", offsetof(struct cq_post, uri), URL_MAX},
    {"conversation", offsetof(struct cq_post, conversation), CQ_ID_MAX},
    {"in_reply_to", offsetof(struct cq_post, in_reply_to), CQ_ID_MAX},
    {"repost_of", offsetof(struct cq_post, repost_of), CQ_ID_MAX},
    {"quote_of", offsetof(struct cq_post, quote_of), CQ_ID_MAX},
};
#define N_STRINGS (sizeof(strings) / sizeof(strings[0]))

static void
set(struct cq_post *post, size_t i, const char *s)
{
	*(const char **)(void *)((char *)post + strings[i].at) = s;
}

/* The address of a page: http(s), or on base if it begins with "/". */
static char *
link_of(char *s, const char *base)
{
	bool is_link =
	    s != NULL && (*s == '/' || strncasecmp(s, "http", 4) == 0);
	char *whole = is_link ? url_join(base, s) : NULL;

	free(s);
	return whole;
}

bool
map_emit(const struct map *map, const struct cq_source *s,
    const struct json *doc, const cJSON *item, const char *base,
    src_emit_fn emit, void *arg)
{
	struct cq_post post = {.source = s->name, .network = map->network};
	char *owned[N_STRINGS], *words, *more;
	bool is_post;
	size_t i;

	for (i = 0; i < N_STRINGS; i++) {
		const cJSON *where = json_member(map->post, strings[i].name);

		owned[i] = where == NULL ? NULL : map_text(doc, item, where);
		if (strings[i].at == offsetof(struct cq_post, url))
			owned[i] = link_of(owned[i], base);
		set(&post, i, src_within(owned[i], strings[i].max));
	}
	if (post.author == NULL)
		post.author = post.handle;
	is_post = post.id != NULL;
	if (is_post) {
		words = text(map, doc, item, base);
		more = extra(map, doc, item);
		post.text = words;
		post.extra = src_within(more, CQ_TEXT_MAX);
		post.created_at = map_moment(&map->time, item);
		post.author_followers =
		    followers(doc, item, json_member(map->post, "followers"));
		post.rating = rating(map, item);
		post.bot = any_says_yes(item, json_member(map->post, "bot"));
		post.gone = any_says_yes(item, json_member(map->post, "gone"));
		emit(arg, &post);
		free(words);
		free(more);
	}
	for (i = 0; i < N_STRINGS; i++)
		free(owned[i]);
	return is_post;
}
