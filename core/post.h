#ifndef CQ_POST_H
#define CQ_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

#define CQ_NO_TIME INT64_MIN
#define CQ_ID_MAX 512		 /* bytes of a remote id or a handle */
#define CQ_SOURCE_MAX 64	 /* bytes of a source's name */
#define CQ_TEXT_MAX (256 * 1024) /* bytes of a post's text */
#define CQ_FOLLOWERS_MAX INT64_C(10000000000)

/* Who may read a post, from all to the one it is for. */
enum cq_visibility { CQ_PUBLIC, CQ_UNLISTED, CQ_PRIVATE, CQ_DIRECT };
const char *cq_visibility_name(enum cq_visibility visibility); /* "direct" */
bool cq_visibility_parse(const char *s, enum cq_visibility *visibility);

/*
 * One public item as a source gave it.  All strings are raw (see text.h),
 * borrowed for the call, UTF-8 without NUL inside; NULL means unknown.
 * The strings stand first and together: post.c counts on it.
 */
struct cq_post {
	const char *source;	  /* name of the source; required */
	const char *id;		  /* remote id, opaque; required */
	const char *text;	  /* required; plain text, not HTML */
	const char *network;	  /* where authors are known; NULL: source */
	const char *author;	  /* author's id in that network, or handle */
	const char *handle;	  /* what people type; NULL: author */
	const char *author_name;  /* what people see */
	const char *url;	  /* a page for a person to open */
	const char *uri;	  /* global id of the post across networks */
	const char *lang;	  /* BCP 47 */
	const char *in_reply_to;  /* remote id in the same source */
	const char *repost_of;	  /* remote id in the same source */
	const char *quote_of;	  /* remote id in the same source */
	const char *conversation; /* its thread's id in the same source */
	const char *brand;	  /* which of our brands it is about */
	const char *extra;	  /* fields nobody knows, as a JSON object */
	int64_t author_followers; /* -1 if unknown */
	int64_t created_at;	  /* UTC seconds, CQ_NO_TIME if unknown */
	int rating;		  /* 1 (worst) to 5; 0 if unknown */
	enum cq_visibility visibility;
	bool bot; /* its author says that it is a program */

	/*
	 * 0: its text is what it says now.  Else it said so from then on until
	 * it was edited once more (UTC seconds): kept as a revision if what is
	 * known of it is older.  An unknown post is not stored by it.
	 */
	int64_t past_at;

	/*
	 * Nobody listened for it: it was read for the sake of a post that
	 * answers it.  Unless it answers a known one itself it is not stored.
	 */
	bool aside;

	/*
	 * Its author or its network took it away.  Then only source and id
	 * count; text may be NULL.  An unknown one is not stored.
	 */
	bool gone;
};

/* What must be seen of a post before it is answered, or spoken of. */
struct cq_marks {
	enum cq_visibility visibility;
	bool bot;
	int64_t gone_at; /* caseq learnt that it was taken away; else
			    CQ_NO_TIME */
};

/*
 * Checks what every post must have: source, id and, unless it is gone, text,
 * valid UTF-8 and within the limits above; at most CQ_FOLLOWERS_MAX
 * followers; rating 0..5; times that a calendar can hold (years 1970 to
 * 9999).
 *
 * Returns CQ_OK or CQ_INPUT with a message that names the field.
 */
enum cq_status cq_post_check(const struct cq_post *post, struct cq_err *err);

/*
 * True for what sources write where they do not tell the author: "Anonymous",
 * "[deleted]", "A Google user".  Whoever it is, it is not one person.
 */
bool cq_author_is_anybody(const char *author);

/* Posts kept beyond the call that brought them; {0} is an empty list. */
struct cq_post_list {
	struct cq_post *at; /* their strings are the list's */
	size_t n, cap;
	size_t bytes; /* of all strings, with their NULs */
};

/* Copies post with all its strings to the end of the list. */
void cq_post_list_add(struct cq_post_list *list, const struct cq_post *post);

/* Empties the list, and keeps its room for as many posts again. */
void cq_post_list_clear(struct cq_post_list *list);
void cq_post_list_free(struct cq_post_list *list);

#endif
