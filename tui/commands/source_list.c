#include "tui/commands/source_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/commands/out.h"

void
source_json(const struct cq_source *s)
{
	cJSON *o = cJSON_CreateObject();

	json_line(o, "source", s->name);
	json_line(o, "adapter", s->adapter);
	json_line(o, "address", s->address);
	json_line(o, "query", s->query);
	json_line(o, "token_file", s->token_file);
	json_line(o, "brand", s->brand);
	cJSON_AddBoolToObject(o, "insecure", s->insecure);
	cJSON_AddBoolToObject(o, "paused", s->paused);
	json_number(o, "every_s", s->every_s);
	json_time(o, "last_success", s->ok_at);
	json_time(o, "next", s->next_at == 0 ? CQ_NO_TIME : s->next_at);
	json_number(o, "failures", s->n_failed);
	json_line(o, "error", s->last_error);
	json_number(o, "posts", s->n_posts);
	out_json(o);
}

static const char *
ago(int64_t at, int64_t now, char out[32])
{
	char age[16];

	if (at == CQ_NO_TIME)
		return "never";
	cq_age_short(now > at ? now - at : 0, age);
	snprintf(out, 32, strcmp(age, "now") == 0 ? "%s" : "%s ago", age);
	return out;
}

/* Posts came by caseq ingest: nobody asks it. */
static bool
is_file(const struct cq_source *s)
{
	return strcmp(s->adapter, "ndjson") == 0;
}

static const char *
next_try(const struct cq_source *s, int64_t now, char out[32])
{
	char age[16];

	if (s->paused)
		return "paused";
	if (is_file(s))
		return "-";
	if (s->next_at <= now)
		return "now";
	cq_age_short(s->next_at - now, age);
	snprintf(out, 32, "in %s", age);
	return out;
}

static void
source_row(const struct cq_source *s, int64_t now, struct cq_buf *row)
{
	char last[32], next[32], posts[24];

	snprintf(posts, sizeof(posts), "%" PRId64, s->n_posts);
	out_cell_raw(row, s->name, 16);
	out_cell_raw(row, s->adapter, 9);
	out_cell(row, is_file(s) ? "-" : ago(s->ok_at, now, last), 9, false);
	out_cell(row, next_try(s, now, next), 7, false);
	out_cell(row, posts, 7, true);
	out_cell_raw(row, s->address == NULL ? "" : s->address, 27);
	out_row(row);
	if (s->last_error == NULL)
		return;
	out_fmt("    failed %d %s: ", s->n_failed,
	    s->n_failed == 1 ? "time" : "times");
	out_raw(s->last_error);
	out_str("\n");
}

int
source_list(struct cli *cli)
{
	struct cq_sources sources;
	struct cq_buf row = {0};
	struct cq_err err;

	if (cq_store_sources(cli->store, &sources, &err) != CQ_OK)
		return cli_failed(&err);
	if (!cli->json)
		out_str("Source           Adapter   Success   Next     "
			"  Posts Address\n");
	for (size_t i = 0; i < sources.n; i++) {
		if (cli->json)
			source_json(&sources.at[i]);
		else
			source_row(&sources.at[i], cq_store_now(cli->store),
			    &row);
	}
	cq_buf_free(&row);
	cq_sources_free(&sources);
	return EXIT_DONE;
}
