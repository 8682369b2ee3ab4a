#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/known_posts.h"

/* What is suggested, and what a team turns off. */

#define BOX "a courier put my box onto the dark stairs and I fell over it"
#define SLIP "a courier put my box onto the drak stairs and I fell over it"
#define ASIDE "the night bus drove past seven of us in the rain at Weir Lane"
#define LAMP "@lux the reading lamp came without its glass shade"
#define REFUND "@lux where is my refund for the lamp and the glass shade"

#define WING "the lift at Elm Square library is stuck with my pram inside"

/* --- suggestions --------------------------------------------------------------- */

/* Like BOX but for a number, and for so many words at its beginning. */
static void
add_alike(struct known_posts *k, int64_t case_id, int n_other)
{
	static const char *const others[] = {
	    "that", "driver", "flung", "our", "crate"};
	static char texts[8][200];
	char *to = texts[k->n % 8];
	const char *rest = BOX;
	size_t n = 0;

	for (int i = 0; i < n_other; i++) {
		n += (size_t)snprintf(to + n, sizeof(texts[0]) - n, "%s ",
		    others[i]);
		rest = strchr(rest, ' ') + 1;
	}
	snprintf(to + n, sizeof(texts[0]) - n, "%s %d", rest, (int)case_id);
	known_posts_tell(k, case_id, "ann", to);
}

static void
test_the_best_five_are_suggested_best_first_once_a_case(void **state)
{
	static const int n_other[] = {0, 5, 1, 4, 2, 3};
	static const int best[] = {10, 12, 14, 15, 13};
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	for (int64_t i = 0; i < 6; i++)
		add_alike(&k, 10 + i, n_other[i]);
	add_alike(&k, 10, 4); /* a worse one of a case */
	add_alike(&k, 13, 3); /* and a better one, as good as 15's */
	v = known_posts_ask(&k, "me", BOX " 99");
	expect_first(&v);
	assert_int_equal(v.n_suggestions, CQ_SUGGESTIONS);
	for (size_t i = 0; i < CQ_SUGGESTIONS; i++) {
		assert_int_equal(v.suggestions[i].rule, CQ_RULE_ALIKE);
		if (i < 3)
			assert_int_equal(v.suggestions[i].case_id, best[i]);
		else
			assert_true(v.suggestions[i].case_id == best[3] ||
			    v.suggestions[i].case_id == best[4]);
	}
	assert_int_equal(v.suggestions[0].post_id, 1);
	assert_int_equal(v.suggestions[3].score, v.suggestions[4].score);
	assert_int_not_equal(v.suggestions[3].case_id,
	    v.suggestions[4].case_id);
	known_posts_free(&k);
}

static void
test_the_case_that_it_joins_is_not_suggested(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	add_alike(&k, 1, 0);
	add_alike(&k, 2, 0);
	known_posts_tell(&k, 1, "bob", BOX " 99");
	v = known_posts_ask(&k, "me", SLIP " 99");
	assert_int_equal(v.rule, CQ_RULE_COPY);
	assert_int_equal(v.case_id, 1);
	assert_int_equal(v.n_suggestions, 1);
	assert_int_equal(v.suggestions[0].case_id, 2);
	known_posts_free(&k);
}

static void
test_a_follow_up_is_not_suggested_what_it_goes_on_with(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "me", "@rail " BOX " 1");
	known_posts_tell(&k, 2, "ann", BOX " 2");
	k.at[0].state = CQ_OPEN;
	v = known_posts_ask(&k, "me", "@rail " BOX " 99");
	expect_join(&v, CQ_RULE_AGAIN, 1,
	    "same author, 1 min later, again about courier, put, box");
	assert_int_equal(v.n_suggestions, 1);
	assert_int_equal(v.suggestions[0].case_id, 2);
	v = known_posts_ask(&k, "me", "@rail well? so?");
	expect_join(&v, CQ_RULE_FOLLOW, 1, "same author, 1 min later");
	assert_int_equal(v.n_suggestions, 0);
	known_posts_free(&k);
}

static void
test_either_stands_before_what_is_more_alike(void **state)
{
	struct known_posts k = {0};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann",
	    WING " 5, garden wing and more and more");
	known_posts_tell(&k, 2, "bob",
	    WING " 5, archive wing and more and more");
	/* word for word, but dismissed of another */
	known_posts_tell(&k, 3, "cid", WING " 5");
	k.at[2].state = CQ_DISMISSED;
	v = known_posts_ask(&k, "me", WING " 5");
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 3);
	assert_int_equal(v.suggestions[0].rule, CQ_RULE_EITHER);
	assert_int_equal(v.suggestions[1].rule, CQ_RULE_EITHER);
	assert_int_equal(v.suggestions[2].rule, CQ_RULE_ALIKE);
	assert_int_equal(v.suggestions[2].case_id, 3);
	assert_true(v.suggestions[2].score > v.suggestions[0].score);
	known_posts_free(&k);
}

/* --- what a team turns off ------------------------------------------------------- */

/* Posts that one rule alone joins to case 1; post[1] is the new one. */
static const struct {
	enum cq_rule rule;
	struct cq_post post[2];
} alone[] = {
    {CQ_RULE_REPOST,
	{{.source = "s", .id = "1", .text = "x", .author = "ann"},
	    {.source = "s", .id = "2", .text = "y", .repost_of = "1"}}},
    {CQ_RULE_REPLY,
	{{.source = "s", .id = "1", .text = "x", .author = "ann"},
	    {.source = "s", .id = "2", .text = "y", .in_reply_to = "1"}}},
    {CQ_RULE_QUOTE,
	{{.source = "s", .id = "1", .text = "x", .author = "ann"},
	    {.source = "s", .id = "2", .text = "y", .quote_of = "1"}}},
    {CQ_RULE_PARENT,
	{{.source = "s", .id = "1", .text = "x", .in_reply_to = "2"},
	    {.source = "s", .id = "2", .text = "y"}}},
    {CQ_RULE_URI,
	{{.source = "s", .id = "1", .text = "x", .uri = "u"},
	    {.source = "t", .id = "2", .text = "y", .uri = "u"}}},
    {CQ_RULE_LINK,
	{{.source = "s",
	     .id = "1",
	     .text = "one two three",
	     .url = "http://a.example/b"},
	    {.source = "t",
		.id = "2",
		.text = "three two one",
		.url = "http://a.example/b"}}},
    {CQ_RULE_CONVERSATION,
	{{.source = "s",
	     .id = "1",
	     .text = "x",
	     .author = "me",
	     .brand = "rail",
	     .conversation = "c"},
	    {.source = "s",
		.id = "2",
		.text = "y",
		.author = "me",
		.brand = "parcel",
		.conversation = "c"}}},
    {CQ_RULE_TEXT,
	{{.source = "s", .id = "1", .text = BOX, .author = "ann"},
	    {.source = "s", .id = "2", .text = BOX, .author = "me"}}},
    {CQ_RULE_COPY,
	{{.source = "s", .id = "1", .text = BOX, .author = "ann"},
	    {.source = "s", .id = "2", .text = SLIP, .author = "me"}}},
    {CQ_RULE_AGAIN,
	{{.source = "s", .id = "1", .text = LAMP, .author = "me"},
	    {.source = "s", .id = "2", .text = REFUND, .author = "me"}}},
    {CQ_RULE_FOLLOW,
	{{.source = "s", .id = "1", .text = "@rail x", .author = "me"},
	    {.source = "s", .id = "2", .text = "@rail y", .author = "me"}}},
};
#define N_ALONE (sizeof(alone) / sizeof(alone[0]))

static void
test_each_rule_joins_or_only_suggests_or_is_off(void **state)
{
	struct cq_policy policy = {0};
	struct known_posts k = {.policy = &policy};
	struct cq_verdict joined, v;

	(void)state;
	assert_int_equal(N_ALONE, CQ_RULE_FOLLOW - CQ_RULE_REPOST + 1);
	for (size_t i = 0; i < N_ALONE; i++) {
		enum cq_mode *mode = &policy.mode[alone[i].rule];

		/* who is again about a matter goes on in any case */
		policy.mode[CQ_RULE_FOLLOW] =
		    alone[i].rule == CQ_RULE_AGAIN ? CQ_MODE_OFF : CQ_MODE_AUTO;
		known_posts_add(&k, 1, 60, &alone[i].post[0]);
		joined = known_posts_decide(&k, &alone[i].post[1]);
		assert_int_equal(joined.rule, alone[i].rule);
		assert_int_equal(joined.n_suggestions, 0);
		*mode = CQ_MODE_SUGGEST;
		v = known_posts_decide(&k, &alone[i].post[1]);
		expect_first(&v);
		assert_int_equal(v.n_suggestions, 1);
		assert_int_equal(v.suggestions[0].rule, alone[i].rule);
		assert_int_equal(v.suggestions[0].case_id, 1);
		assert_int_equal(v.suggestions[0].post_id, 1);
		assert_int_equal(v.suggestions[0].score, 1000);
		assert_string_equal(v.suggestions[0].why, joined.why);
		*mode = CQ_MODE_OFF;
		v = known_posts_decide(&k, &alone[i].post[1]);
		expect_first(&v);
		assert_int_equal(v.n_suggestions, 0);
		*mode = CQ_MODE_AUTO;
		known_posts_free(&k);
	}
}

static void
test_a_rule_that_only_suggests_lets_the_next_one_join(void **state)
{
	struct cq_policy policy = {0};
	struct known_posts k = {.policy = &policy};
	struct cq_post post = post_by("me", BOX);
	struct cq_verdict v;

	(void)state;
	policy.mode[CQ_RULE_REPLY] = CQ_MODE_SUGGEST;
	known_posts_tell(&k, 1, "ann", ASIDE);
	k.at[0].post.id = "1";
	known_posts_tell(&k, 2, "me", BOX);
	post.in_reply_to = "1";
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	assert_int_equal(v.case_id, 2);
	assert_int_equal(v.n_suggestions, 1);
	assert_int_equal(v.suggestions[0].rule, CQ_RULE_REPLY);
	assert_int_equal(v.suggestions[0].case_id, 1);
	/* both rules mean one case: nothing is left to suggest */
	post.in_reply_to = "known";
	v = known_posts_decide(&k, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	assert_int_equal(v.n_suggestions, 0);
	known_posts_free(&k);
}

static void
test_rules_that_suggest_are_quiet_when_off(void **state)
{
	struct cq_policy policy = {0};
	struct known_posts k = {.policy = &policy};
	struct cq_verdict v;

	(void)state;
	known_posts_tell(&k, 1, "ann", WING ", garden wing");
	known_posts_tell(&k, 2, "bob", WING ", archive wing");
	known_posts_tell(&k, 3, "cid", WING " 6");
	known_posts_tell(&k, 4, "dan", WING " 5");
	policy.mode[CQ_RULE_ALIKE] = CQ_MODE_OFF;
	v = known_posts_ask(&k, "me", WING " 7");
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 0);
	policy.mode[CQ_RULE_EITHER] = CQ_MODE_OFF;
	v = known_posts_ask(&k, "me", WING);
	expect_first(&v);
	assert_int_equal(v.n_suggestions, 0);
	policy.mode[CQ_RULE_EITHER] = CQ_MODE_SUGGEST;
	v = known_posts_ask(&k, "me", WING);
	assert_int_equal(v.n_suggestions, 2);
	known_posts_free(&k);
}

static void
test_our_own_words_follow_facts_alone(void **state)
{
	struct cq_policy policy = {0};
	struct known_posts k = {.policy = &policy};
	struct cq_verdict v;
	static const enum cq_rule facts[] = {CQ_RULE_REPOST, CQ_RULE_REPLY,
	    CQ_RULE_QUOTE, CQ_RULE_PARENT, CQ_RULE_URI};
	size_t n = 0;

	(void)state;
	cq_policy_facts_only(&policy);
	for (size_t i = 0; i < N_ALONE; i++) {
		known_posts_add(&k, 1, 60, &alone[i].post[0]);
		v = known_posts_decide(&k, &alone[i].post[1]);
		if (n < sizeof(facts) / sizeof(facts[0]) &&
		    alone[i].rule == facts[n]) {
			assert_int_equal(v.rule, facts[n++]);
		} else {
			expect_first(&v);
			assert_int_equal(v.n_suggestions, 0);
		}
		known_posts_free(&k);
	}
	assert_int_equal(n, sizeof(facts) / sizeof(facts[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_the_best_five_are_suggested_best_first_once_a_case),
	    cmocka_unit_test(test_the_case_that_it_joins_is_not_suggested),
	    cmocka_unit_test(
		test_a_follow_up_is_not_suggested_what_it_goes_on_with),
	    cmocka_unit_test(test_either_stands_before_what_is_more_alike),
	    cmocka_unit_test(test_each_rule_joins_or_only_suggests_or_is_off),
	    cmocka_unit_test(
		test_a_rule_that_only_suggests_lets_the_next_one_join),
	    cmocka_unit_test(test_rules_that_suggest_are_quiet_when_off),
	    cmocka_unit_test(test_our_own_words_follow_facts_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
