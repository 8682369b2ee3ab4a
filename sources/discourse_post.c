#include "sources/discourse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/html.h"
#include "sources/url.h"

enum { REGULAR = 1, BY_MODERATOR = 2 }; /* post_type */

#define CATEGORY "category:"

int64_t
forum_category(const char *query)
{
	const char *p = query;
	char *end;
	long long id;

	if (p == NULL || strncmp(p, CATEGORY, strlen(CATEGORY)) != 0 ||
	    strpbrk(p, " \t") != NULL)
		return 0;
	p = strrchr(query, '/');
	p = p == NULL ? query + strlen(CATEGORY) : p + 1;
	id = strtoll(p, &end, 10);
	return end == p || *end != '\0' || id < 1 ? 0 : id;
}

bool
forum_lacks_number(const char *query)
{
	return strncasecmp(query, CATEGORY, strlen(CATEGORY)) == 0 &&
	    forum_category(query) == 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct forum_post *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

void
forum_page_read(const cJSON *list, struct forum_page *page)
{
	const cJSON *item;

	*page = (struct forum_page){0};
	if (!cJSON_IsArray(list))
		return;
	page->at = cq_alloc(((size_t)cJSON_GetArraySize(list) + 1) *
	    sizeof(*page->at));
	cJSON_ArrayForEach(item, list)
	{
		struct forum_post *to = &page->at[page->n];

		to->json = item;
		if (json_int(json_member(item, "id"), &to->id) && to->id > 0)
			page->n++;
	}
	qsort(page->at, page->n, sizeof(*page->at), by_id);
}

void
forum_page_free(struct forum_page *page)
{
	free(page->at);
	*page = (struct forum_page){0};
}

int64_t
forum_post_time(const cJSON *json)
{
	const char *s = json_str(json, "created_at");
	int64_t at;

	return s != NULL && cq_time_parse(s, &at) ? at : CQ_NO_TIME;
}

bool
forum_is_older(const struct src_visit *visit, const struct forum_post *post)
{
	int64_t at = forum_post_time(post->json);

	return visit->since_at != CQ_NO_TIME && at != CQ_NO_TIME &&
	    at < visit->since_at;
}

static bool
is_true(const cJSON *json, const char *name)
{
	return cJSON_IsTrue(json_member(json, name));
}

static bool
is_for_readers(const cJSON *json)
{
	int64_t type = REGULAR;

	json_int(json_member(json, "post_type"), &type);
	return type == REGULAR || type == BY_MODERATOR;
}

/*
 * Replies name the number of what they answer within its topic; which post
 * that is can be told only if it is on the page as well.
 */
static bool
parent_of(const struct forum_page *page, const cJSON *json, char id[24])
{
	int64_t topic, number, other;
	size_t i;

	if (!json_int(json_member(json, "topic_id"), &topic) ||
	    !json_int(json_member(json, "reply_to_post_number"), &number))
		return false;
	for (i = 0; i < page->n; i++) {
		const cJSON *at = page->at[i].json;

		if (json_int(json_member(at, "topic_id"), &other) &&
		    other == topic &&
		    json_int(json_member(at, "post_number"), &other) &&
		    other == number) {
			snprintf(id, 24, "%lld", (long long)page->at[i].id);
			return true;
		}
	}
	return false;
}

/* A topic's title belongs to its first post. */
static char *
text_of(const cJSON *json, const char *base)
{
	const char *cooked = json_str(json, "cooked");
	const char *title = json_str(json, "topic_title");
	int64_t number = 0;
	char *plain, *text;

	if (cooked == NULL)
		return NULL;
	json_int(json_member(json, "post_number"), &number);
	plain = html_text(cooked, strlen(cooked), base);
	text = src_titled(number == 1 ? title : NULL, plain);
	free(plain);
	return text;
}

static char *
page_of(const struct cq_source *s, const cJSON *json)
{
	const char *slug = json_str(json, "topic_slug");
	int64_t topic, number = 1;
	char *part, *path, *url;

	if (!json_int(json_member(json, "topic_id"), &topic))
		return NULL;
	json_int(json_member(json, "post_number"), &number);
	part = url_escape(slug == NULL || *slug == '\0' ? "-" : slug);
	path = cq_format("/t/%s/%lld/%lld", part, (long long)topic,
	    (long long)number);
	url = url_at(s->address, path);
	free(path);
	free(part);
	return url;
}

static void
take_author(const cJSON *json, struct cq_post *post, char id[24])
{
	int64_t user;

	post->handle = src_within(json_str(json, "username"), CQ_ID_MAX);
	post->author_name = src_within(json_str(json, "name"), 1000);
	post->author = post->handle;
	if (json_int(json_member(json, "user_id"), &user)) {
		/* names change; and the forum's own programs are below 0 */
		snprintf(id, 24, "%lld", (long long)user);
		post->author = id;
		post->bot = user < 0;
	}
	if (is_true(json, "staff") || is_true(json, "admin") ||
	    is_true(json, "moderator"))
		post->extra = "{\"staff\":true}";
}

void
forum_emit(const struct cq_source *s, const struct forum_page *page, size_t i,
    src_emit_fn emit, void *arg)
{
	const cJSON *json = page->at[i].json;
	char id[24], parent[24], topic[24], user[24];
	struct json none = {0};
	char *text = NULL, *url = NULL, *host = NULL, *base = NULL;
	struct cq_post post = {.source = s->name,
	    .id = id,
	    .author_followers = -1,
	    .created_at = forum_post_time(json)};

	if (!is_for_readers(json))
		return;
	snprintf(id, sizeof(id), "%lld", (long long)page->at[i].id);
	post.gone = is_true(json, "hidden") || is_true(json, "user_deleted") ||
	    json_member(json, "deleted_at") != NULL;
	if (!post.gone) {
		base = url_at(s->address, "/");
		post.text = text = text_of(json, base);
		post.url = src_within(url = page_of(s, json), 2048);
		post.network = host = url_host(s->address);
		post.conversation =
		    src_within(json_id(&none, json, "topic_id", topic),
			CQ_ID_MAX);
		if (parent_of(page, json, parent))
			post.in_reply_to = parent;
		take_author(json, &post, user);
		if (page->reach != NULL && forum_reach_hides(page->reach, json))
			post.visibility = CQ_PRIVATE;
	}
	if (post.gone || post.text != NULL)
		emit(arg, &post);
	free(text);
	free(url);
	free(host);
	free(base);
}

static bool
find(const struct forum_page *page, const char *id, size_t *k)
{
	int64_t number = forum_id(id);

	for (*k = 0; *k < page->n; (*k)++)
		if (page->at[*k].id == number)
			return true;
	return false;
}

void
forum_judge(const struct cq_source *s, const char *const *ids, size_t n,
    const struct forum_page *page, int64_t end, src_emit_fn emit, void *arg)
{
	size_t i, k, n_due = 0, n_found = 0;

	for (i = 0; i < n; i++) {
		int64_t id = forum_id(ids[i]);

		n_due += id > end + 1 - FORUM_WINDOW && id <= end;
		n_found += find(page, ids[i], &k);
	}
	for (i = n; i-- > 0;) {
		int64_t id = forum_id(ids[i]);

		if (find(page, ids[i], &k))
			forum_emit(s, page, k, emit, arg);
		else if (id > end + 1 - FORUM_WINDOW && id <= end &&
		    page->n > 0 && (n_found > 0 || n_due == 1))
			src_emit_gone(s, ids[i], emit, arg);
	}
}
