#ifndef SRC_MASTODON_H
#define SRC_MASTODON_H

#include "sources/json.h"
#include "sources/source.h"

/*
 * Emits a status of the client API as a post of s; nothing if it has no id
 * or no account.  A boost is a post that says which one it repeats.
 */
void mastodon_emit(const struct cq_source *s, const struct json *doc,
    const cJSON *status, src_emit_fn emit, void *arg);

#endif
