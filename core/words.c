#include "core/words.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fold.h"
#include "core/hash.h"
#include "core/text.h"

/* Short keys make a small index; two words with one key do no harm. */
static uint64_t
key_of(const char *s, size_t n)
{
	uint64_t h = cq_hash_short(cq_hash_bytes(CQ_HASH_START, s, n));

	return h == 0 ? 1 : h;
}

/* Numbers as "ii" and "viii"; but "i", "xx" and "xxl" are more often words. */
static bool
is_roman(const struct cq_word *w)
{
	bool has_i = false;

	for (size_t i = 0; i < w->n; i++) {
		if (strchr("ivx", w->s[i]) == NULL)
			return false;
		has_i = has_i || w->s[i] == 'i';
	}
	return has_i && w->n >= 2 && w->n <= 5;
}

/*
 * What is in a word.  A letter of several bytes shares its bit with others:
 * the bits tell for sure only what is not there.
 */
static void
survey(struct cq_word *w)
{
	uint32_t letter = 0;

	for (size_t i = 0; i < w->n; i++) {
		unsigned char c = (unsigned char)w->s[i];

		w->digit = w->digit || (c >= '0' && c <= '9');
		if ((c & 0xc0) == 0x80) {
			letter = letter * 31 + c;
		} else {
			letter = c;
			w->n_signs++;
		}
		if (i + 1 == w->n ||
		    ((unsigned char)w->s[i + 1] & 0xc0) != 0x80)
			w->signs |= UINT32_C(1) << (letter & 31);
	}
	w->digit = w->digit || is_roman(w);
}

static void
add(struct cq_words *words, size_t *cap, const char *s, size_t n, bool half)
{
	if (words->n == CQ_WORDS_MAX)
		return;
	if (words->n == *cap) {
		*cap = *cap == 0 ? 16 : *cap * 2;
		words->at = cq_grow(words->at, *cap, sizeof(*words->at));
	}
	words->at[words->n] = (struct cq_word){
	    .s = s,
	    .key = key_of(s, n),
	    .n = (uint32_t)n,
	    .half = half,
	};
	survey(&words->at[words->n++]);
}

/* The end of the run at s that is all of one way to write. */
static size_t
run_end(const char *s, size_t n, bool *spaceless)
{
	size_t i = 0, step;
	int cp;

	if ((unsigned char)s[0] < 0x80) { /* most words are plain */
		while (i < n && (unsigned char)s[i] < 0x80 && s[i] != ' ')
			i++;
		*spaceless = false;
		if (i == n || s[i] == ' ')
			return i;
	} else {
		i = cq_utf8_next(s, n, &cp);
		*spaceless = cq_letter_spaceless(cp);
	}
	while (i < n && s[i] != ' ') {
		step = cq_utf8_next(s + i, n - i, &cp);
		if (cq_letter_spaceless(cp) != *spaceless)
			break;
		i += step;
	}
	return i;
}

static void
add_pair(struct cq_words *words, size_t *cap, const char *s, size_t n, int cp)
{
	if (words->n == CQ_WORDS_MAX)
		return;
	add(words, cap, s, n, true);
	words->at[words->n - 1].quarter = cq_letter_sound(cp);
}

/* "abc" as "ab", "bc"; a letter alone as it is. */
static void
add_pairs(struct cq_words *words, size_t *cap, const char *s, size_t n)
{
	size_t a, b = 0, i;
	int cp;

	a = cq_utf8_next(s, n, &cp);
	if (a == n)
		add_pair(words, cap, s, n, cp);
	for (i = 0; i + a < n && words->n < CQ_WORDS_MAX; i += a, a = b) {
		b = cq_utf8_next(s + i + a, n - i - a, &cp);
		add_pair(words, cap, s + i, a + b, cp);
	}
}

struct cq_words
cq_words_of(const char *text)
{
	struct cq_words words = {0};
	size_t n = strlen(text), i = 0, cap = 0, end;
	bool spaceless;

	while (i < n && words.n < CQ_WORDS_MAX) {
		if (text[i] == ' ') {
			i++;
			continue;
		}
		end = i + run_end(text + i, n - i, &spaceless);
		if (spaceless)
			add_pairs(&words, &cap, text + i, end - i);
		else
			add(&words, &cap, text + i, end - i, false);
		i = end;
	}
	if (words.n > 0)
		words.more =
		    words.at[words.n - 1].s + words.at[words.n - 1].n !=
		    text + n;
	return words;
}

bool
cq_words_have(const struct cq_words *words, uint64_t key)
{
	for (size_t i = 0; i < words->n; i++)
		if (words->at[i].key == key)
			return true;
	return false;
}

void
cq_words_free(struct cq_words *words)
{
	free(words->at);
	*words = (struct cq_words){0};
}
