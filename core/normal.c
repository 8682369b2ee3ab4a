#include "core/normal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/fold.h"
#include "core/hash.h"
#include "core/lexicon.h"
#include "core/limits.h"
#include "core/markup.h"

/*
 * The order matters: markup goes first, then signs are folded (fold.c), then
 * what stands in
 * front of a repeated text is set aside, then one pass drops links,
 * mentions and punctuation and writes the words.
 */

enum kind { GAP, LETTER, DIGIT, MARK };

#define ELLIPSIS 0x2026
#define CONTINUED "(cont)" /* what some programs write for it */

struct scan {
	const int32_t *at;
	size_t n, i;
	struct cq_buf out;
	bool in_word;
	bool word_counts;     /* it holds a letter of a script with spaces */
	bool after_spaceless; /* the last letter was one of a script without */
	int n_words, n_letters, n_quarters;
	enum cq_cut cut; /* the text so far ends so */
	size_t cut_at;	 /* bytes written before the cut */
	uint64_t marks[CQ_MARKS_MAX];
	size_t n_marks, before_last; /* word: marks so far */
	unsigned named;
	char *original;
	int n_comment; /* words before the repeated text */
};

static enum kind
kind_of(int32_t cp)
{
	if (cp < 0x80) {
		if (cp >= 'a' && cp <= 'z')
			return LETTER;
		return cp >= '0' && cp <= '9' ? DIGIT : GAP;
	}
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
		return LETTER;
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return DIGIT;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
		return MARK;
	default:
		return GAP;
	}
}

/* The code point at i; 0 outside of the text. */
static int32_t
at(const struct scan *s, size_t i)
{
	return i < s->n ? s->at[i] : 0;
}

static bool
is_space(int32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 ||
	    (cp > 0x80 && utf8proc_category(cp) >= UTF8PROC_CATEGORY_ZS &&
		utf8proc_category(cp) <= UTF8PROC_CATEGORY_ZP);
}

static size_t
skip_space(const struct scan *s, size_t i)
{
	while (i < s->n && is_space(s->at[i]))
		i++;
	return i;
}

/* True if what stands at i does not go on a word before it. */
static bool
begins(const struct scan *s, size_t i)
{
	return i == 0 || kind_of(s->at[i - 1]) == GAP ||
	    cq_letter_spaceless(s->at[i - 1]);
}

static bool
says(const struct scan *s, size_t i, const char *word)
{
	for (; *word != '\0'; word++, i++) {
		if (at(s, i) != *word)
			return false;
	}
	return true;
}

static bool
is_name_sign(int32_t cp)
{
	return cp == '_' || (kind_of(cp) != GAP && !cq_letter_spaceless(cp));
}

/* The end of "ann.b-c" at i; i itself if there is no such thing. */
static size_t
skip_name_part(const struct scan *s, size_t i)
{
	while (is_name_sign(at(s, i)) ||
	    ((at(s, i) == '.' || at(s, i) == '-') &&
		is_name_sign(at(s, i + 1))))
		i++;
	return i;
}

/* The end of "@ann" or "@ann@example.org" at i; i itself if it is none. */
static size_t
skip_mention(const struct scan *s, size_t i)
{
	size_t end;

	if (at(s, i) != '@' || !is_name_sign(at(s, i + 1)))
		return i;
	end = skip_name_part(s, i + 1);
	if (at(s, end) == '@' && is_name_sign(at(s, end + 1)))
		end = skip_name_part(s, end + 1);
	return end;
}

static void
add_sign(struct cq_buf *b, int32_t cp)
{
	utf8proc_uint8_t bytes[4];

	cq_buf_add(b, bytes, (size_t)utf8proc_encode_char(cp, bytes));
}

/* The name in the mention from i to end, without the first "@". */
static void
set_original(struct scan *s, size_t i, size_t end)
{
	struct cq_buf name = {0};

	for (i++; i < end; i++)
		add_sign(&name, s->at[i]);
	free(s->original);
	s->original = cq_buf_take(&name);
}

/* What a text points to tells as much as its words. */
static void
add_mark(struct scan *s, size_t from, size_t end, bool address)
{
	uint64_t h = CQ_HASH_START;

	if (s->n_marks == CQ_MARKS_MAX)
		return;
	for (size_t i = from; i < end; i++)
		h = cq_hash_unit(h, (uint32_t)s->at[i]);
	h = cq_hash_short(h);
	h = address ? h | 1 : (h & ~UINT64_C(1)) | 2;
	for (size_t i = 0; i < s->n_marks; i++)
		if (s->marks[i] == h)
			return; /* said twice it tells no more */
	s->marks[s->n_marks++] = h;
}

/* Words from i to end, without mentions; a number counts as a sentence. */
static int
count_words(const struct scan *s, size_t i, size_t end)
{
	int n = 0;

	while (i < end) {
		size_t next = skip_mention(s, i);

		if (next == i && kind_of(s->at[i]) != GAP) {
			n++;
			while (next < end && kind_of(s->at[next]) != GAP) {
				/* a number is never said in passing */
				if (kind_of(s->at[next]) == DIGIT)
					n += CQ_COMMENT_WORDS;
				next++;
			}
		}
		i = next > i ? next : i + 1;
	}
	return n;
}

/*
 * Moves behind the last "RT @x:" or "MT @x" that something follows: what
 * stands before is a comment, what stands behind is x's text.
 */
static void
skip_to_repeated(struct scan *s)
{
	size_t i, name, end, rest, last = 0, last_end = 0;

	for (i = 0; i + 1 < s->n; i++) {
		if ((!says(s, i, "rt") && !says(s, i, "mt")) || !begins(s, i))
			continue;
		name = skip_space(s, i + 2);
		end = skip_mention(s, name);
		if (end == name)
			continue;
		rest = skip_space(s, end);
		if (at(s, rest) == ':')
			rest = skip_space(s, rest + 1);
		if (rest == s->n)
			continue;
		set_original(s, name, end);
		s->n_comment += count_words(s, s->i, i);
		s->i = rest;
		last = name;
		last_end = end;
	}
	if (last_end > 0)
		add_mark(s, last, last_end, false);
}

/* True if nothing but dots stands from i on. */
static bool
is_end(const struct scan *s, size_t i)
{
	while (i < s->n &&
	    (is_space(s->at[i]) || s->at[i] == '.' || s->at[i] == ELLIPSIS))
		i++;
	return i == s->n;
}

/* The end of a link at i; i itself if there is none. */
static size_t
skip_link(const struct scan *s, size_t i)
{
	size_t end = i;

	if (!begins(s, i))
		return i;
	if (says(s, i, "https"))
		end += 5;
	else if (says(s, i, "http") || says(s, i, "www."))
		end += 4;
	else
		return i;
	/* a text that was cut may end in the middle of "https://" */
	if (at(s, i) == 'h' && at(s, end) != ':' && !is_end(s, end))
		return i;
	while (end < s->n && !is_space(s->at[end]) &&
	    strchr("<>\"", s->at[end] < 0x80 ? (int)s->at[end] : 'x') == NULL &&
	    !cq_letter_spaceless(s->at[end]))
		end++;
	return end;
}

/* The end of "via @x", "h/t @x", "cc @x" at i; i itself if it is none. */
static size_t
skip_credit(struct scan *s, size_t i)
{
	static const char *const words[] = {"via", "h/t", "hat tip", "cc"};
	size_t k, name, end;

	if (!begins(s, i))
		return i;
	for (k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
		if (!says(s, i, words[k]))
			continue;
		name = skip_space(s, i + strlen(words[k]));
		end = skip_mention(s, name);
		if (name == i + strlen(words[k]) || end == name)
			continue;
		/* who is told ("cc") did not write it */
		if (s->original == NULL && words[k][0] != 'c')
			set_original(s, name, end);
		return end;
	}
	return i;
}

/*
 * True for the sign in "13,651" or "1.000.000": between one to three digits
 * and exactly three.  In "1.5" and "10:30" it stays: 15 is not 1.5.
 */
static bool
parts_thousands(const struct scan *s, size_t i)
{
	size_t before = 0, after = 0;

	if (s->at[i] != ',' && s->at[i] != '.')
		return false;
	while (before < 4 && before < i &&
	    kind_of(s->at[i - 1 - before]) == DIGIT)
		before++;
	while (after < 4 && kind_of(at(s, i + 1 + after)) == DIGIT)
		after++;
	return before >= 1 && before <= 3 && after == 3;
}

static void
end_word(struct scan *s)
{
	if (s->in_word && s->word_counts)
		s->n_words++;
	s->in_word = false;
	s->word_counts = false;
}

static void
add_word_sign(struct scan *s, int32_t cp, enum kind kind)
{
	bool spaceless = cq_letter_spaceless(cp);

	/* a comma more or less parts no words where nobody writes spaces */
	if (!s->in_word && s->out.n > 0 && !(spaceless && s->after_spaceless))
		cq_buf_char(&s->out, ' ');
	/* a cut text may have hashtags behind, but no more words */
	if (!s->in_word && (s->i == 0 || s->at[s->i - 1] != '#'))
		s->cut = CQ_CUT_NOT;
	s->in_word = true;
	s->before_last = s->n_marks;
	add_sign(&s->out, cp);
	if (kind == MARK)
		return;
	s->after_spaceless = spaceless;
	s->n_letters += spaceless && !cq_letter_sound(cp) ? 2 : 1;
	if (spaceless)
		s->n_quarters += cq_letter_sound(cp) ? 1 : 2;
	else
		s->word_counts = true;
}

/*
 * Is the word at i one of "iii", "viii", "xiii" and the like?  They are
 * numbers, and stretch nothing.
 */
static bool
is_roman(const struct scan *s, size_t i)
{
	size_t from = i, end = i;

	while (from > 0 && i - from < 4 && kind_of(s->at[from - 1]) != GAP)
		from--;
	while (end - from < 6 && kind_of(at(s, end)) != GAP)
		end++;
	if (end - from > 5 || at(s, i) != 'i')
		return false;
	while (from < end &&
	    strchr("ivx", s->at[from] < 0x80 ? s->at[from] : '?') != NULL)
		from++;
	return from == end;
}

/* A letter, digit or mark at s->i; "sooooo" is written "so". */
static void
scan_word_sign(struct scan *s, enum kind kind)
{
	int32_t cp = s->at[s->i];
	size_t n = 1;

	if (kind == MARK && !s->in_word) {
		s->i++;
		return;
	}
	while (kind == LETTER && at(s, s->i + n) == cp)
		n++;
	for (size_t k = n >= 3 && !is_roman(s, s->i) ? 1 : n; k > 0; k--)
		add_word_sign(s, cp, kind);
	s->i += n;
}

/* How a text is cut at a sign between words. */
static enum cq_cut
cut_at(const struct scan *s, size_t i)
{
	if (s->at[i] == ELLIPSIS || says(s, i, CONTINUED))
		return CQ_CUT_SURE;
	if (!says(s, i, "..."))
		return CQ_CUT_NOT;
	/* programs put a space or a bracket before the dots, people do not */
	return i > 0 && (s->at[i - 1] == '[' || is_space(s->at[i - 1]))
	    ? CQ_CUT_SURE
	    : CQ_CUT_MAYBE;
}

static void
note_cut(struct scan *s)
{
	enum cq_cut cut = cut_at(s, s->i);

	if (cut != CQ_CUT_NOT && s->cut == CQ_CUT_NOT)
		s->cut_at = s->out.n;
	if (cut > s->cut)
		s->cut = cut;
}

/* "8.4.22" and "14:30" are one word, and "2,50" is "2.50". */
static bool
stays_in_number(const struct scan *s, size_t i)
{
	return i > 0 && kind_of(s->at[i - 1]) == DIGIT &&
	    kind_of(at(s, i + 1)) == DIGIT &&
	    (s->at[i] == '.' || s->at[i] == ',' || s->at[i] == ':');
}

static void
scan_gap(struct scan *s)
{
	int32_t cp = s->at[s->i];
	bool between_digits = s->i > 0 && kind_of(s->at[s->i - 1]) == DIGIT &&
	    kind_of(at(s, s->i + 1)) == DIGIT;

	if (stays_in_number(s, s->i)) {
		if (!parts_thousands(s, s->i))
			cq_buf_char(&s->out, '.');
	} else if (cp != '\'' || between_digits) {
		end_word(s);
	}
	note_cut(s);
	s->i += says(s, s->i, CONTINUED) ? strlen(CONTINUED) : 1;
}

static void
add_mention(struct scan *s, size_t end)
{
	size_t n = s->n_marks;

	add_mark(s, s->i, end, s->out.n == 0);
	if (s->out.n > 0 && s->n_marks > n)
		s->named |= 1u << n;
}

static void
scan_one(struct scan *s)
{
	enum kind kind = kind_of(s->at[s->i]);
	size_t end = s->i;

	if (kind == LETTER) {
		end = skip_link(s, s->i);
		if (end > s->i)
			add_mark(s, s->i, end, false);
		else
			end = skip_credit(s, s->i);
	} else if (s->at[s->i] == '@' && begins(s, s->i)) {
		end = skip_mention(s, s->i);
		if (end > s->i)
			add_mention(s, end);
	} else if (s->out.n == 0 && says(s, s->i, "+1") &&
	    kind_of(at(s, s->i + 2)) == GAP) {
		end = s->i + 2; /* "I too" */
	}
	if (end > s->i) {
		end_word(s);
		s->i = end;
	} else if (kind == GAP) {
		scan_gap(s);
	} else {
		scan_word_sign(s, kind);
	}
}

struct cq_normal
cq_normalise(const char *text)
{
	char *plain = cq_markup_drop(text);
	struct cq_folded folded = cq_fold(plain == NULL ? text : plain);
	struct scan s = {.at = folded.at, .n = folded.n};
	struct cq_normal normal = {0};

	skip_to_repeated(&s);
	while (s.i < s.n)
		scan_one(&s);
	end_word(&s);
	normal.text = cq_buf_take(&s.out);
	normal.key =
	    cq_hash_bytes(CQ_HASH_START, normal.text, strlen(normal.text));
	normal.n_words = s.n_words + s.n_quarters / 4;
	normal.n_letters = s.n_letters;
	normal.original = s.original;
	normal.n_comment = s.n_comment;
	normal.cut = s.cut;
	normal.words = cq_words_of(normal.text);
	normal.n_uncut = normal.words.n;
	while (s.cut != CQ_CUT_NOT && normal.n_uncut > 0 &&
	    normal.words.at[normal.n_uncut - 1].s >= normal.text + s.cut_at)
		normal.n_uncut--;
	normal.langs = cq_lexicon_guess(normal.words.at, normal.n_uncut);
	/* a list of names at the end only tells whom it is sent to */
	normal.named = s.named & ((1u << s.before_last) - 1);
	memcpy(normal.marks, s.marks, sizeof(normal.marks));
	normal.n_marks = s.n_marks;
	cq_folded_free(&folded);
	free(plain);
	return normal;
}

void
cq_normal_shorten(struct cq_normal *normal)
{
	const struct cq_word *last;
	char *text;
	size_t n;

	if (!normal->words.more)
		return;
	last = &normal->words.at[normal->words.n - 1];
	n = (size_t)(last->s + last->n - normal->text);
	text = cq_alloc(n + 1);
	memcpy(text, normal->text, n);
	for (size_t i = 0; i < normal->words.n; i++)
		normal->words.at[i].s =
		    text + (normal->words.at[i].s - normal->text);
	free(normal->text);
	normal->text = text;
	normal->shortened = true;
}

bool
cq_normal_same(const struct cq_normal *a, const struct cq_normal *b)
{
	if (a->key != b->key || a->n_letters != b->n_letters ||
	    a->n_words != b->n_words)
		return false;
	if (!a->shortened && !b->shortened)
		return strcmp(a->text, b->text) == 0;
	for (size_t i = 0; i < a->words.n && i < b->words.n; i++)
		if (a->words.at[i].key != b->words.at[i].key)
			return false;
	return a->words.n == b->words.n;
}

void
cq_normal_free(struct cq_normal *normal)
{
	free(normal->text);
	free(normal->original);
	cq_words_free(&normal->words);
	*normal = (struct cq_normal){0};
}
