#ifndef CQ_ROLES_H
#define CQ_ROLES_H

#include <stdbool.h>

enum cq_role { CQ_AGENT, CQ_LEAD, CQ_SUPERVISOR, CQ_ADMINISTRATOR, CQ_N_ROLES };

/* What a role may or may not; one right for each kind of verb. */
enum cq_right {
	CQ_MAY_READ,
	CQ_MAY_WORK,   /* take, release, note, tag, resolve, snooze, join */
	CQ_MAY_STEAL,  /* take over a live claim */
	CQ_MAY_ASSIGN, /* make somebody else the owner */
	CQ_MAY_STEER,  /* say what the rules of deduplication may do */
	CQ_MAY_CLOSE,  /* say that an incident is over, or goes on */
	CQ_MAY_INGEST, /* bring posts in, by file or by fetching */
	CQ_MAY_ADMIN,  /* agents, sources, weights */
	CQ_N_RIGHTS
};

/* The one table of rights (threat model: agent, lead, supervisor, ...). */
bool cq_role_may(enum cq_role role, enum cq_right right);

const char *cq_role_name(enum cq_role role); /* "lead" */
bool cq_role_parse(const char *s, enum cq_role *role);

/* The roles that have a right, in words: "lead or administrator". */
const char *cq_right_who(enum cq_right right);

/* Agent, team and source names: 1 to 32 bytes, [a-z0-9._-], letter first. */
bool cq_name_valid(const char *s);

#endif
