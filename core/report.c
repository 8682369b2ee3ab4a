#include "core/report.h"

#include <stdlib.h>
#include <string.h>

/*
 * The period is from_at <= t < to_at, t being the time of an event.  What was
 * undone before its end does not count.  A team limits the figures about acts
 * to those of its agents at that time; posts, openings, reopenings and
 * backlogs are everybody's.
 */
/* clang-format off */
const struct cq_figure_row cq_figure_rows[CQ_N_FIGURES] = {
	[CQ_FIG_POSTS_IN] = { "posts-in", "Posts in", CQ_COUNT,
	    "posts stored in the period, reposts too; a post seen again "
	    "does not count again" },
	[CQ_FIG_OPENED] = { "opened", "Cases opened", CQ_COUNT,
	    "cases that a post opened in the period; cases made by breaking "
	    "posts out of another do not count" },
	[CQ_FIG_JOINED] = { "joined", "Duplicates absorbed", CQ_COUNT,
	    "posts of the period that joined a case instead of opening one, "
	    "and cases that a person joined into another in the period" },
	[CQ_FIG_RESOLVED] = { "resolved", "Cases resolved", CQ_COUNT,
	    "resolve events in the period; a case that was reopened and "
	    "resolved again counts twice" },
	[CQ_FIG_DISMISSED] = { "dismissed", "Cases dismissed", CQ_COUNT,
	    "dismiss events in the period" },
	[CQ_FIG_REOPENED] = { "reopened", "Cases reopened", CQ_COUNT,
	    "resolved or dismissed cases that came back into the queue in "
	    "the period, by a person, a join, or a new post" },
	[CQ_FIG_REFUSED] = { "refused", "Claims refused", CQ_COUNT,
	    "attempts in the period to take a case that another agent held: "
	    "work that was not done twice" },
	[CQ_FIG_UNDONE] = { "undone", "Joins undone", CQ_COUNT,
	    "joins undone, and acts that broke posts out of a case, in the "
	    "period" },
	[CQ_FIG_NOTES] = { "notes", "Notes", CQ_COUNT,
	    "internal notes written in the period" },
	[CQ_FIG_GROUPED] = { "grouped", "Put into incidents", CQ_COUNT,
	    "cases put into an incident in the period; one that moved on to "
	    "another counts again" },
	[CQ_FIG_TAKEN] = { "taken", "Cases taken", CQ_COUNT,
	    "claims given in the period, by take, by next, or by steal if "
	    "nobody held the case any more; renewing a claim does not "
	    "count" },
	[CQ_FIG_STOLEN] = { "stolen", "Claims stolen", CQ_COUNT,
	    "claims taken over by steal in the period while another agent "
	    "held them" },
	[CQ_FIG_BACKLOG_START] = { "backlog-start", "Backlog at start",
	    CQ_BACKLOG,
	    "cases new, open, pending or snoozed at the start of the period, "
	    "by age; joined cases count once, under the one that goes on, "
	    "from the earliest opening" },
	[CQ_FIG_BACKLOG_END] = { "backlog-end", "Backlog at end", CQ_BACKLOG,
	    "cases new, open, pending or snoozed at the end of the period, "
	    "by age; joined cases count once, under the one that goes on, "
	    "from the earliest opening" },
	[CQ_FIG_FIRST_TAKE] = { "first-take", "First take", CQ_DURATION,
	    "time from the earliest opening of a case and of all joined "
	    "into it by then to the first claim ever given on any of them, "
	    "if that fell in the period" },
	[CQ_FIG_RESOLUTION] = { "resolution", "Resolution", CQ_DURATION,
	    "time from the earliest opening of a case and of all joined "
	    "into it by then to its last resolve in the period; joined cases "
	    "count once, under the one that goes on" },
}; /* clang-format on */

const char *const cq_age_names[CQ_N_AGES] = {
    "<1h", "<4h", "<24h", "<3d", "older"};

int
cq_figure_find(const char *name)
{
	int i;

	for (i = 0; i < CQ_N_FIGURES; i++) {
		if (strcmp(name, cq_figure_rows[i].name) == 0)
			return i;
	}
	return -1;
}

void
cq_report_free(struct cq_report *report)
{
	size_t i;

	for (i = 0; i < CQ_N_FIGURES; i++)
		free(report->at[i].cases);
	for (i = 0; i < report->n_agents; i++)
		free(report->agents[i].name);
	free(report->agents);
	free(report->team);
	cq_gaps_free(&report->gaps);
	cq_gaps_free(&report->told_later);
	*report = (struct cq_report){0};
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
percentile(const int64_t *sorted, size_t n, unsigned percent)
{
	size_t rank = (n * percent + 99) / 100; /* rounded up, from 1 */

	return sorted[rank - 1];
}

void
cq_report_times(struct cq_figure_value *v, int64_t *seconds, size_t n)
{
	int64_t sum = 0;
	size_t i;

	v->n = (int64_t)n;
	v->median_s = v->p90_s = v->mean_s = 0;
	if (n == 0)
		return;
	qsort(seconds, n, sizeof(*seconds), by_size);
	for (i = 0; i < n; i++)
		sum += seconds[i];
	v->median_s = percentile(seconds, n, 50);
	v->p90_s = percentile(seconds, n, 90);
	v->mean_s = sum / (int64_t)n;
}
