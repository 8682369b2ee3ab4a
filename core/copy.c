#include "core/copy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/align.h"
#include "core/lexicon.h"
#include "core/limits.h"
#include "core/text.h"

static const char *const names[CQ_N_GUARDS] = {
    [CQ_GUARD_NONE] = "none",
    [CQ_GUARD_LITTLE] = "little",
    [CQ_GUARD_BITS] = "bits",
    [CQ_GUARD_IDENT] = "ident",
    [CQ_GUARD_IDENT_ONE] = "ident-one",
    [CQ_GUARD_NEGATION] = "negation",
    [CQ_GUARD_REPLACED] = "replaced",
    [CQ_GUARD_INSERTED] = "inserted",
    [CQ_GUARD_TYPOS] = "typos",
    [CQ_GUARD_BEGINNINGS] = "beginnings",
    [CQ_GUARD_ENDINGS] = "endings",
    [CQ_GUARD_AROUND] = "around",
    [CQ_GUARD_COVER] = "cover",
    [CQ_GUARD_LONGER] = "longer",
};

/* An unmatched word next to the matched part is about it. */
#define NEAR 2

/* So many words behind the matched part are a remark of their own. */
#define COMMENT 3

/* What the guards look at. */
struct facts {
	struct cq_line line[2];
	struct cq_alignment al;
	size_t first[2], last[2]; /* matched words: the span */
	size_t n_inner[2];	  /* unmatched inside of the span */
	size_t head[2], tail[2];  /* unmatched before and after it */
	int quarters, letters;	  /* of the matched words */
	bool known;
	const struct cq_word_counts *counts;
	struct cq_copy *out;
};

const char *
cq_guard_name(enum cq_guard guard)
{
	return names[guard];
}

static double
bits_of(const struct cq_word_counts *counts, uint64_t key)
{
	int64_t n =
	    counts->n_posts > CQ_POSTS_MIN ? counts->n_posts : CQ_POSTS_MIN;
	double bits =
	    log2((double)(n + 1) / (double)(counts->of(counts->arg, key) + 1));

	return bits < 0 ? 0 : bits;
}

double
cq_bits(const struct cq_word_counts *counts, const struct cq_word *word)
{
	double bits = bits_of(counts, word->key);

	return word->quarter ? bits / 4 : word->half ? bits / 2 : bits;
}

double
cq_bits_marks(const struct cq_word_counts *counts, const struct cq_normal *a,
    const struct cq_normal *b)
{
	double bits = 0;

	for (size_t i = 0; i < a->n_marks; i++) {
		size_t j = 0;

		while (j < b->n_marks && b->marks[j] != a->marks[i])
			j++;
		if (j < b->n_marks)
			bits += bits_of(counts, a->marks[i]);
	}
	return bits < CQ_BITS_MARKS ? bits : CQ_BITS_MARKS;
}

double
cq_bits_all(const struct cq_word_counts *counts, const struct cq_words *words)
{
	double bits = 0;

	for (size_t i = 0; i < words->n; i++)
		bits += cq_bits(counts, &words->at[i]);
	return bits;
}

/* --- facts about the alignment ------------------------------------------ */

static const struct cq_word *
word(const struct facts *f, int side, size_t i)
{
	return &f->line[side].at[i];
}

static bool
matched(const struct facts *f, int side, size_t i)
{
	return side == 0 ? f->al.in_a[i] : f->al.in_b[i];
}

static unsigned
class_of(const struct facts *f, int side, size_t i)
{
	const struct cq_word *w = word(f, side, i);

	if (w->digit)
		return CQ_WORD_IDENT;
	return cq_lexicon_class(w->s, w->n, f->line[side].langs);
}

static struct cq_line
line_of(const struct cq_side *s)
{
	const struct cq_normal *normal = s->normal;
	struct cq_line l = {.at = normal->words.at,
	    .n = normal->n_uncut,
	    .n_tags = normal->words.n - normal->n_uncut,
	    .more = normal->words.more,
	    .cut = normal->cut};

	l.langs = cq_lexicon_lang(s->lang);
	if (l.langs == 0)
		l.langs = normal->langs;
	return l;
}

static int
count_letters(const struct cq_word *w)
{
	int n = 0;

	for (uint32_t i = 0; i < w->n; i++)
		n += ((unsigned char)w->s[i] & 0xc0) != 0x80;
	/* of a pair two letters, each shared with the next pair */
	return w->quarter ? (n + 1) / 2 : n;
}

/*
 * Of two words that are one, the commoner: a slip makes a word rare, and it
 * must not matter which of the posts came first.
 */
static const struct cq_word *
commoner(const struct facts *f, const struct cq_pair *p)
{
	const struct cq_word *a = word(f, 0, p->a), *b = word(f, 1, p->b);
	double x, y;

	if (a->key == b->key)
		return a;
	x = cq_bits(f->counts, a);
	y = cq_bits(f->counts, b);
	return x < y || (x == y && a->key > b->key) ? a : b;
}

/*
 * Words before and after the span.  The last word of a cut text may be half
 * a word: it says nothing, but for a number.
 */
static void
find_ends(struct facts *f, int side)
{
	size_t n = f->line[side].n, last = f->last[side];

	f->head[side] = f->first[side];
	f->tail[side] = n - 1 - last;
	if (f->tail[side] == 1 && f->line[side].cut == CQ_CUT_SURE &&
	    !(class_of(f, side, n - 1) & CQ_WORD_IDENT))
		f->tail[side] = 0;
	f->n_inner[side] = last - f->first[side] + 1 - f->al.n;
}

static void
find_facts(struct facts *f, const struct cq_normal *a,
    const struct cq_normal *b)
{
	const struct cq_alignment *al = &f->al;
	double bits = cq_bits_marks(f->counts, a, b);

	f->first[0] = al->pairs[0].a;
	f->first[1] = al->pairs[0].b;
	f->last[0] = al->pairs[al->n - 1].a;
	f->last[1] = al->pairs[al->n - 1].b;
	find_ends(f, 0);
	find_ends(f, 1);
	for (size_t i = 0; i < al->n; i++) {
		const struct cq_word *w = commoner(f, &al->pairs[i]);

		f->quarters += w->quarter ? 1 : w->half ? 2 : 4;
		f->letters += count_letters(w);
		bits += cq_bits(f->counts, w);
	}
	f->out->bits = (int)bits;
}

/* Likeness of n and m words, if so many of them are the same; of 1000. */
static int
score_of(size_t n, size_t m, size_t same)
{
	size_t low = n < m ? n : m;
	int part, cover;

	if (same > low)
		same = low;
	part = (int)(same * 1000 / (n + m - same));
	cover = (int)(same * 900 / low);
	return low >= CQ_WORDS_STRANGER && cover > part ? cover : part;
}

static void
measure(struct facts *f)
{
	struct cq_copy *out = f->out;
	size_t n = f->line[0].n, m = f->line[1].n;

	out->same = (int)f->al.n;
	out->of = (int)(n < m ? n : m);
	out->typos = f->al.typos;
	out->score = score_of(n, m, f->al.n);
}

/* --- the guards ---------------------------------------------------------- */

#define SAY(...) snprintf(f->out->why, sizeof(f->out->why), __VA_ARGS__)

static bool
too_little(struct facts *f)
{
	int words = f->known ? CQ_WORDS_KNOWN : CQ_WORDS_STRANGER;
	int letters = f->known ? CQ_LETTERS_KNOWN : CQ_LETTERS_STRANGER;

	SAY("too little text in common");
	return f->quarters < 4 * words || f->letters < letters;
}

static bool
only_common(struct facts *f)
{
	bool exact = f->al.typos == 0 && f->n_inner[0] + f->n_inner[1] == 0;
	int need = f->known ? CQ_BITS_KNOWN
	    : exact	    ? CQ_BITS_SAME
			    : CQ_BITS_COPY;

	SAY("only common words the same (%d bits)", f->out->bits);
	return f->out->bits < need;
}

/* The first unmatched word of a side that tells cases apart; or NULL. */
static const struct cq_word *
odd_ident(const struct facts *f, int side)
{
	for (size_t i = 0; i < f->line[side].n; i++)
		if (!matched(f, side, i) &&
		    class_of(f, side, i) & CQ_WORD_IDENT)
			return word(f, side, i);
	return NULL;
}

static bool
other_ident(struct facts *f)
{
	const struct cq_word *a = odd_ident(f, 0), *b = odd_ident(f, 1);

	if (a == NULL || b == NULL)
		return false;
	SAY("different: %.*s / %.*s", (int)a->n, a->s, (int)b->n, b->s);
	return true;
}

/* The text that lacks the word may have been cut before it. */
static bool
cut_before(const struct facts *f, int side)
{
	return f->line[side].cut == CQ_CUT_SURE ||
	    (f->line[side].cut == CQ_CUT_MAYBE && f->al.n >= CQ_LONGER_MATCHED);
}

/* Behind the matched part a word may be cut off, or be a comment's. */
static bool
is_excused(const struct facts *f, int side, const struct cq_word *w)
{
	return w > word(f, side, f->last[side]) &&
	    (cut_before(f, !side) || f->tail[side] >= COMMENT);
}

static bool
one_ident(struct facts *f)
{
	for (int side = 0; side < 2; side++) {
		const struct cq_word *w = odd_ident(f, side);

		if (w == NULL || odd_ident(f, !side) != NULL ||
		    is_excused(f, side, w))
			continue;
		SAY("only one names %.*s", (int)w->n, w->s);
		return true;
	}
	return false;
}

static bool
negated(struct facts *f)
{
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < f->line[side].n; i++) {
			const struct cq_word *w = word(f, side, i);

			if (matched(f, side, i) || i + NEAR < f->first[side] ||
			    i > f->last[side] + NEAR ||
			    (i > f->last[side] && cut_before(f, !side)) ||
			    !(class_of(f, side, i) & CQ_WORD_NEGATION))
				continue;
			SAY("only one says \"%.*s\"", (int)w->n, w->s);
			return true;
		}
	}
	return false;
}

/* Up to four unmatched words inside the matched part, with commas. */
static void
say_inner(struct facts *f, const char *what)
{
	char list[120] = "";
	size_t n = 0, at = 0;

	for (int side = 0; side < 2; side++) {
		for (size_t i = f->first[side]; i < f->last[side]; i++) {
			const struct cq_word *w = word(f, side, i);

			if (matched(f, side, i) || n == 4 ||
			    at + w->n + 4 > sizeof(list))
				continue;
			at += (size_t)snprintf(list + at, sizeof(list) - at,
			    "%s%.*s", n == 0 ? "" : ", ", (int)w->n, w->s);
			n++;
		}
	}
	SAY("%s: %s", what, list);
}

static bool
replaced(struct facts *f)
{
	if (f->n_inner[0] == 0 || f->n_inner[1] == 0)
		return false;
	say_inner(f, "different wording");
	return true;
}

static bool
inserted(struct facts *f)
{
	size_t n = 0, n_said = 0;

	if (f->n_inner[0] > 0 && f->n_inner[1] > 0)
		return false; /* replaced */
	for (int side = 0; side < 2; side++) {
		for (size_t i = f->first[side]; i < f->last[side]; i++) {
			if (matched(f, side, i))
				continue;
			n++;
			n_said += !(class_of(f, side, i) & CQ_WORD_FILLER);
		}
	}
	if (n_said == 0 && n <= CQ_FILLERS)
		return false;
	say_inner(f, "words in between");
	return true;
}

static bool
too_many_typos(struct facts *f)
{
	int share = f->out->same / CQ_TYPOS_SHARE;

	SAY("%d spelling differences in %d words", f->out->typos, f->out->same);
	return f->out->typos > (share > CQ_TYPOS_FREE ? share : CQ_TYPOS_FREE);
}

static bool
own_beginnings(struct facts *f)
{
	SAY("different beginnings");
	return f->head[0] > 0 && f->head[1] > 0;
}

/* Has one a hashtag behind its cut that the other has nowhere? */
static bool
tags_more(const struct facts *f, int side)
{
	const struct cq_line *a = &f->line[side], *b = &f->line[!side];

	for (size_t i = a->n; i < a->n + a->n_tags; i++) {
		size_t j = 0;

		while (j < b->n + b->n_tags && b->at[j].key != a->at[i].key)
			j++;
		if (j == b->n + b->n_tags)
			return true;
	}
	return false;
}

static bool
own_endings(struct facts *f)
{
	SAY("different endings");
	if (f->tail[0] > 0 && f->tail[1] > 0)
		return true;
	/* "no power here ... #berlin" */
	return tags_more(f, 0) && tags_more(f, 1);
}

/* Words that no cut explains behind the common ones. */
static size_t
own_tail(const struct facts *f, int side)
{
	return cut_before(f, !side) ? 0 : f->tail[side];
}

/* One has words of its own before the common ones, the other behind. */
static bool
own_around(struct facts *f)
{
	SAY("each has words of its own around the same ones");
	for (int side = 0; side < 2; side++)
		if (f->head[side] >= CQ_OWN_WORDS &&
		    own_tail(f, !side) >= CQ_OWN_WORDS)
			return true;
	return false;
}

static bool
small_part(struct facts *f)
{
	SAY("%d of %d words the same", f->out->same, f->out->of);
	return f->out->same * 100 < f->out->of * CQ_COVER;
}

static bool
much_longer(struct facts *f)
{
	size_t n = f->line[0].n, m = f->line[1].n, same = f->al.n;
	size_t more = n < m ? m - n : n - m;

	/* what stands behind the words that are compared may differ */
	SAY("too long to compare to the end");
	for (int side = 0; side < 2; side++)
		if (f->line[side].more &&
		    (f->line[!side].more || !cut_before(f, !side)))
			return true;
	SAY("one is much longer");
	if (more <= CQ_LONGER || cut_before(f, 0) || cut_before(f, 1))
		return false;
	return same < CQ_LONGER_MATCHED || same * 3 < more * 2;
}

static const struct {
	enum cq_guard guard;
	bool (*holds)(struct facts *f);
	bool hopeless; /* nothing to suggest either */
	bool decides;  /* most such pairs are two matters */
} guards[] = {
    {CQ_GUARD_LITTLE, too_little, true, false},
    {CQ_GUARD_BITS, only_common, false, false},
    {CQ_GUARD_IDENT, other_ident, false, true},
    {CQ_GUARD_IDENT_ONE, one_ident, false, true},
    {CQ_GUARD_NEGATION, negated, false, true},
    {CQ_GUARD_REPLACED, replaced, false, false},
    {CQ_GUARD_INSERTED, inserted, false, false},
    {CQ_GUARD_TYPOS, too_many_typos, false, false},
    {CQ_GUARD_BEGINNINGS, own_beginnings, false, false},
    {CQ_GUARD_ENDINGS, own_endings, false, false},
    {CQ_GUARD_AROUND, own_around, false, false},
    {CQ_GUARD_COVER, small_part, false, false},
    {CQ_GUARD_LONGER, much_longer, false, false},
};

static void
judge(struct facts *f, unsigned off)
{
	struct cq_copy *out = f->out;

	out->alike = out->score >= CQ_ALIKE &&
	    out->bits >= (f->known ? CQ_BITS_KNOWN : CQ_BITS_ALIKE);
	for (size_t i = 0; i < sizeof(guards) / sizeof(guards[0]); i++) {
		if (off & 1u << guards[i].guard || !guards[i].holds(f))
			continue;
		out->guard = guards[i].guard;
		if (guards[i].hopeless)
			out->alike = false;
		if (guards[i].decides)
			out->score = out->score * CQ_ALIKE_DECIDED / 100;
		return;
	}
	out->copy = true;
	if (out->typos == 0)
		SAY("%d of %d words the same", out->same, out->of);
	else
		SAY("%d of %d words the same, %d spelling difference%s",
		    out->same, out->of, out->typos, out->typos == 1 ? "" : "s");
}

/*
 * Can so few equal words become enough by slips of the finger, for a copy or
 * for a suggestion?
 */
static bool
hopeless(const struct facts *f)
{
	size_t n = f->line[0].n, m = f->line[1].n, low = n < m ? n : m;
	size_t slips = low / CQ_TYPOS_SHARE;

	if (low == 0)
		return true;
	if (low < CQ_WORDS_STRANGER) /* few words all are within a long text */
		return false;
	if (slips < CQ_TYPOS_FREE)
		slips = CQ_TYPOS_FREE;
	slips += cq_align_shared(&f->line[0], &f->line[1]);
	return score_of(n, m, slips) < CQ_ALIKE;
}

void
cq_copy_compare(const struct cq_side *a, const struct cq_side *b, bool known,
    const struct cq_word_counts *counts, unsigned off, struct cq_copy *out)
{
	struct facts f = {.known = known, .counts = counts, .out = out};

	*out = (struct cq_copy){.guard = CQ_GUARD_LITTLE};
	snprintf(out->why, sizeof(out->why), "too little text in common");
	f.line[0] = line_of(a);
	f.line[1] = line_of(b);
	if (hopeless(&f))
		return;
	cq_align(&f.line[0], &f.line[1], known, counts, &f.al);
	if (f.al.n == 0)
		return;
	out->guard = CQ_GUARD_NONE;
	find_facts(&f, a->normal, b->normal);
	measure(&f);
	judge(&f, off);
	cq_utf8_trim(out->why); /* words may be long */
}
