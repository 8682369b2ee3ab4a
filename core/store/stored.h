#ifndef CQ_STORE_STORED_H
#define CQ_STORE_STORED_H

#include "core/store/db.h"
#include "core/store/url.h"

/*
 * A post as it came in, read back from its row: with its first text, and
 * without what deduplication does not look at (extra, rating, followers).
 */
#define STORED_COLUMNS                                                 \
	"s.name, p.remote_id, coalesce((SELECT r.text FROM revision r" \
	" WHERE r.post = p.id AND r.n = 1), p.text), a.network,"       \
	" a.remote_id, a.handle, a.name, " POST_URL                    \
	", p.uri, p.lang, p.reply_to,"                                 \
	" p.repost_of, p.quote_of, p.conversation, p.brand, p.created_at"
#define STORED_N 16 /* columns */
#define STORED_FROM                         \
	" JOIN source s ON s.id = p.source" \
	" LEFT JOIN author a ON a.id = p.author "

/* From the columns that begin at column; valid until the next row. */
void stored_read(struct db_stmt *q, int column, struct cq_post *post);

#endif
