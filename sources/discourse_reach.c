#include "sources/discourse.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/reach.h"

/*
 * Which categories of a forum anybody may read.  The forum is asked for its
 * categories without the key: what it lists then is for all, and all the rest
 * is not, whatever the reason: the category is for a group, or the one above
 * it is, or the whole forum is for members.
 */

static const char *const words[] = {"unknown", "open", "closed"};

static bool
is_known(const struct forum_reach *reach, int64_t category)
{
	size_t i;

	for (i = 0; i < reach->n; i++)
		if (reach->at[i] == category || reach->at[i] == -category)
			return true;
	return false;
}

/* --- in the cursor ------------------------------------------------------ */

static void
add(struct forum_reach *reach, int64_t id)
{
	if (reach->n == FORUM_CATEGORIES_MAX)
		return;
	reach->at = cq_grow(reach->at, reach->n + 1, sizeof(*reach->at));
	reach->at[reach->n++] = id;
}

/* "open 1795439220 1 5 -7" */
struct forum_reach
forum_reach_read(const char *s)
{
	struct forum_reach reach = {0};
	size_t n = s == NULL ? 0 : strcspn(s, " "), i;
	char *end;
	long long id;

	if (n == 0)
		return reach;
	for (i = 0; i < 3; i++)
		if (strlen(words[i]) == n && strncmp(s, words[i], n) == 0)
			break;
	reach.due_at = strtoll(s + n, &end, 10);
	if (i == 3 || end == s + n)
		return (struct forum_reach){0};
	reach.who = i;
	while (s = end, id = strtoll(s, &end, 10), end != s)
		if (id != 0 && id >= -FORUM_ID_MAX && id <= FORUM_ID_MAX)
			add(&reach, id);
	return reach;
}

void
forum_reach_add(struct cq_buf *out, const struct forum_reach *reach)
{
	size_t i;

	if (reach->who == FORUM_UNKNOWN && reach->due_at == 0)
		return;
	cq_buf_fmt(out, "\n%s %lld", words[reach->who],
	    (long long)reach->due_at);
	for (i = 0; i < reach->n; i++)
		cq_buf_fmt(out, " %lld", (long long)reach->at[i]);
}

void
forum_reach_free(struct forum_reach *reach)
{
	free(reach->at);
	*reach = (struct forum_reach){0};
}

/* --- what a forum says of itself ----------------------------------------- */

/* Those that were met and are not listed now either are not new. */
static void
take_list(struct forum_reach *reach, const cJSON *list)
{
	struct forum_reach before = *reach;
	const cJSON *item;
	size_t i;

	*reach = (struct forum_reach){.who = FORUM_OPEN};
	cJSON_ArrayForEach(item, list)
	{
		int64_t id;

		if (json_int(json_member(item, "id"), &id) && id > 0 &&
		    !cJSON_IsTrue(json_member(item, "read_restricted")))
			add(reach, id);
	}
	for (i = 0; i < before.n; i++)
		if (before.at[i] < 0 && !is_known(reach, before.at[i]))
			add(reach, before.at[i]);
	forum_reach_free(&before);
}

/* A forum for members sends who is none to a page where he can log in. */
static bool
wants_login(const struct src_answer *answer)
{
	const char *to = answer->header(answer, "Location"), *why;
	struct json doc;
	bool wants;

	if (answer->http / 100 == 3)
		return to != NULL &&
		    (strstr(to, "/login") != NULL ||
			strstr(to, "/session/sso") != NULL);
	if (answer->http != 403 ||
	    json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return answer->http == 401;
	why = json_str(doc.root, "error_type");
	wants = why != NULL && strcmp(why, "not_logged_in") == 0;
	json_free(&doc);
	return wants;
}

static void
close_all(struct forum_reach *reach)
{
	forum_reach_free(reach);
	reach->who = FORUM_CLOSED;
}

static bool
learn(struct forum_reach *reach, const cJSON *site)
{
	const cJSON *list = json_member(site, "categories");

	if (cJSON_IsTrue(json_member(site, "lazy_load_categories")) ||
	    (cJSON_IsArray(list) &&
		cJSON_GetArraySize(list) > FORUM_CATEGORIES_MAX)) {
		/* too many to be listed, or kept: so it is not known */
		forum_reach_free(reach);
		return true;
	}
	if (cJSON_IsArray(list))
		take_list(reach, list);
	else if (cJSON_IsArray(json_member(site, "periods")))
		close_all(reach); /* who logs in is told more */
	else
		return false;
	return true;
}

bool
forum_reach_learn(struct forum_reach *reach, const struct src_answer *answer,
    int64_t now)
{
	static const struct json_limits limits = {.values = 200000};
	struct json doc;
	bool told = wants_login(answer);

	if (told) {
		close_all(reach);
	} else if (answer->http == 200 &&
	    json_read(answer->body, answer->n, &limits, &doc, NULL) == CQ_OK) {
		told = learn(reach, doc.root);
		json_free(&doc);
	}
	if (told)
		reach_learnt(&reach->due_at, now);
	return told;
}

/* --- what is made of it -------------------------------------------------- */

/* 0 if it is in none, as messages are that only some can read. */
static int64_t
category_of(const cJSON *post)
{
	int64_t id;

	return json_int(json_member(post, "category_id"), &id) && id > 0 ? id
									 : 0;
}

bool
forum_reach_hides(const struct forum_reach *reach, const cJSON *post)
{
	int64_t category = category_of(post);
	size_t i;

	if (reach->who != FORUM_OPEN)
		return reach->who == FORUM_CLOSED;
	for (i = 0; i < reach->n; i++)
		if (category > 0 && reach->at[i] == category)
			return false;
	return true;
}

bool
forum_reach_lacks(const struct forum_reach *reach,
    const struct forum_page *page, int64_t now)
{
	size_t i;

	/* one in vain was lately, or the list is full */
	if (reach->who != FORUM_OPEN || reach_is_near(reach->due_at, now) ||
	    reach->n == FORUM_CATEGORIES_MAX)
		return false;
	for (i = 0; i < page->n; i++) {
		int64_t category = category_of(page->at[i].json);

		if (category > 0 && !is_known(reach, category))
			return true;
	}
	return false;
}

void
forum_reach_note(struct forum_reach *reach, const struct forum_page *page)
{
	size_t i;

	for (i = 0; i < page->n && reach->who == FORUM_OPEN; i++) {
		int64_t category = category_of(page->at[i].json);

		if (category > 0 && !is_known(reach, category))
			add(reach, -category);
	}
}
