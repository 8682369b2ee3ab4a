#include "tests/mapped.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "core/alloc.h"
#include "core/post.h"
#include "sources/maps.h"

static struct cq_source
source(const char *address, const char *query, const char *map)
{
	cJSON *o = cJSON_CreateObject();
	struct cq_source s = {
	    .name = "place",
	    .adapter = "json",
	    .address = (char *)(uintptr_t)address,
	    .query = (char *)(uintptr_t)query,
	    .since_at = CQ_NO_TIME,
	    .ok_at = CQ_NO_TIME,
	};
	char *text;

	cJSON_AddStringToObject(o, "map", map);
	text = cJSON_PrintUnformatted(o);
	s.options = cq_strdup(text);
	cJSON_free(text);
	cJSON_Delete(o);
	return s;
}

struct cq_source
mapped(const char *address, const char *query, const char *map)
{
	char *text = cq_strdup(map), *at;
	struct cq_source s;

	for (at = text; (at = strchr(at, '\'')) != NULL; at++)
		*at = '"';
	s = source(address, query, text);
	free(text);
	return s;
}

struct cq_source
mapped_by(const char *address, const char *query, const char *name)
{
	size_t i;

	for (i = 0; src_maps[i].name != NULL; i++)
		if (strcmp(src_maps[i].name, name) == 0)
			return source(address, query, src_maps[i].text);
	fail_msg("no map %s", name);
	return (struct cq_source){0};
}
