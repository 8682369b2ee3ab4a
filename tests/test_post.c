#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/post.h"

static struct cq_post
good(void)
{
	return (struct cq_post){
	    .source = "reviews",
	    .id = "1",
	    .text = "late again",
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME,
	};
}

static void
assert_refused(const struct cq_post *post, const char *msg)
{
	struct cq_err err = {0};

	assert_int_equal(cq_post_check(post, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
	assert_int_equal(cq_post_check(post, NULL), CQ_INPUT);
}

static void
test_source_id_and_text_are_enough(void **state)
{
	struct cq_post post = good();

	(void)state;
	assert_int_equal(cq_post_check(&post, NULL), CQ_OK);
}

static void
test_full_post_is_accepted(void **state)
{
	struct cq_post post = good();

	(void)state;
	post.network = "example.org";
	post.author = post.handle = post.author_name = "J\xc3\xb6";
	post.url = post.uri = "https://example.org/1";
	post.lang = "de";
	post.in_reply_to = post.repost_of = post.quote_of = "0";
	post.brand = "acme";
	post.extra = "{}";
	post.author_followers = 0;
	post.created_at = 0;
	post.rating = 5;
	assert_int_equal(cq_post_check(&post, NULL), CQ_OK);
}

static void
test_post_without_source_id_or_text_is_refused(void **state)
{
	struct cq_post post = good();

	(void)state;
	post.source = NULL;
	assert_refused(&post, "source is missing");
	post.source = "";
	assert_refused(&post, "source is empty");
	post = good();
	post.id = NULL;
	assert_refused(&post, "id is missing");
	post.id = "";
	assert_refused(&post, "id is empty");
	post = good();
	post.text = NULL;
	assert_refused(&post, "text is missing");
}

static void
test_picture_without_words_is_a_post(void **state)
{
	struct cq_post post = good();

	(void)state;
	post.text = "";
	assert_int_equal(cq_post_check(&post, NULL), CQ_OK);
}

/* Each string field of a post in turn, with its limit. */
static const struct {
	const char *name;
	size_t offset, max;
} fields[] = {
    {"source", offsetof(struct cq_post, source), CQ_SOURCE_MAX},
    {"id", offsetof(struct cq_post, id), CQ_ID_MAX},
    {"text", offsetof(struct cq_post, text), CQ_TEXT_MAX},
    {"network", offsetof(struct cq_post, network), CQ_SOURCE_MAX},
    {"author", offsetof(struct cq_post, author), CQ_ID_MAX},
    {"handle", offsetof(struct cq_post, handle), CQ_ID_MAX},
    {"author_name", offsetof(struct cq_post, author_name), CQ_TEXT_MAX},
    {"url", offsetof(struct cq_post, url), CQ_TEXT_MAX},
    {"uri", offsetof(struct cq_post, uri), CQ_TEXT_MAX},
    {"lang", offsetof(struct cq_post, lang), CQ_ID_MAX},
    {"in_reply_to", offsetof(struct cq_post, in_reply_to), CQ_ID_MAX},
    {"repost_of", offsetof(struct cq_post, repost_of), CQ_ID_MAX},
    {"quote_of", offsetof(struct cq_post, quote_of), CQ_ID_MAX},
    {"brand", offsetof(struct cq_post, brand), CQ_ID_MAX},
    {"extra", offsetof(struct cq_post, extra), CQ_TEXT_MAX},
};

static void
set(struct cq_post *post, size_t offset, const char *s)
{
	memcpy((char *)post + offset, &s, sizeof(s));
}

static void
test_every_field_keeps_its_limit(void **state)
{
	struct cq_post post;
	char *s, *msg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		post = good();
		s = cq_alloc(fields[i].max + 2);
		memset(s, 'x', fields[i].max);
		set(&post, fields[i].offset, s);
		assert_int_equal(cq_post_check(&post, NULL), CQ_OK);
		s[fields[i].max] = 'x';
		msg = cq_format("%s is longer than %zu bytes", fields[i].name,
		    fields[i].max);
		assert_refused(&post, msg);
		free(msg);
		free(s);
	}
}

static void
test_field_that_is_no_utf8_is_named(void **state)
{
	struct cq_post post;
	char *msg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		post = good();
		set(&post, fields[i].offset, "a\xff");
		msg = cq_format("%s is not valid UTF-8", fields[i].name);
		assert_refused(&post, msg);
		free(msg);
	}
}

static void
test_rating_is_zero_to_five(void **state)
{
	struct cq_post post = good();

	(void)state;
	for (post.rating = 0; post.rating <= 5; post.rating++)
		assert_int_equal(cq_post_check(&post, NULL), CQ_OK);
	assert_refused(&post, "rating is 6, not 0 to 5");
	post.rating = -1;
	assert_refused(&post, "rating is -1, not 0 to 5");
}

static void
test_followers_are_not_below_zero(void **state)
{
	struct cq_post post = good();

	(void)state;
	post.author_followers = -2;
	assert_refused(&post, "author_followers is below 0");
}

static void
test_followers_are_not_more_than_people(void **state)
{
	struct cq_post post = good();

	(void)state;
	post.author_followers = INT64_C(10000000000);
	assert_int_equal(cq_post_check(&post, NULL), CQ_OK);
	post.author_followers++;
	assert_refused(&post, "author_followers is above 10000000000");
	post.author_followers = INT64_MAX;
	assert_refused(&post, "author_followers is above 10000000000");
}

static void
test_time_lies_in_the_calendar(void **state)
{
	static const char msg[] =
	    "created_at is outside the years 1970 to 9999";
	struct cq_post post = good();

	(void)state;
	post.created_at = -1;
	assert_refused(&post, msg);
	post.created_at = INT64_C(253402300800);
	assert_refused(&post, msg);
	post.created_at--;
	assert_int_equal(cq_post_check(&post, NULL), CQ_OK);
}

/* --- lists --------------------------------------------------------------- */

#define N_STRINGS (offsetof(struct cq_post, author_followers) / sizeof(char *))

static const char *
get(const struct cq_post *post, size_t i)
{
	const char *s;

	memcpy(&s, (const char *)post + i * sizeof(s), sizeof(s));
	return s;
}

/* All that stands before the first number is a string. */
static void
test_a_list_copies_every_string_of_a_post(void **state)
{
	struct cq_post post = {
	    .author_followers = 7, .created_at = 8, .rating = 3};
	struct cq_post_list list = {0};
	char words[N_STRINGS][4], expected[4];

	(void)state;
	for (size_t i = 0; i < N_STRINGS; i++) {
		snprintf(words[i], 4, "f%zu", i);
		set(&post, i * sizeof(char *), words[i]);
	}
	cq_post_list_add(&list, &post);
	memset(words, '!', sizeof(words));
	for (size_t i = 0; i < N_STRINGS; i++) {
		snprintf(expected, 4, "f%zu", i);
		assert_string_equal(get(&list.at[0], i), expected);
	}
	assert_int_equal(list.at[0].author_followers, 7);
	assert_int_equal(list.at[0].created_at, 8);
	assert_int_equal(list.at[0].rating, 3);
	cq_post_list_free(&list);
}

static void
test_a_list_grows_and_counts_its_bytes(void **state)
{
	struct cq_post post = good();
	struct cq_post_list list = {0};

	(void)state;
	for (int i = 0; i < 200; i++)
		cq_post_list_add(&list, &post);
	assert_int_equal(list.n, 200);
	assert_string_equal(list.at[0].text, "late again");
	assert_string_equal(list.at[199].id, "1");
	assert_null(list.at[199].url);
	assert_int_equal(list.bytes, 200 * (8 + 2 + 11));
	cq_post_list_free(&list);
	assert_null(list.at);
}

static void
test_a_list_that_was_cleared_is_used_again(void **state)
{
	struct cq_post post = good();
	struct cq_post_list list = {0};

	(void)state;
	cq_post_list_add(&list, &post);
	cq_post_list_clear(&list);
	assert_int_equal(list.n, 0);
	assert_int_equal(list.bytes, 0);
	post.text = "and again";
	cq_post_list_add(&list, &post);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.at[0].text, "and again");
	cq_post_list_free(&list);
}

static void
test_a_name_that_programs_write_is_nobody(void **state)
{
	static const char *const anybody[] = {"Anonymous", "@anonymous",
	    "[deleted]", "<Deleted User>", "A Google user", "GAST", "null", "",
	    "[]", "匿名", "Аноним"};
	static const char *const person[] = {"anonymous_mo", "guesthouse",
	    "Gaston", "mo", "@user77", "匿名希望", "deleted scenes"};

	(void)state;
	assert_true(cq_author_is_anybody(NULL));
	for (size_t i = 0; i < sizeof(anybody) / sizeof(anybody[0]); i++)
		if (!cq_author_is_anybody(anybody[i]))
			fail_msg("'%s' is taken for a person", anybody[i]);
	for (size_t i = 0; i < sizeof(person) / sizeof(person[0]); i++)
		if (cq_author_is_anybody(person[i]))
			fail_msg("'%s' is taken for nobody", person[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_name_that_programs_write_is_nobody),
	    cmocka_unit_test(test_source_id_and_text_are_enough),
	    cmocka_unit_test(test_full_post_is_accepted),
	    cmocka_unit_test(test_post_without_source_id_or_text_is_refused),
	    cmocka_unit_test(test_picture_without_words_is_a_post),
	    cmocka_unit_test(test_every_field_keeps_its_limit),
	    cmocka_unit_test(test_field_that_is_no_utf8_is_named),
	    cmocka_unit_test(test_rating_is_zero_to_five),
	    cmocka_unit_test(test_followers_are_not_below_zero),
	    cmocka_unit_test(test_followers_are_not_more_than_people),
	    cmocka_unit_test(test_time_lies_in_the_calendar),
	    cmocka_unit_test(test_a_list_copies_every_string_of_a_post),
	    cmocka_unit_test(test_a_list_grows_and_counts_its_bytes),
	    cmocka_unit_test(test_a_list_that_was_cleared_is_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
