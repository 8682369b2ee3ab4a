#ifndef SRC_DISCOURSE_H
#define SRC_DISCOURSE_H

#include "sources/answer.h"

#define FORUM_WINDOW 50	      /* ids looked through by every version */
#define FORUM_SEARCH_PAGES 10 /* a forum gives no more */
#define FORUM_PENDING_MAX 1000
#define FORUM_ID_MAX (INT64_C(1) << 53)
#define FORUM_CATEGORIES_MAX 2000

/*
 * Who may read a forum, {0} if that is not known: anybody what stands in some
 * categories, or nobody without a login.
 */
enum forum_who { FORUM_UNKNOWN, FORUM_OPEN, FORUM_CLOSED };
struct forum_reach {
	enum forum_who who;
	int64_t due_at; /* when to ask the forum again */
	int64_t *at;	/* categories for anybody; below 0: the one with that
			   number is not, and was met already */
	size_t n;
};

/* As a line of the cursor; s may be NULL; what cannot be read is {0}. */
struct forum_reach forum_reach_read(const char *s);
void forum_reach_add(struct cq_buf *out, const struct forum_reach *reach);
void forum_reach_free(struct forum_reach *reach);

/*
 * Takes over what a forum says to who shows no key.  False, and nothing is
 * taken, if that does not tell.
 */
bool forum_reach_learn(struct forum_reach *reach,
    const struct src_answer *answer, int64_t now);

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
	struct forum_reach reach;
};

/* What cannot be read is the very first place. */
struct forum_place forum_place_read(const char *cursor);
void forum_place_free(struct forum_place *place);
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
	const struct forum_reach *reach; /* of its forum; NULL: not known */
};

/* Is a post not for anybody, as far as is known? */
bool forum_reach_hides(const struct forum_reach *reach, const cJSON *post);

/* Has the page a category that was made since the forum was asked? */
bool forum_reach_lacks(const struct forum_reach *reach,
    const struct forum_page *page, int64_t now);

/* Those that the forum does not name are not for anybody, nor new any more. */
void forum_reach_note(struct forum_reach *reach, const struct forum_page *page);

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

/* Its time is before what is wanted. */
bool forum_is_older(const struct src_visit *visit,
    const struct forum_post *post);

/* A search: the address of its page, what it found, and that in full. */
char *forum_search_url(const struct src_visit *visit,
    const struct forum_place *place);
void forum_search_hits(struct src_visit *visit, const cJSON *root,
    const struct forum_page *hits, struct forum_place *place,
    struct src_next *next);
void forum_search_pending(const struct cq_source *s,
    const struct forum_page *page, struct forum_place *place, src_emit_fn emit,
    void *arg, struct src_next *next);

/* "category:slug/5" is 5; 0 if query is none. */
int64_t forum_category(const char *query);

/* Does it name a category, and forget its number?  It would be a search. */
bool forum_lacks_number(const char *query);

#endif
