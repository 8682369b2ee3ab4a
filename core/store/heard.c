#include "core/store/listen.h"

/*
 * How much a source is heard: its posts by day, and its habit (core/gap.h).
 * Both go by when posts were written, so that what is fetched late or all at
 * once counts where it belongs.
 */

/* Days that are counted: nobody asks for more than a week. */
#define HEARD_DAYS 31

#define DAY_S (24 * 3600)

int64_t
heard_day(int64_t at)
{
	return at >= 0 ? at / DAY_S : (at - DAY_S + 1) / DAY_S;
}

static enum cq_status
count_day(struct verb *v, int64_t source, int64_t day, int64_t n,
    struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO heard (source, day, n) VALUES (:source, :day, :n)"
	    " ON CONFLICT (source, day) DO UPDATE SET n = n + excluded.n";
	struct db_stmt q;

	if (n == 0 || day <= heard_day(v->now) - HEARD_DAYS)
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	db_bind_int(&q, ":day", day);
	db_bind_int(&q, ":n", n);
	return db_run(&q, err);
}

static enum cq_status
read_habit(struct verb *v, int64_t source, struct cq_habit *h,
    struct cq_err *err)
{
	static const char sql[] = "SELECT heard_from, heard_at, pause_s,"
				  " n_heard FROM source WHERE id = :id";
	struct db_stmt q;
	enum cq_status rc;

	*h = (struct cq_habit){CQ_NO_TIME, CQ_NO_TIME, 0, 0};
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", source);
	if (db_row(&q))
		*h = (struct cq_habit){db_time(&q, 0), db_time(&q, 1),
		    db_int(&q, 2), db_int(&q, 3)};
	if (h->heard_at > v->now) { /* the clock was set back */
		h->from_at -= h->heard_at - v->now;
		h->heard_at = v->now;
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* A source that is fetched is counted when its fetch ends. */
static enum cq_status
write_habit(struct verb *v, int64_t source, const struct cq_habit *h, int64_t n,
    struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE source SET heard_from = :from, heard_at = :at,"
	    " pause_s = :pause, n_heard = :heard,"
	    " n_posts = n_posts + iif(state = 'given', :n, 0),"
	    " ok_at = iif(state = 'given', :now, ok_at) WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_time(&q, ":from", h->from_at);
	db_bind_time(&q, ":at", h->heard_at);
	db_bind_int(&q, ":pause", h->pause_s);
	db_bind_int(&q, ":heard", h->n);
	db_bind_int(&q, ":n", n);
	db_bind_int(&q, ":now", v->now);
	db_bind_int(&q, ":id", source);
	return db_run(&q, err);
}

/* The posts are of one source; posts of one day mostly stand together. */
static enum cq_status
hear(struct verb *v, const struct incoming *in, size_t n, struct cq_err *err)
{
	struct cq_habit habit;
	int64_t day = 0, n_day = 0, n_new = 0;
	bool heard = false;
	enum cq_status rc = read_habit(v, in->source, &habit, err);

	for (size_t i = 0; i < n && rc == CQ_OK; i++) {
		int64_t at;

		if (!in[i].is_new)
			continue;
		at = cq_post_moment(in[i].post, v->now);
		n_new++;
		if (!in[i].own) { /* our answers tell nothing of others */
			cq_habit_hear(&habit, at);
			heard = true;
		}
		if (heard_day(at) != day) {
			rc = count_day(v, in->source, day, n_day, err);
			day = heard_day(at);
			n_day = 0;
		}
		n_day++;
	}
	if (heard)
		cq_habit_late(&habit, v->now);
	if (rc == CQ_OK)
		rc = count_day(v, in->source, day, n_day, err);
	if (rc == CQ_OK)
		rc = write_habit(v, in->source, &habit, n_new, err);
	return rc == CQ_OK && heard ? gap_end(v, in->source, CQ_GAP_SILENT, err)
				    : rc;
}

enum cq_status
heard_posts(struct verb *v, const struct incoming *in, size_t n,
    struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	size_t end;

	for (size_t i = 0; i < n && rc == CQ_OK; i = end) {
		bool any = in[i].is_new;

		for (end = i + 1; end < n && in[end].source == in[i].source;
		     end++)
			any = any || in[end].is_new;
		if (any)
			rc = hear(v, in + i, end - i, err);
	}
	return rc;
}
