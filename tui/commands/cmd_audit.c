#include "tui/commands/commands.h"

#include <inttypes.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/commands/out.h"

/* The log, and its proof. */

/* Puts every string and name below o through show(). */
static void
make_harmless(cJSON *o)
{
	struct shown_text shown;

	for (cJSON *item = o; item != NULL; item = item->next) {
		if (item->string != NULL) {
			shown = show_str(item->string, SHOW_LINE);
			cJSON_free(item->string);
			item->string = shown.s;
		}
		if (cJSON_IsString(item)) {
			shown = show_str(item->valuestring, SHOW_TEXT);
			cJSON_free(item->valuestring);
			item->valuestring = shown.s;
		}
		make_harmless(item->child);
	}
}

/* Behind the string that begins at s. */
static const char *
skip_string(const char *s)
{
	for (s++; *s != '\0' && *s != '"'; s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
	return *s == '"' ? s + 1 : s;
}

/* The next number in a JSON text; returns its length. */
static size_t
next_number(const char **text)
{
	const char *s = *text;

	while (*s != '\0' && strchr("-0123456789", *s) == NULL)
		s = *s == '"' ? skip_string(s) : s + 1;
	*text = s;
	return strspn(s, "+-.0123456789Ee");
}

static bool
is_whole(const char *s, size_t n)
{
	size_t sign = *s == '-';

	return n > sign && strspn(s + sign, "0123456789") == n - sign &&
	    (s[sign] != '0' || n == sign + 1);
}

/*
 * Puts the whole numbers of text, which was parsed into o, back as they
 * were written: cJSON keeps a double of each, not exact above 2^53.
 */
static void
make_exact(cJSON *o, const char **text)
{
	size_t n;

	for (cJSON *item = o; item != NULL; item = item->next) {
		if (cJSON_IsNumber(item)) {
			n = next_number(text);
			if (is_whole(*text, n)) {
				item->type = cJSON_Raw;
				item->valuestring = cq_strndup(*text, n);
			}
			*text += n;
		}
		make_exact(item->child, text);
	}
}

static void
add_data(cJSON *o, const char *data)
{
	cJSON *parsed = data == NULL ? NULL : cJSON_Parse(data);

	if (parsed == NULL) {
		json_line(o, "data", data);
		return;
	}
	make_exact(parsed, &data);
	make_harmless(parsed);
	cJSON_AddItemToObject(o, "data", parsed);
}

static void
event_json(const struct cq_event *e)
{
	cJSON *o = cJSON_CreateObject();

	json_number(o, "event", e->id);
	json_number(o, "case", e->case_id);
	json_time(o, "at", e->at);
	json_line(o, "kind", e->kind);
	json_line(o, "agent", e->agent);
	json_line(o, "via", e->via);
	json_line(o, "op", e->op);
	json_number(o, "ref", e->ref);
	json_line(o, "state", e->state);
	add_data(o, e->data);
	json_line(o, "hash", e->hash);
	out_json(o);
}

static void
event_plain(const struct cq_event *e)
{
	char at[CQ_TIME_SIZE];

	cq_time_rfc3339(e->at, at);
	out_fmt("%6" PRId64 "  %s  ", e->id, at);
	if (e->case_id > 0)
		out_fmt("case %" PRId64 "  ", e->case_id);
	out_raw(e->kind);
	out_str(" by ");
	out_raw(e->agent == NULL ? "caseq" : e->agent);
	if (e->via != NULL) {
		out_str(" through ");
		out_raw(e->via);
	}
	if (e->state != NULL) {
		out_str(", then ");
		out_raw(e->state);
	}
	if (e->data != NULL) {
		out_str("  ");
		out_raw(e->data);
	}
	out_str("\n");
}

static bool
print_event(void *arg, const struct cq_event *e)
{
	const struct cli *cli = arg;

	if (cli->json)
		event_json(e);
	else
		event_plain(e);
	return !out_failed();
}

static int
proof_json(const struct cq_proof *proof)
{
	cJSON *o = cJSON_CreateObject();

	json_number(o, "events", proof->n_events);
	json_number(o, "cases", proof->n_cases);
	cJSON_AddBoolToObject(o, "ok", proof->bad_event == 0);
	if (proof->bad_event != 0) {
		json_number(o, "bad_event", proof->bad_event);
		json_number(o, "bad_case", proof->bad_case);
		json_line(o, "what", proof->what);
	}
	out_json(o);
	return proof->bad_event == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int
verify(struct cli *cli)
{
	struct cq_proof proof;
	struct cq_err err;

	if (cq_store_audit_verify(cli->store, &proof, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json)
		return proof_json(&proof);
	if (proof.bad_event > 0)
		return cli_broken("audit: event %" PRId64 " of case %" PRId64
				  " does not fit the log: %s",
		    proof.bad_event, proof.bad_case, proof.what);
	if (proof.bad_event < 0 && proof.bad_case == 0)
		return cli_broken("audit: the log does not fit: %s",
		    proof.what);
	if (proof.bad_event < 0)
		return cli_broken("audit: the log of case %" PRId64
				  " does not fit: %s",
		    proof.bad_case, proof.what);
	out_fmt("%" PRId64 " events of %" PRId64 " cases verified\n",
	    proof.n_events, proof.n_cases);
	return EXIT_DONE;
}

int
cmd_audit(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	int64_t id = -1;

	if (args->n == 1 && strcmp(args->at[0], "verify") == 0)
		return verify(cli);
	if (args->n == 1 && !cli_case(args->at[0], &id))
		return EXIT_USAGE;
	if (cq_store_events(cli->store, id, print_event, cli, &err) != CQ_OK)
		return cli_failed(&err);
	return EXIT_DONE;
}
