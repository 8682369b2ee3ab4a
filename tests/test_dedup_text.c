#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/known_posts.h"

/* The same text after normalising. */

#define LONG_TEXT "Charged twice for my ticket and nobody answers"

/* One known post, by @Ann unless it says so; the new post meets it. */
static struct cq_verdict
repeat(const char *known, const char *author, int64_t ago_s,
    const struct cq_post *post)
{
	struct known_posts k = {0};
	struct cq_post old = post_by(author, known);
	struct cq_verdict v;

	old.id = "k";
	old.handle = "@Ann";
	known_posts_add(&k, 1, ago_s, &old)->state = CQ_RESOLVED;
	v = known_posts_decide(&k, post);
	known_posts_free(&k);
	return v;
}

static void
test_same_text_of_another_author_needs_five_words_and_24_letters(void **state)
{
	static const struct {
		const char *text;
		bool joins;
	} rows[] = {
	    {"Thanks!", false},
	    {"DM sent, please answer", false}, /* 4 words */
	    {"a b c d e", false},	       /* 5 letters */
	    {"internationally uncommunicative", false},
	    {"abcd efgh ijkl mnop qrstuvw", false}, /* 23 letters */
	    {"abcd efgh ijkl mnop qrstuvwx", true},
	    {LONG_TEXT, true},
	    {"@acme @acme @acme @acme @acme https://t.co/xxxxxxxx", false},
	    /* a letter counts two, a pair is a word: 10 letters, 12 */
	    {"荷物がまだ届いてない", false},
	    {"荷物がまだ届いていない", false},
	    {"荷物がまだ届いていません", true},
	};
	struct cq_verdict v;
	struct cq_post post;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post = post_by("me", rows[i].text);
		v = repeat(rows[i].text, "ann", 60, &post);
		if ((v.rule == CQ_RULE_TEXT) != rows[i].joins)
			fail_msg("\"%s\"", rows[i].text);
	}
}

static void
test_same_text_of_the_same_author_needs_three_words_and_ten_letters(void *
	*state)
{
	static const struct {
		const char *text;
		bool joins;
	} rows[] = {
	    {"where is it", false},   /* 9 letters */
	    {"still waiting", false}, /* 2 words */
	    {"where is my", false},
	    {"where is mine", true},
	};
	struct cq_verdict v;
	struct cq_post post;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post = post_by("me", rows[i].text);
		v = repeat(rows[i].text, "me", 60, &post);
		assert_int_equal(v.rule == CQ_RULE_TEXT, rows[i].joins);
	}
}

/* Eight words, each in n posts of 20,000. */
static struct cq_verdict
repeat_usual(const char *author, const char *usual, int64_t n)
{
	struct known_posts k = {.usual = usual, .n_usual = n, .n_posts = 20000};
	struct cq_post old = post_by("ann", usual);
	struct cq_post post = post_by(author, usual);
	struct cq_verdict v;

	old.id = "k";
	known_posts_add(&k, 1, 60, &old)->state = CQ_RESOLVED;
	v = known_posts_decide(&k, &post);
	known_posts_free(&k);
	return v;
}

static void
test_usual_words_prove_nothing_of_two_authors(void **state)
{
	static const char eight[] = "please tell me what we should do now";
	struct cq_verdict v;

	(void)state;
	v = repeat_usual("me", eight, 624); /* log2(20001 / 625) is 5.00 */
	expect_join(&v, CQ_RULE_TEXT, 1, "the same text, another author");
	assert_int_equal(v.bits, CQ_BITS_SAME);
	assert_int_equal(v.same, 8);
	assert_int_equal(v.of, 8);
	v = repeat_usual("me", eight, 625);
	expect_alike(&v, "the same text, but a usual one");
	v = repeat_usual("me", eight, 1485); /* 30.0 bits */
	expect_alike(&v, "the same text, but a usual one");
	v = repeat_usual("me", eight, 1487);
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 0);
}

static void
test_usual_words_of_one_author_need_half_as_many_bits(void **state)
{
	static const char four[] = "what should we do";
	struct cq_verdict v;

	(void)state;
	v = repeat_usual("ann", four, 624);
	expect_join(&v, CQ_RULE_TEXT, 1,
	    "the same text, same author, 1 min later");
	v = repeat_usual("ann", four, 625);
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 0); /* who would look at that */
}

static void
test_reply_never_joins_another_authors_case_by_its_words(void **state)
{
	struct cq_post post = post_by("me", LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	post.in_reply_to = "unknown";
	v = repeat(LONG_TEXT, "ann", 60, &post);
	expect_alike(&v, "the same text, but a reply of another author");
	v = repeat(LONG_TEXT, "me", 60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	post.in_reply_to = "";
	v = repeat(LONG_TEXT, "ann", 60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	/* who passes on somebody's words in a thread passes them on */
	post.in_reply_to = "unknown";
	post.text = "RT @ann: " LONG_TEXT;
	v = repeat(LONG_TEXT, "ann", 60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
}

static void
test_same_words_about_another_brand_are_another_case(void **state)
{
	static const char *const brands[][2] = {
	    {"rail", "parcel"}, {"rail", "rail"}, {NULL, "rail"}, {"", "rail"}};
	struct known_posts k = {0};
	struct cq_post old = post_by("me", LONG_TEXT);
	struct cq_post post = post_by("me", LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	old.id = "k";
	for (size_t i = 0; i < 4; i++) {
		old.brand = brands[i][0];
		post.brand = brands[i][1];
		known_posts_add(&k, 1, 60, &old);
		v = known_posts_decide(&k, &post);
		known_posts_free(&k);
		if (i == 0)
			expect_alike(&v, "the same text, about another brand");
		else
			assert_int_equal(v.rule, CQ_RULE_TEXT);
	}
}

static void
test_one_authors_words_to_two_people_are_in_two_threads(void **state)
{
	static const struct {
		const char *known, *text;
		bool joins;
	} rows[] = {
	    {"@rail " LONG_TEXT, "@bus " LONG_TEXT, false},
	    {"@rail " LONG_TEXT, "@rail " LONG_TEXT, true},
	    /* one has a name more, or names it at the end */
	    {"@rail " LONG_TEXT, "@rail @bus " LONG_TEXT, true},
	    {"@rail @ann " LONG_TEXT, "@rail @bus " LONG_TEXT, false},
	    {"@rail " LONG_TEXT, LONG_TEXT, true},
	    {"@rail " LONG_TEXT, LONG_TEXT " @bus", true},
	};
	struct cq_verdict v;
	struct cq_post post;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post = post_by("me", rows[i].text);
		v = repeat(rows[i].known, "me", 60, &post);
		if (rows[i].joins)
			assert_int_equal(v.rule, CQ_RULE_TEXT);
		else
			expect_alike(&v, "the same text, to somebody else");
		/* another author says it to whom it likes */
		v = repeat(rows[i].known, "ann", 60, &post);
		assert_int_equal(v.rule, CQ_RULE_TEXT);
	}
}

static void
test_a_comment_before_what_another_said_may_be_a_complaint(void **state)
{
	static const struct {
		const char *text;
		bool joins;
	} rows[] = {
	    {"one two three four five six RT @paper: " LONG_TEXT, true},
	    {"one two three four five six seven RT @paper: " LONG_TEXT, false},
	    {"one two three four five six @seven RT @paper: " LONG_TEXT, true},
	    {"RT @paper: " LONG_TEXT, true},
	    {"booking 4471 too RT @paper: " LONG_TEXT, false},
	    /* it is the known author whom it repeats */
	    {"one two three four five six seven RT @ann: " LONG_TEXT, true},
	};
	struct cq_verdict v;
	struct cq_post post;

	(void)state;
	assert_int_equal(CQ_COMMENT_WORDS, 7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post = post_by("me", rows[i].text);
		v = repeat(LONG_TEXT, "ann", 60, &post);
		if (rows[i].joins)
			assert_int_equal(v.rule, CQ_RULE_TEXT);
		else
			expect_alike(&v,
			    "the same text, with a comment of its own");
		v = repeat(LONG_TEXT, "me", 60, &post);
		assert_int_equal(v.rule, CQ_RULE_TEXT);
	}
}

static void
test_the_same_words_about_another_person_are_another_matter(void **state)
{
	static const struct {
		const char *old, *text;
		bool joins;
	} rows[] = {
	    {"Your driver @mike99 was rude and left my parcel in the rain",
		"Your driver @john12 was rude and left my parcel in the rain",
		false},
	    {"Your driver @mike99 was rude and left my parcel in the rain",
		"Your driver was rude and left my parcel in the rain", true},
	    /* at the end they only tell whom it is sent to */
	    {"The driver was rude and left my parcel in the rain @news",
		"The driver was rude and left my parcel in the rain @radio",
		true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_post post = post_by("me", rows[i].text);
		struct cq_verdict v = repeat(rows[i].old, "ann", 60, &post);

		if (rows[i].joins)
			assert_int_equal(v.rule, CQ_RULE_TEXT);
		else
			expect_alike(&v,
			    "the same text, but about somebody else");
		v = repeat(rows[i].old, "me", 60, &post);
		assert_int_equal(v.rule, CQ_RULE_TEXT);
	}
}

static void
test_what_was_dismissed_of_one_is_not_dismissed_of_another(void **state)
{
	struct known_posts k = {0};
	struct cq_post old = post_by("ann", LONG_TEXT);
	struct cq_post post = post_by("me", LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	old.id = "k";
	known_posts_add(&k, 1, 60, &old)->state = CQ_DISMISSED;
	v = known_posts_decide(&k, &post);
	expect_alike(&v, "the same text as a dismissed case");
	post.author = "ann";
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	/* who repeats it says nothing else */
	post = post_by("me", "RT @ann: " LONG_TEXT);
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	known_posts_free(&k);
	/* but a repeat that came first was dismissed of who repeated it */
	old.text = "RT @me: " LONG_TEXT;
	known_posts_add(&k, 1, 60, &old)->state = CQ_DISMISSED;
	post = post_by("me", LONG_TEXT);
	v = known_posts_decide(&k, &post);
	expect_alike(&v, "the same text as a dismissed case");
	known_posts_free(&k);
}

static void
test_one_text_in_two_cases_that_are_apart_joins_neither(void **state)
{
	struct known_posts k = {0};
	struct cq_post old = post_by("ann", LONG_TEXT);
	struct cq_post post = post_by("me", LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	old.id = "k";
	known_posts_add(&k, 1, 120, &old);
	known_posts_add(&k, 2, 60, &old);
	v = known_posts_decide(&k, &post);
	expect_join(&v, CQ_RULE_TEXT, 2, "the same text, another author");
	k.apart[0] = 1;
	k.apart[1] = 2;
	v = known_posts_decide(&k, &post);
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(v.suggestions[i].rule, CQ_RULE_EITHER);
		assert_int_equal(v.suggestions[i].score,
		    v.suggestions[0].score);
	}
	known_posts_free(&k);
}

static void
test_reason_tells_how_much_later_the_same_author_wrote(void **state)
{
	static const struct {
		int64_t ago_s;
		const char *why;
	} rows[] = {
	    {-5, "the same text, same author, within a minute"},
	    {59, "the same text, same author, within a minute"},
	    {12 * 60, "the same text, same author, 12 min later"},
	    {-12 * 60, "the same text, same author, 12 min earlier"},
	    {2 * 3600 - 1, "the same text, same author, 119 min later"},
	    {2 * 3600, "the same text, same author, 2 h later"},
	    {2 * 86400 - 1, "the same text, same author, 47 h later"},
	    {-3 * 86400, "the same text, same author, 3 days earlier"},
	};
	struct cq_post post = post_by("me", LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v = repeat(LONG_TEXT, "me", rows[i].ago_s, &post);
		expect_join(&v, CQ_RULE_TEXT, 1, rows[i].why);
	}
}

static void
test_retweet_that_names_the_author_needs_less_text(void **state)
{
	static const struct {
		const char *known, *text;
		bool joins;
	} rows[] = {
	    {"where is mine", "RT @ann: where is mine", true},
	    {"where is mine", "so true RT @ANN where is mine", true},
	    {"where is mine", "where is mine via @ann", true},
	    {"where is mine", "RT @bo: where is mine", false},
	    {"where is mine", "RT @an: where is mine", false},
	    {"where is mine", "RT @anna: where is mine", false},
	    {"where is mine", "where is mine", false},
	    {"where is mine", "where is mine cc @ann", false},
	    /* the repeat came in first */
	    {"RT @me: where is mine", "where is mine", true},
	    {"RT @mei: where is mine", "where is mine", false},
	};
	struct cq_verdict v;
	struct cq_post post;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post = post_by("42", rows[i].text);
		post.handle = "me";
		v = repeat(rows[i].known, "17", 60, &post);
		if ((v.rule == CQ_RULE_TEXT) != rows[i].joins)
			fail_msg("\"%s\"", rows[i].text);
		if (rows[i].joins)
			assert_string_equal(v.why,
			    "the same text, names its author");
	}
}

static void
test_named_author_may_lack_the_server_but_not_have_another(void **state)
{
	static const struct {
		const char *handle, *text;
		bool joins;
	} rows[] = {
	    {"ann@a.example", "RT @ann: where is mine", true},
	    {"ann@a.example", "RT @ann@a.example: where is mine", true},
	    {"ann@a.example", "RT @ann@b.example: where is mine", false},
	    {"ann", "RT @ann@a.example: where is mine", false},
	    {NULL, "RT @ann: where is mine", false},
	};
	struct known_posts k = {0};
	struct cq_post old = post_by("x", "where is mine");
	struct cq_verdict v;
	struct cq_post post;

	(void)state;
	old.id = "k";
	known_posts_add(&k, 1, 60, &old);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		k.at[0].post.handle = rows[i].handle;
		post = post_by("me", rows[i].text);
		v = known_posts_decide(&k, &post);
		assert_int_equal(v.rule == CQ_RULE_TEXT, rows[i].joins);
	}
	known_posts_free(&k);
}

static void
test_text_is_looked_for_a_week_before_and_behind(void **state)
{
	static const struct {
		int64_t ago_s;
		bool joins;
	} rows[] = {{CQ_COPY_WINDOW_S, true}, {CQ_COPY_WINDOW_S + 1, false},
	    {-CQ_COPY_WINDOW_S, true}, {-CQ_COPY_WINDOW_S - 1, false}};
	struct cq_post post = post_by("me", LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v = repeat(LONG_TEXT, "ann", rows[i].ago_s, &post);
		if (rows[i].joins) {
			assert_int_equal(v.rule, CQ_RULE_TEXT);
		} else {
			expect_first(&v); /* and no copy either */
			assert_int_equal(v.n_suggestions, 0);
		}
	}
}

static void
test_equal_key_of_another_text_does_not_join(void **state)
{
	struct known_posts k = {.forged_key = true};
	struct cq_post old =
	    post_by("me", "quite other words than those of the new post");
	struct cq_post post = post_by("me", LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	known_posts_add(&k, 1, 60, &old)->state = CQ_RESOLVED;
	v = known_posts_decide(&k, &post);
	assert_int_equal(k.asked[ASKED_KEY], 1);
	expect_first(&v);
	known_posts_free(&k);
}

static void
test_what_differs_in_a_number_is_another_case(void **state)
{
	struct cq_post post =
	    post_by("me", "flight 456 is late again and nobody tells us why");
	struct cq_verdict v =
	    repeat("flight 123 is late again and nobody tells us why", "ann",
		60, &post);

	(void)state;
	expect_alike(&v, "different: 456 / 123");
	post.text = "waiting for 15 hours now and nobody tells us why";
	v = repeat("waiting for 1.5 hours now and nobody tells us why", "ann",
	    60, &post);
	expect_alike(&v, "different: 15 / 1.5");
	/* but not what the same number is written like */
	v = repeat("waiting for 15 hours now, and nobody tells us why!", "ann",
	    60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	post.text = "train of 7:45 is late again and nobody tells us why";
	v = repeat("train of 7.45 is late again and nobody tells us why", "ann",
	    60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	v = repeat("train of 7 45 is late again and nobody tells us why", "ann",
	    60, &post);
	expect_alike(&v, "different: 7.45 / 7");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_same_text_of_another_author_needs_five_words_and_24_letters),
	    cmocka_unit_test(
		test_same_text_of_the_same_author_needs_three_words_and_ten_letters),
	    cmocka_unit_test(test_usual_words_prove_nothing_of_two_authors),
	    cmocka_unit_test(
		test_usual_words_of_one_author_need_half_as_many_bits),
	    cmocka_unit_test(
		test_reply_never_joins_another_authors_case_by_its_words),
	    cmocka_unit_test(
		test_same_words_about_another_brand_are_another_case),
	    cmocka_unit_test(
		test_one_authors_words_to_two_people_are_in_two_threads),
	    cmocka_unit_test(
		test_a_comment_before_what_another_said_may_be_a_complaint),
	    cmocka_unit_test(
		test_the_same_words_about_another_person_are_another_matter),
	    cmocka_unit_test(
		test_what_was_dismissed_of_one_is_not_dismissed_of_another),
	    cmocka_unit_test(
		test_one_text_in_two_cases_that_are_apart_joins_neither),
	    cmocka_unit_test(
		test_reason_tells_how_much_later_the_same_author_wrote),
	    cmocka_unit_test(
		test_retweet_that_names_the_author_needs_less_text),
	    cmocka_unit_test(
		test_named_author_may_lack_the_server_but_not_have_another),
	    cmocka_unit_test(test_text_is_looked_for_a_week_before_and_behind),
	    cmocka_unit_test(test_equal_key_of_another_text_does_not_join),
	    cmocka_unit_test(test_what_differs_in_a_number_is_another_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
