#ifndef SRC_FORGE_H
#define SRC_FORGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "sources/json.h"
#include "sources/source.h"

/* What the adapters of places for code have in common. */

/* The path of an address without slashes around it, and without ".git" at its
 * end: "", "ann/kettle"; owned. */
char *forge_path(const char *address);

/* The scheme, host and port of an address; owned. */
char *forge_origin(const char *address);

/* The newest "updated_at" of a list's items and known (or CQ_NO_TIME). */
int64_t forge_newest(const cJSON *items, int64_t known);

/*
 * Who may read a place, as its service said last; {0}: it never did.  As a
 * part of a cursor: a word and a time, "private 1795439220".
 */
struct forge_reach {
	enum { FORGE_UNKNOWN, FORGE_PUBLIC, FORGE_PRIVATE } who;
	int64_t due_at; /* see sources/reach.h */
};

/* s may be NULL; what cannot be read is {0}. */
struct forge_reach forge_reach_read(const char *s);

/* Adds before and its words to out; nothing at all of {0}. */
void forge_reach_add(struct cq_buf *out, const char *before,
    const struct forge_reach *reach);

/*
 * Takes over what a service says about a repository or a project; it counts
 * for a day.  False, and nothing is taken, if it does not say who may read
 * the issues there.
 */
bool forge_reach_learn(struct forge_reach *reach, const cJSON *place,
    int64_t now);

/* What a visit keeps between its questions, in visit->memory. */
struct forge_memory {
	bool comments; /* their list is being read */
	bool moved;    /* the list that is read was found to be changed */
	bool asks_reach;
	bool put_off; /* that was not answered */
};

/* That of the visit, made if there is none. */
struct forge_memory *forge_memory(struct src_visit *visit);

/* Brings what a cursor says up to what this visit learnt. */
void forge_reach_now(struct forge_reach *reach, const struct src_visit *visit);

/*
 * Ends the step of a visit that asked about it: *why is what was wrong with
 * the answer, {0} if nothing was.  The lists are asked for next, whatever it
 * was, as they may well be read; it is put off if this one was in vain.
 * But a visit fails that a service asks to wait; and the very first one if
 * the service is out of order, as nothing is known then, and nothing lost.
 */
enum cq_status forge_reach_end(struct src_visit *visit,
    const struct src_answer *answer, const struct cq_err *why,
    struct src_next *next, struct cq_err *err);

#endif
