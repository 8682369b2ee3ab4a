#ifndef CQ_STORE_LISTEN_H
#define CQ_STORE_LISTEN_H

#include "core/store/incoming.h"

/* What the files about listening posts share. */

/* --- heard.c ------------------------------------------------------------- */

/* Days from 1970 on, in UTC. */
int64_t heard_day(int64_t at);

/* Counts the new ones for their sources: by day, and for their habits. */
enum cq_status heard_posts(struct verb *v, const struct incoming *in, size_t n,
    struct cq_err *err);

/* --- source.c ------------------------------------------------------------- */

/*
 * The event of a change, with the source as it is then.  changed: what is
 * another now, parted by commas; or NULL.
 */
enum cq_status source_log(struct verb *v, const char *what, const char *name,
    const char *changed, struct cq_err *err);

/* --- account.c ------------------------------------------------------------ */

/*
 * An account is what sources share that have the same adapter, host and
 * token file; without a token file there is none, and a source is alone.
 *
 * Pauses the others of a source's account that listen, and tells each why.
 */
enum cq_status account_park(struct verb *v, int64_t source_id, const char *why,
    struct cq_err *err);

/*
 * No source of its account is to be asked before; sources of one adapter and
 * host are one account here if none has a token file.
 */
enum cq_status account_rest(struct verb *v, int64_t source_id, int64_t rest_at,
    struct cq_err *err);

/* A source has another token, so another account: it rests as that does. */
enum cq_status account_enter(struct verb *v, int64_t source_id,
    struct cq_err *err);

/*
 * Lets it listen again, and those that pause for the same reason as it does.
 * If it listens already, the rest of its account is over.
 */
enum cq_status account_resume(struct verb *v, const char *name,
    struct cq_err *err);

/* --- gap.c ----------------------------------------------------------------- */

/* Opens gaps of sources that fail or are silent, and has those that stand say
 * what is wrong now; see core/gap.h. */
enum cq_status gaps_judge(struct verb *v, struct cq_err *err);
/* Would it?  Writes nothing. */
enum cq_status gaps_due(struct cq_store *store, bool *due, struct cq_err *err);

/* Posts were passed over since from_at, which may be unknown. */
enum cq_status gap_jumped(struct verb *v, int64_t source, int64_t from_at,
    struct cq_err *err);

/* The one of that kind, if it goes on, is over. */
enum cq_status gap_end(struct verb *v, int64_t source, enum cq_gap_kind kind,
    struct cq_err *err);

/*
 * A person does not want the source to be heard for now: none goes on; seen:
 * nor need anybody see what was missed.
 */
enum cq_status gaps_settle(struct verb *v, int64_t source, bool seen,
    struct cq_err *err);

/*
 * Those that touch the time, as they were known before to_at: from the log
 * alone.
 */
enum cq_status gaps_between(struct cq_store *store, int64_t from_at,
    int64_t to_at, struct cq_gaps *out, struct cq_err *err);
/* Those that became known at to_at or later, as they are known now. */
enum cq_status gaps_told_later(struct cq_store *store, int64_t from_at,
    int64_t to_at, struct cq_gaps *out, struct cq_err *err);

#endif
