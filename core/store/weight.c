#include "core/store/verb.h"

#include <stdlib.h>
#include <string.h>

/* The weights of priority: data of the queue, read when it is opened. */

static int *
field(struct cq_weights *w, const struct cq_weight_row *row)
{
	return (int *)(void *)((char *)w + row->offset);
}

static const struct cq_weight_row *
find_row(const char *name)
{
	for (const struct cq_weight_row *r = cq_weight_rows; r->name != NULL;
	     r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

enum cq_status
weights_load(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] = "SELECT name, value FROM weight";
	struct db_stmt q;
	enum cq_status rc;

	store->weights = cq_weights_default();
	db_prepare(&q, store, sql);
	while (db_row(&q)) {
		const struct cq_weight_row *row = find_row(db_str(&q, 0));

		if (row != NULL)
			*field(&store->weights, row) = (int)db_int(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

enum cq_status
cq_store_weights(struct cq_store *store, struct cq_weights *out,
    struct cq_err *err)
{
	enum cq_status rc = db_own(store, err);

	if (rc == CQ_OK)
		rc = weights_load(store, err);
	*out = store->weights;
	return rc;
}

/* Puts every waiting case where the new weights want it. */
static enum cq_status
sort_anew(struct verb *v, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id FROM cases WHERE grp IN (0, 1) AND id > :after"
	    " ORDER BY id LIMIT 1";
	int64_t id = 0;
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK) {
		struct db_stmt q;

		db_prepare(&q, v->store, sql);
		db_bind_int(&q, ":after", id);
		rc = db_one_int(&q, &id, err);
		if (rc == CQ_NOT_FOUND)
			return CQ_OK;
		if (rc == CQ_OK)
			rc = case_place(v, id, err);
	}
	return rc;
}

static enum cq_status
set_weight(struct verb *v, const char *name, int value, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO weight (name, value) VALUES (:name,"
	    " :value)";
	struct event_fields f = {.ref = value};
	struct cq_buf b = {0};
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":name", name);
	db_bind_int(&q, ":value", value);
	rc = db_run(&q, err);
	if (rc == CQ_OK)
		rc = weights_load(v->store, err);
	if (rc == CQ_OK)
		rc = sort_anew(v, err);
	if (rc != CQ_OK)
		return rc;
	data_text(v->store, &b, "name", name);
	data_int(&b, "value", value);
	return event_log_data(v, 0, "weight", &f, &b, err);
}

enum cq_status
cq_store_weight_set(struct cq_store *store, const struct cq_act *act,
    const char *name, int value, struct cq_err *err)
{
	const struct cq_weight_row *row = find_row(name);
	struct verb v = {0};
	enum cq_status rc = CQ_OK;

	if (row == NULL)
		rc = cq_fail(err, CQ_NOT_FOUND,
		    "there is no weight '%s'; see 'caseq weight'", name);
	else if (value < row->min || value > row->max)
		rc = cq_fail(err, CQ_INPUT, "%s goes from %d to %d", name,
		    row->min, row->max);
	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "change weights",
		    verb_args_more(verb_args("%d", value), name), CQ_MAY_ADMIN,
		    DB_FULL, err);
	if (rc == CQ_OK && !v.replay)
		rc = set_weight(&v, name, value, err);
	rc = verb_end(&v, rc, err);
	if (rc != CQ_OK) /* what was rolled back must not stay in memory */
		weights_load(store, NULL);
	return rc;
}
