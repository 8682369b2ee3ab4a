#include <getopt.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/store.h"
#include "tests/bench/made.h"
#include "tests/bench/measure.h"
#include "tests/bench/plain.h"

/*
 * How fast do posts come in, how much room do they take, and does that stay
 * so as the queue grows?
 *
 * usage: bench_ingest [--posts N] [--singles N] [--perturb FILE] [--index]
 *                     [--keep]
 *        bench_ingest --claim [--posts N] [--seconds S]
 *
 * Grows a queue to N posts (1,000,000) in batches of 500 and prints a line
 * at 10,000, at 100,000 and at the end.  The posts are made up (made.h), or
 * made of the texts of a file.  Beside it plain SQLite inserts the rows
 * that came of it, turn by turn in the same run (plain.h).  A rate is posts
 * a second of processor time over the last stretch; the last 2,000 posts of
 * each (--singles) come one by one, as from a source that is asked often.
 *
 * With --index the word index of suggestions is kept up every 10,000 posts,
 * and its own posts a second of processor time are in column "index".
 *
 * With --claim somebody takes and returns cases at random moments for S
 * seconds (20), while another process brings in posts as fast as it may.
 */
#define BATCH 500
#define STEP 10000

struct mark { /* what was measured when the queue had n posts */
	uint64_t n;
	double queue_s, plain_s; /* CPU seconds of the stretch */
	double index_s;
	int64_t indexed;	   /* posts taken into the word index in it */
	uint64_t stretch, batched; /* posts of it; those in batches */
	double batch_median, batch_p99; /* ms a post, wall clock */
	double single_median, single_p99, single_worst;
	long peak_kib;
	int64_t bytes;
};

struct bench {
	char dir[200], queue[240], plain[240];
	struct made made;
	int64_t now;
	uint64_t seed, n_posts;
	int seconds, n_singles;
	int claim, keep, index;
	struct mark *mark; /* shared with the children */
};

/* A child process that works on when it is told to, and says when done. */
struct child {
	pid_t pid;
	int ask, answer;
};

/* --- the queue's world: posts come when they were written --------------- */

static int64_t
clock_now(void *arg)
{
	return ((struct bench *)arg)->now;
}

static void
random_bytes(void *arg, void *buf, size_t n)
{
	struct bench *b = arg;

	for (size_t i = 0; i < n; i++) {
		b->seed = b->seed * UINT64_C(6364136223846793005) + 1;
		((unsigned char *)buf)[i] = (unsigned char)(b->seed >> 56);
	}
}

static long
local_disk(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return 0xEF53; /* ext4 */
}

static struct cq_env
world(struct bench *b)
{
	return (struct cq_env){
	    .now = clock_now,
	    .random = random_bytes,
	    .fs_type = local_disk,
	    .arg = b,
	};
}

static void
die(const char *what, const struct cq_err *err)
{
	fprintf(stderr, "bench_ingest: %s: %s\n", what, err->msg);
	_exit(1);
}

static struct cq_store *
open_queue(struct bench *b)
{
	struct cq_env env = world(b);
	struct cq_store *store = NULL;
	struct cq_err err = {0};

	if (cq_store_open(b->queue, &env, &store, &err) != CQ_OK)
		die(b->queue, &err);
	return store;
}

static void
make_queue(struct bench *b)
{
	struct cq_env env = world(b);
	struct cq_err err = {0};

	b->now = MADE_START;
	if (cq_store_create(b->queue, &env, "bench", "bench", getuid(), &err) !=
	    CQ_OK)
		die(b->queue, &err);
}

/* --- posts into the queue ----------------------------------------------- */

struct taking {
	struct bench *b;
	struct cq_store *store;
	struct made_post *room;
	struct cq_post posts[BATCH];
	uint64_t n; /* posts in the queue */
	double cpu;
	double *ms; /* wall time a post of each call */
	size_t n_ms;
	struct cq_ingested sum;
};

static void
take(struct taking *t, size_t n)
{
	struct cq_act act = {.agent = "bench"};
	struct cq_err err = {0};
	char op[CQ_OP_SIZE];
	double began, cpu;

	for (size_t i = 0; i < n; i++) {
		made_post(&t->b->made, t->n + i, &t->room[i]);
		t->posts[i] = t->room[i].post;
	}
	t->b->now = made_at(t->n + n);
	snprintf(op, sizeof(op), "bench-%" PRIu64, t->n);
	act.op = op;
	cpu = cpu_s();
	began = now_ms();
	if (cq_store_ingest(t->store, &act, t->posts, n, &t->sum, &err) !=
	    CQ_OK)
		die("ingest", &err);
	t->ms[t->n_ms++] = (now_ms() - began) / (double)n;
	t->cpu += cpu_s() - cpu;
	t->n += n;
}

static void
take_begin(struct taking *t, struct bench *b)
{
	*t = (struct taking){.b = b, .store = open_queue(b)};
	t->room = calloc(BATCH, sizeof(*t->room));
	t->ms = calloc(b->n_posts / BATCH + (size_t)b->n_singles + 1,
	    sizeof(*t->ms));
	if (t->room == NULL || t->ms == NULL)
		_exit(1);
}

static void
take_end(struct taking *t)
{
	cq_store_close(t->store);
	free(t->room);
	free(t->ms);
}

/* --- one size: the two children take turns ------------------------------ */

static uint64_t
next_number(int fd)
{
	uint64_t n = 0;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static void
say(int fd, uint64_t n)
{
	if (write(fd, &n, sizeof(n)) != sizeof(n))
		_exit(1);
}

static void
measure_singles(struct taking *t, struct mark *m)
{
	t->n_ms = 0;
	for (int i = 0; i < t->b->n_singles; i++)
		take(t, 1);
	m->single_worst = quantile(t->ms, t->n_ms, 1000);
	m->single_p99 = quantile(t->ms, t->n_ms, 990);
	m->single_median = quantile(t->ms, t->n_ms, 500);
}

/* The word index of suggestions is kept up when nobody waits. */
static void
catch_up(struct taking *t, struct mark *m)
{
	double cpu = cpu_s();
	int64_t n = 1;
	struct cq_err err = {0};

	while (t->b->index && n > 0) {
		if (cq_store_search_step(t->store, INT_MAX, &n, &err) != CQ_OK)
			die("word index", &err);
		m->indexed += n;
	}
	m->index_s += cpu_s() - cpu;
}

static void
queue_child(struct bench *b, int ask, int answer)
{
	struct taking t;
	struct mark *m = b->mark;
	uint64_t until, began;

	make_queue(b);
	say(answer, 1);
	take_begin(&t, b);
	while ((until = next_number(ask)) != 0) {
		bool last = until == m->n;
		double cpu = t.cpu;

		if (last)
			until -= (uint64_t)b->n_singles;
		if (m->stretch == 0)
			t.n_ms = 0;
		for (began = t.n; t.n < until;)
			take(&t, until - t.n < BATCH ? until - t.n : BATCH);
		m->batched += t.n - began;
		m->queue_s += t.cpu - cpu;
		catch_up(&t, m);
		if (last) {
			m->batch_p99 = quantile(t.ms, t.n_ms, 990);
			m->batch_median = quantile(t.ms, t.n_ms, 500);
			measure_singles(&t, m);
			m->peak_kib = peak_kib();
		}
		say(answer, t.n);
	}
	take_end(&t);
}

static void
plain_child(struct bench *b, int ask, int answer)
{
	struct plain *p = NULL;
	struct stat st;
	uint64_t n;
	double took;

	while ((n = next_number(ask)) != 0) {
		if (p == NULL)
			p = plain_open(b->queue, b->plain);
		if (p == NULL)
			_exit(1);
		took = plain_catch_up(p, (int)n);
		if (took < 0 || plain_checkpoint(b->queue) != 0)
			_exit(1);
		b->mark->plain_s += took;
		if (stat(b->queue, &st) == 0)
			b->mark->bytes = st.st_size;
		say(answer, n);
	}
	if (p != NULL)
		plain_close(p);
}

static struct child
begin_child(struct bench *b, void (*work)(struct bench *b, int ask, int answer))
{
	int ask[2], answer[2];
	struct child c = {0};

	if (pipe(ask) != 0 || pipe(answer) != 0)
		return c;
	fflush(stdout);
	c.pid = fork();
	if (c.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ask[1]);
		close(answer[0]);
		work(b, ask[0], answer[1]);
		_exit(0);
	}
	close(ask[0]);
	close(answer[1]);
	c.ask = ask[1];
	c.answer = answer[0];
	return c;
}

static int
end_child(struct child *c)
{
	int status = 0;

	close(c->ask);
	waitpid(c->pid, &status, 0);
	close(c->answer);
	return status == 0;
}

/* Lets a child go on; false if it died. */
static bool
go_on(struct child *c, uint64_t n)
{
	say(c->ask, n);
	return next_number(c->answer) != 0;
}

static void
print_head(void)
{
	printf("%9s %11s %11s %6s %7s %11s %9s %11s %9s %9s %6s %7s\n", "posts",
	    "posts/CPU s", "plain", "ratio", "index", "median us", "p99 us",
	    "1: median", "p99 us", "worst ms", "MiB", "bytes/p");
}

static void
print_mark(const struct mark *m)
{
	double ours = (double)m->batched / m->queue_s;
	double plain = (double)m->stretch / m->plain_s;

	printf("%9" PRIu64
	       " %11.0f %11.0f %6.2f %7.0f %11.1f %9.1f %11.1f %9.1f "
	       "%9.1f %6.0f %7.0f\n",
	    m->n, ours, plain, ours / plain,
	    m->index_s > 0 ? (double)m->indexed / m->index_s : 0,
	    m->batch_median * 1000, m->batch_p99 * 1000,
	    m->single_median * 1000, m->single_p99 * 1000, m->single_worst,
	    (double)m->peak_kib / 1024, (double)m->bytes / (double)m->n);
	fflush(stdout);
}

static uint64_t
mark_after(const struct bench *b, uint64_t n)
{
	uint64_t next = n < 10000 ? 10000 : n < 100000 ? 100000 : b->n_posts;

	return next < b->n_posts ? next : b->n_posts;
}

/* From one mark to the next; the last fifth of the way is measured. */
static bool
grow(struct bench *b, struct child *queue, struct child *plain, uint64_t from)
{
	struct mark *m = b->mark;
	uint64_t until = mark_after(b, from), step, start;

	start = until - (until - from) / 5 / STEP * STEP;
	if (start == until)
		start = from;
	*m = (struct mark){.n = until};
	for (uint64_t n = from; n < until; n += step) {
		step = until - n < STEP ? until - n : STEP;
		if (n <= start) {
			m->stretch = m->batched = 0;
			m->queue_s = m->plain_s = m->index_s = 0;
			m->indexed = 0;
		}
		if (!go_on(queue, n + step) ||
		    !go_on(plain, (step + BATCH - 1) / BATCH))
			return false;
		m->stretch += step;
	}
	print_mark(m);
	return true;
}

static bool
measure(struct bench *b)
{
	struct child queue = begin_child(b, queue_child);
	struct child plain = begin_child(b, plain_child);
	bool ok = next_number(queue.answer) != 0;

	print_head();
	for (uint64_t n = 0; ok && n < b->n_posts; n = b->mark->n)
		ok = grow(b, &queue, &plain, n);
	ok = end_child(&plain) && ok; /* first: it holds the queue's pipe too */
	return end_child(&queue) && ok;
}

/* --- claims while posts come in ----------------------------------------- */

/* Brings in posts until it is told to stop; says how many. */
static void
import_child(struct bench *b, int ask, int answer)
{
	struct taking t;

	make_queue(b);
	take_begin(&t, b);
	while (t.n < b->n_posts)
		take(&t, BATCH);
	say(answer, t.n);
	next_number(ask);
	t.n_ms = 0;
	while (b->mark->n == 0) {
		take(&t, cq_store_ingest_room(t.store));
		b->mark->stretch = t.n - b->n_posts;
		t.n_ms = 0;
	}
	take_end(&t);
}

/* One claim and its end; the milliseconds that the claim took. */
static double
claim_once(struct bench *b, struct cq_store *store)
{
	struct cq_act act = {.agent = "bench"};
	struct cq_claim claim = {0};
	struct cq_err err = {0};
	struct cq_env env = cq_env_system();
	char op[CQ_OP_SIZE];
	double began, took;

	cq_op_new(&env, op);
	act.op = op;
	b->now = made_at(b->n_posts + b->mark->stretch);
	began = now_ms();
	if (cq_store_next(store, &act, CQ_LEASE_S, &claim, &err) != CQ_OK)
		die("claim", &err);
	took = now_ms() - began;
	cq_op_new(&env, op);
	if (cq_store_release(store, &act, claim.case_id, claim.fence, NULL,
		&err) != CQ_OK)
		die("release", &err);
	return took;
}

static bool
measure_claims(struct bench *b)
{
	struct child importer = begin_child(b, import_child);
	size_t room = (size_t)b->seconds * 1000, n = 0;
	double *ms = calloc(room, sizeof(*ms)), began, lasted;
	struct cq_store *store;
	unsigned dice = 1;
	bool ok = ms != NULL && next_number(importer.answer) != 0;

	if (!ok)
		return false;
	store = open_queue(b);
	say(importer.ask, 1);
	began = now_ms();
	while (now_ms() < began + 1000 * b->seconds && n < room) {
		struct timespec nap = {0, rand_r(&dice) % 20000000};

		nanosleep(&nap, NULL);
		ms[n++] = claim_once(b, store);
	}
	lasted = (now_ms() - began) / 1000;
	b->mark->n = 1;
	ok = end_child(&importer);
	printf("%zu claims in %.0f s, %.0f posts/s came in meanwhile: claim "
	       "p50 %.2f ms, p99 %.2f ms, worst %.2f ms\n",
	    n, lasted, (double)b->mark->stretch / lasted, quantile(ms, n, 500),
	    quantile(ms, n, 990), quantile(ms, n, 1000));
	cq_store_close(store);
	free(ms);
	return ok;
}

/* --- options ------------------------------------------------------------ */

static bool
read_options(struct bench *b, int argc, char **argv)
{
	static const struct option options[] = {{"posts", 1, NULL, 'n'},
	    {"perturb", 1, NULL, 'p'}, {"claim", 0, NULL, 'c'},
	    {"seconds", 1, NULL, 's'}, {"singles", 1, NULL, '1'},
	    {"keep", 0, NULL, 'k'}, {"index", 0, NULL, 'i'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'n')
			b->n_posts = strtoull(optarg, NULL, 10);
		else if (c == 's')
			b->seconds = atoi(optarg);
		else if (c == '1')
			b->n_singles = atoi(optarg);
		else if (c == 'c')
			b->claim = 1;
		else if (c == 'i')
			b->index = 1;
		else if (c == 'k')
			b->keep = 1;
		else if (c != 'p')
			b->seconds = 0; /* the usage below says what is right */
		else if (made_read(&b->made, optarg) != 0)
			return false;
	}
	if (b->n_posts == 0)
		b->n_posts = b->claim ? 20000 : 1000000;
	if (b->n_singles >= 0 && b->n_posts >= 2 * (uint64_t)b->n_singles &&
	    b->seconds > 0 && optind == argc)
		return true;
	fprintf(stderr,
	    "usage: bench_ingest [--posts N] [--singles N] [--perturb FILE]"
	    " [--index] [--keep]\n"
	    "       bench_ingest --claim [--posts N] [--seconds S]\n");
	return false;
}

int
main(int argc, char **argv)
{
	struct bench b = {.seconds = 20, .n_singles = 2000, .now = MADE_START};
	bool ok;

	if (!read_options(&b, argc, argv))
		return 2;
	b.mark = mmap(NULL, sizeof(*b.mark), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* beside the program, as /tmp may have no disk behind it */
	snprintf(b.dir, sizeof(b.dir), "%s/bench.XXXXXX", dirname(argv[0]));
	if (b.mark == MAP_FAILED || mkdtemp(b.dir) == NULL)
		return 1;
	snprintf(b.queue, sizeof(b.queue), "%s/queue.db", b.dir);
	snprintf(b.plain, sizeof(b.plain), "%s/plain.db", b.dir);
	ok = b.claim ? measure_claims(&b) : measure(&b);
	if (b.keep)
		printf("kept: %s\n", b.dir);
	else
		remove_folder(b.dir);
	made_free(&b.made);
	return !ok;
}
