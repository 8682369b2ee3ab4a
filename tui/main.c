/*
 * caseq: where the three parts of the house meet.  Line mode and screens
 * (tui/) reach the network (sources/) only through the functions below.
 */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "sources/maps.h"
#include "sources/ndjson.h"
#include "sources/poll.h"
#include "sources/source.h"
#include "sources/token.h"
#include "tui/commands/cli.h"
#include "tui/screens/app.h"

static const char *
adapter(size_t i, const char **help)
{
	const struct src_ops *ops = src_adapters[i];

	*help = ops == NULL ? NULL : ops->help;
	return ops == NULL ? NULL : ops->name;
}

static const char *
map(size_t i, const char **text)
{
	*text = src_maps[i].text;
	return src_maps[i].name;
}

/* What a token would lift is no reason to ask less often for ever. */
static int
usual_every_s(const struct cq_source *source, const struct src_ops *ops)
{
	struct cq_source best = *source;
	static char token[] = "a token";
	int64_t floor_s;

	best.token_file = token;
	floor_s = src_floor_s(&best);
	return floor_s > ops->every_s ? (int)floor_s : ops->every_s;
}

static enum cq_status
check(struct cq_source *source, unsigned given, struct cq_err *err)
{
	static const char credential[] = "credential:";
	const struct src_ops *ops = src_adapter(source->adapter);

	if (ops == NULL)
		return cq_fail(err, CQ_INPUT, "there is no adapter '%s'",
		    source->adapter);
	if (source->token_file != NULL && ops->tokenless &&
	    (given & CQ_SET_TOKEN) != 0)
		return cq_fail(err, CQ_INPUT,
		    "%s takes no token: leave out --token-file and "
		    "--credential",
		    ops->name);
	if (source->token_file != NULL &&
	    strncmp(source->token_file, credential, strlen(credential)) == 0 &&
	    token_credential_check(source->token_file + strlen(credential),
		err) != CQ_OK)
		return err->status;
	if (ops->check(source, err) != CQ_OK ||
	    ((given & CQ_SET_OPTIONS) != 0 && ops->check_given != NULL &&
		ops->check_given(source, err) != CQ_OK))
		return err->status;
	if (source->every_s == 0)
		source->every_s = usual_every_s(source, ops);
	return CQ_OK;
}

static char *
anew(const struct cq_source *source, int64_t now)
{
	const struct src_ops *ops = src_adapter(source->adapter);
	const struct src_visit visit = {.source = source,
	    .cursor = source->cursor,
	    .now = now,
	    .since_at = source->since_at,
	    .session = ""};

	return ops == NULL || ops->anew == NULL ? cq_strdup("")
						: ops->anew(&visit);
}

/* Between what sources tell and what line mode hears. */
struct teller {
	cli_tell_fn tell;
	void *arg;
};

static void
tell(void *arg, const struct poll_told *told)
{
	static const enum cli_end ends[] = {
	    [POLL_ASKED] = CLI_ASKED,
	    [POLL_RESTS] = CLI_RESTS,
	    [POLL_PAUSED] = CLI_PAUSED,
	    [POLL_NO_TOKEN] = CLI_NO_TOKEN,
	    [POLL_OVERTAKEN] = CLI_OVERTAKEN,
	};
	const struct teller *t = arg;
	const struct cli_told heard = {.source = told->source,
	    .end = ends[told->end],
	    .under_way = told->under_way,
	    .step = told->step,
	    .n_old = told->n_old,
	    .error = told->status == CQ_OK ? NULL : told->error,
	    .next_at = told->next_at,
	    .sum = told->sum};

	t->tell(t->arg, &heard);
}

static enum cq_status
fetch(struct cq_store *store, const struct cq_act *act,
    const char *const *names, bool by_hand, const volatile int *stop,
    cli_tell_fn hear, void *arg, struct cq_err *err)
{
	struct teller t = {hear, arg};
	const struct poll_opts opts = {.names = names,
	    .by_hand = by_hand,
	    .stop = stop,
	    .tell = tell,
	    .arg = &t};

	return poll_round(store, act, &opts, err);
}

static enum cq_status
run(struct cq_store *store, const struct cq_act *act, const volatile int *stop,
    cli_tell_fn hear, void *arg, struct cq_err *err)
{
	struct teller t = {hear, arg};
	const struct poll_opts opts = {
	    .due_only = true, .stop = stop, .tell = tell, .arg = &t};

	return poll_run(store, act, &opts, err);
}

static const struct cli_network network = {
    .read_line = ndjson_read,
    .adapter = adapter,
    .map = map,
    .check = check,
    .floor = src_floor_s,
    .secret_in = src_secret_in,
    .anew = anew,
    .fetch = fetch,
    .run = run,
    .test = poll_test,
};

/*
 * A program started with standard input, output or error closed would get
 * their numbers for the queue file, and write messages into it.
 */
static void
fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	fill_standard_files();
	return cli_main(argc, argv, &network, app_run);
}
