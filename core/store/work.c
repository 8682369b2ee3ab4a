#include "core/store/verb.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/when.h"

/* What people do with a case: notes, tags, moves, owners. */

static enum cq_status
add_note(struct verb *v, int64_t case_id, const char *text, struct cq_err *err)
{
	static const char add[] =
	    "INSERT INTO note (case_id, agent, at, text)"
	    " VALUES (:case_id, :agent, :at, :text) RETURNING id";
	static const char count[] =
	    "UPDATE cases SET n_notes = n_notes + 1 WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, add);
	db_bind_int(&q, ":case_id", case_id);
	db_bind_int(&q, ":agent", v->agent);
	db_bind_int(&q, ":at", v->now);
	db_bind_text(&q, ":text", text);
	rc = db_one_int(&q, &v->number, err);
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, count);
	db_bind_int(&q, ":id", case_id);
	rc = db_run(&q, err);
	if (rc != CQ_OK)
		return rc;
	return draft_drop(v->store, v->agent, case_id, err);
}

enum cq_status
cq_store_note(struct cq_store *store, const struct cq_act *act, int64_t case_id,
    int64_t fence, const char *text, int64_t *note_id, struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	struct event_fields f = {.body = text};
	int64_t id = 0;
	enum cq_status rc = words_check(text, CQ_NOTE_MAX, "the note", err);

	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "note",
		    verb_args_more(verb_args("%lld", (long long)case_id), text),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = case_get(&v, case_id, &c, err);
		if (rc == CQ_OK && fence > 0)
			rc = claim_check(&v, &c, fence, err);
		if (rc == CQ_OK)
			rc = add_note(&v, c.id, text, err);
		v.case_id = c.id;
		v.undoable = true;
		f.ref = v.number;
		if (rc == CQ_OK)
			rc = event_log(&v, c.id, "note", &f, err);
	}
	id = v.number;
	case_done(&c);
	rc = verb_end(&v, rc, err);
	if (note_id != NULL)
		*note_id = rc == CQ_OK ? id : 0;
	return rc;
}

static void
note_change(struct cq_buf *changed, const char *tag, int64_t at_case,
    int64_t root)
{
	if (changed->n > 0)
		cq_buf_char(changed, ' ');
	cq_buf_str(changed, tag);
	if (at_case != root) /* a joined case keeps tags of its own */
		cq_buf_fmt(changed, "@%lld", (long long)at_case);
}

static enum cq_status
change_tag(struct verb *v, int64_t root, const char *tag, bool add,
    struct cq_buf *changed, struct cq_err *err)
{
	static const char add_sql[] = FAMILY
	    "INSERT INTO tag (case_id, tag) SELECT :root, :tag"
	    " WHERE NOT EXISTS (SELECT 1 FROM tag WHERE tag = :tag"
	    "  AND case_id IN (SELECT id FROM family)) RETURNING case_id";
	static const char del_sql[] =
	    FAMILY "DELETE FROM tag WHERE tag = :tag"
		   " AND case_id IN (SELECT id FROM family) RETURNING case_id";
	struct db_stmt q;
	enum cq_status rc;

	if (!cq_tag_valid(tag))
		return cq_fail(err, CQ_INPUT,
		    "'%s' is no tag: use lower-case letters, digits, '-', "
		    "'_', '.', at most %d bytes",
		    tag, CQ_TAG_MAX);
	db_prepare(&q, v->store, add ? add_sql : del_sql);
	db_bind_int(&q, ":root", root);
	db_bind_text(&q, ":tag", tag);
	while (db_row(&q))
		note_change(changed, tag, db_int(&q, 0), root);
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
change_tags(struct verb *v, int64_t root, const char *const *tags, bool add,
    struct cq_buf *changed, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	for (; tags != NULL && *tags != NULL && rc == CQ_OK; tags++)
		rc = change_tag(v, root, *tags, add, changed, err);
	return rc;
}

static uint64_t
tag_args(int64_t case_id, const char *const *add, const char *const *del)
{
	uint64_t args = verb_args("%lld", (long long)case_id);

	for (; add != NULL && *add != NULL; add++)
		args = verb_args_more(args, *add);
	args = verb_args_more(args, "-");
	for (; del != NULL && *del != NULL; del++)
		args = verb_args_more(args, *del);
	return args;
}

enum cq_status
cq_store_tag(struct cq_store *store, const struct cq_act *act, int64_t case_id,
    const char *const *add, const char *const *del, bool *changed,
    struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	struct cq_buf added = {0}, removed = {0}, b = {0};
	struct event_fields f = {0};
	char *data = NULL;
	enum cq_status rc;

	rc = verb_begin(&v, store, act, "tag", tag_args(case_id, add, del),
	    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = case_get(&v, case_id, &c, err);
		if (rc == CQ_OK)
			rc = change_tags(&v, c.id, add, true, &added, err);
		if (rc == CQ_OK)
			rc = change_tags(&v, c.id, del, false, &removed, err);
		data_text(store, &b, "added", added.s);
		data_text(store, &b, "removed", removed.s);
		data = data_end(&b);
		f.data = data;
		v.case_id = c.id;
		v.number = v.undoable = data != NULL;
		if (rc == CQ_OK && data != NULL)
			rc = event_log(&v, c.id, "tag", &f, err);
	}
	if (changed != NULL)
		*changed = rc == CQ_OK && v.number != 0;
	free(data);
	cq_buf_free(&added);
	cq_buf_free(&removed);
	case_done(&c);
	return verb_end(&v, rc, err);
}

static const struct {
	enum cq_move move;
	const char *verb;  /* as people call it */
	const char *event; /* as the log does */
} moves[] = {
    {CQ_MOVE_RESOLVE, "resolve", "resolve"},
    {CQ_MOVE_DISMISS, "dismiss", "dismiss"},
    {CQ_MOVE_REOPEN, "reopen", "reopen"},
    {CQ_MOVE_SNOOZE, "snooze", "snooze"},
    {CQ_MOVE_PEND, "snooze", "pend"},
};

static enum cq_status
check_move(enum cq_move move, const char *words, size_t *row,
    struct cq_err *err)
{
	for (*row = 0; *row < sizeof(moves) / sizeof(moves[0]); ++*row)
		if (moves[*row].move == move)
			break;
	if (*row == sizeof(moves) / sizeof(moves[0]))
		return cq_fail(err, CQ_INPUT, "no person makes that move");
	if (move == CQ_MOVE_RESOLVE &&
	    (words == NULL || !cq_outcome_known(words)))
		return cq_fail(err, CQ_INPUT,
		    "'%s' is no outcome; see 'caseq help resolve'",
		    words == NULL ? "" : words);
	if (move == CQ_MOVE_DISMISS || move == CQ_MOVE_REOPEN)
		return words_check(words, REASON_MAX, "the reason", err);
	return CQ_OK;
}

static enum cq_status
do_move(struct verb *v, struct case_now *c, size_t row, const char *words,
    int64_t until_at, struct cq_err *err)
{
	enum cq_move move = moves[row].move;
	struct cq_buf b = {0};
	enum cq_status rc;

	/* not asked of a repetition: its time may have come meanwhile */
	if (move == CQ_MOVE_SNOOZE && until_at <= v->now)
		return cq_fail(err, CQ_INPUT,
		    "a case can only be snoozed until a time to come");
	rc = case_step(v, c, move, err);
	if (rc != CQ_OK)
		return rc;
	if (move != CQ_MOVE_REOPEN)
		claim_end(c);
	if (move == CQ_MOVE_RESOLVE || move == CQ_MOVE_DISMISS)
		case_outcome(c, words);
	else
		data_text(v->store, &b, "reason", words);
	if (move == CQ_MOVE_SNOOZE)
		c->snooze_until_at = until_at;
	v->case_id = c->id;
	v->undoable = true;
	/* ref: whose claim it was done under */
	rc = case_save(v, c, moves[row].event, c->fence, &b, err);
	cq_buf_free(&b);
	return rc;
}

enum cq_status
cq_store_move(struct cq_store *store, const struct cq_act *act, int64_t case_id,
    int64_t fence, enum cq_move move, const char *words, int64_t until_at,
    struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	size_t row = 0;
	enum cq_status rc = check_move(move, words, &row, err);

	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, moves[row].verb,
		    verb_args_more(verb_args("%lld %d", (long long)case_id,
				       (int)move),
			words),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = case_get(&v, case_id, &c, err);
		if (rc == CQ_OK)
			rc = claim_check(&v, &c, fence, err);
		if (rc == CQ_OK)
			rc = do_move(&v, &c, row, words, until_at, err);
	}
	case_done(&c);
	return verb_end(&v, rc, err);
}

/* An agent may own a case itself or give up its own; else a lead must. */
static enum cq_status
check_assign(struct verb *v, const struct case_now *c, int64_t to,
    enum cq_role to_role, bool to_active, const char *name, struct cq_err *err)
{
	bool own = (to == v->agent && c->owner == 0) ||
	    (to == 0 && c->owner == v->agent) ||
	    (to == v->agent && c->owner == v->agent);

	if (to != 0 && !to_active)
		return cq_fail(err, CQ_CONFLICT,
		    "%s is retired and cannot own cases", name);
	if (to != 0 && !cq_role_may(to_role, CQ_MAY_WORK))
		return cq_fail(err, CQ_CONFLICT,
		    "%s is a %s and works no cases", name,
		    cq_role_name(to_role));
	if (!own && !cq_role_may(v->role, CQ_MAY_ASSIGN))
		return cq_fail(err, CQ_DENIED,
		    "only a %s may give a case to or take it from another "
		    "agent",
		    cq_right_who(CQ_MAY_ASSIGN));
	return CQ_OK;
}

enum cq_status
cq_store_assign(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const char *to, const char *reason, struct cq_err *err)
{
	struct verb v = {0};
	struct case_now c = {0};
	struct cq_buf b = {0};
	int64_t to_id = 0;
	enum cq_role role = CQ_AGENT;
	bool active = false;
	enum cq_status rc = reason_check(reason, err);

	if (rc == CQ_OK)
		rc = verb_begin(&v, store, act, "assign",
		    verb_args_more(verb_args_more(verb_args("%lld",
						      (long long)case_id),
				       to),
			reason),
		    CQ_MAY_WORK, DB_FULL, err);
	if (rc == CQ_OK && !v.replay) {
		rc = case_get(&v, case_id, &c, err);
		if (rc == CQ_OK && to != NULL)
			rc = agent_id(store, to, &to_id, &role, &active, err);
		if (rc == CQ_OK)
			rc = check_assign(&v, &c, to_id, role, active, to, err);
		/* owning a case is no way round a colleague's claim */
		if (rc == CQ_OK && to_id != 0 && c.live && c.holder != to_id &&
		    !cq_role_may(v.role, CQ_MAY_ASSIGN))
			rc = claim_refuse(&v, &c, err);
		if (rc == CQ_OK) {
			c.owner = to_id;
			if (to_id != 0 && c.holder != to_id)
				claim_end(&c);
			data_text(store, &b, "reason", reason);
			v.case_id = c.id;
			v.undoable = true;
			rc = case_save(&v, &c, "assign", 0, &b, err);
		}
	}
	cq_buf_free(&b);
	case_done(&c);
	return verb_end(&v, rc, err);
}
