#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "core/buf.h"
#include "core/normal.h"
#include "core/text.h"

static void
assert_words(const char *text, const char *words)
{
	struct cq_normal normal = cq_normalise(text);

	assert_string_equal(normal.text, words);
	cq_normal_free(&normal);
	assert_null(normal.text);
}

static void
assert_original(const char *text, const char *words, const char *original)
{
	struct cq_normal normal = cq_normalise(text);

	assert_string_equal(normal.text, words);
	if (original == NULL)
		assert_null(normal.original);
	else
		assert_string_equal(normal.original, original);
	cq_normal_free(&normal);
}

static void
test_signs_that_change_no_word_are_folded(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
	    {"", ""},
	    {"  \n\t ", ""},
	    {"Late AGAIN", "late again"},
	    {"Stra\xc3\x9f"
	     "e",
		"strasse"},
	    {"caf\xc3\xa9", "cafe"},
	    {"cafe\xcc\x81", "cafe"},
	    /* full width, ligature, bold, circled, superscript */
	    {"\xef\xbc\xa6\xef\xbd\x95\xef\xbd\x8c\xef\xbd\x8c", "full"},
	    {"\xef\xac\x81n", "fin"},
	    {"\xf0\x9d\x90\x80\xf0\x9d\x90\x9b", "ab"},
	    {"\xe2\x91\xa0 \xc2\xb2", "1 2"},
	    {"\xe2\x84\xaa", "k"}, /* the Kelvin sign */
	    {"so\xc2\xad"
	     "ft pay\xe2\x80\x8bpal \xef\xbb\xbfx",
		"soft paypal x"},
	    {"\xe2\x80\xaeuser", "user"},
	    {"a\xffz", "a z"},
	    {"a\xed\xa0\x80z", "a z"},
	    {"Acme\xe2\x84\xa2 is", "acme is"},
	    {"\xf0\x9f\x98\xa1 late \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a"
	     "\x80!",
		"late"},
	    {"1\xef\xb8\x8f\xe2\x83\xa3 day", "1 day"},
	    /* Arabic vowel signs and the stretching sign */
	    {"\xd9\x83\xd9\x8f\xd8\xaa\xd9\x8f\xd8\xa8",
		"\xd9\x83\xd8\xaa"
		"\xd8\xa8"},
	    {"\xd9\x83\xd9\x80\xd8\xaa", "\xd9\x83\xd8\xaa"},
	    /* Devanagari vowel signs are no accents */
	    {"\xe0\xa4\xb9\xe0\xa4\xbf", "\xe0\xa4\xb9\xe0\xa4\xbf"},
	    /* parts of a Korean syllable are put together */
	    {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"},
	    /* Kana of half width, with its voice mark */
	    {"\xef\xbd\xb6\xef\xbe\x9e", "\xe3\x82\xac"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_words(rows[i].text, rows[i].words);
}

static void
test_only_words_remain(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
	    {"It's late, AGAIN!!!", "its late again"},
	    {"it\xe2\x80\x99s don`t won\xc2\xb4t", "its dont wont"},
	    {"rock 'n' roll", "rock n roll"},
	    {"#fail and #delayed_again", "fail and delayed again"},
	    {"13,651 1.000.000", "13651 1000000"},
	    /* what differs in its value stays different */
	    {"1.5 h", "1.5 h"},
	    {"10:30", "10.30"},
	    {"13,65", "13.65"},
	    {"1234,567", "1234.567"},
	    {"1,2345", "1.2345"},
	    {"8.4.22, 8.4.", "8.4.22 8.4"},
	    {"2,50 2.50 2:50", "2.50 2.50 2.50"},
	    {"1, 2 .3 4.x", "1 2 3 4 x"},
	    {"5'10", "5 10"},
	    {"sooooo slooow", "so slow"},
	    {"Part III, XIII", "part iii xiii"}, /* numbers stretch nothing */
	    {"hiiii viiiiiii", "hi vi"},
	    {"too good", "too good"},
	    {"order 1000007", "order 1000007"},
	    {"+1 this", "this"},
	    {"!! +1: this", "this"},
	    {"+12 this", "12 this"},
	    {"late +1", "late 1"},
	    {"@united you are late", "you are late"},
	    {"you are late @united.", "you are late"},
	    {"late @ann@social.example again", "late again"},
	    {"hi @ann.bsky.social!", "hi"},
	    {"mail ann@example.org now", "mail ann example org now"},
	    {"late https://t.co/aB1 again", "late again"},
	    {"late HTTP://X.EXAMPLE/?a=b,c again", "late again"},
	    {"see www.example.org/x, please", "see please"},
	    {"see <https://x.example> now", "see now"},
	    {"late again https://t.c\xe2\x80\xa6", "late again"},
	    {"late again https", "late again"},
	    {"late again http", "late again"},
	    {"the http protocol", "the http protocol"},
	    {"a/b-c_d", "a b c d"},
	    {"x \xe2\x80\xa6 y", "x y"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_words(rows[i].text, rows[i].words);
}

static void
test_repeated_text_is_what_stands_behind_the_last_rt(void **state)
{
	static const struct {
		const char *text, *words, *original;
	} rows[] = {
	    {"RT @TrainFan: late again", "late again", "trainfan"},
	    {"so true RT @a: RT @b_c: late", "late", "b_c"},
	    {"MT @a late", "late", "a"},
	    {"rt@a:late", "late", "a"},
	    {"\"RT @a: late\"", "late", "a"},
	    {"RT @ann@social.example: late", "late", "ann@social.example"},
	    {"RT @ann.bsky.social: late", "late", "ann.bsky.social"},
	    {"late via @News", "late", "news"},
	    {"late (via @News)", "late", "news"},
	    {"late h/t @a", "late", "a"},
	    {"late hat tip @a", "late", "a"},
	    {"RT @a: late via @b", "late", "a"},
	    /* who is told did not write it */
	    {"late cc @a", "late", NULL},
	    /* nothing is repeated here */
	    {"late RT @a", "late rt", NULL},
	    {"late RT @a:", "late rt", NULL},
	    {"start @a late", "start late", NULL},
	    {"RT late", "rt late", NULL},
	    {"via Berlin", "via berlin", NULL},
	    {"via@a", "via a", NULL},
	    {"trivia @a", "trivia", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_original(rows[i].text, rows[i].words, rows[i].original);
}

static void
test_words_before_a_cut_are_counted_apart(void **state)
{
	static const struct {
		const char *text;
		enum cq_cut cut;
		size_t n; /* words before it, or all */
	} rows[] = {
	    {"late again", CQ_CUT_NOT, 2},
	    {"late aga…", CQ_CUT_SURE, 2},
	    {"late again …", CQ_CUT_SURE, 2},
	    {"late again ...", CQ_CUT_SURE, 2},
	    {"late again [...]", CQ_CUT_SURE, 2},
	    {"late again (cont)", CQ_CUT_SURE, 2},
	    {"late again (cont) https://t.co/x", CQ_CUT_SURE, 2},
	    {"late again...", CQ_CUT_MAYBE, 2},
	    {"late again... …", CQ_CUT_SURE, 2},
	    {"late again… https://t.co/x #fail #rail", CQ_CUT_SURE, 2},
	    {"late again... #fail", CQ_CUT_MAYBE, 2},
	    {"late again #fail…", CQ_CUT_SURE, 3},
	    {"… #fail", CQ_CUT_SURE, 0},
	    /* words behind it: somebody only paused */
	    {"late… again", CQ_CUT_NOT, 2},
	    {"late ... again", CQ_CUT_NOT, 2},
	    {"late… #fail again", CQ_CUT_NOT, 3},
	    {"late… again #fail…", CQ_CUT_SURE, 3},
	    {"late… again and… #fail", CQ_CUT_SURE, 3},
	    {"late again..", CQ_CUT_NOT, 2},
	    {"late again (continued)", CQ_CUT_NOT, 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_normal n = cq_normalise(rows[i].text);

		if (n.cut != rows[i].cut || n.n_uncut != rows[i].n)
			fail_msg("%s: %d, %zu words", rows[i].text, n.cut,
			    n.n_uncut);
		cq_normal_free(&n);
	}
}

static void
test_links_and_mentions_are_marks(void **state)
{
	static const struct {
		const char *text, *odd; /* o: odd, e: even, in this order */
	} rows[] = {
	    {"late again", ""}, {"@rail late", "o"}, {"@rail @ann, late", "oo"},
	    {".@rail late", "o"}, {"late @rail", "e"},
	    {"@rail late @ann https://t.co/x", "oee"},
	    {"https://t.co/x late", "e"}, {"RT @ann: @rail late", "eo"},
	    {"@bob so true RT @ann: late", "e"}, {"mail ann@example.org", ""},
	    {"@a @b @c @d @e late", "oooo"}, /* CQ_MARKS_MAX */
	};

	(void)state;
	assert_int_equal(CQ_MARKS_MAX, 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_normal n = cq_normalise(rows[i].text);
		char odd[CQ_MARKS_MAX + 1] = "";

		for (size_t k = 0; k < n.n_marks; k++) {
			odd[k] = n.marks[k] & 1 ? 'o' : 'e';
			/* 48 bits, and not 0, as words have */
			assert_true(n.marks[k] >> 48 == 0 && n.marks[k] > 0);
		}
		if (strcmp(odd, rows[i].odd) != 0)
			fail_msg("%s: %s", rows[i].text, odd);
		cq_normal_free(&n);
	}
}

static void
test_words_in_front_of_a_repeated_text_are_counted(void **state)
{
	static const struct {
		const char *text;
		int n;
	} rows[] = {
	    {"late again", 0},
	    {"RT @ann: late", 0},
	    {"so true RT @ann: late", 2},
	    {"so true!! RT @ann: late", 2},
	    {"@bob so, @cid true RT @ann: late", 2}, /* not the mentions */
	    {"me too RT @bob: so true RT @ann: late", 4},
	    {"so true via @ann", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_normal n = cq_normalise(rows[i].text);

		if (n.n_comment != rows[i].n)
			fail_msg("%s: %d words", rows[i].text, n.n_comment);
		cq_normal_free(&n);
	}
}

static void
test_look_alikes_are_latin_in_latin_text_only(void **state)
{
	(void)state;
	/* Cyrillic Es, er, a; Greek Omicron */
	assert_words("\xd0\xa1h\xd0\xb0rged twi\xd1\x81"
		     "e \xce\x9f"
		     "K",
	    "charged twice ok");
	/* Russian stays Russian, with a Latin word in it too */
	assert_words("\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0 ok",
	    "\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0 ok");
	assert_words("\xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1",
	    "\xce\xb1\xce\xb8\xce\xb7\xce\xbd\xce\xb1");
}

static void
test_digits_of_all_scripts_are_the_same_digits(void **state)
{
	char text[8] = "", before[2] = "9", now[2] = "";
	int n_digits = 0;

	(void)state;
	assert_words("\u0663\u0661\u0662 \u06f4\u06f2 \u0967\u0968 "
		     "\u09e9 \u0e51\u0e52",
	    "312 42 12 3 12");
	for (utf8proc_int32_t cp = 0; cp <= 0x10ffff; cp++) {
		if (utf8proc_category(cp) != UTF8PROC_CATEGORY_ND)
			continue;
		text[utf8proc_encode_char(cp, (utf8proc_uint8_t *)text)] = '\0';
		now[0] = before[0] == '9' ? '0' : (char)(before[0] + 1);
		assert_words(text, now);
		before[0] = now[0];
		n_digits++;
	}
	assert_true(n_digits >= 650);
	assert_int_equal(n_digits % 10, 0);
}

/* "w0a w1a ... end", of n words before the end. */
static struct cq_normal
long_normal(int n, const char *end)
{
	struct cq_buf b = {0};
	struct cq_normal normal;

	for (int i = 0; i < n; i++)
		cq_buf_fmt(&b, "w%da ", i);
	cq_buf_str(&b, end);
	normal = cq_normalise(b.s);
	cq_buf_free(&b);
	return normal;
}

static void
test_a_shortened_text_is_the_same_still(void **state)
{
	static const int n_words[] = {3, CQ_WORDS_MAX - 1, CQ_WORDS_MAX, 400};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct cq_normal a = long_normal(n_words[i], "late");
		struct cq_normal b = long_normal(n_words[i], "late");
		struct cq_normal c = long_normal(n_words[i], "lost");
		struct cq_normal d = long_normal(n_words[i], "later");

		assert_true(cq_normal_same(&a, &b));
		assert_false(cq_normal_same(&a, &c));
		cq_normal_shorten(&a);
		assert_int_equal(a.shortened, n_words[i] >= CQ_WORDS_MAX);
		assert_true(strlen(a.text) < CQ_WORDS_MAX * 6);
		for (int k = 0; k < 2; k++) {
			assert_true(cq_normal_same(&a, &b));
			assert_true(cq_normal_same(&b, &a));
			assert_false(cq_normal_same(&a, &c));
			assert_false(cq_normal_same(&d, &a));
			cq_normal_shorten(&b);
		}
		for (size_t k = 0; k < a.words.n; k++)
			assert_memory_equal(a.words.at[k].s, c.words.at[k].s,
			    k < (size_t)n_words[i] ? a.words.at[k].n : 1);
		cq_normal_free(&a);
		cq_normal_free(&b);
		cq_normal_free(&c);
		cq_normal_free(&d);
	}
}

static void
test_words_and_letters_are_counted(void **state)
{
	static const struct {
		const char *text;
		int n_words, n_letters;
	} rows[] = {
	    {"", 0, 0},
	    {"!!! :-)", 0, 0},
	    {"late again", 2, 9},
	    {"flight 123", 2, 9},
	    {"@united https://t.co/x", 0, 0},
	    /* scripts without spaces: a word for two letters, of which
	     * each says as much as two of others */
	    {"\xe6\xb3\xa8\xe6\x96\x87\xe3\x81\x97\xe3\x81\x9f", 2, 8},
	    {"\xe6\xb3\xa8\xe6\x96\x87\xe3\x80\x81\xe3\x81\x97", 1, 6},
	    /* but a letter of Thai is one, of four to a word */
	    {"\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa", 0, 3},
	    {"\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xaa\xe0\xb8\xa7", 1, 4},
	    {"\xe2\x82\xac"
	     "5 \xe6\xb3\xa8\xe6\x96\x87 ok",
		3, 7},
	    /* Korean has spaces */
	    {"\xed\x95\x9c\xea\xb5\xad \xed\x95\x9c", 2, 3},
	    /* marks are no letters */
	    {"\xe0\xa4\xb9\xe0\xa4\xbf", 1, 1},
	};
	struct cq_normal normal;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		normal = cq_normalise(rows[i].text);
		if (normal.n_words != rows[i].n_words ||
		    normal.n_letters != rows[i].n_letters)
			fail_msg("\"%s\": %d words, %d letters", rows[i].text,
			    normal.n_words, normal.n_letters);
		cq_normal_free(&normal);
	}
}

static void
test_mentions_and_links_end_where_japanese_goes_on(void **state)
{
	(void)state;
	/* "@ann-san ga https://x/y mita" without spaces */
	assert_words("@ann\xe3\x81\x95\xe3\x82\x93https://x.example/y"
		     "\xe3\x81\xbf\xe3\x81\x9f",
	    "\xe3\x81\x95\xe3\x82\x93\xe3\x81\xbf\xe3\x81\x9f");
	assert_words("\xe3\x81\x95@ann", "\xe3\x81\x95");
}

static void
test_a_comma_parts_no_words_where_nobody_writes_spaces(void **state)
{
	(void)state;
	assert_words("荷物が、届きません。", "荷物が届きません");
	assert_words("荷物が届きません", "荷物が届きません");
	assert_words("荷物 late 届かない", "荷物 late 届かない");
}

static void
test_equal_texts_have_equal_keys_and_others_do_not(void **state)
{
	static const char *const same[] = {"Charged twice, no refund!",
	    "RT @a: charged TWICE no refund",
	    "@acme Charged twice - no refund https://t.co/x",
	    "Ch\xd0\xb0rged  twice no #refund"};
	struct cq_normal first = cq_normalise(same[0]), other;
	size_t i;

	(void)state;
	for (i = 1; i < sizeof(same) / sizeof(same[0]); i++) {
		other = cq_normalise(same[i]);
		assert_string_equal(other.text, first.text);
		assert_int_equal(other.key, first.key);
		cq_normal_free(&other);
	}
	other = cq_normalise("Charged thrice, no refund!");
	assert_int_not_equal(other.key, first.key);
	cq_normal_free(&other);
	cq_normal_free(&first);
	other = cq_normalise("a"); /* FNV-1a, so that it stays the same */
	assert_true(other.key == UINT64_C(0xaf63dc4c8601ec8c));
	cq_normal_free(&other);
}

static void
test_any_mixture_gives_words_parted_by_one_space(void **state)
{
	static const char *const pieces[] = {"a", "B", " ", "1", ",", ".", "'",
	    "\xc3\xa9", "\xcc\x81", "\xff", "\xd0\xb0", "\xef\xbc\xa6",
	    "\xe3\x81\x95", "\xe0\xa4\xbf", "\xe0\xa4\xbc", "\xe1\x85\xa1",
	    "\xe2\x80\x8d", "@", "#", "_", "\n", "\xf0\x9f\x98\xa1", "\xd9\x80",
	    "\xc2\xbd"};
	struct cq_normal normal;
	struct cq_buf b = {0};
	uint32_t random = 99;
	size_t n;
	int i, k;

	(void)state;
	for (i = 0; i < 20000; i++) {
		cq_buf_clear(&b);
		for (k = 0; k < 14; k++) {
			random = random * 1664525 + 1013904223;
			cq_buf_str(&b,
			    pieces[(random >> 16) %
				(sizeof(pieces) / sizeof(pieces[0]))]);
		}
		normal = cq_normalise(b.s);
		n = strlen(normal.text);
		assert_true(cq_utf8_valid(normal.text, n));
		assert_null(strstr(normal.text, "  "));
		assert_true(n == 0 ||
		    (normal.text[0] != ' ' && normal.text[n - 1] != ' '));
		assert_true(normal.n_words <= normal.n_letters);
		assert_true((n == 0) == (normal.n_letters == 0));
		cq_normal_free(&normal);
	}
	cq_buf_free(&b);
}

static void
test_floods_take_linear_time(void **state)
{
	static const char *const units[] = {"e", "\xcc\x81", "\xcc\xa7\xcc\x81",
	    "\xe0\xa4\xbc\xe0\xa5\x8d", "rt @a", "rt@", "@a", "via ", "via @a ",
	    "http ", "https://", "h", "1,", "1,000", "'", " ", "a.", "@a@",
	    "\xff", "\xef\xb7\xba", "\xe3\x81\x95", "+1", "rt          "};
	struct cq_normal normal;
	struct cq_buf b = {0};
	size_t i, n;

	(void)state;
	alarm(120); /* quadratic would take hours */
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		cq_buf_clear(&b);
		for (n = 0; n < (256 << 10) / strlen(units[i]); n++)
			cq_buf_str(&b, units[i]);
		normal = cq_normalise(b.s);
		assert_true(cq_utf8_valid(normal.text, strlen(normal.text)));
		cq_normal_free(&normal);
	}
	alarm(0);
	/* marks on one letter are put in order: only some, or it is not */
	cq_buf_clear(&b);
	cq_buf_str(&b, "\xe0\xa4\x95");
	for (n = 0; n < 20; n++)
		cq_buf_str(&b, "\xe0\xa5\x8d\xe0\xa4\xbc");
	normal = cq_normalise(b.s);
	assert_true(strlen(normal.text) <= 9 * 3);
	cq_normal_free(&normal);
	cq_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_signs_that_change_no_word_are_folded),
	    cmocka_unit_test(test_only_words_remain),
	    cmocka_unit_test(
		test_repeated_text_is_what_stands_behind_the_last_rt),
	    cmocka_unit_test(test_words_before_a_cut_are_counted_apart),
	    cmocka_unit_test(test_links_and_mentions_are_marks),
	    cmocka_unit_test(
		test_words_in_front_of_a_repeated_text_are_counted),
	    cmocka_unit_test(test_look_alikes_are_latin_in_latin_text_only),
	    cmocka_unit_test(test_digits_of_all_scripts_are_the_same_digits),
	    cmocka_unit_test(test_a_shortened_text_is_the_same_still),
	    cmocka_unit_test(test_words_and_letters_are_counted),
	    cmocka_unit_test(
		test_mentions_and_links_end_where_japanese_goes_on),
	    cmocka_unit_test(
		test_a_comma_parts_no_words_where_nobody_writes_spaces),
	    cmocka_unit_test(
		test_equal_texts_have_equal_keys_and_others_do_not),
	    cmocka_unit_test(test_any_mixture_gives_words_parted_by_one_space),
	    cmocka_unit_test(test_floods_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
