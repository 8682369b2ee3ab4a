#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/normal.h"
#include "core/store.h"

/*
 * What somebody may send to bring deduplication to its knees: very many
 * posts of the same rare words, so that each new one resembles thousands,
 * and texts that a clumsy normaliser would chew on for ever.
 *
 * usage: bench_hostile [-n POSTS] [-d DIRECTORY]
 *
 * For each kind a queue with 100,000 such posts takes more of them, one
 * each time, and tells how long the next one takes: the goal is 20 ms.
 * Ends with 1 if one post of a hundred takes more of the processor's time.
 */

#define N_WORDS 200
#define BATCH 500
#define N_SINGLES 200
#define GOAL_MS 20
#define TEXT_SIZE 8192
#define NOW INT64_C(1795435200)

struct bench {
	char dir[256], queue[300];
	uint64_t seed;
	int64_t n_posts;
	struct cq_store *store;
	struct cq_err err;
	bool too_slow;
};

static uint32_t
dice(struct bench *b, uint32_t n)
{
	b->seed = b->seed * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(b->seed >> 33) % n;
}

static int64_t
clock_now(void *arg)
{
	(void)arg;
	return NOW;
}

static void
random_bytes(void *arg, void *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)buf)[i] = (unsigned char)dice(arg, 256);
}

static long
local_disk(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return 0xEF53; /* ext4 */
}

static double
now_ms(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
check(struct bench *b, enum cq_status rc, const char *what)
{
	if (rc == CQ_OK)
		return;
	fprintf(stderr, "bench_hostile: %s: %s\n", what, b->err.msg);
	exit(1);
}

/* --- hostile posts ---------------------------------------------------------- */

struct one {
	struct cq_post post;
	char id[24], author[24], url[64], text[TEXT_SIZE];
};

static void
add(char *text, const char *word)
{
	size_t n = strlen(text);

	snprintf(text + n, TEXT_SIZE - n, "%s%s", n == 0 ? "" : " ", word);
}

/* Rare words that are nothing like each other. */
static void
rare_word(uint32_t k, char word[24])
{
	static const char letters[] = "bdfgklmnprstvz";

	snprintf(word, 24, "%c%co%c%ci%c%cx", letters[k % 14],
	    letters[k / 14 % 14], letters[k * 5 % 14], letters[k * 3 / 14 % 14],
	    letters[k * 11 % 14], letters[k / 7 % 14]);
}

/* Each is a slip away from all others. */
static void
like_word(uint32_t k, char word[24])
{
	snprintf(word, 24, "passengerinformation");
	word[4 + k % 14] = (char)('a' + k / 14 % 26);
}

static void
words_of(struct bench *b, char *text, int n,
    void (*word)(uint32_t k, char word[24]))
{
	char w[24];

	for (int i = 0; i < n; i++) {
		word(dice(b, N_WORDS), w);
		add(text, w);
	}
}

static void
few_words(struct bench *b, struct one *p)
{
	words_of(b, p->text, 12, rare_word);
}

static void
all_words(struct bench *b, struct one *p)
{
	words_of(b, p->text, CQ_WORDS_MAX, rare_word);
}

static void
slips(struct bench *b, struct one *p)
{
	words_of(b, p->text, CQ_WORDS_MAX, like_word);
}

/* Many cases that all fit, as only a number differs. */
static void
numbers(struct bench *b, struct one *p)
{
	char w[24];

	for (uint32_t i = 0; i < 12; i++) {
		rare_word(i, w);
		add(p->text, w);
	}
	snprintf(w, sizeof(w), "%u", dice(b, 1000000000));
	add(p->text, w);
}

/* One text, of one author, about one page, in one thread. */
static void
all_the_same(struct bench *b, struct one *p)
{
	char w[24];

	(void)b;
	for (uint32_t i = 0; i < 12; i++) {
		rare_word(i, w);
		add(p->text, w);
	}
	snprintf(p->author, sizeof(p->author), "one");
	snprintf(p->url, sizeof(p->url), "https://a.example/page");
	p->post.in_reply_to = "never seen";
	p->post.conversation = "one";
}

/* Thousands in one thread about one page, in words of their own; half of
 * the posts are their author's first one there. */
static void
one_thread(struct bench *b, struct one *p)
{
	snprintf(p->author, sizeof(p->author), "t%u",
	    dice(b, (uint32_t)b->n_posts / 2));
	p->post.brand = dice(b, 2) == 0 ? "a" : "b";
	for (int i = 0; i < 12; i++) {
		char w[24];

		snprintf(w, sizeof(w), "%xz%xq", dice(b, 1000000000),
		    dice(b, 1000000000));
		add(p->text, w);
	}
	snprintf(p->url, sizeof(p->url), "https://a.example/page");
	p->post.conversation = "one";
}

/* One author who reposts everything and writes nothing. */
static void
one_author(struct bench *b, struct one *p)
{
	words_of(b, p->text, 12, rare_word);
	snprintf(p->author, sizeof(p->author), "one");
	p->post.repost_of = "first";
}

static const struct {
	const char *name;
	void (*fill)(struct bench *b, struct one *p);
	int64_t part; /* of the posts, as each takes long to bring in */
} kinds[] = {
    {"the same 200 rare words, 12 each", few_words, 1},
    {"the same 200 rare words, 120 each", all_words, 10},
    {"200 words a slip apart, 120 each", slips, 10},
    {"the same words and another number", numbers, 5},
    {"one text, author, page and thread", all_the_same, 10},
    {"one thread, and all about one page", one_thread, 2},
    {"one author who reposts one post", one_author, 10},
};

static void
make(struct bench *b, size_t kind, int64_t k, struct one *p)
{
	*p = (struct one){0};
	snprintf(p->id, sizeof(p->id), k == 0 ? "first" : "p%" PRId64, k);
	snprintf(p->author, sizeof(p->author), "a%" PRId64, k);
	kinds[kind].fill(b, p);
	p->post.source = "hostile";
	p->post.id = p->id;
	p->post.author = p->author;
	p->post.text = p->text;
	p->post.url = p->url[0] == '\0' ? NULL : p->url;
	p->post.author_followers = -1;
	p->post.created_at = NOW - b->n_posts + k;
}

/* --- posts in ------------------------------------------------------------------ */

static void
open_queue(struct bench *b)
{
	struct cq_env env = {clock_now, random_bytes, local_disk, b, NULL};

	snprintf(b->queue, sizeof(b->queue), "%s/q.db", b->dir);
	check(b,
	    cq_store_create(b->queue, &env, "bench", "bench", getuid(),
		&b->err),
	    b->queue);
	check(b, cq_store_open(b->queue, &env, &b->store, &b->err), b->queue);
}

static void
close_queue(struct bench *b)
{
	static const char *const ends[] = {
	    "", "-wal", "-shm", "-gate", "-lock", "-run"};
	char name[320];

	cq_store_close(b->store);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", b->queue, ends[i]);
		unlink(name);
	}
}

static void
ingest(struct bench *b, size_t kind, int64_t from, int64_t n)
{
	static struct one room[BATCH];
	struct cq_post posts[BATCH];
	struct cq_ingested sum = {0};
	char op[CQ_OP_SIZE];
	struct cq_act act = {.op = op, .agent = "bench"};

	for (int64_t i = 0; i < n; i++) {
		make(b, kind, from + i, &room[i]);
		posts[i] = room[i].post;
		posts[i].id = room[i].id;
		posts[i].author = room[i].author;
		posts[i].text = room[i].text;
		if (posts[i].url != NULL)
			posts[i].url = room[i].url;
	}
	snprintf(op, sizeof(op), "b%zu-%" PRId64, kind, from);
	check(b,
	    cq_store_ingest(b->store, &act, posts, (size_t)n, &sum, &b->err),
	    "ingest");
}

static void
measure(struct bench *b, size_t kind)
{
	int64_t n = b->n_posts / kinds[kind].part;
	double cpu[N_SINGLES], wall[N_SINGLES], from;

	open_queue(b);
	from = now_ms(CLOCK_PROCESS_CPUTIME_ID);
	for (int64_t i = 0; i < n; i += BATCH)
		ingest(b, kind, i, n - i < BATCH ? n - i : BATCH);
	from = (now_ms(CLOCK_PROCESS_CPUTIME_ID) - from) / (double)n;
	for (int i = 0; i < N_SINGLES; i++) {
		cpu[i] = -now_ms(CLOCK_PROCESS_CPUTIME_ID);
		wall[i] = -now_ms(CLOCK_MONOTONIC);
		ingest(b, kind, n + i, 1);
		cpu[i] += now_ms(CLOCK_PROCESS_CPUTIME_ID);
		wall[i] += now_ms(CLOCK_MONOTONIC);
	}
	close_queue(b);
	qsort(cpu, N_SINGLES, sizeof(*cpu), by_size);
	qsort(wall, N_SINGLES, sizeof(*wall), by_size);
	printf("%-34s %7" PRId64 " %7.3f %7.2f %7.2f %7.2f %7.2f\n",
	    kinds[kind].name, n, from, cpu[N_SINGLES / 2],
	    cpu[N_SINGLES * 99 / 100], wall[N_SINGLES * 99 / 100],
	    wall[N_SINGLES - 1]);
	fflush(stdout);
	b->too_slow |= cpu[N_SINGLES * 99 / 100] > GOAL_MS;
}

/* --- long texts ---------------------------------------------------------------- */

static const struct {
	const char *name, *unit;
} floods[] = {
    {"one letter", "e"},
    {"one letter, Japanese", "あ"},
    {"zalgo", "Z\xcc\x81\xcc\x82\xcc\xa7\xcc\x84\xd2\x89"},
    {"look-alikes", "сhаrgеd twiсе "},
    {"signs that grow", "\xef\xb7\xba"},
    {"vowels out of order", "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xbc"},
    {"RT @a:", "RT @a: "},
    {"tags", "<b"},
    {"references", "&#x1"},
    {"broken bytes", "\xf0\x9f\xe3"},
};

static double
normalise_ms(const char *unit, size_t n)
{
	char *text = malloc(n + 1);
	size_t step = strlen(unit), at;
	struct cq_normal normal;
	double from;

	if (text == NULL)
		exit(1);
	for (at = 0; at + step <= n; at += step)
		memcpy(text + at, unit, step);
	text[at] = '\0';
	from = now_ms(CLOCK_PROCESS_CPUTIME_ID);
	normal = cq_normalise(text);
	from = now_ms(CLOCK_PROCESS_CPUTIME_ID) - from;
	cq_normal_free(&normal);
	free(text);
	return from;
}

static void
measure_floods(struct bench *b)
{
	printf("\n%-34s %8s %8s %8s %8s %8s\n", "normalise, CPU ms", "64 KiB",
	    "128", "256", "512", "1 MiB");
	for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		double first = 0, last = 0;

		printf("%-34s", floods[i].name);
		for (size_t n = 64 << 10; n <= 1 << 20; n *= 2) {
			last = normalise_ms(floods[i].unit, n);
			if (n == 64 << 10)
				first = last;
			printf(" %8.2f", last);
		}
		printf("\n");
		/* 16 times as much; quadratic would be 256 times */
		b->too_slow |= last > 50 && last > 64 * first;
	}
}

int
main(int argc, char **argv)
{
	static struct bench b = {.n_posts = 100000, .seed = 1};
	const char *dir = "/tmp";
	int c;

	while ((c = getopt(argc, argv, "n:d:")) != -1) {
		if (c == 'n')
			b.n_posts = strtoll(optarg, NULL, 10);
		else if (c == 'd')
			dir = optarg;
		if (c == '?' || b.n_posts < 1000) {
			fprintf(stderr,
			    "usage: bench_hostile [-n POSTS] [-d DIRECTORY]\n");
			return 2;
		}
	}
	snprintf(b.dir, sizeof(b.dir), "%s/caseq-hostile.XXXXXX", dir);
	if (mkdtemp(b.dir) == NULL) {
		perror(b.dir);
		return 1;
	}
	printf("the next post, in ms:                 posts  before  median"
	       "     p99    wall   worst\n"
	       "                                           each CPU    CPU"
	       "     CPU     p99    wall\n");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		measure(&b, i);
	measure_floods(&b);
	rmdir(b.dir);
	if (b.too_slow)
		printf("slower than the goal of %d ms, or than linear\n",
		    GOAL_MS);
	return b.too_slow;
}
