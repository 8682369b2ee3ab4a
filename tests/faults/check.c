#include "tests/faults/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/*
 * Holds what the processes wrote down against what the queue says, and the
 * log of the queue against the rules of claims.
 */
const char *const rules[N_RULES] = {
    [R_FENCE] = "the fences of every case are 1, 2, 3, ...",
    [R_HELD] = "no case was given away while another's lease ran",
    [R_OLD_FENCE] = "no act was accepted under an old fence",
    [R_ACKED] = "every acknowledged act is in the log",
    [R_ONCE] = "no act is in the log twice",
    [R_SAME_ANSWER] = "the same operation id got the same answer",
    [R_NO_TRACE] = "a refused act left nothing behind",
    [R_POSTS] = "every acknowledged post is there once, in one case",
    [R_STATE] = "every case stands as its log says",
    [R_CHAIN] = "the chains of the log verify",
    [R_DOCTOR] = "the doctor finds nothing bad",
    [R_NO_FAILURE] = "no verb failed for another reason than a rule",
    [R_ENOUGH] = "enough happened to believe all this",
};

void
wrong(struct check *c, enum rule rule, const char *fmt, ...)
{
	va_list ap;

	if (c->wrong[rule]++ >= 3)
		return; /* the first ones tell enough */
	printf("# %s: ", rules[rule]);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

/* --- the log of the queue ---------------------------------------------- */

static struct story *
story_of(struct check *c, int64_t case_id)
{
	size_t n = c->n_stories;

	if ((size_t)case_id >= n) {
		c->n_stories = (size_t)case_id * 2 + 64;
		c->stories =
		    cq_grow(c->stories, c->n_stories, sizeof(*c->stories));
		memset(c->stories + n, 0,
		    (c->n_stories - n) * sizeof(*c->stories));
	}
	return &c->stories[case_id];
}

/* The claim that a case is under, or was last; NULL before the first. */
static struct claim *
last_claim(const struct story *s)
{
	return s->n_claims == 0 ? NULL : &s->claims[s->n_claims - 1];
}

/* Was the case given to another while somebody's lease ran until then? */
static void
check_lease(struct check *c, int64_t case_id, const struct claim *old,
    const struct claim *next, int64_t until)
{
	if (old->ended || strcmp(old->agent, next->agent) == 0 ||
	    next->at >= until)
		return;
	wrong(c, R_HELD,
	    "case %" PRId64 ": %s got it %" PRId64
	    " s before the lease of %s was over",
	    case_id, next->agent, until - next->at, old->agent);
}

static void
claimed(struct check *c, struct story *s, const struct cq_event *e,
    const struct tried *t)
{
	struct claim *claim;

	c->n_claims++;
	if (e->ref != s->n_claims + 1)
		wrong(c, R_FENCE,
		    "case %" PRId64 ": %" PRId64 " after %" PRId64, e->case_id,
		    e->ref, s->n_claims);
	if (t->status == CQ_OK &&
	    (t->fence_out != e->ref || t->case_out != e->case_id))
		wrong(c, R_ACKED, "%s was told another case or fence", t->op);
	s->claims =
	    cq_grow(s->claims, (size_t)s->n_claims + 1, sizeof(*s->claims));
	claim = &s->claims[s->n_claims++];
	memset(claim, 0, sizeof(*claim));
	snprintf(claim->agent, sizeof(claim->agent), "%s", e->agent);
	claim->at = e->at;
	if (s->n_claims > 1)
		check_lease(c, e->case_id, claim - 1, claim,
		    claim[-1].at + CHAOS_LEASE_S);
}

static void
check_fence(struct check *c, const struct story *s, const struct cq_event *e,
    const struct tried *t)
{
	const struct claim *claim = last_claim(s);
	bool held = claim != NULL && !claim->ended;

	if (held && t->fence == s->n_claims &&
	    strcmp(claim->agent, e->agent) == 0)
		return;
	wrong(c, R_OLD_FENCE,
	    "case %" PRId64 ": %s of %s with %" PRId64
	    ", held by %s with %" PRId64,
	    e->case_id, e->kind, e->agent, t->fence,
	    held ? claim->agent : "nobody", s->n_claims);
}

/* The kind of event that a verb of the workers makes. */
static const char *
kind_of(char verb)
{
	switch (verb) {
	case 'n':
	case 't':
		return "take";
	case 'w':
		return "note";
	case 'g':
		return "release";
	case 'r':
		return "resolve";
	case 'o':
		return "reopen";
	default:
		return "";
	}
}

static void
replay_act(struct check *c, const struct cq_event *e, struct tried *t)
{
	struct story *s = story_of(c, e->case_id);

	if (t->status > CQ_OK)
		wrong(c, R_NO_TRACE, "%s was refused (%d), yet: %s", t->op,
		    t->status, e->kind);
	if (strcmp(e->kind, kind_of(t->verb)) != 0) {
		wrong(c, R_NO_TRACE, "%s made a %s", t->op, e->kind);
		return;
	}
	if (++t->n_events > 1)
		wrong(c, R_ONCE, "%s: %s", t->op, e->kind);
	if (t->verb == 'n' || t->verb == 't')
		claimed(c, s, e, t);
	if (t->verb == 'w' || t->verb == 'g' || t->verb == 'r')
		check_fence(c, s, e, t);
	if (t->verb == 'w')
		s->n_notes++;
	if ((t->verb == 'g' || t->verb == 'r') && s->n_claims > 0)
		last_claim(s)->ended = true;
}

static bool
replay(void *arg, const struct cq_event *e)
{
	struct check *c = arg;
	struct tried *t = find_tried(c, e->op);

	c->n_events++;
	if (t == NULL || t->verb == 'i')
		return true; /* posts and new agents */
	if (strcmp(e->kind, "refuse") == 0)
		c->n_refused++;
	else
		replay_act(c, e, t);
	return true;
}

/* --- what the processes were told -------------------------------------- */

/* A lease was made longer: that leaves no event, but the claim was there. */
static void
check_renewal(struct check *c, const struct tried *t, int64_t fence)
{
	const struct story *s = story_of(c, t->case_id);
	const struct claim *claim;

	if (fence < 1 || fence > s->n_claims ||
	    strcmp(s->claims[fence - 1].agent, t->agent) != 0) {
		wrong(c, R_OLD_FENCE,
		    "%s: a claim that it never had was "
		    "made longer",
		    t->op);
		return;
	}
	claim = &s->claims[fence - 1];
	if (fence < s->n_claims)
		check_lease(c, t->case_id, claim, claim + 1,
		    t->at + CHAOS_LEASE_S);
}

static void
check_told(struct check *c, const struct tried *t)
{
	if (t->status == -1) {
		c->n_unsure++;
		return;
	}
	c->n_acked += t->status == CQ_OK;
	c->n_stale += t->status == CQ_STALE;
	if (t->status != CQ_OK)
		return; /* an M line tells what is no refusal */
	if (t->verb == 'l')
		check_renewal(c, t, t->fence);
	else if (t->verb == 't' && t->n_events == 0)
		check_renewal(c, t, t->fence_out);
	else if (t->verb != 'i' && t->n_events == 0)
		wrong(c, R_ACKED, "%s (%c) is not", t->op, t->verb);
}

/* --- posts ------------------------------------------------------------- */

static bool
see_post(void *arg, struct raw_text source, struct raw_text id, int64_t case_id)
{
	struct check *c = arg;
	char name[160];
	int64_t n, i;

	snprintf(name, sizeof(name), "%s\t%s", source.s, id.s);
	if (strcmp(name, c->last_post) <= 0)
		wrong(c, R_POSTS, "%s after %s", name, c->last_post);
	snprintf(c->last_post, sizeof(c->last_post), "%s", name);
	n = strtoll(id.s + 1, NULL, 10);
	i = n * CHAOS_FEEDS + (strcmp(source.s, "right") == 0);
	if (i < 0 || i >= c->n_posts || case_id < 1)
		wrong(c, R_POSTS, "nobody brought %s", name);
	else
		c->posts[i] |= 2;
	return true;
}

static void
check_posts(struct check *c)
{
	struct cq_err err = {0};

	c->n_posts = c->chaos->shared->next_post;
	c->posts = cq_alloc((size_t)c->n_posts + 1);
	for (size_t i = 0; i < c->n_tried; i++) {
		const struct tried *t = &c->tried[i];

		if (t->verb == 'i' && t->status == CQ_OK)
			memset(c->posts + t->case_id, 1, (size_t)t->fence);
	}
	if (cq_store_map(c->store, see_post, c, &err) != CQ_OK)
		wrong(c, R_POSTS, "%s", err.msg);
	for (int64_t i = 0; i < c->n_posts; i++)
		if (c->posts[i] == 1)
			wrong(c, R_POSTS, "post %" PRId64 " is not there", i);
}

/* --- the queue itself -------------------------------------------------- */

static void
check_case(struct check *c, int64_t id)
{
	const struct story *s = &c->stories[id];
	struct cq_case_full full;
	struct cq_err err = {0};

	if (s->n_claims == 0 && s->n_notes == 0)
		return;
	if (cq_store_case(c->store, id, 1, &full, &err) != CQ_OK) {
		wrong(c, R_STATE, "%s", err.msg);
		return;
	}
	if (full.head.fence != s->n_claims || full.head.n_notes != s->n_notes)
		wrong(c, R_STATE,
		    "case %" PRId64 ": fence %" PRId64 " after %" PRId64
		    " claims, %" PRId64 " notes of %" PRId64,
		    id, full.head.fence, s->n_claims, full.head.n_notes,
		    s->n_notes);
	if (full.head.holder != NULL &&
	    (last_claim(s)->ended ||
		strcmp(full.head.holder, last_claim(s)->agent) != 0))
		wrong(c, R_STATE, "case %" PRId64 " is held by %s", id,
		    full.head.holder);
	cq_case_full_free(&full);
}

static void
see_finding(void *arg, enum cq_finding what, const char *check,
    const char *text)
{
	if (what == CQ_BAD)
		wrong(arg, R_DOCTOR, "%s: %s", check, text);
}

static void
check_queue(struct check *c)
{
	struct cq_proof proof = {0};
	struct cq_err err = {0};

	if (cq_store_events(c->store, -1, replay, c, &err) != CQ_OK)
		wrong(c, R_ACKED, "%s", err.msg);
	for (size_t i = 0; i < c->n_tried; i++)
		check_told(c, &c->tried[i]);
	for (size_t i = 1; i < c->n_stories; i++)
		check_case(c, (int64_t)i);
	check_posts(c);
	if (cq_store_audit_verify(c->store, &proof, &err) != CQ_OK)
		wrong(c, R_CHAIN, "%s", err.msg);
	else if (proof.bad_event != 0)
		wrong(c, R_CHAIN, "event %" PRId64 ": %s", proof.bad_event,
		    proof.what);
	if (cq_store_doctor(c->store, false, see_finding, c, &err) != CQ_OK)
		wrong(c, R_DOCTOR, "%s", err.msg);
}

static void
check_enough(struct check *c)
{
	int s = c->chaos->seconds;

	if (c->chaos->n_kills < 2 * s || c->n_claims < 5 * s ||
	    c->n_stale < 20 * s)
		wrong(c, R_ENOUGH, "too few kills, claims or late acts");
}

int
chaos_check(const struct chaos *chaos, bool control, int *passed)
{
	struct check c = {.chaos = chaos};
	struct cq_err err = {0};
	int failed = 0;

	read_logs(&c);
	if (cq_store_open(chaos->queue, &chaos->env, &c.store, &err) != CQ_OK) {
		printf("not ok - the queue can be opened: %s\n", err.msg);
		return 1;
	}
	check_queue(&c);
	if (!control)
		check_enough(&c);
	cq_store_close(c.store);
	printf("# %d processes, %d started, %d killed, %d paused\n"
	       "# %zu acts tried, %" PRId64 " acknowledged, %" PRId64
	       " cut off by a kill\n"
	       "# %" PRId64 " claims given, %" PRId64 " refused, %" PRId64
	       " late acts refused by the fence\n"
	       "# %" PRId64 " posts, %" PRId64 " events\n",
	    chaos->n_workers + chaos->n_ingesters, chaos->n_starts,
	    chaos->n_kills, chaos->n_pauses, c.n_tried, c.n_acked, c.n_unsure,
	    c.n_claims, c.n_refused, c.n_stale, c.n_posts, c.n_events);
	*passed = 0;
	for (int i = 0; i < N_RULES; i++) {
		if (!control)
			printf("%sok - %s\n", c.wrong[i] ? "not " : "",
			    rules[i]);
		else if (c.wrong[i] > 0)
			printf("# broken %" PRId64 " times: %s\n", c.wrong[i],
			    rules[i]);
		failed += c.wrong[i] > 0;
		*passed += c.wrong[i] == 0;
	}
	if (control)
		failed = c.wrong[R_OLD_FENCE] > 0;
	for (size_t i = 0; i < c.n_stories; i++)
		free(c.stories[i].claims);
	free(c.stories);
	free(c.posts);
	free(c.index);
	free(c.tried);
	return failed;
}
