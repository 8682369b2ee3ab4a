#include "core/store/echo.h"

enum cq_status
echo_facts(struct verb *v, int64_t source, struct source_facts *facts,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM echo WHERE source = :source),"
	    " EXISTS (SELECT 1 FROM source a JOIN source b"
	    "  ON b.adapter = a.adapter AND b.id <> a.id WHERE a.id = :source)";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	if (db_row(&q)) {
		facts->any_echo = db_int(&q, 0) != 0;
		facts->any_alike = db_int(&q, 1) != 0;
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

/* 0 if there is none. */
static enum cq_status
find(struct verb *v, const struct incoming *in, int64_t *post,
    struct cq_err *err)
{
	/* never by the author, who may have very many posts */
	static const char sql[] =
	    "SELECT p.id FROM source a CROSS JOIN source b"
	    " ON b.adapter = a.adapter AND b.id <> a.id"
	    " CROSS JOIN post p ON p.source = b.id AND p.remote_id = :id"
	    " WHERE a.id = :source AND +p.author = :author"
	    " AND p.created_at = :at AND p.text = :text"
	    " UNION ALL SELECT p.id FROM post p JOIN source b"
	    " ON b.id = p.source JOIN source a ON a.adapter = b.adapter"
	    " WHERE p.uri = :uri AND a.id = :source AND b.id <> :source"
	    " AND +p.author = :author AND p.created_at = :at"
	    " AND p.text = :text LIMIT 1";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_remote(&q, ":id", in->post->id);
	db_bind_text(&q, ":uri", in->post->uri);
	db_bind_int(&q, ":source", in->source);
	db_bind_int(&q, ":author", in->author);
	db_bind_int(&q, ":at", in->post->created_at);
	db_bind_text(&q, ":text", in->post->text);
	*post = db_row(&q) ? db_int(&q, 0) : 0;
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

enum cq_status
echo_note(struct verb *v, const struct incoming *in, bool *known,
    struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO echo (source, remote_id, post, after)"
	    " VALUES (:source, :id, :post, (SELECT max(id) FROM post))";
	struct db_stmt q;
	int64_t post = 0;
	enum cq_status rc;

	/* ids and authors hold beyond a source only within a network */
	if (!in->facts->any_alike || in->post->network == NULL ||
	    in->author == 0 || in->author_is_new ||
	    in->post->created_at == CQ_NO_TIME)
		return CQ_OK;
	rc = find(v, in, &post, err);
	*known = rc == CQ_OK && post != 0;
	if (!*known)
		return rc;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", in->source);
	db_bind_remote(&q, ":id", in->post->id);
	db_bind_int(&q, ":post", post);
	return db_run(&q, err);
}
