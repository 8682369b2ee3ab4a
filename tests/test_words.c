#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/normal.h"

/* The words as one line: "ab", half ones "(ab)", those with digits "ab#". */
static void
assert_words(const char *text, const char *want)
{
	struct cq_words words = cq_words_of(text);
	struct cq_buf b = {0};
	char *got;

	for (size_t i = 0; i < words.n; i++) {
		const struct cq_word *w = &words.at[i];

		cq_buf_fmt(&b, w->half ? "%s(%.*s)%s" : "%s%.*s%s",
		    i == 0 ? "" : " ", (int)w->n, w->s, w->digit ? "#" : "");
	}
	got = cq_buf_take(&b);
	if (strcmp(got, want) != 0)
		fail_msg("'%s': %s", text, got);
	free(got);
	cq_words_free(&words);
	assert_null(words.at);
	assert_int_equal(words.n, 0);
}

static void
test_words_are_parted_by_spaces(void **state)
{
	static const char *const rows[][2] = {
	    {"", ""},
	    {" ", ""},
	    {"late", "late"},
	    {"late again", "late again"},
	    {"  late  again ", "late again"},
	    {"поезд опоздал", "поезд опоздал"},
	    {"한국 기차", "한국 기차"}, /* Korean has spaces */
	    {"हिन्दी में", "हिन्दी में"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_words(rows[i][0], rows[i][1]);
}

static void
test_digits_are_noticed_anywhere_in_a_word(void **state)
{
	(void)state;
	/* as old numbers have it, too */
	assert_words("part ii or viii", "part ii# or viii#");
	assert_words("i xx xxl viva ivixvi", "i xx xxl viva ivixvi");
	assert_words("a1 1a a12b 7 seven", "a1# 1a# a12b# 7# seven");
}

static void
test_where_no_spaces_are_written_each_two_letters_are_a_word(void **state)
{
	static const char *const rows[][2] = {
	    {"荷物が届きません",
		"(荷物) (物が) (が届) (届き) (きま) (ませ) (せん)"},
	    {"我的包裹", "(我的) (的包) (包裹)"},
	    {"電", "(電)"},
	    {"電 車", "(電) (車)"},
	    {"เปิด", "(เป) (ปิ) (ิด)"}, /* marks count as letters here */
	    {"ປະຕູ", "(ປະ) (ະຕ) (ຕູ)"},
	    {"လိုင်း", "(လိ) (ို) (ုင) (င်) (်း)"},
	    {"ទ្វារ", "(ទ្) (្វ) (វា) (ារ)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_words(rows[i][0], rows[i][1]);
}

static void
test_scripts_that_meet_are_words_apart(void **state)
{
	static const char *const rows[][2] = {
	    {"ios荷物app", "ios (荷物) app"},
	    {"注文1234番", "(注文) 1234# (番)"},
	    {"7時", "7# (時)"},
	    {"ах電車ох", "ах (電車) ох"},
	    {"電車 late 電", "(電車) late (電)"},
	    {"車a車b", "(車) a (車) b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_words(rows[i][0], rows[i][1]);
}

static void
test_words_written_from_right_to_left_stand_as_they_are_read(void **state)
{
	struct cq_normal normal = cq_normalise(
	    "\xe2\x80\x8fالقطار \xe2\x80\xab" /* marks of direction */
	    "متأخر \xe2\x80\xac"
	    "7 דקות OK");

	(void)state;
	assert_words(normal.text, "القطار متاخر 7# דקות ok");
	assert_int_equal(normal.words.n, 5);
	cq_normal_free(&normal);
}

static void
test_words_point_into_the_text(void **state)
{
	const char *text = "late 電車";
	struct cq_words words = cq_words_of(text);

	(void)state;
	assert_int_equal(words.n, 2);
	assert_ptr_equal(words.at[0].s, text);
	assert_ptr_equal(words.at[1].s, text + 5);
	assert_int_equal(words.at[1].n, 6);
	cq_words_free(&words);
	cq_words_free(&words); /* and twice does no harm */
}

static void
test_keys_are_short_and_stay_the_same(void **state)
{
	struct cq_words words = cq_words_of("a b a 電車 電");

	(void)state;
	/* FNV-1a of "a" is af63dc4c8601ec8c: its top folded into the rest */
	assert_true(words.at[0].key == UINT64_C(0xdc4c860143ef));
	assert_true(words.at[2].key == words.at[0].key);
	assert_true(words.at[1].key != words.at[0].key);
	assert_true(words.at[3].key != words.at[4].key);
	for (size_t i = 0; i < words.n; i++)
		assert_true(words.at[i].key != 0 && words.at[i].key >> 48 == 0);
	cq_words_free(&words);
}

static int
by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
test_50000_words_have_keys_of_their_own(void **state)
{
	enum { N = 50000 };
	uint64_t *keys = cq_alloc(N * sizeof(*keys));
	struct cq_buf b = {0};

	(void)state;
	for (int i = 0; i < N; i++) {
		struct cq_words words;

		cq_buf_clear(&b);
		cq_buf_fmt(&b, "%c%d%s", 'a' + i % 26, i,
		    i % 3 == 0 ? "ing" : "");
		words = cq_words_of(b.s);
		keys[i] = words.at[0].key;
		cq_words_free(&words);
	}
	qsort(keys, N, sizeof(*keys), by_key);
	for (int i = 1; i < N; i++)
		assert_true(keys[i] != keys[i - 1]);
	free(keys);
	cq_buf_free(&b);
}

static void
test_the_first_120_words_count(void **state)
{
	static const struct {
		const char *unit;
		int times;
		size_t n;
	} rows[] = {
	    {"a ", 119, 119},
	    {"a ", 120, 120},
	    {"a ", 121, 120},
	    {"電", 120, 119},
	    {"電", 121, 120},
	    {"電", 122, 120},
	    {"電a", 100, 120},
	    {"a ", 1 << 20, 120},
	    {"電", 1 << 20, 120},
	    {"a", 1 << 20, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_buf b = {0};
		struct cq_words words;

		for (int k = 0; k < rows[i].times; k++)
			cq_buf_str(&b, rows[i].unit);
		words = cq_words_of(b.s);
		if (words.n != rows[i].n)
			fail_msg("row %zu: %zu", i, words.n);
		cq_words_free(&words);
		cq_buf_free(&b);
	}
	assert_int_equal(CQ_WORDS_MAX, 120);
}

static void
test_words_lie_within_the_text_and_in_order(void **state)
{
	static const char *const pieces[] = {"a", "é", " ", "1", "電", "車",
	    "ก", "ั", "ع", "ह", "\xf0\xa0\x80\x80", "  ", "late"};
	uint32_t random = 7;
	struct cq_buf b = {0};

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct cq_words words;
		const char *end;

		cq_buf_clear(&b);
		cq_buf_str(&b, "");
		for (int k = 0; k < 12; k++) {
			random = random * 1664525 + 1013904223;
			cq_buf_str(&b,
			    pieces[(random >> 16) %
				(sizeof(pieces) / sizeof(pieces[0]))]);
		}
		words = cq_words_of(b.s);
		end = b.s;
		for (size_t i = 0; i < words.n; i++) {
			const struct cq_word *w = &words.at[i];

			assert_true(w->n > 0);
			assert_null(memchr(w->s, ' ', w->n));
			/* a pair shares a letter with the pair before */
			assert_true(w->s >= b.s && w->s + w->n > end);
			assert_true(w->s + w->n <= b.s + strlen(b.s));
			if (!w->half || i == 0 || !w[-1].half)
				assert_true(w->s >= end);
			end = w->s + w->n;
		}
		cq_words_free(&words);
	}
	cq_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_are_parted_by_spaces),
	    cmocka_unit_test(test_digits_are_noticed_anywhere_in_a_word),
	    cmocka_unit_test(
		test_where_no_spaces_are_written_each_two_letters_are_a_word),
	    cmocka_unit_test(test_scripts_that_meet_are_words_apart),
	    cmocka_unit_test(
		test_words_written_from_right_to_left_stand_as_they_are_read),
	    cmocka_unit_test(test_words_point_into_the_text),
	    cmocka_unit_test(test_keys_are_short_and_stay_the_same),
	    cmocka_unit_test(test_50000_words_have_keys_of_their_own),
	    cmocka_unit_test(test_the_first_120_words_count),
	    cmocka_unit_test(test_words_lie_within_the_text_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
