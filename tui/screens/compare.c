#include "tui/screens/compare.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/fold.h"
#include "tui/cells.h"

struct word {
	size_t at, n; /* in the shown text, without what surrounds it */
	uint64_t key; /* of its letters, folded */
	bool same;    /* the other text has it too */
};

struct words {
	char *text; /* shown */
	struct word at[COMPARE_WORDS];
	size_t n;
	bool cut;
};

static uint64_t
key_of(const char *s, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	char *word = cq_strndup(s, n);
	struct cq_folded f = cq_fold(word);

	for (size_t i = 0; i < f.n; i++)
		if (f.at[i] != '\'') /* "dont" */
			h = (h ^ (uint32_t)f.at[i]) * UINT64_C(0x100000001b3);
	cq_folded_free(&f);
	free(word);
	return h;
}

static void
add_word(struct words *w, size_t at, size_t n)
{
	if (w->n == COMPARE_WORDS) {
		w->cut = true;
		return;
	}
	w->at[w->n++] = (struct word){at, n, key_of(w->text + at, n), false};
}

/* The letters and digits of s, and what stands between them. */
static struct compare_part
inner(const char *s, size_t n)
{
	struct compare_part p = {0, 0};
	size_t step;
	bool any = false;
	int cp;

	for (size_t i = 0; i < n; i += step) {
		step = cq_utf8_next(s + i, n - i, &cp);
		if (cp >= 0 && iswalnum((wint_t)cp)) {
			if (!any)
				p.at = i;
			any = true;
			p.n = i + step - p.at;
		} else if (any && cells_width_n(s + i, step) == 0) {
			if (p.at + p.n == i) /* a mark on the last letter */
				p.n += step;
		}
	}
	return p;
}

/* Adds what stands between two spaces. */
static void
add_run(struct words *w, size_t at, size_t n)
{
	const char *s = w->text + at;
	size_t from = 0;
	struct compare_part p;
	int cp;

	for (size_t i = 0; i < n;) {
		struct cells_cluster c = cells_next(s + i, n - i, NULL);

		cq_utf8_next(s + i, n - i, &cp);
		if (cq_letter_spaceless(cp)) {
			p = inner(s + from, i - from);
			if (p.n > 0)
				add_word(w, at + from + p.at, p.n);
			add_word(w, at + i, c.n);
			from = i + c.n;
		}
		i += c.n;
	}
	p = inner(s + from, n - from);
	if (p.n > 0)
		add_word(w, at + from + p.at, p.n);
}

static struct words *
read_words(struct raw_text raw)
{
	struct words *w = cq_alloc(sizeof(*w));

	w->text = show(raw, SHOW_LINE).s;
	for (size_t i = 0; w->text[i] != '\0';) {
		size_t n = strcspn(w->text + i, " ");

		add_run(w, i, n);
		i += n + strspn(w->text + i + n, " ");
	}
	return w;
}

static void
free_words(struct words *w)
{
	free(w->text);
	free(w);
}

/* Marks the longest row of words that both have (Wagner, Fischer 1974). */
static size_t
align(struct words *a, struct words *b)
{
	size_t wide = b->n + 1, n = 0;
	uint16_t *best = cq_alloc((a->n + 1) * wide * sizeof(*best));

#define BEST(i, j) best[(i)*wide + (j)]
	for (size_t i = a->n; i-- > 0;)
		for (size_t j = b->n; j-- > 0;) {
			uint16_t down = BEST(i + 1, j), right = BEST(i, j + 1);

			BEST(i, j) = down > right ? down : right;
			if (a->at[i].key == b->at[j].key)
				BEST(i, j) = (uint16_t)(BEST(i + 1, j + 1) + 1);
		}
	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		if (a->at[i].key == b->at[j].key) {
			a->at[i++].same = b->at[j++].same = true;
			n++;
		} else if (BEST(i + 1, j) >= BEST(i, j + 1)) {
			i++;
		} else {
			j++;
		}
	}
#undef BEST
	free(best);
	return n;
}

static bool
has_key(const struct words *w, uint64_t key)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->at[i].key == key)
			return true;
	return false;
}

/* Words that the other has too, wherever; returns how many. */
static size_t
mark_known(struct words *w, const struct words *other)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		w->at[i].same = has_key(other, w->at[i].key);
		n += w->at[i].same;
	}
	return n;
}

/* One of them is no changed form of the other. */
static bool
are_free(size_t n_same, size_t n_a, size_t n_b)
{
	return 2 * n_same < (n_a < n_b ? n_a : n_b);
}

static void
add_part(struct compare_side *side, struct cq_buf *out, const char *s, size_t n)
{
	side->part = cq_grow(side->part, side->n + 1, sizeof(*side->part));
	side->part[side->n++] = (struct compare_part){out->n, n + 2};
	cq_buf_char(out, '[');
	cq_buf_add(out, s, n);
	cq_buf_char(out, ']');
}

/* Neighbours that differ stand in one pair of brackets. */
static void
mark(const struct words *w, struct compare_side *side)
{
	struct cq_buf out = {0};
	size_t done = 0;

	for (size_t i = 0; i < w->n; i++) {
		size_t from = w->at[i].at, last = i;

		if (w->at[i].same)
			continue;
		while (last + 1 < w->n && !w->at[last + 1].same)
			last++;
		cq_buf_add(&out, w->text + done, from - done);
		done = w->at[last].at + w->at[last].n;
		add_part(side, &out, w->text + from, done - from);
		i = last;
	}
	cq_buf_str(&out, w->text + done);
	side->text = cq_buf_take(&out);
}

void
compare_posts(struct raw_text a, struct raw_text b, struct compare *out)
{
	struct words *wa = read_words(a), *wb = read_words(b);

	*out = (struct compare){.cut = wa->cut || wb->cut};
	out->n_same = align(wa, wb);
	out->ordered = !are_free(out->n_same, wa->n, wb->n);
	if (!out->ordered) {
		out->n_same = mark_known(wa, wb);
		mark_known(wb, wa);
	}
	out->n_a = wa->n;
	out->n_b = wb->n;
	mark(wa, &out->a);
	mark(wb, &out->b);
	free_words(wa);
	free_words(wb);
}

void
compare_free(struct compare *c)
{
	free(c->a.text);
	free(c->a.part);
	free(c->b.text);
	free(c->b.part);
	*c = (struct compare){0};
}
