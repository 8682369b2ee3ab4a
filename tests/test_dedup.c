#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/known_posts.h"

/* What the networks say, which stage is asked first, and names. */

#define LONG_TEXT "Charged twice for my ticket and nobody answers"

static const struct cq_post threads[] = {
    {.source = "s",
	.id = "a",
	.text = "the lift at the north gate has stood still for days",
	.author = "x",
	.uri = "tag:a",
	.conversation = "talk"},
    {.source = "s",
	.id = "b",
	.text = "an answer",
	.author = "y",
	.in_reply_to = "new"},
    {.source = "s", .id = "c", .text = LONG_TEXT, .author = "z"},
    {.source = "other",
	.id = "d",
	.text = "The lift stands still since Monday, says the paper",
	.author = "p",
	.url = "https://paper.example/lift"},
    {.source = "s",
	.id = "e",
	.text = "@rail my bicycle was gone in the morning",
	.author = "me",
	.conversation = "talk"},
    {.source = "s",
	.id = "f",
	.text = "fell over a box that a courier put on the dark stairs",
	.author = "q"},
};

static void
know_threads(struct known_posts *k)
{
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		known_posts_add(k, (int64_t)i + 1, 60, &threads[i]);
}

/* --- facts ----------------------------------------------------------------- */

static void
test_post_that_nothing_fits_opens_a_case(void **state)
{
	struct known_posts k = {0};
	struct cq_post post = post_by("stranger", "something else");
	struct cq_verdict v;

	(void)state;
	know_threads(&k);
	post.id = "other";
	v = known_posts_decide(&k, &post);
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 0);
	known_posts_free(&k);
}

/* Each row in turn is taken away from a post that fits them all. */
static const struct {
	enum cq_rule rule;
	int64_t case_id;
	const char *why;
	size_t field; /* of struct cq_post, and what to put there then */
	const char *gone;
} facts[] = {
    {CQ_RULE_REPOST, 1, "a repost of a post of this case",
	offsetof(struct cq_post, repost_of), "unknown"},
    {CQ_RULE_REPLY, 2, "a reply to a post of this case",
	offsetof(struct cq_post, in_reply_to), ""},
    {CQ_RULE_QUOTE, 3, "quotes a post of this case",
	offsetof(struct cq_post, quote_of), NULL},
    {CQ_RULE_PARENT, 2, "a post of this case answers it",
	offsetof(struct cq_post, id), "other"},
    {CQ_RULE_URI, 1, "the same post, read in another source",
	offsetof(struct cq_post, uri), ""},
    {CQ_RULE_LINK, 4, "the same page, read in another source",
	offsetof(struct cq_post, url), NULL},
    {CQ_RULE_CONVERSATION, 5, "same author in the same conversation",
	offsetof(struct cq_post, conversation), ""},
    {CQ_RULE_FOLLOW, 5, "same author, within a minute",
	offsetof(struct cq_post, author), "stranger"},
};

static struct cq_post
post_of_all_facts(void)
{
	struct cq_post post =
	    post_by("me", "@rail the lift stands still, so sad");

	post.repost_of = "a";
	post.in_reply_to = "b";
	post.quote_of = "c";
	post.uri = "tag:a";
	post.url = "http://www.paper.example/lift/?utm_source=x";
	post.conversation = "talk";
	return post;
}

static void
take_fact(struct cq_post *post, size_t i)
{
	*(const char **)((char *)post + facts[i].field) = facts[i].gone;
}

static void
test_first_stage_that_is_sure_decides_and_says_why(void **state)
{
	struct known_posts k = {0};
	struct cq_post post = post_of_all_facts();
	struct cq_verdict v;

	(void)state;
	know_threads(&k);
	k.at[4].at = NOON - 59;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		v = known_posts_decide(&k, &post);
		expect_join(&v, facts[i].rule, facts[i].case_id, facts[i].why);
		take_fact(&post, i);
	}
	v = known_posts_decide(&k, &post);
	expect_first(&v);
	/* the text goes before the author's habit, a copy behind the text */
	post.author = "me";
	post.text = LONG_TEXT;
	v = known_posts_decide(&k, &post);
	expect_join(&v, CQ_RULE_TEXT, 3, "the same text, another author");
	post.text = "fell over a box that a courier put on the drak stairs";
	v = known_posts_decide(&k, &post);
	expect_join(&v, CQ_RULE_COPY, 6,
	    "12 of 12 words the same, 1 spelling difference");
	known_posts_free(&k);
}

static void
test_each_fact_alone_is_enough(void **state)
{
	struct known_posts k = {0};
	struct cq_post post;
	struct cq_verdict v;

	(void)state;
	know_threads(&k);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		post = post_of_all_facts();
		for (size_t j = 0; j < sizeof(facts) / sizeof(facts[0]); j++)
			if (j != i)
				take_fact(&post, j);
		/* the conversation knows a person by the name */
		if (facts[i].rule == CQ_RULE_CONVERSATION)
			post.author = "me";
		v = known_posts_decide(&k, &post);
		assert_int_equal(v.rule, facts[i].rule);
	}
	known_posts_free(&k);
}

static void
test_index_is_not_asked_for_what_a_post_does_not_name(void **state)
{
	struct known_posts k = {0};
	struct cq_post post = post_by("", "hi");
	struct cq_verdict v;

	(void)state;
	know_threads(&k);
	post.id = "other";
	post.uri = post.conversation = "";
	post.url = "https://shop.example/"; /* leads to no page */
	v = known_posts_decide(&k, &post);
	expect_first(&v);
	for (int i = 0; i < N_ASKED; i++)
		assert_int_equal(k.asked[i], i == ASKED_CHILD);
	known_posts_free(&k);
}

static void
test_a_page_needs_three_words_and_six_in_ten_of_them_in_both(void **state)
{
	static const struct {
		const char *text;
		bool joins;
	} rows[] = {
	    {"one two three four five", true},
	    {"one two three", true},
	    {"one two", false}, /* all words, but who would know */
	    {"one two three else what", true},
	    {"one two more else what", false},
	    {"three one two", true}, /* in any order */
	    {"one one one two two", false},
	    {"one two three four five six seven eight nine ten", true},
	};
	struct known_posts k = {0};
	struct cq_post old = post_by("x", "one two three four five");
	struct cq_post post = post_by("me", NULL);
	struct cq_verdict v;

	(void)state;
	old.source = "other";
	old.url = post.url = "https://paper.example/lift";
	known_posts_add(&k, 1, 90 * 86400, &old);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post.text = rows[i].text;
		v = known_posts_decide(&k, &post);
		if ((v.rule == CQ_RULE_LINK) != rows[i].joins)
			fail_msg("\"%s\"", rows[i].text);
	}
	known_posts_free(&k);
	old.text = "one two"; /* the known one needs them too */
	known_posts_add(&k, 1, 60, &old);
	post.text = "one two three";
	v = known_posts_decide(&k, &post);
	expect_first(&v);
	known_posts_free(&k);
}

static void
test_a_page_of_two_numbers_is_of_two_customers(void **state)
{
	struct known_posts k = {0};
	struct cq_post old = post_by("x", "order 4471 never came");
	struct cq_post post = post_by("me", "order 9920 never came");
	struct cq_verdict v;

	(void)state;
	old.source = "other";
	old.url = post.url = "https://shop.example/parcels";
	known_posts_add(&k, 1, 60, &old);
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_FIRST);
	post.text = "order never came";
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_LINK);
	known_posts_free(&k);
}

static void
test_a_dismissed_answer_says_nothing_of_what_it_answers(void **state)
{
	struct known_posts k = {0};
	struct cq_post old = post_by("x", "lol");
	struct cq_post post = post_by("me", "my lift stands still");
	struct cq_verdict v;

	(void)state;
	old.id = "k";
	old.in_reply_to = post.id = "late";
	known_posts_add(&k, 1, 60, &old);
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_PARENT);
	k.at[0].state = CQ_DISMISSED;
	v = known_posts_decide(&k, &post);
	expect_first(&v);
	post.author = "x"; /* who went on after the post */
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_PARENT);
	known_posts_free(&k);
}

/* --- names and moments ----------------------------------------------------- */

static const char *const rule_names[CQ_N_RULES] = {"first", "repost", "reply",
    "quote", "parent", "uri", "link", "conversation", "text", "copy", "again",
    "follow-up", "alike", "either", "like", "person"};

static void
test_rules_and_modes_are_known_by_name(void **state)
{
	static const char *const modes[] = {"auto", "suggest", "off"};
	enum cq_rule rule;
	enum cq_mode mode;

	(void)state;
	for (int i = 0; i < CQ_N_RULES; i++) {
		assert_string_equal(cq_rule_name((enum cq_rule)i),
		    rule_names[i]);
		assert_true(cq_rule_parse(rule_names[i], &rule));
		assert_int_equal(rule, i);
		assert_true(strlen(cq_rule_help(rule)) > 5);
	}
	assert_false(cq_rule_parse("Reply", &rule));
	assert_false(cq_rule_parse("", &rule));
	for (int i = 0; i < 3; i++) {
		assert_string_equal(cq_mode_name((enum cq_mode)i), modes[i]);
		assert_true(cq_mode_parse(modes[i], &mode));
		assert_int_equal(mode, i);
	}
	assert_false(cq_mode_parse("on", &mode));
}

static void
test_a_rule_decides_or_suggests_or_says_what_became(void **state)
{
	(void)state;
	for (int i = 0; i < CQ_N_RULES; i++) {
		enum cq_rule rule = (enum cq_rule)i;

		assert_int_equal(cq_rule_decides(rule),
		    rule >= CQ_RULE_REPOST && rule <= CQ_RULE_FOLLOW);
		assert_int_equal(cq_rule_suggests(rule),
		    rule >= CQ_RULE_ALIKE && rule <= CQ_RULE_LIKE);
	}
}

static void
test_a_post_from_the_future_was_written_when_it_was_seen(void **state)
{
	struct cq_post post = post_by("me", "x");

	(void)state;
	assert_int_equal(cq_post_moment(&post, NOON), NOON);
	post.created_at = NOON - 5;
	assert_int_equal(cq_post_moment(&post, NOON), NOON - 5);
	post.created_at = NOON + 5;
	assert_int_equal(cq_post_moment(&post, NOON), NOON);
}

static void
test_who_speaks_up_to_a_dismissed_post_is_heard(void **state)
{
	static const struct {
		const char *author, *text;
		bool quotes, joins;
	} rows[] = {
	    {"me", "Your ticket machine took 80 euros, please refund", false,
		false},
	    {"me", "Your ticket machine took 80 euros, please refund", true,
		false},
	    {"me", "lol", false, true},
	    {"paper", "We are going to look into it, promised", false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct known_posts k = {0};
		struct cq_post old = post_by("paper", "New trains next year");
		struct cq_post post = post_by(rows[i].author, rows[i].text);
		struct cq_verdict v;

		old.id = "k";
		if (rows[i].quotes)
			post.quote_of = "k";
		else
			post.in_reply_to = "k";
		known_posts_add(&k, 1, 60, &old)->state = CQ_DISMISSED;
		v = known_posts_decide(&k, &post);
		assert_int_equal(v.rule != CQ_RULE_FIRST, rows[i].joins);
		k.at[0].state = CQ_OPEN;
		v = known_posts_decide(&k, &post);
		assert_int_not_equal(v.rule, CQ_RULE_FIRST);
		known_posts_free(&k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_post_that_nothing_fits_opens_a_case),
	    cmocka_unit_test(
		test_first_stage_that_is_sure_decides_and_says_why),
	    cmocka_unit_test(test_each_fact_alone_is_enough),
	    cmocka_unit_test(
		test_index_is_not_asked_for_what_a_post_does_not_name),
	    cmocka_unit_test(
		test_a_page_needs_three_words_and_six_in_ten_of_them_in_both),
	    cmocka_unit_test(test_a_page_of_two_numbers_is_of_two_customers),
	    cmocka_unit_test(
		test_a_dismissed_answer_says_nothing_of_what_it_answers),
	    cmocka_unit_test(test_rules_and_modes_are_known_by_name),
	    cmocka_unit_test(
		test_a_rule_decides_or_suggests_or_says_what_became),
	    cmocka_unit_test(
		test_a_post_from_the_future_was_written_when_it_was_seen),
	    cmocka_unit_test(test_who_speaks_up_to_a_dismissed_post_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
