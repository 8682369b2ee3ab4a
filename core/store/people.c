#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/side.h"
#include "core/store/verb.h"

/*
 * What people did with cases, done once more on the side: it decides what
 * later posts meet.  Each act is read from its events and done by the same
 * verb and in the name of the same agent, so that an undo takes back the
 * same act.  Where one no longer fits, as posts went elsewhere, it is left
 * out, and so is its undo.
 */

static bool
goes_on(enum cq_status rc)
{
	return rc == CQ_OK || rc == CQ_STATE || rc == CQ_INPUT ||
	    rc == CQ_NOT_FOUND || rc == CQ_CONFLICT;
}

static int64_t
here(struct side *side, int64_t live_case)
{
	return numbers_get(&side->case_of, live_case);
}

/* --- an act and what it was done to -------------------------------------- */

enum what { NOTHING, JOIN, SPLIT, APART, REFUSE, MOVE, UNDO };

/* All numbers are those of the side, but for new_case and undone. */
struct deed {
	enum what what;
	char agent[64];
	int64_t case_id;
	int64_t *ids; /* other cases, or posts */
	size_t n;
	enum cq_move move;
	int64_t new_case; /* live: what a split made */
	int64_t undone;	  /* live: the act that was undone */
};

static void
add_id(struct deed *d, int64_t id)
{
	if (id == 0)
		return;
	d->ids = cq_grow(d->ids, d->n + 1, sizeof(*d->ids));
	d->ids[d->n++] = id;
}

/* Adds a post that shows in the case that the first one shows in. */
static void
add_post(struct side *side, struct deed *d, int64_t live)
{
	int64_t case_id = side_case_of(side, live);

	if (d->case_id == 0)
		d->case_id = case_id;
	if (case_id != 0 && case_id == d->case_id)
		add_id(d, side_find(side, live)->side);
}

static enum cq_status
read_split(struct side *side, struct deed *d, int64_t event, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT json_extract(j.value, '$.id') FROM event e,"
	    " json_each(e.data, '$.posts') j WHERE e.id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, side->live, sql);
	db_bind_int(&q, ":id", event);
	while (db_row(&q))
		add_post(side, d, db_int(&q, 0));
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* The whole of a joined case was split off. */
static enum cq_status
read_unjoined(struct side *side, struct deed *d, int64_t live_case,
    struct cq_err *err)
{
	static const char sql[] = FAMILY
	    "SELECT id FROM post WHERE case_id IN (SELECT id FROM family)";
	struct db_stmt q;
	enum cq_status rc;

	d->case_id = here(side, live_case);
	db_prepare(&q, side->store, sql);
	db_bind_int(&q, ":root", d->case_id);
	while (db_row(&q))
		add_id(d, db_int(&q, 0));
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* Several events that tell whom a case is apart from: each from each. */
static enum cq_status
read_apart(struct side *side, struct deed *d, int64_t live_case, int64_t event,
    struct cq_err *err)
{
	static const char sql[] = "SELECT j.value FROM event e,"
				  " json_each(e.data, '$.apart') j"
				  " WHERE e.id = :id";
	bool first = d->what == NOTHING, any = false;
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, side->live, sql);
	db_bind_int(&q, ":id", event);
	while (db_row(&q)) {
		any = true;
		if (first)
			add_id(d, here(side, db_int(&q, 0)));
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	if (any && first)
		d->case_id = here(side, live_case);
	if (any)
		d->what = first ? APART : REFUSE;
	return rc;
}

static int64_t
op_of_event(struct side *side, int64_t event)
{
	static const char sql[] =
	    "SELECT coalesce(op, 0) FROM event WHERE id = :id";
	int64_t op = 0;
	struct db_stmt q;

	db_prepare(&q, side->live, sql);
	db_bind_int(&q, ":id", event);
	(void)db_one_int(&q, &op, NULL);
	return op;
}

static const struct {
	const char *kind;
	enum cq_move move;
} moves[] = {
    {"resolve", CQ_MOVE_RESOLVE},
    {"dismiss", CQ_MOVE_DISMISS},
    {"reopen", CQ_MOVE_REOPEN},
};

static enum cq_status
read_event(struct side *side, struct deed *d, struct db_stmt *q,
    struct cq_err *err)
{
	const char *kind = db_str(q, 0);
	int64_t case_id = db_int(q, 1), ref = db_int(q, 2), id = db_int(q, 3);

	snprintf(d->agent, sizeof(d->agent), "%s", db_str(q, 4));
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		if (strcmp(kind, moves[i].kind) != 0)
			continue;
		d->what = MOVE;
		d->move = moves[i].move;
		d->case_id = here(side, case_id);
	}
	if (strcmp(kind, "joined") == 0) {
		d->what = JOIN;
		d->case_id = here(side, ref);
		add_id(d, here(side, case_id));
	} else if (strcmp(kind, "split") == 0) {
		d->what = SPLIT;
		d->new_case = ref;
		return read_split(side, d, id, err);
	} else if (strcmp(kind, "unjoined") == 0) {
		d->what = SPLIT;
		return read_unjoined(side, d, case_id, err);
	} else if (strcmp(kind, "not_same") == 0) {
		return read_apart(side, d, case_id, id, err);
	} else if (strcmp(kind, "undo") == 0) {
		d->what = UNDO;
		d->undone = op_of_event(side, ref);
	}
	return CQ_OK;
}

static enum cq_status
read_deed(struct side *side, struct deed *d, int64_t op, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT e.kind, e.case_id, coalesce(e.ref, 0), e.id, g.name"
	    " FROM event e JOIN agent g ON g.id = e.agent WHERE e.op = :op"
	    " AND e.op IS NOT NULL AND e.kind NOT IN ('open', 'post')"
	    " ORDER BY e.id";
	struct db_stmt q;
	enum cq_status rc = CQ_OK;

	db_prepare(&q, side->live, sql);
	db_bind_int(&q, ":op", op);
	while (rc == CQ_OK && db_row(&q))
		rc = read_event(side, d, &q, err);
	if (rc == CQ_OK)
		rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* --- doing it again ------------------------------------------------------ */

/* An act that cannot be undone here must not be in the way of others. */
static enum cq_status
forget_last(struct side *side, const char *agent, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE op SET undoable = 0 WHERE id = (SELECT max(id) FROM op"
	    " WHERE agent = (SELECT id FROM agent WHERE name = :agent)"
	    " AND undoable = 1 AND undone_by IS NULL AND status = 0)";
	struct db_stmt q;

	db_prepare(&q, side->store, sql);
	db_bind_text(&q, ":agent", agent);
	return db_run(&q, err);
}

static enum cq_status
undo(struct side *side, const struct deed *d, const struct cq_act *act,
    struct cq_err *err)
{
	char what[64];
	enum cq_status rc;

	if (numbers_get(&side->op_of, d->undone) == 0)
		return CQ_NOT_FOUND; /* it was not done here */
	rc = cq_store_undo(side->store, act, what, sizeof(what), NULL, err);
	return goes_on(rc) && rc != CQ_OK ? forget_last(side, d->agent, err)
					  : rc;
}

static enum cq_status
split(struct side *side, const struct deed *d, const struct cq_act *act,
    struct cq_err *err)
{
	int64_t new_case = 0;
	enum cq_status rc = cq_store_split(side->store, act, d->case_id, d->ids,
	    d->n, NULL, &new_case, err);

	if (rc == CQ_OK && d->new_case != 0)
		numbers_set(&side->case_of, d->new_case, new_case);
	return rc;
}

static enum cq_status
refuse(struct side *side, struct deed *d, const struct cq_act *act,
    struct cq_err *err)
{
	add_id(d, d->case_id);
	return cq_store_refuse(side->store, act, d->ids, d->n, NULL, err);
}

static enum cq_status
move(struct side *side, int64_t id, enum cq_move how, const struct cq_act *act,
    struct cq_err *err)
{
	const char *words =
	    how == CQ_MOVE_RESOLVE ? cq_outcomes[0] : SCRATCH_AGENT;

	return cq_store_move(side->store, act, id, 0, how, words, 0, err);
}

static enum cq_status
do_again(struct side *side, struct deed *d, struct cq_err *err)
{
	struct cq_act act = side_act(side, d->agent);

	if (d->what != UNDO && d->case_id == 0)
		return CQ_NOT_FOUND; /* it is not here */
	switch (d->what) {
	case JOIN:
		return cq_store_join(side->store, &act, d->case_id, d->ids,
		    d->n, true, NULL, err);
	case SPLIT:
		return split(side, d, &act, err);
	case APART:
		return cq_store_not_same(side->store, &act, d->case_id, d->ids,
		    d->n, NULL, err);
	case REFUSE:
		return refuse(side, d, &act, err);
	case MOVE:
		return move(side, d->case_id, d->move, &act, err);
	case UNDO:
		return undo(side, d, &act, err);
	default:
		return CQ_NOT_FOUND;
	}
}

enum cq_status
people_act(struct side *side, int64_t live_op, struct cq_err *err)
{
	struct deed d = {0};
	enum cq_status rc = read_deed(side, &d, live_op, err);

	if (rc == CQ_OK && d.what != NOTHING) {
		rc = do_again(side, &d, err);
		if (rc == CQ_OK && d.what != UNDO)
			numbers_set(&side->op_of, live_op, 1);
	}
	free(d.ids);
	return goes_on(rc) ? CQ_OK : rc;
}

/* --- how cases stood before the first act -------------------------------- */

enum cq_status
people_moved(struct side *side, int64_t live_case, const char *name,
    struct cq_err *err)
{
	int64_t id = here(side, live_case);
	struct cq_act act = side_act(side, NULL);
	enum cq_state want;
	enum cq_status rc = CQ_OK;

	if (id == 0 || !cq_state_parse(name, &want))
		return CQ_OK;
	if (want == CQ_RESOLVED)
		rc = move(side, id, CQ_MOVE_RESOLVE, &act, err);
	else if (want == CQ_DISMISSED)
		rc = move(side, id, CQ_MOVE_DISMISS, &act, err);
	return goes_on(rc) ? CQ_OK : rc;
}

enum cq_status
people_joined(struct side *side, int64_t live_case, int64_t into,
    struct cq_err *err)
{
	int64_t one = here(side, live_case), other = here(side, into);
	struct cq_act act = side_act(side, NULL);
	enum cq_status rc;

	if (one == 0 || other == 0)
		return CQ_OK;
	rc = cq_store_join(side->store, &act, other, &one, 1, true, NULL, err);
	return goes_on(rc) ? CQ_OK : rc;
}
