#ifndef SRC_DISCOURSE_H
#define SRC_DISCOURSE_H

#include "sources/answer.h"

#define FORUM_WINDOW 50	      /* ids looked through by every version */
#define FORUM_SEARCH_PAGES 10 /* a forum gives no more */
#define FORUM_PENDING_MAX 1000
#define FORUM_ID_MAX (INT64_C(1) << 53)

/*
 * How far a forum was read, as the cursor tells it:
 * "K" all posts up to K are known; "K N" the same, and they are
 * there up to N at least; "?K N" it is not known yet where those that are
 * wanted begin, but above K they are.
 *
 * With words to search for: "s K AT P ID ...": hits up to post K are known,
 * of a search at AT; its page P is next, if P is not 0; these hits are still
 * to be read in full, as a search gives only a few words of each.
 */
struct forum_place {
	char kind; /* ' ', '?' or 's'; 0 at the very first */
	int64_t known, newest, at;
	int page; /* of a search */
	int64_t *pending;
	size_t n;
};

/* What cannot be read is the very first place.  free() its pending. */
struct forum_place forum_place_read(const char *cursor);
char *forum_place_write(const struct forum_place *place); /* owned */
void forum_place_add(struct forum_place *place, int64_t id);

/* The number that a post's id is; 0 if it is none. */
int64_t forum_id(const char *id);

/* The posts of a forum's /posts.json, put in the order of their ids. */
struct forum_post {
	int64_t id;
	const cJSON *json; /* the document's */
};
struct forum_page {
	struct forum_post *at;
	size_t n;
};

/* list is what "latest_posts" holds; items without an id are left out. */
void forum_page_read(const cJSON *list, struct forum_page *page);
void forum_page_free(struct forum_page *page);

/* Its time, or CQ_NO_TIME. */
int64_t forum_post_time(const cJSON *json);

/*
 * Emits at[i].  What was hidden or deleted comes as gone; notes of the
 * forum itself ("closed this topic") and whispers of its staff do not come.
 */
void forum_emit(const struct cq_source *s, const struct forum_page *page,
    size_t i, src_emit_fn emit, void *arg);

/*
 * Emits what became of ids, known posts, by a page that was to end with the
 * post end.  Of an empty one nothing can be told.  Nor if many should be on
 * it and none is: then rather it is we who may not see them any more.
 */
void forum_judge(const struct cq_source *s, const char *const *ids, size_t n,
    const struct forum_page *page, int64_t end, src_emit_fn emit, void *arg);

/* "category:slug/5" is 5; 0 if query is none. */
int64_t forum_category(const char *query);

#endif
