#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/copy.h"
#include "core/limits.h"

/*
 * Texts that were changed by chance: whatever comes out, it does not matter
 * which of two posts came in first, and figures keep within their bounds.
 */

static const char *const words[] = {"market", "shelter", "bridge", "window",
    "copper", "violin", "garden", "kettle", "pencil", "train", "late", "again",
    "ticket", "the", "a", "and", "we", "not", "never", "monday", "tuesday",
    "12", "14", "open", "closed", "電車", "荷物が", "поезд", "لم", "القطار"};
#define N_WORDS (sizeof(words) / sizeof(words[0]))
#define MAX_WORDS 24

/* A text as words that can be changed. */
struct text {
	char at[MAX_WORDS + 2][32];
	size_t n;
};

struct chance {
	uint32_t seed;
};

static uint32_t
dice(struct chance *c, size_t n)
{
	c->seed = c->seed * 1664525 + 1013904223;
	return (c->seed >> 12) % (uint32_t)n;
}

/* Some words are usual, some rare, always the same ones. */
static int64_t
count(void *arg, uint64_t key)
{
	uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15) >> 40;

	(void)arg;
	return h % 3 == 0 ? (int64_t)(h % 2000) : (int64_t)(h % 5);
}

static void
any_text(struct chance *c, struct text *t)
{
	t->n = 3 + dice(c, MAX_WORDS - 8);
	for (size_t i = 0; i < t->n; i++)
		strcpy(t->at[i], words[dice(c, N_WORDS)]);
}

static void
drop(struct text *t, size_t i)
{
	if (t->n > 0)
		memmove(t->at[i], t->at[i + 1],
		    (--t->n - i) * sizeof(t->at[0]));
}

static void
put(struct text *t, size_t i, const char *word)
{
	if (t->n == MAX_WORDS)
		return;
	memmove(t->at[i + 1], t->at[i], (t->n++ - i) * sizeof(t->at[0]));
	snprintf(t->at[i], sizeof(t->at[0]), "%s", word);
}

/* Two letters change places. */
static void
slip(char *w)
{
	size_t n = strlen(w);
	char c;

	if (n <= 3 || (unsigned char)w[0] >= 0x80)
		return;
	c = w[n / 2];
	w[n / 2] = w[n / 2 - 1];
	w[n / 2 - 1] = c;
}

static void
change(struct chance *c, struct text *t)
{
	size_t i = dice(c, t->n == 0 ? 1 : t->n);
	char spare[32];

	switch (dice(c, 9)) {
	case 0:
		drop(t, i);
		break;
	case 1:
		put(t, i, words[dice(c, N_WORDS)]);
		break;
	case 2: /* at an end */
		put(t, dice(c, 2) == 0 ? 0 : t->n, words[dice(c, N_WORDS)]);
		break;
	case 3:
		if (i + 1 >= t->n)
			break;
		memcpy(spare, t->at[i], sizeof(spare));
		memcpy(t->at[i], t->at[i + 1], sizeof(spare));
		memcpy(t->at[i + 1], spare, sizeof(spare));
		break;
	case 4: /* as if written in the dark */
		for (size_t k = 0; k < t->n; k += 1 + dice(c, 4))
			slip(t->at[k]);
		break;
	case 5: /* begins later and goes on */
		for (size_t k = dice(c, 5); k > 0 && t->n > 0; k--) {
			drop(t, 0);
			put(t, t->n, words[dice(c, N_WORDS)]);
		}
		break;
	case 6:
		for (size_t k = 9; k > 0; k--)
			put(t, t->n, words[dice(c, 9)]);
		break;
	default:
		if (i < t->n)
			slip(t->at[i]);
	}
}

/* With an end that says that it was cut, or with none. */
static struct cq_normal
written(struct chance *c, const struct text *t)
{
	static const char *const ends[] = {"", "", "", "", "...", "…"};
	struct cq_normal normal;
	struct cq_buf b = {0};

	cq_buf_str(&b, "");
	for (size_t i = 0; i < t->n; i++)
		cq_buf_fmt(&b, "%s%s", i == 0 ? "" : " ", t->at[i]);
	cq_buf_str(&b, ends[dice(c, 6)]);
	normal = cq_normalise(b.s);
	cq_buf_free(&b);
	return normal;
}

static void
check_figures(const struct cq_copy *copy, const struct cq_normal *a,
    const struct cq_normal *b)
{
	size_t low = a->words.n < b->words.n ? a->words.n : b->words.n;

	assert_true(copy->score >= 0 && copy->score <= 1000);
	assert_true(copy->same >= 0 && copy->same <= copy->of);
	assert_true((size_t)copy->of <= low);
	assert_true(copy->typos <= copy->same);
	assert_true(copy->bits >= 0);
	assert_int_equal(copy->copy, copy->guard == CQ_GUARD_NONE);
	assert_true(strlen(copy->why) > 5);
	assert_true(!copy->copy || copy->alike || copy->score < CQ_ALIKE ||
	    copy->bits < CQ_BITS_ALIKE);
}

static void
same_verdict(const struct cq_copy *copy, const struct cq_copy *turned,
    const struct cq_normal *a, const struct cq_normal *b)
{
	if (copy->copy != turned->copy || copy->alike != turned->alike ||
	    copy->guard != turned->guard || copy->score != turned->score ||
	    copy->same != turned->same || copy->of != turned->of ||
	    copy->typos != turned->typos || copy->bits != turned->bits)
		fail_msg("'%s'\n'%s'\n%d %s (%d of %d, %d bits)\n"
			 "turned: %d %s (%d of %d, %d bits)",
		    a->text, b->text, copy->copy, copy->why, copy->same,
		    copy->of, copy->bits, turned->copy, turned->why,
		    turned->same, turned->of, turned->bits);
}

static void
test_it_does_not_matter_which_text_came_first(void **state)
{
	const struct cq_word_counts counts = {count, NULL, 4000};
	static const char *const langs[] = {NULL, "en", "ja", "xx"};
	struct chance c = {20261123};
	int n_copies = 0, n_alike = 0, n_guards[CQ_N_GUARDS] = {0};

	(void)state;
	for (int i = 0; i < 60000; i++) {
		struct text t;
		struct cq_normal a, b;
		struct cq_side x = {&a, langs[dice(&c, 4)]};
		struct cq_side y = {&b, langs[dice(&c, 4)]};
		bool known = dice(&c, 4) == 0;
		struct cq_copy copy, turned;

		any_text(&c, &t);
		a = written(&c, &t);
		for (size_t k = dice(&c, 4); k > 0; k--)
			change(&c, &t);
		b = written(&c, &t);
		cq_copy_compare(&x, &y, known, &counts, 0, &copy);
		cq_copy_compare(&y, &x, known, &counts, 0, &turned);
		check_figures(&copy, &a, &b);
		same_verdict(&copy, &turned, &a, &b);
		n_copies += copy.copy;
		n_alike += copy.alike && !copy.copy;
		n_guards[copy.guard]++;
		cq_normal_free(&a);
		cq_normal_free(&b);
	}
	/* all of it came to pass, so that something was seen */
	assert_true(n_copies > 5000 && n_alike > 5000);
	for (int i = 0; i < CQ_N_GUARDS; i++)
		if (n_guards[i] < 20)
			fail_msg("%s only %d times",
			    cq_guard_name((enum cq_guard)i), n_guards[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_does_not_matter_which_text_came_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
