#include "core/store/incoming.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/echo.h"
#include "core/store/postcache.h"
#include "core/store/url.h"
#include "core/store/wordrow.h"

/* The rows of one post that comes in: its source, its author, its texts. */

enum cq_status
incoming_source(struct verb *v, const char *name, int64_t *id,
    struct cq_err *err)
{
	static const char find[] = "SELECT id FROM source WHERE name = :name";
	static const char add[] =
	    "INSERT INTO source (name, adapter, state)"
	    " VALUES (:name, 'ndjson', 'given') RETURNING id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, find);
	db_bind_text(&q, ":name", name);
	rc = db_one_int(&q, id, err);
	if (rc != CQ_NOT_FOUND)
		return rc;
	db_prepare(&q, v->store, add);
	db_bind_text(&q, ":name", name);
	return db_one_int(&q, id, err);
}

static bool
is_same(struct db_stmt *q, int column, const char *new)
{
	const char *old = db_text(q, column);

	return new == NULL || (old != NULL && strcmp(old, new) == 0);
}

/* The author's number, 0 if it is new; *same if nothing about it changed. */
static enum cq_status
find_author(struct verb *v, const struct cq_post *p, const char *network,
    const char *handle, int64_t *id, bool *same, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, handle, name, followers FROM author"
	    " WHERE network = :network AND remote_id = :author";
	struct db_stmt q;
	enum cq_status rc;

	*id = 0;
	*same = false;
	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":network", network);
	db_bind_text(&q, ":author", p->author);
	if (db_row(&q)) {
		*id = db_int(&q, 0);
		*same = is_same(&q, 1, handle) &&
		    is_same(&q, 2, p->author_name) &&
		    (p->author_followers < 0 ||
			p->author_followers == db_time(&q, 3));
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

enum cq_status
incoming_author(struct verb *v, struct incoming *in, struct cq_err *err)
{
	static const char add[] =
	    "INSERT INTO author (network, remote_id, handle, name, followers)"
	    " VALUES (:network, :author, :handle, :name, :followers)";
	static const char set[] =
	    "UPDATE author SET handle = coalesce(:handle, handle),"
	    " name = coalesce(:name, name),"
	    " followers = coalesce(:followers, followers)"
	    " WHERE network = :network AND remote_id = :author";
	const struct cq_post *p = in->post;
	const char *network = p->network == NULL ? p->source : p->network;
	const char *handle = p->handle == NULL ? p->author : p->handle;
	struct db_stmt q;
	bool same = false;
	enum cq_status rc;

	in->author = 0;
	if (p->author == NULL || p->author[0] == '\0')
		return CQ_OK;
	rc = find_author(v, p, network, handle, &in->author, &same, err);
	if (rc != CQ_OK || same)
		return rc;
	in->author_is_new = in->author == 0;
	if (in->author_is_new)
		db_prepare(&q, v->store, add);
	else
		db_prepare(&q, v->store, set);
	db_bind_text(&q, ":network", network);
	db_bind_text(&q, ":author", p->author);
	db_bind_text(&q, ":handle", handle);
	db_bind_text(&q, ":name", p->author_name);
	db_bind_time(&q, ":followers",
	    p->author_followers < 0 ? CQ_NO_TIME : p->author_followers);
	rc = db_run(&q, err);
	if (rc == CQ_OK && in->author_is_new)
		in->author = sqlite3_last_insert_rowid(v->store->db);
	return rc;
}

enum cq_status
incoming_own(struct verb *v, struct incoming *in, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM own WHERE source IN (0, :source)"
	    " AND handle IN (ltrim(lower(:handle), '@'),"
	    "  ltrim(lower(:author), '@')))";
	const struct cq_post *p = in->post;
	struct db_stmt q;
	int64_t own = 0;
	enum cq_status rc;

	in->own = false;
	if (!in->facts->any_own || p->author == NULL || p->author[0] == '\0')
		return CQ_OK;
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", in->source);
	db_bind_text(&q, ":handle", p->handle);
	db_bind_text(&q, ":author", p->author);
	rc = db_one_int(&q, &own, err);
	in->own = own != 0;
	return rc;
}

bool
incoming_has_key(const struct cq_normal *n)
{
	return n->n_words >= CQ_WORDS_KNOWN && n->n_letters >= CQ_LETTERS_KNOWN;
}

int64_t
incoming_key(uint64_t key)
{
	return (int32_t)(uint32_t)(key ^ key >> 32);
}

void
incoming_data(struct cq_store *store, const struct cq_post *post,
    struct cq_buf *data)
{
	if (post->visibility != CQ_PUBLIC)
		data_text(store, data, "visibility",
		    cq_visibility_name(post->visibility));
	if (post->bot)
		data_int(data, "bot", 1);
}

static enum cq_status
store_suggestions(struct verb *v, const struct incoming *in,
    const struct cq_verdict *verdict, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO suggestion (post, other, rank, rule, score, why, at)"
	    " VALUES (:post, :other, :rank, :rule, :score, :why, :now)";
	enum cq_status rc = CQ_OK;

	for (size_t i = 0; i < verdict->n_suggestions && rc == CQ_OK; i++) {
		const struct cq_suggestion *s = &verdict->suggestions[i];
		struct db_stmt q;

		db_prepare(&q, v->store, sql);
		db_bind_int(&q, ":post", in->id);
		db_bind_int(&q, ":other", s->post_id);
		db_bind_int(&q, ":rank", (int64_t)i + 1);
		db_bind_text(&q, ":rule", cq_rule_name(s->rule));
		db_bind_int(&q, ":score", s->score);
		db_bind_text(&q, ":why", s->why);
		db_bind_int(&q, ":now", v->now);
		rc = db_run(&q, err);
	}
	return rc;
}

/* The next posts look for it: its words, and itself while it is warm. */
static void
remember(struct verb *v, struct incoming *in)
{
	const struct cq_post *p = in->post;
	struct old_post old = {
	    .id = in->id,
	    .source = in->source,
	    .author = in->author,
	    .at = cq_post_moment(p, v->now),
	    .normal = in->normal,
	    .brand = cq_strdup(p->brand),
	    .lang = cq_strdup(p->lang),
	};

	in->normal = (struct cq_normal){0};
	words_add(v->store, &old.normal, in->id);
	postcache_put(v->store, &old);
}

enum cq_status
incoming_store(struct verb *v, struct incoming *in, int64_t case_id,
    const struct cq_verdict *verdict, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO post (id, source, remote_id, case_id, author, text, "
	    "url,"
	    " uri, lang, reply_to, repost_of, quote_of, conversation, brand,"
	    " extra, rating, followers, created_at, seen_at, text_key,"
	    " link_key, near, own, flags, rule, why) VALUES (:number, :source, "
	    ":id,"
	    " :case_id, :author, :text, :url, :uri, :lang, :reply_to,"
	    " :repost_of, :quote_of, :conversation, :brand, :extra, :rating,"
	    " :followers, :created, :seen, :key, :link, :near, :own, :flags,"
	    " :rule, :why)";
	const struct cq_post *p = in->post;
	struct url url = {0};
	struct db_stmt q;
	enum cq_status rc = url_pack(v, in, &url, err);

	if (rc != CQ_OK) {
		url_free(&url);
		return rc;
	}
	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":number", in->id);
	db_bind_int(&q, ":source", in->source);
	db_bind_remote(&q, ":id", p->id);
	db_bind_int(&q, ":case_id", case_id);
	db_bind_id(&q, ":author", in->author);
	db_bind_text(&q, ":text", p->text);
	url_bind(&q, ":url", &url);
	db_bind_text(&q, ":uri", p->uri);
	db_bind_text(&q, ":lang", p->lang);
	db_bind_remote(&q, ":reply_to", p->in_reply_to);
	db_bind_remote(&q, ":repost_of", p->repost_of);
	db_bind_remote(&q, ":quote_of", p->quote_of);
	db_bind_text(&q, ":conversation", p->conversation);
	db_bind_text(&q, ":brand", p->brand);
	db_bind_text(&q, ":extra", p->extra);
	db_bind_id(&q, ":rating", p->rating);
	db_bind_time(&q, ":followers",
	    p->author_followers < 0 ? CQ_NO_TIME : p->author_followers);
	db_bind_time(&q, ":created", p->created_at);
	db_bind_int(&q, ":seen", v->now);
	if (incoming_has_key(&in->normal) && !in->own)
		db_bind_int(&q, ":key", incoming_key(in->normal.key));
	db_bind_id(&q, ":link", in->link_key);
	db_bind_id(&q, ":near", verdict->post_id);
	db_bind_int(&q, ":own", in->own);
	db_bind_int(&q, ":flags", POST_FLAGS(p->visibility, p->bot));
	db_bind_text(&q, ":rule", cq_rule_name(verdict->rule));
	db_bind_text(&q, ":why",
	    verdict->rule == CQ_RULE_FIRST ? NULL : verdict->why);
	rc = db_run(&q, err);
	url_free(&url);
	if (rc == CQ_OK)
		rc = store_suggestions(v, in, verdict, err);
	if (rc == CQ_OK && !in->own)
		remember(v, in);
	return rc;
}

static enum cq_status
was_said_before(struct verb *v, int64_t post, const char *text, bool *yes,
    struct cq_err *err)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM revision"
				  " WHERE post = :post AND text = :text)";
	struct db_stmt q;
	int64_t said = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":post", post);
	db_bind_text(&q, ":text", text);
	rc = db_one_int(&q, &said, err);
	*yes = said != 0;
	return rc;
}

/* Is a text of the past no newer than what is known, or in the future? */
static enum cq_status
is_late(struct verb *v, const struct incoming *in, bool *yes,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT max(p.seen_at, coalesce((SELECT max(r.at) FROM revision r"
	    " WHERE r.post = p.id), 0)) FROM post p WHERE p.id = :id";
	struct db_stmt q;
	int64_t known_at = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":id", in->id);
	rc = db_one_int(&q, &known_at, err);
	*yes = in->post->past_at <= known_at || in->post->past_at > v->now;
	return rc;
}

/* Others who keep the post in memory see by it that they must not. */
static enum cq_status
count_edit(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] = "UPDATE queue SET n_edits = n_edits + 1";
	struct db_stmt q;

	store->n_edits++;
	db_prepare(&q, store, sql);
	return db_run(&q, err);
}

static enum cq_status
revise(struct verb *v, struct incoming *in, int64_t case_id, struct cq_err *err)
{
	static const char keep[] =
	    "INSERT INTO revision (post, n, at, text)"
	    " SELECT id, n_revisions + 1, :at, text FROM post"
	    " WHERE id = :id RETURNING n";
	static const char set[] =
	    "UPDATE post SET text = :text, text_key = :key,"
	    " n_revisions = n_revisions + 1 WHERE id = :id";
	struct event_fields f = {.ref = in->id, .body = in->post->text};
	struct cq_buf b = {0};
	struct db_stmt q;
	int64_t n = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, keep);
	/* when it was replaced, as far as that is known */
	db_bind_int(&q, ":at",
	    in->post->past_at == 0 ? v->now : in->post->past_at);
	db_bind_int(&q, ":id", in->id);
	rc = db_one_int(&q, &n, err);
	if (rc != CQ_OK)
		return rc;
	db_prepare(&q, v->store, set);
	db_bind_text(&q, ":text", in->post->text);
	if (incoming_has_key(&in->normal))
		db_bind_int(&q, ":key", incoming_key(in->normal.key));
	db_bind_int(&q, ":id", in->id);
	rc = db_run(&q, err);
	postcache_drop(v->store, in->id);
	if (rc == CQ_OK)
		rc = count_edit(v->store, err);
	if (rc != CQ_OK)
		return rc;
	data_int(&b, "revision", n); /* what the text before it is now */
	return event_log_data(v, case_id, "edit", &f, &b, err);
}

/*
 * Fewer may read it now, as with an issue that was made confidential.  It is
 * never more: most services do not tell, and what was private once is not to
 * be quoted.
 */
static enum cq_status
hide(struct verb *v, const struct incoming *in, int flags, int64_t case_id,
    struct cq_err *err)
{
	static const char sql[] = "UPDATE post SET flags = :flags"
				  " WHERE id = :id";
	enum cq_visibility visibility = in->post->visibility;
	struct event_fields f = {.ref = in->id};
	struct cq_buf b = {0};
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":flags", POST_FLAGS(visibility, FLAGS_BOT(flags)));
	db_bind_int(&q, ":id", in->id);
	rc = db_run(&q, err);
	if (rc != CQ_OK)
		return rc;
	data_text(v->store, &b, "visibility", cq_visibility_name(visibility));
	return event_log_data(v, case_id, "hidden", &f, &b, err);
}

/* A post went away, or came back. */
static enum cq_status
log_gone(struct verb *v, int64_t post, int64_t case_id, const char *kind,
    struct cq_err *err)
{
	static const char sql[] = "UPDATE post SET gone_at = :at"
				  " WHERE id = :id";
	bool gone = strcmp(kind, "gone") == 0;
	struct event_fields f = {.ref = post};
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_time(&q, ":at", gone ? v->now : CQ_NO_TIME);
	db_bind_int(&q, ":id", post);
	rc = db_run(&q, err);
	return rc == CQ_OK
	    ? event_log(v, case_root(v->store, case_id), kind, &f, err)
	    : rc;
}

enum cq_status
incoming_gone(struct verb *v, struct incoming *in, struct cq_err *err)
{
	/* another server may lack it for reasons of its own */
	static const char sql[] =
	    "SELECT id, case_id FROM post WHERE source = :source"
	    " AND remote_id = :id AND gone_at IS NULL"
	    " UNION ALL SELECT p.id, p.case_id FROM echo e"
	    " JOIN post p ON p.id = e.post AND p.remote_id = e.remote_id"
	    " WHERE e.source = :source AND e.remote_id = :id"
	    " AND p.gone_at IS NULL LIMIT 1";
	struct db_stmt q;
	int64_t case_id = 0;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", in->source);
	db_bind_remote(&q, ":id", in->post->id);
	if (db_row(&q)) {
		in->id = db_int(&q, 0);
		case_id = db_int(&q, 1);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc == CQ_OK && case_id != 0
	    ? log_gone(v, in->id, case_id, "gone", err)
	    : rc;
}

/* A post that is known, beside what comes in now. */
struct old {
	int64_t id, case_id;
	bool same, gone; /* of the same text; it went away */
	int flags;
	bool again; /* another source's, as this one said it before */
};

/* Ends q, the query for it; old->id is 0 if it finds none. */
static enum cq_status
take_old(struct db_stmt *q, const struct incoming *in, struct old *old,
    struct cq_err *err)
{
	enum cq_status rc;

	*old = (struct old){0};
	db_bind_int(q, ":source", in->source);
	db_bind_remote(q, ":id", in->post->id);
	if (db_row(q))
		*old = (struct old){
		    .id = db_int(q, 0),
		    .case_id = db_int(q, 1),
		    .same = db_int(q, 2) != 0,
		    .gone = db_int(q, 3) != 0,
		    .flags = (int)db_int(q, 4),
		    .again = db_int(q, 5) != 0,
		};
	rc = db_result(q, err);
	db_finalize(q);
	return rc;
}

static enum cq_status
find_old(struct verb *v, const struct incoming *in, struct old *old,
    struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id, case_id, text = :text, gone_at IS NOT NULL, flags, 0"
	    " FROM post"
	    " WHERE source = :source AND remote_id = :id";
	/* that it is there says nothing of the place where it was read first */
	static const char echo[] =
	    "SELECT p.id, p.case_id, p.text = :text, 0, p.flags,"
	    " e.said = :said FROM echo e JOIN post p ON p.id = e.post"
	    " WHERE e.source = :source AND e.remote_id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_text(&q, ":text", in->post->text);
	rc = take_old(&q, in, old, err);
	if (rc != CQ_OK || old->id != 0 || !in->facts->any_echo)
		return rc;
	db_prepare(&q, v->store, echo);
	db_bind_text(&q, ":text", in->post->text);
	db_bind_int(&q, ":said", echo_key(in->post));
	rc = take_old(&q, in, old, err);
	if (rc == CQ_OK && old->id != 0 && !old->again)
		rc = echo_say(v, in, err);
	old->same = old->same || old->again;
	return rc;
}

enum cq_status
incoming_known(struct verb *v, struct incoming *in, bool *known,
    struct cq_ingested *sum, struct cq_err *err)
{
	struct old old;
	bool said;
	enum cq_status rc = find_old(v, in, &old, err);

	*known = old.id != 0;
	if (rc != CQ_OK || !*known)
		return rc;
	in->id = old.id;
	said = old.same;
	sum->n_known++;
	if (in->post->visibility > FLAGS_VISIBILITY(old.flags))
		rc = hide(v, in, old.flags, case_root(v->store, old.case_id),
		    err);
	/* an old file read again must not turn the clock back */
	if (rc == CQ_OK && in->post->past_at != 0 && !old.same)
		rc = is_late(v, in, &said, err);
	else if (rc == CQ_OK && !in->newest && !old.same)
		rc = was_said_before(v, in->id, in->post->text, &said, err);
	if (rc == CQ_OK && old.gone && in->post->past_at == 0 &&
	    (in->newest || !said))
		rc = log_gone(v, in->id, old.case_id, "back", err);
	if (rc != CQ_OK || said)
		return rc;
	sum->n_edited++;
	return revise(v, in, case_root(v->store, old.case_id), err);
}
