#include "sources/ndjson.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/when.h"
#include "sources/json.h"

#define EXTRA_MAX (8 * 1024) /* bytes of fields that nobody knows */

/* The fields that are strings, and where they go. */
struct field {
	const char *name;
	size_t offset;
	bool required;
	bool id; /* a NUL in it is not forgiven */
};
#define FIELD(name, required, id)                                   \
	{                                                           \
#name, offsetof(struct cq_post, name), required, id \
	}
static const struct field fields[] = {
    FIELD(source, true, true),
    FIELD(id, true, true),
    FIELD(text, true, false),
    FIELD(network, false, true),
    FIELD(author, false, true),
    FIELD(handle, false, false),
    FIELD(author_name, false, false),
    FIELD(url, false, true),
    FIELD(uri, false, true),
    FIELD(lang, false, true),
    FIELD(in_reply_to, false, true),
    FIELD(repost_of, false, true),
    FIELD(quote_of, false, true),
    FIELD(conversation, false, true),
    FIELD(brand, false, true),
};
#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

static enum cq_status
read_string(const struct json *doc, const struct field *f, struct cq_post *post,
    struct cq_err *err)
{
	const cJSON *item = json_member(doc->root, f->name);
	const char **to = (const char **)((char *)post + f->offset);

	if (item == NULL)
		return f->required && !(post->gone && !f->id)
		    ? cq_fail(err, CQ_INPUT, "%s is missing", f->name)
		    : CQ_OK;
	*to = cJSON_GetStringValue(item);
	if (*to == NULL)
		return cq_fail(err, CQ_INPUT, "%s is no string", f->name);
	if (**to == '\0' && f->required && f->id)
		return cq_fail(err, CQ_INPUT, "%s is empty", f->name);
	if (f->id && doc->has_nul && strstr(*to, "\xef\xbf\xbd") != NULL)
		return cq_fail(err, CQ_INPUT, "%s holds a NUL", f->name);
	if (**to == '\0' && !f->required)
		*to = NULL; /* a text may be empty: a picture alone */
	return CQ_OK;
}

static enum cq_status
read_created_at(const cJSON *root, struct cq_post *post, struct cq_err *err)
{
	const cJSON *item = json_member(root, "created_at");
	const char *s = cJSON_GetStringValue(item);

	if (item == NULL)
		return CQ_OK;
	if (s == NULL)
		return cq_fail(err, CQ_INPUT, "created_at is no string");
	if (!cq_time_parse(s, &post->created_at))
		return cq_fail(err, CQ_INPUT, "created_at is no RFC 3339 time");
	return CQ_OK;
}

static enum cq_status
read_numbers(const cJSON *root, struct cq_post *post, struct cq_err *err)
{
	const cJSON *followers = json_member(root, "author_followers");
	const cJSON *rating = json_member(root, "rating");

	if (followers != NULL &&
	    (!json_int(followers, &post->author_followers) ||
		post->author_followers < 0 ||
		post->author_followers > CQ_FOLLOWERS_MAX))
		return cq_fail(err, CQ_INPUT,
		    "author_followers is no whole number from 0 to %" PRId64,
		    CQ_FOLLOWERS_MAX);
	if (rating == NULL)
		return CQ_OK;
	if (!cJSON_IsNumber(rating) ||
	    !(rating->valuedouble >= 1 && rating->valuedouble <= 5))
		return cq_fail(err, CQ_INPUT,
		    "rating is no number from 1 to 5");
	post->rating = (int)(rating->valuedouble + 0.5);
	return CQ_OK;
}

static enum cq_status
read_bool(const cJSON *root, const char *name, bool *to, struct cq_err *err)
{
	const cJSON *item = json_member(root, name);

	if (item != NULL && !cJSON_IsBool(item))
		return cq_fail(err, CQ_INPUT, "%s is not true or false", name);
	*to = cJSON_IsTrue(item);
	return CQ_OK;
}

static enum cq_status
read_visibility(const cJSON *root, struct cq_post *post, struct cq_err *err)
{
	const cJSON *item = json_member(root, "visibility");
	const char *s = cJSON_GetStringValue(item);

	if (item == NULL ||
	    (s != NULL && cq_visibility_parse(s, &post->visibility)))
		return CQ_OK;
	return cq_fail(err, CQ_INPUT,
	    "visibility is not public, unlisted, private or direct");
}

/* What its network says about a post, beside what is in it. */
static enum cq_status
read_standing(const cJSON *root, struct cq_post *post, struct cq_err *err)
{
	enum cq_status rc = read_bool(root, "deleted", &post->gone, err);

	if (rc == CQ_OK)
		rc = read_bool(root, "bot", &post->bot, err);
	return rc == CQ_OK ? read_visibility(root, post, err) : rc;
}

static bool
is_known(const char *name)
{
	static const char *const others[] = {"created_at", "author_followers",
	    "rating", "visibility", "bot", "deleted"};
	size_t i;

	for (i = 0; i < N_FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			return true;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i], name) == 0)
			return true;
	return false;
}

/* Copies one value, token by token, up to the comma or brace behind it. */
static void
copy_value(const char **p, const char *end, struct cq_buf *to)
{
	struct json_token t;
	const char *before = *p;
	int depth = 0;

	while (json_token(p, end, &t)) {
		if (depth == 0 && (t.kind == ',' || t.kind == '}')) {
			*p = before;
			return;
		}
		if (t.kind == '{' || t.kind == '[')
			depth++;
		else if (t.kind == '}' || t.kind == ']')
			depth--;
		if (to != NULL)
			cq_buf_add(to, t.s, t.n);
		before = *p;
	}
}

/*
 * Unknown fields as they were written, because cJSON would round numbers.
 * Its members come in the order of the text.
 */
static enum cq_status
read_extra(const struct json *doc, struct cq_buf *extra, struct cq_err *err)
{
	const char *p = doc->copy, *end = doc->copy + doc->n;
	struct json_token t;
	const cJSON *item;

	json_token(&p, end, &t); /* the opening brace */
	cJSON_ArrayForEach(item, doc->root)
	{
		bool known = is_known(item->string);

		json_token(&p, end, &t); /* name */
		if (!known) {
			cq_buf_char(extra, extra->n == 0 ? '{' : ',');
			cq_buf_add(extra, t.s, t.n);
			cq_buf_char(extra, ':');
		}
		json_token(&p, end, &t); /* colon */
		copy_value(&p, end, known ? NULL : extra);
		json_token(&p, end, &t); /* comma or the closing brace */
	}
	if (extra->n > 0)
		cq_buf_char(extra, '}');
	if (extra->n > EXTRA_MAX)
		return cq_fail(err, CQ_INPUT,
		    "unknown fields hold more than %d KiB", EXTRA_MAX / 1024);
	return CQ_OK;
}

static enum cq_status
read_post(const struct json *doc, struct cq_post *post, struct cq_buf *extra,
    struct cq_err *err)
{
	enum cq_status rc;
	size_t i;

	if (!cJSON_IsObject(doc->root))
		return cq_fail(err, CQ_INPUT, "is no JSON object");
	rc = read_standing(doc->root, post, err);
	for (i = 0; i < N_FIELDS && rc == CQ_OK; i++)
		rc = read_string(doc, &fields[i], post, err);
	if (rc == CQ_OK)
		rc = read_created_at(doc->root, post, err);
	if (rc == CQ_OK)
		rc = read_numbers(doc->root, post, err);
	if (rc == CQ_OK)
		rc = read_extra(doc, extra, err);
	post->extra = extra->s;
	return rc != CQ_OK ? rc : cq_post_check(post, err);
}

enum cq_status
ndjson_read(const char *line, size_t n, src_emit_fn emit, void *arg,
    struct cq_err *err)
{
	struct cq_post post = {
	    .author_followers = -1, .created_at = CQ_NO_TIME};
	struct cq_buf extra = {0};
	struct json doc;
	enum cq_status rc;

	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	if (n > NDJSON_LINE_MAX)
		return cq_fail(err, CQ_INPUT, "is longer than 1 MiB");
	rc = json_read(line, n, NULL, &doc, err);
	if (rc != CQ_OK)
		return rc;
	rc = read_post(&doc, &post, &extra, err);
	if (rc == CQ_OK)
		emit(arg, &post);
	cq_buf_free(&extra);
	json_free(&doc);
	return rc;
}
