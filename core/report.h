#ifndef CQ_REPORT_H
#define CQ_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "core/gap.h"

/*
 * The figures of a shift.  Definitions stand beside each name in the one
 * table cq_figure_rows (core/report.c), which the printed report, the JSON
 * and the man page share.  Every figure has the numbers of its cases.
 */
enum cq_figure {
	CQ_FIG_POSTS_IN, /* posts stored */
	CQ_FIG_OPENED,	 /* cases opened */
	CQ_FIG_JOINED,	 /* duplicates absorbed: posts that joined a case
				 instead of opening one, cases joined by hand */
	CQ_FIG_RESOLVED,
	CQ_FIG_DISMISSED,
	CQ_FIG_REOPENED,
	CQ_FIG_REFUSED, /* claims refused: work not done twice */
	CQ_FIG_UNDONE,	/* joins undone or posts split off */
	CQ_FIG_NOTES,
	CQ_FIG_GROUPED, /* cases put into an incident */
	CQ_FIG_TAKEN,	/* claims given */
	CQ_FIG_STOLEN,
	CQ_FIG_BACKLOG_START, /* in the queue at from */
	CQ_FIG_BACKLOG_END,
	CQ_FIG_FIRST_TAKE, /* seconds from opening to first take */
	CQ_FIG_RESOLUTION, /* seconds from opening to last resolve */
	CQ_N_FIGURES
};

enum cq_figure_kind { CQ_COUNT, CQ_BACKLOG, CQ_DURATION };

struct cq_figure_row {
	const char *name;  /* for --cases and JSON: "first-take" */
	const char *title; /* on paper: "First take" */
	enum cq_figure_kind kind;
	const char *meaning; /* the exact definition, one sentence */
};
extern const struct cq_figure_row cq_figure_rows[CQ_N_FIGURES];

/* -1 if no figure has that name. */
int cq_figure_find(const char *name);

#define CQ_N_AGES 5 /* <1h, <4h, <24h, <3d, older */
extern const char *const cq_age_names[CQ_N_AGES];

struct cq_figure_value {
	int64_t n; /* the count; of a duration, how many were measured */
	int64_t median_s, p90_s, mean_s; /* durations; meaningless if n is 0 */
	int64_t ages[CQ_N_AGES];	 /* backlogs */
	int64_t states[4]; /* backlogs: new, open, pending, snoozed */
	int64_t *cases;	   /* sorted, each once */
	size_t n_cases;
};

struct cq_report_agent {
	char *name;
	int64_t taken, notes, resolved, dismissed, released, refused, lost;
};

struct cq_report {
	int64_t from_at, to_at, made_at;
	char *team; /* or NULL */
	struct cq_figure_value at[CQ_N_FIGURES];
	struct cq_report_agent *agents; /* by name */
	size_t n_agents;
	struct cq_gaps gaps; /* that touch it, as they were known at its end */
	struct cq_gaps told_later; /* that were not known then, as of now */
};
void cq_report_free(struct cq_report *report);

/*
 * Median and 90th percentile by the nearest-rank method: the smallest value
 * that at least 50 % (90 %) of the values do not exceed.  Sorts the values.
 */
void cq_report_times(struct cq_figure_value *v, int64_t *seconds, size_t n);

#endif
