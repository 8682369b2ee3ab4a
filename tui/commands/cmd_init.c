#include "tui/commands/commands.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tui/commands/out.h"

/* Makes the directories above the one that the queue lies in. */
static bool
make_parents(const char *path)
{
	char *copy = cq_strdup(path);
	char *end = strrchr(copy, '/');
	bool ok = true;

	if (end != NULL)
		*end = '\0'; /* the last one is the store's to make */
	for (char *s = copy + 1; ok && end != NULL; s++) {
		s = strchr(s, '/');
		if (s == NULL)
			break;
		*s = '\0';
		ok = mkdir(copy, 0777) == 0 || errno == EEXIST ||
		    errno == EISDIR || errno == EROFS;
		*s = '/';
	}
	free(copy);
	return ok;
}

/* The login name as an agent's name: "Max" becomes "max". */
static char *
name_from_login(const char *login)
{
	char *name = cq_strdup(login);

	for (char *s = name; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
	return name;
}

static void
print_made(const struct cli *cli, const char *name, const char *login)
{
	cJSON *o;

	if (!cli->json) {
		out_str("queue made at ");
		out_raw(cli->path);
		out_fmt("\nyou are its administrator, as agent %s (login ",
		    name);
		out_raw(login);
		out_str(")\n");
		return;
	}
	o = cJSON_CreateObject();
	json_line(o, "queue", cli->path);
	json_line(o, "agent", name);
	json_line(o, "login", login);
	out_json(o);
}

int
cmd_init(struct cli *cli, const struct cli_args *args)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *option = cli_option(args, "name");
	struct cq_err err;
	char *name, *login;
	int status = EXIT_DONE;

	if (cli->as != NULL)
		return cli_usage("init: --as does nothing here; say --name");
	login = pw == NULL ? cq_format("uid%u", (unsigned)getuid())
			   : cq_strdup(pw->pw_name);
	name = option != NULL ? cq_strdup(option) : name_from_login(login);
	if (!cq_name_valid(name))
		status = cli_usage("init: '%s' is no name for an agent: a small"
				   " letter, then small letters, digits, . _"
				   " or -; say another with --name",
		    name);
	else if (!make_parents(cli->path))
		status = cli_broken("init: making the directory of %s: %s",
		    cli->path, strerror(errno));
	else if (cq_store_create(cli->path, &cli->env, name, login, getuid(),
		     &err) != CQ_OK)
		status = cli_failed(&err);
	else
		print_made(cli, name, login);
	free(name);
	free(login);
	return status;
}
