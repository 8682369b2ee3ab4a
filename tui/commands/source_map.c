#include "tui/commands/source_map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "tui/commands/out.h"

#define MAP_MAX (64 * 1024) /* bytes of a file; the adapter takes no more */

/* The text of the map of that name, NULL if there is none. */
static const char *
shipped(const struct cli *cli, const char *name)
{
	const char *known, *text;

	for (size_t i = 0; (known = cli->net->map(i, &text)) != NULL; i++)
		if (strcmp(known, name) == 0)
			return text;
	return NULL;
}

/* Words are names of maps; what has a slash or a dot is a file. */
static bool
is_name(const char *s)
{
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static int
unknown(const struct cli *cli, const char *name)
{
	struct cq_buf known = {0};
	const char *map, *text;

	for (size_t i = 0; (map = cli->net->map(i, &text)) != NULL; i++)
		cq_buf_fmt(&known, "%s%s", i > 0 ? ", " : "", map);
	cli_usage("there is no map '%s'; say one of: %s; or a file, as in"
		  " ./%s.json",
	    name, known.s, name);
	cq_buf_free(&known);
	return EXIT_USAGE;
}

static int
file_text(const char *path, char **out)
{
	FILE *f = fopen(path, "r");
	char *text;
	size_t n;
	bool failed;

	if (f == NULL)
		return cli_broken("map %s: %s", path, strerror(errno));
	text = cq_alloc(MAP_MAX + 2);
	n = fread(text, 1, MAP_MAX + 1, f);
	failed = ferror(f);
	fclose(f);
	if (!failed && n <= MAP_MAX && strlen(text) == n &&
	    cq_utf8_valid(text, n)) {
		*out = text;
		return EXIT_DONE;
	}
	free(text);
	if (failed)
		return cli_broken("map %s cannot be read", path);
	if (n > MAP_MAX)
		return cli_broken("map %s is longer than 64 KiB", path);
	return cli_broken("map %s is no text in UTF-8", path);
}

int
source_map_text(const struct cli *cli, const char *name, char **out)
{
	const char *text;

	*out = NULL;
	if (!is_name(name) || *name == '\0')
		return file_text(name, out);
	text = shipped(cli, name);
	if (text == NULL)
		return unknown(cli, name);
	*out = cq_strdup(text);
	return EXIT_DONE;
}

/* --- source map --------------------------------------------------------- */

static const char *
member(const cJSON *map, const char *name)
{
	const char *s =
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(map, name));

	return s == NULL ? "" : s;
}

static void
row_plain(const char *name, const cJSON *map)
{
	static const char indent[] = "             "; /* 12 + 1 */
	struct shown_text about = show_str(member(map, "about"), SHOW_LINE);
	struct cq_buf line = {0};
	char lead[32];

	snprintf(lead, sizeof(lead), "%-12s ", name);
	out_line(lead, indent, about.s);
	cq_buf_fmt(&line, "%s--query ", indent);
	out_word(&line, member(map, "query"));
	out_row(&line);
	cq_buf_free(&line);
	shown_free(&about);
}

static void
row(const struct cli *cli, const char *name, const char *text)
{
	cJSON *map = cJSON_Parse(text), *o;

	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "map", name);
		json_line(o, "about", member(map, "about"));
		json_line(o, "query", member(map, "query"));
		out_json(o);
	} else {
		row_plain(name, map);
	}
	cJSON_Delete(map);
}

int
source_map(struct cli *cli, const struct cli_args *args)
{
	const char *name = args->n > 1 ? args->at[1] : NULL, *text;
	cJSON *o;

	if (name == NULL) {
		for (size_t i = 0; (name = cli->net->map(i, &text)) != NULL;
		     i++)
			row(cli, name, text);
		return EXIT_DONE;
	}
	text = shipped(cli, name);
	if (text == NULL)
		return unknown(cli, name);
	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "map", name);
		json_text(o, "text", text);
		out_json(o);
	} else {
		out_str(text);
	}
	return EXIT_DONE;
}
