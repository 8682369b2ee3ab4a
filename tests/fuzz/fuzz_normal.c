#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/copy.h"
#include "core/text.h"
#include "tests/fuzz/must.h"

/*
 * For libFuzzer ("make fuzz"): two posts, the halves of the input, are made
 * comparable and compared.  Whatever people write, what comes out is proper
 * text, its words lie within it, and it does not matter which post was
 * first.  The first byte says how they are compared.
 */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void
check_text(const struct cq_normal *normal, size_t n_raw)
{
	const char *text = normal->text;
	size_t n = strlen(text);

	must(cq_utf8_valid(text, n));
	must(n == 0 || (text[0] != ' ' && text[n - 1] != ' '));
	must(strstr(text, "  ") == NULL);
	/* the longest thing that a code point falls apart into */
	must(n <= 24 * n_raw);
	must(normal->n_words <= normal->n_letters);
	must((n == 0) == (normal->n_letters == 0));
	must(normal->original == NULL ||
	    cq_utf8_valid(normal->original, strlen(normal->original)));
}

static void
check_words(const struct cq_normal *normal)
{
	const struct cq_words *words = &normal->words;
	const char *at = normal->text, *end = at + strlen(at);

	must(words->n <= CQ_WORDS_MAX);
	for (size_t i = 0; i < words->n; i++) {
		const struct cq_word *w = &words->at[i];

		must(w->s >= at && w->n > 0 && w->s + w->n <= end);
		must(memchr(w->s, ' ', w->n) == NULL);
		must(cq_utf8_valid(w->s, w->n));
		must(w->key != 0 && w->key >> 48 == 0);
		at = w->s;
	}
}

/* Some words are usual, some rare, always the same ones. */
static int64_t
count(void *arg, uint64_t key)
{
	(void)arg;
	return key % 3 == 0 ? (int64_t)(key >> 8 & 1023) : 0;
}

static void
check_copy(const struct cq_copy *copy, const struct cq_copy *turned)
{
	must(copy->copy == turned->copy && copy->alike == turned->alike);
	must(copy->guard == turned->guard && copy->score == turned->score);
	must(copy->same == turned->same && copy->of == turned->of);
	must(copy->typos == turned->typos && copy->bits == turned->bits);
	must(copy->copy == (copy->guard == CQ_GUARD_NONE));
	must(copy->score >= 0 && copy->score <= 1000);
	must(copy->same <= copy->of && copy->typos <= copy->same);
	must(memchr(copy->why, '\0', sizeof(copy->why)) != NULL);
}

static char *
half(const unsigned char *data, size_t n)
{
	char *s = cq_alloc(n + 1);

	if (n > 0)
		memcpy(s, data, n);
	return s;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	static const char *const langs[] = {NULL, "en", "de", "ja"};
	const struct cq_word_counts counts = {count, NULL, 2000};
	unsigned how = n > 0 ? data[0] : 0;
	size_t n_a = n > 0 ? (n - 1) / 2 : 0, n_b = n > 0 ? n - 1 - n_a : 0;
	char *one = half(data + (n > 0), n_a);
	char *two = half(data + (n > 0) + n_a, n_b);
	struct cq_normal a = cq_normalise(one), b = cq_normalise(two);
	struct cq_side x = {&a, langs[how & 3]}, y = {&b, langs[how >> 2 & 3]};
	struct cq_copy copy, turned;
	bool known = how & 16;

	check_text(&a, n_a);
	check_text(&b, n_b);
	check_words(&a);
	check_words(&b);
	cq_copy_compare(&x, &y, known, &counts, 0, &copy);
	cq_copy_compare(&y, &x, known, &counts, 0, &turned);
	check_copy(&copy, &turned);
	must(strcmp(a.text, b.text) != 0 || a.key == b.key);
	cq_normal_free(&a);
	cq_normal_free(&b);
	free(one);
	free(two);
	return 0;
}
