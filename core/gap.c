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
	return s->next_at > 0 && now - s->next_at > intervals(s, CQ_GAP_LONG_S);
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
