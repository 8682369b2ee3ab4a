#ifndef CQ_PRIORITY_H
#define CQ_PRIORITY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Priority is a sum that explains itself:
 *
 *	72 = overdue 30 + reach 24 + repeat 8 + rating 4 + age 6
 *
 *	overdue  w.overdue once the due time has passed
 *	reach    w.reach * log10(1 + followers of its authors and reposters)
 *	repeat   w.repeat * log2(number of posts, reposts left out)
 *	rating   w.rating * (3 - rating), below 0 for praise; 0 if unrated
 *	age      w.age * hours since the case was opened
 *
 * All parts but age are whole numbers, so the order by the exact sum and
 * the order by the printed sum never contradict each other.  Age grows
 * alike for all cases, so the order between two cases changes only when
 * one of them changes or becomes overdue: it can be stored and indexed.
 */
struct cq_weights {
	int overdue, reach, repeat, rating; /* points */
	int age;			    /* tenths of a point an hour */
	int due_s;			    /* seconds from opening to due */
};

/* The weights as data, for storing and listing. */
struct cq_weight_row {
	const char *name;
	size_t offset;	     /* of the int in struct cq_weights */
	int value, min, max; /* default and limits */
	const char *help;
};
extern const struct cq_weight_row cq_weight_rows[]; /* ends with NULL name */

struct cq_weights cq_weights_default(void);

struct cq_priority_facts {
	int64_t reach;	 /* followers, summed */
	int64_t n_posts; /* without reposts */
	int64_t opened_at;
	int rating;  /* lowest of its posts; 0 if none is rated */
	int overdue; /* 0 or 1 */
};

struct cq_priority {
	int overdue, reach, repeat, rating, age, sum;
};

/* The sum and its parts at a moment. */
struct cq_priority cq_priority_at(const struct cq_weights *w,
    const struct cq_priority_facts *facts, int64_t now);

/*
 * The key that the queue is sorted by, biggest first: the sum with the age
 * counted from a fixed moment, in thousandths of a point.
 */
int64_t cq_priority_key(const struct cq_weights *w,
    const struct cq_priority_facts *facts);

/* "72 = overdue 30 + reach 24 + ...", parts of 0 left out. */
void cq_priority_why(const struct cq_priority *p, char *out, size_t size);

#endif
