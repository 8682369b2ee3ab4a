#include "tui/commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "tui/commands/out.h"

/* Words and tags on a case: note, tag. */

static int
read_all(int fd, const char *name, struct cq_buf *out)
{
	char chunk[8192];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cli_broken("note: reading %s: %s", name,
			    strerror(errno));
		cq_buf_add(out, chunk, (size_t)n);
		if (out->n > CQ_NOTE_MAX)
			return cli_broken("note: %s is longer than %d KiB;"
					  " shorten it",
			    name, CQ_NOTE_MAX / 1024);
	}
	while (out->n > 0 && out->s[out->n - 1] == '\n')
		out->n--; /* the end of the last line is no part of it */
	cq_buf_add(out, "", 0);
	if (memchr(out->s, '\0', out->n) != NULL)
		return cli_broken("note: %s holds a NUL byte; a note is text",
		    name);
	return EXIT_DONE;
}

static int
read_file(const char *name, struct cq_buf *out)
{
	int fd, status;

	if (strcmp(name, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", out);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cli_broken("note: %s: %s", name, strerror(errno));
	status = read_all(fd, name, out);
	close(fd);
	return status;
}

/* The words of the note: the second word of the line, or a file. */
static int
read_text(const struct cli_args *args, struct cq_buf *text)
{
	const char *file = cli_option(args, "file");

	if (file != NULL && args->n == 2)
		return cli_usage("note: either TEXT or --file, not both");
	if (file != NULL)
		return read_file(file, text);
	if (args->n < 2)
		return cli_usage("note: say the text, or --file FILE (- for"
				 " standard input)");
	cq_buf_str(text, args->at[1]);
	return EXIT_DONE;
}

int
cmd_note(struct cli *cli, const struct cli_args *args)
{
	struct cq_buf text = {0};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id, fence, note_id;
	int status;

	if (!cli_case(args->at[0], &id) ||
	    !cli_number(args, "fence", 0, &fence))
		return EXIT_USAGE;
	status = read_text(args, &text);
	if (status == EXIT_DONE &&
	    cq_store_note(cli->store, &act, id, fence, text.s, &note_id,
		&err) != CQ_OK)
		status = cli_option(args, "file") != NULL
		    ? cli_failed(&err)
		    : cli_act_failed(&err);
	else if (status == EXIT_DONE)
		status = out_changed(cli, id, "has a new note");
	cq_buf_free(&text);
	return status;
}

#define MAX_TAGS 64

int
cmd_tag(struct cli *cli, const struct cli_args *args)
{
	const char *add[MAX_TAGS + 1] = {0}, *del[MAX_TAGS + 1] = {0};
	int n_add = 0, n_del = 0;
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id;
	bool changed;

	if (!cli_case(args->at[0], &id))
		return EXIT_USAGE;
	if (args->n - 1 > MAX_TAGS)
		return cli_usage("tag: at most %d tags at once", MAX_TAGS);
	for (int i = 1; i < args->n; i++) {
		const char *tag = args->at[i] + (args->at[i][0] == '-');

		if (!cq_tag_valid(tag))
			return cli_usage("'%s' is no tag; use small letters,"
					 " digits, - _ . and at most %d bytes",
			    tag, CQ_TAG_MAX);
		if (args->at[i][0] == '-')
			del[n_del++] = tag;
		else
			add[n_add++] = tag;
	}
	if (cq_store_tag(cli->store, &act, id, add, del, &changed, &err) !=
	    CQ_OK)
		return cli_act_failed(&err);
	return out_changed(cli, id,
	    changed ? "has its tags changed" : "had these tags already");
}
