#include "core/gap.h"

#include <stdlib.h>
#include <string.h>

#include "core/post.h"

static const char *const names[CQ_N_GAPS] = {
    [CQ_GAP_FAILED] = "failed",
    [CQ_GAP_SILENT] = "silent",
    [CQ_GAP_JUMPED] = "jumped",
};

const char *
cq_gap_name(enum cq_gap_kind kind)
{
	return names[kind];
}

bool
cq_gap_parse(const char *s, enum cq_gap_kind *kind)
{
	for (int i = 0; i < CQ_N_GAPS; i++) {
		if (strcmp(s, names[i]) != 0)
			continue;
		*kind = (enum cq_gap_kind)i;
		return true;
	}
	return false;
}

void
cq_gap_free(struct cq_gap *gap)
{
	free(gap->source);
	free(gap->seen_by);
	raw_free(&gap->words);
	*gap = (struct cq_gap){0};
}

void
cq_gaps_free(struct cq_gaps *gaps)
{
	for (size_t i = 0; i < gaps->n; i++)
		cq_gap_free(&gaps->at[i]);
	free(gaps->at);
	*gaps = (struct cq_gaps){0};
}

/* What is left of the longest pause when so much time has gone by. */
static int64_t
remembered(int64_t pause_s, int64_t gone_s)
{
	if (gone_s >= CQ_GAP_FORGET_S)
		return 0;
	return pause_s - pause_s * gone_s / CQ_GAP_FORGET_S;
}

void
cq_habit_hear(struct cq_habit *h, int64_t at)
{
	int64_t pause;

	h->n++;
	if (h->heard_at == CQ_NO_TIME) {
		h->from_at = h->heard_at = at;
		return;
	}
	if (at < h->from_at)
		h->from_at = at;
	if (at <= h->heard_at)
		return;
	pause = at - h->heard_at;
	h->heard_at = at;
	h->pause_s = remembered(h->pause_s, pause);
	if (pause > h->pause_s)
		h->pause_s = pause;
}

int64_t
cq_habit_patience(const struct cq_habit *h)
{
	int64_t patience;

	if (h->n < CQ_GAP_HABIT_POSTS || h->heard_at == CQ_NO_TIME ||
	    h->heard_at - h->from_at < CQ_GAP_HABIT_S)
		return INT64_MAX;
	patience = h->pause_s * CQ_GAP_PAUSES;
	return patience < CQ_GAP_SILENT_S ? CQ_GAP_SILENT_S : patience;
}

void
cq_habit_late(struct cq_habit *h, int64_t now)
{
	if (cq_habit_patience(h) != INT64_MAX && now - h->heard_at > h->pause_s)
		h->pause_s = now - h->heard_at;
}

/* A person did not pause it, and somebody could ask it. */
static bool
is_listening(const struct cq_source *s)
{
	return !s->paused && strcmp(s->adapter, "ndjson") != 0;
}

static int64_t
intervals(const struct cq_source *s, int64_t least)
{
	int64_t n = (int64_t)s->every_s * CQ_GAP_INTERVALS;

	return n < least ? least : n;
}

/* It was due long ago. */
static bool
is_unasked(const struct cq_source *s, int64_t now)
{
	return s->next_at > 0 && now - s->next_at > intervals(s, CQ_GAP_LONG_S);
}

bool
cq_source_fails(const struct cq_source *s, int64_t now)
{
	int64_t since = s->ok_at != CQ_NO_TIME ? s->ok_at : s->failed_at;

	if (s->paused && s->parked_at != CQ_NO_TIME)
		return true;
	if (!is_listening(s))
		return false;
	if (s->n_failed > 0 && since != CQ_NO_TIME &&
	    now - since > intervals(s,
			      s->n_failed < CQ_GAP_FAILURES ? CQ_GAP_LONG_S
							    : CQ_GAP_FAILED_S))
		return true;
	return is_unasked(s, now);
}

/* While it is not asked, or in vain, nobody knows whether it is silent. */
bool
cq_source_is_silent(const struct cq_source *s)
{
	int64_t patience = cq_habit_patience(&s->habit);

	if (!is_listening(s) || s->ok_at == CQ_NO_TIME || patience == INT64_MAX)
		return false;
	return s->ok_at - s->habit.heard_at > patience;
}

/* --- what a gap says ----------------------------------------------------- */

const char *
cq_source_trouble(const struct cq_source *s, int64_t now)
{
	if (s->paused && s->parked_at != CQ_NO_TIME)
		return s->last_error;
	if (!is_listening(s))
		return NULL;
	/* what it said so long ago may be over */
	if (is_unasked(s, now))
		return "nobody asks it: is \"caseq run\" on, is there room on "
		       "the disk, or must its account wait?";
	return s->n_failed > 0 ? s->last_error : NULL;
}

/* The next word that has no digit; n: its bytes, 0 at the end. */
static const char *
next_word(const char *s, size_t *n)
{
	for (;; s += *n) {
		s += strspn(s, " ");
		*n = strcspn(s, " ");
		if (*n == 0 || strcspn(s, "0123456789") >= *n)
			return s;
	}
}

/* Is that the end of a message that was too long? */
static bool
is_cut(const char *word, size_t n)
{
	return n >= 3 && word[n] == '\0' && strcmp(word + n - 3, "...") == 0;
}

bool
cq_gap_same_words(const char *a, const char *b)
{
	size_t n = 1, m = 1;

	while (n > 0) {
		a = next_word(a, &n);
		b = next_word(b, &m);
		if (is_cut(a, n) || is_cut(b, m))
			return true;
		if (n != m || memcmp(a, b, n) != 0)
			return false;
		a += n;
		b += m;
	}
	return true;
}

const char *
cq_gap_news(const struct cq_gap *gap, const struct cq_source *s, int64_t now,
    bool *paused)
{
	const char *trouble = cq_source_trouble(s, now);

	/* if the clock was set back, it may be later than now for long */
	*paused = gap->seen_at != CQ_NO_TIME && s->paused &&
	    s->parked_at != CQ_NO_TIME && s->parked_at > gap->seen_at &&
	    s->parked_at <= now;
	return trouble == NULL ||
		(!*paused && cq_gap_same_words(gap->words.s, trouble))
	    ? NULL
	    : trouble;
}
