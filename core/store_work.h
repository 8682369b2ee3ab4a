#ifndef CQ_STORE_WORK_H
#define CQ_STORE_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/act.h"
#include "core/case.h"
#include "core/error.h"

/*
 * Part of core/store.h, which says what holds for every verb: what people do
 * with a case, from taking it to closing it.
 */
struct cq_store;

/* --- claims ------------------------------------------------------------ */

#define CQ_LEASE_S 600 /* a claim's length unless renewed */

struct cq_claim {
	int64_t case_id; /* the survivor, if the case was joined */
	int64_t fence;	 /* what later writes on this claim must show */
	int64_t lease_until_at;
};

/*
 * Gives the top case the agent may work to act->agent: in state new or
 * open, nobody's claim, not owned by another active agent.
 * CQ_NOT_FOUND if there is none.
 */
enum cq_status cq_store_next(struct cq_store *store, const struct cq_act *act,
    int lease_s, struct cq_claim *claim, struct cq_err *err);

/*
 * Gives one case to act->agent.  If the agent holds it already, the lease
 * is renewed and the fence stays.  CQ_CONFLICT if another agent holds it:
 * the message says who and since when, and the refusal is counted.
 * CQ_STATE if the case is closed.
 */
enum cq_status cq_store_claim(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int lease_s, struct cq_claim *claim, struct cq_err *err);

/*
 * Makes the lease end lease_s from now.  CQ_STALE if the claim is not the
 * agent's any more; fence 0 means whatever claim the agent has.  No event;
 * not remembered by operation id.
 */
enum cq_status cq_store_renew(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, int lease_s, struct cq_err *err);

/*
 * A fence given to a verb below is checked together with the holder:
 * CQ_STALE if the claim passed on.  Fence 0 means "as it is now": the
 * agent's own claim if it has one, else the case must not be held by
 * another (CQ_CONFLICT).
 */
enum cq_status cq_store_release(struct cq_store *store,
    const struct cq_act *act, int64_t case_id, int64_t fence,
    const char *reason, struct cq_err *err);

/*
 * Takes a claim over: a lead at any time, an agent once the lease has run
 * out.  reason must say something.
 */
enum cq_status cq_store_steal(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int lease_s, const char *reason, struct cq_claim *claim,
    struct cq_err *err);

/*
 * Makes an agent the owner, or nobody if to is NULL.  An agent may own a
 * case itself or give up its own; another's needs a lead.  A live claim of
 * somebody else than the new owner ends if a lead assigns; an agent gets
 * CQ_CONFLICT.
 */
enum cq_status cq_store_assign(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const char *to, const char *reason, struct cq_err *err);

/* --- work on a case ---------------------------------------------------- */

#define CQ_NOTE_MAX (64 * 1024) /* bytes */

/*
 * Adds an internal note; needs no claim unless fence is given.  The
 * writer's draft of a note on this case is gone with it.
 */
enum cq_status cq_store_note(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, const char *text, int64_t *note_id,
    struct cq_err *err);

/*
 * Adds and takes off tags, NULL-terminated lists; needs no claim.
 * *changed is false if they already stood so (then no event is written).
 */
enum cq_status cq_store_tag(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const char *const *add, const char *const *del,
    bool *changed, struct cq_err *err);

/*
 * One verb for all moves a person makes with a case:
 *
 * CQ_MOVE_RESOLVE  words is one of cq_outcomes
 * CQ_MOVE_DISMISS  words is the reason
 * CQ_MOVE_REOPEN   words is the reason
 * CQ_MOVE_SNOOZE   until_at is when it comes back
 * CQ_MOVE_PEND     waits for the author's next post
 *
 * All but reopen end the claim.  CQ_STATE if the state does not allow it:
 * the message says which moves it allows.
 */
enum cq_status cq_store_move(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, int64_t fence, enum cq_move move, const char *words,
    int64_t until_at, struct cq_err *err);

/*
 * Joins cases into one: posts, notes and tags of the others show in it,
 * their numbers lead to it for ever.  All joined in one act are undone in
 * one.  Pending suggestions between them are accepted.  What somebody said
 * against it (cq_store_not_same) rests while they are one case, and counts
 * again as soon as they are not.
 *
 * Drafts of all agents are kept.  CQ_CONFLICT if another agent holds one of
 * the cases and held is false: ask the person.  If held is true, a claim on
 * a joined case ends (its holder's next write is refused as stale), and the
 * claim on the survivor stays whose it is.
 */
enum cq_status cq_store_join(struct cq_store *store, const struct cq_act *act,
    int64_t into, const int64_t *cases, size_t n, bool held, const char *reason,
    struct cq_err *err);

/*
 * Breaks posts out of a case.  A post that came with a joined case takes
 * the whole of that case along only if all its posts are named; what the
 * join made of the other case is taken back then, as far as nobody wrote in
 * it, moved it or joined more into it since.  *new_case is the number they
 * have now.  CQ_INPUT if nothing would stay behind.
 */
enum cq_status cq_store_split(struct cq_store *store, const struct cq_act *act,
    int64_t case_id, const int64_t *posts, size_t n, const char *reason,
    int64_t *new_case, struct cq_err *err);

/*
 * Undoes the agent's last act that is not undone yet, exactly.  CQ_CONFLICT
 * if what it changed has been changed again; CQ_NOT_FOUND if there is none.
 * what receives a sentence ("resolve of case 12 undone").
 */
enum cq_status cq_store_undo(struct cq_store *store, const struct cq_act *act,
    char *what, size_t size, int64_t *case_id, struct cq_err *err);

/* --- drafts and presence: no events ------------------------------------ */

/* Keeps words while they are written; NULL or "" drops them. */
enum cq_status cq_store_draft_save(struct cq_store *store, const char *agent,
    int64_t case_id, const char *text, struct cq_err *err);

/* *text is NULL if there is none; free it. */
enum cq_status cq_store_draft(struct cq_store *store, const char *agent,
    int64_t case_id, char **text, struct cq_err *err);

/* case_id 0: the agent looks at no case.  Fades after CQ_PRESENCE_S. */
#define CQ_PRESENCE_S 60
enum cq_status cq_store_presence(struct cq_store *store, const char *agent,
    int64_t case_id, bool writing, struct cq_err *err);

#endif
