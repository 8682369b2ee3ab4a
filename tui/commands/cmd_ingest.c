#include "tui/commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/post.h"
#include "tui/commands/catch_up.h"
#include "tui/commands/lines.h"
#include "tui/commands/out.h"

/* Posts as NDJSON from a file or a pipe. */

#define BATCH_BYTES (8 * 1024 * 1024)
#define PAUSE_MS 1000 /* what was read is stored when input rests so long */
#define TOLD_MAX 100  /* bad lines told one by one */
#define PROGRESS_AFTER_S 2
#define BUSY_TRIES 6 /* each waits as long as the store's patience lasts */

struct ingest {
	struct cli *cli;
	struct cq_act act;
	const char *name; /* of the input, for messages */
	struct lines in;
	struct cq_post_list batch;
	char batch_op[CQ_OP_SIZE]; /* follows from --op and its lines */
	int64_t batch_at;	   /* seconds, monotonic: its first post came */
	struct cq_ingested sum;
	int64_t n_bad;		   /* lines that never became posts */
	bool taken;		   /* the line gave a post */
	struct cq_err refused;	   /* why it did not */
	int64_t began_at, told_at; /* seconds, monotonic */
	bool progress;		   /* a progress line stands on the terminal */
};

static int64_t
monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* --- progress: one line on a terminal, drawn over ---------------------- */

static void
erase_progress(struct ingest *in)
{
	if (in->progress)
		fprintf(stderr, "\r%-60s\r", "");
	in->progress = false;
}

static void
show_progress(struct ingest *in)
{
	int64_t now = monotonic();

	if (now - in->began_at < PROGRESS_AFTER_S || now == in->told_at ||
	    !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%" PRId64 " lines read, %" PRId64 " posts new",
	    in->in.number, in->sum.n_new);
	in->told_at = now;
	in->progress = true;
}

/* --- one line ---------------------------------------------------------- */

static void
tell_bad(struct ingest *in, const char *why)
{
	in->n_bad++;
	if (in->n_bad > TOLD_MAX)
		return;
	erase_progress(in);
	/* what is wrong with a field names it; else it is the line */
	if (strncmp(why, "is ", 3) == 0 || strncmp(why, "holds ", 6) == 0)
		cli_broken("%s:%" PRId64 ": the line %s", in->name,
		    in->in.number, why);
	else
		cli_broken("%s:%" PRId64 ": %s", in->name, in->in.number, why);
}

static void
keep_post(void *arg, const struct cq_post *post)
{
	struct ingest *in = arg;

	if (cq_post_check(post, &in->refused) != CQ_OK)
		return;
	if (in->batch.n == 0)
		in->batch_at = monotonic();
	cq_post_list_add(&in->batch, post);
	in->taken = true;
}

/*
 * Where a batch ends depends on when its lines came, so the operation id
 * says what is in it: the same --op again repeats a batch only if it has
 * the same lines at the same place of the input.  A batch that is cut in
 * another way is a new act, in which the posts that came in are known.
 */
static void
add_to_op(struct ingest *in, const char *line, size_t n)
{
	char place[24];

	if (in->batch.n == 1) {
		snprintf(place, sizeof(place), "%" PRId64, in->in.number);
		cq_op_derive(in->act.op, place, strlen(place), in->batch_op);
	}
	cq_op_derive(in->batch_op, line, n, in->batch_op);
}

static void
read_line(struct ingest *in, const char *s, size_t n)
{
	if (in->in.number == 1 && n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
		s += 3; /* a byte order mark */
		n -= 3;
	}
	if (n == 0 || (n == 1 && *s == '\r'))
		return;
	in->taken = false;
	if (in->cli->net->read_line(s, n, keep_post, in, &in->refused) !=
		CQ_OK ||
	    !in->taken)
		tell_bad(in, in->refused.msg);
	else
		add_to_op(in, s, n);
}

/* --- storing ----------------------------------------------------------- */

static enum cq_status
flush(struct ingest *in, struct cq_err *err)
{
	struct cq_act act = in->act;
	enum cq_status rc = CQ_OK;

	if (in->batch.n == 0)
		return CQ_OK;
	act.op = in->batch_op;
	for (int i = 0; i < BUSY_TRIES; i++) {
		rc = cq_store_ingest(in->cli->store, &act, in->batch.at,
		    in->batch.n, &in->sum, err);
		if (rc != CQ_BUSY || *in->cli->stop != 0)
			break;
	}
	cq_post_list_clear(&in->batch);
	show_progress(in);
	return rc;
}

static bool
batch_is_due(const struct ingest *in)
{
	return in->batch.n >= cq_store_ingest_room(in->cli->store) ||
	    in->batch.bytes >= BATCH_BYTES ||
	    (in->batch.n > 0 && monotonic() > in->batch_at);
}

/* Waits for input; stores what there is when none comes for a while. */
static enum cq_status
await(struct ingest *in, struct cq_err *err)
{
	struct pollfd fd = {.fd = in->in.fd, .events = POLLIN};
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK && *in->cli->stop == 0 &&
	    poll(&fd, 1, PAUSE_MS) <= 0) {
		rc = flush(in, err);
		if (rc == CQ_OK)
			rc = cli_catch_up_till(in->cli, fd.fd, err);
	}
	return rc;
}

/*
 * Lines until the end of the input, a signal or a failure of the store.
 * What was read before a signal is stored.
 */
static int
take_in(struct ingest *in)
{
	struct cq_err err;
	enum cq_status rc = CQ_OK;
	enum lines_got got = LINES_MORE;
	const char *s;
	size_t n;

	while (rc == CQ_OK && *in->cli->stop == 0 && got != LINES_END &&
	    got != LINES_FAILED) {
		got = lines_next(&in->in, &s, &n);
		if (got == LINES_ONE)
			read_line(in, s, n);
		else if (got == LINES_LONG)
			tell_bad(in, "is longer than 1 MiB");
		else if (got == LINES_MORE)
			rc = await(in, &err);
		if (rc == CQ_OK && batch_is_due(in))
			rc = flush(in, &err);
	}
	if (rc == CQ_OK)
		rc = flush(in, &err);
	erase_progress(in);
	if (rc != CQ_OK)
		return cli_failed(&err);
	if (got == LINES_FAILED)
		return cli_broken("ingest: reading %s: %s", in->name,
		    strerror(in->in.error));
	return EXIT_DONE;
}

/* --- the end ----------------------------------------------------------- */

static void
print_sum(const struct ingest *in)
{
	const struct cq_ingested *sum = &in->sum;
	int64_t bad = sum->n_bad + in->n_bad;
	int64_t n_read = sum->n_read + in->n_bad;
	cJSON *o;

	if (!in->cli->json) {
		out_fmt("read %" PRId64 ", new %" PRId64 ", known %" PRId64
			", joined %" PRId64 ", suggested %" PRId64
			", bad %" PRId64,
		    n_read, sum->n_new, sum->n_known, sum->n_joined,
		    sum->n_suggested, bad);
		if (sum->n_own > 0) /* of our own accounts, left out */
			out_fmt(", own %" PRId64, sum->n_own);
		out_str("\n");
		return;
	}
	o = cJSON_CreateObject();
	json_number(o, "read", n_read);
	json_number(o, "new", sum->n_new);
	json_number(o, "known", sum->n_known);
	json_number(o, "joined", sum->n_joined);
	json_number(o, "suggested", sum->n_suggested);
	json_number(o, "bad", bad);
	if (sum->n_own > 0)
		json_number(o, "own", sum->n_own);
	out_json(o);
}

static int
open_input(const struct cli_args *args, struct ingest *in)
{
	const char *file = args->n == 0 ? "-" : args->at[0];
	struct stat st;

	if (strcmp(file, "-") == 0) {
		in->name = "standard input";
		if (isatty(STDIN_FILENO))
			fputs("caseq: reading posts from the terminal, one JSON"
			      " object a line; Ctrl-D ends\n",
			    stderr);
		return EXIT_DONE;
	}
	in->name = file;
	in->in.fd = open(file, O_RDONLY | O_CLOEXEC);
	if (in->in.fd < 0)
		return cli_broken("ingest: %s: %s", file, strerror(errno));
	if (fstat(in->in.fd, &st) == 0 && S_ISDIR(st.st_mode))
		return cli_broken("ingest: %s: it is a directory; name a file"
				  " in it",
		    file);
	return EXIT_DONE;
}

int
cmd_ingest(struct cli *cli, const struct cli_args *args)
{
	struct ingest in = {.cli = cli, .in = {.fd = STDIN_FILENO}};
	char op[CQ_OP_SIZE];
	int status = open_input(args, &in);

	in.act = cli_act(cli, op);
	in.began_at = in.told_at = monotonic();
	if (status == EXIT_DONE) {
		cli_catch_stop(cli);
		status = take_in(&in);
		if (in.n_bad > TOLD_MAX)
			cli_broken("\xE2\x80\xA6 and %" PRId64 " more bad"
				   " lines",
			    in.n_bad - TOLD_MAX);
		print_sum(&in);
		if (status == EXIT_DONE && *cli->stop != 0)
			status = cli_broken("ingest: stopped before the end;"
					    " what came in is counted above");
		if (status == EXIT_DONE)
			status = cli_catch_up(cli, CATCH_UP_MS);
		if (status == EXIT_DONE && in.n_bad + in.sum.n_bad > 0)
			status = EXIT_FAILED;
	}
	if (in.in.fd > STDIN_FILENO)
		close(in.in.fd);
	lines_free(&in.in);
	cq_post_list_free(&in.batch);
	return status;
}
