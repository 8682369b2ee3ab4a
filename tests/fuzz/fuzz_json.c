#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "sources/json.h"
#include "tests/fuzz/must.h"

/*
 * For libFuzzer ("make fuzz"): the gate in front of the JSON library.  What
 * it lets pass is UTF-8 throughout, holds no cut string, and its tokens are
 * those of the text.
 */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void
check_value(const struct json *doc, const cJSON *value, int depth)
{
	const char *s = cJSON_GetStringValue(value);
	const cJSON *item;
	int64_t number;
	char buf[24];

	must(depth <= JSON_DEPTH_MAX);
	must(s == NULL || cq_utf8_valid(s, strlen(s)));
	if (json_int(value, &number))
		must(number < INT64_C(1) << 53 && number > -(INT64_C(1) << 53));
	cJSON_ArrayForEach(item, value)
	{
		if (cJSON_IsObject(value)) {
			must(item->string != NULL);
			must(cq_utf8_valid(item->string, strlen(item->string)));
			json_id(doc, value, item->string, buf);
		}
		check_value(doc, item, depth + 1);
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct cq_err err = {0};
	struct json_token t;
	struct json doc;
	const char *p, *end;

	if (json_read((const char *)data, n, NULL, &doc, &err) != CQ_OK) {
		must(doc.root == NULL && err.msg[0] != '\0');
		return 0;
	}
	check_value(&doc, doc.root, 0);
	p = doc.copy;
	end = p + doc.n;
	while (json_token(&p, end, &t))
		must(t.n > 0 && t.s >= doc.copy && t.s + t.n <= end);
	json_free(&doc);
	return 0;
}
