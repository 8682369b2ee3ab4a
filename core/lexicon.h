#ifndef CQ_LEXICON_H
#define CQ_LEXICON_H

#include <stddef.h>

struct cq_word; /* core/words.h */

/*
 * Words that the guards of core/copy.c know, as data per language: a row
 * a word in core/lexicon_table.c.  All words here are as core/normal.c
 * writes them: case folded, without accents and apostrophes.
 */

/* What a word is to the guards; flags. */
#define CQ_WORD_FILLER 1   /* may be added or left out: article, pronoun */
#define CQ_WORD_IDENT 2	   /* tells two cases apart: weekday, month, number */
#define CQ_WORD_NEGATION 4 /* one more or less turns the meaning round */
#define CQ_WORD_OPPOSITE 8 /* has a counterpart: open/closed, before/after */

/* Languages as a set of bits. */
#define CQ_LANG_EN (1u << 0)
#define CQ_LANG_DE (1u << 1)
#define CQ_LANG_FR (1u << 2)
#define CQ_LANG_ES (1u << 3)
#define CQ_LANG_PT (1u << 4)
#define CQ_LANG_NL (1u << 5)
#define CQ_LANG_IT (1u << 6)
#define CQ_LANG_RU (1u << 7)
#define CQ_LANG_AR (1u << 8)
#define CQ_LANG_JA (1u << 9)
#define CQ_LANG_ZH (1u << 10)
#define CQ_N_LANGS 11
#define CQ_LANG_ANY ((1u << CQ_N_LANGS) - 1)

/* "de-AT" is the bit of German; 0 if tag is unknown or NULL. */
unsigned cq_lexicon_lang(const char *tag);

/*
 * The flags of a word of n bytes in any of these languages; 0 if none of
 * them knows it.  langs 0 is CQ_LANG_ANY.  Where the languages disagree the
 * safe side wins: a word is a filler only if it is one in every one of langs
 * that knows it ("mai" is May or never, "die" is an article or the end).
 * Two letters of Chinese or Japanese are one word.
 *
 * Words with digits are not known here: the caller sees them.
 */
unsigned cq_lexicon_class(const char *word, size_t n, unsigned langs);

/*
 * The languages that the small words of a text point to; CQ_LANG_ANY if
 * they are too few.  Languages of other scripts than the Latin are always
 * among them: their words cannot be taken for others.
 */
unsigned cq_lexicon_guess(const struct cq_word *words, size_t n);

#endif
