#include "core/version.h"
#include "tui/commands/commands.h"

#include <stdio.h>
#include <string.h>

#include "tui/commands/out.h"

/* What the table says: help, version. */

#define NAME_WIDTH 12
#define OPTION_WIDTH 20

static void
print_wrapped(const char *words, const char *indent)
{
	struct cq_buf b = {0};

	out_wrap(words, indent, 80, &b);
	out_str(b.s);
	cq_buf_free(&b);
}

/* "  --lease TIME       length of the claim", the rest below it. */
static void
print_option(const char *name, const char *arg, const char *about)
{
	static const char indent[] = "                      "; /* 2 + 20 */
	struct cq_buf b = {0};
	char left[64];

	snprintf(left, sizeof(left), "  %s%s%s", name, arg == NULL ? "" : " ",
	    arg == NULL ? "" : arg);
	if (strlen(left) > OPTION_WIDTH + 1) {
		out_fmt("%s\n", left);
		print_wrapped(about, indent);
		return;
	}
	out_wrap(about, indent, 80, &b);
	memcpy(b.s, left, strlen(left));
	out_str(b.s);
	cq_buf_free(&b);
}

static void
print_options(const struct tui_option *o)
{
	char name[48];

	for (; o != NULL && o->name != NULL; o++) {
		snprintf(name, sizeof(name), "--%s", o->name);
		print_option(name, o->arg, o->help);
	}
}

static void
print_shared(void)
{
	print_option("-q", "FILE",
	    "the queue; else $CASEQ_QUEUE, else"
	    " ~/.local/share/caseq/queue.db");
	print_options(tui_options);
	print_option("-h, --help", NULL,
	    "say what can be done, or how a command is used");
}

static bool
group_has_commands(int group)
{
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		if (c->group == group && c->run != NULL)
			return true;
	return false;
}

static void
print_group(int group)
{
	if (!group_has_commands(group))
		return;
	out_fmt("\n%s\n", tui_groups[group]);
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		if (c->group == group && c->run != NULL)
			out_fmt("  %-*s %s\n", NAME_WIDTH, c->name, c->help);
}

static int
all_json(void)
{
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		cJSON *o;

		if (c->run == NULL)
			continue;
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "command", c->name);
		json_line(o, "args", c->args);
		json_line(o, "keys", c->keys);
		cJSON_AddStringToObject(o, "group", tui_groups[c->group]);
		cJSON_AddStringToObject(o, "help", c->help);
		out_json(o);
	}
	return EXIT_DONE;
}

static int
all(const struct cli *cli)
{
	if (cli->json)
		return all_json();
	out_str("caseq: a queue of public complaints, each worked by one"
		" person\n\n"
		"  caseq [-q FILE]                             the screens\n"
		"  caseq [-q FILE] COMMAND [OPTIONS] [WORDS]   one command\n"
		"  caseq help COMMAND                          how it is"
		" used\n");
	for (int group = 0; group < N_GROUPS; group++)
		print_group(group);
	out_str("\nOptions of every command\n");
	print_shared();
	print_option("-V, --version", NULL, "print the version");
	out_str("\nExit status: 0 done, 1 failed, 2 wrong command line,"
		" 3 nothing to do or not\nfound, 4 refused, 5 queue busy. "
		" Keys of the screens: \"?\" there, or caseq(1).\n");
	return EXIT_DONE;
}

/* Bytes to the next place where a line may be broken: not in an option. */
static size_t
piece(const char *s)
{
	bool option = strncmp(s, " [", 2) == 0;
	const char *at = s + 1;

	while (*at != '\0' && strncmp(at, " [", 2) != 0 &&
	    (option || strncmp(at, " |", 2) != 0))
		at++;
	return (size_t)(at - s);
}

/* Broken before a bracket, or between words of which one is to be said. */
static void
print_synopsis(const struct tui_command *c)
{
	struct cq_buf b = {0};
	size_t column, n;
	const char *s;

	cq_buf_str(&b, "caseq ");
	cli_synopsis(c, &b);
	out_str(" ");
	column = 1;
	for (s = b.s; *s != '\0'; s += n) {
		n = piece(s);
		if (column + n + 1 > 80) {
			out_str("\n     ");
			column = 5;
		}
		/* the first piece has no space before it */
		out_fmt("%s%.*s", s == b.s ? " " : "", (int)n, s);
		column += n;
	}
	out_str("\n");
	cq_buf_free(&b);
}

/* The words that an option can be, where they are few and known. */
static void
print_outcomes(const struct tui_command *c)
{
	struct cq_buf b = {0};

	if (strcmp(c->name, "resolve") != 0)
		return;
	cq_buf_str(&b, "Outcomes:");
	for (size_t i = 0; cq_outcomes[i] != NULL; i++)
		cq_buf_fmt(&b, "%s %s", i == 0 ? "" : ",", cq_outcomes[i]);
	out_str("\n");
	print_wrapped(b.s, "");
	cq_buf_free(&b);
}

static void
print_one(const struct tui_command *c)
{
	print_synopsis(c);
	out_fmt("\n%s\n", c->help);
	if (c->keys != NULL)
		out_fmt("Keys on the screens: %s\n", c->keys);
	if (c->options != NULL) {
		out_str("\nOptions\n");
		print_options(c->options);
		print_outcomes(c);
	}
	out_str("\nOptions of every command\n");
	print_shared();
	out_str("\nMore about it stands in caseq(1).\n");
}

static int
one_json(const struct tui_command *c)
{
	cJSON *o = cJSON_CreateObject(), *list;

	cJSON_AddStringToObject(o, "command", c->name);
	json_line(o, "args", c->args);
	json_line(o, "keys", c->keys);
	cJSON_AddStringToObject(o, "help", c->help);
	list = cJSON_AddArrayToObject(o, "options");
	for (const struct tui_option *p = c->options;
	     p != NULL && p->name != NULL; p++) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddStringToObject(item, "option", p->name);
		json_line(item, "value", p->arg);
		cJSON_AddStringToObject(item, "help", p->help);
		cJSON_AddItemToArray(list, item);
	}
	out_json(o);
	return EXIT_DONE;
}

int
cmd_help(struct cli *cli, const struct cli_args *args)
{
	const struct tui_command *c;

	if (args->n == 0)
		return all(cli);
	c = tui_command_find(args->at[0]);
	if (c == NULL)
		return cli_usage("help: there is no command '%s'; 'caseq help'"
				 " names them all",
		    args->at[0]);
	if (cli->json)
		return one_json(c);
	if (c->run != NULL)
		print_one(c);
	else
		out_fmt("%s is on the screens only, key %s: %s\n", c->name,
		    c->keys, c->help);
	return EXIT_DONE;
}

int
cmd_version(struct cli *cli, const struct cli_args *args)
{
	cJSON *o;

	(void)args;
	if (!cli->json) {
		out_str("caseq " CASEQ_VERSION "\n");
		return EXIT_DONE;
	}
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "version", CASEQ_VERSION);
	out_json(o);
	return EXIT_DONE;
}
