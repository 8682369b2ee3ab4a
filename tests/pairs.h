#ifndef TESTS_PAIRS_H
#define TESTS_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Pairs of posts with the verdict of a careful support lead, one a line of
 * fixtures/pairs/pairs.tsv; its head says how to read it.
 */
enum wanted { JOIN, SUGGEST, NOTHING };
extern const char *const wanted_names[];

struct pair {
	int line; /* of the file */
	char *lang, *guard, *how, *first, *second;
	enum wanted wanted;
	bool alone; /* no other guard keeps them apart */
};

#define MAX_PAIRS 500

struct pairs {
	char *file;
	struct pair at[MAX_PAIRS];
	size_t n;
};

/* Set-up and tear-down of a group; *state is a struct pairs. */
int pairs_read(void **state);
int pairs_free(void **state);

#endif
