#include "tui/screens/marks.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static size_t
find(const struct marks *marks, int64_t case_id)
{
	size_t i = 0;

	while (i < marks->n && marks->at[i] != case_id)
		i++;
	return i;
}

bool
marks_has(const struct marks *marks, int64_t case_id)
{
	return find(marks, case_id) < marks->n;
}

void
marks_toggle(struct marks *marks, int64_t case_id)
{
	size_t i = find(marks, case_id);

	if (i < marks->n) {
		marks->n--;
		memmove(&marks->at[i], &marks->at[i + 1],
		    (marks->n - i) * sizeof(*marks->at));
		return;
	}
	marks->at = cq_grow(marks->at, marks->n + 1, sizeof(*marks->at));
	marks->at[marks->n++] = case_id;
}

void
marks_clear(struct marks *marks)
{
	free(marks->at);
	*marks = (struct marks){0};
}
