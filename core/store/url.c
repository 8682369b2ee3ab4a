#include "core/store/url.h"

#include <string.h>

#include "core/store/pack.h"

/* Nothing, or whoever asks gets no row: a link is no reason to fail. */
static void
read_packed(sqlite3_context *out, sqlite3_value *pattern, sqlite3_value *id,
    sqlite3_value *author)
{
	const char *post = (const char *)sqlite3_value_text(id);
	const char *by = (const char *)sqlite3_value_text(author);
	const char *s = sqlite3_value_blob(pattern);
	struct cq_buf url = {0};

	if (s == NULL || post == NULL)
		return;
	pack_read(s, (size_t)sqlite3_value_bytes(pattern), post, by, &url);
	sqlite3_result_text(out, url.s, (int)url.n, SQLITE_TRANSIENT);
	cq_buf_free(&url);
}

/* post_url(url, id, author, pattern) */
static void
post_url(sqlite3_context *out, int argc, sqlite3_value **argv)
{
	(void)argc;
	switch (sqlite3_value_type(argv[0])) {
	case SQLITE_INTEGER:
		read_packed(out, argv[3], argv[1], argv[2]);
		break;
	case SQLITE_BLOB:
		read_packed(out, argv[0], argv[1], argv[2]);
		break;
	default:
		sqlite3_result_value(out, argv[0]);
		break;
	}
}

int
url_function(sqlite3 *db)
{
	return sqlite3_create_function(db, "post_url", 4,
	    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
	    post_url, NULL, NULL);
}

static enum cq_status
find_form(struct verb *v, int64_t source, struct url *url, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT id FROM url_form WHERE source = :source"
	    " AND pattern = :pattern";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	db_bind_blob(&q, ":pattern", url->pattern.s, (int)url->pattern.n);
	rc = db_one_int(&q, &url->form, err);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

static enum cq_status
add_form(struct verb *v, int64_t source, struct url *url, struct cq_err *err)
{
	static const char sql[] =
	    "INSERT INTO url_form (source, pattern) SELECT :source, :pattern"
	    " WHERE (SELECT count(*) FROM url_form WHERE source = :source)"
	    " < :max RETURNING id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, v->store, sql);
	db_bind_int(&q, ":source", source);
	db_bind_blob(&q, ":pattern", url->pattern.s, (int)url->pattern.n);
	db_bind_int(&q, ":max", URL_FORMS);
	rc = db_one_int(&q, &url->form, err);
	return rc == CQ_NOT_FOUND ? CQ_OK : rc;
}

enum cq_status
url_pack(struct verb *v, const struct incoming *in, struct url *url,
    struct cq_err *err)
{
	const struct cq_post *p = in->post;
	bool named = false;
	enum cq_status rc = CQ_OK;

	*url = (struct url){.raw = p->url};
	if (p->url == NULL)
		return CQ_OK;
	if (!pack_url(p->url, p->id, in->author == 0 ? NULL : p->author,
		&url->pattern, &named)) {
		cq_buf_free(&url->pattern);
		return CQ_OK;
	}
	if (named && url->pattern.n <= URL_PATTERN_MAX) {
		rc = find_form(v, in->source, url, err);
		if (rc == CQ_OK && url->form == 0)
			rc = add_form(v, in->source, url, err);
	}
	return rc;
}

void
url_bind(struct db_stmt *q, const char *name, const struct url *url)
{
	if (url->form != 0)
		db_bind_int(q, name, url->form);
	else if (url->pattern.n > 0 && url->pattern.n < strlen(url->raw))
		db_bind_blob(q, name, url->pattern.s, (int)url->pattern.n);
	else
		db_bind_text(q, name, url->raw);
}

void
url_free(struct url *url)
{
	cq_buf_free(&url->pattern);
}
