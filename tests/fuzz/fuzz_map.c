#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "sources/adapters.h"
#include "sources/json.h"
#include "sources/url.h"
#include "tests/fuzz/must.h"

/*
 * For libFuzzer ("make fuzz"): the input is a map file.  Whatever it holds
 * is refused with a message, or makes an address on the host of its source.
 */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

#define ADDRESS "https://j.example/v1"

static void
ask(const struct cq_source *s)
{
	struct src_visit visit = {.source = s,
	    .cursor = "1795000000 - - 3 way",
	    .now = INT64_C(1795439220),
	    .since_at = CQ_NO_TIME,
	    .session = ""};
	struct src_request req;
	struct cq_err err = {0};

	if (src_json.ask(&visit, &req, &err) == CQ_OK)
		must(url_same_origin(req.url, ADDRESS));
	else
		must(err.msg[0] != '\0');
	src_request_free(&req);
	if (visit.memory != NULL)
		src_json.forget(visit.memory);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct cq_source s = {.name = (char[]){"here"},
	    .adapter = (char[]){"json"},
	    .address = (char[]){ADDRESS},
	    .query = (char[]){"a=b&dataset=c"}};
	struct cq_buf options = {0};
	struct cq_err err = {0};
	char *map = cq_strndup((const char *)data, n);

	if (cq_utf8_valid(map, strlen(map))) {
		cq_buf_str(&options, "{\"map\":");
		json_add_str(&options, map);
		cq_buf_char(&options, '}');
		s.options = options.s;
		if (src_json.check(&s, &err) == CQ_OK)
			ask(&s);
		else
			must(err.msg[0] != '\0');
	}
	cq_buf_free(&options);
	free(map);
	return 0;
}
