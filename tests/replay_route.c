/*
 * Which recorded answer fits a request.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tests/replay_parts.h"

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0'
	    ? NULL
	    : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* In a query, "+" is a space. */
static char *
decode(const char *s, size_t n, bool query)
{
	struct cq_buf b = {0};
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '%' && i + 2 < n && hex(s[i + 1]) >= 0 &&
		    hex(s[i + 2]) >= 0) {
			cq_buf_char(&b,
			    (char)(hex(s[i + 1]) * 16 + hex(s[i + 2])));
			i += 2;
		} else {
			cq_buf_char(&b, query && s[i] == '+' ? ' ' : s[i]);
		}
	}
	return cq_buf_take(&b);
}

static void
params_add(struct params *p, char *pair)
{
	p->pair = cq_grow(p->pair, p->n + 1, sizeof(*p->pair));
	p->pair[p->n++] = pair;
}

static void
params_free(struct params *p)
{
	while (p->n > 0)
		free(p->pair[--p->n]);
	free(p->pair);
	*p = (struct params){0};
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One whose name is among ignore, or "*", is none. */
static bool
is_ignored(const struct params *ignore, const char *pair)
{
	size_t n = strcspn(pair, "="), i;

	for (i = 0; i < ignore->n; i++)
		if (strcmp(ignore->pair[i], "*") == 0 ||
		    (strlen(ignore->pair[i]) == n &&
			strncmp(ignore->pair[i], pair, n) == 0))
			return true;
	return false;
}

static struct params
params_of(const char *query, const struct params *ignore)
{
	struct params p = {0};

	while (*query != '\0') {
		size_t n = strcspn(query, "&#");
		char *pair = decode(query, n, true);

		if (*pair == '\0' || is_ignored(ignore, pair))
			free(pair);
		else
			params_add(&p, pair);
		query += n + (query[n] == '&');
		if (*query == '#')
			break;
	}
	if (p.n > 0)
		qsort(p.pair, p.n, sizeof(*p.pair), by_bytes);
	return p;
}

static bool
params_same(const struct params *a, const struct params *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->pair[i], b->pair[i]) != 0)
			return false;
	return true;
}

static const char *
query_of(const char *target)
{
	const char *mark = strchr(target, '?');

	return mark == NULL ? "" : mark + 1;
}

struct route *
route_new(const char *method, const char *target, const char *ignore)
{
	struct route *route = cq_alloc(sizeof(*route));

	while (ignore != NULL && *ignore != '\0') {
		size_t n = strcspn(ignore, ",");

		params_add(&route->ignore, cq_strndup(ignore, n));
		ignore += n + (ignore[n] == ',');
	}
	if (route->ignore.n > 0)
		qsort(route->ignore.pair, route->ignore.n,
		    sizeof(*route->ignore.pair), by_bytes);
	route->method = cq_strdup(method);
	route->path = decode(target, strcspn(target, "?#"), false);
	route->params = params_of(query_of(target), &route->ignore);
	return route;
}

void
answer_clear(struct answer *answer)
{
	free(answer->name);
	free(answer->headers);
	free(answer->body);
	*answer = (struct answer){0};
}

void
route_free(struct route *route)
{
	while (route->n_answers > 0)
		answer_clear(&route->answers[--route->n_answers]);
	free(route->answers);
	params_free(&route->params);
	params_free(&route->ignore);
	free(route->method);
	free(route->path);
	free(route);
}

bool
route_same(const struct route *a, const struct route *b)
{
	if ((a->method == NULL) != (b->method == NULL) ||
	    (a->method != NULL && strcmp(a->method, b->method) != 0))
		return false;
	return strcmp(a->path, b->path) == 0 &&
	    params_same(&a->params, &b->params) &&
	    params_same(&a->ignore, &b->ignore);
}

void
route_answer(struct route *route, const struct answer *answer)
{
	struct answer copy = {
	    .name = cq_strdup(answer->name),
	    .status = answer->status,
	    .headers = cq_strdup(answer->headers),
	    .body = cq_strndup(answer->body, answer->n),
	    .n = answer->n,
	};

	route->answers = cq_grow(route->answers, route->n_answers + 1,
	    sizeof(*route->answers));
	route->answers[route->n_answers++] = copy;
}

static bool
route_fits(const struct route *route, const char *method, const char *path,
    const char *query)
{
	struct params p;
	bool same;

	if ((route->method != NULL && strcmp(route->method, method) != 0) ||
	    strcmp(route->path, path) != 0)
		return false;
	p = params_of(query, &route->ignore);
	same = params_same(&p, &route->params);
	params_free(&p);
	return same;
}

struct route *
route_find(struct route *routes, const char *method, const char *target)
{
	char *path = decode(target, strcspn(target, "?#"), false);

	while (routes != NULL &&
	    !route_fits(routes, method, path, query_of(target)))
		routes = routes->next;
	free(path);
	return routes;
}
