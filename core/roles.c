#include "core/roles.h"

#include <string.h>

#define BIT(role) (1u << (role))
#define WORKERS (BIT(CQ_AGENT) | BIT(CQ_LEAD) | BIT(CQ_ADMINISTRATOR))
#define LEADERS (BIT(CQ_LEAD) | BIT(CQ_ADMINISTRATOR))
#define EVERYBODY (WORKERS | BIT(CQ_SUPERVISOR))

static const char *const names[CQ_N_ROLES] = {
    [CQ_AGENT] = "agent",
    [CQ_LEAD] = "lead",
    [CQ_SUPERVISOR] = "supervisor",
    [CQ_ADMINISTRATOR] = "administrator",
};

/*
 * A supervisor reads everything and works nothing: who reports on a shift
 * must not be a subject of the report.
 */
static const struct {
	unsigned roles;
	const char *who; /* the same in words */
} rights[CQ_N_RIGHTS] = {
    [CQ_MAY_READ] = {EVERYBODY, "agent, lead, supervisor or administrator"},
    [CQ_MAY_WORK] = {WORKERS, "agent, lead or administrator"},
    [CQ_MAY_STEAL] = {LEADERS, "lead or administrator"},
    [CQ_MAY_ASSIGN] = {LEADERS, "lead or administrator"},
    [CQ_MAY_STEER] = {LEADERS, "lead or administrator"},
    [CQ_MAY_CLOSE] = {LEADERS, "lead or administrator"},
    [CQ_MAY_INGEST] = {WORKERS, "agent, lead or administrator"},
    [CQ_MAY_ADMIN] = {BIT(CQ_ADMINISTRATOR), "administrator"},
};

bool
cq_role_may(enum cq_role role, enum cq_right right)
{
	return (rights[right].roles & BIT(role)) != 0;
}

const char *
cq_role_name(enum cq_role role)
{
	return names[role];
}

bool
cq_role_parse(const char *s, enum cq_role *role)
{
	int i;

	for (i = 0; i < CQ_N_ROLES; i++) {
		if (strcmp(s, names[i]) == 0) {
			*role = (enum cq_role)i;
			return true;
		}
	}
	return false;
}

const char *
cq_right_who(enum cq_right right)
{
	return rights[right].who;
}

bool
cq_name_valid(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strspn(s, rest);

	return s[n] == '\0' && n >= 1 && n <= 32 &&
	    strchr(letters, s[0]) != NULL;
}
