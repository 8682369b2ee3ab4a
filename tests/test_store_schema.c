#include "tests/store_fixture.h"

#include <sqlite3.h>

#include "core/store/db.h"

/* The digest by which a queue is known to have the parts it should have. */

/* After a new step: what "made" is belongs into schema_check.c. */
static void
test_the_digest_is_that_of_a_new_queue(void **state)
{
	struct fixture *f = *state;
	char made[SCHEMA_DIGEST_SIZE];

	assert_int_equal(schema_digest(f->store->db, made), SQLITE_OK);
	assert_string_equal(made, schema_digest_known);
}

static void
test_the_model_has_the_digest_of_a_new_queue(void **state)
{
	char made[SCHEMA_DIGEST_SIZE];
	sqlite3 *model = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &model), SQLITE_OK);
	assert_int_equal(schema_model(model), SQLITE_OK);
	assert_int_equal(schema_digest(model, made), SQLITE_OK);
	assert_string_equal(made, schema_digest_known);
	sqlite3_close(model);
}

static void
test_each_kind_of_change_changes_the_digest(void **state)
{
	static const char *const changes[] = {
	    "CREATE TRIGGER evil AFTER INSERT ON op BEGIN SELECT 1; END",
	    "DROP TRIGGER event_fixed",
	    "DROP INDEX post_not_public",
	    "ALTER TABLE tag RENAME TO old_tag",
	    "ALTER TABLE tag ADD COLUMN more INTEGER",
	    "CREATE VIEW tags AS SELECT * FROM tag",
	};
	char made[SCHEMA_DIGEST_SIZE];
	sqlite3 *model = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		assert_int_equal(sqlite3_open(":memory:", &model), SQLITE_OK);
		assert_int_equal(schema_model(model), SQLITE_OK);
		assert_int_equal(sqlite3_exec(model, changes[i], NULL, NULL,
				     NULL),
		    SQLITE_OK);
		assert_int_equal(schema_digest(model, made), SQLITE_OK);
		assert_string_not_equal(made, schema_digest_known);
		sqlite3_close(model);
	}
}

/* ANALYZE makes tables of its own. */
static void
test_what_sqlite_makes_for_itself_does_not_change_the_digest(void **state)
{
	char made[SCHEMA_DIGEST_SIZE];
	sqlite3 *model = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &model), SQLITE_OK);
	assert_int_equal(schema_model(model), SQLITE_OK);
	assert_int_equal(sqlite3_exec(model,
			     "INSERT INTO weight VALUES ('one', 1); ANALYZE",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(schema_digest(model, made), SQLITE_OK);
	assert_string_equal(made, schema_digest_known);
	sqlite3_close(model);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_the_digest_is_that_of_a_new_queue),
	    cmocka_unit_test(test_the_model_has_the_digest_of_a_new_queue),
	    cmocka_unit_test(test_each_kind_of_change_changes_the_digest),
	    cmocka_unit_test(
		test_what_sqlite_makes_for_itself_does_not_change_the_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
