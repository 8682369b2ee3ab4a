#include "core/store/verb.h"

#include <stdlib.h>

/* JSON for the data of an event, quoted by SQLite's own json_quote(). */

static void
key(struct cq_buf *b, const char *name)
{
	cq_buf_fmt(b, "%c\"%s\":", b->n == 0 ? '{' : ',', name);
}

void
data_text(struct cq_store *store, struct cq_buf *b, const char *name,
    const char *value)
{
	static const char sql[] = "SELECT json_quote(:v)";
	struct db_stmt q;
	char *quoted = NULL;

	if (value == NULL)
		return;
	db_prepare(&q, store, sql);
	db_bind_text(&q, ":v", value);
	if (db_one_text(&q, &quoted, NULL) == CQ_OK && quoted != NULL) {
		key(b, name);
		cq_buf_str(b, quoted);
	}
	free(quoted);
}

void
data_int(struct cq_buf *b, const char *name, int64_t value)
{
	key(b, name);
	cq_buf_fmt(b, "%lld", (long long)value);
}

void
data_json(struct cq_buf *b, const char *name, const char *json)
{
	if (json == NULL)
		return;
	key(b, name);
	cq_buf_str(b, json);
}

char *
data_end(struct cq_buf *b)
{
	if (b->n == 0) {
		cq_buf_free(b);
		return NULL;
	}
	cq_buf_char(b, '}');
	return cq_buf_take(b);
}
