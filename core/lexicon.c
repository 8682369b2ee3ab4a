#include "core/lexicon.h"

#include <stdbool.h>
#include <string.h>

#include "core/lexicon_table.h"
#include "core/text.h"
#include "core/words.h"

#define MAX_WORD 40 /* bytes; no row is longer */

/* In the order of the bits. */
static const char tags[CQ_N_LANGS][3] = {
    "en", "de", "fr", "es", "pt", "nl", "it", "ru", "ar", "ja", "zh"};

/* Languages whose words cannot be taken for those of another script. */
#define OTHER_SCRIPTS (CQ_LANG_RU | CQ_LANG_AR | CQ_LANG_JA | CQ_LANG_ZH)
#define TWO_LETTERS (CQ_LANG_JA | CQ_LANG_ZH)

unsigned
cq_lexicon_lang(const char *tag)
{
	int i;

	if (tag == NULL || tag[0] == '\0' || tag[1] == '\0' ||
	    (tag[2] != '\0' && tag[2] != '-' && tag[2] != '_'))
		return 0;
	for (i = 0; i < CQ_N_LANGS; i++) {
		if ((tag[0] | 0x20) == tags[i][0] &&
		    (tag[1] | 0x20) == tags[i][1])
			return 1u << i;
	}
	return 0;
}

/* As strcmp of a row's word and one of n bytes, n > 0, without a NUL. */
static int
compare(const char *row, const char *word, size_t n)
{
	int c = (unsigned char)*row - (unsigned char)*word;

	if (c != 0) /* most rows: and a call would cost ten times as much */
		return c;
	c = strncmp(row, word, n);
	return c != 0 ? c : (unsigned char)row[n];
}

/* The first row of word; cq_lexicon_n_rows if there is none. */
static size_t
find(const char *word, size_t n)
{
	size_t low = 0, high = cq_lexicon_n_rows, mid;

	if (n == 0 || n > MAX_WORD)
		return cq_lexicon_n_rows;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (compare(cq_lexicon_rows[mid].word, word, n) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < cq_lexicon_n_rows &&
	    compare(cq_lexicon_rows[low].word, word, n) == 0)
		return low;
	return cq_lexicon_n_rows;
}

/* True if sign, of n bytes, is one of those in signs. */
static bool
is_one_of(const char *signs, const char *sign, size_t n)
{
	for (; *signs != '\0'; signs++) {
		if (strncmp(signs, sign, n) == 0)
			return true;
	}
	return false;
}

/*
 * Numbers and negations of Chinese and Japanese by their letters, as a
 * table of all pairs would be long: a number beside another, or beside what
 * is counted (days, hours, money, things), and what stands before the number
 * of a weekday.  A "not" is one in any pair.
 */
static unsigned
class_of_pair(const char *word, size_t n)
{
	static const char numbers[] =
	    "〇零一二三四五六七八九十百千万萬亿億两兩";
	static const char counted[] =
	    "天日月年周週个個次回号號番时時点點分秒元円"
	    "圆圓块塊人名件台通度倍本枚小月つ期拜第";
	static const char not [] = "不没沒未无無非别別勿";
	size_t first;
	bool a, b;
	int cp;

	first = cq_utf8_next(word, n, &cp);
	if (cp < 0x3000 || first >= n)
		return 0;
	if (first + cq_utf8_next(word + first, n - first, &cp) != n)
		return 0;
	if (is_one_of(not, word, first) ||
	    is_one_of(not, word + first, n - first))
		return CQ_WORD_NEGATION;
	a = is_one_of(numbers, word, first);
	b = is_one_of(numbers, word + first, n - first);
	if ((a && b) || (a && is_one_of(counted, word + first, n - first)) ||
	    (b && is_one_of(counted, word, first)))
		return CQ_WORD_IDENT;
	return 0;
}

unsigned
cq_lexicon_class(const char *word, size_t n, unsigned langs)
{
	size_t i = find(word, n);
	unsigned flags = 0;
	bool filler = true;

	if (langs == 0)
		langs = CQ_LANG_ANY;
	for (; i < cq_lexicon_n_rows &&
	     compare(cq_lexicon_rows[i].word, word, n) == 0;
	     i++) {
		if ((cq_lexicon_rows[i].langs & langs) == 0)
			continue;
		flags |= cq_lexicon_rows[i].flags;
		filler = filler && (cq_lexicon_rows[i].flags & CQ_WORD_FILLER);
	}
	if ((langs & TWO_LETTERS) != 0)
		flags |= class_of_pair(word, n);
	if (!filler || (flags & (unsigned)~CQ_WORD_FILLER) != 0)
		flags &= (unsigned)~CQ_WORD_FILLER;
	return flags;
}

/*
 * Small words speak for their language; one that several share says less.
 * Weights are in twelfths, as 12 parts evenly among 1, 2, 3 and 4.
 */
#define WEIGHT 12
#define ENOUGH (2 * WEIGHT) /* two words that no other language has */

static void
count_word(const struct cq_word *word, unsigned score[CQ_N_LANGS])
{
	unsigned langs = 0;
	size_t i;
	int k, n_langs = 0;

	for (i = find(word->s, word->n); i < cq_lexicon_n_rows &&
	     compare(cq_lexicon_rows[i].word, word->s, word->n) == 0;
	     i++) {
		if (cq_lexicon_rows[i].flags &
		    (CQ_WORD_FILLER | CQ_WORD_NEGATION))
			langs |= cq_lexicon_rows[i].langs;
	}
	for (k = 0; k < CQ_N_LANGS; k++)
		n_langs += (langs >> k) & 1;
	for (k = 0; k < CQ_N_LANGS; k++) {
		if ((langs >> k) & 1)
			score[k] += (unsigned)(WEIGHT / n_langs);
	}
}

unsigned
cq_lexicon_guess(const struct cq_word *words, size_t n)
{
	unsigned score[CQ_N_LANGS] = {0}, best = 0, langs = OTHER_SCRIPTS;
	size_t i;
	int k;

	for (i = 0; i < n; i++)
		count_word(&words[i], score);
	for (k = 0; k < CQ_N_LANGS; k++)
		best = score[k] > best ? score[k] : best;
	if (best < ENOUGH)
		return CQ_LANG_ANY;
	for (k = 0; k < CQ_N_LANGS; k++) {
		if (score[k] * 2 >= best)
			langs |= 1u << k;
	}
	return langs;
}
