#include "tests/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tests/replay.h"

static const char *
header(const struct src_answer *answer, const char *name)
{
	struct exchange *x = (struct exchange *)(uintptr_t)answer->arg;
	const char *s = x->headers;
	size_t n = strlen(name), len;
	const char *found = NULL;

	for (; s != NULL && *s != '\0'; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		if (strncasecmp(s, name, n) != 0 || s[n] != ':')
			continue;
		snprintf(x->value, sizeof(x->value), "%.*s", (int)(len - n - 2),
		    s + n + 2);
		found = x->value;
	}
	return found;
}

void
exchange_make(struct exchange *x, int status, const char *headers,
    const void *body, size_t n, const char *url)
{
	*x = (struct exchange){
	    .headers = cq_strdup(headers),
	    .body = cq_strndup(body, n),
	    .answer = {.http = status,
		.n = n,
		.url = url,
		.now = EXCHANGE_NOW,
		.header = header,
		.arg = x},
	};
	x->answer.body = x->body;
}

void
exchange_load(struct exchange *x, const char *path, const char *url)
{
	size_t n;
	char *meta = replay_slurp(path, &n), *name, *body;
	const cJSON *response, *pair;
	struct cq_buf headers = {0};
	cJSON *root;

	if (strstr(path, ".meta.json") == NULL) {
		exchange_make(x, 200, NULL, meta, n, url);
		free(meta);
		return;
	}
	root = cJSON_Parse(meta);
	response = cJSON_GetObjectItem(root, "response");
	cJSON_ArrayForEach(pair, cJSON_GetObjectItem(response, "headers"))
	    cq_buf_fmt(&headers, "%s: %s\n", cJSON_GetStringValue(pair->child),
		cJSON_GetStringValue(pair->child->next));
	name = cq_format("%.*s/%s", (int)(strrchr(path, '/') - path), path,
	    cJSON_GetStringValue(cJSON_GetObjectItem(response, "body_file")));
	body = replay_slurp(name, &n);
	exchange_make(x, cJSON_GetObjectItem(response, "status")->valueint,
	    headers.s, body, n, url);
	free(body);
	free(name);
	free(meta);
	cq_buf_free(&headers);
	cJSON_Delete(root);
}

void
exchange_free(struct exchange *x)
{
	free(x->headers);
	free(x->body);
	*x = (struct exchange){0};
}

struct heard
hear(const struct src_ops *ops, const struct cq_source *s, const char *cursor,
    struct exchange *x)
{
	struct src_visit visit = exchange_visit_all(s, cursor);
	struct heard h = hear_visit(ops, &visit, x);

	exchange_forget(ops, &visit);
	return h;
}

struct heard
hear_visit(const struct src_ops *ops, struct src_visit *visit,
    struct exchange *x)
{
	struct heard h = {0};

	x->answer.arg = x;
	posts_begin(&h.posts, visit->source->name, visit->source->brand);
	h.status =
	    ops->read(visit, &x->answer, posts_add, &h.posts, &h.next, &h.err);
	return h;
}

void
heard_free(struct heard *h)
{
	posts_free(&h->posts);
	src_next_free(&h->next);
}

struct src_visit
exchange_visit(const struct cq_source *s, const char *cursor)
{
	return (struct src_visit){
	    .source = s,
	    .cursor = cursor,
	    .now = EXCHANGE_NOW,
	    .since_at = EXCHANGE_NOW - 24 * 3600,
	    .session = "",
	};
}

struct src_visit
exchange_visit_all(const struct cq_source *s, const char *cursor)
{
	struct src_visit visit = exchange_visit(s, cursor);

	visit.since_at = CQ_NO_TIME;
	return visit;
}

void
exchange_forget(const struct src_ops *ops, struct src_visit *visit)
{
	if (visit->memory != NULL)
		ops->forget(visit->memory);
	visit->memory = NULL;
}

void
source_asks(const struct src_ops *ops, const struct cq_source *s,
    const char *cursor, const char *url)
{
	struct src_visit visit = exchange_visit(s, cursor);
	struct src_request req;
	struct cq_err err = {0};

	ops->ask(&visit, &req, &err);
	assert_string_equal(err.msg, "");
	assert_string_equal(req.url, url);
	src_request_free(&req);
	exchange_forget(ops, &visit);
}

void
source_refused(const struct src_ops *ops, const char *address,
    const char *query, const char *msg)
{
	const struct cq_source s = {.address = (char *)(uintptr_t)address,
	    .query = (char *)(uintptr_t)query};
	struct cq_err err = {0};

	assert_int_equal(ops->check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
}

struct heard
hear_answer(const struct src_ops *ops, struct src_visit *visit, int status,
    const char *headers, const char *body)
{
	struct exchange x;
	struct heard h;

	exchange_make(&x, status, headers, body, strlen(body),
	    visit->source->address);
	h = hear_visit(ops, visit, &x);
	exchange_free(&x);
	return h;
}

struct heard
hear_again(const struct src_ops *ops, struct src_visit *visit,
    const char *const *ids, size_t n, int status, const char *body)
{
	struct heard h = {0};
	struct exchange x;

	exchange_make(&x, status, NULL, body, strlen(body),
	    visit->source->address);
	x.answer.arg = &x;
	posts_begin(&h.posts, visit->source->name, visit->source->brand);
	h.status = ops->read_again(visit, ids, n, &x.answer, posts_add,
	    &h.posts, &h.next, &h.err);
	exchange_free(&x);
	return h;
}

void
no_cut_gives_posts(const struct src_ops *ops, const struct cq_source *s,
    const char *cursor, const char *path)
{
	struct exchange x, cut;
	struct heard h;
	size_t n;

	exchange_load(&x, path, s->address);
	for (n = 0; n + 2 < x.answer.n; n += 7) { /* it may end with a line */
		exchange_make(&cut, 200, NULL, x.body, n, s->address);
		h = hear(ops, s, cursor, &cut);
		assert_int_equal(h.status, CQ_NET);
		assert_int_equal(h.posts.n, 0);
		assert_null(h.next.cursor);
		heard_free(&h);
		exchange_free(&cut);
	}
	exchange_free(&x);
}

void
heard_fails(struct heard h, const char *msg, int64_t wait_s, bool pause)
{
	assert_string_equal(h.err.msg, msg);
	assert_int_equal(h.status, CQ_NET);
	assert_int_equal(h.next.wait_s, wait_s);
	assert_int_equal(h.next.pause, pause);
	assert_null(h.next.cursor);
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);
}
