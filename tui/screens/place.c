#include "tui/screens/place.h"

#include "tui/screens/terminal.h"

#define LAST_GROUP 2 /* closed cases */

struct search {
	struct list *list;
	const struct cq_after *end;
	size_t n;
	long long until_ms;
	bool failed;
};

/* True if a row stands at or behind the end. */
static bool
is_past(const struct search *s, const struct cq_case *row)
{
	struct cq_after a;

	if (s->end == NULL)
		return false;
	a = cq_case_after(row);
	if (a.group != s->end->group)
		return a.group > s->end->group;
	if (a.sort_key != s->end->sort_key)
		return a.sort_key < s->end->sort_key;
	return a.id > s->end->id;
}

/* Rows from a place to the end; n + 1 stands for more than n. */
static size_t
rows_from(struct search *s, int group, int64_t key, int64_t id)
{
	struct cq_after after = {group, key, id};
	struct cq_cases rows = {0};
	size_t n = 0;

	if (term_ms() > s->until_ms ||
	    cq_store_list(s->list->store, s->list->query, s->list->me, &after,
		(int)s->n + 1, &rows, NULL) != CQ_OK) {
		s->failed = true;
		return 0;
	}
	while (n < rows.n && !is_past(s, &rows.at[n]))
		n++;
	cq_cases_free(&rows);
	return n;
}

static int64_t
middle(int64_t low, int64_t high)
{
	return (int64_t)((uint64_t)low + ((uint64_t)high - (uint64_t)low) / 2);
}

/* The highest key below which there are no more than n rows. */
static int64_t
find_key(struct search *s, int group)
{
	int64_t low = INT64_MIN, high = INT64_MAX;

	while (!s->failed && low < high - 1) {
		int64_t key = middle(low, high);

		if (rows_from(s, group, key, INT64_MAX) <= s->n)
			low = key;
		else
			high = key;
	}
	return low;
}

/* Among the cases of one key: the lowest id behind which there are n. */
static int64_t
find_id(struct search *s, int group, int64_t key)
{
	int64_t low = 0, high = INT64_MAX;

	while (!s->failed && low < high) {
		int64_t id = middle(low, high);

		if (rows_from(s, group, key, id) <= s->n)
			high = id;
		else
			low = id + 1;
	}
	return high;
}

static void
find_in_group(struct search *s, int group, struct list_place *place)
{
	int64_t key = find_key(s, group), id = INT64_MAX;

	/* the cases of one key came in together: there may be many */
	if (!s->failed && rows_from(s, group, key, INT64_MAX) < s->n / 2)
		id = find_id(s, group, key);
	place->top = false;
	place->after = (struct cq_after){group, key, id};
}

bool
place_before(struct list *list, const struct cq_after *end, size_t n, int ms,
    struct list_place *place)
{
	struct search s = {list, end, n, term_ms() + ms, false};

	place->top = true;
	for (int g = end == NULL ? LAST_GROUP : end->group; g >= list->group;
	     g--) {
		if (rows_from(&s, g, INT64_MAX, INT64_MAX) <= n)
			continue; /* all of this group, and more */
		find_in_group(&s, g, place);
		break;
	}
	return !s.failed;
}
