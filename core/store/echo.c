#include "core/store/echo.h"

#include <string.h>

#include "core/hash.h"

int64_t
echo_key(const struct cq_post *post)
{
	return (int64_t)cq_hash_bytes(CQ_HASH_START, post->text,
	    strlen(post->text));
}

enum cq_status
echo_say(struct verb *v, const struct incoming *in, struct cq_err *err)
{
	static const char sql[] = "UPDATE echo SET said = :said WHERE"
				  " source = :source AND remote_id = :id";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":said", echo_key(in->post));
	db_bind_int(&q, ":source", in->source);
	db_bind_remote(&q, ":id", in->post->id);
	return db_run(&q, err);
}

/* Was an answer to it, a repost or a quote there before it? */
static enum cq_status
has_child(struct verb *v, const struct incoming *in, int64_t *has,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM post WHERE reply_to = :id"
	    "  AND source = :source)"
	    " OR EXISTS (SELECT 1 FROM post WHERE repost_of = :id"
	    "  AND source = :source)"
	    " OR EXISTS (SELECT 1 FROM post WHERE quote_of = :id"
	    "  AND source = :source)";
	struct db_stmt q;

	db_prepare(&q, v->store, sql);
	db_bind_remote(&q, ":id", in->post->id);
	db_bind_int(&q, ":source", in->source);
	return db_one_int(&q, has, err);
}

/* The post and its case; 0 if there is none. */
static enum cq_status
find(struct verb *v, const struct incoming *in, int64_t *post, int64_t *case_id,
    struct cq_err *err)
{
	/* never by the author, who may have very many posts, nor many of
	 * one uri, which any server may give to all its posts */
	static const char sql[] =
	    "SELECT p.id, p.case_id FROM source a CROSS JOIN source b"
	    " ON b.adapter = a.adapter AND b.id <> a.id"
	    " CROSS JOIN post p ON p.source = b.id AND p.remote_id = :id"
	    " WHERE a.id = :source AND +p.author = :author"
	    " AND p.created_at = :at AND p.text = :text"
	    " UNION ALL SELECT p.id, p.case_id FROM"
	    "  (SELECT id FROM post WHERE uri = :uri ORDER BY id DESC LIMIT 8) "
	    "n"
	    " CROSS JOIN post p ON p.id = n.id JOIN source b ON b.id = p.source"
	    " JOIN source a ON a.adapter = b.adapter"
	    " WHERE a.id = :source AND b.id <> :source"
	    " AND +p.author = :author AND p.created_at = :at"
	    " AND p.text = :text LIMIT 1";
	struct db_stmt q;
	enum cq_status rc;

	*post = *case_id = 0;
	db_prepare(&q, v->store, sql);
	db_bind_remote(&q, ":id", in->post->id);
	db_bind_text(&q, ":uri", in->post->uri);
	db_bind_int(&q, ":source", in->source);
	db_bind_int(&q, ":author", in->author);
	db_bind_int(&q, ":at", in->post->created_at);
	db_bind_text(&q, ":text", in->post->text);
	if (db_row(&q)) {
		*post = db_int(&q, 0);
		*case_id = db_int(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static enum cq_status
note(struct verb *v, const struct incoming *in, int64_t post, int64_t case_id,
    struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO echo (source, remote_id, post, after, said) VALUES"
	    " (:source, :id, :post, (SELECT max(id) FROM post), :said)";
	struct event_fields f = {.ref = post};
	struct cq_buf b = {0};
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", in->source);
	db_bind_remote(&q, ":id", in->post->id);
	db_bind_int(&q, ":post", post);
	db_bind_int(&q, ":said", echo_key(in->post));
	rc = db_run(&q, err);
	if (rc != CQ_OK)
		return rc;
	data_text(v->store, &b, "source", in->post->source);
	data_text(v->store, &b, "id", in->post->id);
	return event_log_data(v, case_root(v->store, case_id), "heard", &f, &b,
	    err);
}

enum cq_status
echo_note(struct verb *v, const struct incoming *in, bool *known,
    struct cq_err *err)
{
	int64_t post = 0, case_id, child = 0;
	enum cq_status rc;

	/* ids and authors hold beyond a source only within a network */
	if (!in->facts->any_alike || in->post->network == NULL ||
	    in->author == 0 || in->author_is_new ||
	    in->post->created_at == CQ_NO_TIME)
		return CQ_OK;
	rc = find(v, in, &post, &case_id, err);
	if (rc == CQ_OK && post != 0)
		rc = has_child(v, in, &child, err);
	*known = rc == CQ_OK && post != 0 && !child;
	return *known ? note(v, in, post, case_id, err) : rc;
}
