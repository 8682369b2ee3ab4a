#ifndef SRC_MASTODON_H
#define SRC_MASTODON_H

#include "core/buf.h"
#include "sources/back.h"
#include "sources/json.h"
#include "sources/source.h"

#define MASTODON_PAGE 40    /* items; no server gives more */
#define MASTODON_AGAIN 20   /* ids that a server takes in one question */
#define MASTODON_PARENTS 20 /* posts asked for, for a page */

enum mastodon_wanted { WANT_TAG, WANT_WORDS, WANT_MENTIONS };
enum mastodon_wanted mastodon_wanted(const struct cq_source *s);

/*
 * Mentions that answer a post which may be in no list of mentions, such as
 * one of the account itself: it is asked for, so that their thread is whole.
 * Until then the posts of the page wait here, and what was to follow it.
 */
struct mastodon_thread {
	struct cq_post_list posts;   /* oldest first */
	char *ids[MASTODON_PARENTS]; /* to be asked for, in turn; owned */
	size_t n_ids, n_read;	     /* ... and so many are answered */
	size_t n_near; /* of the ids: by accounts of this server, first */
	struct cq_post_list parents; /* what they are */
	bool held;		     /* it waits for them */
	struct src_next next;	     /* what was to follow */
	int n_answers;		     /* of the visit, so far */
};

/* What is kept of a second look between two questions about the same ids. */
struct mastodon_look {
	bool alone; /* each is asked about by itself ... */
	size_t n;   /* ... and of so many there was an answer */

	/* Edited since the last look, as they are now: they are emitted when
	 * what they said in between was asked for; so many are done. */
	struct cq_post_list edited;
	size_t n_done;
};

/* What a visit keeps between its questions, in visit->memory. */
struct mastodon_memory {
	struct src_back *back; /* NULL: no page was kept or passed over */
	int offset;	       /* of a search: items of the pages before */
	bool by_id;	       /* ... which the server does not count */
	bool full;	       /* the page before was */
	struct mastodon_look look;
	struct mastodon_thread thread;
	bool no_quotes; /* the server knows no notifications of them */
	int n_refused;	/* questions for them that it did not answer */
};

/* That of the visit, made if there is none. */
struct mastodon_memory *mastodon_memory(struct src_visit *visit);

/* Asks for JSON from *url, which it takes over. */
enum cq_status mastodon_ask(const struct cq_source *s, struct cq_buf *url,
    struct src_request *req, struct cq_err *err);

/* Asks for one status, or a part of it: "/history". */
enum cq_status mastodon_ask_status(const struct cq_source *s, const char *id,
    const char *part, struct src_request *req, struct cq_err *err);

/* src_ops.read(); it asks for pages, and for what their threads lack. */
enum cq_status mastodon_read(struct src_visit *visit,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err);

/*
 * Threads of mentions: note() each status of a page, keep() the posts made
 * of them (a src_emit_fn), oldest first; end() emits them, or holds them
 * back until those that they answer were asked for and read.
 */
void mastodon_thread_note(struct mastodon_thread *t, const struct json *doc,
    const cJSON *status);
void mastodon_thread_keep(void *thread, const struct cq_post *post);
void mastodon_thread_end(struct src_visit *visit, src_emit_fn emit, void *arg,
    struct src_next *next);
enum cq_status mastodon_thread_ask(struct src_visit *visit,
    struct src_request *req, struct cq_err *err);
void mastodon_thread_read(struct src_visit *visit,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next);
void mastodon_thread_free(struct mastodon_thread *t);

/* The item of a list that has the id; or NULL. */
const cJSON *mastodon_find(const struct json *doc, const cJSON *items,
    const char *id);
bool mastodon_has_id(const struct json *doc, const cJSON *item, const char *id);

/*
 * Emits a status of the client API as a post of s; nothing if it has no id
 * or no account.  A boost is a post that says which one it repeats.
 */
void mastodon_emit(const struct cq_source *s, const struct json *doc,
    const cJSON *status, src_emit_fn emit, void *arg);

/*
 * Emits one version of the history of the status with that id: what it said
 * from a moment on.
 */
void mastodon_emit_past(const struct cq_source *s, const char *id,
    const cJSON *version, src_emit_fn emit, void *arg);

void mastodon_look_free(struct mastodon_look *look);

/* A second look: those of struct src_ops. */
enum cq_status mastodon_ask_again(struct src_visit *visit,
    const char *const *ids, size_t n, struct src_request *req,
    struct cq_err *err);
enum cq_status mastodon_read_again(struct src_visit *visit,
    const char *const *ids, size_t n, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err);

#endif
