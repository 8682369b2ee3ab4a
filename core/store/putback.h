#ifndef CQ_STORE_PUTBACK_H
#define CQ_STORE_PUTBACK_H

#include "core/store/verb.h"

/* One event that is being undone. */
struct undone {
	int64_t id, case_id, ref;
	char *kind, *data;
};

/*
 * Puts back what the event says was there before it, and logs that.
 * CQ_CONFLICT if what it made of the case does not stand any more.
 */
enum cq_status putback_event(struct verb *v, const struct undone *u,
    struct cq_err *err);

/*
 * Sets one field of a case as case_snapshot() names it, if undo can put it
 * back; the value is column 1 of a row.
 */
void putback_field(struct verb *v, struct case_now *c, const char *key,
    struct db_stmt *value);

/* CQ_CONFLICT if the case would stand by itself without any post. */
enum cq_status putback_check_posts(const struct case_now *c,
    struct cq_err *err);

/* "case 12 has been changed since": CQ_CONFLICT. */
enum cq_status putback_refuse(int64_t case_id, struct cq_err *err);

#endif
