#ifndef SRC_REDDIT_H
#define SRC_REDDIT_H

#include <stdbool.h>

#include "sources/json.h"
#include "sources/source.h"

/* --- where it listens (reddit_place.c) ---------------------------------- */

enum reddit_kind {
	REDDIT_POSTS,	 /* "r/acme" */
	REDDIT_COMMENTS, /* "r/acme/comments" */
	REDDIT_MENTIONS, /* "mentions" of the token's account */
	REDDIT_SEARCH	 /* "words", or "r/acme words" */
};

#define REDDIT_SUB_MAX 128 /* bytes of one subreddit's name, or several */

struct reddit_place {
	enum reddit_kind kind;
	char sub[REDDIT_SUB_MAX]; /* "" for all of Reddit */
	const char *words; /* part of the query; NULL if there are none */
};

/* False if query is none. */
bool reddit_place_read(const char *query, struct reddit_place *place);

/* Addresses to ask; owned. */
char *reddit_url_of_token(const struct cq_source *s);
char *reddit_url_of_page(const struct cq_source *s,
    const struct reddit_place *place, const char *after);
char *reddit_url_of_posts(const struct cq_source *s, const char *const *ids,
    size_t n); /* those that are ids of Reddit; NULL if none is */

/* --- access (reddit_access.c) ------------------------------------------- */

/*
 * An access token is bought with what the token file holds,
 * "client-id:client-secret" or "client-id:client-secret:refresh-token", is
 * good for an hour or a day, and is kept in the session.
 */
struct reddit_access {
	char *token;	/* NULL: there is none */
	char *refresh;	/* given in place of the one in the file; or NULL */
	char owner[17]; /* tells whether a session is of this token file */
};
void reddit_access_free(struct reddit_access *access);

/* What the session holds, if it is of this token file and still good. */
enum cq_status reddit_access_load(const struct src_visit *visit,
    struct reddit_access *access, struct cq_err *err);

enum cq_status reddit_ask_access(const struct src_visit *visit,
    const struct reddit_access *access, struct src_request *req,
    struct cq_err *err);

/* Sets next->session as well. */
enum cq_status reddit_read_access(const struct src_visit *visit,
    const struct src_limit *limit, const struct src_answer *answer,
    struct reddit_access *access, struct src_next *next, struct cq_err *err);

/* Adds the header that shows the token. */
enum cq_status reddit_show(const struct reddit_access *access,
    struct src_request *req, struct cq_err *err);

/* --- one entry of a list (reddit_post.c) -------------------------------- */

/* child is {"kind": "t3", "data": {...}}; other kinds are left out. */
void reddit_emit(const char *source, const cJSON *child, src_emit_fn emit,
    void *arg);

/* created_utc of an entry; CQ_NO_TIME. */
int64_t reddit_time(const cJSON *child);

/* "t1_abc" (a comment) or "t3_abc" (a post). */
bool reddit_is_id(const char *id);

#endif
