#include "core/store/migrate.h"

#include <stdlib.h>

#include "core/limits.h"
#include "core/link.h"
#include "core/normal.h"
#include "core/store/incoming.h"
#include "core/store/wordrow.h"

/* Words are written after so many posts: memory has an end. */
#define POSTS_AT_ONCE 5000

/* text_key too: texts are reduced in another way than they were. */
static enum cq_status
set_keys(struct cq_store *store, int64_t id, const struct cq_normal *normal,
    int64_t link_key, const char *conversation, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE post SET text_key = :key, link_key = :link,"
	    " conversation = :conversation WHERE id = :id";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	if (incoming_has_key(normal))
		db_bind_int(&q, ":key", incoming_key(normal->key));
	db_bind_id(&q, ":link", link_key);
	db_bind_text(&q, ":conversation", conversation);
	db_bind_int(&q, ":id", id);
	return db_run(&q, err);
}

static bool
has_new_keys(struct db_stmt *q, const struct cq_normal *normal,
    int64_t link_key)
{
	bool had_key = db_time(q, 3) != CQ_NO_TIME;

	if (link_key != 0 || db_text(q, 4) != NULL)
		return true;
	if (had_key != incoming_has_key(normal))
		return true;
	return had_key && db_int(q, 3) != incoming_key(normal->key);
}

static enum cq_status
take_post(struct cq_store *store, struct db_stmt *q, struct cq_err *err)
{
	struct cq_normal normal = cq_normalise(db_str(q, 1));
	int64_t id = db_int(q, 0), link_key = cq_link_key(db_text(q, 2));
	enum cq_status rc = CQ_OK;

	if (has_new_keys(q, &normal, link_key))
		rc = set_keys(store, id, &normal, link_key, db_text(q, 4), err);
	words_add(store, &normal, id);
	cq_normal_free(&normal);
	return rc;
}

/* The next posts behind *last; *n is how many there were. */
static enum cq_status
take_some(struct cq_store *store, int64_t *last, int *n, struct cq_err *err)
{
	/* version 1 kept the name of a thread among what it did not know */
	static const char sql[] =
	    "SELECT id, text, url, text_key, CASE WHEN json_valid(extra) AND"
	    "  json_type(extra, '$.conversation') = 'text' THEN"
	    "  json_extract(extra, '$.conversation') END"
	    " FROM post WHERE id > :last ORDER BY id LIMIT :max";
	struct db_stmt q;
	enum cq_status rc = CQ_OK, read;

	*n = 0;
	db_prepare(&q, store, sql);
	db_bind_int(&q, ":last", *last);
	db_bind_int(&q, ":max", POSTS_AT_ONCE);
	while (rc == CQ_OK && db_row(&q)) {
		*last = db_int(&q, 0);
		++*n;
		rc = take_post(store, &q, err);
	}
	read = db_result(&q, rc == CQ_OK ? err : NULL);
	db_finalize(&q);
	if (rc == CQ_OK)
		rc = read;
	return rc == CQ_OK ? words_flush(store, err) : rc;
}

/* What is too old to be suggested need not be in the word index. */
static enum cq_status
leave_out_old(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] =
	    "UPDATE queue SET searched = coalesce((SELECT max(id) FROM post"
	    " WHERE seen_at < :since), 0)";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":since", db_now(store) - CQ_LIKE_WINDOW_S);
	return db_run(&q, err);
}

enum cq_status
migrate_posts(struct cq_store *store, struct cq_err *err)
{
	int64_t last = 0;
	int n = POSTS_AT_ONCE;
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK && n == POSTS_AT_ONCE)
		rc = take_some(store, &last, &n, err);
	if (rc == CQ_OK)
		rc = leave_out_old(store, err);
	words_forget(store); /* if it failed, they were not stored */
	return rc;
}
