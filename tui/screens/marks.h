#ifndef TUI_MARKS_H
#define TUI_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Cases marked for the next join, in the order in which they were marked. */
struct marks {
	int64_t *at;
	size_t n;
};

bool marks_has(const struct marks *marks, int64_t case_id);
void marks_toggle(struct marks *marks, int64_t case_id);
void marks_clear(struct marks *marks);

#endif
