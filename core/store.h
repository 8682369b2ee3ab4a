#ifndef CQ_STORE_H
#define CQ_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/act.h"
#include "core/dedup.h"
#include "core/env.h"
#include "core/error.h"
#include "core/gap.h"
#include "core/post.h"
#include "core/roles.h"
#include "core/rules.h"
#include "core/source.h"
#include "core/store_figures.h"
#include "core/store_read.h"
#include "core/store_same.h"
#include "core/store_work.h"

/*
 * The queue: every verb that reads or changes it.  A verb is all or
 * nothing; one that changes something takes who does it and an operation
 * id, writes its events in the same transaction, and gives the same answer
 * when it is called again with the same operation id.  Nothing of the
 * engine behind it (core/store/) shows through.
 *
 * Unless a comment says otherwise: strings are borrowed for the call; what
 * *out receives is owned by the caller and set to NULL or zero first, so
 * that it is so after a failure; a case number may be one that was joined
 * into another case, and then the verb works on the survivor.
 *
 * Any verb may fail with CQ_BUSY (the same act may be tried again),
 * CQ_FULL, CQ_CORRUPT, CQ_VERSION or CQ_DB; then nothing was changed.
 * Verbs that check who may do it fail with CQ_DENIED, and with
 * CQ_NOT_FOUND if the agent or the case is unknown.
 *
 * Not safe for use by several threads; a store opened before fork() is
 * refused in the child.  While it waits for its turn to write, a verb
 * borrows SIGALRM and setitimer(2).
 *
 * Here are the file, agents, and what comes in by which rules; the rest is
 * parted by theme: store_read.h, store_work.h, store_same.h, store_figures.h.
 * All of it comes with this header.
 */
struct cq_store;

/* --- the file ---------------------------------------------------------- */

/*
 * Makes a new queue at path with mode 0600 (and its directory with 0700)
 * and its first agent, an administrator bound to uid and login.
 *
 * CQ_CONFLICT if the file exists; CQ_INPUT if the name cannot be an
 * agent's; CQ_DB if the directory is on a network file system.
 */
enum cq_status cq_store_create(const char *path, const struct cq_env *env,
    const char *agent, const char *login, uid_t uid, struct cq_err *err);

/*
 * Opens a queue and brings an older one up to date after backing it up
 * beside itself.  env is copied.  CQ_NOT_FOUND if there is none, CQ_CORRUPT
 * if it is no queue or damaged, CQ_VERSION if a newer caseq made it, CQ_DB
 * if it may not be read or lies on a network file system.
 */
enum cq_status cq_store_open(const char *path, const struct cq_env *env,
    struct cq_store **out, struct cq_err *err);
void cq_store_close(struct cq_store *store); /* NULL is allowed */

int64_t cq_store_now(const struct cq_store *store);
bool cq_store_is_mine(const struct cq_store *store); /* file of this uid */

/*
 * How long a verb waits for its turn to write before it gives up with
 * CQ_BUSY: 5000 ms unless told.  Screens wait less, and ask again.
 */
void cq_store_patience(struct cq_store *store, int ms);

/*
 * A number that differs from the last one if anything changed, here or in
 * another process.  Costs about a microsecond; -1 if the store fails.
 */
int64_t cq_store_version(struct cq_store *store);

/*
 * What time alone brings about: cases become overdue, snoozed ones wake,
 * sources are found to fail or to be silent.  Cheap when nothing is due.  *n
 * is how many cases changed; may be NULL.
 */
enum cq_status cq_store_tick(struct cq_store *store, int *n,
    struct cq_err *err);

/*
 * Copies the queue to a new file, checks the copy, and only then gives it
 * its name.  CQ_CONFLICT if the file exists.
 */
enum cq_status cq_store_backup(struct cq_store *store, const char *path,
    struct cq_err *err);

enum cq_finding { CQ_FINE, CQ_WARN, CQ_BAD };
typedef void (*cq_finding_fn)(void *arg, enum cq_finding what,
    const char *check, const char *text);

/*
 * Examines file, modes, indexes, counters, references and the audit chain;
 * tells each finding with its exact repair.  With repair, mends what can be
 * computed anew (counters, totals of cases, order of the queue).
 */
enum cq_status cq_store_doctor(struct cq_store *store, bool repair,
    cq_finding_fn tell, void *arg, struct cq_err *err);

/*
 * Holds the right to be this queue's one "caseq run" until the store is
 * closed.  CQ_OK also if this store has it; CQ_CONFLICT if another process
 * does.
 */
enum cq_status cq_store_runner_lock(struct cq_store *store, struct cq_err *err);

/*
 * Is there room to bring in more posts?  People's own work needs some of
 * it, so CQ_FULL while less than 200 MiB are free, or less than 5 % of a
 * disk smaller than 4 GiB.
 */
enum cq_status cq_store_room(struct cq_store *store, struct cq_err *err);

/* --- agents ------------------------------------------------------------ */

#define CQ_NO_UID ((uid_t)-1)

struct cq_agent {
	int64_t id;
	char *name;
	enum cq_role role;
	char *team;  /* or NULL */
	char *login; /* Unix account; or NULL if not bound */
	uid_t uid;   /* CQ_NO_UID if not bound */
	bool active;
};
struct cq_agents {
	struct cq_agent *at;
	size_t n;
};
void cq_agent_free(struct cq_agent *agent); /* its strings, not itself */
void cq_agents_free(struct cq_agents *agents);

enum cq_status cq_store_agents(struct cq_store *store, struct cq_agents *out,
    struct cq_err *err);

/* CQ_NOT_FOUND if there is none (or none active, for by_uid). */
enum cq_status cq_store_agent(struct cq_store *store, const char *name,
    struct cq_agent *out, struct cq_err *err);
enum cq_status cq_store_agent_by_uid(struct cq_store *store, uid_t uid,
    struct cq_agent *out, struct cq_err *err);

/* agent->id is not read.  CQ_CONFLICT if the name or the uid is taken. */
enum cq_status cq_store_agent_add(struct cq_store *store,
    const struct cq_act *act, const struct cq_agent *agent, struct cq_err *err);

/*
 * Changes role, team, login, uid and active of the agent of that name.
 * Retiring an agent frees the cases claimed by it.  The last active
 * administrator stays one: CQ_CONFLICT.
 */
enum cq_status cq_store_agent_set(struct cq_store *store,
    const struct cq_act *act, const struct cq_agent *agent, struct cq_err *err);

/* --- posts in ---------------------------------------------------------- */

/* Sums; verbs add to what is there. */
struct cq_ingested {
	int64_t n_read, n_new, n_known, n_edited, n_joined, n_suggested, n_bad;
	int64_t n_own; /* of our own accounts, in no thread: left out */
};

/*
 * Stores posts and decides the case of each, in one transaction.  A post
 * known by (source, id) changes nothing; with another text it becomes a
 * revision.  A post that cq_post_check() refuses is counted in n_bad and
 * left out.  Keep n at 500 or below while people work.
 */
enum cq_status cq_store_ingest(struct cq_store *store, const struct cq_act *act,
    const struct cq_post *posts, size_t n, struct cq_ingested *sum,
    struct cq_err *err);

/*
 * How many posts the next cq_store_ingest() should bring at most: 500, or,
 * while others write too, as many as keep them waiting for no longer than
 * a few hundredths of a second.
 */
size_t cq_store_ingest_room(const struct cq_store *store);

/*
 * The caller holds a page of n bytes while its posts are stored: from 8 MiB on
 * the caches are halved, from 20 MiB on quartered, so that the whole stays
 * small.  To be said with 0 when the page is gone.
 */
void cq_store_lean(struct cq_store *store, size_t n);

/* --- sources ----------------------------------------------------------- */

enum cq_status cq_store_sources(struct cq_store *store, struct cq_sources *out,
    struct cq_err *err);
enum cq_status cq_store_source(struct cq_store *store, const char *name,
    struct cq_source *out, struct cq_err *err);
enum cq_status cq_store_source_add(struct cq_store *store,
    const struct cq_act *act, const struct cq_source *source,
    struct cq_err *err);

/*
 * Changes a source that is asked; what it knows of how far it was read, and of
 * how it is heard, stays, unless it begins anew.  One that had paused itself
 * is asked again if a token is given, or anything that decides what is asked;
 * those of its account go on with it, as below.
 *
 * *done  which of set->what is another now, with CQ_SET_ANEW and
 *        CQ_SET_RESUMED; 0: it stood so already, and no event is written
 *
 * CQ_NOT_FOUND; CQ_INPUT if its posts come by ingest; CQ_CONFLICT if it
 * begins anew and was fetched since it was read.
 */
enum cq_status cq_store_source_set(struct cq_store *store,
    const struct cq_act *act, const struct cq_source_set *set, unsigned *done,
    struct cq_err *err);

/*
 * A source that goes on takes those of its account along that paused with
 * it when the account was refused; see cq_fetched.  If it was not paused but
 * its account rests, all of the account may be asked from now on.
 */
enum cq_status cq_store_source_pause(struct cq_store *store,
    const struct cq_act *act, const char *name, bool paused,
    struct cq_err *err);

/* Stops listening; its posts stay, and so does its name in them. */
enum cq_status cq_store_source_remove(struct cq_store *store,
    const struct cq_act *act, const char *name, struct cq_err *err);

/*
 * Ends one fetch: posts, cursor, next time and error in one transaction; and
 * the account's other sources pause with it if it was refused, and rest if it
 * has to.  CQ_CONFLICT if another fetch of this source came between, or a
 * person who changed what it is asked, or removed it: then only such a rest is
 * stored, and that only if the source still has the token file that was told
 * to wait.
 */
enum cq_status cq_store_fetched(struct cq_store *store,
    const struct cq_act *act, const struct cq_fetched *fetched,
    const struct cq_post *posts, size_t n, struct cq_ingested *sum,
    struct cq_err *err);

/*
 * What to look at again, since it may have been edited or taken away: remote
 * ids of a source's posts that came in since then, are not gone, and are in
 * cases that are not closed; newest first, at most max.
 *
 * *before  0 to begin with the newest; set to what the next call goes on
 *          from, to 0 at the end
 */
struct cq_ids {
	char **at;
	size_t n;
};
void cq_ids_free(struct cq_ids *ids);
enum cq_status cq_store_recheck(struct cq_store *store, int64_t source_id,
    int64_t since_at, size_t max, int64_t *before, struct cq_ids *out,
    struct cq_err *err);

/* Keeps when a source was looked at again, and what *before is then. */
enum cq_status cq_store_looked(struct cq_store *store, int64_t source_id,
    int64_t looked_at, int64_t before, struct cq_err *err);

/*
 * Gaps that stand, those nobody has seen first: sources that fail or are
 * silent now, and jumps that nobody has seen.  cq_store_tick() finds them by
 * the rules of gap.h and keeps what they say up to date, cq_store_fetched()
 * ends them.
 */
enum cq_status cq_store_gaps(struct cq_store *store, struct cq_gaps *out,
    struct cq_err *err);

/*
 * The agent has seen the gaps of a source that stand.  *n is how many nobody
 * had seen before.  If there is none: CQ_CONFLICT with the name of a colleague
 * who has seen them, CQ_NOT_FOUND if there is no such colleague.
 */
enum cq_status cq_store_gap_seen(struct cq_store *store,
    const struct cq_act *act, const char *source, int64_t *n,
    struct cq_err *err);

/* --- rules of deduplication (own.c, policy.c, explain.c, yield.c, replay.c) */

/*
 * Accounts of our own, or official ones: from now on what they write never
 * opens a case and is never joined by likeness; it goes to its thread, or
 * nowhere.  Posts that are there stay as they are.
 *
 * source   its name; NULL for all sources
 * handles  NULL-terminated; '@' before them and capitals do not matter
 * own      false takes them off the list
 * *n       how many changed
 *
 * CQ_NOT_FOUND, and none is taken off, if one of them is not on the list.
 */
enum cq_status cq_store_own_set(struct cq_store *store,
    const struct cq_act *act, const char *source, const char *const *handles,
    bool own, int64_t *n, struct cq_err *err);

/* Those of all sources first. */
enum cq_status cq_store_owns(struct cq_store *store, struct cq_owns *out,
    struct cq_err *err);

/*
 * Says what a rule may do from now on with posts of a source, or of all
 * sources that have no setting of their own if source is NULL.  mode NULL
 * takes the setting away.  CQ_INPUT if the rule does not allow it.  Not
 * undone by cq_store_undo(): it is set back instead.
 */
enum cq_status cq_store_policy_set(struct cq_store *store,
    const struct cq_act *act, const char *source, enum cq_rule rule,
    const enum cq_mode *mode, struct cq_err *err);

/* What each rule may do with posts of that source; NULL: of one without
 * settings of its own. */
enum cq_status cq_store_policy(struct cq_store *store, const char *source,
    struct cq_policy *out, struct cq_err *err);

/* What was set, those for all sources first. */
enum cq_status cq_store_settings(struct cq_store *store,
    struct cq_settings *out, struct cq_err *err);

/* The number of a post; CQ_NOT_FOUND. */
enum cq_status cq_store_post_id(struct cq_store *store, const char *source,
    const char *remote_id, int64_t *id, struct cq_err *err);

/* Why a post is where it is; changes nothing.  CQ_NOT_FOUND. */
enum cq_status cq_store_explain(struct cq_store *store, int64_t post_id,
    struct cq_explained *out, struct cq_err *err);

/*
 * How often each rule joined posts that came in at from_at <= t < to_at,
 * and suggested, and what has become of that by now.  A join counts as
 * undone when its post was taken out of the case that it was joined to, or
 * the post was that had opened the case.  source: only of that one; or NULL.
 */
enum cq_status cq_store_yield(struct cq_store *store, int64_t from_at,
    int64_t to_at, const char *source, struct cq_yield *out,
    struct cq_err *err);

/*
 * Decides again, on the side, where posts of a period would have gone with
 * other settings, and what people did with cases meanwhile is done there
 * too.  Changes nothing; needs as much room in the directory for temporary
 * files as the posts take.  Likeness in words is left out.
 */
enum cq_status cq_store_replay(struct cq_store *store,
    const struct cq_replay_opts *opts, struct cq_replay *out,
    struct cq_err *err);

#endif
