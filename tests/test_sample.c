#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/store.h"
#include "core/when.h"
#include "sources/ndjson.h"
#include "tests/file.h"

/*
 * The bundled sample, line by line into a fresh queue with the clock of the
 * posts, against the cases and rules that share/sample.cases.tsv expects.
 * Run from the top of the tree.
 */
#define SAMPLE "share/sample.ndjson"
#define EXPECTED "share/sample.cases.tsv"
#define README "share/README.md"
#define FIRST_AT "2026-03-03T06:00:00Z"
#define LAST_AT "2026-03-05T06:00:00Z"
#define EXT4_MAGIC 0xef53 /* any file system that is not a network's */

/* A line of the table, and what the store made of it. */
struct expected {
	char *source, *id, *group;
	enum cq_rule rule;
	int64_t case_id; /* 0 until the store named it */
	bool rule_seen;
};

struct fixture {
	char dir[64], path[96];
	int64_t now;
	uint64_t seed;
	struct cq_env env;
	struct cq_store *store;
	struct expected *at;
	size_t n;
	struct cq_ingested first; /* of the first time through the file */
};

/* One time through the file. */
struct feed {
	struct fixture *f;
	const char *op; /* prefix of its operation ids */
	int n_lines, n_posts;
	struct cq_ingested sum;
};

/* --- the world --------------------------------------------------------- */

static int64_t
clock_of_posts(void *arg)
{
	return ((struct fixture *)arg)->now;
}

static void
same_random(void *arg, void *buf, size_t n)
{
	struct fixture *f = arg;
	unsigned char *to = buf;

	while (n-- > 0) {
		f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
		*to++ = (unsigned char)(f->seed >> 56);
	}
}

static long
local_disk(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return EXT4_MAGIC;
}

static int64_t
moment(const char *s)
{
	int64_t at;

	assert_true(cq_time_parse(s, &at));
	return at;
}

/* --- reading the files ------------------------------------------------- */

static FILE *
open_file(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		fail_msg("%s cannot be read: run from the top of the tree",
		    path);
	return file;
}

static void
read_expected(struct fixture *f)
{
	FILE *file = open_file(EXPECTED);
	char line[1024];

	while (fgets(line, sizeof(line), file) != NULL) {
		char *rest = line;
		struct expected *e;

		f->at = cq_grow(f->at, f->n + 1, sizeof(*f->at));
		e = &f->at[f->n++];
		*e = (struct expected){0};
		line[strcspn(line, "\n")] = '\0';
		e->source = cq_strdup(strsep(&rest, "\t"));
		e->id = cq_strdup(strsep(&rest, "\t"));
		e->group = cq_strdup(strsep(&rest, "\t"));
		assert_non_null(rest);
		if (!cq_rule_parse(rest, &e->rule))
			fail_msg("%s: no rule is called %s", EXPECTED, rest);
	}
	fclose(file);
}

static struct expected *
find_expected(struct fixture *f, const char *source, const char *id)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->at[i].id, id) == 0 &&
		    strcmp(f->at[i].source, source) == 0)
			return &f->at[i];
	fail_msg("%s does not know post %s of %s", EXPECTED, id, source);
	return NULL;
}

/* Reads every line of the sample; fn is called for each post. */
static void
each_line(struct feed *feed, src_emit_fn fn)
{
	FILE *file = open_file(SAMPLE);
	struct cq_err err = {0};
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, file)) > 0) {
		feed->n_lines++;
		if (line[n - 1] == '\n')
			n--;
		if (ndjson_read(line, (size_t)n, fn, feed, &err) != CQ_OK)
			fail_msg("line %d: %s", feed->n_lines, err.msg);
	}
	assert_int_equal(feed->n_posts, feed->n_lines);
	free(line);
	fclose(file);
}

/* A post that comes late does not turn the clock back. */
static void
ingest_post(void *arg, const struct cq_post *post)
{
	struct feed *feed = arg;
	struct fixture *f = feed->f;
	char op[CQ_OP_SIZE];
	struct cq_act act = {.op = op, .agent = "ann"};
	struct cq_err err = {0};

	feed->n_posts++;
	snprintf(op, sizeof(op), "%s-%d", feed->op, feed->n_posts);
	if (post->created_at > f->now)
		f->now = post->created_at;
	if (cq_store_ingest(f->store, &act, post, 1, &feed->sum, &err) != CQ_OK)
		fail_msg("line %d: %s", feed->n_lines, err.msg);
}

/* --- set-up ------------------------------------------------------------ */

static int
set_up(void **state)
{
	struct fixture *f = cq_alloc(sizeof(*f));
	struct feed feed = {.f = f, .op = "once"};
	struct cq_err err = {0};

	*state = f;
	read_expected(f);
	f->now = moment(FIRST_AT);
	f->env = (struct cq_env){.now = clock_of_posts,
	    .random = same_random,
	    .fs_type = local_disk,
	    .arg = f};
	snprintf(f->dir, sizeof(f->dir), "/tmp/caseq-sample-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/queue.db", f->dir);
	if (cq_store_create(f->path, &f->env, "ann", "ann", getuid(), &err) !=
		CQ_OK ||
	    cq_store_open(f->path, &f->env, &f->store, &err) != CQ_OK)
		fail_msg("%s", err.msg);
	each_line(&feed, ingest_post);
	f->first = feed.sum;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	size_t i;

	cq_store_close(f->store);
	nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	for (i = 0; i < f->n; i++) {
		free(f->at[i].source);
		free(f->at[i].id);
		free(f->at[i].group);
	}
	free(f->at);
	free(f);
	return 0;
}

/* --- the file ---------------------------------------------------------- */

static void
check_time(void *arg, const struct cq_post *post)
{
	struct feed *feed = arg;

	feed->n_posts++;
	assert_true(post->created_at >= moment(FIRST_AT));
	assert_true(post->created_at <= moment(LAST_AT));
	if (feed->n_posts == 1)
		assert_true(post->created_at == moment(FIRST_AT));
	feed->f->now = post->created_at;
}

static void
test_sample_lasts_exactly_two_days(void **state)
{
	struct fixture clock = {0};
	struct feed feed = {.f = &clock};

	(void)state;
	each_line(&feed, check_time);
	assert_true(feed.n_posts > 400);
	assert_true(clock.now == moment(LAST_AT));
}

/*
 * The hostile posts are written with \u001b and the like, so that the file
 * itself can be shown, compared and searched in a terminal.
 */
static void
test_sample_itself_holds_no_control_bytes(void **state)
{
	FILE *file = open_file(SAMPLE);
	int before = 0, c;

	(void)state;
	for (; (c = getc(file)) != EOF; before = c) {
		assert_true(c == '\n' || (c >= 0x20 && c != 0x7f));
		/* U+0080 to U+009F */
		assert_false(before == 0xc2 && c >= 0x80 && c <= 0x9f);
	}
	fclose(file);
}

/* Or it would be left behind when a rule learns something. */
static void
test_readme_counts_cases_and_rules_as_they_are(void **state)
{
	struct fixture *f = *state;
	int64_t n_rule[CQ_N_RULES] = {0};
	size_t n_bytes, n_rows = 0;
	char *readme = file_read(README, &n_bytes), row[80];

	for (size_t i = 0; i < f->n; i++)
		n_rule[f->at[i].rule]++;
	snprintf(row, sizeof(row), "\n%lld cases.\n",
	    (long long)n_rule[CQ_RULE_FIRST]);
	assert_non_null(strstr(readme, row));
	for (int i = 0; i < CQ_N_RULES; i++) {
		snprintf(row, sizeof(row), "\n| %s%s | %lld |",
		    cq_rule_name((enum cq_rule)i),
		    i == CQ_RULE_FIRST ? " (opens a case)" : "",
		    (long long)n_rule[i]);
		if ((strstr(readme, row) != NULL) != (n_rule[i] > 0))
			fail_msg("%s: %s", README, row + 1);
		n_rows += n_rule[i] > 0;
	}
	assert_true(n_rows > 6);
	free(readme);
}

/* --- what the queue makes of it ---------------------------------------- */

static void
test_sample_is_counted_as_expected(void **state)
{
	struct fixture *f = *state;
	int64_t n_first = 0;
	size_t i;

	for (i = 0; i < f->n; i++)
		n_first += f->at[i].rule == CQ_RULE_FIRST;
	assert_int_equal(f->first.n_bad, 0);
	assert_int_equal(f->first.n_new, f->n);
	assert_int_equal(f->first.n_joined, (int64_t)f->n - n_first);
	assert_true(f->first.n_edited > 0);
}

static bool
learn_case(void *arg, struct raw_text source, struct raw_text id,
    int64_t case_id)
{
	struct expected *e = find_expected(arg, source.s, id.s);

	assert_int_equal(e->case_id, 0); /* each post once */
	e->case_id = case_id;
	return true;
}

static void
learn_cases(struct fixture *f)
{
	struct cq_err err = {0};
	size_t i;

	for (i = 0; i < f->n; i++)
		f->at[i].case_id = 0;
	if (cq_store_map(f->store, learn_case, f, &err) != CQ_OK)
		fail_msg("%s", err.msg);
}

/* Two posts share a case exactly if they share a label. */
static void
check_partition(struct fixture *f)
{
	const struct expected *a, *b;

	for (a = f->at; a < f->at + f->n; a++) {
		if (a->case_id == 0)
			fail_msg("%s %s is missing", a->source, a->id);
		for (b = f->at; b < a; b++) {
			bool same = a->case_id == b->case_id;

			if (same != (strcmp(a->group, b->group) == 0))
				fail_msg("%s %s (%s) and %s %s (%s): %s",
				    b->source, b->id, b->group, a->source,
				    a->id, a->group,
				    same ? "wrongly joined" : "not joined");
		}
	}
}

static void
test_each_post_is_in_its_case(void **state)
{
	learn_cases(*state);
	check_partition(*state);
}

static void
check_rules_of(struct fixture *f, int64_t case_id)
{
	struct cq_case_full full;
	struct cq_err err = {0};
	size_t i;

	if (cq_store_case(f->store, case_id, 0, &full, &err) != CQ_OK)
		fail_msg("case %lld: %s", (long long)case_id, err.msg);
	assert_int_equal(full.n_left_out, 0);
	for (i = 0; i < full.n; i++) {
		const struct cq_entry *entry = &full.at[i];
		struct expected *e;

		if (entry->kind != CQ_ENTRY_POST)
			continue;
		e = find_expected(f, entry->source.s, entry->remote_id.s);
		assert_int_equal(e->case_id, case_id);
		if (entry->rule != e->rule)
			fail_msg("%s %s: %s rather than %s", e->source, e->id,
			    cq_rule_name(entry->rule), cq_rule_name(e->rule));
		e->rule_seen = true;
	}
	cq_case_full_free(&full);
}

static void
test_each_post_is_there_by_its_rule(void **state)
{
	struct fixture *f = *state;
	size_t i;

	learn_cases(f);
	for (i = 0; i < f->n; i++)
		if (f->at[i].rule == CQ_RULE_FIRST)
			check_rules_of(f, f->at[i].case_id);
	for (i = 0; i < f->n; i++)
		assert_true(f->at[i].rule_seen);
}

static void
test_same_file_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct feed feed = {.f = f, .op = "again"};

	each_line(&feed, ingest_post);
	assert_int_equal(feed.sum.n_read, feed.n_lines);
	assert_int_equal(feed.sum.n_known, feed.n_lines);
	assert_int_equal(feed.sum.n_new, 0);
	assert_int_equal(feed.sum.n_edited, 0);
	assert_int_equal(feed.sum.n_joined, 0);
	learn_cases(f);
	check_partition(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sample_lasts_exactly_two_days),
	    cmocka_unit_test(test_sample_itself_holds_no_control_bytes),
	    cmocka_unit_test(test_readme_counts_cases_and_rules_as_they_are),
	    cmocka_unit_test(test_sample_is_counted_as_expected),
	    cmocka_unit_test(test_each_post_is_in_its_case),
	    cmocka_unit_test(test_each_post_is_there_by_its_rule),
	    cmocka_unit_test(test_same_file_twice_changes_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
