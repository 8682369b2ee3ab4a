#ifndef SRC_BLUESKY_AUTHORS_H
#define SRC_BLUESKY_AUTHORS_H

#include <stddef.h>

#include "core/post.h"
#include "sources/json.h"

/*
 * The authors of a visit's posts.  Lists do not say how many people follow
 * them; that is asked for, some at a time.  {0} has none.
 */
struct bluesky_author;
struct bluesky_authors {
	struct bluesky_author *at; /* owned */
	size_t n, n_asked;
};
void bluesky_authors_free(struct bluesky_authors *authors);

/* Takes in who wrote posts from the one with number first on. */
void bluesky_authors_note(struct bluesky_authors *authors,
    const struct cq_post_list *posts, size_t first);

/* How many have not been asked for. */
size_t bluesky_authors_left(const struct bluesky_authors *authors);

/* The next ones, at most max; borrowed.  Returns how many. */
size_t bluesky_authors_next(const struct bluesky_authors *authors,
    const char **dids, size_t max);

/* Reads the profiles of those that bluesky_authors_next() gave. */
void bluesky_authors_read(struct bluesky_authors *authors, const cJSON *root,
    size_t max);

/* Nobody else is asked for. */
void bluesky_authors_give_up(struct bluesky_authors *authors);

/* Gives the posts their authors' followers, -1 where unknown. */
void bluesky_authors_fill(const struct bluesky_authors *authors,
    struct cq_post_list *posts);

#endif
