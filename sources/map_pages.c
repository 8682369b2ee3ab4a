#include "sources/map.h"

#include <string.h>

#include "sources/map_member.h"
#include "sources/pointer.h"

/* What a map says about times in the address, and about pages. */

static enum cq_status
since(struct map *map, struct cq_err *err)
{
	static const char *const known[] = {
	    "format", "zone", "by", "overlap", "max_age", NULL};
	const cJSON *o = json_member(map->doc.root, "since");
	enum cq_status rc;

	map->has_since = map_url_has(map->url, "{since}");
	map->by = map->time;
	if (map->has_since && o == NULL)
		return cq_fail(err, CQ_INPUT,
		    "map: url has {since}: say its form, such as "
		    "\"since\": {\"format\": \"rfc3339\"}");
	if (!map->has_since && o != NULL)
		return cq_fail(err, CQ_INPUT,
		    "map: since is for times in the address, and url has no "
		    "{since}");
	if (o == NULL)
		return CQ_OK;
	rc = map_members(o, "since", known, err);
	if (rc == CQ_OK)
		rc = map_read_stamp(o, "since", &map->since, err);
	if (rc == CQ_OK && json_member(o, "by") != NULL)
		rc = map_read_time(json_member(o, "by"), "since/by", &map->by,
		    err);
	if (rc == CQ_OK)
		rc = map_member_time(o, "since", "overlap", &map->overlap_s,
		    err);
	if (rc == CQ_OK)
		rc = map_member_time(o, "since", "max_age", &map->max_age_s,
		    err);
	if (rc != CQ_OK)
		return rc;
	if (!stamp_writable(map->since.form))
		return cq_fail(err, CQ_INPUT,
		    "map: since/format: '%s' can be read but not written",
		    map->since.form);
	if (map->by.at == NULL)
		return cq_fail(err, CQ_INPUT,
		    "map: {since} goes on from the time of the newest item: "
		    "post needs a time, or since a by");
	return CQ_OK;
}

/* --- pages ------------------------------------------------------------- */

static enum cq_status
next_page(struct map *map, struct cq_err *err)
{
	static const struct {
		const char *name, *placeholder;
		enum map_way way;
	} ways[] = {
	    {"cursor", "{cursor}", MAP_CURSOR},
	    {"url", NULL, MAP_URL},
	    {"link", NULL, MAP_LINK},
	    {"page", "{page}", MAP_PAGE},
	    {"offset", "{offset}", MAP_OFFSET},
	};
	static const char *const known[] = {
	    "cursor", "url", "link", "page", "offset", NULL};
	const cJSON *o = json_member(map->doc.root, "next"), *one;
	enum cq_status rc =
	    o == NULL ? CQ_OK : map_members(o, "next", known, err);
	size_t i, n = 0;

	for (i = 0; rc == CQ_OK && i < sizeof(ways) / sizeof(ways[0]); i++) {
		bool has;

		one = o == NULL ? NULL : json_member(o, ways[i].name);
		has = ways[i].placeholder != NULL &&
		    map_url_has(map->url, ways[i].placeholder);
		if (ways[i].placeholder != NULL && has != (one != NULL))
			return cq_fail(err, CQ_INPUT,
			    "map: %s in the url and next/%s belong together",
			    ways[i].placeholder, ways[i].name);
		if (one == NULL)
			continue;
		n++;
		map->way = ways[i].way;
		map->next = cJSON_GetStringValue(one);
		if (map->way == MAP_PAGE || map->way == MAP_OFFSET) {
			if (!json_int(one, &map->first) || map->first < 0 ||
			    map->first > 1000)
				rc = cq_fail(err, CQ_INPUT,
				    "map: next/%s is the number of the first "
				    "one: 0 or 1",
				    ways[i].name);
		} else if (map->next == NULL || *map->next == '\0' ||
		    (map->way != MAP_LINK &&
			(*map->next != '/' || !pointer_valid(map->next)))) {
			rc = cq_fail(err, CQ_INPUT, "map: next/%s must be %s",
			    ways[i].name,
			    map->way == MAP_LINK
				? "a relation, such as \"next\""
				: "a pointer, such as \"/meta/next\"");
		}
	}
	if (rc == CQ_OK && o != NULL && n != 1)
		rc = cq_fail(err, CQ_INPUT,
		    "map: next says one of cursor, url, link, page, offset");
	return rc;
}

static enum cq_status
order(struct map *map, struct cq_err *err)
{
	static const char *const names[] = {
	    [MAP_NO_ORDER] = "none",
	    [MAP_NEWEST_FIRST] = "newest_first",
	    [MAP_OLDEST_FIRST] = "oldest_first",
	};
	const char *s = "none";
	enum cq_status rc =
	    map_member_text(map->doc.root, NULL, "order", &s, err);
	size_t i;

	if (rc != CQ_OK)
		return rc;
	for (i = 0; i < 3 && strcmp(s, names[i]) != 0; i++)
		;
	if (i == 3)
		return cq_fail(err, CQ_INPUT,
		    "map: order: '%s' is none of newest_first, oldest_first, "
		    "none",
		    s);
	map->order = (enum map_order)i;
	if (map->order == MAP_NEWEST_FIRST && map->way != MAP_ONE_PAGE &&
	    map->by.at == NULL)
		return cq_fail(err, CQ_INPUT,
		    "map: pages that are newest_first are read back to a "
		    "time: post needs a time");
	return CQ_OK;
}

enum cq_status
map_read_pages(struct map *map, struct cq_err *err)
{
	const cJSON *root = map->doc.root;
	int64_t size = 0;
	enum cq_status rc = since(map, err);

	if (rc == CQ_OK)
		rc = next_page(map, err);

	if (rc == CQ_OK)
		rc = order(map, err);
	if (rc == CQ_OK)
		rc = map_member_flag(root, NULL, "whole", &map->whole, err);
	if (rc != CQ_OK)
		return rc;
	if (json_member(root, "page_size") != NULL &&
	    (!json_int(json_member(root, "page_size"), &size) || size < 1 ||
		size > 1000000))
		return cq_fail(err, CQ_INPUT,
		    "map: page_size is the number of items that a full "
		    "answer holds");
	map->page_size = (size_t)size;
	/* or a page that fills between two questions hides what came to it */
	if (map->way == MAP_PAGE && map->order == MAP_OLDEST_FIRST && size == 0)
		return cq_fail(err, CQ_INPUT,
		    "map: pages by number that are oldest_first need a "
		    "page_size");
	if (map->whole && (map->has_since || map->way != MAP_ONE_PAGE))
		return cq_fail(err, CQ_INPUT,
		    "map: whole means that one answer holds all there is: "
		    "leave out {since} and next");
	return CQ_OK;
}
