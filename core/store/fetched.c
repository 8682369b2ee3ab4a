#include "core/store/ingest.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/store/listen.h"

/* How a fetch ends, and what is to be looked at again. */

/*
 * What was on its way when its account was refused changes nothing of that:
 * it is parked with its error, whatever it still brought.
 */
#define PARKED "state = 'paused' AND parked_at IS NOT NULL"

/*
 * A person changed nothing of what it was asked by.  One that was removed and
 * added again meanwhile begins at another time.
 */
#define AS_ASKED                                                    \
	"(state <> 'removed' AND (:as_it_is OR (adapter = :adapter" \
	" AND query IS :query AND options IS :options"              \
	" AND token_file IS :token AND since_at IS :since)))"

static void
bind_asked(struct db_stmt *q, const struct cq_source *asked)
{
	static const struct cq_source any = {0};
	const struct cq_source *s = asked == NULL ? &any : asked;

	db_bind_int(q, ":as_it_is", asked == NULL);
	db_bind_text(q, ":adapter", s->adapter);
	db_bind_text(q, ":query", s->query);
	db_bind_text(q, ":options", s->options);
	db_bind_text(q, ":token", s->token_file);
	db_bind_time(q, ":since", s->since_at);
}

/* Why nothing was stored. */
static enum cq_status
overtaken(struct verb *v, const struct cq_fetched *f, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT iif(state = 'removed', 2, NOT " AS_ASKED ")"
	    " FROM source WHERE id = :id";
	struct db_stmt q;
	int64_t changed = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	bind_asked(&q, f->asked);
	db_bind_int(&q, ":id", f->source_id);
	rc = db_one_int(&q, &changed, err);
	if (rc != CQ_OK && rc != CQ_NOT_FOUND)
		return rc;
	if (changed == 2)
		return cq_fail(err, CQ_CONFLICT,
		    "the source was removed meanwhile: what still came of it "
		    "is left out");
	if (changed != 0)
		return cq_fail(err, CQ_CONFLICT,
		    "the source was changed meanwhile: what came by its old "
		    "settings is left out, and the next fetch goes by the new "
		    "ones");
	return cq_fail(err, CQ_CONFLICT,
	    "another fetch stored this page first: nothing is lost, "
	    "and nothing is there twice");
}

static enum cq_status
note_source(struct verb *v, const struct cq_ingested *sum,
    const struct cq_fetched *f, bool *parked, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET cursor = coalesce(:cursor, cursor),"
	    " address = coalesce(:address, address), next_at = :next,"
	    " ok_at = iif(:error IS NULL, :now, min(ok_at, :now)),"
	    " n_failed = iif(:error IS NOT NULL, n_failed + 1,"
	    "  iif(" PARKED ", n_failed, 0)),"
	    " failed_at = iif(:error IS NULL AND NOT (" PARKED "), NULL,"
	    "  coalesce(failed_at, :now)),"
	    " last_error = iif(" PARKED ", last_error, :error),"
	    " n_posts = n_posts + :posts,"
	    " parked_at = iif(:pause, :now, parked_at),"
	    " state = iif(:pause AND state = 'listening', 'paused', state),"
	    " rest_until = iif(rest_until > :now, rest_until, NULL)"
	    " WHERE id = :id AND cursor = :before AND " AS_ASKED
	    " RETURNING " PARKED;
	struct db_stmt q;
	int64_t is = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":cursor", f->cursor);
	db_bind_text(&q, ":address", f->address);
	db_bind_int(&q, ":next", f->next_at);
	db_bind_text(&q, ":error", f->error);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":posts", sum->n_new);
	db_bind_int(&q, ":pause", f->pause || f->refused);
	db_bind_int(&q, ":id", f->source_id);
	db_bind_text(&q, ":before",
	    f->cursor_before == NULL ? "" : f->cursor_before);
	bind_asked(&q, f->asked);
	rc = db_one_int(&q, &is, err);
	*parked = is != 0;
	return rc == CQ_NOT_FOUND ? overtaken(v, f, err) : rc;
}

static enum cq_status
note_fetch(struct verb *v, const struct cq_ingested *sum, void *arg,
    struct cq_err *err)
{
	const struct cq_fetched *f = arg;
	bool parked = false;
	enum cq_status rc = note_source(v, sum, f, &parked, err);

	if (rc == CQ_OK && f->refused)
		rc = account_park(v, f->source_id, f->error, err);
	if (rc == CQ_OK && f->rest_at > 0)
		rc = account_rest(v, f->source_id, f->rest_at, err);
	if (rc == CQ_OK && f->jumped)
		rc = gap_jumped(v, f->source_id,
		    f->jumped_at == 0 ? CQ_NO_TIME : f->jumped_at, err);
	if (rc != CQ_OK)
		return rc;
	return f->error != NULL || parked
	    ? gaps_judge(v, err)
	    : gap_end(v, f->source_id, CQ_GAP_FAILED, err);
}

/* With another token file it is of another account, which was told nothing. */
static enum cq_status
has_token(struct verb *v, const struct cq_fetched *f, bool *has,
    struct cq_err *err)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM source"
				  " WHERE id = :id AND token_file IS :token)";
	struct db_stmt q;
	int64_t is = 1;
	enum cq_status rc = CQ_OK;

	if (f->asked != NULL) {
		db_prepare(&q, v->store, sql);
		db_bind_int(&q, ":id", f->source_id);
		db_bind_text(&q, ":token", f->asked->token_file);
		rc = db_one_int(&q, &is, err);
	}
	*has = is != 0;
	return rc;
}

/* Who lost a race was told how long to wait all the same. */
static enum cq_status
note_rest(struct verb *v, const struct cq_ingested *sum, void *arg,
    struct cq_err *err)
{
	const struct cq_fetched *f = arg;
	bool has = false;
	enum cq_status rc = has_token(v, f, &has, err);

	(void)sum;
	return rc == CQ_OK && has
	    ? account_rest(v, f->source_id, f->rest_at, err)
	    : rc;
}

enum cq_status
cq_store_fetched(struct cq_store *store, const struct cq_act *act,
    const struct cq_fetched *fetched, const struct cq_post *posts, size_t n,
    struct cq_ingested *sum, struct cq_err *err)
{
	struct cq_fetched f = *fetched;
	struct cq_err unkept;
	enum cq_status rc = ingest_posts(store, act, "fetch", posts, n,
	    note_fetch, &f, sum, err);

	if (rc == CQ_CONFLICT && f.rest_at > 0)
		(void)ingest_posts(store, act, "fetch", NULL, 0, note_rest, &f,
		    NULL, &unkept);
	return rc;
}

/* --- looking again ------------------------------------------------------ */

/*
 * The lowest number of a post that was seen at that time or later: posts are
 * numbered as they come in, so it is found by halving.
 */
static int64_t
first_seen(struct cq_store *store, int64_t at, int64_t last, enum cq_status *rc,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT seen_at FROM post WHERE id >= :id ORDER BY id LIMIT 1";
	int64_t low = 1;

	while (low < last && *rc == CQ_OK) {
		int64_t middle = low + (last - low) / 2, seen_at = 0;
		struct db_stmt q;

		db_prepare(&q, store, sql);
		db_bind_int(&q, ":id", middle);
		*rc = db_one_int(&q, &seen_at, err);
		if (seen_at >= at)
			last = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Is it in a case that somebody still works, be it one that it joined? */
static bool
is_open(struct cq_store *store, int64_t case_id, int group)
{
	static const char sql[] = "SELECT grp FROM cases WHERE id = :id";
	int64_t root_group = group;
	struct db_stmt q;

	if (group == 3) {
		db_prepare(&q, store, sql);
		db_bind_int(&q, ":id", case_root(store, case_id));
		(void)db_one_int(&q, &root_group, NULL);
	}
	return root_group < 2;
}

static enum cq_status
collect(struct cq_store *store, int64_t source_id, int64_t first, size_t max,
    int64_t *before, struct cq_ids *out, struct cq_err *err)
{
	/* by number, never by source: see first_seen() */
	static const char sql[] =
	    "SELECT p.id, coalesce(e.remote_id, p.remote_id), p.case_id, c.grp"
	    " FROM post p JOIN cases c ON c.id = p.case_id"
	    " LEFT JOIN echo e ON e.post = p.id AND e.source = :source"
	    " WHERE p.id >= :first AND p.id < :before AND (+p.source = :source"
	    /* whoever read it first may be asked no more */
	    "  OR e.source IS NOT NULL AND NOT EXISTS (SELECT 1 FROM source f"
	    "   WHERE f.id = p.source AND f.state = 'listening'))"
	    " AND p.gone_at IS NULL ORDER BY p.id DESC";
	struct db_stmt q;
	int64_t id = 0;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":first", first);
	db_bind_int(&q, ":before", *before == 0 ? INT64_MAX : *before);
	db_bind_int(&q, ":source", source_id);
	while (out->n < max && db_row(&q)) {
		id = db_int(&q, 0);
		if (!is_open(store, db_int(&q, 2), (int)db_int(&q, 3)))
			continue;
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		out->at[out->n++] = cq_strdup(db_str(&q, 1));
	}
	*before = out->n < max ? 0 : id;
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

void
cq_ids_free(struct cq_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		free(ids->at[i]);
	free(ids->at);
	*ids = (struct cq_ids){0};
}

enum cq_status
cq_store_recheck(struct cq_store *store, int64_t source_id, int64_t since_at,
    size_t max, int64_t *before, struct cq_ids *out, struct cq_err *err)
{
	static const char sql[] = "SELECT coalesce(max(id), 0) FROM post";
	struct db_stmt q;
	int64_t last = 0, first;
	enum cq_status rc = db_look(store, err);

	*out = (struct cq_ids){0};
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, store, sql);
	rc = db_one_int(&q, &last, err);
	first = first_seen(store, since_at, last + 1, &rc, err);
	if (rc == CQ_OK)
		rc = collect(store, source_id, first, max, before, out, err);
	db_look_end(store);
	if (rc != CQ_OK)
		cq_ids_free(out);
	return rc;
}

enum cq_status
cq_store_looked(struct cq_store *store, int64_t source_id, int64_t looked_at,
    int64_t before, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET looked_at = :at, look_before = :before"
	    " WHERE id = :id";
	struct verb v;
	struct db_stmt q;
	enum cq_status rc = verb_begin_time(&v, store, err);

	if (rc == CQ_OK) {
		db_prepare(&q, store, sql);
		db_bind_int(&q, ":at", looked_at);
		db_bind_int(&q, ":before", before);
		db_bind_int(&q, ":id", source_id);
		rc = db_run(&q, err);
	}
	return verb_end(&v, rc, err);
}
