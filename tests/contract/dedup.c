#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tests/file.h"
#include "tests/stream.h"

/*
 * Which case a post goes to depends on the posts alone: not on how they are
 * cut into batches, on what was kept in memory, on who else wrote, or on
 * what failed meanwhile.
 */

#define SEED 20261123
#define N_POSTS 1000
#define N_SOURCES 4

/* --- a queue and what is in it -------------------------------------------- */

static void
ingest_into(struct fixture *f, struct cq_store *store,
    const struct cq_post *posts, size_t n, struct cq_ingested *sum)
{
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_ingest(store, &who, posts, n, sum, &f->err));
}

static struct cq_ingested
ingest(struct fixture *f, const struct cq_post_list *posts, size_t batch)
{
	struct cq_ingested sum = {0};

	for (size_t i = 0; i < posts->n; i += batch)
		ingest_into(f, f->store, &posts->at[i],
		    posts->n - i < batch ? posts->n - i : batch, &sum);
	return sum;
}

static bool
add_place(void *arg, struct raw_text source, struct raw_text id,
    int64_t case_id)
{
	cq_buf_fmt(arg, "%s %s %lld\n", source.s, id.s, (long long)case_id);
	return true;
}

static bool
add_suggestion(void *arg, struct raw_text source, struct raw_text id, int rank,
    int64_t case_id, enum cq_rule rule)
{
	cq_buf_fmt(arg, "%s %s %d. %lld %s\n", source.s, id.s, rank,
	    (long long)case_id, cq_rule_name(rule));
	return true;
}

/* Where each post is and what was suggested for it; free it. */
static char *
map_of(struct fixture *f)
{
	struct cq_buf b = {0};

	OK(f, cq_store_map(f->store, add_place, &b, &f->err));
	OK(f, cq_store_suggestions_map(f->store, add_suggestion, &b, &f->err));
	return cq_buf_take(&b);
}

struct partition {
	struct cq_buf b;
	int64_t cases[2 * N_POSTS];
	char first[2 * N_POSTS][24]; /* the post that names the case here */
	size_t n;
};

/* A case is named by its first post in the order of source and id. */
static bool
add_named(void *arg, struct raw_text source, struct raw_text id,
    int64_t case_id)
{
	struct partition *p = arg;
	size_t i = 0;

	while (i < p->n && p->cases[i] != case_id)
		i++;
	if (i == p->n) {
		assert_true(p->n < 2 * N_POSTS);
		p->cases[p->n++] = case_id;
		snprintf(p->first[i], sizeof(p->first[i]), "%s %s", source.s,
		    id.s);
	}
	cq_buf_fmt(&p->b, "%s %s with %s\n", source.s, id.s, p->first[i]);
	return true;
}

/* Which posts are together, whatever the numbers of their cases. */
static char *
partition_of(struct fixture *f)
{
	struct partition *p = cq_alloc(sizeof(*p));
	char *out;

	OK(f, cq_store_map(f->store, add_named, p, &f->err));
	out = cq_buf_take(&p->b);
	free(p);
	return out;
}

/* Another queue, that is as new as the first was. */
static struct fixture *
another_queue(struct fixture *f)
{
	void *state = NULL;
	struct fixture *g;

	assert_int_equal(fixture_set_up(&state), 0);
	g = state;
	g->now = f->now;
	return g;
}

static void
discard(struct fixture *f)
{
	void *state = f;

	fixture_tear_down(&state);
}

static void
same_lines(const char *want, const char *got, const char *how)
{
	size_t i = 0;

	while (want[i] != '\0' && want[i] == got[i])
		i++;
	if (want[i] == got[i])
		return;
	while (i > 0 && want[i - 1] != '\n')
		i--;
	fail_msg("%s: %.*s rather than %.*s", how, (int)strcspn(got + i, "\n"),
	    got + i, (int)strcspn(want + i, "\n"), want + i);
}

/* All in one batch, and something of everything in it; free it. */
static char *
map_of_one_batch(struct fixture *f, const struct cq_post_list *posts)
{
	struct cq_ingested sum = ingest(f, posts, posts->n);

	assert_int_equal(sum.n_new, posts->n);
	assert_true(sum.n_joined > (int64_t)posts->n / 4);
	assert_true(sum.n_joined < (int64_t)posts->n * 3 / 4);
	assert_true(sum.n_suggested > (int64_t)posts->n / 20);
	return map_of(f);
}

/* --- batches ----------------------------------------------------------------- */

static void
test_the_size_of_batches_makes_no_difference(void **state)
{
	static const size_t batches[] = {1, 7, 64, 999};
	struct fixture *f = *state;
	struct cq_post_list posts;
	char *want, *got;

	stream_make(&posts, SEED, N_POSTS, N_SOURCES);
	want = map_of_one_batch(f, &posts);
	for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
		struct fixture *g = another_queue(f);

		ingest(g, &posts, batches[i]);
		got = map_of(g);
		same_lines(want, got, "smaller batches");
		free(got);
		discard(g);
	}
	all_is_well(f);
	free(want);
	cq_post_list_free(&posts);
}

/* The whole file: all rows, in the places where they were written. */
static char *
bytes_of(struct fixture *f, size_t *n)
{
	cq_store_close(f->store);
	f->store = NULL;
	return file_read(f->path, n);
}

static void
test_a_rerun_makes_the_same_file_byte_by_byte(void **state)
{
	struct fixture *f = *state, *g = another_queue(f);
	struct cq_post_list posts;
	char *want, *got;
	size_t n, m;

	stream_make(&posts, SEED, 400, N_SOURCES);
	ingest(f, &posts, 50);
	ingest(g, &posts, 50);
	want = bytes_of(f, &n);
	got = bytes_of(g, &m);
	assert_int_equal(n, m);
	assert_memory_equal(want, got, n);
	free(want);
	free(got);
	discard(g);
	cq_post_list_free(&posts);
}

static void
test_posts_that_come_again_change_nothing(void **state)
{
	struct fixture *f = *state, *g = another_queue(f);
	struct cq_post_list posts, twice = {0};
	struct cq_ingested sum;
	char *want, *got;

	stream_make(&posts, SEED, 500, N_SOURCES);
	want = map_of_one_batch(f, &posts);
	for (size_t i = 0; i < posts.n; i++) {
		cq_post_list_add(&twice, &posts.at[i]);
		cq_post_list_add(&twice, &posts.at[dice(f, (uint32_t)i + 1)]);
		cq_post_list_add(&twice, &posts.at[i]);
	}
	sum = ingest(g, &twice, 31);
	assert_int_equal(sum.n_new, posts.n);
	assert_int_equal(sum.n_known, 2 * posts.n);
	assert_int_equal(sum.n_edited, 0);
	got = map_of(g);
	same_lines(want, got, "posts that came again");
	free(got);
	free(want);
	discard(g);
	cq_post_list_free(&twice);
	cq_post_list_free(&posts);
}

static void
test_what_comes_between_from_elsewhere_makes_no_difference(void **state)
{
	struct fixture *f = *state;
	struct cq_post_list posts, mixed;
	char *want, *got;

	stream_make(&posts, SEED, N_POSTS, N_SOURCES);
	free(map_of_one_batch(f, &posts));
	want = partition_of(f);
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct fixture *g = another_queue(f);

		stream_mix(&mixed, &posts, seed, N_SOURCES);
		assert_int_equal(mixed.n, posts.n);
		ingest(g, &mixed, 100);
		got = partition_of(g);
		same_lines(want, got, "mixed otherwise");
		free(got);
		cq_post_list_free(&mixed);
		discard(g);
	}
	free(want);
	cq_post_list_free(&posts);
}

/* --- one author's thread ----------------------------------------------------- */

struct thread {
	struct cq_post posts[4];
	char ids[4][16], texts[4][80], author[16];
};

/* Each post answers the one before; all say which flat they are about. */
static void
make_thread(struct thread *t, int flat)
{
	static const char *const texts[] = {
	    "the boiler of flat %d went off on the coldest night",
	    "I rang you twice about flat %d and nobody picked up",
	    "day three with no heat in flat %d",
	    "my landlord says flat %d is up to you"};

	snprintf(t->author, sizeof(t->author), "jo%d", flat);
	for (int i = 0; i < 4; i++) {
		snprintf(t->ids[i], sizeof(t->ids[i]), "%d.%d", flat, i);
		snprintf(t->texts[i], sizeof(t->texts[i]), texts[i], flat);
		t->posts[i] = a_post(t->ids[i], t->author, t->texts[i]);
		t->posts[i].in_reply_to = i == 0 ? NULL : t->ids[i - 1];
		t->posts[i].created_at = T0 - 3600 + 60 * i;
	}
}

/* Order k of the 24 in which four posts can come. */
static void
put_in_order(const struct thread *t, int k, struct cq_post *posts)
{
	static const int bases[] = {6, 2, 1, 1};
	int left[] = {0, 1, 2, 3};

	for (int i = 0; i < 4; i++) {
		int pick = k / bases[i];

		k %= bases[i];
		posts[i] = t->posts[left[pick]];
		for (; pick < 3; pick++)
			left[pick] = left[pick + 1];
	}
}

static void
test_a_thread_of_one_author_is_one_case_in_any_order(void **state)
{
	struct fixture *f = *state;

	for (int k = 0; k < 2 * 24; k++) {
		size_t batch = k < 24 ? 4 : 1;
		struct cq_ingested sum = {0};
		struct cq_post posts[4];
		struct thread t;

		make_thread(&t, 100 + k);
		put_in_order(&t, k % 24, posts);
		for (size_t i = 0; i < 4; i += batch)
			ingest_into(f, f->store, &posts[i], batch, &sum);
		assert_int_equal(sum.n_new, 4);
		if (sum.n_joined != 3)
			fail_msg("%s %s %s %s: %d joined", posts[0].id,
			    posts[1].id, posts[2].id, posts[3].id,
			    (int)sum.n_joined);
		for (int i = 1; i < 4; i++)
			assert_int_equal(case_of(f, "chirp", t.ids[i]),
			    case_of(f, "chirp", t.ids[0]));
	}
	assert_int_equal(counts(f, NULL).cases, 2 * 24);
	all_is_well(f);
}

/* --- what is kept in memory ------------------------------------------------- */

static void
test_two_who_take_turns_decide_as_one_does(void **state)
{
	struct fixture *f = *state, *g = another_queue(f);
	struct cq_store *other = open_again(g);
	struct cq_ingested sum = {0};
	struct cq_post_list posts;
	char *want, *got;

	stream_make(&posts, SEED, 600, N_SOURCES);
	want = map_of_one_batch(f, &posts);
	for (size_t i = 0; i < posts.n; i += 20) {
		struct cq_store *store = dice(g, 2) == 0 ? g->store : other;

		ingest_into(g, store, &posts.at[i], 20, &sum);
	}
	got = map_of(g);
	same_lines(want, got, "two who took turns");
	free(got);
	free(want);
	cq_store_close(other);
	discard(g);
	cq_post_list_free(&posts);
}

/* Fails each batch in which a post has this text; nobody else notices. */
#define BOMB "the last post of a batch that fails"
#define TRIGGER                                                           \
	"CREATE TRIGGER bomb AFTER INSERT ON post WHEN new.text = '" BOMB \
	"' BEGIN SELECT RAISE(ABORT, 'no more room'); END"

static void
test_a_batch_that_fails_leaves_nothing_in_memory(void **state)
{
	struct fixture *f = *state, *g = another_queue(f);
	struct cq_post_list posts, bad;
	struct cq_post bomb = a_post("bomb", "nobody", BOMB);
	struct cq_ingested sum = {0};
	char *want, *got;

	file_sql(g->path, TRIGGER);
	stream_make(&posts, SEED, 600, N_SOURCES);
	want = map_of_one_batch(f, &posts);
	for (size_t i = 0; i < posts.n; i += 30) {
		struct cq_act who = act(g, "ana");
		struct cq_ingested lost = {0};

		/* others are told first, and are not there afterwards */
		stream_make(&bad, 7 + i, 30, N_SOURCES);
		for (size_t k = i + 15; k < i + 30; k++)
			cq_post_list_add(&bad, &posts.at[k]);
		cq_post_list_add(&bad, &bomb);
		REFUSED(g, CQ_DB,
		    cq_store_ingest(g->store, &who, bad.at, bad.n, &lost,
			&g->err));
		assert_int_equal(lost.n_read, 0);
		ingest_into(g, g->store, &posts.at[i], 30, &sum);
		cq_post_list_free(&bad);
	}
	assert_int_equal(sum.n_new, posts.n);
	got = map_of(g);
	same_lines(want, got, "after batches that failed");
	free(got);
	free(want);
	file_sql(g->path, "DROP TRIGGER bomb");
	all_is_well(g);
	discard(g);
	cq_post_list_free(&posts);
}

/* --- processes --------------------------------------------------------------------- */

/* One of several that write at once; ends the process. */
static void
ingest_alone(struct fixture *f, const struct cq_post_list *posts, int k)
{
	struct cq_post_list mine;
	struct cq_ingested sum = {0};
	enum cq_status rc = cq_store_open(f->path, &f->env, &f->store, &f->err);

	stream_of(&mine, posts, k);
	for (size_t i = 0; i < mine.n && rc == CQ_OK; i += 7) {
		char op[64];
		struct cq_act who = {.op = op, .agent = "ana"};

		snprintf(op, sizeof(op), "child-%d-%zu", k, i);
		rc = cq_store_ingest(f->store, &who, &mine.at[i],
		    mine.n - i < 7 ? mine.n - i : 7, &sum, &f->err);
	}
	if (rc != CQ_OK)
		fprintf(stderr, "%s\n", f->err.msg);
	cq_store_close(f->store);
	cq_post_list_free(&mine);
	/* and leaves what is the parent's, which is no leak */
	execlp(rc == CQ_OK && sum.n_joined > 0 ? "true" : "false", "child",
	    (char *)NULL);
	_exit(2);
}

static void
test_four_processes_decide_as_one_does(void **state)
{
	struct fixture *f = *state, *g = another_queue(f);
	struct cq_post_list posts;
	char *want, *got;
	int status;

	stream_make(&posts, SEED, N_POSTS, N_SOURCES);
	free(map_of_one_batch(f, &posts));
	want = partition_of(f);
	cq_store_close(g->store); /* before they part */
	g->store = NULL;
	for (int k = 0; k < N_SOURCES; k++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			ingest_alone(g, &posts, k);
	}
	for (int k = 0; k < N_SOURCES; k++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	g->store = open_again(g);
	got = partition_of(g);
	same_lines(want, got, "four processes");
	all_is_well(g);
	free(got);
	free(want);
	discard(g);
	cq_post_list_free(&posts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_the_size_of_batches_makes_no_difference),
	    WITH_QUEUE(test_a_rerun_makes_the_same_file_byte_by_byte),
	    WITH_QUEUE(test_posts_that_come_again_change_nothing),
	    WITH_QUEUE(
		test_what_comes_between_from_elsewhere_makes_no_difference),
	    WITH_QUEUE(test_a_thread_of_one_author_is_one_case_in_any_order),
	    WITH_QUEUE(test_two_who_take_turns_decide_as_one_does),
	    WITH_QUEUE(test_a_batch_that_fails_leaves_nothing_in_memory),
	    WITH_QUEUE(test_four_processes_decide_as_one_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
