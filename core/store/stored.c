#include "core/store/stored.h"

void
stored_read(struct db_stmt *q, int column, struct cq_post *post)
{
	*post = (struct cq_post){
	    .source = db_str(q, column),
	    .id = db_str(q, column + 1),
	    .text = db_str(q, column + 2),
	    .network = db_text(q, column + 3),
	    .author = db_text(q, column + 4),
	    .handle = db_text(q, column + 5),
	    .author_name = db_text(q, column + 6),
	    .url = db_text(q, column + 7),
	    .uri = db_text(q, column + 8),
	    .lang = db_text(q, column + 9),
	    .in_reply_to = db_text(q, column + 10),
	    .repost_of = db_text(q, column + 11),
	    .quote_of = db_text(q, column + 12),
	    .conversation = db_text(q, column + 13),
	    .brand = db_text(q, column + 14),
	    .created_at = db_time(q, column + 15),
	    .author_followers = -1,
	};
}
