# Stack Exchange, as the program meets it.  The questions are written by hand.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

SEARCH=/2.3/search/advanced

serve_questions() {
	queue
	route GET "$SEARCH?q=x" by-hand-questions-1.json by-hand-questions-2.json \
	    'ignore=*'
	route GET '/2.3/questions/90003;90002;90001' by-hand-questions-2.json \
	    'ignore=*'
	replay_start stackexchange "$@"
	caseq source add so "$REPLAY_URL" --adapter stackexchange \
	    --query '[acme] kettle'
}

@test "questions of two pages become posts, once, from compressed answers" {
	serve_questions --gzip
	run -0 caseq fetch
	[[ $output == *'new 3,'* ]]
	[ "$(caseq export --map | grep -c '^so')" -eq 3 ]
	[[ $(caseq show 1) == *'Acme kettle API answers "503" & never boils'* ]]
	asked | grep -q 'fromdate=1795430600'
	at 2026-11-23T14:05:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	all_matched
}

@test "a throttle of Stack Exchange is waited for" {
	serve_questions
	fault "path=$SEARCH" status=400 \
	    'body={"error_id":502,"error_message":"requests available in 500 seconds"}'
	run caseq fetch
	[[ $output == *'asks for patience (502)'* ]]
	[ "$(caseq source list --json | jq -r .paused)" = false ]
}
