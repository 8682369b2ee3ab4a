#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Laws 5 and 6: an act and its events are one; the same act twice is one. */

/* Whatever a verb gave back. */
struct answer {
	enum cq_status rc;
	struct cq_claim claim;
	struct cq_ingested sum;
	int64_t number;
	bool changed;
	char words[256];
};

static int64_t me_too; /* the second post of case 3 */
static int64_t feed;   /* the source of that name */

typedef void (*verb_fn)(struct fixture *f, const struct cq_act *who,
    struct answer *a);

static void
do_ingest(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	struct cq_post posts[] = {
	    a_post("9", "zed", "my bicycle was left on the platform in Hof"),
	    a_post("bad", "zed", "\xff")};

	a->rc = cq_store_ingest(f->store, who, posts, 2, &a->sum, &f->err);
}

static void
do_take(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_claim(f->store, who, 1, 600, &a->claim, &f->err);
}

static void
do_take_held(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_claim(f->store, who, 4, 600, &a->claim, &f->err);
	snprintf(a->words, sizeof(a->words), "%s", f->err.msg);
}

static void
do_next(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_next(f->store, who, 600, &a->claim, &f->err);
}

static void
do_steal(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc =
	    cq_store_steal(f->store, who, 4, 600, "urgent", &a->claim, &f->err);
}

static void
do_release(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_release(f->store, who, 5, 0, "break", &f->err);
}

static void
do_assign(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_assign(f->store, who, 1, "ana", "yours", &f->err);
}

static void
do_note(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc =
	    cq_store_note(f->store, who, 1, 0, "words", &a->number, &f->err);
}

static void
do_tag(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	static const char *const add[] = {"lost", NULL};

	a->rc = cq_store_tag(f->store, who, 1, add, NULL, &a->changed, &f->err);
}

static void
do_resolve(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_move(f->store, who, 1, 0, CQ_MOVE_RESOLVE, "fixed", 0,
	    &f->err);
}

static void
do_dismiss(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_move(f->store, who, 1, 0, CQ_MOVE_DISMISS, "spam", 0,
	    &f->err);
}

static void
do_reopen(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_move(f->store, who, 6, 0, CQ_MOVE_REOPEN, "again", 0,
	    &f->err);
}

static void
do_snooze(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_move(f->store, who, 1, 0, CQ_MOVE_SNOOZE, NULL,
	    T0 + 900000, &f->err);
}

static void
do_pend(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc =
	    cq_store_move(f->store, who, 1, 0, CQ_MOVE_PEND, NULL, 0, &f->err);
}

static void
do_join(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	int64_t two = 2;

	a->rc =
	    cq_store_join(f->store, who, 1, &two, 1, false, "same", &f->err);
}

static void
do_split(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_split(f->store, who, 3, &me_too, 1, "other",
	    &a->number, &f->err);
}

static void
do_undo(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_undo(f->store, who, a->words, sizeof(a->words),
	    &a->number, &f->err);
}

static void
do_agent_add(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	struct cq_agent kim = {.name = "kim", .uid = CQ_NO_UID, .active = true};

	a->rc = cq_store_agent_add(f->store, who, &kim, &f->err);
}

static void
do_agent_set(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	struct cq_agent ben = {
	    .name = "ben", .uid = CQ_NO_UID, .role = CQ_LEAD, .active = true};

	a->rc = cq_store_agent_set(f->store, who, &ben, &f->err);
}

static void
do_source_add(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	struct cq_source s = {.name = "new", .adapter = "feed", .every_s = 60};

	a->rc = cq_store_source_add(f->store, who, &s, &f->err);
}

static void
do_source_pause(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_source_pause(f->store, who, "feed", true, &f->err);
}

static void
do_source_set(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	struct cq_source to = {.name = "feed", .brand = "tea", .every_s = 900};
	const struct cq_source_set set = {
	    .to = &to, .what = CQ_SET_BRAND | CQ_SET_EVERY};
	unsigned done;

	a->rc = cq_store_source_set(f->store, who, &set, &done, &f->err);
	a->number = done;
}

static void
do_source_remove(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_source_remove(f->store, who, "feed", &f->err);
}

static void
do_fetched(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	struct cq_post p = a_post("f1", "zed", "no lift in Kassel since May");
	struct cq_fetched done = {.cursor_before = "",
	    .cursor = "c1",
	    .next_at = T0 + 60,
	    .source_id = feed};

	a->rc = cq_store_fetched(f->store, who, &done, &p, 1, &a->sum, &f->err);
}

static void
do_weight(struct fixture *f, const struct cq_act *who, struct answer *a)
{
	a->rc = cq_store_weight_set(f->store, who, "reach", 9, &f->err);
}

static const struct {
	const char *name, *agent;
	verb_fn run;
	enum cq_status want;
	int n_events; /* that the act writes */
} verbs[] = {
    {"ingest", "ana", do_ingest, CQ_OK, 1},
    {"take", "ana", do_take, CQ_OK, 1},
    {"take of a held case", "ana", do_take_held, CQ_CONFLICT, 1},
    {"next", "ana", do_next, CQ_OK, 1},
    {"steal", "lea", do_steal, CQ_OK, 1},
    {"release", "adm", do_release, CQ_OK, 1},
    {"assign", "lea", do_assign, CQ_OK, 1},
    {"note", "ana", do_note, CQ_OK, 1},
    {"tag", "ana", do_tag, CQ_OK, 1},
    {"resolve", "ana", do_resolve, CQ_OK, 1},
    {"dismiss", "ana", do_dismiss, CQ_OK, 1},
    {"reopen", "ana", do_reopen, CQ_OK, 1},
    {"snooze", "ana", do_snooze, CQ_OK, 1},
    {"pend", "ana", do_pend, CQ_OK, 1},
    {"join", "ana", do_join, CQ_OK, 2},
    {"split", "ana", do_split, CQ_OK, 2},
    {"undo", "lea", do_undo, CQ_OK, 1},
    {"agent add", "adm", do_agent_add, CQ_OK, 1},
    {"agent set", "adm", do_agent_set, CQ_OK, 1},
    {"source add", "adm", do_source_add, CQ_OK, 1},
    {"source pause", "adm", do_source_pause, CQ_OK, 1},
    {"source set", "adm", do_source_set, CQ_OK, 1},
    {"source remove", "adm", do_source_remove, CQ_OK, 1},
    {"fetched", "ana", do_fetched, CQ_OK, 1},
    {"weight", "adm", do_weight, CQ_OK, 1},
};
#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* Cases 1 and 2 new, 3 of two posts, 4 ben's, 5 adm's, 6 resolved. */
static void
furnish(struct fixture *f)
{
	struct cq_source s = {.name = "feed", .adapter = "feed", .every_s = 60};
	struct cq_act who = act(f, "adm");
	struct cq_post reply = a_post("3r", "mo", "me too, in coach 9");
	char id[] = "1";

	for (; id[0] <= '6'; id[0]++)
		new_case(f, id);
	reply.in_reply_to = "3";
	put(f, &reply);
	me_too = post_of(f, 3, 1);
	take(f, "ben", 4);
	take(f, "adm", 5);
	resolve(f, "ben", 6);
	tag(f, "lea", 2, "mistake", NULL);
	OK(f, cq_store_source_add(f->store, &who, &s, &f->err));
	OK(f, cq_store_source(f->store, "feed", &s, &f->err));
	feed = s.id;
	cq_source_free(&s);
}

static void
same_answer(const struct answer *a, const struct answer *b, const char *verb)
{
	if (a->rc != b->rc || a->number != b->number ||
	    a->changed != b->changed || strcmp(a->words, b->words) != 0 ||
	    memcmp(&a->claim, &b->claim, sizeof(a->claim)) != 0 ||
	    memcmp(&a->sum, &b->sum, sizeof(a->sum)) != 0)
		fail_msg("%s gave another answer the second time", verb);
}

static void
check_verb(struct fixture *f, size_t i)
{
	struct cq_act who = {.agent = verbs[i].agent, .op = "the-same-op"};
	struct answer first = {0}, second = {0};
	int n = n_events(f, -1, NULL);
	char *before, *after;

	verbs[i].run(f, &who, &first);
	if (first.rc != verbs[i].want)
		fail_msg("%s: status %d: %s", verbs[i].name, first.rc,
		    f->err.msg);
	assert_int_equal(n_events(f, -1, NULL) - n, verbs[i].n_events);
	n = n_events(f, -1, NULL);
	before = snapshot(f, counts(f, NULL).newest_case);
	f->now += 100; /* the answer is of the first time */
	verbs[i].run(f, &who, &second);
	f->now -= 100;
	same_answer(&first, &second, verbs[i].name);
	if (n_events(f, -1, NULL) != n)
		fail_msg("%s wrote events twice", verbs[i].name);
	after = snapshot(f, counts(f, NULL).newest_case);
	same_snapshot(before, after, verbs[i].name);
	free(before);
	free(after);
	all_is_well(f);
}

static void
test_each_verb_with_the_same_op_twice_is_one_act(void **state)
{
	fixture_tear_down(state);
	for (size_t i = 0; i < N_VERBS; i++) {
		assert_int_equal(fixture_set_up(state), 0);
		furnish(*state);
		check_verb(*state, i);
		fixture_tear_down(state);
	}
	assert_int_equal(fixture_set_up(state), 0);
}

/* To wait for the author is to snooze without a time: one verb. */
static bool
same_verb(verb_fn a, verb_fn b)
{
	return a == b || (a == do_take && b == do_take_held) ||
	    (a == do_snooze && b == do_pend) ||
	    (a == do_pend && b == do_snooze);
}

static void
test_an_op_of_one_verb_is_refused_for_any_other(void **state)
{
	struct fixture *f = *state;
	char op[40];
	struct cq_act who = {.op = op, .agent = "adm"};

	furnish(f);
	for (size_t i = 0; i < N_VERBS; i++) {
		struct answer a = {0};

		/* all but "held", "undo" and the fetch work for adm as well */
		if (verbs[i].run == do_take_held || verbs[i].run == do_undo)
			continue;
		fixture_tear_down(state);
		assert_int_equal(fixture_set_up(state), 0);
		f = *state;
		furnish(f);
		snprintf(op, sizeof(op), "op-of-%zu", i);
		verbs[i].run(f, &who, &a);
		assert_int_equal(a.rc, CQ_OK);
		for (size_t k = 0; k < N_VERBS; k++) {
			if (same_verb(verbs[i].run, verbs[k].run))
				continue;
			a = (struct answer){0};
			verbs[k].run(f, &who, &a);
			if (a.rc != CQ_CONFLICT)
				fail_msg("%s with the op of %s: status %d",
				    verbs[k].name, verbs[i].name, a.rc);
		}
	}
}

static void
test_an_op_of_one_agent_is_refused_for_another(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = {.op = "mine", .agent = "ana"};

	OK(f, cq_store_note(f->store, &who, id, 0, "words", NULL, &f->err));
	who.agent = "ben";
	REFUSED(f, CQ_CONFLICT,
	    cq_store_note(f->store, &who, id, 0, "words", NULL, &f->err));
	assert_int_equal(head(f, id)->n_notes, 1);
}

static void
test_an_op_has_1_to_128_characters(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	char op[200];
	struct cq_act who = {.op = op, .agent = "ana"};

	memset(op, 'x', sizeof(op));
	op[129] = '\0';
	REFUSED(f, CQ_INPUT,
	    cq_store_note(f->store, &who, id, 0, "w", NULL, &f->err));
	op[128] = '\0';
	OK(f, cq_store_note(f->store, &who, id, 0, "w", NULL, &f->err));
	op[0] = '\0';
	REFUSED(f, CQ_INPUT,
	    cq_store_note(f->store, &who, id, 0, "w", NULL, &f->err));
	who.op = NULL;
	REFUSED(f, CQ_INPUT,
	    cq_store_note(f->store, &who, id, 0, "w", NULL, &f->err));
}

static void
test_a_refusal_leaves_nothing_and_says_the_same_again(void **state)
{
	struct fixture *f = *state;
	struct cq_act who = act(f, "ana");
	char said[256], *before, *after;
	int64_t id = new_case(f, "1");
	int n;

	resolve(f, "ben", id);
	before = snapshot(f, 1);
	n = n_events(f, -1, NULL);
	REFUSED(f, CQ_STATE,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_DISMISS, "spam", 0,
		&f->err));
	memcpy(said, f->err.msg, sizeof(said));
	REFUSED(f, CQ_STATE,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_DISMISS, "spam", 0,
		&f->err));
	assert_string_equal(f->err.msg, said);
	after = snapshot(f, 1);
	same_snapshot(before, after, "refusals");
	assert_int_equal(n_events(f, -1, NULL), n);
	free(before);
	free(after);
}

static void
test_a_refused_take_stays_refused_for_its_op(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = {.op = "one-press", .agent = "ana"};
	struct cq_claim claim;
	char said[256];

	take(f, "ben", id);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_claim(f->store, &who, id, 600, &claim, &f->err));
	memcpy(said, f->err.msg, sizeof(said));
	release(f, "ben", id);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_claim(f->store, &who, id, 600, &claim, &f->err));
	assert_string_equal(f->err.msg, said);
	assert_int_equal(n_events(f, id, "refuse"), 1);
	assert_null(head(f, id)->holder);
}

static void
test_no_news_writes_no_event(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), fence = take(f, "ana", id);
	int n;
	struct cq_act who;

	tag(f, "ana", id, "lost", NULL);
	n = n_events(f, -1, NULL);
	assert_false(tag(f, "ana", id, "lost", NULL));
	assert_false(tag(f, "ana", id, NULL, "never-there"));
	who = act(f, "ana");
	OK(f, cq_store_renew(f->store, &who, id, fence, 60, &f->err));
	OK(f, cq_store_draft_save(f->store, "ana", id, "words", &f->err));
	OK(f, cq_store_presence(f->store, "ana", id, true, &f->err));
	tick(f);
	assert_int_equal(n_events(f, -1, NULL), n);
}

static bool
who_did_it(void *arg, const struct cq_event *e)
{
	char *out = arg;

	if (e->kind != NULL && strcmp(e->kind, "note") == 0)
		snprintf(out, 100, "%s via %s op %s ref %lld", e->agent, e->via,
		    e->op, (long long)e->ref);
	return true;
}

static void
test_an_event_says_who_did_it_in_whose_name_and_in_what_act(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = {.op = "o1", .agent = "ana", .via = "root"};
	char said[100] = "";

	OK(f, cq_store_note(f->store, &who, id, 0, "words", NULL, &f->err));
	OK(f, cq_store_events(f->store, id, who_did_it, said, &f->err));
	assert_string_equal(said, "ana via root op o1 ref 1");
}

static void
test_a_fetch_that_raced_with_another_stores_nothing(void **state)
{
	struct fixture *f = *state;
	struct cq_source s;
	struct cq_post p = a_post("f9", "zed", "no lift in Kassel since May");
	struct cq_fetched done = {.cursor_before = "old", .cursor = "new"};
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	furnish(f);
	OK(f, cq_store_source(f->store, "feed", &s, &f->err));
	done.source_id = s.id;
	REFUSED(f, CQ_CONFLICT,
	    cq_store_fetched(f->store, &who, &done, &p, 1, &sum, &f->err));
	assert_int_equal(case_of(f, "chirp", "f9"), 0);
	assert_int_equal(sum.n_new, 0);
	cq_source_free(&s);
	OK(f, cq_store_source(f->store, "feed", &s, &f->err));
	assert_string_equal(s.cursor, "");
	cq_source_free(&s);
}

static void
test_a_fetch_keeps_cursor_error_and_count_of_its_source(void **state)
{
	struct fixture *f = *state;
	struct cq_source s;
	struct answer a = {0};
	struct cq_act who = act(f, "ana");
	struct cq_fetched failed = {
	    .cursor_before = "c1", .error = "no answer", .next_at = T0 + 500};

	furnish(f);
	do_fetched(f, &who, &a);
	assert_int_equal(a.rc, CQ_OK);
	assert_int_equal(a.sum.n_new, 1);
	OK(f, cq_store_source(f->store, "feed", &s, &f->err));
	assert_string_equal(s.cursor, "c1");
	assert_int_equal(s.ok_at, T0);
	assert_int_equal(s.next_at, T0 + 60);
	failed.source_id = s.id;
	cq_source_free(&s);
	f->now += 60;
	who = act(f, "ana");
	OK(f,
	    cq_store_fetched(f->store, &who, &failed, NULL, 0, &a.sum,
		&f->err));
	OK(f, cq_store_source(f->store, "feed", &s, &f->err));
	assert_string_equal(s.cursor, "c1");
	assert_string_equal(s.last_error, "no answer");
	assert_int_equal(s.n_failed, 1);
	assert_int_equal(s.ok_at, T0);
	cq_source_free(&s);
}

static void
test_a_removed_source_is_gone_and_its_posts_stay(void **state)
{
	struct fixture *f = *state;
	struct cq_source s;
	struct answer a = {0};
	struct cq_act who = act(f, "adm");
	int64_t posts;

	furnish(f);
	posts = counts(f, NULL).posts;
	do_source_remove(f, &who, &a);
	assert_int_equal(a.rc, CQ_OK);
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_source(f->store, "feed", &s, &f->err));
	assert_null(s.name);
	assert_int_equal(counts(f, NULL).posts, posts);
	who = act(f, "adm");
	do_source_pause(f, &who, &a);
	assert_int_equal(a.rc, CQ_NOT_FOUND);
}

static void
test_one_operation_id_is_not_two_acts(void **state)
{
	static const char *const red[] = {"red", NULL},
				 *const blue[] = {"blue", NULL};
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_note(f->store, &who, one, 0, "one", NULL, &f->err));
	REFUSED(f, CQ_CONFLICT,
	    cq_store_note(f->store, &who, two, 0, "one", NULL, &f->err));
	REFUSED(f, CQ_CONFLICT,
	    cq_store_note(f->store, &who, one, 0, "two", NULL, &f->err));
	who = act(f, "ana");
	OK(f, cq_store_tag(f->store, &who, one, red, NULL, NULL, &f->err));
	REFUSED(f, CQ_CONFLICT,
	    cq_store_tag(f->store, &who, one, blue, NULL, NULL, &f->err));
	REFUSED(f, CQ_CONFLICT,
	    cq_store_tag(f->store, &who, one, NULL, red, NULL, &f->err));
	who = act(f, "ana");
	OK(f,
	    cq_store_move(f->store, &who, one, 0, CQ_MOVE_RESOLVE, "fixed", 0,
		&f->err));
	REFUSED(f, CQ_CONFLICT,
	    cq_store_move(f->store, &who, two, 0, CQ_MOVE_RESOLVE, "fixed", 0,
		&f->err));
	assert_int_equal(head(f, two)->state, CQ_NEW);
}

static void
test_a_snooze_is_repeated_whatever_the_time_is_by_now(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), until = f->now + 60;
	struct cq_act who = act(f, "ana");

	OK(f,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_SNOOZE, NULL, until,
		&f->err));
	f->now += 5;
	OK(f,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_SNOOZE, NULL,
		until + 5, &f->err));
	f->now += 60;
	OK(f,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_SNOOZE, NULL, until,
		&f->err));
	assert_int_equal(n_events(f, id, "snooze"), 1);
}

static void
test_a_reason_is_words_and_not_too_many(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	struct cq_claim claim;
	char longest[2000];

	take(f, "ana", id);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	REFUSED(f, CQ_INPUT,
	    cq_store_release(f->store, &who, id, 0, longest, &f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_assign(f->store, &who, id, "ana", "\xff", &f->err));
	who = act(f, "lea");
	REFUSED(f, CQ_INPUT,
	    cq_store_steal(f->store, &who, id, 60, "  ", &claim, &f->err));
	assert_string_equal(head(f, id)->holder, "ana");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_each_verb_with_the_same_op_twice_is_one_act),
	    WITH_QUEUE(test_an_op_of_one_verb_is_refused_for_any_other),
	    WITH_QUEUE(test_an_op_of_one_agent_is_refused_for_another),
	    WITH_QUEUE(test_an_op_has_1_to_128_characters),
	    WITH_QUEUE(test_a_refusal_leaves_nothing_and_says_the_same_again),
	    WITH_QUEUE(test_a_refused_take_stays_refused_for_its_op),
	    WITH_QUEUE(test_no_news_writes_no_event),
	    WITH_QUEUE(
		test_an_event_says_who_did_it_in_whose_name_and_in_what_act),
	    WITH_QUEUE(test_a_fetch_that_raced_with_another_stores_nothing),
	    WITH_QUEUE(test_a_fetch_keeps_cursor_error_and_count_of_its_source),
	    WITH_QUEUE(test_a_removed_source_is_gone_and_its_posts_stay),
	    WITH_QUEUE(test_one_operation_id_is_not_two_acts),
	    WITH_QUEUE(test_a_snooze_is_repeated_whatever_the_time_is_by_now),
	    WITH_QUEUE(test_a_reason_is_words_and_not_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
