#ifndef CQ_FOLD_H
#define CQ_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Code points of a text after all that is about signs and not about words
 * (used by normal.c): NFKC, case folding, look-alikes, accents, digits.
 */
struct cq_folded {
	int32_t *at; /* owned; free with cq_folded_free */
	size_t n, cap;
};

/*
 * Linear in the length of text.  Bytes that are no UTF-8 become spaces;
 * apostrophes of all forms become "'"; signs that cannot be seen vanish;
 * the ellipsis sign stays.
 * Digits of all scripts become 0 to 9: who writes of number 312 in Arabic
 * does not mean 314.
 * In a text most of whose letters are Latin, Cyrillic and Greek letters
 * that look like Latin ones become those.
 */
struct cq_folded cq_fold(const char *text);
void cq_folded_free(struct cq_folded *folded);

/* A letter of a script that does not part words by spaces. */
bool cq_letter_spaceless(int32_t cp);

/* One of those that writes each sound: Thai, Lao, Burmese, Khmer. */
bool cq_letter_sound(int32_t cp);

#endif
