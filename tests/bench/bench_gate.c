#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "core/store.h"
#include "tests/bench/measure.h"

/*
 * How fairly do processes that all write share the queue?
 *
 * usage: bench_gate [SECONDS [PROCESSES...]]
 *
 * Each process commits one small act after another, as fast as it may.  The
 * store, whose writers pass a gate (core/store/gate.c), is compared in the
 * same run with plain SQLite and three ways of waiting for one's turn: the
 * same gate, a random nap, and sqlite3_busy_timeout().  A share is what one
 * process got done; the fairest is min/mean 1 and Jain's index 1.
 */
#define MAX_PROCESSES 128
#define WAIT_MS 10000

struct result {
	int64_t n;
	double worst_ms;
	int failed;
};

struct bench {
	char dir[200], queue[240], plain[240], gate[240];
	struct cq_env env;
	struct result *results; /* shared, one a process */
	int seconds;
};

struct way {
	const char *name;
	void (*work)(struct bench *b, int slot);
};

static void
tell(struct result *r, double began, int ok)
{
	double took = now_ms() - began;

	if (!ok)
		r->failed++;
	else
		r->n++;
	if (took > r->worst_ms)
		r->worst_ms = took;
}

/* --- the store --------------------------------------------------------- */

static void
work_store(struct bench *b, int slot)
{
	struct cq_act act = {.agent = "bench"};
	struct cq_store *store = NULL;
	char op[CQ_OP_SIZE];
	double until = now_ms() + 1000 * b->seconds, began;

	if (cq_store_open(b->queue, &b->env, &store, NULL) != CQ_OK)
		_exit(1);
	while ((began = now_ms()) < until) {
		cq_op_new(&b->env, op);
		act.op = op;
		tell(&b->results[slot], began,
		    cq_store_note(store, &act, 1 + slot % 4, 0, "a few words",
			NULL, NULL) == CQ_OK);
	}
}

/* --- plain SQLite, three ways of waiting -------------------------------- */

static int
nap(void *arg, int n)
{
	unsigned *dice = arg;
	struct timespec t = {0, 500000 + rand_r(dice) % 2000000};

	nanosleep(&t, NULL);
	return n < WAIT_MS;
}

static sqlite3 *
open_plain(const struct bench *b)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(b->plain, &db) != SQLITE_OK)
		_exit(1);
	sqlite3_busy_timeout(db, WAIT_MS);
	sqlite3_exec(db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
	return db;
}

/* About what a note costs: a row, an event, two counters. */
static int
commit_plain(sqlite3 *db)
{
	static const char sql[] =
	    "INSERT INTO note (words) VALUES ('a few words');"
	    "INSERT INTO event (kind, hash) VALUES ('note', randomblob(32));"
	    "UPDATE cases SET n = n + 1 WHERE id = 1;"
	    "UPDATE cases SET n = n + 1 WHERE id = 2;";
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return rc == SQLITE_OK;
}

static void
work_gate(struct bench *b, int slot)
{
	sqlite3 *db = open_plain(b);
	int fd = open(b->gate, O_RDWR | O_CREAT | O_CLOEXEC, 0600), ok;
	double until = now_ms() + 1000 * b->seconds, began;

	while ((began = now_ms()) < until) {
		flock(fd, LOCK_EX);
		ok = commit_plain(db);
		flock(fd, LOCK_UN);
		tell(&b->results[slot], began, ok);
	}
}

static void
work_nap(struct bench *b, int slot)
{
	sqlite3 *db = open_plain(b);
	unsigned dice = (unsigned)slot + 1;
	double until = now_ms() + 1000 * b->seconds, began;

	sqlite3_busy_handler(db, nap, &dice);
	while ((began = now_ms()) < until)
		tell(&b->results[slot], began, commit_plain(db));
}

static void
work_timeout(struct bench *b, int slot)
{
	sqlite3 *db = open_plain(b);
	double until = now_ms() + 1000 * b->seconds, began;

	while ((began = now_ms()) < until)
		tell(&b->results[slot], began, commit_plain(db));
}

static const struct way ways[] = {
    {"caseq (note)", work_store},
    {"gate", work_gate},
    {"random nap", work_nap},
    {"busy_timeout", work_timeout},
};

/* --- one run ------------------------------------------------------------ */

static void
print_row(const struct bench *b, const struct way *way, int n)
{
	double sum = 0, squares = 0, worst = 0, least = 1e18;
	int failed = 0;

	for (int i = 0; i < n; i++) {
		const struct result *r = &b->results[i];
		double share = (double)r->n;

		sum += share;
		squares += share * share;
		least = share < least ? share : least;
		worst = r->worst_ms > worst ? r->worst_ms : worst;
		failed += r->failed;
	}
	printf("%-14s %9d %10.0f %9.2f %7.3f %9.0f %7d\n", way->name, n,
	    sum / b->seconds, sum > 0 ? least * n / sum : 0,
	    squares > 0 ? sum * sum / (n * squares) : 0, worst, failed);
	fflush(stdout);
}

static void
run(struct bench *b, const struct way *way, int n)
{
	int i;

	memset(b->results, 0, MAX_PROCESSES * sizeof(*b->results));
	fflush(stdout);
	for (i = 0; i < n; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			way->work(b, i);
			_exit(0);
		}
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	print_row(b, way, n);
}

static int
make_queue(struct bench *b)
{
	struct cq_post posts[4] = {{.id = "1", .text = "one"},
	    {.id = "2", .text = "two"}, {.id = "3", .text = "three"},
	    {.id = "4", .text = "four"}};
	struct cq_act act = {.op = "posts", .agent = "bench"};
	struct cq_ingested sum = {0};
	struct cq_store *store = NULL;
	struct cq_err err = {0};
	enum cq_status rc;

	for (int i = 0; i < 4; i++) {
		posts[i].source = "bench";
		posts[i].created_at = CQ_NO_TIME;
		posts[i].author_followers = -1;
	}
	rc = cq_store_create(b->queue, &b->env, "bench", "bench", getuid(),
	    &err);
	if (rc == CQ_OK)
		rc = cq_store_open(b->queue, &b->env, &store, &err);
	if (rc == CQ_OK)
		rc = cq_store_ingest(store, &act, posts, 4, &sum, &err);
	cq_store_close(store);
	if (rc != CQ_OK)
		fprintf(stderr, "bench_gate: %s\n", err.msg);
	return rc == CQ_OK;
}

static int
make_plain(const struct bench *b)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open(b->plain, &db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db,
		    "PRAGMA journal_mode = WAL;"
		    "CREATE TABLE cases (id INTEGER PRIMARY KEY, n INTEGER);"
		    "INSERT INTO cases VALUES (1, 0), (2, 0);"
		    "CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT);"
		    "CREATE TABLE event (id INTEGER PRIMARY KEY, kind TEXT,"
		    " hash BLOB);",
		    NULL, NULL, NULL);
	sqlite3_close(db);
	return rc == SQLITE_OK;
}

int
main(int argc, char **argv)
{
	static const char *const usual[] = {"4", "16", "64", NULL};
	const char *const *counts = usual;
	struct bench b = {.env = cq_env_system(), .seconds = 3};
	int n, ok;

	if (argc > 1)
		b.seconds = atoi(argv[1]);
	if (argc > 2)
		counts = (const char *const *)argv + 2;
	b.results = mmap(NULL, MAX_PROCESSES * sizeof(*b.results),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* beside the program, as /tmp may have no disk behind it */
	snprintf(b.dir, sizeof(b.dir), "%s/bench.XXXXXX", dirname(argv[0]));
	if (b.seconds < 1 || b.results == MAP_FAILED || mkdtemp(b.dir) == NULL)
		return 1;
	snprintf(b.queue, sizeof(b.queue), "%s/queue.db", b.dir);
	snprintf(b.plain, sizeof(b.plain), "%s/plain.db", b.dir);
	snprintf(b.gate, sizeof(b.gate), "%s/plain.gate", b.dir);
	ok = make_queue(&b) && make_plain(&b);
	if (ok)
		printf("%-14s %9s %10s %9s %7s %9s %7s\n", "way", "processes",
		    "commits/s", "min/mean", "Jain", "worst ms", "failed");
	for (; ok && *counts != NULL; counts++) {
		n = atoi(*counts);
		for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) &&
		     n >= 1 && n <= MAX_PROCESSES;
		     i++)
			run(&b, &ways[i], n);
	}
	remove_folder(b.dir);
	return !ok;
}
