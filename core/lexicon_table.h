#ifndef CQ_LEXICON_TABLE_H
#define CQ_LEXICON_TABLE_H

#include <stddef.h>

/*
 * One word in the languages where it is the same; a word that is one
 * thing here and another there has a row for each.  Used by lexicon.c only
 * (and by its test).
 */
struct cq_lexicon_row {
	const char *word;
	unsigned short langs; /* CQ_LANG_ bits */
	unsigned char flags;  /* CQ_WORD_ bits; 0 is a word of its own */
};

extern const struct cq_lexicon_row cq_lexicon_rows[]; /* sorted by word */
extern const size_t cq_lexicon_n_rows;

#endif
