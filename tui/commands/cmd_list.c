#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tui/commands/out.h"
#include "tui/gaps.h"
#include "tui/rows.h"

/* What is in the queue: list, show. */

#define PAGE 500 /* cases read at once */

struct listing {
	struct cli *cli;
	struct row_shape shape;
	int64_t left; /* rows still wanted; below 0: all of them */
	int64_t shown;
	bool more; /* there was more than that */
};

static void
print_row(const struct listing *l, const struct cq_case *c)
{
	struct cq_buf row = {0};

	row_of_case(c, l->cli->me.name, cq_store_now(l->cli->store), &l->shape,
	    &row);
	out_row(&row);
	cq_buf_free(&row);
}

static void
print_titles(const struct listing *l)
{
	struct cq_buf row = {0};

	row_titles(&l->shape, &row);
	out_row(&row);
	cq_buf_free(&row);
}

static void
print_page(struct listing *l, const struct cq_cases *cases)
{
	for (size_t i = 0; i < cases->n; i++) {
		if (l->cli->json)
			out_json(out_case_json(&cases->at[i]));
		else
			print_row(l, &cases->at[i]);
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

/* What is not heard is in no list of cases: it is told first. */
static enum cq_status
print_gaps(const struct listing *l, struct cq_err *err)
{
	struct cq_gaps gaps;
	struct cq_buf line = {0};
	enum cq_status rc = cq_store_gaps(l->cli->store, &gaps, err);

	for (size_t i = 0; i < gaps.n; i++) {
		if (l->cli->json) {
			out_json(out_gap_json(&gaps.at[i]));
			continue;
		}
		cq_buf_clear(&line);
		say_gap(&gaps.at[i], cq_store_now(l->cli->store), &line);
		out_line("! ", "  ", line.s);
	}
	cq_buf_free(&line);
	cq_gaps_free(&gaps);
	return rc;
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

/* As wide as the highest number given out. */
static int
digits_of_cases(const struct cli *cli)
{
	struct cq_counts counts;
	char s[24];

	if (cq_store_counts(cli->store, NULL, &counts, NULL) != CQ_OK)
		return 0;
	return snprintf(s, sizeof(s), "%" PRId64, counts.newest_case);
}

int
cmd_list(struct cli *cli, const struct cli_args *args)
{
	struct listing l = {.cli = cli, .shape = {.width = out_width() - 1}};
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
	l.shape.digits = digits_of_cases(cli);
	rc = args->n == 0 ? print_gaps(&l, &err) : CQ_OK;
	if (rc == CQ_OK && !cli->json)
		print_titles(&l);
	if (rc == CQ_OK)
		rc = print_pages(&l, query, &err);
	cq_query_free(query);
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
