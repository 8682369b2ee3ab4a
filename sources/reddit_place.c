#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "sources/reddit.h"
#include "sources/url.h"

#define PAGE 100      /* entries; more are not given */
#define QUERY_MAX 500 /* bytes; the service takes 512 characters */
#define SUB_BYTES                    \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+"

static bool
is_words(const char *s)
{
	return *s != '\0' && strlen(s) <= QUERY_MAX &&
	    s[strspn(s, " ")] != '\0' && strpbrk(s, "\r\n\t") == NULL &&
	    cq_utf8_valid(s, strlen(s));
}

bool
reddit_place_read(const char *query, struct reddit_place *place)
{
	const char *rest;
	size_t n;

	*place = (struct reddit_place){.kind = REDDIT_SEARCH};
	if (query == NULL || !is_words(query))
		return false;
	if (strcmp(query, "mentions") == 0) {
		place->kind = REDDIT_MENTIONS;
		return true;
	}
	rest = *query == '/' ? query + 1 : query;
	if (strncasecmp(rest, "r/", 2) != 0) {
		place->words = query;
		return true;
	}
	n = strspn(rest + 2, SUB_BYTES);
	if (n < 2 || n >= sizeof(place->sub) || rest[2] == '+' ||
	    rest[1 + n] == '+')
		return false;
	memcpy(place->sub, rest + 2, n);
	rest += 2 + n;
	if (*rest == ' ') {
		place->words = rest + strspn(rest, " ");
		return *place->words != '\0';
	}
	place->kind = *rest == '\0' || strcmp(rest, "/") == 0 ? REDDIT_POSTS
							      : REDDIT_COMMENTS;
	return place->kind == REDDIT_POSTS || strcmp(rest, "/comments") == 0;
}

/* Reddit itself has two hosts for programs; any other server has one. */
static char *
at(const struct cq_source *s, const char *host, const char *path)
{
	char *name = url_host(s->address), *url;
	size_t n = name == NULL ? 0 : strlen(name);
	bool reddit = n >= 10 && strcasecmp(name + n - 10, "reddit.com") == 0 &&
	    (n == 10 || name[n - 11] == '.');

	url = url_at(reddit ? host : s->address, path);
	free(name);
	return url;
}

char *
reddit_url_of_token(const struct cq_source *s)
{
	return at(s, "https://www.reddit.com", "/api/v1/access_token");
}

char *
reddit_url_of_page(const struct cq_source *s, const struct reddit_place *place,
    const char *after)
{
	static const char *const lists[] = {[REDDIT_POSTS] = "/new",
	    [REDDIT_COMMENTS] = "/comments",
	    [REDDIT_MENTIONS] = "/message/mentions",
	    [REDDIT_SEARCH] = "/search"};
	char *path = cq_format("%s%s%s", *place->sub == '\0' ? "" : "/r/",
	    place->sub, lists[place->kind]);
	char *base = at(s, "https://oauth.reddit.com", path);
	struct cq_buf url = {0};

	cq_buf_str(&url, base);
	if (place->kind == REDDIT_SEARCH) {
		url_add(&url, "q", place->words);
		url_add(&url, "sort", "new");
		url_add(&url, "type", "link");
		if (*place->sub != '\0')
			url_add(&url, "restrict_sr", "1");
	}
	url_add_int(&url, "limit", PAGE);
	url_add(&url, "raw_json", "1"); /* else & < > are escaped */
	url_add(&url, "after", after);
	free(base);
	free(path);
	return cq_buf_take(&url);
}

char *
reddit_url_of_posts(const struct cq_source *s, const char *const *ids, size_t n)
{
	char *base = at(s, "https://oauth.reddit.com", "/api/info");
	struct cq_buf url = {0}, list = {0};
	size_t i;

	for (i = 0; i < n; i++)
		if (reddit_is_id(ids[i]))
			cq_buf_fmt(&list, "%s%s", list.n == 0 ? "" : ",",
			    ids[i]);
	if (list.n > 0) {
		cq_buf_str(&url, base);
		url_add(&url, "id", list.s);
		url_add(&url, "raw_json", "1");
	}
	cq_buf_free(&list);
	free(base);
	return url.n == 0 ? NULL : cq_buf_take(&url);
}
