#ifndef TESTS_MUST_H
#define TESTS_MUST_H

#include <stdio.h>
#include <stdlib.h>

/* Says what did not hold, so that the input need not be traced. */
#define must(holds)                                              \
	do {                                                     \
		if (!(holds)) {                                  \
			fprintf(stderr, "not so: %s\n", #holds); \
			abort();                                 \
		}                                                \
	} while (0)

#endif
