#include "sources/bluesky_authors.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

struct bluesky_author {
	char *did;
	int64_t followers; /* -1 if unknown */
};

void
bluesky_authors_free(struct bluesky_authors *authors)
{
	while (authors->n > 0)
		free(authors->at[--authors->n].did);
	free(authors->at);
	*authors = (struct bluesky_authors){0};
}

static struct bluesky_author *
find(const struct bluesky_authors *authors, const char *did)
{
	size_t i;

	for (i = 0; did != NULL && i < authors->n; i++)
		if (strcmp(authors->at[i].did, did) == 0)
			return &authors->at[i];
	return NULL;
}

void
bluesky_authors_note(struct bluesky_authors *authors,
    const struct cq_post_list *posts, size_t first)
{
	size_t i;

	for (i = first; i < posts->n; i++) {
		const char *did = posts->at[i].author;

		if (find(authors, did) != NULL)
			continue;
		authors->at =
		    cq_grow(authors->at, authors->n + 1, sizeof(*authors->at));
		authors->at[authors->n++] =
		    (struct bluesky_author){cq_strdup(did), -1};
	}
}

size_t
bluesky_authors_left(const struct bluesky_authors *authors)
{
	return authors->n - authors->n_asked;
}

size_t
bluesky_authors_next(const struct bluesky_authors *authors, const char **dids,
    size_t max)
{
	size_t n = bluesky_authors_left(authors), i;

	if (n > max)
		n = max;
	for (i = 0; i < n; i++)
		dids[i] = authors->at[authors->n_asked + i].did;
	return n;
}

void
bluesky_authors_read(struct bluesky_authors *authors, const cJSON *root,
    size_t max)
{
	const cJSON *profiles = json_member(root, "profiles"), *one;
	size_t left = bluesky_authors_left(authors);

	if (left > max)
		left = max;
	authors->n_asked += left;
	if (!cJSON_IsArray(profiles))
		return;
	cJSON_ArrayForEach(one, profiles)
	{
		struct bluesky_author *author =
		    find(authors, json_str(one, "did"));
		int64_t n;

		if (left-- == 0)
			return; /* more than were asked for */
		if (author != NULL &&
		    json_int(json_member(one, "followersCount"), &n) &&
		    n >= 0 && n <= CQ_FOLLOWERS_MAX)
			author->followers = n;
	}
}

void
bluesky_authors_give_up(struct bluesky_authors *authors)
{
	authors->n_asked = authors->n;
}

void
bluesky_authors_fill(const struct bluesky_authors *authors,
    struct cq_post_list *posts)
{
	size_t i;

	for (i = 0; i < posts->n; i++) {
		const struct bluesky_author *author =
		    find(authors, posts->at[i].author);

		posts->at[i].author_followers =
		    author == NULL ? -1 : author->followers;
	}
}
