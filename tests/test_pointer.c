#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "sources/pointer.h"

/* The document and the table of RFC 6901, section 5. */
static const char rfc[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,"
			  "\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
			  "\"k\\\"l\":6,\" \":7,\"m~n\":8}";

static struct json
document(const char *text)
{
	struct json doc;

	assert_int_equal(json_read(text, strlen(text), NULL, &doc, NULL),
	    CQ_OK);
	return doc;
}

static void
test_every_pointer_of_the_rfc_leads_where_it_says(void **state)
{
	static const struct {
		const char *pointer;
		int number;
	} table[] = {{"/", 0}, {"/a~1b", 1}, {"/c%d", 2}, {"/e^f", 3},
	    {"/g|h", 4}, {"/i\\j", 5}, {"/k\"l", 6}, {"/ ", 7}, {"/m~0n", 8}};
	struct json doc = document(rfc);
	int64_t n;
	size_t i;

	(void)state;
	assert_ptr_equal(pointer_get(doc.root, ""), doc.root);
	assert_true(cJSON_IsArray(pointer_get(doc.root, "/foo")));
	assert_string_equal(cJSON_GetStringValue(pointer_get(doc.root,
				"/foo/0")),
	    "bar");
	assert_string_equal(cJSON_GetStringValue(pointer_get(doc.root,
				"/foo/1")),
	    "baz");
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_true(json_int(pointer_get(doc.root, table[i].pointer),
		    &n));
		assert_int_equal(n, table[i].number);
	}
	json_free(&doc);
}

static void
test_an_index_is_plain_digits_within_the_array(void **state)
{
	static const char *const nowhere[] = {"/foo/2", "/foo/-", "/foo/00",
	    "/foo/01", "/foo/+1", "/foo/-1", "/foo/1 ", "/foo/", "/foo/1e0",
	    "/foo/99999999999999999999", "/foo/0/0", "/foo/0/", "/foo/1/bar",
	    "/bar", "/foo/bar", "/m~n", "foo", "/FOO"};
	struct json doc = document(rfc);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
		assert_null(pointer_get(doc.root, nowhere[i]));
	json_free(&doc);
}

static void
test_escapes_are_undone_once_and_in_order(void **state)
{
	struct json doc = document("{\"~1\":1,\"/\":2,\"~\":3,\"~~\":4,\"a/"
				   "\":{\"~b\":5},\"0\":6}");
	int64_t n;

	(void)state;
	assert_true(json_int(pointer_get(doc.root, "/~01"), &n));
	assert_int_equal(n, 1);
	assert_true(json_int(pointer_get(doc.root, "/~1"), &n));
	assert_int_equal(n, 2);
	assert_true(json_int(pointer_get(doc.root, "/~0"), &n));
	assert_int_equal(n, 3);
	assert_true(json_int(pointer_get(doc.root, "/~0~0"), &n));
	assert_int_equal(n, 4);
	assert_true(json_int(pointer_get(doc.root, "/a~1/~0b"), &n));
	assert_int_equal(n, 5);
	/* a number names a member of an object too, leading zeros and all */
	assert_true(json_int(pointer_get(doc.root, "/0"), &n));
	assert_null(pointer_get(doc.root, "/00"));
	json_free(&doc);
}

static void
test_null_is_there_and_nothing_is_below_it(void **state)
{
	struct json doc = document("{\"a\":null,\"b\":[[1,2],[3]]}");

	(void)state;
	assert_true(cJSON_IsNull(pointer_get(doc.root, "/a")));
	assert_null(pointer_get(doc.root, "/a/b"));
	assert_null(pointer_get(doc.root, "/b/1/1"));
	assert_non_null(pointer_get(doc.root, "/b/1/0"));
	json_free(&doc);
}

static void
test_what_is_no_pointer_is_known(void **state)
{
	static const char *const good[] = {"", "/", "/a", "//", "/~0~1", "/-"};
	static const char *const bad[] = {
	    "a", "a/b", "/~", "/~2", "/a~", "/~~0", "#/a"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(pointer_valid(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(pointer_valid(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_pointer_of_the_rfc_leads_where_it_says),
	    cmocka_unit_test(test_an_index_is_plain_digits_within_the_array),
	    cmocka_unit_test(test_escapes_are_undone_once_and_in_order),
	    cmocka_unit_test(test_null_is_there_and_nothing_is_below_it),
	    cmocka_unit_test(test_what_is_no_pointer_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
