#ifndef CQ_STORE_LIKES_H
#define CQ_STORE_LIKES_H

#include "core/store/search.h"

/*
 * Which posts are like which in words, as long as nobody judged it: a row a
 * post in table likeness, a few bytes for each pair.  A row of suggestion
 * would cost twenty times as much, and nearly all of them are never looked
 * at; one is made of a pair when a person decides about it (likes_settle).
 * Its sentence is made anew when it is shown (search_why).
 *
 * SQL reads a row with the table-valued function like_each(list, post):
 *	other	the post that it is like, or that is like it
 *	score	of 1000; NULL if back
 *	rank	among the suggestions of the post; NULL if back
 *	back	1: other is the later one, and its own row has the score
 */

/* SQL: what post l.post was found to be like and nobody has judged yet. */
#define LIKENESS "likeness l CROSS JOIN like_each(l.list, l.post) e"
#define NOT_JUDGED                                              \
	"NOT EXISTS (SELECT 1 FROM suggestion j WHERE j.post =" \
	" l.post AND j.other = e.other)"

/* A post that many are like remembers so many of them, the newest. */
#define LIKES_BACK 64

/* Makes like_each() known to a connection; returns an SQLite code. */
int likes_function(sqlite3 *db);

/* Stores what a post that was compared is like. */
enum cq_status likes_add(struct cq_store *store, const struct search_post *post,
    struct cq_err *err);

/*
 * Makes rows of suggestion of all that is between two survivors and all that
 * was joined into them: somebody is about to decide.
 */
enum cq_status likes_settle(struct verb *v, int64_t a, int64_t b,
    struct cq_err *err);

/* schema.c: pending suggestions of step 2 become likenesses. */
enum cq_status migrate_likes(struct cq_store *store, struct cq_err *err);

#endif
