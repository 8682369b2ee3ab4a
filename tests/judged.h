#ifndef TESTS_JUDGED_H
#define TESTS_JUDGED_H

#include "tests/store_fixture.h"

/* Cases that may be the same, and what is said of them. */

/* Each gate is another case, and all are suggested to each other. */
int64_t at_gate(struct fixture *f, int gate);

/* Two cases that are no copies of each other, and one that fits both. */
void either(struct fixture *f, int64_t *one, int64_t *two, int64_t *both);

/* "2 3 7": what is suggested for a case, in order; borrowed until called. */
const char *dups(struct fixture *f, int64_t id, int limit);

/* "1+2+3 4+6": the clusters of the tray, in order; borrowed likewise. */
const char *tray(struct fixture *f, int limit);

/* May be refused: for OK() and REFUSED(). */
enum cq_status not_same(struct fixture *f, const char *agent, int64_t a,
    int64_t b);

#endif
