# Issues on GitHub, as the program meets them.  The answers were recorded.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

ISSUES=/api/v3/repos/ann/kettle/issues

serve_issues() {
	at 2019-09-05T14:00:00Z # the day after they were recorded
	queue
	route GET "$ISSUES" issues.json 'ignore=*'
	route GET "$ISSUES/comments" issue-testgetcomments-00 'ignore=*'
	replay_start github
	caseq source add kettle "$REPLAY_URL/ann/kettle" --adapter github \
	    --since 3600d
}

@test "issues and comments become cases, pull requests do not" {
	serve_issues
	run -0 caseq fetch
	[[ $output == *'kettle: read 3, new 3,'* ]]
	[ "$(asked comments | wc -l)" -eq 1 ]
	[ "$(asked_header X-GitHub-Api-Version)" = 2022-11-28 ]
	run -0 caseq export
	[[ $output == *'Error running datasette publish'* ]]
	[[ $output != *'detect_fts now works'* ]]
	all_matched
}

@test "an idle list is asked with the ETag it came with" {
	serve_issues
	caseq fetch
	at 2019-09-05T15:00:00Z
	caseq fetch
	at 2019-09-05T16:00:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	[ "$(asked_header If-None-Match)" = \
	    '"bab5fb77d873847d153979f7fcd7e0f1"' ]
	[[ $(asked | tail -1) == *'since=2012-05-04T19%3A22%3A57Z'* ]]
}

@test "who is told to slow down has not been refused" {
	serve_issues
	fault status=403 'body={"message":"You have exceeded a secondary rate limit"}'
	run -1 caseq fetch
	[[ $output == *'asks for patience'* ]]
	run -0 caseq source list
	[[ $output != *paused* ]]
}

@test "a repository that became private is marked the day after (by hand)" {
	at 2019-09-05T14:00:00Z
	queue
	route GET "${ISSUES%/issues}" lazyrepository-testgetissues-00 \
	    by-hand-private.json
	route GET "$ISSUES" issues.json 'ignore=*'
	route GET "$ISSUES/comments" issue-testgetcomments-00 'ignore=*'
	route GET "$ISSUES/572" exceptions-testunknownobject-01
	route GET "$ISSUES/comments/5449237" exceptions-testunknownobject-01
	route GET "$ISSUES/comments/5518272" exceptions-testunknownobject-01
	replay_start github
	(umask 077 && echo ghp-m4rk3r >token)
	caseq source add kettle "$REPLAY_URL/ann/kettle" --adapter github \
	    --since 3600d --token-file token
	caseq fetch
	at 2019-09-06T13:00:00Z
	run -0 caseq fetch
	[ "$(asked 'kettle$' | wc -l)" -eq 1 ]
	run ! grep -q '"visibility":"private"' <(caseq export)
	at 2019-09-06T15:00:00Z
	run -0 caseq fetch
	[ "$(asked 'kettle$' | wc -l)" -eq 2 ]
	run -0 caseq list
	[[ $output == *'[private]'* ]]
	all_matched
}

@test "issues are read though nobody says who may read them (by hand)" {
	serve_issues
	(umask 077 && echo ghp-m4rk3r >token)
	caseq source add mine "$REPLAY_URL/ann/kettle" --adapter github \
	    --since 3600d --token-file token
	run -0 caseq fetch mine # nothing answers that question: 404
	[[ $output == *'mine: read 3,'* ]]
	run ! grep -q '"visibility":"private"' <(caseq export)
}
