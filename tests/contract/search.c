#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

/*
 * Suggestions like in words: what is found, what is not, and that the word
 * index is kept up behind the posts.
 */

#define DAY INT64_C(86400)

/* Two posts of one matter, in words of their own. */
#define HEATER "no heater in coach 12 of the night train, we froze"
#define FROZE "froze for six hours: heater of that coach stone cold"
#define OTHER "the vending machine swallowed both of my coins"

static int64_t
take_step(struct fixture *f, struct cq_store *store, int max)
{
	int64_t n = -1;

	OK(f, cq_store_search_step(store, max, &n, &f->err));
	return n;
}

static int64_t
behind(struct fixture *f)
{
	int64_t n = -1;

	OK(f, cq_store_search_behind(f->store, &n, &f->err));
	return n;
}

static void
catch_up(struct fixture *f)
{
	while (take_step(f, f->store, 100) > 0)
		;
	assert_int_equal(behind(f), 0);
}

static int64_t
put_text(struct fixture *f, const char *id, const char *text)
{
	struct cq_post p = a_post(id, id, text);

	return put(f, &p);
}

struct all {
	struct cq_buf lines;
	const char *only; /* NULL, or the post that is asked for */
};

static bool
add_line(void *arg, struct raw_text source, struct raw_text id, int rank,
    int64_t case_id, enum cq_rule rule)
{
	struct all *all = arg;

	if (all->only == NULL)
		cq_buf_fmt(&all->lines, "%s ", id.s);
	if (all->only == NULL || strcmp(id.s, all->only) == 0)
		cq_buf_fmt(&all->lines, "%d:%lld:%s\n", rank,
		    (long long)case_id, cq_rule_name(rule));
	return strcmp(source.s, "chirp") == 0;
}

/* The suggestions for one post, or for all if id is NULL; free it. */
static char *
suggested(struct fixture *f, const char *id)
{
	struct all all = {.only = id};

	OK(f, cq_store_suggestions_map(f->store, add_line, &all, &f->err));
	return cq_buf_take(&all.lines);
}

static void
is_suggested(struct fixture *f, const char *id, const char *want)
{
	char *got;

	catch_up(f);
	got = suggested(f, id);
	assert_string_equal(got, want);
	free(got);
}

/* --- what is found ----------------------------------------------------- */

static void
test_a_complaint_in_other_words_is_suggested_with_its_words(void **state)
{
	struct fixture *f = *state;
	struct cq_maybes maybes;
	int64_t later;

	put_text(f, "1", HEATER);
	put_text(f, "2", OTHER);
	later = put_text(f, "3", FROZE);
	assert_int_equal(later, 3);
	is_suggested(f, "3", "1:1:like\n");
	OK(f, cq_store_dups(f->store, later, 10, &maybes, &f->err));
	assert_int_equal(maybes.n, 1);
	assert_int_equal(maybes.at[0].other.id, 1);
	assert_int_equal(maybes.at[0].rule, CQ_RULE_LIKE);
	assert_in_range(maybes.at[0].score, 100, 999);
	assert_non_null(strstr(maybes.at[0].why.s, "like in words: "));
	assert_non_null(strstr(maybes.at[0].why.s, "heater"));
	assert_null(strstr(maybes.at[0].why.s, "coins"));
	cq_maybes_free(&maybes);
	all_is_well(f);
}

static void
test_the_index_says_how_far_behind_it_is(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(behind(f), 0);
	assert_int_equal(take_step(f, f->store, 10), 0);
	put_text(f, "1", HEATER);
	put_text(f, "2", OTHER);
	put_text(f, "3", FROZE);
	assert_int_equal(behind(f), 3);
	assert_int_equal(take_step(f, f->store, 1), 1);
	assert_int_equal(behind(f), 2);
	assert_int_equal(take_step(f, f->store, 10), 2);
	assert_int_equal(behind(f), 0);
	assert_int_equal(take_step(f, f->store, 10), 0);
}

static void
test_a_joined_post_gets_none_but_its_case_is_found_by_it(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("2", "mo", HEATER);

	put_text(f, "1", OTHER);
	p.in_reply_to = "1";
	assert_int_equal(put(f, &p), 1);
	put_text(f, "3", FROZE);
	is_suggested(f, "2", "");
	is_suggested(f, "3", "1:1:like\n");
}

static void
test_a_case_that_was_joined_is_suggested_as_its_survivor(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	put_text(f, "2", OTHER);
	put_text(f, "3", FROZE);
	catch_up(f);
	join(f, "lea", 2, 1);
	is_suggested(f, "3", "1:2:like\n");
	put_text(f, "4", "coach heater again: whole night we froze");
	is_suggested(f, "4", "1:2:like\n2:3:like\n");
}

static void
test_at_most_five_cases_are_suggested(void **state)
{
	static const char *const towns[] = {"lindau", "bregenz", "konstanz",
	    "ulm", "kempten", "singen", "memmingen"};
	struct fixture *f = *state;
	char text[120], id[24];
	size_t n = 0;
	char *got;

	for (size_t i = 0; i < 7; i++) {
		snprintf(text, sizeof(text), "heater of my %s coach froze",
		    towns[i]);
		snprintf(id, sizeof(id), "%zu", i);
		put_text(f, id, text);
	}
	put_text(f, "last", FROZE);
	catch_up(f);
	got = suggested(f, "last");
	for (const char *s = got; *s != '\0'; s++)
		n += *s == '\n';
	assert_int_equal(n, 5);
	free(got);
}

static void
test_an_edit_is_compared_as_it_stands_now(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", HEATER);

	put(f, &p);
	put_text(f, "2", FROZE);
	is_suggested(f, "2", "1:1:like\n");
	p.text = OTHER;
	put(f, &p);
	assert_int_equal(behind(f), 0);
	/* its old words are found, but they are no more said */
	put_text(f, "3", "stone cold coach, heater off, we all froze");
	is_suggested(f, "3", "1:2:like\n");
	all_is_well(f);
}

/* --- what is not ------------------------------------------------------- */

static void
test_one_word_of_many_is_not_enough(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1",
	    "heater broken last winter, since repaired twice, mechanic friendly"
	    " punctual, invoice correct, workshop clean, parking free");
	put_text(f, "2",
	    "coach driver refused wheelchair, passengers protested, heater"
	    " remained, police arrived eventually, journey continued "
	    "northbound");
	is_suggested(f, "2", "");
}

static void
test_a_case_is_not_like_itself(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	put_text(f, "2", FROZE);
	join(f, "lea", 1, 2); /* before the index came to them */
	is_suggested(f, "2", "");
}

static void
test_another_brand_is_never_suggested(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", HEATER);

	p.brand = "Nordbahn";
	put(f, &p);
	put_text(f, "2", FROZE);
	p = a_post("3", "mo", FROZE " and dark");
	p.brand = "Suedbahn";
	put(f, &p);
	is_suggested(f, "2", "");
	is_suggested(f, "3", "");
	p = a_post("4", "bo", "stone cold coach, heater off, we all froze");
	p.brand = "nordbahn";
	put(f, &p);
	is_suggested(f, "4", "1:1:like\n");
}

static void
test_what_was_closed_long_ago_is_not_suggested(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	take(f, "ana", 1);
	resolve(f, "ana", 1);
	f->now += 13 * DAY;
	put_text(f, "2", FROZE);
	is_suggested(f, "2", "1:1:like\n");
	f->now += 2 * DAY;
	put_text(f, "3", "stone cold coach, heater off, we all froze");
	is_suggested(f, "3", "1:2:like\n");
}

/* Posts from to n that have nothing to do with anything. */
static void
put_others(struct fixture *f, int from, int n)
{
	char id[24], text[64];

	for (int i = from; i < n; i++) {
		snprintf(id, sizeof(id), "other%d", i);
		snprintf(text, sizeof(text), "word%d term%d thing%d", i, i, i);
		put_text(f, id, text);
	}
}

static void
test_old_posts_are_suggested_only_while_few_have_come_since(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	put_others(f, 0, 990);
	f->now += 30 * DAY;
	put_text(f, "2", FROZE);
	is_suggested(f, "2", "1:1:like\n");
	put_others(f, 990, 1010);
	put_text(f, "3", "stone cold coach, heater off, we all froze");
	is_suggested(f, "3", "1:992:like\n");
	put_others(f, 1010, 2020); /* many, but within two weeks */
	put_text(f, "4", "heater broken, coach stone cold, children froze");
	is_suggested(f, "4", "1:1013:like\n2:992:like\n");
}

static void
test_a_pair_that_is_not_the_same_is_not_suggested_again(void **state)
{
	struct fixture *f = *state;
	const int64_t other = 1;
	struct cq_act who;

	put_text(f, "1", HEATER);
	put_text(f, "2", FROZE);
	who = act(f, "ana");
	OK(f,
	    cq_store_not_same(f->store, &who, 2, &other, 1, "another train",
		&f->err));
	is_suggested(f, "2", "");
}

static void
test_a_case_that_is_closed_by_now_gets_none(void **state)
{
	struct fixture *f = *state;

	put_text(f, "1", HEATER);
	put_text(f, "2", FROZE);
	take(f, "ana", 2);
	resolve(f, "ana", 2);
	is_suggested(f, "2", "");
}

static void
test_our_own_accounts_are_left_out(void **state)
{
	static const char *const handles[] = {"bahnhelp", NULL};
	struct fixture *f = *state;
	struct cq_post p = a_post("2", "bahnhelp", HEATER);
	struct cq_act who = act(f, "adm");
	int64_t n;

	OK(f,
	    cq_store_own_set(f->store, &who, NULL, handles, true, &n, &f->err));
	put_text(f, "1", OTHER);
	p.in_reply_to = "1";
	put(f, &p);
	catch_up(f);
	put_text(f, "3", FROZE);
	is_suggested(f, "3", "");
}

static void
test_a_source_may_turn_it_off(void **state)
{
	static const enum cq_mode off = CQ_MODE_OFF;
	struct fixture *f = *state;
	struct cq_act who = act(f, "adm");

	put_text(f, "1", HEATER);
	OK(f,
	    cq_store_policy_set(f->store, &who, "chirp", CQ_RULE_LIKE, &off,
		&f->err));
	put_text(f, "2", FROZE);
	is_suggested(f, "2", "");
	who = act(f, "adm");
	OK(f,
	    cq_store_policy_set(f->store, &who, "chirp", CQ_RULE_LIKE, NULL,
		&f->err));
	put_text(f, "3", "stone cold coach, heater off, we all froze");
	is_suggested(f, "3", "1:2:like\n2:1:like\n");
}

/* --- steps ------------------------------------------------------------- */

static const char *const words[] = {"heater", "coach", "train", "froze",
    "lindau", "ticket", "machine", "coins", "suitcase", "window", "delay",
    "platform"};

/* Posts of a few words each, the same each time. */
static void
put_random(struct fixture *f, int n)
{
	char id[24], text[120];

	for (int i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		snprintf(text, sizeof(text), "%s %s %s %s thing%u",
		    words[dice(f, 12)], words[dice(f, 12)], words[dice(f, 12)],
		    words[dice(f, 12)], dice(f, 20));
		put_text(f, id, text);
	}
}

static void
test_the_size_of_the_steps_makes_no_difference(void **state)
{
	struct fixture *f = *state;
	void *again = NULL;
	struct fixture *g;
	char *want, *got;

	assert_int_equal(fixture_set_up(&again), 0);
	g = again;
	f->seed = g->seed = 7;
	put_random(f, 60);
	while (take_step(f, f->store, 1) > 0)
		;
	/* and it makes none how far behind the index is */
	put_random(g, 60);
	catch_up(g);
	want = suggested(f, NULL);
	got = suggested(g, NULL);
	assert_true(strlen(want) > 60);
	assert_string_equal(got, want);
	free(want);
	free(got);
	fixture_tear_down(&again);
}

static void
test_two_who_step_take_each_post_once(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	int64_t n = 0, took;
	char *got;

	f->seed = 7;
	put_random(f, 60);
	do {
		took = take_step(f, f->store, 3) + take_step(f, other, 5);
		n += took;
	} while (took > 0);
	assert_int_equal(n, 60);
	got = suggested(f, NULL);
	assert_true(strlen(got) > 60);
	free(got);
	cq_store_close(other);
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_a_complaint_in_other_words_is_suggested_with_its_words),
	    WITH_QUEUE(test_the_index_says_how_far_behind_it_is),
	    WITH_QUEUE(
		test_a_joined_post_gets_none_but_its_case_is_found_by_it),
	    WITH_QUEUE(
		test_a_case_that_was_joined_is_suggested_as_its_survivor),
	    WITH_QUEUE(test_at_most_five_cases_are_suggested),
	    WITH_QUEUE(test_an_edit_is_compared_as_it_stands_now),
	    WITH_QUEUE(test_one_word_of_many_is_not_enough),
	    WITH_QUEUE(test_a_case_is_not_like_itself),
	    WITH_QUEUE(test_another_brand_is_never_suggested),
	    WITH_QUEUE(test_what_was_closed_long_ago_is_not_suggested),
	    WITH_QUEUE(
		test_old_posts_are_suggested_only_while_few_have_come_since),
	    WITH_QUEUE(test_a_pair_that_is_not_the_same_is_not_suggested_again),
	    WITH_QUEUE(test_a_case_that_is_closed_by_now_gets_none),
	    WITH_QUEUE(test_our_own_accounts_are_left_out),
	    WITH_QUEUE(test_a_source_may_turn_it_off),
	    WITH_QUEUE(test_the_size_of_the_steps_makes_no_difference),
	    WITH_QUEUE(test_two_who_step_take_each_post_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
