#include "sources/map.h"

#include <string.h>
#include <strings.h>

#include "sources/map_member.h"

/* Reading a map, and saying what is wrong with one. */

#define HEADERS_MAX (SRC_MAX_HEADERS - 1) /* one is "Accept" */
#define TOKEN "{token}"

/* --- headers ----------------------------------------------------------- */

static bool
is_header_name(const char *s)
{
	size_t n = strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	return n > 0 && n <= 100 && s[n] == '\0';
}

/* Names of headers that carry a secret, which a map must not hold. */
static bool
is_secret_name(const char *s)
{
	static const char *const words[] = {
	    "authorization", "cookie", "key", "token", "secret", "password"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(s, words[i]) != NULL)
			return true;
	return false;
}

static enum cq_status
header(struct map *map, const cJSON *one, struct cq_err *err)
{
	static const char *const ours[] = {"host", "content-length",
	    "connection", "transfer-encoding", "accept-encoding", "expect"};
	const char *name = one->string, *value = cJSON_GetStringValue(one);
	bool token = value != NULL && strstr(value, TOKEN) != NULL;
	size_t i;

	if (!is_header_name(name))
		return cq_fail(err, CQ_INPUT,
		    "map: headers: '%s' is no name of a header", name);
	if (value == NULL || *value == '\0' || src_has_control(value) ||
	    strlen(value) > 1000)
		return cq_fail(err, CQ_INPUT,
		    "map: headers/%s must be one line of text", name);
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcasecmp(name, ours[i]) == 0)
			return cq_fail(err, CQ_INPUT,
			    "map: headers/%s is not for a map to set", name);
	if (!token && is_secret_name(name))
		return cq_fail(err, CQ_INPUT,
		    "map: headers/%s: a secret does not belong into a map: "
		    "write {token} there, and give the source a token file",
		    name);
	map->token_in_header |= token;
	return CQ_OK;
}

static enum cq_status
headers(struct map *map, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	const cJSON *one;
	int n = 0;

	map->headers = json_member(map->doc.root, "headers");
	if (map->headers != NULL && !cJSON_IsObject(map->headers))
		return cq_fail(err, CQ_INPUT,
		    "map: headers must be an object of names and texts");
	cJSON_ArrayForEach(one, map->headers)
	{
		rc = header(map, one, err);
		if (rc == CQ_OK && ++n > HEADERS_MAX)
			rc = cq_fail(err, CQ_INPUT,
			    "map: headers holds more than %d", HEADERS_MAX);
		if (rc != CQ_OK)
			break;
	}
	return rc;
}

/* --- the whole --------------------------------------------------------- */

static enum cq_status
read_members(struct map *map, struct cq_err *err)
{
	static const char *const known[] = {"about", "url", "query", "headers",
	    "needs_token", "since", "next", "more", "page_size", "items",
	    "absent_is_empty", "order", "whole", "skip", "error", "wait",
	    "limit", "every", "network", "post", NULL};
	const cJSON *root = map->doc.root;
	const char *unused = NULL;
	enum cq_status rc = map_members(root, NULL, known, err);

	if (rc == CQ_OK)
		rc = map_member_text(root, NULL, "about", &unused, err);
	if (rc == CQ_OK)
		rc = map_member_text(root, NULL, "query", &map->query, err);
	if (rc == CQ_OK)
		rc = map_member_text(root, NULL, "url", &map->url, err);
	if (rc == CQ_OK && map->url == NULL)
		rc = cq_fail(err, CQ_INPUT,
		    "map: url is missing: what to ask, such as "
		    "\"{address}/complaints?since={since}\"");
	if (rc == CQ_OK)
		rc = map_url_check(map->url, err);
	if (rc == CQ_OK)
		rc = map_member_text(root, NULL, "network", &map->network, err);
	if (rc == CQ_OK && map->network != NULL &&
	    strlen(map->network) > CQ_SOURCE_MAX)
		rc = cq_fail(err, CQ_INPUT,
		    "map: network is longer than %d bytes", CQ_SOURCE_MAX);
	if (rc == CQ_OK)
		rc = map_member_flag(root, NULL, "needs_token",
		    &map->needs_token, err);
	if (rc == CQ_OK)
		rc = headers(map, err);
	if (rc == CQ_OK)
		rc = map_read_post(map, err);
	if (rc == CQ_OK)
		rc = map_read_pages(map, err);
	return rc == CQ_OK ? map_read_answers(map, err) : rc;
}

static enum cq_status
read_text(const char *text, struct map *map, struct cq_err *err)
{
	static const struct json_limits limits = {
	    .bytes = MAP_MAX, .depth = 8, .values = 2000};
	struct cq_err why = {0};

	if (json_read(text, strlen(text), &limits, &map->doc, &why) != CQ_OK)
		return cq_fail(err, CQ_INPUT, "the map %s", why.msg);
	if (map->doc.has_nul || !cJSON_IsObject(map->doc.root))
		return cq_fail(err, CQ_INPUT,
		    "the map must be a JSON object without NUL");
	return read_members(map, err);
}

enum cq_status
map_read(const struct cq_source *s, struct map *map, struct cq_err *err)
{
	const char *text = NULL;
	enum cq_status rc;

	*map = (struct map){0};
	if (s->options != NULL &&
	    json_read(s->options, strlen(s->options), NULL, &map->options,
		err) == CQ_OK)
		text = json_str(map->options.root, "map");
	if (text == NULL)
		rc = cq_fail(err, CQ_INPUT,
		    "this adapter needs a map: --map FILE, or the name of "
		    "one that \"caseq source map\" lists");
	else
		rc = read_text(text, map, err);
	if (rc == CQ_OK && map->needs_token && s->token_file == NULL)
		rc = cq_fail(err, CQ_INPUT,
		    "the map says that the service wants a token: give the "
		    "source a token file");
	if (rc != CQ_OK)
		map_free(map);
	return rc;
}

void
map_free(struct map *map)
{
	json_free(&map->options);
	json_free(&map->doc);
	*map = (struct map){0};
}
