#ifndef SRC_X_H
#define SRC_X_H

#include <stdbool.h>
#include <stdint.h>

#include "sources/json.h"
#include "sources/source.h"

#define X_ID_SIZE 24 /* of an id with its NUL */

/* --- how far it was read, and what it cost (x_place.c) ------------------- */

/*
 * A search is read from its newest post back to a known one, page by page,
 * each stored as it comes, since each is billed: between since and until is
 * what is still to be read, and newest the first that was.  The cursor says
 * it in one line: "SINCE AT MONTH COUNT NEWEST NEWEST_AT UNTIL", "-" for an
 * id that is not there.
 */
struct x_place {
	char since[X_ID_SIZE]; /* all up to it is known; "-" */
	int64_t at;	       /* when that was written; CQ_NO_TIME */
	int month;	       /* 202611 */
	int64_t count;	       /* posts read in it */
	char newest[X_ID_SIZE];
	int64_t newest_at;
	char until[X_ID_SIZE];
};

/* As the cursor has it, with nothing read yet in a month that is new. */
struct x_place x_place_read(const struct src_visit *visit);

/* NULL if that is the cursor already; owned. */
char *x_place_write(const struct x_place *place, const char *cursor);

/* Nothing is pending any more: all up to newest is known, if there is one. */
void x_place_close(struct x_place *place);

/* The id that a post of that time would have at least. */
void x_id_of_time(int64_t at, char id[X_ID_SIZE]);

/* Copies an id; false, and nothing done, if s is none. */
bool x_id(const char *s, char id[X_ID_SIZE]);

/* Where the month behind 202611 begins: that moment, and "2026-12-01". */
int64_t x_next_month(int month, char day[16]);

/* --- one post (x_post.c) ------------------------------------------------- */

/* users: "includes.users" of the answer, or NULL. */
void x_emit(const char *source, const cJSON *post, const cJSON *users,
    src_emit_fn emit, void *arg);

/* When it was written; CQ_NO_TIME. */
int64_t x_time(const cJSON *post);

#endif
