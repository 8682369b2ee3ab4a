#include "core/case.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/text.h"

static const struct {
	const char *name;
	char letter;
	bool in_queue;
} states[CQ_N_STATES] = {
    [CQ_NEW] = {"new", 'N', true},
    [CQ_OPEN] = {"open", 'O', true},
    [CQ_PENDING] = {"pending", 'W', true}, /* waits for the author */
    [CQ_SNOOZED] = {"snoozed", 'Z', true},
    [CQ_RESOLVED] = {"resolved", 'R', false},
    [CQ_DISMISSED] = {"dismissed", 'D', false},
};

static const char *const moves[CQ_N_MOVES] = {
    [CQ_MOVE_TAKE] = "take",
    [CQ_MOVE_PEND] = "pend",
    [CQ_MOVE_SNOOZE] = "snooze",
    [CQ_MOVE_WAKE] = "wake",
    [CQ_MOVE_RESOLVE] = "resolve",
    [CQ_MOVE_DISMISS] = "dismiss",
    [CQ_MOVE_REOPEN] = "reopen",
    [CQ_MOVE_POST] = "post",
};

#define NO (-1)

/* clang-format off */
static const signed char table[CQ_N_MOVES][CQ_N_STATES] = {
	/*                    new          open         pending
	 *                    snoozed      resolved     dismissed */
	[CQ_MOVE_TAKE]    = { CQ_OPEN,     CQ_OPEN,     CQ_PENDING,
			      CQ_OPEN,     NO,          NO },
	[CQ_MOVE_PEND]    = { CQ_PENDING,  CQ_PENDING,  NO,
			      CQ_PENDING,  NO,          NO },
	[CQ_MOVE_SNOOZE]  = { CQ_SNOOZED,  CQ_SNOOZED,  CQ_SNOOZED,
			      CQ_SNOOZED,  NO,          NO },
	[CQ_MOVE_WAKE]    = { NO,          NO,          NO,
			      CQ_OPEN,     NO,          NO },
	[CQ_MOVE_RESOLVE] = { CQ_RESOLVED, CQ_RESOLVED, CQ_RESOLVED,
			      CQ_RESOLVED, NO,          NO },
	[CQ_MOVE_DISMISS] = { CQ_DISMISSED, CQ_DISMISSED, CQ_DISMISSED,
			      CQ_DISMISSED, NO,         NO },
	[CQ_MOVE_REOPEN]  = { NO,          NO,          CQ_OPEN,
			      CQ_OPEN,     CQ_OPEN,     CQ_OPEN },
	[CQ_MOVE_POST]    = { CQ_NEW,      CQ_OPEN,     CQ_OPEN,
			      CQ_OPEN,     CQ_OPEN,     CQ_OPEN },
}; /* clang-format on */

const char *const cq_outcomes[] = {"answered", "no-reply-needed", "fixed",
    "refunded", "handed-over", "unreachable", "duplicate", NULL};

bool
cq_case_move(enum cq_state from, enum cq_move move, enum cq_state *to)
{
	if (table[move][from] == NO)
		return false;
	*to = (enum cq_state)table[move][from];
	return true;
}

void
cq_case_moves(enum cq_state from, char *out, size_t size)
{
	/* not pend: for a person it is a snooze without a time */
	static const enum cq_move of_a_person[] = {CQ_MOVE_TAKE, CQ_MOVE_SNOOZE,
	    CQ_MOVE_RESOLVE, CQ_MOVE_DISMISS, CQ_MOVE_REOPEN};
	enum cq_state to;
	size_t i, used = 0;
	int n;

	if (size > 0)
		out[0] = '\0';
	for (i = 0; i < sizeof(of_a_person) / sizeof(of_a_person[0]); i++) {
		if (!cq_case_move(from, of_a_person[i], &to) || used >= size)
			continue;
		n = snprintf(out + used, size - used, "%s%s",
		    used > 0 ? ", " : "", moves[of_a_person[i]]);
		used += (size_t)n;
	}
}

const char *
cq_state_name(enum cq_state state)
{
	return states[state].name;
}

char
cq_state_letter(enum cq_state state)
{
	return states[state].letter;
}

bool
cq_state_parse(const char *s, enum cq_state *state)
{
	int i;

	for (i = 0; i < CQ_N_STATES; i++) {
		if (strcmp(s, states[i].name) == 0) {
			*state = (enum cq_state)i;
			return true;
		}
	}
	return false;
}

const char *
cq_move_name(enum cq_move move)
{
	return moves[move];
}

bool
cq_state_in_queue(enum cq_state state)
{
	return states[state].in_queue;
}

bool
cq_outcome_known(const char *s)
{
	size_t i;

	for (i = 0; cq_outcomes[i] != NULL; i++) {
		if (strcmp(s, cq_outcomes[i]) == 0)
			return true;
	}
	return false;
}

static bool
tag_sign(int cp)
{
	utf8proc_category_t category;

	if (cp < 0x80)
		return cp > 0 &&
		    strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", cp) !=
		    NULL;
	category = utf8proc_category(cp);
	/* marks too: many scripts write vowels with them */
	return category >= UTF8PROC_CATEGORY_LU &&
	    category <= UTF8PROC_CATEGORY_MC;
}

bool
cq_tag_valid(const char *s)
{
	size_t n = strnlen(s, CQ_TAG_MAX + 1), i = 0;
	struct shown_text shown;
	bool same;
	int cp;

	if (n == 0 || n > CQ_TAG_MAX)
		return false;
	while (i < n) {
		i += cq_utf8_next(s + i, n - i, &cp);
		if (cp < 0 || !tag_sign(cp))
			return false;
	}
	/* letters that cannot be seen, marks without a base: not in a tag */
	shown = show_str(s, SHOW_LINE);
	same = strcmp(shown.s, s) == 0;
	shown_free(&shown);
	return same;
}

bool
cq_incident_parse(const char *s, int64_t *id)
{
	char *end;
	long long n;

	if ((s[0] == 'I' || s[0] == 'i') && s[1] == '-')
		s += 2;
	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || n < 1)
		return false;
	*id = n;
	return true;
}
