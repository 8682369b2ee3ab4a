#include "core/priority.h"

#include <limits.h>
#include <stdio.h>

#define ROW(field) #field, offsetof(struct cq_weights, field)

/* clang-format off */
const struct cq_weight_row cq_weight_rows[] = {
	{ ROW(overdue), 30, 0, 1000,
	    "points once the due time has passed" },
	{ ROW(reach), 6, 0, 1000,
	    "points for each tenfold of followers" },
	{ ROW(repeat), 4, 0, 1000,
	    "points for each doubling of the posts" },
	{ ROW(rating), 4, 0, 1000,
	    "points for each star below three, taken off above" },
	{ ROW(age), 5, 0, 1000,
	    "tenths of a point for each hour since the case was opened" },
	{ "due", offsetof(struct cq_weights, due_s), 4 * 3600, 60, 30 * 86400,
	    "seconds from the opening of a case until it is due" },
	{ NULL, 0, 0, 0, 0, NULL }
}; /* clang-format on */

struct cq_weights
cq_weights_default(void)
{
	struct cq_weights w = {0};
	const struct cq_weight_row *row;

	for (row = cq_weight_rows; row->name != NULL; row++)
		*(int *)(void *)((char *)&w + row->offset) = row->value;
	return w;
}

#define LOG_BITS 24
#define LOG10_OF_2 323228497 /* times 2^30 */

/*
 * log2(x) times 2^LOG_BITS for x above 0: whole numbers alone, so that all
 * machines that share a queue round alike.  Squaring a number from 1 to 2
 * doubles its logarithm; what passes 2 is the next binary digit.
 */
static int64_t
log2_scaled(uint64_t x)
{
	uint64_t square;
	int64_t result = 0;
	int top = 63, i;

	while (x >> top == 0)
		top--;
	x = top > 31 ? x >> (top - 31) : x << (31 - top);
	for (i = 0; i < LOG_BITS; i++) {
		square = x * x >> 31;
		result = result << 1 | (int64_t)(square >> 32);
		x = square >> (square >> 32);
	}
	return (int64_t)top << LOG_BITS | result;
}

static int64_t
log10_scaled(uint64_t x)
{
	return log2_scaled(x) * LOG10_OF_2 >> 30;
}

static int
rounded(int64_t scaled)
{
	return (int)((scaled + (1 << (LOG_BITS - 1))) >> LOG_BITS);
}

/* All but the age, which alone depends on the moment. */
static struct cq_priority
whole_parts(const struct cq_weights *w, const struct cq_priority_facts *f)
{
	uint64_t reach = f->reach > 0 ? (uint64_t)f->reach : 0;
	uint64_t n_posts = f->n_posts > 1 ? (uint64_t)f->n_posts : 1;
	struct cq_priority p = {0};

	p.overdue = f->overdue ? w->overdue : 0;
	p.reach = rounded(w->reach * log10_scaled(1 + reach));
	p.repeat = rounded(w->repeat * log2_scaled(n_posts));
	p.rating = f->rating == 0 ? 0 : w->rating * (3 - f->rating);
	p.sum = p.overdue + p.reach + p.repeat + p.rating;
	return p;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * The age, in thousandths of a point, of what was opened in 1970, cut to a
 * whole number: a weight of one tenth an hour is 100 thousandths in 3600
 * seconds.  The age of a case is the difference of two such numbers and not
 * a difference that is cut: so key and printed sum are made of the same
 * whole thousandths, and agree on the order of any two cases at any moment.
 */
static int64_t
age_mark(const struct cq_weights *w, int64_t at)
{
	return floor_div(w->age * at, 36);
}

struct cq_priority
cq_priority_at(const struct cq_weights *w,
    const struct cq_priority_facts *facts, int64_t now)
{
	struct cq_priority p = whole_parts(w, facts);
	int64_t age =
	    floor_div(age_mark(w, now) - age_mark(w, facts->opened_at), 1000);

	/* a clock that is thousands of years wrong */
	if (age > INT_MAX / 2)
		age = INT_MAX / 2;
	if (age < INT_MIN / 2)
		age = INT_MIN / 2;
	p.age = (int)age;
	p.sum += p.age;
	return p;
}

int64_t
cq_priority_key(const struct cq_weights *w,
    const struct cq_priority_facts *facts)
{
	return INT64_C(1000) * whole_parts(w, facts).sum -
	    age_mark(w, facts->opened_at);
}

void
cq_priority_why(const struct cq_priority *p, char *out, size_t size)
{
	const struct {
		const char *name;
		int value;
	} parts[] = {{"overdue", p->overdue}, {"reach", p->reach},
	    {"repeat", p->repeat}, {"rating", p->rating}, {"age", p->age}};
	const char *sign = " = ";
	size_t i, used;
	int value;

	used = (size_t)snprintf(out, size, "%d", p->sum);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		value = parts[i].value;
		if (value == 0 || used >= size)
			continue;
		if (sign[1] == '+' && value < 0) {
			sign = " - ";
			value = -value;
		}
		used += (size_t)snprintf(out + used, size - used, "%s%s %d",
		    sign, parts[i].name, value);
		sign = " + ";
	}
}
