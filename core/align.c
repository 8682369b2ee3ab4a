#include "core/align.h"

#include <stdlib.h>
#include <string.h>

#include "core/lexicon.h"
#include "core/limits.h"
#include "core/text.h"

#define SAME 100
#define SHORTENED 95
#define MISSPELT 90

#define LETTERS_MAX 48 /* of a word that may be misspelt */

static size_t
letters_of(const struct cq_word *w, int *cp)
{
	size_t i = 0, n = 0;

	if (w->n > LETTERS_MAX * 4)
		return 0;
	if (w->n == w->n_signs && w->n <= LETTERS_MAX) { /* plain */
		for (; i < w->n; i++)
			cp[i] = (unsigned char)w->s[i];
		return i;
	}
	while (i < w->n) {
		if (n == LETTERS_MAX)
			return 0;
		i += cq_utf8_next(w->s + i, w->n - i, &cp[n]);
		n++;
	}
	return n;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static int
distance(const int *a, size_t n, const int *b, size_t m)
{
	int rows[3][LETTERS_MAX + 1];
	int *old = rows[0], *last = rows[1], *now = rows[2], *spare;

	for (size_t j = 0; j <= m; j++)
		last[j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		now[0] = (int)i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
			    least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], old[j - 2] + 1);
		}
		spare = old;
		old = last;
		last = now;
		now = spare;
	}
	return last[m];
}

/* Has it more bits than n, which is 1 or 2? */
static bool
has_more(uint32_t bits, int n)
{
	bits &= bits - 1; /* without the lowest one */
	if (n == 2)
		bits &= bits - 1;
	return bits != 0;
}

/*
 * Quick, and true for all that could be one word misspelt: a slip changes
 * the length by one, brings in one letter, or loses one.
 */
static bool
could_be_typo(const struct cq_word *a, const struct cq_word *b)
{
	uint32_t n = a->n, m = b->n;
	int slips =
	    a->s[0] == b->s[0] && a->n_signs >= 5 && b->n_signs >= 5 ? 2 : 1;

	if (has_more(a->signs & ~b->signs, slips) ||
	    has_more(b->signs & ~a->signs, slips))
		return false;
	if (a->digit || b->digit || a->half || b->half || n < 2 || m < 2)
		return false;
	return a->s[0] == b->s[0] || a->s[n - 1] == b->s[m - 1] ||
	    (a->s[0] == b->s[1] && a->s[1] == b->s[0]);
}

/*
 * Korean and its like write a sign a syllable: another one makes another
 * word, often another place.
 */
static bool
is_syllable(int cp)
{
	return (cp >= 0xac00 && cp <= 0xd7a3) || (cp >= 0x1200 && cp <= 0x13ff);
}

int
cq_slips(const struct cq_word *a, const struct cq_word *b)
{
	int x[LETTERS_MAX], y[LETTERS_MAX];
	size_t n, m, low, gap, limit, same = 0;
	int n_slips;

	if (!could_be_typo(a, b))
		return -1;
	n = letters_of(a, x);
	m = letters_of(b, y);
	low = n < m ? n : m;
	gap = n < m ? m - n : n - m;
	if (low < 2 || (n < 3 && m < 3))
		return -1;
	limit = low >= 5 && x[0] == y[0] ? 2 : 1;
	if (gap > limit)
		return -1;
	if (x[0] != y[0] && x[n - 1] != y[m - 1] &&
	    (x[0] != y[1] || x[1] != y[0]))
		return -1;
	/* what both begin and end with is no slip */
	while (n > 0 && m > 0 && x[n - 1] == y[m - 1])
		n--, m--;
	while (same < n && same < m && x[same] == y[same])
		same++;
	n -= same;
	m -= same;
	if (n == m && n > 0 && is_syllable(x[same]) &&
	    !(n == 2 && x[same] == y[same + 1] && x[same + 1] == y[same]))
		return -1;
	n_slips = distance(x + same, n, y + same, m);
	return n_slips <= (int)limit ? n_slips : -1;
}

size_t
cq_align_shared(const struct cq_line *a, const struct cq_line *b)
{
	bool used[CQ_WORDS_MAX] = {false};
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < b->n; j++) {
			if (a->at[i].key != b->at[j].key || used[j])
				continue;
			used[j] = true;
			n++;
			break;
		}
	}
	return n;
}

static bool
begins_with(const struct cq_word *w, const struct cq_word *part)
{
	return w->n >= part->n && memcmp(w->s, part->s, part->n) == 0;
}

/* Words that turn the meaning, or tell cases apart. */
#define DECISIVE (CQ_WORD_IDENT | CQ_WORD_NEGATION | CQ_WORD_OPPOSITE)
#define SHORT 3 /* bytes: too few to tell "not" and "now" apart */

/*
 * Two words that many people write are two words.  So are Monday and
 * Sunday, "can" and "cant": a word that decides is only misspelt as one
 * that is unknown.
 */
static bool
are_two_words(const struct cq_word *x, unsigned x_class,
    const struct cq_word *y, unsigned y_class,
    const struct cq_word_counts *counts)
{
	bool x_common = counts->of(counts->arg, x->key) >= CQ_WORD_COMMON;
	bool y_common = counts->of(counts->arg, y->key) >= CQ_WORD_COMMON;

	if (((x_class | y_class) & DECISIVE) != 0)
		return x->n <= SHORT || y->n <= SHORT ||
		    ((x_class != 0 || x_common) && (y_class != 0 || y_common));
	return x_common && y_common;
}

/* What a pair of words is weighed by. */
struct scales {
	const struct cq_line *a, *b;
	const struct cq_word_counts *counts;
	bool known;  /* one author's words, or one names the other */
	bool sure;   /* known, or so much else is the same */
	int n_looks; /* pairs of words that were compared by letters */
};

/* Has one of the words so few posts beside the other's? */
static bool
is_rare_beside(const struct scales *s, const struct cq_word *x,
    const struct cq_word *y)
{
	int64_t n = s->counts->of(s->counts->arg, x->key) + 1;
	int64_t m = s->counts->of(s->counts->arg, y->key) + 1;

	return n >= m * CQ_SLIP_RARE || m >= n * CQ_SLIP_RARE;
}

static bool
may_be_slip(struct scales *s, const struct cq_word *x, const struct cq_word *y)
{
	unsigned x_class, y_class;
	int n_slips;

	if (!could_be_typo(x, y) || s->n_looks == CQ_SLIP_LOOKS)
		return false;
	s->n_looks++;
	n_slips = cq_slips(x, y);
	/* Dallas and Dulles are two slips apart, Cork and York one */
	if (n_slips < 0 || (n_slips == 2 && !s->sure) ||
	    (x->s[0] != y->s[0] && !s->known))
		return false;
	x_class = cq_lexicon_class(x->s, x->n, s->a->langs);
	y_class = cq_lexicon_class(y->s, y->n, s->b->langs);
	/* among many equal words, one letter makes no other matter, unless
	 * it makes another word that people use, as "horse" of "house" */
	if (s->sure && n_slips == 1 && x->n > SHORT && y->n > SHORT &&
	    ((x_class | y_class) & DECISIVE) == 0 &&
	    (s->known || is_rare_beside(s, x, y)))
		return true;
	return !are_two_words(x, x_class, y, y_class, s->counts);
}

static int
weigh(struct scales *s, size_t i, size_t j)
{
	const struct cq_line *a = s->a, *b = s->b;
	const struct cq_word *x = &a->at[i], *y = &b->at[j];

	if (x->key == y->key)
		return SAME;
	if ((i == a->n - 1 && a->cut != CQ_CUT_NOT && begins_with(y, x)) ||
	    (j == b->n - 1 && b->cut != CQ_CUT_NOT && begins_with(x, y)))
		return SHORTENED;
	return may_be_slip(s, x, y) ? MISSPELT : 0;
}

static void
add_pair(struct cq_alignment *out, size_t i, size_t j, int weight)
{
	out->pairs[out->n++] =
	    (struct cq_pair){(uint8_t)i, (uint8_t)j, (uint8_t)weight};
	out->in_a[i] = true;
	out->in_b[j] = true;
	out->weight += weight;
	out->typos += weight == MISSPELT;
}

/*
 * Longest common subsequence by weight, from word "from" of both on; what
 * stands before is the same.  best[i][j] is the weight of the rests.
 */
static void
align_rest(struct scales *s, size_t from, struct cq_alignment *out)
{
	const struct cq_line *a = s->a, *b = s->b;
	static const int none = 0;
	uint16_t best[CQ_WORDS_MAX + 1][CQ_WORDS_MAX + 1];
	uint8_t w[CQ_WORDS_MAX][CQ_WORDS_MAX];
	size_t i, j;

	for (i = from; i <= a->n; i++)
		best[i][b->n] = none;
	for (j = from; j <= b->n; j++)
		best[a->n][j] = none;
	for (i = a->n; i-- > from;) {
		for (j = b->n; j-- > from;) {
			uint16_t x = best[i + 1][j], y = best[i][j + 1];
			uint16_t top = x > y ? x : y, z;

			w[i][j] = (uint8_t)weigh(s, i, j);
			z = (uint16_t)(best[i + 1][j + 1] + w[i][j]);
			best[i][j] = w[i][j] > 0 && z >= top ? z : top;
		}
	}
	for (i = j = from; i < a->n && j < b->n;) {
		if (w[i][j] > 0 && best[i][j] == best[i + 1][j + 1] + w[i][j])
			add_pair(out, i, j, w[i][j]), i++, j++;
		else if (best[i + 1][j] >= best[i][j + 1])
			i++;
		else
			j++;
	}
}

/*
 * Of two alignments that weigh the same, either may be found; that it is
 * the same one whichever text is first, they are aligned in one order.
 */
static bool
stands_first(const struct cq_line *a, const struct cq_line *b)
{
	if (a->n != b->n)
		return a->n < b->n;
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].key != b->at[i].key)
			return a->at[i].key < b->at[i].key;
	return true;
}

static void
turn_round(struct cq_alignment *al)
{
	bool in_b[CQ_WORDS_MAX];

	for (size_t i = 0; i < al->n; i++)
		al->pairs[i] = (struct cq_pair){
		    al->pairs[i].b, al->pairs[i].a, al->pairs[i].weight};
	memcpy(in_b, al->in_b, sizeof(in_b));
	memcpy(al->in_b, al->in_a, sizeof(in_b));
	memcpy(al->in_a, in_b, sizeof(in_b));
}

void
cq_align(const struct cq_line *a, const struct cq_line *b, bool known,
    const struct cq_word_counts *counts, struct cq_alignment *out)
{
	bool sure = known || cq_align_shared(a, b) >= CQ_WORDS_SURE;
	struct scales s = {a, b, counts, known, sure, 0};
	struct scales turned = {b, a, counts, known, sure, 0};
	size_t from = 0;

	*out = (struct cq_alignment){0};
	while (from < a->n && from < b->n &&
	    a->at[from].key == b->at[from].key) {
		add_pair(out, from, from, SAME);
		from++;
	}
	if (stands_first(a, b)) {
		align_rest(&s, from, out);
	} else {
		align_rest(&turned, from, out);
		turn_round(out);
	}
}
