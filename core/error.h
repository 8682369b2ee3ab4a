#ifndef CQ_ERROR_H
#define CQ_ERROR_H

/*
 * What the program should do next: each status is handled differently.
 * The exit status of a command follows from it (tui/commands/cli.h).
 */
enum cq_status {
	CQ_OK,
	CQ_NOT_FOUND, /* no such case, agent, source; or nothing to do */
	CQ_CONFLICT,  /* somebody else was first; look again */
	CQ_STALE,     /* the caller's fence is not the current one */
	CQ_STATE,     /* the case's state does not allow this */
	CQ_DENIED,    /* the agent's role does not allow this */
	CQ_INPUT,     /* what was given makes no sense */
	CQ_BUSY,      /* the queue is busy; the same act may be tried again */
	CQ_FULL,      /* the disk is full; nothing was saved */
	CQ_CORRUPT,   /* the queue file is damaged or no queue */
	CQ_VERSION,   /* the queue was made by a newer caseq */
	CQ_NET,	      /* a server could not be reached or understood */
	CQ_DB	      /* the store failed in another way */
};

/* Lives on the caller's stack: a message is never freed. */
struct cq_err {
	enum cq_status status;
	char msg[256]; /* for a person: one line, lower case, no full stop */
};

/*
 * Fills err unless it is NULL; returns status, so "return cq_fail(...)".
 * Control characters that came in with an argument are made harmless, and
 * a message that is too long ends with "..." on a whole character.
 */
enum cq_status cq_fail(struct cq_err *err, enum cq_status status,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
