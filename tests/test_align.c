#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/align.h"
#include "core/buf.h"
#include "core/lexicon.h"
#include "core/limits.h"

/* --- alignments ---------------------------------------------------------------- */

/* Words of the first list are in three posts, of the second in many. */
struct usual {
	struct cq_words words, more;
};

static int64_t
count(void *arg, uint64_t key)
{
	const struct usual *u = arg;

	for (size_t i = 0; i < u->words.n; i++)
		if (u->words.at[i].key == key)
			return CQ_WORD_COMMON;
	for (size_t i = 0; i < u->more.n; i++)
		if (u->more.at[i].key == key)
			return (CQ_WORD_COMMON + 1) * CQ_SLIP_RARE - 1;
	return 0;
}

static const char *usual_words = "", *very_usual_words = "";
static bool known_author;

static void
align(const char *a, enum cq_cut a_cut, const char *b, enum cq_cut b_cut,
    struct cq_alignment *out)
{
	struct usual usual = {
	    cq_words_of(usual_words), cq_words_of(very_usual_words)};
	struct cq_words x = cq_words_of(a), y = cq_words_of(b);
	struct cq_line la = {x.at, x.n, 0, false, a_cut, CQ_LANG_EN};
	struct cq_line lb = {y.at, y.n, 0, false, b_cut, CQ_LANG_EN};
	struct cq_word_counts counts = {count, &usual, 1000};

	cq_align(&la, &lb, known_author, &counts, out);
	cq_words_free(&x);
	cq_words_free(&y);
	cq_words_free(&usual.words);
	cq_words_free(&usual.more);
}

/* The pairs as "0-0 2-1~": ~ a misspelt one, | one cut short. */
static void
assert_pairs(const struct cq_alignment *al, const char *want)
{
	struct cq_buf b = {0};

	cq_buf_str(&b, "");
	for (size_t i = 0; i < al->n; i++)
		cq_buf_fmt(&b, "%s%d-%d%s", i == 0 ? "" : " ", al->pairs[i].a,
		    al->pairs[i].b,
		    al->pairs[i].weight == 100	   ? ""
			: al->pairs[i].weight > 90 ? "|"
						   : "~");
	if (strcmp(b.s, want) != 0)
		fail_msg("%s rather than %s", b.s, want);
	cq_buf_free(&b);
}

static void
assert_aligned(const char *a, const char *b, const char *want)
{
	struct cq_alignment al;

	align(a, CQ_CUT_NOT, b, CQ_CUT_NOT, &al);
	assert_pairs(&al, want);
}

static void
test_words_align_in_their_order(void **state)
{
	(void)state;
	assert_aligned("", "", "");
	assert_aligned("late", "", "");
	assert_aligned("late again", "late again", "0-0 1-1");
	assert_aligned("so late again", "late again", "1-0 2-1");
	assert_aligned("late again", "again late again", "0-1 1-2");
	assert_aligned("one two three", "three one two", "0-1 1-2");
	assert_aligned("one two three", "one three", "0-0 2-1");
	assert_aligned("電車が遅れ", "電車も遅れ", "0-0 3-3");
}

static void
test_misspelt_words_align_but_usual_ones_are_two(void **state)
{
	(void)state;
	assert_aligned("parcel gone", "pracel gone", "0-0~ 1-1");
	usual_words = "parcel marcel";
	assert_aligned("parcel gone", "pracel gone", "0-0~ 1-1");
	assert_aligned("parcel gone", "marcel gone", "1-1");
	usual_words = "";
	assert_aligned("parcel gone", "parcwl gone", "0-0~ 1-1");
	/* the same word is better than a misspelt one */
	assert_aligned("parcel", "pracel parcel", "0-1");
	assert_aligned("parcel gone", "parcel pracel gone", "0-0 1-2");
}

/* The same n words behind it, which no slip makes another one of them. */
static void
assert_first_among(size_t n, const char *a, const char *b, bool one_word)
{
	static const char *const others[] = {"market", "shelter", "bridge",
	    "window", "copper", "violin", "garden", "kettle", "pencil",
	    "orchard", "lantern", "walnut"};
	struct cq_buf x = {0}, y = {0};
	struct cq_alignment al;

	cq_buf_str(&x, a);
	cq_buf_str(&y, b);
	for (size_t i = 0; i < n; i++) {
		cq_buf_fmt(&x, " %s", others[i]);
		cq_buf_fmt(&y, " %s", others[i]);
	}
	align(x.s, CQ_CUT_NOT, y.s, CQ_CUT_NOT, &al);
	if (al.n != n + one_word || al.typos != one_word)
		fail_msg("%s, %s: among %zu others", a, b, n);
	cq_buf_free(&x);
	cq_buf_free(&y);
}

static void
test_far_slips_need_many_equal_words_or_a_known_author(void **state)
{
	/* two slips, or another first letter: mostly two names */
	static const struct {
		const char *word, *other;
		bool among; /* many equal words it may be a slip */
	} rows[] = {{"Dallas", "Dulles", true}, {"Austria", "Australia", true},
	    {"Cork", "York", false}, {"parcel", "marcel", false},
	    {"bought", "bouhgtt", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *a = rows[i].word, *b = rows[i].other;

		assert_first_among(CQ_WORDS_SURE - 1, a, b, false);
		assert_first_among(CQ_WORDS_SURE, a, b, rows[i].among);
		known_author = true;
		assert_first_among(1, a, b, true);
		known_author = false;
	}
	assert_first_among(1, "bought", "bouhgt", true); /* one is near */
}

static void
test_among_many_equal_words_a_usual_one_may_be_a_slip(void **state)
{
	(void)state;
	usual_words = "fight dallas dulles cork york car cat want house horse";
	very_usual_words = "flight";
	assert_first_among(CQ_WORDS_SURE - 1, "fight", "flight", false);
	assert_first_among(CQ_WORDS_SURE, "fight", "flight", true);
	/* but not if both are used, nor for two slips, nor another first
	 * letter, nor in short words, nor what decides */
	assert_first_among(CQ_WORDS_SURE, "house", "horse", false);
	assert_first_among(CQ_WORDS_SURE, "cork", "york", false);
	assert_first_among(CQ_WORDS_SURE, "dallas", "dulles", false);
	assert_first_among(CQ_WORDS_SURE, "car", "cat", false);
	assert_first_among(CQ_WORDS_SURE, "monday", "mondya", true);
	assert_first_among(CQ_WORDS_SURE, "tuesday", "thursday", false);
	assert_first_among(CQ_WORDS_SURE, "want", "wont", false);
	known_author = true;
	assert_first_among(1, "fight", "flight", true);
	assert_first_among(1, "house", "horse", true);
	known_author = false;
	usual_words = very_usual_words = "";
}

static void
test_words_that_decide_are_not_misspelt_others(void **state)
{
	static const char *const rows[][3] = {
	    {"late tuesday", "late thursday", "0-0"},
	    {"it works now", "it works not", "0-0 1-1"},
	    {"they can help", "they cant help", "0-0 2-2"},
	    {"shop opens", "shop closes", "0-0"},
	    {"late tuesday", "late tusday", "0-0 1-1~"}, /* no such word */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_aligned(rows[i][0], rows[i][1], rows[i][2]);
}

static void
test_the_last_word_of_a_cut_text_may_be_half_a_word(void **state)
{
	struct cq_alignment al;

	(void)state;
	align("my parcel is unbel", CQ_CUT_SURE, "my parcel is unbelievable",
	    CQ_CUT_NOT, &al);
	assert_pairs(&al, "0-0 1-1 2-2 3-3|");
	assert_int_equal(al.weight, 395);
	assert_int_equal(al.typos, 0);
	align("my parcel is unbelievable", CQ_CUT_NOT, "my parcel is unbel",
	    CQ_CUT_MAYBE, &al);
	assert_pairs(&al, "0-0 1-1 2-2 3-3|");
	align("my parcel is unbel", CQ_CUT_NOT, "my parcel is unbelievable",
	    CQ_CUT_NOT, &al);
	assert_pairs(&al, "0-0 1-1 2-2");
	/* only the last one */
	align("unbel parcel", CQ_CUT_SURE, "unbelievable parcel", CQ_CUT_NOT,
	    &al);
	assert_pairs(&al, "1-1");
	/* and only at its end */
	align("late lievable", CQ_CUT_SURE, "late believable", CQ_CUT_NOT, &al);
	assert_pairs(&al, "0-0");
}

/* Word k of 40, a slip from all others, spelt in its own way on each side. */
static void
add_like_word(struct cq_buf *b, size_t k, char sign)
{
	char word[] = "passengerinformation";

	word[4 + k % 10] = "aeno"[k / 10];
	word[14] = sign;
	cq_buf_fmt(b, "%s ", word);
}

static void
test_words_that_are_all_a_slip_apart_are_not_all_compared(void **state)
{
	struct cq_buf x = {0}, y = {0};
	struct cq_alignment al;
	enum { N = 40 };

	(void)state;
	known_author = true;
	for (size_t k = 0; k < N; k++) {
		add_like_word(&x, k, 'y');
		add_like_word(&y, k, 'z');
	}
	assert_true(N * N > 2 * CQ_SLIP_LOOKS);
	align(x.s, CQ_CUT_NOT, y.s, CQ_CUT_NOT, &al);
	assert_true(al.typos >= CQ_SLIP_LOOKS / N - 1);
	assert_true(al.typos <= CQ_SLIP_LOOKS / N + 1);
	known_author = false;
	cq_buf_free(&x);
	cq_buf_free(&y);
}

/* --- against trying out all ways --------------------------------------------- */

/* The first are misspelt forms of each other, two by two. */
static const char *const vocabulary[] = {"market", "makret", "shelter",
    "shetler", "bridge", "window", "copper", "silver"};
#define N_VOCABULARY (sizeof(vocabulary) / sizeof(vocabulary[0]))
#define N_MISSPELT 4

static int
weight_of(size_t x, size_t y)
{
	if (x == y)
		return 100;
	return x < N_MISSPELT && y < N_MISSPELT && x / 2 == y / 2 ? 90 : 0;
}

static int
best_weight(const size_t *a, size_t n, const size_t *b, size_t m)
{
	int best, other;

	if (n == 0 || m == 0)
		return 0;
	best = best_weight(a + 1, n - 1, b, m);
	other = best_weight(a, n, b + 1, m - 1);
	best = other > best ? other : best;
	if (weight_of(a[0], b[0]) > 0) {
		other = weight_of(a[0], b[0]) +
		    best_weight(a + 1, n - 1, b + 1, m - 1);
		best = other > best ? other : best;
	}
	return best;
}

static uint32_t
dice(uint32_t *random, uint32_t n)
{
	*random = *random * 1664525 + 1013904223;
	return (*random >> 16) % n;
}

static size_t
any_text(uint32_t *random, size_t *words, struct cq_buf *b)
{
	size_t n = dice(random, 7);

	cq_buf_clear(b);
	cq_buf_str(b, "");
	for (size_t i = 0; i < n; i++) {
		words[i] = dice(random, N_VOCABULARY);
		cq_buf_fmt(b, "%s ", vocabulary[words[i]]);
	}
	return n;
}

static void
check_alignment(const struct cq_alignment *al, const size_t *a, size_t n,
    const size_t *b, size_t m)
{
	int weight = 0, typos = 0;
	size_t n_a = 0, n_b = 0;

	for (size_t i = 0; i < al->n; i++) {
		const struct cq_pair *p = &al->pairs[i];

		assert_true(p->a < n && p->b < m);
		assert_true(i == 0 || (p->a > p[-1].a && p->b > p[-1].b));
		assert_true(al->in_a[p->a] && al->in_b[p->b]);
		assert_int_equal(p->weight, weight_of(a[p->a], b[p->b]));
		weight += p->weight;
		typos += p->weight == 90;
	}
	for (size_t i = 0; i < CQ_WORDS_MAX; i++) {
		n_a += al->in_a[i];
		n_b += al->in_b[i];
	}
	assert_int_equal(n_a, al->n);
	assert_int_equal(n_b, al->n);
	assert_int_equal(al->weight, weight);
	assert_int_equal(al->typos, typos);
	assert_int_equal(al->weight, best_weight(a, n, b, m));
}

static void
test_no_other_alignment_weighs_more(void **state)
{
	struct cq_buf x = {0}, y = {0};
	uint32_t random = 11;
	size_t a[8], b[8], n, m;

	(void)state;
	usual_words = "";
	for (int i = 0; i < 5000; i++) {
		struct cq_alignment there, back;

		n = any_text(&random, a, &x);
		m = any_text(&random, b, &y);
		align(x.s, CQ_CUT_NOT, y.s, CQ_CUT_NOT, &there);
		check_alignment(&there, a, n, b, m);
		align(y.s, CQ_CUT_NOT, x.s, CQ_CUT_NOT, &back);
		check_alignment(&back, b, m, a, n);
		assert_int_equal(there.weight, back.weight);
	}
	cq_buf_free(&x);
	cq_buf_free(&y);
}

static void
test_shared_words_are_counted_once_a_side(void **state)
{
	struct cq_buf x = {0}, y = {0};
	uint32_t random = 13;
	size_t a[8], b[8], n, m;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		size_t in_a[N_VOCABULARY] = {0}, in_b[N_VOCABULARY] = {0};
		struct cq_words p, q;
		size_t want = 0;

		n = any_text(&random, a, &x);
		m = any_text(&random, b, &y);
		for (size_t k = 0; k < n; k++)
			in_a[a[k]]++;
		for (size_t k = 0; k < m; k++)
			in_b[b[k]]++;
		for (size_t k = 0; k < N_VOCABULARY; k++)
			want += in_a[k] < in_b[k] ? in_a[k] : in_b[k];
		p = cq_words_of(x.s);
		q = cq_words_of(y.s);
		assert_int_equal(cq_align_shared(&(struct cq_line){.at = p.at,
						     .n = p.n},
				     &(struct cq_line){.at = q.at, .n = q.n}),
		    want);
		cq_words_free(&p);
		cq_words_free(&q);
	}
	cq_buf_free(&x);
	cq_buf_free(&y);
}

static void
test_the_longest_texts_fit(void **state)
{
	struct cq_alignment al;
	struct cq_buf x = {0}, y = {0};

	(void)state;
	for (int i = 0; i < 2 * CQ_WORDS_MAX; i++) {
		cq_buf_fmt(&x, "w%dx ", i);
		cq_buf_fmt(&y, "w%dx ", i == 0 ? -1 : i);
	}
	align(x.s, CQ_CUT_NOT, x.s, CQ_CUT_NOT, &al);
	assert_int_equal(al.n, CQ_WORDS_MAX);
	assert_int_equal(al.weight, 100 * CQ_WORDS_MAX);
	align(x.s, CQ_CUT_NOT, y.s, CQ_CUT_NOT, &al);
	assert_int_equal(al.n, CQ_WORDS_MAX - 1);
	assert_false(al.in_a[0] || al.in_b[0]);
	cq_buf_free(&x);
	cq_buf_free(&y);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_align_in_their_order),
	    cmocka_unit_test(test_misspelt_words_align_but_usual_ones_are_two),
	    cmocka_unit_test(
		test_far_slips_need_many_equal_words_or_a_known_author),
	    cmocka_unit_test(
		test_among_many_equal_words_a_usual_one_may_be_a_slip),
	    cmocka_unit_test(test_words_that_decide_are_not_misspelt_others),
	    cmocka_unit_test(
		test_the_last_word_of_a_cut_text_may_be_half_a_word),
	    cmocka_unit_test(
		test_words_that_are_all_a_slip_apart_are_not_all_compared),
	    cmocka_unit_test(test_no_other_alignment_weighs_more),
	    cmocka_unit_test(test_shared_words_are_counted_once_a_side),
	    cmocka_unit_test(test_the_longest_texts_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
