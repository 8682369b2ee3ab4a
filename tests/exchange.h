#ifndef TESTS_EXCHANGE_H
#define TESTS_EXCHANGE_H

#include "sources/posts.h"
#include "sources/source.h"

/* An answer without a network: recorded, or made by hand. */
struct exchange {
	struct src_answer answer;
	char *headers; /* "Name: value" lines, each ending with '\n' */
	char *body;
	char value[2048]; /* of the header asked for last */
};

#define EXCHANGE_NOW 1795439220 /* 2026-11-23T13:07:00Z */

/* A .meta.json, or a body alone (status 200, no headers). */
void exchange_load(struct exchange *x, const char *path, const char *url);

/* headers as above, or NULL. */
void exchange_make(struct exchange *x, int status, const char *headers,
    const void *body, size_t n, const char *url);
void exchange_free(struct exchange *x);

/* What an adapter made of it. */
struct heard {
	enum cq_status status;
	struct cq_err err;
	struct posts posts;
	struct src_next next;
};
struct heard hear(const struct src_ops *ops, const struct cq_source *s,
    const char *cursor, struct exchange *x);

/* The same in a visit of several questions, which exchange_forget() ends. */
struct heard hear_visit(const struct src_ops *ops, struct src_visit *visit,
    struct exchange *x);
void heard_free(struct heard *h);

/* A visit at EXCHANGE_NOW that wants what is a day old at most. */
struct src_visit exchange_visit(const struct cq_source *s, const char *cursor);

/* The same, however old it is. */
struct src_visit exchange_visit_all(const struct cq_source *s,
    const char *cursor);

/* Ends a visit; one without a memory, too. */
void exchange_forget(const struct src_ops *ops, struct src_visit *visit);

/* On such a visit, this is the address that is asked. */
void source_asks(const struct src_ops *ops, const struct cq_source *s,
    const char *cursor, const char *url);

/* A source without a token file is refused with that message. */
void source_refused(const struct src_ops *ops, const char *address,
    const char *query, const char *msg);

/* What an adapter makes of an answer written here. */
struct heard hear_answer(const struct src_ops *ops, struct src_visit *visit,
    int status, const char *headers, const char *body);

/* The same of what it asked about ids once more. */
struct heard hear_again(const struct src_ops *ops, struct src_visit *visit,
    const char *const *ids, size_t n, int status, const char *body);

/* However much of its end a recorded answer lacks, it is refused as a whole. */
void no_cut_gives_posts(const struct src_ops *ops, const struct cq_source *s,
    const char *cursor, const char *path);

/* It failed with that message, brought nothing and moved nothing. */
void heard_fails(struct heard h, const char *msg, int64_t wait_s, bool pause);

#endif
