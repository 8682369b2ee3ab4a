#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/like.h"
#include "core/limits.h"

/* What two texts have in common, and how it is said. */

static struct cq_like_text
read_text(const char *text)
{
	return cq_like_read(text, NULL);
}

/* The word of text that has the same key as a text of this word alone. */
static const struct cq_like_word *
word_of(const struct cq_like_text *text, const char *word, const char *brand)
{
	struct cq_like_text one = cq_like_read(word, brand);
	size_t at;

	assert_int_equal(one.n, 1);
	at = cq_like_find(text, one.at[0].key);
	cq_like_free(&one);
	return at < text->n ? &text->at[at] : NULL;
}

static bool
has(const char *text, const char *word)
{
	struct cq_like_text t = read_text(text);
	bool yes = word_of(&t, word, NULL) != NULL;

	cq_like_free(&t);
	return yes;
}

/* No word is known: all weigh the same. */
static int64_t
never(void *arg, uint64_t key)
{
	(void)arg;
	(void)key;
	return 0;
}

/* All posts have the one word whose key is in arg. */
static int64_t
always_one(void *arg, uint64_t key)
{
	return *(uint64_t *)arg == key ? 1000 : 0;
}

static void
weigh(struct cq_like_text *t)
{
	const struct cq_like_counts counts = {never, NULL, 1000, 10};

	cq_like_weigh(t, &counts);
}

static int
score(const char *a, const char *b)
{
	struct cq_like_text x = read_text(a), y = read_text(b);
	int of_1000;

	weigh(&x);
	weigh(&y);
	of_1000 = cq_like_score(&x, &y);
	assert_int_equal(of_1000, cq_like_score(&y, &x));
	cq_like_free(&x);
	cq_like_free(&y);
	return of_1000;
}

static void
says(const char *later, const char *earlier, const char *want)
{
	struct cq_like_text x = read_text(later), y = read_text(earlier);
	char *why;

	weigh(&x);
	weigh(&y);
	why = cq_like_why(&x, &y);
	assert_string_equal(why, want);
	free(why);
	cq_like_free(&x);
	cq_like_free(&y);
}

/* --- words ------------------------------------------------------------- */

static void
test_forms_of_a_word_are_one_word(void **state)
{
	(void)state;
	assert_true(has("two refunds were promised", "refunded"));
	assert_true(has("die Bestellungen fehlen", "bestellung"));
	assert_true(has("les livraisons tardent", "livraison"));
	assert_true(has("los paquetes perdidos", "paquete"));
	assert_true(has("MÜNCHENER bus", "münchen"));
	assert_false(has("the parcel is lost", "parking"));
}

static void
test_words_that_only_fill_are_left_out(void **state)
{
	struct cq_like_text t = read_text("the parcel and the van");

	(void)state;
	assert_int_equal(t.n, 2);
	assert_non_null(word_of(&t, "parcel", NULL));
	assert_non_null(word_of(&t, "van", NULL));
	cq_like_free(&t);
}

static void
test_words_of_a_title_count_more(void **state)
{
	struct cq_like_text titled = read_text("blank page\nprinting a ticket");
	struct cq_like_text one = read_text("blank page printing a ticket");
	struct cq_like_text last = read_text("blank page printing ticket\n\n");

	(void)state;
	assert_true(word_of(&titled, "blank", NULL)->times > 1);
	assert_true(word_of(&titled, "ticket", NULL)->times == 1);
	assert_true(word_of(&one, "blank", NULL)->times == 1);
	/* a line with nothing behind it is no title */
	assert_true(word_of(&last, "blank", NULL)->times == 1);
	cq_like_free(&titled);
	cq_like_free(&one);
	cq_like_free(&last);
}

static void
test_words_of_two_brands_never_meet(void **state)
{
	struct cq_like_text t = cq_like_read("parcel lost", "Nordpost");
	struct cq_buf here = {0}, there = {0};
	struct cq_like_text other = cq_like_read("parcel", "Suedpost");

	(void)state;
	assert_null(word_of(&t, "parcel", "Suedpost"));
	assert_null(word_of(&t, "parcel", NULL));
	assert_non_null(word_of(&t, "parcel", "NORDPOST"));
	cq_like_token(&t, word_of(&t, "parcel", "nordpost"), &here);
	cq_like_token(&other, &other.at[0], &there);
	assert_string_not_equal(here.s, there.s);
	cq_buf_free(&here);
	cq_buf_free(&there);
	cq_like_free(&t);
	cq_like_free(&other);
}

static void
test_of_a_long_text_the_first_page_is_read(void **state)
{
	size_t n = 1024 * 1024;
	char *text = cq_alloc(n + 1);
	struct cq_like_text t;

	(void)state;
	for (size_t i = 0; i < n; i++)
		text[i] = i % 61 == 60 ? ' ' : (char)('a' + (i + i / 61) % 26);
	memcpy(text + n - 7, " zebra ", 7);
	t = read_text(text);
	assert_true(t.n > 0);
	assert_true(t.length * 61 <= CQ_LIKE_BYTES + 61);
	assert_null(word_of(&t, "zebra", NULL));
	cq_like_free(&t);
	free(text);
}

static void
test_the_most_telling_words_are_asked_first(void **state)
{
	struct cq_like_text t = read_text("parcel parcel van lindau");
	uint64_t van = word_of(&t, "van", NULL)->key;
	const struct cq_like_counts counts = {always_one, &van, 1000, 4};
	const struct cq_like_word *at[3];

	(void)state;
	cq_like_weigh(&t, &counts);
	/* what all posts have tells nothing; what is said twice tells more */
	assert_int_equal(cq_like_ask(&t, at, 3), 2);
	assert_ptr_equal(at[0], word_of(&t, "parcel", NULL));
	assert_ptr_equal(at[1], word_of(&t, "lindau", NULL));
	assert_int_equal(cq_like_ask(&t, at, 1), 1);
	cq_like_free(&t);
}

/* --- ranking ----------------------------------------------------------- */

static void
test_votes_of_a_post_are_added_up(void **state)
{
	struct cq_like_vote v[] = {{7, 1}, {3, 2}, {7, 2}, {5, 2}, {9, 0.5}};

	(void)state;
	assert_int_equal(cq_like_tally(v, 5), 4);
	assert_int_equal(v[0].post, 7);
	assert_int_equal(v[1].post, 5); /* of two alike the newer one */
	assert_int_equal(v[2].post, 3);
	assert_int_equal(v[3].post, 9);
	assert_int_equal(cq_like_tally(v, 0), 0);
}

struct known {
	int64_t post_id, case_id;
	const char *text;
};

/* Ranks known texts for a new one; fills the numbers of the posts. */
static size_t
rank(const char *text, const struct known *known, size_t n_shown, size_t n,
    size_t max, int64_t *posts)
{
	struct cq_like_text t = read_text(text), texts[8];
	struct cq_like_found found[8] = {0};
	size_t n_ranked;

	weigh(&t);
	for (size_t i = 0; i < n; i++) {
		texts[i] = read_text(known[i].text);
		found[i].post_id = known[i].post_id;
		found[i].case_id = known[i].case_id;
		found[i].text = &texts[i];
	}
	n_ranked = cq_like_rank(&t, found, n_shown, n, 5, max);
	for (size_t i = 0; i < n_ranked; i++)
		posts[i] = found[i].post_id;
	for (size_t i = 0; i < n; i++) {
		cq_like_found_free(&found[i]);
		cq_like_free(&texts[i]);
	}
	cq_like_free(&t);
	return n_ranked;
}

static void
test_each_case_is_suggested_once_by_its_best_post(void **state)
{
	static const struct known known[] = {
	    {1, 10, "parcel lindau"},
	    {2, 10, "parcel lindau broken"},
	    {3, 20, "lindau"},
	    {4, 30, "umbrella"},
	};
	int64_t posts[5];

	(void)state;
	assert_int_equal(rank("parcel lindau broken box", known, 0, 4, 5,
			     posts),
	    2);
	assert_int_equal(posts[0], 2);
	assert_int_equal(posts[1], 3);
	assert_int_equal(rank("parcel lindau broken box", known, 0, 4, 1,
			     posts),
	    1);
}

static void
test_the_next_suggestion_brings_other_words(void **state)
{
	static const struct known known[] = {
	    {1, 10, "coach heater broken"},
	    {2, 20, "coach heater broken"},
	    {3, 30, "coach heater broken"},
	    {4, 40, "ticket machine card"},
	};
	static const char text[] = "coach heater broken, ticket machine card";
	int64_t posts[5];
	size_t at = 4;

	(void)state;
	assert_int_equal(rank(text, known, 0, 4, 5, posts), 4);
	for (size_t i = 0; i < 4; i++)
		if (posts[i] == 4)
			at = i;
	/* alone it would be level with the others */
	assert_true(at <= 1);
}

static void
test_what_other_rules_suggest_stays_in_front(void **state)
{
	static const struct known known[] = {
	    {1, 10, "umbrella"},
	    {2, 10, "parcel lindau"},
	    {3, 20, "parcel"},
	};
	int64_t posts[5];

	(void)state;
	assert_int_equal(rank("parcel lindau", known, 1, 3, 5, posts), 2);
	assert_int_equal(posts[0], 1);
	assert_int_equal(posts[1], 3); /* case 10 is there already */
}

static void
test_the_score_is_the_share_in_common(void **state)
{
	(void)state;
	assert_int_equal(score("parcel lindau", "lindau parcel"), 1000);
	assert_int_equal(score("parcel lindau", "umbrella weather"), 0);
	assert_int_equal(score("", "parcel"), 0);
	assert_in_range(score("parcel lindau", "parcel bregenz"), 499, 501);
	assert_true(score("parcel lindau", "parcel bregenz") >
	    score("parcel lindau", "parcel bregenz tram tower window"));
}

/* --- sentences --------------------------------------------------------- */

static void
test_the_sentence_has_the_words_in_common_and_those_that_differ(void **state)
{
	(void)state;
	says("parcel lindau", "parcel bregenz",
	    "like in words: parcel; later only: lindau; earlier only: bregenz");
	says("parcel", "parcel", "like in words: parcel");
	/* as the later one wrote it */
	says("refunded", "refunds", "like in words: refunded");
}

static void
test_a_sentence_names_no_more_than_a_few_words(void **state)
{
	struct cq_like_text x = read_text("alpha bravo charlie delta echo "
					  "foxtrot golf hotel india juliett");
	struct cq_like_text y =
	    read_text("alpha bravo charlie delta echo "
		      "foxtrot golf kilo lima mike november");
	size_t n = 0;
	char *why;

	(void)state;
	weigh(&x);
	weigh(&y);
	why = cq_like_why(&x, &y);
	for (const char *s = why; *s != '\0'; s++)
		n += *s == ',';
	assert_int_equal(n, 4 + 1 + 1);
	free(why);
	cq_like_free(&x);
	cq_like_free(&y);
}

static void
test_a_long_word_is_cut_at_a_whole_letter(void **state)
{
	(void)state;
	says("aéaéaéaéaéaéaéaéaéaéaéaéaéaé", "parcel",
	    "; later only: aeaeaeaeaeaeaeaeaeaeaeae...; earlier only: parcel");
	says("щишщишщишщишщишщиш", "parcel",
	    "; later only: щишщишщишщиш...; earlier only: parcel");
}

static void
test_pairs_of_letters_of_one_place_are_said_once(void **state)
{
	struct cq_like_text x = read_text("荷物が届かない");
	struct cq_like_text y = read_text("荷物が来ない");
	char *why;

	(void)state;
	weigh(&x);
	weigh(&y);
	assert_true(cq_like_score(&x, &y) > 0);
	why = cq_like_why(&x, &y);
	assert_non_null(strstr(why, "like in words: "));
	/* 荷物 and 物が share a letter: one of them is enough */
	assert_false(strstr(why, "荷物") != NULL &&
	    strstr(why, "物が") != NULL);
	free(why);
	cq_like_free(&x);
	cq_like_free(&y);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms_of_a_word_are_one_word),
	    cmocka_unit_test(test_words_that_only_fill_are_left_out),
	    cmocka_unit_test(test_words_of_a_title_count_more),
	    cmocka_unit_test(test_words_of_two_brands_never_meet),
	    cmocka_unit_test(test_of_a_long_text_the_first_page_is_read),
	    cmocka_unit_test(test_the_most_telling_words_are_asked_first),
	    cmocka_unit_test(test_votes_of_a_post_are_added_up),
	    cmocka_unit_test(test_each_case_is_suggested_once_by_its_best_post),
	    cmocka_unit_test(test_the_next_suggestion_brings_other_words),
	    cmocka_unit_test(test_what_other_rules_suggest_stays_in_front),
	    cmocka_unit_test(test_the_score_is_the_share_in_common),
	    cmocka_unit_test(
		test_the_sentence_has_the_words_in_common_and_those_that_differ),
	    cmocka_unit_test(test_a_sentence_names_no_more_than_a_few_words),
	    cmocka_unit_test(test_a_long_word_is_cut_at_a_whole_letter),
	    cmocka_unit_test(test_pairs_of_letters_of_one_place_are_said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
