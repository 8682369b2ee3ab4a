#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/align.h"

static int
slips_of(const char *a, const char *b)
{
	struct cq_words x = cq_words_of(a), y = cq_words_of(b);
	int there = cq_slips(&x.at[0], &y.at[0]);
	int back = cq_slips(&y.at[0], &x.at[0]);

	assert_int_equal(there, back);
	cq_words_free(&x);
	cq_words_free(&y);
	return there;
}

static void
test_slips_of_the_finger_are_known(void **state)
{
	static const struct {
		const char *a, *b;
		int slips; /* -1: two words */
	} rows[] = {
	    /* one letter left out, added, doubled, changed, two exchanged */
	    {"late", "lte", 1},
	    {"late", "laten", 1},
	    {"later", "latter", 1},
	    {"late", "lste", 1},
	    {"late", "ltae", 1},
	    {"late", "alte", 1},
	    {"late", "ate", 1},
	    {"late", "mate", 1}, /* the guards know better */
	    {"late", "late", 0},
	    /* two of them need five letters */
	    {"tomorrow", "tommorow", 2},
	    {"bought", "bouhgtt", 2},
	    {"train", "triand", 2},
	    {"late", "lsat", -1},
	    {"late", "lat", 1},
	    {"late", "la", -1},
	    {"definitely", "defiantly", -1},
	    /* and the same first letter */
	    {"train", "rtianx", -1},
	    {"Monday", "Sunday", -1},
	    {"Tuesday", "Thursday", 2}, /* a copy knows better */
	    /* a slip leaves the first or the last letter where it was */
	    {"cat", "car", 1},
	    {"cat", "bar", -1},
	    {"cats", "bath", -1},
	    /* the shortest */
	    {"at", "it", -1},
	    {"a", "i", -1},
	    {"at", "a", -1},
	    {"at", "cat", 1},
	    {"no", "not", 1},
	    /* letters are more than a byte */
	    {"поезд", "поезт", 1},
	    {"поезд", "пеозд", 1},
	    {"طرد", "طرود", 1},
	    {"한국어", "한국", 1},
	    {"한국어", "국한어", 1},
	    /* of syllables, another one is another place */
	    {"강남역", "강동역", -1},
	    {"መቀሌከ", "መቀበከ", -1},
	    {"øre", "øer", 1},
	    /* a number is another number */
	    {"a123", "a124", -1},
	    {"123", "1233", -1},
	    {"route6", "route", -1},
	    /* words of two letters are not spelt */
	    {"電車", "電話", -1},
	    /* longer words are no words */
	    {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeee",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeee", 1},
	    {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeee",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeee", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slips_of(rows[i].a, rows[i].b) != rows[i].slips)
			fail_msg("%s, %s: %d", rows[i].a, rows[i].b,
			    slips_of(rows[i].a, rows[i].b));
}

/* Fewest slips that make one word of the other, tried out one by one. */
static int
slips(const char *a, const char *b)
{
	int best, n;

	if (*a == '\0' || *b == '\0')
		return (int)(strlen(a) + strlen(b));
	best = slips(a + 1, b + 1) + (*a != *b);
	n = slips(a + 1, b) + 1;
	best = n < best ? n : best;
	n = slips(a, b + 1) + 1;
	best = n < best ? n : best;
	if (a[1] != '\0' && a[0] == b[1] && a[1] == b[0]) {
		n = slips(a + 2, b + 2) + 1;
		best = n < best ? n : best;
	}
	return best;
}

static int
slips_by_the_book(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), low = n < m ? n : m;
	int allowed = low >= 5 && a[0] == b[0] ? 2 : 1;
	int n_slips;

	if (low < 2 || (n < 3 && m < 3))
		return -1;
	if (a[0] != b[0] && a[n - 1] != b[m - 1] &&
	    (a[0] != b[1] || a[1] != b[0]))
		return -1;
	n_slips = slips(a, b);
	return n_slips <= allowed ? n_slips : -1;
}

static uint32_t
dice(uint32_t *random, uint32_t n)
{
	*random = *random * 1664525 + 1013904223;
	return (*random >> 16) % n;
}

static void
any_word(uint32_t *random, char *out)
{
	size_t n = 1 + dice(random, 6);

	for (size_t i = 0; i < n; i++)
		out[i] = (char)('a' + dice(random, 3));
	out[n] = '\0';
}

/* The same word in letters of another script. */
static void
spell(const char *word, const char *const letters[3], char *out)
{
	for (*out = '\0'; *word != '\0'; word++)
		strcat(out, letters[*word - 'a']);
}

static void
test_slips_are_counted_right_in_all_scripts(void **state)
{
	static const char *const scripts[][3] = {{"a", "b", "c"},
	    {"п", "о", "е"}, {"ب", "ر", "ع"}, {"ა", "ბ", "გ"}, {"x", "ø", "ß"}};
	uint32_t random = 3;
	int n_typos = 0;
	char a[8], b[8], x[32], y[32];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		any_word(&random, a);
		any_word(&random, b);
		n_typos += slips_by_the_book(a, b) >= 0;
		for (size_t k = 0; k < 5; k++) {
			spell(a, scripts[k], x);
			spell(b, scripts[k], y);
			if (slips_of(x, y) != slips_by_the_book(a, b))
				fail_msg("%s, %s", x, y);
		}
	}
	assert_true(n_typos > 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_slips_of_the_finger_are_known),
	    cmocka_unit_test(test_slips_are_counted_right_in_all_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
