#include "core/fold.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/alloc.h"
#include "core/text.h"

#define MAX_MARKS 8	  /* of a base; what follows is no writing */
#define MAX_DECOMPOSED 32 /* code points one can fall apart into */
#define ELLIPSIS 0x2026	  /* stays: it tells that a text was cut */

/*
 * Letters that look like Latin ones, as spammers and jokers use them.
 * Where a capital and its small letter look like different Latin letters,
 * each goes its own way (Greek capital Ny is an N, the small one a v).
 */
static const struct {
	int32_t cp;
	char latin;
} look_alikes[] = {
    /* Greek */
    {0x0391, 'A'},
    {0x0392, 'B'},
    {0x0395, 'E'},
    {0x0396, 'Z'},
    {0x0397, 'H'},
    {0x0399, 'I'},
    {0x039a, 'K'},
    {0x039c, 'M'},
    {0x039d, 'N'},
    {0x039f, 'O'},
    {0x03a1, 'P'},
    {0x03a4, 'T'},
    {0x03a5, 'Y'},
    {0x03a7, 'X'},
    {0x03b1, 'a'},
    {0x03b5, 'e'},
    {0x03b9, 'i'},
    {0x03ba, 'k'},
    {0x03bd, 'v'},
    {0x03bf, 'o'},
    {0x03c1, 'p'},
    {0x03c4, 't'},
    {0x03c5, 'u'},
    {0x03c7, 'x'},
    /* Cyrillic */
    {0x0405, 'S'},
    {0x0406, 'I'},
    {0x0408, 'J'},
    {0x0410, 'A'},
    {0x0412, 'B'},
    {0x0415, 'E'},
    {0x041a, 'K'},
    {0x041c, 'M'},
    {0x041d, 'H'},
    {0x041e, 'O'},
    {0x0420, 'P'},
    {0x0421, 'C'},
    {0x0422, 'T'},
    {0x0423, 'Y'},
    {0x0425, 'X'},
    {0x0430, 'a'},
    {0x0432, 'b'},
    {0x0435, 'e'},
    {0x043a, 'k'},
    {0x043c, 'm'},
    {0x043d, 'h'},
    {0x043e, 'o'},
    {0x0440, 'p'},
    {0x0441, 'c'},
    {0x0442, 't'},
    {0x0443, 'y'},
    {0x0445, 'x'},
    {0x044c, 'b'},
    {0x0455, 's'},
    {0x0456, 'i'},
    {0x0458, 'j'},
    {0x04bb, 'h'},
    {0x0501, 'd'},
};

static int32_t
look_alike(int32_t cp)
{
	size_t low = 0, high = sizeof(look_alikes) / sizeof(look_alikes[0]);
	size_t mid;

	if (cp < 0x0391 || cp > 0x0501)
		return cp;
	while (low < high) {
		mid = (low + high) / 2;
		if (look_alikes[mid].cp == cp)
			return look_alikes[mid].latin;
		if (look_alikes[mid].cp < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return cp;
}

static bool
is_letter(int32_t cp)
{
	utf8proc_category_t category;

	if (cp < 0x80)
		return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
	category = utf8proc_category(cp);
	return category >= UTF8PROC_CATEGORY_LU &&
	    category <= UTF8PROC_CATEGORY_LO;
}

static bool
is_latin(int32_t cp)
{
	return cp < 0x0250 || (cp >= 0x1e00 && cp <= 0x1eff);
}

/* More than half of the letters are Latin. */
static bool
mostly_latin(const char *s, size_t n)
{
	size_t i = 0, n_letters = 0, n_latin = 0;
	int cp;

	while (i < n) {
		i += cq_utf8_next(s + i, n - i, &cp);
		if (cp < 0 || !is_letter(cp))
			continue;
		n_letters++;
		n_latin += is_latin(cp);
	}
	return n_latin * 2 > n_letters;
}

/*
 * Marks that change no word: accents of Latin, Greek and Cyrillic, points
 * of Hebrew, vowel signs of Arabic, and what is drawn around a sign.
 * Marks of other scripts are vowels and stay.
 */
static bool
is_accent(int32_t cp)
{
	return (cp >= 0x0300 && cp <= 0x036f) ||
	    (cp >= 0x0483 && cp <= 0x0489) || (cp >= 0x0591 && cp <= 0x05c7) ||
	    (cp >= 0x0610 && cp <= 0x061a) || cp == 0x0640 ||
	    (cp >= 0x064b && cp <= 0x065f) || cp == 0x0670 ||
	    (cp >= 0x06d6 && cp <= 0x06ed) || (cp >= 0x1ab0 && cp <= 0x1aff) ||
	    (cp >= 0x1dc0 && cp <= 0x1dff) || (cp >= 0x20d0 && cp <= 0x20ff) ||
	    (cp >= 0xfe20 && cp <= 0xfe2f);
}

/* NFKC would make letters of some: "(TM)", an accent on a space. */
static int32_t
one_form(int32_t cp)
{
	switch (cp) {
	case 0x0060:
	case 0x00b4:
	case 0x02b9:
	case 0x02bb:
	case 0x02bc:
	case 0x2018:
	case 0x2019:
	case 0x201b:
	case 0x2032:
	case 0xff07:
		return '\'';
	case 0x2120:
	case 0x2122:
		return ' ';
	default:
		return cp;
	}
}

static void
push(struct cq_folded *f, int32_t cp)
{
	if (f->n == f->cap) {
		f->cap = f->cap < 64 ? 64 : f->cap * 2;
		f->at = cq_grow(f->at, f->cap, sizeof(*f->at));
	}
	f->at[f->n++] = cp;
}

/*
 * A digit of any script as one of 0 to 9.  Those of a script stand together
 * and begin, as Unicode has it, a row of 16 or its seventh place.
 */
static int32_t
plain_digit(int32_t cp)
{
	int32_t row = cp & ~15, zero = row + 6;

	if (utf8proc_category(row) == UTF8PROC_CATEGORY_ND)
		zero = row;
	return '0' + cp - zero;
}

/*
 * Adds one part of a decomposed sign.  Marks are kept in canonical order
 * as they come; there are never more than MAX_MARKS to look back at.
 */
static void
push_part(struct cq_folded *f, int32_t cp, int *n_marks)
{
	const utf8proc_property_t *p = utf8proc_get_property(cp);
	int32_t *at;
	int i;

	if (is_accent(cp) || p->category == UTF8PROC_CATEGORY_CF)
		return;
	if (p->category == UTF8PROC_CATEGORY_ND)
		cp = plain_digit(cp);
	if (p->combining_class == 0) {
		/* no marks: a new base, or a vowel sign that needs no order */
		*n_marks = 0;
		push(f, cp);
		return;
	}
	if (*n_marks == MAX_MARKS)
		return;
	push(f, cp);
	at = f->at + f->n - 1;
	for (i = 0; i < *n_marks; i++, at--) {
		if (utf8proc_get_property(at[-1])->combining_class <=
		    p->combining_class)
			break;
		at[0] = at[-1];
		at[-1] = cp;
	}
	(*n_marks)++;
}

static void
push_decomposed(struct cq_folded *f, int32_t cp, int *n_marks)
{
	int32_t parts[MAX_DECOMPOSED];
	int boundclass = 0;
	utf8proc_ssize_t n, i;

	n = utf8proc_decompose_char(cp, parts, MAX_DECOMPOSED,
	    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
		UTF8PROC_IGNORE,
	    &boundclass);
	for (i = 0; i < n && i < MAX_DECOMPOSED; i++)
		push_part(f, parts[i], n_marks);
}

struct cq_folded
cq_fold(const char *text)
{
	struct cq_folded f = {0};
	size_t n = strlen(text), i = 0;
	bool latin = mostly_latin(text, n);
	int cp, n_marks = 0;
	utf8proc_ssize_t composed;

	f.cap = n + 1;
	f.at = cq_alloc(f.cap * sizeof(*f.at));
	while (i < n) {
		i += cq_utf8_next(text + i, n - i, &cp);
		cp = cp < 0 ? ' ' : one_form(cp);
		if (latin)
			cp = look_alike(cp);
		if (cp < 0x80 || cp == ELLIPSIS) {
			push(&f, cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp);
			n_marks = 0;
		} else {
			push_decomposed(&f, cp, &n_marks);
		}
	}
	composed = utf8proc_normalize_utf32(f.at, (utf8proc_ssize_t)f.n,
	    UTF8PROC_COMPOSE | UTF8PROC_STABLE);
	f.n = composed < 0 ? 0 : (size_t)composed;
	return f;
}

void
cq_folded_free(struct cq_folded *folded)
{
	free(folded->at);
	*folded = (struct cq_folded){0};
}

bool
cq_letter_sound(int32_t cp)
{
	return (cp >= 0x0e00 && cp <= 0x0eff) || /* Thai, Lao */
	    (cp >= 0x1000 && cp <= 0x109f) ||	 /* Myanmar */
	    (cp >= 0xa9e0 && cp <= 0xa9ff) || (cp >= 0xaa60 && cp <= 0xaa7f) ||
	    (cp >= 0x1780 && cp <= 0x17ff); /* Khmer */
}

bool
cq_letter_spaceless(int32_t cp)
{
	return (cp >= 0x3400 && cp <= 0x9fff) || /* Han */
	    (cp >= 0x3005 && cp <= 0x3007) ||
	    (cp >= 0x3041 && cp <= 0x30ff) || /* Hiragana, Katakana */
	    (cp >= 0x31f0 && cp <= 0x31ff) || (cp >= 0xf900 && cp <= 0xfaff) ||
	    (cp >= 0x20000 && cp <= 0x3ffff) || cq_letter_sound(cp);
}
