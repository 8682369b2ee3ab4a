#include "core/rules.h"

#include "core/limits.h"

/* What figures say about a rule. */

static int
per_mille(int64_t part, int64_t all)
{
	return all == 0 ? -1 : (int)(part * 1000 / all);
}

int
cq_yield_precision(const struct cq_rule_yield *y)
{
	return per_mille(y->joins - y->undone, y->joins);
}

int
cq_yield_acceptance(const struct cq_rule_yield *y)
{
	return per_mille(y->accepted, y->accepted + y->refused);
}

int
cq_rule_bar(enum cq_rule rule)
{
	bool same_author = rule == CQ_RULE_FOLLOW || rule == CQ_RULE_AGAIN ||
	    rule == CQ_RULE_CONVERSATION;

	return same_author ? CQ_ADVICE_RIGHT_SAME : CQ_ADVICE_RIGHT;
}

static enum cq_advice
of_joins(enum cq_rule rule, const struct cq_rule_yield *y)
{
	/* if all that are missing were right */
	int64_t n = y->joins < CQ_ADVICE_LEAST ? CQ_ADVICE_LEAST : y->joins;

	if (per_mille(n - y->undone, n) < cq_rule_bar(rule))
		return CQ_ADVICE_SUGGEST;
	return y->joins < CQ_ADVICE_LEAST ? CQ_ADVICE_NONE : CQ_ADVICE_KEEP;
}

static enum cq_advice
of_suggestions(enum cq_rule rule, const struct cq_rule_yield *y)
{
	int accepted = cq_yield_acceptance(y);

	if (y->accepted + y->refused < CQ_ADVICE_LEAST)
		return CQ_ADVICE_NONE;
	if (cq_rule_decides(rule) && accepted >= cq_rule_bar(rule))
		return CQ_ADVICE_AUTO;
	return accepted < CQ_ADVICE_NOISE ? CQ_ADVICE_OFF : CQ_ADVICE_NONE;
}

enum cq_advice
cq_rule_advice(enum cq_rule rule, enum cq_mode mode,
    const struct cq_rule_yield *y)
{
	if (cq_rule_decides(rule) && mode == CQ_MODE_AUTO)
		return of_joins(rule, y);
	if (mode == CQ_MODE_OFF ||
	    !(cq_rule_decides(rule) || cq_rule_suggests(rule)))
		return CQ_ADVICE_NONE;
	return of_suggestions(rule, y);
}
