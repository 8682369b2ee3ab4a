#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "sources/html.h"
#include "tests/fuzz/must.h"

/*
 * For libFuzzer ("make fuzz"): whatever UTF-8 is called HTML becomes plain text,
 * in UTF-8, and no longer than it may.
 */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	char *text;

	if (!cq_utf8_valid((const char *)data, n))
		return 0; /* whoever calls it has seen to that */
	text = html_text((const char *)data, n, "https://shop.example/a");
	must(text != NULL);
	must(cq_utf8_valid(text, strlen(text)));
	free(text);
	return 0;
}
