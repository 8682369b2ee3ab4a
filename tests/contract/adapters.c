#include "tests/contract/adapters.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/alloc.h"
#include "sources/source.h"
#include "tests/contract/adapters_bench.h"
#include "tests/replay.h"

/*
 * What every adapter must do, tried through the poller and a real transfer:
 * nothing is lost, doubled or made up, whatever the service answers.
 */

#define MARKER "s3cr3t-m4rk3r"

/* --- helpers ----------------------------------------------------------- */

static const struct adapter_row *row_of_test; /* see main() */

static void
begin(struct bench *b, struct fixture *f)
{
	bench_open(b, f, row_of_test);
}

/* Does any file of a folder of recordings have these bytes? */
static bool
folder_holds(const char *folder, const char *words)
{
	char *pattern = cq_format("tests/fixtures/%s/*", folder);
	bool found = false;
	glob_t files;
	size_t i, n;

	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc && !found; i++) {
		char *bytes = replay_slurp(files.gl_pathv[i], &n);

		found = memmem(bytes, n, words, strlen(words)) != NULL;
		free(bytes);
	}
	globfree(&files);
	free(pattern);
	return found;
}

/* --- one visit after the other ----------------------------------------- */

static void
test_a_visit_brings_all_and_the_next_nothing(void **state)
{
	struct bench b;
	struct cq_source s;

	begin(&b, *state);
	bench_expect_all(&b);
	s = bench_source_now(&b);
	assert_string_not_equal(s.cursor, "");
	assert_true(s.next_at > b.f->now);
	cq_source_free(&s);
	b.f->now += 60;
	bench_round(&b);
	assert_string_equal(b.told.s, "");
	assert_int_equal(b.sum.n_new, 0);
	assert_int_equal(bench_n_stored(&b), b.row->n_posts);
	assert_int_equal(replay_unmatched(b.site), 0);
	bench_close(&b);
}

/* As far as pages can overlap: all of them, read once more. */
static void
test_what_is_read_twice_is_there_once(void **state)
{
	struct bench b;
	struct cq_source s;
	struct cq_act a;

	begin(&b, *state);
	bench_expect_all(&b);
	a = act(b.f, "adm");
	OK(b.f, cq_store_source_remove(b.f->store, &a, "here", &b.f->err));
	s = bench_source(&b);
	a = act(b.f, "adm");
	OK(b.f, cq_store_source_add(b.f->store, &a, &s, &b.f->err));
	free(s.address);
	free(s.options);
	bench_round(&b);
	assert_string_equal(b.told.s, "");
	assert_int_equal(b.sum.n_new, 0);
	assert_int_equal(bench_n_stored(&b), b.row->n_posts);
	bench_close(&b);
}

/* Every id, or what follows its last '/', ':' or '_', is in a recording. */
static bool
is_recorded(void *arg, struct raw_text source, struct raw_text id,
    int64_t case_id)
{
	const struct bench *b = arg;
	const char *own = id.s + strlen(id.s);

	(void)source;
	(void)case_id;
	while (own > id.s && strchr("/:_", own[-1]) == NULL)
		own--;
	if (!folder_holds(b->row->folder, own))
		fail_msg("%s: no recording has the id %s", b->row->title, id.s);
	return true;
}

static void
test_ids_are_kept_as_they_came(void **state)
{
	struct bench b;

	begin(&b, *state);
	bench_expect_all(&b);
	OK(b.f, cq_store_map(b.f->store, is_recorded, &b, &b.f->err));
	bench_close(&b);
}

static void
test_posts_come_oldest_first(void **state)
{
	struct bench b;
	struct seen seen;
	struct cq_err err;

	begin(&b, *state);
	bench_try(&b, &seen, &err);
	assert_string_equal(err.msg, "");
	assert_true(seen.n > 0);
	assert_false(seen.backwards);
	assert_int_equal(bench_n_stored(&b), 0); /* a trial stores nothing */
	bench_close(&b);
}

static void
test_an_empty_page_loses_nothing(void **state)
{
	struct bench b;
	char *lines;

	begin(&b, *state);
	lines = cq_format("body=%s", b.row->empty);
	bench_fault(&b, lines);
	bench_round(&b);
	assert_int_equal(bench_n_stored(&b), 0);
	bench_expect_all(&b);
	free(lines);
	bench_close(&b);
}

static void
test_a_visit_that_is_cut_off_goes_on_where_it_was(void **state)
{
	struct bench b;

	begin(&b, *state);
	if (b.row->n_first >= 0) {
		b.stop_at_step = 2;
		bench_round(&b);
		assert_int_equal(bench_n_stored(&b), b.row->n_first);
	}
	bench_expect_all(&b);
	bench_close(&b);
}

/* --- answers that are none --------------------------------------------- */

/* The visit fails, says so, stores nothing, and the next one brings all. */
static void
fails(struct fixture *f, const char *lines, bool pauses)
{
	struct bench b;
	struct cq_source s;

	begin(&b, f);
	bench_fault(&b, lines);
	bench_round(&b);
	s = bench_source_now(&b);
	if (*b.told.s == '\0' || s.last_error == NULL)
		fail_msg("%s: %s is taken for an answer", b.row->title, lines);
	if (s.paused != pauses)
		fail_msg("%s: %s: %s", b.row->title, lines, b.told.s);
	assert_null(strstr(s.last_error, MARKER));
	assert_int_equal(s.n_failed, 1);
	cq_source_free(&s);
	assert_int_equal(bench_n_stored(&b), 0);
	bench_expect_all(&b);
	bench_close(&b);
}

/* A queue of its own for each of them. */
static void
anew(struct fixture **f)
{
	void *state = *f;

	fixture_tear_down(&state);
	fixture_set_up(&state);
	*f = state;
}

static void
test_a_refusal_pauses_and_a_failure_does_not(void **state)
{
	const bool has_token = !src_adapter(row_of_test->adapter)->tokenless;
	const struct {
		const char *lines;
		bool pauses;
	} refusals[] = {
	    {"status=401", has_token},
	    {"status=410", true},
	    {"status=500", false},
	    {"status=503\nhtml", false},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		fails(f, refusals[i].lines, refusals[i].pauses);
		anew(&f);
	}
	*state = f;
}

static void
test_what_is_no_answer_is_a_failure(void **state)
{
	static const char *const faults[] = {"html", "empty", "cut=300",
	    "reset\nn=2", "headers", "status=304", "status=204",
	    "redirect=@OTHER@/elsewhere"};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		fails(f, faults[i], false);
		anew(&f);
	}
	*state = f;
}

static void
test_a_body_that_is_too_large_is_not_read(void **state)
{
	size_t max = src_adapter(row_of_test->adapter)->max_body;
	struct fixture *f = *state;
	char *big = cq_format("big=%zu", max + 1);
	char *bomb = cq_format("bomb=%zu", (max >> 20) + 1);

	fails(f, big, false);
	anew(&f);
	fails(f, bomb, false);
	*state = f;
	free(big);
	free(bomb);
}

/* 403 and 404 mean different things; neither may lose anything. */
static void
test_forbidden_and_unknown_say_so(void **state)
{
	static const char *const faults[] = {"status=403", "status=404"};
	struct fixture *f = *state;
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		begin(&b, f);
		bench_fault(&b, faults[i]);
		bench_round(&b);
		assert_string_not_equal(b.told.s, "");
		assert_int_equal(bench_n_stored(&b), 0);
		bench_expect_all(&b);
		bench_close(&b);
		anew(&f);
	}
	*state = f;
}

static void
test_patience_is_kept_as_it_is_asked_for(void **state)
{
	static const char *const waits[] = {
	    "status=429\nheader=Retry-After: 5000",
	    "status=429\nheader=Retry-After: @HTTP+5000@",
	    "status=503\nheader=Retry-After: 5000"};
	struct fixture *f = *state;
	struct bench b;
	struct cq_source s;
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		begin(&b, f);
		bench_fault(&b, waits[i]);
		bench_round(&b);
		assert_string_not_equal(b.told.s, "");
		s = bench_source_now(&b);
		assert_int_equal(s.next_at, f->now + 5000);
		assert_false(s.paused);
		cq_source_free(&s);
		bench_expect_all(&b);
		bench_close(&b);
		anew(&f);
	}
	*state = f;
}

/* Each service says in its own way that no more requests are allowed now. */
static void
test_the_last_request_that_is_allowed_is_the_last(void **state)
{
	static const char *const resets[] = {[SRC_RESET_TIME] = "@ISO+5000@",
	    [SRC_RESET_EPOCH] = "@EPOCH+5000@",
	    [SRC_RESET_SECONDS] = "5000"};
	const struct src_limit *limit =
	    &src_adapter(row_of_test->adapter)->limit;
	struct bench b;
	struct cq_source s;
	char *lines;

	begin(&b, *state);
	if (limit->remaining != NULL) {
		lines = cq_format("header=%s: 0\nheader=%s: %s",
		    limit->remaining, limit->reset, resets[limit->kind]);
		bench_fault(&b, lines);
		bench_round(&b);
		assert_string_equal(b.told.s, "");
		s = bench_source_now(&b);
		assert_int_equal(s.rest_at, b.f->now + 5000);
		assert_int_equal(s.next_at, b.f->now + 5000);
		cq_source_free(&s);
		free(lines);
	}
	bench_expect_all(&b);
	bench_close(&b);
}

/* Bytes that are no UTF-8 may cost a post, but break nothing. */
static void
test_bytes_that_are_no_text_break_nothing(void **state)
{
	struct bench b;

	begin(&b, *state);
	bench_fault(&b, "utf8");
	bench_round(&b);
	assert_true(bench_n_stored(&b) <= b.row->n_posts);
	bench_expect_all(&b);
	bench_close(&b);
}

/* --- wrong types ------------------------------------------------------- */

#define WRONG_MAX 400 /* requests an adapter */

static const char *const wrong[] = {"null", "true", "-1", "1e300", "\"\"",
    "\"x\"", "[]", "[null]", "{}", "{\"a\":[]}", "\"\\u0000\""};

struct spoiler {
	struct bench *b;
	cJSON *root;
	int n;
};

/* The document with item replaced, as the answer to one trial. */
static void
spoil(struct spoiler *sp, cJSON *parent, cJSON *item)
{
	cJSON *other = cJSON_Parse(wrong[(size_t)sp->n %
	    (sizeof(wrong) / sizeof(*wrong))]);
	cJSON *next = item->next, *prev = item->prev;
	char *name = item->string, *text, *lines;
	struct seen seen;
	struct cq_err err;

	sp->n++;
	if (other == NULL)
		return;
	/* swapped in place, and back: cJSON's own calls would free it */
	cJSON kept = *item;

	item->type = other->type;
	item->child = other->child;
	item->valuestring = other->valuestring;
	item->valuedouble = other->valuedouble;
	item->valueint = other->valueint;
	text = cJSON_PrintUnformatted(sp->root);
	*item = kept;
	assert_ptr_equal(item->next, next);
	assert_ptr_equal(item->prev, prev);
	assert_ptr_equal(item->string, name);
	(void)parent;
	lines = cq_format("body=%s", text);
	bench_fault(sp->b, lines);
	bench_try(sp->b, &seen, &err);
	replay_heal(sp->b->site);
	assert_true(err.status == CQ_OK || err.status == CQ_NET);
	free(lines);
	cJSON_free(text);
	cJSON_Delete(other);
}

/* The first two of a list stand for all of it. */
static void
spoil_all(struct spoiler *sp, cJSON *value)
{
	bool list = cJSON_IsArray(value);
	cJSON *item;
	int i = 0;

	cJSON_ArrayForEach(item, value)
	{
		if ((list && ++i > 2) || sp->n >= WRONG_MAX)
			return;
		spoil(sp, value, item);
		spoil_all(sp, item);
	}
}

/* The body of the first answer on the row's data path, or NULL if no JSON. */
static cJSON *
recorded(struct bench *b)
{
	char *path =
	    cq_format("tests/fixtures/%s/%s", b->row->folder, b->row->page);
	size_t n;
	char *body = replay_slurp(path, &n);
	cJSON *root = cJSON_ParseWithLength(body, n);

	free(body);
	free(path);
	return root;
}

static void
test_no_wrong_type_in_any_field_breaks_it(void **state)
{
	struct bench b;
	struct spoiler sp = {.b = &b};

	begin(&b, *state);
	if (b.row->page != NULL) {
		sp.root = recorded(&b);
		assert_non_null(sp.root);
		spoil_all(&sp, sp.root);
		assert_true(sp.n > 10);
		cJSON_Delete(sp.root);
	}
	bench_expect_all(&b);
	bench_close(&b);
}

/* --- all of it, for each row ------------------------------------------- */

static const struct {
	const char *name;
	CMUnitTestFunction run;
} contract[] = {
#define T(name)             \
	{                   \
#name, name \
	}
    T(test_a_visit_brings_all_and_the_next_nothing),
    T(test_what_is_read_twice_is_there_once),
    T(test_ids_are_kept_as_they_came),
    T(test_posts_come_oldest_first),
    T(test_an_empty_page_loses_nothing),
    T(test_a_visit_that_is_cut_off_goes_on_where_it_was),
    T(test_a_refusal_pauses_and_a_failure_does_not),
    T(test_what_is_no_answer_is_a_failure),
    T(test_a_body_that_is_too_large_is_not_read),
    T(test_forbidden_and_unknown_say_so),
    T(test_patience_is_kept_as_it_is_asked_for),
    T(test_the_last_request_that_is_allowed_is_the_last),
    T(test_bytes_that_are_no_text_break_nothing),
    T(test_no_wrong_type_in_any_field_breaks_it),
};
#define N_CONTRACT (sizeof(contract) / sizeof(contract[0]))

static int
set_up(void **state)
{
	row_of_test = *state;
	return fixture_set_up(state);
}

int
main(void)
{
	struct CMUnitTest *tests =
	    cq_alloc(n_adapter_rows * N_CONTRACT * sizeof(*tests));
	size_t i, n = 0;
	int failed;

	for (i = 0; i < n_adapter_rows * N_CONTRACT; i++) {
		const struct adapter_row *row = &adapter_rows[i / N_CONTRACT];

		tests[n++] = (struct CMUnitTest){
		    .name = cq_format("%s: %s", row->title,
			contract[i % N_CONTRACT].name),
		    .test_func = contract[i % N_CONTRACT].run,
		    .setup_func = set_up,
		    .teardown_func = fixture_tear_down,
		    .initial_state = (void *)(uintptr_t)row,
		};
	}
	failed = _cmocka_run_group_tests("adapters", tests, n, NULL, NULL);
	for (i = 0; i < n; i++)
		free((char *)(uintptr_t)tests[i].name);
	free(tests);
	return failed;
}
