#include "tui/commands/source_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/commands/out.h"
#include "tui/gaps.h"
#include "tui/rows.h"

static cJSON *
source_object(const struct cq_source *s)
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
	json_time(o, "next",
	    s->next_at == 0 || s->paused ? CQ_NO_TIME : s->next_at);
	json_time(o, "rests_until", s->rest_at);
	json_number(o, "failures", s->n_failed);
	json_line(o, "error", s->last_error);
	json_number(o, "posts", s->n_posts);
	if (s->week_days > 0)
		cJSON_AddNumberToObject(o, "posts_per_day",
		    (double)s->n_week / s->week_days);
	else
		cJSON_AddNullToObject(o, "posts_per_day");
	json_time(o, "failing_since", s->failed_at);
	json_time(o, "paused_itself", s->parked_at);
	json_time(o, "newest_post", s->habit.heard_at);
	json_time(o, "since", s->since_at);
	return o;
}

void
source_json(const struct cq_source *s)
{
	out_json(source_object(s));
}

/* The same with those of the gaps that are its own. */
static void
source_json_gaps(const struct cq_source *s, const struct cq_gaps *gaps)
{
	cJSON *o = source_object(s);
	cJSON *list = cJSON_AddArrayToObject(o, "gaps");

	for (size_t i = 0; i < gaps->n; i++)
		if (strcmp(gaps->at[i].source, s->name) == 0)
			cJSON_AddItemToArray(list, out_gap_json(&gaps->at[i]));
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

bool
source_is_file(const struct cq_source *s)
{
	return strcmp(s->adapter, "ndjson") == 0;
}

static const char *
next_try(const struct cq_source *s, int64_t now, char out[32])
{
	int64_t at = s->rest_at > s->next_at ? s->rest_at : s->next_at;
	char age[16];

	if (s->paused)
		return "paused";
	if (source_is_file(s))
		return "-";
	if (at <= now)
		return "now";
	cq_age_short(at - now, age);
	snprintf(out, 32, "in %s", age);
	return out;
}

/* "34", "3.4"; "-" before its first post */
static void
posts_a_day(const struct cq_source *s, char out[24])
{
	int64_t tenths;

	if (s->week_days == 0) {
		snprintf(out, 24, "-");
		return;
	}
	tenths = (s->n_week * 20 / s->week_days + 1) / 2;
	if (tenths < 100 && tenths % 10 != 0)
		snprintf(out, 24, "%d.%d", (int)(tenths / 10),
		    (int)(tenths % 10));
	else
		snprintf(out, 24, "%" PRId64, (tenths + 5) / 10);
}

/* The address without what nearly all begin with. */
static const char *
place(const struct cq_source *s)
{
	const char *scheme = "https://";

	if (s->address == NULL)
		return "";
	return strncmp(s->address, scheme, strlen(scheme)) == 0
	    ? s->address + strlen(scheme)
	    : s->address;
}

/* --- what it listens to, as far as the terminal is wide ----------------- */

enum { ADDRESS, QUERY, BRAND, TOKEN, N_PLACES };

#define NAME_MIN 14 /* cells */
#define NAME_MAX_CELLS 32
#define FIGURES_WIDTH 48 /* cells of the columns between name and these */
#define PLACE_MIN 10	 /* cells that a long name leaves them */
#define ROOMY 48	 /* cells; in fewer they share one column */
#define TOKEN_MIN 12	 /* cells; a path is not shown in fewer */

/* Cells of each of them, 0 for one that is not shown. */
struct layout {
	int name;
	bool one; /* there is room for one column of places only */
	int places[N_PLACES];
};

static int
place_width(const struct layout *l)
{
	return out_width() - l->name - FIGURES_WIDTH;
}

static const char *
place_text(const struct cq_source *s, int i)
{
	const char *texts[N_PLACES] = {
	    [ADDRESS] = place(s),
	    [QUERY] = s->query,
	    [BRAND] = s->brand,
	    [TOKEN] = s->token_file,
	};

	return texts[i] == NULL ? "" : texts[i];
}

static int
shown_width(const char *s)
{
	struct shown_text shown = show_str(s, SHOW_LINE);
	int n = cells_width(shown.s);

	shown_free(&shown);
	return n;
}

static int
widest(const struct cq_sources *all, int i, const char *head)
{
	int most = 0, n;

	for (size_t k = 0; k < all->n; k++) {
		n = shown_width(place_text(&all->at[k], i));
		most = n > most ? n : most;
	}
	return most > 0 && most < cells_width(head) ? cells_width(head) : most;
}

/* Two that are too wide together: the smaller half first. */
static void
share(int *a, int *b, int left)
{
	int half = left / 2;

	if (*a + *b <= left)
		return;
	if (*b <= half) {
		*a = left - *b;
	} else if (*a <= left - half) {
		*b = left - *a;
	} else {
		*a = left - half;
		*b = half;
	}
}

static const char *const place_heads[N_PLACES] = {
    [ADDRESS] = "Address",
    [QUERY] = "Query",
    [BRAND] = "Brand",
    [TOKEN] = "Token",
};

/* A name is what a person types: two that begin alike are told apart. */
static int
name_width(const struct cq_sources *all)
{
	int room = out_width() - FIGURES_WIDTH - PLACE_MIN, width = NAME_MIN;

	for (size_t i = 0; i < all->n; i++) {
		int n = shown_width(all->at[i].name);

		width = n > width ? n : width;
	}
	if (width > NAME_MAX_CELLS)
		width = NAME_MAX_CELLS; /* ingest brings longer ones */
	return width < room ? width : room > NAME_MIN ? room : NAME_MIN;
}

static void
lay_out(const struct cq_sources *all, struct layout *l)
{
	int *widths = l->places, left;

	l->name = name_width(all);
	left = place_width(l);
	l->one = left < ROOMY;
	if (l->one)
		return;
	for (int i = 0; i < N_PLACES; i++)
		widths[i] = widest(all, i, place_heads[i]);
	share(&widths[ADDRESS], &widths[QUERY], left - 1);
	left -= widths[ADDRESS] + 1 + widths[QUERY] + 1;
	if (widths[BRAND] > left)
		widths[BRAND] = 0;
	left -= widths[BRAND] + 1;
	if (widths[TOKEN] > left)
		widths[TOKEN] = left < TOKEN_MIN ? 0 : left;
}

/* "#acme at mastodon.social": what tells two of one server apart is first. */
static void
place_cell(const struct cq_source *s, const struct layout *l,
    struct cq_buf *row)
{
	bool asks = s->query != NULL && *s->query != '\0';
	char *text = cq_format("%s%s%s", asks ? s->query : "",
	    asks && *place(s) != '\0' ? " at " : "", place(s));

	out_cell_raw(row, text, place_width(l));
	free(text);
}

/* s is NULL for the heads */
static void
place_cells(const struct cq_source *s, const struct layout *l,
    struct cq_buf *row)
{
	for (int i = 0; i < N_PLACES; i++)
		if (l->places[i] > 0)
			out_cell_raw(row,
			    s == NULL ? place_heads[i] : place_text(s, i),
			    l->places[i]);
}

static void
head_row(const struct layout *l, struct cq_buf *row)
{
	out_cell(row, "Source", l->name, false);
	cq_buf_str(row, "Adapter       Success   Next     A day   Posts ");
	if (l->one)
		cq_buf_str(row, "Listens to");
	else
		place_cells(NULL, l, row);
	out_row(row);
}

static void
source_row(const struct cq_source *s, const struct layout *l, int64_t now,
    struct cq_buf *row)
{
	char last[32], next[32], posts[24], day[24];

	snprintf(posts, sizeof(posts), "%" PRId64, s->n_posts);
	posts_a_day(s, day);
	out_cell_raw(row, s->name, l->name);
	out_cell_raw(row, s->adapter, 13);
	out_cell(row, source_is_file(s) ? "-" : ago(s->ok_at, now, last), 9,
	    false);
	out_cell(row, next_try(s, now, next), 7, false);
	out_cell(row, day, 6, true);
	out_cell(row, posts, 7, true);
	if (l->one)
		place_cell(s, l, row);
	else
		place_cells(s, l, row);
	out_row(row);
}

/* --- what is wrong with it ---------------------------------------------- */

/* Who looks after what its failure says; NULL if nobody does. */
static const char *
failure_seen_by(const struct cq_source *s, const struct cq_gaps *gaps)
{
	for (size_t i = 0; i < gaps->n; i++)
		if (gaps->at[i].kind == CQ_GAP_FAILED &&
		    strcmp(gaps->at[i].source, s->name) == 0)
			return gaps->at[i].seen_by;
	return NULL;
}

/* "    failed 3 times since 09:12, seen by bo: forum.example is down" */
static void
failure_line(const struct cq_source *s, const struct cq_gaps *gaps, int64_t now)
{
	const char *seen_by = failure_seen_by(s, gaps);
	struct cq_buf since = {0}, line = {0};
	struct shown_text shown;

	if (s->last_error == NULL || s->n_failed == 0)
		return; /* or it went on since */
	cq_buf_str(&since, "");
	if (s->failed_at != CQ_NO_TIME) {
		cq_buf_str(&since, " since ");
		say_when(s->failed_at, now, &since);
	}
	cq_buf_fmt(&line, "failed %d %s%s", s->n_failed,
	    s->n_failed == 1 ? "time" : "times", since.s);
	if (seen_by != NULL)
		cq_buf_fmt(&line, ", seen by %s", seen_by);
	cq_buf_str(&line, ": ");
	shown = show_str(s->last_error, SHOW_LINE);
	cq_buf_str(&line, shown.s);
	shown_free(&shown);
	out_line("    ", "    ", line.s);
	if (s->parked_at != CQ_NO_TIME)
		out_fmt("    to ask it again: caseq source resume %s\n",
		    s->name);
	cq_buf_free(&line);
	cq_buf_free(&since);
}

/* "    the service asked us to wait until 14:05" */
static void
rest_line(const struct cq_source *s, int64_t now)
{
	struct cq_buf line = {0};

	if (s->paused || s->rest_at <= now)
		return;
	say_rest(s->rest_at, now, &line);
	out_line("    ", "    ", line.s);
	cq_buf_free(&line);
}

/* Gaps beyond what its failure says already. */
static void
gap_lines(const struct cq_source *s, const struct cq_gaps *gaps, int64_t now)
{
	struct cq_buf line = {0};

	for (size_t i = 0; i < gaps->n; i++) {
		const struct cq_gap *gap = &gaps->at[i];

		if (strcmp(gap->source, s->name) != 0 ||
		    (gap->kind == CQ_GAP_FAILED && s->n_failed > 0))
			continue;
		cq_buf_clear(&line);
		say_gap(gap, now, &line);
		out_line("    ", "    ", line.s);
	}
	cq_buf_free(&line);
}

static void
print_sources(struct cli *cli, const struct cq_sources *sources,
    const struct cq_gaps *gaps)
{
	int64_t now = cq_store_now(cli->store);
	struct layout l = {0};
	struct cq_buf row = {0};

	lay_out(sources, &l);
	if (!cli->json)
		head_row(&l, &row);
	for (size_t i = 0; i < sources->n; i++) {
		const struct cq_source *s = &sources->at[i];

		if (cli->json) {
			source_json_gaps(s, gaps);
			continue;
		}
		source_row(s, &l, now, &row);
		failure_line(s, gaps, now);
		rest_line(s, now);
		gap_lines(s, gaps, now);
	}
	cq_buf_free(&row);
}

int
source_list(struct cli *cli, const struct cli_args *args)
{
	struct cq_sources sources;
	struct cq_gaps gaps = {0};
	struct cq_err err;
	enum cq_status rc = cq_store_sources(cli->store, &sources, &err);

	(void)args;
	if (rc == CQ_OK)
		rc = cq_store_gaps(cli->store, &gaps, &err);
	if (rc == CQ_OK)
		print_sources(cli, &sources, &gaps);
	cq_gaps_free(&gaps);
	cq_sources_free(&sources);
	return rc == CQ_OK ? EXIT_DONE : cli_failed(&err);
}
