#ifndef CQ_CASE_H
#define CQ_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The life of a case:
 *
 *      posts in ---> NEW --take--> OPEN <---------------------+
 *                     |             |  \                      |
 *                     |             |   +--pend---> PENDING --+ author's post
 *                     |             |   +--snooze-> SNOOZED --+ ... or time
 *                     |             v                         |
 *                     +---------> RESOLVED -------------------+ ... or reopen
 *                     +---------> DISMISSED ---reopen---------+
 *
 * What was dismissed is woken only by somebody who wrote in it before.
 *
 * A state says how far the work is.  Who is responsible (owner) and who
 * works it now (claim) are separate from it.  cq_case_move() is the only
 * table of what may follow what.
 */
enum cq_state {
	CQ_NEW,	      /* nobody acted yet */
	CQ_OPEN,      /* somebody has */
	CQ_PENDING,   /* waiting for the author */
	CQ_SNOOZED,   /* until a time or an author's post */
	CQ_RESOLVED,  /* with an outcome */
	CQ_DISMISSED, /* not a complaint, with a reason */
	CQ_N_STATES
};

enum cq_move {
	CQ_MOVE_TAKE,
	CQ_MOVE_PEND,
	CQ_MOVE_SNOOZE,
	CQ_MOVE_WAKE, /* the time of a snoozed case has come */
	CQ_MOVE_RESOLVE,
	CQ_MOVE_DISMISS,
	CQ_MOVE_REOPEN,
	CQ_MOVE_POST, /* a customer wrote again */
	CQ_N_MOVES
};

/* Where move leads from state; false if the move is not allowed there. */
bool cq_case_move(enum cq_state from, enum cq_move move, enum cq_state *to);

/*
 * The moves a person may make from a state, in words for a message:
 * "take, snooze, resolve, dismiss".
 */
void cq_case_moves(enum cq_state from, char *out, size_t size);

const char *cq_state_name(enum cq_state state); /* "new" */
char cq_state_letter(enum cq_state state);	/* 'N', for lists */
bool cq_state_parse(const char *s, enum cq_state *state);
const char *cq_move_name(enum cq_move move); /* "take" */

/* New, open, pending, snoozed: still in the queue. */
bool cq_state_in_queue(enum cq_state state);

/*
 * Outcomes of a resolved case, NULL at the end: the first is the default.
 * cq_outcome_known() is true for one of them.
 */
extern const char *const cq_outcomes[];
bool cq_outcome_known(const char *s);

/*
 * Incidents are known by a number too, which is shown as "I-17": reads
 * that, "i-17" or "17", from 1 on.
 */
bool cq_incident_parse(const char *s, int64_t *id);

/*
 * A tag is 1 to 32 bytes of lower-case letters, digits, "-", "_", "." or
 * letters beyond ASCII; spaces and commas part tags.
 */
#define CQ_TAG_MAX 32
bool cq_tag_valid(const char *s);

#endif
