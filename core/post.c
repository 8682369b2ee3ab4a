#include "core/post.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/text.h"

#define LAST_AT INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

enum { MAY_BE_ABSENT, MAY_BE_EMPTY, MUST_SAY_SOMETHING };

/* clang-format off */
#define FIELD(name, max, need) \
	{ #name, offsetof(struct cq_post, name), max, need }

static const struct field {
	const char *name;
	size_t offset; /* of the const char * in struct cq_post */
	size_t max;    /* bytes */
	int need;
} fields[] = {
	FIELD(source,      CQ_SOURCE_MAX, MUST_SAY_SOMETHING),
	FIELD(id,          CQ_ID_MAX,     MUST_SAY_SOMETHING),
	/* a post of nothing but a picture has an empty text */
	FIELD(text,        CQ_TEXT_MAX,   MAY_BE_EMPTY),
	FIELD(network,     CQ_SOURCE_MAX, MAY_BE_ABSENT),
	FIELD(author,      CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(handle,      CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(author_name, CQ_TEXT_MAX,   MAY_BE_ABSENT),
	FIELD(url,         CQ_TEXT_MAX,   MAY_BE_ABSENT),
	FIELD(uri,         CQ_TEXT_MAX,   MAY_BE_ABSENT),
	FIELD(lang,        CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(in_reply_to, CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(repost_of,   CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(quote_of,    CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(brand,       CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(extra,       CQ_TEXT_MAX,   MAY_BE_ABSENT),
}; /* clang-format on */

static enum cq_status
check_field(const struct field *field, const char *s, struct cq_err *err)
{
	size_t n;

	if (s == NULL)
		return field->need == MAY_BE_ABSENT
		    ? CQ_OK
		    : cq_fail(err, CQ_INPUT, "%s is missing", field->name);
	if (*s == '\0' && field->need == MUST_SAY_SOMETHING)
		return cq_fail(err, CQ_INPUT, "%s is empty", field->name);
	n = strnlen(s, field->max + 1);
	if (n > field->max)
		return cq_fail(err, CQ_INPUT, "%s is longer than %zu bytes",
		    field->name, field->max);
	if (!cq_utf8_valid(s, n))
		return cq_fail(err, CQ_INPUT, "%s is not valid UTF-8",
		    field->name);
	return CQ_OK;
}

enum cq_status
cq_post_check(const struct cq_post *post, struct cq_err *err)
{
	enum cq_status rc;
	const char *s;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		memcpy(&s, (const char *)post + fields[i].offset, sizeof(s));
		rc = check_field(&fields[i], s, err);
		if (rc != CQ_OK)
			return rc;
	}
	if (post->rating < 0 || post->rating > 5)
		return cq_fail(err, CQ_INPUT, "rating is %d, not 0 to 5",
		    post->rating);
	if (post->author_followers < -1)
		return cq_fail(err, CQ_INPUT, "author_followers is below 0");
	if (post->created_at != CQ_NO_TIME &&
	    (post->created_at < 0 || post->created_at > LAST_AT))
		return cq_fail(err, CQ_INPUT,
		    "created_at is outside the years 1970 to 9999");
	return CQ_OK;
}
