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
