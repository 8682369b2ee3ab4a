#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stddef.h>

/* What programs that measure have in common. */

double now_ms(void); /* wall clock, from some moment on */
double cpu_s(void);  /* processor time of this process */
long peak_kib(void); /* the most memory that this process had */

/* of_1000: 500 is the median, 1000 the worst.  Sorts what it is given. */
double quantile(double *ms, size_t n, size_t of_1000);

/* With the files in it; folders in it stay. */
void remove_folder(const char *path);

#endif
