#include "core/store/known.h"

#include <stdlib.h>
#include <string.h>

/*
 * The index behind deduplication: looks up known posts for the stages of
 * core/dedup.c.
 */

#define HIT_COLUMNS                                                     \
	"SELECT p.id, p.case_id, p.seen_at, p.text, a.handle, p.author" \
	" FROM post p LEFT JOIN author a ON a.id = p.author "

/* Of so many posts with one text, one of the same author is preferred. */
#define SAME_TEXT_LOOKS "20"

static bool
fill(struct known *k, struct db_stmt *q, struct cq_dedup_hit *hit)
{
	static const char sql[] = "SELECT state FROM cases WHERE id = :id";
	struct db_stmt state;
	bool found = db_row(q);

	*hit = (struct cq_dedup_hit){0};
	if (found) {
		hit->post_id = db_int(q, 0);
		hit->case_id = case_root(k->store, db_int(q, 1));
		hit->seen_at = db_int(q, 2);
		hit->text = db_copy(q, 3);
		hit->handle = db_copy(q, 4);
		hit->same_author = k->author != 0 && db_int(q, 5) == k->author;
	}
	if (q->rc != SQLITE_OK && k->rc == SQLITE_OK)
		k->rc = q->rc;
	db_finalize(q);
	if (!found)
		return false;
	db_prepare(&state, k->store, sql);
	db_bind_int(&state, ":id", hit->case_id);
	if (!db_row(&state) || !cq_state_parse(db_str(&state, 0), &hit->state))
		hit->state = CQ_OPEN;
	db_finalize(&state);
	return true;
}

static bool
by_id(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	static const char sql[] =
	    HIT_COLUMNS "WHERE p.source = :source AND p.remote_id = :id";
	struct known *k = arg;
	struct db_stmt q;

	db_prepare(&q, k->store, sql);
	db_bind_int(&q, ":source", k->source);
	db_bind_text(&q, ":id", remote_id);
	return fill(k, &q, hit);
}

static bool
by_child(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	/* the oldest one: its case has been in the queue the longest */
	static const char sql[] = HIT_COLUMNS
	    "WHERE p.id = (SELECT min(id) FROM ("
	    " SELECT id FROM post WHERE reply_to = :id AND source = :source"
	    " UNION ALL"
	    " SELECT id FROM post WHERE repost_of = :id AND source = :source"
	    " UNION ALL"
	    " SELECT id FROM post WHERE quote_of = :id AND source = :source"
	    "))";
	struct known *k = arg;
	struct db_stmt q;

	db_prepare(&q, k->store, sql);
	db_bind_int(&q, ":source", k->source);
	db_bind_text(&q, ":id", remote_id);
	return fill(k, &q, hit);
}

static bool
by_uri(void *arg, const char *uri, struct cq_dedup_hit *hit)
{
	static const char sql[] =
	    HIT_COLUMNS "WHERE p.uri = :uri ORDER BY p.id LIMIT 1";
	struct known *k = arg;
	struct db_stmt q;

	db_prepare(&q, k->store, sql);
	db_bind_text(&q, ":uri", uri);
	return fill(k, &q, hit);
}

static bool
by_key(void *arg, uint64_t key, int64_t since, struct cq_dedup_hit *hit)
{
	static const char sql[] =
	    "SELECT * FROM (" HIT_COLUMNS
	    "WHERE p.text_key = :key AND p.seen_at >= :since"
	    " ORDER BY p.id DESC LIMIT " SAME_TEXT_LOOKS ")"
	    " ORDER BY author IS NOT :author, id DESC LIMIT 1";
	struct known *k = arg;
	struct db_stmt q;

	db_prepare(&q, k->store, sql);
	db_bind_int(&q, ":key", (int64_t)key);
	db_bind_int(&q, ":since", since);
	db_bind_int(&q, ":author", k->author);
	return fill(k, &q, hit);
}

struct cq_dedup_index
known_index(struct known *k)
{
	return (struct cq_dedup_index){
	    .by_id = by_id,
	    .by_child = by_child,
	    .by_uri = by_uri,
	    .by_key = by_key,
	    .arg = k,
	};
}
