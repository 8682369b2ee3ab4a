#include "tests/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* Ids of posts: texts, though most of them are stored as numbers. */

static const char *const ids[] = {"0", "-0", "+1", "1", "01", "-1", "1.0",
    "1e3", "1000", " 7", "7", "7 ", "0x10", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "92233720368547758070", "00000000000000000000000000000000000000001", "-",
    "--1", "1a", "a1", "\xd9\xa1", "at://did:plc:x/app.post/3k"};
#define N_IDS (sizeof(ids) / sizeof(ids[0]))

/* No two of these texts have a word in common. */
static struct cq_post
post_named(const char *id, size_t i, char *text, size_t size)
{
	char x = (char)('a' + i % 26), y = (char)('b' + i % 25);

	snprintf(text, size, "%c%cke%c%cmo %c%cru%c%cla %c%cpo%c%cwi", x, y, y,
	    x, y, x, y, y, x, y, x, x);
	return a_post(id, text, text);
}

static void
fill(struct fixture *f, int64_t cases[N_IDS])
{
	char text[80];

	for (size_t i = 0; i < N_IDS; i++) {
		struct cq_post p = post_named(ids[i], i, text, sizeof(text));

		cases[i] = put(f, &p);
		assert_int_equal(cases[i], (int64_t)i + 1);
	}
}

static void
test_ids_are_different_if_any_byte_of_them_is(void **state)
{
	struct fixture *f = *state;
	int64_t cases[N_IDS], id = 0;

	fill(f, cases);
	for (size_t i = 0; i < N_IDS; i++) {
		OK(f,
		    cq_store_post_id(f->store, "chirp", ids[i], &id, &f->err));
		assert_int_equal(id, (int64_t)i + 1);
		head(f, cases[i]);
		assert_string_equal(f->full.at[0].remote_id.s, ids[i]);
	}
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_post_id(f->store, "chirp", "00", &id, &f->err));
	all_is_well(f);
}

static void
test_a_post_is_known_again_by_its_id(void **state)
{
	struct fixture *f = *state;
	struct cq_act who = act(f, "ana");
	struct cq_ingested sum = {0};
	int64_t cases[N_IDS];
	char text[80];

	fill(f, cases);
	for (size_t i = 0; i < N_IDS; i++) {
		struct cq_post p = post_named(ids[i], i, text, sizeof(text));

		who = act(f, "ana");
		OK(f, cq_store_ingest(f->store, &who, &p, 1, &sum, &f->err));
	}
	assert_int_equal(sum.n_known, N_IDS);
	assert_int_equal(counts(f, NULL).posts, N_IDS);
}

static void
test_answers_reposts_and_quotes_find_what_they_name(void **state)
{
	struct fixture *f = *state;
	int64_t cases[N_IDS];
	char id[24], author[24];

	fill(f, cases);
	for (size_t i = 0; i < 3 * N_IDS; i++) {
		const char *to = ids[i / 3];
		struct cq_post p = a_post(id, author, "same here");

		snprintf(id, sizeof(id), "late-%zu", i);
		snprintf(author, sizeof(author), "reader-%zu", i);
		p.in_reply_to = i % 3 == 0 ? to : NULL;
		p.repost_of = i % 3 == 1 ? to : NULL;
		p.quote_of = i % 3 == 2 ? to : NULL;
		assert_int_equal(put(f, &p), cases[i / 3]);
	}
	all_is_well(f);
}

static void
test_a_post_that_was_answered_before_it_came_finds_the_answer(void **state)
{
	struct fixture *f = *state;
	char text[80], id[24];

	for (size_t i = 0; i < N_IDS; i++) {
		struct cq_post p = post_named(id, i, text, sizeof(text));

		snprintf(id, sizeof(id), "early-%zu", i);
		p.in_reply_to = ids[i];
		assert_int_equal(put(f, &p), (int64_t)i + 1);
	}
	for (size_t i = 0; i < N_IDS; i++) {
		struct cq_post p = a_post(ids[i], ids[i], "hello");

		assert_int_equal(put(f, &p), (int64_t)i + 1);
	}
	all_is_well(f);
}

struct last {
	char id[64];
	size_t n;
};

static bool
rises(void *arg, struct raw_text source, struct raw_text id, int64_t case_id)
{
	struct last *last = arg;

	(void)source;
	(void)case_id;
	if (strcmp(last->id, id.s) >= 0)
		fail_msg("%s before %s", last->id, id.s);
	snprintf(last->id, sizeof(last->id), "%s", id.s);
	last->n++;
	return true;
}

static void
test_the_map_is_in_the_order_of_bytes(void **state)
{
	struct fixture *f = *state;
	int64_t cases[N_IDS];
	struct last last = {0};

	fill(f, cases);
	OK(f, cq_store_map(f->store, rises, &last, &f->err));
	assert_int_equal(last.n, N_IDS);
}

/* What makes a row small, and what no other program may undo. */
static void
test_only_what_a_number_prints_as_is_stored_as_a_number(void **state)
{
	static const char sql[] =
	    "SELECT count(*) FROM post WHERE typeof(remote_id) = 'integer'";
	struct fixture *f = *state;
	int64_t cases[N_IDS];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	fill(f, cases);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	/* 0, 1, -1, 1000, 7, and the largest and the smallest one */
	assert_int_equal(sqlite3_column_int(s, 0), 7);
	sqlite3_finalize(s);
	assert_int_equal(sqlite3_exec(db,
			     "UPDATE post SET remote_id = x'31'"
			     " WHERE id = 1",
			     NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_ids_are_different_if_any_byte_of_them_is),
	    WITH_QUEUE(test_a_post_is_known_again_by_its_id),
	    WITH_QUEUE(test_answers_reposts_and_quotes_find_what_they_name),
	    WITH_QUEUE(
		test_a_post_that_was_answered_before_it_came_finds_the_answer),
	    WITH_QUEUE(test_the_map_is_in_the_order_of_bytes),
	    WITH_QUEUE(test_only_what_a_number_prints_as_is_stored_as_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
