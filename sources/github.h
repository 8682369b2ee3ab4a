#ifndef SRC_GITHUB_H
#define SRC_GITHUB_H

#include "sources/answer.h"
#include "sources/forge.h"

#define GITHUB_PAGES_MAX 1000

/*
 * How far a repository or a search was read.  The cursor has a line for each
 * list: the time, the page, and the ETag of an answer that held nothing new,
 * or "-".  An unchanged list then costs nothing.  A third line says who may
 * read the repository, if that was asked.
 */
struct github_list {
	int64_t since; /* newest change seen; CQ_NO_TIME */
	int page;
	char etag[130];
};

struct github_place {
	struct github_list list[2]; /* of issues, of comments */
	struct forge_reach reach;
};
struct github_place github_place_read(const char *cursor);

/*
 * Keeps an ETag, or NULL for none; only one that cannot be torn apart in the
 * cursor or a header.
 */
void github_keep_etag(struct github_list *list, const char *etag);

/* NULL if that is the cursor already; owned. */
char *github_place_write(const struct github_place *place, const char *cursor);

/*
 * Emits an issue or a comment; pull requests and what is said to them are
 * left out.  Ids are "issues/N" and "comments/N", with "OWNER/REPO/" in
 * front if several repositories are searched.
 *
 * hidden  its repository is not for all to read
 */
void github_emit(const struct cq_source *s, const cJSON *item, bool hidden,
    src_emit_fn emit, void *arg);

/* The same, if its id is that one. */
void github_emit_if(const struct cq_source *s, const cJSON *item, bool hidden,
    const char *id, src_emit_fn emit, void *arg);

/* Words are searched for. */
bool github_is_search(const struct cq_source *s);

#endif
