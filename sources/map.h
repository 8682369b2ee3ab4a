#ifndef SRC_MAP_H
#define SRC_MAP_H

#include "core/source.h"
#include "sources/json.h"
#include "sources/source.h"
#include "sources/stamp.h"

/*
 * A map file: how to ask one JSON API and where its answers hold what.  It
 * is a JSON object, kept as text in the options of a source that the json
 * adapter reads: {"map": "..."}.  caseq-sources(5) describes each member.
 */

#define MAP_MAX (64 * 1024) /* bytes of a map file */

enum map_order { MAP_NO_ORDER, MAP_NEWEST_FIRST, MAP_OLDEST_FIRST };

/* How the next page is named. */
enum map_way {
	MAP_ONE_PAGE,
	MAP_CURSOR,
	MAP_URL,
	MAP_LINK,
	MAP_PAGE,
	MAP_OFFSET
};

/*
 * Where a value is (a "where" below): a pointer ("/a/b"), or words with
 * pointers in braces ("{/user}@{/home|host}"), or an array of those.
 */

/* A time in an answer. */
struct map_time {
	const cJSON *at; /* a where; or NULL */
	struct stamp stamp;
};

/* A map that has been checked.  Strings are borrowed from doc. */
struct map {
	struct json options, doc;
	const char *url;   /* a template */
	const char *query; /* what the query is, for a person; or NULL */
	const cJSON *headers;
	bool token_in_header, needs_token;

	const char *items; /* pointer to the array */
	bool may_lack_items, whole;
	enum map_order order;
	const cJSON *skip; /* a pointer or an array of them; or NULL */

	bool has_since;
	struct stamp since; /* as the url takes it */
	struct map_time by; /* what it is compared with */
	int64_t overlap_s, max_age_s;

	enum map_way way;
	const char *next; /* a pointer, or the relation of a link */
	int64_t first;	  /* number of the first page */
	size_t page_size; /* what a full page holds; 0: unknown */
	const char *more, *error, *wait; /* pointers; or NULL */
	struct src_limit limit;
	int64_t every_s;

	const cJSON *post; /* its members below */
	struct map_time time;
	bool html;
	const cJSON *rating; /* a pointer; or NULL */
	double worst, best;  /* of its scale */
	const char *network;
};

/*
 * Reads the map of a source and checks it and the source's address, query
 * and token against it.  CQ_INPUT with a message that names the member that
 * is wrong; *map is then empty.  map_free() after CQ_OK.
 */
enum cq_status map_read(const struct cq_source *s, struct map *map,
    struct cq_err *err);
void map_free(struct map *map);

/*
 * Does all that differs from item to item have a pointer in it?  A map that
 * a person gives now should, where a forgotten slash would be stored; one
 * that is stored may be older than this.  CQ_INPUT names the member.
 */
enum cq_status map_check_places(const struct map *map, struct cq_err *err);

/* What a url is made with. */
struct map_asked {
	int64_t since;	    /* UTC seconds */
	int64_t page;	    /* or offset */
	const char *cursor; /* or NULL */
};

/*
 * The address to ask, owned.  CQ_INPUT if the query lacks a part that the
 * map asks for, or has one that it does not know.
 */
enum cq_status map_url(const struct map *map, const struct cq_source *s,
    const struct map_asked *asked, char **url, struct cq_err *err);

/* Does the template have that placeholder, such as "{since}"? */
bool map_url_has(const char *template, const char *placeholder);

/* Is it one that map_url() can fill in?  CQ_INPUT with what is wrong. */
enum cq_status map_url_check(const char *template, struct cq_err *err);

/*
 * The value at where in an item as text: a string, or an exact integer, or
 * words with such values.  Of an array the first that is there.  NULL if
 * there is none; owned.
 */
char *map_text(const struct json *doc, const cJSON *item, const cJSON *where);

/* The same of a single pointer, which may be "". */
char *map_text_at(const struct json *doc, const cJSON *item,
    const char *pointer);

/* The time there; CQ_NO_TIME. */
int64_t map_moment(const struct map_time *time, const cJSON *item);

/* Checks what map_text() will be given.  CQ_INPUT names the member. */
enum cq_status map_where_check(const cJSON *where, const char *member,
    struct cq_err *err);

/*
 * The same, and words without a pointer are none: they would be the same in
 * each item, and a forgotten slash makes them.
 */
enum cq_status map_place_check(const cJSON *where, const char *member,
    struct cq_err *err);

/*
 * Does a pointer in where lead to text in this item?  An empty one and null
 * are such: the service knows the member, and has nothing to say there.
 */
bool map_leads(const struct json *doc, const cJSON *item, const cJSON *where);

/*
 * Emits an item of an answer as a post.  False if it has no id; text that is
 * HTML is read as such, and its relative links stand on base.
 */
bool map_emit(const struct map *map, const struct cq_source *s,
    const struct json *doc, const cJSON *item, const char *base,
    src_emit_fn emit, void *arg);

/* Is its id null?  Some services give one to what they have yet to check. */
bool map_has_null_id(const struct map *map, const cJSON *item);

/* Is it one that the map says to leave out? */
bool map_skips(const struct map *map, const cJSON *item);

#endif
