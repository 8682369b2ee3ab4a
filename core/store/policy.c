#include "core/store/policy.h"

enum cq_status
policy_of(struct cq_store *store, int64_t source, struct cq_policy *policy,
    struct cq_err *err)
{
	static const char sql[] = "SELECT rule, mode FROM policy"
				  " WHERE source IN (0, :source)"
				  " ORDER BY source";
	struct db_stmt q;
	enum cq_rule rule;
	enum cq_mode mode;
	enum cq_status rc;

	*policy = (struct cq_policy){0};
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":source", source);
	while (db_row(&q))
		if (cq_rule_parse(db_str(&q, 0), &rule) &&
		    cq_mode_parse(db_str(&q, 1), &mode))
			policy->mode[rule] = mode;
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}
