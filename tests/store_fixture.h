#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/store.h"

/*
 * A queue of its own for each test, in a directory that is removed with all
 * that is in it.  Clock, random bytes and kind of file system are the
 * fixture's.  Agents: ana and ben (agents, team north), lea (lead, team
 * south), sue (supervisor), adm (administrator).
 */
#define T0 INT64_C(1795435200) /* 2026-11-23 12:00:00 UTC */

struct fixture {
	char dir[256], path[300];
	struct cq_env env;
	struct cq_store *store;
	struct cq_err err;
	int64_t now;
	uint64_t seed;
	long fs_type;
	unsigned n_ops;
	char ops[16][24];
	struct cq_case_full full; /* of head() */
	struct cq_cases cases;	  /* of list() */
	struct cq_report report;  /* of shift() */
};

/* For cmocka_unit_test_setup_teardown(). */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);
#define WITH_QUEUE(test) \
	cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

/* The number that a query of that file gives, which has a row. */
int64_t number_at(const char *path, const char *sql);

/* Another store on the same file; the caller closes it. */
struct cq_store *open_again(struct fixture *f);

/* A new act; the operation id lives for the next 15 acts. */
struct cq_act act(struct fixture *f, const char *agent);

/* Fail the test with the message unless the status is as it should be. */
#define OK(f, call) expect_status(f, CQ_OK, call, #call, __FILE__, __LINE__)
#define REFUSED(f, status, call) \
	expect_status(f, status, call, #call, __FILE__, __LINE__)
void expect_status(struct fixture *f, enum cq_status want, enum cq_status got,
    const char *call, const char *file, int line);
/* The last message has these words. */
void expect_said(struct fixture *f, const char *words);

/* A post of source "chirp"; the author has a hundred followers. */
struct cq_post a_post(const char *id, const char *author, const char *text);

/* Stores one post and gives its case. */
int64_t put(struct fixture *f, const struct cq_post *post);
/* A post with a text of its own by an author of its own: a new case. */
int64_t new_case(struct fixture *f, const char *id);
int64_t case_of(struct fixture *f, const char *source, const char *id);

/* They must succeed; take() gives the fence. */
int64_t take(struct fixture *f, const char *agent, int64_t case_id);
void release(struct fixture *f, const char *agent, int64_t case_id);
void resolve(struct fixture *f, const char *agent, int64_t case_id);
/* These may be refused: for OK() and REFUSED(). */
enum cq_status try_assign(struct fixture *f, const char *agent, int64_t case_id,
    const char *to);
enum cq_status try_move(struct fixture *f, const char *agent, int64_t case_id,
    int64_t fence, enum cq_move move);
enum cq_status try_undo(struct fixture *f, const char *agent);
int64_t note(struct fixture *f, const char *agent, int64_t case_id,
    const char *text);
void join(struct fixture *f, const char *agent, int64_t into, int64_t from);
int64_t split(struct fixture *f, const char *agent, int64_t case_id,
    int64_t post);
void undo(struct fixture *f, const char *agent);
bool tag(struct fixture *f, const char *agent, int64_t case_id, const char *add,
    const char *del);
void tick(struct fixture *f);

/* Their answers are borrowed until they are called again. */
const struct cq_case *head(struct fixture *f, int64_t case_id);
const struct cq_cases *list(struct fixture *f, const char *query,
    const char *me);
const struct cq_report *shift(struct fixture *f, int64_t from, int64_t to,
    const char *team);

/* The id of the n-th post (from 0) that shows in the case. */
int64_t post_of(struct fixture *f, int64_t case_id, size_t n);
struct cq_counts counts(struct fixture *f, const char *me);
/* Events of a case of that kind; NULL for all kinds. */
int n_events(struct fixture *f, int64_t case_id, const char *kind);
/* Verifies the log and lets the doctor look: nothing may be wrong. */
void all_is_well(struct fixture *f);

/*
 * All that a person can see of the first n_cases cases, as text: cases,
 * posts, notes, revisions, tags, drafts, who holds and owns them, incidents.
 * Without fences, events, and the times of a claim.  To be freed.
 */
char *snapshot(struct fixture *f, int64_t n_cases);

/* The bytes on screen of two snapshots that should be alike. */
void same_snapshot(const char *want, const char *got, const char *after);

uint32_t dice(struct fixture *f, uint32_t n); /* 0 .. n - 1 */

#endif
