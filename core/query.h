#ifndef CQ_QUERY_H
#define CQ_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/*
 * What "caseq list" and the key "l" understand: terms parted by spaces, all
 * of which must hold.  "!" before a term turns it round.
 *
 *	state:open		one of the states; also new, open, ... alone
 *	mine  unclaimed		held or owned by me; held by nobody
 *	overdue			past its due time
 *	owner  owner:NAME	has an owner; has that owner
 *	held  held:NAME		claimed now; claimed by NAME
 *	incident  incident:I-7	is in an incident; in that one
 *	tag:T source:S author:A lang:L brand:B
 *	due<15m age>2h		time left, time since opened
 *	reach>1k posts>3 pri>50 rating<3
 *	#12			that case
 *	closed  all		resolved and dismissed ones; those too
 *	WORD "TWO WORDS"	in the text of a post, ASCII case ignored
 */
enum cq_term_kind {
	CQ_TERM_STATE,
	CQ_TERM_MINE,
	CQ_TERM_UNCLAIMED,
	CQ_TERM_OVERDUE,
	CQ_TERM_OWNER, /* text NULL: has one */
	CQ_TERM_HELD,  /* text NULL: by anybody */
	CQ_TERM_TAG,
	CQ_TERM_SOURCE,
	CQ_TERM_AUTHOR,
	CQ_TERM_LANG,
	CQ_TERM_BRAND,
	CQ_TERM_DUE, /* n seconds */
	CQ_TERM_AGE, /* n seconds */
	CQ_TERM_REACH,
	CQ_TERM_POSTS,
	CQ_TERM_PRIORITY,
	CQ_TERM_RATING,
	CQ_TERM_CASE,
	CQ_TERM_INCIDENT, /* n 0: in any */
	CQ_TERM_WORD
};

struct cq_term {
	enum cq_term_kind kind;
	int negated; /* "!" stood before it */
	int less;    /* "<" rather than ">" */
	int64_t n;   /* number, seconds, or enum cq_state */
	char *text;  /* or NULL */
};

enum cq_scope { CQ_SCOPE_QUEUE, CQ_SCOPE_CLOSED, CQ_SCOPE_ALL };

struct cq_query {
	enum cq_scope scope;
	struct cq_term *at;
	size_t n;
};

/* CQ_INPUT with a message that names the term; *out is NULL then. */
enum cq_status cq_query_parse(const char *s, struct cq_query **out,
    struct cq_err *err);
void cq_query_free(struct cq_query *query);

#endif
