#include "sources/forge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/post.h"
#include "core/when.h"
#include "sources/reach.h"

char *
forge_path(const char *address)
{
	const char *p = strstr(address, "://");
	size_t n;

	p = p == NULL ? address : p + 3;
	p += strcspn(p, "/");
	p += strspn(p, "/");
	n = strlen(p);
	while (n > 0 && p[n - 1] == '/')
		n--;
	if (n > 4 && strncmp(p + n - 4, ".git", 4) == 0)
		n -= 4; /* the address for git */
	return cq_strndup(p, n);
}

char *
forge_origin(const char *address)
{
	const char *p = strstr(address, "://");

	p = p == NULL ? address : p + 3;
	return cq_strndup(address, (size_t)(p - address) + strcspn(p, "/?#"));
}

int64_t
forge_newest(const cJSON *items, int64_t known)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, items)
	{
		const char *s = json_str(item, "updated_at");
		int64_t at;

		if (s != NULL && cq_time_parse(s, &at) && at >= 0 &&
		    (known == CQ_NO_TIME || at > known))
			known = at;
	}
	return known;
}

static const char *const reach_words[] = {"unknown", "public", "private"};

struct forge_reach
forge_reach_read(const char *s)
{
	struct forge_reach reach = {0};
	char word[10];
	int64_t due_at;
	int i;

	if (s == NULL || sscanf(s, "%9s %" SCNd64, word, &due_at) != 2)
		return reach;
	for (i = 0; i < 3; i++)
		if (strcmp(word, reach_words[i]) == 0) {
			reach.who = i;
			reach.due_at = due_at;
		}
	return reach;
}

void
forge_reach_add(struct cq_buf *out, const char *before,
    const struct forge_reach *reach)
{
	if (reach->who != FORGE_UNKNOWN || reach->due_at != 0)
		cq_buf_fmt(out, "%s%s %" PRId64, before,
		    reach_words[reach->who], reach->due_at);
}

/* Whatever word is not "public", some may not read it. */
bool
forge_reach_learn(struct forge_reach *reach, const cJSON *place, int64_t now)
{
	const char *visibility = json_str(place, "visibility");
	const char *issues = json_str(place, "issues_access_level");
	const cJSON *private = json_member(place, "private");
	bool hidden;

	if (visibility == NULL && !cJSON_IsBool(private))
		return false;
	hidden = cJSON_IsTrue(private) ||
	    (visibility != NULL && strcmp(visibility, "public") != 0) ||
	    (issues != NULL && strcmp(issues, "private") == 0);
	reach->who = hidden ? FORGE_PRIVATE : FORGE_PUBLIC;
	reach_learnt(&reach->due_at, now);
	return true;
}

struct forge_memory *
forge_memory(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = cq_alloc(sizeof(struct forge_memory));
	return visit->memory;
}

void
forge_reach_now(struct forge_reach *reach, const struct src_visit *visit)
{
	const struct forge_memory *m = visit->memory;

	if (m != NULL && m->put_off)
		reach_put_off(&reach->due_at, visit->now);
}

enum cq_status
forge_reach_end(struct src_visit *visit, const struct src_answer *answer,
    const struct cq_err *why, struct src_next *next, struct cq_err *err)
{
	bool odd = answer->http >= 500 || answer->http / 100 == 2;

	if (why->status != CQ_OK &&
	    (next->wait_s > 0 || (odd && *visit->cursor == '\0')))
		return cq_fail(err, why->status, "%s", why->msg);
	forge_memory(visit)->put_off = why->status != CQ_OK;
	if (why->status != CQ_OK)
		*next = (struct src_next){0};
	next->more = true;
	return CQ_OK;
}
