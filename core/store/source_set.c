#include "core/store/listen.h"

#include <stdlib.h>
#include <string.h>

/* Changes of a source that goes on, by a person. */

/* Those that decide what is asked: it is due with them. */
#define ASKS (CQ_SET_TOKEN | CQ_SET_OPTIONS | CQ_SET_QUERY | CQ_SET_SINCE)

static bool
differ(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

/* Which of those that were said are others than now. */
static unsigned
others_than(const struct cq_source *now, const struct cq_source_set *set)
{
	const struct cq_source *to = set->to;
	unsigned others = CQ_SET_SINCE;

	if (differ(now->token_file, to->token_file))
		others |= CQ_SET_TOKEN;
	if (now->every_s != to->every_s)
		others |= CQ_SET_EVERY;
	if (differ(now->brand, to->brand))
		others |= CQ_SET_BRAND;
	if (differ(now->options, to->options))
		others |= CQ_SET_OPTIONS;
	if (differ(now->query, to->query))
		others |= CQ_SET_QUERY;
	return set->what & others;
}

/*
 * What waits for its interval waits for the new one; what waits because it
 * failed goes on with that.  A rest that a service wishes is kept by others.
 */
static int64_t
next_at(const struct verb *v, const struct cq_source *now,
    const struct cq_source *to, unsigned changed)
{
	int64_t due_at = now->ok_at + to->every_s;

	if ((changed & ASKS) != 0)
		return v->now;
	if ((changed & CQ_SET_EVERY) == 0 || now->n_failed > 0 ||
	    now->ok_at == CQ_NO_TIME ||
	    now->next_at > now->ok_at + now->every_s)
		return now->next_at;
	return due_at > v->now ? due_at : v->now;
}

static enum cq_status
write_source(struct verb *v, const struct cq_source *now,
    const struct cq_source *to, unsigned changed, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET token_file = :token, every_s = :every,"
	    " brand = :brand, options = :options, query = :query,"
	    " next_at = :next WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":token",
	    (changed & CQ_SET_TOKEN ? to : now)->token_file);
	db_bind_int(&q, ":every", (changed & CQ_SET_EVERY ? to : now)->every_s);
	db_bind_text(&q, ":brand", (changed & CQ_SET_BRAND ? to : now)->brand);
	db_bind_text(&q, ":options",
	    (changed & CQ_SET_OPTIONS ? to : now)->options);
	db_bind_text(&q, ":query", (changed & CQ_SET_QUERY ? to : now)->query);
	db_bind_int(&q, ":next", next_at(v, now, to, changed));
	db_bind_int(&q, ":id", now->id);
	return db_run(&q, err);
}

/* As if it had just been added: its habits were those of other posts. */
static enum cq_status
begin_anew(struct verb *v, int64_t id, const struct cq_source *to,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET cursor = :cursor, since_at = :since,"
	    " heard_from = NULL, heard_at = NULL, pause_s = 0, n_heard = 0"
	    " WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":cursor", to->cursor);
	db_bind_time(&q, ":since", to->since_at);
	db_bind_int(&q, ":id", id);
	rc = db_run(&q, err);
	return rc == CQ_OK ? gap_end(v, id, CQ_GAP_SILENT, err) : rc;
}

/* "token,query" */
static enum cq_status
log_set(struct verb *v, const char *name, unsigned done, struct cq_err *err)
{
	static const char *const words[] = {
	    "token", "every", "brand", "options", "query", "since"};
	struct cq_buf changed = {0};
	enum cq_status rc;

	cq_buf_str(&changed, "");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if ((done & 1U << i) != 0)
			cq_buf_fmt(&changed, "%s%s", changed.n > 0 ? "," : "",
			    words[i]);
	rc = source_log(v, "set", name, changed.s, err);
	cq_buf_free(&changed);
	return rc;
}

static enum cq_status
check(const struct cq_source *now, const struct cq_source_set *set,
    struct cq_err *err)
{
	if (strcmp(now->adapter, "ndjson") == 0)
		return cq_fail(err, CQ_INPUT,
		    "the posts of %s come by caseq ingest: there is nothing to "
		    "set",
		    now->name);
	if (set->cursor_before != NULL &&
	    strcmp(set->cursor_before, now->cursor) != 0)
		return cq_fail(err, CQ_CONFLICT,
		    "source %s was fetched meanwhile; say it again", now->name);
	return CQ_OK;
}

static enum cq_status
change(struct verb *v, const struct cq_source *now,
    const struct cq_source_set *set, struct cq_err *err)
{
	unsigned done = others_than(now, set);
	bool parked = now->paused && now->parked_at != CQ_NO_TIME;
	enum cq_status rc = CQ_OK;

	/* the file may have another token by now, by the same path */
	if (parked && ((done & ASKS) | (set->what & CQ_SET_TOKEN)) != 0)
		done |= CQ_SET_RESUMED;
	if (set->cursor_before != NULL)
		done |= CQ_SET_ANEW;
	if (done != 0)
		rc = write_source(v, now, set->to, done, err);
	if (rc == CQ_OK && (done & CQ_SET_TOKEN) != 0)
		rc = account_enter(v, now->id, err);
	if (rc == CQ_OK && (done & CQ_SET_ANEW) != 0)
		rc = begin_anew(v, now->id, set->to, err);
	if (rc == CQ_OK && (done & CQ_SET_RESUMED) != 0)
		rc = account_resume(v, now->name, err);
	if (rc == CQ_OK && done != 0)
		rc = log_set(v, now->name, done, err);
	v->number = done;
	return rc;
}

/* What was said, not what it is now: the same words twice are one act. */
static uint64_t
args_of(const struct cq_source_set *set)
{
	const struct cq_source *to = set->to;
	unsigned what = set->what;
	uint64_t args =
	    verb_args("%u %d %lld", what, what & CQ_SET_EVERY ? to->every_s : 0,
		(long long)(what & CQ_SET_SINCE ? set->since_s : 0));

	args = verb_args_more(args, to->name);
	args =
	    verb_args_more(args, what & CQ_SET_TOKEN ? to->token_file : NULL);
	args = verb_args_more(args, what & CQ_SET_BRAND ? to->brand : NULL);
	args = verb_args_more(args, what & CQ_SET_OPTIONS ? to->options : NULL);
	return verb_args_more(args, what & CQ_SET_QUERY ? to->query : NULL);
}

enum cq_status
cq_store_source_set(struct cq_store *store, const struct cq_act *act,
    const struct cq_source_set *set, unsigned *done, struct cq_err *err)
{
	struct cq_source now = {0};
	struct verb v = {0};
	unsigned did;
	enum cq_status rc = verb_begin(&v, store, act, "change sources",
	    args_of(set), CQ_MAY_ADMIN, DB_FULL, err);

	*done = 0;
	if (rc == CQ_OK && !v.replay) {
		rc = cq_store_source(store, set->to->name, &now, err);
		if (rc == CQ_OK)
			rc = check(&now, set, err);
		if (rc == CQ_OK)
			rc = change(&v, &now, set, err);
		cq_source_free(&now);
	}
	did = (unsigned)v.number;
	rc = verb_end(&v, rc, err);
	if (rc == CQ_OK)
		*done = did;
	return rc;
}
