#ifndef SRC_MASTODON_H
#define SRC_MASTODON_H

#include "sources/back.h"
#include "sources/json.h"
#include "sources/source.h"

#define MASTODON_AGAIN 20 /* ids that a server takes in one question */

/* What is kept of a second look between two questions about the same ids. */
struct mastodon_look {
	bool alone; /* each is asked about by itself ... */
	size_t n;   /* ... and of so many there was an answer */
};

/* What a visit keeps between its questions, in visit->memory. */
struct mastodon_memory {
	struct src_back *back; /* NULL: no page was kept or passed over */
	struct mastodon_look look;
};

/* That of the visit, made if there is none. */
struct mastodon_memory *mastodon_memory(struct src_visit *visit);

/*
 * Emits a status of the client API as a post of s; nothing if it has no id
 * or no account.  A boost is a post that says which one it repeats.
 */
void mastodon_emit(const struct cq_source *s, const struct json *doc,
    const cJSON *status, src_emit_fn emit, void *arg);

/* A second look: those of struct src_ops. */
enum cq_status mastodon_ask_again(struct src_visit *visit,
    const char *const *ids, size_t n, struct src_request *req,
    struct cq_err *err);
enum cq_status mastodon_read_again(struct src_visit *visit,
    const char *const *ids, size_t n, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err);

#endif
