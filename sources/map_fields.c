#include "sources/map.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/map_member.h"
#include "sources/pointer.h"

/* What a map says about an answer, and about one item of it. */

/* --- times ------------------------------------------------------------- */

enum cq_status
map_read_stamp(const cJSON *object, const char *member, struct stamp *stamp,
    struct cq_err *err)
{
	const char *zone = NULL;
	enum cq_status rc;

	*stamp = (struct stamp){.form = "rfc3339"};
	rc = map_member_text(object, member, "format", &stamp->form, err);
	if (rc == CQ_OK)
		rc = map_member_text(object, member, "zone", &zone, err);
	if (rc != CQ_OK)
		return rc;
	if (!stamp_valid(stamp->form))
		return cq_fail(err, CQ_INPUT,
		    "map: %s/format: '%s' is none; say %s", member, stamp->form,
		    STAMP_FORMS);
	if (zone == NULL && strcmp(stamp->form, "floating") == 0)
		return cq_fail(err, CQ_INPUT,
		    "map: %s: a floating time needs a zone, such as "
		    "\"EST5EDT,M3.2.0,M11.1.0\" or \"+01:00\"",
		    member);
	if (zone != NULL && stamp_tells_zone(stamp->form))
		return cq_fail(err, CQ_INPUT,
		    "map: %s: times of the form %s tell their zone: leave "
		    "out zone",
		    member, stamp->form);
	if (zone != NULL && !zone_parse(zone, &stamp->zone))
		return cq_fail(err, CQ_INPUT,
		    "map: %s/zone: '%s' is none; say UTC, +01:00 or a rule "
		    "such as EST5EDT,M3.2.0,M11.1.0",
		    member, zone);
	return CQ_OK;
}

/* A where, or an object {at, format, zone}. */
enum cq_status
map_read_time(const cJSON *value, const char *member, struct map_time *time,
    struct cq_err *err)
{
	static const char *const known[] = {"at", "format", "zone", NULL};
	enum cq_status rc;
	char *at;

	*time = (struct map_time){.at = value, .stamp = {.form = "rfc3339"}};
	if (value == NULL)
		return CQ_OK;
	if (!cJSON_IsObject(value))
		return map_where_check(value, member, err);
	rc = map_members(value, member, known, err);
	if (rc == CQ_OK)
		rc = map_read_stamp(value, member, &time->stamp, err);
	if (rc != CQ_OK)
		return rc;
	at = cq_format("%s/at", member);
	time->at = json_member(value, "at");
	rc = map_where_check(time->at, at, err);
	free(at);
	return rc;
}

/* --- the answer -------------------------------------------------------- */

static enum cq_status
a_limit(struct map *map, struct cq_err *err)
{
	static const char *const known[] = {"remaining", "reset", "kind", NULL};
	static const char *const kinds[] = {
	    [SRC_RESET_NONE] = "none",
	    [SRC_RESET_TIME] = "time",
	    [SRC_RESET_EPOCH] = "epoch",
	    [SRC_RESET_SECONDS] = "seconds",
	};
	const cJSON *o = json_member(map->doc.root, "limit");
	const char *kind = "none";
	enum cq_status rc = CQ_OK;
	size_t i;

	if (o == NULL)
		return CQ_OK;
	rc = map_members(o, "limit", known, err);
	if (rc == CQ_OK)
		rc = map_member_text(o, "limit", "remaining",
		    &map->limit.remaining, err);
	if (rc == CQ_OK)
		rc = map_member_text(o, "limit", "reset", &map->limit.reset,
		    err);
	if (rc == CQ_OK)
		rc = map_member_text(o, "limit", "kind", &kind, err);
	if (rc != CQ_OK)
		return rc;
	for (i = 0; i < 4 && strcmp(kind, kinds[i]) != 0; i++)
		;
	map->limit.kind = (enum src_reset)i;
	if (i == 4 || (i == SRC_RESET_NONE) != (map->limit.reset == NULL))
		return cq_fail(err, CQ_INPUT,
		    "map: limit/kind says what the header in limit/reset "
		    "holds: time, epoch or seconds");
	return CQ_OK;
}

static bool
is_pointer(const cJSON *value)
{
	const char *s = cJSON_GetStringValue(value);

	return s != NULL && *s == '/' && pointer_valid(s);
}

/* A pointer, or a list of them, to what says yes or no; or nothing. */
static enum cq_status
yes_or_no(const cJSON *value, const char *member, struct cq_err *err)
{
	bool good = value == NULL || is_pointer(value) ||
	    (cJSON_IsArray(value) && value->child != NULL);
	const cJSON *one;

	if (cJSON_IsArray(value))
		cJSON_ArrayForEach(one, value) good = good && is_pointer(one);
	return good
	    ? CQ_OK
	    : cq_fail(err, CQ_INPUT,
		  "map: %s must be a pointer, or a list of pointers", member);
}

enum cq_status
map_read_answers(struct map *map, struct cq_err *err)
{
	const cJSON *root = map->doc.root;
	enum cq_status rc;

	rc = map_member_pointer(root, "items", &map->items, err);
	if (rc == CQ_OK && map->items == NULL)
		rc = cq_fail(err, CQ_INPUT,
		    "map: items is missing: the pointer to the list, or \"\" "
		    "if the answer is a list");
	if (rc == CQ_OK)
		rc = map_member_flag(root, NULL, "absent_is_empty",
		    &map->may_lack_items, err);
	if (rc == CQ_OK)
		rc = map_member_pointer(root, "more", &map->more, err);
	if (rc == CQ_OK)
		rc = map_member_pointer(root, "error", &map->error, err);
	if (rc == CQ_OK)
		rc = map_member_pointer(root, "wait", &map->wait, err);
	if (rc == CQ_OK)
		rc = map_member_time(root, NULL, "every", &map->every_s, err);
	if (rc == CQ_OK)
		rc = a_limit(map, err);
	map->skip = json_member(root, "skip");
	return rc == CQ_OK ? yes_or_no(map->skip, "skip", err) : rc;
}

/* --- a post ------------------------------------------------------------ */

static enum cq_status
rating(struct map *map, struct cq_err *err)
{
	static const char *const known[] = {"at", "worst", "best", NULL};
	const cJSON *o = json_member(map->post, "rating"), *worst, *best;
	enum cq_status rc = CQ_OK;

	map->worst = 1;
	map->best = 5;
	map->rating = o;
	if (o == NULL)
		return CQ_OK;
	if (cJSON_IsObject(o)) {
		rc = map_members(o, "post/rating", known, err);
		map->rating = json_member(o, "at");
	}
	if (rc == CQ_OK && !is_pointer(map->rating))
		rc = cq_fail(err, CQ_INPUT,
		    "map: post/rating must be a pointer, or an object of at, "
		    "worst and best");
	if (rc != CQ_OK || !cJSON_IsObject(o))
		return rc;
	worst = json_member(o, "worst");
	best = json_member(o, "best");
	if (!cJSON_IsNumber(worst) || !cJSON_IsNumber(best) ||
	    worst->valuedouble == best->valuedouble)
		return cq_fail(err, CQ_INPUT,
		    "map: post/rating needs the numbers worst and best of "
		    "its scale");
	map->worst = worst->valuedouble;
	map->best = best->valuedouble;
	return CQ_OK;
}

static enum cq_status
extra(const struct map *map, struct cq_err *err)
{
	const cJSON *o = json_member(map->post, "extra"), *one;
	enum cq_status rc = CQ_OK;

	if (o != NULL && !cJSON_IsObject(o))
		return cq_fail(err, CQ_INPUT,
		    "map: post/extra must be an object of names and pointers");
	cJSON_ArrayForEach(one, o)
	{
		char *member = cq_format("post/extra/%s", one->string);

		rc = map_where_check(one, member, err);
		free(member);
		if (rc != CQ_OK)
			break;
	}
	return rc;
}

static enum cq_status
wheres(const struct map *map, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	const cJSON *one;
	size_t i;

	for (i = 0; rc == CQ_OK && map_post_wheres[i] != NULL; i++) {
		char *member = cq_format("post/%s", map_post_wheres[i]);

		one = json_member(map->post, map_post_wheres[i]);
		/* one id for all would leave one post of all */
		if (one != NULL && strcmp(map_post_wheres[i], "id") == 0)
			rc = map_place_check(one, member, err);
		else if (one != NULL)
			rc = map_where_check(one, member, err);
		free(member);
	}
	return rc;
}

enum cq_status
map_read_post(struct map *map, struct cq_err *err)
{
	enum cq_status rc;

	map->post = json_member(map->doc.root, "post");
	if (!cJSON_IsObject(map->post))
		return cq_fail(err, CQ_INPUT,
		    "map: post is missing: where an item holds id, time, "
		    "text and so on");
	rc = map_members(map->post, "post", map_post_members, err);
	if (rc == CQ_OK && json_member(map->post, "id") == NULL)
		rc = cq_fail(err, CQ_INPUT, "map: post/id is missing");
	if (rc == CQ_OK && json_member(map->post, "text") == NULL &&
	    json_member(map->post, "title") == NULL)
		rc =
		    cq_fail(err, CQ_INPUT, "map: post needs a text or a title");
	if (rc == CQ_OK)
		rc = wheres(map, err);
	if (rc == CQ_OK)
		rc = map_read_time(json_member(map->post, "time"), "post/time",
		    &map->time, err);
	if (rc == CQ_OK)
		rc =
		    map_member_flag(map->post, "post", "html", &map->html, err);
	if (rc == CQ_OK)
		rc = rating(map, err);
	if (rc == CQ_OK)
		rc = yes_or_no(json_member(map->post, "bot"), "post/bot", err);
	if (rc == CQ_OK)
		rc =
		    yes_or_no(json_member(map->post, "gone"), "post/gone", err);
	return rc == CQ_OK ? extra(map, err) : rc;
}

/* --- what differs from item to item ------------------------------------ */

/* Of a where, or an object {at, format, zone}; or of nothing. */
static enum cq_status
check_time_place(const cJSON *value, const char *member, struct cq_err *err)
{
	enum cq_status rc;
	char *at;

	if (value == NULL)
		return CQ_OK;
	if (!cJSON_IsObject(value))
		return map_place_check(value, member, err);
	at = cq_format("%s/at", member);
	rc = map_place_check(json_member(value, "at"), at, err);
	free(at);
	return rc;
}

/* All posts may well be in one language. */
static enum cq_status
check_post_place(const struct map *map, const char *name, struct cq_err *err)
{
	const cJSON *where = json_member(map->post, name);
	enum cq_status rc;
	char *member;

	if (where == NULL || strcmp(name, "lang") == 0)
		return CQ_OK;
	member = cq_format("post/%s", name);
	rc = map_place_check(where, member, err);
	free(member);
	return rc;
}

enum cq_status
map_check_places(const struct map *map, struct cq_err *err)
{
	const cJSON *since = json_member(map->doc.root, "since");
	enum cq_status rc = CQ_OK;
	size_t i;

	for (i = 0; rc == CQ_OK && map_post_wheres[i] != NULL; i++)
		rc = check_post_place(map, map_post_wheres[i], err);
	if (rc == CQ_OK)
		rc = check_time_place(json_member(map->post, "time"),
		    "post/time", err);
	return rc == CQ_OK
	    ? check_time_place(json_member(since, "by"), "since/by", err)
	    : rc;
}
