#include "tui/commands/cli.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/when.h"

/*
 * The command line, read by getopt_long(3) with tables made from the table
 * of commands.  Two passes: what stands before the command, and the rest.
 */

enum { OWN = 1000, SHARED = 2000, HELP = 'h', VERSION = 'V', WORD = 1 };

#define MAX_ID 128 /* bytes of an operation id or an agent's name */
#define MAX_LONG (CLI_MAX_OPTIONS + 8)

static size_t
add_options(struct option *out, size_t n, const struct tui_option *from,
    int first)
{
	for (int i = 0; from != NULL && from[i].name != NULL; i++) {
		out[n++] = (struct option){.name = from[i].name,
		    .has_arg =
			from[i].arg == NULL ? no_argument : required_argument,
		    .val = first + i};
	}
	return n;
}

static void
make_options(struct option out[MAX_LONG], const struct tui_command *command)
{
	size_t n = 0;

	if (command != NULL)
		n = add_options(out, n, command->options, OWN);
	n = add_options(out, n, tui_options, SHARED);
	out[n++] = (struct option){"help", no_argument, NULL, HELP};
	if (command == NULL)
		out[n++] =
		    (struct option){"version", no_argument, NULL, VERSION};
	out[n] = (struct option){0};
}

/* What getopt stumbled over: it does not say which word it was. */
static int
complain(int c, const struct tui_command *command, char **argv)
{
	const char *word = argv[optind > 0 ? optind - 1 : 0];
	const char *help = command == NULL ? "" : command->name;
	const char *space = command == NULL ? "" : " ";

	if (c == ':')
		return cli_usage("%s needs a value; see 'caseq help%s%s'", word,
		    space, help);
	if (optopt > 0 && optopt < OWN && optopt != HELP && optopt != VERSION)
		return cli_usage("unknown option -%c; see 'caseq help%s%s'",
		    optopt, space, help);
	if (optopt > 0)
		return cli_usage("%s: the option takes no value; see"
				 " 'caseq help%s%s'",
		    word, space, help);
	return cli_usage("unknown option %s; see 'caseq help%s%s'", word, space,
	    help);
}

static int
set_shared(struct cli *cli, const char *name, const char *value)
{
	if (strcmp(name, "json") == 0) {
		cli->json = true;
		return EXIT_DONE;
	}
	if (*value == '\0')
		return cli_usage("--%s needs a value that is not empty", name);
	if (strlen(value) > MAX_ID)
		return cli_usage("--%s is longer than %d bytes", name, MAX_ID);
	if (strcmp(name, "as") == 0)
		cli->as = value;
	else
		cli->op = value;
	return EXIT_DONE;
}

/* Values of an option that may stand more than once, with commas between. */
static void
set_own(struct cli_line *line, size_t i, const char *value)
{
	const char *arg, *before;
	char *both;

	if (i >= CLI_MAX_OPTIONS) /* no row has so many: test_table.c */
		return;
	arg = line->args.command->options[i].arg;
	before = line->args.option[i];
	line->args.option[i] = value;
	if (before == NULL || arg == NULL || strstr(arg, "...") == NULL)
		return;
	both = cq_format("%s,%s", before, value);
	free(line->gathered[i]);
	line->gathered[i] = both;
	line->args.option[i] = both;
}

/* One option that getopt found. */
static int
take_option(int c, struct cli *cli, struct cli_line *line, char **argv)
{
	switch (c) {
	case 'q':
		line->queue = optarg;
		return *optarg != '\0' ? EXIT_DONE
				       : cli_usage("-q needs the path of a"
						   " queue");
	case HELP:
		line->help = true;
		return EXIT_DONE;
	case VERSION:
		line->version = true;
		return EXIT_DONE;
	case '?':
	case ':':
		return complain(c, line->args.command, argv);
	}
	if (c >= SHARED)
		return set_shared(cli, tui_options[c - SHARED].name,
		    optarg == NULL ? "" : optarg);
	set_own(line, (size_t)(c - OWN), optarg == NULL ? "" : optarg);
	return EXIT_DONE;
}

/* "tag 12 -refund": a word that begins with one "-", but not "-" itself. */
static bool
is_minus_word(const struct cli_args *args, const char *word)
{
	return (args->command->needs & N_MINUS) != 0 && args->n > 0 &&
	    word != NULL && word[0] == '-' && word[1] != '\0' && word[1] != '-';
}

/*
 * Options and words in any order, until "--".  "-" at the start of the
 * option string hands words over one by one, also where the environment
 * has POSIXLY_CORRECT.
 */
static int
parse_rest(int argc, char **argv, struct cli *cli, struct cli_line *line)
{
	struct option options[MAX_LONG];
	int c, rc;

	make_options(options, line->args.command);
	line->words = cq_alloc(((size_t)argc + 1) * sizeof(*line->words));
	line->args.at = line->words;
	optind = 0; /* glibc: begin anew */
	for (;;) {
		while (optind > 0 && optind < argc &&
		    is_minus_word(&line->args, argv[optind]))
			line->words[line->args.n++] = argv[optind++];
		optopt = 0;
		c = getopt_long(argc, argv, "-:q:h", options, NULL);
		if (c == -1)
			break;
		if (c == WORD) {
			line->words[line->args.n++] = optarg;
			continue;
		}
		rc = take_option(c, cli, line, argv);
		if (rc != EXIT_DONE)
			return rc;
	}
	while (optind < argc) /* behind "--" */
		line->words[line->args.n++] = argv[optind++];
	return EXIT_DONE;
}

static int
check_count(const struct cli_args *args)
{
	const struct tui_command *c = args->command;
	struct cq_buf synopsis = {0};
	const char *wrong = NULL;

	if (args->n < c->min_args)
		wrong = "needs more words";
	else if (c->max_args >= 0 && args->n > c->max_args)
		wrong =
		    c->max_args == 0 ? "takes no words" : "takes fewer words";
	if (wrong == NULL)
		return EXIT_DONE;
	cli_synopsis(c, &synopsis);
	cli_usage("%s %s; usage: caseq %s", c->name, wrong, synopsis.s);
	cq_buf_free(&synopsis);
	return EXIT_USAGE;
}

static int
find_command(const char *name, struct cli_line *line)
{
	const struct tui_command *c = tui_command_find(name);

	if (c == NULL)
		return cli_usage("unknown command '%s'; see 'caseq help'",
		    name);
	if (c->run == NULL)
		return cli_usage("'%s' is a key of the screens (%s), not a"
				 " command; see 'caseq help'",
		    name, c->keys);
	line->args.command = c;
	return EXIT_DONE;
}

int
cli_parse(int argc, char **argv, struct cli *cli, struct cli_line *line)
{
	struct option options[MAX_LONG];
	int c, first, rc;

	memset(line, 0, sizeof(*line));
	make_options(options, NULL);
	opterr = 0;
	optind = 0;
	for (;;) {
		optopt = 0;
		c = getopt_long(argc, argv, "+:q:hV", options, NULL);
		if (c == -1)
			break;
		rc = take_option(c, cli, line, argv);
		if (rc != EXIT_DONE)
			return rc;
	}
	if (optind >= argc)
		return EXIT_DONE;
	first = optind;
	rc = find_command(argv[first], line);
	if (rc == EXIT_DONE)
		rc = parse_rest(argc - first, argv + first, cli, line);
	if (rc == EXIT_DONE && !line->help)
		rc = check_count(&line->args);
	return rc;
}

void
cli_line_free(struct cli_line *line)
{
	free(line->words);
	line->words = NULL;
	for (size_t i = 0; i < CLI_MAX_OPTIONS; i++) {
		free(line->gathered[i]);
		line->gathered[i] = NULL;
	}
}

void
cli_synopsis(const struct tui_command *command, struct cq_buf *out)
{
	const struct tui_option *o = command->options;

	cq_buf_str(out, command->name);
	if (command->args != NULL)
		cq_buf_fmt(out, " %s", command->args);
	for (; o != NULL && o->name != NULL; o++) {
		if (o->arg == NULL)
			cq_buf_fmt(out, " [--%s]", o->name);
		else
			cq_buf_fmt(out, " [--%s %s]", o->name, o->arg);
	}
}

const char *
cli_option(const struct cli_args *args, const char *name)
{
	const struct tui_option *o = args->command->options;

	for (size_t i = 0; o != NULL && o[i].name != NULL; i++)
		if (strcmp(o[i].name, name) == 0)
			return args->option[i];
	return NULL;
}

static bool
parse_number(const char *s, int64_t *number)
{
	char *end;
	intmax_t n;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	n = strtoimax(s, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*number = n;
	return true;
}

bool
cli_case(const char *s, int64_t *case_id)
{
	if (parse_number(*s == '#' ? s + 1 : s, case_id) && *case_id > 0)
		return true;
	cli_usage("'%s' is no case number; say 12 or '#12'", s);
	return false;
}

bool
cli_post(const char *s, int64_t *post_id)
{
	if (parse_number(*s == 'p' ? s + 1 : s, post_id) && *post_id > 0)
		return true;
	cli_usage("'%s' is no number of a post; say p12, as 'caseq show' "
		  "prints them",
	    s);
	return false;
}

bool
cli_number(const struct cli_args *args, const char *name, int64_t fallback,
    int64_t *number)
{
	const char *s = cli_option(args, name);

	*number = fallback;
	if (s == NULL || parse_number(s, number))
		return true;
	cli_usage("--%s '%s' is no whole number", name, s);
	return false;
}

bool
cli_seconds(const struct cli_args *args, const char *name, int64_t fallback,
    int64_t *seconds)
{
	const char *s = cli_option(args, name);

	*seconds = fallback;
	if (s == NULL || (cq_duration_parse(s, seconds) && *seconds > 0))
		return true;
	cli_usage("--%s '%s' is no length of time up to ten years; say 90s,"
		  " 10m, 4h or 3d",
	    name, s);
	return false;
}
