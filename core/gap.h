#ifndef CQ_GAP_H
#define CQ_GAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/source.h"
#include "core/text.h"

/*
 * Times in which posts of a source may be missing, and when that is said.
 * All limits stand here, each with its reason; caseq(1) tells them too.
 */

/* --- failed: it is asked in vain ----------------------------------------- */

/* Twice is chance: a restart, a lost packet. */
#define CQ_GAP_FAILURES 3
/* Sooner, nobody would have seen the post anyway; a source that is asked
 * seldom is given three times its own interval. */
#define CQ_GAP_FAILED_S (15 * 60)
#define CQ_GAP_INTERVALS 3
/* So long without success, one failure is enough (its service asked for
 * patience), and so is being due and not asked ("caseq run" stands still).
 * A little more than an hourly job of cron(8) lets it wait. */
#define CQ_GAP_LONG_S (65 * 60)

/* --- silent: it is asked, and has nothing to say -------------------------- */

/* Below that many posts, or that many seconds, it has no habits yet: it must
 * have been heard by night too. */
#define CQ_GAP_HABIT_POSTS 50
#define CQ_GAP_HABIT_S (2 * 24 * 3600)
/* Quiet for so many times its longest pause lately ... */
#define CQ_GAP_PAUSES 2
/* ... and never for less than that: a quiet evening alarms nobody. */
#define CQ_GAP_SILENT_S (6 * 3600)
/* A pause counts less as time goes by: after two weeks about a third of it.
 * So the weekends of a place that rests then are still known on Friday. */
#define CQ_GAP_FORGET_S (14 * 24 * 3600)

/* --- jumped: it answered, and left posts out ------------------------------- */

/* No limit: its adapter says so, and a person must have seen it. */

/* --- what it says, and the mark of who saw it ------------------------------ */

/*
 * One that failed says why it is not heard now, so its words change while it
 * goes on.  An answer of another kind is told; the next one of the same kind
 * is not, or each retry would be an event: words with a digit in them
 * (statuses, times, numbers of requests) do not make another kind.
 *
 * Who has seen it knows what it said then.  So the mark is taken off when it
 * says what it never said before, and when the source pauses itself: until
 * then it was asked again without anybody's help.  What comes and goes in
 * turn takes off nothing.
 *
 * Each change is an event.  A report has the words that were known at its
 * end, and keeps them.
 */

enum cq_gap_kind { CQ_GAP_FAILED, CQ_GAP_SILENT, CQ_GAP_JUMPED, CQ_N_GAPS };
const char *cq_gap_name(enum cq_gap_kind kind); /* "failed" */
bool cq_gap_parse(const char *s, enum cq_gap_kind *kind);

struct cq_gap {
	int64_t id;
	char *source; /* its name */
	enum cq_gap_kind kind;
	int64_t from_at;  /* nothing is missing before; CQ_NO_TIME: unknown */
	int64_t until_at; /* nor after; CQ_NO_TIME while it goes on */
	int64_t told_at;  /* when caseq knew */
	int64_t seen_at;  /* when a person said to have seen it, who is seen_by;
			     or CQ_NO_TIME */
	char *seen_by;
	struct raw_text words; /* why now, as a sentence without its source */
};
struct cq_gaps {
	struct cq_gap *at;
	size_t n;
};
void cq_gap_free(struct cq_gap *gap); /* its strings, not itself */
void cq_gaps_free(struct cq_gaps *gaps);

/* A post was written at that time; they may come in any order. */
void cq_habit_hear(struct cq_habit *habit, int64_t at);

/*
 * Its new posts are in.  If even the newest was written long ago, they come
 * late: that counts as a pause, or it would be silent just when it spoke.
 * It has no effect while there are no habits.
 */
void cq_habit_late(struct cq_habit *habit, int64_t now);

/* For how long it may be quiet; INT64_MAX while it has no habits. */
int64_t cq_habit_patience(const struct cq_habit *habit);

/* Is it failing, or silent, by the rules above? */
bool cq_source_fails(const struct cq_source *source, int64_t now);
bool cq_source_is_silent(const struct cq_source *source);

/*
 * Why it is not heard, as a sentence, borrowed from the source: it was due
 * long ago and nobody asked, or what its last failure said.  NULL while
 * nothing is known to be wrong.
 */
const char *cq_source_trouble(const struct cq_source *source, int64_t now);

/*
 * Do two sentences say the same but for words with a digit in them?  One that
 * was cut ("...") is the same as whatever goes on from there.
 */
bool cq_gap_same_words(const char *a, const char *b);

/*
 * What one that failed is to say of the source from now on, borrowed from
 * that; NULL: it is right as it is.  *paused: the source paused itself since
 * somebody saw it.
 */
const char *cq_gap_news(const struct cq_gap *gap,
    const struct cq_source *source, int64_t now, bool *paused);

#endif
