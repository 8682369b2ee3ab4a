#include "sources/map.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/url.h"

/*
 * The address of a question, from the template of the map:
 *
 *	{address}/search?q={query}&from={since}[&next={cursor}]
 *
 * Values are escaped.  What stands in brackets is left out if a value in it
 * is empty.  A query of several parts is written as "a=1&b=2", and a part is
 * {query.a}.
 */

static const char *const placeholders[] = {
    "address", "query", "since", "cursor", "page", "offset", NULL};

static bool
is_placeholder(const char *s, size_t n)
{
	size_t i;

	for (i = 0; placeholders[i] != NULL; i++)
		if (strlen(placeholders[i]) == n &&
		    memcmp(s, placeholders[i], n) == 0)
			return true;
	return n > 6 && memcmp(s, "query.", 6) == 0;
}

bool
map_url_has(const char *template, const char *placeholder)
{
	return strstr(template, placeholder) != NULL;
}

enum cq_status
map_url_check(const char *template, struct cq_err *err)
{
	const char *s = template;
	bool in = false;
	size_t n;

	if (strncmp(s, "{address}", 9) != 0 ||
	    (s[9] != '\0' && strchr("/?[", s[9]) == NULL))
		return cq_fail(err, CQ_INPUT,
		    "map: url must begin with {address}, as in "
		    "\"{address}/complaints?since={since}\"");
	for (; (s = strpbrk(s, "{}[]")) != NULL; s++) {
		if (*s == '[' || *s == ']') {
			if (in == (*s == '['))
				return cq_fail(err, CQ_INPUT,
				    "map: url has a bracket without its other "
				    "one: a part in [ ] is left out if a value "
				    "in it is empty; %%5B and %%5D mean "
				    "brackets");
			in = !in;
			continue;
		}
		n = strcspn(s, "}");
		if (*s == '}' || s[n] == '\0' || !is_placeholder(s + 1, n - 1))
			return cq_fail(err, CQ_INPUT,
			    "map: url: %.*s is none of {address}, {query}, "
			    "{query.NAME}, {since}, {cursor}, {page}, {offset}"
			    "%s",
			    (int)(n + 1 > 40 ? 40 : n + 1), s,
			    strncmp(s, "{token}", 7) == 0
				? "; a token belongs into headers"
				: "");
		s += n;
	}
	return in ? cq_fail(err, CQ_INPUT, "map: url has a [ without its ]")
		  : CQ_OK;
}

/* --- the parts of a query ---------------------------------------------- */

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c | 0x20);

	return at == NULL ? -1 : (int)(at - digits);
}

/* "a%26b" as "a&b"; what is no escape stays as it is. */
static char *
plain(const char *s, size_t n)
{
	struct cq_buf out = {0};
	size_t i;

	for (i = 0; i < n; i++) {
		int high = s[i] == '%' && i + 2 < n ? hex(s[i + 1]) : -1;
		int low = high < 0 ? -1 : hex(s[i + 2]);

		if (low >= 0 && high * 16 + low > 0) {
			cq_buf_char(&out, (char)(high * 16 + low));
			i += 2;
		} else {
			cq_buf_char(&out, s[i]);
		}
	}
	return cq_buf_take(&out);
}

/* The part of that name, NULL if the query has none or an empty one. */
static char *
part(const char *query, const char *name, size_t n)
{
	size_t len;

	for (; *query != '\0'; query += len + (query[len] == '&')) {
		len = strcspn(query, "&");
		if (len > n + 1 && memcmp(query, name, n) == 0 &&
		    query[n] == '=')
			return plain(query + n + 1, len - n - 1);
	}
	return NULL;
}

/* "; the query is: ..." */
static const char *
told(const struct map *map)
{
	return map->query == NULL ? "" : "; the query is: ";
}

/* Every part of the query must be asked for. */
static enum cq_status
parts_check(const struct map *map, const char *query, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	char *placeholder;
	size_t len, n;

	for (; rc == CQ_OK && *query != '\0';
	     query += len + (query[len] == '&')) {
		len = strcspn(query, "&");
		n = strcspn(query, "=&");
		placeholder = cq_format("{query.%.*s}", (int)n, query);
		if (n == len || !map_url_has(map->url, placeholder))
			rc = cq_fail(err, CQ_INPUT,
			    "'%.*s' in the query is no part that the map asks "
			    "for%s%s",
			    (int)n, query, told(map),
			    map->query == NULL ? "" : map->query);
		free(placeholder);
	}
	return rc;
}

/* --- filling it in ----------------------------------------------------- */

static char *
value_of(const struct map *map, const struct cq_source *s,
    const struct map_asked *asked, const char *name, size_t n)
{
	const char *query = s->query == NULL ? "" : s->query;
	struct cq_buf out = {0};

	switch (*name) {
	case 'a':
		return url_at(s->address, "");
	case 'q':
		return n > 6 ? part(query, name + 6, n - 6) : cq_strdup(query);
	case 's':
		stamp_write(&map->since, asked->since, &out);
		return cq_buf_take(&out);
	case 'c':
		return cq_strdup(asked->cursor);
	default:
		return cq_format("%lld", (long long)asked->page);
	}
}

/* What a person may write in a template but no server takes in an address. */
static void
add_literal(struct cq_buf *url, char c)
{
	const unsigned char byte = (unsigned char)c;

	if (byte <= 0x20 || byte >= 0x7f || strchr("\"<>\\^`|", c) != NULL)
		cq_buf_fmt(url, "%%%02X", byte);
	else
		cq_buf_char(url, c);
}

/* One placeholder at *at, moved behind it; false if it has no value. */
static bool
add_value(const struct map *map, const struct cq_source *s,
    const struct map_asked *asked, const char **at, struct cq_buf *url)
{
	const char *name = *at + 1;
	size_t n = strcspn(name, "}");
	char *value = value_of(map, s, asked, name, n), *escaped;
	bool there = value != NULL && *value != '\0';

	if (there && *name == 'a') {
		cq_buf_str(url, value);
	} else if (there) {
		escaped = url_escape(value);
		cq_buf_str(url, escaped);
		free(escaped);
	}
	free(value);
	*at = name + n + 1;
	return there;
}

static enum cq_status
missing(const struct map *map, const char *placeholder, size_t n,
    struct cq_err *err)
{
	bool query = placeholder[1] == 'q';

	return cq_fail(err, CQ_INPUT, "the map asks for %.*s%s%s%s", (int)n,
	    placeholder,
	    query ? "" : ", which the first page lacks: put it into [ ]",
	    query ? told(map) : "",
	    query && map->query != NULL ? map->query : "");
}

enum cq_status
map_url(const struct map *map, const struct cq_source *s,
    const struct map_asked *asked, char **out, struct cq_err *err)
{
	const char *at = map->url;
	struct cq_buf url = {0};
	bool inside = false, all = true;
	size_t mark = 0;

	*out = NULL;
	if (strstr(at, "{query.") != NULL && s->query != NULL &&
	    parts_check(map, s->query, err) != CQ_OK)
		return CQ_INPUT;
	while (*at != '\0') {
		const char *from = at;

		if (*at == '[') {
			inside = all = true;
			mark = url.n;
			at++;
		} else if (*at == ']') {
			if (!all)
				url.n = mark;
			inside = false;
			at++;
		} else if (*at != '{') {
			add_literal(&url, *at++);
		} else if (!add_value(map, s, asked, &at, &url)) {
			all = false;
			if (inside)
				continue;
			cq_buf_free(&url);
			return missing(map, from, (size_t)(at - from), err);
		}
	}
	cq_buf_str(&url, ""); /* the NUL, if the end was cut off */
	*out = cq_buf_take(&url);
	return CQ_OK;
}
