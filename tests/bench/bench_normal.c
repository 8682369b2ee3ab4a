#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/normal.h"
#include "core/text.h"

/*
 * How many posts a second of one processor's time can be shown and
 * normalised?
 *
 * usage: bench_normal [SECONDS]
 *
 * SECONDS for each line of the table, 1 by default.
 */

struct kind {
	const char *name;
	const char *post;
};

static const struct kind kinds[] = {
    {"English",
	"@northrail Charged twice for ticket 4471-22 on Monday, and nobody "
	"has answered my three mails. When do I get my 38.50 back? "
	"https://example.org/p/1 #northrail #refund"},
    {"German",
	"RT @zugfreundin: Schon wieder 45 Minuten Versp\xc3\xa4tung, keine "
	"Durchsage, der Anschluss ist weg. Wer erstattet mir das Hotel? "
	"Gr\xc3\xbc\xc3\x9f"
	"e aus K\xc3\xb6ln!"},
    {"Japanese",
	"\xe6\xb3\xa8\xe6\x96\x87\xe3\x81\x97\xe3\x81\x9f\xe8\x8d\xb7\xe7\x89"
	"\xa9\xe3\x81\x8c\xe3\x81\xbe\xe3\x81\xa0\xe5\xb1\x8a\xe3\x81\x8d\xe3"
	"\x81\xbe\xe3\x81\x9b\xe3\x82\x93\xe3\x80\x82\xe8\xbf\x94\xe9\x87\x91"
	"\xe3\x82\x92\xe3\x81\x8a\xe9\xa1\x98\xe3\x81\x84\xe3\x81\x97\xe3\x81"
	"\xbe\xe3\x81\x99\xe3\x80\x82"},
    {"hostile",
	"\x1b]52;c;cm0gLXJm\x07user\xe2\x80\xaegpj.exe "
	"Z\xcc\x81\xcc\x82\xcc\x83\xcc\x84"
	"a\xcc\x85\xcc\x86\xcc\x87\xcc\x88 \xff\xfe \xc2\x9b"
	"2J pay\xe2\x80\x8bpal \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80"},
};

static void
show_line(const char *post)
{
	struct shown_text shown = show_str(post, SHOW_LINE);

	shown_free(&shown);
}

static void
show_whole(const char *post)
{
	struct shown_text shown = show_str(post, SHOW_TEXT);

	shown_free(&shown);
}

static void
normalise(const char *post)
{
	struct cq_normal normal = cq_normalise(post);

	cq_normal_free(&normal);
}

static const struct {
	const char *name;
	void (*work)(const char *post);
} works[] = {
    {"show, one line", show_line},
    {"show, for reading", show_whole},
    {"normalise", normalise},
};

static double
measure(void (*work)(const char *post), const char *post, double seconds)
{
	clock_t start = clock();
	double used;
	long n = 0;
	int i;

	do {
		for (i = 0; i < 1000; i++)
			work(post);
		n += 1000;
		used = (double)(clock() - start) / CLOCKS_PER_SEC;
	} while (used < seconds);
	return (double)n / used;
}

int
main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
	double rate;
	size_t i, k;

	printf("%-18s %-9s %6s %12s %8s\n", "work", "text", "bytes",
	    "posts/CPU s", "MB/s");
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			rate = measure(works[i].work, kinds[k].post, seconds);
			printf("%-18s %-9s %6zu %12.0f %8.1f\n", works[i].name,
			    kinds[k].name, strlen(kinds[k].post), rate,
			    rate * (double)strlen(kinds[k].post) / 1e6);
		}
	}
	return 0;
}
