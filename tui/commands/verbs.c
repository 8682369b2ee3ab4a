#include "tui/commands/verbs.h"

#include <string.h>

#include "core/buf.h"

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static bool
takes(const struct cli_verb *verb, const char *option)
{
	return strcmp(option, "op") == 0 ? (verb->needs & N_OP) != 0
					 : has_word(verb->options, option);
}

/* ", but --all --not", as they are typed. */
static void
say_options(const struct cli_verb *verb, struct cq_buf *out)
{
	cq_buf_str(out, ", but");
	for (const char *at = verb->options; *at != '\0';) {
		size_t n = strcspn(at, " ");

		cq_buf_fmt(out, " --%.*s", (int)n, at);
		at += n + strspn(at + n, " ");
	}
}

/* "; add and set do": every option is some verb's. */
static void
say_takers(const struct cli_verb *verbs, const char *option, struct cq_buf *out)
{
	const struct cli_verb *v;
	int n = 0, i = 0;

	for (v = verbs; v->name != NULL; v++)
		n += takes(v, option);
	for (v = verbs; v->name != NULL; v++)
		if (takes(v, option))
			cq_buf_fmt(out, "%s%s",
			    ++i == 1	? "; "
				: i < n ? ", "
					: " and ",
			    v->name);
	cq_buf_str(out, n == 1 ? " does" : " do");
}

static int
refuse(const char *command, const struct cli_verb *verbs,
    const struct cli_verb *verb, const char *option)
{
	struct cq_buf more = {0};

	if (*verb->options != '\0' && strcmp(option, "op") != 0)
		say_options(verb, &more);
	else
		say_takers(verbs, option, &more);
	cli_usage("%s %s takes no --%s%s", command, verb->name, option, more.s);
	cq_buf_free(&more);
	return EXIT_USAGE;
}

static int
check_said(const struct cli *cli, const struct cli_verb *verbs,
    const struct cli_verb *verb, const struct cli_args *args)
{
	const struct tui_option *o = args->command->options;
	const char *command = args->command->name;
	int n = args->n - 1; /* words behind the verb */

	for (size_t i = 0; o != NULL && o[i].name != NULL; i++)
		if (args->option[i] != NULL &&
		    !has_word(verb->options, o[i].name))
			return refuse(command, verbs, verb, o[i].name);
	if (cli->op != NULL && !takes(verb, "op"))
		return refuse(command, verbs, verb, "op");
	if (n < verb->min || (verb->max >= 0 && n > verb->max))
		return cli_usage("%s %s takes %s words; usage: caseq %s %s%s",
		    command, verb->name, n < verb->min ? "more" : "fewer",
		    command, verb->name, verb->words);
	return EXIT_DONE;
}

static int
unknown_verb(const char *command, const struct cli_verb *verbs,
    const char *what)
{
	struct cq_buf names = {0};

	for (size_t i = 0; verbs[i].name != NULL; i++)
		cq_buf_fmt(&names, "%s%s",
		    i == 0			    ? ""
			: verbs[i + 1].name != NULL ? ", "
						    : " or ",
		    verbs[i].name);
	cli_usage("%s: '%s' is not %s", command, what, names.s);
	cq_buf_free(&names);
	return EXIT_USAGE;
}

int
cli_verb(struct cli *cli, const struct cli_args *args,
    const struct cli_verb *verbs)
{
	const char *const first[] = {verbs[0].name, NULL};
	struct cli_args said = *args;
	const struct cli_verb *verb = verbs;
	struct cq_err err;
	int status;

	if (said.n == 0) {
		said.at = first;
		said.n = 1;
	}
	while (verb->name != NULL && strcmp(said.at[0], verb->name) != 0)
		verb++;
	if (verb->name == NULL)
		return unknown_verb(args->command->name, verbs, said.at[0]);
	status = check_said(cli, verbs, verb, &said);
	if (status != EXIT_DONE)
		return status;
	if ((verb->needs & N_ME) != 0 && cli_need_me(cli, &err) != CQ_OK)
		return cli_failed(&err);
	return verb->run(cli, &said);
}
