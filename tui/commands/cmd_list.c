#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tui/commands/out.h"

/* What is in the queue: list, show. */

#define PAGE 200

enum {
	W_DUE = 4,
	W_PRI = 4,
	W_REACH = 5,
	W_HELD = 13,
	W_CASE = 6,
	W_SRC = 5,
	W_AUTHOR = 13,
	W_PS = 3
};
#define W_FIXED                                                             \
	(1 + W_DUE + W_PRI + W_REACH + W_HELD + W_CASE + W_SRC + W_AUTHOR + \
	    W_PS + 9)

/* "310", "1.2k", "88k", "3.4M". */
static void
short_number(int64_t n, char out[16])
{
	static const char units[] = "kMG";
	double d = (double)n;
	int i = -1;

	while (d >= 999.5 && i < 2) {
		d /= 1000;
		i++;
	}
	if (i < 0)
		snprintf(out, 16, "%" PRId64, n);
	else
		snprintf(out, 16, d < 9.95 ? "%.1f%c" : "%.0f%c", d, units[i]);
}

static void
short_due(const struct cq_case *c, int64_t now, char out[24])
{
	char age[16];

	if (c->due_at == CQ_NO_TIME) {
		snprintf(out, 24, "-");
	} else if (c->due_at <= now) {
		cq_age_short(now - c->due_at, age);
		snprintf(out, 24, now - c->due_at < 1 ? "%s" : "-%s", age);
	} else {
		cq_age_short(c->due_at - now, age);
		snprintf(out, 24, "%s", age);
	}
}

static void
print_heading(struct cq_buf *row, int subject)
{
	out_cell(row, "F", 1, false);
	out_cell(row, "Due", W_DUE, true);
	out_cell(row, "Pri", W_PRI, true);
	out_cell(row, "Reach", W_REACH, true);
	out_cell(row, "Held by", W_HELD, false);
	out_cell(row, "Case", W_CASE, true);
	out_cell(row, "Src", W_SRC, false);
	out_cell(row, "Author", W_AUTHOR, false);
	out_cell(row, "Subject", subject, false);
	out_cell(row, "Ps", W_PS, true);
	out_row(row);
}

static void
add_number(struct cq_buf *row, int64_t n, int width)
{
	char s[24];

	snprintf(s, sizeof(s), "%" PRId64, n);
	out_cell(row, s, width, true);
}

static void
print_row(const struct cli *cli, const struct cq_case *c, struct cq_buf *row,
    int subject)
{
	int64_t now = cq_store_now(cli->store);
	char letter[2] = {cq_state_letter(c->state), '\0'};
	char due[24], reach[16];
	struct cq_buf held = {0};

	short_due(c, now, due);
	short_number(c->reach, reach);
	out_holder(c, cli->me.name, now, &held);
	out_cell(row, letter, 1, false);
	out_cell(row, due, W_DUE, true);
	add_number(row, c->priority.sum, W_PRI);
	out_cell(row, reach, W_REACH, true);
	out_cell(row, held.s, W_HELD, false);
	add_number(row, c->id, W_CASE);
	out_cell_raw(row, c->source.s, W_SRC);
	out_cell_raw(row, c->handle.s, W_AUTHOR);
	out_cell_raw(row, c->subject.s, subject);
	add_number(row, c->n_posts, W_PS);
	out_row(row);
	cq_buf_free(&held);
}

struct listing {
	struct cli *cli;
	struct cq_buf row;
	int subject;  /* cells of that column */
	int64_t left; /* rows still wanted; below 0: all of them */
	int64_t shown;
	bool more; /* there was more than that */
};

static void
print_page(struct listing *l, const struct cq_cases *cases)
{
	for (size_t i = 0; i < cases->n; i++) {
		if (l->cli->json)
			out_json(out_case_json(&cases->at[i]));
		else
			print_row(l->cli, &cases->at[i], &l->row, l->subject);
	}
	l->shown += (int64_t)cases->n;
	if (l->left > 0)
		l->left -= (int64_t)cases->n;
}

static enum cq_status
print_pages(struct listing *l, const struct cq_query *query, struct cq_err *err)
{
	struct cq_after after;
	struct cq_cases cases;
	enum cq_status rc;
	bool first = true, more = true;

	while (more && l->left != 0 && !out_failed()) {
		int limit = l->left > 0 && l->left < PAGE ? (int)l->left : PAGE;

		rc = cq_store_list(l->cli->store, query, l->cli->me.name,
		    first ? NULL : &after, limit, &cases, err);
		if (rc != CQ_OK)
			return rc;
		print_page(l, &cases);
		more = cases.more && cases.n > 0;
		if (cases.n > 0)
			after = cq_case_after(&cases.at[cases.n - 1]);
		first = false;
		cq_cases_free(&cases);
	}
	l->more = more && l->left == 0;
	return CQ_OK;
}

static struct cq_query *
read_query(const struct cli_args *args, struct cq_err *err)
{
	struct cq_query *query = NULL;
	struct cq_buf words = {0};

	for (int i = 0; i < args->n; i++)
		cq_buf_fmt(&words, "%s%s", i > 0 ? " " : "", args->at[i]);
	cq_buf_str(&words, "");
	cq_query_parse(words.s, &query, err);
	cq_buf_free(&words);
	return query;
}

/* On a terminal a screenful, else all: a script must not miss any. */
static int64_t
usual_limit(const struct cli *cli)
{
	struct winsize size;

	if (!cli->json && isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 6)
		return size.ws_row - 3;
	return 0;
}

int
cmd_list(struct cli *cli, const struct cli_args *args)
{
	struct listing l = {.cli = cli, .subject = out_width() - W_FIXED};
	struct cq_query *query;
	struct cq_err err;
	enum cq_status rc;

	if (!cli_number(args, "limit", usual_limit(cli), &l.left))
		return EXIT_USAGE;
	if (l.left == 0)
		l.left = -1;
	query = read_query(args, &err);
	if (query == NULL)
		return cli_usage("%s", err.msg);
	if (l.subject < 10)
		l.subject = 10;
	if (!cli->json)
		print_heading(&l.row, l.subject);
	rc = print_pages(&l, query, &err);
	cq_query_free(query);
	cq_buf_free(&l.row);
	if (rc != CQ_OK)
		return cli_failed(&err);
	if (l.more && !cli->json)
		out_str("there are more: --limit 0 shows all of them\n");
	return EXIT_DONE;
}

int
cmd_show(struct cli *cli, const struct cli_args *args)
{
	unsigned what = OUT_STORY | OUT_ENTRIES;
	int64_t id;

	if (!cli_case(args->at[0], &id))
		return EXIT_USAGE;
	if (cli_option(args, "events") != NULL)
		what |= OUT_EVENTS;
	return out_case(cli, id, what);
}
