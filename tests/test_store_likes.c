#include "tests/file.h"
#include "tests/store_fixture.h"

#include <stdio.h>
#include <string.h>

#include "core/store/likes.h"

/* Rows that say what a post is like, and what is like it. */

struct pair {
	int64_t other;
	int score;
};

/* As the word index does it when a post was compared. */
static void
add(struct fixture *f, int64_t post, int rank, const struct pair *pairs,
    size_t n)
{
	struct search_post p = {.id = post, .n_alike = n};

	for (size_t i = 0; i < n; i++) {
		p.alike[i].other = pairs[i].other;
		p.alike[i].score = pairs[i].score;
		p.alike[i].rank = rank + (int)i;
	}
	OK(f, db_begin(f->store, DB_NORMAL, &f->err));
	OK(f, db_end(f->store, likes_add(f->store, &p, &f->err), &f->err));
}

/* Posts 1 to n, each in a case of its own with the same number: no two have
 * a word in common, so that nothing else is suggested. */
static void
cases(struct fixture *f, int64_t n)
{
	for (int64_t i = 1; i <= n; i++) {
		char id[24], text[80];
		char x = (char)('a' + i % 20), y = (char)('a' + i / 20);
		struct cq_post p = a_post(id, id, text);

		snprintf(id, sizeof(id), "%lld", (long long)i);
		snprintf(text, sizeof(text),
		    "%c%cke%c%cmo %c%cru%c%cla %c%cpo%c%cwi", x, y, y, x, y, x,
		    y, y, x, y, x, x);
		assert_int_equal(put(f, &p), i);
	}
}

static struct cq_maybes
dups(struct fixture *f, int64_t case_id)
{
	struct cq_maybes m;

	OK(f, cq_store_dups(f->store, case_id, 0, &m, &f->err));
	return m;
}

static void
test_all_pairs_are_read_as_they_were_stored(void **state)
{
	static const struct pair pairs[] = {
	    {299, 1000}, {172, 228}, {171, 227}, {1, 101}, {2, 100}};
	struct fixture *f = *state;
	struct cq_explained e;

	cases(f, 300);
	add(f, 300, 1, pairs, 5);
	OK(f, cq_store_explain(f->store, 300, &e, &f->err));
	assert_int_equal(e.n_suggestions, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(e.suggestions[i].other.id, pairs[i].other);
		assert_int_equal(e.suggestions[i].score, pairs[i].score);
		assert_int_equal(e.suggestions[i].rank, (int)i + 1);
		assert_int_equal(e.suggestions[i].rule, CQ_RULE_LIKE);
		assert_string_equal(e.suggestions[i].state, "pending");
	}
	cq_explained_free(&e);
	add(f, 299, 4, pairs + 3, 2); /* it had three by other rules */
	OK(f, cq_store_explain(f->store, 299, &e, &f->err));
	assert_int_equal(e.n_suggestions, 2);
	assert_int_equal(e.suggestions[1].rank, 5);
	cq_explained_free(&e);
	all_is_well(f);
}

static void
test_a_pair_is_told_from_both_sides(void **state)
{
	static const struct pair pairs[] = {{2, 400}, {1, 150}};
	struct fixture *f = *state;
	struct cq_maybes m;

	cases(f, 3);
	add(f, 3, 1, pairs, 2);
	m = dups(f, 2);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.at[0].other.id, 3);
	assert_int_equal(m.at[0].score, 400);
	assert_int_equal(m.at[0].post_id, 2);
	assert_int_equal(m.at[0].other_post, 3);
	assert_false(m.at[0].weak);
	cq_maybes_free(&m);
	m = dups(f, 1);
	assert_int_equal(m.n, 1);
	assert_true(m.at[0].weak);
	cq_maybes_free(&m);
	m = dups(f, 3);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.at[0].other.id, 2);
	assert_int_equal(m.at[1].other.id, 1);
	cq_maybes_free(&m);
}

static void
test_what_many_are_like_remembers_the_newest(void **state)
{
	static const struct pair to_first = {1, 300};
	struct fixture *f = *state;
	struct cq_maybes m;

	cases(f, LIKES_BACK + 6);
	for (int64_t id = 2; id <= LIKES_BACK + 6; id++)
		add(f, id, 1, &to_first, 1);
	m = dups(f, 1);
	assert_int_equal(m.n, LIKES_BACK);
	for (size_t i = 0; i < m.n; i++)
		assert_true(m.at[i].other.id > 6);
	cq_maybes_free(&m);
	m = dups(f, 2); /* which itself remembers it */
	assert_int_equal(m.n, 1);
	cq_maybes_free(&m);
	all_is_well(f);
}

static void
test_a_damaged_row_is_read_as_far_as_it_goes(void **state)
{
	static const char *const lists[] = {"x''", "x'15'", "x'1501'",
	    "x'1f0100010001000100010001000100'", "x'11ffffffffffffffffff'",
	    "x'11ffffffffffffffff7f00'", "x'1101ffffffffffffffff7f'",
	    "x'10ffffffffffffffff7fffffffffffffffff7f'", "x'f1000000'",
	    "randomblob(400)"};
	struct fixture *f = *state;
	struct cq_explained e;
	struct cq_maybes m;
	char sql[200];

	cases(f, 3);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "INSERT OR REPLACE INTO likeness VALUES (2, %s)", lists[i]);
		file_sql(f->path, sql);
		OK(f, cq_store_explain(f->store, 2, &e, &f->err));
		assert_true(e.n_suggestions <= CQ_SUGGESTIONS);
		cq_explained_free(&e);
		m = dups(f, 2);
		assert_true(m.n <= 2);
		cq_maybes_free(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_all_pairs_are_read_as_they_were_stored),
	    WITH_QUEUE(test_a_pair_is_told_from_both_sides),
	    WITH_QUEUE(test_what_many_are_like_remembers_the_newest),
	    WITH_QUEUE(test_a_damaged_row_is_read_as_far_as_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
