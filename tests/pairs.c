#include "tests/pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "tests/file.h"

#define PAIRS "tests/fixtures/pairs/pairs.tsv"
#define N_FIELDS 6

const char *const wanted_names[] = {"join", "suggest", "nothing"};

/* Signs that cannot be seen are written "\u200B" or "\U0001F621". */
static void
unescape(char *s)
{
	char *out = s, *end;
	size_t n_digits;
	char hex[9];
	long cp;

	while (*s != '\0') {
		if (s[0] != '\\' || (s[1] != 'u' && s[1] != 'U')) {
			*out++ = *s++;
			continue;
		}
		n_digits = s[1] == 'u' ? 4 : 8;
		assert_true(strlen(s) >= 2 + n_digits);
		memcpy(hex, s + 2, n_digits);
		hex[n_digits] = '\0';
		cp = strtol(hex, &end, 16);
		assert_int_equal(*end, '\0');
		out += utf8proc_encode_char((utf8proc_int32_t)cp,
		    (utf8proc_uint8_t *)out);
		s += 2 + n_digits;
	}
	*out = '\0';
}

static enum wanted
wanted_of(const char *s, int line)
{
	for (int i = 0; i <= NOTHING; i++)
		if (strcmp(s, wanted_names[i]) == 0)
			return (enum wanted)i;
	fail_msg("line %d: no such verdict: %s", line, s);
	return NOTHING;
}

static void
read_pair(char *line, int number, struct pair *p)
{
	char *fields[N_FIELDS];
	size_t n;

	for (int i = 0; i < N_FIELDS; i++) {
		fields[i] = strsep(&line, "\t");
		if (fields[i] == NULL || fields[i][0] == '\0')
			fail_msg("line %d: field %d is empty", number, i + 1);
	}
	if (line != NULL)
		fail_msg("line %d: too many fields", number);
	*p = (struct pair){.line = number,
	    .lang = fields[0],
	    .wanted = wanted_of(fields[1], number),
	    .guard = fields[2],
	    .how = fields[3],
	    .first = fields[4],
	    .second = fields[5]};
	n = strlen(p->guard);
	p->alone = p->guard[n - 1] == '!';
	if (p->alone)
		p->guard[n - 1] = '\0';
	unescape(p->first);
	unescape(p->second);
}

int
pairs_read(void **state)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));
	int number = 0;
	size_t size;
	char *rest, *line;

	assert_non_null(pairs);
	pairs->file = rest = file_read(PAIRS, &size);
	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		if (line[0] == '\0' || line[0] == '#')
			continue;
		assert_true(pairs->n < MAX_PAIRS);
		read_pair(line, number, &pairs->at[pairs->n++]);
	}
	*state = pairs;
	return 0;
}

int
pairs_free(void **state)
{
	struct pairs *pairs = *state;

	free(pairs->file);
	free(pairs);
	return 0;
}
