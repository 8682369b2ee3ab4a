/*
 * What can go wrong, and which request it hits; replay.h has the list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/alloc.h"
#include "tests/replay_parts.h"

#define ALL (-1)
#define MIB (1024L * 1024)

static const char page[] =
    "<!doctype html>\n<html><head><title>We will be back soon</title></head>\n"
    "<body><h1>We will be back soon</h1><p>This site is being repaired.\n"
    "</body></html>\n";

/* --- reading a fault --------------------------------------------------- */

static bool
number(const char *value, double *to)
{
	char *end;

	*to = strtod(value, &end);
	return end != value && *end == '\0' && *to >= 0 && *to < 1e9;
}

/* Words that are numbers, or have one if nothing is said. */
static bool
read_number(struct fault *f, const char *name, const char *value)
{
	const struct {
		const char *name;
		long *to;
		const char *otherwise;
	} numbers[] = {{"n", &f->n, NULL}, {"after", &f->after, NULL},
	    {"rate", &f->rate, NULL}, {"big", &f->big, "10485760"},
	    {"bomb", &f->bomb_mib, "100"}, {"cut", &f->cut_at, NULL}};
	double d;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(numbers[i].name, name) != 0)
			continue;
		if (value == NULL)
			value = numbers[i].otherwise;
		if (value == NULL || !number(value, &d))
			return false;
		*numbers[i].to = (long)d;
		return true;
	}
	return false;
}

static bool
read_flag(struct fault *f, const char *name)
{
	const struct {
		const char *name;
		bool *to;
	} flags[] = {{"html", &f->html}, {"empty", &f->empty},
	    {"utf8", &f->utf8}, {"endless", &f->endless},
	    {"headers", &f->flood}, {"silent", &f->silent},
	    {"reset", &f->reset}, {"cut", &f->cut}};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(flags[i].name, name) == 0)
			return *flags[i].to = true;
	return false;
}

static void
set(char **to, const char *value)
{
	free(*to);
	*to = cq_strdup(value);
}

static bool
read_header(struct fault *f, const char *value)
{
	const char *colon = strchr(value, ':');
	char *name;

	if (colon == NULL || colon == value)
		return false;
	name = cq_strndup(value, (size_t)(colon - value));
	colon++;
	replay_set_header(&f->headers, name, colon + strspn(colon, " "));
	free(name);
	return true;
}

/* Those with a value that is a text. */
static bool
read_text(struct fault *f, const char *name, const char *value)
{
	double d;

	if (strcmp(name, "path") == 0)
		set(&f->path, value);
	else if (strcmp(name, "body") == 0)
		set(&f->body, value);
	else if (strcmp(name, "redirect") == 0)
		set(&f->redirect, value);
	else if (strcmp(name, "type") == 0)
		replay_set_header(&f->headers, "Content-Type", value);
	else if (strcmp(name, "header") == 0)
		return read_header(f, value);
	else if (strcmp(name, "n") == 0 && strcmp(value, "all") == 0)
		f->n = ALL;
	else if (strcmp(name, "wait") == 0 && number(value, &d))
		f->wait_s = d;
	else if (strcmp(name, "status") == 0 && number(value, &d) && d >= 200 &&
	    d < 600)
		f->status = (int)d;
	else
		return false;
	return true;
}

static bool
read_line(struct fault *f, char *line)
{
	char *value = strchr(line, '=');

	if (value != NULL)
		*value++ = '\0';
	if (value == NULL)
		return read_flag(f, line) || read_number(f, line, NULL);
	if (read_text(f, line, value))
		return true;
	if (!read_number(f, line, value))
		return false;
	if (f->cut_at >= 0)
		f->cut = true;
	return true;
}

struct fault *
fault_new(const char *lines, char why[200])
{
	struct fault *f = cq_alloc(sizeof(*f));
	char *copy = cq_strdup(lines), *rest = NULL, *line;

	f->n = 1;
	f->cut_at = -1;
	for (line = strtok_r(copy, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		snprintf(why, 200, "no such fault: %s", line);
		if (read_line(f, line))
			continue;
		free(copy);
		fault_free(f);
		return NULL;
	}
	free(copy);
	return f;
}

void
fault_free(struct fault *f)
{
	free(f->path);
	free(f->headers);
	free(f->body);
	free(f->redirect);
	free(f);
}

/* --- whom it hits ------------------------------------------------------ */

static bool
hits(const struct fault *f, const char *target)
{
	size_t n;

	if (f->n == 0)
		return false;
	if (f->path == NULL)
		return true;
	n = strlen(f->path);
	if (n > 0 && f->path[n - 1] == '*')
		return strncmp(f->path, target, n - 1) == 0;
	if (strchr(f->path, '?') != NULL)
		return strcmp(f->path, target) == 0;
	return strcspn(target, "?") == n && strncmp(f->path, target, n) == 0;
}

struct fault *
fault_take(struct replay *r, const char *target)
{
	struct fault *f;

	for (f = r->faults; f != NULL; f = f->next) {
		if (!hits(f, target))
			continue;
		if (f->after > 0) {
			f->after--;
			continue;
		}
		if (f->n != ALL)
			f->n--;
		return f;
	}
	return NULL;
}

bool
fault_answers(const struct fault *f)
{
	return f->status != 0 || f->redirect != NULL || f->html || f->endless ||
	    f->flood || f->silent || f->reset;
}

/* --- what becomes of the answer ---------------------------------------- */

static void
set_body(struct answer *a, const void *body, size_t n)
{
	free(a->body);
	a->body = cq_strndup(body, n);
	a->n = n;
}

static void
set_text(struct answer *a, const char *type, const char *body)
{
	replay_set_header(&a->headers, "Content-Type", type);
	set_body(a, body, strlen(body));
}

/* An answer of its own, instead of what was recorded. */
static void
answer_anew(const struct replay *r, const struct fault *f, struct answer *a)
{
	char *to;

	answer_clear(a);
	a->name = cq_strdup("-");
	a->status = f->status != 0 ? f->status : 200;
	set_text(a, "application/json", "{\"error\":\"as it was told to\"}");
	if (f->redirect != NULL) {
		if (f->status == 0)
			a->status = 302;
		to = replay_marks(r, f->redirect);
		replay_set_header(&a->headers, "Location", to);
		free(to);
	}
	if (f->html)
		set_text(a, "text/html; charset=utf-8", page);
}

/* A byte that never occurs in UTF-8 before each space between letters. */
static void
spoil(struct answer *a)
{
	struct cq_buf b = {0};
	size_t i;

	for (i = 0; i < a->n; i++) {
		bool between = i > 0 && i + 1 < a->n && a->body[i] == ' ' &&
		    (a->body[i - 1] | 32) >= 'a' &&
		    (a->body[i - 1] | 32) <= 'z' &&
		    (a->body[i + 1] | 32) >= 'a' &&
		    (a->body[i + 1] | 32) <= 'z';

		if (between)
			cq_buf_char(&b, '\xff');
		cq_buf_char(&b, a->body[i]);
	}
	if (b.n == a->n) /* no words in it */
		cq_buf_str(&b, "\xff");
	set_body(a, b.s, b.n);
	cq_buf_free(&b);
}

static void
pad(struct answer *a, size_t size)
{
	if (a->n >= size)
		return;
	a->body = cq_grow(a->body, size + 1, 1);
	memset(a->body + a->n, ' ', size - a->n);
	a->body[size] = '\0';
	a->n = size;
}

static void
set_headers(const struct replay *r, const char *lines, struct answer *a)
{
	char *filled = lines == NULL ? NULL : replay_marks(r, lines);
	char *rest = NULL, *line;

	if (filled == NULL)
		return;
	for (line = strtok_r(filled, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *value = strstr(line, ": ");

		*value = '\0';
		replay_set_header(&a->headers, line, value + 2);
	}
	free(filled);
}

void
fault_change(const struct replay *r, const struct fault *f, struct answer *a)
{
	char *body;

	if (fault_answers(f))
		answer_anew(r, f, a);
	if (f->body != NULL) {
		body = replay_marks(r, f->body);
		set_body(a, body, strlen(body));
		free(body);
	}
	if (f->empty)
		set_body(a, "", 0);
	if (f->utf8)
		spoil(a);
	if (f->big > 0)
		pad(a, (size_t)f->big);
	set_headers(r, f->headers, a);
	if (f->bomb_mib > 0) {
		pad(a, (size_t)(f->bomb_mib * MIB));
		replay_deflate(&a->body, &a->n);
		replay_set_header(&a->headers, "Content-Encoding", "gzip");
	}
}
