#include "core/store/policy.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/named.h"

/* What the rules of deduplication may do: data of the queue. */

enum cq_status
source_id(struct cq_store *store, const char *name, int64_t *id,
    struct cq_err *err)
{
	static const char sql[] = "SELECT id FROM source WHERE name = :name";
	struct db_stmt q;
	enum cq_status rc;

	*id = 0;
	if (name == NULL)
		return CQ_OK;
	db_prepare(&q, store, sql);
	db_bind_text(&q, ":name", name);
	rc = db_one_int(&q, id, err);
	if (rc == CQ_NOT_FOUND)
		rc = cq_fail(err, CQ_NOT_FOUND,
		    "no post came from a source '%s', nor is there one; see "
		    "'caseq source list'",
		    name);
	return rc;
}

struct cq_policy
policy_default(void)
{
	struct cq_policy policy = {0};

	for (int i = 0; i < CQ_N_RULES; i++)
		if (cq_rule_suggests((enum cq_rule)i))
			policy.mode[i] = CQ_MODE_SUGGEST;
	return policy;
}

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

	*policy = policy_default();
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

enum cq_status
cq_store_policy(struct cq_store *store, const char *source,
    struct cq_policy *out, struct cq_err *err)
{
	int64_t id = 0;
	enum cq_status rc = db_own(store, err);

	*out = policy_default();
	if (rc == CQ_OK)
		rc = source_id(store, source, &id, err);
	return rc == CQ_OK ? policy_of(store, id, out, err) : rc;
}

void
cq_settings_free(struct cq_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		free(settings->at[i].source);
	free(settings->at);
	*settings = (struct cq_settings){0};
}

enum cq_status
cq_store_settings(struct cq_store *store, struct cq_settings *out,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT s.name, p.rule, p.mode FROM policy p LEFT JOIN source s"
	    " ON s.id = p.source ORDER BY p.source > 0, s.name, p.rule";
	struct cq_setting one;
	struct db_stmt q;
	enum cq_status rc = db_own(store, err);

	*out = (struct cq_settings){0};
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	while (db_row(&q)) {
		if (!cq_rule_parse(db_str(&q, 1), &one.rule) ||
		    !cq_mode_parse(db_str(&q, 2), &one.mode))
			continue;
		one.source = db_copy(&q, 0);
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		out->at[out->n++] = one;
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (rc != CQ_OK)
		cq_settings_free(out);
	return rc;
}

/* --- changing it ------------------------------------------------------- */

enum cq_status
cq_rule_allows(enum cq_rule rule, enum cq_mode mode, struct cq_err *err)
{
	if (cq_rule_suggests(rule) && mode == CQ_MODE_AUTO)
		return cq_fail(err, CQ_INPUT,
		    "'%s' is too unsure to join cases: say suggest or off",
		    cq_rule_name(rule));
	if (!cq_rule_suggests(rule) && !cq_rule_decides(rule))
		return cq_fail(err, CQ_INPUT,
		    "'%s' is not one of the rules that can be set; see 'caseq "
		    "dedup rules'",
		    cq_rule_name(rule));
	return CQ_OK;
}

/* What is set for just this source; NULL for nothing.  To be freed. */
static enum cq_status
set_before(struct verb *v, int64_t source, enum cq_rule rule, char **mode,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT mode FROM policy WHERE source = :source AND rule = :rule";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	db_bind_text(&q, ":rule", cq_rule_name(rule));
	rc = db_one_text(&q, mode, err);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

static enum cq_status
write_mode(struct verb *v, int64_t source, enum cq_rule rule, const char *mode,
    struct cq_err *err)
{
	static const char set[] =
	    "INSERT OR REPLACE INTO policy (source, rule, mode)"
	    " VALUES (:source, :rule, :mode)";
	static const char del[] =
	    "DELETE FROM policy WHERE source = :source AND rule = :rule";
	struct db_stmt q;

	if (mode == NULL)
		db_prepare(&q, v->store, del);
	else
		db_prepare(&q, v->store, set);
	db_bind_int(&q, ":source", source);
	db_bind_text(&q, ":rule", cq_rule_name(rule));
	if (mode != NULL)
		db_bind_text(&q, ":mode", mode);
	return db_run(&q, err);
}

static enum cq_status
log_policy(struct verb *v, const char *source, enum cq_rule rule,
    const char *before, const char *after, struct cq_err *err)
{
	struct event_fields f = {0};
	struct cq_buf b = {0};

	data_text(v->store, &b, "rule", cq_rule_name(rule));
	data_text(v->store, &b, "source", source);
	data_text(v->store, &b, "was", before);
	data_text(v->store, &b, "mode", after == NULL ? "default" : after);
	return event_log_data(v, 0, "policy", &f, &b, err);
}

static enum cq_status
set_mode(struct verb *v, const char *source, enum cq_rule rule,
    const char *mode, struct cq_err *err)
{
	int64_t id = 0;
	char *before = NULL;
	enum cq_status rc = source_id(v->store, source, &id, err);

	if (rc == CQ_OK)
		rc = set_before(v, id, rule, &before, err);
	if (rc == CQ_OK)
		rc = write_mode(v, id, rule, mode, err);
	if (rc == CQ_OK)
		rc = log_policy(v, source, rule, before, mode, err);
	free(before);
	return rc;
}

enum cq_status
cq_store_policy_set(struct cq_store *store, const struct cq_act *act,
    const char *source, enum cq_rule rule, const enum cq_mode *mode,
    struct cq_err *err)
{
	const char *name = mode == NULL ? NULL : cq_mode_name(*mode);
	struct verb v = {0};
	enum cq_status rc =
	    cq_rule_allows(rule, mode == NULL ? CQ_MODE_OFF : *mode, err);

	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "set rules of deduplication",
		    verb_args_more(verb_args_more(verb_args("%d", (int)rule),
				       source),
			name),
		    CQ_MAY_STEER, DB_FULL, err);
	if (rc == CQ_OK && !v.replay)
		rc = set_mode(&v, source, rule, name, err);
	return verb_end(&v, rc, err);
}
