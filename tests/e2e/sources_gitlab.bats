# Issues on GitLab, as the program meets them.  The project and its page of
# issues are written by hand, the note was recorded.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

PROJECT=/api/v4/projects/acme%2Fkettle

serve_project() { # ANSWER... to what the project is
	queue
	route GET "$PROJECT" "${@:-by-hand-project.json}"
	route GET "$PROJECT/issues" by-hand-issues.json 'ignore=*'
	route GET "$PROJECT/issues/641/notes" notes_2.json 'ignore=*'
	route GET "$PROJECT/issues/641/notes/1" by-hand-404.json status=404
	route GET "$PROJECT/issues/641" by-hand-404.json status=404
	route GET "$PROJECT/issues/1" issue_1.json
	replay_start gitlab
	(umask 077 && echo glpat-m4rk3r >token)
	caseq source add kettle "$REPLAY_URL/acme/kettle" --adapter gitlab \
	    --token-file token --since 3600d
}

@test "a note stands under its issue, and is asked for once" {
	serve_project
	run -0 caseq fetch
	[[ $output == *'new 3, known 2,'* ]]
	[ "$(asked 'notes[?]' | wc -l)" -eq 1 ]
	[ "$(asked_header PRIVATE-TOKEN)" = glpat-m4rk3r ]
	run ! grep -qa glpat q.db*
	all_matched
}

@test "what is not there any more is marked as gone, if it is looked at again" {
	serve_project
	caseq fetch
	at 2026-11-23T15:00:00Z
	run -0 caseq fetch
	[ "$(asked 'notes[?]' | wc -l)" -eq 1 ]
	[[ $(asked) == *"GET $PROJECT/issues/641/notes/1"* ]]
	# the first issue is edited, the second and its note are gone
	run -0 caseq show 1
	[[ $output == *'bad directory permissions'* ]]
	run -0 caseq show --json 2
	[[ $output == *'"deleted":"2026-11-23T15:00:00Z"'* ]]
	all_matched
}

@test "what was said in a project that is not public stays private (by hand)" {
	serve_project by-hand-private.json by-hand-private.json \
	    by-hand-project.json
	run -0 caseq source test kettle
	[[ $output == *'[private]'* ]]
	caseq fetch
	run -0 caseq show 1
	[[ $output == *'[private] not everybody may read'* ]]
	at 2026-11-23T15:00:00Z
	caseq fetch
	[ "$(asked "kettle$" | wc -l)" -eq 2 ] # once a day, and for the test
	# it is public now; those that came before are read once more, twice
	at 2026-11-24T14:10:00Z
	caseq fetch
	[ "$(asked "kettle$" | wc -l)" -eq 3 ]
	[ "$(asked 'issues/641/notes/1' | wc -l)" -ge 1 ]
	[ "$(caseq export | grep -o '"visibility":"private"' | wc -l)" -ge 3 ]
	run ! grep -q '"visibility":"public"' <(caseq export)
	all_matched
}
