#include "tests/faults/chaos.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/post.h"

/*
 * One process of the chaos test.  A worker claims a case, writes on it with
 * the fence it was given, and often stalls until its lease has run out and
 * then goes on writing, as a stopped or slow program would.
 */
struct life {
	const struct chaos *chaos;
	struct cq_store *store;
	int log_fd;
	char agent[32];
	uint64_t dice;
	int n_acts;
	char *busy;
};

struct act {
	char op[48];
	const char *verb;
	int64_t case_id, fence; /* given; of ingest: first post, how many */
	int64_t case_out, fence_out;
	int64_t at;
};

int
chaos_dice(uint64_t *state, int n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (int)((*state >> 11) % (uint64_t)n);
}

static void
nap_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

static void
note_down(const struct life *l, const char *fmt, ...)
{
	char line[200];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (write(l->log_fd, line, (size_t)n) != n)
		_exit(3);
}

/* --- posts ------------------------------------------------------------- */

void
chaos_post(int64_t i, struct chaos_words *w, struct cq_post *post)
{
	static const char *const feeds[CHAOS_FEEDS] = {"left", "right"};
	int64_t n = i / CHAOS_FEEDS;

	snprintf(w->id, sizeof(w->id), "p%lld", (long long)n);
	snprintf(w->author, sizeof(w->author), "u%lld", (long long)(i % 97));
	if (n % 10 == 9) /* many say the same */
		snprintf(w->text, sizeof(w->text),
		    "all trains of line %lld stand still and nobody says why",
		    (long long)(n / 50));
	else
		snprintf(w->text, sizeof(w->text),
		    "parcel number %lld has not come and nobody answers",
		    (long long)i);
	*post = (struct cq_post){
	    .source = feeds[i % CHAOS_FEEDS],
	    .id = w->id,
	    .text = w->text,
	    .author = w->author,
	    .author_followers = i % 1000,
	    .created_at = CQ_NO_TIME,
	};
	if (n > 20 && n % 5 == 3) { /* some answer an earlier one */
		snprintf(w->reply_to, sizeof(w->reply_to), "p%lld",
		    (long long)(n - 7));
		post->in_reply_to = w->reply_to;
	}
}

static enum cq_status
ingest(struct cq_store *store, const struct cq_act *act, int64_t first,
    int64_t n, struct cq_err *err)
{
	struct chaos_words words[64];
	struct cq_post posts[64];
	struct cq_ingested sum = {0};

	for (int64_t i = 0; i < n; i++)
		chaos_post(first + i, &words[i], &posts[i]);
	return cq_store_ingest(store, act, posts, (size_t)n, &sum, err);
}

enum cq_status
chaos_first_posts(const struct chaos *chaos, struct cq_store *store,
    struct cq_err *err)
{
	struct cq_act act = {.op = "first-posts", .agent = "boss"};

	chaos->shared->next_post = 2 * CHAOS_HOT;
	return ingest(store, &act, 0, chaos->shared->next_post, err);
}

/* --- acts -------------------------------------------------------------- */

static enum cq_status
call(struct life *l, struct act *a, struct cq_err *err)
{
	struct cq_act act = {.op = a->op, .agent = l->agent};
	struct cq_claim claim = {0};
	enum cq_status rc;
	int64_t note;

	switch (a->verb[0]) {
	case 'n': /* next */
		rc = cq_store_next(l->store, &act, CHAOS_LEASE_S, &claim, err);
		break;
	case 't': /* take */
		rc = cq_store_claim(l->store, &act, a->case_id, CHAOS_LEASE_S,
		    &claim, err);
		break;
	case 'w': /* write a note */
		return cq_store_note(l->store, &act, a->case_id, a->fence,
		    "called the customer", &note, err);
	case 'g': /* give back */
		return cq_store_release(l->store, &act, a->case_id, a->fence,
		    "end of work", err);
	case 'r': /* resolve */
		return cq_store_move(l->store, &act, a->case_id, a->fence,
		    CQ_MOVE_RESOLVE, "answered", CQ_NO_TIME, err);
	case 'o': /* reopen */
		return cq_store_move(l->store, &act, a->case_id, 0,
		    CQ_MOVE_REOPEN, "not done yet", CQ_NO_TIME, err);
	case 'l': /* make the lease longer */
		return cq_store_renew(l->store, &act, a->case_id, a->fence,
		    CHAOS_LEASE_S, err);
	default: /* ingest */
		act.agent = "boss";
		return ingest(l->store, &act, a->case_id, a->fence, err);
	}
	a->case_out = claim.case_id;
	a->fence_out = claim.fence;
	return rc;
}

static enum cq_status
call_patiently(struct life *l, struct act *a)
{
	struct cq_err err = {0};
	enum cq_status rc = CQ_BUSY;

	*l->busy = 1;
	for (int i = 0; i < 20 && rc == CQ_BUSY; i++)
		rc = call(l, a, &err);
	*l->busy = 0;
	if (rc != CQ_OK && rc != CQ_CONFLICT && rc != CQ_STALE &&
	    rc != CQ_STATE && rc != CQ_NOT_FOUND)
		note_down(l, "M %s %s: %.120s\n", a->op, a->verb, err.msg);
	return rc;
}

/* Does one act, and writes down what came of it. */
static enum cq_status
act(struct life *l, const char *verb, int64_t case_id, int64_t fence,
    struct cq_claim *claim)
{
	struct act a = {.verb = verb, .case_id = case_id, .fence = fence};
	enum cq_status rc;

	snprintf(a.op, sizeof(a.op), "%s-%d", l->agent, ++l->n_acts);
	note_down(l, "T %s %s %lld %lld %lld\n", a.op, verb, (long long)case_id,
	    (long long)fence, (long long)cq_store_now(l->store));
	rc = call_patiently(l, &a);
	note_down(l, "A %s %d %lld %lld\n", a.op, rc, (long long)a.case_out,
	    (long long)a.fence_out);
	if (claim != NULL) {
		claim->case_id = a.case_out;
		claim->fence = a.fence_out;
	}
	/* as if the answer had been lost; a renewal has no memory */
	if (chaos_dice(&l->dice, 20) == 0 && verb[0] != 'l') {
		enum cq_status again = call_patiently(l, &a);

		note_down(l, "D %s %d %lld %lld\n", a.op, again,
		    (long long)a.case_out, (long long)a.fence_out);
	}
	return rc;
}

/* --- a worker ---------------------------------------------------------- */

static bool
get_case(struct life *l, struct cq_claim *claim)
{
	int64_t id = 1 + chaos_dice(&l->dice, CHAOS_HOT);
	enum cq_status rc;

	if (chaos_dice(&l->dice, 4) == 0)
		return act(l, "next", 0, 0, claim) == CQ_OK;
	rc = act(l, "take", id, 0, claim);
	if (rc == CQ_STATE && act(l, "open", id, 0, NULL) == CQ_OK)
		rc = act(l, "take", id, 0, claim);
	return rc == CQ_OK;
}

static void
stall(struct life *l)
{
	nap_ms(1000 * CHAOS_LEASE_S + chaos_dice(&l->dice, 1200));
}

/* Goes on as if nothing had happened while it was away. */
static void
write_late(struct life *l, const struct cq_claim *claim)
{
	static const char *const verbs[] = {
	    "write", "write", "write", "longer", "give", "resolve"};
	int n = 10 + chaos_dice(&l->dice, 60);

	for (int i = 0; i < n; i++) {
		act(l, verbs[i < n / 2 ? 0 : chaos_dice(&l->dice, 6)],
		    claim->case_id, claim->fence, NULL);
		nap_ms(chaos_dice(&l->dice, 4));
	}
}

static void
work_case(struct life *l, const struct cq_claim *claim)
{
	int n = chaos_dice(&l->dice, 4), end;

	for (int i = 0; i < n; i++) {
		act(l, chaos_dice(&l->dice, 4) ? "write" : "longer",
		    claim->case_id, claim->fence, NULL);
		nap_ms(chaos_dice(&l->dice, 30));
	}
	if (chaos_dice(&l->dice, 100) < 30) {
		stall(l);
		write_late(l, claim);
	}
	end = chaos_dice(&l->dice, 10);
	if (end < 5)
		act(l, "give", claim->case_id, claim->fence, NULL);
	else if (end < 9)
		act(l, "resolve", claim->case_id, claim->fence, NULL);
	/* else it goes home without a word */
}

static void
begin(struct life *l, const struct chaos *chaos, const char *kind, int slot,
    int number)
{
	struct cq_err err = {0};
	char path[160];

	memset(l, 0, sizeof(*l));
	l->chaos = chaos;
	l->busy = &chaos->shared->busy[slot];
	l->dice = chaos->seed * 1000003 + (uint64_t)slot * 7919 +
	    (uint64_t)number * 104729 + 1;
	snprintf(l->agent, sizeof(l->agent), "%s%d.%d", kind, slot, number);
	snprintf(path, sizeof(path), "%s/%s.log", chaos->dir, l->agent);
	l->log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (l->log_fd < 0)
		_exit(3);
	if (cq_store_open(chaos->queue, &chaos->env, &l->store, &err) !=
	    CQ_OK) {
		note_down(l, "M %s cannot open: %.120s\n", l->agent, err.msg);
		_exit(3);
	}
}

void
chaos_work(const struct chaos *chaos, int slot, int number)
{
	struct cq_agent me = {
	    .role = CQ_AGENT, .uid = CQ_NO_UID, .active = true};
	struct cq_act hired = {.agent = "boss"};
	struct cq_claim claim;
	struct cq_err err = {0};
	struct life l;

	begin(&l, chaos, "w", slot, number);
	me.name = l.agent;
	hired.op = l.agent;
	while (cq_store_agent_add(l.store, &hired, &me, &err) == CQ_BUSY)
		;
	for (;;) {
		memset(&claim, 0, sizeof(claim));
		if (get_case(&l, &claim))
			work_case(&l, &claim);
		nap_ms(chaos_dice(&l.dice, 20));
	}
}

/* --- an ingester ------------------------------------------------------- */

void
chaos_ingest(const struct chaos *chaos, int slot, int number)
{
	struct life l;
	int64_t first, back;

	begin(&l, chaos, "i", slot, number);
	for (;;) {
		first = __atomic_fetch_add(&chaos->shared->next_post, 10,
		    __ATOMIC_RELAXED);
		back = first < 15 ? first : 15; /* and what others bring */
		act(&l, "ingest", first - back, back + 10, NULL);
		nap_ms(40 + chaos_dice(&l.dice, 120));
	}
}
