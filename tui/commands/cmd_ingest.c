#include "tui/commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
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
#define AGE_MS 900    /* what was read is stored within a second */
#define LOOK_MS 100   /* for who writes next into a FIFO */
#define FULL_MS 1000  /* between two tries while the disk is full */
#define FINISH_MS 900 /* for the rest of a line after a signal */
#define TOLD_MAX 100  /* bad lines told one by one, unless followed */
#define PROGRESS_AFTER_MS 2000
#define PROGRESS_MS 500 /* between two of them */
#define BUSY_TRIES 6	/* each waits as long as the store's patience lasts */

struct ingest {
	struct cli *cli;
	struct cq_act act;
	const char *name; /* of the input, for messages */
	bool follow;	  /* for ever */
	bool fifo;	  /* and who writes next will be read too */
	struct lines in;
	struct cq_post_list batch;
	char batch_op[CQ_OP_SIZE]; /* follows from --op and its lines */
	int64_t batch_ms;	   /* monotonic: its first post came */
	struct cq_ingested sum;
	int64_t n_bad;		   /* lines that never became posts */
	bool taken;		   /* the line gave a post */
	struct cq_err refused;	   /* why it did not */
	int64_t began_ms, told_ms; /* monotonic */
	bool progress;		   /* a progress line stands on the terminal */
};

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
rest(int ms)
{
	poll(NULL, 0, ms); /* a signal ends it */
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
	int64_t now_ms = monotonic_ms();

	if (now_ms - in->began_ms < PROGRESS_AFTER_MS ||
	    now_ms - in->told_ms < PROGRESS_MS || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%" PRId64 " lines read, %" PRId64 " posts new",
	    in->in.number, in->sum.n_new);
	in->told_ms = now_ms;
	in->progress = true;
}

/* --- one line ---------------------------------------------------------- */

static void
tell_bad(struct ingest *in, const char *why)
{
	in->n_bad++;
	if (in->n_bad > TOLD_MAX && !in->follow)
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
		in->batch_ms = monotonic_ms();
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

/*
 * Whether to store a batch once more, after i tries.  A pipe holds back
 * who writes into it, so one that is followed waits for as long as it
 * takes; a signal ends that after one more try.
 */
static bool
tries_again(struct ingest *in, enum cq_status rc, int i,
    const struct cq_err *err)
{
	if (*in->cli->stop != 0)
		return false;
	if (rc == CQ_BUSY && i + 1 < BUSY_TRIES)
		return true;
	if (!in->follow || (rc != CQ_BUSY && rc != CQ_FULL))
		return false;
	erase_progress(in);
	if (i + 1 == BUSY_TRIES || (rc == CQ_FULL && i == 0))
		cli_broken("ingest: %s; what was read waits", err->msg);
	if (rc == CQ_FULL)
		rest(FULL_MS);
	return true;
}

static enum cq_status
flush(struct ingest *in, struct cq_err *err)
{
	struct cq_act act = in->act;
	enum cq_status rc;
	int i = 0;

	if (in->batch.n == 0)
		return CQ_OK;
	act.op = in->batch_op;
	do
		rc = cq_store_ingest(in->cli->store, &act, in->batch.at,
		    in->batch.n, &in->sum, err);
	while (rc != CQ_OK && tries_again(in, rc, i++, err));
	cq_post_list_clear(&in->batch);
	show_progress(in);
	return rc;
}

/* Milliseconds until the batch has to be stored; AGE_MS if it is empty. */
static int
due_ms(const struct ingest *in)
{
	int64_t left_ms = in->batch_ms + AGE_MS - monotonic_ms();

	if (in->batch.n == 0)
		return AGE_MS;
	return left_ms < 0 ? 0 : (int)left_ms;
}

static enum cq_status
flush_if_due(struct ingest *in, struct cq_err *err)
{
	if (in->batch.n >= cq_store_ingest_room(in->cli->store) ||
	    in->batch.bytes >= BATCH_BYTES || due_ms(in) == 0)
		return flush(in, err);
	return CQ_OK;
}

/* --- reading ----------------------------------------------------------- */

/* Waits for input; stores what there is when none comes for a while. */
static enum cq_status
await(struct ingest *in, struct cq_err *err)
{
	struct pollfd fd = {.fd = in->in.fd, .events = POLLIN};
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK && *in->cli->stop == 0 &&
	    poll(&fd, 1, due_ms(in)) <= 0) {
		rc = flush(in, err);
		if (rc == CQ_OK)
			rc = cli_catch_up_till(in->cli, fd.fd, err);
	}
	return rc;
}

/* Nobody writes into the FIFO now; somebody may at any moment. */
static enum cq_status
await_writer(struct ingest *in, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	int64_t n = 0;

	if (in->batch.n == 0)
		rc = cq_store_search_step(in->cli->store, INT_MAX, &n, err);
	if (n == 0)
		rest(LOOK_MS);
	lines_go_on(&in->in);
	return rc == CQ_BUSY ? CQ_OK : rc;
}

static void
take(struct ingest *in, enum lines_got got, const char *s, size_t n)
{
	if (got == LINES_ONE)
		read_line(in, s, n);
	else if (got == LINES_LONG)
		tell_bad(in, "is longer than 1 MiB");
}

/*
 * After a signal: a pipe forgets what was read, so that is stored, and the
 * line that has begun is read to its end.
 */
static enum cq_status
take_rest(struct ingest *in, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	enum lines_got got = LINES_MORE;
	bool whole = false;
	const char *s;
	size_t n;

	do {
		got = lines_held(&in->in, &s, &n);
		take(in, got, s, n);
		rc = flush_if_due(in, err);
		if (got == LINES_MORE && !whole) {
			whole = true;
			if (lines_finish(&in->in, FINISH_MS))
				got = LINES_ONE; /* look again */
			else
				cli_broken("%s:%" PRId64 ": the line had not"
					   " come whole: left out",
				    in->name, in->in.number + 1);
		}
	} while (rc == CQ_OK && (got == LINES_ONE || got == LINES_LONG));
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
	bool over = false;
	const char *s;
	size_t n;

	while (rc == CQ_OK && *in->cli->stop == 0 && !over) {
		got = lines_next(&in->in, &s, &n);
		take(in, got, s, n);
		if (got == LINES_MORE)
			rc = await(in, &err);
		else if (got == LINES_END && in->fifo)
			rc = await_writer(in, &err);
		else
			over = got == LINES_END || got == LINES_FAILED;
		if (rc == CQ_OK)
			rc = flush_if_due(in, &err);
	}
	if (rc == CQ_OK && !over && in->follow)
		rc = take_rest(in, &err);
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
	/* a FIFO opens at once, though nobody writes into it yet */
	in->in.fd =
	    open(file, O_RDONLY | O_CLOEXEC | (in->follow ? O_NONBLOCK : 0));
	if (in->in.fd < 0 || fstat(in->in.fd, &st) != 0)
		return cli_broken("ingest: %s: %s", file, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return cli_broken("ingest: %s: it is a directory; name a file"
				  " in it",
		    file);
	if (in->follow && S_ISREG(st.st_mode))
		return cli_usage("ingest: --follow reads a pipe, and %s is"
				 " none; for a file that grows: tail -F FILE |"
				 " caseq ingest --follow",
		    file);
	/* a pipe without a name in the file system has no other writers */
	in->fifo = in->follow && S_ISFIFO(st.st_mode) &&
	    in->cli->env.fs_type(in->cli->env.arg, file) != PIPEFS_MAGIC;
	return EXIT_DONE;
}

/* A signal is how following ends: what went wrong was told by then. */
static int
end_status(const struct ingest *in)
{
	bool stopped = *in->cli->stop != 0;
	int status = EXIT_DONE;

	if (stopped && !in->follow)
		return cli_broken("ingest: stopped before the end;"
				  " what came in is counted above");
	if (!stopped)
		status = cli_catch_up(in->cli, CATCH_UP_MS);
	if (status == EXIT_DONE && !stopped && in->n_bad + in->sum.n_bad > 0)
		status = EXIT_FAILED;
	return status;
}

int
cmd_ingest(struct cli *cli, const struct cli_args *args)
{
	struct ingest in = {.cli = cli,
	    .in = {.fd = STDIN_FILENO},
	    .follow = cli_option(args, "follow") != NULL};
	char op[CQ_OP_SIZE];
	int status = open_input(args, &in);

	in.act = cli_act(cli, op);
	in.began_ms = in.told_ms = monotonic_ms();
	if (status == EXIT_DONE) {
		cli_catch_stop(cli);
		status = take_in(&in);
		if (in.n_bad > TOLD_MAX && !in.follow)
			cli_broken("\xE2\x80\xA6 and %" PRId64 " more bad"
				   " lines",
			    in.n_bad - TOLD_MAX);
		print_sum(&in);
		if (status == EXIT_DONE)
			status = end_status(&in);
	}
	if (in.in.fd > STDIN_FILENO)
		close(in.in.fd);
	lines_free(&in.in);
	cq_post_list_free(&in.batch);
	return status;
}
