#ifndef CQ_STORE_ROW_H
#define CQ_STORE_ROW_H

#include <stdio.h>

#include "core/store/verb.h"

/*
 * The columns that row_read() reads, from cases c; a WHERE follows.  The least
 * public of its posts is looked up in an index of those that are not public.
 */
#define ROW_COLUMNS                                                            \
	"SELECT c.id, c.state, c.outcome, o.name, h.name, c.fence,"            \
	" c.held_since_at, c.lease_until_at, c.opened_at, c.last_post_at,"     \
	" c.due_at, c.snooze_until_at, c.n_posts, c.n_reposts, c.n_authors,"   \
	" c.n_notes, c.reach, c.rating, c.sort_key, s.name, a.handle, a.name," \
	" p.text, p.brand, p.lang, c.incident, i.name, p.flags,"               \
	" p.gone_at,"                                                          \
	" (SELECT max(v.flags & 3) FROM post v WHERE v.case_id = c.id"         \
	"  AND v.flags & 3 > 0),"                                              \
	" EXISTS (SELECT 1 FROM cases j WHERE j.joined_into = c.id)"           \
	" FROM cases c"                                                        \
	" LEFT JOIN agent o ON o.id = c.owner"                                 \
	" LEFT JOIN agent h ON h.id = c.holder"                                \
	" LEFT JOIN post p ON p.id = c.first_post"                             \
	" LEFT JOIN source s ON s.id = p.source"                               \
	" LEFT JOIN author a ON a.id = p.author"                               \
	" LEFT JOIN incident i ON i.id = c.incident "

/* Fills out from a row of ROW_COLUMNS, with tags and presence. */
void row_read(struct cq_store *store, struct db_stmt *q, struct cq_case *out);

/* The row of a case that is there; else out stays as it is. */
enum cq_status row_get(struct cq_store *store, int64_t case_id,
    struct cq_case *out, struct cq_err *err);

#endif
