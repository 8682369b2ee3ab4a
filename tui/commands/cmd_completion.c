#include "tui/commands/commands.h"

#include <string.h>

#include "tui/commands/out.h"

/* Completion scripts for three shells, made from the table. */

/* Calls fn for each word of "add | list | NAME" that is typed as it is. */
typedef void (*word_fn)(const char *word);

static void
each_word(const struct tui_command *c, word_fn fn)
{
	const char *s = c->args == NULL ? "" : c->args;
	char word[32];
	size_t n;

	while (*s != '\0') {
		n = strspn(s, "abcdefghijklmnopqrstuvwxyz");
		if (n > 0 && n < sizeof(word)) {
			memcpy(word, s, n);
			word[n] = '\0';
			fn(word);
		}
		s += n > 0 ? n : 1;
	}
}

static bool
is_help(const struct tui_command *c)
{
	return strcmp(c->name, "help") == 0;
}

static bool
has_words(const struct tui_command *c)
{
	return is_help(c) ||
	    (c->args != NULL &&
		strpbrk(c->args, "abcdefghijklmnopqrstuvwxyz") != NULL);
}

static bool
takes_file(const struct tui_command *c)
{
	return c->args != NULL && strstr(c->args, "FILE") != NULL;
}

static void
print_word(const char *word)
{
	out_fmt(" %s", word);
}

static void
print_name(const struct tui_command *c)
{
	print_word(c->name);
}

/* What may stand behind an option; false if that is not known. */
static bool
print_values(const char *option)
{
	if (strcmp(option, "outcome") == 0)
		for (size_t i = 0; cq_outcomes[i] != NULL; i++)
			print_word(cq_outcomes[i]);
	else if (strcmp(option, "cases") == 0)
		for (int i = 0; i < CQ_N_FIGURES; i++)
			print_word(cq_figure_rows[i].name);
	else if (strcmp(option, "role") == 0)
		for (int i = 0; i < CQ_N_ROLES; i++)
			print_word(cq_role_name((enum cq_role)i));
	else
		return false;
	return true;
}

static bool
is_file(const struct tui_option *o)
{
	return o->arg != NULL && strcmp(o->arg, "FILE") == 0;
}

static void
each_command(void (*fn)(const struct tui_command *c))
{
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		if (c->run != NULL)
			fn(c);
}

/* The words that may stand behind c. */
static void
print_words(const struct tui_command *c)
{
	each_word(c, print_word);
	if (is_help(c))
		each_command(print_name);
}

/* s between single quotes, with escaped before each byte of special. */
static void
print_quoted(const char *s, const char *special)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			out_str("'\\'");
		else if (strchr(special, *s) != NULL)
			out_str("\\");
		out_fmt("%c", *s);
	}
}

/* --- bash -------------------------------------------------------------- */

static void
bash_values(const char *name)
{
	out_fmt("\t--%s) COMPREPLY=($(compgen -W \"", name);
	print_values(name);
	out_str("\" -- \"$cur\")); return ;;\n");
}

static void
bash_options(const struct tui_option *o)
{
	for (; o != NULL && o->name != NULL; o++)
		out_fmt(" --%s", o->name);
}

static void
bash_file_options(const struct tui_command *c)
{
	for (const struct tui_option *o = c->options;
	     o != NULL && o->name != NULL; o++)
		if (is_file(o))
			out_fmt("|--%s", o->name);
}

static void
bash_command(const struct tui_command *c)
{
	out_fmt("\t%s) words=\"", c->name);
	print_words(c);
	bash_options(c->options);
	out_str("\" ;;\n");
}

static void
bash(void)
{
	out_str("# bash completion for caseq; made by caseq completion bash\n"
		"_caseq()\n{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]}"
		" prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tlocal i command= words=\n\n"
		"\tcase $prev in\n"
		"\t-q");
	each_command(bash_file_options);
	out_str(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
	bash_values("outcome");
	bash_values("cases");
	bash_values("role");
	out_str("\tesac\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase ${COMP_WORDS[i]} in\n"
		"\t\t-q|--as|--op) i=$((i + 1)) ;;\n"
		"\t\t-*) ;;\n"
		"\t\t*) command=${COMP_WORDS[i]}; break ;;\n"
		"\t\tesac\n"
		"\tdone\n"
		"\tcase $command in\n"
		"\t'') words=\"");
	each_command(print_name);
	out_str(" --version\" ;;\n");
	each_command(bash_command);
	out_str("\tesac\n"
		"\tCOMPREPLY=($(compgen -W \"$words -q --help");
	bash_options(tui_options);
	out_str("\" -- \"$cur\"))\n"
		"}\n"
		"complete -o default -F _caseq caseq\n");
}

/* --- zsh --------------------------------------------------------------- */

static void
zsh_options(const struct tui_option *o, const char *before)
{
	for (; o != NULL && o->name != NULL; o++) {
		out_fmt("%s'--%s[", before, o->name);
		print_quoted(o->help, "[]\\");
		out_str("]");
		if (o->arg != NULL)
			out_fmt(":%s:", o->arg);
		if (is_file(o)) {
			out_str("_files");
		} else if (o->arg != NULL && strcmp(o->name, "outcome") != 0 &&
		    strcmp(o->name, "cases") != 0 &&
		    strcmp(o->name, "role") != 0) {
			out_str(" ");
		} else if (o->arg != NULL) {
			out_str("(");
			print_values(o->name);
			out_str(")");
		}
		out_str("'");
	}
}

static void
zsh_name(const struct tui_command *c)
{
	out_fmt("\t'%s:", c->name);
	print_quoted(c->help, ":\\");
	out_str("'\n");
}

static void
zsh_command(const struct tui_command *c)
{
	out_fmt("\t%s) _arguments $shared", c->name);
	zsh_options(c->options, " \\\n\t\t");
	if (has_words(c)) {
		out_str(" \\\n\t\t'1:word:(");
		print_words(c);
		out_str(")'");
	}
	/* a space as action: a word, but none that is known */
	out_fmt(" \\\n\t\t'*:word:%s' ;;\n", takes_file(c) ? "_files" : " ");
}

static void
zsh(void)
{
	out_str("#compdef caseq\n"
		"# zsh completion for caseq; made by caseq completion zsh\n"
		"local -a commands shared\n"
		"local state line\n"
		"commands=(\n");
	each_command(zsh_name);
	out_str(")\n"
		"shared=('-q[the queue]:FILE:_files'"
		" '--help[how it is used]'");
	zsh_options(tui_options, " \\\n\t");
	out_str(")\n"
		"_arguments -C $shared '--version[print the version]' \\\n"
		"\t'1:command:->command' '*::word:->words' && return\n"
		"case $state in\n"
		"command) _describe command commands ;;\n"
		"words)\n"
		"\tcase $line[1] in\n");
	each_command(zsh_command);
	out_str("\tesac ;;\n"
		"esac\n");
}

/* --- fish -------------------------------------------------------------- */

static void
fish_name(const struct tui_command *c)
{
	out_fmt("complete -c caseq -n '__caseq_at \"\"' -f -a %s -d '",
	    c->name);
	print_quoted(c->help, "\\");
	out_str("'\n");
}

static void
fish_options(const struct tui_option *o, const char *command)
{
	for (; o != NULL && o->name != NULL; o++) {
		out_str("complete -c caseq");
		if (command != NULL)
			out_fmt(" -n '__caseq_at %s'", command);
		out_fmt(" -l %s%s", o->name,
		    o->arg == NULL   ? ""
			: is_file(o) ? " -r"
				     : " -x");
		if (strcmp(o->name, "outcome") == 0 ||
		    strcmp(o->name, "cases") == 0 ||
		    strcmp(o->name, "role") == 0) {
			out_str(" -a '");
			print_values(o->name);
			out_str("'");
		}
		out_str(" -d '");
		print_quoted(o->help, "\\");
		out_str("'\n");
	}
}

static void
fish_command(const struct tui_command *c)
{
	if (!takes_file(c))
		out_fmt("complete -c caseq -n '__caseq_at %s' -f\n", c->name);
	if (has_words(c)) {
		out_fmt("complete -c caseq -n '__caseq_at %s' -a '", c->name);
		print_words(c);
		out_str("'\n");
	}
	fish_options(c->options, c->name);
}

static void
fish(void)
{
	out_str("# fish completion for caseq; made by caseq completion fish\n"
		"function __caseq_at -d 'is this the command on the line?'\n"
		"\tset -l command\n"
		"\tset -l skip 1\n"
		"\tfor word in (commandline -opc)\n"
		"\t\tif test $skip -eq 1\n"
		"\t\t\tset skip 0\n"
		"\t\t\tcontinue\n"
		"\t\tend\n"
		"\t\tswitch $word\n"
		"\t\tcase -q --as --op\n"
		"\t\t\tset skip 1\n"
		"\t\tcase '-*'\n"
		"\t\tcase '*'\n"
		"\t\t\tset command $word\n"
		"\t\t\tbreak\n"
		"\t\tend\n"
		"\tend\n"
		"\ttest \"$command\" = \"$argv[1]\"\n"
		"end\n"
		"complete -c caseq -s q -r -d 'the queue'\n"
		"complete -c caseq -l help -d 'how it is used'\n");
	fish_options(tui_options, NULL);
	each_command(fish_name);
	each_command(fish_command);
}

int
cmd_completion(struct cli *cli, const struct cli_args *args)
{
	const char *shell = args->at[0];

	if (cli->json)
		return cli_usage("completion: leave --json out: a script for a"
				 " shell is none");
	if (strcmp(shell, "bash") == 0)
		bash();
	else if (strcmp(shell, "zsh") == 0)
		zsh();
	else if (strcmp(shell, "fish") == 0)
		fish();
	else
		return cli_usage("completion: '%s' is not bash, zsh or fish",
		    shell);
	return EXIT_DONE;
}
