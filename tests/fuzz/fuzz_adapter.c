#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "sources/json.h"
#include "sources/source.h"
#include "tests/fuzz/must.h"

/*
 * For libFuzzer ("make fuzz"): one adapter, that of the program's name
 * (fuzz_adapter_NAME), is answered with anything.  What it emits is a proper
 * post, and where it says to go on it can.
 *
 * The input is the answers, parted by the byte 0x1e.  A byte below 0x20 in
 * front says how the first is given, and that the source has a token, as may
 * be needed to read all; without one it is an answer with status 200 to a
 * first visit, so that recorded bodies are good to begin with.
 */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define NOW INT64_C(1795439220) /* 2026-11-23T13:07:00Z */
#define STEPS_MAX 6

/* With every ' for a ". */
#define MAP                                                               \
	"{'url':'{address}?s={since}[&c={cursor}]','since':{'format':"    \
	"'epoch'},'next':{'cursor':'/next'},'more':'/more','items':"      \
	"'/items','order':'newest_first','error':'/error','wait':'/wait'" \
	",'skip':'/x','post':{'id':'/id','title':'/a','text':['/b','{/c}" \
	"'],'html':true,'time':{'at':'/at','format':'epoch'},'author':"   \
	"'/u','handle':'{/u}@{/l|host}','link':'/l','followers':'/f',"    \
	"'rating':'/r','bot':'/o','gone':'/g','extra':{'e':'/e'}}}"

static const struct row {
	const char *adapter, *address, *query, *secret, *options;
} rows[] = {
    {"mastodon", "https://m.example", "#tag", NULL, NULL},
    {"feed", "https://f.example/rss", "", NULL, NULL},
    {"bluesky", "https://b.example", "parcel", "me.b.example:app-pass", NULL},
    {"discourse", "https://d.example", "", NULL, NULL},
    {"github", "https://github.com/o/r", "", NULL, NULL},
    {"gitlab", "https://gitlab.com/o/r", "", NULL, NULL},
    {"hackernews", "https://hn.algolia.com", "acme", NULL, NULL},
    {"json", "https://j.example", "", NULL, MAP},
    {"reddit", "https://www.reddit.com", "r/acme", "id:secret:refresh", NULL},
    {"appstore", "https://itunes.apple.com", "us/123", NULL, NULL},
    {"stackexchange", "https://superuser.com", "[acme] kettle", NULL, NULL},
    {"youtube", "https://www.googleapis.com", "video:v", "key", NULL},
    {"x", "https://x.com", "acme", "bearer", "{\"monthly_cap\":500}"},
    {"cfpb", "https://www.consumerfinance.gov", "company:A", NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const struct src_ops *ops;
static struct cq_source source;
static const char *secret; /* NULL: it needs none */
static char token_file[] = "/nonexistent";

/* Options as a source keeps them; a map is put into them as text. */
static char *
options_of(const struct row *row)
{
	struct cq_buf out = {0};
	char *map, *at;

	if (strcmp(row->adapter, "json") != 0)
		return cq_strdup(row->options);
	map = cq_strdup(row->options);
	for (at = map; (at = strchr(at, '\'')) != NULL; at++)
		*at = '"';
	cq_buf_str(&out, "{\"map\":");
	json_add_str(&out, map);
	cq_buf_char(&out, '}');
	free(map);
	return cq_buf_take(&out);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = strstr((*argv)[0], "fuzz_adapter_");
	const struct row *row = rows;
	struct cq_err err = {0};

	(void)argc;
	must(name != NULL);
	name += strlen("fuzz_adapter_");
	while (row->adapter != NULL && strcmp(row->adapter, name) != 0)
		row++;
	must(row->adapter != NULL);
	ops = src_adapter(name);
	source = (struct cq_source){
	    .name = cq_strdup("here"),
	    .adapter = cq_strdup(row->adapter),
	    .address = cq_strdup(row->address),
	    .query = cq_strdup(row->query),
	    .token_file = row->secret == NULL ? NULL : token_file,
	    .options = options_of(row),
	    .since_at = NOW - 86400,
	};
	secret = row->secret;
	if (ops->check(&source, &err) != CQ_OK)
		fprintf(stderr, "%s: %s\n", name, err.msg);
	must(err.status == CQ_OK);
	return 0;
}

/* --- an answer --------------------------------------------------------- */

/* Headers that mean something, each given where a bit of the first byte is. */
static const char *const headers[][2] = {
    {"Content-Type", "text/xml; charset=utf-16"},
    {"Retry-After", "7"},
    {"Link",
	"<https://m.example/x?min_id=7&page=2>; rel=\"prev\", "
	"<https://m.example/x?page=3>; rel=\"next\""},
};

static const char *
header(const struct src_answer *answer, const char *name)
{
	unsigned bits = *(const unsigned *)answer->arg;
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if ((bits >> i & 1) != 0 &&
		    strcasecmp(headers[i][0], name) == 0)
			return headers[i][1];
	return NULL;
}

static void
check_post(void *arg, const struct cq_post *post)
{
	struct cq_post own = *post;
	struct cq_err err = {0};

	(void)arg;
	own.source = "here";
	if (cq_post_check(&own, &err) != CQ_OK)
		fprintf(stderr, "%s\n", err.msg);
	must(err.status == CQ_OK);
}

/* One question and its answer; false at the end of the visit. */
static bool
step(struct src_visit *visit, char **cursor, char **session, int status,
    unsigned bits, const char *body, size_t n)
{
	const char *key = visit->secret;
	char *copy = cq_strndup(body, n);
	struct src_answer answer = {.http = status,
	    .body = copy,
	    .n = n,
	    .url = source.address,
	    .now = NOW,
	    .header = header,
	    .arg = &bits};
	struct src_request req = {0};
	struct src_next next = {0};
	struct cq_err err = {0};
	bool more;

	must(ops->ask(visit, &req, &err) == CQ_OK && req.url != NULL);
	src_request_free(&req);
	visit->secret = NULL;
	must(ops->read(visit, &answer, check_post, NULL, &next, &err) ==
		CQ_OK ||
	    (err.status == CQ_NET && err.msg[0] != '\0'));
	visit->secret = key;
	if (next.cursor != NULL) {
		must(cq_utf8_valid(next.cursor, strlen(next.cursor)));
		free(*cursor);
		*cursor = cq_strdup(next.cursor);
		visit->cursor = *cursor;
	}
	if (next.session != NULL) {
		free(*session);
		*session = cq_strdup(next.session);
		visit->session = *session;
	}
	must(next.wait_s >= 0 && next.wait_s <= 86400);
	more = err.status == CQ_OK && next.more;
	src_next_free(&next);
	free(copy);
	return more;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	static const int statuses[] = {200, 200, 304, 400, 403, 429, 404, 500};
	const char *at = (const char *)data, *end = at + n;
	char *cursor = cq_strdup(""), *session = cq_strdup("");
	struct src_visit visit = {.source = &source,
	    .cursor = cursor,
	    .now = NOW,
	    .since_at = source.since_at,
	    .secret = secret,
	    .session = session};
	unsigned bits = 0;
	int i, status = 200;

	if (n > 0 && *data < 0x20 && *data != '\t' && *data != '\n') {
		status = statuses[*data & 7];
		bits = *data >> 3;
		at++;
		if (secret == NULL)
			visit.secret = "ann:key";
	}
	source.token_file = visit.secret == NULL ? NULL : token_file;
	for (i = 0; i < STEPS_MAX; i++) {
		const char *next = memchr(at, 0x1e, (size_t)(end - at));
		const char *stop = next == NULL ? end : next;

		if (!step(&visit, &cursor, &session, status, bits, at,
			(size_t)(stop - at)))
			break;
		status = 200;
		if (next != NULL)
			at = next + 1;
	}
	if (visit.memory != NULL)
		ops->forget(visit.memory);
	free(cursor);
	free(session);
	return 0;
}
