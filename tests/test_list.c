#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/alloc.h"
#include "tui/screens/list.h"

#define CASES 1200

struct fixture {
	char dir[64], path[80];
	struct cq_store *store;
	struct list list;
	int n_posts;
};

static void
ingest(struct fixture *f, int followers)
{
	char id[32], text[64], op[CQ_OP_SIZE];
	struct cq_env env = cq_env_system();
	struct cq_act act = {op, "ann", NULL};
	struct cq_ingested sum = {0};
	struct cq_post post = {.source = "s",
	    .id = id,
	    .text = text,
	    .author = id,
	    .author_followers = followers,
	    .created_at = CQ_NO_TIME};

	snprintf(id, sizeof(id), "%d", ++f->n_posts);
	snprintf(text, sizeof(text), "text number %d", f->n_posts);
	cq_op_new(&env, op);
	assert_int_equal(cq_store_ingest(f->store, &act, &post, 1, &sum, NULL),
	    CQ_OK);
}

/* Some of many priorities, more than a window of one and the same. */
static int
set_up(void **state)
{
	struct fixture *f = cq_alloc(sizeof(*f));
	struct cq_env env = cq_env_system();

	*state = f;
	strcpy(f->dir, "/tmp/caseq-list-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/q.db", f->dir);
	assert_int_equal(cq_store_create(f->path, &env, "ann", "ann", 0, NULL),
	    CQ_OK);
	assert_int_equal(cq_store_open(f->path, &env, &f->store, NULL), CQ_OK);
	for (int i = 0; i < CASES; i++)
		ingest(f, i % 3 == 0 ? i * i : 5);
	list_init(&f->list, f->store, "ann");
	assert_int_equal(list_load(&f->list, NULL), CQ_OK);
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	char *command = cq_format("rm -rf '%s'", f->dir);

	list_free(&f->list);
	cq_store_close(f->store);
	assert_int_equal(system(command), 0);
	free(command);
	free(f);
	return 0;
}

static int64_t
here(const struct fixture *f)
{
	assert_non_null(list_here(&f->list));
	return list_here(&f->list)->id;
}

static struct cq_cases
all_cases(const struct fixture *f)
{
	struct cq_cases all;

	assert_int_equal(cq_store_list(f->store, NULL, "ann", NULL, 0, &all,
			     NULL),
	    CQ_OK);
	assert_int_equal(all.n, CASES);
	return all;
}

static void
test_walking_down_meets_every_case_once_in_order(void **state)
{
	struct fixture *f = *state;
	struct cq_cases all = all_cases(f);

	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(here(f), all.at[i].id);
		assert_true(f->list.n <= LIST_WINDOW + 1);
		assert_int_equal(list_move(&f->list, 1, NULL), CQ_OK);
	}
	assert_int_equal(here(f), all.at[all.n - 1].id);
	for (size_t i = all.n; i-- > 0;) {
		assert_int_equal(here(f), all.at[i].id);
		assert_int_equal(list_move(&f->list, -1, NULL), CQ_OK);
	}
	assert_int_equal(here(f), all.at[0].id);
	cq_cases_free(&all);
}

static void
test_the_last_case_is_found_and_the_way_back_is_whole(void **state)
{
	struct fixture *f = *state;
	struct cq_cases all = all_cases(f);
	bool done = false;

	assert_int_equal(list_last(&f->list, &done, NULL), CQ_OK);
	assert_true(done);
	for (size_t i = all.n; i-- > 0;) {
		assert_int_equal(here(f), all.at[i].id);
		assert_int_equal(list_move(&f->list, -1, NULL), CQ_OK);
	}
	cq_cases_free(&all);
}

static void
test_big_steps_stop_at_both_ends(void **state)
{
	struct fixture *f = *state;
	struct cq_cases all = all_cases(f);

	assert_int_equal(list_move(&f->list, 5000, NULL), CQ_OK);
	assert_int_equal(here(f), all.at[all.n - 1].id);
	assert_int_equal(list_move(&f->list, -5000, NULL), CQ_OK);
	assert_int_equal(here(f), all.at[0].id);
	cq_cases_free(&all);
}

static void
test_new_rows_above_wait_and_the_cursor_stays(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	list_first(&f->list, NULL);
	list_move(&f->list, 10, NULL);
	id = here(f);
	ingest(f, 100000000);
	ingest(f, 1);
	assert_int_equal(list_load(&f->list, NULL), CQ_OK);
	assert_int_equal(here(f), id);
	assert_int_equal(f->list.here, 10);
	assert_int_equal(f->list.n_waiting, 1);
	assert_int_equal(list_fresh(&f->list, NULL), CQ_OK);
	assert_int_equal(here(f), id);
	assert_int_equal(f->list.here, 11);
	assert_int_equal(f->list.n_waiting, 0);
}

static void
test_a_case_that_was_resolved_stays_under_the_cursor(void **state)
{
	struct fixture *f = *state;
	char op[CQ_OP_SIZE];
	struct cq_env env = cq_env_system();
	struct cq_act act = {op, "ann", NULL};
	int64_t id;

	list_first(&f->list, NULL);
	list_move(&f->list, 5, NULL);
	id = here(f);
	cq_op_new(&env, op);
	assert_int_equal(cq_store_move(f->store, &act, id, 0, CQ_MOVE_RESOLVE,
			     "answered", CQ_NO_TIME, NULL),
	    CQ_OK);
	assert_int_equal(list_load(&f->list, NULL), CQ_OK);
	assert_int_equal(here(f), id);
	assert_int_equal(list_here(&f->list)->state, CQ_RESOLVED);
	assert_int_equal(f->list.here, 5);
	list_move(&f->list, 1, NULL);
	assert_int_equal(list_load(&f->list, NULL), CQ_OK);
	for (size_t i = 0; i < f->list.n; i++)
		assert_int_not_equal(f->list.at[i].id, id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_walking_down_meets_every_case_once_in_order),
	    cmocka_unit_test(
		test_the_last_case_is_found_and_the_way_back_is_whole),
	    cmocka_unit_test(test_big_steps_stop_at_both_ends),
	    cmocka_unit_test(test_new_rows_above_wait_and_the_cursor_stays),
	    cmocka_unit_test(
		test_a_case_that_was_resolved_stays_under_the_cursor),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
