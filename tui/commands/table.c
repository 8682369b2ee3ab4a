#include "tui/commands/table.h"

#include <string.h>

#include "tui/commands/commands.h"
#include "tui/screens/keys.h"

const char *const tui_groups[N_GROUPS] = {
    [G_MOVE] = "Move",
    [G_WORK] = "Work",
    [G_SORT] = "Find",
    [G_SAME] = "Same problem",
    [G_CARE] = "Care",
    [G_READ] = "Read",
    [G_ADMIN] = "Administer",
    [G_PROGRAM] = "Program",
};

const struct tui_option tui_options[] = {
    {"json", NULL, "print JSON, one object a line"},
    {"as", "NAME", "act as another agent, in a queue file of your own"},
    {"op", "ID", "operation id of a change: the same id twice is one act"},
    {NULL, NULL, NULL},
};

/* clang-format off */
#define OPTIONS(name) static const struct tui_option name[]
#define END {NULL, NULL, NULL}

OPTIONS(init_options) = {
	{"name", "NAME", "your name as an agent; your login if left out"}, END};
OPTIONS(demo_options) = {
	{"text", NULL, "print queue and report instead of opening the screens"},
	{"seed", "N", "another order in which the colleagues act"},
	{"keep", "FILE", "make the queue in that file and leave it there"}, END};
OPTIONS(source_options) = {
	{"adapter", "NAME", "what the address speaks; add needs it: see caseq-sources(5)"},
	{"query", "WORDS", "what to listen for, in the adapter's words"},
	{"token-file", "FILE", "file that holds the token; others may not read it"},
	{"credential", "NAME", "systemd credential that holds the token"},
	{"every", "TIME", "time between two fetches, such as 5m"},
	{"since", "TIME", "leave out posts older than that; add: 24h if left out"},
	{"map", "FILE", "json: how its answers are read; or the name of a map that ships"},
	{"monthly-cap", "N", "most posts to read in a month, where each is billed"},
	{"brand", "NAME", "brand that its posts are about"},
	{"insecure", NULL, "allow plain http to this source"},
	{"all", NULL, "own: in all sources"},
	{"not", NULL, "own: these are not our accounts any more"}, END};
OPTIONS(ingest_options) = {
	{"follow", NULL, "read a pipe for ever; store at least each second"}, END};
OPTIONS(dedup_options) = {
	{"source", "NAME", "only posts of that source; set: for them alone"},
	{"since", "TIME", "how far back; 7d if left out"},
	{"from", "TIME", "stats: its start, as for a report"},
	{"to", "TIME", "stats: its end; now if left out"},
	{"set", "RULE=MODE...", "replay: try a mode; may stand more than once"}, END};
OPTIONS(list_options) = {
	{"limit", "N", "at most so many cases; 0 for all of them"}, END};
OPTIONS(show_options) = {
	{"events", NULL, "with the audit log of the case"}, END};
OPTIONS(lease_options) = {
	{"lease", "TIME", "length of the claim; 10m if left out"}, END};
OPTIONS(renew_options) = {
	{"fence", "N", "fence number of your claim"},
	{"lease", "TIME", "length of the claim from now; 10m if left out"}, END};
OPTIONS(steal_options) = {
	{"reason", "TEXT", "why; it must be said"},
	{"lease", "TIME", "length of the claim; 10m if left out"}, END};
OPTIONS(release_options) = {
	{"fence", "N", "refuse if the claim has passed on since"},
	{"reason", "TEXT", "why; 'given back' if left out"}, END};
OPTIONS(dismiss_options) = {
	{"fence", "N", "refuse if the claim has passed on since"},
	{"reason", "TEXT", "why; 'not a complaint' if left out"}, END};
OPTIONS(reopen_options) = {
	{"reason", "TEXT", "why; 'more to do' if left out"}, END};
OPTIONS(reason_options) = {
	{"reason", "TEXT", "why"}, END};
OPTIONS(join_options) = {
	{"held", NULL, "join cases that a colleague holds, too"},
	{"reason", "TEXT", "why"}, END};
OPTIONS(dups_options) = {
	{"limit", "N", "at most so many; 0, or left out, for all of them"}, END};
OPTIONS(maybe_options) = {
	{"limit", "N", "at most so many groups, 20 if left out; 0 for all of them"},
	{"accept", NULL, "join the cases of each group into its first one"},
	{"refuse", NULL, "say that no two cases of a group are the same"},
	{"held", NULL, "accept although a colleague holds one of them"},
	{"reason", "TEXT", "why"}, END};
OPTIONS(assign_options) = {
	{"to", "NAME", "the new owner; yourself if left out"},
	{"nobody", NULL, "take the owner away"},
	{"reason", "TEXT", "why"}, END};
OPTIONS(note_options) = {
	{"fence", "N", "refuse if the claim has passed on since"},
	{"file", "FILE", "read the note from a file, - for standard input"}, END};
OPTIONS(resolve_options) = {
	{"fence", "N", "refuse if the claim has passed on since"},
	{"outcome", "WORD", "how it ended; answered if left out"}, END};
OPTIONS(snooze_options) = {
	{"fence", "N", "refuse if the claim has passed on since"},
	{"until", "TIME", "when it comes back: 2h, tomorrow, 14:30; 4h if left out"},
	{"author", NULL, "wait for the author's next post instead"}, END};
OPTIONS(agent_options) = {
	{"role", "ROLE", "agent, lead, supervisor or administrator; list: only these"},
	{"team", "NAME", "team, for reports, or to list; '' for none"},
	{"login", "LOGIN", "Unix account that is this agent; '' for none"}, END};
OPTIONS(report_options) = {
	{"from", "TIME", "its start: 06:00, 2026-11-23, or 8h (ago) if left out"},
	{"to", "TIME", "its end; now if left out"},
	{"team", "NAME", "count the acts of this team only"},
	{"cases", "FIGURE", "print the numbers of the cases behind a figure"}, END};
OPTIONS(export_options) = {
	{"map", NULL, "print source TAB id TAB case for every post, sorted"},
	{"suggestions", NULL, "print source TAB id TAB rank TAB case TAB rule"}, END};
OPTIONS(doctor_options) = {
	{"repair", NULL, "mend what can be computed anew"}, END};

OPTIONS(incident_options) = {
	{"all", NULL, "list closed incidents too"}, END};

#define WORK (N_STORE | N_ME)
#define ACT (WORK | N_OP)
#define ONE (ACT | N_CASE)

/*
 * name, args, keys, hint, views, needs, group, min_args, max_args,
 *	run, key, help, options
 */
const struct tui_command tui_commands[] = {
	{"down", NULL, "j Down", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_down, "next line", NULL},
	{"up", NULL, "k Up", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_up, "line before", NULL},
	{"first", NULL, "g Home", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_first, "first line; lets waiting rows in", NULL},
	{"last", NULL, "G End", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_last, "last line", NULL},
	{"half-down", NULL, "^D", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_half_down, "half a page down", NULL},
	{"half-up", NULL, "^U", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_half_up, "half a page up", NULL},
	{"page-down", NULL, "PgDn", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_page_down, "a page down", NULL},
	{"page-up", NULL, "PgUp", NULL, V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_page_up, "a page up", NULL},
	{"open", NULL, "Enter", "open", V_QUEUE | V_JUDGE, ONE | N_ROW, G_MOVE, 0, 0,
		NULL, key_open, "open the case, group or red row; locks nothing",
		NULL},
	{"back", NULL, "q", "back", V_ANY, 0, G_MOVE, 0, 0,
		NULL, key_back, "back one screen; from the queue, quit", NULL},

	{"next", NULL, "w", "work next", V_QUEUE | V_CASE, ACT, G_WORK, 0, 0,
		cmd_next, key_work, "claim the top case you may work and open it",
		lease_options},
	{"take", "CASE", "t", "take", V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_take, key_take, "claim the case", lease_options},
	{"dups", "CASE", "=", "dups", V_QUEUE | V_CASE | V_TRAY,
		N_STORE | N_CASE, G_SAME, 1, 1,
		cmd_dups, key_dups, "likely duplicates of the case", dups_options},
	{"join", "CASE OTHER...", "&", "join", V_CASES, ONE, G_SAME, 2, -1,
		cmd_join, key_join, "join other cases (marked ones) into this one",
		join_options},
	{"not-same", "CASE OTHER...", "!", "not same", V_CASES, ONE, G_SAME, 2, -1,
		cmd_not_same, key_not_same,
		"say that other cases (marked ones) are not the same", reason_options},
	{"mark", NULL, "Space", "mark", V_QUEUE | V_JUDGE, ONE, G_SAME, 0, 0,
		NULL, key_mark, "mark the case and move on", NULL},
	{"renew", "CASE", NULL, NULL, 0, ACT, G_WORK, 1, 1,
		cmd_renew, NULL, "make your claim last longer", renew_options},
	{"release", "CASE", "U", "give back", V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_release, key_release, "give the case back, with a reason",
		release_options},
	{"steal", "CASE", "S", "take over", V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_steal, key_steal,
		"take over a claim: as a lead, or once it has run out", steal_options},
	{"note", "CASE [TEXT]", "c", "note", V_QUEUE | V_CASE, ONE, G_WORK, 1, 2,
		cmd_note, key_note, "write an internal note", note_options},
	{"resolve", "CASE", "x", "resolve", V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_resolve, key_resolve, "resolve the case, with an outcome",
		resolve_options},
	{"dismiss", "CASE", "D", NULL, V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_dismiss, key_dismiss, "close the case as no complaint, with a reason",
		dismiss_options},
	{"reopen", "CASE", "X", "reopen", V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_reopen, key_reopen, "put a closed or waiting case back to work",
		reopen_options},
	{"snooze", "CASE", "z", NULL, V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_snooze, key_snooze, "put aside until a time, or until the author writes",
		snooze_options},
	{"assign", "CASE", "a", NULL, V_QUEUE | V_CASE, ONE, G_WORK, 1, 1,
		cmd_assign, key_assign, "make somebody the owner", assign_options},
	{"tag", "CASE TAG...", "L", NULL, V_QUEUE | V_CASE, ONE | N_MINUS,
		G_WORK, 2, -1,
		cmd_tag, key_tag, "add tags; -TAG takes one off", NULL},
	{"undo", NULL, "u", "undo", V_CASES, ACT, G_WORK, 0, 0,
		cmd_undo, key_undo, "undo your last act", NULL},

	{"list", "[QUERY]", "l \\", "limit", V_QUEUE, N_STORE, G_SORT, 0, -1,
		cmd_list, key_limit, "show the queue, or the cases that a query names",
		list_options},
	{"seen", NULL, "s", "seen", V_QUEUE, WORK, G_CARE, 0, 0,
		NULL, key_seen, "say that you look after the source in red",
		NULL},
	{"view", NULL, "1 2 3 4 5", NULL, V_QUEUE, N_STORE, G_SORT, 0, 0,
		NULL, key_view, "mine, unclaimed, due, waiting, all", NULL},
	{"search", NULL, "/", NULL, V_ANY, 0, G_SORT, 0, 0,
		NULL, key_search, "search on this screen", NULL},
	{"search-next", NULL, "n", NULL, V_ANY, 0, G_SORT, 0, 0,
		NULL, key_search_next, "next match", NULL},
	{"search-back", NULL, "N", NULL, V_ANY, 0, G_SORT, 0, 0,
		NULL, key_search_back, "match before", NULL},
	{"clear", NULL, "Esc", NULL, V_ANY, 0, G_SORT, 0, 0,
		NULL, key_clear, "lift the limit; then forget search, marks", NULL},

	{"maybe", "[GROUP...]", "M", NULL, V_QUEUE | V_CASE | V_DUPS,
		N_STORE | N_OP, G_SAME, 0, -1,
		cmd_maybe, key_maybe, "all likely duplicates, the most work first",
		maybe_options},
	{"split", "CASE POST...", "#", NULL, V_CASE, ONE, G_SAME, 2, -1,
		cmd_split, key_split, "break posts out into a case of their own",
		reason_options},
	{"incident",
		"list | open | show | add | leave | close | reopen [NAME | I-N] [CASE...]",
		NULL, NULL, 0, N_STORE | N_OP, G_SAME, 0, -1,
		cmd_incident, NULL, "put cases under one cause, or list such causes",
		incident_options},

	{"why", NULL, "P", NULL, V_QUEUE | V_CASE, ONE, G_CARE, 0, 0,
		NULL, key_why, "the priority and its sum", NULL},
	{"preview", NULL, "p", NULL, V_QUEUE, 0, G_CARE, 0, 0,
		NULL, key_preview, "preview of the case on or off", NULL},
	{"history", NULL, "H", NULL, V_CASE, ONE, G_CARE, 0, 0,
		NULL, key_audit, "audit log and links on or off", NULL},
	{"refresh", NULL, "R", NULL, V_ANY, 0, G_CARE, 0, 0,
		NULL, key_fresh, "read the queue again", NULL},
	{"redraw", NULL, "^L", NULL, V_ANY, 0, G_CARE, 0, 0,
		NULL, key_redraw, "draw the screen again", NULL},

	{"show", "CASE", NULL, NULL, 0, N_STORE, G_READ, 1, 1,
		cmd_show, NULL, "print a case with its posts and notes",
		show_options},
	{"explain", "POST", NULL, NULL, 0, N_STORE, G_READ, 1, 1,
		cmd_explain, NULL, "say why a post is in its case, and what was weighed", NULL},
	{"report", NULL, NULL, NULL, 0, N_STORE, G_READ, 0, 0,
		cmd_report, NULL, "print the shift report", report_options},
	{"audit", "[verify | CASE]", NULL, NULL, 0, N_STORE, G_READ, 0, 1,
		cmd_audit, NULL, "print the log, or prove that it was not changed", NULL},
	{"export", NULL, NULL, NULL, 0, N_STORE, G_READ, 0, 0,
		cmd_export, NULL, "print every case with all that is in it, as JSON", export_options},

	{"init", NULL, NULL, NULL, 0, 0, G_ADMIN, 0, 0,
		cmd_init, NULL, "make a new queue", init_options},
	{"ingest", "[FILE | -]", NULL, NULL, 0, ACT, G_ADMIN, 0, 1,
		cmd_ingest, NULL, "bring in posts, one JSON object a line",
		ingest_options},
	{"source", "add | set | list | test | seen | pause | resume | remove | map | own [NAME [ADDRESS | HANDLE...]]",
		NULL, NULL, 0, N_STORE | N_OP, G_ADMIN, 0, -1,
		cmd_source, NULL, "list or change the places that caseq listens to", source_options},
	{"fetch", "[NAME...]", NULL, NULL, 0, WORK, G_ADMIN, 0, -1,
		cmd_fetch, NULL, "ask the sources once", NULL},
	{"run", NULL, NULL, NULL, 0, WORK, G_ADMIN, 0, 0,
		cmd_run, NULL, "ask the sources for ever, as a service", NULL},
	{"agent", "list | add | set | retire | restore [NAME]",
		NULL, NULL, 0, N_STORE | N_OP, G_ADMIN, 0, -1,
		cmd_agent, NULL, "list or change the people who work the queue", agent_options},
	{"weight", "[NAME VALUE]", NULL, NULL, 0, N_STORE | N_OP, G_ADMIN, 0, 2,
		cmd_weight, NULL, "list or change what priority is made of", NULL},
	{"dedup", "rules | set | stats | replay | index [RULE MODE]",
		NULL, NULL, 0, N_STORE | N_OP, G_ADMIN, 0, -1,
		cmd_dedup, NULL, "list, set or measure the rules of deduplication",
		dedup_options},
	{"backup", "FILE", NULL, NULL, 0, N_STORE, G_ADMIN, 1, 1,
		cmd_backup, NULL, "make a safe copy while people work", NULL},
	{"doctor", NULL, NULL, NULL, 0, 0, G_ADMIN, 0, 0,
		cmd_doctor, NULL, "examine the queue and say what to mend",
		doctor_options},

	{"demo", NULL, NULL, NULL, 0, 0, G_PROGRAM, 0, 0,
		cmd_demo, NULL, "try caseq in a sandbox with two colleagues at work",
		demo_options},
	{"help", "[COMMAND]", "? F1", "help", V_ANY, 0, G_PROGRAM, 0, 1,
		cmd_help, key_help, "say what can be done, or how a command is used", NULL},
	{"command", NULL, ":", NULL, V_CASES, 0, G_PROGRAM, 0, 0,
		NULL, key_command, "type a command by its name", NULL},
	{"completion", "bash | zsh | fish", NULL, NULL, 0, 0, G_PROGRAM, 1, 1,
		cmd_completion, NULL, "print a completion script for a shell", NULL},
	{"version", NULL, NULL, NULL, 0, 0, G_PROGRAM, 0, 0,
		cmd_version, NULL, "print the version", NULL},
	{"quit", NULL, "Q", NULL, V_ANY, 0, G_PROGRAM, 0, 0,
		NULL, key_quit, "leave caseq", NULL},
	{NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL},
};
/* clang-format on */

const struct tui_command *
tui_command_find(const char *name)
{
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
