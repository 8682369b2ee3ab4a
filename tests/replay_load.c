/*
 * Recorded exchanges, from files to routes.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "core/alloc.h"
#include "tests/replay_parts.h"

#define META ".meta.json"

char *
replay_slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct cq_buf b = {0};
	char part[4096];
	size_t got;

	if (f == NULL)
		replay_die("cannot read", path);
	while ((got = fread(part, 1, sizeof(part), f)) > 0)
		cq_buf_add(&b, part, got);
	fclose(f);
	*n = b.n;
	return cq_buf_take(&b);
}

static bool
is_of_the_wire(const char *name)
{
	static const char *const names[] = {"content-encoding",
	    "content-length", "transfer-encoding", "connection", "date",
	    "keep-alive"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* --- other names for this server --------------------------------------- */

/* example.org is neither in example.organic nor in example.org.uk. */
static bool
host_ends(const char *s, size_t n)
{
	static const char alnum[] = "abcdefghijklmnopqrstuvwxyz0123456789-:"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (n > 0 && *s == '.')
		return n < 2 || s[1] == '\0' || strchr(alnum, s[1]) == NULL;
	return n == 0 || *s == '\0' || strchr(alnum, *s) == NULL;
}

/* Puts base in place of origin, as "https://example.org". */
static void
replace_origin(char **text, size_t *n, const char *origin, const char *base)
{
	size_t len = strlen(origin), from = 0;
	struct cq_buf b = {0};
	const char *at;

	while ((at = memmem(*text + from, *n - from, origin, len)) != NULL) {
		size_t end = (size_t)(at - *text) + len;

		if (host_ends(*text + end, *n - end)) {
			cq_buf_add(&b, *text + from, end - len - from);
			cq_buf_str(&b, base);
		} else {
			cq_buf_add(&b, *text + from, end - from);
		}
		from = end;
	}
	cq_buf_add(&b, *text + from, *n - from);
	*n = b.n;
	free(*text);
	*text = cq_buf_take(&b);
}

static void
rewrite(const struct replay *r, char **text, size_t *n)
{
	size_t i;

	for (i = 0; i < r->n_rewrite; i++) {
		char *https = cq_format("https://%s", r->rewrite[i]);
		char *http = cq_format("http://%s", r->rewrite[i]);

		replace_origin(text, n, https, r->base);
		replace_origin(text, n, http, r->base);
		free(https);
		free(http);
	}
}

void
replay_rewrite(struct replay *r, const char *host)
{
	if (r->n_rewrite == sizeof(r->rewrite) / sizeof(r->rewrite[0]))
		replay_die("too many hosts to rewrite", host);
	r->rewrite[r->n_rewrite++] = cq_strdup(host);
}

/* --- one exchange ------------------------------------------------------ */

static char *
recorded_headers(const cJSON *response)
{
	struct cq_buf to = {0};
	const cJSON *pair;

	cJSON_ArrayForEach(pair, cJSON_GetObjectItem(response, "headers"))
	{
		const char *name = cJSON_GetStringValue(pair->child);

		if (name == NULL || is_of_the_wire(name))
			continue;
		cq_buf_fmt(&to, "%s%s: %s", to.n > 0 ? "\n" : "", name,
		    cJSON_GetStringValue(pair->child->next));
	}
	return cq_buf_take(&to);
}

static void
load_body(const char *path, struct answer *answer)
{
	static const char *const types[][2] = {{".json", "application/json"},
	    {".xml", "application/xml"}, {".rss", "application/rss+xml"},
	    {".atom", "application/atom+xml"}, {".html", "text/html"}};
	size_t i;

	answer->body = replay_slurp(path, &answer->n);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (answer->headers == NULL && ends_with(path, types[i][0]))
			replay_set_header(&answer->headers, "Content-Type",
			    types[i][1]);
}

/* Returns the whole .meta.json. */
static cJSON *
load_meta(const char *path, struct answer *answer)
{
	size_t n;
	char *text = replay_slurp(path, &n), *file;
	cJSON *root = cJSON_Parse(text);
	const cJSON *response = cJSON_GetObjectItem(root, "response");
	const cJSON *status = cJSON_GetObjectItem(response, "status");
	const char *name =
	    cJSON_GetStringValue(cJSON_GetObjectItem(response, "body_file"));

	free(text);
	if (!cJSON_IsNumber(status))
		replay_die("no response with a status in", path);
	answer->status = status->valueint;
	answer->headers = recorded_headers(response);
	if (name == NULL) {
		answer->body = cq_strdup("");
		return root;
	}
	file =
	    cq_format("%.*s/%s", (int)(strrchr(path, '/') - path), path, name);
	answer->body = replay_slurp(file, &answer->n);
	free(file);
	return root;
}

static char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = cq_strdup(slash == NULL ? path : slash + 1);

	if (ends_with(name, META))
		name[strlen(name) - strlen(META)] = '\0';
	return name;
}

/* path is that of a .meta.json or of a body; returns the former, or NULL. */
static cJSON *
load(const struct replay *r, const char *path, struct answer *answer)
{
	cJSON *root = NULL;
	size_t n;

	*answer = (struct answer){.name = name_of(path), .status = 200};
	if (ends_with(path, META))
		root = load_meta(path, answer);
	else
		load_body(path, answer);
	rewrite(r, &answer->body, &answer->n);
	if (answer->headers != NULL) {
		n = strlen(answer->headers);
		rewrite(r, &answer->headers, &n);
	}
	return root;
}

static void
add_first(struct replay *r, struct route *route)
{
	pthread_mutex_lock(&r->lock);
	route->next = r->routes;
	r->routes = route;
	pthread_mutex_unlock(&r->lock);
}

void
replay_add(struct replay *r, const char *path, int status, const char *headers,
    const void *body, size_t n)
{
	char *filled = headers == NULL ? NULL : replay_marks(r, headers);
	const struct answer answer = {
	    .name = "-",
	    .status = status,
	    .headers = filled,
	    .body = (char *)(uintptr_t)body,
	    .n = n,
	};
	struct route *route = route_new(NULL, path, NULL);

	route_answer(route, &answer);
	add_first(r, route);
	free(filled);
}

void
replay_text(struct replay *r, const char *path, int status, const char *headers,
    const char *body)
{
	replay_add(r, path, status, headers, body, strlen(body));
}

void
replay_file(struct replay *r, const char *path, const char *fixture,
    const char *origin)
{
	struct route *route = route_new(NULL, path, NULL);
	struct answer answer;
	size_t n;

	cJSON_Delete(load(r, fixture, &answer));
	if (origin != NULL && answer.headers != NULL) {
		n = strlen(answer.headers);
		replace_origin(&answer.headers, &n, origin, r->base);
	}
	route_answer(route, &answer);
	answer_clear(&answer);
	add_first(r, route);
}

/* --- a folder ---------------------------------------------------------- */

static char *
ignored(const cJSON *root)
{
	struct cq_buf names = {0};
	const cJSON *one;

	cJSON_ArrayForEach(one, cJSON_GetObjectItem(root, "ignore"))
	    cq_buf_fmt(&names, "%s%s", names.n > 0 ? "," : "",
		cJSON_GetStringValue(one));
	return cq_buf_take(&names);
}

/*
 * The path and query of a recorded url, or NULL.  Some have a remark behind
 * a space.
 */
static char *
target_of(const char *url)
{
	const char *at = url == NULL ? NULL : strstr(url, "://");

	if (at != NULL && at < url + strcspn(url, "/")) {
		url = at + 3;
		url += strcspn(url, "/? ");
	}
	if (url == NULL || (*url != '/' && at == NULL))
		return NULL;
	return cq_format("%s%.*s", *url == '/' ? "" : "/",
	    (int)strcspn(url, " "), url);
}

/* Behind those that are there, and behind the one that it goes on with. */
static void
add_last(struct replay *r, struct route *route, const struct answer *answer)
{
	struct route **at = &r->routes;

	pthread_mutex_lock(&r->lock);
	while (*at != NULL && !route_same(*at, route))
		at = &(*at)->next;
	if (*at == NULL)
		*at = route;
	else
		route_free(route);
	route_answer(*at, answer);
	pthread_mutex_unlock(&r->lock);
}

static void
add_recorded(struct replay *r, const char *path)
{
	struct answer answer;
	cJSON *root = load(r, path, &answer);
	const cJSON *request = cJSON_GetObjectItem(root, "request");
	char *target =
	    target_of(cJSON_GetStringValue(cJSON_GetObjectItem(request,
		"url")));
	char *names = ignored(root);

	if (target == NULL)
		fprintf(stderr, "replay: skipped %s: no path in its url\n",
		    answer.name);
	else
		add_last(r,
		    route_new(cJSON_GetStringValue(cJSON_GetObjectItem(request,
				  "method")),
			target, names),
		    &answer);
	free(names);
	free(target);
	answer_clear(&answer);
	cJSON_Delete(root);
}

static int
is_meta(const struct dirent *entry)
{
	return ends_with(entry->d_name, META);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void
replay_dir(struct replay *r, const char *dir)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_meta, by_name), i;
	char *path;

	if (n < 0)
		replay_die("cannot read the folder", dir);
	for (i = 0; i < n; i++) {
		path = cq_format("%s/%s", dir, entries[i]->d_name);
		add_recorded(r, path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	path = cq_format("%s/replay.routes", dir);
	if (access(path, R_OK) == 0)
		replay_routes(r, dir, path);
	free(path);
}

/* --- a file of routes -------------------------------------------------- */

static void
load_named(struct replay *r, const char *dir, const char *name,
    struct answer *answer)
{
	char *path = cq_format("%s%s%s", *name == '/' ? "" : dir,
	    *name == '/' ? "" : "/", name);
	char *meta = cq_format("%s" META, path);

	cJSON_Delete(load(r, access(meta, R_OK) == 0 ? meta : path, answer));
	free(meta);
	free(path);
}

static const char *
value_of(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1
							     : NULL;
}

#define WORDS_MAX 40

/* What the words of a line that are no answers say. */
struct wanted {
	const char *ignore, *status, *type;
};

static void
add_answer(struct replay *r, struct route *route, const char *dir,
    const char *name, const struct wanted *w)
{
	struct answer answer;

	load_named(r, dir, name, &answer);
	if (w->status != NULL)
		answer.status = atoi(w->status);
	if (w->type != NULL)
		replay_set_header(&answer.headers, "Content-Type", w->type);
	route_answer(route, &answer);
	answer_clear(&answer);
}

static struct route *
read_route(struct replay *r, const char *dir, char *line)
{
	char *word[WORDS_MAX], *rest = NULL, *w;
	struct wanted wanted = {0};
	struct route *route;
	size_t n = 0, i;

	for (w = strtok_r(line, " \t\r", &rest); w != NULL && n < WORDS_MAX;
	     w = strtok_r(NULL, " \t\r", &rest)) {
		if (value_of(w, "ignore") != NULL)
			wanted.ignore = value_of(w, "ignore");
		else if (value_of(w, "status") != NULL)
			wanted.status = value_of(w, "status");
		else if (value_of(w, "type") != NULL)
			wanted.type = value_of(w, "type");
		else
			word[n++] = w;
	}
	if (n < 3 || *word[1] != '/')
		replay_die("a route is METHOD /TARGET ANSWER..., not",
		    n > 0 ? word[0] : "");
	route = route_new(word[0], word[1], wanted.ignore);
	for (i = 2; i < n; i++)
		add_answer(r, route, dir, word[i], &wanted);
	return route;
}

void
replay_routes(struct replay *r, const char *dir, const char *file)
{
	size_t n;
	char *text = replay_slurp(file, &n), *rest = NULL, *line;
	struct route *first = NULL, **end = &first;

	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (line[strspn(line, " \t\r")] == '\0' || *line == '#')
			continue;
		*end = read_route(r, dir, line);
		end = &(*end)->next;
	}
	pthread_mutex_lock(&r->lock);
	*end = r->routes;
	r->routes = first;
	pthread_mutex_unlock(&r->lock);
	free(text);
}
