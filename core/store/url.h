#ifndef CQ_STORE_URL_H
#define CQ_STORE_URL_H

#include "core/store/incoming.h"

/*
 * How post.url is stored: as a text what came in; as a blob its pattern
 * (pack.h); as a number the pattern that has it in table url_form.  Most
 * sources have a few patterns that fit all their posts; those with many
 * keep the first URL_FORMS.
 */
#define URL_FORMS 64
#define URL_PATTERN_MAX 200 /* bytes; a longer one is hardly that of many */

/* SQL: the url of post p by author a, NULL if it has none. */
#define POST_URL                                                    \
	"post_url(p.url, p.remote_id, a.remote_id, (SELECT pattern" \
	" FROM url_form WHERE id = p.url))"

/* Makes post_url() known to a connection; returns an SQLite code. */
int url_function(sqlite3 *db);

/* The url of a post as it is to be stored. */
struct url {
	const char *raw; /* borrowed; or NULL */
	struct cq_buf pattern;
	int64_t form; /* or 0 */
};

/* in->author is known.  Free it whatever is returned. */
enum cq_status url_pack(struct verb *v, const struct incoming *in,
    struct url *url, struct cq_err *err);
void url_bind(struct db_stmt *q, const char *name, const struct url *url);
void url_free(struct url *url);

#endif
