#ifndef SRC_GITHUB_H
#define SRC_GITHUB_H

#include "sources/answer.h"

/*
 * Emits an issue or a comment; pull requests and what is said to them are
 * left out.  Ids are "issues/N" and "comments/N", with "OWNER/REPO/" in
 * front if several repositories are searched.
 */
void github_emit(const struct cq_source *s, const cJSON *item, src_emit_fn emit,
    void *arg);

/* The same, if its id is that one. */
void github_emit_if(const struct cq_source *s, const cJSON *item,
    const char *id, src_emit_fn emit, void *arg);

/* Words are searched for. */
bool github_is_search(const struct cq_source *s);

#endif
