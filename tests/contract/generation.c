#include "tests/file.h"
#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

/* The word index forgets what is out of the window, and nothing before. */

#define DAY INT64_C(86400)

#define HEATER "no heater in coach 12 of the night train, we froze"
#define FROZE "froze for six hours: heater of that coach stone cold"
#define AGAIN "coach heater broken, whole night we froze"

static void
catch_up(struct fixture *f)
{
	int64_t n = 1;

	while (n > 0)
		OK(f, cq_store_search_step(f->store, 100, &n, &f->err));
}

/* A post that is taken in at once; gives its case. */
static int64_t
put_text(struct fixture *f, const char *id, const char *text)
{
	struct cq_post p = a_post(id, id, text);
	int64_t case_id = put(f, &p);

	catch_up(f);
	return case_id;
}

/* As if so many posts were in the younger index, and days had gone by. */
static void
age(struct fixture *f, int n, int days)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "UPDATE search_age SET n = %d", n);
	file_sql(f->path, sql);
	f->now += days * DAY;
}

static bool
add_id(void *arg, struct raw_text source, struct raw_text id, int rank,
    int64_t case_id, enum cq_rule rule)
{
	(void)source;
	(void)rank;
	(void)rule;
	cq_buf_fmt(arg, "%s:%lld ", id.s, (long long)case_id);
	return true;
}

/* All suggestions, each as post:case. */
static void
are_suggested(struct fixture *f, const char *want)
{
	struct cq_buf got = {0};
	char *s;

	OK(f, cq_store_suggestions_map(f->store, add_id, &got, &f->err));
	s = cq_buf_take(&got);
	assert_string_equal(s, want);
	free(s);
}

static int64_t
n_forgotten(struct fixture *f)
{
	return number_at(f->path, "SELECT forgotten FROM search_age");
}

static void
test_an_old_post_is_forgotten_after_two_windows(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	put_text(f, "2", FROZE);
	are_suggested(f, "2:1 ");
	age(f, 20000, 15);
	put_text(f, "3", "kettle"); /* the first index is the older one now */
	put_text(f, "4", AGAIN);
	are_suggested(f, "2:1 4:1 4:2 ");
	age(f, 20000, 15);
	put_text(f, "5", "teapot"); /* and now it is empty, and the younger */
	assert_int_equal(n_forgotten(f), 2);
	are_suggested(f, "4:1 4:2 ");
	put_text(f, "6", "heater in the coach: froze all night");
	are_suggested(f, "4:1 4:2 6:4 ");
	all_is_well(f);
}

static void
test_nothing_is_forgotten_within_the_window(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	age(f, 20000, 1);
	put_text(f, "2", "kettle"); /* the first index is the older one now */
	assert_int_equal(number_at(f->path, "SELECT b FROM search_age"), 1);
	age(f, 20000, 13);
	put_text(f, "3", FROZE); /* 14 days after the first */
	assert_int_equal(n_forgotten(f), 0);
	are_suggested(f, "3:1 ");
	f->now++;
	put_text(f, "4", "teapot");
	assert_int_equal(n_forgotten(f), 1);
}

static void
test_nothing_is_forgotten_of_few_posts(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	age(f, 19998, 300);
	put_text(f, "2", "kettle");
	age(f, 19999, 300);
	put_text(f, "3", FROZE);
	assert_int_equal(number_at(f->path, "SELECT b FROM search_age"), 0);
	are_suggested(f, "3:1 ");
	put_text(f, "4", "teapot");
	assert_int_equal(number_at(f->path, "SELECT b FROM search_age"), 1);
	are_suggested(f, "3:1 ");
}

/* What people said of two cases is no matter of likeness any more. */
static void
test_what_was_judged_is_kept(void **state)
{
	struct fixture *f = *state;
	struct cq_act who;
	int64_t one, two;

	one = put_text(f, "1", HEATER);
	two = put_text(f, "2", FROZE);
	who = act(f, "ana");
	OK(f,
	    cq_store_not_same(f->store, &who, two, &one, 1, "another coach",
		&f->err));
	for (int i = 0; i < 2; i++) {
		age(f, 20000, 15);
		put_text(f, i == 0 ? "3" : "4", i == 0 ? "kettle" : "teapot");
	}
	assert_int_equal(n_forgotten(f), 2);
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM suggestion WHERE"
			     " state = 'refused'"),
	    1);
	undo(f, "ana");
	all_is_well(f);
}

/* Many rows go a few at a time, so that nobody waits for it. */
static void
test_forgetting_is_done_in_small_parts(void **state)
{
	static const char sql[] =
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 200) INSERT INTO likeness SELECT i, x'10' FROM n;"
	    "UPDATE search_age SET forgotten = 150";
	struct fixture *f = *state;

	put_text(f, "1", "kettle");
	file_sql(f->path, "PRAGMA foreign_keys = OFF");
	file_sql(f->path, sql);
	put_text(f, "2", "teapot");
	assert_int_equal(number_at(f->path, "SELECT count(*) FROM likeness"),
	    136);
	put_text(f, "3", "saucer");
	put_text(f, "4", "spoon");
	assert_int_equal(number_at(f->path, "SELECT min(post) FROM likeness"),
	    151);
	put_text(f, "5", "fork");
	assert_int_equal(number_at(f->path, "SELECT count(*) FROM likeness"),
	    50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_an_old_post_is_forgotten_after_two_windows),
	    WITH_QUEUE(test_nothing_is_forgotten_within_the_window),
	    WITH_QUEUE(test_nothing_is_forgotten_of_few_posts),
	    WITH_QUEUE(test_what_was_judged_is_kept),
	    WITH_QUEUE(test_forgetting_is_done_in_small_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
