#include "tests/store_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Another setting tried on history: on the side, and nothing changes. */

#define MINUTE 60
#define HOUR 3600
#define DAY (24 * HOUR)

#define TICKET "the ticket machine at the south gate kept my note of twenty"
#define TIKET "the tiket machine at the south gate kept my note of twenty"
#define CHAIRS "two of the six chairs that came on the van have no screws"

static int64_t
say(struct fixture *f, const char *id, const char *author, const char *text)
{
	struct cq_post p = a_post(id, author, text);

	p.brand = "rail"; /* or nothing of an author is a follow-up */
	return put(f, &p);
}

static int64_t
answer(struct fixture *f, const char *id, const char *author, const char *to,
    const char *text)
{
	struct cq_post p = a_post(id, author, text);

	p.brand = "rail";
	p.in_reply_to = to;
	return put(f, &p);
}

static int64_t
post_id(struct fixture *f, const char *remote_id)
{
	int64_t id = 0;

	OK(f, cq_store_post_id(f->store, "chirp", remote_id, &id, &f->err));
	return id;
}

static struct cq_replay
replay_set(struct fixture *f, int64_t since, const char *source,
    const struct cq_setting *set, size_t n)
{
	struct cq_replay_opts opts = {.from_at = since,
	    .to_at = f->now + 1,
	    .source = source,
	    .set = set,
	    .n_set = n};
	struct cq_replay r;

	OK(f, cq_store_replay(f->store, &opts, &r, &f->err));
	return r;
}

static struct cq_replay
replay(struct fixture *f, int64_t since)
{
	return replay_set(f, since, NULL, NULL, 0);
}

static struct cq_replay
replay_with(struct fixture *f, enum cq_rule rule, enum cq_mode mode)
{
	struct cq_setting set = {NULL, rule, mode};

	return replay_set(f, T0, NULL, &set, 1);
}

static void
same_as_it_was(struct cq_replay r)
{
	for (int i = 0; i < CQ_N_REPLAY_CHANGES; i++)
		if (r.changes[i] != 0)
			fail_msg("change %d of post %lld", i,
			    (long long)r.example[i][0].post_id);
	assert_int_equal(r.cases[0], r.cases[1]);
	assert_int_equal(r.suggested[0], r.suggested[1]);
	for (int i = 0; i < CQ_N_RULES; i++)
		assert_int_equal(r.joins[0][i], r.joins[1][i]);
	cq_replay_free(&r);
}

/* Copies, a reply, a follow-up; 1 minute apart. */
static void
some_history(struct fixture *f)
{
	say(f, "1", "jo", TICKET);
	f->now += MINUTE;
	say(f, "2", "kim", TIKET);
	f->now += MINUTE;
	say(f, "3", "lou", TICKET);
	f->now += MINUTE;
	answer(f, "4", "mia", "2", "mine as well");
	f->now += MINUTE;
	say(f, "5", "jo", "and nobody picks up the phone");
	f->now += MINUTE;
	say(f, "6", "nan", CHAIRS);
	f->now += MINUTE;
}

static void
test_with_the_settings_of_now_nothing_differs(void **state)
{
	struct fixture *f = *state;
	struct cq_replay r;

	some_history(f);
	r = replay(f, T0);
	assert_int_equal(r.n_posts, 6);
	assert_int_equal(r.n_context, 0);
	assert_int_equal(r.cases[0], 2);
	assert_int_equal(r.joins[0][CQ_RULE_COPY], 1);
	assert_int_equal(r.joins[0][CQ_RULE_TEXT], 1);
	assert_int_equal(r.joins[0][CQ_RULE_REPLY], 1);
	assert_int_equal(r.joins[0][CQ_RULE_FOLLOW], 1);
	assert_int_equal(r.joins[0][CQ_RULE_FIRST], 0);
	same_as_it_was(r);
}

static void
test_a_rule_turned_off_loses_its_joins_and_they_are_shown(void **state)
{
	struct fixture *f = *state;
	const struct cq_replay_example *e;
	struct cq_replay r;

	some_history(f);
	r = replay_with(f, CQ_RULE_COPY, CQ_MODE_OFF);
	assert_int_equal(r.cases[0], 2);
	assert_int_equal(r.cases[1], 3);
	assert_int_equal(r.joins[0][CQ_RULE_COPY], 1);
	assert_int_equal(r.joins[1][CQ_RULE_COPY], 0);
	assert_int_equal(r.changes[CQ_REPLAY_LOST], 1);
	assert_int_equal(r.changes[CQ_REPLAY_NEW], 0);
	assert_int_equal(r.changes[CQ_REPLAY_MOVED], 0);
	e = &r.example[CQ_REPLAY_LOST][0];
	assert_int_equal(e->post_id, post_id(f, "2"));
	assert_int_equal(e->other_id, post_id(f, "1"));
	assert_int_equal(e->case_id, case_of(f, "chirp", "1"));
	assert_int_equal(e->rule, CQ_RULE_COPY);
	assert_string_equal(e->text.s, TIKET);
	assert_string_equal(e->other_text.s, TICKET);
	assert_non_null(strstr(e->why.s, "1 spelling difference"));
	cq_replay_free(&r);
}

static void
test_a_rule_that_would_only_suggest_suggests_there(void **state)
{
	struct fixture *f = *state;
	struct cq_replay r;

	some_history(f);
	r = replay_with(f, CQ_RULE_COPY, CQ_MODE_SUGGEST);
	assert_int_equal(r.changes[CQ_REPLAY_LOST], 1);
	assert_int_equal(r.suggested[0], 0);
	assert_int_equal(r.suggested[1], 1);
	cq_replay_free(&r);
}

static void
test_what_was_off_would_join(void **state)
{
	struct fixture *f = *state;
	struct cq_act lea = act(f, "lea");
	enum cq_mode off = CQ_MODE_OFF;
	struct cq_replay r;

	OK(f,
	    cq_store_policy_set(f->store, &lea, NULL, CQ_RULE_COPY, &off,
		&f->err));
	some_history(f);
	same_as_it_was(replay(f, T0));
	r = replay_with(f, CQ_RULE_COPY, CQ_MODE_AUTO);
	assert_int_equal(r.changes[CQ_REPLAY_NEW], 1);
	assert_int_equal(r.changes[CQ_REPLAY_LOST], 0);
	assert_int_equal(r.example[CQ_REPLAY_NEW][0].post_id, post_id(f, "2"));
	assert_int_equal(r.example[CQ_REPLAY_NEW][0].rule, CQ_RULE_COPY);
	assert_int_equal(r.cases[0], 3);
	assert_int_equal(r.cases[1], 2);
	cq_replay_free(&r);
}

static void
test_a_post_may_go_to_another_case(void **state)
{
	struct fixture *f = *state;
	struct cq_replay r;
	int64_t a, b;

	a = say(f, "1", "jo", TICKET);
	b = say(f, "2", "kim", CHAIRS);
	/* a reply in one thread with the text of another */
	assert_int_equal(answer(f, "3", "jo", "2", TICKET), b);
	assert_int_not_equal(a, b);
	r = replay_with(f, CQ_RULE_REPLY, CQ_MODE_OFF);
	assert_int_equal(r.changes[CQ_REPLAY_MOVED], 1);
	assert_int_equal(r.example[CQ_REPLAY_MOVED][0].other_case, a);
	assert_int_equal(r.cases[0], r.cases[1]);
	cq_replay_free(&r);
}

/* --- what people did ----------------------------------------------------- */

static void
test_what_people_closed_is_closed_there_too(void **state)
{
	struct fixture *f = *state;
	int64_t id = say(f, "1", "jo", TICKET);

	f->now += MINUTE;
	resolve(f, "ana", id);
	f->now += MINUTE;
	/* no follow-up: the case was not in the queue any more */
	assert_int_not_equal(say(f, "2", "jo", CHAIRS), id);
	f->now += MINUTE;
	undo(f, "ana");
	f->now += MINUTE;
	say(f, "3", "jo", "and who pays my fare today");
	OK(f, try_move(f, "ana", id, 0, CQ_MOVE_DISMISS));
	f->now += MINUTE;
	say(f, "4", "kim", TICKET); /* not into a dismissed case */
	same_as_it_was(replay(f, T0));
}

static void
test_what_people_joined_and_split_is_so_there_too(void **state)
{
	struct fixture *f = *state;
	int64_t a = say(f, "1", "jo", TICKET), b, c;

	b = say(f, "2", "kim", CHAIRS);
	f->now += MINUTE;
	join(f, "ana", a, b);
	f->now += MINUTE;
	say(f, "3", "lou", CHAIRS); /* into the joined case */
	answer(f, "4", "mia", "1", "mine too");
	f->now += MINUTE;
	c = split(f, "ben", a, post_id(f, "4"));
	f->now += MINUTE;
	undo(f, "ben");
	f->now += MINUTE;
	answer(f, "5", "nan", "4", "which of the machines");
	f->now += MINUTE;
	undo(f, "ana"); /* the join */
	f->now += MINUTE;
	answer(f, "6", "oda", "3", "no screws here either");
	say(f, "7", "pia", TICKET);
	assert_int_not_equal(c, 0);
	same_as_it_was(replay(f, T0));
}

static void
test_what_people_said_is_not_the_same_keeps_apart_there_too(void **state)
{
	struct fixture *f = *state;
	int64_t a = say(f, "1", "jo", TICKET), b;
	struct cq_act who;

	f->now += MINUTE;
	say(f, "2", "kim", TICKET);
	f->now += MINUTE;
	b = split(f, "ana", a, post_id(f, "2"));
	who = act(f, "ana");
	OK(f, cq_store_not_same(f->store, &who, a, &b, 1, NULL, &f->err));
	f->now += MINUTE;
	say(f, "3", "lou", TICKET); /* fits both: opens a case */
	same_as_it_was(replay(f, T0));
}

static void
test_an_edit_comes_when_it_came(void **state)
{
	struct fixture *f = *state;

	say(f, "1", "jo", TICKET);
	f->now += MINUTE;
	say(f, "1", "jo", CHAIRS);
	f->now += MINUTE;
	say(f, "2", "kim", CHAIRS);
	say(f, "3", "lou", TICKET);
	same_as_it_was(replay(f, T0));
}

static void
test_how_often_a_setting_agrees_with_people_is_counted(void **state)
{
	struct fixture *f = *state;
	struct cq_act lea = act(f, "lea");
	enum cq_mode off = CQ_MODE_OFF;
	struct cq_replay r;
	int64_t a;

	some_history(f);
	a = case_of(f, "chirp", "1");
	split(f, "ana", a, post_id(f, "2"));
	r = replay(f, T0);
	assert_int_equal(r.n_split, 1);
	assert_int_equal(r.n_split_agreed, 0);
	assert_int_equal(r.n_joined, 0);
	same_as_it_was(r);
	r = replay_with(f, CQ_RULE_COPY, CQ_MODE_OFF);
	assert_int_equal(r.n_split, 1);
	assert_int_equal(r.n_split_agreed, 1);
	cq_replay_free(&r);
	f->now += MINUTE;
	OK(f,
	    cq_store_policy_set(f->store, &lea, NULL, CQ_RULE_TEXT, &off,
		&f->err));
	lea = act(f, "lea");
	OK(f,
	    cq_store_policy_set(f->store, &lea, NULL, CQ_RULE_COPY, &off,
		&f->err));
	join(f, "ben", case_of(f, "chirp", "6"), say(f, "7", "pia", CHAIRS));
	r = replay(f, T0);
	assert_int_equal(r.n_joined, 1);
	assert_int_equal(r.n_joined_agreed, 0);
	cq_replay_free(&r);
	r = replay_with(f, CQ_RULE_TEXT, CQ_MODE_AUTO);
	assert_int_equal(r.n_joined, 1);
	assert_int_equal(r.n_joined_agreed, 1);
	cq_replay_free(&r);
}

/* --- a random walk -------------------------------------------------------- */

static const char *const said[] = {
    TICKET,
    TIKET,
    CHAIRS,
    "two of the six chairs that came on the vann have no screws",
    "two of the six tables that came on the van have no screws",
    "the app shows the timetable of last year at the bridge",
    "the app shows the timetable of last yaer at the bridge",
    "still no answer",
    "RT @au3: the app shows the timetable of last year at the bridge",
};
#define N_SAID (sizeof(said) / sizeof(said[0]))

static void
random_post(struct fixture *f, int n)
{
	char id[24], author[24], to[24];
	struct cq_post p = a_post(id, author, said[dice(f, N_SAID)]);
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	snprintf(id, sizeof(id), "%d", n);
	snprintf(author, sizeof(author), "au%u", dice(f, 12));
	snprintf(to, sizeof(to), "%u", dice(f, (uint32_t)n + 3));
	if (dice(f, 2) == 0)
		p.brand = "rail";
	if (dice(f, 4) == 0)
		p.in_reply_to = to;
	else if (dice(f, 8) == 0)
		p.repost_of = to;
	if (dice(f, 3) == 0)
		p.conversation = "c1";
	OK(f, cq_store_ingest(f->store, &who, &p, 1, &sum, &f->err));
}

static void
random_edit(struct fixture *f, int n)
{
	char id[24];
	struct cq_post p = a_post(id, NULL, said[dice(f, N_SAID)]);
	struct cq_act who = act(f, "ana");

	snprintf(id, sizeof(id), "%u", 1 + dice(f, (uint32_t)n));
	OK(f, cq_store_ingest(f->store, &who, &p, 1, NULL, &f->err));
}

/* What a person may do; whether it is refused does not matter. */
static void
random_act(struct fixture *f)
{
	int64_t n = counts(f, NULL).newest_case, new_case_id;
	int64_t a = 1 + dice(f, (uint32_t)n), b = 1 + dice(f, (uint32_t)n);
	const char *agent = dice(f, 2) ? "ana" : "ben";
	struct cq_act who = act(f, agent);
	char what[100];
	int64_t post;

	switch (dice(f, 7)) {
	case 0:
		cq_store_move(f->store, &who, a, 0, CQ_MOVE_RESOLVE,
		    cq_outcomes[0], 0, NULL);
		break;
	case 1:
		cq_store_move(f->store, &who, a, 0, CQ_MOVE_DISMISS, "no", 0,
		    NULL);
		break;
	case 2:
		cq_store_move(f->store, &who, a, 0, CQ_MOVE_REOPEN, "yes", 0,
		    NULL);
		break;
	case 3:
		cq_store_join(f->store, &who, a, &b, 1, true, NULL, NULL);
		break;
	case 4:
		if (head(f, a)->n_posts < 2)
			break;
		post = post_of(f, a, dice(f, (uint32_t)f->full.head.n_posts));
		cq_store_split(f->store, &who, a, &post, 1, NULL, &new_case_id,
		    NULL);
		break;
	case 5:
		cq_store_not_same(f->store, &who, a, &b, 1, NULL, NULL);
		break;
	default:
		cq_store_undo(f->store, &who, what, sizeof(what), NULL, NULL);
	}
}

/*
 * Everything that a person may do decides what later posts meet: if one act
 * were done otherwise on the side, posts would go elsewhere.
 */
static void
test_after_a_random_walk_nothing_differs(void **state)
{
	struct fixture *f = *state;
	struct cq_replay r;
	int n = 0;

	for (int i = 0; i < 400; i++) {
		f->now += dice(f, 3) * dice(f, 20 * MINUTE);
		if (n == 0 || dice(f, 3) > 0)
			random_post(f, ++n);
		else if (dice(f, 10) == 0)
			random_edit(f, n);
		else
			random_act(f);
	}
	r = replay(f, T0);
	assert_int_equal(r.n_posts, n);
	assert_in_range(r.cases[0], 10, n - 10);
	same_as_it_was(r);
	all_is_well(f);
}

/* --- context, sources, own accounts -------------------------------------- */

static void
test_what_came_before_is_read_but_not_counted(void **state)
{
	struct fixture *f = *state;
	int64_t a = say(f, "1", "jo", TICKET), b;
	struct cq_replay r;

	b = say(f, "2", "kim", CHAIRS);
	resolve(f, "ana", b);
	f->now += 6 * DAY;
	assert_int_equal(say(f, "3", "lou", TICKET), a); /* in the context */
	f->now += 17 * DAY;
	say(f, "3a", "oda", "the app shows the timetable of last year");
	f->now += 3 * DAY;
	/* long before the context, one case closed then */
	assert_int_equal(answer(f, "4", "mia", "1", "mine too"), a);
	assert_int_equal(answer(f, "5", "nan", "2", "screws came today"), b);
	say(f, "6", "lou", "it is the same every week");
	r = replay(f, f->now);
	assert_int_equal(r.n_posts, 3);
	assert_int_equal(r.n_context, 3);
	same_as_it_was(r);
	r = replay(f, T0);
	assert_int_equal(r.n_posts, 7);
	same_as_it_was(r);
}

static void
test_a_source_is_set_and_counted_alone(void **state)
{
	struct fixture *f = *state;
	struct cq_setting set = {NULL, CQ_RULE_TEXT, CQ_MODE_OFF};
	struct cq_post p = a_post("1", "jo", TICKET);
	struct cq_replay r;

	say(f, "1", "jo", TICKET);
	say(f, "2", "kim", TICKET);
	p.source = "other";
	p.author = "lou";
	put(f, &p);
	r = replay_set(f, T0, "other", &set, 1);
	assert_int_equal(r.n_posts, 1);
	assert_int_equal(r.changes[CQ_REPLAY_LOST], 1);
	assert_int_equal(r.joins[0][CQ_RULE_TEXT], 1);
	cq_replay_free(&r);
	r = replay_set(f, T0, "chirp", &set, 1);
	assert_int_equal(r.n_posts, 2);
	assert_int_equal(r.changes[CQ_REPLAY_LOST], 1);
	cq_replay_free(&r);
}

static void
test_accounts_that_are_ours_by_now_would_be_left_out(void **state)
{
	static const char *const handles[] = {"help", NULL};
	struct fixture *f = *state;
	struct cq_act adm = act(f, "adm");
	struct cq_replay r;
	int64_t n;

	say(f, "1", "jo", TICKET);
	say(f, "2", "help", "we are open on all days of the week");
	answer(f, "3", "help", "1", "sorry to hear that");
	say(f, "4", "kim", "we are open on all days of the week");
	OK(f,
	    cq_store_own_set(f->store, &adm, NULL, handles, true, &n, &f->err));
	r = replay(f, T0);
	assert_int_equal(r.n_posts, 4);
	assert_int_equal(r.n_left_out, 1);
	assert_int_equal(r.joins[1][CQ_RULE_REPLY], 1);
	cq_replay_free(&r);
}

/* --- on the side --------------------------------------------------------- */

static int
n_files(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void
test_nothing_changes_and_nothing_is_left(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other;
	int64_t version, seen;
	char *before, *after;
	int files;

	some_history(f);
	before = snapshot(f, 2);
	files = n_files(f->dir);
	other = open_again(f);
	seen = cq_store_version(other);
	version = cq_store_version(f->store);
	same_as_it_was(replay(f, T0));
	assert_int_equal(cq_store_version(f->store), version);
	assert_int_equal(cq_store_version(other), seen);
	cq_store_close(other);
	assert_int_equal(n_files(f->dir), files);
	after = snapshot(f, 2);
	same_snapshot(before, after, "replay");
	all_is_well(f);
	free(before);
	free(after);
}

static void
tell(void *arg, int64_t done, int64_t of)
{
	int64_t *last = arg;

	assert_in_range(done, *last, of);
	*last = done;
}

static void
test_it_tells_how_far_it_is_and_stops_when_asked(void **state)
{
	struct fixture *f = *state;
	volatile int stop = 0;
	int64_t last = 0;
	struct cq_replay_opts opts = {
	    .from_at = T0, .progress = tell, .arg = &last, .stop = &stop};
	struct cq_replay r;

	some_history(f);
	opts.to_at = f->now + 1;
	OK(f, cq_store_replay(f->store, &opts, &r, &f->err));
	assert_false(r.stopped);
	assert_true(last > 0);
	cq_replay_free(&r);
	stop = 15;
	OK(f, cq_store_replay(f->store, &opts, &r, &f->err));
	assert_true(r.stopped);
	assert_in_range(r.to_at, T0, f->now);
	cq_replay_free(&r);
}

static void
test_what_makes_no_sense_is_refused_and_nothing_is_nothing(void **state)
{
	struct fixture *f = *state;
	struct cq_setting set = {NULL, CQ_RULE_LIKE, CQ_MODE_AUTO};
	struct cq_replay_opts opts = {
	    .from_at = T0, .to_at = T0 + DAY, .set = &set, .n_set = 1};
	struct cq_replay r;

	REFUSED(f, CQ_INPUT, cq_store_replay(f->store, &opts, &r, &f->err));
	opts.n_set = 0;
	opts.source = "nowhere";
	REFUSED(f, CQ_NOT_FOUND, cq_store_replay(f->store, &opts, &r, &f->err));
	opts.source = NULL;
	OK(f, cq_store_replay(f->store, &opts, &r, &f->err));
	assert_int_equal(r.n_posts, 0);
	same_as_it_was(r);
	some_history(f);
	r = replay(f, f->now + DAY);
	assert_int_equal(r.n_posts, 0);
	same_as_it_was(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_with_the_settings_of_now_nothing_differs),
	    WITH_QUEUE(
		test_a_rule_turned_off_loses_its_joins_and_they_are_shown),
	    WITH_QUEUE(test_a_rule_that_would_only_suggest_suggests_there),
	    WITH_QUEUE(test_what_was_off_would_join),
	    WITH_QUEUE(test_a_post_may_go_to_another_case),
	    WITH_QUEUE(test_what_people_closed_is_closed_there_too),
	    WITH_QUEUE(test_what_people_joined_and_split_is_so_there_too),
	    WITH_QUEUE(
		test_what_people_said_is_not_the_same_keeps_apart_there_too),
	    WITH_QUEUE(test_an_edit_comes_when_it_came),
	    WITH_QUEUE(test_how_often_a_setting_agrees_with_people_is_counted),
	    WITH_QUEUE(test_after_a_random_walk_nothing_differs),
	    WITH_QUEUE(test_what_came_before_is_read_but_not_counted),
	    WITH_QUEUE(test_a_source_is_set_and_counted_alone),
	    WITH_QUEUE(test_accounts_that_are_ours_by_now_would_be_left_out),
	    WITH_QUEUE(test_nothing_changes_and_nothing_is_left),
	    WITH_QUEUE(test_it_tells_how_far_it_is_and_stops_when_asked),
	    WITH_QUEUE(
		test_what_makes_no_sense_is_refused_and_nothing_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
